package desk

import (
	"context"
	"errors"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// Recusals are the conflicts of everybody in the pool with every application of a call,
// computed from what is on record now.
type Recusals struct {
	Experts      []expert.Expert
	Applications []*application.Application
	Cases        []review.Case
	Rules        review.ConflictRules
	Found        [][][]review.Conflict // of expert i with application j
}

// Of are the conflicts of an expert with an application; nil also when one of the two is
// not there.
func (r *Recusals) Of(p org.PersonID, id application.ID) []review.Conflict {
	i := slices.IndexFunc(r.Experts, func(x expert.Expert) bool { return x.Person == p })
	j := slices.IndexFunc(r.Applications, func(a *application.Application) bool { return a.ID == id })
	if i < 0 || j < 0 {
		return nil
	}
	return r.Found[i][j]
}

// underReview are the states in which an application can have experts.
var underReview = []application.State{application.Checking, application.Reviewing}

// recusals computes the conflicts of a call: everything is read once, whatever the number
// of experts and applications.
func (t *turn) recusals(c *application.Call, states ...application.State) (*Recusals, error) {
	var out Recusals
	var err error
	if out.Experts, err = t.tx.Pool(t.ctx); err != nil {
		return nil, err
	}
	if out.Applications, err = t.tx.ApplicationsIn(t.ctx, c.ID, states...); err != nil {
		return nil, err
	}
	contents, err := t.tx.LastVersions(t.ctx, c.ID)
	if err != nil {
		return nil, err
	}
	reg, err := t.register()
	if err != nil {
		return nil, err
	}
	ties, err := t.tiesIn(c.ID)
	if err != nil {
		return nil, err
	}
	for _, a := range out.Applications {
		p, err := t.published(a.Notice)
		if err != nil {
			return nil, err
		}
		out.Cases = append(out.Cases, caseOf(reg, a, p.Notice, contents[a.ID], ties[string(a.ID)]))
	}
	if out.Rules, err = t.conflictRules(c); err != nil {
		return nil, err
	}
	for i := range out.Experts {
		out.Experts[i] = reg.Resolve(out.Experts[i])
	}
	out.Found = review.Matrix(out.Experts, out.Cases, out.Rules)
	return &out, nil
}

func caseOf(reg *review.Register, a *application.Application, n *notice.Notice, content filing.Content, ties []review.Tie) review.Case {
	c := a.ReviewCase(n, content)
	reg.Family(&c, a.Unit, a.UnitName, a.Route)
	c.Ties = ties
	return c
}

func (t *turn) register() (*review.Register, error) {
	us, err := t.tx.UnitNames(t.ctx)
	return review.NewRegister(us), err
}

// conflictRules are the call's rules on this day.
func (t *turn) conflictRules(c *application.Call) (review.ConflictRules, error) {
	rules := review.RulesOf(c.Settings, t.now)
	places, err := t.places()
	rules.LeagueOfCode = places.leagueOf
	return rules, err
}

// leagueOf is the code of the league or city that a division reports to; of a city that
// reports to the region directly its own.
func (p places) leagueOf(code string) string {
	d := p[code]
	if d.Direct || d.Level != "county" {
		return code
	}
	return d.Parent
}

// tiesIn are what was stated of single experts, by application: bans, granted requests,
// declarations, conflicts found later.
func (t *turn) tiesIn(call string) (map[string][]review.Tie, error) {
	out := map[string][]review.Tie{}
	bans, err := t.tx.BansIn(t.ctx, call)
	if err != nil {
		return nil, err
	}
	pleas, err := t.tx.PleasIn(t.ctx, call)
	if err != nil {
		return nil, err
	}
	as, err := t.tx.AssignmentsIn(t.ctx, call)
	if err != nil {
		return nil, err
	}
	for _, b := range bans {
		if tie, ok := b.Tie(); ok {
			out[b.Application] = append(out[b.Application], tie)
		}
	}
	for _, p := range pleas {
		out[p.Application] = append(out[p.Application], p.Ties()...)
	}
	for _, a := range as {
		if tie, ok := a.Tie(); ok {
			out[a.Application] = append(out[a.Application], tie)
		}
	}
	return out, nil
}

// conflictsWith is how one application judges experts: it reads what it needs once and
// answers for any of them.
func (t *turn) conflictsWith(k dossier) (func(expert.Expert) []review.Conflict, error) {
	reg, err := t.register()
	if err != nil {
		return nil, err
	}
	var content filing.Content
	if v, ok := k.Current(); ok {
		if content, err = t.tx.Frozen(t.ctx, k.ID, v.N); err != nil {
			return nil, err
		}
	}
	ties, err := t.tiesIn(k.Application.Call)
	if err != nil {
		return nil, err
	}
	rules, err := t.conflictRules(k.call)
	if err != nil {
		return nil, err
	}
	c := caseOf(reg, k.Application, k.n, content, ties[string(k.ID)])
	return func(x expert.Expert) []review.Conflict { return review.Conflicts(reg.Resolve(x), c, rules) }, nil
}

// An ExclusionLine is one application with the experts who may not review it.
type ExclusionLine struct {
	*application.Application
	Out      []Excluded
	ByKind   map[review.ConflictKind]int // experts by their gravest conflict
	Eligible int                         // experts in the pool who may, whatever their load
	Plea     *review.Plea
}

// An Excluded is an expert with why.
type Excluded struct {
	Expert expert.Expert
	Why    []review.Conflict
}

// Exclusions lists, for every application of a call that is checked or reviewed, the
// experts who may not review it, with all reasons.
func (d *Desk) Exclusions(ctx context.Context, r Request, call string) (o Office, lines []ExclusionLine, pool int, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if o, err = t.office(call, application.ListReviews); err != nil {
			return err
		}
		m, err := t.recusals(o.Call, underReview...)
		if err != nil {
			return err
		}
		pleas, err := t.tx.PleasIn(ctx, call)
		if err != nil {
			return err
		}
		for j, a := range m.Applications {
			l := m.line(t.by, j)
			if i := slices.IndexFunc(pleas, func(p review.Plea) bool { return p.Application == string(a.ID) }); i >= 0 {
				l.Plea = &pleas[i]
			}
			lines = append(lines, l)
		}
		for _, x := range m.Experts {
			if x.State == expert.In {
				pool++
			}
		}
		return nil
	})
	return o, lines, pool, err
}

