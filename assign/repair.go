package assign

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// solve finds the optimum and, where it breaks rules that the flow could not hold, repairs
// it: of those that may not be together on a dossier the pair is put aside that is worth
// least by the prices, all is solved anew, and so on until no rule is broken. Then it tries
// the other choices: all of them if they are few, else one after the other for the better.
// What was not tried bounds the loss.
func (m *model) solve() (*result, error) {
	first, err := m.run(nil)
	if err != nil || m.p.Mode == Mixed || len(m.clashes(first.chosen)) == 0 {
		return first, err
	}
	x := &repairing{m: m, open: math.MaxInt64}
	if err := x.dive(first); err != nil {
		return nil, err
	}
	y := &Repair{Affinity: m.total(first.chosen), Unmet: m.need - int64(len(first.chosen))}
	if m.p.Mode == Best { // the costs of fair results are by different weights
		x.left = repairTime / len(first.n.p.Arcs)
		if len(m.clashes(first.chosen)) < bits.Len(uint(x.left)) {
			err = x.branch(first, nil)
		} else {
			x.open = first.s.Cost
			err = x.exchange()
		}
		if err != nil {
			return nil, err
		}
		y.Bound = min(x.open, x.best.s.Cost)
		y.Exact = y.Bound == x.best.s.Cost
	}
	y.Aside = x.aside
	slices.SortFunc(y.Aside, func(a, b Aside) int {
		return cmp.Or(cmp.Compare(a.Dossier, b.Dossier), cmp.Compare(a.Expert, b.Expert))
	})
	x.best.repair = y
	return x.best, nil
}

// repairTime is how many arcs are solved in all while choices are tried: a part of a second.
// It is counted and not clocked, so that a record repeats.
const repairTime = 2_000_000

// repairing looks for the cheapest result that breaks no rule.
type repairing struct {
	m     *model
	best  *result
	aside []Aside
	left  int   // problems that may still be solved
	open  int64 // the least cost of a problem that was left untried
}

// dive puts aside, on every dossier with a broken rule, the weakest pair, until none is left.
func (x *repairing) dive(r *result) (err error) {
	for {
		all := x.m.clashes(r.chosen)
		if len(all) == 0 {
			break
		}
		for _, c := range all {
			a := x.m.victims(r, c)[0]
			x.m.dead[a.at] = true
			x.aside = append(x.aside, a.Aside)
		}
		if r, err = x.m.run(r.s.Flow); err != nil {
			return err
		}
	}
	x.best = r
	clear(x.m.dead)
	return nil
}

// branch tries every way to keep the first broken rule of a result: whatever keeps all rules
// is without one of the pairs that break it.
func (x *repairing) branch(r *result, aside []Aside) error {
	if r.s.Cost >= x.best.s.Cost {
		return nil
	}
	all := x.m.clashes(r.chosen)
	if len(all) == 0 {
		x.best, x.aside = r, slices.Clone(aside)
		return nil
	}
	for _, a := range x.m.victims(r, all[0]) {
		if x.left == 0 {
			x.open = min(x.open, r.s.Cost)
			return nil
		}
		x.left--
		x.m.dead[a.at] = true
		c, err := x.m.run(r.s.Flow)
		if err == nil {
			err = x.branch(c, append(aside, a.Aside))
		}
		delete(x.m.dead, a.at)
		if err != nil {
			return err
		}
	}
	return nil
}

// exchange takes up each pair that was put aside, in place of the one it was beside, and
// keeps that if it is better.
func (x *repairing) exchange() error {
	for i := 0; i < len(x.aside) && x.left > 0; i++ {
		other := slices.Clone(x.aside)
		a := &other[i]
		a.Expert, a.Beside = a.Beside, a.Expert
		if slices.ContainsFunc(x.m.p.Locks, func(o Order) bool { return o.Key == a.Key }) {
			continue
		}
		x.left--
		for _, b := range other {
			at, _ := x.m.ix.place(b.Key)
			x.m.dead[at] = true
		}
		r, err := x.m.run(x.best.s.Flow)
		clear(x.m.dead)
		if err != nil {
			return err
		}
		if r.s.Cost < x.best.s.Cost && len(x.m.clashes(r.chosen)) == 0 {
			x.best, x.aside = r, other
		}
	}
	return nil
}

// A victim is a pair that may be put aside.
type victim struct {
	Aside
	at uint64
}

// victims are the pairs of a broken rule that are not locked, the weakest first.
func (m *model) victims(r *result, c clashing) (out []victim) {
	order := slices.SortedFunc(slices.Values(c.cands), func(i, j int32) int { return m.weaker(r, i, j) })
	for _, i := range order {
		x := m.cands[i]
		if x.lock {
			continue
		}
		beside := order[len(order)-1]
		if beside == i {
			beside = order[0]
		}
		out = append(out, victim{Aside{m.key(x), c.why, m.p.Experts[m.cands[beside].expert].ID}, uint64(x.dossier)<<32 | uint64(x.expert)})
	}
	return out
}

// clashing are chosen candidates of a dossier of whom a rule lets not all be on it.
type clashing struct {
	cands []int32
	why   string
}

// clashes are the first rule that is broken on each dossier.
func (m *model) clashes(chosen []int32) (out []clashing) {
	if m.p.EmployerCap == 0 && len(m.p.Apart) == 0 {
		return nil
	}
	for _, list := range m.byDossier(chosen) {
		held := make([]int32, len(list))
		for j, i := range list {
			held[j] = m.cands[i].expert
		}
		these, why := m.clash(held)
		if why == "" {
			continue
		}
		c := clashing{why: why}
		for _, e := range these {
			c.cands = append(c.cands, list[slices.Index(held, e)])
		}
		out = append(out, c)
	}
	return out
}

// weaker orders candidates by what they are worth: by the prices, by affinity, by lot.
func (m *model) weaker(r *result, i, j int32) int {
	a, b := r.s.Reduced(r.n.p.Arcs[i]), r.s.Reduced(r.n.p.Arcs[j])
	if c := cmp.Or(-cmp.Compare(a, b), cmp.Compare(m.cands[i].affinity, m.cands[j].affinity)); c != 0 {
		return c
	}
	lot := m.lottery()
	return cmp.Compare(lot(m.cands[i]), lot(m.cands[j]))
}
