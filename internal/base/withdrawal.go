package base

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// Facts of a determination that is taken up again.
const (
	ReopenedFact  event.Kind = "base.reopened" // grounds, put to the host
	HeardFact     event.Kind = "base.heard"
	WithdrawnFact event.Kind = "base.withdrawn"
	CorrectedFact event.Kind = "base.corrected"
	ConfirmedFact event.Kind = "base.confirmed" // it stands
)

// What a reopened determination ends with.
const (
	ToWithdraw = "withdraw" // it rested on false facts: title, plaque and grant follow
	ToCorrect  = "correct"  // it rested on a mistake that leaves the title
	ToConfirm  = "confirm"
)

// Endings of a reopened determination, as the form offers them.
var Endings = []string{ToWithdraw, ToCorrect, ToConfirm}

// A Reopening is a determination that is found, or suspected, to rest on false or mistaken
// facts. The host is heard before anything is decided; what was published is never
// changed, a new document says what changed and why.
type Reopening struct {
	Grounds  string            `json:"grounds"`
	Due      time.Time         `json:"due"` // of the host's answer
	By       event.Actor       `json:"by"`
	At       time.Time         `json:"at"`
	Answer   string            `json:"answer"`
	Answered *event.Actor      `json:"answered,omitempty"`
	Ending   string            `json:"ending"` // "" open
	Reason   string            `json:"reason"`
	Document string            `json:"document"` // of the new act
	Date     string            `json:"date"`
	Before   map[string]string `json:"before,omitempty"` // corrected fields
	After    map[string]string `json:"after,omitempty"`
	Decided  *event.Actor      `json:"decided,omitempty"`
	EndedAt  time.Time         `json:"ended_at"`
}

// Open is the reopening that is being dealt with, or nil.
func (b *Base) Open() *Reopening {
	if n := len(b.Reopened); n > 0 && b.Reopened[n-1].Ending == "" {
		return &b.Reopened[n-1]
	}
	return nil
}

// Reopen takes the determination of a base up again: the grounds are put to its host with
// a date.
func (b *Base) Reopen(n *notice.Notice, grounds string, due time.Time, by org.Actor, now time.Time) (event.Event, error) {
	if err := role(by, org.Staff); err != nil {
		return event.Event{}, err
	}
	if b.State != Active || b.Open() != nil {
		return event.Event{}, event.Refuse(event.Closed, "base-reopened", "")
	}
	var bad event.Refusals
	if strings.TrimSpace(grounds) == "" {
		bad = append(bad, refuse("reason-required", "grounds"))
	}
	if !due.After(now) {
		bad = append(bad, refuse("due-required", "due"))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	b.Reopened = append(b.Reopened, Reopening{Grounds: grounds, Due: due, By: by.Actor, At: now})
	e := b.fact(ReopenedFact, n, by, now, "due", due.Format(time.RFC3339))
	e.Reason = grounds
	return e, nil
}

// Answer is the host's word on the grounds, by its person in charge.
func (b *Base) Answer(n *notice.Notice, answer string, by org.Actor, now time.Time) (event.Event, error) {
	o := b.Open()
	switch {
	case org.UnitID(by.Unit) != b.Host || o == nil:
		return event.Event{}, event.Refuse(event.NotFound, "not-found", "")
	case !by.Is(org.Principal):
		return event.Event{}, role(by, org.Principal)
	case o.Answered != nil:
		return event.Event{}, event.Refuse(event.Conflict, "base-answered", "")
	case strings.TrimSpace(answer) == "":
		return event.Event{}, refuse("reason-required", "answer")
	}
	o.Answer, o.Answered = answer, &by.Actor
	return b.fact(HeardFact, n, by, now), nil
}

// An Ending is how a reopened determination ends.
type Ending struct {
	How      string
	Reason   string
	Document string
	Date     string
	Name     string // of a correction: the base's name, as it should read; "" unchanged
	Grant    int64  // of a correction: fen; negative: unchanged
}

// End decides a reopened determination by a new act with a document of its own. The host
// must have been heard or have let the date pass; nobody decides what they took up.
func (b *Base) End(n *notice.Notice, x Ending, by org.Actor, now time.Time) (event.Event, error) {
	if err := role(by, org.Approver); err != nil {
		return event.Event{}, err
	}
	o := b.Open()
	switch {
	case o == nil:
		return event.Event{}, event.Refuse(event.Closed, "base-not-reopened", "")
	case o.Answered == nil && now.Before(o.Due):
		return event.Event{}, event.Refuse(event.Closed, "base-unheard", "", "due", o.Due.Format(time.RFC3339))
	case org.SamePerson(by.Actor, o.By):
		return event.Event{}, event.Refuse(event.Forbidden, "two-persons", "")
	}
	if err := b.ending(x, now).Or(); err != nil {
		return event.Event{}, err
	}
	if !by.Fresh(now) {
		return event.Event{}, event.Refuse(event.Forbidden, "sign-in-again", "")
	}
	o.Ending, o.Reason, o.Document, o.Date, o.Decided, o.EndedAt = x.How, x.Reason, x.Document, x.Date, &by.Actor, now
	kind := ConfirmedFact
	switch x.How {
	case ToWithdraw:
		kind, b.State = WithdrawnFact, Withdrawn
	case ToCorrect:
		kind = CorrectedFact
		o.Before, o.After = b.correct(x)
	}
	e := b.fact(kind, n, by, now, "document", x.Document)
	e.Reason, e.Before, e.After = x.Reason, o.Before, o.After
	return e, nil
}

func (b *Base) ending(x Ending, now time.Time) event.Refusals {
	var bad event.Refusals
	if !slices.Contains(Endings, x.How) {
		bad = append(bad, refuse("outcome-required", "how"))
	}
	if strings.TrimSpace(x.Reason) == "" {
		bad = append(bad, refuse("reason-required", "reason"))
	}
	if x.How == ToConfirm {
		return bad
	}
	if _, ok := notice.ParseDocNumber(x.Document); !ok {
		bad = append(bad, refuse("document-number", "document"))
	}
	if err := on(x.Date, now); err != nil {
		bad = append(bad, err.(*event.Refusal))
	}
	if x.How == ToCorrect && (strings.TrimSpace(x.Name) == "" || x.Name == b.Name) && (x.Grant < 0 || x.Grant == b.GrantFen) {
		bad = append(bad, refuse("correction-empty", "name"))
	}
	return bad
}

// correct changes what the act names and answers both, before and after.
func (b *Base) correct(x Ending) (before, after map[string]string) {
	before, after = map[string]string{}, map[string]string{}
	if name := strings.TrimSpace(x.Name); name != "" && name != b.Name {
		before["name"], after["name"] = b.Name, name
		b.Name = name
	}
	if x.Grant >= 0 && x.Grant != b.GrantFen {
		before["grant"], after["grant"] = yuan(b.GrantFen), yuan(x.Grant)
		b.GrantFen = x.Grant
	}
	return before, after
}

// yuan writes fen as yuan: 1000050 → 10000.50.
func yuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }
