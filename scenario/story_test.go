package scenario_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/file"
	"shenbao/internal/locale"
	"shenbao/internal/store"
	"shenbao/internal/store/pgtest"
	"shenbao/notices"
)

func TestMain(m *testing.M) {
	file.Child() // uploads are inspected in a child of this program
	os.Exit(m.Run())
}

func TestStories(t *testing.T) {
	t.Parallel()
	stories(t, func(t *testing.T) string { return t.TempDir() })
}

func TestStoriesPostgres(t *testing.T) {
	t.Parallel()
	stories(t, func(t *testing.T) string { return pgtest.Open(t) })
}

func stories(t *testing.T, open func(*testing.T) string) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 30 {
		t.Errorf("only %d stories (%v)", len(files), err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			t.Parallel()
			newStory(t, open(t)).play(f)
		})
	}
}

// A story is one text being played.
type story struct {
	*office
	pieces map[string]piece
	ids    map[string]string // what the text calls things → their ids
	seats  map[string]*browser
	who    string
	held   map[string]sending // forms that were opened and not sent yet
	sent   sending            // the last one sent
	last   page
	lines  []string // of calls, outermost first: where we are
	denied struct {
		kinds   []string // of the denied rows that the last refused act left
		refused bool
	}
}

// A piece is the beginning of many stories, with names for what differs.
type piece struct {
	args []string
	body []numbered
}

type numbered struct {
	at, text string
}

func newStory(t *testing.T, url string) *story {
	o := newOffice(t, url)
	s := &story{office: o, pieces: map[string]piece{}, ids: map[string]string{"通知": o.Call}, seats: map[string]*browser{}, held: map[string]sending{}}
	files, _ := filepath.Glob("testdata/段/*.txt")
	for _, f := range files {
		var name string
		for _, l := range s.read(f) {
			w := words(l.text)
			switch {
			case w[0] == "段":
				name = w[1]
				s.pieces[name] = piece{args: w[2:]}
			case w[0] == "完":
				name = ""
			default:
				p := s.pieces[name]
				p.body = append(p.body, l)
				s.pieces[name] = p
			}
		}
	}
	return s
}

// read gives the lines of a file that say something.
func (s *story) read(file string) (out []numbered) {
	b, err := os.ReadFile(file)
	s.must(err)
	for i, l := range strings.Split(string(b), "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, numbered{fmt.Sprintf("%s:%d", file, i+1), l})
		}
	}
	return out
}

func (s *story) play(file string) {
	for _, l := range s.read(file) {
		s.line(l)
	}
	s.sound()
}

func (s *story) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("%s: %s", strings.Join(s.lines, " ← "), fmt.Sprintf(format, args...))
}

func (s *story) line(l numbered) {
	s.lines = append(s.lines, l.at)
	defer func() { s.lines = s.lines[:len(s.lines)-1] }()
	w := words(l.text)
	refused := w[0] == "!"
	if refused {
		w = w[1:]
	}
	verb, rest := w[0], w[1:]
	if p, ok := s.pieces[verb]; ok && !refused {
		s.piece(p, verb, rest)
		return
	}
	if say, ok := sayings[verb]; ok {
		if len(rest) < say.least {
			s.fail("“%s” says too little", verb)
		}
		if refused && !say.refusable {
			s.fail("“%s” can't be refused", verb)
		}
		say.do(s, rest, refused)
		return
	}
	v, ok := verbs[verb]
	if !ok {
		s.fail("nobody knows how to “%s”", verb)
	}
	if len(rest) == 0 {
		s.fail("“%s” what?", verb)
	}
	s.act(verb, v, rest[0], s.typed(rest[1:]), refused)
}

func (s *story) piece(p piece, name string, rest []string) {
	if len(rest) != len(p.args) {
		s.fail("“%s” takes %v", name, p.args)
	}
	pairs := []string{}
	for i, a := range p.args {
		pairs = append(pairs, a, rest[i])
	}
	fill := strings.NewReplacer(pairs...)
	for _, l := range p.body {
		s.line(numbered{l.at, fill.Replace(l.text)})
	}
}

// words splits a line; “ ” hold a word with spaces together.
func words(l string) (out []string) {
	var b strings.Builder
	quoted := false
	for _, r := range l {
		switch {
		case r == '“':
			quoted = true
		case r == '”':
			quoted = false
		case r == ' ' && !quoted:
			if b.Len() > 0 {
				out = append(out, b.String())
			}
			b.Reset()
		default:
			b.WriteRune(r)
		}
	}
	if b.Len() > 0 {
		out = append(out, b.String())
	}
	return out
}

var braces = regexp.MustCompile(`\{[^{}]+\}`)

