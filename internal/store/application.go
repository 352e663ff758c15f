package store

import (
	"context"
	"errors"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/base"
	"shenbao/internal/filing"
	"shenbao/internal/org"
)

func orgID(s string) org.UnitID { return org.UnitID(s) }

type appDoc struct {
	Version int                          `db:"version"`
	Doc     doc[application.Application] `db:"doc"`
}

var (
	appByID   = query[appDoc](`SELECT {cols} FROM application WHERE id = $1`)
	insertApp = exec(`INSERT INTO application (id, call, number, rev, unit, unit_name, base_name, base_key, host_kind, division, state, holder,
		holder_name, recommender, recommender_name, self, live, submitted_at, moved_at, due_at, mean, rank, version, doc)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,1,$23)`)
	updateApp = exec(`UPDATE application SET number = $1, rev = $2, unit_name = $3, base_name = $4, base_key = $5, host_kind = $6, division = $7,
		state = $8, holder = $9, holder_name = $10, recommender = $11, recommender_name = $12, self = $13, live = $14, submitted_at = $15,
		moved_at = $16, due_at = $17, mean = $18, rank = $19, version = version + 1, doc = $20 WHERE id = $21 AND version = $22`)
	dropSeats  = exec(`DELETE FROM seat WHERE application = $1`)
	insertSeat = exec(`INSERT INTO seat (unit, application, call, role) VALUES ($1, $2, $3, $4)`)
	countLive  = query[int64](`SELECT count(*) FROM application WHERE holder = $1 AND live`)
)

// Application finds one, whoever asks: the desk decides who may see it.
func (tx *Tx) Application(ctx context.Context, id application.ID) (*application.Application, error) {
	r, err := appByID.one(ctx, tx, string(id))
	if err != nil {
		return nil, err
	}
	a := r.Doc.V
	a.Version = r.Version
	return &a, nil
}

// AddApplication keeps a new application and its seats. A second live one of the unit or
// the base in the call is ErrConflict: the index has the last word.
func (tx *Tx) AddApplication(ctx context.Context, a *application.Application) error {
	rec := recommender(a)
	if err := insertApp.do(ctx, tx, string(a.ID), a.Call, a.Number, a.Notice, string(a.Unit), a.UnitName, a.BaseName, application.Key(a.BaseName),
		a.HostKind, a.Division, string(a.State), string(a.Holder()), a.HolderName(), string(rec.Unit), rec.Name, a.Route.Self(), a.Live(),
		at(a.Submitted), at(a.Moved), at(a.Due()), a.Mean, a.Rank, doc[*application.Application]{a}); err != nil {
		return err
	}
	a.Version = 1
	return tx.seats(ctx, a)
}

// SaveApplication keeps a changed application, or says ErrConflict when another act was
// faster.
func (tx *Tx) SaveApplication(ctx context.Context, a *application.Application) error {
	rec := recommender(a)
	if err := updateApp.set(ctx, tx, a.Number, a.Notice, a.UnitName, a.BaseName, application.Key(a.BaseName), a.HostKind, a.Division,
		string(a.State), string(a.Holder()), a.HolderName(), string(rec.Unit), rec.Name, a.Route.Self(), a.Live(), at(a.Submitted), at(a.Moved),
		at(a.Due()), a.Mean, a.Rank, doc[*application.Application]{a}, string(a.ID), a.Version); err != nil {
		return err
	}
	a.Version++
	return tx.seats(ctx, a)
}

func recommender(a *application.Application) org.Step {
	if len(a.Route.Steps) == 0 {
		return org.Step{}
	}
	return a.Route.Recommender()
}

func (tx *Tx) seats(ctx context.Context, a *application.Application) error {
	if err := dropSeats.do(ctx, tx, string(a.ID)); err != nil {
		return err
	}
	for _, s := range a.Seats() {
		if err := insertSeat.do(ctx, tx, string(s.Unit), string(a.ID), a.Call, string(s.Role)); err != nil {
			return err
		}
	}
	return nil
}

// Held counts what a unit holds now.
func (tx *Tx) Held(ctx context.Context, u org.UnitID) (int64, error) {
	return countLive.one(ctx, tx, string(u))
}

// An Answer is one field of a draft with who wrote it last.
type Answer struct {
	Field   string  `db:"field"`
	Value   string  `db:"value"`
	Version int     `db:"version"` // of this field; 0 = never written
	At      instant `db:"at"`
	Person  string  `db:"person"`
	Name    string  `db:"name"`
}

var (
	answersOf    = query[Answer](`SELECT {cols} FROM answer WHERE application = $1`)
	insertAnswer = exec(`INSERT INTO answer (application, field, value, version, at, person, name) VALUES ($1, $2, $3, 1, $4, $5, $6)`)
	updateAnswer = exec(`UPDATE answer SET value = $1, version = version + 1, at = $2, person = $3, name = $4
		WHERE application = $5 AND field = $6 AND version = $7`)
	keepHistory = exec(`INSERT INTO answer_history (application, field, version, value, at, person) VALUES ($1, $2, $3, $4, $5, $6)`)
)

