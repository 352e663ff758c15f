package flow_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"shenbao/flow"
	"shenbao/flow/flowtest"
)

// The two solvers share no step, and every answer of either is proved.
func TestSolversAgree(t *testing.T) {
	found := 0
	for seed := range uint64(20_000) {
		p := flowtest.Small(seed)
		if same(t, seed, p) {
			found++
		}
	}
	for seed := range uint64(60) {
		same(t, seed, flowtest.Sides(seed))
	}
	if found < 4_000 || found > 16_000 {
		t.Errorf("%d of 20000 networks have a flow", found)
	}
}

func same(t *testing.T, seed uint64, p flow.Problem) bool {
	t.Helper()
	a, errA := flow.Simplex(p, nil)
	b, errB := flow.Scaling(p)
	if errA == nil && errB == nil {
		if err := p.Check(a); err != nil {
			t.Fatalf("%d: simplex: %v", seed, err)
		}
		if err := p.Check(b); err != nil {
			t.Fatalf("%d: scaling: %v", seed, err)
		}
		if a.Cost != b.Cost {
			t.Fatalf("%d: simplex finds %d, scaling %d", seed, a.Cost, b.Cost)
		}
		for _, s := range []flow.Solution{a, b} {
			if x, err := p.Bound(s.Price); err != nil || x != s.Cost {
				t.Fatalf("%d: the prices prove %d (%v) of %d", seed, x, err, s.Cost)
			}
		}
		restart(t, seed, p, b)
		return true
	}
	for _, err := range []error{errA, errB} {
		var none *flow.Infeasible
		if !errors.As(err, &none) {
			t.Fatalf("%d: %v and %v", seed, errA, errB)
		}
		if err := none.Check(p); err != nil {
			t.Fatalf("%d: %v", seed, err)
		}
	}
	if l, m := errA.(*flow.Infeasible).Lack, errB.(*flow.Infeasible).Lack; l != m {
		t.Fatalf("%d: %d and %d lack", seed, l, m)
	}
	return false
}

// A flow of one price is a good start when the prices change.
func restart(t *testing.T, seed uint64, p flow.Problem, s flow.Solution) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 3))
	p.Arcs = append([]flow.Arc(nil), p.Arcs...)
	for i := range p.Arcs {
		p.Arcs[i].Cost += int64(r.IntN(3))
	}
	cold, err := flow.Simplex(p, nil)
	if err != nil {
		t.Fatalf("%d: %v", seed, err)
	}
	warm, err := flow.Simplex(p, s.Flow)
	if errors.Is(err, flow.ErrInput) {
		return // its partly filled arcs hold a cycle
	}
	if err != nil || p.Check(warm) != nil || warm.Cost != cold.Cost {
		t.Fatalf("%d: from a start %d (%v, %v), else %d", seed, warm.Cost, err, p.Check(warm), cold.Cost)
	}
}

func TestMostStartsAreTaken(t *testing.T) {
	taken, all := 0, 0
	for seed := range uint64(60) {
		p := flowtest.Sides(seed)
		s, err := flow.Simplex(p, nil)
		if err != nil {
			continue
		}
		all++
		if again, err := flow.Simplex(p, s.Flow); err == nil && again.Cost == s.Cost {
			taken++
		}
	}
	if all < 10 || taken != all {
		t.Errorf("%d of %d optimal trees are taken as a start", taken, all)
	}
}

