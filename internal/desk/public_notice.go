package desk

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/file"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/internal/store"
	"shenbao/workday"
)

// Acts about public notices and objections.
const (
	actPublicNotice = "public-notice"
	actObjection    = "objection"
)

// zone is the clock by which days are counted (domain: Asia/Shanghai, no summer time).
var zone = time.FixedZone("", 8*3600)

// A NoticePlan is what staff choose before a public notice is posted.
type NoticePlan struct {
	Title       string
	Days        int
	Working     bool // working days; calendar days otherwise
	FirstCounts bool
	Contact     filing.Contact
}

// proposed are the recognitions of a call that are approved and not released, by rank.
func (t *turn) proposed(call string) ([]dossier, error) {
	rows, err := t.tx.Ranked(t.ctx, application.Filter{Call: call, States: []application.State{application.Proposed}}, rankMax)
	var out []dossier
	for _, row := range rows {
		k, err := t.dossier(row.ID)
		if err != nil {
			return nil, err
		}
		if k.Decision != nil && k.Decision.Recognised {
			out = append(out, k)
		}
	}
	return out, err
}

// unlisted are the proposed ones that stand on no notice which runs or has run.
func (t *turn) unlisted(call string, notices []filing.PublicNotice) (out []dossier, err error) {
	all, err := t.proposed(call)
	for _, k := range all {
		if !slices.ContainsFunc(notices, func(p filing.PublicNotice) bool { return p.Lists(string(k.ID)) && p.Ended.IsZero() }) {
			out = append(out, k)
		}
	}
	return out, err
}

// period computes the days of a notice that is posted now.
func (t *turn) period(p NoticePlan) (filing.Period, error) {
	first := workday.On(t.now.In(zone))
	x := filing.Period{First: first.String(), Days: p.Days, Working: p.Working, FirstCounts: p.FirstCounts}
	last := first + workday.Date(p.Days)
	if p.FirstCounts {
		last--
	}
	if p.Working {
		c, err := t.calendar()
		if err != nil {
			return x, err
		}
		span := c.Add(first, p.Days, p.FirstCounts)
		last, x.Unannounced = span.End, span.Unannounced
	}
	x.Last, x.Until = last.String(), (last + 1).In(zone)
	return x, nil
}

