package score_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	. "shenbao/score"
)

// Diameters of growth inhibition zones in mm, 24 plates by 6 samples of penicillin: O. L.
// Davies and P. L. Goldsmith (eds), Statistical Methods in Research and Production, 4th
// ed. 1972, table 6.6.
const penicillin = `27 23 26 23 23 21|27 23 26 23 23 21|25 21 25 24 24 20|26 23 25 23 23 20|25 22 26 22 23 20|24 22 25 23 22 19|` +
	`24 20 23 21 22 19|26 22 26 24 24 21|24 21 24 22 22 20|24 21 24 23 22 19|26 23 26 24 24 21|25 22 26 24 24 20|` +
	`26 24 26 24 25 22|26 23 26 23 23 20|26 23 25 24 24 22|25 22 25 23 23 20|25 21 24 23 23 20|25 22 24 23 23 19|` +
	`24 21 23 21 21 19|26 23 26 24 24 21|25 21 24 22 22 18|25 22 25 22 22 20|24 21 24 22 24 19|24 21 24 22 21 18`

func penicillinMarks(t *testing.T) (marks []Mark) {
	t.Helper()
	for i, row := range strings.Split(penicillin, "|") {
		for k, f := range strings.Fields(row) {
			n, err := strconv.Atoi(f)
			if err != nil {
				t.Fatal(err)
			}
			marks = append(marks, Mark{string(rune('a' + i)), string(rune('A' + k)), Points(n) * Point})
		}
	}
	if len(marks) != 144 {
		t.Fatal(len(marks))
	}
	return marks
}

// near reports whether p is x to 1e-4.
func near(p Points, x float64) bool { return math.Abs(float64(p)/float64(Point)-x) < 1e-4 }

// The figures are those of lme4 1.1-31, lmer(diameter ~ 1 + (1 | plate) + (1 | sample)).
func TestPenicillin(t *testing.T) {
	c, err := Calibrate(penicillinMarks(t), false)
	if err != nil {
		t.Fatal(err)
	}
	if !near(c.SD.Dossier, 0.8467025) || !near(c.SD.Reviewer, 1.9316138) || !near(c.SD.Rest, 0.5499227) || !near(c.Mean, 22.9722222) {
		t.Errorf("%+v %v", c.SD, c.Mean)
	}
	samples := []float64{2.1870584, -1.0104764, 1.9378998, -0.0968950, -0.0138421, -3.0037448}
	for i, want := range samples {
		r := c.Reviewers[i]
		half := 1.959963985 * math.Sqrt(0.04087298592)
		if !near(r.Shift, want) || !near(r.Low, want-half) || !near(r.High, want+half) || r.Marks != 24 {
			t.Errorf("%+v, want %f ± %f", r, want, half)
		}
	}
	plates := []float64{0.8045469, 0.8045469, 0.1816719, 0.3373906, 0.0259531, -0.4412031, -1.3755157, 0.8045469, -0.7526407, -0.7526407, 0.9602657, 0.4931094,
		1.4274219, 0.4931094, 0.9602657, 0.0259531, -0.2854844, -0.2854844, -1.3755157, 0.9602657, -0.9083594, -0.2854844, -0.5969218, -1.2197969}
	for i, want := range plates {
		if d := c.Dossiers[i]; !near(d.Score, 22.9722222+want) || d.Marks != 6 {
			t.Errorf("%+v, want %f", d, 22.9722222+want)
		}
	}
}

// A golden is a data set and what lme4 says of it (testdata/lme4.R).
type golden struct {
	name             string
	marks            []Mark
	sd, mean         []float64
	d, r, dvar, rvar []float64
}

func goldens(t *testing.T) (all []*golden) {
	t.Helper()
	b, err := os.ReadFile("testdata/lme4.txt")
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) float64 {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		key, rest, _ := strings.Cut(l, " ")
		switch key {
		case "#":
			continue
		case "design":
			all = append(all, &golden{name: rest})
			continue
		}
		g := all[len(all)-1]
		if key == "marks" {
			for _, m := range strings.Fields(rest) {
				f := strings.Split(m, ",")
				g.marks = append(g.marks, Mark{fmt.Sprintf("d%03s", f[0]), fmt.Sprintf("r%03s", f[1]), Points(math.Round(number(f[2]) * 10_000))})
			}
			continue
		}
		to := map[string]*[]float64{"sd": &g.sd, "mean": &g.mean, "d": &g.d, "r": &g.r, "dvar": &g.dvar, "rvar": &g.rvar}[key]
		for _, s := range strings.Fields(rest) {
			*to = append(*to, number(s))
		}
	}
	return all
}

