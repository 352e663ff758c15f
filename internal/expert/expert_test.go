package expert_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/org"
)

var (
	now    = time.Date(2017, 6, 20, 9, 0, 0, 0, time.UTC)
	places = map[string]bool{"150105": true, "150100": true}
)

func actor(person string, r org.Role) org.Actor {
	return org.Actor{SignedIn: now, Actor: event.Actor{Person: person, Name: person, Role: string(r), Unit: "dept"}}
}

func said(err error) string {
	var one *event.Refusal
	var more event.Refusals
	switch {
	case errors.As(err, &more):
		var out []string
		for _, r := range more {
			out = append(out, r.Kind+"@"+r.Field)
		}
		return strings.Join(out, " ")
	case errors.As(err, &one):
		return one.Kind
	}
	return ""
}

func profile() expert.Profile {
	return expert.Profile{Kind: expert.Technical, Title: "教授", Level: expert.Senior, Fields: []string{"23020", "210"}, Place: "150105",
		Employers: []expert.Employer{{Name: "内蒙古大学", From: "2010"}, {Name: "某研究所", From: "2001-09", Until: "2009"}}}
}

func inPool(t *testing.T) *expert.Expert {
	t.Helper()
	x, e, err := expert.Add(org.Person{ID: "e", Name: "钱", Phone: "13947000001"}, profile(), places, actor("s", org.Staff), now)
	if err != nil || e.Kind != expert.Added {
		t.Fatalf("%v %+v", err, e)
	}
	return &x
}

// everyone is one person for each role that could come near the pool.
var everyone = map[string]org.Actor{
	"staff": actor("s", org.Staff), "approver": actor("m", org.Approver), "intake": actor("i", org.Intake), "secadmin": actor("b", org.SecAdmin),
	"clerk": actor("c", org.Clerk), "the expert": actor("e", org.Expert), "another expert": actor("x", org.Expert),
	"the expert as clerk": actor("e", org.Clerk), "public": {},
}

// may is the permission matrix, by hand: act, who, in which states.
var may = map[string]string{
	expert.ActAdd:     "staff: in paused left",
	expert.ActEdit:    "staff: in paused; the expert: in paused",
	expert.ActConfirm: "the expert: in paused",
	expert.ActPause:   "staff: in; the expert: in",
	expert.ActResume:  "staff: paused; the expert: paused",
	expert.ActLeave:   "staff: in paused; the expert: in paused",
	expert.ActReturn:  "staff: left",
}

func TestPermissionMatrix(t *testing.T) {
	for _, a := range expert.Acts {
		allowed := map[string]bool{}
		for _, row := range strings.Split(may[a.Name], "; ") {
			who, states, _ := strings.Cut(row, ": ")
			for _, s := range strings.Fields(states) {
				allowed[who+" "+s] = true
			}
		}
		for who, by := range everyone {
			for _, s := range expert.States {
				x := inPool(t)
				x.State = s
				if got := x.May(by, a.Name) == nil; got != allowed[who+" "+string(s)] {
					t.Errorf("%s by %s while %s: %v", a.Name, who, s, got)
				}
				if a.From != nil && slices.Contains(x.Can(by), a.Name) != allowed[who+" "+string(s)] {
					t.Errorf("the buttons say otherwise: %s by %s while %s", a.Name, who, s)
				}
			}
		}
	}
	if len(may) != len(expert.Acts) {
		t.Error("the matrix has other acts than the table")
	}
}

// Kinship is for staff and the expert; it never gets into a fact.
func TestKinship(t *testing.T) {
	x := inPool(t)
	to := x.Profile
	to.Kin = []expert.Kin{{Name: "高娃", Relation: "配偶", Unit: "松山园区"}}
	e, err := x.Describe(to, "", places, actor("e", org.Expert), now)
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprintf("%+v", e); strings.Contains(s, "高娃") || strings.Contains(s, "配偶") || strings.Contains(s, "松山园区") {
		t.Errorf("the fact tells it: %s", s)
	}
	if e.Before["kin"] != "0" || e.After["kin"] != "1" {
		t.Errorf("the fact does not tell that it changed: %+v", e)
	}
	for who, by := range everyone {
		want := who == "staff" || who == "the expert" || who == "the expert as clerk"
		if got := len(x.For(by).Kin) > 0; got != want {
			t.Errorf("%s is shown kinship: %v", who, got)
		}
	}
}

