package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

func write(t testing.TB, db *DB, f func(tx *Tx) error) {
	t.Helper()
	if err := db.Write(context.Background(), began, f); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, db *DB, f func(tx *Tx) error) {
	t.Helper()
	if err := db.Read(context.Background(), began, f); err != nil {
		t.Fatal(err)
	}
}

var dept = org.Unit{ID: "dept", Name: "自治区人社厅", Kind: org.DepartmentHR, Ownership: org.Public, Division: "150000", State: org.Active}

// plant keeps a department, leagues l0…, hosts h0… below them, and a call.
func plant(t testing.TB, db *DB, leagues, hosts int) {
	t.Helper()
	ctx := context.Background()
	write(t, db, func(tx *Tx) error {
		us := []org.Unit{dept}
		for i := range leagues {
			us = append(us, org.Unit{ID: orgID(fmt.Sprintf("l%d", i)), Name: fmt.Sprintf("第%d盟人社局", i), Kind: org.LeagueHR, Ownership: org.Public,
				Superior: dept.ID, Division: fmt.Sprintf("15%02d00", i+1), State: org.Active})
		}
		for i := range hosts {
			us = append(us, org.Unit{ID: orgID(fmt.Sprintf("h%d", i)), Name: fmt.Sprintf("第%d园区", i), Kind: org.Host, Ownership: org.Public,
				Superior: orgID(fmt.Sprintf("l%d", i%leagues)), Division: fmt.Sprintf("15%02d01", i%leagues+1), State: org.Active})
		}
		for _, u := range us {
			if err := tx.AddUnit(ctx, u); err != nil {
				return err
			}
		}
		return tx.AddCall(ctx, &application.Call{ID: "call", Number: "内人社办发〔2017〕207号", State: application.CallOpen, Deadline: began.AddDate(0, 1, 0)})
	})
}

func app(id, unit, league, base string) *application.Application {
	return &application.Application{ID: application.ID(id), Call: "call", Unit: orgID(unit), UnitName: unit, BaseName: base, State: application.Moving, At: 1,
		Submitted: began, Route: org.Route{Steps: []org.Step{{Unit: orgID(unit), Role: org.Applies, Box: 1},
			{Unit: orgID(league), Name: league, Role: org.Recommends, Box: 2}, {Unit: dept.ID, Role: org.Decides, Box: 3}}}}
}

// What was kept is found again, whole; a change over an older version is refused.
func TestApplicationRoundTrip(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		plant(t, db, 1, 1)
		a := app("a1", "h0", "l0", "蔬菜产业专家服务基地")
		a.Versions = []filing.Version{{N: 1, Hash: "x", Code: "0000-1111-2222", At: began}}
		write(t, db, func(tx *Tx) error { return tx.AddApplication(ctx, a) })
		stale := *a
		write(t, db, func(tx *Tx) error {
			got, err := tx.Application(ctx, "a1")
			if err != nil {
				return err
			}
			if got.Version != 1 || len(got.Versions) != 1 || !got.Versions[0].At.Equal(began) || got.Holder() != "l0" {
				t.Errorf("got %+v", got)
			}
			got.State = application.Checking
			got.At = 2
			return tx.SaveApplication(ctx, got)
		})
		err := db.Write(ctx, began, func(tx *Tx) error { return tx.SaveApplication(ctx, &stale) })
		if !errors.Is(err, ErrConflict) {
			t.Errorf("saving over a newer version: %v, want ErrConflict", err)
		}
	})
}

// One live application per unit and per base in a call (Q02): the index has the last word.
func TestOneLiveApplication(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		plant(t, db, 2, 3)
		add := func(a *application.Application) error {
			return db.Write(ctx, began, func(tx *Tx) error { return tx.AddApplication(ctx, a) })
		}
		if err := add(app("a1", "h0", "l0", "稀土专家服务基地")); err != nil {
			t.Fatal(err)
		}
		if err := add(app("a2", "h0", "l1", "另一个基地")); !errors.Is(err, ErrConflict) {
			t.Errorf("a second of the same unit by another route: %v", err)
		}
		if err := add(app("a3", "h1", "l1", " 稀土 专家服务基地")); !errors.Is(err, ErrConflict) {
			t.Errorf("the same base from another unit: %v", err)
		}
		ended := app("a4", "h1", "l1", "稀土")
		ended.State = application.Withdrawn
		if err := add(ended); err != nil {
			t.Errorf("an ended one does not count: %v", err)
		}
	})
}

