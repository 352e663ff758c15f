package web_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"shenbao/assign"
	"shenbao/draw"
	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/expert"
	"shenbao/internal/org"
)

// expert is a browser of any expert of the pool.
func (s *site) expert(p org.PersonID) *client {
	s.t.Helper()
	by := s.AsExpert(p).By
	token, err := s.auth.StepIn(s.ctx(), s.clock(), p, org.PostID(by.Post), "zh", "127.0.0.1")
	s.must(err)
	return &client{s: s, lang: "zh", cookie: token}
}

// round opens a round with applications of some hosts under review.
func (s *site) round(hosts ...string) (ids []application.ID) {
	s.t.Helper()
	for _, h := range hosts {
		ids = append(ids, s.reviewing(h))
	}
	s.must(demo.OpenRound(s.ctx(), s.World))
	return ids
}

var (
	inviteForm = regexp.MustCompile(`/panel-invitations/([^/"]+)/`)
	drawLink   = regexp.MustCompile(`/draw-records/([^"]+)"`)
)

func (p page) find(t *testing.T, re *regexp.Regexp) string {
	t.Helper()
	m := re.FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("nothing like %s on the page\n%s", re, head(p))
	}
	return m[1]
}

// last is the id at the end of where an act led.
func (p page) last(t *testing.T, prefix string) string {
	t.Helper()
	p.leads(t, prefix)
	id, _, _ := strings.Cut(strings.TrimPrefix(p.location, prefix), "?")
	return id
}

// An invitation is answered by its expert alone; what it allows, and what follows when it
// ends, is seen on both sides; ratings by the department alone.
func TestInvitations(t *testing.T) {
	s := newSite(t)
	id := s.round("二连园区")[0]
	staff, qian, lin := s.as("厅/业务"), s.as("专家/钱"), s.as("专家/林")
	give := "/applications/" + string(id) + "/review"
	staff.post(give, "expert", "demo-qianxuewen", "expert", "demo-linqing", "due", "2017-07-10", "why", "专业对口").leads(t, give)
	list := "/calls/" + s.Call + "/panel-invitations"
	staff.renders(list)
	qian.renders("/reviews")
	qian.get("/home").says(t, 200, "答复评审邀请")
	mine := qian.get("/reviews").find(t, inviteForm)
	base := "/panel-invitations/" + mine

	qian.post(base+"/acceptance").says(t, 422, "没有签署保密承诺")
	qian.post(base+"/refusal", "of", mine).says(t, 422, "须写明理由")
	lin.post(base+"/acceptance", "undertake", "yes").says(t, 404)
	staff.post(base+"/acceptance", "undertake", "yes").says(t, 404)
	qian.post(base+"/withdrawal", "reason", "x").says(t, 409, "没有接受本轮邀请")
	staff.post(base+"/rating", "call", s.Call, "of", mine, "stars", "5", "words", "好").says(t, 409, "没有接受本轮邀请")
	staff.post(base+"/ending", "call", s.Call, "reason", "没有答复").says(t, 409, "答复期限是", "还没有到")
	qian.post(base+"/acceptance", "undertake", "yes").leads(t, "/reviews")
	qian.post(base+"/refusal", "reason", "反悔").says(t, 409, "已接受")
	qian.get("/reviews").says(t, 200, "待评审（1）", "二连", "保密")
	qian.post("/reviews/"+string(id)+"/declaration", "tie", "none").leads(t, "/reviews/")

	other := "/panel-invitations/" + lin.get("/reviews").find(t, inviteForm)
	lin.post(other+"/refusal", "reason", "出国访问").leads(t, "/reviews")
	lin.get("/reviews").says(t, 200, "已谢绝", "出国访问")
	lin.get("/reviews/"+string(id)).says(t, 404)
	staff.get(list).says(t, 200, "已谢绝", "出国访问", "已接受")
	staff.get("/calls/"+s.Call+"/panels").says(t, 200, "缺2位")
	staff.post(give, "expert", "demo-linqing", "due", "2017-07-10", "why", "再请").says(t, 409, "本轮的邀请已结束")

	staff.post("/calls/"+s.Call+"/panel-reminders").leads(t, list)
	staff.post("/calls/"+s.Call+"/panel-reminders").says(t, 409, "没有需要提醒的专家")
	staff.post(base+"/reminder", "call", s.Call).says(t, 429, "24小时内已经提醒过")
	s.later(25 * time.Hour)
	staff, qian, lin = s.as("厅/业务"), s.as("专家/钱"), s.as("专家/林")
	staff.post(base+"/reminder", "call", s.Call).leads(t, list)

	staff.post(base+"/rating", "call", s.Call, "of", mine, "stars", "9").says(t, 422, "没有选择评价等级", "说明依据")
	staff.post(base+"/rating", "call", s.Call, "of", mine, "stars", "4", "words", "意见具体").leads(t, list)
	staff.renders("/experts/demo-qianxuewen")
	staff.get("/experts/demo-qianxuewen").says(t, 200, "意见具体", "接受1")
	for _, path := range []string{"/reviews", "/profile", "/messages"} {
		qian.get(path).hides(t, "意见具体")
		lin.get(path).hides(t, "意见具体")
	}
	qian.post(base+"/withdrawal", "reason", "住院").leads(t, "/reviews")
	qian.get("/reviews/"+string(id)).says(t, 404)
	staff.get(list).says(t, 200, "已退出", "住院")
	for _, key := range []string{"二连园区/经办", "专家/钱", "厅/财务", "中心/受理"} {
		s.as(key).get(list).says(t, 403)
	}
}

