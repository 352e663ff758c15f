package draw

import (
	"errors"
	"slices"
	"strconv"

	"shenbao/flow"
)

// search looks ahead where the quotas cross in three or more families, for which no flow
// is known. It finds a panel or proves that there is none, or gives up after tries steps.
type search struct {
	*shape
	taken []int // by sort, those on the panel for good
	panelNow
}

// panelNow is a whole panel that keeps all quotas: people by sort and by set.
type panelNow struct {
	people []int
	count  []int
}

// tries bounds one answer. After the first few without an end, a look at two families at a
// time often proves that there is no panel.
const (
	tries    = 200_000
	tryFirst = 2_000
)

func newSearch(s *shape, low []int) (*search, error) {
	x := &search{shape: s, taken: slices.Clone(low)}
	var err error
	if x.panelNow, err = x.panel(low); err != nil {
		return nil, s.impossible(low, err)
	}
	return x, nil
}

func (x *search) force(sort int) (bool, []int, error) {
	if x.people[sort] > x.taken[sort] || x.swap(sort) {
		x.taken[sort]++
		return true, nil, nil
	}
	low := slices.Clone(x.taken)
	low[sort]++
	p, err := x.panel(low)
	if _, no := err.(*flow.Infeasible); no {
		reserved, err := x.against(low)
		return false, reserved, err
	}
	if err != nil {
		return false, nil, err
	}
	x.panelNow = p
	x.taken[sort]++
	return true, nil, nil
}

// swap puts one of the sort in place of somebody of another one who is not taken yet.
func (x *search) swap(sort int) bool {
	for other := range x.people {
		if x.people[other] > x.taken[other] && other != sort && x.swaps(x.count, other, sort) {
			for _, m := range []struct{ sort, by int }{{other, -1}, {sort, 1}} {
				x.people[m.sort] += m.by
				for _, i := range x.in[m.sort] {
					x.count[i] += m.by
				}
			}
			return true
		}
	}
	return false
}

// panel finds a whole panel with at least low of each sort. *flow.Infeasible: there is
// none; ErrSearch: not found out.
func (s *shape) panel(low []int) (panelNow, error) {
	p := s.try(low)
	if p.left < 0 {
		return panelNow{}, &flow.Infeasible{}
	}
	p.most = tryFirst
	ok := p.fill()
	if !ok && p.steps > p.most {
		if s.refuted(low) {
			return panelNow{}, &flow.Infeasible{}
		}
		if s.brief {
			return panelNow{}, refuse(ErrSearch, "steps", strconv.Itoa(tryFirst))
		}
		p = s.try(low)
		p.most = tries
		ok = p.fill()
	}
	switch {
	case ok:
		return p.panelNow, nil
	case p.steps > p.most:
		return panelNow{}, refuse(ErrSearch, "steps", strconv.Itoa(tries))
	}
	return panelNow{}, &flow.Infeasible{}
}

// try begins a search with low of each sort.
func (s *shape) try(low []int) *try {
	p := &try{shape: s, panelNow: panelNow{slices.Clone(low), make([]int, len(s.sets))}, room: make([]int, len(low)), left: s.size}
	kept := s.keptBySort()
	for t, n := range low {
		p.left -= n
		p.room[t] = s.number[t] - (n - kept[t])
		for _, i := range s.in[t] {
			p.count[i] += n
		}
	}
	return p
}

// refuted reports whether already two of the families can't be kept together.
func (s *shape) refuted(low []int) bool {
	var families []string
	for _, x := range s.sets {
		families = append(families, x.quota.Family)
	}
	slices.Sort(families)
	families = slices.Compact(families)
	for i, a := range families {
		for _, b := range families[i+1:] {
			var no *flow.Infeasible
			if two := s.only(a, b); two.nested && errors.As(two.feasible(low), &no) {
				return true
			}
		}
	}
	return false
}

// only is the shape with the sets of two families alone.
func (s *shape) only(a, b string) *shape {
	two := &shape{size: s.size, kept: s.kept, in: make([][]int, len(s.in)), number: s.number}
	for _, x := range s.sets {
		if x.quota.Family != a && x.quota.Family != b {
			continue
		}
		for _, t := range x.sorts {
			two.in[t] = append(two.in[t], len(two.sets))
		}
		x.side, x.parent = 0, -1
		two.sets = append(two.sets, x)
	}
	two.nest()
	return two
}

// A try is one search: a panel being filled.
type try struct {
	*shape
	panelNow
	room  []int // people left, by sort
	left  int   // places left
	steps int
	most  int // steps that it may take
}

// fill fills the places that are left. It goes for the set that is hardest to satisfy and
// takes of its sorts one after another; a sort that led nowhere is closed for those after
// it, for whatever holds one of it has been tried.
func (p *try) fill() bool {
	if p.steps++; p.steps > p.most {
		return false
	}
	goal, ok := p.hardest()
	if !ok {
		return false
	}
	if p.left == 0 {
		return true // hardest saw that nothing is needed any more
	}
	var closed []int
	defer func() {
		for i := 0; i < len(closed); i += 2 {
			p.room[closed[i]] = closed[i+1]
		}
	}()
	for _, t := range p.sortsOf(goal) {
		p.take(t, 1)
		if p.fill() {
			return true
		}
		p.take(t, -1)
		if p.steps > p.most {
			return false
		}
		closed = append(closed, t, p.room[t])
		p.room[t] = 0
	}
	return false
}

// sortsOf are the sorts of a set that can be taken, those first that other sets need too.
func (p *try) sortsOf(set int) []int {
	from := all(len(p.room))
	if set >= 0 {
		from = p.sets[set].sorts
	}
	var by [4][]int // how many needs they meet; three is as good as more
	for _, t := range from {
		if p.room[t] == 0 || !p.fits(t) {
			continue
		}
		n := 0
		for _, i := range p.in[t] {
			if p.count[i] < p.sets[i].min {
				n++
			}
		}
		by[min(n, 3)] = append(by[min(n, 3)], t)
	}
	return slices.Concat(by[3], by[2], by[1], by[0])
}

func all(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func (p *try) take(sort, n int) {
	p.people[sort] += n
	p.room[sort] -= n
	p.left -= n
	for _, i := range p.in[sort] {
		p.count[i] += n
	}
}

func (p *try) fits(sort int) bool {
	for _, i := range p.in[sort] {
		if p.count[i] >= p.sets[i].max {
			return false
		}
	}
	return true
}

// hardest is the set in need with the fewest people to spare, -1 when none is in need; ok
// is false when some need can't be met.
func (p *try) hardest() (goal int, ok bool) {
	goal = -1
	best, needs := 0, map[string]int{}
	for i, s := range p.sets {
		need := s.min - p.count[i]
		if p.count[i] > s.max {
			return -1, false
		}
		if need <= 0 {
			continue
		}
		there := 0
		for _, t := range s.sorts {
			if p.room[t] > 0 && p.fits(t) {
				there += p.room[t]
			}
		}
		if there < need || need > p.left {
			return -1, false
		}
		if p.apart[s.quota.Family] {
			if needs[s.quota.Family] += need; needs[s.quota.Family] > p.left {
				return -1, false
			}
		}
		if spare := there - need; goal < 0 || spare < best {
			goal, best = i, spare
		}
	}
	return goal, true
}
