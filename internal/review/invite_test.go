package review_test

import (
	"strings"
	"testing"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// invited is an open invitation of expert e, due in ten days.
func invited(t testing.TB) *review.Invitation {
	t.Helper()
	v, e, err := review.Invite(review.Invitation{ID: "v", Call: "call", Expert: "e", Name: "专家", Employer: "某大学", Via: review.ViaDraw, Due: now.AddDate(0, 0, 10)},
		actor("s", org.Staff), now)
	if err != nil || e.Kind != review.Invited || e.Detail["person"] != "e" {
		t.Fatal(e, err)
	}
	return &v
}

func TestInvite(t *testing.T) {
	for _, c := range []struct {
		name          string
		by            org.Role
		due, answerBy time.Duration
		want          string
	}{
		{"the answer's day is proposed", org.Staff, 240 * time.Hour, 0, ""},
		{"a short time", org.Staff, 2 * time.Hour, 0, ""},
		{"the answer's day is given", org.Staff, 240 * time.Hour, 24 * time.Hour, ""},
		{"the answer is due after the work", org.Staff, 24 * time.Hour, 48 * time.Hour, "answer-by@answer_by "},
		{"the answer was due yesterday", org.Staff, 24 * time.Hour, -time.Hour, "answer-by@answer_by "},
		{"no time left", org.Staff, 0, 0, "due-required@due "},
		{"by an expert", org.Expert, 24 * time.Hour, 0, "wrong-role"},
	} {
		v := review.Invitation{Due: now.Add(c.due)}
		if c.answerBy != 0 {
			v.AnswerBy = now.Add(c.answerBy)
		}
		v, _, err := review.Invite(v, actor("s", c.by), now)
		if kind(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err == nil && (!v.AnswerBy.After(now) || v.AnswerBy.After(v.Due) || !v.Live()) {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}

// An invitation is answered once, by the expert alone, and what it allows follows from it.
func TestAnswer(t *testing.T) {
	expert, staff := actor("e", org.Expert), actor("s", org.Staff)
	accept := func(v *review.Invitation) error { _, err := v.Accept(expert, true, now); return err }
	decline := func(v *review.Invitation) error { _, err := v.Decline(expert, "出差", now); return err }
	withdraw := func(v *review.Invitation) error { _, err := v.Withdraw(expert, "生病", now); return err }
	takeBack := func(v *review.Invitation) error { _, err := v.TakeBack(staff, "没有答复", now); return err }
	lapse := func(v *review.Invitation) error { _, err := v.TakeBack(staff, "没有答复", v.AnswerBy); return err }
	type step = func(*review.Invitation) error
	for name, c := range map[string]struct {
		before []step
		do     step
		want   string
		state  review.InviteState
	}{
		"accepts":                {nil, accept, "", review.Accepts},
		"declines":               {nil, decline, "", review.Declines},
		"accepts twice":          {[]step{accept}, accept, "invite-answered", review.Accepts},
		"declines afterwards":    {[]step{accept}, decline, "invite-answered", review.Accepts},
		"accepts after all":      {[]step{decline}, accept, "invite-answered", review.Declines},
		"steps back":             {[]step{accept}, withdraw, "", review.Withdrawn},
		"steps back unaccepted":  {nil, withdraw, "invite-not-accepted", review.InviteOpen},
		"lapses":                 {nil, lapse, "", review.Lapsed},
		"is taken back too soon": {nil, takeBack, "invite-running", review.InviteOpen},
		"did not come":           {[]step{accept}, takeBack, "", review.NoShow},
		"is over":                {[]step{decline}, lapse, "invite-answered", review.Declines},
	} {
		v := invited(t)
		for _, f := range c.before {
			if err := f(v); err != nil {
				t.Fatal(name, err)
			}
		}
		if err := c.do(v); kind(err) != c.want || v.State != c.state {
			t.Errorf("%s: %v, %s; want %q, %s", name, err, v.State, c.want, c.state)
		}
	}
	v := invited(t)
	for name, c := range map[string]struct {
		f    func() (event.Event, error)
		want string
	}{
		"without the undertaking":  {func() (event.Event, error) { return v.Accept(expert, false, now) }, "undertaking-required"},
		"somebody else accepts":    {func() (event.Event, error) { return v.Accept(actor("x", org.Expert), true, now) }, "not-found"},
		"staff accepts":            {func() (event.Event, error) { return v.Accept(staff, true, now) }, "not-found"},
		"declines without why":     {func() (event.Event, error) { return v.Decline(expert, " ", now) }, "reason-required"},
		"an expert takes back":     {func() (event.Event, error) { return v.TakeBack(expert, "r", now) }, "wrong-role"},
		"somebody else steps back": {func() (event.Event, error) { return v.Withdraw(actor("x", org.Expert), "r", now) }, "not-found"},
	} {
		if _, err := c.f(); kind(err) != c.want || v.State != review.InviteOpen {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	e, err := v.Accept(expert, true, now)
	if err != nil || v.Undertaking != review.Undertaking || len(e.Detail["undertaking"]) != 64 || !strings.Contains(v.Undertaking, "保密") {
		t.Errorf("the undertaking is not kept: %+v %v", v, err)
	}
}

func TestGive(t *testing.T) {
	staff := actor("s", org.Staff)
	round := review.Round{ID: "r", Call: "call", State: review.RoundOpen, Applications: []string{"a1", "a2"}}
	x := expert.Of(org.Person{ID: "e", Name: "专家", Employer: "某大学"})
	v := invited(t)
	give := func(app string, how review.Giving, by org.Actor) (review.Assignment, event.Event, error) {
		return v.Give(round, app, x, nil, nil, how, by, now)
	}
	a, e, err := give("a1", review.Giving{Via: review.ViaManual, Due: now.AddDate(0, 0, 20), Reason: "专业对口"}, staff)
	if err != nil || e.Reason != "专业对口" || e.On.ID != "a1" || a.Open() || a.MayRead() || !a.Pending() || a.Via != review.ViaManual || a.Round != "r" {
		t.Errorf("%+v %+v %v", a, e, err)
	}
	if !v.Due.Equal(now.AddDate(0, 0, 20)) {
		t.Error("the invitation is due before its work")
	}
	if _, err := a.Declare(actor("e", org.Expert), review.Declaration{None: true}, now); kind(err) != "accept-first" {
		t.Errorf("declared before accepting: %v", err)
	}
	for name, c := range map[string]struct {
		app  string
		how  review.Giving
		by   org.Actor
		want string
	}{
		"by hand without why": {"a2", review.Giving{Via: review.ViaManual}, staff, "reason-required"},
		"no time left":        {"a2", review.Giving{Due: now, Reason: "r"}, staff, "due-required"},
		"by the approver":     {"a2", review.Giving{Reason: "r"}, actor("s", org.Approver), "wrong-role"},
		"of another round":    {"a9", review.Giving{Reason: "r"}, staff, "no-open-round"},
	} {
		if _, _, err := give(c.app, c.how, c.by); kind(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, _, err := v.Give(round, "a2", x, []review.Conflict{{Kind: review.SameEmployer}}, nil, review.Giving{Via: review.ViaMatch}, staff, now); kind(err) == "" {
		t.Error("given in spite of a conflict")
	}
	if _, err := v.Decline(actor("e", org.Expert), "出差", now); err != nil {
		t.Fatal(err)
	}
	if _, _, err := give("a2", review.Giving{Via: review.ViaMatch}, staff); kind(err) != "invite-ended" {
		t.Errorf("given to somebody who declined: %v", err)
	}
}

func TestPromptAndRate(t *testing.T) {
	staff, expert := actor("s", org.Staff), actor("e", org.Expert)
	v := invited(t)
	if _, err := v.Prompt(staff, 3, now); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Prompt(staff, 3, now.Add(23*time.Hour)); kind(err) != "prompted-today" {
		t.Errorf("twice a day: %v", err)
	}
	if _, err := v.Prompt(expert, 3, now.Add(48*time.Hour)); kind(err) != "wrong-role" {
		t.Errorf("by the expert: %v", err)
	}
	if _, err := v.Rate(staff, 4, "及时", now); kind(err) != "invite-not-accepted" {
		t.Errorf("rated before anything was done: %v", err)
	}
	if _, err := v.Accept(expert, true, now); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Prompt(staff, 0, now.Add(48*time.Hour)); kind(err) != "nothing-missing" {
		t.Errorf("nothing is missing: %v", err)
	}
	for _, c := range []struct {
		by    org.Actor
		stars int
		words string
		want  string
	}{
		{staff, 0, "及时", "rating-range@stars "}, {staff, 6, "", "rating-range@stars rating-words@words "}, {staff, 5, " ", "rating-words@words "},
		{expert, 5, "好", "wrong-role"}, {staff, 5, "评分及时，意见具体", ""}, {staff, 2, "后来发现意见雷同", ""},
	} {
		if _, err := v.Rate(c.by, c.stars, c.words, now); kind(err) != c.want {
			t.Errorf("%d %s: %v, want %q", c.stars, c.words, err, c.want)
		}
	}
	if v.Rating.Stars != 2 {
		t.Error("the last rating does not stand")
	}
	for n, want := range map[int]string{0: "", 3: "", -1: "number-range", 51: "number-range"} {
		if _, err := v.CountMeetings(staff, n, now); kind(err) != want {
			t.Errorf("%d meetings: %v, want %q", n, err, want)
		}
	}
	if f := (review.FeeRates{PerApplication: 200_00, PerMeeting: 500_00}).Fee(7, 2); f != 2400_00 {
		t.Errorf("fee %d", f)
	}
}
