package assign

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Schema names the form of a problem.
const Schema = "shenbao/assign/1"

// Most is the highest affinity.
const Most = 1000

// Mode is what is looked for.
type Mode string

// Best is the highest sum of affinities. Fair lifts the dossier that is matched worst as
// high as it goes, and keeps the highest sum that this leaves. Mixed draws by lot among
// good matches: nobody can know beforehand who gets a dossier, as no pair is more probable
// than Chance where it can be helped.
const (
	Best  Mode = "best"
	Fair  Mode = "fair"
	Mixed Mode = "mixed"
)

// A Problem is who may get what, frozen. Lists may stand in any order; it has no meaning.
type Problem struct {
	Schema      string `json:"schema"`
	Title       string `json:"title,omitempty"`
	Seed        string `json:"seed"` // for the lots among what is equally good, and for Mixed
	Mode        Mode   `json:"mode"`
	Chance      int    `json:"chance,omitempty"`      // Mixed: the highest probability of a pair, in 1/1000; 0 stands for 900
	Balance     int    `json:"balance,omitempty"`     // each further dossier of an expert costs so much affinity more than the one before
	EmployerCap int    `json:"employerCap,omitempty"` // experts of one employer on a dossier at most; 0 for any number

	Experts   []Expert   `json:"experts"`
	Dossiers  []Dossier  `json:"dossiers"`
	Pairs     []Pair     `json:"pairs"` // the candidates; who is not listed for a dossier is none
	Conflicts []Conflict `json:"conflicts,omitempty"`
	Apart     []Apart    `json:"apart,omitempty"`
	Locks     []Order    `json:"locks,omitempty"` // pairs that must be
	Bans      []Order    `json:"bans,omitempty"`  // pairs that may not be
	Keep      []Key      `json:"keep,omitempty"`  // what was assigned before; as little of it changes as can be
}

// An Expert takes from Min to Max dossiers.
type Expert struct {
	ID        string   `json:"id"`
	Min       int      `json:"min,omitempty"`
	Max       int      `json:"max"`
	Employer  string   `json:"employer,omitempty"`  // the topmost unit that counts as one employer
	Groups    []string `json:"groups,omitempty"`    // kinds that dossiers may demand: technical, finance, management
	Withdrawn string   `json:"withdrawn,omitempty"` // why nothing more can be given to the expert
}

// A Dossier needs K experts.
type Dossier struct {
	ID      string   `json:"id"`
	K       int      `json:"k"`
	Demands []Demand `json:"demands,omitempty"`
}

// A Demand asks for at least Min experts of a group. An expert counts for one demand of a
// dossier only.
type Demand struct {
	Group string `json:"group"`
	Min   int    `json:"min"`
}

// A Key names a pair.
type Key struct {
	Dossier string `json:"dossier"`
	Expert  string `json:"expert"`
}

// A Pair is a candidate: how well the expert fits, 0 to 1000, and of what that is made up.
// Zero is a bad fit, not a ban.
type Pair struct {
	Key
	Affinity int            `json:"affinity"`
	Parts    map[string]int `json:"parts,omitempty"` // for the reader; not added up
}

// A Conflict forbids a pair. Waive ranks the rules that might be waived to fill a dossier,
// 1 the lightest; 0 is never waived (same employer, kinship).
type Conflict struct {
	Key
	Reason string `json:"reason"`
	Waive  int    `json:"waive,omitempty"`
}

// hardness orders conflicts by how hard they are to waive.
func (c Conflict) hardness() int {
	if c.Waive == 0 {
		return hardest
	}
	return c.Waive
}

const hardest = 10

// Apart are two experts that may not be on one dossier: spouses, one team.
type Apart struct {
	A      string `json:"a"`
	B      string `json:"b"`
	Reason string `json:"reason"`
}

// An Order is a pair set by hand: by whom and why.
type Order struct {
	Key
	Reason string `json:"reason"`
	By     string `json:"by"`
}

