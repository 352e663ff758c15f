package web

func (s *Server) levelRoutes() {}
