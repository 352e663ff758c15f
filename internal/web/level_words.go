package web

import (
	"strconv"
	"strings"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// innerLimit is before when a level's own date must be.
func innerLimit(c *desk.CallPage) time.Time {
	if c.HasAbove && c.Above.Inner.Before(c.Deadline) {
		return c.Above.Inner
	}
	return c.Deadline
}

// placesGone reports whether the unit has places and all are taken.
func placesGone(c *desk.Choice) bool {
	return len(c.Places) > 0 && application.Taken(c.Places) == len(c.Places)
}

// takenBy names who has the places.
func takenBy(c *desk.Choice) string {
	var out []string
	for _, p := range c.Places {
		if p.Application != "" {
			out = append(out, p.BaseName)
		}
	}
	return strings.Join(out, "、")
}

func wordsText(v View, answer string) string {
	return listed(v, filing.Words(answer))
}

// firstWords are the first words of a long text, for a line that opens.
func firstWords(s string) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > 30 {
		return string(r[:30]) + "…"
	}
	return string(r)
}

func rankValue(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func rankText(v View, n int) string {
	if n == 0 {
		return v.T("level.unranked")
	}
	return v.T("level.rank-n", "n", strconv.Itoa(n))
}

func metCount(o *filing.Opinion) int {
	n := 0
	for _, m := range o.Marks {
		if m.Finding == filing.Met {
			n++
		}
	}
	return n
}

func conditionName(v View, p desk.Published, id string) string {
	c, _ := p.Condition(id)
	return p.Labels.Of(string(v.Lang), c.Name)
}

// evidenceShort says how many files there are, and for which conditions there are none.
func evidenceShort(v View, c *desk.Choice, x desk.CandidateCase) string {
	var none []string
	for _, k := range c.Published.Conditions {
		if len(evidenceOf(x.Content.Evidence, k.ID)) == 0 {
			none = append(none, c.Labels.Of(string(v.Lang), k.Name))
		}
	}
	s := v.T("level.files", "n", strconv.Itoa(len(x.Content.Evidence)))
	if len(none) > 0 {
		s += v.T("level.files-none", "conditions", listed(v, none))
	}
	return s
}

// evidenceOf are the files shown for one condition.
func evidenceOf(es []filing.Evidence, condition string) []filing.Evidence {
	var out []filing.Evidence
	for _, e := range es {
		if e.Purpose == filing.ForEvidence && e.Topic == condition {
			out = append(out, e)
		}
	}
	return out
}

// opinionState says how far a level's opinion is.
func opinionState(v View, o *filing.Opinion) string {
	switch {
	case o == nil:
		return v.T("level.no-opinion")
	case o.Stage == filing.Signed && o.Seal != nil:
		return v.T("level.sealed")
	case o.Stage == filing.Signed:
		return v.T("level.await-seal")
	}
	return v.T("stage." + o.Stage)
}

func opinionTag(o *filing.Opinion) string {
	switch {
	case o == nil, o.Stage == filing.Drafting:
		return "tag"
	case o.Stage == filing.Signed && o.Seal != nil:
		return "tag tag-ok"
	}
	return "tag tag-wait"
}

// forwardLabel is what passing up is called: at the recommending unit it takes a place.
func forwardLabel(v View, recommends bool) string {
	if recommends {
		return v.T("level.recommend")
	}
	return v.T("level.pass-up")
}

// levelMark is the draft's finding on a condition.
func levelMark(o *filing.Opinion, condition string) filing.Mark {
	if o != nil {
		for _, m := range o.Marks {
			if m.Condition == condition {
				return m
			}
		}
	}
	return filing.Mark{}
}

// draftOf is the opinion being written; the zero opinion before there is one.
func draftOf(p levelPage) filing.Opinion {
	if p.Own != nil {
		return *p.Own
	}
	return filing.Opinion{Outcome: p.Choice}
}

// word is a word of the notice in the reader's language.
func (p levelPage) word(v View, zh string) string { return p.Labels.Of(string(v.Lang), zh) }

// answerText is an answer of the frozen version as people read it.
func (p levelPage) answerText(v View, f notice.Field) string {
	a := p.Answers.Answers.Get(f.Name)
	switch f.Kind {
	case notice.Choices, notice.Tags:
		return wordsText(v, a)
	case notice.Division:
		if name := p.Places[a]; name != "" {
			return name
		}
	case notice.Choice:
		return p.word(v, a)
	case notice.Account:
		return filing.Masked(a)
	}
	return a
}

// sealScans are the scans that the unit uploaded for its page, newest first.
func (p levelPage) sealScans() []filing.Evidence {
	var out []filing.Evidence
	for _, e := range p.Files {
		if e.Purpose == filing.ForSeal && e.Counts() && e.Unit == string(p.Route.Steps[p.Step].Unit) {
			out = append([]filing.Evidence{e}, out...)
		}
	}
	return out
}

// signedOpinions are those that a level reads before its own: signed, also when they have
// fallen.
func (p levelPage) signedOpinions() []filing.Opinion {
	var out []filing.Opinion
	for _, o := range p.Opinions {
		if o.Stage == filing.Signed && (o.Step != p.Step || o.Fallen != nil) {
			out = append(out, o)
		}
	}
	return out
}

// returnParts are the fields that a return can open, by part of the form.
func returnParts(p levelPage) []fieldPart {
	f := p.Notice.Form
	parts := []fieldPart{{notice.PartHead, f.Head}, {notice.PartBody, f.Body}, {notice.PartBank, f.Bank}, {notice.PartExtra, f.Extra}}
	var out []fieldPart
	for _, x := range parts {
		if len(x.Fields) > 0 {
			out = append(out, x)
		}
	}
	return out
}

type fieldPart struct {
	Part   notice.Part
	Fields []notice.Field
}

// opinionMax is what fits the box on paper, in 字; a longer opinion is kept all the same.
const opinionMax = 500

func outcomeOptions(v View) []Option {
	var out []Option
	for _, x := range []string{filing.Agree, filing.Return, filing.Decline} {
		out = append(out, Option{x, v.T("outcome." + x)})
	}
	return out
}

// atRecommender reports whether the reader's unit is the one whose place is taken.
func atRecommender(p levelPage) bool { return p.Route.Steps[p.Step].Role == org.Recommends }

// levelDue is by when the application must have left the reader's unit: the call's date at
// the recommending unit, else the date of the level above.
func levelDue(p levelPage) time.Time {
	due := p.DueBy(p.Call)
	if p.Step+1 < len(p.Route.Steps) && !atRecommender(p) {
		if up, ok := p.Inner[p.Route.Steps[p.Step+1].Unit]; ok && up.Inner.Before(due) {
			return up.Inner
		}
	}
	return due
}

func conditionText(v View, p levelPage, id string) string {
	c, _ := p.Notice.Condition(id)
	return p.word(v, c.Name)
}

// fieldText is the name of a field, or of the condition whose statement it holds.
func fieldText(v View, p levelPage, name string) string {
	for _, c := range p.Notice.Conditions {
		if name == filing.StatementField(c.ID) {
			return c.ID + " " + p.word(v, c.Name)
		}
	}
	return p.word(v, name)
}

func newestScan(p levelPage) string {
	if s := p.sealScans(); len(s) > 0 {
		return s[0].ID
	}
	return ""
}

func scanOptions(v View, p levelPage) []Option {
	var out []Option
	for _, e := range p.sealScans() {
		out = append(out, Option{e.ID, e.Name + " " + v.Lang.Time(e.At)})
	}
	return out
}
