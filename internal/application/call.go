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

// Facts of a call.
const (
	CallDrafted       event.Kind = "call.drafted"
	CallProposed      event.Kind = "call.proposed"
	CallPublished     event.Kind = "call.published"
	CallAmended       event.Kind = "call.amended"
	CallForwarded     event.Kind = "call.forwarded"
	CallOpened        event.Kind = "call.opened" // an addressee opened it
	NoneReported      event.Kind = "call.none-reported"
	DeadlineMoved     event.Kind = "call.deadline-moved"
	SettingChanged    event.Kind = "call.setting-changed"
	PlaceGranted      event.Kind = "call.place-granted"
	Reminded          event.Kind = "call.reminded"
	CallClosed        event.Kind = "call.closed"
	ParcelLogged      event.Kind = "call.parcel-logged"
	LeaveGiven        event.Kind = "call.leave-given" // to come after the deadline
	ExceptionsExports event.Kind = "call.exported"
)

// Exceptional are the facts that depart from the ordinary way: one page and one export
// show them all, with person, reason and clause (R99, R96, R19).
var Exceptional = []event.Kind{PlaceGranted, LateAdmitted, LeaveGiven, DeadlineMoved, SettingChanged, AccountRevealed, FileQuarantined,
	SupplementCancelled, SupplementExtended, MovedToRevision, CallAmended}

// IsException reports whether e belongs on the exceptions page: an exceptional act, a
// departure from rank, grants above the budget, or any act by delegation.
func IsException(e event.Event) bool {
	for _, k := range Exceptional {
		if e.Kind == k {
			return true
		}
	}
	return e.By.For != "" || e.Detail["departure"] != "" || e.Detail["over_budget"] != ""
}

// CallState is where a call is.
type CallState string

const (
	CallDraft CallState = "draft"    // a checked notice, not yet proposed
	CallAsked CallState = "proposed" // waits for the second person
	CallOpen  CallState = "open"
	CallDone  CallState = "closed" // every application has a final status (R10)
)

// A Call (申报工作) is one published notice at work: its revisions, its deadlines, and
// what the notice leaves open, set by acts of the department.
type Call struct {
	ID        string          `json:"id"`
	Number    string          `json:"number"` // 文号
	Title     string          `json:"title"`
	State     CallState       `json:"state"`
	Notice    string          `json:"notice"` // sha256 of the current revision
	Revisions []Revision      `json:"revisions"`
	Deadline  time.Time       `json:"deadline"`  // closing instant for recommending, half-open
	PaperDue  time.Time       `json:"paper_due"` // of the paper copies, set by the centre (T24); zero: not set
	Settings  notice.Settings `json:"settings"`
	Changes   []Change        `json:"changes"` // what was set, by whom, why
	Leaves    []Leave         `json:"leaves"`  // units that may come after the deadline
	Proposed  *event.Actor    `json:"proposed,omitempty"`
	Published time.Time       `json:"published"`
	Closed    time.Time       `json:"closed"`
	Version   int             `json:"version"`
}

