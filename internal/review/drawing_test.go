package review_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"shenbao/draw"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

const secret = "00112233445566778899aabbccddeeff"

func eligible(n int) (out []draw.Person) {
	for i := range n {
		kind := "technical"
		if i%5 == 0 {
			kind = "finance"
		}
		out = append(out, draw.Person{ID: fmt.Sprintf("p%02d", i), Name: fmt.Sprintf("专家%02d", i),
			In: map[string][]string{"employer": {fmt.Sprint("单位", i%6)}, "kind": {kind}}})
	}
	return out
}

func group() review.Group {
	return review.Group{ID: "g", Call: "call", Name: "农牧业组", Applications: []string{"a1", "a2"}, Size: 3, Alternates: 3}
}

func plan(g review.Group, n int, people []draw.Person, terms review.DrawTerms) draw.Plan {
	return draw.Plan{Call: g.Call, Panel: g.ID, Number: n, Max: 3, Size: g.Size, Alternates: g.Alternates, Quotas: terms.Quotas(), Commitment: draw.Commit(secret),
		Source: "8月2日双色球红球", Frozen: now, People: people}
}

func frozen(t *testing.T, g review.Group) review.Drawing {
	t.Helper()
	d, e, err := review.FreezeDraw(review.Drawing{ID: "d", Call: "call", Group: g.ID, GroupName: g.Name}, g, nil, "",
		plan(g, 1, eligible(20), review.DrawTerms{Employer: 1, Kinds: map[string]int{"finance": 1}}), actor("s", org.Staff), now)
	if err != nil || e.Detail["list"] != d.Frozen.List || e.Detail["commitment"] != draw.Commit(secret) || e.Kind != review.ListFrozen {
		t.Fatal(e, err)
	}
	return d
}

