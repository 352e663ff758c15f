package assign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Errors of Verify. ErrRecord is a record that was changed, or whose assignment breaks a
// rule or is not proved. ErrVersion is one of another version whose assignment keeps the
// rules and is proved, and that can't be repeated byte by byte here.
var (
	ErrRecord  = errors.New("assign: the record does not hold")
	ErrVersion = errors.New("assign: made by another version")
)

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrRecord, fmt.Sprintf(format, args...))
}

// Verify checks a record without trust in whoever made it: the hash of the problem, every
// rule for every pair, the proof that no assignment is better, the proof that empty slots
// cannot be filled; and repeats it, byte by byte.
func Verify(record []byte) error {
	r, err := ParseRecord(record)
	if err != nil {
		return err
	}
	p, err := r.Problem.canonical()
	if err != nil {
		return err
	}
	if sum := p.sum(); sum != r.Input {
		return broken("the problem's hash is %s, not %s", sum, r.Input)
	}
	m, err := newModel(p, false)
	if err != nil {
		return err
	}
	chosen, err := m.kept(r)
	if err != nil {
		return err
	}
	if err := m.proof(r, chosen); err != nil {
		return err
	}
	if r.Version != Version {
		return fmt.Errorf("%w: %s, and this is %s; the rules are kept and the proof holds", ErrVersion, r.Version, Version)
	}
	again, err := Solve(p)
	if err != nil {
		return err
	}
	var old, fresh bytes.Buffer
	if json.Compact(&old, record) != nil || json.Compact(&fresh, again.JSON()) != nil || !bytes.Equal(old.Bytes(), fresh.Bytes()) {
		return broken("solving the problem again gives another record%s", differ(r, again))
	}
	return nil
}

// differ names the first line that is another.
func differ(a, b Record) string {
	for i := range min(len(a.Lines), len(b.Lines)) {
		if x, y := a.Lines[i].Key, b.Lines[i].Key; x != y {
			return fmt.Sprintf(": %s for %s, not %s for %s", y.Expert, y.Dossier, x.Expert, x.Dossier)
		}
	}
	return ""
}

// kept checks that the lines are an assignment that keeps every rule.
func (m *model) kept(r Record) (chosen []int32, err error) {
	at := map[Key]int32{}
	locks := 0
	for i, c := range m.cands {
		at[m.key(c)] = int32(i)
	}
	load := make([]int, len(m.p.Experts))
	for _, l := range r.Lines {
		i, ok := at[l.Key]
		if !ok {
			return nil, broken("%s is given to %s, who is not eligible or has it twice", l.Dossier, l.Expert)
		}
		delete(at, l.Key)
		c := m.cands[i]
		if load[c.expert]++; load[c.expert] > m.p.Experts[c.expert].Max {
			return nil, broken("%s has more than %d dossiers", l.Expert, m.p.Experts[c.expert].Max)
		}
		if c.lock {
			locks++
		}
		chosen = append(chosen, i)
	}
	if locks != len(m.p.Locks) {
		return nil, broken("%d of %d locked pairs are kept", locks, len(m.p.Locks))
	}
	for d, list := range m.byDossier(chosen) {
		if len(list) > m.p.Dossiers[d].K {
			return nil, broken("%s has %d experts", m.p.Dossiers[d].ID, len(list))
		}
	}
	for _, x := range m.clashes(chosen) {
		return nil, broken("%s and %s are on %s: %s", m.p.Experts[m.cands[x.cands[0]].expert].ID, m.p.Experts[m.cands[x.cands[1]].expert].ID, m.p.Dossiers[m.cands[x.cands[0]].dossier].ID, x.why)
	}
	if m.total(chosen) != r.Affinity || int(m.need)-len(chosen) != r.Unmet {
		return nil, broken("the lines have an affinity of %d and %d empty slots", m.total(chosen), int(m.need)-len(chosen))
	}
	return chosen, nil
}

