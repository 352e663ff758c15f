package store

import (
	"context"
	"encoding/json"
	"os"
	osexec "os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

	"shenbao/internal/store/pgtest"
)

var began = time.Date(2017, 6, 20, 1, 0, 0, 0, time.UTC)

// engines runs f on a fresh database of each engine.
func engines(t *testing.T, f func(t *testing.T, db *DB)) {
	t.Run("sqlite", func(t *testing.T) { f(t, openTest(t, t.TempDir())) })
	t.Run("postgres", func(t *testing.T) { f(t, openTest(t, pgtest.Open(t))) })
}

func openTest(t testing.TB, url string) *DB {
	t.Helper()
	db, err := Open(context.Background(), url, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Every statement is understood by both engines: no unknown column, no dialect of one.
func TestStatements(t *testing.T) {
	if len(registered) < 80 {
		t.Fatalf("only %d statements are registered", len(registered))
	}
	engines(t, func(t *testing.T, db *DB) {
		for _, s := range registered {
			st, err := db.write.Prepare(s.sql)
			if err != nil {
				t.Errorf("%v\n%s", err, s.sql)
				continue
			}
			st.Close()
		}
	})
}

// Earlier SQLite versions can lose commits when two connections write and checkpoint at
// the same moment.
func TestSQLiteVersion(t *testing.T) {
	db := openTest(t, t.TempDir())
	var v string
	if err := db.read.QueryRow(`SELECT sqlite_version()`).Scan(&v); err != nil {
		t.Fatal(err)
	}
	if semver.Compare("v"+v, "v3.51.3") < 0 {
		t.Errorf("SQLite %s, want 3.51.3 or later", v)
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := db.write.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %q (%v), want %s", pragma, got, err, want)
		}
	}
}

// The C library that SQLite was translated with must be the very version it names.
func TestLibcVersion(t *testing.T) {
	out, err := osexec.Command("go", "list", "-m", "-json", "modernc.org/sqlite", "modernc.org/libc").Output()
	if err != nil {
		t.Fatal(err)
	}
	var lite, libc struct{ Dir, Version, GoMod string }
	dec := json.NewDecoder(strings.NewReader(string(out)))
	if err := dec.Decode(&lite); err != nil {
		t.Fatal(err)
	}
	if err := dec.Decode(&libc); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(lite.GoMod)
	if err != nil {
		t.Fatal(err)
	}
	f, err := modfile.Parse(lite.GoMod, b, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range f.Require {
		if r.Mod.Path == "modernc.org/libc" && r.Mod.Version != libc.Version {
			t.Errorf("modernc.org/libc %s, but sqlite was made with %s", libc.Version, r.Mod.Version)
		}
	}
}
