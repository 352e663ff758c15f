package org

import (
	"slices"
	"strconv"
	"time"

	"shenbao/internal/event"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Grant gives a person a post. Security administrators grant all posts but their own;
// the person in charge of a unit grants clerks there. held are the posts that the person
// has now.
func Grant(by Actor, u Unit, p Post, held []Post) error {
	if err := mayStaff(by, u, p.Role, p.Person); err != nil {
		return err
	}
	if !p.Role.Fits(u.Kind) {
		return event.Refuse(event.Invalid, "role-unfit", "", "role", string(p.Role), "unit", u.Name)
	}
	if u.State != Active {
		return event.Refuse(event.Forbidden, "unit-not-active", "", "unit", u.Name)
	}
	return compatible(p.Role, u.ID, held)
}

// mayStaff reports whether by decides who holds a post with role r in u. Nobody does for
// themselves, nor for the person whose post they exercise.
func mayStaff(by Actor, u Unit, r Role, who PersonID) error {
	if by.Person == string(who) || (by.For != "" && by.For == string(who)) {
		return event.Refuse(event.Forbidden, "own-post", "")
	}
	if by.Is(SecAdmin) || (by.Holds(Principal, u.ID) && r == Clerk) {
		return nil
	}
	return event.Refuse(event.Forbidden, "not-your-act", "", "unit", u.Name)
}

// compatible refuses a post beside those a person holds, own or lent. The three
// administrators are three people and hold nothing else (等保 三员, M14). Whoever decides
// for the department neither checks what is decided nor reviews it: the two-person rules
// would be words. A clerk's and a principal's post may meet in one person of a small
// office; there the acts themselves ask for two people (R129).
func compatible(r Role, u UnitID, held []Post) error {
	for _, h := range held {
		if h.Role == r && h.Unit == u {
			return event.Refuse(event.Conflict, "post-held", "", "role", string(r))
		}
		if r.Admin() || h.Role.Admin() || clash(r, h.Role) || clash(h.Role, r) {
			return event.Refuse(event.Forbidden, "posts-apart", "", "role", string(r), "held", string(h.Role))
		}
	}
	return nil
}

// clash reports whether two posts of the region may not meet in one person.
func clash(a, b Role) bool {
	switch a {
	case Approver:
		return b == Staff || b == Intake
	case Expert:
		return b.Region()
	}
	return false
}

// LongestDelegation bounds a delegation: what lasts longer is a change of post.
const LongestDelegation = 90 * 24 * time.Hour

// Delegate lends the post to another person for a term (features C8). The holder does it
// alone; nobody passes a lent post on. held are the posts that the other person has now.
func (p Post) Delegate(by Actor, id PostID, to PersonID, from, until time.Time, held []Post) (Post, error) {
	switch {
	case by.Post != string(p.ID) || p.Origin != "":
		return Post{}, event.Refuse(event.Forbidden, "delegate-own-only", "")
	case to == p.Person || to == "":
		return Post{}, event.Refuse(event.Invalid, "delegate-other", "")
	case !until.After(from) || until.Sub(from) > LongestDelegation:
		return Post{}, refuse("delegate-term", "until", "days", "90")
	}
	if err := compatible(p.Role, p.Unit, held); err != nil {
		return Post{}, err
	}
	return Post{ID: id, Person: to, Unit: p.Unit, Role: p.Role, From: from, Until: until,
		Origin: p.ID, Of: p.Person, OfName: by.Name}, nil
}

// End ends a post now; what was signed in it stays signed. Whoever grants it ends it; a
// delegation also its lender. Nobody ends their own, so that a security administrator is
// always left. Delegations of the post end with it: the caller ends those with its id as
// Origin, and the sessions of all of them.
func (p *Post) End(u Unit, reason string, by Actor, now time.Time) (event.Event, error) {
	if lender := p.Origin != "" && by.Person == string(p.Of); !lender {
		if err := mayStaff(by, u, p.Role, p.Person); err != nil {
			return event.Event{}, err
		}
	}
	if reason == "" {
		return event.Event{}, refuse("reason-required", "reason")
	}
	if !p.Until.IsZero() && !p.Until.After(now) {
		return event.Event{}, event.Refuse(event.Conflict, "post-ended-already", "")
	}
	p.Until = now
	e := p.Fact(PostEnded, u, by, now)
	e.Reason = reason
	return e, nil
}

// HandOver ends a post and gives it to another person with all that waits for it: what a
// unit holds belongs to the post, so the work goes along by itself. What an expert was
// assigned belongs to the person and can't be handed over (B10). As with End, the caller
// ends delegations of the old post.
func (p *Post) HandOver(u Unit, id PostID, to PersonID, held []Post, by Actor, now time.Time) (Post, event.Event, error) {
	switch {
	case p.Role == Expert || p.Origin != "":
		return Post{}, event.Event{}, event.Refuse(event.Forbidden, "hand-over-personal", "", "role", string(p.Role))
	case to == p.Person || to == "":
		return Post{}, event.Event{}, event.Refuse(event.Invalid, "delegate-other", "")
	case !p.At(now):
		return Post{}, event.Event{}, event.Refuse(event.Conflict, "post-ended-already", "")
	}
	if err := mayStaff(by, u, p.Role, p.Person); err != nil {
		return Post{}, event.Event{}, err
	}
	next := Post{ID: id, Person: to, Unit: p.Unit, Role: p.Role, From: now}
	if err := Grant(by, u, next, slices.DeleteFunc(slices.Clone(held), func(h Post) bool { return h.Origin == p.ID })); err != nil {
		return Post{}, event.Event{}, err
	}
	p.Until = now
	e := next.Fact(PostHandedOver, u, by, now)
	e.Before, e.After = map[string]string{"person": string(p.Person)}, map[string]string{"person": string(to)}
	return next, e, nil
}

// Fact is the fact of an act on a post.
func (p Post) Fact(k event.Kind, u Unit, by Actor, now time.Time) event.Event {
	return event.Event{Kind: k, On: event.Subject{Kind: "post", ID: string(p.ID)}, By: by.Actor, At: now,
		Detail: map[string]string{"person": string(p.Person), "unit": u.Name, "role": string(p.Role)}}
}
