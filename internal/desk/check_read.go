package desk

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"shenbao/internal/application"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/workday"
)

// A MaterialLine is one application with how its check stands.
type MaterialLine struct {
	application.Row
	Check    *application.Check
	Open     *filing.Correction // the supplement that is being answered
	Round    int                // of how many supplements
	Late     *application.Late
	Clock    application.CheckClock
	Overdue  bool // the supplement was not answered in time
	Unmarked int  // lines of the checklist without a finding
	Alike    int  // others that are like it
	Visit    bool // a site visit is planned
	Forms    int  // paper copies of the form that are missing
	Evidence bool // no paper copy of the evidence
}

// Material lists the applications of a call whose material is checked, the latest first:
// by the working days that are left. supplements lists those that are with the applicant
// for a supplement instead, those whose date has passed first.
func (d *Desk) Material(ctx context.Context, r Request, call, words string, supplements bool) (o Office, lines []MaterialLine, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if o, err = t.office(call, application.ListMaterial); err != nil {
			return err
		}
		lines, err = t.material(call, words, supplements)
		return err
	})
	return o, lines, err
}

func (t *turn) material(call, words string, supplements bool) (lines []MaterialLine, err error) {
	f := application.Filter{Call: call, Words: words, States: []application.State{application.Checking}}
	if supplements {
		f.States = []application.State{application.Draft, application.AwaitSignature, application.SignedOff}
	}
	rows, err := t.tx.Applications(t.ctx, application.ScopeOf(t.by), f, listMax)
	if err != nil {
		return nil, err
	}
	alike, err := t.tx.LikenessCounts(t.ctx, call)
	if err != nil {
		return nil, err
	}
	cal, err := t.calendar()
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		k, err := t.dossier(row.ID)
		if err != nil {
			return nil, err
		}
		if !k.HoldsPlace() {
			continue // returned by a level, not by the region
		}
		l := MaterialLine{Row: row, Check: k.Check, Open: k.Open(), Late: k.Late, Round: len(k.Supplements()), Overdue: k.Overdue(t.now) != nil,
			Unmarked: k.Check.Unmarked(k.n), Alike: alike[row.ID], Visit: k.OpenVisit() != nil}
		l.Clock, _ = k.CheckClock(k.call.Settings, cal, t.now)
		l.Forms, l.Evidence = k.PaperLacks(k.n)
		lines = append(lines, l)
	}
	slices.SortStableFunc(lines, func(a, b MaterialLine) int {
		if a.Overdue != b.Overdue {
			return map[bool]int{true: -1, false: 1}[a.Overdue]
		}
		return cmp.Or(cmp.Compare(a.Clock.Left, b.Clock.Left), a.Clock.From.Compare(b.Clock.From), cmp.Compare(a.Number, b.Number))
	})
	return lines, nil
}

// A CheckPage is one application as those who check its material see it.
type CheckPage struct {
	*Case
	Lines    []application.CheckLine
	Clock    application.CheckClock
	Auto     map[string]string // what the program itself finds on a line: locale has "check-auto.<word>"
	Alike    []AlikeLine
	Compared bool         // with others, in the version handed in last
	DueThen  workday.Span // what is proposed for a supplement
	Before   *application.Row
	After    *application.Row // the next one on the list of those that wait
	At, Of   int              // its place on the list; 0 where it is not on it
}

// An AlikeLine is another application that is like the one of the page.
type AlikeLine struct {
	application.Likeness
	Number, UnitName, BaseName string
	CallNumber                 string // of another call; "" of the same
	State                      application.State
}

// CheckPage reads one application for its check, with its neighbours on the list.
func (d *Desk) CheckPage(ctx context.Context, r Request, id application.ID) (p *CheckPage, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, err := t.open(id)
		if err != nil {
			return err
		}
		if err := application.MayList(t.by, application.ListMaterial); err != nil {
			return err
		}
		cal, err := t.calendar()
		if err != nil {
			return err
		}
		p = &CheckPage{Lines: application.Checklist(k.n)}
		p.DueThen = application.SupplementDue(k.call.Settings, cal, t.now)
		p.Clock, _ = k.CheckClock(k.call.Settings, cal, t.now)
		if p.Auto, err = t.findings(k); err != nil {
			return err
		}
		if err := t.likenesses(k, p); err != nil {
			return err
		}
		if err := t.neighbours(k, p); err != nil {
			return err
		}
		p.Case, err = t.page(k)
		return err
	})
	return p, err
}

// neighbours are those before and after on the list of what waits for the check.
func (t *turn) neighbours(k dossier, p *CheckPage) error {
	lines, err := t.material(k.Application.Call, "", false)
	if err != nil {
		return err
	}
	p.Of = len(lines)
	i := slices.IndexFunc(lines, func(l MaterialLine) bool { return l.ID == k.ID })
	if p.At = i + 1; i > 0 {
		p.Before = &lines[i-1].Row
	}
	if i+1 < len(lines) {
		p.After = &lines[i+1].Row
	}
	return nil
}