// PostNotice lays the approved list open and answers the notice's id.
func (d *Desk) PostNotice(ctx context.Context, r Request, call string, in NoticePlan) (string, error) {
	return d.act(ctx, r, actPublicNotice, onCall(call), []any{call, in}, func(t *turn) (string, error) {
		if err := application.MayList(t.by, application.ListNotices); err != nil {
			return "", err
		}
		notices, err := t.tx.PublicNotices(ctx, call)
		if err != nil {
			return "", err
		}
		todo, err := t.unlisted(call, notices)
		if err != nil {
			return "", err
		}
		places, err := t.places()
		if err != nil {
			return "", err
		}
		p := filing.PublicNotice{ID: t.tx.NewID(), Call: call, N: len(notices) + 1, Title: in.Title, Contact: in.Contact}
		for _, k := range todo {
			league, place := places.of(k.Division)
			p.Sheet = k.Decision.Sheet
			p.Lines = append(p.Lines, filing.Listed{Application: string(k.ID), Base: k.BaseName, Unit: k.UnitName, Recommender: k.Route.Recommender().Name, Place: league + place})
		}
		if p.Period, err = t.period(in); err != nil {
			return "", err
		}
		p, e, err := p.Post(t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.AddPublicNotice(ctx, p); err != nil {
			return "", err
		}
		return p.ID, t.record(e)
	})
}

// EndNotice takes a notice off before its time, with a reason.
func (d *Desk) EndNotice(ctx context.Context, r Request, id, reason string) error {
	_, err := d.act(ctx, r, actPublicNotice, event.Subject{Kind: "public-notice", ID: id}, []string{id, reason}, func(t *turn) (string, error) {
		p, err := t.tx.PublicNotice(ctx, id)
		if err != nil {
			return "", err
		}
		e, err := p.End(reason, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.SavePublicNotice(ctx, p); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

// A NoticesPage is what staff read of a call's public notices.
type NoticesPage struct {
	Office
	Todo       []application.Row // proposed, and on no notice
	Reserves   []application.Row // that could move up
	Notices    []filing.PublicNotice
	Objections []filing.Objection
	Plan       NoticePlan
	Period     filing.Period // of the plan, were it posted now
}

// Notices reads a call's public notices; the plan's period is computed, for the page shows
// when it would end before it is posted.
func (d *Desk) Notices(ctx context.Context, r Request, call string, plan *NoticePlan) (p *NoticesPage, err error) {
	p = &NoticesPage{}
	err = d.read(ctx, r, func(t *turn) error {
		if p.Office, err = t.office(call, application.ListNotices); err != nil {
			return err
		}
		if p.Notices, err = t.tx.PublicNotices(ctx, call); err != nil {
			return err
		}
		if p.Objections, err = t.tx.Objections(ctx, call); err != nil {
			return err
		}
		todo, err := t.unlisted(call, p.Notices)
		if err != nil {
			return err
		}
		rows, err := t.tx.Ranked(ctx, application.Filter{Call: call, States: []application.State{application.Proposed}}, rankMax)
		if err != nil {
			return err
		}
		for _, row := range rows {
			k, err := t.dossier(row.ID)
			if err != nil {
				return err
			}
			switch {
			case slices.ContainsFunc(todo, func(x dossier) bool { return x.ID == row.ID }):
				p.Todo = append(p.Todo, row)
			case k.Decision != nil && !k.Decision.Recognised && k.Decision.Reserve > 0:
				p.Reserves = append(p.Reserves, row)
			}
		}
		s := p.Office.Call.Settings
		p.Plan = NoticePlan{Days: s.PublicNoticeDays, Working: true, FirstCounts: s.FirstDayCounts}
		if plan != nil {
			p.Plan = *plan
		}
		if p.Plan.Days > 0 {
			p.Period, err = t.period(p.Plan)
		}
		return err
	})
	return p, err
}

// PublicNotices are the newest ones of all calls, for everybody.
func (d *Desk) PublicNotices(ctx context.Context, r Request) (ps []filing.PublicNotice, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		ps, err = t.tx.AllPublicNotices(ctx)
		return err
	})
	return ps, err
}

// PublicNotice reads one, for everybody.
func (d *Desk) PublicNotice(ctx context.Context, r Request, id string) (p filing.PublicNotice, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		p, err = t.tx.PublicNotice(ctx, id)
		return err
	})
	return p, err
}

// Object takes an objection in from anybody. signed is the page with signature or seal,
// proof whatever else was sent; each is inspected before anything is kept. It answers the
// objection with its number and code. Who is signed in is forgotten first: the act's key and
// a refusal's row would tell who objected.
func (d *Desk) Object(ctx context.Context, r Request, notice string, o filing.Objection, signed, proof []Sent) (kept filing.Objection, err error) {
	r.By = org.Actor{}
	if _, err = d.PublicNotice(ctx, r, notice); err != nil {
		return kept, err
	}
	for i, s := range slices.Concat(signed, proof) {
		info, sum, err := d.accept(ctx, s)
		if err != nil {
			return kept, named(err)
		}
		o.Proof = append(o.Proof, filing.Proof{ID: strconv.Itoa(i + 1), Name: info.Name, Type: info.Type, Size: s.Size, SHA256: sum, Signed: i < len(signed)})
	}
	id, err := d.act(ctx, r, actObjection, event.Subject{Kind: "public-notice", ID: notice}, []any{notice, o}, func(t *turn) (string, error) {
		p, err := t.tx.PublicNotice(ctx, notice)
		if err != nil {
			return "", err
		}
		no, err := t.tx.Next(ctx, fmt.Sprintf("objection %d", t.now.In(zone).Year()))
		if err != nil {
			return "", err
		}
		o.ID, o.Number, o.Code = t.tx.NewID(), fmt.Sprintf("YY%d-%04d", t.now.In(zone).Year(), no), rand.Text()[:10]
		x, e, err := p.Object(o, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.AddObjection(ctx, x); err != nil {
			return "", err
		}
		return x.ID, t.record(e)
	})
	if err != nil {
		return kept, err
	}
	err = d.read(ctx, r, func(t *turn) error {
		kept, err = t.tx.Objection(ctx, id)
		return err
	})
	return kept, err
}

// accept inspects a file and keeps its bytes; no row names them before the act commits.
func (d *Desk) accept(ctx context.Context, s Sent) (info file.Info, sum string, err error) {
	if info, err = file.Inspect(ctx, s.Body, s.Size, s.Name); err != nil {
		return info, "", err
	}
	sum, _, err = d.files.Put(ctx, io.NewSectionReader(s.Body, 0, s.Size))
	return info, sum, err
}

// ObjectionStatus shows an objector how far the own objection is: whoever has number and
// code. A wrong code and an unknown number look the same.
func (d *Desk) ObjectionStatus(ctx context.Context, r Request, number, code string) (o filing.Objection, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if o, err = t.tx.ObjectionNumbered(ctx, number); err == nil && o.Code != code {
			o, err = filing.Objection{}, store.ErrNotFound
		}
		return err
	})
	return o, err
}

