package web

import (
	"errors"
	"mime"
	"net/http"

	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/review"
)

func (s *Server) reviewRoutes() {
	s.panelRoutes()
	s.groupRoutes()
	s.on("GET /applications/{id}/review", s.panelForm)
	s.on("GET /reviews/{id}", s.reviewForm)
	s.on("POST /reviews/{id}/declaration", s.declare)
	s.on("GET /reviews/{id}/files/{file}", s.reviewFile)
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
	case !a.Open():
		return "invited", "tag tag-wait"
	case a.Declared.IsZero():
		return "undeclared", "tag tag-wait"
	}
	return "reading", "tag tag-run"
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

func filesOn(c *desk.ReviewCase, topic string) []filing.Evidence {
	var out []filing.Evidence
	for _, e := range c.Files {
		if e.Topic == topic {
			out = append(out, e)
		}
	}
	return out
}
