package web_test

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/event"
	"shenbao/internal/store"
	"shenbao/notices"
)

// call is a page of the open call.
func (s *site) call(page string) string { return "/calls/" + s.Call + page }

// facts are the facts of a kind that the open call has, newest first.
func (s *site) facts(kind event.Kind) (es []event.Event) {
	s.t.Helper()
	s.must(s.DB.Read(s.ctx(), s.clock(), func(tx *store.Tx) (err error) {
		es, err = tx.Log(s.ctx(), store.FactFilter{Call: s.Call, Kind: string(kind), Outcome: event.OK}, 1000)
		return err
	}))
	return es
}

// Everybody reads the notice, with what the system does under each clause.
func TestCallPage(t *testing.T) {
	s := newSite(t)
	c := s.as("")
	c.get("/calls").says(t, 200, "内人社办发〔2017〕207号", "申报中")
	p := c.get(s.call(""))
	p.says(t, 200, "关于开展2017年自治区级专家服务基地申报工作的通知", "（一）各地区、各部门申报基地数量控制在1个。", `id="clause-七（一）"`,
		"最多推荐1个", "2017年7月20日24时", "人社部发〔2011〕123号", "人社厅发〔2014〕72号", "自治区留学人员和专家服务中心",
		"本系统按含7月20日当天、当日24时（北京时间）截止办理", "只作文字，系统不据以办理", "非通知原文", "blank.pdf")
	p.hides(t, "推荐进度", "开始填报")
	if !regexp.MustCompile(`[0-9a-f]{64}`).MatchString(p.body) {
		t.Error("the page does not show the hash of the text")
	}
	src, err := notices.FS.ReadFile(notices.ExpertServiceBase2017)
	s.must(err)
	if got := c.get(s.call("/notice.md")); got.body != string(src) {
		t.Error("the file handed out is not the file that was published")
	}
	c.lang = "en"
	c.get(s.call("")).says(t, 200, "the Chinese text rules", "What the system does", "20 Jul 2017, 24:00 Beijing time")
	c.get(s.call("/revisions")).says(t, 200, "Published text no. 1")
	for _, page := range []string{"/progress", "/deliveries", "/exceptions", "/settings", "/closing", "/amendment"} {
		c.get(s.call(page)).leads(t, "/sign-in")
		s.as("赤峰市人社局/经办").get(s.call(page)).says(t, 403)
	}
}

// Opening the call as an addressee is noted, the first time (R6); the others are reminded.
func TestOpening(t *testing.T) {
	s := newSite(t)
	staff := s.as("厅/业务")
	staff.get(s.call("/deliveries")).says(t, 200, "0个已打开", "包头市人力资源和社会保障局")
	s.as("包头市人社局/经办").get(s.call("")).says(t, 200, "候选申报", "转发给下级")
	s.as("包头市人社局/负责人").get(s.call("")).says(t, 200)
	if n := len(s.facts(application.CallOpened)); n != 1 {
		t.Errorf("%d facts of opening, want 1", n)
	}
	staff.get(s.call("/deliveries")).says(t, 200, "1个已打开", "董洁")
	staff.post(s.call("/reminders"), "about", "opening").leads(t, s.call("/deliveries"))
	es := s.facts(application.Reminded)
	if len(es) != 1 || strings.Contains(es[0].Detail["names"], "包头市") || !strings.Contains(es[0].Detail["names"], "赤峰市") {
		t.Errorf("reminded: %v", es)
	}
	s.as("包头市人社局/经办").post(s.call("/reminders")).says(t, 403)
}

// source is the call's text under another document number.
func source(t *testing.T, number string) string {
	b, err := notices.FS.ReadFile(notices.ExpertServiceBase2017)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(string(b), "文号: 内人社办发〔2017〕207号", "文号: "+number, 1)
}

// A call is drafted, proposed by one person and published by another.
func TestPublishing(t *testing.T) {
	s := newSite(t)
	staff, approver := s.as("厅/业务"), s.as("厅/审批")
	s.as("赤峰市人社局/经办").get("/calls/new").says(t, 403)
	staff.get("/calls/new").says(t, 200, "起草申报通知")

	good := source(t, "内人社办发〔2017〕208号")
	bad := strings.Replace(good, "不超过: 1", "不超过：1", 1)
	staff.post("/calls", "source", bad, "do", "keep").says(t, 422, "notice.md:", "不超过：1", "全角冒号")
	p := staff.post("/calls", "source", good, "do", "check")
	p.says(t, 200, "系统读出的内容", "报送截止：2017-07-20当日24时", "内人社办发〔2017〕208号")
	p = staff.post("/calls", "source", strings.ReplaceAll(good, "\n", "\r\n"), "do", "keep", "_key", "k1")
	p.leads(t, "/calls/")
	draft, _, _ := strings.Cut(p.location, "?")

	s.as("").get(draft).says(t, 404)
	s.as("赤峰市人社局/经办").get(draft).says(t, 404)
	staff.get(draft).says(t, 200, "这是草稿", "提请审批发布", "依托单位（11类及其他）")
	approver.post(draft+"/publication").says(t, 409)
	staff.post(draft+"/proposal").leads(t, draft)
	staff.post(draft+"/publication").says(t, 403)
	s.later(16 * time.Minute)
	approver.post(draft+"/publication").says(t, 403, "请再输入一次密码")
	s.as("厅/审批").post(draft+"/publication").leads(t, draft)
	s.as("").get(draft).says(t, 200, "申报中")
	p = staff.post("/calls", "source", good, "do", "keep")
	p.says(t, 409, "系统读出的内容")
}

