package web_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"shenbao/assign"
	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
	"shenbao/notices"
)

// visitors are one of each kind of actor, and beside each level somebody of another line;
// "" is a stranger.
var visitors = []string{"", "松山园区/经办", "松山园区/负责人", "红山高新区/经办", "松山区人社局/经办", "松山区人社局/负责人", "赤峰市人社局/负责人",
	"包头市人社局/经办", "农牧业厅/负责人", "内蒙古农业大学/经办", "厅/业务", "厅/审批", "厅/财务", "厅/系统管理员", "厅/安全管理员", "厅/审计管理员",
	"中心/受理", "专家/钱", "专家/农大"}

// inputless are acts that ask for nothing: an empty form may do them. That a stranger to
// the thing can't is tested here as for all others.
var inputless = []string{
	"POST /sign-out", "POST /language", "POST /me/sessions", "POST /messages/reading", // of the visitor's own
	"POST /applications/{id}/preparation", "POST /applications/{id}/recall", "POST /applications/{id}/signature",
	"POST /applications/{id}/submission", "POST /applications/{id}/forwarding", "POST /applications/{id}/opinion",
	"POST /applications/{id}/opinion-signature", "POST /reviews/{id}/score",
	"POST /calls/{id}/proposal", "POST /calls/{id}/publication", "POST /calls/{id}/closing", "POST /calls/{id}/forwarding", "POST /calls/{id}/reminders",
	"POST /rounds/{id}/opening", "POST /rounds/{id}/joining", "POST /calls/{id}/panel-reminders", "POST /panel-invitations/{id}/reminder", "POST /calls/{id}/exceptions", "POST /audit/check", "POST /system/check",
	"POST /objections/{id}/acceptance", "POST /meetings/{id}/order", "POST /meetings/{id}/opening", "POST /meetings/{id}/closing", "POST /meetings/{id}/ballots/{n}/closing",
	"POST /people/{id}/invitation", "POST /applications/{id}/files/{file}/removal", "POST /applications/{id}/form/{part}",
}

// leaving are pages that leave a fact by design: who took the trail away, who opened a call.
var leaving = []string{"GET /audit/export"}

// known is who knows of a thing from another page than its own: the bureau hands the links
// of a unit that it admitted out, until they were used.
func known(key, pattern string) bool {
	return pattern == "POST /people/{id}/invitation" && strings.HasPrefix(key, "松山区人社局/")
}

// A kind of thing in an address: the page on which whoever may know of it sees it, and its
// ids in this site.
type kind struct {
	page string
	ids  []string
}

// A tour walks all routes as one visitor.
type tour struct {
	*site
	t     *testing.T
	db    *sql.DB
	key   string
	c     *client
	kinds map[string]kind
	owner map[string]string // file id → application
	sees  map[string]bool
}

// unknown is an id that there is not, as like a real one as can be.
const unknown = "06kp9zzzzz00000000zz"

// kindOf is which kind of thing the first name in a pattern is; children by their name.
func kindOf(pattern, name string) string {
	switch name {
	case "file", "n", "number", "part", "token", "expert":
		return name
	}
	_, path, _ := strings.Cut(pattern, " ")
	first, _, _ := strings.Cut(path[1:], "/")
	if first == "system" {
		return "jobs"
	}
	return first
}

func names(pattern string) (out []string) {
	for rest := pattern; ; {
		_, after, ok := strings.Cut(rest, "{")
		if !ok {
			return out
		}
		name, tail, _ := strings.Cut(after, "}")
		if rest = tail; name != "$" {
			out = append(out, name)
		}
	}
}

func address(pattern string, values ...string) string {
	_, path, _ := strings.Cut(strings.ReplaceAll(pattern, "{$}", ""), " ")
	if path == "" {
		path = pattern // "/": whatever there is no page for
	}
	for i, n := range names(pattern) {
		path = strings.Replace(path, "{"+n+"}", values[i], 1)
	}
	return path
}

// An answer is everything of a response that a visitor could tell two things apart by.
type answer struct {
	status int
	header http.Header
	body   string
}

func (w *tour) fetch(method, path string) answer {
	w.t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader("")
	}
	r, err := http.NewRequestWithContext(w.ctx(), method, w.http.URL+path, body)
	w.must(err)
	if method == http.MethodPost {
		r.Header.Set("Origin", w.http.URL)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if w.c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "shenbao", Value: w.c.cookie})
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	w.must(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	w.must(err)
	res.Header.Del("Date")
	a := answer{res.StatusCode, res.Header, string(b)}
	switch {
	case a.status >= 500:
		w.t.Errorf("%s: %s %s: status %d", w.key, method, path, a.status)
	case a.status >= 400 && a.body == "" && method != http.MethodHead:
		w.t.Errorf("%s: %s %s: status %d and not a word", w.key, method, path, a.status)
	case strings.HasPrefix(a.header.Get("Content-Type"), "text/html") && strings.Contains(a.body, "⟦"):
		w.t.Errorf("%s: %s %s: a sentence is missing", w.key, method, path)
	}
	return a
}

