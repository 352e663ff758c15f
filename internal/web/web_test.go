package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"shenbao/internal/auth"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/file"
	"shenbao/internal/store"
	"shenbao/internal/web"
	"shenbao/notices"
)

func TestMain(m *testing.M) {
	file.Child() // uploads are inspected in a child of this program
	os.Exit(m.Run())
}

// A site is the real pages over a real database and the demo's cast, with the call of 2017
// open; its clock stands still until a test moves it.
type site struct {
	*demo.World
	t    *testing.T
	dir  string // where its data is
	auth *auth.Auth
	web  *web.Server
	http *httptest.Server

	mu  sync.Mutex
	now time.Time
}

func newSite(t *testing.T) *site {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	files, err := file.OpenDir(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, dir: dir, auth: auth.New(db), now: time.Date(2017, 6, 20, 9, 0, 0, 0, time.FixedZone("", 8*3600))}
	uploads, err := file.OpenUploads(filepath.Join(dir, "uploads"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = uploads.Close() })
	d := desk.New(db, files)
	d.Stage(uploads)
	if s.World, err = demo.Cast(t.Context(), db, d, s.clock); err != nil {
		t.Fatal(err)
	}
	s.must(s.Publish(t.Context(), notices.ExpertServiceBase2017, notices.ExpertServiceBase2017English))
	s.web = web.New(d, s.auth, web.Config{Clock: s.clock})
	s.http = httptest.NewServer(s.web)
	t.Cleanup(s.http.Close)
	return s
}

func (s *site) ctx() context.Context { return s.t.Context() }

func (s *site) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// later moves the clock.
func (s *site) later(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// A client is a browser, signed in as somebody of the cast; "" is a stranger. It follows
// no redirect by itself.
type client struct {
	s      *site
	cookie string
	lang   string
}

func (s *site) as(key string) *client {
	s.t.Helper()
	c := &client{s: s, lang: "zh"}
	if key == "" {
		return c
	}
	by := s.As(key).By
	var persona demo.Persona
	for _, p := range s.Cast {
		if string(p.Post) == by.Post {
			persona = p
		}
	}
	token, err := s.auth.StepIn(s.ctx(), s.clock(), persona.Person, persona.Post, "zh", "127.0.0.1")
	s.must(err)
	c.cookie = token
	return c
}

// A page is what came back.
type page struct {
	status   int
	body     string
	location string
}

func (c *client) do(method, path string, body io.Reader, kind string) page {
	c.s.t.Helper()
	r, err := http.NewRequestWithContext(c.s.ctx(), method, c.s.http.URL+path, body)
	c.s.must(err)
	if method == http.MethodPost {
		r.Header.Set("Origin", c.s.http.URL)
		r.Header.Set("Content-Type", kind)
	}
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "shenbao", Value: c.cookie})
	}
	r.AddCookie(&http.Cookie{Name: "lang", Value: c.lang})
	res, err := http.DefaultTransport.RoundTrip(r)
	c.s.must(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	c.s.must(err)
	p := page{status: res.StatusCode, body: string(b), location: res.Header.Get("Location")}
	if strings.Contains(p.body, "⟦") {
		i := strings.Index(p.body, "⟦")
		c.s.t.Errorf("%s %s: a sentence is missing: %s", method, path, p.body[i:min(len(p.body), i+60)])
	}
	return p
}

func (c *client) get(path string) page {
	c.s.t.Helper()
	return c.do(http.MethodGet, path, nil, "")
}

// post sends a form as a browser does: name, value, name, value…
func (c *client) post(path string, pairs ...string) page {
	c.s.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return c.do(http.MethodPost, path, strings.NewReader(v.Encode()), "application/x-www-form-urlencoded")
}

// says checks the status of a page and what stands on it.
func (p page) says(t *testing.T, status int, texts ...string) page {
	t.Helper()
	if p.status != status {
		t.Errorf("status %d, want %d\n%s", p.status, status, head(p))
	}
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			t.Errorf("the page does not say “%s”\n%s", text, head(p))
		}
	}
	return p
}

func (p page) hides(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if text != "" && strings.Contains(p.body, text) {
			i := strings.Index(p.body, text)
			t.Errorf("the page shows “%s”: …%s…", text, p.body[max(0, i-80):min(len(p.body), i+80)])
		}
	}
}

// leads checks that an act was done and where it leads.
func (p page) leads(t *testing.T, to string) {
	t.Helper()
	if p.status != http.StatusSeeOther || !strings.HasPrefix(p.location, to) {
		t.Errorf("status %d to %q, want 303 to %s\n%s", p.status, p.location, to, head(p))
	}
}

// head is the part of a page worth reading in a failed test.
func head(p page) string {
	b := p.body
	if i := strings.Index(b, "err-sum"); i >= 0 {
		b = b[i:]
	} else if i := strings.Index(b, "<main"); i >= 0 {
		b = b[i:]
	}
	return b[:min(len(b), 1500)]
}
