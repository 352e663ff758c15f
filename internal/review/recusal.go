package review

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
)

// Facts of recusal beside Recused. They tell the department and the expert alone; of its
// own request the applicant is told by the application's facts (application/recusal.go).
const (
	Banned    event.Kind = "review.banned" // by hand
	BanLifted event.Kind = "review.ban-lifted"
	Voided    event.Kind = "review.voided" // a score, for a conflict that was found later
)

// A Declaration is an expert's word on conflicts with one application: none, or of which
// kinds, in the expert's own words.
type Declaration struct {
	None  bool           `json:"none"`
	Kinds []ConflictKind `json:"kinds,omitempty"` // of Declarable
	Words string         `json:"words,omitempty"`
}

// OtherTie is what is none of the listed kinds.
const OtherTie ConflictKind = "other"

// Declarable are the kinds that the form of the declaration offers. locale has
// "declare.<kind>".
var Declarable = []ConflictKind{SameEmployer, FormerEmployer, Kinship, WorkedWith, Named, Recommended, OtherTie}

// check refuses a declaration that says neither or says too little.
func (d Declaration) check() error {
	var bad event.Refusals
	add := func(kind, field string) {
		r := event.Refuse(event.Invalid, kind, "")
		r.Field = field
		bad = append(bad, r)
	}
	known := func(k ConflictKind) bool { return slices.Contains(Declarable, k) }
	switch {
	case d.None && (len(d.Kinds) > 0 || strings.TrimSpace(d.Words) != ""):
		add("declaration-both", "tie")
	case d.None:
	case len(d.Kinds) == 0 || !slices.ContainsFunc(d.Kinds, known):
		add("declaration-kind", "kinds")
	}
	if !d.None && strings.TrimSpace(d.Words) == "" {
		add("reason-required", "conflict")
	}
	return bad.Or()
}

// A Voiding is why a score that was handed in does not count: a conflict found later.
type Voiding struct {
	At       time.Time      `json:"at"`
	By       event.Actor    `json:"by"`
	Kinds    []ConflictKind `json:"kinds"`
	Reason   string         `json:"reason"`
	Proposed org.PersonID   `json:"proposed,omitempty"` // who could take over, as proposed then
	Name     string         `json:"name,omitempty"`
}

// Void takes a score, or the right to give one, away for a conflict that was found after
// the declaration. The expert reports it, or the department's staff finds it; the marks
// stay on record and count no more. The caller notes who could take over (Proposed).
func (s *Assignment) Void(by org.Actor, kinds []ConflictKind, reason string, now time.Time) (event.Event, error) {
	if !by.Is(org.Staff) {
		if err := s.mine(by); err != nil {
			return event.Event{}, err
		}
	}
	switch {
	case s.Voided != nil:
		return event.Event{}, event.Refuse(event.Conflict, "already-voided", "", "expert", s.Name)
	case s.Recused:
		return event.Event{}, event.Refuse(event.Conflict, "already-recused", "", "expert", s.Name)
	case s.Declared.IsZero() && s.mine(by) == nil:
		return event.Event{}, event.Refuse(event.Conflict, "declare-first", "")
	}
	if err := (Declaration{Kinds: kinds, Words: reason}).check(); err != nil {
		return event.Event{}, err
	}
	scored := !s.Scored.IsZero()
	s.Recused, s.Conflict, s.Ties = true, reason, kinds
	s.Voided = &Voiding{At: now, By: by.Actor, Kinds: kinds, Reason: reason}
	e := s.fact(Voided, by, now)
	e.Reason = reason
	e.Detail["scored"] = strconv.FormatBool(scored)
	return e, nil
}

// A Ban keeps an expert off an application by hand, until it is lifted.
type Ban struct {
	ID          string       `json:"id"`
	Application string       `json:"application"`
	Call        string       `json:"call"`
	Expert      org.PersonID `json:"expert"`
	Name        string       `json:"name"`
	Reason      string       `json:"reason"`
	By          event.Actor  `json:"by"`
	At          time.Time    `json:"at"`
	Lifted      *Lifting     `json:"lifted,omitempty"`
	Version     int          `json:"-"`
}

// A Lifting ends a ban.
type Lifting struct {
	By     event.Actor `json:"by"`
	At     time.Time   `json:"at"`
	Reason string      `json:"reason"`
}