// same reports that two answers can't be told apart, but for the ids that were asked for.
func same(a, b answer, id, other string) string {
	if a.status != b.status {
		return fmt.Sprintf("status %d, of an unknown one %d", a.status, b.status)
	}
	if x := strings.ReplaceAll(a.body, id, other); x != b.body {
		return fmt.Sprintf("the body differs (%d and %d bytes)", len(x), len(b.body))
	}
	for h := range maps.Keys(a.header) {
		if h != "Content-Length" && strings.ReplaceAll(a.header.Get(h), id, other) != b.header.Get(h) {
			return "header " + h + " differs"
		}
	}
	return ""
}

// knows reports whether the visitor may know of a thing: its own page opens.
func (w *tour) knows(kind, id string) bool {
	if w.kinds[kind].page == "" {
		return true
	}
	at := kind + " " + id
	if _, ok := w.sees[at]; !ok {
		w.sees[at] = w.fetch("GET", address(w.kinds[kind].page, id)).status == 200
	}
	return w.sees[at]
}

// visit asks for everything that a pattern can mean, and compares what the visitor may not
// know of with what there is not.
func (w *tour) visit(pattern string) {
	w.t.Helper()
	method, _, ok := strings.Cut(pattern, " ")
	if !ok {
		method = "GET"
	}
	ns := names(pattern)
	if len(ns) == 0 {
		w.fetch(method, address(pattern))
		if method == "GET" {
			w.fetch(method, address(pattern)+"?words=%25%27_&before=x&after=x~y&a=0&b=-1&format=x&call="+unknown+"&unit="+unknown+"&state=x&kind=x&since=x&until=x&done=x")
		}
		return
	}
	thing := kindOf(pattern, ns[0])
	child := []string{""}
	if len(ns) > 1 {
		child = append(slices.Clone(w.kinds[kindOf(pattern, ns[1])].ids), unknown)
	}
	none := map[string]answer{}
	for _, c := range child {
		none[c] = w.fetch(method, address(pattern, unknown, c))
	}
	for _, id := range w.kinds[thing].ids {
		for _, c := range child {
			if c == id {
				continue // beside itself, its two places in an answer can't be told apart
			}
			a := w.fetch(method, address(pattern, id, c))
			if !w.knows(thing, id) && !known(w.key, pattern) {
				if d := same(a, none[c], id, unknown); d != "" {
					w.t.Errorf("%s: %s: %s is told apart from what there is not: %s", w.key, pattern, id, d)
				}
				continue
			}
			if owner, ok := w.owner[c]; ok && owner != id { // M03
				if d := same(a, w.fetch(method, address(pattern, id, unknown)), c, unknown); d != "" {
					w.t.Errorf("%s: %s: file %s of another application is told apart from what there is not: %s", w.key, pattern, c, d)
				}
			}
		}
	}
}

// tables that say nothing of the business: sessions, failed tries, and the log by itself.
var quiet = []string{"session", "attempt", "event", "head", "job", "goose_db_version"}

// digest is a hash of all business tables.
func (w *tour) digest() map[string]string {
	w.t.Helper()
	out := map[string]string{}
	rows, err := w.db.Query(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	w.must(err)
	var tables []string
	for rows.Next() {
		var name string
		w.must(rows.Scan(&name))
		tables = append(tables, name)
	}
	w.must(rows.Close())
	for _, name := range tables {
		if slices.Contains(quiet, name) {
			continue
		}
		rows, err := w.db.Query(`SELECT * FROM ` + name)
		w.must(err)
		cols, err := rows.Columns()
		w.must(err)
		var lines []string
		for rows.Next() {
			vs, ps := make([]any, len(cols)), make([]any, len(cols))
			for i := range vs {
				ps[i] = &vs[i]
			}
			w.must(rows.Scan(ps...))
			lines = append(lines, fmt.Sprintf("%q", vs))
		}
		w.must(rows.Close())
		slices.Sort(lines)
		h := sha256.Sum256([]byte(strings.Join(lines, "\n")))
		out[name] = hex.EncodeToString(h[:8])
	}
	return out
}

// facts are those recorded after number since.
func (w *tour) facts(since int64) []event.Event {
	w.t.Helper()
	var es []event.Event
	w.must(w.DB.Read(w.ctx(), w.clock(), func(tx *store.Tx) (err error) {
		es, err = tx.FactsFrom(w.ctx(), since+1)
		return err
	}))
	return es
}

func (w *tour) head() (seq int64) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx(), w.clock(), func(tx *store.Tx) (err error) {
		seq, _, err = tx.Head(w.ctx())
		return err
	}))
	return seq
}

// unchanged runs f and checks that it left no fact but refusals, and no row changed.
func (w *tour) unchanged(what string, f func()) {
	w.t.Helper()
	before, seq := w.digest(), w.head()
	f()
	for _, e := range w.facts(seq) {
		if e.Outcome != event.Denied {
			w.t.Errorf("%s: %s left the fact %s %v", w.key, what, e.Kind, e.On)
		}
	}
	for table, sum := range w.digest() {
		if before[table] != sum {
			w.t.Errorf("%s: %s changed table %s", w.key, what, table)
		}
	}
}

// furnished is a site with something in every state and of every kind.
func furnished(t *testing.T) (*site, map[string]kind, map[string]string) {
	s := newSite(t)
	submit := func(host string) application.ID {
		id, err := demo.Submit(s.ctx(), s.World, host)
		s.must(err)
		return id
	}
	_, draft := s.filled("松山园区")
	_, signed := s.filled("种子站")
	s.must(s.Prepare(s.ctx(), s.As("种子站/经办"), signed))
	moving, recognised := submit("红山高新区"), submit("达旗推广中心")
	reviewing, checking := submit("二连园区"), submit("晟源稀土")
	for _, id := range []application.ID{recognised, reviewing, checking} {
		s.must(demo.PassUp(s.ctx(), s.World, id))
	}
	s.must(demo.ToPlaque(s.ctx(), s.World, recognised))
	proposed := s.proposed("内蒙古农业大学")[0]
	notice, objection := s.objected(proposed)
	s.must(demo.CheckMaterial(s.ctx(), s.World, reviewing))
	s.must(demo.OpenRound(s.ctx(), s.World))
	s.must(s.Assign(s.ctx(), s.As("厅/业务"), reviewing, []org.PersonID{"demo-qianxuewen", "demo-siriguleng"}, s.clock().AddDate(0, 0, 9), "按专业指定"))
	meeting, err := s.PlanMeeting(s.ctx(), s.As("厅/业务"), s.Call, desk.MeetingDraft{Title: "评审会", Place: "呼和浩特", At: s.clock().AddDate(0, 0, 8),
		Applications: []application.ID{reviewing}, Members: []org.PersonID{"demo-qianxuewen"}, Chair: "demo-qianxuewen"})
	s.must(err)
	match, err := s.ProposeMatch(s.ctx(), s.As("厅/业务"), s.Call, review.MatchOptions{Mode: assign.Fair, Size: 3, Most: 3, Employer: 1, Keep: true})
	s.must(err)
	proposal, err := s.Match(s.ctx(), s.As("厅/业务"), match)
	s.must(err)
	group, err := s.KeepGroup(s.ctx(), s.As("厅/业务"), s.Call, desk.GroupDraft{Name: "农牧业组", Applications: []application.ID{reviewing}, Size: 2, Alternates: 2})
	s.must(err)
	drawing, err := s.FreezeDraw(s.ctx(), s.As("厅/业务"), group, desk.DrawDraft{Source: "监督人当场报出的数字"})
	s.must(err)
	panels, err := s.Panels(s.ctx(), s.As("厅/业务"), s.Call)
	s.must(err)
	asked, err := s.InvitationsOf(s.ctx(), s.As("专家/钱"))
	s.must(err)
	parcel, err := s.LogParcel(s.ctx(), s.As("中心/受理"), s.Call, application.Parcel{From: "二连浩特市人社局", Carrier: "EMS", Sent: "2017-06-18", Arrived: "2017-06-20"})
	s.must(err)
	source, err := notices.FS.ReadFile(notices.DemoFirstBatch2014)
	s.must(err)
	next, err := s.DraftCall(s.ctx(), s.As("厅/业务"), notices.DemoFirstBatch2014, source, nil)
	s.must(err)
	reg := string(s.registered())
	owner, files := map[string]string{}, []string{}
	for _, id := range []application.ID{moving, reviewing} {
		c, err := s.Case(s.ctx(), s.As("厅/业务"), id)
		s.must(err)
		i := slices.IndexFunc(c.Files, func(f filing.Evidence) bool { return f.Purpose == filing.ForSeal })
		owner[c.Files[i].ID], files = string(id), append(files, c.Files[i].ID)
	}
	base, err := s.Bases(s.ctx(), s.As("厅/业务"), desk.BaseFilter{})
	s.must(err)
	apps := []string{string(draft), string(signed), string(moving), string(checking), string(reviewing), string(recognised), string(proposed)}
	receipt, err := s.Case(s.ctx(), s.As("厅/业务"), moving)
	s.must(err)
	return s, map[string]kind{
		"applications":      {"GET /applications/{id}", apps},
		"reviews":           {"GET /reviews/{id}", apps[2:]},
		"calls":             {"GET /calls/{id}", []string{s.Call, next}},
		"units":             {"GET /units/{id}", []string{"host-songshan", "host-hongshan", "hr-150404", reg}},
		"registrations":     {"GET /registrations/{unit}", []string{reg, "host-songshan"}},
		"people":            {"GET /people/{id}", []string{"demo-gaowa", "demo-menghe"}},
		"posts":             {"GET /posts/{id}", []string{"post-gaowa", "post-menghe"}},
		"groups":            {"GET /groups/{id}", []string{group}},
		"rounds":            {"GET /rounds/{id}", []string{panels.Round.ID}},
		"draws":             {"GET /draws/{id}", []string{drawing}},
		"matches":           {"GET /matches/{id}", []string{match}},
		"draw-records":      {"GET /draw-records/{id}", []string{proposal.Matching.Record}},
		"panel-invitations": {"", []string{asked[0].ID}},
		"parcels":           {"GET /parcels/{id}", []string{parcel}},
		"public-notices":    {"GET /public-notices/{id}", []string{notice}},
		"objections":        {"GET /objections/{id}", []string{objection}},
		"meetings":          {"GET /meetings/{id}", []string{meeting}},
		"experts":           {"GET /experts/{id}", []string{"demo-qianxuewen", "demo-linqing"}},
		"bases":             {"GET /bases/{id}", []string{base.Lines[0].ID}},
		"jobs":              {"", nil},
		"token":             {"", nil},
		"file":              {"", files},
		"expert":            {"", []string{"demo-qianxuewen", "demo-liwenhui"}},
		"n":                 {"", []string{"1", "0", "-1", "99"}},
		"number":            {"", []string{receipt.Receipts[0].Number, receipt.Receipts[0].Number + ".pdf"}},
		"part":              {"", []string{"head", "bank"}},
	}, owner
}

