package review

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/hanzi"
	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// NobodyChosen is the refusal of an assignment without an expert.
func NobodyChosen(n *notice.Notice) error {
	step, _ := n.Step(notice.StepReview)
	r := event.Refuse(event.Invalid, "expert-required", step.Clause)
	r.Field = "expert"
	return r
}

// MayRead reports whether the expert may read the application: after declaring that there
// is no conflict (B01).
func (s Assignment) MayRead() bool { return !s.Declared.IsZero() && !s.Recused }

// Pending reports whether a sheet is still expected from the expert.
func (s Assignment) Pending() bool { return s.Scored.IsZero() && !s.Recused }

// Complete reports whether a review can be closed: every sheet that was asked for is in,
// and at least least of them count.
func Complete(all []Assignment, least int) bool {
	_, n := Mean(all)
	return n >= max(1, least) && !slices.ContainsFunc(all, Assignment.Pending)
}

// NoneComplete is the refusal to close reviews when none of them is complete.
func NoneComplete(least int) error {
	return event.Refuse(event.Closed, "none-complete", "", "least", strconv.Itoa(least))
}

// Tied is why an application of unit applicant can't be given to an expert: a tie that
// is computed, not claimed (B03); nil when none is found.
func Tied(p org.Person, applicant, recommender string) error {
	at := hanzi.Fold(p.Employer)
	if at != "" && (at == hanzi.Fold(applicant) || at == hanzi.Fold(recommender)) {
		return event.Refuse(event.Invalid, "expert-conflict", "", "expert", p.Name, "unit", p.Employer)
	}
	return nil
}

// Unassign takes an expert who has not handed a sheet in off an application, with a reason.
func (s *Assignment) Unassign(n *notice.Notice, by org.Actor, reason string, now time.Time) (event.Event, error) {
	step, _ := n.Step(notice.StepReview)
	switch {
	case !by.Is(org.Staff):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", step.Clause, "role", string(org.Staff))
	case !s.Scored.IsZero():
		return event.Event{}, event.Refuse(event.Conflict, "unassign-scored", step.Clause, "expert", s.Name)
	case strings.TrimSpace(reason) == "":
		r := event.Refuse(event.Invalid, "reason-required", step.Clause)
		r.Field = "reason"
		return event.Event{}, r
	}
	e := s.fact(Unassigned, by, now)
	e.Reason = reason
	return e, nil
}