// A field is written over the version that was read, or not at all; its history stays.
func TestAnswers(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		plant(t, db, 1, 1)
		by := org.Actor{Actor: event.Actor{Person: "p", Name: "高娃"}}
		put := func(v int, text string) error {
			return db.Save(ctx, began, func(tx *Tx) error { return tx.PutAnswer(ctx, "a1", "单位简介", text, v, by) })
		}
		write(t, db, func(tx *Tx) error { return tx.AddApplication(ctx, app("a1", "h0", "l0", "x")) })
		for _, c := range []struct {
			over int
			text string
			want error
		}{{0, "一", nil}, {0, "又一", ErrConflict}, {1, "二", nil}, {1, "二之二", ErrConflict}, {2, "", nil}} {
			if err := put(c.over, c.text); !errors.Is(err, c.want) {
				t.Errorf("writing %q over %d: %v, want %v", c.text, c.over, err, c.want)
			}
		}
		read(t, db, func(tx *Tx) error {
			d, err := tx.Draft(ctx, "a1")
			if got := d["单位简介"]; got.Version != 3 || got.Value != "" || got.Name != "高娃" {
				t.Errorf("draft %+v", got)
			}
			n, err2 := historyCount.one(ctx, tx, "a1")
			if n != 3 {
				t.Errorf("%d entries of history, want 3", n)
			}
			return errors.Join(err, err2)
		})
	})
}

var historyCount = query[int64](`SELECT count(*) FROM answer_history WHERE application = $1`)

// A fact with bytes that are no text is sound as well: nobody can break the log by writing it.
func TestLogOfBrokenText(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *Tx) error {
			_, err := tx.Record(context.Background(), event.Event{Kind: "test.happened", On: event.Subject{Kind: "call", ID: "c"}, Reason: "理由\xff\xe4",
				Detail: map[string]string{"name": "\xc3"}})
			return err
		})
		read(t, db, func(tx *Tx) error {
			n, ps, err := tx.CheckLog(context.Background())
			if n != 1 || len(ps) > 0 {
				t.Errorf("%d facts, %v", n, ps)
			}
			return err
		})
	})
}

