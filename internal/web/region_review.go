package web

import (
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

func (s *Server) reviewRoutes() {
	s.on("GET /calls/{id}/reviews", s.reviewsOverview)
	s.on("POST /calls/{id}/review-closing", s.closeReviews)
	s.on("POST /calls/{id}/panel-size", s.setPanelMin)
	s.on("GET /applications/{id}/review", s.panelForm)
	s.on("POST /applications/{id}/review", s.assign)
	s.on("POST /applications/{id}/unassignment", s.unassign)
	s.on("POST /applications/{id}/review-closing", s.closeReview)
	s.on("GET /reviews", s.reviews)
	s.on("GET /reviews/{id}", s.reviewForm)
	s.on("POST /reviews/{id}/declaration", s.declare)
	s.on("POST /reviews/{id}/score", s.score)
	s.on("GET /reviews/{id}/files/{file}", s.reviewFile)
}

func (s *Server) reviewsOverview(q *query) error { return s.showReviews(q, 200, Form{}) }

func (s *Server) showReviews(q *query, status int, f Form) error {
	o, lines, _, err := s.desk.Reviews(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(status, reviewsOverviewPage(q.view("region.reviews"), f, o, lines))
}

func (s *Server) closeReviews(q *query) error {
	id := q.r.PathValue("id")
	if err := s.desk.CloseReviews(q.ctx(), q.ask(), id); err != nil {
		return q.refused(err, func(f Form) error { return s.showReviews(q, 0, f) })
	}
	return q.to(listPath(id, application.ListReviews), "reviews-closed")
}

func (s *Server) setPanelMin(q *query) error {
	id := q.r.PathValue("id")
	least, _ := strconv.Atoi(q.r.PostFormValue("panel")) // what is no number is out of range
	if err := s.desk.SetPanelMin(q.ctx(), q.ask(), id, least, strings.TrimSpace(q.r.PostFormValue("reason"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showReviews(q, 0, f) })
	}
	return q.to(listPath(id, application.ListReviews), "panel-set")
}

func (s *Server) panelForm(q *query) error { return s.showPanel(q, 200, Form{}) }

func (s *Server) showPanel(q *query, status int, f Form) error {
	pool, err := s.desk.Panel(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	c, err := s.desk.Case(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	return q.show(status, panelPage(q.view("panel.title"), f, c, pool))
}

func (s *Server) assign(q *query) error {
	var experts []org.PersonID
	for _, e := range q.r.PostForm["expert"] {
		experts = append(experts, org.PersonID(e))
	}
	if err := s.desk.Assign(q.ctx(), q.ask(), q.application(), experts, endOf(q.r.PostFormValue("due"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showPanel(q, 0, f) })
	}
	return q.to("/applications/"+string(q.application())+"/review", "assigned")
}

func (s *Server) unassign(q *query) error {
	p := q.r.PostForm
	if err := s.desk.Unassign(q.ctx(), q.ask(), q.application(), org.PersonID(p.Get("expert")), strings.TrimSpace(p.Get("reason"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showPanel(q, 0, f) })
	}
	return q.to("/applications/"+string(q.application())+"/review", "unassigned")
}

func (s *Server) closeReview(q *query) error {
	if err := s.desk.CloseReview(q.ctx(), q.ask(), q.application()); err != nil {
		return q.refused(err, func(f Form) error { return s.showPanel(q, 0, f) })
	}
	return q.to("/applications/"+string(q.application())+"/review", "review-closed")
}

// reviews are an expert's own assignments.
func (s *Server) reviews(q *query) error {
	tasks, err := s.desk.ReviewsOf(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, reviewsPage(q.view("reviews.title"), tasks))
}

func (s *Server) reviewForm(q *query) error { return s.showReview(q, 200, Form{}) }

func (s *Server) showReview(q *query, status int, f Form) error {
	c, err := s.desk.Review(q.ctx(), q.ask(), q.application())
	if err != nil {
		return err
	}
	ds, err := s.desk.Divisions(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(status, reviewPage(q.view("review.title"), f, c, ds))
}

func (s *Server) declare(q *query) error {
	p := q.r.PostForm
	tie := p.Get("tie")
	var err error
	if tie == "none" || tie == "some" {
		err = s.desk.Declare(q.ctx(), q.ask(), q.application(), declared(p))
	} else {
		x := event.Refuse(event.Invalid, "outcome-required", "")
		x.Field, err = "tie", x
	}
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showReview(q, 0, f) })
	}
	return q.to("/reviews/"+string(q.application()), "declared-"+tie)
}

// score keeps the sheet, or hands it in. What is no number in a field of the sheet is out
// of its range when it is handed in, and left out before.
func (s *Server) score(q *query) error {
	p := q.r.PostForm
	done := p.Get("do") == "hand-in"
	marks := map[string]int{}
	for _, it := range review.Sheet() {
		if m, err := strconv.Atoi(strings.TrimSpace(p.Get("mark." + it.Key))); err == nil {
			marks[it.Key] = m
		}
	}
	if err := s.desk.Score(q.ctx(), q.ask(), q.application(), marks, strings.TrimSpace(p.Get("comment")), p.Get("verdict"), done); err != nil {
		return q.refused(err, func(f Form) error { return s.showReview(q, 0, f) })
	}
	if done {
		return q.to("/reviews", "scored")
	}
	return q.to("/reviews/"+string(q.application()), "score-kept")
}

// reviewFile gives an expert a file of an application that they review.
func (s *Server) reviewFile(q *query) error {
	e, f, err := s.desk.ReviewFile(q.ctx(), q.ask(), q.application(), q.r.PathValue("file"))
	if err != nil {
		return err
	}
	defer f.Close()
	q.started = true
	h := q.w.Header()
	h.Set("Content-Type", e.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": e.Name}))
	http.ServeContent(q.w, q.r, "", e.At, f)
	return nil
}

// why is a refusal as a sentence beside the thing that is refused.
func why(v View, err error) string {
	var r *event.Refusal
	if errors.As(err, &r) {
		return v.Lang.Say("refusal."+r.Kind, r.Args)
	}
	return ""
}

// sheetState is how far one expert is. locale has "sheet-state.<state>".
func sheetState(a review.Assignment) (state, class string) {
	switch {
	case a.Recused:
		return "recused", "tag tag-off"
	case !a.Scored.IsZero():
		return "scored", "tag tag-ok"
	case a.Declared.IsZero():
		return "undeclared", "tag tag-wait"
	}
	return "reading", "tag tag-run"
}

// meanOf is the official score so far.
func meanOf(panel []review.Assignment) string {
	m, n := review.Mean(panel)
	if n == 0 {
		return "—"
	}
	return application.Score(m)
}

func doneOf(panel []review.Assignment) int {
	_, n := review.Mean(panel)
	return n
}

func markValue(a review.Assignment, key string) string {
	if m, ok := a.Marks[key]; ok {
		return strconv.Itoa(m)
	}
	return ""
}

func verdicts(v View) []Option {
	var out []Option
	for _, x := range review.Verdicts {
		out = append(out, Option{x, v.T("verdict." + x)})
	}
	return out
}

// shownFields are the fields of the form in which something stands.
func shownFields(n *notice.Notice, a filing.Answers) []string {
	var out []string
	for _, f := range n.Form.Fields() {
		if a.Get(f.Name) != "" {
			out = append(out, f.Name)
		}
	}
	return out
}

// reviewDue is the date proposed for a review: two weeks from today.
func reviewDue(v View) string { return lastDay(v.Now.AddDate(0, 0, 15)) }

func filesOn(c *desk.ReviewCase, topic string) []filing.Evidence {
	var out []filing.Evidence
	for _, e := range c.Files {
		if e.Topic == topic {
			out = append(out, e)
		}
	}
	return out
}
