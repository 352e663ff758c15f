package score

import (
	"cmp"
	"math"
	"slices"
)

// An Agreement is how far experts agree. Shares and coefficients are from 0 to 1 (an ICC
// may be negative), to four decimals.
type Agreement struct {
	Pairs  int     `json:"pairs"`           // pairs of marks of one dossier
	Within float64 `json:"within"`          // share of them that lie within the given points
	Panel  *Panel  `json:"panel,omitempty"` // where every expert marked every dossier, and not all alike
}

// A Panel is the agreement of experts who all marked the same dossiers: intraclass
// correlations by Shrout and Fleiss 1979 and Kendall's W, corrected for ties.
type Panel struct {
	Dossiers  int     `json:"dossiers"`
	Reviewers int     `json:"reviewers"`
	ICC11     float64 `json:"icc11"` // one mark, each dossier by experts of its own
	ICC21     float64 `json:"icc21"` // one mark, experts drawn from many: strictness counts as disagreement
	ICC31     float64 `json:"icc31"` // one mark, these experts only: strictness does not count
	ICC2k     float64 `json:"icc2k"` // the mean of the panel, experts drawn from many
	ICC3k     float64 `json:"icc3k"` // the mean of the panel, these experts only
	W         float64 `json:"w"`     // whether they order the dossiers alike
}

// Agree measures agreement; within is by how much two marks of one dossier may differ and
// count as near (10 points are usual).
func Agree(marks []Mark, within Points) Agreement {
	ms := slices.Clone(marks)
	slices.SortFunc(ms, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(a.Dossier, b.Dossier), cmp.Compare(a.Reviewer, b.Reviewer), cmp.Compare(a.Score, b.Score))
	})
	var out Agreement
	near := 0
	var rows [][]float64
	full := true
	var first []string // the reviewers of the first dossier
	for i := 0; i < len(ms); {
		var row []float64
		var who []string
		j := i
		for ; j < len(ms) && ms[j].Dossier == ms[i].Dossier; j++ {
			for _, m := range ms[i:j] {
				out.Pairs++
				if d := m.Score - ms[j].Score; -within <= d && d <= within {
					near++
				}
			}
			row = append(row, float64(ms[j].Score)/float64(Point))
			who = append(who, ms[j].Reviewer)
		}
		if i == 0 {
			first = who
		}
		full = full && slices.Equal(who, first)
		rows = append(rows, row)
		i = j
	}
	if out.Pairs > 0 {
		out.Within = round4(float64(near) / float64(out.Pairs))
	}
	if full && len(rows) > 1 && len(first) > 1 {
		out.Panel = panelOf(rows)
	}
	return out
}

// panelOf analyses the variance of a table with a row per dossier; nil when all marks are
// equal, since then there is nothing to agree on.
func panelOf(rows [][]float64) *Panel {
	n, k := float64(len(rows)), float64(len(rows[0]))
	columns := make([]float64, len(rows[0]))
	all := 0.0
	for _, row := range rows {
		for j, x := range row {
			columns[j] += x / n
			all += x / (n * k)
		}
	}
	var between, within, judges float64 // sums of squares
	for _, row := range rows {
		mean := 0.0
		for _, x := range row {
			mean += x / k
		}
		between += k * (mean - all) * (mean - all)
		for _, x := range row {
			within += (x - mean) * (x - mean)
		}
	}
	for _, c := range columns {
		judges += n * (c - all) * (c - all)
	}
	if between+within < 1e-9 {
		return nil
	}
	b, w, j := between/(n-1), within/(n*(k-1)), judges/(k-1)
	e := max(0, within-judges) / ((n - 1) * (k - 1))
	return &Panel{Dossiers: len(rows), Reviewers: len(columns),
		ICC11: ratio(b-w, b+(k-1)*w),
		ICC21: ratio(b-e, b+(k-1)*e+k*(j-e)/n),
		ICC31: ratio(b-e, b+(k-1)*e),
		ICC2k: ratio(b-e, b+(j-e)/n),
		ICC3k: ratio(b-e, b),
		W:     round4(kendall(rows))}
}

// kendall is Kendall's W of the columns, ties given their middle rank.
func kendall(rows [][]float64) float64 {
	n, m := len(rows), len(rows[0])
	sums := make([]float64, n)
	ties := 0.0
	for j := range m {
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(rows[a][j], rows[b][j]) })
		for i := 0; i < n; {
			to := i
			for to < n && rows[order[to]][j] == rows[order[i]][j] {
				to++
			}
			t := float64(to - i)
			ties += t*t*t - t
			for _, at := range order[i:to] {
				sums[at] += float64(i+1+to) / 2
			}
			i = to
		}
	}
	mean, s := float64(m)*float64(n+1)/2, 0.0
	for _, x := range sums {
		s += (x - mean) * (x - mean)
	}
	N, M := float64(n), float64(m)
	if below := M*M*(N*N*N-N) - M*ties; below > 0 {
		return 12 * s / below
	}
	return 0
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return round4(a / b)
}

func round4(x float64) float64 { return math.Round(x*10_000) / 10_000 }
