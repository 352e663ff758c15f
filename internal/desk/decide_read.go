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
	"shenbao/internal/store"
)

// rankMax bounds the ranked list of a call, which is decided in one act.
const rankMax = 5000

// A RankLine is one application of the ranked list, with what the deciding look at.
type RankLine struct {
	application.Row
	Rank     int // equal scores share one
	Tied     bool
	Beside   application.Beside
	Opinions []filing.Opinion
	Late     *application.Late
	Decision *application.Decision
	Choice   application.Choice // as it is written on the open sheet
	Departs  bool               // so written, it is out of rank
	app      *application.Application
}

// A RankedList is the list on which a call is determined, with the sheet that is being
// written on it, and how bases are spread before and after (R18).
type RankedList struct {
	Office
	Lines   []RankLine // to be decided, by official score
	Decided []RankLine // decided before
	Waiting int        // applications that are still in check or review
	Sheet   *application.DecisionSheet
	Past    []*application.DecisionSheet // released
	Spread  application.Distribution
	Joints  []org.Unit // that could approve beside the department
}

// Ranked reads the ranked list of a call.
func (d *Desk) Ranked(ctx context.Context, r Request, call string) (*RankedList, error) {
	rk := &RankedList{}
	err := d.read(ctx, r, func(t *turn) (err error) {
		if rk.Office, err = t.office(call, application.ListRanking); err != nil {
			return err
		}
		if rk.Lines, err = t.ranked(call, application.Deciding); err != nil {
			return err
		}
		if err := t.advise(call, rk.Lines); err != nil {
			return err
		}
		if rk.Decided, err = t.ranked(call, application.Proposed, application.Recognised, application.NotRecognised); err != nil {
			return err
		}
		slices.SortStableFunc(rk.Decided, func(a, b RankLine) int { return cmp.Compare(a.Decision.Rank, b.Decision.Rank) })
		before, err := t.tx.AllApplications(ctx, application.Filter{Call: call, States: []application.State{application.Checking, application.Reviewing}}, listMax)
		if err != nil {
			return err
		}
		rk.Waiting = len(before)
		return t.written(rk)
	})
	return rk, err
}

// written puts what the open sheet says on the lines of the list.
func (t *turn) written(rk *RankedList) error {
	all, err := t.tx.DecisionSheets(t.ctx, rk.Call.ID)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.State == application.SheetReleased {
			rk.Past = append(rk.Past, s)
		} else {
			rk.Sheet = s
		}
	}
	if rk.Sheet != nil {
		for i := range rk.Lines {
			l, _ := rk.Sheet.Line(rk.Lines[i].ID)
			rk.Lines[i].Choice = l.Choice
		}
	}
	rk.Depart()
	if rk.Joints, err = t.tx.Units(t.ctx, store.UnitFilter{Kinds: []org.Kind{org.Department}, State: org.Active}, listMax); err != nil {
		return err
	}
	rk.Spread, err = t.distribution(rk.spread())
	return err
}

// Depart marks the lines that are out of rank as they are chosen now.
func (rk *RankedList) Depart() {
	s := application.DecisionSheet{}
	for _, l := range rk.Lines {
		s.Lines = append(s.Lines, application.DecisionLine{Rank: l.Rank, Choice: l.Choice})
	}
	for i := range rk.Lines {
		rk.Lines[i].Departs = s.Departs(i)
	}
}

// Choose shows the list with other choices than those kept, before they are kept.
func (rk *RankedList) Choose(cs map[application.ID]application.Choice) {
	for i := range rk.Lines {
		rk.Lines[i].Choice = cs[rk.Lines[i].ID]
	}
	rk.Depart()
	for _, list := range [][]application.Spread{rk.Spread.Leagues, rk.Spread.Industries} {
		for i := range list {
			list[i].Proposed = 0
		}
	}
	for _, l := range rk.Lines {
		if l.Choice.Outcome != application.LineRecognised {
			continue
		}
		add(rk.Spread.Leagues, l.Beside.League)
		for _, x := range l.Beside.Industry {
			add(rk.Spread.Industries, x)
		}
	}
}

func add(list []application.Spread, name string) {
	for i := range list {
		if list[i].Name == name {
			list[i].Proposed++
		}
	}
}

