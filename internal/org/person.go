package org

import (
	"strings"
	"time"
	"unicode/utf8"

	"shenbao/internal/event"
)

// Facts about accounts beside those in acts.go.
const (
	PersonChanged  event.Kind = "person.changed"  // own data
	PersonRestored event.Kind = "person.restored" // enabled again
	PersonInvited  event.Kind = "person.invited"  // was given a link to set a password
)

// Recent asks for a fresh sign-in: every change of posts and accounts does (trust §0).
func Recent(by Actor, now time.Time) error {
	if !by.Fresh(now) {
		return event.Refuse(event.Forbidden, "sign-in-again", "")
	}
	return nil
}

// Check says what is wrong in a person's own data. A review expert needs an employer and
// a title: conflicts of interest are found by them (R129).
func (p Person) Check(r Role) event.Refusals {
	var bad event.Refusals
	need := func(field, v string) {
		if strings.TrimSpace(v) == "" {
			bad = append(bad, refuse("required", field))
		}
	}
	need("name", p.Name)
	need("phone", p.Phone)
	if !ValidLogin(p.Login) {
		bad = append(bad, refuse("login-form", "login"))
	}
	if !validMail(p.Email) {
		bad = append(bad, refuse("mail-form", "email"))
	}
	if r == Expert {
		need("employer", p.Employer)
		need("title", p.Title)
	}
	for field, v := range map[string]string{"name": p.Name, "phone": p.Phone, "employer": p.Employer, "title": p.Title} {
		if utf8.RuneCountInString(v) > 100 {
			bad = append(bad, refuse("text-long", field, "max", "100"))
		}
	}
	return bad
}

// fact begins the fact of an act on a person.
func (p Person) fact(k event.Kind, by Actor, now time.Time) event.Event {
	return event.Event{Kind: k, On: event.Subject{Kind: "person", ID: string(p.ID)}, By: by.Actor, At: now,
		Detail: map[string]string{"person": p.Name, "login": p.Login}}
}

// Added is the fact of a new account.
func (p Person) Added(by Actor, now time.Time) event.Event { return p.fact(PersonAdded, by, now) }

// Describe changes what a person says of themselves: an act of their own. The account's
// name stays: facts and colleagues know it.
func (p *Person) Describe(to Person, by Actor, now time.Time) (event.Event, error) {
	if by.Person != string(p.ID) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(SecAdmin))
	}
	to.ID, to.Login, to.Name, to.Employer = p.ID, p.Login, p.Name, p.Employer
	if err := to.Check("").Or(); err != nil {
		return event.Event{}, err
	}
	e := p.fact(PersonChanged, by, now)
	e.Before, e.After = map[string]string{}, map[string]string{}
	for _, f := range []struct{ name, old, new string }{{"phone", p.Phone, to.Phone}, {"email", p.Email, to.Email}, {"title", p.Title, to.Title}} {
		if f.old != f.new {
			e.Before[f.name], e.After[f.name] = f.old, f.new
		}
	}
	if len(e.After) == 0 {
		return event.Event{}, event.Refuse(event.Invalid, "nothing-changed", "")
	}
	p.Phone, p.Email, p.Title = to.Phone, to.Email, to.Title
	return e, nil
}

// Disable closes an account, or opens it again: the security administrator's act, never
// on the own one. The caller ends the sessions and the open invitations (C02, C03).
func (p *Person) Disable(off bool, reason string, by Actor, now time.Time) (event.Event, error) {
	if err := weighty(by, reason, now); err != nil {
		return event.Event{}, err
	}
	if by.Person == string(p.ID) || by.For == string(p.ID) {
		return event.Event{}, event.Refuse(event.Forbidden, "own-post", "")
	}
	if p.Disabled == off {
		return event.Event{}, event.Refuse(event.Conflict, "changed-by-other", "")
	}
	p.Disabled = off
	k := PersonDisabled
	if !off {
		k = PersonRestored
	}
	e := p.fact(k, by, now)
	e.Reason = reason
	return e, nil
}

// Keeps reports whether by looks after a person with these posts: the security
// administrator after everybody, the person in charge of a unit after those who hold a
// post of their own there.
func Keeps(by Actor, held []Post) bool {
	if by.Is(SecAdmin) {
		return true
	}
	for _, h := range held {
		if by.Holds(Principal, h.Unit) && h.Origin == "" {
			return true
		}
	}
	return false
}

// MayInvite reports whether by may give p a new link to set a password. The person in
// charge does it for clerks of the unit alone: a link to the account of another person
// in charge would be a signature. admits says that by admits p's unit; that lasts until p
// has set a password, for links that got lost on the way.
func MayInvite(by Actor, p Person, held []Post, admits, hasPassword bool) error {
	switch {
	case p.Disabled:
		return event.Refuse(event.Conflict, "person-disabled", "", "person", p.Name)
	case by.Person == string(p.ID) || by.For == string(p.ID):
		return event.Refuse(event.Forbidden, "own-post", "")
	case by.Is(SecAdmin), admits && !hasPassword:
		return nil
	}
	clerk := false
	for _, h := range held {
		if h.Role != Clerk || !by.Holds(Principal, h.Unit) {
			return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(SecAdmin))
		}
		clerk = true
	}
	if !clerk {
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(SecAdmin))
	}
	return nil
}

// Colleague reports whether somebody who holds these posts works in the unit of p: only
// they can exercise it for its holder.
func (p Post) Colleague(held []Post) error {
	for _, h := range held {
		if h.Unit == p.Unit && h.Origin == "" {
			return nil
		}
	}
	return refuse("delegate-colleague", "person")
}
