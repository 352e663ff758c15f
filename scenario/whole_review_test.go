package scenario_test

import (
	"bytes"
	"cmp"
	"fmt"
	"hash/fnv"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"shenbao/assign"
	"shenbao/internal/application"
	"shenbao/internal/base"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/file"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
	"shenbao/internal/store/pgtest"
	"shenbao/score"
)

const (
	applicants = 40
	passing    = 15 // go on to the second round
	titles     = 10 // bases in the end
	grantFen   = 100_000_00
)

// The first notice with as many applications as places: 40 of them, one of each city, league,
// department and unit directly under the region that there is room for, and 200 experts, from
// the check to plaques and payments, with everything on the way that can go another way.
func TestWholeReview(t *testing.T) {
	t.Parallel()
	wholeReview(t, t.TempDir())
}

func TestWholeReviewPostgres(t *testing.T) {
	t.Parallel()
	wholeReview(t, pgtest.Open(t))
}

func wholeReview(t *testing.T, url string) {
	v := &trial{office: newOffice(t, url), index: map[application.ID]int{}}
	v.must(v.DB.Hastily(t.Context(), func() error { return v.apply() }))
	v.check()
	v.first()
	v.second()
	v.decide()
	v.layOpen()
	v.release()
	v.verify()
	v.sound()
}

// A trial is one such call.
type trial struct {
	*office
	apps    []application.ID
	index   map[application.ID]int
	rounds  []string
	records []string // kept records of draws and matches
	lines   []desk.RankLine
}

func (v *trial) at(day string) {
	v.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", day, began.Location())
	v.must(err)
	v.now = at
}

// apply makes the units and brings their applications to the department, all before the
// deadline.
func (v *trial) apply() error {
	ctx := v.t.Context()
	if err := demo.Pool(ctx, v.World); err != nil {
		return err
	}
	units, _ := demo.Tree()
	departments := 0
	for _, u := range units {
		if len(v.apps) == applicants {
			break
		}
		host := "承担单位" + u.Short
		switch {
		case u.Kind == org.Department:
			if departments++; departments > 12 {
				continue
			}
		case u.Kind != org.LeagueHR && u.Kind != org.Direct:
			continue
		}
		h := org.Unit{ID: org.UnitID("try-" + string(u.ID)), Name: u.Name + "技术推广站", Short: host, Ownership: org.Public, Superior: u.ID, Division: place(u),
			Address: "新华大街1号", Contact: "何静", Phone: "0471-4300808"}
		if u.Kind == org.Direct {
			h, host = u, u.Short
		}
		for _, r := range []struct {
			key string
			u   org.Unit
			as  org.Role
		}{{host + "/经办", h, org.Clerk}, {host + "/负责人", h, org.Principal}, {u.Short + "/经办", u, org.Clerk}, {u.Short + "/负责人", u, org.Principal}} {
			if slices.ContainsFunc(v.Cast, func(p demo.Persona) bool { return p.Key == r.key || p.Unit == r.u.ID && p.Role == r.as }) {
				continue
			}
			if err := v.Enlist(ctx, r.key, "赵"+r.key, r.u, r.as); err != nil {
				return err
			}
		}
		id, err := demo.Submit(ctx, v.World, v.office.seatOf(h.ID))
		if err != nil {
			return fmt.Errorf("%s: %w", h.Name, err)
		}
		if u.Kind != org.Direct {
			if err := demo.PassUp(ctx, v.World, id); err != nil {
				return fmt.Errorf("%s: %w", h.Name, err)
			}
		}
		v.index[id] = len(v.apps)
		v.apps = append(v.apps, id)
	}
	return nil
}

// seatOf is what the cast calls the unit whose people are of the cast.
func (o *office) seatOf(u org.UnitID) string {
	for _, p := range o.Cast {
		if p.Unit == u && p.Role == org.Clerk {
			return strings.TrimSuffix(p.Key, "/经办")
		}
	}
	return ""
}

// place is a county for units of a league or of the region.
func place(u org.Unit) string {
	switch {
	case u.Division == "150000" || u.Division == "":
		return "150102"
	case !strings.HasSuffix(u.Division, "00"):
		return u.Division
	}
	_, ds := demo.Tree()
	for _, d := range ds {
		if d.Parent == u.Division {
			return d.Code
		}
	}
	return u.Division
}