// Incomplete designs, more reviewers than dossiers, panels apart, variances of nought: all
// as lme4 has them.
func TestEqualsLme4(t *testing.T) {
	all := goldens(t)
	if len(all) != 6 {
		t.Fatal(len(all))
	}
	for _, g := range all {
		c, err := Calibrate(g.marks, false)
		if err != nil {
			t.Fatal(g.name, err)
		}
		if !near(c.SD.Dossier, g.sd[0]) || !near(c.SD.Reviewer, g.sd[1]) || !near(c.SD.Rest, g.sd[2]) || !near(c.Mean, g.mean[0]) {
			t.Errorf("%s: %+v %v, want %v %v", g.name, c.SD, c.Mean, g.sd, g.mean)
		}
		if len(c.Dossiers) != len(g.d) || len(c.Reviewers) != len(g.r) {
			t.Fatalf("%s: %d dossiers, %d reviewers", g.name, len(c.Dossiers), len(c.Reviewers))
		}
		for i, d := range c.Dossiers {
			if half := 1.959963985 * math.Sqrt(g.dvar[i]); !near(d.Score, g.mean[0]+g.d[i]) || math.Abs(float64(d.High-d.Low)/20_000-half) > 2e-4 {
				t.Errorf("%s: %+v, want %f ± %f", g.name, d, g.mean[0]+g.d[i], half)
			}
		}
		for i, r := range c.Reviewers {
			if half := 1.959963985 * math.Sqrt(g.rvar[i]); !near(r.Shift, g.r[i]) || math.Abs(float64(r.High-r.Low)/20_000-half) > 2e-4 {
				t.Errorf("%s: %+v, want %f ± %f", g.name, r, g.r[i], half)
			}
		}
	}
}

// One bad mark moves the robust score of its dossier less, and is found.
func TestRobust(t *testing.T) {
	marks := goldens(t)[0].marks
	score := func(ms []Mark, robust bool) (Points, *Calibration) {
		c, err := Calibrate(ms, robust)
		if err != nil {
			t.Fatal(err)
		}
		return c.Dossiers[4].Score, c
	}
	before, _ := score(marks, false)
	calm, clean := score(marks, true)
	bad := slices.Clone(marks)
	at := slices.IndexFunc(bad, func(m Mark) bool { return m.Dossier == "d005" })
	bad[at].Score -= 30 * Point
	plain, _ := score(bad, false)
	robust, c := score(bad, true)
	if before-plain < 4*Point || calm-robust > 3*Point {
		t.Errorf("a mark lowered by 30 moves the dossier from %s to %s, robustly from %s to %s", before, plain, calm, robust)
	}
	var odd []ResidualOfAMark
	for _, r := range c.Residuals {
		if r.Odd {
			odd = append(odd, r)
		}
	}
	if len(odd) != 1 || odd[0].Dossier != "d005" || odd[0].Reviewer != bad[at].Reviewer || odd[0].Rest > -15*Point {
		t.Errorf("outliers: %+v", odd)
	}
	for _, r := range clean.Residuals {
		if r.Odd {
			t.Errorf("called odd: %+v", r)
		}
	}
}

// The same marks in any order give the same bytes.
func TestCalibrationIsDeterministic(t *testing.T) {
	for _, g := range goldens(t) {
		var was string
		rnd := rand.New(rand.NewPCG(3, 3))
		for range 5 {
			rnd.Shuffle(len(g.marks), func(i, k int) { g.marks[i], g.marks[k] = g.marks[k], g.marks[i] })
			c, err := Calibrate(g.marks, true)
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(struct {
				C *Calibration
				A Agreement
			}{c, Agree(g.marks, 10*Point)})
			if err != nil {
				t.Fatal(err)
			}
			if was != "" && was != string(b) {
				t.Fatalf("%s: two orders of the marks, two results", g.name)
			}
			was = string(b)
		}
	}
}

// Too little to tell anything is said; marks without any variance are no trouble.
func TestThinAndFlat(t *testing.T) {
	mark := func(d, r string, p Points) Mark { return Mark{d, r, p * Point} }
	for name, ms := range map[string][]Mark{
		"none":              nil,
		"one dossier":       {mark("a", "x", 80), mark("a", "y", 90)},
		"one reviewer":      {mark("a", "x", 80), mark("b", "x", 90), mark("c", "x", 70)},
		"each by one alone": {mark("a", "x", 80), mark("b", "y", 90), mark("c", "z", 70)},
		"a chain":           {mark("a", "x", 80), mark("a", "y", 90), mark("b", "y", 70), mark("b", "z", 75)},
	} {
		if c, err := Calibrate(ms, true); !errors.Is(err, ErrThin) || c != nil {
			t.Errorf("%s: %v %v", name, c, err)
		}
	}
	for _, robust := range []bool{false, true} {
		var flat, exact []Mark
		for i := range 5 {
			for k := range 4 {
				flat = append(flat, mark(string(rune('a'+i)), string(rune('w'+k)), 80))
				exact = append(exact, mark(string(rune('a'+i)), string(rune('w'+k)), Points(60+5*i+3*k)))
			}
		}
		c, err := Calibrate(flat, robust)
		if err != nil || c.Mean != 80*Point || c.SD != (Spread{}) {
			t.Errorf("all alike: %+v %v", c, err)
		}
		for _, d := range c.Dossiers {
			if d.Score != 80*Point || d.Low != d.High {
				t.Errorf("all alike: %+v", d)
			}
		}
		c, err = Calibrate(exact, robust)
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range c.Dossiers {
			if want := 60 + 5*float64(i) + 4.5; math.Abs(float64(d.Score)/10_000-want) > .01 {
				t.Errorf("no rest at all: %+v, want %f", d, want)
			}
		}
	}
}

