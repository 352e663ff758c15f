package desk

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/assign"
	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// ProposeMatch matches the applications of the open round that stand in no group with the
// pool, keeps the record, and answers the proposal's id. Nothing is assigned yet.
func (d *Desk) ProposeMatch(ctx context.Context, r Request, call string, o review.MatchOptions) (string, error) {
	return d.act(ctx, r, "matching", onCall(call), []any{call, o}, func(t *turn) (string, error) {
		if err := application.MayList(t.by, application.ListPanels); err != nil {
			return "", err
		}
		c, err := t.shownCall(call)
		if err != nil {
			return "", err
		}
		round, err := t.roundNow(call)
		if err != nil {
			return "", err
		}
		before, err := t.tx.Matchings(ctx, call)
		if err != nil {
			return "", err
		}
		m := review.Matching{ID: t.tx.NewID(), Call: call, Round: round.ID, Options: o, N: 1}
		for _, x := range before {
			if x.Round == round.ID {
				m.N++
			}
		}
		if err := o.Check(); err != nil {
			return "", err
		}
		p, held, err := t.problem(c, round, m)
		if err != nil {
			return "", err
		}
		rec, err := assign.Solve(p)
		if err != nil {
			return "", unsolved(err)
		}
		if m.Record, err = t.tx.AddProtocol(ctx, call, recordMatch, rec.JSON()); err != nil {
			return "", err
		}
		m, e, err := m.Propose(rec, m.Record, held, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.AddMatching(ctx, m); err != nil {
			return "", err
		}
		return m.ID, t.record(e)
	})
}

// unsolved names what package assign refuses of a problem that people put together.
func unsolved(err error) error {
	if errors.Is(err, assign.ErrInput) || errors.Is(err, assign.ErrLarge) {
		return event.Refuse(event.Closed, "match-unsolvable", "", "what", strings.TrimPrefix(err.Error(), assign.ErrInput.Error()+": "))
	}
	return err
}

// problem is what is to be matched, as everything stands now, and the hash of what is
// assigned.
func (t *turn) problem(c *application.Call, round review.Round, m review.Matching) (assign.Problem, string, error) {
	none := assign.Problem{}
	if round.ID == "" || round.State != review.RoundOpen {
		return none, "", event.Refuse(event.Closed, "no-open-round", "")
	}
	found, err := t.recusals(c, application.Reviewing)
	if err != nil {
		return none, "", err
	}
	if err := t.others(found, round); err != nil {
		return none, "", err
	}
	in, err := t.matchable(round)
	if err != nil {
		return none, "", err
	}
	contents, err := t.tx.LastVersions(t.ctx, c.ID)
	if err != nil {
		return none, "", err
	}
	var subjects []review.Subject
	var columns []int
	for j, a := range found.Applications {
		if slices.Contains(in, string(a.ID)) {
			subjects, columns = append(subjects, subjectOf(a, contents[a.ID])), append(columns, j)
		}
	}
	if len(subjects) == 0 {
		return none, "", event.Refuse(event.Closed, "match-empty", "")
	}
	xs, held, err := t.candidates(round, found, in)
	if err != nil {
		return none, "", err
	}
	conflicts := make([][][]review.Conflict, len(xs))
	for i := range xs {
		k := slices.IndexFunc(found.Experts, func(y expert.Expert) bool { return y.Person == xs[i].Person })
		for _, j := range columns {
			conflicts[i] = append(conflicts[i], found.Found[k][j])
		}
	}
	// The seed settles only what is equally good, and the lots of a mixed match: it is fixed
	// by the round and the number of the match, so that matching again gives the same.
	seed := round.ID + "|" + m.Call + "|" + strconv.Itoa(m.N)
	return review.Problem(c.Title, seed, m.Options, xs, subjects, conflicts, held), review.HeldSum(held), nil
}

// others adds to the conflicts that who scored an application in a round before does not
// score it again, unless the round was set otherwise: a match or a draw that named them
// could not be carried out.
func (t *turn) others(found *Recusals, round review.Round) error {
	all, err := t.tx.AssignmentsIn(t.ctx, round.Call)
	for j, a := range found.Applications {
		var before []review.Assignment
		for _, x := range all {
			if x.Application == string(a.ID) {
				before = append(before, x)
			}
		}
		for i, x := range found.Experts {
			if review.Again(round, before, x.Person) {
				found.Found[i][j] = append(found.Found[i][j], review.Conflict{Kind: review.ScoredBefore, Source: review.FromRecord})
			}
		}
	}
	return err
}

// matchable are the applications of a round that stand in no group.
func (t *turn) matchable(round review.Round) ([]string, error) {
	gs, err := t.groupsOf(round)
	return slices.DeleteFunc(slices.Clone(round.Applications), func(id string) bool {
		return slices.ContainsFunc(gs, func(g review.Group) bool { return slices.Contains(g.Applications, id) })
	}), err
}

func subjectOf(a *application.Application, c filing.Content) review.Subject {
	s := review.Subject{ID: string(a.ID)}
	s.Fields = append(filing.Words(c.Answers.Get("急需专家领域")), application.Industry(c)...)
	for _, f := range []string{"单位简介", "基本情况", "建设目标及未来三年工作打算", "产业方向", "急需专家领域"} {
		s.Text += c.Answers.Get(f) + "\n"
	}
	return s
}

// candidates is the pool with what each can take, and what is assigned in the round.
func (t *turn) candidates(round review.Round, found *Recusals, in []string) (xs []review.Candidate, held []review.Held, err error) {
	pool, err := t.pool()
	if err != nil {
		return nil, nil, err
	}
	vs, err := t.tx.Invitations(t.ctx, round.Call)
	if err != nil {
		return nil, nil, err
	}
	as, err := t.tx.AssignmentsIn(t.ctx, round.Call)
	if err != nil {
		return nil, nil, err
	}
	mine := map[org.PersonID]int{}
	for _, a := range as {
		if a.Round != round.ID || a.Recused || !slices.Contains(in, a.Application) {
			continue
		}
		if a.Pending() {
			mine[a.Expert]++
		}
		held = append(held, review.Held{Key: assign.Key{Dossier: a.Application, Expert: string(a.Expert)}, Scored: !a.Scored.IsZero()})
	}
	for _, x := range pool {
		if !slices.ContainsFunc(found.Experts, func(y expert.Expert) bool { return y.Person == x.Person }) {
			continue
		}
		c := review.Candidate{Expert: x.Expert, Load: x.Load - mine[x.Person], Reason: x.Expert.Unavailable(t.day(), 0)}
		for _, v := range vs {
			if v.Round == round.ID && v.Expert == x.Person && !v.Live() {
				c.Reason = string(v.State)
			}
		}
		xs = append(xs, c)
	}
	held = slices.DeleteFunc(held, func(h review.Held) bool {
		return !slices.ContainsFunc(xs, func(x review.Candidate) bool { return string(x.Person) == h.Expert })
	})
	return xs, held, nil
}

// onMatching runs an act of the department on a match.
func (d *Desk) onMatching(ctx context.Context, r Request, id, name string, body any, f func(*turn, *review.Matching) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, event.Subject{Kind: "matching", ID: id}, []any{id, body}, func(t *turn) (string, error) {
		m, err := t.matching(id)
		if err != nil {
			return "", err
		}
		e, err := f(t, &m)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveMatching(ctx, m); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

func (t *turn) matching(id string) (review.Matching, error) {
	if application.MayList(t.by, application.ListPanels) != nil {
		return review.Matching{}, store.ErrNotFound
	}
	return t.tx.Matching(t.ctx, id)
}

// DropMatch gives a proposal up, with a reason.
func (d *Desk) DropMatch(ctx context.Context, r Request, id, reason string) error {
	return d.onMatching(ctx, r, id, "match-dropping", reason, func(t *turn, m *review.Matching) (event.Event, error) {
		return m.Drop(t.by, reason, t.now)
	})
}

// TakeMatch makes a proposal count: what it changes is assigned or taken off, and everybody
// who is new is invited. reason is asked for where it leaves slots empty.
func (d *Desk) TakeMatch(ctx context.Context, r Request, id string, due time.Time, reason string) error {
	return d.onMatching(ctx, r, id, "match-taking", []any{due, reason}, func(t *turn, m *review.Matching) (event.Event, error) {
		none := event.Event{}
		c, err := t.tx.Call(ctx, m.Call)
		if err != nil {
			return none, err
		}
		round, err := t.tx.Round(ctx, m.Round)
		if err != nil {
			return none, err
		}
		p, held, err := t.problem(c, round, *m)
		if err != nil {
			return none, err
		}
		input, err := p.Sum()
		if err != nil {
			return none, unsolved(err)
		}
		e, err := m.Take(t.by, input, held, reason, t.now)
		if err != nil {
			return none, err
		}
		rec, err := t.matchRecord(m.Record)
		if err != nil {
			return none, err
		}
		return e, t.carryOut(round, rec, m.Record, due)
	})
}

func (t *turn) matchRecord(id string) (assign.Record, error) {
	p, err := t.tx.Protocol(t.ctx, id)
	if err != nil {
		return assign.Record{}, err
	}
	return assign.ParseRecord([]byte(p.Doc))
}

// carryOut makes the assignments of a round what a record says.
func (t *turn) carryOut(round review.Round, rec assign.Record, record string, due time.Time) error {
	lines := map[string][]string{} // experts by application
	for _, l := range rec.Lines {
		lines[l.Dossier] = append(lines[l.Dossier], l.Expert)
	}
	more := map[org.PersonID]int{}
	for _, d := range rec.Problem.Dossiers {
		k, err := t.reviewing(application.ID(d.ID))
		if err != nil {
			return err
		}
		g, err := t.giver(round, k, giving{Giving: review.Giving{Via: review.ViaMatch, Record: record, Due: due}, quiet: true})
		if err != nil {
			return err
		}
		if err := t.takeOff(g, lines[d.ID]); err != nil {
			return err
		}
		for _, e := range lines[d.ID] {
			if slices.ContainsFunc(g.before, func(a review.Assignment) bool { return a.Round == round.ID && string(a.Expert) == e }) {
				continue
			}
			if err := g.to(org.PersonID(e)); err != nil {
				return err
			}
			more[org.PersonID(e)]++
		}
	}
	return t.tellMore(round, more)
}

// takeOff removes from an application those whom the record does not name, but for who has
// scored or stepped back.
func (t *turn) takeOff(g giver, named []string) error {
	for _, a := range g.before {
		if a.Round != g.round.ID || !a.Pending() || slices.Contains(named, string(a.Expert)) {
			continue
		}
		e, err := a.Unassign(g.k.n, t.by, byMatch, t.now)
		if err != nil {
			return err
		}
		if err := t.tx.DropAssignment(t.ctx, a); err != nil {
			return err
		}
		if err := t.record(e); err != nil {
			return err
		}
	}
	return nil
}

// byMatch is the reason on record of an assignment that a match replaced.
const byMatch = "匹配方案调整"

// tellMore tells those who had the invitation already of what was added to it, once each.
func (t *turn) tellMore(round review.Round, more map[org.PersonID]int) error {
	for _, p := range slices.Sorted(maps.Keys(more)) {
		v, err := t.tx.InvitationOf(t.ctx, round.Call, round.ID, p)
		if err != nil {
			return err
		}
		if v.At.Equal(t.now) {
			continue // invited just now
		}
		if err := t.record(v.Extend(more[p], t.by, t.now)); err != nil {
			return err
		}
	}
	return nil
}

// A MatchPage is a match with its record.
type MatchPage struct {
	review.Matching
	Office
	Round    review.Round
	Record   assign.Record
	SHA      string
	Names    map[string]string          // of experts
	Apps     map[string]application.Row // by id
	Changed  bool                       // what it was solved from is not so any more
	Replayed error                      // what the check of the record found; nil: it is true
}

// Match reads one, and checks its record anew.
func (d *Desk) Match(ctx context.Context, r Request, id string) (p *MatchPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		m, err := t.matching(id)
		if err != nil {
			return err
		}
		p = &MatchPage{Matching: m, Names: map[string]string{}, Apps: map[string]application.Row{}}
		if p.Office, err = t.office(m.Call, application.ListPanels); err != nil {
			return err
		}
		if p.Round, err = t.tx.Round(ctx, m.Round); err != nil {
			return err
		}
		kept, err := t.tx.Protocol(ctx, m.Record)
		if err != nil {
			return err
		}
		if p.Record, err = assign.ParseRecord([]byte(kept.Doc)); err != nil {
			return err
		}
		p.SHA, p.Replayed = kept.SHA, assign.Verify([]byte(kept.Doc))
		if err := t.matchNames(p); err != nil || m.State != review.MatchProposed {
			return err
		}
		now, held, err := t.problem(p.Office.Call, p.Round, m)
		if err != nil {
			p.Changed = true
			return nil // such as a round that was closed: it can't be taken
		}
		sum, err := now.Sum()
		p.Changed = sum != m.Input || held != m.Held
		return err
	})
	return p, err
}

func (t *turn) matchNames(p *MatchPage) error {
	pool, err := t.tx.Pool(t.ctx)
	if err != nil {
		return err
	}
	for _, x := range pool {
		p.Names[string(x.Person)] = x.Name
	}
	rows, err := t.tx.AllApplications(t.ctx, application.Filter{Call: p.Office.Call.ID}, listMax)
	for _, row := range rows {
		p.Apps[string(row.ID)] = row
	}
	return err
}
