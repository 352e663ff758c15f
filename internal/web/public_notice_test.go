package web_test

import (
	"bytes"
	"database/sql"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/filing"
)

// proposed are applications whose decision sheet is approved: the first is proposed, the
// others are not.
func (s *site) proposed(hosts ...string) (ids []application.ID) {
	s.t.Helper()
	for _, h := range hosts {
		id := s.atRegion(h)
		s.must(demo.CheckMaterial(s.ctx(), s.World, id))
		ids = append(ids, id)
	}
	for i, id := range ids {
		s.must(demo.Review(s.ctx(), s.World, id, i))
	}
	s.must(demo.CloseRound(s.ctx(), s.World))
	s.must(demo.ProposeSheet(s.ctx(), s.World, ids[0]))
	s.must(demo.ApproveSheet(s.ctx(), s.World))
	return ids
}

// objected lays a proposed application open and objects to it: the notice and the
// objection.
func (s *site) objected(id application.ID) (notice, objection string) {
	s.t.Helper()
	notice, err := s.PostNotice(s.ctx(), s.As("厅/业务"), s.Call, desk.NoticePlan{Title: "公示", Days: 5,
		Contact: filing.Contact{Office: "专家处", Phone: "0471-6600000", Address: "呼和浩特"}})
	s.must(err)
	scan := demo.Scan("sealed")
	o, err := s.Object(s.ctx(), desk.Request{At: s.clock()}, notice, filing.Objection{Application: string(id), Grounds: grounds,
		From: filing.Objector{Kind: filing.ByPerson, Name: "王有志", Phone: "13800000000"}},
		[]desk.Sent{{Name: "异议书.pdf", Size: int64(len(scan)), Body: bytes.NewReader(scan)}}, nil)
	s.must(err)
	return notice, o.ID
}

// objects sends the objection's form as a browser does; scan nil sends no signed page.
func (c *client) objects(path string, scan []byte, pairs ...string) page {
	c.s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		c.s.must(w.WriteField(pairs[i], pairs[i+1]))
	}
	if scan != nil {
		f, err := w.CreateFormFile("signed", "异议书.pdf")
		c.s.must(err)
		_, err = f.Write(scan)
		c.s.must(err)
	}
	c.s.must(w.Close())
	return c.do(http.MethodPost, path, &b, w.FormDataContentType())
}

var codeShown = regexp.MustCompile(`(YY2017-\d{4}) / ([A-Z2-7]{10})`)

const (
	planned = "2017-09-26" // the notice of the vectors runs over the holidays of October 2017
	grounds = "该单位2016年所报的专家服务活动与实际不符，附件照片为2013年拍摄。"
)

