package web

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"shenbao/internal/auth"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/locale"
	"shenbao/internal/org"
)

// A query is one request being answered.
type query struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	at      time.Time // when the whole request was there
	session auth.Session
	signed  bool
	lang    locale.Lang
	started bool // the answer has begun: it can't become an error page any more
	asks    bool // the route asks for a sign-in
	files   bool // the route takes files and reads its form by itself
	code    int  // status of the page that shows a refused form again; 0 the page's own
}

func (q *query) ctx() context.Context { return q.r.Context() }

// begin finds out who asks, reads the whole body, stamps the instant and calls h.
func (q *query) begin(h func(*query) error) error {
	q.at = q.s.cfg.Clock()
	if err := q.who(); err != nil {
		return err
	}
	if q.asks && !q.signed {
		return q.signIn()
	}
	if !clean(url.Values{"": {q.r.URL.Path}}) || !clean(q.r.URL.Query()) {
		return event.Refuse(event.NotFound, "not-found", "")
	}
	if q.r.Method == http.MethodPost && !q.files {
		if err := q.form(maxForm, maxForm); err != nil {
			return err
		}
	}
	q.at = q.s.cfg.Clock()
	return h(q)
}

// form reads the whole form, of at most so many bytes, and so many in memory: one in
// parts too, which Go would otherwise read at the first question for a field and put on
// the disk without a limit.
func (q *query) form(most, memory int64) error {
	q.r.Body = http.MaxBytesReader(q.w, q.r.Body, most)
	err := q.r.ParseForm()
	if err == nil {
		if err = q.r.ParseMultipartForm(memory); errors.Is(err, http.ErrNotMultipart) {
			err = nil
		}
	}
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big), errors.Is(err, multipart.ErrMessageTooLarge):
		return event.Refuse(event.Invalid, "form-too-big", "")
	case err != nil, !clean(q.r.PostForm):
		return event.Refuse(event.Invalid, "form-unreadable", "")
	}
	return nil
}

// clean reports whether names and values are text. What is not would be read differently
// when it comes back from the database: a fact would no longer match its own hash, and
// PostgreSQL keeps neither broken UTF-8 nor NUL.
func clean(form url.Values) bool {
	text := func(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
	for name, values := range form {
		if !text(name) || slices.ContainsFunc(values, func(s string) bool { return !text(s) }) {
			return false
		}
	}
	return true
}

func (q *query) who() error {
	if c, err := q.r.Cookie("lang"); err == nil && c.Value == string(locale.En) {
		q.lang = locale.En
	}
	c, err := q.r.Cookie(q.s.cookieName())
	if err != nil {
		return nil
	}
	q.session, q.signed, err = q.s.auth.Who(q.ctx(), q.at, c.Value, q.s.addr(q.r))
	return err
}

// signIn sends a page to the sign-in and back, and tells a script plainly.
func (q *query) signIn() error {
	if q.r.Method != http.MethodGet || q.json() {
		q.w.WriteHeader(http.StatusUnauthorized)
		q.started = true
		if q.json() {
			_, err := io.WriteString(q.w, "{}")
			return err
		}
		return q.show(0, signInPage(q.view("sign-in.title"), Form{}, q.r.Header.Get("Referer")))
	}
	return q.to("/sign-in?next=" + url.QueryEscape(q.r.URL.RequestURI()))
}

func (q *query) json() bool { return strings.Contains(q.r.Header.Get("Accept"), "application/json") }

const maxKey = 64

// ask is what the desk is told of the request.
func (q *query) ask() desk.Request {
	by := q.session.Actor
	by.Addr = q.s.addr(q.r)
	if q.s.cfg.Demo != nil {
		by.SignedIn = q.at // the demo's people have no passwords to be asked for
	}
	key := q.r.PostForm.Get("_key")
	if len(key) > maxKey {
		key = "" // not one that a page of ours made
	}
	return desk.Request{By: by, At: q.at, Key: key}
}

func (q *query) actor() org.Actor { return q.session.Actor }

// T is a sentence in the reader's language.
func (q *query) T(key string, pairs ...string) string { return q.lang.T(key, pairs...) }

// show writes a page.
func (q *query) show(status int, c templ.Component) error {
	if q.code != 0 {
		status = q.code
	}
	if status != 0 && !q.started {
		q.w.Header().Set("Content-Type", "text/html; charset=utf-8")
		q.w.WriteHeader(status)
	}
	q.started = true
	return c.Render(q.ctx(), q.w)
}

// errElsewhere: the page of a refused form leads away, because there is no such form now.
var errElsewhere = errors.New("web: nothing to mend there")

// to answers an act that was done: 303, so that a reload repeats nothing. done, where
// given, names the sentence that the next page shows on top: locale has "done.<done>".
func (q *query) to(path string, done ...string) error {
	if q.code != 0 {
		return errElsewhere
	}
	if len(done) > 0 {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		path += sep + "done=" + done[0]
	}
	q.started = true
	http.Redirect(q.w, q.r, path, http.StatusSeeOther)
	return nil
}

func (q *query) cookie(name, value string, age int) {
	http.SetCookie(q.w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: q.s.secure(), SameSite: http.SameSiteLaxMode})
}