// ErrInput is a problem that contradicts itself; ErrLarge one that is beyond 64 bits.
var (
	ErrInput = errors.New("assign: wrong input")
	ErrLarge = errors.New("assign: the problem is too large")
)

func wrong(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInput, fmt.Sprintf(format, args...))
}

// Parse reads a problem. A word that is unknown is an error: a demand that is misspelt
// must not pass for none.
func Parse(file []byte) (Problem, error) {
	var p Problem
	if err := decode(file, &p); err != nil {
		return p, err
	}
	return p.canonical()
}

func decode(file []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return wrong("%v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return wrong("something follows the JSON value")
	}
	return nil
}

// Sum is the SHA-256, in hexadecimal, of the problem's JSON as it stands in a record: every
// list in order of the ids, without blanks.
func (p Problem) Sum() (string, error) {
	p, err := p.canonical()
	if err != nil {
		return "", err
	}
	return p.sum(), nil
}

func (p Problem) sum() string {
	h := sha256.New()
	p.writeJSON(h)
	return hex.EncodeToString(h.Sum(nil))
}

// writeJSON writes what encoding/json makes of p to a writer that doesn't fail. The pairs,
// nearly all of it, are written here: by reflection that takes longer than to find the
// optimum.
func (p Problem) writeJSON(w io.Writer) {
	pairs := p.Pairs
	p.Pairs = nil
	head, tail, _ := bytes.Cut(encode(p), []byte(`"pairs":null`)) // in a text the quotes are escaped
	const lot = 1 << 15
	b := make([]byte, 0, 2*lot)
	b = append(append(b, head...), `"pairs":[`...)
	for i, x := range pairs {
		if i > 0 {
			b = append(b, ',')
		}
		b = text(append(b, `{"dossier":`...), x.Dossier)
		b = text(append(b, `,"expert":`...), x.Expert)
		b = strconv.AppendInt(append(b, `,"affinity":`...), int64(x.Affinity), 10)
		if len(x.Parts) > 0 {
			b = append(append(b, `,"parts":`...), encode(x.Parts)...)
		}
		if b = append(b, '}'); len(b) > lot {
			w.Write(b)
			b = b[:0]
		}
	}
	w.Write(append(append(b, ']'), tail...))
}

