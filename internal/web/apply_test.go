package web_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// begun is an application of a host, just begun, through the pages.
func (s *site) begun(host string) (c *client, id application.ID) {
	s.t.Helper()
	c = s.as(host + "/经办")
	p := c.post("/applications", "call", s.Call, "unit", s.As(host+"/经办").By.Unit, "_key", "k"+host)
	p.leads(s.t, "/applications/")
	u, err := url.Parse(p.location)
	s.must(err)
	return c, application.ID(strings.TrimPrefix(u.Path, "/applications/"))
}

// filled is one with everything in it.
func (s *site) filled(host string) (c *client, id application.ID) {
	s.t.Helper()
	c, id = s.begun(host)
	s.must(demo.Fill(s.ctx(), s.World, id))
	return c, id
}

func at(id application.ID, rest ...string) string {
	return "/applications/" + string(id) + strings.Join(rest, "")
}

// ask sends what a script sends: a form with JSON wanted back.
func (c *client) ask(method, path string, pairs ...string) (int, map[string]any) {
	c.s.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(c.s.ctx(), method, c.s.http.URL+path, strings.NewReader(v.Encode()))
	c.s.must(err)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Origin", c.s.http.URL)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "shenbao", Value: c.cookie})
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	c.s.must(err)
	defer res.Body.Close()
	body := map[string]any{}
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil && err != io.EOF {
		c.s.t.Errorf("%s %s: not JSON: %v", method, path, err)
	}
	return res.StatusCode, body
}

// upload sends a file as a browser without scripts does.
func (c *client) attach(id application.ID, purpose, topic, name string, content []byte) page {
	c.s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("purpose", purpose)
	_ = w.WriteField("topic", topic)
	f, err := w.CreateFormFile("file", name)
	c.s.must(err)
	_, err = f.Write(content)
	c.s.must(err)
	c.s.must(w.Close())
	return c.do(http.MethodPost, at(id, "/files"), &b, w.FormDataContentType())
}

func (s *site) open(key string, id application.ID) *desk.Case {
	s.t.Helper()
	c, err := s.Case(s.ctx(), s.As(key), id)
	s.must(err)
	return c
}

// The whole way of the applicant through the pages, by two people, to the receipt.
func TestApplicantsWay(t *testing.T) {
	s := newSite(t)
	clerk, id := s.begun("松山园区")
	clerk.get("/applications/new?call="+s.Call).says(t, 200, "赤峰市松山区人力资源和社会保障局", "按照行政隶属关系", "继续办理")
	clerk.get(at(id)).says(t, 200, "填报任务", "未填", "高娃", "0476-8430101", "填写申报表")
	clerk.get(at(id, "/form")).leads(t, at(id, "/form/head"))
	s.must(demo.Fill(s.ctx(), s.World, id))
	clerk.get(at(id)).says(t, 200, "可以送签", "已完成17部分，共17部分")
	clerk.get(at(id, "/answers-check")).says(t, 200, "必填内容齐全", "送负责人签字", "已填", "修改", "本轮填写人：高娃")
	clerk.post(at(id, "/preparation")).leads(t, at(id))
	clerk.get(at(id, "/form/head")).says(t, 200, "只能查看")

	head := s.as("松山园区/负责人")
	head.get(at(id)).says(t, 200, "审阅签字")
	head.get(at(id, "/answers-check")).says(t, 200, "本轮填写人：高娃", "退经办人修改", "松山设施农业专家服务基地")
	head.post(at(id, "/signature-refusal"), "reason", " ").says(t, 422, "不签字的理由")
	head.post(at(id, "/signature-refusal"), "reason", "产值数据请再核对").leads(t, at(id))
	clerk.get(at(id)).says(t, 200, "产值数据请再核对")
	clerk.post(at(id, "/preparation")).leads(t, at(id))
	head.post(at(id, "/signature")).leads(t, at(id))

	clerk.get(at(id, "/sealing")).says(t, 200, "签章页", "请先上传盖章页扫描件")
	clerk.attach(id, filing.ForSeal, "", "盖章页.pdf", demo.Scan("sealed")).leads(t, at(id))
	c := s.open("松山园区/经办", id)
	v, _ := c.Latest()
	clerk.post(at(id, "/seal"), "code", "0000-0000-0000", "file", c.Files[0].ID).says(t, 422, "0000-0000-0000")
	clerk.post(at(id, "/seal"), "code", strings.ToLower(v.Code), "file", c.Files[0].ID).leads(t, at(id, "/submission"))
	clerk.get(at(id, "/submission")).says(t, 200, "赤峰市松山区人力资源和社会保障局", "2017年7月20日24时", "一式5份", "已回传", v.Code)

	p := head.post(at(id, "/submission"), "_key", "once")
	p.leads(t, at(id, "/receipts/HZ2017-"))
	again := head.post(at(id, "/submission"), "_key", "once")
	if again.location != p.location {
		t.Errorf("sent twice: %q and %q", p.location, again.location)
	}
	if c = s.open("松山园区/经办", id); len(c.Receipts) != 1 || c.Application.Number != "SB2017-0001" {
		t.Errorf("receipts %v, number %s", c.Receipts, c.Application.Number)
	}
	head.get(strings.TrimSuffix(p.location, "?done=submitted")).says(t, 200, "SB2017-0001", v.Code, v.Hash, "娜仁")
	clerk.get(at(id)).says(t, 200, "逐级推荐中", "赤峰市松山区人力资源和社会保障局", "0471-", "报送至", "全文")
	for _, path := range []string{at(id, "/versions/1/form.pdf"), at(id, "/seal-page.pdf"), at(id, "/receipts/", c.Receipts[0].Number, ".pdf"), "/calls/" + s.Call + "/blank.pdf"} {
		if p := clerk.get(path); p.status != 200 || !strings.HasPrefix(p.body, "%PDF-") {
			t.Errorf("%s: %d %.40q", path, p.status, p.body)
		}
	}
}

