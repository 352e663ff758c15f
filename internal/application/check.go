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

// A Check (材料审核) is the department's finding on the material (R41). Its findings are
// kept while it goes on; the next round begins with those of the last.
type Check struct {
	Items    []CheckItem  `json:"items"`
	Noted    *event.Actor `json:"noted,omitempty"` // who kept the findings last
	NotedAt  time.Time    `json:"noted_at"`
	Result   string       `json:"result"` // "", CheckPass, CheckSupplement, CheckReject
	Reason   string       `json:"reason"`
	By       *event.Actor `json:"by,omitempty"` // who gave the result
	At       time.Time    `json:"at"`
	Proposal *Rejection   `json:"proposal,omitempty"` // waits for the second person
	SentBack *Rejection   `json:"sent_back,omitempty"`
}

// A Rejection (不予受理) is proposed by one person and confirmed by another. Sent back it
// says by whom and why; then the check goes on.
type Rejection struct {
	By     event.Actor  `json:"by"`
	At     time.Time    `json:"at"`
	Reason string       `json:"reason"`
	Clause string       `json:"clause"` // of the notice
	Back   *event.Actor `json:"back,omitempty"`
	BackAt time.Time    `json:"back_at"`
	Why    string       `json:"why,omitempty"`
}

// A CheckItem is the finding on one line of the checklist.
type CheckItem struct {
	Key     string `json:"key"`
	Finding string `json:"finding"` // "", filing.Met, filing.NotMet, filing.Unclear
	Note    string `json:"note,omitempty"`
}

// Kinds of lines of the checklist. locale has "check-line.<kind>".
const (
	LineCondition  = "condition"  // 申报条件
	LineEvidence   = "evidence"   // 佐证材料 on a condition
	LineComplete   = "complete"   // 申报表各栏
	LineLimits     = "limits"     // 字数
	LineSeal       = "seal"       // 盖章页
	LineConsistent = "consistent" // 纸质与电子版一致
	LineForms      = "forms"      // 申报表份数
	LineBundle     = "bundle"     // 佐证材料份数
)

// LineKinds are all kinds, in the order of the list.
var LineKinds = []string{LineCondition, LineEvidence, LineComplete, LineLimits, LineSeal, LineConsistent, LineForms, LineBundle}

// A CheckLine is one line of the checklist, as the notice has it.
type CheckLine struct {
	Key    string
	Kind   string
	Clause string
	Name   string // of the condition, or of the opinion box; "" otherwise
	Topic  string // condition id of a condition or its evidence
	Box    int    // of a seal: number of the opinion box
	Count  int    // copies that the notice asks for
	Binds  bool   // the material passes only where it is met
}

// Checklist is what is checked under a notice: its conditions, the evidence on each, and
// the documents. Conditions, completeness, limits and seals bind. Evidence and paper only
// warn: the notice permits one copy of evidence (T22), and paper has a date of its own (T24).
func Checklist(n *notice.Notice) []CheckLine {
	var out []CheckLine
	for _, c := range n.Conditions {
		out = append(out, CheckLine{Key: c.ID, Kind: LineCondition, Clause: c.Clause, Name: c.Name, Topic: c.ID, Binds: true})
	}
	for _, c := range n.Conditions {
		out = append(out, CheckLine{Key: LineEvidence + "-" + c.ID, Kind: LineEvidence, Clause: c.Clause, Name: c.Name, Topic: c.ID})
	}
	f, d := &n.Form, n.Delivery
	out = append(out, CheckLine{Key: LineComplete, Kind: LineComplete, Clause: f.Clause, Binds: true},
		CheckLine{Key: LineLimits, Kind: LineLimits, Clause: f.Clause, Binds: true})
	for _, b := range f.Boxes {
		if b.Seal != "" && b.Step != notice.StepDetermine {
			out = append(out, CheckLine{Key: LineSeal + "-" + itoa(b.Number), Kind: LineSeal, Clause: b.Clause, Name: b.Name, Box: b.Number, Binds: true})
		}
	}
	return append(out, CheckLine{Key: LineConsistent, Kind: LineConsistent, Clause: d.Clause},
		CheckLine{Key: LineForms, Kind: LineForms, Clause: d.Clause, Count: d.Forms},
		CheckLine{Key: LineBundle, Kind: LineBundle, Clause: d.Clause, Count: d.Evidence})
}

// Item is the finding on a line, the zero one where there is none.
func (c *Check) Item(key string) CheckItem {
	if c != nil {
		for _, it := range c.Items {
			if it.Key == key {
				return it
			}
		}
	}
	return CheckItem{Key: key}
}

