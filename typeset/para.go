package typeset

import (
	"slices"
	"strings"
	"unicode"

	"shenbao/typeset/font"
)

// A line is set text, its x from the column's left edge.
type line struct {
	pitch float64
	base  float64 // of the baseline, from the line's top
	texts []Text
}

// A char is a character of a paragraph on its way to a line.
type char struct {
	Glyph
	font   *font.Font
	run    int     // index in Para.Runs
	before float64 // blank on the left that it may give up: （《“
	after  float64 // blank on the right that it may give up: ，。）
	breaks bool    // a line may end after it
	gap    bool    // a flush line may widen the space after it
}

// Marks that may not begin a line, and those that may not end one (禁则).
const (
	noStart = "，。、；：？！）》」』】〕〉〗”’…—～·％%‰℃°)]}>,.;:?!々〻ー"
	noEnd   = "（《「『【〔〈〖“‘([{<￥$#№□"
)

// Marks whose blank half may be given up, where the font draws them a whole em wide.
const (
	blankAfter  = "，。、；：）》」』】〕〉〗”’！？"
	blankBefore = "（《「『【〔〈〖“‘"
)

// lines sets a paragraph into lines no longer than width.
func (d *Doc) lines(p Para, width float64) []line {
	size := p.Runs[0].Size
	pitch := p.Leading
	if pitch == 0 {
		pitch = 1.5 * size
	}
	var out []line
	var chars []char
	flush := func() {
		compress(chars)
		breaks(chars)
		out = append(out, d.fill(p, chars, width, pitch)...)
		chars = chars[:0]
	}
	for i, run := range p.Runs {
		for _, r := range run.Text {
			if r == '\n' {
				flush()
			} else if r == '\t' || !font.Silent(r) {
				chars = append(chars, d.char(r, i, run))
			}
		}
	}
	flush()
	return out
}

func (d *Doc) char(r rune, i int, run Run) char {
	f, glyph, advance, ok := d.fonts.Find(run.Role, r)
	if !ok && unicode.IsSpace(r) { // a space that the font does not have
		r = ' '
		f, glyph, advance, ok = d.fonts.Find(run.Role, r)
	}
	if !ok {
		if !slices.Contains(d.missing, r) {
			d.missing = append(d.missing, r)
		}
		r = Geta
		f, glyph, advance, _ = d.fonts.Find(run.Role, r)
	}
	if r == ' ' && advance < 0.5 {
		advance = 0.5 // as in every Chinese font: two make a square, labels are spaced with them
	}
	c := char{Glyph: Glyph{Rune: r, Index: glyph, Natural: advance * run.Size}, font: f, run: i}
	if f != nil && r == ' ' {
		c.Natural = spaceOf(f) * run.Size
	}
	c.Advance = advance * run.Size
	if advance > 0.9 {
		if strings.ContainsRune(blankAfter, r) {
			c.after = c.Advance / 2
		} else if strings.ContainsRune(blankBefore, r) {
			c.before = c.Advance / 2
		}
	}
	return c
}

// spaceOf is the width that the font itself gives a space, in ems.
func spaceOf(f *font.Font) float64 {
	face, err := f.Face()
	if err != nil {
		return 0.5
	}
	return float64(face.Advance(face.Glyph(' '))) / float64(face.Upem)
}

// compress takes the blank between two marks that follow each other: “）。” is one and a
// half squares wide, not two. The second of two opening ones gives up its left half. A
// space between two Latin words is what their font makes it.
func compress(chars []char) {
	for i := 1; i < len(chars); i++ {
		a, b := &chars[i-1], &chars[i]
		switch {
		case a.Rune == ' ' && i > 1 && !blank(b.Rune) && !blank(chars[i-2].Rune) && !wide(b.Rune) && !wide(chars[i-2].Rune):
			a.Advance = a.Natural
		case a.after > 0 && (b.after > 0 || b.before > 0):
			a.Advance -= a.after
			a.after = 0
		case a.before > 0 && b.before > 0:
			// the glyph's ink is on its right: what stands before it moves closer
			a.Advance -= b.before
			b.before = 0
		}
	}
}

// breaks finds after which characters a line may end, and where a line may be widened.
func breaks(chars []char) {
	ink := rune(0) // the last mark before or at i that is no blank: blanks at a break are not set
	for i := range chars {
		c := &chars[i]
		if !blank(c.Rune) {
			ink = c.Rune
		}
		if i+1 == len(chars) {
			c.breaks = true
			return
		}
		a, b := c.Rune, chars[i+1].Rune
		c.gap = wide(a) || wide(b) || a == ' '
		switch {
		case strings.ContainsRune(noStart, b), strings.ContainsRune(noEnd, ink), blank(b):
			c.breaks = false
			c.gap = c.gap && !(a == b && (a == '—' || a == '…'))
		case a == ' ', a == '-' && !unicode.IsDigit(b), a == '/' && !unicode.IsDigit(b):
			c.breaks = true
		default:
			c.breaks = wide(a) || wide(b)
		}
	}
}

