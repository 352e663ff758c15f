package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"time"

	"shenbao/draw"
	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// recordDraw and recordMatch are the kinds of kept records.
const (
	recordDraw  = "draw"
	recordMatch = "match"
)

// drawRecord is a kept record of a draw.
func (t *turn) drawRecord(id string) (draw.Record, error) {
	p, err := t.tx.Protocol(t.ctx, id)
	if err != nil {
		return draw.Record{}, err
	}
	return draw.Parse([]byte(p.Doc))
}

// A DrawDraft is what staff set of a draw.
type DrawDraft struct {
	Terms  review.DrawTerms
	Source string // which public value will be used, in words
	Reason string // of a further draw
}

// FreezeDraw freezes the eligible list of a group and commits to a secret that nobody is
// shown, and answers the drawing's id.
func (d *Desk) FreezeDraw(ctx context.Context, r Request, group string, in DrawDraft) (string, error) {
	return d.act(ctx, r, "freezing", event.Subject{Kind: "group", ID: group}, []any{group, in}, func(t *turn) (string, error) {
		g, err := t.group(group)
		if err != nil {
			return "", err
		}
		round, err := t.tx.Round(ctx, g.Round)
		if err != nil {
			return "", err
		}
		if round.State != review.RoundOpen {
			return "", event.Refuse(event.Closed, "no-open-round", "")
		}
		before, err := t.tx.Drawings(ctx, group)
		if err != nil {
			return "", err
		}
		going, err := t.beingDrawn(round)
		if err != nil {
			return "", err
		}
		secret := newSecret()
		plan, err := t.drawPlan(g, before, in, draw.Commit(secret))
		if err != nil {
			return "", err
		}
		x, e, err := review.FreezeDraw(review.Drawing{ID: t.tx.NewID(), Call: g.Call, Round: g.Round, Group: g.ID, GroupName: g.Name, Terms: in.Terms},
			g, before, going, plan, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.AddDrawing(ctx, x, secret); err != nil {
			return "", err
		}
		return x.ID, t.record(e)
	})
}

// beingDrawn is the name of the group of a round for which a draw is under way; "" none.
func (t *turn) beingDrawn(round review.Round) (string, error) {
	gs, err := t.groupsOf(round)
	for _, g := range gs {
		ds, err := t.tx.Drawings(t.ctx, g.ID)
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(ds, func(d review.Drawing) bool { return d.Going() }) {
			return g.Name, nil
		}
	}
	return "", err
}

// newSecret is what a draw is committed to: 128 bits by chance.
func newSecret() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// drawPlan is everything that decides a draw of a group.
func (t *turn) drawPlan(g review.Group, before []review.Drawing, in DrawDraft, commitment string) (draw.Plan, error) {
	c, err := t.tx.Call(t.ctx, g.Call)
	if err != nil {
		return draw.Plan{}, err
	}
	p := draw.Plan{Call: g.Call, Panel: g.ID, Number: 1, Max: c.Settings.DrawsMax, Size: g.Size, Alternates: g.Alternates, Quotas: in.Terms.Quotas(),
		Commitment: commitment, Source: in.Source, Frozen: t.now, Operator: t.by.Name}
	if in.Terms.Fair {
		p.Mode = draw.Fair
	}
	if g.Record != "" {
		was, err := t.drawRecord(g.Record)
		if err != nil {
			return p, err
		}
		p.Number, p.Max, p.Reason, p.Earlier = was.Frozen.Plan.Number+1, was.Frozen.Plan.Max, in.Reason, &draw.Earlier{Record: was, Out: g.Outs}
	}
	var floors []draw.Quota
	p.People, floors, err = t.eligible(g, c, in.Terms)
	p.Quotas = append(p.Quotas, floors...)
	return p, err
}

// eligible is the list of those who can be drawn for a group, as it is now: who is in the
// pool and can be asked, with what the conditions count, and with what bars them. Those who
// already reviewed or declined in this round are on it and barred, so that the record says why.
// floors are conditions beside those that were set: of each application from which somebody
// on the list would abstain, enough members may score it.
func (t *turn) eligible(g review.Group, c *application.Call, terms review.DrawTerms) (out []draw.Person, floors []draw.Quota, err error) {
	found, err := t.recusals(c, application.Reviewing)
	if err != nil {
		return nil, nil, err
	}
	round, err := t.tx.Round(t.ctx, g.Round)
	if err != nil {
		return nil, nil, err
	}
	if err := t.others(found, round); err != nil {
		return nil, nil, err
	}
	pool, err := t.pool()
	if err != nil {
		return nil, nil, err
	}
	vs, err := t.tx.Invitations(t.ctx, g.Call)
	if err != nil {
		return nil, nil, err
	}
	places, err := t.places()
	if err != nil {
		return nil, nil, err
	}
	numbers := map[string]string{}
	for _, a := range found.Applications {
		numbers[string(a.ID)] = a.Number
	}
	for _, x := range pool {
		p := draw.Person{ID: string(x.Person), Name: x.Name, In: countsIn(x.Expert, places)}
		if x.Unavailable != "" {
			p.Bars = append(p.Bars, draw.Bar{Kind: "unavailable", Why: x.Unavailable})
		}
		p.Bars = append(p.Bars, invitedBars(vs, g, x.Person)...)
		p.Bars = append(p.Bars, conflictBars(found, g, x.Person, numbers, terms.Strict)...)
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b draw.Person) int { return cmp.Compare(a.ID, b.ID) })
	if !terms.Strict {
		floors = abstaining(out, found, g, numbers, min(round.Floor, g.Size))
	}
	return out, floors, nil
}

