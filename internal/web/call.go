package web

func (s *Server) callRoutes() {}