// wide reports whether r is set on the square: ideographs, kana, full-width forms, and
// the marks that Chinese text shares with Latin.
func wide(r rune) bool {
	return r >= 0x2E80 && r <= 0xA4CF || r >= 0xAC00 && r <= 0xD7A3 || r >= 0xF900 && r <= 0xFAFF || r >= 0xFE30 && r <= 0xFE4F ||
		r >= 0xFF00 && r <= 0xFFEF || r >= 0x20000 && r <= 0x3FFFF || strings.ContainsRune("“”‘’…—·", r)
}

// blank reports whether r is a space, of either width: none is set at a break.
func blank(r rune) bool { return r == ' ' || r == '\u3000' }

// fill breaks the characters of one paragraph into lines, each as full as it goes.
func (d *Doc) fill(p Para, chars []char, width, pitch float64) []line {
	if len(chars) == 0 {
		return []line{{pitch: pitch}}
	}
	var out []line
	x := p.Indent * p.Runs[0].Size
	for i := 0; i < len(chars); {
		end := i + take(chars[i:], width-x)
		stop := end
		for stop > i+1 && end < len(chars) && blank(chars[stop-1].Rune) {
			stop-- // a space at the break is not set
		}
		out = append(out, set(p, chars[i:stop], x, width-x, pitch, end == len(chars)))
		for i = end; i < len(chars) && blank(chars[i].Rune); i++ {
		}
		x = 0
	}
	return out
}

// take is how many characters fit into width: the line may use up half of the blank in
// its punctuation to take one more, and its last mark may stand with its ink only.
func take(chars []char, width float64) int {
	const epsilon = 1e-6
	used, spare, last := 0.0, 0.0, 0
	for j, c := range chars {
		if used+c.Advance-c.after-spare/2 > width+epsilon && !blank(c.Rune) {
			switch {
			case last > 0:
				return last
			case j > 0:
				return j // a word longer than the line
			}
			return 1
		}
		used += c.Advance
		spare += c.after
		if j > 0 { // nothing comes before the first one that could come closer
			spare += c.before
		}
		if c.breaks {
			last = j + 1
		}
	}
	return len(chars)
}

// set places the characters of one line and makes it flush where its paragraph is.
func set(p Para, chars []char, x, width, pitch float64, final bool) line {
	size := p.Runs[0].Size
	l := line{pitch: pitch, base: (pitch-size)/2 + 0.88*size}
	used := squeeze(chars, width)
	rest, gaps := width-used, 0
	for _, c := range chars[:len(chars)-1] {
		if c.gap {
			gaps++
		}
	}
	widen := 0.0
	switch {
	case rest <= 0 || p.Align == Left:
	case p.Align == Center:
		x += rest / 2
	case p.Align == Right:
		x += rest
	case gaps > 0 && !final && rest/float64(gaps) <= size/2:
		widen = rest / float64(gaps)
	}
	n := 0
	for i := range chars {
		c := &chars[i]
		if c.gap && i+1 < len(chars) {
			c.Advance += widen
		}
		run := p.Runs[c.run].Style
		if k := len(l.texts) - 1; k < 0 || l.texts[k].Font != c.font || l.texts[k].Size != run.Size || l.texts[k].Color != run.Color {
			l.texts = append(l.texts, Text{X: x, Font: c.font, Size: run.Size, Color: run.Color, Glyphs: make([]Glyph, 0, len(chars)-n)})
		}
		t := &l.texts[len(l.texts)-1]
		t.Glyphs = append(t.Glyphs, c.Glyph)
		x += c.Advance
		n++
	}
	return l
}

// squeeze takes what a line is too long out of the blank of its punctuation: first the
// last mark's, then evenly. It answers the width that the line then has.
func squeeze(chars []char, width float64) float64 {
	used, spare := 0.0, 0.0
	for _, c := range chars {
		used += c.Advance
	}
	last := &chars[len(chars)-1]
	if over := min(used-width, last.after); over > 0 {
		last.Advance -= over
		used -= over
	}
	for i, c := range chars {
		if i > 0 {
			spare += c.before
		}
		if i+1 < len(chars) {
			spare += c.after
		}
	}
	if used <= width || spare == 0 {
		return used
	}
	share := min((used-width)/spare, 1)
	for i := range chars {
		c := &chars[i]
		if i > 0 { // its blank is on its left: the character before comes closer
			chars[i-1].Advance -= share * c.before
		}
		if i+1 < len(chars) {
			c.Advance -= share * c.after
		}
	}
	return used - share*spare
}
