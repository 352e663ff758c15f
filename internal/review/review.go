// Package review (专家评审) is what experts say of the applications they are given:
// declarations of conflict (回避), score sheets, and the official mean.
//
// Words: 评审 review · 评分表 Sheet · 回避 Recusal · 分配 Assignment.
package review

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// Facts of a review.
const (
	Assigned   event.Kind = "review.assigned"
	Unassigned event.Kind = "review.unassigned"
	Declared   event.Kind = "review.declared" // no conflict
	Recused    event.Kind = "review.recused"  // 回避
	Scored     event.Kind = "review.scored"
)

// An Item is one line of the score sheet.
type Item struct {
	Key string // locale has "sheet.<key>"
	Max int    // full marks
}

// Sheet is the score sheet of this notice: it gives none (T6), so the department's
// default stands, marked as not from the notice. Its aspects are the conditions, the
// form's guidance points and the principle 依需设立.
func Sheet() []Item {
	return []Item{{"results", 30}, {"local-support", 20}, {"mechanism", 20}, {"need", 20}, {"plan", 10}}
}

// An Assignment is one application given to one expert.
type Assignment struct {
	Application string         `json:"application"`
	Call        string         `json:"call"`
	Expert      org.PersonID   `json:"expert"`
	Name        string         `json:"name"`
	Employer    string         `json:"employer"`
	At          time.Time      `json:"at"`
	Due         time.Time      `json:"due"`
	Via         string         `json:"via,omitempty"`    // draw, match, or manual
	Record      string         `json:"record,omitempty"` // of the draw or match that it rests on
	Accepted    time.Time      `json:"accepted"`         // the round's invitation, with the undertaking
	Declared    time.Time      `json:"declared"`         // zero: nothing is shown to the expert yet
	Recused     bool           `json:"recused"`
	Conflict    string         `json:"conflict,omitempty"` // the expert's own words
	Ties        []ConflictKind `json:"ties,omitempty"`     // what kinds of ties they are
	Voided      *Voiding       `json:"voided,omitempty"`   // a conflict found after the declaration
	Marks       map[string]int `json:"marks,omitempty"`    // by item key
	Comment     string         `json:"comment,omitempty"`
	Verdict     string         `json:"verdict,omitempty"` // "recommend", "reserve", "against"
	Scored      time.Time      `json:"scored"`
	Version     int            `json:"version"`
}

// Verdicts stand beside the score. locale has "verdict.<word>".
var Verdicts = []string{"recommend", "reserve", "against"}

// Assign gives an application to an expert. found are the conflicts that were computed: with
// one the expert is refused at once (B03).
func Assign(app, call string, x expert.Expert, found []Conflict, due time.Time, by org.Actor, now time.Time) (Assignment, event.Event, error) {
	if !by.Is(org.Staff) {
		return Assignment{}, event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	if err := Tied(x.Name, found); err != nil {
		return Assignment{}, event.Event{}, err
	}
	if x.State != expert.In {
		return Assignment{}, event.Event{}, event.Refuse(event.Closed, "expert-state", "", "expert", x.Name, "state", string(x.State))
	}
	if !due.After(now) {
		r := event.Refuse(event.Invalid, "due-required", "")
		r.Field = "due"
		return Assignment{}, event.Event{}, r
	}
	as := Assignment{Application: app, Call: call, Expert: x.Person, Name: x.Name, Employer: x.Employer(), At: now, Due: due}
	return as, as.fact(Assigned, by, now), nil
}

func (s *Assignment) fact(k event.Kind, by org.Actor, now time.Time) event.Event {
	return event.Event{Kind: k, On: event.Subject{Kind: "application", ID: s.Application}, Call: s.Call, By: by.Actor, At: now,
		Detail: map[string]string{"expert": s.Name}}
}

// Declare is the expert's word on conflicts, before anything confidential is shown. With
// a conflict the expert is out of this application (回避).
func (s *Assignment) Declare(by org.Actor, d Declaration, now time.Time) (event.Event, error) {
	if err := s.mine(by); err != nil {
		return event.Event{}, err
	}
	if !s.Declared.IsZero() {
		return event.Event{}, event.Refuse(event.Conflict, "already-declared", "")
	}
	if err := d.check(); err != nil {
		return event.Event{}, err
	}
	s.Declared, s.Recused, s.Conflict, s.Ties = now, !d.None, d.Words, d.Kinds
	if !d.None {
		return s.fact(Recused, by, now), nil
	}
	return s.fact(Declared, by, now), nil
}

func (s *Assignment) mine(by org.Actor) error {
	if !by.Is(org.Expert) || org.PersonID(by.Person) != s.Expert {
		return event.Refuse(event.NotFound, "not-found", "")
	}
	return nil
}

// Score keeps the sheet; done hands it in, and then it can't be changed (B05).
func (s *Assignment) Score(n *notice.Notice, by org.Actor, marks map[string]int, comment, verdict string, done bool, now time.Time) (event.Event, error) {
	if err := s.mine(by); err != nil {
		return event.Event{}, err
	}
	step, _ := n.Step(notice.StepReview)
	switch {
	case s.Declared.IsZero():
		return event.Event{}, event.Refuse(event.Closed, "declare-first", step.Clause)
	case s.Recused:
		return event.Event{}, event.Refuse(event.Closed, "recused", step.Clause)
	case !s.Scored.IsZero():
		return event.Event{}, event.Refuse(event.Conflict, "already-scored", step.Clause)
	}
	s.Marks, s.Comment, s.Verdict = marks, comment, verdict
	if !done {
		return event.Event{}, nil
	}
	var bad event.Refusals
	add := func(kind, field string, args ...string) {
		r := event.Refuse(event.Invalid, kind, step.Clause, args...)
		r.Field = field
		bad = append(bad, r)
	}
	for _, it := range Sheet() {
		if m, ok := marks[it.Key]; !ok || m < 0 || m > it.Max {
			add("mark-range", "mark."+it.Key, "item", it.Key, "max", strconv.Itoa(it.Max))
		}
	}
	if len([]rune(strings.TrimSpace(comment))) < 10 {
		add("comment-required", "comment")
	}
	if !slices.Contains(Verdicts, verdict) {
		add("outcome-required", "verdict")
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	s.Scored = now
	return s.fact(Scored, by, now), nil
}

// Total is the sum of the marks.
func (s Assignment) Total() int {
	t := 0
	for _, m := range s.Marks {
		t += m
	}
	return t
}

// Mean is the official score in hundredths, half up: the mean of the totals handed in by
// experts who are not recused, and how many they are.
func Mean(all []Assignment) (hundredths int64, n int) {
	sum := 0
	for _, s := range all {
		if !s.Scored.IsZero() && !s.Recused {
			sum += s.Total()
			n++
		}
	}
	if n == 0 {
		return 0, 0
	}
	return (int64(sum)*200 + int64(n)) / int64(2*n), n
}
