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

// Facts of a unit's choice among its candidates.
const (
	CandidatesRanked event.Kind = "call.candidates-ranked"
	KeptWaiting      event.Kind = "application.kept-waiting"
)

// A Ranking is the order in which a unit sees its candidates, before it chooses (R97).
// It binds nobody: what binds is the signed opinion.
type Ranking struct {
	Unit  org.UnitID  `json:"unit"`
	Order []ID        `json:"order"` // best first
	Note  string      `json:"note"`  // how the order was found
	By    event.Actor `json:"by"`
	At    time.Time   `json:"at"`
}

// Place is the rank of a candidate, from 1; 0 when it was not ranked.
func (r Ranking) Place(id ID) int { return slices.Index(r.Order, id) + 1 }

// Rank keeps the order of the candidates that u holds: every one has a rank of its own.
func (c *Call) Rank(u org.Unit, held []ID, ranks map[ID]int, note string, by org.Actor, now time.Time) (Ranking, event.Event, error) {
	switch {
	case !by.Holds(org.Clerk, u.ID):
		return Ranking{}, event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Clerk))
	case c.State != CallOpen:
		return Ranking{}, event.Event{}, event.Refuse(event.Closed, "call-not-open", "")
	case len(held) == 0:
		return Ranking{}, event.Event{}, event.Refuse(event.Closed, "no-candidates", "")
	}
	var bad event.Refusals
	order := make([]ID, len(held))
	for _, id := range held {
		n := ranks[id]
		if n < 1 || n > len(held) || order[n-1] != "" {
			bad = append(bad, refuseField("rank-each-once", "", "rank."+string(id), "n", itoa(len(held))))
			continue
		}
		order[n-1] = id
	}
	if strings.TrimSpace(note) == "" {
		bad = append(bad, refuseField("rank-note", "", "note"))
	}
	if err := bad.Or(); err != nil {
		return Ranking{}, event.Event{}, err
	}
	r := Ranking{Unit: u.ID, Order: order, Note: strings.TrimSpace(note), By: by.Actor, At: now}
	e := c.fact(CandidatesRanked, by, now, "", "unit", u.Name, "candidates", itoa(len(order)))
	e.Reason = r.Note
	return r, e, nil
}

// Keep tells a candidate that another one took the unit's place and that it stays here in
// case the place is free again; the unit says why (R97). Nothing else changes.
func (a *Application) Keep(n *notice.Notice, by org.Actor, reason string, now time.Time) (event.Event, error) {
	if err := a.May(by, ActKeep); err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", "", "reason")
	}
	e := a.fact(KeptWaiting, by, now, n.Quota.Clause, "holder", a.HolderName())
	e.Reason = reason
	return e, nil
}

// What a reminder is about.
const (
	AboutOpening      = "opening"      // the call was not opened yet (R6)
	AboutRecommending = "recommending" // nobody recommended, none reported (R104)
)

// Remind is the department reminding units, or the clock doing so. behind are their
// names; days is how long there is until the deadline, 0 when it is not the clock.
func (c *Call) Remind(n *notice.Notice, about string, behind []string, days int, by org.Actor, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Staff, org.Approver) && by.Role != event.System.Role:
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", n.Delivery.Clause, "role", string(org.Staff))
	case c.State != CallOpen:
		return event.Event{}, event.Refuse(event.Closed, "call-not-open", "")
	case len(behind) == 0:
		return event.Event{}, event.Refuse(event.Closed, "nobody-behind", "")
	}
	return c.fact(Reminded, by, now, n.Delivery.Clause, "about", about, "units", itoa(len(behind)), "names", strings.Join(behind, "、"),
		"days", itoa(days), "deadline", c.Deadline.Format(time.RFC3339)), nil
}

var beijing = time.FixedZone("Asia/Shanghai", 8*3600)

