// Package base (基地) is the life of a base after determination. It begins here, with
// the title, the plaque and the start-up grant (R43–R46). A determination that rested on
// false or mistaken facts is taken up again here.
//
// Words: 基地 Base · 依托单位 Host · 标牌 Plaque · 启动经费 Grant.
package base

import (
	"time"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// Founded is the fact by which a base comes into being.
const Founded event.Kind = "base.founded"

// State of a base.
type State string

const (
	Active    State = "active"    // holds its title
	Withdrawn State = "withdrawn" // its determination was withdrawn: it rested on false facts
)

// States are all, in the order of the way.
var States = []State{Active, Withdrawn}

// A Base is the entity that an application became (R12). Its own name and the granted
// title are two things (T11).
type Base struct {
	ID          string      `json:"id"`
	Application string      `json:"application"`
	Call        string      `json:"call"`
	Name        string      `json:"name"`  // the base's own name
	Title       string      `json:"title"` // the granted title
	Host        org.UnitID  `json:"host"`
	HostName    string      `json:"host_name"`
	HostKind    string      `json:"host_kind"`
	Division    string      `json:"division"`
	Industry    []string    `json:"industry"`
	Batch       string      `json:"batch"`
	Level       string      `json:"level"`
	Document    string      `json:"document"`
	Date        string      `json:"date"` // of recognition, 2006-01-02
	Plaque      Plaque      `json:"plaque"`
	GrantFen    int64       `json:"grant_fen"`
	Payments    []Payment   `json:"payments"`
	Recovered   []Recovery  `json:"recovered"`
	Reopened    []Reopening `json:"reopened"`
	State       State       `json:"state"`
	Version     int         `json:"version"`
}

// A Plaque (标牌) bears the notice's text, word for word (R44).
type Plaque struct {
	Number   string    `json:"number"`
	Text     string    `json:"text"`
	Made     string    `json:"made"` // 2006-01-02; "" not yet
	Handed   *Handover `json:"handed,omitempty"`
	Recalled *Handover `json:"recalled,omitempty"`
}

// Found makes the base from a determination.
func Found(b Base, n *notice.Notice, by org.Actor, now time.Time) (Base, event.Event) {
	b.Title, b.Level, b.Batch = n.Award.Name, n.Award.Level, n.Award.Batch
	b.Plaque.Text = n.Recognition.Plaque
	b.State = Active
	return b, event.Event{Kind: Founded, On: event.Subject{Kind: "base", ID: b.ID}, Call: b.Call, By: by.Actor, At: now,
		Clause: n.Recognition.Clause, Notice: n.SHA256,
		Detail: map[string]string{"base": b.Name, "unit": b.HostName, "plaque": b.Plaque.Number, "document": b.Document}}
}
