package web_test

import (
	"net/url"
	"strings"
	"testing"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// roundOf is the last round of the call.
func (s *site) roundOf() review.Round {
	s.t.Helper()
	l, err := s.Reviews(s.ctx(), s.As("厅/业务"), s.Call)
	s.must(err)
	return l.Rounds[len(l.Rounds)-1]
}

// sheetRows are the rows of a sheet as its form sends them.
func sheetRows(weights ...string) []string {
	pairs := []string{"scale", "0", "step", "1", "comment_min", "10", "method", "mean", "trim_from", "5", "decimals", "2", "veto_half", "one", "tie.0", "votes",
		"verdict.0.name", "同意", "verdict.0.agree", "yes", "verdict.1.name", "不同意", "verdict.1.agree", ""}
	for i, w := range weights {
		n := string(rune('0' + i))
		pairs = append(pairs, "aspect."+n+".level", "1", "aspect."+n+".name", "评分项"+n, "aspect."+n+".english", "Aspect "+n, "aspect."+n+".weight", w, "aspect."+n+".need", "", "aspect."+n+".hint", "")
	}
	return pairs
}

// A round from its plan to its line: who may, in which order, and what each refusal says,
// with everything typed still there.
func TestRound(t *testing.T) {
	s := newSite(t)
	a, b := s.reviewing("内蒙古农业大学"), s.reviewing("二连园区")
	list, rounds := s.call("/reviews"), s.call("/rounds")
	staff, approver := s.as("厅/业务"), s.as("厅/审批")
	plan := func(change ...string) []string {
		return append([]string{"name", "第一轮", "mode", "remote", "size", "2", "floor", "1", "due", "2017-07-10", "reason", "按处务会意见安排"}, change...)
	}
	staff.get(list).says(t, 200, "还没有评审轮次", "2份申报等待")
	approver.post(rounds, plan()...).says(t, 403, "业务处室")
	s.as("内蒙古农业大学/经办").get(list).says(t, 403)
	staff.post(rounds, "name", "", "mode", "", "size", "x", "floor", "0", "due", "2017-06-01", "reason", "留着这句").
		says(t, 422, "轮次名称须填写", "还没有选择结论", "1到25", "晚于现在", "留着这句")
	p := staff.post(rounds, plan()...)
	p.leads(t, "/rounds/")
	at, _, _ := strings.Cut(p.location, "?")
	for _, path := range []string{at, at + "/sheet", list, s.call("/results"), s.call("/sheets")} {
		staff.renders(path)
	}
	staff.get(at).says(t, 200, "非通知原文", "政府引导、依需设立", "建设的必要性、可行性（依需设立）", "待开始")
	s.as("内蒙古农业大学/经办").get(s.call("/sheets")).says(t, 200, "尚未公布")

	// The sheet: bad ones come back as they were typed.
	staff.post(at+"/sheet", append(sheetRows("50", "40"), "reason", "改两项")...).says(t, 422, "合计90%，须正好100%", `value="评分项0"`, `value="40"`)
	staff.post(at+"/sheet", append(sheetRows("50", "abc"), "reason", "改两项")...).says(t, 422, "权重须大于0", `value="评分项1"`)
	staff.post(at+"/sheet", sheetRows("50", "50")...).says(t, 422, "须写明理由")
	staff.post(at+"/sheet", append(sheetRows("60", "40"), "reason", "只评两项")...).leads(t, at)
	staff.get(at).says(t, 200, "业务处室设定的评分表", "评分项1", "60%", "同意的票数")
	approver.post(at+"/sheet", append(sheetRows("60", "40"), "reason", "x")...).says(t, 403)

	// Two persons look.
	staff.post(at+"/plan", plan("name", "初评")...).leads(t, at)
	staff.post(at+"/opening").says(t, 403, "不能自己开始")
	approver.post(at+"/opening").leads(t, at)
	staff.post(at+"/sheet", append(sheetRows("50", "50"), "reason", "再改")...).says(t, 409, "已经开始")
	for _, who := range []string{"内蒙古农业大学/经办", "专家/钱"} {
		s.as(who).renders(s.call("/sheets"))
		s.as(who).get(s.call("/sheets")).says(t, 200, "评分项1", "非通知原文", "四舍五入到2位小数")
	}

	// Both score alike: a line through the tie asks for a decision.
	for _, id := range []application.ID{a, b} {
		s.must(s.Assign(s.ctx(), s.As("厅/业务"), id, []org.PersonID{"demo-qianxuewen"}, s.clock().AddDate(0, 0, 9), "按专业指定"))
	}
	s.must(s.Accept(s.ctx(), "demo-qianxuewen"))
	qian := s.as("专家/钱")
	staff.post(at+"/closing", "to", "all").says(t, 409, "还有2份申报没有评完：2份评分未交")
	for _, id := range []application.ID{a, b} {
		s.must(s.Declare(s.ctx(), s.As("专家/钱"), id, review.Declaration{None: true}))
		qian.post("/reviews/"+string(id)+"/score", "do", "hand-in", "mark.1", "50", "mark.2", "30", "verdict", "1", "comment", "活动多年不断，效果有数字可查。").leads(t, "/reviews")
	}
	staff.get(at).says(t, 200, "80.00", "并列")
	staff.post(at+"/closing", "to", "next", "top", "1").says(t, 422, "有2份申报并列第1名", "现代草牧业", "二连")
	staff.post(at+"/closing", "to", "next", "top", "1", "chosen", string(a)).says(t, 422, "须写明理由")
	staff.post(at+"/closing", "to", "next", "top", "1", "chosen", string(a), "reason", "兼顾行业布局").leads(t, at)
	staff.get(at).says(t, 200, "线上并列2份，取舍理由：兼顾行业布局", "线上1份")
	if s.state(a) != application.Reviewing || s.state(b) != application.Reviewing {
		t.Error("a line into a further round ends nobody's review")
	}
	staff.get(list).says(t, 200, "1份申报在线上，等待下一轮评审")
	next := staff.post(rounds, plan("after", strings.TrimPrefix(at, "/rounds/"), "name", "复评")...)
	next.leads(t, "/rounds/")
	if r := s.roundOf(); len(r.Applications) != 1 || r.Applications[0] != string(a) || r.Level != 2 || r.Sheet.Hash() == "" {
		t.Errorf("%+v", r)
	}
}

// An expert's sheet: saved as it is typed, bad marks said at once and nothing lost, handed
// in once.
func TestScoreSheet(t *testing.T) {
	s := newSite(t)
	id := s.reviewing("内蒙古农业大学")
	s.must(demo.OpenRound(s.ctx(), s.World))
	s.must(s.Assign(s.ctx(), s.As("厅/业务"), id, []org.PersonID{"demo-qianxuewen"}, s.clock().AddDate(0, 0, 9), "按专业指定"))
	path := "/reviews/" + string(id)
	qian := s.as("专家/钱")
	if status, _ := qian.ask("POST", path+"/sheet", "field", "mark.1", "value", "20", "version", "0"); status != 404 {
		t.Errorf("before the invitation was accepted: %d", status)
	}
	qian.get(path+"/paper").says(t, 404)
	s.must(s.Accept(s.ctx(), "demo-qianxuewen"))
	s.must(s.Declare(s.ctx(), s.As("专家/钱"), id, review.Declaration{None: true}))
	qian.renders(path)
	save := func(field, value, version string) (int, map[string]any) {
		return qian.ask("POST", path+"/sheet", "field", field, "value", value, "version", version)
	}
	if status, body := save("mark.1", "２５", "0"); status != 200 || body["version"] != float64(1) {
		t.Errorf("%d %v", status, body)
	}
	if status, body := save("mark.1", "20", "0"); status != 409 || body["value"] != "２５" {
		t.Errorf("an old page: %d %v", status, body)
	}
	for _, bad := range []struct{ text, says string }{{"NaN", "不是数"}, {"31", "超出范围"}, {"-1", "超出范围"}, {"8.5", "太细"}} {
		if status, body := save("mark.2", bad.text, "0"); status != 422 || !strings.Contains(body["message"].(string), bad.says) {
			t.Errorf("%s: %d %v", bad.text, status, body)
		}
	}
	if status, body := qian.ask("GET", path+"/sheet?since="); status != 200 || len(body["changes"].([]any)) != 1 {
		t.Errorf("%d %v", status, body)
	}
	qian.post(path+"/score", sheet("keep", "mark.1", "优", "comment", "写了一半")...).says(t, 422, "填的“优”不是数", `value="优"`, "写了一半")
	qian.get(path).says(t, 200, `value="优"`, "写了一半") // kept, mistakes and all
	qian.post(path+"/score", sheet("hand-in", "mark.1", "25", "mark.5", "")...).says(t, 422, "还没有打分", `value="25"`)
	qian.post(path+"/score", sheet("hand-in", "mark.1", "２５")...).leads(t, "/reviews")
	qian.get(path).says(t, 200, "61.00", "不能再改")
	if status, _ := save("comment", "再补一句", "1"); status != 409 {
		t.Errorf("typed into a sheet that is in: %d", status)
	}
	if !strings.Contains(qian.get(path+"/paper").body, "%PDF-") {
		t.Error("no paper to fill in")
	}

	// Given back for correction; both stay.
	sheets := "/applications/" + string(id) + "/sheets/demo-qianxuewen"
	staff := s.as("厅/业务")
	staff.renders(sheets)
	staff.renders("/applications/" + string(id) + "/review")
	staff.post(sheets+"/reopening").says(t, 422, "须写明理由")
	s.as("厅/审批").post(sheets+"/reopening", "reason", "x").says(t, 403)
	staff.post(sheets+"/reopening", "reason", "第一项打错").leads(t, sheets)
	qian.get(path).says(t, 200, "第一项打错", `value="２５"`)
	qian.post(path+"/score", sheet("hand-in", "mark.1", "30")...).leads(t, "/reviews")
	staff.get(sheets).says(t, 200, "66.00", "61.00", "第一项打错")
	staff.get(s.call("/results")).says(t, 200, "1/3", "评分还太少")
}

// A sheet that came back on paper: with its scan, checked by somebody else.
func TestPaperSheet(t *testing.T) {
	s := newSite(t)
	id := s.reviewing("内蒙古农业大学")
	s.must(demo.OpenRound(s.ctx(), s.World))
	s.must(s.Assign(s.ctx(), s.As("厅/业务"), id, []org.PersonID{"demo-qianxuewen"}, s.clock().AddDate(0, 0, 9), "按专业指定"))
	at := "/applications/" + string(id) + "/sheets/demo-qianxuewen"
	staff, other := s.as("厅/业务"), s.as("厅/业务2")
	staff.renders(at)
	if !strings.Contains(staff.get(at+"/paper").body, "%PDF-") {
		t.Error("no paper")
	}
	scan := demo.Scan("signed")
	staff.sends(at+"/paper", "file", "评分表.pdf", scan, sheet("")...).says(t, 422, "还没有声明有无利害关系", `value="9"`)
	staff.sends(at+"/paper", "file", "评分表.pdf", scan, append(sheet("", "mark.1", "99"), "declares", "yes")...).says(t, 422, "超出范围", `value="99"`)
	staff.sends(at+"/paper", "file", "评分表.exe", []byte("MZ"), append(sheet(""), "declares", "yes")...).says(t, 422)
	staff.sends(at+"/paper", "other", "评分表.pdf", scan, append(sheet(""), "declares", "yes")...).says(t, 422, "须附扫描件")
	staff.sends(at+"/paper", "file", "评分表.pdf", scan, append(sheet(""), "declares", "yes")...).leads(t, at)
	staff.get(at).says(t, 200, "等待", "评分表.pdf", "45.00")
	s.as("专家/钱").get("/reviews/"+string(id)).says(t, 200, "等待另一人核对")
	staff.post(at+"/checking", "right", "yes").says(t, 403, "两个人")
	other.post(at+"/checking", "right", "no").says(t, 422, "须写明理由")
	other.post(at+"/checking", "right", "no", "reason", "第三项看错").leads(t, at)
	staff.sends(at+"/paper", "file", "评分表.pdf", scan, sheet("")...).leads(t, at)
	other.post(at+"/checking", "right", "yes").leads(t, at)
	p := other.get(at)
	p.says(t, 200, "核对", "评分表.pdf")
	link := p.body[strings.Index(p.body, at+"/scan?"):]
	link, _, _ = strings.Cut(link, `"`)
	if got := other.get(strings.ReplaceAll(link, "&amp;", "&")); got.status != 200 || !strings.Contains(got.body, "%PDF") {
		t.Errorf("the scan: %d", got.status)
	}
	other.get(at+"/scan?sha="+url.QueryEscape("../x")).says(t, 404)
	s.as("专家/钱").get(at).says(t, 403)
}

// In a blind round the expert's pages name nobody.
func TestBlindRound(t *testing.T) {
	s := newSite(t)
	id := s.reviewing("内蒙古农业大学")
	round, err := s.PlanRound(s.ctx(), s.As("厅/业务"), s.Call, "", review.Plan{Name: "盲评", Mode: review.Remote, Blind: true, Size: 1, Floor: 1, Due: s.clock().AddDate(0, 0, 9)})
	s.must(err)
	s.must(s.World.Desk.OpenRound(s.ctx(), s.As("厅/审批"), round))
	s.must(s.Assign(s.ctx(), s.As("厅/业务"), id, []org.PersonID{"demo-qianxuewen"}, s.clock().AddDate(0, 0, 9), "按专业指定"))
	s.must(s.Accept(s.ctx(), "demo-qianxuewen"))
	c, err := s.Case(s.ctx(), s.As("厅/业务"), id)
	s.must(err)
	names := []string{c.UnitName, c.BaseName}
	for _, step := range c.Route.Steps {
		if step.Role != org.Decides {
			names = append(names, step.Name)
		}
	}
	for _, f := range c.Answers.Evidence {
		names = append(names, f.Name)
	}
	for _, p := range application.PeopleIn(c.Notice, s.handedIn(id)) {
		names = append(names, p.Name)
	}
	qian, path := s.as("专家/钱"), "/reviews/"+string(id)
	for _, page := range []string{"/reviews", path} {
		qian.get(page).hides(t, names...)
	}
	qian.get(path).says(t, 200, "盲评", "无法自动隐去")
	s.must(s.Declare(s.ctx(), s.As("专家/钱"), id, review.Declaration{None: true}))
	p := qian.get(path)
	p.says(t, 200, "■■■")
	p.hides(t, names...)
	qian.renders(path)
	s.as("厅/业务").get("/applications/"+string(id)+"/review").says(t, 200, c.UnitName)
}

// The panel discusses after each own sheet; the chair sums up; what goes back waits for
// the release.
func TestDiscussion(t *testing.T) {
	s := newSite(t)
	id := s.reviewing("内蒙古农业大学")
	s.must(demo.Review(s.ctx(), s.World, id, 0))
	panel, err := s.Case(s.ctx(), s.As("厅/业务"), id)
	s.must(err)
	key := func(n int) string {
		for _, p := range s.Cast {
			if p.Person == panel.Reviews[n].Expert {
				return p.Key
			}
		}
		return ""
	}
	one, two := s.as(key(0)), s.as(key(1))
	path, staff := "/reviews/"+string(id), s.as("厅/业务")
	one.renders(path + "/discussion")
	one.post(path+"/discussion", "text", " ").says(t, 422, "至少1字")
	one.post(path+"/discussion", "text", "工作计划偏弱，请大家看看。").leads(t, path+"/discussion")
	two.get(path+"/discussion").says(t, 200, "工作计划偏弱", panel.Reviews[0].Name)
	two.post(path+"/summary", "summary", "总体同意认定，计划须细化。").says(t, 403, "组长")
	staff.post("/applications/"+string(id)+"/chair", "expert", "nobody").says(t, 404)
	staff.post("/applications/"+string(id)+"/chair", "expert", string(panel.Reviews[1].Expert)).leads(t, "/applications/"+string(id)+"/review")
	two.post(path+"/summary", "summary", "太短").says(t, 422, "至少10字", "太短")
	two.post(path+"/summary", "summary", "总体同意认定，工作计划须细化。").leads(t, path+"/discussion")
	staff.renders("/applications/" + string(id) + "/discussion")
	staff.get("/applications/"+string(id)+"/discussion").says(t, 200, "工作计划须细化", "工作计划偏弱")
	s.as("专家/农大").get(path+"/discussion").says(t, 404)
	unit := s.as("内蒙古农业大学/负责人")
	unit.get("/applications/"+string(id)+"/comments").says(t, 409, "结果公布以后")
	s.as("二连园区/经办").get("/applications/"+string(id)+"/comments").says(t, 404)
	staff.renders("/applications/" + string(id) + "/comments")
	s.must(demo.CloseRound(s.ctx(), s.World))
	one.post(path+"/discussion", "text", "再说一句").says(t, 409, "没有在进行")
}

// What is advisory is shown to those who run the review, and to nobody else.
func TestResults(t *testing.T) {
	s := newSite(t)
	hosts := []string{"内蒙古农业大学", "二连园区", "红山高新区"}
	var ids []application.ID
	for k, h := range hosts {
		id := s.reviewing(h)
		s.must(demo.Review(s.ctx(), s.World, id, 3*k))
		ids = append(ids, id)
	}
	path := s.call("/results")
	for _, key := range []string{"厅/业务", "厅/审批"} {
		s.as(key).renders(path)
		s.as(key).renders(path + "?cut=1")
		s.as(key).get(path+"?cut=1").says(t, 200, "参考：校准分", "正式分数", "评分的一致程度")
	}
	for _, key := range []string{"内蒙古农业大学/负责人", "专家/钱", "厅/财务", "中心/受理"} {
		s.as(key).get(path).says(t, 403)
	}
	// The page's official scores are those of the rule.
	p, err := s.Outcome(s.ctx(), s.As("厅/业务"), s.Call, "", 0)
	s.must(err)
	for _, l := range p.Outcome.Lines {
		want, err := p.Round.Official(l.Application, p.Panel)
		if err != nil || l.Result.Score != want.Score {
			t.Errorf("%v, want %v (%v)", l.Result.Score, want.Score, err)
		}
		s.as("厅/业务").get(path).says(t, 200, want.Score.Format(2))
	}
	s.as("厅/业务").post(s.call("/comments-back"), "how", "comments").says(t, 422, "须写明理由")
	s.as("厅/业务").post(s.call("/comments-back"), "how", "all", "reason", "x").says(t, 422, "还没有选择结论")
	s.as("厅/业务").post(s.call("/comments-back"), "how", "comments", "reason", "便于改进").leads(t, path)
	for k, id := range ids {
		s.unitLearnsNothing(id, hosts[k], "参考：校准分")
	}
	var none desk.Request
	none.At = s.clock()
	if _, err := s.Outcome(s.ctx(), none, s.Call, "", 0); err == nil {
		t.Error("the public reads the results")
	}
}