// ReminderDue is the reminder that the clock owes now: from eight in the morning so many
// days before the last day on which something can be sent up, as the deadline stands. Only the nearest one is sent, once; past are the call's reminders so far.
func (c *Call) ReminderDue(past []event.Event, now time.Time) (days int, due bool) {
	if c.State != CallOpen || !now.Before(c.Deadline) {
		return 0, false
	}
	year, month, last := c.Deadline.Add(-time.Nanosecond).In(beijing).Date()
	for _, d := range c.Settings.ReminderDays {
		if !now.Before(time.Date(year, month, last-d, 8, 0, 0, 0, beijing)) && (days == 0 || d < days) {
			days = d
		}
	}
	if days == 0 {
		return 0, false
	}
	sent := slices.ContainsFunc(past, func(e event.Event) bool {
		return e.Kind == Reminded && e.Detail["days"] == itoa(days) && e.Detail["deadline"] == c.Deadline.Format(time.RFC3339)
	})
	return days, !sent
}

// Standing says how far a recommending unit is in a call. locale has "standing.<standing>".
type Standing string

const (
	StandRecommended Standing = "recommended"
	StandNone        Standing = "none"   // reported none (零报告)
	StandHolds       Standing = "holds"  // has a candidate on its own desk
	StandBelow       Standing = "below"  // candidates are in work below it
	StandNothing     Standing = "yet"    // none yet
	StandLate        Standing = "late"   // the deadline passed, and nothing came
	StandOpened      Standing = "opened" // none yet, but the call was read there
)

// Standings are all of them, in the order of a count.
var Standings = []Standing{StandRecommended, StandNone, StandHolds, StandBelow, StandOpened, StandNothing, StandLate}

// Stand is the standing of unit u, given its places, its report, the applications that go
// by it and whether it opened the call.
func (c *Call) Stand(u org.UnitID, places []Place, none bool, rows []Row, opened bool, now time.Time) Standing {
	holds := slices.ContainsFunc(rows, func(x Row) bool { return x.State == Moving && x.Holder == u })
	below := slices.ContainsFunc(rows, func(x Row) bool { return !x.State.Final() })
	switch {
	case Taken(places) > 0:
		return StandRecommended
	case none:
		return StandNone
	case !now.Before(c.Deadline):
		return StandLate
	case holds:
		return StandHolds
	case below:
		return StandBelow
	case opened:
		return StandOpened
	}
	return StandNothing
}

// Behind reports whether a unit in this standing is to be reminded (R104).
func (s Standing) Behind() bool { return s != StandRecommended && s != StandNone }

// Blocks reports whether an application keeps the call from closing (R10). A draft that
// was never handed in does so only while it still can be.
func (c *Call) Blocks(x Row, now time.Time) bool {
	if x.State.Final() {
		return false
	}
	return !x.Submitted.IsZero() || now.Before(c.Deadline) || c.hasLeave(x.Unit, now)
}

// MayFollow reports why by can't read how a call is going, or nil: the department's staff
// and approver follow it.
func MayFollow(by org.Actor) error {
	if by.Is(org.Staff, org.Approver) {
		return nil
	}
	return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
}

// Exported is the fact that somebody took the list of exceptions away.
func (c *Call) Exported(by org.Actor, now time.Time) event.Event {
	return c.fact(ExceptionsExports, by, now, "")
}

// MayDraftCall reports why by can't keep the draft of a call, or nil.
func MayDraftCall(by org.Actor) error {
	if by.Is(org.Staff) {
		return nil
	}
	return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
}

// MayAmend reports why by can't publish a further revision, or nil.
func (c *Call) MayAmend(by org.Actor) error {
	switch {
	case !by.Is(org.Approver):
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Approver))
	case c.State != CallOpen:
		return event.Refuse(event.Closed, "call-state", "", "state", string(c.State))
	}
	return nil
}

// FallsOnReturn are the standing opinions that a return by the holder makes fall: its own,
// the applicant's, and any above; those below it stay (design §3).
func (a *Application) FallsOnReturn() []filing.Opinion {
	var out []filing.Opinion
	for _, o := range a.Opinions {
		if o.Stands() && (o.Step >= a.At || o.Step == 0) {
			out = append(out, o)
		}
	}
	return out
}

// Level is the step of by's unit on the route as a level, 0 when it is none: the levels
// read what comes to them and write opinions.
func (a *Application) Level(by org.Actor) int {
	if !by.Is(org.Clerk, org.Principal) {
		return 0
	}
	return max(0, slices.IndexFunc(a.Route.Steps, func(s org.Step) bool { return string(s.Unit) == by.Unit }))
}
