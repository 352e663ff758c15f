package web

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/locale"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

func (s *Server) meetingRoutes() {
	s.on("GET /calls/{id}/meetings", s.meetings)
	s.on("POST /calls/{id}/meetings", s.planMeeting)
	s.on("GET /meetings", s.myMeetings)
	s.on("GET /meetings/{id}", s.meeting)
	s.on("GET /meetings/{id}/state", s.meetingState)
	s.on("POST /meetings/{id}/order", s.drawOrder)
	s.on("POST /meetings/{id}/attendance", s.attend)
	s.on("POST /meetings/{id}/opening", s.openMeeting)
	s.on("POST /meetings/{id}/hearing", s.hear)
	s.on("POST /meetings/{id}/closing", s.closeMeeting)
	s.on("POST /meetings/{id}/minutes", s.writeMinutes)
	s.on("POST /meetings/{id}/minutes-signature", s.signMinutes)
	s.on("POST /meetings/{id}/ballots", s.openBallot)
	s.on("POST /meetings/{id}/ballots/{n}/vote", s.vote)
	s.on("POST /meetings/{id}/ballots/{n}/closing", s.closeBallot)
	s.on("POST /meetings/{id}/ballots/{n}/annulment", s.annulBallot)
}

func (s *Server) meetings(q *query) error { return s.showMeetings(q, 200, Form{}) }

func (s *Server) showMeetings(q *query, status int, f Form) error {
	call := q.r.PathValue("id")
	o, ms, err := s.desk.Meetings(q.ctx(), q.ask(), call)
	if err != nil {
		return err
	}
	bench, err := s.desk.Bench(q.ctx(), q.ask(), call)
	if err != nil {
		return err
	}
	l, err := s.desk.Reviews(q.ctx(), q.ask(), call)
	if err != nil {
		return err
	}
	return q.show(status, meetingsPage(q.view("meeting.list"), f, o, ms, bench, l.Lines))
}

func (s *Server) myMeetings(q *query) error {
	if !q.actor().Is(org.Expert) {
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Expert))
	}
	_, ms, err := s.desk.Meetings(q.ctx(), q.ask(), "")
	if err != nil {
		return err
	}
	return q.show(200, myMeetingsPage(q.view("meeting.list"), ms))
}

func (s *Server) planMeeting(q *query) error {
	p := q.r.PostForm
	in := desk.MeetingDraft{Title: strings.TrimSpace(p.Get("title")), Place: strings.TrimSpace(p.Get("place")), Chair: org.PersonID(p.Get("chair"))}
	if at, err := time.ParseInLocation("2006-01-02T15:04", p.Get("at"), locale.Beijing); err == nil {
		in.At = at
	}
	for _, a := range p["agenda"] {
		in.Applications = append(in.Applications, application.ID(a))
	}
	for _, m := range p["members"] {
		in.Members = append(in.Members, org.PersonID(m))
	}
	id, err := s.desk.PlanMeeting(q.ctx(), q.ask(), q.r.PathValue("id"), in)
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showMeetings(q, 0, f) })
	}
	return q.to("/meetings/"+id, "meeting-planned")
}

func (s *Server) meeting(q *query) error { return s.showMeeting(q, 200, Form{}) }

func (s *Server) showMeeting(q *query, status int, f Form) error {
	m, err := s.desk.Meeting(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(status, meetingPage(q.view("meeting.title"), f, m))
}

// meetingState tells the pages that lie open on the table whether they are still true.
func (s *Server) meetingState(q *query) error {
	m, err := s.desk.Meeting(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	q.started = true
	q.w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(q.w).Encode(map[string]string{"stamp": meetingStamp(m)})
}

// meetingStamp changes whenever the page would.
func meetingStamp(m *desk.MeetingPage) string {
	s := strconv.Itoa(m.Meeting.Version)
	for _, b := range m.Ballots {
		s += "." + strconv.Itoa(b.Ballot.Version)
	}
	return s
}

// atMeeting ends an act on a meeting: back to its page, or the page with what is wrong.
func (s *Server) atMeeting(q *query, err error, done string) error {
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showMeeting(q, 0, f) })
	}
	return q.to("/meetings/"+q.r.PathValue("id"), done)
}

func (s *Server) drawOrder(q *query) error {
	return s.atMeeting(q, s.desk.DrawOrder(q.ctx(), q.ask(), q.r.PathValue("id")), "order-drawn")
}

func (s *Server) attend(q *query) error {
	p := q.r.PostForm
	who := org.PersonID(p.Get("who"))
	if q.actor().Is(org.Expert) {
		who = org.PersonID(q.actor().Person)
	}
	return s.atMeeting(q, s.desk.Attend(q.ctx(), q.ask(), q.r.PathValue("id"), who, p.Get("present") == "yes"), "attendance")
}

