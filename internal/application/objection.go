package application

import (
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// Facts of a proposed list that changes before its release.
const (
	Overturned event.Kind = "application.overturned" // an objection was upheld
	MovedUp    event.Kind = "application.moved-up"   // from the reserve list (递补)
)

// Overturn takes a proposed recognition back after an objection was upheld: the sheet stays
// as it was signed, what changed stands beside it.
func (a *Application) Overturn(n *notice.Notice, finding string, by org.Actor, now time.Time) (event.Event, error) {
	cl := clause(n, notice.StepDetermine)
	if !by.Is(org.Approver) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", cl, "role", string(org.Approver))
	}
	if a.State != Proposed || a.Decision == nil || !a.Decision.Recognised {
		return event.Event{}, event.Refuse(event.Closed, "not-proposed", cl, "base", a.BaseName)
	}
	a.Decision.Recognised, a.Decision.GrantFen, a.Decision.Reason = false, 0, finding
	a.Moved = now
	e := a.fact(Overturned, by, now, cl)
	e.Reason = finding
	return e, nil
}

// Left is what a signed sheet has left for those who move up: lines that fell away, and
// money up to the budget, or up to what was signed above it.
type Left struct {
	Places int
	Fen    int64
}

// Left counts it; proposed are the recognitions that still stand.
func (s *DecisionSheet) Left(proposed []*Application) Left {
	l := Left{s.Count(LineRecognised), max(s.BudgetFen, s.SumFen())}
	for _, a := range proposed {
		l.Places--
		l.Fen -= a.Decision.GrantFen
	}
	return l
}

// MoveUp proposes an application from the reserve list in the place of one that fell away,
// with a reason. It has to be laid open in a public notice of its own before the release.
// left is what the sheet still has for it: nobody signed for more bases, or for more money.
func (a *Application) MoveUp(n *notice.Notice, left Left, reason string, fen int64, by org.Actor, now time.Time) (event.Event, error) {
	cl := clause(n, notice.StepDetermine)
	if err := a.May(by, ActMoveUp); err != nil {
		return event.Event{}, err
	}
	switch {
	case a.Decision == nil || a.Decision.Recognised || a.Decision.Reserve == 0:
		return event.Event{}, event.Refuse(event.Closed, "not-reserve", cl, "base", a.BaseName)
	case strings.TrimSpace(reason) == "":
		return event.Event{}, refuseField("reason-required", cl, "reason")
	case fen < 0:
		return event.Event{}, refuseField("amount", cl, "grant")
	case left.Places < 1:
		return event.Event{}, event.Refuse(event.Closed, "no-line-fell", cl, "base", a.BaseName)
	case fen > left.Fen:
		return event.Event{}, refuseField("grant-left", cl, "grant", "left", yuan(max(left.Fen, 0)))
	case !by.Fresh(now):
		return event.Event{}, event.Refuse(event.Forbidden, "sign-in-again", cl)
	}
	e := a.fact(MovedUp, by, now, cl, "place", itoa(a.Decision.Reserve))
	a.Decision.Recognised, a.Decision.GrantFen, a.Decision.Reason = true, fen, reason
	a.Moved = now
	e.Reason = reason
	return e, nil
}
