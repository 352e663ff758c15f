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

// A Parcel is one delivery of paper to the receiving centre; it may hold several
// applications (R103). Whether an application is in time is decided by its online act, so
// a parcel is never refused for its date (T24).
type Parcel struct {
	ID       string      `json:"id"`
	Call     string      `json:"call"`
	Number   string      `json:"number"` // of the printed receipt; from the caller
	From     string      `json:"from"`   // who sent it, as written on it
	Carrier  string      `json:"carrier"`
	Sent     string      `json:"sent"`    // day by the postmark, 2006-01-02; "" handed over in person
	Arrived  string      `json:"arrived"` // day, 2006-01-02
	By       event.Actor `json:"by"`      // who took it in
	At       time.Time   `json:"at"`      // when it was logged
	AfterDue bool        `json:"after_due,omitempty"`
	Version  int         `json:"version"`
}

// LogParcel takes in one parcel. p carries what was read off it, its id and number.
func (c *Call) LogParcel(n *notice.Notice, p Parcel, by org.Actor, now time.Time) (Parcel, event.Event, error) {
	if !by.Is(org.Intake) {
		return p, event.Event{}, event.Refuse(event.Forbidden, "wrong-role", n.Delivery.Clause, "role", string(org.Intake))
	}
	var bad event.Refusals
	if strings.TrimSpace(p.From) == "" {
		bad = append(bad, refuseField("required", n.Delivery.Clause, "from", "label", "寄送单位"))
	}
	arrived, err := time.ParseInLocation(time.DateOnly, p.Arrived, beijing)
	if err != nil || arrived.After(now) {
		bad = append(bad, refuseField("paper-arrived", n.Delivery.Clause, "arrived"))
	}
	if sent, err := time.ParseInLocation(time.DateOnly, p.Sent, beijing); p.Sent != "" && (err != nil || sent.After(arrived)) {
		bad = append(bad, refuseField("paper-sent", n.Delivery.Clause, "sent"))
	}
	if err := bad.Or(); err != nil {
		return p, event.Event{}, err
	}
	p.Call, p.By, p.At = c.ID, by.Actor, now
	p.AfterDue = !c.PaperDue.IsZero() && !arrived.Before(c.PaperDue)
	return p, c.fact(ParcelLogged, by, now, n.Delivery.Clause, "receipt", p.Number, "from", p.From, "arrived", p.Arrived), nil
}

// SetPaperDue sets by when the paper copies must be at the centre (T24): after the online
// deadline or with it, with a reason, not from the notice.
func (c *Call) SetPaperDue(n *notice.Notice, to time.Time, reason string, by org.Actor, now time.Time) (event.Event, error) {
	if !by.Is(org.Intake, org.Staff, org.Approver) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", n.Delivery.Clause, "role", string(org.Intake))
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", "", "reason")
	}
	if !to.After(now) {
		return event.Event{}, refuseField("due-required", n.Delivery.Clause, "paper_due")
	}
	old := ""
	if !c.PaperDue.IsZero() {
		old = c.PaperDue.Format(time.RFC3339)
	}
	c.PaperDue = to
	c.Changes = append(c.Changes, Change{"paper_due", old, to.Format(time.RFC3339), reason, by.Actor, now})
	e := c.fact(SettingChanged, by, now, n.Delivery.Clause, "setting", "paper_due")
	e.Before, e.After = map[string]string{"paper_due": old}, map[string]string{"paper_due": to.Format(time.RFC3339)}
	e.Reason = reason
	return e, nil
}

// Fates of a paper copy: it is followed until it has one.
const (
	FateArchived = "archived" // 归档
	FateReturned = "returned" // signed, and given back
)

// A PaperLog is what one parcel held of one application (R100, T22).
type PaperLog struct {
	Parcel   string    `json:"parcel"`
	Receipt  string    `json:"receipt"`
	At       time.Time `json:"at"`
	Form     int       `json:"form"`              // copies of the form
	Evidence int       `json:"evidence"`          // copies of the evidence; none only warns
	Missing  string    `json:"missing,omitempty"` // copies, signatures or seals asked for
	Due      time.Time `json:"due"`               // by when
	Fates    []Fate    `json:"fates,omitempty"`
}

// A Fate says what became of some copies of a parcel.
type Fate struct {
	Fate   string      `json:"fate"`
	Copies int         `json:"copies"`
	To     string      `json:"to,omitempty"` // of returned ones: who got them
	By     event.Actor `json:"by"`
	At     time.Time   `json:"at"`
}

// Left is how many copies of the form still have no fate.
func (p PaperLog) Left() int {
	left := p.Form
	for _, f := range p.Fates {
		left -= f.Copies
	}
	return left
}

// A PaperCount is what the centre's desk counted of one application in a parcel.
type PaperCount struct {
	Code     string // version code, scanned or typed off the paper
	Form     int
	Evidence int
	Missing  string // signatures or seals that are not there
	Due      time.Time
}

