package review

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/score"
)

// Facts of a round.
const (
	RoundPlanned event.Kind = "round.planned"
	RoundChanged event.Kind = "round.changed"
	RoundOpened  event.Kind = "round.opened"
	RoundJoined  event.Kind = "round.joined" // applications that came later
	RoundClosed  event.Kind = "round.closed"
)

// RoundState is where a round is. locale has "round-state.<state>".
type RoundState string

const (
	RoundAhead RoundState = "planned"
	RoundOpen  RoundState = "open"
	RoundOver  RoundState = "closed"
)

// Modes are how the experts work. locale has "round-mode.<mode>".
const (
	Remote    = "remote"
	AtMeeting = "meeting"
	BothWays  = "both"
)

// Modes in the order of the form.
var Modes = []string{Remote, AtMeeting, BothWays}

// A Round (评审轮次) is one scoring of some applications on one sheet.
type Round struct {
	ID           string     `json:"id"`
	Call         string     `json:"call"`
	N            int        `json:"n"` // of the call
	Name         string     `json:"name"`
	After        string     `json:"after,omitempty"` // the round whose cut chose its applications
	Level        int        `json:"level"`           // 1; one more than After's
	Mode         string     `json:"mode"`
	Blind        bool       `json:"blind"` // unit, base and persons are hidden from the experts
	Applications []string   `json:"applications"`
	Sheet        Sheet      `json:"sheet"`
	Floor        int        `json:"floor"`            // least valid scores
	Rule         score.Rule `json:"rule"`             // fixed at the opening
	Hash         string     `json:"hash"`             // of the sheet, fixed at the opening
	Size         int        `json:"size"`             // experts for each application
	Repeat       bool       `json:"repeat,omitempty"` // experts of the round before may score again
	Due          time.Time  `json:"due"`
	State        RoundState `json:"state"`
	Looks        []Look     `json:"looks"` // who planned and changed it
	Opened       *Look      `json:"opened,omitempty"`
	Closed       *Look      `json:"closed,omitempty"`
	Cut          *Cut       `json:"cut,omitempty"`
	Version      int        `json:"version"`
}

// A Look is somebody's hand on a round.
type Look struct {
	By     event.Actor `json:"by"`
	At     time.Time   `json:"at"`
	Reason string      `json:"reason,omitempty"`
}

// A Plan is what staff set of a round before it opens.
type Plan struct {
	Name   string
	Mode   string
	Blind  bool
	Size   int
	Floor  int
	Repeat bool
	Due    time.Time
	Reason string // why it departs from what stood there; needed for every change
}

// maxPanel is how many experts may score one application.
const maxPanel = 25

// PlanRound sets a round up on sheet s. after is the round before, when its cut chose the
// applications, or nil.
func PlanRound(r Round, p Plan, after *Round, by org.Actor, now time.Time) (Round, event.Event, error) {
	if err := plans(by); err != nil {
		return r, event.Event{}, err
	}
	if len(r.Applications) == 0 {
		return r, event.Event{}, event.Refuse(event.Closed, "round-empty", "")
	}
	r.Level, r.State = 1, RoundAhead
	if after != nil {
		if after.State != RoundOver || after.Cut == nil {
			return r, event.Event{}, event.Refuse(event.Closed, "round-no-cut", "", "round", after.Name)
		}
		r.After, r.Level = after.ID, after.Level+1
	}
	if err := r.set(p, now); err != nil {
		return r, event.Event{}, err
	}
	r.Looks = append(r.Looks, Look{by.Actor, now, p.Reason})
	return r, r.fact(RoundPlanned, by, now, "reason", p.Reason), nil
}

