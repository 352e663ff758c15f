package review

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/org"
)

// Facts of an invitation.
const (
	Invited        event.Kind = "review.invited"
	Extended       event.Kind = "review.invite-extended" // more applications under it
	InviteAccepted event.Kind = "review.invite-accepted" // with the undertaking
	InviteDeclined event.Kind = "review.invite-declined"
	Withdrew       event.Kind = "review.withdrew" // the expert, after accepting
	InviteLapsed   event.Kind = "review.invite-lapsed"
	Absent         event.Kind = "review.absent" // accepted, and did not come or score
	Prompted       event.Kind = "review.prompted"
	Rated          event.Kind = "review.rated"
	FeeCounted     event.Kind = "review.fee-counted"
)

// Undertaking (保密承诺) is what an expert signs by accepting, before anything confidential
// is shown. The Chinese text is the one that is signed; it is kept with the invitation, so
// that a later wording leaves what was signed alone. Not from the notice (T6).
const Undertaking = "本人接受评审邀请，并承诺：一、对评审材料、评审意见、分数、讨论情况和其他评审专家的情况保密，不复制、不留存、不向他人透露；" +
	"二、不与申报单位及其人员就评审事项接触，不收受财物或其他利益；三、与申报单位有利害关系的，如实声明并回避；" +
	"四、独立、客观、公正地评审，不请他人代评，也不把材料交给任何评审工具或平台处理；五、评审结束后删除下载的材料。违反以上承诺的，愿承担相应责任。"

// InviteState is how an invitation stands. locale has "invite.<state>".
type InviteState string

// An invitation is open until it is answered; Live ones hold a seat.
const (
	InviteOpen InviteState = "open"
	Accepts    InviteState = "accepted"
	Declines   InviteState = "declined"
	Withdrawn  InviteState = "withdrawn" // by the expert, later
	Lapsed     InviteState = "lapsed"    // not answered in time; taken back by staff
	NoShow     InviteState = "absent"    // noted by staff
)

// How an expert came to an application or a group. locale has "via.<word>".
const (
	ViaDraw   = "draw"
	ViaMatch  = "match"
	ViaManual = "manual"
)

// An Invitation asks one expert to review in one round: all the applications given to them
// there stand under it. It is answered once.
type Invitation struct {
	ID       string       `json:"id"`
	Call     string       `json:"call"`
	Round    string       `json:"round"`
	Expert   org.PersonID `json:"expert"`
	Name     string       `json:"name"`
	Employer string       `json:"employer"`
	Via      string       `json:"via"`
	Record   string       `json:"record,omitempty"` // the draw or match that it rests on
	At       time.Time    `json:"at"`
	AnswerBy time.Time    `json:"answer_by"`
	Due      time.Time    `json:"due"` // of the sheets

	State       InviteState   `json:"state"`
	Answered    time.Time     `json:"answered"`
	Undertaking string        `json:"undertaking,omitempty"` // the text as it was signed
	Reason      string        `json:"reason,omitempty"`      // of declining, or of how it ended
	Ended       time.Time     `json:"ended"`
	Left        []string      `json:"left,omitempty"` // applications that were given back when it ended
	Prompts     []time.Time   `json:"prompts,omitempty"`
	Rating      *ReviewRating `json:"rating,omitempty"`
	Meetings    int           `json:"meetings,omitempty"` // attended, as counted for the fee
	Version     int           `json:"version"`
}

// A ReviewRating (履职评价) is what the department thinks of an expert's work in a round. It is
// shown to the department alone.
type ReviewRating struct {
	Stars int         `json:"stars"` // 1–5
	Words string      `json:"words"`
	By    event.Actor `json:"by"`
	At    time.Time   `json:"at"`
}

