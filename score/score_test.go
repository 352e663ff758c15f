package score_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	. "shenbao/score"
)

func rule(method Method, decimals int, leaves ...Leaf) Rule {
	return Rule{Leaves: leaves, Method: method, Floor: 1, Decimals: decimals}
}

// hundred is a rule with one criterion, marked to 100.
func hundred(method Method, decimals int) Rule {
	return rule(method, decimals, Leaf{ID: "all", Weight: 10_000, Max: Full, Decimals: 2})
}

func sheets(marks ...float64) (out []Sheet) {
	for _, m := range marks {
		out = append(out, Sheet{Marks: []Points{Points(m * float64(Point))}})
	}
	return out
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		max  Points
		dec  int
		want Points
		err  error
	}{
		{"86.5", Full, 1, 865000, nil},
		{" ８６．５　", Full, 1, 865000, nil},
		{"0", Full, 0, 0, nil},
		{"-0", Full, 0, 0, nil},
		{"100", Full, 2, Full, nil},
		{"100.00", Full, 0, Full, nil},
		{"007.2500", 10 * Point, 2, 72500, nil},
		{"12.5", 125000, 1, 125000, nil},
		{"12.6", 125000, 1, 0, ErrRange},
		{"12.51", 125000, 2, 0, ErrRange},
		{"", Full, 2, 0, ErrMissing},
		{"　", Full, 2, 0, ErrMissing},
		{"100.01", Full, 2, 0, ErrRange},
		{"100.00001", Full, 2, 0, ErrRange},
		{"-1", Full, 2, 0, ErrRange},
		{"－０．１", Full, 2, 0, ErrRange},
		{"99999999999999999999999999", Full, 2, 0, ErrRange},
		{"9999999999", Full, 2, 0, ErrRange},
		{"86.55", Full, 1, 0, ErrPrecision},
		{"86.50001", Full, 4, 0, ErrPrecision},
		{"86.5", Full, 0, 0, ErrPrecision},
		{"NaN", Full, 2, 0, ErrNumber},
		{"Inf", Full, 2, 0, ErrNumber},
		{"1e1", Full, 2, 0, ErrNumber},
		{"0x10", Full, 2, 0, ErrNumber},
		{"8_6", Full, 2, 0, ErrNumber},
		{"85,5", Full, 2, 0, ErrNumber},
		{"85.5.5", Full, 2, 0, ErrNumber},
		{"8 5", Full, 2, 0, ErrNumber},
		{".5", Full, 2, 0, ErrNumber},
		{"5.", Full, 2, 0, ErrNumber},
		{"+5", Full, 2, 0, ErrNumber},
		{"--5", Full, 2, 0, ErrNumber},
		{"八十", Full, 2, 0, ErrNumber},
		{"85分", Full, 2, 0, ErrNumber},
	} {
		got, err := Parse(c.text, c.max, c.dec)
		if got != c.want || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("Parse(%q, %s, %d) = %d, %v; want %d, %v", c.text, c.max, c.dec, got, err, c.want, c.err)
		}
		if e := (*MarkError)(nil); err != nil && (!errors.As(err, &e) || e.Max != c.max || e.Decimals != c.dec || e.Text != c.text) {
			t.Errorf("Parse(%q): the error lacks its bounds: %#v", c.text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"86.5", "１．５", "-0", "1e3", "100.0000", "99999999999"} {
		f.Add(s, int64(Full), 2)
	}
	f.Fuzz(func(t *testing.T, s string, max int64, dec int) {
		if max < 0 || max > 1000*int64(Full) || dec < 0 || dec > 4 {
			return
		}
		p, err := Parse(s, Points(max), dec)
		if err != nil {
			return
		}
		if p < 0 || p > Points(max) {
			t.Fatalf("Parse(%q) = %d, beyond %d", s, p, max)
		}
		if again, err := Parse(p.String(), Points(max), dec); err != nil || again != p {
			t.Fatalf("Parse(%q) = %s, which reads as %d, %v", s, p, again, err)
		}
	})
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		p    Points
		dec  int
		want string
	}{
		{865049, 2, "86.50"}, {865050, 2, "86.51"}, {865000, 0, "87"}, {864999, 0, "86"}, {1, 4, "0.0001"}, {1, 2, "0.00"},
		{-12345, 2, "-1.23"}, {-12350, 2, "-1.24"}, {-1, 2, "0.00"}, {Full, 2, "100.00"}, {0, 0, "0"},
	} {
		if got := c.p.Format(c.dec); got != c.want {
			t.Errorf("%d.Format(%d) = %s, want %s", c.p, c.dec, got, c.want)
		}
	}
	for p, want := range map[Points]string{865000: "86.5", 860000: "86", 1: "0.0001", -5000: "-0.5", 1_000_000: "100"} {
		if got := p.String(); got != want {
			t.Errorf("%d.String() = %s, want %s", p, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	good := func() Rule {
		return Rule{Leaves: []Leaf{{"a", 6000, 60 * Point, 1}, {"b", 4000, 40 * Point, 1}}, Method: Trimmed, Floor: 3, Decimals: 2,
			TieBreak: []TieBreak{{By: ByUntrimmed}, {By: ByVotes}, {ByLeaf, "a"}, {By: ByExact}}, Grades: []Grade{{"优秀", 85 * Point}, {"合格", 60 * Point}}}
	}
	if err := good().Check(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		break_ func(*Rule)
		want   error
	}{
		"99 %":           {func(r *Rule) { r.Leaves[0].Weight = 5900 }, ErrWeights},
		"101 %":          {func(r *Rule) { r.Leaves[0].Weight = 6100 }, ErrWeights},
		"no criteria":    {func(r *Rule) { r.Leaves = nil }, ErrWeights},
		"weight 0":       {func(r *Rule) { r.Leaves[0].Weight, r.Leaves[1].Weight = 10_000, 0 }, ErrLeaf},
		"negative":       {func(r *Rule) { r.Leaves[0].Weight, r.Leaves[1].Weight = 11_000, -1000 }, ErrLeaf},
		"id twice":       {func(r *Rule) { r.Leaves[1].ID = "a" }, ErrLeaf},
		"no id":          {func(r *Rule) { r.Leaves[1].ID = "" }, ErrLeaf},
		"max 0":          {func(r *Rule) { r.Leaves[1].Max = 0 }, ErrLeaf},
		"leaf decimals":  {func(r *Rule) { r.Leaves[1].Decimals = 5 }, ErrDecimals},
		"method":         {func(r *Rule) { r.Method = "median" }, ErrMethod},
		"trim from 2":    {func(r *Rule) { r.TrimFrom = 2 }, ErrMethod},
		"no floor":       {func(r *Rule) { r.Floor = 0 }, ErrFloor},
		"decimals":       {func(r *Rule) { r.Decimals = 5 }, ErrDecimals},
		"tie-breaker":    {func(r *Rule) { r.TieBreak[0].By = "id" }, ErrTieBreak},
		"its criterion":  {func(r *Rule) { r.TieBreak[2].Leaf = "c" }, ErrTieBreak},
		"grades upwards": {func(r *Rule) { slices.Reverse(r.Grades) }, ErrGrades},
		"grade 101":      {func(r *Rule) { r.Grades[0].From = 101 * Point }, ErrGrades},
		"too fine": {func(r *Rule) {
			r.Leaves = []Leaf{{"a", 2500, 999983, 0}, {"b", 2500, 999979, 0}, {"c", 5000, 999961, 0}}
		}, ErrFine},
	} {
		r := good()
		c.break_(&r)
		if err := r.Check(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if _, err := r.Panel(sheets(1, 2, 3)); !errors.Is(err, c.want) {
			t.Errorf("%s: a panel was scored: %v", name, err)
		}
	}
	b, err := json.Marshal(good())
	if err != nil {
		t.Fatal(err)
	}
	var again Rule
	if err := json.Unmarshal(b, &again); err != nil || !reflect.DeepEqual(again, good()) {
		t.Errorf("as JSON it is another rule: %s %v", b, err)
	}
}

func TestPanel(t *testing.T) {
	for _, c := range []struct {
		name  string
		rule  Rule
		marks []float64
		want  Points
		low   int
		high  int
	}{
		{"mean", hundred(Mean, 2), []float64{80, 90, 85.5}, 851700, -1, -1},
		{"half goes up", hundred(Mean, 2), []float64{86.5, 86.51}, 865100, -1, -1},
		{"half goes up, whole points", hundred(Mean, 0), []float64{84, 85}, 850000, -1, -1},
		{"four are not trimmed", hundred(Trimmed, 2), []float64{0, 90, 90, 100}, 700000, -1, -1},
		{"five are", hundred(Trimmed, 2), []float64{0, 90, 91, 92, 100}, 910000, 0, 4},
		{"one of two equal lowest", hundred(Trimmed, 2), []float64{70, 70, 90, 100, 100}, 866700, 0, 4},
		{"all equal: two are dropped", hundred(Trimmed, 2), []float64{80, 80, 80, 80, 80}, 800000, 0, 4},
	} {
		got, err := c.rule.Panel(sheets(c.marks...))
		if err != nil || got.Score != c.want || got.Lowest != c.low || got.Highest != c.high || got.Valid != len(c.marks) {
			t.Errorf("%s: %+v %v, want %d without %d and %d", c.name, got, err, c.want, c.low, c.high)
		}
	}
	three := hundred(Trimmed, 2)
	three.TrimFrom = 3
	if got, _ := three.Panel(sheets(10, 50, 99)); got.Score != 50*Point {
		t.Errorf("of three, trimmed: %s", got.Score)
	}
	// Points that are added and percentages of 100 are one rule.
	added := rule(Mean, 2, Leaf{"a", 6000, 60 * Point, 0}, Leaf{"b", 4000, 40 * Point, 0})
	weighed := rule(Mean, 2, Leaf{"a", 6000, Full, 0}, Leaf{"b", 4000, Full, 0})
	x, err1 := added.Panel([]Sheet{{Marks: []Points{45 * Point, 20 * Point}}})
	y, err2 := weighed.Panel([]Sheet{{Marks: []Points{75 * Point, 50 * Point}}})
	if err1 != nil || err2 != nil || x.Score != 65*Point || y.Score != 65*Point {
		t.Errorf("%s %s, %v %v", x.Score, y.Score, err1, err2)
	}
	if s, err := added.Sheet([]Points{45 * Point, 20 * Point}); err != nil || s.Round(2) != 65*Point {
		t.Errorf("one sheet: %v %v", s, err)
	}
}

func TestFloor(t *testing.T) {
	r := hundred(Mean, 2)
	r.Floor = 3
	few := (*TooFew)(nil)
	if got, err := r.Panel(sheets(90, 95)); !errors.As(err, &few) || few.Valid != 2 || few.Floor != 3 || got.Score != 0 {
		t.Errorf("%v %v", got, err)
	}
	if _, err := r.Panel(sheets(90, 95, 91)); err != nil {
		t.Error(err)
	}
	for _, bad := range [][]Points{nil, {1, 2}, {-1}, {Full + 1}} {
		if _, err := r.Panel([]Sheet{{Marks: bad}, {Marks: bad}, {Marks: bad}}); !errors.Is(err, ErrSheet) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// A grade begins at its threshold, and it is the rounded score that reaches it.
func TestGrades(t *testing.T) {
	r := hundred(Mean, 1)
	r.Grades = []Grade{{"优秀", 85 * Point}, {"合格", 60 * Point}}
	for _, c := range []struct {
		marks []float64
		want  string
	}{{[]float64{84.95}, "优秀"}, {[]float64{84.94}, "合格"}, {[]float64{85}, "优秀"}, {[]float64{59.95}, "合格"}, {[]float64{59.94}, ""}} {
		if got, err := r.Panel(sheets(c.marks...)); err != nil || got.Grade != c.want {
			t.Errorf("%v: %q %v, want %q", c.marks, got.Grade, err, c.want)
		}
	}
}

func TestVetoChangesNoPoints(t *testing.T) {
	s := sheets(80, 90)
	plain, _ := hundred(Mean, 2).Panel(s)
	s[0].Vetoes, s[1].Vetoes = []string{"fraud", "fraud"}, []string{"fraud", "debt"}
	got, err := hundred(Mean, 2).Panel(s)
	if err != nil || got.Score != plain.Score || !reflect.DeepEqual(got.Vetoes, map[string]int{"fraud": 2, "debt": 1}) {
		t.Errorf("%+v %v", got, err)
	}
}

// entries are panels by id, scored by the rule.
func entries(t *testing.T, r Rule, panels map[string][]Sheet) (out []Entry) {
	for id, p := range panels {
		res, err := r.Panel(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, Entry{id, res})
	}
	return out
}

func TestRank(t *testing.T) {
	r := hundred(Trimmed, 0)
	panels := map[string][]Sheet{
		"a": sheets(80, 80, 80, 80, 80), "b": sheets(90, 90, 90, 90, 90), "c": sheets(80, 80, 80, 80, 80), "d": sheets(70, 70, 70, 70, 70),
	}
	places := r.Rank(entries(t, r, panels))
	want := []Place{{ID: "b", Rank: 1}, {ID: "a", Rank: 2, Tied: true}, {ID: "c", Rank: 2, Tied: true, Equal: true}, {ID: "d", Rank: 4}}
	if !reflect.DeepEqual(places, want) {
		t.Errorf("%+v", places)
	}
	for n, want := range [][]string{nil, nil, {"a", "c"}, nil, nil} {
		if got := TiedAtCut(places, n); !slices.Equal(got, want) {
			t.Errorf("cut after %d: %v, want %v", n, got, want)
		}
	}
	// Published scores are equal; each tie-breaker in turn parts them another way.
	r.Leaves = []Leaf{{"x", 5000, Full, 2}, {"y", 5000, Full, 2}}
	panels = map[string][]Sheet{}
	for id, m := range map[string][5]float64{"a": {60, 80, 80, 80, 100}, "b": {50, 80.2, 80.2, 80.2, 90}, "c": {70, 79.9, 79.9, 79.9, 81}} {
		for n, v := range m {
			x := Points(v * 10_000)
			s := Sheet{Marks: []Points{x, x}, Agree: id == "b" || id == "c" && n > 0}
			if id == "a" {
				s.Marks = []Points{x - 5*Point, x + 5*Point}
				if n == 4 {
					s.Marks = []Points{x, x}
				}
			}
			panels[id] = append(panels[id], s)
		}
	}
	for _, c := range []struct {
		by   TieBreak
		want []string
	}{
		{TieBreak{By: ByExact}, []string{"b", "a", "c"}},
		{TieBreak{By: ByUntrimmed}, []string{"a", "c", "b"}},
		{TieBreak{By: ByVotes}, []string{"b", "c", "a"}},
		{TieBreak{By: ByLeaf, Leaf: "y"}, []string{"a", "c", "b"}},
	} {
		r.TieBreak = []TieBreak{c.by}
		es := entries(t, r, panels)
		got := r.Rank(es)
		ids := []string{got[0].ID, got[1].ID, got[2].ID}
		if !slices.Equal(ids, c.want) || got[1].By != c.by.By || got[1].Leaf != c.by.Leaf || !got[1].Equal || got[2].Rank != 3 || got[1].Tied {
			t.Errorf("%v: %+v, want %v", c.by, got, c.want)
		}
	}
}

// The reference: everything in big.Rat, from the words of the rule.
func reference(r Rule, panel []Sheet) (exact *big.Rat, rounded int64) {
	var totals []*big.Rat
	for _, s := range panel {
		sum := new(big.Rat)
		for i, l := range r.Leaves {
			x := big.NewRat(int64(s.Marks[i]), int64(l.Max))
			x.Mul(x, big.NewRat(int64(l.Weight), 10_000))
			sum.Add(sum, x)
		}
		totals = append(totals, sum.Mul(sum, big.NewRat(int64(Full), 1)))
	}
	from := r.TrimFrom
	if from == 0 {
		from = 5
	}
	if r.Method == Trimmed && len(totals) >= from {
		slices.SortFunc(totals, (*big.Rat).Cmp)
		totals = totals[1 : len(totals)-1]
	}
	exact = new(big.Rat)
	for _, x := range totals {
		exact.Add(exact, x)
	}
	exact.Quo(exact, big.NewRat(int64(len(totals)), 1))
	step := int64(1)
	for range 4 - r.Decimals {
		step *= 10
	}
	half := new(big.Rat).Quo(exact, big.NewRat(step, 1))
	half.Add(half, big.NewRat(1, 2))
	return exact, new(big.Int).Div(half.Num(), half.Denom()).Int64() * step
}

// randomRule has up to eight criteria of any weights and of maxima that people use.
func randomRule(rnd *rand.Rand) Rule {
	maxima := []Points{Full, 60 * Point, 40 * Point, 30 * Point, 25 * Point, 20 * Point, 15 * Point, 125000, 10 * Point, 9 * Point, 7 * Point, 5 * Point, 3 * Point}
	r := Rule{Method: []Method{Mean, Trimmed}[rnd.IntN(2)], Floor: 1, Decimals: rnd.IntN(5), TrimFrom: []int{0, 3, 4, 7}[rnd.IntN(4)]}
	n, left := 1+rnd.IntN(8), 10_000
	for i := range n {
		w := left
		if i < n-1 {
			w = 1 + rnd.IntN(left-(n-1-i))
		}
		left -= w
		r.Leaves = append(r.Leaves, Leaf{string(rune('a' + i)), w, maxima[rnd.IntN(len(maxima))], rnd.IntN(5)})
	}
	return r
}

func randomPanel(rnd *rand.Rand, r Rule) []Sheet {
	panel := make([]Sheet, 1+rnd.IntN(12))
	for n := range panel {
		for _, l := range r.Leaves {
			step := int64(1)
			for range 4 - l.Decimals {
				step *= 10
			}
			panel[n].Marks = append(panel[n].Marks, Points(rnd.Int64N(int64(l.Max)/step+1)*step))
		}
	}
	return panel
}

// 10^5 random panels, equal to the reference to the last digit, rounded and unrounded.
func TestEqualsReference(t *testing.T) {
	rnd := rand.New(rand.NewPCG(12, 2017))
	halves := 0
	var last Result
	var was *big.Rat
	for n := range 100_000 {
		r := randomRule(rnd)
		panel := randomPanel(rnd, r)
		got, err := r.Panel(panel)
		if err != nil {
			t.Fatalf("%d: %v %+v", n, err, r)
		}
		exact, rounded := reference(r, panel)
		if big.NewRat(got.Exact.Num, got.Exact.Den).Cmp(exact) != 0 || int64(got.Score) != rounded {
			t.Fatalf("%d: %+v, reference %s, %d\n%+v\n%+v", n, got, exact.RatString(), rounded, r, panel)
		}
		if was != nil && last.Exact.Cmp(got.Exact) != was.Cmp(exact) {
			t.Fatalf("%d: %v compares wrongly with %v", n, last.Exact, got.Exact)
		}
		if new(big.Rat).Sub(exact, big.NewRat(rounded, 1)).Sign() < 0 {
			halves++
		}
		last, was = got, exact
	}
	if halves < 20_000 {
		t.Errorf("only %d were rounded up: the panels test little", halves)
	}
}

func BenchmarkPanel(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 1))
	r := rule(Trimmed, 2, Leaf{"a", 3000, Full, 1}, Leaf{"b", 3000, Full, 1}, Leaf{"c", 2500, Full, 1}, Leaf{"d", 1500, Full, 1})
	panel := make([]Sheet, 7)
	for i := range panel {
		for range r.Leaves {
			panel[i].Marks = append(panel[i].Marks, Points(rnd.Int64N(1001)*1000))
		}
	}
	b.Run("exact", func(b *testing.B) {
		for b.Loop() {
			if _, err := r.Panel(panel); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("big.Rat", func(b *testing.B) {
		for b.Loop() {
			reference(r, panel)
		}
	})
}
