package web

import (
	"strconv"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/org"
)

func (s *Server) followRoutes() {
	s.on("GET /calls/{id}/deliveries", s.deliveries)
	s.on("POST /calls/{id}/reminders", s.remind)
	s.on("GET /calls/{id}/progress", s.progress)
	s.on("GET /calls/{id}/progress.csv", s.progressFile)
	s.on("GET /calls/{id}/progress.xlsx", s.progressFile)
	s.on("GET /calls/{id}/exceptions", s.exceptions)
	s.on("POST /calls/{id}/exceptions", s.exportExceptions)
}

// deliveries says who opened the call (R6).
func (s *Server) deliveries(q *query) error {
	c, err := s.desk.Call(q.ctx(), q.ask(), q.id(), "")
	if err != nil {
		return err
	}
	if err := application.MayFollow(q.actor()); err != nil {
		return err
	}
	ds, err := s.desk.Sent(q.ctx(), q.ask(), q.id())
	if err != nil {
		return err
	}
	return q.show(200, deliveriesPage(q.view("calls.deliveries"), c.Call, ds))
}

func (s *Server) remind(q *query) error {
	about := application.AboutRecommending
	back := "/calls/" + q.id() + "/progress"
	if q.r.PostFormValue("about") == application.AboutOpening {
		about, back = application.AboutOpening, "/calls/"+q.id()+"/deliveries"
	}
	if err := s.desk.Remind(q.ctx(), q.ask(), q.id(), about); err != nil {
		return err
	}
	return q.to(back, "reminded")
}

func (s *Server) progress(q *query) error {
	p, err := s.desk.Progress(q.ctx(), q.ask(), q.id())
	if err != nil {
		return err
	}
	return q.show(200, progressPage(q.view("calls.progress"), p))
}

// progressFile is the same table to be taken away.
func (s *Server) progressFile(q *query) error {
	p, err := s.desk.Progress(q.ctx(), q.ask(), q.id())
	if err != nil {
		return err
	}
	v := q.view("calls.progress")
	t := desk.Sheet{Name: v.T("calls.progress")}
	for _, h := range []string{"class", "recommender", "standing", "which", "places", "opened", "contact", "none-why"} {
		t.Header = append(t.Header, v.T("progress."+h))
	}
	for _, l := range p.Lines {
		opened, why := "", ""
		if !l.Delivery.OpenedAt().IsZero() {
			opened = v.Lang.Time(l.Delivery.OpenedAt()) + " " + l.Delivery.OpenedBy
		}
		if l.None != nil {
			why = l.None.Reason
		}
		t.Rows = append(t.Rows, []string{v.T("kind." + string(l.Unit.Kind)), l.Unit.Name, v.T("standing." + string(l.Standing)), strings.Join(recommended(l), "\n"),
			strconv.Itoa(application.Taken(l.Places)) + "/" + strconv.Itoa(len(l.Places)), opened, l.Unit.Contact + " " + l.Unit.Phone, why})
	}
	return q.sheet(t, strings.HasSuffix(q.r.URL.Path, ".csv"))
}

func (q *query) sheet(t desk.Sheet, csv bool) error {
	if csv {
		b, err := t.CSV()
		if err != nil {
			return err
		}
		return q.file(t.Name+".csv", "text/csv; charset=utf-8", b)
	}
	b, err := t.XLSX()
	if err != nil {
		return err
	}
	return q.file(t.Name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b)
}

// recommended are the bases that hold a unit's places.
func recommended(l desk.ProgressLine) []string {
	var out []string
	for _, p := range l.Places {
		if p.Application != "" {
			out = append(out, p.BaseName)
		}
	}
	return out
}

func (s *Server) exceptions(q *query) error {
	facts, err := s.desk.Exceptions(q.ctx(), q.ask(), q.id())
	if err != nil {
		return err
	}
	c, err := s.desk.Call(q.ctx(), q.ask(), q.id(), "")
	if err != nil {
		return err
	}
	return q.show(200, exceptionsPage(q.view("calls.exceptions"), c.Call, facts))
}

// exportExceptions hands the list out; that it was taken away is a fact.
func (s *Server) exportExceptions(q *query) error {
	facts, err := s.desk.ExportExceptions(q.ctx(), q.ask(), q.id())
	if err != nil {
		return err
	}
	v := q.view("calls.exceptions")
	t := desk.Sheet{Name: v.T("calls.exceptions")}
	for _, h := range []string{"at", "what", "subject", "person", "office", "for", "reason", "clause", "before", "after", "number"} {
		t.Header = append(t.Header, v.T("exception."+h))
	}
	for _, e := range facts {
		t.Rows = append(t.Rows, []string{v.Lang.Time(e.At), factText(v, e), subjectOf(e), e.By.Name, e.By.UnitName, e.By.ForName, e.Reason, e.Clause,
			valuesText(v, e.Before), valuesText(v, e.After), strconv.FormatInt(e.Seq, 10)})
	}
	return q.sheet(t, q.r.PostFormValue("format") == "csv")
}

// factText is the sentence of a fact, and of a departure from rank its reason.
func factText(v View, e event.Event) string {
	s := v.Lang.Say("event."+string(e.Kind), e.Detail)
	if d := e.Detail["departure"]; d != "" {
		s += v.T("exception.departure", "why", d)
	}
	return s
}

// subjectOf is what a fact is about, by name.
func subjectOf(e event.Event) string {
	if b := e.Detail["base"]; b != "" {
		return b + " " + e.Detail["unit"]
	}
	if u := e.Detail["unit"]; u != "" {
		return u
	}
	return e.Detail["number"]
}

func valuesText(v View, m map[string]string) string {
	var out []string
	for _, x := range m {
		if len(x) == 64 {
			x = x[:12] + "…" // a hash
		}
		out = append(out, instantOr(v, x))
	}
	return listed(v, out)
}

func standingTag(s application.Standing) string {
	switch s {
	case application.StandRecommended, application.StandNone:
		return "tag tag-ok"
	case application.StandLate:
		return "tag tag-bad"
	case application.StandHolds, application.StandBelow:
		return "tag tag-run"
	}
	return "tag tag-wait"
}

// notOpened counts the addressees that have not opened the call.
func notOpened(ds []desk.Delivery) int {
	n := 0
	for _, d := range ds {
		if d.OpenedAt().IsZero() {
			n++
		}
	}
	return n
}

// ofKind are the deliveries to one class of addressees.
func ofKind(ds []desk.Delivery, k org.Kind) []desk.Delivery {
	var out []desk.Delivery
	for _, d := range ds {
		if d.Kind == string(k) {
			out = append(out, d)
		}
	}
	return out
}
