package draw

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// uneven is a pool like those on which selection without care goes wrong: half and half
// twice over, but the two halves nearly agree, and one person alone belongs to the first
// half here and to the second one there. Quotas ask for nearly half of each.
func uneven(n, k int) Plan {
	in := func(i int) map[string][]string {
		m := map[string][]string{"kind": {"技术"}, "place": {"盟市"}}
		if i < n/2 {
			m = map[string][]string{"kind": {"管理"}, "place": {"旗县"}}
		}
		if i == 0 {
			m["place"] = []string{"盟市"}
		}
		return m
	}
	least := k/2 - 1
	p := plan(n, k, in, Quota{"kind", "技术", least, 0}, Quota{"kind", "管理", least, 0}, Quota{"place", "盟市", least, 0}, Quota{"place", "旗县", least, 0})
	p.Mode = Fair
	return p
}

func seedOf(i int) []byte {
	b := make([]byte, 32)
	binary.BigEndian.PutUint64(b, uint64(i))
	return b
}

// everybody draws rounds times and counts how often each person became a member.
func everybody(tb testing.TB, p Plan, rounds int) []int {
	f, err := Freeze(p)
	if err != nil {
		tb.Fatal(err)
	}
	first, err := newDrawing(f.Plan)
	if err != nil {
		tb.Fatal(err)
	}
	net, expected, err := first.expectation()
	if err != nil {
		tb.Fatal(err)
	}
	n := make([]int, len(p.People))
	for i := range rounds {
		seed := seedOf(i)
		places, err := first.round(net, slices.Clone(expected), first.keptBySort(), seed)
		if err != nil {
			tb.Fatal(err)
		}
		for _, t := range f.Plan.tickets(seed) {
			if sort := first.sort[t.who]; places[sort] > 0 {
				places[sort]--
				n[t.who]++
			}
		}
	}
	return n
}

// rejected reports whether chi-square says, at 0.001, that not all had the chance k/n. Drawn
// without putting back, the sum of n squares spreads as that of n-1 free ones after
// stretching by (n-1)/(n-k).
func rejected(counts []int, k, rounds int) (chi float64, bad bool) {
	n := float64(len(counts))
	want := float64(rounds) * float64(k) / n
	for _, c := range counts {
		chi += (float64(c) - want) * (float64(c) - want) / want
	}
	chi *= (n - 1) / (n - float64(k))
	// Wilson and Hilferty: the cube root is nearly normal; 3.0902 is the bound for 0.001.
	df := n - 1
	z := (math.Cbrt(chi/df) - (1 - 2/(9*df))) / math.Sqrt(2/(9*df))
	return chi, z > 3.0902
}

// Everybody of the uneven pool has a tenth, the odd one too, to whom a draw without care
// gives a hundredth.
func TestFairChances(t *testing.T) {
	const rounds = 20_000
	counts := everybody(t, uneven(200, 20), rounds)
	if chi, bad := rejected(counts, 20, rounds); bad {
		t.Errorf("chi-square %.1f of 199", chi)
	}
	if p := float64(counts[0]) / rounds; p < 0.094 || p > 0.106 {
		t.Errorf("the odd one: %.4f", p)
	}
	skew := slices.Clone(counts)
	for i := range 20 {
		skew[i] += rounds / 100 // a tenth more for a tenth of them
	}
	if _, bad := rejected(skew, 20, rounds); !bad {
		t.Error("the test would not see a tenth more")
	}
	for _, c := range []struct{ n, k int }{{200, 20}, {2000, 200}} {
		r := drawn(t, uneven(c.n, c.k), "1")
		if len(r.Lots) != 3 || Verify(r) != nil {
			t.Fatal(r.Lots, Verify(r))
		}
		for _, l := range r.Lots {
			if l.Chance < 99_999 || l.Chance > 100_001 {
				t.Errorf("n=%d: chance %d ppm for %v", c.n, l.Chance, l.Quotas)
			}
		}
	}
}

