// Package review (专家评审) is what experts say of the applications they are given:
// declarations of conflict (回避), score sheets, rounds of them, and the official score.
//
// Words: 评审 review · 轮次 Round · 评分表 Sheet · 回避 Recusal · 分配 Assignment · 合议 Thread.
package review

import (
	"slices"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/expert"
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

// An Assignment is one application given to one expert in one round.
type Assignment struct {
	Round       string           `json:"round"`
	Application string           `json:"application"`
	Call        string           `json:"call"`
	Expert      org.PersonID     `json:"expert"`
	Name        string           `json:"name"`
	Employer    string           `json:"employer"`
	At          time.Time        `json:"at"`
	Due         time.Time        `json:"due"`
	Via         string           `json:"via,omitempty"`    // draw, match, or manual
	Record      string           `json:"record,omitempty"` // of the draw or match that it rests on
	Accepted    time.Time        `json:"accepted"`         // the round's invitation, with the undertaking
	Declared    time.Time        `json:"declared"`         // zero: nothing is shown to the expert yet
	Recused     bool             `json:"recused"`
	Conflict    string           `json:"conflict,omitempty"` // the expert's own words
	Ties        []ConflictKind   `json:"ties,omitempty"`     // what kinds of ties they are
	Voided      *Voiding         `json:"voided,omitempty"`   // a conflict found after the declaration
	Chair       bool             `json:"chair,omitempty"`    // 组长: writes the panel's summary
	Scoring                      // as handed in, or as typed in from paper and not yet checked
	Draft       map[string]Typed `json:"draft,omitempty"` // the sheet in work, by field
	Sheet       string           `json:"sheet,omitempty"` // hash of the sheet it was scored on
	Paper       *PaperSheet      `json:"paper,omitempty"`
	Editions    []Edition        `json:"editions,omitempty"` // what was handed in before and given back
	Scored      time.Time        `json:"scored"`
	Version     int              `json:"version"`
}

// Assign gives an application to an expert. found are the conflicts that were computed: with
// one the expert is refused at once (B03). before are the application's assignments so far:
// in a further round others score, unless it was set otherwise.
func Assign(r Round, app string, x expert.Expert, found []Conflict, before []Assignment, due time.Time, by org.Actor, now time.Time) (Assignment, event.Event, error) {
	if !by.Is(org.Staff) {
		return Assignment{}, event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	if r.State != RoundOpen || !r.Has(app) {
		return Assignment{}, event.Event{}, event.Refuse(event.Closed, "no-open-round", "")
	}
	if err := Tied(x.Name, found); err != nil {
		return Assignment{}, event.Event{}, err
	}
	if Again(r, before, x.Person) {
		return Assignment{}, event.Event{}, event.Refuse(event.Conflict, "expert-again", "", "expert", x.Name, "round", r.Name)
	}
	if x.State != expert.In {
		return Assignment{}, event.Event{}, event.Refuse(event.Closed, "expert-state", "", "expert", x.Name, "state", string(x.State))
	}
	if !due.After(now) {
		return Assignment{}, event.Event{}, refuseField("due-required", "due")
	}
	as := Assignment{Round: r.ID, Application: app, Call: r.Call, Expert: x.Person, Name: x.Name, Employer: x.Employer(), At: now, Due: due}
	return as, as.fact(Assigned, by, now), nil
}

// ScoredBefore keeps an expert off an application in a further round. It is no conflict of
// interest: draws and matches list it among what bars a pair. locale has
// "conflict-kind.scored-before".
const ScoredBefore ConflictKind = "scored-before"

// Again reports whether an expert scored the application of before in another round than r,
// and r asks for others.
func Again(r Round, before []Assignment, p org.PersonID) bool {
	return !r.Repeat && slices.ContainsFunc(before, func(s Assignment) bool { return s.Expert == p && s.Round != r.ID && !s.Scored.IsZero() })
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
	if s.Accepted.IsZero() {
		return event.Event{}, event.Refuse(event.Closed, "accept-first", "")
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
