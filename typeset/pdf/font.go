package pdf

import (
	"crypto/sha256"
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"

	"shenbao/typeset"
	"shenbao/typeset/font"
)

// A subset is what one document uses of a font. Its codes count the glyphs in the order
// they are met; code 0 is .notdef. A glyph that stands for two characters (Ω and the ohm
// sign) has a code for each, so that both can be copied as what they are.
type subset struct {
	font   *font.Font
	face   *font.Face
	object int
	codes  map[pair]uint16
	glyphs []uint16
	runes  []rune
}

type pair struct {
	glyph uint16
	r     rune
}

func (w *writer) use(f *font.Font) (*subset, error) {
	if s := w.fonts[f]; s != nil {
		return s, nil
	}
	face, err := f.Face()
	if err != nil {
		return nil, err
	}
	s := &subset{font: f, face: face, object: w.alloc(), codes: make(map[pair]uint16, 512), glyphs: []uint16{0}, runes: []rune{0xFFFD}}
	w.fonts[f] = s
	w.order = append(w.order, s)
	return s, nil
}

func (s *subset) code(g typeset.Glyph) uint16 {
	p := pair{g.Index, g.Rune}
	c, ok := s.codes[p]
	if !ok {
		c = uint16(len(s.glyphs))
		s.codes[p] = c
		s.glyphs, s.runes = append(s.glyphs, g.Index), append(s.runes, g.Rune)
	}
	return c
}

// font writes the subset: Type 0, its descendant, the descriptor, the program and the
// Unicode map.
func (w *writer) font(s *subset) error {
	program, err := s.face.Subset(s.glyphs)
	if err != nil {
		return err
	}
	descendant, descriptor, file, unicode := w.alloc(), w.alloc(), w.alloc(), w.alloc()
	kind, key, dict, cidmap := "CIDFontType2", "FontFile2", " /Length1 "+strconv.Itoa(len(program)), " /CIDToGIDMap /Identity"
	if s.face.CFF {
		kind, key, dict, cidmap = "CIDFontType0", "FontFile3", " /Subtype /CIDFontType0C", ""
	}
	w.stream(file, dict, program)
	name := s.tag() + "+" + s.font.Name
	em := func(v int) int { return int(math.Round(float64(v) * 1000 / float64(s.face.Upem))) }
	widths := []byte("[0 [")
	for _, g := range s.glyphs {
		widths = append(strconv.AppendInt(widths, int64(em(s.face.Advance(g))), 10), ' ')
	}
	box := s.face.BBox
	w.object(descriptor, fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight %d /StemV 80 /%s %d 0 R >>",
		name, em(box[0]), em(box[1]), em(box[2]), em(box[3]), em(s.face.Ascent), -em(s.face.Descent), 700, key, file))
	w.object(descendant, fmt.Sprintf("<< /Type /Font /Subtype /%s /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 /W %s]] /FontDescriptor %d 0 R%s >>",
		kind, name, widths, descriptor, cidmap))
	w.stream(unicode, "", s.unicode())
	w.object(s.object, fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>",
		name, descendant, unicode))
	return nil
}

// tag is the six letters that mark a subset; two subsets of a font differ in it.
func (s *subset) tag() string {
	h := sha256.New()
	for _, g := range s.glyphs {
		h.Write([]byte{byte(g >> 8), byte(g)})
	}
	sum := h.Sum([]byte(nil))
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}

// unicode is the ToUnicode map; characters beyond the BMP are UTF-16 pairs.
func (s *subset) unicode() []byte {
	b := []byte(`/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
`)
	for from := 1; from < len(s.runes); from += 100 {
		to := min(from+100, len(s.runes))
		b = append(strconv.AppendInt(b, int64(to-from), 10), " beginbfchar\n"...)
		for k := from; k < to; k++ {
			b = fmt.Appendf(b, "<%04X> <", k)
			for _, u := range utf16.AppendRune(nil, s.runes[k]) {
				b = fmt.Appendf(b, "%04X", u)
			}
			b = append(b, ">\n"...)
		}
		b = append(b, "endbfchar\n"...)
	}
	return append(b, "endcmap CMapName currentdict /CMap defineresource pop end end"...)
}
