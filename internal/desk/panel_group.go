package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// A GroupDraft is what staff write of a group.
type GroupDraft struct {
	ID           string // "" makes one
	Name         string
	Applications []application.ID
	Size         int
	Alternates   int
}

// KeepGroup makes a group of applications in the open round, or changes one that nobody was
// drawn for yet, and answers its id.
func (d *Desk) KeepGroup(ctx context.Context, r Request, call string, in GroupDraft) (string, error) {
	return d.act(ctx, r, "group", onCall(call), []any{call, in}, func(t *turn) (string, error) {
		if err := application.MayList(t.by, application.ListPanels); err != nil {
			return "", err
		}
		c, err := t.shownCall(call)
		if err != nil {
			return "", err
		}
		g, taken, err := t.drafted(c.ID, in)
		if err != nil {
			return "", err
		}
		e, err := g.Keep(t.by, taken, t.now)
		if err != nil {
			return "", err
		}
		if in.ID == "" {
			g.ID = t.tx.NewID()
			e.On.ID = g.ID
			err = t.tx.AddGroup(ctx, g)
		} else {
			err = t.tx.SaveGroup(ctx, g)
		}
		if err != nil {
			return "", err
		}
		return g.ID, t.record(e)
	})
}

// drafted is the group as it would be, and the applications of the round's other groups.
func (t *turn) drafted(call string, in GroupDraft) (g review.Group, taken []string, err error) {
	round, err := t.roundNow(call)
	if err != nil {
		return g, nil, err
	}
	gs, err := t.groupsOf(round)
	if err != nil {
		return g, nil, err
	}
	g.Call, g.Round = call, round.ID
	for _, x := range gs {
		if x.ID == in.ID {
			g = x
			continue
		}
		taken = append(taken, x.Applications...)
	}
	if in.ID != "" && g.ID == "" {
		return g, nil, store.ErrNotFound
	}
	g.Name, g.Size, g.Alternates, g.Applications = in.Name, in.Size, in.Alternates, nil
	for _, id := range in.Applications {
		k, err := t.reviewing(id)
		if err != nil {
			return g, nil, err
		}
		if !round.Has(string(k.ID)) {
			return g, nil, event.Refuse(event.Closed, "no-open-round", "")
		}
		g.Applications = append(g.Applications, string(id))
	}
	return g, taken, nil
}

