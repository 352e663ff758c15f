package web

import (
	"strconv"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
)

func (s *Server) levelRoutes() {
	s.on("GET /calls/{id}/forwarding", s.forwardingPage)
	s.on("POST /calls/{id}/forwarding", s.forwardCall)
	s.on("GET /calls/{id}/candidates", s.candidates)
	s.on("POST /calls/{id}/ranking", s.rankCandidates)
	s.on("POST /calls/{id}/none-report", s.reportNone)
	s.on("POST /applications/{id}/candidacy", s.keepCandidate)

	s.on("GET /applications/{id}/opinion", s.opinionPage)
	s.on("POST /applications/{id}/opinion", s.opine)
	s.on("POST /applications/{id}/opinion-signature", s.signOpinion)
	s.on("POST /applications/{id}/opinion-refusal", s.sendOpinionBack)
	s.on("POST /applications/{id}/opinion-seal", s.sealOpinion)
	s.on("POST /applications/{id}/opinion-withdrawal", s.recallOpinion)
	s.on("POST /applications/{id}/forwarding", s.forwardCase)
	s.on("POST /applications/{id}/recommendation-withdrawal", s.withdrawRecommendation)
}

func (s *Server) forwardingPage(q *query) error { return s.showForwarding(q, Form{}) }

func (s *Server) showForwarding(q *query, f Form) error {
	c, err := s.desk.Call(q.ctx(), q.ask(), q.id(), "")
	if err != nil {
		return err
	}
	if !forwards(q.actor()) {
		return event.Refuse(event.Forbidden, "nobody-below", c.Delivery.Clause)
	}
	ds, err := s.desk.Sent(q.ctx(), q.ask(), q.id())
	if err != nil {
		return err
	}
	return q.show(q.status(200), forwardingCallPage(q.view("level.forwarding"), f, c, ds))
}

func (s *Server) forwardCall(q *query) error {
	f := q.r.PostForm
	err := s.desk.ForwardCall(q.ctx(), q.ask(), q.id(), application.Forwarding{Number: strings.TrimSpace(f.Get("number")), Letter: f.Get("letter"),
		Contact: f.Get("contact"), Phone: f.Get("phone"), Inner: beijing(f.Get("inner"))})
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showForwarding(q, f) })
	}
	return q.to("/calls/"+q.id()+"/forwarding", "call-forwarded")
}

func (s *Server) candidates(q *query) error { return s.showCandidates(q, Form{}) }

func (s *Server) showCandidates(q *query, f Form) error {
	c, err := s.desk.Candidates(q.ctx(), q.ask(), q.id())
	if err != nil {
		return err
	}
	places, err := s.placeNames(q)
	if err != nil {
		return err
	}
	return q.show(q.status(200), candidatesPage(q.view("level.candidates"), f, c, places))
}

// placeNames are the divisions by code.
func (s *Server) placeNames(q *query) (map[string]string, error) {
	ds, err := s.desk.Divisions(q.ctx(), q.ask())
	m := map[string]string{}
	for _, d := range ds {
		m[d.Code] = d.Name
	}
	return m, err
}

func (s *Server) rankCandidates(q *query) error {
	ranks := map[application.ID]int{}
	for name := range q.r.PostForm {
		if id, ok := strings.CutPrefix(name, "rank."); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(q.r.PostFormValue(name))) // 0 is refused
			ranks[application.ID(id)] = n
		}
	}
	if err := s.desk.Rank(q.ctx(), q.ask(), q.id(), ranks, q.r.PostFormValue("note")); err != nil {
		return q.refused(err, func(f Form) error { return s.showCandidates(q, f) })
	}
	return q.to("/calls/"+q.id()+"/candidates", "candidates-ranked")
}

func (s *Server) reportNone(q *query) error {
	if err := s.desk.ReportNone(q.ctx(), q.ask(), q.id(), q.r.PostFormValue("reason")); err != nil {
		return q.refused(err, func(f Form) error { return s.showCandidates(q, f) })
	}
	return q.to("/calls/"+q.id()+"/candidates", "none-reported")
}

func (s *Server) keepCandidate(q *query) error {
	id := application.ID(q.id())
	c, err := s.desk.Case(q.ctx(), q.ask(), id)
	if err != nil {
		return err
	}
	if err := s.desk.Keep(q.ctx(), q.ask(), id, q.r.PostFormValue("reason")); err != nil {
		return err
	}
	return q.to("/calls/"+c.Call.ID+"/candidates", "candidate-kept")
}

// A levelPage is one application as a level works on it.
type levelPage struct {
	*desk.Case
	Step    int // of the reader's unit on the route
	Own     *filing.Opinion
	Current filing.Version
	Places  map[string]string // names of divisions
	Choice  string            // outcome asked for by the link that led here
}

