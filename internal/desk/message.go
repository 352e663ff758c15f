package desk

import (
	"context"

	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// Messages are the actor's last messages, newest first, and how they want them by mail.
func (d *Desk) Messages(ctx context.Context, r Request) (ms []Message, mail string, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if ms, err = t.tx.Messages(ctx, org.PersonID(r.By.Person)); err != nil {
			return err
		}
		mail, err = t.tx.Mail(ctx, org.PersonID(r.By.Person))
		return err
	})
	return ms, mail, err
}

// ReadMessages marks the actor's messages as read: no act, it concerns nobody else.
func (d *Desk) ReadMessages(ctx context.Context, r Request) error {
	return d.db.Save(ctx, r.At, func(tx *store.Tx) error { return tx.ReadMessages(ctx, org.PersonID(r.By.Person)) })
}

// SetMail chooses how the actor wants messages by mail: "digest", "once" or "none".
func (d *Desk) SetMail(ctx context.Context, r Request, how string) error {
	switch how {
	case "digest", "once", "none":
		return d.db.Save(ctx, r.At, func(tx *store.Tx) error { return tx.SetMail(ctx, org.PersonID(r.By.Person), how) })
	}
	x := event.Refuse(event.Invalid, "outcome-required", "")
	x.Field = "mail"
	return x
}
