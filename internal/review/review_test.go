package review_test

import (
	"errors"
	"maps"
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

func assigned(t testing.TB) *review.Assignment {
	t.Helper()
	a, _, err := review.Assign("a1", "call", expert.Of(org.Person{ID: "e", Name: "专家", Employer: "某大学"}), nil, now.Add(time.Hour), actor("s", org.Staff), now)
	if err != nil {
		t.Fatal(err)
	}
	return &a
}

func TestAssign(t *testing.T) {
	from := func(employer string) expert.Expert { return expert.Of(org.Person{ID: "e", Name: "专家", Employer: employer}) }
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
		a, e, err := review.Assign("a1", "call", c.x, review.Conflicts(c.x, k, review.ConflictRules{}), c.due, actor("s", c.by), now)
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

func TestScore(t *testing.T) {
	n := parsed(t)
	who := actor("e", org.Expert)
	marks := map[string]int{"results": 30, "local-support": 20, "mechanism": 20, "need": 20, "plan": 10}
	with := func(key string, v int) map[string]int {
		m := maps.Clone(marks)
		m[key] = v
		return m
	}
	const comment = "服务成效突出，目标可行，建议支持。"
	for name, c := range map[string]struct {
		marks   map[string]int
		comment string
		verdict string
		want    string
	}{
		"full marks": {marks, comment, "recommend", ""}, "none at all": {with("plan", 0), comment, "against", ""},
		"one too many": {with("plan", 11), comment, "reserve", "mark-range@mark.plan "}, "negative": {with("need", -1), comment, "reserve", "mark-range@mark.need "},
		"one missing": {map[string]int{"results": 1, "local-support": 1, "mechanism": 1, "need": 1}, comment, "reserve", "mark-range@mark.plan "},
		"no comment":  {marks, "  好  ", "recommend", "comment-required@comment "}, "no verdict": {marks, comment, "", "outcome-required@verdict "},
	} {
		a := assigned(t)
		if _, err := a.Score(n, who, c.marks, c.comment, c.verdict, true, now); kind(err) != "declare-first" {
			t.Errorf("%s before declaring: %v", name, err)
		}
		if _, err := a.Declare(who, review.Declaration{None: true}, now); err != nil {
			t.Fatal(err)
		}
		if e, err := a.Score(n, who, c.marks, c.comment, c.verdict, false, now); err != nil || e.Kind != "" || !a.Pending() {
			t.Errorf("%s: a sheet in work is kept as it is: %v", name, err)
		}
		e, err := a.Score(n, who, c.marks, c.comment, c.verdict, true, now)
		if kind(err) != c.want || a.Pending() != (c.want != "") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil {
			if e.Kind != review.Scored {
				t.Errorf("%s: %+v", name, e)
			}
			for _, d := range e.Detail { // B01: the log tells no marks
				if d == "100" {
					t.Errorf("%s: the fact tells the mark", name)
				}
			}
			if _, err := a.Score(n, who, with("plan", 1), c.comment, c.verdict, true, now); kind(err) != "already-scored" || a.Marks["plan"] == 1 {
				t.Errorf("%s: changed after handing in (B05): %v", name, err)
			}
		}
	}
	recused := assigned(t)
	if _, err := recused.Declare(who, review.Declaration{Kinds: []review.ConflictKind{review.OtherTie}, Words: "同学"}, now); err != nil {
		t.Fatal(err)
	}
	if _, err := recused.Score(n, who, marks, comment, "recommend", true, now); kind(err) != "recused" {
		t.Errorf("recused, and scores: %v", err)
	}
	if _, err := assigned(t).Score(n, actor("x", org.Expert), marks, comment, "recommend", true, now); kind(err) != "not-found" {
		t.Errorf("another expert: %v", err)
	}
}

// The official mean: hundredths, half up, without the recused and those not handed in.
func TestMeanCounts(t *testing.T) {
	in := func(total int) review.Assignment {
		return review.Assignment{Marks: map[string]int{"results": total}, Scored: now}
	}
	recused, open := in(0), in(0)
	recused.Recused, open.Scored = true, time.Time{}
	for _, c := range []struct {
		all  []review.Assignment
		mean int64
		n    int
	}{
		{nil, 0, 0}, {[]review.Assignment{recused, open}, 0, 0}, {[]review.Assignment{in(86)}, 8600, 1}, {[]review.Assignment{in(86), in(87)}, 8650, 2},
		{[]review.Assignment{in(86), in(86), in(87)}, 8633, 3},                               // 86.333…
		{[]review.Assignment{in(86), in(87), in(87)}, 8667, 3},                               // 86.666…
		{[]review.Assignment{in(1), in(0), in(0), in(0), in(0), in(0), in(0), in(0)}, 13, 8}, // 0.125: half goes up
		{[]review.Assignment{in(3), in(0), in(0), in(0), in(0), in(0), in(0), in(0)}, 38, 8}, // 0.375
		{[]review.Assignment{in(90), recused, open}, 9000, 1}, {[]review.Assignment{in(0)}, 0, 1}, {[]review.Assignment{in(100), in(100)}, 10000, 2},
	} {
		if mean, n := review.Mean(c.all); mean != c.mean || n != c.n {
			t.Errorf("%d sheets: %d of %d, want %d of %d", len(c.all), mean, n, c.mean, c.n)
		}
	}
}

// The sheet adds up to the full marks that the settings promise.
func TestSheet(t *testing.T) {
	sum := 0
	for _, it := range review.Sheet() {
		sum += it.Max
	}
	if sum != notice.DefaultSettings().ScoreMax {
		t.Errorf("the sheet adds up to %d", sum)
	}
}
