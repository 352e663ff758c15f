package application

import (
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// AdmitLate lets one application come after the deadline, with a reason (R99).
func (a *Application) AdmitLate(n *notice.Notice, by org.Actor, reason string, until, now time.Time) (event.Event, error) {
	if err := a.May(by, ActLate); err != nil {
		return event.Event{}, err
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	if !until.After(now) {
		return event.Event{}, refuseField("due-required", "", "until")
	}
	a.Late = &Late{By: by.Actor, At: now, Until: until, Reason: reason}
	e := a.fact(LateAdmitted, by, now, n.Delivery.Clause, "until", until.Format(time.RFC3339))
	e.Reason = reason
	return e, nil
}

// exception is what every departure from the notice asks for: a reason, a fresh sign-in.
func exception(by org.Actor, reason string, now time.Time) error {
	if strings.TrimSpace(reason) == "" {
		return refuseField("reason-required", "", "reason")
	}
	if !by.Fresh(now) {
		return event.Refuse(event.Forbidden, "sign-in-again", "")
	}
	return nil
}

// CloseReview ends the review of one application: mean is its official score in
// hundredths, done how many experts scored it, least how many must have.
func (a *Application) CloseReview(n *notice.Notice, by org.Actor, mean int64, done, least int, now time.Time) (event.Event, error) {
	if err := a.May(by, ActCloseRev); err != nil {
		return event.Event{}, err
	}
	cl := clause(n, notice.StepReview)
	if done < max(1, least) {
		return event.Event{}, event.Refuse(event.Closed, "too-few-scores", cl, "done", itoa(done), "least", itoa(max(1, least)))
	}
	a.Mean, a.State, a.Moved = mean, Deciding, now
	return a.fact(ReviewClosed, by, now, cl, "mean", Score(mean), "experts", itoa(done)), nil
}

// Score writes hundredths as a number: 8650 → 86.50.
func Score(hundredths int64) string {
	s := itoa(int(hundredths % 100))
	if len(s) < 2 {
		s = "0" + s
	}
	return itoa(int(hundredths/100)) + "." + s
}
