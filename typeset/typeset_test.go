package typeset

import (
	"math"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"shenbao/typeset/font"
	"shenbao/typeset/font/pack"
)

func doc(t testing.TB) *Doc {
	t.Helper()
	return New(pack.Fonts(), A4())
}

var body = Style{Role: font.Fang, Size: 12}

// text is what a page shows, line by line in the order it was set.
func (l line) text() (s string) {
	for _, t := range l.texts {
		for _, g := range t.Glyphs {
			s += string(g.Rune)
		}
	}
	return s
}

func (l line) right() (x float64) {
	for _, t := range l.texts {
		x = t.X
		for _, g := range t.Glyphs {
			x += g.Advance
		}
	}
	return x
}

func texts(lines []line) (all []string) {
	for _, l := range lines {
		all = append(all, l.text())
	}
	return all
}

// Ten squares wide; each case is a rule of line breaking.
func TestBreaks(t *testing.T) {
	d := doc(t)
	for _, c := range []struct{ what, text, want string }{
		{"plain", "一二三四五六七八九十甲乙", "一二三四五六七八九十|甲乙"},
		{"a closing mark stays, on its ink alone", "一二三四五六七八九十，甲", "一二三四五六七八九|十，甲"},
		{"marks inside give way to one more", "一，二，三，四，五六七八", "一，二，三，四，五六七|八"},
		{"no opening mark ends a line", "一二三四五六七八九（十）", "一二三四五六七八九|（十）"},
		{"a word stays whole", "一二三四五六七八Shenbao九", "一二三四五六七八|Shenbao九"},
		{"a number keeps its comma and its sign", "一二三四五六七八九4,300.5%", "一二三四五六七八九|4,300.5%"},
		{"the two halves of a dash stay together", "一二三四五六七八九——十", "一二三四五六七八|九——十"},
		{"no space is set at a break", "一二三四五六七八九十 甲", "一二三四五六七八九十|甲"},
		{"a word longer than the line breaks anywhere", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", ""},
		{"a line break is kept", "一二\n\n三", "一二||三"},
	} {
		lines := d.lines(P(body, c.text), 120.01)
		got := strings.Join(texts(lines), "|")
		if c.want != "" && got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
		for _, l := range lines {
			if l.right() > 120.02 {
				t.Errorf("%s: %s is %.2f wide", c.what, l.text(), l.right())
			}
		}
	}
}

// Of marks that follow each other only the last keeps its blank.
func TestCompress(t *testing.T) {
	d := doc(t)
	for text, want := range map[string]float64{"国": 1, "国。": 2, "）。": 1.5, "”（": 1.5, "（“": 1.5, "）”。": 2, "国（家）": 4, "。国": 2} {
		if got := d.lines(P(body, text).Aligned(Left), 500)[0].right() / body.Size; math.Abs(got-want) > 1e-6 {
			t.Errorf("%s is %v squares wide, want %v", text, got, want)
		}
	}
}

// Two spaces make a square in a Chinese label; between Latin words they are the font's.
func TestSpaces(t *testing.T) {
	d := doc(t)
	at := func(s string) float64 { return d.lines(P(body, s).Aligned(Left), 500)[0].right() / body.Size }
	if got := at("账    号"); got != 4 {
		t.Errorf("账    号 is %v squares wide, want 4", got)
	}
	if got := at("a b") - at("ab"); got > 0.3 {
		t.Errorf("a space between Latin letters is %v wide", got)
	}
}

func TestAlign(t *testing.T) {
	d := doc(t)
	for _, c := range []struct {
		align Align
		x     float64
		right float64
	}{{Left, 0, 36}, {Center, 42, 78}, {Right, 84, 120}, {Justify, 0, 36}} {
		l := d.lines(P(body, "联系人").Aligned(c.align), 120)[0]
		if math.Abs(l.texts[0].X-c.x) > 1e-6 || math.Abs(l.right()-c.right) > 1e-6 {
			t.Errorf("align %d: from %v to %v", c.align, l.texts[0].X, l.right())
		}
	}
}

// Whatever is typed, in any column: nothing is lost but white space at breaks, no line begins or ends
// as it may not, none is too wide.
func TestAnyParagraph(t *testing.T) {
	d := doc(t)
	alphabet := []rune("一二三四五六七八九十国家，。、；：（）“”《》——……abcXYZ0123456789.,% 　-/·𬭊")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 300).Draw(t, "n") // drawn first: a string's own length is rarely above ten
		text := rapid.StringOfN(rapid.SampledFrom(alphabet), n, n, -1).Draw(t, "text")
		width := rapid.Float64Range(70, 460).Draw(t, "width")
		p := P(body, text)
		p.Indent = 2
		lines := d.lines(p, width)
		squash := func(s string) string {
			return strings.Join(strings.FieldsFunc(s, unicode.IsSpace), "")
		}
		if got, want := squash(strings.Join(texts(lines), "")), squash(text); got != want {
			t.Fatalf("set %q, want %q", got, want)
		}
		for i, l := range lines {
			r := []rune(l.text())
			if len(r) > 1 && !unicode.IsSpace(r[len(r)-1]) && l.right() > width+0.01 { // a blank may hang over
				t.Fatalf("%q is %.1f wide, not %.1f", l.text(), l.right(), width)
			}
			if i == 0 {
				continue
			}
			before := []rune(lines[i-1].text())
			if unbreakable(append(slices.Clone(before), r[0])) {
				continue // longer than a line: it had to break somewhere
			}
			if strings.ContainsRune(noEnd, before[len(before)-1]) || strings.ContainsRune(noStart, r[0]) {
				t.Fatalf("broken between %q and %q", string(before), string(r))
			}
		}
	})
}