func (s *Server) openMeeting(q *query) error {
	return s.atMeeting(q, s.desk.OpenMeeting(q.ctx(), q.ask(), q.r.PathValue("id")), "meeting-opened")
}

func (s *Server) hear(q *query) error {
	return s.atMeeting(q, s.desk.Hear(q.ctx(), q.ask(), q.r.PathValue("id"), q.r.PostFormValue("application")), "item-called")
}

func (s *Server) closeMeeting(q *query) error {
	return s.atMeeting(q, s.desk.CloseMeeting(q.ctx(), q.ask(), q.r.PathValue("id")), "meeting-closed")
}

func (s *Server) writeMinutes(q *query) error {
	text := strings.ReplaceAll(strings.TrimSpace(q.r.PostFormValue("minutes")), "\r\n", "\n")
	return s.atMeeting(q, s.desk.WriteMinutes(q.ctx(), q.ask(), q.r.PathValue("id"), text), "minutes-kept")
}

func (s *Server) signMinutes(q *query) error {
	return s.atMeeting(q, s.desk.SignMinutes(q.ctx(), q.ask(), q.r.PathValue("id"), q.r.PostFormValue("words")), "minutes-signed")
}

// thresholds are what a ballot can ask for, by the value of the choice.
var thresholds = map[string]review.Threshold{
	"two-thirds-present":  {Num: 2, Den: 3, Of: review.OverPresent},
	"two-thirds-entitled": {Num: 2, Den: 3, Of: review.OverEntitled},
	"half-present":        {Num: 1, Den: 2, More: true, Of: review.OverPresent},
	"half-entitled":       {Num: 1, Den: 2, More: true, Of: review.OverEntitled},
}

var thresholdWords = []string{"two-thirds-present", "two-thirds-entitled", "half-present", "half-entitled"}

func thresholdWord(t review.Threshold) string {
	for _, w := range thresholdWords {
		if thresholds[w] == t {
			return w
		}
	}
	return thresholdWords[0]
}

func thresholdOptions(v View) []Option {
	var out []Option
	for _, w := range thresholdWords {
		out = append(out, Option{w, v.T("threshold." + w)})
	}
	return out
}

func (s *Server) openBallot(q *query) error {
	p := q.r.PostForm
	in := desk.BallotDraft{Title: strings.TrimSpace(p.Get("title")), Items: p["items"], Secret: p.Get("manner") != "open",
		Threshold: thresholds[p.Get("threshold")], Quorum: thresholds["two-thirds-entitled"]}
	return s.atMeeting(q, s.desk.OpenBallot(q.ctx(), q.ask(), q.r.PathValue("id"), in), "ballot-opened")
}

func (q *query) ballot() (string, int) {
	n, _ := strconv.Atoi(q.r.PathValue("n")) // 0 is the number of no ballot
	return q.r.PathValue("id"), n
}

func (s *Server) vote(q *query) error {
	id, n := q.ballot()
	p := q.r.PostForm
	codes, choices := map[string]string{}, map[string]string{}
	for name := range p {
		if app, ok := strings.CutPrefix(name, "choice."); ok {
			choices[app] = p.Get(name)
		}
		if app, ok := strings.CutPrefix(name, "code."); ok {
			codes[app] = p.Get(name)
		}
	}
	return s.atMeeting(q, s.desk.Vote(q.ctx(), q.ask(), id, n, codes, choices), "voted")
}

func (s *Server) closeBallot(q *query) error {
	id, n := q.ballot()
	return s.atMeeting(q, s.desk.CloseBallot(q.ctx(), q.ask(), id, n), "ballot-closed")
}

func (s *Server) annulBallot(q *query) error {
	id, n := q.ballot()
	return s.atMeeting(q, s.desk.AnnulBallot(q.ctx(), q.ask(), id, n, strings.TrimSpace(q.r.PostFormValue("reason"))), "ballot-annulled")
}

// choiceOptions are the boxes of a ballot paper.
func choiceOptions(v View) []Option {
	var out []Option
	for _, c := range review.Choices {
		out = append(out, Option{c, v.T("choice." + c)})
	}
	return out
}

// agendaBase is an application as the agenda has it.
func agendaBase(m *desk.MeetingPage, app string) string {
	for _, it := range m.Agenda {
		if it.Application == app {
			return it.Number + " " + it.Base
		}
	}
	return app
}

// outNames are the members who leave the room for an item.
func outNames(m *desk.MeetingPage, it review.AgendaItem) string {
	var names []string
	for _, a := range m.Members {
		if slices.Contains(it.Out, a.Person) {
			names = append(names, a.Name)
		}
	}
	return strings.Join(names, "、")
}

