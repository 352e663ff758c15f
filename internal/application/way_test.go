package application_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/org"
)

func TestBegin(t *testing.T) {
	pending := units["park"]
	pending.State = org.Pending
	for _, c := range []struct {
		name  string
		unit  org.Unit
		by    string
		proxy bool
		at    time.Time
		do    func(*application.Call)
		want  string
	}{
		{"its clerk", units["park"], "park/clerk", false, june, nil, ""},
		{"its head", units["park"], "park/principal", false, june, nil, "wrong-role"},
		{"another unit's clerk", units["park"], "other/clerk", false, june, nil, "not-your-unit"},
		{"an office", units["banner"], "banner/clerk", false, june, nil, "unit-cannot-apply"},
		{"a direct unit (R5)", units["univ"], "univ/clerk", false, june, nil, ""},
		{"a unit not admitted yet", pending, "park/clerk", false, june, nil, "unit-not-active"},
		{"a bureau for a firm (R39)", units["firm"], "banner/clerk", true, june, nil, ""},
		{"a bureau for a public unit", units["park"], "banner/clerk", true, june, nil, "proxy-public"},
		{"before the call opens", units["park"], "park/clerk", false, june, func(c *application.Call) { c.State = application.CallAsked }, "call-not-open"},
		{"the instant before the deadline", units["park"], "park/clerk", false, closing.Add(-1), nil, ""},
		{"at the deadline", units["park"], "park/clerk", false, closing, nil, "late"},
		{"after it, with the unit's leave", units["park"], "park/clerk", false, closing, func(c *application.Call) {
			c.Leaves = []application.Leave{{Unit: "park", Until: closing.Add(1)}}
		}, ""},
		{"after it, with another's leave", units["park"], "park/clerk", false, closing, func(c *application.Call) {
			c.Leaves = []application.Leave{{Unit: "firm", Until: closing.Add(1)}}
		}, "late"},
	} {
		call := openCall(t)
		if c.do != nil {
			c.do(call)
		}
		a, e, err := application.Begin("a", call, published, c.unit, as(c.by, c.at), c.proxy, c.at)
		if kind(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err == nil && (a.State != application.Draft || e.Kind != application.Begun || a.Notice != published.SHA256 || e.Clause != "四（一）") {
			t.Errorf("%s: %+v %+v", c.name, a, e)
		}
	}
}

// The whole way: who holds it, in which state, which fact each act leaves.
func TestWholeWay(t *testing.T) {
	p := begin(t, "park")
	step := func(e event.Event, want event.Kind, state application.State, holder org.UnitID) {
		t.Helper()
		if e.Kind != want || p.a.State != state || p.a.Holder() != holder {
			t.Errorf("%s, %s, held by %s; want %s, %s, %s", e.Kind, p.a.State, p.a.Holder(), want, state, holder)
		}
		if ps := p.a.Problems(); ps != nil {
			t.Errorf("after %s: %v", e.Kind, ps)
		}
	}
	clerk, head := p.as("park/clerk"), p.as("park/principal")
	step(p.ok(p.a.Prepare(p.n, p.content, clerk, p.now)), application.Prepared, application.AwaitSignature, "park")
	step(p.ok(p.a.SendBack(head, "请补写获奖情况", p.now)), application.SignatureRefused, application.Draft, "park")
	if p.a.SentBack == "" {
		t.Error("the clerk does not read why it came back")
	}
	step(p.ok(p.a.Prepare(p.n, p.content, clerk, p.now)), application.Prepared, application.AwaitSignature, "park")
	step(p.ok(p.a.Recall(clerk, p.now)), application.Recalled, application.Draft, "park")
	p.prepare()
	if p.a.BaseName != "敖汉园区专家服务基地" || p.a.Division != "150404" || p.a.HostKind != "高新技术开发区" {
		t.Errorf("%q %q %q are not the form's", p.a.BaseName, p.a.Division, p.a.HostKind)
	}
	step(p.ok(p.a.Sign(p.n, p.content, head, p.now)), application.Signed, application.SignedOff, "park")
	v, _ := p.a.Latest()
	step(p.ok(p.a.Seal(p.n, clerk, strings.ToLower(v.Code), "scan", p.now)), application.Sealed, application.SignedOff, "park")
	if _, ok := p.a.Current(); ok {
		t.Error("others would read a version that was not handed in")
	}
	step(p.ok(p.a.Submit(p.c, p.n, p.route, time.Time{}, head, p.now)), application.Submitted, application.Moving, "banner")
	if cur, ok := p.a.Current(); !ok || cur.Hash != v.Hash || p.a.HoldsPlace() {
		t.Errorf("current %+v; holds a place %v", cur, p.a.HoldsPlace())
	}
	step(p.ok(p.a.Opine("o1", p.n, p.c.Settings, agreeing(), false, p.as("banner/clerk"), p.now)), application.OpinionDrafted, application.Moving, "banner")
	step(p.ok(p.a.Opine("o1", p.n, p.c.Settings, agreeing(), true, p.as("banner/clerk"), p.now)), application.OpinionPrepared, application.Moving, "banner")
	step(p.ok(p.a.OpinionSendBack(p.as("banner/principal"), "理由再写具体些", p.now)), application.OpinionSentBack, application.Moving, "banner")
	p.opine(agreeing())
	step(p.ok(p.a.OpinionSeal(p.n, p.as("banner/clerk"), v.Code, "scan", p.now)), application.OpinionSealed, application.Moving, "banner")
	step(p.ok(p.a.Forward(p.c, p.n, time.Time{}, p.as("banner/principal"), p.now)), application.PassedUp, application.Moving, "city")
	if p.a.HoldsPlace() {
		t.Error("it holds a place before the recommendation")
	}
	p.opine(agreeing()).opSeal()
	step(p.ok(p.a.Forward(p.c, p.n, time.Time{}, p.as("city/clerk"), p.now)), application.Recommended, application.Checking, "dept")
	if !p.a.HoldsPlace() {
		t.Error("recommended, and holds no place")
	}
	step(p.ok(p.a.CheckMaterial(p.n, passing(), p.as("centre/intake"), p.now)), application.Checked, application.Reviewing, "dept")
	step(p.ok(p.a.CloseReview(p.n, p.as("dept/staff"), 8650, 5, 5, p.now)), application.ReviewClosed, application.Deciding, "dept")
	p.propose(true).release()
	if p.a.State != application.Recognised || p.a.Holder() != "" || !p.a.HoldsPlace() || !p.a.Live() || p.a.Decision.Document != "内人社发〔2017〕300号" {
		t.Errorf("%+v", p.a)
	}
	var boxes []int
	for _, o := range p.a.Opinions {
		if o.Stands() {
			boxes = append(boxes, o.Box)
		}
	}
	if !slices.Equal(boxes, []int{1, 0, 2, 3}) {
		t.Errorf("opinion boxes %v; the banner's goes to the annex page (R127)", boxes)
	}
}

// R129: two people, by delegation too.
func TestTwoPersonsSign(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*play)
		by   func(*play) org.Actor
		want string
	}{
		"the head":                            {func(p *play) {}, func(p *play) org.Actor { return p.as("park/principal") }, ""},
		"the head who wrote a field":          {func(p *play) { p.a.Edited(p.as("park/principal")) }, func(p *play) org.Actor { return p.as("park/principal") }, "two-persons"},
		"the clerk with the head's post lent": {func(p *play) {}, func(p *play) org.Actor { return for_("park/clerk", "park/principal", p.now) }, "two-persons"},
		"the clerk's other self, lent the head's post": {func(p *play) { p.a.Edited(for_("third", "park/clerk", p.now)) },
			func(p *play) org.Actor { return for_("third", "park/principal", p.now) }, "two-persons"},
		"the head whose own delegate wrote": {func(p *play) {
			by := for_("deputy", "park/principal", p.now)
			by.Role = "clerk"
			p.a.Edited(by)
		}, func(p *play) org.Actor { return p.as("park/principal") }, "two-persons"},
		"a third person with the head's post lent": {func(p *play) {}, func(p *play) org.Actor { return for_("third", "park/principal", p.now) }, ""},
	} {
		p := at(t, "await")
		c.do(p)
		if _, err := p.a.Sign(p.n, p.content, c.by(p), p.now); kind(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestTwoPersonsOpine(t *testing.T) {
	sign := func(p *play, by org.Actor) error {
		v, _ := p.a.Current()
		_, err := p.a.OpinionSign(p.n, p.c.Settings, v.Hash, by, p.now)
		return err
	}
	p := at(t, "banner")
	p.ok(p.a.Opine("o", p.n, p.c.Settings, agreeing(), false, p.as("banner/clerk"), p.now))
	second := p.as("banner/clerk")
	second.Person = "second"
	p.ok(p.a.Opine("o", p.n, p.c.Settings, agreeing(), true, second, p.now))
	for _, person := range []string{"banner/clerk", "second"} { // whoever wrote, not only whoever handed it on
		p.no("two-persons", func() error { return sign(p, for_(person, "banner/principal", p.now)) })
	}
	if err := sign(p, p.as("banner/principal")); err != nil {
		t.Error(err)
	}
}

func TestPrepareAndSignCheckTheForm(t *testing.T) {
	p := at(t, "new")
	bad := p.with("单位简介", strings.Repeat("字", 801))
	p.no("too-long", func() error { return second(p.a.Prepare(p.n, bad, p.as("park/clerk"), p.now)) })
	p.no("self-not-met", func() error {
		return second(p.a.Prepare(p.n, p.with(filing.SelfField("2c"), filing.NotMet), p.as("park/clerk"), p.now))
	})
	p.prepare()
	p.no("too-long", func() error { return second(p.a.Sign(p.n, bad, p.as("park/principal"), p.now)) })
	p.no("reason-required", func() error { return second(p.a.SendBack(p.as("park/principal"), " ", p.now)) })
}

func TestSeal(t *testing.T) {
	p := at(t, "signed")
	first, _ := p.a.Latest()
	clerk := p.as("park/clerk")
	p.no("seal-missing", func() error { return second(p.a.Submit(p.c, p.n, p.route, time.Time{}, clerk, p.now)) })
	p.no("seal-file", func() error { return second(p.a.Seal(p.n, clerk, first.Code, "", p.now)) })
	p.no("seal-code", func() error { return second(p.a.Seal(p.n, clerk, "AAAA-BBBB-CCCC", "scan", p.now)) })
	// Taken back and signed anew, the paper sealed before is of an old version (W05).
	p.ok(p.a.Recall(clerk, p.now))
	p.content = p.with("单位简介", "改过了")
	p.prepare().sign()
	if v, _ := p.a.Latest(); v.N != 2 || v.Hash == first.Hash {
		t.Fatalf("version %+v", v)
	}
	p.no("seal-old-version", func() error { return second(p.a.Seal(p.n, clerk, first.Code, "scan", p.now)) })
	p.seal().submit()
	standing := 0
	for _, o := range p.a.Opinions {
		if o.Stands() && o.Box == 1 {
			standing++
		}
	}
	if standing != 1 {
		t.Errorf("%d opinions stand in box 1", standing)
	}
}

// T-1ns, T, T+1ns, by the call's deadline and by a level's earlier one.
func TestDeadlines(t *testing.T) {
	inner := closing.AddDate(0, 0, -5)
	for _, c := range []struct {
		name  string
		at    time.Time
		inner time.Time
		want  string
	}{
		{"T-1ns", closing.Add(-1), time.Time{}, ""}, {"T", closing, time.Time{}, "late"}, {"T+1ns", closing.Add(1), time.Time{}, "late"},
		{"inner T-1ns", inner.Add(-1), inner, ""}, {"inner T", inner, inner, "late"}, {"inner T+1ns", inner.Add(1), inner, "late"},
		{"an inner date after the call's does not count", closing, closing.AddDate(0, 0, 9), "late"},
	} {
		p := at(t, "signed")
		p.seal()
		p.now = c.at
		if _, err := p.a.Submit(p.c, p.n, p.route, c.inner, p.as("park/clerk"), c.at); kind(err) != c.want {
			t.Errorf("submit at %s: %v, want %q", c.name, err, c.want)
		}
		for _, level := range []string{"banner", "city"} {
			p := at(t, level)
			p.opine(agreeing()).opSeal()
			p.now = c.at
			_, err := p.a.Forward(p.c, p.n, c.inner, p.as(level+"/clerk"), c.at)
			want := c.want
			if level == "city" && !c.inner.IsZero() && c.at.Before(closing) {
				want = "" // the recommender answers to the call's deadline alone (R98)
			}
			if kind(err) != want {
				t.Errorf("%s forwards at %s: %v, want %q", level, c.name, err, want)
			}
		}
	}
}

// R99: the department takes a late one in, with a reason, until a date.
func TestLate(t *testing.T) {
	p := at(t, "city")
	p.opine(agreeing()).opSeal()
	p.now = closing.Add(time.Hour)
	forward := func() error { return second(p.a.Forward(p.c, p.n, time.Time{}, p.as("city/clerk"), p.now)) }
	until := p.now.AddDate(0, 0, 2)
	p.no("late", forward)
	p.no("wrong-role", func() error { return second(p.a.AdmitLate(p.n, p.as("dept/staff"), "暴雨", until, p.now)) })
	p.no("reason-required", func() error { return second(p.a.AdmitLate(p.n, p.as("dept/approver"), "", until, p.now)) })
	p.no("due-required", func() error { return second(p.a.AdmitLate(p.n, p.as("dept/approver"), "暴雨", p.now, p.now)) })
	p.no("sign-in-again", func() error {
		return second(p.a.AdmitLate(p.n, as("dept/approver", p.now.Add(-16*time.Minute)), "暴雨", until, p.now))
	})
	if e := p.ok(p.a.AdmitLate(p.n, p.as("dept/approver"), "暴雨断网", until, p.now)); !application.IsException(e) || e.Clause != "七（二）" {
		t.Errorf("%+v is no exception", e)
	}
	p.now = until
	p.no("late", forward)
	p.now = until.Add(-1)
	if err := forward(); err != nil {
		t.Error(err)
	}
}

func TestGiveLeave(t *testing.T) {
	p := at(t, "signed")
	p.seal()
	p.now = closing.AddDate(0, 0, 1)
	submit := func() error { return second(p.a.Submit(p.c, p.n, p.route, time.Time{}, p.as("park/clerk"), p.now)) }
	until := p.now.AddDate(0, 0, 1)
	p.no("late", submit)
	for want, f := range map[string]func() error{
		"wrong-role": func() error { return second(p.c.GiveLeave(p.n, units["park"], until, "r", p.as("dept/staff"), p.now)) },
		"unit-cannot-apply": func() error {
			return second(p.c.GiveLeave(p.n, units["city"], until, "r", p.as("dept/approver"), p.now))
		},
		"reason-required": func() error {
			return second(p.c.GiveLeave(p.n, units["park"], until, "", p.as("dept/approver"), p.now))
		},
		"due-required": func() error {
			return second(p.c.GiveLeave(p.n, units["park"], p.now, "r", p.as("dept/approver"), p.now))
		},
		"sign-in-again": func() error {
			return second(p.c.GiveLeave(p.n, units["park"], until, "r", as("dept/approver", june), p.now))
		},
	} {
		if got := kind(f()); got != want || len(p.c.Leaves) != 0 {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if e, err := p.c.GiveLeave(p.n, units["park"], until, "受灾", p.as("dept/approver"), p.now); err != nil || !application.IsException(e) {
		t.Fatalf("%+v %v", e, err)
	}
	if err := submit(); err != nil {
		t.Error(err)
	}
}

func TestOpinionRules(t *testing.T) {
	p := at(t, "banner")
	short, unmarked, unmet, unclear, noted, none, noDue := agreeing(), agreeing(), agreeing(), agreeing(), agreeing(), agreeing(), returning(p)
	short.Text = "同意。"
	unmarked.Marks = unmarked.Marks[1:]
	unmet.Marks[0] = filing.Mark{Condition: "1a", Finding: filing.NotMet, Note: "没有活动记录"}
	unclear.Marks[0] = filing.Mark{Condition: "1a", Finding: filing.Unclear}
	noted.Marks[0] = filing.Mark{Condition: "1a", Finding: filing.Unclear, Note: "佐证材料尚在补充"}
	none.Outcome = ""
	noDue.Due = p.now
	opine := func(d application.OpinionDraft, ready bool) func() error {
		return func() error { return second(p.a.Opine("o", p.n, p.c.Settings, d, ready, p.as("banner/clerk"), p.now)) }
	}
	p.no("opinion-short", opine(short, true)) // an opinion that is only 同意 (R106)
	p.no("condition-unmarked", opine(unmarked, true))
	p.no("condition-not-met", opine(unmet, true))
	p.no("mark-note", opine(unclear, true))
	p.no("outcome-required", opine(none, true))
	p.no("due-required", opine(noDue, true))
	sign := func(hash string) func() error {
		return func() error { return second(p.a.OpinionSign(p.n, p.c.Settings, hash, p.as("banner/principal"), p.now)) }
	}
	v, _ := p.a.Current()
	p.no("opinion-not-ready", sign(v.Hash))
	if err := opine(short, false)(); err != nil {
		t.Errorf("an unfinished draft is kept: %v", err)
	}
	p.no("opinion-not-ready", sign(v.Hash))
	p.no("opinion-unsigned", func() error { return second(p.a.Forward(p.c, p.n, time.Time{}, p.as("banner/clerk"), p.now)) })
	p.no("opinion-unsigned", func() error { return second(p.a.OpinionSeal(p.n, p.as("banner/clerk"), v.Code, "scan", p.now)) })
	p.no("opinion-not-ready", func() error { return second(p.a.OpinionSendBack(p.as("banner/principal"), "r", p.now)) })
	if err := opine(noted, true)(); err != nil {
		t.Errorf("unclear with a note may be recommended: %v", err)
	}
	p.no("reason-required", func() error { return second(p.a.OpinionSendBack(p.as("banner/principal"), "", p.now)) })
	p.no("version-changed", sign("another hash"))
	if err := sign(v.Hash)(); err != nil {
		t.Fatal(err)
	}
	p.no("opinion-signed", opine(noted, true))
	p.no("seal-missing", func() error { return second(p.a.Forward(p.c, p.n, time.Time{}, p.as("banner/clerk"), p.now)) })
	// Signed and not gone up, it can be taken back for another candidate (R97).
	p.no("reason-required", func() error { return second(p.a.OpinionRecall(p.n, p.as("banner/principal"), "", p.now)) })
	p.ok(p.a.OpinionRecall(p.n, p.as("banner/principal"), "改推另一家", p.now))
	p.no("opinion-unsigned", func() error { return second(p.a.OpinionRecall(p.n, p.as("banner/principal"), "r", p.now)) })
	declined := application.OpinionDraft{Outcome: filing.Decline, Text: "本旗名额已用于另一单位，今年不予推荐，明年可再申报。"}
	p.opine(declined)
	if p.a.State != application.NotRecommended || p.a.End.Reason != declined.Text || p.a.HoldsPlace() || p.a.Live() {
		t.Errorf("%s %+v", p.a.State, p.a.End)
	}
}

// A return opens the named fields, makes the right opinions fall, keeps its own date and
// leads straight back to the returner.
func TestReturn(t *testing.T) {
	p := at(t, "city")
	p.opine(returning(p, "单位简介", filing.StatementField("1a")))
	standing := func() (out []string) {
		for _, o := range p.a.Opinions {
			if o.Stands() {
				out = append(out, o.UnitName)
			}
		}
		return out
	}
	if got := standing(); !slices.Equal(got, []string{"敖汉旗人社局"}) {
		t.Errorf("standing after the city's return: %v; the banner's stays, the applicant's and the city's fall", got)
	}
	if p.a.State != application.Draft || p.a.Holder() != "park" || p.a.Open() == nil || !p.a.Due().Equal(p.now.AddDate(0, 0, 10)) {
		t.Fatalf("%s held by %s", p.a.State, p.a.Holder())
	}
	clerk := p.as("park/clerk")
	for field, want := range map[string]string{"单位简介": "", "条件.1a": "", "自查.1a": "", filing.OpinionField: "", "基本情况": "field-locked", "自查.1b": "field-locked"} {
		if got := kind(p.a.MayEdit(clerk, field)); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	if kind(p.a.MayEdit(p.as("park/principal"), "单位简介")) != "wrong-role" {
		t.Error("the head edits")
	}
	old, _ := p.a.Current()
	p.content = p.with("单位简介", "补写了近三年承担的项目")
	p.prepare().sign().seal()
	if cur, _ := p.a.Current(); cur.Hash != old.Hash {
		t.Error("the levels would read a version that was not handed in")
	}
	// The correction's own date rules, also after the call's deadline (R99).
	due := p.a.Open().Due
	p.now = due
	resubmit := func() error { return second(p.a.Submit(p.c, p.n, p.route, time.Time{}, p.as("park/clerk"), p.now)) }
	p.no("correction-late", resubmit)
	p.now = due.Add(-1)
	p.c.Deadline = p.now.AddDate(0, 0, -3)
	e := p.ok(p.a.Submit(p.c, p.n, p.route, time.Time{}, p.as("park/clerk"), p.now))
	if e.Kind != application.Resubmitted || p.a.Holder() != "city" || p.a.Open() != nil || p.a.Handed != 2 {
		t.Errorf("%s, held by %s", e.Kind, p.a.Holder())
	}
	// A return launders no missed deadline (W06): going up answers to the call's.
	p.opine(agreeing()).opSeal()
	p.no("late", func() error { return second(p.a.Forward(p.c, p.n, time.Time{}, p.as("city/clerk"), p.now)) })
}

func TestSupplement(t *testing.T) {
	p := at(t, "checking")
	check := func(d application.CheckDraft, post string) func() error {
		return func() error { return second(p.a.CheckMaterial(p.n, d, p.as(post), p.now)) }
	}
	failing, noFields, noDue, noReason := passing(), p.supplement(), p.supplement("配套政策"), p.supplement("配套政策")
	failing.Items[0].Finding = filing.NotMet
	noDue.Due, noReason.Asks[0].Reason = p.now, ""
	p.no("check-condition", check(failing, "dept/staff"))
	p.no("supplement-fields", check(noFields, "dept/staff"))
	p.no("due-required", check(noDue, "dept/staff"))
	p.no("reason-required", check(noReason, "dept/staff"))
	p.no("outcome-required", check(application.CheckDraft{}, "dept/staff"))
	p.no("reason-required clause-required", check(application.CheckDraft{Result: application.CheckReject}, "dept/staff"))
	p.no("wrong-role", check(rejecting(), "centre/intake"))
	p.no("wrong-role", check(passing(), "dept/approver"))
	p.check(p.supplement("配套政策"))
	if p.a.Holder() != "park" || !p.a.HoldsPlace() {
		t.Error("a correction keeps the place (trust §0)")
	}
	if kind(p.a.MayEdit(p.as("park/clerk"), "单位简介")) != "field-locked" || p.a.MayEdit(p.as("park/clerk"), "配套政策") != nil {
		t.Error("a supplement opens the named fields and no other")
	}
	p.now = closing.Add(-time.Hour)
	if due := p.a.Open().Due; p.now.After(due) {
		p.now = due.Add(-1)
	}
	p.handIn()
	if p.a.State != application.Checking || p.a.Holder() != "dept" {
		t.Errorf("%s held by %s: it goes straight back to the department", p.a.State, p.a.Holder())
	}
	p.check(passing())
}

// Cancelled, the application is judged by the version it had, whatever was signed since.
func TestCancelSupplement(t *testing.T) {
	for _, far := range []string{"draft", "await", "signed"} {
		p := at(t, "supplement")
		if far != "draft" {
			p.prepare()
		}
		if far == "signed" {
			p.sign()
		}
		p.no("reason-required", func() error { return second(p.a.CancelSupplement(p.n, p.as("dept/staff"), "", p.now)) })
		e := p.ok(p.a.CancelSupplement(p.n, p.as("dept/staff"), "材料已在部门查到", p.now))
		if !application.IsException(e) || p.a.State != application.Checking || p.a.Open() != nil {
			t.Errorf("%s: %s", far, p.a.State)
		}
		cur, _ := p.a.Current()
		var standing []int
		for _, o := range p.a.Opinions {
			if o.Stands() {
				standing = append(standing, o.Box)
				if o.Hash != cur.Hash {
					t.Errorf("%s: an opinion stands on version %d", far, o.Version)
				}
			}
		}
		if cur.N != 1 || !slices.Equal(standing, []int{1, 0, 2}) {
			t.Errorf("%s: version %d, standing %v", far, cur.N, standing)
		}
		p.check(passing())
	}
}

func TestWithdraw(t *testing.T) {
	for _, s := range situations {
		p := at(t, s.name)
		over := p.a.State.Final() || p.a.State == application.Proposed // decided, and on a list that is signed
		if over {
			p.no("wrong-state", func() error { return second(p.a.Withdraw(p.as("park/principal"), "r", p.now)) })
			continue
		}
		p.no("reason-required", func() error { return second(p.a.Withdraw(p.as("park/principal"), "", p.now)) })
		p.no("wrong-role", func() error { return second(p.a.Withdraw(p.as("park/clerk"), "r", p.now)) })
		versions := len(p.a.Versions)
		p.ok(p.a.Withdraw(p.as("park/principal"), "单位合并", p.now))
		if p.a.State != application.Withdrawn || p.a.HoldsPlace() || p.a.Live() || p.a.Holder() != "" || len(p.a.Versions) != versions {
			t.Errorf("%s: %s, holds a place %v", s.name, p.a.State, p.a.HoldsPlace())
		}
	}
}

func TestWithdrawRecommendation(t *testing.T) {
	for _, from := range []string{"checking", "supplement"} {
		p := at(t, from)
		withdraw := func(reason string) func() error {
			return func() error {
				return second(p.a.WithdrawRecommendation(p.c, p.n, p.as("city/principal"), reason, p.now))
			}
		}
		p.no("reason-required", withdraw(""))
		early := p.now
		p.now = closing
		p.no("late", withdraw("r"))
		p.now = early
		p.ok(p.a.WithdrawRecommendation(p.c, p.n, p.as("city/principal"), "改推另一家", p.now))
		if p.a.HoldsPlace() || p.a.State != application.Moving || p.a.Holder() != "city" || p.a.Open() != nil || p.a.Opinion(2) != nil {
			t.Errorf("from %s: %s held by %s", from, p.a.State, p.a.Holder())
		}
		if o := p.a.Opinion(0); o == nil || !o.Stands() {
			t.Errorf("from %s: the applicant's box does not stand", from)
		}
		p.pass() // recommended again after all
		if !p.a.HoldsPlace() {
			t.Error("recommended again, and holds no place")
		}
	}
}

func TestTake(t *testing.T) {
	free, held := application.Place{N: 1}, application.Place{N: 1, Application: "x", BaseName: "甲基地"}
	for _, c := range []struct {
		places []application.Place
		n      int
		want   string
	}{
		{[]application.Place{free}, 1, ""}, {[]application.Place{held}, 0, "quota-full"}, {nil, 0, "quota-full"},
		{[]application.Place{held, {N: 2}}, 2, ""}, {[]application.Place{held, {N: 2, Application: "y", BaseName: "乙基地"}}, 0, "quota-full"},
	} {
		n, err := application.Take(published, "赤峰市人社局", c.places)
		if n != c.n || kind(err) != c.want {
			t.Errorf("%v: %d %v", c.places, n, err)
		}
		var r *event.Refusal
		if err != nil {
			r = err.(*event.Refusal)
			if r.Clause != "七（一）" || len(c.places) == 2 && r.Args["held"] != "甲基地、乙基地" {
				t.Errorf("%+v: who holds the places is named", r)
			}
		}
	}
}
