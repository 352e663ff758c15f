package desk

import (
	"context"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// openRound is the open round that an application is in; the zero round when there is none.
func (t *turn) openRound(call, app string) (review.Round, error) {
	rounds, err := t.tx.Rounds(t.ctx, call)
	i := slices.IndexFunc(rounds, func(x review.Round) bool { return x.State == review.RoundOpen && x.Has(app) })
	if i < 0 {
		return review.Round{}, err
	}
	return rounds[i], err
}

// Score keeps an expert's sheet as it was typed; done hands it in.
func (d *Desk) Score(ctx context.Context, r Request, id application.ID, in review.Entry, done bool) error {
	return d.onAssignment(ctx, r, id, application.ActScore, []any{in, done}, func(t *turn, k dossier, as *review.Assignment) (event.Event, error) {
		x, err := t.tx.Round(ctx, as.Round)
		if err != nil {
			return event.Event{}, err
		}
		if !done {
			return event.Event{}, as.Keep(x, k.n, t.by, in)
		}
		return as.HandIn(x, k.n, t.by, in, t.now)
	})
}

// TypeScore keeps one field of a sheet in work as it is typed. Together with a refusal for
// another page's change it answers what stands there.
func (d *Desk) TypeScore(ctx context.Context, r Request, id application.ID, field, text string, have int) (is review.Typed, err error) {
	err = d.onAssignment(ctx, r, id, application.ActScore, []any{field, text, have}, func(t *turn, k dossier, as *review.Assignment) (event.Event, error) {
		x, err := t.tx.Round(ctx, as.Round)
		if err != nil {
			return event.Event{}, err
		}
		is, err = as.Type(x, k.n, t.by, field, text, have)
		return event.Event{}, err
	})
	return is, err
}

// onScoring runs an act of the department on the sheet of one expert.
func (d *Desk) onScoring(ctx context.Context, r Request, id application.ID, who org.PersonID, body any, f func(*turn, dossier, review.Round, *review.Assignment) (event.Event, error)) error {
	return d.on(ctx, r, id, application.ActScoring, []any{id, who, body}, func(t *turn, k dossier) (event.Event, error) {
		if err := k.May(t.by, application.ActScoring); err != nil {
			return event.Event{}, err
		}
		as, err := t.tx.Assignment(ctx, id, who)
		if err != nil {
			return event.Event{}, err
		}
		x, err := t.tx.Round(ctx, as.Round)
		if err != nil {
			return event.Event{}, err
		}
		e, err := f(t, k, x, &as)
		if err != nil {
			return e, err
		}
		return e, t.tx.SaveAssignment(ctx, as)
	})
}

// ReopenScore gives a sheet back to its expert for correction, with a reason.
func (d *Desk) ReopenScore(ctx context.Context, r Request, id application.ID, who org.PersonID, reason string) error {
	return d.onScoring(ctx, r, id, who, reason, func(t *turn, _ dossier, x review.Round, as *review.Assignment) (event.Event, error) {
		return as.Reopen(x, t.by, reason, t.now)
	})
}
