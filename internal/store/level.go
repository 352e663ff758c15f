package store

import (
	"context"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/org"
)

type rankingRow struct {
	Doc doc[application.Ranking] `db:"doc"`
}

type unitPlaceRow struct {
	Unit        string `db:"unit"`
	N           int    `db:"n"`
	Application string `db:"application"`
	Number      string `db:"number"`
	BaseName    string `db:"base_name"`
}

var (
	rankingOf  = query[rankingRow](`SELECT {cols} FROM ranking WHERE call = $1 AND unit = $2`)
	putRanking = exec(`INSERT INTO ranking (call, unit, at, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (call, unit) DO UPDATE SET at = excluded.at, doc = excluded.doc`)
	placesIn = query[unitPlaceRow](`SELECT {cols} FROM (SELECT p.unit AS unit, p.n AS n, p.application AS application, p.call AS call,
		coalesce(a.number, '') AS number, coalesce(a.base_name, '') AS base_name
		FROM place p LEFT JOIN application a ON a.id = p.application) AS x WHERE call = $1 ORDER BY unit, n`)
	// Delegated acts and departures from rank are found in the facts' text: they have no kind
	// of their own. The caller looks at each again.
	exceptionalFacts = lists[eventRow](`SELECT {cols} FROM event`, `ORDER BY seq DESC`)
)

// Ranking is a unit's order of its candidates in a call; ok is false when it made none.
func (tx *Tx) Ranking(ctx context.Context, call string, u org.UnitID) (r application.Ranking, ok bool, err error) {
	row, err := rankingOf.one(ctx, tx, call, string(u))
	if IsNotFound(err) {
		return r, false, nil
	}
	return row.Doc.V, err == nil, err
}

// PutRanking keeps an order in place of the unit's earlier one.
func (tx *Tx) PutRanking(ctx context.Context, call string, r application.Ranking) error {
	return putRanking.do(ctx, tx, call, string(r.Unit), at(tx.Now), doc[application.Ranking]{r})
}

// AllPlaces are the places of every recommender in a call.
func (tx *Tx) AllPlaces(ctx context.Context, call string) (map[org.UnitID][]application.Place, error) {
	rs, err := placesIn.all(ctx, tx, call)
	m := map[org.UnitID][]application.Place{}
	for _, r := range rs {
		u := org.UnitID(r.Unit)
		m[u] = append(m[u], application.Place{N: r.N, Application: application.ID(r.Application), Number: r.Number, BaseName: r.BaseName})
	}
	return m, err
}

// Exceptional are the facts of a call that may belong on the page of exceptions, newest
// first: those of the kinds, those done by delegation, those that depart from a rank or a budget.
func (tx *Tx) Exceptional(ctx context.Context, call string, kinds []event.Kind, limit int) ([]event.Event, error) {
	c := in("kind", kinds)
	c.sql = "(" + c.sql + ` OR doc LIKE ? OR doc LIKE ? OR doc LIKE ?)`
	c.args = append(c.args, `%"for":"%`, `%"departure":"%`, `%"over_budget":"%`)
	return events(exceptionalFacts.all(ctx, tx, limit, where("call = ?", call), where("outcome = ?", event.OK), c))
}
