package review_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// register is a small administration: a university with a college of its own legal person,
// a namesake that is another body, a host below a bureau, its subsidiary, and a company
// that belongs to an office.
func register() *review.Register {
	return review.NewRegister([]org.Unit{
		{ID: "dept", Name: "自治区人力资源和社会保障厅", Kind: org.DepartmentHR},
		{ID: "office", Name: "自治区农牧业厅", Kind: org.Department, Superior: "dept"},
		{ID: "city", Name: "赤峰市人力资源和社会保障局", Kind: org.LeagueHR, Superior: "dept"},
		{ID: "banner", Name: "松山区人力资源和社会保障局", Kind: org.CountyHR, Superior: "city"},
		{ID: "park", Name: "赤峰市松山区现代农业科技园区管理委员会", Short: "松山园区", Kind: org.Host, Superior: "banner"},
		{ID: "sub", Name: "松山种苗繁育有限公司", Kind: org.Host, Superior: "park"},
		{ID: "subsub", Name: "松山种苗检验所", Kind: org.Host, Superior: "sub"},
		{ID: "univ", Name: "内蒙古农业大学", Kind: org.Direct, Superior: "dept"},
		{ID: "other-univ", Name: "内蒙古大学", Kind: org.Direct, Superior: "dept"},
		{ID: "college", Name: "内蒙古大学创业学院", Kind: org.Direct, Superior: "dept"},
		{ID: "dairy", Name: "内蒙古牧歌乳业股份有限公司", Kind: org.Host, Superior: "office"},
		{ID: "seed", Name: "自治区种子站", Kind: org.Host, Superior: "office"},
		{ID: "twin-1", Name: "和平合作社", Kind: org.Host, Superior: "banner"},
		{ID: "twin-2", Name: "和平合作社", Kind: org.Host, Superior: "city"},
	})
}

var (
	parkRoute = org.Route{Steps: []org.Step{{Unit: "park", Name: "赤峰市松山区现代农业科技园区管理委员会", Role: org.Applies},
		{Unit: "banner", Name: "松山区人力资源和社会保障局", Role: org.Endorses}, {Unit: "city", Name: "赤峰市人力资源和社会保障局", Role: org.Recommends},
		{Unit: "dept", Name: "自治区人力资源和社会保障厅", Role: org.Decides}}}
	univRoute = org.Route{Line: org.BySelf, Steps: []org.Step{{Unit: "univ", Name: "内蒙古农业大学", Role: org.Applies}, {Unit: "dept", Role: org.Decides}}}
	// a non-public unit of an office goes by its place
	dairyRoute = org.Route{Line: org.ByPlace, Steps: []org.Step{{Unit: "dairy", Name: "内蒙古牧歌乳业股份有限公司", Role: org.Applies},
		{Unit: "city", Role: org.Recommends}, {Unit: "dept", Role: org.Decides}}}
)

func caseOf(unit org.UnitID, route org.Route, more func(*review.Case)) review.Case {
	c := review.Case{Application: "a1", Division: "150404"}
	register().Family(&c, unit, route.Steps[0].Name, route)
	if more != nil {
		more(&c)
	}
	return c
}

func works(name string, at ...string) expert.Expert {
	x := expert.Of(org.Person{ID: "e", Name: name})
	for _, a := range at {
		e := expert.Employer{Name: a}
		if n, years, ok := strings.Cut(a, "@"); ok {
			from, until, _ := strings.Cut(years, "-")
			e = expert.Employer{Name: n, From: from, Until: until}
		}
		x.Employers = append(x.Employers, e)
	}
	return x
}

func kinds(cs []review.Conflict) string {
	var out []string
	for _, c := range cs {
		out = append(out, string(c.Kind))
	}
	return strings.Join(out, " ")
}

