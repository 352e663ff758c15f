package review

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/assign"
	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/org"
	"shenbao/textmatch"
)

// Facts of a match.
const (
	Matched        event.Kind = "panel.matched"
	MatchCommitted event.Kind = "panel.match-committed"
	MatchDropped   event.Kind = "panel.match-dropped"
)

// MatchState is how far a match is. locale has "match.<state>".
type MatchState string

// A match is a proposal until staff takes or drops it.
const (
	MatchProposed  MatchState = "proposed"
	MatchTaken     MatchState = "committed"
	MatchDroppedAs MatchState = "dropped"
)

// MatchOptions are what staff set for a match.
type MatchOptions struct {
	Mode     assign.Mode    `json:"mode"`
	Size     int            `json:"size"`              // experts for each application
	Most     int            `json:"most"`              // applications for each expert
	Least    int            `json:"least"`             // and at least, where it can be had
	Employer int            `json:"employer"`          // experts of one employer on an application at most; 0 any number
	Balance  int            `json:"balance"`           // what each further application of an expert costs, in affinity
	Chance   int            `json:"chance,omitempty"`  // of Mixed: the greatest probability of a pair, in 1/1000
	Demands  map[string]int `json:"demands,omitempty"` // at least so many of a kind of experts on each application
	Keep     bool           `json:"keep"`              // what is assigned stays; only what is missing is filled, with the fewest changes
}

// Check refuses options that can't be meant.
func (o MatchOptions) Check() error {
	var bad event.Refusals
	within := func(field string, n, least, most int) {
		if n < least || n > most {
			bad = append(bad, refuseField("number-range", field, "min", strconv.Itoa(least), "max", strconv.Itoa(most)))
		}
	}
	within("size", o.Size, 1, MaxPanel)
	within("most", o.Most, 1, 1000)
	within("least", o.Least, 0, max(0, o.Most))
	within("employer", o.Employer, 0, MaxPanel)
	within("balance", o.Balance, 0, assign.Most)
	if o.Mode == assign.Mixed {
		within("chance", o.Chance, 1, 1000)
	}
	sum := 0
	for _, n := range o.Demands {
		sum += n
	}
	within("demands", sum, 0, o.Size)
	switch {
	case o.Mode != assign.Best && o.Mode != assign.Fair && o.Mode != assign.Mixed:
		bad = append(bad, refuseField("outcome-required", "mode"))
	case o.Mode == assign.Mixed && o.Keep:
		bad = append(bad, refuseField("match-mixed-keep", "mode"))
	}
	return bad.Or()
}

// A Matching (匹配) is one assignment of a round by affinity, proposed and then taken or
// dropped.
type Matching struct {
	ID      string       `json:"id"`
	Call    string       `json:"call"`
	Round   string       `json:"round"`
	N       int          `json:"n"`
	State   MatchState   `json:"state"`
	Options MatchOptions `json:"options"`
	Input   string       `json:"input"`  // hash of the problem
	Held    string       `json:"held"`   // hash of what was assigned, see HeldSum
	Record  string       `json:"record"` // kept whole
	Unmet   int          `json:"unmet"`
	By      event.Actor  `json:"by"`
	At      time.Time    `json:"at"`
	Decided time.Time    `json:"decided"` // taken or dropped
	Reason  string       `json:"reason,omitempty"`
	Version int          `json:"version"`
}

func (m *Matching) fact(k event.Kind, by org.Actor, now time.Time, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "matching", ID: m.ID}, Call: m.Call, By: by.Actor, At: now, Outcome: event.OK,
		Detail: map[string]string{"match": strconv.Itoa(m.N)}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