// Draft is every answer of an application by field.
func (tx *Tx) Draft(ctx context.Context, id application.ID) (map[string]Answer, error) {
	rs, err := answersOf.all(ctx, tx, string(id))
	m := map[string]Answer{}
	for _, r := range rs {
		m[r.Field] = r
	}
	return m, err
}

// PutAnswer writes one field over version v (0: never written), with its history, or says
// ErrConflict: nobody's text is written over unseen.
func (tx *Tx) PutAnswer(ctx context.Context, id application.ID, field, value string, v int, by org.Actor) error {
	var err error
	if v == 0 {
		err = insertAnswer.do(ctx, tx, string(id), field, value, at(tx.Now), by.Person, by.Name)
	} else {
		err = updateAnswer.set(ctx, tx, value, at(tx.Now), by.Person, by.Name, string(id), field, v)
	}
	if err != nil {
		return err
	}
	return keepHistory.do(ctx, tx, string(id), field, v+1, value, at(tx.Now), by.Person)
}

type evidenceRow struct {
	ID          string  `db:"id"`
	Purpose     string  `db:"purpose"`
	Topic       string  `db:"topic"`
	Name        string  `db:"name"`
	Type        string  `db:"type"`
	Size        int64   `db:"size"`
	Pages       int     `db:"pages"`
	SHA         string  `db:"sha"`
	At          instant `db:"at"`
	Person      string  `db:"person"`
	PersonName  string  `db:"person_name"`
	Unit        string  `db:"unit"`
	Removed     instant `db:"removed_at"`
	Quarantined instant `db:"quarantined_at"`
}

func (r evidenceRow) evidence() filing.Evidence {
	return filing.Evidence{ID: r.ID, Purpose: r.Purpose, Topic: r.Topic, Name: r.Name, Type: r.Type, Size: r.Size, Pages: r.Pages, SHA256: r.SHA,
		At: r.At.Time, Person: r.Person, PersonName: r.PersonName, Unit: r.Unit, Removed: r.Removed.Time, Quarantined: r.Quarantined.Time}
}

var (
	evidenceOf     = query[evidenceRow](`SELECT {cols} FROM evidence WHERE application = $1 ORDER BY topic, id`)
	insertEvidence = exec(`INSERT INTO evidence (id, application, purpose, topic, name, type, size, pages, sha, at, person, person_name, unit,
		removed_at, quarantined_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,0,0)`)
	removeEvidence     = exec(`UPDATE evidence SET removed_at = $1 WHERE id = $2 AND application = $3 AND removed_at = 0`)
	quarantineEvidence = exec(`UPDATE evidence SET quarantined_at = $1 WHERE id = $2 AND application = $3 AND quarantined_at = 0`)
	evidenceHashes     = query[string](`SELECT DISTINCT sha FROM evidence ORDER BY sha`)
)

// Evidence is every file of an application, also those taken off the draft.
func (tx *Tx) Evidence(ctx context.Context, id application.ID) ([]filing.Evidence, error) {
	rs, err := evidenceOf.all(ctx, tx, string(id))
	var es []filing.Evidence
	for _, r := range rs {
		es = append(es, r.evidence())
	}
	return es, err
}

// AddEvidence keeps a file's entry. Its bytes are stored, under their hash, before this.
func (tx *Tx) AddEvidence(ctx context.Context, id application.ID, e filing.Evidence) error {
	return insertEvidence.do(ctx, tx, e.ID, string(id), e.Purpose, e.Topic, e.Name, e.Type, e.Size, e.Pages, e.SHA256, at(e.At), e.Person, e.PersonName, e.Unit)
}

// RemoveEvidence takes a file off the draft; frozen versions keep it.
func (tx *Tx) RemoveEvidence(ctx context.Context, id application.ID, file string) error {
	return removeEvidence.set(ctx, tx, at(tx.Now), file, string(id))
}

// Quarantine locks a file at once.
func (tx *Tx) Quarantine(ctx context.Context, id application.ID, file string) error {
	return quarantineEvidence.set(ctx, tx, at(tx.Now), file, string(id))
}

// EvidenceHashes are the hashes of all files that some case has.
func (tx *Tx) EvidenceHashes(ctx context.Context) ([]string, error) {
	return evidenceHashes.all(ctx, tx)
}

type frozenRow struct {
	Application string              `db:"application"`
	N           int                 `db:"n"`
	Hash        string              `db:"hash"`
	Code        string              `db:"code"`
	Doc         doc[filing.Content] `db:"doc"`
}

var (
	frozenByN    = query[frozenRow](`SELECT {cols} FROM frozen WHERE application = $1 AND n = $2`)
	frozenByCode = query[frozenRow](`SELECT {cols} FROM frozen WHERE code = $1`)
	insertFrozen = exec(`INSERT INTO frozen (application, n, hash, code, at, doc) VALUES ($1, $2, $3, $4, $5, $6)`)
)

