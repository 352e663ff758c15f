package application_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/org"
)

const document = "内人社发〔2017〕300号"

// A sitting is a ranked list that is being decided.
type sitting struct {
	*play
	list []application.Entry
}

// ranked is a list with these ranks, all to be decided, with a budget of 250,000 yuan.
func ranked(t testing.TB, ranks ...int) *sitting {
	t.Helper()
	p := &sitting{play: at(t, "deciding")}
	for i, r := range ranks {
		a := p.a
		if i > 0 {
			a = at(t, "deciding").a
		}
		a.ID, a.Mean = application.ID("a"+string(rune('1'+i))), int64(9000-100*r)
		p.list = append(p.list, application.Entry{Application: a, Rank: r})
	}
	p.c.Settings.BudgetFen = 250_000_00
	p.s = application.NewSheet("s1", p.c, 1)
	return p
}

var (
	yes   = application.Choice{Outcome: application.LineRecognised, GrantFen: 100_000_00}
	no    = application.Choice{Outcome: application.LineNot, Reason: "名额有限"}
	blank = application.Choice{}
)

func reserve(n int) application.Choice {
	return application.Choice{Outcome: application.LineReserve, Reserve: n, Reason: "列入候补"}
}

func why(c application.Choice) application.Choice {
	c.Departure = "兼顾地区和行业布局"
	return c
}

func (p *sitting) writing(cs ...application.Choice) application.Writing {
	w := application.Writing{Choices: map[application.ID]application.Choice{}, Ties: map[int]string{}}
	for i, c := range cs {
		w.Choices[p.list[i].ID] = c
	}
	return w
}

func (p *sitting) write(done bool, cs ...application.Choice) error {
	return second(p.s.Write(p.n, p.c, p.list, p.writing(cs...), done, p.as("dept/staff"), p.now))
}

// sent is a sheet on its way, countersigned by these posts.
func (p *sitting) sent(inOrder bool, posts ...string) *sitting {
	p.t.Helper()
	var cs []application.Countersign
	for _, x := range posts {
		cs = append(cs, application.Countersign{Person: x, Name: x, Post: x, Office: x})
	}
	if err := p.write(true, yes, yes, no); err != nil {
		p.t.Fatal(err)
	}
	p.must(p.s.Send(p.n, p.c, p.list, application.Distribution{}, cs, inOrder, p.as("dept/staff"), p.now))
	return p
}

// same asks for a refusal that leaves the sheet and the applications as they were.
func (p *sitting) same(want string, f func() error) {
	p.t.Helper()
	before := p.picture()
	if got := kind(f()); got != want {
		p.t.Errorf("got %q, want %q", got, want)
	}
	if want != "" && p.picture() != before {
		p.t.Errorf("%s, and yet something changed", want)
	}
}

func (p *sitting) picture() string {
	out := sheetState(p.s)
	for _, e := range p.list {
		out += state(e.Application)
	}
	return out
}

func TestRanks(t *testing.T) {
	if got := application.Ranks([]int64{90, 85, 85, 80, 80, 80, 1}); !slices.Equal(got, []int{1, 2, 2, 4, 4, 4, 7}) {
		t.Error(got)
	}
	if application.Ranks(nil) == nil {
		t.Log("no list, no ranks")
	}
}

