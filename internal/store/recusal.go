package store

import (
	"context"

	"shenbao/internal/application"
	"shenbao/internal/filing"
	"shenbao/internal/org"
)

// What conflicts of a whole call are computed from, each read once.
var (
	appDocs    = lists[appDoc](`SELECT {cols} FROM application`, `ORDER BY number, id`)
	handedDocs = query[frozenRow](`SELECT f.application AS application, f.n AS n, f.hash AS hash, f.code AS code, f.doc AS doc FROM frozen f
		JOIN (SELECT application, max(n) AS n FROM frozen GROUP BY application) AS last ON last.application = f.application AND last.n = f.n
		JOIN application a ON a.id = f.application WHERE a.call = $1`)
	activeUnits = query[unitName](`SELECT {cols} FROM unit WHERE state = 'active'`)
)

type unitName struct {
	ID       string `db:"id"`
	Name     string `db:"name"`
	Short    string `db:"short"`
	Kind     string `db:"kind"`
	Superior string `db:"superior"`
}

// ApplicationsIn are the applications of a call in some states, whole, by number.
func (tx *Tx) ApplicationsIn(ctx context.Context, call string, states ...application.State) ([]*application.Application, error) {
	rs, err := appDocs.all(ctx, tx, maxPool, where("call = ?", call), in("state", states))
	out := make([]*application.Application, 0, len(rs))
	for i := range rs {
		rs[i].Doc.V.Version = rs[i].Version
		out = append(out, &rs[i].Doc.V)
	}
	return out, err
}

// LastVersions are the contents of the last version of every application of a call.
func (tx *Tx) LastVersions(ctx context.Context, call string) (map[application.ID]filing.Content, error) {
	rs, err := handedDocs.all(ctx, tx, call)
	out := make(map[application.ID]filing.Content, len(rs))
	for _, r := range rs {
		out[application.ID(r.Application)] = r.Doc.V
	}
	return out, err
}

// UnitNames are all active units with their names and superiors, nothing more.
func (tx *Tx) UnitNames(ctx context.Context) ([]org.Unit, error) {
	rs, err := activeUnits.all(ctx, tx)
	out := make([]org.Unit, 0, len(rs))
	for _, r := range rs {
		out = append(out, org.Unit{ID: orgID(r.ID), Name: r.Name, Short: r.Short, Kind: org.Kind(r.Kind), Superior: orgID(r.Superior), State: org.Active})
	}
	return out, err
}
