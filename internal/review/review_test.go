package review_test

import (
	"errors"
	"testing"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/notices"
)

var now = time.Date(2017, 8, 1, 9, 0, 0, 0, time.FixedZone("", 8*3600))

func parsed(t testing.TB) *notice.Notice {
	t.Helper()
	b, err := notices.FS.ReadFile(notices.ExpertServiceBase2017)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Parse(notices.ExpertServiceBase2017, b)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func actor(person string, r org.Role) org.Actor {
	return org.Actor{SignedIn: now, Actor: event.Actor{Person: person, Name: person, Role: string(r), Unit: "dept"}}
}

func kind(err error) string {
	var one *event.Refusal
	var more event.Refusals
	switch {
	case errors.As(err, &more):
		s := ""
		for _, r := range more {
			s += r.Kind + "@" + r.Field + " "
		}
		return s
	case errors.As(err, &one):
		return one.Kind
	}
	return ""
}

// assigned is an application given to an expert who accepted.
func assigned(t testing.TB) *review.Assignment {
	t.Helper()
	a, _, err := review.Assign(openRound("a1"), "a1", expert.Of(org.Person{ID: "e", Name: "专家", Employer: "某大学"}), nil, nil, now.Add(time.Hour), actor("s", org.Staff), now)
	if err != nil {
		t.Fatal(err)
	}
	a.Accepted = now
	return &a
}

func TestAssign(t *testing.T) {
	from := func(employer string) expert.Expert {
		return expert.Of(org.Person{ID: "e", Name: "专家", Employer: employer})
	}
	gone := from("某大学")
	gone.State = expert.Gone
	k := review.Case{Units: []review.Party{{Names: []string{"园区"}}}, Recommender: review.Party{Names: []string{"市局"}}}
	for _, c := range []struct {
		name string
		x    expert.Expert
		by   org.Role
		due  time.Time
		want string
	}{
		{"out of the pool", gone, org.Staff, now.Add(1), "expert-state"},
		{"no tie", from("某大学"), org.Staff, now.Add(1), ""},
		{"of the applicant (B03)", from("园区"), org.Staff, now.Add(1), "expert-conflict"},
		{"of the recommender", from("市局"), org.Staff, now.Add(1), "expert-conflict"},
		{"written otherwise", from("园 区"), org.Staff, now.Add(1), "expert-conflict"},
		{"no employer known", from(""), org.Staff, now.Add(1), ""},
		{"by the approver", from("某大学"), org.Approver, now.Add(1), "wrong-role"},
		{"no time left", from("某大学"), org.Staff, now, "due-required"},
	} {
		a, e, err := review.Assign(openRound("a1"), "a1", c.x, review.Conflicts(c.x, k, review.ConflictRules{}), nil, c.due, actor("s", c.by), now)
		if kind(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err == nil && (a.Expert != "e" || a.MayRead() || !a.Pending() || e.Kind != review.Assigned || e.On.ID != "a1") {
			t.Errorf("%s: %+v %+v", c.name, a, e)
		}
	}
}

func TestDeclare(t *testing.T) {
	who := actor("e", org.Expert)
	for name, c := range map[string]struct {
		by       org.Actor
		conflict bool
		words    string
		want     string
	}{
		"none": {who, false, "", ""}, "a conflict": {who, true, "与负责人有合作", ""}, "a conflict without words": {who, true, " ", "reason-required@conflict "},
		"another expert": {actor("x", org.Expert), false, "", "not-found"}, "the same person in another post": {actor("e", org.Staff), false, "", "not-found"},
	} {
		a := assigned(t)
		d := review.Declaration{None: !c.conflict, Words: c.words}
		if c.conflict {
			d.Kinds = []review.ConflictKind{review.WorkedWith}
		}
		e, err := a.Declare(c.by, d, now)
		if kind(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err != nil {
			if !a.Declared.IsZero() {
				t.Errorf("%s: refused, and yet declared", name)
			}
			continue
		}
		want := review.Declared
		if c.conflict {
			want = review.Recused
		}
		if e.Kind != want || a.MayRead() == c.conflict || a.Pending() == c.conflict {
			t.Errorf("%s: %+v %+v", name, e, a)
		}
		if _, err := a.Declare(c.by, review.Declaration{Kinds: []review.ConflictKind{review.OtherTie}, Words: "r"}, now); kind(err) != "already-declared" {
			t.Errorf("%s: declared again: %v", name, err)
		}
	}
}
