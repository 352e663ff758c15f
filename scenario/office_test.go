package scenario_test

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"shenbao/internal/auth"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/file"
	"shenbao/internal/job"
	"shenbao/internal/store"
	"shenbao/internal/web"
	"shenbao/notices"
)

var began = time.Date(2017, 6, 20, 9, 0, 0, 0, time.FixedZone("", 8*3600))

// An office is the whole program but its listener: pages over a database with the demo's
// cast and the call of 2017 open, and a clock that stands still until it is moved.
type office struct {
	*demo.World
	t     *testing.T
	now   time.Time
	jobs  *job.Runner
	site  http.Handler
	gate  http.Handler // where people of the cast come in; the demo's pages ask for no password
	raw   *sql.DB      // looks at the rows behind everybody's back
	files string
}

func newOffice(t *testing.T, url string) *office {
	t.Helper()
	o := &office{t: t, now: began, files: filepath.Join(t.TempDir(), "files")}
	db, err := store.Open(t.Context(), url, 2)
	o.must(err)
	t.Cleanup(func() { _ = db.Close() })
	kept, err := file.OpenDir(o.files)
	o.must(err)
	d := desk.New(db, kept)
	clock := func() time.Time { return o.now }
	o.World, err = demo.Cast(t.Context(), db, d, clock)
	o.must(err)
	o.must(o.Publish(t.Context(), notices.ExpertServiceBase2017, notices.ExpertServiceBase2017English))
	o.jobs = &job.Runner{DB: db, Desk: d, Clock: clock}
	bar := &web.Demo{}
	for _, p := range o.Cast {
		bar.Cast = append(bar.Cast, web.Persona{Person: p.Person, Post: p.Post, Name: p.Name, Role: p.Role, Unit: p.Office})
	}
	o.site = web.New(d, auth.New(db), web.Config{Clock: clock})
	o.gate = web.New(d, auth.New(db), web.Config{Clock: clock, Demo: bar})
	driver, dsn := "pgx", url
	if !strings.Contains(url, "host=") {
		driver, dsn = "sqlite", "file:"+filepath.ToSlash(filepath.Join(url, "shenbao.db"))+"?_pragma=query_only(1)&_pragma=busy_timeout(10000)"
	}
	o.raw, err = sql.Open(driver, dsn)
	o.must(err)
	t.Cleanup(func() { _ = o.raw.Close() })
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// digest is what the business is: every row of every table but the audit's, the sessions'
// and what is told and done later, and every file that is kept.
func (o *office) digest() string {
	o.t.Helper()
	beside := []string{"event", "head", "session", "attempt", "job", "message", "goose_db_version"}
	list := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if strings.Contains(fmt.Sprintf("%T", o.raw.Driver()), "stdlib") {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	}
	var lines []string
	for _, t := range o.column(list) {
		if !slices.Contains(beside, t) {
			lines = append(lines, o.rows(t)...)
		}
	}
	o.must(filepath.WalkDir(o.files, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			lines = append(lines, "file "+filepath.Base(path))
		}
		return err
	}))
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func (o *office) column(query string) (out []string) {
	rs, err := o.raw.Query(query)
	o.must(err)
	defer rs.Close()
	for rs.Next() {
		var s string
		o.must(rs.Scan(&s))
		out = append(out, s)
	}
	o.must(rs.Err())
	return out
}

func (o *office) rows(table string) (out []string) {
	rs, err := o.raw.Query("SELECT * FROM " + table)
	o.must(err)
	defer rs.Close()
	cols, err := rs.Columns()
	o.must(err)
	for rs.Next() {
		row, to := make([]any, len(cols)), make([]any, len(cols))
		for i := range row {
			to[i] = &row[i]
		}
		o.must(rs.Scan(to...))
		h := sha256.New()
		for i, v := range row {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			fmt.Fprintf(h, "%s=%v\n", cols[i], v)
		}
		out = append(out, fmt.Sprintf("%s %.120v %x", table, row[0], h.Sum(nil)[:8]))
	}
	o.must(rs.Err())
	return out
}

func difference(a, b string) string {
	var out []string
	was, is := strings.Split(a, "\n"), strings.Split(b, "\n")
	for _, l := range was {
		if !slices.Contains(is, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range is {
		if !slices.Contains(was, l) {
			out = append(out, "+ "+l)
		}
	}
	return strings.Join(out, "\n")
}