func TestConflicts(t *testing.T) {
	rules := review.ConflictRules{FormerYears: 3, CoWorkYears: 3, At: time.Date(2017, 7, 1, 0, 0, 0, 0, time.UTC)}
	league, county := rules, rules
	league.Place, county.Place = review.PlaceLeague, review.PlaceCounty
	none := review.ConflictRules{At: rules.At}
	park, univ, dairy := caseOf("park", parkRoute, nil), caseOf("univ", univRoute, nil), caseOf("dairy", dairyRoute, nil)
	other := caseOf("other-univ", org.Route{Steps: []org.Step{{Unit: "other-univ", Name: "内蒙古大学", Role: org.Applies}}}, nil)
	with := func(f func(*review.Case)) review.Case { return caseOf("park", parkRoute, f) }
	place := func(code string) expert.Expert { x := works("钱", "某学院"); x.Place = code; return x }
	kin := func(k expert.Kin) expert.Expert { x := works("钱", "某学院"); x.Kin = []expert.Kin{k}; return x }
	did := func(w expert.CoWork) expert.Expert {
		x := works("钱", "某学院")
		x.CoWork = []expert.CoWork{w}
		return x
	}
	manager := func(c *review.Case) {
		c.People = []review.NamedPerson{{Name: "高 娃", As: "联系人"}, {Name: "王强", As: "管理人员"}, {Name: "李志", As: "聘请专家", Unit: "内蒙古农业大学"}}
	}
	for _, c := range []struct {
		name  string
		x     expert.Expert
		c     review.Case
		rules review.ConflictRules
		want  string
	}{
		{"nothing", works("钱", "鹿城稀土研究院"), park, rules, ""},
		{"no employer known", works("钱"), park, rules, ""},
		{"the applicant", works("钱", "赤峰市松山区现代农业科技园区管理委员会"), park, rules, "employer"},
		{"its short name", works("钱", "松山园区"), park, rules, "employer"},
		{"blanks and full width", works("钱", "赤峰市松山区　现代农业科技园区 管理委员会"), park, rules, "employer"},
		{"traditional characters", works("钱", "內蒙古農業大學"), univ, rules, "employer"},
		{"brackets", works("钱", "（内蒙古农业大学）"), univ, rules, "employer"},
		{"a part of it", works("钱", "内蒙古农业大学草原学院"), univ, rules, "employer"},
		{"a part, written traditionally", works("钱", "內蒙古農業大學 草原與資源環境學院"), univ, rules, "employer"},
		{"a workshop", works("钱", "内蒙古牧歌乳业股份有限公司技术部"), dairy, rules, "employer"},
		{"students are no department", works("钱", "内蒙古大学生创业服务中心"), other, rules, ""},
		{"an alumni society is none", works("钱", "内蒙古农业大学校友会"), univ, rules, ""},
		{"a college on record by itself is another unit", works("钱", "内蒙古大学创业学院"), other, rules, ""},
		{"its departments too", works("钱", "内蒙古大学创业学院教务处"), other, rules, ""},
		{"a longer name that begins otherwise", works("钱", "呼和浩特内蒙古大学研究院"), other, rules, ""},
		{"a short prefix is no unit", works("钱", "赤峰市农业局"), caseOf("x", org.Route{Steps: []org.Step{{Unit: "x", Name: "赤峰", Role: org.Applies}}}, nil), rules, ""},
		{"its subsidiary", works("钱", "松山种苗繁育有限公司"), park, rules, "employer"},
		{"below its subsidiary", works("钱", "松山种苗检验所"), park, rules, "employer"},
		{"the office that owns it", works("钱", "自治区农牧业厅"), dairy, rules, "employer"},
		{"a sibling is none", works("钱", "自治区种子站"), dairy, rules, ""},
		{"the department is above everybody", works("钱", "自治区人力资源和社会保障厅"), park, rules, ""},
		{"the recommender", works("钱", "赤峰市人力资源和社会保障局"), park, rules, "recommender"},
		{"a section of the recommender", works("钱", "赤峰市人力资源和社会保障局专技科"), park, rules, "recommender"},
		{"a level on the way", works("钱", "松山区人力资源和社会保障局"), park, rules, "recommended"},
		{"two of one name are compared as text", works("钱", "和平合作社"), caseOf("twin-1", org.Route{Steps: []org.Step{{Unit: "twin-1", Name: "和平合作社", Role: org.Applies}}}, nil), rules, "employer"},
		{"signed the opinion", works("钱", "某学院"), with(func(c *review.Case) { c.Signers = []org.PersonID{"e"} }), rules, "recommended"},
		{"worked there three years ago", works("钱", "松山园区@2008-2014-07"), park, rules, "former-employer"},
		{"three years and a month ago", works("钱", "松山园区@2008-2014-06"), park, rules, ""},
		{"a year counts to its end", works("钱", "松山园区@2008-2014"), park, rules, "former-employer"},
		{"long ago", works("钱", "松山园区@2001-2009"), park, rules, ""},
		{"former employers don't count", works("钱", "松山园区@2008-2016"), park, none, ""},
		{"worked for the recommender", works("钱", "赤峰市人力资源和社会保障局@2010-2016"), park, rules, "former-employer"},
		{"works there and did", works("钱", "松山园区", "松山园区@2008-2016"), park, rules, "employer former-employer"},
		{"a relative in the form", kin(expert.Kin{Name: "高娃", Relation: "姐妹"}), with(manager), rules, "kinship"},
		{"of another name", kin(expert.Kin{Name: "高娃娃", Relation: "姐妹"}), with(manager), rules, ""},
		{"a relative who works there", kin(expert.Kin{Name: "某某", Relation: "配偶", Unit: "松山园区"}), park, rules, "kinship"},
		{"a relative at the recommender", kin(expert.Kin{Name: "某某", Relation: "配偶", Unit: "赤峰市人力资源和社会保障局"}), park, rules, "kinship"},
		{"a relative elsewhere", kin(expert.Kin{Name: "某某", Relation: "配偶", Unit: "内蒙古大学"}), park, rules, ""},
		{"stands in the form", works("王 强", "某学院"), with(manager), rules, "named"},
		{"a namesake of another unit", works("李志", "某学院"), with(manager), rules, ""},
		{"the one meant", works("李志", "内蒙古农业大学草原学院"), with(manager), rules, "named"},
		{"worked with it", did(expert.CoWork{Unit: "松山园区", What: "横向课题", Until: "2015"}), park, rules, "co-work"},
		{"goes on", did(expert.CoWork{Unit: "松山园区", What: "横向课题"}), park, rules, "co-work"},
		{"ended before", did(expert.CoWork{Unit: "松山园区", What: "横向课题", Until: "2013"}), park, rules, ""},
		{"with a person of the form", did(expert.CoWork{With: "王强", What: "论文", Until: "2016"}), with(manager), rules, "co-work"},
		{"co-work does not count", did(expert.CoWork{Unit: "松山园区", What: "横向课题"}), park, none, ""},
		{"with the recommender is none", did(expert.CoWork{Unit: "赤峰市人力资源和社会保障局", What: "培训"}), park, rules, ""},
		{"same county, off", place("150404"), park, rules, ""},
		{"same county", place("150404"), park, county, "division"},
		{"same league", place("150402"), park, league, "division"},
		{"same league, asked for the county", place("150402"), park, county, ""},
		{"another league", place("150105"), park, league, ""},
		{"outside the region", place(""), park, league, ""},
		{"declared", works("钱"), with(func(c *review.Case) { c.Ties = []review.Tie{{Kind: review.DeclaredTie, Person: "e", Words: "同学"}} }), rules, "declared"},
		{"another's declaration", works("钱"), with(func(c *review.Case) { c.Ties = []review.Tie{{Kind: review.DeclaredTie, Person: "f"}} }), rules, ""},
		{"kept off by hand", works("钱"), with(func(c *review.Case) { c.Ties = []review.Tie{{Kind: review.ByHand, Person: "e"}} }), rules, "by-hand"},
		{"asked for by name", works("钱学文"), with(func(c *review.Case) { c.Ties = []review.Tie{{Kind: review.AskedByUnit, Name: "錢學文"}} }), rules, "applicant-request"},
		{"asked for by name and unit", works("钱学文", "某学院"), with(func(c *review.Case) {
			c.Ties = []review.Tie{{Kind: review.AskedByUnit, Name: "钱学文", Unit: "内蒙古大学"}}
		}), rules, ""},
		{"asked for by unit", works("钱学文", "鹿城稀土研究院材料所"), with(func(c *review.Case) { c.Ties = []review.Tie{{Kind: review.AskedByUnit, Unit: "鹿城稀土研究院"}} }), rules, "applicant-request"},
		{"a tie that names nobody", works("钱"), with(func(c *review.Case) { c.Ties = []review.Tie{{Kind: review.AskedByUnit}} }), rules, ""},
	} {
		got := review.Conflicts(register().Resolve(c.x), c.c, c.rules)
		if kinds(got) != c.want {
			t.Errorf("%s: %q, want %q", c.name, kinds(got), c.want)
		}
		for _, k := range got {
			if k.Waivable != (k.Kind == review.FormerEmployer || k.Kind == review.WorkedWith || k.Kind == review.SamePlace) || k.Source == "" {
				t.Errorf("%s: %+v", c.name, k)
			}
		}
	}
}

