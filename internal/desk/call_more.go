package desk

import (
	"bytes"
	"context"
	"slices"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/file"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// callMax bounds what is listed of one call.
const callMax = 5000

// CheckNotice reads a notice file and its words in other languages, and keeps nothing.
// The error is notice.Mistakes when a text has any.
func CheckNotice(file string, source, labels []byte) (Published, error) {
	n, err := notice.Parse(file, source)
	if err != nil {
		return Published{}, err
	}
	p := Published{Notice: n}
	if len(labels) > 0 {
		p.Labels, err = notice.ParseLabels(file, labels, n)
	}
	return p, err
}

// GiveLeave lets a unit come after the deadline until a date, with a reason (R99).
func (d *Desk) GiveLeave(ctx context.Context, r Request, id string, to org.UnitID, until time.Time, reason string) error {
	return d.onCall(ctx, r, id, "call-leave", []any{to, until, reason}, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		u, err := t.tx.Unit(t.ctx, to)
		if err != nil {
			return event.Event{}, err
		}
		return c.GiveLeave(n, u, until, reason, t.by, t.now)
	})
}

// Remind reminds the addressees that have not opened the call, or not recommended.
func (d *Desk) Remind(ctx context.Context, r Request, id, about string) error {
	return d.onCall(ctx, r, id, "call-reminder", about, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		behind, err := t.behind(c, about)
		if err != nil {
			return event.Event{}, err
		}
		return c.Remind(n, about, behind, 0, t.by, t.now)
	})
}

