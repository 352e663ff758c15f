package store

import (
	"context"
	"strings"

	"shenbao/internal/org"
	"shenbao/workday"
)

type yearRow struct {
	Doc doc[workday.Year] `db:"doc"`
}

type localDayRow struct {
	Doc doc[org.LocalDay] `db:"doc"`
}

var (
	// All of them: a handful of years, one a year.
	importedYears = query[yearRow](`SELECT {cols} FROM calendar ORDER BY year`)
	putYear       = exec(`INSERT INTO calendar (year, source, at, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (year) DO UPDATE SET source = excluded.source, at = excluded.at, doc = excluded.doc`)
	localDays = query[localDayRow](`SELECT {cols} FROM local_day ORDER BY day, division`)
	localDay  = query[localDayRow](`SELECT {cols} FROM local_day WHERE division = $1 AND day = $2`)
	// A second order for the same place and day replaces the first.
	putLocalDay = exec(`INSERT INTO local_day (division, day, at, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (division, day) DO UPDATE SET at = excluded.at, doc = excluded.doc`)
	dropLocalDay = exec(`DELETE FROM local_day WHERE division = $1 AND day = $2`)
)

// ImportedYears are the years of the calendar that were imported, in order.
func (tx *Tx) ImportedYears(ctx context.Context) ([]workday.Year, error) {
	rs, err := importedYears.all(ctx, tx)
	out := make([]workday.Year, len(rs))
	for i, r := range rs {
		out[i] = r.Doc.V
	}
	return out, err
}

// PutYear keeps a year in place of its earlier import.
func (tx *Tx) PutYear(ctx context.Context, y workday.Year) error {
	return putYear.do(ctx, tx, y.Year, strings.Join(y.Papers, " "), at(tx.Now), doc[workday.Year]{y})
}

// LocalDays are the days of all local orders, by date.
func (tx *Tx) LocalDays(ctx context.Context) ([]org.LocalDay, error) {
	rs, err := localDays.all(ctx, tx)
	out := make([]org.LocalDay, len(rs))
	for i, r := range rs {
		out[i] = r.Doc.V
	}
	return out, err
}

// LocalDay is the day of one place's order.
func (tx *Tx) LocalDay(ctx context.Context, division string, d workday.Date) (org.LocalDay, error) {
	r, err := localDay.one(ctx, tx, division, d.String())
	return r.Doc.V, err
}

// PutLocalDay keeps a local day in place of the earlier one of that place and date.
func (tx *Tx) PutLocalDay(ctx context.Context, l org.LocalDay) error {
	return putLocalDay.do(ctx, tx, l.Division, l.Date.String(), at(tx.Now), doc[org.LocalDay]{l})
}

// DropLocalDay forgets it; the facts keep that it was.
func (tx *Tx) DropLocalDay(ctx context.Context, division string, d workday.Date) error {
	return dropLocalDay.set(ctx, tx, division, d.String())
}
