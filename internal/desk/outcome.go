package desk

import (
	"context"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// A ResultsPage is what the scores of one round say: the official ones, and beside them
// what is advisory (参考).
type ResultsPage struct {
	Office
	Rounds  []review.Round // that opened
	Round   review.Round   // the one that is shown; zero when none opened
	Outcome review.Outcome
	Rows    map[string]application.Row
	Panel   []review.Assignment // of the round
}

// Outcome reads the results of a round of a call: of the last that opened with "". cut is
// how many would go on, 0 for the line that was drawn, if one was.
func (d *Desk) Outcome(ctx context.Context, r Request, call, round string, cut int) (p *ResultsPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		p = &ResultsPage{Rows: map[string]application.Row{}}
		if p.Office, err = t.office(call, application.ListReviews); err != nil {
			return err
		}
		if p.Rounds, err = t.tx.Rounds(ctx, call); err != nil {
			return err
		}
		p.Rounds = slices.DeleteFunc(p.Rounds, func(x review.Round) bool { return x.State == review.RoundAhead })
		if len(p.Rounds) == 0 {
			return nil
		}
		p.Round = p.Rounds[len(p.Rounds)-1]
		if round != "" {
			i := slices.IndexFunc(p.Rounds, func(x review.Round) bool { return x.ID == round })
			if i < 0 {
				return store.ErrNotFound
			}
			p.Round = p.Rounds[i]
		}
		return t.outcome(p, cut)
	})
	return p, err
}

func (t *turn) outcome(p *ResultsPage, cut int) error {
	lines, err := t.standings(p.Round)
	if err != nil {
		return err
	}
	var live []string
	for _, l := range lines {
		p.Rows[string(l.ID)] = l.Row
		if !l.Gone {
			live = append(live, string(l.ID))
		}
		p.Panel = append(p.Panel, l.Panel...)
	}
	if cut == 0 && p.Round.Cut != nil {
		cut = len(p.Round.Cut.Above)
	}
	p.Outcome = p.Round.Examine(p.Panel, live, cut)
	return nil
}
