package desk

import (
	"context"
	"errors"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// A PoolExpert is an expert of the pool, with the work that waits there.
type PoolExpert struct {
	expert.Expert
	Load        int    // open assignments, in all calls
	Done        int    // sheets handed in among those of applications under review
	Unavailable string // why the expert can't be asked today, as a word; "" can
	Conflict    error  // why this application can't be given to the expert; nil: it can
	Assigned    bool
}

// pool is everybody in the pool who did not leave it, with what waits for them.
func (t *turn) pool() ([]PoolExpert, error) {
	xs, err := t.tx.Pool(t.ctx)
	if err != nil {
		return nil, err
	}
	open, err := t.tx.AssignmentsOpen(t.ctx)
	if err != nil {
		return nil, err
	}
	load, done := map[org.PersonID]int{}, map[org.PersonID]int{}
	for _, as := range open {
		switch {
		case as.Pending():
			load[as.Expert]++
		case !as.Recused:
			done[as.Expert]++
		}
	}
	var pool []PoolExpert
	for _, x := range xs {
		if x.State != expert.Gone {
			pool = append(pool, PoolExpert{Expert: x, Load: load[x.Person], Done: done[x.Person], Unavailable: x.Unavailable(t.day(), load[x.Person])})
		}
	}
	return pool, nil
}

// An ExpertLine is one line of the list of the pool.
type ExpertLine struct {
	expert.Expert
	Load        int         // applications that wait for a score now
	Years       map[int]int // applications given, by year
	Unavailable string
}

// ExpertsShown is how many experts one page of the list shows.
const ExpertsShown = 50

// Experts lists the pool by name; more tells that there are others after the last one.
func (d *Desk) Experts(ctx context.Context, r Request, f expert.Filter, free bool) (lines []ExpertLine, more bool, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if err := application.MayList(t.by, application.ListExperts); err != nil {
			return err
		}
		if free {
			f.On = t.day()
		}
		xs, err := t.tx.Experts(ctx, f, ExpertsShown+1)
		if err != nil {
			return err
		}
		if more = len(xs) > ExpertsShown; more {
			xs = xs[:ExpertsShown]
		}
		lines, err = t.lines(xs)
		return err
	})
	return lines, more, err
}

// lines are experts with what they were given, all of it read at once.
func (t *turn) lines(xs []expert.Expert) ([]ExpertLine, error) {
	ids := make([]org.PersonID, len(xs))
	for i, x := range xs {
		ids[i] = x.Person
	}
	as, err := t.tx.AssignmentsFor(t.ctx, ids)
	if err != nil {
		return nil, err
	}
	open, err := t.tx.AssignmentsOpen(t.ctx)
	if err != nil {
		return nil, err
	}
	lines := make([]ExpertLine, len(xs))
	for i, x := range xs {
		l := ExpertLine{Expert: x.For(t.by), Years: map[int]int{}}
		for _, a := range as {
			if a.Expert == x.Person {
				l.Years[a.At.Year()]++
			}
		}
		for _, a := range open {
			if a.Expert == x.Person && a.Pending() {
				l.Load++
			}
		}
		l.Unavailable = x.Unavailable(t.day(), l.Load)
		lines[i] = l
	}
	return lines, nil
}

// An ExpertPage is one expert with what was done to the profile and what they reviewed.
type ExpertPage struct {
	ExpertLine
	Can   []string // of expert.Acts
	Own   bool     // the actor's own
	Facts []event.Event
	Given []review.Assignment // the newest first; for those who arrange reviews

	Invites []review.Invitation // so are these
	Service Service
}

// Expert reads one of the pool; "" is the actor's own profile.
func (d *Desk) Expert(ctx context.Context, r Request, who org.PersonID) (p *ExpertPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		x, err := t.expert(who)
		if err != nil {
			return err
		}
		ls, err := t.lines([]expert.Expert{x})
		if err != nil {
			return err
		}
		p = &ExpertPage{ExpertLine: ls[0], Can: x.Can(t.by), Own: t.by.Person == string(x.Person)}
		if p.Facts, err = t.tx.Facts(ctx, event.Subject{Kind: "expert", ID: string(x.Person)}); err != nil {
			return err
		}
		p.Facts = slices.DeleteFunc(p.Facts, func(e event.Event) bool { return e.Outcome == event.Denied })
		if p.Own {
			return nil
		}
		p.Given, err = t.tx.AssignmentsFor(ctx, []org.PersonID{x.Person})
		slices.SortFunc(p.Given, func(a, b review.Assignment) int { return b.At.Compare(a.At) })
		if err != nil {
			return err
		}
		return t.addService(p)
	})
	return p, err
}

