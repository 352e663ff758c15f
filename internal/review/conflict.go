package review

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/hanzi"
	"shenbao/internal/expert"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// A ConflictKind is why an expert may not review an application (回避). locale has
// "conflict.<kind>" for the sentence and "conflict-kind.<kind>" for the word.
type ConflictKind string

// Kinds of conflicts, the gravest first.
const (
	SameEmployer   ConflictKind = "employer"          // works for the applicant, a unit above or below it
	Kinship        ConflictKind = "kinship"           // a relative stands in the form or works there
	ByRecommender  ConflictKind = "recommender"       // works for the recommending unit
	Recommended    ConflictKind = "recommended"       // gave an opinion on it, or works for a unit that did
	Named          ConflictKind = "named"             // stands in the form: a co-applicant or adviser
	DeclaredTie    ConflictKind = "declared"          // the expert's own word
	AskedByUnit    ConflictKind = "applicant-request" // the applicant asked, the department granted
	ByHand         ConflictKind = "by-hand"           // the department, with a reason
	FormerEmployer ConflictKind = "former-employer"   // worked there within so many years
	WorkedWith     ConflictKind = "co-work"           // within so many years
	SamePlace      ConflictKind = "division"          // of one league or county, if the call says so
)

// ConflictKinds are all kinds, in the order of lists.
var ConflictKinds = []ConflictKind{SameEmployer, Kinship, ByRecommender, Recommended, Named, DeclaredTie, AskedByUnit, ByHand,
	FormerEmployer, WorkedWith, SamePlace}

// Waivable reports whether the department may set a conflict of the kind aside where an
// application would have no experts otherwise: what rests on distance in time or place
// alone. The same employer and kinship never.
func (k ConflictKind) Waivable() bool {
	return k == FormerEmployer || k == WorkedWith || k == SamePlace
}

// Where a conflict is known from. locale has "conflict-source.<source>".
const (
	FromProfile     = "profile"     // what the expert's profile says
	FromForm        = "form"        // the profile against the names in the form
	FromRecord      = "record"      // what was done in the system: opinions
	FromDeclaration = "declaration" // the expert, of this application
	FromApplicant   = "applicant"
	FromStaff       = "staff"
)

// A Conflict is one reason, with what it rests on.
type Conflict struct {
	Kind     ConflictKind      `json:"kind"`
	Source   string            `json:"source"`
	Waivable bool              `json:"waivable"`
	Args     map[string]string `json:"args,omitempty"`     // words of its sentence
	Period   string            `json:"period,omitempty"`   // "2015—2019"
	Evidence string            `json:"evidence,omitempty"` // the text it rests on, word for word
}

// Divisions of the rule on places.
const (
	PlaceOff    = "off"
	PlaceLeague = "league" // 同盟市
	PlaceCounty = "county" // 同旗县
)

// ConflictRules are what the notice leaves open of recusal (解释 “回避”: 通知未规定): set by
// the department for a call, with a reason.
type ConflictRules struct {
	Place        string              // PlaceOff, PlaceLeague or PlaceCounty
	FormerYears  int                 // a former employer counts so many years; 0 not at all
	CoWorkYears  int                 // so does work done together; what goes on counts always
	At           time.Time           // the day that the years are counted back from
	LeagueOfCode func(string) string // the league or city that a division reports to; nil: by the code
}

// RulesOf are the rules of a call's settings, on a day.
func RulesOf(s notice.Settings, at time.Time) ConflictRules {
	return ConflictRules{Place: s.RecusalPlace, FormerYears: s.RecusalFormerYears, CoWorkYears: s.RecusalCoWorkYears, At: at}
}

// A Party is a unit that a case touches, by id and by every name it goes by.
type Party struct {
	ID    org.UnitID
	Names []string // full and short, as registered and as written in the form
	Tie   string   // what it is to the applicant: Itself, Above, Below
}

// Ties of a party to the applicant. locale has "party.<tie>".
const (
	Itself = "applicant"
	Above  = "above"
	Below  = "below"
)

// A NamedPerson is somebody whose name stands in a form.
type NamedPerson struct {
	Name string
	As   string // the field or list of the form, as it is called there
	Unit string // where the form says that they work; "" it doesn't
}

