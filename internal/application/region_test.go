package application_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
)

func TestCloseReview(t *testing.T) {
	p := at(t, "reviewing")
	closing := func(done, least int) func() error {
		return func() error { return second(p.a.CloseReview(p.n, p.as("dept/staff"), 8650, done, least, p.now)) }
	}
	p.no("too-few-scores", closing(4, 5))
	p.no("too-few-scores", closing(0, 0)) // at least one, whatever is set
	p.closeReview()
	if p.a.Mean != 8650 || p.a.State != application.Deciding {
		t.Errorf("%d %s", p.a.Mean, p.a.State)
	}
	p.no("wrong-state", closing(5, 5))
	for hundredths, want := range map[int64]string{8650: "86.50", 8605: "86.05", 0: "0.00", 10000: "100.00", 7: "0.07"} {
		if got := application.Score(hundredths); got != want {
			t.Errorf("%d: %s, want %s", hundredths, got, want)
		}
	}
}

func parcel(p *play) application.Parcel {
	got, e, err := p.c.LogParcel(p.n, application.Parcel{ID: "p1", Number: "ZZ-1", From: "赤峰市人社局", Carrier: "机要", Sent: "2017-06-18", Arrived: "2017-06-20"}, p.as("centre/intake"), p.now)
	if err != nil || e.Kind != application.ParcelLogged || got.Call != "call" {
		p.t.Fatalf("%+v %v", got, err)
	}
	return got
}

func TestLogParcel(t *testing.T) {
	p := at(t, "checking")
	for _, c := range []struct {
		parcel application.Parcel
		post   string
		want   string
	}{
		{application.Parcel{From: "x", Arrived: "2017-06-20"}, "centre/intake", ""},
		{application.Parcel{From: "x", Arrived: "2017-06-20"}, "dept/staff", "wrong-role"},
		{application.Parcel{From: " ", Arrived: "2017-06-20"}, "centre/intake", "required"},
		{application.Parcel{From: "x", Arrived: "2017-06-21"}, "centre/intake", "paper-arrived"},
		{application.Parcel{From: "x", Arrived: "20/6"}, "centre/intake", "paper-arrived"},
		{application.Parcel{From: "x", Arrived: "2017-06-20", Sent: "2017-06-21"}, "centre/intake", "paper-sent"},
	} {
		if _, _, err := p.c.LogParcel(p.n, c.parcel, p.as(c.post), p.now); kind(err) != c.want {
			t.Errorf("%+v: %v, want %q", c.parcel, err, c.want)
		}
	}
	// Paper has a date of its own, set by the centre; what comes after it is noted, not refused (T24).
	if _, err := p.c.SetPaperDue(p.n, p.now.AddDate(0, 0, 1), "与网上报送衔接", p.as("centre/intake"), p.now); err != nil {
		t.Fatal(err)
	}
	if parcel(p).AfterDue {
		t.Error("in time, and noted as late")
	}
	p.now = p.now.AddDate(0, 0, 3)
	late, _, err := p.c.LogParcel(p.n, application.Parcel{From: "x", Arrived: "2017-06-22"}, p.as("centre/intake"), p.now)
	if err != nil || !late.AfterDue {
		t.Errorf("%+v %v", late, err)
	}
}

