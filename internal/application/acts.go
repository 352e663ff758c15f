package application

import (
	"slices"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// Facts of an application. locale has "event.<kind>" for each.
const (
	Begun                   event.Kind = "application.begun"
	EditBegun               event.Kind = "application.edit-begun"
	FileAdded               event.Kind = "application.file-added"
	FileRemoved             event.Kind = "application.file-removed"
	FileQuarantined         event.Kind = "application.file-quarantined"
	Prepared                event.Kind = "application.prepared"
	Recalled                event.Kind = "application.recalled"
	SignatureRefused        event.Kind = "application.signature-refused"
	Signed                  event.Kind = "application.signed"
	Sealed                  event.Kind = "application.sealed"
	Submitted               event.Kind = "application.submitted"
	Resubmitted             event.Kind = "application.resubmitted"
	WithdrawnByUnit         event.Kind = "application.withdrawn"
	OpinionDrafted          event.Kind = "application.opinion-drafted"
	OpinionPrepared         event.Kind = "application.opinion-prepared"
	OpinionSentBack         event.Kind = "application.opinion-sent-back"
	OpinionSigned           event.Kind = "application.opinion-signed"
	OpinionRecalled         event.Kind = "application.opinion-recalled"
	OpinionSealed           event.Kind = "application.opinion-sealed"
	PassedUp                event.Kind = "application.passed-up"
	Recommended             event.Kind = "application.recommended"
	Returned                event.Kind = "application.returned"
	DeclinedByLevel         event.Kind = "application.declined"
	RecommendationWithdrawn event.Kind = "application.recommendation-withdrawn"
	LateAdmitted            event.Kind = "application.late-admitted"
	Checked                 event.Kind = "application.checked"
	SupplementOrdered       event.Kind = "application.supplement-ordered"
	SupplementCancelled     event.Kind = "application.supplement-cancelled"
	SupplementExtended      event.Kind = "application.supplement-extended"
	SupplementEnded         event.Kind = "application.supplement-ended"
	RejectionProposed       event.Kind = "application.rejection-proposed"
	RejectionReturned       event.Kind = "application.rejection-returned"
	NotAcceptedFact         event.Kind = "application.not-accepted"
	VisitPlanned            event.Kind = "application.visit-planned"
	VisitCancelled          event.Kind = "application.visit-cancelled"
	VisitReported           event.Kind = "application.visit-reported"
	ReviewClosed            event.Kind = "application.review-closed"
	DecisionTaken           event.Kind = "application.decided"
	AccountRevealed         event.Kind = "application.account-revealed"
	MovedToRevision         event.Kind = "application.moved-to-revision"
	PaperLogged             event.Kind = "application.paper-logged"
	PaperAsked              event.Kind = "application.paper-asked" // logged, and something is missing
	PaperFate               event.Kind = "application.paper-fate"
)

// An Act is one thing that a person can do to an application. Its name is the noun in
// the URL.
type Act struct {
	Name  string
	Roles []org.Role
	From  []State
	Who   Who    // which unit's people
	Step  string // the notice's step whose clause it is done under
	Fresh bool   // asks for a recent sign-in (trust §0)
}

// Who says from which unit the actor must come.
type Who int

const (
	Holding    Who = iota + 1 // the unit that holds it
	Applicant                 // the applicant, whoever holds it
	Recommends                // the unit whose place it takes
	Region                    // the department or its centre, once it was handed in
	Reviews                   // an expert; the assignment says which one
)

// Names of acts.
const (
	ActFill       = "draft"
	ActFile       = "files"
	ActPrepare    = "preparation"
	ActRecall     = "recall"
	ActSendBack   = "signature-refusal"
	ActSign       = "signature"
	ActSeal       = "seal"
	ActSubmit     = "submission"
	ActWithdraw   = "withdrawal"
	ActOpine      = "opinion"
	ActOpSign     = "opinion-signature"
	ActOpSendBack = "opinion-refusal"
	ActOpSeal     = "opinion-seal"
	ActOpRecall   = "opinion-withdrawal"
	ActForward    = "forwarding"
	ActKeep       = "candidacy"
	ActUnforward  = "recommendation-withdrawal"
	ActLate       = "late-admission"
	ActCheck      = "check"
	ActCancelSupp = "supplement-cancellation"
	ActExtendSupp = "supplement-extension"
	ActEndSupp    = "supplement-ending"

	ActConfirmReject = "rejection"
	ActReturnReject  = "rejection-return"
	ActVisit         = "site-visit"
	ActVisitReport   = "site-visit-report"
	ActCancelVisit   = "site-visit-cancellation"

	ActReview     = "review"
	ActCloseRev   = "review-closing"
	ActDeclare    = "declaration"
	ActScore      = "score"
	ActAskRecusal = "recusal-request" // the applicant's
	ActRecusal    = "recusal"         // answering it, and bans by hand
	ActVoid       = "score-voiding"   // for a conflict found later, by the department
	ActReport     = "conflict-report" // the same, by the expert
	ActScoring    = "sheet-handling"
	ActDecide     = "determination"
	ActRelease    = "release"
	ActMoveUp     = "promotion"
	ActReveal     = "account"
	ActQuarantine = "quarantine"
	ActPaper      = "paper"
	ActMove       = "revision"
)

var (
	both    = []org.Role{org.Clerk, org.Principal}
	clerks  = []org.Role{org.Clerk}
	heads   = []org.Role{org.Principal}
	staff   = []org.Role{org.Staff}
	experts = []org.Role{org.Expert}
	live    = []State{Draft, AwaitSignature, SignedOff, Moving, Checking, Reviewing, Deciding}
)

// Acts is the table of acts: who may, in which state, by which step of the notice.
var Acts = []Act{
	{ActFill, clerks, []State{Draft}, Holding, notice.StepFill, false},
	{ActFile, clerks, []State{Draft}, Holding, notice.StepFill, false},
	{ActPrepare, clerks, []State{Draft}, Holding, notice.StepFill, false},
	{ActRecall, clerks, []State{AwaitSignature, SignedOff}, Holding, notice.StepFill, false},
	{ActSendBack, heads, []State{AwaitSignature}, Holding, notice.StepFill, false},
	{ActSign, heads, []State{AwaitSignature}, Holding, notice.StepFill, false},
	{ActSeal, clerks, []State{SignedOff}, Holding, notice.StepFill, false},
	{ActSubmit, both, []State{SignedOff}, Holding, notice.StepFill, false},
	{ActWithdraw, heads, live, Applicant, notice.StepFill, false},
	{ActOpine, clerks, []State{Moving}, Holding, notice.StepRecommend, false},
	{ActOpSign, heads, []State{Moving}, Holding, notice.StepRecommend, false},
	{ActOpSendBack, heads, []State{Moving}, Holding, notice.StepRecommend, false},
	{ActOpSeal, clerks, []State{Moving}, Holding, notice.StepRecommend, false},
	{ActOpRecall, heads, []State{Moving}, Holding, notice.StepRecommend, false},
	{ActForward, both, []State{Moving}, Holding, notice.StepRecommend, false},
	{ActKeep, both, []State{Moving}, Holding, notice.StepRecommend, false},
	{ActUnforward, heads, []State{Checking, Draft, AwaitSignature, SignedOff}, Recommends, notice.StepRecommend, false},
	{ActLate, []org.Role{org.Approver}, []State{Draft, AwaitSignature, SignedOff, Moving}, Region, notice.StepRecommend, true},
	{ActCheck, []org.Role{org.Staff, org.Intake}, []State{Checking}, Region, notice.StepCheck, false},
	{ActCancelSupp, staff, []State{Draft, AwaitSignature, SignedOff}, Region, notice.StepCheck, false},
	{ActExtendSupp, staff, []State{Draft, AwaitSignature, SignedOff}, Region, notice.StepCheck, false},
	{ActEndSupp, staff, []State{Draft, AwaitSignature, SignedOff}, Region, notice.StepCheck, false},
	{ActConfirmReject, []org.Role{org.Staff, org.Approver}, []State{Checking}, Region, notice.StepCheck, true},
	{ActReturnReject, []org.Role{org.Staff, org.Approver}, []State{Checking}, Region, notice.StepCheck, false},
	{ActVisit, staff, []State{Checking, Reviewing}, Region, notice.StepCheck, false},
	{ActVisitReport, staff, []State{Draft, AwaitSignature, SignedOff, Checking, Reviewing, Deciding}, Region, notice.StepCheck, false},
	{ActCancelVisit, staff, []State{Draft, AwaitSignature, SignedOff, Checking, Reviewing, Deciding}, Region, notice.StepCheck, false},
	{ActReview, staff, []State{Reviewing}, Region, notice.StepReview, false},
	{ActCloseRev, staff, []State{Reviewing}, Region, notice.StepReview, false},
	{ActDeclare, experts, []State{Reviewing}, Reviews, notice.StepReview, false},
	{ActScore, experts, []State{Reviewing}, Reviews, notice.StepReview, false},
	{ActAskRecusal, heads, []State{Checking, Reviewing}, Applicant, notice.StepReview, false},
	{ActRecusal, staff, []State{Checking, Reviewing}, Region, notice.StepReview, false},
	{ActVoid, staff, []State{Reviewing}, Region, notice.StepReview, false},
	{ActReport, experts, []State{Reviewing}, Reviews, notice.StepReview, false},
	{ActScoring, []org.Role{org.Staff, org.Approver}, []State{Reviewing}, Region, notice.StepReview, false},
	{ActDecide, staff, []State{Deciding}, Region, notice.StepDetermine, false}, // laid before the deciding, on a sheet; SheetActs says who signs it
	{ActRelease, []org.Role{org.Approver}, []State{Proposed}, Region, notice.StepDetermine, true},
	{ActMoveUp, []org.Role{org.Approver}, []State{Proposed}, Region, notice.StepDetermine, true},
	{ActReveal, []org.Role{org.Finance}, []State{Recognised, Deciding, Proposed}, Region, notice.StepAward, true},
	{ActQuarantine, staff, States, Region, "", false},
	{ActPaper, []org.Role{org.Intake}, States, Region, "", false},
	{ActMove, staff, live, Region, "", false},
}

// find is the row of an act. Every caller names an act of this package.
func find(name string) Act {
	i := slices.IndexFunc(Acts, func(x Act) bool { return x.Name == name })
	return Acts[i]
}

// May reports why by can't do the act now, or nil. Wrong unit and wrong role are told
// apart from wrong time, because the user can do something about the latter.
func (a *Application) May(by org.Actor, name string) error {
	act := find(name)
	if act.Who == Holding && a.State.Final() {
		return event.Refuse(event.Closed, "wrong-state", "", "state", string(a.State)) // nobody holds it any more
	}
	if !a.from(by, act.Who) {
		if h := a.HolderName(); act.Who == Holding && h != "" {
			return event.Refuse(event.Forbidden, "not-holder", "四（一）", "holder", h)
		}
		return event.Refuse(event.Forbidden, "not-your-unit", "")
	}
	if !by.Is(act.Roles...) {
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(act.Roles[0]))
	}
	// those end, or go on with, what the department has in hand
	placed := act.Who != Recommends && !slices.Contains([]string{ActCancelSupp, ActExtendSupp, ActEndSupp, ActVisitReport, ActCancelVisit}, name)
	if !slices.Contains(act.From, a.State) || (!placed && !a.HoldsPlace()) {
		return event.Refuse(event.Closed, "wrong-state", "", "state", string(a.State))
	}
	return nil
}

