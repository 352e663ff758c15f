package demo_test

import (
	"testing"
	"time"

	"shenbao/internal/demo"
	"shenbao/internal/desk"
	"shenbao/internal/expert"
	"shenbao/internal/file"
	"shenbao/internal/store"
)

// The pool is the same every time, sound by the rules of the pool, and quick to plant.
func TestPool(t *testing.T) {
	_, divisions := demo.Tree()
	places := map[string]bool{}
	for _, d := range divisions {
		places[d.Code] = true
	}
	names := map[string]bool{}
	now := time.Date(2017, 6, 20, 9, 0, 0, 0, time.UTC)
	a, b := demo.Members(), demo.Members()
	if len(a) != 200 {
		t.Fatalf("%d members", len(a))
	}
	for i, m := range a {
		if m.Person != b[i].Person {
			t.Errorf("member %d is another one the second time: %v %v", i, m.Person, b[i].Person)
		}
		if err := append(expert.CheckPerson(m.Person), m.Profile.Check(places, now)...).Or(); err != nil {
			t.Errorf("%s: %v", m.Person.Name, err)
		}
		if names[m.Person.Name] {
			t.Errorf("two are called %s", m.Person.Name)
		}
		names[m.Person.Name] = true
	}
	db, err := store.Open(t.Context(), t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	files, err := file.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w, err := demo.Cast(t.Context(), db, desk.New(db, files), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for range 2 { // the second time there is nothing to do
		if err := demo.Pool(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("planted in %v", time.Since(began))
	var pool []expert.Expert
	if err := db.Read(t.Context(), now, func(tx *store.Tx) (err error) {
		pool, err = tx.Pool(t.Context())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if want := len(a) + 5; len(pool) != want {
		t.Errorf("%d in the pool, want %d", len(pool), want)
	}
}
