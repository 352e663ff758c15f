package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"shenbao/internal/review"
)

type (
	drawingRow struct {
		Version int                 `db:"version"`
		Doc     doc[review.Drawing] `db:"doc"`
	}
	matchingRow struct {
		Version int                  `db:"version"`
		Doc     doc[review.Matching] `db:"doc"`
	}
)

var (
	drawingByID   = query[drawingRow](`SELECT {cols} FROM drawing WHERE id = $1`)
	drawingsOf    = query[drawingRow](`SELECT {cols} FROM drawing WHERE grp = $1 ORDER BY n`)
	drawingSecret = query[string](`SELECT secret FROM drawing WHERE id = $1`)
	insertDrawing = exec(`INSERT INTO drawing (id, call, grp, n, version, secret, doc) VALUES ($1, $2, $3, $4, 1, $5, $6)`)
	updateDrawing = exec(`UPDATE drawing SET version = version + 1, doc = $1 WHERE id = $2 AND version = $3`)

	matchingByID   = query[matchingRow](`SELECT {cols} FROM matching WHERE id = $1`)
	matchingsIn    = query[matchingRow](`SELECT {cols} FROM matching WHERE call = $1 ORDER BY id`)
	insertMatching = exec(`INSERT INTO matching (id, call, round, n, version, doc) VALUES ($1, $2, $3, $4, 1, $5)`)
	updateMatching = exec(`UPDATE matching SET version = version + 1, doc = $1 WHERE id = $2 AND version = $3`)
)

func (r drawingRow) drawing() review.Drawing {
	d := r.Doc.V
	d.Version = r.Version
	return d
}

// Drawing finds one, without its secret.
func (tx *Tx) Drawing(ctx context.Context, id string) (review.Drawing, error) {
	r, err := drawingByID.one(ctx, tx, id)
	return r.drawing(), err
}

// Drawings are those of a group, the first one first.
func (tx *Tx) Drawings(ctx context.Context, group string) ([]review.Drawing, error) {
	rs, err := drawingsOf.all(ctx, tx, group)
	var ds []review.Drawing
	for _, r := range rs {
		ds = append(ds, r.drawing())
	}
	return ds, err
}

// DrawingSecret is what a drawing is committed to. It is asked for to draw, and by nothing else.
func (tx *Tx) DrawingSecret(ctx context.Context, id string) (string, error) {
	return drawingSecret.one(ctx, tx, id)
}

// AddDrawing keeps a new one with its secret; a second of the same number is ErrTaken.
func (tx *Tx) AddDrawing(ctx context.Context, d review.Drawing, secret string) error {
	return insertDrawing.do(ctx, tx, d.ID, d.Call, d.Group, d.N, secret, doc[review.Drawing]{d})
}

// SaveDrawing keeps a changed one, if nobody changed it meanwhile.
func (tx *Tx) SaveDrawing(ctx context.Context, d review.Drawing) error {
	return updateDrawing.set(ctx, tx, doc[review.Drawing]{d}, d.ID, d.Version)
}

func (r matchingRow) matching() review.Matching {
	m := r.Doc.V
	m.Version = r.Version
	return m
}

// Matching finds one.
func (tx *Tx) Matching(ctx context.Context, id string) (review.Matching, error) {
	r, err := matchingByID.one(ctx, tx, id)
	return r.matching(), err
}

// Matchings are those of a call, the oldest first.
func (tx *Tx) Matchings(ctx context.Context, call string) ([]review.Matching, error) {
	rs, err := matchingsIn.all(ctx, tx, call)
	var ms []review.Matching
	for _, r := range rs {
		ms = append(ms, r.matching())
	}
	return ms, err
}

// AddMatching keeps a new one.
func (tx *Tx) AddMatching(ctx context.Context, m review.Matching) error {
	return insertMatching.do(ctx, tx, m.ID, m.Call, m.Round, m.N, doc[review.Matching]{m})
}

// SaveMatching keeps a changed one, if nobody changed it meanwhile.
func (tx *Tx) SaveMatching(ctx context.Context, m review.Matching) error {
	return updateMatching.set(ctx, tx, doc[review.Matching]{m}, m.ID, m.Version)
}

// A Protocol is the record of a draw or a match as it was recorded, byte for byte.
type Protocol struct {
	ID   string  `db:"id"`
	Call string  `db:"call"`
	Kind string  `db:"kind"` // "draw" or "match"
	SHA  string  `db:"sha"`  // of Doc
	At   instant `db:"at"`
	Doc  string  `db:"doc"`
}

var (
	recordByID   = query[Protocol](`SELECT {cols} FROM record WHERE id = $1`)
	recordsAll   = query[Protocol](`SELECT {cols} FROM record ORDER BY id`)
	insertRecord = exec(`INSERT INTO record (id, call, kind, sha, at, doc) VALUES ($1, $2, $3, $4, $5, $6)`)
)

// Protocol finds one.
func (tx *Tx) Protocol(ctx context.Context, id string) (Protocol, error) {
	return recordByID.one(ctx, tx, id)
}

// Protocols are all of them, the oldest first.
func (tx *Tx) Protocols(ctx context.Context) ([]Protocol, error) { return recordsAll.all(ctx, tx) }

// AddProtocol keeps the record of a draw or match of a call, and answers its id.
func (tx *Tx) AddProtocol(ctx context.Context, call, kind string, doc []byte) (id string, err error) {
	h := sha256.Sum256(doc)
	id = tx.NewID()
	return id, insertRecord.do(ctx, tx, id, call, kind, hex.EncodeToString(h[:]), at(tx.Now), string(doc))
}