// A Case is an application as the engine sees it.
type Case struct {
	Application string
	Number      string
	Units       []Party // the applicant first, then the units above and below that are one employer with it
	Recommender Party
	Levels      []Party        // the other units that gave an opinion on the way
	Signers     []org.PersonID // who wrote or signed an opinion
	Division    string         // where the base is
	People      []NamedPerson  // names in the form
	Ties        []Tie          // what was said of single experts, of this application
}

// A Tie is a conflict that somebody stated: the expert, the applicant with the
// department's leave, or the department by hand.
type Tie struct {
	Kind   ConflictKind // DeclaredTie, AskedByUnit or ByHand
	Person org.PersonID // the expert; "" whoever is called Name, or works for Unit
	Name   string
	Unit   string
	Words  string // the reason
	By     string // who said it
	At     time.Time
}

// Conflicts are all reasons why an expert may not review an application; none: may. They
// are found anew whenever they are asked for, from what is known then.
func Conflicts(x expert.Expert, c Case, rules ConflictRules) []Conflict {
	return conflicts(knownExpert(x), knownCase(c), rules)
}

// Matrix are the conflicts of every expert with every case: m[i][j] of expert i with case
// j. It is Conflicts for many at once: names are folded once.
func Matrix(xs []expert.Expert, cs []Case, rules ConflictRules) [][][]Conflict {
	cases := make([]foldedCase, len(cs))
	for j, c := range cs {
		cases[j] = knownCase(c)
	}
	m := make([][][]Conflict, len(xs))
	for i, x := range xs {
		k := knownExpert(x)
		m[i] = make([][]Conflict, len(cs))
		for j := range cases {
			m[i][j] = conflicts(k, cases[j], rules)
		}
	}
	return m
}

func conflicts(x foldedExpert, c foldedCase, rules ConflictRules) []Conflict {
	var out []Conflict
	out = append(out, x.employed(c, rules)...)
	out = append(out, x.related(c)...)
	out = append(out, x.opined(c)...)
	out = append(out, x.named(c)...)
	out = append(out, x.stated(c)...)
	out = append(out, x.workedWith(c, rules)...)
	out = append(out, x.placed(c, rules)...)
	slices.SortStableFunc(out, func(a, b Conflict) int {
		return slices.Index(ConflictKinds, a.Kind) - slices.Index(ConflictKinds, b.Kind)
	})
	return out
}

func conflict(k ConflictKind, source string, args ...string) Conflict {
	x := Conflict{Kind: k, Source: source, Waivable: k.Waivable(), Args: map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		x.Args[args[i]] = args[i+1]
	}
	return x
}

// employed finds the applicant, its tree, the recommender and the levels among the
// expert's employers, now and earlier.
func (x foldedExpert) employed(c foldedCase, rules ConflictRules) (out []Conflict) {
	for i, e := range x.Employers {
		now := e.Now()
		if !now && !within(e.Until, rules.FormerYears, rules.At) {
			continue
		}
		kind, p, ok := c.employs(x.employers[i])
		if !ok {
			continue
		}
		if !now {
			kind = FormerEmployer
		}
		y := conflict(kind, FromProfile, "employer", e.Name, "unit", p.Names[0], "tie", p.Tie, "years", strconv.Itoa(rules.FormerYears))
		y.Evidence, y.Period = e.Name, period(e.From, e.Until)
		out = append(out, y)
	}
	return out
}

// related finds relatives in the form, at the applicant and at the recommender.
func (x foldedExpert) related(c foldedCase) (out []Conflict) {
	for i, k := range x.Kin {
		y := conflict(Kinship, FromForm, "kin", k.Name, "relation", k.Relation)
		y.Evidence = strings.TrimSpace(k.Relation + " " + k.Name + " " + k.Unit)
		j := slices.IndexFunc(c.people, func(n string) bool { return n == x.kin[i] && n != "" })
		if j >= 0 {
			y.Args["as"] = c.People[j].As
			out = append(out, y)
			continue
		}
		if _, p, ok := c.employs(x.kinUnits[i]); ok {
			y.Source, y.Args["as"] = FromProfile, p.Names[0]
			out = append(out, y)
		}
	}
	return out
}

