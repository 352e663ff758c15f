package job

import (
	"context"
	"slices"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/notify"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// tell writes the messages of a fact: once per person, however often it is done.
func (r *Runner) tell(ctx context.Context, fact string) error {
	mail := false
	err := r.DB.Save(ctx, r.Clock(), func(tx *store.Tx) error {
		e, err := tx.Fact(ctx, fact)
		if err != nil {
			return err
		}
		seats := notify.Seats(e.Kind)
		if len(seats) == 0 {
			return nil
		}
		d := &delivery{ctx: ctx, tx: tx, e: e}
		people, err := d.people(seats)
		if err != nil {
			return err
		}
		for _, p := range people {
			if string(p) == e.By.Person {
				continue
			}
			if err := tx.AddMessage(ctx, p, e.ID, string(e.Kind), notify.Link(e), notify.Words(e)); err != nil {
				return err
			}
		}
		mail = len(people) > 0
		return nil
	})
	if err == nil && mail && r.Mail != nil {
		err = r.soon(ctx)
	}
	return err
}

// A delivery finds the people on the sides that a fact concerns, as they are now.
type delivery struct {
	ctx context.Context
	tx  *store.Tx
	e   event.Event
	app *application.Application
}

func (d *delivery) people(seats []notify.Seat) ([]org.PersonID, error) {
	if err := d.subject(); err != nil {
		return nil, err
	}
	var out []org.PersonID
	for _, s := range seats {
		ps, err := d.side(s)
		if err != nil {
			return nil, err
		}
		for _, p := range ps {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// subject fetches the application that a fact is about, or that it stands behind: a base
// came from one, an objection is held against one.
func (d *delivery) subject() error {
	id := application.ID(d.e.On.ID)
	switch d.e.On.Kind {
	case "application":
	case "base":
		b, err := d.tx.Base(d.ctx, d.e.On.ID)
		if err != nil {
			return err
		}
		id = application.ID(b.Application)
	case "objection":
		o, err := d.tx.Objection(d.ctx, d.e.On.ID)
		if err != nil {
			return err
		}
		id = application.ID(o.Application)
	default:
		return nil
	}
	var err error
	d.app, err = d.tx.Application(d.ctx, id)
	return err
}

func (d *delivery) side(s notify.Seat) ([]org.PersonID, error) {
	switch s.Side {
	case notify.Department, notify.Centre:
		return d.posts(s.Roles)
	case notify.Reviewer:
		return d.reviewer()
	case notify.Asked:
		var ps []org.PersonID
		for _, p := range strings.Fields(d.e.Detail["persons"]) {
			ps = append(ps, org.PersonID(p))
		}
		if body := d.e.Detail["joint"]; body != "" {
			more, err := d.holders([]org.UnitID{org.UnitID(body)}, []org.Role{org.Principal})
			return append(ps, more...), err
		}
		return ps, nil
	case notify.Subject:
		if d.e.On.Kind == "person" || d.e.On.Kind == "expert" {
			return []org.PersonID{org.PersonID(d.e.On.ID)}, nil
		}
		if p := d.e.Detail["person"]; p != "" {
			return []org.PersonID{org.PersonID(p)}, nil
		}
	}
	units, err := d.units(s.Side)
	if err != nil {
		return nil, err
	}
	return d.holders(units, s.Roles)
}

// units are the units of a side.
func (d *delivery) units(side notify.Side) ([]org.UnitID, error) {
	switch side {
	case notify.Applicant:
		us := []org.UnitID{d.app.Unit}
		if d.app.Proxy != nil {
			us = append(us, d.app.Proxy.Unit)
		}
		return us, nil
	case notify.Holder:
		return []org.UnitID{d.app.Holder()}, nil
	case notify.Recommender, notify.OnRoute:
		var us []org.UnitID
		for _, s := range d.app.Route.Steps {
			if s.Role == org.Recommends || side == notify.OnRoute && s.Role == org.Endorses {
				us = append(us, s.Unit)
			}
		}
		return us, nil
	case notify.Addressees:
		return d.addressees(nil)
	case notify.Behind:
		if d.e.Detail["about"] == application.AboutOpening {
			return d.unopened()
		}
		done, err := d.done()
		if d.e.Detail["about"] == application.AboutOpening {
			done, err = d.opened()
		}
		if err != nil {
			return nil, err
		}
		return d.addressees(done)
	case notify.Below:
		us, err := d.tx.Units(d.ctx, store.UnitFilter{Superior: org.UnitID(d.e.By.Unit), State: org.Active}, 5000)
		return ids(us), err
	case notify.Bureau:
		u, err := d.tx.Unit(d.ctx, org.UnitID(d.e.On.ID))
		if err != nil {
			return nil, err
		}
		tree, err := d.tx.Tree(d.ctx)
		b, ok := tree.Bureau(u.Division)
		if !ok {
			return nil, err
		}
		return []org.UnitID{b.ID}, err
	case notify.Subject:
		us, err := d.tx.UnitsNamed(d.ctx, d.e.Detail["unit"])
		return ids(us), err
	}
	return nil, nil
}

func ids(us []org.Unit) []org.UnitID {
	var out []org.UnitID
	for _, u := range us {
		out = append(out, u.ID)
	}
	return out
}

// addressees are the recommending units that the call was sent to, but for those done.
func (d *delivery) addressees(done map[org.UnitID]bool) ([]org.UnitID, error) {
	ds, err := d.tx.Deliveries(d.ctx, d.e.On.ID)
	var out []org.UnitID
	for _, x := range ds {
		u := org.Unit{Kind: org.Kind(x.Kind)}
		if u.Recommends() && !done[org.UnitID(x.Unit)] {
			out = append(out, org.UnitID(x.Unit))
		}
	}
	return out, err
}

// unopened are the units that the call was sent to and where nobody opened it.
func (d *delivery) unopened() ([]org.UnitID, error) {
	ds, err := d.tx.Deliveries(d.ctx, d.e.On.ID)
	var out []org.UnitID
	for _, x := range ds {
		if x.OpenedAt().IsZero() {
			out = append(out, org.UnitID(x.Unit))
		}
	}
	return out, err
}

// done are the units that recommended or reported none.
func (d *delivery) done() (map[org.UnitID]bool, error) {
	out := map[org.UnitID]bool{}
	nones, err := d.tx.NoneReports(d.ctx, d.e.On.ID)
	if err != nil {
		return nil, err
	}
	for _, n := range nones {
		out[n.Unit] = true
	}
	ds, err := d.tx.Deliveries(d.ctx, d.e.On.ID)
	if err != nil {
		return nil, err
	}
	for _, x := range ds {
		places, err := d.tx.Places(d.ctx, d.e.On.ID, org.UnitID(x.Unit))
		if err != nil {
			return nil, err
		}
		if application.Taken(places) > 0 {
			out[org.UnitID(x.Unit)] = true
		}
	}
	return out, nil
}

// opened are the units that opened the call.
func (d *delivery) opened() (map[org.UnitID]bool, error) {
	ds, err := d.tx.Deliveries(d.ctx, d.e.On.ID)
	out := map[org.UnitID]bool{}
	for _, x := range ds {
		out[org.UnitID(x.Unit)] = !x.OpenedAt().IsZero()
	}
	return out, err
}

func (d *delivery) holders(units []org.UnitID, roles []org.Role) ([]org.PersonID, error) {
	var out []org.PersonID
	for _, u := range units {
		if u == "" {
			continue
		}
		hs, err := d.tx.PostsIn(d.ctx, u)
		if err != nil {
			return nil, err
		}
		for _, h := range hs {
			if slices.Contains(roles, h.Role) {
				out = append(out, h.Person)
			}
		}
	}
	return out, nil
}

func (d *delivery) posts(roles []org.Role) ([]org.PersonID, error) {
	var out []org.PersonID
	for _, r := range roles {
		hs, err := d.tx.PostsWith(d.ctx, r)
		if err != nil {
			return nil, err
		}
		for _, h := range hs {
			out = append(out, h.Person)
		}
	}
	return out, nil
}

// reviewer is the expert whose assignment the fact tells of.
func (d *delivery) reviewer() ([]org.PersonID, error) {
	as, err := d.tx.Assignments(d.ctx, d.app.ID)
	i := slices.IndexFunc(as, func(a review.Assignment) bool { return a.Name == d.e.Detail["expert"] && a.At.Equal(d.e.At) })
	if i < 0 {
		return nil, err
	}
	return []org.PersonID{as[i].Expert}, err
}
