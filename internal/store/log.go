package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"shenbao/internal/event"
)

type headRow struct {
	Seq  int64  `db:"seq"`
	Hash string `db:"hash"`
}

type eventRow struct {
	Seq     int64   `db:"seq"`
	ID      string  `db:"id"`
	Kind    string  `db:"kind"`
	OnKind  string  `db:"subject_kind"`
	On      string  `db:"subject"`
	Call    string  `db:"call"`
	Person  string  `db:"person"`
	Unit    string  `db:"unit"`
	At      instant `db:"at"`
	Outcome string  `db:"outcome"`
	Hash    string  `db:"hash"`
	Doc     string  `db:"doc"`
}

var (
	readHead    = query[headRow](`SELECT {cols} FROM head WHERE id = 1`)
	moveHead    = exec(`UPDATE head SET seq = $1, hash = $2 WHERE id = 1 AND seq = $3`)
	insertEvent = exec(`INSERT INTO event (seq, id, kind, subject_kind, subject, call, person, unit, at, outcome, hash, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`)
	eventsFrom = query[eventRow](`SELECT {cols} FROM event WHERE seq >= $1 ORDER BY seq LIMIT 1000`)
	eventsOf   = query[eventRow](`SELECT {cols} FROM event WHERE subject_kind = $1 AND subject = $2 ORDER BY seq`)
	eventList  = lists[eventRow](`SELECT {cols} FROM event`, `ORDER BY seq DESC`)
	eventByID  = query[eventRow](`SELECT {cols} FROM event WHERE id = $1`)
	insertJob  = exec(`INSERT INTO job (id, kind, args, state, run_at, attempt, lease_until, uniq, last_error)
		VALUES ($1, $2, $3, 'ready', $4, 0, 0, $5, '') ON CONFLICT DO NOTHING`)
)

// Record appends a fact: numbered, chained to the one before it, and with it the work
// that it causes, all in the act's own transaction. Nothing is told of what was not
// committed, and nothing committed goes untold.
func (tx *Tx) Record(ctx context.Context, e event.Event) (event.Event, error) {
	h, err := readHead.one(ctx, tx)
	if err != nil {
		return e, err
	}
	if e.Outcome == "" {
		e.Outcome = event.OK
	}
	e.Seq, e.ID, e.At, e.Prev = h.Seq+1, tx.NewID(), tx.Now, h.Hash
	if e, err = asRead(e); err != nil {
		return e, err
	}
	e.Hash = e.Sum()
	b, err := json.Marshal(e)
	if err != nil {
		return e, err
	}
	if err := moveHead.set(ctx, tx, e.Seq, e.Hash, h.Seq); err != nil {
		return e, err
	}
	if err := insertEvent.do(ctx, tx, e.Seq, e.ID, string(e.Kind), e.On.Kind, e.On.ID, e.Call, e.By.Person, e.By.Unit, at(e.At),
		e.Outcome, e.Hash, string(b)); err != nil {
		return e, err
	}
	if e.Outcome == event.OK {
		return e, tx.AddJob(ctx, "tell", e.ID, tx.Now.UnixMicro(), "")
	}
	return e, nil
}

// asRead is the fact as it will be read again: JSON replaces what is no UTF-8, and a hash
// of the bytes before that would never be matched.
func asRead(e event.Event) (out event.Event, err error) {
	b, err := json.Marshal(e)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	return out, err
}

// AddJob records work to be done after the commit, at the earliest at runAt
// (microseconds). uniq, where given, keeps it from being recorded twice.
func (tx *Tx) AddJob(ctx context.Context, kind, args string, runAt int64, uniq string) error {
	tx.work = true
	return insertJob.do(ctx, tx, tx.NewID(), kind, args, runAt, uniq)
}

func (r eventRow) event() (event.Event, error) {
	var e event.Event
	err := json.Unmarshal([]byte(r.Doc), &e)
	return e, err
}

func events(rs []eventRow, err error) ([]event.Event, error) {
	if err != nil {
		return nil, err
	}
	es := make([]event.Event, 0, len(rs))
	for _, r := range rs {
		e, err := r.event()
		if err != nil {
			return nil, fmt.Errorf("fact %d: %w", r.Seq, err)
		}
		es = append(es, e)
	}
	return es, nil
}

// Facts are all facts about a subject, oldest first.
func (tx *Tx) Facts(ctx context.Context, on event.Subject) ([]event.Event, error) {
	return events(eventsOf.all(ctx, tx, on.Kind, on.ID))
}

// Fact finds one fact.
func (tx *Tx) Fact(ctx context.Context, id string) (event.Event, error) {
	r, err := eventByID.one(ctx, tx, id)
	if err != nil {
		return event.Event{}, err
	}
	return r.event()
}

