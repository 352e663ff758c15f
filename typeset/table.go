package typeset

import "slices"

// Valign says where the text of a cell stands when the row is higher.
type Valign int

// Vertical alignments.
const (
	Top Valign = iota
	Middle
)

// A Cell is one cell of a row. A cell with Again is a label: it stands in the middle of
// its part of the row on each page, and does not flow.
type Cell struct {
	Span  int    // columns; 0 = 1
	Text  []Para // flows over pages, if the row may
	Foot  []Para // stays together at the bottom of the cell's last part
	Again []Para // what a label says on the pages after the first: 单位简介（续）
	V     Valign
}

// A Row of a table.
type Row struct {
	Cells []Cell
	Min   float64 // least height
	Start float64 // least height of its first part: with less room it begins on the next page
	Whole bool    // moves to the next page rather than break, unless no page can hold it
	Head  bool    // repeated at the top of each page that the table goes on
}

const (
	pad    = 4.2 // between a border and the text
	border = 0.7 // width of a border
)

// A part is a cell with its lines, on its way down the pages.
type part struct {
	x, w        float64
	text, foot  []line
	again       []line
	label       bool
	valign      Valign
	here        int     // lines of text that go on the present page
	hereHeight  float64 // and their height
	firstIsPast bool
}

// Table flows rows down the pages; columns are widths. Every part of a row has a
// complete border, so the table is closed at the foot of a page and open again at the
// top of the next.
func (d *Doc) Table(columns []float64, rows []Row) {
	var head *Row
	for i := range rows {
		r := &rows[i]
		if r.Head {
			head = r
		}
		parts := d.parts(columns, *r)
		need := r.Min
		for _, p := range parts {
			need = max(need, height(p.text)+height(p.foot)+2*pad, height(p.again)+2*pad)
		}
		page := d.H - d.Top - d.Bottom
		whole := (r.Whole || r.Head || !flows(parts)) && need <= page
		if need > d.Room() && (whole || d.Room() < r.Start) {
			d.turn(columns, head, r)
		}
		d.flow(columns, head, r, parts)
	}
}

// turn begins a page and repeats the head of the table on it.
func (d *Doc) turn(columns []float64, head, r *Row) {
	d.Break()
	if head != nil && head != r {
		d.flow(columns, nil, head, d.parts(columns, *head))
	}
}

// flows reports whether a row has anything that can be broken: text of two lines or
// more, or text and a foot.
func flows(parts []part) bool {
	return slices.ContainsFunc(parts, func(p part) bool {
		return !p.label && len(p.text) > 1 || len(p.text) > 0 && len(p.foot) > 0
	})
}

func (d *Doc) parts(columns []float64, r Row) []part {
	parts := make([]part, 0, len(r.Cells))
	x, col := d.Left, 0
	for _, c := range r.Cells {
		w := 0.0
		for range max(1, c.Span) {
			w += columns[col]
			col++
		}
		p := part{x: x, w: w, valign: c.V, label: c.Again != nil}
		p.text, p.foot, p.again = d.stack(c.Text, w), d.stack(c.Foot, w), d.stack(c.Again, w)
		parts = append(parts, p)
		x += w
	}
	return parts
}

// stack sets the paragraphs of a cell one below the other.
func (d *Doc) stack(paras []Para, w float64) []line {
	var all []line
	for _, p := range paras {
		lines := d.lines(p, w-2*pad)
		lines[0].pitch += p.Before
		lines[0].base += p.Before
		all = append(all, lines...)
	}
	return all
}

func height(lines []line) (h float64) {
	for _, l := range lines {
		h += l.pitch
	}
	return h
}

// flow draws one row, part by part, page by page. On a fresh page it always goes on: a
// line that no page can hold runs out of the page rather than on for ever.
func (d *Doc) flow(columns []float64, head, r *Row, parts []part) {
	left, fresh := r.Min, d.y <= d.Top
	for {
		room := d.Room()
		done, h := fit(parts, room)
		if !done && !fresh && !worth(parts, room) {
			d.turn(columns, head, r)
			fresh = true
			continue
		}
		if !done && !moves(parts) {
			done = true
			for i := range parts {
				parts[i].here = len(parts[i].text)
			}
		}
		if done {
			h = max(h, min(left, room))
		} else {
			h = room
		}
		for i := range parts {
			d.drawPart(&parts[i], h, done)
		}
		d.y += h
		if left -= h; done {
			return
		}
		d.turn(columns, head, r)
		fresh = true
	}
}

// moves reports whether any line of any cell fits.
func moves(parts []part) bool {
	return slices.ContainsFunc(parts, func(p part) bool { return !p.label && p.here > 0 })
}

// fit decides how much of each cell goes into room. It answers whether that is all, and
// the height it takes.
func fit(parts []part, room float64) (done bool, h float64) {
	done = true
	for i := range parts {
		p := &parts[i]
		if p.label {
			lines := p.text
			if p.firstIsPast {
				lines = p.again
			}
			h = max(h, min(height(lines)+2*pad, room))
			continue
		}
		p.here, p.hereHeight = 0, 0
		for p.here < len(p.text) && p.hereHeight+p.text[p.here].pitch+2*pad <= room+1e-6 {
			p.hereHeight += p.text[p.here].pitch
			p.here++
		}
		foot := height(p.foot)
		rest := len(p.text) - p.here
		if rest > 0 || p.hereHeight+foot+2*pad > room+1e-6 {
			done = false
			if keep := keepBack(rest, len(p.foot) > 0); keep > 0 && p.here > keep+1 {
				p.here -= keep
				p.hereHeight = height(p.text[:p.here])
			}
		}
		h = max(h, p.hereHeight+foot+2*pad)
	}
	return done, h
}

// keepBack is how many lines more go to the next page, so that no line, and no
// signature, stands there alone.
func keepBack(rest int, foot bool) int {
	switch {
	case rest == 1:
		return 1
	case rest == 0 && foot:
		return 2
	}
	return 0
}

// worth reports whether what fits is worth a part of its own: two lines of some cell,
// beside the whole of each label.
func worth(parts []part, room float64) bool {
	lines := 0
	for _, p := range parts {
		if !p.label {
			lines = max(lines, p.here)
		} else if height(p.text)+2*pad > room {
			return false
		}
	}
	return lines >= 2
}

func (d *Doc) drawPart(p *part, h float64, done bool) {
	page := d.Page()
	page.Rule(p.x, d.y, p.x+p.w, d.y, border)
	page.Rule(p.x, d.y+h, p.x+p.w, d.y+h, border)
	page.Rule(p.x, d.y, p.x, d.y+h, border)
	page.Rule(p.x+p.w, d.y, p.x+p.w, d.y+h, border)
	if p.label {
		lines := p.text
		if p.firstIsPast {
			lines = p.again
		}
		d.put(page, lines, p.x+pad, d.y+max(pad, (h-height(lines))/2))
		p.firstIsPast = true
		return
	}
	y := d.y + pad
	if p.valign == Middle && done {
		y = d.y + max(pad, (h-p.hereHeight-height(p.foot))/2)
	}
	d.put(page, p.text[:p.here], p.x+pad, y)
	p.text = p.text[p.here:]
	if done {
		d.put(page, p.foot, p.x+pad, d.y+h-pad-height(p.foot))
	}
}
