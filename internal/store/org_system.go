package store

import (
	"context"
	"time"

	"shenbao/internal/event"
)

// Kind is the database in use: "sqlite" or "postgres".
func (db *DB) Kind() string { return db.kind }

// A DeadJob is work that was given up.
type DeadJob struct {
	ID      string  `db:"id"`
	Kind    string  `db:"kind"`
	Attempt int     `db:"attempt"`
	Run     instant `db:"run_at"`
	Error   string  `db:"last_error"`
}

// RunAt is when it was to run last.
func (j DeadJob) RunAt() time.Time { return j.Run.Time }

type useRow struct {
	Sessions int64 `db:"sessions"`
	People   int64 `db:"people"`
}

var (
	deadList  = query[DeadJob](`SELECT {cols} FROM job WHERE state = 'dead' ORDER BY run_at DESC, id LIMIT 200`)
	readyJobs = query[int64](`SELECT count(*) FROM job WHERE state <> 'dead'`)
	reviveJob = exec(`UPDATE job SET state = 'ready', attempt = 0, run_at = $1 WHERE id = $2 AND state = 'dead'`)
	inUse     = query[useRow](`SELECT {cols} FROM (SELECT count(*) AS sessions, count(DISTINCT person) AS people FROM session WHERE seen_at > $1) AS x`)
)

// DeadList are the jobs given up, the newest first, at most 200.
func (tx *Tx) DeadList(ctx context.Context) ([]DeadJob, error) { return deadList.all(ctx, tx) }

// ReadyJobs counts those that wait or run.
func (tx *Tx) ReadyJobs(ctx context.Context) (int64, error) { return readyJobs.one(ctx, tx) }

// ReviveJob puts a job that was given up back in line; ErrConflict when it is not there.
func (tx *Tx) ReviveJob(ctx context.Context, id string) error {
	tx.work = true
	return reviveJob.set(ctx, tx, at(tx.Now), id)
}

// InUse counts sessions used since then, and the people they belong to.
func (tx *Tx) InUse(ctx context.Context, since time.Time) (sessions, people int64, err error) {
	r, err := inUse.one(ctx, tx, at(since))
	return r.Sessions, r.People, err
}

// Head is the number and the hash of the newest fact: what an auditor prints, so that
// nobody can shorten or rewrite the log unseen (A02).
func (tx *Tx) Head(ctx context.Context) (seq int64, hash string, err error) {
	h, err := readHead.one(ctx, tx)
	return h.Seq, h.Hash, err
}

// FactsFrom are up to 1,000 facts from number seq on, in order.
func (tx *Tx) FactsFrom(ctx context.Context, seq int64) ([]event.Event, error) {
	return events(eventsFrom.all(ctx, tx, seq))
}
