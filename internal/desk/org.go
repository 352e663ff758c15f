package desk

import (
	"context"
	"fmt"

	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// routeClause is the clause on ownership and place under which a route is shown outside of
// any call.
const routeClause = "四（一）"

// UnitFilter and UnitCursor choose a page of the list of units.
type (
	UnitFilter = store.UnitFilter
	UnitCursor = store.UnitCursor
)

// Places are what forms about units choose from: the divisions in official order, and the
// units that can be a superior.
type Places struct {
	Divisions []org.Division
	Superiors []org.Unit
}

// Places reads them. They are public: the published tree and nothing else.
func (d *Desk) Places(ctx context.Context, r Request) (p Places, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if p.Divisions, err = t.tx.Divisions(ctx); err != nil {
			return err
		}
		p.Superiors, err = t.tx.UnitPage(ctx, org.Sight{All: true}, store.UnitFilter{State: org.Active,
			Kinds: []org.Kind{org.DepartmentHR, org.LeagueHR, org.CountyHR, org.Department, org.Direct}}, store.UnitCursor{}, 1000)
		return err
	})
	return p, err
}

// An UnitEntry is a registration with what the system says to it.
type UnitEntry struct {
	org.Registration
	Route    org.Route // the way up that the unit would have
	RouteErr error     // why there is none any more
	Bureau   org.Unit  // who admits it; with contact and phone
	Odd      string    // what is odd about the credit code; locale has "warning.<odd>"
	Suggests org.Suggestion
	Same     []org.Unit // units of the same name or credit code, elsewhere or ended up here since
	Taken    [2]bool    // whether the clerk's and the principal's account name is in use; for who admits
	Waiting  []Held     // people of the unit, once admitted, who set no password yet: their links may be lost
	Facts    []event.Event
}

// CheckRegistration says what would become of a registration, and writes nothing.
func (d *Desk) CheckRegistration(ctx context.Context, r Request, g org.Registration) (e UnitEntry, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		g, err := t.enrol(g, "new")
		if err != nil {
			return err
		}
		e, err = t.entry(g)
		return err
	})
	return e, err
}

func (t *turn) enrol(g org.Registration, id org.UnitID) (org.Registration, error) {
	g.Unit.ID = id
	tree, err := t.tx.Tree(t.ctx, g.Unit)
	if err != nil {
		return g, err
	}
	same, err := t.alike(g.Unit)
	if err != nil {
		return g, err
	}
	return tree.Enrol(g, id, same)
}

// alike are the units on record with the name or the credit code of u.
func (t *turn) alike(u org.Unit) ([]org.Unit, error) {
	same, err := t.tx.UnitsNamed(t.ctx, u.Name)
	if err != nil {
		return nil, err
	}
	more, err := t.tx.UnitsWithCredit(t.ctx, org.PlainCredit(u.CreditCode))
	return append(same, more...), err
}

func (t *turn) entry(g org.Registration) (e UnitEntry, err error) {
	e = UnitEntry{Registration: g, Odd: org.CheckCredit(g.Unit.CreditCode), Suggests: org.Suggest(g.Unit.CreditCode)}
	tree, err := t.tx.Tree(t.ctx, g.Unit)
	if err != nil {
		return e, err
	}
	e.Route, e.RouteErr = tree.Compute(g.Unit, routeClause)
	e.Bureau, _ = tree.Bureau(g.Unit.Division)
	same, err := t.alike(g.Unit)
	for _, s := range same {
		if s.ID != g.Unit.ID {
			e.Same = append(e.Same, s)
		}
	}
	return e, err
}

// RegisterUnit takes a registration in (R129) and answers it with its number. It changes
// nothing for anybody until the HR bureau of the place admits the unit.
func (d *Desk) RegisterUnit(ctx context.Context, r Request, g org.Registration) (e UnitEntry, err error) {
	g.At = r.At
	id, err := d.act(ctx, r, "unit-registration", event.Subject{Kind: "unit"}, g, func(t *turn) (string, error) {
		g, err := t.enrol(g, org.UnitID(t.tx.NewID()))
		if err != nil {
			return "", err
		}
		year := org.Year(t.now)
		n, err := t.tx.Next(t.ctx, fmt.Sprintf("registration-%d", year))
		if err != nil {
			return "", err
		}
		g.Number = fmt.Sprintf("DJ%d-%04d", year, n)
		if err := t.tx.AddUnit(t.ctx, g.Unit); err != nil {
			return "", err
		}
		if err := t.tx.AddRegistration(t.ctx, g); err != nil {
			return "", err
		}
		return string(g.Unit.ID), t.record(event.Event{Kind: org.UnitRegistered, On: event.Subject{Kind: "unit", ID: string(g.Unit.ID)}, By: t.by.Actor,
			Detail: map[string]string{"unit": g.Unit.Name, "number": g.Number}})
	})
	if err != nil {
		return e, err
	}
	err = d.read(ctx, r, func(t *turn) error {
		g, err := t.tx.Registration(ctx, org.UnitID(id))
		if err != nil {
			return err
		}
		e, err = t.entry(g)
		return err
	})
	return e, err
}