func (r *Recusals) line(by org.Actor, j int) ExclusionLine {
	l := ExclusionLine{Application: r.Applications[j], ByKind: map[review.ConflictKind]int{}}
	for i, x := range r.Experts {
		why := r.Found[i][j]
		switch {
		case x.State == expert.Gone:
		case len(why) > 0:
			l.Out = append(l.Out, Excluded{x.For(by), discreet(by, why)})
			l.ByKind[why[0].Kind]++
		case x.State == expert.In:
			l.Eligible++
		}
	}
	return l
}

// discreet is what others than the staff may know of conflicts: that there is kinship, not
// with whom.
func discreet(by org.Actor, why []review.Conflict) []review.Conflict {
	if by.Is(org.Staff) {
		return why
	}
	why = slices.Clone(why)
	for i, c := range why {
		if c.Kind == review.Kinship {
			why[i] = review.Conflict{Kind: c.Kind, Source: c.Source, Args: map[string]string{"kin": "■■■", "relation": "■■■", "as": c.Args["as"]}}
		}
	}
	return why
}

// A CaseRecusal is all that is known of recusal for one application.
type CaseRecusal struct {
	Case *Case
	ExclusionLine
	Bans []review.Ban
	Pool []expert.Expert // who can be kept off by hand
}

// CaseRecusal reads it for those who arrange reviews.
func (d *Desk) CaseRecusal(ctx context.Context, r Request, id application.ID) (c *CaseRecusal, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if err := application.MayList(t.by, application.ListReviews); err != nil {
			return err
		}
		k, err := t.open(id)
		if err != nil {
			return err
		}
		pool, err := t.tx.Pool(ctx)
		if err != nil {
			return err
		}
		judge, err := t.conflictsWith(k)
		if err != nil {
			return err
		}
		m := &Recusals{Experts: pool, Applications: []*application.Application{k.Application}}
		for _, x := range pool {
			m.Found = append(m.Found, [][]review.Conflict{judge(x)})
		}
		c = &CaseRecusal{ExclusionLine: m.line(t.by, 0)}
		for _, x := range pool {
			if x.State != expert.Gone {
				c.Pool = append(c.Pool, x.For(t.by))
			}
		}
		if c.Bans, err = t.tx.Bans(ctx, id); err != nil {
			return err
		}
		p, err := t.tx.Plea(ctx, id)
		switch {
		case err == nil:
			c.Plea = &p
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		return nil
	})
	if err == nil {
		c.Case, err = d.Case(ctx, r, id)
	}
	return c, err
}

// SetRecusal sets what the notice leaves open of recusal for a call, with a reason (T6).
func (d *Desk) SetRecusal(ctx context.Context, r Request, call, place string, former, coWork int, reason string) error {
	return d.onCall(ctx, r, call, "call-recusal", []any{call, place, former, coWork, reason}, func(t *turn, c *application.Call, n *notice.Notice) (event.Event, error) {
		return c.SetRecusal(n, place, former, coWork, reason, t.by, t.now)
	})
}