// Every page of this part, for everybody who may see it, in both languages, without a
// missing sentence; for everybody else it is not there.
func TestApplicationPages(t *testing.T) {
	s := newSite(t)
	_, draft := s.filled("红山高新区")
	id, err := demo.Submit(s.ctx(), s.World, "松山园区")
	s.must(err)
	c := s.open("松山园区/经办", id)
	for key, want := range map[string][2]int{"松山园区/经办": {404, 200}, "松山园区/负责人": {404, 200}, "红山高新区/经办": {200, 404}, "红山高新区/负责人": {200, 404},
		"松山区人社局/经办": {404, 200}, "赤峰市人社局/负责人": {404, 200}, "厅/业务": {404, 200}, "厅/审批": {404, 200}, "中心/受理": {404, 200}, "厅/财务": {404, 200},
		"红山区人社局/经办": {404, 404}, "厅/审计管理员": {404, 404}, "专家/林": {404, 404}, "牧歌乳业/经办": {404, 404}} {
		for _, lang := range []string{"zh", "en"} {
			who := s.as(key)
			who.lang = lang
			who.get("/applications").says(t, 200)
			for i, x := range []application.ID{draft, id} {
				if p := who.get(at(x)); p.status != want[i] {
					t.Errorf("%s: %s is %d, want %d", key, at(x), p.status, want[i])
				}
			}
			for _, path := range []string{at(id, "/versions/1"), at(id, "/versions/1/form.pdf"), at(id, "/compare?a=1&b=1"), at(id, "/receipts/", c.Receipts[0].Number)} {
				if p := who.get(path); p.status != want[1] {
					t.Errorf("%s: %s is %d, want %d", key, path, p.status, want[1])
				}
			}
			for _, part := range []string{"head", "text-1", "bank", "condition-1a", "extra", "opinion"} {
				if p := who.get(at(draft, "/form/", part)); p.status != want[0] {
					t.Errorf("%s: part %s is %d, want %d", key, part, p.status, want[0])
				}
			}
			for _, path := range []string{"/answers-check", "/files?purpose=evidence&topic=1a"} {
				if p := who.get(at(draft, path)); p.status != want[0] {
					t.Errorf("%s: %s is %d, want %d", key, path, p.status, want[0])
				}
			}
		}
	}
	for _, path := range []string{"/applications", at(id), at(id, "/form/head"), at(id, "/versions/1/form.pdf")} {
		s.as("").get(path).leads(t, "/sign-in?next=")
	}
}

