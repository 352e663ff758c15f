package web

import (
	"errors"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/locale"
	"shenbao/internal/org"
)

func (s *Server) publicNoticeRoutes() {
	s.on("GET /calls/{id}/public-notice", s.notices)
	s.on("POST /calls/{id}/public-notice", s.postNotice)
	s.on("POST /public-notices/{id}/ending", s.endNotice)
	s.on("POST /applications/{id}/promotion", s.moveUp)
	s.open("GET /public-notices", s.publicNotices)
	s.open("GET /public-notices/{id}", s.publicNotice)
	s.invites("POST /public-notices/{id}/objections", s.object)
	s.open("GET /objections", s.objectionStatus)
	s.on("GET /objections/{id}", s.objection)
	s.on("GET /objections/{id}/files/{file}", s.objectionFile)
	s.on("POST /objections/{id}/acceptance", s.takeObjection)
	s.on("POST /objections/{id}/reply", s.answerObjection)
	s.on("POST /objections/{id}/question", s.askApplicant)
	s.on("POST /objections/{id}/hearing", s.hearApplicant)
	s.on("POST /objections/{id}/decision", s.decideObjection)
}

// invites serves an act of anybody to which files are sent.
func (s *Server) invites(pattern string, h func(*query) error) {
	s.routes = append(s.routes, Route{pattern, false})
	s.mux.HandleFunc(pattern, s.serve(h, query{files: true}))
}

// noticePlan is what a form or an address says of a notice to be posted; nil when nothing.
func noticePlan(get func(string) string) *desk.NoticePlan {
	if get("days") == "" && get("title") == "" {
		return nil
	}
	days, _ := strconv.Atoi(get("days")) // what is no number is no day
	return &desk.NoticePlan{Title: strings.TrimSpace(get("title")), Days: min(days, 365), Working: get("count") != "calendar", FirstCounts: get("first") != "no",
		Contact: filing.Contact{Office: strings.TrimSpace(get("office")), Phone: strings.TrimSpace(get("phone")),
			Address: strings.TrimSpace(get("address")), Email: strings.TrimSpace(get("email"))}}
}

func (s *Server) notices(q *query) error { return s.showNotices(q, 200, Form{}) }

// showNotices shows what a notice posted now would be; looking at another period is asking
// the page again.
func (s *Server) showNotices(q *query, status int, f Form) error {
	get := q.r.URL.Query().Get
	if f.Sent != nil {
		get = f.Sent.Get
	}
	p, err := s.desk.Notices(q.ctx(), q.ask(), q.r.PathValue("id"), noticePlan(get))
	if err != nil {
		return err
	}
	return q.show(status, noticesPage(q.view("public-notice.title"), f, p))
}

func (s *Server) postNotice(q *query) error {
	p := noticePlan(q.r.PostForm.Get)
	if p == nil {
		p = &desk.NoticePlan{}
	}
	id := q.r.PathValue("id")
	if _, err := s.desk.PostNotice(q.ctx(), q.ask(), id, *p); err != nil {
		return q.refused(err, func(f Form) error { return s.showNotices(q, 0, f) })
	}
	return q.to(listPath(id, application.ListNotices), "public-notice-posted")
}

func (s *Server) endNotice(q *query) error {
	if err := s.desk.EndNotice(q.ctx(), q.ask(), q.r.PathValue("id"), q.posted("reason")); err != nil {
		return q.refused(err, func(f Form) error { return s.showPublicNotice(q, 0, f) })
	}
	return q.to("/public-notices/"+q.r.PathValue("id"), "public-notice-ended")
}

// moveUp proposes an application from the reserve list.
func (s *Server) moveUp(q *query) error {
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	if err := s.desk.MoveUp(q.ctx(), q.ask(), q.application(), q.posted("reason"), fen(q.posted("grant"))); err != nil {
		return q.refused(err, func(f Form) error {
			q.r.SetPathValue("id", c.Call.ID)
			return s.showNotices(q, 0, Form{Problems: f.Problems})
		})
	}
	return q.to(listPath(c.Call.ID, application.ListNotices), "moved-up")
}

func (s *Server) publicNotices(q *query) error {
	ps, err := s.desk.PublicNotices(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, publicNoticesPage(q.view("public-notice.list"), ps))
}

