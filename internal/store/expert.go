package store

import (
	"context"
	"strings"

	"shenbao/hanzi"
	"shenbao/internal/application"
	"shenbao/internal/expert"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

type expertRow struct {
	ID       string             `db:"id"`
	Name     string             `db:"name"`
	Login    string             `db:"login"`
	Phone    string             `db:"phone"`
	Email    string             `db:"email"`
	Employer string             `db:"employer"`
	Title    string             `db:"title"`
	Version  int                `db:"version"` // 0: there is no profile yet
	Doc      doc[expert.Expert] `db:"doc"`
}

func (r expertRow) expert() expert.Expert {
	x := expert.Of(org.Person{ID: org.PersonID(r.ID), Name: r.Name, Login: r.Login, Phone: r.Phone, Email: r.Email, Employer: r.Employer, Title: r.Title})
	if r.Version > 0 {
		y := r.Doc.V
		y.Person, y.Name, y.Login, y.Phone, y.Email, y.Version = x.Person, x.Name, x.Login, x.Phone, x.Email, r.Version
		return y
	}
	return x
}

type banRow struct {
	Version int             `db:"version"`
	Doc     doc[review.Ban] `db:"doc"`
}

type pleaRow struct {
	Version int              `db:"version"`
	Doc     doc[review.Plea] `db:"doc"`
}

var (
	// The pool: whoever has a profile, and whoever holds the post of an expert and has none
	// yet. One statement, with or without a profile.
	experts = lists[expertRow](`SELECT {cols} FROM (SELECT p.id AS id, p.name AS name, p.login AS login, p.phone AS phone, p.email AS email,
		p.employer AS employer, p.title AS title, p.disabled AS disabled, coalesce(e.version, 0) AS version, coalesce(e.doc, '{}') AS doc,
		coalesce(e.kind, 'technical') AS kind, coalesce(e.level, '') AS level, coalesce(e.place, '') AS place, coalesce(e.fields, '') AS fields,
		coalesce(e.words, lower(p.name || p.title || p.employer)) AS words, coalesce(e.state, 'in') AS state, coalesce(e.away_from, '') AS away_from,
		coalesce(e.away_until, '') AS away_until FROM person p LEFT JOIN expert e ON e.person = p.id) AS x`, `ORDER BY name, id`)
	insertExpert = exec(`INSERT INTO expert (person, name, kind, level, place, fields, words, state, away_from, away_until, version, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11)`)
	updateExpert = exec(`UPDATE expert SET name = $2, kind = $3, level = $4, place = $5, fields = $6, words = $7, state = $8, away_from = $9,
		away_until = $10, doc = $11, version = version + 1 WHERE person = $1 AND version = $12`)
	assignmentsFor = lists[assignmentRow](`SELECT {cols} FROM assignment`, `ORDER BY application, expert`)

	bansOf    = query[banRow](`SELECT {cols} FROM ban WHERE application = $1 ORDER BY id`)
	bansIn    = query[banRow](`SELECT {cols} FROM ban WHERE call = $1 ORDER BY id`)
	banByID   = query[banRow](`SELECT {cols} FROM ban WHERE id = $1`)
	insertBan = exec(`INSERT INTO ban (id, application, call, version, doc) VALUES ($1, $2, $3, 1, $4)`)
	updateBan = exec(`UPDATE ban SET version = version + 1, doc = $1 WHERE id = $2 AND version = $3`)

	pleaOf     = query[pleaRow](`SELECT {cols} FROM plea WHERE application = $1`)
	pleasIn    = query[pleaRow](`SELECT {cols} FROM plea WHERE call = $1 ORDER BY application`)
	insertPlea = exec(`INSERT INTO plea (application, call, version, doc) VALUES ($1, $2, 1, $3)`)
	updatePlea = exec(`UPDATE plea SET version = version + 1, doc = $1 WHERE application = $2 AND version = $3`)
)

// maxPool bounds the pool as it is read whole.
const maxPool = 10_000

func (tx *Tx) inPool() []cond {
	return []cond{where("NOT disabled"), where("(version > 0 OR id IN (SELECT person FROM post WHERE role = ? AND from_at <= ? AND (until_at = 0 OR until_at > ?)))",
		string(org.Expert), at(tx.Now), at(tx.Now))}
}

// Experts lists the pool by name, after the cursor.
func (tx *Tx) Experts(ctx context.Context, f expert.Filter, limit int) ([]expert.Expert, error) {
	cs := tx.inPool()
	for _, c := range []struct{ col, val string }{{"kind", string(f.Kind)}, {"level", string(f.Level)}, {"state", string(f.State)}} {
		if c.val != "" {
			cs = append(cs, where(c.col+" = ?", c.val))
		}
	}
	for _, w := range strings.Fields(f.Words) {
		cs = append(cs, where(`words LIKE ? ESCAPE '\'`, "%"+likeSafe(hanzi.FoldName(w))+"%"))
	}
	if f.Field != "" {
		cs = append(cs, where(`fields LIKE ? ESCAPE '\'`, "%,"+likeSafe(f.Field)+"%"))
	}
	if f.Place != "" {
		cs = append(cs, where(`place LIKE ? ESCAPE '\'`, likeSafe(f.Place)+"%"))
	}
	if f.On != "" {
		cs = append(cs, where("state = 'in' AND NOT (away_from <> '' AND away_from <= ? AND (away_until = '' OR away_until >= ?))", f.On, f.On))
	}
	if f.Person != "" {
		cs = append(cs, where("(name, id) > (?, ?)", f.Name, string(f.Person)))
	}
	return expertsFrom(experts.all(ctx, tx, limit, cs...))
}

// Pool is the whole pool, whatever their state.
func (tx *Tx) Pool(ctx context.Context) ([]expert.Expert, error) {
	return expertsFrom(experts.all(ctx, tx, maxPool, tx.inPool()...))
}

// Expert is one of the pool, also one whose post ended.
func (tx *Tx) Expert(ctx context.Context, p org.PersonID) (expert.Expert, error) {
	xs, err := expertsFrom(experts.all(ctx, tx, 1, where("id = ?", string(p)), where("(version > 0 OR id IN (SELECT person FROM post WHERE role = ?))", string(org.Expert))))
	if err == nil && len(xs) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return expert.Expert{}, err
	}
	return xs[0], nil
}

