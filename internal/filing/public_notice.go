package filing

import (
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
)

// Facts of a public notice.
const (
	NoticePosted event.Kind = "public-notice.posted"
	NoticeEnded  event.Kind = "public-notice.ended" // taken off before its time, with a reason
)

// A PublicNotice (公示) lays a proposed list open, so that anybody can object before it
// counts. Whether there is one, and how long, is set by the department: this notice says
// nothing of it (T6, R133).
type PublicNotice struct {
	ID       string      `json:"id"`
	Call     string      `json:"call"`
	N        int         `json:"n"`     // first of its call, second … (a reserve that moved up)
	Sheet    string      `json:"sheet"` // decision sheet whose list it shows
	Title    string      `json:"title"`
	Lines    []Listed    `json:"lines"`
	Period   Period      `json:"period"`
	Contact  Contact     `json:"contact"`
	By       event.Actor `json:"by"`
	At       time.Time   `json:"at"` // posted
	Ended    time.Time   `json:"ended"`
	EndedWhy string      `json:"ended_why,omitempty"`
	Version  int         `json:"version"`
}

// Listed is one proposed base, without a word about persons.
type Listed struct {
	Application string `json:"application"`
	Base        string `json:"base"`
	Unit        string `json:"unit"`
	Recommender string `json:"recommender"`
	Place       string `json:"place"`
}

// A Period is the days of a public notice, as they were computed when it was posted.
type Period struct {
	First       string    `json:"first"` // 2006-01-02, the day it was posted
	Last        string    `json:"last"`
	Until       time.Time `json:"until"` // the end of the last day: what comes at this instant is late
	Days        int       `json:"days"`
	Working     bool      `json:"working"`      // working days by the State Council's calendar, not calendar days
	FirstCounts bool      `json:"first_counts"` // the first day is one of them
	Unannounced []int     `json:"unannounced"`  // years whose calendar was not announced when it was computed
}

// A Contact is where objections go.
type Contact struct {
	Office  string `json:"office"`
	Phone   string `json:"phone"`
	Address string `json:"address"`
	Email   string `json:"email"`
}

// Post puts a public notice up. The period was shown before; what it rests on is kept with
// it.
func (p PublicNotice) Post(by org.Actor, now time.Time) (PublicNotice, event.Event, error) {
	if !by.Is(org.Staff) {
		return p, event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	var bad event.Refusals
	if strings.TrimSpace(p.Title) == "" {
		bad = append(bad, refuse("public-notice-title", "", "title"))
	}
	if strings.TrimSpace(p.Contact.Office) == "" {
		bad = append(bad, refuse("public-notice-office", "", "office"))
	}
	if strings.TrimSpace(p.Contact.Phone) == "" {
		bad = append(bad, refuse("public-notice-phone", "", "phone"))
	}
	if strings.TrimSpace(p.Contact.Address) == "" {
		bad = append(bad, refuse("public-notice-address", "", "address"))
	}
	if err := bad.Or(); err != nil {
		return p, event.Event{}, err
	}
	switch {
	case len(p.Lines) == 0:
		return p, event.Event{}, event.Refuse(event.Closed, "public-notice-empty", "")
	case !p.Period.Until.After(now) || p.Period.Days < 1:
		return p, event.Event{}, refuse("public-notice-days", "", "days")
	}
	p.By, p.At = by.Actor, now
	return p, p.fact(NoticePosted, by, now, "first", p.Period.First, "last", p.Period.Last), nil
}

func (p *PublicNotice) fact(k event.Kind, by org.Actor, now time.Time, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "public-notice", ID: p.ID}, Call: p.Call, By: by.Actor, At: now, Outcome: event.OK,
		Detail: map[string]string{"title": p.Title}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

// End takes a notice off before its time, with a reason: its list can't be released on it.
func (p *PublicNotice) End(reason string, by org.Actor, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Approver):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Approver))
	case !p.Open(now):
		return event.Event{}, event.Refuse(event.Closed, "public-notice-over", "")
	case strings.TrimSpace(reason) == "":
		return event.Event{}, refuse("reason-required", "", "reason")
	case !by.Fresh(now):
		return event.Event{}, event.Refuse(event.Forbidden, "sign-in-again", "")
	}
	p.Ended, p.EndedWhy = now, reason
	e := p.fact(NoticeEnded, by, now)
	e.Reason = reason
	return e, nil
}

// Open reports whether objections are in time.
func (p *PublicNotice) Open(now time.Time) bool {
	return p.Ended.IsZero() && now.Before(p.Period.Until)
}

// Over reports whether it ran its full time.
func (p *PublicNotice) Over(now time.Time) bool {
	return p.Ended.IsZero() && !now.Before(p.Period.Until)
}

// Lists reports whether an application stands on it.
func (p *PublicNotice) Lists(app string) bool {
	for _, l := range p.Lines {
		if l.Application == app {
			return true
		}
	}
	return false
}
