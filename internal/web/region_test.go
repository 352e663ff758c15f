package web_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// atRegion takes a host's application to the department.
func (s *site) atRegion(host string) application.ID {
	s.t.Helper()
	id, err := demo.Submit(s.ctx(), s.World, host)
	s.must(err)
	s.must(demo.PassUp(s.ctx(), s.World, id))
	return id
}

func (s *site) state(id application.ID) application.State {
	s.t.Helper()
	c, err := s.Case(s.ctx(), s.As("厅/业务"), id)
	s.must(err)
	return c.State
}

// renders opens a page in both languages; the sentences are looked for by page.says.
func (c *client) renders(path string) {
	c.s.t.Helper()
	for _, lang := range []string{"zh", "en"} {
		x := *c
		x.lang = lang
		if p := x.get(path); p.status != 200 {
			c.s.t.Errorf("%s in %s: %d\n%s", path, lang, p.status, head(p))
		}
	}
}

// A file that may hold a state secret is locked in one act, from the page of the check.
func TestQuarantine(t *testing.T) {
	s := newSite(t)
	id := s.atRegion("内蒙古农业大学")
	base := "/applications/" + string(id)
	c, err := s.Case(s.ctx(), s.As("厅/业务"), id)
	s.must(err)
	file := c.Files[0].ID
	staff := s.as("厅/业务")
	s.as("中心/受理").post(base+"/quarantine", "file", file, "why", "疑似涉密").says(t, 403)
	staff.post(base+"/quarantine", "file", file).says(t, 422, "须写明理由", "f-why")
	staff.post(base+"/quarantine", "file", "other", "why", "疑似涉密").says(t, 404)
	staff.post(base+"/quarantine", "file", file, "why", "疑似涉密，先行封存").leads(t, base+"/check")
	p := staff.get(base + "/check")
	p.says(t, 200, "已封存")
	p.hides(t, `href="`+base+"/files/"+file+`"`)
	staff.post(base+"/quarantine", "file", file, "why", "再封一次").says(t, 409, "已经封存")
}

func TestLateAdmission(t *testing.T) {
	s := newSite(t)
	id, err := demo.Submit(s.ctx(), s.World, "二连园区")
	s.must(err)
	path := "/applications/" + string(id) + "/late-admission"
	s.later(31 * 24 * time.Hour)
	approver := s.as("厅/审批")
	approver.renders(path)
	s.as("厅/业务").get(path).says(t, 403, "审批")
	approver.post(path, "until", "2017-07-28").says(t, 422, "须写明理由")
	approver.post(path, "until", "2017-07-01", "reason", "暴雨断路，邮路中断三日").says(t, 422, "晚于现在", "暴雨断路")
	approver.post(path, "until", "2017-07-28", "reason", "暴雨断路，邮路中断三日").leads(t, "/applications/"+string(id))
	s.must(demo.PassUp(s.ctx(), s.World, id))
	s.as("厅/业务").get("/calls/"+s.Call+"/material").says(t, 200, "准予补报")
	s.as("厅/业务").get("/applications/"+string(id)+"/check").says(t, 200, "暴雨断路", "孟和")
}

// reviewing is an application under review.
func (s *site) reviewing(host string) application.ID {
	s.t.Helper()
	id := s.atRegion(host)
	s.must(demo.CheckMaterial(s.ctx(), s.World, id))
	return id
}

