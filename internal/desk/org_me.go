package desk

import (
	"context"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
)

// A MePage is what a person has in the system.
type MePage struct {
	org.Person
	Posts       []Held       // held now; those with an Origin were lent to the person
	Lent        []Held       // posts that the person lent to others
	Colleagues  []org.Person // to whom the post acted from can be lent
	HasPassword bool
}

// Me reads it.
func (d *Desk) Me(ctx context.Context, r Request) (m *MePage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		m = &MePage{}
		me := org.PersonID(t.by.Person)
		if m.Person, err = t.tx.Person(ctx, me); err != nil {
			return err
		}
		if m.HasPassword, err = t.tx.HasPassword(ctx, me); err != nil {
			return err
		}
		if m.Posts, err = t.tx.PostsOf(ctx, me); err != nil {
			return err
		}
		for _, h := range m.Posts {
			if h.Origin != "" {
				continue
			}
			if err := t.lent(m, h); err != nil {
				return err
			}
		}
		return nil
	})
	return m, err
}

// lent adds to whom h is lent, and when it is the post acted from, to whom it can be.
func (t *turn) lent(m *MePage, h Held) error {
	hs, err := t.tx.PostsIn(t.ctx, h.Unit)
	if err != nil {
		return err
	}
	seen := map[org.PersonID]bool{m.ID: true}
	for _, x := range hs {
		if x.Origin == h.ID {
			m.Lent = append(m.Lent, x)
		}
		if string(h.ID) == t.by.Post && x.Origin == "" && !seen[x.Person] {
			seen[x.Person] = true
			m.Colleagues = append(m.Colleagues, org.Person{ID: x.Person, Name: x.PersonName})
		}
	}
	return nil
}

// DelegatePost lends the post acted from to a colleague, from now until the instant.
func (d *Desk) DelegatePost(ctx context.Context, r Request, to org.PersonID, until time.Time, reason string) error {
	_, err := d.act(ctx, r, "post-delegated", event.Subject{Kind: "post", ID: r.By.Post}, []any{to, until, reason}, func(t *turn) (string, error) {
		if err := org.Recent(t.by, t.now); err != nil {
			return "", err
		}
		h, err := t.tx.Post(t.ctx, org.PostID(t.by.Post))
		if err != nil {
			return "", err
		}
		u, err := t.tx.Unit(t.ctx, h.Unit)
		if err != nil {
			return "", err
		}
		held, err := t.held(to)
		if err != nil {
			return "", err
		}
		lent, err := h.Delegate(t.by, org.PostID(t.tx.NewID()), to, t.now, until, held)
		if err != nil {
			return "", err
		}
		if err := h.Colleague(held); err != nil {
			return "", err
		}
		if err := t.tx.AddPost(t.ctx, lent); err != nil {
			return "", err
		}
		e := lent.Fact(org.PostDelegated, u, t.by, t.now)
		e.Reason = reason
		e.Detail["until"] = until.Format(time.RFC3339)
		return "", t.record(e)
	})
	return err
}

// Describe changes the actor's own phone, address for mail and title.
func (d *Desk) Describe(ctx context.Context, r Request, to org.Person) error {
	_, err := d.act(ctx, r, "person-data", event.Subject{Kind: "person", ID: r.By.Person}, to, func(t *turn) (string, error) {
		p, err := t.tx.Person(t.ctx, org.PersonID(t.by.Person))
		if err != nil {
			return "", err
		}
		e, err := p.Describe(to, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.SavePerson(t.ctx, p); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}