// Waits is the proposal not to accept that waits for the second person, or nil.
func (c *Check) Waits() *Rejection {
	if c == nil {
		return nil
	}
	return c.Proposal
}

// Unmarked counts the lines without a finding.
func (c *Check) Unmarked(n *notice.Notice) int {
	left := 0
	for _, l := range Checklist(n) {
		if c.Item(l.Key).Finding == "" {
			left++
		}
	}
	return left
}

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
	Clause string       // of a rejection: what it rests on
	Asks   []filing.Ask // of a supplement
	Due    time.Time    // of a supplement: by when it is answered
}

// NoteCheck keeps findings while the check goes on. It is not an act with a fact: the
// result is, and names who gave it.
func (a *Application) NoteCheck(n *notice.Notice, items []CheckItem, by org.Actor, now time.Time) error {
	if err := a.May(by, ActCheck); err != nil {
		return err
	}
	if err := knownItems(n, items).Or(); err != nil {
		return err
	}
	a.noted(items, by, now)
	return nil
}

func (a *Application) noted(items []CheckItem, by org.Actor, now time.Time) {
	if a.Check == nil {
		a.Check = &Check{}
	}
	a.Check.Items, a.Check.Noted, a.Check.NotedAt = items, &by.Actor, now
}

// CheckMaterial records the check and what follows: on to review, a supplement by a date
// that opens only what it names, or the proposal not to accept, which a second person
// confirms (R40, R41).
func (a *Application) CheckMaterial(n *notice.Notice, d CheckDraft, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActCheck); err != nil {
		return event.Event{}, err
	}
	cl := clause(n, notice.StepCheck)
	if by.Is(org.Intake) && d.Result == CheckReject {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", cl, "role", string(org.Staff))
	}
	if p := a.Check.Waits(); p != nil {
		return event.Event{}, event.Refuse(event.Closed, "rejection-waits", cl, "name", p.By.Name)
	}
	if err := append(knownItems(n, d.Items), d.complete(n, cl, now)...).Or(); err != nil {
		return event.Event{}, err
	}
	a.noted(d.Items, by, now)
	a.Check.Result, a.Check.Reason, a.Check.By, a.Check.At = d.Result, d.Reason, &by.Actor, now
	switch d.Result {
	case CheckPass:
		a.State, a.Moved, a.Check.SentBack = Reviewing, now, nil
		return a.fact(Checked, by, now, cl), nil
	case CheckReject:
		a.Check.Proposal = &Rejection{By: by.Actor, At: now, Reason: d.Reason, Clause: d.Clause}
		e := a.fact(RejectionProposed, by, now, d.Clause)
		e.Reason = d.Reason
		return e, nil
	}
	return a.orderSupplement(n, d, by, cl, now), nil
}

// orderSupplement opens what is named and nothing else. The applicant's boxes are signed
// anew with the new version.
func (a *Application) orderSupplement(n *notice.Notice, d CheckDraft, by org.Actor, cl string, now time.Time) event.Event {
	var fields, named []string
	for _, x := range d.Asks {
		fields, named = append(fields, x.Field), append(named, askName(n, x))
	}
	unit := a.Route.Steps[a.At].Name
	a.Returns = append(a.Returns, filing.Correction{Step: a.At, UnitName: unit, By: by.Actor, At: now, Asks: d.Asks, Fields: fields,
		Reason: strings.TrimSpace(d.Reason), Due: d.Due})
	a.State, a.Prepared, a.Moved = Draft, nil, now
	a.fall(unit, now, func(o filing.Opinion) bool { return o.Step == 0 })
	e := a.fact(SupplementOrdered, by, now, cl, "fields", strings.Join(named, "、"), "due", d.Due.Format(time.RFC3339), "round", itoa(len(a.Supplements())))
	e.Reason = d.Reason
	return e
}

// askName is what an ask opens, in the words of the notice: for the fact, which the names
// of fields inside the program tell little.
func askName(n *notice.Notice, x filing.Ask) string {
	of := func(id, what string) string {
		c, _ := n.Condition(id)
		return "“" + c.Name + "”的" + what
	}
	if id, ok := filing.AsksEvidence(x.Field); ok {
		return of(id, "佐证材料")
	}
	if x.Topic != "" {
		return of(x.Topic, "一个佐证文件")
	}
	for _, c := range n.Conditions {
		if x.Field == filing.StatementField(c.ID) {
			return of(c.ID, "说明和佐证材料")
		}
	}
	return x.Field
}

// ordered reports whether a correction is the department's.
func (a *Application) ordered(c filing.Correction) bool {
	return c.Step < len(a.Route.Steps) && a.Route.Steps[c.Step].Role == org.Decides
}

