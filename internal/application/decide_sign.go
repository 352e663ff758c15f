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

// Minute adds the minutes of the deciding meeting.
func (s *DecisionSheet) Minute(n *notice.Notice, f SheetFile, by org.Actor, now time.Time) (event.Event, error) {
	if err := s.May(by, ActSheetMinutes); err != nil {
		return event.Event{}, err
	}
	s.Minutes = append(s.Minutes, f)
	return s.fact(SheetMinuted, n, by, now, "name", f.Name), nil
}

// Send gives the sheet to those who countersign and approve. list is the ranked list now,
// before how bases are spread with it. who are the posts that countersign, none when no
// office is asked; the department approves, and the call's second body where it has one.
func (s *DecisionSheet) Send(n *notice.Notice, c *Call, list []Entry, before Distribution, who []Countersign, inOrder bool, by org.Actor, now time.Time) (event.Event, error) {
	if err := s.May(by, ActSheetSend); err != nil {
		return event.Event{}, err
	}
	cl := clause(n, notice.StepDetermine)
	if !s.stands(list) {
		return event.Event{}, event.Refuse(event.Conflict, "list-changed", cl)
	}
	x := *s
	x.BudgetFen = c.Settings.BudgetFen
	if err := x.gaps(cl).Or(); err != nil {
		return event.Event{}, err
	}
	for i, w := range who {
		switch {
		case slices.ContainsFunc(s.Written, func(a event.Actor) bool { return org.SamePerson(a, event.Actor{Person: w.Person}) }):
			return event.Event{}, refuseField("two-persons-named", cl, "post", "name", w.Name)
		case slices.ContainsFunc(who[:i], func(y Countersign) bool { return y.Person == w.Person }):
			return event.Event{}, refuseField("named-twice", cl, "post", "name", w.Name)
		}
	}
	x.Written = addActor(slices.Clone(s.Written), by.Actor)
	x.Countersigns, x.InOrder, x.Before = who, inOrder, before
	x.Approvals = []Approval{{Unit: org.UnitID(by.Unit), UnitName: by.UnitName}}
	if j := c.Settings.Joint; j.Unit != "" {
		x.Approvals = append(x.Approvals, Approval{Unit: j.Unit, UnitName: j.Name})
	}
	x.State = SheetCirculating
	x.freeze(now)
	*s = x
	return s.asked(s.fact(SheetSent, n, by, now, "lines", itoa(len(s.Lines)), "recognised", itoa(s.Count(LineRecognised)))), nil
}

// asked puts into a fact whose word the sheet waits for now, so that they are told: those
// who countersign, and then the body that approves beside the department.
func (s *DecisionSheet) asked(e event.Event) event.Event {
	var ps []string
	for i, c := range s.Countersigns {
		if c.Outcome == "" && s.turn(i) {
			ps = append(ps, c.Person)
		}
	}
	if len(ps) > 0 {
		e.Detail["persons"] = strings.Join(ps, " ")
	} else if len(s.Approvals) > 1 {
		e.Detail["joint"] = string(s.Approvals[1].Unit)
	}
	return e
}

// turn reports whether the ith of those who countersign is asked now.
func (s *DecisionSheet) turn(i int) bool {
	return !s.InOrder || !slices.ContainsFunc(s.Countersigns[:i], func(c Countersign) bool { return c.Outcome == "" })
}

// Countersigned reports whether everybody named has signed.
func (s *DecisionSheet) Countersigned() bool {
	return !slices.ContainsFunc(s.Countersigns, func(c Countersign) bool { return c.Outcome == "" })
}

