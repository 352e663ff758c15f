package web

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"shenbao/internal/locale"
	"shenbao/score"
)

// Charts are inline SVG that needs no script and no style of its own: places across are
// percentages, so that a chart is as wide as its page while its words keep their size.
// Where a chart is a list of lines it is a table, with a drawing in each line; the others
// have their table folded up below them.
//
// id is unique on its page; title is a sentence or word as shown. In Go and in templ alike:
//
//	@scoreHistogram(v, "scores", v.T("…"), Histogram{Scores: …, Cut: &cut})

// chartPlot is the drawing of one line of a chart.
type chartPlot struct {
	Marks []chartMark
	Said  string // what it shows, in words, for who can't see it; "" when the other cells say it
}

// A chartMark is one shape in a line's drawing. X and W are per cent of its width.
type chartMark struct {
	Shape string // bar, dot, diamond, stick (the whole height), grid (out of the line), line (along the middle), words
	X, W  float64
	Class string
	Text  string // of words
}

// A chartLine is one line: a name, the drawing, cells of words after it.
type chartLine struct {
	Name, Href string
	Note       string // small, below the name
	Plot       chartPlot
	Cells      []string
	Class      string
}

// A chartKey explains one look.
type chartKey struct{ Shape, Class, Text string }

// A lineChart is a chart that is a table.
type lineChart struct {
	ID, Title, Desc string
	Name            string   // heading of the names
	Heads           []string // of the cells
	Axis            []chartMark
	Grid            []chartMark // in every line
	Keys            []chartKey
	Lines           []chartLine
}

// A span turns values into per cent of a drawing's width.
type span struct{ low, high float64 }

func (s span) at(p score.Points) float64 { return s.of(float64(p)) }

// of leaves 3 % at either end, so that a dot at the edge is a whole one.
func (s span) of(x float64) float64 {
	if s.high <= s.low {
		return 50
	}
	return 3 + 94*(min(max(x, s.low), s.high)-s.low)/(s.high-s.low)
}

// axis are about n round numbers of the span, with sign in front when signed.
func (s span) axis(n int, signed bool) (words, grid []chartMark) {
	step := nice((s.high - s.low) / float64(n))
	for k := math.Ceil(s.low/step - 1e-9); k*step <= s.high+1e-9*step; k++ {
		x := k * step
		p := score.Points(math.Round(x))
		text := strings.Replace(p.String(), "-", "−", 1)
		if signed && p > 0 {
			text = "+" + text
		}
		words = append(words, chartMark{Shape: "words", X: s.of(x), Text: text})
		class := "chart-grid"
		if signed && p == 0 {
			class = "chart-zero"
		}
		grid = append(grid, chartMark{Shape: "grid", X: s.of(x), Class: class})
	}
	return words, grid
}

// nice is the least of 1, 2, 5 × a power of ten that is not below x.
func nice(x float64) float64 {
	if x <= 0 {
		return 1
	}
	p := math.Pow(10, math.Floor(math.Log10(x)))
	for _, f := range []float64{1, 2, 5, 10} {
		if f*p >= x*(1-1e-9) {
			return f * p
		}
	}
	return 10 * p
}

// spanOf holds all values, out to whole points.
func spanOf(ps []score.Points) span {
	if len(ps) == 0 {
		return span{0, float64(score.Full)}
	}
	one := float64(score.Point)
	s := span{math.Floor(float64(slices.Min(ps))/one) * one, math.Ceil(float64(slices.Max(ps))/one) * one}
	if s.high-s.low < 4*one {
		s.low, s.high = s.low-2*one, s.high+2*one
	}
	return s
}

// signed is p with its sign: +1.25, −0.50, 0.00.
func signed(p score.Points) string {
	s := p.Format(2)
	if p > 0 && s != "0.00" {
		return "+" + s
	}
	return strings.Replace(s, "-", "−", 1)
}

func percent(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) + "%" }

// A Strict is how strict one reviewer is: Shift is how far above the mean the reviewer's
// marks lie, dossiers equal, and is negative for a strict one; Low and High bound it.
type Strict struct {
	Name, Href       string
	Marked           int // applications
	Shift, Low, High score.Points
}