// RemindDue is the clock's reminder of every open call, by actor 系统: once for each of
// the days that its settings name, and only while somebody is behind (R104).
func (d *Desk) RemindDue(ctx context.Context, now time.Time) error {
	r := Request{By: org.Actor{Actor: event.System}, At: now}
	var open []*application.Call
	err := d.read(ctx, r, func(t *turn) error {
		cs, err := t.tx.Calls(ctx)
		open = slices.DeleteFunc(cs, func(c *application.Call) bool { return c.State != application.CallOpen })
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range open {
		if err := d.remindDue(ctx, r, c.ID); err != nil {
			return err
		}
		if err := d.promptDue(ctx, r, c.ID); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) remindDue(ctx context.Context, r Request, id string) error {
	_, err := d.act(ctx, r, "call-reminder", onCall(id), nil, func(t *turn) (string, error) {
		c, err := t.tx.Call(t.ctx, id)
		if err != nil {
			return "", err
		}
		past, err := t.tx.Log(t.ctx, store.FactFilter{Call: id, Kind: string(application.Reminded)}, callMax)
		if err != nil {
			return "", err
		}
		days, due := c.ReminderDue(past, t.now)
		if !due {
			return "", nil
		}
		behind, err := t.behind(c, application.AboutRecommending)
		if err != nil || len(behind) == 0 {
			return "", err
		}
		p, err := t.published(c.Notice)
		if err != nil {
			return "", err
		}
		e, err := c.Remind(p.Notice, application.AboutRecommending, behind, days, t.by, t.now)
		if err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

// behind are the names of the addressees that have not done what a reminder is about.
func (t *turn) behind(c *application.Call, about string) ([]string, error) {
	lines, err := t.progress(c)
	var out []string
	for _, l := range lines {
		if about == application.AboutOpening && l.Delivery.OpenedAt().IsZero() || about != application.AboutOpening && l.Standing.Behind() {
			out = append(out, l.Unit.Name)
		}
	}
	return out, err
}

// MoveToRevision puts an open application under the call's current revision.
func (d *Desk) MoveToRevision(ctx context.Context, r Request, id application.ID, reason string) error {
	return d.on(ctx, r, id, application.ActMove, reason, func(t *turn, k dossier) (event.Event, error) {
		p, err := t.published(k.call.Notice)
		if err != nil {
			return event.Event{}, err
		}
		_, e, err := k.MoveToRevision(k.n, p.Notice, reason, t.by, t.now)
		return e, err
	})
}

// A ProgressLine is how far one recommending unit is (R104).
type ProgressLine struct {
	Unit     org.Unit
	Delivery Delivery
	Standing application.Standing
	Places   []application.Place
	None     *application.NoneReport
	Cases    []application.Row // that go by it
}

// A Progress is how a call is going.
type Progress struct {
	Call      *application.Call
	Notice    Published
	Lines     []ProgressLine
	Reminders []event.Event     // newest first
	Blocking  []application.Row // what keeps it from closing (R10)
}

// Count is how many units are in a standing.
func (p *Progress) Count(s application.Standing) int {
	n := 0
	for _, l := range p.Lines {
		if l.Standing == s {
			n++
		}
	}
	return n
}

// Progress reads how a call is going, for the department.
func (d *Desk) Progress(ctx context.Context, r Request, id string) (*Progress, error) {
	p := &Progress{}
	err := d.read(ctx, r, func(t *turn) (err error) {
		if err := application.MayFollow(t.by); err != nil {
			return err
		}
		if p.Call, err = t.tx.Call(ctx, id); err != nil {
			return err
		}
		if p.Notice, err = t.published(p.Call.Notice); err != nil {
			return err
		}
		if p.Lines, err = t.progress(p.Call); err != nil {
			return err
		}
		if p.Reminders, err = t.tx.Log(ctx, store.FactFilter{Call: id, Kind: string(application.Reminded)}, 50); err != nil {
			return err
		}
		p.Blocking, err = t.blocking(p.Call)
		return err
	})
	return p, err
}

func (t *turn) progress(c *application.Call) ([]ProgressLine, error) {
	ds, err := t.tx.Deliveries(t.ctx, c.ID)
	if err != nil {
		return nil, err
	}
	places, err := t.tx.AllPlaces(t.ctx, c.ID)
	if err != nil {
		return nil, err
	}
	nones, err := t.tx.NoneReports(t.ctx, c.ID)
	if err != nil {
		return nil, err
	}
	rows, err := t.tx.AllApplications(t.ctx, application.Filter{Call: c.ID}, callMax)
	if err != nil {
		return nil, err
	}
	units, err := t.tx.Tree(t.ctx)
	if err != nil {
		return nil, err
	}
	var out []ProgressLine
	for _, d := range ds {
		u, ok := units[org.UnitID(d.Unit)]
		if !ok || !u.Recommends() {
			continue // sent on below by a level
		}
		l := ProgressLine{Unit: u, Delivery: d, Places: places[u.ID]}
		for i := range nones {
			if nones[i].Unit == u.ID {
				l.None = &nones[i]
			}
		}
		for _, x := range rows {
			if x.Recommender == u.ID && !x.Submitted.IsZero() {
				l.Cases = append(l.Cases, x)
			}
		}
		l.Standing = c.Stand(u.ID, l.Places, l.None != nil, l.Cases, !d.OpenedAt().IsZero(), t.now)
		out = append(out, l)
	}
	slices.SortStableFunc(out, func(a, b ProgressLine) int {
		return slices.Index(org.Kinds, a.Unit.Kind) - slices.Index(org.Kinds, b.Unit.Kind)
	})
	return out, nil
}

// blocking are the applications that keep a call from closing (R10).
func (t *turn) blocking(c *application.Call) ([]application.Row, error) {
	rows, err := t.tx.AllApplications(t.ctx, application.Filter{Call: c.ID, States: application.OpenStates}, callMax)
	return slices.DeleteFunc(rows, func(x application.Row) bool { return !c.Blocks(x, t.now) }), err
}

// Sent lists to whom the actor's unit sent the call, and when it was opened there: the
// department sees the addressees, a level those below it.
func (d *Desk) Sent(ctx context.Context, r Request, id string) (ds []Delivery, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if _, err := t.shownCall(id); err != nil {
			return err
		}
		if !t.by.Is(org.Staff, org.Approver, org.Clerk, org.Principal) {
			return store.ErrNotFound
		}
		ds, err = t.tx.Deliveries(ctx, id)
		ds = slices.DeleteFunc(ds, func(x Delivery) bool { return x.Sender != t.by.Unit })
		return err
	})
	return ds, err
}

// Exceptions are the facts of a call that depart from the ordinary way, newest first.
func (d *Desk) Exceptions(ctx context.Context, r Request, id string) (facts []event.Event, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		facts, err = t.exceptions(id)
		return err
	})
	return facts, err
}

func (t *turn) exceptions(id string) ([]event.Event, error) {
	if err := application.MayFollow(t.by); err != nil {
		return nil, err
	}
	es, err := t.tx.Exceptional(t.ctx, id, application.Exceptional, callMax)
	return slices.DeleteFunc(es, func(e event.Event) bool { return !application.IsException(e) }), err
}

// ExportExceptions reads them for an export, which is a fact by itself.
func (d *Desk) ExportExceptions(ctx context.Context, r Request, id string) (facts []event.Event, err error) {
	r.Key = "" // a second answer would be an empty table
	err = d.onCall(ctx, r, id, "call-export", nil, func(t *turn, c *application.Call, _ *notice.Notice) (event.Event, error) {
		if facts, err = t.exceptions(id); err != nil {
			return event.Event{}, err
		}
		return c.Exported(t.by, t.now), nil
	})
	return facts, err
}

// A Sheet is a table to be taken away: as text for any program, or as a workbook.
type Sheet struct {
	Name   string
	Header []string
	Rows   [][]string
}

// CSV is the table as text that Excel opens without asking.
func (s Sheet) CSV() ([]byte, error) {
	var b bytes.Buffer
	err := file.WriteCSV(&b, s.Header, slices.Values(s.Rows))
	return b.Bytes(), err
}

// XLSX is the table as a workbook.
func (s Sheet) XLSX() ([]byte, error) {
	var b bytes.Buffer
	err := file.WriteXLSX(&b, s.Name, s.Header, slices.Values(s.Rows))
	return b.Bytes(), err
}

// A Step is what changed from one published text of a call to the next.
type RevisionStep struct {
	application.Revision
	Notice      Published
	Texts       []notice.TextChange // clauses that read differently
	Differences []filing.Difference // what is asked for differently
	Unmoved     []application.Row   // open applications under an earlier revision
}

// Revisions are all published texts of a call, the first one first, each with what it
// changed.
func (d *Desk) Revisions(ctx context.Context, r Request, id string) (c *application.Call, steps []RevisionStep, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if c, err = t.shownCall(id); err != nil {
			return err
		}
		for i, rev := range c.Revisions {
			s := RevisionStep{Revision: rev}
			if s.Notice, err = t.published(rev.SHA256); err != nil {
				return err
			}
			if i > 0 {
				s.Texts = notice.TextChanges(steps[i-1].Notice.Notice, s.Notice.Notice)
				s.Differences = filing.Differences(steps[i-1].Notice.Notice, s.Notice.Notice)
			}
			steps = append(steps, s)
		}
		if t.by.Is(org.Staff, org.Approver) {
			steps[len(steps)-1].Unmoved, err = t.unmoved(c)
		}
		return err
	})
	return c, steps, err
}