// unbreakable: no place in it where a line may end.
func unbreakable(r []rune) bool {
	chars := make([]char, len(r))
	for i := range r {
		chars[i].Rune = r[i]
	}
	breaks(chars)
	return !slices.ContainsFunc(chars[:len(chars)-1], func(c char) bool { return c.breaks })
}

func TestMissing(t *testing.T) {
	d := doc(t)
	l := d.lines(P(body, "王𪛖家\u200b"), 200)[0]
	if l.text() != "王〓家" || string(d.Missing()) != "𪛖" {
		t.Errorf("set %q, missing %q", l.text(), string(d.Missing()))
	}
}

// pageText is the text of a page inside a vertical strip, in drawing order.
func pageText(p *Page, from, to float64) (s string) {
	for _, t := range p.Texts {
		if t.X >= from && t.X < to {
			for _, g := range t.Glyphs {
				s += string(g.Rune)
			}
		}
	}
	return s
}

// checkFrames: every text lies in a bordered cell, inside the margins.
func checkFrames(t *testing.T, d *Doc) {
	t.Helper()
	for n, p := range d.Pages {
		low, high := math.Inf(1), math.Inf(-1)
		for _, r := range p.Rules {
			low, high = min(low, r.Y1), max(high, r.Y2)
		}
		if high > d.H-d.Bottom+0.01 || low < d.Top-0.01 {
			t.Errorf("page %d: rules from %.1f to %.1f", n+1, low, high)
		}
		for _, x := range p.Texts {
			if x.Y < low || x.Y > high {
				t.Errorf("page %d: text at %.1f outside the table (%.1f to %.1f)", n+1, x.Y, low, high)
			}
		}
		bottom := slices.ContainsFunc(p.Rules, func(r Rule) bool { return r.Y1 == high && r.Y2 == high })
		top := slices.ContainsFunc(p.Rules, func(r Rule) bool { return r.Y1 == low && r.Y2 == low })
		if len(p.Texts) > 0 && (!bottom || !top) {
			t.Errorf("page %d: the table is open (top %v, bottom %v)", n+1, top, bottom)
		}
	}
}

// A box that is longer than a page: all of its text, once, in order; its label again on
// each page; borders at every break.
func TestCellFlows(t *testing.T) {
	d := doc(t)
	long := strings.Repeat("基地具体负责建设和运行管理，健全规章制度，落实人员、场所和经费。", 120)
	columns := []float64{100, 350}
	d.Table(columns, []Row{{Cells: []Cell{
		{Text: []Para{P(body, "单位简介")}, Again: []Para{P(body, "单位简介（续）")}},
		{Text: []Para{P(body, long)}},
	}}})
	if len(d.Pages) < 3 {
		t.Fatalf("%d pages", len(d.Pages))
	}
	got := ""
	for i, p := range d.Pages {
		got += pageText(p, d.Left+100, d.W)
		want := "单位简介（续）"
		if i == 0 {
			want = "单位简介"
		}
		if l := pageText(p, 0, d.Left+100); l != want {
			t.Errorf("page %d: label %q", i+1, l)
		}
	}
	if got != long {
		t.Error("the text is not all there, once, in order")
	}
	checkFrames(t, d)
}