// Propose notes what a solved problem gives.
func (m Matching) Propose(rec assign.Record, record, held string, by org.Actor, now time.Time) (Matching, event.Event, error) {
	if !by.Is(org.Staff) {
		return m, event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	m.State, m.Input, m.Held, m.Record, m.Unmet, m.By, m.At = MatchProposed, rec.Input, held, record, rec.Unmet, by.Actor, now
	return m, m.fact(Matched, by, now, "input", rec.Input, "lines", strconv.Itoa(len(rec.Lines)), "unmet", strconv.Itoa(rec.Unmet)), nil
}

// Take makes the proposal count. input is the hash of the problem as it is now, held that of
// what is assigned: when people, conflicts or assignments have changed, what was proposed is not what would be solved, and
// it is to be matched anew. Slots that stay empty need a reason.
func (m *Matching) Take(by org.Actor, input, held, reason string, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Staff):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case m.State != MatchProposed:
		return event.Event{}, event.Refuse(event.Conflict, "match-decided", "", "match", strconv.Itoa(m.N))
	case input != m.Input || held != m.Held:
		return event.Event{}, event.Refuse(event.Conflict, "match-changed", "", "match", strconv.Itoa(m.N))
	case m.Unmet > 0 && strings.TrimSpace(reason) == "":
		return event.Event{}, refuseField("match-unmet", "reason", "n", strconv.Itoa(m.Unmet))
	}
	m.State, m.Decided, m.Reason = MatchTaken, now, reason
	e := m.fact(MatchCommitted, by, now, "input", m.Input, "unmet", strconv.Itoa(m.Unmet))
	e.Reason = reason
	return e, nil
}

// Drop gives the proposal up.
func (m *Matching) Drop(by org.Actor, reason string, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Staff):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case m.State != MatchProposed:
		return event.Event{}, event.Refuse(event.Conflict, "match-decided", "", "match", strconv.Itoa(m.N))
	case strings.TrimSpace(reason) == "":
		return event.Event{}, refuseField("reason-required", "reason")
	}
	m.State, m.Decided, m.Reason = MatchDroppedAs, now, reason
	e := m.fact(MatchDropped, by, now)
	e.Reason = reason
	return e, nil
}

// A Subject is an application as affinity sees it.
type Subject struct {
	ID     string
	Fields []string // words that name fields: 产业方向, 急需专家领域
	Text   string   // what the form says, in its own words
}

// Parts of an affinity: how much of the full 1000 each can make up. Zero is a bad fit, not
// a ban.
const (
	fieldPart = 600
	textPart  = assign.Most - fieldPart
)

// Affinities says how well each expert fits each application: the nearest of their fields,
// and how near the texts of their works are to what the form says. parts are for the reader.
func Affinities(xs []expert.Expert, subjects []Subject) func(i, j int) (sum int, parts map[string]int) {
	var all []string
	for _, x := range xs {
		all = append(all, profileTexts(x)...)
	}
	for _, s := range subjects {
		all = append(all, s.Text)
	}
	c := textmatch.NewCorpus(all)
	profiles := make([][]textmatch.Vector, len(xs))
	for i, x := range xs {
		for _, t := range profileTexts(x) {
			profiles[i] = append(profiles[i], c.Vector(t))
		}
	}
	texts, fields := make([]textmatch.Vector, len(subjects)), make([][]string, len(subjects))
	for j, s := range subjects {
		texts[j] = c.Vector(s.Text)
		for _, w := range s.Fields {
			if f, ok := expert.Guess(w); ok {
				fields[j] = append(fields[j], f.Code)
			}
		}
	}
	return func(i, j int) (int, map[string]int) {
		near := 0.0
		for _, a := range xs[i].Fields {
			for _, b := range fields[j] {
				near = max(near, expert.Near(a, b))
			}
		}
		parts := map[string]int{"field": int(math.Round(near * fieldPart)), "text": int(math.Round(textmatch.Match(texts[j], profiles[i]) * textPart))}
		return parts["field"] + parts["text"], parts
	}
}

func profileTexts(x expert.Expert) []string {
	out := slices.Clone(x.Texts)
	if x.Qualifications != "" {
		out = append(out, x.Qualifications)
	}
	return out
}

