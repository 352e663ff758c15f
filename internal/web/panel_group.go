package web

import (
	"slices"
	"strconv"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

func (s *Server) groupRoutes() {
	s.drawRoutes()
	s.on("GET /calls/{id}/panels", s.panels)
	s.on("POST /calls/{id}/groups", s.makeGroup)
	s.on("GET /groups/{id}", s.groupPage)
	s.on("POST /groups/{id}", s.changeGroup)
	s.on("POST /groups/{id}/ending", s.dissolveGroup)
	s.on("POST /groups/{id}/chair", s.nameChair)
	s.on("POST /groups/{id}/alternate", s.callAlternate)
}

func (s *Server) panels(q *query) error { return s.showPanels(q, 200, q.r.PathValue("id"), Form{}) }

func (s *Server) showPanels(q *query, status int, call string, f Form) error {
	p, err := s.desk.Panels(q.ctx(), q.ask(), call)
	if err != nil {
		return err
	}
	return q.show(status, panelsPage(q.view("panels.title"), f, p))
}

// groupDraft reads a group's form; what is no number is out of range.
func groupDraft(q *query) desk.GroupDraft {
	p := q.r.PostForm
	in := desk.GroupDraft{ID: p.Get("group"), Name: p.Get("name")}
	for _, a := range p["applications"] {
		in.Applications = append(in.Applications, application.ID(a))
	}
	in.Size, _ = strconv.Atoi(p.Get("size"))
	var err error
	if in.Alternates, err = strconv.Atoi(p.Get("alternates")); err != nil {
		in.Alternates = -1
	}
	return in
}

func (s *Server) makeGroup(q *query) error {
	call := q.r.PathValue("id")
	id, err := s.desk.KeepGroup(q.ctx(), q.ask(), call, groupDraft(q))
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showPanels(q, 0, call, f) })
	}
	return q.to("/groups/"+id, "group-kept")
}

func (s *Server) groupPage(q *query) error { return s.showGroup(q, 200, q.r.PathValue("id"), Form{}) }

func (s *Server) showGroup(q *query, status int, id string, f Form) error {
	p, err := s.desk.Group(q.ctx(), q.ask(), id)
	if err != nil {
		return err
	}
	all, err := s.desk.Panels(q.ctx(), q.ask(), p.Group.Call)
	if err != nil {
		return err
	}
	return q.show(status, groupPage(q.view("group.title"), f, p, all))
}

func (s *Server) changeGroup(q *query) error {
	id := q.r.PathValue("id")
	p, err := s.desk.Group(q.ctx(), q.ask(), id)
	if err != nil {
		return err
	}
	in := groupDraft(q)
	in.ID = id
	if _, err := s.desk.KeepGroup(q.ctx(), q.ask(), p.Group.Call, in); err != nil {
		return q.refused(err, func(f Form) error { return s.showGroup(q, 0, id, f) })
	}
	return q.to("/groups/"+id, "group-kept")
}

func (s *Server) dissolveGroup(q *query) error {
	id := q.r.PathValue("id")
	p, err := s.desk.Group(q.ctx(), q.ask(), id)
	if err != nil {
		return err
	}
	if err := s.desk.DissolveGroup(q.ctx(), q.ask(), id, q.reason()); err != nil {
		return q.refused(err, func(f Form) error { return s.showGroup(q, 0, id, f) })
	}
	return q.to("/calls/"+p.Group.Call+"/panels", "group-dissolved")
}

func (s *Server) nameChair(q *query) error {
	id := q.r.PathValue("id")
	if err := s.desk.NameChair(q.ctx(), q.ask(), id, org.PersonID(q.r.PostFormValue("chair"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showGroup(q, 0, id, f) })
	}
	return q.to("/groups/"+id, "chair-named")
}

func (s *Server) callAlternate(q *query) error {
	id := q.r.PathValue("id")
	if err := s.desk.CallAlternate(q.ctx(), q.ask(), id, endOf(q.r.PostFormValue("due"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showGroup(q, 0, id, f) })
	}
	return q.to("/groups/"+id, "alternate-called")
}

// ungrouped are the applications that stand in no group of the round, and those of the
// group that is being changed.
func ungrouped(lines []desk.PanelLine, own []string) []desk.PanelLine {
	return slices.DeleteFunc(slices.Clone(lines), func(l desk.PanelLine) bool {
		return l.Group != "" && !slices.Contains(own, string(l.ID))
	})
}

// panelProgress counts over a round: applications, complete ones, sheets in and expected.
func panelProgress(lines []desk.PanelLine) (complete, in, expected, short int) {
	for _, l := range lines {
		waiting := false
		for _, a := range l.Panel {
			switch {
			case a.Recused:
			case a.Scored.IsZero():
				waiting, expected = true, expected+1
			default:
				in, expected = in+1, expected+1
			}
		}
		if short += l.Short; !waiting && l.Short == 0 {
			complete++
		}
	}
	return complete, in, expected, short
}

// sittingOptions are the members that can be chair.
func sittingOptions(g review.Group) []Option {
	var out []Option
	for _, s := range g.Sitting() {
		out = append(out, Option{string(s.Expert), s.Name})
	}
	return out
}

func standOptions(g review.Group) []Option {
	var out []Option
	for _, s := range g.Stands {
		out = append(out, Option{string(s.Expert), s.Name})
	}
	return out
}

// progressByApplication and progressByExpert are how far a round is, for its charts.
func progressByApplication(v View, lines []desk.PanelLine) []Progress {
	var out []Progress
	for _, l := range lines {
		p := Progress{Name: l.Number, Href: "/applications/" + string(l.ID) + "/review", Note: l.BaseName}
		for _, a := range l.Panel {
			p.count(v, a)
		}
		p.Due += l.Short
		out = append(out, p)
	}
	return out
}

func progressByExpert(v View, lines []desk.PanelLine) []Progress {
	var out []Progress
	at := map[org.PersonID]int{}
	for _, l := range lines {
		for _, a := range l.Panel {
			i, ok := at[a.Expert]
			if !ok {
				i = len(out)
				at[a.Expert] = i
				out = append(out, Progress{Name: a.Name, Note: a.Employer})
			}
			out[i].count(v, a)
		}
	}
	slices.SortStableFunc(out, func(a, b Progress) int { return (b.Due - b.Signed) - (a.Due - a.Signed) })
	return out
}

func (p *Progress) count(v View, a review.Assignment) {
	switch {
	case a.Recused:
		return
	case !a.Scored.IsZero():
		p.Signed++
	case len(a.Draft) > 0:
		p.Begun++
	case !v.Now.Before(a.Due):
		p.Late++
	}
	p.Due++
}

// defaultGroup are the figures proposed for a new group: the round's panel and as many
// alternates as members.
func defaultGroup(p desk.Panels) review.Group {
	return review.Group{Size: p.Round.Size, Alternates: p.Round.Size}
}

// groupDue is the date proposed for sheets of somebody who comes later: the group's own, if
// there is time left, else two weeks.
func groupDue(v View, g review.Group) string {
	if g.Due.After(v.Now.AddDate(0, 0, 3)) {
		return lastDay(g.Due)
	}
	return reviewDue(v)
}