// Who does not answer is taken off after the day; who accepted and did nothing is noted as
// absent; the clock reminds before.
func TestNoAnswer(t *testing.T) {
	s := newSite(t)
	id := s.round("二连园区")[0]
	staff := s.as("厅/业务")
	give, list := "/applications/"+string(id)+"/review", "/calls/"+s.Call+"/panel-invitations"
	staff.post(give, "expert", "demo-qianxuewen", "expert", "demo-linqing", "due", "2017-07-10", "why", "专业对口").leads(t, give)
	s.later(50 * time.Hour)
	s.must(s.RemindDue(s.ctx(), s.clock()))
	s.must(s.RemindDue(s.ctx(), s.clock()))
	staff = s.as("厅/业务")
	if n := strings.Count(staff.get(list).body, "提醒1次"); n != 2 {
		t.Errorf("%d experts were reminded once by the clock, want 2", n)
	}
	qian, lin := s.as("专家/钱").get("/reviews").find(t, inviteForm), s.as("专家/林").get("/reviews").find(t, inviteForm)
	s.must(s.Accept(s.ctx(), "demo-qianxuewen"))
	s.later(50 * time.Hour)
	staff = s.as("厅/业务")
	staff.get(list).says(t, 200, "逾期")
	staff.post("/panel-invitations/"+lin+"/ending", "call", s.Call, "of", lin).says(t, 422, "须写明理由")
	staff.post("/panel-invitations/"+lin+"/ending", "call", s.Call, "reason", "逾期未答复").leads(t, list)
	s.as("专家/林").post("/panel-invitations/"+lin+"/acceptance", "undertake", "yes").says(t, 409, "逾期收回")
	staff.post("/panel-invitations/"+qian+"/ending", "call", s.Call, "reason", "评审会没有到场").leads(t, list)
	staff.get(list).says(t, 200, "缺席", "评审会没有到场", "逾期收回")
	s.as("专家/钱").get("/reviews/"+string(id)).says(t, 404)
	s.sound()
}

func TestFees(t *testing.T) {
	s := newSite(t)
	id := s.round("二连园区")[0]
	staff := s.as("厅/业务")
	s.must(s.Assign(s.ctx(), s.As("厅/业务"), id, []org.PersonID{"demo-qianxuewen"}, s.clock().AddDate(0, 0, 9), "专业对口"))
	s.must(demo.Score(s.ctx(), s.World, id, "demo-qianxuewen", 0))
	fees, rules := "/calls/"+s.Call+"/fees", "/calls/"+s.Call+"/panel-rules"
	staff.renders(fees)
	staff.post(rules, "fee_application", "x", "fee_meeting", "800", "draws", "0", "reason", "按标准").says(t, 422, "1到10", "0到100000")
	staff.post(rules, "fee_application", "300", "fee_meeting", "800", "draws", "3").says(t, 422, "须写明理由")
	staff.post(rules, "fee_application", "300", "fee_meeting", "800", "draws", "3", "reason", "按劳务费标准").leads(t, fees)
	staff.post(rules, "fee_application", "300", "fee_meeting", "800", "draws", "3", "reason", "按劳务费标准").says(t, 409, "没有任何改动")
	mine := s.as("专家/钱").get("/reviews")
	mine.hides(t, "300.00")
	v := staff.get(fees).find(t, inviteForm)
	staff.post("/panel-invitations/"+v+"/meetings", "call", s.Call, "of", v, "meetings", "很多").says(t, 422, "0到50")
	staff.post("/panel-invitations/"+v+"/meetings", "call", s.Call, "of", v, "meetings", "2").leads(t, fees)
	finance := s.as("厅/财务")
	finance.get(fees).says(t, 200, "1,900.00", "钱学文")
	finance.get(fees+".csv").says(t, 200, "内蒙古大学", "1,900.00")
	finance.get(fees+".xlsx").says(t, 200)
	finance.post(rules, "fee_application", "900", "fee_meeting", "800", "draws", "3", "reason", "多给").says(t, 403)
	s.as("二连园区/经办").get(fees).says(t, 403)
	s.as("专家/钱").get(fees).says(t, 403)
}