// What a list lacks before it can be laid before the deciding.
func TestSheetGaps(t *testing.T) {
	for _, c := range []struct {
		name    string
		ranks   []int
		choices []application.Choice
		tie     string
		over    string
		want    string
	}{
		{"by rank", []int{1, 2, 3}, []application.Choice{yes, yes, no}, "", "", ""},
		{"none", []int{1, 2, 3}, []application.Choice{no, no, no}, "", "", ""},
		{"one without an outcome", []int{1, 2, 3}, []application.Choice{yes, blank, no}, "", "", "outcome-required"},
		{"a no without a reason", []int{1, 2, 3}, []application.Choice{yes, yes, {Outcome: application.LineNot}}, "", "", "reason-required"},
		{"a reserve without a reason", []int{1, 2, 3}, []application.Choice{yes, {Outcome: application.LineReserve}, no}, "", "", "reason-required"},
		{"a negative grant", []int{1, 2, 3}, []application.Choice{{Outcome: application.LineRecognised, GrantFen: -1}, no, no}, "", "", "amount"},
		{"out of rank, without reasons on either side (R19)", []int{1, 2, 3}, []application.Choice{no, yes, no}, "", "", "departure-reason departure-reason"},
		{"out of rank, with one side's reason", []int{1, 2, 3}, []application.Choice{why(no), yes, no}, "", "", "departure-reason"},
		{"out of rank, with both", []int{1, 2, 3}, []application.Choice{why(no), why(yes), no}, "", "", ""},
		{"two above fall away", []int{1, 2, 3}, []application.Choice{no, no, yes}, "", "", "departure-reason departure-reason departure-reason"},
		{"a reserve above the recognised", []int{1, 2, 3}, []application.Choice{reserve(1), yes, no}, "", "", "departure-reason departure-reason"},
		{"reserves by rank", []int{1, 2, 3}, []application.Choice{yes, reserve(0), reserve(0)}, "", "", ""},
		{"reserves against rank", []int{1, 2, 3}, []application.Choice{yes, reserve(2), reserve(1)}, "", "", "departure-reason departure-reason"},
		{"a place on the reserve list twice", []int{1, 2, 3}, []application.Choice{yes, reserve(1), reserve(1)}, "", "", "reserve-order"},
		{"the cut through equal scores", []int{1, 2, 2}, []application.Choice{yes, yes, no}, "", "", "tie-reason"},
		{"the cut through equal scores, decided", []int{1, 2, 2}, []application.Choice{yes, no, yes}, "按服务活动数量", "", ""},
		{"equal scores, treated alike", []int{1, 2, 2}, []application.Choice{yes, no, no}, "", "", ""},
		{"equal scores are no departure", []int{1, 1, 3}, []application.Choice{no, yes, no}, "同分取服务活动多的", "", ""},
		{"above the budget", []int{1, 2, 3}, []application.Choice{yes, yes, yes}, "", "", "budget-reason"},
		{"above the budget, with a reason", []int{1, 2, 3}, []application.Choice{yes, yes, yes}, "", "已商财务处追加", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := ranked(t, c.ranks...)
			w := p.writing(c.choices...)
			w.BudgetReason = c.over
			if c.tie != "" {
				w.Ties[1], w.Ties[2] = c.tie, c.tie
			}
			staff := p.as("dept/staff")
			p.same(c.want, func() error { return second(p.s.Write(p.n, p.c, p.list, w, true, staff, p.now)) })
			if c.want == "" {
				return
			}
			w.Choices = p.writing(c.choices...).Choices
			if err := second(p.s.Write(p.n, p.c, p.list, w, false, staff, p.now)); kind(err) != map[bool]string{true: "amount", false: ""}[c.want == "amount"] {
				t.Errorf("a draft may have gaps: %v", err)
			}
			if c.want != "amount" {
				p.same(c.want, func() error {
					return second(p.s.Send(p.n, p.c, p.list, application.Distribution{}, nil, false, staff, p.now))
				})
			}
		})
	}
	p := ranked(t, 1, 2)
	p.c.Settings.BudgetFen = 0
	p.same("budget-unset", func() error { return p.write(true, yes, no) })
	p.same("list-changed", func() error { return p.write(true, yes) })
	if err := p.write(true, application.Choice{Outcome: application.LineRecognised}, why(no)); err != nil || p.s.Lines[1].Departure != "" {
		t.Errorf("a reason for what did not happen is no exception: %v %+v", err, p.s.Lines[1])
	}
}

