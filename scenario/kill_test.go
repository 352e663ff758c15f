package scenario_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/auth"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/file"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/internal/store"
	"shenbao/notices"
)

const (
	kills   = 10
	between = 150 // answers between two kills
)

// The real program is killed again and again while clients fill in, sign, hand in and
// withdraw, sending every form until it is answered. In the end every receipt that anyone
// was given is there once, nothing was done twice, and fsck finds nothing (trust §1.4).
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "shenbao")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../cmd/shenbao").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p := &program{t: t, binary: binary, data: filepath.Join(dir, "data"), answers: make(chan struct{}, 1<<20)}
	clients := p.prepare("松山园区", "二连园区", "种子站")
	p.start()
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	var wg sync.WaitGroup
	for _, c := range clients {
		wg.Go(func() { c.work(ctx) })
	}
	for range kills {
		for range between {
			select {
			case <-p.answers:
			case <-ctx.Done():
				t.Fatal("the program answers too slowly")
			}
		}
		p.mu.Lock() // nobody sends before it is up again
		p.kill()
		p.start()
		p.mu.Unlock()
	}
	stop()
	wg.Wait()
	p.kill()
	p.look(clients)
}

// A program is the real binary on a data directory.
type program struct {
	t            *testing.T
	binary, data string
	call         string
	answers      chan struct{}

	mu   sync.Mutex
	site string
	cmd  *exec.Cmd
}

// prepare fills the directory: the cast, a call that is open now, and a session for a
// clerk and a person in charge of each host.
func (p *program) prepare(hosts ...string) (cs []*patient) {
	p.t.Helper()
	p.inside(func(w *demo.World) {
		ctx := p.t.Context()
		src, err := notices.FS.ReadFile(notices.ExpertServiceBase2017)
		p.must(err)
		p.call, err = w.DraftCall(ctx, w.As("厅/业务"), "next.md", []byte(strings.ReplaceAll(string(src), "2017", "2099")), nil)
		p.must(err)
		p.must(w.ProposeCall(ctx, w.As("厅/业务"), p.call))
		p.must(w.PublishCall(ctx, w.As("厅/审批"), p.call))
		a := auth.New(w.DB)
		for _, h := range hosts {
			c := &patient{p: p, host: h, unit: org.UnitID(w.As(h + "/经办").By.Unit), receipts: map[application.ID]string{}, withdrawn: map[application.ID]bool{}}
			for _, r := range []struct {
				key    string
				cookie *string
			}{{h + "/经办", &c.clerk}, {h + "/负责人", &c.head}} {
				by := w.As(r.key).By
				*r.cookie, err = a.StepIn(ctx, w.Now(), org.PersonID(by.Person), org.PostID(by.Post), "zh", "127.0.0.1")
				p.must(err)
			}
			n, err := w.Desk.Call(ctx, w.As("厅/业务"), p.call, "")
			p.must(err)
			var u org.Unit
			p.must(w.DB.Read(ctx, w.Now(), func(tx *store.Tx) (err error) { u, err = tx.Unit(ctx, c.unit); return err }))
			c.texts = demo.Answers(n.Published.Notice, u)
			cs = append(cs, c)
		}
	})
	return cs
}

// inside opens the directory while the program does not run.
func (p *program) inside(f func(*demo.World)) {
	p.t.Helper()
	p.must(os.MkdirAll(p.data, 0o700))
	db, err := store.Open(context.WithoutCancel(p.t.Context()), p.data, 0)
	p.must(err)
	files, err := file.OpenDir(filepath.Join(p.data, "files"))
	p.must(err)
	w, err := demo.Cast(context.WithoutCancel(p.t.Context()), db, desk.New(db, files), time.Now)
	p.must(err)
	f(w)
	p.must(db.Close())
}

func (p *program) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) start() {
	p.t.Helper()
	p.cmd = exec.Command(p.binary, "serve", "--addr", "127.0.0.1:0", "--data", p.data)
	out, err := p.cmd.StdoutPipe()
	p.must(err)
	p.must(p.cmd.Start())
	p.t.Cleanup(p.kill)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if u := lines.Text(); strings.HasPrefix(u, "http://") {
			p.site = strings.TrimSuffix(u, "/")
			return
		}
	}
	p.t.Fatal("the program ended before it printed its address")
}

// kill is SIGKILL: nothing is flushed, nobody is told.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func (p *program) at() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.site
}

// A patient client is two people of one host who send again what was not answered.
type patient struct {
	p           *program
	host        string
	unit        org.UnitID
	clerk, head string // cookies
	texts       filing.Answers
	made        int

	// what was acknowledged
	begun     []application.ID
	receipts  map[application.ID]string
	withdrawn map[application.ID]bool
}

var (
	receiptAt = regexp.MustCompile(`/receipts/(HZ[0-9-]+)`)
	codeOn    = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)
	fileOn    = regexp.MustCompile(`name="file" value="([0-9a-z]+)"`)
)

