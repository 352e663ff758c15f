package flow

import (
	"fmt"
	"math"
)

// States of an arc: full (at Cap), in the tree (between), or empty (at Low).
const (
	full   = -1
	inTree = 0
	empty  = 1
)

// simplex holds a spanning tree over the nodes and a root; the arcs outside of it are empty
// or full. Arcs m, m+1, … are artificial, one for each node, to or from the root n; a flow
// that is left on them is what can't be sent.
type simplex struct {
	n, m    int
	order   []int32 // position → arc of the problem
	arc     []side
	room    []int64 // Cap - Low
	flow    []int64 // above Low
	price   []int64
	penalty int64 // of an artificial arc: more than any way through the network

	parent, up []int32 // of a node, and the arc between
	rises      []bool  // that arc leads from the node to its parent
	size       []int32 // nodes at and below it
	child      []int32 // the first child, and the brothers
	next, prev []int32

	at, block int // where the search for an arc goes on, and how many it looks at
	stack     []int32
}

type side struct {
	cost     int64
	src, dst int32
	state    int64
}

// Simplex finds a cheapest flow by the network simplex method. A start, if not nil, is a
// flow of p that is likely good; its partly filled arcs may not hold a cycle. Errors:
// ErrInput, ErrLarge, *Infeasible.
func Simplex(p Problem, start []int64) (Solution, error) {
	if err := p.valid(); err != nil {
		return Solution{}, err
	}
	s := newSimplex(p)
	if start == nil {
		s.cold(p)
	} else if err := s.warm(p, start); err != nil {
		return Solution{}, err
	}
	for in := s.enter(); in >= 0; in = s.enter() {
		s.pivot(in)
	}
	return s.solution(p)
}

func newSimplex(p Problem) *simplex {
	n, m := p.Nodes, len(p.Arcs)
	s := &simplex{n: n, m: m, order: make([]int32, 0, m), arc: make([]side, m+n), room: make([]int64, m+n), flow: make([]int64, m+n),
		price: make([]int64, n+1), parent: make([]int32, n+1), up: make([]int32, n+1), rises: make([]bool, n+1), size: make([]int32, n+1),
		child: make([]int32, n+1), next: make([]int32, n+1), prev: make([]int32, n+1)}
	// Neighbours in the problem are alike; taken apart, every block of the search sees some
	// of each.
	step := max(1, int(math.Sqrt(float64(m))))
	for from := range min(step, m) {
		for i := from; i < m; i += step {
			s.order = append(s.order, int32(i))
		}
	}
	dearest := int64(0)
	for i, o := range s.order {
		a := p.Arcs[o]
		s.arc[i] = side{a.Cost, a.From, a.To, empty}
		s.room[i] = a.Cap - a.Low
		dearest = max(dearest, a.Cost, -a.Cost)
	}
	s.penalty = (dearest + 1) * int64(n+1)
	s.block = max(10, step)
	for v := range s.child {
		s.child[v], s.next[v], s.prev[v] = -1, -1, -1
	}
	s.parent[n], s.up[n], s.size[n] = -1, -1, int32(n+1)
	return s
}

// cold hangs every node at the root, by an artificial arc that carries its whole supply.
func (s *simplex) cold(p Problem) {
	supply := append([]int64(nil), p.Supply...)
	for _, a := range p.Arcs {
		supply[a.From] -= a.Low
		supply[a.To] += a.Low
	}
	for v, x := range supply {
		s.hang(int32(v), x)
		s.size[v] = 1
	}
}

// hang ties v to the root by its artificial arc, which carries x, or -x the other way.
func (s *simplex) hang(v int32, x int64) {
	e, root := s.m+int(v), int32(s.n)
	s.room[e] = math.MaxInt64
	s.adopt(root, v, int32(e), x >= 0)
	if x >= 0 {
		s.arc[e] = side{0, v, root, inTree}
		s.flow[e] = x
		return
	}
	s.arc[e] = side{s.penalty, root, v, inTree}
	s.flow[e], s.price[v] = -x, s.penalty
}