func TestDescribe(t *testing.T) {
	own, staff := actor("e", org.Expert), actor("s", org.Staff)
	x := inPool(t)
	if _, err := x.Describe(x.Profile, "", places, own, now); said(err) != "nothing-changed" {
		t.Errorf("nothing changed: %v", err)
	}
	to := x.Profile
	to.Title = "研究员"
	if _, err := x.Describe(to, " ", places, staff, now); said(err) != "reason-required@reason" {
		t.Errorf("staff without reason: %v", err)
	}
	if _, err := x.Confirm(false, own, now); said(err) != "consent-required" {
		t.Errorf("no consent: %v", err)
	}
	if _, err := x.Confirm(true, own, now); err != nil || !x.Fresh() {
		t.Errorf("confirmed: %v", err)
	}
	e, err := x.Describe(to, "来函更正", places, staff, now.Add(time.Hour))
	if err != nil || e.Kind != expert.Changed || e.Before["title"] != "教授" || e.After["title"] != "研究员" || len(e.After) != 1 || x.Fresh() {
		t.Errorf("%v %+v fresh %v", err, e, x.Fresh())
	}
	if e, err := x.Move(expert.ActPause, "出国半年", own, now); err != nil || e.Kind != expert.Paused || x.State != expert.Pausing || x.Reason == "" {
		t.Errorf("%v %+v", err, e)
	}
	if _, err := x.Move(expert.ActPause, "再次", own, now); said(err) != "expert-state" {
		t.Errorf("paused twice: %v", err)
	}
	if _, err := x.Move(expert.ActResume, "", own, now); said(err) != "reason-required" {
		t.Errorf("no reason: %v", err)
	}
	if _, err := x.Move(expert.ActResume, "回国", own, now); err != nil || x.Reason != "" {
		t.Errorf("%v %q", err, x.Reason)
	}
}

