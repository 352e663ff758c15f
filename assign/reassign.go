package assign

import (
	"cmp"
	"slices"
)

// A Change is what happened since an assignment: experts withdrew, conflicts were found,
// pairs were banned by hand. What is Scored stays as it is.
type Change struct {
	By        string       `json:"by"`
	Withdrawn []Withdrawal `json:"withdrawn,omitempty"`
	Conflicts []Conflict   `json:"conflicts,omitempty"`
	Bans      []Order      `json:"bans,omitempty"`
	Scored    []Key        `json:"scored,omitempty"`
}

// A Withdrawal is an expert who can take nothing more, and why.
type Withdrawal struct {
	Expert string `json:"expert"`
	Reason string `json:"reason"`
}

// scored is the reason of the locks that Reassign sets.
const scored = "scored"

// ParseChange reads a change.
func ParseChange(file []byte) (c Change, err error) {
	err = decode(file, &c)
	return c, err
}

// ParseRecord reads a record; it does not verify it.
func ParseRecord(file []byte) (r Record, err error) {
	err = decode(file, &r)
	return r, err
}

// Reassign fills what a change left empty so that as few other pairs change as can be, and
// among those ways takes the best. Where no direct replacement is possible it finds the
// shortest chain of exchanges. The mode is Best from then on: a draw is not drawn again, and
// fairness is not bought with changes.
func Reassign(r Record, c Change) (Record, error) {
	p, err := r.after(c)
	if err != nil {
		return Record{}, err
	}
	return Solve(p)
}

// after is the problem that a change makes of a record. A lock falls when its expert
// withdrew without having scored, or a conflict or a ban now forbids the pair.
func (r Record) after(c Change) (Problem, error) {
	p := r.Problem
	p.Mode, p.Chance, p.Keep = Best, 0, make([]Key, len(r.Lines))
	for i, l := range r.Lines {
		p.Keep[i] = l.Key
	}
	held := map[Key]bool{}
	if len(c.Scored) > 0 {
		for _, k := range p.Keep {
			held[k] = true
		}
	}
	fixed, void := map[Key]bool{}, map[Key]bool{}
	for _, x := range c.Conflicts {
		void[x.Key] = true
	}
	for _, x := range c.Bans {
		void[x.Key] = true
	}
	for _, k := range c.Scored {
		if void[k] || !held[k] {
			return p, wrong("%s for %s is scored, and is not assigned or no longer may be", k.Expert, k.Dossier)
		}
		fixed[k] = true
	}
	gone, err := p.withdraw(c.Withdrawn)
	if err != nil {
		return p, err
	}
	p.Locks = slices.DeleteFunc(slices.Clone(p.Locks), func(o Order) bool {
		return fixed[o.Key] || void[o.Key] || gone[o.Expert] && o.Reason != scored
	})
	for _, k := range c.Scored {
		if fixed[k] {
			p.Locks = append(p.Locks, Order{k, scored, cmp.Or(c.By, "?")})
			fixed[k] = false
		}
	}
	p.Conflicts = slices.Concat(p.Conflicts, c.Conflicts)
	p.Bans = slices.Concat(p.Bans, c.Bans)
	return p, nil
}

func (p *Problem) withdraw(list []Withdrawal) (map[string]bool, error) {
	p.Experts = slices.Clone(p.Experts)
	gone := map[string]bool{}
	for _, w := range list {
		i := slices.IndexFunc(p.Experts, func(e Expert) bool { return e.ID == w.Expert })
		if i < 0 || w.Reason == "" {
			return nil, wrong("%q withdraws: an expert of the record and a reason", w.Expert)
		}
		p.Experts[i].Withdrawn, p.Experts[i].Min = w.Reason, 0
		gone[w.Expert] = true
	}
	return gone, nil
}
