package store

import (
	"context"
	"errors"
	"sync"
	"testing"

	"shenbao/internal/application"
	"shenbao/internal/event"
)

// together runs f n times at once and counts those that had no error.
func together(n int, f func(i int) error) (done int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if f(i) == nil {
				mu.Lock()
				done++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return done
}

// A form that arrives several times at once under one key is one act. The variant that
// looks for the key first and acts afterwards does it several times: the test can see the
// fault that it guards against (trust §1.4).
func TestDoubleSubmitRace(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		const sent = 6
		ctx := context.Background()
		act := func(tx *Tx, key string) error {
			if _, err := tx.Record(ctx, event.Event{Kind: "test.happened", Reason: key}); err != nil {
				return err
			}
			return tx.Remember(ctx, "p", "submission", key, "body", "receipt")
		}
		together(sent, func(int) error {
			return db.Write(ctx, began, func(tx *Tx) error {
				_, found, _, err := tx.Done(ctx, "p", "submission", "one", "body")
				if err != nil || found {
					return err
				}
				return act(tx, "one")
			})
		})
		var gate sync.WaitGroup
		gate.Add(sent)
		together(sent, func(int) error {
			var found bool
			err := db.Read(ctx, began, func(tx *Tx) (err error) {
				_, found, _, err = tx.Done(ctx, "p", "submission", "naive", "body")
				return err
			})
			gate.Done()
			gate.Wait()
			if err != nil || found {
				return err
			}
			return db.Write(ctx, began, func(tx *Tx) error { // and remembers nothing in the act's own transaction
				_, err := tx.Record(ctx, event.Event{Kind: "test.happened", Reason: "naive"})
				return err
			})
		})
		acts := map[string]int{}
		read(t, db, func(tx *Tx) error {
			es, err := tx.Log(ctx, FactFilter{}, 100)
			for _, e := range es {
				acts[e.Reason]++
			}
			return err
		})
		if acts["one"] != 1 {
			t.Errorf("%d acts under one key", acts["one"])
		}
		if acts["naive"] < 2 {
			t.Error("looking first and acting afterwards never acted twice: this test would not see the fault")
		}
	})
}

// Of two who sign at the same moment one is told that the other was faster. The variant
// that saves without comparing the version lets both believe that theirs stands.
func TestTwoSignersRace(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		plant(t, db, 1, 2)
		write(t, db, func(tx *Tx) error {
			return errors.Join(tx.AddApplication(ctx, app("real", "h0", "l0", "甲")), tx.AddApplication(ctx, app("naive", "h1", "l0", "乙")))
		})
		read2 := func(id application.ID) *application.Application {
			var a *application.Application
			read(t, db, func(tx *Tx) (err error) { a, err = tx.Application(ctx, id); return err })
			a.State = application.Checking
			return a
		}
		both := []*application.Application{read2("real"), read2("real")}
		if n := together(2, func(i int) error {
			return db.Write(ctx, began, func(tx *Tx) error { return tx.SaveApplication(ctx, both[i]) })
		}); n != 1 {
			t.Errorf("%d of two signatures on one version stand", n)
		}
		both = []*application.Application{read2("naive"), read2("naive")}
		if n := together(2, func(i int) error {
			_, err := db.write.Exec(`UPDATE application SET state = $1, version = version + 1 WHERE id = $2`, string(both[i].State), string(both[i].ID))
			return err
		}); n != 2 {
			t.Error("saving without comparing never let both through: this test would not see the fault")
		}
	})
}
