package draw

import (
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
	spent int
}

// panelNow is a whole panel that keeps all quotas: people by sort and by set.
type panelNow struct {
	people []int
	count  []int
}

// tries bounds one answer: some hundredths of a second.
const tries = 200_000

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
		if x.people[other] == x.taken[other] || other == sort {
			continue
		}
		x.move(other, -1)
		x.move(sort, 1)
		if x.keeps() {
			return true
		}
		x.move(sort, -1)
		x.move(other, 1)
	}
	return false
}

func (x *search) move(sort, by int) {
	x.people[sort] += by
	for _, i := range x.in[sort] {
		x.count[i] += by
	}
}

func (x *search) keeps() bool {
	for i, s := range x.sets {
		if n := x.count[i]; n < s.min || n > s.max {
			return false
		}
	}
	return true
}

// panel finds a whole panel with at least low of each sort. *flow.Infeasible: there is
// none; ErrSearch: not found out.
func (s *shape) panel(low []int) (panelNow, error) {
	p := &try{shape: s, panelNow: panelNow{slices.Clone(low), make([]int, len(s.sets))}, room: make([]int, len(low)), left: s.size}
	kept := s.keptBySort()
	for t, n := range low {
		p.left -= n
		p.room[t] = s.number[t] - (n - kept[t])
		for _, i := range s.in[t] {
			p.count[i] += n
		}
	}
	if p.left < 0 {
		return panelNow{}, &flow.Infeasible{}
	}
	ok := p.fill()
	if p.steps > tries {
		return panelNow{}, refuse(ErrSearch, "steps", strconv.Itoa(tries))
	}
	if !ok {
		return panelNow{}, &flow.Infeasible{}
	}
	return p.panelNow, nil
}

// A try is one search: a panel being filled.
type try struct {
	*shape
	panelNow
	room  []int // people left, by sort
	left  int   // places left
	steps int
}

// fill fills the places that are left. It goes for the set that is hardest to satisfy and
// takes of its sorts one after another; a sort that led nowhere is closed for those after
// it, for whatever holds one of it has been tried.
func (p *try) fill() bool {
	if p.steps++; p.steps > tries {
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
		if p.room[t] == 0 || !p.fits(t) {
			continue
		}
		p.take(t, 1)
		if p.fill() {
			return true
		}
		p.take(t, -1)
		if p.steps > tries {
			return false
		}
		closed = append(closed, t, p.room[t])
		p.room[t] = 0
	}
	return false
}

func (p *try) sortsOf(set int) []int {
	if set >= 0 {
		return p.sets[set].sorts
	}
	return all(len(p.room))
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