// check passes everything, one application after a supplement.
func (v *trial) check() {
	v.t.Helper()
	ctx, one := v.t.Context(), v.apps[3]
	v.at("2017-07-26 10:00:00")
	if len(v.apps) != applicants {
		v.t.Fatalf("%d applications", len(v.apps))
	}
	v.must(v.Check(ctx, v.As("厅/业务"), one, application.CheckDraft{Result: application.CheckSupplement, Reason: "开户行名称与开户许可证不一致。", Due: v.now.AddDate(0, 0, 7),
		Asks: []filing.Ask{{Field: "开户行", Kind: "wrong", Reason: "与开户许可证不一致"}}}))
	for _, id := range v.apps {
		if id != one {
			v.must(demo.CheckMaterial(ctx, v.World, id))
		}
	}
	v.at("2017-07-28 10:00:00")
	k, err := v.Case(ctx, v.As("厅/业务"), one)
	v.must(err)
	host := v.seatOf(k.Application.Unit)
	k, err = v.Case(ctx, v.As(host+"/经办"), one)
	v.must(err)
	_, err = v.Save(ctx, v.As(host+"/经办"), one, "开户行", "中国农业银行股份有限公司新华支行", k.Draft["开户行"].Version)
	v.must(err)
	v.must(demo.HandIn(ctx, v.World, host, one))
	v.must(demo.CheckMaterial(ctx, v.World, one))
}

// as is an expert of the pool at work.
func (v *trial) as(p org.PersonID) desk.Request {
	r := v.As("专家/钱")
	r.By.Person, r.By.Post, r.By.Name = string(p), "post-"+strings.TrimPrefix(string(p), "demo-"), string(p)
	return r
}

// first is the round of all: ten applications by a drawn panel, the rest matched.
func (v *trial) first() {
	v.t.Helper()
	ctx, by := v.t.Context(), v.As("厅/业务")
	v.at("2017-07-31 09:00:00")
	by.At = v.now
	due := v.now.AddDate(0, 0, 20)
	id, err := v.PlanRound(ctx, by, v.Call, "", review.Plan{Name: "初评", Mode: review.Remote, Size: 5, Floor: 4, Due: due, Reason: "每份五位专家，至少四位有效。"})
	v.must(err)
	s := review.DefaultSheet()
	s.Method = score.Trimmed
	v.must(v.SetSheet(ctx, by, id, s, "去掉一个最高分和一个最低分。"))
	v.must(v.OpenRound(ctx, v.As("厅/审批"), id))
	v.rounds = append(v.rounds, id)
	v.drawPanel(due)
	options := review.MatchOptions{Mode: assign.Best, Size: 5, Most: 4, Employer: 1, Balance: 5}
	v.match(options, due)

	// One steps back after accepting, one finds a conflict: the fewest changes fill the gaps.
	as := v.given(id)
	away := as[len(as)-1].Expert
	v.accept(id, away)
	v.must(v.WithdrawFromRound(ctx, v.as(away), v.invitation(id, away), "单位有紧急任务。"))
	tied := v.given(id)
	i := slices.IndexFunc(tied, func(a review.Assignment) bool { return a.Via == review.ViaMatch && v.rest(a.Application) })
	recused := tied[i]
	v.accept(id, recused.Expert)
	v.must(v.Declare(ctx, v.as(recused.Expert), application.ID(recused.Application),
		review.Declaration{Kinds: []review.ConflictKind{review.Kinship}, Words: "申报单位负责人是本人表亲。"}))
	before := v.given(id)
	options.Keep = true
	v.match(options, due)
	after := v.given(id)
	for _, a := range before {
		if !slices.ContainsFunc(after, func(b review.Assignment) bool { return a.Application == b.Application && a.Expert == b.Expert }) {
			v.t.Errorf("%s was taken off %s, though it could stay", a.Expert, a.Application)
		}
	}
	v.full(id, 5)
	if slices.ContainsFunc(after, func(a review.Assignment) bool { return a.Expert == away }) {
		v.t.Error("who withdrew still has applications")
	}

	v.at("2017-08-10 10:00:00")
	v.scoreAll(id)
	v.must(v.CloseRound(ctx, v.As("厅/业务"), id, v.cut(id)))
}

// rest reports whether an application is not of the drawn group.
func (v *trial) rest(app string) bool { return v.index[application.ID(app)] >= 10 }

// cut is the line after the first passing ones; a tied group goes on whole.
func (v *trial) cut(id string) *review.CutDraft {
	p, err := v.Round(v.t.Context(), v.As("厅/业务"), id)
	v.must(err)
	d := &review.CutDraft{Top: passing}
	var ss []review.Standing
	for _, l := range p.Lines {
		ss = append(ss, l.Standing)
	}
	if tied := review.TiedAt(ss, *d); len(tied) > 0 {
		d.Chosen, d.Reason = tied, "同分一并进入下一轮。"
	}
	return d
}