// Waits is the act that the sheet waits for from by now; "" none.
func (s *DecisionSheet) Waits(by org.Actor) string {
	switch i := s.place(by); {
	case s.State == SheetReturned && by.Is(org.Staff):
		return ActSheetWrite
	case s.State == SheetDraft && by.Is(org.Staff):
		return ActSheetSend
	case s.State == SheetApproved && by.Is(org.Approver):
		return ActRelease
	case s.State != SheetCirculating:
		return ""
	case i >= 0 && by.Is(Countersigning...) && s.Countersigns[i].Outcome == "" && s.turn(i):
		return ActCountersign
	case s.May(by, ActApprove) == nil && s.Countersigned() && s.Approvals[s.body(org.UnitID(by.Unit))].By == nil && s.apart(by) == nil:
		return ActApprove
	case s.May(by, ActScanConfirm) == nil && s.unconfirmed() >= 0 && s.apart(by) == nil && !org.SamePerson(by.Actor, s.Approvals[s.unconfirmed()].Paper.File.By):
		return ActScanConfirm
	}
	return ""
}

// unconfirmed is the place of a paper approval that waits for the second person, or -1.
func (s *DecisionSheet) unconfirmed() int {
	return slices.IndexFunc(s.Approvals, func(a Approval) bool { return a.Paper != nil && a.By == nil })
}

// apart refuses to decide what one wrote or countersigned oneself.
func (s *DecisionSheet) apart(by org.Actor) error {
	for _, a := range s.Written {
		if org.SamePerson(a, by.Actor) {
			return event.Refuse(event.Forbidden, "two-persons", "")
		}
	}
	if s.place(by) >= 0 {
		return event.Refuse(event.Forbidden, "two-persons", "")
	}
	return nil
}

// signs is what each signature on the sheet asks for: that it is the text that was read,
// words where they are due, and a fresh sign-in.
func (s *DecisionSheet) signs(cl, outcome, words, hash string, outcomes []string, by org.Actor, now time.Time) error {
	switch {
	case !slices.Contains(outcomes, outcome):
		return refuseField("outcome-required", cl, "outcome")
	case outcome != SignAgree && strings.TrimSpace(words) == "":
		return refuseField("reason-required", cl, "words")
	case hash != s.Hash:
		return event.Refuse(event.Conflict, "changed-by-other", cl)
	case !by.Fresh(now):
		return event.Refuse(event.Forbidden, "sign-in-again", cl)
	}
	return nil
}

// Countersign is the word of one office: agreed, not agreed with words, or returned with a
// reason, which ends the round.
func (s *DecisionSheet) Countersign(n *notice.Notice, outcome, words, hash string, by org.Actor, now time.Time) (event.Event, error) {
	if err := s.May(by, ActCountersign); err != nil {
		return event.Event{}, err
	}
	cl, i := clause(n, notice.StepDetermine), s.place(by)
	switch {
	case s.Countersigns[i].Outcome != "":
		return event.Event{}, event.Refuse(event.Conflict, "already-countersigned", cl)
	case !s.turn(i):
		return event.Event{}, event.Refuse(event.Closed, "countersign-turn", cl)
	}
	if err := s.signs(cl, outcome, words, hash, []string{SignAgree, SignDisagree, SignReturn}, by, now); err != nil {
		return event.Event{}, err
	}
	cs := slices.Clone(s.Countersigns)
	cs[i].Outcome, cs[i].Words, cs[i].By, cs[i].At = outcome, strings.TrimSpace(words), &by.Actor, now
	s.Countersigns = cs
	if outcome == SignReturn {
		return s.back(n, SheetSentBack, words, by, now), nil
	}
	return s.asked(s.fact(SheetCountersigned, n, by, now, "sign", outcome, "office", cs[i].Office)), nil
}

// TakeBack ends the round on the drafters' own wish, with a reason: the list has changed,
// or something was found wrong.
func (s *DecisionSheet) TakeBack(n *notice.Notice, reason string, by org.Actor, now time.Time) (event.Event, error) {
	if err := s.May(by, ActSheetTake); err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", clause(n, notice.StepDetermine), "reason")
	}
	return s.back(n, SheetTaken, reason, by, now), nil
}