func (a *Application) from(by org.Actor, who Who) bool {
	switch who {
	case Holding:
		return org.UnitID(by.Unit) == a.Holder()
	case Applicant:
		return org.UnitID(by.Unit) == a.Unit || (a.Proxy != nil && org.UnitID(by.Unit) == a.Proxy.Unit)
	case Recommends:
		return !a.Route.Self() && len(a.Route.Steps) > 0 && org.UnitID(by.Unit) == a.Route.Recommender().Unit
	case Reviews:
		return by.Is(org.Expert)
	default:
		return by.Is(org.Staff, org.Approver, org.Intake, org.Finance) && !a.Submitted.IsZero()
	}
}

// Can lists the acts that by can do now, in the order of the table: the buttons.
func (a *Application) Can(by org.Actor) []string {
	var out []string
	for _, act := range Acts {
		if a.May(by, act.Name) == nil {
			out = append(out, act.Name)
		}
	}
	return out
}

// A Scope is what an actor may see of applications, as a value: store turns it into a
// condition, Sees into an answer. The two are compared by a property test.
type Scope struct {
	Units    []org.UnitID // applicant or on the route, after submission
	Region   bool         // everything that was submitted
	Assigned org.PersonID // those assigned for review
}

// ScopeOf is what by may see. Administrators see no case at all (M14).
func ScopeOf(by org.Actor) Scope {
	switch {
	case by.Is(org.Clerk, org.Principal):
		return Scope{Units: []org.UnitID{org.UnitID(by.Unit)}}
	case by.Is(org.Staff, org.Approver, org.Intake, org.Finance):
		return Scope{Region: true}
	case by.Is(org.Expert):
		return Scope{Assigned: org.PersonID(by.Person)}
	}
	return Scope{}
}

// Sees reports whether by may see a. assigned says whether by is assigned to review it.
func (a *Application) Sees(by org.Actor, assigned bool) bool {
	s := ScopeOf(by)
	switch {
	case s.Region:
		return !a.Submitted.IsZero()
	case s.Assigned != "":
		return assigned
	}
	return slices.ContainsFunc(a.Seats(), func(x Seat) bool { return slices.Contains(s.Units, x.Unit) })
}

// A Seat says which unit sees an application, from which side.
type Seat struct {
	Unit org.UnitID
	Role org.StepRole
}

// Seats are all units that see it: the applicant always, the levels once it was
// submitted, and the bureau that files for it.
func (a *Application) Seats() []Seat {
	seats := []Seat{{a.Unit, org.Applies}}
	if a.Proxy != nil && a.Proxy.Unit != a.Unit {
		seats = append(seats, Seat{a.Proxy.Unit, org.Applies})
	}
	if a.Submitted.IsZero() {
		return seats
	}
	for _, s := range a.Route.Steps {
		if !slices.ContainsFunc(seats, func(x Seat) bool { return x.Unit == s.Unit }) {
			seats = append(seats, Seat{s.Unit, s.Role})
		}
	}
	return seats
}
