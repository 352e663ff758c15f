package draw

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var frozenAt = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

const secret = "3f9ac01b77e24d5c8a90be11"

// plan is a draw of k of people named by number, each in the categories that in gives.
func plan(n, k int, in func(i int) map[string][]string, quotas ...Quota) Plan {
	p := Plan{Call: "call", Panel: "农业组", Number: 1, Max: 2, Size: k, Alternates: 2, Quotas: quotas, Commitment: Commit(secret),
		Source: "双色球第2026135期开奖号码，2026年11月20日21:15开出", Frozen: frozenAt}
	for i := range n {
		p.People = append(p.People, Person{ID: fmt.Sprintf("e%04d", i), In: in(i)})
	}
	return p
}

func reveal(public string) Reveal {
	return Reveal{Secret: secret, Public: public, PublicAt: frozenAt.Add(12 * time.Hour), At: frozenAt.Add(24 * time.Hour), Witness: "纪检监察组 王某"}
}

func drawn(t *testing.T, p Plan, public string) Record {
	t.Helper()
	f, err := Freeze(p)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Draw(reveal(public))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func none(int) map[string][]string { return nil }

// Whoever has a hash function can do it by hand: the seed, the tickets, the lowest win.
func TestTicketsByHand(t *testing.T) {
	r := drawn(t, plan(30, 5, none), "03 09 14 22 27 31 + 08")
	seed := sha256.Sum256([]byte("shenbao-draw/1\n" + r.Frozen.Hash + "\n" + secret + "\n" + "03 09 14 22 27 31 + 08"))
	if r.Seed != hex.EncodeToString(seed[:]) {
		t.Fatal("seed", r.Seed)
	}
	type tk struct{ sum, id string }
	var ts []tk
	for _, x := range r.Frozen.Plan.People {
		m := hmac.New(sha256.New, seed[:])
		m.Write([]byte("call|农业组|1|" + x.ID))
		ts = append(ts, tk{hex.EncodeToString(m.Sum(nil)), x.ID})
	}
	slices.SortFunc(ts, func(a, b tk) int { return cmp.Compare(a.sum, b.sum) })
	for i, s := range r.Steps {
		if s.ID != ts[i].id || s.Ticket != ts[i].sum || s.N != i+1 {
			t.Errorf("step %d: %+v, want %v", i, s, ts[i])
		}
		want := r.Members
		if i >= 5 {
			want = append(slices.Clone(want), r.Alternates...)
		}
		if want[i] != s.ID {
			t.Errorf("%d: %s, not %s", i, want[i], s.ID)
		}
	}
	if len(r.Members) != 5 || len(r.Alternates) != 2 || len(r.Steps) != 7 || r.Look != LookFlow {
		t.Errorf("%v %v", r.Members, r.Alternates)
	}
	if sum := sha256.Sum256([]byte(secret)); Commit(secret) != hex.EncodeToString(sum[:]) {
		t.Error("commitment")
	}
	if lines := strings.Split(string(r.Frozen.Plan.List()), "\n"); len(lines) != 31 || lines[0] != `{"id":"e0000"}` {
		t.Errorf("the list begins with %q", lines[0])
	}
}

// Any record is true; the same input gives the same bytes; another public value gives
// another order; a recusal moves nobody else.
func TestReplay(t *testing.T) {
	field := func(i int) map[string][]string {
		return map[string][]string{"field": {"f" + strconv.Itoa(i%3)}, "employer": {"u" + strconv.Itoa(i%7)}}
	}
	p := plan(40, 5, field, Quota{"field", "f0", 2, 3}, Quota{"employer", "*", 0, 1})
	p.People[3].Bars = []Bar{{Kind: "conflict", About: "a1", Why: "同一单位"}}
	r := drawn(t, p, "1")
	if err := Verify(r); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(p.People) // the order in which people are given does not matter
	if again := drawn(t, p, "1"); string(again.JSON()) != string(r.JSON()) {
		t.Error("the same draw gave other bytes")
	}
	back, err := Parse(r.JSON())
	if err != nil || Verify(back) != nil || back.Sum() != r.Sum() {
		t.Error("not the same after a file", err)
	}
	other := drawn(t, p, "2")
	if slices.Equal(other.Members, r.Members) && slices.Equal(other.Alternates, r.Alternates) {
		t.Error("another public value changed nothing")
	}
}

// Whatever leaf of a record is changed, Verify sees it; but for the words and times that
// nothing follows from, which the record's own hash covers.
func TestVerifySeesEveryChange(t *testing.T) {
	in := func(i int) map[string][]string {
		return map[string][]string{"field": {"f" + strconv.Itoa(i%3)}, "employer": {"u" + strconv.Itoa(i%5)}}
	}
	p := plan(20, 4, in, Quota{"field", "f0", 2, 0}, Quota{"employer", "*", 0, 1})
	p.People[2].Bars = []Bar{{Kind: "load", Why: "已承担12项"}}
	first := drawn(t, p, "1")
	p.Number, p.Reason, p.Frozen = 2, "候补不足", frozenAt.Add(48*time.Hour)
	p.Earlier = &Earlier{Record: first}
	for _, id := range slices.Concat(first.Alternates, first.Members[:2]) {
		p.Earlier.Out = append(p.Earlier.Out, Out{ID: id, Why: "出差"})
	}
	f, err := Freeze(p)
	if err != nil {
		t.Fatal(err)
	}
	rv := reveal("2")
	rv.PublicAt, rv.At = rv.PublicAt.Add(48*time.Hour), rv.At.Add(48*time.Hour)
	second, err := f.Draw(rv)
	if err != nil || Verify(second) != nil {
		t.Fatal(err, Verify(second))
	}
	fair := p
	fair.Number, fair.Earlier, fair.Reason, fair.Mode, fair.Frozen = 1, nil, "", Fair, frozenAt
	for _, r := range []Record{second, drawn(t, fair, "3")} {
		var tree any
		if err := json.Unmarshal(r.JSON(), &tree); err != nil {
			t.Fatal(err)
		}
		n := 0
		mutate(tree, "", func(at string) {
			if slices.ContainsFunc([]string{".witness", ".public_at", ".at"}, func(s string) bool { return strings.HasSuffix(at, s) }) {
				return
			}
			b, _ := json.Marshal(tree)
			n++
			changed, err := Parse(b)
			if err == nil {
				err = Verify(changed)
			}
			if err == nil {
				t.Errorf("%s was changed and nobody saw it", at)
			}
			if changed.Sum() == r.Sum() {
				t.Errorf("%s is not in the record's hash", at)
			}
		})
		if n < 100 {
			t.Errorf("only %d leaves changed", n)
		}
	}
	r := first
	r.Steps = slices.Clone(r.Steps)
	r.Steps[2].ID = "e0019x"
	var d *Difference
	if !errors.As(Verify(r), &d) || d.Where != "step 3" || !strings.Contains(d.Have, "e0019x") {
		t.Errorf("the first difference: %v", d)
	}
}

// mutate changes one leaf after another and calls with its path while it is changed.
func mutate(v any, path string, f func(string)) {
	leaf := func(old any, set func(any), at string) {
		switch x := old.(type) {
		case string:
			set(x + "0")
		case float64:
			set(x + 1)
		case bool:
			set(!x)
		default:
			mutate(old, at, f)
			return
		}
		f(at)
		set(old)
	}
	switch x := v.(type) {
	case map[string]any:
		for k, old := range x {
			leaf(old, func(n any) { x[k] = n }, path+"."+k)
		}
	case []any:
		for i, old := range x {
			leaf(old, func(n any) { x[i] = n }, path+"["+strconv.Itoa(i)+"]")
		}
	}
}

func TestRefusals(t *testing.T) {
	good, err := Freeze(plan(20, 4, none))
	if err != nil {
		t.Fatal(err)
	}
	rv := reveal("1")
	for _, c := range []struct {
		kind   Kind
		change func(f *Frozen, r *Reveal)
	}{
		{ErrList, func(f *Frozen, r *Reveal) { f.Plan.People = f.Plan.People[1:] }},
		{ErrList, func(f *Frozen, r *Reveal) {
			f.Plan.People = slices.Clone(f.Plan.People)
			f.Plan.People[0].Bars = []Bar{{Kind: "conflict"}}
		}},
		{ErrPlan, func(f *Frozen, r *Reveal) { f.Plan.Size = 5 }},
		{ErrPlan, func(f *Frozen, r *Reveal) { f.Plan.Quotas = []Quota{{"a", "b", 0, 1}} }},
		{ErrPublic, func(f *Frozen, r *Reveal) { r.Public = " " }},
		{ErrEarly, func(f *Frozen, r *Reveal) { r.At = r.PublicAt.Add(-time.Minute) }},
		{ErrEarly, func(f *Frozen, r *Reveal) { r.PublicAt = f.Plan.Frozen.Add(-time.Second) }},
		{ErrCommitment, func(f *Frozen, r *Reveal) { r.Secret += "x" }},
	} {
		f, r := good, rv
		c.change(&f, &r)
		if _, err := f.Draw(r); !errors.Is(err, c.kind) {
			t.Errorf("%s: %v", c.kind, err)
		}
	}
	for what, c := range map[string]func(p *Plan){
		"call":       func(p *Plan) { p.Call = "a|b" },
		"twice":      func(p *Plan) { p.People[1].ID = p.People[0].ID },
		"size":       func(p *Plan) { p.Size = 0 },
		"mode":       func(p *Plan) { p.Mode = "shuffle" },
		"quota":      func(p *Plan) { p.Quotas = []Quota{{"a", "b", 3, 2}} },
		"commitment": func(p *Plan) { p.Commitment = "" },
		"source":     func(p *Plan) { p.Source = "" },
		"schema":     func(p *Plan) { p.Schema = "shenbao-draw/0" },
	} {
		p := plan(20, 4, none)
		c(&p)
		if _, err := Freeze(p); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	p := plan(20, 4, none)
	p.Commitment = Commit("short")
	f, err := Freeze(p)
	if err != nil {
		t.Fatal(err)
	}
	rv.Secret = "short"
	if _, err := f.Draw(rv); !errors.Is(err, ErrInput) {
		t.Error("a guessable secret:", err)
	}
	p = plan(20, 4, none)
	p.Number = 3
	if _, err := Freeze(p); !errors.Is(err, ErrMax) || !strings.Contains(err.Error(), `max="2"`) {
		t.Error("a third of two:", err)
	}
}

// What can't be met is said, and nothing else: the quotas that stand against each other
// and how many people they have.
func TestImpossible(t *testing.T) {
	in := func(i int) map[string][]string {
		return map[string][]string{"field": {"f" + strconv.Itoa(i%4)}, "kind": {"k" + strconv.Itoa(min(i, 1))}, "place": {"p" + strconv.Itoa(i%2)}}
	}
	for _, c := range []struct {
		quotas []Quota
		size   int
		says   []string
		not    []string
	}{
		{[]Quota{{"field", "f1", 2, 0}, {"kind", "k0", 2, 0}}, 4, []string{"kind k0 2.. (1)"}, []string{"field"}},
		{[]Quota{{"field", "f1", 1, 0}, {"field", "f9", 1, 0}}, 4, []string{"field f9 1.. (0)"}, []string{"f1"}},
		{[]Quota{{"field", "f1", 2, 0}, {"field", "f3", 1, 0}, {"place", "p1", 0, 2}, {"place", "p0", 1, 0}}, 5, []string{"f1 2..", "f3 1..", "p1 0..2"}, []string{"p0"}},
		{nil, 21, []string{`eligible="20"`, `size="21"`, "size 21 (20)"}, []string{"field"}},
		{[]Quota{{"field", "*", 0, 1}}, 5, []string{"f0", "f1", "f2", "f3"}, nil},
		{[]Quota{{"field", "f1", 3, 0}, {"kind", "k0", 1, 0}, {"place", "p0", 1, 0}, {"place", "p1", 0, 3}, {"cross", "c", 1, 0}}, 4, []string{"cross c 1.. (0)"}, nil},
	} {
		for _, mode := range []string{Tickets, Fair} {
			p := plan(20, c.size, in, c.quotas...)
			p.Mode = mode
			f, err := Freeze(p)
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.Draw(reveal("1"))
			if !errors.Is(err, ErrQuota) {
				t.Errorf("%v: %v", c.quotas, err)
				continue
			}
			for _, s := range c.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%v: %v lacks %s", c.quotas, err, s)
				}
			}
			for _, s := range c.not {
				if strings.Contains(err.(*Error).Args["quotas"], s) {
					t.Errorf("%v: %v speaks of %s", c.quotas, err, s)
				}
			}
		}
	}
}

