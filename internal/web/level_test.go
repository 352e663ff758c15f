package web_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

const (
	songshan = "松山区人社局"
	chifeng  = "赤峰市人社局"
	words    = "该单位三年来组织专家服务活动成效明显，在本地有示范带动作用，材料属实，同意推荐。"
)

// submit hands in an application of a host.
func (s *site) submit(host string) application.ID {
	s.t.Helper()
	id, err := demo.Submit(s.ctx(), s.World, host)
	s.must(err)
	return id
}

func (s *site) climb(id application.ID, offices ...string) {
	s.t.Helper()
	s.must(demo.PassUp(s.ctx(), s.World, id, offices...))
}

func on(id application.ID, page string) string { return "/applications/" + string(id) + page }

// of reads an application as one of the cast.
func (s *site) of(key string, id application.ID) *desk.Case {
	s.t.Helper()
	c, err := s.Case(s.ctx(), s.As(key), id)
	s.must(err)
	return c
}

// met are the fields of an opinion form with every condition met, and then more.
func (s *site) met(id application.ID, more ...string) []string {
	out := []string{}
	for _, c := range s.of(songshan+"/经办", id).Notice.Conditions {
		out = append(out, "mark."+c.ID, filing.Met)
	}
	return append(out, more...)
}

// A level forwards the call with its own letter and an earlier date (R98).
func TestForwarding(t *testing.T) {
	s := newSite(t)
	clerk := s.as(chifeng + "/经办")
	page := s.call("/forwarding")
	s.as("松山园区/经办").get(page).says(t, 403, "没有下级")
	clerk.get(page).says(t, 200, "转发通知", "还没有转发")
	clerk.post(page, "letter", "请各旗县区认真组织", "contact", "刘洋", "phone", "0476-8330000", "inner", "2017-07-21T00:00").
		says(t, 422, "早于上级的截止时间", "请各旗县区认真组织")
	clerk.post(page, "letter", "", "contact", "", "phone", "", "inner", "").says(t, 422, "有4处需要修改")
	clerk.post(page, "number", "赤人社发〔2017〕88号", "letter", "请各旗县区认真组织", "contact", "刘洋", "phone", "0476-8330000", "inner", "2017-07-10T17:30").leads(t, page)
	clerk.get(page).says(t, 200, "已发下级12个，0个已打开", "赤峰市松山区人力资源和社会保障局")

	below := s.as(songshan + "/经办")
	below.get(s.call("")).says(t, 200, "赤人社发〔2017〕88号", "请各旗县区认真组织", "2017年7月10日17时30分", "0476-8330000")
	clerk.get(page).says(t, 200, "1个已打开", "娜仁")
	below.post(page, "letter", "请抓紧", "contact", "娜仁", "phone", "0476-8440000", "inner", "2017-07-10T17:30").says(t, 422, "7月10日17时30分")
	below.post(page, "letter", "请抓紧", "contact", "娜仁", "phone", "0476-8440000", "inner", "2017-07-01T18:00").leads(t, page)
	s.as("松山园区/经办").get(s.call("")).says(t, 200, "请抓紧", "7月1日18时", "开始填报", "/applications/new?call="+s.Call)
}

