package web

func (s *Server) messageRoutes() {
	s.on("GET /messages", s.messages)
	s.on("POST /messages/reading", s.readMessages)
	s.on("POST /messages/mail", s.setMail)
}

// messages are what the person was told. Looking at them does not mark them: a preview or
// a colleague at the screen must not.
func (s *Server) messages(q *query) error {
	ms, mail, err := s.desk.Messages(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, messagesPage(q.view("messages.title"), ms, mail))
}

func (s *Server) readMessages(q *query) error {
	if err := s.desk.ReadMessages(q.ctx(), q.ask()); err != nil {
		return err
	}
	return q.to("/messages")
}

func (s *Server) setMail(q *query) error {
	if err := s.desk.SetMail(q.ctx(), q.ask(), q.r.PostFormValue("mail")); err != nil {
		return err
	}
	return q.to("/messages", "mail-set")
}
