package application_test

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/notices"
)

var (
	beijing = time.FixedZone("", 8*3600)
	june    = time.Date(2017, 6, 20, 9, 0, 0, 0, beijing)
	closing = time.Date(2017, 7, 21, 0, 0, 0, 0, beijing) // half-open
)

var published = func() *notice.Notice {
	b, err := notices.FS.ReadFile(notices.ExpertServiceBase2017)
	if err != nil {
		panic(err)
	}
	n, err := notice.Parse(notices.ExpertServiceBase2017, b)
	if err != nil {
		panic(err)
	}
	return n
}()

// units: a public park of a banner, its neighbour, a firm, a university.
var units = func() org.Tree {
	t := org.Tree{}
	for _, u := range []org.Unit{
		{ID: "dept", Name: "自治区人社厅", Kind: org.DepartmentHR}, {ID: "centre", Name: "中心", Kind: org.Centre, Superior: "dept"},
		{ID: "city", Name: "赤峰市人社局", Kind: org.LeagueHR, Superior: "dept", Division: "150400"},
		{ID: "banner", Name: "敖汉旗人社局", Kind: org.CountyHR, Superior: "city", Division: "150430"},
		{ID: "park", Name: "敖汉园区", Kind: org.Host, Superior: "banner", Division: "150430"},
		{ID: "other", Name: "别的单位", Kind: org.Host, Superior: "banner", Division: "150430"},
		{ID: "firm", Name: "敖汉公司", Kind: org.Host, Ownership: org.NonPublic, Division: "150430"},
		{ID: "univ", Name: "内蒙古农业大学", Kind: org.Direct, Superior: "dept", Division: "150100"},
	} {
		u.State = org.Active
		if u.Ownership == "" {
			u.Ownership = org.Public
		}
		t[u.ID] = u
	}
	return t
}()

// as is a person in a post: "park/clerk", "dept/approver". at is when they signed in.
func as(post string, at time.Time) org.Actor {
	unit, role, _ := strings.Cut(post, "/")
	u := units[org.UnitID(unit)]
	return org.Actor{Kind: u.Kind, SignedIn: at, Actor: event.Actor{Person: post, Name: post, Post: post, Role: role, Unit: unit, UnitName: u.Name}}
}

// for_ is the same post exercised by another person (受…委托).
func for_(person, post string, at time.Time) org.Actor {
	a := as(post, at)
	a.Person, a.For, a.ForName = person, post, post
	return a
}

