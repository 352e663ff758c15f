package font

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

func fixed(name string, file []byte) *Font {
	return NewFont(name, 0, func() ([]byte, error) { return file, nil })
}

func base(t *testing.T) *Set {
	serif, bold := fixed("serif", packed(t, "serif.otf")), fixed("bold", packed(t, "serif-bold.otf"))
	return NewSet(map[Role][]*Font{Song: {serif}, Title: {bold, serif}})
}

// The serif has what pack's documentation says; of the 通用规范汉字表, which has some
// characters beyond the BMP, all three have samples from its last pages.
func TestPackCovers(t *testing.T) {
	f := parse(t, packed(t, "serif.otf"))
	count := 0
	for r := rune(0x3400); r <= 0x9FEA; r++ {
		if r == 0x4DB6 {
			r = 0x4E00 // hexagrams and what was added to extension A later
		}
		if f.Glyph(r) == 0 {
			t.Errorf("%U is missing", r)
		}
		count++
	}
	if count < 27_000 {
		t.Errorf("only %d characters were looked at", count)
	}
	for _, name := range []string{"serif.otf", "serif-bold.otf", "sans-bold.otf"} {
		f := parse(t, packed(t, name))
		for _, r := range "𬭊𬱖𫖮䶮㙍砦峣垚，。、；：？！“”‘’（）《》【】〔〕—…·％℃〓①②㈠Ⅳ—～□■√元年月日αβ±×÷≥㎡½" {
			if f.Glyph(r) == 0 && (name == "serif.otf" || r != '砦') {
				t.Errorf("%s: %c %U is missing", name, r, r)
			}
		}
	}
}

func TestFindFallsBack(t *testing.T) {
	s := base(t)
	for _, c := range []struct {
		role Role
		r    rune
		font string
	}{
		{Title, '国', "bold"}, {Title, '砦', "serif"}, {Fang, '国', "serif"}, {Hei, '𬭊', "serif"},
	} {
		f, g, a, ok := s.Find(c.role, c.r)
		if !ok || g == 0 || f.Name != c.font || a != 1 {
			t.Errorf("%s %c: %v, glyph %d, advance %v", c.role, c.r, f, g, a)
		}
	}
	if _, _, _, ok := s.Find(Song, '𪛖'); ok {
		t.Error("found what isn't there")
	}
	if got := string(s.Missing("国\u200b𪛖家\u2029𪛖😀\ufe0f")); got != "𪛖😀" {
		t.Errorf("missing %q", got)
	}
}

// A font in the folder wins the role that its name says, by file or by family; one that
// says none is asked last; one that can't be used is named and passed over.
func TestWith(t *testing.T) {
	sans := packed(t, "sans-bold.otf")
	folder := fstest.MapFS{
		"01-仿宋_GB2312.otf": {Data: sans},
		"b.ttf":            {Data: tiny(0, "方正小标宋_GBK")},
		"rare.ttf":         {Data: tiny(0, "Something Han")},
		"restricted.ttf":   {Data: tiny(2, "楷体")},
		"torn.otf":         {Data: sans[:5000]},
		"readme.txt":       {Data: []byte("not looked at")},
	}
	s, err := base(t).With(folder)
	if !errors.Is(err, ErrForbidden) || !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "restricted.ttf") || !strings.Contains(err.Error(), "torn.otf") {
		t.Errorf("refused: %v", err)
	}
	if strings.Contains(err.Error(), "readme") {
		t.Errorf("refused: %v", err)
	}
	for _, c := range []struct {
		role Role
		r    rune
		font string
	}{
		{Fang, '国', "Local0"}, {Fang, '㐀', "serif"}, {Song, '国', "serif"}, {Title, '一', "Local1"}, {Title, '国', "bold"}, {Kai, '国', "serif"},
	} {
		if f, _, _, _ := s.Find(c.role, c.r); f == nil || f.Name != c.font {
			t.Errorf("%s %c comes from %v, want %s", c.role, c.r, f, c.font)
		}
	}
	if same, err := base(t).With(fstest.MapFS{}); err != nil || same == nil {
		t.Errorf("an empty folder: %v", err)
	}
}

// Quotes that a font draws narrow, for Latin text, come from the next font that has them
// a square wide.
func TestWideMarks(t *testing.T) {
	narrow := parse(t, packed(t, "serif.otf"))
	narrow.metrics, narrow.tables["hmtx"] = 1, []byte{400 >> 8, 400 & 0xFF, 0, 0} // every glyph 400 units wide
	kai := &Font{Name: "kai", face: func() (*Face, error) { return narrow, nil }}
	s := NewSet(map[Role][]*Font{Song: {fixed("serif", packed(t, "serif.otf"))}, Kai: {kai, fixed("serif", packed(t, "serif.otf"))}})
	if f, _, a, _ := s.Find(Kai, '“'); f.Name != "serif" || a != 1 {
		t.Errorf("“ comes from %s, %v wide", f.Name, a)
	}
	if f, _, _, _ := s.Find(Kai, '国'); f.Name != "kai" {
		t.Errorf("国 comes from %s", f.Name)
	}
}

func TestRoleOf(t *testing.T) {
	for name, want := range map[string]Role{
		"方正小标宋_GBK.ttf": Title, "仿宋_GB2312": Fang, "simfang.ttf": Fang, "FandolFang-Regular.otf": Fang, "楷体_GB2312": Kai,
		"simkai.ttf": Kai, "黑体": Hei, "simhei.ttf": Hei, "宋体": Song, "simsun.ttc": Song, "BabelStoneHan.ttf": "",
	} {
		if got := roleOf(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