// proof checks the prices: they bound the cost of every assignment from below, and the
// lines cost just that. It counts the cost by the rules, without a flow.
func (m *model) proof(r Record, chosen []int32) error {
	if r.Repair != nil {
		for _, a := range r.Repair.Aside {
			at, ok := m.ix.place(a.Key)
			if !ok {
				return broken("%s is put aside for %s", a.Expert, a.Dossier)
			}
			m.dead[at] = true
		}
	}
	w := weights{scale: 1}
	if r.Fair != nil {
		var err error
		if w, err = m.fairWeights(r.Fair.Weights); err != nil {
			return err
		}
	}
	n := m.network(w)
	p := n.p
	if r.Mixed != nil {
		p, _ = n.fractions(int64(r.Mixed.Chance))
	} else if c := n.count(w, chosen); c != r.Proof.Cost {
		return broken("the lines cost %d, not %d", c, r.Proof.Cost)
	}
	bound, err := p.Bound(r.Proof.Prices)
	if err != nil || bound != r.Proof.Cost {
		return broken("the prices prove a cost of %d, not of %d (%v)", bound, r.Proof.Cost, err)
	}
	if r.Repair != nil {
		return nil
	}
	short := int64(0)
	for _, b := range r.Blocks {
		if have := n.have(b); b.Need-have != b.Shortage || b.Have != have {
			return broken("the block of %s has %d", b.Dossiers[0], have)
		}
		short += b.Shortage
	}
	if short != int64(r.Unmet) {
		return broken("%d slots are empty, and %d are proved to be", r.Unmet, short)
	}
	return nil
}

func (m *model) fairWeights(list []FairWeight) (weights, error) {
	w := weights{scale: unit, more: make([]int64, len(m.p.Dossiers)), lot: make([]int64, len(m.cands))}
	for _, x := range list {
		d, ok := m.ix.dossier[x.Dossier]
		if !ok || x.More < 0 || x.More > heavy {
			return w, broken("the weight of %s is %d", x.Dossier, x.More)
		}
		w.more[d] = x.More
	}
	lot := m.lottery()
	for i, c := range m.cands {
		w.lot[i] = lot(c) % lotSize
	}
	return w, nil
}

// count is what the chosen cost by the levels, counted without the network.
func (n *network) count(w weights, chosen []int32) (cost int64) {
	m, l := n.m, n.price
	load := make([]int64, len(m.p.Experts))
	for _, i := range chosen {
		c := m.cands[i]
		cost += int64(m.p.Balance)*w.scale*load[c.expert] - w.of(int(i), c)
		if load[c.expert]++; load[c.expert] <= int64(m.p.Experts[c.expert].Min) {
			cost -= l.Minimum
		}
		if c.keep {
			cost -= l.Keep
		}
	}
	for d, list := range m.byDossier(chosen) {
		cost += l.Unmet * int64(m.p.Dossiers[d].K-len(list))
		for _, x := range m.met(int32(d), list) {
			cost -= l.Demand * int64(x)
		}
	}
	return cost
}

// have is what a block can have at most, by the rules alone: its experts' loads, less what
// is locked elsewhere, and everybody else once for each dossier, of a group no more than
// may be.
func (n *network) have(b Block) (sum int64) {
	m := n.m
	own, in := map[int32]bool{}, map[int32]bool{}
	for _, id := range b.Experts {
		if e, ok := m.ix.expert[id]; ok && !own[e] {
			own[e] = true
			sum += int64(m.p.Experts[e].Max)
		}
	}
	for _, id := range b.Dossiers {
		if d, ok := m.ix.dossier[id]; ok {
			in[d] = true
		}
	}
	room := n.groupRoom()
	others := map[int32]int64{} // by the node that they enter
	for i, c := range m.cands {
		to := n.p.Arcs[i].To
		_, grouped := room[to]
		switch {
		case own[c.expert] && c.lock && !in[c.dossier]:
			sum--
		case own[c.expert] && c.lock && grouped:
			room[to]--
		case !own[c.expert] && in[c.dossier]:
			others[to]++
		}
	}
	for to, x := range others {
		if r, ok := room[to]; ok {
			x = min(x, r)
		}
		sum += x
	}
	return sum
}

// groupRoom is how many each node of a group lets through: the inner nodes with one way
// out.
func (n *network) groupRoom() map[int32]int64 {
	room := map[int32]int64{}
	ways := map[int32]int{}
	for _, a := range n.p.Arcs[len(n.m.cands):] {
		if a.From > n.sink() {
			ways[a.From]++
			room[a.From] = a.Cap
		}
	}
	for v, x := range ways {
		if x != 1 {
			delete(room, v)
		}
	}
	return room
}