func (s *Server) publicNotice(q *query) error { return s.showPublicNotice(q, 200, Form{}) }

func (s *Server) showPublicNotice(q *query, status int, f Form) error {
	p, err := s.desk.PublicNotice(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(status, publicNoticePage(q.view("public-notice.one"), f, p))
}

// object takes an objection in from anybody: nobody is asked to sign in, so how much one
// address may send is bounded, before anything is read.
func (s *Server) object(q *query) error {
	id := q.r.PathValue("id")
	if _, err := s.desk.PublicNotice(q.ctx(), q.ask(), id); err != nil {
		return err
	}
	if err := s.auth.Stranger(q.at, s.addr(q.r)); err != nil {
		return err
	}
	if err := q.form(3*desk.MaxFile+maxForm, maxForm); err != nil {
		var big *event.Refusal
		if errors.As(err, &big) && big.Kind == "form-too-big" {
			return event.Refuse(event.Invalid, "file-too-big", "", "mb", mega(desk.MaxFile))
		}
		return err
	}
	q.at = s.cfg.Clock()
	p := q.r.PostForm
	o := filing.Objection{Application: p.Get("application"), Grounds: strings.TrimSpace(p.Get("grounds")),
		From: filing.Objector{Kind: p.Get("kind"), Name: q.posted("name"), Unit: q.posted("unit"), Phone: q.posted("phone"), Address: q.posted("address")}}
	signed, done, err := sentFiles(q.r, "signed", 1)
	defer done()
	if err != nil {
		return err
	}
	proof, done2, err := sentFiles(q.r, "proof", 2)
	defer done2()
	if err != nil {
		return err
	}
	kept, err := s.desk.Object(q.ctx(), q.ask(), id, o, signed, proof)
	if err != nil {
		return q.refused(renamed(err, "file", "signed"), func(f Form) error { return s.showPublicNotice(q, 0, f) })
	}
	q.started = true
	return objectedPage(q.view("objection.received"), kept).Render(q.ctx(), q.w)
}

// sentFiles are the files of a form's field, at most most of them.
func sentFiles(r *http.Request, field string, most int) (out []desk.Sent, done func(), err error) {
	var open []multipart.File
	done = func() {
		for _, f := range open {
			_ = f.Close()
		}
	}
	if r.MultipartForm == nil {
		return nil, done, nil
	}
	heads := slices.DeleteFunc(slices.Clone(r.MultipartForm.File[field]), func(h *multipart.FileHeader) bool { return h.Size == 0 })
	if len(heads) > most {
		x := event.Refuse(event.Invalid, "too-many-files", "", "most", strconv.Itoa(most))
		x.Field = field
		return nil, done, x
	}
	for _, h := range heads {
		f, err := h.Open()
		if err != nil {
			return nil, done, err
		}
		open = append(open, f)
		out = append(out, desk.Sent{Name: h.Filename, Size: h.Size, Body: f})
	}
	return out, done, nil
}

// objectionStatus shows an objector how far the own objection is.
func (s *Server) objectionStatus(q *query) error {
	get := q.r.URL.Query().Get
	number, code := strings.TrimSpace(get("number")), strings.ToUpper(strings.TrimSpace(get("code")))
	if number == "" && code == "" {
		return q.show(200, objectionStatusPage(q.view("objection.status"), number, nil, false))
	}
	if err := s.auth.Stranger(q.at, s.addr(q.r)); err != nil {
		return err
	}
	o, err := s.desk.ObjectionStatus(q.ctx(), q.ask(), number, code)
	if rs, ok := refusals(err); ok && rs[0].Class == event.NotFound {
		return q.show(404, objectionStatusPage(q.view("objection.status"), number, nil, true))
	}
	if err != nil {
		return err
	}
	return q.show(200, objectionStatusPage(q.view("objection.status"), number, &o, false))
}

func (s *Server) objection(q *query) error { return s.showObjection(q, 200, Form{}) }

func (s *Server) showObjection(q *query, status int, f Form) error {
	o, err := s.desk.Objection(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(status, objectionPage(q.view("objection.one"), f, o))
}

func (s *Server) objectionFile(q *query) error {
	x, f, err := s.desk.ObjectionFile(q.ctx(), q.ask(), q.r.PathValue("id"), q.r.PathValue("file"))
	if err != nil {
		return err
	}
	defer f.Close()
	return q.sendBytes(x.Name, x.Type, f)
}

// atObjection ends an act on an objection: back to its page, or the page with what is wrong.
func (s *Server) atObjection(q *query, err error, done string) error {
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showObjection(q, 0, f) })
	}
	return q.to("/objections/"+q.r.PathValue("id"), done)
}