// expert finds one that the actor may see; any other is not found.
func (t *turn) expert(who org.PersonID) (expert.Expert, error) {
	if who == "" {
		who = org.PersonID(t.by.Person)
	}
	x, err := t.tx.Expert(t.ctx, who)
	if err == nil && !x.Sees(t.by) {
		err = store.ErrNotFound
	}
	return x, err
}

func onExpert(who org.PersonID) event.Subject { return event.Subject{Kind: "expert", ID: string(who)} }

// onExpertAct runs an act on one expert: find, ask f, keep, record.
func (d *Desk) onExpertAct(ctx context.Context, r Request, who org.PersonID, name string, body any, f func(*turn, *expert.Expert) (event.Event, error)) error {
	_, err := d.act(ctx, r, "expert-"+name, onExpert(who), []any{who, body}, func(t *turn) (string, error) {
		x, err := t.expert(who)
		if err != nil {
			return "", err
		}
		e, err := f(t, &x)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveExpert(ctx, x); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

// DescribeExpert changes a profile; version is that of the profile as it was read, so that
// nobody's change is written over unseen. What the person's account says of employer and
// title follows.
func (d *Desk) DescribeExpert(ctx context.Context, r Request, who org.PersonID, to expert.Profile, version int, reason string) error {
	return d.onExpertAct(ctx, r, who, expert.ActEdit, []any{to, version, reason}, func(t *turn, x *expert.Expert) (event.Event, error) {
		places, err := t.placeCodes()
		if err != nil {
			return event.Event{}, err
		}
		if x.Version != version {
			return event.Event{}, store.ErrConflict
		}
		e, err := x.Describe(to, reason, places, t.by, t.now)
		if err != nil {
			return e, err
		}
		return e, t.follow(*x)
	})
}

// follow writes the employer and title of a profile into the person's account, which other
// pages show.
func (t *turn) follow(x expert.Expert) error {
	p, err := t.tx.Person(t.ctx, x.Person)
	if err != nil || p.Employer == x.Employer() && p.Title == x.Title {
		return err
	}
	p.Employer, p.Title = x.Employer(), x.Title
	return t.tx.SavePerson(t.ctx, p)
}

func (t *turn) placeCodes() (map[string]bool, error) {
	ds, err := t.tx.Divisions(t.ctx)
	codes := make(map[string]bool, len(ds))
	for _, d := range ds {
		codes[d.Code] = true
	}
	return codes, err
}

// ConfirmExpert is the expert's word that the profile is right, with consent.
func (d *Desk) ConfirmExpert(ctx context.Context, r Request, consent bool) error {
	return d.onExpertAct(ctx, r, "", expert.ActConfirm, consent, func(t *turn, x *expert.Expert) (event.Event, error) {
		return x.Confirm(consent, t.by, t.now)
	})
}

// MoveExpert pauses, resumes, ends or renews a membership, by the act's name.
func (d *Desk) MoveExpert(ctx context.Context, r Request, who org.PersonID, act, reason string) error {
	return d.onExpertAct(ctx, r, who, act, reason, func(t *turn, x *expert.Expert) (event.Event, error) {
		return x.Move(act, reason, t.by, t.now)
	})
}

// AddExpert takes a new person into the pool: an account without a password and the post
// of an expert, which opens nothing but what is assigned. The link to set a password is
// the security administrator's to send. It answers the person.
func (d *Desk) AddExpert(ctx context.Context, r Request, p org.Person, to expert.Profile) (org.PersonID, error) {
	id, err := d.act(ctx, r, "expert-"+expert.ActAdd, onExpert(""), []any{p, to}, func(t *turn) (string, error) {
		places, err := t.placeCodes()
		if err != nil {
			return "", err
		}
		x, e, err := t.enrolExpert(p, to, places)
		if err != nil {
			return "", err
		}
		return string(x.Person), t.record(e)
	})
	return org.PersonID(id), err
}

func (t *turn) enrolExpert(p org.Person, to expert.Profile, places map[string]bool) (expert.Expert, event.Event, error) {
	p.ID, p.Login, p.Employer, p.Title = org.PersonID(t.tx.NewID()), expert.Login(p.Phone), to.Employer(), to.Title
	x, e, err := expert.Add(p, to, places, t.by, t.now)
	if err != nil {
		return x, e, err
	}
	if err := t.tx.AddPerson(t.ctx, p); errors.Is(err, store.ErrTaken) {
		return x, e, expert.Known(p)
	} else if err != nil {
		return x, e, err
	}
	post := org.Post{ID: org.PostID(t.tx.NewID()), Person: p.ID, Unit: org.UnitID(t.by.Unit), Role: org.Expert, From: t.now}
	if err := t.tx.AddPost(t.ctx, post); err != nil {
		return x, e, err
	}
	return x, e, t.tx.SaveExpert(t.ctx, x)
}