// The sheet goes round, is approved, and decides every line; the facts say what is out of
// the ordinary.
func TestSheetApproved(t *testing.T) {
	p := ranked(t, 1, 2, 3)
	if err := p.write(true, why(no), why(yes), reserve(0)); kind(err) != "departure-reason" {
		t.Fatal(err) // the reserve is above the first
	}
	if err := p.write(true, why(no), why(yes), why(reserve(0))); err != nil {
		t.Fatal(err)
	}
	p.must(p.s.Send(p.n, p.c, p.list, application.Distribution{}, nil, false, p.as("dept/staff"), p.now))
	if p.s.Code == "" || p.s.Hash != p.s.Sum() || p.s.Problems() != nil {
		t.Errorf("%+v", p.s)
	}
	fs, err := p.s.Approve(p.n, p.list, application.SignAgree, "同意", p.s.Hash, p.as("dept/approver"), p.now)
	if err != nil || len(fs) != 4 || p.s.State != application.SheetApproved || p.s.Problems() != nil {
		t.Fatalf("%v %v", fs, err)
	}
	for i, e := range p.list {
		d := e.Decision
		if e.State != application.Proposed || d == nil || d.Recognised != (i == 1) || d.Document != "" || !e.HoldsPlace() || d.Sheet != "s1" {
			t.Errorf("%d: %s %+v", i, e.State, d)
		}
		if f := fs[i+1]; !application.IsException(f) || f.On.ID != string(e.ID) || f.Clause != "四（二）" {
			t.Errorf("%d: %+v", i, f)
		}
		for _, post := range []string{"park/clerk", "city/principal", "centre/intake", "dept/finance"} {
			x := *e.Application
			if x.Veil(p.as(post)); x.Decision != nil {
				t.Errorf("%s learns the decision before the release", post)
			}
			if post != "dept/finance" && e.ShowsFact(p.as(post), fs[i+1]) {
				t.Errorf("%s reads the fact before the release", post)
			}
		}
	}
	if p.list[2].Decision.Reserve != 1 || p.list[1].Decision.GrantFen != 100_000_00 {
		t.Errorf("%+v", p.list[2].Decision)
	}
	p.s.Lines[0].Reason = "别的"
	if len(p.s.Problems()) != 1 {
		t.Error("what was changed afterwards is not seen")
	}
}

// Who may sign, and when: nobody what they wrote, checked or countersigned themselves.
func TestSheetWho(t *testing.T) {
	approve := func(p *sitting, by org.Actor) func() error {
		return func() error {
			return second(p.s.Approve(p.n, p.list, application.SignAgree, "", p.s.Hash, by, p.now))
		}
	}
	p := ranked(t, 1, 2, 3)
	if err := p.write(true, yes, yes, no); err != nil {
		t.Fatal(err)
	}
	p.same("sheet-state", approve(p, p.as("dept/approver")))
	p.same("two-persons-named", func() error {
		me := []application.Countersign{{Person: "dept/staff", Post: "dept/staff"}}
		return second(p.s.Send(p.n, p.c, p.list, application.Distribution{}, me, false, p.as("dept/staff"), p.now))
	})
	p.same("named-twice", func() error {
		twice := []application.Countersign{{Person: "dept/finance"}, {Person: "dept/finance"}}
		return second(p.s.Send(p.n, p.c, p.list, application.Distribution{}, twice, false, p.as("dept/staff"), p.now))
	})

	p = ranked(t, 1, 2, 3).sent(false)
	p.same("wrong-role", approve(p, p.as("dept/staff")))
	p.same("not-your-unit", approve(p, p.as("city/principal")))
	p.same("two-persons", approve(p, for_("dept/staff", "dept/approver", p.now))) // lent: who wrote it
	p.same("sign-in-again", approve(p, as("dept/approver", p.now.Add(-16*time.Minute))))
	p.same("changed-by-other", func() error {
		return second(p.s.Approve(p.n, p.list, application.SignAgree, "", "other", p.as("dept/approver"), p.now))
	})
	p.same("outcome-required", func() error {
		return second(p.s.Approve(p.n, p.list, application.SignDisagree, "", p.s.Hash, p.as("dept/approver"), p.now))
	})
	p.list[1].Check.By = &event.Actor{Person: "dept/approver"}
	p.same("two-persons", approve(p, p.as("dept/approver")))
	p.list[1].Check.By = nil
	p.list[1].Mean++
	p.same("list-changed", approve(p, p.as("dept/approver"))) // a score was voided meanwhile
	p.list = p.list[:2]
	p.same("list-changed", approve(p, p.as("dept/approver")))
	p.same("sheet-state", func() error { return p.write(false, yes, yes) })

	p = ranked(t, 1, 2, 3).sent(false, "dept/approver")
	p.must(p.s.Countersign(p.n, application.SignAgree, "", p.s.Hash, p.as("dept/approver"), p.now))
	p.same("two-persons", approve(p, p.as("dept/approver")))
}