// Facts are chained; any change or removal afterwards is found (R138).
func TestLogTampering(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		fill := func() {
			for i := range 5 {
				write(t, db, func(tx *Tx) error {
					_, err := tx.Record(ctx, event.Event{Kind: "test.happened", On: event.Subject{Kind: "call", ID: "c"}, Reason: fmt.Sprint("第", i)})
					return err
				})
			}
		}
		check := func() (n int64, ps []string) {
			read(t, db, func(tx *Tx) (err error) { n, ps, err = tx.CheckLog(ctx); return err })
			return n, ps
		}
		fill()
		if n, ps := check(); n != 5 || len(ps) > 0 {
			t.Fatalf("%d facts, %v", n, ps)
		}
		for _, attack := range []string{
			`UPDATE event SET doc = replace(doc, '第2', '第9') WHERE seq = 3`,
			`UPDATE event SET person = 'x' WHERE seq = 3`,
			`UPDATE event SET at = at + 1 WHERE seq = 3`,
			`DELETE FROM event WHERE seq = 3`,
			`DELETE FROM event WHERE seq = 5`,
			`UPDATE event SET seq = 9 WHERE seq = 5`,
			`UPDATE head SET seq = 4`,
		} {
			tx, err := db.write.Begin()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec(attack); err != nil {
				t.Fatal(err)
			}
			_, ps, err := (&Tx{Now: began, kind: db.kind, tx: tx, ids: &ids{}}).CheckLog(ctx)
			if err != nil || len(ps) == 0 {
				t.Errorf("not found: %s (%v)", attack, err)
			}
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A fact and the work it causes are one commit: a refused act leaves neither.
func TestRefusedActLeavesNothing(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		no := errors.New("no")
		err := db.Write(ctx, began, func(tx *Tx) error {
			if _, err := tx.Record(ctx, event.Event{Kind: "test.happened"}); err != nil {
				return err
			}
			return no
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		read(t, db, func(tx *Tx) error {
			es, err := tx.Log(ctx, FactFilter{}, 10)
			next, err2 := tx.NextJob(ctx)
			if len(es) != 0 || !next.IsZero() {
				t.Errorf("facts %v, next job %v", es, next)
			}
			return errors.Join(err, err2)
		})
	})
}

// Ten writers at once, each act a fact and a number: one line without gaps on both engines (Q19, Q22).
func TestConcurrentWriters(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		var mu sync.Mutex
		var numbers []int64
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				for range 10 {
					var n int64
					err := db.Write(ctx, began, func(tx *Tx) (err error) {
						if n, err = tx.Next(ctx, "receipt"); err != nil {
							return err
						}
						_, err = tx.Record(ctx, event.Event{Kind: "test.happened"})
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					numbers = append(numbers, n)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		slices.Sort(numbers)
		for i, n := range numbers {
			if n != int64(i+1) {
				t.Fatalf("numbers %v", numbers)
			}
		}
		read(t, db, func(tx *Tx) error {
			n, ps, err := tx.CheckLog(ctx)
			if n != 100 || len(ps) > 0 {
				t.Errorf("%d facts, %v", n, ps)
			}
			return err
		})
	})
}

// A place goes to one of many who ask at the same moment. The variant that looks first
// and takes afterwards overfills it: the test can see the fault that it guards against.
func TestQuotaRace(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		const rounds, asking = 20, 8
		ctx := context.Background()
		plant(t, db, rounds*2, asking)
		write(t, db, func(tx *Tx) error {
			for i := range rounds * 2 {
				if err := tx.AddPlace(ctx, "call", orgID(fmt.Sprintf("l%d", i)), 1); err != nil {
					return err
				}
			}
			return nil
		})
		race := func(league org.UnitID, take func(id application.ID) error) (won int) {
			var mu sync.Mutex
			var wg sync.WaitGroup
			for i := range asking {
				wg.Go(func() {
					if err := take(application.ID(fmt.Sprintf("%s-%d", league, i))); err == nil {
						mu.Lock()
						won++
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			return won
		}
		overfilled := 0
		for i := range rounds {
			league := orgID(fmt.Sprintf("l%d", i))
			won := race(league, func(id application.ID) error {
				return db.Write(ctx, began, func(tx *Tx) error {
					ps, err := tx.Places(ctx, "call", league)
					if err != nil {
						return err
					}
					if ps[0].Application != "" {
						return ErrConflict
					}
					return tx.TakePlace(ctx, "call", league, 1, id)
				})
			})
			if won != 1 {
				t.Errorf("round %d: %d took the one place", i, won)
			}
			naive := orgID(fmt.Sprintf("l%d", rounds+i))
			var gate sync.WaitGroup
			gate.Add(asking)
			won = race(naive, func(id application.ID) error {
				var free bool
				err := db.Read(ctx, began, func(tx *Tx) error {
					ps, err := tx.Places(ctx, "call", naive)
					free = ps[0].Application == ""
					return err
				})
				gate.Done()
				gate.Wait()
				if err != nil || !free {
					return ErrConflict
				}
				_, err = db.write.Exec(`UPDATE place SET application = $1 WHERE call = 'call' AND unit = $2`, string(id), string(naive))
				return err
			})
			if won > 1 {
				overfilled++
			}
		}
		if overfilled == 0 {
			t.Error("looking first and taking afterwards never overfilled a place: this test would not see the fault")
		}
	})
}

// The scope as SQL and Sees as code say the same of any application and any viewer.
func TestScopeAgrees(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		plant(t, db, 3, 40)
		write(t, db, func(tx *Tx) error {
			if err := tx.AddRound(ctx, review.Round{ID: "round", Call: "call", N: 1}); err != nil {
				return err
			}
			return tx.AddPerson(ctx, org.Person{ID: "expert", Name: "钱", Login: "q"})
		})
		var apps []*application.Application
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			if n < 40 {
				a := app(fmt.Sprintf("a%02d", n), fmt.Sprintf("h%d", n), fmt.Sprintf("l%d", rapid.IntRange(0, 2).Draw(rt, "league")), fmt.Sprint("基地", n))
				a.State = rapid.SampledFrom(application.States).Draw(rt, "state")
				if a.State.WithApplicant() && rapid.Bool().Draw(rt, "new") {
					a.Submitted = time.Time{}
				}
				if rapid.Bool().Draw(rt, "proxy") {
					a.Proxy = &application.Proxy{Unit: "l1"}
				}
				assigned := rapid.Bool().Draw(rt, "assigned")
				n++
				if err := db.Write(ctx, began, func(tx *Tx) error {
					if err := tx.AddApplication(ctx, a); err != nil || !assigned {
						return err
					}
					return tx.AddAssignment(ctx, review.Assignment{Round: "round", Application: string(a.ID), Call: "call", Expert: "expert"})
				}); err != nil {
					rt.Fatal(err)
				}
				apps = append(apps, a)
			}
			role := rapid.SampledFrom(org.Roles).Draw(rt, "role")
			unit := rapid.SampledFrom([]string{"h0", "h1", "h2", "l0", "l1", "l2", "dept"}).Draw(rt, "unit")
			by := org.Actor{Actor: event.Actor{Person: "expert", Role: string(role), Unit: unit}}
			var want, got []string
			if err := db.Read(ctx, began, func(tx *Tx) error {
				for _, a := range apps {
					_, err := tx.Assignment(ctx, a.ID, "expert")
					if err != nil && !IsNotFound(err) {
						return err
					}
					if a.Sees(by, err == nil) {
						want = append(want, string(a.ID))
					}
				}
				rows, err := tx.Applications(ctx, application.ScopeOf(by), application.Filter{}, 100)
				for _, r := range rows {
					got = append(got, string(r.ID))
				}
				return err
			}); err != nil {
				rt.Fatal(err)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				rt.Fatalf("%s in %s: the list has %v, Sees says %v", role, unit, got, want)
			}
		})
	})
}

// Two workers never have the same job, and one whose worker died comes back.
func TestLease(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		write(t, db, func(tx *Tx) error {
			for range 2 {
				if err := tx.AddJob(ctx, "hour", "", 0, "hour 1"); err != nil {
					return err
				}
			}
			return nil
		})
		lease := func(now time.Time) (Job, error) {
			var j Job
			err := db.Save(ctx, now, func(tx *Tx) (err error) { j, err = tx.Lease(ctx, time.Minute); return err })
			return j, err
		}
		j, err := lease(began)
		if err != nil || j.Attempt != 1 {
			t.Fatalf("%+v %v", j, err)
		}
		if _, err := lease(began); !errors.Is(err, ErrNotFound) {
			t.Errorf("a leased job was leased again, or recorded twice: %v", err)
		}
		if j2, err := lease(began.Add(2 * time.Minute)); err != nil || j2.ID != j.ID || j2.Attempt != 2 {
			t.Errorf("the job of a dead worker: %+v %v", j2, err)
		}
	})
}

