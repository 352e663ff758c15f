package web

import (
	"strings"

	"shenbao/internal/base"
	"shenbao/internal/desk"
	"shenbao/internal/org"
)

func (s *Server) baseTaskRoutes() {
	s.on("GET /base-tasks", s.baseTasks)
	s.on("GET /bases/{id}/file", s.baseFile)
	s.on("POST /bases/{id}/plaque", s.plaque)
	s.on("POST /bases/{id}/payments", s.pay)
	s.on("POST /bases/{id}/payments/return", s.bounce)
	s.on("POST /bases/{id}/recoveries", s.recoverGrant)
	s.on("POST /bases/{id}/reopening", s.reopen)
	s.on("POST /bases/{id}/reopening/answer", s.answerReopening)
	s.on("POST /bases/{id}/reopening/end", s.endReopening)
}

func (s *Server) baseTasks(q *query) error {
	lines, err := s.desk.BaseTasks(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, baseTasksPage(q.view("base-task.title"), lines))
}

func (s *Server) baseFile(q *query) error { return s.showBaseFile(q, 200, Form{}) }

func (s *Server) showBaseFile(q *query, status int, f Form) error {
	b, err := s.desk.BaseFile(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(status, baseFilePage(q.view("base-task.file"), f, b))
}

// atBase ends an act on a base: back to its file, or the file with what is wrong. prefix
// is before the names of the fields of the form that was sent: several stand on the page.
func (s *Server) atBase(q *query, err error, prefix, done string) error {
	if err != nil {
		if rs, ok := refusals(err); ok && prefix != "" {
			for _, r := range rs {
				err = renamed(err, r.Field, prefix+r.Field)
			}
		}
		return q.refused(err, func(f Form) error { return s.showBaseFile(q, 0, f) })
	}
	return q.to("/bases/"+q.r.PathValue("id")+"/file", done)
}

func (q *query) posted(name string) string { return strings.TrimSpace(q.r.PostForm.Get(name)) }

// plaque records the next thing that happened to the plaque.
func (s *Server) plaque(q *query) error {
	id, to, date := q.r.PathValue("id"), q.posted("plaque-to"), q.posted("plaque-date")
	switch base.PlaqueState(q.posted("now")) {
	case base.PlaqueToMake:
		return s.atBase(q, s.desk.MakePlaque(q.ctx(), q.ask(), id, date), "plaque-", "plaque-made")
	case base.PlaqueToRecall:
		return s.atBase(q, s.desk.RecallPlaque(q.ctx(), q.ask(), id, to, date), "plaque-", "plaque-recalled")
	}
	return s.atBase(q, s.desk.HandPlaque(q.ctx(), q.ask(), id, to, date), "plaque-", "plaque-handed")
}

func (s *Server) pay(q *query) error {
	p := base.Payment{Fen: fen(q.posted("pay-fen")), Date: q.posted("pay-date"), Voucher: q.posted("pay-voucher")}
	return s.atBase(q, s.desk.Pay(q.ctx(), q.ask(), q.r.PathValue("id"), p), "pay-", "grant-paid")
}

func (s *Server) bounce(q *query) error {
	return s.atBase(q, s.desk.Bounce(q.ctx(), q.ask(), q.r.PathValue("id"), q.posted("voucher"), q.posted("bounce-why")), "bounce-", "grant-returned")
}

func (s *Server) recoverGrant(q *query) error {
	x := base.Recovery{Fen: fen(q.posted("recover-fen")), Date: q.posted("recover-date"), Voucher: q.posted("recover-voucher")}
	return s.atBase(q, s.desk.RecoverGrant(q.ctx(), q.ask(), q.r.PathValue("id"), x), "recover-", "grant-recovered")
}

func (s *Server) reopen(q *query) error {
	return s.atBase(q, s.desk.Reopen(q.ctx(), q.ask(), q.r.PathValue("id"), q.posted("grounds"), endOf(q.posted("due"))), "", "base-reopened")
}

func (s *Server) answerReopening(q *query) error {
	return s.atBase(q, s.desk.AnswerReopening(q.ctx(), q.ask(), q.r.PathValue("id"), q.posted("answer")), "", "base-answered")
}

func (s *Server) endReopening(q *query) error {
	x := base.Ending{How: q.posted("how"), Reason: q.posted("end-reason"), Document: q.posted("end-document"), Date: q.posted("end-date"),
		Name: q.posted("end-name"), Grant: -1}
	if g := q.posted("end-grant"); g != "" {
		x.Grant = fen(g)
	}
	err := s.desk.EndReopening(q.ctx(), q.ask(), q.r.PathValue("id"), x)
	for _, field := range []string{"reason", "document", "date", "name"} {
		err = renamed(err, field, "end-"+field)
	}
	return s.atBase(q, err, "", "base-ended")
}

// plaqueTag and grantTag are how the two tasks of a recognition stand.
func plaqueTag(b base.Base) string {
	switch b.PlaqueAt() {
	case base.PlaqueOut, base.PlaqueBack:
		return "tag tag-ok"
	}
	return "tag tag-wait"
}

func grantTag(b base.Base) string {
	switch b.GrantAt() {
	case base.GrantToPay, base.GrantToRecover:
		return "tag tag-wait"
	}
	return "tag tag-ok"
}

func baseTag(b base.Base) string {
	if b.State == base.Active {
		return "tag tag-ok"
	}
	return "tag tag-bad"
}

func endings(v View) []Option {
	var out []Option
	for _, e := range base.Endings {
		out = append(out, Option{e, v.T("ending." + e)})
	}
	return out
}

// plaqueWho asks for the person on the other side.
func plaqueWho(v View, b base.Base) string {
	if b.PlaqueAt() == base.PlaqueToRecall {
		return v.T("base-task.from")
	}
	return v.T("base-task.to")
}

// plaqueSteps reports whether the actor records the next step of the plaque.
func plaqueSteps(v View, b base.Base) bool {
	at := b.PlaqueAt()
	return v.Session.Actor.Is(org.Staff) && (at == base.PlaqueToMake || at == base.PlaqueToHand || at == base.PlaqueToRecall)
}

// hears reports whether the actor answers for the host now.
func hears(v View, b desk.BaseFile) bool {
	o := b.Open()
	return o != nil && o.Answered == nil && v.Session.Actor.Is(org.Principal) && org.UnitID(v.Session.Actor.Unit) == b.Host
}

// keepsBase reports whether the reader has the base's file.
func keepsBase(v View, b base.Base) bool {
	by := v.Session.Actor
	return v.Signed && (by.Is(org.Staff, org.Approver, org.Finance) || by.Is(org.Clerk, org.Principal) && org.UnitID(by.Unit) == b.Host)
}
