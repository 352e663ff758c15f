package web

import (
	"net/url"
	"strconv"
	"strings"

	"shenbao/internal/desk"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/score"
)

func (s *Server) resultRoutes() {
	s.on("GET /calls/{id}/results", s.results)
	s.on("POST /calls/{id}/comments-back", s.setComments)
	s.on("GET /applications/{id}/comments", s.comments)
	s.on("GET /applications/{id}/discussion", s.discussionOf)
	s.on("POST /applications/{id}/chair", s.setChair)
	s.on("GET /reviews/{id}/discussion", s.discussion)
	s.on("POST /reviews/{id}/discussion", s.discuss)
	s.on("POST /reviews/{id}/summary", s.sumUp)
}

func (s *Server) results(q *query) error { return s.showResults(q, 200, Form{}) }

func (s *Server) showResults(q *query, status int, f Form) error {
	ask := q.r.URL.Query()
	p, err := s.desk.Outcome(q.ctx(), q.ask(), q.r.PathValue("id"), ask.Get("round"), max(0, numberOr(ask.Get("cut"), 0)))
	if err != nil {
		return err
	}
	return q.show(status, resultsPage(q.view("results.title"), f, p))
}

func (s *Server) setComments(q *query) error {
	id, p := q.r.PathValue("id"), q.r.PostForm
	if err := s.desk.SetComments(q.ctx(), q.ask(), id, p.Get("how"), strings.TrimSpace(p.Get("reason"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showResults(q, 0, f) })
	}
	return q.to("/calls/"+id+"/results", "comments-set")
}

// comments are the panel's words that come back to the applicant.
func (s *Server) comments(q *query) error {
	p, err := s.desk.Comments(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	return q.show(200, commentsPage(q.view("comments.title"), p))
}

func (s *Server) discussionOf(q *query) error {
	c, x, err := s.desk.DiscussionOf(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	return q.show(200, discussionOfPage(q.view("thread.title"), c, x))
}

func (s *Server) setChair(q *query) error {
	err := s.desk.SetChair(q.ctx(), q.ask(), q.application(), org.PersonID(q.r.PostFormValue("expert")))
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showPanel(q, 0, f) })
	}
	return q.to("/applications/"+string(q.application())+"/review", "chair-set")
}

func (s *Server) discussion(q *query) error { return s.showDiscussion(q, 200, Form{}) }

