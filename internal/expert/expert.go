// Package expert (专家) is the pool of review experts (评审专家库): what each of them knows,
// where they work and worked, whom they are close to, and how much they can take on.
// Conflicts of interest are computed from it in package review.
//
// Words: 专家库 pool · 任职单位 Employer · 职称级别 Level · 学科 Field · 亲属关系 Kin ·
// 合作关系 CoWork · 暂停 Pause · 退出 Leave.
package expert

import (
	"slices"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
)

// Facts of the pool. Kinship is never written into a fact, only that it changed: facts are
// read by more people than may know of it.
const (
	Added     event.Kind = "expert.added"
	Changed   event.Kind = "expert.changed"
	Confirmed event.Kind = "expert.confirmed" // by the expert
	Paused    event.Kind = "expert.paused"
	Resumed   event.Kind = "expert.resumed"
	Left      event.Kind = "expert.left"
	Returned  event.Kind = "expert.returned"
	Imported  event.Kind = "expert.imported" // one for a whole table
)

// Kind is what an expert is asked for. locale has "expert-kind.<kind>".
type Kind string

// Kinds of experts.
const (
	Technical  Kind = "technical"
	Finance    Kind = "finance"
	Management Kind = "management"
)

// Kinds are all kinds, in the order of lists.
var Kinds = []Kind{Technical, Finance, Management}

// Level is the level of a professional title. locale has "expert-level.<level>".
type Level string

// Levels of professional titles; NoLevel is an office without one.
const (
	Senior     Level = "senior"      // 正高级
	ViceSenior Level = "vice-senior" // 副高级
	Middle     Level = "middle"      // 中级
	Junior     Level = "junior"      // 初级
)

// Levels are all levels, the highest first.
var Levels = []Level{Senior, ViceSenior, Middle, Junior}

// State is whether an expert can be asked. locale has "expert-state.<state>".
type State string

// States of an expert in the pool.
const (
	In      State = "in"
	Pausing State = "paused" // for a while, with a reason
	Gone    State = "left"   // out of the pool, with a reason; what was reviewed stays
)

// States are all states, in the order of lists.
var States = []State{In, Pausing, Gone}

// An Employer is where an expert works or worked. Dates are years or months: "2015",
// "2015-09"; From "" is unknown, Until "" is still there.
type Employer struct {
	Unit  org.UnitID `json:"unit,omitempty"` // on record, when it is; "" known by its name alone
	Name  string     `json:"name"`
	From  string     `json:"from,omitempty"`
	Until string     `json:"until,omitempty"`
}

// Now reports whether the expert works there still.
func (e Employer) Now() bool { return e.Until == "" }

// A Kin is a relative who works for a unit or stands in a form (亲属关系). It is shown to
// staff and to the expert alone.
type Kin struct {
	Name     string `json:"name"`
	Relation string `json:"relation"`
	Unit     string `json:"unit,omitempty"` // where the relative works, by name
}

// A CoWork is work done together with a unit or a person of it (合作关系): projects,
// contracts, papers, consulting. Dates as with Employer.
type CoWork struct {
	Unit  string `json:"unit,omitempty"`
	With  string `json:"with,omitempty"` // the person
	What  string `json:"what"`
	From  string `json:"from,omitempty"`
	Until string `json:"until,omitempty"`
}

// A Profile is what the expert or the staff writes.
type Profile struct {
	Kind           Kind       `json:"kind"`
	Title          string     `json:"title"` // professional title or office
	Level          Level      `json:"level,omitempty"`
	Fields         []string   `json:"fields,omitempty"` // codes of disciplines
	Place          string     `json:"place,omitempty"`  // division where the expert works; "" outside the region
	Employers      []Employer `json:"employers,omitempty"`
	Kin            []Kin      `json:"kin,omitempty"`
	CoWork         []CoWork   `json:"co_work,omitempty"`
	Qualifications string     `json:"qualifications,omitempty"`
	Texts          []string   `json:"texts,omitempty"`    // representative works and achievements, for matching
	MaxLoad        int        `json:"max_load,omitempty"` // applications at once; 0 as many as a call gives
	AwayFrom       string     `json:"away_from,omitempty"`
	AwayUntil      string     `json:"away_until,omitempty"` // last day, 2006-01-02; both "" never
}

