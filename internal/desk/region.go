package desk

import (
	"context"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// AdmitLate lets one application come after the deadline, with a reason (R99).
func (d *Desk) AdmitLate(ctx context.Context, r Request, id application.ID, reason string, until time.Time) error {
	return d.on(ctx, r, id, application.ActLate, []any{reason, until}, func(t *turn, k dossier) (event.Event, error) {
		return k.AdmitLate(k.n, t.by, reason, until, t.now)
	})
}

func onApplication(id application.ID) event.Subject {
	return event.Subject{Kind: "application", ID: string(id)}
}

// onAssignment runs an expert's act on their own assignment; without one there is nothing
// to be seen.
func (d *Desk) onAssignment(ctx context.Context, r Request, id application.ID, name string, body any, f func(*turn, dossier, *review.Assignment) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, onApplication(id), []any{id, body}, func(t *turn) (string, error) {
		as, err := t.tx.Assignment(t.ctx, id, org.PersonID(t.by.Person))
		if err != nil {
			return "", err
		}
		if !as.Open() {
			return "", store.ErrNotFound // as everywhere before the invitation is accepted
		}
		k, err := t.dossier(id)
		if err != nil {
			return "", err
		}
		if err := k.May(t.by, name); err != nil {
			return "", err
		}
		e, err := f(t, k, &as)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveAssignment(t.ctx, as); err != nil || e.Kind == "" {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}
