package web_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"shenbao/internal/demo"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
	"shenbao/internal/web"
)

func (s *site) sound() {
	s.t.Helper()
	r, err := s.Fsck(s.ctx(), s.clock())
	s.must(err)
	if len(r.Problems) > 0 {
		s.t.Errorf("fsck: %v", r.Problems)
	}
}

// What is no text is taken in nowhere: not in a form, not in an address. A fact made of it
// would not match its own hash when it is read again.
func TestNoText(t *testing.T) {
	s := newSite(t)
	clerk, id := s.begun("松山园区")
	head := s.as("松山园区/负责人")
	for _, reason := range []string{"撤回\xff", "撤\x00回"} {
		head.post(at(id, "/withdrawal"), "reason", reason).says(t, 422, "无法识别的字符")
		clerk.post(at(id, "/answers"), "field", "基地名称", "value", reason, "version", "0").says(t, 422, "无法识别的字符")
	}
	clerk.do(http.MethodPost, at(id, "/answers"), strings.NewReader("field=%zz"), "application/x-www-form-urlencoded").says(t, 422, "无法识别的字符")
	for _, path := range []string{"/applications/%00", "/applications/%ff", "/applications?words=%ff", "/bases?words=%00", "/calls/%c3"} {
		clerk.get(path).says(t, 404)
	}
	s.sound()
}

