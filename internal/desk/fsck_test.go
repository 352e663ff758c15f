package desk_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/file"
	"shenbao/internal/store"
)

// Whatever somebody with the database in their hands changes, fsck says where.
func TestFsckFinds(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	o := newOffice(t, dir)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	won, err := demo.Submit(ctx, o.World, "二连园区")
	must(err)
	must(demo.PassUp(ctx, o.World, won))
	must(demo.ToPlaque(ctx, o.World, won))
	low, err := demo.Submit(ctx, o.World, "松山园区")
	must(err)
	gone, err := demo.Submit(ctx, o.World, "达旗推广中心")
	must(err)
	must(o.Withdraw(ctx, o.As("达旗推广中心/负责人"), gone, "本年度调整计划"))
	o.sound(t)
	is := func(id application.ID) string { return " application = '" + string(id) + "'" }
	db, err := sql.Open("sqlite", "file:"+dir+"/shenbao.db")
	must(err)
	defer db.Close()
	for _, c := range []struct{ attack, found string }{
		{"", ""},
		{"INSERT INTO seat (unit, application, call, role) SELECT 'host-muge', application, call, 'endorses' FROM seat WHERE" + is(low) + " LIMIT 1", "seats"},
		{"DELETE FROM seat WHERE unit = 'hr-150404' AND" + is(low), "seats"},
		{"UPDATE place SET" + is(gone) + " WHERE unit = 'hr-150600'", "should not"},
		{"UPDATE place SET application = 'nobody' WHERE unit = 'hr-150600'", "is not there"},
		{"UPDATE place SET application = '' WHERE" + is(won), "should hold a place"},
		{"UPDATE place SET unit = 'hr-150600', n = 2 WHERE" + is(won), "should not"},
		{"UPDATE application SET live = 0 WHERE id = '" + string(low) + "'", "list columns"},
		{"UPDATE application SET submitted_at = submitted_at - 1 WHERE id = '" + string(low) + "'", "list columns"},
		{"UPDATE application SET mean = 10000 WHERE id = '" + string(won) + "'", "list columns"},
		{"UPDATE frozen SET doc = replace(doc, '松山', '红山') WHERE" + is(low), "changed after it was signed"},
		{"DELETE FROM frozen WHERE" + is(low), "is gone"},
		{"INSERT INTO frozen SELECT application, n + 1, hash, 'X' || code, at, doc FROM frozen WHERE" + is(low), "versions are kept"},
		{"DELETE FROM evidence WHERE" + is(low), "scan of the seal"},
		{"UPDATE evidence SET sha = 'ab' || substr(sha, 3) WHERE" + is(low), "bytes are gone"},
		{"UPDATE base SET doc = replace(doc, '" + string(won) + "', '" + string(gone) + "')", "was not decided so"},
		{"UPDATE event SET doc = replace(doc, '本年度', '来年度')", "content was changed"},
	} {
		copied := t.TempDir()
		_, err := db.Exec("VACUUM INTO '" + filepath.Join(copied, "shenbao.db") + "'")
		must(err)
		changed, err := sql.Open("sqlite", "file:"+copied+"/shenbao.db")
		must(err)
		if c.attack != "" {
			res, err := changed.Exec(c.attack)
			must(err)
			if n, _ := res.RowsAffected(); n == 0 {
				t.Fatalf("nothing was changed by %s", c.attack)
			}
		}
		must(changed.Close())
		st, err := store.Open(ctx, copied, 1)
		must(err)
		files, err := file.OpenDir(o.files)
		must(err)
		rep, err := desk.New(st, files).Fsck(ctx, o.now)
		must(err)
		if found := strings.Join(rep.Problems, "; "); c.found == "" && found != "" || !strings.Contains(found, c.found) {
			t.Errorf("%s\n  found: %s", c.attack, found)
		}
		must(st.Close())
	}
}
