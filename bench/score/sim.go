package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"shenbao/score"
)

// A design is who marks what, and what is wrong with the marks.
type design struct {
	name   string
	panels int     // 1: everybody marks everything; 0: overlapping; else dossiers fall to so many panels
	shared int     // dossiers that all panels mark
	strict float64 // sd of strictness, in points
	bad    float64 // share of marks that are shifted by -25 or +18
}

// designs are those of the table in BENCHMARKS.md.
var designs = []design{
	{"one panel scores all", 1, 0, 4, 0},
	{"one panel, 5 % bad", 1, 0, 4, .05},
	{"overlapping reviewers", 0, 0, 4, 0},
	{"overlapping, 5 % bad", 0, 0, 4, .05},
	{"overlapping, no strictness", 0, 0, 0, 0},
	{"separate panels", 4, 0, 4, 0},
	{"separate panels, no strictness", 4, 0, 0, 0},
	{"separate panels, 2 shared, 5 % bad", 4, 2, 4, .05},
}

const (
	dossiers = 60
	perEach  = 5  // marks per dossier
	pool     = 30 // reviewers, where they overlap
	top      = dossiers / 3
	truthSD  = 6.0
	scaleSD  = .2
	noiseSD  = 4.0
	center   = 75.0
)

// A round is one simulated review, with what is true of it.
type round struct {
	marks []score.Mark
	truth []float64 // by dossier
	bad   []bool    // by mark
}

func id(prefix string, n int) string { return prefix + strconv.Itoa(1000 + n)[1:] }

// simulate makes a round; the same seed makes the same round.
func simulate(d design, seed uint64) round {
	rnd := rand.New(rand.NewPCG(seed, 2017))
	r := round{}
	for range dossiers {
		r.truth = append(r.truth, center+truthSD*rnd.NormFloat64())
	}
	people := map[int][2]float64{} // strictness and scale
	for i := range max(pool, perEach*max(1, d.panels)) {
		people[i] = [2]float64{d.strict * rnd.NormFloat64(), 1 + scaleSD*rnd.NormFloat64()}
	}
	for i, who := range assigned(d, rnd) {
		for _, p := range who {
			y := center + people[p][1]*(r.truth[i]-center) + people[p][0] + noiseSD*rnd.NormFloat64()
			bad := rnd.Float64() < d.bad
			if shift := rnd.IntN(2); bad {
				y += []float64{-25, 18}[shift]
			}
			y = math.Round(min(max(y, 0), 100)*10) / 10
			r.marks = append(r.marks, score.Mark{Dossier: id("d", i), Reviewer: id("r", p), Score: score.Points(math.Round(y * 10_000))})
			r.bad = append(r.bad, bad)
		}
	}
	return r
}

// assigned are the reviewers of each dossier.
func assigned(d design, rnd *rand.Rand) (out [][]int) {
	load := make([]int, pool)
	for i := range dossiers {
		var who []int
		switch {
		case d.panels > 0:
			for p := range perEach {
				who = append(who, i%d.panels*perEach+p)
			}
			if i < d.shared {
				who = nil
				for p := range d.panels * perEach {
					who = append(who, p)
				}
			}
		default: // those with the least load, at random among equals
			order := rnd.Perm(pool)
			slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(load[a], load[b]) })
			who = order[:perEach]
			for _, p := range who {
				load[p]++
			}
		}
		out = append(out, who)
	}
	return out
}

// byDossier groups the marks of a round.
func byDossier(r round) [][]float64 {
	out := make([][]float64, len(r.truth))
	for _, m := range r.marks {
		n, _ := strconv.Atoi(m.Dossier[1:])
		out[n] = append(out[n], float64(m.Score))
	}
	return out
}

