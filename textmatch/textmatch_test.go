package textmatch

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestGrams(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"草业专家", "草 业 草业 专 业专 家 专家"},
		{"草业，专家", "草 业 草业 专 家 专家"},
		{"ＧＤＰ增长3.5%", "gdp 增 长 增长"},
		{"Matching matches", "match match match match"},
		{"the use of it", ""},
	} {
		if got := strings.Join(Grams(c.text), " "); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

// The nearest profile is that of the same subject; a profile without text matches nothing.
func TestMatch(t *testing.T) {
	profiles := [][]string{
		{"草原生态修复与牧草育种", "退化草原的补播技术", "苜蓿种质资源评价"},
		{"煤化工废水处理", "煤制烯烃催化剂", "褐煤提质"},
		{"基层医院心血管诊疗", "高血压社区管理"},
		{},
	}
	var all []string
	for _, p := range profiles {
		all = append(all, p...)
	}
	c := NewCorpus(all)
	near := func(text string) (out []float64) {
		for _, p := range profiles {
			var vs []Vector
			for _, s := range p {
				vs = append(vs, c.Vector(s))
			}
			out = append(out, Match(c.Vector(text), vs))
		}
		return out
	}
	for i, text := range []string{"牧草种植和草原修复", "煤制烯烃工艺", "社区高血压诊疗"} {
		ms := near(text)
		if slices.Index(ms, slices.Max(ms)) != i || ms[3] != 0 {
			t.Errorf("%q: %v", text, ms)
		}
		for _, m := range ms {
			if m < 0 || m > 1 {
				t.Errorf("%q: %v out of range", text, m)
			}
		}
	}
}

func TestShared(t *testing.T) {
	a := "本单位成立于2003年。五年来邀请专家一百二十人次，开展技术培训四十场，解决关键技术难题十八项。今后将继续努力。"
	b := "我们是合作社。五年来，邀请专家一百二十人次；开展技术培训四十场,解决关键技术难题十八项！产值三千万元。今后将继续努力。"
	ps := Shared(a, b, 10)
	if len(ps) != 1 {
		t.Fatalf("%+v", ps)
	}
	p := ps[0]
	if got := a[p.From:p.To]; got != "五年来邀请专家一百二十人次，开展技术培训四十场，解决关键技术难题十八项" {
		t.Errorf("in a: %q", got)
	}
	if got := b[p.At:p.Until]; got != "五年来，邀请专家一百二十人次；开展技术培训四十场,解决关键技术难题十八项" {
		t.Errorf("in b: %q", got)
	}
	if ps := Shared(a, b, 10, "五年来邀请专家一百二十人次，开展技术培训四十场，解决关键技术难题十八项"); len(ps) != 0 {
		t.Errorf("boilerplate found: %+v", ps)
	}
	if Shared("", b, 10) != nil || Shared(a, "", 10) != nil || Shared("短", "短", 10) != nil {
		t.Error("a passage out of nothing")
	}
}

// What is copied is found, wherever it stands and however it is punctuated; whatever is
// found stands in both; and the two texts find each other by their prints.
func TestSharedAny(t *testing.T) {
	word := rapid.StringOfN(rapid.SampledFrom([]rune("一二三四五六七八九十甲乙丙丁abC１")), 20, 60, -1)
	mixed := rapid.SampledFrom([]string{"", "，", " ", "。\n", "—"})
	rapid.Check(t, func(t *rapid.T) {
		copied := word.Draw(t, "copied")
		again := strings.Builder{}
		for _, r := range copied {
			again.WriteRune(r)
			again.WriteString(mixed.Draw(t, "mark"))
		}
		a := word.Draw(t, "before") + copied + word.Draw(t, "after")
		b := word.Draw(t, "before b") + again.String() + word.Draw(t, "after b")
		longest := 0
		for _, p := range Shared(a, b, 10) {
			x, y := marks(a[p.From:p.To]), marks(b[p.At:p.Until])
			if len(x) != p.Runes || common(x, y) != p.Runes {
				t.Fatalf("%q and %q are not the same", a[p.From:p.To], b[p.At:p.Until])
			}
			longest = max(longest, p.Runes)
		}
		if longest < 10 {
			t.Fatalf("the copy was not found in %q and %q", a, b)
		}
		pb := Print(b, 10)
		if !slices.ContainsFunc(Print(a, 10), func(h uint64) bool { return slices.Contains(pb, h) }) {
			t.Fatal("the two do not find each other")
		}
	})
}

func ExampleShared() {
	for _, p := range Shared("甲方负责提供场地和设备，乙方负责人员。", "场地和设备由甲方提供。", 4) {
		fmt.Println(p.Runes, p.From, p.At)
	}
	// Output: 5 18 0
}

func BenchmarkShared(b *testing.B) {
	a, c := strings.Repeat("五年来邀请专家一百二十人次开展技术培训", 40)+"甲", strings.Repeat("今后三年建设目标和工作打算如下所述", 40)
	for b.Loop() {
		Shared(a, c, 15)
	}
}
