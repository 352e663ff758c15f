package desk

import (
	"context"

	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// A Link is a one-time link for the act to keep: its hash alone, and how long it holds.
// The link itself is known only to the page that shows it, once.
type Link = store.Link

// PersonFilter chooses people for a list.
type PersonFilter = store.PersonFilter

// A PersonRow is a person with the posts held now.
type PersonRow struct {
	org.Person
	Posts []Held
}

// People lists the people that the actor looks after: all for the security
// administrator, those of the own unit for its person in charge.
func (d *Desk) People(ctx context.Context, r Request, f PersonFilter, limit int) (ps []PersonRow, more bool, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		switch {
		case t.by.Is(org.SecAdmin):
		case t.by.Is(org.Principal):
			f.Unit = org.UnitID(t.by.Unit)
		default:
			return event.Refuse(event.Forbidden, "people-closed", "")
		}
		list, err := t.tx.People(ctx, f, limit+1)
		if err != nil {
			return err
		}
		if more = len(list) > limit; more {
			list = list[:limit]
		}
		for _, p := range list {
			hs, err := t.tx.PostsOf(ctx, p.ID)
			if err != nil {
				return err
			}
			ps = append(ps, PersonRow{Person: p, Posts: hs})
		}
		return nil
	})
	return ps, more, err
}

// A PersonPage is one person with all posts, past ones too.
type PersonPage struct {
	org.Person
	Posts       []Held
	HasPassword bool
	CanInvite   bool
	CanDisable  bool
}

// Person reads one person that the actor looks after; any other is not found.
func (d *Desk) Person(ctx context.Context, r Request, id org.PersonID) (p *PersonPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		who, held, err := t.person(id)
		if err != nil {
			return err
		}
		p = &PersonPage{Person: who, Posts: held}
		if p.HasPassword, err = t.tx.HasPassword(ctx, id); err != nil {
			return err
		}
		now, err := t.held(id)
		if err != nil {
			return err
		}
		p.CanInvite = org.MayInvite(t.by, who, now, false, p.HasPassword) == nil
		p.CanDisable = t.by.Is(org.SecAdmin) && t.by.Person != string(id)
		return nil
	})
	return p, err
}

// person fetches a person that the actor looks after, with all posts.
func (t *turn) person(id org.PersonID) (org.Person, []Held, error) {
	p, err := t.tx.Person(t.ctx, id)
	if err != nil {
		return p, nil, err
	}
	hs, err := t.tx.PostsEver(t.ctx, id)
	if err != nil {
		return p, nil, err
	}
	if !org.Keeps(t.by, posts(hs)) {
		return p, nil, store.ErrNotFound
	}
	return p, hs, nil
}

func posts(hs []Held) []org.Post {
	ps := make([]org.Post, 0, len(hs))
	for _, h := range hs {
		ps = append(ps, h.Post)
	}
	return ps
}

// held are the posts that a person has now.
func (t *turn) held(id org.PersonID) ([]org.Post, error) {
	hs, err := t.tx.PostsOf(t.ctx, id)
	return posts(hs), err
}

// onPerson runs an act on a person that the actor looks after.
func (d *Desk) onPerson(ctx context.Context, r Request, id org.PersonID, name string, body any, f func(*turn, org.Person) error) error {
	_, err := d.act(ctx, r, name, event.Subject{Kind: "person", ID: string(id)}, body, func(t *turn) (string, error) {
		p, _, err := t.person(id)
		if err != nil {
			return "", err
		}
		return "", f(t, p)
	})
	return err
}

// addPerson keeps a new account; a taken name is refused at field.
func (t *turn) addPerson(p org.Person, role org.Role, field string) error {
	if err := p.Check(role).Or(); err != nil {
		return err
	}
	_, err := t.tx.PersonByLogin(t.ctx, p.Login)
	if err == nil {
		x := event.Refuse(event.Conflict, "login-taken", "", "login", p.Login)
		x.Field = field
		return x
	}
	if !store.IsNotFound(err) {
		return err
	}
	if err := t.tx.AddPerson(t.ctx, p); err != nil {
		return err
	}
	return t.record(p.Added(t.by, t.now))
}

func (t *turn) invite(p org.Person, l Link) error {
	if err := t.tx.Invite(t.ctx, l.Hash, p.ID, t.now.Add(l.Holds)); err != nil {
		return err
	}
	return t.record(event.Event{Kind: org.PersonInvited, On: event.Subject{Kind: "person", ID: string(p.ID)}, By: t.by.Actor,
		Detail: map[string]string{"person": p.Name, "login": p.Login}})
}

