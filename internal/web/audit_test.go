package web_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"mime/multipart"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

func fill(s *site, id application.ID) error { return demo.Fill(s.ctx(), s.World, id) }

func TestAuditTrail(t *testing.T) {
	s := newSite(t)
	s.as("松山园区/负责人").post("/posts/post-gaowa/ending", "reason", "=HYPERLINK(\"http://evil\")").leads(t, "/people/")
	s.as("松山园区/负责人").post("/people/demo-batu/posts", "role", "clerk").says(t, 403)
	aud := s.as("厅/审计管理员")
	aud.get("/audit").says(t, 200, "岗位终止", "请求没有办理", "被拒绝", "127.0.0.1")
	aud.get("/audit?outcome=denied").says(t, 200, "own-post").hides(t, "岗位终止</summary>")
	aud.get("/audit?person=batu&kind=post.ended").says(t, 200, "HYPERLINK", "巴图").hides(t, "被拒绝</span>")
	aud.get("/audit?unit=赤峰市松山区现代农业科技园区管理委员会").says(t, 200, "岗位终止")
	aud.get("/audit?since=2017-06-21").says(t, 200, "没有符合条件的记录")
	aud.get("/audit?until=2017-06-19").says(t, 200, "没有符合条件的记录")
	aud.get("/audit?on=post&subject=post-gaowa").says(t, 200, "岗位终止")
	aud.get("/audit?call="+s.Call).says(t, 200, "发布了通知").hides(t, "岗位终止</summary>")
	aud.post("/audit/check").says(t, 200, "序号连续", "最后一条的哈希值")
	for _, path := range []string{"/units/host-songshan/contact", "/people/demo-gaowa/posts", "/posts/post-batu/ending", "/system/check", "/units/host-songshan/ending"} {
		if got := aud.post(path, "reason", "x").status; got != 403 && got != 404 {
			t.Errorf("the auditor acts: %s %d", path, got)
		}
	}
	s.as("厅/安全管理员").post("/audit/check").says(t, 403)
	aud.get("/audit/export?format=xml").says(t, 404)
}

func TestAuditExport(t *testing.T) {
	s := newSite(t)
	s.as("松山园区/负责人").post("/posts/post-gaowa/ending", "reason", "＝cmd|' /C calc'!A0").leads(t, "/people/")
	aud := s.as("厅/审计管理员")
	p := aud.get("/audit/export?format=jsonl")
	var facts []event.Event
	for in := bufio.NewScanner(strings.NewReader(p.body)); in.Scan(); {
		var e event.Event
		s.must(json.Unmarshal(in.Bytes(), &e))
		facts = append(facts, e)
	}
	if err := event.Verify("", 1, facts); err != nil || len(facts) < 5 || facts[len(facts)-1].Kind != "log.exported" {
		t.Fatalf("%d facts, the last %s: %v", len(facts), facts[len(facts)-1].Kind, err)
	}
	p = aud.get("/audit/export?format=csv")
	if !strings.HasPrefix(p.body, "\uFEFF") {
		t.Error("Excel needs the mark in front")
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.body, "\uFEFF"))).ReadAll()
	s.must(err)
	if len(rows) != len(facts)+2 { // the head, and the second export
		t.Errorf("%d rows for %d facts", len(rows), len(facts))
	}
	if !strings.Contains(p.body, "'＝cmd") {
		t.Error("a formula stands in the CSV as it is")
	}
}