// onObjection runs an act on one objection, for those who handle it.
func (d *Desk) onObjection(ctx context.Context, r Request, id string, body any, f func(*turn, *filing.Objection, dossier) ([]event.Event, error)) error {
	_, err := d.act(ctx, r, actObjection, event.Subject{Kind: "objection", ID: id}, []any{id, body}, func(t *turn) (string, error) {
		o, k, err := t.objection(id)
		if err != nil {
			return "", err
		}
		facts, err := f(t, &o, k)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveObjection(ctx, o); err != nil {
			return "", err
		}
		for _, e := range facts {
			if err := t.record(e); err != nil {
				return "", err
			}
		}
		return "", nil
	})
	return err
}

// objection finds one for those who may know of it: who handles it, and the applicant once
// it was put to them.
func (t *turn) objection(id string) (filing.Objection, dossier, error) {
	o, err := t.tx.Objection(t.ctx, id)
	if err != nil {
		return o, dossier{}, err
	}
	k, err := t.dossier(application.ID(o.Application))
	if err == nil && !filing.HandlesObjections(t.by) && (o.Question == "" || org.UnitID(t.by.Unit) != k.Unit || !t.by.Is(org.Clerk, org.Principal)) {
		err = store.ErrNotFound
	}
	return o, k, err
}

// TakeObjection takes one up.
func (d *Desk) TakeObjection(ctx context.Context, r Request, id string) error {
	return d.onObjection(ctx, r, id, "take", func(t *turn, o *filing.Objection, _ dossier) ([]event.Event, error) {
		return one(o.Take(t.by, t.now))
	})
}

// AnswerObjection answers one that is not taken up.
func (d *Desk) AnswerObjection(ctx context.Context, r Request, id, why, words string) error {
	return d.onObjection(ctx, r, id, []string{why, words}, func(t *turn, o *filing.Objection, _ dossier) ([]event.Event, error) {
		return one(o.AnswerPlainly(why, words, t.by, t.now))
	})
}

// AskApplicant puts the matter to the applicant.
func (d *Desk) AskApplicant(ctx context.Context, r Request, id, question string, due time.Time) error {
	return d.onObjection(ctx, r, id, []any{question, due}, func(t *turn, o *filing.Objection, _ dossier) ([]event.Event, error) {
		return one(o.Ask(question, due, t.by, t.now))
	})
}

// HearApplicant is the applicant's answer.
func (d *Desk) HearApplicant(ctx context.Context, r Request, id, answer string) error {
	return d.onObjection(ctx, r, id, answer, func(t *turn, o *filing.Objection, k dossier) ([]event.Event, error) {
		return one(o.Hear(k.Unit, answer, t.by, t.now))
	})
}

