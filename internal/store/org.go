package store

import (
	"context"
	"time"

	"shenbao/hanzi"
	"shenbao/internal/org"
)

type unitRow struct {
	ID         string `db:"id"`
	Name       string `db:"name"`
	Short      string `db:"short"`
	Kind       string `db:"kind"`
	Ownership  string `db:"ownership"`
	Superior   string `db:"superior"`
	Division   string `db:"division"`
	CreditCode string `db:"credit_code"`
	Address    string `db:"address"`
	Contact    string `db:"contact"`
	Phone      string `db:"phone"`
	From       string `db:"from_day"`
	Until      string `db:"until_day"`
	Successor  string `db:"successor"`
	State      string `db:"state"`
	Version    int    `db:"version"`
}

func (r unitRow) unit() org.Unit {
	return org.Unit{ID: org.UnitID(r.ID), Name: r.Name, Short: r.Short, Kind: org.Kind(r.Kind), Ownership: org.Ownership(r.Ownership),
		Superior: org.UnitID(r.Superior), Division: r.Division, CreditCode: r.CreditCode, Address: r.Address, Contact: r.Contact,
		Phone: r.Phone, From: r.From, Until: r.Until, Successor: org.UnitID(r.Successor), State: org.State(r.State), Version: r.Version}
}

var (
	unitByID    = query[unitRow](`SELECT {cols} FROM unit WHERE id = $1`)
	governing   = query[unitRow](`SELECT {cols} FROM unit WHERE kind <> 'host' AND state = 'active'`)
	bureausAt   = query[unitRow](`SELECT {cols} FROM unit WHERE kind IN ('county_hr', 'league_hr') AND state = 'active' AND division IN ($1, $2)`)
	unitsByName = query[unitRow](`SELECT {cols} FROM unit WHERE name_key = $1 AND state IN ('pending', 'active')`)
	unitList    = lists[unitRow](`SELECT {cols} FROM unit`, `ORDER BY kind, division, id`)
	insertUnit  = exec(`INSERT INTO unit (id, name, name_key, short, kind, ownership, superior, division, credit_code, address, contact,
		phone, from_day, until_day, successor, state, version) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,1)`)
	updateUnit = exec(`UPDATE unit SET name = $1, name_key = $2, short = $3, kind = $4, ownership = $5, superior = $6, division = $7,
		credit_code = $8, address = $9, contact = $10, phone = $11, from_day = $12, until_day = $13, successor = $14, state = $15,
		version = version + 1 WHERE id = $16 AND version = $17`)
)

// Unit finds a unit by id.
func (tx *Tx) Unit(ctx context.Context, id org.UnitID) (org.Unit, error) {
	r, err := unitByID.one(ctx, tx, string(id))
	return r.unit(), err
}

// Tree is every governing unit, with u put in beside them: enough to compute its route.
func (tx *Tx) Tree(ctx context.Context, extra ...org.Unit) (org.Tree, error) {
	rs, err := governing.all(ctx, tx)
	if err != nil {
		return nil, err
	}
	t := org.Tree{}
	for _, r := range rs {
		t[org.UnitID(r.ID)] = r.unit()
	}
	for _, u := range extra {
		t[u.ID] = u
		for s := u.Superior; s != "" && t[s].ID == ""; s = t[s].Superior {
			up, err := tx.Unit(ctx, s)
			if err != nil {
				break // the route will refuse it by name
			}
			t[s] = up
		}
	}
	return t, nil
}