// back ends the round: what was signed stays readable with it, and counts no more.
func (s *DecisionSheet) back(n *notice.Notice, k event.Kind, reason string, by org.Actor, now time.Time) event.Event {
	e := s.fact(k, n, by, now)
	e.Reason = strings.TrimSpace(reason)
	s.Past = append(slices.Clone(s.Past), SheetRound{Hash: s.Hash, Sent: s.Sent, Countersigns: s.Countersigns, Approvals: s.Approvals, By: by.Actor, At: now,
		Taken: k == SheetTaken, Reason: e.Reason})
	s.State, s.Countersigns, s.Approvals, s.Hash, s.Code, s.Sent = SheetReturned, nil, nil, "", "", time.Time{}
	return e
}

// Approve is the word of the body that by is of. The last body's makes the decision: every
// application on the sheet is then proposed. list is the ranked list now. facts are one of
// the sheet and, with the decision, one of each application.
func (s *DecisionSheet) Approve(n *notice.Notice, list []Entry, outcome, words, hash string, by org.Actor, now time.Time) (facts []event.Event, err error) {
	if err := s.May(by, ActApprove); err != nil {
		return nil, err
	}
	cl, i := clause(n, notice.StepDetermine), s.body(org.UnitID(by.Unit))
	if err := s.open(cl, i, list); err != nil {
		return nil, err
	}
	if err := s.apart(by); err != nil {
		return nil, err
	}
	for _, a := range s.Approvals { // two bodies are two persons
		if a.By != nil && a.Paper == nil && org.SamePerson(by.Actor, *a.By) {
			return nil, event.Refuse(event.Forbidden, "two-persons", cl)
		}
	}
	for _, e := range list {
		if e.Check != nil && e.Check.By != nil && org.SamePerson(by.Actor, *e.Check.By) {
			return nil, event.Refuse(event.Forbidden, "two-persons", cl)
		}
	}
	if err := s.signs(cl, outcome, words, hash, []string{SignAgree, SignReturn}, by, now); err != nil {
		return nil, err
	}
	if outcome == SignReturn {
		return []event.Event{s.back(n, SheetSentBack, words, by, now)}, nil
	}
	return s.sign(n, i, Approval{Words: strings.TrimSpace(words), By: &by.Actor, At: now}, list, by, now), nil
}

// open reports why the ith body can't sign now, or nil.
func (s *DecisionSheet) open(cl string, i int, list []Entry) error {
	switch {
	case !s.Countersigned():
		return event.Refuse(event.Closed, "countersigns-open", cl)
	case s.Approvals[i].By != nil:
		return event.Refuse(event.Conflict, "already-approved", cl, "unit", s.Approvals[i].UnitName)
	case !s.stands(list):
		return event.Refuse(event.Conflict, "list-changed", cl)
	}
	return nil
}

func (s *DecisionSheet) sign(n *notice.Notice, i int, a Approval, list []Entry, by org.Actor, now time.Time) []event.Event {
	a.Unit, a.UnitName = s.Approvals[i].Unit, s.Approvals[i].UnitName
	s.Approvals = slices.Clone(s.Approvals)
	s.Approvals[i] = a
	if slices.ContainsFunc(s.Approvals, func(x Approval) bool { return x.By == nil }) {
		return []event.Event{s.fact(SheetSigned, n, by, now, "body", a.UnitName)}
	}
	s.State, s.Approved = SheetApproved, now
	e := s.fact(SheetPassed, n, by, now, "body", a.UnitName, "recognised", itoa(s.Count(LineRecognised)), "sum", yuan(s.SumFen()))
	if s.Over() {
		e.Detail["over_budget"], e.Reason = yuan(s.SumFen()-s.BudgetFen), s.BudgetReason
	}
	facts := []event.Event{e}
	for _, x := range list {
		facts = append(facts, x.propose(n, s, by, now))
	}
	return facts
}

