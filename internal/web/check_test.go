package web_test

import (
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/filing"
	"shenbao/internal/org"
)

// allMet are the fields of a checklist on which every line is met; changes write over some.
func allMet(c *desk.Case, changes ...string) []string {
	var pairs []string
	for _, it := range demo.Met(c.Notice) {
		pairs = append(pairs, "item."+it.Key, it.Finding)
	}
	for i := 0; i+1 < len(changes); i += 2 {
		for k := 0; k+1 < len(pairs); k += 2 {
			if pairs[k] == changes[i] {
				pairs = append(pairs[:k], pairs[k+2:]...)
				break
			}
		}
	}
	return append(pairs, changes...)
}

func (s *site) staffCase(id application.ID) *desk.Case {
	s.t.Helper()
	c, err := s.Case(s.ctx(), s.As("厅/业务"), id)
	s.must(err)
	return c
}

func TestMaterialCheck(t *testing.T) {
	s := newSite(t)
	id := s.atRegion("内蒙古农业大学")
	path := "/applications/" + string(id) + "/check"
	staff, intake := s.as("厅/业务"), s.as("中心/受理")
	list := "/calls/" + s.Call + "/material"
	for _, who := range []*client{staff, intake, s.as("厅/审批")} {
		who.renders(list)
		who.renders(path)
	}
	staff.get(list).says(t, 200, "未审核", "自荐", "缺5份申报表", "还有10个工作日")
	s.as("内蒙古农业大学/经办").get(list).says(t, 403, "业务处室")
	s.as("松山园区/经办").get(path).says(t, 404)
	s.as("专家/钱").get(path).says(t, 404)
	staff.get(path).says(t, 200, "通知三（一）", "必填各栏均已填写", "没有登记纸件", "申报表纸质5份", "依据：通知七（二）", "时限10个工作日")

	c := s.staffCase(id)
	t.Run("not every line", func(t *testing.T) {
		p := staff.post(path, "result", "pass", "item.1a", "met", "note.1a", "见协议三份", "reason", "拟通过")
		p.says(t, 422, "还有24项没有核对", "见协议三份", "拟通过", "#f-item_1b")
	})
	t.Run("a condition not met", func(t *testing.T) {
		staff.post(path, allMet(c, "item.2b", "not_met", "note.2b", "没有文件", "result", "pass")...).says(t, 422, "没有核为具备", "没有文件", "#f-item_2b")
	})
	t.Run("no result", func(t *testing.T) { staff.post(path).says(t, 422, "还没有选择结论") })
	t.Run("supplement without anything, date", func(t *testing.T) {
		staff.post(path, "result", "supplement", "due", "2017-06-01").says(t, 422, "没有选择需要补正的栏目", "须定一个晚于现在的日期")
	})
	t.Run("supplement without a reason", func(t *testing.T) {
		staff.post(path, "result", "supplement", "due", "2017-07-03", "fields", "单位简介", "kind.单位简介", "wrong").says(t, 422, "须写明理由", "#f-why_单位简介")
	})
	t.Run("supplement of a file of nobody", func(t *testing.T) {
		staff.post(path, "result", "supplement", "due", "2017-07-03", "fields", "附件.x", "kind.附件.x", "wrong", "why.附件.x", "r").says(t, 404)
	})
	t.Run("the centre can't refuse", func(t *testing.T) {
		intake.get(path).hides(t, `value="reject"`)
		intake.post(path, "result", "reject", "reason", "不符合条件", "clause", "三").says(t, 403, "业务处室")
	})
	if s.state(id) != application.Checking {
		t.Fatal("a refused check moved the application")
	}
	intake.post(path, "do", "keep", "item.forms", "not_met", "note.forms", "只收到三份").leads(t, path+"?done=check-kept")
	staff.get(path).says(t, 200, "只收到三份", "还有24项未核")
	staff.get(list).says(t, 200, "审核中", "24项未核")
	staff.post(path, allMet(c, "result", "pass", "_key", "k")...).leads(t, path+"?done=check-pass")
	staff.post(path, allMet(c, "result", "pass", "_key", "k")...).leads(t, path) // a second click is the same act
	staff.post(path, allMet(c, "result", "pass")...).says(t, 409, "专家评审中")
	if s.state(id) != application.Reviewing {
		t.Error("not under review")
	}
	staff.renders(path)
	staff.get(path).says(t, 200, "审核已结束")
}