// The opinion page is for the levels of the route; every rule has its sentence.
func TestOpinion(t *testing.T) {
	s := newSite(t)
	id := s.submit("松山园区")
	page := on(id, "/opinion")
	clerk := s.as(songshan + "/经办")
	p := clerk.get(page)
	p.says(t, 200, "逐条确认申报条件", "近年来开展专家服务当地或本单位发展工作成效突出", "非通知原文", "至少20字", "松山设施农业专家服务基地", "版本")
	p.hides(t, "6228") // of an account number
	clerk.lang = "en"
	clerk.get(page).says(t, 200, "The conditions, one by one", "Outstanding results in expert service")
	clerk.lang = "zh"
	for _, who := range []string{"包头市人社局/经办", "包头市人社局/负责人", "红山高新区/经办"} {
		s.as(who).get(page).says(t, 404)
		s.as(who).post(page, "outcome", "agree").says(t, 404)
	}
	s.as("松山园区/经办").get(page).says(t, 404)
	s.as(chifeng+"/经办").get(page).says(t, 200, "不在本单位", "松山区人力资源和社会保障局")
	s.as(chifeng+"/经办").post(page, s.met(id, "outcome", "agree", "text", words, "do", "ready")...).
		says(t, 403, "现由赤峰市松山区人力资源和社会保障局办理")

	clerk.post(page, s.met(id, "outcome", "agree", "text", "同意", "do", "ready")...).says(t, 422, "至少20字，现有2字", "不能只写“同意”", ">同意</textarea>")
	clerk.post(page, "outcome", "agree", "text", words, "do", "ready").says(t, 422, "还没有确认", "有9处需要修改", words)
	clerk.post(page, s.met(id, "text", words, "do", "ready")...).says(t, 422, "还没有选择结论")
	clerk.post(page, append([]string{"mark.1a", filing.NotMet, "note.1a", "没有佐证"}, append(s.met(id)[2:], "outcome", "agree", "text", words, "do", "ready")...)...).
		says(t, 422, "不能同意推荐", "没有佐证")
	clerk.post(page, append([]string{"mark.1a", filing.Unclear}, append(s.met(id)[2:], "outcome", "agree", "text", words, "do", "ready")...)...).says(t, 422, "须说明情况")
	clerk.post(page, "outcome", "return", "text", "单位简介与事实不符，请核对职工人数后重新填写。", "fields", "单位简介", "do", "ready").
		says(t, 422, "晚于现在的日期", "请核对职工人数", `value="单位简介" checked`)
	clerk.post(page, "text", "先记一笔", "do", "draft").leads(t, page)
	clerk.get(page).says(t, 200, "先记一笔", "起草中")
	clerk.post(on(id, "/opinion-signature"), "hash", "x").says(t, 403)
	s.as(songshan+"/负责人").get(page).says(t, 200, "经办正在起草")
	s.as(songshan+"/负责人").post(on(id, "/opinion-signature"), "hash", "x").says(t, 409, "经办正在起草")
	if c := s.of(songshan+"/经办", id); len(c.Opinions) != 2 || c.Opinion(1).Stage != filing.Drafting {
		t.Errorf("refused acts changed the opinion: %+v", c.Opinion(1))
	}
}

// The principal signs what was shown, or sends it back; then it is sealed and goes up.
func TestSigningAndSealing(t *testing.T) {
	s := newSite(t)
	id := s.submit("松山园区")
	page, clerk, head := on(id, "/opinion"), s.as(songshan+"/经办"), s.as(songshan+"/负责人")
	clerk.post(page, s.met(id, "outcome", "agree", "text", words, "do", "ready")...).leads(t, page)
	head.get(page).says(t, 200, "签字同意", words, "不签，退回经办")
	head.post(on(id, "/opinion-refusal")).says(t, 422, "须写明理由")
	head.post(on(id, "/opinion-refusal"), "reason", "请补充人数").leads(t, page)
	clerk.get(page).says(t, 200, "请补充人数")
	clerk.post(page, s.met(id, "outcome", "agree", "text", words, "do", "ready")...).leads(t, page)
	v, _ := s.of(songshan+"/经办", id).Current()
	head.post(on(id, "/opinion-signature"), "hash", strings.Repeat("0", 64)).says(t, 409, "内容有了新版本")
	s.both(songshan+"/经办", org.Principal).post(on(id, "/opinion-signature"), "hash", v.Hash).says(t, 403, "由两个人分别完成")
	head.post(on(id, "/forwarding")).says(t, 409)
	head.post(on(id, "/opinion-signature"), "hash", v.Hash).leads(t, page)
	head.post(on(id, "/forwarding")).says(t, 422, "盖章页")
	clerk.post(page, s.met(id, "outcome", "agree", "text", words, "do", "ready")...).says(t, 409, "意见已由负责人签字")

	clerk.get(page).says(t, 200, "打印签章页", v.Code, "seal-page.pdf")
	scan := s.scan(songshan+"/经办", id)
	clerk.get(page).says(t, 200, scan, "盖章页扫描件.pdf")
	clerk.post(on(id, "/opinion-seal"), "file", scan, "code", "0000-0000-0000").says(t, 422, "版本码与已签字的版本", "0000-0000-0000")
	clerk.post(on(id, "/opinion-seal"), "file", "foreign", "code", v.Code).says(t, 404)
	clerk.post(on(id, "/opinion-seal"), "file", scan, "code", strings.ToLower(v.Code)).leads(t, page)
	head.post(on(id, "/forwarding")).leads(t, page)
	head.get(page).says(t, 200, "不在本单位", "赤峰市人力资源和社会保障局", words)
	s.as(chifeng+"/经办").get(page).says(t, 200, words, "孙伟")
}