func (s *Server) takeObjection(q *query) error {
	return s.atObjection(q, s.desk.TakeObjection(q.ctx(), q.ask(), q.r.PathValue("id")), "objection-taken")
}

func (s *Server) answerObjection(q *query) error {
	return s.atObjection(q, s.desk.AnswerObjection(q.ctx(), q.ask(), q.r.PathValue("id"), q.posted("why"), q.posted("words")), "objection-answered")
}

func (s *Server) askApplicant(q *query) error {
	return s.atObjection(q, s.desk.AskApplicant(q.ctx(), q.ask(), q.r.PathValue("id"), q.posted("question"), endOf(q.posted("due"))), "objection-asked")
}

func (s *Server) hearApplicant(q *query) error {
	return s.atObjection(q, s.desk.HearApplicant(q.ctx(), q.ask(), q.r.PathValue("id"), q.posted("answer")), "objection-heard")
}

func (s *Server) decideObjection(q *query) error {
	result := q.posted("result")
	if result != "upheld" && result != "rejected" {
		x := event.Refuse(event.Invalid, "outcome-required", "")
		x.Field = "result"
		return s.atObjection(q, x, "")
	}
	return s.atObjection(q, s.desk.DecideObjection(q.ctx(), q.ask(), q.r.PathValue("id"), result == "upheld", q.posted("finding")), "objection-decided")
}

// options of the forms.
func objectorOptions(v View) []Option {
	var out []Option
	for _, k := range filing.Objectors {
		out = append(out, Option{k, v.T("objector." + k)})
	}
	return out
}

func lineOptions(p filing.PublicNotice) []Option {
	var out []Option
	for _, l := range p.Lines {
		out = append(out, Option{l.Application, l.Base})
	}
	return out
}

func plainOptions(v View, o desk.ObjectionPage) []Option {
	var out []Option
	for _, k := range filing.PlainReasons {
		if k == filing.PlainLate && !o.Late || k == filing.PlainAnonymous && o.From.Kind != filing.ByAnonymous {
			continue
		}
		out = append(out, Option{k, v.T("plain." + k)})
	}
	return out
}

func objectionTag(s filing.ObjectionState) string {
	switch s {
	case filing.ObjectionYes:
		return "tag tag-bad"
	case filing.ObjectionNo, filing.ObjectionPlain:
		return "tag"
	case filing.ObjectionHearing:
		return "tag tag-run"
	}
	return "tag tag-wait"
}

// periodText says how long a notice is, and where the end comes from.
func periodText(v View, p filing.Period) string {
	key := "public-notice.calendar-days"
	if p.Working {
		key = "public-notice.working-days"
	}
	first := "public-notice.first-out"
	if p.FirstCounts {
		first = "public-notice.first-in"
	}
	return v.T(key, "n", strconv.Itoa(p.Days), "from", v.Lang.Date(day(p.First)), "until", v.Lang.Date(day(p.Last))) + v.T(first)
}

func years(v View, ys []int) string {
	var out []string
	for _, y := range ys {
		out = append(out, strconv.Itoa(y))
	}
	if v.Lang == locale.En {
		return strings.Join(out, ", ")
	}
	return strings.Join(out, "、")
}

func yesNoOptions(v View) []Option {
	return []Option{{"yes", v.T("public-notice.first-yes")}, {"no", v.T("public-notice.first-no")}}
}

func countOptions(v View) []Option {
	return []Option{{"working", v.T("public-notice.count-working")}, {"calendar", v.T("public-notice.count-calendar")}}
}

func planCount(p desk.NoticePlan) string {
	if p.Working {
		return "working"
	}
	return "calendar"
}

func planFirst(p desk.NoticePlan) string {
	if p.FirstCounts {
		return "yes"
	}
	return "no"
}

func staffHere(v View) bool { return v.Session.Actor.Is(org.Staff) }

func approverHere(v View) bool { return v.Session.Actor.Is(org.Approver) }

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
