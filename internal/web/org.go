package web

import (
	"errors"
	"net/url"
	"strings"

	"shenbao/internal/auth"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/locale"
	"shenbao/internal/org"
)

func (s *Server) orgRoutes() {
	s.open("GET /units/new", s.newUnit)
	s.open("POST /units/new", s.registerUnit)
	s.on("GET /registrations", s.registrations)
	s.on("GET /registrations/{unit}", s.registration)
	s.on("POST /registrations/{unit}/admission", s.admitUnit)
	s.unitRoutes()
	s.peopleRoutes()
	s.meRoutes()
	s.auditRoutes()
	s.systemRoutes()
}

// newUnit is the public page where a unit asks to be registered.
func (s *Server) newUnit(q *query) error { return s.showNewUnit(q, Form{}) }

func (s *Server) showNewUnit(q *query, f Form) error {
	p, err := s.desk.Places(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, newUnitPage(q.view("register.title"), f, p))
}

// registerUnit has three buttons: look at what was typed and at what follows from it, go
// back to mend it, send it.
func (s *Server) registerUnit(q *query) error {
	f := q.r.PostForm
	step := f.Get("step")
	f.Del("step")
	g := registrationOf(f)
	var e desk.UnitEntry
	var err error
	switch step {
	case "edit":
		return s.showNewUnit(q, Form{Sent: f})
	case "send":
		if err = s.auth.Stranger(q.at, s.addr(q.r)); err == nil {
			e, err = s.desk.RegisterUnit(q.ctx(), q.ask(), g)
		}
	default:
		e, err = s.desk.CheckRegistration(q.ctx(), q.ask(), g)
	}
	if err != nil {
		return q.refused(q.labelled(err), func(f Form) error { return s.showNewUnit(q, f) })
	}
	p, err := s.desk.Places(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	if step == "send" {
		return q.show(200, registeredPage(q.view("register.done-title"), e))
	}
	f.Del("_key")
	return q.show(200, checkUnitPage(q.view("register.check-title"), f, e, placeNames(p)))
}

func registrationOf(f url.Values) org.Registration {
	get := func(name string) string { return strings.TrimSpace(f.Get(name)) }
	person := func(who string) org.Newcomer {
		return org.Newcomer{Name: get(who + "-name"), Login: org.PlainLogin(f.Get(who + "-login")), Phone: get(who + "-phone"), Email: get(who + "-email")}
	}
	return org.Registration{Unit: unitOf(f), Clerk: person("clerk"), Principal: person("principal"), Twin: f.Get("twin") != "",
		Proxy: f.Get("proxy") != ""}
}

func unitOf(f url.Values) org.Unit {
	get := func(name string) string { return strings.TrimSpace(f.Get(name)) }
	return org.Unit{Name: get("name"), Short: get("short"), Ownership: org.Ownership(get("ownership")), Superior: org.UnitID(get("superior")),
		Division: get("division"), CreditCode: get("credit_code"), Address: get("address"), Contact: get("contact"), Phone: get("phone")}
}

// labelled puts the field's name into refusals that only know its key: “this field” eleven
// times over would help nobody.
func (q *query) labelled(err error) error {
	rs, ok := refusals(err)
	if !ok {
		return err
	}
	for _, r := range rs {
		if r.Field != "" && locale.Has("unit-field."+r.Field) {
			if r.Args == nil {
				r.Args = map[string]string{}
			}
			r.Args["label"] = q.T("unit-field." + r.Field)
		}
	}
	return err
}

// placeNames are the names of divisions and governing units by code and id, and under
// "short " the short ones.
func placeNames(p desk.Places) map[string]string {
	m := map[string]string{}
	for _, d := range p.Divisions {
		m[d.Code] = d.Name
		if d.Level == "county" && !d.Direct {
			m[d.Code] = m[d.Parent] + d.Name
		}
	}
	for _, u := range p.Superiors {
		m[string(u.ID)] = u.Name
		m["short "+string(u.ID)] = u.Short
	}
	return m
}

func (s *Server) registrations(q *query) error {
	es, err := s.desk.Registrations(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	p, err := s.desk.Places(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, registrationsPage(q.view("registrations.title"), es, placeNames(p)))
}

func (s *Server) registration(q *query) error { return s.showRegistration(q, Form{}) }

func (s *Server) showRegistration(q *query, f Form) error {
	e, err := s.desk.Registration(q.ctx(), q.ask(), org.UnitID(q.r.PathValue("unit")))
	if err != nil {
		return err
	}
	p, err := s.desk.Places(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, registrationPage(q.view("registration.title"), f, e, placeNames(p)))
}

// admitUnit admits or refuses; the links of the two people are shown in the answer, once.
func (s *Server) admitUnit(q *query) error {
	f := q.r.PostForm
	id := org.UnitID(q.r.PathValue("unit"))
	a := desk.Admission{OK: f.Get("outcome") == "admit", Reason: strings.TrimSpace(f.Get("reason")), Clerk: f.Get("clerk-login"), Principal: f.Get("principal-login")}
	clerk, one := auth.NewLink()
	principal, two := auth.NewLink()
	err := chosen(f.Get("outcome"), "outcome", "admit", "refuse")
	if err == nil {
		err = s.desk.AdmitUnit(q.ctx(), q.ask(), id, a, [2]desk.Link{one, two})
	}
	if err != nil {
		return q.refused(q.labelled(err), func(f Form) error { return s.showRegistration(q, f) })
	}
	if !a.OK {
		return q.to("/registrations/"+string(id), "unit-refused")
	}
	e, err := s.desk.Registration(q.ctx(), q.ask(), id)
	if err != nil {
		return err
	}
	if e.Proxy {
		return q.to("/units/"+string(id), "unit-admitted")
	}
	return q.show(200, linksPage(q.view("links.title"), "registration.admitted", []handed{
		{e.Clerk.Name, org.PlainLogin(a.Clerk), "role.clerk", e.Clerk.Phone, s.link(q, clerk)},
		{e.Principal.Name, org.PlainLogin(a.Principal), "role.principal", e.Principal.Phone, s.link(q, principal)}}, "/units/"+string(id)))
}

// A handed link is shown once, with whom it is for.
type handed struct{ Name, Login, Role, Phone, URL string }

// link is a one-time link as people open it.
func (s *Server) link(q *query, token string) string {
	base := strings.TrimSuffix(s.cfg.PublicURL, "/")
	if base == "" {
		base = "http://" + q.r.Host
	}
	return base + "/invitations/" + token
}

// chosen refuses a choice that is none of those offered.
func chosen(v, field string, offered ...string) error {
	for _, o := range offered {
		if v == o {
			return nil
		}
	}
	r := event.Refuse(event.Invalid, "outcome-required", "")
	r.Field = field
	return r
}

// routeWhy is why there is no route, in words.
func routeWhy(v View, err error) string {
	var r *event.Refusal
	if errors.As(err, &r) {
		return v.Lang.Say("refusal."+r.Kind, r.Args)
	}
	return ""
}