// text appends a JSON string; those with a sign that might be escaped go the long way.
func text(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == 0x7f || c == 0xe2 { // U+2028 begins with e2
			return append(b, encode(s)...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

func encode(x any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(x); err != nil {
		panic(err) // texts, numbers, lists and maps of them
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// canonical is p checked, with every list in order of the ids. A list that is in order is
// shared, not copied.
func (p Problem) canonical() (Problem, error) {
	if p.Schema != Schema {
		return p, wrong("schema %q, not %q", p.Schema, Schema)
	}
	if err := p.settings(); err != nil {
		return p, err
	}
	p.Experts = slices.SortedFunc(slices.Values(p.Experts), func(a, b Expert) int { return cmp.Compare(a.ID, b.ID) })
	p.Dossiers = slices.SortedFunc(slices.Values(p.Dossiers), func(a, b Dossier) int { return cmp.Compare(a.ID, b.ID) })
	if err := p.people(); err != nil {
		return p, err
	}
	ix := p.index()
	var err error
	sorted := func(what string, n int, key func(int) Key, again func(a, b int) int, take func([]int32)) {
		if err != nil {
			return
		}
		var order []int32
		if order, err = ix.order(what, n, key, again); order != nil {
			take(order)
		}
	}
	sorted("pairs", len(p.Pairs), func(i int) Key { return p.Pairs[i].Key }, nil, func(o []int32) { p.Pairs = pick(p.Pairs, o) })
	sorted("conflicts", len(p.Conflicts), func(i int) Key { return p.Conflicts[i].Key }, func(a, b int) int {
		return cmp.Or(-cmp.Compare(p.Conflicts[a].hardness(), p.Conflicts[b].hardness()), cmp.Compare(p.Conflicts[a].Reason, p.Conflicts[b].Reason))
	}, func(o []int32) { p.Conflicts = pick(p.Conflicts, o) })
	sorted("locks", len(p.Locks), func(i int) Key { return p.Locks[i].Key }, nil, func(o []int32) { p.Locks = pick(p.Locks, o) })
	sorted("bans", len(p.Bans), func(i int) Key { return p.Bans[i].Key }, nil, func(o []int32) { p.Bans = pick(p.Bans, o) })
	sorted("keep", len(p.Keep), func(i int) Key { return p.Keep[i] }, nil, func(o []int32) { p.Keep = pick(p.Keep, o) })
	if err != nil {
		return p, err
	}
	if p.Apart, err = p.couples(ix); err != nil {
		return p, err
	}
	return p, p.lists()
}

func (p Problem) settings() error {
	switch {
	case p.Seed == "":
		return wrong("there is no seed")
	case p.Mode != Best && p.Mode != Fair && p.Mode != Mixed:
		return wrong("mode %q; there are best, fair and mixed", p.Mode)
	case p.Chance < 0 || p.Chance > 1000:
		return wrong("a chance of %d; it goes from 1 to 1000", p.Chance)
	case p.Chance != 0 && p.Mode != Mixed:
		return wrong("a chance is for the mode mixed")
	case p.Balance < 0 || p.Balance > Most:
		return wrong("a balance of %d; it goes from 0 to %d", p.Balance, Most)
	case p.EmployerCap < 0:
		return wrong("an employerCap of %d", p.EmployerCap)
	case p.Mode == Mixed && len(p.Keep) > 0:
		return wrong("after a change there is nothing left to draw: keep goes with best and fair")
	}
	return nil
}

// most people and slots: beyond it the numbers of the flow would not fit.
const most = 1 << 20

func (p Problem) people() error {
	if len(p.Experts) > most || len(p.Dossiers) > most {
		return ErrLarge
	}
	for i, e := range p.Experts {
		switch {
		case !named(e.ID):
			return wrong("expert %q: an id is a short text without control characters", e.ID)
		case i > 0 && e.ID == p.Experts[i-1].ID:
			return wrong("expert %s is listed twice", e.ID)
		case e.Min < 0 || e.Max < e.Min || e.Max > most:
			return wrong("expert %s takes from %d to %d dossiers", e.ID, e.Min, e.Max)
		}
	}
	for i, d := range p.Dossiers {
		sum, seen := 0, map[string]bool{}
		for _, x := range d.Demands {
			if x.Group == "" || x.Min < 1 || x.Min > d.K || seen[x.Group] {
				return wrong("dossier %s demands %d of %q", d.ID, x.Min, x.Group)
			}
			sum += x.Min
			seen[x.Group] = true
		}
		switch {
		case !named(d.ID):
			return wrong("dossier %q: an id is a short text without control characters", d.ID)
		case i > 0 && d.ID == p.Dossiers[i-1].ID:
			return wrong("dossier %s is listed twice", d.ID)
		case d.K < 1 || d.K > most:
			return wrong("dossier %s needs %d experts", d.ID, d.K)
		case sum > d.K:
			return wrong("dossier %s demands %d experts by kind, and needs %d in all", d.ID, sum, d.K)
		}
	}
	return nil
}

func named(id string) bool {
	return id != "" && len(id) <= 200 && !strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' })
}

func (p Problem) lists() error {
	for _, x := range p.Pairs {
		if x.Affinity < 0 || x.Affinity > Most {
			return wrong("%s for %s has an affinity of %d; it goes from 0 to %d", x.Expert, x.Dossier, x.Affinity, Most)
		}
	}
	for _, c := range p.Conflicts {
		if c.Reason == "" || c.Waive < 0 || c.Waive >= hardest {
			return wrong("the conflict of %s with %s needs a reason and a rank of waiving from 0 to 9", c.Expert, c.Dossier)
		}
	}
	for _, list := range [][]Order{p.Locks, p.Bans} {
		for _, o := range list {
			if o.Reason == "" || o.By == "" {
				return wrong("%s for %s is set by hand: by whom and why?", o.Expert, o.Dossier)
			}
		}
	}
	return nil
}

// couples orders the pairs of Apart, the lesser id first.
func (p Problem) couples(ix index) ([]Apart, error) {
	out := slices.Clone(p.Apart)
	for i, a := range out {
		if a.A > a.B {
			out[i].A, out[i].B = a.B, a.A
		}
		_, okA := ix.expert[a.A]
		_, okB := ix.expert[a.B]
		if !okA || !okB || a.A == a.B || a.Reason == "" {
			return nil, wrong("apart %q and %q: two experts and a reason", a.A, a.B)
		}
	}
	slices.SortFunc(out, func(a, b Apart) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	for i := 1; i < len(out); i++ {
		if out[i].A == out[i-1].A && out[i].B == out[i-1].B {
			return nil, wrong("apart %s and %s is listed twice", out[i].A, out[i].B)
		}
	}
	return out, nil
}

// index finds the places of ids in a canonical problem.
type index struct{ expert, dossier map[string]int32 }

func (p Problem) index() index {
	ix := index{make(map[string]int32, len(p.Experts)), make(map[string]int32, len(p.Dossiers))}
	for i, e := range p.Experts {
		ix.expert[e.ID] = int32(i)
	}
	for i, d := range p.Dossiers {
		ix.dossier[d.ID] = int32(i)
	}
	return ix
}

// place is the pair as one number, in order of the ids.
func (ix index) place(k Key) (uint64, bool) {
	d, okD := ix.dossier[k.Dossier]
	e, okE := ix.expert[k.Expert]
	return uint64(d)<<32 | uint64(e), okD && okE
}

// placer places pairs of which many in a row are of one dossier.
func (ix index) placer() func(k Key) (uint64, bool) {
	last, at, ok := "", int32(0), false
	return func(k Key) (uint64, bool) {
		if k.Dossier != last {
			last = k.Dossier
			at, ok = ix.dossier[last]
		}
		e, okE := ix.expert[k.Expert]
		return uint64(at)<<32 | uint64(e), ok && okE
	}
}

// order is the order of a list by pair, nil if it is in order. again orders entries of one
// pair, which are refused unless twice allows them.
func (ix index) order(what string, n int, key func(int) Key, again func(a, b int) int) ([]int32, error) {
	at, place := make([]uint64, n), ix.placer()
	for i := range at {
		var ok bool
		if at[i], ok = place(key(i)); !ok {
			return nil, wrong("%s: there is no dossier %q or no expert %q", what, key(i).Dossier, key(i).Expert)
		}
	}
	less := func(a, b int32) int {
		c := cmp.Compare(at[a], at[b])
		if c == 0 && again != nil {
			c = again(int(a), int(b))
		}
		return c
	}
	in := func(i int) int32 { return int32(i) }
	var order []int32
	for i := 1; i < n && order == nil; i++ {
		if less(int32(i-1), int32(i)) > 0 {
			order = make([]int32, n)
			for j := range order {
				order[j] = int32(j)
			}
			slices.SortStableFunc(order, less)
			in = func(i int) int32 { return order[i] }
		}
	}
	for i := 1; i < n; i++ {
		if a, b := in(i-1), in(i); less(a, b) == 0 {
			return nil, wrong("%s: %s for %s is listed twice", what, key(int(b)).Expert, key(int(b)).Dossier)
		}
	}
	return order, nil
}

func pick[T any](list []T, order []int32) []T {
	out := make([]T, len(order))
	for i, o := range order {
		out[i] = list[o]
	}
	return out
}