// Autosave: one field over its version; two writers see each other; texts over the limit
// are kept and stop the preparation alone.
func TestAutosave(t *testing.T) {
	s := newSite(t)
	clerk, id := s.begun("松山园区")
	code, got := clerk.ask("POST", at(id, "/answers"), "field", "基地名称", "value", "甲基地", "version", "0")
	if code != 200 || got["version"] != 1.0 || got["at"] != "09:00:00" {
		t.Fatalf("%d %v", code, got)
	}
	code, got = clerk.ask("POST", at(id, "/answers"), "field", "基地名称", "value", "乙基地", "version", "0")
	if code != 409 || got["value"] != "甲基地" || got["version"] != 1.0 || got["name"] != "高娃" {
		t.Errorf("a stale version: %d %v", code, got)
	}
	code, got = clerk.ask("POST", at(id, "/answers"), "field", "产业方向", "value", "设施农业、杂粮加工", "version", "0")
	if code != 200 {
		t.Errorf("tags: %d %v", code, got)
	}
	if v := s.open("松山园区/经办", id).Draft["产业方向"].Value; v != `["设施农业","杂粮加工"]` {
		t.Errorf("tags are kept as %s", v)
	}
	if code, _ := clerk.ask("POST", at(id, "/answers"), "field", "没有这一栏", "value", "x", "version", "0"); code != 404 {
		t.Errorf("an unknown field: %d", code)
	}
	if code, got := s.as("松山园区/负责人").ask("POST", at(id, "/answers"), "field", "联系人", "value", "x", "version", "0"); code != 403 || got["message"] == "" {
		t.Errorf("the principal writes: %d %v", code, got)
	}
	if code, _ := s.as("红山高新区/经办").ask("POST", at(id, "/answers"), "field", "联系人", "value", "x", "version", "0"); code != 404 {
		t.Errorf("another unit writes: %d", code)
	}
	if code, _ := s.as("").ask("POST", at(id, "/answers"), "field", "联系人", "value", "x", "version", "0"); code != 401 {
		t.Errorf("a stranger writes: %d", code)
	}

	// what others wrote is told once they wrote it, and that they are there
	other := s.second("松山园区", org.Clerk)
	since := strconv.FormatInt(s.clock().UnixMilli(), 10)
	s.later(time.Second)
	if code, _ := other.ask("POST", at(id, "/answers"), "field", "通讯地址", "value", "振兴大街18号", "version", "0"); code != 200 {
		t.Fatal(code)
	}
	code, got = clerk.ask("GET", at(id, "/answers?since=", since))
	if code != 200 || fmt.Sprint(got["editors"]) != "[乌云娜]" || !strings.Contains(fmt.Sprint(got["changes"]), "振兴大街18号") {
		t.Errorf("news: %d %v", code, got)
	}
	s.later(5 * time.Minute)
	_, got = clerk.ask("GET", at(id, "/answers?since=", since))
	if _, got = clerk.ask("GET", at(id, "/answers?since=", got["since"].(string))); fmt.Sprint(got["editors"], got["changes"]) != "[] []" {
		t.Errorf("later: %v", got)
	}
}

// second is another person of a unit in a role, made for the test.
func (s *site) second(host string, role org.Role) *client {
	s.t.Helper()
	unit := org.UnitID(s.As(host + "/经办").By.Unit)
	s.must(s.DB.Write(s.ctx(), s.clock(), func(tx *store.Tx) error {
		if err := tx.AddPerson(s.ctx(), org.Person{ID: "second", Name: "乌云娜", Login: "second"}); err != nil {
			return err
		}
		return tx.AddPost(s.ctx(), org.Post{ID: "post-second", Person: "second", Unit: unit, Role: role, From: s.clock()})
	}))
	token, err := s.auth.StepIn(s.ctx(), s.clock(), "second", "post-second", "zh", "127.0.0.1")
	s.must(err)
	return &client{s: s, cookie: token, lang: "zh"}
}

func TestTooLong(t *testing.T) {
	s := newSite(t)
	clerk, id := s.filled("松山园区")
	long := strings.Repeat("字", 801)
	v := s.open("松山园区/经办", id).Draft["单位简介"].Version
	clerk.post(at(id, "/form/text-1"), "单位简介", long, "v.单位简介", strconv.Itoa(v)).leads(t, at(id, "/form/text-1?done=saved-wrong"))
	clerk.get(at(id, "/form/text-1")).says(t, 200, long, "已填801字，上限800字", "801", "通知附件")
	clerk.get(at(id)).says(t, 200, "填写中", "还有1处")
	clerk.post(at(id, "/preparation")).says(t, 422, "送签前还有1处须改", "/form/text-1#f-单位简介", long)
	if got := s.open("松山园区/经办", id); got.State != application.Draft || got.Draft["单位简介"].Value != long {
		t.Errorf("%s, %d characters kept", got.State, len(got.Draft["单位简介"].Value))
	}
}