func TestCheck(t *testing.T) {
	with := func(f func(*expert.Profile)) expert.Profile { p := profile(); f(&p); return p }
	for name, c := range map[string]struct {
		p    expert.Profile
		want string
	}{
		"good":                  {profile(), ""},
		"outside the region":    {with(func(p *expert.Profile) { p.Place = "" }), ""},
		"empty":                 {expert.Profile{}, "required@title expert-kind@kind expert-fields@fields expert-employer@employers"},
		"unknown field":         {with(func(p *expert.Profile) { p.Fields = []string{"999"} }), "expert-field-unknown@fields"},
		"too many fields":       {with(func(p *expert.Profile) { p.Fields = []string{"110", "120", "130", "140", "150", "160", "170"} }), "expert-fields@fields"},
		"unknown place":         {with(func(p *expert.Profile) { p.Place = "110000" }), "expert-place@place"},
		"unknown level":         {with(func(p *expert.Profile) { p.Level = "院士" }), "expert-level@level"},
		"works nowhere now":     {with(func(p *expert.Profile) { p.Employers = p.Employers[1:] }), "expert-employer@employers"},
		"a nameless employer":   {with(func(p *expert.Profile) { p.Employers = append(p.Employers, expert.Employer{From: "2001"}) }), "required@employers"},
		"no date":               {with(func(p *expert.Profile) { p.Employers[0].From = "二〇一〇" }), "expert-period@employers"},
		"full-width digits":     {with(func(p *expert.Profile) { p.Employers[0].From = "２０１０" }), "expert-period@employers"},
		"a thirteenth month":    {with(func(p *expert.Profile) { p.Employers[1].Until = "2009-13" }), "expert-period@employers"},
		"ends before":           {with(func(p *expert.Profile) { p.Employers[1].Until = "2001-08" }), "expert-period-order@employers"},
		"ends in the same year": {with(func(p *expert.Profile) { p.Employers[1].Until = "2001" }), ""},
		"ends this year":        {with(func(p *expert.Profile) { p.Employers[1].Until = "2017" }), ""},
		"ends next month":       {with(func(p *expert.Profile) { p.Employers[1].Until = "2017-07" }), "expert-period-order@employers"},
		"kin without relation":  {with(func(p *expert.Profile) { p.Kin = []expert.Kin{{Name: "某"}} }), "required@kin"},
		"co-work with nobody":   {with(func(p *expert.Profile) { p.CoWork = []expert.CoWork{{What: "课题"}} }), "required@co-work"},
		"load":                  {with(func(p *expert.Profile) { p.MaxLoad = -1 }), "expert-max-load@max-load"},
		"away until only":       {with(func(p *expert.Profile) { p.AwayUntil = "2017-07-01" }), "expert-away@away-from"},
		"away backwards":        {with(func(p *expert.Profile) { p.AwayFrom, p.AwayUntil = "2017-07-02", "2017-07-01" }), "expert-away@away-from"},
		"away, open end":        {with(func(p *expert.Profile) { p.AwayFrom = "2017-07-02" }), ""},
		"long text":             {with(func(p *expert.Profile) { p.Texts = []string{strings.Repeat("长", 501)} }), "text-long@texts"},
	} {
		if got := said(c.p.Check(places, now).Or()); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestUnavailable(t *testing.T) {
	x := inPool(t)
	x.MaxLoad, x.AwayFrom, x.AwayUntil = 3, "2017-07-01", "2017-07-31"
	for _, c := range []struct {
		day  string
		load int
		want string
	}{{"2017-06-30", 2, ""}, {"2017-06-30", 3, "full"}, {"2017-07-01", 0, "away"}, {"2017-07-31", 0, "away"}, {"2017-08-01", 0, ""}} {
		if got := x.Unavailable(c.day, c.load); got != c.want {
			t.Errorf("%s with %d: %q, want %q", c.day, c.load, got, c.want)
		}
	}
	x.State = expert.Gone
	if x.Unavailable("2017-06-30", 0) != "left" {
		t.Error("out of the pool, and can be asked")
	}
}

func TestDisciplines(t *testing.T) {
	fs := expert.Disciplines()
	tops, last := 0, ""
	for _, f := range fs {
		if f.Code <= last || f.Name == "" || f.English == "" || len(f.Code) != 3 && len(f.Code) != 5 {
			t.Errorf("%+v after %s", f, last)
		}
		if len(f.Code) == 3 {
			tops++
		} else if _, ok := expert.Discipline(expert.Top(f.Code)); !ok {
			t.Errorf("%s has no first level", f.Code)
		}
		last = f.Code
	}
	if tops != 62 {
		t.Errorf("%d disciplines of the first level, GB/T 13745-2009 has 62", tops)
	}
	if expert.Near("23020", "23020") != 1 || expert.Near("23020", "230") != 0.6 || expert.Near("23020", "210") != 0 || expert.Near("", "") != 1 {
		t.Error("near")
	}
	for words, want := range map[string]string{"23020": "23020", "畜牧学": "23020", "急需畜牧方面专家": "23020", "作物栽培": "", "兽医": "23030"} {
		if f, _ := expert.Guess(words); f.Code != want {
			t.Errorf("%s: %+v, want %s", words, f, want)
		}
	}
}

var divisions = []org.Division{{Code: "150100", Name: "呼和浩特市"}, {Code: "150105", Name: "赛罕区"}, {Code: "150402", Name: "红山区"}, {Code: "150999", Name: "红山区"}}

// What was exported is read again and changes nothing; a changed cell is refused, a new
// row is taken.
func TestTableRoundTrip(t *testing.T) {
	x := inPool(t)
	x.CoWork = []expert.CoWork{{Unit: "牧歌乳业", With: "包文龙", What: "工艺改进", From: "2015", Until: "2016"}, {Unit: "某园区", What: "咨询"}}
	x.Texts, x.Qualifications, x.MaxLoad, x.Phone, x.Email = []string{"论文一", "专利二"}, "评审经历", 8, "139-4700-0001", "q@x.cn"
	row := expert.Cells(*x, func(code string) string { return code + "赛罕区" })
	at := func(col string) int { return slices.Index(expert.Columns, col) }
	head := expert.Columns
	m, err := expert.ReadTable([][]string{nil, head, row}, []expert.Expert{*x}, divisions, now)
	if err != nil || m.Bad != 0 || m.New() != 0 || !m.Rows[0].There || m.Rows[0].Line != 3 {
		t.Fatalf("%v %+v", err, m)
	}
	changed := slices.Clone(row)
	changed[at(expert.ColTitle)] = "研究员"
	fresh := slices.Clone(row)
	fresh[at(expert.ColPhone)] = "13947000002"
	m, err = expert.ReadTable([][]string{head, changed, fresh}, []expert.Expert{*x}, divisions, now)
	if err != nil || m.Bad != 1 || m.New() != 1 || said(m.Rows[0].Refused) != "expert-differs@职称" {
		t.Fatalf("%v %+v", err, m)
	}
	if got := m.Rows[1].Profile; fmt.Sprint(got) != fmt.Sprint(func() expert.Profile { p := x.Profile; return p }()) {
		t.Errorf("read back as %+v\nfrom %+v", got, x.Profile)
	}
	if _, err := m.Import(actor("s", org.Staff), now); said(err) != "table-bad" {
		t.Errorf("imported with a bad row: %v", err)
	}
	if _, err := m.Import(actor("b", org.SecAdmin), now); said(err) != "wrong-role" {
		t.Errorf("imported by another: %v", err)
	}
}

func TestTableMistakes(t *testing.T) {
	head := []string{"姓名", "手机", "工作单位", "职称", "专家类别", "学科", "所在地", "职称级别", "最多承担", "曾任职单位"}
	good := []string{"钱", "13947000009", "内蒙古大学", "教授", "技术", "畜牧学、210", "赛罕区", "正高级", "5", "某所（2001—2009）"}
	for _, c := range []struct{ col, cell, want string }{
		{"姓名", "", "required@姓名"}, {"手机", "12", "syntax-phone@手机"}, {"手机", "", "required@手机"}, {"工作单位", "", "expert-employer@工作单位"}, {"职称", "", "required@职称"},
		{"专家类别", "领导", "table-word@专家类别"}, {"学科", "风水", "expert-field-unknown@学科"}, {"学科", "", "expert-fields@学科"}, {"所在地", "北京", "expert-place@所在地"},
		{"所在地", "红山区", "expert-place@所在地"}, {"所在地", "区外", ""}, {"职称级别", "特级", "table-word@职称级别"}, {"最多承担", "若干", "expert-max-load@最多承担"},
		{"曾任职单位", "某所（2009—2001）", "expert-period-order@工作单位"}, {"手机", "１３９ ４７０００００９", ""},
	} {
		row := slices.Clone(good)
		row[slices.Index(head, c.col)] = c.cell
		m, err := expert.ReadTable([][]string{head, row}, nil, divisions, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := said(m.Rows[0].Refused.Or()); got != c.want {
			t.Errorf("%s “%s”: %q, want %q", c.col, c.cell, got, c.want)
		}
	}
	m, err := expert.ReadTable([][]string{head, good, nil, good}, nil, divisions, now)
	if err != nil || said(m.Rows[1].Refused.Or()) != "expert-twice@手机" || m.Rows[1].Line != 4 {
		t.Errorf("%v %+v", err, m)
	}
	other := *inPool(t)
	other.Phone = "13947000009"
	other.Name = "林"
	if m, _ := expert.ReadTable([][]string{head, good}, []expert.Expert{other}, divisions, now); said(m.Rows[0].Refused.Or()) != "expert-known@手机" {
		t.Errorf("another's number: %+v", m.Rows[0])
	}
	for name, rows := range map[string][][]string{"table-empty": {head}, "table-column": {{"姓名", "电话号"}}, "table-column-missing": {{"姓名"}, {"钱"}}} {
		if _, err := expert.ReadTable(rows, nil, divisions, now); said(err) != name {
			t.Errorf("%v, want %s", err, name)
		}
	}
}
