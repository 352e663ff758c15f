package demo_test

import (
	"context"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/file"
	"shenbao/internal/job"
	"shenbao/internal/store"
)

// The whole play goes through: everything is somewhere on its way in the morning of 20
// June, nothing is dated later than the demo's clock, and what is left to the jumps
// carries the call to the register. It can stop anywhere and go on.
func TestPlay(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(t.Context(), dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	files, err := file.OpenDir(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	now := demo.Premiere
	w, err := demo.Cast(t.Context(), db, desk.New(db, files), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	tell := func(ctx context.Context, now func() time.Time) error {
		return (&job.Runner{DB: db, Desk: w.Desk, Clock: now}).Drain(ctx)
	}
	until := func(to time.Time) {
		t.Helper()
		p, err := demo.OpenPlay(dir, w, tell) // as after a new start
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Until(t.Context(), to, func(at time.Time) error {
			if at.After(to) || at.Before(now) {
				t.Errorf("the clock goes from %s to %s", now, at)
			}
			now = at
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, err := range p.LeftOut {
			t.Errorf("refused: %v", err)
		}
		rep, err := w.Fsck(t.Context(), now)
		if err != nil || len(rep.Problems) > 0 {
			t.Fatalf("fsck: %v %v", err, rep.Problems)
		}
	}
	states := func(want map[string]int) {
		t.Helper()
		got := map[string]int{}
		err := db.Read(t.Context(), now, func(tx *store.Tx) error {
			rows, err := tx.AllApplications(t.Context(), application.Filter{}, 1000)
			for _, r := range rows {
				got[r.Number[:min(6, len(r.Number))]+" "+string(r.State)]++
			}
			return err
		})
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("on %s: %v (%v), want %v", now.Format(time.DateOnly), got, err, want)
		}
	}
	until(time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC))
	states(map[string]int{"SB2014 recognised": 2, "SB2014 not_recognised": 1})
	until(time.Date(2017, 6, 20, 1, 0, 0, 0, time.UTC))
	states(map[string]int{"SB2014 recognised": 2, "SB2014 not_recognised": 1, " draft": 1, " await_signature": 1, " signed": 1, "SB2017 moving": 3,
		"SB2017 draft": 2, "SB2017 not_recommended": 1, "SB2017 withdrawn": 1, "SB2017 checking": 1, "SB2017 reviewing": 1})
	until(demo.AtMaterial)
	states(map[string]int{"SB2014 recognised": 2, "SB2014 not_recognised": 1, "SB2017 not_recommended": 3, "SB2017 withdrawn": 1, "SB2017 checking": 7,
		"SB2017 reviewing": 1})
	until(demo.AtReview)
	states(map[string]int{"SB2014 recognised": 2, "SB2014 not_recognised": 1, "SB2017 not_recommended": 3, "SB2017 withdrawn": 1, "SB2017 reviewing": 8})
	until(demo.AtDecision)
	states(map[string]int{"SB2014 recognised": 2, "SB2014 not_recognised": 1, "SB2017 not_recommended": 3, "SB2017 withdrawn": 1, "SB2017 deciding": 8})
	until(demo.AtPlaque)
	states(map[string]int{"SB2014 recognised": 2, "SB2014 not_recognised": 1, "SB2017 not_recommended": 3, "SB2017 withdrawn": 1, "SB2017 recognised": 7,
		"SB2017 not_recognised": 1})
}