// drawPanel draws five members and two alternates for the first ten applications; one
// declines, and the alternate is called.
func (v *trial) drawPanel(due time.Time) {
	v.t.Helper()
	ctx, by := v.t.Context(), v.As("厅/业务")
	g, err := v.KeepGroup(ctx, by, v.Call, desk.GroupDraft{Name: "综合组", Applications: v.apps[:10], Size: 5, Alternates: 2})
	v.must(err)
	id, err := v.FreezeDraw(ctx, by, g, desk.DrawDraft{Terms: review.DrawTerms{Employer: 1, Strict: true}, Source: "2017年7月31日中国福利彩票双色球开奖号码"})
	v.must(err)
	if err := v.RunDraw(ctx, by, id, due); err == nil {
		v.t.Error("drawn before the public value was there")
	}
	v.must(v.AttestDraw(ctx, v.As("厅/业务2"), id, "03 07 12 19 25 31 + 08", "机关纪委 赵敏"))
	v.must(v.RunDraw(ctx, by, id, due))
	p, err := v.Drawing(ctx, by, id)
	v.must(err)
	if len(p.Record.Members) != 5 || len(p.Record.Alternates) < 2 || p.Replayed != nil {
		v.t.Fatalf("drawn %v, alternates %v, replayed %v", p.Record.Members, p.Record.Alternates, p.Replayed)
	}
	v.records = append(v.records, p.Drawing.Record)
	out := org.PersonID(p.Record.Members[2])
	v.must(v.DeclineInvitation(ctx, v.as(out), v.invitation(v.rounds[0], out), "期间在国外访学。"))
	v.must(v.CallAlternate(ctx, by, g, due))
	q, err := v.Desk.Group(ctx, by, g)
	v.must(err)
	in := q.Sitting()[4]
	if q.Short() != 0 || !slices.Contains(p.Record.Alternates, string(in.Expert)) {
		v.t.Errorf("the seats after the alternate was called: %v, alternates %v", q.Sitting(), p.Record.Alternates)
	}
	for _, s := range q.Sitting()[:4] {
		if s.Employer == in.Employer {
			v.t.Errorf("the alternate is of %s like %s", in.Employer, s.Name)
		}
	}
}

// match proposes a match and takes it.
func (v *trial) match(o review.MatchOptions, due time.Time) {
	v.t.Helper()
	ctx, by := v.t.Context(), v.As("厅/业务")
	id, err := v.ProposeMatch(ctx, by, v.Call, o)
	v.must(err)
	m, err := v.Match(ctx, by, id)
	v.must(err)
	if m.Unmet != 0 || m.Replayed != nil || m.Changed {
		v.t.Fatalf("match %d: unmet %d, replayed %v, changed %v", m.N, m.Unmet, m.Replayed, m.Changed)
	}
	v.must(v.TakeMatch(ctx, by, id, due, ""))
	v.records = append(v.records, m.Matching.Record)
}

// given are the assignments of a round, in a fixed order.
func (v *trial) given(round string) (out []review.Assignment) {
	v.t.Helper()
	v.must(v.DB.Read(v.t.Context(), v.now, func(tx *store.Tx) error {
		all, err := tx.AssignmentsIn(v.t.Context(), v.Call)
		for _, a := range all {
			if a.Round == round {
				out = append(out, a)
			}
		}
		return err
	}))
	slices.SortFunc(out, func(a, b review.Assignment) int {
		return cmp.Or(cmp.Compare(v.index[application.ID(a.Application)], v.index[application.ID(b.Application)]), cmp.Compare(a.Expert, b.Expert))
	})
	return out
}

// full fails unless every application of a round has so many experts who stand.
func (v *trial) full(round string, size int) {
	v.t.Helper()
	n := map[string]int{}
	for _, a := range v.given(round) {
		if !a.Recused {
			n[a.Application]++
		}
	}
	for app, k := range n {
		if k != size {
			v.t.Errorf("application %d has %d experts", v.index[application.ID(app)], k)
		}
	}
}

func (v *trial) invitation(round string, p org.PersonID) string {
	v.t.Helper()
	vs, err := v.InvitationsOf(v.t.Context(), v.as(p))
	v.must(err)
	i := slices.IndexFunc(vs, func(x desk.Asked) bool { return x.Round == round })
	if i < 0 {
		v.t.Fatalf("%s is not invited", p)
	}
	return vs[i].ID
}

// accept accepts the invitation, unless that is done.
func (v *trial) accept(round string, p org.PersonID) {
	v.t.Helper()
	ctx := v.t.Context()
	vs, err := v.InvitationsOf(ctx, v.as(p))
	v.must(err)
	for _, x := range vs {
		if x.Round == round && x.State == review.InviteOpen {
			if err := v.AcceptInvitation(ctx, v.as(p), x.ID, false); err == nil {
				v.t.Fatal("accepted without the undertaking")
			}
			v.must(v.AcceptInvitation(ctx, v.as(p), x.ID, true))
		}
	}
}