// A FactFilter chooses facts for the audit trail; zero values do not filter.
type FactFilter struct {
	Call, Person, Unit, Outcome, Kind string
	Subject                           event.Subject
	Before                            int64 // only those with a smaller number
	Since, Until                      time.Time
}

// Log lists facts, newest first.
func (tx *Tx) Log(ctx context.Context, f FactFilter, limit int) ([]event.Event, error) {
	var cs []cond
	for _, c := range []struct{ col, val string }{{"call", f.Call}, {"person", f.Person}, {"unit", f.Unit}, {"outcome", f.Outcome},
		{"kind", f.Kind}, {"subject_kind", f.Subject.Kind}, {"subject", f.Subject.ID}} {
		if c.val != "" {
			cs = append(cs, where(c.col+" = ?", c.val))
		}
	}
	if f.Before > 0 {
		cs = append(cs, where("seq < ?", f.Before))
	}
	if !f.Since.IsZero() {
		cs = append(cs, where("at >= ?", at(f.Since)))
	}
	if !f.Until.IsZero() {
		cs = append(cs, where("at < ?", at(f.Until)))
	}
	return events(eventList.all(ctx, tx, limit, cs...))
}

// CheckLog walks the whole log: numbers without a gap, hashes that follow, contents that
// match, columns that say what the content says, and a head that is the last fact (R138).
func (tx *Tx) CheckLog(ctx context.Context) (facts int64, problems []string, err error) {
	prev, next := "", int64(1)
	for {
		rs, err := eventsFrom.all(ctx, tx, next)
		if err != nil {
			return facts, problems, err
		}
		if len(rs) == 0 {
			break
		}
		es, err := events(rs, nil)
		if err != nil {
			return facts, append(problems, err.Error()), nil
		}
		if err := event.Verify(prev, next, es); err != nil {
			return facts, append(problems, err.Error()), nil
		}
		for i, e := range es {
			if r := rs[i]; r.ID != e.ID || r.Kind != string(e.Kind) || r.On != e.On.ID || r.OnKind != e.On.Kind || r.Call != e.Call ||
				r.Person != e.By.Person || r.Unit != e.By.Unit || !r.At.Equal(e.At) || r.Outcome != e.Outcome || r.Hash != e.Hash {
				problems = append(problems, fmt.Sprintf("fact %d: its columns differ from its content", e.Seq))
			}
		}
		facts += int64(len(es))
		next, prev = es[len(es)-1].Seq+1, es[len(es)-1].Hash
	}
	h, err := readHead.one(ctx, tx)
	if err != nil {
		return facts, problems, err
	}
	if h.Seq != next-1 || h.Hash != prev {
		problems = append(problems, fmt.Sprintf("the head says %d facts, the log has %d: the newest were removed", h.Seq, next-1))
	}
	return facts, problems, nil
}

type idemRow struct {
	Body   string `db:"body"`
	Result string `db:"result"`
}

var (
	findKey   = query[idemRow](`SELECT {cols} FROM idempotency WHERE person = $1 AND act = $2 AND key = $3`)
	insertKey = exec(`INSERT INTO idempotency (person, act, key, body, result, at) VALUES ($1, $2, $3, $4, $5, $6)`)
)

var oldKeys = exec(`DELETE FROM idempotency WHERE at < $1`)

// ExpireKeys forgets keys older than before: nobody sends a form again after that.
func (tx *Tx) ExpireKeys(ctx context.Context, before time.Time) error {
	return oldKeys.do(ctx, tx, at(before))
}

// Done finds what an act with the same key answered before. body is a hash of what was
// asked; found is false the first time, same is false when the body differs.
func (tx *Tx) Done(ctx context.Context, person, act, key, body string) (result string, found, same bool, err error) {
	r, err := findKey.one(ctx, tx, person, act, key)
	if errors.Is(err, ErrNotFound) {
		return "", false, false, nil
	}
	return r.Result, err == nil, r.Body == body, err
}

// Remember keeps what the act answered, in its own transaction.
func (tx *Tx) Remember(ctx context.Context, person, act, key, body, result string) error {
	return insertKey.do(ctx, tx, person, act, key, body, result, at(tx.Now))
}

type counterRow struct {
	Value int64 `db:"value"`
}

var nextCounter = query[counterRow](`INSERT INTO counter (name, value) VALUES ($1, 1)
	ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING {cols}`)

// Next is the next number of a series: receipts, application numbers. Without gaps,
// because it rolls back with its act (Q19).
func (tx *Tx) Next(ctx context.Context, series string) (int64, error) {
	r, err := nextCounter.one(ctx, tx, series)
	return r.Value, err
}

func likeSafe(s string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(s)
}
