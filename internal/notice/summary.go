package notice

import (
	"strings"
	"time"
)

// Summary prints what is understood of n: the call, its timeline, route, conditions,
// form, quota, copies, evaluation, what it leaves open and what is prose only. It is what
// an author reads before publishing.
//
// t is the sentence of a key in the reader's language, filled from name, value pairs;
// word is a word of the notice in that language (Labels.Of), nil for the words as they are.
func Summary(n *Notice, t func(key string, pairs ...string) string, word func(zh string) string) string {
	if word == nil {
		word = func(zh string) string { return zh }
	}
	s := &summary{n: n, t: t, word: word}
	s.call()
	s.timeline()
	s.route()
	s.conditions()
	s.form()
	s.limits()
	s.life()
	s.open()
	return strings.Join(s.lines, "\n") + "\n"
}

type summary struct {
	n     *Notice
	t     func(key string, pairs ...string) string
	word  func(zh string) string
	lines []string
}

// head begins a part of the report.
func (s *summary) head(key string, pairs ...string) {
	if len(s.lines) > 0 {
		s.lines = append(s.lines, "")
	}
	s.lines = append(s.lines, s.t("summary."+key, pairs...))
}

// say adds a line.
func (s *summary) say(key string, pairs ...string) {
	s.lines = append(s.lines, "  "+s.t("summary."+key, pairs...))
}

// words are several words as one.
func (s *summary) words(zh ...string) string {
	out := make([]string, len(zh))
	for i, w := range zh {
		out[i] = s.word(w)
	}
	return s.join(out)
}

// join makes one list of words that are in the reader's language already.
func (s *summary) join(words []string) string {
	all := ""
	for i, w := range words {
		if i == 0 {
			all = w
		} else {
			all = s.t("summary.list", "a", all, "b", w)
		}
	}
	return all
}

func (s *summary) call() {
	n := s.n
	s.head("call", "title", s.word(n.Title), "number", n.Number.Text)
	s.say("issuer", "issuer", s.word(n.Issuer))
	award := []string{n.Award.Level}
	if n.Award.Batch != "" {
		award = append(award, n.Award.Batch)
	}
	s.say("award", "name", s.word(n.Award.Name), "particulars", s.words(award...))
	for _, b := range n.Basis {
		s.say("basis", "title", s.word(b.Title), "number", b.Number.Text)
	}
	for _, a := range n.Addressees {
		s.say("addressee", "text", s.word(a.Text), "class", s.word(string(a.Class)))
	}
	s.say("pinned", "sha256", n.SHA256)
}

func (s *summary) timeline() {
	d := s.n.Delivery
	s.head("timeline")
	at := d.Deadline.In(zone)
	if d := at.Add(-time.Second); at.Hour() == 0 && at.Minute() == 0 {
		s.say("deadline-day", "day", d.Format(time.DateOnly), "instant", at.Format(time.RFC3339))
	} else {
		s.say("deadline-hour", "time", at.Format("2006-01-02 15:04"), "instant", at.Format(time.RFC3339))
	}
	s.from(d.Source)
	if p := s.n.Public; p != nil {
		s.say("public-notice", "days", itoa(p.WorkDays))
		if !p.FirstDay {
			s.more("public-notice-after", "")
		}
		if !p.Official {
			s.more("public-notice-added", "")
		}
		s.from(p.Source)
	}
	s.scoring()
	if e := s.n.Evaluation; e.Years > 0 {
		s.say("evaluation-every", "years", itoa(e.Years), "by", s.word(e.By))
		s.from(e.Source)
	}
}

// from adds the clause to the end of the line before.
func (s *summary) from(src Source) {
	s.lines[len(s.lines)-1] += s.t("summary.clause", "clause", src.Clause)
}

func (s *summary) route() {
	s.head("route")
	for i, x := range s.n.Steps {
		s.say("step", "n", itoa(i+1), "step", s.word(x.Name), "by", s.word(x.By))
		for _, p := range []struct{ key, text string }{
			{"step-along", x.Along}, {"step-sign", x.Sign}, {"step-seal", x.Seal},
		} {
			if p.text != "" {
				s.more(p.key, s.word(p.text))
			}
		}
		if len(x.May) > 0 {
			s.more("step-may", s.words(x.May...))
		}
		s.from(x.Source)
	}
	h := s.n.Hierarchy
	s.say("hierarchy", "public", s.word(h.Public), "nonpublic", s.word(h.NonPublic))
	s.from(h.Source)
}

