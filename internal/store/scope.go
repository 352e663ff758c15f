package store

import (
	"context"

	"shenbao/hanzi"
	"shenbao/internal/application"
)

type appRow struct {
	ID              string  `db:"id"`
	Number          string  `db:"number"`
	Call            string  `db:"call"`
	Unit            string  `db:"unit"`
	UnitName        string  `db:"unit_name"`
	BaseName        string  `db:"base_name"`
	HostKind        string  `db:"host_kind"`
	Division        string  `db:"division"`
	State           string  `db:"state"`
	Holder          string  `db:"holder"`
	HolderName      string  `db:"holder_name"`
	Recommender     string  `db:"recommender"`
	RecommenderName string  `db:"recommender_name"`
	Self            bool    `db:"self"`
	Submitted       instant `db:"submitted_at"`
	Moved           instant `db:"moved_at"`
	Due             instant `db:"due_at"`
	Mean            int64   `db:"mean"`
	Rank            int     `db:"rank"`
}

// Lists walk one index backwards: the whole table for the region, the viewer's own seats
// for everybody else. Neither grows with what the viewer may not see.
var (
	appsAll    = lists[appRow](`SELECT {cols} FROM application`, `ORDER BY id DESC`)
	appsRanked = lists[appRow](`SELECT {cols} FROM application`, `ORDER BY rank, mean DESC, number`)
	appsSeated = lists[appRow](`SELECT {cols} FROM (SELECT a.*, s.unit AS seat_unit, s.application AS seat_application
		FROM seat s JOIN application a ON a.id = s.application) AS x`, `ORDER BY seat_application DESC`)
	appsAssigned = lists[appRow](`SELECT {cols} FROM (SELECT a.*, s.expert AS expert FROM (SELECT DISTINCT application, expert FROM assignment) AS s
		JOIN application a ON a.id = s.application) AS x`, `ORDER BY id DESC`)
)

// Applications lists what the scope allows, newest first. It is the only place where a
// scope becomes SQL.
func (tx *Tx) Applications(ctx context.Context, s application.Scope, f application.Filter, limit int) ([]application.Row, error) {
	cs := filterApplications(f)
	var rs []appRow
	var err error
	switch {
	case s.Region:
		rs, err = appsAll.all(ctx, tx, limit, append(cs, where("submitted_at > 0"))...)
	case s.Assigned != "":
		rs, err = appsAssigned.all(ctx, tx, limit, append(cs, where("expert = ?", string(s.Assigned)))...)
	case len(s.Units) > 0:
		rs, err = appsSeated.all(ctx, tx, limit, append(cs, in("seat_unit", s.Units))...)
	}
	return appRows(rs), err
}

// Ranked lists the applications of a call by rank, as the last round left it, then by
// official score and number: the order of the determination (R19).
func (tx *Tx) Ranked(ctx context.Context, f application.Filter, limit int) ([]application.Row, error) {
	rs, err := appsRanked.all(ctx, tx, limit, filterApplications(f)...)
	return appRows(rs), err
}

// AllApplications lists applications without a scope: for the desk's own questions
// (what still blocks a call), never for a page.
func (tx *Tx) AllApplications(ctx context.Context, f application.Filter, limit int) ([]application.Row, error) {
	rs, err := appsAll.all(ctx, tx, limit, filterApplications(f)...)
	return appRows(rs), err
}

func filterApplications(f application.Filter) []cond {
	var cs []cond
	for _, c := range []struct{ col, val string }{{"call", f.Call}, {"recommender", string(f.Recommender)}, {"holder", string(f.Holder)},
		{"host_kind", f.HostKind}} {
		if c.val != "" {
			cs = append(cs, where(c.col+" = ?", c.val))
		}
	}
	if len(f.States) > 0 {
		cs = append(cs, in("state", f.States))
	}
	if f.Before != "" {
		cs = append(cs, where("id < ?", string(f.Before)))
	}
	if f.Words != "" {
		w := "%" + likeSafe(hanzi.Fold(f.Words)) + "%"
		cs = append(cs, where(`(base_key LIKE ? ESCAPE '\' OR unit_name LIKE ? ESCAPE '\' OR lower(number) LIKE ? ESCAPE '\')`, w, w, w))
	}
	return cs
}

func appRows(rs []appRow) []application.Row {
	out := make([]application.Row, 0, len(rs))
	for _, r := range rs {
		out = append(out, application.Row{ID: application.ID(r.ID), Number: r.Number, Call: r.Call, Unit: orgID(r.Unit), UnitName: r.UnitName,
			BaseName: r.BaseName, HostKind: r.HostKind, Division: r.Division, State: application.State(r.State), Holder: orgID(r.Holder),
			HolderName: r.HolderName, Recommender: orgID(r.Recommender), RecommenderName: r.RecommenderName, Self: r.Self,
			Submitted: r.Submitted.Time, Moved: r.Moved.Time, Due: r.Due.Time, Mean: r.Mean, Rank: r.Rank})
	}
	return out
}
