package web

import "shenbao/internal/event"

func (s *Server) frontRoutes() {
	s.open("GET /{$}", s.front)
	s.on("GET /home", s.home)
	s.open("/", func(*query) error { return event.Refuse(event.NotFound, "not-found", "") })
}

// front is the public front page: the open calls and the bases recognised last.
func (s *Server) front(q *query) error {
	f, err := s.desk.Front(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	if q.signed || q.s.cfg.Demo != nil {
		return q.show(200, frontPage(q.view("front.title"), f))
	}
	empty, err := s.auth.Empty(q.ctx(), q.at)
	if err != nil {
		return err
	}
	if empty {
		return q.to("/setup")
	}
	return q.show(200, frontPage(q.view("front.title"), f))
}

// home is what waits for the person, with due dates.
func (s *Server) home(q *query) error {
	t, err := s.desk.Todo(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, homePage(q.view("home.title"), t))
}
