package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/locale"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

func (s *Server) panelRoutes() {
	s.on("POST /applications/{id}/review", s.assign)
	s.on("POST /applications/{id}/unassignment", s.unassign)
	s.on("GET /reviews", s.reviews)
	s.on("POST /panel-invitations/{id}/acceptance", s.acceptInvitation)
	s.on("POST /panel-invitations/{id}/refusal", s.declineInvitation)
	s.on("POST /panel-invitations/{id}/withdrawal", s.withdrawFromRound)
	s.on("GET /calls/{id}/panel-invitations", s.invitations)
	s.on("POST /calls/{id}/panel-reminders", s.promptExperts)
	s.on("POST /panel-invitations/{id}/ending", s.takeBackInvitation)
	s.on("POST /panel-invitations/{id}/reminder", s.promptExpert)
	s.on("POST /panel-invitations/{id}/rating", s.rateExpert)
	s.on("GET /calls/{id}/fees", s.fees)
	s.on("GET /calls/{id}/fees.xlsx", s.feeTable)
	s.on("GET /calls/{id}/fees.csv", s.feeTable)
	s.on("POST /panel-invitations/{id}/meetings", s.countMeetings)
	s.on("POST /calls/{id}/panel-rules", s.setPanelRules)
}

func (s *Server) assign(q *query) error {
	var experts []org.PersonID
	for _, e := range q.r.PostForm["expert"] {
		experts = append(experts, org.PersonID(e))
	}
	p := q.r.PostForm
	if err := s.desk.Assign(q.ctx(), q.ask(), q.application(), experts, endOf(p.Get("due")), strings.TrimSpace(p.Get("why"))); err != nil {
		return q.refused(renamed(err, "reason", "why"), func(f Form) error { return s.showPanel(q, 0, f) })
	}
	return q.to("/applications/"+string(q.application())+"/review", "assigned")
}

func (s *Server) unassign(q *query) error {
	p := q.r.PostForm
	if err := s.desk.Unassign(q.ctx(), q.ask(), q.application(), org.PersonID(p.Get("expert")), strings.TrimSpace(p.Get("reason"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showPanel(q, 0, f) })
	}
	return q.to("/applications/"+string(q.application())+"/review", "unassigned")
}

// reviews are an expert's own invitations and assignments.
func (s *Server) reviews(q *query) error { return s.showMyReviews(q, 200, Form{}) }