func (t *turn) ranked(call string, states ...application.State) ([]RankLine, error) {
	rows, err := t.tx.Ranked(t.ctx, application.Filter{Call: call, States: states}, rankMax)
	if err != nil {
		return nil, err
	}
	all, err := t.tx.AssignmentsIn(t.ctx, call)
	if err != nil {
		return nil, err
	}
	places, err := t.places()
	if err != nil {
		return nil, err
	}
	panels, recused, scores, round := map[string]int{}, map[string]int{}, []int64{}, map[string]string{}
	for _, as := range all {
		if as.Round != round[as.Application] { // they come by round: the last one is what counts
			round[as.Application], panels[as.Application], recused[as.Application] = as.Round, 0, 0
		}
		switch {
		case as.Recused:
			recused[as.Application]++
		case !as.Scored.IsZero():
			panels[as.Application]++
		}
	}
	for _, row := range rows {
		scores = append(scores, -int64(row.Rank)) // as the last round left it: ties are parted by its rule alone
	}
	ranks := application.Ranks(scores)
	var out []RankLine
	for i, row := range rows {
		k, err := t.dossier(row.ID)
		if err != nil {
			return nil, err
		}
		v, _ := k.Current()
		content, err := t.tx.Frozen(t.ctx, row.ID, v.N)
		if err != nil {
			return nil, err
		}
		l := RankLine{Row: row, Rank: ranks[i], Opinions: k.OpinionsForReview(), Late: k.Late, Decision: k.Decision, app: k.Application,
			Beside: application.Beside{Division: row.Division, Industry: application.Industry(content), Recommender: row.RecommenderName, Panel: panels[string(row.ID)], Recused: recused[string(row.ID)]}}
		l.Tied = (i > 0 && ranks[i-1] == ranks[i]) || (i+1 < len(ranks) && ranks[i+1] == ranks[i])
		l.Beside.League, l.Beside.Place = places.of(row.Division)
		out = append(out, l)
	}
	return out, nil
}

// advise puts beside the lines what informs and does not decide: calibrated scores with
// their intervals and grounds for a veto, of the last round of each, and what site visits
// found.
func (t *turn) advise(call string, lines []RankLine) error {
	rounds, err := t.tx.Rounds(t.ctx, call)
	if err != nil {
		return err
	}
	all, err := t.tx.AssignmentsIn(t.ctx, call)
	if err != nil {
		return err
	}
	at := map[string]*application.Beside{}
	for i := range lines {
		at[string(lines[i].ID)] = &lines[i].Beside
		for _, v := range lines[i].app.Visited() {
			lines[i].Beside.Visits = append(lines[i].Beside.Visits, v.Report.Date+" "+v.Report.Findings)
		}
	}
	for _, r := range rounds {
		if r.State != review.RoundOver {
			continue
		}
		mine := slices.DeleteFunc(slices.Clone(all), func(a review.Assignment) bool { return a.Round != r.ID })
		for _, l := range r.Examine(mine, nil, 0).Lines {
			b := at[l.Application]
			if b == nil {
				continue
			}
			b.Advisory, b.Vetoed = "", nil
			if l.Place > 0 {
				b.Advisory = l.Calibrated.Format(2) + " [" + l.Low.Format(2) + ", " + l.High.Format(2) + "]"
			}
			for _, v := range r.Sheet.Vetoes {
				if slices.Contains(l.Standing.Vetoed, v.ID) {
					b.Vetoed = append(b.Vetoed, v.Name)
				}
			}
		}
	}
	return nil
}

// entries are the ranked list as the deciding package has it, without what is advisory.
func (t *turn) entries(call string) ([]application.Entry, error) {
	lines, err := t.ranked(call, application.Deciding)
	return entriesOf(lines), err
}

func entriesOf(lines []RankLine) []application.Entry {
	var out []application.Entry
	for _, l := range lines {
		out = append(out, application.Entry{Application: l.app, Rank: l.Rank, Beside: l.Beside})
	}
	return out
}

// leagueCode is the division that places.of names first.
func (p places) leagueCode(code string) string {
	if d := p[code]; !d.Direct && d.Level == "county" {
		return d.Parent
	}
	return code
}

// A mark is one application of a list where it counts, and whether it is proposed.
type mark struct {
	code     string // division of the base
	league   string
	industry []string
	proposed bool
}

func (rk *RankedList) spread() (out []mark) {
	for _, l := range rk.Lines {
		out = append(out, mark{l.Beside.Division, l.Beside.League, l.Beside.Industry, l.Choice.Outcome == application.LineRecognised})
	}
	return out
}

func lineSpread(lines []application.DecisionLine) (out []mark) {
	for _, l := range lines {
		out = append(out, mark{l.Beside.Division, l.Beside.League, l.Beside.Industry, l.Outcome == application.LineRecognised})
	}
	return out
}

// distribution counts the bases that there are and those of a list, by place and industry.
func (t *turn) distribution(list []mark) (d application.Distribution, err error) {
	bases, err := t.tx.Bases(t.ctx)
	if err != nil {
		return d, err
	}
	places, err := t.places()
	byLeague, byIndustry := map[string]application.Spread{}, map[string]application.Spread{}
	for _, b := range bases {
		if b.State == base.Active {
			league, _ := places.of(b.Division)
			count(byLeague, places.leagueCode(b.Division), league, 1, 0, 0)
			for _, i := range b.Industry {
				count(byIndustry, "", i, 1, 0, 0)
			}
		}
	}
	for _, m := range list {
		proposed := 0
		if m.proposed {
			proposed = 1
		}
		count(byLeague, places.leagueCode(m.code), m.league, 0, proposed, 1)
		for _, i := range m.industry {
			count(byIndustry, "", i, 0, proposed, 1)
		}
	}
	return application.Distribution{Leagues: ordered(byLeague), Industries: ordered(byIndustry)}, err
}

