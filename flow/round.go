package flow

import "fmt"

// Round turns a flow in fractions into one in whole units, at random but without bias: the
// flow is in parts, unit parts to the whole; afterwards every arc carries a multiple of
// unit, next above or below what it carried, and on the average what it carried. Bounds and
// supplies that are whole stay kept, always. below(n) is a number drawn evenly from 0 to
// n-1; the same draws give the same flow. ErrInput when a node's supply is not whole.
func Round(p Problem, flow []int64, unit int64, below func(n int64) int64) error {
	if err := p.valid(); err != nil {
		return err
	}
	if len(flow) != len(p.Arcs) || unit < 1 {
		return fmt.Errorf("%w: a flow of %d arcs for %d, in parts of %d", ErrInput, len(flow), len(p.Arcs), unit)
	}
	r := rounding{p: p, flow: flow, unit: unit, arcs: make([][]int32, p.Nodes), on: make([]int, p.Nodes)}
	rest := make([]int64, p.Nodes)
	for i, a := range p.Arcs {
		if flow[i] < a.Low || flow[i] > a.Cap {
			return fmt.Errorf("%w: arc %d carries %d", ErrInput, i, flow[i])
		}
		x := r.part(int32(i))
		rest[a.From] += x
		rest[a.To] -= x
		if x != 0 && a.From == a.To {
			return fmt.Errorf("%w: arc %d carries a fraction in a circle", ErrInput, i)
		}
		if x != 0 {
			r.arcs[a.From] = append(r.arcs[a.From], int32(i))
			r.arcs[a.To] = append(r.arcs[a.To], int32(i))
		}
	}
	for v, x := range rest {
		if r.on[v] = -1; x%unit != 0 {
			return fmt.Errorf("%w: the supply of node %d is not whole", ErrInput, v)
		}
	}
	for v := int32(0); int(v) < p.Nodes; {
		if r.next(v, -1) < 0 {
			v++
			continue
		}
		r.cycle(v, below)
	}
	return nil
}

// rounding knows the arcs at each node that still carry a fraction. A node never has just
// one of them, as its supply is whole; so a walk along them comes back to itself.
type rounding struct {
	p    Problem
	flow []int64
	unit int64
	arcs [][]int32
	on   []int // place of a node in the walk, -1
}

func (r *rounding) part(e int32) int64 { return ((r.flow[e] % r.unit) + r.unit) % r.unit }

// next is a fractional arc at v other than last, -1 if there is none.
func (r *rounding) next(v, last int32) int32 {
	for len(r.arcs[v]) > 0 && r.part(r.arcs[v][0]) == 0 {
		r.arcs[v] = r.arcs[v][1:]
	}
	for _, e := range r.arcs[v] {
		if e != last && r.part(e) != 0 {
			return e
		}
	}
	return -1
}

// cycle walks from v until it meets itself and makes at least one arc of that cycle whole:
// forward with a chance in proportion to the room backward, so that nothing shifts on the
// average.
func (r *rounding) cycle(v int32, below func(int64) int64) {
	var nodes, arcs []int32
	last := int32(-1)
	for r.on[v] < 0 {
		r.on[v] = len(nodes)
		nodes = append(nodes, v)
		last = r.next(v, last)
		arcs = append(arcs, last)
		a := r.p.Arcs[last]
		v = a.From + a.To - v
	}
	arcs = arcs[r.on[v]:]
	for _, w := range nodes {
		r.on[w] = -1
	}
	forth, back := r.unit, r.unit
	signs := make([]int64, len(arcs))
	for i, e := range arcs {
		a := r.p.Arcs[e]
		up, down := r.unit-r.part(e), r.part(e)
		if signs[i] = 1; a.From != v {
			signs[i] = -1
			up, down = down, up
		}
		v = a.From + a.To - v
		forth, back = min(forth, up), min(back, down)
	}
	by := forth
	if below(forth+back) >= back {
		by = -back
	}
	for i, e := range arcs {
		r.flow[e] += signs[i] * by
	}
}
