package application_test

import (
	"slices"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/tree"
)

// What waits for whom, in each situation; nobody else has it on their list.
func TestWaiting(t *testing.T) {
	want := map[string]map[string]string{
		"new": {"park/clerk": application.ActPrepare}, "returned": {"park/clerk": application.ActPrepare}, "supplement": {"park/clerk": application.ActPrepare},
		"await": {"park/principal": application.ActSign}, "signed": {"park/clerk": application.ActSeal},
		"banner": {"banner/clerk": application.ActOpine}, "city": {"city/clerk": application.ActOpine},
		"checking": {"dept/staff": application.ActCheck, "centre/intake": application.ActCheck}, "reviewing": {"dept/staff": application.ActCloseRev},
		"deciding": {"dept/staff": application.ActDecide}, "proposed": {"dept/approver": application.ActRelease},
		"refusing": {"dept/approver": application.ActConfirmReject},
	}
	for _, s := range situations {
		p := at(t, s.name)
		for _, post := range everyone {
			if got := p.a.Waiting(p.as(post)); got != want[s.name][post] {
				t.Errorf("%s in %s: %q, want %q", post, s.name, got, want[s.name][post])
			}
		}
	}
	p := at(t, "banner")
	wait := func(clerk, head string) {
		t.Helper()
		if c, h := p.a.Waiting(p.as("banner/clerk")), p.a.Waiting(p.as("banner/principal")); c != clerk || h != head {
			t.Errorf("clerk %q, head %q; want %q, %q", c, h, clerk, head)
		}
	}
	p.ok(p.a.Opine("o", p.n, p.c.Settings, agreeing(), true, p.as("banner/clerk"), p.now))
	wait("", application.ActOpSign)
	v, _ := p.a.Current()
	p.ok(p.a.OpinionSign(p.n, p.c.Settings, v.Hash, p.as("banner/principal"), p.now))
	wait(application.ActOpSeal, "")
	p.opSeal()
	wait(application.ActForward, application.ActForward)
}

// R3–R5, T25: every recommending unit of the real tree, and nobody else.
func TestAddressees(t *testing.T) {
	all := org.Tree{}
	want := 0
	for _, u := range tree.Units() {
		all[org.UnitID(u.ID)] = org.Unit{ID: org.UnitID(u.ID), Name: u.Name, Kind: org.Kind(u.Kind), State: org.Active}
		if slices.Contains([]string{"league_hr", "department", "direct_unit"}, u.Kind) {
			want++
		}
	}
	gone := all["dept-lsj"]
	gone.State = org.Ended
	all["dept-lsj"] = gone
	got := application.Addressees(published, all)
	if len(got) != want-1 || !slices.ContainsFunc(got, func(u org.Unit) bool { return u.ID == "hr-150781" }) || slices.ContainsFunc(got, func(u org.Unit) bool { return u.ID == "dept-lsj" }) {
		t.Errorf("%d addressees, want %d", len(got), want-1)
	}
}

// B01: nobody below the department learns who reviews, and drafts of opinions stay inside.
func TestShowsFact(t *testing.T) {
	p := at(t, "reviewing")
	for _, c := range []struct {
		e    event.Event
		post string
		want bool
	}{
		{event.Event{Kind: "review.scored"}, "park/clerk", false}, {event.Event{Kind: "review.assigned"}, "city/clerk", false},
		{event.Event{Kind: "review.assigned"}, "dept/staff", true}, {event.Event{Kind: application.ReviewClosed}, "park/principal", false},
		{event.Event{Kind: application.Submitted, Outcome: event.Denied}, "park/clerk", false}, {event.Event{Kind: application.Submitted}, "park/clerk", true},
		{event.Event{Kind: application.AccountRevealed}, "park/clerk", true}, {event.Event{Kind: application.AccountRevealed}, "city/clerk", false},
		{event.Event{Kind: application.OpinionDrafted, By: event.Actor{Unit: "city"}}, "city/principal", true},
		{event.Event{Kind: application.OpinionDrafted, By: event.Actor{Unit: "city"}}, "park/clerk", false},
		{event.Event{Kind: application.EditBegun}, "city/clerk", false}, {event.Event{Kind: application.EditBegun}, "park/clerk", true},
	} {
		if got := p.a.ShowsFact(p.as(c.post), c.e); got != c.want {
			t.Errorf("%s is shown %s: %v", c.post, c.e.Kind, got)
		}
	}
}

