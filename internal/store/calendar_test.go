package store

import (
	"context"
	"errors"
	"testing"

	"shenbao/internal/org"
	"shenbao/workday"
)

// A year and a local day are found again; a second one for the same takes the place of the first.
func TestCalendarRoundTrip(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		day := workday.Day(2027, 8, 13)
		y := workday.Year{Year: 2027, Papers: []string{"a"}, Days: []workday.Listed{{Date: workday.Day(2027, 1, 1), Name: "元旦", Rest: true}}}
		l := org.LocalDay{Listed: workday.Listed{Date: day, Name: "那达慕", Rest: true}, Division: "152500", Source: "x"}
		for _, source := range []string{"a", "b"} {
			y.Papers[0], l.Source = source, source
			write(t, db, func(tx *Tx) error { return errors.Join(tx.PutYear(ctx, y), tx.PutLocalDay(ctx, l)) })
		}
		read(t, db, func(tx *Tx) error {
			ys, err := tx.ImportedYears(ctx)
			if err != nil || len(ys) != 1 || ys[0].Papers[0] != "b" || ys[0].Days[0] != y.Days[0] {
				t.Errorf("%+v %v", ys, err)
			}
			ls, err := tx.LocalDays(ctx)
			if err != nil || len(ls) != 1 || ls[0] != l {
				t.Errorf("%+v %v", ls, err)
			}
			if _, err := tx.LocalDay(ctx, "150000", day); !errors.Is(err, ErrNotFound) {
				t.Error(err)
			}
			return nil
		})
		write(t, db, func(tx *Tx) error { return tx.DropLocalDay(ctx, "152500", day) })
		err := db.Write(ctx, began, func(tx *Tx) error { return tx.DropLocalDay(ctx, "152500", day) })
		if !errors.Is(err, ErrConflict) {
			t.Error("dropped twice", err)
		}
	})
}