// A supplement is read by the applicant line by line, opens only what it names, can be
// taken back, extended, and ended when nobody answered.
func TestSupplement(t *testing.T) {
	s := newSite(t)
	id := s.atRegion("内蒙古农业大学")
	base := "/applications/" + string(id)
	path, list := base+"/check", "/calls/"+s.Call+"/material"
	staff, clerk := s.as("厅/业务"), s.as("内蒙古农业大学/经办")
	order := []string{"result", "supplement", "due", "2017-07-03", "fields", "单位简介", "kind.单位简介", "outdated", "why.单位简介", "获奖情况只写到2014年。",
		"fields", "佐证.2b", "kind.佐证.2b", "missing", "why.佐证.2b", "没有政策文件原文。"}
	staff.get(path).says(t, 200, `value="2017-06-27"`) // five working days from tomorrow
	staff.post(path, order...).leads(t, path+"?done=check-supplement")
	staff.renders(path)
	staff.get(path).says(t, 200, "已要求补正（第1次）", "材料过期", "获奖情况只写到2014年", "2017年7月3日24时", "暂停计时")
	staff.get(list+"?which=supplements").says(t, 200, "第1次补正中", "暂停计时")
	for _, page := range []string{base, base + "/answers-check", base + "/form/text-1"} {
		clerk.renders(page)
		clerk.get(page).says(t, 200, "获奖情况只写到2014年。", "材料过期", "没有政策文件原文。", "缺少材料")
	}
	clerk.get(base+"/form/condition-2b").says(t, 200, `name="purpose" value="evidence"`, "只要求补正这一条的佐证材料")
	clerk.get(base+"/form/condition-2c").hides(t, `name="purpose" value="evidence"`)
	clerk.post(base+"/answers", "field", "基本情况", "value", "改一改", "version", "1").says(t, 422, "没有开放这一栏")
	staff.post(base+"/supplement-cancellation").says(t, 422, "须写明理由")
	staff.post(base+"/supplement-ending", "lapse", "逾期").says(t, 409, "还没有过")
	staff.post(base+"/supplement-cancellation", "reason", "证书经核仍有效").leads(t, path)
	staff.post(base+"/supplement-cancellation", "reason", "再收回一次").says(t, 409, "材料审核中")
	staff.get(path).says(t, 200, "收回", "证书经核仍有效")

	staff.post(path, order...).leads(t, path)
	s.later(20 * 24 * time.Hour)
	staff, clerk = s.as("厅/业务"), s.as("内蒙古农业大学/经办") // the sessions have ended meanwhile
	staff.get(list+"?which=supplements").says(t, 200, "补正逾期")
	staff.get(path).says(t, 200, "申报单位没有报回")
	s.as("中心/受理").post(base+"/supplement-extension", "until", "2017-07-20", "more", "r").says(t, 403, "业务处室")
	staff.post(base+"/supplement-extension", "until", "2017-07-03", "more", "单位搬迁").says(t, 422, "新的期限须晚于现在", "#f-until", "单位搬迁")
	staff.post(base+"/supplement-extension", "until", "2017-07-20").says(t, 422, "须写明理由", "#f-more")
	staff.post(base+"/supplement-extension", "until", "2017-07-20", "more", "单位搬迁").leads(t, path)
	clerk.get(base).says(t, 200, "2017年7月20日24时", "单位搬迁")
	s.later(20 * 24 * time.Hour)
	staff, clerk = s.as("厅/业务"), s.as("内蒙古农业大学/经办") // the sessions have ended meanwhile
	staff.post(base+"/supplement-ending").says(t, 422, "须写明理由", "#f-lapse")
	staff.post(base+"/supplement-ending", "lapse", "两次催办未报。").leads(t, path)
	staff.renders(path)
	staff.get(path).says(t, 200, "逾期未报", "两次催办未报。")
	staff.get(list).says(t, 200, "已补正2次", "已超")
	clerk.get(base).says(t, 200, "逾期未报")
}

