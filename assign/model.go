package assign

import (
	"slices"
)

// model is a canonical problem by numbers: experts and dossiers in order of their ids.
type model struct {
	p  Problem
	ix index

	cands []cand  // who is eligible, by dossier and expert
	first []int32 // where the candidates of a dossier begin; one more at the end
	need  int64   // slots in all
	apart [][]int32
	dead  map[uint64]bool // candidates put aside to keep a rule that no flow can hold

	relaxed bool // what would it take: rules waived and loads exceeded, at a price
}

// cand is an eligible pair.
type cand struct {
	dossier, expert int32
	pair            int32 // in p.Pairs
	affinity        int32
	lock, keep      bool
	waive           int8 // in a relaxed model: the rank of the rule that would be waived
}

// newModel checks what is locked against everything else; p is canonical.
func newModel(p Problem, relaxed bool) (*model, error) {
	m := &model{p: p, ix: p.index(), apart: make([][]int32, len(p.Experts)), dead: map[uint64]bool{}, relaxed: relaxed}
	for _, a := range p.Apart {
		x, y := m.ix.expert[a.A], m.ix.expert[a.B]
		m.apart[x] = append(m.apart[x], y)
		m.apart[y] = append(m.apart[y], x)
	}
	for _, d := range p.Dossiers {
		m.need += int64(d.K)
	}
	if m.need > most {
		return nil, ErrLarge
	}
	if err := m.candidates(); err != nil {
		return nil, err
	}
	return m, m.locks()
}

// walker goes through a sorted list of keys beside the pairs.
func walker[T any](ix index, list []T, key func(T) Key) func(at uint64) *T {
	i, here, place := -1, uint64(0), ix.placer()
	next := func() {
		if i++; i < len(list) {
			here, _ = place(key(list[i]))
		}
	}
	next()
	return func(at uint64) *T {
		for i < len(list) && here < at {
			next()
		}
		if i < len(list) && here == at {
			return &list[i]
		}
		return nil
	}
}

func keyOfConflict(c Conflict) Key { return c.Key }
func keyOfOrder(o Order) Key       { return o.Key }
func keyOfKeep(k Key) Key          { return k }

func (m *model) candidates() error {
	conflict := walker(m.ix, m.p.Conflicts, keyOfConflict)
	ban := walker(m.ix, m.p.Bans, keyOfOrder)
	lock := walker(m.ix, m.p.Locks, keyOfOrder)
	keep := walker(m.ix, m.p.Keep, keyOfKeep)
	m.cands = make([]cand, 0, len(m.p.Pairs))
	m.first = make([]int32, 1, len(m.p.Dossiers)+1)
	locked, place := 0, m.ix.placer()
	for i, x := range m.p.Pairs {
		at, _ := place(x.Key)
		c := cand{dossier: int32(at >> 32), expert: int32(uint32(at)), pair: int32(i), affinity: int32(x.Affinity)}
		k, b := conflict(at), ban(at)
		c.lock, c.keep = lock(at) != nil, keep(at) != nil
		switch {
		case c.lock && k != nil:
			return wrong("%s is locked to %s in spite of a conflict: %s", x.Expert, x.Dossier, k.Reason)
		case c.lock && b != nil:
			return wrong("%s is locked to %s and banned from it", x.Expert, x.Dossier)
		case c.lock:
			locked++
		case b != nil || m.p.Experts[c.expert].Withdrawn != "":
			continue
		case k != nil && (!m.relaxed || k.Waive == 0):
			continue
		case k != nil:
			c.waive = int8(k.Waive)
		}
		for int(c.dossier) >= len(m.first) {
			m.first = append(m.first, int32(len(m.cands)))
		}
		m.cands = append(m.cands, c)
	}
	for len(m.first) <= len(m.p.Dossiers) {
		m.first = append(m.first, int32(len(m.cands)))
	}
	if locked != len(m.p.Locks) {
		return wrong("a lock is on a pair that is not among the candidates; list it with its affinity")
	}
	return nil
}

// of are the candidates of a dossier.
func (m *model) of(d int32) []cand { return m.cands[m.first[d]:m.first[d+1]] }

// locks refuses locks that can't all be kept.
func (m *model) locks() error {
	load := make([]int, len(m.p.Experts))
	for d, x := range m.p.Dossiers {
		var held []int32
		for _, c := range m.of(int32(d)) {
			if c.lock {
				held = append(held, c.expert)
				load[c.expert]++
			}
		}
		if len(held) > x.K {
			return wrong("%d experts are locked to %s, which needs %d", len(held), x.ID, x.K)
		}
		if these, why := m.clash(held); why != "" {
			return wrong("%s and %s are locked to %s in spite of a rule: %s", m.p.Experts[these[0]].ID, m.p.Experts[these[1]].ID, x.ID, why)
		}
	}
	for e, n := range load {
		if x := m.p.Experts[e]; n > x.Max {
			return wrong("%s is locked to %d dossiers and takes %d at most", x.ID, n, x.Max)
		}
	}
	return nil
}

// sameEmployer names the rule of EmployerCap where a reason is told.
const sameEmployer = "employer"

// clash finds experts that may not all be together on a dossier, of whom one has to go, and
// the rule.
func (m *model) clash(held []int32) (these []int32, why string) {
	count := map[string][]int32{}
	for i, e := range held {
		for _, f := range held[:i] {
			if slices.Contains(m.apart[e], f) {
				return []int32{f, e}, m.whyApart(f, e)
			}
		}
		x := m.p.Experts[e].Employer
		if x == "" || m.p.EmployerCap == 0 {
			continue
		}
		if count[x] = append(count[x], e); len(count[x]) > m.p.EmployerCap {
			return count[x], sameEmployer
		}
	}
	return nil, ""
}

func (m *model) whyApart(a, b int32) string {
	x, y := m.p.Experts[a].ID, m.p.Experts[b].ID
	for _, p := range m.p.Apart {
		if p.A == x && p.B == y || p.A == y && p.B == x {
			return p.Reason
		}
	}
	return ""
}

// demanded are the demands of a dossier that an expert could count for, by number.
func (m *model) demanded(d, e int32) (out []int32) {
	for i, x := range m.p.Dossiers[d].Demands {
		if slices.Contains(m.p.Experts[e].Groups, x.Group) {
			out = append(out, int32(i))
		}
	}
	return out
}
