package store

import (
	"context"

	"shenbao/internal/base"
)

var updateBase = exec(`UPDATE base SET name = $1, state = $2, version = version + 1, doc = $3 WHERE id = $4 AND version = $5`)

// SaveBase keeps a changed one, or says ErrConflict.
func (tx *Tx) SaveBase(ctx context.Context, b base.Base) error {
	return updateBase.set(ctx, tx, b.Name, string(b.State), doc[base.Base]{b}, b.ID, b.Version)
}
