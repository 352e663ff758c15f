package store

import (
	"context"
	"database/sql"
	"io/fs"
	"path/filepath"
	"testing"

	"shenbao/internal/review"
	"shenbao/internal/store/pgtest"
	"shenbao/score"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// Reviews that were begun before there were rounds go on: they are the first round of
// their call, and what was scored counts as it did.
func TestOldReviewsBecomeARound(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "shenbao.db")+"?_pragma=foreign_keys(1)")
		if err != nil {
			t.Fatal(err)
		}
		oldReviews(t, db, database.DialectSQLite3)
		becomesARound(t, openTest(t, dir))
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := pgtest.Open(t)
		db, err := sql.Open("pgx", dsn)
		if err != nil {
			t.Fatal(err)
		}
		oldReviews(t, db, database.DialectPostgres)
		becomesARound(t, openTest(t, dsn))
	})
}

// oldReviews leaves a database as it was before rounds, with two sheets and one expected.
func oldReviews(t *testing.T, db *sql.DB, dialect database.Dialect) {
	t.Helper()
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(dialect, db, sub)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(context.Background(), 11); err != nil {
		t.Fatal(err)
	}
	marks := `"marks":{"results":30,"local-support":20,"mechanism":20,"need":20,"plan":9},"comment":"活动连续","verdict":"recommend","scored":"2017-08-01T00:00:00Z"`
	for _, s := range []string{
		`INSERT INTO unit VALUES ('u', '园区', '园区', '园区', 'host', 'public', '', '150404', '', '', '', '', '', '', '', 'active', 1)`,
		`INSERT INTO call VALUES ('c', 'n', 't', 'open', 'r', 0, 1, '{}')`,
		`INSERT INTO person (id, name, login, phone, email, employer, title, disabled, version) VALUES ('e1', '钱', 'a', '', '', '', '', false, 1), ('e2', '林', 'b', '', '', '', '', false, 1), ('e3', '吴', 'd', '', '', '', '', false, 1)`,
		`INSERT INTO application VALUES ('a', 'c', 'SB-1', 'r', 'u', '园区', '基地', '基地', '', '', 'reviewing', '', '', '', '', false, true, 1, 1, 0, 0, 1, '{"id":"a"}')`,
		`INSERT INTO assignment VALUES ('a', 'e1', 'c', 3, '{"application":"a","call":"c","expert":"e1","name":"钱","declared":"2017-08-01T00:00:00Z",` + marks + `}')`,
		`INSERT INTO assignment VALUES ('a', 'e2', 'c', 3, '{"application":"a","call":"c","expert":"e2","name":"林","declared":"2017-08-01T00:00:00Z",` + marks + `}')`,
		`INSERT INTO assignment VALUES ('a', 'e3', 'c', 1, '{"application":"a","call":"c","expert":"e3","name":"吴"}')`,
	} {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func becomesARound(t *testing.T, db *DB) {
	t.Helper()
	err := db.Read(context.Background(), began, func(tx *Tx) error {
		rounds, err := tx.Rounds(context.Background(), "c")
		if err != nil || len(rounds) != 1 {
			t.Fatalf("%v %v", rounds, err)
		}
		r := rounds[0]
		all, err := tx.AssignmentsIn(context.Background(), "c")
		if err != nil || len(all) != 3 || all[0].Round != r.ID || all[0].Version != 3 || all[0].Marks["plan"] != 9*score.Point {
			t.Fatalf("%+v %v", all, err)
		}
		if err := r.Sheet.Check(); err != nil || r.State != review.RoundOpen || len(r.Rule.Leaves) != 5 {
			t.Errorf("%+v %v", r, err)
		}
		if s := r.Standings(all, nil); s[0].Result.Score != 99*score.Point || s[0].Valid != 2 || s[0].Pending != 1 {
			t.Errorf("%+v", s)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
