package store

import (
	"context"

	"shenbao/internal/application"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

type roundRow struct {
	Version int               `db:"version"`
	Doc     doc[review.Round] `db:"doc"`
}

func (r roundRow) round() review.Round {
	x := r.Doc.V
	x.Version = r.Version
	return x
}

var (
	roundByID   = query[roundRow](`SELECT {cols} FROM round WHERE id = $1`)
	roundsOf    = query[roundRow](`SELECT {cols} FROM round WHERE call = $1 ORDER BY n`)
	insertRound = exec(`INSERT INTO round (id, call, n, state, version, doc) VALUES ($1, $2, $3, $4, 1, $5)`)
	updateRound = exec(`UPDATE round SET state = $1, version = version + 1, doc = $2 WHERE id = $3 AND version = $4`)
)

// Round finds one.
func (tx *Tx) Round(ctx context.Context, id string) (review.Round, error) {
	r, err := roundByID.one(ctx, tx, id)
	return r.round(), err
}

// Rounds are all of a call, the first one first.
func (tx *Tx) Rounds(ctx context.Context, call string) ([]review.Round, error) {
	rs, err := roundsOf.all(ctx, tx, call)
	var out []review.Round
	for _, r := range rs {
		out = append(out, r.round())
	}
	return out, err
}

// AddRound keeps a new one. Two that are made at once can't have one number.
func (tx *Tx) AddRound(ctx context.Context, r review.Round) error {
	return insertRound.do(ctx, tx, r.ID, r.Call, r.N, string(r.State), doc[review.Round]{r})
}

// SaveRound keeps a changed one, or says ErrConflict.
func (tx *Tx) SaveRound(ctx context.Context, r review.Round) error {
	return updateRound.set(ctx, tx, string(r.State), doc[review.Round]{r}, r.ID, r.Version)
}

type assignmentRow struct {
	Version int                    `db:"version"`
	Doc     doc[review.Assignment] `db:"doc"`
}

func (r assignmentRow) assignment() review.Assignment {
	a := r.Doc.V
	a.Version = r.Version
	return a
}

// given are assignments with the number of their round, so that they come in its order.
const given = `FROM (SELECT s.version AS version, s.doc AS doc, s.round AS round, s.application AS application, s.expert AS expert, s.call AS call, r.n AS n
	FROM assignment s JOIN round r ON r.id = s.round) AS x`

var (
	assignmentsOf   = query[assignmentRow](`SELECT {cols} ` + given + ` WHERE application = $1 ORDER BY n, expert`)
	assignmentsTo   = query[assignmentRow](`SELECT {cols} ` + given + ` WHERE expert = $1 ORDER BY application DESC, n DESC`)
	assignmentOf    = query[assignmentRow](`SELECT {cols} ` + given + ` WHERE application = $1 AND expert = $2 ORDER BY n DESC LIMIT 1`)
	assignmentsIn   = query[assignmentRow](`SELECT {cols} ` + given + ` WHERE call = $1 ORDER BY n, application, expert`)
	assignmentsOpen = query[assignmentRow](`SELECT {cols} FROM (SELECT s.version AS version, s.doc AS doc, s.application AS application, s.expert AS expert
		FROM assignment s JOIN application a ON a.id = s.application JOIN round r ON r.id = s.round WHERE a.state = 'reviewing' AND r.state = 'open') AS x
		ORDER BY application, expert`)
	insertAssignment = exec(`INSERT INTO assignment (round, application, expert, call, version, doc) VALUES ($1, $2, $3, $4, 1, $5)`)
	updateAssignment = exec(`UPDATE assignment SET version = version + 1, doc = $1 WHERE round = $2 AND application = $3 AND expert = $4 AND version = $5`)
	dropAssignment   = exec(`DELETE FROM assignment WHERE round = $1 AND application = $2 AND expert = $3`)
)

func assignments(rs []assignmentRow, err error) ([]review.Assignment, error) {
	var as []review.Assignment
	for _, r := range rs {
		as = append(as, r.assignment())
	}
	return as, err
}

// Assignments are those of an application in all its rounds, the first round first.
func (tx *Tx) Assignments(ctx context.Context, id application.ID) ([]review.Assignment, error) {
	return assignments(assignmentsOf.all(ctx, tx, string(id)))
}

// AssignmentsTo are those of an expert, newest application first, its last round first.
func (tx *Tx) AssignmentsTo(ctx context.Context, p org.PersonID) ([]review.Assignment, error) {
	return assignments(assignmentsTo.all(ctx, tx, string(p)))
}

// Assignment is one expert's of one application, in the last round in which there is one.
func (tx *Tx) Assignment(ctx context.Context, id application.ID, p org.PersonID) (review.Assignment, error) {
	r, err := assignmentOf.one(ctx, tx, string(id), string(p))
	return r.assignment(), err
}

// AssignmentsIn are all of a call, by round, then by application.
func (tx *Tx) AssignmentsIn(ctx context.Context, call string) ([]review.Assignment, error) {
	return assignments(assignmentsIn.all(ctx, tx, call))
}

// AssignmentsOpen are those in open rounds of applications that are under review now, in
// all calls.
func (tx *Tx) AssignmentsOpen(ctx context.Context) ([]review.Assignment, error) {
	return assignments(assignmentsOpen.all(ctx, tx))
}

// AddAssignment keeps a new assignment.
func (tx *Tx) AddAssignment(ctx context.Context, a review.Assignment) error {
	return insertAssignment.do(ctx, tx, a.Round, a.Application, string(a.Expert), a.Call, doc[review.Assignment]{a})
}

// SaveAssignment keeps a changed one, or says ErrConflict.
func (tx *Tx) SaveAssignment(ctx context.Context, a review.Assignment) error {
	return updateAssignment.set(ctx, tx, doc[review.Assignment]{a}, a.Round, a.Application, string(a.Expert), a.Version)
}

// DropAssignment takes an expert off an application in its round.
func (tx *Tx) DropAssignment(ctx context.Context, a review.Assignment) error {
	return dropAssignment.do(ctx, tx, a.Round, a.Application, string(a.Expert))
}

type threadRow struct {
	Version int                `db:"version"`
	Doc     doc[review.Thread] `db:"doc"`
}

func (r threadRow) thread() review.Thread {
	t := r.Doc.V
	t.Version = r.Version
	return t
}

var (
	threadOf     = query[threadRow](`SELECT {cols} FROM thread WHERE round = $1 AND application = $2`)
	insertThread = exec(`INSERT INTO thread (round, application, call, version, doc) VALUES ($1, $2, $3, 1, $4)`)
	updateThread = exec(`UPDATE thread SET version = version + 1, doc = $1 WHERE round = $2 AND application = $3 AND version = $4`)
)

// Thread is the discussion of an application in a round.
func (tx *Tx) Thread(ctx context.Context, round, app string) (review.Thread, error) {
	r, err := threadOf.one(ctx, tx, round, app)
	return r.thread(), err
}

// SaveThread keeps a discussion, a new one (version 0) among them, or says ErrConflict.
func (tx *Tx) SaveThread(ctx context.Context, t review.Thread) error {
	if t.Version == 0 {
		return insertThread.do(ctx, tx, t.Round, t.Application, t.Call, doc[review.Thread]{t})
	}
	return updateThread.set(ctx, tx, doc[review.Thread]{t}, t.Round, t.Application, t.Version)
}