// strictnessChart (b) is a dot with its interval for each reviewer, the strictest first.
// @strictnessChart(v, "strict", v.T("…"), []Strict{{Name: …, Marked: 12, Shift: c.Shift, Low: c.Low, High: c.High}})
func strictnessChart(v View, id, title string, all []Strict) templ.Component {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Strict) int { return cmp.Compare(a.Shift, b.Shift) })
	far, beyond := score.Point, 0
	for _, s := range all {
		far = max(far, s.High, -s.Low)
		if s.Low > 0 || s.High < 0 {
			beyond++
		}
	}
	sp := spanOf([]score.Points{-far, far})
	c := lineChart{ID: id, Title: title, Name: v.T("chart.reviewer"), Heads: []string{v.T("chart.shift"), v.T("chart.interval"), v.T("chart.marked")},
		Desc: v.T("chart.strict-desc", "n", strconv.Itoa(len(all)), "beyond", strconv.Itoa(beyond)),
		Keys: []chartKey{{"dot", "chart-main", v.T("chart.estimate")}, {"line", "chart-range", v.T("chart.interval")}}}
	c.Axis, c.Grid = sp.axis(4, true)
	for _, s := range all {
		l := chartLine{Name: s.Name, Href: s.Href, Cells: []string{signed(s.Shift), signed(s.Low) + " ~ " + signed(s.High), strconv.Itoa(s.Marked)}}
		class := "chart-quiet"
		if s.Low > 0 || s.High < 0 {
			class = "chart-main"
		}
		l.Plot.Marks = []chartMark{{Shape: "line", X: sp.at(s.Low), W: sp.at(s.High) - sp.at(s.Low), Class: "chart-range"}, {Shape: "dot", X: sp.at(s.Shift), Class: class}}
		c.Lines = append(c.Lines, l)
	}
	return linesChart(v, c)
}

// An Agreed is how far the experts of one application agree: their totals, which of them
// are far off (Odd, indexes of Totals), and the official score.
type Agreed struct {
	Name, Href string
	Official   score.Points
	Totals     []score.Points
	Odd        []int
}

// agreementChart (c) is a dot for each expert's total and a bar for the official score of
// each application, in the order given.
// @agreementChart(v, "agree", v.T("…"), []Agreed{{Name: …, Official: r.Score, Totals: …, Odd: []int{2}}})
func agreementChart(v View, id, title string, all []Agreed) templ.Component {
	var values []score.Points
	near, odd := 0, 0
	for _, a := range all {
		values = append(append(values, a.Totals...), a.Official)
		odd += len(a.Odd)
		if len(a.Totals) > 0 && slices.Max(a.Totals)-slices.Min(a.Totals) <= 10*score.Point {
			near++
		}
	}
	sp := spanOf(values)
	c := lineChart{ID: id, Title: title, Name: v.T("chart.application"), Heads: []string{v.T("chart.official"), v.T("chart.spread")},
		Desc: v.T("chart.agree-desc", "n", strconv.Itoa(len(all)), "near", strconv.Itoa(near), "odd", strconv.Itoa(odd)),
		Keys: []chartKey{{"dot", "chart-open", v.T("chart.one-expert")}, {"stick", "chart-main", v.T("chart.official")}, {"diamond", "chart-bad", v.T("chart.odd")}}}
	c.Axis, c.Grid = sp.axis(5, false)
	for _, a := range all {
		l := chartLine{Name: a.Name, Href: a.Href, Cells: []string{a.Official.Format(2), "–"}}
		said := ""
		if len(a.Totals) > 0 {
			low, high := slices.Min(a.Totals), slices.Max(a.Totals)
			l.Cells[1] = (high - low).Format(2)
			l.Plot.Marks = append(l.Plot.Marks, chartMark{Shape: "line", X: sp.at(low), W: sp.at(high) - sp.at(low), Class: "chart-thin"})
		}
		l.Plot.Marks = append(l.Plot.Marks, chartMark{Shape: "stick", X: sp.at(a.Official), Class: "chart-main"})
		for i, p := range a.Totals {
			m := chartMark{Shape: "dot", X: sp.at(p), Class: "chart-open"}
			said += " " + p.Format(2)
			if slices.Contains(a.Odd, i) {
				m.Shape, m.Class = "diamond", "chart-bad"
				said += v.T("chart.odd-after")
			}
			l.Plot.Marks = append(l.Plot.Marks, m)
		}
		l.Plot.Said = v.T("chart.totals", "scores", said)
		c.Lines = append(c.Lines, l)
	}
	return linesChart(v, c)
}

