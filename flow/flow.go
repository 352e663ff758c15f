package flow

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// An Arc leads from one node to another and carries from Low to Cap units, each at Cost.
// Arcs may be parallel, and may lead from a node to itself.
type Arc struct {
	From, To       int32
	Low, Cap, Cost int64
}

// A Problem asks for a flow: at every node, what leaves less what enters is its Supply.
type Problem struct {
	Nodes  int
	Arcs   []Arc
	Supply []int64 // by node; sums to zero
}

// A Solution is a flow and prices of the nodes that prove that it is cheapest.
type Solution struct {
	Flow  []int64 // by arc
	Price []int64 // by node
	Cost  int64
}

// Errors of input. A problem is wrong when it contradicts itself (ErrInput: an arc to
// nowhere, Low above Cap, supplies that don't sum to zero, a start that is no flow), and
// too large when a sum could leave 64 bits (ErrLarge).
var (
	ErrInput = errors.New("flow: wrong input")
	ErrLarge = errors.New("flow: numbers too large")
)

// Infeasible says why there is no flow: the nodes of Cut must send Lack units more than
// the arcs that leave them can take.
type Infeasible struct {
	Cut  []int32
	Lack int64
}

func (e *Infeasible) Error() string {
	return fmt.Sprintf("flow: %d nodes must send %d units more than their arcs take", len(e.Cut), e.Lack)
}

// Check recomputes the proof: an error says that these nodes could send what they must.
func (e *Infeasible) Check(p Problem) error {
	in := make([]bool, p.Nodes)
	var lack int64
	for _, v := range e.Cut {
		if v < 0 || int(v) >= p.Nodes || in[v] {
			return fmt.Errorf("%w: node %d of the cut", ErrInput, v)
		}
		in[v] = true
		lack += p.Supply[v]
	}
	for _, a := range p.Arcs {
		if in[a.From] && !in[a.To] {
			lack -= a.Cap
		} else if !in[a.From] && in[a.To] {
			lack += a.Low
		}
	}
	if lack != e.Lack || lack <= 0 {
		return fmt.Errorf("flow: the cut lacks %d, not %d", lack, e.Lack)
	}
	return nil
}

// Reduced is what one more unit on the arc costs after the prices; forcing it makes the
// whole dearer by at least that.
func (s Solution) Reduced(a Arc) int64 { return a.Cost + s.Price[a.From] - s.Price[a.To] }

// Check proves that s is a cheapest flow of p: it is a flow (bounds, supplies, cost), and
// no arc that costs after the prices carries more than it must, none that saves less than
// it can (complementary slackness). Any flow of p then costs at least as much.
func (p Problem) Check(s Solution) error {
	if err := p.valid(); err != nil {
		return err
	}
	if len(s.Flow) != len(p.Arcs) || len(s.Price) != p.Nodes {
		return fmt.Errorf("%w: a solution of another problem", ErrInput)
	}
	left := append([]int64(nil), p.Supply...)
	var cost int64
	for i, a := range p.Arcs {
		f := s.Flow[i]
		if f < a.Low || f > a.Cap {
			return fmt.Errorf("flow: arc %d carries %d, not %d to %d", i, f, a.Low, a.Cap)
		}
		left[a.From] -= f
		left[a.To] += f
		cost += f * a.Cost
		if r := s.Reduced(a); r > 0 && f != a.Low || r < 0 && f != a.Cap {
			return fmt.Errorf("flow: arc %d carries %d of %d to %d at a reduced cost of %d", i, f, a.Low, a.Cap, r)
		}
	}
	for v, x := range left {
		if x != 0 {
			return fmt.Errorf("flow: node %d keeps %d", v, x)
		}
	}
	if cost != s.Cost {
		return fmt.Errorf("flow: it costs %d, not %d", cost, s.Cost)
	}
	return nil
}

