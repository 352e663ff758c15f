package assign

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"shenbao/flow"
)

// many arcs with more than one slot in so many left empty by the greedy start are solved by
// cost scaling: the simplex is quicker on small and loose problems, and several times
// slower on large tight ones.
const (
	many  = 200_000
	tight = 200
)

// best is the optimum of the network; it is proved by the caller. Cost scaling is a third quicker without the dear arcs
// of empty slots, so it is first tried without them; the proof covers them all the same.
func (n *network) best(start []int64) (flow.Solution, error) {
	if len(n.p.Arcs) <= many || n.empty(start)*tight < n.m.need {
		return optimum(n.p, start)
	}
	p := n.p
	p.Arcs = nil
	for i, a := range n.p.Arcs {
		if !n.is(unmet, i) {
			p.Arcs = append(p.Arcs, a)
		}
	}
	s, err := flow.Scaling(p)
	if err == nil {
		part := s.Flow
		s.Flow = make([]int64, len(n.p.Arcs))
		for i, j := 0, 0; i < len(s.Flow); i++ {
			if !n.is(unmet, i) {
				s.Flow[i] = part[j]
				j++
			}
		}
		if n.p.Check(s) == nil {
			return s, nil
		}
	}
	if s, err = flow.Scaling(n.p); err != nil {
		return optimum(n.p, start)
	}
	return s, nil
}

func (n *network) is(r role, arc int) bool {
	return arc >= len(n.m.cands) && n.role[arc-len(n.m.cands)] == r
}

func (n *network) empty(f []int64) (slots int64) {
	for i, x := range f {
		if n.is(unmet, i) {
			slots += x
		}
	}
	return slots
}

// optimum solves a network; its caller proves the answer. A start is a flow that is likely
// good, or nil.
func optimum(p flow.Problem, start []int64) (flow.Solution, error) {
	s, err := flow.Simplex(p, start)
	if errors.Is(err, flow.ErrInput) && start != nil { // the start holds a cycle
		s, err = flow.Simplex(p, nil)
	}
	if errors.Is(err, flow.ErrLarge) {
		return s, ErrLarge
	}
	return s, err
}

func proved(p flow.Problem, s flow.Solution) error {
	if err := p.Check(s); err != nil {
		return fmt.Errorf("assign: the proof fails: %w", err)
	}
	return nil
}

// greedy fills the slots from the best pair down: locks first, then what is kept.
func (n *network) greedy(before []int64) []int64 {
	g := n.filling()
	if before != nil { // first what was chosen then and still may be
		for i := range n.m.cands {
			if before[i] > 0 {
				g.give(int32(i))
			}
		}
	}
	for _, i := range n.byWorth() {
		if g.left == 0 {
			break
		}
		if g.flow[i] == 0 {
			g.give(i)
		}
	}
	for i, r := range n.role {
		if r == unmet {
			e := len(n.m.cands) + i
			g.flow[e] = n.p.Arcs[e].Cap - g.flow[e-1] // the arc before leads from the dossier to the sink
			g.flow[e-1] = n.p.Arcs[e].Cap
		}
	}
	return g.flow
}

// filling is a flow on its way.
type filling struct {
	n    *network
	flow []int64
	left int64     // empty slots
	into [][]int32 // arcs from the source to an expert, the cheapest first
	out  [][]int32 // arcs that leave another node, but for candidates
	way  []int32
}

func (n *network) filling() *filling {
	g := &filling{n: n, flow: make([]int64, len(n.p.Arcs)), left: n.m.need, into: make([][]int32, len(n.m.p.Experts)), out: make([][]int32, n.p.Nodes)}
	for i := len(n.m.cands); i < len(n.p.Arcs); i++ {
		switch a := n.p.Arcs[i]; {
		case a.From != n.source():
			g.out[a.From] = append(g.out[a.From], int32(i))
		case int(a.To) < len(g.into):
			g.into[a.To] = append(g.into[a.To], int32(i))
		}
	}
	return g
}

// give sends a unit over a candidate if it gets through.
func (g *filling) give(i int32) {
	a := g.n.p.Arcs[i]
	g.way = append(g.way[:0], i)
	if a.Cap == 0 || !g.open(g.into[a.From]) {
		return
	}
	for v := a.To; v != g.n.sink(); v = g.n.p.Arcs[g.way[len(g.way)-1]].To {
		if !g.open(g.out[v]) {
			return
		}
	}
	for _, e := range g.way {
		g.flow[e]++
	}
	g.left--
}

func (g *filling) open(arcs []int32) bool {
	for _, e := range arcs {
		if g.flow[e] < g.n.p.Arcs[e].Cap {
			g.way = append(g.way, e)
			return true
		}
	}
	return false
}

// byWorth are the candidates from the dearest down, by counting: there are few affinities.
func (n *network) byWorth() []int32 {
	class := func(c cand) int {
		x := Most - int(c.affinity)
		if !c.lock {
			x += Most + 1
			if !c.keep {
				x += Most + 1
			}
		}
		return x
	}
	count := make([]int32, 3*(Most+1)+1)
	for _, c := range n.m.cands {
		count[class(c)+1]++
	}
	for i := 1; i < len(count); i++ {
		count[i] += count[i-1]
	}
	order := make([]int32, len(n.m.cands))
	for i, c := range n.m.cands {
		x := class(c)
		order[count[x]] = int32(i)
		count[x]++
	}
	return order
}

// lots settles what is equally good: of all optimal flows, those that use no arc that costs
// and leave none that saves, it takes the one with the lowest sum of lots. It costs nothing
// and the prices stay a proof. The choice depends on the seed and the ids alone, not on the
// way a solver went.
// cand tells the candidate of an arc, or -1.
func (m *model) lots(p flow.Problem, s flow.Solution, cand func(arc int) int) error {
	face := flow.Problem{Nodes: p.Nodes, Supply: append([]int64(nil), p.Supply...)}
	var at []int32
	var start []int64
	lot := m.lottery()
	for i, a := range p.Arcs {
		if s.Reduced(a) != 0 || a.Low == a.Cap {
			face.Supply[a.From] -= s.Flow[i]
			face.Supply[a.To] += s.Flow[i]
			continue
		}
		a.Cost = 0
		if c := cand(i); c >= 0 {
			a.Cost = lot(m.cands[c])
		}
		at = append(at, int32(i))
		face.Arcs = append(face.Arcs, a)
		start = append(start, s.Flow[i])
	}
	best, err := optimum(face, start)
	if err != nil {
		return err
	}
	for i, x := range best.Flow {
		s.Flow[at[i]] = x
	}
	return proved(p, s)
}

// lottery draws the lot of a pair: 28 bits of HMAC-SHA256 under the seed.
func (m *model) lottery() func(c cand) int64 {
	h := hmac.New(sha256.New, []byte(m.p.Seed))
	var sum [sha256.Size]byte
	return func(c cand) int64 {
		h.Reset()
		h.Write([]byte("lot\x00" + m.p.Dossiers[c.dossier].ID + "\x00" + m.p.Experts[c.expert].ID))
		return int64(binary.BigEndian.Uint32(h.Sum(sum[:0])) >> 4)
	}
}
