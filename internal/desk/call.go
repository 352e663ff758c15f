package desk

import (
	"context"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

func onCall(id string) event.Subject { return event.Subject{Kind: "call", ID: id} }

// DraftCall keeps a checked notice as the draft of a call. labels may be empty. The error
// is notice.Mistakes when the text has any.
func (d *Desk) DraftCall(ctx context.Context, r Request, file string, source, labels []byte) (string, error) {
	n, err := notice.Parse(file, source)
	if err != nil {
		return "", err
	}
	if len(labels) > 0 {
		if _, err := notice.ParseLabels(file, labels, n); err != nil {
			return "", err
		}
	}
	return d.act(ctx, r, "call-draft", onCall(""), n.SHA256, func(t *turn) (string, error) {
		c, e, err := application.NewCall(t.tx.NewID(), n, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.AddCall(t.ctx, c); err != nil {
			return "", err
		}
		if err := t.tx.AddText(t.ctx, store.Text{SHA: n.SHA256, Call: c.ID, N: 1, File: file, Source: string(source), Labels: string(labels)}); err != nil {
			return "", err
		}
		return c.ID, t.record(e)
	})
}

// onCall runs an act on a call: fetch, ask f, keep, record.
func (d *Desk) onCall(ctx context.Context, r Request, id, name string, body any, f func(*turn, *application.Call, *notice.Notice) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, onCall(id), body, func(t *turn) (string, error) {
		c, err := t.shownCall(id)
		if err != nil {
			return "", err
		}
		p, err := t.published(c.Notice)
		if err != nil {
			return "", err
		}
		e, err := f(t, c, p.Notice)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveCall(t.ctx, c); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

// ProposeCall asks the approver to publish.
func (d *Desk) ProposeCall(ctx context.Context, r Request, id string) error {
	return d.onCall(ctx, r, id, "call-proposal", nil, func(t *turn, c *application.Call, _ *notice.Notice) (event.Event, error) {
		return c.Propose(t.by, t.now)
	})
}

// PublishCall opens the call, gives every recommending unit its places, and sends it to
// every addressee (R6, R96).
func (d *Desk) PublishCall(ctx context.Context, r Request, id string) error {
	return d.onCall(ctx, r, id, "call-publication", nil, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		e, err := c.Publish(t.by, t.now)
		if err != nil {
			return e, err
		}
		tree, err := t.tx.Tree(t.ctx)
		if err != nil {
			return e, err
		}
		for _, u := range application.Addressees(n, tree) {
			if err := t.tx.Deliver(t.ctx, c.ID, u.ID, org.UnitID(t.by.Unit)); err != nil {
				return e, err
			}
			for i := range n.Quota.Max {
				if err := t.tx.AddPlace(t.ctx, c.ID, u.ID, i+1); err != nil {
					return e, err
				}
			}
		}
		return e, nil
	})
}

// OpenCall notes that a unit opened the call that was sent to it; the first time leaves a
// fact (R6). Opening it again, or a call that was not sent there, leaves nothing.
func (d *Desk) OpenCall(ctx context.Context, r Request, id string) error {
	waiting := false
	err := d.read(ctx, r, func(t *turn) error {
		ds, err := t.tx.Deliveries(ctx, id)
		for _, x := range ds {
			waiting = waiting || (x.Unit == r.By.Unit && x.OpenedAt().IsZero())
		}
		return err
	})
	if err != nil || !waiting {
		return err
	}
	_, err = d.act(ctx, r, "call-opening", onCall(id), nil, func(t *turn) (string, error) {
		c, err := t.shownCall(id)
		if err != nil {
			return "", err
		}
		if err := t.tx.Open(t.ctx, id, org.UnitID(t.by.Unit), t.by.Name); err != nil {
			return "", err
		}
		return "", t.record(c.Opened(t.by, t.now))
	})
	return err
}

// ForwardCall sends the call below with the unit's own letter and inner date.
func (d *Desk) ForwardCall(ctx context.Context, r Request, id string, f application.Forwarding) error {
	return d.onCall(ctx, r, id, "call-forwarding", f, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		u, err := t.tx.Unit(t.ctx, org.UnitID(t.by.Unit))
		if err != nil {
			return event.Event{}, err
		}
		above, _, err := t.tx.Forwarding(t.ctx, id, u.Superior)
		if err != nil {
			return event.Event{}, err
		}
		f.Unit, f.UnitName, f.At = u.ID, u.Name, t.now
		e, err := c.Forward(f, n, above.Inner, t.by, t.now)
		if err != nil {
			return e, err
		}
		if err := t.tx.PutForwarding(t.ctx, id, f); err != nil {
			return e, err
		}
		below, err := t.tx.Units(t.ctx, store.UnitFilter{Superior: u.ID, State: org.Active}, 5000)
		for _, b := range below {
			if err := t.tx.Deliver(t.ctx, id, b.ID, u.ID); err != nil {
				return e, err
			}
		}
		return e, err
	})
}

// ReportNone says that a recommender has nobody to recommend (零报告).
func (d *Desk) ReportNone(ctx context.Context, r Request, id, reason string) error {
	return d.onCall(ctx, r, id, "none-report", reason, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		u, err := t.tx.Unit(t.ctx, org.UnitID(t.by.Unit))
		if err != nil {
			return event.Event{}, err
		}
		places, err := t.tx.Places(t.ctx, id, u.ID)
		if err != nil {
			return event.Event{}, err
		}
		e, err := c.ReportNone(n, u, application.Taken(places) > 0, reason, t.by, t.now)
		if err != nil {
			return e, err
		}
		return e, t.tx.AddNoneReport(t.ctx, id, application.NoneReport{Unit: u.ID, UnitName: u.Name, Reason: reason, By: t.by.Actor, At: t.now})
	})
}

// MoveDeadline sets another closing instant, with a reason.
func (d *Desk) MoveDeadline(ctx context.Context, r Request, id string, to time.Time, reason string) error {
	return d.onCall(ctx, r, id, "call-deadline", []any{to, reason}, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		return c.MoveDeadline(n, to, reason, t.by, t.now)
	})
}

