package review

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/score"
)

// A Standing is how one application stands in a round.
type Standing struct {
	Application string       `json:"application"`
	Result      score.Result `json:"result"`
	Scored      bool         `json:"scored"` // Result is a score; else fewer sheets count than the rule asks for
	Valid       int          `json:"valid"`
	Pending     int          `json:"pending"`          // sheets that are still expected
	Vetoed      []string     `json:"vetoed,omitempty"` // grounds (ids) that count: the application stands behind all others
	Rank        int          `json:"rank"`
	Tied        bool         `json:"tied,omitempty"`
	By          string       `json:"by,omitempty"` // what put it below the one before it, when their scores are equal
	Leaf        string       `json:"leaf,omitempty"`
}

// Standings are the official scores of a round, in order of rank: by the published rule,
// exactly, of the sheets that count. Those without a score stand last, without a rank.
// live are the applications that are still there; nil is all.
func (r Round) Standings(all []Assignment, live []string) []Standing {
	rule := r.rule()
	var out []Standing
	entries := map[bool][]score.Entry{} // by whether vetoed
	for _, app := range r.Applications {
		if live != nil && !slices.Contains(live, app) {
			continue
		}
		s := r.standing(rule, app, all)
		if s.Scored {
			entries[len(s.Vetoed) > 0] = append(entries[len(s.Vetoed) > 0], score.Entry{ID: app, Result: s.Result})
		}
		out = append(out, s)
	}
	before := 0
	for _, vetoed := range []bool{false, true} {
		for _, p := range rule.Rank(entries[vetoed]) {
			i := slices.IndexFunc(out, func(s Standing) bool { return s.Application == p.ID })
			out[i].Rank, out[i].Tied = before+p.Rank, p.Tied
			if p.Equal {
				out[i].By, out[i].Leaf = p.By, p.Leaf
			}
		}
		before += len(entries[vetoed])
	}
	slices.SortStableFunc(out, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(last(a.Rank), last(b.Rank)), cmp.Compare(a.Application, b.Application))
	})
	return out
}

// last puts what has no rank behind everything.
func last(rank int) int {
	if rank == 0 {
		return 1 << 30
	}
	return rank
}

// rule is the rule as fixed, or as it would be.
func (r Round) rule() score.Rule {
	if r.State == RoundAhead {
		return r.Sheet.Rule(r.Floor)
	}
	return r.Rule
}

// Official is the official score of one application from the sheets that count; the error
// is a *score.TooFew below the floor.
func (r Round) Official(app string, all []Assignment) (score.Result, error) {
	var sheets []score.Sheet
	for _, a := range all {
		if a.Application == app && a.Counts(r) {
			sheets = append(sheets, a.sheet(r))
		}
	}
	return r.rule().Panel(sheets)
}

func (r Round) standing(rule score.Rule, app string, all []Assignment) Standing {
	s := Standing{Application: app}
	for _, a := range all {
		switch {
		case a.Application != app || a.Round != r.ID:
		case a.Counts(r):
			s.Valid++
		case a.Pending():
			s.Pending++
		}
	}
	res, err := r.Official(app, all)
	if err != nil {
		return s
	}
	s.Result, s.Scored = res, true
	for _, v := range r.Sheet.Vetoes {
		if n := res.Vetoes[v.ID]; n > 0 && (!r.Sheet.VetoHalf || 2*n > res.Valid) {
			s.Vetoed = append(s.Vetoed, v.ID)
		}
	}
	return s
}

// Complete reports whether nothing is outstanding: a score, and no sheet expected.
func (s Standing) Complete() bool { return s.Scored && s.Pending == 0 }

// A Cut is the line that was drawn when a round closed.
type Cut struct {
	CutDraft
	Above []string `json:"above"` // go on, in order of rank
	Below []string `json:"below"`
	Tied  []string `json:"tied,omitempty"` // the whole group that the line would have parted
}

// A CutDraft is the line as staff draw it: the first Top, or all from Least points on.
type CutDraft struct {
	Top    int          `json:"top,omitempty"`
	Least  score.Points `json:"least,omitempty"`  // closed below: a score of Least is above
	Final  bool         `json:"final"`            // to the decision; else to a further round
	Chosen []string     `json:"chosen,omitempty"` // of a group that is tied at the cut, who goes on
	Reason string       `json:"reason,omitempty"` // needed when a tied group is parted
}

// TiedAt is the group whose members nothing parts and whom the line of d would part.
func TiedAt(ss []Standing, d CutDraft) []string {
	if d.Top < 1 || d.Top >= len(ss) || ss[d.Top].Rank == 0 || ss[d.Top-1].Rank != ss[d.Top].Rank {
		return nil
	}
	var out []string
	for _, s := range ss {
		if s.Rank == ss[d.Top].Rank {
			out = append(out, s.Application)
		}
	}
	return out
}

// Close ends the round on the standings of those applications that are still there. cut is
// nil when there is no line: all go to the decision. Every application needs its score
// first: one that has too few goes to further experts, it is not closed over.
func (r *Round) Close(ss []Standing, cut *CutDraft, by org.Actor, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Staff):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case r.State != RoundOpen:
		return event.Event{}, event.Refuse(event.Closed, "round-not-open", "", "round", r.Name)
	case len(ss) == 0:
		return event.Event{}, event.Refuse(event.Closed, "round-empty", "")
	}
	lack := slices.DeleteFunc(slices.Clone(ss), Standing.Complete)
	if len(lack) > 0 {
		pending := 0
		for _, s := range lack {
			pending += s.Pending
		}
		return event.Event{}, event.Refuse(event.Closed, "round-incomplete", "", "n", strconv.Itoa(len(lack)), "pending", strconv.Itoa(pending), "least", strconv.Itoa(r.Floor))
	}
	if cut != nil {
		c, err := draw(ss, *cut)
		if err != nil {
			return event.Event{}, err
		}
		r.Cut = &c
	}
	r.State, r.Closed = RoundOver, &Look{By: by.Actor, At: now}
	e := r.fact(RoundClosed, by, now, "n", strconv.Itoa(len(ss)))
	if r.Cut != nil {
		e.Detail["above"], e.Reason = strconv.Itoa(len(r.Cut.Above)), r.Cut.Reason
	}
	return e, nil
}