// A post that ends takes its sessions and what was lent from it with it (C01, C09).
func TestEndedPost(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		plant(t, db, 1, 1)
		write(t, db, func(tx *Tx) error {
			for _, p := range []string{"p", "q"} {
				if err := tx.AddPerson(ctx, org.Person{ID: org.PersonID(p), Name: p, Login: p}); err != nil {
					return err
				}
			}
			if err := tx.AddPost(ctx, org.Post{ID: "own", Person: "p", Unit: "l0", Role: org.Principal, From: began}); err != nil {
				return err
			}
			if err := tx.AddPost(ctx, org.Post{ID: "lent", Person: "q", Unit: "l0", Role: org.Principal, From: began, Origin: "own", Of: "p"}); err != nil {
				return err
			}
			if err := tx.AddSession(ctx, "s1", "p", "own", "zh", ""); err != nil {
				return err
			}
			return tx.AddSession(ctx, "s2", "q", "lent", "zh", "")
		})
		write(t, db, func(tx *Tx) error { return tx.EndPost(ctx, "own") })
		read(t, db, func(tx *Tx) error {
			for _, s := range []string{"s1", "s2"} {
				if _, err := tx.Session(ctx, s); !IsNotFound(err) {
					t.Errorf("session %s outlives its post: %v", s, err)
				}
			}
			hs, err := tx.PostsIn(ctx, "l0")
			if len(hs) != 0 {
				t.Errorf("still held: %+v", hs)
			}
			return err
		})
	})
}

