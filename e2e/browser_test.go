// Package e2e walks the real program in a real browser.
package e2e

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe.min.js
var axe string

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "shenbao-e2e-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "shenbao")
	build := exec.Command("go", "build", "-o", binary, "../cmd/shenbao")
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// startDemo runs the demo on a free port and answers its address and data directory.
func startDemo(t *testing.T, args ...string) (site, data string) {
	t.Helper()
	data = t.TempDir()
	cmd := exec.Command(binary, append([]string{"demo", "--addr", "127.0.0.1:0", "--data", data}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if u := lines.Text(); strings.HasPrefix(u, "http://") {
			go func() {
				for lines.Scan() {
				}
			}()
			return strings.TrimSuffix(u, "/"), data
		}
	}
	t.Fatal("the demo ended before it printed its address")
	return "", ""
}

// A visitor is one person at one browser.
type visitor struct {
	t    *testing.T
	ctx  context.Context
	site string

	mu     sync.Mutex
	faults []string // errors in the browser's console, refusals by the security policy
}

// visit opens a browser with an empty profile.
func visit(t *testing.T, site string) *visitor {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.WindowSize(1366, 768), chromedp.Flag("lang", "zh-CN"),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	a, c1 := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, c2 := chromedp.NewContext(a)
	t.Cleanup(func() { c2(); c1() })
	v := &visitor{t: t, ctx: ctx, site: site}
	v.do(chromedp.Navigate("about:blank"), chromedp.Func(v.listen))
	return v
}

// listen collects what the browser complains about: exceptions, and entries of its log
// such as what the security policy stopped. An answer of 4xx is no fault of the page.
func (v *visitor) listen(ctx context.Context, target *chromedp.Target) error {
	for _, enable := range []cdp.Command[cdp.Empty, cdp.Empty]{runtime.Enable, log.Enable} {
		if _, err := cdp.Call(ctx, target, enable, cdp.Empty{}); err != nil {
			return err
		}
	}
	thrown, entries := cdp.Events(v.ctx, target, runtime.ExceptionThrown), cdp.Events(v.ctx, target, log.EntryAdded)
	fault := func(s string) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.faults = append(v.faults, s)
	}
	go func() {
		for e, err := range thrown {
			if err != nil {
				return
			}
			fault(e.ExceptionDetails.Text)
		}
	}()
	go func() {
		for e, err := range entries {
			if err != nil {
				return
			}
			if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
				fault(e.Entry.Text)
			}
		}
	}()
	return nil
}

func (v *visitor) do(actions ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, actions...); err != nil {
		v.t.Fatalf("at %s: %v", v.path(), err)
	}
}

// js evaluates an expression.
func js[T any](v *visitor, expr string) T {
	v.t.Helper()
	x, err := chromedp.Run(v.ctx, chromedp.Evaluate[T](expr, chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatalf("%s: %v", expr, err)
	}
	return x
}

func (v *visitor) path() string {
	s, err := chromedp.Run(v.ctx, chromedp.Evaluate[string]("location.pathname + location.search"))
	if err != nil {
		return "?"
	}
	return s
}

// open goes to a path.
func (v *visitor) open(path string) {
	v.t.Helper()
	v.do(chromedp.Navigate(v.site + path))
	v.settle()
}

// text is what the page says.
func (v *visitor) text() string {
	v.t.Helper()
	return js[string](v, `(document.querySelector("main") || document.body).innerText`)
}

// sees fails unless the page says it.
func (v *visitor) sees(words ...string) {
	v.t.Helper()
	text := v.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			v.t.Fatalf("%s does not say %q. It says:\n%s", v.path(), w, text)
		}
	}
}

// click presses the one visible button, link or summary with this text, and waits for the
// next page when it leads to one.
func (v *visitor) click(text string) {
	v.t.Helper()
	js[bool](v, "window.before = true")
	found := js[bool](v, fmt.Sprintf(`(() => {
		const want = %s, all = [...document.querySelectorAll("main button, main a, main summary, dialog[open] button, header button, header a, nav a")];
		const said = e => (e.innerText || e.value || "").trim();
		const shown = e => e.getClientRects().length > 0 && !e.disabled;
		const el = all.find(e => shown(e) && said(e) === want) || all.find(e => shown(e) && said(e).includes(want));
		if (!el) return false;
		el.click();
		return true;
	})()`, quote(text)))
	if !found {
		v.t.Fatalf("%s has nothing to press that says %q. It says:\n%s", v.path(), text, v.text())
	}
	v.settle()
}