// R104: reminders 7, 3 and 1 days before, each once, the nearest only.
func TestReminderDue(t *testing.T) {
	c := openCall(t)
	day := func(month time.Month, d, hour int) time.Time {
		return time.Date(2017, month, d, hour, 0, 0, 0, beijing)
	}
	sent := func(days string) []event.Event {
		return []event.Event{{Kind: application.Reminded, Detail: map[string]string{"days": days, "deadline": c.Deadline.Format(time.RFC3339)}}}
	}
	for _, x := range []struct {
		at   time.Time
		past []event.Event
		days int
		due  bool
	}{
		{day(7, 12, 9), nil, 0, false}, {day(7, 13, 7), nil, 0, false}, {day(7, 13, 8), nil, 7, true}, {day(7, 15, 8), sent("7"), 7, false},
		{day(7, 17, 8), sent("7"), 3, true}, {day(7, 19, 8), nil, 1, true}, {day(7, 20, 23), sent("1"), 1, false}, {closing, nil, 0, false},
	} {
		if days, due := c.ReminderDue(x.past, x.at); due != x.due || (due && days != x.days) {
			t.Errorf("at %v: %d %v, want %d %v", x.at, days, due, x.days, x.due)
		}
	}
}

func TestStand(t *testing.T) {
	c := openCall(t)
	held := []application.Place{{N: 1, Application: "a"}}
	row := func(s application.State, holder org.UnitID) []application.Row {
		return []application.Row{{State: s, Holder: holder}}
	}
	for _, x := range []struct {
		places []application.Place
		none   bool
		rows   []application.Row
		opened bool
		at     time.Time
		want   application.Standing
	}{
		{held, false, nil, true, closing, application.StandRecommended}, {nil, true, nil, true, closing, application.StandNone},
		{nil, false, row(application.Moving, "city"), true, closing, application.StandLate}, {nil, false, row(application.Moving, "city"), true, june, application.StandHolds},
		{nil, false, row(application.Moving, "banner"), true, june, application.StandBelow}, {nil, false, row(application.Withdrawn, ""), true, june, application.StandOpened},
		{nil, false, nil, false, june, application.StandNothing},
	} {
		if got := c.Stand("city", x.places, x.none, x.rows, x.opened, x.at); got != x.want {
			t.Errorf("%+v: %s", x, got)
		}
	}
}

// R10: what keeps a call from closing.
func TestBlocks(t *testing.T) {
	c := openCall(t)
	for _, x := range []struct {
		row  application.Row
		at   time.Time
		want bool
	}{
		{application.Row{State: application.Checking, Submitted: june}, closing, true}, {application.Row{State: application.Recognised, Submitted: june}, closing, false},
		{application.Row{State: application.Draft}, closing.Add(-1), true}, {application.Row{State: application.Draft}, closing, false},
		{application.Row{State: application.Draft, Submitted: june}, closing, true},
	} {
		if got := c.Blocks(x.row, x.at); got != x.want {
			t.Errorf("%+v at %v: %v", x.row, x.at, got)
		}
	}
}

func TestRank(t *testing.T) {
	c := openCall(t)
	held := []application.ID{"a", "b"}
	for _, x := range []struct {
		name  string
		post  string
		held  []application.ID
		ranks map[application.ID]int
		note  string
		want  string
	}{
		{"in order", "city/clerk", held, map[application.ID]int{"a": 2, "b": 1}, "局务会研究", ""}, {"by the head", "city/principal", held, nil, "n", "wrong-role"},
		{"one rank twice", "city/clerk", held, map[application.ID]int{"a": 1, "b": 1}, "n", "rank-each-once"},
		{"one without", "city/clerk", held, map[application.ID]int{"a": 1}, "n", "rank-each-once"},
		{"no note", "city/clerk", held, map[application.ID]int{"a": 1, "b": 2}, " ", "rank-note"}, {"no candidates", "city/clerk", nil, nil, "n", "no-candidates"},
	} {
		r, _, err := c.Rank(units["city"], x.held, x.ranks, x.note, as(x.post, june), june)
		if kind(err) != x.want || (err == nil && (r.Place("b") != 1 || r.Place("a") != 2 || r.Place("c") != 0)) {
			t.Errorf("%s: %+v %v, want %q", x.name, r, err, x.want)
		}
	}
}

// What is promised before a return is what falls.
func TestFallsOnReturn(t *testing.T) {
	p := at(t, "city")
	promised := p.a.FallsOnReturn()
	standing := func() (all []filing.Opinion) {
		for _, o := range p.a.Opinions {
			if o.Stands() {
				all = append(all, o)
			}
		}
		return all
	}
	before := len(standing())
	p.opine(returning(p))
	if fell := before - len(standing()); fell != len(promised) || len(promised) != 1 || promised[0].Box != 1 {
		t.Errorf("%d fell, %v were promised", fell, promised)
	}
}