// SetOpinionMin sets the least length of an opinion, with a reason.
func (d *Desk) SetOpinionMin(ctx context.Context, r Request, id string, least int, reason string) error {
	return d.onCall(ctx, r, id, "call-setting", []any{least, reason}, func(t *turn, c *application.Call, _ *notice.Notice) (event.Event, error) {
		return c.SetOpinionMin(least, reason, t.by, t.now)
	})
}

// GrantPlace gives a recommender one place more, with a reason (R96).
func (d *Desk) GrantPlace(ctx context.Context, r Request, id string, to org.UnitID, reason string) error {
	return d.onCall(ctx, r, id, "call-place", []any{to, reason}, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		u, err := t.tx.Unit(t.ctx, to)
		if err != nil {
			return event.Event{}, err
		}
		places, err := t.tx.Places(t.ctx, id, to)
		if err != nil {
			return event.Event{}, err
		}
		e, err := c.GrantPlace(n, u, reason, t.by, t.now)
		if err != nil {
			return e, err
		}
		return e, t.tx.AddPlace(t.ctx, id, to, len(places)+1)
	})
}

// AmendCall publishes a further revision of the call's text, with a reason.
func (d *Desk) AmendCall(ctx context.Context, r Request, id, file string, source, labels []byte, reason string) error {
	n, err := notice.Parse(file, source)
	if err != nil {
		return err
	}
	return d.onCall(ctx, r, id, "call-amendment", []string{n.SHA256, reason}, func(t *turn, c *application.Call, _ *notice.Notice) (event.Event, error) {
		e, err := c.Amend(n, reason, t.by, t.now)
		if err != nil {
			return e, err
		}
		return e, t.tx.AddText(t.ctx, store.Text{SHA: n.SHA256, Call: id, N: len(c.Revisions), File: file, Source: string(source), Labels: string(labels)})
	})
}

// CloseCall ends a call in which every application has a final status (R10).
func (d *Desk) CloseCall(ctx context.Context, r Request, id string) error {
	return d.onCall(ctx, r, id, "call-closing", nil, func(t *turn, c *application.Call, _ *notice.Notice) (event.Event, error) {
		open, err := t.blocking(c)
		if err != nil {
			return event.Event{}, err
		}
		return c.Close(len(open), t.by, t.now)
	})
}