// Forbid keeps an expert off an application with a reason. standing are the application's
// bans.
func Forbid(b Ban, standing []Ban, by org.Actor, now time.Time) (Ban, event.Event, error) {
	if err := keeps(by); err != nil {
		return b, event.Event{}, err
	}
	if strings.TrimSpace(b.Reason) == "" {
		return b, event.Event{}, blank("reason")
	}
	if slices.ContainsFunc(standing, func(x Ban) bool { return x.Expert == b.Expert && x.Lifted == nil }) {
		return b, event.Event{}, event.Refuse(event.Conflict, "ban-stands", "", "expert", b.Name)
	}
	b.By, b.At = by.Actor, now
	e := b.fact(Banned, by, now)
	e.Reason = b.Reason
	return b, e, nil
}

// Lift ends a ban with a reason.
func (b *Ban) Lift(reason string, by org.Actor, now time.Time) (event.Event, error) {
	if err := keeps(by); err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, blank("reason")
	}
	if b.Lifted != nil {
		return event.Event{}, event.Refuse(event.Conflict, "ban-lifted", "", "expert", b.Name)
	}
	b.Lifted = &Lifting{by.Actor, now, reason}
	e := b.fact(BanLifted, by, now)
	e.Reason = reason
	return e, nil
}

func (b Ban) fact(k event.Kind, by org.Actor, now time.Time) event.Event {
	return event.Event{Kind: k, On: event.Subject{Kind: "application", ID: b.Application}, Call: b.Call, By: by.Actor, At: now,
		Detail: map[string]string{"expert": b.Name}}
}

// A Target is a person, a unit, or a person of a unit that an applicant asks not to be
// reviewed by: before the panel is known it can name no expert of it.
type Target struct {
	Person  string `json:"person,omitempty"`
	Unit    string `json:"unit,omitempty"`
	Granted bool   `json:"granted,omitempty"`
}

// Text is a target on one line.
func (t Target) Text() string { return strings.TrimSpace(t.Unit + " " + t.Person) }

// A Plea is an applicant's request for recusal (申请回避): one for each application.
type Plea struct {
	Application string       `json:"application"`
	Call        string       `json:"call"`
	Targets     []Target     `json:"targets"`
	Reason      string       `json:"reason"`
	By          event.Actor  `json:"by"`
	At          time.Time    `json:"at"`
	Decided     time.Time    `json:"decided"` // zero: waits for the department
	DecidedBy   *event.Actor `json:"decided_by,omitempty"`
	Answer      string       `json:"answer,omitempty"` // the department's reason
	Version     int          `json:"-"`
}

// maxTargets bounds what one request names: it is for ties that are known, not for choosing
// the panel.
const maxTargets = 5

// Check says what is wrong in a request.
func (p Plea) Check() error {
	var bad event.Refusals
	add := func(kind, field string, args ...string) {
		r := event.Refuse(event.Invalid, kind, "", args...)
		r.Field = field
		bad = append(bad, r)
	}
	if len(p.Targets) == 0 || len(p.Targets) > maxTargets {
		add("plea-targets", "targets", "max", strconv.Itoa(maxTargets))
	}
	for _, t := range p.Targets {
		if len([]rune(t.Person)) > 100 || len([]rune(t.Unit)) > 100 {
			add("text-long", "targets", "max", "100")
		}
	}
	if len([]rune(strings.TrimSpace(p.Reason))) < 10 {
		add("plea-reason", "reason")
	}
	return bad.Or()
}

// Granted are how many targets were granted.
func (p Plea) Granted() (n int) {
	for _, t := range p.Targets {
		if t.Granted {
			n++
		}
	}
	return n
}

// Ties are what a decided request brings for the engine.
func (p Plea) Ties() (out []Tie) {
	for _, t := range p.Targets {
		if t.Granted {
			out = append(out, Tie{Kind: AskedByUnit, Name: t.Person, Unit: t.Unit, Words: p.Reason, By: p.By.UnitName, At: p.At})
		}
	}
	return out
}

// Tie is what a standing ban brings for the engine; ok is false once it was lifted.
func (b Ban) Tie() (t Tie, ok bool) {
	return Tie{Kind: ByHand, Person: b.Expert, Words: b.Reason, By: b.By.Name, At: b.At}, b.Lifted == nil
}

// Tie is what an expert's declaration, or a conflict found later, brings for the engine.
func (s Assignment) Tie() (t Tie, ok bool) {
	by := s.Name
	at := s.Declared
	if s.Voided != nil {
		by, at = s.Voided.By.Name, s.Voided.At
	}
	return Tie{Kind: DeclaredTie, Person: s.Expert, Words: s.Conflict, By: by, At: at}, s.Recused
}

func keeps(by org.Actor) error {
	if !by.Is(org.Staff) {
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	return nil
}

func blank(field string) error {
	r := event.Refuse(event.Invalid, "reason-required", "")
	r.Field = field
	return r
}
