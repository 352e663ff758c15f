package web

import (
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/locale"
	"shenbao/internal/org"
)

func (s *Server) meRoutes() {
	s.on("GET /me", s.me)
	s.on("POST /me/data", s.describe)
	s.on("POST /me/password", s.changePassword)
	s.on("POST /me/delegations", s.delegate)
	s.on("POST /me/sessions", s.endOthers)
}

func (s *Server) me(q *query) error { return s.showMe(q, Form{}) }

func (s *Server) showMe(q *query, f Form) error {
	m, err := s.desk.Me(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	all, err := s.auth.Sessions(q.ctx(), q.at, q.session)
	if err != nil {
		return err
	}
	return q.show(200, mePage(q.view("me.title"), f, m, all))
}

func (s *Server) onMe(q *query, err error, done string) error {
	if err != nil {
		return q.refused(q.labelled(err), func(f Form) error { return s.showMe(q, f) })
	}
	return q.to("/me", done)
}

func (s *Server) describe(q *query) error {
	get := func(name string) string { return strings.TrimSpace(q.r.PostForm.Get(name)) }
	return s.onMe(q, s.desk.Describe(q.ctx(), q.ask(), org.Person{Phone: get("phone"), Email: get("email"), Title: get("title")}), "person-changed")
}

func (s *Server) changePassword(q *query) error {
	err := samePasswords(q.r)
	if err == nil {
		err = s.auth.ChangePassword(q.ctx(), q.at, q.session, q.r.PostForm.Get("old"), q.r.PostForm.Get("password"))
	}
	for _, name := range []string{"old", "password", "again"} {
		q.r.PostForm.Del(name) // never sent back
	}
	return s.onMe(q, err, "password-changed")
}

// delegate lends the post acted from until the end of a day.
func (s *Server) delegate(q *query) error {
	f := q.r.PostForm
	day, err := time.ParseInLocation(time.DateOnly, f.Get("until"), locale.Beijing)
	if err != nil {
		r := event.Refuse(event.Invalid, "date", "")
		r.Field = "until"
		return s.onMe(q, r, "")
	}
	err = s.desk.DelegatePost(q.ctx(), q.ask(), org.PersonID(f.Get("person")), day.AddDate(0, 0, 1), strings.TrimSpace(f.Get("note")))
	return s.onMe(q, err, "post-delegated")
}

func (s *Server) endOthers(q *query) error {
	return s.onMe(q, s.auth.EndOthers(q.ctx(), q.at, q.session), "others-ended")
}