// 满洲里 and 二连浩特 report to the region: they are a league of their own.
func TestLeagueByReporting(t *testing.T) {
	rules := review.ConflictRules{Place: review.PlaceLeague, LeagueOfCode: func(code string) string {
		if code == "152501" {
			return code
		}
		return code[:4]
	}}
	x := works("钱", "某学院")
	x.Place = "152502"
	c := review.Case{Division: "152501"}
	if got := kinds(review.Conflicts(x, c, rules)); got != "" {
		t.Errorf("锡林浩特 and 二连浩特: %s", got)
	}
	x.Place = "152501"
	if got := kinds(review.Conflicts(x, c, rules)); got != "division" {
		t.Errorf("both 二连浩特: %q", got)
	}
}

// A panel that covers all regions excludes nobody as a whole: recusal is for each
// application by itself.
func TestMatrixIsPerApplication(t *testing.T) {
	var xs []expert.Expert
	var cs []review.Case
	for i := range 12 {
		x := works("专家", fmt.Sprintf("第%d研究院", i))
		x.Person, x.Place = org.PersonID(fmt.Sprint("e", i)), fmt.Sprintf("15%02d02", i+1)
		xs = append(xs, x)
		cs = append(cs, review.Case{Application: fmt.Sprint("a", i), Division: fmt.Sprintf("15%02d05", i+1)})
	}
	m := review.Matrix(xs, cs, review.ConflictRules{Place: review.PlaceLeague})
	for i := range xs {
		for j := range cs {
			if got := kinds(m[i][j]); (got == "division") != (i == j) {
				t.Errorf("expert %d, application %d: %q", i, j, got)
			}
			if !slices.EqualFunc(m[i][j], review.Conflicts(xs[i], cs[j], review.ConflictRules{Place: review.PlaceLeague}), func(a, b review.Conflict) bool { return a.Kind == b.Kind }) {
				t.Errorf("%d %d: the matrix says otherwise than one by one", i, j)
			}
		}
	}
}