// A draw from the list that is frozen to the record that anybody can draw again, with all
// that is refused on the way.
func TestDraw(t *testing.T) {
	s := newSite(t)
	s.must(demo.Pool(s.ctx(), s.World))
	ids := s.round("二连园区", "达旗推广中心")
	staff, approver := s.as("厅/业务"), s.as("厅/审批")
	panels := "/calls/" + s.Call + "/panels"
	staff.renders(panels)
	staff.post("/calls/"+s.Call+"/groups", "form", "group", "size", "0", "alternates", "x").says(t, 422, "必填", "没有申报", "1到25", "0到25")
	group := staff.post("/calls/"+s.Call+"/groups", "name", "农牧业组", "applications", string(ids[0]), "applications", string(ids[1]), "size", "3", "alternates", "3").last(t, "/groups/")
	staff.post("/calls/"+s.Call+"/groups", "name", "又一组", "applications", string(ids[0]), "size", "3", "alternates", "3").says(t, 422, "另一个评审组")
	staff.post("/groups/"+group, "name", "农牧业评审组", "applications", string(ids[0]), "applications", string(ids[1]), "size", "3", "alternates", "3").leads(t, "/groups/")
	staff.renders("/groups/" + group)

	terms := []string{"form", "draw", "employer", "1", "kind-finance", "1", "conflicts", "abstain", "chances", "tickets"}
	freeze := "/groups/" + group + "/draws"
	staff.post(freeze, terms...).says(t, 422, "没有写明公开随机数的来源")
	source := append([]string{"source", "监督人当场报出的六位数"}, terms...)
	staff.post(freeze, append(source, "field-1", "84010", "field-least-1", "3")...).says(t, 409, "满足不了这些条件")
	approver.post(freeze, source...).says(t, 403)
	id := staff.post(freeze, source...).last(t, "/draws/")
	path := "/draws/" + id
	staff.post(freeze, source...).says(t, 409, "正在进行")
	staff.renders(path)
	p := staff.get(path)
	p.says(t, 200, "名单摘要", "密数的承诺", "监督人当场报出的六位数", "同一单位最多1人", "至少1人")
	p.hides(t, "密数（抽取时公开）")

	staff.post(path+"/drawing", "due", "2017-07-10").says(t, 409, "还没有录入")
	staff.post(path+"/witness", "public", "530218", "witness", "驻厅纪检组 张某").says(t, 403, "另一个人")
	approver.post(path+"/witness").says(t, 422, "没有填写公开随机数", "没有填写监督人")
	approver.post(path+"/witness", "public", "530218", "witness", "驻厅纪检组 张某").leads(t, path)
	approver.post(path+"/witness", "public", "530219", "witness", "驻厅纪检组 张某").says(t, 409, "待抽取")
	approver.post(path+"/drawing", "due", "2017-07-10").says(t, 403)
	staff.post(path+"/drawing", "due", "2017-07-10").leads(t, path)
	staff.renders(path)
	staff.get(path).says(t, 200, "驻厅纪检组 张某", "530218", "密数（抽取时公开）", "结果与记录完全一致", "成员3", "候补1", "抽签号")
	s.as("二连园区/经办").get(path).says(t, 404)

	rec, err := draw.Parse([]byte(staff.get("/draw-records/" + staff.get(path).find(t, drawLink)).body))
	s.must(err)
	s.must(draw.Verify(rec))
	if rec.Reveal.Public != "530218" || len(rec.Members) != 3 || len(rec.Alternates) < 3 {
		t.Errorf("%+v", rec.Reveal)
	}
	rec.Members[0], rec.Members[1] = rec.Members[1], rec.Members[0]
	if draw.Verify(rec) == nil {
		t.Error("a record that was changed is true")
	}
	rec.Members[0], rec.Members[1] = rec.Members[1], rec.Members[0]

	again := append(source, "reason", "换一批更好的")
	staff.post(freeze, again...).says(t, 409, "没有理由再抽一次")
	staff.post("/groups/"+group+"/chair", "chair", "demo-nobody").says(t, 422, "现任的成员")
	staff.post("/groups/"+group+"/chair", "chair", rec.Members[2]).leads(t, "/groups/")
	s.seatsAreFilled(staff, group, rec, freeze, again)
	s.sound()
}

