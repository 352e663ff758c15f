package assign_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"shenbao/assign"
	"shenbao/assign/assigntest"
)

func TestFairLiftsTheWorst(t *testing.T) {
	reached, lifted := 0, 0
	for seed := range uint64(12) {
		p := assigntest.Make(assigntest.Size{Seed: seed, Dossiers: 60, Experts: 40, K: 4, Load: 7, Top: 30, EmployerCap: 1})
		best := solve(t, p)
		p.Mode = assign.Fair
		r := solve(t, p)
		f := r.Fair
		if f.Optimum != best.Affinity || r.Affinity > best.Affinity || float64(r.Affinity) < 0.994*float64(best.Affinity) {
			t.Errorf("%d: %d of %d", seed, r.Affinity, best.Affinity)
		}
		if f.Least < f.Before || f.Least > f.Bound || f.Reached != (f.Least == f.Bound) {
			t.Errorf("%d: %+v", seed, f)
		}
		if least := lowest(r); least != f.Least {
			t.Errorf("%d: the lowest dossier has %d, not %d", seed, least, f.Least)
		}
		if err := assign.Verify(r.JSON()); err != nil {
			t.Errorf("%d: %v", seed, err)
		}
		if f.Reached {
			reached++
		}
		if f.Least > f.Before {
			lifted++
		}
	}
	if reached < 10 || lifted < 5 {
		t.Errorf("the bound is reached in %d of 12, the worst lifted in %d", reached, lifted)
	}
}

func lowest(r assign.Record) int64 {
	sum := map[string]int64{}
	for _, l := range r.Lines {
		sum[l.Dossier] += int64(l.Affinity)
	}
	least := int64(math.MaxInt64)
	for _, s := range sum {
		least = min(least, s)
	}
	return least
}

// Two dossiers, one good expert: no assignment lifts both, and the record says so.
func TestFairSaysWhenItFallsShort(t *testing.T) {
	p := problem(2, 2)
	for i := range p.Pairs {
		if p.Pairs[i].Affinity = 100; p.Pairs[i].Expert == "e0" {
			p.Pairs[i].Affinity = 900
		}
	}
	p.Mode = assign.Fair
	if r := solve(t, p); r.Fair.Reached || r.Fair.Bound != 900 || r.Fair.Least != 100 {
		t.Errorf("%+v", r.Fair)
	}
}

// Dossiers that need different numbers are compared by what each expert fits.
func TestFairComparesUnequalDossiers(t *testing.T) {
	p := problem(3, 2)
	p.Dossiers[0].K = 2
	for i, a := range []int{300, 300, 900, 300, 500, 900} {
		p.Pairs[i].Affinity = a
	}
	p.Mode = assign.Fair
	r := solve(t, p)
	if fmt.Sprint(keys(r)) != "[{d0 e0} {d0 e2} {d1 e1}]" || r.Fair.Least != 1000 {
		t.Errorf("%v %+v", keys(r), r.Fair)
	}
}

// Over many seeds every pair is drawn as often as the record says it would be, and none
// oftener than the cap.
func TestMixedDrawsAsProbableAsItSays(t *testing.T) {
	const runs = 1500
	p := assigntest.Make(assigntest.Size{Seed: 4, Dossiers: 12, Experts: 12, K: 3, Load: 4, Top: 12})
	p.Mode, p.Chance = assign.Mixed, 600
	got, sum := map[assign.Key]int{}, int64(0)
	var chances []assign.Chance
	for i := range runs {
		p.Seed = fmt.Sprint("run ", i)
		r := solve(t, p)
		if i == 0 {
			chances = r.Mixed.Chances
		}
		if r.Unmet != 0 {
			t.Fatal("slots stay empty")
		}
		if 1000*r.Mixed.Optimum < r.Mixed.Expected {
			t.Fatal("more is expected than possible")
		}
		sum += r.Affinity*1000 - r.Mixed.Expected
		for _, l := range r.Lines {
			got[l.Key]++
			if l.Chance == 0 {
				t.Fatalf("%v was impossible", l.Key)
			}
		}
	}
	if len(chances) < 40 {
		t.Fatalf("%d chances", len(chances))
	}
	capped := 0
	for _, c := range chances {
		p := float64(c.Chance) / 1000
		if d := float64(got[c.Key])/runs - p; c.Chance == 600 && math.Abs(d) > 6*math.Sqrt(p*(1-p)/runs) {
			t.Errorf("%v: drawn %d times of %d, at a chance of %v", c.Key, got[c.Key], runs, p)
		}
		if c.Chance == 600 {
			capped++
		}
	}
	if mean := float64(sum) / runs / 1000; math.Abs(mean) > 60 || capped < 20 {
		t.Errorf("on the average %.1f more than expected; %d pairs at the cap", mean, capped)
	}
}