// A whole part without script: fields that others changed come back with both texts,
// everything else is kept.
func TestPlainForm(t *testing.T) {
	s := newSite(t)
	clerk, id := s.begun("松山园区")
	clerk.post(at(id, "/form/head"), "v.基地名称", "0", "基地名称", "甲基地", "v.联系人", "0", "联系人", "高娃", "v.电话", "0", "电话", "13800001111").leads(t, at(id, "/form/text-1?done=saved"))
	other := s.second("松山园区", org.Clerk)
	other.post(at(id, "/form/head"), "v.基地名称", "1", "基地名称", "丙基地").leads(t, at(id, "/form/text-1"))
	p := clerk.post(at(id, "/form/head"), "v.基地名称", "1", "基地名称", "乙基地", "v.通讯地址", "0", "通讯地址", "振兴大街18号")
	p.says(t, 409, "乌云娜", "丙基地", `value="乙基地"`, `name="v.基地名称" value="2"`)
	if got := s.open("松山园区/经办", id).Draft; got["通讯地址"].Value != "振兴大街18号" || got["基地名称"].Value != "丙基地" {
		t.Errorf("kept %v", got)
	}
	clerk.post(at(id, "/form/head"), "v.基地名称", "2", "基地名称", "乙基地", "stay", "1").leads(t, at(id, "?done=saved"))
	if got := s.open("松山园区/经办", id).Draft["基地名称"].Value; got != "乙基地" {
		t.Errorf("kept %s", got)
	}

	// the second contact is the first (T10)
	clerk.post(at(id, "/form/bank"), "v.开户联系人", "0", "开户联系人", "", "v.手机", "0", "手机", "", "v.办公电话", "0", "办公电话", "0476-8430101", "same", "1").
		leads(t, at(id, "/form/bank"))
	if got := s.open("松山园区/经办", id).Draft; got["开户联系人"].Value != "高娃" || got["手机"].Value != "13800001111" || got["办公电话"].Value != "0476-8430101" {
		t.Errorf("same contact: %v", got)
	}

	// rows and boxes of the extra fields
	clerk.post(at(id, "/form/extra"), "v.获奖情况", "0", "获奖情况.0.获奖年份", "2016", "获奖情况.2.奖项名称", "科技进步奖", "获奖情况.x.奖项名称", "!",
		"v.支持方式", "0", "支持方式", "技术攻关", "支持方式", "人才培养", "v.产业方向", "0", "产业方向", "设施农业，杂粮").leads(t, at(id, "/form/opinion"))
	got := s.open("松山园区/经办", id).Draft
	if v := got["获奖情况"].Value; v != `[{"获奖年份":"2016"},{"奖项名称":"科技进步奖"}]` {
		t.Errorf("rows: %s", v)
	}
	if v := got["支持方式"].Value; v != `["技术攻关","人才培养"]` {
		t.Errorf("boxes: %s", v)
	}
	if v := got["产业方向"].Value; v != `["设施农业","杂粮"]` {
		t.Errorf("tags: %s", v)
	}
}

// Nobody signs what they wrote, also in another post (R129).
func TestTwoPersons(t *testing.T) {
	s := newSite(t)
	clerk, id := s.filled("松山园区")
	s.must(s.DB.Write(s.ctx(), s.clock(), func(tx *store.Tx) error {
		return tx.AddPost(s.ctx(), org.Post{ID: "post-batu-clerk", Person: "demo-batu", Unit: "host-songshan", Role: org.Clerk, From: s.clock()})
	}))
	token, err := s.auth.StepIn(s.ctx(), s.clock(), "demo-batu", "post-batu-clerk", "zh", "127.0.0.1")
	s.must(err)
	both := &client{s: s, cookie: token, lang: "zh"}
	if code, got := both.ask("POST", at(id, "/answers"), "field", "联系人", "value", "巴图", "version", "1"); code != 200 {
		t.Fatal(code, got)
	}
	clerk.get(at(id, "/answers-check")).says(t, 200, "巴图", "高娃")
	clerk.post(at(id, "/preparation")).leads(t, at(id))
	s.as("松山园区/负责人").post(at(id, "/signature")).says(t, 403, "经办和签批须由两个人分别完成")
	if got := s.open("松山园区/经办", id); got.State != application.AwaitSignature || len(got.Versions) != 0 {
		t.Errorf("%s, %d versions", got.State, len(got.Versions))
	}
	clerk.post(at(id, "/signature")).says(t, 403)
	clerk.post(at(id, "/recall")).leads(t, at(id))
}

