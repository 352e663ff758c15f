package org_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/tree"
)

// realTree is the published tree with hosts beside it.
func realTree(hosts ...org.Unit) org.Tree {
	t := org.Tree{}
	for _, u := range tree.Units() {
		t[org.UnitID(u.ID)] = org.Unit{ID: org.UnitID(u.ID), Name: u.Name, Short: u.Short, Kind: org.Kind(u.Kind), Ownership: org.Ownership(u.Ownership),
			Superior: org.UnitID(u.Superior), Division: u.Division, State: org.Active}
	}
	for _, h := range hosts {
		t[h.ID] = h
	}
	return t
}

func divisions() []org.Division {
	var ds []org.Division
	for _, d := range tree.Divisions() {
		ds = append(ds, org.Division(d))
	}
	return ds
}

func host(id, superior, division string, o org.Ownership) org.Unit {
	return org.Unit{ID: org.UnitID(id), Name: id, Kind: org.Host, Ownership: o, Superior: org.UnitID(superior), Division: division, State: org.Active}
}

// kindOf is the kind of a refusal, "" for nil; several are joined.
func kindOf(err error) string {
	var one *event.Refusal
	var more event.Refusals
	switch {
	case err == nil:
		return ""
	case errors.As(err, &more):
		var ks []string
		for _, r := range more {
			ks = append(ks, r.Kind)
		}
		return strings.Join(ks, " ")
	case errors.As(err, &one):
		return one.Kind
	}
	return "not a refusal: " + err.Error()
}

func TestCompute(t *testing.T) {
	for _, c := range []struct {
		name string
		unit org.Unit
		want string // units with their boxes, or the refusal
		line org.Line
	}{
		{"a public unit of a banner goes through banner and league", host("u", "hr-150430", "150430", org.Public),
			"u:1 hr-150430:0 hr-150400:2 hr-150000:3", org.BySubordination},
		{"a public unit of a league goes through the league", host("u", "hr-152900", "152900", org.Public),
			"u:1 hr-152900:2 hr-150000:3", org.BySubordination},
		{"a unit of a department goes through the department", host("u", "dept-nmt", "150105", org.Public),
			"u:1 dept-nmt:2 hr-150000:3", org.BySubordination},
		{"a non-public unit goes by place whatever department it belongs to (R38)", host("u", "dept-nmt", "150404", org.NonPublic),
			"u:1 hr-150404:0 hr-150400:2 hr-150000:3", org.ByPlace},
		{"a non-public unit placed in the league itself enters there", host("u", "", "150400", org.NonPublic),
			"u:1 hr-150400:2 hr-150000:3", org.ByPlace},
		{"a non-public unit in 满洲里 goes straight to the region (T25)", host("u", "", "150781", org.NonPublic),
			"u:1 hr-150781:2 hr-150000:3", org.ByPlace},
		{"a public unit of 二连浩特", host("u", "hr-152501", "152501", org.Public), "u:1 hr-152501:2 hr-150000:3", org.BySubordination},
		{"a unit below a host unit skips no level", host("u", "institute", "150404", org.Public),
			"u:1 institute:0 hr-150404:0 hr-150400:2 hr-150000:3", org.BySubordination},
		{"a unit below a direct unit is recommended by it", host("u", "direct-imau", "150105", org.Public),
			"u:1 direct-imau:2 hr-150000:3", org.BySubordination},
		{"a direct unit below a department: the department recommends", host("u", "academy", "150100", org.Public),
			"u:1 academy:0 dept-nmt:2 hr-150000:3", org.BySubordination},
		{"no ownership", host("u", "hr-150404", "150404", ""), "no-ownership", ""},
		{"no superior", host("u", "", "150404", org.Public), "no-superior", ""},
		{"a superior that is not there", host("u", "nobody", "150404", org.Public), "no-superior", ""},
		{"a circle", host("u", "a", "150404", org.Public), "superior-circle", ""},
		{"below itself", host("u", "u", "150404", org.Public), "superior-circle", ""},
		{"straight below the department: nobody recommends", host("u", "hr-150000", "150100", org.Public), "no-recommender", ""},
		{"a place without a bureau", host("u", "", "110000", org.NonPublic), "no-bureau", ""},
		{"a place that is no code", host("u", "", "", org.NonPublic), "no-bureau", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			academy := host("academy", "dept-nmt", "150100", org.Public)
			academy.Kind = org.Direct
			all := realTree(c.unit, academy, host("institute", "hr-150404", "150404", org.Public), host("a", "b", "150404", org.Public), host("b", "a", "150404", org.Public))
			r, err := all.Compute(c.unit, "四（一）")
			got := kindOf(err)
			if err == nil {
				var steps []string
				for _, s := range r.Steps {
					steps = append(steps, string(s.Unit)+":"+string(rune('0'+s.Box)))
				}
				got = strings.Join(steps, " ")
			}
			if got != c.want || r.Line != c.line {
				t.Errorf("got %q by %q, want %q by %q", got, r.Line, c.want, c.line)
			}
			if err == nil && (r.Self() || r.Recommender().Box != 2 || r.Clause != "四（一）") {
				t.Errorf("recommender %+v", r.Recommender())
			}
		})
	}
}