// unmoved are the open applications that are judged by an earlier revision.
func (t *turn) unmoved(c *application.Call) ([]application.Row, error) {
	rows, err := t.tx.AllApplications(t.ctx, application.Filter{Call: c.ID, States: application.OpenStates}, callMax)
	if err != nil || len(c.Revisions) < 2 {
		return nil, err
	}
	var out []application.Row
	for _, x := range rows {
		a, err := t.tx.Application(t.ctx, x.ID)
		if err != nil {
			return nil, err
		}
		if a.Notice != c.Notice && !a.Submitted.IsZero() {
			out = append(out, x)
		}
	}
	return out, nil
}

// Moving says what moving an application to its call's current revision would change.
func (d *Desk) Moving(ctx context.Context, r Request, id application.ID) (a *application.Application, diff []filing.Difference, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, err := t.open(id)
		if err != nil {
			return err
		}
		if err := k.May(t.by, application.ActMove); err != nil {
			return err
		}
		p, err := t.published(k.call.Notice)
		if err != nil {
			return err
		}
		a, diff = k.Application, filing.Differences(k.n, p.Notice)
		return nil
	})
	return a, diff, err
}

// CallText is a revision's file as it was published.
func (d *Desk) CallText(ctx context.Context, r Request, id, sha string) (name, source string, err error) {
	c, err := d.Call(ctx, r, id, sha)
	if err != nil {
		return "", "", err
	}
	err = d.read(ctx, r, func(t *turn) error {
		text, err := t.tx.Text(ctx, c.RevisionOf)
		name, source = text.File, text.Source
		return err
	})
	return name, source, err
}

// Recommenders are the units that hold places in a call, and the units that may apply:
// whom the department can give a place or leave to.
func (d *Desk) Recommenders(ctx context.Context, r Request, id string) (recommend, apply []org.Unit, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if err := application.MayFollow(t.by); err != nil {
			return err
		}
		ds, err := t.tx.Deliveries(ctx, id)
		if err != nil {
			return err
		}
		units, err := t.tx.Tree(ctx)
		if err != nil {
			return err
		}
		for _, x := range ds {
			if u := units[org.UnitID(x.Unit)]; u.Recommends() {
				recommend = append(recommend, u)
			}
		}
		apply, err = t.tx.Units(ctx, store.UnitFilter{Kinds: []org.Kind{org.Host, org.Direct}, State: org.Active}, callMax)
		return err
	})
	return recommend, apply, err
}