// both gives the holder of a post another one in the same unit, and signs in with it.
func (s *site) both(key string, r org.Role) *client {
	s.t.Helper()
	by := s.As(key).By
	p := org.Post{ID: org.PostID("both-" + by.Post), Person: org.PersonID(by.Person), Unit: org.UnitID(by.Unit), Role: r, From: s.clock()}
	s.must(s.DB.Write(s.ctx(), s.clock(), func(tx *store.Tx) error { return tx.AddPost(s.ctx(), p) }))
	token, err := s.auth.StepIn(s.ctx(), s.clock(), p.Person, p.ID, "zh", "127.0.0.1")
	s.must(err)
	return &client{s: s, lang: "zh", cookie: token}
}

// scan puts a scan of a sealed page on the case.
func (s *site) scan(clerk string, id application.ID) string {
	s.t.Helper()
	pdf := demo.Scan("sealed")
	file, err := s.AddFile(s.ctx(), s.As(clerk), id, desk.Sent{Purpose: filing.ForSeal, Name: "盖章页扫描件.pdf", Size: int64(len(pdf)), Body: bytes.NewReader(pdf)})
	s.must(err)
	return file
}

// A return names fields and a date; the code of the old version is told apart afterwards.
func TestReturn(t *testing.T) {
	s := newSite(t)
	id := s.submit("松山园区")
	page, clerk, head := on(id, "/opinion"), s.as(songshan+"/经办"), s.as(songshan+"/负责人")
	old, _ := s.of(songshan+"/经办", id).Current()
	clerk.get(page).says(t, 200, "这些已签的意见失效", "赤峰市松山区现代农业科技园区管理委员会")
	clerk.post(page, "outcome", "return", "text", "单位简介与事实不符，请核对职工人数后重新填写。", "fields", "单位简介", "fields", filing.StatementField("1a"),
		"due", "2017-06-25T18:00", "do", "ready").leads(t, page)
	head.get(page).says(t, 200, "签字退回", "2017年6月25日18时", "单位简介", "1a 专家服务工作成效突出", "这些已签的意见失效")
	head.post(on(id, "/opinion-signature"), "hash", old.Hash).leads(t, page)
	c := s.of("松山园区/经办", id)
	if c.State != application.Draft || len(c.Open().Fields) != 2 {
		t.Fatalf("not returned: %s %+v", c.State, c.Open())
	}
	s.must(s.resubmit("松山园区", id, "单位简介"))
	now, _ := s.of(songshan+"/经办", id).Current()
	s.must(demo.SignOpinion(s.ctx(), s.World, id, songshan))
	scan := s.scan(songshan+"/经办", id)
	clerk.post(on(id, "/opinion-seal"), "file", scan, "code", old.Code).says(t, 422, "这是第1版的版本码", now.Code)
	clerk.get(page).says(t, 200, "已失效")
}

// resubmit answers a return: another text in one field, signed, sealed and handed in.
func (s *site) resubmit(host string, id application.ID, field string) error {
	clerk, head := host+"/经办", host+"/负责人"
	c := s.of(clerk, id)
	a := c.Draft[field]
	if _, err := s.Save(s.ctx(), s.As(clerk), id, field, "核对后重写的内容。", a.Version); err != nil {
		return err
	}
	if err := s.Prepare(s.ctx(), s.As(clerk), id); err != nil {
		return err
	}
	if err := s.Sign(s.ctx(), s.As(head), id); err != nil {
		return err
	}
	if err := demo.Seal(s.ctx(), s.World, clerk, id); err != nil {
		return err
	}
	return s.Submit(s.ctx(), s.As(head), id)
}

