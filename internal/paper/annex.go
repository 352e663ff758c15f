package paper

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/typeset"
)

// annex prints what the official form has no room for, on pages behind it.
func (f FormPaper) annex(s *sheet) {
	f.furtherOpinions(s)
	f.extra(s)
	f.statements(s)
	f.evidence(s)
}

// section begins a part of the annex: the first on a page of its own, the others on a
// new page where too little room is left.
func (s *sheet) section(title, remark string) {
	if !s.annexed || s.Room() < 70*typeset.MM {
		s.Break()
	}
	s.annexed = true
	s.heading(title)
	if remark != "" {
		s.Para(typeset.P(note(five), remark))
		s.Skip(4)
	}
}

// furtherOpinions are those of levels that the form has no box for (R127): each with
// its unit, opinion, signer and date, in the order of the route. Fallen ones are not
// printed.
func (f FormPaper) furtherOpinions(s *sheet) {
	var between []filing.Opinion
	for _, o := range f.Opinions {
		if o.Box == 0 && f.counts(o) {
			between = append(between, o)
		}
	}
	if len(between) == 0 {
		return
	}
	slices.SortStableFunc(between, func(a, b filing.Opinion) int { return cmp.Compare(a.Step, b.Step) })
	s.section("附页　逐级推荐意见", "通知所附表式未设栏目的各级意见，按报送顺序排列。")
	sign, seal := "负责人（签字）：", "单位（盖章）"
	if b, ok := f.Notice.Form.Box(2); ok { // composed as the box of the level above
		sign, seal = b.Sign, b.Seal
	}
	var rows []typeset.Row
	for _, o := range between {
		cell := typeset.Cell{Span: 4, Text: append([]typeset.Para{boxTitle(o.UnitName + "意见：")}, prose(fang(smallFour), 20, o.Text)...)}
		cell.Foot = signLines(sign, seal, day(o.SignedAt), f.approval(o))
		rows = append(rows, typeset.Row{Min: 60 * typeset.MM, Whole: true, Cells: []typeset.Cell{cell}})
	}
	s.Table(columns(), rows)
	s.Skip(16)
}

// extra are the fields that the annex of the notice does not have. On a filled form
// those without an answer are left out.
func (f FormPaper) extra(s *sheet) {
	var rows []typeset.Row
	var lists []notice.Field
	for _, x := range f.Notice.Form.Extra {
		v := f.answer(x)
		switch {
		case f.Content != nil && v == "":
		case x.Kind == notice.List:
			lists = append(lists, x)
		case x.Kind == notice.LongText:
			rows = append(rows, smallRow(x.Label, prose(fang(smallFour), 19, v)))
		default:
			if f.Content == nil && len(x.Options) > 0 {
				v = "□" + strings.Join(x.Options, "　□")
			}
			rows = append(rows, smallRow(x.Label, cellText(fang(smallFour), v, typeset.Left)))
		}
	}
	if len(rows)+len(lists) == 0 {
		return
	}
	s.section("附页　补充栏（非通知原文）", "以下各栏不在通知所附表式之内，供审核和统计使用。")
	s.Table(smallColumns(), rows)
	s.Skip(12)
	for _, x := range lists {
		f.list(s, x)
	}
}

func smallColumns() []float64 { return []float64{40 * typeset.MM, 120 * typeset.MM} }

func smallRow(name string, text []typeset.Para) typeset.Row {
	if len(text) == 0 {
		text = cellText(fang(smallFour), "", typeset.Left)
	}
	return typeset.Row{Min: 9 * typeset.MM, Cells: []typeset.Cell{
		{Text: label(fang(smallFour), name, 8), Again: label(fang(smallFour), name+"（续）", 8)},
		{Text: text, V: typeset.Middle},
	}}
}

// list prints a list field as a table, its head repeated on each page.
func (f FormPaper) list(s *sheet, x notice.Field) {
	if s.Room() < 30*typeset.MM {
		s.Break()
	}
	s.Para(typeset.P(hei(smallFour), x.Label))
	s.Skip(2)
	widths := listWidths(x.Columns, s.Width())
	head := typeset.Row{Head: true}
	for _, c := range x.Columns {
		head.Cells = append(head.Cells, typeset.Cell{Text: cellText(hei(five), c.Label, typeset.Center), V: typeset.Middle})
	}
	rows := []typeset.Row{head}
	var answers []filing.Row
	if f.Content == nil {
		answers = make([]filing.Row, 3)
	} else {
		answers = filing.Rows(f.Content.Answers.Get(x.Name))
	}
	for _, a := range answers {
		row := typeset.Row{Min: 7.5 * typeset.MM}
		for _, c := range x.Columns {
			align := typeset.Left
			if c.Kind != notice.Text && c.Kind != notice.LongText {
				align = typeset.Center
			}
			row.Cells = append(row.Cells, typeset.Cell{Text: cellText(fang(five), f.listed(c, strings.TrimSpace(a[c.Name])), align), V: typeset.Middle})
		}
		rows = append(rows, row)
	}
	s.Table(widths, rows)
	s.Skip(10)
}

