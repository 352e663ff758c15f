package web

import (
	"net/url"
	"strconv"
	"strings"

	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/locale"
	"shenbao/internal/org"
)

func (s *Server) unitRoutes() {
	s.on("GET /units", s.units)
	s.importRoutes()
	s.on("GET /units/{id}", s.unit)
	s.on("POST /units/{id}/contact", s.reachUnit)
	s.on("GET /units/{id}/change", s.changeUnitForm)
	s.on("POST /units/{id}/change", s.changeUnit)
	s.on("GET /units/{id}/ending", s.endUnitForm)
	s.on("POST /units/{id}/ending", s.endUnit)
}

// pageSize is how many rows a list of units, people or facts shows at once.
const pageSize = 50

// A unitsFilter is the filter of the list as it stands in the address.
type unitsFilter struct{ Kind, League, State, Words string }

func (s *Server) units(q *query) error {
	a := q.r.URL.Query()
	x := unitsFilter{a.Get("kind"), a.Get("league"), a.Get("state"), strings.TrimSpace(a.Get("words"))}
	f := desk.UnitFilter{State: org.State(x.State), Division: x.League, Words: x.Words}
	if x.Kind != "" {
		f.Kinds = []org.Kind{org.Kind(x.Kind)}
	}
	division, id, _ := strings.Cut(a.Get("after"), "~")
	us, more, err := s.desk.Units(q.ctx(), q.ask(), f, desk.UnitCursor{Division: division, ID: org.UnitID(id)}, pageSize)
	if err != nil {
		return err
	}
	p, err := s.desk.Places(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	next := ""
	if more {
		last := us[len(us)-1]
		next = onward(q.r.URL, "after", last.Division+"~"+string(last.ID))
	}
	return q.show(200, unitsPage(q.view("units.title"), x, us, p, placeNames(p), next))
}

// onward is the address of the next page of a list: the same filter, another cursor.
func onward(u *url.URL, name, cursor string) string {
	v := u.Query()
	v.Set(name, cursor)
	v.Del("done")
	return u.Path + "?" + v.Encode()
}

func (s *Server) unit(q *query) error { return s.showUnit(q, Form{}) }

func (s *Server) showUnit(q *query, f Form) error {
	p, err := s.desk.Unit(q.ctx(), q.ask(), org.UnitID(q.r.PathValue("id")))
	if err != nil {
		return err
	}
	return q.show(200, unitPage(q.view("unit.title"), f, p))
}

func (s *Server) reachUnit(q *query) error {
	f := q.r.PostForm
	id := q.r.PathValue("id")
	get := func(name string) string { return strings.TrimSpace(f.Get(name)) }
	if err := s.desk.ReachUnit(q.ctx(), q.ask(), org.UnitID(id), get("address"), get("contact"), get("phone")); err != nil {
		return q.refused(q.labelled(err), func(f Form) error { return s.showUnit(q, f) })
	}
	return q.to("/units/"+id, "unit-changed")
}

func (s *Server) changeUnitForm(q *query) error { return s.showChangeUnit(q, Form{}) }

func (s *Server) showChangeUnit(q *query, f Form) error {
	u, err := s.changeable(q)
	if err != nil {
		return err
	}
	p, err := s.desk.Places(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, changeUnitPage(q.view("unit.change"), f, u, p))
}

// changeable is the unit of the address, for who may change it.
func (s *Server) changeable(q *query) (*desk.UnitPage, error) {
	u, err := s.desk.Unit(q.ctx(), q.ask(), org.UnitID(q.r.PathValue("id")))
	if err == nil && !u.CanChange {
		err = event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.SecAdmin))
	}
	return u, err
}

func (s *Server) changeUnit(q *query) error {
	f := q.r.PostForm
	id := q.r.PathValue("id")
	version, _ := strconv.Atoi(f.Get("version"))
	err := s.desk.ChangeUnit(q.ctx(), q.ask(), org.UnitID(id), unitOf(f), version, strings.TrimSpace(f.Get("reason")))
	if err != nil {
		return q.refused(q.labelled(err), func(f Form) error { return s.showChangeUnit(q, f) })
	}
	return q.to("/units/"+id, "unit-changed")
}

func (s *Server) endUnitForm(q *query) error { return s.showEndUnit(q, Form{}) }

func (s *Server) showEndUnit(q *query, f Form) error {
	u, err := s.changeable(q)
	if err != nil {
		return err
	}
	p, err := s.desk.Places(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(200, endUnitPage(q.view("unit.ending"), f, u, p))
}

func (s *Server) endUnit(q *query) error {
	f := q.r.PostForm
	id := q.r.PathValue("id")
	err := s.desk.EndUnit(q.ctx(), q.ask(), org.UnitID(id), f.Get("until"), strings.TrimSpace(f.Get("successor")), strings.TrimSpace(f.Get("reason")))
	if err != nil {
		return q.refused(q.labelled(err), func(f Form) error { return s.showEndUnit(q, f) })
	}
	return q.to("/units/"+id, "unit-ended")
}

// fieldChanges are the fields that a fact changed, each as label, old and new value in words.
func fieldChanges(v View, e event.Event, names map[string]string) (rows [][3]string) {
	for _, f := range []string{"name", "short", "ownership", "division", "superior", "credit_code", "address", "contact", "phone", "email", "title", "person"} {
		old, was := e.Before[f]
		now, is := e.After[f]
		if (!was && !is) || old == now {
			continue
		}
		rows = append(rows, [3]string{v.T("unit-field." + f), inWords(v, f, old, names), inWords(v, f, now, names)})
	}
	return rows
}

func inWords(v View, field, value string, names map[string]string) string {
	switch {
	case value == "":
		return "—"
	case field == "ownership":
		return v.T("ownership." + value)
	case names[value] != "":
		return names[value]
	}
	return value
}

// whoDid is who did something, as a history shows it.
func whoDid(v View, a event.Actor) string {
	switch {
	case a.Name == "" && a.Person == "":
		return v.T("actor.stranger")
	case a.ForName != "":
		return a.UnitName + " " + a.Name + v.T("nav.post-for", "role", v.T("role."+a.Role), "name", a.ForName)
	case locale.Has("role." + a.Role):
		return a.UnitName + " " + a.Name + v.T("nav.post", "role", v.T("role."+a.Role))
	}
	return a.Name
}
