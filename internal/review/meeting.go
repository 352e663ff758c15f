package review

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
)

// Facts of a meeting.
const (
	MeetingPlanned event.Kind = "meeting.planned"
	OrderDrawn     event.Kind = "meeting.order-drawn"
	MeetingOpened  event.Kind = "meeting.opened"
	ItemCalled     event.Kind = "meeting.item-called"
	MeetingClosed  event.Kind = "meeting.closed"
	MinutesWritten event.Kind = "meeting.minutes-written"
	MinutesSigned  event.Kind = "meeting.minutes-signed"
	SignedIn       event.Kind = "meeting.signed-in"
	SignedOut      event.Kind = "meeting.signed-out"
)

// MeetingState is where a meeting is.
type MeetingState string

const (
	MeetingAhead MeetingState = "planned"
	MeetingOpen  MeetingState = "open"
	MeetingOver  MeetingState = "closed" // minutes are written and signed
)

// A Meeting (评审会议) is where a panel hears, discusses and votes.
type Meeting struct {
	ID       string       `json:"id"`
	Call     string       `json:"call"`
	Round    string       `json:"round"`
	Title    string       `json:"title"`
	Place    string       `json:"place"`
	At       time.Time    `json:"at"`
	State    MeetingState `json:"state"`
	Agenda   []AgendaItem `json:"agenda"`
	Members  []Attendee   `json:"members"`
	Chair    org.PersonID `json:"chair"`
	Drawn    string       `json:"drawn,omitempty"` // seed of the order of presentation, hex; "" while it is not drawn
	Current  string       `json:"current"`         // application that is heard now
	Opened   time.Time    `json:"opened"`
	Closed   time.Time    `json:"closed"`
	Minutes  string       `json:"minutes"`
	Signed   []Signed     `json:"signed"`
	Recorder *event.Actor `json:"recorder,omitempty"`
	Version  int          `json:"version"`
}

// An AgendaItem is one application to be heard.
type AgendaItem struct {
	Application string         `json:"application"`
	Number      string         `json:"number"`
	Base        string         `json:"base"`
	Out         []org.PersonID `json:"out"` // members who leave the room for it (回避)
	Heard       time.Time      `json:"heard"`
}

// An Attendee is a member of the panel at a meeting.
type Attendee struct {
	Person  org.PersonID `json:"person"`
	Name    string       `json:"name"`
	Present bool         `json:"present"`
	Came    time.Time    `json:"came"`
	Left    time.Time    `json:"left"`
}

// Signed is a member's signature under the minutes.
type Signed struct {
	Person org.PersonID `json:"person"`
	Name   string       `json:"name"`
	At     time.Time    `json:"at"`
	Words  string       `json:"words,omitempty"` // a member may sign with a reservation
}

// PlanMeeting sets a meeting of a round's panel up.
func PlanMeeting(m Meeting, by org.Actor, now time.Time) (Meeting, event.Event, error) {
	if err := chairs(by); err != nil {
		return m, event.Event{}, err
	}
	var bad event.Refusals
	if strings.TrimSpace(m.Title) == "" {
		bad = append(bad, refuse("meeting-title", "title"))
	}
	if strings.TrimSpace(m.Place) == "" {
		bad = append(bad, refuse("meeting-place", "place"))
	}
	if !m.At.After(now) {
		bad = append(bad, refuse("due-required", "at"))
	}
	if len(m.Agenda) == 0 {
		bad = append(bad, refuse("meeting-agenda", "agenda"))
	}
	if !slices.ContainsFunc(m.Members, func(a Attendee) bool { return a.Person == m.Chair }) {
		bad = append(bad, refuse("meeting-chair", "chair"))
	}
	if err := bad.Or(); err != nil {
		return m, event.Event{}, err
	}
	m.State = MeetingAhead
	return m, m.fact(MeetingPlanned, by, now), nil
}

func (m *Meeting) fact(k event.Kind, by org.Actor, now time.Time, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "meeting", ID: m.ID}, Call: m.Call, By: by.Actor, At: now, Outcome: event.OK,
		Detail: map[string]string{"title": m.Title}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

