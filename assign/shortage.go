package assign

import (
	"cmp"
	"slices"
)

// A Lack is a dossier that goes short, of anybody or of a group, and where the whole pool
// is: the counts add up to Pool. A pair with several conflicts counts for the one that is
// hardest to waive.
type Lack struct {
	Dossier   string         `json:"dossier"`
	Group     string         `json:"group,omitempty"`
	Missing   int            `json:"missing"`
	Pool      int            `json:"pool"`     // all experts, or all of the group
	Assigned  int            `json:"assigned"` // to this dossier
	Full      int            `json:"full,omitempty"`
	Held      int            `json:"held,omitempty"` // may not be beside one who is assigned
	Free      int            `json:"free,omitempty"` // eligible, and of use elsewhere only: a demand's expert on a full dossier
	Unlisted  int            `json:"unlisted,omitempty"`
	Banned    int            `json:"banned,omitempty"`
	Withdrawn int            `json:"withdrawn,omitempty"`
	Conflicts map[string]int `json:"conflicts,omitempty"` // by reason
}

// Sum is what the counts add up to.
func (l Lack) Sum() int {
	n := l.Assigned + l.Full + l.Held + l.Free + l.Unlisted + l.Banned + l.Withdrawn
	for _, x := range l.Conflicts {
		n += x
	}
	return n
}

// Blocks prove that no assignment has fewer empty slots: the shortages add up to them.
type Blocks []Block

// A Block are dossiers that need more than can be had: all that its Experts may take, and
// whoever else is eligible for one of the dossiers, once for each.
type Block struct {
	Dossiers []string `json:"dossiers"`
	Experts  []string `json:"experts,omitempty"`
	Need     int64    `json:"need"`
	Have     int64    `json:"have"`
	Shortage int64    `json:"shortage"`
}

// A Remedy is the cheapest way to fill the slots: loads exceeded, by two at most, before
// rules waived, the lighter ones first; what is never waived stays. Left slots have none.
type Remedy struct {
	Loads  []More   `json:"loads,omitempty"`
	Waived []Waiver `json:"waived,omitempty"`
	Left   int      `json:"left"`
}

// More dossiers for an expert than the maximum.
type More struct {
	Expert string `json:"expert"`
	More   int    `json:"more"`
}

// A Waiver is a pair that a rule forbids.
type Waiver struct {
	Key
	Reason string `json:"reason"`
	Rank   int    `json:"rank"`
}

func (m *model) missing(x *Record, r *result) error {
	load := make([]int, len(m.p.Experts))
	for _, i := range r.chosen {
		load[m.cands[i].expert]++
	}
	for d, list := range m.byDossier(r.chosen) {
		own := m.p.Dossiers[d]
		if n := own.K - len(list); n > 0 {
			x.Short = append(x.Short, m.lack(int32(d), "", n, list, load))
		}
		for i, n := range m.met(int32(d), list) {
			if n < own.Demands[i].Min {
				x.Lacking = append(x.Lacking, m.lack(int32(d), own.Demands[i].Group, own.Demands[i].Min-n, list, load))
			}
		}
	}
	if x.Unmet == 0 {
		return nil
	}
	x.Blocks = m.blocks(r)
	var err error
	x.Remedy, err = m.remedy()
	return err
}

// met is how many of the chosen count for each demand: a matching, as each counts once.
func (m *model) met(d int32, chosen []int32) []int {
	demands := m.p.Dossiers[d].Demands
	met := make([]int, len(demands))
	holds := make([][]int32, len(demands)) // experts that count for it
	var place func(e int32, seen []bool) bool
	place = func(e int32, seen []bool) bool {
		for _, i := range m.demanded(d, e) {
			if seen[i] {
				continue
			}
			seen[i] = true
			if met[i] < demands[i].Min {
				met[i]++
				holds[i] = append(holds[i], e)
				return true
			}
			for j, f := range holds[i] {
				if place(f, seen) {
					holds[i][j] = e
					return true
				}
			}
		}
		return false
	}
	for _, i := range chosen {
		if len(demands) > 0 {
			place(m.cands[i].expert, make([]bool, len(demands)))
		}
	}
	return met
}

// lack sorts the pool, or the group, by why each is not on the dossier.
func (m *model) lack(d int32, group string, missing int, chosen []int32, load []int) Lack {
	l := Lack{Dossier: m.p.Dossiers[d].ID, Group: group, Missing: missing, Conflicts: map[string]int{}}
	state := m.excluded(d)
	var held []int32
	for _, i := range chosen {
		held = append(held, m.cands[i].expert)
	}
	for e, x := range m.p.Experts {
		if group != "" && !slices.Contains(x.Groups, group) {
			continue
		}
		l.Pool++
		switch why := state[int32(e)]; {
		case slices.Contains(held, int32(e)):
			l.Assigned++
		case x.Withdrawn != "":
			l.Withdrawn++
		case why.conflict != "":
			l.Conflicts[why.conflict]++
		case why.banned:
			l.Banned++
		case !why.listed:
			l.Unlisted++
		case load[e] >= x.Max:
			l.Full++
		case m.beside(held, int32(e)):
			l.Held++
		default:
			l.Free++
		}
	}
	return l
}

func (m *model) beside(held []int32, e int32) bool {
	_, why := m.clash(append(slices.Clone(held), e))
	return why != ""
}

