package web

import (
	"strconv"
	"strings"

	"shenbao/internal/desk"
	"shenbao/internal/notice"
	"shenbao/internal/review"
)

// ruler says in words what the system does because of a clause.
type ruler struct {
	v     View
	p     desk.Published
	at    string // the clause
	lines []string
}

// rules are the lines under a clause: what is enforced, in the reader's language.
func rules(v View, p desk.Published, clause string) []string {
	r := &ruler{v: v, p: p, at: clause}
	r.hosts()
	for _, c := range p.Conditions {
		if c.Clause == clause {
			r.condition(c)
		}
	}
	for i, s := range p.Steps {
		if s.Clause == clause {
			r.step(i+1, s)
		}
	}
	r.limits()
	r.form()
	r.life()
	return r.lines
}

func (r *ruler) say(key string, pairs ...string) {
	r.lines = append(r.lines, r.v.T("rule."+key, pairs...))
}

func (r *ruler) word(zh string) string { return r.p.Labels.Of(string(r.v.Lang), zh) }

func (r *ruler) words(zh ...string) string {
	out := make([]string, len(zh))
	for i, w := range zh {
		out[i] = r.word(w)
	}
	return listed(r.v, out)
}

func (r *ruler) hosts() {
	h := r.p.Hosts
	if h.Clause != r.at {
		return
	}
	var kinds, low []string
	for _, k := range h.Kinds {
		kinds = append(kinds, k.Name)
		if k.Lower {
			low = append(low, k.Name)
		}
	}
	r.say("hosts", "kinds", r.words(kinds...))
	if len(low) > 0 {
		r.say("hosts-lower", "kinds", r.words(low...))
	}
	if h.Other.Name != "" {
		r.say("hosts-other", "name", r.word(h.Other.Name), "fields", r.words(h.Other.Fields...))
	}
}

func (r *ruler) condition(c notice.Condition) {
	key := "condition"
	if c.Soft {
		key = "condition-soft"
	}
	r.say(key, "id", c.ID, "name", r.word(c.Name), "evidence", r.words(c.Evidence...))
}

func (r *ruler) step(n int, s notice.Step) {
	r.say("step", "n", strconv.Itoa(n), "step", r.word(s.Name), "by", r.word(s.By))
	last := len(r.lines) - 1
	for _, x := range []struct{ key, text string }{{"step-along", s.Along}, {"step-sign", s.Sign}, {"step-seal", s.Seal}} {
		if x.text != "" {
			r.lines[last] += r.v.T("rule."+x.key, "text", r.word(x.text))
		}
	}
	if len(s.May) > 0 {
		r.lines[last] += r.v.T("rule.step-may", "text", r.words(s.May...))
	}
	if s.Name == notice.StepRecommend {
		r.say("holder")
	}
}

func (r *ruler) limits() {
	n := r.p.Notice
	if h := n.Hierarchy; h.Clause == r.at {
		r.say("hierarchy", "public", r.word(h.Public), "nonpublic", r.word(h.NonPublic))
	}
	if x := n.Recommend; x.Clause == r.at {
		if x.ConfirmEach {
			r.say("confirm-each", "count", strconv.Itoa(len(n.Conditions)))
		}
		if x.GiveReasons {
			r.say("give-reasons")
		}
	}
	if x := n.Quota; x.Clause == r.at {
		var per []string
		for _, c := range x.Per {
			per = append(per, string(c))
		}
		r.say("quota", "per", r.words(per...), "max", strconv.Itoa(x.Max))
	}
	if d := n.Delivery; d.Clause == r.at {
		r.say("deadline", "until", r.v.Lang.Until(d.Deadline))
		r.say("copies", "to", r.word(d.To), "forms", strconv.Itoa(d.Forms), "evidence", strconv.Itoa(d.Evidence), "digital", strconv.Itoa(d.Digital))
	}
	if p := n.Public; p != nil && p.Clause == r.at {
		r.say("public", "days", strconv.Itoa(p.WorkDays))
	}
	if x := n.Scoring; x != nil && x.Clause == r.at {
		r.say("scoring", "n", strconv.Itoa(len(review.SheetOf(n).Leaves())))
	}
}

