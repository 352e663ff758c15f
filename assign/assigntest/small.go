package assigntest

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"

	"shenbao/assign"
)

// Small is a problem of up to two dozen experts with any of the rules: loads, minimum loads,
// employers, demands, couples, conflicts, locks, bans, balance. Many cannot be met in full.
func Small(seed uint64) assign.Problem {
	r := rand.New(rand.NewPCG(seed, 11))
	p := assign.Problem{Schema: assign.Schema, Seed: fmt.Sprint(seed), Mode: assign.Best}
	some := func(n int) bool { return r.IntN(n) == 0 }
	if some(3) {
		p.Balance = 1 + r.IntN(80)
	}
	if some(2) {
		p.EmployerCap = 1 + r.IntN(4)/3
	}
	experts, groups := 3+r.IntN(20), []string{"finance", "technical", "management"}
	minima, couples, demands := some(3), some(3), some(3)
	for i := range experts {
		e := assign.Expert{ID: fmt.Sprintf("e%02d", i), Max: 1 + r.IntN(6), Employer: fmt.Sprintf("u%d", r.IntN(1+experts/2))}
		if minima {
			e.Min = r.IntN(e.Max + 1)
		}
		if some(5) {
			e.Employer = ""
		}
		for _, g := range groups {
			if some(3) {
				e.Groups = append(e.Groups, g)
			}
		}
		p.Experts = append(p.Experts, e)
	}
	if couples {
		for range 1 + r.IntN(4) {
			a, b := r.IntN(experts), r.IntN(experts)
			x := assign.Apart{A: fmt.Sprintf("e%02d", min(a, b)), B: fmt.Sprintf("e%02d", max(a, b)), Reason: "spouses"}
			if a != b && !slices.Contains(p.Apart, x) {
				p.Apart = append(p.Apart, x)
			}
		}
	}
	for i := range 2 + r.IntN(16) {
		d := assign.Dossier{ID: fmt.Sprintf("d%02d", i), K: 1 + r.IntN(4)}
		if demands && some(2) {
			left := d.K
			for _, g := range groups {
				if n := r.IntN(3); n > 0 && n <= left {
					d.Demands = append(d.Demands, assign.Demand{Group: g, Min: n})
					left -= n
				}
			}
		}
		p.Dossiers = append(p.Dossiers, d)
		pairs(r, &p, d.ID)
	}
	return p
}

func pairs(r *rand.Rand, p *assign.Problem, dossier string) {
	locked := false
	for _, e := range p.Experts {
		if r.IntN(3) == 0 {
			continue
		}
		k := assign.Key{Dossier: dossier, Expert: e.ID}
		p.Pairs = append(p.Pairs, assign.Pair{Key: k, Affinity: max(0, r.IntN(1100)-100)})
		switch r.IntN(14) {
		case 0:
			p.Conflicts = append(p.Conflicts, assign.Conflict{Key: k, Reason: "employer"})
		case 1:
			p.Conflicts = append(p.Conflicts, assign.Conflict{Key: k, Reason: "region", Waive: 1 + r.IntN(2)})
		case 2:
			p.Bans = append(p.Bans, assign.Order{Key: k, Reason: "asked for by the applicant", By: "u1"})
		case 3: // one to a dossier and to an expert, so that locks can be kept
			if !locked && !slices.ContainsFunc(p.Locks, func(o assign.Order) bool { return o.Expert == e.ID }) && r.IntN(4) == 0 {
				locked = true
				p.Locks = append(p.Locks, assign.Order{Key: k, Reason: "knows the file", By: "u1"})
			}
		}
	}
}

// Prices of what can't be had, in the integer program.
const (
	Minimum = 100_000
	Demand  = 600_000
	Unmet   = 20_000_000
)

// Cost is what a record costs in the program that WriteLP writes.
func Cost(r assign.Record) int64 {
	cost := int64(r.Unmet)*Unmet - r.Affinity
	for _, l := range r.Lacking {
		cost += int64(l.Missing) * Demand
	}
	for _, l := range r.Loads {
		cost += int64(max(0, l.Min-l.Load))*Minimum + int64(r.Problem.Balance*l.Load*(l.Load-1)/2)
	}
	return cost
}