// DecideObjection ends one: upheld, its line falls off the proposed list in the same act.
func (d *Desk) DecideObjection(ctx context.Context, r Request, id string, upheld bool, finding string) error {
	return d.onObjection(ctx, r, id, []any{upheld, finding}, func(t *turn, o *filing.Objection, k dossier) ([]event.Event, error) {
		facts, err := one(o.Decide(upheld, finding, t.by, t.now))
		if err != nil || !upheld || k.State != application.Proposed || !k.Decision.Recognised {
			return facts, err
		}
		e, err := k.Overturn(k.n, finding, t.by, t.now)
		if err != nil {
			return nil, err
		}
		return facts, t.keep(k, true, e)
	})
}

// MoveUp proposes an application from the reserve list.
func (d *Desk) MoveUp(ctx context.Context, r Request, id application.ID, reason string, fen int64) error {
	return d.on(ctx, r, id, application.ActMoveUp, []any{reason, fen}, func(t *turn, k dossier) (event.Event, error) {
		if err := k.May(t.by, application.ActMoveUp); err != nil {
			return event.Event{}, err
		}
		s, err := t.tx.LiveSheet(t.ctx, k.Application.Call)
		if err != nil {
			return event.Event{}, err
		}
		ks, err := t.proposed(k.Application.Call)
		if err != nil {
			return event.Event{}, err
		}
		var standing []*application.Application
		for _, x := range ks {
			standing = append(standing, x.Application)
		}
		return k.MoveUp(k.n, s.Left(standing), reason, fen, t.by, t.now)
	})
}

// An ObjectionPage is an objection as the actor may read it.
type ObjectionPage struct {
	filing.Objection
	Handles bool // reads who objected
	Own     bool // the applicant
	Facts   []event.Event
}

// Objection reads one. For the applicant everything that could tell who objected is left
// out.
func (d *Desk) Objection(ctx context.Context, r Request, id string) (p ObjectionPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		o, k, err := t.objection(id)
		if err != nil {
			return err
		}
		p.Handles, p.Own = filing.HandlesObjections(t.by), org.UnitID(t.by.Unit) == k.Unit
		p.Objection = o
		if !p.Handles {
			p.From, p.Grounds, p.Proof, p.Code, p.Number = filing.Objector{}, "", nil, "", ""
			return nil
		}
		p.Facts, err = t.tx.Facts(ctx, event.Subject{Kind: "objection", ID: id})
		return err
	})
	return p, err
}

// ObjectionFile opens a file that came with an objection, for those who handle it.
func (d *Desk) ObjectionFile(ctx context.Context, r Request, id, fileID string) (x filing.Proof, f io.ReadSeekCloser, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		o, _, err := t.objection(id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(o.Proof, func(p filing.Proof) bool { return p.ID == fileID })
		if i < 0 || !filing.HandlesObjections(t.by) {
			return store.ErrNotFound
		}
		x = o.Proof[i]
		return nil
	})
	if err != nil {
		return x, nil, err
	}
	f, _, err = d.files.Open(ctx, x.SHA256)
	return x, f, err
}

// laidOpen reports why the approved list of a call can't be made known yet, or nil.
func (t *turn) laidOpen(call *application.Call) error {
	notices, err := t.tx.PublicNotices(t.ctx, call.ID)
	if err != nil {
		return err
	}
	objections, err := t.tx.Objections(t.ctx, call.ID)
	if err != nil {
		return err
	}
	all, err := t.proposed(call.ID)
	if err != nil {
		return err
	}
	var ids []string
	names := map[string]string{}
	for _, k := range all {
		ids = append(ids, string(k.ID))
		names[string(k.ID)] = k.BaseName
	}
	// What was laid open is not made known before its time because the setting was changed.
	if !call.Settings.PublicNotice && !slices.ContainsFunc(notices, func(p filing.PublicNotice) bool { return p.Ended.IsZero() && slices.ContainsFunc(ids, p.Lists) }) {
		ids = nil
	}
	return filing.Releasable(notices, objections, ids, func(id string) string { return names[id] }, t.now)
}
