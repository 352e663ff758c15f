package draw

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"shenbao/flow"
)

// ahead answers whether a person of a sort can join those taken so far with the rest of the
// panel still to be filled. It holds one whole panel that keeps all quotas; most answers are
// read off that one.
type ahead interface {
	// force takes one more of the sort, or says no and which quotas hold the places.
	force(sort int) (ok bool, reserved []int, err error)
}

// lookAhead begins with those kept from the draw before. ErrQuota when there is no panel.
func (s *shape) lookAhead() (ahead, error) {
	low := s.keptBySort()
	if !s.nested {
		return newSearch(s, low)
	}
	return newNet(s, low)
}

// net holds the panel as a flow: from the root of one side down its sets, over an arc for
// each sort, up the sets of the other side to its root. Arcs are those of the sets, then
// those of the sorts; the lower bound of a sort's arc is how many are taken.
type net struct {
	*shape
	arcs []flow.Arc
	flow []int64
	at   [][]int32 // arcs at each node
	from []int32   // of the search: the arc by which a node was reached, -1 not reached
	line []int32
}

// network builds it with unit units to a place; low and high bound the arcs of the sorts.
func (s *shape) network(unit int64, low, high func(sort int) int64) flow.Problem {
	top, bottom := int32(len(s.sets)), int32(len(s.sets)+1)
	root := []int32{top, bottom}
	node := func(i, side int) int32 {
		if i < 0 {
			return root[side]
		}
		return int32(i)
	}
	p := flow.Problem{Nodes: len(s.sets) + 2, Supply: make([]int64, len(s.sets)+2)}
	for i, x := range s.sets {
		a := flow.Arc{From: node(x.parent, 0), To: int32(i), Low: int64(x.min) * unit, Cap: int64(x.max) * unit}
		if x.side == 1 {
			a.From, a.To = int32(i), node(x.parent, 1)
		}
		p.Arcs = append(p.Arcs, a)
	}
	for t := range s.in {
		p.Arcs = append(p.Arcs, flow.Arc{From: node(s.leaf(t, 0), 0), To: node(s.leaf(t, 1), 1), Low: low(t), Cap: high(t)})
	}
	p.Supply[top], p.Supply[bottom] = int64(s.size)*unit, -int64(s.size)*unit
	return p
}

func newNet(s *shape, low []int) (*net, error) {
	p := s.network(1, func(t int) int64 { return int64(low[t]) }, func(t int) int64 { return int64(low[t] + s.number[t]) })
	sol, err := solve(p)
	if err != nil {
		return nil, s.impossible(low, err)
	}
	n := &net{shape: s, arcs: p.Arcs, flow: sol, at: make([][]int32, p.Nodes), from: make([]int32, p.Nodes)}
	for i, a := range p.Arcs {
		n.at[a.From] = append(n.at[a.From], int32(i))
		if a.To != a.From {
			n.at[a.To] = append(n.at[a.To], int32(i))
		}
	}
	return n, nil
}

// solve is any flow, or why there is none.
func solve(p flow.Problem) ([]int64, error) {
	for _, a := range p.Arcs {
		if a.Low > a.Cap {
			return nil, &flow.Infeasible{}
		}
	}
	s, err := flow.Simplex(p, nil)
	return s.Flow, err
}

func (n *net) force(sort int) (bool, []int, error) {
	e := int32(len(n.sets) + sort)
	if n.flow[e] == n.arcs[e].Low && !n.exchange(e) {
		if tight := n.tight(); tight != nil {
			return false, tight, nil
		}
		low := make([]int, len(n.in))
		for t := range low {
			low[t] = int(n.arcs[len(n.sets)+t].Low)
		}
		low[sort]++
		reserved, err := n.against(low)
		return false, reserved, err
	}
	n.arcs[e].Low++
	return true, nil, nil
}

