package application

import (
	"slices"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// A Check (材料审核) is the department's finding on the material (R41).
type Check struct {
	Items  []CheckItem  `json:"items"`
	Result string       `json:"result"` // "", CheckPass, CheckSupplement, CheckReject
	Reason string       `json:"reason"`
	By     *event.Actor `json:"by,omitempty"`
	At     time.Time    `json:"at"`
}

// A CheckItem is one line of the checklist; Key is a condition id or one of CheckKeys.
type CheckItem struct {
	Key  string `json:"key"`
	OK   bool   `json:"ok"`
	Note string `json:"note,omitempty"`
}

// CheckKeys are the lines of the checklist beside the conditions. locale has
// "check.<key>". Paper that is missing warns and never blocks (T22).
var CheckKeys = []string{"complete", "sealed", "limits", "consistent", "evidence", "copies"}

// Results of the material check.
const (
	CheckPass       = "pass"
	CheckSupplement = "supplement"
	CheckReject     = "reject"
)

// A CheckDraft is what the department's staff writes.
type CheckDraft struct {
	Items  []CheckItem
	Result string
	Reason string
	Kind   string   // of a supplement: "missing", "wrong", "outdated"
	Fields []string // of a supplement
	Due    time.Time
}

// CheckMaterial records the check and what follows: on to review, a supplement by a date
// that opens only the named fields, or not accepted with a reason (R40, R41).
func (a *Application) CheckMaterial(n *notice.Notice, d CheckDraft, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActCheck); err != nil {
		return event.Event{}, err
	}
	cl := clause(n, notice.StepCheck)
	if err := d.complete(n, cl, now).Or(); err != nil {
		return event.Event{}, err
	}
	if by.Is(org.Intake) && d.Result == CheckReject {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", cl, "role", string(org.Staff))
	}
	a.Check = &Check{Items: d.Items, Result: d.Result, Reason: d.Reason, By: &by.Actor, At: now}
	a.Moved = now
	switch d.Result {
	case CheckPass:
		a.State = Reviewing
		return a.fact(Checked, by, now, cl), nil
	case CheckReject:
		a.end(NotAccepted, by, d.Reason, cl, now)
		e := a.fact(NotAcceptedFact, by, now, cl)
		e.Reason = d.Reason
		return e, nil
	}
	a.Returns = append(a.Returns, filing.Correction{Step: a.At, UnitName: a.Route.Steps[a.At].Name, By: by.Actor, At: now,
		Kind: d.Kind, Fields: d.Fields, Reason: d.Reason, Due: d.Due})
	a.State, a.Prepared = Draft, nil
	// The applicant's boxes are signed anew with the new version.
	a.fall(a.Route.Steps[a.At].Name, now, func(o filing.Opinion) bool { return o.Step == 0 })
	e := a.fact(SupplementOrdered, by, now, cl, "fields", strings.Join(d.Fields, "、"), "due", d.Due.Format(time.RFC3339))
	e.Reason = d.Reason
	return e, nil
}

func (d CheckDraft) complete(n *notice.Notice, cl string, now time.Time) event.Refusals {
	var bad event.Refusals
	add := func(kind, field string, args ...string) { bad = append(bad, refuseField(kind, cl, field, args...)) }
	has := func(key string) *CheckItem {
		i := slices.IndexFunc(d.Items, func(x CheckItem) bool { return x.Key == key })
		if i < 0 {
			return nil
		}
		return &d.Items[i]
	}
	switch d.Result {
	case CheckPass:
		for _, c := range n.Conditions {
			if it := has(c.ID); it == nil || !it.OK {
				add("check-condition", "item."+c.ID, "condition", c.Name)
			}
		}
	case CheckSupplement:
		if len(d.Fields) == 0 {
			add("supplement-fields", "fields")
		}
		if !d.Due.After(now) {
			add("due-required", "due")
		}
		fallthrough
	case CheckReject:
		if strings.TrimSpace(d.Reason) == "" {
			add("reason-required", "reason")
		}
	default:
		add("outcome-required", "result")
	}
	return bad
}

// CancelSupplement takes an unanswered supplement order back: the application returns to
// the check with the version it had.
func (a *Application) CancelSupplement(n *notice.Notice, by org.Actor, reason string, now time.Time) (event.Event, error) {
	if err := a.May(by, ActCancelSupp); err != nil {
		return event.Event{}, err
	}
	c := a.Open()
	if c == nil || a.Route.Steps[c.Step].Role != org.Decides {
		return event.Event{}, event.Refuse(event.Conflict, "no-supplement", "")
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", "", "reason")
	}
	a.closeSupplement(now)
	a.State, a.Moved = Checking, now
	e := a.fact(SupplementCancelled, by, now, clause(n, notice.StepCheck))
	e.Reason = reason
	return e, nil
}

// closeSupplement ends the open correction, if there is one, as if it had not been asked
// for: the applicant's boxes on the version that was handed in stand again, and whatever
// was signed since falls.
func (a *Application) closeSupplement(now time.Time) {
	c := a.Open()
	if c == nil {
		return
	}
	a.fall(c.UnitName, now, func(o filing.Opinion) bool { return o.Step == 0 })
	for i := range a.Opinions {
		if o := &a.Opinions[i]; o.Step == 0 && o.Version == a.Handed && o.Fallen != nil && o.Fallen.At.Equal(c.At) {
			o.Fallen = nil
		}
	}
	c.Answered = now
	a.Prepared, a.Editors = nil, nil
}

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