func TestLogPaper(t *testing.T) {
	p := at(t, "checking")
	v, _ := p.a.Current()
	one := parcel(p)
	due := p.now.AddDate(0, 0, 5)
	log := func(par application.Parcel, in application.PaperCount) func() error {
		return func() error { return second(p.a.LogPaper(p.n, par, in, p.as("centre/intake"), p.now)) }
	}
	p.no("seal-code", log(one, application.PaperCount{Code: "AAAA-BBBB-CCCC", Form: 5, Evidence: 1}))
	p.no("paper-missing-due", log(one, application.PaperCount{Code: v.Code, Form: 3, Evidence: 1}))
	p.no("paper-missing-due", log(one, application.PaperCount{Code: v.Code, Form: 5, Missing: "第2份缺盖章", Due: p.now}))
	p.no("number-range number-range", log(one, application.PaperCount{Code: v.Code, Form: -1, Evidence: 100, Due: due}))
	p.no("paper-other-call", log(application.Parcel{ID: "p9", Call: "another"}, application.PaperCount{Code: v.Code, Form: 5}))
	if err := log(one, application.PaperCount{Code: v.Code, Form: 3, Evidence: 0, Due: due})(); err != nil {
		t.Fatalf("no evidence on paper only warns (T22): %v", err)
	}
	if forms, evidence := p.a.PaperLacks(p.n); forms != 2 || !evidence {
		t.Errorf("lacks %d forms, evidence %v", forms, evidence)
	}
	p.no("paper-twice", log(one, application.PaperCount{Code: v.Code, Form: 2, Due: due}))
	two := one
	two.ID, two.Number = "p2", "ZZ-2"
	if err := log(two, application.PaperCount{Code: v.Code, Form: 2, Evidence: 1, Due: due})(); err != nil {
		t.Fatal(err)
	}
	if forms, evidence := p.a.PaperLacks(p.n); forms != 0 || evidence || !p.a.Copies[1].Due.IsZero() {
		t.Errorf("lacks %d forms, evidence %v, asked by %v", forms, evidence, p.a.Copies[1].Due)
	}
	fate := func(parcel string, f application.Fate) func() error {
		return func() error { return second(p.a.LogFate(p.n, parcel, f, p.as("centre/intake"), p.now)) }
	}
	p.no("not-found", fate("p3", application.Fate{Fate: application.FateArchived, Copies: 1}))
	p.no("outcome-required", fate("p1", application.Fate{Fate: "lost", Copies: 1}))
	p.no("paper-left", fate("p1", application.Fate{Fate: application.FateArchived, Copies: 4}))
	p.no("paper-left", fate("p1", application.Fate{Fate: application.FateArchived}))
	p.no("required", fate("p1", application.Fate{Fate: application.FateReturned, Copies: 1}))
	for _, f := range []application.Fate{{Fate: application.FateArchived, Copies: 1}, {Fate: application.FateReturned, Copies: 2, To: "赤峰市人社局"}} {
		if err := fate("p1", f)(); err != nil {
			t.Fatal(err)
		}
	}
	if p.a.Copies[0].Left() != 0 || p.a.Copies[1].Left() != 2 {
		t.Errorf("left %d and %d", p.a.Copies[0].Left(), p.a.Copies[1].Left())
	}
	p.no("paper-left", fate("p1", application.Fate{Fate: application.FateArchived, Copies: 1}))
}

// Paper of the version before a supplement is told apart (W05).
func TestLogPaperOfAnOldVersion(t *testing.T) {
	p := at(t, "supplement")
	old, _ := p.a.Current()
	par := parcel(p)
	p.content = p.with("配套政策", `[{"文件名称":"意见"}]`)
	p.handIn()
	p.no("seal-old-version", func() error {
		return second(p.a.LogPaper(p.n, par, application.PaperCount{Code: old.Code, Form: 5, Evidence: 1}, p.as("centre/intake"), p.now))
	})
}

