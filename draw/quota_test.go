package draw

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"
)

// random is a small plan with quotas of some families; every person lies in one or two
// categories of each.
func random(r *rand.Rand, families int) Plan {
	n := 6 + r.IntN(7)
	p := plan(n, 2+r.IntN(4), func(int) map[string][]string {
		in := map[string][]string{}
		for f := range families {
			name := "f" + strconv.Itoa(f)
			c := strconv.Itoa(r.IntN(3))
			in[name] = []string{c}
			if f == 0 && r.IntN(2) == 0 {
				in[name] = append(in[name], c+strconv.Itoa(r.IntN(2))) // a part of it
			}
		}
		return in
	})
	for f := range families {
		for c := range 3 {
			if r.IntN(3) > 0 {
				lo := r.IntN(2)
				p.Quotas = append(p.Quotas, Quota{"f" + strconv.Itoa(f), strconv.Itoa(c), lo, lo + r.IntN(3)})
			}
		}
	}
	if r.IntN(2) == 0 {
		p.Quotas = append(p.Quotas, Quota{"f0", "00", r.IntN(2), 1})
	}
	for i := range p.People {
		if r.IntN(6) == 0 {
			p.People[i].Bars = []Bar{{Kind: "conflict", About: "a" + strconv.Itoa(i)}}
		}
	}
	return p
}

// keeps counts the quotas on a panel from the words of the plan alone.
func keeps(p Plan, panel []int) bool {
	for _, q := range p.Quotas {
		n := 0
		for _, i := range panel {
			if slices.Contains(p.People[i].In[q.Family], q.Category) {
				n++
			}
		}
		if n < q.Min || q.Max > 0 && n > q.Max {
			return false
		}
	}
	return len(panel) == p.Size
}

// best is the first panel in the order of the tickets, by trying all of them.
func best(p Plan, order, panel []int) []int {
	if len(panel) == p.Size {
		if keeps(p, panel) {
			return slices.Clone(panel)
		}
		return nil
	}
	for i, x := range order {
		if len(p.People[x].Bars) == 0 {
			if b := best(p, order[i+1:], append(panel, x)); b != nil {
				return b
			}
		}
	}
	return nil
}

