package flow

// scaling holds the residual graph: two halves for every arc, by the node they leave.
type scaling struct {
	n      int
	first  []int32 // where the halves of a node begin
	half   []half
	at     []int32 // arc of the problem → its forward half
	excess []int64
	price  []int64
	eps    int64

	cur    []int32 // where the search of a node goes on
	queue  []int32
	queued []bool
	rank   []int32 // of global: distance to a lack, in eps
	bucket [][]int32
}

type half struct {
	cost     int64
	left     int64 // what it still takes
	to, back int32
}

// shrink is by how much eps falls from one phase to the next.
const shrink = 16

// Scaling finds a cheapest flow by cost scaling: a flow that is optimal to within eps is
// made one to within eps/16, until eps is less than any difference can be. Errors:
// ErrInput, ErrLarge (earlier than Simplex: costs are multiplied by the number of nodes),
// *Infeasible.
func Scaling(p Problem) (Solution, error) {
	if err := p.valid(); err != nil {
		return Solution{}, err
	}
	var dearest int64
	for _, a := range p.Arcs {
		dearest = max(dearest, a.Cost, -a.Cost)
	}
	n := uint64(p.Nodes + 1)
	if times(times(uint64(dearest+1), n), 4*n) > limit {
		return Solution{}, ErrLarge
	}
	s := newScaling(p)
	if !s.saturate() {
		return Solution{}, cutOf(p, s.flow(p), s.excess)
	}
	for s.eps = max(1, dearest*int64(n)); ; {
		s.eps = max(1, s.eps/shrink)
		s.refine()
		if s.eps == 1 {
			break
		}
	}
	r := Solution{Flow: s.flow(p), Price: exactPrices(s, int64(n))}
	for i, a := range p.Arcs {
		r.Cost += r.Flow[i] * a.Cost
	}
	return r, nil
}

func newScaling(p Problem) *scaling {
	n, m := p.Nodes, len(p.Arcs)
	s := &scaling{n: n, first: make([]int32, n+1), half: make([]half, 2*m), at: make([]int32, m), excess: append([]int64(nil), p.Supply...),
		price: make([]int64, n), queue: make([]int32, 0, n), queued: make([]bool, n), rank: make([]int32, n)}
	for _, a := range p.Arcs {
		s.first[a.From+1]++
		s.first[a.To+1]++
	}
	for v := range n {
		s.first[v+1] += s.first[v]
	}
	s.cur = append([]int32(nil), s.first[:n]...)
	for i, a := range p.Arcs {
		f := s.cur[a.From]
		s.cur[a.From]++
		b := s.cur[a.To]
		s.cur[a.To]++
		cost := a.Cost * int64(n+1)
		s.half[f] = half{cost, a.Cap - a.Low, a.To, b}
		s.half[b] = half{-cost, 0, a.From, f}
		s.at[i] = f
		s.excess[a.From] -= a.Low
		s.excess[a.To] += a.Low
	}
	return s
}

func (s *scaling) flow(p Problem) []int64 {
	f := make([]int64, len(p.Arcs))
	for i, a := range p.Arcs {
		f[i] = a.Cap - s.half[s.at[i]].left
	}
	return f
}

// exactPrices are prices in the unit of the costs. The scaled ones, divided by k and
// rounded down, keep every reduced cost above -1, so at 0 or more, if none of them leaves
// the rest k-1; as there are fewer nodes than k, some rest is left by none, and all prices
// are shifted so that this is the one.
func exactPrices(s *scaling, k int64) []int64 {
	used := make([]bool, k)
	for _, x := range s.price {
		used[((x%k)+k)%k] = true
	}
	var shift int64
	for r, u := range used {
		if !u {
			shift = k - 1 - int64(r)
			break
		}
	}
	out := make([]int64, s.n)
	for v, x := range s.price {
		x += shift
		out[v] = (x - ((x%k)+k)%k) / k
	}
	return out
}

// saturate sends all excess to where it lacks, whatever it costs (Dinic's blocking flows),
// and reports whether it could: the phases below would not end otherwise.
func (s *scaling) saturate() bool {
	for s.levels() {
		copy(s.cur, s.first)
		for v := range int32(s.n) {
			for s.excess[v] > 0 && s.advance(v) {
			}
		}
	}
	for _, x := range s.excess {
		if x > 0 {
			return false
		}
	}
	return true
}

// levels sets rank to the number of arcs from the nearest excess, and reports whether a
// lack is within reach of one.
func (s *scaling) levels() bool {
	s.queue = s.queue[:0]
	for v := range s.rank {
		s.rank[v] = -1
		if s.excess[v] > 0 {
			s.rank[v] = 0
			s.queue = append(s.queue, int32(v))
		}
	}
	found := false
	for i := 0; i < len(s.queue); i++ {
		v := s.queue[i]
		found = found || s.excess[v] < 0
		for _, h := range s.half[s.first[v]:s.first[v+1]] {
			if h.left > 0 && s.rank[h.to] < 0 {
				s.rank[h.to] = s.rank[v] + 1
				s.queue = append(s.queue, h.to)
			}
		}
	}
	return found
}

