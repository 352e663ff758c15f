package store

import (
	"context"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/org"
)

type callRow struct {
	Version int                   `db:"version"`
	Doc     doc[application.Call] `db:"doc"`
}

var (
	callByID   = query[callRow](`SELECT {cols} FROM call WHERE id = $1`)
	callsAll   = query[callRow](`SELECT {cols} FROM call ORDER BY id DESC`)
	insertCall = exec(`INSERT INTO call (id, number, title, state, rev, deadline, version, doc) VALUES ($1, $2, $3, $4, $5, $6, 1, $7)`)
	updateCall = exec(`UPDATE call SET title = $1, state = $2, rev = $3, deadline = $4, version = version + 1, doc = $5 WHERE id = $6 AND version = $7`)
)

func calls(rs []callRow, err error) ([]*application.Call, error) {
	var cs []*application.Call
	for _, r := range rs {
		c := r.Doc.V
		c.Version = r.Version
		cs = append(cs, &c)
	}
	return cs, err
}

// Call finds a call.
func (tx *Tx) Call(ctx context.Context, id string) (*application.Call, error) {
	cs, err := calls(callByID.all(ctx, tx, id))
	if err == nil && len(cs) == 0 {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return cs[0], nil
}

// Calls are all calls, newest first.
func (tx *Tx) Calls(ctx context.Context) ([]*application.Call, error) {
	return calls(callsAll.all(ctx, tx))
}

// AddCall keeps a new call; a document number that exists is ErrConflict (R2).
func (tx *Tx) AddCall(ctx context.Context, c *application.Call) error {
	return insertCall.do(ctx, tx, c.ID, c.Number, c.Title, string(c.State), c.Notice, at(c.Deadline), doc[*application.Call]{c})
}

// SaveCall keeps a changed call, or says ErrConflict.
func (tx *Tx) SaveCall(ctx context.Context, c *application.Call) error {
	if err := updateCall.set(ctx, tx, c.Title, string(c.State), c.Notice, at(c.Deadline), doc[*application.Call]{c}, c.ID, c.Version); err != nil {
		return err
	}
	c.Version++
	return nil
}

// A Text is one revision's file as published, with its words in other languages.
type Text struct {
	SHA    string `db:"sha"`
	Call   string `db:"call"`
	N      int    `db:"n"`
	File   string `db:"file"`
	Source string `db:"source"`
	Labels string `db:"labels"`
}

var (
	textBySHA  = query[Text](`SELECT {cols} FROM revision WHERE sha = $1`)
	insertText = exec(`INSERT INTO revision (sha, call, n, file, source, labels, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`)
)

// Text finds a published text by its hash.
func (tx *Tx) Text(ctx context.Context, sha string) (Text, error) { return textBySHA.one(ctx, tx, sha) }

// AddText keeps a revision's text, for good.
func (tx *Tx) AddText(ctx context.Context, t Text) error {
	return insertText.do(ctx, tx, t.SHA, t.Call, t.N, t.File, t.Source, t.Labels, at(tx.Now))
}

// A Delivery says that a call was sent to a unit, and when it was first opened there (R6).
type Delivery struct {
	Unit     string  `db:"unit"`
	UnitName string  `db:"unit_name"`
	Kind     string  `db:"kind"`
	Sender   string  `db:"sender"`
	Sent     instant `db:"sent_at"`
	Opened   instant `db:"opened_at"`
	OpenedBy string  `db:"opened_by"`
}

// SentAt and OpenedAt are when; zero when not.
func (d Delivery) SentAt() time.Time   { return d.Sent.Time }
func (d Delivery) OpenedAt() time.Time { return d.Opened.Time }

var (
	deliveriesOf = query[Delivery](`SELECT {cols} FROM (SELECT d.unit AS unit, u.name AS unit_name, u.kind AS kind, d.sender AS sender,
		d.sent_at AS sent_at, d.opened_at AS opened_at, d.opened_by AS opened_by, d.call AS call, u.division AS division
		FROM delivery d JOIN unit u ON u.id = d.unit) AS x WHERE call = $1 ORDER BY kind, division, unit`)
	insertDelivery = exec(`INSERT INTO delivery (call, unit, sender, sent_at, opened_at, opened_by) VALUES ($1, $2, $3, $4, 0, '') ON CONFLICT DO NOTHING`)
	openDelivery   = exec(`UPDATE delivery SET opened_at = $1, opened_by = $2 WHERE call = $3 AND unit = $4 AND opened_at = 0`)
)

// Deliveries are all of a call, by class and place.
func (tx *Tx) Deliveries(ctx context.Context, call string) ([]Delivery, error) {
	return deliveriesOf.all(ctx, tx, call)
}

// Deliver sends the call to a unit, once.
func (tx *Tx) Deliver(ctx context.Context, call string, to, sender org.UnitID) error {
	return insertDelivery.do(ctx, tx, call, string(to), string(sender), at(tx.Now))
}

// Open notes the first opening in a unit; ErrConflict when it was opened before or never sent.
func (tx *Tx) Open(ctx context.Context, call string, u org.UnitID, by string) error {
	return openDelivery.set(ctx, tx, at(tx.Now), by, call, string(u))
}

type forwardingRow struct {
	Doc doc[application.Forwarding] `db:"doc"`
}

type noneRow struct {
	Doc doc[application.NoneReport] `db:"doc"`
}

var (
	forwardingOf  = query[forwardingRow](`SELECT {cols} FROM forwarding WHERE call = $1 AND unit = $2`)
	forwardingsOf = query[forwardingRow](`SELECT {cols} FROM forwarding WHERE call = $1 ORDER BY unit`)
	putForwarding = exec(`INSERT INTO forwarding (call, unit, at, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (call, unit) DO UPDATE SET at = excluded.at, doc = excluded.doc`)
	nonesOf = query[noneRow](`SELECT {cols} FROM none_report WHERE call = $1 ORDER BY unit`)
	putNone = exec(`INSERT INTO none_report (call, unit, at, doc) VALUES ($1, $2, $3, $4)`)
	delNone = exec(`DELETE FROM none_report WHERE call = $1 AND unit = $2`)
)

// Forwarding is a level's letter below it; ok is false when it wrote none.
func (tx *Tx) Forwarding(ctx context.Context, call string, u org.UnitID) (f application.Forwarding, ok bool, err error) {
	r, err := forwardingOf.one(ctx, tx, call, string(u))
	if IsNotFound(err) {
		return f, false, nil
	}
	return r.Doc.V, err == nil, err
}

// Forwardings are all letters of a call.
func (tx *Tx) Forwardings(ctx context.Context, call string) ([]application.Forwarding, error) {
	rs, err := forwardingsOf.all(ctx, tx, call)
	var fs []application.Forwarding
	for _, r := range rs {
		fs = append(fs, r.Doc.V)
	}
	return fs, err
}

// PutForwarding keeps a letter in place of an earlier one of the same unit.
func (tx *Tx) PutForwarding(ctx context.Context, call string, f application.Forwarding) error {
	return putForwarding.do(ctx, tx, call, string(f.Unit), at(tx.Now), doc[application.Forwarding]{f})
}

// NoneReports are all of a call (零报告).
func (tx *Tx) NoneReports(ctx context.Context, call string) ([]application.NoneReport, error) {
	rs, err := nonesOf.all(ctx, tx, call)
	var ns []application.NoneReport
	for _, r := range rs {
		ns = append(ns, r.Doc.V)
	}
	return ns, err
}

// AddNoneReport keeps one; a second of the same unit is ErrConflict.
func (tx *Tx) AddNoneReport(ctx context.Context, call string, n application.NoneReport) error {
	return putNone.do(ctx, tx, call, string(n.Unit), at(tx.Now), doc[application.NoneReport]{n})
}

// DropNoneReport takes a report back, because the unit recommends after all.
func (tx *Tx) DropNoneReport(ctx context.Context, call string, u org.UnitID) error {
	return delNone.do(ctx, tx, call, string(u))
}
