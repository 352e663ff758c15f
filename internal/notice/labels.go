package notice

import (
	"slices"
	"strings"
)

// Labels are the words of a notice in another language, from a file beside it. They are
// for display only: the Chinese text rules, and a word without a label is shown as it is.
type Labels struct {
	Lang     string // "en"
	words    map[string]string
	clauses  map[string]string
	readings map[string]string
}

// ParseLabels reads the labels of n. A key that the notice does not have is a mistake:
// after an amendment, labels would otherwise go on translating what is gone. The error
// is Mistakes.
//
// The file has four keys: 语言, the language; 词语, words of the forms and rules; 条款,
// the text of the clauses by id; 解释, the readings by target.
func ParseLabels(file string, src []byte, n *Notice) (Labels, error) {
	p := &parsing{n: &Notice{File: file}, first: map[string]int{}, unread: map[string]bool{}, cur: -1}
	l := Labels{}
	if len(src) > MaxSize {
		p.miss(1, "size")
		return l, p.mistakes
	}
	b := block{kind: "译文", body: lines(src)}
	if v, ok := p.tree(b); ok {
		r := p.reader(b, v, "")
		l.Lang = r.one("语言", true, "en")
		l.words = r.labels("词语", n.Words())
		var clauses []string
		for _, c := range n.Clauses {
			clauses = append(clauses, c.ID)
		}
		l.clauses = r.labels("条款", clauses)
		var targets []string
		for _, x := range n.Readings {
			targets = append(targets, x.Target)
		}
		l.readings = r.labels("解释", targets)
		r.done()
	}
	if len(p.mistakes) > 0 {
		p.sort()
		return Labels{}, p.mistakes
	}
	return l, nil
}

// labels reads one map of labels whose keys must all be known.
func (r *reader) labels(key string, known []string) map[string]string {
	m := map[string]string{}
	for _, e := range r.each(key, false) {
		switch {
		case !slices.Contains(known, e.key):
			r.p.guess(nearest(e.key, known), e.line, "label-dangling", "block", key, "got", e.key)
		case e.val.kind != word || strings.TrimSpace(e.val.text) == "":
			r.p.miss(e.line, "empty", "block", key, "key", e.key)
		default:
			m[e.key] = e.val.text
		}
	}
	return m
}

// Of is a word of the notice in lang; the word itself when there is no label for it.
func (l Labels) Of(lang, zh string) string { return l.pick(lang, l.words, zh, zh) }

// Clause is the text of c in lang.
func (l Labels) Clause(lang string, c Clause) string { return l.pick(lang, l.clauses, c.ID, c.Text) }

// Reading is the text of r in lang.
func (l Labels) Reading(lang string, r Reading) string {
	return l.pick(lang, l.readings, r.Target, r.Text)
}

func (l Labels) pick(lang string, from map[string]string, key, otherwise string) string {
	if s, ok := from[key]; ok && lang == l.Lang {
		return s
	}
	return otherwise
}

// Lacks are the words, clauses and readings of n that have no label, in the order of the
// notice: what is left to translate.
func (l Labels) Lacks(n *Notice) []string {
	var out []string
	lack := func(m map[string]string, key string) {
		if _, ok := m[key]; !ok {
			out = append(out, key)
		}
	}
	for _, w := range n.Words() {
		lack(l.words, w)
	}
	for _, c := range n.Clauses {
		lack(l.clauses, c.ID)
	}
	for _, r := range n.Readings {
		lack(l.readings, r.Target)
	}
	return out
}

// Words are all words of the notice that people are shown and that labels can
// translate, each once, in the order of the notice. Sentences of clauses and readings
// are not among them, but the words that a condition quotes are.
func (n *Notice) Words() []string {
	w := &wordList{seen: map[string]bool{}}
	w.add(n.Title, n.Issuer, n.Award.Name, n.Award.Level, n.Award.Batch)
	for _, b := range n.Basis {
		w.add(b.Title, b.Issuer)
	}
	for _, a := range n.Addressees {
		w.add(string(a.Class), a.Text)
	}
	for _, c := range n.Clauses {
		w.add(c.Title)
	}
	w.add(n.Hosts.Names()...)
	for _, c := range n.Conditions {
		w.add(c.Name, c.Quote)
		w.add(c.Evidence...)
	}
	for _, s := range n.Steps {
		w.add(s.Name, s.By, s.Along, s.Sign, s.Seal)
		w.add(s.May...)
	}
	w.add(n.Hierarchy.Public, n.Hierarchy.NonPublic, n.Recognition.Plaque)
	w.scores(n.Scoring)
	w.life(n)
	w.add(n.Delivery.To, "申报表", "佐证材料", "电子版")
	w.form(&n.Form)
	for _, r := range n.Readings {
		w.add(r.Target)
	}
	return w.all
}

type wordList struct {
	all  []string
	seen map[string]bool
}

func (w *wordList) add(words ...string) {
	for _, s := range words {
		if s != "" && !w.seen[s] {
			w.seen[s] = true
			w.all = append(w.all, s)
		}
	}
}

// life adds what is said about the time after determination.
func (w *wordList) life(n *Notice) {
	w.add(n.Experts.From...)
	w.add(n.Experts.Categories...)
	w.add(n.Experts.AtLeast)
	w.add(n.Experts.Needs...)
	w.add(n.Experts.Retired.Needs...)
	w.add(n.Agreement.By)
	w.add(n.Agreement.Terms...)
	w.add(n.Agreement.Required...)
	for _, g := range n.Activities.Groups {
		w.add(g.Name)
		w.add(g.Kinds...)
	}
	for _, c := range n.Evaluation.Criteria {
		w.add(c.Name)
		w.add(c.From...)
	}
	for _, o := range n.Evaluation.Outcomes {
		w.add(o.Grade)
		w.add(o.Grounds...)
		w.add(o.May...)
	}
}

func (w *wordList) form(f *Form) {
	w.add(f.Title, f.Alias, f.Issuer, string(PartCover), string(PartHead), string(PartBody), string(PartBank), string(PartExtra))
	for _, x := range f.Fields() {
		w.field(x)
	}
	for _, b := range f.Boxes {
		w.add(b.Name, b.Label, b.Sign, b.Seal)
	}
}

func (w *wordList) field(f Field) {
	w.add(f.Name, f.Lead, f.Label)
	w.add(f.Hints...)
	w.add(f.Points...)
	w.add(f.Options...)
	for _, c := range f.Columns {
		w.field(c)
	}
}