func plans(by org.Actor) error {
	if !by.Is(org.Staff) {
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	return nil
}

func (r *Round) set(p Plan, now time.Time) error {
	var bad event.Refusals
	add := func(kind, field string, args ...string) { bad = append(bad, refuseField(kind, field, args...)) }
	if strings.TrimSpace(p.Name) == "" || len([]rune(p.Name)) > maxName {
		add("round-name", "name", "max", strconv.Itoa(maxName))
	}
	if !slices.Contains(Modes, p.Mode) {
		add("outcome-required", "mode")
	}
	if p.Floor < 1 || p.Floor > maxPanel {
		add("number-range", "floor", "min", "1", "max", strconv.Itoa(maxPanel))
	}
	if p.Size < p.Floor || p.Size > maxPanel {
		add("round-size", "size", "floor", strconv.Itoa(p.Floor), "max", strconv.Itoa(maxPanel))
	}
	if !p.Due.After(now) {
		add("due-required", "due")
	}
	if err := bad.Or(); err != nil {
		return err
	}
	r.Name, r.Mode, r.Blind, r.Size, r.Floor, r.Repeat, r.Due = p.Name, p.Mode, p.Blind, p.Size, p.Floor, p.Repeat, p.Due
	return nil
}

// Change sets a planned round anew, with a reason. Whoever changes it is not who opens it.
func (r *Round) Change(p Plan, by org.Actor, now time.Time) (event.Event, error) {
	if err := r.ahead(by); err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(p.Reason) == "" {
		return event.Event{}, refuseField("reason-required", "reason")
	}
	if err := r.set(p, now); err != nil {
		return event.Event{}, err
	}
	return r.changed("plan", p.Reason, by, now), nil
}

// SetSheet sets another sheet, with a reason. A sheet that the notice gives stands.
func (r *Round) SetSheet(s Sheet, reason string, by org.Actor, now time.Time) (event.Event, error) {
	if err := r.ahead(by); err != nil {
		return event.Event{}, err
	}
	if r.Sheet.From == FromNotice {
		return event.Event{}, event.Refuse(event.Closed, "sheet-of-notice", r.Sheet.Clause)
	}
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", "reason")
	}
	s.Number()
	s.From, s.Clause = FromOffice, ""
	if err := s.Check(); err != nil {
		return event.Event{}, err
	}
	r.Sheet = s
	return r.changed("sheet", reason, by, now), nil
}

func (r *Round) ahead(by org.Actor) error {
	if err := plans(by); err != nil {
		return err
	}
	if r.State != RoundAhead {
		return event.Refuse(event.Closed, "round-opened", "", "round", r.Name)
	}
	return nil
}

func (r *Round) changed(what, reason string, by org.Actor, now time.Time) event.Event {
	r.Looks = append(r.Looks, Look{by.Actor, now, reason})
	e := r.fact(RoundChanged, by, now, "what", what)
	e.Reason = reason
	return e
}

// Open fixes the sheet and the rule, and publishes them: a second person looks at what the
// first set up. From then on nothing of it changes; another sheet is another round.
func (r *Round) Open(by org.Actor, now time.Time) (event.Event, error) {
	if !by.Is(org.Staff, org.Approver) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Approver))
	}
	if r.State != RoundAhead {
		return event.Event{}, event.Refuse(event.Closed, "round-opened", "", "round", r.Name)
	}
	if slices.ContainsFunc(r.Looks, func(l Look) bool { return org.SamePerson(by.Actor, l.By) }) {
		return event.Event{}, event.Refuse(event.Forbidden, "round-two-persons", "")
	}
	if !r.Due.After(now) {
		return event.Event{}, event.Refuse(event.Closed, "round-due-past", "", "due", r.Due.Format(time.RFC3339))
	}
	if err := r.Sheet.Check(); err != nil {
		return event.Event{}, err
	}
	r.Rule, r.Hash = r.Sheet.Rule(r.Floor), r.Sheet.Hash()
	r.State, r.Opened = RoundOpen, &Look{By: by.Actor, At: now}
	return r.fact(RoundOpened, by, now, "n", strconv.Itoa(len(r.Applications)), "sheet", r.Hash, "due", r.Due.Format(time.RFC3339)), nil
}

// Join takes applications in that came to the review after the round was planned.
func (r *Round) Join(apps []string, by org.Actor, now time.Time) (event.Event, error) {
	if err := plans(by); err != nil {
		return event.Event{}, err
	}
	if r.State == RoundOver || r.After != "" {
		return event.Event{}, event.Refuse(event.Closed, "round-closed", "", "round", r.Name)
	}
	apps = slices.DeleteFunc(slices.Clone(apps), r.Has)
	if len(apps) == 0 {
		return event.Event{}, event.Refuse(event.Closed, "round-empty", "")
	}
	r.Applications = append(r.Applications, apps...)
	return r.fact(RoundJoined, by, now, "n", strconv.Itoa(len(apps))), nil
}

// Has reports whether an application is scored in this round.
func (r *Round) Has(app string) bool { return slices.Contains(r.Applications, app) }

func (r *Round) fact(k event.Kind, by org.Actor, now time.Time, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "round", ID: r.ID}, Call: r.Call, By: by.Actor, At: now, Outcome: event.OK,
		Detail: map[string]string{"round": r.Name}}
	for i := 0; i+1 < len(detail); i += 2 {
		if detail[i+1] != "" {
			e.Detail[detail[i]] = detail[i+1]
		}
	}
	return e
}
