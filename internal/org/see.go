package org

import "strings"

// A Sight is which units an actor may look up. Offices are for everybody who is signed
// in to a post; a host is for itself, for those above it and around it, and for the
// region. The store translates it to SQL; Shows says the same of one unit.
type Sight struct {
	All      bool
	Unit     UnitID // the actor's own, and what reports to it
	Division string // an HR bureau's place; its first four digits when it ends in 00
}

// SightOf is what by may look up; home is the unit of its post.
func SightOf(by Actor, home Unit) Sight {
	switch {
	case by.Is(Staff, Approver, Intake, SecAdmin, Auditor):
		return Sight{All: true}
	case by.Is(Clerk, Principal):
		s := Sight{Unit: home.ID}
		if home.Kind == CountyHR || home.Kind == LeagueHR {
			s.Division = home.Division
		}
		return s
	}
	return Sight{}
}

// None reports whether nothing is shown at all: an expert or the public looks nobody up.
func (s Sight) None() bool { return !s.All && s.Unit == "" }

// Place is the beginning of the division codes that s covers; "" none.
func (s Sight) Place() string {
	if len(s.Division) == 6 && strings.HasSuffix(s.Division, "00") {
		return s.Division[:4]
	}
	return s.Division
}

// Shows reports whether s covers u.
func (s Sight) Shows(u Unit) bool {
	switch {
	case s.All:
		return true
	case s.Unit == "":
		return false
	}
	return u.Kind != Host || u.ID == s.Unit || u.Superior == s.Unit || (s.Place() != "" && strings.HasPrefix(u.Division, s.Place()))
}
