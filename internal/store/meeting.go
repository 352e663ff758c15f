package store

import (
	"context"

	"shenbao/internal/review"
)

type (
	meetingRow struct {
		Version int                 `db:"version"`
		Doc     doc[review.Meeting] `db:"doc"`
	}
	ballotRow struct {
		Version int                `db:"version"`
		Doc     doc[review.Ballot] `db:"doc"`
	}
)

func (r meetingRow) meeting() review.Meeting {
	m := r.Doc.V
	m.Version = r.Version
	return m
}

func (r ballotRow) ballot() review.Ballot {
	b := r.Doc.V
	b.Version = r.Version
	return b
}

var (
	meetingByID   = query[meetingRow](`SELECT {cols} FROM meeting WHERE id = $1`)
	meetingsOf    = query[meetingRow](`SELECT {cols} FROM meeting WHERE call = $1 ORDER BY at, id`)
	meetingsAll   = query[meetingRow](`SELECT {cols} FROM meeting ORDER BY at DESC, id DESC`)
	insertMeeting = exec(`INSERT INTO meeting (id, call, at, state, version, doc) VALUES ($1, $2, $3, $4, 1, $5)`)
	updateMeeting = exec(`UPDATE meeting SET state = $1, version = version + 1, doc = $2 WHERE id = $3 AND version = $4`)
	ballotsOf     = query[ballotRow](`SELECT {cols} FROM ballot WHERE meeting = $1 ORDER BY n`)
	insertBallot  = exec(`INSERT INTO ballot (id, meeting, n, version, doc) VALUES ($1, $2, $3, 1, $4)`)
	updateBallot  = exec(`UPDATE ballot SET version = version + 1, doc = $1 WHERE id = $2 AND version = $3`)
)

// Meeting finds one.
func (tx *Tx) Meeting(ctx context.Context, id string) (review.Meeting, error) {
	r, err := meetingByID.one(ctx, tx, id)
	return r.meeting(), err
}

func meetings(rs []meetingRow, err error) ([]review.Meeting, error) {
	var ms []review.Meeting
	for _, r := range rs {
		ms = append(ms, r.meeting())
	}
	return ms, err
}

// Meetings are all of a call, the earliest first.
func (tx *Tx) Meetings(ctx context.Context, call string) ([]review.Meeting, error) {
	return meetings(meetingsOf.all(ctx, tx, call))
}

// AllMeetings are those of all calls, the latest first.
func (tx *Tx) AllMeetings(ctx context.Context) ([]review.Meeting, error) {
	return meetings(meetingsAll.all(ctx, tx))
}

// AddMeeting keeps a new one.
func (tx *Tx) AddMeeting(ctx context.Context, m review.Meeting) error {
	return insertMeeting.do(ctx, tx, m.ID, m.Call, at(m.At), string(m.State), doc[review.Meeting]{m})
}

// SaveMeeting keeps a changed one, or says ErrConflict.
func (tx *Tx) SaveMeeting(ctx context.Context, m review.Meeting) error {
	return updateMeeting.set(ctx, tx, string(m.State), doc[review.Meeting]{m}, m.ID, m.Version)
}

// Ballots are those of a meeting, the first one first.
func (tx *Tx) Ballots(ctx context.Context, meeting string) ([]review.Ballot, error) {
	rs, err := ballotsOf.all(ctx, tx, meeting)
	var bs []review.Ballot
	for _, r := range rs {
		bs = append(bs, r.ballot())
	}
	return bs, err
}

// AddBallot keeps a new one.
func (tx *Tx) AddBallot(ctx context.Context, b review.Ballot) error {
	return insertBallot.do(ctx, tx, b.ID, b.Meeting, b.N, doc[review.Ballot]{b})
}

// SaveBallot keeps a changed one, or says ErrConflict: two papers that come at once are
// put in one after the other.
func (tx *Tx) SaveBallot(ctx context.Context, b review.Ballot) error {
	return updateBallot.set(ctx, tx, doc[review.Ballot]{b}, b.ID, b.Version)
}