// knownItems refuses findings that are none, or on lines that the notice does not have.
func knownItems(n *notice.Notice, items []CheckItem) event.Refusals {
	lines := Checklist(n)
	var bad event.Refusals
	for _, it := range items {
		line := slices.ContainsFunc(lines, func(l CheckLine) bool { return l.Key == it.Key })
		if !line || it.Finding != "" && !slices.Contains([]string{filing.Met, filing.NotMet, filing.Unclear}, it.Finding) {
			bad = append(bad, refuseField("check-line-unknown", "", "item."+it.Key))
		}
	}
	return bad
}

func (d CheckDraft) complete(n *notice.Notice, cl string, now time.Time) event.Refusals {
	var bad event.Refusals
	add := func(kind, field string, args ...string) { bad = append(bad, refuseField(kind, cl, field, args...)) }
	switch d.Result {
	case CheckPass:
		return d.passes(n)
	case CheckSupplement:
		if len(d.Asks) == 0 {
			add("supplement-fields", "fields")
		}
		for _, x := range d.Asks {
			if !asked(n, x) {
				add("supplement-unknown", "fields")
			}
			if !slices.Contains(filing.AskKinds, x.Kind) {
				add("supplement-kind", "kind."+x.Field)
			}
			if strings.TrimSpace(x.Reason) == "" {
				add("reason-required", "why."+x.Field)
			}
		}
		if !d.Due.After(now) {
			add("due-required", "due")
		}
	case CheckReject:
		if strings.TrimSpace(d.Reason) == "" {
			add("reason-required", "reason")
		}
		if _, ok := n.Clause(d.Clause); !ok {
			add("clause-required", "clause")
		}
	default:
		add("outcome-required", "result")
	}
	return bad
}

// passes is what keeps the material from passing: a line without a finding, one that
// binds and is not met, a finding other than met without a note.
func (d CheckDraft) passes(n *notice.Notice) (bad event.Refusals) {
	found := &Check{Items: d.Items}
	open, first := 0, ""
	for _, l := range Checklist(n) {
		it := found.Item(l.Key)
		switch {
		case it.Finding == "":
			if open++; first == "" {
				first = "item." + l.Key
			}
		case it.Finding != filing.Met && l.Kind == LineCondition:
			bad = append(bad, refuseField("check-condition", l.Clause, "item."+l.Key, "condition", l.Name))
		case it.Finding != filing.Met && l.Binds:
			bad = append(bad, refuseField("check-document", l.Clause, "item."+l.Key))
		case it.Finding != filing.Met && strings.TrimSpace(it.Note) == "":
			bad = append(bad, refuseField("check-note", l.Clause, "note."+l.Key))
		}
	}
	if open > 0 {
		bad = append(event.Refusals{refuseField("check-unmarked", clause(n, notice.StepCheck), first, "n", itoa(open))}, bad...)
	}
	return bad
}

// asked reports whether a supplement can ask for a thing: something that the applicant
// answers, the evidence on a condition, or a file of one. That the file is the case's own
// is the caller's to find out.
func asked(n *notice.Notice, x filing.Ask) bool {
	if id, ok := filing.AsksEvidence(x.Field); ok {
		_, ok := n.Condition(id)
		return ok
	}
	if id, ok := filing.AsksFile(x.Field); ok {
		_, known := n.Condition(x.Topic)
		return known && id != ""
	}
	return x.Topic == "" && filing.Known(n, x.Field)
}

// ConfirmRejection ends an application that is not accepted: the second person's, who is
// not the one that proposed it. The unit is told with the reason and the clause.
func (a *Application) ConfirmRejection(by org.Actor, now time.Time) (event.Event, error) {
	p, err := a.proposal(by, ActConfirmReject)
	if err != nil {
		return event.Event{}, err
	}
	if org.SamePerson(by.Actor, p.By) {
		return event.Event{}, event.Refuse(event.Forbidden, "two-persons", p.Clause)
	}
	if !by.Fresh(now) {
		return event.Event{}, event.Refuse(event.Forbidden, "sign-in-again", p.Clause)
	}
	a.Check.Proposal = nil
	a.end(NotAccepted, by, p.Reason, p.Clause, now)
	e := a.fact(NotAcceptedFact, by, now, p.Clause, "proposed", p.By.Name)
	e.Reason = p.Reason
	return e, nil
}

