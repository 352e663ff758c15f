package application_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shenbao/internal/application"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/workday"
)

func TestChecklist(t *testing.T) {
	var keys []string
	for _, l := range application.Checklist(published) {
		keys = append(keys, l.Key)
		if l.Clause == "" {
			t.Errorf("%s rests on no clause", l.Key)
		}
	}
	want := "1a 1b 2a 2b 2c 3a 3b 3c 3d evidence-1a evidence-1b evidence-2a evidence-2b evidence-2c evidence-3a evidence-3b evidence-3c evidence-3d " +
		"complete limits seal-1 seal-2 consistent forms bundle"
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("%s", got)
	}
	forms := application.Checklist(published)[len(keys)-2]
	if forms.Count != 5 || forms.Binds {
		t.Errorf("%+v", forms)
	}
}

// marked is a passing check with one line marked otherwise.
func marked(key, finding, note string) application.CheckDraft {
	d := passing()
	i := slices.IndexFunc(d.Items, func(x application.CheckItem) bool { return x.Key == key })
	d.Items[i].Finding, d.Items[i].Note = finding, note
	return d
}

func TestPassing(t *testing.T) {
	for _, c := range []struct {
		name string
		d    application.CheckDraft
		want string
	}{
		{"all met", passing(), ""},
		{"nothing marked", application.CheckDraft{Result: application.CheckPass}, "check-unmarked"},
		{"one line open", marked("limits", "", ""), "check-unmarked"},
		{"a condition unclear", marked("3b", filing.Unclear, "没有职称证"), "check-condition"},
		{"a soft condition not met: binding at the check (R34)", marked("1b", filing.NotMet, "没有"), "check-condition"},
		{"over the limit", marked("limits", filing.NotMet, "超"), "check-document"},
		{"no seal", marked("seal-2", filing.NotMet, "缺"), "check-document"},
		{"too few copies only warn", marked("forms", filing.NotMet, "还缺两份"), ""},
		{"no evidence on paper only warns (T22)", marked("bundle", filing.NotMet, "电子版已有"), ""},
		{"and needs a note", marked("bundle", filing.NotMet, " "), "check-note"},
		{"evidence unclear", marked("evidence-2b", filing.Unclear, "复印件"), ""},
		{"no finding at all", marked("2a", "perhaps", ""), "check-line-unknown check-condition"},
		{"a line that is not there", application.CheckDraft{Result: application.CheckPass, Items: append(passing().Items, application.CheckItem{Key: "9z"})}, "check-line-unknown"},
	} {
		p := at(t, "checking")
		if c.want == "" {
			p.check(c.d)
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			p.no(c.want, func() error { return second(p.a.CheckMaterial(p.n, c.d, p.as("dept/staff"), p.now)) })
		})
	}
}

// What was found is kept while the check goes on, by staff and by the centre's desk.
func TestNoteCheck(t *testing.T) {
	p := at(t, "checking")
	some := []application.CheckItem{{Key: "1a", Finding: filing.Met}, {Key: "2b", Finding: filing.Unclear, Note: "文件看不清"}}
	if err := p.a.NoteCheck(p.n, some, p.as("centre/intake"), p.now); err != nil {
		t.Fatal(err)
	}
	if p.a.State != application.Checking || p.a.Check.Item("2b").Note != "文件看不清" || p.a.Check.Unmarked(p.n) != 23 || p.a.Check.Noted.Person != "centre/intake" {
		t.Errorf("%+v", p.a.Check)
	}
	p.no("check-line-unknown", func() error {
		return p.a.NoteCheck(p.n, []application.CheckItem{{Key: "x", Finding: filing.Met}}, p.as("dept/staff"), p.now)
	})
	p.no("wrong-role", func() error { return p.a.NoteCheck(p.n, some, p.as("dept/approver"), p.now) })
}