// Freeze keeps the content of a version, for good.
func (tx *Tx) Freeze(ctx context.Context, id application.ID, v filing.Version, c filing.Content) error {
	return insertFrozen.do(ctx, tx, string(id), v.N, v.Hash, v.Code, at(v.At), doc[filing.Content]{c})
}

// Frozen is the content of version n.
func (tx *Tx) Frozen(ctx context.Context, id application.ID, n int) (filing.Content, error) {
	r, err := frozenByN.one(ctx, tx, string(id), n)
	return r.Doc.V, err
}

// ByCode finds the application and version whose code is printed on a sheet of paper.
func (tx *Tx) ByCode(ctx context.Context, code string) (application.ID, int, error) {
	r, err := frozenByCode.one(ctx, tx, code)
	return application.ID(r.Application), r.N, err
}

type placeRow struct {
	N           int    `db:"n"`
	Application string `db:"application"`
	Number      string `db:"number"`
	BaseName    string `db:"base_name"`
}

var (
	placesOf = query[placeRow](`SELECT {cols} FROM (SELECT p.n AS n, p.application AS application, p.call AS call, p.unit AS unit,
		coalesce(a.number, '') AS number, coalesce(a.base_name, '') AS base_name
		FROM place p LEFT JOIN application a ON a.id = p.application) AS x WHERE call = $1 AND unit = $2 ORDER BY n`)
	insertPlace = exec(`INSERT INTO place (call, unit, n, application) VALUES ($1, $2, $3, '')`)
	takePlace   = exec(`UPDATE place SET application = $1 WHERE call = $2 AND unit = $3 AND n = $4 AND application = ''`)
	freePlace   = exec(`UPDATE place SET application = '' WHERE application = $1`)
)

// Places are a recommender's places in a call.
func (tx *Tx) Places(ctx context.Context, call string, u org.UnitID) ([]application.Place, error) {
	rs, err := placesOf.all(ctx, tx, call, string(u))
	var ps []application.Place
	for _, r := range rs {
		ps = append(ps, application.Place{N: r.N, Application: application.ID(r.Application), Number: r.Number, BaseName: r.BaseName})
	}
	return ps, err
}

// AddPlace gives a recommender its nth place.
func (tx *Tx) AddPlace(ctx context.Context, call string, u org.UnitID, n int) error {
	return insertPlace.do(ctx, tx, call, string(u), n)
}

// TakePlace gives place n to an application, or says ErrConflict when it is taken.
func (tx *Tx) TakePlace(ctx context.Context, call string, u org.UnitID, n int, id application.ID) error {
	return takePlace.set(ctx, tx, string(id), call, string(u), n)
}

// FreePlace frees the place of an application, if it has one.
func (tx *Tx) FreePlace(ctx context.Context, id application.ID) error {
	return freePlace.do(ctx, tx, string(id))
}

type baseRow struct {
	Version int            `db:"version"`
	Doc     doc[base.Base] `db:"doc"`
}

var (
	baseByID   = query[baseRow](`SELECT {cols} FROM base WHERE id = $1`)
	basesAll   = query[baseRow](`SELECT {cols} FROM base ORDER BY at DESC, id`)
	basesOf    = query[baseRow](`SELECT {cols} FROM base WHERE unit = $1 ORDER BY at DESC, id`)
	insertBase = exec(`INSERT INTO base (id, application, call, name, unit, plaque, state, at, version, doc) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,1,$9)`)
)

func bases(rs []baseRow, err error) ([]base.Base, error) {
	var bs []base.Base
	for _, r := range rs {
		b := r.Doc.V
		b.Version = r.Version
		bs = append(bs, b)
	}
	return bs, err
}

// Bases are all bases, newest first: the public register (R134).
func (tx *Tx) Bases(ctx context.Context) ([]base.Base, error) { return bases(basesAll.all(ctx, tx)) }

// BasesOf are the bases that a unit carries.
func (tx *Tx) BasesOf(ctx context.Context, u org.UnitID) ([]base.Base, error) {
	return bases(basesOf.all(ctx, tx, string(u)))
}

// Base finds one.
func (tx *Tx) Base(ctx context.Context, id string) (base.Base, error) {
	bs, err := bases(baseByID.all(ctx, tx, id))
	if err == nil && len(bs) == 0 {
		return base.Base{}, ErrNotFound
	}
	if err != nil {
		return base.Base{}, err
	}
	return bs[0], nil
}

// AddBase keeps a new base.
func (tx *Tx) AddBase(ctx context.Context, b base.Base) error {
	return insertBase.do(ctx, tx, b.ID, b.Application, b.Call, b.Name, string(b.Host), b.Plaque.Number, string(b.State), at(tx.Now), doc[base.Base]{b})
}

// IsNotFound reports whether err says that there is no such row.
func IsNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// When is the time of an answer.
func (a Answer) When() time.Time { return a.At.Time }
