// Package flowtest makes networks for tests: the same number, the same network, on every
// machine.
package flowtest

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"

	"shenbao/flow"
)

// Small is a network of up to a dozen nodes, feasible or not: two sides and arcs between
// them as in an assignment, or any arcs at all; with lower bounds, parallel arcs, loops,
// negative costs, several sources.
func Small(seed uint64) flow.Problem {
	r := rand.New(rand.NewPCG(seed, 1))
	if seed%2 == 0 {
		return sides(r, 1+r.IntN(6), 1+r.IntN(6), 3, 2, 10)
	}
	n := 2 + r.IntN(8)
	p := flow.Problem{Nodes: n, Supply: make([]int64, n)}
	for range r.IntN(4 * n) {
		low := max(0, int64(r.IntN(6))-4)
		p.Arcs = append(p.Arcs, flow.Arc{From: int32(r.IntN(n)), To: int32(r.IntN(n)), Low: low - int64(r.IntN(2)), Cap: low + int64(r.IntN(4)), Cost: int64(r.IntN(21) - 8)})
	}
	for range r.IntN(4) {
		x := int64(r.IntN(3))
		p.Supply[r.IntN(n)] += x
		p.Supply[r.IntN(n)] -= x
	}
	return p
}

// Sides is an assignment of some hundred to a thousand arcs, with lower bounds.
func Sides(seed uint64) flow.Problem {
	r := rand.New(rand.NewPCG(seed, 2))
	return sides(r, 20+r.IntN(20), 30+r.IntN(30), 7, 5, 1000)
}

// sides has a source, left and right nodes and a sink. Each left node takes up to load
// units, each right one needs need of them.
func sides(r *rand.Rand, left, right int, load, need, cost int) flow.Problem {
	n := left + right + 2
	from, to := int32(left+right), int32(left+right+1)
	p := flow.Problem{Nodes: n, Supply: make([]int64, n)}
	k := int64(1 + r.IntN(need))
	p.Supply[from], p.Supply[to] = k*int64(right), -k*int64(right)
	for i := range left {
		var low int64
		if r.IntN(3) == 0 {
			low = 1
		}
		p.Arcs = append(p.Arcs, flow.Arc{From: from, To: int32(i), Low: low, Cap: low + int64(r.IntN(load)), Cost: int64(r.IntN(5))})
		for j := range right {
			if r.IntN(3) > 0 {
				p.Arcs = append(p.Arcs, flow.Arc{From: int32(i), To: int32(left + j), Cap: 1, Cost: int64(r.IntN(2*cost+1) - cost)})
			}
		}
	}
	for j := range right {
		p.Arcs = append(p.Arcs, flow.Arc{From: int32(left + j), To: to, Cap: k})
	}
	return p
}

// WriteLP writes p as a linear program in CPLEX LP format, for a solver that knows nothing
// of networks.
func WriteLP(w io.Writer, p flow.Problem) error {
	b := bufio.NewWriter(w)
	at := make([][]string, p.Nodes)
	fmt.Fprint(b, "Minimize\n cost: 0 x_none")
	for i, a := range p.Arcs {
		fmt.Fprintf(b, "\n %+d x%d", a.Cost, i)
		if a.From != a.To {
			at[a.From] = append(at[a.From], fmt.Sprintf("+ x%d", i))
			at[a.To] = append(at[a.To], fmt.Sprintf("- x%d", i))
		}
	}
	fmt.Fprint(b, "\nSubject To\n")
	for v, terms := range at {
		fmt.Fprintf(b, " v%d: 0 x_none", v)
		for _, t := range terms {
			fmt.Fprintf(b, "\n  %s", t)
		}
		fmt.Fprintf(b, " = %d\n", p.Supply[v])
	}
	fmt.Fprint(b, "Bounds\n")
	for i, a := range p.Arcs {
		fmt.Fprintf(b, " %d <= x%d <= %d\n", a.Low, i, a.Cap)
	}
	fmt.Fprint(b, "End\n")
	return b.Flush()
}
