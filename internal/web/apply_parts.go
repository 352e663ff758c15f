package web

import (
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// A formPart is one page of the form. The parts follow the annex: head, the long texts,
// the bank block, then the conditions one by one, what is asked beyond the annex, and the
// applicant's opinion, which closes the form.
type formPart struct {
	ID        string
	Fields    []notice.Field
	Condition *notice.Condition
	Opinion   bool
}

// formParts are the parts of a form in order.
func formParts(n *notice.Notice) []formPart {
	f := &n.Form
	out := []formPart{{ID: "head", Fields: f.Head}}
	for i, x := range f.Body {
		out = append(out, formPart{ID: "text-" + strconv.Itoa(i+1), Fields: []notice.Field{x}})
	}
	bank, extra := slices.Clone(f.Bank), []notice.Field{}
	for _, x := range f.Extra {
		if x.When != nil && slices.ContainsFunc(f.Bank, func(b notice.Field) bool { return b.Name == x.When.Field }) {
			bank = append(bank, x) // the reason for another payee belongs to the payee
		} else {
			extra = append(extra, x)
		}
	}
	if len(bank) > 0 {
		out = append(out, formPart{ID: "bank", Fields: bank})
	}
	for i := range n.Conditions {
		out = append(out, formPart{ID: "condition-" + n.Conditions[i].ID, Condition: &n.Conditions[i]})
	}
	if len(extra) > 0 {
		out = append(out, formPart{ID: "extra", Fields: extra})
	}
	return append(out, formPart{ID: "opinion", Opinion: true})
}

// fields are what is answered in a part; those on a condition and the opinion are not
// fields of the annex, and get their names from filing.
func (p formPart) fields(n *notice.Notice) []notice.Field {
	switch {
	case p.Condition != nil:
		out := []notice.Field{{Name: filing.SelfField(p.Condition.ID), Kind: notice.Choice, Required: true, Official: true, Clause: p.Condition.Clause}}
		if p.Condition.State {
			out = append(out, notice.Field{Name: filing.StatementField(p.Condition.ID), Kind: notice.LongText, Required: true, Official: true, Clause: p.Condition.Clause})
		}
		return out
	case p.Opinion:
		x := notice.Field{Name: filing.OpinionField, Label: filing.OpinionField, Kind: notice.LongText, Required: true, Official: true}
		if b, ok := n.Form.Box(1); ok {
			x.Clause = b.Clause
		}
		return []notice.Field{x}
	}
	return p.Fields
}

// has reports whether a field is answered in the part.
func (p formPart) has(field string) bool {
	switch {
	case p.Condition != nil:
		return field == filing.SelfField(p.Condition.ID) || field == filing.StatementField(p.Condition.ID)
	case p.Opinion:
		return field == filing.OpinionField
	}
	return slices.ContainsFunc(p.Fields, func(x notice.Field) bool { return x.Name == field })
}

// title is what a part is called.
func (p formPart) title(v View, c *desk.Case) string {
	switch {
	case p.Condition != nil:
		return v.T("part.condition", "id", p.Condition.ID, "name", word(v, c.Labels, p.Condition.Name))
	case p.Opinion:
		return word(v, c.Labels, filing.OpinionField)
	case p.ID == "head":
		return word(v, c.Labels, string(notice.PartHead))
	case p.ID == "bank":
		return word(v, c.Labels, string(notice.PartBank))
	case p.ID == "extra":
		return word(v, c.Labels, string(notice.PartExtra))
	}
	return word(v, c.Labels, p.Fields[0].Label)
}

// partOf is the part in which a field is answered, "" none.
func partOf(n *notice.Notice, field string) string {
	for _, p := range formParts(n) {
		if p.has(field) {
			return p.ID
		}
	}
	return ""
}

// States of a part.
const (
	partEmpty  = "empty"  // nothing filled in
	partDoing  = "doing"  // something is missing or wrong
	partDone   = "done"   // nothing binding is missing
	partSpared = "spared" // empty, and may stay so
)

// A partState is a part with how far it has come.
type partState struct {
	formPart
	State    string
	Wrong    int  // binding problems
	Warnings int  // what is only pointed out
	Open     bool // a correction opened something in it
	Files    int  // evidence of its condition
}

// partStates are all parts with their states.
func partStates(c *desk.Case, check desk.Check) []partState {
	var out []partState
	for _, p := range formParts(c.Notice) {
		s := partState{formPart: p, State: partDone}
		filled := false
		for _, x := range p.fields(c.Notice) {
			filled = filled || c.Answers.Answers.Get(x.Name) != "" || (p.Opinion && c.Answers.Opinion != "")
			s.Open = s.Open || marked(c, x.Name)
		}
		for _, r := range check.Binding {
			if p.has(r.Field) {
				s.Wrong++
			}
		}
		for _, w := range check.Warnings {
			if p.has(w.Field) {
				s.Warnings++
			}
		}
		switch {
		case s.Wrong > 0 && filled:
			s.State = partDoing
		case s.Wrong > 0:
			s.State = partEmpty
		case !filled:
			s.State = partSpared
		}
		if p.Condition != nil {
			o := c.Open()
			s.Open = s.Open || o != nil && len(o.Fields) > 0 && o.Takes(filing.Evidence{Purpose: filing.ForEvidence, Topic: p.Condition.ID})
			s.Files = len(filesFor(c, filing.ForEvidence, p.Condition.ID))
		}
		out = append(out, s)
	}
	return out
}

// marked reports whether an open correction names a field.
func marked(c *desk.Case, field string) bool {
	o := c.Open()
	return o != nil && len(o.Fields) > 0 && field != filing.OpinionField && o.Opens(field)
}

// filesFor are the files on the case for a purpose and topic; a topic of "" is any.
func filesFor(c *desk.Case, purpose, topic string) []filing.Evidence {
	var out []filing.Evidence
	for _, f := range c.Files {
		if f.Purpose == purpose && f.Removed.IsZero() && (topic == "" || f.Topic == topic) {
			out = append(out, f)
		}
	}
	return out
}

// A formBox is one field on a page.
type formBox struct {
	notice.Field
	Label    string // as the annex prints it
	Lines    []string
	Value    string // as its control has it
	Version  int
	Must     bool
	Reason   string // when it is asked for
	Locked   string // why it can't be changed now; "" it can
	Marked   bool   // a correction asks for it
	Err      string
	Cite     string
	Warnings []string
	Theirs   *desk.Answer // what somebody else wrote meanwhile
	Choice   []Option
	Cells    []filing.Row // of a list, with spare rows
}

// spareRows are shown in a list that is still empty; one more is shown below rows.
const spareRows = 3

// boxesOf are the fields of a part as the page shows them.
func boxesOf(v View, p formPage) []formBox {
	var out []formBox
	answer := p.Answers.Answer
	for _, x := range p.Part.fields(p.Notice) {
		b := formBox{Field: x, Label: fieldLabel(v, p.Case, x.Name), Value: shownAs(x, p.Draft[x.Name].Value), Version: p.Draft[x.Name].Version,
			Must: x.Must(answer), Reason: whenText(v, p.Case, x), Marked: marked(p.Case, x.Name), Choice: choices(v, p, x)}
		switch {
		case p.Part.Condition != nil && x.Kind == notice.Choice:
			b.Label = v.T("part.self")
		case p.Part.Condition != nil:
			b.Label = v.T("part.statement")
		}
		for _, h := range x.Hints {
			if h != x.Label {
				b.Lines = append(b.Lines, word(v, p.Labels, h))
			}
		}
		if o := p.Open(); o != nil && !o.Opens(x.Name) {
			b.Locked = v.T("part.locked", "unit", o.UnitName)
		}
		rows := filing.Rows(p.Draft[x.Name].Value)
		if p.Sent.Form.Sent != nil {
			b.Value = p.Sent.Get(x.Name, b.Value)
			if x.Kind == notice.Choices {
				b.Value = filing.PutWords(p.Sent.Sent[x.Name])
			}
			rows = typedRows(x, p.Sent.Sent)
		}
		b.problems(v, p)
		if t, ok := p.Sent.Theirs[x.Name]; ok {
			t.Value = shownAs(x, t.Value)
			b.Theirs = &t
		}
		if x.Kind == notice.List {
			spare := 1
			if len(rows) < spareRows {
				spare = spareRows - len(rows)
			}
			b.Cells = append(rows, slices.Repeat([]filing.Row{{}}, spare)...)
		}
		out = append(out, b)
	}
	return out
}

// problems are what is wrong with what was filled in, and what is only pointed out. What
// is merely missing is said on the page that checks everything.
func (b *formBox) problems(v View, p formPage) {
	b.Err = p.Sent.Err(b.Name)
	for _, r := range p.Check.Binding {
		if r.Field == b.Name && !missing(r) && b.Err == "" {
			b.Err, b.Cite = v.Lang.Say("refusal."+r.Kind, labelled(v, p.Case, r)), r.Clause
		}
	}
	for _, w := range p.Check.Warnings {
		if w.Field == b.Name && w.Kind != "left-empty" && w.Kind != "no-evidence" {
			b.Warnings = append(b.Warnings, warningText(v, p.Case, w))
		}
	}
}

// labelled are the particulars of a refusal with the field's name in the reader's language.
func labelled(v View, c *desk.Case, r *event.Refusal) map[string]string {
	args := map[string]string{}
	for k, x := range r.Args {
		args[k] = word(v, c.Labels, x)
	}
	if v.Lang == locale.En && r.Field != "" && args["row"] == "" {
		args["label"] = fieldName(v, c, r.Field)
	}
	return args
}

func warningText(v View, c *desk.Case, w filing.Warning) string {
	args := map[string]string{}
	for k, x := range w.Args {
		args[k] = word(v, c.Labels, x)
	}
	return v.Lang.TMap("warning."+w.Kind, args)
}

// whenText says in which case a field is asked for.
func whenText(v View, c *desk.Case, x notice.Field) string {
	switch {
	case x.When == nil:
		return ""
	case x.When.Unlike != "":
		return v.T("part.when-unlike", "field", fieldName(v, c, x.When.Field), "other", fieldName(v, c, x.When.Unlike))
	}
	return v.T("part.when-is", "field", fieldName(v, c, x.When.Field), "value", word(v, c.Labels, x.When.Is))
}

// choices are what a choice is made from.
func choices(v View, p formPage, x notice.Field) []Option {
	if p.Part.Condition != nil && x.Kind == notice.Choice {
		return []Option{{filing.Met, v.T("self.met")}, {filing.NotMet, v.T("self.not_met")}}
	}
	var out []Option
	for _, o := range x.Options {
		out = append(out, Option{o, word(v, p.Labels, o)})
	}
	return out
}

// fieldLabel is a field's label: in Chinese as the annex prints it, without the colon and
// the blanks that spread its characters on paper.
func fieldLabel(v View, c *desk.Case, field string) string {
	x, ok := c.Notice.Form.Field(field)
	if !ok || v.Lang != locale.Zh {
		return fieldName(v, c, field)
	}
	return strings.NewReplacer(" ", "", "　", "").Replace(strings.TrimRight(x.Lead+x.Printed(), "：: "))
}

// fieldName is what a field is called, also one that is not of the annex.
func fieldName(v View, c *desk.Case, field string) string {
	for _, k := range c.Notice.Conditions {
		switch field {
		case filing.SelfField(k.ID):
			return v.T("part.self-of", "name", word(v, c.Labels, k.Name))
		case filing.StatementField(k.ID):
			return v.T("part.statement-of", "name", word(v, c.Labels, k.Name))
		}
	}
	return word(v, c.Labels, field)
}

// placeName names a division with the league or city that it lies in.
func placeName(ds []org.Division, code string) string {
	at := func(code string) (org.Division, bool) {
		i := slices.IndexFunc(ds, func(d org.Division) bool { return d.Code == code })
		if i < 0 {
			return org.Division{}, false
		}
		return ds[i], true
	}
	d, ok := at(code)
	if !ok {
		return code
	}
	if up, ok := at(d.Parent); ok && up.Level == "prefecture" {
		return up.Name + d.Name
	}
	return d.Name
}

// comma stands between the words of a list.
func comma(v View) string {
	if v.Lang == locale.En {
		return ", "
	}
	return "、"
}
