package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/locale"
	"shenbao/internal/notice"
)

func (s *Server) regionRoutes() {
	s.on("GET /region", s.region)
	s.on("POST /applications/{id}/quarantine", s.quarantine)
	s.on("GET /applications/{id}/late-admission", s.lateForm)
	s.on("POST /applications/{id}/late-admission", s.admitLate)
	s.checkRoutes()
	s.reviewRoutes()
	s.roundRoutes()
	s.scoreRoutes()
	s.resultRoutes()
	s.meetingRoutes()
	s.decideRoutes()
	s.paperRoutes()
	s.baseRoutes()
	s.baseTaskRoutes()
	s.calendarRoutes()
	s.publicNoticeRoutes()
}

// region leads to what the actor's post does for the newest call.
func (s *Server) region(q *query) error {
	lists := application.Lists(q.actor())
	if len(lists) == 0 {
		return application.MayList(q.actor(), application.ListMaterial)
	}
	calls, err := s.desk.Calls(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	for _, c := range calls {
		if c.State == application.CallOpen || c.State == application.CallDone {
			return q.to(listPath(c.ID, lists[0]))
		}
	}
	return q.to("/calls")
}

func listPath(call, list string) string {
	switch list {
	case application.ListExperts:
		return "/experts"
	case application.ListTasks:
		return "/base-tasks"
	}
	return "/calls/" + call + "/" + list
}

func (q *query) application() application.ID { return application.ID(q.r.PathValue("id")) }

// regionCase is the application of the page for those who work on it at the region.
func (s *Server) regionCase(q *query) (*desk.Case, error) {
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return nil, err
	}
	return c, application.MayList(q.actor(), application.ListMaterial)
}

// quarantine locks one file of the application at once.
func (s *Server) quarantine(q *query) error {
	p := q.r.PostForm
	if err := s.desk.Quarantine(q.ctx(), q.ask(), q.application(), p.Get("file"), strings.TrimSpace(p.Get("why"))); err != nil {
		return q.refused(renamed(err, "reason", "why"), func(f Form) error { return s.showCheck(q, 0, f) })
	}
	return q.to("/applications/"+string(q.application())+"/check", "quarantined")
}

// renamed leads a refusal to the control that the page has for its field: two forms of one
// page can't both call theirs “reason”.
func renamed(err error, field, control string) error {
	rs, ok := refusals(err)
	if !ok {
		return err
	}
	out := slices.Clone(rs)
	for i, r := range out {
		if r.Field == field {
			x := *r
			x.Field = control
			out[i] = &x
		}
	}
	return event.Refusals(out)
}

func (s *Server) lateForm(q *query) error { return s.showLate(q, 200, Form{}) }

func (s *Server) showLate(q *query, status int, f Form) error {
	c, err := s.regionCase(q)
	if err != nil {
		return err
	}
	if err := c.May(q.actor(), application.ActLate); err != nil && status != 0 {
		return err
	}
	return q.show(status, latePage(q.view("late.title"), f, c))
}

// admitLate lets one application come after the deadline.
func (s *Server) admitLate(q *query) error {
	p := q.r.PostForm
	if err := s.desk.AdmitLate(q.ctx(), q.ask(), q.application(), strings.TrimSpace(p.Get("reason")), endOf(p.Get("until"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showLate(q, 0, f) })
	}
	return q.to("/applications/"+string(q.application()), "late-admitted")
}

// endOf is the end of a day as people write it, Beijing time: the closing instant of a date
// “by that day”. Zero when it is not a day.
func endOf(s string) time.Time {
	t := day(strings.TrimSpace(s))
	if t.IsZero() {
		return t
	}
	return t.AddDate(0, 0, 1)
}

// lastDay is the day whose end t is, as a control of the form has it.
func lastDay(t time.Time) string { return t.In(locale.Beijing).Add(-time.Second).Format(time.DateOnly) }

func today(v View) string { return v.Now.In(locale.Beijing).Format(time.DateOnly) }

// word is a word of the notice in the reader's language.
func word(v View, l notice.Labels, zh string) string { return l.Of(string(v.Lang), zh) }

// words are several of them, as a list is written.
func words(v View, l notice.Labels, zh []string) string {
	out := make([]string, len(zh))
	for i, w := range zh {
		out[i] = word(v, l, w)
	}
	if v.Lang == locale.En {
		return strings.Join(out, ", ")
	}
	return strings.Join(out, "、")
}

// openFiles are the files that count, on a topic and for a purpose; "" is any.
func openFiles(c *desk.Case, purpose, topic string) []filing.Evidence {
	var out []filing.Evidence
	for _, e := range c.Files {
		if e.Removed.IsZero() && (purpose == "" || e.Purpose == purpose) && (topic == "" || e.Topic == topic) {
			out = append(out, e)
		}
	}
	return out
}

// purposeOf says what a file is for: which condition, or whose seal.
func purposeOf(v View, c *desk.Case, e filing.Evidence) string {
	about := ""
	if k, ok := c.Notice.Condition(e.Topic); ok && e.Purpose == filing.ForEvidence {
		about = word(v, c.Labels, k.Name)
	}
	if n, err := strconv.Atoi(e.Topic); err == nil && e.Purpose == filing.ForSeal && n < len(c.Route.Steps) {
		about = c.Route.Steps[n].Name
	}
	if about == "" {
		return v.T("purpose." + e.Purpose)
	}
	return v.T("region.files-for", "purpose", v.T("purpose."+e.Purpose), "about", about)
}

// lockable are the files that can be locked, as a choice.
func lockable(v View, c *desk.Case) []Option {
	var out []Option
	for _, e := range c.Files {
		if e.Quarantined.IsZero() {
			out = append(out, Option{e.ID, purposeOf(v, c, e) + " " + e.Name})
		}
	}
	return out
}

// standing are the opinions of the levels that count.
func standing(c *desk.Case) []filing.Opinion {
	return slices.DeleteFunc(slices.Clone(c.Opinions), func(o filing.Opinion) bool { return !o.Stands() || o.Step == 0 })
}

func markOf(o filing.Opinion, condition string) filing.Mark {
	for _, m := range o.Marks {
		if m.Condition == condition {
			return m
		}
	}
	return filing.Mark{}
}

// may reports whether the page offers an act.
func may(c *desk.Case, act string) bool { return slices.Contains(c.Can, act) }

// usedColumns are the columns of a list in which something stands.
func usedColumns(x notice.Field, answer string) []notice.Field {
	rows := filing.Rows(answer)
	return slices.DeleteFunc(slices.Clone(x.Columns), func(c notice.Field) bool {
		return !slices.ContainsFunc(rows, func(r filing.Row) bool { return r[c.Name] != "" })
	})
}

// withLabel is a text with what it is before it, on one line.
func withLabel(v View, label, text string) string {
	return v.T("region.labelled", "label", label, "text", text)
}
