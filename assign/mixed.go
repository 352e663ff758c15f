package assign

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"shenbao/flow"
)

// whole is a certainty: probabilities are in 1/1000.
const whole = 1000

// chance0 is the cap of probability if the problem names none. It leaves some 98 % of the
// best sum (BENCHMARKS.md), and nobody is certain of a dossier.
const chance0 = 900

// tries of a draw until no rule is broken that the flow could not hold.
const tries = 1000

// mixed finds the probabilities with the highest sum of affinities to be expected, none
// above the cap but where a slot or a demand would go without, and draws by them.
func (m *model) mixed(r *result) error {
	limit := int64(m.p.Chance)
	if limit == 0 {
		limit = chance0
	}
	x := &MixedPart{Chance: int(limit), Optimum: m.total(r.n.chosen(r.s.Flow))}
	r.mixed = x
	p, extra := r.n.fractions(limit)
	start := make([]int64, len(p.Arcs)) // what was best, as a certainty
	for i, f := range r.s.Flow {
		start[i] = min(f*whole, p.Arcs[i].Cap)
	}
	for i, c := range extra {
		start[len(r.n.p.Arcs)+i] = r.s.Flow[c] * (whole - limit)
	}
	s, err := optimum(p, start)
	if err != nil {
		return err
	}
	cand := func(arc int) int {
		if base := len(r.n.p.Arcs); arc >= base {
			return int(extra[arc-base])
		}
		return r.n.cand(arc)
	}
	if err := m.lots(p, s, cand); err != nil {
		return err
	}
	r.s = s
	parts := append([]int64(nil), s.Flow[:len(r.n.p.Arcs)]...)
	for i, c := range extra {
		parts[c] += s.Flow[len(r.n.p.Arcs)+i]
	}
	for i, c := range m.cands {
		if parts[i] > 0 {
			x.Chances = append(x.Chances, Chance{m.key(c), int(parts[i])})
			x.Expected += parts[i] * int64(c.affinity)
		}
	}
	return m.draw(r, parts)
}

// fractions is the network in 1/1000, every candidate up to the limit, and beyond it by a
// second arc at a price; extra tells the candidates of those.
func (n *network) fractions(limit int64) (p flow.Problem, extra []int32) {
	p = flow.Problem{Nodes: n.p.Nodes, Supply: make([]int64, n.p.Nodes), Arcs: make([]flow.Arc, len(n.p.Arcs))}
	for v, x := range n.p.Supply {
		p.Supply[v] = x * whole
	}
	for i, a := range n.p.Arcs {
		a.Low, a.Cap = a.Low*whole, a.Cap*whole
		p.Arcs[i] = a
	}
	for i := range n.m.cands {
		a := &p.Arcs[i]
		if a.Low > 0 || a.Cap == 0 || limit == whole {
			continue
		}
		a.Cap = limit
		extra = append(extra, int32(i))
		p.Arcs = append(p.Arcs, flow.Arc{From: a.From, To: a.To, Cap: whole - limit, Cost: a.Cost + n.price.Over})
	}
	return p, extra
}

// draw rounds the probabilities by lot. Where the draw breaks a rule that no flow can hold
// it is drawn again, and counted; that shifts the probabilities a little.
func (m *model) draw(r *result, parts []int64) error {
	p, _ := r.n.fractions(whole)
	for try := 1; try <= tries; try++ {
		f := append([]int64(nil), parts...)
		if err := flow.Round(p, f, whole, dice(m.p.Seed, try)); err != nil {
			return err
		}
		r.chosen, r.mixed.Tries = r.n.chosen(f), try
		if len(m.clashes(r.chosen)) == 0 {
			return nil
		}
	}
	return fmt.Errorf("%w: in %d draws two experts that must be apart, or of one employer, always met; ban one of them, or use the mode best", ErrInput, tries)
}

// dice draws evenly, by HMAC-SHA256 of a counter under the seed, and rejects what would
// make some numbers likelier.
func dice(seed string, try int) func(n int64) int64 {
	h := hmac.New(sha256.New, []byte(seed))
	var sum [sha256.Size]byte
	rest := sum[:0]
	counter := uint64(0)
	return func(n int64) int64 {
		top := ^uint64(0) - ^uint64(0)%uint64(n)
		for {
			if len(rest) == 0 {
				h.Reset()
				fmt.Fprintf(h, "draw\x00%d\x00%d", try, counter)
				counter++
				rest = h.Sum(sum[:0])
			}
			x := binary.BigEndian.Uint64(rest)
			if rest = rest[8:]; x < top {
				return int64(x % uint64(n))
			}
		}
	}
}