func TestPanel(t *testing.T) {
	s := newSite(t)
	id := s.reviewing("内蒙古农业大学")
	path, list := "/applications/"+string(id)+"/review", "/calls/"+s.Call+"/reviews"
	staff := s.as("厅/业务")
	staff.renders(path)
	staff.renders(list)
	staff.renders("/experts")
	s.as("中心/受理").get(path).says(t, 403, "业务处室")
	s.as("内蒙古农业大学/负责人").get(path).says(t, 403)

	staff.get(path).says(t, 200, "不在任何一轮评审里")
	staff.post(path, "expert", "demo-qianxuewen", "due", "2017-07-10").says(t, 409, "不在正在进行的评审轮次里")
	s.must(demo.OpenRound(s.ctx(), s.World))
	staff.get(path).says(t, 200, "李文慧", "应当回避", "非通知原文", "至少3位的评分有效")
	staff.post(path, "due", "2017-07-10").says(t, 422, "没有选择专家")
	staff.post(path, "expert", "demo-liwenhui", "due", "2017-07-10", "why", "按专业指定").says(t, 422, "专家李文慧的工作单位“内蒙古农业大学”", "应当回避")
	staff.post(path, "expert", "demo-qianxuewen", "due", "2017-06-01", "why", "按专业指定").says(t, 422, "晚于现在")
	staff.post(path, "expert", "demo-qianxuewen", "due", "2017-07-10").says(t, 422, "须写明理由")
	staff.post(path, "expert", "demo-qianxuewen", "expert", "demo-linqing", "due", "2017-07-10", "why", "按专业指定").leads(t, path)
	staff.post(path, "expert", "demo-qianxuewen", "due", "2017-07-10", "why", "按专业指定").says(t, 409)
	staff.get("/experts").says(t, 200, "钱学文", "内蒙古大学")

	staff.post("/applications/"+string(id)+"/unassignment", "expert", "demo-linqing").says(t, 422, "须写明理由")
	staff.post("/applications/"+string(id)+"/unassignment", "expert", "demo-linqing", "reason", "出国未归").leads(t, path)
	s.as("专家/林").get("/reviews/"+string(id)).says(t, 404)

	s.must(demo.Score(s.ctx(), s.World, id, "demo-qianxuewen", 0))
	staff.post("/applications/"+string(id)+"/unassignment", "expert", "demo-qianxuewen", "reason", "换人").says(t, 409, "已经提交评分")
	staff.get(path).says(t, 200, "1 / 3")
	staff.renders(path)
}

func sheet(do string, change ...string) []string {
	pairs := []string{"do", do, "comment", "活动多年不断，效果有数字，条件齐备。", "verdict", "recommend"}
	for _, a := range review.DefaultSheet().Leaves() {
		pairs = append(pairs, "mark."+a.ID, "9")
	}
	for i := 0; i+1 < len(change); i += 2 {
		for k := 0; k+1 < len(pairs); k += 2 {
			if pairs[k] == change[i] {
				pairs[k+1] = change[i+1]
			}
		}
	}
	return pairs
}

