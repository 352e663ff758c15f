package score

import (
	"math"
	"slices"
)

// dot is the scalar product of a and the beginning of b, in four sums that don't wait for
// one another.
func dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

// cholesky turns the lower triangle of a into its factor and returns the logarithm of its
// determinant.
func cholesky(a [][]float64) (logDet float64) {
	for i := range a {
		row := a[i]
		for j := range i {
			row[j] = (row[j] - dot(a[j][:j], row)) / a[j][j]
		}
		row[i] = math.Sqrt(max(row[i]-dot(row[:i], row), 1e-300))
		logDet += 2 * math.Log(row[i])
	}
	return logDet
}

// substitute solves L·L'·x = f.
func substitute(l [][]float64, f []float64) []float64 {
	x := slices.Clone(f)
	for i, row := range l {
		for k, y := range row[:i] {
			x[i] -= y * x[k]
		}
		x[i] /= row[i]
	}
	for i := len(l) - 1; i >= 0; i-- {
		x[i] /= l[i][i]
		for k, y := range l[i][:i] {
			x[k] -= y * x[i]
		}
	}
	return x
}

// invert is the lower triangle of the inverse of L·L'.
func invert(l [][]float64) [][]float64 {
	n := len(l)
	// The inverse of L, by columns: t[j][i-j] is its element i, j.
	t := make([][]float64, n)
	for j := range n {
		c := make([]float64, n-j)
		c[0] = 1 / l[j][j]
		for i := j + 1; i < n; i++ {
			c[i-j] = -dot(l[i][j:i], c) / l[i][i]
		}
		t[j] = c
	}
	out := make([][]float64, n)
	for i := range n {
		out[i] = make([]float64, i+1)
		for j := range i + 1 {
			// the columns i and j of the inverse, from row i down
			out[i][j] = dot(t[i], t[j][i-j:])
		}
	}
	return out
}