func TestFiles(t *testing.T) {
	for _, c := range []struct {
		situation string
		post      string
		file      filing.Evidence
		want      string
	}{
		{"new", "park/clerk", filing.Evidence{Purpose: filing.ForEvidence, Topic: "1a"}, ""},
		{"new", "park/clerk", filing.Evidence{Purpose: filing.ForEvidence, Topic: "9z"}, "topic"},
		{"new", "park/clerk", filing.Evidence{Purpose: filing.ForBank}, ""},
		{"new", "park/clerk", filing.Evidence{Purpose: filing.ForProxy}, "purpose"}, // nobody files for it
		{"new", "park/clerk", filing.Evidence{Purpose: "other"}, "purpose"},
		{"new", "park/clerk", filing.Evidence{Purpose: filing.ForSeal}, "wrong-state"},
		{"new", "park/principal", filing.Evidence{Purpose: filing.ForEvidence, Topic: "1a"}, "wrong-role"},
		{"new", "other/clerk", filing.Evidence{Purpose: filing.ForEvidence, Topic: "1a"}, "not-holder"},
		{"await", "park/clerk", filing.Evidence{Purpose: filing.ForEvidence, Topic: "1a"}, "wrong-state"},
		{"signed", "park/clerk", filing.Evidence{Purpose: filing.ForSeal}, ""},
		{"banner", "park/clerk", filing.Evidence{Purpose: filing.ForEvidence, Topic: "1a"}, "not-holder"}, // Q15, U15
		{"banner", "banner/clerk", filing.Evidence{Purpose: filing.ForSeal}, ""},
		{"banner", "city/clerk", filing.Evidence{Purpose: filing.ForSeal}, "not-holder"},
		{"returned", "park/clerk", filing.Evidence{Purpose: filing.ForEvidence, Topic: "1a"}, "field-locked"},
		{"returned", "park/clerk", filing.Evidence{Purpose: filing.ForBank}, "field-locked"},
	} {
		p := at(t, c.situation)
		c.file.ID = "f"
		e, err := p.a.AddFile(p.n, c.file, p.as(c.post), p.now)
		if kind(err) != c.want {
			t.Errorf("%s adds %s in %s: %v, want %q", c.post, c.file.Purpose, c.situation, err, c.want)
		}
		if err == nil && e.Kind != application.FileAdded {
			t.Errorf("%+v", e)
		}
	}
	p := at(t, "new")
	f := filing.Evidence{ID: "f", Purpose: filing.ForEvidence, Topic: "1a", Name: "总结.pdf"}
	p.ok(p.a.AddFile(p.n, f, p.as("park/clerk"), p.now))
	if !slices.Contains(p.a.Editors, "park/clerk") {
		t.Error("who adds evidence has written, and does not sign")
	}
	p.ok(p.a.RemoveFile(p.n, f, p.as("park/clerk"), p.now))
	p.prepare().sign().seal()
	p.no("file-in-use", func() error {
		return second(p.a.RemoveFile(p.n, filing.Evidence{ID: "scan", Purpose: filing.ForSeal}, p.as("park/clerk"), p.now))
	})
}

func TestQuarantineAndReveal(t *testing.T) {
	p := at(t, "deciding")
	f := filing.Evidence{ID: "f", Name: "涉密名称.pdf"}
	p.no("reason-required", func() error { return second(p.a.Quarantine(f, " ", p.as("dept/staff"), p.now)) })
	e := p.ok(p.a.Quarantine(f, "疑似涉密", p.as("dept/staff"), p.now))
	for _, v := range e.Detail {
		if strings.Contains(v, f.Name) {
			t.Error("the fact repeats the name of the file")
		}
	}
	f.Quarantined = p.now
	p.no("already-quarantined", func() error { return second(p.a.Quarantine(f, "r", p.as("dept/staff"), p.now)) })

	p.no("reason-required", func() error { return second(p.a.Reveal(p.n, "", p.as("dept/finance"), p.now)) })
	p.no("wrong-role", func() error { return second(p.a.Reveal(p.n, "拨款", p.as("dept/approver"), p.now)) })
	p.no("sign-in-again", func() error {
		return second(p.a.Reveal(p.n, "拨款", as("dept/finance", p.now.Add(-time.Hour)), p.now))
	})
	if r := p.ok(p.a.Reveal(p.n, "拨款", p.as("dept/finance"), p.now)); !application.IsException(r) || !application.IsException(e) {
		t.Error("both belong on the exceptions page")
	}
}

func TestStartFrom(t *testing.T) {
	old := at(t, "refused").a
	old.ID = "old"
	p := at(t, "new")
	foreign := at(t, "refused").a
	foreign.ID, foreign.Unit = "foreign", "other"
	running := at(t, "banner").a
	running.ID = "running"
	for want, from := range map[string]*application.Application{"not-found": foreign, "wrong-state": running, "": old} {
		if got := kind(p.a.StartFrom(from)); got != want {
			t.Errorf("%s: %s, want %s", from.ID, got, want)
		}
	}
	if p.a.From != "old" {
		t.Errorf("from %q", p.a.From)
	}
}