// One file can be asked for by itself: only it can be taken off.
func TestSupplementOfOneFile(t *testing.T) {
	s := newSite(t)
	_, draft := s.filled("种子站")
	add := func(name string) string {
		id, err := s.AddFile(s.ctx(), s.As("种子站/经办"), draft, desk.Sent{Purpose: filing.ForEvidence, Topic: "2b", Name: name, Size: int64(len(demo.Scan(name))),
			Body: strings.NewReader(string(demo.Scan(name)))})
		s.must(err)
		return id
	}
	one, two := add("one.pdf"), add("two.pdf")
	s.must(demo.HandIn(s.ctx(), s.World, "种子站", draft))
	s.must(demo.PassUp(s.ctx(), s.World, draft))
	base := "/applications/" + string(draft)
	staff, clerk := s.as("厅/业务"), s.as("种子站/经办")
	staff.get(base+"/check").says(t, 200, "one.pdf", "单个文件")
	field := filing.FileField(one)
	staff.post(base+"/check", "result", "supplement", "due", "2017-07-03", "fields", field, "kind."+field, "outdated", "why."+field, "文件已废止，请换现行文件。").leads(t, base)
	p := clerk.get(base + "/form/condition-2b")
	p.says(t, 200, "文件已废止", "文件“one.pdf”", "/files/"+one+"/removal")
	p.hides(t, "/files/"+two+"/removal")
	clerk.post(base+"/files/"+two+"/removal").says(t, 422)
	clerk.post(base+"/files/"+one+"/removal").leads(t, base)
}

func TestNotAccepted(t *testing.T) {
	s := newSite(t)
	id := s.atRegion("内蒙古农业大学")
	base := "/applications/" + string(id)
	path := base + "/check"
	staff, approver, unit := s.as("厅/业务"), s.as("厅/审批"), s.as("内蒙古农业大学/负责人")
	staff.post(path, "result", "reject").says(t, 422, "须写明理由", "须写明依据")
	approver.post(base+"/rejection").says(t, 409, "没有等待确认")
	propose := []string{"result", "reject", "clause", "三（二）", "reason", "所在地政府未投入经费，条件不具备。"}
	staff.post(path, propose...).leads(t, path+"?done=check-reject")
	if s.state(id) != application.Checking {
		t.Fatal("one person ended it")
	}
	for _, c := range []*client{staff, approver, s.as("中心/受理")} {
		c.renders(path)
	}
	unit.get(base).hides(t, "所在地政府未投入经费")
	approver.get("/home").says(t, 200, "确认不予受理")
	staff.get(path).says(t, 200, "您是提出人")
	staff.get("/calls/"+s.Call+"/material").says(t, 200, "不予受理待确认")
	staff.post(path, propose...).says(t, 409, "等待另一人确认")
	staff.post(base+"/rejection").says(t, 403, "两个人分别完成")
	s.as("中心/受理").post(base+"/rejection").says(t, 403, "业务处室")
	approver.post(base+"/rejection-return").says(t, 422, "须写明理由", "#f-back")
	approver.post(base+"/rejection-return", "back", "可以先要求补正。").leads(t, path)
	staff.get(path).says(t, 200, "可以先要求补正。")
	staff.post(path, propose...).leads(t, path)
	approver.post(base+"/rejection").leads(t, path+"?done=rejected")
	if s.state(id) != application.NotAccepted {
		t.Error("not ended")
	}
	staff.renders(path)
	unit.get(base).says(t, 200, "所在地政府未投入经费", "三（二）")
}