// member is the place of a person among the members, or -1.
func (m *Meeting) member(p org.PersonID) int {
	return slices.IndexFunc(m.Members, func(a Attendee) bool { return a.Person == p })
}

// Sees reports whether by may know of the meeting: the region's staff and approvers, and
// its members.
func (m *Meeting) Sees(by org.Actor) bool {
	return by.Is(org.Staff, org.Approver) || by.Is(org.Expert) && m.member(org.PersonID(by.Person)) >= 0
}

// SetOrder puts the agenda into the order that was drawn: order are its applications, seed
// is what the draw can be replayed with.
func (m *Meeting) SetOrder(order []string, seed string, by org.Actor, now time.Time) (event.Event, error) {
	if err := m.stage(by, MeetingAhead); err != nil {
		return event.Event{}, err
	}
	if m.Drawn != "" {
		return event.Event{}, event.Refuse(event.Conflict, "order-drawn", "")
	}
	var agenda []AgendaItem
	for _, app := range order {
		i := slices.IndexFunc(m.Agenda, func(a AgendaItem) bool { return a.Application == app })
		if i >= 0 {
			agenda = append(agenda, m.Agenda[i])
		}
	}
	if len(agenda) != len(m.Agenda) {
		return event.Event{}, event.Refuse(event.Conflict, "list-changed", "")
	}
	m.Agenda, m.Drawn = agenda, seed
	return m.fact(OrderDrawn, by, now, "seed", seed), nil
}

// stage refuses who doesn't run the meeting, and what comes at the wrong time.
func (m *Meeting) stage(by org.Actor, want MeetingState) error {
	if err := chairs(by); err != nil {
		return err
	}
	if m.State != want {
		return event.Refuse(event.Closed, "meeting-state", "", "meeting", string(m.State))
	}
	return nil
}

// Attend records that a member came or left. Members sign themselves in; staff do it for
// those who can't.
func (m *Meeting) Attend(who org.PersonID, present bool, by org.Actor, now time.Time) (event.Event, error) {
	i := m.member(who)
	own := by.Is(org.Expert) && org.PersonID(by.Person) == who
	switch {
	case i < 0 || !own && !by.Is(org.Staff):
		return event.Event{}, event.Refuse(event.NotFound, "not-found", "")
	case m.State == MeetingOver:
		return event.Event{}, event.Refuse(event.Closed, "meeting-state", "", "meeting", string(m.State))
	case m.Members[i].Present == present:
		return event.Event{}, event.Refuse(event.Conflict, "already-attending", "", "name", m.Members[i].Name)
	}
	a := &m.Members[i]
	a.Present = present
	kind := SignedOut
	if present {
		a.Came, kind = now, SignedIn
	} else {
		a.Left = now
	}
	return m.fact(kind, by, now, "expert", a.Name), nil
}

// Present is how many members are in the room.
func (m *Meeting) Present() int {
	n := 0
	for _, a := range m.Members {
		if a.Present {
			n++
		}
	}
	return n
}

// Open begins the meeting.
func (m *Meeting) Open(by org.Actor, now time.Time) (event.Event, error) {
	if err := m.stage(by, MeetingAhead); err != nil {
		return event.Event{}, err
	}
	if m.Present() == 0 {
		return event.Event{}, event.Refuse(event.Closed, "no-quorum", "", "present", "0", "entitled", strconv.Itoa(len(m.Members)), "need", "1")
	}
	m.State, m.Opened = MeetingOpen, now
	return m.fact(MeetingOpened, by, now, "present", strconv.Itoa(m.Present())), nil
}

// Hear calls the next application: everybody's page shows it, and who has to leave the
// room for it.
func (m *Meeting) Hear(app string, by org.Actor, now time.Time) (event.Event, error) {
	if err := m.stage(by, MeetingOpen); err != nil {
		return event.Event{}, err
	}
	i := slices.IndexFunc(m.Agenda, func(a AgendaItem) bool { return a.Application == app })
	if i < 0 {
		return event.Event{}, event.Refuse(event.NotFound, "not-found", "")
	}
	m.Current, m.Agenda[i].Heard = app, now
	return m.fact(ItemCalled, by, now, "number", m.Agenda[i].Number, "base", m.Agenda[i].Base), nil
}

