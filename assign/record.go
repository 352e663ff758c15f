package assign

import (
	"bytes"
)

// Version names the algorithm: a record is repeated byte by byte by the version that made
// it.
const Version = "shenbao/assign/1.0"

// A Record is an assignment with everything that is needed to repeat and to prove it.
type Record struct {
	Version string  `json:"version"`
	Input   string  `json:"input"` // SHA-256 of the problem, Problem.Sum
	Problem Problem `json:"problem"`

	Lines    []Line   `json:"lines"`             // who gets what, by dossier and expert
	Next     []Next   `json:"next,omitempty"`    // who comes next on each dossier
	Loads    []Load   `json:"loads"`             // every expert
	Affinity int64    `json:"affinity"`          // sum over the lines
	Unmet    int      `json:"unmet"`             // empty slots
	Lowered  []Load   `json:"lowered,omitempty"` // minimum loads that could not be had
	Lacking  []Lack   `json:"lacking,omitempty"` // demands that could not be had
	Short    []Lack   `json:"short,omitempty"`   // dossiers with empty slots
	Blocks   Blocks   `json:"blocks,omitempty"`  // the proof that they cannot be filled
	Remedy   *Remedy  `json:"remedy,omitempty"`  // what would fill them
	Changes  *Changes `json:"changes,omitempty"` // against Problem.Keep

	Fair   *FairPart  `json:"fair,omitempty"`
	Mixed  *MixedPart `json:"mixed,omitempty"`
	Repair *Repair    `json:"repair,omitempty"`

	Proof Proof `json:"proof"`
}

// A Line is one dossier given to one expert. Rank is the place of the affinity among all
// who are eligible for the dossier. Worth is what the sum would lose at least if the pair
// were forbidden; at Levels.Minimum and above, something that comes before affinity.
type Line struct {
	Key
	Affinity int            `json:"affinity"`
	Parts    map[string]int `json:"parts,omitempty"`
	Rank     int            `json:"rank"`
	Of       int            `json:"of"`
	Worth    int64          `json:"worth"`
	Locked   bool           `json:"locked,omitempty"`
	Chance   int            `json:"chance,omitempty"` // Mixed: how probable it was, in 1/1000
}

// A Next is an expert who is eligible for a dossier and did not get it; choosing the expert
// instead would cost the whole at least Costs.
type Next struct {
	Key
	Affinity int   `json:"affinity"`
	Rank     int   `json:"rank"`
	Costs    int64 `json:"costs"`
}

// nexts are told of each dossier.
const nexts = 3

// A Load is how many dossiers an expert has, wants and could have.
type Load struct {
	Expert     string `json:"expert"`
	Load       int    `json:"load"`
	Min        int    `json:"min,omitempty"`
	Max        int    `json:"max"`
	Candidates int    `json:"candidates"` // dossiers that the expert is eligible for
}

// FairPart tells what fair mode reached. Sums are of the affinities on a dossier, as if all
// needed as many experts as the one that needs most.
type FairPart struct {
	Bound   int64        `json:"bound"`   // no assignment lifts the lowest dossier above
	Least   int64        `json:"least"`   // the lowest dossier
	Reached bool         `json:"reached"` // Least is the bound; if not, more might be possible
	Before  int64        `json:"before"`  // the lowest dossier at the highest sum
	Optimum int64        `json:"optimum"` // the highest sum of affinities
	Rounds  int          `json:"rounds"`
	Weights []FairWeight `json:"weights,omitempty"`
}

// A FairWeight is how much more a dossier weighs: affinities count 1 + More/16384 times.
type FairWeight struct {
	Dossier string `json:"dossier"`
	More    int64  `json:"more"`
}

// MixedPart tells from which probabilities was drawn.
type MixedPart struct {
	Chance   int      `json:"chance"`   // the cap, in 1/1000
	Expected int64    `json:"expected"` // the sum of affinities to be expected, in 1/1000
	Optimum  int64    `json:"optimum"`  // the highest sum of affinities
	Tries    int      `json:"tries"`    // draws until no rule was broken
	Chances  []Chance `json:"chances"`
}