// opined finds the expert among those who gave an opinion on the application.
func (x foldedExpert) opined(c foldedCase) []Conflict {
	if !slices.Contains(c.Signers, x.Person) {
		return nil
	}
	return []Conflict{conflict(Recommended, FromRecord, "employer", x.Employer(), "unit", "", "tie", "")}
}

// named finds the expert's own name in the form. Where the form says for whom that person
// works, and the expert never worked there, it is somebody of the same name.
func (x foldedExpert) named(c foldedCase) []Conflict {
	for i, n := range c.people {
		if n == "" || n != x.name {
			continue
		}
		unit := key{folded: c.peopleUnits[i]}
		if unit.folded != "" && !x.worksAt(unit) {
			continue
		}
		return []Conflict{conflict(Named, FromForm, "as", c.People[i].As)}
	}
	return nil
}

// stated are the ties that somebody stated of this expert.
func (x foldedExpert) stated(c foldedCase) (out []Conflict) {
	sources := map[ConflictKind]string{DeclaredTie: FromDeclaration, AskedByUnit: FromApplicant, ByHand: FromStaff}
	for i, t := range c.Ties {
		mine := t.Person == x.Person
		if t.Person == "" {
			mine = (t.Name != "" || t.Unit != "") && (t.Name == "" || c.tieNames[i] == x.name) &&
				(t.Unit == "" || x.worksAt(c.tieUnits[i]))
		}
		if !mine {
			continue
		}
		y := conflict(t.Kind, sources[t.Kind], "by", t.By)
		y.Evidence = t.Words
		out = append(out, y)
	}
	return out
}

// worksAt reports whether an employer is, by its name, a unit or a part of it: what people
// write of a unit in a form or a request is text alone.
func (x foldedExpert) worksAt(unit key) bool {
	return slices.ContainsFunc(x.employers, func(e key) bool { return key{folded: e.folded}.partOf(unit) })
}

// workedWith finds the applicant and people of the form in what the expert did with others.
func (x foldedExpert) workedWith(c foldedCase, rules ConflictRules) (out []Conflict) {
	for i, w := range x.CoWork {
		if w.Until != "" && !within(w.Until, rules.CoWorkYears, rules.At) || rules.CoWorkYears == 0 {
			continue
		}
		p, ok := c.unit(x.coUnits[i])
		who := ""
		switch {
		case ok:
			who = p.Names[0]
		case x.coWith[i] != "" && slices.Contains(c.people, x.coWith[i]):
			who = w.With
		default:
			continue
		}
		y := conflict(WorkedWith, FromProfile, "who", who, "what", w.What, "years", strconv.Itoa(rules.CoWorkYears))
		y.Evidence, y.Period = w.What, period(w.From, w.Until)
		out = append(out, y)
	}
	return out
}

func (x foldedExpert) placed(c foldedCase, rules ConflictRules) []Conflict {
	if x.Place == "" || c.Division == "" {
		return nil
	}
	same := false
	switch rules.Place {
	case PlaceCounty:
		same = x.Place == c.Division
	case PlaceLeague:
		same = rules.leagueOf(x.Place) == rules.leagueOf(c.Division)
	}
	if !same {
		return nil
	}
	return []Conflict{conflict(SamePlace, FromProfile, "place", c.Division, "rule", rules.Place)}
}

func (r ConflictRules) leagueOf(code string) string {
	if r.LeagueOfCode != nil {
		return r.LeagueOfCode(code)
	}
	return code[:min(4, len(code))]
}

// within reports whether something that ended then still counts for so many years.
func within(until string, years int, at time.Time) bool {
	return years > 0 && expert.Ended(until) >= at.AddDate(-years, 0, 0).Format("2006-01")
}

func period(from, until string) string {
	if from == "" && until == "" {
		return ""
	}
	return from + "—" + until
}

// A key is what a unit is known by: its id on record, or its folded name.
type key struct {
	id     org.UnitID
	folded string
}

// partOf reports whether a unit known by k is the unit u or a part of it: the same one on
// record, the same name, or u's name followed by that of a department of it
// (内蒙古农业大学草原学院). A k on record under another id is another unit, whatever it is
// called (内蒙古大学创业学院 is not 内蒙古大学).
func (k key) partOf(u key) bool {
	switch {
	case k.id != "" && u.id != "":
		return k.id == u.id
	case k.folded == "" || u.folded == "":
		return false
	case k.folded == u.folded:
		return true
	case k.id != "":
		return false
	}
	return departmentOf(k.folded, u.folded)
}

