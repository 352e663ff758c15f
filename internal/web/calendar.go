package web

import (
	"io"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/locale"
	"shenbao/internal/org"
	"shenbao/workday"
)

func (s *Server) calendarRoutes() {
	s.on("GET /calendar", s.calendar)
	s.takes("POST /calendar/years", s.importYear)
	s.on("POST /calendar/local-days", s.setLocalDay)
	s.on("POST /calendar/local-days/withdrawal", s.withdrawLocalDay)
}

// maxYear bounds a year's file; real ones have 5 KB.
const maxYear = 1 << 20

// A yearView is the page of one year.
type yearView struct {
	desk.CalendarPage
	Year      int
	Divisions []org.Division
	From      string         // of the period asked for
	Count     string         // its working days
	Spans     []workday.Span // the first day counted, and not; none when nothing was asked
}

func (s *Server) calendar(q *query) error { return s.showCalendar(q, 200, Form{}) }

func (s *Server) showCalendar(q *query, status int, f Form) error {
	c, err := s.desk.Calendar(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	ds, err := s.desk.Divisions(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	a := q.r.URL.Query()
	y := yearView{CalendarPage: c, Divisions: ds, From: a.Get("from"), Count: a.Get("days")}
	if y.Year, err = strconv.Atoi(a.Get("year")); err != nil || y.Year < 2007 || y.Year > 2100 {
		y.Year = workday.On(q.at.In(locale.Beijing)).Year()
	}
	from, err := workday.Parse(strings.TrimSpace(y.From))
	n, bad := strconv.Atoi(strings.TrimSpace(y.Count))
	if err == nil && bad == nil && n > 0 && n <= 250 {
		y.Spans = []workday.Span{c.Add(from, n, true), c.Add(from, n, false)}
	}
	return q.show(status, calendarPage(q.view("calendar.title"), f, y))
}

// importYear takes a year's file over.
func (s *Server) importYear(q *query) error {
	if err := org.MayKeepCalendar(q.actor()); err != nil {
		return err // before anything is read
	}
	if err := q.form(maxYear, maxYear); err != nil {
		return err
	}
	file, err := uploaded(q)
	year := 0
	if err == nil {
		year, err = s.desk.ImportCalendar(q.ctx(), q.ask(), file, strings.TrimSpace(q.r.PostFormValue("reason")))
	}
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showCalendar(q, 0, f) })
	}
	return q.to("/calendar?year="+strconv.Itoa(year), "year-imported")
}

// uploaded is the file of the form.
func uploaded(q *query) ([]byte, error) {
	f, _, err := q.r.FormFile("file")
	if err != nil {
		r := event.Refuse(event.Invalid, "calendar-no-file", "")
		r.Field = "file"
		return nil, r
	}
	defer f.Close()
	return io.ReadAll(f) // the form was bounded
}

func (s *Server) setLocalDay(q *query) error {
	get := func(name string) string { return strings.TrimSpace(q.r.PostFormValue("local-" + name)) }
	l := org.LocalDay{Division: get("division"), Source: get("source"), Listed: workday.Listed{Name: get("name"), Rest: get("rest") != "no"}}
	l.Date, _ = workday.Parse(get("date")) // a date that is none lies before all years, and is refused
	if err := s.desk.SetLocalDay(q.ctx(), q.ask(), l); err != nil {
		return q.refused(q.labelled(err), func(f Form) error { return s.showCalendar(q, 0, f) })
	}
	return q.to("/calendar?year="+strconv.Itoa(l.Date.Year()), "local-day-set")
}

func (s *Server) withdrawLocalDay(q *query) error {
	p := q.r.PostForm
	d, err := workday.Parse(p.Get("date"))
	if err != nil {
		return event.Refuse(event.NotFound, "not-found", "")
	}
	if err := s.desk.WithdrawLocalDay(q.ctx(), q.ask(), p.Get("division"), d, strings.TrimSpace(p.Get("why"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showCalendar(q, 0, f) })
	}
	return q.to("/calendar?year="+strconv.Itoa(d.Year()), "local-day-withdrawn")
}

// weeks are the days of a month in rows from Monday to Sunday; zero before and after.
func weeks(year int, m time.Month) [][7]workday.Date {
	var out [][7]workday.Date
	var row [7]workday.Date
	for d := workday.Day(year, m, 1); d.Month() == m; d++ {
		i := (int(d.Weekday()) + 6) % 7
		row[i] = d
		if i == 6 || (d+1).Month() != m {
			out, row = append(out, row), [7]workday.Date{}
		}
	}
	return out
}

// dayKind is how a day is shown: a rest day that is listed, a weekend that is worked, a
// plain weekend, or a plain day.
func dayKind(c workday.Calendar, d workday.Date) string {
	l, local, ok := c.Listed(d)
	switch {
	case ok && l.Rest:
		return "rest"
	case ok && (local || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday):
		return "worked"
	case !c.IsWorkday(d):
		return "weekend"
	}
	return ""
}

func monthName(v View, m time.Month) string {
	if v.Lang == locale.En {
		return m.String()
	}
	return v.T("calendar.month", "n", strconv.Itoa(int(m)))
}

func dateOf(v View, d workday.Date) string { return v.Lang.Date(d.In(locale.Beijing)) }

// yearsOf are the years that one can look at: those on record, this one and the next.
func yearsOf(v View, y yearView) (out []int) {
	last := v.Now.In(locale.Beijing).Year() + 1
	for _, x := range y.Years() {
		last = max(last, x.Year)
	}
	for x := max(last, y.Year); x >= 2007; x-- {
		out = append(out, x)
	}
	return out
}

func papers(y yearView) []string {
	for _, x := range y.Years() {
		if x.Year == y.Year {
			return x.Papers
		}
	}
	return nil
}

func divisionOptions(y yearView) (out []Option) {
	for _, d := range y.Divisions {
		out = append(out, Option{d.Code, d.Name})
	}
	return out
}

func divisionName(y yearView, code string) string {
	for _, d := range y.Divisions {
		if d.Code == code {
			return d.Name
		}
	}
	return code
}

// openYears are the years of a span that are not announced, as text.
func openYears(s workday.Span) string {
	var out []string
	for _, y := range s.Unannounced {
		out = append(out, strconv.Itoa(y))
	}
	return strings.Join(out, ", ")
}

// dueHint says what a proposed date rests on.
func dueHint(v View, s workday.Span) string {
	if len(s.Unannounced) > 0 {
		return v.T("check.due-open", "days", strconv.Itoa(s.Days), "years", openYears(s))
	}
	return v.T("check.due-hint", "days", strconv.Itoa(s.Days))
}

// refusedRow reports whether the form that came back is the one of this row.
func refusedRow(f Form, l org.LocalDay) bool {
	return f.Err("why") != "" && f.Sent.Get("date") == l.Date.String() && f.Sent.Get("division") == l.Division
}