// An expert sees only what is assigned, nothing confidential before the declaration, and
// never the bank block, phone numbers, persons or another expert's marks.
func TestExpert(t *testing.T) {
	s := newSite(t)
	id := s.reviewing("内蒙古农业大学")
	other := s.reviewing("二连园区")
	due := s.clock().AddDate(0, 0, 14)
	s.must(demo.OpenRound(s.ctx(), s.World))
	s.must(s.Assign(s.ctx(), s.As("厅/业务"), id, []org.PersonID{"demo-qianxuewen", "demo-linqing"}, due, "按专业指定"))
	path := "/reviews/" + string(id)
	qian, lin := s.as("专家/钱"), s.as("专家/林")
	qian.renders("/reviews")
	s.unaccepted(qian, id)
	s.must(s.Accept(s.ctx(), "demo-qianxuewen"))
	s.must(s.Accept(s.ctx(), "demo-linqing"))
	qian.renders("/reviews")
	qian.renders(path)
	for _, p := range []string{"/reviews/" + string(other), "/applications/" + string(id), "/applications/" + string(other), "/bases/none"} {
		qian.get(p).says(t, 404)
	}
	qian.get("/applications/"+string(id)+"/review").says(t, 403)
	s.as("厅/业务").get(path).says(t, 404)
	if _, err := s.Case(s.ctx(), s.As("专家/钱"), id); err == nil {
		t.Error("an expert reads the whole case")
	}

	full, err := s.Case(s.ctx(), s.As("厅/业务"), id)
	s.must(err)
	v := s.handedIn(id)
	secret := []string{firstLine(v.Get("单位简介")), v.Get("联系人"), v.Get("电话"), v.Get("账号"), v.Get("手机")}
	before := qian.get(path)
	before.says(t, 200, full.BaseName, full.UnitName, "回避声明")
	before.hides(t, secret...)
	file := ""
	for _, e := range full.Answers.Evidence {
		if e.Purpose == filing.ForEvidence {
			file = e.ID
		}
	}
	if file != "" {
		qian.get(path+"/files/"+file).says(t, 404)
	}

	qian.post(path+"/score", sheet("hand-in")...).says(t, 409, "须先作回避声明")
	qian.post(path+"/declaration").says(t, 422, "还没有选择结论")
	qian.post(path+"/declaration", "tie", "some").says(t, 422, "须写明理由")
	qian.post(path+"/declaration", "tie", "none").leads(t, path)
	qian.post(path+"/declaration", "tie", "none").says(t, 409, "已经作过回避声明")

	after := qian.get(path)
	after.says(t, 200, firstLine(v.Get("单位简介")), "评分表", "非通知原文")
	after.hides(t, v.Get("账号"), v.Get("手机"), v.Get("电话"), v.Get("办公电话"), full.Opinions[0].Signer.Name)
	for _, r := range filing.Rows(v.Get("管理人员")) {
		after.hides(t, r["联系方式"])
	}

	qian.post(path+"/score", sheet("hand-in", "mark.1", "31", "mark.5", "x", "comment", "好", "verdict", "")...).
		says(t, 422, "填的31超出范围，须在0到30分之间", "填的“x”不是数", "评语至少10字", "还没有选择结论", `value="31"`)
	qian.post(path+"/score", sheet("keep", "comment", "先存一下")...).leads(t, path)
	qian.get(path).says(t, 200, "先存一下")
	qian.post(path+"/score", sheet("hand-in")...).leads(t, "/reviews")
	qian.post(path+"/score", sheet("hand-in")...).says(t, 409, "评分已经提交")
	qian.get(path).says(t, 200, "不能再改", "45")

	lin.get(path).hides(t, "活动多年不断", "钱学文")
	lin.post(path+"/declaration", "tie", "none").leads(t, path)
	lin.get(path).hides(t, "活动多年不断", "钱学文")
	s.must(s.Assign(s.ctx(), s.As("厅/业务"), id, []org.PersonID{"demo-wuhaifeng"}, due, "按专业指定"))
	s.must(s.Accept(s.ctx(), "demo-wuhaifeng"))
	wu := s.as("专家/吴")
	wu.post(path+"/declaration", "tie", "some", "kinds", "co-work", "conflict", "三年内有合作项目").leads(t, path)
	wu.post(path+"/score", sheet("hand-in")...).says(t, 409, "您已声明回避")
	p := wu.get(path)
	p.says(t, 200, "您已声明回避")
	p.hides(t, firstLine(v.Get("单位简介")))
	s.as("厅/业务").get("/applications/"+string(id)+"/review").says(t, 200, "三年内有合作项目", "已回避", "45.00")
	s.unitLearnsNothing(id, "内蒙古农业大学", "钱学文", "吴海峰", "45.00", "活动多年不断", "三年内有合作项目")
}

// unaccepted checks that an expert who has not accepted learns nothing of an application.
func (s *site) unaccepted(c *client, id application.ID) {
	s.t.Helper()
	full, err := s.Case(s.ctx(), s.As("厅/业务"), id)
	s.must(err)
	path := "/reviews/" + string(id)
	c.get(path).says(s.t, 404)
	c.post(path+"/declaration", "tie", "none").says(s.t, 404)
	for _, p := range []string{"/reviews", "/home", path, "/messages"} {
		c.get(p).hides(s.t, full.BaseName, full.UnitName, full.Number)
	}
}

