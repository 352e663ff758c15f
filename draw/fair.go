package draw

import (
	"errors"
	"slices"

	"shenbao/flow"
)

// fine is the least share of a place that a Fair draw reckons with.
const fine = 1 << 20

// lots draws how many places each sort of people gets. First a fractional panel is found
// that makes the least likely person as likely as the quotas allow, and then, among those,
// the most likely one as little likely as they allow. Then it is rounded at random, so that
// each sort gets in the mean what it had, and every rounding keeps the quotas.
func (d *drawing) lots(seed []byte) ([]Lot, []int, error) {
	if !d.nested {
		return nil, nil, refuse(ErrCrossing, "quotas", join(d.names(all(len(d.sets)))))
	}
	p, expected, err := d.expectation()
	if err != nil {
		return nil, nil, err
	}
	kept := d.keptBySort()
	places, err := d.round(p, slices.Clone(expected), kept, seed)
	if err != nil {
		return nil, nil, err
	}
	lots := make([]Lot, len(d.in))
	for t := range d.in {
		lots[t] = Lot{Quotas: d.names(d.in[t]), People: d.number[t], Places: places[t]}
		if own := expected[len(d.sets)+t] - int64(kept[t])*fine; own > 0 {
			lots[t].Chance = own * 1_000_000 / fine / int64(d.number[t])
		}
	}
	return lots, slices.Clone(places), nil
}

// round rounds the expected flow and gives the places of each sort.
func (s *shape) round(p flow.Problem, f []int64, kept []int, seed []byte) ([]int, error) {
	if err := flow.Round(p, f, fine, newDRBG(seed, "lots").below); err != nil {
		return nil, err
	}
	places := make([]int, len(s.in))
	for t := range places {
		places[t] = int(f[len(s.sets)+t]/fine) - kept[t]
	}
	return places, nil
}

// expectation is the fractional panel, in fine shares.
func (s *shape) expectation() (flow.Problem, []int64, error) {
	kept := s.keptBySort()
	if err := s.feasible(kept); err != nil {
		return flow.Problem{}, nil, s.impossible(kept, err)
	}
	between := func(least, most int64) (flow.Problem, []int64, error) {
		p := s.network(fine, func(t int) int64 { return int64(kept[t])*fine + least*int64(s.number[t]) },
			func(t int) int64 { return int64(kept[t])*fine + most*int64(s.number[t]) })
		f, err := solve(p)
		return p, f, err
	}
	least, err := last(0, fine, func(x int64) error { _, _, err := between(x, fine); return err })
	if err != nil {
		return flow.Problem{}, nil, err
	}
	spare, err := last(0, fine-least, func(x int64) error { _, _, err := between(least, fine-x); return err })
	if err != nil {
		return flow.Problem{}, nil, err
	}
	return between(least, fine-spare)
}

// last is the greatest x from lo to hi that can be; lo can.
func last(lo, hi int64, can func(int64) error) (int64, error) {
	var no *flow.Infeasible
	for lo < hi {
		x := (lo + hi + 1) / 2
		switch err := can(x); {
		case err == nil:
			lo = x
		case errors.As(err, &no):
			hi = x - 1
		default:
			return 0, err
		}
	}
	return lo, nil
}

func (s *shape) keptBySort() []int {
	n := make([]int, len(s.in))
	for _, t := range s.kept {
		n[t]++
	}
	return n
}
