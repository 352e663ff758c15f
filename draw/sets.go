package draw

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A set is a category that a quota bounds, over people taken together by sort.
type set struct {
	quota    Quota // with its own category, never "*"
	min, max int
	sorts    []int // that lie in it, ascending
	side     int   // of the two nested families, when there are two
	parent   int   // the least set of its side around it; -1 none
}

// shape is what a plan's quotas make of its people. Those who lie in the same sets are one
// sort: the quotas can't tell them apart, and looking ahead goes by sorts.
type shape struct {
	size   int
	sets   []set
	sort   []int           // of each person of the list
	kept   []int           // sorts of those who stay on the panel from the draw before
	in     [][]int         // sets of each sort, ascending
	number []int           // people who can be drawn, by sort
	nested bool            // the sets form two nested families
	apart  map[string]bool // families none of whose sets share a sort
	brief  bool            // a search is kept short
}

// shapeOf finds the sets that can bind and the sorts of people. free tells who of the list
// can be drawn.
func shapeOf(p Plan, kept []Person, free []bool) *shape {
	s := &shape{size: p.Size, sort: make([]int, len(p.People))}
	index := s.bounded(p, append(slices.Clone(kept), p.People...))
	names := map[string]int{}
	sortOf := func(x Person) int {
		var in []int
		for family, cats := range x.In {
			for _, c := range cats {
				if i, ok := index[[2]string{family, c}]; ok {
					in = append(in, i)
				}
			}
		}
		slices.Sort(in)
		in = slices.Compact(in)
		var b strings.Builder
		for _, i := range in {
			b.WriteString(strconv.Itoa(i))
			b.WriteByte(' ')
		}
		t, ok := names[b.String()]
		if !ok {
			t = len(s.in)
			names[b.String()] = t
			s.in, s.number = append(s.in, in), append(s.number, 0)
			for _, i := range in {
				s.sets[i].sorts = append(s.sets[i].sorts, t)
			}
		}
		return t
	}
	for _, x := range kept {
		s.kept = append(s.kept, sortOf(x))
	}
	for i, x := range p.People {
		s.sort[i] = sortOf(x)
		if free[i] {
			s.number[s.sort[i]]++
		}
	}
	s.nest()
	return s
}

// bounded makes the sets: a quota for each category that has one, or that "*" gives one,
// but not where it can't bind.
func (s *shape) bounded(p Plan, all []Person) map[[2]string]int {
	members := map[[2]string]int{}
	for _, x := range all {
		for family, cats := range x.In {
			for i, c := range cats {
				if !slices.Contains(cats[:i], c) {
					members[[2]string{family, c}]++
				}
			}
		}
	}
	bounds := map[[2]string]Quota{}
	every := map[string]Quota{}
	for _, q := range p.Quotas {
		if q.Category == "*" {
			every[q.Family] = q
		} else {
			bounds[[2]string{q.Family, q.Category}] = q
		}
	}
	for k := range members {
		if q, ok := every[k[0]]; ok {
			if _, own := bounds[k]; !own {
				q.Category = k[1]
				bounds[k] = q
			}
		}
	}
	for k, q := range bounds {
		top := p.Size
		if q.Max > 0 {
			top = min(top, q.Max)
		}
		if q.Min > 0 || top < p.Size && top < members[k] {
			s.sets = append(s.sets, set{quota: q, min: q.Min, max: top, parent: -1})
		}
	}
	slices.SortFunc(s.sets, func(a, b set) int {
		return cmp.Or(cmp.Compare(a.quota.Family, b.quota.Family), cmp.Compare(a.quota.Category, b.quota.Category))
	})
	index := map[[2]string]int{}
	for i, x := range s.sets {
		index[[2]string{x.quota.Family, x.quota.Category}] = i
	}
	return index
}

// nest puts the sets on two sides so that on each side any two are apart or one lies in the
// other. Sets that cross must part; that is a colouring with two colours, found or not.
func (s *shape) nest() {
	shared := map[[2]int]int{} // sorts in both
	for _, in := range s.in {
		for i, a := range in {
			for _, b := range in[i+1:] {
				shared[[2]int{a, b}]++
			}
		}
	}
	s.apart = map[string]bool{}
	for _, x := range s.sets {
		s.apart[x.quota.Family] = true
	}
	crosses := make([][]int, len(s.sets))
	for k, n := range shared {
		if f := s.sets[k[0]].quota.Family; f == s.sets[k[1]].quota.Family {
			s.apart[f] = false
		}
		if n < len(s.sets[k[0]].sorts) && n < len(s.sets[k[1]].sorts) {
			crosses[k[0]], crosses[k[1]] = append(crosses[k[0]], k[1]), append(crosses[k[1]], k[0])
		}
	}
	if s.nested = s.colour(crosses); !s.nested {
		return
	}
	for k, n := range shared {
		for _, pair := range [][2]int{k, {k[1], k[0]}} {
			inner, outer := pair[0], pair[1]
			if s.sets[inner].side == s.sets[outer].side && n == len(s.sets[inner].sorts) && s.smaller(inner, outer) {
				if p := s.sets[inner].parent; p < 0 || s.smaller(outer, p) {
					s.sets[inner].parent = outer
				}
			}
		}
	}
}

// smaller orders sets by size, equal ones by place, so that of two that hold the same
// people one lies in the other.
func (s *shape) smaller(a, b int) bool {
	return cmp.Or(cmp.Compare(len(s.sets[a].sorts), len(s.sets[b].sorts)), cmp.Compare(a, b)) < 0
}

func (s *shape) colour(crosses [][]int) bool {
	seen := make([]bool, len(s.sets))
	for start := range s.sets {
		if seen[start] {
			continue
		}
		seen[start] = true
		for line := []int{start}; len(line) > 0; line = line[1:] {
			a := line[0]
			for _, b := range crosses[a] {
				if !seen[b] {
					seen[b] = true
					s.sets[b].side = 1 - s.sets[a].side
					line = append(line, b)
				} else if s.sets[b].side == s.sets[a].side {
					return false
				}
			}
		}
	}
	return true
}

// leaf is the least set of a side that a sort lies in; -1 none.
func (s *shape) leaf(sort, side int) int {
	at := -1
	for _, i := range s.in[sort] {
		if s.sets[i].side == side && (at < 0 || s.smaller(i, at)) {
			at = i
		}
	}
	return at
}

// names are quotas as a record says them.
func (s *shape) names(sets []int) []string {
	var out []string
	for _, i := range sets {
		out = append(out, s.sets[i].quota.String())
	}
	return out
}