// An Expert is a person of the pool. The person holds the post of a review expert.
type Expert struct {
	Person org.PersonID `json:"person"`
	Name   string       `json:"-"` // these four are the person's
	Login  string       `json:"-"`
	Phone  string       `json:"-"`
	Email  string       `json:"-"`
	Profile
	State     State     `json:"state"`
	Reason    string    `json:"reason,omitempty"` // of a pause or of leaving
	Since     time.Time `json:"since"`            // in this state
	Written   time.Time `json:"written"`          // last change of the profile; zero: there is none yet
	Confirmed time.Time `json:"confirmed"`        // the expert's word that it is right, and consent; zero: not given
	Version   int       `json:"-"`
}

// Of is an expert of whom only the account is known: somebody was given the post, and
// nobody wrote a profile yet.
func Of(p org.Person) Expert {
	x := Expert{Person: p.ID, Name: p.Name, Login: p.Login, Phone: p.Phone, Email: p.Email, State: In}
	x.Kind, x.Title = Technical, p.Title
	if p.Employer != "" {
		x.Employers = []Employer{{Name: p.Employer}}
	}
	return x
}

// Employer is where the expert works now: the first of the current ones; "" unknown.
func (p Profile) Employer() string {
	i := slices.IndexFunc(p.Employers, Employer.Now)
	if i < 0 {
		return ""
	}
	return p.Employers[i].Name
}

// Fresh reports whether the expert confirmed the profile as it stands.
func (x Expert) Fresh() bool { return !x.Confirmed.IsZero() && !x.Confirmed.Before(x.Written) }

// Away reports whether the expert said not to be available on a day, 2006-01-02.
func (p Profile) Away(day string) bool {
	return p.AwayFrom != "" && p.AwayFrom <= day && (p.AwayUntil == "" || day <= p.AwayUntil)
}

// Unavailable is why an expert with so many open applications can't be asked on a day, as
// a word; "" when the expert can. locale has "expert-unavailable.<word>".
func (x Expert) Unavailable(day string, load int) string {
	switch {
	case x.State == Gone:
		return "left"
	case x.State == Pausing:
		return "paused"
	case x.Away(day):
		return "away"
	case x.MaxLoad > 0 && load >= x.MaxLoad:
		return "full"
	}
	return ""
}

// For is the expert as by may know them: kinship is for staff and the expert alone.
func (x Expert) For(by org.Actor) Expert {
	if !by.Is(org.Staff) && by.Person != string(x.Person) {
		x.Kin = nil
	}
	return x
}

// Near is how near two experts are by their nearest fields: 1 the same, 0 none.
func (p Profile) Near(to Profile) float64 {
	best := 0.0
	for _, a := range p.Fields {
		for _, b := range to.Fields {
			best = max(best, Near(a, b))
		}
	}
	return best
}

// Words are what a search of the pool finds an expert by.
func (x Expert) Words() string {
	words := []string{x.Name, x.Title}
	for _, e := range x.Employers {
		words = append(words, e.Name)
	}
	for _, code := range x.Fields {
		f, _ := Discipline(code)
		words = append(words, f.Name)
	}
	return strings.Join(words, " ")
}

// fact begins the fact of an act on an expert.
func (x Expert) fact(k event.Kind, by org.Actor, now time.Time) event.Event {
	return event.Event{Kind: k, On: event.Subject{Kind: "expert", ID: string(x.Person)}, By: by.Actor, At: now,
		Detail: map[string]string{"expert": x.Name}}
}