// scoreAll is everybody's acceptance, declaration and sheet.
func (v *trial) scoreAll(round string) {
	v.t.Helper()
	ctx := v.t.Context()
	for _, a := range v.given(round) {
		if a.Recused {
			continue
		}
		id := application.ID(a.Application)
		v.accept(round, a.Expert)
		c, err := v.Review(ctx, v.as(a.Expert), id)
		v.must(err)
		if c.Content.Answers.Get("单位简介") != "" {
			v.t.Fatal("the form is shown before the declaration")
		}
		v.must(v.Declare(ctx, v.as(a.Expert), id, review.Declaration{None: true}))
		v.must(v.Score(ctx, v.as(a.Expert), id, v.entry(round, a), true))
	}
}

// entry is a sheet: the application's worth, the expert's strictness, and chance.
func (v *trial) entry(round string, a review.Assignment) review.Entry {
	hash := func(s ...string) int {
		h := fnv.New32a()
		for _, x := range s {
			_, _ = h.Write([]byte(x + "|"))
		}
		return int(h.Sum32() >> 8)
	}
	worth, strict := v.index[application.ID(a.Application)]*7%applicants/8, hash(string(a.Expert))%3
	e := review.Entry{"comment": "服务活动连续多年，效果有数字可查，制度齐备。", "verdict": "recommend"}
	if worth == 4 {
		e["verdict"] = "reserve"
	}
	for _, l := range review.DefaultSheet().Leaves() {
		off := worth + strict + hash(fmt.Sprint(v.index[application.ID(a.Application)]), string(a.Expert), l.ID, fmt.Sprint(slices.Index(v.rounds, round)))%4
		e["mark."+l.ID] = strconv.Itoa(max(0, l.Weight/100-min(off, l.Weight/100)))
	}
	return e
}

// second is the round of those above the line, by other experts, with a meeting and a
// secret ballot before it closes.
func (v *trial) second() {
	v.t.Helper()
	ctx := v.t.Context()
	v.at("2017-08-21 09:00:00")
	due := v.now.AddDate(0, 0, 10)
	by := v.As("厅/业务")
	id, err := v.PlanRound(ctx, by, v.Call, v.rounds[0], review.Plan{Name: "复评", Mode: review.BothWays, Size: 5, Floor: 5, Due: due, Reason: "第一轮前十五名由另外的专家复评。"})
	v.must(err)
	v.must(v.OpenRound(ctx, v.As("厅/审批"), id))
	v.rounds = append(v.rounds, id)
	v.match(review.MatchOptions{Mode: assign.Fair, Size: 5, Most: 3, Employer: 1, Balance: 5}, due)
	v.full(id, 5)
	before := v.given(v.rounds[0])
	for _, a := range v.given(id) {
		if slices.ContainsFunc(before, func(b review.Assignment) bool {
			return a.Application == b.Application && a.Expert == b.Expert && !b.Scored.IsZero()
		}) {
			v.t.Errorf("%s scores application %d again", a.Expert, v.index[application.ID(a.Application)])
		}
	}
	v.at("2017-08-24 10:00:00")
	v.scoreAll(id)
	v.meet(id)
	v.must(v.CloseRound(ctx, v.As("厅/业务"), id, nil))
}

