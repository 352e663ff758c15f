package desk

import (
	"context"
	"io"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/file"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// A SheetCase is one expert's sheet on one application, for the department.
type SheetCase struct {
	*Case
	Assignment review.Assignment
	Round      review.Round
}

// ScoringOf reads it.
func (d *Desk) ScoringOf(ctx context.Context, r Request, id application.ID, who org.PersonID) (c *SheetCase, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if err := application.MayList(t.by, application.ListReviews); err != nil {
			return err
		}
		k, err := t.open(id)
		if err != nil {
			return err
		}
		c = &SheetCase{}
		if c.Case, err = t.page(k); err != nil {
			return err
		}
		if c.Assignment, err = t.tx.Assignment(ctx, id, who); err != nil {
			return err
		}
		c.Round, err = t.tx.Round(ctx, c.Assignment.Round)
		return err
	})
	return c, err
}

// EnterPaper types in a sheet that an expert filled in on paper, with its scan.
func (d *Desk) EnterPaper(ctx context.Context, r Request, id application.ID, who org.PersonID, in review.Entry, declares bool, scan Sent) error {
	var p review.PaperSheet
	if scan.Size > 0 {
		if _, err := d.ScoringOf(ctx, r, id, who); err != nil {
			return err // nobody who may not file it fills the store
		}
		info, err := file.Inspect(ctx, scan.Body, scan.Size, scan.Name)
		if err != nil {
			return named(err)
		}
		sum, _, err := d.files.Put(ctx, io.NewSectionReader(scan.Body, 0, scan.Size))
		if err != nil {
			return err
		}
		p = review.PaperSheet{Scan: sum, ScanName: info.Name, ScanType: info.Type}
	}
	return d.onScoring(ctx, r, id, who, []any{in, declares, p.Scan}, func(t *turn, k dossier, x review.Round, as *review.Assignment) (event.Event, error) {
		e, err := as.EnterPaper(x, k.n, t.by, in, p, declares, t.now)
		if err != nil {
			return e, err
		}
		return e, t.tx.AddCallFile(ctx, t.tx.NewID(), x.Call, p.Scan)
	})
}

// OpenScan reads the scan of a paper sheet, of the last one or of one that was given back.
func (d *Desk) OpenScan(ctx context.Context, r Request, id application.ID, who org.PersonID, sum string) (p review.PaperSheet, body io.ReadSeekCloser, err error) {
	c, err := d.ScoringOf(ctx, r, id, who)
	if err != nil {
		return p, nil, err
	}
	papers := []*review.PaperSheet{c.Assignment.Paper}
	for _, e := range c.Assignment.Editions {
		papers = append(papers, e.Paper)
	}
	for _, x := range papers {
		if x != nil && x.Scan == sum {
			body, _, err = d.files.Open(ctx, sum)
			return *x, body, err
		}
	}
	return p, nil, named(store.ErrNotFound)
}

// CheckPaper is the second person's word on it.
func (d *Desk) CheckPaper(ctx context.Context, r Request, id application.ID, who org.PersonID, right bool, reason string) error {
	return d.onScoring(ctx, r, id, who, []any{right, reason}, func(t *turn, k dossier, x review.Round, as *review.Assignment) (event.Event, error) {
		return as.CheckPaper(x, k.n, t.by, right, reason, t.now)
	})
}