// Forty in a row: from each to the next by a link or by saving, the latest first.
func TestCheckInARow(t *testing.T) {
	s := newSite(t)
	first := s.atRegion("内蒙古农业大学")
	s.later(24 * time.Hour)
	second := s.atRegion("二连园区")
	staff := s.as("厅/业务")
	at := func(id application.ID) string { return "/applications/" + string(id) + "/check" }
	p := staff.get(at(first))
	p.says(t, 200, `rel="next"`, `href="`+at(second)+`"`, "第1份，共2份", `value="keep-next"`)
	p.hides(t, `rel="prev"`)
	staff.get(at(second)).says(t, 200, `rel="prev"`, `href="`+at(first)+`"`)
	staff.post(at(first), "do", "keep-next", "item.1a", "met").leads(t, at(second))
	staff.post(at(second), "do", "keep-next", "item.1a", "met").leads(t, at(second)) // there is no next one
	if !strings.Contains(staff.get(at(first)).body, `name="item.1a" value="met" checked`) {
		t.Error("what was found is lost")
	}
	body := staff.get("/calls/" + s.Call + "/material").body
	if strings.Index(body, at(first)) > strings.Index(body, at(second)) {
		t.Error("the later one is first")
	}
	if strings.Contains(body, `value="pass"`) {
		t.Error("the list offers to pass what nobody checked")
	}

	rules := "/calls/" + s.Call + "/check-rules"
	staff.post(rules, "check_days", "0", "supplement_days", "x").says(t, 422, "1到90")
	staff.post(rules, "check_days", "1", "supplement_days", "5").says(t, 422, "须写明理由")
	staff.post(rules, "check_days", "10", "supplement_days", "5", "reason", "r").says(t, 422, "没有改动")
	s.as("中心/受理").post(rules, "check_days", "1", "supplement_days", "5", "reason", "r").says(t, 403)
	staff.post(rules, "check_days", "1", "supplement_days", "5", "reason", "本批数量少").leads(t, "/calls/"+s.Call+"/material")
	s.later(24 * time.Hour)
	staff = s.as("厅/业务")
	staff.get("/calls/"+s.Call+"/material").says(t, 200, "已超1个工作日", "将到期，还有0个工作日")
	staff.renders("/calls/" + s.Call)
}

// What another unit shares, and passages that stand in both, are pointed out and claimed
// to be nothing; the units themselves learn nothing of it.
func TestAlike(t *testing.T) {
	s := newSite(t)
	mine := s.atRegion("内蒙古农业大学")
	other := s.atRegion("二连园区")
	base := "/applications/" + string(mine)
	staff := s.as("厅/业务")
	staff.get(base+"/check").says(t, 200, "还没有与其他申报比对")
	staff.get(base+"/likenesses/"+string(other)).says(t, 404)
	for range 2 { // it may be done twice
		s.must(s.Compare(s.ctx(), s.clock(), mine))
		s.must(s.Compare(s.ctx(), s.clock(), other))
	}
	staff.get(base+"/check").says(t, 200, "与1份申报有相同之处", "不下结论", "段文字相同")
	for _, pair := range [][2]application.ID{{mine, other}, {other, mine}} {
		p := "/applications/" + string(pair[0]) + "/likenesses/" + string(pair[1])
		staff.renders(p)
		staff.get(p).says(t, 200, "<mark>", "二连浩特口岸物流专家服务基地", "现代草牧业专家服务基地", "自治区科学技术进步三等奖")
		staff.get(p).hides(t, s.handedIn(other).Get("账号"))
		s.as("中心/受理").renders(p)
		s.as("厅/财务").get(p).says(t, 403)
		s.as("内蒙古农业大学/经办").get("/applications/"+string(mine)+"/likenesses/"+string(other)).says(t, 403)
		s.as("二连园区/经办").get("/applications/"+string(mine)+"/likenesses/"+string(other)).says(t, 404)
	}
	staff.get("/calls/"+s.Call+"/material").says(t, 200, "与1份相近")
}