// A supplement opens only what it names, each with its kind and reason, round after round.
func TestSupplementOpens(t *testing.T) {
	p := at(t, "checking")
	ask := func(d application.CheckDraft) func() error {
		return func() error { return second(p.a.CheckMaterial(p.n, d, p.as("dept/staff"), p.now)) }
	}
	bad := p.supplement("配套政策")
	bad.Asks[0].Kind = "bad"
	p.no("supplement-kind", ask(bad))
	p.no("supplement-unknown", ask(p.supplement("没有这一栏")))
	p.no("supplement-unknown", ask(p.supplement(filing.EvidenceOf("9z"))))
	p.no("supplement-unknown", ask(p.supplement(filing.FileField("f1")))) // of no condition

	d := p.supplement("配套政策", filing.StatementField("1a"), filing.EvidenceOf("2b"), filing.FileField("f1"))
	d.Asks[3].Topic = "3a"
	e := p.ok(p.a.CheckMaterial(p.n, d, p.as("dept/staff"), p.now))
	if got := e.Detail["fields"]; got != "配套政策、“专家服务工作成效突出”的说明和佐证材料、“有配套政策”的佐证材料、“组织管理及运行机制比较完善”的一个佐证文件" {
		t.Errorf("the fact says %s", got)
	}
	clerk := p.as("park/clerk")
	for field, open := range map[string]bool{"配套政策": true, filing.StatementField("1a"): true, filing.SelfField("1a"): true, filing.OpinionField: true,
		"单位简介": false, filing.StatementField("2b"): false, filing.StatementField("3a"): false} {
		if err := p.a.MayEdit(clerk, field); (err == nil) != open {
			t.Errorf("%s: %v", field, err)
		}
	}
	file := func(id, topic string, at time.Time) filing.Evidence {
		return filing.Evidence{ID: id, Purpose: filing.ForEvidence, Topic: topic, At: at}
	}
	before := p.now.Add(-time.Hour)
	for _, c := range []struct {
		f          filing.Evidence
		add, remov bool
	}{
		{file("x", "1a", before), true, true}, {file("x", "2b", before), true, true}, {file("f1", "3a", before), true, true},
		{file("f2", "3a", before), true, false}, {file("f2", "3a", p.now.Add(time.Minute)), true, true}, {file("x", "3b", before), false, false},
		{filing.Evidence{ID: "b", Purpose: filing.ForBank}, false, false},
	} {
		a, r := p.a.MayFile(clerk, c.f), second(at2(p).RemoveFile(p.n, c.f, clerk, p.now))
		if (a == nil) != c.add || (r == nil) != c.remov {
			t.Errorf("%s of %s: add %v, remove %v", c.f.ID, c.f.Topic, a, r)
		}
	}
	p.handIn()
	p.check(p.supplement("单位简介"))
	if n := len(p.a.Supplements()); n != 2 || p.a.Supplements()[0].Answered.IsZero() || p.a.MayEdit(clerk, "配套政策") == nil {
		t.Errorf("round %d", n)
	}
}

// at2 is a copy to try things on.
func at2(p *play) *application.Application { c := *p.a; return &c }

func TestOverdueSupplement(t *testing.T) {
	p := at(t, "supplement")
	due := p.a.Open().Due
	staff := func() org.Actor { return p.as("dept/staff") }
	longer := func(to time.Time, why string) func() error {
		return func() error { return second(p.a.ExtendSupplement(p.n, staff(), to, why, p.now)) }
	}
	p.no("reason-required", longer(due.AddDate(0, 0, 3), " "))
	p.no("supplement-longer", longer(due, "r"))
	p.no("supplement-runs", func() error { return second(p.a.EndSupplement(p.n, staff(), "逾期", p.now)) })
	p.now = due
	if p.a.Overdue(p.now) == nil {
		t.Error("the date has passed")
	}
	p.prepare().sign().seal()
	p.no("correction-late", func() error {
		return second(p.a.Submit(p.c, p.n, p.route, time.Time{}, p.as("park/clerk"), p.now))
	})
	e := p.ok(p.a.ExtendSupplement(p.n, staff(), due.AddDate(0, 0, 3), "单位搬迁", p.now))
	if !application.IsException(e) || p.a.Overdue(p.now) != nil || len(p.a.Open().Extended) != 1 || !p.a.Due().Equal(due.AddDate(0, 0, 3)) {
		t.Errorf("%+v", p.a.Open())
	}
	p.now = due.AddDate(0, 0, 3)
	p.no("reason-required", func() error { return second(p.a.EndSupplement(p.n, staff(), "", p.now)) })
	p.ok(p.a.EndSupplement(p.n, staff(), "逾期未报，按原版本审核", p.now))
	c := p.a.Supplements()[0]
	if p.a.State != application.Checking || c.Ended == nil || c.Ended.Way != filing.EndLapsed || p.a.Handed != 1 || p.a.Opinion(0).Version != 1 || p.a.Problems() != nil {
		t.Errorf("%s %+v", p.a.State, c)
	}
	p.check(rejecting()) // and now it can be refused
}

