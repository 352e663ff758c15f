package desk

import (
	"context"
	"io"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/file"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// A matter is a call with its notice, as far as its decision goes.
type matter struct {
	call *application.Call
	n    *notice.Notice
}

func (t *turn) matter(call string) (k matter, err error) {
	if k.call, err = t.shownCall(call); err != nil {
		return k, err
	}
	p, err := t.published(k.call.Notice)
	k.n = p.Notice
	return k, err
}

// sheet is the call's open decision sheet for whoever may read it; for anybody else there
// is none.
func (t *turn) sheet(call string) (*application.DecisionSheet, matter, error) {
	k, err := t.matter(call)
	if err != nil {
		return nil, k, err
	}
	s, err := t.tx.LiveSheet(t.ctx, call)
	if err == nil && !s.Sees(t.by) {
		err = store.ErrNotFound
	}
	return s, k, err
}

// onDecision runs an act on the call's open sheet: f answers a fact of the sheet and, where
// the sheet decides, one of each application on the list that it is given.
func (d *Desk) onDecision(ctx context.Context, r Request, call, name string, body any, f func(*turn, *application.DecisionSheet, matter, []application.Entry) ([]event.Event, error)) error {
	_, err := d.act(ctx, r, name, onCall(call), []any{call, body}, func(t *turn) (string, error) {
		s, k, err := t.sheet(call)
		if err != nil {
			return "", err
		}
		list, err := t.entries(call)
		if err != nil {
			return "", err
		}
		facts, err := f(t, s, k, list)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveSheet(t.ctx, s); err != nil {
			return "", err
		}
		if err := t.record(facts[0]); err != nil {
			return "", err
		}
		for i, e := range facts[1:] {
			if err := t.keep(dossier{Application: list[i].Application}, true, e); err != nil {
				return "", err
			}
		}
		return "", nil
	})
	return err
}

// WriteSheet keeps what staff write on the call's decision sheet, which comes into being
// with it; done asks for a whole one.
func (d *Desk) WriteSheet(ctx context.Context, r Request, call string, w application.Writing, done bool) error {
	_, err := d.act(ctx, r, application.ActSheetWrite, onCall(call), []any{call, w, done}, func(t *turn) (string, error) {
		return "", t.writeSheet(call, w, done)
	})
	return err
}

func (t *turn) writeSheet(call string, w application.Writing, done bool) error {
	if err := application.MayList(t.by, application.ListRanking); err != nil {
		return err // how long the list is is nobody else's to hear
	}
	k, err := t.matter(call)
	if err != nil {
		return err
	}
	lines, err := t.ranked(call, application.Deciding)
	if err != nil {
		return err
	}
	if err := t.advise(call, lines); err != nil {
		return err
	}
	list := entriesOf(lines)
	all, err := t.tx.DecisionSheets(t.ctx, call)
	if err != nil {
		return err
	}
	s := application.NewSheet(t.tx.NewID(), k.call, len(all)+1)
	save := t.tx.AddSheet
	if i := slices.IndexFunc(all, func(x *application.DecisionSheet) bool { return x.State != application.SheetReleased }); i >= 0 {
		s, save = all[i], t.tx.SaveSheet
	}
	e, err := s.Write(k.n, k.call, list, w, done, t.by, t.now)
	if err != nil {
		return err
	}
	if err := save(t.ctx, s); err != nil {
		return err
	}
	return t.record(e)
}

// A Named is a post that is asked to countersign, for an office.
type Named struct {
	Post   org.PostID
	Office string
}

// SendSheet gives the sheet to those who countersign and approve.
func (d *Desk) SendSheet(ctx context.Context, r Request, call string, who []Named, inOrder bool) error {
	return d.onDecision(ctx, r, call, application.ActSheetSend, []any{who, inOrder}, func(t *turn, s *application.DecisionSheet, k matter, list []application.Entry) ([]event.Event, error) {
		posts, err := t.countersigning()
		if err != nil {
			return nil, err
		}
		var cs []application.Countersign
		for _, w := range who {
			i := slices.IndexFunc(posts, func(p SignPost) bool { return p.Post == w.Post })
			if i < 0 {
				return nil, store.ErrNotFound
			}
			cs = append(cs, application.Countersign{Person: string(posts[i].Person), Name: posts[i].Name, Post: string(w.Post), Office: w.Office})
		}
		before, err := t.distribution(lineSpread(s.Lines))
		if err != nil {
			return nil, err
		}
		return one(s.Send(k.n, k.call, list, before, cs, inOrder, t.by, t.now))
	})
}

func one(e event.Event, err error) ([]event.Event, error) { return []event.Event{e}, err }

// TakeSheetBack ends the round on the drafters' wish.
func (d *Desk) TakeSheetBack(ctx context.Context, r Request, call, reason string) error {
	return d.onDecision(ctx, r, call, application.ActSheetTake, reason, func(t *turn, s *application.DecisionSheet, k matter, _ []application.Entry) ([]event.Event, error) {
		return one(s.TakeBack(k.n, reason, t.by, t.now))
	})
}

// Countersign is the word of one office on the sheet with that hash.
func (d *Desk) Countersign(ctx context.Context, r Request, call, outcome, words, hash string) error {
	return d.onDecision(ctx, r, call, application.ActCountersign, []string{outcome, words, hash}, func(t *turn, s *application.DecisionSheet, k matter, _ []application.Entry) ([]event.Event, error) {
		return one(s.Countersign(k.n, outcome, words, hash, t.by, t.now))
	})
}

// ApproveSheet is the word of an approving body on the sheet with that hash.
func (d *Desk) ApproveSheet(ctx context.Context, r Request, call, outcome, words, hash string) error {
	return d.onDecision(ctx, r, call, application.ActApprove, []string{outcome, words, hash}, func(t *turn, s *application.DecisionSheet, k matter, list []application.Entry) ([]event.Event, error) {
		return s.Approve(k.n, list, outcome, words, hash, t.by, t.now)
	})
}

// ConfirmScan is the second person's word on an approval that was signed on paper.
func (d *Desk) ConfirmScan(ctx context.Context, r Request, call string, body org.UnitID, shows bool, code, reason string) error {
	return d.onDecision(ctx, r, call, application.ActScanConfirm, []any{body, shows, code, reason}, func(t *turn, s *application.DecisionSheet, k matter, list []application.Entry) ([]event.Event, error) {
		return s.ConfirmScan(k.n, body, shows, code, reason, list, t.by, t.now)
	})
}

// AddMinutes puts the minutes of the deciding meeting on the sheet.
func (d *Desk) AddMinutes(ctx context.Context, r Request, call string, f Sent) error {
	return d.sheetFile(ctx, r, call, application.ActSheetMinutes, f, nil, func(t *turn, s *application.DecisionSheet, k matter, x application.SheetFile, _ []application.Entry) (event.Event, error) {
		return s.Minute(k.n, x, t.by, t.now)
	})
}

// ScanApproval puts an approval that was signed on paper on the sheet.
func (d *Desk) ScanApproval(ctx context.Context, r Request, call string, body org.UnitID, signer, date string, f Sent) error {
	return d.sheetFile(ctx, r, call, application.ActScan, f, []any{body, signer, date}, func(t *turn, s *application.DecisionSheet, k matter, x application.SheetFile, list []application.Entry) (event.Event, error) {
		return s.Scan(k.n, body, application.PaperSign{File: x, Signer: signer, Date: date}, list, t.by, t.now)
	})
}

// sheetFile takes a file in for the sheet: asked first, inspected, kept under its hash,
// then committed with its fact, as AddFile does for an application.
func (d *Desk) sheetFile(ctx context.Context, r Request, call, name string, f Sent, body any, do func(*turn, *application.DecisionSheet, matter, application.SheetFile, []application.Entry) (event.Event, error)) error {
	info, sum, err := d.takeSheetFile(ctx, r, call, name, f)
	if err = named(err); err != nil {
		if refused(err) {
			d.denied(ctx, r, name, onCall(call), err)
		}
		return err
	}
	return d.onDecision(ctx, r, call, name, []any{body, sum}, func(t *turn, s *application.DecisionSheet, k matter, list []application.Entry) ([]event.Event, error) {
		x := application.SheetFile{ID: t.tx.NewID(), Name: info.Name, Type: info.Type, Size: f.Size, Pages: info.Pages, SHA256: sum, By: t.by.Actor, At: t.now}
		e, err := do(t, s, k, x, list)
		if err != nil {
			return nil, err
		}
		return []event.Event{e}, t.tx.AddCallFile(t.ctx, x.ID, call, sum)
	})
}

func (d *Desk) takeSheetFile(ctx context.Context, r Request, call, name string, f Sent) (info file.Info, sum string, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		s, _, err := t.sheet(call)
		if err != nil {
			return err
		}
		return s.May(t.by, name)
	})
	if err != nil {
		return info, "", err
	}
	if info, err = file.Inspect(ctx, f.Body, f.Size, f.Name); err != nil {
		return info, "", err
	}
	sum, _, err = d.files.Put(ctx, io.NewSectionReader(f.Body, 0, f.Size))
	return info, sum, err
}

