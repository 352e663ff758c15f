package score

import (
	"math"
	"slices"
)

// The two sides of a model.
const (
	dossiers  = 0
	reviewers = 1
)

// A model is the mixed model in the form of Henderson's equations. Its random effects are
// written u = √tau · v with v of the variance of the rest, as lme4 does, so that a
// variance of nought is nothing special.
//
// The side with more ids (long) has a diagonal block and is eliminated; what is left is a
// dense system of the shorter side and the mean. 1,000 dossiers and 500 experts cost a
// Cholesky of 501 rows, not of 1,501.
type model struct {
	ids   [2][]string
	count [2][]int
	at    [2][]int // per mark: index of its dossier and reviewer
	y     []float64
	base  float64 // taken off every mark
	w     []float64
	long  int
	tau   [2]float64
	byAt  [][]int       // marks of each id of the long side
	hess  [2][2]float64 // inverse Hessian of the deviance by log tau, as far as the search knows it
	free  float64       // degrees of freedom of the rest; 0 is normal
}

// newModel indexes marks, which are in order; nil if the additive model leaves no degree
// of freedom, or there is one dossier or one reviewer.
func newModel(marks []Mark) *model {
	m := &model{tau: [2]float64{1, 1}}
	for _, o := range marks {
		m.ids[dossiers] = append(m.ids[dossiers], o.Dossier)
		m.ids[reviewers] = append(m.ids[reviewers], o.Reviewer)
		m.base += float64(o.Score)
	}
	m.base /= float64(max(1, len(marks))) * float64(Point)
	for side := range 2 {
		slices.Sort(m.ids[side])
		m.ids[side] = slices.Compact(m.ids[side])
		m.count[side] = make([]int, len(m.ids[side]))
	}
	for _, o := range marks {
		for side, id := range [2]string{o.Dossier, o.Reviewer} {
			i, _ := slices.BinarySearch(m.ids[side], id)
			m.at[side] = append(m.at[side], i)
			m.count[side][i]++
		}
		m.y = append(m.y, float64(o.Score)/float64(Point)-m.base)
		m.w = append(m.w, 1)
	}
	q := [2]int{len(m.ids[0]), len(m.ids[1])}
	if q[0] < 2 || q[1] < 2 || len(marks)-(q[0]+q[1]-m.parts()) < 1 {
		return nil
	}
	if q[reviewers] > q[dossiers] {
		m.long = reviewers
	}
	m.byAt = make([][]int, q[m.long])
	for i, l := range m.at[m.long] {
		m.byAt[l] = append(m.byAt[l], i)
	}
	return m
}

// parts is into how many groups, which share no reviewer, the dossiers fall.
func (m *model) parts() int {
	d := len(m.ids[dossiers])
	root := make([]int, d+len(m.ids[reviewers]))
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	n := len(root)
	for i := range m.y {
		if a, b := find(m.at[dossiers][i]), find(d+m.at[reviewers][i]); a != b {
			root[a] = b
			n--
		}
	}
	return n
}

// A solution of the equations at given tau and weights.
type solution struct {
	mean   float64
	v      [2][]float64 // spherical effects, by side
	sigma2 float64
	dev    float64    // REML deviance, but for a constant
	grad   [2]float64 // of dev by log tau, if asked for
	diag   []float64  // diagonal of the eliminated block
	cross  [][]entry  // its rows of the reduced system
	inv    [][]float64
}

// An entry of a sparse row.
type entry struct {
	at int
	x  float64
}

// A system is what is left of the equations when the long side is eliminated.
type system struct {
	a    [][]float64 // lower triangle; the mean is the last row
	f    []float64
	g    []float64 // right side of the eliminated rows
	diag []float64 // their diagonal
	rows [][]entry // and what they have in the reduced system
}

// reduce sets up the equations and eliminates the long side.
func (m *model) reduce() *system {
	short := 1 - m.long
	r, n := len(m.ids[short]), len(m.ids[m.long])
	tl, ts := math.Sqrt(m.tau[m.long]), math.Sqrt(m.tau[short])
	y := &system{a: make([][]float64, r+1), f: make([]float64, r+1), g: make([]float64, n), diag: make([]float64, n), rows: make([][]entry, n)}
	for i := range y.a {
		y.a[i] = make([]float64, i+1)
		if i < r {
			y.a[i][i] = 1
		}
	}
	for l, marks := range m.byAt {
		row := make([]entry, 0, len(marks)+1)
		sum := 0.0
		for _, i := range marks {
			w, at := m.w[i], m.at[short][i]
			sum += w
			y.g[l] += tl * w * m.y[i]
			y.f[at] += ts * w * m.y[i]
			y.f[r] += w * m.y[i]
			y.a[at][at] += ts * ts * w
			y.a[r][at] += ts * w
			if k := len(row); k > 0 && row[k-1].at == at {
				row[k-1].x += tl * ts * w
			} else {
				row = append(row, entry{at, tl * ts * w})
			}
		}
		y.a[r][r] += sum
		y.diag[l] = tl*tl*sum + 1
		y.rows[l] = append(row, entry{r, tl * sum})
	}
	for l, row := range y.rows {
		for k, e := range row {
			c := e.x / y.diag[l]
			y.f[e.at] -= c * y.g[l]
			for _, e2 := range row[:k+1] {
				y.a[max(e.at, e2.at)][min(e.at, e2.at)] -= c * e2.x
			}
		}
	}
	return y
}

