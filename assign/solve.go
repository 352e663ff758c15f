package assign

import (
	"cmp"
	"slices"

	"shenbao/flow"
)

// result is a solved model: the candidates chosen, and the network, weights and prices that
// prove that nothing better can be chosen.
type result struct {
	n      *network
	w      weights
	s      flow.Solution // of Mixed: the probabilities, in 1/1000
	whole  []int64       // a flow in whole units with as few empty slots
	chosen []int32
	fair   *FairPart
	mixed  *MixedPart
	repair *Repair
}

// Solve assigns. It refuses what contradicts itself (ErrInput) and what is beyond 64 bits
// (ErrLarge). A problem that cannot be met is met as far as can be, and the record says
// what is missing, proves it and names what it would take. It shares lists with p; whoever
// changes those afterwards changes the record.
func Solve(p Problem) (Record, error) {
	p, err := p.canonical()
	if err != nil {
		return Record{}, err
	}
	m, err := newModel(p, false)
	if err != nil {
		return Record{}, err
	}
	r, err := m.solve()
	if err != nil {
		return Record{}, err
	}
	return m.record(r)
}

// solve repeats until no rule is broken that the flow could not hold: of two experts that
// may not be together, the pair is put aside that is worth less by the prices, and all is
// solved anew. The first round, with those rules left out, bounds what that may have cost.
func (m *model) solve() (*result, error) {
	r, err := m.run(nil)
	if err != nil {
		return nil, err
	}
	first := r
	var aside []Aside
	for m.p.Mode != Mixed {
		clashes := m.settle(r)
		if len(clashes) == 0 {
			break
		}
		aside = append(aside, clashes...)
		if r, err = m.run(r.s.Flow); err != nil {
			return nil, err
		}
	}
	if len(aside) > 0 {
		slices.SortFunc(aside, func(a, b Aside) int {
			return cmp.Or(cmp.Compare(a.Dossier, b.Dossier), cmp.Compare(a.Expert, b.Expert))
		})
		r.repair = &Repair{Aside: aside, Affinity: m.total(first.chosen), Unmet: m.need - int64(len(first.chosen))}
	}
	return r, nil
}

// run solves the model in its mode, without what is dead.
func (m *model) run(before []int64) (*result, error) {
	n := m.network(weights{scale: 1})
	s, err := n.best(n.greedy(before))
	if err != nil {
		return nil, err
	}
	r := &result{n: n, w: weights{scale: 1}, s: s, whole: s.Flow}
	switch m.p.Mode {
	case Fair:
		err = m.fair(r)
	case Mixed:
		err = m.mixed(r)
	default:
		if err = m.lots(n.p, s, n.cand); err == nil {
			r.chosen = n.chosen(s.Flow)
		}
	}
	return r, err
}

func (n *network) cand(arc int) int {
	if arc < len(n.m.cands) {
		return arc
	}
	return -1
}

func (n *network) chosen(f []int64) []int32 {
	var out []int32
	for i := range n.m.cands {
		if f[i] > 0 {
			out = append(out, int32(i))
		}
	}
	return out
}

func (m *model) total(chosen []int32) (sum int64) {
	for _, i := range chosen {
		sum += int64(m.cands[i].affinity)
	}
	return sum
}

// byDossier are the chosen candidates of each dossier.
func (m *model) byDossier(chosen []int32) [][]int32 {
	out := make([][]int32, len(m.p.Dossiers))
	for _, i := range chosen {
		d := m.cands[i].dossier
		out[d] = append(out[d], i)
	}
	return out
}

// settle puts aside, on every dossier with a broken rule, one candidate of the first rule
// that is broken.
func (m *model) settle(r *result) (out []Aside) {
	for _, x := range m.clashes(r.chosen) {
		i, j := x[0], x[1]
		if m.cands[j].lock || !m.cands[i].lock && m.weaker(r, i, j) {
			i, j = j, i
		}
		c := m.cands[j]
		m.dead[uint64(c.dossier)<<32|uint64(c.expert)] = true
		_, _, why := m.clash([]int32{m.cands[x[0]].expert, m.cands[x[1]].expert})
		out = append(out, Aside{m.key(c), cmp.Or(why, sameEmployer), m.p.Experts[m.cands[i].expert].ID})
	}
	return out
}

// clashes are two candidates for every dossier on which a rule is broken.
func (m *model) clashes(chosen []int32) (out [][2]int32) {
	if m.p.EmployerCap == 0 && len(m.p.Apart) == 0 {
		return nil
	}
	for _, list := range m.byDossier(chosen) {
		held := make([]int32, len(list))
		for j, i := range list {
			held[j] = m.cands[i].expert
		}
		if a, b, why := m.clash(held); why != "" {
			out = append(out, [2]int32{list[slices.Index(held, a)], list[slices.Index(held, b)]})
		}
	}
	return out
}

// weaker tells whether i is worth less than j: by the prices, by affinity, by lot.
func (m *model) weaker(r *result, i, j int32) bool {
	a, b := r.s.Reduced(r.n.p.Arcs[i]), r.s.Reduced(r.n.p.Arcs[j])
	lot := m.lottery()
	return cmp.Or(cmp.Compare(a, b), -cmp.Compare(m.cands[i].affinity, m.cands[j].affinity), cmp.Compare(lot(m.cands[i]), lot(m.cands[j]))) > 0
}
