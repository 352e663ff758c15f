package paper

import (
	"slices"
	"strings"
	"time"

	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/typeset"
	"shenbao/typeset/font"
)

// A FormPaper is what the official form is made from.
type FormPaper struct {
	Notice   *notice.Notice
	Content  *filing.Content // what was frozen; nil: the blank form
	Version  filing.Version  // its version; without a code the form is marked 草稿
	Number   string          // of the application; "" before its first submission
	Date     time.Time       // of submission, on the cover (R109); zero: left blank
	Route    org.Route       // orders the opinions of the levels in between
	Opinions []filing.Opinion
	Account  bool                     // print account numbers in full; otherwise the last four digits
	Place    func(code string) string // names a division; nil: its code is printed
}

// Columns of the table, and how high its boxes are at least.
const (
	labelWidth = 34 * typeset.MM
	rowHeight  = 11 * typeset.MM
)

func columns() []float64 {
	return []float64{labelWidth, 50 * typeset.MM, 24 * typeset.MM, 52 * typeset.MM}
}

// Form is the official form (申报表) in the layout of the notice's annex: cover, table,
// bank block, opinion boxes as the notice composes them (R107–R128); behind it the annex
// pages with what the form has no room for. Version code and page number stand on every
// page (R100). The same version gives the same bytes.
func Form(fonts *font.Set, f FormPaper) ([]byte, error) {
	form := &f.Notice.Form
	s := newSheet(fonts, f.Version.Code, f.corner())
	f.cover(s)
	s.Break()
	rows := f.head()
	for i, x := range form.Body {
		rows = append(rows, f.long(x, i))
	}
	if len(form.Bank) > 0 {
		rows = append(rows, f.bank())
	}
	for _, b := range form.Boxes {
		rows = append(rows, f.opinion(b))
	}
	s.Table(columns(), rows)
	f.annex(s)
	subject := f.Notice.Number.Text + " " + f.Notice.Title
	return s.finish(f.Notice, form.Title, subject, f.Version.At)
}

// corner is what stands at the foot of each page, above the version code.
func (f FormPaper) corner() string {
	switch {
	case f.Content == nil:
		return f.Notice.Number.Text + "附件"
	case f.Version.Code == "":
		return "草稿：负责人尚未签字定稿，不作申报文本"
	case f.Number != "":
		return "申报编号 " + f.Number
	}
	return "第" + itoa(f.Version.N) + "版"
}

// answer is the answer to a field as it is printed.
func (f FormPaper) answer(x notice.Field) string {
	if f.Content == nil {
		return ""
	}
	return f.show(x, f.Content.Answers.Get(x.Name))
}

// show is a value of a field, or of a column, as it is printed.
func (f FormPaper) show(x notice.Field, v string) string {
	switch x.Kind {
	case notice.Account:
		if !f.Account {
			return filing.Masked(v)
		}
	case notice.Choices, notice.Tags:
		return strings.Join(filing.Words(v), "、")
	case notice.Money:
		if v != "" {
			return v + "元"
		}
	case notice.Division:
		if f.Place != nil && v != "" {
			return f.Place(v)
		}
	case notice.Date:
		if t, err := time.Parse(time.DateOnly, v); err == nil {
			return day(t)
		}
	}
	return v
}