// ReturnRejection is the second person not confirming, or the first one taking the
// proposal back, with a reason: the check goes on.
func (a *Application) ReturnRejection(n *notice.Notice, by org.Actor, reason string, now time.Time) (event.Event, error) {
	p, err := a.proposal(by, ActReturnReject)
	if err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", "", "why")
	}
	p.Back, p.BackAt, p.Why = &by.Actor, now, reason
	a.Check.Proposal, a.Check.SentBack, a.Check.Result = nil, p, ""
	e := a.fact(RejectionReturned, by, now, clause(n, notice.StepCheck), "proposed", p.By.Name)
	e.Reason = reason
	return e, nil
}

func (a *Application) proposal(by org.Actor, act string) (*Rejection, error) {
	if err := a.May(by, act); err != nil {
		return nil, err
	}
	if a.Check.Waits() == nil {
		return nil, event.Refuse(event.Conflict, "no-rejection", "")
	}
	return a.Check.Proposal, nil
}

// supplement is the department's order that is being answered, for an act that needs one.
func (a *Application) supplement(by org.Actor, act, reason string) (*filing.Correction, error) {
	if err := a.May(by, act); err != nil {
		return nil, err
	}
	c := a.Open()
	if c == nil || !a.ordered(*c) {
		return nil, event.Refuse(event.Conflict, "no-supplement", "")
	}
	if strings.TrimSpace(reason) == "" {
		return nil, refuseField("reason-required", "", "reason")
	}
	return c, nil
}

// CancelSupplement takes an unanswered supplement order back: the application returns to
// the check with the version it had.
func (a *Application) CancelSupplement(n *notice.Notice, by org.Actor, reason string, now time.Time) (event.Event, error) {
	if _, err := a.supplement(by, ActCancelSupp, reason); err != nil {
		return event.Event{}, err
	}
	a.closeSupplement(filing.Ending{Way: filing.EndCancelled, Reason: reason, By: &by.Actor, At: now})
	a.State, a.Moved = Checking, now
	e := a.fact(SupplementCancelled, by, now, clause(n, notice.StepCheck))
	e.Reason = reason
	return e, nil
}

// ExtendSupplement gives more time to answer, before or after the date passed.
func (a *Application) ExtendSupplement(n *notice.Notice, by org.Actor, to time.Time, reason string, now time.Time) (event.Event, error) {
	c, err := a.supplement(by, ActExtendSupp, reason)
	if err != nil {
		return event.Event{}, err
	}
	cl := clause(n, notice.StepCheck)
	if !to.After(now) || !to.After(c.Due) {
		return event.Event{}, refuseField("supplement-longer", cl, "due", "due", c.Due.Format(time.RFC3339))
	}
	old := c.Due
	c.Extended = append(c.Extended, filing.Extension{From: old, To: to, Reason: reason, By: by.Actor, At: now})
	c.Due = to
	e := a.fact(SupplementExtended, by, now, cl, "due", to.Format(time.RFC3339))
	e.Before, e.After = map[string]string{"due": old.Format(time.RFC3339)}, map[string]string{"due": to.Format(time.RFC3339)}
	e.Reason = reason
	return e, nil
}

// EndSupplement ends an order whose date passed without an answer: the check goes on with
// the version there was, and what was not mended counts there.
func (a *Application) EndSupplement(n *notice.Notice, by org.Actor, reason string, now time.Time) (event.Event, error) {
	c, err := a.supplement(by, ActEndSupp, reason)
	if err != nil {
		return event.Event{}, err
	}
	cl := clause(n, notice.StepCheck)
	if now.Before(c.Due) {
		return event.Event{}, event.Refuse(event.Closed, "supplement-runs", cl, "due", c.Due.Format(time.RFC3339))
	}
	a.closeSupplement(filing.Ending{Way: filing.EndLapsed, Reason: reason, By: &by.Actor, At: now})
	a.State, a.Moved = Checking, now
	e := a.fact(SupplementEnded, by, now, cl)
	e.Reason = reason
	return e, nil
}

// closeSupplement ends the open correction, if there is one, as if it had not been asked
// for: the applicant's boxes on the version that was handed in stand again, and whatever
// was signed since falls.
func (a *Application) closeSupplement(why filing.Ending) {
	c := a.Open()
	if c == nil {
		return
	}
	a.fall(c.UnitName, why.At, func(o filing.Opinion) bool { return o.Step == 0 })
	for i := range a.Opinions {
		if o := &a.Opinions[i]; o.Step == 0 && o.Version == a.Handed && o.Fallen != nil && o.Fallen.At.Equal(c.At) {
			o.Fallen = nil
		}
	}
	c.Answered, c.Ended = why.At, &why
	a.Prepared, a.Editors = nil, nil
}