// draw draws the line. A vetoed application is never above it.
func draw(ss []Standing, d CutDraft) (Cut, error) {
	c := Cut{CutDraft: d}
	if (d.Top > 0) == (d.Least > 0) || d.Top < 0 || d.Least < 0 || d.Least > score.Full {
		return c, refuseField("cut-kind", "top")
	}
	able := slices.DeleteFunc(slices.Clone(ss), func(s Standing) bool { return len(s.Vetoed) > 0 })
	if d.Top > len(able) {
		return c, refuseField("cut-top", "top", "n", strconv.Itoa(len(able)))
	}
	c.Tied = TiedAt(able, d)
	if err := d.decided(c.Tied, able); err != nil {
		return c, err
	}
	for i, s := range ss {
		above := len(s.Vetoed) == 0 && (d.Top > 0 && i < d.Top || d.Least > 0 && s.Result.Score >= d.Least)
		if slices.Contains(c.Tied, s.Application) {
			above = slices.Contains(d.Chosen, s.Application)
		}
		if above {
			c.Above = append(c.Above, s.Application)
		} else {
			c.Below = append(c.Below, s.Application)
		}
	}
	if len(c.Above) == 0 {
		return c, refuseField("cut-none", "least")
	}
	if len(c.Tied) == 0 {
		c.Chosen, c.Reason = nil, ""
	}
	return c, nil
}

// decided refuses a line through a tied group on which nobody decided: who of them goes on
// is chosen and said why. All of them may.
func (d CutDraft) decided(tied []string, able []Standing) error {
	if len(tied) == 0 {
		return nil
	}
	var bad event.Refusals
	if !slices.ContainsFunc(tied, func(id string) bool { return slices.Contains(d.Chosen, id) }) {
		i := slices.IndexFunc(able, func(s Standing) bool { return s.Application == tied[0] })
		bad = append(bad, refuseField("cut-tied", "chosen", "n", strconv.Itoa(len(tied)), "rank", strconv.Itoa(able[i].Rank), "top", strconv.Itoa(d.Top)))
	}
	if strings.TrimSpace(d.Reason) == "" {
		bad = append(bad, refuseField("reason-required", "reason"))
	}
	return bad.Or()
}

// Awaits reports whether an application goes on from its last round into one that is not
// planned yet, or is in one that is not over.
func Awaits(rounds []Round, app string) bool {
	r, ok := LastRound(rounds, app)
	return ok && (r.State != RoundOver || r.Cut != nil && !r.Cut.Final && slices.Contains(r.Cut.Above, app))
}

// LastRound is the last of the rounds that an application is in.
func LastRound(rounds []Round, app string) (Round, bool) {
	for _, r := range slices.Backward(rounds) {
		if r.Has(app) {
			return r, true
		}
	}
	return Round{}, false
}

// A Final is how an application stands after all rounds: by what it reached in its last
// one. Who got further stands before who was left behind, whatever their points: marks of
// two rounds are not compared.
type Final struct {
	Standing
	Round string
}

// Finals ranks the applications of a call over all rounds that are over. live are those
// that are still there and await no further round.
func Finals(rounds []Round, all []Assignment, live []string) []Final {
	byLevel := map[int][]Round{}
	top := 0
	for _, r := range rounds {
		if r.State == RoundOver {
			byLevel[r.Level] = append(byLevel[r.Level], r)
			top = max(top, r.Level)
		}
	}
	var out []Final
	for level := top; level > 0; level-- {
		out = append(out, levelled(byLevel[level], rounds, all, live, len(out))...)
	}
	return out
}

// levelled ranks those whose last round is one of rs, which are of one level: rounds for
// those who came later stand beside the first. before is how many stand before them.
func levelled(rs, rounds []Round, all []Assignment, live []string, before int) []Final {
	var out []Final
	for _, r := range rs {
		mine := slices.DeleteFunc(slices.Clone(live), func(app string) bool {
			l, ok := LastRound(rounds, app)
			return !ok || l.ID != r.ID
		})
		for _, s := range r.Standings(all, mine) {
			if s.Scored {
				out = append(out, Final{s, r.ID})
			}
		}
	}
	vetoed := func(f Final) bool { return len(f.Vetoed) > 0 }
	if len(rs) == 1 {
		for i := range out {
			out[i].Rank += before
		}
		return out
	}
	// Rounds of one level may have had different rules: their tie-breakers can't be compared,
	// only the published scores.
	slices.SortStableFunc(out, func(a, b Final) int {
		return cmp.Or(less(vetoed(a), vetoed(b)), cmp.Compare(b.Result.Score, a.Result.Score), cmp.Compare(a.Application, b.Application))
	})
	for i := range out {
		out[i].Rank, out[i].Tied, out[i].By, out[i].Leaf = before+i+1, false, "", ""
		if i > 0 && vetoed(out[i]) == vetoed(out[i-1]) && out[i].Result.Score == out[i-1].Result.Score {
			out[i].Rank, out[i].Tied, out[i-1].Tied = out[i-1].Rank, true, true
		}
	}
	return out
}

func less(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
