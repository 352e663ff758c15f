package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// the data directory of a small system with the demo's cast, closed again
func castIn(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	within(t, dir, func(h *home) {
		if _, err := demo.Cast(t.Context(), h.db, desk.New(h.db, h.files), time.Now); err != nil {
			t.Fatal(err)
		}
	})
	return dir
}

func within(t *testing.T, dir string, f func(*home)) {
	t.Helper()
	h, err := open(t.Context(), dir, backends{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	f(h)
}

func table(t *testing.T, lines ...string) string {
	t.Helper()
	f := filepath.Join(t.TempDir(), "units.csv")
	if err := os.WriteFile(f, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

// imported are the facts of units that came with a table.
func imported(t *testing.T, dir string) (es []event.Event) {
	t.Helper()
	within(t, dir, func(h *home) {
		err := h.db.Read(t.Context(), time.Now(), func(tx *store.Tx) (err error) {
			es, err = tx.Log(context.Background(), store.FactFilter{Kind: string(org.UnitTaken)}, 100)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	return es
}

func TestOrgImport(t *testing.T) {
	dir := castIn(t)
	const head = "单位全称,类型,所有制,隶属单位,区划代码"
	good, bad := head+"\n甲研究所,依托单位,公有,hr-150404,150404", head+"\n乙研究所,依托单位,公有,hr-150404,150404\n丙,依托单位,,hr-150404,150404"
	run := func(c orgImportCmd) error {
		c.Data, c.Lang = dir, "zh"
		return c.Run(t.Context())
	}
	if err := run(orgImportCmd{File: table(t, good)}); err != nil || len(imported(t, dir)) != 0 {
		t.Fatalf("a preview: %v, facts %v", err, imported(t, dir))
	}
	if err := run(orgImportCmd{File: table(t, bad), Apply: true}); err == nil || !strings.Contains(err.Error(), "有1行有错") || len(imported(t, dir)) != 0 {
		t.Fatalf("a bad row: %v", err)
	}
	if err := run(orgImportCmd{File: table(t, good), Apply: true, As: "gaowa"}); err == nil || !strings.Contains(err.Error(), "不是安全管理员") {
		t.Fatalf("as a clerk: %v", err)
	}
	for range 2 {
		if err := run(orgImportCmd{File: table(t, good), Apply: true, As: "baixue"}); err != nil {
			t.Fatal(err)
		}
	}
	if es := imported(t, dir); len(es) != 1 || es[0].By.Name != "白雪" || es[0].By.Role != string(org.SecAdmin) || es[0].By.Addr != "console" {
		t.Errorf("facts %+v", es)
	}
	if err := run(orgImportCmd{File: table(t, head+"\n丁站,依托单位,公有,甲研究所,150404"), Apply: true}); err != nil {
		t.Fatal(err)
	}
	if es := imported(t, dir); len(es) != 2 || es[0].By.Role != event.System.Role {
		t.Errorf("facts %+v", es)
	}
}
