package org

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/workday"
)

// Facts about the calendar of working days.
const (
	CalendarImported  event.Kind = "calendar.imported"  // a year's papers, in place of what was known of it
	LocalDaySet       event.Kind = "calendar.local-set" // rest or work by a local order
	LocalDayWithdrawn event.Kind = "calendar.local-withdrawn"
)

// A LocalDay is a rest day, or a day worked, by the order of a place: for the division and
// all below it.
type LocalDay struct {
	workday.Listed
	Division string `json:"division"` // 150000 is the whole region
	Source   string `json:"source"`   // the order's number and title
}

// In reports whether the day holds in a division: the local order is of that place, or of
// one that it lies in.
func (l LocalDay) In(division string) bool {
	scope := l.Division
	for strings.HasSuffix(scope, "00") {
		scope = strings.TrimSuffix(scope, "00")
	}
	return scope != "" && strings.HasPrefix(division, scope)
}

// MayKeepCalendar answers whether by keeps the calendar: the department's staff.
func MayKeepCalendar(by Actor) error {
	if !by.Is(Staff) {
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(Staff))
	}
	return nil
}

// calendarKinds are the refusals of a year's file.
var calendarKinds = []struct {
	why  error
	kind string
}{
	{workday.ErrSyntax, "calendar-syntax"}, {workday.ErrYear, "calendar-year"}, {workday.ErrEmpty, "calendar-empty"},
	{workday.ErrDate, "calendar-date"}, {workday.ErrTwice, "calendar-twice"}, {workday.ErrMissing, "calendar-missing"},
}

// ImportYear reads a year's file: what the State Council's papers of that year arrange. It
// replaces what was known of the year; periods that were computed before stay as they are.
func ImportYear(file []byte, reason string, by Actor, now time.Time) (workday.Year, event.Event, error) {
	if err := MayKeepCalendar(by); err != nil {
		return workday.Year{}, event.Event{}, err
	}
	y, err := workday.ParseYear(file)
	var bad *workday.FileError
	if errors.As(err, &bad) {
		for _, k := range calendarKinds {
			if errors.Is(bad, k.why) {
				return y, event.Event{}, refuse(k.kind, "file", "what", bad.What)
			}
		}
	}
	if err != nil {
		return y, event.Event{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return y, event.Event{}, refuse("reason-required", "reason")
	}
	return y, event.Event{Kind: CalendarImported, On: event.Subject{Kind: "calendar", ID: strconv.Itoa(y.Year)}, By: by.Actor, At: now, Reason: reason,
		Detail: map[string]string{"year": strconv.Itoa(y.Year), "papers": strings.Join(y.Papers, " "), "days": strconv.Itoa(len(y.Days))}}, nil
}

// SetLocalDay takes down a day that a local order arranges. Its source is the order: a rest
// day is not invented here.
func SetLocalDay(l LocalDay, by Actor, now time.Time) (event.Event, error) {
	if err := MayKeepCalendar(by); err != nil {
		return event.Event{}, err
	}
	var bad event.Refusals
	for _, f := range []struct{ name, value string }{{"local-division", strings.Trim(l.Division, "0")},
		{"local-name", l.Name}, {"local-source", l.Source}} {
		if strings.TrimSpace(f.value) == "" {
			bad = append(bad, refuse("required", f.name))
		}
	}
	if y := l.Date.Year(); y < 2007 || y > 2100 {
		bad = append(bad, refuse("date", "local-date"))
	}
	return l.event(LocalDaySet, by, now), bad.Or()
}

// WithdrawLocalDay takes such a day out again.
func WithdrawLocalDay(l LocalDay, reason string, by Actor, now time.Time) (event.Event, error) {
	if err := MayKeepCalendar(by); err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuse("reason-required", "why")
	}
	e := l.event(LocalDayWithdrawn, by, now)
	e.Reason = reason
	return e, nil
}

func (l LocalDay) event(k event.Kind, by Actor, now time.Time) event.Event {
	return event.Event{Kind: k, On: event.Subject{Kind: "calendar", ID: strconv.Itoa(l.Date.Year())}, By: by.Actor, At: now,
		Detail: map[string]string{"date": l.Date.String(), "day": l.Name, "division": l.Division, "source": l.Source, "rest": strconv.FormatBool(l.Rest)}}
}