// May reports whether the actor can do an act now.
func (p levelPage) May(act string) bool { return has(p.Can, act) }

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// level reads an application for a level on its route; for anybody else there is no such
// page.
func (s *Server) level(q *query) (p levelPage, err error) {
	if p.Case, err = s.desk.Case(q.ctx(), q.ask(), application.ID(q.id())); err != nil {
		return p, err
	}
	if p.Step = p.Level(q.actor()); p.Step == 0 {
		return p, event.Refuse(event.NotFound, "not-found", "")
	}
	p.Current, _ = p.Application.Current()
	p.Own = p.Opinion(p.Step)
	p.Choice = q.r.FormValue("outcome")
	p.Places, err = s.placeNames(q)
	return p, err
}

func (s *Server) opinionPage(q *query) error { return s.showOpinion(q, Form{}) }

func (s *Server) showOpinion(q *query, f Form) error {
	p, err := s.level(q)
	if err != nil {
		return err
	}
	return q.show(q.status(200), opinionCasePage(q.view("level.opinion"), f, p))
}

// draft is the opinion as the form was sent.
func (q *query) draft(p levelPage) application.OpinionDraft {
	f := q.r.PostForm
	d := application.OpinionDraft{Outcome: f.Get("outcome"), Text: f.Get("text")}
	for _, c := range p.Notice.Conditions {
		m := filing.Mark{Condition: c.ID, Finding: f.Get("mark." + c.ID), Note: strings.TrimSpace(f.Get("note." + c.ID))}
		if m.Finding != "" || m.Note != "" {
			d.Marks = append(d.Marks, m)
		}
	}
	if d.Outcome == filing.Return {
		d.Fields, d.Due = f["fields"], beijing(f.Get("due"))
	}
	return d
}

func (s *Server) opine(q *query) error {
	p, err := s.level(q)
	if err != nil {
		return err
	}
	ready := q.r.PostFormValue("do") == "ready"
	if err := s.desk.Opine(q.ctx(), q.ask(), p.ID, q.draft(p), ready); err != nil {
		return q.refused(err, func(f Form) error { return s.showOpinion(q, f) })
	}
	if ready {
		return q.to(q.opinionPath(), "opinion-ready")
	}
	return q.to(q.opinionPath(), "opinion-kept")
}

// levelPath is where a level reads an application that has passed it: on its opinion, or,
// when it recommended itself and wrote none, on the application's own page.
func levelPath(x desk.CandidateCase) string {
	path := "/applications/" + string(x.ID)
	if x.Route.Self() {
		return path
	}
	return path + "/opinion"
}

func (q *query) opinionPath() string { return "/applications/" + q.id() + "/opinion" }

// onOpinion does an act on the opinion and shows the page again.
func (s *Server) onOpinion(q *query, done string, act func(desk.Request, application.ID) error) error {
	if err := act(q.ask(), application.ID(q.id())); err != nil {
		return q.refused(err, func(f Form) error { return s.showOpinion(q, f) })
	}
	return q.to(q.opinionPath(), done)
}

func (s *Server) signOpinion(q *query) error {
	return s.onOpinion(q, "opinion-signed", func(r desk.Request, id application.ID) error {
		return s.desk.SignOpinion(q.ctx(), r, id, q.r.PostFormValue("hash"))
	})
}

func (s *Server) sendOpinionBack(q *query) error {
	return s.onOpinion(q, "opinion-back", func(r desk.Request, id application.ID) error {
		return s.desk.SendOpinionBack(q.ctx(), r, id, q.r.PostFormValue("reason"))
	})
}

func (s *Server) sealOpinion(q *query) error {
	return s.onOpinion(q, "opinion-sealed", func(r desk.Request, id application.ID) error {
		return s.desk.SealOpinion(q.ctx(), r, id, q.r.PostFormValue("code"), q.r.PostFormValue("file"))
	})
}

func (s *Server) recallOpinion(q *query) error {
	return s.onOpinion(q, "opinion-recalled", func(r desk.Request, id application.ID) error {
		return s.desk.RecallOpinion(q.ctx(), r, id, q.r.PostFormValue("reason"))
	})
}

func (s *Server) forwardCase(q *query) error {
	return s.onOpinion(q, "passed-up", func(r desk.Request, id application.ID) error {
		return s.desk.Forward(q.ctx(), r, id)
	})
}

func (s *Server) withdrawRecommendation(q *query) error {
	return s.onOpinion(q, "recommendation-withdrawn", func(r desk.Request, id application.ID) error {
		return s.desk.WithdrawRecommendation(q.ctx(), r, id, q.r.PostFormValue("reason"))
	})
}