// A notice over the National Day holidays, an objection that is rejected and one that is
// upheld, a late and an anonymous one; only then the results are made known.
func TestPublicNotice(t *testing.T) {
	s := newSite(t)
	ids := s.proposed("二连园区", "内蒙古农业大学")
	at, err := time.ParseInLocation("2006-01-02 15:04", planned+" 10:00", time.FixedZone("", 8*3600))
	s.must(err)
	s.later(at.Sub(s.clock()))
	scan := demo.Scan("sealed")
	staff, approver, host, public := s.as("厅/业务"), s.as("厅/审批"), s.as("二连园区/负责人"), s.as("")
	list := "/calls/" + s.Call + "/public-notice"
	release := "/calls/" + s.Call + "/release"
	staff.renders(list)
	approver.renders(list)
	s.as("厅/财务").get(list).says(t, 403)
	approver.post(release, "document", "内人社发〔2017〕300号", "date", planned).says(t, 409, "还没有公示")

	// 26 September to 9 October: 30 September is worked, 1 to 8 October are not.
	staff.get(list+"?title=x&days=5&count=working&first=yes").says(t, 200, "公示5个工作日", "2017年9月26日至2017年9月30日")
	staff.get(list+"?title=x&days=6&count=working&first=yes").says(t, 200, "2017年10月9日")
	staff.post(list, "title", "公示", "days", "0", "phone", "0471-6600000").says(t, 422, "受理异议的处室", "0471-6600000")
	staff.post(list, "title", "公示", "days", "0", "office", "专家处", "phone", "0471-6600000", "address", "呼和浩特").says(t, 422, "至少1天")
	plan := []string{"title", "拟认定名单公示", "days", "6", "count", "working", "first", "yes", "office", "专家处", "phone", "0471-6600000", "address", "呼和浩特市新华大街"}
	approver.post(list, plan...).says(t, 403)
	staff.post(list, plan...).says(t, 303)
	staff.post(list, plan...).says(t, 409, "没有待公示的名单")
	ps, err := s.PublicNotices(s.ctx(), s.As("厅/业务"))
	s.must(err)
	notice := "/public-notices/" + ps[0].ID
	public.renders("/public-notices")
	public.renders(notice)
	public.get(notice).says(t, 200, "公示6个工作日", "2017年10月9日")
	approver.post(release, "document", "内人社发〔2017〕300号", "date", planned).says(t, 409, "还在公示")

	app := string(ids[0])
	objects := func(kind string, scan []byte, text string) page {
		return public.objects(notice+"/objections", scan, "application", app, "kind", kind, "unit", "某矿业公司", "name", "王有志", "phone", "13800000000", "grounds", text)
	}
	objects("person", nil, "不同意").says(t, 422, "签名", "至少20字", "王有志")
	public.objects(notice+"/objections", nil, "kind", "x").says(t, 422)
	page1 := objects("person", scan, grounds)
	page1.says(t, 200, "异议已收到")
	code := codeShown.FindStringSubmatch(page1.body)
	if code == nil {
		t.Fatal("no number and code")
	}
	objects("anonymous", nil, grounds).says(t, 200, "匿名提出的异议不能受理")
	public.get("/objections?number="+code[1]+"&code="+code[2]).says(t, 200, "未处理")
	public.get("/objections?number="+code[1]+"&code=AAAAAAAAAA").says(t, 404, "没有找到")

	os, err := s.Notices(s.ctx(), s.As("厅/业务"), s.Call, nil)
	s.must(err)
	first, anonymous := "/objections/"+os.Objections[0].ID, "/objections/"+os.Objections[1].ID
	for _, c := range []*client{staff, approver} {
		c.renders(first)
		c.get(first).says(t, 200, "王有志", "异议人的身份须保密")
	}
	staff.get(first+"/files/1").says(t, 200)
	host.get(first).says(t, 404)
	s.as("厅/财务").get(first).says(t, 404)
	staff.post(anonymous+"/acceptance").says(t, 409, "匿名")
	staff.post(anonymous+"/reply", "why", "late", "words", "x").says(t, 422, "相符的原因")
	staff.post(anonymous+"/reply", "why", "anonymous", "words", "匿名件不予受理").says(t, 303)
	approver.post(first+"/decision", "result", "upheld", "finding", "属实").says(t, 409, "还没有说明")
	staff.post(first+"/acceptance").says(t, 303)
	staff.post(first+"/question", "question", "王有志反映照片年份不符", "due", "2017-10-12").says(t, 422, "会透露异议人", "2017-10-12")
	staff.post(first+"/question", "question", "请说明2016年服务活动照片的拍摄时间", "due", "2017-10-12").says(t, 303)
	if p := host.get(first); p.status != 200 || strings.Contains(p.body, "王有志") || strings.Contains(p.body, "13800000000") || strings.Contains(p.body, "某矿业公司") || strings.Contains(p.body, grounds) {
		t.Errorf("the applicant reads who objected: %d", p.status)
	}
	host.get(first+"/files/1").says(t, 404)
	s.as("二连园区/经办").post(first+"/hearing", "answer", "x").says(t, 403)
	host.post(first+"/hearing", "answer", "照片年份系笔误，活动属实，附当年通知。").says(t, 303)
	host.renders(first)
	approver.post(first+"/decision").says(t, 422, "f-result")
	approver.post(first+"/decision", "result", "rejected", "finding", "经核实，活动属实，异议不成立。").says(t, 303)
	public.get("/objections?number="+code[1]+"&code="+code[2]).says(t, 200, "不成立", "经核实")

	// In the last second one is in time, at the end it is late.
	end := time.Date(2017, 10, 10, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	s.later(end.Add(-time.Second).Sub(s.clock()))
	staff, approver, host = s.as("厅/业务"), s.as("厅/审批"), s.as("二连园区/负责人") // the sessions ended meanwhile
	if p := objects("unit", scan, grounds); strings.Contains(p.body, "公示期已满") {
		t.Error("late in the last second")
	}
	s.later(time.Second)
	objects("unit", scan, grounds).says(t, 200, "公示期已满，本件按逾期记录")
	approver.post(release, "document", "内人社发〔2017〕300号", "date", "2017-10-10").says(t, 409, "还有2件异议没有办结")
	os, err = s.Notices(s.ctx(), s.As("厅/业务"), s.Call, nil)
	s.must(err)
	second, late := "/objections/"+os.Objections[2].ID, "/objections/"+os.Objections[3].ID
	staff.post(late+"/acceptance").says(t, 409, "逾期")
	staff.post(late+"/reply", "why", "late", "words", "公示期满后提出").says(t, 303)
	staff.post(second+"/acceptance").says(t, 303)
	staff.post(second+"/question", "question", "请说明经费投入的到账情况", "due", "2017-10-12").says(t, 303)
	host.post(second+"/hearing", "answer", "尚未到账").says(t, 303)
	approver.post(second+"/decision", "result", "upheld", "finding", "配套经费未到账，不符合三（二）。").says(t, 303)
	if st := s.open("厅/业务", ids[0]); st.Decision.Recognised {
		t.Error("still proposed after an objection was upheld")
	}
	approver.post(release, "document", "内人社发〔2017〕300号", "date", "2017-10-10").says(t, 303)
	if got := s.state(ids[0]); got != application.NotRecognised {
		t.Errorf("%s", got)
	}
	for _, c := range []*client{staff, approver, public} {
		c.renders(notice)
	}
	staff.renders(list)

	// Somebody who is signed in leaves no trace of having objected, refused or not.
	unit := s.as("松山园区/负责人")
	unit.objects(notice+"/objections", nil, "application", app, "kind", "person", "grounds", "不同意").says(t, 422)
	unit.objects(notice+"/objections", scan, "application", app, "kind", "person", "name", "某某", "phone", "13900000000", "grounds", grounds).says(t, 200)
	db, err := sql.Open("sqlite", "file:"+s.dir+"/shenbao.db?_pragma=query_only(1)&_pragma=busy_timeout(10000)")
	s.must(err)
	defer db.Close()
	for _, query := range []string{`SELECT count(*) FROM idempotency WHERE act = 'objection' AND person = $1`, `SELECT count(*) FROM event WHERE kind IN ('act.denied', 'objection.filed') AND doc LIKE '%' || $1 || '%'`} {
		var n int
		s.must(db.QueryRow(query, s.As("松山园区/负责人").By.Person).Scan(&n))
		if n != 0 {
			t.Errorf("%s: who objected is kept there", query)
		}
	}
}