// After the deadline nothing goes up, and everything stays.
func TestLateSubmission(t *testing.T) {
	s := newSite(t)
	clerk, id := s.filled("松山园区")
	clerk.post(at(id, "/preparation")).leads(t, at(id))
	s.as("松山园区/负责人").post(at(id, "/signature")).leads(t, at(id))
	clerk.get(at(id, "/submission")).says(t, 200, "未回传")
	clerk.post(at(id, "/submission")).says(t, 422, "还没有上传盖章页")
	s.must(demo.Seal(s.ctx(), s.World, "松山园区/经办", id))
	s.later(31 * 24 * time.Hour)
	late := s.as("松山园区/负责人")
	late.post(at(id, "/submission")).says(t, 409, "2017年7月20日24时", "七（二）")
	late.get("/applications/new?call="+s.Call).says(t, 403)
	s.as("红山高新区/经办").get("/applications/new?call="+s.Call).says(t, 200, "报送已于2017年7月20日24时")
	if got := s.open("松山园区/经办", id); got.State != application.SignedOff || len(got.Receipts) != 0 {
		t.Errorf("%s, %d receipts", got.State, len(got.Receipts))
	}
	s.as("红山高新区/经办").post("/applications", "call", s.Call, "unit", "host-hongshan").says(t, 409, "2017年7月20日24时")
}

