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

// A MaterialLine is one application with how its check stands.
type MaterialLine struct {
	application.Row
	Check    *application.Check
	Open     *filing.Correction // the supplement that is being answered
	Late     *application.Late
	Forms    int  // paper copies of the form that are missing
	Evidence bool // no paper copy of the evidence
}

// Material lists the applications of a call whose material is checked, the longest waiting
// first. supplements lists those that are with the applicant for a supplement instead.
func (d *Desk) Material(ctx context.Context, r Request, call, words string, supplements bool) (o Office, lines []MaterialLine, err error) {
	f := application.Filter{Call: call, Words: words, States: []application.State{application.Checking}}
	if supplements {
		f.States = []application.State{application.Draft, application.AwaitSignature, application.SignedOff}
	}
	err = d.read(ctx, r, func(t *turn) error {
		if o, err = t.office(call, application.ListMaterial); err != nil {
			return err
		}
		rows, err := t.tx.Applications(ctx, application.ScopeOf(t.by), f, listMax)
		if err != nil {
			return err
		}
		for _, row := range rows {
			k, err := t.dossier(row.ID)
			if err != nil {
				return err
			}
			if !k.HoldsPlace() {
				continue // returned by a level, not by the region
			}
			l := MaterialLine{Row: row, Check: k.Check, Open: k.Open(), Late: k.Late}
			l.Forms, l.Evidence = k.PaperLacks(k.n)
			lines = append(lines, l)
		}
		slices.SortStableFunc(lines, func(a, b MaterialLine) int { return a.Moved.Compare(b.Moved) })
		return nil
	})
	return o, lines, err
}

// A PoolExpert is an expert of the pool, with the work that waits there.
type PoolExpert struct {
	org.Person
	Load     int   // open assignments, in all calls
	Done     int   // sheets handed in among those of applications under review
	Conflict error // why this application can't be given to the expert; nil: it can
	Assigned bool
}

// Experts is the pool: those who hold the post of a review expert now.
func (d *Desk) Experts(ctx context.Context, r Request) (pool []PoolExpert, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if err := application.MayList(t.by, application.ListExperts); err != nil {
			return err
		}
		pool, err = t.pool()
		return err
	})
	return pool, err
}

func (t *turn) pool() ([]PoolExpert, error) {
	people, err := t.tx.PersonsWith(t.ctx, org.Expert)
	if err != nil {
		return nil, err
	}
	open, err := t.tx.AssignmentsOpen(t.ctx)
	if err != nil {
		return nil, err
	}
	var pool []PoolExpert
	for _, p := range people {
		c := PoolExpert{Person: p}
		for _, as := range open {
			switch {
			case as.Expert != p.ID:
			case as.Pending():
				c.Load++
			case !as.Recused:
				c.Done++
			}
		}
		pool = append(pool, c)
	}
	return pool, nil
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
		for i, c := range pool {
			pool[i].Assigned = slices.ContainsFunc(as, func(x review.Assignment) bool { return x.Expert == c.ID })
			pool[i].Conflict = review.Tied(c.Person, k.UnitName, k.Route.Recommender().Name)
		}
		return nil
	})
	return pool, err
}

// A ReviewLine is one application under review, with its panel.
type ReviewLine struct {
	application.Row
	Panel    []review.Assignment
	Done     int
	Complete bool // can be closed
}

// Reviews lists the applications of a call that are under review.
func (d *Desk) Reviews(ctx context.Context, r Request, call string) (o Office, lines []ReviewLine, pool []PoolExpert, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if o, err = t.office(call, application.ListReviews); err != nil {
			return err
		}
		rows, err := t.tx.Applications(ctx, application.ScopeOf(t.by), application.Filter{Call: call, States: []application.State{application.Reviewing}}, listMax)
		if err != nil {
			return err
		}
		all, err := t.tx.AssignmentsIn(ctx, call)
		if err != nil {
			return err
		}
		for _, row := range rows {
			l := ReviewLine{Row: row}
			for _, as := range all {
				if as.Application == string(row.ID) {
					l.Panel = append(l.Panel, as)
				}
			}
			_, l.Done = review.Mean(l.Panel)
			l.Complete = review.Complete(l.Panel, o.Call.Settings.PanelMin)
			lines = append(lines, l)
		}
		slices.SortStableFunc(lines, func(a, b ReviewLine) int { return cmp.Compare(a.Number, b.Number) })
		pool, err = t.pool()
		return err
	})
	return o, lines, pool, err
}

