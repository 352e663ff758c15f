package desk

import (
	"context"
	"time"

	"shenbao/internal/store"
)

// Tidy ends what has lapsed: idle sessions, forgotten failures, uploads that nobody went
// on with for two days. It changes no case and leaves no fact.
func (d *Desk) Tidy(ctx context.Context, now time.Time) error {
	if d.staging != nil {
		if _, err := d.staging.Clean(now.Add(-48 * time.Hour)); err != nil {
			return err
		}
	}
	return d.db.Save(ctx, now, func(tx *store.Tx) error {
		if err := tx.ExpireSessions(ctx, now.Add(-30*time.Minute), now.Add(-12*time.Hour)); err != nil {
			return err
		}
		if err := tx.ExpireKeys(ctx, now.Add(-30*24*time.Hour)); err != nil {
			return err
		}
		return tx.ExpireTries(ctx, now.Add(-24*time.Hour))
	})
}
