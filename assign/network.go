package assign

import (
	"fmt"
	"slices"

	"shenbao/flow"
)

// What an arc of the network is for; it decides the cost.
type role uint8

const (
	plain    role = iota
	load          // the n-th dossier of an expert, or all of them
	minimum       // the same, up to the expert's minimum
	demand        // an expert that a demand asks for
	unmet         // a slot that stays empty
	overload      // a dossier more than an expert's maximum, in a relaxed model
)

// overloads are the dossiers more than the maximum that a relaxed model thinks of.
const overloads = 2

// network is the flow of a model. Nodes: experts, dossiers, source, sink, then for some
// dossiers inner nodes: a group of candidates of which a rule allows only so many, a kind
// of candidates that a dossier demands. A unit that flows source → expert → (group) →
// (kind) → dossier → sink is one assignment; one that goes source → dossier is an empty
// slot. The first arcs are the candidates, in their order.
type network struct {
	m     *model
	p     flow.Problem
	role  []role  // of the arcs after the candidates
	step  []int64 // of a load arc: how many the expert has before
	price Levels
}

// weights are what a candidate is worth: affinity × (scale + more of its dossier) + lot.
type weights struct {
	scale int64
	more  []int64 // by dossier; nil for none
	lot   []int64 // by candidate; nil for none
}

func (w weights) of(i int, c cand) int64 {
	x := int64(c.affinity) * w.scale
	if w.more != nil {
		x += int64(c.affinity) * w.more[c.dossier]
	}
	if w.lot != nil {
		x += w.lot[i]
	}
	return x
}

// Levels are the prices that put one aim before another: each is more than everything
// below it can change along any way of exchanging, which meets no expert twice.
type Levels struct {
	Minimum int64 `json:"minimum"`          // an expert one below the minimum
	Over    int64 `json:"over,omitempty"`   // Mixed: a pair certain to more than the chance
	Keep    int64 `json:"keep,omitempty"`   // a pair that was assigned before and is no longer
	Relax   int64 `json:"-"`                // a load exceeded by one
	Demand  int64 `json:"demand,omitempty"` // an expert of a demanded group missing
	Unmet   int64 `json:"unmet"`            // an empty slot
}

func (m *model) network(w weights) *network {
	e, d := len(m.p.Experts), len(m.p.Dossiers)
	n := &network{m: m}
	n.p.Nodes = e + d + 2
	n.p.Arcs = make([]flow.Arc, len(m.cands), len(m.cands)+2*e+2*d)
	seat := make([]int32, e)
	for i := range seat {
		seat[i] = -1
	}
	for x := range int32(d) {
		n.dossier(x, seat)
	}
	for i, c := range m.cands {
		a := &n.p.Arcs[i]
		if a.From, a.Cap = c.expert, 1; c.lock {
			a.Low = 1
		}
		if m.dead[uint64(c.dossier)<<32|uint64(c.expert)] {
			a.Cap = 0
		}
	}
	for x := range m.p.Experts {
		n.loads(int32(x))
	}
	for x, dossier := range m.p.Dossiers {
		n.arc(plain, 0, n.dossierNode(int32(x)), n.sink(), int64(dossier.K))
		n.arc(unmet, 0, n.source(), n.dossierNode(int32(x)), int64(dossier.K))
	}
	n.p.Supply = make([]int64, n.p.Nodes)
	n.p.Supply[n.source()], n.p.Supply[n.sink()] = m.need, -m.need
	n.weigh(w)
	return n
}

func (n *network) dossierNode(d int32) int32 { return int32(len(n.m.p.Experts)) + d }
func (n *network) source() int32             { return int32(len(n.m.p.Experts) + len(n.m.p.Dossiers)) }
func (n *network) sink() int32               { return n.source() + 1 }

func (n *network) arc(r role, step int64, from, to int32, limit int64) {
	n.p.Arcs = append(n.p.Arcs, flow.Arc{From: from, To: to, Cap: limit})
	n.role = append(n.role, r)
	n.step = append(n.step, step)
}