// AddPerson makes an account with a first post and a one-time link. unit is a unit's full
// name or id. Without a role the account waits for a post: for the security administrator
// alone, to hand one over to it.
func (d *Desk) AddPerson(ctx context.Context, r Request, p org.Person, unit string, role org.Role, l Link) (org.PersonID, error) {
	r.Key = "" // the account's name says it: a second one is refused, and links can't be shown again
	id, err := d.act(ctx, r, "person-added", event.Subject{Kind: "person"}, nil, func(t *turn) (string, error) {
		p.ID, p.Login = org.PersonID(t.tx.NewID()), org.PlainLogin(p.Login)
		if err := org.Recent(t.by, t.now); err != nil {
			return "", err
		}
		if role == "" && !t.by.Is(org.SecAdmin) {
			return "", event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.SecAdmin))
		}
		if err := t.addPerson(p, role, "login"); err != nil {
			return "", err
		}
		if role != "" {
			if err := t.grant(p.ID, unit, role); err != nil {
				return "", err
			}
		}
		return string(p.ID), t.invite(p, l)
	})
	return org.PersonID(id), err
}

func (t *turn) grant(id org.PersonID, unit string, role org.Role) error {
	u, err := t.unitNamed(unit, "unit")
	if err != nil {
		return err
	}
	held, err := t.held(id)
	if err != nil {
		return err
	}
	p := org.Post{ID: org.PostID(t.tx.NewID()), Person: id, Unit: u.ID, Role: role, From: t.now}
	if err := org.Grant(t.by, u, p, held); err != nil {
		return err
	}
	if err := t.tx.AddPost(t.ctx, p); err != nil {
		return err
	}
	return t.record(p.Fact(org.PostGranted, u, t.by, t.now))
}

// GrantPost gives a person a post in a unit, named in full or by id.
func (d *Desk) GrantPost(ctx context.Context, r Request, id org.PersonID, unit string, role org.Role) error {
	return d.onPerson(ctx, r, id, "post-granted", []string{unit, string(role)}, func(t *turn, p org.Person) error {
		if err := org.Recent(t.by, t.now); err != nil {
			return err
		}
		if p.Disabled {
			return event.Refuse(event.Conflict, "person-disabled", "", "person", p.Name)
		}
		if err := p.Check(role).Or(); err != nil {
			return err
		}
		return t.grant(id, unit, role)
	})
}

// DisablePerson closes an account (off) or opens it again. Its sessions and open links end
// in the same transaction: the next click is refused (C02, C03).
func (d *Desk) DisablePerson(ctx context.Context, r Request, id org.PersonID, off bool, reason string) error {
	return d.onPerson(ctx, r, id, "person-disabled", []any{off, reason}, func(t *turn, p org.Person) error {
		e, err := p.Disable(off, reason, t.by, t.now)
		if err != nil {
			return err
		}
		if err := t.tx.SavePerson(t.ctx, p); err != nil {
			return err
		}
		if err := t.tx.EndSessions(t.ctx, id, ""); err != nil {
			return err
		}
		if err := t.tx.EndLinks(t.ctx, id); err != nil {
			return err
		}
		return t.record(e)
	})
}

// InvitePerson keeps a new one-time link; earlier ones end.
func (d *Desk) InvitePerson(ctx context.Context, r Request, id org.PersonID, l Link) (p org.Person, err error) {
	r.Key = "" // each time is a new link
	_, err = d.act(ctx, r, "person-invited", event.Subject{Kind: "person", ID: string(id)}, nil, func(t *turn) (string, error) {
		if err := org.Recent(t.by, t.now); err != nil {
			return "", err
		}
		if p, err = t.tx.Person(t.ctx, id); err != nil {
			return "", err
		}
		hs, err := t.tx.PostsOf(t.ctx, id)
		if err != nil {
			return "", err
		}
		tree, err := t.tx.Tree(t.ctx)
		if err != nil {
			return "", err
		}
		// All posts, or the link to a clerk's account would be one to the approver's.
		admits := len(hs) > 0
		for _, h := range hs {
			u, err := t.tx.Unit(t.ctx, h.Unit)
			if err != nil {
				return "", err
			}
			admits = admits && u.Kind == org.Host && tree.MayAdmit(t.by, u)
		}
		if !admits && !org.Keeps(t.by, posts(hs)) {
			return "", store.ErrNotFound
		}
		has, err := t.tx.HasPassword(t.ctx, id)
		if err != nil {
			return "", err
		}
		if err := org.MayInvite(t.by, p, posts(hs), admits, has); err != nil {
			return "", err
		}
		return "", t.invite(p, l)
	})
	return p, err
}

