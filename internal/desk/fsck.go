package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/file"
	"shenbao/internal/store"
)

// A Report is what fsck found.
type Report struct {
	Facts        int64
	Applications int
	Versions     int
	Files        int
	Unnamed      int // files that no case has: left by a crash between bytes and row; no fault
	Problems     []string
}

// Fsck asks whether everything is sound: the log is whole and unchanged (R138), frozen
// versions match their hashes, opinions bind to versions that exist, places and seats
// agree with the applications, and every file is there and has its content.
func (d *Desk) Fsck(ctx context.Context, now time.Time) (Report, error) {
	var rep Report
	named := map[string]bool{}
	err := d.db.Read(ctx, now, func(tx *store.Tx) error {
		var err error
		if rep.Facts, rep.Problems, err = tx.CheckLog(ctx); err != nil {
			return err
		}
		if err := rep.applications(ctx, tx); err != nil {
			return err
		}
		hashes, err := tx.EvidenceHashes(ctx)
		if err != nil {
			return err
		}
		for _, h := range hashes {
			named[h] = true
			ok, err := d.files.Has(ctx, h)
			if err != nil {
				return err
			}
			if !ok {
				rep.say("file %s: a case has it, its bytes are gone", h)
			}
		}
		return nil
	})
	if err != nil {
		return rep, err
	}
	rep.Files, err = file.Verify(ctx, d.files, func(sum string, err error) {
		if !errors.Is(err, fs.ErrNotExist) {
			rep.say("file %s: %v", sum, err)
		}
	})
	if err != nil {
		return rep, err
	}
	return rep, d.files.Walk(ctx, func(sum string, _ int64) error {
		if !named[sum] {
			rep.Unnamed++
		}
		return nil
	})
}

func (r *Report) say(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// applications walks all of them, page by page.
func (r *Report) applications(ctx context.Context, tx *store.Tx) error {
	for f := (application.Filter{}); ; {
		rows, err := tx.AllApplications(ctx, f, 500)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			if err := r.application(ctx, tx, row); err != nil {
				return err
			}
		}
		f.Before = rows[len(rows)-1].ID
	}
}

func (r *Report) application(ctx context.Context, tx *store.Tx, row application.Row) error {
	a, err := tx.Application(ctx, row.ID)
	if err != nil {
		return err
	}
	r.Applications++
	if row.State != a.State || row.Holder != a.Holder() || row.Number != a.Number {
		r.say("application %s: its list columns differ from its content", a.ID)
	}
	for _, v := range a.Versions {
		c, err := tx.Frozen(ctx, a.ID, v.N)
		r.Versions++
		switch {
		case store.IsNotFound(err):
			r.say("application %s: version %d is gone", a.ID, v.N)
		case err != nil:
			return err
		case c.Sum() != v.Hash:
			r.say("application %s: version %d was changed after it was signed", a.ID, v.N)
		}
	}
	for _, p := range a.Problems() {
		r.say("application %s: %s", a.ID, p)
	}
	if len(a.Route.Steps) == 0 {
		return nil
	}
	places, err := tx.Places(ctx, a.Call, a.Route.Recommender().Unit)
	if err != nil {
		return err
	}
	held := false
	for _, p := range places {
		held = held || p.Application == a.ID
	}
	if held != a.HoldsPlace() {
		r.say("application %s: state %s, holds a place: %v", a.ID, a.State, held)
	}
	return nil
}