// Two persons: who proposes can't confirm, not for another either; sent back, it goes on.
func TestRejection(t *testing.T) {
	p := at(t, "checking")
	staff := p.as("dept/staff")
	p.no("no-rejection", func() error { return second(p.a.ConfirmRejection(p.as("dept/approver"), p.now)) })
	bad := rejecting()
	bad.Clause = "九"
	p.no("clause-required", func() error { return second(p.a.CheckMaterial(p.n, bad, staff, p.now)) })
	e := p.ok(p.a.CheckMaterial(p.n, rejecting(), staff, p.now))
	if p.a.State != application.Checking || p.a.ShowsFact(p.as("park/principal"), e) || !p.a.ShowsFact(p.as("dept/approver"), e) {
		t.Error("a proposal ends nothing, and is the department's")
	}
	p.no("rejection-waits", func() error { return second(p.a.CheckMaterial(p.n, passing(), staff, p.now)) })
	p.no("two-persons", func() error { return second(p.a.ConfirmRejection(staff, p.now)) })
	lent := for_("dept/staff", "dept/approver", p.now)
	p.no("two-persons", func() error { return second(p.a.ConfirmRejection(lent, p.now)) })
	p.no("sign-in-again", func() error {
		return second(p.a.ConfirmRejection(as("dept/approver", p.now.Add(-time.Hour)), p.now))
	})
	p.no("reason-required", func() error { return second(p.a.ReturnRejection(p.n, p.as("dept/approver"), " ", p.now)) })
	p.ok(p.a.ReturnRejection(p.n, p.as("dept/approver"), "可以先要求补正", p.now))
	if p.a.Check.Waits() != nil || p.a.Check.SentBack.Why != "可以先要求补正" {
		t.Errorf("%+v", p.a.Check)
	}
	p.check(rejecting())
	two := as("dept/staff", p.now)
	two.Person, two.Post = "dept/staff2", "dept/staff2"
	e = p.ok(p.a.ConfirmRejection(two, p.now)) // a second member of staff
	if p.a.State != application.NotAccepted || p.a.HoldsPlace() || e.Reason != "不属于申报范围" || e.Clause != "三" || p.a.End.Clause != "三" {
		t.Errorf("%s %+v", p.a.State, e)
	}
}

// What the applicant reads of the check: its result, and nothing before there is one.
func TestVeilCheck(t *testing.T) {
	p := at(t, "refusing")
	unit := at2(p)
	unit.Veil(p.as("park/principal"))
	if unit.Check.Waits() != nil || unit.Check.Reason != "" || len(unit.Check.Items) > 0 {
		t.Errorf("%+v", unit.Check)
	}
	intake := at2(p)
	if intake.Veil(p.as("centre/intake")); intake.Check.Waits() == nil {
		t.Error("the centre checks too")
	}
	p.ok(p.a.ConfirmRejection(p.as("dept/approver"), p.now))
	unit = at2(p)
	if unit.Veil(p.as("park/principal")); unit.Check.Reason == "" {
		t.Error("the unit is told why")
	}
}

func day(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, beijing)
	if err != nil {
		panic(err)
	}
	return t
}