// meet is a meeting of seven on all applications of the round: two thirds of those present
// must be for.
func (v *trial) meet(round string) {
	v.t.Helper()
	ctx := v.t.Context()
	in := desk.MeetingDraft{Title: "专家评审会", Place: "自治区人才大厦三楼", At: v.now.AddDate(0, 0, 1)}
	for _, a := range v.given(round) {
		if !slices.Contains(in.Applications, application.ID(a.Application)) {
			in.Applications = append(in.Applications, application.ID(a.Application))
		}
		if len(in.Members) < 7 && !slices.Contains(in.Members, a.Expert) {
			in.Members = append(in.Members, a.Expert)
		}
	}
	in.Chair = in.Members[0]
	id, err := v.PlanMeeting(ctx, v.As("厅/业务"), v.Call, in)
	v.must(err)
	v.must(v.DrawOrder(ctx, v.As("厅/业务"), id))
	v.now = in.At
	by := v.As("厅/业务")
	ballot := desk.BallotDraft{Title: "是否推荐认定", Secret: true, Threshold: review.Threshold{Num: 2, Den: 3, Of: review.OverPresent}, Quorum: review.Threshold{Num: 2, Den: 3, Of: review.OverEntitled}}
	for _, app := range in.Applications {
		ballot.Items = append(ballot.Items, string(app))
	}
	for i, p := range in.Members[:6] { // one does not come
		v.must(v.Attend(ctx, v.as(p), id, p, true))
		if i == 0 {
			v.must(v.OpenMeeting(ctx, by, id))
			if err := v.OpenBallot(ctx, by, id, ballot); err == nil {
				v.t.Error("a ballot without a quorum")
			}
		}
	}
	m, err := v.Meeting(ctx, by, id)
	v.must(err)
	for _, it := range m.Agenda {
		v.must(v.Hear(ctx, by, id, it.Application))
	}
	v.must(v.OpenBallot(ctx, by, id, ballot))
	want, papers := v.vote(id, in.Members[:6])
	if err := v.CloseMeeting(ctx, by, id); err == nil {
		v.t.Error("closed over an open ballot")
	}
	v.must(v.CloseBallot(ctx, by, id, 1))
	m, err = v.Meeting(ctx, by, id)
	v.must(err)
	if n := len(m.Ballots[0].Votes); n != papers || n == 0 {
		v.t.Errorf("%d papers, want %d", n, papers)
	}
	for _, paper := range m.Ballots[0].Votes {
		if paper.Person != "" {
			v.t.Error("a secret paper says whose it is")
		}
	}
	for _, x := range m.Ballots[0].Tally {
		if x.For != want[x.Application] || x.Passed != (3*x.For >= 2*x.Base) {
			v.t.Errorf("the tally of application %d: %+v, want %d for", v.index[application.ID(x.Application)], x, want[x.Application])
		}
	}
	v.must(v.CloseMeeting(ctx, by, id))
	v.must(v.WriteMinutes(ctx, by, id, "会议听取了各单位的情况，经无记名投票形成推荐意见。"))
	v.must(v.SignMinutes(ctx, v.as(in.Chair), id, ""))
}

// vote casts everybody's papers; it answers how many are for each application, and how
// many papers there are.
func (v *trial) vote(id string, members []org.PersonID) (want map[string]int, papers int) {
	v.t.Helper()
	ctx := v.t.Context()
	want = map[string]int{}
	for n, p := range members {
		m, err := v.Meeting(ctx, v.as(p), id)
		v.must(err)
		choices := map[string]string{}
		papers += len(m.Ballots[0].Mine)
		for _, app := range m.Ballots[0].Mine {
			choices[app] = review.For
			if (v.index[application.ID(app)]+n)%4 == 0 {
				choices[app] = review.Against
			} else {
				want[app]++
			}
		}
		v.must(v.Vote(ctx, v.as(p), id, 1, m.Ballots[0].Codes, choices))
		if err := v.Vote(ctx, v.as(p), id, 1, m.Ballots[0].Codes, choices); err == nil {
			v.t.Error("voted twice")
		}
	}
	return want, papers
}

// decide compares scores and ranks with ones made apart from the program, and decides: the
// first nine and the eleventh, the tenth in reserve.
func (v *trial) decide() {
	v.t.Helper()
	ctx := v.t.Context()
	v.at("2017-09-05 09:00:00")
	list, err := v.Ranked(ctx, v.As("厅/业务2"), v.Call)
	v.must(err)
	if len(list.Lines) != applicants {
		v.t.Fatalf("%d on the ranked list", len(list.Lines))
	}
	v.lines = list.Lines
	v.recount()
	w := application.Writing{Choices: map[application.ID]application.Choice{}, Ties: map[int]string{}, Words: "经材料审核、专家评审和集体研究，拟按名单认定。"}
	for i, l := range list.Lines {
		c := application.Choice{Outcome: application.LineNot, Reason: "名次在本批名额之外，可充实后参加下一批申报。"}
		switch i + 1 {
		case titles:
			c = application.Choice{Outcome: application.LineReserve, Reserve: 1, Reason: "列为候补。", Departure: "同一盟市已有两家，列为候补。"}
		case titles + 1:
			c = application.Choice{Outcome: application.LineRecognised, GrantFen: grantFen, Departure: "该地区尚无基地，兼顾布局。"}
		default:
			if i+1 < titles {
				c = application.Choice{Outcome: application.LineRecognised, GrantFen: grantFen}
			}
		}
		w.Choices[l.ID] = c
		if l.Tied {
			w.Ties[l.Rank] = "同分各家经集体研究，按服务活动的数量取舍。"
		}
	}
	v.must(v.SetBudget(ctx, v.As("厅/财务"), v.Call, titles*grantFen, "本年度专项经费。"))
	bare := w
	bare.Choices = map[application.ID]application.Choice{}
	for id, c := range w.Choices {
		c.Departure = ""
		bare.Choices[id] = c
	}
	if err := v.WriteSheet(ctx, v.As("厅/业务2"), v.Call, bare, true); err == nil {
		v.t.Error("a departure from rank without a reason")
	}
	v.must(v.WriteSheet(ctx, v.As("厅/业务2"), v.Call, w, true))
	v.must(v.SendSheet(ctx, v.As("厅/业务2"), v.Call, []desk.Named{{Post: "post-zhangjianguo", Office: "规划财务处"}}, false))
	v.must(demo.ApproveSheet(ctx, v.World))
	p, err := v.DecisionSheet(ctx, v.As("厅/业务"), v.Call, 0)
	v.must(err)
	if n, sum := p.Sheet.Count(application.LineRecognised), p.Sheet.SumFen(); n != titles || sum != titles*grantFen {
		v.t.Errorf("the sheet proposes %d for %d fen", n, sum)
	}
	var departs []int
	for i := range p.Sheet.Lines {
		if p.Sheet.Departs(i) {
			departs = append(departs, i+1)
		}
	}
	if !slices.Equal(departs, []int{titles, titles + 1}) {
		v.t.Errorf("lines out of rank: %v", departs)
	}
}

