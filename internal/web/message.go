package web

func (s *Server) messageRoutes() {}
