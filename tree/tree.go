// Package tree holds the administrative tree of Inner Mongolia as the call of 2017 found
// it: every prefecture-level and county-level division with its GB/T 2260 code, and the
// units that govern. It is data, and knows nothing of Shenbao.
//
// The divisions follow the list of the Ministry of Civil Affairs; functional zones with
// codes of their own in statistics (…71, …72) are not divisions and are left out. The HR
// bureaus are named after their divisions, which is how the bodies that the notice
// addresses (各盟市人力资源和社会保障局) are called. The departments are those of 2017,
// before the reform of 2018; the units directly under the region are a selection by their
// public names. Addresses, contacts, phones and credit codes are left empty: those on
// record are the units' own to give.
package tree

import (
	"embed"
	"encoding/csv"
	"strconv"
)

//go:embed divisions.csv units.csv
var files embed.FS

// A Division is one place.
type Division struct {
	Code   string // GB/T 2260
	Name   string
	Level  string // "region", "prefecture", "county"
	Parent string // code of the division above; "" for the region
	Sort   int    // the order of leagues and cities in official documents, which is not that of the codes
	Direct bool   // 满洲里市, 二连浩特市: report to the region, not to their league or city
}

// A Unit is one governing unit.
type Unit struct {
	ID         string // readable and stable: hr-150404, dept-nmt, direct-imau
	Name       string // full name
	Short      string
	Kind       string // "department_hr", "centre", "league_hr", "county_hr", "department", "direct_unit"
	Ownership  string // "public"
	Superior   string // id of the unit it reports to; "" for the department alone
	Division   string // code of its place
	CreditCode string
	Address    string
	Contact    string
	Phone      string
}

// Divisions are the region, its 12 leagues and cities in official order, and their 103
// banners, counties, cities and districts.
func Divisions() []Division {
	var out []Division
	for _, r := range rows("divisions.csv") {
		sort, err := strconv.Atoi(r[4])
		if err != nil {
			panic("tree: divisions.csv: " + err.Error())
		}
		out = append(out, Division{Code: r[0], Name: r[1], Level: r[2], Parent: r[3], Sort: sort, Direct: r[5] == "true"})
	}
	return out
}

// Units are the governing units, every superior before its subordinates.
func Units() []Unit {
	var out []Unit
	for _, r := range rows("units.csv") {
		out = append(out, Unit{ID: r[0], Name: r[1], Short: r[2], Kind: r[3], Ownership: r[4], Superior: r[5], Division: r[6],
			CreditCode: r[7], Address: r[8], Contact: r[9], Phone: r[10]})
	}
	return out
}

// rows are those of an embedded file without its head. The files are part of the binary
// and a test reads them, so a mistake in them is a bug.
func rows(name string) [][]string {
	f, err := files.Open(name)
	if err != nil {
		panic("tree: " + err.Error())
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		panic("tree: " + name + ": " + err.Error())
	}
	return all[1:]
}
