package review

import (
	"slices"
	"strconv"
	"strings"
	"time"

	lot "shenbao/draw"
	"shenbao/internal/event"
	"shenbao/internal/org"
)

// Facts of groups, draws and matches.
const (
	Grouped         event.Kind = "panel.grouped" // made or changed
	Dissolved       event.Kind = "panel.dissolved"
	ChairNamed      event.Kind = "panel.chair-named"
	AlternateCalled event.Kind = "panel.alternate-called"
	AlternatePassed event.Kind = "panel.alternate-passed" // over, with a reason
)

// A Group (评审组) is a set of applications with the experts who review all of them. An
// expert who has a conflict with one of them abstains from that one (回避), and stays for
// the others.
type Group struct {
	ID           string       `json:"id"`
	Call         string       `json:"call"`
	Round        string       `json:"round"`
	Name         string       `json:"name"`
	Applications []string     `json:"applications"`
	Size         int          `json:"size"`       // members
	Alternates   int          `json:"alternates"` // 候补, called in order
	Due          time.Time    `json:"due"`        // of the sheets of those drawn last
	Members      []Seat       `json:"members,omitempty"`
	Stands       []Seat       `json:"stands,omitempty"` // alternates that were not called yet, in order
	Record       string       `json:"record,omitempty"` // of the last draw
	Outs         []lot.Out    `json:"outs,omitempty"`   // who of it could not serve, in the order in which they said so
	Chair        org.PersonID `json:"chair,omitempty"`
	Version      int          `json:"version"`
}

// A Seat is one expert's place in a group.
type Seat struct {
	Expert    org.PersonID `json:"expert"`
	Name      string       `json:"name"`
	Employer  string       `json:"employer"`
	Alternate int          `json:"alternate,omitempty"` // the nth; 0: drawn as a member
	Record    string       `json:"record,omitempty"`
	Left      bool         `json:"left,omitempty"` // declined, withdrew, lapsed, absent
	Called    time.Time    `json:"called"`         // invited; zero for those who wait
}

// Sitting are the members who have not left.
func (g *Group) Sitting() []Seat {
	return slices.DeleteFunc(slices.Clone(g.Members), func(s Seat) bool { return s.Left })
}

// Short is how many members are missing.
func (g *Group) Short() int { return max(0, g.Size-len(g.Sitting())) }

// Drawn reports whether experts were drawn for the group.
func (g *Group) Drawn() bool { return len(g.Members) > 0 }

func (g *Group) fact(k event.Kind, by org.Actor, now time.Time, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "group", ID: g.ID}, Call: g.Call, By: by.Actor, At: now, Outcome: event.OK,
		Detail: map[string]string{"group": g.Name}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

// MaxPanel is the greatest number of members of a group.
const MaxPanel = 25

// Keep makes a group or changes one that nobody was drawn for yet. taken are the
// applications of the round's other groups: an application stands in one group.
func (g *Group) Keep(by org.Actor, taken []string, now time.Time) (event.Event, error) {
	if !by.Is(org.Staff) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	if g.Drawn() {
		return event.Event{}, event.Refuse(event.Conflict, "group-drawn", "", "group", g.Name)
	}
	var bad event.Refusals
	if strings.TrimSpace(g.Name) == "" {
		bad = append(bad, refuseField("required", "name"))
	}
	switch {
	case len(g.Applications) == 0:
		bad = append(bad, refuseField("group-empty", "applications"))
	case slices.ContainsFunc(g.Applications, func(a string) bool { return slices.Contains(taken, a) }):
		bad = append(bad, refuseField("group-taken", "applications"))
	}
	if g.Size < 1 || g.Size > MaxPanel {
		bad = append(bad, refuseField("number-range", "size", "min", "1", "max", strconv.Itoa(MaxPanel)))
	}
	if g.Alternates < 0 || g.Alternates > MaxPanel {
		bad = append(bad, refuseField("number-range", "alternates", "min", "0", "max", strconv.Itoa(MaxPanel)))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	return g.fact(Grouped, by, now, "n", strconv.Itoa(len(g.Applications)), "size", strconv.Itoa(g.Size)), nil
}

// Dissolve gives a group up with a reason; nobody may have been drawn for it.
func (g *Group) Dissolve(by org.Actor, reason string, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Staff):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case g.Drawn():
		return event.Event{}, event.Refuse(event.Conflict, "group-drawn", "", "group", g.Name)
	case strings.TrimSpace(reason) == "":
		return event.Event{}, refuseField("reason-required", "reason")
	}
	e := g.fact(Dissolved, by, now)
	e.Reason = reason
	return e, nil
}