// The clock counts working days by the State Council's calendar and stops once.
func TestCheckClock(t *testing.T) {
	cal, set := workday.Default(), notice.DefaultSettings()
	p := at(t, "banner")
	if _, ok := p.a.CheckClock(set, cal, p.now); ok {
		t.Error("it runs before receipt")
	}
	p = at(t, "city")
	p.now = day("2017-06-23 15:00") // a Friday
	p.pass()
	look := func(at string, light string, used, left, waited int) {
		t.Helper()
		c, ok := p.a.CheckClock(set, cal, day(at))
		if !ok || c.Light != light || c.Used != used || c.Left != left || c.Waited != waited {
			t.Errorf("%s: %+v", at, c)
		}
		if paused := light == application.LightPaused; c.Due.IsZero() != paused {
			t.Errorf("%s: due %v", at, c.Due)
		}
	}
	look("2017-06-23 23:59", application.LightOK, 0, 10, 0)
	look("2017-06-25 12:00", application.LightOK, 0, 10, 0) // Sunday
	look("2017-06-26 00:00", application.LightOK, 1, 9, 0)
	p.now = day("2017-06-28 10:00")
	p.check(p.supplement("配套政策"))
	look("2017-06-28 10:00", application.LightPaused, 3, 7, 0)
	look("2017-07-03 10:00", application.LightPaused, 3, 7, 3)
	p.now = day("2017-07-03 09:00")
	p.handIn()
	look("2017-07-04 10:00", application.LightOK, 4, 6, 3)
	p.check(p.supplement("单位简介")) // the second round does not stop it
	look("2017-07-07 10:00", application.LightSoon, 7, 3, 3)
	look("2017-07-12 23:59", application.LightSoon, 10, 0, 3)
	look("2017-07-13 00:00", application.LightLate, 11, -1, 3)
	if c, _ := p.a.CheckClock(set, cal, p.now); !c.Due.Equal(day("2017-07-13 00:00")) || c.Unannounced != nil {
		t.Errorf("due %v", c.Due)
	}
	p.now = day("2017-07-04 10:00")
	p.handIn()
	p.check(passing())
	look("2017-09-01 10:00", application.LightDone, 4, 6, 3)

	q := at(t, "city")
	q.now = day("2017-09-29 15:00") // before the holidays of 2017: 30 September was worked, 1–8 October were not
	q.c.Deadline = day("2017-12-01 00:00")
	q.pass()
	if c, _ := q.a.CheckClock(set, cal, day("2017-10-09 09:00")); c.Used != 2 {
		t.Errorf("used %d", c.Used)
	}
	if due := application.SupplementDue(set, cal, day("2017-09-29 15:00")); due.End.String() != "2017-10-12" || due.Unannounced != nil {
		t.Errorf("due %+v", due)
	}
	if due := application.SupplementDue(set, cal, day("2049-01-04 15:00")); len(due.Unannounced) == 0 {
		t.Error("nobody knows the holidays of 2049")
	}
}

func TestSetCheckRules(t *testing.T) {
	for _, c := range []struct {
		x    application.CheckRules
		by   org.Actor
		why  string
		want string
	}{
		{application.CheckRules{CheckDays: 15, SupplementDays: 5}, as("dept/staff", june), "数量多", ""},
		{application.CheckRules{CheckDays: 15, SupplementDays: 7, SiteVisit: true}, as("dept/approver", june), "数量多", ""},
		{application.CheckRules{CheckDays: 10, SupplementDays: 5}, as("dept/staff", june), "数量多", "setting-same"},
		{application.CheckRules{CheckDays: 0, SupplementDays: 91}, as("dept/staff", june), "数量多", "number-range number-range"},
		{application.CheckRules{CheckDays: 15, SupplementDays: 5}, as("dept/staff", june), " ", "reason-required"},
		{application.CheckRules{CheckDays: 15, SupplementDays: 5}, as("centre/intake", june), "r", "wrong-role"},
	} {
		call := openCall(t)
		e, err := call.SetCheckRules(published, c.x, c.why, c.by, june)
		if kind(err) != c.want {
			t.Errorf("%+v: %v", c.x, err)
		}
		if err == nil && (call.Settings.CheckDays != c.x.CheckDays || call.Settings.SiteVisit != c.x.SiteVisit || !application.IsException(e) || len(call.Changes) != len(e.After)) {
			t.Errorf("%+v %+v", call.Settings, e)
		}
	}
}

