package web

import (
	"strings"

	"shenbao/internal/application"
)

func (s *Server) releaseRoutes() {
	s.on("POST /calls/{id}/release", s.release)
	s.on("POST /calls/{id}/public-notice-setting", s.setPublicNotice)
}

// release makes the approved sheet known, all results in one act.
func (s *Server) release(q *query) error {
	id, p := q.r.PathValue("id"), q.r.PostForm
	if err := s.desk.Release(q.ctx(), q.ask(), id, strings.TrimSpace(p.Get("document")), strings.TrimSpace(p.Get("date"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showSheet(q, 0, f) })
	}
	return q.to(listPath(id, application.ListRanking), "released")
}

// setPublicNotice sets whether a public notice is held before the release.
func (s *Server) setPublicNotice(q *query) error {
	p := q.r.PostForm
	err := s.desk.SetPublicNotice(q.ctx(), q.ask(), q.r.PathValue("id"), p.Get("hold") == "yes", strings.TrimSpace(p.Get("reason")))
	return s.sheetDone(q, err, "public-notice-set")
}
