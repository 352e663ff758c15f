package store

import (
	"context"

	"shenbao/internal/application"
	"shenbao/internal/org"
)

// What fsck compares with the applications themselves.
type (
	keptRow struct {
		Live bool `db:"live"`
	}
	seatRow struct {
		Unit string `db:"unit"`
		Role string `db:"role"`
	}
	heldRow struct {
		Call        string `db:"call"`
		Unit        string `db:"unit"`
		N           int    `db:"n"`
		Application string `db:"application"`
	}
)

var (
	keptApp     = query[keptRow](`SELECT {cols} FROM application WHERE id = $1`)
	seatsOf     = query[seatRow](`SELECT {cols} FROM seat WHERE application = $1 ORDER BY unit`)
	heldPlaces  = query[heldRow](`SELECT {cols} FROM place WHERE application <> '' ORDER BY call, unit, n`)
	countFrozen = query[int64](`SELECT count(*) FROM frozen WHERE application = $1`)
)

// IsLive is whether the index that allows one live application per unit counts it.
func (tx *Tx) IsLive(ctx context.Context, id application.ID) (bool, error) {
	r, err := keptApp.one(ctx, tx, string(id))
	return r.Live, err
}

// SeatsOf are the seats of an application as lists find it by them, by unit.
func (tx *Tx) SeatsOf(ctx context.Context, id application.ID) (seats []application.Seat, err error) {
	rs, err := seatsOf.all(ctx, tx, string(id))
	for _, r := range rs {
		seats = append(seats, application.Seat{Unit: orgID(r.Unit), Role: org.StepRole(r.Role)})
	}
	return seats, err
}

// A HeldPlace is a place that something holds.
type HeldPlace struct {
	Call        string
	Unit        string
	N           int
	Application application.ID
}

// HeldPlaces are all places that something holds, in all calls.
func (tx *Tx) HeldPlaces(ctx context.Context) (ps []HeldPlace, err error) {
	rs, err := heldPlaces.all(ctx, tx)
	for _, r := range rs {
		ps = append(ps, HeldPlace{r.Call, r.Unit, r.N, application.ID(r.Application)})
	}
	return ps, err
}

// FrozenCount is how many versions of an application are kept.
func (tx *Tx) FrozenCount(ctx context.Context, id application.ID) (int64, error) {
	return countFrozen.one(ctx, tx, string(id))
}
