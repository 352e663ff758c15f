package base

import (
	"slices"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// Facts of the two tasks that follow from a recognition (四（三）“同时”, R46).
const (
	PlaqueMade     event.Kind = "base.plaque-made"
	PlaqueHanded   event.Kind = "base.plaque-handed"
	PlaqueRecalled event.Kind = "base.plaque-recalled" // back at the department
	GrantPaid      event.Kind = "base.grant-paid"
	GrantReturned  event.Kind = "base.grant-returned" // the bank sent it back: to be paid again
	GrantRecovered event.Kind = "base.grant-recovered"
)

// A Payment (拨付) is one transfer of start-up money.
type Payment struct {
	Fen      int64       `json:"fen"`
	Date     string      `json:"date"`    // of the transfer, 2006-01-02
	Voucher  string      `json:"voucher"` // number of the voucher
	By       event.Actor `json:"by"`
	At       time.Time   `json:"at"`
	Returned string      `json:"returned,omitempty"` // why the bank sent it back
}

// A Recovery (追回) is start-up money that came back after a determination was withdrawn.
type Recovery struct {
	Fen     int64       `json:"fen"`
	Date    string      `json:"date"`
	Voucher string      `json:"voucher"`
	By      event.Actor `json:"by"`
	At      time.Time   `json:"at"`
}

// A Handover is a plaque that left the department or came back.
type Handover struct {
	To   string      `json:"to"` // who took it, in words
	Date string      `json:"date"`
	By   event.Actor `json:"by"`
	At   time.Time   `json:"at"`
}

// Paid is how much start-up money the base has: paid, not sent back, not recovered. Fen.
func (b *Base) Paid() int64 {
	var fen int64
	for _, p := range b.Payments {
		if p.Returned == "" {
			fen += p.Fen
		}
	}
	for _, r := range b.Recovered {
		fen -= r.Fen
	}
	return fen
}

// PlaqueState is where a plaque is.
type PlaqueState string

const (
	PlaqueToMake   PlaqueState = "to-make"
	PlaqueToHand   PlaqueState = "to-hand" // made
	PlaqueOut      PlaqueState = "out"     // with the base
	PlaqueToRecall PlaqueState = "to-recall"
	PlaqueBack     PlaqueState = "back"
)

// PlaqueStates are all, in the order of the way.
var PlaqueStates = []PlaqueState{PlaqueToMake, PlaqueToHand, PlaqueOut, PlaqueToRecall, PlaqueBack}

// PlaqueAt is where the base's plaque is.
func (b *Base) PlaqueAt() PlaqueState {
	p := b.Plaque
	switch {
	case p.Recalled != nil:
		return PlaqueBack
	case b.State == Withdrawn && p.Handed != nil:
		return PlaqueToRecall
	case b.State == Withdrawn:
		return PlaqueBack
	case p.Handed != nil:
		return PlaqueOut
	case p.Made != "":
		return PlaqueToHand
	}
	return PlaqueToMake
}

// GrantState is how far the start-up money is.
type GrantState string

const (
	GrantNone      GrantState = "none" // none was given
	GrantToPay     GrantState = "to-pay"
	GrantDone      GrantState = "paid"
	GrantToRecover GrantState = "to-recover"
	GrantBack      GrantState = "recovered"
)

// GrantStates are all, in the order of the way.
var GrantStates = []GrantState{GrantNone, GrantToPay, GrantDone, GrantToRecover, GrantBack}

// GrantAt is how far the start-up money is.
func (b *Base) GrantAt() GrantState {
	switch {
	case b.State == Withdrawn && b.Paid() > 0:
		return GrantToRecover
	case b.State == Withdrawn && len(b.Recovered) > 0:
		return GrantBack
	case b.GrantFen == 0 || b.State == Withdrawn:
		return GrantNone
	case b.Paid() >= b.GrantFen:
		return GrantDone
	}
	return GrantToPay
}

func (b *Base) fact(k event.Kind, n *notice.Notice, by org.Actor, now time.Time, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "base", ID: b.ID}, Call: b.Call, By: by.Actor, At: now, Outcome: event.OK,
		Clause: n.Recognition.Clause, Notice: n.SHA256, Detail: map[string]string{"base": b.Name, "unit": b.HostName}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

func refuse(kind, field string, args ...string) *event.Refusal {
	r := event.Refuse(event.Invalid, kind, "", args...)
	r.Field = field
	return r
}

// beijing is the clock of the dates, wherever now comes from: the day begins eight hours
// before that of UTC.
var beijing = time.FixedZone("Asia/Shanghai", 8*3600)

// on reports why a date is none, or lies after today: what is recorded has happened.
func on(date string, now time.Time) error {
	d, err := time.ParseInLocation(time.DateOnly, date, beijing)
	if err != nil {
		return refuse("date", "date")
	}
	if d.After(now) {
		return refuse("date-ahead", "date")
	}
	return nil
}

func role(by org.Actor, want ...org.Role) error {
	if !by.Is(want...) {
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(want[0]))
	}
	return nil
}

// MakePlaque records that the plaque is made, with the notice's text, word for word.
func (b *Base) MakePlaque(n *notice.Notice, date string, by org.Actor, now time.Time) (event.Event, error) {
	if err := role(by, org.Staff); err != nil {
		return event.Event{}, err
	}
	if b.PlaqueAt() != PlaqueToMake {
		return event.Event{}, event.Refuse(event.Closed, "plaque-state", "", "plaque-state", string(b.PlaqueAt()))
	}
	if err := on(date, now); err != nil {
		return event.Event{}, err
	}
	b.Plaque.Made = date
	return b.fact(PlaqueMade, n, by, now, "plaque", b.Plaque.Number), nil
}