// A sum is an application's official score, made with fractions from the marks alone.
type sum struct {
	id    application.ID
	level int
	score *big.Rat // to two decimals, half up
	exact *big.Rat
	agree int
	first *big.Rat // mean of the first aspect
}

func (a sum) compare(b sum) int {
	return cmp.Or(cmp.Compare(b.level, a.level), b.score.Cmp(a.score), b.exact.Cmp(a.exact), cmp.Compare(b.agree, a.agree), b.first.Cmp(a.first))
}

// recount makes every official score and rank again, without package score.
func (v *trial) recount() {
	v.t.Helper()
	var all []sum
	for _, id := range v.apps {
		for level := len(v.rounds); level > 0; level-- {
			if x, ok := v.fraction(id, level); ok {
				all = append(all, x)
				break
			}
		}
	}
	slices.SortStableFunc(all, sum.compare)
	rank := map[application.ID]int{}
	for i, x := range all {
		rank[x.id] = i + 1
		if i > 0 && x.compare(all[i-1]) == 0 {
			rank[x.id] = rank[all[i-1].id]
		}
	}
	second := 0
	for i, l := range v.lines {
		j := slices.IndexFunc(all, func(x sum) bool { return x.id == l.ID })
		want := new(big.Rat).Mul(all[j].score, big.NewRat(100, 1))
		if !want.IsInt() || want.Num().Int64() != l.Mean || l.Rank != rank[l.ID] {
			v.t.Errorf("line %d (application %d): rank %d, score %d; recounted %d, %s", i+1, v.index[l.ID], l.Rank, l.Mean, rank[l.ID], want)
		}
		if all[j].level == 2 {
			second++
		}
	}
	if second < passing || second > passing+5 {
		v.t.Errorf("%d applications were in the second round", second)
	}
}

func (v *trial) fraction(id application.ID, level int) (sum, bool) {
	var totals []*big.Rat
	x := sum{id: id, level: level, first: new(big.Rat)}
	for _, a := range v.given(v.rounds[level-1]) {
		if application.ID(a.Application) != id || a.Recused || a.Scored.IsZero() {
			continue
		}
		one := new(big.Rat)
		for _, m := range a.Marks {
			one.Add(one, big.NewRat(int64(m), 10_000))
		}
		totals = append(totals, one)
		x.first.Add(x.first, big.NewRat(int64(a.Marks["1"]), 10_000))
		if a.Verdict == "recommend" {
			x.agree++
		}
	}
	if len(totals) == 0 {
		return x, false
	}
	x.first.Quo(x.first, big.NewRat(int64(len(totals)), 1))
	slices.SortFunc(totals, (*big.Rat).Cmp)
	if len(totals) >= 5 {
		totals = totals[1 : len(totals)-1]
	}
	x.exact = new(big.Rat)
	for _, one := range totals {
		x.exact.Add(x.exact, one)
	}
	x.exact.Quo(x.exact, big.NewRat(int64(len(totals)), 1))
	twice := new(big.Rat).Add(new(big.Rat).Mul(x.exact, big.NewRat(200, 1)), big.NewRat(1, 1))
	half := new(big.Int).Quo(twice.Num(), new(big.Int).Mul(twice.Denom(), big.NewInt(2)))
	x.score = new(big.Rat).SetFrac(half, big.NewInt(100))
	return x, true
}