// listed is a value in a list, dates short: 2016.9.12.
func (f FormPaper) listed(c notice.Field, v string) string {
	if t, err := time.Parse(time.DateOnly, v); err == nil && c.Kind == notice.Date {
		return t.Format("2006.1.2")
	}
	return f.show(c, v)
}

// listWidths gives columns of numbers and dates what they need, and shares the rest among
// those of words; without such columns all are widened alike.
func listWidths(columns []notice.Field, width float64) []float64 {
	const mm = typeset.MM
	out := make([]float64, len(columns))
	used, words := 0.0, 0
	for i, c := range columns {
		switch c.Kind {
		case notice.Year, notice.Number, notice.Choice:
			out[i] = 19 * mm
		case notice.Date:
			out[i] = 21 * mm
		case notice.Money, notice.Phone, notice.Mobile:
			out[i] = 30 * mm
		default:
			words++
		}
		used += out[i]
	}
	for i := range out {
		if words == 0 {
			out[i] *= width / used
		} else if out[i] == 0 {
			out[i] = (width - used) / float64(words)
		}
	}
	return out
}

// statements are what the applicant says to each condition (R24–R34).
func (f FormPaper) statements(s *sheet) {
	var rows []typeset.Row
	for _, c := range f.Notice.Conditions {
		v := ""
		if f.Content != nil {
			v = f.Content.Answers.Get(filing.StatementField(c.ID))
		}
		if v != "" || f.Content == nil && c.State {
			text := prose(fang(smallFour), 19, v)
			for i := range text {
				text[i].Indent = 0
			}
			row := smallRow("", text)
			row.Cells[0] = typeset.Cell{Text: label(fang(smallFour), c.Name, 11), Again: label(fang(smallFour), c.Name+"（续）", 11)}
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return
	}
	s.section("附页　申报条件逐条说明", "条件见通知"+f.Notice.Conditions[0].Clause+"等条款。")
	s.Table([]float64{52 * typeset.MM, 108 * typeset.MM}, rows)
	s.Skip(16)
}

// evidence is the list of evidence by condition (R102), with what identifies each file:
// the first twelve digits of its SHA-256.
func (f FormPaper) evidence(s *sheet) {
	if f.Content == nil {
		return
	}
	files := f.catalogue()
	s.section("附页　佐证材料目录", "")
	if len(files) == 0 {
		s.Para(typeset.P(fang(smallFour), "未附佐证材料。"))
		return
	}
	const mm = typeset.MM
	widths := []float64{11 * mm, 42 * mm, 68 * mm, 11 * mm, 28 * mm}
	head := typeset.Row{Head: true}
	for _, t := range []string{"序号", "所证事项", "材料名称", "页数", "校验码"} {
		head.Cells = append(head.Cells, typeset.Cell{Text: cellText(hei(five), t, typeset.Center), V: typeset.Middle})
	}
	rows := []typeset.Row{head}
	for i, e := range files {
		pages := ""
		if e.Pages > 0 {
			pages = strconv.Itoa(e.Pages)
		}
		row := typeset.Row{Min: 7.5 * mm, Whole: true}
		for k, t := range []string{strconv.Itoa(i + 1), f.topic(e), e.Name, pages, e.SHA256[:min(12, len(e.SHA256))]} {
			align := typeset.Center
			if k == 1 || k == 2 {
				align = typeset.Left
			}
			row.Cells = append(row.Cells, typeset.Cell{Text: cellText(fang(five), t, align), V: typeset.Middle})
		}
		rows = append(rows, row)
	}
	s.Table(widths, rows)
}

// catalogue is the evidence in the order of the conditions, other files after it. The
// scan of the sealed page is no evidence.
func (f FormPaper) catalogue() []filing.Evidence {
	files := slices.DeleteFunc(slices.Clone(f.Content.Evidence), func(e filing.Evidence) bool { return e.Purpose == filing.ForSeal })
	place := func(e filing.Evidence) int {
		i := slices.IndexFunc(f.Notice.Conditions, func(c notice.Condition) bool { return c.ID == e.Topic })
		if e.Purpose != filing.ForEvidence || i < 0 {
			return len(f.Notice.Conditions)
		}
		return i
	}
	slices.SortStableFunc(files, func(a, b filing.Evidence) int { return cmp.Compare(place(a), place(b)) })
	return files
}

// topic is what a file proves.
func (f FormPaper) topic(e filing.Evidence) string {
	switch e.Purpose {
	case filing.ForBank:
		return "收款户名不一致的证明"
	case filing.ForProxy:
		return "代报的书面委托"
	}
	if c, ok := f.Notice.Condition(e.Topic); ok {
		return c.Name
	}
	return e.Topic
}

func itoa(n int) string { return strconv.Itoa(n) }
