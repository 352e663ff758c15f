package web

func (s *Server) regionRoutes() {}