func meanOf(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

// A method gives each dossier a value.
type method struct {
	name string
	of   func(round) []float64
}

var methods = []method{
	{"mean", plain},
	{"trimmed", trimmed},
	{"z-score", zScore},
	{"mixed", func(r round) []float64 { return calibrated(r, false) }},
	{"robust", func(r round) []float64 { return calibrated(r, true) }},
}

func plain(r round) (out []float64) {
	for _, ys := range byDossier(r) {
		out = append(out, meanOf(ys))
	}
	return out
}

func trimmed(r round) (out []float64) {
	for _, ys := range byDossier(r) {
		slices.Sort(ys)
		if len(ys) >= 3 {
			ys = ys[1 : len(ys)-1]
		}
		out = append(out, meanOf(ys))
	}
	return out
}

// zScore takes each reviewer's marks by their own mean and standard deviation.
func zScore(r round) []float64 {
	own := map[string][]float64{}
	for _, m := range r.marks {
		own[m.Reviewer] = append(own[m.Reviewer], float64(m.Score))
	}
	out := make([]float64, len(r.truth))
	n := make([]float64, len(r.truth))
	for _, m := range r.marks {
		mean, sd := meanOf(own[m.Reviewer]), deviation(own[m.Reviewer])
		i, _ := strconv.Atoi(m.Dossier[1:])
		n[i]++
		if sd > 0 {
			out[i] += (float64(m.Score) - mean) / sd
		}
	}
	for i := range out {
		out[i] /= max(1, n[i])
	}
	return out
}

func deviation(xs []float64) float64 {
	mean, sum := meanOf(xs), 0.0
	for _, x := range xs {
		sum += (x - mean) * (x - mean)
	}
	return math.Sqrt(sum / max(1, float64(len(xs)-1)))
}

func calibrated(r round, robust bool) []float64 {
	c, err := score.Calibrate(r.marks, robust)
	if err != nil {
		panic(err)
	}
	out := make([]float64, len(r.truth))
	for i, d := range c.Dossiers {
		out[i] = float64(d.Score)
	}
	return out
}

// found is the share of the n truly best that are among the n best by value.
func found(truth, value []float64, n int) float64 {
	of := order(truth)[:n]
	hits := 0
	for _, i := range order(value)[:n] {
		if slices.Contains(of, i) {
			hits++
		}
	}
	return float64(hits) / float64(n)
}

// quality is the mean share found by each method in so many rounds.
func quality(d design, runs int) []float64 {
	out := make([]float64, len(methods))
	for seed := range runs {
		r := simulate(d, uint64(seed))
		for i, m := range methods {
			out[i] += found(r.truth, m.of(r), top) / float64(runs)
		}
	}
	return out
}

// covered is the share of dossiers whose interval holds the truth. Both are taken from
// their means: how lenient the reviewers are as a whole is no matter of the intervals.
func covered(d design, robust bool, runs int) float64 {
	in, n := 0, 0
	for seed := range runs {
		r := simulate(d, uint64(seed))
		c, err := score.Calibrate(r.marks, robust)
		if err != nil {
			panic(err)
		}
		off := meanOf(plainScores(c)) - meanOf(r.truth)
		for i, e := range c.Dossiers {
			n++
			if t := (r.truth[i] + off) * 10_000; float64(e.Low) <= t && t <= float64(e.High) {
				in++
			}
		}
	}
	return float64(in) / float64(n)
}

func plainScores(c *score.Calibration) (out []float64) {
	for _, e := range c.Dossiers {
		out = append(out, float64(e.Score)/10_000)
	}
	return out
}

// outliers is how well bad marks are told from good ones: the area under the curve, and
// the precision at a recall of 0.7, by the distance from the dossier's mean and by the
// robust residual.
func outliers(d design, runs int) (usual, ours [2]float64) {
	var bad []bool
	var far, sigmas []float64
	for seed := range runs {
		r := simulate(d, uint64(seed))
		c, err := score.Calibrate(r.marks, true)
		if err != nil {
			panic(err)
		}
		at := map[[2]string]float64{}
		for _, e := range c.Residuals {
			at[[2]string{e.Dossier, e.Reviewer}] = math.Abs(float64(e.Sigmas))
		}
		means := plain(r)
		for _, m := range r.marks {
			n, _ := strconv.Atoi(m.Dossier[1:])
			far = append(far, math.Abs(float64(m.Score)-means[n]))
			sigmas = append(sigmas, at[[2]string{m.Dossier, m.Reviewer}])
		}
		bad = append(bad, r.bad...)
	}
	return curve(bad, far), curve(bad, sigmas)
}

// curve is the area under the ROC curve and the precision at a recall of 0.7.
func curve(bad []bool, x []float64) [2]float64 {
	hits, misses, area, precision := 0, 0, 0.0, 0.0
	all := 0
	for _, b := range bad {
		if b {
			all++
		}
	}
	for _, i := range order(x) {
		if bad[i] {
			hits++
			if precision == 0 && float64(hits) >= .7*float64(all) {
				precision = float64(hits) / float64(hits+misses)
			}
		} else {
			misses++
			area += float64(hits)
		}
	}
	return [2]float64{area / (float64(all) * float64(misses)), precision}
}

// flagged is the share of dossiers called inseparable from the cut after the top third, and
// the share of wrong decisions that are among them.
func flagged(d design, runs int) (all, wrong float64) {
	n, f, errors, caught := 0, 0, 0, 0
	for seed := range runs {
		r := simulate(d, uint64(seed))
		c, err := score.Calibrate(r.marks, true)
		if err != nil {
			panic(err)
		}
		odd := c.Inseparable(top)
		truly, called := order(r.truth), order(plainScores(c))
		for i := range r.truth {
			is := slices.Contains(odd, id("d", i))
			n++
			if is {
				f++
			}
			if slices.Contains(truly[:top], i) != slices.Contains(called[:top], i) {
				errors++
				if is {
					caught++
				}
			}
		}
	}
	return float64(f) / float64(n), float64(caught) / float64(errors)
}

func order(xs []float64) []int {
	out := make([]int, len(xs))
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(xs[b], xs[a]) })
	return out
}
