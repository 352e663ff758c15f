package application

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// Lists of the region that show more than one application.
const (
	ListMaterial = "material"      // what is being checked
	ListReviews  = "reviews"       // who reviews what, and how far they are
	ListPanels   = "panels"        // groups, draws, matches, invitations
	ListMeetings = "meetings"      // of the panels
	ListRanking  = "determination" // the ranked list
	ListNotices  = "public-notice" // 公示, and objections
	ListGrants   = "grants"        // start-up money and where it is paid
	ListFees     = "fees"          // what experts are paid for
	ListPaper    = "parcels"       // the log of paper
	ListExperts  = "experts"       // the pool
	ListTasks    = "base-tasks"    // plaques and start-up money of all calls
)

// lists says who may open a list. The ranking and the reviews are seen by those who
// arrange and decide; account numbers, masked as they are, by finance alone (R124).
var lists = map[string][]org.Role{
	ListMaterial: {org.Staff, org.Intake, org.Approver},
	ListReviews:  {org.Staff, org.Approver},
	ListPanels:   {org.Staff, org.Approver},
	ListMeetings: {org.Staff, org.Approver},
	ListRanking:  {org.Approver, org.Staff},
	ListNotices:  {org.Staff, org.Approver},
	ListGrants:   {org.Finance},
	ListFees:     {org.Staff, org.Approver, org.Finance},
	ListPaper:    {org.Intake, org.Staff, org.Approver},
	ListExperts:  {org.Staff, org.Approver},
	ListTasks:    {org.Staff, org.Approver, org.Finance},
}

// MayList reports why by can't open a list, or nil.
func MayList(by org.Actor, list string) error {
	if by.Is(lists[list]...) {
		return nil
	}
	return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(lists[list][0]))
}

// Lists are those that by may open, in the order of the way.
func Lists(by org.Actor) []string {
	return slices.DeleteFunc([]string{ListMaterial, ListPanels, ListReviews, ListMeetings, ListRanking, ListNotices, ListGrants, ListTasks, ListFees, ListPaper, ListExperts}, func(l string) bool {
		return MayList(by, l) != nil
	})
}

// ForReview is what a review expert reads of a version: without the bank block, phone
// numbers and whoever uploaded a file (R42, B01).
func ForReview(n *notice.Notice, c filing.Content) filing.Content {
	answers := filing.Answers{}
	for field, answer := range c.Answers {
		f, ok := n.Form.Field(field)
		switch {
		case !ok:
			answers[field] = answer // a condition's, or the opinion
		case f.Part == notice.PartBank, private(f.Kind), field == filing.FieldPayeeReason:
		case f.Kind == notice.List:
			answers[field] = impersonal(f, answer)
		default:
			answers[field] = answer
		}
	}
	c.Answers = answers
	c.Evidence = slices.DeleteFunc(slices.Clone(c.Evidence), func(e filing.Evidence) bool { return e.Purpose != filing.ForEvidence })
	for i := range c.Evidence {
		c.Evidence[i].Person, c.Evidence[i].PersonName = "", ""
	}
	return c
}

// Veil takes what only those who arrange and decide may know off a copy that is shown: the
// score, the rank, why it was departed from (B01), and a decision that is not released.
func (a *Application) Veil(by org.Actor) {
	if by.Is(org.Staff, org.Approver) {
		return
	}
	if !by.Is(org.Intake) {
		a.veilCheck()
	}
	a.Mean = 0
	if a.State == Proposed {
		a.Decision = nil // nothing is known before the release
	}
	if a.Decision != nil {
		d := *a.Decision
		d.Rank, d.Departure = 0, ""
		a.Decision = &d
	}
}

func private(k notice.FieldKind) bool {
	return k == notice.Phone || k == notice.Mobile || k == notice.Account
}

// impersonal is a list's answer without its columns of phone numbers.
func impersonal(f notice.Field, answer string) string {
	rows := filing.Rows(answer)
	for _, r := range rows {
		for _, c := range f.Columns {
			if private(c.Kind) {
				delete(r, c.Name)
			}
		}
	}
	return filing.PutRows(rows)
}

// OpinionsForReview are the standing opinions of the units on the way up, without persons.
func (a *Application) OpinionsForReview() []filing.Opinion {
	var out []filing.Opinion
	for _, o := range a.Opinions {
		if o.Stands() && o.Step < a.At {
			out = append(out, filing.Opinion{Step: o.Step, Unit: o.Unit, UnitName: o.UnitName, Box: o.Box, Outcome: o.Outcome, Text: o.Text,
				Marks: o.Marks, Stage: o.Stage, SignedAt: o.SignedAt, Rule: o.Rule})
		}
	}
	return out
}

// NextPlaques are count numbers for plaques, year and three digits, after those that
// are taken.
func NextPlaques(year int, taken []string, count int) []string {
	prefix, last := strconv.Itoa(year)+"-", 0
	for _, t := range taken {
		if rest, ok := strings.CutPrefix(t, prefix); ok {
			if k, err := strconv.Atoi(rest); err == nil {
				last = max(last, k)
			}
		}
	}
	var out []string
	for i := range count {
		out = append(out, fmt.Sprintf("%s%03d", prefix, last+i+1))
	}
	return out
}

// NoSuchCode is the refusal of a code off paper that no version bears.
func NoSuchCode(n *notice.Notice, code string) error {
	return refuseField("paper-code", n.Delivery.Clause, "code", "code", code)
}
