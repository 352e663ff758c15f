package web

import (
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

func (s *Server) recusalRoutes() {
	s.on("GET /calls/{id}/recusals", s.recusals)
	s.on("POST /calls/{id}/recusal-rules", s.setRecusal)
	s.on("GET /applications/{id}/recusal", s.caseRecusal)
	s.on("POST /applications/{id}/recusal", s.answerRecusal)
	s.on("POST /applications/{id}/bans", s.ban)
	s.on("POST /applications/{id}/ban-lifting", s.liftBan)
	s.on("POST /applications/{id}/score-voiding", s.voidScore)
	s.on("GET /applications/{id}/recusal-request", s.plea)
	s.on("POST /applications/{id}/recusal-request", s.askRecusal)
	s.on("POST /reviews/{id}/conflict-report", s.reportConflict)
}

func (s *Server) recusals(q *query) error { return s.showRecusals(q, Form{}) }

func (s *Server) showRecusals(q *query, f Form) error {
	o, lines, pool, err := s.desk.Exclusions(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(200, recusalsPage(q.view("recusals.title"), f, o, lines, pool))
}

func (s *Server) setRecusal(q *query) error {
	id, p := q.r.PathValue("id"), q.r.PostForm
	years := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSpace(p.Get(name)))
		if err != nil {
			return -1 // what is no number is out of range
		}
		return n
	}
	if err := s.desk.SetRecusal(q.ctx(), q.ask(), id, p.Get("place"), years("former"), years("co-work"), strings.TrimSpace(p.Get("reason"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showRecusals(q, f) })
	}
	return q.to("/calls/"+id+"/recusals", "recusal-set")
}

func (s *Server) caseRecusal(q *query) error { return s.showCaseRecusal(q, Form{}) }

func (s *Server) showCaseRecusal(q *query, f Form) error {
	c, err := s.desk.CaseRecusal(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	return q.show(200, caseRecusalPage(q.view("recusals.one"), f, c))
}

func (s *Server) onRecusal(q *query, err error, done string) error {
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showCaseRecusal(q, f) })
	}
	return q.to("/applications/"+string(q.application())+"/recusal", done)
}

func (s *Server) answerRecusal(q *query) error {
	var granted []int
	for _, g := range q.r.PostForm["granted"] {
		if n, err := strconv.Atoi(g); err == nil {
			granted = append(granted, n)
		}
	}
	return s.onRecusal(q, s.desk.AnswerRecusal(q.ctx(), q.ask(), q.application(), granted, strings.TrimSpace(q.r.PostForm.Get("answer"))), "plea-answered")
}

func (s *Server) ban(q *query) error {
	p := q.r.PostForm
	return s.onRecusal(q, s.desk.Ban(q.ctx(), q.ask(), q.application(), org.PersonID(p.Get("expert")), strings.TrimSpace(p.Get("reason"))), "banned")
}

func (s *Server) liftBan(q *query) error {
	p := q.r.PostForm
	return s.onRecusal(q, s.desk.LiftBan(q.ctx(), q.ask(), q.application(), p.Get("ban"), strings.TrimSpace(p.Get("reason"))), "ban-lifted")
}

func (s *Server) voidScore(q *query) error {
	p := q.r.PostForm
	err := s.desk.VoidScore(q.ctx(), q.ask(), q.application(), org.PersonID(p.Get("expert")), kindsOf(p), strings.TrimSpace(p.Get("conflict")))
	return s.onRecusal(q, err, "score-voided")
}

func (s *Server) plea(q *query) error { return s.showPlea(q, Form{}) }

func (s *Server) showPlea(q *query, f Form) error {
	p, err := s.desk.Plea(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	return q.show(200, pleaPage(q.view("plea.title"), f, p))
}

var targetCols = columnsNamed("targets", "person", "unit")

func (s *Server) askRecusal(q *query) error {
	x := review.Plea{Reason: strings.TrimSpace(q.r.PostForm.Get("reason"))}
	for _, r := range filled(targetCols, q.r.PostForm) {
		x.Targets = append(x.Targets, review.Target{Person: r["person"], Unit: r["unit"]})
	}
	if err := s.desk.AskRecusal(q.ctx(), q.ask(), q.application(), x); err != nil {
		return q.refused(err, func(f Form) error { return s.showPlea(q, f) })
	}
	return q.to("/applications/"+string(q.application())+"/recusal-request", "plea-sent")
}

// reportConflict is an expert's report of a conflict that came to light later.
func (s *Server) reportConflict(q *query) error {
	p := q.r.PostForm
	if err := s.desk.ReportConflict(q.ctx(), q.ask(), q.application(), kindsOf(p), strings.TrimSpace(p.Get("conflict"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showReview(q, 0, f) })
	}
	return q.to("/reviews/"+string(q.application()), "conflict-reported")
}

// conflictText is one conflict as a sentence; a place and a tie are said by their words.
func conflictText(v View, c review.Conflict) string {
	args := map[string]string{}
	for k, x := range c.Args {
		args[k] = x
	}
	if t := args["tie"]; t != "" {
		args["tie"] = v.T("party." + t)
	}
	key := "conflict." + string(c.Kind)
	switch {
	case c.Kind == review.Kinship && c.Source == review.FromForm:
		key = "conflict.kin-named"
	case c.Kind == review.Recommended && args["unit"] == "":
		key = "conflict.opined"
	case c.Kind == review.SamePlace:
		key = "conflict.division-" + args["rule"]
	}
	return v.Lang.TMap(key, args)
}

// kindsFound are the kinds by which experts are kept off, the gravest first.
func kindsFound(l desk.ExclusionLine) []review.ConflictKind {
	return slices.DeleteFunc(slices.Clone(review.ConflictKinds), func(k review.ConflictKind) bool { return l.ByKind[k] == 0 })
}

func placeRules(v View) []Option {
	var out []Option
	for _, r := range []string{review.PlaceOff, review.PlaceLeague, review.PlaceCounty} {
		out = append(out, Option{r, v.T("recusal-place." + r)})
	}
	return out
}

// banOptions are the experts who can be kept off by hand.
func banOptions(c *desk.CaseRecusal) []Option {
	var out []Option
	for _, x := range c.Pool {
		out = append(out, Option{string(x.Person), x.Name + " · " + x.Employer()})
	}
	return out
}

// voidable are the panel's experts whose scores, or right to score, can be voided.
func voidable(c *desk.CaseRecusal) []Option {
	var out []Option
	for _, a := range c.Case.Reviews {
		if !a.Recused && may(c.Case, application.ActVoid) {
			out = append(out, Option{string(a.Expert), a.Name + " · " + a.Employer})
		}
	}
	return out
}