func (s *Server) showDiscussion(q *query, status int, f Form) error {
	x, err := s.desk.Discussion(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	return q.show(status, discussionPage(q.view("thread.title"), f, x))
}

func (s *Server) discuss(q *query) error {
	return s.onThread(q, s.desk.Discuss(q.ctx(), q.ask(), q.application(), q.r.PostFormValue("text")), "", "discussed")
}

func (s *Server) sumUp(q *query) error {
	return s.onThread(q, s.desk.Summarise(q.ctx(), q.ask(), q.application(), q.r.PostFormValue("summary")), "summary", "summarised")
}

// onThread answers an act on the discussion; field is what the form calls its text.
func (s *Server) onThread(q *query, err error, field, done string) error {
	if err != nil {
		if field != "" {
			err = renamed(err, "text", field)
		}
		return q.refused(err, func(f Form) error { return s.showDiscussion(q, 0, f) })
	}
	return q.to("/reviews/"+string(q.application())+"/discussion", done)
}

// agreementLines are the measures of agreement, as far as there are any.
func agreementLines(v View, o review.Outcome) (out []Option) {
	add := func(key, value string, pairs ...string) { out = append(out, Option{value, v.T(key, pairs...)}) }
	figure := func(x float64) string {
		if x < 0 {
			return v.T("results.below-zero") // no agreement at all; how far below says nothing
		}
		return strconv.FormatFloat(x, 'f', 2, 64)
	}
	if o.Agreement.Pairs > 0 {
		add("results.within", strconv.FormatFloat(100*o.Agreement.Within, 'f', 0, 64)+"%", "n", strconv.Itoa(o.Agreement.Pairs))
	}
	if p := o.Agreement.Panel; p != nil {
		add("results.icc21", figure(p.ICC21))
		add("results.icc2k", figure(p.ICC2k), "k", strconv.Itoa(p.Reviewers))
		add("results.kendall", figure(p.W))
	} else if o.Calibrated != nil {
		add("results.reliability-one", figure(o.One))
		add("results.reliability-panel", figure(o.Panel))
	}
	return out
}

// The charts of a round.

func resultScores(p *desk.ResultsPage) Histogram {
	h := Histogram{}
	for _, l := range p.Outcome.Lines {
		if l.Scored {
			h.Scores = append(h.Scores, l.Result.Score)
		}
	}
	if n := p.Outcome.Cut; n > 0 && n <= len(h.Scores) {
		h.Cut = &p.Outcome.Lines[n-1].Result.Score
	}
	return h
}

func resultStrict(p *desk.ResultsPage) (out []Strict) {
	for _, r := range p.Outcome.Calibrated.Reviewers {
		out = append(out, Strict{Name: expertName(p.Panel, r.ID), Marked: r.Marks, Shift: r.Shift, Low: r.Low, High: r.High})
	}
	return out
}

func expertName(panel []review.Assignment, id string) string {
	for _, a := range panel {
		if string(a.Expert) == id {
			return a.Name
		}
	}
	return id
}

func resultAgreed(p *desk.ResultsPage) (out []Agreed) {
	for _, l := range p.Outcome.Lines {
		if !l.Scored {
			continue
		}
		a := Agreed{Name: p.Rows[l.Application].BaseName, Href: "/applications/" + l.Application + "/review", Official: l.Result.Score}
		for i, t := range l.Totals {
			a.Totals = append(a.Totals, t.Total)
			if t.Odd {
				a.Odd = append(a.Odd, i)
			}
		}
		out = append(out, a)
	}
	return out
}

func resultSlopes(p *desk.ResultsPage) (out []Slope) {
	for _, l := range p.Outcome.Lines {
		if l.Place > 0 {
			out = append(out, Slope{Name: p.Rows[l.Application].BaseName, Href: "/applications/" + l.Application + "/review", Rank: l.Rank, Calibrated: l.Place})
		}
	}
	return out
}

func resultProgress(v View, p *desk.ResultsPage) (out []Progress) {
	for _, l := range p.Outcome.Lines {
		x := Progress{Name: p.Rows[l.Application].BaseName, Href: "/applications/" + l.Application + "/review", Due: max(p.Round.Size, l.Valid+l.Pending), Signed: l.Valid}
		for _, a := range p.Panel {
			if a.Application != l.Application || !a.Pending() {
				continue
			}
			switch {
			case len(a.Draft) > 0:
				x.Begun++
			case !v.Now.Before(a.Due):
				x.Late++
			}
		}
		out = append(out, x)
	}
	return out
}

// intervalText is a calibrated score with its interval.
func intervalText(l review.OutcomeLine) string {
	return l.Calibrated.Format(1) + " (" + l.Low.Format(1) + "–" + l.High.Format(1) + ")"
}

func movedText(n int) string {
	switch {
	case n > 0:
		return "↑" + strconv.Itoa(n)
	case n < 0:
		return "↓" + strconv.Itoa(-n)
	}
	return "–"
}

func signedPoints(p score.Points) string {
	if p > 0 {
		return "+" + p.Format(1)
	}
	return p.Format(1)
}

func nameList(v View, p *desk.ResultsPage, apps []string) string {
	var out []string
	for _, a := range apps {
		out = append(out, p.Rows[a].BaseName)
	}
	return listed(v, out)
}

func roundQuery(p *desk.ResultsPage, r review.Round) string {
	return "/calls/" + p.Call.ID + "/results?" + url.Values{"round": {r.ID}}.Encode()
}

// wordsOfSheet says whether a sheet has any words to give back.
func wordsOfSheet(s review.Sheet, in review.Scoring) (out []Option) {
	for _, a := range s.Leaves() {
		if n := in.Notes[a.ID]; n != "" {
			out = append(out, Option{a.Name, n})
		}
	}
	return out
}
