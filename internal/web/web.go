// Package web (网) turns requests into acts at the desk and answers into pages. It reads a
// form, calls one act, chooses a page; it cannot write.
package web

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"shenbao/internal/auth"
	"shenbao/internal/desk"
	"shenbao/internal/locale"
	"shenbao/internal/org"
	"shenbao/typeset/font"
	"shenbao/typeset/font/pack"
)

//go:embed static
var static embed.FS

// A Config is what the program tells its pages.
type Config struct {
	Clock     func() time.Time // of every request, and so of every fact
	PublicURL string           // as people reach it; https makes cookies Secure. "" = as asked
	Proxies   []netip.Prefix   // whose X-Forwarded-For is believed; none by default (S10)
	SetupCode string           // asked for by the first run; printed by the program
	Demo      *Demo            // nil but in the demo
	// Install makes the first administrator, with the administrative tree to begin with.
	Install func(ctx context.Context, now time.Time, name, login, password, addr string) (token string, err error)
}

// A Demo is what the bar at the top of the demo offers.
type Demo struct {
	Cast []Persona
	Move func(r *http.Request, to string) error // moves the clock, playing what happens on the way
	Ways []string                               // what Move understands; locale has "demo.<way>"
}

// A Persona is somebody whose place a visitor of the demo can take.
type Persona struct {
	Person org.PersonID
	Post   org.PostID
	Name   string
	Role   org.Role
	Unit   string
}

// A Server serves the pages.
type Server struct {
	desk   *desk.Desk
	auth   *auth.Auth
	cfg    Config
	mux    *http.ServeMux
	cross  *http.CrossOriginProtection
	fonts  *font.Set // of the documents that pages offer
	routes []Route
}

// A Route is one pattern and whether it asks for a sign-in: for the tests that walk all
// of them.
type Route struct {
	Pattern string
	Signed  bool
}

// New makes the server.
func New(d *desk.Desk, a *auth.Auth, cfg Config) *Server {
	s := &Server{desk: d, auth: a, cfg: cfg, mux: http.NewServeMux(), cross: http.NewCrossOriginProtection(), fonts: pack.Fonts()}
	files, err := fs.Sub(static, "static")
	if err != nil {
		panic("web: " + err.Error()) // the folder is embedded
	}
	s.mux.Handle("GET /static/", cached(noLists(http.StripPrefix("/static/", http.FileServerFS(files)))))
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	s.frontRoutes()
	s.accountRoutes()
	s.applyRoutes()
	s.levelRoutes()
	s.regionRoutes()
	s.expertRoutes()
	s.orgRoutes()
	s.callRoutes()
	s.messageRoutes()
	return s
}

// Routes are all patterns of pages and acts.
func (s *Server) Routes() []Route { return slices.Clone(s.routes) }

// noLists keeps the file server from listing a folder.
func noLists(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func cached(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		h.ServeHTTP(w, r)
	})
}

// maxForm bounds a form without files: ten times the longest application.
const maxForm = 1 << 20

// open serves a page or an act to everybody.
func (s *Server) open(pattern string, h func(*query) error) {
	s.routes = append(s.routes, Route{pattern, false})
	s.mux.HandleFunc(pattern, s.serve(h, query{}))
}

// on serves a page or an act to people who are signed in.
func (s *Server) on(pattern string, h func(*query) error) {
	s.routes = append(s.routes, Route{pattern, true})
	s.mux.HandleFunc(pattern, s.serve(h, query{asks: true}))
}

// takes serves an act to which files are sent in the form.
func (s *Server) takes(pattern string, h func(*query) error) {
	s.routes = append(s.routes, Route{pattern, true})
	s.mux.HandleFunc(pattern, s.serve(h, query{asks: true, files: true}))
}

func (s *Server) serve(h func(*query) error, route query) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := route
		q.s, q.w, q.r, q.lang = s, w, r, locale.Zh
		if err := q.begin(h); err != nil {
			q.answer(err)
		}
	}
}

// ServeHTTP adds what holds for every answer: headers, the origin check, one place for
// panics.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "+
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "geolocation=(), microphone=(), camera=()")
	h.Set("Cache-Control", "no-store")
	if s.secure() {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	defer func() {
		switch p := recover(); {
		case p == nil:
		case p == http.ErrAbortHandler:
			panic(p) // an answer that must not look whole is broken off by the server
		default:
			slog.Error("panic", "path", r.URL.Path, "what", p, "stack", string(debug.Stack()))
			http.Error(w, locale.Zh.T("error.internal"), http.StatusInternalServerError)
		}
	}()
	// The standard check lets a write without Origin and Sec-Fetch-Site through: no browser
	// sends one, so a session cookie on it is refused (trust §1.10).
	_, err := r.Cookie(s.cookieName())
	write := r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
	bare := r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == ""
	if (write && bare && err == nil) || s.cross.Check(r) != nil {
		http.Error(w, locale.Zh.T("error.cross-origin"), http.StatusForbidden)
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Server) secure() bool { return strings.HasPrefix(s.cfg.PublicURL, "https://") }

func (s *Server) cookieName() string {
	if s.secure() {
		return "__Host-shenbao"
	}
	return "shenbao"
}

// addr is the address that a request came from; a proxy is believed only when it was named.
func (s *Server) addr(r *http.Request) string {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	ip := ap.Addr().Unmap()
	// A proxy may add a line of its own below the one that the client sent (HAProxy does):
	// all lines are one list, and only its end is the proxy's word.
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.proxy(ip); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		ip = next.Unmap()
	}
	return ip.String()
}

func (s *Server) proxy(ip netip.Addr) bool {
	return slices.ContainsFunc(s.cfg.Proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// local is next when it is a path of this server, else "/home" (I14).
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return "/home"
	}
	return next
}
