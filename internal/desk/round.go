package desk

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// Acts of a round.
const (
	actRound        = "round"
	actSheet        = "sheet"
	actRoundOpening = "round-opening"
	actRoundClosing = "round-closing"
	actRoundJoining = "round-joining"
)

func onRound(id string) event.Subject { return event.Subject{Kind: "round", ID: id} }

// PlanRound sets a round up, and answers its id. after is the round whose cut chose the
// applications; with "" all that are under review and in no round yet are taken.
func (d *Desk) PlanRound(ctx context.Context, r Request, call, after string, p review.Plan) (string, error) {
	return d.act(ctx, r, actRound, onCall(call), []any{call, after, p}, func(t *turn) (string, error) {
		if err := application.MayList(t.by, application.ListReviews); err != nil {
			return "", err
		}
		c, err := t.shownCall(call)
		if err != nil {
			return "", err
		}
		pub, err := t.published(c.Notice)
		if err != nil {
			return "", err
		}
		rounds, err := t.tx.Rounds(ctx, call)
		if err != nil {
			return "", err
		}
		x := review.Round{ID: t.tx.NewID(), Call: call, N: len(rounds) + 1, Sheet: review.SheetOf(pub.Notice)}
		var before *review.Round
		if i := slices.IndexFunc(rounds, func(y review.Round) bool { return y.ID == after }); i >= 0 {
			before = &rounds[i]
			x.Sheet = before.Sheet
		} else if after != "" {
			return "", store.ErrNotFound
		}
		if x.Applications, err = t.unplaced(call, rounds, before); err != nil {
			return "", err
		}
		x, e, err := review.PlanRound(x, p, before, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.AddRound(ctx, x); err != nil {
			return "", err
		}
		return x.ID, t.record(e)
	})
}

// unplaced are the applications under review that a new round would take: those above the
// line of the round before, or those that are in none yet.
func (t *turn) unplaced(call string, rounds []review.Round, before *review.Round) ([]string, error) {
	live, err := t.underReview(call)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(live, func(app string) bool {
		last, in := review.LastRound(rounds, app)
		if before == nil {
			return in
		}
		return last.ID != before.ID || !review.Awaits(rounds, app)
	}), nil
}

// underReview are the applications of a call that are under review, by number.
func (t *turn) underReview(call string) ([]string, error) {
	rows, err := t.tx.AllApplications(t.ctx, application.Filter{Call: call, States: []application.State{application.Reviewing}}, listMax)
	slices.SortFunc(rows, func(a, b application.Row) int { return cmp.Compare(a.Number, b.Number) })
	var out []string
	for _, r := range rows {
		out = append(out, string(r.ID))
	}
	return out, err
}

// onRound runs an act on a round: fetch, ask f, keep, record.
func (d *Desk) onRound(ctx context.Context, r Request, id, name string, body any, f func(*turn, *review.Round) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, onRound(id), []any{id, body}, func(t *turn) (string, error) {
		if err := application.MayList(t.by, application.ListReviews); err != nil {
			return "", err
		}
		x, err := t.tx.Round(ctx, id)
		if err != nil {
			return "", err
		}
		e, err := f(t, &x)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveRound(ctx, x); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

// ChangeRound sets a planned round anew, with a reason.
func (d *Desk) ChangeRound(ctx context.Context, r Request, id string, p review.Plan) error {
	return d.onRound(ctx, r, id, actRound, p, func(t *turn, x *review.Round) (event.Event, error) { return x.Change(p, t.by, t.now) })
}

// SetSheet sets the score sheet of a planned round, with a reason (T6).
func (d *Desk) SetSheet(ctx context.Context, r Request, id string, s review.Sheet, reason string) error {
	return d.onRound(ctx, r, id, actSheet, []any{s, reason}, func(t *turn, x *review.Round) (event.Event, error) {
		return x.SetSheet(s, reason, t.by, t.now)
	})
}

// OpenRound fixes the sheet and begins the round: the second person's act.
func (d *Desk) OpenRound(ctx context.Context, r Request, id string) error {
	return d.onRound(ctx, r, id, actRoundOpening, nil, func(t *turn, x *review.Round) (event.Event, error) { return x.Open(t.by, t.now) })
}

// JoinRound takes those in that came to the review since the round was planned.
func (d *Desk) JoinRound(ctx context.Context, r Request, id string) error {
	return d.onRound(ctx, r, id, actRoundJoining, nil, func(t *turn, x *review.Round) (event.Event, error) {
		rounds, err := t.tx.Rounds(ctx, x.Call)
		if err != nil {
			return event.Event{}, err
		}
		apps, err := t.unplaced(x.Call, rounds, nil)
		if err != nil {
			return event.Event{}, err
		}
		return x.Join(apps, t.by, t.now)
	})
}

// CloseRound ends a round. Without a cut, or with a final one, everything whose review is
// over goes to the decision, ranked; else those above the line wait for the next round.
func (d *Desk) CloseRound(ctx context.Context, r Request, id string, cut *review.CutDraft) error {
	return d.onRound(ctx, r, id, actRoundClosing, cut, func(t *turn, x *review.Round) (event.Event, error) {
		live, err := t.underReview(x.Call)
		if err != nil {
			return event.Event{}, err
		}
		all, err := t.tx.AssignmentsIn(ctx, x.Call)
		if err != nil {
			return event.Event{}, err
		}
		e, err := x.Close(x.Standings(all, live), cut, t.by, t.now)
		if err != nil || cut != nil && !cut.Final {
			return e, err
		}
		return e, t.toDecision(x, live, all)
	})
}

// toDecision ends the review of all applications of a call that await no further round,
// and ranks them together with those that wait for the decision already. closing is the
// round that is being closed and not kept yet.
func (t *turn) toDecision(closing *review.Round, reviewing []string, all []review.Assignment) error {
	rounds, err := t.tx.Rounds(t.ctx, closing.Call)
	if err != nil {
		return err
	}
	rounds[closing.N-1] = *closing
	settled := slices.DeleteFunc(slices.Clone(reviewing), func(app string) bool { return review.Awaits(rounds, app) })
	rows, err := t.tx.AllApplications(t.ctx, application.Filter{Call: closing.Call, States: []application.State{application.Deciding}}, listMax)
	if err != nil {
		return err
	}
	for _, row := range rows {
		settled = append(settled, string(row.ID))
	}
	for _, f := range review.Finals(rounds, all, settled) {
		if err := t.decide(f, slices.Contains(reviewing, f.Application)); err != nil {
			return err
		}
	}
	return nil
}

// decide gives an application its place; fresh ones leave the review with their score.
func (t *turn) decide(f review.Final, fresh bool) error {
	k, err := t.open(application.ID(f.Application))
	if err != nil {
		return err
	}
	var e event.Event
	if fresh {
		if e, err = k.CloseReview(k.n, t.by, int64(f.Result.Score)/100, f.Valid, 1, t.now); err != nil {
			return err
		}
		e.Detail["rank"] = strconv.Itoa(f.Rank)
	}
	k.Rank = f.Rank
	if err := t.tx.SaveApplication(t.ctx, k.Application); err != nil || !fresh {
		return err
	}
	return t.record(e)
}