// solve solves the equations; with the inverse of the reduced system, which gradients and
// variances need, if asked for.
func (m *model) solve(inverse bool) *solution {
	y := m.reduce()
	s := &solution{diag: y.diag, cross: y.rows}
	for _, d := range y.diag {
		s.dev += math.Log(d)
	}
	s.dev += cholesky(y.a)
	x := substitute(y.a, y.f)
	r := len(x) - 1
	s.mean = x[r]
	s.v[1-m.long] = x[:r]
	s.v[m.long] = y.g
	for l, row := range y.rows {
		for _, e := range row {
			y.g[l] -= e.x * x[e.at]
		}
		y.g[l] /= y.diag[l]
	}
	penalty := 0.0
	for side := range 2 {
		penalty += dot(s.v[side], s.v[side])
	}
	for i, e := range m.rest(s) {
		penalty += m.w[i] * e * e
	}
	df := float64(len(m.y) - 1)
	s.sigma2 = penalty / df
	s.dev += df * math.Log(max(penalty, math.SmallestNonzeroFloat64))
	if inverse {
		s.inv = invert(y.a)
		m.gradient(s)
	}
	return s
}

// gradient of the deviance by log tau: number of effects less the trace of the inverse,
// less their squares over the variance of the rest.
func (m *model) gradient(s *solution) {
	r := len(s.inv) - 1
	trace := [2]float64{}
	for i := range r {
		trace[1-m.long] += s.inv[i][i]
	}
	for l := range s.diag {
		trace[m.long] += m.longVariance(s, l)
	}
	for side := range 2 {
		s.grad[side] = float64(len(m.ids[side])) - trace[side] - dot(s.v[side], s.v[side])/max(s.sigma2, math.SmallestNonzeroFloat64)
	}
}

// longVariance is the diagonal of the inverse at an eliminated effect.
func (m *model) longVariance(s *solution, l int) float64 {
	sum := 0.0
	for n, e := range s.cross[l] {
		for k, e2 := range s.cross[l][:n+1] {
			x := e.x * e2.x * s.inv[max(e.at, e2.at)][min(e.at, e2.at)]
			if k < n {
				x *= 2
			}
			sum += x
		}
	}
	return 1/s.diag[l] + sum/(s.diag[l]*s.diag[l])
}

// variance of an effect's error given the mean, in units of the variance of the rest. How
// far the mean itself is off moves all alike and parts no dossier from another, so it is
// left out, as lme4 does in its conditional variances.
func (m *model) variance(s *solution, side, i int) float64 {
	r := len(s.inv) - 1
	var own, with float64
	if side == m.long {
		own = m.longVariance(s, i)
		for _, e := range s.cross[i] {
			with -= e.x * s.inv[r][e.at]
		}
		with /= s.diag[i]
	} else {
		own, with = s.inv[i][i], s.inv[r][i]
	}
	return m.tau[side] * max(0, own-with*with/s.inv[r][r])
}

// effects in points, by side.
func (m *model) effects(s *solution, side int) []float64 {
	out := slices.Clone(s.v[side])
	for i := range out {
		out[i] *= math.Sqrt(m.tau[side])
	}
	return out
}

// rest is what the model leaves of each mark.
func (m *model) rest(s *solution) []float64 {
	d, r := math.Sqrt(m.tau[dossiers]), math.Sqrt(m.tau[reviewers])
	out := make([]float64, len(m.y))
	for i, y := range m.y {
		out[i] = y - s.mean - d*s.v[dossiers][m.at[dossiers][i]] - r*s.v[reviewers][m.at[reviewers][i]]
	}
	return out
}

// Where log tau is kept: beyond them one variance is nothing beside the other.
const leastLog, mostLog = -20, 14

// fit finds the tau of the least deviance, by BFGS in log tau from where it stands, until
// the gradient is below exact.
func (m *model) fit(exact float64) {
	x := [2]float64{math.Log(m.tau[0]), math.Log(m.tau[1])}
	s := m.solve(true)
	if m.hess == ([2][2]float64{}) {
		for i := range 2 {
			m.hess[i][i] = 2 / float64(len(m.ids[i]))
		}
	}
	for range 100 {
		// A variance at its bound that wants to go beyond stays there.
		free := [2]bool{}
		steep := 0.0
		for i := range 2 {
			free[i] = !(x[i] <= leastLog && s.grad[i] > 0 || x[i] >= mostLog && s.grad[i] < 0)
			if free[i] {
				steep = max(steep, math.Abs(s.grad[i]))
			}
		}
		if steep < exact {
			break
		}
		to, ok := m.descend(x, s, free)
		if !ok {
			break
		}
		was, old := x, s
		x, s = to.x, to.s
		m.hess = update(m.hess, [2]float64{x[0] - was[0], x[1] - was[1]}, [2]float64{s.grad[0] - old.grad[0], s.grad[1] - old.grad[1]})
	}
	for i := range 2 {
		if x[i] < leastLog/2 { // e^-10 of the rest's variance and falling: it is nought
			m.tau[i] = 0
		} else {
			m.tau[i] = math.Exp(x[i])
		}
	}
}