// node makes an inner node.
func (n *network) node() int32 {
	n.p.Nodes++
	return int32(n.p.Nodes - 1)
}

func (n *network) loads(e int32) {
	x := n.m.p.Experts[e]
	if n.m.relaxed && x.Withdrawn == "" {
		defer n.arc(overload, 0, n.source(), e, overloads)
	}
	if n.m.p.Balance == 0 {
		if x.Min > 0 {
			n.arc(minimum, 0, n.source(), e, int64(x.Min))
		}
		n.arc(load, 0, n.source(), e, int64(x.Max-x.Min))
		return
	}
	for i := range x.Max {
		r := load
		if i < x.Min {
			r = minimum
		}
		n.arc(r, int64(i), n.source(), e, 1)
	}
}

// dossier leads the candidates of a dossier to it: past a node for those that fit the same
// of its demands, and past a node for those of whom only some may be on it. seat is scratch,
// -1 for every expert.
func (n *network) dossier(d int32, seat []int32) {
	m, to, from := n.m, n.dossierNode(d), n.m.first[d]
	cands := m.of(d)
	for i, c := range cands {
		n.p.Arcs[int(from)+i].To = to
		seat[c.expert] = int32(i)
	}
	if len(m.p.Dossiers[d].Demands) > 0 {
		n.kinds(d, cands)
	}
	if m.p.EmployerCap > 0 || len(m.p.Apart) > 0 {
		n.groups(d, cands, seat)
	}
	for _, c := range cands {
		seat[c.expert] = -1
	}
}

// kinds sends the candidates that fit demands through nodes of those; one that fits
// several chooses.
func (n *network) kinds(d int32, cands []cand) {
	to, k := n.dossierNode(d), int64(n.m.p.Dossiers[d].K)+1 // one more than can flow: never what stops it
	kind := make([]int32, len(n.m.p.Dossiers[d].Demands))
	for i, x := range n.m.p.Dossiers[d].Demands {
		kind[i] = n.node()
		n.arc(demand, 0, kind[i], to, int64(x.Min))
		n.arc(plain, 0, kind[i], to, k)
	}
	several := map[string]int32{}
	for i, c := range cands {
		at := int(n.m.first[d]) + i // not a pointer: the arcs grow below
		switch fits := n.m.demanded(d, c.expert); len(fits) {
		case 0:
		case 1:
			n.p.Arcs[at].To = kind[fits[0]]
		default:
			key := fmt.Sprint(fits)
			v, ok := several[key]
			if !ok {
				v = n.node()
				several[key] = v
				for _, f := range fits {
					n.arc(plain, 0, v, kind[f], k)
				}
			}
			n.p.Arcs[at].To = v
		}
	}
}

// groups adds a node for candidates of whom a rule lets only so many on the dossier. Such
// groups may not cross each other or the kinds; what doesn't fit is left to repair.
func (n *network) groups(d int32, cands []cand, seat []int32) {
	arcs := n.p.Arcs[n.m.first[d]:n.m.first[d+1]]
	group := make([]int, len(cands)) // number + 1
	var members [][]int32
	var most []int64
	if n.m.p.EmployerCap > 0 {
		members = n.m.colleagues(cands, arcs)
		for g, list := range members {
			most = append(most, int64(n.m.p.EmployerCap))
			for _, i := range list {
				group[i] = g + 1
			}
		}
	}
	for i, c := range cands {
		for _, other := range n.m.apart[c.expert] {
			j := seat[other]
			if j < int32(i) || arcs[i].To != arcs[j].To {
				continue
			}
			switch gi, gj := group[i], group[j]; {
			case gi == 0 && gj == 0:
				members, most = append(members, []int32{int32(i), j}), append(most, 1)
				group[i], group[j] = len(members), len(members)
			case gi == 0 && most[gj-1] == 1 && n.m.allApart(c.expert, cands, members[gj-1]):
				members[gj-1] = append(members[gj-1], int32(i))
				group[i] = gj
			case gj == 0 && most[gi-1] == 1 && n.m.allApart(other, cands, members[gi-1]):
				members[gi-1] = append(members[gi-1], j)
				group[j] = gi
			}
		}
	}
	to := make([]int32, len(members))
	for g, list := range members {
		to[g] = n.p.Arcs[int(n.m.first[d])+int(list[0])].To
		v := n.node()
		n.arc(plain, 0, v, to[g], most[g])
		for _, i := range list {
			n.p.Arcs[int(n.m.first[d])+int(i)].To = v
		}
	}
}