// A form in parts is a form: no more is read of it than of any other, and nothing of it
// reaches the disk, whoever sends it and wherever.
func TestFormInParts(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s := newSite(t)
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("login", "x.bin")
	s.must(err)
	_, err = f.Write(make([]byte, 40<<20))
	s.must(err)
	s.must(w.Close())
	watch := &watcher{r: bytes.NewReader(b.Bytes()), dir: dir}
	c := &client{s: s, lang: "zh"}
	r, err := http.NewRequestWithContext(s.ctx(), http.MethodPost, s.http.URL+"/sign-in", watch)
	s.must(err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	if res, err := http.DefaultTransport.RoundTrip(r); err == nil {
		_ = res.Body.Close()
		if res.StatusCode != 422 {
			t.Errorf("status %d", res.StatusCode)
		}
	}
	if watch.most > 0 {
		t.Errorf("%d files in the folder for temporary files", watch.most)
	}
	c.do(http.MethodPost, "/sign-in", strings.NewReader("--x--"), "multipart/form-data").says(t, 422)
	c.do(http.MethodPost, "/sign-in", strings.NewReader("rubbish"), "multipart/form-data; boundary=x").says(t, 422)
	s.as("松山园区/经办").do(http.MethodPost, "/units/import/application", bytes.NewReader(b.Bytes()), w.FormDataContentType()).says(t, 403)
}

// A watcher counts what lies in a folder while it is read.
type watcher struct {
	r    *bytes.Reader
	dir  string
	most int
}

func (w *watcher) Read(b []byte) (int, error) {
	if es, err := os.ReadDir(w.dir); err == nil {
		w.most = max(w.most, len(es))
	}
	return w.r.Read(b)
}

// An act that is no longer there to be done says so: the page from which it was sent would
// lead away, and nobody would know why.
func TestActTwice(t *testing.T) {
	s := newSite(t)
	clerk, id := s.filled("松山园区")
	clerk.post(at(id, "/preparation")).leads(t, at(id))
	clerk.post(at(id, "/preparation")).says(t, 409, "<h1", "可能刚刚有人办理过")
	head := s.as("松山园区/负责人")
	head.post(at(id, "/signature")).leads(t, at(id))
	head.post(at(id, "/signature")).says(t, 409, "<h1", "可能刚刚有人办理过")
	head.post(at(id, "/submission")).says(t, 422, "<h1")
	s.must(demo.Seal(s.ctx(), s.World, "松山园区/经办", id))
	head.post(at(id, "/submission")).leads(t, at(id))
	head.post(at(id, "/submission")).says(t, 403, "<h1", "赤峰市松山区人力资源和社会保障局")
}

// Behind a proxy that adds a line of its own, the address is the proxy's word and not the
// client's.
func TestForgedAddress(t *testing.T) {
	s := newSite(t)
	h := httptest.NewServer(web.New(s.Desk, s.auth, web.Config{Clock: s.clock, Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}))
	defer h.Close()
	r, err := http.NewRequestWithContext(s.ctx(), http.MethodPost, h.URL+"/sign-in", strings.NewReader(url.Values{"login": {"gaowa"}, "password": {"x"}}.Encode()))
	s.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header["X-Forwarded-For"] = []string{"10.9.9.9", "203.0.113.7"}
	res, err := http.DefaultTransport.RoundTrip(r)
	s.must(err)
	_ = res.Body.Close()
	var es []event.Event
	s.must(s.DB.Read(s.ctx(), s.clock(), func(tx *store.Tx) (err error) {
		es, err = tx.Facts(s.ctx(), event.Subject{Kind: "person", ID: "demo-gaowa"})
		return err
	}))
	if got := fmt.Sprint(es[len(es)-1].By.Addr); got != "203.0.113.7" {
		t.Errorf("the address is %s", got)
	}
}

// The bureau makes links for people of units that it admits, and of no others: who has a
// post elsewhere too would lend that one with it.
func TestLinkToTwoPosts(t *testing.T) {
	s := newSite(t)
	bureau := s.as("松山区人社局/负责人")
	bureau.post("/people/demo-gaowa/invitation").says(t, 200, "只在这里显示一次")
	s.must(s.GrantPost(s.ctx(), s.As("厅/安全管理员"), "demo-gaowa", "hr-150400", org.Clerk))
	bureau.post("/people/demo-gaowa/invitation").says(t, 404)
}

// Whoever does not arrange the review learns from no answer how far it is, nor how long the
// list is on which is decided (B02).
func TestActsSayNothing(t *testing.T) {
	s := newSite(t)
	id, err := demo.Submit(s.ctx(), s.World, "二连园区")
	s.must(err)
	s.must(demo.PassUp(s.ctx(), s.World, id))
	s.must(demo.CheckMaterial(s.ctx(), s.World, id))
	s.must(demo.OpenRound(s.ctx(), s.World))
	l, err := s.Reviews(s.ctx(), s.As("厅/业务"), s.Call)
	s.must(err)
	answers := func() (all []page) {
		for _, key := range []string{"二连园区/负责人", "松山园区/经办", "专家/钱", "厅/财务"} {
			all = append(all, s.as(key).post("/rounds/"+l.Rounds[0].ID+"/closing", "to", "all"),
				s.as(key).post("/calls/"+s.Call+"/decision-sheet", "app", string(id), "outcome."+string(id), "not_recognised", "reason."+string(id), "x", "do", "done"))
		}
		return all
	}
	before := answers()
	experts := []org.PersonID{"demo-qianxuewen", "demo-siriguleng", "demo-linqing"}
	s.must(s.Assign(s.ctx(), s.As("厅/业务"), id, experts, s.clock().AddDate(0, 0, 9), "按专业指定"))
	for k, e := range experts {
		s.must(demo.Score(s.ctx(), s.World, id, e, k))
	}
	scored := answers()
	s.must(demo.CloseRound(s.ctx(), s.World))
	for i, p := range answers() {
		if p != before[i] || scored[i] != before[i] || p.status != 403 {
			t.Errorf("answer %d: %d, %d, %d", i, before[i].status, scored[i].status, p.status)
		}
	}
}

// What an act shows and nobody keeps is shown again when the form comes again: it is one
// more look, with its own fact.
func TestShownTwice(t *testing.T) {
	s := newSite(t)
	id, err := demo.Submit(s.ctx(), s.World, "二连园区")
	s.must(err)
	s.must(demo.PassUp(s.ctx(), s.World, id))
	s.must(demo.ToPlaque(s.ctx(), s.World, id))
	account := ""
	s.must(s.DB.Read(s.ctx(), s.clock(), func(tx *store.Tx) error {
		c, err := tx.Frozen(s.ctx(), id, 1)
		account = c.Answers.Get("账号")
		return err
	}))
	finance, staff := s.as("厅/财务"), s.as("厅/业务")
	finance.get("/calls/"+s.Call+"/grants").hides(t, account)
	for range 2 {
		finance.post(at(id, "/account"), "reason", "首次拨付核对账户", "_key", "k1").says(t, 200, account)
		staff.post("/calls/"+s.Call+"/exceptions", "_key", "k2", "format", "csv").says(t, 200, "首次拨付核对账户")
	}
	var es []event.Event
	s.must(s.DB.Read(s.ctx(), s.clock(), func(tx *store.Tx) (err error) {
		es, err = tx.Log(s.ctx(), store.FactFilter{Kind: "application.account-revealed"}, 9)
		return err
	}))
	if len(es) != 2 {
		t.Errorf("%d facts of two looks", len(es))
	}
}

// A bureau that files for a unit starts from what the unit handed in, and learns nothing
// by it that was hidden from it before.
func TestTakenOverByABureau(t *testing.T) {
	s := newSite(t)
	id, err := demo.Submit(s.ctx(), s.World, "牧歌乳业")
	s.must(err)
	s.must(s.Withdraw(s.ctx(), s.As("牧歌乳业/负责人"), id, "改由人社局代报"))
	// The bureau stands in once nobody in the unit has an account any more.
	s.must(s.DB.Write(s.ctx(), s.clock(), func(tx *store.Tx) error {
		if err := tx.EndPost(s.ctx(), "post-baowenlong"); err != nil {
			return err
		}
		return tx.EndPost(s.ctx(), "post-wurina")
	}))
	next, err := s.Begin(s.ctx(), s.As("赛罕区人社局/经办"), s.Call, "host-muge", id)
	s.must(err)
	c := s.open("赛罕区人社局/经办", next)
	if c.Draft["账号"].Value != "" || c.Draft["基地名称"].Value == "" {
		t.Errorf("account %q, base %q", c.Draft["账号"].Value, c.Draft["基地名称"].Value)
	}
}

// A download that can't be finished is broken off: the browser must not take it for whole.
func TestBrokenExport(t *testing.T) {
	s := newSite(t)
	s.must(s.DB.Write(t.Context(), s.clock(), func(tx *store.Tx) error {
		for range 1500 {
			if _, err := tx.Record(t.Context(), event.Event{Kind: "log.checked", On: event.Subject{Kind: "log"}}); err != nil {
				return err
			}
		}
		return nil
	}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/audit/export?format=jsonl", nil)
	r.AddCookie(&http.Cookie{Name: "shenbao", Value: s.as("厅/审计管理员").cookie})
	w := httptest.NewRecorder()
	var broken any
	func() {
		defer func() { broken = recover() }()
		s.web.ServeHTTP(&losing{ResponseRecorder: w, once: func() {
			s.must(s.DisablePerson(t.Context(), s.As("厅/安全管理员"), "demo-zhaomin", true, "停职"))
		}}, r)
	}()
	if broken != http.ErrAbortHandler || strings.Contains(w.Body.String(), "系统错误") {
		t.Errorf("it ended with %v after %d bytes", broken, w.Body.Len())
	}
}

// A losing writer does something at the first byte.
type losing struct {
	*httptest.ResponseRecorder
	once func()
}

func (l *losing) Write(b []byte) (int, error) {
	if l.once != nil {
		l.once()
		l.once = nil
	}
	return l.ResponseRecorder.Write(b)
}

// The rows of an import come back from a page, and are bounded like those of a file (U11).
func TestRowsSentBack(t *testing.T) {
	s := newSite(t)
	sec := s.as("厅/安全管理员")
	for _, rows := range []string{"[" + strings.Repeat("[],", 5000) + "[]]", "[[" + strings.Repeat(`"x",`, 30) + `"x"]]`} {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		s.must(w.WriteField("rows", rows))
		s.must(w.Close())
		sec.do(http.MethodPost, "/units/import/application", &b, w.FormDataContentType()).says(t, 422, "提交的内容太长")
	}
}

// A post is handed over to somebody of the own unit; of others the person in charge does
// not even learn whether there is such an account, let alone who it is.
func TestHandOverToAStranger(t *testing.T) {
	s := newSite(t)
	head := s.as("松山园区/负责人")
	one := head.post("/posts/post-gaowa/handover", "to", "menghe", "note", "调岗")
	two := head.post("/posts/post-gaowa/handover", "to", "nobody", "note", "调岗")
	plain := func(p page) string {
		return regexp.MustCompile(`name="_key" value="[^"]*"`).ReplaceAllString(strings.ReplaceAll(p.body, "menghe", "nobody"), "")
	}
	if one.status != 422 || one.status != two.status || plain(one) != plain(two) {
		t.Errorf("%d and %d: the answers differ", one.status, two.status)
	}
	head.get("/people/demo-menghe").says(t, 404)
	s.as("厅/安全管理员").post("/posts/post-gaowa/handover", "to", "siqin", "note", "调岗").leads(t, "/people/demo-gaowa")
}

// The folder of scripts and styles gives its files and no list of them.
func TestStaticIsNoListing(t *testing.T) {
	c := newSite(t).as("")
	c.get("/static/").says(t, 404)
	c.get("/static/app.css").says(t, 200, ".demo-bar")
}