func TestMixedExceedsTheCapOnlyToFill(t *testing.T) {
	p := problem(2, 1)
	p.Dossiers[0].K = 2
	p.Mode = assign.Mixed
	r := solve(t, p)
	if r.Unmet != 0 || r.Lines[0].Chance != 1000 || r.Lines[1].Chance != 1000 {
		t.Errorf("%+v", r.Lines)
	}
	p = problem(3, 1)
	p.Mode = assign.Mixed
	for _, c := range solve(t, p).Mixed.Chances {
		if c.Chance > 900 {
			t.Errorf("%+v", c)
		}
	}
}

func TestReassignChangesAsLittleAsCanBe(t *testing.T) {
	direct := 0
	for seed := range uint64(30) {
		p := assigntest.Make(assigntest.Size{Seed: seed, Dossiers: 50, Experts: 40, K: 4, Load: 7, Top: 30, EmployerCap: 1})
		r := solve(t, p)
		gone := r.Lines[0].Expert
		var lost []assign.Key
		for _, l := range r.Lines {
			if l.Expert == gone {
				lost = append(lost, l.Key)
			}
		}
		x, err := assign.Reassign(r, assign.Change{By: "u1", Withdrawn: []assign.Withdrawal{{Expert: gone, Reason: "ill"}}, Scored: lost[:1]})
		if err != nil {
			t.Fatal(err)
		}
		if err := assign.Verify(x.JSON()); err != nil {
			t.Fatalf("%d: %v", seed, err)
		}
		if x.Unmet != 0 || x.Changes.Kept < len(r.Lines)-len(lost)+1-2 {
			t.Errorf("%d: %d empty, %+v", seed, x.Unmet, x.Changes)
		}
		moved := 0
		for _, g := range x.Changes.Gone {
			if g.Moved {
				moved++
			} else if g.Expert != gone || g.Reason != "ill" || g.Key == lost[0] {
				t.Errorf("%d: %+v", seed, g)
			}
		}
		if moved == 0 {
			direct++
		}
		if !slices.Contains(keys(x), lost[0]) {
			t.Errorf("%d: what is scored is gone", seed)
		}
		full := x.Problem
		full.Keep = nil
		if again := solve(t, full); float64(x.Affinity) < 0.99*float64(again.Affinity) {
			t.Errorf("%d: %d, solved anew %d", seed, x.Affinity, again.Affinity)
		}
	}
	if direct < 25 {
		t.Errorf("only %d of 30 withdrawals needed no other change", direct)
	}
}

// e0 has d0, e1 has d1; only e0 and e2 may have d1, only e0 may have d0 … e1 withdraws, so
// e0 can't help and e2 takes it; without e2 a chain is needed.
func TestReassignFindsTheChain(t *testing.T) {
	p := problem(3, 2)
	p.Pairs = slices.DeleteFunc(p.Pairs, func(x assign.Pair) bool {
		return x.Key == key(0, 1) || x.Key == key(1, 2) // e1 for d1 only, e2 for d0 only
	})
	for i := range p.Pairs {
		if x := &p.Pairs[i]; x.Key == key(0, 0) || x.Key == key(1, 1) {
			x.Affinity = 900
		}
	}
	r := solve(t, p)
	if fmt.Sprint(keys(r)) != "[{d0 e0} {d1 e1}]" {
		t.Fatal(keys(r))
	}
	x, err := assign.Reassign(r, assign.Change{By: "u1", Withdrawn: []assign.Withdrawal{{Expert: "e1", Reason: "abroad"}}})
	if err != nil || fmt.Sprint(keys(x)) != "[{d0 e2} {d1 e0}]" || x.Changes.Kept != 0 || !x.Changes.Gone[0].Moved || x.Changes.Gone[1].Moved {
		t.Fatalf("%v %v %+v", keys(x), err, x.Changes)
	}
	// once d0 is scored by e0 there is no chain: the slot stays empty, with the proof
	x, err = assign.Reassign(r, assign.Change{By: "u1", Withdrawn: []assign.Withdrawal{{Expert: "e1", Reason: "abroad"}}, Scored: []assign.Key{key(0, 0)}})
	if err != nil || x.Unmet != 1 || x.Blocks[0].Shortage != 1 || x.Short[0].Withdrawn != 1 || x.Short[0].Full != 1 {
		t.Fatalf("%v %+v %+v", err, x.Blocks, x.Short)
	}
	if err := assign.Verify(x.JSON()); err != nil {
		t.Error(err)
	}
}