// propose puts the sheet's decision on the application; nobody outside learns of it before
// the release.
func (a *Application) propose(n *notice.Notice, s *DecisionSheet, by org.Actor, now time.Time) event.Event {
	l, _ := s.Line(a.ID)
	a.Decision = &Decision{Recognised: l.Outcome == LineRecognised, Reserve: l.Reserve, Rank: l.Rank, Reason: l.Reason, Departure: l.Departure,
		GrantFen: l.GrantFen, Sheet: s.ID, By: by.Actor, At: now}
	if !a.Decision.Recognised {
		a.Decision.GrantFen = 0
	}
	a.State, a.Moved = Proposed, now
	e := a.fact(ProposedFact, by, now, clause(n, notice.StepDetermine), "outcome", l.Outcome, "rank", itoa(l.Rank), "sheet", s.Code)
	e.Reason = l.Reason
	if l.Departure != "" {
		e.Detail["departure"] = l.Departure
	}
	if why := s.Ties[l.Rank]; why != "" {
		e.Detail["tie"] = why
	}
	return e
}

// Scan puts an approval that was signed on paper on the sheet. It counts when somebody else
// has confirmed it.
func (s *DecisionSheet) Scan(n *notice.Notice, unit org.UnitID, p PaperSign, list []Entry, by org.Actor, now time.Time) (event.Event, error) {
	if err := s.May(by, ActScan); err != nil {
		return event.Event{}, err
	}
	cl, i := clause(n, notice.StepDetermine), s.body(unit)
	if i < 0 {
		return event.Event{}, refuseField("outcome-required", cl, "unit")
	}
	if err := s.open(cl, i, list); err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(p.Signer) == "" {
		return event.Event{}, refuseField("required", cl, "signer")
	}
	if d, err := time.ParseInLocation(time.DateOnly, p.Date, beijing); err != nil || d.After(now) {
		return event.Event{}, refuseField("date", cl, "date")
	}
	s.Approvals = slices.Clone(s.Approvals)
	s.Approvals[i].Paper = &p
	return s.fact(SheetScanned, n, by, now, "body", s.Approvals[i].UnitName, "signer", p.Signer), nil
}

// ConfirmScan is the second person's word on a scan: it shows the approval of this very
// text, or it does not, with a reason.
func (s *DecisionSheet) ConfirmScan(n *notice.Notice, unit org.UnitID, shows bool, code, reason string, list []Entry, by org.Actor, now time.Time) ([]event.Event, error) {
	if err := s.May(by, ActScanConfirm); err != nil {
		return nil, err
	}
	cl, i := clause(n, notice.StepDetermine), s.body(unit)
	if i < 0 || s.Approvals[i].Paper == nil {
		return nil, event.Refuse(event.NotFound, "not-found", cl)
	}
	if err := s.open(cl, i, list); err != nil {
		return nil, err
	}
	if err := s.apart(by); err != nil {
		return nil, err
	}
	p := *s.Approvals[i].Paper
	switch {
	case org.SamePerson(by.Actor, p.File.By):
		return nil, event.Refuse(event.Forbidden, "two-persons", cl)
	case !shows && strings.TrimSpace(reason) == "":
		return nil, refuseField("reason-required", cl, "reason")
	case shows && !filing.SameCode(code, s.Code):
		return nil, refuseField("scan-code", cl, "code")
	case !by.Fresh(now):
		return nil, event.Refuse(event.Forbidden, "sign-in-again", cl)
	case !shows:
		s.Approvals = slices.Clone(s.Approvals)
		s.Approvals[i].Paper = nil
		e := s.fact(SheetScanRefused, n, by, now, "body", s.Approvals[i].UnitName)
		e.Reason = strings.TrimSpace(reason)
		return []event.Event{e}, nil
	}
	return s.sign(n, i, Approval{By: &by.Actor, At: now, Paper: &p}, list, by, now), nil
}
