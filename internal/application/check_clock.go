package application

import (
	"cmp"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/workday"
)

// Lights of the check's clock. locale has "light.<light>": pages say it in words.
const (
	LightOK     = "ok"     // more than soonDays are left
	LightSoon   = "soon"   // soonDays or fewer are left, the last day included
	LightLate   = "late"   // the last day has passed
	LightPaused = "paused" // with the applicant for the first supplement
	LightDone   = "done"   // the check has ended
)

// Lights are all lights.
var Lights = []string{LightOK, LightSoon, LightLate, LightPaused, LightDone}

// soonDays is how many working days before the end the light turns.
const soonDays = 3

// A CheckClock is how long the department has had the material, in working days: those
// after the day of receipt, without those of one pause, the first supplement's. Later
// rounds run on: who asks well asks once. The number of days is the call's, not the
// notice's.
type CheckClock struct {
	From   time.Time // receipt
	Limit  int
	Used   int
	Left   int       // negative: so many working days late
	Waited int       // working days of the pause
	Due    time.Time // end of the last day, half-open; zero while it is paused
	Light  string

	Unannounced []int // years of Due whose holidays are not announced yet
}

// CheckClock is the clock of a's check at now, by the working days of cal; days are taken
// in Beijing. ok is false before it came to the department.
func (a *Application) CheckClock(set notice.Settings, cal workday.Calendar, now time.Time) (c CheckClock, ok bool) {
	if a.Received.IsZero() {
		return c, false
	}
	c = CheckClock{From: a.Received, Limit: cmp.Or(set.CheckDays, notice.DefaultSettings().CheckDays)} // 0: a call from before there was one
	end, running := a.checkEnd(now)
	from, until := a.pause()
	if !from.IsZero() {
		if until.IsZero() {
			until = end
		}
		c.Waited = cal.Between(dayOf(from), dayOf(until), false)
	}
	c.Used = cal.Between(dayOf(a.Received), dayOf(end), false) - c.Waited
	c.Left = c.Limit - c.Used
	paused := running && !from.IsZero() && a.Open() != nil && a.Open().At.Equal(from)
	if !paused {
		last := cal.Add(dayOf(a.Received), c.Limit+c.Waited, false)
		c.Due, c.Unannounced = (last.End + 1).In(beijing), last.Unannounced
	}
	switch {
	case !running:
		c.Light = LightDone
	case paused:
		c.Light = LightPaused
	case c.Left < 0:
		c.Light = LightLate
	case c.Left <= soonDays:
		c.Light = LightSoon
	default:
		c.Light = LightOK
	}
	return c, true
}

// pause is the time of the first supplement that the department ordered; until is zero
// while it is open.
func (a *Application) pause() (from, until time.Time) {
	for _, r := range a.Returns {
		if a.ordered(r) && !r.At.Before(a.Received) {
			return r.At, r.Answered
		}
	}
	return from, until
}

// checkEnd is until when the check ran, and whether it still does.
func (a *Application) checkEnd(now time.Time) (end time.Time, running bool) {
	switch {
	case a.State == Checking || a.HoldsPlace() && a.State.WithApplicant():
		return now, true
	case a.End != nil && (a.Check == nil || a.Check.Result != CheckPass):
		return a.End.At, false
	case a.Check != nil && !a.Check.At.IsZero():
		return a.Check.At, false
	}
	return a.Moved, false
}

func dayOf(t time.Time) workday.Date { return workday.On(t.In(beijing)) }

// SupplementDue is the period that is proposed for a supplement ordered now: the first
// working day is after today.
func SupplementDue(set notice.Settings, cal workday.Calendar, now time.Time) workday.Span {
	return cal.Add(dayOf(now), set.SupplementDays, false)
}

// Overdue is the department's order that was not answered in time, or nil.
func (a *Application) Overdue(now time.Time) *filing.Correction {
	if c := a.Open(); c != nil && a.ordered(*c) && !now.Before(c.Due) {
		return c
	}
	return nil
}

// Supplements are the ones that the department ordered, in order.
func (a *Application) Supplements() []filing.Correction {
	var out []filing.Correction
	for _, c := range a.Returns {
		if a.ordered(c) {
			out = append(out, c)
		}
	}
	return out
}

// CheckRules are what a call sets for its material check; the notice says nothing of them.
type CheckRules struct {
	CheckDays      int
	SupplementDays int
	SiteVisit      bool
}

// SetCheckRules sets them, with a reason (T6). What did not change leaves no trace.
func (c *Call) SetCheckRules(n *notice.Notice, x CheckRules, reason string, by org.Actor, now time.Time) (event.Event, error) {
	cl := clause(n, notice.StepCheck)
	if !by.Is(org.Staff, org.Approver) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", cl, "role", string(org.Staff))
	}
	if c.State == CallDone {
		return event.Event{}, event.Refuse(event.Closed, "call-state", "", "state", string(c.State))
	}
	var bad event.Refusals
	for _, set := range []struct {
		field string
		days  int
	}{{"check_days", x.CheckDays}, {"supplement_days", x.SupplementDays}} {
		if set.days < 1 || set.days > 90 {
			bad = append(bad, refuseField("number-range", cl, set.field, "min", "1", "max", "90"))
		}
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	if err := exception(by, reason, now); err != nil {
		return event.Event{}, err
	}
	s := &c.Settings
	e := c.fact(SettingChanged, by, now, cl, "setting", "check_days")
	e.Before, e.After, e.Reason = map[string]string{}, map[string]string{}, reason
	for _, set := range []struct{ what, old, new string }{
		{"check_days", itoa(s.CheckDays), itoa(x.CheckDays)}, {"supplement_days", itoa(s.SupplementDays), itoa(x.SupplementDays)},
		{"site_visit", yesNo(s.SiteVisit), yesNo(x.SiteVisit)}} {
		if set.old != set.new {
			c.Changes = append(c.Changes, Change{set.what, set.old, set.new, reason, by.Actor, now})
			e.Before[set.what], e.After[set.what] = set.old, set.new
			e.Detail["setting"] = set.what
		}
	}
	if len(e.After) == 0 {
		return event.Event{}, refuseField("setting-same", cl, "check_days")
	}
	s.CheckDays, s.SupplementDays, s.SiteVisit = x.CheckDays, x.SupplementDays, x.SiteVisit
	return e, nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