// A Progress is how far one application, or one expert, is in a round: of the scores that
// are due, so many are signed, begun, not begun (the rest), and so many of these are late.
type Progress struct {
	Name, Href               string
	Note                     string // "" none
	Due, Signed, Begun, Late int
}

// progressChart (e) is a bar for each line, in the order given; the sum goes first.
// @progressChart(v, "round", v.T("…"), v.T("chart.application"), []Progress{{Name: …, Due: 5, Signed: 3, Begun: 1}})
func progressChart(v View, id, title, name string, all []Progress) templ.Component {
	sum, whole := Progress{Name: v.T("chart.all")}, 0
	for _, p := range all {
		sum.Due, sum.Signed, sum.Begun, sum.Late = sum.Due+p.Due, sum.Signed+p.Signed, sum.Begun+p.Begun, sum.Late+p.Late
		if p.Signed == p.Due {
			whole++
		}
	}
	c := lineChart{ID: id, Title: title, Name: name, Heads: []string{v.T("chart.signed-of"), v.T("chart.late")},
		Desc: v.T("chart.progress-desc", "signed", strconv.Itoa(sum.Signed), "due", strconv.Itoa(sum.Due), "whole", strconv.Itoa(whole), "n", strconv.Itoa(len(all)), "late", strconv.Itoa(sum.Late)),
		Keys: []chartKey{{"bar", "chart-done", v.T("chart.signed")}, {"bar", "chart-begun", v.T("chart.begun")}, {"bar", "chart-wait", v.T("chart.waiting")}, {"bar", "chart-late", v.T("chart.late")}}}
	if len(all) > 0 {
		all = append([]Progress{sum}, all...)
	}
	for i, p := range all {
		late := "–"
		if p.Late > 0 {
			late = strconv.Itoa(p.Late)
		}
		l := chartLine{Name: p.Name, Href: p.Href, Note: p.Note, Cells: []string{strconv.Itoa(p.Signed) + "/" + strconv.Itoa(p.Due), late}}
		if i == 0 {
			l.Class = "chart-sum"
		}
		begun := min(p.Begun, p.Due-p.Signed)
		l.Plot = stack(p.Due, []int{p.Signed, begun, max(0, p.Due-p.Signed-begun-p.Late), min(p.Late, p.Due-p.Signed-begun)}, []string{"chart-done", "chart-begun", "chart-wait", "chart-late"})
		l.Plot.Said = v.T("chart.progress-said", "signed", strconv.Itoa(p.Signed), "begun", strconv.Itoa(begun), "due", strconv.Itoa(p.Due))
		c.Lines = append(c.Lines, l)
	}
	return linesChart(v, c)
}

// stack are bars one after another, of n in all.
func stack(n int, parts []int, classes []string) (p chartPlot) {
	x := 0.0
	for i, part := range parts {
		if n <= 0 || part <= 0 {
			continue
		}
		w := 100 * float64(part) / float64(n)
		p.Marks = append(p.Marks, chartMark{Shape: "bar", X: x, W: w, Class: classes[i]})
		x += w
	}
	return p
}

// An Amount is what there is and what is proposed, of one place or one industry.
type Amount struct {
	Name, Href         string
	Existing, Proposed int
}

// amountChart (f) is a bar for each line, existing and proposed one after the other, in
// the order given.
// @amountChart(v, "industries", v.T("…"), v.T("…industry"), []Amount{{Name: …, Existing: 4, Proposed: 1}})
func amountChart(v View, id, title, name string, all []Amount) templ.Component {
	most, had, more := 1, 0, 0
	for _, a := range all {
		most, had, more = max(most, a.Existing+a.Proposed), had+a.Existing, more+a.Proposed
	}
	c := lineChart{ID: id, Title: title, Name: name, Heads: []string{v.T("chart.existing"), v.T("chart.proposed"), v.T("chart.sum")},
		Desc: v.T("chart.amount-desc", "existing", strconv.Itoa(had), "proposed", strconv.Itoa(more)),
		Keys: []chartKey{{"bar", "chart-has", v.T("chart.existing")}, {"bar", "chart-new", v.T("chart.proposed")}}}
	for _, a := range all {
		c.Lines = append(c.Lines, chartLine{Name: a.Name, Href: a.Href, Plot: stack(most, []int{a.Existing, a.Proposed}, []string{"chart-has", "chart-new"}),
			Cells: []string{strconv.Itoa(a.Existing), strconv.Itoa(a.Proposed), strconv.Itoa(a.Existing + a.Proposed)}})
	}
	return linesChart(v, c)
}