// Whoever loses the post while the trail is being written out gets no more of it (C02).
func TestExportIsCutOff(t *testing.T) {
	s := newSite(t)
	s.must(s.DB.Write(t.Context(), s.clock(), func(tx *store.Tx) error {
		for range 1500 {
			if _, err := tx.Record(t.Context(), event.Event{Kind: "log.checked", On: event.Subject{Kind: "log"}}); err != nil {
				return err
			}
		}
		return nil
	}))
	lines := 0
	w := writer(func(p []byte) (int, error) {
		if lines == 0 {
			s.must(s.DisablePerson(t.Context(), s.As("厅/安全管理员"), "demo-zhaomin", true, "停职"))
		}
		lines += bytes.Count(p, []byte("\n"))
		return len(p), nil
	})
	err := s.ExportFacts(t.Context(), s.As("厅/审计管理员"), "jsonl", w, func() {})
	if refusalOf(err) != "post-ended" || lines != 1000 {
		t.Errorf("%d lines, %v", lines, err)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func TestSystemPage(t *testing.T) {
	s := newSite(t)
	s.must(s.DB.Write(t.Context(), s.clock(), func(tx *store.Tx) error {
		if err := tx.AddJob(t.Context(), "mail", "x", 0, "dead-one"); err != nil {
			return err
		}
		j, err := tx.Lease(t.Context(), 0)
		if err != nil {
			return err
		}
		return tx.JobDead(t.Context(), j.ID, "服务器拒收")
	}))
	sys := s.as("厅/系统管理员")
	p := sys.get("/system")
	p.says(t, 200, "SQLite", "服务器拒收", "还没有检查过")
	_, id, _ := strings.Cut(p.body, "/system/jobs/")
	id, _, _ = strings.Cut(id, "/")
	s.as("厅/安全管理员").post("/system/jobs/"+id+"/retry").says(t, 403)
	sys.post("/system/jobs/"+id+"/retry").leads(t, "/system?done=job-retried")
	sys.post("/system/jobs/"+id+"/retry").says(t, 409)
	sys.get("/system").says(t, 200, "没有失败的任务")
	s.as("厅/安全管理员").post("/system/check").says(t, 403)
	sys.post("/system/check").says(t, 200, "数据完好")
	sys.get("/system").says(t, 200, "问题0个")
}

// upload sends a file as a browser does.
func (c *client) upload(path, name string, content []byte) page {
	c.s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("file", name)
	c.s.must(err)
	_, _ = f.Write(content)
	c.s.must(w.Close())
	return c.do("POST", path, &b, w.FormDataContentType())
}

// apply sends the rows of a preview back, as its button does.
func (c *client) apply(rows string) page {
	c.s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	c.s.must(w.WriteField("rows", rows))
	c.s.must(w.Close())
	return c.do("POST", "/units/import/application", &b, w.FormDataContentType())
}

func jsonRows(t *testing.T, lines ...string) string {
	t.Helper()
	var rows [][]string
	for _, l := range lines {
		rows = append(rows, strings.Split(l, ","))
	}
	b, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestImportUnits(t *testing.T) {
	s := newSite(t)
	sec := s.as("厅/安全管理员")
	head := "单位全称,类型,所有制,隶属单位,区划代码,统一社会信用代码,联系人,电话"
	good := []string{head, "甲研究所,依托单位,公有,hr-150404,150404,,张三,0476-1", "乙公司,依托单位,非公,,150105,91350100M0001TGQXM,,"}
	bad := append([]string{}, append(good, "丙,依托单位,,hr-150404,150404,,,", "丁,依托单位,公有,没有,150404,,,")...)

	p := sec.upload("/units/import", "单位.csv", []byte(strings.Join(bad, "\n")))
	p.says(t, 200, "有2行有错", "“所有制”", "没有名为“没有”的单位", "甲研究所").hides(t, "导入2个单位")
	sec.apply(jsonRows(t, bad...)).says(t, 422, "有2行有错")
	if n := s.unitsNamed("甲研究所"); n != 0 {
		t.Fatal("a table with bad rows was half imported")
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(strings.Join(good, "\r\n")))
	s.must(err)
	sec.upload("/units/import", "单位.csv", gb).says(t, 200, "导入2个单位", "甲研究所", "校验位")
	sec.apply(jsonRows(t, good...)).leads(t, "/units?done=units-imported")
	sec.upload("/units/import", "单位.csv", gb).says(t, 200, "都已登记")
	sec.apply(jsonRows(t, good...)).leads(t, "/units?done=units-imported")
	if n := s.unitsNamed("甲研究所"); n != 1 {
		t.Errorf("%d units after importing twice", n)
	}
	sec.get("/units?words=甲研究所").says(t, 200, "甲研究所", "松山区人社局")

	sec.upload("/units/import", "x.csv", []byte(head+"\n=cmd|calc,依托单位,公有,hr-150404,150404,,,")).says(t, 200, "公式符号")
	sec.upload("/units/import", "x.csv", []byte("名字,单位\n1,2")).says(t, 422, "名字")
	sec.upload("/units/import", "x.exe", []byte("MZ")).says(t, 422)
	sec.upload("/units/import", "x.csv", nil).says(t, 422)
	sec.upload("/units/import", "x.csv", []byte(head+strings.Repeat("\n甲,依托单位,公有,hr-150404,150404,,,", 6000))).says(t, 422, "5000")
	sec.upload("/units/import", "x.csv", bytes.Repeat([]byte("甲乙丙丁\n"), 2<<20)).says(t, 422)
	sec.post("/units/import").says(t, 422, "没有收到文件")
	s.as("松山区人社局/负责人").upload("/units/import", "x.csv", gb).says(t, 403)
	s.as("松山区人社局/负责人").apply(jsonRows(t, good...)).says(t, 403)
}

func (s *site) unitsNamed(name string) (n int) {
	s.must(s.DB.Read(s.ctx(), s.clock(), func(tx *store.Tx) error {
		us, err := tx.UnitPage(s.ctx(), org.Sight{All: true}, store.UnitFilter{Words: name}, store.UnitCursor{}, 100)
		n = len(us)
		return err
	}))
	return n
}
