package assign_test

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"shenbao/assign"
	"shenbao/assign/assigntest"
)

// The optima are those of an integer program written straight from the rules, those that no
// flow holds together included.
func TestOptimaOfIntegerPrograms(t *testing.T) {
	f, err := os.Open("testdata/optima.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n, repaired, unmet := 0, 0, 0
	for s := bufio.NewScanner(f); s.Scan(); {
		var seed uint64
		var want int64
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		if _, err := fmt.Sscan(s.Text(), &seed, &want); err != nil {
			t.Fatalf("%q: %v", s.Text(), err)
		}
		p := assigntest.Small(seed)
		r := solve(t, p)
		n++
		if got := assigntest.Cost(r); got != want || r.Repair != nil && !r.Repair.Exact {
			t.Errorf("%d: %d, the integer program has %d; %+v", seed, got, want, r.Repair)
		}
		if r.Repair != nil {
			repaired++
		}
		if r.Unmet > 0 {
			unmet++
		}
	}
	if n != 120 || repaired < 10 || unmet < 20 {
		t.Errorf("%d optima read, %d with rules that cross, %d with empty slots", n, repaired, unmet)
	}
}

func solve(t *testing.T, p assign.Problem) assign.Record {
	t.Helper()
	r, err := assign.Solve(p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Every random problem, in every mode: all rules are kept, the proofs hold, the counts of
// a short dossier add up to the pool, the blocks to the empty slots, and the record repeats.
func TestEveryRecordHolds(t *testing.T) {
	infeasible := 0
	for seed := range uint64(1_500) {
		p := assigntest.Small(seed)
		p.Mode = []assign.Mode{assign.Best, assign.Best, assign.Fair, assign.Mixed}[seed%4]
		r, err := assign.Solve(p)
		if err != nil {
			if p.Mode == assign.Mixed && strings.Contains(err.Error(), "draws") {
				continue
			}
			t.Fatalf("%d: %v", seed, err)
		}
		if err := assign.Verify(r.JSON()); err != nil {
			t.Fatalf("%d: %v", seed, err)
		}
		for _, l := range slices.Concat(r.Short, r.Lacking) {
			if l.Sum() != l.Pool || l.Group == "" && l.Pool != len(p.Experts) {
				t.Fatalf("%d: %s accounts for %d of %d experts", seed, l.Dossier, l.Sum(), l.Pool)
			}
		}
		missing, proved := 0, int64(0)
		for _, l := range r.Short {
			missing += l.Missing
			if l.Free > 0 && p.Mode != assign.Mixed && r.Repair == nil {
				t.Fatalf("%d: %s goes short and somebody is free", seed, l.Dossier)
			}
		}
		for _, b := range r.Blocks {
			proved += b.Shortage
		}
		if missing != r.Unmet || r.Repair == nil && proved != int64(r.Unmet) {
			t.Fatalf("%d: %d slots are empty, %d are missing, %d are proved", seed, r.Unmet, missing, proved)
		}
		if r.Unmet > 0 {
			infeasible++
		}
	}
	if infeasible < 1_000/2 {
		t.Errorf("only %d problems had empty slots", infeasible)
	}
}

// The order of the lists, and the bytes of a second run, make no difference.
func TestSameInputSameBytes(t *testing.T) {
	for seed := range uint64(40) {
		p := assigntest.Small(seed)
		a := solve(t, assigntest.Small(seed))
		slices.Reverse(p.Experts)
		slices.Reverse(p.Dossiers)
		slices.Reverse(p.Pairs)
		slices.Reverse(p.Conflicts)
		slices.Reverse(p.Bans)
		slices.Reverse(p.Locks)
		slices.Reverse(p.Apart)
		for i := range p.Apart {
			p.Apart[i].A, p.Apart[i].B = p.Apart[i].B, p.Apart[i].A
		}
		if b := solve(t, p); string(a.JSON()) != string(b.JSON()) {
			t.Fatalf("%d: the order of the input changes the record", seed)
		}
	}
}

// Another seed changes lots, and nothing that the proof speaks of.
func TestSeedsChangeOnlyLots(t *testing.T) {
	p := assigntest.Make(assigntest.Size{Seed: 1, Dossiers: 60, Experts: 40, K: 3, Load: 6, Top: 30})
	for i := range p.Pairs {
		p.Pairs[i].Affinity = p.Pairs[i].Affinity / 100 * 100 // many are equal
	}
	first, others := solve(t, p), 0
	for i := range 100 {
		p.Seed = fmt.Sprint("other ", i)
		r := solve(t, p)
		if r.Affinity != first.Affinity || r.Unmet != first.Unmet {
			t.Fatalf("seed %d changes the optimum from %d to %d", i, first.Affinity, r.Affinity)
		}
		if err := assign.Verify(r.JSON()); err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(first.Lines, r.Lines, func(a, b assign.Line) bool { return a.Key == b.Key }) {
			others++
		}
	}
	if others < 90 {
		t.Errorf("only %d of 100 seeds draw other lots", others)
	}
}

// Equal candidates get a dossier equally often, whatever their ids.
func TestLotsAreFair(t *testing.T) {
	const runs = 900
	got := map[string]int{}
	for i := range runs {
		p := problem(3, 1)
		p.Seed = fmt.Sprint(i)
		got[solve(t, p).Lines[0].Expert]++
	}
	for e, n := range got {
		if n < runs/3-85 || n > runs/3+85 { // 6 standard errors
			t.Errorf("%s got it %d times of %d", e, n, runs)
		}
	}
	if len(got) != 3 {
		t.Errorf("of three equals %d got it ever", len(got))
	}
}

// problem has experts e0… for one dossier each, dossiers d0… that need one, all pairs at 500.
func problem(experts, dossiers int) assign.Problem {
	p := assign.Problem{Schema: assign.Schema, Seed: "s", Mode: assign.Best}
	for e := range experts {
		p.Experts = append(p.Experts, assign.Expert{ID: fmt.Sprintf("e%d", e), Max: 1})
	}
	for d := range dossiers {
		p.Dossiers = append(p.Dossiers, assign.Dossier{ID: fmt.Sprintf("d%d", d), K: 1})
		for e := range experts {
			p.Pairs = append(p.Pairs, assign.Pair{Key: key(d, e), Affinity: 500})
		}
	}
	return p
}

func key(d, e int) assign.Key {
	return assign.Key{Dossier: fmt.Sprintf("d%d", d), Expert: fmt.Sprintf("e%d", e)}
}

func keys(r assign.Record) (out []assign.Key) {
	for _, l := range r.Lines {
		out = append(out, l.Key)
	}
	return out
}
