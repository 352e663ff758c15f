package notice

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A ref is a word of one block that must stand in another. It is resolved when all
// blocks are read, so that their order is free.
type ref struct {
	to    string // "field", "form", "step", "clause", "option"
	name  string
	line  int
	where string
}

// refFields notes that names must be fields of the form.
func (p *parsing) refFields(names []string, line int, where string) {
	for _, n := range names {
		if n != "" {
			p.refs = append(p.refs, ref{"field", n, line, where})
		}
	}
}

// check looks at the notice as a whole: what one block says of another.
func (p *parsing) check() {
	known := map[string][]string{"form": {"申报表", p.n.Form.Title, p.n.Form.Alias}}
	for _, f := range p.n.Form.Fields() {
		known["field"] = append(known["field"], f.Name)
	}
	for _, s := range p.n.Steps {
		known["step"] = append(known["step"], s.Name)
	}
	for _, c := range p.n.Clauses {
		known["clause"] = append(known["clause"], c.ID)
	}
	in := map[string]string{"form": "申报表", "field": "申报表", "step": "程序", "option": "申报表"}
	for _, r := range p.refs {
		if p.unread[in[r.to]] || (r.to == "field" || r.to == "option") && p.unread["补充栏"] {
			continue // it may well be there
		}
		if r.to == "option" {
			p.option(r)
		} else if !slices.Contains(known[r.to], r.name) {
			p.guess(nearest(r.name, known[r.to]), r.line, "dangling-"+r.to, "block", r.where, "got", r.name)
		}
	}
	p.deadline()
	p.criteriaNeedPeriod()
}

// option resolves “field: answer”: the field must be a choice that offers the answer.
func (p *parsing) option(r ref) {
	name, answer, _ := strings.Cut(r.name, "\n")
	f, ok := p.n.Form.Field(name)
	if ok && len(f.Options) > 0 && !slices.Contains(f.Options, answer) {
		p.guess(nearest(answer, f.Options), r.line, "dangling-option", "block", r.where, "got", answer, "field", name)
	}
}

var takeShape = regexp.MustCompile(`^(当日|前一日)(\d{1,2})时(?:(\d{1,2})分)?$`)

// deadline finds the closing instant. A day without an hour is read as 解释 says (T3):
// “当日24时” is the first instant of the next day, half-open.
func (p *parsing) deadline() {
	d := &p.n.Delivery
	if d.Day == "" {
		return
	}
	r, ok := p.n.Reading(ReadDeadline)
	m := takeShape.FindStringSubmatch(r.Take)
	switch {
	case !d.Deadline.IsZero():
	case !ok && p.unread["解释"]:
		return
	case !ok || r.Take == "":
		p.miss(d.Line, "deadline-unread", "got", d.Day)
		return
	case m == nil:
		p.miss(r.Line, "deadline-take", "got", r.Take)
		return
	default:
		t, _ := time.ParseInLocation(time.DateOnly, d.Day, zone)
		hour, _ := strconv.Atoi(m[2])
		minute, _ := strconv.Atoi(m[3])
		if hour > 24 || minute > 59 || hour == 24 && minute > 0 {
			p.miss(r.Line, "deadline-take", "got", r.Take)
			return
		}
		if m[1] == "前一日" {
			t = t.AddDate(0, 0, -1)
		}
		d.Deadline = t.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	}
	issued := p.n.Issued
	if issued == "" && p.n.Year > 0 {
		issued = strconv.Itoa(p.n.Year) + "-01-01"
	}
	if d.Day < issued {
		p.miss(d.Line, "deadline-early", "got", d.Day, "issued", issued)
	}
}

// criteriaNeedPeriod: what is evaluated says nothing without how often and by whom.
func (p *parsing) criteriaNeedPeriod() {
	e := p.n.Evaluation
	if len(e.Criteria) > 0 && p.first["评估"] == 0 && !p.unread["评估"] {
		p.miss(e.Criteria[0].Line, "block-needs", "block", "评估内容", "needs", "评估")
	}
	if len(e.Criteria) == 0 && p.first["评估"] > 0 && !p.unread["评估内容"] {
		p.miss(p.first["评估"], "block-needs", "block", "评估", "needs", "评估内容")
	}
}

// Prose is the text of the notice as published, without rule blocks and heading marks.
func (n *Notice) Prose() string { return n.prose }

// ProseOnly are the clauses that no rule block restates: what the system does not
// enforce. Headings and lead-ins without words of their own are left out, and so are the
// addressees and the opening, which the front matter restates.
func (n *Notice) ProseOnly() []Clause {
	var out []Clause
	for i, c := range n.Clauses {
		lead := strings.Contains(c.ID, "·") && strings.HasSuffix(c.Text, "：")
		bare := c.Number != "" && c.Title != "" && !strings.Contains(c.Text, "\n")
		holds := i+1 < len(n.Clauses) && strings.HasPrefix(n.Clauses[i+1].ID, c.ID+"（")
		front := c.ID == clauseAddressees || c.ID == clauseOpening
		if len(c.Blocks) == 0 && !front && !(holds && (lead || bare)) {
			out = append(out, c)
		}
	}
	return out
}