// Above is what the route of u depends on: u, the HR bureaus of its place, and whoever is
// above them. A handful of rows, where Tree reads every governing unit.
func (tx *Tx) Above(ctx context.Context, u org.Unit) (org.Tree, error) {
	league := u.Division
	if len(league) == 6 {
		league = league[:4] + "00"
	}
	rs, err := bureausAt.all(ctx, tx, u.Division, league)
	if err != nil {
		return nil, err
	}
	t := org.Tree{u.ID: u}
	up := []org.UnitID{u.Superior}
	for _, r := range rs {
		t[org.UnitID(r.ID)] = r.unit()
		up = append(up, org.UnitID(r.Superior))
	}
	for _, s := range up {
		for s != "" && t[s].ID == "" {
			above, err := tx.Unit(ctx, s)
			if IsNotFound(err) {
				break // the route will refuse it by name
			}
			if err != nil {
				return nil, err
			}
			t[s] = above
			s = above.Superior
		}
	}
	return t, nil
}

// A UnitFilter chooses units for a list; zero values do not filter.
type UnitFilter struct {
	Kinds    []org.Kind
	State    org.State
	Division string // a code; its first four digits when it ends in 00
	Superior org.UnitID
	Words    string
}

// Units lists units by kind and place.
func (tx *Tx) Units(ctx context.Context, f UnitFilter, limit int) ([]org.Unit, error) {
	var cs []cond
	if len(f.Kinds) > 0 {
		cs = append(cs, in("kind", f.Kinds))
	}
	if f.State != "" {
		cs = append(cs, where("state = ?", string(f.State)))
	}
	if f.Superior != "" {
		cs = append(cs, where("superior = ?", string(f.Superior)))
	}
	switch d := f.Division; {
	case len(d) == 6 && d[4:] == "00":
		cs = append(cs, where("division LIKE ?", d[:4]+"%"))
	case d != "":
		cs = append(cs, where("division = ?", d))
	}
	if f.Words != "" {
		cs = append(cs, where(`name_key LIKE ? ESCAPE '\'`, "%"+likeSafe(hanzi.Fold(f.Words))+"%"))
	}
	rs, err := unitList.all(ctx, tx, limit, cs...)
	var us []org.Unit
	for _, r := range rs {
		us = append(us, r.unit())
	}
	return us, err
}

// UnitsNamed finds units with the same folded name: the same body twice.
func (tx *Tx) UnitsNamed(ctx context.Context, name string) ([]org.Unit, error) {
	rs, err := unitsByName.all(ctx, tx, hanzi.Fold(name))
	var us []org.Unit
	for _, r := range rs {
		us = append(us, r.unit())
	}
	return us, err
}

// AddUnit keeps a new unit.
func (tx *Tx) AddUnit(ctx context.Context, u org.Unit) error {
	return insertUnit.do(ctx, tx, string(u.ID), u.Name, hanzi.Fold(u.Name), u.Short, string(u.Kind), string(u.Ownership), string(u.Superior),
		u.Division, u.CreditCode, u.Address, u.Contact, u.Phone, u.From, u.Until, string(u.Successor), string(u.State))
}

// SaveUnit keeps a changed unit, or says ErrConflict.
func (tx *Tx) SaveUnit(ctx context.Context, u org.Unit) error {
	return updateUnit.set(ctx, tx, u.Name, hanzi.Fold(u.Name), u.Short, string(u.Kind), string(u.Ownership), string(u.Superior), u.Division,
		u.CreditCode, u.Address, u.Contact, u.Phone, u.From, u.Until, string(u.Successor), string(u.State), string(u.ID), u.Version)
}

type divisionRow struct {
	Code   string `db:"code"`
	Name   string `db:"name"`
	Level  string `db:"level"`
	Parent string `db:"parent"`
	Sort   int    `db:"sort"`
	Direct bool   `db:"direct"`
}

var (
	allDivisions   = query[divisionRow](`SELECT {cols} FROM division ORDER BY sort, code`)
	insertDivision = exec(`INSERT INTO division (code, name, level, parent, sort, direct) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`)
)

// Divisions are all divisions, in the official order.
func (tx *Tx) Divisions(ctx context.Context) ([]org.Division, error) {
	rs, err := allDivisions.all(ctx, tx)
	var ds []org.Division
	for _, r := range rs {
		ds = append(ds, org.Division(r))
	}
	return ds, err
}