// Invite asks an expert to review in a round. An answer is expected before the work is due.
func Invite(v Invitation, by org.Actor, now time.Time) (Invitation, event.Event, error) {
	if !by.Is(org.Staff) {
		return v, event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	var bad event.Refusals
	if !v.Due.After(now) {
		bad = append(bad, refuseField("due-required", "due"))
	} else if v.AnswerBy.IsZero() {
		v.AnswerBy = answerBy(now, v.Due)
	} else if !v.AnswerBy.After(now) || v.AnswerBy.After(v.Due) {
		bad = append(bad, refuseField("answer-by", "answer_by", "due", v.Due.Format(time.RFC3339)))
	}
	if err := bad.Or(); err != nil {
		return v, event.Event{}, err
	}
	v.State, v.At = InviteOpen, now
	return v, v.fact(Invited, by, now), nil
}

// answerDays is how long an expert has to answer when nobody says otherwise.
const answerDays = 3

// answerBy is three days from now, or the middle of the time until the work is due.
func answerBy(now, due time.Time) time.Time {
	if t := now.AddDate(0, 0, answerDays); t.Before(due) {
		return t
	}
	return now.Add(due.Sub(now) / 2)
}

func (v *Invitation) fact(k event.Kind, by org.Actor, now time.Time, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "invitation", ID: v.ID}, Call: v.Call, By: by.Actor, At: now, Outcome: event.OK,
		Detail: map[string]string{"expert": v.Name, "person": string(v.Expert)}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

func refuseField(kind, field string, args ...string) *event.Refusal {
	r := event.Refuse(event.Invalid, kind, "", args...)
	r.Field = field
	return r
}

func (v *Invitation) mine(by org.Actor) error {
	if !by.Is(org.Expert) || org.PersonID(by.Person) != v.Expert {
		return event.Refuse(event.NotFound, "not-found", "")
	}
	return nil
}

// Live reports whether the invitation holds its seats: open or accepted.
func (v *Invitation) Live() bool { return v.State == InviteOpen || v.State == Accepts }

// Overdue reports whether an answer is missing after its day.
func (v *Invitation) Overdue(now time.Time) bool {
	return v.State == InviteOpen && !now.Before(v.AnswerBy)
}

func (v *Invitation) answerable() error {
	if v.State != InviteOpen {
		return event.Refuse(event.Conflict, "invite-answered", "", "invite", string(v.State))
	}
	return nil
}

// Accept takes the invitation. undertake is the expert's word on confidentiality, without
// which nothing is accepted. A late answer counts as long as the seat was not given away.
func (v *Invitation) Accept(by org.Actor, undertake bool, now time.Time) (event.Event, error) {
	if err := v.mine(by); err != nil {
		return event.Event{}, err
	}
	if err := v.answerable(); err != nil {
		return event.Event{}, err
	}
	if !undertake {
		return event.Event{}, refuseField("undertaking-required", "undertake")
	}
	v.State, v.Answered, v.Undertaking = Accepts, now, Undertaking
	h := sha256.Sum256([]byte(Undertaking))
	return v.fact(InviteAccepted, by, now, "undertaking", hex.EncodeToString(h[:])), nil
}

// Decline refuses it with a reason; the seat is free again.
func (v *Invitation) Decline(by org.Actor, reason string, now time.Time) (event.Event, error) {
	if err := v.mine(by); err != nil {
		return event.Event{}, err
	}
	if err := v.answerable(); err != nil {
		return event.Event{}, err
	}
	v.Answered = now
	return v.end(Declines, InviteDeclined, by, reason, now)
}

// Withdraw is the expert's stepping back after accepting; what was scored stays.
func (v *Invitation) Withdraw(by org.Actor, reason string, now time.Time) (event.Event, error) {
	if err := v.mine(by); err != nil {
		return event.Event{}, err
	}
	if v.State != Accepts {
		return event.Event{}, event.Refuse(event.Conflict, "invite-not-accepted", "", "expert", v.Name)
	}
	return v.end(Withdrawn, Withdrew, by, reason, now)
}

// TakeBack ends an invitation from the department's side: one that nobody answered lapses
// (after its day), one that was accepted and not followed is a no-show.
func (v *Invitation) TakeBack(by org.Actor, reason string, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Staff):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case v.State == Accepts:
		return v.end(NoShow, Absent, by, reason, now)
	case v.State != InviteOpen:
		return event.Event{}, event.Refuse(event.Conflict, "invite-answered", "", "invite", string(v.State))
	case now.Before(v.AnswerBy):
		return event.Event{}, event.Refuse(event.Closed, "invite-running", "", "expert", v.Name, "until", v.AnswerBy.Format(time.RFC3339))
	}
	return v.end(Lapsed, InviteLapsed, by, reason, now)
}

func (v *Invitation) end(to InviteState, k event.Kind, by org.Actor, reason string, now time.Time) (event.Event, error) {
	if strings.TrimSpace(reason) == "" {
		return event.Event{}, refuseField("reason-required", "reason")
	}
	v.State, v.Reason, v.Ended = to, reason, now
	e := v.fact(k, by, now)
	e.Reason = reason
	return e, nil
}

// A Giving is how an application comes to an expert.
type Giving struct {
	Via    string    // draw, match or manual
	Record string    // of the draw or match
	Due    time.Time // its own; zero is the invitation's
	Reason string    // asked for when people choose by hand
}

// Give gives an application to the expert of a live invitation. It asks Assign, which says
// what found and before are.
func (v *Invitation) Give(r Round, app string, x expert.Expert, found []Conflict, before []Assignment, how Giving, by org.Actor, now time.Time) (Assignment, event.Event, error) {
	due := how.Due
	if due.IsZero() {
		due = v.Due
	}
	if !v.Live() {
		return Assignment{}, event.Event{}, event.Refuse(event.Closed, "invite-ended", "", "expert", v.Name, "invite", string(v.State))
	}
	a, e, err := Assign(r, app, x, found, before, due, by, now)
	if err != nil {
		return a, e, err
	}
	if how.Via == ViaManual && strings.TrimSpace(how.Reason) == "" {
		return a, e, refuseField("reason-required", "reason")
	}
	if due.After(v.Due) {
		v.Due = due
	}
	a.Via, a.Record, e.Reason = how.Via, how.Record, how.Reason
	if v.State == Accepts {
		a.Accepted = v.Answered
	}
	return a, e, nil
}

