package hanzi

import "testing"

func TestFoldName(t *testing.T) {
	for _, x := range []struct{ in, want string }{
		{"內蒙古農業大學", "内蒙古农业大学"},
		{"内蒙古 农业　大学", "内蒙古农业大学"},
		{"内蒙古农业大学（东校区）", "内蒙古农业大学东校区"},
		{"斯琴·高娃", "斯琴高娃"},
		{"斯琴・高娃", "斯琴高娃"},
		{"ＡＢＣ有限公司", "abc有限公司"},
		{"後藤 慶", "後藤庆"}, // 後 stands in GB 2312 as well: left alone
		{"范仲淹", "范仲淹"},  // 范 is a name by itself, also in simplified text
		{"", ""},
	} {
		if got := FoldName(x.in); got != x.want {
			t.Errorf("%q: %q, want %q", x.in, got, x.want)
		}
	}
	if n := len(toSimplified); n < 2000 {
		t.Errorf("%d pairs", n)
	}
	for from, to := range toSimplified {
		if _, chain := toSimplified[to]; chain {
			t.Errorf("%c becomes %c, which would change again", from, to)
		}
	}
}