// layOpen is the public notice over the National Day holidays, with one objection that is
// upheld, one that is rejected after the unit was heard, one that is late; the reserve
// moves up and has its own notice.
func (v *trial) layOpen() {
	v.t.Helper()
	ctx := v.t.Context()
	v.at("2017-09-25 09:00:00")
	plan := desk.NoticePlan{Title: "2017年自治区级专家服务基地拟认定名单公示", Days: 7, Working: true,
		Contact: filing.Contact{Office: "专家服务处", Phone: "0471-6944000", Address: "呼和浩特市新华大街63号"}}
	id, err := v.PostNotice(ctx, v.As("厅/业务"), v.Call, plan)
	v.must(err)
	p, err := v.PublicNotice(ctx, desk.Request{At: v.now}, id)
	v.must(err)
	// 30 September was a Saturday to be worked; 1 to 8 October were free.
	if p.Period.Last != "2017-10-10" || len(p.Lines) != titles {
		v.t.Errorf("the notice ends on %s and lists %d", p.Period.Last, len(p.Lines))
	}
	v.at("2017-09-27 11:00:00")
	upheld, rejected := v.lines[2].ID, v.lines[titles].ID
	first := v.object(id, upheld)
	v.at("2017-10-10 23:59:59")
	last := v.object(id, rejected)
	v.at("2017-10-11 00:00:00")
	late := v.object(id, rejected)
	if last.Late || !late.Late {
		v.t.Errorf("late: %v, %v", last.Late, late.Late)
	}
	v.handle(first, upheld, true)
	v.handle(last, rejected, false)
	if err := v.TakeObjection(ctx, v.As("厅/业务"), late.ID); err == nil {
		v.t.Error("a late objection was taken up")
	}
	if err := v.Release(ctx, v.As("厅/审批"), v.Call, "内人社发〔2017〕300号", v.now.Format(time.DateOnly)); err == nil {
		v.t.Error("released over an open objection")
	}
	v.must(v.AnswerObjection(ctx, v.As("厅/业务"), late.ID, filing.PlainLate, "公示期已满。"))
	v.must(v.MoveUp(ctx, v.As("厅/审批"), v.lines[titles-1].ID, "一家异议成立，按候补次序递补。", grantFen))
	id, err = v.PostNotice(ctx, v.As("厅/业务"), v.Call, plan)
	v.must(err)
	if p, err = v.PublicNotice(ctx, desk.Request{At: v.now}, id); err != nil || len(p.Lines) != 1 || p.Lines[0].Application != string(v.lines[titles-1].ID) {
		v.t.Errorf("the second notice: %+v, %v", p.Lines, err)
	}
	if err := v.Release(ctx, v.As("厅/审批"), v.Call, "内人社发〔2017〕300号", v.now.Format(time.DateOnly)); err == nil {
		v.t.Error("released while the second notice runs")
	}
	v.now = p.Period.Until
}

func (v *trial) object(notice string, app application.ID) filing.Objection {
	v.t.Helper()
	sent := func(name string) []desk.Sent {
		pdf := demo.Scan(name)
		return []desk.Sent{{Name: name + ".pdf", Size: int64(len(pdf)), Body: bytes.NewReader(pdf)}}
	}
	o, err := v.Object(v.t.Context(), desk.Request{At: v.now}, notice, filing.Objection{Application: string(app), Grounds: "该单位申报表所列2016年培训班没有举办过，签到表与实际参加人员不符，请予核查。",
		From: filing.Objector{Kind: filing.ByPerson, Name: "周正", Phone: "13900001111"}}, sent("Signed page"), sent("Photographs"))
	v.must(err)
	if !o.From.Signed || len(o.Proof) != 2 {
		v.t.Errorf("the objection as it was kept: %+v", o)
	}
	return o
}

// handle takes an objection up, hears the unit, and decides.
func (v *trial) handle(o filing.Objection, app application.ID, upheld bool) {
	v.t.Helper()
	ctx := v.t.Context()
	v.must(v.TakeObjection(ctx, v.As("厅/业务"), o.ID))
	if err := v.AskApplicant(ctx, v.As("厅/业务"), o.ID, "周正反映培训班没有举办，请说明。", v.now.AddDate(0, 0, 5)); err == nil {
		v.t.Error("the question tells who objected")
	}
	v.must(v.AskApplicant(ctx, v.As("厅/业务"), o.ID, "有人反映2016年培训班没有举办，请说明并附材料。", v.now.AddDate(0, 0, 5)))
	if err := v.DecideObjection(ctx, v.As("厅/审批"), o.ID, upheld, "未听取"); err == nil {
		v.t.Error("decided unheard")
	}
	k, err := v.Case(ctx, v.As("厅/业务"), app)
	v.must(err)
	head := v.seatOf(k.Application.Unit) + "/负责人"
	page, err := v.Objection(ctx, v.As(head), o.ID)
	v.must(err)
	if page.From.Name != "" || page.Grounds != "" {
		v.t.Error("the unit reads who objected")
	}
	v.must(v.HearApplicant(ctx, v.As(head), o.ID, "培训班如期举办，签到表和照片附后。"))
	v.must(v.DecideObjection(ctx, v.As("厅/审批"), o.ID, upheld, "经调查核实。"))
}