// A Chance is the probability of a pair, in 1/1000.
type Chance struct {
	Key
	Chance int `json:"chance"`
}

// Repair tells which pairs were put aside for rules that a flow cannot hold, and what was
// had with those rules left out. Exact is whether all other choices were tried, so that the
// result is the optimum; if not, it costs Proof.Cost - Bound more than the optimum at most
// (as Levels count; Bound is 0 in fair mode, which has no such bound).
type Repair struct {
	Aside    []Aside `json:"aside"`
	Affinity int64   `json:"affinity"`
	Unmet    int64   `json:"unmet"`
	Exact    bool    `json:"exact"`
	Bound    int64   `json:"bound,omitempty"`
}

// An Aside is a pair put aside because Beside is on the dossier.
type Aside struct {
	Key
	Reason string `json:"reason"`
	Beside string `json:"beside"`
}

// Changes against what was assigned before.
type Changes struct {
	Kept  int    `json:"kept"`
	Gone  []Gone `json:"gone,omitempty"`
	Added []Key  `json:"added,omitempty"`
}

// A Gone pair was assigned before: forbidden now (withdrawn, a conflict, a ban), or moved
// to make room.
type Gone struct {
	Key
	Moved  bool   `json:"moved,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Proof are the prices of the nodes: experts, dossiers, source, sink, inner nodes in order
// of the dossiers. By them no assignment can cost less than Cost, and this one costs it.
type Proof struct {
	Cost   int64   `json:"cost"`
	Scale  int64   `json:"scale"` // what one unit of affinity counts in it
	Levels Levels  `json:"levels"`
	Prices []int64 `json:"prices"`
}

// JSON is the record as it is kept; the same problem gives the same bytes.
func (r Record) JSON() []byte {
	p := r.Problem
	r.Problem = Problem{}
	head, tail, _ := bytes.Cut(encode(r), encode(r.Problem))
	var b bytes.Buffer
	b.Write(head)
	p.writeJSON(&b)
	b.Write(tail)
	b.WriteByte('\n')
	return b.Bytes()
}

func (m *model) key(c cand) Key { return Key{m.p.Dossiers[c.dossier].ID, m.p.Experts[c.expert].ID} }

func (m *model) record(r *result) (Record, error) {
	x := Record{Version: Version, Input: m.p.sum(), Problem: m.p, Affinity: m.total(r.chosen), Unmet: int(m.need) - len(r.chosen),
		Fair: r.fair, Mixed: r.mixed, Repair: r.repair,
		Proof: Proof{Cost: r.s.Cost, Scale: r.w.scale, Levels: r.n.price, Prices: r.s.Price}}
	x.Lines, x.Next = m.lines(r)
	m.loads(&x, r)
	m.changes(&x)
	return x, m.missing(&x, r)
}

func (m *model) lines(r *result) (lines []Line, next []Next) {
	got := make([]bool, len(m.cands))
	for _, i := range r.chosen {
		got[i] = true
	}
	chance := map[Key]int{}
	if r.mixed != nil {
		for _, c := range r.mixed.Chances {
			chance[c.Key] = c.Chance
		}
	} else {
		next = make([]Next, 0, nexts*len(m.p.Dossiers))
	}
	lines = make([]Line, 0, len(r.chosen))
	lot := m.lottery()
	for d := range m.p.Dossiers {
		cands, first := m.of(int32(d)), int(m.first[d])
		rank := ranks(cands)
		near := nearest{lot: lot}
		for j, c := range cands {
			a, p := r.n.p.Arcs[first+j], m.p.Pairs[c.pair]
			if !got[first+j] {
				if r.mixed == nil && a.Cap > 0 {
					near.add(rival{r.s.Reduced(a), rank[j], c})
				}
				continue
			}
			l := Line{Key: p.Key, Affinity: p.Affinity, Parts: p.Parts, Rank: rank[j], Of: len(cands), Locked: c.lock, Chance: chance[p.Key]}
			if r.mixed == nil && !c.lock {
				l.Worth = -r.s.Reduced(a) / r.w.scale
			}
			lines = append(lines, l)
		}
		for _, x := range near.list[:near.n] {
			next = append(next, Next{m.p.Pairs[x.cand.pair].Key, int(x.cand.affinity), x.rank, x.costs / r.w.scale})
		}
	}
	return lines, next
}

// nearest are the first of the candidates who did not get a dossier: by what they cost, by
// rank, by lot.
type nearest struct {
	list [nexts]rival
	n    int
	lot  func(c cand) int64
}

type rival struct {
	costs int64
	rank  int
	cand  cand
}

func (l *nearest) add(x rival) {
	if l.n < nexts {
		l.n++
	} else if !l.before(x, l.list[nexts-1]) {
		return
	}
	i := l.n - 1
	for ; i > 0 && l.before(x, l.list[i-1]); i-- {
		l.list[i] = l.list[i-1]
	}
	l.list[i] = x
}

func (l *nearest) before(a, b rival) bool {
	switch {
	case a.costs != b.costs:
		return a.costs < b.costs
	case a.rank != b.rank:
		return a.rank < b.rank
	}
	return l.lot(a.cand) < l.lot(b.cand)
}

// ranks are the places of the candidates by affinity; equals share one (1-2-2-4).
func ranks(cands []cand) []int {
	var above [Most + 1]int32
	for _, c := range cands {
		above[c.affinity]++
	}
	n := int32(0)
	for a := Most; a >= 0; a-- {
		n, above[a] = n+above[a], n
	}
	out := make([]int, len(cands))
	for i, c := range cands {
		out[i] = int(above[c.affinity]) + 1
	}
	return out
}

func (m *model) loads(x *Record, r *result) {
	x.Loads = make([]Load, len(m.p.Experts))
	for e, p := range m.p.Experts {
		x.Loads[e] = Load{Expert: p.ID, Min: p.Min, Max: p.Max}
	}
	for _, c := range m.cands {
		x.Loads[c.expert].Candidates++
	}
	for _, i := range r.chosen {
		x.Loads[m.cands[i].expert].Load++
	}
	for _, l := range x.Loads {
		if l.Load < l.Min {
			x.Lowered = append(x.Lowered, l)
		}
	}
}

func (m *model) changes(x *Record) {
	if len(m.p.Keep) == 0 {
		return
	}
	x.Changes = &Changes{}
	kept, place := walker(m.ix, m.p.Keep, keyOfKeep), m.ix.placer()
	for _, l := range x.Lines {
		if at, _ := place(l.Key); kept(at) == nil {
			x.Changes.Added = append(x.Changes.Added, l.Key)
		} else {
			x.Changes.Kept++
		}
	}
	now := walker(m.ix, x.Lines, func(l Line) Key { return l.Key })
	for _, k := range m.p.Keep {
		if at, _ := place(k); now(at) == nil {
			why := m.forbidden(k)
			x.Changes.Gone = append(x.Changes.Gone, Gone{k, why == "", why})
		}
	}
}

// forbidden is why a pair is not eligible, "" if it is.
func (m *model) forbidden(k Key) string {
	at, _ := m.ix.place(k)
	d, e := int32(at>>32), int32(uint32(at))
	for _, c := range m.of(d) {
		if c.expert == e {
			return ""
		}
	}
	if w := m.p.Experts[e].Withdrawn; w != "" {
		return w
	}
	for _, c := range m.p.Conflicts {
		if c.Key == k {
			return c.Reason
		}
	}
	for _, b := range m.p.Bans {
		if b.Key == k {
			return b.Reason
		}
	}
	return "not a candidate"
}