// A View is what every page knows.
type View struct {
	Lang    locale.Lang
	Title   string // sentence key
	Path    string
	Now     time.Time
	Session auth.Session
	Signed  bool
	Unread  int64
	Done    string // sentence key of what was just done, "" nothing
	Demo    *Demo
}

// T is a sentence in the reader's language.
func (v View) T(key string, pairs ...string) string { return v.Lang.T(key, pairs...) }

// view is the view of a page whose title is the sentence of key.
func (q *query) view(key string) View {
	v := View{Lang: q.lang, Title: key, Path: q.r.URL.Path, Now: q.at, Session: q.session, Signed: q.signed, Demo: q.s.cfg.Demo}
	if d := q.r.URL.Query().Get("done"); locale.Has("done." + d) {
		v.Done = "done." + d
	}
	if q.signed {
		v.Unread = q.s.desk.Unread(q.ctx(), q.ask())
	}
	return v
}

// A Form is a form as it was sent, with what is wrong in it; the zero Form is one that
// was not sent yet.
type Form struct {
	Sent     url.Values
	Problems []Problem
}

// A Problem is one refusal as people read it.
type Problem struct {
	Field  string
	Text   string
	Clause string // of the notice; "" none
}

// Get is what was typed into a field, or otherwise before the form was sent.
func (f Form) Get(name, otherwise string) string {
	if f.Sent == nil {
		return otherwise
	}
	return f.Sent.Get(name)
}

// Has reports whether a box of a group was ticked; otherwise before the form was sent.
func (f Form) Has(name, value string, otherwise bool) bool {
	if f.Sent == nil {
		return otherwise
	}
	for _, v := range f.Sent[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Err is what is wrong in a field, "" nothing.
func (f Form) Err(name string) string {
	for _, p := range f.Problems {
		if p.Field == name {
			return p.Text
		}
	}
	return ""
}

// refused shows a form again, filled as it was sent, with what is wrong on top and at
// each field. What the user can't mend there (another's page, a lost post) goes to the
// table of answers instead.
func (q *query) refused(err error, again func(Form) error) error {
	rs, ok := refusals(err)
	if !ok || rs[0].Class == event.NotFound || rs[0].Class == event.Forbidden && rs[0].Kind != "sign-in-again" {
		return err
	}
	if rs[0].Kind == "sign-in-again" {
		return q.stepUp()
	}
	f := Form{Sent: q.r.PostForm}
	for _, r := range rs {
		f.Problems = append(f.Problems, Problem{Field: r.Field, Text: q.lang.Say("refusal."+r.Kind, r.Args), Clause: r.Clause})
	}
	q.code = status(rs[0].Class)
	worse := again(f)
	q.code = 0
	if errors.Is(worse, errElsewhere) {
		return err
	}
	return worse
}

// newKey is a key under which one sending of a form is one act, however often it comes.
func newKey() string { return rand.Text() }

// stepUp asks for the password again before an act that can't be taken back; what was
// typed is sent again with it.
func (q *query) stepUp() error {
	return q.show(403, stepUpPage(q.view("step-up.title"), q.r.URL.Path, q.r.PostForm, Form{}))
}
