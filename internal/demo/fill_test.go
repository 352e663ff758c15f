package demo_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/file"
	"shenbao/internal/filing"
	"shenbao/internal/store"
	"shenbao/notices"
)

func TestMain(m *testing.M) {
	file.Child()
	os.Exit(m.Run())
}

// world is the cast on an empty database, in the call's own time.
func world(t *testing.T) *demo.World {
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
	now := time.Date(2017, 6, 20, 9, 0, 0, 0, time.FixedZone("", 8*3600))
	w, err := demo.Cast(t.Context(), db, desk.New(db, files), func() time.Time { now = now.Add(time.Second); return now })
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Publish(t.Context(), notices.ExpertServiceBase2017, notices.ExpertServiceBase2017English); err != nil {
		t.Fatal(err)
	}
	return w
}

// Every host of the cast gets from the draft to the receipt with what Fill writes, and
// nothing in it is over a limit.
func TestSubmit(t *testing.T) {
	w := world(t)
	ctx := context.Background()
	for _, host := range []string{"松山园区", "红山高新区", "牧歌乳业", "晟源稀土", "达旗推广中心", "二连园区", "种子站", "内蒙古农业大学"} {
		id, err := demo.Submit(ctx, w, host)
		if err != nil {
			t.Fatalf("%s: %v", host, err)
		}
		c, err := w.Case(ctx, w.As(host+"/负责人"), id)
		if err != nil {
			t.Fatal(err)
		}
		if want := application.Moving; c.State != want && !(c.Route.Self() && c.State == application.Checking) {
			t.Errorf("%s is %s", host, c.State)
		}
		if len(c.Receipts) != 1 || c.Receipts[0].Number == "" {
			t.Errorf("%s: receipts %v", host, c.Receipts)
		}
		if n := len(c.Files); n != 1 || c.Files[0].Purpose != filing.ForSeal || c.Files[0].Pages != 1 {
			t.Errorf("%s: files %+v", host, c.Files)
		}
	}
	rep, err := w.Fsck(ctx, w.Now())
	if err != nil || len(rep.Problems) > 0 {
		t.Errorf("fsck: %v %v", rep, err)
	}
}