// more adds a particular to the end of the line before.
func (s *summary) more(key, text string) {
	s.lines[len(s.lines)-1] += s.t("summary."+key, "text", text)
}

func (s *summary) conditions() {
	s.head("conditions", "count", itoa(len(s.n.Conditions)))
	for _, c := range s.n.Conditions {
		key := "condition"
		if c.Soft {
			key = "condition-soft"
		}
		s.say(key, "id", c.ID, "name", s.word(c.Name), "fields", s.words(c.See...))
		s.from(c.Source)
	}
	hosts := "hosts"
	if s.n.Hosts.Other.Name != "" {
		hosts = "hosts-open"
	}
	s.say(hosts, "count", itoa(len(s.n.Hosts.Kinds)), "kinds", s.words(s.n.Hosts.Names()...))
	s.from(s.n.Hosts.Source)
}

func (s *summary) form() {
	f := &s.n.Form
	s.head("form", "title", s.word(f.Title))
	if f.Alias != "" {
		s.say("form-alias", "alias", s.word(f.Alias))
	}
	for _, p := range []struct {
		part   Part
		fields []Field
	}{{PartCover, f.Cover}, {PartHead, f.Head}, {PartBody, f.Body}, {PartBank, f.Bank}, {PartExtra, f.Extra}} {
		var names []string
		for _, x := range p.fields {
			name := s.word(x.Name)
			if x.Limit > 0 {
				name += s.t("summary.limit", "limit", itoa(x.Limit))
			}
			names = append(names, name)
		}
		if len(names) > 0 {
			s.say("form-part", "part", s.word(string(p.part)), "count", itoa(len(names)), "fields", s.join(names))
		}
	}
	for _, b := range f.Boxes {
		key := "box"
		if b.Seal == "" {
			key = "box-no-seal"
		}
		s.say(key, "n", itoa(b.Number), "name", s.word(b.Name), "step", s.word(b.Step))
	}
}

func (s *summary) limits() {
	n := s.n
	s.head("limits")
	var per []string
	for _, c := range n.Quota.Per {
		per = append(per, string(c))
	}
	s.say("quota", "per", s.words(per...), "max", itoa(n.Quota.Max))
	s.from(n.Quota.Source)
	s.say("copies", "to", s.word(n.Delivery.To), "forms", itoa(n.Delivery.Forms), "evidence", itoa(n.Delivery.Evidence), "digital", itoa(n.Delivery.Digital))
	s.from(n.Delivery.Source)
}

func (s *summary) life() {
	n := s.n
	s.head("life")
	grant := s.t("summary.grant-open")
	if !n.Recognition.Grant.Open {
		grant = s.t("summary.grant", "yuan", itoa(int(n.Recognition.Grant.Fen/100)))
	}
	s.say("recognition", "plaque", s.word(n.Recognition.Plaque), "grant", grant)
	s.from(n.Recognition.Source)
	if x := n.Experts; x.AtLeast != "" {
		s.say("experts", "count", itoa(len(x.Categories)), "level", s.word(x.AtLeast), "needs", s.words(x.Needs...))
		s.from(x.Source)
	}
	if a := n.Agreement; len(a.Required) > 0 {
		s.say("agreement", "subjects", s.words(a.Required...))
		s.from(a.Source)
	}
	if a := n.Activities; len(a.Groups) > 0 {
		kinds := 0
		for _, g := range a.Groups {
			kinds += len(g.Kinds)
		}
		s.say("activities", "groups", itoa(len(a.Groups)), "kinds", itoa(kinds))
		s.from(a.Source)
	}
	for _, c := range n.Evaluation.Criteria {
		s.say("criterion", "name", s.word(c.Name), "from", s.words(c.From...))
		s.from(c.Source)
	}
	for _, o := range n.Evaluation.Outcomes {
		s.say("outcome", "grade", s.word(o.Grade), "may", s.words(o.May...))
		s.from(o.Source)
	}
}

func (s *summary) open() {
	s.head("open", "count", itoa(len(s.n.Readings)))
	var targets, prose []string
	for _, r := range s.n.Readings {
		targets = append(targets, r.Target)
	}
	if len(targets) > 0 {
		s.say("readings", "targets", s.words(targets...))
	}
	for _, c := range s.n.ProseOnly() {
		prose = append(prose, c.ID)
	}
	if len(prose) > 0 {
		s.say("prose-only", "clauses", s.join(prose))
	}
}