// What the notice leaves open is set with a reason, and listed among the exceptions.
func TestSettingsAndExceptions(t *testing.T) {
	s := newSite(t)
	staff, approver := s.as("厅/业务"), s.as("厅/审批")
	staff.get(s.call("/settings")).says(t, 200, "推荐意见最少字数", "非通知原文")
	staff.get(s.call("/settings")).hides(t, "增补名额</h2>")
	approver.get(s.call("/settings")).says(t, 200, "增补名额</h2>", "准予逾期申报")
	staff.post(s.call("/opinion-minimum"), "opinion-minimum.value", "40").says(t, 422, "须写明理由", `value="40"`)
	staff.post(s.call("/opinion-minimum"), "opinion-minimum.value", "0", "opinion-minimum.reason", "试行").says(t, 422, "试行")
	staff.post(s.call("/opinion-minimum"), "opinion-minimum.value", "40", "opinion-minimum.reason", "多写几句").leads(t, s.call("/settings"))
	staff.post(s.call("/places"), "places.unit", "hr-150400", "places.reason", "增加").says(t, 403)
	approver.post(s.call("/places"), "places.unit", "hr-150404", "places.reason", "增加").says(t, 422, "增加")
	approver.post(s.call("/places"), "places.unit", "hr-150400", "places.reason", "候选较多").leads(t, s.call("/settings"))
	approver.post(s.call("/deadline"), "deadline.deadline", "2017-06-01T00:00", "deadline.reason", "提前").says(t, 422, "晚于现在")
	approver.post(s.call("/deadline"), "deadline.deadline", "2017-07-26T00:00", "deadline.reason", "遇洪灾").leads(t, s.call("/settings"))
	approver.post(s.call("/leaves"), "leaves.unit", "host-dalate", "leaves.until", "2017-08-01T12:00", "leaves.reason", "受灾").leads(t, s.call("/settings"))
	s.later(16 * time.Minute)
	approver.post(s.call("/places"), "places.unit", "hr-150400", "places.reason", "再增").says(t, 403, "请再输入一次密码", "再增")

	s.as("").get(s.call("")).says(t, 200, "2017年7月25日24时", "遇洪灾", "40字")
	staff.get(s.call("/exceptions")).says(t, 200, "增补了一个名额", "候选较多", "遇洪灾", "多写几句", "受灾", "孟和", "七（一）")
	csv := staff.post(s.call("/exceptions"), "format", "csv")
	csv.says(t, 200, "候选较多", "遇洪灾", "孟和")
	if x := staff.post(s.call("/exceptions"), "format", "xlsx"); x.status != 200 || !strings.HasPrefix(x.body, "PK") {
		t.Errorf("no workbook: %d", x.status)
	}
	if len(s.facts(application.ExceptionsExports)) != 2 {
		t.Error("an export left no fact")
	}
}

