package notice

import "strings"

func (p *parsing) form(b block, v value) {
	r := p.reader(b, v, "")
	f := &p.n.Form
	f.Source = r.source()
	f.Title, f.Alias, f.Issuer = r.str("名称", true), r.str("又称", false), r.str("落款", false)
	c, _ := p.n.Clause(b.clause)
	r.stated(f.Title, r.line("名称"), c)
	f.Cover = p.fields(b, r.each("封面", true), PartCover)
	f.Head = p.fields(b, r.each(string(PartHead), true), PartHead)
	f.Body = p.fields(b, r.each(string(PartBody), true), PartBody)
	f.Bank = p.fields(b, r.each(string(PartBank), false), PartBank)
	for _, e := range r.each("意见栏", true) {
		p.box(b, e)
	}
	r.done()
}

// extra reads 补充栏: what the requirements ask for and the annex does not have. These
// fields are marked 非通知原文 and are optional unless said otherwise.
func (p *parsing) extra(b block, v value) {
	p.n.Form.Extra = append(p.n.Form.Extra, p.fields(b, p.entries(b, v), PartExtra)...)
}

// fields reads a map of fields. Names are unique in the whole form.
func (p *parsing) fields(b block, from []pair, part Part) []Field {
	var all []Field
	for _, e := range from {
		f := p.field(b, e, part)
		for _, old := range append(p.n.Form.Fields(), all...) {
			if old.Name == f.Name {
				p.miss(e.line, "field-twice", "got", f.Name, "line", itoa(old.Line))
				break
			}
		}
		all = append(all, f)
	}
	return all
}

// fieldKinds are the words for FieldKind (填).
var fieldKinds = []struct {
	word string
	kind FieldKind
}{
	{"文字", Text}, {"长文", LongText}, {"电话", Phone}, {"手机", Mobile}, {"日期", Date}, {"年份", Year}, {"数量", Number},
	{"金额", Money}, {"账号", Account}, {"文号", DocNo}, {"单选", Choice}, {"多选", Choices}, {"标签", Tags}, {"区划", Division}, {"列表", List},
}

// fieldKind notes a word that is no kind of field.
func (r *reader) fieldKind(v value) FieldKind {
	known := make([]string, len(fieldKinds))
	for i, k := range fieldKinds {
		if known[i] = k.word; k.word == v.text {
			return k.kind
		}
	}
	r.closed(v, known)
	return ""
}

// field reads one field: “电话: 电话”, or “单位简介: {填: 长文, 字数: 800, …}”.
func (p *parsing) field(b block, e pair, part Part) Field {
	f := Field{Name: e.key, Label: e.key, Part: part, Official: part != PartExtra, Required: part != PartExtra, Clause: b.clause, Line: e.line}
	if e.val.kind == word {
		f.Kind = (&reader{p: p, block: b.kind, sub: e.key}).fieldKind(e.val)
		return f
	}
	r := p.reader(b, e.val, e.key)
	if v, ok := r.get("填", true); ok {
		f.Kind = r.fieldKind(v)
	}
	if s := r.str("印", false); s != "" {
		f.Label = s
	}
	f.Lead = r.str("前", false)
	if f.Limit = r.count("字数", false, 1, "limit"); f.Limit > 0 {
		f.Rule = "word"
	}
	f.Hints, f.Points = r.strs("写", false), r.strs("要点", false)
	if f.Points == nil {
		for _, h := range f.Hints {
			f.Points = append(f.Points, strings.Trim(h, "0123456789.．、。；; "))
		}
	}
	f.Required = r.yes("必填", f.Required)
	f.Options = r.strs("选", false)
	if r.one("选自", false, "依托单位") != "" {
		f.Options = p.n.Hosts.Names()
	}
	if s := r.str("款", false); s != "" {
		f.Clause = s
		p.refs = append(p.refs, ref{"clause", s, r.line("款"), r.where()})
	}
	p.when(r, &f)
	for _, c := range r.each("列", false) {
		col := p.field(b, c, part)
		col.Clause = f.Clause
		f.Columns = append(f.Columns, col)
	}
	r.done()
	p.fits(r, f)
	return f
}

// when reads 当: in which case the field is asked for.
func (p *parsing) when(r *reader, f *Field) {
	w := r.in("当", false)
	if w == nil {
		return
	}
	x := &When{Field: w.str("栏", true), Is: w.str("为", false), Unlike: w.str("不同于", false)}
	p.refFields([]string{x.Field}, w.line("栏"), r.where())
	if x.Unlike != "" {
		p.refFields([]string{x.Unlike}, w.line("不同于"), r.where())
	}
	if (x.Is == "") == (x.Unlike == "") {
		p.miss(w.v.line, "when", "block", r.where())
	}
	if x.Is != "" {
		p.refs = append(p.refs, ref{"option", x.Field + "\n" + x.Is, w.line("为"), r.where()})
	}
	w.done()
	f.When = x
}

// fits notes particulars that do not go with the kind of the field.
func (p *parsing) fits(r *reader, f Field) {
	line := r.v.line
	switch {
	case f.Kind == "": // said already
	case (f.Kind == List) != (len(f.Columns) > 0):
		p.miss(line, "field-columns", "block", r.where())
	case (f.Kind == Choice || f.Kind == Choices) != (len(f.Options) > 0):
		p.miss(line, "field-options", "block", r.where())
	case f.Limit > 0 && f.Kind != LongText && f.Kind != Text:
		p.miss(r.line("字数"), "field-limit", "block", r.where())
	}
}

// box reads one opinion box.
func (p *parsing) box(b block, e pair) {
	r := p.reader(b, e.val, e.key)
	x := Box{
		Name: e.key, Label: r.str("印", true), Step: r.str("步骤", true), Number: len(p.n.Form.Boxes) + 1,
		Sign: r.str("签", false), Seal: r.str("章", false), Date: r.yes("日期", true),
		Clause: b.clause, Line: e.line,
	}
	if x.Step != "" {
		p.refs = append(p.refs, ref{"step", x.Step, r.line("步骤"), r.where()})
	}
	r.done()
	p.n.Form.Boxes = append(p.n.Form.Boxes, x)
}