// kind is the kinds of a refusal, "" for nil.
func kind(err error) string {
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

func content(a *application.Application) filing.Content {
	c := filing.Content{UnitName: a.UnitName, Opinion: "情况属实，同意申报。", Answers: filing.Answers{}}
	for _, f := range published.Form.Fields() {
		switch {
		case f.Name == filing.FieldBase:
			c.Answers[f.Name] = a.UnitName + "专家服务基地"
		case f.Name == filing.FieldHostKind:
			c.Answers[f.Name] = f.Options[0]
		case f.Name == filing.FieldPayee:
			c.Answers[f.Name] = a.UnitName
		case f.Name == filing.FieldDivision:
			c.Answers[f.Name] = "150404"
		case f.Part == notice.PartExtra || f.Part == notice.PartCover:
		case f.Kind == notice.Phone:
			c.Answers[f.Name] = "0476-8000000"
		case f.Kind == notice.Mobile:
			c.Answers[f.Name] = "13800000000"
		case f.Kind == notice.Account:
			c.Answers[f.Name] = "6222000000000000"
		default:
			c.Answers[f.Name] = "内容"
		}
	}
	for _, cond := range published.Conditions {
		c.Answers[filing.SelfField(cond.ID)], c.Answers[filing.StatementField(cond.ID)] = filing.Met, "具备。"
	}
	return c
}

// A play is one application with its call, acted on by people at instants.
type play struct {
	t       testing.TB
	n       *notice.Notice
	c       *application.Call
	a       *application.Application
	s       *application.DecisionSheet
	route   org.Route
	content filing.Content
	now     time.Time
}

func openCall(t testing.TB) *application.Call {
	t.Helper()
	c, _, err := application.NewCall("call", published, as("dept/staff", june), june)
	if err == nil {
		_, err = c.Propose(as("dept/staff", june), june)
	}
	if err == nil {
		_, err = c.Publish(as("dept/approver", june), june)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func begin(t testing.TB, unit org.UnitID) *play {
	t.Helper()
	p := &play{t: t, n: published, c: openCall(t), now: june}
	var err error
	if p.route, err = units.Compute(units[unit], "四（一）"); err != nil {
		t.Fatal(err)
	}
	if p.a, _, err = application.Begin("a1", p.c, p.n, units[unit], as(string(unit)+"/clerk", june), false, june); err != nil {
		t.Fatal(err)
	}
	p.content = content(p.a)
	return p
}

func (p *play) as(post string) org.Actor { return as(post, p.now) }

func (p *play) ok(e event.Event, err error) event.Event {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%v", err)
	}
	if e.Kind == "" || !e.At.Equal(p.now) || e.On.ID != string(p.a.ID) || e.Call != "call" {
		p.t.Fatalf("fact %+v", e)
	}
	return e
}

// no asks for a refusal that leaves the application as it was.
func (p *play) no(want string, f func() error) {
	p.t.Helper()
	before := state(p.a)
	err := f()
	if got := kind(err); got != want {
		p.t.Errorf("got %q (%v), want %q", got, err, want)
	}
	if after := state(p.a); err != nil && after != before {
		p.t.Errorf("%s, and yet it changed:\n%s\n%s", want, before, after)
	}
}

func state(a *application.Application) string {
	b, err := json.Marshal(a)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func second[T any](_ T, err error) error { return err }

// unit is the applicant's name in posts.
func (p *play) unit(role string) org.Actor { return p.as(string(p.a.Unit) + "/" + role) }

func (p *play) prepare() *play {
	p.t.Helper()
	p.ok(p.a.Prepare(p.n, p.content, p.unit("clerk"), p.now))
	return p
}

func (p *play) sign() *play {
	p.t.Helper()
	p.ok(p.a.Sign(p.n, p.content, p.unit("principal"), p.now))
	return p
}

func (p *play) seal() *play {
	p.t.Helper()
	v, _ := p.a.Latest()
	p.ok(p.a.Seal(p.n, p.unit("clerk"), v.Code, "scan", p.now))
	return p
}

func (p *play) submit() *play {
	p.t.Helper()
	p.ok(p.a.Submit(p.c, p.n, p.route, time.Time{}, p.unit("clerk"), p.now))
	return p
}

// handIn takes a draft to the first level, or back to whoever returned it.
func (p *play) handIn() *play { p.t.Helper(); return p.prepare().sign().seal().submit() }

func agreeing() application.OpinionDraft {
	d := application.OpinionDraft{Outcome: filing.Agree, Text: "该单位近年来组织专家服务成效突出，带动作用明显，同意推荐。"}
	for _, c := range published.Conditions {
		d.Marks = append(d.Marks, filing.Mark{Condition: c.ID, Finding: filing.Met})
	}
	return d
}

func returning(p *play, fields ...string) application.OpinionDraft {
	return application.OpinionDraft{Outcome: filing.Return, Text: "单位简介没有写近三年承担的技术推广项目，请补写后再报。", Fields: fields, Due: p.now.AddDate(0, 0, 10)}
}

func (p *play) opine(d application.OpinionDraft) *play {
	p.t.Helper()
	unit := string(p.a.Holder())
	v, _ := p.a.Current()
	p.ok(p.a.Opine("o", p.n, p.c.Settings, d, true, p.as(unit+"/clerk"), p.now))
	p.ok(p.a.OpinionSign(p.n, p.c.Settings, v.Hash, p.as(unit+"/principal"), p.now))
	return p
}

func (p *play) opSeal() *play {
	p.t.Helper()
	v, _ := p.a.Current()
	p.ok(p.a.OpinionSeal(p.n, p.as(string(p.a.Holder())+"/clerk"), v.Code, "scan", p.now))
	return p
}

// pass takes it one level up.
func (p *play) pass() *play {
	p.t.Helper()
	p.opine(agreeing()).opSeal()
	p.ok(p.a.Forward(p.c, p.n, time.Time{}, p.as(string(p.a.Holder())+"/clerk"), p.now))
	return p
}

func passing() application.CheckDraft {
	d := application.CheckDraft{Result: application.CheckPass}
	for _, l := range application.Checklist(published) {
		d.Items = append(d.Items, application.CheckItem{Key: l.Key, Finding: filing.Met})
	}
	return d
}

func rejecting() application.CheckDraft {
	return application.CheckDraft{Result: application.CheckReject, Reason: "不属于申报范围", Clause: "三"}
}

func (p *play) supplement(fields ...string) application.CheckDraft {
	d := application.CheckDraft{Result: application.CheckSupplement, Due: p.now.AddDate(0, 0, 5)}
	for _, f := range fields {
		d.Asks = append(d.Asks, filing.Ask{Field: f, Kind: filing.Missing, Reason: "缺少政策文件"})
	}
	return d
}

func (p *play) check(d application.CheckDraft) *play {
	p.t.Helper()
	p.ok(p.a.CheckMaterial(p.n, d, p.as("dept/staff"), p.now))
	return p
}

func (p *play) closeReview() *play {
	p.t.Helper()
	p.ok(p.a.CloseReview(p.n, p.as("dept/staff"), 8650, 5, 5, p.now))
	return p
}

// list is the ranked list on which the application stands alone.
func (p *play) list() []application.Entry { return []application.Entry{{Application: p.a, Rank: 1}} }

// propose takes the application through a decision sheet to its approval.
func (p *play) propose(yes bool) *play {
	p.t.Helper()
	c := application.Choice{Outcome: application.LineNot, Reason: "名额有限"}
	if yes {
		c = application.Choice{Outcome: application.LineRecognised}
	}
	p.s = application.NewSheet("s1", p.c, 1)
	p.must(p.s.Write(p.n, p.c, p.list(), application.Writing{Choices: map[application.ID]application.Choice{p.a.ID: c}}, true, p.as("dept/staff"), p.now))
	p.must(p.s.Send(p.n, p.c, p.list(), application.Distribution{}, nil, false, p.as("dept/staff"), p.now))
	fs, err := p.s.Approve(p.n, p.list(), application.SignAgree, "", p.s.Hash, p.as("dept/approver"), p.now)
	if err != nil || len(fs) != 2 {
		p.t.Fatalf("%v %v", fs, err)
	}
	return p
}

// must asks for a fact of the sheet or the call.
func (p *play) must(e event.Event, err error) event.Event {
	p.t.Helper()
	if err != nil || e.Kind == "" || !e.At.Equal(p.now) {
		p.t.Fatalf("%+v %v", e, err)
	}
	return e
}

func (p *play) release() *play {
	p.t.Helper()
	p.c.Settings.PublicNotice = false
	fs, err := p.c.Release(p.n, p.s, []*application.Application{p.a}, document, "2017-08-30", nil, nil, p.as("dept/approver"), p.now)
	if err != nil || len(fs) != 2 {
		p.t.Fatalf("%v %v", fs, err)
	}
	return p
}

// situations are every place where an application of the park can be, each reached by
// the acts that lead there.
var situations = []struct {
	name string
	do   func(*play)
}{
	{"new", func(p *play) {}},
	{"await", func(p *play) { p.prepare() }},
	{"signed", func(p *play) { p.prepare().sign() }},
	{"banner", func(p *play) { p.handIn() }},
	{"returned", func(p *play) { p.handIn().opine(returning(p, "单位简介")) }},
	{"city", func(p *play) { p.handIn().pass() }},
	{"checking", func(p *play) { p.handIn().pass().pass() }},
	{"refusing", func(p *play) { p.handIn().pass().pass().check(rejecting()) }},
	{"supplement", func(p *play) { p.handIn().pass().pass().check(p.supplement("配套政策")) }},
	{"reviewing", func(p *play) { p.handIn().pass().pass().check(passing()) }},
	{"deciding", func(p *play) { p.handIn().pass().pass().check(passing()).closeReview() }},
	{"proposed", func(p *play) { p.handIn().pass().pass().check(passing()).closeReview().propose(true) }},
	{"recognised", func(p *play) { p.handIn().pass().pass().check(passing()).closeReview().propose(true).release() }},
	{"refused", func(p *play) { p.handIn().pass().pass().check(passing()).closeReview().propose(false).release() }},
	{"declined", func(p *play) {
		d := agreeing()
		d.Outcome = filing.Decline
		p.handIn().opine(d)
	}},
	{"rejected", func(p *play) {
		p.handIn().pass().pass().check(rejecting())
		p.ok(p.a.ConfirmRejection(p.as("dept/approver"), p.now))
	}},
	{"withdrawn", func(p *play) {
		p.handIn()
		p.ok(p.a.Withdraw(p.unit("principal"), "改报明年", p.now))
	}},
}

// at is a fresh application of the park in a situation.
func at(t testing.TB, situation string) *play {
	t.Helper()
	for _, s := range situations {
		if s.name == situation {
			p := begin(t, "park")
			s.do(p)
			return p
		}
	}
	t.Fatalf("no situation %s", situation)
	return nil
}

// with is the content with one answer changed.
func (p *play) with(field, value string) filing.Content {
	c := p.content
	c.Answers = maps.Clone(c.Answers)
	c.Answers[field] = value
	return c
}
