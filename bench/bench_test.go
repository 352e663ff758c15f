// Package bench measures what the program costs, each figure beside a bare net/http page
// or a bare durable commit on the same database in the same run. Figures are CPU time of
// the whole process per operation; the machine's other work does not count.
//
//	go test ./bench -run '^$' -bench . -benchtime 2s
package bench

import (
	"context"
	"database/sql"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"syscall"
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
	"shenbao/internal/web"
	"shenbao/notices"
)

var noon = time.Date(2017, 6, 20, 4, 0, 0, 0, time.UTC)

// cpu is the processor time that this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure runs f b.N times and reports its processor time.
func measure(b *testing.B, f func(i int)) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	start := cpu(b)
	for i := range b.N {
		f(i)
	}
	used := cpu(b) - start
	b.ReportMetric(float64(used.Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// A place is the program over a database with n submitted applications.
type place struct {
	*demo.World
	dir    string
	server http.Handler
	auth   *auth.Auth
	signer event.Actor
}

// open makes the world and n applications spread over the 14 leagues and cities.
func open(b *testing.B, n int) *place {
	b.Helper()
	ctx := context.Background()
	p := &place{dir: b.TempDir()}
	db, err := store.Open(ctx, p.dir, 2)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	files, err := file.OpenDir(filepath.Join(p.dir, "files"))
	if err != nil {
		b.Fatal(err)
	}
	clock := func() time.Time { return noon }
	d := desk.New(db, files)
	if p.World, err = demo.Cast(ctx, db, d, clock); err != nil {
		b.Fatal(err)
	}
	if err := p.Publish(ctx, notices.ExpertServiceBase2017, notices.ExpertServiceBase2017English); err != nil {
		b.Fatal(err)
	}
	p.auth = auth.New(db)
	p.signer = p.As("厅/业务").By.Actor
	p.server = web.New(d, p.auth, web.Config{Clock: clock})
	p.fill(b, n)
	return p
}

// fill adds applications as the store would have them: no act could make 100,000 in a
// benchmark's time.
func (p *place) fill(b *testing.B, n int) {
	b.Helper()
	ctx := context.Background()
	units, _ := demo.Tree()
	var leagues []org.Unit
	for _, u := range units {
		if u.Kind == org.LeagueHR {
			leagues = append(leagues, u)
		}
	}
	c, err := p.Desk.Call(ctx, p.As("厅/业务"), p.World.Call, "")
	if err != nil {
		b.Fatal(err)
	}
	content := filing.Content{Notice: c.Published.SHA256, Answers: filing.Answers{"单位简介": text(800), "基本情况": text(500)}}
	for from := 0; from < n; from += 1000 {
		err := p.DB.Save(ctx, noon, func(tx *store.Tx) error {
			for i := from; i < min(n, from+1000); i++ {
				if err := p.add(ctx, tx, i, leagues[i%len(leagues)], content); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func (p *place) add(ctx context.Context, tx *store.Tx, i int, league org.Unit, content filing.Content) error {
	u := org.Unit{ID: org.UnitID(tx.NewID()), Name: fmt.Sprintf("%s第%d产业园区管理委员会", league.Short, i), Kind: org.Host, Ownership: org.Public,
		Superior: league.ID, Division: league.Division, State: org.Active}
	if err := tx.AddUnit(ctx, u); err != nil {
		return err
	}
	a := &application.Application{ID: application.ID(tx.NewID()), Number: fmt.Sprintf("SB2017-%05d", i), Call: p.World.Call, Notice: content.Notice,
		Unit: u.ID, UnitName: u.Name, BaseName: fmt.Sprintf("第%d产业专家服务基地", i), HostKind: "产业园区", Division: u.Division, State: application.Moving, At: 1,
		Submitted: noon, Moved: noon, Route: org.Route{Line: org.BySubordination, Steps: []org.Step{
			{Unit: u.ID, Name: u.Name, Role: org.Applies, Box: 1}, {Unit: league.ID, Name: league.Name, Role: org.Recommends, Box: 2},
			{Unit: "hr-150000", Name: "内蒙古自治区人力资源和社会保障厅", Role: org.Decides, Box: 3}}}}
	content.Case, content.N, content.UnitName = string(a.ID), 1, u.Name
	v := filing.Freeze(content, p.signer, noon)
	a.Versions = []filing.Version{v}
	a.Opinions = []filing.Opinion{{Unit: u.ID, UnitName: u.Name, Box: 1, Version: 1, Hash: v.Hash, Outcome: filing.Agree, Stage: filing.Signed, Signer: &v.By, SignedAt: noon}}
	if err := tx.AddApplication(ctx, a); err != nil {
		return err
	}
	return tx.Freeze(ctx, a.ID, v, content)
}

func text(n int) string {
	s := make([]rune, n)
	for i := range s {
		s[i] = rune(0x4e00 + i*37%20000)
	}
	return string(s)
}

// get asks for a page as a persona with a session, without a network in between.
func (p *place) get(b *testing.B, key, path string) func(int) {
	b.Helper()
	r := p.As(key)
	token, err := p.auth.StepIn(context.Background(), noon, org.PersonID(r.By.Person), org.PostID(r.By.Post), "zh", "127.0.0.1")
	if err != nil {
		b.Fatal(err)
	}
	return func(int) {
		req := httptest.NewRequest("GET", path, nil)
		req.AddCookie(&http.Cookie{Name: "shenbao", Value: token})
		w := httptest.NewRecorder()
		p.server.ServeHTTP(w, req)
		if w.Code != 200 || w.Body.Len() < 2000 {
			b.Fatalf("%s answers %d, %d bytes", path, w.Code, w.Body.Len())
		}
	}
}

var bareRows = template.Must(template.New("").Parse(`<!DOCTYPE html><html lang="zh-CN"><title>list</title><table>{{range .}}<tr><td>{{.Number}}<td><a href="/applications/{{.ID}}">{{.Base}}</a><td>{{.Unit}}<td>{{.State}}<td>{{.Holder}}<td>{{.At}}</tr>{{end}}</table></html>`))

type bareRow struct {
	ID, Number, Base, Unit, State, Holder string
	At                                    int64
}

// bareList is the same 50 rows by the shortest way: one look at the session, one query,
// html/template.
func (p *place) bareList(b *testing.B) func(int) {
	db := p.bare(b)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		if err := db.QueryRow(`SELECT count(*) FROM session WHERE token = $1`, "x").Scan(&n); err != nil {
			b.Fatal(err)
		}
		rows, err := db.Query(`SELECT a.id, a.number, a.base_name, a.unit_name, a.state, a.holder_name, a.submitted_at FROM seat s JOIN application a ON a.id = s.application
			WHERE s.unit = $1 ORDER BY s.application DESC LIMIT 50`, "hr-150400")
		if err != nil {
			b.Fatal(err)
		}
		defer rows.Close()
		var out []bareRow
		for rows.Next() {
			var x bareRow
			if err := rows.Scan(&x.ID, &x.Number, &x.Base, &x.Unit, &x.State, &x.Holder, &x.At); err != nil {
				b.Fatal(err)
			}
			out = append(out, x)
		}
		if err := bareRows.Execute(w, out); err != nil {
			b.Fatal(err)
		}
	})
	return func(int) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	}
}

func (p *place) bare(b *testing.B) *sql.DB {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(p.dir, "shenbao.db")+"?_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	b.Cleanup(func() { db.Close() })
	return db
}

// A list of 50, scoped to a league bureau, out of 1,000 and of 100,000 applications.
func BenchmarkList(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		p := open(b, n)
		b.Run(fmt.Sprintf("page/%d", n), func(b *testing.B) { measure(b, p.get(b, "赤峰市人社局/经办", "/applications")) })
		b.Run(fmt.Sprintf("region/%d", n), func(b *testing.B) { measure(b, p.get(b, "厅/业务", "/applications")) })
		b.Run(fmt.Sprintf("bare/%d", n), func(b *testing.B) { measure(b, p.bareList(b)) })
	}
}

// Opening one application.
func BenchmarkOpen(b *testing.B) {
	p := open(b, 1_000)
	var id application.ID
	rows, _, err := p.Applications(context.Background(), p.As("赤峰市人社局/经办"), application.Filter{}, 1)
	if err != nil || len(rows) == 0 {
		b.Fatal(err)
	}
	id = rows[0].ID
	b.Run("page", func(b *testing.B) { measure(b, p.get(b, "赤峰市人社局/经办", "/applications/"+string(id))) })
	db := p.bare(b)
	b.Run("bare", func(b *testing.B) {
		measure(b, func(int) {
			var doc string
			if err := db.QueryRow(`SELECT doc FROM application WHERE id = $1`, string(id)).Scan(&doc); err != nil {
				b.Fatal(err)
			}
			w := httptest.NewRecorder()
			if err := bareRows.Execute(w, []bareRow{{ID: string(id), Base: doc}}); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// A durable save of one long field beside a bare durable commit of the same text.
func BenchmarkSave(b *testing.B) {
	p := open(b, 10)
	ctx := context.Background()
	r := p.As("松山园区/经办")
	id, err := p.Begin(ctx, r, p.World.Call, org.UnitID(r.By.Unit), "")
	if err != nil {
		b.Fatal(err)
	}
	long := text(800)
	version := 0
	b.Run("desk", func(b *testing.B) {
		measure(b, func(i int) {
			s, err := p.Save(ctx, r, id, "单位简介", fmt.Sprint(long, i), version)
			if err != nil {
				b.Fatal(err)
			}
			version = s.Version
		})
	})
	db := p.bare(b)
	if _, err := db.Exec(`CREATE TABLE bare (id INTEGER PRIMARY KEY, value TEXT)`); err != nil {
		b.Fatal(err)
	}
	b.Run("bare", func(b *testing.B) {
		measure(b, func(i int) {
			if _, err := db.Exec(`INSERT INTO bare VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET value = excluded.value`, fmt.Sprint(long, i)); err != nil {
				b.Fatal(err)
			}
		})
	})
}