// release makes the results known, and sees to plaques and money.
func (v *trial) release() {
	v.t.Helper()
	ctx := v.t.Context()
	v.must(v.Release(ctx, v.As("厅/审批"), v.Call, "内人社发〔2017〕300号", v.now.Format(time.DateOnly)))
	tasks, err := v.BaseTasks(ctx, v.As("厅/业务"))
	v.must(err)
	var hosts []application.ID
	day := v.now.Format(time.DateOnly)
	for i, b := range tasks {
		hosts = append(hosts, application.ID(b.Application))
		v.must(v.MakePlaque(ctx, v.As("厅/业务"), b.ID, day))
		v.must(v.HandPlaque(ctx, v.As("厅/业务"), b.ID, b.HostName, day))
		v.must(v.Pay(ctx, v.As("厅/财务"), b.ID, base.Payment{Fen: grantFen, Date: day, Voucher: fmt.Sprintf("记-%03d", i)}))
	}
	want := []application.ID{}
	for i, l := range v.lines[:titles+1] {
		if i != 2 {
			want = append(want, l.ID)
		}
	}
	slices.Sort(hosts)
	slices.Sort(want)
	if !slices.Equal(hosts, want) {
		v.t.Errorf("bases of %v, want %v", hosts, want)
	}
	tasks, err = v.BaseTasks(ctx, v.As("厅/业务"))
	v.must(err)
	var paid int64
	numbers := map[string]bool{}
	for _, b := range tasks {
		paid += b.Paid()
		numbers[b.Plaque.Number] = true
		if b.PlaqueAt() != base.PlaqueOut || b.GrantAt() != base.GrantDone {
			v.t.Errorf("%s: plaque %s, grant %s", b.Name, b.PlaqueAt(), b.GrantAt())
		}
	}
	if paid != titles*grantFen || len(numbers) != titles {
		v.t.Errorf("paid %d fen, %d plaque numbers", paid, len(numbers))
	}
	for i, id := range v.apps {
		k, err := v.Case(ctx, v.As("厅/业务"), id)
		v.must(err)
		is := slices.Contains(want, id)
		if (k.State == application.Recognised) != is || !is && k.State != application.NotRecognised {
			v.t.Errorf("application %d is %s", i, k.State)
		}
	}
}

// verify replays what was drawn and matched by the command line, in another directory.
func (v *trial) verify() {
	v.t.Helper()
	dir := v.t.TempDir()
	binary := filepath.Join(dir, "shenbao")
	if out, err := exec.CommandContext(v.t.Context(), "go", "build", "-o", binary, "../cmd/shenbao").CombinedOutput(); err != nil {
		v.t.Fatalf("%v\n%s", err, out)
	}
	for i, id := range v.records {
		p, err := v.KeptRecord(v.t.Context(), v.As("厅/业务"), id)
		v.must(err)
		noun := map[string]string{"draw": "draw", "match": "assign"}[p.Kind]
		run := func(doc string) (string, error) {
			name := fmt.Sprintf("record-%d.json", i)
			v.must(os.WriteFile(filepath.Join(dir, name), []byte(doc), 0o600))
			c := exec.CommandContext(v.t.Context(), binary, noun, "verify", name)
			c.Dir = dir
			out, err := c.CombinedOutput()
			return string(out), err
		}
		if out, err := run(p.Doc); err != nil {
			v.t.Errorf("%s verify: %v\n%s", noun, err, out)
		}
		if out, err := run(strings.Replace(p.Doc, "demo-expert0", "demo-expert1", 1)); err == nil {
			v.t.Errorf("%s verify of a record that somebody changed: %s", noun, out)
		}
	}
	if len(v.records) != 4 {
		v.t.Errorf("%d records", len(v.records))
	}
}

// sound asks fsck.
func (v *trial) sound() {
	v.t.Helper()
	kept, err := file.OpenDir(v.files)
	v.must(err)
	rep, err := desk.New(v.DB, kept).Fsck(v.t.Context(), v.now)
	v.must(err)
	if len(rep.Problems) > 0 || rep.Applications != applicants {
		v.t.Errorf("fsck: %d applications, problems %v", rep.Applications, rep.Problems)
	}
}