// seatsAreFilled: a member declines, the next alternate comes in by the order of the draw.
func (s *site) seatsAreFilled(staff *client, group string, rec draw.Record, freeze string, again []string) {
	s.t.Helper()
	t, path := s.t, "/groups/"+group
	staff.post(path+"/alternate", "due", "2017-07-10").says(t, 409, "没有缺额")
	first := s.expert(org.PersonID(rec.Members[0]))
	first.renders("/reviews")
	first.post("/panel-invitations/"+first.get("/reviews").find(t, inviteForm)+"/refusal", "reason", "出国访问").leads(t, "/reviews")
	filled, err := draw.Fill(rec, []draw.Out{{ID: rec.Members[0], Why: "出国访问"}})
	s.must(err)
	next := filled.Swaps[0].In
	name := ""
	for _, x := range rec.Frozen.Plan.People {
		if x.ID == next {
			name = x.Name
		}
	}
	staff.renders(path)
	staff.get(path).says(t, 200, "缺1位成员", "递补并邀请"+name)
	staff.post(freeze, again...).says(t, 409, "没有理由再抽一次")
	staff.post(path+"/alternate", "due", "2017-07-10").leads(t, path)
	s.expert(org.PersonID(next)).get("/reviews").says(t, 200, "评审邀请", "随机抽取")
	staff.post(path+"/alternate", "due", "2017-07-10").says(t, 409, "没有缺额")
	staff.post(path+"/alternate-out", "alternate", next, "why", "x").says(t, 422, "没有选择等候递补")
	staff.post(path+"/ending", "reason", "不要了").says(t, 409, "已经抽取过专家")
}

// A list that has changed since it was frozen is not drawn from, and what changed is told;
// giving up counts.
func TestDrawFromAChangedList(t *testing.T) {
	s := newSite(t)
	s.must(demo.Pool(s.ctx(), s.World))
	id := s.round("二连园区")[0]
	staff, approver := s.as("厅/业务"), s.as("厅/审批")
	group := staff.post("/calls/"+s.Call+"/groups", "name", "一组", "applications", string(id), "size", "3", "alternates", "3").last(t, "/groups/")
	freeze := "/groups/" + group + "/draws"
	form := []string{"source", "某期彩票", "employer", "1", "conflicts", "strict", "chances", "fair"}
	var path string
	moves := []string{expert.ActPause, expert.ActResume}
	for i := range 3 {
		path = "/draws/" + staff.post(freeze, form...).last(t, "/draws/")
		approver.post(path+"/witness", "public", "1", "witness", "张").leads(t, path)
		s.must(s.MoveExpert(s.ctx(), s.As("厅/业务"), "demo-linqing", moves[i%2], "本人申请"))
		staff.post(path+"/drawing", "due", "2017-07-10").says(t, 409, "冻结以后名单变了", "≠ 林清")
		staff.get(path).says(t, 200, "冻结以后名单变了", "≠ 林清")
		staff.post(path+"/voiding").says(t, 422, "须写明理由")
		staff.post(path+"/voiding", "reason", "名单有变").leads(t, path)
	}
	staff.get(path).says(t, 200, "已放弃", "名单有变")
	staff.post(freeze, form...).says(t, 409, "已抽取满3次")
}