// warm builds the tree from the partly filled arcs of a flow.
func (s *simplex) warm(p Problem, start []int64) error {
	if len(start) != s.m {
		return fmt.Errorf("%w: a start for %d arcs, of %d", ErrInput, len(start), s.m)
	}
	left := append([]int64(nil), p.Supply...)
	f := newForest(s.n)
	for i, o := range s.order {
		a, x := p.Arcs[o], start[o]
		if x < a.Low || x > a.Cap {
			return fmt.Errorf("%w: the start has %d on arc %d", ErrInput, x, o)
		}
		left[a.From] -= x
		left[a.To] += x
		s.flow[i] = x - a.Low
		switch {
		case s.flow[i] == 0:
		case s.flow[i] == s.room[i]:
			s.arc[i].state = full
		case !f.join(int32(i), a.From, a.To):
			return fmt.Errorf("%w: the partly filled arcs of the start hold a cycle", ErrInput)
		default:
			s.arc[i].state = inTree
		}
	}
	for v, x := range left {
		if x != 0 {
			return fmt.Errorf("%w: node %d of the start keeps %d", ErrInput, v, x)
		}
	}
	s.plant(f)
	return nil
}

// plant makes the trees of f the tree of s: each hangs at the root by one of its nodes.
// Every arc of it can take one unit more towards the root, so that the tree is strongly
// feasible.
func (s *simplex) plant(f *forest) {
	walk := make([]int32, 0, s.n)
	for r := range int32(s.n) {
		if s.size[r] != 0 {
			continue
		}
		s.hang(r, 0)
		s.size[r] = 1
		walk = append(walk, r)
		for i := len(walk) - 1; i < len(walk); i++ {
			v := walk[i]
			for h := f.head[v]; h >= 0; h = f.half[h].next {
				e, w := f.half[h].arc, f.half[h].to
				if s.size[w] != 0 {
					continue
				}
				a := s.arc[e]
				s.adopt(v, w, e, a.src == w)
				s.price[w] = s.price[v] + a.cost
				if a.src == w {
					s.price[w] = s.price[v] - a.cost
				}
				s.size[w] = 1
				walk = append(walk, w)
			}
		}
	}
	for i := len(walk) - 1; i >= 0; i-- {
		if v := walk[i]; s.parent[v] != int32(s.n) {
			s.size[s.parent[v]] += s.size[v]
		}
	}
}

func (s *simplex) adopt(parent, v, arc int32, rises bool) {
	s.parent[v], s.up[v], s.rises[v] = parent, arc, rises
	f := s.child[parent]
	s.next[v], s.prev[v] = f, -1
	if f >= 0 {
		s.prev[f] = v
	}
	s.child[parent] = v
}

func (s *simplex) orphan(v int32) {
	if p := s.prev[v]; p >= 0 {
		s.next[p] = s.next[v]
	} else {
		s.child[s.parent[v]] = s.next[v]
	}
	if n := s.next[v]; n >= 0 {
		s.prev[n] = s.prev[v]
	}
}

// enter is the arc outside of the tree that saves most, of the first block that has one
// which saves anything; -1 at the optimum.
func (s *simplex) enter() int {
	arcs, price := s.arc[:s.m], s.price
	var most int64
	in, left, e := -1, s.block, s.at
	for range s.m {
		a := &arcs[e]
		if c := a.state * (a.cost + price[a.src] - price[a.dst]); c < most {
			most, in = c, e
		}
		if e++; e == s.m {
			e = 0
		}
		if left--; left == 0 {
			if in >= 0 {
				break
			}
			left = s.block
		}
	}
	s.at = e
	return in
}

// pivot sends what the cycle of the arc takes, and lets the arc of the cycle that stops it
// leave the tree.
func (s *simplex) pivot(in int) {
	a := s.arc[in]
	first, second := a.src, a.dst
	if a.state == full {
		first, second = second, first
	}
	top := s.meet(first, second)
	delta, out, behind := s.slack(in, first, second, top)
	if delta > 0 {
		s.send(in, top, a.state*delta)
	}
	if out < 0 {
		s.arc[in].state = -a.state
		return
	}
	into, under := second, first
	if behind {
		into, under = first, second
	}
	s.move(in, out, into, under, top)
}

// meet is where the ways of two nodes to the root meet.
func (s *simplex) meet(u, v int32) int32 {
	for u != v {
		if s.size[u] < s.size[v] {
			u = s.parent[u]
		} else {
			v = s.parent[v]
		}
	}
	return u
}

// slack is how much the cycle takes, and the node below the arc that stops it: of several
// the last one, walking the cycle in its direction from the top, which keeps the tree
// strongly feasible, so that it never turns in a circle. out is -1 when the arc itself
// stops it; behind tells on which of the two ways the stop is.
func (s *simplex) slack(in int, first, second, top int32) (delta int64, out int32, behind bool) {
	delta, out = s.room[in], -1
	for w := first; w != top; w = s.parent[w] {
		e := s.up[w]
		d := s.flow[e]
		if !s.rises[w] {
			d = s.room[e] - d
		}
		if d < delta {
			delta, out, behind = d, w, true
		}
	}
	for w := second; w != top; w = s.parent[w] {
		e := s.up[w]
		d := s.flow[e]
		if s.rises[w] {
			d = s.room[e] - d
		}
		if d <= delta {
			delta, out, behind = d, w, false
		}
	}
	return delta, out, behind
}

