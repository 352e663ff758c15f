package review_test

import (
	"strings"
	"testing"

	"shenbao/assign"
	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

func candidate(id, employer string, kind expert.Kind, fields ...string) review.Candidate {
	x := expert.Of(org.Person{ID: org.PersonID(id), Name: id, Employer: employer})
	x.Kind, x.Fields = kind, fields
	return review.Candidate{Expert: x}
}

var options = review.MatchOptions{Mode: assign.Best, Size: 2, Most: 3, Employer: 1}

func TestMatchOptions(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*review.MatchOptions)
		want   string
	}{
		"sound":                         {func(*review.MatchOptions) {}, ""},
		"no mode":                       {func(o *review.MatchOptions) { o.Mode = "x" }, "outcome-required@mode "},
		"nobody on each":                {func(o *review.MatchOptions) { o.Size = 0 }, "number-range@size "},
		"more at least than at most":    {func(o *review.MatchOptions) { o.Least = 4 }, "number-range@least "},
		"more demanded than are wanted": {func(o *review.MatchOptions) { o.Demands = map[string]int{"finance": 2, "technical": 1} }, "number-range@demands "},
		"by lot without a chance":       {func(o *review.MatchOptions) { o.Mode = assign.Mixed }, "number-range@chance "},
		"by lot, keeping":               {func(o *review.MatchOptions) { o.Mode, o.Chance, o.Keep = assign.Mixed, 900, true }, "match-mixed-keep@mode "},
	} {
		o := options
		c.change(&o)
		if err := o.Check(); kind(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// What the pool and the conflicts say reaches the problem: loads, kinds, who can't be asked,
// the hardest conflict of a pair and whether it can be waived, and what is scored.
func TestProblem(t *testing.T) {
	xs := []review.Candidate{candidate("a", "农大", expert.Technical, "21030"), candidate("b", "农大", expert.Technical, "46020"), candidate("c", "财大", expert.Finance), candidate("d", "工大", expert.Technical, "21060")}
	xs[1].MaxLoad, xs[1].Load = 3, 2
	xs[3].Reason = "declined"
	subjects := []review.Subject{{ID: "p", Fields: []string{"21060"}, Text: "玉米良种"}, {ID: "q", Text: "稀土"}}
	found := [][][]review.Conflict{
		{nil, {{Kind: review.SamePlace, Waivable: true}, {Kind: review.SameEmployer}}},
		{{{Kind: review.SamePlace, Waivable: true}, {Kind: review.FormerEmployer, Waivable: true}}, nil},
		{nil, nil}, {nil, nil},
	}
	o := options
	o.Keep, o.Demands = true, map[string]int{"finance": 1}
	p := review.Problem("call", "seed", o, xs, subjects, found, []review.Held{{Key: assign.Key{Dossier: "p", Expert: "a"}, Scored: true}, {Key: assign.Key{Dossier: "q", Expert: "b"}}})
	r, err := assign.Solve(p)
	if err != nil {
		t.Fatal(err)
	}
	if e := p.Experts[1]; e.Max != 1 || e.Employer != "农大" || p.Experts[3].Withdrawn != "declined" {
		t.Errorf("%+v", p.Experts)
	}
	if len(p.Conflicts) != 2 {
		t.Errorf("%+v", p.Conflicts)
	}
	for _, c := range p.Conflicts {
		if c.Expert == "b" && (c.Reason != "former-employer" || c.Waive != 3) {
			t.Errorf("the hardest to waive is %+v", c)
		}
		if c.Expert == "a" && (c.Reason != "employer" || c.Waive != 0) {
			t.Errorf("the same employer can be waived: %+v", c)
		}
	}
	if len(p.Locks) != 1 || len(p.Keep) != 2 || len(p.Dossiers[0].Demands) != 1 {
		t.Errorf("%+v %+v %+v", p.Locks, p.Keep, p.Dossiers)
	}
	var got []string
	for _, l := range r.Lines {
		got = append(got, l.Dossier+l.Expert)
		if l.Expert == "a" && l.Parts["field"] == 0 {
			t.Errorf("a field that is near counts nothing: %+v", l)
		}
	}
	if s := strings.Join(got, " "); s != "pa pc qb qc" {
		t.Errorf("%s", s)
	}
}

func TestMatching(t *testing.T) {
	staff := actor("s", org.Staff)
	proposed := func(unmet int) review.Matching {
		m, e, err := review.Matching{ID: "m", Call: "call", N: 1, Options: options}.Propose(assign.Record{Input: "i", Unmet: unmet}, "r", "h", staff, now)
		if err != nil || e.Kind != review.Matched {
			t.Fatal(e, err)
		}
		return m
	}
	for name, c := range map[string]struct {
		unmet               int
		by                  org.Actor
		input, held, reason string
		want                string
	}{
		"taken":                 {0, staff, "i", "h", "", ""},
		"by the approver":       {0, actor("s", org.Approver), "i", "h", "", "wrong-role"},
		"people have changed":   {0, staff, "j", "h", "", "match-changed"},
		"assignments changed":   {0, staff, "i", "k", "", "match-changed"},
		"empty slots":           {2, staff, "i", "h", " ", "match-unmet"},
		"empty slots, with why": {2, staff, "i", "h", "先评", ""},
	} {
		m := proposed(c.unmet)
		if _, err := m.Take(c.by, c.input, c.held, c.reason, now); kind(err) != c.want || (err == nil) != (m.State == review.MatchTaken) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	m := proposed(0)
	if _, err := m.Drop(staff, "", now); kind(err) != "reason-required" {
		t.Errorf("dropped without why: %v", err)
	}
	if _, err := m.Drop(staff, "不用", now); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Take(staff, "i", "h", "", now); kind(err) != "match-decided" {
		t.Errorf("taken after it was dropped: %v", err)
	}
	a := review.HeldSum([]review.Held{{Key: assign.Key{Dossier: "p", Expert: "a"}}, {Key: assign.Key{Dossier: "q", Expert: "b"}, Scored: true}})
	b := review.HeldSum([]review.Held{{Key: assign.Key{Dossier: "q", Expert: "b"}, Scored: true}, {Key: assign.Key{Dossier: "p", Expert: "a"}}})
	if a != b || a == review.HeldSum(nil) {
		t.Error("the hash of what is assigned depends on the order, or on nothing")
	}
}

// Who may do what to panels: every act with every role. The expert's own acts are those of
// the expert alone, whatever the role.
func TestPanelRoles(t *testing.T) {
	acts := map[string]struct {
		may []org.Role
		do  func(by org.Actor) (event.Event, error)
	}{
		"make a group": {[]org.Role{org.Staff}, func(by org.Actor) (event.Event, error) { g := group(); return g.Keep(by, nil, now) }},
		"dissolve it":  {[]org.Role{org.Staff}, func(by org.Actor) (event.Event, error) { g := group(); return g.Dissolve(by, "r", now) }},
		"name a chair": {[]org.Role{org.Staff}, func(by org.Actor) (event.Event, error) {
			g := group()
			g.Members = []review.Seat{{Expert: "e"}}
			return g.NameChair(by, "e", now)
		}},
		"attest a draw": {[]org.Role{org.Staff, org.Approver}, func(by org.Actor) (event.Event, error) {
			d := frozen(t, group())
			by.Person = "other"
			return d.Attest(by, "1", "w", now)
		}},
		"give a draw up": {[]org.Role{org.Staff}, func(by org.Actor) (event.Event, error) { d := frozen(t, group()); return d.Void(by, "r", now) }},
		"propose a match": {[]org.Role{org.Staff}, func(by org.Actor) (event.Event, error) {
			_, e, err := review.Matching{}.Propose(assign.Record{}, "r", "h", by, now)
			return e, err
		}},
		"invite": {[]org.Role{org.Staff}, func(by org.Actor) (event.Event, error) {
			_, e, err := review.Invite(review.Invitation{Due: now.AddDate(0, 0, 9)}, by, now)
			return e, err
		}},
		"take back":         {[]org.Role{org.Staff}, func(by org.Actor) (event.Event, error) { v := invited(t); return v.TakeBack(by, "r", v.AnswerBy) }},
		"remind":            {[]org.Role{org.Staff, org.Role(event.System.Role)}, func(by org.Actor) (event.Event, error) { v := invited(t); return v.Prompt(by, 1, now) }},
		"count meetings":    {[]org.Role{org.Staff}, func(by org.Actor) (event.Event, error) { v := invited(t); return v.CountMeetings(by, 1, now) }},
		"accept as another": {nil, func(by org.Actor) (event.Event, error) { v := invited(t); return v.Accept(by, true, now) }},
	}
	for name, c := range acts {
		for _, r := range append(org.Roles, org.Role(event.System.Role)) {
			_, err := c.do(actor("x", r))
			allowed := false
			for _, may := range c.may {
				allowed = allowed || may == r
			}
			if (err == nil) != allowed {
				t.Errorf("%s as %s: %v, want allowed %v", name, r, err, allowed)
			}
		}
	}
}
