package review_test

import (
	"fmt"
	"strings"
	"testing"

	"shenbao/internal/org"
	"shenbao/internal/review"
)

func voters(present, absent int) []review.Voter {
	var vs []review.Voter
	for i := range present + absent {
		id := org.PersonID(fmt.Sprint("e", i))
		vs = append(vs, review.Voter{Person: id, Name: string(id), Present: i < present})
	}
	return vs
}

var (
	twoThirds = review.Threshold{Num: 2, Den: 3, Of: review.OverPresent}
	half      = review.Threshold{Num: 1, Den: 2, More: true, Of: review.OverEntitled}
)

func opened(t testing.TB, b review.Ballot) *review.Ballot {
	t.Helper()
	b, _, err := review.OpenBallot(b, actor("s", org.Staff), now)
	if err != nil {
		t.Fatal(err)
	}
	return &b
}

// The least number that passes: 2/3 of 7 is 5, more than half of 8 is 5, of 7 is 4.
func TestThreshold(t *testing.T) {
	for _, c := range []struct {
		t    review.Threshold
		base int
		want int
	}{{twoThirds, 7, 5}, {twoThirds, 6, 4}, {half, 8, 5}, {half, 7, 4}, {half, 0, 1}, {review.Threshold{Num: 1, Den: 1, Of: review.OverPresent}, 9, 9}} {
		if got := c.t.Need(c.base); got != c.want {
			t.Errorf("%+v of %d: %d, want %d", c.t, c.base, got, c.want)
		}
	}
}

func TestOpenBallot(t *testing.T) {
	good := review.Ballot{Items: []string{"a"}, Threshold: twoThirds, Quorum: review.Threshold{Num: 2, Den: 3, Of: review.OverEntitled}, Voters: voters(5, 2)}
	for name, c := range map[string]struct {
		change func(*review.Ballot)
		by     org.Role
		want   string
	}{
		"a quorum":          {func(*review.Ballot) {}, org.Staff, ""},
		"no quorum":         {func(b *review.Ballot) { b.Voters = voters(4, 3) }, org.Staff, "no-quorum"},
		"nobody":            {func(b *review.Ballot) { b.Voters = nil }, org.Staff, "no-quorum"},
		"nothing":           {func(b *review.Ballot) { b.Items = nil }, org.Staff, "ballot-items"},
		"more than all":     {func(b *review.Ballot) { b.Threshold = review.Threshold{Num: 1, Den: 1, More: true, Of: "present"} }, org.Staff, "ballot-threshold"},
		"over nobody knows": {func(b *review.Ballot) { b.Threshold.Of = "" }, org.Staff, "ballot-threshold"},
		"by an expert":      {func(*review.Ballot) {}, org.Expert, "wrong-role"},
	} {
		b := good
		c.change(&b)
		_, _, err := review.OpenBallot(b, actor("s", c.by), now)
		if got := kind(err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// codes are those of somebody's papers on a and b.
func codes(start string) map[string]string {
	return map[string]string{"a": start + "AAAAAAAAAA", "b": start + "BBBBBBBBBB"}
}

// A secret ballot is counted and can be checked, and nothing in it says who voted what.
func TestSecretBallot(t *testing.T) {
	vs := voters(4, 1)
	vs[0].Out = []string{"b"} // out of the room for b
	b := opened(t, review.Ballot{Items: []string{"a", "b"}, Secret: true, Threshold: twoThirds, Quorum: half, Voters: vs})
	for i, c := range []struct {
		code string
		a, b string
	}{{"ZZ", review.For, ""}, {"MM", review.For, review.For}, {"AA", review.Against, review.For}} {
		who := actor(fmt.Sprint("e", i), org.Expert)
		e, err := b.Cast(codes(c.code), map[string]string{"a": c.a, "b": c.b}, who, now)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(fmt.Sprint(e.Detail), codes(c.code)["a"]) || strings.Contains(fmt.Sprint(e.Detail), review.For) {
			t.Errorf("the fact tells the vote: %v", e.Detail)
		}
	}
	if b.Tally() != nil {
		t.Error("counted before it was closed")
	}
	for name, c := range map[string]struct {
		who     string
		choices map[string]string
		want    string
	}{
		"twice":        {"e1", map[string]string{"a": review.For, "b": review.For}, "already-voted"},
		"absent":       {"e4", map[string]string{"a": review.For, "b": review.For}, "not-present"},
		"no member":    {"x", map[string]string{"a": review.For}, "not-found"},
		"half a paper": {"e3", map[string]string{"a": review.For}, "choice-required@choice.b "},
		"a new word":   {"e3", map[string]string{"a": "yes", "b": review.For}, "choice-required@choice.a "},
	} {
		if _, err := b.Cast(codes("QQ"), c.choices, actor(c.who, org.Expert), now); kind(err) != c.want {
			t.Errorf("%s: %q, want %q", name, kind(err), c.want)
		}
	}
	for name, bad := range map[string]map[string]string{"no code": nil, "a name for a code": {"a": "WANGXIAOMING", "b": "王小明"}, "another's code": codes("MM"),
		"one code twice": {"a": "QQQQQQQQQQQQ", "b": "QQQQQQQQQQQQ"}} {
		if _, err := b.Cast(bad, map[string]string{"a": review.For, "b": review.For}, actor("e3", org.Expert), now); !strings.Contains(kind(err), "ballot-code") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.CloseBallot(actor("s", org.Staff), now); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Cast(codes("QQ"), map[string]string{"a": review.For, "b": review.For}, actor("e3", org.Expert), now); kind(err) != "ballot-closed" {
		t.Errorf("after the closing: %v", err)
	}
	got := fmt.Sprint(b.Tally())
	// a: 2 of 4 present for, 3 needed; b: 2 for, of 3 in the room 2 needed.
	if want := "[{a 2 1 0 4 3 false} {b 2 0 0 3 2 true}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if s := b.Sound(); s != "" {
		t.Error(s)
	}
	order := ""
	for _, v := range b.Votes {
		order += v.Code[:2] + v.Person + v.Application + " "
	}
	// Nothing on the papers tells whose they are, not even that one member has none on b.
	if order != "AAa AAb MMa MMb ZZa " {
		t.Errorf("papers in order %s", order)
	}
	b.Votes = b.Votes[1:]
	if b.Sound() == "" {
		t.Error("a paper was taken away and nobody noticed")
	}
}

func TestAnnul(t *testing.T) {
	b := opened(t, review.Ballot{Items: []string{"a"}, Threshold: half, Quorum: half, Voters: voters(3, 0)})
	if _, err := b.Annul(" ", actor("s", org.Staff), now); kind(err) != "reason-required" {
		t.Errorf("%v", err)
	}
	if e, err := b.Annul("议题列错", actor("s", org.Staff), now); err != nil || e.Reason != "议题列错" || b.Tally() != nil {
		t.Errorf("%v %+v", err, e)
	}
	if _, err := b.Annul("again", actor("s", org.Staff), now); kind(err) != "ballot-void" {
		t.Errorf("%v", err)
	}
}