func (s *simplex) send(in int, top int32, x int64) {
	s.flow[in] += x
	for w := s.arc[in].src; w != top; w = s.parent[w] {
		if s.rises[w] {
			s.flow[s.up[w]] -= x
		} else {
			s.flow[s.up[w]] += x
		}
	}
	for w := s.arc[in].dst; w != top; w = s.parent[w] {
		if s.rises[w] {
			s.flow[s.up[w]] += x
		} else {
			s.flow[s.up[w]] -= x
		}
	}
}

// move cuts the subtree of out off, turns it so that into is its top, and hangs it under
// the other end of the arc that enters.
func (s *simplex) move(in int, out, into, under, top int32) {
	if e := s.up[out]; s.flow[e] == 0 {
		s.arc[e].state = empty
	} else {
		s.arc[e].state = full
	}
	s.arc[in].state = inTree
	moved := s.size[out]
	for w := s.parent[out]; w != top; w = s.parent[w] {
		s.size[w] -= moved
	}
	for w := under; w != top; w = s.parent[w] {
		s.size[w] += moved
	}
	s.turn(in, out, into, under)
	a := s.arc[in]
	shift := a.cost + s.price[a.src] - s.price[a.dst]
	if a.src == into {
		shift = -shift
	}
	s.reprice(into, shift)
}

// turn hangs the nodes on the way from into up to out the other way round.
func (s *simplex) turn(in int, out, into, under int32) {
	moved := s.size[out]
	s.orphan(out)
	parent, arc, rises := under, int32(in), s.arc[in].src == into
	below := int32(0) // what was below the node turned last
	for w := into; ; {
		oldParent, oldArc, oldRises, size := s.parent[w], s.up[w], s.rises[w], s.size[w]
		if w != out {
			s.orphan(w)
		}
		s.adopt(parent, w, arc, rises)
		s.size[w] = moved - below
		below = size
		if w == out {
			return
		}
		parent, arc, rises = w, oldArc, !oldRises
		w = oldParent
	}
}

// reprice shifts the prices in the subtree of v, or, if that is the larger part, all
// others the other way: only differences count.
func (s *simplex) reprice(v int32, shift int64) {
	top, skip := v, int32(-1)
	if 2*int(s.size[v]) > s.n+1 {
		top, skip, shift = int32(s.n), v, -shift
	}
	s.stack = append(s.stack[:0], top)
	for len(s.stack) > 0 {
		x := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		s.price[x] += shift
		for c := s.child[x]; c >= 0; c = s.next[c] {
			if c != skip {
				s.stack = append(s.stack, c)
			}
		}
	}
}

func (s *simplex) solution(p Problem) (Solution, error) {
	r := Solution{Flow: make([]int64, s.m), Price: s.price[:s.n]}
	for i, o := range s.order {
		r.Flow[o] = s.flow[i] + p.Arcs[o].Low
		r.Cost += r.Flow[o] * p.Arcs[o].Cost
	}
	excess := make([]int64, s.n)
	short := false
	for v := range excess {
		if x := s.flow[s.m+v]; x != 0 {
			short = true
			if s.arc[s.m+v].dst == int32(s.n) {
				excess[v] = x
			}
		}
	}
	if short {
		return Solution{}, cutOf(p, r.Flow, excess)
	}
	return r, nil
}

// forest grows by arcs that close no cycle.
type forest struct {
	top  []int32 // union-find
	head []int32
	half []forestHalf
}

type forestHalf struct{ arc, to, next int32 }

func newForest(n int) *forest {
	f := &forest{top: make([]int32, n), head: make([]int32, n)}
	for v := range f.top {
		f.top[v], f.head[v] = int32(v), -1
	}
	return f
}

func (f *forest) find(v int32) int32 {
	for f.top[v] != v {
		f.top[v] = f.top[f.top[v]]
		v = f.top[v]
	}
	return v
}

func (f *forest) join(arc, a, b int32) bool {
	x, y := f.find(a), f.find(b)
	if x == y {
		return false
	}
	f.top[x] = y
	f.half = append(f.half, forestHalf{arc, b, f.head[a]}, forestHalf{arc, a, f.head[b]})
	f.head[a], f.head[b] = int32(len(f.half)-2), int32(len(f.half)-1)
	return true
}