// wait waits for an expression to hold, also across pages.
func (v *visitor) wait(expr, otherwise string) {
	v.t.Helper()
	for range 300 {
		ok, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](`new Promise(r => setTimeout(() => r(!!(`+expr+`)), 50))`, chromedp.EvalAwaitPromise))
		if err == nil && ok {
			return
		}
	}
	v.t.Fatalf("%s %s. It says:\n%s", v.path(), otherwise, v.text())
}

// settle waits until the page that is there has loaded.
func (v *visitor) settle() {
	v.t.Helper()
	v.wait(`document.readyState === "complete" && document.querySelector("main")`, "never finished loading")
}

// fill types into the control of a name: text, choice, box or date.
func (v *visitor) fill(name, value string) {
	v.t.Helper()
	ok := js[bool](v, fmt.Sprintf(`(() => {
		const name = %s, value = %s, els = [...document.querySelectorAll("[name]")].filter(e => e.name === name && e.type !== "hidden");
		if (!els.length) return false;
		const el = els[0];
		if (el.type === "radio" || el.type === "checkbox") {
			const box = els.find(e => e.value === value);
			if (!box) return false;
			if (!box.checked) box.click();
			return true;
		}
		el.focus();
		el.value = value;
		el.dispatchEvent(new Event("input", {bubbles: true}));
		el.dispatchEvent(new Event("change", {bubbles: true}));
		el.blur();
		return el.tagName !== "SELECT" || el.value === value;
	})()`, quote(name), quote(value)))
	if !ok {
		v.t.Fatalf("%s has no control %q that takes %q", v.path(), name, value)
	}
}

// as steps into a role of the demo, by the words of the entry.
func (v *visitor) as(office, role, name string) {
	v.t.Helper()
	v.open("/")
	ok := js[bool](v, fmt.Sprintf(`(() => {
		const s = document.querySelector("#demo-who");
		const o = [...s.options].find(o => [%s, %s, %s].every(w => o.text.includes(w)));
		if (!o) return false;
		s.value = o.value;
		window.before = true;
		s.form.requestSubmit();
		return true;
	})()`, quote(office), quote(role), quote(name)))
	if !ok {
		v.t.Fatalf("the demo has nobody like %s %s %s", office, role, name)
	}
	v.left()
}

// left waits until the page with the mark is gone and the next is there.
func (v *visitor) left() {
	v.t.Helper()
	v.wait(`!window.before && document.readyState === "complete"`, "was never left")
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// shot keeps a picture of the whole page where SHENBAO_SHOTS says, for people to look at.
func (v *visitor) shot(name string) {
	v.t.Helper()
	dir := os.Getenv("SHENBAO_SHOTS")
	if dir == "" {
		return
	}
	b, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(90))
	if err != nil {
		v.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), b, 0o644); err != nil {
		v.t.Fatal(err)
	}
}

type violation struct {
	ID, Impact, Help string
	Nodes            []struct{ HTML string }
}

// accessible runs axe on the page: WCAG 2.0 to 2.2 A and AA, and best practice.
func (v *visitor) accessible() {
	v.t.Helper()
	js[bool](v, axe+"; true")
	s := js[string](v, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => JSON.stringify(
		{violations: r.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.map(n => ({HTML: n.html}))})), passes: r.passes.length}))`)
	var res struct {
		Violations []violation
		Passes     int
	}
	if err := json.Unmarshal([]byte(s), &res); err != nil {
		v.t.Fatal(err)
	}
	if res.Passes == 0 {
		v.t.Errorf("%s: axe checked nothing", v.path())
	}
	for _, x := range res.Violations {
		v.t.Errorf("%s: %s (%s): %s, %d places, such as %.300s", v.path(), x.ID, x.Impact, x.Help, len(x.Nodes), x.Nodes[0].HTML)
	}
}

// clean fails when the browser complained, or a sentence is missing.
func (v *visitor) clean() {
	v.t.Helper()
	if m := regexp.MustCompile("⟦[^⟧]*⟧").FindAllString(v.text(), -1); len(m) > 0 {
		slices.Sort(m)
		v.t.Errorf("%s: sentences missing: %v", v.path(), slices.Compact(m))
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, f := range v.faults {
		v.t.Errorf("%s: the browser says: %s", v.path(), f)
	}
	v.faults = nil
}
