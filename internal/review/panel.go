package review

import (
	"strings"
	"time"

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

// Open reports whether the expert has accepted, so that it may be told which application it
// is. What was declared before there were invitations was accepted by that.
func (s Assignment) Open() bool { return !s.Accepted.IsZero() || !s.Declared.IsZero() }

// Pending reports whether a sheet is still expected from the expert.
func (s Assignment) Pending() bool { return s.Scored.IsZero() && !s.Recused }

// Tied is the refusal of an expert for the conflicts that were found; nil for none.
func Tied(name string, found []Conflict) error {
	if len(found) == 0 {
		return nil
	}
	c := found[0]
	if c.Kind == SameEmployer || c.Kind == ByRecommender {
		return event.Refuse(event.Invalid, "expert-conflict", "", "expert", name, "unit", c.Args["employer"])
	}
	return event.Refuse(event.Invalid, "expert-tied", "", "expert", name, "tie", string(c.Kind))
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
