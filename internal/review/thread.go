package review

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
)

// Facts of a discussion.
const (
	Discussed  event.Kind = "review.discussed"
	Summarised event.Kind = "review.summarised"
	ChairSet   event.Kind = "review.chair-set"
)

// A Thread (合议) is what the members of a panel say to one another about one application
// of a round, each after handing in the own sheet, and the chair's summary of it.
type Thread struct {
	Round       string       `json:"round"`
	Application string       `json:"application"`
	Call        string       `json:"call"`
	Words       []ThreadWord `json:"words"`
	Summary     *ThreadWord  `json:"summary,omitempty"` // 综合意见, by the chair
	Version     int          `json:"-"`
}

// A ThreadWord is one contribution.
type ThreadWord struct {
	Person org.PersonID `json:"person"`
	Name   string       `json:"name"`
	Text   string       `json:"text"`
	At     time.Time    `json:"at"`
}

// MayDiscuss says why somebody of the panel can't read or write the discussion yet: only
// who has handed in the own sheet does, so that marks are given independently.
func (s Assignment) MayDiscuss(r Round) error {
	switch {
	case s.Recused:
		return event.Refuse(event.Closed, "recused", "")
	case s.Round != r.ID || s.Scored.IsZero():
		return event.Refuse(event.Closed, "score-first", "")
	}
	return nil
}

// Say adds to the discussion.
func (t *Thread) Say(r Round, s Assignment, text string, by org.Actor, now time.Time) (event.Event, error) {
	if err := t.open(r, s, by); err != nil {
		return event.Event{}, err
	}
	if err := worded(text, 1); err != nil {
		return event.Event{}, err
	}
	t.Words = append(t.Words, ThreadWord{s.Expert, s.Name, strings.TrimSpace(text), now})
	return s.fact(Discussed, by, now), nil
}

// Summarise is the chair's consensus comment; it can be written anew while the round is
// open.
func (t *Thread) Summarise(r Round, s Assignment, text string, by org.Actor, now time.Time) (event.Event, error) {
	if err := t.open(r, s, by); err != nil {
		return event.Event{}, err
	}
	if !s.Chair {
		return event.Event{}, event.Refuse(event.Forbidden, "not-chair", "")
	}
	if err := worded(text, 10); err != nil {
		return event.Event{}, err
	}
	t.Summary = &ThreadWord{s.Expert, s.Name, strings.TrimSpace(text), now}
	return s.fact(Summarised, by, now), nil
}

func (t *Thread) open(r Round, s Assignment, by org.Actor) error {
	if err := s.mine(by); err != nil {
		return err
	}
	if err := s.MayDiscuss(r); err != nil {
		return err
	}
	if r.State != RoundOpen {
		return event.Refuse(event.Closed, "round-not-open", "", "round", r.Name)
	}
	return nil
}

func worded(text string, least int) error {
	n := len([]rune(strings.TrimSpace(text)))
	if n < least {
		return refuseField("text-short", "text", "least", strconv.Itoa(least))
	}
	if n > maxWords {
		return refuseField("text-long", "text", "max", strconv.Itoa(maxWords))
	}
	return nil
}

// SetChair makes one of a panel its chair (组长), who writes the summary.
func SetChair(panel []Assignment, r Round, who org.PersonID, by org.Actor, now time.Time) (event.Event, error) {
	if !by.Is(org.Staff) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	i := slices.IndexFunc(panel, func(s Assignment) bool { return s.Round == r.ID && s.Expert == who })
	switch {
	case i < 0:
		return event.Event{}, event.Refuse(event.NotFound, "not-found", "")
	case r.State != RoundOpen:
		return event.Event{}, event.Refuse(event.Closed, "round-not-open", "", "round", r.Name)
	case panel[i].Recused:
		return event.Event{}, event.Refuse(event.Conflict, "already-recused", "", "expert", panel[i].Name)
	}
	for j := range panel {
		panel[j].Chair = j == i
	}
	return panel[i].fact(ChairSet, by, now), nil
}

// Anonymous are the words of a round's sheets that count, as they may go back to the
// applicant: no marks, no verdicts, no names, in the order of the words themselves, which
// tells nothing of whose they are.
func Anonymous(r Round, all []Assignment) []Scoring {
	var out []Scoring
	for _, a := range all {
		if a.Counts(r) {
			out = append(out, Scoring{Comment: a.Comment, Notes: a.Notes})
		}
	}
	slices.SortFunc(out, func(a, b Scoring) int { return strings.Compare(a.Comment, b.Comment) })
	return out
}