// endPost ends one post with what was lent from it, and the sessions in them.
func (t *turn) endPost(h Held, u org.Unit, reason string) error {
	e, err := h.End(u, reason, t.by, t.now)
	if err != nil {
		return err
	}
	if err := t.tx.EndPost(t.ctx, h.ID); err != nil {
		return err
	}
	e.Detail["name"] = h.PersonName
	return t.record(e)
}

// onPost runs an act on a post.
func (d *Desk) onPost(ctx context.Context, r Request, id org.PostID, name string, body any, f func(*turn, Held, org.Unit) error) error {
	_, err := d.act(ctx, r, name, event.Subject{Kind: "post", ID: string(id)}, body, func(t *turn) (string, error) {
		h, u, err := t.post(id)
		if err != nil {
			return "", err
		}
		return "", f(t, h, u)
	})
	return err
}

// post fetches a post that is the actor's own, lent by the actor, or in a unit that the
// actor looks after.
func (t *turn) post(id org.PostID) (Held, org.Unit, error) {
	h, err := t.tx.Post(t.ctx, id)
	if err != nil {
		return h, org.Unit{}, err
	}
	if own := t.by.Person == string(h.Person) || t.by.Person == string(h.Of); !own && !org.Keeps(t.by, []org.Post{{Unit: h.Unit}}) {
		return h, org.Unit{}, store.ErrNotFound
	}
	u, err := t.tx.Unit(t.ctx, h.Unit)
	return h, u, err
}

// EndPost ends a post: whoever grants it, or of a lent one its lender.
func (d *Desk) EndPost(ctx context.Context, r Request, id org.PostID, reason string) error {
	return d.onPost(ctx, r, id, "post-ended", reason, func(t *turn, h Held, u org.Unit) error {
		if lender := h.Of != "" && t.by.Person == string(h.Of); !lender {
			if err := org.Recent(t.by, t.now); err != nil {
				return err
			}
		}
		return t.endPost(h, u, reason)
	})
}

// HandOverPost ends a post and gives it to another person, by account name, with all the
// work that waits for it.
func (d *Desk) HandOverPost(ctx context.Context, r Request, id org.PostID, login, reason string) error {
	return d.onPost(ctx, r, id, "post-handed-over", []string{login, reason}, func(t *turn, h Held, u org.Unit) error {
		if err := org.Recent(t.by, t.now); err != nil {
			return err
		}
		// Somebody that the actor looks after: by giving away a post nobody comes to look after a
		// stranger, nor learns which accounts there are.
		to, err := t.tx.PersonByLogin(t.ctx, org.PlainLogin(login))
		if err == nil {
			to, _, err = t.person(to.ID)
		}
		if err != nil && !store.IsNotFound(err) {
			return err
		}
		if err != nil || to.Disabled {
			x := event.Refuse(event.Invalid, "person-unknown", "", "login", login)
			x.Field = "to"
			return x
		}
		held, err := t.held(to.ID)
		if err != nil {
			return err
		}
		next, e, err := h.HandOver(u, org.PostID(t.tx.NewID()), to.ID, held, t.by, t.now)
		if err != nil {
			return err
		}
		if err := t.tx.EndPost(t.ctx, h.ID); err != nil {
			return err
		}
		if err := t.tx.AddPost(t.ctx, next); err != nil {
			return err
		}
		e.Reason = reason
		e.Detail["name"], e.Detail["from"] = to.Name, h.PersonName
		return t.record(e)
	})
}

// A PostPage is one post as those see it who may end it or hand it over.
type PostPage struct {
	Held
	Unit   org.Unit
	Lender bool         // the actor lent it
	Others []org.Person // people with a post of their own in the unit, for a successor
}

// Post reads a post that the actor looks after, or lent.
func (d *Desk) Post(ctx context.Context, r Request, id org.PostID) (p PostPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if p.Held, p.Unit, err = t.post(id); err != nil {
			return err
		}
		p.Lender = p.Of != "" && t.by.Person == string(p.Of)
		hs, err := t.tx.PostsIn(ctx, p.Unit.ID)
		seen := map[org.PersonID]bool{p.Person: true}
		for _, h := range hs {
			if h.Origin == "" && !seen[h.Person] {
				seen[h.Person] = true
				p.Others = append(p.Others, org.Person{ID: h.Person, Name: h.PersonName, Login: h.Login})
			}
		}
		return err
	})
	return p, err
}
