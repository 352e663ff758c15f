package web

func (s *Server) orgRoutes() {}
