package desk

import (
	"context"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/base"
	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// Acts on a base.
const (
	actPlaque    = "plaque"
	actPayment   = "payment"
	actReopening = "reopening"
)

// onBase runs an act on one base: fetch, ask f, keep, record.
func (d *Desk) onBase(ctx context.Context, r Request, id, name string, body any, f func(*turn, *base.Base, *notice.Notice) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, event.Subject{Kind: "base", ID: id}, []any{id, body}, func(t *turn) (string, error) {
		b, err := t.tx.Base(ctx, id)
		if err != nil {
			return "", err
		}
		c, err := t.tx.Call(ctx, b.Call)
		if err != nil {
			return "", err
		}
		p, err := t.published(c.Notice)
		if err != nil {
			return "", err
		}
		e, err := f(t, &b, p.Notice)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveBase(ctx, b); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

// MakePlaque records that the plaque of a base is made.
func (d *Desk) MakePlaque(ctx context.Context, r Request, id, date string) error {
	return d.onBase(ctx, r, id, actPlaque, []string{"made", date}, func(t *turn, b *base.Base, n *notice.Notice) (event.Event, error) {
		return b.MakePlaque(n, date, t.by, t.now)
	})
}

// HandPlaque records to whom it was handed over, and when.
func (d *Desk) HandPlaque(ctx context.Context, r Request, id, to, date string) error {
	return d.onBase(ctx, r, id, actPlaque, []string{"handed", to, date}, func(t *turn, b *base.Base, n *notice.Notice) (event.Event, error) {
		return b.HandPlaque(n, to, date, t.by, t.now)
	})
}

// RecallPlaque records that it is back after the title ended.
func (d *Desk) RecallPlaque(ctx context.Context, r Request, id, from, date string) error {
	return d.onBase(ctx, r, id, actPlaque, []string{"recalled", from, date}, func(t *turn, b *base.Base, n *notice.Notice) (event.Event, error) {
		return b.RecallPlaque(n, from, date, t.by, t.now)
	})
}

// Pay records a transfer of start-up money.
func (d *Desk) Pay(ctx context.Context, r Request, id string, p base.Payment) error {
	return d.onBase(ctx, r, id, actPayment, p, func(t *turn, b *base.Base, n *notice.Notice) (event.Event, error) {
		return b.Pay(n, p, t.by, t.now)
	})
}

// Bounce records that the bank sent a transfer back.
func (d *Desk) Bounce(ctx context.Context, r Request, id, voucher, why string) error {
	return d.onBase(ctx, r, id, actPayment, []string{"returned", voucher, why}, func(t *turn, b *base.Base, n *notice.Notice) (event.Event, error) {
		return b.Bounce(n, voucher, why, t.by, t.now)
	})
}

// RecoverGrant records start-up money that came back.
func (d *Desk) RecoverGrant(ctx context.Context, r Request, id string, x base.Recovery) error {
	return d.onBase(ctx, r, id, actPayment, x, func(t *turn, b *base.Base, n *notice.Notice) (event.Event, error) {
		return b.Recover(n, x, t.by, t.now)
	})
}

// Reopen takes the determination of a base up again and puts the grounds to its host.
func (d *Desk) Reopen(ctx context.Context, r Request, id, grounds string, due time.Time) error {
	return d.onBase(ctx, r, id, actReopening, []any{grounds, due}, func(t *turn, b *base.Base, n *notice.Notice) (event.Event, error) {
		return b.Reopen(n, grounds, due, t.by, t.now)
	})
}

// AnswerReopening is the host's word on the grounds.
func (d *Desk) AnswerReopening(ctx context.Context, r Request, id, answer string) error {
	return d.onBase(ctx, r, id, actReopening, answer, func(t *turn, b *base.Base, n *notice.Notice) (event.Event, error) {
		return b.Answer(n, answer, t.by, t.now)
	})
}

// EndReopening decides it by a new act.
func (d *Desk) EndReopening(ctx context.Context, r Request, id string, x base.Ending) error {
	return d.onBase(ctx, r, id, actReopening, x, func(t *turn, b *base.Base, n *notice.Notice) (event.Event, error) {
		return b.End(n, x, t.by, t.now)
	})
}

// A BaseFile is what those who have to do with a base read beside its public entry.
type BaseFile struct {
	BaseLine
	Facts []event.Event
}

// mayKeep reports whether by reads the file of a base: the department's posts that handle
// plaques and money, and the host itself.
func mayKeep(by org.Actor, b base.Base) bool {
	return by.Is(org.Staff, org.Approver, org.Finance) || by.Is(org.Clerk, org.Principal) && org.UnitID(by.Unit) == b.Host
}

// BaseFile reads the file of one base.
func (d *Desk) BaseFile(ctx context.Context, r Request, id string) (f BaseFile, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		b, err := t.tx.Base(ctx, id)
		if err != nil {
			return err
		}
		if !mayKeep(t.by, b) {
			return store.ErrNotFound
		}
		places, err := t.places()
		if err != nil {
			return err
		}
		if f.BaseLine, err = t.baseLine(b, places); err != nil {
			return err
		}
		f.Facts, err = t.tx.Facts(ctx, event.Subject{Kind: "base", ID: id})
		return err
	})
	return f, err
}

// BaseTasks are all bases with their plaque and money, for those who see to them.
func (d *Desk) BaseTasks(ctx context.Context, r Request) (lines []BaseLine, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if err := application.MayList(t.by, application.ListTasks); err != nil {
			return err
		}
		places, err := t.places()
		if err != nil {
			return err
		}
		bases, err := t.tx.Bases(ctx)
		if err != nil {
			return err
		}
		for _, b := range bases {
			l, err := t.baseLine(b, places)
			if err != nil {
				return err
			}
			lines = append(lines, l)
		}
		return nil
	})
	return lines, err
}
