package org

import (
	"shenbao/internal/event"
)

// A Tree is the governing units by id, and whichever hosts the caller put in beside
// them: enough to walk from a unit up to the department.
type Tree map[UnitID]Unit

// StepRole says what a unit does on a route.
type StepRole string

const (
	Applies    StepRole = "applicant"   // fills in, signs, seals: opinion box 1
	Endorses   StepRole = "level"       // a level in between: opinion on the annex page
	Recommends StepRole = "recommender" // holds the quota: opinion box 2
	Decides    StepRole = "department"  // checks, reviews, determines: opinion box 3
)

// A Step is one unit on the way up.
type Step struct {
	Unit UnitID   `json:"unit"`
	Name string   `json:"name"` // the unit's name when the route was computed
	Role StepRole `json:"role"`
	Box  int      `json:"box"` // opinion box of the form it fills: 1, 2, 3; 0 = annex page
}

// Line is why a route goes the way it goes; locale has "route.<line>".
type Line string

const (
	BySubordination Line = "subordination" // 按照行政隶属关系逐级
	ByPlace         Line = "place"         // 非公经济组织由所在地人社部门统一组织
	BySelf          Line = "self"          // a direct unit: applicant and recommender at once
)

// A Route is the way of one application, first the applicant, last the department.
type Route struct {
	Steps  []Step `json:"steps"`
	Line   Line   `json:"line"`
	Clause string `json:"clause"` // 四（一） in this notice
}

// Self reports whether the applicant recommends itself (R5): those who decide later see it.
func (r Route) Self() bool { return r.Line == BySelf }

// Recommender is the unit whose place the application takes.
func (r Route) Recommender() Step {
	for _, s := range r.Steps {
		if s.Role == Recommends {
			return s
		}
	}
	return r.Steps[0] // self: the applicant
}

// Compute finds the route of applicant u (R36, R38, R5).
//
// A non-public unit enters at the HR bureau of its place, whatever department it
// belongs to; every other unit goes up its own line; no level is skipped. The last unit
// below the department must be one that recommends. Refusals: no ownership, no
// superior, a line that ends or runs in a circle, a place without an HR bureau.
func (t Tree) Compute(u Unit, clause string) (Route, error) {
	if !u.MayApply() {
		return Route{}, event.Refuse(event.Forbidden, "unit-cannot-apply", clause, "unit", u.Name)
	}
	if u.Kind == Direct {
		top, ok := t[u.Superior]
		if !ok {
			return Route{}, event.Refuse(event.Invalid, "no-superior", clause, "unit", u.Name)
		}
		return Route{Line: BySelf, Clause: clause, Steps: []Step{
			{Unit: u.ID, Name: u.Name, Role: Applies, Box: 1},
			{Unit: top.ID, Name: top.Name, Role: Decides, Box: 3},
		}}, nil
	}
	r := Route{Clause: clause, Steps: []Step{{Unit: u.ID, Name: u.Name, Role: Applies, Box: 1}}}
	next, err := t.entry(u, &r)
	if err != nil {
		return Route{}, err
	}
	return t.climb(u, next, r)
}

// entry is the first unit above u, and by which line.
func (t Tree) entry(u Unit, r *Route) (UnitID, error) {
	switch u.Ownership {
	case NonPublic:
		r.Line = ByPlace
		b, ok := t.Bureau(u.Division)
		if !ok {
			return "", event.Refuse(event.Invalid, "no-bureau", r.Clause, "unit", u.Name, "division", u.Division)
		}
		return b.ID, nil
	case Public:
		r.Line = BySubordination
		return u.Superior, nil
	}
	return "", event.Refuse(event.Invalid, "no-ownership", r.Clause, "unit", u.Name)
}

func (t Tree) climb(u Unit, next UnitID, r Route) (Route, error) {
	seen := map[UnitID]bool{u.ID: true}
	for {
		s, ok := t[next]
		if !ok || next == "" {
			return Route{}, event.Refuse(event.Invalid, "no-superior", r.Clause, "unit", r.Steps[len(r.Steps)-1].Name)
		}
		if seen[next] {
			return Route{}, event.Refuse(event.Invalid, "superior-circle", r.Clause, "unit", s.Name)
		}
		seen[next] = true
		if s.Kind == DepartmentHR {
			last := &r.Steps[len(r.Steps)-1]
			if len(r.Steps) < 2 || last.Role != Recommends {
				return Route{}, event.Refuse(event.Invalid, "no-recommender", r.Clause, "unit", u.Name)
			}
			r.Steps = append(r.Steps, Step{Unit: s.ID, Name: s.Name, Role: Decides, Box: 3})
			return r, nil
		}
		step := Step{Unit: s.ID, Name: s.Name, Role: Endorses}
		if s.Recommends() && t[s.Superior].Kind == DepartmentHR {
			step.Role, step.Box = Recommends, 2
		}
		r.Steps = append(r.Steps, step)
		next = s.Superior
	}
}

// Regional reports whether u stands above the level of leagues and cities: a unit of the
// region itself, or a public one right below such a unit (盟市以下, T5, T16).
func (t Tree) Regional(u Unit) bool {
	regional := func(k Kind) bool { return k == DepartmentHR || k == Centre || k == Department || k == Direct }
	return regional(u.Kind) || (u.Ownership == Public && regional(t[u.Superior].Kind))
}

// Bureau is the HR bureau of a place: of the county-level division, or where there is
// none (a code of the league or city itself) of the league or city.
func (t Tree) Bureau(division string) (Unit, bool) {
	var league Unit
	for _, u := range t {
		if u.State != Active || (u.Kind != CountyHR && u.Kind != LeagueHR) {
			continue
		}
		if u.Division == division {
			return u, true
		}
		if len(division) == 6 && u.Kind == LeagueHR && u.Division == division[:4]+"00" {
			league = u
		}
	}
	return league, league.ID != ""
}
