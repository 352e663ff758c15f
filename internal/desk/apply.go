package desk

import (
	"context"

	"shenbao/internal/application"
	"shenbao/internal/base"
	"shenbao/internal/event"
	"shenbao/internal/file"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// MaxFile is the largest file that can be sent, in bytes.
const MaxFile = file.MaxSize

// A StartPage is what somebody sees before an application begins: for whom, which way it
// would go and why, and what stands in the way.
type StartPage struct {
	Call      *application.Call
	Published           // the current revision
	Unit      org.Unit  // the applicant; zero: a bureau has still to choose it
	Proxy     bool      // a bureau files for it (R39)
	Route     org.Route // R36, R38
	RouteErr  error
	Inner     application.Forwarding // the first level's own date
	Bases     []base.Base            // that the unit carries: pointed out, not refused
	Live      *application.Row       // its application in this call, if there is one
	Earlier   []application.Row      // ended without a title: answers can be taken over
	Choice    []org.Unit             // non-public units of the bureau's place
	More      bool                   // there are others
}

// startChoice is how many units a bureau chooses from before it is asked for a name.
const startChoice = 50

// Start is the page before Begin. unit is "" for the actor's own; words narrow the choice
// of a bureau.
func (d *Desk) Start(ctx context.Context, r Request, call string, unit org.UnitID, words string) (*StartPage, error) {
	var p *StartPage
	err := d.read(ctx, r, func(t *turn) error {
		c, err := t.shownCall(call)
		if err != nil {
			return err
		}
		if !t.by.Is(org.Clerk) {
			return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Clerk))
		}
		p = &StartPage{Call: c}
		if p.Published, err = t.published(c.Notice); err != nil {
			return err
		}
		own, err := t.tx.Unit(ctx, org.UnitID(t.by.Unit))
		if err != nil {
			return err
		}
		if unit == "" && !own.MayApply() {
			return t.choice(p, own, words)
		}
		if unit == "" {
			unit = own.ID
		}
		return t.start(p, unit)
	})
	return p, err
}

// choice are the non-public units that the bureau of their place can file for.
func (t *turn) choice(p *StartPage, bureau org.Unit, words string) error {
	if bureau.Kind != org.CountyHR && bureau.Kind != org.LeagueHR {
		return event.Refuse(event.Forbidden, "unit-cannot-apply", p.Hierarchy.Clause, "unit", bureau.Name)
	}
	us, err := t.tx.Units(t.ctx, store.UnitFilter{Kinds: []org.Kind{org.Host}, State: org.Active, Division: bureau.Division, Words: words}, 20*startChoice)
	if err != nil {
		return err
	}
	tree, err := t.tx.Tree(t.ctx)
	if err != nil {
		return err
	}
	for _, u := range us {
		if b, ok := tree.Bureau(u.Division); !ok || b.ID != bureau.ID || u.Ownership != org.NonPublic {
			continue
		}
		if posts, err := t.tx.PostsIn(t.ctx, u.ID); err != nil || len(posts) > 0 {
			if err != nil {
				return err
			}
			continue // it has people of its own
		}
		if len(p.Choice) == startChoice {
			p.More = true
			break
		}
		p.Choice = append(p.Choice, u)
	}
	return nil
}

func (t *turn) start(p *StartPage, unit org.UnitID) (err error) {
	if p.Unit, err = t.tx.Unit(t.ctx, unit); err != nil {
		return err
	}
	if p.Proxy, err = t.filesFor(p.Unit, p.Published.Notice); err != nil {
		return err
	}
	if !p.Proxy && !t.by.In(unit) {
		return store.ErrNotFound
	}
	if p.Bases, err = t.tx.BasesOf(t.ctx, unit); err != nil {
		return err
	}
	if err := t.earlier(p); err != nil {
		return err
	}
	tree, err := t.tx.Tree(t.ctx, p.Unit)
	if err != nil {
		return err
	}
	if p.Route, p.RouteErr = tree.Compute(p.Unit, p.Hierarchy.Clause); p.RouteErr != nil {
		return nil
	}
	p.Inner, _, err = t.tx.Forwarding(t.ctx, p.Call.ID, p.Route.Steps[1].Unit)
	return err
}