// AddDivision keeps a division once.
func (tx *Tx) AddDivision(ctx context.Context, d org.Division) error {
	return insertDivision.do(ctx, tx, d.Code, d.Name, d.Level, d.Parent, d.Sort, d.Direct)
}

type personRow struct {
	ID       string `db:"id"`
	Name     string `db:"name"`
	Login    string `db:"login"`
	Phone    string `db:"phone"`
	Email    string `db:"email"`
	Employer string `db:"employer"`
	Title    string `db:"title"`
	Disabled bool   `db:"disabled"`
	Version  int    `db:"version"`
}

func (r personRow) person() org.Person {
	return org.Person{ID: org.PersonID(r.ID), Name: r.Name, Login: r.Login, Phone: r.Phone, Email: r.Email, Employer: r.Employer,
		Title: r.Title, Disabled: r.Disabled, Version: r.Version}
}

var (
	personByID    = query[personRow](`SELECT {cols} FROM person WHERE id = $1`)
	personByLogin = query[personRow](`SELECT {cols} FROM person WHERE login = $1`)
	countPersons  = query[int64](`SELECT count(*) FROM person`)
	insertPerson  = exec(`INSERT INTO person (id, name, login, phone, email, employer, title, disabled, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)`)
	updatePerson = exec(`UPDATE person SET name = $1, phone = $2, email = $3, employer = $4, title = $5, disabled = $6, version = version + 1
		WHERE id = $7 AND version = $8`)
)

// Person finds a person by id.
func (tx *Tx) Person(ctx context.Context, id org.PersonID) (org.Person, error) {
	r, err := personByID.one(ctx, tx, string(id))
	return r.person(), err
}

// PersonByLogin finds a person by sign-in name.
func (tx *Tx) PersonByLogin(ctx context.Context, login string) (org.Person, error) {
	r, err := personByLogin.one(ctx, tx, login)
	return r.person(), err
}

// AnyPerson reports whether there is anybody yet: the first run asks.
func (tx *Tx) AnyPerson(ctx context.Context) (bool, error) {
	n, err := countPersons.one(ctx, tx)
	return n > 0, err
}

// AddPerson keeps a new person; a login that exists is ErrConflict.
func (tx *Tx) AddPerson(ctx context.Context, p org.Person) error {
	return insertPerson.do(ctx, tx, string(p.ID), p.Name, p.Login, p.Phone, p.Email, p.Employer, p.Title, p.Disabled)
}

// SavePerson keeps a changed person, or says ErrConflict.
func (tx *Tx) SavePerson(ctx context.Context, p org.Person) error {
	return updatePerson.set(ctx, tx, p.Name, p.Phone, p.Email, p.Employer, p.Title, p.Disabled, string(p.ID), p.Version)
}

type postRow struct {
	ID       string  `db:"id"`
	Person   string  `db:"person"`
	Unit     string  `db:"unit"`
	Role     string  `db:"role"`
	From     instant `db:"from_at"`
	Until    instant `db:"until_at"`
	Origin   string  `db:"origin"`
	Of       string  `db:"of_person"`
	OfName   string  `db:"of_name"`
	UnitName string  `db:"unit_name"`
	UnitKind string  `db:"unit_kind"`
	Name     string  `db:"person_name"`
	Login    string  `db:"login"`
	Email    string  `db:"email"`
	Disabled bool    `db:"disabled"`
}

const postSelect = `SELECT {cols} FROM (SELECT p.id AS id, p.person AS person, p.unit AS unit, p.role AS role, p.from_at AS from_at,
	p.until_at AS until_at, p.origin AS origin, p.of_person AS of_person, p.of_name AS of_name, u.name AS unit_name, u.kind AS unit_kind,
	q.name AS person_name, q.login AS login, q.email AS email, q.disabled AS disabled, u.state AS unit_state
	FROM post p JOIN unit u ON u.id = p.unit JOIN person q ON q.id = p.person) AS x `