func TestCountersign(t *testing.T) {
	p := ranked(t, 1, 2, 3).sent(true, "dept/finance", "centre/intake")
	sign := func(post, outcome, words string) func() error {
		return func() error {
			return second(p.s.Countersign(p.n, outcome, words, p.s.Hash, p.as(post), p.now))
		}
	}
	waits := func(post, want string) {
		t.Helper()
		if got := p.s.Waits(p.as(post)); got != want {
			t.Errorf("%s: waits for %q, want %q", post, got, want)
		}
	}
	waits("dept/finance", application.ActCountersign)
	waits("centre/intake", "")
	waits("dept/approver", "")
	p.same("countersign-turn", sign("centre/intake", application.SignAgree, ""))
	p.same("not-named", sign("dept/approver", application.SignAgree, ""))
	p.same("wrong-role", sign("park/clerk", application.SignAgree, ""))
	p.same("reason-required", sign("dept/finance", application.SignDisagree, " "))
	p.same("outcome-required", sign("dept/finance", "", ""))
	p.same("sign-in-again", func() error {
		return second(p.s.Countersign(p.n, application.SignAgree, "", p.s.Hash, as("dept/finance", p.now.Add(-time.Hour)), p.now))
	})
	if e := p.must(p.s.Countersign(p.n, application.SignDisagree, "金额偏高", p.s.Hash, p.as("dept/finance"), p.now)); e.Detail["persons"] != "centre/intake" {
		t.Errorf("the next one is not told: %+v", e)
	}
	p.same("already-countersigned", sign("dept/finance", application.SignAgree, ""))
	p.same("countersigns-open", func() error {
		return second(p.s.Approve(p.n, p.list, application.SignAgree, "", p.s.Hash, p.as("dept/approver"), p.now))
	})
	// The post is lent: whoever has it signs for its holder.
	p.must(p.s.Countersign(p.n, application.SignAgree, "", p.s.Hash, for_("other-person", "centre/intake", p.now), p.now))
	waits("dept/approver", application.ActApprove)

	// Returned by the approver: what was signed is kept, counts no more, and the next round
	// has another code.
	old := p.s.Code
	p.same("reason-required", func() error {
		return second(p.s.Approve(p.n, p.list, application.SignReturn, "", p.s.Hash, p.as("dept/approver"), p.now))
	})
	if _, err := p.s.Approve(p.n, p.list, application.SignReturn, "第三家请再研究", p.s.Hash, p.as("dept/approver"), p.now); err != nil || p.s.State != application.SheetReturned {
		t.Fatal(err, p.s.State)
	}
	if r := p.s.Past[0]; len(r.Countersigns) != 2 || r.Countersigns[0].Words != "金额偏高" || r.Reason != "第三家请再研究" || r.Taken || len(p.s.Countersigns) != 0 {
		t.Errorf("%+v", p.s.Past)
	}
	waits("dept/staff", application.ActSheetWrite)
	if err := p.write(true, yes, no, no); err != nil {
		t.Fatal(err)
	}
	p.must(p.s.Send(p.n, p.c, p.list, application.Distribution{}, nil, false, p.as("dept/staff"), p.now))
	if p.s.Code == old || p.s.Code == "" {
		t.Error("another text has the same code")
	}
	p.same("reason-required", func() error { return second(p.s.TakeBack(p.n, "", p.as("dept/staff"), p.now)) })
	if e := p.must(p.s.TakeBack(p.n, "名单有变化", p.as("dept/staff"), p.now)); e.Reason == "" || !p.s.Past[1].Taken {
		t.Errorf("%+v", e)
	}
	// One who countersigns can send it back too.
	p.sent(false, "dept/finance")
	p.must(p.s.Countersign(p.n, application.SignReturn, "请附会议纪要", p.s.Hash, p.as("dept/finance"), p.now))
	if p.s.State != application.SheetReturned || len(p.s.Past) != 3 {
		t.Errorf("%s", p.s.State)
	}
}