// abstaining notes on the list who may score which application, where somebody who can be
// drawn may not, and asks that at least floor members may.
func abstaining(list []draw.Person, found *Recusals, g review.Group, numbers map[string]string, floor int) (floors []draw.Quota) {
	for _, id := range g.Applications {
		may, not := []int{}, 0
		for i, p := range list {
			if len(p.Bars) > 0 {
				continue
			}
			if len(found.Of(org.PersonID(p.ID), application.ID(id))) > 0 {
				not++
			} else {
				may = append(may, i)
			}
		}
		if not == 0 {
			continue
		}
		for _, i := range may {
			list[i].In["review"] = append(list[i].In["review"], numbers[id])
		}
		floors = append(floors, draw.Quota{Family: "review", Category: numbers[id], Min: floor})
	}
	return floors
}

// countsIn are the categories of the conditions that an expert counts in.
func countsIn(x expert.Expert, places places) map[string][]string {
	in := map[string][]string{"kind": {string(x.Kind)}}
	if e := x.Employer(); e != "" {
		in["employer"] = []string{e}
	}
	if x.Place != "" {
		in["place"] = []string{places.leagueOf(x.Place)}
	}
	for _, f := range x.Fields {
		for _, code := range []string{f, expert.Top(f)} {
			if !slices.Contains(in["field"], code) {
				in["field"] = append(in["field"], code)
			}
		}
	}
	return in
}

// invitedBars: who ended an invitation of this round is not asked again in it, and who sits
// in another group of it has work enough.
func invitedBars(vs []review.Invitation, g review.Group, p org.PersonID) (out []draw.Bar) {
	for _, v := range vs {
		if v.Round != g.Round || v.Expert != p {
			continue
		}
		switch mine := slices.ContainsFunc(g.Members, func(s review.Seat) bool { return s.Expert == p }); {
		case !v.Live():
			out = append(out, draw.Bar{Kind: "ended", Why: string(v.State)})
		case !mine:
			out = append(out, draw.Bar{Kind: "elsewhere"})
		}
	}
	return out
}

// conflictBars keep an expert out of the panel: a conflict with one of the group's
// applications where the terms are strict, with all of them otherwise.
func conflictBars(found *Recusals, g review.Group, p org.PersonID, numbers map[string]string, strict bool) []draw.Bar {
	var out []draw.Bar
	free := 0
	for _, id := range g.Applications {
		cs := found.Of(p, application.ID(id))
		if len(cs) == 0 {
			free++
			continue
		}
		out = append(out, draw.Bar{Kind: "conflict", About: numbers[id], Why: string(cs[0].Kind)})
	}
	if free > 0 && !strict {
		return nil
	}
	return out
}

