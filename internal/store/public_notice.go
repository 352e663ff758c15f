package store

import (
	"context"

	"shenbao/internal/application"
	"shenbao/internal/filing"
)

type (
	publicNoticeRow struct {
		Version int                      `db:"version"`
		Doc     doc[filing.PublicNotice] `db:"doc"`
	}
	objectionRow struct {
		Version int                   `db:"version"`
		Doc     doc[filing.Objection] `db:"doc"`
	}
)

func (r publicNoticeRow) notice() filing.PublicNotice {
	p := r.Doc.V
	p.Version = r.Version
	return p
}

func (r objectionRow) objection() filing.Objection {
	o := r.Doc.V
	o.Version = r.Version
	return o
}

var (
	publicNoticeByID   = query[publicNoticeRow](`SELECT {cols} FROM public_notice WHERE id = $1`)
	publicNoticesOf    = query[publicNoticeRow](`SELECT {cols} FROM public_notice WHERE call = $1 ORDER BY at, id`)
	publicNoticesAll   = query[publicNoticeRow](`SELECT {cols} FROM public_notice ORDER BY at DESC, id DESC LIMIT 200`)
	insertPublicNotice = exec(`INSERT INTO public_notice (id, call, at, version, doc) VALUES ($1, $2, $3, 1, $4)`)
	updatePublicNotice = exec(`UPDATE public_notice SET version = version + 1, doc = $1 WHERE id = $2 AND version = $3`)
	objectionByID      = query[objectionRow](`SELECT {cols} FROM objection WHERE id = $1`)
	objectionByNumber  = query[objectionRow](`SELECT {cols} FROM objection WHERE number = $1`)
	objectionsOf       = query[objectionRow](`SELECT {cols} FROM objection WHERE call = $1 ORDER BY at, number`)
	objectionsTo       = query[objectionRow](`SELECT {cols} FROM objection WHERE application = $1 ORDER BY at, number`)
	insertObjection    = exec(`INSERT INTO objection (id, number, call, application, state, at, version, doc) VALUES ($1, $2, $3, $4, $5, $6, 1, $7)`)
	updateObjection    = exec(`UPDATE objection SET state = $1, version = version + 1, doc = $2 WHERE id = $3 AND version = $4`)
)

// PublicNotice finds one.
func (tx *Tx) PublicNotice(ctx context.Context, id string) (filing.PublicNotice, error) {
	r, err := publicNoticeByID.one(ctx, tx, id)
	return r.notice(), err
}

func publicNotices(rs []publicNoticeRow, err error) ([]filing.PublicNotice, error) {
	var ps []filing.PublicNotice
	for _, r := range rs {
		ps = append(ps, r.notice())
	}
	return ps, err
}

// PublicNotices are those of a call, the first one first.
func (tx *Tx) PublicNotices(ctx context.Context, call string) ([]filing.PublicNotice, error) {
	return publicNotices(publicNoticesOf.all(ctx, tx, call))
}

// AllPublicNotices are the newest of all calls, for the public's page.
func (tx *Tx) AllPublicNotices(ctx context.Context) ([]filing.PublicNotice, error) {
	return publicNotices(publicNoticesAll.all(ctx, tx))
}

// AddPublicNotice keeps a new one.
func (tx *Tx) AddPublicNotice(ctx context.Context, p filing.PublicNotice) error {
	return insertPublicNotice.do(ctx, tx, p.ID, p.Call, at(p.At), doc[filing.PublicNotice]{p})
}

// SavePublicNotice keeps a changed one, or says ErrConflict.
func (tx *Tx) SavePublicNotice(ctx context.Context, p filing.PublicNotice) error {
	return updatePublicNotice.set(ctx, tx, doc[filing.PublicNotice]{p}, p.ID, p.Version)
}

// Objection finds one.
func (tx *Tx) Objection(ctx context.Context, id string) (filing.Objection, error) {
	r, err := objectionByID.one(ctx, tx, id)
	return r.objection(), err
}

// ObjectionNumbered finds one by the number of its receipt.
func (tx *Tx) ObjectionNumbered(ctx context.Context, number string) (filing.Objection, error) {
	r, err := objectionByNumber.one(ctx, tx, number)
	return r.objection(), err
}

func objections(rs []objectionRow, err error) ([]filing.Objection, error) {
	var os []filing.Objection
	for _, r := range rs {
		os = append(os, r.objection())
	}
	return os, err
}

// Objections are all of a call, the first one first.
func (tx *Tx) Objections(ctx context.Context, call string) ([]filing.Objection, error) {
	return objections(objectionsOf.all(ctx, tx, call))
}

// ObjectionsTo are those against one application.
func (tx *Tx) ObjectionsTo(ctx context.Context, id application.ID) ([]filing.Objection, error) {
	return objections(objectionsTo.all(ctx, tx, string(id)))
}

// AddObjection keeps a new one.
func (tx *Tx) AddObjection(ctx context.Context, o filing.Objection) error {
	return insertObjection.do(ctx, tx, o.ID, o.Number, o.Call, o.Application, string(o.State), at(o.At), doc[filing.Objection]{o})
}

// SaveObjection keeps a changed one, or says ErrConflict.
func (tx *Tx) SaveObjection(ctx context.Context, o filing.Objection) error {
	return updateObjection.set(ctx, tx, string(o.State), doc[filing.Objection]{o}, o.ID, o.Version)
}