// A Histogram is how scores are distributed; Cut, if there is one, is the least score
// that goes on.
type Histogram struct {
	Scores []score.Points
	Cut    *score.Points
}

// A bin is one column: From ≤ score < From+width.
type bin struct {
	from         score.Points
	above, below int // the cut
}

// bins are columns of one round width, at most some twenty.
func (h Histogram) bins() (bins []bin, width score.Points) {
	if len(h.Scores) == 0 {
		return nil, score.Point
	}
	low, high := slices.Min(h.Scores), slices.Max(h.Scores)
	width = score.Points(nice(max(float64(high-low)/20, float64(score.Point))))
	first := low / width * width
	bins = make([]bin, (high-first)/width+1)
	for i := range bins {
		bins[i].from = first + score.Points(i)*width
	}
	for _, p := range h.Scores {
		b := &bins[(p-first)/width]
		if h.Cut != nil && p < *h.Cut {
			b.below++
		} else {
			b.above++
		}
	}
	return bins, width
}

// A column is a bin as drawn: per cent across, pixels down.
type column struct {
	bin
	x, w          float64
	aboveY, above int // top and height of the part that reaches the cut
	belowY, below int
	n             int
}

// The drawing of a histogram, in pixels from the top.
const histTop, histFloor = 34, 154

func (h Histogram) columns() (cols []column, ticks []chartMark, cut float64) {
	bins, width := h.bins()
	most := 1
	for _, b := range bins {
		most = max(most, b.above+b.below)
	}
	one := 94 / float64(max(len(bins), 4))
	for i, b := range bins {
		c := column{bin: b, x: 3 + one*float64(i) + one*.08, w: one * .84, n: b.above + b.below}
		c.above = b.above * (histFloor - histTop) / most
		c.below = b.below * (histFloor - histTop) / most
		c.aboveY = histFloor - c.above
		c.belowY = c.aboveY - c.below
		cols = append(cols, c)
	}
	every := (len(bins) + 6) / 7
	for i := 0; i <= len(bins) && len(bins) > 0; i += every {
		ticks = append(ticks, chartMark{Shape: "words", X: 3 + one*float64(i), Text: (bins[0].from + score.Points(i)*width).String()})
	}
	if h.Cut != nil && len(bins) > 0 {
		cut = 3 + one*float64(*h.Cut-bins[0].from)/float64(width)
		cut = min(max(cut, 1), 99)
	}
	return cols, ticks, cut
}

// desc says in words what the drawing shows.
func (h Histogram) desc(v View) string {
	if len(h.Scores) == 0 {
		return v.T("chart.no-scores")
	}
	s := slices.Sorted(slices.Values(h.Scores))
	n := strconv.Itoa(len(s))
	low, middle, high := s[0].Format(2), ((s[(len(s)-1)/2] + s[len(s)/2]) / 2).Format(2), s[len(s)-1].Format(2)
	if h.Cut == nil {
		return v.T("chart.hist-desc", "n", n, "low", low, "middle", middle, "high", high)
	}
	at, _ := slices.BinarySearch(s, *h.Cut)
	return v.T("chart.hist-cut-desc", "n", n, "low", low, "middle", middle, "high", high, "cut", h.Cut.Format(2), "above", strconv.Itoa(len(s)-at))
}

// A Slope is one application in the official order and in the calibrated one; its Rank
// and Calibrated are the ranks shown, ties included.
type Slope struct {
	Name, Href       string
	Rank, Calibrated int
}

// A slopes is the chart of two orders.
type slopes struct {
	left, right []slope
	cut         int // places above the line; 0 or all: no line
	moved       int
	crossed     int
}

type slope struct {
	Slope
	from, to int // places, from 0
	crosses  bool
}

func (s slope) class() string {
	switch {
	case s.crosses:
		return "chart-cross"
	case s.Rank != s.Calibrated:
		return "chart-moved"
	}
	return "chart-still"
}

// The height of one place in a slope chart; .chart-slope li has it too.
const slopeRow = 26

