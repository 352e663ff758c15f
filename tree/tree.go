// Package tree is the published administrative tree of Inner Mongolia, as data: its
// divisions with their GB/T 2260 codes (civil affairs list of 2021, functional zones
// left out), and the offices of 2017 that a call is sent to and goes up through.
// It knows nothing of Shenbao.
package tree

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
)

// A Division is a place.
type Division struct {
	Code   string // GB/T 2260
	Name   string
	Level  string // region, prefecture, county
	Parent string // code of the division above
	Sort   int    // official order in documents, which is not the order of codes
	Direct bool   // reports to the region directly: 满洲里, 二连浩特
}

// A Unit is an office, or an enterprise or institution directly under the region. All are
// public bodies.
type Unit struct {
	ID       string
	Name     string
	Short    string
	Kind     string // department_hr, centre, league_hr, county_hr, department, direct_unit
	Superior string // id of the unit it reports to; "" for the department alone
	Division string
}

//go:embed divisions.csv
var divisions string

//go:embed units.csv
var units string

// Divisions are the region, its 12 leagues and cities and 103 banners, counties, cities
// and districts, in the official order.
func Divisions() []Division {
	var ds []Division
	for _, r := range rows(divisions) {
		sort, err := strconv.Atoi(r[4])
		if err != nil {
			panic("tree: divisions.csv: " + err.Error())
		}
		ds = append(ds, Division{r[0], r[1], r[2], r[3], sort, r[5] == "direct"})
	}
	return ds
}

// Units are all offices, each after the one it reports to.
func Units() []Unit {
	var us []Unit
	for _, r := range rows(units) {
		us = append(us, Unit{r[0], r[1], r[2], r[3], r[4], r[5]})
	}
	return us
}

func rows(text string) [][]string {
	rs, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		panic("tree: " + err.Error()) // embedded; a test reads it
	}
	return rs[1:]
}