func TestSiteVisit(t *testing.T) {
	p := at(t, "checking")
	staff, set := p.as("dept/staff"), p.c.Settings
	plan := application.VisitPlan{Date: "2017-06-21", Members: []string{"王建国 厅", " 王建国  厅 ", "李明 中心", ""}, Look: "场地、设备"}
	try := func(set notice.Settings, x application.VisitPlan) func() error {
		return func() error { return second(p.a.PlanVisit(p.n, set, x, staff, p.now)) }
	}
	p.no("visit-not-used", try(set, plan))
	set.SiteVisit = true
	today, alone := plan, plan
	today.Date, alone.Members, alone.Look = "2017-06-20", []string{"王建国 厅", "王建国 厅"}, " "
	p.no("visit-date", try(set, today))
	p.no("visit-members visit-look", try(set, alone))
	p.no("no-visit", func() error { return second(p.a.ReportVisit(p.n, staff, "2017-06-21", "属实", p.now)) })
	e := p.ok(p.a.PlanVisit(p.n, set, plan, staff, p.now))
	if !p.a.ShowsFact(p.as("park/clerk"), e) || len(p.a.OpenVisit().Members) != 2 {
		t.Errorf("%+v", p.a.OpenVisit())
	}
	p.no("visit-planned", try(set, plan))
	report := func(date, findings string) func() error {
		return func() error { return second(p.a.ReportVisit(p.n, staff, date, findings, p.now)) }
	}
	p.no("visit-done", report("2017-06-21", "属实")) // it has not come yet
	p.no("reason-required", func() error { return second(p.a.CancelVisit(p.n, staff, "", p.now)) })
	p.ok(p.a.CancelVisit(p.n, staff, "暴雨", p.now))
	p.ok(p.a.PlanVisit(p.n, set, plan, staff, p.now))
	p.check(passing()) // a visit goes on beside the review
	p.now = p.now.AddDate(0, 0, 2)
	p.no("visit-done visit-findings", report("2017-06-20", " "))
	photo := filing.Evidence{ID: "ph", Purpose: filing.ForVisit, Topic: "2"}
	e = p.ok(p.a.AddFile(p.n, photo, staff, p.now))
	if p.a.ShowsFact(p.as("park/clerk"), e) || slices.Contains(p.a.Editors, "dept/staff") {
		t.Error("photographs are the department's")
	}
	p.no("purpose", func() error {
		return p.a.MayFile(staff, filing.Evidence{Purpose: filing.ForVisit, Topic: "1"}) // cancelled
	})
	p.no("not-your-unit", func() error { return p.a.MayFile(p.as("park/clerk"), photo) })
	p.ok(p.a.ReportVisit(p.n, staff, "2017-06-22", "场地和设备与申报一致。", p.now))
	if len(p.a.Visited()) != 1 || p.a.OpenVisit() != nil {
		t.Errorf("%+v", p.a.Visits)
	}
	for post, want := range map[string]bool{"park/clerk": false, "city/clerk": false, "dept/staff": true, "dept/approver": true, "centre/intake": true, "dept/finance": false} {
		known, open := p.a.ShowsFile(p.as(post), photo, false)
		if known != want || open != want {
			t.Errorf("%s: %v %v", post, known, open)
		}
	}
	unit := at2(p)
	if unit.Veil(p.as("park/clerk")); unit.Visits[1].Report.Findings != "" || p.a.Visits[1].Report.Findings == "" {
		t.Error("what was found is the department's")
	}
}

var sentences = []string{"近三年围绕设施农业累计投入研发和示范资金四千八百余万元，产品质量稳定，市场销路良好。", "现有职工二百一十六人，其中专业技术人员九十四人，博士四人。",
	"先后与农业大学签订合作协议，聘请专家四十二人次到旗里开展技术攻关和培训讲座。", "承担技术开发和推广项目十七项，其中国家级两项，总经费二千三百五十万元。",
	"当地政府出台柔性引进高层次人才实施办法，给予交通食宿和课题补助。", "建成示范区一千八百亩，亩均效益提高百分之三十二，带动农户四百三十户。"}

