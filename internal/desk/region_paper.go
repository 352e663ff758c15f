package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/store"
)

// SetPaperDue sets by when the paper copies must be at the centre (T24).
func (d *Desk) SetPaperDue(ctx context.Context, r Request, call string, to time.Time, reason string) error {
	return d.onCall(ctx, r, call, "call-paper-date", []any{call, to, reason}, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		return c.SetPaperDue(n, to, reason, t.by, t.now)
	})
}

// LogParcel takes in one delivery of paper and answers its id. p is what was read off it.
func (d *Desk) LogParcel(ctx context.Context, r Request, call string, p application.Parcel) (string, error) {
	return d.act(ctx, r, "parcel", onCall(call), []any{call, p}, func(t *turn) (string, error) {
		c, err := t.shownCall(call)
		if err != nil {
			return "", err
		}
		n, err := t.published(c.Notice)
		if err != nil {
			return "", err
		}
		no, err := t.tx.Next(t.ctx, fmt.Sprintf("parcel %d", n.Year))
		if err != nil {
			return "", err
		}
		p.ID, p.Number = t.tx.NewID(), fmt.Sprintf("QS%d-%04d", n.Year, no)
		p, e, err := c.LogParcel(n.Notice, p, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.AddParcel(t.ctx, p); err != nil {
			return "", err
		}
		return p.ID, t.record(e)
	})
}

// LogPaper counts the copies of one application in a parcel; the version code off the
// paper says which application it is.
func (d *Desk) LogPaper(ctx context.Context, r Request, parcel string, in application.PaperCount) error {
	_, err := d.act(ctx, r, application.ActPaper, onParcel(parcel), []any{parcel, in}, func(t *turn) (string, error) {
		if err := application.MayList(t.by, application.ListPaper); err != nil {
			return "", err // to nobody else does an answer say which parcels and codes there are
		}
		p, err := t.tx.Parcel(t.ctx, parcel)
		if err != nil {
			return "", err
		}
		id, err := t.coded(p, in.Code)
		if err != nil {
			return "", err
		}
		k, err := t.open(id)
		if err != nil {
			return "", err
		}
		e, err := k.LogPaper(k.n, p, in, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveApplication(t.ctx, k.Application); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

func onParcel(id string) event.Subject { return event.Subject{Kind: "parcel", ID: id} }

// coded finds the application whose version code stands on a sheet of paper.
func (t *turn) coded(p application.Parcel, code string) (application.ID, error) {
	id, _, err := t.tx.ByCode(t.ctx, filing.TidyCode(code))
	if !store.IsNotFound(err) {
		return id, err
	}
	c, err := t.tx.Call(t.ctx, p.Call)
	if err != nil {
		return "", err
	}
	n, err := t.published(c.Notice)
	if err != nil {
		return "", err
	}
	return "", application.NoSuchCode(n.Notice, code)
}

// LogFate notes what became of some copies of an application in a parcel.
func (d *Desk) LogFate(ctx context.Context, r Request, parcel string, id application.ID, f application.Fate) error {
	return d.on(ctx, r, id, application.ActPaper, []any{parcel, id, f}, func(t *turn, k dossier) (event.Event, error) {
		return k.LogFate(k.n, parcel, f, t.by, t.now)
	})
}

// A PaperLine is one application with the paper that came of it.
type PaperLine struct {
	*application.Application
	Forms    int  // copies of the form that are still missing
	Evidence bool // no copy of the evidence came: only pointed out (T22)
}

// A PaperPage is the log of a call's paper.
type PaperPage struct {
	Office
	Parcels []ParcelLine
	Lines   []PaperLine // every application at the region, those that lack something first
}

// A ParcelLine is one parcel with what was in it.
type ParcelLine struct {
	application.Parcel
	Items []PaperLine
}

// Log is what the parcel held of an application.
func (p ParcelLine) Log(a *application.Application) application.PaperLog {
	for _, l := range a.Copies {
		if l.Parcel == p.ID {
			return l
		}
	}
	return application.PaperLog{}
}

// atRegion are the states of applications whose paper the centre waits for.
var atRegion = []application.State{application.Checking, application.Reviewing, application.Deciding, application.Proposed, application.Recognised, application.NotRecognised}

// Paper reads the log of a call's paper.
func (d *Desk) Paper(ctx context.Context, r Request, call string) (*PaperPage, error) {
	p := &PaperPage{}
	err := d.read(ctx, r, func(t *turn) (err error) {
		if p.Office, err = t.office(call, application.ListPaper); err != nil {
			return err
		}
		rows, err := t.tx.AllApplications(ctx, application.Filter{Call: call, States: atRegion}, listMax)
		if err != nil {
			return err
		}
		for _, row := range rows {
			l, err := t.paperLine(row.ID)
			if err != nil {
				return err
			}
			p.Lines = append(p.Lines, l)
		}
		slices.SortStableFunc(p.Lines, func(a, b PaperLine) int { return b.Forms - a.Forms })
		ps, err := t.tx.Parcels(ctx, call)
		for _, x := range ps {
			p.Parcels = append(p.Parcels, ParcelLine{Parcel: x, Items: within(p.Lines, x.ID)})
		}
		return err
	})
	return p, err
}

func within(lines []PaperLine, parcel string) []PaperLine {
	var out []PaperLine
	for _, l := range lines {
		if slices.ContainsFunc(l.Copies, func(x application.PaperLog) bool { return x.Parcel == parcel }) {
			out = append(out, l)
		}
	}
	return out
}

func (t *turn) paperLine(id application.ID) (PaperLine, error) {
	k, err := t.dossier(id)
	if err != nil {
		return PaperLine{}, err
	}
	l := PaperLine{Application: k.Application}
	l.Forms, l.Evidence = k.PaperLacks(k.n)
	return l, nil
}

// A ParcelPage is one parcel.
type ParcelPage struct {
	Office
	ParcelLine
}

// Parcel reads one parcel with what was logged of it. The facts say which applications
// were in it, so the page does not grow with the call.
func (d *Desk) Parcel(ctx context.Context, r Request, id string) (*ParcelPage, error) {
	p := &ParcelPage{}
	err := d.read(ctx, r, func(t *turn) error {
		if err := application.MayList(t.by, application.ListPaper); err != nil {
			return err
		}
		x, err := t.tx.Parcel(ctx, id)
		if err != nil {
			return err
		}
		p.Parcel = x
		if p.Office, err = t.office(x.Call, application.ListPaper); err != nil {
			return err
		}
		var facts []event.Event
		for _, kind := range []event.Kind{application.PaperLogged, application.PaperAsked} {
			some, err := t.tx.Log(ctx, store.FactFilter{Call: x.Call, Kind: string(kind), Outcome: event.OK}, listMax)
			if err != nil {
				return err
			}
			facts = append(facts, some...)
		}
		slices.SortFunc(facts, func(a, b event.Event) int { return cmp.Compare(a.Seq, b.Seq) })
		for _, e := range facts {
			if e.Detail["receipt"] != x.Number {
				continue
			}
			l, err := t.paperLine(application.ID(e.On.ID))
			if err != nil {
				return err
			}
			p.Items = append(p.Items, l)
		}
		return nil
	})
	return p, err
}