// findings are what the program can see of a line by itself; people judge.
func (t *turn) findings(k dossier) (map[string]string, error) {
	_, c, err := t.frozenNow(k.ID)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	bad := filing.Check(k.n, c)
	out[application.LineComplete], out[application.LineLimits] = "complete", "limits-kept"
	for _, r := range bad {
		if r.Kind == "too-long" {
			out[application.LineLimits] = "limits-broken"
		} else {
			out[application.LineComplete] = "incomplete"
		}
	}
	for _, l := range application.Checklist(k.n) {
		switch l.Kind {
		case application.LineEvidence:
			out[l.Key] = word(slices.ContainsFunc(c.Evidence, func(e filing.Evidence) bool { return e.Topic == l.Topic }), "evidence-there", "evidence-none")
		case application.LineSeal:
			out[l.Key] = word(slices.ContainsFunc(k.Opinions, func(o filing.Opinion) bool { return o.Box == l.Box && o.Stands() && o.Seal != nil }), "sealed", "unsealed")
		}
	}
	forms, bundle := k.PaperLacks(k.n)
	out[application.LineForms] = word(forms == 0, "forms-there", "forms-lacking")
	out[application.LineBundle] = word(!bundle, "bundle-there", "bundle-lacking")
	out[application.LineConsistent] = word(len(k.Copies) > 0, "paper-matches", "paper-none")
	return out, nil
}

func word(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

func (t *turn) likenesses(k dossier, p *CheckPage) error {
	n, _, err := t.tx.Compared(t.ctx, k.ID)
	if err != nil {
		return err
	}
	p.Compared = n == k.Handed && n > 0
	ls, err := t.tx.Likenesses(t.ctx, k.ID)
	for _, l := range ls {
		x, err := t.alikeLine(k, l)
		if err != nil {
			return err
		}
		p.Alike = append(p.Alike, x)
	}
	slices.SortStableFunc(p.Alike, func(a, b AlikeLine) int {
		return cmp.Or(cmp.Compare(len(b.Traits), len(a.Traits)), cmp.Compare(b.Letters, a.Letters))
	})
	return err
}

func (t *turn) alikeLine(k dossier, l application.Likeness) (AlikeLine, error) {
	o, err := t.dossier(l.Other)
	if err != nil {
		return AlikeLine{}, err
	}
	x := AlikeLine{Likeness: l, Number: o.Number, UnitName: o.UnitName, BaseName: o.BaseName, State: o.State}
	if o.Application.Call != k.Application.Call {
		x.CallNumber = o.call.Number
	}
	return x, nil
}

// A Comparison is two applications that are alike, side by side.
type Comparison struct {
	AlikeLine
	Case, Other     *Case
	Mine, Theirs    filing.Content // in the versions that were compared
	Unit, OtherUnit org.Unit       // as the register has them now
}

// Comparison reads two applications that were found alike.
func (d *Desk) Comparison(ctx context.Context, r Request, id, other application.ID) (c *Comparison, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		k, err := t.open(id)
		if err != nil {
			return err
		}
		if err := application.MayList(t.by, application.ListMaterial); err != nil {
			return err
		}
		l, err := t.tx.Likeness(ctx, id, other)
		if err != nil {
			return err
		}
		o, err := t.open(other)
		if err != nil {
			return err
		}
		c = &Comparison{}
		if c.AlikeLine, err = t.alikeLine(k, l); err != nil {
			return err
		}
		if c.Mine, err = t.tx.Frozen(ctx, id, l.Version); err != nil {
			return err
		}
		if c.Theirs, err = t.tx.Frozen(ctx, other, l.OtherVersion); err != nil {
			return err
		}
		if c.Case, err = t.page(k); err != nil {
			return err
		}
		if c.Other, err = t.page(o); err != nil {
			return err
		}
		c.Unit, c.OtherUnit = c.Case.Unit, c.Other.Unit
		return nil
	})
	return c, err
}

// Visits are the site visits of an application that the actor may read about, with their
// files: for the department, and for those who review it.
type Visits struct {
	List  []application.Visit
	Files []filing.Evidence
}

// visits reads what site visits found; the caller has asked whether the actor may.
func (t *turn) visits(k dossier) (v Visits, err error) {
	es, err := t.tx.Evidence(t.ctx, k.ID)
	if err != nil {
		return v, err
	}
	v.List = k.Visited()
	for _, e := range es {
		reported := slices.ContainsFunc(v.List, func(x application.Visit) bool { return strconv.Itoa(x.N) == e.Topic })
		if e.Purpose == filing.ForVisit && e.Counts() && reported {
			v.Files = append(v.Files, e)
		}
	}
	return v, nil
}