// The department sees how far every recommending unit is; the clock reminds by itself.
func TestProgress(t *testing.T) {
	s := newSite(t)
	id, err := demo.Submit(s.ctx(), s.World, "松山园区")
	s.must(err)
	other, err := demo.Submit(s.ctx(), s.World, "牧歌乳业")
	s.must(err)
	s.must(demo.PassUp(s.ctx(), s.World, other))
	s.must(s.ReportNone(s.ctx(), s.As("二连浩特市人社局/负责人"), s.Call, "没有符合条件的单位"))
	staff := s.as("厅/业务")
	p := staff.get(s.call("/progress"))
	p.says(t, 200, "<b>1</b><span>已推荐", "<b>1</b><span>零报告", "<b>1</b><span>下级办理中", "没有符合条件的单位", "/applications/"+string(id))
	staff.get(s.call("/progress.csv")).says(t, 200, "呼和浩特市人力资源和社会保障局", "没有符合条件的单位")
	if x := staff.get(s.call("/progress.xlsx")); x.status != 200 || !strings.HasPrefix(x.body, "PK") {
		t.Errorf("no workbook: %d", x.status)
	}
	staff.post(s.call("/reminders")).leads(t, s.call("/progress"))

	deadline := time.Date(2017, 7, 21, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	for _, d := range []struct {
		before time.Duration
		sent   int
	}{{8 * 24 * time.Hour, 1}, {7 * 24 * time.Hour, 2}, {6 * 24 * time.Hour, 2}, {2 * 24 * time.Hour, 3}, {24 * time.Hour, 4}, {time.Hour, 4}, {-time.Hour, 4}} {
		s.later(deadline.Add(-d.before).Sub(s.clock()))
		s.must(s.RemindDue(s.ctx(), s.clock()))
		s.must(s.RemindDue(s.ctx(), s.clock()))
		if n := len(s.facts(application.Reminded)); n != d.sent {
			t.Errorf("%v before the deadline: %d reminders, want %d", d.before, n, d.sent)
		}
	}
	if e := s.facts(application.Reminded)[0]; e.By.Name != event.System.Name || strings.Contains(e.Detail["names"], "呼和浩特市") {
		t.Errorf("the clock's reminder: %+v", e)
	}
	s.as("厅/业务").get(s.call("/progress")).says(t, 200, "逾期")
}

// An amendment is a further text; open applications move by an act that shows what changes.
func TestAmendment(t *testing.T) {
	s := newSite(t)
	id, err := demo.Submit(s.ctx(), s.World, "松山园区")
	s.must(err)
	approver, staff := s.as("厅/审批"), s.as("厅/业务")
	approver.get(s.call("/amendment")).says(t, 200, "修订通知", "关于开展2017年")
	text := strings.Replace(source(t, "内人社办发〔2017〕207号"), "建设目标及未来三年工作打算: {填: 长文, 字数: 800}", "建设目标及未来三年工作打算: {填: 长文, 字数: 1000}", 1)
	text = strings.Replace(text, "（三）经批准设立自治区级专家服务基地的单位，", "（三）经公布批准设立自治区级专家服务基地的单位，", 1)
	approver.post(s.call("/amendment"), "source", text, "do", "check").says(t, 200, "<ins>（三）经公布批准设立", "公布修订文本")
	approver.post(s.call("/amendment"), "source", text, "do", "keep").says(t, 422, "须写明理由", "字数: 1000")
	approver.post(s.call("/amendment"), "source", source(t, "内人社办发〔2017〕999号"), "do", "keep", "reason", "改文号").says(t, 422, "文号与本通知")
	approver.post(s.call("/amendment"), "source", text, "do", "keep", "reason", "放宽字数").leads(t, s.call("/revisions"))
	s.as("").get(s.call("/revisions")).says(t, 200, "放宽字数", "由“800”改为“1000”", "<del>")
	staff.get(s.call("/revisions")).says(t, 200, "/applications/"+string(id)+"/revision")
	move := "/applications/" + string(id) + "/revision"
	staff.get(move).says(t, 200, "由“800”改为“1000”")
	staff.post(move).says(t, 422, "须写明理由")
	staff.post(move, "reason", "按新文本办理").leads(t, "/applications/"+string(id))
	staff.post(move, "reason", "再来一次").says(t, 409, "已经按现行修订文本办理")
	if len(s.facts(application.MovedToRevision)) != 1 {
		t.Error("the move left no fact")
	}
	staff.get(s.call("/exceptions")).says(t, 200, "按新文本办理", "放宽字数")
}

// A call closes only when every application has a final status (R10).
func TestClosing(t *testing.T) {
	s := newSite(t)
	id, err := demo.Submit(s.ctx(), s.World, "松山园区")
	s.must(err)
	staff := s.as("厅/业务")
	staff.get(s.call("/closing")).says(t, 200, "还有1份", "/applications/"+string(id), "松山区人力资源和社会保障局")
	staff.post(s.call("/closing")).says(t, 409, "还有1份申报没有最终结果")
	s.must(s.Withdraw(s.ctx(), s.As("松山园区/负责人"), id, "本次不报了"))
	_, err = s.Begin(s.ctx(), s.As("达旗推广中心/经办"), s.Call, "host-dalate", "")
	s.must(err)
	staff.get(s.call("/closing")).says(t, 200, "填报中，尚未报送")
	s.later(31 * 24 * time.Hour)
	staff = s.as("厅/业务")
	staff.get(s.call("/closing")).says(t, 200, "办结本次申报")
	staff.post(s.call("/closing")).leads(t, s.call(""))
	s.as("").get(s.call("")).says(t, 200, "已结束")
}

// upload is a file as a browser sends it.
func upload(t *testing.T, values map[string]string, field, name, body string) (*bytes.Buffer, string) {
	t.Helper()
	var b bytes.Buffer
	const mark = "xxxxxxxxxxxxxxxxxxxx"
	for k, v := range values {
		b.WriteString("--" + mark + "\r\nContent-Disposition: form-data; name=\"" + k + "\"\r\n\r\n" + v + "\r\n")
	}
	b.WriteString("--" + mark + "\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\"" + url.PathEscape(name) +
		"\"\r\nContent-Type: text/plain\r\n\r\n" + body + "\r\n--" + mark + "--\r\n")
	return &b, "multipart/form-data; boundary=" + mark
}

func TestNoticeUpload(t *testing.T) {
	s := newSite(t)
	body, kind := upload(t, map[string]string{"do": "check"}, "file", "call.md", strings.Replace(source(t, "内人社办发〔2017〕208号"), "每: 3年", "每: 三年", 1))
	s.as("厅/业务").do("POST", "/calls", body, kind).says(t, 422, "call.md:", "每: 三年")
}