func (s *Server) showMyReviews(q *query, status int, f Form) error {
	asked, err := s.desk.InvitationsOf(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	tasks, err := s.desk.ReviewsOf(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	return q.show(status, myReviewsPage(q.view("reviews.title"), f, asked, tasks))
}

func (s *Server) acceptInvitation(q *query) error {
	if err := s.desk.AcceptInvitation(q.ctx(), q.ask(), q.r.PathValue("id"), q.r.PostFormValue("undertake") == "yes"); err != nil {
		return q.refused(err, func(f Form) error { return s.showMyReviews(q, 0, f) })
	}
	return q.to("/reviews", "invite-accepted")
}

func (s *Server) declineInvitation(q *query) error {
	if err := s.desk.DeclineInvitation(q.ctx(), q.ask(), q.r.PathValue("id"), q.reason()); err != nil {
		return q.refused(err, func(f Form) error { return s.showMyReviews(q, 0, f) })
	}
	return q.to("/reviews", "invite-declined")
}

func (s *Server) withdrawFromRound(q *query) error {
	if err := s.desk.WithdrawFromRound(q.ctx(), q.ask(), q.r.PathValue("id"), q.reason()); err != nil {
		return q.refused(err, func(f Form) error { return s.showMyReviews(q, 0, f) })
	}
	return q.to("/reviews", "withdrew")
}

func (q *query) reason() string { return strings.TrimSpace(q.r.PostFormValue("reason")) }

func (s *Server) invitations(q *query) error {
	return s.showInvitations(q, 200, q.r.PathValue("id"), Form{})
}

func (s *Server) showInvitations(q *query, status int, call string, f Form) error {
	o, lines, err := s.desk.Invitations(q.ctx(), q.ask(), call)
	if err != nil {
		return err
	}
	return q.show(status, invitationsPage(q.view("invites.title"), f, o, lines))
}

// onInvite runs a staff act on one invitation and comes back to the list of its call.
func (s *Server) onInvite(q *query, act func(id string) error, done string) error {
	call := q.r.PostFormValue("call")
	if err := act(q.r.PathValue("id")); err != nil {
		return q.refused(err, func(f Form) error { return s.showInvitations(q, 0, call, f) })
	}
	return q.to("/calls/"+call+"/panel-invitations", done)
}

func (s *Server) takeBackInvitation(q *query) error {
	return s.onInvite(q, func(id string) error { return s.desk.TakeBackInvitation(q.ctx(), q.ask(), id, q.reason()) }, "invite-ended")
}

func (s *Server) promptExpert(q *query) error {
	return s.onInvite(q, func(id string) error { return s.desk.PromptExpert(q.ctx(), q.ask(), id) }, "prompted")
}

func (s *Server) rateExpert(q *query) error {
	stars, _ := strconv.Atoi(q.r.PostFormValue("stars")) // what is no number is out of range
	words := strings.TrimSpace(q.r.PostFormValue("words"))
	return s.onInvite(q, func(id string) error { return s.desk.RateExpert(q.ctx(), q.ask(), id, stars, words) }, "rated")
}

func (s *Server) promptExperts(q *query) error {
	call := q.r.PathValue("id")
	if err := s.desk.PromptExperts(q.ctx(), q.ask(), call); err != nil {
		return q.refused(err, func(f Form) error { return s.showInvitations(q, 0, call, f) })
	}
	return q.to("/calls/"+call+"/panel-invitations", "prompted")
}

func (s *Server) fees(q *query) error { return s.showFees(q, 200, q.r.PathValue("id"), Form{}) }

func (s *Server) showFees(q *query, status int, call string, f Form) error {
	o, lines, err := s.desk.Fees(q.ctx(), q.ask(), call)
	if err != nil {
		return err
	}
	return q.show(status, feesPage(q.view("fees.title"), f, o, lines))
}

func (s *Server) countMeetings(q *query) error {
	call := q.r.PostFormValue("call")
	n, err := strconv.Atoi(strings.TrimSpace(q.r.PostFormValue("meetings")))
	if err != nil {
		n = -1 // out of range
	}
	if err := s.desk.CountMeetings(q.ctx(), q.ask(), q.r.PathValue("id"), n); err != nil {
		return q.refused(err, func(f Form) error { return s.showFees(q, 0, call, f) })
	}
	return q.to("/calls/"+call+"/fees", "meetings-counted")
}

// setPanelRules sets how often a group may be drawn and what a review is paid by.
func (s *Server) setPanelRules(q *query) error {
	call, p := q.r.PathValue("id"), q.r.PostForm
	r := application.PanelRules{FeeApplication: fen(p.Get("fee_application")), FeeMeeting: fen(p.Get("fee_meeting"))}
	r.Draws, _ = strconv.Atoi(p.Get("draws")) // what is no number is out of range
	if err := s.desk.SetPanelRules(q.ctx(), q.ask(), call, r, q.reason()); err != nil {
		return q.refused(err, func(f Form) error { return s.showFees(q, 0, call, f) })
	}
	return q.to("/calls/"+call+"/fees", "panel-rules-set")
}

// feeTable is the list for finance: what was done and what it comes to, before tax, without
// accounts.
func (s *Server) feeTable(q *query) error {
	o, lines, err := s.desk.Fees(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	t := desk.Sheet{Name: q.T("fees.title") + o.Number.Text}
	for _, h := range []string{"experts.name", "experts.employer", "fees.scored", "fees.meetings", "fees.amount"} {
		t.Header = append(t.Header, q.T(h))
	}
	for _, l := range lines {
		t.Rows = append(t.Rows, []string{l.Name, l.Employer, strconv.Itoa(l.Scored), strconv.Itoa(l.Meetings), yuan(l.Fen)})
	}
	return q.sheet(t, strings.HasSuffix(q.r.URL.Path, ".csv"))
}

// reviewDue is the date proposed for a review: two weeks from today.
func reviewDue(v View) string { return lastDay(v.Now.AddDate(0, 0, 15)) }

// inviteClass is the look of an invitation's state.
func inviteClass(x review.Invitation) string {
	switch x.State {
	case review.InviteOpen:
		return "tag tag-wait"
	case review.Accepts:
		return "tag tag-ok"
	case review.NoShow:
		return "tag tag-bad"
	}
	return "tag tag-off"
}

// openInvites and pastInvites tell an expert's invitations apart.
func openInvites(as []desk.Asked) []desk.Asked {
	return slices.DeleteFunc(slices.Clone(as), func(a desk.Asked) bool { return a.State != review.InviteOpen })
}

func pastInvites(as []desk.Asked) []desk.Asked {
	return slices.DeleteFunc(slices.Clone(as), func(a desk.Asked) bool { return a.State == review.InviteOpen })
}

// pendingTasks wait for the expert; the others are done.
func pendingTasks(ts []desk.ReviewTask, pending bool) []desk.ReviewTask {
	return slices.DeleteFunc(slices.Clone(ts), func(t desk.ReviewTask) bool {
		return (t.Pending() && t.State == application.Reviewing) != pending
	})
}

// tellIt is the value of a refused control of one of several forms of the same kind on a
// page: each form names itself in “of”.
func tellIt(f Form, of, field string) string {
	if f.Get("of", "") == of {
		return f.Get(field, "")
	}
	return ""
}

// overdueInvites counts those whose answer is late.
func overdueInvites(ls []desk.InviteLine, now time.Time) (n int) {
	for _, l := range ls {
		if l.Overdue(now) {
			n++
		}
	}
	return n
}

func inviteCounts(ls []desk.InviteLine) (open, accepted, ended, missing int) {
	for _, l := range ls {
		switch l.State {
		case review.InviteOpen:
			open++
		case review.Accepts:
			accepted++
		default:
			ended++
		}
		if l.Live() {
			missing += l.Pending()
		}
	}
	return open, accepted, ended, missing
}

func day10(v View, t time.Time) string { return t.In(locale.Beijing).Format(time.DateOnly) }

func feeSum(ls []desk.InviteLine) (sum int64) {
	for _, l := range ls {
		sum += l.Fen
	}
	return sum
}

// panelPages are the pages of a call's panels. locale has "panels.<page>".
var panelPages = []string{"panels", "panel-invitations"}

func meetingsOf(f Form, l desk.InviteLine) string {
	if f.Get("of", "") == l.ID {
		return f.Get("meetings", "")
	}
	return strconv.Itoa(l.Meetings)
}

// meanStars is the mean of an expert's ratings to one decimal.
func meanStars(s desk.Service) string {
	return strconv.FormatFloat(float64(s.Stars)/float64(s.Rated), 'f', 1, 64)
}