func (r *ruler) form() {
	f := &r.p.Form
	if f.Clause != r.at {
		return
	}
	r.say("form", "title", r.word(f.Title), "count", strconv.Itoa(len(f.Fields())-len(f.Extra)))
	for _, x := range f.Body {
		if x.Limit > 0 {
			r.say("limit", "field", r.word(x.Name), "limit", strconv.Itoa(x.Limit))
		}
	}
	for _, b := range f.Boxes {
		key := "box"
		if b.Seal == "" {
			key = "box-no-seal"
		}
		r.say(key, "name", r.word(b.Name), "step", r.word(b.Step))
	}
	r.say("code")
	if len(f.Extra) > 0 {
		var names []string
		for _, x := range f.Extra {
			names = append(names, x.Name)
		}
		r.say("extra", "fields", r.words(names...))
	}
}

// life is what holds after the determination: read from the notice, and not at work
// before there is a base.
func (r *ruler) life() {
	n := r.p.Notice
	if g := n.Recognition; g.Clause == r.at {
		r.say("plaque", "plaque", r.word(g.Plaque))
		if g.Grant.Open {
			r.say("grant-open")
		} else {
			r.say("grant", "yuan", strconv.FormatInt(g.Grant.Fen/100, 10))
		}
	}
	if x := n.Experts; x.Clause == r.at {
		r.say("experts", "level", r.word(x.AtLeast), "needs", r.words(x.Needs...))
	}
	if x := n.Agreement; x.Clause == r.at {
		r.say("agreement", "subjects", r.words(x.Required...))
	}
	if x := n.Activities; x.Clause == r.at {
		var groups []string
		for _, g := range x.Groups {
			groups = append(groups, g.Name)
		}
		r.say("activities", "groups", r.words(groups...))
	}
	if x := n.Evaluation; x.Clause == r.at {
		r.say("evaluation", "years", strconv.Itoa(x.Years), "by", r.word(x.By))
	}
	for _, c := range n.Evaluation.Criteria {
		if c.Clause == r.at {
			r.say("criterion", "from", r.words(c.From...))
		}
	}
}

// readingsAt are the readings (解释) that speak to what a clause leaves open.
func readingsAt(p desk.Published, clause string) []notice.Reading {
	var out []notice.Reading
	for _, x := range p.Readings {
		if readingClause(p.Notice, x.Target) == clause {
			out = append(out, x)
		}
	}
	return out
}

// readingClause is the clause that a reading speaks to: where the rule that it settles
// stands; "附件" for what no rule holds.
func readingClause(n *notice.Notice, target string) string {
	step := func(name string) string {
		s, _ := n.Step(name)
		return s.Clause
	}
	at := ""
	switch target {
	case notice.ReadDeadline, notice.ReadPaper, notice.ReadIntake:
		at = n.Delivery.Clause
	case notice.ReadQuota:
		at = n.Quota.Clause
	case notice.ReadLevel:
		at = n.Hosts.Clause
	case notice.ReadCondition:
		if len(n.Conditions) > 0 {
			at = n.Conditions[0].Clause
		}
	case notice.ReadActs:
		at = step(notice.StepRecommend)
	case notice.ReadPlace:
		at = n.Hierarchy.Clause
	case notice.ReadOpinion:
		at = n.Recommend.Clause
	case notice.ReadReview, notice.ReadRecusal, notice.ReadPublic:
		at = step(notice.StepReview)
	case notice.ReadPlaque, notice.ReadGrant:
		at = n.Recognition.Clause
	case notice.ReadTitle, notice.ReadRetired:
		at = n.Experts.Clause
	case notice.ReadPay, notice.ReadAgreement:
		at = n.Agreement.Clause
	case notice.ReadActivity:
		at = n.Activities.Clause
	case notice.ReadCriteria, notice.ReadGrades, notice.ReadFailure, notice.ReadPlans, notice.ReadTasks:
		at = n.Evaluation.Clause
	}
	if at == "" {
		at = n.Form.Clause
	}
	return at
}

// anchor is the id of a clause on its page.
func anchor(clause string) string { return "clause-" + clause }

// bodyOf are the paragraphs of a clause without its heading.
func bodyOf(c notice.Clause) []string {
	lines := strings.Split(c.Text, "\n")
	if c.Title != "" && len(lines) > 0 {
		lines = lines[1:]
	}
	return lines
}

// headOf is the heading of a clause; "" when it has none.
func headOf(c notice.Clause) string {
	if c.Title == "" {
		return ""
	}
	head, _, _ := strings.Cut(c.Text, "\n")
	return head
}

// proseOnly reports whether the system does nothing because of a clause.
func proseOnly(p desk.Published, clause string) bool {
	for _, c := range p.ProseOnly() {
		if c.ID == clause {
			return true
		}
	}
	return false
}