// A place is a tau and what it gives.
type place struct {
	x [2]float64
	s *solution
}

// descend takes the step of the quasi-Newton direction, shortened until the deviance
// falls; not ok when it does not.
func (m *model) descend(x [2]float64, s *solution, free [2]bool) (place, bool) {
	var d [2]float64
	for i := range 2 {
		for k := range 2 {
			if free[i] && free[k] {
				d[i] -= m.hess[i][k] * s.grad[k]
			}
		}
	}
	if d[0]*s.grad[0]+d[1]*s.grad[1] >= 0 {
		for i := range 2 {
			if d[i] = 0; free[i] {
				d[i] = -s.grad[i]
			}
		}
	}
	if longest := max(math.Abs(d[0]), math.Abs(d[1])); longest > 3 {
		d[0], d[1] = d[0]*3/longest, d[1]*3/longest
	}
	for range 30 {
		to := x
		for i := range 2 {
			to[i] = min(max(x[i]+d[i], leastLog), mostLog)
			m.tau[i] = math.Exp(to[i])
		}
		t := m.solve(true)
		slope := (to[0]-x[0])*s.grad[0] + (to[1]-x[1])*s.grad[1]
		if t.dev <= s.dev+1e-4*slope+1e-12*math.Abs(s.dev) {
			return place{to, t}, true
		}
		d[0], d[1] = d[0]/2, d[1]/2
	}
	return place{}, false
}

// update is the BFGS update of the inverse Hessian by a step and the change of the
// gradient.
func update(h [2][2]float64, p, q [2]float64) [2][2]float64 {
	pq := p[0]*q[0] + p[1]*q[1]
	if pq <= 1e-12 {
		return h
	}
	hq := [2]float64{h[0][0]*q[0] + h[0][1]*q[1], h[1][0]*q[0] + h[1][1]*q[1]}
	c := (1 + (q[0]*hq[0]+q[1]*hq[1])/pq) / pq
	for i := range 2 {
		for k := range 2 {
			h[i][k] += c*p[i]*p[k] - (hq[i]*p[k]+p[i]*hq[k])/pq
		}
	}
	return h
}

// The degrees of freedom that are tried for the rest, from far tails to none: a normal
// rest is the last.
var freedoms = []float64{2, 3, 4, 6, 10, 20, 1e6}

// fitRobust weighs marks and fits again until both stand still: the EM algorithm for a
// rest with a t distribution, whose degrees of freedom are those by which the rests are
// likeliest. Marks without slips so weigh all the same, and lose nothing.
func (m *model) fitRobust() {
	for n := range 20 {
		was := m.tau
		for range 10 { // weights first: they need no inverse
			if m.weigh(n < 5) < 1e-3 {
				break
			}
		}
		for i := range 2 {
			m.tau[i] = max(m.tau[i], math.Exp(leastLog))
		}
		m.fit(1e-4)
		if moved := max(relative(was[0], m.tau[0]), relative(was[1], m.tau[1])); moved < 1e-4 {
			return
		}
	}
}

// relative is how far b lies from a; below e^-10 all is nought.
func relative(a, b float64) float64 {
	return math.Abs(a-b) / max(a, b, math.Exp(leastLog/2))
}

// weigh sets the weights by the rests and says by how much they moved. The degrees of
// freedom are settled after a while, lest two take turns.
func (m *model) weigh(free bool) (moved float64) {
	s := m.solve(false)
	rest := m.rest(s)
	if free {
		m.free = likeliest(rest, s.sigma2)
	}
	for i, e := range rest {
		w := 1.0
		if s.sigma2 > 0 {
			w = (m.free + 1) / (m.free + e*e/s.sigma2)
		}
		moved = max(moved, math.Abs(w-m.w[i]))
		m.w[i] = w
	}
	return moved
}

// likeliest are the degrees of freedom by which rests of a scale are likeliest.
func likeliest(rest []float64, sigma2 float64) float64 {
	best, at := math.Inf(-1), freedoms[len(freedoms)-1]
	if sigma2 <= 0 {
		return at
	}
	for _, f := range freedoms {
		a, _ := math.Lgamma((f + 1) / 2)
		b, _ := math.Lgamma(f / 2)
		sum := float64(len(rest)) * (a - b - math.Log(f)/2)
		for _, e := range rest {
			sum -= (f + 1) / 2 * math.Log1p(e*e/(sigma2*f))
		}
		if sum > best {
			best, at = sum, f
		}
	}
	return at
}
