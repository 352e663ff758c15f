package demo

import (
	"shenbao/internal/org"
	"shenbao/tree"
)

// Tree is the published administrative tree as units and divisions.
func Tree() ([]org.Unit, []org.Division) {
	var us []org.Unit
	for _, u := range tree.Units() {
		us = append(us, org.Unit{ID: org.UnitID(u.ID), Name: u.Name, Short: u.Short, Kind: org.Kind(u.Kind), Ownership: org.Public,
			Superior: org.UnitID(u.Superior), Division: u.Division, State: org.Active})
	}
	var ds []org.Division
	for _, d := range tree.Divisions() {
		ds = append(ds, org.Division(d))
	}
	return us, ds
}
