package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// Begin starts an application of a unit in a call. from is an earlier application whose
// answers are taken over, "" for an empty form.
func (d *Desk) Begin(ctx context.Context, r Request, call string, unit org.UnitID, from application.ID) (application.ID, error) {
	id, err := d.act(ctx, r, "application", onCall(call), []any{call, unit, from}, func(t *turn) (string, error) {
		c, err := t.shownCall(call)
		if err != nil {
			return "", err
		}
		p, err := t.published(c.Notice)
		if err != nil {
			return "", err
		}
		u, err := t.tx.Unit(t.ctx, unit)
		if err != nil {
			return "", err
		}
		proxy, err := t.filesFor(u, p.Notice)
		if err != nil {
			return "", err
		}
		a, e, err := application.Begin(application.ID(t.tx.NewID()), c, p.Notice, u, t.by, proxy, t.now)
		if err != nil {
			return "", err
		}
		earlier, err := t.earlierAnswers(a, p.Notice, from)
		if err != nil {
			return "", err
		}
		if err := t.tx.AddApplication(t.ctx, a); err != nil {
			return "", onlyOne(err, a, e.Clause)
		}
		for f, v := range earlier {
			if err := t.tx.PutAnswer(t.ctx, a.ID, f, v, 0, t.by); err != nil {
				return "", err
			}
		}
		return string(a.ID), t.record(e)
	})
	return application.ID(id), err
}

// filesFor reports whether the actor's unit is the HR bureau of u's place, not u itself,
// and asks whether it may stand in for u (R39).
func (t *turn) filesFor(u org.Unit, n *notice.Notice) (bool, error) {
	if t.by.In(u.ID) {
		return false, nil
	}
	tree, err := t.tx.Tree(t.ctx)
	b, ok := tree.Bureau(u.Division)
	if err != nil || !ok || !t.by.In(b.ID) {
		return false, err
	}
	posts, err := t.tx.PostsIn(t.ctx, u.ID)
	if err != nil || u.Ownership != org.NonPublic {
		return true, err
	}
	return true, application.FilesFor(n, u, len(posts))
}

// earlierAnswers are what a takes over from an earlier application of its unit, and notes
// it; what is said of the conditions is to be written anew.
func (t *turn) earlierAnswers(a *application.Application, n *notice.Notice, from application.ID) (filing.Answers, error) {
	if from == "" {
		return nil, nil
	}
	old, err := t.open(from)
	if err != nil {
		return nil, err
	}
	if err := a.StartFrom(old.Application); err != nil {
		return nil, err
	}
	if !t.writes(old) {
		return t.handedIn(old, n)
	}
	draft, err := t.tx.Draft(t.ctx, from)
	if err != nil {
		return nil, err
	}
	earlier := filing.Answers{}
	for f, x := range draft {
		earlier[f] = x.Value
	}
	return earlier.Copy(n), nil
}

// handedIn are the answers of an application that somebody else wrote: of the version that
// was handed in, without what is masked to the actor. A bureau that files for a unit learns
// no account number by it (R124).
func (t *turn) handedIn(old dossier, n *notice.Notice) (filing.Answers, error) {
	v, ok := old.Current()
	if !ok {
		return nil, nil
	}
	c, err := t.tx.Frozen(t.ctx, old.ID, v.N)
	answers := c.Answers.Copy(n)
	for _, x := range old.n.Form.Fields() {
		if x.Kind == notice.Account {
			delete(answers, x.Name)
		}
	}
	return answers, err
}

// A Saved is what an autosave answers: the field's new version, or what somebody else
// wrote meanwhile.
type Saved struct {
	Version int
	At      time.Time
	Other   *store.Answer // set on a conflict: their text
}

