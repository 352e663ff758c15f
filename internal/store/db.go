// Package store (库) keeps and finds. It holds all SQL, for SQLite and PostgreSQL with
// one text, and no rules: it never knows why.
//
// Every statement is a package variable made by query or command, so that one test can
// prepare each of them on both engines and compare its columns with the Go type.
// Portable SQL only: $n parameters, times as BIGINT microseconds UTC, JSON as TEXT.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrNotFound is said of what is not there, and of what a viewer may not see.
var ErrNotFound = errors.New("not found")

// ErrConflict is said when someone else changed the row in between (compare-and-set),
// or took what may exist only once; the latter is ErrTaken too.
var (
	ErrConflict = errors.New("changed by someone else")
	ErrTaken    = fmt.Errorf("%w: it may exist only once", ErrConflict)
)

//go:embed migrations/*.sql
var migrations embed.FS

// A DB is one database with its pools.
type DB struct {
	kind  string // "sqlite" or "postgres"
	write *sql.DB
	read  *sql.DB
	wake  chan struct{} // told after a commit that added work
}

// Open opens and migrates the database at url: a directory (SQLite in it) or
// postgres://…. readers bounds the SQLite read pool; 0 means 2.
func Open(ctx context.Context, url string, readers int) (*DB, error) {
	db := &DB{wake: make(chan struct{}, 1)}
	if strings.HasPrefix(url, "postgres://") || strings.Contains(url, "host=") {
		return db, db.openPostgres(ctx, url)
	}
	return db, db.openSQLite(ctx, url, readers)
}

// openSQLite: WAL with synchronous=FULL keeps every acknowledged commit (trust §1.2);
// one writer that begins IMMEDIATE, so that two acts never both read before they write.
func (db *DB) openSQLite(ctx context.Context, dir string, readers int) error {
	db.kind = "sqlite"
	base := "file:" + filepath.ToSlash(filepath.Join(dir, "shenbao.db")) +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=cache_size(-8000)"
	var err error
	if db.write, err = sql.Open("sqlite", base+"&_txlock=immediate"); err != nil {
		return err
	}
	db.write.SetMaxOpenConns(1)
	if db.read, err = sql.Open("sqlite", base+"&_pragma=query_only(1)"); err != nil {
		return err
	}
	if readers == 0 {
		readers = 2
	}
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	return db.migrate(ctx, database.DialectSQLite3)
}

func (db *DB) openPostgres(ctx context.Context, dsn string) error {
	db.kind = "postgres"
	var err error
	if db.write, err = sql.Open("pgx", dsn); err != nil {
		return err
	}
	db.write.SetMaxOpenConns(16)
	db.write.SetMaxIdleConns(8)
	db.read = db.write
	return db.migrate(ctx, database.DialectPostgres)
}

func (db *DB) migrate(ctx context.Context, dialect database.Dialect) error {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, db.write, sub)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// Close closes both pools.
func (db *DB) Close() error {
	err := db.write.Close()
	if db.read != db.write {
		err = errors.Join(err, db.read.Close())
	}
	return err
}

// Hastily runs f without waiting for the disk at each commit, and waits once in the end:
// to fill a new database that is made anew if the machine stops meanwhile. A killed process
// loses nothing. PostgreSQL goes its ordinary way.
func (db *DB) Hastily(ctx context.Context, f func() error) (err error) {
	if db.kind == "postgres" {
		return f()
	}
	if _, err := db.write.ExecContext(ctx, "PRAGMA synchronous=OFF"); err != nil {
		return err
	}
	defer func() {
		_, full := db.write.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous=FULL")
		_, all := db.write.ExecContext(context.WithoutCancel(ctx), "PRAGMA wal_checkpoint(FULL)")
		err = errors.Join(err, full, all)
	}()
	return f()
}

// Wake receives a value after a commit that added work for package job.
func (db *DB) Wake() <-chan struct{} { return db.wake }

// A Tx is one transaction and its one instant.
type Tx struct {
	Now  time.Time
	kind string
	tx   *sql.Tx
	ids  *ids
	work bool
}

// ids gives the same identifiers again when a transaction is rerun, so that a decider
// that ran before answers the same.
type ids struct {
	made []string
	next int
}

// NewID makes a time-ordered identifier: 48 bits of milliseconds, 50 random, in 20
// lower-case letters and digits. Unguessable enough to enumerate nothing (M19).
func (tx *Tx) NewID() string {
	if tx.ids.next == len(tx.ids.made) {
		tx.ids.made = append(tx.ids.made, newID(tx.Now))
	}
	tx.ids.next++
	return tx.ids.made[tx.ids.next-1]
}

var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

func newID(now time.Time) string {
	var b [13]byte
	ms := uint64(now.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	_, _ = rand.Read(b[6:])
	return crockford.EncodeToString(b[:])
}

const reruns = 8

// Write runs f in one transaction that nobody else's act overlaps, at instant now.
// On PostgreSQL it is SERIALIZABLE, takes the log's lock before its snapshot (so that
// facts are numbered and chained in one line), and is rerun whole on a serialization
// failure with the same instant and the same ids.
func (db *DB) Write(ctx context.Context, now time.Time, f func(*Tx) error) error {
	return db.update(ctx, now, true, f)
}

// Save is Write for what leaves no fact (autosave, sessions, messages): it does not
// take the log's lock.
func (db *DB) Save(ctx context.Context, now time.Time, f func(*Tx) error) error {
	return db.update(ctx, now, false, f)
}

func (db *DB) update(ctx context.Context, now time.Time, log bool, f func(*Tx) error) error {
	made := &ids{}
	for n := 0; ; n++ {
		made.next = 0
		err := db.once(ctx, now, log, made, f)
		if err == nil || !rerunnable(err) || n == reruns {
			return translate(err)
		}
		time.Sleep(time.Duration(n+1) * 3 * time.Millisecond)
	}
}

func (db *DB) once(ctx context.Context, now time.Time, log bool, made *ids, f func(*Tx) error) error {
	opts := &sql.TxOptions{}
	if db.kind == "postgres" {
		opts.Isolation = sql.LevelSerializable
	}
	t, err := db.write.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	defer t.Rollback()
	if log && db.kind == "postgres" {
		// As the first statement it takes no snapshot yet: who waits here sees all that
		// was committed before it got the lock.
		if _, err := t.ExecContext(ctx, "LOCK TABLE head IN EXCLUSIVE MODE"); err != nil {
			return err
		}
	}
	tx := &Tx{Now: now.UTC().Truncate(time.Microsecond), kind: db.kind, tx: t, ids: made}
	if err := f(tx); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return err
	}
	if tx.work {
		select {
		case db.wake <- struct{}{}:
		default:
		}
	}
	return nil
}

// Read runs f on one snapshot that nothing writes to.
func (db *DB) Read(ctx context.Context, now time.Time, f func(*Tx) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if db.kind == "postgres" {
		opts.Isolation = sql.LevelRepeatableRead
	}
	t, err := db.read.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	defer t.Rollback()
	return translate(f(&Tx{Now: now.UTC().Truncate(time.Microsecond), kind: db.kind, tx: t, ids: &ids{}}))
}

func rerunnable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	return false
}

// translate turns a broken uniqueness into ErrTaken: the constraint is the last word
// on what may exist once, whatever the code above believed.
func translate(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return fmt.Errorf("%w: %s", ErrTaken, pg.ConstraintName)
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) && (lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY) {
		return fmt.Errorf("%w: %s", ErrTaken, lite.Error())
	}
	return err
}