// Registrations are those that wait for the actor to admit them, the oldest first.
func (d *Desk) Registrations(ctx context.Context, r Request) (es []UnitEntry, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		tree, err := t.tx.Tree(ctx)
		if err != nil {
			return err
		}
		if err := tree.Admits(t.by); err != nil {
			return err
		}
		gs, err := t.tx.OpenRegistrations(ctx)
		for _, g := range gs {
			if tree.MayAdmit(t.by, g.Unit) {
				es = append(es, UnitEntry{Registration: g})
			}
		}
		return err
	})
	return es, err
}

// Registration is one, for those who may admit it; for everybody else there is none.
func (d *Desk) Registration(ctx context.Context, r Request, id org.UnitID) (e UnitEntry, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		g, err := t.registration(id)
		if err != nil {
			return err
		}
		if e, err = t.entry(g); err != nil {
			return err
		}
		for i, n := range []org.Newcomer{g.Clerk, g.Principal} {
			_, err := t.tx.PersonByLogin(ctx, org.PlainLogin(n.Login))
			if err != nil && !store.IsNotFound(err) {
				return err
			}
			e.Taken[i] = err == nil
		}
		if e.Waiting, err = t.waiting(id); err != nil {
			return err
		}
		e.Facts, err = t.unitHistory(id)
		return err
	})
	return e, err
}

// waiting are the people with a post in a unit who never set a password.
func (t *turn) waiting(id org.UnitID) (ws []Held, err error) {
	hs, err := t.tx.PostsIn(t.ctx, id)
	for _, h := range hs {
		has, err := t.tx.HasPassword(t.ctx, h.Person)
		if err != nil {
			return nil, err
		}
		if !has {
			ws = append(ws, h)
		}
	}
	return ws, err
}

// registration fetches one that the actor may admit, with the unit as it is now.
func (t *turn) registration(id org.UnitID) (org.Registration, error) {
	g, err := t.tx.Registration(t.ctx, id)
	if err != nil {
		return g, err
	}
	if g.Unit, err = t.tx.Unit(t.ctx, id); err != nil {
		return g, err
	}
	tree, err := t.tx.Tree(t.ctx)
	if err == nil && !tree.MayAdmit(t.by, g.Unit) {
		err = store.ErrNotFound
	}
	return g, err
}

// An Admission is what the bureau says to a registration. The account names are as it
// gives them: those wished may be taken.
type Admission struct {
	OK        bool
	Reason    string
	Clerk     string // account name
	Principal string
}

// AdmitUnit admits a unit or refuses it. With the unit come its two people, their posts,
// and for each of them a one-time link, of which only the hashes (links) are known here.
func (d *Desk) AdmitUnit(ctx context.Context, r Request, id org.UnitID, a Admission, links [2]Link) error {
	r.Key = "" // the state says it: a second one is refused, and links can't be shown again
	_, err := d.act(ctx, r, "unit-admission", event.Subject{Kind: "unit", ID: string(id)}, nil, func(t *turn) (string, error) {
		g, err := t.registration(id)
		if err != nil {
			return "", err
		}
		if err := org.Recent(t.by, t.now); err != nil {
			return "", err
		}
		kind, err := g.Unit.Admit(a.OK, a.Reason)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveUnit(t.ctx, g.Unit); err != nil {
			return "", err
		}
		if err := t.record(event.Event{Kind: kind, On: event.Subject{Kind: "unit", ID: string(id)}, By: t.by.Actor, Reason: a.Reason,
			Detail: map[string]string{"unit": g.Unit.Name, "number": g.Number}}); err != nil || !a.OK {
			return "", err
		}
		return "", t.settle(g, a, links)
	})
	return err
}

// settle brings the two people of an admitted unit in, unless it wants none.
func (t *turn) settle(g org.Registration, a Admission, links [2]Link) error {
	tree, err := t.tx.Tree(t.ctx, g.Unit)
	if err != nil {
		return err
	}
	if _, err := tree.Compute(g.Unit, routeClause); err != nil || g.Proxy {
		return err
	}
	g.Clerk.Login, g.Principal.Login = a.Clerk, a.Principal
	if err := g.Distinct().Or(); err != nil {
		return err
	}
	for i, x := range []struct {
		org.Newcomer
		role  org.Role
		field string
	}{{g.Clerk, org.Clerk, "clerk-login"}, {g.Principal, org.Principal, "principal-login"}} {
		p := org.Person{ID: org.PersonID(t.tx.NewID()), Name: x.Name, Login: org.PlainLogin(x.Login), Phone: x.Phone, Email: x.Email}
		if err := t.addPerson(p, x.role, x.field); err != nil {
			return err
		}
		post := org.Post{ID: org.PostID(t.tx.NewID()), Person: p.ID, Unit: g.Unit.ID, Role: x.role, From: t.now}
		if err := t.tx.AddPost(t.ctx, post); err != nil {
			return err
		}
		if err := t.record(post.Fact(org.PostGranted, g.Unit, t.by, t.now)); err != nil {
			return err
		}
		if err := t.invite(p, links[i]); err != nil {
			return err
		}
	}
	return nil
}