// Looking ahead gives the first panel, in the order of the tickets, that keeps all quotas,
// by flow and by search; it says that there is none only when there is none; and every
// word of why somebody was passed over is true.
func TestFirstPanel(t *testing.T) {
	looks, skips, refused := map[string]int{}, map[string]int{}, 0
	for seed := range uint64(3000) {
		r := rnd(seed)
		p := random(r, 1+int(seed%4))
		f, err := Freeze(p)
		if err != nil {
			t.Fatal(err)
		}
		p = f.Plan
		var order []int
		for _, k := range p.tickets(f.seed(reveal("x"))) {
			order = append(order, k.who)
		}
		want := best(p, order, nil)
		rec, err := f.Draw(reveal("x"))
		if want == nil {
			refused++
			if !errors.Is(err, ErrQuota) {
				t.Fatalf("seed %d: %v, but there is no panel", seed, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v, but there is %v", seed, err, want)
		}
		looks[rec.Look]++
		for i, x := range want {
			if rec.Members[i] != p.People[x].ID {
				t.Fatalf("seed %d by %s: %v, want %v", seed, rec.Look, rec.Members, want)
			}
		}
		checkSkips(t, p, rec, skips)
		checkAlternates(t, p, rec)
	}
	if looks[LookFlow] < 500 || looks[LookSearch] < 300 || refused < 200 || skips[SkipFull] < 200 || skips[SkipReserved] < 200 || skips[SkipBar] < 200 {
		t.Error("too little was tried:", looks, refused, skips)
	}
}

func indexOf(p Plan, id string) int {
	return slices.IndexFunc(p.People, func(x Person) bool { return x.ID == id })
}

func checkSkips(t *testing.T, p Plan, rec Record, n map[string]int) {
	t.Helper()
	var panel []int
	for _, s := range rec.Steps {
		if s.For != ForPanel {
			continue
		}
		i := indexOf(p, s.ID)
		if s.Skip == nil {
			panel = append(panel, i)
			continue
		}
		n[s.Skip.Kind]++
		count := func(q Quota) (c int) {
			for _, m := range panel {
				if slices.Contains(p.People[m].In[q.Family], q.Category) {
					c++
				}
			}
			return c
		}
		switch s.Skip.Kind {
		case SkipBar:
			if len(p.People[i].Bars) == 0 || *s.Skip.Bar != p.People[i].Bars[0] {
				t.Errorf("%+v", s)
			}
		case SkipFull:
			ok := false
			for _, q := range p.Quotas {
				ok = ok || q.String() == s.Skip.Quotas[0] && slices.Contains(p.People[i].In[q.Family], q.Category) && count(q) == q.Max && len(s.Skip.With) == q.Max
			}
			if !ok {
				t.Errorf("%+v %+v", s, s.Skip)
			}
		case SkipReserved:
			// The quotas named are enough: with them alone there is no panel with this person
			// on it too.
			only := p
			only.Quotas = nil
			for _, q := range p.Quotas {
				if slices.Contains(s.Skip.Quotas, q.String()) {
					only.Quotas = append(only.Quotas, q)
				}
			}
			with := append(slices.Clone(panel), i)
			var rest []int
			for x := range p.People {
				if !slices.Contains(with, x) {
					rest = append(rest, x)
				}
			}
			if len(only.Quotas) == 0 || len(only.Quotas) != len(s.Skip.Quotas) || best(only, rest, with) != nil {
				t.Errorf("not for the sake of %v: %+v", s.Skip.Quotas, s)
			}
		default:
			t.Errorf("%+v", s)
		}
	}
}

func checkAlternates(t *testing.T, p Plan, rec Record) {
	t.Helper()
	covered := map[string]bool{}
	for _, s := range rec.Steps {
		if s.For != ForAlternates || s.Place == 0 {
			continue
		}
		if len(s.Replaces) == 0 || rec.Alternates[s.Place-1] != s.ID {
			t.Errorf("an alternate for nobody: %+v", s)
		}
		for _, m := range rec.Members {
			panel := []int{indexOf(p, s.ID)}
			for _, other := range rec.Members {
				if other != m {
					panel = append(panel, indexOf(p, other))
				}
			}
			if ok := keeps(p, panel); ok != slices.Contains(s.Replaces, m) {
				t.Errorf("%s for %s: %v, the record says %v", s.ID, m, ok, s.Replaces)
			}
		}
		for _, m := range s.Replaces {
			covered[m] = true
		}
	}
	for _, m := range rec.Members {
		if !covered[m] && !slices.Contains(rec.Alone, m) {
			t.Errorf("nobody for %s", m)
		}
	}
}

// A member who goes is followed by the first alternate who fits; the others stay. When
// nobody fits there is a ground for another draw, and only then.
func TestFillAndFurtherDraw(t *testing.T) {
	vacant, full := 0, 0
	for seed := range uint64(400) {
		r := rnd(seed)
		p := random(r, 1+int(seed%3))
		p.Alternates = 2
		f, err := Freeze(p)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := f.Draw(reveal("x"))
		if err != nil {
			continue
		}
		ids := append(slices.Clone(rec.Members), rec.Alternates...)
		r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		var outs []Out
		for _, id := range ids[:r.IntN(len(ids))] {
			outs = append(outs, Out{ID: id})
		}
		fill, err := Fill(rec, outs)
		if err != nil {
			t.Fatal(err)
		}
		if len(fill.Members)+fill.Vacant != p.Size {
			t.Fatalf("%+v", fill)
		}
		for _, o := range outs {
			if slices.Contains(fill.Members, o.ID) {
				t.Fatalf("%s is out and in %+v", o.ID, fill)
			}
		}
		next := p
		next.Number, next.Reason, next.Frozen = 2, "候补不足", frozenAt.Add(100*time.Hour)
		next.Earlier = &Earlier{Record: rec, Out: outs}
		g, err := Freeze(next)
		if fill.Vacant == 0 {
			full++
			var panel []int
			for _, id := range fill.Members {
				panel = append(panel, indexOf(rec.Frozen.Plan, id))
			}
			if !keeps(rec.Frozen.Plan, panel) || !errors.Is(err, ErrGround) {
				t.Fatalf("seed %d: %+v: %v", seed, fill, err)
			}
			continue
		}
		vacant++
		if err != nil {
			t.Fatal(err)
		}
		rv := reveal("y")
		rv.PublicAt, rv.At = next.Frozen.Add(time.Hour), next.Frozen.Add(2*time.Hour)
		again, err := g.Draw(rv)
		if errors.Is(err, ErrQuota) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var panel []int
		for _, id := range again.Members {
			panel = append(panel, indexOf(again.Frozen.Plan, id))
			if slices.ContainsFunc(outs, func(o Out) bool { return o.ID == id }) {
				t.Fatalf("%s declined and was drawn again", id)
			}
		}
		slices.Sort(panel)
		if !slices.Equal(again.Members[:len(fill.Members)], fill.Members) || !keeps(again.Frozen.Plan, panel) || len(slices.Compact(panel)) != p.Size {
			t.Fatalf("seed %d: %v of %v", seed, again.Members, fill.Members)
		}
		if err := Verify(again); err != nil {
			t.Fatal(err)
		}
	}
	if vacant < 50 || full < 30 {
		t.Error("too little was tried:", vacant, full)
	}
}

func TestGrounds(t *testing.T) {
	p := plan(20, 4, none)
	rec := drawn(t, p, "1")
	var outs []Out
	for _, id := range append(slices.Clone(rec.Alternates), rec.Members[0]) {
		outs = append(outs, Out{ID: id, Why: "出差"})
	}
	next := p
	next.Number, next.Reason, next.Frozen, next.Earlier = 2, "两名候补均不能到会", frozenAt.Add(48*time.Hour), &Earlier{Record: rec, Out: outs}
	if _, err := Freeze(next); err != nil {
		t.Fatal(err)
	}
	forged := rec
	forged.Members = slices.Clone(rec.Members)
	forged.Members[0] = "e0000"
	for what, change := range map[string]func(p *Plan){
		"no-earlier-record":              func(p *Plan) { p.Earlier = nil },
		"not-the-next-draw":              func(p *Plan) { p.Panel = "工业组" },
		"bound-moved":                    func(p *Plan) { p.Max = 3 },
		"no-reason":                      func(p *Plan) { p.Reason = "" },
		"frozen-before-the-earlier-draw": func(p *Plan) { p.Frozen = frozenAt },
		"panel-is-full":                  func(p *Plan) { p.Earlier = &Earlier{Record: rec, Out: outs[1:]} },
	} {
		x := next
		change(&x)
		_, err := Freeze(x)
		var e *Error
		if !errors.As(err, &e) || e.Kind != ErrGround || e.Args["what"] != what {
			t.Errorf("%s: %v", what, err)
		}
	}
	x := next
	x.Earlier = &Earlier{Record: forged, Out: outs}
	var d *Difference
	if _, err := Freeze(x); !errors.As(err, &d) {
		t.Errorf("a forged earlier record: %v", err)
	}
	x.Earlier = &Earlier{Record: rec, Out: []Out{{ID: "nobody"}}}
	if _, err := Freeze(x); !errors.Is(err, ErrInput) {
		t.Error(err)
	}
	if _, err := Freeze(Plan{Schema: Schema, Call: "c", Panel: "p", Number: 1, Max: 1, Size: 1, Mode: Tickets, Commitment: Commit(secret), Source: "s", Earlier: next.Earlier}); !errors.Is(err, ErrInput) {
		t.Error(err)
	}
}

// crossed is a pool as real ones are: employers in places, fields, and kinds of expert that
// cross both. One of an employer, few of a place, some of each kind.
func crossed(seed uint64, n, k int) Plan {
	r := rnd(seed)
	return plan(n, k, func(int) map[string][]string {
		e := r.IntN(n/4 + 1)
		kind := []string{"财务", "管理", "技术", "技术", "技术", "技术", "技术", "技术"}[r.IntN(8)]
		return map[string][]string{"employer": {"u" + strconv.Itoa(e)}, "place": {"p" + strconv.Itoa(e%13)}, "field": {"f" + strconv.Itoa(r.IntN(10))}, "kind": {kind}}
	}, Quota{"employer", "*", 0, 1}, Quota{"place", "*", 0, max(2, k/5)}, Quota{"kind", "财务", 1, 0}, Quota{"kind", "管理", 1, 2},
		Quota{"field", "f0", 1, 0}, Quota{"field", "f1", k / 4, 0}, Quota{"field", "f2", 1, k / 3}, Quota{"field", "f3", 0, 1})
}

// The search finds its way in pools of real size, without giving up.
func TestCrossingFamilies(t *testing.T) {
	for _, c := range []struct{ n, k int }{{60, 9}, {60, 15}, {200, 9}, {500, 15}} {
		for seed := range uint64(4) {
			r := drawn(t, crossed(seed, c.n, c.k), "1")
			var panel []int
			for _, id := range r.Members {
				panel = append(panel, indexOf(r.Frozen.Plan, id))
			}
			if r.Look != LookSearch || !keeps(r.Frozen.Plan, panel) || !atMostOne(r.Frozen.Plan, panel) {
				t.Errorf("n=%d k=%d: %s %v", c.n, c.k, r.Look, r.Members)
			}
		}
	}
	if r := drawn(t, crossed(1, 200, 9), "1"); Verify(r) != nil {
		t.Error(Verify(r))
	}
	p := crossed(1, 60, 30) // seven of a field that has four
	f, err := Freeze(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Draw(reveal("1")); !errors.Is(err, ErrQuota) {
		t.Error(err)
	}
}

func atMostOne(p Plan, panel []int) bool {
	seen := map[string]bool{}
	for _, i := range panel {
		e := p.People[i].In["employer"][0]
		if seen[e] {
			return false
		}
		seen[e] = true
	}
	return true
}

func BenchmarkCrossing200(b *testing.B) {
	f, err := Freeze(crossed(1, 200, 9))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := f.Draw(reveal("1")); err != nil {
			b.Fatal(err)
		}
	}
}