// Two bodies: the second signs on paper; the scan counts when another person has compared
// the code that is printed on it.
func TestSheetTwoBodies(t *testing.T) {
	p := ranked(t, 1, 2, 3)
	finance := org.Unit{ID: "czt", Name: "自治区财政厅", Kind: org.Department, State: org.Active}
	set := func(u org.Unit, by org.Actor, reason string) func() error {
		return func() error { return second(p.c.SetJoint(p.n, nil, u, reason, by, p.now)) }
	}
	p.same("joint-unfit", set(units["city"], p.as("dept/staff"), "联合发文"))
	p.same("reason-required", set(finance, p.as("dept/staff"), ""))
	p.same("wrong-role", set(finance, p.as("dept/finance"), "联合发文"))
	p.same("", set(finance, p.as("dept/staff"), "与财政厅联合发文"))
	p.sent(false)
	p.same("sheet-state", func() error {
		return second(p.c.SetJoint(p.n, p.s, org.Unit{}, "改为单独发文", p.as("dept/staff"), p.now))
	})
	head := as("dept/approver", p.now)
	head.Person, head.Unit, head.Role, head.Kind = "czt/principal", "czt", string(org.Principal), org.Department
	if !p.s.Sees(head) || p.s.Sees(p.as("city/principal")) || p.s.Waits(head) != application.ActApprove {
		t.Error("the second body's person in charge reads and signs it")
	}
	fs, err := p.s.Approve(p.n, p.list, application.SignAgree, "", p.s.Hash, p.as("dept/approver"), p.now)
	if err != nil || len(fs) != 1 || fs[0].Kind != application.SheetSigned || p.list[0].State != application.Deciding {
		t.Fatal(fs, err)
	}
	both := head
	both.Person = p.as("dept/approver").Person
	p.same("two-persons", func() error {
		return second(p.s.Approve(p.n, p.list, application.SignAgree, "", p.s.Hash, both, p.now))
	})
	p.same("already-approved", func() error {
		return second(p.s.Approve(p.n, p.list, application.SignAgree, "", p.s.Hash, p.as("dept/approver"), p.now))
	})
	p.must(p.s.TakeBack(p.n, "财政厅在纸上签", p.as("dept/staff"), p.now))
	p.sent(false)
	paper := application.PaperSign{File: application.SheetFile{ID: "f", SHA256: "1", By: p.as("dept/staff").Actor}, Signer: "张厅长", Date: "2017-06-19"}
	scan := func(unit org.UnitID, x application.PaperSign) func() error {
		return func() error { return second(p.s.Scan(p.n, unit, x, p.list, p.as("dept/staff"), p.now)) }
	}
	late, nobody := paper, paper
	late.Date, nobody.Signer = "2017-12-31", " "
	p.same("outcome-required", scan("city", paper))
	p.same("date", scan("czt", late))
	p.same("required", scan("czt", nobody))
	p.same("", scan("czt", paper))
	confirm := func(by org.Actor, shows bool, code, reason string) func() error {
		return func() error {
			return second(p.s.ConfirmScan(p.n, "czt", shows, code, reason, p.list, by, p.now))
		}
	}
	another := p.as("dept/staff")
	another.Person = "another"
	p.same("two-persons", confirm(p.as("dept/staff"), true, p.s.Code, ""))
	p.same("scan-code", confirm(another, true, "AAAA-BBBB-CCCC", ""))
	p.same("reason-required", confirm(another, false, "", ""))
	p.same("", confirm(another, false, "", "看不清签字"))
	p.same("not-found", confirm(another, true, p.s.Code, ""))
	p.same("", scan("czt", paper))
	p.same("", confirm(another, true, strings.ToLower(p.s.Code), ""))
	if p.s.State != application.SheetCirculating || p.s.Approvals[1].Paper == nil {
		t.Errorf("%s %+v", p.s.State, p.s.Approvals)
	}
	fs, err = p.s.Approve(p.n, p.list, application.SignAgree, "", p.s.Hash, p.as("dept/approver"), p.now)
	if err != nil || len(fs) != 4 || p.s.State != application.SheetApproved || len(p.s.Files()) != 1 {
		t.Error(fs, err)
	}
}

