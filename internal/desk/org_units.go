package desk

import (
	"context"
	"slices"

	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// sight is which units the actor may look up.
func (t *turn) sight() (org.Sight, error) {
	var home org.Unit
	if t.by.Unit != "" {
		var err error
		if home, err = t.tx.Unit(t.ctx, org.UnitID(t.by.Unit)); err != nil {
			return org.Sight{}, err
		}
	}
	s := org.SightOf(t.by, home)
	if s.None() {
		return s, event.Refuse(event.Forbidden, "units-closed", "")
	}
	return s, nil
}

// Units lists the units that the actor may look up, by place; more tells that there are
// others after the last one.
func (d *Desk) Units(ctx context.Context, r Request, f UnitFilter, after UnitCursor, limit int) (us []org.Unit, more bool, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		s, err := t.sight()
		if err != nil {
			return err
		}
		us, err = t.tx.UnitPage(ctx, s, f, after, limit+1)
		return err
	})
	if len(us) > limit {
		return us[:limit], true, err
	}
	return us, false, err
}

// A UnitPage is one unit with what belongs to it.
type UnitPage struct {
	org.Unit
	Line      []org.Unit // the superiors, up to the department
	Below     []org.Unit // what reports to it
	Posts     []Held     // held now
	Facts     []event.Event
	Open      int64 // applications without a final status that it has to do with
	Route     org.Route
	RouteErr  error
	Successor org.Unit
	Place     string            // the division's name
	Names     map[string]string // of the units that facts speak of by id
	CanReach  bool              // contact, phone, address
	CanChange bool              // everything else, and ending
}

// Unit reads one unit that the actor may look up.
func (d *Desk) Unit(ctx context.Context, r Request, id org.UnitID) (p *UnitPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		p, err = t.unitPage(id)
		return err
	})
	return p, err
}

func (t *turn) unitPage(id org.UnitID) (*UnitPage, error) {
	s, err := t.sight()
	if err != nil {
		return nil, err
	}
	p := &UnitPage{Names: map[string]string{}}
	if p.Unit, err = t.tx.Unit(t.ctx, id); err != nil {
		return nil, err
	}
	if !s.Shows(p.Unit) {
		return nil, store.ErrNotFound
	}
	tree, err := t.tx.Tree(t.ctx, p.Unit)
	if err != nil {
		return nil, err
	}
	for up, n := p.Superior, 0; up != "" && n < 8; up, n = tree[up].Superior, n+1 {
		p.Line = append(p.Line, tree[up])
	}
	for _, u := range tree {
		p.Names[string(u.ID)] = u.Name
	}
	if p.MayApply() {
		p.Route, p.RouteErr = tree.Compute(p.Unit, routeClause)
	}
	p.CanReach = p.State == org.Active && (t.by.In(id) || tree.MayAdmit(t.by, p.Unit))
	p.CanChange = p.State == org.Active && t.by.Is(org.SecAdmin)
	return p, t.unitMore(p)
}

func (t *turn) unitMore(p *UnitPage) (err error) {
	if p.Below, err = t.tx.UnitsBelow(t.ctx, p.ID); err != nil {
		return err
	}
	if p.Posts, err = t.tx.PostsIn(t.ctx, p.ID); err != nil {
		return err
	}
	if p.Facts, err = t.unitHistory(p.ID); err != nil {
		return err
	}
	if p.Open, err = t.tx.CountOpen(t.ctx, p.ID); err != nil {
		return err
	}
	if p.Unit.Successor != "" {
		if p.Successor, err = t.tx.Unit(t.ctx, p.Unit.Successor); err != nil {
			return err
		}
	}
	ds, err := t.tx.Divisions(t.ctx)
	names := map[string]string{}
	for _, x := range ds {
		names[x.Code] = x.Name
	}
	for _, x := range ds {
		if x.Code == p.Division {
			p.Place = x.Name
			if x.Level == "county" {
				p.Place = names[x.Parent] + x.Name
			}
		}
	}
	return err
}