// WriteLP writes the problem as an integer program in CPLEX LP format, straight from the
// rules, for a solver that knows nothing of flows.
func WriteLP(w io.Writer, p assign.Problem) error {
	l := &program{b: bufio.NewWriter(w), p: p, at: map[string][]int{}, expert: map[string]assign.Expert{}}
	for _, e := range p.Experts {
		l.expert[e.ID] = e
	}
	forbidden := map[assign.Key]bool{}
	for _, c := range p.Conflicts {
		forbidden[c.Key] = true
	}
	for _, b := range p.Bans {
		forbidden[b.Key] = true
	}
	for i, x := range p.Pairs {
		if !forbidden[x.Key] {
			l.at[x.Dossier] = append(l.at[x.Dossier], i)
			l.at[x.Expert] = append(l.at[x.Expert], i)
			l.x = append(l.x, i)
		}
	}
	fmt.Fprint(l.b, "Minimize\n cost: 0 none")
	l.objective()
	fmt.Fprint(l.b, "\nSubject To\n")
	for i, d := range p.Dossiers {
		l.dossier(i, d)
	}
	l.experts()
	fmt.Fprint(l.b, "Bounds\n")
	for _, o := range p.Locks {
		i := slices.IndexFunc(p.Pairs, func(x assign.Pair) bool { return x.Key == o.Key })
		fmt.Fprintf(l.b, " x%d >= 1\n", i)
	}
	fmt.Fprint(l.b, "Binary\n")
	for _, i := range l.x {
		fmt.Fprintf(l.b, " x%d\n", i)
	}
	for _, y := range l.y {
		fmt.Fprintf(l.b, " %s\n", y)
	}
	fmt.Fprint(l.b, "End\n")
	return l.b.Flush()
}

type program struct {
	b      *bufio.Writer
	p      assign.Problem
	at     map[string][]int // pairs by dossier and by expert
	expert map[string]assign.Expert
	x      []int
	y      []string
}

func (l *program) objective() {
	for _, i := range l.x {
		fmt.Fprintf(l.b, "\n - %d x%d", l.p.Pairs[i].Affinity, i)
	}
	for i, d := range l.p.Dossiers {
		fmt.Fprintf(l.b, "\n + %d u%d", Unmet, i)
		for j := range d.Demands {
			fmt.Fprintf(l.b, "\n + %d t%d_%d", Demand, i, j)
		}
	}
	for i, e := range l.p.Experts {
		fmt.Fprintf(l.b, "\n + %d m%d", Minimum, i)
		for n := 1; l.p.Balance > 0 && n < e.Max; n++ {
			fmt.Fprintf(l.b, "\n + %d z%d_%d", l.p.Balance, i, n) // at least load - n
		}
	}
}

func (l *program) sum(pairs []int) {
	fmt.Fprint(l.b, " 0 none")
	for _, i := range pairs {
		fmt.Fprintf(l.b, " + x%d\n", i)
	}
}

func (l *program) dossier(i int, d assign.Dossier) {
	own := l.at[d.ID]
	l.sum(own)
	fmt.Fprintf(l.b, " + u%d = %d\n", i, d.K)
	employers := map[string][]int{}
	for _, x := range own {
		if u := l.expert[l.p.Pairs[x].Expert].Employer; u != "" && l.p.EmployerCap > 0 {
			employers[u] = append(employers[u], x)
		}
	}
	for _, u := range slices.Sorted(maps.Keys(employers)) {
		l.sum(employers[u])
		fmt.Fprintf(l.b, " <= %d\n", l.p.EmployerCap)
	}
	for _, a := range l.p.Apart {
		l.sum(slices.DeleteFunc(slices.Clone(own), func(x int) bool { e := l.p.Pairs[x].Expert; return e != a.A && e != a.B }))
		fmt.Fprint(l.b, " <= 1\n")
	}
	counts := map[int][]string{}
	for j, q := range d.Demands {
		fmt.Fprintf(l.b, " t%d_%d", i, j)
		for _, x := range own {
			if slices.Contains(l.expert[l.p.Pairs[x].Expert].Groups, q.Group) {
				y := fmt.Sprintf("y%d_%d", x, j)
				counts[x] = append(counts[x], y)
				l.y = append(l.y, y)
				fmt.Fprintf(l.b, " + %s\n", y)
			}
		}
		fmt.Fprintf(l.b, " >= %d\n", q.Min)
	}
	for _, x := range own {
		if len(counts[x]) > 0 {
			fmt.Fprintf(l.b, " - x%d", x)
			for _, y := range counts[x] {
				fmt.Fprintf(l.b, " + %s\n", y)
			}
			fmt.Fprint(l.b, " <= 0\n")
		}
	}
}

func (l *program) experts() {
	for i, e := range l.p.Experts {
		own := l.at[e.ID]
		l.sum(own)
		fmt.Fprintf(l.b, " <= %d\n", e.Max)
		l.sum(own)
		fmt.Fprintf(l.b, " + m%d >= %d\n", i, e.Min)
		for n := 1; l.p.Balance > 0 && n < e.Max; n++ {
			l.sum(own)
			fmt.Fprintf(l.b, " - z%d_%d <= %d\n", i, n, n)
		}
	}
}