// Who moves up takes a place that was signed for, with money that was.
func TestMoveUp(t *testing.T) {
	p := ranked(t, 1, 2, 3)
	p.c.Settings.BudgetFen = 200_000_00
	p.must(p.s.Write(p.n, p.c, p.list, p.writing(yes, yes, reserve(1)), true, p.as("dept/staff"), p.now))
	p.must(p.s.Send(p.n, p.c, p.list, application.Distribution{}, nil, false, p.as("dept/staff"), p.now))
	if _, err := p.s.Approve(p.n, p.list, application.SignAgree, "", p.s.Hash, p.as("dept/approver"), p.now); err != nil {
		t.Fatal(err)
	}
	up := func(fen int64) func() error {
		return func() error {
			var standing []*application.Application
			for _, e := range p.list {
				if e.Decision.Recognised {
					standing = append(standing, e.Application)
				}
			}
			return second(p.list[2].MoveUp(p.n, p.s.Left(standing), "递补", fen, p.as("dept/approver"), p.now))
		}
	}
	p.same("no-line-fell", up(0))
	p.must(p.list[0].Overturn(p.n, "异议成立", p.as("dept/approver"), p.now))
	p.same("grant-left", up(100_000_01))
	p.same("", up(100_000_00))
	p.same("not-reserve", up(0))
}

func TestBudget(t *testing.T) {
	p := ranked(t, 1)
	set := func(fen int64, reason string, by org.Actor) func() error {
		return func() error { return second(p.c.SetBudget(p.n, nil, fen, reason, by, p.now)) }
	}
	p.same("wrong-role", set(1, "r", p.as("centre/intake")))
	p.same("amount", set(0, "r", p.as("dept/finance")))
	p.same("reason-required", set(1, "", p.as("dept/finance")))
	p.same("", set(50_000_00, "年度预算", p.as("dept/finance")))
	if err := p.write(true, yes); kind(err) != "budget-reason" {
		t.Fatal(err)
	}
	w := p.writing(yes)
	w.BudgetReason = "已商财务处追加"
	p.must(p.s.Write(p.n, p.c, p.list, w, true, p.as("dept/staff"), p.now))
	p.must(p.s.Send(p.n, p.c, p.list, application.Distribution{}, nil, false, p.as("dept/staff"), p.now))
	p.same("sheet-state", func() error {
		return second(p.c.SetBudget(p.n, p.s, 1, "改", p.as("dept/finance"), p.now))
	})
	fs, err := p.s.Approve(p.n, p.list, application.SignAgree, "", p.s.Hash, p.as("dept/approver"), p.now)
	if err != nil || !application.IsException(fs[0]) || fs[0].Reason != "已商财务处追加" {
		t.Errorf("grants above the budget are an exception: %+v %v", fs, err)
	}
}

