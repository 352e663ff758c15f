// Package notify (告知) makes values from values: of a fact, who is told; of messages, a
// mail. It has already happened; nothing here can undo it.
package notify

import (
	"strconv"
	"strings"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/base"
	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/filing"
	"shenbao/internal/locale"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// A Side says whose people are told; job finds the people when it delivers.
type Side int

const (
	Applicant   Side = iota + 1 // the applicant unit, and the bureau that files for it
	Holder                      // the unit that holds the application now
	Recommender                 // the unit whose place it takes
	OnRoute                     // every level between applicant and department
	Department                  // posts of the department
	Centre                      // posts of the receiving centre
	Addressees                  // every unit that the call was sent to
	Behind                      // addressees that have neither recommended nor reported none
	Below                       // units below the one that acted
	Reviewer                    // the expert that the fact is about
	Bureau                      // the HR bureau of the unit's place
	Subject                     // the person that the fact is about
	Asked                       // the people whose word the fact asks for
)

// A Seat is the posts on one side that are told.
type Seat struct {
	Side  Side
	Roles []org.Role
}

var (
	clerk     = []org.Role{org.Clerk}
	principal = []org.Role{org.Principal}
	both      = []org.Role{org.Clerk, org.Principal}
	staff     = Seat{Department, []org.Role{org.Staff}}
)

// told is who is told of each kind of fact. A kind that is not here is told to nobody.
var told = map[event.Kind][]Seat{
	application.Prepared:                {{Applicant, principal}},
	application.SignatureRefused:        {{Applicant, clerk}},
	application.Signed:                  {{Applicant, clerk}},
	application.Submitted:               {{Applicant, both}, {Holder, both}, {Centre, []org.Role{org.Intake}}},
	application.Resubmitted:             {{Applicant, both}, {Holder, both}},
	application.WithdrawnByUnit:         {{Applicant, both}, {OnRoute, both}, staff},
	application.OpinionPrepared:         {{Holder, principal}},
	application.OpinionSentBack:         {{Holder, clerk}},
	application.OpinionSigned:           {{Holder, clerk}},
	application.PassedUp:                {{Applicant, both}, {Holder, both}},
	application.Recommended:             {{Applicant, both}, staff, {Centre, []org.Role{org.Intake}}},
	application.Returned:                {{Applicant, both}},
	application.DeclinedByLevel:         {{Applicant, both}},
	application.KeptWaiting:             {{Applicant, both}},
	application.RecommendationWithdrawn: {{Applicant, both}, staff},
	application.LateAdmitted:            {{Applicant, both}, {Holder, both}, {Recommender, both}},
	application.Checked:                 {{Applicant, both}},
	application.SupplementOrdered:       {{Applicant, both}, {OnRoute, clerk}},
	application.SupplementCancelled:     {{Applicant, both}},
	application.SupplementExtended:      {{Applicant, both}, {OnRoute, clerk}},
	application.SupplementEnded:         {{Applicant, both}, {OnRoute, clerk}, staff},
	application.RejectionProposed:       {{Department, []org.Role{org.Staff, org.Approver}}},
	application.RejectionReturned:       {staff},
	application.VisitPlanned:            {{Applicant, both}, {OnRoute, clerk}},
	application.VisitCancelled:          {{Applicant, both}, {OnRoute, clerk}},
	application.VisitReported:           {{Department, []org.Role{org.Staff, org.Approver}}},
	application.NotAcceptedFact:         {{Applicant, both}, {OnRoute, both}},
	application.ReviewClosed:            {{Department, []org.Role{org.Approver}}},
	application.SheetSent:               {{Asked, nil}, {Department, []org.Role{org.Approver}}},
	application.SheetCountersigned:      {{Asked, nil}, {Department, []org.Role{org.Staff, org.Approver}}},
	application.SheetSentBack:           {staff},
	application.SheetScanned:            {{Department, []org.Role{org.Staff, org.Approver}}},
	application.SheetScanRefused:        {staff},
	application.SheetSigned:             {staff},
	application.SheetPassed:             {staff, {Department, []org.Role{org.Approver, org.Finance}}},
	application.DecisionTaken:           {{Applicant, both}, {OnRoute, both}, staff},
	application.PaperLogged:             {{Applicant, clerk}, {Recommender, clerk}},
	application.PaperAsked:              {{Applicant, clerk}, {Recommender, clerk}},
	application.PaperFate:               {{Applicant, clerk}},
	application.AccountRevealed:         {{Applicant, principal}},
	application.FileQuarantined:         {{Applicant, both}, staff},
	application.MovedToRevision:         {{Applicant, both}, {Holder, both}},
	application.CallProposed:            {{Department, []org.Role{org.Approver}}},
	application.CallPublished:           {{Addressees, both}, {Centre, []org.Role{org.Intake}}},
	application.CallForwarded:           {{Below, both}},
	application.CallAmended:             {{Addressees, both}},
	application.DeadlineMoved:           {{Addressees, both}},
	application.PlaceGranted:            {{Subject, both}},
	application.NoneReported:            {staff},
	application.Reminded:                {{Behind, both}},
	review.Invited:                      {{Subject, nil}},
	review.Extended:                     {{Subject, nil}},
	review.Prompted:                     {{Subject, nil}},
	review.InviteDeclined:               {staff},
	review.Withdrew:                     {staff},
	review.InviteLapsed:                 {{Subject, nil}},
	review.Absent:                       {{Subject, nil}},
	review.Recused:                      {staff},
	review.Voided:                       {staff},
	application.RecusalAsked:            {staff},
	application.RecusalAnswered:         {{Applicant, both}},
	expert.Confirmed:                    {staff},
	review.RoundPlanned:                 {{Department, []org.Role{org.Approver}}},
	review.RoundChanged:                 {{Department, []org.Role{org.Approver}}},
	review.RoundOpened:                  {staff},
	review.ScoreReopened:                {{Subject, nil}},
	review.PaperEntered:                 {staff},
	review.PaperRejected:                {staff},
	expert.Paused:                       {staff, {Subject, nil}},
	expert.Left:                         {staff, {Subject, nil}},
	base.Founded:                        {{Department, []org.Role{org.Finance, org.Staff}}},
	base.PlaqueHanded:                   {{Applicant, both}},
	base.GrantPaid:                      {{Applicant, both}},
	base.ReopenedFact:                   {{Applicant, both}},
	base.HeardFact:                      {staff, {Department, []org.Role{org.Approver}}},
	base.WithdrawnFact:                  {{Applicant, both}, {OnRoute, both}, staff, {Department, []org.Role{org.Finance}}},
	base.CorrectedFact:                  {{Applicant, both}, {OnRoute, both}, staff},
	base.ConfirmedFact:                  {{Applicant, both}, staff},
	filing.NoticePosted:                 {staff, {Department, []org.Role{org.Approver}}},
	filing.ObjectionFiled:               {staff},
	filing.ObjectionAsked:               {{Applicant, both}},
	filing.ObjectionHeard:               {staff, {Department, []org.Role{org.Approver}}},
	filing.ObjectionUpheld:              {{Applicant, both}, staff},
	filing.ObjectionRejected:            {{Applicant, both}, staff},
	org.UnitRegistered:                  {{Bureau, both}},
	org.PostGranted:                     {{Subject, nil}},
	org.PostDelegated:                   {{Subject, nil}},
}

// Seats are who is told of a fact.
func Seats(k event.Kind) []Seat { return told[k] }

// urgent facts are mailed by themselves: a date runs.
var urgent = map[event.Kind]bool{application.Returned: true, application.SupplementOrdered: true, application.Reminded: true,
	application.DeadlineMoved: true, review.Invited: true, review.Extended: true, review.Prompted: true,
	review.InviteDeclined: true, review.Withdrew: true, application.FileQuarantined: true, application.VisitPlanned: true, application.VisitCancelled: true,
	base.ReopenedFact: true, filing.ObjectionAsked: true}

// Urgent reports whether messages of a kind are mailed at once, also to those who asked
// for the digest.
func Urgent(k string) bool { return urgent[event.Kind(k)] }

// Link is the page where a fact can be seen.
func Link(e event.Event) string {
	switch e.On.Kind {
	case "invitation":
		if e.Kind == review.InviteDeclined || e.Kind == review.Withdrew {
			return "/calls/" + e.Call + "/panel-invitations"
		}
		return "/reviews"
	case "application":
		if e.Kind == review.ScoreReopened {
			return "/reviews/" + e.On.ID
		}
		return "/applications/" + e.On.ID
	case "call":
		return "/calls/" + e.On.ID
	case "sheet":
		return "/calls/" + e.Call + "/decision-sheet"
	case "base":
		return "/bases/" + e.On.ID + "/file"
	case "objection":
		return "/objections/" + e.On.ID
	case "public-notice":
		return "/public-notices/" + e.On.ID
	case "round":
		return "/rounds/" + e.On.ID
	case "meeting":
		return "/meetings/" + e.On.ID
	case "unit":
		return "/registrations"
	case "expert":
		return "/experts/" + e.On.ID
	}
	return "/me"
}

// Words are the words of a message of a fact: its particulars, who did it, and the reason.
// What the reviewed must not learn stays out: reviews tell the department and the expert alone.
func Words(e event.Event) map[string]string {
	w := map[string]string{"_by": e.By.Name, "_office": e.By.UnitName, "_reason": e.Reason}
	for k, v := range e.Detail {
		w[k] = v
	}
	return w
}

// A Line is one message in a mail.
type Line struct {
	Kind  string
	Link  string
	Words map[string]string
	At    time.Time
}

// Sentence is a message as people read it.
func Sentence(l locale.Lang, kind string, words map[string]string) string {
	s := l.Say("event."+kind, words)
	if o := words["_office"]; o != "" {
		s = l.T("message.by", "office", o, "what", s)
	}
	if b := words["base"]; b != "" && !strings.Contains(s, b) {
		s = l.T("message.about", "base", b, "what", s)
	}
	return s
}

// Mail composes one mail of one or more messages. site is the address that people use.
func Mail(l locale.Lang, name, site string, lines []Line) (subject, body string) {
	if len(lines) == 1 {
		subject = l.T("mail.one", "what", Sentence(l, lines[0].Kind, lines[0].Words))
	} else {
		subject = l.T("mail.many", "n", strconv.Itoa(len(lines)))
	}
	var b strings.Builder
	b.WriteString(l.T("mail.hello", "name", name) + "\r\n\r\n")
	for _, x := range lines {
		b.WriteString(l.Time(x.At) + "  " + Sentence(l, x.Kind, x.Words) + "\r\n")
		if r := x.Words["_reason"]; r != "" {
			b.WriteString("    " + l.T("mail.reason", "reason", r) + "\r\n")
		}
		b.WriteString("    " + strings.TrimSuffix(site, "/") + x.Link + "\r\n\r\n")
	}
	b.WriteString(l.T("mail.foot") + "\r\n")
	return oneLine(subject), b.String()
}

// oneLine keeps a name with a line break in it from becoming a header (I03).
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 120 {
		s = string(r[:119]) + "…"
	}
	return s
}
