package filing

import (
	"slices"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
)

// Facts of an objection. None of them says who objected: that is read by those who handle
// it, and by nobody else.
const (
	ObjectionFiled    event.Kind = "objection.filed"
	ObjectionAccepted event.Kind = "objection.accepted"
	ObjectionAnswered event.Kind = "objection.answered" // not taken up: anonymous, late, without facts
	ObjectionAsked    event.Kind = "objection.asked"    // the applicant is heard
	ObjectionHeard    event.Kind = "objection.heard"    // the applicant's answer
	ObjectionUpheld   event.Kind = "objection.upheld"
	ObjectionRejected event.Kind = "objection.rejected"
)

// ObjectionState is how far an objection is.
type ObjectionState string

const (
	ObjectionNew     ObjectionState = "new"
	ObjectionTaken   ObjectionState = "taken"    // taken up
	ObjectionHearing ObjectionState = "hearing"  // with the applicant
	ObjectionReady   ObjectionState = "ready"    // heard, to be decided
	ObjectionYes     ObjectionState = "upheld"   // 异议成立
	ObjectionNo      ObjectionState = "rejected" // 异议不成立
	ObjectionPlain   ObjectionState = "answered" // not taken up
)

// ObjectionStates are all, in the order of the way.
var ObjectionStates = []ObjectionState{ObjectionNew, ObjectionTaken, ObjectionHearing, ObjectionReady, ObjectionYes, ObjectionNo, ObjectionPlain}

// Who objects.
const (
	ByUnit      = "unit"      // sealed by the unit
	ByPerson    = "person"    // signed by a person, by name
	ByAnonymous = "anonymous" // answered as such, on the notice's page
)

// Objectors are the kinds, as the form offers them.
var Objectors = []string{ByUnit, ByPerson, ByAnonymous}

// Why an objection is not taken up.
const (
	PlainAnonymous = "anonymous"
	PlainLate      = "late"
	PlainVague     = "vague"   // names no facts that could be looked into
	PlainOutside   = "outside" // not about this list
)

// PlainReasons are those that staff may give.
var PlainReasons = []string{PlainAnonymous, PlainLate, PlainVague, PlainOutside}

// An Objection (异议) is what somebody holds against one line of a public notice.
type Objection struct {
	ID          string         `json:"id"`
	Number      string         `json:"number"` // receipt
	Code        string         `json:"code"`   // with the number, shows the objector how far it is
	Notice      string         `json:"notice"`
	Call        string         `json:"call"`
	Application string         `json:"application"`
	Base        string         `json:"base"`
	State       ObjectionState `json:"state"`
	From        Objector       `json:"from"`
	Grounds     string         `json:"grounds"`
	Proof       []Proof        `json:"proof"`
	At          time.Time      `json:"at"`
	Late        bool           `json:"late"`
	Plain       string         `json:"plain,omitempty"` // why it was not taken up
	Question    string         `json:"question,omitempty"`
	Due         time.Time      `json:"due"` // of the applicant's answer
	Answer      string         `json:"answer,omitempty"`
	AnsweredBy  *event.Actor   `json:"answered_by,omitempty"`
	Handler     *event.Actor   `json:"handler,omitempty"`
	Finding     string         `json:"finding,omitempty"` // what was decided and why; told to both sides
	Decided     *event.Actor   `json:"decided,omitempty"`
	DecidedAt   time.Time      `json:"decided_at"`
	Version     int            `json:"version"`
}

// An Objector is who objected. Only those who handle the objection see it.
type Objector struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"` // of the person, or of who speaks for the unit
	Unit    string `json:"unit"`
	Phone   string `json:"phone"`
	Address string `json:"address"`
	Signed  bool   `json:"signed"` // the signed or sealed page is attached
}

// A Proof is a file that came with an objection.
type Proof struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Signed bool   `json:"signed"` // the page with signature or seal
}

const groundsMin = 20 // 字: less names no fact

// Object files an objection against a line of p. What comes at the very instant of the end
// is late; late and anonymous ones are kept and answered as such.
func (p *PublicNotice) Object(o Objection, now time.Time) (Objection, event.Event, error) {
	var bad event.Refusals
	add := func(kind, field string) { bad = append(bad, refuse(kind, "", field)) }
	if !p.Lists(o.Application) {
		add("objection-line", "application")
	}
	if !slices.Contains(Objectors, o.From.Kind) {
		add("objection-kind", "kind")
	}
	if o.From.Kind != ByAnonymous {
		if strings.TrimSpace(o.From.Name) == "" {
			add("objection-name", "name")
		}
		if strings.TrimSpace(o.From.Phone) == "" {
			add("objection-phone", "phone")
		}
		if o.From.Kind == ByUnit && strings.TrimSpace(o.From.Unit) == "" {
			add("objection-unit", "unit")
		}
		if !slices.ContainsFunc(o.Proof, func(x Proof) bool { return x.Signed }) {
			add("objection-signed", "signed")
		}
	}
	if len([]rune(strings.Join(strings.Fields(o.Grounds), ""))) < groundsMin {
		add("objection-grounds", "grounds")
	}
	if err := bad.Or(); err != nil {
		return o, event.Event{}, err
	}
	if o.From.Kind == ByAnonymous {
		o.From = Objector{Kind: ByAnonymous}
	}
	o.From.Signed = o.From.Kind != ByAnonymous
	o.Notice, o.Call, o.At, o.Late, o.State = p.ID, p.Call, now, !p.Open(now), ObjectionNew
	for _, l := range p.Lines {
		if l.Application == o.Application {
			o.Base = l.Base
		}
	}
	e := o.fact(ObjectionFiled, org.Actor{}, now, "late", map[bool]string{true: "yes", false: "no"}[o.Late])
	return o, e, nil
}

