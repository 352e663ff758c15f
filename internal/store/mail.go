package store

import (
	"context"

	"shenbao/internal/org"
)

var (
	mailOf  = query[string](`SELECT mail FROM person WHERE id = $1`)
	setMail = exec(`UPDATE person SET mail = $1 WHERE id = $2`)
)

// Mail is how a person wants messages by mail: "digest", "once" or "none".
func (tx *Tx) Mail(ctx context.Context, p org.PersonID) (string, error) {
	return mailOf.one(ctx, tx, string(p))
}

// SetMail changes it.
func (tx *Tx) SetMail(ctx context.Context, p org.PersonID, how string) error {
	return setMail.set(ctx, tx, how, string(p))
}
