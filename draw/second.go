package draw

import (
	"slices"
)

// alternates goes down the tickets again for those who can take a member's place with all
// quotas kept, whoever of the panel had to go: as many as the plan asks, then on until each
// member whom anybody could replace has one. Those passed over for the panel's quotas come
// into question again: their colleague may be the one who declines.
func (d *drawing) alternates() {
	panel, ids := d.panel(), d.members()
	covered := make([]bool, len(panel))
	for m := range panel {
		if !d.replaceable(panel[m]) {
			covered[m] = true
			d.alone = append(d.alone, ids[m])
		}
	}
	for _, t := range d.order {
		if len(d.second) >= d.plan.Alternates && !slices.Contains(covered, false) {
			return
		}
		if d.on[t.who] {
			continue
		}
		s := Step{N: len(d.steps) + 1, ID: d.plan.People[t.who].ID, Ticket: t.String(), For: ForAlternates}
		if s.Skip = d.bar(t.who); s.Skip == nil {
			fresh := false
			for m, sort := range panel {
				if d.swaps(d.count, sort, d.sort[t.who]) {
					s.Replaces = append(s.Replaces, ids[m])
					fresh = fresh || !covered[m]
				}
			}
			if len(s.Replaces) > 0 && (fresh || len(d.second) < d.plan.Alternates) {
				d.second = append(d.second, s.ID)
				s.Place = len(d.second)
				for m, id := range ids {
					covered[m] = covered[m] || slices.Contains(s.Replaces, id)
				}
			} else {
				s.Replaces, s.Skip = nil, &Skip{Kind: SkipNone}
			}
		}
		d.steps = append(d.steps, s)
	}
}

// swaps reports whether the quotas still hold, with count members in each set, when one of
// sort out leaves for one of sort in.
func (s *shape) swaps(count []int, out, in int) bool {
	for _, i := range s.in[out] {
		if count[i]-1 < s.sets[i].min && !slices.Contains(s.in[in], i) {
			return false
		}
	}
	for _, i := range s.in[in] {
		if count[i]+1 > s.sets[i].max && !slices.Contains(s.in[out], i) {
			return false
		}
	}
	return true
}

// replaceable reports whether anybody who was not drawn could replace one of the sort.
func (d *drawing) replaceable(out int) bool {
	left := slices.Clone(d.number)
	for _, i := range d.first {
		left[d.sort[i]]--
	}
	for t, n := range left {
		if n > 0 && d.swaps(d.count, out, t) {
			return true
		}
	}
	return false
}

// A Filling is the panel after some could not serve.
type Filling struct {
	Members []string `json:"members"`
	Swaps   []Swap   `json:"swaps"`
	Vacant  int      `json:"vacant"` // places that no alternate could take
}

// A Swap is who went and who came; In is "" while nobody could.
type Swap struct {
	Out string `json:"out"`
	In  string `json:"in"`
}

// Fill goes through those who can't serve, in the order in which they said so. For a member
// comes the first alternate, in order, who is still there and with whom all quotas hold; an
// alternate who says so is asked no more. Nobody else moves. ErrInput for somebody who was
// not drawn.
func Fill(r Record, outs []Out) (Filling, error) {
	f := Filling{Members: slices.Clone(r.Members)}
	var left []string // alternates still there
	left = append(left, r.Alternates...)
	for _, o := range outs {
		if i := slices.Index(left, o.ID); i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		i := slices.Index(f.Members, o.ID)
		if i < 0 {
			return f, refuse(ErrInput, "what", o.ID+" is neither member nor alternate")
		}
		f.Members = slices.Delete(f.Members, i, i+1)
		f.Vacant++
		swap := Swap{Out: o.ID}
		for j, id := range left {
			if r.holds(append(slices.Clone(f.Members), id), f.Vacant-1) {
				swap.In = id
				f.Members = append(f.Members, id)
				left = slices.Delete(left, j, j+1)
				f.Vacant--
				break
			}
		}
		f.Swaps = append(f.Swaps, swap)
	}
	return f, nil
}

// holds reports whether a panel keeps the quotas with vacant places still to be filled.
func (r Record) holds(members []string, vacant int) bool {
	p := r.Frozen.Plan
	s := shapeOf(p, r.people(members), make([]bool, len(p.People)))
	count := make([]int, len(s.sets))
	for _, t := range s.kept {
		for _, i := range s.in[t] {
			count[i]++
		}
	}
	for i, x := range s.sets {
		if count[i] > x.max || count[i]+vacant < x.min {
			return false
		}
	}
	return true
}

// people are those drawn, from this list or, of those kept, from the lists before.
func (r Record) people(ids []string) []Person {
	var out []Person
	for _, id := range ids {
		for p := &r.Frozen.Plan; p != nil; {
			if i := slices.IndexFunc(p.People, func(x Person) bool { return x.ID == id }); i >= 0 {
				out = append(out, p.People[i])
				break
			}
			if p.Earlier == nil {
				break
			}
			p = &p.Earlier.Record.Frozen.Plan
		}
	}
	return out
}

// grounds checks that a further draw may be: the one before is true and could not be
// filled, and it is the next of the same panel under the same bound.
func (p Plan) grounds() error {
	no := func(what string) error { return refuse(ErrGround, "what", what) }
	if p.Number == 1 {
		if p.Earlier != nil {
			return refuse(ErrInput, "what", "a first draw has none before it")
		}
		return nil
	}
	if p.Earlier == nil {
		return no("no-earlier-record")
	}
	was := p.Earlier.Record.Frozen.Plan
	switch {
	case was.Call != p.Call || was.Panel != p.Panel || was.Number+1 != p.Number:
		return no("not-the-next-draw")
	case was.Max != p.Max:
		return no("bound-moved")
	case p.Reason == "":
		return no("no-reason")
	case p.Frozen.Before(p.Earlier.Record.Reveal.At):
		return no("frozen-before-the-earlier-draw")
	}
	if err := Verify(p.Earlier.Record); err != nil {
		return err
	}
	f, err := Fill(p.Earlier.Record, p.Earlier.Out)
	if err != nil {
		return err
	}
	if f.Vacant == 0 {
		return no("panel-is-full")
	}
	return nil
}