func (f FormPaper) cover(s *sheet) {
	const mm = typeset.MM
	p, form := s.Break(), &f.Notice.Form
	title := func(y, size float64, text string) {
		para := typeset.P(typeset.Style{Role: font.Title, Size: size}, text).Aligned(typeset.Center)
		s.At(p, s.Left, y, s.Width(), para)
	}
	// 内蒙古自治区专家服务基地 over 申报表, as titles of this kind are set
	if name, kind, ok := cutTitle(form.Title); ok {
		title(74*mm, 30, name)
		title(95*mm, 34, kind)
	} else {
		title(80*mm, 30, form.Title)
	}
	y := 165 * mm
	for _, x := range form.Cover {
		at := s.Left + 12*mm + float64(len([]rune(x.Label)))*three
		s.At(p, s.Left+12*mm, y, s.Width(), typeset.P(fang(three), x.Label).Aligned(typeset.Left))
		width := s.W - s.Right - 8*mm - at
		value := f.answer(x)
		if value == "" && f.Content != nil {
			value = f.Content.UnitName // R108: the unit's full name, as it was then
		}
		end := s.At(p, at, y, width, typeset.P(fang(three), value).Aligned(typeset.Center))
		for ; y < end-1; y += 1.5 * three {
			p.Rule(at, y+1.5*three-1, at+width, y+1.5*three-1, 0.7)
		}
		y += 8 * mm
	}
	foot := typeset.P(typeset.Style{Role: font.Kai, Size: 18}, form.Issuer).Aligned(typeset.Center)
	s.At(p, s.Left, 228*mm, s.Width(), foot)
	s.At(p, s.Left, 240*mm, s.Width(), typeset.P(typeset.Style{Role: font.Kai, Size: three}, day(f.Date)).Aligned(typeset.Center))
}

// cutTitle takes the kind of paper off the end of a title.
func cutTitle(title string) (name, kind string, ok bool) {
	for _, kind := range []string{"申报表", "申请表", "申报书", "申请书"} {
		if name, ok = strings.CutSuffix(title, kind); ok && name != "" {
			return name, kind, true
		}
	}
	return "", "", false
}

// head are the first rows of the table. A phone stands beside the person before it.
func (f FormPaper) head() []typeset.Row {
	var rows []typeset.Row
	fields := f.Notice.Form.Head
	for i := 0; i < len(fields); i++ {
		x := fields[i]
		row := typeset.Row{Min: rowHeight, Whole: true, Cells: []typeset.Cell{labelCell(x.Label)}}
		if i+1 < len(fields) && (fields[i+1].Kind == notice.Phone || fields[i+1].Kind == notice.Mobile) {
			i++
			row.Cells = append(row.Cells, valueCell(f.answer(x), 1, 1), labelCell(fields[i].Label), valueCell(f.answer(fields[i]), 3, 1))
		} else {
			row.Cells = append(row.Cells, valueCell(f.answer(x), 1, 3))
		}
		rows = append(rows, row)
	}
	return rows
}

func labelCell(text string) typeset.Cell {
	return typeset.Cell{Text: label(fang(four), text, 6), V: typeset.Middle}
}

// valueCell is a value over span columns from column from.
func valueCell(text string, from, span int) typeset.Cell {
	room := 0.0
	for _, w := range columns()[from : from+span] {
		room += w
	}
	return typeset.Cell{Span: span, Text: cellText(fitted(text, room), text, typeset.Left), V: typeset.Middle}
}

// fitted is the type for a value in a cell: smaller where it would not fit one line.
func fitted(text string, width float64) typeset.Style {
	if squares(text)*four > width-9 {
		return fang(smallFour)
	}
	return fang(four)
}

// long is one of the long boxes: label on the left, guidance and text on the right,
// running over pages. On the blank form each is as large as its limit needs by hand.
func (f FormPaper) long(x notice.Field, i int) typeset.Row {
	text := label(fang(four), x.Printed(), 5)
	again := label(fang(four), x.Label+"（续）", 5)
	box := typeset.Cell{Span: 3}
	for _, h := range x.Hints {
		p := typeset.P(note(five), h)
		p.Leading = 16
		box.Text = append(box.Text, p)
	}
	if f.Content != nil {
		body := prose(fang(smallFour), 20, f.Content.Answers.Get(x.Name))
		if len(body) > 0 && len(box.Text) > 0 {
			body[0].Before = 3
		}
		box.Text = append(box.Text, body...)
	}
	row := typeset.Row{Min: 55 * typeset.MM, Start: 38 * typeset.MM, Cells: []typeset.Cell{{Text: text, Again: again}, box}}
	if f.Content == nil {
		row.Whole = true
		if row.Min = 121 * typeset.MM; x.Limit > 600 {
			row.Min = 185 * typeset.MM
		}
		if i == 0 { // the rest of the first page
			row.Min = 207 * typeset.MM
		}
	}
	return row
}

