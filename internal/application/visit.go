package application

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// A Visit (现场考察) is the department's look at a place, beside the check or before the
// review (R40, “等程序”). The call says whether it is used. The unit is told beforehand;
// what was found is for those who review and decide.
type Visit struct {
	N       int            `json:"n"`    // from 1
	Date    string         `json:"date"` // 2006-01-02
	Members []string       `json:"members"`
	Look    string         `json:"look"` // what is looked at, told to the unit
	By      event.Actor    `json:"by"`
	At      time.Time      `json:"at"`
	Report  *VisitReport   `json:"report,omitempty"`
	Ended   *filing.Ending `json:"ended,omitempty"` // cancelled
}

// A VisitReport is what was found. Its photographs are files of the case (filing.ForVisit).
type VisitReport struct {
	Date     string      `json:"date"` // when it took place
	Findings string      `json:"findings"`
	By       event.Actor `json:"by"`
	At       time.Time   `json:"at"`
}

// A VisitPlan is what staff writes of a visit that is to come.
type VisitPlan struct {
	Date    string
	Members []string
	Look    string
}

// leastMembers go on a visit: nobody reports alone on what nobody else saw.
const leastMembers = 2

// OpenVisit is the visit that is planned and neither reported nor cancelled, or nil.
func (a *Application) OpenVisit() *Visit {
	for i := range a.Visits {
		if v := &a.Visits[i]; v.Report == nil && v.Ended == nil {
			return v
		}
	}
	return nil
}

// Visited are the visits that were reported.
func (a *Application) Visited() []Visit {
	return slices.DeleteFunc(slices.Clone(a.Visits), func(v Visit) bool { return v.Report == nil })
}

// PlanVisit plans a visit from tomorrow on; set says whether the call uses them.
func (a *Application) PlanVisit(n *notice.Notice, set notice.Settings, p VisitPlan, by org.Actor, now time.Time) (event.Event, error) {
	if err := a.May(by, ActVisit); err != nil {
		return event.Event{}, err
	}
	cl := clause(n, notice.StepCheck)
	switch {
	case !set.SiteVisit:
		return event.Event{}, event.Refuse(event.Closed, "visit-not-used", cl)
	case a.OpenVisit() != nil:
		return event.Event{}, event.Refuse(event.Conflict, "visit-planned", cl, "date", a.OpenVisit().Date)
	}
	var bad event.Refusals
	if d, err := time.ParseInLocation(time.DateOnly, p.Date, beijing); err != nil || !d.After(now) {
		bad = append(bad, refuseField("visit-date", cl, "date"))
	}
	members := tidy(p.Members)
	if len(members) < leastMembers {
		bad = append(bad, refuseField("visit-members", cl, "members", "least", itoa(leastMembers)))
	}
	if strings.TrimSpace(p.Look) == "" {
		bad = append(bad, refuseField("visit-look", cl, "look"))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	a.Visits = append(a.Visits, Visit{N: len(a.Visits) + 1, Date: p.Date, Members: members, Look: strings.TrimSpace(p.Look), By: by.Actor, At: now})
	return a.fact(VisitPlanned, by, now, cl, "date", p.Date, "members", strings.Join(members, "、"), "look", strings.TrimSpace(p.Look)), nil
}

// tidy are the lines that say something, each once.
func tidy(lines []string) []string {
	var out []string
	for _, l := range lines {
		out = addOnce(out, strings.Join(strings.Fields(l), " "))
	}
	return out
}

// CancelVisit takes a planned visit off, with a reason that the unit is told.
func (a *Application) CancelVisit(n *notice.Notice, by org.Actor, reason string, now time.Time) (event.Event, error) {
	v, err := a.visit(by, ActCancelVisit)
	if err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", "", "reason")
	}
	v.Ended = &filing.Ending{Way: filing.EndCancelled, Reason: reason, By: &by.Actor, At: now}
	e := a.fact(VisitCancelled, by, now, clause(n, notice.StepCheck), "date", v.Date)
	e.Reason = reason
	return e, nil
}

// ReportVisit writes what a visit found, not before the day for which it was planned.
func (a *Application) ReportVisit(n *notice.Notice, by org.Actor, date, findings string, now time.Time) (event.Event, error) {
	v, err := a.visit(by, ActVisitReport)
	if err != nil {
		return event.Event{}, err
	}
	cl := clause(n, notice.StepCheck)
	var bad event.Refusals
	d, err := time.ParseInLocation(time.DateOnly, date, beijing)
	if err != nil || d.After(now) || date < v.Date {
		bad = append(bad, refuseField("visit-done", cl, "done", "date", v.Date))
	}
	if strings.TrimSpace(findings) == "" {
		bad = append(bad, refuseField("visit-findings", cl, "findings"))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	v.Report = &VisitReport{Date: date, Findings: strings.TrimSpace(findings), By: by.Actor, At: now}
	return a.fact(VisitReported, by, now, cl, "date", date), nil
}

func (a *Application) visit(by org.Actor, act string) (*Visit, error) {
	if err := a.May(by, act); err != nil {
		return nil, err
	}
	v := a.OpenVisit()
	if v == nil {
		return nil, event.Refuse(event.Conflict, "no-visit", "")
	}
	return v, nil
}

// mayShowVisit reports why by can't add a file to visit n, or nil: as long as its report
// can be written, also after it was.
func (a *Application) mayShowVisit(by org.Actor, n string) error {
	if err := a.May(by, ActVisitReport); err != nil {
		return err
	}
	k, err := strconv.Atoi(n)
	if err != nil || k < 1 || k > len(a.Visits) || a.Visits[k-1].Ended != nil {
		return refuseField("purpose", "", "purpose")
	}
	return nil
}

// veilCheck takes off what only the department reads: findings that are not a result yet,
// proposals, what a visit found.
func (a *Application) veilCheck() {
	if a.Check != nil {
		c := Check{}
		if a.Check.Result != CheckReject || a.State == NotAccepted {
			c.Result, c.Reason, c.By, c.At = a.Check.Result, a.Check.Reason, a.Check.By, a.Check.At
		}
		a.Check = &c
	}
	a.Visits = slices.Clone(a.Visits)
	for i := range a.Visits {
		if r := a.Visits[i].Report; r != nil {
			a.Visits[i].Report = &VisitReport{Date: r.Date, At: r.At}
		}
	}
}