// Tickets with quotas leave the odd one at a disadvantage or not, but never out of bounds;
// Fair can't do crossing families and says so.
func TestFairLimits(t *testing.T) {
	in := func(i int) map[string][]string {
		return map[string][]string{"a": {string(rune('a' + i%2))}, "b": {string(rune('a' + i/2%2))}, "c": {string(rune('a' + i/4%2))}}
	}
	p := plan(16, 4, in, Quota{"a", "*", 2, 2}, Quota{"b", "*", 2, 2}, Quota{"c", "*", 2, 2})
	if r := drawn(t, p, "1"); r.Look != LookSearch || Verify(r) != nil {
		t.Error(r.Look, Verify(r))
	}
	p.Mode = Fair
	f, err := Freeze(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Draw(reveal("1")); !errors.Is(err, ErrCrossing) || !strings.Contains(err.Error(), "c a 2..2") {
		t.Error(err)
	}
	// All of the scarce ones must come: their chance is one, the others share the rest.
	p = plan(20, 5, func(i int) map[string][]string { return map[string][]string{"f": {string(rune('a' + min(i/2, 1)))}} }, Quota{"f", "a", 2, 0})
	p.Mode = Fair
	for _, l := range drawn(t, p, "1").Lots {
		if want := map[int]int64{2: 1_000_000, 18: 166_666}[l.People]; l.Chance != want {
			t.Errorf("%d people: %d ppm, want %d", l.People, l.Chance, want)
		}
	}
}

func TestDRBG(t *testing.T) {
	a, b, other := newDRBG(seedOf(1), "lots"), newDRBG(seedOf(1), "lots"), newDRBG(seedOf(1), "x")
	same := 0
	counts := make([]int, 7)
	for range 70_000 {
		x, y := a.below(7), b.below(7)
		if x != y || x < 0 || x > 6 {
			t.Fatal(x, y)
		}
		if other.below(7) == x {
			same++
		}
		counts[x]++
	}
	if same < 9_500 || same > 10_500 {
		t.Error("two streams agree", same)
	}
	for x, c := range counts {
		if c < 9_700 || c > 10_300 {
			t.Errorf("%d came %d times", x, c)
		}
	}
	// Nearly all of the range is thrown away here: rejection, not a remainder.
	for range 100 {
		if v := a.below(math.MaxInt64); v < 0 {
			t.Fatal(v)
		}
	}
}

// With the million draws of the figure in BENCHMARKS.md:
// go test ./draw -run '^$' -bench Chances -benchtime 1000000x
func BenchmarkChances200(b *testing.B) {
	counts := everybody(b, uneven(200, 20), b.N)
	chi, bad := rejected(counts, 20, b.N)
	b.ReportMetric(chi, "chi2/199df")
	b.ReportMetric(float64(slices.Min(counts))/float64(b.N), "least")
	b.ReportMetric(float64(counts[0])/float64(b.N), "odd-one")
	if bad && b.N > 100 {
		b.Errorf("chi-square %.1f", chi)
	}
}

func benchmarkDraw(b *testing.B, p Plan) {
	f, err := Freeze(p)
	if err != nil {
		b.Fatal(err)
	}
	d, err := newDrawing(f.Plan)
	if err != nil {
		b.Fatal(err)
	}
	for i := range b.N {
		x := *d
		x.on, x.count, x.replies = make([]bool, len(d.on)), make([]int, len(d.count)), map[int][]int{}
		if _, err := x.run(seedOf(i)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFair2000(b *testing.B) { benchmarkDraw(b, uneven(2000, 200)) }

func BenchmarkTickets2000(b *testing.B) {
	p := uneven(2000, 200)
	p.Mode = Tickets
	benchmarkDraw(b, p)
}

// Records are all of it: both hashes, the walk, alternates, the record.
func BenchmarkRecordFair2000(b *testing.B)    { benchmarkRecord(b, Fair) }
func BenchmarkRecordTickets2000(b *testing.B) { benchmarkRecord(b, Tickets) }

func benchmarkRecord(b *testing.B, mode string) {
	p := uneven(2000, 200)
	p.Mode = mode
	f, err := Freeze(p)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := f.Draw(reveal("1")); err != nil {
			b.Fatal(err)
		}
	}
}