// A match is proposed with its proof, taken once, and its record can be verified; where it
// can't be solved the page says which, why, and what it would take.
func TestMatch(t *testing.T) {
	s := newSite(t)
	s.must(demo.Pool(s.ctx(), s.World))
	ids := s.round("二连园区", "达旗推广中心")
	staff := s.as("厅/业务")
	matches := "/calls/" + s.Call + "/matches"
	staff.post(matches, "form", "match", "mode", "x", "m-size", "0", "most", "0").says(t, 422, "还没有选择结论", "1到25")
	staff.post(matches, "form", "match", "mode", "mixed", "m-size", "3", "most", "4", "least", "0", "m-employer", "1", "balance", "20", "chance", "900", "keep", "yes").says(t, 422, "不能和“保留已有分配”同时用")
	options := []string{"form", "match", "m-size", "3", "most", "4", "least", "0", "m-employer", "1", "balance", "20", "chance", "900", "demand-technical", "2"}
	for mode, says := range map[string]string{"best": "已证明最优", "mixed": "按概率的期望", "fair": "不顾及最差一份"} {
		id := staff.post(matches, append(options, "mode", mode)...).last(t, "/matches/")
		staff.renders("/matches/" + id)
		p := staff.get("/matches/" + id)
		p.says(t, 200, says, "6 / 6")
		s.must(assign.Verify([]byte(staff.get("/draw-records/" + p.find(t, drawLink)).body)))
		if mode == "mixed" {
			staff.post("/matches/"+id+"/dropping").says(t, 422, "须写明理由")
			staff.post("/matches/"+id+"/dropping", "why", "不用随机").leads(t, "/matches/")
			staff.post("/matches/"+id+"/taking", "due", "2017-07-10").says(t, 409, "已经采用或放弃")
		}
	}
	id := staff.post(matches, append(options, "mode", "fair")...).last(t, "/matches/")
	s.as("厅/审批").post("/matches/"+id+"/taking", "due", "2017-07-10").says(t, 403)
	staff.post("/matches/"+id+"/taking", "due", "2017-06-01").says(t, 422, "晚于现在")
	staff.post("/matches/"+id+"/taking", "due", "2017-07-10").leads(t, "/matches/")
	staff.post("/matches/"+id+"/taking", "due", "2017-07-10").says(t, 409, "已经采用或放弃")
	panels, err := s.Panels(s.ctx(), s.As("厅/业务"), s.Call)
	s.must(err)
	for _, l := range panels.Lines {
		if len(l.Panel) != 3 || l.Short != 0 || l.Panel[0].Via != "match" || l.Panel[0].Record == "" {
			t.Errorf("%s: %d experts, %d missing, %+v", l.Number, len(l.Panel), l.Short, l.Panel)
		}
	}
	s.fewestChanges(staff, ids[0], append(options, "mode", "best", "keep", "yes"))
	s.sound()
}

// fewestChanges: an expert declines, and only that place is filled anew.
func (s *site) fewestChanges(staff *client, id application.ID, options []string) {
	s.t.Helper()
	t := s.t
	c, err := s.Case(s.ctx(), s.As("厅/业务"), id)
	s.must(err)
	gone := c.Reviews[0]
	e := s.expert(gone.Expert)
	lost := 1
	if x, err := s.InvitationsOf(s.ctx(), s.AsExpert(gone.Expert)); err == nil {
		lost = x[0].Given
	}
	stale := staff.post("/calls/"+s.Call+"/matches", options...).last(t, "/matches/")
	e.post("/panel-invitations/"+e.get("/reviews").find(t, inviteForm)+"/refusal", "reason", "住院").leads(t, "/reviews")
	staff.get("/matches/"+stale).says(t, 200, "不能再采用")
	staff.post("/matches/"+stale+"/taking", "due", "2017-07-10").says(t, 409, "方案已过时")
	next := staff.post("/calls/"+s.Call+"/matches", options...).last(t, "/matches/")
	m, err := s.Match(s.ctx(), s.As("厅/业务"), next)
	s.must(err)
	if ch := m.Record.Changes; ch == nil || len(ch.Added) != lost || len(ch.Gone) != 0 || ch.Kept != 6-lost {
		t.Errorf("changes %+v, want %d added and nothing else", m.Record.Changes, lost)
	}
	staff.post("/matches/"+next+"/taking", "due", "2017-07-10").leads(t, "/matches/")
	panels, err := s.Panels(s.ctx(), s.As("厅/业务"), s.Call)
	s.must(err)
	for _, l := range panels.Lines {
		if l.Short != 0 {
			t.Errorf("%s lacks %d", l.Number, l.Short)
		}
	}
}

func TestNobodyLeft(t *testing.T) {
	s := newSite(t)
	id := s.round("内蒙古农业大学")[0] // an expert of the five works there
	staff := s.as("厅/业务")
	match := staff.post("/calls/"+s.Call+"/matches", "mode", "best", "m-size", "5", "most", "4", "least", "0", "m-employer", "0", "balance", "0").last(t, "/matches/")
	staff.renders("/matches/" + match)
	staff.get("/matches/"+match).says(t, 200, "还缺1个评审名额", "专家库5人", "已配4人", "回避（", "只能增加专家")
	m, err := s.Match(s.ctx(), s.As("厅/业务"), match)
	s.must(err)
	if l := m.Record.Short; len(l) != 1 || l[0].Dossier != string(id) || l[0].Sum() != l[0].Pool {
		t.Errorf("the counts of %+v don't add up", l)
	}
	staff.post("/matches/"+match+"/taking", "due", "2017-07-10").says(t, 422, "还缺1个评审名额。仍要采用")
	staff.post("/matches/"+match+"/taking", "due", "2017-07-10", "reason", "专家库小，先评四份").leads(t, "/matches/")
	staff.get("/matches/"+match).says(t, 200, "专家库小，先评四份")
}
