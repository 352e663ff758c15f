package desk

import (
	"context"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// What pages read, as the store keeps it.
type (
	Answer   = store.Answer
	Message  = store.Message
	Held     = store.Held
	Delivery = store.Delivery
)

// A Case is all of one application that its page shows to the actor who asked.
type Case struct {
	*application.Application
	Call     *application.Call
	Notice   *notice.Notice
	Labels   notice.Labels
	Unit     org.Unit            // the applicant as it is now
	Holder   org.Unit            // who holds it: with contact and phone; zero when nobody
	Can      []string            // acts that the actor can do now
	Draft    map[string]Answer   // answers being written; for the holding applicant alone
	Answers  filing.Content      // what the actor reads: the draft, or the last version
	Files    []filing.Evidence   // all files, with seals; quarantined ones without a link
	Facts    []event.Event       // the timeline
	Planned  org.Route           // the route as it would be now, before the first submission
	RouteErr error               // why none can be computed
	Places   []application.Place // of the recommender, for those on the route
	Inner    map[org.UnitID]application.Forwarding
	Reviews  []review.Assignment // for those who arrange and decide
	Rounds   []review.Round      // of the call, for the same
	HasBase  bool                // the unit already carries a base: pointed out
}

// Case reads one application with what belongs to it.
func (d *Desk) Case(ctx context.Context, r Request, id application.ID) (*Case, error) {
	var c *Case
	err := d.read(ctx, r, func(t *turn) error {
		k, err := t.open(id)
		if err != nil {
			return err
		}
		c, err = t.page(k)
		return err
	})
	return c, err
}

func (t *turn) page(k dossier) (*Case, error) {
	p, err := t.published(k.Application.Notice)
	if err != nil {
		return nil, err
	}
	c := &Case{Application: k.Application, Call: k.call, Notice: p.Notice, Labels: p.Labels, Can: k.Can(t.by), Inner: map[org.UnitID]application.Forwarding{}}
	if c.Unit, err = t.tx.Unit(t.ctx, k.Unit); err != nil {
		return nil, err
	}
	if h := k.Holder(); h != "" {
		if c.Holder, err = t.tx.Unit(t.ctx, h); err != nil {
			return nil, err
		}
	}
	if c.Files, err = t.files(k); err != nil {
		return nil, err
	}
	if err := t.answers(k, c); err != nil {
		return nil, err
	}
	if k.Submitted.IsZero() {
		c.Planned, c.RouteErr = t.route(k)
	} else {
		c.Planned = k.Route
	}
	for _, s := range c.Planned.Steps {
		f, ok, err := t.tx.Forwarding(t.ctx, k.Call, s.Unit)
		if err != nil {
			return nil, err
		}
		if ok {
			c.Inner[s.Unit] = f
		}
	}
	if err := t.seen(k, c); err != nil {
		return nil, err
	}
	k.Veil(t.by)
	bs, err := t.tx.BasesOf(t.ctx, k.Unit)
	c.HasBase = len(bs) > 0
	return c, err
}

// answers are the draft for those who write it, the version handed in last for everybody
// else: one that is signed and not yet sent back up is nobody else's to read.
func (t *turn) answers(k dossier, c *Case) (err error) {
	if k.State.WithApplicant() && k.Holder() == org.UnitID(t.by.Unit) {
		if c.Draft, err = t.tx.Draft(t.ctx, k.ID); err != nil {
			return err
		}
		c.Answers, err = t.content(k)
		return err
	}
	if v, ok := k.Current(); ok {
		if c.Answers, err = t.tx.Frozen(t.ctx, k.ID, v.N); err != nil {
			return err
		}
		c.Answers, err = t.masked(k, c.Answers)
	}
	return err
}

// seen adds what only some may read: the timeline, the reviews, the places.
func (t *turn) seen(k dossier, c *Case) (err error) {
	facts, err := t.tx.Facts(t.ctx, event.Subject{Kind: "application", ID: string(k.ID)})
	if err != nil {
		return err
	}
	c.Facts = slices.DeleteFunc(facts, func(e event.Event) bool { return !k.ShowsFact(t.by, e) })
	if err := t.hush(k.ID, c.Facts); err != nil {
		return err
	}
	if t.by.Is(org.Staff, org.Approver) {
		if c.Reviews, err = t.tx.Assignments(t.ctx, k.ID); err != nil {
			return err
		}
		if c.Rounds, err = t.tx.Rounds(t.ctx, k.Call); err != nil {
			return err
		}
	}
	if len(k.Route.Steps) > 0 {
		c.Places, err = t.tx.Places(t.ctx, k.Call, k.Route.Recommender().Unit)
	}
	return err
}

// Version is the frozen content of version n of an application that the actor may see:
// handed in, unless the actor's unit wrote it.
func (d *Desk) Version(ctx context.Context, r Request, id application.ID, n int) (c filing.Content, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, err := t.open(id)
		if err != nil {
			return err
		}
		if n > k.Handed && !t.writes(k) {
			return store.ErrNotFound
		}
		if c, err = t.tx.Frozen(t.ctx, id, n); err != nil {
			return err
		}
		c, err = t.masked(k, c)
		return err
	})
	return c, err
}

