package e2e

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"shenbao/internal/locale"

	"github.com/chromedp/chromedp"
	"github.com/tus/tusd/v2/pkg/filestore"
	tusd "github.com/tus/tusd/v2/pkg/handler"
	"golang.org/x/exp/slog" // tusd's logger is of this type
)

// An answered is a field as the server of the scripts' page has it.
type answered struct {
	Field   string `json:"field"`
	Value   string `json:"value"`
	Version int    `json:"version"`
	Name    string `json:"name"`
	At      string `json:"at"`
}

// An office serves one page that uses every script, and plays what a real server may
// answer: it holds to what autosave.js and upload.js say of it.
type office struct {
	mu     sync.Mutex
	fields map[string]answered
	news   []answered
	status int    // of the next saves; 0 = as it is right
	sent   string // the form, when it was sent
	times  int
	hold   chan struct{} // autosave.js is served when it is closed
}

func (o *office) save(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if o.status != 0 {
		w.WriteHeader(o.status)
		fmt.Fprint(w, `{"message":"电话号码位数不对"}`)
		return
	}
	v, _ := strconv.Atoi(r.FormValue("version"))
	f := o.fields[r.FormValue("field")]
	if f.Version != v {
		w.WriteHeader(http.StatusConflict)
		_ = json.NewEncoder(w).Encode(f)
		return
	}
	f = answered{r.FormValue("field"), r.FormValue("value"), v + 1, "", "10:05:12"}
	o.fields[f.Field] = f
	_ = json.NewEncoder(w).Encode(f)
}

// other writes a field as somebody else does.
func (o *office) other(field, value string, news bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f := answered{field, value, o.fields[field].Version + 1, "王丽娜", "10:04"}
	o.fields[field] = f
	if news {
		o.news = append(o.news, f)
	}
}

func (o *office) answering(status int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.status = status
}

func (o *office) has(field string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.fields[field].Value
}

func (o *office) received() (string, int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sent, o.times
}