// shortest is how many characters a name must have to be looked for at the beginning of a
// longer one.
const shortest = 4

// departments are the words that the name of a part of a unit ends in.
var departments = []string{"学院", "系", "院", "所", "部", "处", "科", "室", "中心", "站", "队", "组", "办", "局", "公司", "厂", "场", "馆", "校区", "基地", "平台", "委员会", "支部", "车间"}

// goesOn are beginnings of a rest that belongs to the word before it: 大学|生协会 and
// 科学院|士工作站 are not parts of the university and the academy.
var goesOn = []string{"生", "士", "长", "派", "者"}

// departmentOf reports whether the folded name long is a part of the unit called short.
func departmentOf(long, short string) bool {
	rest, ok := strings.CutPrefix(long, short)
	if !ok || len([]rune(short)) < shortest {
		return false
	}
	begins := func(s string) bool { return strings.HasPrefix(rest, s) }
	return !slices.ContainsFunc(goesOn, begins) && slices.ContainsFunc(departments, func(s string) bool { return strings.HasSuffix(rest, s) })
}

func keyOf(id org.UnitID, name string) key { return key{id, hanzi.FoldName(name)} }

func (p Party) keys() []key {
	var ks []key
	for _, n := range p.Names {
		ks = append(ks, keyOf(p.ID, n))
	}
	return ks
}

// foldedExpert and foldedCase are what is compared, folded once.
type foldedExpert struct {
	expert.Expert
	name      string
	employers []key
	kin       []string
	kinUnits  []key
	coUnits   []key
	coWith    []string
}

type foldedCase struct {
	Case
	units       [][]key
	recommender []key
	levels      [][]key
	people      []string
	peopleUnits []string
	tieNames    []string
	tieUnits    []key
}

func knownExpert(x expert.Expert) foldedExpert {
	k := foldedExpert{Expert: x, name: hanzi.FoldName(x.Name)}
	for _, e := range x.Employers {
		k.employers = append(k.employers, keyOf(e.Unit, e.Name))
	}
	for _, r := range x.Kin {
		k.kin, k.kinUnits = append(k.kin, hanzi.FoldName(r.Name)), append(k.kinUnits, keyOf("", r.Unit))
	}
	for _, w := range x.CoWork {
		k.coUnits, k.coWith = append(k.coUnits, keyOf("", w.Unit)), append(k.coWith, hanzi.FoldName(w.With))
	}
	return k
}

func knownCase(c Case) foldedCase {
	k := foldedCase{Case: c, recommender: c.Recommender.keys()}
	for _, p := range c.Units {
		k.units = append(k.units, p.keys())
	}
	for _, p := range c.Levels {
		k.levels = append(k.levels, p.keys())
	}
	for _, p := range c.People {
		k.people, k.peopleUnits = append(k.people, hanzi.FoldName(p.Name)), append(k.peopleUnits, hanzi.FoldName(p.Unit))
	}
	for _, t := range c.Ties {
		k.tieNames, k.tieUnits = append(k.tieNames, hanzi.FoldName(t.Name)), append(k.tieUnits, keyOf("", t.Unit))
	}
	return k
}

// unit is the one of the applicant's units that k is or is a part of.
func (c foldedCase) unit(k key) (Party, bool) {
	for i, ks := range c.units {
		if slices.ContainsFunc(ks, k.partOf) {
			return c.Units[i], true
		}
	}
	return Party{}, false
}

// employs says which unit of the case k is, and what kind of conflict that is for whoever
// works there now.
func (c foldedCase) employs(k key) (ConflictKind, Party, bool) {
	if p, ok := c.unit(k); ok {
		return SameEmployer, p, true
	}
	if slices.ContainsFunc(c.recommender, k.partOf) {
		return ByRecommender, c.Recommender, true
	}
	for i, ks := range c.levels {
		if slices.ContainsFunc(ks, k.partOf) {
			return Recommended, c.Levels[i], true
		}
	}
	return "", Party{}, false
}
