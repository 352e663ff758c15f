package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
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

	holds map[application.ID]bool // applications with a place
}

// Fsck asks whether everything is sound: the log is whole and unchanged (R138), frozen
// versions match their hashes, draws and matches can be repeated from their records, opinions bind to versions that exist, places and seats
// agree with the applications, bases with decisions, and every file that a case speaks of
// is there and has its content.
func (d *Desk) Fsck(ctx context.Context, now time.Time) (Report, error) {
	var rep Report
	named := map[string]bool{}
	err := d.db.Read(ctx, now, func(tx *store.Tx) error {
		var err error
		if rep.Facts, rep.Problems, err = tx.CheckLog(ctx); err != nil {
			return err
		}
		if err := rep.places(ctx, tx); err != nil {
			return err
		}
		if err := rep.applications(ctx, tx); err != nil {
			return err
		}
		if err := rep.bases(ctx, tx); err != nil {
			return err
		}
		if err := rep.sheets(ctx, tx); err != nil {
			return err
		}
		if err := rep.protocols(ctx, tx); err != nil {
			return err
		}
		hashes, err := tx.EvidenceHashes(ctx)
		if err != nil {
			return err
		}
		more, err := tx.CallFileHashes(ctx)
		if err != nil {
			return err
		}
		for _, h := range append(hashes, more...) {
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
	live, err := tx.IsLive(ctx, a.ID)
	if err != nil {
		return err
	}
	if row != listed(a) || live != a.Live() {
		r.say("application %s: its list columns differ from its content", a.ID)
	}
	seats, err := tx.SeatsOf(ctx, a.ID)
	if err != nil {
		return err
	}
	want := a.Seats()
	slices.SortFunc(want, func(x, y application.Seat) int { return cmp.Compare(x.Unit, y.Unit) })
	if !slices.Equal(seats, want) {
		r.say("application %s: it is seen by others than it should be: seats %v, not %v", a.ID, seats, want)
	}
	if a.HoldsPlace() && !r.holds[a.ID] {
		r.say("application %s: in state %s it should hold a place and has none", a.ID, a.State)
	}
	for _, p := range a.Problems() {
		r.say("application %s: %s", a.ID, p)
	}
	return r.versions(ctx, tx, a)
}

// listed is the line that lists show of an application.
func listed(a *application.Application) application.Row {
	row := application.Row{ID: a.ID, Number: a.Number, Call: a.Call, Unit: a.Unit, UnitName: a.UnitName, BaseName: a.BaseName, HostKind: a.HostKind,
		Division: a.Division, State: a.State, Holder: a.Holder(), HolderName: a.HolderName(), Self: a.Route.Self(), Mean: a.Mean, Rank: a.Rank,
		Submitted: kept(a.Submitted), Moved: kept(a.Moved), Due: kept(a.Due())}
	if len(a.Route.Steps) > 0 {
		row.Recommender, row.RecommenderName = a.Route.Recommender().Unit, a.Route.Recommender().Name
	}
	return row
}

// kept is an instant as the database keeps it.
func kept(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// versions compares what was signed with what is kept of it: the content with its hash,
// and the files that it names, and the scans of the seals, with the files of the case.
func (r *Report) versions(ctx context.Context, tx *store.Tx, a *application.Application) error {
	es, err := tx.Evidence(ctx, a.ID)
	if err != nil {
		return err
	}
	files := map[string]string{}
	for _, e := range es {
		files[e.ID] = e.SHA256
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
		for _, f := range c.Evidence {
			if files[f.ID] != f.SHA256 {
				r.say("application %s: file %s of version %d is not that of the case", a.ID, f.ID, v.N)
			}
		}
	}
	for _, o := range a.Opinions {
		if o.Seal != nil && files[o.Seal.File] == "" {
			r.say("application %s: the scan of the seal of %s is gone", a.ID, o.UnitName)
		}
	}
	n, err := tx.FrozenCount(ctx, a.ID)
	if err == nil && n != int64(len(a.Versions)) {
		r.say("application %s: %d versions are kept, it has %d", a.ID, n, len(a.Versions))
	}
	return err
}

// places compares the places that are taken with the applications that should hold one.
func (r *Report) places(ctx context.Context, tx *store.Tx) error {
	ps, err := tx.HeldPlaces(ctx)
	if err != nil {
		return err
	}
	r.holds = map[application.ID]bool{}
	for _, p := range ps {
		r.holds[p.Application] = true
		a, err := tx.Application(ctx, p.Application)
		switch {
		case store.IsNotFound(err):
			r.say("place %d of %s: application %s, which holds it, is not there", p.N, p.Unit, p.Application)
		case err != nil:
			return err
		case !a.HoldsPlace() || a.Call != p.Call || string(a.Route.Recommender().Unit) != p.Unit:
			r.say("place %d of %s: application %s in state %s holds it and should not", p.N, p.Unit, a.ID, a.State)
		}
	}
	return nil
}

// sheets compares what was signed on decision sheets with what is kept of them, and with
// the applications that they decided.
func (r *Report) sheets(ctx context.Context, tx *store.Tx) error {
	ss, err := tx.AllSheets(ctx)
	if err != nil {
		return err
	}
	for _, s := range ss {
		for _, p := range s.Problems() {
			r.say("decision sheet %s: %s", s.ID, p)
		}
		if s.State != application.SheetApproved && s.State != application.SheetReleased {
			continue
		}
		for _, l := range s.Lines {
			a, err := tx.Application(ctx, l.Application)
			if err != nil {
				return err
			}
			if a.Decision == nil || a.Decision.Sheet != s.ID {
				r.say("decision sheet %s: application %s was not decided by it", s.ID, a.ID)
			}
		}
	}
	return nil
}

// bases compares the register with the decisions.
func (r *Report) bases(ctx context.Context, tx *store.Tx) error {
	bs, err := tx.Bases(ctx)
	for _, b := range bs {
		a, err := tx.Application(ctx, application.ID(b.Application))
		switch {
		case store.IsNotFound(err):
			r.say("base %s: the application that it came from is not there", b.ID)
		case err != nil:
			return err
		case a.State != application.Recognised || a.Decision == nil || a.Decision.Plaque != b.Plaque.Number:
			r.say("base %s: application %s was not decided so", b.ID, a.ID)
		}
	}
	return err
}