// unitHistory is what happened to a unit; who tried what in vain is the auditor's.
func (t *turn) unitHistory(id org.UnitID) ([]event.Event, error) {
	es, err := t.tx.Facts(t.ctx, event.Subject{Kind: "unit", ID: string(id)})
	return slices.DeleteFunc(es, func(e event.Event) bool { return e.Outcome != event.OK }), err
}

// onUnit runs an act on a unit: fetch, ask f, keep, record.
func (d *Desk) onUnit(ctx context.Context, r Request, id org.UnitID, name string, body any, f func(*turn, *org.Unit) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, event.Subject{Kind: "unit", ID: string(id)}, body, func(t *turn) (string, error) {
		s, err := t.sight()
		if err != nil {
			return "", err
		}
		u, err := t.tx.Unit(t.ctx, id)
		if err == nil && !s.Shows(u) {
			err = store.ErrNotFound
		}
		if err != nil {
			return "", err
		}
		e, err := f(t, &u)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveUnit(t.ctx, u); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

// ReachUnit changes how a unit is reached.
func (d *Desk) ReachUnit(ctx context.Context, r Request, id org.UnitID, address, contact, phone string) error {
	return d.onUnit(ctx, r, id, "unit-contact", []string{address, contact, phone}, func(t *turn, u *org.Unit) (event.Event, error) {
		tree, err := t.tx.Tree(t.ctx)
		if err != nil {
			return event.Event{}, err
		}
		return tree.Reach(u, address, contact, phone, t.by, t.now)
	})
}

// ChangeUnit renames or moves a unit. version is of the entry that the actor had open.
func (d *Desk) ChangeUnit(ctx context.Context, r Request, id org.UnitID, to org.Unit, version int, reason string) error {
	return d.onUnit(ctx, r, id, "unit-change", []any{to, version, reason}, func(t *turn, u *org.Unit) (event.Event, error) {
		if u.Version != version {
			return event.Event{}, store.ErrConflict
		}
		to.ID = id
		tree, err := t.tx.Tree(t.ctx, to)
		if err != nil {
			return event.Event{}, err
		}
		return tree.Change(u, to, reason, t.by, t.now)
	})
}

// EndUnit ends a unit, with every post in it and the sessions in them.
func (d *Desk) EndUnit(ctx context.Context, r Request, id org.UnitID, day string, successor, reason string) error {
	return d.onUnit(ctx, r, id, "unit-ending", []string{day, successor, reason}, func(t *turn, u *org.Unit) (event.Event, error) {
		var next org.Unit
		var err error
		if successor != "" {
			if next, err = t.unitNamed(successor, "successor"); err != nil {
				return event.Event{}, err
			}
		}
		open, err := t.tx.CountOpen(t.ctx, id)
		if err != nil {
			return event.Event{}, err
		}
		below, err := t.tx.CountBelow(t.ctx, id)
		if err != nil {
			return event.Event{}, err
		}
		e, err := u.Finish(day, next, int(open), int(below), reason, t.by, t.now)
		if err != nil {
			return e, err
		}
		posts, err := t.tx.OpenPosts(t.ctx, id)
		for _, h := range posts {
			if err := t.endPost(h, *u, reason); err != nil {
				return e, err
			}
		}
		return e, err
	})
}

// unitNamed finds an active unit by its full name, or by its id.
func (t *turn) unitNamed(name, field string) (org.Unit, error) {
	no := func(kind string) error {
		x := event.Refuse(event.Invalid, kind, "", "unit", name)
		x.Field = field
		return x
	}
	u, err := t.tx.Unit(t.ctx, org.UnitID(name))
	if err == nil || !store.IsNotFound(err) {
		return u, err
	}
	us, err := t.tx.UnitsNamed(t.ctx, name)
	switch {
	case err != nil:
		return org.Unit{}, err
	case len(us) == 0:
		return org.Unit{}, no("unit-unknown")
	case len(us) > 1:
		return org.Unit{}, no("unit-ambiguous")
	}
	return us[0], nil
}
