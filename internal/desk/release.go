package desk

import (
	"context"

	"shenbao/internal/application"
	"shenbao/internal/base"
	"shenbao/internal/event"
	"shenbao/internal/notice"
)

// Release makes the call's approved sheet known under the number of the determining
// document: all results in one act, box 3 of each form, and the bases (R43–R46).
func (d *Desk) Release(ctx context.Context, r Request, call, document, date string) error {
	_, err := d.act(ctx, r, application.ActRelease, onCall(call), []string{call, document, date}, func(t *turn) (string, error) {
		return "", t.release(call, document, date)
	})
	return err
}

func (t *turn) release(call, document, date string) error {
	s, k, err := t.sheet(call)
	if err != nil {
		return err
	}
	var as []*application.Application
	for _, l := range s.Lines {
		a, err := t.tx.Application(t.ctx, l.Application)
		if err != nil {
			return err
		}
		as = append(as, a)
	}
	taken, err := t.plaques()
	if err != nil {
		return err
	}
	facts, err := k.call.Release(k.n, s, as, document, date, taken, t.laidOpen(k.call), t.by, t.now)
	if err != nil {
		return err
	}
	for i, a := range as {
		if err := t.keep(dossier{Application: a}, true, facts[i]); err != nil {
			return err
		}
		if err := t.found(a); err != nil {
			return err
		}
	}
	if err := t.tx.SaveSheet(t.ctx, s); err != nil {
		return err
	}
	return t.record(facts[len(as)])
}

// plaques are the numbers of all plaques that there are.
func (t *turn) plaques() ([]string, error) {
	bs, err := t.tx.Bases(t.ctx)
	var out []string
	for _, b := range bs {
		out = append(out, b.Plaque.Number)
	}
	return out, err
}

// found turns a recognised application into a base, in the same transaction.
func (t *turn) found(a *application.Application) error {
	if a.State != application.Recognised {
		return nil
	}
	k, err := t.open(a.ID)
	if err != nil {
		return err
	}
	v, _ := a.Current()
	content, err := t.tx.Frozen(t.ctx, a.ID, v.N)
	if err != nil {
		return err
	}
	b, e := base.Found(base.Base{ID: t.tx.NewID(), Application: string(a.ID), Call: a.Call, Name: a.BaseName, Host: a.Unit, HostName: a.UnitName,
		HostKind: a.HostKind, Division: a.Division, Industry: application.Industry(content), Document: a.Decision.Document, Date: a.Decision.Date,
		Plaque: base.Plaque{Number: a.Decision.Plaque}, GrantFen: a.Decision.GrantFen}, k.n, t.by, t.now)
	if err := t.tx.AddBase(t.ctx, b); err != nil {
		return err
	}
	return t.record(e)
}

// SetPublicNotice sets whether a public notice is held before the release, with a reason.
func (d *Desk) SetPublicNotice(ctx context.Context, r Request, call string, hold bool, reason string) error {
	return d.onCall(ctx, r, call, "call-setting", []any{"public_notice", hold, reason}, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		return c.SetPublicNotice(n, hold, reason, t.by, t.now)
	})
}