func (o *Objection) fact(k event.Kind, by org.Actor, now time.Time, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "objection", ID: o.ID}, Call: o.Call, By: by.Actor, At: now, Outcome: event.OK,
		Detail: map[string]string{"number": o.Number, "base": o.Base}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

// HandlesObjections reports whether by is one of those who handle objections, and so may
// read who objected.
func HandlesObjections(by org.Actor) bool { return by.Is(org.Staff, org.Approver) }

func (o *Objection) stage(by org.Actor, want ...ObjectionState) error {
	if !by.Is(org.Staff) {
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	if !slices.Contains(want, o.State) {
		return event.Refuse(event.Closed, "objection-state", "", "objection", string(o.State))
	}
	return nil
}

// Take takes an objection up.
func (o *Objection) Take(by org.Actor, now time.Time) (event.Event, error) {
	if err := o.stage(by, ObjectionNew); err != nil {
		return event.Event{}, err
	}
	switch {
	case o.From.Kind == ByAnonymous:
		return event.Event{}, event.Refuse(event.Closed, "objection-anonymous", "")
	case o.Late:
		return event.Event{}, event.Refuse(event.Closed, "objection-late", "")
	}
	o.State, o.Handler = ObjectionTaken, &by.Actor
	return o.fact(ObjectionAccepted, by, now), nil
}

// AnswerPlainly answers an objection that is not taken up, with the reason and words.
func (o *Objection) AnswerPlainly(why, words string, by org.Actor, now time.Time) (event.Event, error) {
	if err := o.stage(by, ObjectionNew, ObjectionTaken); err != nil {
		return event.Event{}, err
	}
	var bad event.Refusals
	if !slices.Contains(PlainReasons, why) || why == PlainLate && !o.Late || why == PlainAnonymous && o.From.Kind != ByAnonymous {
		bad = append(bad, refuse("objection-plain", "", "why"))
	}
	if strings.TrimSpace(words) == "" {
		bad = append(bad, refuse("reason-required", "", "words"))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	o.State, o.Plain, o.Finding, o.Decided, o.DecidedAt = ObjectionPlain, why, words, &by.Actor, now
	e := o.fact(ObjectionAnswered, by, now, "why", why)
	e.Reason = words
	return e, nil
}

// Ask puts the matter to the applicant, in words that don't give away who objected, with a
// date.
func (o *Objection) Ask(question string, due time.Time, by org.Actor, now time.Time) (event.Event, error) {
	if err := o.stage(by, ObjectionTaken, ObjectionHearing, ObjectionReady); err != nil {
		return event.Event{}, err
	}
	var bad event.Refusals
	if strings.TrimSpace(question) == "" {
		bad = append(bad, refuse("objection-question", "", "question"))
	}
	if err := o.discreet(question, "question"); err != nil {
		bad = append(bad, err)
	}
	if !due.After(now) {
		bad = append(bad, refuse("due-required", "", "due"))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	o.State, o.Question, o.Due, o.Handler = ObjectionHearing, question, due, &by.Actor
	return o.fact(ObjectionAsked, by, now, "due", due.Format(time.RFC3339)), nil
}

// discreet refuses words for the applicant that tell who objected.
func (o *Objection) discreet(words, field string) *event.Refusal {
	for _, word := range []string{o.From.Name, o.From.Unit, o.From.Phone} {
		if word = strings.TrimSpace(word); word != "" && strings.Contains(words, word) {
			return refuse("objection-discloses", "", field, "word", word)
		}
	}
	return nil
}

// Hear is the applicant's answer. unit is the applicant's; its person in charge answers.
func (o *Objection) Hear(unit org.UnitID, answer string, by org.Actor, now time.Time) (event.Event, error) {
	switch {
	case org.UnitID(by.Unit) != unit:
		return event.Event{}, event.Refuse(event.NotFound, "not-found", "")
	case !by.Is(org.Principal):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Principal))
	case o.State != ObjectionHearing:
		return event.Event{}, event.Refuse(event.Closed, "objection-state", "", "objection", string(o.State))
	case strings.TrimSpace(answer) == "":
		return event.Event{}, refuse("objection-answer", "", "answer")
	}
	o.State, o.Answer, o.AnsweredBy = ObjectionReady, answer, &by.Actor
	return o.fact(ObjectionHeard, by, now), nil
}

// Decide ends an objection that was taken up. The applicant must have been heard, or must
// have let the date pass. Nobody decides what they handled.
func (o *Objection) Decide(upheld bool, finding string, by org.Actor, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Approver):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Approver))
	case o.State != ObjectionReady && !(o.State == ObjectionHearing && !now.Before(o.Due)):
		return event.Event{}, event.Refuse(event.Closed, "objection-unheard", "", "objection", string(o.State))
	case o.Handler != nil && org.SamePerson(by.Actor, *o.Handler):
		return event.Event{}, event.Refuse(event.Forbidden, "two-persons", "")
	case strings.TrimSpace(finding) == "":
		return event.Event{}, refuse("reason-required", "", "finding")
	case o.discreet(finding, "finding") != nil:
		return event.Event{}, o.discreet(finding, "finding")
	case !by.Fresh(now):
		return event.Event{}, event.Refuse(event.Forbidden, "sign-in-again", "")
	}
	kind := ObjectionRejected
	o.State = ObjectionNo
	if upheld {
		kind, o.State = ObjectionUpheld, ObjectionYes
	}
	o.Finding, o.Decided, o.DecidedAt = finding, &by.Actor, now
	e := o.fact(kind, by, now)
	e.Reason = finding
	return e, nil
}

// Done reports whether nothing is left to do about it.
func (o *Objection) Done() bool {
	return o.State == ObjectionYes || o.State == ObjectionNo || o.State == ObjectionPlain
}