func BenchmarkMatrix(b *testing.B) {
	var xs []expert.Expert
	var cs []review.Case
	for i := range 200 {
		xs = append(xs, works(fmt.Sprint("专家", i), fmt.Sprintf("第%d研究院畜牧所", i), "松山园区@2008-2016", "内蒙古大学@2001-2009"))
	}
	for range 40 {
		cs = append(cs, caseOf("park", parkRoute, nil))
	}
	for b.Loop() {
		review.Matrix(xs, cs, review.ConflictRules{FormerYears: 3, CoWorkYears: 3, At: now})
	}
}

func TestVoid(t *testing.T) {
	who := actor("e", org.Expert)
	declared := func() *review.Assignment {
		a := assigned(t)
		if _, err := a.Declare(who, review.Declaration{None: true}, now); err != nil {
			t.Fatal(err)
		}
		a.Scored = now
		return a
	}
	tie := []review.ConflictKind{review.WorkedWith}
	for _, c := range []struct {
		name  string
		a     *review.Assignment
		by    org.Actor
		kinds []review.ConflictKind
		words string
		want  string
	}{
		{"the expert reports", declared(), who, tie, "才发现有合作", ""},
		{"staff find it", declared(), actor("s", org.Staff), tie, "群众反映，经核实", ""},
		{"before a score", assigned(t), actor("s", org.Staff), tie, "经核实", ""},
		{"the expert before declaring", assigned(t), who, tie, "合作", "declare-first"},
		{"another expert", declared(), actor("x", org.Expert), tie, "合作", "not-found"},
		{"the approver", declared(), actor("m", org.Approver), tie, "合作", "not-found"},
		{"without a kind", declared(), who, nil, "合作", "declaration-kind@kinds "},
		{"of an unknown kind", declared(), who, []review.ConflictKind{"x"}, "合作", "declaration-kind@kinds "},
		{"without words", declared(), who, tie, " ", "reason-required@conflict "},
	} {
		scored := !c.a.Scored.IsZero()
		e, err := c.a.Void(c.by, c.kinds, c.words, now)
		if kind(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err != nil {
			if c.a.Voided != nil || c.a.Recused {
				t.Errorf("%s: refused, and yet void", c.name)
			}
			continue
		}
		tied, ok := c.a.Tie()
		if e.Kind != review.Voided || e.Detail["scored"] != fmt.Sprint(scored) || c.a.MayRead() || c.a.Pending() || !ok || tied.Kind != review.DeclaredTie {
			t.Errorf("%s: %+v %+v", c.name, e, c.a)
		}
		if _, err := c.a.Void(c.by, tie, "再次", now); kind(err) != "already-voided" {
			t.Errorf("%s: voided twice: %v", c.name, err)
		}
	}
}

func TestDeclaration(t *testing.T) {
	who := actor("e", org.Expert)
	for _, c := range []struct {
		d    review.Declaration
		want string
	}{
		{review.Declaration{None: true}, ""},
		{review.Declaration{Kinds: []review.ConflictKind{review.Kinship, review.OtherTie}, Words: "亲属"}, ""},
		{review.Declaration{}, "declaration-kind@kinds reason-required@conflict "},
		{review.Declaration{None: true, Words: "有合作"}, "declaration-both@tie "},
		{review.Declaration{None: true, Kinds: []review.ConflictKind{review.Kinship}}, "declaration-both@tie "},
		{review.Declaration{Kinds: []review.ConflictKind{review.SamePlace}, Words: "同地区"}, "declaration-kind@kinds "},
	} {
		if _, err := assigned(t).Declare(who, c.d, now); kind(err) != c.want {
			t.Errorf("%+v: %v, want %q", c.d, err, c.want)
		}
	}
}

func TestBan(t *testing.T) {
	staff := actor("s", org.Staff)
	b := review.Ban{ID: "b", Application: "a1", Expert: "e", Name: "钱", Reason: "正在被调查"}
	if _, _, err := review.Forbid(b, nil, actor("m", org.Approver), now); kind(err) != "wrong-role" {
		t.Errorf("the approver bans: %v", err)
	}
	if _, _, err := review.Forbid(review.Ban{Reason: " "}, nil, staff, now); kind(err) != "reason-required" {
		t.Errorf("no reason: %v", err)
	}
	b, e, err := review.Forbid(b, nil, staff, now)
	if err != nil || e.Kind != review.Banned || e.Reason == "" {
		t.Fatalf("%v %+v", err, e)
	}
	if tie, ok := b.Tie(); !ok || tie.Person != "e" {
		t.Errorf("%+v", tie)
	}
	if _, _, err := review.Forbid(b, []review.Ban{b}, staff, now); kind(err) != "ban-stands" {
		t.Errorf("banned twice: %v", err)
	}
	if _, err := b.Lift("", staff, now); kind(err) != "reason-required" {
		t.Errorf("lifted without reason: %v", err)
	}
	if e, err := b.Lift("查无此事", staff, now); err != nil || e.Kind != review.BanLifted {
		t.Errorf("%v %+v", err, e)
	}
	if _, ok := b.Tie(); ok {
		t.Error("lifted, and stands")
	}
	if _, err := b.Lift("再次", staff, now); kind(err) != "ban-lifted" {
		t.Errorf("lifted twice: %v", err)
	}
	if _, _, err := review.Forbid(b, []review.Ban{b}, staff, now); err != nil {
		t.Errorf("banned again after lifting: %v", err)
	}
}

func TestPlea(t *testing.T) {
	reason := "与该单位有未决的合同纠纷"
	for _, c := range []struct {
		p    review.Plea
		want string
	}{
		{review.Plea{Targets: []review.Target{{Person: "钱学文"}}, Reason: reason}, ""},
		{review.Plea{Reason: reason}, "plea-targets@targets "},
		{review.Plea{Targets: make([]review.Target, 6), Reason: reason}, "plea-targets@targets "},
		{review.Plea{Targets: []review.Target{{Unit: strings.Repeat("长", 101)}}, Reason: "短"}, "text-long@targets plea-reason@reason "},
	} {
		if err := c.p.Check(); kind(err) != c.want {
			t.Errorf("%+v: %v, want %q", c.p, err, c.want)
		}
	}
	p := review.Plea{Targets: []review.Target{{Person: "钱"}, {Unit: "内蒙古大学", Granted: true}}, Reason: reason, By: event.Actor{UnitName: "园区"}}
	if ties := p.Ties(); p.Granted() != 1 || len(ties) != 1 || ties[0].Unit != "内蒙古大学" || ties[0].Kind != review.AskedByUnit {
		t.Errorf("%+v", ties)
	}
}