func mineOut(v View, it review.AgendaItem) bool {
	return slices.Contains(it.Out, org.PersonID(v.Session.Actor.Person))
}

// attendance is the actor's own at a meeting; ok is false for who is no member.
func attendance(v View, m *desk.MeetingPage) (a review.Attendee, ok bool) {
	i := slices.IndexFunc(m.Members, func(a review.Attendee) bool { return a.Person == org.PersonID(v.Session.Actor.Person) })
	if i < 0 || !v.Session.Actor.Is(org.Expert) {
		return a, false
	}
	return m.Members[i], true
}

func ballotOpen(m *desk.MeetingPage) bool {
	return slices.ContainsFunc(m.Ballots, func(b desk.BallotPage) bool { return b.Closed.IsZero() })
}

func hasSigned(v View, m *desk.MeetingPage) bool {
	return slices.ContainsFunc(m.Signed, func(s review.Signed) bool { return s.Person == org.PersonID(v.Session.Actor.Person) })
}

func meetingTag(st review.MeetingState) string {
	switch st {
	case review.MeetingOpen:
		return "tag tag-run"
	case review.MeetingOver:
		return "tag tag-ok"
	}
	return "tag tag-wait"
}

// draftMinutes are the minutes as the records give them, in Chinese: they are a document.
func draftMinutes(m *desk.MeetingPage) string {
	if m.Minutes != "" {
		return m.Minutes
	}
	zh := locale.Zh
	var b strings.Builder
	line := func(key string, pairs ...string) { b.WriteString(zh.T(key, pairs...) + "\n") }
	line("minutes.head", "title", m.Title, "place", m.Place, "from", zh.Time(m.Opened), "until", zh.Time(m.Meeting.Closed))
	var came, away []string
	chair := ""
	for _, a := range m.Members {
		if a.Came.IsZero() {
			away = append(away, a.Name)
		} else {
			came = append(came, a.Name)
		}
		if a.Person == m.Chair {
			chair = a.Name
		}
	}
	line("minutes.present", "entitled", strconv.Itoa(len(m.Members)), "present", strconv.Itoa(len(came)), "names", strings.Join(came, "、"), "chair", chair)
	if len(away) > 0 {
		line("minutes.away", "names", strings.Join(away, "、"))
	}
	for i, it := range m.Agenda {
		line("minutes.item", "n", strconv.Itoa(i+1), "number", it.Number, "base", it.Base)
		if out := outNames(m, it); out != "" {
			line("minutes.out", "names", out)
		}
	}
	for _, p := range slices.Backward(m.Ballots) {
		if p.Void != nil {
			line("minutes.void", "n", strconv.Itoa(p.N), "title", p.Title, "reason", p.Void.Reason)
			continue
		}
		manner := "minutes.open-ballot"
		if p.Secret {
			manner = "minutes.secret-ballot"
		}
		line(manner, "n", strconv.Itoa(p.N), "title", p.Title, "rule", zh.T("threshold."+thresholdWord(p.Threshold)))
		for _, t := range p.Tally {
			result := "minutes.failed"
			if t.Passed {
				result = "minutes.passed"
			}
			line(result, "base", agendaBase(m, t.Application), "for", strconv.Itoa(t.For), "against", strconv.Itoa(t.Against), "abstain", strconv.Itoa(t.Abstain),
				"of", strconv.Itoa(t.Base), "need", strconv.Itoa(t.Need))
		}
	}
	return b.String()
}

// papersOn are the papers of a ballot on one application.
func papersOn(b desk.BallotPage, app string) []review.Vote {
	return slices.DeleteFunc(slices.Clone(b.Ballot.Votes), func(x review.Vote) bool { return x.Application != app })
}

// paperName is how a paper is known in the list of papers: by its code, or by who voted.
func paperName(b desk.BallotPage, x review.Vote) string {
	for _, v := range b.Voters {
		if x.Person != "" && string(v.Person) == x.Person {
			return v.Name
		}
	}
	return x.Code
}

func benchOptions(bench []review.Attendee) []Option {
	var out []Option
	for _, a := range bench {
		out = append(out, Option{string(a.Person), a.Name})
	}
	return out
}

func agendaOptions(lines []desk.ReviewLine) []Option {
	var out []Option
	for _, l := range lines {
		out = append(out, Option{string(l.ID), l.Number + " " + l.BaseName})
	}
	return out
}

func meetingOptions(m *desk.MeetingPage) []Option {
	var out []Option
	for _, it := range m.Agenda {
		out = append(out, Option{it.Application, it.Number + " " + it.Base})
	}
	return out
}

// attended reports whether the actor is a member, who has sheets to open.
func attended(v View, m *desk.MeetingPage) bool {
	_, ok := attendance(v, m)
	return ok
}