// A Candidate is an expert as a match or a draw sees them.
type Candidate struct {
	expert.Expert
	Load   int    // open applications in other calls and rounds
	Reason string // why nothing can be given to them now; "" it can
}

// A Held pair is what is assigned already.
type Held struct {
	assign.Key
	Scored bool // stays whatever happens
}

// HeldSum is the hash of what is assigned, in any order.
func HeldSum(held []Held) string {
	lines := make([]string, len(held))
	for i, h := range held {
		lines[i] = h.Dossier + " " + h.Expert + " " + strconv.FormatBool(h.Scored)
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// Problem is what is to be matched: found are the conflicts of expert i with application j.
func Problem(title, seed string, o MatchOptions, xs []Candidate, subjects []Subject, found [][][]Conflict, held []Held) assign.Problem {
	p := assign.Problem{Schema: assign.Schema, Title: title, Seed: seed, Mode: o.Mode, Balance: o.Balance, EmployerCap: o.Employer}
	if o.Mode == assign.Mixed {
		p.Chance = o.Chance
	}
	experts := make([]expert.Expert, len(xs))
	for i, x := range xs {
		experts[i] = x.Expert
		p.Experts = append(p.Experts, place(x, o, held))
	}
	fit := Affinities(experts, subjects)
	for j, s := range subjects {
		d := assign.Dossier{ID: s.ID, K: o.Size}
		for _, kind := range slices.Sorted(maps.Keys(o.Demands)) {
			if n := o.Demands[kind]; n > 0 {
				d.Demands = append(d.Demands, assign.Demand{Group: kind, Min: n})
			}
		}
		p.Dossiers = append(p.Dossiers, d)
		for i, x := range xs {
			k := assign.Key{Dossier: s.ID, Expert: string(x.Person)}
			a, parts := fit(i, j)
			p.Pairs = append(p.Pairs, assign.Pair{Key: k, Affinity: a, Parts: parts})
			if len(found[i][j]) > 0 {
				p.Conflicts = append(p.Conflicts, asConflict(k, found[i][j]))
			}
		}
	}
	for _, h := range held {
		if h.Scored {
			p.Locks = append(p.Locks, assign.Order{Key: h.Key, Reason: "scored", By: "-"})
		}
		if o.Keep {
			p.Keep = append(p.Keep, h.Key)
		}
	}
	return p
}

// place is how much an expert can take. What they hold already has its place in any case.
func place(x Candidate, o MatchOptions, held []Held) assign.Expert {
	most, mine := o.Most, 0
	if x.MaxLoad > 0 {
		most = min(most, max(0, x.MaxLoad-x.Load))
	}
	for _, h := range held {
		if h.Expert == string(x.Person) && (o.Keep || h.Scored) {
			mine++
		}
	}
	most = max(most, mine)
	e := assign.Expert{ID: string(x.Person), Min: min(o.Least, most), Max: most, Employer: x.Employer(), Groups: []string{string(x.Kind)}, Withdrawn: x.Reason}
	if x.Reason != "" {
		e.Min = 0
	}
	return e
}

// asConflict is the hardest of the conflicts of a pair: that one decides whether it can be waived.
func asConflict(k assign.Key, found []Conflict) assign.Conflict {
	hardness := func(c Conflict) int { return cmp.Or(waiveRank(c), assign.Most) }
	hard := slices.MaxFunc(found, func(a, b Conflict) int { return cmp.Compare(hardness(a), hardness(b)) })
	return assign.Conflict{Key: k, Reason: string(hard.Kind), Waive: waiveRank(hard)}
}

// waiveRank orders what may be waived: the place first, then work done together, then a
// former employer; 0 never.
func waiveRank(c Conflict) int {
	if !c.Waivable {
		return 0
	}
	return 1 + max(0, slices.Index([]ConflictKind{SamePlace, WorkedWith, FormerEmployer}, c.Kind))
}