// The bytes of a record do not change with a new version: whoever kept one can replay it.
func TestGolden(t *testing.T) {
	in := func(i int) map[string][]string {
		return map[string][]string{"field": {"f" + strconv.Itoa(i%3)}, "employer": {"u" + strconv.Itoa(i%9)}, "place": {"15", "15" + strconv.Itoa(i%4)}}
	}
	p := plan(60, 7, in, Quota{"field", "f0", 2, 3}, Quota{"employer", "*", 0, 1}, Quota{"place", "150", 1, 2})
	for mode, want := range map[string]string{Tickets: goldenTickets, Fair: goldenFair} {
		p.Mode = mode
		r := drawn(t, p, "03 09 14 22 27 31 + 08")
		if got := r.Sum() + " " + strings.Join(r.Members, " ") + " | " + strings.Join(r.Alternates, " "); got != want {
			t.Errorf("%s: %s", mode, got)
		}
	}
}

var rnd = func(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

const (
	goldenTickets = "9bf0cf75b18d9d3a4975ca11e105132a1c88876207b4264a1f626d16e3b285f3 e0005 e0045 e0007 e0058 e0024 e0039 e0046 | e0004 e0018 e0048 e0023 e0028 e0016 e0044"
	goldenFair    = "6607df0e09a5f799032cf534527597a7038019231cfa6ffa7817e65e28303d37 e0034 e0001 e0035 e0051 e0059 e0012 e0040 | e0029 e0039 e0009"
)