// R5: a direct unit is applicant and recommender at once; offices can't apply.
func TestComputeSelf(t *testing.T) {
	all := realTree()
	r, err := all.Compute(all["direct-imau"], "四（一）")
	if err != nil || !r.Self() || len(r.Steps) != 2 || r.Recommender().Unit != "direct-imau" || r.Steps[1].Role != org.Decides {
		t.Errorf("route %+v, %v", r, err)
	}
	for _, id := range []org.UnitID{"hr-150404", "hr-150400", "dept-nmt", "hr-150000", "centre"} {
		if _, err := all.Compute(all[id], ""); kindOf(err) != "unit-cannot-apply" {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// Every county-level place has its bureau, and an ended bureau is none.
func TestBureau(t *testing.T) {
	all := realTree()
	for _, d := range divisions() {
		b, ok := all.Bureau(d.Code)
		if d.Level != "region" && (!ok || b.Division != d.Code) {
			t.Errorf("%s %s: %v", d.Code, d.Name, b.Name)
		}
	}
	ended := all["hr-150404"]
	ended.State = org.Ended
	all[ended.ID] = ended
	if b, ok := all.Bureau("150404"); !ok || b.ID != "hr-150400" {
		t.Errorf("place of an ended bureau: %v; want the city's", b.Name)
	}
}

// T5, T16: 盟市以下 includes the league's own level.
func TestRegional(t *testing.T) {
	all := realTree()
	for _, c := range []struct {
		unit org.Unit
		want bool
	}{
		{all["direct-imau"], true}, {host("u", "dept-nmt", "150100", org.Public), true}, {host("u", "direct-imau", "150100", org.Public), true},
		{host("u", "hr-150400", "150400", org.Public), false}, {host("u", "hr-150404", "150404", org.Public), false},
		{host("u", "dept-nmt", "150404", org.NonPublic), false},
	} {
		if got := all.Regional(c.unit); got != c.want {
			t.Errorf("%+v: %v", c.unit, got)
		}
	}
}

func TestKindsAndRoles(t *testing.T) {
	for _, k := range org.Kinds {
		u := org.Unit{Kind: k}
		if u.Recommends() != slices.Contains([]org.Kind{org.LeagueHR, org.Department, org.Direct}, k) {
			t.Errorf("%s recommends: %v", k, u.Recommends())
		}
		for _, r := range org.Roles {
			want := k == org.DepartmentHR
			switch r {
			case org.Clerk, org.Principal:
				want = k != org.DepartmentHR && k != org.Centre
			case org.Intake:
				want = k == org.Centre
			}
			if r.Fits(k) != want {
				t.Errorf("%s in %s: %v", r, k, r.Fits(k))
			}
		}
	}
}