func TestMoveToRevision(t *testing.T) {
	next := *published
	next.SHA256 = "next"
	next.Form.Body = slices.Clone(published.Form.Body)
	next.Form.Body[0].Limit = 600
	for _, s := range situations {
		p := at(t, s.name)
		was := p.a.State
		diff, e, err := p.a.MoveToRevision(published, &next, "附件字数更正", p.as("dept/staff"), p.now)
		switch {
		case p.a.Submitted.IsZero():
			if kind(err) != "not-your-unit" {
				t.Errorf("%s: %v", s.name, err)
			}
		case was.Final() || was == application.Proposed:
			if kind(err) != "wrong-state" {
				t.Errorf("%s: %v", s.name, err)
			}
		default:
			if err != nil || p.a.Notice != "next" || len(diff) != 1 || diff[0].Kind != "limit" || !application.IsException(e) || p.a.Problems() != nil {
				t.Errorf("%s: %v %v", s.name, diff, err)
			}
		}
	}
	p := at(t, "supplement")
	p.prepare().sign()
	p.no("reason-required", func() error {
		_, _, err := p.a.MoveToRevision(published, &next, "", p.as("dept/staff"), p.now)
		return err
	})
	p.no("revision-same", func() error {
		_, _, err := p.a.MoveToRevision(published, published, "r", p.as("dept/staff"), p.now)
		return err
	})
	if _, _, err := p.a.MoveToRevision(published, &next, "r", p.as("dept/staff"), p.now); err != nil || p.a.State != application.Draft || p.a.Opinion(0) != nil {
		t.Errorf("what was signed under the old rules and not handed in is a draft again: %s, %v", p.a.State, err)
	}
}