// The few rows of Above give every unit the same route as the whole tree does.
func TestAboveGivesTheSameRoute(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		plant(t, db, 3, 6)
		county := org.Unit{ID: "c0", Name: "旗人社局", Kind: org.CountyHR, Ownership: org.Public, Superior: "l0", Division: "150103", State: org.Active}
		odd := []org.Unit{county,
			{ID: "n1", Name: "有旗局的企业", Kind: org.Host, Ownership: org.NonPublic, Division: "150103", State: org.Active},
			{ID: "n2", Name: "没有旗局的企业", Kind: org.Host, Ownership: org.NonPublic, Division: "150299", State: org.Active},
			{ID: "n3", Name: "没有局的企业", Kind: org.Host, Ownership: org.NonPublic, Division: "159999", State: org.Active},
			{ID: "p1", Name: "旗属单位", Kind: org.Host, Ownership: org.Public, Superior: "c0", Division: "150103", State: org.Active},
			{ID: "p2", Name: "上级不在的单位", Kind: org.Host, Ownership: org.Public, Superior: "gone", Division: "150103", State: org.Active}}
		write(t, db, func(tx *Tx) error {
			for _, u := range odd {
				if err := tx.AddUnit(ctx, u); err != nil {
					return err
				}
			}
			return nil
		})
		read(t, db, func(tx *Tx) error {
			for _, id := range []org.UnitID{"h0", "h4", "n1", "n2", "n3", "p1", "p2"} {
				u, err := tx.Unit(ctx, id)
				if err != nil {
					return err
				}
				whole, err := tx.Tree(ctx, u)
				if err != nil {
					return err
				}
				few, err := tx.Above(ctx, u)
				if err != nil {
					return err
				}
				want, err1 := whole.Compute(u, "四（一）")
				got, err2 := few.Compute(u, "四（一）")
				if fmt.Sprint(got, err2) != fmt.Sprint(want, err1) {
					t.Errorf("%s: %v %v, by the whole tree %v %v", id, got, err2, want, err1)
				}
			}
			return nil
		})
	})
}

// A new password ends the links to set one that are still open (C03, Q17); keys are
// forgotten after their time and not before.
func TestLinksAndKeysEnd(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		write(t, db, func(tx *Tx) error {
			if err := tx.AddPerson(ctx, org.Person{ID: "p", Name: "p", Login: "p"}); err != nil {
				return err
			}
			if err := tx.Invite(ctx, "token", "p", began.Add(time.Hour)); err != nil {
				return err
			}
			if _, err := tx.Invited(ctx, "token"); err != nil {
				t.Errorf("a new link: %v", err)
			}
			if err := tx.Remember(ctx, "p", "act", "key", "body", "answer"); err != nil {
				return err
			}
			return tx.SetPassword(ctx, "p", "hash")
		})
		write(t, db, func(tx *Tx) error {
			if _, err := tx.Invited(ctx, "token"); !IsNotFound(err) {
				t.Errorf("the link outlives a new password: %v", err)
			}
			if err := tx.ExpireKeys(ctx, began.Add(-time.Second)); err != nil {
				return err
			}
			if _, found, _, err := tx.Done(ctx, "p", "act", "key", "body"); !found || err != nil {
				t.Errorf("a key was forgotten too early (%v)", err)
			}
			if err := tx.ExpireKeys(ctx, began.Add(time.Second)); err != nil {
				return err
			}
			if _, found, _, err := tx.Done(ctx, "p", "act", "key", "body"); found || err != nil {
				t.Errorf("a key outlives its time (%v)", err)
			}
			return nil
		})
	})
}
