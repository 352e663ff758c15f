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

// A Decision (认定) is the department's on one application (R43).
type Decision struct {
	Recognised bool        `json:"recognised"`
	Rank       int         `json:"rank"`
	Reason     string      `json:"reason"`    // shown to the unit
	Departure  string      `json:"departure"` // why the rank was departed from (R19)
	Document   string      `json:"document"`  // number of the determining document
	Date       string      `json:"date"`      // 2006-01-02
	Plaque     string      `json:"plaque"`    // plaque number
	GrantFen   int64       `json:"grant_fen"` // start-up money
	By         event.Actor `json:"by"`
	At         time.Time   `json:"at"`
}

// A Choice is one line of the ranked list as the approver decides it.
type Choice struct {
	Recognised bool
	Reason     string
	Departure  string
	Plaque     string
	GrantFen   int64
}

// Determine decides the whole ranked list in one act (R19, R43–R46). as are ordered by
// rank; every one needs a choice. Where a lower rank is taken over a higher one, both
// sides need a reason for the departure. Nobody determines what they checked themselves.
func Determine(n *notice.Notice, as []*Application, choices []Choice, document, date string, by org.Actor, now time.Time) ([]event.Event, error) {
	cl := clause(n, notice.StepDetermine)
	if len(as) == 0 || len(as) != len(choices) {
		return nil, event.Refuse(event.Conflict, "list-changed", cl)
	}
	var bad event.Refusals
	add := func(kind, field string, args ...string) { bad = append(bad, refuseField(kind, cl, field, args...)) }
	if _, ok := notice.ParseDocNumber(document); !ok {
		add("document-number", "document")
	}
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		add("date", "date")
	}
	plaques := map[string]bool{}
	for i, a := range as {
		if err := a.May(by, ActDecide); err != nil {
			return nil, err
		}
		if a.Check != nil && a.Check.By != nil && org.SamePerson(by.Actor, *a.Check.By) {
			return nil, event.Refuse(event.Forbidden, "two-persons", cl)
		}
		c, at := choices[i], string(a.ID)
		if departs(choices, i) && strings.TrimSpace(c.Departure) == "" {
			add("departure-reason", "departure."+at, "base", a.BaseName)
		}
		switch {
		case !c.Recognised && strings.TrimSpace(c.Reason) == "":
			add("reason-required", "reason."+at)
		case c.Recognised && (c.Plaque == "" || plaques[c.Plaque]):
			add("plaque-number", "plaque."+at, "base", a.BaseName)
		case c.Recognised && c.GrantFen < 0:
			add("amount", "grant."+at)
		}
		plaques[c.Plaque] = plaques[c.Plaque] || c.Recognised
	}
	if err := bad.Or(); err != nil {
		return nil, err
	}
	if !by.Fresh(now) {
		return nil, event.Refuse(event.Forbidden, "sign-in-again", cl)
	}
	var facts []event.Event
	for i, a := range as {
		if !departs(choices, i) {
			choices[i].Departure = "" // a reason for what did not happen is no exception
		}
		facts = append(facts, a.decide(n, i+1, choices[i], document, date, by, now))
	}
	return facts, nil
}

func (a *Application) decide(n *notice.Notice, rank int, c Choice, document, date string, by org.Actor, now time.Time) event.Event {
	cl := clause(n, notice.StepDetermine)
	a.Decision = &Decision{Recognised: c.Recognised, Rank: rank, Reason: c.Reason, Departure: c.Departure,
		Document: document, Date: date, By: by.Actor, At: now}
	a.State, a.Moved = NotRecognised, now
	outcome := "not_recognised"
	if c.Recognised {
		a.State, outcome = Recognised, "recognised"
		a.Decision.Plaque, a.Decision.GrantFen = c.Plaque, c.GrantFen
	} else {
		a.End = &End{By: by.Actor, At: now, Reason: c.Reason, Clause: cl}
	}
	v, _ := a.Current()
	a.Opinions = append(a.Opinions, filing.Opinion{Step: a.At, Unit: a.Route.Steps[a.At].Unit, UnitName: a.Route.Steps[a.At].Name,
		Box: 3, Version: v.N, Hash: v.Hash, Outcome: outcome, Text: decisionText(n, c, document), Stage: filing.Signed,
		Signer: &by.Actor, SignedAt: now})
	e := a.fact(DecisionTaken, by, now, cl, "outcome", outcome, "document", document, "rank", itoa(rank))
	e.Reason = c.Reason
	if c.Departure != "" {
		e.Detail["departure"] = c.Departure
	}
	return e
}

func decisionText(n *notice.Notice, c Choice, document string) string {
	if c.Recognised {
		return "经审核材料、专家评审，确定为" + n.Award.Level + "专家服务基地（" + document + "）。"
	}
	return "经审核材料、专家评审，不予确定。" + c.Reason
}

// departs reports whether the choice at i, in an order by rank, is out of rank: taken
// although a higher one was not, or not taken although a lower one was.
func departs(cs []Choice, i int) bool {
	for j, c := range cs {
		if (j < i && cs[i].Recognised && !c.Recognised) || (j > i && !cs[i].Recognised && c.Recognised) {
			return true
		}
	}
	return false
}
