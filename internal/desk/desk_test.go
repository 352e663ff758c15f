package desk_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/file"
	"shenbao/internal/org"
	"shenbao/internal/store"
	"shenbao/internal/store/pgtest"
	"shenbao/notices"
)

func TestMain(m *testing.M) {
	file.Child()
	os.Exit(m.Run())
}

type office struct {
	*demo.World
	now   time.Time
	files string // the folder of its files
}

// engines runs f in a department with its call open, on each database.
func engines(t *testing.T, f func(t *testing.T, o *office)) {
	t.Run("sqlite", func(t *testing.T) { f(t, newOffice(t, t.TempDir())) })
	t.Run("postgres", func(t *testing.T) { f(t, newOffice(t, pgtest.Open(t))) })
}

func newOffice(t *testing.T, url string) *office {
	t.Helper()
	db, err := store.Open(t.Context(), url, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	dir := t.TempDir()
	files, err := file.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{files: dir, now: time.Date(2017, 6, 20, 1, 0, 0, 0, time.UTC)}
	if o.World, err = demo.Cast(t.Context(), db, desk.New(db, files), func() time.Time { return o.now }); err != nil {
		t.Fatal(err)
	}
	if err := o.Publish(t.Context(), notices.ExpertServiceBase2017, notices.ExpertServiceBase2017English); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) facts(t *testing.T) (all []event.Event) {
	t.Helper()
	err := o.DB.Read(t.Context(), o.now, func(tx *store.Tx) (err error) {
		all, err = tx.Log(t.Context(), store.FactFilter{}, 1000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (o *office) sound(t *testing.T) {
	t.Helper()
	rep, err := o.Fsck(t.Context(), o.now)
	if err != nil || len(rep.Problems) > 0 {
		t.Errorf("fsck: %v %v", err, rep.Problems)
	}
}

func kind(err error) string {
	var r *event.Refusal
	var rs event.Refusals
	switch {
	case errors.As(err, &rs):
		return rs[0].Kind
	case errors.As(err, &r):
		return r.Kind
	}
	return ""
}

// A request that comes twice with its key is one act with one answer; with other content
// it is refused; the same key of another person is another request (Q11, Q13).
func TestKeys(t *testing.T) {
	engines(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		r := o.As("松山园区/经办")
		r.Key = "k1"
		first, err := o.Begin(ctx, r, o.Call, "host-songshan", "")
		if err != nil {
			t.Fatal(err)
		}
		again, err := o.Begin(ctx, r, o.Call, "host-songshan", "")
		if err != nil || again != first {
			t.Errorf("the same request again: %q %v, want %q", again, err, first)
		}
		if _, err := o.Begin(ctx, r, o.Call, "host-muge", ""); kind(err) != "key-reused" {
			t.Errorf("the key with other content: %v", err)
		}
		other := o.As("红山高新区/经办")
		other.Key = "k1"
		if id, err := o.Begin(ctx, other, o.Call, "host-hongshan", ""); err != nil || id == first {
			t.Errorf("another person's same key: %q %v", id, err)
		}
		o.sound(t)
	})
}

// A refused act leaves one denied row and nothing else.
func TestRefusedLeavesDeniedRow(t *testing.T) {
	engines(t, func(t *testing.T, o *office) {
		before := len(o.facts(t))
		_, err := o.Begin(t.Context(), o.As("松山园区/负责人"), o.Call, "host-songshan", "")
		if kind(err) != "wrong-role" {
			t.Fatalf("got %v", err)
		}
		after := o.facts(t)
		if len(after) != before+1 || after[0].Outcome != event.Denied || after[0].Kind != desk.Denied || after[0].Detail["refusal"] != "wrong-role" ||
			after[0].By.Name != "巴图" || after[0].Clause != "四（一）" {
			t.Errorf("facts %d → %d, newest %+v", before, len(after), after[0])
		}
		rows, _, err := o.Applications(t.Context(), o.As("松山园区/经办"), application.Filter{}, 10)
		if err != nil || len(rows) != 0 {
			t.Errorf("there are applications: %v %v", rows, err)
		}
		o.sound(t)
	})
}

// A post that ended a moment ago is refused now, whatever the session still says (C01).
func TestEndedPost(t *testing.T) {
	engines(t, func(t *testing.T, o *office) {
		r := o.As("松山园区/经办")
		err := o.DB.Write(t.Context(), o.now, func(tx *store.Tx) error { return tx.EndPost(t.Context(), org.PostID(r.By.Post)) })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Begin(t.Context(), r, o.Call, "host-songshan", ""); kind(err) != "post-ended" {
			t.Errorf("got %v", err)
		}
	})
}

// An actor can't bring another role, unit or name along than the post has.
func TestForgedActor(t *testing.T) {
	engines(t, func(t *testing.T, o *office) {
		r := o.As("松山园区/负责人")
		r.By.Role, r.By.Unit, r.By.UnitName, r.By.Kind = string(org.Approver), "hr-150000", "厅", org.DepartmentHR
		if err := o.MoveDeadline(t.Context(), r, o.Call, o.now.AddDate(0, 2, 0), "因故延期"); kind(err) != "wrong-role" {
			t.Errorf("got %v", err)
		}
	})
}

// When the log can't be written the act is refused with it: nothing happens unrecorded (A15, D06).
func TestNoLogNoAct(t *testing.T) {
	dir := t.TempDir()
	o := newOffice(t, dir)
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "shenbao.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec(`CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'the log is full'); END`); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Begin(t.Context(), o.As("松山园区/经办"), o.Call, "host-songshan", ""); err == nil {
		t.Error("an act was done although its fact could not be kept")
	}
	rows, _, err := o.Applications(t.Context(), o.As("松山园区/经办"), application.Filter{}, 10)
	if err != nil || len(rows) != 0 {
		t.Errorf("there are applications: %v %v", rows, err)
	}
	if _, err := raw.Exec(`DROP TRIGGER full`); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Begin(t.Context(), o.As("松山园区/经办"), o.Call, "host-songshan", ""); err != nil {
		t.Errorf("after the log had room again: %v", err)
	}
	o.sound(t)
}