func count(m map[string]application.Spread, code, name string, existing, proposed, listed int) {
	s := m[name]
	m[name] = application.Spread{Name: name, Code: code, Existing: s.Existing + existing, Proposed: s.Proposed + proposed, Listed: s.Listed + listed}
}

// ordered is by what there is and could be, the most first: the order does not jump about
// while lines are chosen.
func ordered(m map[string]application.Spread) []application.Spread {
	var out []application.Spread
	for _, s := range m {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b application.Spread) int {
		return cmp.Or(cmp.Compare(b.Existing+b.Listed, a.Existing+a.Listed), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// A SignPost is a post of the department or its centre that can be named to countersign.
type SignPost struct {
	Post   org.PostID
	Person org.PersonID
	Name   string
	Title  string
	Role   org.Role
}

// countersigning are the posts that can be named, without lent ones.
func (t *turn) countersigning() ([]SignPost, error) {
	var out []SignPost
	for _, role := range application.Countersigning {
		hs, err := t.tx.PostsWith(t.ctx, role)
		if err != nil {
			return nil, err
		}
		for _, h := range hs {
			if h.Origin != "" {
				continue
			}
			p, err := t.tx.Person(t.ctx, h.Person)
			if err != nil {
				return nil, err
			}
			out = append(out, SignPost{Post: h.ID, Person: h.Person, Name: p.Name, Title: p.Title, Role: h.Role})
		}
	}
	return out, nil
}

// A DecisionPage is a decision sheet as it is read and signed.
type DecisionPage struct {
	Office
	Sheet  *application.DecisionSheet
	Others []*application.DecisionSheet // of the same call
	Can    []string                     // acts on the sheet
	Waits  string                       // the act that it waits for from the actor; "" none
	Posts  []SignPost                   // that can be named, while it is being written
	Listed bool                         // the actor may open the ranked list too

	Objections []filing.Objection // to lines of the sheet, without who objected
}

// DecisionSheet reads a call's nth sheet, or with 0 its last.
func (d *Desk) DecisionSheet(ctx context.Context, r Request, call string, n int) (*DecisionPage, error) {
	p := &DecisionPage{}
	err := d.read(ctx, r, func(t *turn) (err error) {
		if p.Call, err = t.shownCall(call); err != nil {
			return err
		}
		if p.Published, err = t.published(p.Call.Notice); err != nil {
			return err
		}
		all, err := t.tx.DecisionSheets(ctx, call)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(s *application.DecisionSheet) bool { return !s.Sees(t.by) })
		for _, s := range all {
			if s.N == n || n == 0 {
				p.Sheet = s
			}
		}
		if p.Sheet == nil {
			return store.ErrNotFound
		}
		p.Others = slices.DeleteFunc(all, func(s *application.DecisionSheet) bool { return s.N == p.Sheet.N })
		p.Can, p.Waits, p.Listed = p.Sheet.Can(t.by), p.Sheet.Waits(t.by), application.MayList(t.by, application.ListRanking) == nil
		if err := t.objected(p); err != nil || !slices.Contains(p.Can, application.ActSheetSend) {
			return err
		}
		if p.Sheet.Before, err = t.distribution(lineSpread(p.Sheet.Lines)); err != nil {
			return err
		}
		p.Sheet.BudgetFen = p.Call.Settings.BudgetFen
		p.Posts, err = t.countersigning()
		return err
	})
	return p, err
}

// objected puts the objections to lines of the sheet on its page.
func (t *turn) objected(p *DecisionPage) error {
	all, err := t.tx.Objections(t.ctx, p.Call.ID)
	for _, o := range all {
		if _, ok := p.Sheet.Line(application.ID(o.Application)); ok {
			p.Objections = append(p.Objections, filing.Objection{Number: o.Number, Base: o.Base, State: o.State, Finding: o.Finding})
		}
	}
	return err
}

// sheetsToDo are the decision sheets that wait for the actor, and calls whose list waits
// for one.
func (t *turn) sheetsToDo(out *Todo) error {
	live, err := t.tx.LiveSheets(t.ctx)
	if err != nil {
		return err
	}
	begun := map[string]bool{}
	for _, s := range live {
		begun[s.Call] = true
		kind := s.Waits(t.by)
		if !s.Sees(t.by) || kind == "" {
			continue
		}
		c, err := t.tx.Call(t.ctx, s.Call)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, TodoItem{Kind: kind, Subject: c.Title, Link: "/calls/" + c.ID + "/decision-sheet", Since: s.Sent})
	}
	if !t.by.Is(org.Staff) {
		return nil
	}
	rows, err := t.tx.AllApplications(t.ctx, application.Filter{States: []application.State{application.Deciding}}, todoMax)
	for _, row := range rows {
		if begun[row.Call] {
			continue
		}
		begun[row.Call] = true
		c, err := t.tx.Call(t.ctx, row.Call)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, TodoItem{Kind: application.ActSheetWrite, Subject: c.Title, Link: "/calls/" + c.ID + "/" + application.ListRanking, Since: row.Moved})
	}
	return err
}
