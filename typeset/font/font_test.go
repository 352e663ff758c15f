package font

import (
	"bytes"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write testdata")

// tiny is a TrueType font made by hand: .notdef, a square for A, a composed glyph for 一
// that uses the square, and the same for U+2CB4A beyond the BMP.
func tiny(fsType uint16, family string) []byte {
	u16s := func(v ...int) (b []byte) {
		for _, x := range v {
			b = be.AppendUint16(b, uint16(x))
		}
		return b
	}
	square := u16s(1, 0, 0, 500, 500, 3, 0) // one contour, box, last point 3, no instructions
	square = append(square, 1, 1, 1, 1)     // on curve, words
	square = append(square, u16s(0, 500, 0, -500, 0, 0, 500, 0)...)
	composed := u16s(-1, 0, 0, 600, 600, argsAreWords, 1, 100, 100) // glyph 1, moved
	composed = append(composed, 0)                                  // to even length
	var glyf []byte
	loca := be.AppendUint32(nil, 0)
	for _, g := range [][]byte{nil, square, composed} {
		glyf = append(glyf, g...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		loca = be.AppendUint32(loca, uint32(len(glyf)))
	}
	head := make([]byte, 54)
	copy(head, u16s(1, 0, 0, 0, 0, 0, 0x5F0F, 0x3CF5, 0, 1000))
	copy(head[36:], u16s(0, 0, 600, 600))
	be.PutUint16(head[50:], 1)
	hhea := make([]byte, 36)
	copy(hhea, u16s(1, 0, 880, -120))
	be.PutUint16(hhea[34:], 2)
	maxp := make([]byte, 32)
	copy(maxp, u16s(1, 0, 3, 4, 1, 4, 1))
	cmap := u16s(0, 2, 3, 1, 0, 20, 3, 10, 0, 20+40)
	cmap = append(cmap, u16s(4, 40, 0, 6, 4, 1, 2, 'A', 0x4E00, 0xFFFF, 0, 'A', 0x4E00, 0xFFFF, 1-'A', 2-0x4E00, 1, 0, 0, 0)...)
	cmap = append(cmap, u16s(12, 0, 0, 16+36, 0, 0, 0, 3, 0, 'A', 0, 'A', 0, 1, 0, 0x4E00, 0, 0x4E00, 0, 2, 2, 0xCB4A, 2, 0xCB4A, 0, 2)...)
	os2 := make([]byte, 78)
	be.PutUint16(os2[8:], fsType)
	text := u16s()
	for _, r := range family {
		text = be.AppendUint16(text, uint16(r))
	}
	name := append(u16s(0, 1, 18, 3, 1, 0x804, 1, len(text), 0), text...)
	return sfnt([]table{{"OS/2", os2}, {"cmap", cmap}, {"glyf", glyf}, {"head", head}, {"hhea", hhea},
		{"hmtx", u16s(500, 0, 1000, 0, 0)}, {"loca", loca}, {"maxp", maxp}, {"name", name}})
}

func packed(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("pack/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parse(t testing.TB, file []byte) *Face {
	t.Helper()
	f, err := Parse(file, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTrueType(t *testing.T) {
	f := parse(t, tiny(0, "方正小标宋"))
	for r, want := range map[rune]uint16{'A': 1, '一': 2, 0x2CB4A: 2, 'B': 0, 0x1F600: 0, -1: 0} {
		if g := f.Glyph(r); g != want {
			t.Errorf("glyph of %U is %d, want %d", r, g, want)
		}
	}
	f.cmap12 = nil // the old subtable answers the same, for the BMP
	for r, want := range map[rune]uint16{'A': 1, '一': 2, 0x2CB4A: 0, 'B': 0} {
		if g := f.Glyph(r); g != want {
			t.Errorf("format 4: glyph of %U is %d, want %d", r, g, want)
		}
	}
	if f.Advance(1) != 1000 || f.Advance(2) != 1000 || f.Ascent != 880 || f.Descent != 120 {
		t.Errorf("metrics: %d %d %d %d", f.Advance(1), f.Advance(2), f.Ascent, f.Descent)
	}
	if !slices.Equal(f.Families, []string{"方正小标宋"}) {
		t.Errorf("families: %q", f.Families)
	}
}

// testdata/xiaobiaosong.ttf is the tiny font as a file, for those who can't make it: run with
// -update after changing tiny.
func TestTinyFile(t *testing.T) {
	if *update {
		if err := os.WriteFile("testdata/xiaobiaosong.ttf", tiny(0, "方正小标宋"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := os.ReadFile("testdata/xiaobiaosong.ttf"); err != nil || !bytes.Equal(b, tiny(0, "方正小标宋")) {
		t.Errorf("testdata/xiaobiaosong.ttf is not what tiny makes (%v)", err)
	}
}

// A composed glyph brings its component with it, under the new number.
func TestSubsetTrueType(t *testing.T) {
	f := parse(t, tiny(0, "x"))
	program, err := f.Subset([]uint16{0, 2})
	if err != nil {
		t.Fatal(err)
	}
	s := &Face{tables: map[string][]byte{}, long: true, glyphs: 3}
	for i := range int(u16(program, 4)) {
		r := 12 + 16*i
		s.tables[string(cut(program, r, 4))] = cut(program, int(u32(program, r+8)), int(u32(program, r+12)))
	}
	if got := u16(s.outline(1), 12); got != 2 {
		t.Errorf("the component is glyph %d, want 2", got)
	}
	if !bytes.Equal(s.outline(2), f.outline(1)) {
		t.Error("the component's outline differs")
	}
	if checksum(program) != 0xB1B0AFBA {
		t.Errorf("checksum of the file is %X", checksum(program))
	}
	if _, err := f.Subset([]uint16{0, 3}); err == nil {
		t.Error("a glyph that isn't there was taken")
	}
}

// Each glyph of a CFF subset draws what it drew before: same program once the
// subroutines stand in their places, same private dictionary.
func TestSubsetCFF(t *testing.T) {
	for _, name := range []string{"serif.otf", "serif-bold.otf", "sans-bold.otf"} {
		f := parse(t, packed(t, name))
		glyphs := []uint16{0}
		for _, r := range "内蒙古自治区专家服务基地申报表ABC0123，。（）“”𬭊峣" {
			glyphs = append(glyphs, f.Glyph(r))
		}
		program, err := f.Subset(glyphs)
		if err != nil {
			t.Fatal(err)
		}
		s, err := parseCFF(program)
		if err != nil {
			t.Fatal(name, err)
		}
		if s.chars.n != len(glyphs) || s.gsubr.n != 0 {
			t.Fatalf("%s: %d glyphs, %d subroutines", name, s.chars.n, s.gsubr.n)
		}
		for i, g := range glyphs {
			from, to := &f.cff.fonts[f.cff.font(int(g))], &s.fonts[s.font(i)]
			want, err := f.cff.flatten(nil, f.cff.chars.get(int(g)), from)
			if err != nil || !bytes.Equal(want, s.chars.get(i)) {
				t.Errorf("%s: glyph %d became another one (%v)", name, g, err)
			}
			if !bytes.Equal(from.private.copyBut(nil, keySubrs), to.private.copyBut(nil, keySubrs)) {
				t.Errorf("%s: glyph %d has another private dictionary", name, g)
			}
		}
	}
}

// Every glyph of the pack can be flattened: no document fails on a character.
func TestEveryGlyph(t *testing.T) {
	for _, name := range []string{"serif.otf", "serif-bold.otf", "sans-bold.otf"} {
		f := parse(t, packed(t, name))
		var buf []byte
		for g := range f.glyphs {
			var err error
			if buf, err = f.cff.flatten(buf[:0], f.cff.chars.get(g), &f.cff.fonts[f.cff.font(g)]); err != nil {
				t.Fatalf("%s: glyph %d: %v", name, g, err)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	good := tiny(0, "x")
	collection := append([]byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x01"), 0xFF, 0xFF, 0xFF, 0xFF)
	for _, c := range []struct {
		what  string
		file  []byte
		index int
		want  error
	}{
		{"nothing", nil, 0, ErrNotAFont},
		{"a PDF", []byte("%PDF-1.7"), 0, ErrNotAFont},
		{"a second face", good, 1, ErrNoFace},
		{"a face beyond the collection", collection, 1, ErrNoFace},
		{"a face beyond the file", collection, 0, ErrNotAFont},
		{"half a font", good[:len(good)/2], 0, ErrDamaged},
		{"restricted", tiny(2, "x"), 0, ErrForbidden},
		{"bitmaps only", tiny(0x200, "x"), 0, ErrForbidden},
	} {
		if _, err := Parse(c.file, c.index); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
	if _, err := Parse(tiny(8, "x"), 0); err != nil { // editable embedding
		t.Error(err)
	}
}

// small is a whole OpenType font with the CFF outlines of a few glyphs of the pack.
func small(t testing.TB) []byte {
	f := parse(t, packed(t, "sans-bold.otf"))
	program, err := f.Subset([]uint16{0, f.Glyph('国'), f.Glyph('A')})
	if err != nil {
		t.Fatal(err)
	}
	tt := parse(t, tiny(0, "x"))
	var tables []table
	for _, tag := range []string{"CFF ", "OS/2", "cmap", "head", "hhea", "hmtx", "maxp", "name"} {
		data := tt.tables[tag]
		if tag == "CFF " {
			data = program
		}
		tables = append(tables, table{tag, data})
	}
	return sfnt(tables)
}

// use does with a font file what a document does, and must come back.
func use(file []byte) {
	for i := range min(Faces(file), 4) {
		f, err := Parse(file, i)
		if err != nil {
			continue
		}
		glyphs := []uint16{0}
		for _, r := range "A一国𬭊" {
			if g := f.Glyph(r); g != 0 {
				f.Advance(g)
				glyphs = append(glyphs, g)
			}
		}
		f.Subset(glyphs)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(tiny(0, "楷体"))
	f.Add(small(f))
	f.Add([]byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x02\x00\x00\x00\x14\x00\x00\x00\x14"))
	f.Fuzz(func(t *testing.T, file []byte) { use(file) })
}

// What a fuzzer does in its first second, on every run: bytes changed, cut, doubled.
func TestMutants(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2017, 7))
	for _, seed := range [][]byte{tiny(0, "x"), small(t)} {
		for range 4000 {
			m := slices.Clone(seed)
			for range 1 + rnd.IntN(8) {
				m[rnd.IntN(len(m))] = byte(rnd.Uint32())
			}
			if rnd.IntN(8) == 0 {
				m = m[:rnd.IntN(len(m))]
			}
			use(m)
		}
	}
}

func BenchmarkSubset(b *testing.B) {
	f := parse(b, packed(b, "serif.otf"))
	glyphs := []uint16{0}
	for r := rune(0x4E00); r < 0x4E00+800; r++ {
		glyphs = append(glyphs, f.Glyph(r))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Subset(glyphs); err != nil {
			b.Fatal(err)
		}
	}
}
