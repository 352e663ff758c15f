// Package application (申报) carries an application from the first draft to the
// determination, and the call that it belongs to from publication to closing.
//
// Every act is a method that is given the notice, the actor and the instant, changes
// the value and returns the fact to record, or a named refusal. Acts (acts.go) lists
// them: buttons, server checks and the permission matrix read that one table.
//
// Words: 申报 Application · 通知 Call · 推荐 Recommendation · 名额 Place · 转发 Forwarding
// · 零报告 NoneReport · 材料审核 MaterialCheck · 认定 Decision · 撤回 withdrawal.
package application

import (
	"slices"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// ID identifies an application.
type ID string

// State of an application. locale has "state.<state>".
type State string

const (
	Draft          State = "draft"           // 填报中, or opened again by a return
	AwaitSignature State = "await_signature" // 待负责人签字
	SignedOff      State = "signed"          // 已签，待盖章报送
	Moving         State = "moving"          // 逐级推荐: with a level
	Checking       State = "checking"        // 材料审核
	Reviewing      State = "reviewing"       // 专家评审
	Deciding       State = "deciding"        // 待确定
	Proposed       State = "proposed"        // 拟认定: decided on an approved sheet, not released
	Recognised     State = "recognised"      // 已认定
	NotRecognised  State = "not_recognised"  // 不予认定
	NotRecommended State = "not_recommended" // 不予推荐
	NotAccepted    State = "not_accepted"    // 不予受理
	Withdrawn      State = "withdrawn"       // 已撤回
)

// States are all states, in the order of the way.
var States = []State{Draft, AwaitSignature, SignedOff, Moving, Checking, Reviewing, Deciding, Proposed,
	Recognised, NotRecognised, NotRecommended, NotAccepted, Withdrawn}

// Final reports whether nothing more happens to an application in state s (R10).
func (s State) Final() bool {
	return s == Recognised || s == NotRecognised || s == NotRecommended || s == NotAccepted || s == Withdrawn
}

// WithApplicant reports whether the applicant unit holds an application in state s.
func (s State) WithApplicant() bool {
	return s == Draft || s == AwaitSignature || s == SignedOff
}

// An Application is one unit's application under one revision of a notice.
type Application struct {
	ID         ID         `json:"id"`
	Number     string     `json:"number"` // given at the first submission; "" before
	Call       string     `json:"call"`
	Notice     string     `json:"notice"` // sha256 of the revision it is judged by
	Unit       org.UnitID `json:"unit"`
	UnitName   string     `json:"unit_name"`
	CreditCode string     `json:"credit_code"`
	BaseName   string     `json:"base_name"`
	HostKind   string     `json:"host_kind"`
	Division   string     `json:"division"` // the base's own place (R27)

	State State     `json:"state"`
	Route org.Route `json:"route"` // empty until the first submission
	At    int       `json:"at"`    // index on the route of the holder

	Editors  []string            `json:"editors"` // persons who wrote since the last version
	Prepared *event.Actor        `json:"prepared,omitempty"`
	Opinions []filing.Opinion    `json:"opinions"`
	Versions []filing.Version    `json:"versions"`
	Returns  []filing.Correction `json:"returns"`
	SentBack string              `json:"sent_back,omitempty"` // why the person in charge did not sign

	Proxy    *Proxy     `json:"proxy,omitempty"` // filed by the HR bureau of its place (R39)
	Late     *Late      `json:"late,omitempty"`  // taken in after the deadline by the department
	Received time.Time  `json:"received"`        // when it came to the department; a return does not change it
	Check    *Check     `json:"check,omitempty"`
	Visits   []Visit    `json:"visits,omitempty"`
	Decision *Decision  `json:"decision,omitempty"`
	End      *End       `json:"end,omitempty"`
	From     ID         `json:"from,omitempty"` // earlier application it was started from
	Receipts []Receipt  `json:"receipts"`
	Copies   []PaperLog `json:"copies"`
	Handed   int        `json:"handed"` // number of the version that was handed in last; 0 before

	Submitted time.Time `json:"submitted"` // first submission
	Moved     time.Time `json:"moved"`     // last change of holder or state
	Mean      int64     `json:"mean"`      // official score in hundredths; 0 before review
	Rank      int       `json:"rank"`      // in the call, 1 the best, ties share one; 0 before the review ended
	Version   int       `json:"version"`   // compare-and-set
}

// A Proxy says that a bureau files for a non-public unit without an account (R39).
type Proxy struct {
	Unit     org.UnitID  `json:"unit"`
	UnitName string      `json:"unit_name"`
	By       event.Actor `json:"by"`
	Paper    string      `json:"paper,omitempty"` // evidence id of the unit's signed paper
}

// Late is the department's leave for one application to come after the deadline (R99).
type Late struct {
	By     event.Actor `json:"by"`
	At     time.Time   `json:"at"`
	Until  time.Time   `json:"until"`
	Reason string      `json:"reason"`
}

// End is how an application ended other than by the department's decision.
type End struct {
	By     event.Actor `json:"by"`
	At     time.Time   `json:"at"`
	Reason string      `json:"reason"`
	Clause string      `json:"clause"`
}

// A Receipt (回执) confirms one submission (R132).
type Receipt struct {
	Number string    `json:"number"`
	At     time.Time `json:"at"`
	From   string    `json:"from"` // unit that handed it up
	To     string    `json:"to"`   // unit that holds it now
	Hash   string    `json:"hash"` // of the version
	Code   string    `json:"code"`
}

// Holder is the unit that holds the application: the only one that can act on it (R37).
func (a *Application) Holder() org.UnitID {
	switch {
	case a.State.Final():
		return ""
	case a.State.WithApplicant():
		if a.Proxy != nil {
			return a.Proxy.Unit
		}
		return a.Unit
	case a.At < len(a.Route.Steps):
		return a.Route.Steps[a.At].Unit
	}
	return ""
}

// HolderName is the holder's name, as the route has it.
func (a *Application) HolderName() string {
	h := a.Holder()
	for _, s := range a.Route.Steps {
		if s.Unit == h {
			return s.Name
		}
	}
	switch {
	case h == "":
		return ""
	case a.Proxy != nil && h == a.Proxy.Unit:
		return a.Proxy.UnitName
	}
	return a.UnitName
}

// HoldsPlace reports whether it takes one of its recommender's places: from the
// recommendation until it ends without a title, also while a correction ordered by the
// department is open (trust §0). Whoever keeps the places compares before and after an
// act: what became true takes a place, what became false frees it, once (Q03, Q05).
func (a *Application) HoldsPlace() bool {
	return a.At > 0 && a.At < len(a.Route.Steps) && a.Route.Steps[a.At].Role == org.Decides && a.Live()
}

// Live reports whether it counts against “one application per unit” (Q02).
func (a *Application) Live() bool { return !a.State.Final() || a.State == Recognised }

// Latest is the newest version; ok is false before the first signature.
func (a *Application) Latest() (filing.Version, bool) {
	if len(a.Versions) == 0 {
		return filing.Version{}, false
	}
	return a.Versions[len(a.Versions)-1], true
}

// Current is the version that was handed in last: what every level reads and judges.
// While a correction is being answered a newer one may already be signed.
func (a *Application) Current() (filing.Version, bool) {
	for _, v := range a.Versions {
		if v.N == a.Handed && v.N > 0 {
			return v, true
		}
	}
	return filing.Version{}, false
}

// Open is the correction that is being answered, if any.
func (a *Application) Open() *filing.Correction {
	if n := len(a.Returns); n > 0 && a.Returns[n-1].Answered.IsZero() {
		return &a.Returns[n-1]
	}
	return nil
}

// Due is by when the holder has to act; zero when nothing is set.
func (a *Application) Due() time.Time {
	if c := a.Open(); c != nil {
		return c.Due
	}
	return time.Time{}
}

// Opinion is the newest opinion of the step's unit that has not fallen, or nil.
func (a *Application) Opinion(step int) *filing.Opinion {
	for i := len(a.Opinions) - 1; i >= 0; i-- {
		if o := &a.Opinions[i]; o.Step == step && o.Fallen == nil {
			return o
		}
	}
	return nil
}

// Key folds a base name for “one live application per base”: white space and the
// common suffix don't make two names.
func Key(baseName string) string {
	s := strings.Join(strings.Fields(baseName), "")
	return strings.TrimSuffix(strings.ToLower(s), "专家服务基地")
}

// fact begins the fact of an act on a.
func (a *Application) fact(k event.Kind, by org.Actor, now time.Time, clause string, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "application", ID: string(a.ID)}, Call: a.Call, Outcome: event.OK,
		By: by.Actor, At: now, Clause: clause, Notice: a.Notice, Detail: map[string]string{}}
	e.Detail["unit"] = a.UnitName
	e.Detail["base"] = a.BaseName
	if a.Number != "" {
		e.Detail["number"] = a.Number
	}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

// refuseField is a refusal about one field.
func refuseField(kind, clause, field string, args ...string) *event.Refusal {
	r := event.Refuse(event.Invalid, kind, clause, args...)
	r.Field = field
	return r
}

// clause is the clause of a step of the procedure, or "" where the notice lacks it.
func clause(n *notice.Notice, step string) string {
	s, _ := n.Step(step)
	return s.Clause
}

func addOnce(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