// bank is the bank block: one box with a line for each field. Fields with a common lead
// share a line, and what stands in （） follows its number: 联系电话：…（办）…（手机）.
func (f FormPaper) bank() typeset.Row {
	var lines []typeset.Para
	lead := ""
	for _, x := range f.Notice.Form.Bank {
		v := f.answer(x)
		if x.Lead == "" || x.Lead != lead {
			p := typeset.P(fang(four), x.Lead).Aligned(typeset.Left)
			p.Leading = 25
			lines = append(lines, p)
		}
		lead = x.Lead
		run := &lines[len(lines)-1].Runs[0]
		if strings.HasPrefix(x.Label, "（") {
			if v == "" {
				v = strings.Repeat("　", 8)
			}
			run.Text += v + x.Label + "　"
		} else {
			run.Text += x.Label + v
		}
	}
	return typeset.Row{Whole: true, Cells: []typeset.Cell{{Span: 4, Text: lines}}}
}

// opinion is one opinion box, composed as the notice says (R126–R128).
func (f FormPaper) opinion(b notice.Box) typeset.Row {
	cell := typeset.Cell{Span: 4, Text: []typeset.Para{boxTitle(b.Label)}}
	o := f.boxOpinion(b.Number)
	if o == nil {
		cell.Foot = signLines(b.Sign, b.Seal, dateLine(b, time.Time{}), "")
	} else {
		cell.Text = append(cell.Text, prose(fang(smallFour), 20, o.Text)...)
		cell.Foot = signLines(b.Sign, b.Seal, dateLine(b, o.SignedAt), f.approval(*o))
	}
	return typeset.Row{Min: 78 * typeset.MM, Whole: true, Cells: []typeset.Cell{cell}}
}

func boxTitle(text string) typeset.Para {
	p := typeset.P(fang(four), text).Aligned(typeset.Left)
	p.Leading = 24
	return p
}

// signLines are the foot of an opinion box. Where the notice has no seal line the date
// stands beside the signature, as in the annex. date is "" where the box has none;
// approval, in grey, is what the system knows of it.
func signLines(sign, seal, date, approval string) []typeset.Para {
	const width = 160 * typeset.MM
	style := fang(four)
	right := seal
	if seal == "" {
		right = date
	}
	first := apart(style, width, sign, right)
	first.Before, first.Leading = 40, 24
	out := []typeset.Para{first}
	if seal != "" && date != "" {
		out = append(out, typeset.P(style, date+"　　").Aligned(typeset.Right))
	}
	if approval != "" {
		out = append(out, typeset.P(note(smallFive), approval).Aligned(typeset.Left))
	}
	return out
}

// dateLine is the date of a box, "" where the notice gives it none.
func dateLine(b notice.Box, at time.Time) string {
	if !b.Date {
		return ""
	}
	return day(at)
}

// approval is what the system knows of a signature.
func (f FormPaper) approval(o filing.Opinion) string {
	if o.Signer == nil {
		return ""
	}
	s := "系统签批：" + o.Signer.Name
	if o.Signer.ForName != "" {
		s += "（受" + o.Signer.ForName + "委托）"
	}
	s += "，" + minute(o.SignedAt)
	if o.Version != f.Version.N {
		s += "，对第" + itoa(o.Version) + "版"
	}
	return s
}

// boxOpinion is the standing opinion of a box, the latest one up to this version.
func (f FormPaper) boxOpinion(box int) *filing.Opinion {
	for _, o := range slices.Backward(f.Opinions) {
		if o.Box == box && f.counts(o) {
			return &o
		}
	}
	if box == 1 && f.Content != nil { // the applicant's opinion is part of the version
		o := filing.Opinion{Text: f.Content.Opinion, Version: f.Version.N, SignedAt: f.Version.At}
		if f.Version.By.Name != "" {
			o.Signer = &f.Version.By
		}
		return &o
	}
	return nil
}

// counts reports whether an opinion is printed with this version: signed, not fallen,
// not a return, and not given on a later version.
func (f FormPaper) counts(o filing.Opinion) bool {
	return o.Stands() && o.Outcome != filing.Return && o.Version <= f.Version.N && f.Content != nil
}