func slopesOf(all []Slope, cut int) (out slopes) {
	out.cut = cut
	for _, s := range all {
		out.left = append(out.left, slope{Slope: s})
	}
	slices.SortStableFunc(out.left, func(a, b slope) int { return cmp.Compare(a.Rank, b.Rank) })
	for i := range out.left {
		out.left[i].from = i
	}
	out.right = slices.Clone(out.left)
	slices.SortStableFunc(out.right, func(a, b slope) int { return cmp.Compare(a.Calibrated, b.Calibrated) })
	for i := range out.right {
		s := &out.right[i]
		s.to = i
		s.crosses = cut > 0 && (s.from < cut) != (s.to < cut)
		if s.Rank != s.Calibrated {
			out.moved++
		}
		if s.crosses {
			out.crossed++
		}
		out.left[s.from] = *s
	}
	return out
}

func middleOf(place int) string { return strconv.Itoa(place*slopeRow + slopeRow/2) }

// step is how far an application moved: ↑2, ↓1, “–” for not at all.
func (s Slope) step() string {
	switch d := s.Rank - s.Calibrated; {
	case d > 0:
		return "↑" + strconv.Itoa(d)
	case d < 0:
		return "↓" + strconv.Itoa(-d)
	}
	return "–"
}

// A Placed is what there is and what is proposed in a division, by its code. A county
// counts for its league or city, but for 满洲里 and 二连浩特, which have tiles of their own.
type Placed struct {
	Code               string
	Existing, Proposed int
}

// A tile is one place of the map: column and row from the north-west.
type tile struct {
	code, key          string
	x, y               int
	existing, proposed int
}

// The tiles lie roughly where the places do: neither sizes nor borders are drawn.
var tiles = []tile{
	{"150781", "chart.manzhouli", 5, 0, 0, 0}, {"150700", "chart.hulunbuir", 6, 0, 0, 0}, {"152200", "chart.hinggan", 6, 1, 0, 0},
	{"152501", "chart.erenhot", 4, 2, 0, 0}, {"152500", "chart.xilingol", 5, 2, 0, 0}, {"150500", "chart.tongliao", 6, 2, 0, 0},
	{"150800", "chart.bayannur", 1, 3, 0, 0}, {"150200", "chart.baotou", 2, 3, 0, 0}, {"150100", "chart.hohhot", 3, 3, 0, 0},
	{"150900", "chart.ulanqab", 4, 3, 0, 0}, {"150400", "chart.chifeng", 5, 3, 0, 0},
	{"152900", "chart.alxa", 0, 4, 0, 0}, {"150300", "chart.wuhai", 1, 4, 0, 0}, {"150600", "chart.ordos", 2, 4, 0, 0},
}

// elsewhere is the tile of what lies in no division: it is there only when it is needed.
var elsewhere = tile{"", "chart.elsewhere", 0, 0, 0, 0}

// The side of a tile and the gap after it, in units of the drawing.
const tileSide, tileStep = 54, 57

// mapOf fills the tiles.
func mapOf(all []Placed) []tile {
	out, rest := slices.Clone(tiles), elsewhere
	for _, p := range all {
		at := slices.IndexFunc(out, func(t tile) bool { return t.code == p.Code })
		if at < 0 && len(p.Code) == 6 {
			at = slices.IndexFunc(out, func(t tile) bool { return t.code == p.Code[:4]+"00" })
		}
		t := &rest
		if at >= 0 {
			t = &out[at]
		}
		t.existing, t.proposed = t.existing+p.Existing, t.proposed+p.Proposed
	}
	if rest.existing+rest.proposed > 0 {
		out = append(out, rest)
	}
	return out
}

// lines are the name of a tile in one line or, of four characters, two.
func (t tile) lines(v View) []string {
	name := v.T(t.key)
	if r := []rune(name); v.Lang == locale.Zh && len(r) > 3 {
		return []string{string(r[:2]), string(r[2:])}
	}
	return []string{name}
}

// shade is from 0 for nothing to 4 for most, by the tile with most.
func (t tile) shade(most int) string {
	n := t.existing + t.proposed
	return "tile-" + strconv.Itoa((4*n+most-1)/max(most, 1))
}

func (t tile) class(most int) string {
	class := "tile " + t.shade(most)
	if t.code == "" || t.code[4:] != "00" {
		class += " tile-apart"
	}
	return class
}

// mapSum is what all tiles hold, and the most that one does.
func mapSum(all []tile) (existing, proposed, most int) {
	for _, t := range all {
		existing, proposed, most = existing+t.existing, proposed+t.proposed, max(most, t.existing+t.proposed)
	}
	return existing, proposed, most
}

func px(n int) string { return strconv.Itoa(n) }