// say replaces {name} by what the story calls so: an id, a unit of the cast, a person.
func (s *story) say(text string) string {
	return braces.ReplaceAllStringFunc(text, func(m string) string {
		name := strings.Trim(m, "{}")
		if id, ok := s.ids[name]; ok {
			return id
		}
		for _, p := range s.Cast {
			switch {
			case name == "我" && p.Key == s.who:
				return string(p.Unit)
			case name == p.Key:
				return string(p.Person)
			case name == strings.Split(p.Key, "/")[0]:
				return string(p.Unit)
			}
		}
		s.fail("nothing is called %s", m)
		return ""
	})
}

var alias = strings.NewReplacer("理由", "reason", "期限", "due", "版本码", "code", "文字", "text", "结论", "outcome", "栏目", "fields", "文件", "file")

// typed reads name=value words; “字×801” is a character so many times.
func (s *story) typed(ws []string) url.Values {
	v := url.Values{}
	for _, w := range ws {
		name, value, ok := strings.Cut(w, "=")
		if !ok {
			s.fail("“%s” is no name=value", w)
		}
		if _, asItIs := s.ids[name]; !asItIs && name != "" {
			name = alias.Replace(name)
		}
		if c, n, ok := strings.Cut(value, "×"); ok {
			k := 0
			if _, err := fmt.Sscan(n, &k); err == nil {
				value = strings.Repeat(c, k)
			}
		}
		if file, how, ok := strings.Cut(value, "¦"); ok && strings.HasPrefix(file, "@") {
			b, err := notices.FS.ReadFile(file[1:])
			s.must(err)
			v.Add(name, mend(string(b), how))
			continue
		}
		v.Add(s.say(name), s.say(value))
	}
	return v
}

// seat is the browser of whoever acts.
func (s *story) seat() *browser {
	if s.seats[s.who] == nil {
		s.fail("who acts? (以 …)")
	}
	return s.seats[s.who]
}

// open finds the form of an act on its page. Where the page does not offer it, ok is
// false: then only a form made by hand can be sent.
func (s *story) open(v verb, id string, typed url.Values, refused bool) (out sending, ok bool) {
	by := s.say(s.meaning(v.page, id))
	if u := typed.Get("unit"); u != "" && strings.HasPrefix(v.page, "/applications/new") {
		by += "&unit=" + u
	}
	p := s.get(by)
	action := s.say(s.meaning(v.action, id))
	all := maps.Clone(typed)
	for _, pair := range strings.Fields(v.preset) {
		k, x, _ := strings.Cut(s.meaning(pair, id), "=")
		if !all.Has(k) {
			all.Set(k, s.say(x))
		}
	}
	if p.status == http.StatusOK {
		ps, err := p.parse()
		s.must(err)
		if f := ps.find(action, all); f != nil {
			form, err := f.filled(all)
			if err != nil && !refused {
				s.fail("%v", err)
			}
			if err == nil {
				return sending{path: f.action, form: form, multi: f.multi}, true
			}
		}
	}
	all.Set("_key", fmt.Sprint(time.Now().UnixNano()))
	return sending{path: action, form: all}, false
}

func (s *story) meaning(text, id string) string { return strings.ReplaceAll(text, "{}", id) }

func (s *story) get(path string) page {
	p, err := s.seat().get(path)
	s.must(err)
	for range 3 {
		if p.status != http.StatusSeeOther {
			break
		}
		p, err = s.seat().get(p.location)
		s.must(err)
	}
	s.last = p
	return p
}

var madeAt = regexp.MustCompile(`^/(?:applications|parcels|calls|rounds|groups|draws|matches)/([^/?]+)`)

// act does one act as its page offers it. When it must be refused, nothing but the audit
// may have changed, and what was typed must still be there.
func (s *story) act(name string, v verb, subject string, typed url.Values, refused bool) {
	id := s.ids[subject]
	if id == "" && !v.makes {
		s.fail("nothing is called %s", subject)
	}
	out, ok := s.open(v, id, typed, refused)
	if !ok && !refused {
		s.fail("the page does not offer “%s”: status %d\n%s", name, s.last.status, s.seen())
	}
	s.send(out, typed, refused)
	led := s.follow()
	if m := madeAt.FindStringSubmatch(led); v.makes && !refused && m != nil {
		s.ids[subject] = m[1]
	}
}

// follow goes where the last answer led.
func (s *story) follow() string {
	led := s.last.location
	if led != "" {
		if p := s.get(led); p.status != http.StatusOK {
			s.fail("the act led to %s: status %d", led, p.status)
		}
	}
	return led
}