// LogPaper counts the copies of one application in a parcel. The code off the paper must
// be that of the version handed in last (W05). Fewer copies than the notice asks for, all
// parcels together, or a missing seal are asked for by a date; paper without evidence only
// warns (T22).
func (a *Application) LogPaper(n *notice.Notice, p Parcel, in PaperCount, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActPaper); err != nil {
		return event.Event{}, err
	}
	if err := a.onPaper(in.Code); err != nil {
		return event.Event{}, err
	}
	cl := n.Delivery.Clause
	var bad event.Refusals
	switch {
	case p.Call != a.Call:
		return event.Event{}, event.Refuse(event.Invalid, "paper-other-call", cl)
	case slices.ContainsFunc(a.Copies, func(l PaperLog) bool { return l.Parcel == p.ID }):
		return event.Event{}, event.Refuse(event.Conflict, "paper-twice", cl, "receipt", p.Number)
	}
	if in.Form < 0 || in.Form > 99 {
		bad = append(bad, refuseField("number-range", cl, "form", "min", "0", "max", "99"))
	}
	if in.Evidence < 0 || in.Evidence > 99 {
		bad = append(bad, refuseField("number-range", cl, "evidence", "min", "0", "max", "99"))
	}
	lacks := n.Delivery.Forms - a.paperForms() - in.Form
	if asked := lacks > 0 || strings.TrimSpace(in.Missing) != ""; asked && !in.Due.After(now) {
		bad = append(bad, refuseField("paper-missing-due", cl, "due", "lacks", itoa(max(0, lacks))))
	} else if !asked {
		in.Due = time.Time{}
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	a.Copies = append(a.Copies, PaperLog{Parcel: p.ID, Receipt: p.Number, At: now, Form: in.Form, Evidence: in.Evidence, Missing: in.Missing, Due: in.Due})
	e := a.fact(PaperLogged, by, now, cl, "receipt", p.Number, "form", itoa(in.Form), "evidence", itoa(in.Evidence), "lacks", itoa(max(0, lacks)))
	if !in.Due.IsZero() {
		e.Kind = PaperAsked
		e.Detail["missing"], e.Detail["due"] = in.Missing, in.Due.Format(time.RFC3339)
	}
	return e, nil
}

// onPaper refuses a code that is not the current version's.
func (a *Application) onPaper(code string) error {
	v, ok := a.Current()
	if !ok {
		return event.Refuse(event.Closed, "nothing-signed", "")
	}
	return sameCode(a, v, code)
}

func (a *Application) paperForms() int {
	sum := 0
	for _, l := range a.Copies {
		sum += l.Form
	}
	return sum
}

// PaperLacks is what the paper still lacks, all parcels together: copies of the form, and
// whether no evidence came, which only warns.
func (a *Application) PaperLacks(n *notice.Notice) (forms int, evidence bool) {
	got := 0
	for _, l := range a.Copies {
		got += l.Evidence
	}
	return max(0, n.Delivery.Forms-a.paperForms()), got < n.Delivery.Evidence
}

// LogFate notes what became of some copies of a parcel.
func (a *Application) LogFate(n *notice.Notice, parcel string, f Fate, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActPaper); err != nil {
		return event.Event{}, err
	}
	cl := n.Delivery.Clause
	i := slices.IndexFunc(a.Copies, func(l PaperLog) bool { return l.Parcel == parcel })
	if i < 0 {
		return event.Event{}, event.Refuse(event.NotFound, "not-found", "")
	}
	switch left := a.Copies[i].Left(); {
	case f.Fate != FateArchived && f.Fate != FateReturned:
		return event.Event{}, refuseField("outcome-required", cl, "fate")
	case f.Copies < 1 || f.Copies > left:
		return event.Event{}, refuseField("paper-left", cl, "copies", "left", itoa(left))
	case f.Fate == FateReturned && strings.TrimSpace(f.To) == "":
		return event.Event{}, refuseField("required", cl, "to", "label", "领取人")
	}
	f.By, f.At = by.Actor, now
	a.Copies[i].Fates = append(a.Copies[i].Fates, f)
	return a.fact(PaperFate, by, now, cl, "receipt", a.Copies[i].Receipt, "fate", f.Fate, "copies", itoa(f.Copies), "to", f.To), nil
}

// sameCode compares a code off paper with a version's and tells an older one apart.
func sameCode(a *Application, v filing.Version, code string) error {
	if filing.SameCode(code, v.Code) {
		return nil
	}
	for _, old := range a.Versions {
		if filing.SameCode(code, old.Code) {
			return refuseField("seal-old-version", "附件", "code", "n", itoa(old.N), "current", v.Code)
		}
	}
	return refuseField("seal-code", "附件", "code", "code", v.Code)
}