// onGroup runs an act of the department on a group.
func (d *Desk) onGroup(ctx context.Context, r Request, id, name string, body any, f func(*turn, *review.Group) (event.Event, error)) error {
	_, err := d.act(ctx, r, name, event.Subject{Kind: "group", ID: id}, []any{id, body}, func(t *turn) (string, error) {
		g, err := t.group(id)
		if err != nil {
			return "", err
		}
		e, err := f(t, &g)
		if err != nil {
			return "", err
		}
		if err := t.tx.SaveGroup(ctx, g); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

func (t *turn) group(id string) (review.Group, error) {
	if application.MayList(t.by, application.ListPanels) != nil {
		return review.Group{}, store.ErrNotFound
	}
	return t.tx.Group(t.ctx, id)
}

// DissolveGroup gives a group up for which nothing was drawn.
func (d *Desk) DissolveGroup(ctx context.Context, r Request, id, reason string) error {
	_, err := d.act(ctx, r, "group-ending", event.Subject{Kind: "group", ID: id}, []any{id, reason}, func(t *turn) (string, error) {
		g, err := t.group(id)
		if err != nil {
			return "", err
		}
		e, err := g.Dissolve(t.by, reason, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.DropGroup(ctx, id); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

// NameChair makes a sitting member of a group its chair.
func (d *Desk) NameChair(ctx context.Context, r Request, id string, p org.PersonID) error {
	return d.onGroup(ctx, r, id, "chair", p, func(t *turn, g *review.Group) (event.Event, error) {
		return g.NameChair(t.by, p, t.now)
	})
}

// CallAlternate seats the next alternate of a group and invites them.
func (d *Desk) CallAlternate(ctx context.Context, r Request, id string, due time.Time) error {
	return d.onGroup(ctx, r, id, "alternate", due, func(t *turn, g *review.Group) (event.Event, error) {
		rec, err := t.drawRecord(g.Record)
		if err != nil {
			return event.Event{}, err
		}
		s, e, err := g.CallAlternate(t.by, rec, t.now)
		if err != nil {
			return e, err
		}
		return e, t.seatInvite(*g, s, due)
	})
}

// PassOverAlternate notes that an alternate who waits can't be called, with a reason.
func (d *Desk) PassOverAlternate(ctx context.Context, r Request, id string, p org.PersonID, reason string) error {
	return d.onGroup(ctx, r, id, "alternate-out", []any{p, reason}, func(t *turn, g *review.Group) (event.Event, error) {
		return g.PassOver(t.by, p, reason, t.now)
	})
}

// seatInvite invites the expert of a seat and gives them the group's applications, but for
// those with which they have a conflict.
func (t *turn) seatInvite(g review.Group, s review.Seat, due time.Time) error {
	round, err := t.tx.Round(t.ctx, g.Round)
	if err != nil {
		return err
	}
	x, err := t.tx.Expert(t.ctx, s.Expert)
	if err != nil {
		return err
	}
	n := 0
	for _, id := range g.Applications {
		k, err := t.dossier(application.ID(id))
		if err != nil {
			return err
		}
		give, err := t.giver(round, k, giving{Giving: review.Giving{Via: review.ViaDraw, Record: s.Record, Due: due}, quiet: true})
		if err != nil {
			return err
		}
		has := slices.ContainsFunc(give.before, func(a review.Assignment) bool { return a.Round == g.Round && a.Expert == s.Expert })
		if has || review.Again(round, give.before, s.Expert) || k.State != application.Reviewing || len(give.judge(x)) > 0 {
			continue // given by hand, or scored in a round before; or the expert abstains from this one
		}
		if err := give.to(s.Expert); err != nil {
			return err
		}
		n++
	}
	if n == 0 {
		return event.Refuse(event.Closed, "seat-abstains", "", "expert", s.Name, "group", g.Name)
	}
	return nil
}

// A PanelLine is one application of the round with how its experts stand.
type PanelLine struct {
	application.Row
	Group string // its group's name
	Panel []review.Assignment
	Short int // experts that are missing
}

// Panels is the page of a call's panels.
type Panels struct {
	Office
	Round   review.Round // the open one; zero: none is
	Lines   []PanelLine
	Groups  []review.Group
	Matches []review.Matching
}

// Panels shows how the open round of a call stands: groups, who reviews what, who is missing.
func (d *Desk) Panels(ctx context.Context, r Request, call string) (p Panels, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if p.Office, err = t.office(call, application.ListPanels); err != nil {
			return err
		}
		if p.Round, err = t.roundNow(call); err != nil || p.Round.ID == "" {
			return err
		}
		if p.Groups, err = t.groupsOf(p.Round); err != nil {
			return err
		}
		if p.Lines, err = t.panelLines(p.Round, p.Groups); err != nil {
			return err
		}
		p.Matches, err = t.tx.Matchings(ctx, call)
		p.Matches = slices.DeleteFunc(p.Matches, func(m review.Matching) bool { return m.Round != p.Round.ID })
		return err
	})
	return p, err
}

func (t *turn) panelLines(r review.Round, gs []review.Group) ([]PanelLine, error) {
	rows, err := t.tx.Applications(t.ctx, application.ScopeOf(t.by), application.Filter{Call: r.Call, States: []application.State{application.Reviewing}}, listMax)
	if err != nil {
		return nil, err
	}
	all, err := t.tx.AssignmentsIn(t.ctx, r.Call)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b application.Row) int { return cmp.Compare(a.Number, b.Number) })
	var lines []PanelLine
	for _, row := range rows {
		if !r.Has(string(row.ID)) {
			continue
		}
		l := PanelLine{Row: row}
		size := r.Size
		for _, g := range gs {
			if slices.Contains(g.Applications, string(row.ID)) {
				l.Group, size = g.Name, g.Size
				if g.Drawn() {
					size = r.Floor // members abstain from single applications; enough must be left
				}
			}
		}
		live := 0
		for _, as := range all {
			if as.Round == r.ID && as.Application == string(row.ID) {
				l.Panel = append(l.Panel, as)
				if !as.Recused {
					live++
				}
			}
		}
		l.Short = max(0, size-live)
		lines = append(lines, l)
	}
	return lines, nil
}

// A GroupPage is one group with its applications.
type GroupPage struct {
	review.Group
	Office
	Round    review.Round
	Lines    []PanelLine
	Drawings []review.Drawing
	Next     []review.Seat // alternates who come in for those who left
	Invites  map[org.PersonID]review.Invitation
	Abstains map[org.PersonID][]string // numbers of the applications from which a member abstains
}

// Group reads one.
func (d *Desk) Group(ctx context.Context, r Request, id string) (p *GroupPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		g, err := t.group(id)
		if err != nil {
			return err
		}
		p = &GroupPage{Group: g, Invites: map[org.PersonID]review.Invitation{}, Abstains: map[org.PersonID][]string{}}
		if p.Office, err = t.office(g.Call, application.ListPanels); err != nil {
			return err
		}
		if p.Round, err = t.tx.Round(ctx, g.Round); err != nil {
			return err
		}
		lines, err := t.panelLines(p.Round, []review.Group{g})
		if err != nil {
			return err
		}
		for _, l := range lines {
			if slices.Contains(g.Applications, string(l.ID)) {
				p.Lines = append(p.Lines, l)
			}
		}
		if p.Drawings, err = t.tx.Drawings(ctx, id); err != nil {
			return err
		}
		if g.Record != "" && g.Short() > 0 {
			rec, err := t.drawRecord(g.Record)
			if err != nil {
				return err
			}
			if p.Next, err = g.Next(rec); err != nil {
				return err
			}
		}
		return t.seats(p)
	})
	return p, err
}

// seats adds how the members of a group answered, and from what they abstain.
func (t *turn) seats(p *GroupPage) error {
	for _, s := range p.Members {
		v, err := t.tx.InvitationOf(t.ctx, p.Group.Call, p.Group.Round, s.Expert)
		if err != nil && !store.IsNotFound(err) {
			return err
		}
		p.Invites[s.Expert] = v
		if s.Left {
			continue
		}
		for _, l := range p.Lines {
			if !slices.ContainsFunc(l.Panel, func(a review.Assignment) bool { return a.Expert == s.Expert && !a.Recused }) {
				p.Abstains[s.Expert] = append(p.Abstains[s.Expert], l.Number)
			}
		}
	}
	return nil
}