// NameChair makes a sitting member the chair (组长).
func (g *Group) NameChair(by org.Actor, p org.PersonID, now time.Time) (event.Event, error) {
	if !by.Is(org.Staff) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	i := slices.IndexFunc(g.Members, func(s Seat) bool { return s.Expert == p && !s.Left })
	if i < 0 {
		return event.Event{}, refuseField("chair-sits", "chair")
	}
	g.Chair = p
	return g.fact(ChairNamed, by, now, "expert", g.Members[i].Name), nil
}

// Leave marks the seat of an expert whose invitation ended as free; false when the expert
// has none.
func (g *Group) Leave(p org.PersonID, why string) bool {
	i := slices.IndexFunc(g.Members, func(s Seat) bool { return s.Expert == p && !s.Left })
	if i < 0 {
		return false
	}
	g.Members[i].Left = true
	g.Outs = append(g.Outs, lot.Out{ID: string(p), Why: why})
	if g.Chair == p {
		g.Chair = ""
	}
	return true
}

// PassOver notes that an alternate who waits can't be called, with a reason.
func (g *Group) PassOver(by org.Actor, p org.PersonID, reason string, now time.Time) (event.Event, error) {
	if !by.Is(org.Staff) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	i := slices.IndexFunc(g.Stands, func(s Seat) bool { return s.Expert == p })
	switch {
	case i < 0:
		return event.Event{}, refuseField("alternate-waits", "alternate")
	case strings.TrimSpace(reason) == "":
		return event.Event{}, refuseField("reason-required", "why")
	}
	e := g.fact(AlternatePassed, by, now, "expert", g.Stands[i].Name)
	e.Reason = reason
	g.Outs = append(g.Outs, lot.Out{ID: string(p), Why: reason})
	g.Stands = slices.Delete(slices.Clone(g.Stands), i, i+1)
	return e, nil
}

// Next are the alternates who come in for those who left, by the order of the draw and with
// all its conditions kept; rec is the group's last record. Nobody, when none is needed or
// none can.
func (g *Group) Next(rec lot.Record) ([]Seat, error) {
	f, err := lot.Fill(rec, g.Outs)
	if err != nil {
		return nil, err
	}
	var out []Seat
	for _, id := range f.Members {
		if i := slices.IndexFunc(g.Stands, func(s Seat) bool { return string(s.Expert) == id }); i >= 0 {
			out = append(out, g.Stands[i])
		}
	}
	return out, nil
}

// CallAlternate seats the next alternate in the order of the draw, and answers who it is.
func (g *Group) CallAlternate(by org.Actor, rec lot.Record, now time.Time) (Seat, event.Event, error) {
	switch {
	case !by.Is(org.Staff):
		return Seat{}, event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case g.Short() == 0:
		return Seat{}, event.Event{}, event.Refuse(event.Conflict, "panel-full", "", "group", g.Name)
	}
	next, err := g.Next(rec)
	if err != nil {
		return Seat{}, event.Event{}, err
	}
	if len(next) == 0 {
		return Seat{}, event.Event{}, event.Refuse(event.Closed, "no-alternate", "", "group", g.Name)
	}
	s := next[0]
	g.Stands = slices.DeleteFunc(slices.Clone(g.Stands), func(x Seat) bool { return x.Expert == s.Expert })
	s.Called = now
	g.Members = append(g.Members, s)
	return s, g.fact(AlternateCalled, by, now, "expert", s.Name, "nth", strconv.Itoa(s.Alternate)), nil
}

// Take seats who was drawn: those who sit stay where the draw kept them. It answers the new
// members, who are to be invited. known gives the name and employer of an expert.
func (g *Group) Take(rec lot.Record, record string, known func(id string) (name, employer string), now time.Time) []Seat {
	seat := func(id string, nth int) Seat {
		s := Seat{Expert: org.PersonID(id), Alternate: nth, Record: record}
		s.Name, s.Employer = known(id)
		return s
	}
	var fresh []Seat
	for _, id := range rec.Members {
		if slices.ContainsFunc(g.Members, func(s Seat) bool { return string(s.Expert) == id && !s.Left }) {
			continue
		}
		s := seat(id, 0)
		s.Called = now
		fresh = append(fresh, s)
	}
	g.Members = append(g.Members, fresh...)
	g.Stands = nil
	for i, id := range rec.Alternates {
		g.Stands = append(g.Stands, seat(id, i+1))
	}
	g.Record, g.Outs = record, nil
	return fresh
}