// Extend is the fact that more was given under an invitation that the expert has already.
func (v *Invitation) Extend(n int, by org.Actor, now time.Time) event.Event {
	return v.fact(Extended, by, now, "n", strconv.Itoa(n), "until", v.Due.Format(time.RFC3339))
}

// Prompt reminds the expert of what is missing: the answer, or sheets. Once a day is enough.
// The clock does so too.
func (v *Invitation) Prompt(by org.Actor, missing int, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Staff) && by.Role != event.System.Role:
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case !v.Live() || v.State == Accepts && missing == 0:
		return event.Event{}, event.Refuse(event.Conflict, "nothing-missing", "", "expert", v.Name)
	case v.PromptedWithin(now):
		return event.Event{}, event.Refuse(event.TooMany, "prompted-today", "", "expert", v.Name)
	}
	v.Prompts = append(v.Prompts, now)
	return v.fact(Prompted, by, now, "n", strconv.Itoa(missing), "until", v.until().Format(time.RFC3339)), nil
}

// until is when what is missing is due: the answer, then the sheets.
func (v *Invitation) until() time.Time {
	if v.State == InviteOpen {
		return v.AnswerBy
	}
	return v.Due
}

var beijing = time.FixedZone("Asia/Shanghai", 8*3600)

// PromptDue reports whether the clock owes a reminder: from eight in the morning so many
// days before the last day, the nearest of them once.
func (v *Invitation) PromptDue(days []int, missing int, now time.Time) bool {
	until := v.until()
	if !v.Live() || v.State == Accepts && missing == 0 || !now.Before(until) || v.PromptedWithin(now) {
		return false
	}
	year, month, last := until.Add(-time.Nanosecond).In(beijing).Date()
	var owed time.Time
	for _, d := range days {
		if at := time.Date(year, month, last-d, 8, 0, 0, 0, beijing); !now.Before(at) && at.After(owed) {
			owed = at
		}
	}
	n := len(v.Prompts)
	return !owed.IsZero() && v.At.Before(owed) && (n == 0 || v.Prompts[n-1].Before(owed))
}

// PromptedWithin reports whether the last reminder is less than a day old.
func (v *Invitation) PromptedWithin(now time.Time) bool {
	n := len(v.Prompts)
	return n > 0 && now.Sub(v.Prompts[n-1]) < 24*time.Hour
}

// Rate keeps the department's rating of the work, 1 to 5 with words. It can be given anew.
func (v *Invitation) Rate(by org.Actor, stars int, words string, now time.Time) (event.Event, error) {
	if !by.Is(org.Staff) {
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	if v.State != Accepts && v.State != Withdrawn && v.State != NoShow {
		return event.Event{}, event.Refuse(event.Conflict, "invite-not-accepted", "", "expert", v.Name)
	}
	var bad event.Refusals
	if stars < 1 || stars > 5 {
		bad = append(bad, refuseField("rating-range", "stars"))
	}
	if strings.TrimSpace(words) == "" {
		bad = append(bad, refuseField("rating-words", "words"))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	v.Rating = &ReviewRating{Stars: stars, Words: words, By: by.Actor, At: now}
	return v.fact(Rated, by, now, "stars", strconv.Itoa(stars)), nil
}

// GiveBack notes that the application went back to the department.
func (v *Invitation) GiveBack(application string) {
	if !slices.Contains(v.Left, application) {
		v.Left = append(v.Left, application)
	}
}

// maxMeetings is the greatest number of meetings of one round that is believed.
const maxMeetings = 50

// CountMeetings notes how many meetings the expert attended, for the fee.
func (v *Invitation) CountMeetings(by org.Actor, n int, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Staff):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case n < 0 || n > maxMeetings:
		return event.Event{}, refuseField("number-range", "meetings", "min", "0", "max", strconv.Itoa(maxMeetings))
	}
	v.Meetings = n
	return v.fact(FeeCounted, by, now, "n", strconv.Itoa(n)), nil
}

// NobodyToPrompt is the refusal of a reminder to everybody when nothing is missing.
func NobodyToPrompt(by org.Actor) error {
	if !by.Is(org.Staff) {
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	}
	return event.Refuse(event.Conflict, "nobody-to-prompt", "")
}

// FeeRates are what a review is paid by, in fen; 0 is not paid. Tax and accounts are the
// business of finance. Not from the notice (T6).
type FeeRates struct {
	PerApplication int64 `json:"per_application"`
	PerMeeting     int64 `json:"per_meeting"`
}

// Fee is what an expert is paid for so many scored applications and attended meetings.
func (r FeeRates) Fee(scored, meetings int) int64 {
	return int64(scored)*r.PerApplication + int64(meetings)*r.PerMeeting
}