// handedIn are the answers of the version that was handed in, nothing masked.
func (s *site) handedIn(id application.ID) filing.Answers {
	s.t.Helper()
	var c filing.Content
	s.must(s.DB.Read(s.ctx(), s.clock(), func(tx *store.Tx) error {
		a, err := tx.Application(s.ctx(), id)
		if err != nil {
			return err
		}
		c, err = tx.Frozen(s.ctx(), id, a.Handed)
		return err
	}))
	return c.Answers
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// unitLearnsNothing: no page, fact or message of the applicant says who reviewed and how.
func (s *site) unitLearnsNothing(id application.ID, host string, secrets ...string) {
	s.t.Helper()
	for _, key := range []string{host + "/经办", host + "/负责人"} {
		c := s.as(key)
		for _, path := range []string{"/home", "/messages", "/applications", "/applications/" + string(id), "/calls/" + s.Call, "/reviews/" + string(id),
			"/applications/" + string(id) + "/check", "/applications/" + string(id) + "/review", "/calls/" + s.Call + "/reviews"} {
			c.get(path).hides(s.t, secrets...)
		}
		x, err := s.Case(s.ctx(), s.As(key), id)
		s.must(err)
		if len(x.Reviews) > 0 || x.Mean != 0 {
			s.t.Error("the applicant gets reviews or the score")
		}
		b, err := json.Marshal(x.Facts)
		s.must(err)
		for _, secret := range secrets {
			if bytes.Contains(b, []byte(secret)) {
				s.t.Errorf("a fact says “%s” to %s", secret, key)
			}
		}
	}
}

// decided takes applications to the list of the determination.
func (s *site) deciding(hosts ...string) (ids []application.ID) {
	s.t.Helper()
	for k, h := range hosts {
		id := s.reviewing(h)
		s.must(demo.Review(s.ctx(), s.World, id, k))
		ids = append(ids, id)
	}
	s.must(demo.CloseRound(s.ctx(), s.World))
	return ids
}

// noPersonInRegister: the register is open to everybody and names nobody (R134).
func (s *site) noPersonInRegister(id application.ID) {
	t := s.t
	c, err := s.Case(s.ctx(), s.As("厅/业务"), id)
	s.must(err)
	v := s.handedIn(id)
	canaries := []string{v.Get("联系人"), v.Get("电话"), v.Get("手机"), v.Get("办公电话"), v.Get("账号"), v.Get("开户联系人"), c.Unit.Phone, c.Unit.Contact, "孟和", "100000"}
	reg, err := s.Bases(s.ctx(), desk.Request{At: s.clock()}, desk.BaseFilter{})
	s.must(err)
	if len(reg.Lines) != 1 {
		t.Fatalf("%d bases", len(reg.Lines))
	}
	public := s.as("")
	public.renders("/bases")
	public.renders("/bases/" + reg.Lines[0].ID)
	for _, path := range []string{"/bases", "/bases/" + reg.Lines[0].ID, "/bases.csv"} {
		p := public.get(path)
		p.says(t, 200, c.BaseName, c.UnitName, "2017-001")
		p.hides(t, canaries...)
	}
	public.get("/bases?words=没有这个").says(t, 200, "没有符合条件的基地")
	public.get("/bases?league="+reg.Lines[0].League+"&batch=第二批").says(t, 200, c.BaseName)
	public.get("/bases/unknown").says(t, 404)
}

// grantsOf: finance sees where the money goes, the account masked; a look at it in full is
// recorded and has a reason (R45, R124).
func (s *site) grantsOf(id application.ID) {
	t := s.t
	c, err := s.Case(s.ctx(), s.As("厅/业务"), id)
	s.must(err)
	account := s.handedIn(id).Get("账号")
	path, act := "/calls/"+s.Call+"/grants", "/applications/"+string(id)+"/account"
	finance := s.as("厅/财务")
	finance.renders(path)
	p := finance.get(path)
	p.says(t, 200, filing.Masked(account), "100,000.00", c.Answers.Answers.Get("开户行"))
	p.hides(t, account)
	s.as("厅/业务").get(path).says(t, 403, "财务")
	finance.post(act).says(t, 422, "须写明理由")
	s.as("厅/业务").post(act, "reason", "想看").says(t, 403)
	finance.post(act, "reason", "办理拨款").says(t, 200, account, "这次查看已经记录")
	facts, err := s.Case(s.ctx(), s.As("厅/业务"), id)
	s.must(err)
	found := false
	for _, e := range facts.Facts {
		found = found || e.Kind == application.AccountRevealed && e.Reason == "办理拨款" && e.Outcome == event.OK
	}
	if !found {
		t.Error("the look is not recorded")
	}
	s.later(16 * time.Minute)
	finance.post(act, "reason", "再看一次").says(t, 403, "密码")
}

func TestPaper(t *testing.T) {
	s := newSite(t)
	id := s.atRegion("内蒙古农业大学")
	c, err := s.Case(s.ctx(), s.As("中心/受理"), id)
	s.must(err)
	v, _ := c.Current()
	list := "/calls/" + s.Call + "/parcels"
	intake := s.as("中心/受理")
	intake.renders(list)
	s.as("厅/业务").renders(list)
	intake.get(list).says(t, 200, "缺5份申报表", "尚未设定", c.Number)
	s.as("内蒙古农业大学/经办").get(list).says(t, 403)
	s.as("厅/业务").post(list, "from", "内蒙古农业大学", "arrived", "2017-06-20").says(t, 403, "受理")

	date := "/calls/" + s.Call + "/paper-date"
	intake.post(date, "paper_due", "2017-07-25").says(t, 422, "须写明理由")
	intake.post(date, "paper_due", "2017-06-01", "reason", "留出邮寄时间").says(t, 422, "晚于现在", "留出邮寄时间")
	intake.post(date, "paper_due", "2017-07-25", "reason", "留出邮寄时间").leads(t, list)
	intake.get(list).says(t, 200, "2017年7月25日24时", "非通知原文")

	intake.post(list, "carrier", "EMS", "arrived", "2017-06-25", "sent", "2017-13-01").says(t, 422, "寄送单位", "到达日期写法不对或晚于今天", "EMS")
	p := intake.post(list, "from", "内蒙古农业大学人事处", "carrier", "EMS 1234567890", "sent", "2017-06-18", "arrived", "2017-06-20")
	p.leads(t, "/parcels/")
	parcel, _, _ := strings.Cut(p.location, "?")
	intake.renders(parcel)

	intake.post(parcel+"/applications", "code", "AAAA-BBBB-CCCC", "form", "5", "evidence", "1").says(t, 422, "没有版本码为“AAAA-BBBB-CCCC”的申报")
	intake.post(parcel+"/applications", "code", v.Code, "form", "4", "evidence", "0").says(t, 422, "还缺1份", "请定一个补齐的日期")
	intake.post(parcel+"/applications", "code", v.Code, "form", "五", "evidence", "0").says(t, 422, "0到99")
	typed := strings.ToLower(strings.ReplaceAll(v.Code, "-", " "))
	intake.post(parcel+"/applications", "code", typed, "form", "4", "evidence", "0", "missing", "第3份缺公章", "due", "2017-07-05").leads(t, parcel)
	intake.post(parcel+"/applications", "code", v.Code, "form", "1", "evidence", "0").says(t, 409, "已登记过这份申报")
	intake.get(parcel).says(t, 200, c.BaseName, "第3份缺公章", "2017年7月5日24时", "4份未定")
	intake.get(list).says(t, 200, "缺1份申报表", "无纸质佐证")

	second := intake.post(list, "from", "内蒙古农业大学人事处", "arrived", "2017-06-20").location
	second, _, _ = strings.Cut(second, "?")
	intake.post(second+"/applications", "code", v.Code, "form", "1", "evidence", "1").leads(t, second)
	intake.get(list).says(t, 200, "申报表齐")

	fates := parcel + "/fates"
	intake.post(fates, "application", string(id), "fate", "returned", "copies", "3").says(t, 422, "领取人")
	intake.post(fates, "application", string(id), "fate", "archived", "copies", "9").says(t, 422, "1到4之间")
	intake.post(fates, "application", string(id), "fate", "returned", "copies", "3", "to", "何静").leads(t, parcel)
	intake.post(fates, "application", string(id), "fate", "archived", "copies", "1").leads(t, parcel)
	intake.get(parcel).says(t, 200, "均有去向", "何静")
	s.as("中心/受理").get(parcel+"/receipt.pdf").says(t, 200, "%PDF-")
	intake.get("/applications/"+string(id)+"/paper").leads(t, list)
	intake.get("/parcels/unknown").says(t, 404)
	s.as("松山园区/经办").get(parcel).says(t, 403)
}

// The way from the department to the plaque leaves sound data behind.
func TestToPlaque(t *testing.T) {
	s := newSite(t)
	a, b := s.atRegion("内蒙古农业大学"), s.atRegion("二连园区")
	s.must(demo.ToPlaque(s.ctx(), s.World, a, b))
	if s.state(a) != application.Recognised || s.state(b) != application.Recognised {
		t.Error("not recognised")
	}
	rep, err := s.Fsck(s.ctx(), s.clock())
	if err != nil || len(rep.Problems) > 0 {
		t.Errorf("fsck: %v %v", err, rep.Problems)
	}
	for _, key := range []string{"厅/业务", "厅/审批", "中心/受理", "厅/财务"} {
		p := s.as(key).get("/region")
		p.leads(t, "/calls/"+s.Call+"/")
		s.as(key).renders(p.location)
	}
}
