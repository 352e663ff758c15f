package web

import (
	"strings"

	"shenbao/internal/auth"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/org"
)

func (s *Server) peopleRoutes() {
	s.on("GET /people", s.people)
	s.on("GET /people/new", s.newPerson)
	s.on("POST /people", s.addPerson)
	s.on("GET /people/{id}", s.person)
	s.on("POST /people/{id}/posts", s.grantPost)
	s.on("POST /people/{id}/suspension", s.disablePerson)
	s.on("POST /people/{id}/restoration", s.restorePerson)
	s.on("POST /people/{id}/invitation", s.invitePerson)
	s.on("GET /posts/{id}", s.post)
	s.on("POST /posts/{id}/ending", s.endPost)
	s.on("POST /posts/{id}/handover", s.handOverPost)
}

func (s *Server) people(q *query) error {
	a := q.r.URL.Query()
	f := desk.PersonFilter{Role: org.Role(a.Get("role")), Words: strings.TrimSpace(a.Get("words"))}
	shown := f
	if id, name, ok := strings.Cut(a.Get("after"), "~"); ok {
		f.ID, f.Name = org.PersonID(id), name
	}
	ps, more, err := s.desk.People(q.ctx(), q.ask(), f, pageSize)
	if err != nil {
		return err
	}
	next := ""
	if more {
		last := ps[len(ps)-1]
		next = onward(q.r.URL, "after", string(last.ID)+"~"+last.Name)
	}
	return q.show(200, peoplePage(q.view("people.title"), shown, ps, next))
}

func (s *Server) newPerson(q *query) error { return s.showNewPerson(q, Form{}) }

// showNewPerson is the form of a new account. The person in charge makes clerks of the own
// unit; the security administrator chooses.
func (s *Server) showNewPerson(q *query, f Form) error {
	by := q.actor()
	if !by.Is(org.SecAdmin, org.Principal) {
		return event.Refuse(event.Forbidden, "people-closed", "")
	}
	unit, roles := by.UnitName, []org.Role{org.Clerk}
	var offered []org.Unit
	if by.Is(org.SecAdmin) {
		p, err := s.desk.Places(q.ctx(), q.ask())
		if err != nil {
			return err
		}
		unit, roles, offered = "", org.Roles, p.Superiors
		if id := q.r.URL.Query().Get("unit"); id != "" {
			u, err := s.desk.Unit(q.ctx(), q.ask(), org.UnitID(id))
			if err != nil {
				return err
			}
			unit, roles = u.Name, fitting(u.Kind)
		}
	}
	return q.show(200, newPersonPage(q.view("people.add"), f, unit, roles, offered))
}

// fitting are the roles that a unit of kind k can have.
func fitting(k org.Kind) (rs []org.Role) {
	for _, r := range org.Roles {
		if r.Fits(k) {
			rs = append(rs, r)
		}
	}
	return rs
}

func (s *Server) addPerson(q *query) error {
	get := func(name string) string { return strings.TrimSpace(q.r.PostForm.Get(name)) }
	p := org.Person{Name: get("name"), Login: org.PlainLogin(get("login")), Phone: get("phone"), Email: get("email"), Employer: get("employer"), Title: get("title")}
	unit := get("unit")
	if q.actor().Is(org.Principal) {
		unit = q.actor().Unit
	}
	token, link := auth.NewLink()
	id, err := s.desk.AddPerson(q.ctx(), q.ask(), p, unit, org.Role(get("role")), link)
	if err != nil {
		return q.refused(q.labelled(err), func(f Form) error { return s.showNewPerson(q, f) })
	}
	role := ""
	if get("role") != "" {
		role = "role." + get("role")
	}
	return q.show(200, linksPage(q.view("links.title"), "people.added", []handed{{p.Name, p.Login, role, p.Phone, s.link(q, token)}}, "/people/"+string(id)))
}

func (s *Server) person(q *query) error { return s.showPerson(q, Form{}) }

