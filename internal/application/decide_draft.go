package application

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// An Entry is one application of the ranked list, with what stands beside it.
type Entry struct {
	*Application
	Rank   int
	Beside Beside
}

// Ranks are the ranks of scores that are in order, the highest first: equal ones share
// one, and the next is as many further (1, 2, 2, 4).
func Ranks(scores []int64) []int {
	out := make([]int, len(scores))
	for i, s := range scores {
		out[i] = i + 1
		if i > 0 && scores[i-1] == s {
			out[i] = out[i-1]
		}
	}
	return out
}

// Writing is what staff write on a sheet.
type Writing struct {
	Choices      map[ID]Choice
	Ties         map[int]string
	Words        string
	BudgetReason string
}

// NewSheet is the nth sheet of a call, with nothing on it yet.
func NewSheet(id string, c *Call, n int) *DecisionSheet {
	return &DecisionSheet{ID: id, Call: c.ID, N: n, State: SheetDraft}
}

// Write keeps what is written on the sheet. A list that is still being thought over may
// have gaps; done asks for a whole one. list is the ranked list as it is now.
func (s *DecisionSheet) Write(n *notice.Notice, c *Call, list []Entry, w Writing, done bool, by org.Actor, now time.Time) (event.Event, error) {
	if err := s.May(by, ActSheetWrite); err != nil {
		return event.Event{}, err
	}
	if len(list) == 0 || len(w.Choices) != len(list) {
		return event.Event{}, event.Refuse(event.Conflict, "list-changed", clause(n, notice.StepDetermine))
	}
	x := *s
	x.Lines, x.Ties, x.Words, x.BudgetReason, x.BudgetFen = nil, w.Ties, strings.TrimSpace(w.Words), strings.TrimSpace(w.BudgetReason), c.Settings.BudgetFen
	for _, e := range list {
		ch, ok := w.Choices[e.ID]
		if !ok {
			return event.Event{}, event.Refuse(event.Conflict, "list-changed", clause(n, notice.StepDetermine))
		}
		x.Lines = append(x.Lines, DecisionLine{Application: e.ID, Number: e.Number, BaseName: e.BaseName, UnitName: e.UnitName, Rank: e.Rank, Score: e.Mean,
			Choice: ch.tidy(), Beside: e.Beside})
	}
	bad := x.amounts(clause(n, notice.StepDetermine))
	if done {
		bad = x.gaps(clause(n, notice.StepDetermine))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	if done {
		x.settle()
	}
	x.Written = addActor(slices.Clone(s.Written), by.Actor)
	*s = x
	return s.fact(SheetWritten, n, by, now, "lines", itoa(len(s.Lines)), "recognised", itoa(s.Count(LineRecognised))), nil
}

// tidy leaves on a line only what its outcome can have.
func (c Choice) tidy() Choice {
	c.Reason, c.Departure = strings.TrimSpace(c.Reason), strings.TrimSpace(c.Departure)
	if c.Outcome != LineReserve {
		c.Reserve = 0
	}
	if c.Outcome == LineRecognised {
		c.Reason = ""
	} else if c.Outcome == LineNot {
		c.GrantFen = 0
	}
	return c
}

func addActor(list []event.Actor, a event.Actor) []event.Actor {
	if slices.ContainsFunc(list, func(x event.Actor) bool { return x.Person == a.Person && x.For == a.For }) {
		return list
	}
	return append(list, a)
}

func (s *DecisionSheet) amounts(cl string) event.Refusals {
	var bad event.Refusals
	for _, l := range s.Lines {
		if l.GrantFen < 0 {
			bad = append(bad, refuseField("amount", cl, "grant."+string(l.Application)))
		}
	}
	return bad
}

// gaps is what a sheet still lacks before it can be signed: an outcome on each line, a
// reason for each unit that is not recognised, on both sides of each departure from rank
// (R19), for each divided group of equal scores, and for grants above the budget (R45).
func (s *DecisionSheet) gaps(cl string) event.Refusals {
	bad := s.amounts(cl)
	add := func(kind, field string, args ...string) { bad = append(bad, refuseField(kind, cl, field, args...)) }
	reserves := map[int]bool{}
	for i, l := range s.Lines {
		at := string(l.Application)
		switch {
		case !slices.Contains(LineOutcomes, l.Outcome):
			add("outcome-required", "outcome."+at)
			continue
		case l.Outcome != LineRecognised && l.Reason == "":
			add("reason-required", "reason."+at)
		case l.Outcome == LineReserve && l.Reserve != 0 && reserves[l.Reserve]:
			add("reserve-order", "reserve."+at, "n", itoa(l.Reserve))
		}
		reserves[l.Reserve] = true
		if s.Departs(i) && l.Departure == "" {
			add("departure-reason", "departure."+at, "base", l.BaseName)
		}
	}
	for _, r := range s.Divided() {
		if strings.TrimSpace(s.Ties[r]) == "" {
			add("tie-reason", "tie."+strconv.Itoa(r), "rank", itoa(r))
		}
	}
	if s.Over() && s.BudgetReason == "" {
		if s.BudgetFen == 0 {
			add("budget-unset", "budget_reason")
		} else {
			add("budget-reason", "budget_reason", "sum", yuan(s.SumFen()), "budget", yuan(s.BudgetFen))
		}
	}
	return bad
}

func yuan(fen int64) string { return Score(fen) }

// settle gives the reserves their places 1, 2, … in the order asked for, else by rank, and
// drops reasons for what did not happen: they would be exceptions that are none.
func (s *DecisionSheet) settle() {
	var at []int
	for i, l := range s.Lines {
		if l.Outcome == LineReserve {
			at = append(at, i)
		}
	}
	slices.SortStableFunc(at, func(a, b int) int {
		x, y := s.Lines[a].Reserve, s.Lines[b].Reserve
		switch {
		case x == y:
			return 0
		case x == 0 || (y != 0 && x > y):
			return 1
		}
		return -1
	})
	for k, i := range at {
		s.Lines[i].Reserve = k + 1
	}
	for i := range s.Lines {
		if !s.Departs(i) {
			s.Lines[i].Departure = ""
		}
	}
	ties := map[int]string{}
	for _, r := range s.Divided() {
		ties[r] = strings.TrimSpace(s.Ties[r])
	}
	s.Ties = ties
	if !s.Over() {
		s.BudgetReason = ""
	}
}

// standing orders what lines get: recognised before the reserves in their order before
// the rest. A line without an outcome stands nowhere.
func (l DecisionLine) standing() (int, bool) {
	switch l.Outcome {
	case LineRecognised:
		return 0, true
	case LineReserve:
		if l.Reserve == 0 {
			return 1 << 20, true // after those that were given a place, by rank
		}
		return l.Reserve, true
	}
	return 1 << 30, l.Outcome == LineNot
}

// Departs reports whether the ith line is out of rank: it gets more than one ranked above
// it, or less than one below. Lines of one rank are divided, which is another matter.
func (s *DecisionSheet) Departs(i int) bool {
	mine, ok := s.Lines[i].standing()
	for _, l := range s.Lines {
		other, chosen := l.standing()
		if !ok || !chosen {
			continue
		}
		if (l.Rank < s.Lines[i].Rank && other > mine) || (l.Rank > s.Lines[i].Rank && other < mine) {
			return true
		}
	}
	return false
}

// Divided are the shared ranks whose lines do not all get the same: the cut runs through
// a group that the scores can't separate.
func (s *DecisionSheet) Divided() []int {
	var out []int
	for i := 1; i < len(s.Lines); i++ {
		a, b := s.Lines[i-1], s.Lines[i]
		x, chosenX := a.standing()
		y, chosenY := b.standing()
		if a.Rank == b.Rank && chosenX && chosenY && x != y && !slices.Contains(out, a.Rank) {
			out = append(out, a.Rank)
		}
	}
	return out
}

// stands reports whether the list is still the one that the sheet was written on.
func (s *DecisionSheet) stands(list []Entry) bool {
	if len(list) == 0 || len(list) != len(s.Lines) {
		return false
	}
	for _, e := range list {
		l, ok := s.Line(e.ID)
		if !ok || l.Rank != e.Rank || l.Score != e.Mean || e.State != Deciding {
			return false
		}
	}
	return true
}

// SetBudget sets what the start-up grants of the call may come to, with a reason. The
// notice fixes neither a grant nor a sum (R45). While a sheet is being signed on it, the
// figure stands.
func (c *Call) SetBudget(n *notice.Notice, live *DecisionSheet, fen int64, reason string, by org.Actor, now time.Time) (event.Event, error) {
	cl := clause(n, notice.StepAward)
	switch {
	case !by.Is(org.Staff, org.Finance, org.Approver):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", cl, "role", string(org.Finance))
	case live != nil && !slices.Contains(written, live.State):
		return event.Event{}, event.Refuse(event.Closed, "sheet-state", cl, "sheet_state", string(live.State))
	case fen <= 0:
		return event.Event{}, refuseField("amount", cl, "budget")
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	old := c.Settings.BudgetFen
	c.Settings.BudgetFen = fen
	return c.set(n, cl, "budget_fen", yuan(old), yuan(fen), reason, by, now), nil
}

// SetJoint sets the body that approves beside the department, with a reason; the zero
// unit: the department alone.
func (c *Call) SetJoint(n *notice.Notice, live *DecisionSheet, u org.Unit, reason string, by org.Actor, now time.Time) (event.Event, error) {
	cl := clause(n, notice.StepDetermine)
	switch {
	case !by.Is(org.Staff, org.Approver):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", cl, "role", string(org.Staff))
	case live != nil && !slices.Contains(written, live.State):
		return event.Event{}, event.Refuse(event.Closed, "sheet-state", cl, "sheet_state", string(live.State))
	case u.ID != "" && (u.Kind != org.Department || u.State != org.Active):
		return event.Event{}, refuseField("joint-unfit", cl, "joint", "unit", u.Name)
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	old := c.Settings.Joint.Name
	c.Settings.Joint = notice.Body{Unit: u.ID, Name: u.Name}
	return c.set(n, cl, "joint", old, u.Name, reason, by, now), nil
}

// set records a setting that was changed.
func (c *Call) set(n *notice.Notice, cl, what, old, now_, reason string, by org.Actor, now time.Time) event.Event {
	c.Changes = append(c.Changes, Change{what, old, now_, reason, by.Actor, now})
	e := c.fact(SettingChanged, by, now, cl, "setting", what)
	e.Before, e.After = map[string]string{what: old}, map[string]string{what: now_}
	e.Reason = reason
	return e
}