// Candidates stand side by side, are ranked and chosen; with the place gone, the others
// are told (R96, R97).
func TestCandidates(t *testing.T) {
	s := newSite(t)
	one, two := s.submit("松山园区"), s.submit("红山高新区")
	s.climb(one, songshan)
	page, clerk, head := s.call("/candidates"), s.as(chifeng+"/经办"), s.as(chifeng+"/负责人")
	clerk.get(page).says(t, 200, "松山设施农业专家服务基地", "还在下级的", "红山有色金属新材料专家服务基地", "控制在1个", "共1个，已用0个")
	s.climb(two, "红山区人社局")
	p := clerk.get(page)
	p.says(t, 200, "设施农业、杂粮加工", "高新技术开发区", "松山区", "还没有确认", "审核、写意见")
	s.as("厅/业务").get(page).says(t, 403)
	s.as("包头市人社局/经办").get(page).says(t, 200, "没有报到本单位的申报")

	ranks := []string{"rank." + string(one), "1", "rank." + string(two), "1", "note", "局务会研究"}
	clerk.post(s.call("/ranking"), ranks...).says(t, 422, "从1到2，不重复", "局务会研究")
	ranks[3] = "2"
	head.post(s.call("/ranking"), ranks...).says(t, 403)
	clerk.post(s.call("/ranking"), ranks[:4]...).says(t, 422, "排序是怎样定的")
	clerk.post(s.call("/ranking"), ranks...).leads(t, page)
	head.get(page).says(t, 200, "第1", "局务会研究", "刘洋")

	head.post(s.call("/none-report")).says(t, 422, "须写明理由")
	for _, id := range []application.ID{one, two} {
		s.must(demo.SignOpinion(s.ctx(), s.World, id, chifeng))
		s.must(demo.SealOpinion(s.ctx(), s.World, chifeng+"/经办", id))
	}
	head.get(page).says(t, 200, "推荐上报", "已签字盖章")
	head.post(on(one, "/forwarding")).leads(t, on(one, "/opinion"))
	head.get(page).says(t, 200, "没有推荐的申报", "共1个，已用1个", "本次名额1个，经比较已推荐“松山设施农业专家服务基地”")
	head.post(on(two, "/forwarding")).says(t, 409, "名额（1个）已经用完，已推荐：松山设施农业专家服务基地")
	head.post(s.call("/none-report"), "reason", "没有").says(t, 409, "没有")

	head.post(on(two, "/candidacy")).says(t, 422, "须写明理由")
	head.post(on(two, "/candidacy"), "reason", "名额已用完，暂留我局").leads(t, page)
	head.get(page).says(t, 200, "已告知：名额已用完，暂留我局")
	if es := s.facts(application.KeptWaiting); len(es) != 1 || es[0].On.ID != string(two) {
		t.Errorf("the other one was not told: %+v", es)
	}

	s.as(chifeng+"/经办").post(on(one, "/recommendation-withdrawal"), "reason", "x").says(t, 403)
	head.get(on(one, "/opinion")).says(t, 200, "撤回推荐")
	head.post(on(one, "/recommendation-withdrawal"), "reason", "材料有误").leads(t, on(one, "/opinion"))
	head.post(on(two, "/forwarding")).leads(t, on(two, "/opinion"))
	head.post(on(two, "/opinion-withdrawal"), "reason", "晚了").says(t, 403)
	rep, err := s.Fsck(s.ctx(), s.clock())
	s.must(err)
	if len(rep.Problems) > 0 {
		t.Errorf("not sound: %v", rep.Problems)
	}
}

// A signed opinion can be taken back before it goes up; a decline ends the application.
func TestRecallAndDecline(t *testing.T) {
	s := newSite(t)
	id := s.submit("松山园区")
	page, clerk, head := on(id, "/opinion"), s.as(songshan+"/经办"), s.as(songshan+"/负责人")
	s.must(demo.SignOpinion(s.ctx(), s.World, id, songshan))
	head.post(on(id, "/opinion-withdrawal")).says(t, 422, "须写明理由")
	head.post(on(id, "/opinion-withdrawal"), "reason", "另选").leads(t, page)
	clerk.get(page+"?outcome=decline").says(t, 200, `value="decline" checked`, "还没有意见")
	clerk.post(page, "outcome", "decline", "text", "经集体研究，该单位开展专家服务的时间短，示范作用不明显，本次不予推荐。", "do", "ready").leads(t, page)
	v, _ := s.of(songshan+"/经办", id).Current()
	head.get(page).says(t, 200, "签字，不予推荐")
	head.post(on(id, "/opinion-signature"), "hash", v.Hash).leads(t, page)
	head.get(page).says(t, 200, "不予推荐", "示范作用不明显")
	if c := s.of("松山园区/经办", id); c.State != application.NotRecommended {
		t.Errorf("state %s", c.State)
	}
}