func TestCheckSeesEveryLie(t *testing.T) {
	p := flowtest.Sides(7)
	s, err := flow.Simplex(p, nil)
	for seed := uint64(8); err != nil; seed++ {
		p = flowtest.Sides(seed)
		s, err = flow.Simplex(p, nil)
	}
	lies := map[string]func(s *flow.Solution){
		"more than it can":  func(s *flow.Solution) { s.Flow[0] = p.Arcs[0].Cap + 1 },
		"a unit lost":       func(s *flow.Solution) { s.Flow[len(s.Flow)-1]-- },
		"a cost":            func(s *flow.Solution) { s.Cost-- },
		"a price":           func(s *flow.Solution) { s.Price[p.Nodes-1] -= 5000 }, // every arc to the sink is full
		"too few prices":    func(s *flow.Solution) { s.Price = s.Price[1:] },
		"another problem's": func(s *flow.Solution) { s.Flow = s.Flow[1:] },
	}
	for name, lie := range lies {
		c := flow.Solution{Flow: append([]int64(nil), s.Flow...), Price: append([]int64(nil), s.Price...), Cost: s.Cost}
		if err := p.Check(c); err != nil {
			t.Fatal(err)
		}
		lie(&c)
		if p.Check(c) == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func TestWrongInput(t *testing.T) {
	ok := func() flow.Problem {
		return flow.Problem{Nodes: 2, Supply: []int64{1, -1}, Arcs: []flow.Arc{{From: 0, To: 1, Cap: 1, Cost: 1}}}
	}
	for name, c := range map[string]struct {
		spoil func(p *flow.Problem)
		want  error
	}{
		"to nowhere":        {func(p *flow.Problem) { p.Arcs[0].To = 2 }, flow.ErrInput},
		"from below":        {func(p *flow.Problem) { p.Arcs[0].From = -1 }, flow.ErrInput},
		"low above cap":     {func(p *flow.Problem) { p.Arcs[0].Low = 2 }, flow.ErrInput},
		"supplies":          {func(p *flow.Problem) { p.Supply[0] = 2 }, flow.ErrInput},
		"too few supplies":  {func(p *flow.Problem) { p.Supply = p.Supply[:1] }, flow.ErrInput},
		"fewer than none":   {func(p *flow.Problem) { p.Nodes = -1 }, flow.ErrInput},
		"dear":              {func(p *flow.Problem) { p.Arcs[0].Cost = math.MinInt64 }, flow.ErrLarge},
		"wide":              {func(p *flow.Problem) { p.Arcs[0].Cap = math.MaxInt64 }, flow.ErrLarge},
		"wide and dear":     {func(p *flow.Problem) { p.Arcs[0].Cap, p.Arcs[0].Cost = 1<<40, 1<<40 }, flow.ErrLarge},
		"supplies overflow": {func(p *flow.Problem) { p.Supply = []int64{math.MaxInt64, math.MinInt64 + 1} }, flow.ErrLarge},
	} {
		p := ok()
		c.spoil(&p)
		_, a := flow.Simplex(p, nil)
		_, b := flow.Scaling(p)
		if !errors.Is(a, c.want) || !errors.Is(b, c.want) || p.Check(flow.Solution{}) == nil {
			t.Errorf("%s: %v, %v", name, a, b)
		}
	}
	for name, start := range map[string][]int64{"empty": {}, "no flow": {0}, "too much": {2}} {
		if _, err := flow.Simplex(ok(), start); !errors.Is(err, flow.ErrInput) {
			t.Errorf("start %s: %v", name, err)
		}
	}
	if s, err := flow.Simplex(flow.Problem{}, nil); err != nil || s.Cost != 0 {
		t.Error("nothing to do", err)
	}
	if _, err := flow.Scaling(flow.Problem{}); err != nil {
		t.Error("nothing to do", err)
	}
}

// Rounding keeps bounds and supplies in every draw, and the average over all.
func TestRound(t *testing.T) {
	const unit, draws = 1000, 4000
	r := rand.New(rand.NewPCG(5, 5))
	rounded := 0
	for seed := uint64(0); rounded < 3; seed++ {
		p := flowtest.Sides(seed)
		for i := range p.Arcs {
			a := &p.Arcs[i]
			a.Low, a.Cap = a.Low*unit, a.Cap*unit
			if a.Cap == unit && a.Low == 0 {
				a.Cap = 700
			}
		}
		for v := range p.Supply {
			p.Supply[v] *= unit
		}
		s, err := flow.Simplex(p, nil)
		if err != nil {
			continue
		}
		rounded++
		sum := make([]int64, len(p.Arcs))
		for range draws {
			f := append([]int64(nil), s.Flow...)
			if err := flow.Round(p, f, unit, r.Int64N); err != nil {
				t.Fatal(err)
			}
			left := append([]int64(nil), p.Supply...)
			for i, a := range p.Arcs {
				if d := f[i] - s.Flow[i]; f[i]%unit != 0 || d <= -unit || d >= unit {
					t.Fatalf("arc %d: %d becomes %d", i, s.Flow[i], f[i])
				}
				left[a.From] -= f[i]
				left[a.To] += f[i]
				sum[i] += f[i]
			}
			for v, x := range left {
				if x != 0 {
					t.Fatalf("node %d keeps %d", v, x)
				}
			}
		}
		for i, x := range sum {
			// 6 standard errors of a fair coin at most
			if d := float64(x)/draws - float64(s.Flow[i]); math.Abs(d) > 6*unit/2/math.Sqrt(draws) {
				t.Errorf("arc %d: %.1f on the average, of %d", i, float64(x)/draws, s.Flow[i])
			}
		}
	}
}

func TestRoundRefuses(t *testing.T) {
	p := flow.Problem{Nodes: 2, Supply: []int64{5, -5}, Arcs: []flow.Arc{{From: 0, To: 1, Cap: 10}}}
	below := func(n int64) int64 { return 0 }
	for name, err := range map[string]error{
		"supply":   flow.Round(p, []int64{5}, 10, below),
		"arcs":     flow.Round(p, nil, 10, below),
		"unit":     flow.Round(p, []int64{5}, 0, below),
		"too much": flow.Round(p, []int64{11}, 10, below),
	} {
		if !errors.Is(err, flow.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
