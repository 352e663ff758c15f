package web

func (s *Server) applyRoutes() {}