func expertsFrom(rs []expertRow, err error) ([]expert.Expert, error) {
	xs := make([]expert.Expert, 0, len(rs))
	for _, r := range rs {
		xs = append(xs, r.expert())
	}
	return xs, err
}

// SaveExpert keeps a profile: a first one, or a changed one; ErrConflict when somebody
// else wrote in between.
func (tx *Tx) SaveExpert(ctx context.Context, x expert.Expert) error {
	fields := ""
	if len(x.Fields) > 0 {
		fields = "," + strings.Join(x.Fields, ",") + ","
	}
	args := []any{string(x.Person), x.Name, string(x.Kind), string(x.Level), x.Place, fields, hanzi.FoldName(x.Words()), string(x.State), x.AwayFrom,
		x.AwayUntil, doc[expert.Expert]{x}}
	if x.Version == 0 {
		return insertExpert.do(ctx, tx, args...)
	}
	return updateExpert.set(ctx, tx, append(args, x.Version)...)
}

// AssignmentsFor are all assignments of some experts, in all calls.
func (tx *Tx) AssignmentsFor(ctx context.Context, ps []org.PersonID) ([]review.Assignment, error) {
	return assignments(assignmentsFor.all(ctx, tx, maxPool*100, in("expert", ps)))
}

func bans(rs []banRow, err error) ([]review.Ban, error) {
	var bs []review.Ban
	for _, r := range rs {
		b := r.Doc.V
		b.Version = r.Version
		bs = append(bs, b)
	}
	return bs, err
}

// Bans are those of an application, lifted ones too, in the order in which they were made.
func (tx *Tx) Bans(ctx context.Context, id application.ID) ([]review.Ban, error) {
	return bans(bansOf.all(ctx, tx, string(id)))
}

// BansIn are those of a call.
func (tx *Tx) BansIn(ctx context.Context, call string) ([]review.Ban, error) {
	return bans(bansIn.all(ctx, tx, call))
}

// Ban is one by its id.
func (tx *Tx) Ban(ctx context.Context, id string) (review.Ban, error) {
	r, err := banByID.one(ctx, tx, id)
	b := r.Doc.V
	b.Version = r.Version
	return b, err
}

// AddBan keeps a new one.
func (tx *Tx) AddBan(ctx context.Context, b review.Ban) error {
	return insertBan.do(ctx, tx, b.ID, b.Application, b.Call, doc[review.Ban]{b})
}

// SaveBan keeps a changed one, or says ErrConflict.
func (tx *Tx) SaveBan(ctx context.Context, b review.Ban) error {
	return updateBan.set(ctx, tx, doc[review.Ban]{b}, b.ID, b.Version)
}

// Plea is an application's request for recusal, or ErrNotFound.
func (tx *Tx) Plea(ctx context.Context, id application.ID) (review.Plea, error) {
	r, err := pleaOf.one(ctx, tx, string(id))
	p := r.Doc.V
	p.Version = r.Version
	return p, err
}

// PleasIn are the requests of a call.
func (tx *Tx) PleasIn(ctx context.Context, call string) (ps []review.Plea, err error) {
	rs, err := pleasIn.all(ctx, tx, call)
	for _, r := range rs {
		p := r.Doc.V
		p.Version = r.Version
		ps = append(ps, p)
	}
	return ps, err
}

// AddPlea keeps the request of an application; ErrTaken when there was one.
func (tx *Tx) AddPlea(ctx context.Context, p review.Plea) error {
	return insertPlea.do(ctx, tx, p.Application, p.Call, doc[review.Plea]{p})
}

// SavePlea keeps a decided one, or says ErrConflict.
func (tx *Tx) SavePlea(ctx context.Context, p review.Plea) error {
	return updatePlea.set(ctx, tx, doc[review.Plea]{p}, p.Application, p.Version)
}