var (
	postByID      = query[postRow](postSelect + `WHERE id = $1`)
	postsOfPerson = query[postRow](postSelect + `WHERE person = $1 ORDER BY from_at, id`)
	postsOfUnit   = query[postRow](postSelect + `WHERE unit = $1 ORDER BY role, from_at, id`)
	postsOfRole   = query[postRow](postSelect + `WHERE role = $1 ORDER BY unit, id`)
	insertPost    = exec(`INSERT INTO post (id, person, unit, role, from_at, until_at, origin, of_person, of_name)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`)
	closePost   = exec(`UPDATE post SET until_at = $1 WHERE id = $2 AND (until_at = 0 OR until_at > $1)`)
	closeLent   = exec(`UPDATE post SET until_at = $1 WHERE origin = $2 AND (until_at = 0 OR until_at > $1)`)
	dropByPost  = exec(`DELETE FROM session WHERE post = $1`)
	dropByLoans = exec(`DELETE FROM session WHERE post IN (SELECT id FROM post WHERE origin = $1)`)
)

// A Held is a post with the names that go with it.
type Held struct {
	org.Post
	UnitName, PersonName, Login, Email string
	Kind                               org.Kind
	Disabled                           bool
}

func (r postRow) held() Held {
	return Held{Post: org.Post{ID: org.PostID(r.ID), Person: org.PersonID(r.Person), Unit: org.UnitID(r.Unit), Role: org.Role(r.Role),
		From: r.From.Time, Until: r.Until.Time, Origin: org.PostID(r.Origin), Of: org.PersonID(r.Of), OfName: r.OfName},
		UnitName: r.UnitName, PersonName: r.Name, Login: r.Login, Email: r.Email, Kind: org.Kind(r.UnitKind), Disabled: r.Disabled}
}

// Post finds a post by id, held now or not.
func (tx *Tx) Post(ctx context.Context, id org.PostID) (Held, error) {
	r, err := postByID.one(ctx, tx, string(id))
	return r.held(), err
}

func now(rs []postRow, at time.Time) []Held {
	var hs []Held
	for _, r := range rs {
		if h := r.held(); h.At(at) && !h.Disabled {
			hs = append(hs, h)
		}
	}
	return hs
}

// PostsOf are the posts that a person holds now, oldest first.
func (tx *Tx) PostsOf(ctx context.Context, p org.PersonID) ([]Held, error) {
	rs, err := postsOfPerson.all(ctx, tx, string(p))
	return now(rs, tx.Now), err
}

// PostsIn are the posts held now in a unit.
func (tx *Tx) PostsIn(ctx context.Context, u org.UnitID) ([]Held, error) {
	rs, err := postsOfUnit.all(ctx, tx, string(u))
	return now(rs, tx.Now), err
}

// PostsWith are the posts of a role held now, in all units.
func (tx *Tx) PostsWith(ctx context.Context, r org.Role) ([]Held, error) {
	rs, err := postsOfRole.all(ctx, tx, string(r))
	return now(rs, tx.Now), err
}

// AddPost keeps a new post.
func (tx *Tx) AddPost(ctx context.Context, p org.Post) error {
	return insertPost.do(ctx, tx, string(p.ID), string(p.Person), string(p.Unit), string(p.Role), at(p.From), at(p.Until), string(p.Origin),
		string(p.Of), p.OfName)
}

// EndPost ends a post and what was lent from it, and the sessions in them, in the same
// transaction: the next click of that person is refused (C01, C09).
func (tx *Tx) EndPost(ctx context.Context, id org.PostID) error {
	if err := closePost.set(ctx, tx, at(tx.Now), string(id)); err != nil {
		return err
	}
	if err := closeLent.do(ctx, tx, at(tx.Now), string(id)); err != nil {
		return err
	}
	if err := dropByLoans.do(ctx, tx, string(id)); err != nil {
		return err
	}
	return dropByPost.do(ctx, tx, string(id))
}