// Applications lists those that the actor may see, newest first; more tells that there
// are others after the last one.
func (d *Desk) Applications(ctx context.Context, r Request, f application.Filter, limit int) (rows []application.Row, more bool, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		rows, err = t.tx.Applications(ctx, application.ScopeOf(r.By), f, limit+1)
		return err
	})
	if len(rows) > limit {
		return rows[:limit], true, err
	}
	return rows, false, err
}

// Calls are all calls that the actor may know of: drafts only in the department.
func (d *Desk) Calls(ctx context.Context, r Request) (cs []*application.Call, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		cs, err = t.tx.Calls(ctx)
		return err
	})
	cs = slices.DeleteFunc(cs, func(c *application.Call) bool { return !c.Sees(r.By) })
	return cs, err
}

// A CallPage is a call with its current text.
type CallPage struct {
	*application.Call
	Published
	Own        application.Forwarding // the actor's unit's letter
	HasOwn     bool
	Above      application.Forwarding // the letter of the level above the actor's unit
	HasAbove   bool
	Places     []application.Place // of the actor's unit
	None       *application.NoneReport
	OwnCases   []application.Row // of the actor's unit as applicant
	Superior   org.Unit
	RevisionOf string
}

// Call reads one call as the actor's unit sees it. sha chooses a revision; "" is the current.
func (d *Desk) Call(ctx context.Context, r Request, id, sha string) (*CallPage, error) {
	var c *CallPage
	err := d.read(ctx, r, func(t *turn) error {
		call, err := t.shownCall(id)
		if err != nil {
			return err
		}
		if sha == "" {
			sha = call.Notice
		}
		if !slices.ContainsFunc(call.Revisions, func(x application.Revision) bool { return x.SHA256 == sha }) {
			return store.ErrNotFound
		}
		c = &CallPage{Call: call, RevisionOf: sha}
		if c.Published, err = t.published(sha); err != nil || r.By.Unit == "" {
			return err
		}
		return t.callFor(c, org.UnitID(r.By.Unit))
	})
	return c, err
}

func (t *turn) callFor(c *CallPage, unit org.UnitID) (err error) {
	if c.Own, c.HasOwn, err = t.tx.Forwarding(t.ctx, c.Call.ID, unit); err != nil {
		return err
	}
	u, err := t.tx.Unit(t.ctx, unit)
	if err != nil {
		return err
	}
	if u.Superior != "" {
		if c.Superior, err = t.tx.Unit(t.ctx, u.Superior); err != nil {
			return err
		}
		if c.Above, c.HasAbove, err = t.tx.Forwarding(t.ctx, c.Call.ID, u.Superior); err != nil {
			return err
		}
	}
	if c.Places, err = t.tx.Places(t.ctx, c.Call.ID, unit); err != nil {
		return err
	}
	nones, err := t.tx.NoneReports(t.ctx, c.Call.ID)
	for i := range nones {
		if nones[i].Unit == unit {
			c.None = &nones[i]
		}
	}
	if err != nil {
		return err
	}
	rows, err := t.tx.Applications(t.ctx, application.Scope{Units: []org.UnitID{unit}}, application.Filter{Call: c.Call.ID}, 200)
	c.OwnCases = slices.DeleteFunc(rows, func(x application.Row) bool { return x.Unit != unit })
	return err
}

// Labels are the words of a call's current text in other languages.
func (d *Desk) Labels(ctx context.Context, r Request, id string) (l notice.Labels, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		c, err := t.shownCall(id)
		if err != nil {
			return err
		}
		p, err := t.published(c.Notice)
		l = p.Labels
		return err
	})
	return l, err
}
