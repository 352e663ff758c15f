package org_test

import (
	"testing"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
)

var now = time.Date(2017, 7, 1, 9, 0, 0, 0, time.FixedZone("", 8*3600))

func actor(person string, r org.Role, unit org.UnitID) org.Actor {
	return org.Actor{SignedIn: now, Actor: event.Actor{Person: person, Name: person, Post: person + "-post", Role: string(r), Unit: string(unit), UnitName: string(unit)}}
}

func held(r org.Role, u org.UnitID) org.Post { return org.Post{Role: r, Unit: u} }

func TestGrant(t *testing.T) {
	all := realTree(host("u", "hr-150404", "150404", org.Public))
	sec, head := actor("sec", org.SecAdmin, "hr-150000"), actor("head", org.Principal, "u")
	lent := sec
	lent.Person, lent.For = "deputy", "sec"
	for _, c := range []struct {
		name string
		by   org.Actor
		unit org.UnitID
		role org.Role
		to   org.PersonID
		held []org.Post
		want string
	}{
		{"security administrator grants", sec, "u", org.Principal, "p", nil, ""},
		{"head grants a clerk in the own unit", head, "u", org.Clerk, "p", nil, ""},
		{"head grants a head", head, "u", org.Principal, "p", nil, "not-your-act"},
		{"head grants a clerk elsewhere", head, "hr-150404", org.Clerk, "p", nil, "not-your-act"},
		{"clerk grants", actor("c", org.Clerk, "u"), "u", org.Clerk, "p", nil, "not-your-act"},
		{"staff grants", actor("s", org.Staff, "hr-150000"), "hr-150000", org.Finance, "p", nil, "not-your-act"},
		{"auditor grants", actor("a", org.Auditor, "hr-150000"), "u", org.Clerk, "p", nil, "not-your-act"},
		{"to oneself", sec, "hr-150000", org.Approver, "sec", nil, "own-post"},
		{"to the one whose post is lent", lent, "hr-150000", org.Staff, "sec", nil, "own-post"},
		{"approver in a host unit", sec, "u", org.Approver, "p", nil, "role-unfit"},
		{"clerk in the department", sec, "hr-150000", org.Clerk, "p", nil, "role-unfit"},
		{"the system's role, of which the desk hides no case", sec, "hr-150000", org.Role(event.System.Role), "p", nil, "role-unfit"},
		{"a role that there is not", sec, "hr-150000", "boss", "p", nil, "role-unfit"},
		{"no role", sec, "hr-150000", "", "p", nil, "role-unfit"},
		{"intake in the centre", sec, "centre", org.Intake, "p", nil, ""},
		{"a second administrator's post", sec, "hr-150000", org.Auditor, "p", []org.Post{held(org.SysAdmin, "hr-150000")}, "posts-apart"},
		{"a business post for an administrator", sec, "u", org.Clerk, "p", []org.Post{held(org.SysAdmin, "hr-150000")}, "posts-apart"},
		{"an administrator's post for a clerk", sec, "hr-150000", org.SysAdmin, "p", []org.Post{held(org.Clerk, "u")}, "posts-apart"},
		{"approver for staff", sec, "hr-150000", org.Approver, "p", []org.Post{held(org.Staff, "hr-150000")}, "posts-apart"},
		{"staff for the approver", sec, "hr-150000", org.Staff, "p", []org.Post{held(org.Approver, "hr-150000")}, "posts-apart"},
		{"approver for intake", sec, "hr-150000", org.Approver, "p", []org.Post{held(org.Intake, "centre")}, "posts-apart"},
		{"expert for staff", sec, "hr-150000", org.Expert, "p", []org.Post{held(org.Staff, "hr-150000")}, "posts-apart"},
		{"expert for a clerk", sec, "hr-150000", org.Expert, "p", []org.Post{held(org.Clerk, "u")}, ""},
		{"the same post twice", sec, "u", org.Clerk, "p", []org.Post{held(org.Clerk, "u")}, "post-held"},
		{"clerk and head of one small unit: the acts ask for two people", sec, "u", org.Principal, "p", []org.Post{held(org.Clerk, "u")}, ""},
		{"the same role in two units", sec, "u", org.Clerk, "p", []org.Post{held(org.Clerk, "hr-150404")}, ""},
	} {
		err := org.Grant(c.by, all[c.unit], org.Post{Person: c.to, Unit: c.unit, Role: c.role}, c.held)
		if kindOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	ended := all["u"]
	ended.State = org.Ended
	if err := org.Grant(sec, ended, org.Post{Person: "p", Unit: "u", Role: org.Clerk}, nil); kindOf(err) != "unit-not-active" {
		t.Errorf("a post in an ended unit: %v", err)
	}
}

func TestDelegate(t *testing.T) {
	p := org.Post{ID: "head-post", Person: "head", Unit: "u", Role: org.Principal, From: now}
	by := actor("head", org.Principal, "u")
	got, err := p.Delegate(by, "lent", "deputy", now, now.Add(24*time.Hour), nil)
	if err != nil || got.Of != "head" || got.OfName != "head" || got.Origin != "head-post" || got.Role != org.Principal {
		t.Fatalf("%+v, %v", got, err)
	}
	// A term is half-open: at its end the post is no longer held.
	for at, want := range map[time.Duration]bool{-1: false, 0: true, 24*time.Hour - 1: true, 24 * time.Hour: false} {
		if got.At(now.Add(at)) != want {
			t.Errorf("held %v after the beginning: %v", at, !want)
		}
	}
	for name, c := range map[string]struct {
		post  org.Post
		by    org.Actor
		to    org.PersonID
		until time.Time
		held  []org.Post
		want  string
	}{
		"somebody else's": {p, actor("x", org.Principal, "u"), "d", now.Add(1), nil, "delegate-own-only"},
		"a lent one":      {got, func() org.Actor { a := actor("deputy", org.Principal, "u"); a.Post = "lent"; return a }(), "d", now.Add(1), nil, "delegate-own-only"},
		"to oneself":      {p, by, "head", now.Add(1), nil, "delegate-other"},
		"to nobody":       {p, by, "", now.Add(1), nil, "delegate-other"},
		"no time":         {p, by, "d", now, nil, "delegate-term"},
		"too long":        {p, by, "d", now.Add(org.LongestDelegation + 1), nil, "delegate-term"},
		"the longest":     {p, by, "d", now.Add(org.LongestDelegation), nil, ""},
		"to an auditor":   {p, by, "d", now.Add(1), []org.Post{held(org.Auditor, "hr-150000")}, "posts-apart"},
	} {
		if _, err := c.post.Delegate(c.by, "new", c.to, now, c.until, c.held); kindOf(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestSamePerson(t *testing.T) {
	p := func(person, behalf string) event.Actor { return event.Actor{Person: person, For: behalf} }
	for _, c := range []struct {
		a, b event.Actor
		want bool
	}{
		{p("a", ""), p("a", ""), true}, {p("a", ""), p("b", ""), false}, {p("a", "b"), p("b", ""), true}, {p("b", ""), p("a", "b"), true},
		{p("a", "c"), p("b", "c"), true}, // two delegates of one person
		{p("a", "c"), p("b", "d"), false}, {p("", ""), p("", ""), false},
	} {
		if org.SamePerson(c.a, c.b) != c.want {
			t.Errorf("%v %v: %v", c.a, c.b, !c.want)
		}
	}
}

func TestEndAndHandOver(t *testing.T) {
	u := host("u", "hr-150404", "150404", org.Public)
	sec, boss := actor("sec", org.SecAdmin, "hr-150000"), actor("boss", org.Principal, "u")
	clerk := func() *org.Post {
		return &org.Post{ID: "c", Person: "old", Unit: "u", Role: org.Clerk, From: now.Add(-1)}
	}
	next, e, err := clerk().HandOver(u, "c2", "new", nil, boss, now)
	if err != nil || next.Person != "new" || next.Role != org.Clerk || !next.At(now) || e.Kind != org.PostHandedOver || e.Before["person"] != "old" {
		t.Fatalf("%+v %+v %v", next, e, err)
	}
	p := clerk()
	if _, _, err := p.HandOver(u, "c2", "new", nil, boss, now); err != nil || p.At(now) {
		t.Errorf("the old post still stands: %+v, %v", p, err)
	}
	for name, c := range map[string]struct {
		post *org.Post
		to   org.PersonID
		held []org.Post
		by   org.Actor
		want string
	}{
		"by a clerk":         {clerk(), "new", nil, actor("x", org.Clerk, "u"), "not-your-act"},
		"one's own":          {clerk(), "new", nil, actor("old", org.Principal, "u"), "own-post"},
		"to oneself":         {clerk(), "boss", nil, boss, "own-post"},
		"to the same person": {clerk(), "old", nil, boss, "delegate-other"},
		"an expert's":        {&org.Post{ID: "e", Person: "old", Unit: "hr-150000", Role: org.Expert, From: now}, "new", nil, sec, "hand-over-personal"},
		"a lent one":         {&org.Post{ID: "l", Person: "old", Unit: "u", Role: org.Clerk, From: now, Origin: "c"}, "new", nil, sec, "hand-over-personal"},
		"to an auditor":      {clerk(), "new", []org.Post{held(org.Auditor, "hr-150000")}, sec, "posts-apart"},
		"an ended one":       {&org.Post{ID: "c", Person: "old", Unit: "u", Role: org.Clerk, From: now.Add(-2), Until: now.Add(-1)}, "new", nil, sec, "post-ended-already"},
	} {
		before := *c.post
		if _, _, err := c.post.HandOver(u, "n", c.to, c.held, c.by, now); kindOf(err) != c.want || *c.post != before {
			t.Errorf("%s: %v, want %q; post %+v", name, err, c.want, c.post)
		}
	}
	for name, c := range map[string]struct {
		by     org.Actor
		reason string
		origin org.PostID
		want   string
	}{
		"by the head": {boss, "调离", "", ""}, "no reason": {boss, "", "", "reason-required"}, "by a stranger": {actor("x", org.Principal, "v"), "r", "", "not-your-act"},
		"by oneself": {actor("old", org.Principal, "u"), "r", "", "own-post"}, "by the lender": {actor("lender", org.Clerk, "u"), "r", "o", ""},
	} {
		p := clerk()
		if p.Origin = c.origin; c.origin != "" {
			p.Of = "lender"
		}
		_, err := p.End(u, c.reason, c.by, now)
		if kindOf(err) != c.want || p.At(now) != (c.want != "") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestChange(t *testing.T) {
	sec := actor("sec", org.SecAdmin, "hr-150000")
	for name, c := range map[string]struct {
		by     org.Actor
		reason string
		to     func(*org.Unit)
		want   string
	}{
		"another superior":        {sec, "划转", func(u *org.Unit) { u.Superior = "dept-nmt" }, ""},
		"by the unit itself":      {actor("h", org.Principal, "u"), "r", func(u *org.Unit) { u.Superior = "dept-nmt" }, "wrong-role"}, // M13
		"by the department":       {actor("a", org.Approver, "hr-150000"), "r", func(u *org.Unit) { u.Superior = "dept-nmt" }, "wrong-role"},
		"no reason":               {sec, " ", func(u *org.Unit) { u.Superior = "dept-nmt" }, "reason-required"},
		"nothing":                 {sec, "r", func(*org.Unit) {}, "nothing-changed"},
		"below itself":            {sec, "r", func(u *org.Unit) { u.Superior = "u" }, "superior-circle"},
		"below its own child":     {sec, "r", func(u *org.Unit) { u.Superior = "child" }, "superior-circle"},
		"below nobody":            {sec, "r", func(u *org.Unit) { u.Superior = "nobody" }, "no-superior"},
		"no ownership":            {sec, "r", func(u *org.Unit) { u.Ownership = "" }, "no-ownership"},
		"no name":                 {sec, "r", func(u *org.Unit) { u.Name = "" }, "required"},
		"renamed":                 {sec, "更名", func(u *org.Unit) { u.Name = "新名" }, ""},
		"non-public, no superior": {sec, "改制", func(u *org.Unit) { u.Ownership, u.Superior = org.NonPublic, "" }, ""},
	} {
		u := host("u", "hr-150404", "150404", org.Public)
		all := realTree(u, host("child", "u", "150404", org.Public))
		to := u
		c.to(&to)
		e, err := all.Change(&u, to, c.reason, c.by, now)
		if kindOf(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err == nil && (e.Kind != org.UnitChanged || len(e.After) == 0 || e.Reason == "") {
			t.Errorf("%s: fact %+v", name, e)
		}
		if want := host("u", "hr-150404", "150404", org.Public); err != nil && u != want {
			t.Errorf("%s: refused, and yet %+v", name, u)
		}
	}
}

func TestReach(t *testing.T) {
	for name, c := range map[string]struct {
		by             org.Actor
		contact, phone string
		want           string
	}{
		"its clerk": {actor("c", org.Clerk, "u"), "张三", "0476-8000000", ""}, "the bureau of its place": {actor("c", org.Clerk, "hr-150404"), "张三", "1", ""},
		"security administrator": {actor("s", org.SecAdmin, "hr-150000"), "张三", "1", ""}, "a neighbour": {actor("c", org.Clerk, "v"), "张三", "1", "not-your-unit"},
		"the city": {actor("c", org.Clerk, "hr-150400"), "张三", "1", "not-your-unit"}, "no contact": {actor("c", org.Clerk, "u"), " ", "1", "required"},
		"no phone": {actor("c", org.Clerk, "u"), "张三", "", "required"},
	} {
		u := host("u", "hr-150404", "150404", org.Public)
		e, err := realTree(u).Reach(&u, "松山大街1号", c.contact, c.phone, c.by, now)
		if kindOf(err) != c.want || (u.Contact == "张三") != (c.want == "") || (err == nil && e.After["contact"] != "张三") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestFinish(t *testing.T) {
	sec := actor("sec", org.SecAdmin, "hr-150000")
	next := host("next", "hr-150404", "150404", org.Public)
	for name, c := range map[string]struct {
		day       string
		successor org.Unit
		open      int
		below     int
		want      string
	}{
		"merged": {"2017-06-30", next, 0, 0, ""}, "dissolved": {"2017-06-30", org.Unit{}, 0, 0, ""}, "no such day": {"2017-06-31", next, 0, 0, "date"},
		"with an open application": {"2017-06-30", next, 1, 0, "unit-in-use"}, "with units below": {"2017-06-30", next, 0, 2, "unit-in-use"},
		"into itself":       {"2017-06-30", host("u", "", "", org.Public), 0, 0, "unit-successor"},
		"into an ended one": {"2017-06-30", org.Unit{ID: "x", State: org.Ended}, 0, 0, "unit-successor"},
	} {
		u := host("u", "hr-150404", "150404", org.Public)
		if _, err := u.Finish(c.day, c.successor, c.open, c.below, "合并", sec, now); kindOf(err) != c.want || (u.State == org.Ended) != (c.want == "") {
			t.Errorf("%s: %v, want %q; %s", name, err, c.want, u.State)
		}
	}
	all := realTree()
	top := all["hr-150000"]
	if _, err := top.Finish("2017-06-30", org.Unit{}, 0, 0, "r", sec, now); kindOf(err) != "unit-needed" {
		t.Errorf("the department ends: %v", err)
	}
}

func TestRegisterAndAdmit(t *testing.T) {
	all := realTree()
	good := org.Unit{Name: "松山区种植合作社", Ownership: org.NonPublic, Division: "150404", Contact: "张三", Phone: "0476-8000000"}
	u, err := org.Register("n", good)
	if err != nil || u.State != org.Pending || u.Kind != org.Host || u.Short != good.Name {
		t.Fatalf("%+v, %v", u, err)
	}
	if _, err := org.Register("n", org.Unit{Ownership: org.Public}); kindOf(err) != "required required required required required" {
		t.Errorf("an empty public unit: %v", kindOf(err))
	}
	if _, err := org.Register("n", org.Unit{Name: "x", Division: "150404", Contact: "x", Phone: "1"}); kindOf(err) != "no-ownership" {
		t.Errorf("no ownership: %v", err)
	}
	for who, want := range map[string]bool{"hr-150404": true, "hr-150400": false, "hr-150403": false, "dept-nmt": false} {
		if all.MayAdmit(actor("x", org.Clerk, org.UnitID(who)), u) != want {
			t.Errorf("%s admits: %v", who, !want)
		}
	}
	if !all.MayAdmit(actor("sec", org.SecAdmin, "hr-150000"), u) || all.MayAdmit(actor("e", org.Expert, "hr-150404"), u) {
		t.Error("who admits besides the bureau")
	}
	no, yes, again := u, u, u
	if k, err := no.Admit(false, ""); kindOf(err) != "reason-required" || k != "" || no.State != org.Pending {
		t.Errorf("refused without a reason: %v", err)
	}
	if k, err := no.Admit(false, "不在本区"); err != nil || k != org.UnitRefused || no.State != org.Refused {
		t.Errorf("refused: %v %v", k, err)
	}
	if k, err := yes.Admit(true, ""); err != nil || k != org.UnitApproved || yes.State != org.Active {
		t.Errorf("admitted: %v %v", k, err)
	}
	again.State = org.Active
	if _, err := again.Admit(true, ""); kindOf(err) != "unit-not-pending" {
		t.Errorf("twice: %v", err)
	}
}
