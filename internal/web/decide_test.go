package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
)

// choice is one line of the list as the form sends it.
func choice(id application.ID, outcome, grant, reason, departure string) []string {
	x := string(id)
	return []string{"app", x, "outcome." + x, outcome, "grant." + x, grant, "reason." + x, reason, "departure." + x, departure}
}

func yes(id application.ID) []string { return choice(id, "recognised", "100000", "", "") }

func no(id application.ID, departure string) []string {
	return choice(id, "not_recognised", "", "服务活动较少。", departure)
}

var hashed = regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`)

// hash is what the form for a signature binds to.
func (p page) hash(t *testing.T) string {
	t.Helper()
	m := hashed.FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("no form for a signature\n%s", head(p))
	}
	return m[1]
}

// The way of the list: written, refused, sent, countersigned, approved, released.
func TestDetermination(t *testing.T) {
	s := newSite(t)
	ids := s.deciding("内蒙古农业大学", "二连园区")
	rk, err := s.Ranked(s.ctx(), s.As("厅/审批"), s.Call)
	s.must(err)
	first, second := rk.Lines[0].ID, rk.Lines[1].ID
	if rk.Lines[0].Mean <= rk.Lines[1].Mean {
		t.Fatalf("the fixture has no order: %d %d", rk.Lines[0].Mean, rk.Lines[1].Mean)
	}
	list, sheet := "/calls/"+s.Call+"/determination", "/calls/"+s.Call+"/decision-sheet"
	approver, staff := s.as("厅/审批"), s.as("厅/业务2")
	for _, c := range []*client{approver, staff} {
		c.renders(list)
		c.renders(list + "/list")
	}
	staff.get(list).says(t, 200, "自荐", "二连浩特市", "<svg", "预算未设定", "校正得分（参考）")
	approver.get(list).says(t, 200, "您可以查看")
	approver.get(list).hides(t, `name="words"`)
	s.as("中心/受理").get(list).says(t, 403)
	s.as("内蒙古农业大学/负责人").get(list).says(t, 403)
	approver.get(sheet).says(t, 404)

	s.budget()
	s.gapsShown(sheet, first, second)
	staff.post(sheet, slices.Concat(yes(first), no(second, ""), []string{"do", "keep", "words", "请审定"})...).leads(t, list)
	staff.get(list).says(t, 200, "请审定", "拟稿", "100,000.00", `value="recognised" checked`)
	staff.post(sheet, slices.Concat(yes(first), yes(second), []string{"do", "look"})...).says(t, 200, "200,000.00")
	staff.post(sheet, slices.Concat(yes(first), no(second, ""), []string{"do", "done", "words", "请审定"})...).leads(t, sheet)
	s.sheetSigned(sheet, first, second)
	s.released(sheet, list, first, second)
	s.noPersonInRegister(first)
	s.grantsOf(first)
	for i, host := range []string{"内蒙古农业大学", "二连园区"} {
		s.unitLearnsNothing(ids[i], host, "钱学文", "林清", application.Score(rk.Lines[0].Mean), application.Score(rk.Lines[1].Mean))
	}
}

// budget is set by finance, with a reason.
func (s *site) budget() {
	t, act := s.t, "/calls/"+s.Call+"/budget"
	finance := s.as("厅/财务")
	s.as("中心/受理").post(act, "budget", "1", "why", "x").says(t, 403)
	finance.post(act, "budget", "-3", "why", "年度安排").says(t, 422, "金额")
	finance.post(act, "budget", "150000", "why", "").says(t, 422, "须写明理由", "150000")
	finance.post(act, "budget", "150000", "why", "年度安排").leads(t, "/calls/"+s.Call+"/grants")
	finance.get("/calls/"+s.Call+"/grants").says(t, 200, "150,000.00")
}

// gapsShown: each gap has its sentence, beside its field, and what was typed is kept.
func (s *site) gapsShown(sheet string, first, second application.ID) {
	t, staff := s.t, s.as("厅/业务2")
	do := []string{"do", "done"}
	staff.post(sheet, slices.Concat(choice(first, "", "", "", ""), yes(second), do)...).says(t, 422, "还没有选择结论")
	staff.post(sheet, slices.Concat(no(first, ""), yes(second), do)...).says(t, 422, "与评审排序不一致", "f-departure_"+string(first), "服务活动较少。", "偏离排序")
	staff.post(sheet, slices.Concat(choice(first, "not_recognised", "", "", "布局"), yes(second), do)...).says(t, 422, "须写明理由")
	staff.post(sheet, slices.Concat(choice(first, "recognised", "-5", "", ""), no(second, ""), do)...).says(t, 422, "金额不能为负数")
	staff.post(sheet, slices.Concat(yes(first), yes(second), do)...).says(t, 422, "超出本批预算150000.00元")
	staff.post(sheet, slices.Concat(yes(first), do)...).says(t, 409, "名单有变化")
	s.as("厅/审批").post(sheet, slices.Concat(yes(first), no(second, ""), do)...).says(t, 403, "业务")
	s.as("松山园区/经办").post(sheet, slices.Concat(yes(first), no(second, ""), do)...).says(t, 403)
}

// sheetSigned: sent, sent back, written again, and signed by those who may.
func (s *site) sheetSigned(sheet string, first, second application.ID) {
	t, staff, finance, approver := s.t, s.as("厅/业务2"), s.as("厅/财务"), s.as("厅/审批")
	staff.renders(sheet)
	staff.get(sheet).says(t, 200, "报出会签、审批", "张建国", "没有附会议纪要")
	staff.post(sheet+"/circulation", "post", "post-wulan", "in_order", "no").says(t, 422, "不能会签自己拟的呈批件")
	staff.sends(sheet+"/minutes", "minutes", "会议纪要.pdf", demo.Scan("paper")).leads(t, sheet)
	p := staff.get(sheet)
	p.says(t, 200, "会议纪要.pdf")
	file := regexp.MustCompile(`/decision-sheet/files/[0-9a-z]+`).FindString(p.body)
	staff.post(sheet+"/circulation", "post", "post-zhangjianguo", "office.post-zhangjianguo", "规划财务处", "in_order", "no").leads(t, sheet)
	finance.get("/calls/"+s.Call+file).says(t, 200, "%PDF-")
	s.as("松山园区/经办").get("/calls/"+s.Call+file).says(t, 404)
	s.as("松山园区/经办").get(sheet).says(t, 404)
	s.as("专家/钱").get(sheet).says(t, 404)

	finance.renders(sheet)
	approver.renders(sheet)
	staff.renders(sheet)
	approver.renders("/home")
	hash := finance.get(sheet).hash(t)
	finance.get("/home").says(t, 200, "会签呈批件")
	approver.post(sheet+"/approval", "outcome", "agree", "hash", hash).says(t, 409, "会签还没有完成")
	finance.post(sheet+"/countersignature", "outcome", "disagree", "hash", hash).says(t, 422, "须写明理由")
	finance.post(sheet+"/countersignature", "outcome", "agree", "hash", "0").says(t, 409)
	approver.post(sheet+"/countersignature", "outcome", "agree", "hash", hash).says(t, 403, "不在这份呈批件的会签名单里")
	finance.post(sheet+"/countersignature", "outcome", "return", "words", "请附经费表", "hash", hash).leads(t, sheet)
	staff.get(sheet).says(t, 200, "请附经费表", "退回修改")
	staff.post(sheet, slices.Concat(yes(first), no(second, ""), []string{"do", "done", "words", "经费表已附"})...).leads(t, sheet)
	staff.post(sheet+"/circulation", "post", "post-zhangjianguo", "in_order", "no").leads(t, sheet)
	if again := finance.get(sheet).hash(t); again == hash {
		t.Error("another text has the same hash")
	} else {
		hash = again
	}
	finance.post(sheet+"/countersignature", "outcome", "agree", "words", "经费在预算内", "hash", hash).leads(t, sheet)
	staff.post(sheet+"/approval", "outcome", "agree", "hash", hash).says(t, 403)
	s.later(16 * time.Minute)
	approver.post(sheet+"/approval", "outcome", "agree", "words", "同意", "hash", hash).says(t, 403, "密码", "同意")
	if s.state(first) != application.Deciding {
		t.Fatal("approved with a stale sign-in")
	}
	s.as("厅/审批").post(sheet+"/approval", "outcome", "agree", "words", "同意", "hash", hash).leads(t, sheet)
	if s.state(first) != application.Proposed || s.state(second) != application.Proposed {
		t.Errorf("%s %s", s.state(first), s.state(second))
	}
	s.as("厅/业务2").post(sheet, slices.Concat(yes(first), no(second, ""), []string{"do", "done"})...).says(t, 409)
	p = s.as("厅/审批").get(sheet)
	p.says(t, 200, "已批准，未公布", "核对码", "经费在预算内", "以前的1轮")
	for _, host := range []string{"内蒙古农业大学", "二连园区"} {
		for _, id := range []application.ID{first, second} {
			if u := s.as(host + "/负责人").get("/applications/" + string(id)); u.status == 200 {
				u.says(t, 200, "已审批，待公布")
				u.hides(t, "服务活动较少", "予以认定", "呈批件")
			}
		}
	}
}

// released: all results in one act, once the call's setting allows it.
func (s *site) released(sheet, list string, first, second application.ID) {
	t, approver := s.t, s.as("厅/审批")
	release := "/calls/" + s.Call + "/release"
	good := []string{"document", "内人社发〔2017〕300号", "date", "2017-09-01"}
	approver.post(release, good...).says(t, 409, "还没有公示")
	setting := "/calls/" + s.Call + "/public-notice-setting"
	approver.post(setting, "hold", "no", "reason", "").says(t, 422, "须写明理由")
	s.as("厅/业务").post(setting, "hold", "no", "reason", "x").says(t, 403)
	approver.post(setting, "hold", "no", "reason", "已在会前公示").leads(t, sheet)
	approver.post(release, "document", "内人社发（2017）第300号", "date", "2017-9-1").says(t, 422, "文号写法不对", "日期写法不对", "内人社发（2017）第300号")
	s.as("厅/业务").post(release, good...).says(t, 403, "审批")
	approver.post(release, good...).leads(t, list)
	if s.state(first) != application.Recognised || s.state(second) != application.NotRecognised {
		t.Errorf("%s %s", s.state(first), s.state(second))
	}
	approver.renders(list)
	approver.renders(sheet)
	approver.post(release, good...).says(t, 404)
}

// A second sheet of the same call numbers its plaques after the first.
func TestSecondSheet(t *testing.T) {
	s := newSite(t)
	ids := s.deciding("内蒙古农业大学")
	s.must(demo.Determine(s.ctx(), s.World, ids...))
	more := s.reviewing("二连园区")
	s.must(demo.Review(s.ctx(), s.World, more, 0))
	s.must(demo.CloseRound(s.ctx(), s.World))
	s.must(demo.Determine(s.ctx(), s.World, more))
	reg, err := s.Bases(s.ctx(), desk.Request{At: s.clock()}, desk.BaseFilter{})
	s.must(err)
	var numbers []string
	for _, l := range reg.Lines {
		numbers = append(numbers, l.Plaque.Number)
	}
	slices.Sort(numbers)
	if !slices.Equal(numbers, []string{"2017-001", "2017-002"}) {
		t.Error(numbers)
	}
	s.as("厅/审批").get("/calls/"+s.Call+"/determination").says(t, 200, "第1份呈批件", "第2份呈批件")
	s.as("厅/审批").get("/calls/"+s.Call+"/decision-sheet?n=1").says(t, 200, "第1份呈批件")
}

// Two bodies: the second one signs on paper, and another person confirms the scan.
func TestPaperApproval(t *testing.T) {
	s := newSite(t)
	id := s.deciding("内蒙古农业大学")[0]
	sheet := "/calls/" + s.Call + "/decision-sheet"
	staff := s.as("厅/业务2")
	joint := "/calls/" + s.Call + "/joint-approval"
	staff.post(joint, "joint", "dept-nmt", "joint_why", "").says(t, 422, "须写明理由")
	staff.post(joint, "joint", "hr-150100", "joint_why", "联合发文").says(t, 422, "不能联合审批")
	staff.post(joint, "joint", "dept-nmt", "joint_why", "与农牧业厅联合发文").leads(t, "/calls/"+s.Call+"/determination")
	s.must(demo.ProposeSheet(s.ctx(), s.World, id))
	p, err := s.DecisionSheet(s.ctx(), s.As("厅/业务"), s.Call, 0)
	s.must(err)
	s.as("农牧业厅/负责人").renders(sheet)
	s.as("赤峰市人社局/负责人").get(sheet).says(t, 404)
	staff.sends(sheet+"/scan", "scan", "签批.pdf", demo.Scan("paper"), "unit", "dept-nmt", "signer", "厅长", "date", "2017-06-01").says(t, 409, "会签还没有完成")
	s.must(s.Countersign(s.ctx(), s.As("厅/财务"), s.Call, application.SignAgree, "", p.Sheet.Hash))
	s.as("农牧业厅/负责人").get(sheet).says(t, 200, "请您审批")
	staff.sends(sheet+"/scan", "scan", "签批.pdf", demo.Scan("paper"), "unit", "dept-nmt", "signer", "", "date", "2017-06-01").says(t, 422, "必须填写")
	staff.post(sheet+"/scan", "unit", "dept-nmt").says(t, 422, "没有收到文件")
	staff.sends(sheet+"/scan", "scan", "签批.pdf", demo.Scan("paper"), "unit", "dept-nmt", "signer", "厅长", "date", "2017-06-01").leads(t, sheet)
	confirm := sheet + "/scan-confirmation"
	staff.post(confirm, "body", "dept-nmt", "shows", "yes", "code", p.Sheet.Code).says(t, 403, "两个人")
	other := s.as("厅/业务")
	other.renders(sheet)
	other.post(confirm, "body", "dept-nmt", "shows", "yes", "code", "AAAA-BBBB-CCCC").says(t, 422, "核对码与这份呈批件不一致")
	other.post(confirm, "body", "dept-nmt", "shows", "yes", "code", strings.ToLower(p.Sheet.Code)).leads(t, sheet)
	if s.state(id) != application.Deciding {
		t.Fatal("decided by one body of two")
	}
	s.must(s.Desk.ApproveSheet(s.ctx(), s.As("厅/审批"), s.Call, application.SignAgree, "", p.Sheet.Hash))
	if s.state(id) != application.Proposed {
		t.Error(s.state(id))
	}
	rep, err := s.Fsck(s.ctx(), s.clock())
	if err != nil || len(rep.Problems) > 0 || rep.Unnamed != 0 {
		t.Errorf("fsck: %v %v, %d files unnamed", err, rep.Problems, rep.Unnamed)
	}
}

// sends sends a form with one file as a browser does.
func (c *client) sends(path, control, name string, content []byte, pairs ...string) page {
	c.s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		c.s.must(w.WriteField(pairs[i], pairs[i+1]))
	}
	f, err := w.CreateFormFile(control, name)
	c.s.must(err)
	_, err = f.Write(content)
	c.s.must(err)
	c.s.must(w.Close())
	return c.do(http.MethodPost, path, &b, w.FormDataContentType())
}
