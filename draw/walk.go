package draw

import (
	"slices"
)

// A drawing is one walk down the tickets.
type drawing struct {
	*shape
	plan    Plan
	kept    []Person
	out     map[string]bool // could not serve after the draw before
	free    []bool          // of the list: who can be drawn
	order   []ticket
	first   []int // members drawn, as indexes into the list
	on      []bool
	count   []int // members by set
	steps   []Step
	second  []string
	alone   []string
	replies map[int][]int // tight sets of sorts that were refused once: it stays so
}

func newDrawing(p Plan) (*drawing, error) {
	d := &drawing{plan: p, out: map[string]bool{}, free: make([]bool, len(p.People)), on: make([]bool, len(p.People)), replies: map[int][]int{}}
	if p.Earlier != nil {
		fill, err := Fill(p.Earlier.Record, p.Earlier.Out)
		if err != nil {
			return nil, err
		}
		d.kept = p.Earlier.Record.people(fill.Members)
		for _, o := range p.Earlier.Out {
			d.out[o.ID] = true
		}
	}
	for i := range p.People {
		d.free[i] = d.bar(i) == nil
	}
	d.shape = shapeOf(p, d.kept, d.free)
	d.count = make([]int, len(d.sets))
	for _, t := range d.shape.kept {
		d.add(t, 1)
	}
	return d, nil
}

func (d *drawing) keptIDs() (ids []string) {
	for _, x := range d.kept {
		ids = append(ids, x.ID)
	}
	return ids
}

// bar is why a person can't be drawn at all, nil when they can.
func (d *drawing) bar(i int) *Skip {
	x := d.plan.People[i]
	switch {
	case slices.ContainsFunc(d.kept, func(k Person) bool { return k.ID == x.ID }):
		return &Skip{Kind: SkipOn}
	case d.out[x.ID]:
		return &Skip{Kind: SkipOut}
	case len(x.Bars) > 0:
		b := x.Bars[0]
		return &Skip{Kind: SkipBar, Bar: &b}
	}
	return nil
}

// members are the panel as it stands: those kept, then those drawn. panel are their sorts.
func (d *drawing) members() []string {
	ids := d.keptIDs()
	for _, i := range d.first {
		ids = append(ids, d.plan.People[i].ID)
	}
	return ids
}

func (d *drawing) panel() []int {
	sorts := slices.Clone(d.shape.kept)
	for _, i := range d.first {
		sorts = append(sorts, d.sort[i])
	}
	return sorts
}

func (d *drawing) add(sort, n int) {
	for _, i := range d.in[sort] {
		d.count[i] += n
	}
}

// run walks down the tickets until the panel is full.
func (d *drawing) run(seed []byte) ([]Lot, error) {
	d.order = d.plan.tickets(seed)
	if d.plan.Mode == Fair {
		lots, places, err := d.lots(seed)
		if err != nil {
			return nil, err
		}
		return lots, d.walk(func(t int) (bool, *Skip, error) {
			if places[t] == 0 {
				return false, &Skip{Kind: SkipLot}, nil
			}
			places[t]--
			return true, nil, nil
		})
	}
	look, err := d.lookAhead()
	if err != nil {
		return nil, err
	}
	return nil, d.walk(func(t int) (bool, *Skip, error) { return d.ask(look, t) })
}

// ask looks ahead for one more of a sort.
func (d *drawing) ask(look ahead, t int) (bool, *Skip, error) {
	if full := d.full(t); full != nil {
		return false, full, nil
	}
	tight, refused := d.replies[t]
	if !refused {
		var ok bool
		var err error
		if ok, tight, err = look.force(t); ok || err != nil {
			return ok, nil, err
		}
		d.replies[t] = tight
	}
	return false, &Skip{Kind: SkipReserved, Quotas: d.names(tight)}, nil
}

// full is set when a category of the sort has as many members as it may.
func (d *drawing) full(t int) *Skip {
	var full []int
	for _, i := range d.in[t] {
		if d.count[i] >= d.sets[i].max {
			full = append(full, i)
		}
	}
	if full == nil {
		return nil
	}
	s := &Skip{Kind: SkipFull, Quotas: d.names(full)}
	if d.sets[full[0]].max > few {
		return s
	}
	for i, sort := range d.panel() {
		if slices.Contains(d.in[sort], full[0]) {
			s.With = append(s.With, d.members()[i])
		}
	}
	return s
}

// few is up to how many members of a full category are named.
const few = 3

func (d *drawing) walk(take func(sort int) (bool, *Skip, error)) error {
	for _, t := range d.order {
		if len(d.first)+len(d.kept) == d.size {
			return nil
		}
		s := Step{N: len(d.steps) + 1, ID: d.plan.People[t.who].ID, Ticket: t.String(), For: ForPanel}
		sort := d.sort[t.who]
		if s.Skip = d.bar(t.who); s.Skip == nil {
			ok, skip, err := take(sort)
			if err != nil {
				return err
			}
			if s.Skip = skip; ok {
				d.first = append(d.first, t.who)
				d.on[t.who] = true
				d.add(sort, 1)
				s.Place = len(d.first) + len(d.kept)
			}
		}
		d.steps = append(d.steps, s)
	}
	return nil
}