func TestSiteVisit(t *testing.T) {
	s := newSite(t)
	id := s.atRegion("内蒙古农业大学")
	base := "/applications/" + string(id)
	path := base + "/site-visit"
	staff, unit := s.as("厅/业务"), s.as("内蒙古农业大学/经办")
	plan := []string{"date", "2017-06-22", "members", "王建国 厅\r\n李明 中心", "look", "试验田、培训教室、账目"}
	staff.renders(path)
	staff.post(path, plan...).says(t, 409, "没有安排现场考察")
	s.must(s.SetCheckRules(s.ctx(), s.As("厅/业务"), s.Call, application.CheckRules{CheckDays: 10, SupplementDays: 5, SiteVisit: true}, "本批现场看"))
	staff.post(path, "date", "2017-06-20", "members", "王建国", "look", "试验田").says(t, 422, "最早是明天", "不少于2人", "试验田")
	staff.post(path, plan...).leads(t, path+"?done=visit-planned")
	staff.renders(path)
	unit.renders(base)
	unit.get(base).says(t, 200, "将进行现场考察", "2017年6月22日", "李明 中心", "培训教室")
	unit.get(path).says(t, 403)
	staff.get(base+"/check").says(t, 200, "已安排于2017年6月22日")
	staff.post(path, plan...).says(t, 409, "已安排2017-06-22的现场考察")
	staff.post(path+"-report", "done", "2017-06-22", "findings", "属实").says(t, 422, "不能晚于今天")
	staff.post(path+"-cancellation").says(t, 422, "须写明理由")
	s.later(72 * time.Hour)
	staff, unit = s.as("厅/业务"), s.as("内蒙古农业大学/经办")
	photo, err := s.AddFile(s.ctx(), s.As("厅/业务"), id, desk.Sent{Purpose: filing.ForVisit, Topic: "1", Name: "田间.pdf", Size: int64(len(demo.Scan("x"))),
		Body: strings.NewReader(string(demo.Scan("x")))})
	s.must(err)
	staff.post(path+"-report", "done", "2017-06-22", "findings", "试验田与申报一致，账目清楚。").leads(t, path+"?done=visit-reported")
	staff.renders(path)
	staff.get(path).says(t, 200, "试验田与申报一致", "田间.pdf")
	staff.get(base+"/files/"+photo).says(t, 200)
	unit.get(base+"/files/"+photo).says(t, 404)
	unit.get(base).hides(t, "试验田与申报一致", "田间.pdf")
}

// What a visit found is read by those who review, after their declaration.
func TestVisitIsReviewed(t *testing.T) {
	s := newSite(t)
	id := s.atRegion("内蒙古农业大学")
	staff := s.As("厅/业务")
	s.must(s.SetCheckRules(s.ctx(), staff, s.Call, application.CheckRules{CheckDays: 10, SupplementDays: 5, SiteVisit: true}, "本批现场看"))
	s.must(s.PlanVisit(s.ctx(), staff, id, application.VisitPlan{Date: "2017-06-22", Members: []string{"王建国 厅", "李明 中心"}, Look: "试验田"}))
	s.must(demo.CheckMaterial(s.ctx(), s.World, id))
	s.later(72 * time.Hour)
	photo, err := s.AddFile(s.ctx(), s.As("厅/业务"), id, desk.Sent{Purpose: filing.ForVisit, Topic: "1", Name: "田间.pdf", Size: int64(len(demo.Scan("x"))),
		Body: strings.NewReader(string(demo.Scan("x")))})
	s.must(err)
	s.must(demo.OpenRound(s.ctx(), s.World))
	s.must(s.Assign(s.ctx(), s.As("厅/业务"), id, []org.PersonID{"demo-qianxuewen"}, s.clock().AddDate(0, 0, 14), "按专业指定"))
	s.must(s.Accept(s.ctx(), "demo-qianxuewen"))
	qian, path := s.as("专家/钱"), "/reviews/"+string(id)
	file := path + "/files/" + photo
	qian.get(path).hides(t, "试验田面积与申报一致")
	qian.get(file).says(t, 404)
	s.must(s.Accept(s.ctx(), "demo-qianxuewen"))
	qian.post(path+"/declaration", "tie", "none").leads(t, path)
	qian.get(file).says(t, 404) // not reported yet
	s.must(s.ReportVisit(s.ctx(), s.As("厅/业务"), id, "2017-06-22", "试验田面积与申报一致。"))
	qian.get(path).says(t, 200, "试验田面积与申报一致", "田间.pdf", "李明 中心")
	qian.get(file).says(t, 200)
	s.as("专家/林").get(file).says(t, 404)
}