// Save writes one field of a draft over version v of that field. It is not an act: it
// leaves no fact but the first of an editing round, which names the writer (R129). A text
// over the limit is kept; only a signature asks for the limit.
func (d *Desk) Save(ctx context.Context, r Request, id application.ID, field, value string, v int) (Saved, error) {
	var s Saved
	write := func(t *turn) error {
		k, err := t.open(id)
		if err != nil {
			return err
		}
		if !filing.Known(k.n, field) {
			return store.ErrNotFound
		}
		if err := k.MayEdit(t.by, field); err != nil {
			return err
		}
		answers, err := t.tx.Draft(t.ctx, id)
		if err != nil {
			return err
		}
		if cur := answers[field]; cur.Version != v {
			if cur.Value == value {
				s = Saved{Version: cur.Version, At: cur.When()}
				return nil
			}
			s.Other = &cur
			return event.Refuse(event.Conflict, "field-changed", "", "name", cur.Name)
		}
		s = Saved{Version: v + 1, At: t.now}
		if err := t.tx.PutAnswer(t.ctx, id, field, value, v, t.by); err != nil {
			return err
		}
		return t.editor(k)
	}
	err := d.db.Write(ctx, r.At, func(tx *store.Tx) error {
		t := &turn{ctx: ctx, d: d, tx: tx, now: tx.Now}
		if err := t.readActor(r.By); err != nil {
			return err
		}
		return write(t)
	})
	return s, named(err)
}

// editor notes the first writing of a person in this round, with a fact.
func (t *turn) editor(k dossier) error {
	if slices.Contains(k.Editors, t.by.Person) {
		return nil
	}
	k.Edited(t.by)
	if err := t.tx.SaveApplication(t.ctx, k.Application); err != nil {
		return err
	}
	return t.record(event.Event{Kind: application.EditBegun, On: event.Subject{Kind: "application", ID: string(k.ID)}, Call: k.Call, By: t.by.Actor,
		Notice: k.Application.Notice, Detail: map[string]string{"unit": k.UnitName, "base": k.BaseName}})
}

// content is the draft as it would be frozen.
func (t *turn) content(k dossier) (filing.Content, error) {
	draft, err := t.tx.Draft(t.ctx, k.ID)
	if err != nil {
		return filing.Content{}, err
	}
	files, err := t.tx.Evidence(t.ctx, k.ID)
	if err != nil {
		return filing.Content{}, err
	}
	c := filing.Content{Case: string(k.ID), N: len(k.Versions) + 1, Notice: k.Application.Notice, Form: k.n.Form.Title, Unit: string(k.Unit),
		UnitName: k.UnitName, CreditCode: k.CreditCode, Answers: filing.Answers{}}
	for f, a := range draft {
		c.Answers[f] = a.Value
	}
	c.Opinion = c.Answers.Get(filing.OpinionField)
	for _, e := range files {
		if e.Removed.IsZero() && e.Quarantined.IsZero() && (e.Purpose == filing.ForEvidence || e.Purpose == filing.ForBank || e.Purpose == filing.ForProxy) {
			c.Evidence = append(c.Evidence, e)
		}
	}
	return c, nil
}

// Prepare hands the draft to the person in charge.
func (d *Desk) Prepare(ctx context.Context, r Request, id application.ID) error {
	return d.on(ctx, r, id, application.ActPrepare, nil, func(t *turn, k dossier) (event.Event, error) {
		c, err := t.content(k)
		if err != nil {
			return event.Event{}, err
		}
		return k.Prepare(k.n, c, t.by, t.now)
	})
}

// Recall takes it back before the signature.
func (d *Desk) Recall(ctx context.Context, r Request, id application.ID) error {
	return d.on(ctx, r, id, application.ActRecall, nil, func(t *turn, k dossier) (event.Event, error) {
		return k.Recall(t.by, t.now)
	})
}

// SendBack is the person in charge not signing.
func (d *Desk) SendBack(ctx context.Context, r Request, id application.ID, reason string) error {
	return d.on(ctx, r, id, application.ActSendBack, reason, func(t *turn, k dossier) (event.Event, error) {
		return k.SendBack(t.by, reason, t.now)
	})
}

// Sign freezes the draft as the next version.
func (d *Desk) Sign(ctx context.Context, r Request, id application.ID) error {
	return d.on(ctx, r, id, application.ActSign, nil, func(t *turn, k dossier) (event.Event, error) {
		c, err := t.content(k)
		if err != nil {
			return event.Event{}, err
		}
		e, err := k.Sign(k.n, c, t.by, t.now)
		if err != nil {
			return e, err
		}
		v, _ := k.Latest()
		return e, t.tx.Freeze(t.ctx, id, v, c)
	})
}

