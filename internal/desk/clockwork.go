package desk

import (
	"context"
	"time"

	"shenbao/internal/store"
)

// Tidy ends what has lapsed: idle sessions, forgotten failures. It changes no case and
// leaves no fact.
func (d *Desk) Tidy(ctx context.Context, now time.Time) error {
	return d.db.Save(ctx, now, func(tx *store.Tx) error {
		if err := tx.ExpireSessions(ctx, now.Add(-30*time.Minute), now.Add(-12*time.Hour)); err != nil {
			return err
		}
		return tx.ExpireTries(ctx, now.Add(-24*time.Hour))
	})
}
