package desk

import (
	"cmp"
	"context"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/review"
)

// A ReviewLine is one application under review, with its panel in the round it is in.
type ReviewLine struct {
	application.Row
	Round    review.Round // zero: it is in none yet
	Panel    []review.Assignment
	Standing review.Standing
}

// A ReviewList is how the review of a call stands.
type ReviewList struct {
	Office
	Rounds []review.Round
	Lines  []ReviewLine
	Pool   []PoolExpert
	Fresh  int // applications under review that are in no round
	Next   int // those above the line of a round, that wait for the next one
}

// Reviews lists the rounds of a call and its applications under review.
func (d *Desk) Reviews(ctx context.Context, r Request, call string) (l *ReviewList, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		l = &ReviewList{}
		if l.Office, err = t.office(call, application.ListReviews); err != nil {
			return err
		}
		if l.Rounds, err = t.tx.Rounds(ctx, call); err != nil {
			return err
		}
		rows, err := t.tx.Applications(ctx, application.ScopeOf(t.by), application.Filter{Call: call, States: []application.State{application.Reviewing}}, listMax)
		if err != nil {
			return err
		}
		all, err := t.tx.AssignmentsIn(ctx, call)
		if err != nil {
			return err
		}
		for _, row := range rows {
			l.Lines = append(l.Lines, l.line(row, all))
		}
		slices.SortStableFunc(l.Lines, func(a, b ReviewLine) int { return cmp.Compare(a.Number, b.Number) })
		l.Pool, err = t.pool()
		return err
	})
	return l, err
}

func (l *ReviewList) line(row application.Row, all []review.Assignment) ReviewLine {
	x := ReviewLine{Row: row}
	last, in := review.LastRound(l.Rounds, string(row.ID))
	switch {
	case !in:
		l.Fresh++
		return x
	case last.State == review.RoundOver && review.Awaits(l.Rounds, string(row.ID)):
		l.Next++
	}
	x.Round = last
	for _, as := range all {
		if as.Application == string(row.ID) && as.Round == last.ID {
			x.Panel = append(x.Panel, as)
		}
	}
	if ss := last.Standings(all, []string{string(row.ID)}); len(ss) == 1 {
		x.Standing = ss[0]
	}
	return x
}

// A RoundPage is one round as those who run the review see it.
type RoundPage struct {
	Office
	Round  review.Round
	Before *review.Round
	Lines  []StandingLine // in order of rank
	Fresh  int            // applications under review that are in no round
	Next   bool           // those above the line are still without a further round
	Facts  []event.Event
}

// A StandingLine is one application of a round, with how it stands there.
type StandingLine struct {
	application.Row
	Standing review.Standing
	Panel    []review.Assignment
	Gone     bool // no longer under review: withdrawn, or decided
}

// Round reads one round for the department.
func (d *Desk) Round(ctx context.Context, r Request, id string) (p *RoundPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if err := application.MayList(t.by, application.ListReviews); err != nil {
			return err // whether there is such a round is nobody else's to hear
		}
		p = &RoundPage{}
		if p.Round, err = t.tx.Round(ctx, id); err != nil {
			return err
		}
		if p.Office, err = t.office(p.Round.Call, application.ListReviews); err != nil {
			return err
		}
		rounds, err := t.tx.Rounds(ctx, p.Round.Call)
		if err != nil {
			return err
		}
		for i := range rounds {
			if rounds[i].ID == p.Round.After {
				p.Before = &rounds[i]
			}
		}
		fresh, err := t.unplaced(p.Round.Call, rounds, nil)
		if err != nil {
			return err
		}
		p.Fresh = len(fresh)
		if p.Round.Cut != nil && !p.Round.Cut.Final {
			next, err := t.unplaced(p.Round.Call, rounds, &p.Round)
			if err != nil {
				return err
			}
			p.Next = len(next) > 0
		}
		if p.Facts, err = t.tx.Facts(ctx, onRound(id)); err != nil {
			return err
		}
		p.Lines, err = t.standings(p.Round)
		return err
	})
	return p, err
}

// standings are the lines of a round in order of rank; those that are gone stand last.
func (t *turn) standings(x review.Round) ([]StandingLine, error) {
	rows, err := t.tx.AllApplications(t.ctx, application.Filter{Call: x.Call}, rankMax)
	if err != nil {
		return nil, err
	}
	byID := map[string]application.Row{}
	var live []string
	for _, row := range rows {
		byID[string(row.ID)] = row
		if x.Has(string(row.ID)) && (row.State == application.Reviewing || x.State == review.RoundOver && reviewed(row.State)) {
			live = append(live, string(row.ID))
		}
	}
	all, err := t.tx.AssignmentsIn(t.ctx, x.Call)
	if err != nil {
		return nil, err
	}
	var out []StandingLine
	for _, s := range x.Standings(all, nil) {
		l := StandingLine{Row: byID[s.Application], Standing: s, Gone: !slices.Contains(live, s.Application)}
		for _, a := range all {
			if a.Round == x.ID && a.Application == s.Application {
				l.Panel = append(l.Panel, a)
			}
		}
		out = append(out, l)
	}
	// Ranks are among those that are still there.
	for _, s := range x.Standings(all, live) {
		for i := range out {
			if string(out[i].ID) == s.Application {
				out[i].Standing = s
			}
		}
	}
	slices.SortStableFunc(out, func(a, b StandingLine) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Number, b.Number))
	})
	return out, nil
}

// place orders lines: by rank, then those without a score, then those that are gone.
func place(l StandingLine) int {
	switch {
	case l.Gone:
		return 1 << 30
	case l.Standing.Rank == 0:
		return 1 << 29
	}
	return l.Standing.Rank
}

// reviewed are the states that an application can have after a review.
func reviewed(s application.State) bool {
	return s != application.Withdrawn && s != application.Draft && s != application.Checking
}

// A ScoreSheets is what everybody who knows of a call may read of how it is reviewed: the
// sheets of the rounds that opened.
type ScoreSheets struct {
	Office
	Rounds []review.Round
}

// ScoreSheets are the published score sheets of a call.
func (d *Desk) ScoreSheets(ctx context.Context, r Request, call string) (p *ScoreSheets, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		p = &ScoreSheets{}
		if p.Office.Call, err = t.shownCall(call); err != nil {
			return err
		}
		if p.Published, err = t.published(p.Office.Call.Notice); err != nil {
			return err
		}
		rounds, err := t.tx.Rounds(ctx, call)
		for _, x := range rounds {
			if x.State != review.RoundAhead {
				// The line and who is in the round are the department's to know.
				p.Rounds = append(p.Rounds, review.Round{ID: x.ID, N: x.N, Name: x.Name, Mode: x.Mode, Blind: x.Blind, Sheet: x.Sheet, Rule: x.Rule,
					Floor: x.Floor, Hash: x.Hash, Due: x.Due, State: x.State, Opened: x.Opened})
			}
		}
		return err
	})
	return p, err
}
