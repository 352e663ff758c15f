package store

import (
	"context"
	"slices"

	"shenbao/internal/application"
)

type sheetRow struct {
	Version int                            `db:"version"`
	Doc     doc[application.DecisionSheet] `db:"doc"`
}

var (
	sheetByID   = query[sheetRow](`SELECT {cols} FROM decision_sheet WHERE id = $1`)
	sheetsOf    = query[sheetRow](`SELECT {cols} FROM decision_sheet WHERE call = $1 ORDER BY n`)
	sheetsLive  = query[sheetRow](`SELECT {cols} FROM decision_sheet WHERE state <> 'released' ORDER BY id`)
	sheetsAll   = query[sheetRow](`SELECT {cols} FROM decision_sheet ORDER BY id`)
	insertSheet = exec(`INSERT INTO decision_sheet (id, call, n, state, version, doc) VALUES ($1, $2, $3, $4, 1, $5)`)
	updateSheet = exec(`UPDATE decision_sheet SET state = $1, version = version + 1, doc = $2 WHERE id = $3 AND version = $4`)

	insertCallFile = exec(`INSERT INTO call_file (id, call, sha, at) VALUES ($1, $2, $3, $4)`)
	callFileHashes = query[string](`SELECT DISTINCT sha FROM call_file ORDER BY sha`)
)

func sheets(rs []sheetRow, err error) ([]*application.DecisionSheet, error) {
	var out []*application.DecisionSheet
	for _, r := range rs {
		s := r.Doc.V
		s.Version = r.Version
		out = append(out, &s)
	}
	return out, err
}

// DecisionSheet finds one.
func (tx *Tx) DecisionSheet(ctx context.Context, id string) (*application.DecisionSheet, error) {
	ss, err := sheets(sheetByID.all(ctx, tx, id))
	if err == nil && len(ss) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return ss[0], nil
}

// DecisionSheets are those of a call, the first one first.
func (tx *Tx) DecisionSheets(ctx context.Context, call string) ([]*application.DecisionSheet, error) {
	return sheets(sheetsOf.all(ctx, tx, call))
}

// LiveSheet is the call's sheet that is not released; ErrNotFound when there is none.
func (tx *Tx) LiveSheet(ctx context.Context, call string) (*application.DecisionSheet, error) {
	ss, err := tx.DecisionSheets(ctx, call)
	i := slices.IndexFunc(ss, func(s *application.DecisionSheet) bool { return s.State != application.SheetReleased })
	if err == nil && i < 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return ss[i], nil
}

// LiveSheets are those of all calls that are not released.
func (tx *Tx) LiveSheets(ctx context.Context) ([]*application.DecisionSheet, error) {
	return sheets(sheetsLive.all(ctx, tx))
}

// AllSheets are all that there are.
func (tx *Tx) AllSheets(ctx context.Context) ([]*application.DecisionSheet, error) {
	return sheets(sheetsAll.all(ctx, tx))
}

// AddSheet keeps a new one. A second open one of the call is ErrTaken: the index has the
// last word.
func (tx *Tx) AddSheet(ctx context.Context, s *application.DecisionSheet) error {
	s.Version = 1
	return insertSheet.do(ctx, tx, s.ID, s.Call, s.N, string(s.State), doc[*application.DecisionSheet]{s})
}

// SaveSheet keeps a changed one, or says ErrConflict when another act was faster.
func (tx *Tx) SaveSheet(ctx context.Context, s *application.DecisionSheet) error {
	if err := updateSheet.set(ctx, tx, string(s.State), doc[*application.DecisionSheet]{s}, s.ID, s.Version); err != nil {
		return err
	}
	s.Version++
	return nil
}

// AddCallFile names a file that a call has beside those of its applications: its bytes,
// stored before this under their hash, belong to somebody.
func (tx *Tx) AddCallFile(ctx context.Context, id, call, sha string) error {
	return insertCallFile.do(ctx, tx, id, call, sha, at(tx.Now))
}

// CallFileHashes are the hashes of all of them.
func (tx *Tx) CallFileHashes(ctx context.Context) ([]string, error) {
	return callFileHashes.all(ctx, tx)
}