// Seal takes in the scan of the applicant's sealed page. file is the id of its upload.
func (d *Desk) Seal(ctx context.Context, r Request, id application.ID, code, file string) error {
	return d.on(ctx, r, id, application.ActSeal, []string{code, file}, func(t *turn, k dossier) (event.Event, error) {
		if err := t.own(k, file, filing.ForSeal); err != nil {
			return event.Event{}, err
		}
		return k.Seal(k.n, t.by, code, file, t.now)
	})
}

// own refuses a file that is not this case's, of the purpose, there (M03).
func (t *turn) own(k dossier, file, purpose string) error {
	if file == "" {
		return nil // the deciding package says what is missing
	}
	es, err := t.tx.Evidence(t.ctx, k.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(es, func(e filing.Evidence) bool { return e.ID == file && e.Purpose == purpose && e.Removed.IsZero() }) {
		return store.ErrNotFound
	}
	return nil
}

// route is the way of an application by its unit as it is now.
func (t *turn) route(k dossier) (org.Route, error) {
	u, err := t.tx.Unit(t.ctx, k.Unit)
	if err != nil {
		return org.Route{}, err
	}
	tree, err := t.tx.Above(t.ctx, u)
	if err != nil {
		return org.Route{}, err
	}
	return tree.Compute(u, k.n.Hierarchy.Clause)
}

// Submit hands the application in: to the first level, back to whoever returned it, or,
// from a direct unit, to the department within its own quota.
func (d *Desk) Submit(ctx context.Context, r Request, id application.ID) error {
	return d.on(ctx, r, id, application.ActSubmit, nil, func(t *turn, k dossier) (event.Event, error) {
		route, err := t.route(k)
		if err != nil {
			return event.Event{}, err
		}
		inner, _, err := t.tx.Forwarding(t.ctx, k.Call, route.Steps[1].Unit)
		if err != nil {
			return event.Event{}, err
		}
		first := k.Submitted.IsZero()
		e, err := k.Submit(k.call, k.n, route, inner.Inner, t.by, t.now)
		if err != nil {
			return e, err
		}
		if first {
			if err := t.number(k); err != nil {
				return e, err
			}
			e.Detail["number"] = k.Number
		}
		no, err := t.receipt(k)
		e.Detail["receipt"] = no
		return e, err
	})
}

// number gives the application its number, the next of its call.
func (t *turn) number(k dossier) error {
	n, err := t.tx.Next(t.ctx, "application "+k.Call)
	k.Number = fmt.Sprintf("SB%d-%04d", k.n.Year, n)
	return err
}

// receipt writes the receipt of a hand-over (R132).
func (t *turn) receipt(k dossier) (string, error) {
	n, err := t.tx.Next(t.ctx, fmt.Sprintf("receipt %d", k.n.Year))
	v, _ := k.Latest()
	no := fmt.Sprintf("HZ%d-%06d", k.n.Year, n)
	k.Receipts = append(k.Receipts, application.Receipt{Number: no, At: t.now, From: t.by.UnitName, To: k.HolderName(), Hash: v.Hash, Code: v.Code})
	return no, err
}

// take gives the application a place of its recommender, or says who holds them.
func (t *turn) take(k dossier) error {
	rec := k.Route.Recommender()
	places, err := t.tx.Places(t.ctx, k.Call, rec.Unit)
	if err != nil {
		return err
	}
	n, err := application.Take(k.n, rec.Name, places)
	if err != nil {
		return err
	}
	if err := t.tx.DropNoneReport(t.ctx, k.Call, rec.Unit); err != nil {
		return err
	}
	return t.tx.TakePlace(t.ctx, k.Call, rec.Unit, n, k.ID)
}

// Withdraw ends the application at the applicant's wish.
func (d *Desk) Withdraw(ctx context.Context, r Request, id application.ID, reason string) error {
	return d.on(ctx, r, id, application.ActWithdraw, reason, func(t *turn, k dossier) (event.Event, error) {
		return k.Withdraw(t.by, reason, t.now)
	})
}