// send sends a form and judges the answer.
func (s *story) send(out sending, typed url.Values, refused bool) {
	var before string
	var seq int64
	if refused {
		before, seq = s.digest(), s.seq()
	}
	var err error
	s.last, err = s.seat().post(out)
	s.must(err)
	s.sent = out
	s.denied.refused = refused
	s.must(s.jobs.Drain(s.t.Context()))
	ps, err := s.last.parse()
	s.must(err)
	switch done := s.last.status == http.StatusSeeOther || (s.last.status == http.StatusOK && !ps.wrong); {
	case !refused && !done:
		s.fail("refused: status %d\n%s", s.last.status, s.seen())
	case refused && done:
		s.fail("was not refused: status %d to %s", s.last.status, s.last.location)
	case refused:
		s.untouched(before, seq)
		s.kept(out, typed)
	}
}

// untouched: a refused act leaves everything as it was, but for one row in the audit.
func (s *story) untouched(before string, seq int64) {
	if after := s.digest(); after != before {
		s.fail("the refused act changed something:\n%s", difference(before, after))
	}
	s.denied.kinds = nil
	for _, e := range s.facts(store.FactFilter{}) {
		if e.Seq <= seq {
			continue
		}
		if e.Kind != desk.Denied {
			s.fail("the refused act left the fact %s", e.Kind)
		}
		s.denied.kinds = append(s.denied.kinds, e.Detail["refusal"])
	}
	if len(s.denied.kinds) > 1 {
		s.fail("the refused act left %d rows in the audit", len(s.denied.kinds))
	}
}

// kept: the page that refuses a form shows the texts that were typed into it.
func (s *story) kept(out sending, typed url.Values) {
	if s.last.status != http.StatusUnprocessableEntity && s.last.status != http.StatusConflict {
		return
	}
	ps, _ := s.last.parse()
	path, _, _ := strings.Cut(out.path, "?")
	f := ps.find(path, typed)
	if f == nil {
		return // the application went elsewhere: the act has no form any more
	}
	for n := range typed {
		for _, c := range f.controls {
			if c.name == n && (c.kind == "textarea" || c.kind == "" || c.kind == "text") && strings.TrimSpace(c.value) != strings.TrimSpace(out.form.Get(n)) {
				s.fail("what was typed into “%s” is lost", n)
			}
		}
	}
}

// wrong: the page says why, in the sentence of the catalogue, and cites the clause.
func (s *story) wrong(kind, clause string) {
	if !locale.Has("refusal." + kind) {
		s.fail("there is no refusal “%s”", kind)
	}
	ps, err := s.last.parse()
	s.must(err)
	if !sentence(kind).MatchString(ps.text) {
		s.fail("the page does not say “%s”: status %d\n%s", locale.Zh.T("refusal."+kind), s.last.status, s.seen())
	}
	if cite := locale.Zh.T("clause.cite", "clause", clause); clause != "" && !strings.Contains(ps.text, cite) {
		s.fail("the page does not cite %s\n%s", clause, s.seen())
	}
}

// sentence matches what is said of a refusal, whatever its particulars are.
func sentence(kind string) *regexp.Regexp {
	text := locale.Zh.T("refusal." + kind)
	if kind == "sign-in-again" {
		text = locale.Zh.T("step-up.why") // it is asked for at once
	}
	parts := braces.Split(strings.Join(strings.Fields(text), " "), -1)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(strings.Join(parts, ".*?"))
}

// seen is what the last page says, as far as one wants to read it.
func (s *story) seen() string {
	ps, err := s.last.parse()
	if err != nil {
		return err.Error()
	}
	text := []rune(ps.text)
	return string(text[:min(len(text), 1200)])
}

func (s *story) application(name string) *application.Application {
	var a *application.Application
	s.must(s.DB.Read(s.t.Context(), s.now, func(tx *store.Tx) (err error) {
		a, err = tx.Application(s.t.Context(), application.ID(s.ids[name]))
		return err
	}))
	return a
}

func (s *story) facts(f store.FactFilter) (all []event.Event) {
	s.must(s.DB.Read(s.t.Context(), s.now, func(tx *store.Tx) (err error) {
		all, err = tx.Log(s.t.Context(), f, 10000)
		return err
	}))
	return all
}

func (s *story) seq() int64 {
	n := int64(0)
	for _, e := range s.facts(store.FactFilter{}) {
		n = max(n, e.Seq)
	}
	return n
}

func (s *story) step(key string) {
	s.who = key
	b := &browser{site: s.gate}
	s.seats[key] = b
	defer func() { b.site = s.site }()
	if key == "公众" {
		return
	}
	i := slices.IndexFunc(s.Cast, func(p demo.Persona) bool { return p.Key == key })
	if i < 0 {
		s.fail("nobody is called %s", key)
	}
	p, err := b.post(sending{path: "/demo/role", form: url.Values{"who": {string(s.Cast[i].Person) + " " + string(s.Cast[i].Post)}}})
	s.must(err)
	if p.status != http.StatusSeeOther {
		s.fail("%s can't come in: status %d", key, p.status)
	}
}

func (s *story) moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		s.fail("%v", err)
	}
	return t
}