func TestCallActs(t *testing.T) {
	draft := func() *application.Call {
		c, _, err := application.NewCall("call", published, as("dept/staff", june), june)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	asked := func() *application.Call {
		c := draft()
		if _, err := c.Propose(as("dept/staff", june), june); err != nil {
			t.Fatal(err)
		}
		return c
	}
	type f = func(*application.Call) error
	publish := func(post string, at time.Time) f {
		return func(c *application.Call) error { return second(c.Publish(as(post, at), at)) }
	}
	approver, long := as("dept/approver", june), june.AddDate(0, 2, 0)
	other := *published
	other.Number.Text = "内人社办发〔2018〕1号"
	for _, c := range []struct {
		name string
		call *application.Call
		do   f
		want string
	}{
		{"propose twice", asked(), func(c *application.Call) error { return second(c.Propose(as("dept/staff", june), june)) }, "call-state"},
		{"propose by a bureau", draft(), func(c *application.Call) error { return second(c.Propose(as("city/principal", june), june)) }, "wrong-role"},
		{"publish", asked(), publish("dept/approver", june), ""},
		{"publish what nobody proposed", draft(), publish("dept/approver", june), "call-state"},
		{"publish by staff", asked(), publish("dept/staff", june), "wrong-role"},
		{"publish after the deadline", asked(), publish("dept/approver", closing), "deadline-past"},
		{"publish one's own proposal", asked(), func(c *application.Call) error {
			return second(c.Publish(for_("dept/staff", "dept/approver", june), june))
		}, "two-persons"},
		{"publish with an old sign-in", asked(), func(c *application.Call) error {
			return second(c.Publish(as("dept/approver", june.Add(-time.Hour)), june))
		}, "sign-in-again"},
		{"move the deadline", openCall(t), func(c *application.Call) error {
			return second(c.MoveDeadline(published, long, "暴雨", approver, june))
		}, ""},
		{"move it by staff", openCall(t), func(c *application.Call) error {
			return second(c.MoveDeadline(published, long, "r", as("dept/staff", june), june))
		}, "wrong-role"},
		{"move it without a reason", openCall(t), func(c *application.Call) error { return second(c.MoveDeadline(published, long, " ", approver, june)) }, "reason-required"},
		{"move it into the past", openCall(t), func(c *application.Call) error { return second(c.MoveDeadline(published, june, "r", approver, june)) }, "due-required"},
		{"another place", openCall(t), func(c *application.Call) error {
			return second(c.GrantPlace(published, units["city"], "产业集中", approver, june))
		}, ""},
		{"a place for a banner", openCall(t), func(c *application.Call) error {
			return second(c.GrantPlace(published, units["banner"], "r", approver, june))
		}, "not-recommender"},
		{"a place by staff", openCall(t), func(c *application.Call) error {
			return second(c.GrantPlace(published, units["city"], "r", as("dept/staff", june), june))
		}, "wrong-role"},
		{"a setting", openCall(t), func(c *application.Call) error { return second(c.SetOpinionMin(50, "统一要求", approver, june)) }, ""},
		{"a setting out of range", openCall(t), func(c *application.Call) error { return second(c.SetOpinionMin(0, "r", approver, june)) }, "number-range"},
		{"amend another call", openCall(t), func(c *application.Call) error { return second(c.Amend(&other, "r", approver, june)) }, "amend-number"},
		{"close with open applications", openCall(t), func(c *application.Call) error { return second(c.Close(1, approver, june)) }, "call-not-finished"},
		{"close", openCall(t), func(c *application.Call) error { return second(c.Close(0, approver, june)) }, ""},
		{"report none", openCall(t), func(c *application.Call) error {
			return second(c.ReportNone(published, units["city"], false, "无符合条件的单位", as("city/principal", june), june))
		}, ""},
		{"report none by the clerk", openCall(t), func(c *application.Call) error {
			return second(c.ReportNone(published, units["city"], false, "r", as("city/clerk", june), june))
		}, "wrong-role"},
		{"report none by a banner", openCall(t), func(c *application.Call) error {
			return second(c.ReportNone(published, units["banner"], false, "r", as("banner/principal", june), june))
		}, "wrong-role"},
		{"report none after recommending", openCall(t), func(c *application.Call) error {
			return second(c.ReportNone(published, units["city"], true, "r", as("city/principal", june), june))
		}, "already-recommended"},
		{"report none at the deadline", openCall(t), func(c *application.Call) error {
			return second(c.ReportNone(published, units["city"], false, "r", as("city/principal", closing), closing))
		}, "late"},
		{"report none without a reason", openCall(t), func(c *application.Call) error {
			return second(c.ReportNone(published, units["city"], false, "", as("city/principal", june), june))
		}, "reason-required"},
	} {
		if err := c.do(c.call); kind(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	lacking := *published
	lacking.Form.Extra = nil
	if _, _, err := application.NewCall("c", &lacking, as("dept/staff", june), june); kind(err) != "form-lacks" {
		t.Errorf("a form without the base's place: %v", err)
	}
}

func TestForward(t *testing.T) {
	c := openCall(t)
	good := application.Forwarding{Unit: "city", Letter: "请各旗县……", Contact: "李四", Phone: "0476-8000000", Inner: closing.AddDate(0, 0, -5)}
	above := closing.AddDate(0, 0, -3)
	for _, x := range []struct {
		name string
		post string
		do   func(*application.Forwarding)
		at   time.Time
		want string
	}{
		{"as it should be", "city/clerk", func(*application.Forwarding) {}, june, ""},
		{"for another unit", "banner/clerk", func(*application.Forwarding) {}, june, "not-your-unit"},
		{"no letter, contact, phone", "city/clerk", func(f *application.Forwarding) { f.Letter, f.Contact, f.Phone = "", " ", "" }, june, "required required required"},
		{"no date", "city/clerk", func(f *application.Forwarding) { f.Inner = time.Time{} }, june, "inner-deadline"},
		{"a date in the past", "city/clerk", func(f *application.Forwarding) { f.Inner = june }, june, "inner-deadline"},
		{"the date above: it must be earlier (R98)", "city/clerk", func(f *application.Forwarding) { f.Inner = above }, june, "inner-deadline"},
		{"just before the date above", "city/clerk", func(f *application.Forwarding) { f.Inner = above.Add(-1) }, june, ""},
	} {
		f := good
		x.do(&f)
		if _, err := c.Forward(f, published, above, as(x.post, x.at), x.at); kind(err) != x.want {
			t.Errorf("%s: %v, want %q", x.name, err, x.want)
		}
	}
}

func TestKey(t *testing.T) {
	for name, want := range map[string]string{"敖汉 小米专家服务基地": "敖汉小米", "敖汉小米": "敖汉小米", "ABC 基地": "abc基地", "": ""} {
		if got := application.Key(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestIsException(t *testing.T) {
	if application.IsException(event.Event{Kind: application.Submitted}) || !application.IsException(event.Event{Kind: application.Submitted, By: event.Actor{For: "x"}}) {
		t.Error("an ordinary act is none, a delegate's is one")
	}
}

// The steps of the notice that the table of acts names are there, with a clause to cite.
func TestActsCiteTheNotice(t *testing.T) {
	for _, act := range application.Acts {
		if s, ok := published.Step(act.Step); act.Step != "" && (!ok || s.Clause == "") {
			t.Errorf("%s cites %q", act.Name, act.Step)
		}
	}
}
