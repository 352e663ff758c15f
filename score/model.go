package score

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// A Mark is one expert's total for one application.
type Mark struct {
	Dossier  string
	Reviewer string
	Score    Points
}

// ErrThin says that there are too few marks to tell dossiers from reviewers.
var ErrThin = errors.New("score: too few marks to tell dossiers from reviewers")

// A Calibration is what the mixed model
//
//	mark = mean + dossier + reviewer + rest
//
// makes of marks: dossiers and reviewers are random effects, their variances estimated by
// REML, as lme4 does it. Dossiers with few marks and reviewers with few dossiers are drawn
// to the mean by as much as the data say, which is why this loses little where z-scores
// and fixed effects do harm. It is advisory (参考) and never the official score.
type Calibration struct {
	Robust    bool              `json:"robust,omitempty"` // far marks weigh less
	Mean      Points            `json:"mean"`
	SD        Spread            `json:"sd"`
	Dossiers  []DossierEffect   `json:"dossiers"`  // by id
	Reviewers []ReviewerEffect  `json:"reviewers"` // by id
	Residuals []ResidualOfAMark `json:"residuals"` // by dossier and reviewer
}

// Spread are standard deviations: of dossiers, of reviewers' strictness, of the rest.
type Spread struct {
	Dossier  Points `json:"dossier"`
	Reviewer Points `json:"reviewer"`
	Rest     Points `json:"rest"`
}

// A DossierEffect is the calibrated score of a dossier and its 95 % interval. It may lie
// beyond 0 or 100: it is an estimate, not a mark.
type DossierEffect struct {
	ID    string `json:"id"`
	Marks int    `json:"marks"`
	Score Points `json:"score"`
	Low   Points `json:"low"`
	High  Points `json:"high"`
}

// A ReviewerEffect is how much more (less: strict) than the mean a reviewer gives, with
// its 95 % interval.
type ReviewerEffect struct {
	ID    string `json:"id"`
	Marks int    `json:"marks"`
	Shift Points `json:"shift"`
	Low   Points `json:"low"`
	High  Points `json:"high"`
}

// A ResidualOfAMark is how far a mark lies from what the others say of the dossier and of
// the reviewer, in points and in standard deviations, in 1/10,000.
type ResidualOfAMark struct {
	Dossier  string `json:"dossier"`
	Reviewer string `json:"reviewer"`
	Rest     Points `json:"rest"`
	Sigmas   Points `json:"sigmas"`
	Odd      bool   `json:"odd,omitempty"` // beyond OddSigmas either way
}

// OddSigmas is from where on a mark is called an outlier, in standard deviations.
const OddSigmas = 3

// Calibrate fits the mixed model. robust weighs marks by how far they lie, as if their
// rest had Student's t distribution with four degrees of freedom, so that a slip or a
// favour moves little. The order of marks does not matter. The error is ErrThin.
func Calibrate(marks []Mark, robust bool) (*Calibration, error) {
	marks = slices.Clone(marks)
	slices.SortFunc(marks, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(a.Dossier, b.Dossier), cmp.Compare(a.Reviewer, b.Reviewer), cmp.Compare(a.Score, b.Score))
	})
	m := newModel(marks)
	if m == nil {
		return nil, ErrThin
	}
	m.fit(1e-6)
	if robust {
		m.fitRobust()
	}
	return m.calibration(marks, robust), nil
}

// Inseparable are the dossiers that the marks can't place on either side of a cut after
// the best n by calibrated score: those whose interval holds the middle between the last
// above and the first below. It is nil when the cut parts nothing.
func (c *Calibration) Inseparable(n int) []string {
	if n < 1 || n >= len(c.Dossiers) {
		return nil
	}
	ds := slices.Clone(c.Dossiers)
	slices.SortStableFunc(ds, func(a, b DossierEffect) int { return cmp.Compare(b.Score, a.Score) })
	cut := (ds[n-1].Score + ds[n].Score) / 2
	var out []string
	for _, d := range ds {
		if d.Low <= cut && cut <= d.High {
			out = append(out, d.ID)
		}
	}
	return out
}

// Reliability is the share of the variance of one mark, and of the mean of k marks, that
// is the dossiers': ICC(2,1) and ICC(2,k) where not everybody marks everything. From 0 to 1.
func (c *Calibration) Reliability(k int) (one, mean float64) {
	d, r, e := square(c.SD.Dossier), square(c.SD.Reviewer), square(c.SD.Rest)
	if d == 0 || k < 1 {
		return 0, 0
	}
	return d / (d + r + e), d / (d + (r+e)/float64(k))
}

func square(p Points) float64 { return float64(p) * float64(p) }

// toPoints rounds at the border.
func toPoints(x float64) Points { return Points(math.Round(x * float64(Point))) }

func (m *model) calibration(marks []Mark, robust bool) *Calibration {
	s := m.solve(true)
	sigma := math.Sqrt(s.sigma2)
	c := &Calibration{Robust: robust, Mean: toPoints(s.mean + m.base)}
	c.SD = Spread{toPoints(sigma * math.Sqrt(m.tau[dossiers])), toPoints(sigma * math.Sqrt(m.tau[reviewers])), toPoints(sigma)}
	rest := m.rest(s)
	if m.free > 0 { // a mark of a t distribution says less than its weight
		for i := range m.w {
			m.w[i] *= (m.free + 1) / (m.free + 3)
		}
		v := m.solve(true)
		s.diag, s.cross, s.inv = v.diag, v.cross, v.inv
	}
	for i, u := range m.effects(s, dossiers) {
		half := normal95 * sigma * math.Sqrt(m.variance(s, dossiers, i))
		at := u + s.mean + m.base
		c.Dossiers = append(c.Dossiers, DossierEffect{m.ids[dossiers][i], m.count[dossiers][i], toPoints(at), toPoints(at - half), toPoints(at + half)})
	}
	for i, u := range m.effects(s, reviewers) {
		half := normal95 * sigma * math.Sqrt(m.variance(s, reviewers, i))
		c.Reviewers = append(c.Reviewers, ReviewerEffect{m.ids[reviewers][i], m.count[reviewers][i], toPoints(u), toPoints(u - half), toPoints(u + half)})
	}
	for i, e := range rest {
		r := ResidualOfAMark{Dossier: marks[i].Dossier, Reviewer: marks[i].Reviewer, Rest: toPoints(e)}
		if sigma > 0 {
			r.Sigmas = toPoints(e / sigma)
		}
		r.Odd = r.Sigmas > OddSigmas*Point || r.Sigmas < -OddSigmas*Point
		c.Residuals = append(c.Residuals, r)
	}
	return c
}

// normal95 is the quantile of a 95 % interval.
const normal95 = 1.959963984540054