// Bound is a cost that no flow of p stays under, proved by any prices whatever: what the
// arcs cost at least after the prices, less what the supplies are worth. The prices of a
// Solution give its very cost, so that a cost and prices prove an optimum without the flow.
func (p Problem) Bound(price []int64) (int64, error) {
	if err := p.valid(); err != nil {
		return 0, err
	}
	if len(price) != p.Nodes {
		return 0, fmt.Errorf("%w: %d prices for %d nodes", ErrInput, len(price), p.Nodes)
	}
	var sum int64
	var most uint64 // what the sum may have reached on its way
	add := func(a, b int64) bool {
		most = plus(most, times(size(a), size(b)))
		sum += a * b
		return most <= math.MaxInt64
	}
	for v, x := range price {
		if size(x) > 2*limit || !add(-x, p.Supply[v]) {
			return 0, ErrLarge
		}
	}
	for _, a := range p.Arcs {
		r := a.Cost + price[a.From] - price[a.To]
		if r > 0 && !add(r, a.Low) || r < 0 && !add(r, a.Cap) {
			return 0, ErrLarge
		}
	}
	return sum, nil
}

// limit bounds every sum: prices, supplies and costs stay well inside 64 bits.
const limit = math.MaxInt64 / 8

func (p Problem) valid() error {
	if p.Nodes < 0 || p.Nodes > math.MaxInt32-1 || len(p.Supply) != p.Nodes {
		return fmt.Errorf("%w: %d nodes, %d supplies", ErrInput, p.Nodes, len(p.Supply))
	}
	if len(p.Arcs) > math.MaxInt32-p.Nodes-1 {
		return fmt.Errorf("%w: %d arcs", ErrLarge, len(p.Arcs))
	}
	var sum, units, worth, dearest uint64
	for i, a := range p.Arcs {
		if a.From < 0 || a.To < 0 || int(a.From) >= p.Nodes || int(a.To) >= p.Nodes {
			return fmt.Errorf("%w: arc %d leads from %d to %d", ErrInput, i, a.From, a.To)
		}
		if a.Low > a.Cap {
			return fmt.Errorf("%w: arc %d carries at least %d and at most %d", ErrInput, i, a.Low, a.Cap)
		}
		most := max(size(a.Low), size(a.Cap))
		units = plus(units, most)
		worth = plus(worth, times(most, size(a.Cost)))
		dearest = max(dearest, size(a.Cost))
	}
	var total int64
	for _, s := range p.Supply {
		if sum = plus(sum, size(s)); sum > limit {
			break
		}
		total += s
	}
	if max(sum, plus(units, sum), worth, times(dearest+1, uint64(p.Nodes+2))) > limit {
		return ErrLarge
	}
	if total != 0 {
		return fmt.Errorf("%w: the supplies sum to %d", ErrInput, total)
	}
	return nil
}

// size is |x|; plus and times stop at the top instead of wrapping.
func size(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}

func plus(a, b uint64) uint64 {
	if s, c := bits.Add64(a, b, 0); c == 0 {
		return s
	}
	return math.MaxUint64
}

func times(a, b uint64) uint64 {
	if h, l := bits.Mul64(a, b); h == 0 {
		return l
	}
	return math.MaxUint64
}

// cutOf are the nodes that the nodes left with excess can still reach.
func cutOf(p Problem, flow, excess []int64) *Infeasible {
	type half struct {
		to   int32
		next int32
	}
	head := make([]int32, p.Nodes)
	for i := range head {
		head[i] = -1
	}
	var open []half
	link := func(a, b int32) {
		open = append(open, half{b, head[a]})
		head[a] = int32(len(open) - 1)
	}
	for i, a := range p.Arcs {
		if flow[i] < a.Cap {
			link(a.From, a.To)
		}
		if flow[i] > a.Low {
			link(a.To, a.From)
		}
	}
	e := &Infeasible{}
	in := make([]bool, p.Nodes)
	for v, x := range excess {
		if x > 0 {
			e.Lack += x
			in[v] = true
			e.Cut = append(e.Cut, int32(v))
		}
	}
	for i := 0; i < len(e.Cut); i++ {
		for h := head[e.Cut[i]]; h >= 0; h = open[h].next {
			if w := open[h].to; !in[w] {
				in[w] = true
				e.Cut = append(e.Cut, w)
			}
		}
	}
	return e
}