// Every page and every act, as every kind of actor, on the own, on a foreign, and on an
// unknown thing: nothing breaks; what one may not know of can't be told from what there is
// not (M01–M03, M22); a page changes nothing, and an empty form does nothing.
func TestEveryRouteEveryRole(t *testing.T) {
	s, kinds, owner := furnished(t)
	db, err := sql.Open("sqlite", "file:"+s.dir+"/shenbao.db?_pragma=query_only(1)&_pragma=busy_timeout(10000)")
	s.must(err)
	defer db.Close()
	for _, r := range s.web.Routes() {
		for _, n := range names(r.Pattern) {
			if _, ok := kinds[kindOf(r.Pattern, n)]; !ok {
				t.Errorf("%s: this test knows no ids of %s: add some to furnished", r.Pattern, kindOf(r.Pattern, n))
			}
		}
	}
	if t.Failed() {
		return
	}
	for _, key := range visitors {
		w := &tour{site: s, t: t, db: db, key: key, c: s.as(key), kinds: kinds, owner: owner, sees: map[string]bool{}}
		w.fetch("GET", "/calls/"+s.Call) // opening a call is noted, once
		visit := func(method string, which func(string) bool) {
			for _, r := range s.web.Routes() {
				if m, _, ok := strings.Cut(r.Pattern, " "); (ok && m == method || !ok && method == "GET") && which(r.Pattern) {
					w.visit(r.Pattern)
				}
			}
		}
		w.unchanged("reading", func() { visit("GET", func(p string) bool { return !slices.Contains(leaving, p) }) })
		visit("GET", func(p string) bool { return slices.Contains(leaving, p) })
		w.unchanged("an empty form", func() { visit("POST", func(p string) bool { return !slices.Contains(inputless, p) }) })
	}
	// Last, because they change what the others find.
	for _, key := range visitors {
		w := &tour{site: s, t: t, db: db, key: key, c: s.as(key), kinds: kinds, owner: owner, sees: map[string]bool{}}
		for _, p := range slices.Backward(inputless) {
			w.visit(p)
		}
	}
	s.sound()
}