// work goes through whole applications until ctx ends.
func (c *patient) work(ctx context.Context) {
	for ctx.Err() == nil {
		to := c.send(ctx, c.clerk, "/applications", url.Values{"call": {c.p.call}, "unit": {string(c.unit)}, "from": {""}})
		m := madeAt.FindStringSubmatch(to)
		if m == nil {
			return
		}
		id, page := application.ID(m[1]), "/applications/"+m[1]
		c.begun = append(c.begun, id)
		for field, value := range c.texts {
			c.send(ctx, c.clerk, page+"/answers", url.Values{"field": {field}, "value": {value}, "version": {"0"}})
		}
		c.send(ctx, c.clerk, page+"/preparation", url.Values{})
		c.send(ctx, c.head, page+"/signature", url.Values{})
		c.scan(ctx, page)
		if sealing := c.page(ctx, page+"/sealing"); fileOn.MatchString(sealing) {
			c.send(ctx, c.clerk, page+"/seal", url.Values{"code": {codeOn.FindString(c.page(ctx, page))}, "file": {fileOn.FindStringSubmatch(sealing)[1]}})
		}
		if m := receiptAt.FindStringSubmatch(c.send(ctx, c.clerk, page+"/submission", url.Values{})); m != nil {
			c.receipts[id] = m[1]
		}
		if strings.Contains(c.send(ctx, c.head, page+"/withdrawal", url.Values{"reason": {"试一试"}}), "done=withdrawn") {
			c.withdrawn[id] = true
		}
	}
}

// send sends a form until it is answered, always the same one; it answers where it led.
func (c *patient) send(ctx context.Context, cookie, path string, form url.Values) string {
	c.made++
	form.Set("_key", fmt.Sprintf("%s %d", c.host, c.made))
	return c.try(ctx, cookie, path, "application/x-www-form-urlencoded", form.Encode())
}

// scan uploads the sealed page, whose key goes with the address.
func (c *patient) scan(ctx context.Context, page string) {
	c.made++
	const edge = "edge-of-a-part"
	body := "--" + edge + "\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nseal\r\n--" + edge +
		"\r\nContent-Disposition: form-data; name=\"file\"; filename=\"scan.pdf\"\r\n\r\n" + string(demo.Scan("Sealed page")) + "\r\n--" + edge + "--\r\n"
	c.try(ctx, c.clerk, page+"/files?key="+url.QueryEscape(fmt.Sprintf("%s %d", c.host, c.made)), "multipart/form-data; boundary="+edge, body)
}

func (c *patient) page(ctx context.Context, path string) string {
	return c.try(ctx, c.clerk, path, "", "")
}

var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (c *patient) try(ctx context.Context, cookie, path, kind, body string) string {
	for ctx.Err() == nil {
		site := c.p.at()
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, site+path, strings.NewReader(body))
		c.p.mustNot(err)
		r.Header.Set("Content-Type", kind)
		if kind == "" {
			r.Method, r.Body = http.MethodGet, nil
		}
		r.Header.Set("Origin", site)
		r.AddCookie(&http.Cookie{Name: "shenbao", Value: cookie})
		res, err := client.Do(r)
		if err != nil {
			continue // it was killed
		}
		b, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			continue
		}
		c.p.answers <- struct{}{}
		if res.StatusCode >= 400 {
			c.p.t.Errorf("%s: %d", path, res.StatusCode)
		}
		if kind == "" {
			return string(b)
		}
		return res.Header.Get("Location")
	}
	return ""
}

func (p *program) mustNot(err error) {
	if err != nil {
		p.t.Error(err)
	}
}

// look compares what was acknowledged with what is there.
func (p *program) look(cs []*patient) {
	p.inside(func(w *demo.World) {
		ctx := context.WithoutCancel(p.t.Context())
		given, numbers := 0, map[string]bool{}
		for _, c := range cs {
			p.must(w.DB.Read(ctx, w.Now(), func(tx *store.Tx) error {
				for _, id := range c.begun {
					a, err := tx.Application(ctx, id)
					if err != nil {
						return fmt.Errorf("%s was begun and is gone: %w", id, err)
					}
					facts, err := tx.Facts(ctx, event.Subject{Kind: "application", ID: string(id)})
					if err != nil {
						return err
					}
					done := map[event.Kind]int{}
					for _, e := range facts {
						done[e.Kind]++
					}
					for _, k := range []event.Kind{application.Begun, application.Signed, application.Submitted, application.WithdrawnByUnit, application.FileAdded} {
						if done[k] > 1 {
							p.t.Errorf("%s: %s %d times", id, k, done[k])
						}
					}
					no := c.receipts[id]
					if no != "" && (len(a.Receipts) != 1 || a.Receipts[0].Number != no || done[application.Submitted] != 1 || numbers[no]) {
						p.t.Errorf("%s: receipt %s was given; there are %v", id, no, a.Receipts)
					}
					if c.withdrawn[id] && a.State != application.Withdrawn {
						p.t.Errorf("%s was withdrawn and is %s", id, a.State)
					}
					if no != "" {
						given++
						numbers[no] = true
					}
				}
				rows, err := tx.AllApplications(ctx, application.Filter{Call: p.call}, 10000)
				mine := 0
				for _, r := range rows {
					if r.Unit == c.unit {
						mine++
					}
				}
				if extra := mine - len(c.begun); extra < 0 || extra > 1 { // one may be there that nobody was told of
					p.t.Errorf("%s: %d applications, %d acknowledged", c.host, mine, len(c.begun))
				}
				return err
			}))
		}
		rep, err := w.Fsck(ctx, w.Now())
		if err != nil || len(rep.Problems) > 0 {
			p.t.Errorf("fsck: %v %v", err, rep.Problems)
		}
		if given < 3 {
			p.t.Errorf("only %d receipts were given: the test shows nothing", given)
		}
		p.t.Logf("%d kills, %d receipts, %d facts", kills, given, rep.Facts)
	})
}
