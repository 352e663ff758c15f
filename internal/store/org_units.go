package store

import (
	"context"

	"shenbao/hanzi"
	"shenbao/internal/org"
)

var (
	unitPage      = lists[unitRow](`SELECT {cols} FROM unit`, `ORDER BY division, id`)
	unitsByCredit = query[unitRow](`SELECT {cols} FROM unit WHERE credit_code = $1 AND credit_code <> '' AND state IN ('pending', 'active')`)
	unitsBelow    = query[unitRow](`SELECT {cols} FROM unit WHERE superior = $1 AND state = 'active' ORDER BY division, id LIMIT 500`)
	countBelow    = query[int64](`SELECT count(*) FROM unit WHERE superior = $1 AND state IN ('pending', 'active')`)
	countOpen     = query[int64](`SELECT count(DISTINCT id) FROM (SELECT a.id AS id FROM application a WHERE a.live AND (a.unit = $1 OR a.holder = $1)
		UNION ALL SELECT s.application AS id FROM seat s JOIN application a ON a.id = s.application WHERE s.unit = $1 AND a.live) AS x`)
)

// A UnitCursor is the last unit of a page of the list, which goes by place.
type UnitCursor struct {
	Division string
	ID       org.UnitID
}

// UnitPage lists the units that the sight covers, by place, after the cursor.
func (tx *Tx) UnitPage(ctx context.Context, s org.Sight, f UnitFilter, after UnitCursor, limit int) ([]org.Unit, error) {
	if s.None() {
		return nil, nil
	}
	cs := filterUnits(f)
	if !s.All {
		text, args := `(kind <> 'host' OR id = ? OR superior = ?`, []any{string(s.Unit), string(s.Unit)}
		if p := s.Place(); p != "" {
			text, args = text+` OR division LIKE ?`, append(args, likeSafe(p)+"%")
		}
		cs = append(cs, where(text+")", args...))
	}
	if after.ID != "" {
		cs = append(cs, where("(division, id) > (?, ?)", after.Division, string(after.ID)))
	}
	rs, err := unitPage.all(ctx, tx, limit, cs...)
	return unitsOf(rs), err
}

func filterUnits(f UnitFilter) (cs []cond) {
	if len(f.Kinds) > 0 {
		cs = append(cs, in("kind", f.Kinds))
	}
	if f.State != "" {
		cs = append(cs, where("state = ?", string(f.State)))
	}
	switch d := f.Division; {
	case len(d) == 6 && d[4:] == "00":
		cs = append(cs, where("division LIKE ?", likeSafe(d[:4])+"%"))
	case d != "":
		cs = append(cs, where("division = ?", d))
	}
	if f.Words != "" {
		cs = append(cs, where(`name_key LIKE ? ESCAPE '\'`, "%"+likeSafe(hanzi.Fold(f.Words))+"%"))
	}
	return cs
}

func unitsOf(rs []unitRow) (us []org.Unit) {
	for _, r := range rs {
		us = append(us, r.unit())
	}
	return us
}

// UnitsWithCredit finds the pending and active units with a credit code; none with "".
func (tx *Tx) UnitsWithCredit(ctx context.Context, code string) ([]org.Unit, error) {
	rs, err := unitsByCredit.all(ctx, tx, code)
	return unitsOf(rs), err
}

// UnitsBelow are the active units that report to id, at most 500.
func (tx *Tx) UnitsBelow(ctx context.Context, id org.UnitID) ([]org.Unit, error) {
	rs, err := unitsBelow.all(ctx, tx, string(id))
	return unitsOf(rs), err
}

// CountBelow counts the units that report to id, those waiting to be admitted too.
func (tx *Tx) CountBelow(ctx context.Context, id org.UnitID) (int64, error) {
	return countBelow.one(ctx, tx, string(id))
}

// CountOpen counts the applications without a final status that a unit has to do with:
// as applicant, as holder, or on their route.
func (tx *Tx) CountOpen(ctx context.Context, id org.UnitID) (int64, error) {
	return countOpen.one(ctx, tx, string(id))
}

type registrationRow struct {
	Unit   string                `db:"unit"`
	Number string                `db:"number"`
	At     instant               `db:"at"`
	Doc    doc[org.Registration] `db:"doc"`
}

func (r registrationRow) registration() org.Registration {
	g := r.Doc.V
	g.Number, g.At = r.Number, r.At.Time
	return g
}

var (
	registrationOf    = query[registrationRow](`SELECT {cols} FROM registration WHERE unit = $1`)
	registrationsOpen = query[registrationRow](`SELECT {cols} FROM registration WHERE unit IN (SELECT id FROM unit WHERE state = 'pending') ORDER BY at, unit LIMIT 500`)
	addRegistration   = exec(`INSERT INTO registration (unit, number, at, doc) VALUES ($1, $2, $3, $4)`)
)

// Registration is what a unit sent to be registered.
func (tx *Tx) Registration(ctx context.Context, id org.UnitID) (org.Registration, error) {
	r, err := registrationOf.one(ctx, tx, string(id))
	return r.registration(), err
}

// OpenRegistrations are those that wait, the oldest first, at most 500.
func (tx *Tx) OpenRegistrations(ctx context.Context) (gs []org.Registration, err error) {
	rs, err := registrationsOpen.all(ctx, tx)
	for _, r := range rs {
		gs = append(gs, r.registration())
	}
	return gs, err
}

// AddRegistration keeps one.
func (tx *Tx) AddRegistration(ctx context.Context, g org.Registration) error {
	return addRegistration.do(ctx, tx, string(g.Unit.ID), g.Number, at(g.At), doc[org.Registration]{g})
}

var postsOpen = query[postRow](postSelect + `WHERE unit = $1 AND origin = '' AND (until_at = 0 OR until_at > $2) ORDER BY id`)

// OpenPosts are the posts in a unit that did not end, also those of disabled people and
// those that begin later, without what was lent from them.
func (tx *Tx) OpenPosts(ctx context.Context, id org.UnitID) (hs []Held, err error) {
	rs, err := postsOpen.all(ctx, tx, string(id), at(tx.Now))
	for _, r := range rs {
		hs = append(hs, r.held())
	}
	return hs, err
}