// OpenSheetFile reads a file of one of the call's sheets that the actor may read.
func (d *Desk) OpenSheetFile(ctx context.Context, r Request, call, id string) (f application.SheetFile, body io.ReadSeekCloser, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if _, err := t.matter(call); err != nil {
			return err
		}
		ss, err := t.tx.DecisionSheets(ctx, call)
		if err != nil {
			return err
		}
		for _, s := range ss {
			fs := s.Files()
			if i := slices.IndexFunc(fs, func(x application.SheetFile) bool { return x.ID == id }); i >= 0 && s.Sees(t.by) {
				f = fs[i]
				return nil
			}
		}
		return store.ErrNotFound
	})
	if err != nil {
		return f, nil, err
	}
	body, _, err = d.files.Open(ctx, f.SHA256)
	return f, body, err
}

// SetBudget sets what the start-up grants of a call may come to, with a reason.
func (d *Desk) SetBudget(ctx context.Context, r Request, call string, fen int64, reason string) error {
	return d.onCall(ctx, r, call, "call-setting", []any{"budget_fen", fen, reason}, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		live, err := t.live(call)
		if err != nil {
			return event.Event{}, err
		}
		return c.SetBudget(n, live, fen, reason, t.by, t.now)
	})
}

// SetJoint sets the body that approves beside the department, with a reason; "" is none.
func (d *Desk) SetJoint(ctx context.Context, r Request, call string, unit org.UnitID, reason string) error {
	return d.onCall(ctx, r, call, "call-setting", []any{"joint", unit, reason}, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		live, err := t.live(call)
		if err != nil {
			return event.Event{}, err
		}
		u := org.Unit{}
		if unit != "" {
			if u, err = t.tx.Unit(t.ctx, unit); err != nil {
				return event.Event{}, err
			}
		}
		return c.SetJoint(n, live, u, reason, t.by, t.now)
	})
}

// live is the call's open sheet, or nil.
func (t *turn) live(call string) (*application.DecisionSheet, error) {
	s, err := t.tx.LiveSheet(t.ctx, call)
	if store.IsNotFound(err) {
		return nil, nil
	}
	return s, err
}