// Whatever the rows: all text is there in order, inside closed borders.
func TestAnyTable(t *testing.T) {
	words := strings.Repeat("审核材料、专家评审，确定后授予标牌。", 60)
	rapid.Check(t, func(rt *rapid.T) {
		d := doc(t)
		var rows []Row
		want := ""
		for range rapid.IntRange(1, 12).Draw(rt, "rows") {
			n := rapid.IntRange(0, len([]rune(words))).Draw(rt, "length")
			text := string([]rune(words)[:n])
			row := Row{
				Min:   rapid.Float64Range(0, 300).Draw(rt, "min"),
				Whole: rapid.Bool().Draw(rt, "whole"),
				Start: rapid.Float64Range(0, 120).Draw(rt, "start"),
				Cells: []Cell{{Text: []Para{P(body, "栏")}, Again: []Para{P(body, "栏")}}, {Text: []Para{P(body, text)}}},
			}
			want += text
			if rapid.Bool().Draw(rt, "foot") {
				row.Cells[1].Foot = []Para{P(body, "负责人（签字）："), P(body, "年月日")}
				want += "负责人（签字）：年月日"
			}
			rows = append(rows, row)
		}
		d.Table([]float64{60, 390}, rows)
		got := ""
		for _, p := range d.Pages {
			got += pageText(p, d.Left+60, d.W)
		}
		if got != want {
			rt.Fatalf("text is lost, doubled or out of order: %d of %d characters", len([]rune(got)), len([]rune(want)))
		}
		checkFrames(t, d)
	})
}

// The head of a table stands on each of its pages; a signature never stands alone.
func TestHeadAndFoot(t *testing.T) {
	d := doc(t)
	rows := []Row{{Head: true, Cells: []Cell{{Text: []Para{P(body, "序号")}}, {Text: []Para{P(body, "名称")}}}}}
	for range 90 {
		rows = append(rows, Row{Min: 20, Cells: []Cell{{Text: []Para{P(body, "一")}}, {Text: []Para{P(body, "材料")}}}})
	}
	d.Table([]float64{60, 300}, rows)
	if len(d.Pages) < 3 {
		t.Fatalf("%d pages", len(d.Pages))
	}
	for i, p := range d.Pages {
		if !strings.HasPrefix(pageText(p, 0, d.W), "序号名称") {
			t.Errorf("page %d begins with %.20s", i+1, pageText(p, 0, d.W))
		}
	}
	checkFrames(t, d)
	for n := 30; n < 60; n++ {
		d := doc(t)
		opinion := strings.TrimSuffix(strings.Repeat("意见\n", n), "\n")
		d.Table([]float64{400}, []Row{{Cells: []Cell{{Text: []Para{P(body, opinion)}, Foot: []Para{P(body, "签字")}}}}})
		last := pageText(d.Pages[len(d.Pages)-1], 0, d.W)
		if !strings.HasPrefix(last, "意见意见") || !strings.HasSuffix(last, "签字") {
			t.Errorf("%d lines: the last page says %q", n, last)
		}
	}
}

// A foot or a line that no page can hold still ends.
func TestTooHigh(t *testing.T) {
	d := doc(t)
	huge := P(body, "签字")
	huge.Leading = 2000
	d.Table([]float64{400}, []Row{{Cells: []Cell{{Text: []Para{P(body, "意见")}, Foot: []Para{huge}}}}, {Cells: []Cell{{Text: []Para{huge}}}}})
	if len(d.Pages) > 4 {
		t.Errorf("%d pages", len(d.Pages))
	}
}

func TestQR(t *testing.T) {
	p := &Page{W: 100, H: 100}
	if err := p.QR(10, 20, 40, "7K3M-9QXT-2BHD"); err != nil {
		t.Fatal(err)
	}
	area := 0.0
	for _, b := range p.Boxes {
		if b.X < 10 || b.Y < 20 || b.X+b.W > 50.001 || b.Y+b.H > 60.001 {
			t.Fatalf("a square at %v lies outside", b)
		}
		area += b.W * b.H
	}
	if share := area / (40 * 40); share < 0.25 || share > 0.5 {
		t.Errorf("%.0f%% of it is black", 100*share)
	}
	if err := p.QR(0, 0, 40, strings.Repeat("x", 5000)); err == nil {
		t.Error("five thousand characters were taken")
	}
}

func BenchmarkParagraph(b *testing.B) {
	d := doc(b)
	text := strings.Repeat("基地具体负责建设和运行管理，健全规章制度，落实人员、场所和经费。", 26) // 800 字
	b.ReportAllocs()
	for b.Loop() {
		d.lines(P(body, text), 350)
	}
}