// earlier are the unit's applications: the live one in this call, and those from which a
// new one can start, which ended without a title.
func (t *turn) earlier(p *StartPage) error {
	rows, err := t.tx.Applications(t.ctx, application.Scope{Units: []org.UnitID{p.Unit.ID}}, application.Filter{}, 200)
	if err != nil {
		return err
	}
	for _, row := range rows {
		switch {
		case row.Unit != p.Unit.ID: // it is on that one's route
		case row.Call == p.Call.ID && (!row.State.Final() || row.State == application.Recognised):
			p.Live = &row
		case row.State.Final() && row.State != application.Recognised:
			p.Earlier = append(p.Earlier, row)
		}
	}
	return nil
}

// Draft is what is being written, for those who write it: for autosave to learn of others.
func (d *Desk) Draft(ctx context.Context, r Request, id application.ID) (draft map[string]Answer, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, err := t.open(id)
		if err != nil {
			return err
		}
		if !t.drafts(k) {
			return store.ErrNotFound
		}
		draft, err = t.tx.Draft(t.ctx, id)
		return err
	})
	return draft, err
}

// Form is the notice that an application is judged by, for those who may see it.
func (d *Desk) Form(ctx context.Context, r Request, id application.ID) (n *notice.Notice, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, err := t.open(id)
		n = k.n
		return err
	})
	return n, err
}

// drafts reports whether the actor is of the unit that holds the draft.
func (t *turn) drafts(k dossier) bool {
	return k.State.WithApplicant() && k.Holder() == org.UnitID(t.by.Unit)
}

// masked is a content as the actor may read it: the names of locked files blacked out, and
// the account number of another unit but for its last digits (R124).
func (t *turn) masked(k dossier, c filing.Content) (filing.Content, error) {
	locked, err := t.locked(k.ID)
	if err != nil {
		return c, err
	}
	for i, e := range c.Evidence {
		if locked[e.ID] {
			c.Evidence[i].Name = blacked
		}
	}
	if t.writes(k) {
		return c, nil
	}
	answers := filing.Answers{}
	for f, v := range c.Answers {
		if x, ok := k.n.Form.Field(f); ok && x.Kind == notice.Account {
			v = filing.Masked(v)
		}
		answers[f] = v
	}
	c.Answers = answers
	return c, nil
}

// A Check is what stands between a draft and its signature.
type Check struct {
	Binding  event.Refusals
	Warnings []filing.Warning
}

// CheckDraft says what is binding and what is only pointed out in a draft as it stands.
// Nothing is written.
func (d *Desk) CheckDraft(ctx context.Context, r Request, id application.ID) (c Check, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, err := t.open(id)
		if err != nil {
			return err
		}
		if !t.drafts(k) {
			return store.ErrNotFound
		}
		content, err := t.content(k)
		if err != nil {
			return err
		}
		u, err := t.tx.Unit(t.ctx, k.Unit)
		if err != nil {
			return err
		}
		tree, err := t.tx.Tree(t.ctx, u)
		if err != nil {
			return err
		}
		c.Binding = filing.Check(k.n, content)
		c.Warnings = filing.Warnings(k.n, content, tree.Regional(u))
		if k.Proxy != nil && k.Proxy.Paper == "" {
			x := event.Refuse(event.Invalid, "proxy-paper", k.n.Hierarchy.Clause)
			x.Field = "paper"
			c.Binding = append(c.Binding, x)
		}
		return nil
	})
	return c, err
}

// Divisions are the places that a form chooses from, in official order. They are public.
func (d *Desk) Divisions(ctx context.Context, r Request) (ds []org.Division, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		ds, err = t.tx.Divisions(ctx)
		return err
	})
	return ds, err
}
