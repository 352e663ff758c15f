package assign

import "shenbao/flow"

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
