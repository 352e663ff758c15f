package store

import (
	"context"

	"shenbao/internal/application"
)

type parcelRow struct {
	Version int                     `db:"version"`
	Doc     doc[application.Parcel] `db:"doc"`
}

func (r parcelRow) parcel() application.Parcel {
	p := r.Doc.V
	p.Version = r.Version
	return p
}

var (
	parcelByID   = query[parcelRow](`SELECT {cols} FROM parcel WHERE id = $1`)
	parcelsOf    = query[parcelRow](`SELECT {cols} FROM parcel WHERE call = $1 ORDER BY at DESC, id DESC`)
	insertParcel = exec(`INSERT INTO parcel (id, call, at, version, doc) VALUES ($1, $2, $3, 1, $4)`)
)

// Parcel finds one.
func (tx *Tx) Parcel(ctx context.Context, id string) (application.Parcel, error) {
	r, err := parcelByID.one(ctx, tx, id)
	return r.parcel(), err
}

// Parcels are all of a call, the last one first.
func (tx *Tx) Parcels(ctx context.Context, call string) ([]application.Parcel, error) {
	rs, err := parcelsOf.all(ctx, tx, call)
	var ps []application.Parcel
	for _, r := range rs {
		ps = append(ps, r.parcel())
	}
	return ps, err
}

// AddParcel keeps a new parcel. What was in it stands with the applications.
func (tx *Tx) AddParcel(ctx context.Context, p application.Parcel) error {
	return insertParcel.do(ctx, tx, p.ID, p.Call, at(tx.Now), doc[application.Parcel]{p})
}