// newOffice serves the scripts that are shipped, under the policy that is shipped.
func newOffice(t *testing.T, uploads string) (*office, string) {
	o := &office{hold: make(chan struct{}), fields: map[string]answered{"简介": {Version: 3, Value: "原文"}, "电话": {}, "类别": {}, "经费": {}}}
	page, err := template.New("scripts.html").Funcs(template.FuncMap{"texts": func() map[string]string { return locale.Zh.Under("browser.") }}).
		ParseFiles("testdata/scripts.html")
	if err != nil {
		t.Fatal(err)
	}
	store := filestore.New(uploads)
	composer := tusd.NewStoreComposer()
	store.UseIn(composer)
	tus, err := tusd.NewHandler(tusd.Config{BasePath: "/uploads/", StoreComposer: composer, DisableDownload: true,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServer(http.Dir("../internal/web/static"))))
	mux.HandleFunc("GET /static/autosave.js", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-o.hold:
		case <-r.Context().Done():
		}
		http.ServeFile(w, r, "../internal/web/static/autosave.js")
	})
	mux.Handle("/uploads/", http.StripPrefix("/uploads/", tus))
	mux.HandleFunc("POST /save", o.save)
	mux.HandleFunc("GET /save", func(w http.ResponseWriter, _ *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"changes": o.news, "editors": []string{"王丽娜"}, "since": "1"})
	})
	mux.HandleFunc("GET /list", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<p>已收到附件</p>") })
	mux.HandleFunc("POST /sent", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		o.mu.Lock()
		o.sent, o.times = r.PostForm.Encode()+" "+r.PostFormValue("经费.0.年度"), o.times+1
		o.mu.Unlock()
		fmt.Fprint(w, "<!doctype html><main>收到</main>")
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		o.mu.Lock()
		defer o.mu.Unlock()
		if err := page.Execute(w, o.fields); err != nil {
			t.Error(err)
		}
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return o, srv.URL
}

// until waits for an expression to become true in the page.
func (v *visitor) until(expr string) {
	v.t.Helper()
	if !js[bool](v, `new Promise(done => { const start = Date.now(); const look = () => (`+expr+`) ? done(true) : Date.now() - start > 20000 ? done(false) : setTimeout(look, 40); look() })`) {
		v.t.Fatalf("never came true: %s. The page says:\n%s", expr, v.text())
	}
}

// allSaved: a text stays on the visitor's machine until the server has it.
const allSaved = `localStorage.length === 0`

func (v *visitor) untilSays(words string) {
	v.t.Helper()
	v.until("document.body.innerText.includes(" + quote(words) + ")")
}

func TestAutosaveBrowser(t *testing.T) {
	o, site := newOffice(t, t.TempDir())
	v := visit(t, site)
	close(o.hold)
	v.open("/")
	v.untilSays("已填 2 字")

	v.fill("简介", "内蒙古ABC专家")
	v.untilSays("已填 6 字，上限 5 字，超出 1 字")
	v.untilSays("已自动保存 10:05:12")
	if got := o.has("简介"); got != "内蒙古ABC专家" {
		t.Errorf("saved %q: a text over its limit is kept whole", got)
	}
	v.fill("类别", "企业")
	v.until(allSaved)

	// Refused: said at the field, kept here.
	o.answering(422)
	v.fill("电话", "12")
	v.untilSays("电话号码位数不对")
	o.answering(0)
	v.fill("电话", "0476-5550123")
	v.until(`!document.body.innerText.includes("电话号码位数不对")`)
	v.until(allSaved)

	// Changed by somebody else: both texts stay until one is chosen.
	o.other("简介", "对方的", false)
	v.fill("简介", "我的")
	v.untilSays("王丽娜 于 10:04 改了这一栏")
	v.sees("对方的")
	if got := o.has("简介"); got != "对方的" {
		t.Errorf("overwritten with %q before the choice", got)
	}
	v.click("用我的")
	v.until(`!document.querySelector(".theirs")`)
	v.until(allSaved)

	// Signed out: said at once, kept, saved when the person comes back.
	o.answering(401)
	v.fill("简介", "登录失效时写的")
	v.untilSays("登录已失效，内容已保存在本机")
	if href := js[string](v, `document.querySelector(".note a").getAttribute("href")`); href != "/sign-in" {
		t.Errorf("the link leads to %s", href)
	}
	// The page is left before it could be saved, and offers the text when it is back.
	v.open("/")
	v.untilSays("当时没有保存到服务器的内容")
	v.sees("登录失效时写的")
	o.answering(0)
	v.click("恢复")
	v.until(allSaved)
	if got := o.has("简介"); got != "登录失效时写的" {
		t.Errorf("after restoring, the server has %q", got)
	}

	// News of others reaches what is untouched here.
	o.other("电话", "0476-1234567", true)
	v.untilSays("王丽娜 也在填写这份表")
	v.until(`document.querySelector("#f-电话").value === "0476-1234567"`)
	if got := o.has("类别"); got != "企业" {
		t.Errorf("radio: saved %q", got)
	}
	v.clean()
}

func TestListsAndSendingBrowser(t *testing.T) {
	o, site := newOffice(t, t.TempDir())
	v := visit(t, site)
	v.open("/")
	v.fill("经费.0.年度", "2016")
	v.fill("电话", "0476-5550123")
	close(o.hold) // what was typed before the scripts came is saved as well
	v.untilSays("添加一行")
	v.until(allSaved)
	if o.has("经费") != `[{"年度":"2016"}]` || o.has("电话") != "0476-5550123" {
		t.Errorf("saved %q and %q", o.has("经费"), o.has("电话"))
	}
	v.click("添加一行")
	v.fill("经费.2.年度", "2015")
	js[bool](v, `document.querySelector("[aria-label='第 3 行上移']").click() || true`)
	v.untilSays("已移到第 2 行")
	js[bool](v, `document.querySelector("[aria-label='第 2 行上移']").click() || true`)
	v.untilSays("已移到第 1 行")
	js[bool](v, `document.querySelector("[aria-label='删除第 2 行']").click() || true`)
	v.untilSays("已删除第 2 行。")
	v.click("撤销删除")
	v.until(`document.querySelector("[name='经费.1.年度']").value === "2016"`)
	v.until(allSaved)
	if got, want := o.has("经费"), `[{"年度":"2015"},{"年度":"2016"}]`; got != want {
		t.Errorf("saved %s, want %s", got, want)
	}
	v.accessible()

	v.click("报送")
	v.untilSays("确定报送？")
	v.click("取消")
	if _, n := o.received(); n != 0 {
		t.Error("sent without a yes")
	}
	v.click("报送")
	v.untilSays("确定报送？")
	js[bool](v, `(() => { window.before = true; const b = [...document.querySelectorAll("dialog button")].at(-1); b.click(); document.querySelector("form").requestSubmit(); return true })()`)
	v.left()
	v.sees("收到")
	sent, n := o.received()
	if n != 1 || !strings.HasSuffix(sent, " 2015") || !strings.Contains(sent, "do=send") {
		t.Errorf("sent %d times: %s", n, sent)
	}
	v.clean()
}

func TestUploadBrowser(t *testing.T) {
	dir := t.TempDir()
	o, site := newOffice(t, dir)
	close(o.hold)
	v := visit(t, site)
	v.open("/")
	v.until(`!!window.tus`)
	file := filepath.Join(t.TempDir(), "章程.pdf")
	content := strings.Repeat("%PDF-1.7 ", 400_000) // 3.4 MiB: four pieces
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	v.do(chromedp.SetUploadFiles("#file", []string{file}))
	v.click("上传")
	v.untilSays("已校验 3.4 MB")
	v.untilSays("已收到附件")
	infos, _ := filepath.Glob(filepath.Join(dir, "*.info"))
	if len(infos) != 1 {
		t.Fatalf("%d uploads", len(infos))
	}
	info, err := os.ReadFile(infos[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"filename":"章程.pdf"`, `"purpose":"章程"`} {
		if !strings.Contains(string(info), want) {
			t.Errorf("%s lacks %s", info, want)
		}
	}
	got, err := os.ReadFile(strings.TrimSuffix(infos[0], ".info"))
	if err != nil || string(got) != content {
		t.Errorf("%d bytes arrived of %d: %v", len(got), len(content), err)
	}
	v.clean()
}