// Voters are the members as they vote in a ballot on some items.
func (m *Meeting) Voters() []Voter {
	var out []Voter
	for _, a := range m.Members {
		v := Voter{Person: a.Person, Name: a.Name, Present: a.Present}
		for _, it := range m.Agenda {
			if slices.Contains(it.Out, a.Person) {
				v.Out = append(v.Out, it.Application)
			}
		}
		out = append(out, v)
	}
	return out
}

// Close ends the meeting; a ballot that is open has to be closed before.
func (m *Meeting) Close(ballots []Ballot, by org.Actor, now time.Time) (event.Event, error) {
	if err := m.stage(by, MeetingOpen); err != nil {
		return event.Event{}, err
	}
	if slices.ContainsFunc(ballots, func(b Ballot) bool { return b.Closed.IsZero() }) {
		return event.Event{}, event.Refuse(event.Closed, "ballot-open", "")
	}
	m.State, m.Closed, m.Current = MeetingOver, now, ""
	return m.fact(MeetingClosed, by, now), nil
}

// WriteMinutes keeps the minutes. Who changes them after somebody signed makes every
// signature fall.
func (m *Meeting) WriteMinutes(text string, by org.Actor, now time.Time) (event.Event, error) {
	if err := m.stage(by, MeetingOver); err != nil {
		return event.Event{}, err
	}
	if strings.TrimSpace(text) == "" {
		return event.Event{}, refuse("minutes-required", "minutes")
	}
	e := m.fact(MinutesWritten, by, now)
	if len(m.Signed) > 0 && text != m.Minutes {
		e.Detail["fallen"] = strconv.Itoa(len(m.Signed))
		m.Signed = nil
	}
	m.Minutes, m.Recorder = text, &by.Actor
	return e, nil
}

// SignMinutes is a member's signature under the minutes as they stand; who was not there
// can't sign.
func (m *Meeting) SignMinutes(words string, by org.Actor, now time.Time) (event.Event, error) {
	i := m.member(org.PersonID(by.Person))
	switch {
	case !by.Is(org.Expert) || i < 0:
		return event.Event{}, event.Refuse(event.NotFound, "not-found", "")
	case m.State != MeetingOver || m.Minutes == "":
		return event.Event{}, event.Refuse(event.Closed, "minutes-not-written", "")
	case m.Members[i].Came.IsZero():
		return event.Event{}, event.Refuse(event.Closed, "not-present", "")
	case slices.ContainsFunc(m.Signed, func(s Signed) bool { return s.Person == m.Members[i].Person }):
		return event.Event{}, event.Refuse(event.Conflict, "already-signed", "")
	}
	m.Signed = append(m.Signed, Signed{Person: m.Members[i].Person, Name: by.Name, At: now, Words: strings.TrimSpace(words)})
	e := m.fact(MinutesSigned, by, now)
	e.Reason = strings.TrimSpace(words)
	return e, nil
}

// Ballot opens a vote among the members as they are in the room now. One at a time.
func (m *Meeting) Ballot(b Ballot, before []Ballot, by org.Actor, now time.Time) (Ballot, event.Event, error) {
	if err := m.stage(by, MeetingOpen); err != nil {
		return b, event.Event{}, err
	}
	if slices.ContainsFunc(before, func(x Ballot) bool { return x.Closed.IsZero() }) {
		return b, event.Event{}, event.Refuse(event.Closed, "ballot-open", "")
	}
	for _, app := range b.Items {
		if !slices.ContainsFunc(m.Agenda, func(a AgendaItem) bool { return a.Application == app }) {
			return b, event.Event{}, refuse("ballot-items", "items")
		}
	}
	b.Meeting, b.Call, b.N, b.Voters = m.ID, m.Call, len(before)+1, m.Voters()
	return OpenBallot(b, by, now)
}
