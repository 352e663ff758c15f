// Package event (记录) says what a fact is: who, in which post, when, on what, under
// which clause, with what before and after. Facts are only ever added, each one
// carries the hash of the fact before it, and everything else (to-do lists, messages,
// documents, statistics, the audit trail) is read from them.
//
// It is the floor of the deciding packages: an actor is recorded by value here, so
// that every room above can leave facts without importing who's who.
package event

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// A Kind names what happened, subject first: "application.submitted". Its sentence in
// both languages is in locale under "event.<kind>".
type Kind string

// A Subject is what a fact is about: a call, a case, a unit, a person, a base.
type Subject struct {
	Kind string `json:"kind"` // "call", "application", "unit", "post", "person", "base", "file", "session"
	ID   string `json:"id"`
}

// An Actor is who did it, as they were at that moment: names are kept by value,
// because people move and units are renamed while what was signed stays signed.
type Actor struct {
	Person   string `json:"person"`             // person id; "" for 系统 and for the public
	Name     string `json:"name"`               // the person's name then
	Post     string `json:"post"`               // post id
	Role     string `json:"role"`               // the post's role, see org.Role
	Unit     string `json:"unit"`               // unit id
	UnitName string `json:"unit_name"`          // the unit's name then
	For      string `json:"for,omitempty"`      // 受…委托: the person whose post is exercised by delegation
	ForName  string `json:"for_name,omitempty"` // that person's name
	Addr     string `json:"addr,omitempty"`     // network address the request came from
}

// System (系统) is the actor of what the clock does: reminders, closing, lateness.
var System = Actor{Name: "系统", Role: "system"}

// An Event is one fact. Seq, Prev and Hash are set when it is recorded.
type Event struct {
	Seq     int64             `json:"seq"`
	ID      string            `json:"id"`
	Kind    Kind              `json:"kind"`
	On      Subject           `json:"on"`
	Call    string            `json:"call,omitempty"` // the call it belongs to, if any
	By      Actor             `json:"by"`
	At      time.Time         `json:"at"`               // the instant the request was complete
	Clause  string            `json:"clause,omitempty"` // clause id of the notice it was done under: 七（一）
	Notice  string            `json:"notice,omitempty"` // sha256 of the notice revision judged by
	Reason  string            `json:"reason,omitempty"` // the actor's own words
	Detail  map[string]string `json:"detail,omitempty"` // particulars and settings judged by, name → value
	Before  map[string]string `json:"before,omitempty"` // changed fields, old values
	After   map[string]string `json:"after,omitempty"`  // changed fields, new values
	Outcome string            `json:"outcome"`          // OK, or Denied for a refused act
	Prev    string            `json:"prev"`             // hash of the fact before it, hex
	Hash    string            `json:"hash"`             // hash of this fact, hex
}

// Outcomes. A refused act leaves nothing else behind than its denied row.
const (
	OK     = "ok"
	Denied = "denied"
)

// Sum is the hash that seals e: SHA-256 over its canonical JSON (struct order, sorted
// map keys) with Prev included and Hash empty. Hex.
func (e Event) Sum() string {
	e.Hash = ""
	e.At = e.At.UTC().Truncate(time.Microsecond) // as stored
	b, err := json.Marshal(e)
	if err != nil {
		panic("event: " + err.Error()) // strings, numbers and times only: cannot fail
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Verify walks facts in order of Seq and returns the first break: a gap, a hash that
// does not follow from the one before, or a content that does not match its hash.
// prev is the hash before the first of them ("" at the beginning of the log).
func Verify(prev string, first int64, facts []Event) error {
	for i, e := range facts {
		switch want := first + int64(i); {
		case e.Seq != want:
			return fmt.Errorf("fact %d: expected number %d: one was removed or added", e.Seq, want)
		case e.Prev != prev:
			return fmt.Errorf("fact %d (%s): does not follow from the fact before it", e.Seq, e.Kind)
		case e.Sum() != e.Hash:
			return fmt.Errorf("fact %d (%s): its content was changed", e.Seq, e.Kind)
		}
		prev = e.Hash
	}
	return nil
}

// Class says how a refusal is answered: it becomes the status of the page and the exit
// code of the command, in one table each.
type Class int

const (
	Invalid   Class = iota + 1 // the input is wrong: the form comes back filled (422)
	Forbidden                  // not this person, post or unit (403)
	NotFound                   // no such thing, or not for this viewer: the two look the same (404)
	Conflict                   // someone or something was faster: state or version changed (409)
	Closed                     // after a deadline, over a quota, in the wrong stage (409)
	TooMany                    // slow down (429)
)

// A Refusal is a named no: which rule, by which clause, about which field, and the
// words that its sentence needs. locale has "refusal.<Kind>" in both languages, saying
// what, why and what to do.
type Refusal struct {
	Class  Class
	Kind   string
	Clause string
	Field  string
	Args   map[string]string
}

func (r *Refusal) Error() string {
	s := "refused: " + r.Kind
	if r.Field != "" {
		s += " field " + r.Field
	}
	if r.Clause != "" {
		s += " by " + r.Clause
	}
	return s
}

// Refuse makes a refusal. args are name, value, name, value…
func Refuse(c Class, kind, clause string, args ...string) *Refusal {
	m := map[string]string{}
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	return &Refusal{Class: c, Kind: kind, Clause: clause, Args: m}
}

// Refusals are several at once, one for each field of a form.
type Refusals []*Refusal

func (rs Refusals) Error() string {
	if len(rs) == 1 {
		return rs[0].Error()
	}
	return fmt.Sprintf("%d things to correct, first: %v", len(rs), rs[0])
}

// Or returns nil when nothing was refused, so that a check can end in rs.Or().
func (rs Refusals) Or() error {
	if len(rs) == 0 {
		return nil
	}
	return rs
}
