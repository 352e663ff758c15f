package desk

import (
	"cmp"
	"context"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/base"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// listMax bounds the lists of one call at the region.
const listMax = 1000

// An Office is what every list of the region stands on: the call and its current text.
type Office struct {
	Call *application.Call
	Published
}

// office opens a list of the region of a call for those who may.
func (t *turn) office(call, list string) (o Office, err error) {
	if err := application.MayList(t.by, list); err != nil {
		return o, err
	}
	if o.Call, err = t.shownCall(call); err != nil {
		return o, err
	}
	o.Published, err = t.published(o.Call.Notice)
	return o, err
}

// Panel is the pool as it stands to one application: who was given it, who can't be.
func (d *Desk) Panel(ctx context.Context, r Request, id application.ID) (pool []PoolExpert, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if err := application.MayList(t.by, application.ListReviews); err != nil {
			return err
		}
		k, err := t.open(id)
		if err != nil {
			return err
		}
		as, err := t.tx.Assignments(t.ctx, id)
		if err != nil {
			return err
		}
		if pool, err = t.pool(); err != nil {
			return err
		}
		judge, err := t.conflictsWith(k)
		if err != nil {
			return err
		}
		for i, c := range pool {
			pool[i].Assigned = slices.ContainsFunc(as, func(x review.Assignment) bool { return x.Expert == c.Person })
			pool[i].Conflict = review.Tied(c.Name, judge(c.Expert))
		}
		return nil
	})
	return pool, err
}

// places are the names of divisions by their code.
type places map[string]org.Division

func (t *turn) places() (places, error) {
	ds, err := t.tx.Divisions(t.ctx)
	m := places{}
	for _, d := range ds {
		m[d.Code] = d
	}
	return m, err
}

// of is the league or city of a place, or a city that reports to the region directly, and
// the place's own name, "" where it is the same.
func (p places) of(code string) (league, place string) {
	d := p[code]
	if d.Direct || d.Level != "county" {
		return d.Name, ""
	}
	return p[d.Parent].Name, d.Name
}

// A GrantLine is one base with where its start-up money is paid (R45).
type GrantLine struct {
	base.Base
	Number string         // of the application
	Bank   filing.Answers // the bank block of the version that was determined
}

// Grants lists the start-up grants of a call for finance.
func (d *Desk) Grants(ctx context.Context, r Request, call string) (o Office, lines []GrantLine, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if o, err = t.office(call, application.ListGrants); err != nil {
			return err
		}
		bases, err := t.tx.Bases(ctx)
		if err != nil {
			return err
		}
		for _, b := range bases {
			if b.Call != call {
				continue
			}
			k, err := t.open(application.ID(b.Application))
			if err != nil {
				return err
			}
			v, _ := k.Current()
			content, err := t.tx.Frozen(ctx, k.ID, v.N)
			if err != nil {
				return err
			}
			lines = append(lines, GrantLine{Base: b, Number: k.Number, Bank: content.Answers})
		}
		slices.SortFunc(lines, func(a, b GrantLine) int { return cmp.Compare(a.Plaque.Number, b.Plaque.Number) })
		return nil
	})
	return o, lines, err
}
