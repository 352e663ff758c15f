// Package assigntest makes assignment problems: the same numbers, the same problem, on
// every machine.
package assigntest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"shenbao/assign"
)

// A Size says how large a problem is.
type Size struct {
	Seed              uint64
	Dossiers, Experts int
	K, Load           int
	Top               int // candidates of a dossier, the nearest first; conflicts are taken out of these
	EmployerCap       int
}

// Disciplines × sub fields; regions.
const (
	disciplines = 40
	subs        = 8
	regions     = 13
)

type person struct {
	employer, region int
	fields           []int
}

// Make invents experts and dossiers with fields, employers and regions. An expert fits by
// field (the same 550, the same discipline 330) and by a text match that is drawn; who is
// of the same employer or region, a former colleague, or declared it, has a conflict.
func Make(s Size) assign.Problem {
	r := rand.New(rand.NewPCG(s.Seed, 7))
	place := make([]int, s.Experts/4+20)
	for i := range place {
		if r.Float64() >= 0.35 {
			place[i] = r.IntN(regions)
		}
	}
	discipline := func() int { x := r.Float64(); return int(x * x * disciplines) }
	p := assign.Problem{Schema: assign.Schema, Title: "generated", Seed: fmt.Sprint("seed ", s.Seed), Mode: assign.Best, EmployerCap: s.EmployerCap}
	people := make([]person, s.Experts)
	for i := range people {
		x := person{employer: r.IntN(len(place))}
		x.region = place[x.employer]
		own := discipline()
		for range 2 + r.IntN(3) {
			d := own
			if r.Float64() < 0.2 {
				d = discipline()
			}
			x.fields = append(x.fields, d*subs+r.IntN(subs))
		}
		people[i] = x
		p.Experts = append(p.Experts, assign.Expert{ID: fmt.Sprintf("e%05d", i), Max: s.Load, Employer: fmt.Sprintf("u%04d", x.employer)})
	}
	for i := range s.Dossiers {
		d := assign.Dossier{ID: fmt.Sprintf("d%05d", i), K: s.K}
		p.Dossiers = append(p.Dossiers, d)
		own := discipline()
		x := person{employer: r.IntN(len(place)), fields: []int{own*subs + r.IntN(subs), own*subs + r.IntN(subs)}}
		if x.region = place[x.employer]; r.Float64() < 0.04 {
			x.region = r.IntN(regions)
		}
		candidates(r, &p, d.ID, x, people, s.Top)
	}
	return p
}

func candidates(r *rand.Rand, p *assign.Problem, dossier string, x person, people []person, top int) {
	type fit struct{ expert, affinity, rule int }
	all := make([]fit, len(people))
	for i, y := range people {
		text := r.Float64()
		all[i] = fit{i, field(x.fields, y.fields) + int(450*text*text), r.IntN(1000)}
	}
	slices.SortFunc(all, func(a, b fit) int {
		return cmp.Or(-cmp.Compare(a.affinity, b.affinity), cmp.Compare(a.expert, b.expert))
	})
	all = all[:min(top, len(all))]
	slices.SortFunc(all, func(a, b fit) int { return cmp.Compare(a.expert, b.expert) })
	for _, f := range all {
		key := assign.Key{Dossier: dossier, Expert: p.Experts[f.expert].ID}
		p.Pairs = append(p.Pairs, assign.Pair{Key: key, Affinity: f.affinity})
		c := assign.Conflict{Key: key}
		switch y := people[f.expert]; {
		case x.employer == y.employer:
			c.Reason = "employer"
		case x.region == y.region && x.region != 0:
			c.Reason, c.Waive = "region", 1
		case f.rule < 5:
			c.Reason = "declared"
		case f.rule < 15:
			c.Reason, c.Waive = "former colleague", 2
		default:
			continue
		}
		p.Conflicts = append(p.Conflicts, c)
	}
}

func field(a, b []int) int {
	best := 0
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return 550
			} else if x/subs == y/subs {
				best = 330
			}
		}
	}
	return best
}