// A Revision is one published text of the call.
type Revision struct {
	N      int       `json:"n"`
	SHA256 string    `json:"sha256"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// A Change is a setting that the department made, not from the notice.
type Change struct {
	What   string      `json:"what"` // "deadline", or a setting's name
	Old    string      `json:"old"`
	New    string      `json:"new"`
	Reason string      `json:"reason"`
	By     event.Actor `json:"by"`
	At     time.Time   `json:"at"`
}

// A Leave is the department's leave for one unit to come after the deadline, whether or
// not it has begun an application (R99).
type Leave struct {
	Unit     org.UnitID  `json:"unit"`
	UnitName string      `json:"unit_name"`
	Until    time.Time   `json:"until"`
	Reason   string      `json:"reason"`
	By       event.Actor `json:"by"`
	At       time.Time   `json:"at"`
}

// GiveLeave lets unit u apply, and its application go up, after the deadline until a date,
// with a reason. For an application that is already on its way AdmitLate does the same.
func (c *Call) GiveLeave(n *notice.Notice, u org.Unit, until time.Time, reason string, by org.Actor, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Approver):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", n.Delivery.Clause, "role", string(org.Approver))
	case c.State != CallOpen:
		return event.Event{}, event.Refuse(event.Closed, "call-not-open", "")
	case !u.MayApply():
		return event.Event{}, event.Refuse(event.Invalid, "unit-cannot-apply", n.Delivery.Clause, "unit", u.Name)
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	if !until.After(now) {
		return event.Event{}, refuseField("due-required", n.Delivery.Clause, "until")
	}
	c.Leaves = append(c.Leaves, Leave{Unit: u.ID, UnitName: u.Name, Until: until, Reason: reason, By: by.Actor, At: now})
	e := c.fact(LeaveGiven, by, now, n.Delivery.Clause, "unit", u.Name, "until", until.Format(time.RFC3339))
	e.Reason = reason
	return e, nil
}

// Accepts reports whether unit u can still begin an application: before the deadline, or
// after it by leave.
func (c *Call) Accepts(u org.UnitID, now time.Time) bool {
	return c.State == CallOpen && (now.Before(c.Deadline) || c.hasLeave(u, now))
}

func (c *Call) hasLeave(u org.UnitID, now time.Time) bool {
	return slices.ContainsFunc(c.Leaves, func(l Leave) bool { return l.Unit == u && now.Before(l.Until) })
}

func (c *Call) fact(k event.Kind, by org.Actor, now time.Time, clause string, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "call", ID: c.ID}, Call: c.ID, Outcome: event.OK, By: by.Actor, At: now,
		Clause: clause, Notice: c.Notice, Detail: map[string]string{"number": c.Number}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

// NewCall makes the draft of a call from a checked notice.
func NewCall(id string, n *notice.Notice, by org.Actor, now time.Time) (*Call, event.Event, error) {
	if !by.Is(org.Staff) {
		return nil, event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	if err := filing.CheckForm(n); err != nil {
		return nil, event.Event{}, err
	}
	c := &Call{ID: id, Number: n.Number.Text, Title: n.Title, State: CallDraft, Notice: n.SHA256, Deadline: n.Delivery.Deadline,
		Settings: notice.DefaultSettings(), Revisions: []Revision{{N: 1, SHA256: n.SHA256, At: now}}}
	return c, c.fact(CallDrafted, by, now, ""), nil
}

// Propose asks the approver to publish.
func (c *Call) Propose(by org.Actor, now time.Time) (event.Event, error) {
	if !by.Is(org.Staff) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	if c.State != CallDraft {
		return event.Event{}, event.Refuse(event.Closed, "call-state", "", "state", string(c.State))
	}
	c.State, c.Proposed = CallAsked, &by.Actor
	return c.fact(CallProposed, by, now, ""), nil
}

// Publish opens the call: the second person, with a fresh sign-in. A published text never
// changes again.
func (c *Call) Publish(by org.Actor, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Approver):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Approver))
	case c.State != CallAsked:
		return event.Event{}, event.Refuse(event.Closed, "call-state", "", "state", string(c.State))
	case c.Proposed == nil || org.SamePerson(by.Actor, *c.Proposed):
		return event.Event{}, event.Refuse(event.Forbidden, "two-persons", "")
	case !now.Before(c.Deadline):
		return event.Event{}, event.Refuse(event.Closed, "deadline-past", "")
	case !by.Fresh(now):
		return event.Event{}, event.Refuse(event.Forbidden, "sign-in-again", "")
	}
	c.State, c.Published = CallOpen, now
	return c.fact(CallPublished, by, now, ""), nil
}

// MoveDeadline sets another closing instant, with a reason (R98, R99).
func (c *Call) MoveDeadline(n *notice.Notice, to time.Time, reason string, by org.Actor, now time.Time) (event.Event, error) {
	if !by.Is(org.Approver) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", n.Delivery.Clause, "role", string(org.Approver))
	}
	if c.State == CallDone {
		return event.Event{}, event.Refuse(event.Closed, "call-state", "", "state", string(c.State))
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	if !to.After(now) {
		return event.Event{}, refuseField("due-required", n.Delivery.Clause, "deadline")
	}
	old := c.Deadline
	c.Deadline = to
	c.Changes = append(c.Changes, Change{"deadline", old.Format(time.RFC3339), to.Format(time.RFC3339), reason, by.Actor, now})
	e := c.fact(DeadlineMoved, by, now, n.Delivery.Clause)
	e.Before, e.After = map[string]string{"deadline": old.Format(time.RFC3339)}, map[string]string{"deadline": to.Format(time.RFC3339)}
	e.Reason = reason
	return e, nil
}

// SetOpinionMin sets the least length of an opinion, a parameter that the notice leaves
// open (R106).
func (c *Call) SetOpinionMin(least int, reason string, by org.Actor, now time.Time) (event.Event, error) {
	if !by.Is(org.Staff, org.Approver) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	if least < 1 || least > 500 {
		return event.Event{}, refuseField("number-range", "", "value", "min", "1", "max", "500")
	}
	old := itoa(c.Settings.OpinionMin)
	c.Settings.OpinionMin = least
	c.Changes = append(c.Changes, Change{"opinion_min", old, itoa(least), reason, by.Actor, now})
	e := c.fact(SettingChanged, by, now, "", "setting", "opinion_min")
	e.Before, e.After = map[string]string{"opinion_min": old}, map[string]string{"opinion_min": itoa(least)}
	e.Reason = reason
	return e, nil
}

// GrantPlace gives a recommender one place more, with a reason (R96).
func (c *Call) GrantPlace(n *notice.Notice, u org.Unit, reason string, by org.Actor, now time.Time) (event.Event, error) {
	if !by.Is(org.Approver) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", n.Quota.Clause, "role", string(org.Approver))
	}
	if !u.Recommends() {
		return event.Event{}, event.Refuse(event.Invalid, "not-recommender", n.Quota.Clause, "unit", u.Name)
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	e := c.fact(PlaceGranted, by, now, n.Quota.Clause, "unit", u.Name)
	e.Reason = reason
	return e, nil
}

// Amend publishes a further revision. Open applications keep theirs until an act moves
// them.
func (c *Call) Amend(n *notice.Notice, reason string, by org.Actor, now time.Time) (event.Event, error) {
	if !by.Is(org.Approver) || c.State != CallOpen {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Approver))
	}
	if n.Number.Text != c.Number {
		return event.Event{}, event.Refuse(event.Invalid, "amend-number", "", "number", c.Number)
	}
	if err := filing.CheckForm(n); err != nil {
		return event.Event{}, err
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	c.Notice = n.SHA256
	c.Revisions = append(c.Revisions, Revision{N: len(c.Revisions) + 1, SHA256: n.SHA256, At: now, Reason: reason})
	e := c.fact(CallAmended, by, now, "")
	e.Reason = reason
	return e, nil
}

// Close ends the call. open are the applications without a final status: while there is
// one, it stays open, and the page shows which (R10).
func (c *Call) Close(open int, by org.Actor, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Staff, org.Approver):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case c.State != CallOpen:
		return event.Event{}, event.Refuse(event.Closed, "call-state", "", "state", string(c.State))
	case open > 0:
		return event.Event{}, event.Refuse(event.Closed, "call-not-finished", "", "open", itoa(open))
	}
	c.State, c.Closed = CallDone, now
	return c.fact(CallClosed, by, now, ""), nil
}

// A Forwarding (转发) is a level's own letter to those below it.
type Forwarding struct {
	Unit     org.UnitID `json:"unit"`
	UnitName string     `json:"unit_name"`
	Number   string     `json:"number"` // its own document number; may be empty
	Letter   string     `json:"letter"`
	Contact  string     `json:"contact"`
	Phone    string     `json:"phone"`
	Inner    time.Time  `json:"inner"` // its own deadline for what comes from below
	At       time.Time  `json:"at"`
}

// Forward sends the call below with a letter, a contact and an inner date, which must be
// earlier than the date above it (R98). above is zero where the level above set none.
func (c *Call) Forward(f Forwarding, n *notice.Notice, above time.Time, by org.Actor, now time.Time) (event.Event, error) {
	var bad event.Refusals
	limit := c.Deadline
	if !above.IsZero() && above.Before(limit) {
		limit = above
	}
	switch {
	case !by.In(f.Unit):
		return event.Event{}, event.Refuse(event.Forbidden, "not-your-unit", "")
	case c.State != CallOpen:
		return event.Event{}, event.Refuse(event.Closed, "call-not-open", "")
	case strings.TrimSpace(f.Letter) == "":
		bad = append(bad, refuseField("required", "", "letter"))
	}
	if strings.TrimSpace(f.Contact) == "" {
		bad = append(bad, refuseField("required", "", "contact"))
	}
	if strings.TrimSpace(f.Phone) == "" {
		bad = append(bad, refuseField("required", "", "phone"))
	}
	if f.Inner.IsZero() || !f.Inner.After(now) || !f.Inner.Before(limit) {
		bad = append(bad, refuseField("inner-deadline", n.Delivery.Clause, "inner", "limit", limit.Format(time.RFC3339)))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	e := c.fact(CallForwarded, by, now, n.Delivery.Clause, "inner", f.Inner.Format(time.RFC3339), "letter", f.Number)
	e.On = event.Subject{Kind: "call", ID: c.ID}
	return e, nil
}

// A NoneReport (零报告) says that a recommender has nobody to recommend.
type NoneReport struct {
	Unit     org.UnitID  `json:"unit"`
	UnitName string      `json:"unit_name"`
	Reason   string      `json:"reason"`
	By       event.Actor `json:"by"`
	At       time.Time   `json:"at"`
}

// ReportNone records it. recommended is whether the unit already recommended one.
func (c *Call) ReportNone(n *notice.Notice, u org.Unit, recommended bool, reason string, by org.Actor, now time.Time) (event.Event, error) {
	switch {
	case !by.Holds(org.Principal, u.ID) || !u.Recommends():
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", n.Quota.Clause, "role", string(org.Principal))
	case recommended:
		return event.Event{}, event.Refuse(event.Conflict, "already-recommended", n.Quota.Clause)
	case c.State != CallOpen || !now.Before(c.Deadline):
		return event.Event{}, late(n, c.Deadline)
	case strings.TrimSpace(reason) == "":
		return event.Event{}, refuseField("reason-required", "", "reason")
	}
	e := c.fact(NoneReported, by, now, n.Quota.Clause, "unit", u.Name)
	e.Reason = reason
	return e, nil
}