func TestInseparable(t *testing.T) {
	c := &Calibration{Dossiers: []DossierEffect{{ID: "a", Score: 90, Low: 85, High: 95}, {ID: "b", Score: 80, Low: 70, High: 90}, {ID: "c", Score: 70, Low: 60, High: 80}, {ID: "d", Score: 60, Low: 58, High: 62}}}
	for n, want := range [][]string{nil, {"a", "b"}, {"b", "c"}, {"c"}, nil} {
		if got := c.Inseparable(n); !slices.Equal(got, want) {
			t.Errorf("after %d: %v, want %v", n, got, want)
		}
	}
	c.SD = Spread{3 * Point, 4 * Point, 12 * Point}
	if one, mean := c.Reliability(4); math.Abs(one-9.0/169) > 1e-12 || math.Abs(mean-9.0/49) > 1e-12 {
		t.Errorf("%f %f", one, mean)
	}
}

func table(rows ...[]float64) (marks []Mark) {
	for i, row := range rows {
		for k, x := range row {
			marks = append(marks, Mark{string(rune('a' + i)), string(rune('A' + k)), Points(x * 10_000)})
		}
	}
	return marks
}

// The table of Shrout and Fleiss 1979; the coefficients to four digits are those of R's
// psych 2.2.9, W is that of R's friedman.test.
func TestAgree(t *testing.T) {
	sf := table([]float64{9, 2, 5, 8}, []float64{6, 1, 3, 2}, []float64{8, 4, 6, 8}, []float64{7, 1, 2, 6}, []float64{10, 5, 6, 9}, []float64{6, 2, 4, 7})
	a := Agree(sf, 3*Point)
	want := Panel{6, 4, .1657, .2898, .7148, .6201, .9093, .8870}
	if a.Panel == nil || *a.Panel != want || a.Pairs != 36 || a.Within != round(20.0/36) {
		t.Errorf("%+v %+v", a, a.Panel)
	}
	ties := Agree(table([]float64{80, 85, 80}, []float64{80, 90, 70}, []float64{75, 85, 70}, []float64{90, 90, 95}, []float64{60, 60, 60}), 10*Point)
	if ties.Panel == nil || ties.Panel.W != .875 {
		t.Errorf("%+v", ties.Panel)
	}
	same := Agree(table([]float64{80, 80}, []float64{80, 80}), 0)
	if same.Panel != nil || same.Within != 1 {
		t.Errorf("%+v", same)
	}
	if holes := Agree(sf[1:], 10*Point); holes.Panel != nil || holes.Pairs != 33 {
		t.Errorf("%+v", holes)
	}
	if none := Agree(nil, 10*Point); none != (Agreement{}) {
		t.Errorf("%+v", none)
	}
}

func round(x float64) float64 { return math.Round(x*10_000) / 10_000 }

// many are marks of so many dossiers by so many reviewers, k each, of which every
// twentieth is bad.
func many(d, r, k int) (marks []Mark) {
	rnd := rand.New(rand.NewPCG(7, 7))
	strict := make([]float64, r)
	for i := range strict {
		strict[i] = 4 * rnd.NormFloat64()
	}
	for i := range d {
		truth := 75 + 6*rnd.NormFloat64()
		for _, p := range rnd.Perm(r)[:k] {
			y := truth + strict[p] + 4*rnd.NormFloat64()
			if len(marks)%20 == 7 {
				y -= 25
			}
			marks = append(marks, Mark{fmt.Sprintf("d%04d", i), fmt.Sprintf("r%04d", p), Points(y * 10_000)})
		}
	}
	return marks
}

func BenchmarkCalibrate(b *testing.B) {
	for _, c := range []struct{ d, r, k int }{{40, 200, 7}, {60, 30, 5}, {200, 60, 5}, {1000, 500, 5}} {
		for _, robust := range []bool{false, true} {
			b.Run(fmt.Sprintf("%dx%d/robust=%v", c.d, c.r, robust), func(b *testing.B) {
				marks := many(c.d, c.r, c.k)
				for b.Loop() {
					if _, err := Calibrate(marks, robust); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
