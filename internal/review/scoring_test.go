package review_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/score"
)

// planned is a round that staff set up on the default sheet.
func planned(t testing.TB, apps ...string) review.Round {
	t.Helper()
	r, _, err := review.PlanRound(review.Round{ID: "r1", Call: "call", N: 1, Applications: apps, Sheet: review.DefaultSheet()},
		review.Plan{Name: "第一轮", Mode: review.Remote, Size: 5, Floor: 1, Due: now.Add(48 * time.Hour)}, nil, actor("s", org.Staff), now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// openRound is one that the approver opened.
func openRound(apps ...string) review.Round {
	r := planned(&testing.T{}, apps...)
	if _, err := r.Open(actor("a", org.Approver), now); err != nil {
		panic(err)
	}
	return r
}

const comment = "服务成效突出，目标可行，建议支持。"

// entry fills the default sheet in with marks in its order.
func entry(marks ...string) review.Entry {
	e := review.Entry{"comment": comment, "verdict": "recommend"}
	for i, m := range marks {
		e["mark."+fmt.Sprint(i+1)] = m
	}
	return e
}

func with(e review.Entry, pairs ...string) review.Entry {
	e = maps.Clone(e)
	for i := 0; i+1 < len(pairs); i += 2 {
		e[pairs[i]] = pairs[i+1]
	}
	return e
}

func declared(t testing.TB) *review.Assignment {
	t.Helper()
	a := assigned(t)
	if _, err := a.Declare(actor("e", org.Expert), review.Declaration{None: true}, now); err != nil {
		t.Fatal(err)
	}
	return a
}

// Every bad mark has its sentence; a good one may be typed full-width and with zeros.
func TestHandIn(t *testing.T) {
	n, r := parsed(t), openRound("a1")
	good := entry("30", "20", "20", "20", "10")
	for name, c := range map[string]struct {
		e    review.Entry
		want string
	}{
		"full marks": {good, ""}, "none at all": {with(good, "mark.5", "0"), ""}, "full-width": {with(good, "mark.1", "２６"), ""}, "with zeros": {with(good, "mark.1", "26.00"), ""},
		"one too many": {with(good, "mark.5", "11"), "mark-range@mark.5 "}, "negative": {with(good, "mark.4", "-1"), "mark-range@mark.4 "},
		"huge": {with(good, "mark.4", strings.Repeat("9", 40)), "mark-range@mark.4 "},
		"NaN":  {with(good, "mark.4", "NaN"), "mark-number@mark.4 "}, "Inf": {with(good, "mark.4", "Inf"), "mark-number@mark.4 "}, "1e1": {with(good, "mark.4", "1e1"), "mark-number@mark.4 "},
		"a comma": {with(good, "mark.4", "8,5"), "mark-number@mark.4 "}, "words": {with(good, "mark.4", "优"), "mark-number@mark.4 "},
		"too precise": {with(good, "mark.1", "26.5"), "mark-step@mark.1 "}, "far too precise": {with(good, "mark.1", "26.00001"), "mark-step@mark.1 "},
		"one missing": {with(good, "mark.5", " "), "mark-missing@mark.5 "}, "two wrong": {with(good, "mark.1", "x", "mark.2", "99"), "mark-number@mark.1 mark-range@mark.2 "},
		"no comment": {with(good, "comment", "  好  "), "comment-required@comment "}, "no verdict": {with(good, "verdict", ""), "outcome-required@verdict "},
		"another verdict": {with(good, "verdict", "maybe"), "outcome-required@verdict "}, "endless": {with(good, "note.1", strings.Repeat("长", 3001)), "text-long@note.1 "},
	} {
		who := actor("e", org.Expert)
		a := assigned(t)
		if _, err := a.HandIn(r, n, who, c.e, now); kind(err) != "declare-first" {
			t.Errorf("%s before declaring: %v", name, err)
		}
		a = declared(t)
		if err := a.Keep(r, n, who, c.e); err != nil || !a.Pending() || a.Typed()["mark.4"] != c.e["mark.4"] {
			t.Errorf("%s: a sheet in work is kept as it is typed: %v %v", name, err, a.Typed())
		}
		e, err := a.HandIn(r, n, who, c.e, now)
		if kind(err) != c.want || a.Pending() != (c.want != "") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err != nil {
			continue
		}
		if e.Kind != review.Scored || a.Sheet != r.Hash {
			t.Errorf("%s: %+v %s", name, e, a.Sheet)
		}
		for k, d := range e.Detail { // B01: the log tells no marks
			if k != "expert" {
				t.Errorf("%s: the fact tells %s %s", name, k, d)
			}
		}
		if _, err := a.HandIn(r, n, who, with(c.e, "mark.5", "1"), now); kind(err) != "already-scored" {
			t.Errorf("%s: changed after handing in (B05): %v", name, err)
		}
		if _, err := a.Type(r, n, who, "comment", "x", 1); kind(err) != "already-scored" {
			t.Errorf("%s: typed into a sheet that is in: %v", name, err)
		}
	}
}

// Who can't write on a sheet: another expert, one who stepped aside, one whose score was
// voided, anybody while the round is not open.
func TestSheetIsClosed(t *testing.T) {
	n, r, good := parsed(t), openRound("a1"), entry("1", "1", "1", "1", "1")
	recused := assigned(t)
	if _, err := recused.Declare(actor("e", org.Expert), review.Declaration{Kinds: []review.ConflictKind{review.OtherTie}, Words: "同学"}, now); err != nil {
		t.Fatal(err)
	}
	if _, err := recused.HandIn(r, n, actor("e", org.Expert), good, now); kind(err) != "recused" {
		t.Errorf("recused, and scores: %v", err)
	}
	if _, err := declared(t).HandIn(r, n, actor("x", org.Expert), good, now); kind(err) != "not-found" {
		t.Errorf("another expert: %v", err)
	}
	over := r
	over.State = review.RoundOver
	if _, err := declared(t).HandIn(over, n, actor("e", org.Expert), good, now); kind(err) != "round-not-open" {
		t.Errorf("after the round: %v", err)
	}
	voided := declared(t)
	if _, err := voided.HandIn(r, n, actor("e", org.Expert), good, now); err != nil {
		t.Fatal(err)
	}
	if _, err := voided.Void(actor("s", org.Staff), []review.ConflictKind{review.WorkedWith}, "曾与负责人合作项目", now); err != nil {
		t.Fatal(err)
	}
	if s := r.Standings([]review.Assignment{*voided}, nil); s[0].Scored || s[0].Valid != 0 || s[0].Pending != 0 {
		t.Errorf("a voided score counts: %+v", s)
	}
	if _, err := voided.Reopen(r, actor("s", org.Staff), "更正", now); kind(err) != "not-scored" {
		t.Errorf("a voided score is given back: %v", err)
	}
}

// One field at a time: a page that has an old version is told, a bad mark is not kept.
func TestType(t *testing.T) {
	n, r, who := parsed(t), openRound("a1"), actor("e", org.Expert)
	a := declared(t)
	if got, err := a.Type(r, n, who, "mark.1", "25", 0); err != nil || got.V != 1 {
		t.Fatalf("%+v %v", got, err)
	}
	if got, err := a.Type(r, n, who, "mark.1", "20", 0); kind(err) != "changed-by-other" || got.Text != "25" || got.V != 1 {
		t.Errorf("an old page: %+v %v", got, err)
	}
	if got, err := a.Type(r, n, who, "mark.1", "25", 0); err != nil || got.V != 1 {
		t.Errorf("the same again: %+v %v", got, err)
	}
	if _, err := a.Type(r, n, who, "mark.1", "NaN", 1); kind(err) != "mark-number@mark.1 " || a.Typed()["mark.1"] != "25" {
		t.Errorf("a bad mark: %v %v", err, a.Typed())
	}
	if _, err := a.Type(r, n, who, "mark.9", "1", 0); kind(err) != "not-found" {
		t.Errorf("no such field: %v", err)
	}
	if _, err := a.Type(r, n, who, "mark.1", "", 1); err != nil {
		t.Errorf("emptied: %v", err)
	}
}

// A correction is a new version: what was handed in stays beside it.
func TestReopen(t *testing.T) {
	n, r, who, staff := parsed(t), openRound("a1"), actor("e", org.Expert), actor("s", org.Staff)
	a := declared(t)
	if _, err := a.Reopen(r, staff, "打错了", now); kind(err) != "not-scored" {
		t.Errorf("nothing is in: %v", err)
	}
	if _, err := a.HandIn(r, n, who, entry("30", "20", "20", "20", "1"), now); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		by     org.Actor
		reason string
		want   string
	}{{who, "打错了", "wrong-role"}, {staff, " ", "reason-required"}} {
		if _, err := a.Reopen(r, c.by, c.reason, now); kind(err) != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	if _, err := a.Reopen(r, staff, "最后一项打错了", now); err != nil || !a.Pending() || len(a.Editions) != 1 {
		t.Fatalf("%v %+v", err, a)
	}
	if s := r.Standings([]review.Assignment{*a}, nil); s[0].Scored || s[0].Pending != 1 {
		t.Errorf("a sheet that was given back counts: %+v", s)
	}
	if _, err := a.HandIn(r, n, who, with(a.Typed(), "mark.5", "10"), now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if a.Editions[0].Marks["5"] != score.Point || a.Marks["5"] != 10*score.Point {
		t.Errorf("%+v", a)
	}
}

// A paper sheet counts when a second person has compared it with its scan.
func TestPaper(t *testing.T) {
	n, r, staff := parsed(t), openRound("a1"), actor("s", org.Staff)
	scan := review.PaperSheet{Scan: "sha", ScanName: "评分表.pdf"}
	good := entry("30", "20", "20", "20", "1")
	for name, c := range map[string]struct {
		by       org.Actor
		e        review.Entry
		scan     review.PaperSheet
		declares bool
		want     string
	}{
		"by the expert": {actor("e", org.Expert), good, scan, true, "wrong-role"}, "nothing declared": {staff, good, scan, false, "paper-declaration"},
		"no scan": {staff, good, review.PaperSheet{}, true, "scan-required"}, "a bad mark": {staff, with(good, "mark.1", "31"), scan, true, "mark-range@mark.1 "}, "good": {staff, good, scan, true, ""},
	} {
		a := assigned(t)
		if _, err := a.EnterPaper(r, n, c.by, c.e, c.scan, c.declares, now); kind(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		} else if err != nil && (!a.Declared.IsZero() || a.Paper != nil) {
			t.Errorf("%s: refused, and yet %+v", name, a)
		}
	}
	a := assigned(t)
	if _, err := a.EnterPaper(r, n, staff, good, scan, true, now); err != nil {
		t.Fatal(err)
	}
	if a.Counts(r) {
		t.Error("counts before it is checked")
	}
	if _, err := a.HandIn(r, n, actor("e", org.Expert), good, now); kind(err) != "paper-waits" {
		t.Errorf("the expert writes beside the paper: %v", err)
	}
	if _, err := a.CheckPaper(r, n, staff, true, "", now); kind(err) != "two-persons" {
		t.Errorf("checked by who typed it in: %v", err)
	}
	other := actor("s2", org.Staff)
	if _, err := a.CheckPaper(r, n, other, false, "", now); kind(err) != "reason-required" {
		t.Errorf("wrong without saying what: %v", err)
	}
	if _, err := a.CheckPaper(r, n, other, false, "第五项看错", now); err != nil || a.Paper != nil || !a.Pending() {
		t.Errorf("%v %+v", err, a)
	}
	if _, err := a.EnterPaper(r, n, staff, good, scan, false, now); err != nil {
		t.Fatal(err)
	}
	if e, err := a.CheckPaper(r, n, other, true, "", now); err != nil || e.Kind != review.PaperChecked || !a.Counts(r) || a.Paper.CheckedBy.Person != "s2" {
		t.Errorf("%v %+v", err, a)
	}
}

// sheetIn is a sheet of totals t in round r.
func sheetIn(r review.Round, app, expert string, marks ...int) review.Assignment {
	a := review.Assignment{Round: r.ID, Application: app, Expert: org.PersonID(expert), Declared: now, Scored: now}
	a.Marks, a.Verdict = review.Marks{}, "recommend"
	for i, m := range marks {
		a.Marks[fmt.Sprint(i+1)] = score.Points(m) * score.Point
	}
	return a
}

// The official score is exact: it equals a sum of big.Rat, rounded half up once.
func TestOfficialExact(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		r := openRound("a")
		r.Sheet.Method = []score.Method{score.Mean, score.Trimmed}[rnd.IntN(2)]
		r.Sheet.Decimals = rnd.IntN(3)
		r.Rule = r.Sheet.Rule(1)
		var panel []review.Assignment
		var totals []int
		for k := range 1 + rnd.IntN(9) {
			m := []int{rnd.IntN(31), rnd.IntN(21), rnd.IntN(21), rnd.IntN(21), rnd.IntN(11)}
			panel = append(panel, sheetIn(r, "a", fmt.Sprint("e", k), m...))
			totals = append(totals, m[0]+m[1]+m[2]+m[3]+m[4])
		}
		got, err := r.Official("a", panel)
		if err != nil {
			t.Fatal(err)
		}
		if want := reference(totals, r.Sheet); got.Score.Format(r.Sheet.Decimals) != want {
			t.Fatalf("%v %s %d: %s, want %s", totals, r.Sheet.Method, r.Sheet.Decimals, got.Score.Format(r.Sheet.Decimals), want)
		}
	}
}

func reference(totals []int, s review.Sheet) string {
	sum, n, low, high := 0, len(totals), totals[0], totals[0]
	for _, x := range totals {
		sum, low, high = sum+x, min(low, x), max(high, x)
	}
	if s.Method == score.Trimmed && n >= s.TrimFrom {
		sum, n = sum-low-high, n-2
	}
	return big.NewRat(int64(sum), int64(n)).FloatString(s.Decimals)
}

// Recused, voided, of another round, not handed in: none of these count; below the floor
// there is no score.
func TestStandings(t *testing.T) {
	r := openRound("a", "b", "c", "gone")
	r.Floor = 2
	r.Rule = r.Sheet.Rule(2)
	recused, open, elsewhere := sheetIn(r, "a", "e3", 0, 0, 0, 0, 0), sheetIn(r, "b", "e3"), sheetIn(r, "c", "e3", 30, 20, 20, 20, 10)
	recused.Recused, open.Scored, elsewhere.Round = true, time.Time{}, "r0"
	all := []review.Assignment{
		sheetIn(r, "a", "e1", 30, 20, 20, 20, 6), sheetIn(r, "a", "e2", 30, 20, 20, 20, 7), recused,
		sheetIn(r, "b", "e1", 30, 20, 20, 20, 9), sheetIn(r, "b", "e2", 30, 20, 20, 20, 9), open,
		sheetIn(r, "c", "e1", 30, 20, 20, 20, 10), elsewhere,
		sheetIn(r, "gone", "e1", 30, 20, 20, 20, 10), sheetIn(r, "gone", "e2", 30, 20, 20, 20, 10),
	}
	got := ""
	for _, s := range r.Standings(all, []string{"a", "b", "c"}) {
		got += fmt.Sprintf("%s %d %s %d+%d %t; ", s.Application, s.Rank, s.Result.Score, s.Valid, s.Pending, s.Complete())
	}
	if want := "b 1 99 2+1 false; a 2 96.5 2+0 true; c 0 0 1+0 false; "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, err := r.Close(r.Standings(all, []string{"a", "b", "c"}), nil, actor("s", org.Staff), now); kind(err) != "round-incomplete" {
		t.Errorf("closed over a missing score: %v", err)
	}
}

// A ground of refusal puts an application behind all others, when enough found it.
func TestVeto(t *testing.T) {
	r := openRound("a", "b")
	r.Sheet.Vetoes = []review.Veto{{ID: "1", Name: "材料造假"}}
	a1, a2 := sheetIn(r, "a", "e1", 30, 20, 20, 20, 10), sheetIn(r, "a", "e2", 30, 20, 20, 20, 10)
	a1.Vetoes = map[string]string{"1": "照片不是本单位的"}
	all := []review.Assignment{a1, a2, sheetIn(r, "b", "e1", 1, 1, 1, 1, 1)}
	if ss := r.Standings(all, nil); ss[0].Application != "b" || ss[1].Rank != 2 || len(ss[1].Vetoed) != 1 {
		t.Errorf("%+v", ss)
	}
	if _, err := r.Close(r.Standings(all, nil), &review.CutDraft{Top: 2}, actor("s", org.Staff), now); kind(err) != "cut-top" {
		t.Errorf("a vetoed one above the line: %v", err)
	}
	r.Sheet.VetoHalf = true
	if ss := r.Standings(all, nil); ss[0].Application != "a" || len(ss[0].Vetoed) != 0 {
		t.Errorf("half of two is not more than half: %+v", ss)
	}
}

// The line: a group that nothing parts is never parted silently.
func TestCut(t *testing.T) {
	r := openRound("a", "b", "c", "d")
	all := []review.Assignment{sheetIn(r, "a", "e", 30, 20, 20, 20, 10), sheetIn(r, "b", "e", 30, 20, 20, 20, 5), sheetIn(r, "c", "e", 30, 20, 20, 20, 5), sheetIn(r, "d", "e", 1, 1, 1, 1, 1)}
	ss := r.Standings(all, nil)
	staff := actor("s", org.Staff)
	for name, c := range map[string]struct {
		d    review.CutDraft
		by   org.Actor
		want string
	}{
		"neither": {review.CutDraft{}, staff, "cut-kind"}, "both": {review.CutDraft{Top: 1, Least: score.Point}, staff, "cut-kind"}, "more than there are": {review.CutDraft{Top: 5}, staff, "cut-top"},
		"nobody reaches it": {review.CutDraft{Least: score.Full + 1}, staff, "cut-kind"}, "through a tie": {review.CutDraft{Top: 2}, staff, "cut-tied@chosen reason-required@reason "},
		"a tie without a reason": {review.CutDraft{Top: 2, Chosen: []string{"b"}}, staff, "reason-required@reason "}, "one who is not tied": {review.CutDraft{Top: 2, Chosen: []string{"d"}, Reason: "布局"}, staff, "cut-tied@chosen "},
		"by the approver": {review.CutDraft{Top: 1}, actor("a", org.Approver), "wrong-role"},
	} {
		x := r
		if _, err := x.Close(ss, &c.d, c.by, now); kind(err) != c.want || x.State != review.RoundOpen || x.Cut != nil {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for name, c := range map[string]struct {
		d    review.CutDraft
		want string
	}{
		"above the tie": {review.CutDraft{Top: 1}, "[a] [b c d]"}, "below it": {review.CutDraft{Top: 3}, "[a b c] [d]"}, "all": {review.CutDraft{Top: 4}, "[a b c d] []"},
		"one of the tied": {review.CutDraft{Top: 2, Chosen: []string{"c"}, Reason: "兼顾布局"}, "[a c] [b d]"}, "all of the tied": {review.CutDraft{Top: 2, Chosen: []string{"b", "c"}, Reason: "难分高下"}, "[a b c] [d]"},
		"the least score is above": {review.CutDraft{Least: 95 * score.Point}, "[a b c] [d]"}, "just above it": {review.CutDraft{Least: 95*score.Point + 1}, "[a] [b c d]"},
	} {
		x := r
		if _, err := x.Close(ss, &c.d, staff, now); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := fmt.Sprint(x.Cut.Above, x.Cut.Below); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if (len(x.Cut.Tied) > 0) != strings.Contains(name, "of the tied") {
			t.Errorf("%s: tied %v", name, x.Cut.Tied)
		}
	}
}

// Two rounds: who got further stands before who was left behind, whatever their points.
func TestFinals(t *testing.T) {
	r1 := openRound("a", "b", "c")
	one := []review.Assignment{sheetIn(r1, "a", "e", 30, 20, 20, 20, 10), sheetIn(r1, "b", "e", 30, 20, 20, 20, 5), sheetIn(r1, "c", "e", 30, 20, 20, 20, 4)}
	if _, err := r1.Close(r1.Standings(one, nil), &review.CutDraft{Top: 2}, actor("s", org.Staff), now); err != nil {
		t.Fatal(err)
	}
	if !review.Awaits([]review.Round{r1}, "a") || review.Awaits([]review.Round{r1}, "c") {
		t.Error("who waits for the second round")
	}
	r2, _, err := review.PlanRound(review.Round{ID: "r2", N: 2, Applications: r1.Cut.Above, Sheet: r1.Sheet},
		review.Plan{Name: "第二轮", Mode: review.AtMeeting, Size: 1, Floor: 1, Due: now.Add(time.Hour)}, &r1, actor("s", org.Staff), now)
	if err != nil || r2.Level != 2 {
		t.Fatal(err)
	}
	if _, err := r2.Open(actor("a", org.Approver), now); err != nil {
		t.Fatal(err)
	}
	two := []review.Assignment{sheetIn(r2, "a", "f", 1, 1, 1, 1, 1), sheetIn(r2, "b", "f", 2, 1, 1, 1, 1)}
	if _, err := r2.Close(r2.Standings(two, nil), nil, actor("s", org.Staff), now); err != nil {
		t.Fatal(err)
	}
	late := openRound("d")
	late.ID, late.N = "r3", 3
	three := []review.Assignment{sheetIn(late, "d", "g", 30, 20, 20, 20, 4)}
	if _, err := late.Close(late.Standings(three, nil), nil, actor("s", org.Staff), now); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, f := range review.Finals([]review.Round{r1, r2, late}, append(append(one, two...), three...), []string{"a", "b", "c", "d"}) {
		got += fmt.Sprintf("%s %d %t %s; ", f.Application, f.Rank, f.Tied, f.Round)
	}
	if want := "b 1 false r2; a 2 false r2; c 3 true r1; d 3 true r3; "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestPlanRound(t *testing.T) {
	good := review.Plan{Name: "第一轮", Mode: review.Remote, Size: 5, Floor: 3, Due: now.Add(time.Hour)}
	for name, c := range map[string]struct {
		change func(*review.Plan, *review.Round)
		by     org.Role
		want   string
	}{
		"good": {func(*review.Plan, *review.Round) {}, org.Staff, ""}, "by the approver": {func(*review.Plan, *review.Round) {}, org.Approver, "wrong-role"},
		"nothing to review": {func(_ *review.Plan, r *review.Round) { r.Applications = nil }, org.Staff, "round-empty"},
		"no name":           {func(p *review.Plan, _ *review.Round) { p.Name = " " }, org.Staff, "round-name@name "},
		"no mode":           {func(p *review.Plan, _ *review.Round) { p.Mode = "" }, org.Staff, "outcome-required@mode "},
		"nobody":            {func(p *review.Plan, _ *review.Round) { p.Floor = 0 }, org.Staff, "number-range@floor "},
		"fewer than valid":  {func(p *review.Plan, _ *review.Round) { p.Size = 2 }, org.Staff, "round-size@size "},
		"too many":          {func(p *review.Plan, _ *review.Round) { p.Size = 26 }, org.Staff, "round-size@size "},
		"no time":           {func(p *review.Plan, _ *review.Round) { p.Due = now }, org.Staff, "due-required@due "},
	} {
		p, r := good, review.Round{ID: "r", Applications: []string{"a"}, Sheet: review.DefaultSheet()}
		c.change(&p, &r)
		if _, _, err := review.PlanRound(r, p, nil, actor("s", c.by), now); kind(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	over := openRound("a")
	over.State = review.RoundOver
	if _, _, err := review.PlanRound(review.Round{Applications: []string{"a"}}, good, &over, actor("s", org.Staff), now); kind(err) != "round-no-cut" {
		t.Errorf("after a round without a line: %v", err)
	}
}

// Two persons look before a round opens; then nothing of it changes.
func TestOpenRound(t *testing.T) {
	r := planned(t, "a")
	staff, approver := actor("s", org.Staff), actor("a", org.Approver)
	s := review.DefaultSheet()
	s.Aspects[0].Name = "成效"
	if _, err := r.SetSheet(s, " ", staff, now); kind(err) != "reason-required" {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := r.SetSheet(s, "按会议意见", actor("s2", org.Staff), now); err != nil || r.Sheet.From != review.FromOffice {
		t.Fatalf("%v %s", err, r.Sheet.From)
	}
	for name, c := range map[string]struct {
		by   org.Actor
		want string
	}{"who planned it": {staff, "round-two-persons"}, "who set the sheet": {actor("s2", org.Staff), "round-two-persons"}, "an expert": {actor("e", org.Expert), "wrong-role"}} {
		if _, err := r.Open(c.by, now); kind(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	late := r
	if _, err := late.Open(approver, r.Due); kind(err) != "round-due-past" {
		t.Errorf("after the due date: %v", err)
	}
	if _, err := r.Open(approver, now); err != nil || r.Hash != r.Sheet.Hash() || len(r.Rule.Leaves) != 5 {
		t.Fatal(err)
	}
	if _, err := r.SetSheet(s, "再改", staff, now); kind(err) != "round-opened" {
		t.Errorf("another sheet afterwards: %v", err)
	}
	if _, err := r.Change(review.Plan{Name: "x", Reason: "r"}, staff, now); kind(err) != "round-opened" {
		t.Errorf("another plan afterwards: %v", err)
	}
	if _, err := r.Open(approver, now); kind(err) != "round-opened" {
		t.Errorf("opened twice: %v", err)
	}
	given := planned(t, "a")
	given.Sheet.From, given.Sheet.Clause = review.FromNotice, "四（二）"
	if _, err := given.SetSheet(s, "改", staff, now); kind(err) != "sheet-of-notice" {
		t.Errorf("the notice's sheet: %v", err)
	}
}

// Each planted mistake of a sheet has its sentence.
func TestSheetCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*review.Sheet)
		want   string
	}{
		"as proposed":    {func(*review.Sheet) {}, ""},
		"empty":          {func(s *review.Sheet) { s.Aspects, s.TieBreak = nil, nil }, "sheet-empty@aspects "},
		"99 %":           {func(s *review.Sheet) { s.Aspects[0].Weight = 2900 }, "sheet-weights@aspects "},
		"101 %":          {func(s *review.Sheet) { s.Aspects[0].Weight = 3100 }, "sheet-weights@aspects "},
		"nothing":        {func(s *review.Sheet) { s.Aspects[0].Weight, s.Aspects[1].Weight = 0, 5000 }, "sheet-weight@aspects "},
		"negative":       {func(s *review.Sheet) { s.Aspects[0].Weight, s.Aspects[1].Weight = -1000, 6000 }, "sheet-weight@aspects "},
		"no name":        {func(s *review.Sheet) { s.Aspects[0].Name = " " }, "sheet-name@aspects "},
		"twice":          {func(s *review.Sheet) { s.Aspects[0].Name = s.Aspects[1].Name }, "sheet-name-twice@aspects "},
		"hints as books": {func(s *review.Sheet) { s.Aspects[0].Hint = strings.Repeat("长", 301) }, "sheet-hint@aspects "},
		"a tree": {func(s *review.Sheet) {
			s.Aspects[0].Children = []review.Aspect{{Name: "甲", Weight: 1000}, {Name: "乙", Weight: 2000}}
			s.TieBreak = nil
		}, ""},
		"too deep":          {func(s *review.Sheet) { s.Aspects[0].Children = deep(2, 3000); s.TieBreak = nil }, "sheet-deep@aspects "},
		"an uneven step":    {func(s *review.Sheet) { s.Step = 30_000 }, "sheet-step-weight@step sheet-step-weight@step sheet-step-weight@step sheet-step-weight@step "},
		"no step":           {func(s *review.Sheet) { s.Step = 0 }, "sheet-step@step "},
		"beyond a hundred":  {func(s *review.Sheet) { s.Scale = 101 * score.Point }, "sheet-scale@scale "},
		"no method":         {func(s *review.Sheet) { s.Method = "median" }, "sheet-method@method "},
		"nothing is left":   {func(s *review.Sheet) { s.Method, s.TrimFrom = score.Trimmed, 2 }, "sheet-trim@trim_from "},
		"three decimals":    {func(s *review.Sheet) { s.Decimals = 3 }, "number-range@decimals "},
		"one verdict":       {func(s *review.Sheet) { s.Verdicts = s.Verdicts[:1] }, "sheet-verdicts@verdicts "},
		"nobody agrees":     {func(s *review.Sheet) { s.Verdicts = s.Verdicts[1:] }, "sheet-verdicts@verdicts "},
		"a nameless veto":   {func(s *review.Sheet) { s.Vetoes = []review.Veto{{}} }, "sheet-veto@vetoes "},
		"no such aspect":    {func(s *review.Sheet) { s.TieBreak = []score.TieBreak{{By: score.ByLeaf, Leaf: "9"}} }, "sheet-tie-break@tie_break "},
		"comments as books": {func(s *review.Sheet) { s.CommentMin = 501 }, "number-range@comment_min "},
	} {
		s := review.DefaultSheet()
		c.change(&s)
		s.Number()
		err := s.Check()
		if kind(err) != c.want {
			t.Errorf("%s: %v, want %q", name, kind(err), c.want)
		}
		if err == nil {
			if err := s.Rule(1).Check(); err != nil {
				t.Errorf("%s: the rule can't be applied: %v", name, err)
			}
		}
	}
}

func deep(n, weight int) []review.Aspect {
	a := review.Aspect{Name: fmt.Sprint("层", n), Weight: weight}
	if n > 0 {
		a.Children = deep(n-1, weight)
	}
	return []review.Aspect{a}
}

// The default sheet has the principle 依需设立 as an aspect, and sums to a hundred.
func TestDefaultSheet(t *testing.T) {
	s := review.DefaultSheet()
	full, need := review.Marks{}, false
	for _, a := range s.Leaves() {
		full[a.ID] = s.Max(a)
		need = need || strings.Contains(a.Name, "依需设立") && strings.Contains(a.Name, "必要性、可行性")
	}
	if total, ok := s.Total(full); !ok || total != score.Full || !need || s.From != review.FromDefault {
		t.Errorf("%v %v %v", total, ok, need)
	}
	if total := score.Full / score.Point; int(total) != notice.DefaultSettings().ScoreMax {
		t.Errorf("the settings promise %d", notice.DefaultSettings().ScoreMax)
	}
}

// Marks are plain decimal numbers in JSON; sheets from before there were rounds read alike.
func TestMarksJSON(t *testing.T) {
	var m review.Marks
	if err := json.Unmarshal([]byte(`{"a":30,"b":26.5}`), &m); err != nil || m["a"] != 30*score.Point || m["b"] != 265000 {
		t.Fatalf("%v %v", m, err)
	}
	if b, err := json.Marshal(m); err != nil || string(b) != `{"a":30,"b":26.5}` {
		t.Errorf("%s %v", b, err)
	}
	if err := json.Unmarshal([]byte(`{"a":1e300}`), &m); err == nil {
		t.Error("a mark beyond all bounds was read")
	}
}

// The panel talks after everybody's own sheet; only the chair sums up.
func TestThread(t *testing.T) {
	n, r, who := parsed(t), openRound("a1"), actor("e", org.Expert)
	a := declared(t)
	var th review.Thread
	if _, err := th.Say(r, *a, "先听听大家的", who, now); kind(err) != "score-first" {
		t.Errorf("before the own sheet: %v", err)
	}
	if _, err := a.HandIn(r, n, who, entry("30", "20", "20", "20", "1"), now); err != nil {
		t.Fatal(err)
	}
	if _, err := th.Say(r, *a, " ", who, now); kind(err) != "text-short" {
		t.Errorf("nothing said: %v", err)
	}
	if _, err := th.Say(r, *a, "工作计划偏弱。", who, now); err != nil || len(th.Words) != 1 {
		t.Errorf("%v", err)
	}
	if _, err := th.Say(r, *a, "x", actor("y", org.Expert), now); kind(err) != "not-found" {
		t.Errorf("somebody else: %v", err)
	}
	if _, err := th.Summarise(r, *a, "总体同意认定，工作计划须细化。", who, now); kind(err) != "not-chair" {
		t.Errorf("not the chair: %v", err)
	}
	panel := []review.Assignment{*a}
	if _, err := review.SetChair(panel, r, "e", actor("s", org.Staff), now); err != nil {
		t.Fatal(err)
	}
	if e, err := th.Summarise(r, panel[0], "总体同意认定，工作计划须细化。", who, now); err != nil || e.Kind != review.Summarised || th.Summary == nil {
		t.Errorf("%v", err)
	}
	over := r
	over.State = review.RoundOver
	if _, err := th.Say(over, panel[0], "补充一句", who, now); kind(err) != "round-not-open" {
		t.Errorf("after the round: %v", err)
	}
	var refusal *event.Refusal
	if _, err := review.SetChair(panel, r, "nobody", actor("s", org.Staff), now); !errors.As(err, &refusal) || refusal.Kind != "not-found" {
		t.Errorf("a chair from elsewhere: %v", err)
	}
}

// The notice's sheet becomes the round's, word for word, and can't be set otherwise.
func TestSheetOf(t *testing.T) {
	if s := review.SheetOf(parsed(t)); s.From != review.FromDefault {
		t.Errorf("the notice of 2017 gives none: %s", s.From)
	}
	n := &notice.Notice{Scoring: &notice.Scoring{Source: notice.Source{Clause: "四（二）"}, Scale: 100, Step: 50, CommentMin: 20, Vetoes: []string{"弄虚作假"}, VetoHalf: true,
		Agree: []string{"同意", "基本同意"}, Disagree: []string{"不同意"}, Trimmed: true, TrimFrom: 5, Decimals: 1, Ties: []string{notice.TieExact, notice.TieUntrimmed, notice.TieVotes, "经费"},
		Aspects: []notice.Aspect{{Name: "服务成效", Weight: 40, Comment: true}, {Name: "支持保障", Weight: 60, Children: []notice.Aspect{{Name: "政策", Weight: 20}, {Name: "经费", Weight: 40}}}}}}
	s := review.SheetOf(n)
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	if s.From != review.FromNotice || s.Clause != "四（二）" || s.Leaves()[2].ID != "2.2" || s.TieBreak[3].Leaf != "2.2" || s.Step != 5000 || s.Method != score.Trimmed ||
		s.Max(s.Leaves()[0]) != score.Full || !s.Verdicts[1].Agree || s.Verdicts[2].Agree || s.Vetoes[0].ID != "1" {
		t.Errorf("%+v", s)
	}
	in, err := s.Read(review.Entry{"mark.1": "86.5", "note.1": "活动连续", "mark.2.1": "70", "mark.2.2": "90", "verdict": "1", "comment": strings.Repeat("评", 20), "veto.1": ""})
	if total, ok := s.Total(in.Marks); err != nil || !ok || total != 846000 { // 34.6 + 14 + 36
		t.Errorf("%v %v", total, err)
	}
}
