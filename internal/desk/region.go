package desk

import (
	"context"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// AdmitLate lets one application come after the deadline, with a reason (R99).
func (d *Desk) AdmitLate(ctx context.Context, r Request, id application.ID, reason string, until time.Time) error {
	return d.on(ctx, r, id, application.ActLate, []any{reason, until}, func(t *turn, k dossier) (event.Event, error) {
		return k.AdmitLate(k.n, t.by, reason, until, t.now)
	})
}

// Assign gives an application to experts for review by a date, all of them or none.
func (d *Desk) Assign(ctx context.Context, r Request, id application.ID, experts []org.PersonID, due time.Time) error {
	_, err := d.act(ctx, r, application.ActReview, onApplication(id), []any{id, experts, due}, func(t *turn) (string, error) {
		k, err := t.open(id)
		if err != nil {
			return "", err
		}
		if err := k.May(t.by, application.ActReview); err != nil {
			return "", err
		}
		if len(experts) == 0 {
			return "", review.NobodyChosen(k.n)
		}
		judge, err := t.conflictsWith(k)
		if err != nil {
			return "", err
		}
		round, err := t.openRound(k.Application.Call, string(id))
		if err != nil {
			return "", err
		}
		before, err := t.tx.Assignments(t.ctx, id)
		if err != nil {
			return "", err
		}
		for _, expert := range experts {
			x, err := t.tx.Expert(t.ctx, expert)
			if err != nil {
				return "", err
			}
			as, e, err := review.Assign(round, string(id), x, judge(x), before, due, t.by, t.now)
			if err != nil {
				return "", err
			}
			if err := t.tx.AddAssignment(t.ctx, as); err != nil {
				return "", err
			}
			if err := t.record(e); err != nil {
				return "", err
			}
		}
		return "", nil
	})
	return err
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
