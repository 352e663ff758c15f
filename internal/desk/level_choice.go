package desk

import (
	"context"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// RecallOpinion takes a signed opinion back that has not gone up yet (R97).
func (d *Desk) RecallOpinion(ctx context.Context, r Request, id application.ID, reason string) error {
	return d.on(ctx, r, id, application.ActOpRecall, reason, func(t *turn, k dossier) (event.Event, error) {
		return k.OpinionRecall(k.n, t.by, reason, t.now)
	})
}

// Keep tells a candidate that another one took the place and that it stays (R97).
func (d *Desk) Keep(ctx context.Context, r Request, id application.ID, reason string) error {
	return d.on(ctx, r, id, application.ActKeep, reason, func(t *turn, k dossier) (event.Event, error) {
		return k.Keep(k.n, t.by, reason, t.now)
	})
}

// Rank keeps the order in which the actor's unit sees its candidates (R97).
func (d *Desk) Rank(ctx context.Context, r Request, call string, ranks map[application.ID]int, note string) error {
	return d.onCall(ctx, r, call, "call-ranking", []any{ranks, note}, func(t *turn, c *application.Call, _ *notice.Notice) (event.Event, error) {
		u, err := t.tx.Unit(t.ctx, org.UnitID(t.by.Unit))
		if err != nil {
			return event.Event{}, err
		}
		rows, err := t.tx.AllApplications(t.ctx, application.Filter{Call: call, Holder: u.ID, States: []application.State{application.Moving}}, callMax)
		if err != nil {
			return event.Event{}, err
		}
		var held []application.ID
		for _, x := range rows {
			held = append(held, x.ID)
		}
		ranking, e, err := c.Rank(u, held, ranks, note, t.by, t.now)
		if err != nil {
			return e, err
		}
		return e, t.tx.PutRanking(t.ctx, call, ranking)
	})
}

// A CandidateCase is one application before a level that has to choose.
type CandidateCase struct {
	*application.Application
	Content filing.Content // the version handed in last
	Opinion *filing.Opinion
	Rank    int // 0: not ranked
	Kept    event.Event
	Can     []string
}

// A Choice is what lies before a level in one call.
type Choice struct {
	*CallPage
	Unit    org.Unit
	Held    []CandidateCase // on the unit's desk, by rank, then by number
	Passed  []CandidateCase // went up from here, or ended here
	Below   []application.Row
	Ranking application.Ranking
	Ranked  bool
}

// Candidates reads what lies before the actor's unit in a call, side by side.
func (d *Desk) Candidates(ctx context.Context, r Request, call string) (*Choice, error) {
	page, err := d.Call(ctx, r, call, "")
	if err != nil {
		return nil, err
	}
	c := &Choice{CallPage: page}
	err = d.read(ctx, r, func(t *turn) (err error) {
		if !t.by.Is(org.Clerk, org.Principal) {
			return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Clerk))
		}
		if c.Unit, err = t.tx.Unit(ctx, org.UnitID(t.by.Unit)); err != nil {
			return err
		}
		if c.Ranking, c.Ranked, err = t.tx.Ranking(ctx, call, c.Unit.ID); err != nil {
			return err
		}
		rows, err := t.tx.Applications(ctx, application.Scope{Units: []org.UnitID{c.Unit.ID}}, application.Filter{Call: call}, callMax)
		if err != nil {
			return err
		}
		for _, x := range rows {
			if err := t.candidate(c, x); err != nil {
				return err
			}
		}
		slices.SortStableFunc(c.Held, func(a, b CandidateCase) int { return rankOrder(a) - rankOrder(b) })
		return nil
	})
	return c, err
}

func rankOrder(c CandidateCase) int {
	if c.Rank == 0 {
		return callMax
	}
	return c.Rank
}

// candidate puts one application where it belongs: on the desk, gone, or still below.
func (t *turn) candidate(c *Choice, x application.Row) error {
	k, err := t.open(x.ID)
	if err != nil {
		return err
	}
	step := slices.IndexFunc(k.Route.Steps, func(s org.Step) bool { return s.Unit == c.Unit.ID })
	if step < 0 || step == 0 && !k.Route.Self() {
		return nil // its own application, not a candidate
	}
	if k.At < step && !k.State.Final() {
		c.Below = append(c.Below, x)
		return nil
	}
	one := CandidateCase{Application: k.Application, Opinion: k.Opinion(step), Rank: c.Ranking.Place(x.ID), Can: k.Can(t.by)}
	if v, ok := k.Current(); ok {
		if one.Content, err = t.tx.Frozen(t.ctx, k.ID, v.N); err != nil {
			return err
		}
	}
	if k.State == application.Moving && k.At == step {
		if one.Kept, err = t.kept(k); err != nil {
			return err
		}
		c.Held = append(c.Held, one)
	} else {
		c.Passed = append(c.Passed, one)
	}
	return nil
}

// kept is the last word to a candidate that it stays; the zero fact when there was none.
func (t *turn) kept(k dossier) (last event.Event, err error) {
	facts, err := t.tx.Facts(t.ctx, onApplication(k.ID))
	for _, e := range facts {
		if e.Kind == application.KeptWaiting && e.By.Unit == t.by.Unit {
			last = e
		}
	}
	return last, err
}
