package review

import (
	"slices"

	"shenbao/hanzi"
	"shenbao/internal/expert"
	"shenbao/internal/org"
)

// A Register knows units by their names and lines: it says which unit an employer's name
// means, and which units are one employer with an applicant.
type Register struct {
	units  map[org.UnitID]org.Unit
	below  map[org.UnitID][]org.UnitID
	byName map[string][]org.UnitID // folded full and short names
}

// NewRegister reads the units on record.
func NewRegister(us []org.Unit) *Register {
	r := &Register{units: make(map[org.UnitID]org.Unit, len(us)), below: map[org.UnitID][]org.UnitID{}, byName: make(map[string][]org.UnitID, 2*len(us))}
	for _, u := range us {
		r.units[u.ID] = u
		if u.Superior != "" {
			r.below[u.Superior] = append(r.below[u.Superior], u.ID)
		}
		name := hanzi.FoldName(u.Name)
		r.byName[name] = append(r.byName[name], u.ID)
		if short := hanzi.FoldName(u.Short); short != "" && short != name {
			r.byName[short] = append(r.byName[short], u.ID)
		}
	}
	return r
}

// Find is the unit on record that a name means: that of this name, or else the one with
// the longest name of which it names a department (内蒙古农业大学草原学院). A name that two
// units bear finds none: it is compared as text.
func (r *Register) Find(name string) (org.Unit, bool) {
	key := []rune(hanzi.FoldName(name))
	for n := len(key); n >= shortest; n-- {
		ids := r.byName[string(key[:n])]
		switch {
		case len(ids) == 0:
		case n < len(key) && !departmentOf(string(key), string(key[:n])):
		case len(ids) == 1:
			return r.units[ids[0]], true
		default:
			return org.Unit{}, false
		}
	}
	return org.Unit{}, false
}

// Resolve is x with the units on record that its employers are. Ids that the profile has
// already stay.
func (r *Register) Resolve(x expert.Expert) expert.Expert {
	x.Employers = slices.Clone(x.Employers)
	for i, e := range x.Employers {
		if e.Unit != "" {
			continue
		}
		if u, ok := r.Find(e.Name); ok {
			x.Employers[i].Unit = u.ID
		}
	}
	return x
}

// party is a unit with all its names.
func (r *Register) party(id org.UnitID, written, tie string) Party {
	p := Party{ID: id, Tie: tie}
	for _, n := range []string{written, r.units[id].Name, r.units[id].Short} {
		if n != "" && !slices.Contains(p.Names, n) {
			p.Names = append(p.Names, n)
		}
	}
	return p
}

// Family puts the units of an application into its case: the applicant under the name in
// the form, the units above it up to the department and those below it, which are one
// employer with it; and the recommender and levels of its route, which are not.
func (r *Register) Family(c *Case, applicant org.UnitID, written string, route org.Route) {
	onRoute := map[org.UnitID]bool{}
	for _, s := range route.Steps {
		switch s.Role {
		case org.Recommends:
			c.Recommender = r.party(s.Unit, s.Name, "")
			onRoute[s.Unit] = true
		case org.Endorses:
			c.Levels = append(c.Levels, r.party(s.Unit, s.Name, ""))
			onRoute[s.Unit] = true
		}
	}
	c.Units = append(c.Units, r.party(applicant, written, Itself))
	seen := map[org.UnitID]bool{applicant: true}
	for up := r.units[applicant].Superior; up != "" && !seen[up]; up = r.units[up].Superior {
		seen[up] = true
		if u, ok := r.units[up]; !ok || u.Kind == org.DepartmentHR {
			break // everybody is below the department
		}
		if !onRoute[up] {
			c.Units = append(c.Units, r.party(up, "", Above))
		}
	}
	for todo := r.below[applicant]; len(todo) > 0; todo = todo[1:] {
		if id := todo[0]; !seen[id] {
			seen[id] = true
			c.Units = append(c.Units, r.party(id, "", Below))
			todo = append(slices.Clone(todo), r.below[id]...)
		}
	}
}