// exchange sends one more unit over arc e by a way from its head back to its tail, through
// arcs with room and against arcs that carry more than they must: others of the panel held
// so far make place.
func (n *net) exchange(e int32) bool {
	for i := range n.from {
		n.from[i] = -1
	}
	goal, start := n.arcs[e].From, n.arcs[e].To
	if n.flow[e] == n.arcs[e].Cap {
		return false
	}
	n.from[start] = e
	n.line = append(n.line[:0], start)
	for len(n.line) > 0 {
		v := n.line[0]
		n.line = n.line[1:]
		for _, i := range n.at[v] {
			a := n.arcs[i]
			w, open := a.To, n.flow[i] < a.Cap
			if a.To == v {
				w, open = a.From, n.flow[i] > a.Low
			}
			if !open || n.from[w] >= 0 {
				continue
			}
			n.from[w] = i
			if w == goal {
				n.push(goal, start)
				n.flow[e]++
				return true
			}
			n.line = append(n.line, w)
		}
	}
	return false
}

// push moves one unit along the way found, from goal back to start.
func (n *net) push(goal, start int32) {
	for v := goal; v != start; {
		i := n.from[v]
		if a := n.arcs[i]; a.To == v {
			n.flow[i]++
			v = a.From
		} else {
			n.flow[i]--
			v = a.To
		}
	}
}

// tight are the sets on the border of what the last search reached: full ones, and those
// that can give nobody away.
func (n *net) tight() (out []int) {
	for i := range n.sets {
		if a := n.arcs[i]; (n.from[a.From] >= 0) != (n.from[a.To] >= 0) {
			out = append(out, i)
		}
	}
	return out
}

func join(quotas []string) string { return strings.Join(quotas, "; ") }

// impossible says which quotas the people on the list can't meet together, with how many
// there are for each.
func (s *shape) impossible(low []int, why error) error {
	var no *flow.Infeasible
	if !errors.As(why, &no) {
		return why
	}
	against, err := s.against(low)
	if err != nil {
		return err
	}
	people := func(sorts []int) (n int) {
		for _, t := range sorts {
			n += s.number[t] + low[t]
		}
		return n
	}
	var need []string
	for _, i := range against {
		need = append(need, s.sets[i].quota.String()+" ("+strconv.Itoa(people(s.sets[i].sorts))+")")
	}
	eligible, size := strconv.Itoa(people(all(len(s.in)))), strconv.Itoa(s.size)
	if need == nil {
		need = []string{"size " + size + " (" + eligible + ")"}
	}
	return refuse(ErrQuota, "quotas", join(need), "eligible", eligible, "size", size)
}

// against are sets that can't hold together over low of each sort, no more of them than it
// takes: they are left out in blocks, halved until a block is one that it takes. A search
// is kept short here, and where it gives up the set stays in: then there may be more of
// them than it takes, but they can't hold together all the same.
func (s *shape) against(low []int) (out []int, err error) {
	loose := *s
	loose.sets, loose.brief = slices.Clone(s.sets), true
	var leave func(from, to int) error
	leave = func(from, to int) error {
		if from == to {
			return nil
		}
		for i := from; i < to; i++ {
			loose.sets[i].min, loose.sets[i].max = 0, s.size
		}
		var no *flow.Infeasible
		err := loose.feasible(low)
		if errors.As(err, &no) {
			return nil
		}
		if err != nil && !errors.Is(err, ErrSearch) {
			return err
		}
		copy(loose.sets[from:to], s.sets[from:to])
		if to-from == 1 {
			out = append(out, from)
			return nil
		}
		middle := (from + to) / 2
		return cmp.Or(leave(from, middle), leave(middle, to))
	}
	return out, leave(0, len(s.sets))
}

func (s *shape) feasible(low []int) error {
	if !s.nested {
		_, err := s.panel(low)
		return err
	}
	_, err := solve(s.network(1, func(t int) int64 { return int64(low[t]) }, func(t int) int64 { return int64(low[t] + s.number[t]) }))
	return err
}