func TestRelease(t *testing.T) {
	p := ranked(t, 1, 2, 3).sent(false)
	as_ := []*application.Application{p.list[0].Application, p.list[1].Application, p.list[2].Application}
	release := func(doc, date string, by org.Actor) func() error {
		return func() error {
			return second(p.c.Release(p.n, p.s, as_, doc, date, []string{"2017-004"}, nil, by, p.now))
		}
	}
	approver := p.as("dept/approver")
	p.same("sheet-not-approved", release(document, "2017-08-30", approver))
	if _, err := p.s.Approve(p.n, p.list, application.SignAgree, "", p.s.Hash, approver, p.now); err != nil {
		t.Fatal(err)
	}
	p.same("objections-open", func() error {
		open := event.Refuse(event.Closed, "objections-open", "")
		return second(p.c.Release(p.n, p.s, as_, document, "2017-08-30", nil, open, approver, p.now))
	})
	p.same("wrong-role", release(document, "2017-08-30", p.as("dept/staff")))
	p.same("document-number date", release("300号", "2017-08-32", approver))
	p.same("sign-in-again", release(document, "2017-08-30", as("dept/approver", p.now.Add(-time.Hour))))
	p.same("two-persons", release(document, "2017-08-30", for_("dept/staff", "dept/approver", p.now)))
	p.same("list-changed", func() error {
		return second(p.c.Release(p.n, p.s, as_[:2], document, "2017-08-30", nil, nil, approver, p.now))
	})
	p.same("", release(document, "2017-08-30", approver))
	for i, a := range as_ {
		yes := i < 2
		if (a.State == application.Recognised) != yes || a.HoldsPlace() != yes || a.Problems() != nil || a.Decision.Document != document {
			t.Errorf("%d: %s %+v", i, a.State, a.Decision)
		}
		if o := a.Opinions[len(a.Opinions)-1]; o.Box != 3 || !o.Stands() || o.Signer.Person != "dept/approver" {
			t.Errorf("%d: box 3 %+v", i, o)
		}
	}
	if as_[0].Decision.Plaque != "2017-005" || as_[1].Decision.Plaque != "2017-006" || as_[2].Decision.Plaque != "" {
		t.Error("plaques are numbered by rank, after those that there are")
	}
	p.same("sheet-not-approved", release(document, "2017-08-30", approver))
}

// Whoever may do an act on a sheet is offered it; the table is written by hand here.
func TestSheetMatrix(t *testing.T) {
	may := map[string]string{
		"draft dept/staff":       "decision-sheet minutes circulation",
		"returned dept/staff":    "decision-sheet minutes circulation",
		"circulating dept/staff": "recall scan scan-confirmation", "circulating dept/approver": "approval scan-confirmation",
		"circulating dept/finance": "countersignature",
	}
	reads := []string{"dept/staff", "dept/approver", "dept/finance"}
	for _, s := range application.SheetStates {
		p := ranked(t, 1, 2, 3).sent(false, "dept/finance")
		p.s.State = s
		for _, post := range everyone {
			by := p.as(post)
			if got := strings.Join(p.s.Can(by), " "); got != may[string(s)+" "+post] {
				t.Errorf("%s %s: %q", s, post, got)
			}
			if p.s.Sees(by) != slices.Contains(reads, post) {
				t.Errorf("%s reads a sheet that is %s: %v", post, s, p.s.Sees(by))
			}
		}
	}
}

func sheetState(s *application.DecisionSheet) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}
