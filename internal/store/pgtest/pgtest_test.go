package pgtest

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Each Open is a database of its own.
func TestPostgresIsFresh(t *testing.T) {
	for range 2 {
		db, err := sql.Open("pgx", Open(t))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var name, encoding string
		if _, err := db.Exec("CREATE TABLE only_here (n BIGINT)"); err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow("SELECT current_database(), current_setting('server_encoding')").Scan(&name, &encoding); err != nil {
			t.Fatal(err)
		}
		if encoding != "UTF8" {
			t.Errorf("%s: encoding %s", name, encoding)
		}
	}
}

// TestPostgresGoes starts this very test in a second process, which kills itself with
// its server running: nothing of the server may stay.
func TestPostgresGoes(t *testing.T) {
	if os.Getenv("PGTEST_DIE") != "" {
		Open(t)
		s, _ := server()
		os.Stdout.WriteString("dir=" + s.dir + "\n")
		p, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = p.Kill()
		}
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestPostgresGoes$")
	cmd.Env = append(os.Environ(), "PGTEST_DIE=1")
	out, err := cmd.CombinedOutput() // returns when the server's own shell has ended, too
	if err == nil {
		t.Fatalf("the process did not die: %s", out)
	}
	_, dir, found := strings.Cut(string(out), "dir=")
	if !found {
		t.Fatalf("no server was started: %s", out)
	}
	if _, err := os.Stat(strings.TrimSpace(dir)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", dir, err)
	}
}
