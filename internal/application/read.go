package application

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// A Row is one line of a list of applications.
type Row struct {
	ID              ID
	Number          string
	Call            string
	Unit            org.UnitID
	UnitName        string
	BaseName        string
	HostKind        string
	Division        string
	State           State
	Holder          org.UnitID
	HolderName      string
	Recommender     org.UnitID
	RecommenderName string
	Self            bool // recommends itself (R5)
	Submitted       time.Time
	Moved           time.Time
	Due             time.Time
	Mean            int64 // official score in hundredths
	Rank            int   // in the call; ties share one
}

// A Filter chooses applications for a list; zero values do not filter.
type Filter struct {
	Call        string
	States      []State
	Recommender org.UnitID
	Holder      org.UnitID
	HostKind    string
	Words       string // in the number, the base's or the unit's name
	Before      ID     // only those older than this one: the next page
}

// OpenStates are the states without a final status: what still blocks a call (R10).
var OpenStates = []State{Draft, AwaitSignature, SignedOff, Moving, Checking, Reviewing, Deciding, Proposed}

// Taken counts the places that some application holds.
func Taken(places []Place) int {
	n := 0
	for _, p := range places {
		if p.Application != "" {
			n++
		}
	}
	return n
}

// Addressees are the units that a notice is sent to (主送), each of which recommends
// under its quota (R3–R6), in the order of their ids.
func Addressees(n *notice.Notice, t org.Tree) []org.Unit {
	var us []org.Unit
	for _, u := range t {
		if u.State == org.Active && u.Recommends() && slices.Contains(n.Quota.Per, class(u.Kind)) {
			us = append(us, u)
		}
	}
	slices.SortFunc(us, func(a, b org.Unit) int { return cmp.Compare(a.ID, b.ID) })
	return us
}

func class(k org.Kind) notice.RecommendClass {
	switch k {
	case org.LeagueHR:
		return notice.Leagues
	case org.Department:
		return notice.Departments
	case org.Direct:
		return notice.DirectUnits
	}
	return ""
}

// Opened is the fact that an addressee opened the call (R6).
func (c *Call) Opened(by org.Actor, now time.Time) event.Event {
	return c.fact(CallOpened, by, now, "")
}

// Next is the unit after the holder on the route; "" at its end.
func (a *Application) Next() org.UnitID {
	if a.At+1 < len(a.Route.Steps) {
		return a.Route.Steps[a.At+1].Unit
	}
	return ""
}

// Sees reports whether by may know of the call: a draft is the department's alone.
func (c *Call) Sees(by org.Actor) bool {
	return c.State == CallOpen || c.State == CallDone || by.Is(org.Staff, org.Approver)
}

// ShowsFact reports whether the timeline shows e to by. Who reviewed what, and refused
// acts, are shown to the department's staff alone (B01); accounts revealed to finance too.
func (a *Application) ShowsFact(by org.Actor, e event.Event) bool {
	inside := by.Is(org.Staff, org.Approver)
	switch {
	case e.Outcome == event.Denied, strings.HasPrefix(string(e.Kind), "review."), e.Kind == ReviewClosed, e.Kind == ProposedFact,
		e.Kind == RejectionProposed, e.Kind == RejectionReturned, e.Detail["purpose"] == filing.ForVisit:
		return inside
	case e.Kind == RecusalAsked, e.Kind == RecusalAnswered:
		return inside || by.In(a.Unit)
	case e.Kind == AccountRevealed:
		return inside || by.Is(org.Finance) || by.In(a.Unit)
	case e.Kind == EditBegun, e.Kind == FileAdded, e.Kind == FileRemoved:
		return by.In(a.Unit) || inside
	case e.Kind == OpinionDrafted, e.Kind == OpinionPrepared, e.Kind == OpinionSentBack:
		return inside || org.UnitID(by.Unit) == org.UnitID(e.By.Unit)
	}
	return true
}

// Industry are the industries that a frozen application names (R117).
func Industry(c filing.Content) []string { return filing.Words(c.Answers.Get(filing.FieldIndustry)) }

// Waiting is what the application waits for from by: the name of the next act; "" nothing.
// locale has "todo.<word>".
func (a *Application) Waiting(by org.Actor) string {
	for _, name := range []string{ActSign, ActSubmit, ActPrepare, ActSeal, ActForward, ActConfirmReject, ActCheck, ActCloseRev, ActDecide, ActRelease} {
		if a.May(by, name) != nil {
			continue
		}
		switch o := a.Opinion(a.At); {
		case name == ActSubmit && a.sealed(0):
			return ActSubmit
		case name == ActSubmit:
			continue // waits for the seal, which is the clerk's
		case name == ActConfirmReject:
			if p := a.Check.Waits(); p != nil && !org.SamePerson(by.Actor, p.By) {
				return name
			}
		case name == ActCheck && a.Check.Waits() != nil: // for the second person
		case name == ActForward:
			return a.waitingOpinion(by, o)
		default:
			return name
		}
	}
	return ""
}

func (a *Application) waitingOpinion(by org.Actor, o *filing.Opinion) string {
	clerk := by.Is(org.Clerk)
	switch {
	case o == nil || o.Stage == filing.Drafting:
		if clerk {
			return ActOpine
		}
	case o.Stage == filing.Ready:
		if !clerk {
			return ActOpSign
		}
	case o.Seal == nil:
		if clerk {
			return ActOpSeal
		}
	default:
		return ActForward
	}
	return ""
}

func (a *Application) sealed(step int) bool {
	o := a.Opinion(step)
	return o != nil && o.Seal != nil
}

// DueBy is by when the holder has to act: the correction's date, else the call's.
func (a *Application) DueBy(c *Call) time.Time {
	if d := a.Due(); !d.IsZero() {
		return d
	}
	if a.State.WithApplicant() || a.State == Moving {
		return c.Deadline
	}
	return time.Time{}
}

// Problems are contradictions within the application; none in sound data.
func (a *Application) Problems() []string {
	var out []string
	for _, o := range a.Opinions {
		if o.Stage != filing.Signed {
			continue
		}
		if !slices.ContainsFunc(a.Versions, func(v filing.Version) bool { return v.N == o.Version && v.Hash == o.Hash }) {
			out = append(out, "an opinion of "+o.UnitName+" binds to a version that is not there")
		}
	}
	if a.At < 0 || (len(a.Route.Steps) > 0 && a.At >= len(a.Route.Steps)) {
		out = append(out, "its holder is not on its route")
	}
	if !a.State.Final() && a.Holder() == "" {
		out = append(out, "nobody holds it")
	}
	if a.State == Recognised && a.Decision == nil {
		out = append(out, "it is recognised without a decision")
	}
	return out
}
