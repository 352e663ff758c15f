// Package pgtest gives a test a PostgreSQL of its own: a real server, started by the
// tests themselves, also when they run as root. It needs PostgreSQL's programs on the
// machine (Debian: postgresql) and nothing else: no service, no port, no password.
//
// One server serves a whole test binary; each Open makes an empty database on it. The
// server listens on a socket in a temporary folder only, and goes, folder and all, when
// the test binary ends, however it ends: see script.
package pgtest

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
)

// Open is the connection string of a new, empty database, which is dropped when t ends.
// The test fails where PostgreSQL is not installed: a store that was not tried on both
// databases has not been tested.
//
// Name such a test …Postgres…, or its subtest postgres: ./check quick leaves those out
// by name.
func Open(t testing.TB) (dsn string) {
	t.Helper()
	if os.Getenv("SHENBAO_QUICK") != "" {
		t.Fatal("./check quick runs without PostgreSQL and leaves out tests with Postgres and subtests with postgres in their names; give this one such a name")
	}
	s, err := server()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("t%d", made.Add(1))
	if _, err := s.admin.ExecContext(t.Context(), "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		t.Fatalf("%v\n%s", err, s.log())
	}
	t.Cleanup(func() {
		if _, err := s.admin.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("%v\n%s", err, s.log())
		}
	})
	return s.dsn(name)
}

var (
	made   atomic.Int64
	server = sync.OnceValues(start)
)

type running struct {
	dir   string
	admin *sql.DB
	hold  io.WriteCloser // open as long as we live; see script
}

func (s *running) dsn(db string) string { return "host=" + s.dir + " user=t dbname=" + db }

func (s *running) log() string {
	b, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return string(b)
}

// script is run beside the server. It waits on its standard input, which the kernel
// closes when the test binary ends, even by SIGKILL, and then stops the server and
// removes its folder. A parent-death signal would leave the folder behind, and follows
// the thread that started the server, not the process.
//
// The server may lose everything on a power cut (fsync=off): it holds test data only.
const script = `
trap 'rm -rf "$1"' EXIT
cd "$1"
initdb -D d -U t -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions >log 2>&1 &&
pg_ctl start -w -s -D d -l log -o "-k '$1' -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=32MB" >>log 2>&1 ||
{ cat log; exit 1; }
echo ready
cat >/dev/null
pg_ctl stop -s -m immediate -D d
`

func start() (*running, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	attr := &syscall.SysProcAttr{Setsid: true} // so that Ctrl-C reaches it only through us
	if os.Geteuid() == 0 {
		if attr.Credential, err = other(); err != nil {
			return nil, err
		}
	}
	dir, err := os.MkdirTemp("/tmp", "pgt") // short: a socket's path holds 107 bytes at most
	if err != nil {
		return nil, err
	}
	if c := attr.Credential; c != nil {
		if err := os.Chown(dir, int(c.Uid), int(c.Gid)); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command("sh", "-c", script, "sh", dir)
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HOME="+dir, "LC_ALL=C.UTF-8")
	cmd.SysProcAttr = attr
	cmd.Stderr = os.Stderr // go test thereby waits until the folder is gone
	hold, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	said := bufio.NewReader(out)
	if line, _ := said.ReadString('\n'); line != "ready\n" {
		rest, _ := io.ReadAll(said)
		return nil, fmt.Errorf("PostgreSQL did not start: %s%s", line, rest)
	}
	s := &running{dir: dir, hold: hold}
	s.admin, err = sql.Open("pgx", s.dsn("postgres"))
	return s, err
}

// programs is the folder of initdb and pg_ctl: the one on the PATH, or else Debian's,
// of the newest version.
func programs() (string, error) {
	if p, err := exec.LookPath("initdb"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			return filepath.Dir(p), nil
		}
	}
	newest, found := -1, ""
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	for _, d := range dirs {
		if v, err := strconv.Atoi(strings.Split(d, "/")[4]); err == nil && v > newest {
			newest, found = v, d
		}
	}
	if found == "" {
		return "", errors.New("these tests start a PostgreSQL, and initdb is not on this machine: install it (Debian: apt-get install postgresql) or run ./check, which does")
	}
	return found, nil
}

// other is who runs the server when we are root, as which it refuses to run.
func other() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no account postgres or nobody to run it as")
}