// A RankLine is one application of the ranked list, with what the deciding look at.
type RankLine struct {
	application.Row
	Rank     int
	Panel    int // experts whose sheets count
	Opinions []filing.Opinion
	Industry []string
	Late     *application.Late
	League   string
	Place    string
	Decision *application.Decision
}

// A RankedList is the list on which a call is determined, and how bases are spread over the
// region before and after (R18).
type RankedList struct {
	Office
	Lines      []RankLine // to be decided, by official score
	Decided    []RankLine // decided before
	Before     int        // applications that are still in check or review
	Plaques    []string   // a free number for each line
	ByLeague   []Spread
	ByIndustry []Spread
}

// A Spread is how many bases there are and how many would come, in one place or industry.
type Spread struct {
	Name               string
	Existing, Proposed int
}

// Ranked reads the ranked list of a call.
func (d *Desk) Ranked(ctx context.Context, r Request, call string) (*RankedList, error) {
	rk := &RankedList{}
	err := d.read(ctx, r, func(t *turn) (err error) {
		if rk.Office, err = t.office(call, application.ListRanking); err != nil {
			return err
		}
		places, err := t.places()
		if err != nil {
			return err
		}
		if rk.Lines, err = t.ranked(call, places, application.Deciding); err != nil {
			return err
		}
		if rk.Decided, err = t.ranked(call, places, application.Recognised, application.NotRecognised); err != nil {
			return err
		}
		slices.SortStableFunc(rk.Decided, func(a, b RankLine) int { return cmp.Compare(a.Decision.Rank, b.Decision.Rank) })
		before, err := t.tx.AllApplications(ctx, application.Filter{Call: call, States: []application.State{application.Checking, application.Reviewing}}, listMax)
		if err != nil {
			return err
		}
		rk.Before = len(before)
		taken, err := t.plaques()
		if err != nil {
			return err
		}
		rk.Plaques = application.NextPlaques(rk.Year, taken, len(rk.Lines))
		bases, err := t.tx.Bases(ctx)
		rk.ByLeague, rk.ByIndustry = spread(bases, rk.Lines, places)
		return err
	})
	return rk, err
}

func (t *turn) ranked(call string, places places, states ...application.State) ([]RankLine, error) {
	rows, err := t.tx.Ranked(t.ctx, application.Filter{Call: call, States: states}, rankMax)
	if err != nil {
		return nil, err
	}
	all, err := t.tx.AssignmentsIn(t.ctx, call)
	if err != nil {
		return nil, err
	}
	panels := map[string]int{}
	for _, as := range all {
		if !as.Scored.IsZero() && !as.Recused {
			panels[as.Application]++
		}
	}
	var out []RankLine
	for i, row := range rows {
		k, err := t.open(row.ID)
		if err != nil {
			return nil, err
		}
		v, _ := k.Current()
		content, err := t.tx.Frozen(t.ctx, row.ID, v.N)
		if err != nil {
			return nil, err
		}
		l := RankLine{Row: row, Rank: i + 1, Panel: panels[string(row.ID)], Opinions: k.OpinionsForReview(), Industry: application.Industry(content),
			Late: k.Late, Decision: k.Decision}
		l.League, l.Place = places.of(row.Division)
		out = append(out, l)
	}
	return out, nil
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

// spread counts bases by place and industry, the most first.
func spread(existing []base.Base, proposed []RankLine, places places) (leagues, industries []Spread) {
	byLeague, byIndustry := map[string]Spread{}, map[string]Spread{}
	for _, b := range existing {
		if b.State == base.Active {
			league, _ := places.of(b.Division)
			count(byLeague, league, 1, 0)
			for _, i := range b.Industry {
				count(byIndustry, i, 1, 0)
			}
		}
	}
	for _, l := range proposed {
		count(byLeague, l.League, 0, 1)
		for _, i := range l.Industry {
			count(byIndustry, i, 0, 1)
		}
	}
	return ordered(byLeague), ordered(byIndustry)
}

func count(m map[string]Spread, name string, existing, proposed int) {
	s := m[name]
	m[name] = Spread{name, s.Existing + existing, s.Proposed + proposed}
}

func ordered(m map[string]Spread) []Spread {
	var out []Spread
	for _, s := range m {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Spread) int {
		return cmp.Or(cmp.Compare(b.Existing+b.Proposed, a.Existing+a.Proposed), cmp.Compare(a.Name, b.Name))
	})
	return out
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
