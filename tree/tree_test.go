package tree_test

import (
	"slices"
	"testing"

	"shenbao/tree"
)

func TestDivisions(t *testing.T) {
	count := map[string]int{}
	kinds := map[string]int{} // county level, by the last character of the name
	seen := map[string]tree.Division{}
	var direct []string
	for _, d := range tree.Divisions() {
		if len(d.Code) != 6 || seen[d.Code].Code != "" {
			t.Errorf("%s %s: code malformed or given twice", d.Code, d.Name)
		}
		if p, ok := seen[d.Parent]; d.Level != "region" && (!ok || p.Level == d.Level) {
			t.Errorf("%s %s: parent %q does not come before it", d.Code, d.Name, d.Parent)
		}
		if d.Level == "county" {
			if d.Parent != d.Code[:4]+"00" {
				t.Errorf("%s %s: its code is not within %s", d.Code, d.Name, d.Parent)
			}
			r := []rune(d.Name)
			kinds[string(r[len(r)-1])]++
		}
		if d.Direct {
			direct = append(direct, d.Name)
		}
		seen[d.Code] = d
		count[d.Level]++
	}
	if count["region"] != 1 || count["prefecture"] != 12 || count["county"] != 103 {
		t.Errorf("counts %v, want 1 region, 12 prefectures, 103 counties", count)
	}
	// 23 districts, 11 cities, 17 counties, 49 banners and 3 autonomous banners.
	if kinds["区"] != 23 || kinds["市"] != 11 || kinds["县"] != 17 || kinds["旗"] != 52 {
		t.Errorf("county level by kind: %v", kinds)
	}
	if !slices.Equal(direct, []string{"满洲里市", "二连浩特市"}) {
		t.Errorf("direct: %v", direct)
	}
}

// The order of leagues and cities in documents, which is not that of their codes.
func TestOfficialOrder(t *testing.T) {
	ds := slices.DeleteFunc(tree.Divisions(), func(d tree.Division) bool { return d.Level != "prefecture" && !d.Direct })
	slices.SortFunc(ds, func(a, b tree.Division) int { return a.Sort - b.Sort })
	want := []string{"呼和浩特市", "包头市", "呼伦贝尔市", "兴安盟", "通辽市", "赤峰市", "锡林郭勒盟", "乌兰察布市", "鄂尔多斯市", "巴彦淖尔市", "乌海市", "阿拉善盟", "满洲里市", "二连浩特市"}
	var got []string
	for _, d := range ds {
		got = append(got, d.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestUnits(t *testing.T) {
	places := map[string]tree.Division{}
	for _, d := range tree.Divisions() {
		places[d.Code] = d
	}
	count := map[string]int{}
	seen, names := map[string]tree.Unit{}, map[string]bool{}
	bureau := map[string]int{}
	for _, u := range tree.Units() {
		if u.ID == "" || seen[u.ID].ID != "" || u.Name == "" || u.Short == "" || names[u.Name] {
			t.Errorf("%s %s: id or name missing or given twice", u.ID, u.Name)
		}
		if seen[u.Superior].ID == "" && u.Kind != "department_hr" {
			t.Errorf("%s %s: superior %q does not come before it", u.ID, u.Name, u.Superior)
		}
		if places[u.Division].Code == "" {
			t.Errorf("%s %s: no such division %s", u.ID, u.Name, u.Division)
		}
		switch u.Kind {
		case "league_hr", "county_hr":
			bureau[u.Division]++
			d := places[u.Division]
			if want := "hr-" + d.Parent; d.Level == "county" && !d.Direct && (u.Superior != want || u.Kind != "county_hr") {
				t.Errorf("%s reports to %s, want %s", u.Name, u.Superior, want)
			}
			if (d.Level == "prefecture" || d.Direct) && (u.Superior != "hr-150000" || u.Kind != "league_hr") {
				t.Errorf("%s reports to %s, want the department", u.Name, u.Superior)
			}
		}
		if u.Ownership != "public" {
			t.Errorf("%s: ownership %q", u.Name, u.Ownership)
		}
		seen[u.ID], names[u.Name] = u, true
		count[u.Kind]++
	}
	if count["department_hr"] != 1 || count["centre"] != 1 || count["league_hr"] != 14 || count["county_hr"] != 101 {
		t.Errorf("counts %v, want 1 department, 1 centre, 14 recommending bureaus, 101 others", count)
	}
	if count["department"] < 30 || count["direct_unit"] < 12 {
		t.Errorf("counts %v: departments or direct units are missing", count)
	}
	for code, d := range places {
		if d.Level != "region" && bureau[code] != 1 {
			t.Errorf("%s %s has %d HR bureaus", code, d.Name, bureau[code])
		}
	}
}