// Passages that stand in both are found at their places in both, seen from either side.
func TestSharedPassages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(label string) filing.Content {
			c := filing.Content{Answers: filing.Answers{}}
			for _, f := range []string{"单位简介", "基本情况", filing.StatementField("1a")} {
				for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(sentences)-1), 0, 3).Draw(t, label+f) {
					c.Answers[f] += sentences[i] + rapid.StringMatching(`[甲乙丙丁a-z ，]{0,12}`).Draw(t, "between")
				}
			}
			return c
		}
		a, b := text("a"), text("b")
		ps, letters := application.SharedPassages(published, a, published, b)
		sum := 0
		for _, p := range ps {
			x, y := bare(a.Answers[p.Field][p.From:p.To]), bare(b.Answers[p.OtherField][p.At:p.Until])
			if x != y || p.Letters < application.PassageLeast || len([]rune(x)) != p.Letters {
				t.Fatalf("%+v: “%s” and “%s”", p, x, y)
			}
			sum += p.Letters
		}
		if sum != letters {
			t.Fatalf("%d letters, and %d in the passages", letters, sum)
		}
		for f, v := range a.Answers { // no sentence that both have is missed
			for i, s := range sentences {
				if strings.Contains(v, s) && len([]rune(bare(s))) >= application.PassageLeast && strings.Contains(b.Answers["单位简介"], s) &&
					!slices.ContainsFunc(ps, func(p application.Passage) bool { return p.Field == f && p.Letters >= application.PassageLeast }) {
					t.Fatalf("sentence %d in %s was missed", i, f)
				}
			}
		}
		l := application.Likeness{Application: "a", Other: "b", Version: 1, OtherVersion: 2, Passages: ps}
		if back := l.Flip().Flip(); len(back.Passages) != len(ps) || back.Application != "a" || l.Flip().Version != 2 {
			t.Fatalf("%+v", back)
		}
	})
}

func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("，。 、", r) {
			return -1
		}
		return r
	}, s)
}

func TestTraits(t *testing.T) {
	u := units["park"]
	u.CreditCode, u.Address, u.Phone, u.Contact = "12150430MB0001234X", "新惠镇 园区路 1 号", "0476-4320001", "王芳"
	c := content(at(t, "new").a)
	mine := application.Traits(published, u, c)
	same := func(change func(*org.Unit, filing.Answers)) string {
		v, d := u, content(at(t, "new").a)
		v.Name, v.CreditCode, v.Address, v.Phone, v.Contact = "别的公司", "91150430MA0000000X", "天义镇", "0476-1111111", "李四海"
		for k, x := range d.Answers {
			if f, ok := published.Form.Field(k); ok && (f.Kind == notice.Phone || f.Kind == notice.Mobile) {
				d.Answers[k] = "13911111111"
			} else if ok && f.Kind == notice.Account {
				d.Answers[k] = "999999999"
			}
			_ = x
		}
		change(&v, d.Answers)
		var kinds []string
		for _, a := range application.Traits(published, v, d) {
			if slices.Contains(mine, a) {
				kinds = append(kinds, a.Kind)
			}
		}
		return strings.Join(application.SharedTraits(kinds), " ")
	}
	for want, change := range map[string]func(*org.Unit, filing.Answers){
		"":                func(u *org.Unit, _ filing.Answers) { u.Contact = "王芳" }, // people share names
		"credit":          func(u *org.Unit, _ filing.Answers) { u.CreditCode = "12150430mb0001234x" },
		"name":            func(u *org.Unit, _ filing.Answers) { u.Name = "敖汉　园区" },
		"address contact": func(u *org.Unit, _ filing.Answers) { u.Address, u.Contact = "新惠镇园区路１号", "王 芳" },
		"phone":           func(u *org.Unit, _ filing.Answers) { u.Phone = "04764320001" },
		"account":         func(_ *org.Unit, a filing.Answers) { a["账号"] = "6222 0000 0000 0000" },
	} {
		if got := same(change); got != want {
			t.Errorf("“%s”, want “%s”", got, want)
		}
	}
	for _, x := range mine {
		if strings.Contains(x.Value, "6222") || strings.Contains(x.Value, "王芳") {
			t.Errorf("%s is kept a second time", x.Kind)
		}
	}
}