func (s *Server) showPerson(q *query, f Form) error {
	p, err := s.desk.Person(q.ctx(), q.ask(), org.PersonID(q.r.PathValue("id")))
	if err != nil {
		return err
	}
	var offered []org.Unit
	if q.actor().Is(org.SecAdmin) {
		places, err := s.desk.Places(q.ctx(), q.ask())
		if err != nil {
			return err
		}
		offered = places.Superiors
	}
	return q.show(200, personPage(q.view("person.title"), f, p, offered))
}

// onPerson answers an act on the person of the address: back to the page, with a sentence.
func (s *Server) onPerson(q *query, done string, act func(id org.PersonID) error) error {
	id := q.r.PathValue("id")
	if err := act(org.PersonID(id)); err != nil {
		return q.refused(q.labelled(err), func(f Form) error { return s.showPerson(q, f) })
	}
	return q.to("/people/"+id, done)
}

func (s *Server) grantPost(q *query) error {
	unit := strings.TrimSpace(q.r.PostForm.Get("unit"))
	if q.actor().Is(org.Principal) {
		unit = q.actor().Unit
	}
	return s.onPerson(q, "post-granted", func(id org.PersonID) error {
		return s.desk.GrantPost(q.ctx(), q.ask(), id, unit, org.Role(q.r.PostForm.Get("role")))
	})
}

func (s *Server) disablePerson(q *query) error {
	return s.onPerson(q, "person-disabled", func(id org.PersonID) error {
		return s.desk.DisablePerson(q.ctx(), q.ask(), id, true, strings.TrimSpace(q.r.PostForm.Get("reason")))
	})
}

func (s *Server) restorePerson(q *query) error {
	return s.onPerson(q, "person-restored", func(id org.PersonID) error {
		return s.desk.DisablePerson(q.ctx(), q.ask(), id, false, strings.TrimSpace(q.r.PostForm.Get("reason")))
	})
}

func (s *Server) invitePerson(q *query) error {
	id := q.r.PathValue("id")
	back := "/people/" + id
	if !q.actor().Is(org.SecAdmin) && q.actor().Kind != org.Host {
		back = "/registrations" // a bureau that admitted the unit
	}
	token, link := auth.NewLink()
	p, err := s.desk.InvitePerson(q.ctx(), q.ask(), org.PersonID(id), link)
	if err != nil {
		return err
	}
	return q.show(200, linksPage(q.view("links.title"), "people.invited", []handed{{p.Name, p.Login, "", p.Phone, s.link(q, token)}}, back))
}

func (s *Server) post(q *query) error { return s.showPost(q, Form{}) }

func (s *Server) showPost(q *query, f Form) error {
	p, err := s.desk.Post(q.ctx(), q.ask(), org.PostID(q.r.PathValue("id")))
	if err != nil {
		return err
	}
	return q.show(200, postPage(q.view("post.title"), f, p))
}

func (s *Server) endPost(q *query) error {
	p, err := s.desk.Post(q.ctx(), q.ask(), org.PostID(q.r.PathValue("id")))
	if err != nil {
		return err
	}
	if err := s.desk.EndPost(q.ctx(), q.ask(), p.ID, strings.TrimSpace(q.r.PostForm.Get("reason"))); err != nil {
		return q.refused(q.labelled(err), func(f Form) error { return s.showPost(q, f) })
	}
	return q.to(afterPost(p), "post-ended")
}

func (s *Server) handOverPost(q *query) error {
	p, err := s.desk.Post(q.ctx(), q.ask(), org.PostID(q.r.PathValue("id")))
	if err != nil {
		return err
	}
	if err := s.desk.HandOverPost(q.ctx(), q.ask(), p.ID, q.r.PostForm.Get("to"), strings.TrimSpace(q.r.PostForm.Get("note"))); err != nil {
		return q.refused(q.labelled(err), func(f Form) error { return s.showPost(q, f) })
	}
	return q.to(afterPost(p), "post-handed-over")
}

// afterPost is where one goes after an act on a post: the lender to the own page.
func afterPost(p desk.PostPage) string {
	if p.Lender {
		return "/me"
	}
	return "/people/" + string(p.Person)
}