// HandPlaque records to whom the plaque was handed over, and when (授牌, R44).
func (b *Base) HandPlaque(n *notice.Notice, to, date string, by org.Actor, now time.Time) (event.Event, error) {
	if err := role(by, org.Staff); err != nil {
		return event.Event{}, err
	}
	if b.PlaqueAt() != PlaqueToHand {
		return event.Event{}, event.Refuse(event.Closed, "plaque-state", "", "plaque-state", string(b.PlaqueAt()))
	}
	if strings.TrimSpace(to) == "" {
		return event.Event{}, refuse("plaque-to", "to")
	}
	if err := on(date, now); err != nil {
		return event.Event{}, err
	}
	if date < b.Plaque.Made {
		return event.Event{}, refuse("plaque-before-made", "date", "made", b.Plaque.Made)
	}
	b.Plaque.Handed = &Handover{To: to, Date: date, By: by.Actor, At: now}
	return b.fact(PlaqueHanded, n, by, now, "plaque", b.Plaque.Number, "to", to), nil
}

// RecallPlaque records that a plaque is back after the title ended.
func (b *Base) RecallPlaque(n *notice.Notice, from, date string, by org.Actor, now time.Time) (event.Event, error) {
	if err := role(by, org.Staff); err != nil {
		return event.Event{}, err
	}
	if b.PlaqueAt() != PlaqueToRecall {
		return event.Event{}, event.Refuse(event.Closed, "plaque-state", "", "plaque-state", string(b.PlaqueAt()))
	}
	if strings.TrimSpace(from) == "" {
		return event.Event{}, refuse("plaque-from", "to")
	}
	if err := on(date, now); err != nil {
		return event.Event{}, err
	}
	b.Plaque.Recalled = &Handover{To: from, Date: date, By: by.Actor, At: now}
	return b.fact(PlaqueRecalled, n, by, now, "plaque", b.Plaque.Number, "from", from), nil
}

// Pay records a transfer of start-up money. More than was granted can't be paid.
func (b *Base) Pay(n *notice.Notice, p Payment, by org.Actor, now time.Time) (event.Event, error) {
	if err := role(by, org.Finance); err != nil {
		return event.Event{}, err
	}
	if b.GrantAt() != GrantToPay {
		return event.Event{}, event.Refuse(event.Closed, "grant-state", "", "grant-state", string(b.GrantAt()))
	}
	var bad event.Refusals
	if p.Fen <= 0 || p.Fen > b.GrantFen-b.Paid() {
		bad = append(bad, refuse("grant-amount", "fen"))
	}
	if strings.TrimSpace(p.Voucher) == "" {
		bad = append(bad, refuse("voucher-required", "voucher"))
	} else if slices.ContainsFunc(b.Payments, func(x Payment) bool { return x.Voucher == p.Voucher }) {
		bad = append(bad, refuse("voucher-used", "voucher"))
	}
	if err := on(p.Date, now); err != nil {
		bad = append(bad, err.(*event.Refusal))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	p.By, p.At = by.Actor, now
	b.Payments = append(b.Payments, p)
	return b.fact(GrantPaid, n, by, now, "fen", yuan(p.Fen), "voucher", p.Voucher), nil
}

// Bounce records that the bank sent a transfer back, and why: it is to be paid again.
func (b *Base) Bounce(n *notice.Notice, voucher, why string, by org.Actor, now time.Time) (event.Event, error) {
	if err := role(by, org.Finance); err != nil {
		return event.Event{}, err
	}
	i := slices.IndexFunc(b.Payments, func(x Payment) bool { return x.Voucher == voucher && x.Returned == "" })
	if i < 0 {
		return event.Event{}, event.Refuse(event.NotFound, "not-found", "")
	}
	if strings.TrimSpace(why) == "" {
		return event.Event{}, refuse("reason-required", "why")
	}
	b.Payments[i].Returned = why
	e := b.fact(GrantReturned, n, by, now, "fen", yuan(b.Payments[i].Fen), "voucher", voucher)
	e.Reason = why
	return e, nil
}

// Recover records start-up money that came back after the determination was withdrawn.
func (b *Base) Recover(n *notice.Notice, r Recovery, by org.Actor, now time.Time) (event.Event, error) {
	if err := role(by, org.Finance); err != nil {
		return event.Event{}, err
	}
	if b.GrantAt() != GrantToRecover {
		return event.Event{}, event.Refuse(event.Closed, "grant-state", "", "grant-state", string(b.GrantAt()))
	}
	var bad event.Refusals
	if r.Fen <= 0 || r.Fen > b.Paid() {
		bad = append(bad, refuse("grant-amount", "fen"))
	}
	if strings.TrimSpace(r.Voucher) == "" {
		bad = append(bad, refuse("voucher-required", "voucher"))
	}
	if err := on(r.Date, now); err != nil {
		bad = append(bad, err.(*event.Refusal))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	r.By, r.At = by.Actor, now
	b.Recovered = append(b.Recovered, r)
	return b.fact(GrantRecovered, n, by, now, "fen", yuan(r.Fen), "voucher", r.Voucher), nil
}
