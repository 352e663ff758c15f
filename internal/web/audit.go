package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/locale"
)

func (s *Server) auditRoutes() {
	s.on("GET /audit", s.audit)
	s.on("GET /audit/export", s.exportAudit)
	s.on("POST /audit/check", s.checkAudit)
}

// An auditFilter is the filter of the trail as it stands in the address.
type auditFilter struct{ Person, Unit, Call, Kind, Outcome, SubjectKind, Subject, Since, Until string }

func (s *Server) audit(q *query) error {
	a := q.r.URL.Query()
	get := func(name string) string { return strings.TrimSpace(a.Get(name)) }
	x := auditFilter{get("person"), get("unit"), get("call"), get("kind"), get("outcome"), get("on"), get("subject"), get("since"), get("until")}
	f := desk.AuditFilter{Person: x.Person, Unit: x.Unit, Call: x.Call, Kind: x.Kind, Outcome: x.Outcome,
		Subject: event.Subject{Kind: x.SubjectKind, ID: x.Subject}, Since: day(x.Since), Until: day(x.Until)}
	if !f.Until.IsZero() {
		f.Until = f.Until.AddDate(0, 0, 1) // the last day is in
	}
	f.Before, _ = strconv.ParseInt(a.Get("before"), 10, 64)
	es, more, err := s.desk.Audit(q.ctx(), q.ask(), f, pageSize)
	if err != nil {
		return err
	}
	calls, err := s.desk.Calls(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	next := ""
	if more {
		next = onward(q.r.URL, "before", strconv.FormatInt(es[len(es)-1].Seq, 10))
	}
	return q.show(200, auditPage(q.view("audit.title"), x, es, calls, next))
}

// day is the beginning of a day in Beijing; the zero time when s is none.
func day(s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, locale.Beijing)
	if err != nil {
		return time.Time{}
	}
	return t
}

// exportAudit streams the whole trail. The answer has begun when the first byte is out: an
// error after that breaks it off, and the file lacks the export's own fact at its end.
func (s *Server) exportAudit(q *query) error {
	format, kind := q.r.URL.Query().Get("format"), "text/csv; charset=utf-8"
	if format == "jsonl" {
		kind = "application/x-ndjson"
	}
	begin := func() {
		q.started = true
		h := q.w.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", `attachment; filename="audit-`+q.at.In(locale.Beijing).Format("20060102-1504")+"."+format+`"`)
	}
	err := s.desk.ExportFacts(q.ctx(), q.ask(), format, q.w, begin)
	if err != nil && q.started {
		panic(http.ErrAbortHandler) // so that the browser sees a broken download, not a short file
	}
	return err
}

func (s *Server) checkAudit(q *query) error {
	c, err := s.desk.CheckChain(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, chainPage(q.view("audit.check"), c))
}