// advance sends one lot from v along the levels to a lack, if there is a way left.
func (s *scaling) advance(v int32) bool {
	way := s.queue[:0] // of halves
	for w := v; s.excess[w] >= 0; {
		if s.cur[w] < s.first[w+1] {
			h := &s.half[s.cur[w]]
			if h.left > 0 && s.rank[h.to] == s.rank[w]+1 {
				way = append(way, s.cur[w])
				w = h.to
			} else {
				s.cur[w]++
			}
			continue
		}
		if len(way) == 0 {
			return false
		}
		e := way[len(way)-1]
		way = way[:len(way)-1]
		w = s.half[s.half[e].back].to
		s.cur[w]++
	}
	end := s.half[way[len(way)-1]].to
	lot := min(s.excess[v], -s.excess[end])
	for _, e := range way {
		lot = min(lot, s.half[e].left)
	}
	for _, e := range way {
		s.half[e].left -= lot
		s.half[s.half[e].back].left += lot
	}
	s.excess[v] -= lot
	s.excess[end] += lot
	return true
}

// refine makes the flow optimal to within eps: arcs that save are filled, and the excess
// that this makes is pushed on along arcs that save, prices falling where it is stuck.
func (s *scaling) refine() {
	s.fill()
	s.queue = s.queue[:0]
	for v := range int32(s.n) {
		s.cur[v] = s.first[v]
		if s.queued[v] = s.excess[v] > 0; s.queued[v] {
			s.queue = append(s.queue, v)
		}
	}
	s.global()
	fallen := 0
	for i := 0; i < len(s.queue); i++ {
		if i > 4*s.n {
			s.queue = append(s.queue[:0], s.queue[i:]...)
			i = 0
		}
		v := s.queue[i]
		s.queued[v] = false
		if fallen >= s.n {
			fallen = 0
			s.global()
		}
		fallen += s.discharge(v)
	}
}

func (s *scaling) fill() {
	for v := range int32(s.n) {
		for e := s.first[v]; e < s.first[v+1]; e++ {
			h := &s.half[e]
			if h.left > 0 && h.cost+s.price[v]-s.price[h.to] < 0 {
				s.excess[v] -= h.left
				s.excess[h.to] += h.left
				s.half[h.back].left += h.left
				h.left = 0
			}
		}
	}
}

// discharge pushes all excess of v on, and returns how often its price had to fall.
func (s *scaling) discharge(v int32) (fallen int) {
	end, price := s.first[v+1], s.price
	for s.excess[v] > 0 {
		for ; s.cur[v] < end; s.cur[v]++ {
			h := &s.half[s.cur[v]]
			if h.left <= 0 || h.cost+price[v]-price[h.to] >= 0 {
				continue
			}
			lot := min(s.excess[v], h.left)
			h.left -= lot
			s.half[h.back].left += lot
			s.excess[v] -= lot
			s.excess[h.to] += lot
			if s.excess[h.to] > 0 && !s.queued[h.to] {
				s.queued[h.to] = true
				s.queue = append(s.queue, h.to)
			}
			if s.excess[v] == 0 {
				return fallen
			}
		}
		best := int64(-limit * 4)
		for _, h := range s.half[s.first[v]:end] {
			if h.left > 0 {
				best = max(best, price[h.to]-h.cost)
			}
		}
		price[v] = best - s.eps
		s.cur[v] = s.first[v]
		fallen++
	}
	return fallen
}

// global lowers all prices at once by the distance to the nearest lack, in steps of eps
// (Dial's buckets), so that excess does not have to feel its way.
func (s *scaling) global() {
	far := int32(min(8*s.n, 1<<30))
	if len(s.bucket) == 0 {
		s.bucket = make([][]int32, far+1)
	}
	active := 0
	for v, x := range s.excess {
		s.rank[v] = far
		if x < 0 {
			s.rank[v] = 0
			s.bucket[0] = append(s.bucket[0], int32(v))
		} else if x > 0 {
			active++
		}
	}
	last := s.reach(far, active)
	for v := range s.rank {
		if k := min(s.rank[v], last); k > 0 {
			s.price[v] -= int64(k) * s.eps
			s.cur[v] = s.first[v]
		}
	}
}

// reach spreads from the lacks until every excess is reached; it returns the distance of
// the last.
func (s *scaling) reach(far int32, active int) (last int32) {
	r := int32(0)
	for ; r < far && active > 0; r++ {
		for len(s.bucket[r]) > 0 && active > 0 {
			b := s.bucket[r]
			v := b[len(b)-1]
			s.bucket[r] = b[:len(b)-1]
			if s.rank[v] != r {
				continue
			}
			last = r
			s.spread(v, r)
			if s.excess[v] > 0 {
				active--
			}
		}
	}
	for i := range s.bucket {
		s.bucket[i] = s.bucket[i][:0]
	}
	return last
}

// spread tells the nodes with an arc to v how far they are, if that is nearer than known.
func (s *scaling) spread(v, r int32) {
	for e := s.first[v]; e < s.first[v+1]; e++ {
		to := s.half[e].to
		back := &s.half[s.half[e].back]
		if back.left <= 0 || s.rank[to] <= r {
			continue
		}
		d := int64(r)
		if c := back.cost + s.price[to] - s.price[v]; c >= 0 {
			d += c/s.eps + 1
		}
		if d < int64(s.rank[to]) {
			s.rank[to] = int32(d)
			s.bucket[d] = append(s.bucket[d], to)
		}
	}
}