func TestFreezeDraw(t *testing.T) {
	g := group()
	staff := actor("s", org.Staff)
	void := frozen(t, g)
	void.State = review.DrawVoid
	for name, c := range map[string]struct {
		by     org.Actor
		before []review.Drawing
		going  string
		change func(*draw.Plan)
		want   string
	}{
		"the approver freezes":       {actor("s", org.Approver), nil, "", nil, "wrong-role"},
		"one is under way":           {staff, []review.Drawing{void}, "工业组", nil, "draw-going"},
		"three were begun":           {staff, []review.Drawing{void, void, void}, "", nil, "draws-used"},
		"two were given up":          {staff, []review.Drawing{void, void}, "", nil, ""},
		"no source":                  {staff, nil, "", func(p *draw.Plan) { p.Source = " " }, "draw-source"},
		"a further one without why":  {staff, nil, "", func(p *draw.Plan) { p.Number = 2 }, "reason-required"},
		"a further one from nothing": {staff, nil, "", func(p *draw.Plan) { p.Number, p.Reason = 2, "缺额" }, "draw-ground"},
		"nobody of finance": {staff, nil, "", func(p *draw.Plan) {
			p.People = slices.DeleteFunc(slices.Clone(p.People), func(x draw.Person) bool { return x.In["kind"][0] == "finance" })
		}, "draw-quota"},
		"three families and even chances": {staff, nil, "", func(p *draw.Plan) {
			p.Mode = draw.Fair
			for i := range p.People {
				p.People[i].In["place"] = []string{fmt.Sprint(i % 3)}
				p.People[i].In["field"] = []string{fmt.Sprint(i % 4)}
			}
			p.Quotas = append(p.Quotas, draw.Quota{Family: "place", Category: "*", Max: 2}, draw.Quota{Family: "field", Category: "1", Min: 1})
		}, "draw-crossing"},
	} {
		p := plan(g, 1, eligible(20), review.DrawTerms{Employer: 1, Kinds: map[string]int{"finance": 1}})
		if c.change != nil {
			c.change(&p)
		}
		_, _, err := review.FreezeDraw(review.Drawing{Group: g.ID, GroupName: g.Name}, g, c.before, c.going, p, c.by, now)
		if kind(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// The way of a draw: frozen by one, witnessed by another, drawn only then, from the list
// that was frozen; the record is true.
func TestDraw(t *testing.T) {
	g := group()
	d := frozen(t, g)
	staff, other := actor("s", org.Staff), actor("w", org.Approver)
	refused := func(name string, err error, want string) {
		t.Helper()
		if kind(err) != want {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	_, _, err := d.Draw(staff, secret, eligible(20), now)
	refused("the seed is revealed too early", err, "draw-early")
	_, err = d.Attest(staff, "03 11 19", "监督员张", now)
	refused("by the one who froze", err, "draw-two-persons")
	_, err = d.Attest(actor("x", org.Finance), "03 11 19", "监督员张", now)
	refused("by finance", err, "wrong-role")
	_, err = d.Attest(other, " ", "", now)
	refused("nothing entered", err, "draw-public@public draw-witness@witness ")
	if _, err = d.Attest(other, "03 11 19", "纪检组 张某", now); err != nil {
		t.Fatal(err)
	}
	_, err = d.Attest(other, "03 11 20", "纪检组 张某", now)
	refused("another value afterwards", err, "draw-state")

	_, _, err = d.Draw(other, secret, eligible(20), now.Add(time.Hour))
	refused("drawn by the approver", err, "wrong-role")
	changed := append(eligible(19)[1:], draw.Person{ID: "p99", Name: "专家99", In: map[string][]string{"employer": {"单位9"}, "kind": {"technical"}}})
	changed[0].In["employer"] = []string{"单位8"}
	_, _, err = d.Draw(staff, secret, changed, now.Add(time.Hour))
	refused("from a changed list", err, "draw-list")
	if r := err.(*event.Refusal); r.Args["what"] != "≠ 专家01；+ 专家99；− 专家00；− 专家19" {
		t.Errorf("the list differs by %q", r.Args["what"])
	}
	_, _, err = d.Draw(staff, "another secret, as long as one", eligible(20), now.Add(time.Hour))
	refused("with another secret", err, "draw-secret")

	rec, e, err := d.Draw(staff, secret, eligible(20), now.Add(time.Hour))
	if err != nil || len(rec.Members) != 3 || len(rec.Alternates) < 3 || e.Detail["sum"] != rec.Sum() || d.State != review.DrawDone {
		t.Fatal(rec.Members, e, err)
	}
	if err := draw.Verify(rec); err != nil || rec.Reveal.Witness != "纪检组 张某" {
		t.Error(err)
	}
	_, _, err = d.Draw(staff, secret, eligible(20), now.Add(time.Hour))
	refused("drawn twice", err, "draw-state")
	_, err = d.Void(staff, "重来", now)
	refused("given up afterwards", err, "draw-state")
}

func TestVoidDraw(t *testing.T) {
	d := frozen(t, group())
	for _, c := range []struct {
		by     org.Actor
		reason string
		want   string
	}{{actor("s", org.Staff), " ", "reason-required"}, {actor("s", org.Expert), "r", "wrong-role"}, {actor("s", org.Staff), "名单有变", ""}, {actor("s", org.Staff), "名单有变", "draw-state"}} {
		if _, err := d.Void(c.by, c.reason, now); kind(err) != c.want {
			t.Errorf("%s: %v, want %q", c.reason, err, c.want)
		}
	}
}

// Those who leave are replaced by alternates in the order of the draw, with the conditions
// kept; only when they are used up is there a ground for another draw, which keeps who sits.
func TestAlternates(t *testing.T) {
	g := group()
	d := frozen(t, g)
	staff := actor("s", org.Staff)
	if _, err := d.Attest(actor("w", org.Staff), "03 11 19", "张", now); err != nil {
		t.Fatal(err)
	}
	rec, _, err := d.Draw(staff, secret, eligible(20), now)
	if err != nil {
		t.Fatal(err)
	}
	known := func(id string) (string, string) { return "名" + id, "单位" }
	fresh := g.Take(rec, "r1", known, now)
	if len(fresh) != 3 || g.Short() != 0 || len(g.Stands) != len(rec.Alternates) || !g.Drawn() {
		t.Fatalf("%+v", g)
	}
	if _, _, err := g.CallAlternate(staff, rec, now); kind(err) != "panel-full" {
		t.Errorf("nobody is missing: %v", err)
	}
	if err := again(g, rec); kind(err) != "draw-ground" {
		t.Errorf("a second draw to get a better panel: %v", err)
	}
	first, stays := g.Members[0].Expert, g.Members[2].Expert
	if !g.Leave(first, "谢绝") || g.Leave(first, "谢绝") || g.Short() != 1 {
		t.Fatal("does not leave once")
	}
	if err := again(g, rec); kind(err) != "draw-ground" {
		t.Errorf("alternates are there, and yet it is drawn again: %v", err)
	}
	next, err := g.Next(rec)
	if err != nil || len(next) != 1 {
		t.Fatal(next, err)
	}
	s, e, err := g.CallAlternate(staff, rec, now)
	if err != nil || s != (review.Seat{Expert: next[0].Expert, Name: next[0].Name, Employer: next[0].Employer, Alternate: next[0].Alternate, Record: "r1", Called: now}) ||
		g.Short() != 0 || !strings.HasPrefix(e.Detail["expert"], "名p") {
		t.Fatalf("%+v %+v %v", s, e, err)
	}
	if _, err := g.PassOver(staff, s.Expert, "r", now); kind(err) != "alternate-waits" {
		t.Errorf("passed over who sits: %v", err)
	}
	if _, err := g.PassOver(staff, g.Stands[0].Expert, "", now); kind(err) != "reason-required" {
		t.Errorf("passed over without why: %v", err)
	}
	for len(g.Stands) > 0 {
		if _, err := g.PassOver(staff, g.Stands[0].Expert, "出国", now); err != nil {
			t.Fatal(err)
		}
	}
	g.Leave(s.Expert, "生病")
	if _, _, err := g.CallAlternate(staff, rec, now); kind(err) != "no-alternate" {
		t.Errorf("no alternate is left: %v", err)
	}
	if err := again(g, rec); err != nil {
		t.Errorf("used up, and yet not drawn again: %v", err)
	}
	p := furtherPlan(g, rec)
	f, err := draw.Freeze(p)
	if err != nil {
		t.Fatal(err)
	}
	second, err := f.Draw(draw.Reveal{Secret: secret, Public: "x", PublicAt: p.Frozen, At: p.Frozen, Witness: "w"})
	if err != nil {
		t.Fatal(err)
	}
	fresh = g.Take(second, "r2", known, now)
	if len(fresh) != 1 || g.Short() != 0 || !slices.ContainsFunc(g.Sitting(), func(x review.Seat) bool { return x.Expert == stays }) || len(g.Outs) != 0 {
		t.Errorf("%+v\n%+v", fresh, g)
	}
}

func furtherPlan(g review.Group, rec draw.Record) draw.Plan {
	p := plan(g, 2, eligible(20), review.DrawTerms{Employer: 1, Kinds: map[string]int{"finance": 1}})
	p.Reason, p.Earlier, p.Frozen = "缺额", &draw.Earlier{Record: rec, Out: g.Outs}, now.Add(time.Hour)
	return p
}

func again(g review.Group, rec draw.Record) error {
	_, _, err := review.FreezeDraw(review.Drawing{Group: g.ID, GroupName: g.Name}, g, []review.Drawing{{State: review.DrawDone}}, "", furtherPlan(g, rec), actor("s", org.Staff), now)
	return err
}

func TestGroup(t *testing.T) {
	staff := actor("s", org.Staff)
	for name, c := range map[string]struct {
		by     org.Actor
		change func(*review.Group)
		want   string
	}{
		"a group":           {staff, func(*review.Group) {}, ""},
		"by the approver":   {actor("s", org.Approver), func(*review.Group) {}, "wrong-role"},
		"without a name":    {staff, func(g *review.Group) { g.Name = " " }, "required@name "},
		"empty":             {staff, func(g *review.Group) { g.Applications = nil }, "group-empty@applications "},
		"taken":             {staff, func(g *review.Group) { g.Applications = []string{"a9"} }, "group-taken@applications "},
		"nobody in it":      {staff, func(g *review.Group) { g.Size = 0 }, "number-range@size "},
		"too many":          {staff, func(g *review.Group) { g.Size = review.MaxPanel + 1 }, "number-range@size "},
		"fewer than none":   {staff, func(g *review.Group) { g.Alternates = -1 }, "number-range@alternates "},
		"drawn for already": {staff, func(g *review.Group) { g.Members = []review.Seat{{Expert: "e"}} }, "group-drawn"},
	} {
		g := group()
		c.change(&g)
		if _, err := g.Keep(c.by, []string{"a9"}, now); kind(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	g := group()
	if _, err := g.Dissolve(staff, "", now); kind(err) != "reason-required" {
		t.Errorf("dissolved without why: %v", err)
	}
	g.Members = []review.Seat{{Expert: "e", Name: "专家"}, {Expert: "f", Left: true}}
	for p, want := range map[org.PersonID]string{"e": "", "f": "chair-sits", "x": "chair-sits"} {
		if _, err := g.NameChair(staff, p, now); strings.TrimSuffix(kind(err), "@chair ") != want {
			t.Errorf("chair %s: %v, want %q", p, err, want)
		}
	}
	if g.Leave("e", "生病"); g.Chair != "" {
		t.Error("who left is still the chair")
	}
	if _, err := g.Dissolve(staff, "r", now); kind(err) != "group-drawn" {
		t.Errorf("dissolved after the draw: %v", err)
	}
}