// A second too late is too late; the department can admit it (R99).
func TestLateBySecond(t *testing.T) {
	s := newSite(t)
	id := s.submit("松山园区")
	s.climb(id, songshan)
	s.must(demo.SignOpinion(s.ctx(), s.World, id, chifeng))
	s.must(demo.SealOpinion(s.ctx(), s.World, chifeng+"/经办", id))
	deadline := time.Date(2017, 7, 21, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	s.later(deadline.Add(time.Second).Sub(s.clock()))
	head := s.as(chifeng + "/负责人")
	head.post(on(id, "/forwarding")).says(t, 409, "报送已于2017年7月20日24时（北京时间，含当日）截止")
	head.post(s.call("/none-report"), "reason", "没有").says(t, 409, "截止")
	s.must(s.AdmitLate(s.ctx(), s.As("厅/审批"), id, "洪水冲断道路", deadline.Add(48*time.Hour)))
	head.get(on(id, "/opinion")).says(t, 200, "逾期准予办理到", "洪水冲断道路")
	head.post(on(id, "/forwarding")).leads(t, on(id, "/opinion"))
	s.as("厅/业务").get(s.call("/exceptions")).says(t, 200, "洪水冲断道路", "七（二）")
}

// At the instant of the deadline it is too late; just before it is not.
func TestForwardAtDeadline(t *testing.T) {
	for _, x := range []struct {
		before time.Duration
		status int
	}{{time.Second, 303}, {0, 409}} {
		s := newSite(t)
		id := s.submit("松山园区")
		s.climb(id, songshan)
		s.must(demo.SignOpinion(s.ctx(), s.World, id, chifeng))
		s.must(demo.SealOpinion(s.ctx(), s.World, chifeng+"/经办", id))
		s.later(time.Date(2017, 7, 21, 0, 0, 0, 0, time.FixedZone("", 8*3600)).Add(-x.before).Sub(s.clock()))
		if p := s.as(chifeng + "/负责人").post(on(id, "/forwarding")); p.status != x.status {
			t.Errorf("%v before the deadline: %d, want %d", x.before, p.status, x.status)
		}
	}
}

// An inner date holds below the level that set it.
func TestInnerDeadline(t *testing.T) {
	s := newSite(t)
	inner := time.Date(2017, 7, 1, 18, 0, 0, 0, time.FixedZone("", 8*3600))
	s.must(s.ForwardCall(s.ctx(), s.As(chifeng+"/经办"), s.Call, application.Forwarding{Letter: "请按时", Contact: "刘洋", Phone: "0476-8330000", Inner: inner}))
	id := s.submit("松山园区")
	s.must(demo.SignOpinion(s.ctx(), s.World, id, songshan))
	s.must(demo.SealOpinion(s.ctx(), s.World, songshan+"/经办", id))
	s.as(songshan+"/经办").get(on(id, "/opinion")).says(t, 200, "2017年7月1日18时")
	s.later(inner.Sub(s.clock()))
	s.as(songshan+"/负责人").post(on(id, "/forwarding")).says(t, 409, "2017年7月1日18时00分")
}

// A direct unit recommends itself, and everybody after it sees so (R5).
func TestSelfRecommendation(t *testing.T) {
	s := newSite(t)
	id := s.submit("内蒙古农业大学")
	if c := s.of("厅/业务", id); c.State != application.Checking || !c.Route.Self() {
		t.Fatalf("state %s", c.State)
	}
	s.as("厅/业务").get(s.call("/progress")).says(t, 200, "自荐", "/applications/"+string(id))
	s.as("内蒙古农业大学/经办").get(s.call("/candidates")).says(t, 200, "自荐", "共1个，已用1个")
}

// Every step of the notice has its words where it stands.
func TestRulesName(t *testing.T) {
	s := newSite(t)
	p := s.as("").get(s.call(""))
	for _, step := range []string{notice.StepFill, notice.StepRecommend, notice.StepCheck, notice.StepReview, notice.StepDetermine, notice.StepAward} {
		p.says(t, 200, "步“"+step+"”")
	}
}
