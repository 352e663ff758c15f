// Package typeset lays Chinese official paper out into pages: a display list of text,
// rules and filled boxes that a writer (typeset/pdf) draws. It knows nothing of any form
// and nothing of any file format.
//
// What it does that a table of strings does not: lines break as Chinese lines may (no
// closing mark begins one, no opening mark ends one, words and numbers stay whole), give
// up the blank half of their punctuation before they break, and come out flush;
// bordered tables have rows that run over pages, closed at the break and with their
// label repeated; each character comes from the first font of its role that has it.
//
// All measures are points from the page's top left corner, MM converts. The same input
// gives the same pages, always.
package typeset

import "shenbao/typeset/font"

// MM is a millimetre in points.
const MM = 72 / 25.4

// Geta (〓) stands for a character that no font has. Printers have set it for a missing
// sort since there were sorts; an empty box would pass for a glyph.
const Geta = '〓'

// A Color is red, green, blue. The zero value is black.
type Color [3]uint8

// A Style is how a run of text looks.
type Style struct {
	Role  font.Role
	Size  float64
	Color Color
}

// A Run is text in one style.
type Run struct {
	Text string
	Style
}

// Align says where the lines of a paragraph stand.
type Align int

// Alignments.
const (
	Justify Align = iota // both edges, but for the last line
	Left                 // ragged right
	Center               // in the middle
	Right                // ragged left
)

// A Para is a paragraph. A line break in its text begins a new one like it.
type Para struct {
	Runs    []Run
	Align   Align
	Indent  float64 // of the first line, in ems of the first run
	Leading float64 // line pitch; 0 = 1.5 sizes of the first run
	Before  float64 // blank before it
}

// P is a paragraph of one run.
func P(s Style, text string) Para { return Para{Runs: []Run{{text, s}}} }

// Aligned is the paragraph with another alignment.
func (p Para) Aligned(a Align) Para {
	p.Align = a
	return p
}

// A Glyph is one character on a line.
type Glyph struct {
	Rune    rune
	Index   uint16  // in its font
	Natural float64 // the font's advance
	Advance float64 // the advance it got
}

// A Text is glyphs of one font, size and colour on one baseline.
type Text struct {
	X, Y   float64 // of the baseline's beginning
	Font   *font.Font
	Size   float64
	Color  Color
	Glyphs []Glyph
}

// A Rule is a straight line of some width.
type Rule struct{ X1, Y1, X2, Y2, Width float64 }

// A Box is a filled rectangle, black.
type Box struct{ X, Y, W, H float64 }

// A Page is what is drawn on one sheet side.
type Page struct {
	W, H  float64
	Texts []Text
	Rules []Rule
	Boxes []Box
}

// Rule draws a line.
func (p *Page) Rule(x1, y1, x2, y2, width float64) {
	p.Rules = append(p.Rules, Rule{x1, y1, x2, y2, width})
}

// A Layout is the size of the pages and their margins.
type Layout struct {
	W, H                     float64
	Top, Bottom, Left, Right float64 // margins
}

// A4 is an A4 page with the margins of a form.
func A4() Layout {
	return Layout{W: 210 * MM, H: 297 * MM, Top: 26 * MM, Bottom: 28 * MM, Left: 25 * MM, Right: 25 * MM}
}

// A Doc collects pages. It belongs to one goroutine.
type Doc struct {
	Pages []*Page
	Layout

	fonts   *font.Set
	y       float64
	missing []rune
}

// New begins a document. It has no page until something is put on one.
func New(fonts *font.Set, layout Layout) *Doc { return &Doc{Layout: layout, fonts: fonts} }

// Missing are the characters that no font had, each once; they are drawn as Geta.
func (d *Doc) Missing() []rune { return d.missing }

// Page is the page being filled.
func (d *Doc) Page() *Page {
	if len(d.Pages) == 0 {
		d.Break()
	}
	return d.Pages[len(d.Pages)-1]
}

// Break begins a new page.
func (d *Doc) Break() *Page {
	p := &Page{W: d.W, H: d.H}
	d.Pages = append(d.Pages, p)
	d.y = d.Top
	return p
}

// Width is the width between the margins.
func (d *Doc) Width() float64 { return d.W - d.Left - d.Right }

// Room is the height left on the page.
func (d *Doc) Room() float64 {
	d.Page()
	return d.H - d.Bottom - d.y
}

// Skip leaves h blank. At the foot of a page nothing is carried over.
func (d *Doc) Skip(h float64) { d.y += min(h, d.Room()) }

// Para flows a paragraph down the page and over to the next ones.
func (d *Doc) Para(p Para) {
	d.Skip(p.Before)
	for _, l := range d.lines(p, d.Width()) {
		if l.pitch > d.Room() {
			d.Break()
		}
		d.y = d.put(d.Page(), []line{l}, d.Left, d.y)
	}
}

// At places a paragraph on a page, lines no longer than width, and answers where it
// ends. It doesn't move the flow.
func (d *Doc) At(p *Page, x, y, width float64, para Para) float64 {
	return d.put(p, d.lines(para, width), x, y)
}

func (d *Doc) put(p *Page, lines []line, x, y float64) float64 {
	for _, l := range lines {
		for _, t := range l.texts {
			t.X, t.Y = x+t.X, y+l.base
			p.Texts = append(p.Texts, t)
		}
		y += l.pitch
	}
	return y
}