type exclusion struct {
	conflict       string
	banned, listed bool
}

// excluded is what the lists say of the experts for a dossier.
func (m *model) excluded(d int32) map[int32]exclusion {
	out := map[int32]exclusion{}
	note := func(k Key, set func(x *exclusion)) {
		e := m.ix.expert[k.Expert]
		x := out[e]
		set(&x)
		out[e] = x
	}
	id := m.p.Dossiers[d].ID
	for _, c := range within(m.p.Conflicts, id, func(c Conflict) Key { return c.Key }) {
		note(c.Key, func(x *exclusion) { x.conflict = cmp.Or(x.conflict, c.Reason) })
	}
	for _, b := range within(m.p.Bans, id, func(o Order) Key { return o.Key }) {
		note(b.Key, func(x *exclusion) { x.banned = true })
	}
	for _, p := range within(m.p.Pairs, id, func(p Pair) Key { return p.Key }) {
		note(p.Key, func(x *exclusion) { x.listed = true })
	}
	return out
}

// within are the entries of a dossier in a canonical list.
func within[T any](list []T, dossier string, key func(T) Key) []T {
	at := func(x T, d string) int { return cmp.Compare(key(x).Dossier, d) }
	from, _ := slices.BinarySearchFunc(list, dossier, at)
	to := from
	for to < len(list) && key(list[to]).Dossier == dossier {
		to++
	}
	return list[from:to]
}

// blocks are the parts of the network that an empty slot could still draw from. Whatever
// leads into one is used up, so that it lacks what it needs beyond that.
func (m *model) blocks(r *result) Blocks {
	n := r.n
	in := n.drain(r.whole)
	top := make([]int32, n.p.Nodes)
	for v := range top {
		top[v] = int32(v)
	}
	find := func(v int32) int32 {
		for top[v] != v {
			top[v] = top[top[v]]
			v = top[v]
		}
		return v
	}
	for _, a := range n.p.Arcs {
		if in[a.From] && in[a.To] {
			top[find(a.From)] = find(a.To)
		}
	}
	at := map[int32]int{}
	var out Blocks
	block := func(v int32) *Block {
		i, ok := at[find(v)]
		if !ok {
			i = len(out)
			at[find(v)] = i
			out = append(out, Block{})
		}
		return &out[i]
	}
	for d, x := range m.p.Dossiers {
		if v := n.dossierNode(int32(d)); in[v] {
			b := block(v)
			b.Dossiers = append(b.Dossiers, x.ID)
			b.Need += int64(x.K)
		}
	}
	for e, x := range m.p.Experts {
		if in[e] {
			b := block(int32(e))
			b.Experts = append(b.Experts, x.ID)
		}
	}
	for i, a := range n.p.Arcs {
		switch enters := in[a.To] && !in[a.From]; {
		case n.is(unmet, i):
		case enters:
			block(a.To).Have += a.Cap
		case in[a.From] && !in[a.To] && a.To != n.sink():
			block(a.From).Have -= a.Low
		}
	}
	for i := range out {
		out[i].Shortage = out[i].Need - out[i].Have
	}
	return out
}

// drain marks the nodes from which one unit more could reach a dossier that goes short.
func (n *network) drain(f []int64) []bool {
	links := make([][]int32, n.p.Nodes)
	in := make([]bool, n.p.Nodes)
	var queue []int32
	for i, a := range n.p.Arcs {
		switch {
		case n.is(unmet, i):
			if f[i] > 0 {
				in[a.To] = true
				queue = append(queue, a.To)
			}
		case a.From != n.source() && a.To != n.sink():
			links[a.From] = append(links[a.From], int32(i))
			links[a.To] = append(links[a.To], int32(i))
		}
	}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for _, i := range links[v] {
			a := n.p.Arcs[i]
			u, open := a.From, f[i] < a.Cap
			if a.From == v {
				u, open = a.To, f[i] > a.Low
			}
			if open && !in[u] {
				in[u] = true
				queue = append(queue, u)
			}
		}
	}
	return in
}

// remedy solves the model with loads that may be exceeded and rules that may be waived,
// each at a price above any affinity.
func (m *model) remedy() (*Remedy, error) {
	p := m.p
	if p.Mode = Best; p.Chance != 0 {
		p.Chance = 0
	}
	relaxed, err := newModel(p, true)
	if err != nil {
		return nil, err
	}
	r, err := relaxed.solve()
	if err != nil {
		return nil, err
	}
	out := &Remedy{Left: int(m.need) - len(r.chosen)}
	load := make([]int, len(p.Experts))
	for _, i := range r.chosen {
		c := relaxed.cands[i]
		load[c.expert]++
		if c.waive > 0 {
			out.Waived = append(out.Waived, Waiver{relaxed.key(c), relaxed.reason(c), int(c.waive)})
		}
	}
	for e, x := range p.Experts {
		if load[e] > x.Max {
			out.Loads = append(out.Loads, More{x.ID, load[e] - x.Max})
		}
	}
	return out, nil
}

// reason is that of the conflict which is hardest to waive.
func (m *model) reason(c cand) string {
	for _, x := range within(m.p.Conflicts, m.p.Dossiers[c.dossier].ID, func(c Conflict) Key { return c.Key }) {
		if x.Expert == m.p.Experts[c.expert].ID {
			return x.Reason
		}
	}
	return ""
}
