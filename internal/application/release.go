package application

import (
	"slices"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// A Decision (认定) is the department's on one application (R43).
type Decision struct {
	Recognised bool        `json:"recognised"`
	Reserve    int         `json:"reserve,omitempty"` // place on the reserve list
	Rank       int         `json:"rank"`
	Reason     string      `json:"reason"`    // shown to the unit
	Departure  string      `json:"departure"` // why the rank was departed from (R19)
	Sheet      string      `json:"sheet"`     // the decision sheet's id
	Document   string      `json:"document"`  // number of the determining document; "" before the release
	Date       string      `json:"date"`      // 2006-01-02
	Plaque     string      `json:"plaque"`    // plaque number
	GrantFen   int64       `json:"grant_fen"` // start-up money
	By         event.Actor `json:"by"`
	At         time.Time   `json:"at"`
}

// Release makes the approved sheet known: every line of it in one act, under the number of
// the determining document (R43–R46). as are the applications of the sheet's lines, in
// their order; taken are the plaque numbers that there are; laidOpen is what keeps the list
// from being made known, such as a public notice that still runs. It answers one fact for each
// application and, last, the sheet's own.
func (c *Call) Release(n *notice.Notice, s *DecisionSheet, as []*Application, document, date string, taken []string, laidOpen error, by org.Actor, now time.Time) ([]event.Event, error) {
	cl := clause(n, notice.StepDetermine)
	if err := c.mayRelease(n, s, as, by); err != nil {
		return nil, err
	}
	if laidOpen != nil {
		return nil, laidOpen
	}
	var bad event.Refusals
	if _, ok := notice.ParseDocNumber(document); !ok {
		bad = append(bad, refuseField("document-number", cl, "document"))
	}
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		bad = append(bad, refuseField("date", cl, "date"))
	}
	if err := bad.Or(); err != nil {
		return nil, err
	}
	if !by.Fresh(now) {
		return nil, event.Refuse(event.Forbidden, "sign-in-again", cl)
	}
	plaques := NextPlaques(n.Year, taken, len(as))
	var facts []event.Event
	recognised := 0
	for _, a := range as {
		if a.Decision.Recognised {
			a.Decision.Plaque, plaques = plaques[0], plaques[1:]
			recognised++
		}
		facts = append(facts, a.release(n, document, date, by, now))
	}
	s.State, s.Document, s.Date, s.Released = SheetReleased, document, date, now
	return append(facts, s.fact(SheetOut, n, by, now, "document", document, "recognised", itoa(recognised), "lines", itoa(len(s.Lines)))), nil
}

// mayRelease reports why the sheet can't be released, or nil.
func (c *Call) mayRelease(n *notice.Notice, s *DecisionSheet, as []*Application, by org.Actor) error {
	cl := clause(n, notice.StepDetermine)
	switch {
	case !by.Is(org.Approver):
		return event.Refuse(event.Forbidden, "wrong-role", cl, "role", string(org.Approver))
	case s.State != SheetApproved:
		return event.Refuse(event.Closed, "sheet-not-approved", cl)
	case len(as) != len(s.Lines):
		return event.Refuse(event.Conflict, "list-changed", cl)
	case s.Over() && s.BudgetReason == "":
		return event.Refuse(event.Closed, "budget-reason", cl, "sum", yuan(s.SumFen()), "budget", yuan(s.BudgetFen))
	case slices.ContainsFunc(s.Written, func(a event.Actor) bool { return org.SamePerson(a, by.Actor) }):
		return event.Refuse(event.Forbidden, "two-persons", cl)
	}
	for i, a := range as {
		if err := a.May(by, ActRelease); err != nil {
			return err
		}
		if a.Decision == nil || a.ID != s.Lines[i].Application {
			return event.Refuse(event.Conflict, "list-changed", cl)
		}
	}
	return nil
}

func (a *Application) release(n *notice.Notice, document, date string, by org.Actor, now time.Time) event.Event {
	cl, d := clause(n, notice.StepDetermine), a.Decision
	d.Document, d.Date, d.By, d.At = document, date, by.Actor, now
	a.State, a.Moved = NotRecognised, now
	outcome := LineNot
	if d.Recognised {
		a.State, outcome = Recognised, LineRecognised
	} else {
		a.End = &End{By: by.Actor, At: now, Reason: d.Reason, Clause: cl}
	}
	v, _ := a.Current()
	a.Opinions = append(a.Opinions, filing.Opinion{Step: a.At, Unit: a.Route.Steps[a.At].Unit, UnitName: a.Route.Steps[a.At].Name,
		Box: 3, Version: v.N, Hash: v.Hash, Outcome: outcome, Text: decisionText(n, d), Stage: filing.Signed, Signer: &by.Actor, SignedAt: now})
	e := a.fact(DecisionTaken, by, now, cl, "outcome", outcome, "document", document, "rank", itoa(d.Rank))
	e.Reason = d.Reason
	return e
}

// decisionText is what the department writes into box 3 of the form.
func decisionText(n *notice.Notice, d *Decision) string {
	if d.Recognised {
		return "经审核材料、专家评审，确定为" + n.Award.Level + "专家服务基地（" + d.Document + "）。"
	}
	return "经审核材料、专家评审，不予确定。" + d.Reason
}

// SetPublicNotice sets whether a public notice is held before the release, with a reason:
// the notice says nothing of one (R133).
func (c *Call) SetPublicNotice(n *notice.Notice, hold bool, reason string, by org.Actor, now time.Time) (event.Event, error) {
	cl := clause(n, notice.StepDetermine)
	if !by.Is(org.Approver) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", cl, "role", string(org.Approver))
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	word := map[bool]string{true: "yes", false: "no"}
	old := c.Settings.PublicNotice
	c.Settings.PublicNotice = hold
	return c.set(n, cl, "public_notice", word[old], word[hold], reason, by, now), nil
}
