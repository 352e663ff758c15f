package store

import (
	"context"
	"time"

	"shenbao/internal/org"
)

// A Job is recorded work: done after the commit, again when it fails, by whoever has the
// lease.
type Job struct {
	ID      string `db:"id"`
	Kind    string `db:"kind"`
	Args    string `db:"args"`
	Attempt int    `db:"attempt"`
}

var (
	leaseJob = query[Job](`UPDATE job SET state = 'running', attempt = attempt + 1, lease_until = $1 WHERE id =
		(SELECT id FROM job WHERE (state = 'ready' AND run_at <= $2) OR (state = 'running' AND lease_until < $2) ORDER BY run_at, id LIMIT 1)
		AND ((state = 'ready' AND run_at <= $2) OR (state = 'running' AND lease_until < $2)) RETURNING {cols}`)
	doneJob  = exec(`DELETE FROM job WHERE id = $1`)
	againJob = exec(`UPDATE job SET state = 'ready', run_at = $1, last_error = $2 WHERE id = $3`)
	deadJob  = exec(`UPDATE job SET state = 'dead', last_error = $1 WHERE id = $2`)
	nextJob  = query[int64](`SELECT coalesce(min(run_at), 0) FROM job WHERE state = 'ready'`)
	deadJobs = query[int64](`SELECT count(*) FROM job WHERE state = 'dead'`)
)

// Lease takes the next job that is due, for as long as lease; ErrNotFound when none is.
func (tx *Tx) Lease(ctx context.Context, lease time.Duration) (Job, error) {
	return leaseJob.one(ctx, tx, at(tx.Now.Add(lease)), at(tx.Now))
}

// JobDone removes a job that was done.
func (tx *Tx) JobDone(ctx context.Context, id string) error { return doneJob.do(ctx, tx, id) }

// JobAgain puts it back for later, with why.
func (tx *Tx) JobAgain(ctx context.Context, id string, later time.Time, why string) error {
	return againJob.do(ctx, tx, at(later), why, id)
}

// JobDead gives it up; fsck and the administrator's page show it.
func (tx *Tx) JobDead(ctx context.Context, id, why string) error { return deadJob.do(ctx, tx, why, id) }

// NextJob is when the earliest waiting job is due; zero when none waits.
func (tx *Tx) NextJob(ctx context.Context) (time.Time, error) {
	us, err := nextJob.one(ctx, tx)
	if us == 0 {
		return time.Time{}, err
	}
	return time.UnixMicro(us).UTC(), err
}

// DeadJobs counts those given up.
func (tx *Tx) DeadJobs(ctx context.Context) (int64, error) { return deadJobs.one(ctx, tx) }

// A Message is what one person is told of one fact.
type Message struct {
	ID     string                 `db:"id"`
	Person string                 `db:"person"`
	Fact   string                 `db:"fact"`
	Kind   string                 `db:"kind"` // locale has "message.<kind>"
	Link   string                 `db:"link"`
	Args   doc[map[string]string] `db:"args"`
	At     instant                `db:"at"`
	Read   instant                `db:"read_at"`
	Mailed instant                `db:"mailed_at"`
}

// Words are the words of its sentence; SentAt and ReadAt are when.
func (m Message) Words() map[string]string { return m.Args.V }
func (m Message) SentAt() time.Time        { return m.At.Time }
func (m Message) ReadAt() time.Time        { return m.Read.Time }

var (
	messagesOf    = query[Message](`SELECT {cols} FROM message WHERE person = $1 ORDER BY id DESC LIMIT 200`)
	unmailed      = query[Message](`SELECT {cols} FROM message WHERE mailed_at = 0 AND at <= $1 ORDER BY person, id LIMIT 500`)
	insertMessage = exec(`INSERT INTO message (id, person, fact, kind, link, args, at, read_at, mailed_at) VALUES ($1,$2,$3,$4,$5,$6,$7,0,0)
		ON CONFLICT DO NOTHING`)
	readMessages = exec(`UPDATE message SET read_at = $1 WHERE person = $2 AND read_at = 0`)
	mailMessage  = exec(`UPDATE message SET mailed_at = $1 WHERE id = $2`)
	countUnread  = query[int64](`SELECT count(*) FROM message WHERE person = $1 AND read_at = 0`)
)

// Messages are a person's last 200, newest first.
func (tx *Tx) Messages(ctx context.Context, p org.PersonID) ([]Message, error) {
	return messagesOf.all(ctx, tx, string(p))
}

// Unmailed are messages that no mail took along yet, written until then.
func (tx *Tx) Unmailed(ctx context.Context, until time.Time) ([]Message, error) {
	return unmailed.all(ctx, tx, at(until))
}

// AddMessage keeps a message once per person and fact.
func (tx *Tx) AddMessage(ctx context.Context, p org.PersonID, fact, kind, link string, args map[string]string) error {
	return insertMessage.do(ctx, tx, tx.NewID(), string(p), fact, kind, link, doc[map[string]string]{args}, at(tx.Now))
}

// ReadMessages marks all of a person's messages as read.
func (tx *Tx) ReadMessages(ctx context.Context, p org.PersonID) error {
	return readMessages.do(ctx, tx, at(tx.Now), string(p))
}

// MessageMailed notes that a mail took it along.
func (tx *Tx) MessageMailed(ctx context.Context, id string) error {
	return mailMessage.do(ctx, tx, at(tx.Now), id)
}

// Unread counts a person's unread messages.
func (tx *Tx) Unread(ctx context.Context, p org.PersonID) (int64, error) {
	return countUnread.one(ctx, tx, string(p))
}