func TestFiles(t *testing.T) {
	s := newSite(t)
	clerk, id := s.filled("松山园区")
	clerk.attach(id, filing.ForEvidence, "1a", `..\..\"总结"<b>.pdf`, demo.Scan("one")).leads(t, at(id))
	clerk.get(at(id, "/form/condition-1a")).says(t, 200, "总结", "高娃", "1页", "移除").hides(t, "<b>.pdf", `..\`)
	c := s.open("松山园区/经办", id)
	f := c.Files[0]
	res := clerk.raw(at(id, "/files/", f.ID))
	for k, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"} {
		if got := res.Header.Get(k); got != want {
			t.Errorf("%s: %q", k, got)
		}
	}
	if d := res.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment; ") || strings.ContainsAny(d, "\r\n<") {
		t.Errorf("disposition %q", d)
	}
	if d := clerk.raw(at(id, "/files/", f.ID, "?inline=1")).Header.Get("Content-Disposition"); !strings.HasPrefix(d, "inline") {
		t.Errorf("inline: %q", d)
	}

	// what is refused says why, and leaves nothing
	for name, bad := range map[string][]byte{"空.pdf": nil, "程序.exe": []byte("MZ"), "网页.pdf": []byte("<html><script>alert(1)</script>"), "旧.doc": []byte("x")} {
		clerk.attach(id, filing.ForEvidence, "1a", name, bad).says(t, 422, "没有办理成功")
	}
	clerk.attach(id, filing.ForEvidence, "9z", "a.pdf", demo.Scan("x")).says(t, 404)
	clerk.attach(id, filing.ForSeal, "", "a.pdf", demo.Scan("x")).says(t, 409)
	clerk.attach(id, "other", "", "a.pdf", demo.Scan("x")).says(t, 422)
	clerk.do("POST", at(id, "/files"), strings.NewReader("purpose=evidence"), "application/x-www-form-urlencoded").says(t, 422, "没有收到文件")
	s.as("松山园区/负责人").attach(id, filing.ForEvidence, "1a", "a.pdf", demo.Scan("x")).says(t, 403)
	s.as("红山高新区/经办").attach(id, filing.ForEvidence, "1a", "a.pdf", demo.Scan("x")).says(t, 404)
	if n := len(s.open("松山园区/经办", id).Files); n != 1 {
		t.Errorf("%d files", n)
	}

	// another case's file is not found under one's own, nor taken off through it
	other, own := s.filled("红山高新区")
	other.get(at(own, "/files/", f.ID)).says(t, 404)
	other.get(at(id, "/files/", f.ID)).says(t, 404)
	other.post(at(own, "/files/", f.ID, "/removal")).says(t, 404)
	clerk.post(at(id, "/files/", f.ID, "/removal")).leads(t, at(id))
	clerk.get(at(id, "/files/", f.ID)).says(t, 404)
	facts := s.open("松山园区/经办", id).Facts
	if !slices.ContainsFunc(facts, func(e event.Event) bool { return e.Kind == application.FileRemoved }) {
		t.Error("no fact of the removal")
	}
}

// raw is an answer with its headers.
func (c *client) raw(path string) *http.Response {
	c.s.t.Helper()
	r, err := http.NewRequestWithContext(c.s.ctx(), "GET", c.s.http.URL+path, nil)
	c.s.must(err)
	r.AddCookie(&http.Cookie{Name: "shenbao", Value: c.cookie})
	res, err := http.DefaultTransport.RoundTrip(r)
	c.s.must(err)
	c.s.t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != 200 {
		c.s.t.Errorf("%s: %d", path, res.StatusCode)
	}
	return res
}

// tus speaks the protocol of uploads that resume.
func (c *client) tus(method, path string, header map[string]string, body []byte) *http.Response {
	c.s.t.Helper()
	r, err := http.NewRequestWithContext(c.s.ctx(), method, c.s.http.URL+path, bytes.NewReader(body))
	c.s.must(err)
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("Origin", c.s.http.URL)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "shenbao", Value: c.cookie})
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	c.s.must(err)
	c.s.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func meta(pairs ...string) string {
	var out []string
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, pairs[i]+" "+base64.StdEncoding.EncodeToString([]byte(pairs[i+1])))
	}
	return strings.Join(out, ",")
}

// An upload in two pieces is one file; only its sender goes on with it, and nobody begins
// one on a case that they can't add to.
func TestUploadInPieces(t *testing.T) {
	s := newSite(t)
	clerk, id := s.filled("松山园区")
	pdf := demo.Scan("in pieces")
	begin := func(c *client, id application.ID, topic string) *http.Response {
		return c.tus("POST", "/uploads/", map[string]string{"Upload-Length": strconv.Itoa(len(pdf)),
			"Upload-Metadata": meta("case", string(id), "purpose", filing.ForEvidence, "topic", topic, "filename", "活动总结.pdf")}, nil)
	}
	for who, want := range map[string]int{"": 401, "红山高新区/经办": 404, "松山园区/负责人": 403} {
		if got := begin(s.as(who), id, "1a").StatusCode; got != want {
			t.Errorf("%s begins: %d, want %d", who, got, want)
		}
	}
	if got := begin(clerk, id, "9z").StatusCode; got != 404 {
		t.Errorf("unknown condition: %d", got)
	}
	res := begin(clerk, id, "1a")
	to := res.Header.Get("Location")
	if res.StatusCode != 201 || !strings.HasPrefix(to, "/uploads/") {
		t.Fatalf("%d %s", res.StatusCode, to)
	}
	piece := map[string]string{"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
	if got := clerk.tus("PATCH", to, piece, pdf[:100]); got.StatusCode != 204 {
		t.Fatal(got.Status)
	}
	if got := s.as("松山园区/负责人").tus("HEAD", to, nil, nil).StatusCode; got != 404 {
		t.Errorf("somebody else asks how far it is: %d", got)
	}
	if got := clerk.tus("HEAD", to, nil, nil).Header.Get("Upload-Offset"); got != "100" {
		t.Errorf("offset %s", got)
	}
	piece["Upload-Offset"] = "100"
	if got := clerk.tus("PATCH", to, piece, pdf[100:]); got.StatusCode != 204 {
		t.Fatal(got.Status)
	}
	c := s.open("松山园区/经办", id)
	if len(c.Files) != 1 || c.Files[0].Name != "活动总结.pdf" || c.Files[0].Topic != "1a" || c.Files[0].Size != int64(len(pdf)) {
		t.Errorf("files %+v", c.Files)
	}
	clerk.get(at(id, "/files?purpose=evidence&topic=1a")).says(t, 200, "活动总结.pdf")
}

// The account number is nobody's business but the applicant's (R124).
func TestAccountMasked(t *testing.T) {
	s := newSite(t)
	id, err := demo.Submit(s.ctx(), s.World, "松山园区")
	s.must(err)
	full := s.open("松山园区/经办", id).Answers.Answers[filing.FieldAccount]
	for _, who := range []string{"松山区人社局/经办", "松山区人社局/负责人", "厅/业务", "中心/受理", "松山园区/负责人"} {
		for _, path := range []string{at(id), at(id, "/versions/1"), at(id, "/compare?a=1&b=1")} {
			s.as(who).get(path).hides(t, full, full[5:14])
		}
	}
	s.as("松山区人社局/经办").get(at(id, "/versions/1")).says(t, 200, "* **01 26")
}

// A return opens the named fields alone; the next version is compared with the first.
func TestCorrectionAndCompare(t *testing.T) {
	s := newSite(t)
	id, err := demo.Submit(s.ctx(), s.World, "松山园区")
	s.must(err)
	var marks []filing.Mark
	for _, k := range s.open("松山区人社局/经办", id).Notice.Conditions {
		marks = append(marks, filing.Mark{Condition: k.ID, Finding: filing.Met})
	}
	s.must(s.Opine(s.ctx(), s.As("松山区人社局/经办"), id, application.OpinionDraft{Outcome: filing.Return, Text: "单位简介中的产值与年报不一致，请核实后修改。",
		Marks: marks, Fields: []string{"单位简介", "条件.1a"}, Due: s.clock().Add(72 * time.Hour)}, true))
	v, _ := s.open("松山区人社局/负责人", id).Current()
	s.must(s.SignOpinion(s.ctx(), s.As("松山区人社局/负责人"), id, v.Hash))

	clerk := s.as("松山园区/经办")
	clerk.get(at(id)).says(t, 200, "退回补正", "单位简介中的产值与年报不一致", "须补正", "起失效")
	clerk.get(at(id, "/form/text-1")).says(t, 200, "须补正", `data-field="单位简介"`)
	clerk.get(at(id, "/form/text-2")).says(t, 200, "没有开放这一栏").hides(t, `data-field="基本情况"`)
	clerk.get(at(id, "/form/condition-1b")).hides(t, `type="file"`)
	clerk.get(at(id, "/form/condition-1a")).says(t, 200, `type="file"`)
	if code, got := clerk.ask("POST", at(id, "/answers"), "field", "基本情况", "value", "x", "version", "1"); code != 422 || !strings.Contains(got["message"].(string), "没有开放这一栏") {
		t.Errorf("a locked field: %d %v", code, got)
	}
	text := s.open("松山园区/经办", id).Draft["单位简介"]
	if code, _ := clerk.ask("POST", at(id, "/answers"), "field", "单位简介", "value", strings.Replace(text.Value, "3.6亿元", "3.4亿元", 1), "version", strconv.Itoa(text.Version)); code != 200 {
		t.Fatal(code)
	}
	clerk.post(at(id, "/preparation")).leads(t, at(id))
	s.as("松山园区/负责人").post(at(id, "/signature")).leads(t, at(id))
	s.as("松山区人社局/经办").get(at(id, "/versions/2")).says(t, 404)
	s.must(demo.Seal(s.ctx(), s.World, "松山园区/经办", id))
	clerk.post(at(id, "/submission")).leads(t, at(id, "/receipts/"))
	s.as("松山区人社局/经办").get(at(id, "/compare?a=1&b=2")).says(t, 200, "有1栏不同", "<del>6</del>", "<ins>4</ins>", "单位简介（800字）")
	clerk.get(at(id, "/compare?a=1&b=3")).says(t, 404)
	if got := s.open("松山园区/经办", id); len(got.Receipts) != 2 || got.State != application.Moving {
		t.Errorf("%s, %d receipts", got.State, len(got.Receipts))
	}
}

func TestWithdrawalAndBeginningAgain(t *testing.T) {
	s := newSite(t)
	id, err := demo.Submit(s.ctx(), s.World, "松山园区")
	s.must(err)
	s.as("松山园区/经办").get(at(id, "/withdrawal")).says(t, 403)
	head := s.as("松山园区/负责人")
	head.get(at(id, "/withdrawal")).says(t, 200, "撤回的理由")
	head.post(at(id, "/withdrawal"), "reason", "").says(t, 422)
	head.post(at(id, "/withdrawal"), "reason", "今年条件还不成熟").leads(t, at(id))
	clerk := s.as("松山园区/经办")
	clerk.get(at(id)).says(t, 200, "已撤回", "今年条件还不成熟", "可以重新申报")
	clerk.get("/applications/new?call="+s.Call).says(t, 200, "可以复制以前未获认定的申报内容", "松山设施农业专家服务基地")
	p := clerk.post("/applications", "call", s.Call, "unit", "host-songshan", "from", string(id))
	p.leads(t, "/applications/")
	u, err := url.Parse(p.location)
	s.must(err)
	c := s.open("松山园区/经办", application.ID(strings.TrimPrefix(u.Path, "/applications/")))
	if c.From != id || c.Draft[filing.FieldBase].Value != "松山设施农业专家服务基地" || c.Draft["条件.1a"].Value != "" {
		t.Errorf("from %s: %v", c.From, c.Draft[filing.FieldBase])
	}
	clerk.post("/applications", "call", s.Call, "unit", "host-songshan").says(t, 409, "已经有一份申报")
	clerk.post("/applications", "call", s.Call, "unit", "host-songshan", "from", string(c.ID)).says(t, 409, "填报中")
	other := s.as("红山高新区/经办")
	other.post("/applications", "call", s.Call, "unit", "host-hongshan", "from", string(id)).says(t, 404)
}

// A bureau files for a non-public unit of its place, marked so, and not without the
// unit's paper (R39).
func TestProxy(t *testing.T) {
	s := newSite(t)
	clerk := s.as("赛罕区人社局/经办")
	clerk.get("/applications/new?call="+s.Call).says(t, 200, "绿源农牧业专业合作社").hides(t, "晟源稀土")
	clerk.get("/applications/new?call="+s.Call+"&unit=host-lvyuan").says(t, 200, "代为填报", "签字盖章的纸质材料")
	clerk.get("/applications/new?call="+s.Call+"&unit=host-xitu").says(t, 404)
	clerk.post("/applications", "call", s.Call, "unit", "host-muge").says(t, 403, "内蒙古牧歌乳业股份有限公司", "已有账户")
	p := clerk.post("/applications", "call", s.Call, "unit", "host-lvyuan")
	p.leads(t, "/applications/")
	u, err := url.Parse(p.location)
	s.must(err)
	id := application.ID(strings.TrimPrefix(u.Path, "/applications/"))
	s.must(demo.Fill(s.ctx(), s.World, id))
	clerk.get(at(id)).says(t, 200, "由呼和浩特市赛罕区人力资源和社会保障局代为填报")
	clerk.get(at(id, "/answers-check")).says(t, 200, "代为填报须附")
	clerk.attach(id, filing.ForProxy, "", "签字盖章件.pdf", demo.Scan("paper")).leads(t, at(id))
	clerk.post(at(id, "/preparation")).leads(t, at(id))
	s.as("赛罕区人社局/负责人").post(at(id, "/signature")).leads(t, at(id))
}

// The list: filters, words, the next page by a cursor, for each what it may see.
func TestApplicationList(t *testing.T) {
	s := newSite(t)
	for _, h := range []string{"松山园区", "红山高新区", "种子站"} {
		_, err := demo.Submit(s.ctx(), s.World, h)
		s.must(err)
	}
	staff := s.as("厅/业务")
	staff.get("/applications").says(t, 200, "SB2017-0001", "SB2017-0003", "高新技术开发区", "农牧业厅").hides(t, "下一页", "开始申报")
	staff.get("/applications?words="+url.QueryEscape("红山")).says(t, 200, "SB2017-0002").hides(t, "SB2017-0001")
	staff.get("/applications?state=final").says(t, 200, "没有符合条件的申报")
	staff.get("/applications?state=moving&call="+s.Call).says(t, 200, "SB2017-0001")
	s.as("赤峰市人社局/经办").get("/applications").says(t, 200, "SB2017-0001", "SB2017-0002").hides(t, "SB2017-0003")
	s.as("松山园区/经办").get("/applications").says(t, 200, "SB2017-0001", "开始申报").hides(t, "SB2017-0002")
}