// onDrawing runs an act on a draw.
func (d *Desk) onDrawing(ctx context.Context, r Request, id, name string, body any, f func(*turn, *review.Drawing) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, event.Subject{Kind: "drawing", ID: id}, []any{id, body}, func(t *turn) (string, error) {
		x, err := t.drawing(id)
		if err != nil {
			return "", err
		}
		e, err := f(t, &x)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveDrawing(ctx, x); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

func (t *turn) drawing(id string) (review.Drawing, error) {
	if application.MayList(t.by, application.ListPanels) != nil {
		return review.Drawing{}, store.ErrNotFound
	}
	return t.tx.Drawing(t.ctx, id)
}

// AttestDraw enters the public value and the witness: the second person's step.
func (d *Desk) AttestDraw(ctx context.Context, r Request, id, value, witness string) error {
	return d.onDrawing(ctx, r, id, "attesting", []any{value, witness}, func(t *turn, x *review.Drawing) (event.Event, error) {
		return x.Attest(t.by, value, witness, t.now)
	})
}

// VoidDraw gives a draw up before it is drawn, with a reason.
func (d *Desk) VoidDraw(ctx context.Context, r Request, id, reason string) error {
	return d.onDrawing(ctx, r, id, "voiding", reason, func(t *turn, x *review.Drawing) (event.Event, error) {
		return x.Void(t.by, reason, t.now)
	})
}

// RunDraw reveals the secret, draws from the frozen list, keeps the record, seats who was
// drawn and invites them, all at once. due is of the sheets.
func (d *Desk) RunDraw(ctx context.Context, r Request, id string, due time.Time) error {
	return d.onDrawing(ctx, r, id, "drawing", due, func(t *turn, x *review.Drawing) (event.Event, error) {
		none := event.Event{}
		g, err := t.group(x.Group)
		if err != nil {
			return none, err
		}
		c, err := t.tx.Call(ctx, g.Call)
		if err != nil {
			return none, err
		}
		list, _, err := t.eligible(g, c, x.Terms)
		if err != nil {
			return none, err
		}
		secret, err := t.tx.DrawingSecret(ctx, id)
		if err != nil {
			return none, err
		}
		rec, e, err := x.Draw(t.by, secret, list, t.now)
		if err != nil {
			return none, err
		}
		if x.Record, err = t.tx.AddProtocol(ctx, g.Call, recordDraw, rec.JSON()); err != nil {
			return none, err
		}
		return e, t.seatDrawn(g, rec, x.Record, due)
	})
}

// seatDrawn puts who was drawn into the group and invites the new members.
func (t *turn) seatDrawn(g review.Group, rec draw.Record, record string, due time.Time) error {
	employers := map[string]string{}
	for _, p := range rec.Frozen.Plan.People {
		if e := p.In["employer"]; len(e) > 0 {
			employers[p.ID] = e[0]
		}
	}
	names := drawnNames(rec)
	fresh := g.Take(rec, record, func(id string) (string, string) { return names[id], employers[id] }, t.now)
	if !due.IsZero() {
		g.Due = due
	}
	for _, s := range fresh {
		if err := t.seatInvite(g, s, due); err != nil {
			return err
		}
	}
	return t.tx.SaveGroup(t.ctx, g)
}

func drawnNames(rec draw.Record) map[string]string {
	names := map[string]string{}
	for _, p := range rec.Frozen.Plan.People {
		names[p.ID] = p.Name
	}
	return names
}

// A DrawPage is a draw with its group and, once it is drawn, its record.
type DrawPage struct {
	review.Drawing
	Office
	Group    review.Group
	Round    review.Round
	Drawings []review.Drawing // all of the group
	Record   *draw.Record
	SHA      string // of the kept record
	Names    map[string]string
	Changed  []string // how the list differs from the frozen one now; nil while nothing does
	Replayed error    // what the replay found; nil: the record is true
}

// Drawing reads one. The record, once there is one, is drawn again from itself.
func (d *Desk) Drawing(ctx context.Context, r Request, id string) (p *DrawPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		x, err := t.drawing(id)
		if err != nil {
			return err
		}
		p = &DrawPage{Drawing: x, Names: map[string]string{}}
		if p.Office, err = t.office(x.Call, application.ListPanels); err != nil {
			return err
		}
		if p.Group, err = t.tx.Group(ctx, x.Group); err != nil {
			return err
		}
		if p.Round, err = t.tx.Round(ctx, x.Round); err != nil {
			return err
		}
		if p.Drawings, err = t.tx.Drawings(ctx, x.Group); err != nil {
			return err
		}
		for _, y := range x.Frozen.Plan.People {
			p.Names[y.ID] = y.Name
		}
		if x.Going() {
			list, _, err := t.eligible(p.Group, p.Office.Call, x.Terms)
			p.Changed = review.ListChanges(x.Frozen.Plan.People, list)
			return err
		}
		return t.replay(p)
	})
	return p, err
}

// replay draws the kept record of a page again.
func (t *turn) replay(p *DrawPage) error {
	if p.Drawing.Record == "" {
		return nil
	}
	kept, err := t.tx.Protocol(t.ctx, p.Drawing.Record)
	if err != nil {
		return err
	}
	rec, err := draw.Parse([]byte(kept.Doc))
	if err != nil {
		return err
	}
	p.Record, p.SHA, p.Replayed = &rec, kept.SHA, draw.Verify(rec)
	return nil
}

// KeptRecord is the record of a draw or a match as a file, byte for byte.
func (d *Desk) KeptRecord(ctx context.Context, r Request, id string) (p store.Protocol, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if application.MayList(t.by, application.ListPanels) != nil {
			return store.ErrNotFound
		}
		p, err = t.tx.Protocol(ctx, id)
		return err
	})
	return p, err
}