// A conflict found after the marks are in: the lock falls and somebody else takes over; a
// pair in conflict cannot be called scored.
func TestConflictFoundLater(t *testing.T) {
	r := solve(t, problem(3, 2))
	k := r.Lines[0].Key
	scored, err := assign.Reassign(r, assign.Change{By: "u1", Scored: keys(r)})
	if err != nil || scored.Changes.Kept != 2 || !scored.Lines[0].Locked {
		t.Fatalf("%v %+v", err, scored.Changes)
	}
	found := []assign.Conflict{{Key: k, Reason: "adviser"}}
	x, err := assign.Reassign(scored, assign.Change{By: "u1", Conflicts: found})
	if err != nil || slices.Contains(keys(x), k) || x.Changes.Gone[0].Reason != "adviser" || x.Changes.Kept != 1 || x.Unmet != 0 {
		t.Fatalf("%v %+v", err, x.Changes)
	}
	for name, c := range map[string]assign.Change{
		"scored in conflict":  {Conflicts: found, Scored: []assign.Key{k}},
		"scored, unassigned":  {Scored: []assign.Key{{Dossier: "d0", Expert: "nobody"}}},
		"stranger":            {Withdrawn: []assign.Withdrawal{{Expert: "x", Reason: "ill"}}},
		"without reason":      {Withdrawn: []assign.Withdrawal{{Expert: "e0"}}},
		"conflict of nothing": {Conflicts: []assign.Conflict{{Key: assign.Key{Dossier: "d0", Expert: "x"}, Reason: "r"}}},
	} {
		if _, err := assign.Reassign(r, c); !errors.Is(err, assign.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestVerifySeesEveryLie(t *testing.T) {
	p := problem(3, 3)
	p.Pairs[0].Affinity = 700
	p.Dossiers[2].K = 2
	honest := solve(t, p)
	if err := assign.Verify(honest.JSON()); err != nil {
		t.Fatal(err)
	}
	for name, lie := range map[string]func(r *assign.Record){
		"the problem":        func(r *assign.Record) { r.Problem.Pairs[1].Affinity++ },
		"the hash":           func(r *assign.Record) { r.Input = strings.Repeat("0", 64) },
		"another expert":     func(r *assign.Record) { r.Lines[0].Expert, r.Lines[1].Expert = r.Lines[1].Expert, r.Lines[0].Expert },
		"one line twice":     func(r *assign.Record) { r.Lines[1] = r.Lines[0] },
		"a line less":        func(r *assign.Record) { r.Lines = r.Lines[1:] },
		"the sum":            func(r *assign.Record) { r.Affinity++ },
		"the cost":           func(r *assign.Record) { r.Proof.Cost-- },
		"a price":            func(r *assign.Record) { r.Proof.Prices[1] += 10000 },
		"a price beyond all": func(r *assign.Record) { r.Proof.Prices[1] = math.MinInt64 },
		"the empty slots":    func(r *assign.Record) { r.Blocks[0].Have-- },
		"a worth":            func(r *assign.Record) { r.Lines[0].Worth++ },
		"who comes next":     func(r *assign.Record) { r.Next = nil },
	} {
		r, err := assign.ParseRecord(honest.JSON())
		if err != nil {
			t.Fatal(err)
		}
		lie(&r)
		if err := assign.Verify(r.JSON()); !errors.Is(err, assign.ErrRecord) {
			t.Errorf("%s: %v", name, err)
		}
	}
	old, _ := assign.ParseRecord(honest.JSON())
	old.Version = "shenbao/assign/0.9"
	if err := assign.Verify(old.JSON()); !errors.Is(err, assign.ErrVersion) {
		t.Errorf("of another version: %v", err)
	}
}

// The bytes of the JSON are those of encoding/json, ids that need escaping included.
func TestJSONIsCanonical(t *testing.T) {
	p := problem(2, 1)
	p.Experts[0].ID, p.Pairs[0].Expert = "张 \"三\" <1>\u2028", "张 \"三\" <1>\u2028"
	p.Pairs[0].Parts = map[string]int{"text": 300, "field": 200}
	p.Title = `{"pairs":null}`
	r := solve(t, p)
	again, err := assign.ParseRecord(r.JSON())
	if err != nil || again.Problem.Pairs[1].Expert != "张 \"三\" <1>\u2028" && again.Problem.Pairs[0].Expert != "张 \"三\" <1>\u2028" {
		t.Fatal(err)
	}
	if err := assign.Verify(again.JSON()); err != nil || string(again.JSON()) != string(r.JSON()) {
		t.Error(err)
	}
}
