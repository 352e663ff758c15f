package assign

import (
	"math"
	"slices"

	"shenbao/flow"
)

// In fair mode a dossier that is matched too badly weighs more: affinity × (1 + more/unit).
// All is in whole numbers, so that every machine comes to the same weights.
const (
	unit    = 1 << 14
	heavy   = 64 * unit // weights stop here
	rounds  = 60        // of weighing for one target
	targets = 12        // of halving between what is reached and what is not
	lotSize = 16        // lots are below 1/1000 of an affinity
)

// fair lifts the lowest dossier by Lagrangian multipliers over the exact flow, and halves
// its way to the highest target that it reaches. Each step is an exact optimum for its
// weights, so the prices prove the last one for the weights in the record. That no target
// above is reachable is certain only where the bound is reached; the search for weights is
// a heuristic otherwise, and the record says so.
func (m *model) fair(r *result) error {
	plain := r.n.chosen(r.s.Flow)
	f := &FairPart{Optimum: m.total(plain), Bound: m.bound(), Before: m.least(plain)}
	r.fair = f
	lot := m.lottery()
	w := weights{scale: unit, more: make([]int64, len(m.p.Dossiers)), lot: make([]int64, len(m.cands))}
	for i, c := range m.cands {
		w.lot[i] = lot(c) % lotSize
	}
	r.w = w
	s, err := m.weighed(r.n, w, r.s.Flow)
	if err != nil {
		return err
	}
	best := fairTry{w.more, s, m.least(r.n.chosen(s.Flow))}
	low, high := best.least, f.Bound+1
	for i := 0; i < targets && low < f.Bound && high-low > 1; i++ {
		target := low + (high-low)/2
		if i == 0 {
			target = f.Bound
		}
		try, ok, err := m.try(r.n, w, best.s.Flow, target)
		f.Rounds++
		switch {
		case err != nil:
			return err
		case !ok:
			high = target
		default:
			best, low = try, max(target, try.least)
		}
	}
	r.w.more, r.s, r.whole = best.more, best.s, best.s.Flow
	r.n.weigh(r.w)
	r.chosen = r.n.chosen(best.s.Flow)
	if err := proved(r.n.p, r.s); err != nil {
		return err
	}
	f.Least, f.Reached = best.least, best.least >= f.Bound
	for d, x := range best.more {
		if x != 0 {
			f.Weights = append(f.Weights, FairWeight{m.p.Dossiers[d].ID, x})
		}
	}
	return nil
}

type fairTry struct {
	more  []int64
	s     flow.Solution
	least int64
}

// try looks for weights under which no dossier is below the target.
func (m *model) try(n *network, w weights, start []int64, target int64) (fairTry, bool, error) {
	w.more = make([]int64, len(m.p.Dossiers))
	for range rounds {
		s, err := m.weighed(n, w, start)
		if err != nil {
			return fairTry{}, false, err
		}
		start = s.Flow
		sums := m.sums(n.chosen(s.Flow))
		if least := slices.Min(sums); least >= target {
			return fairTry{w.more, s, least}, true, nil
		}
		stuck := true
		for d, x := range sums {
			before := w.more[d]
			if x < target {
				w.more[d] = min(heavy, before*13/10+unit/10)
			} else if x/11 > target/10 {
				w.more[d] = before * 97 / 100
			}
			stuck = stuck && w.more[d] <= before
		}
		if stuck {
			break
		}
	}
	return fairTry{}, false, nil
}

func (m *model) weighed(n *network, w weights, start []int64) (flow.Solution, error) {
	n.weigh(w)
	return optimum(n.p, start)
}

// sums are the affinities on each dossier together, as if every dossier needed as many
// experts as the one that needs most; a dossier with an empty slot is left out (it is at
// the top), as no weight can fill it.
func (m *model) sums(chosen []int32) []int64 {
	k := m.most()
	out := make([]int64, len(m.p.Dossiers))
	for d, list := range m.byDossier(chosen) {
		if own := m.p.Dossiers[d].K; len(list) == own {
			out[d] = m.total(list) * k / int64(own)
		} else {
			out[d] = math.MaxInt64
		}
	}
	return out
}

func (m *model) most() (k int64) {
	for _, d := range m.p.Dossiers {
		k = max(k, int64(d.K))
	}
	return k
}

func (m *model) least(chosen []int32) int64 {
	if x := slices.Min(append(m.sums(chosen), math.MaxInt64)); x < math.MaxInt64 {
		return x
	}
	return 0
}

// bound is what no assignment can lift the lowest dossier above: the lowest sum of a
// dossier's best candidates, if it had them all to itself.
func (m *model) bound() int64 {
	k, least := m.most(), int64(math.MaxInt64)
	for d, x := range m.p.Dossiers {
		own := slices.Clone(m.of(int32(d)))
		slices.SortStableFunc(own, func(a, b cand) int {
			if a.lock != b.lock { // what is locked is on it in any case
				if a.lock {
					return -1
				}
				return 1
			}
			return int(b.affinity - a.affinity)
		})
		got, sum, employers := 0, int64(0), map[string]int{}
		for _, c := range own {
			e := m.p.Experts[c.expert].Employer
			if got == x.K || e != "" && m.p.EmployerCap > 0 && employers[e] >= m.p.EmployerCap {
				continue
			}
			got++
			sum += int64(c.affinity)
			employers[e]++
		}
		if got == x.K {
			least = min(least, sum*k/int64(x.K))
		}
	}
	if least == math.MaxInt64 {
		return 0
	}
	return least
}