// colleagues are the candidates of one employer and one kind, where there are more than
// may be, in order of the first of them.
func (m *model) colleagues(cands []cand, arcs []flow.Arc) (out [][]int32) {
	type unit struct {
		employer string
		to       int32
	}
	at := map[unit]int{}
	var all [][]int32
	for i, c := range cands {
		x := m.p.Experts[c.expert].Employer
		if x == "" {
			continue
		}
		u := unit{x, arcs[i].To}
		g, ok := at[u]
		if !ok {
			g = len(all)
			at[u] = g
			all = append(all, nil)
		}
		all[g] = append(all[g], int32(i))
	}
	for _, list := range all {
		if len(list) > m.p.EmployerCap {
			out = append(out, list)
		}
	}
	return out
}

func (m *model) allApart(e int32, cands []cand, list []int32) bool {
	return !slices.ContainsFunc(list, func(i int32) bool { return !slices.Contains(m.apart[e], cands[i].expert) })
}

// weigh sets the costs of all arcs.
func (n *network) weigh(w weights) {
	m := n.m
	var dearest, steps int64
	demands := int64(0)
	for i, c := range m.cands {
		dearest = max(dearest, w.of(i, c))
	}
	for _, e := range m.p.Experts {
		steps = max(steps, int64(e.Max))
	}
	for _, d := range m.p.Dossiers {
		demands += int64(len(d.Demands))
	}
	n.price = m.levels(times(dearest, int64(len(m.p.Experts))+1)+times(int64(m.p.Balance)*w.scale, steps)+1, demands)
	n.cost(w)
}

// levels stacks the prices; way is what affinities and loads can change.
func (m *model) levels(way, demands int64) (l Levels) {
	experts := int64(len(m.p.Experts)) + 1
	l.Minimum = way
	way += 2 * l.Minimum
	if m.p.Mode == Mixed {
		l.Over = way
		way += times(l.Over, experts)
	}
	if len(m.p.Keep) > 0 {
		l.Keep = way
		way += times(l.Keep, experts)
	}
	if m.relaxed {
		l.Relax = way
		way += times(l.Relax, hardest*experts)
	}
	if l.Unmet = way; demands > 0 {
		l.Demand = way
		l.Unmet += times(l.Demand, min(demands, experts))
	}
	return l
}

func (n *network) cost(w weights) {
	l, balance := n.price, int64(n.m.p.Balance)*w.scale
	for i, c := range n.m.cands {
		x := -w.of(i, c)
		if c.keep {
			x -= l.Keep
		}
		if c.waive > 0 {
			x += l.Relax * int64(1+c.waive)
		}
		n.p.Arcs[i].Cost = x
	}
	for i, r := range n.role {
		a := &n.p.Arcs[len(n.m.cands)+i]
		switch r {
		case load:
			a.Cost = balance * n.step[i]
		case minimum:
			a.Cost = balance*n.step[i] - l.Minimum
		case demand:
			a.Cost = -l.Demand
		case unmet:
			a.Cost = l.Unmet
		case overload:
			a.Cost = l.Relax
		}
	}
}

// times stops where a flow is refused as too large anyway, instead of wrapping.
func times(a, b int64) int64 {
	const top = 1 << 59
	if b != 0 && a > top/b {
		return top
	}
	return a * b
}
