package web

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestDiffer(t *testing.T) {
	for _, c := range []struct{ old, now, want string }{
		{"", "", ""},
		{"产值3.6亿元", "产值3.4亿元", "产值3.[-6][+4]亿元"},
		{"", "新增", "[+新增]"},
		{"删去", "", "[-删去]"},
		{"玉米Zea mays良种", "玉米Zea diploperennis良种", "玉米Zea [-mays][+diploperennis]良种"},
		{"甲乙丙", "丙乙甲", "[-甲乙]丙[+乙甲]"},
	} {
		var b strings.Builder
		for _, p := range differ(c.old, c.now) {
			b.WriteString([]string{p.Text, "[-" + p.Text + "]", "[+" + p.Text + "]"}[p.Kind])
		}
		if got := b.String(); got != c.want {
			t.Errorf("%q → %q: %s, want %s", c.old, c.now, got, c.want)
		}
	}
}

// What is shown without the new pieces is the old text, and without the old ones the new
// one, whatever the two are; also when they are too long for the table.
func TestDifferLosesNothing(t *testing.T) {
	text := func(r *rand.Rand, n int) string {
		var b strings.Builder
		for range n {
			b.WriteString([]string{"基", "地", "。", "a", "b", " ", "\n", "12"}[r.IntN(8)])
		}
		return b.String()
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 200 {
		n := r.IntN(60)
		if i == 0 {
			n = 4000
		}
		old, now := text(r, n), text(r, n)
		var a, b strings.Builder
		for _, p := range differ(old, now) {
			if p.Kind != pieceNew {
				a.WriteString(p.Text)
			}
			if p.Kind != pieceOld {
				b.WriteString(p.Text)
			}
		}
		if a.String() != old || b.String() != now {
			t.Fatalf("%q → %q became %q → %q", old, now, a.String(), b.String())
		}
	}
}
