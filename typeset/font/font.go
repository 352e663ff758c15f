// Package font reads TrueType and OpenType-CFF fonts, one face of a collection too, and
// cuts them down to the characters a document uses, in the form a PDF embeds: a TrueType
// program, or a bare CID-keyed CFF. It knows nothing of layout and nothing of PDF.
//
// Bytes stay where they are: a face holds slices of the file it was parsed from, so a
// font embedded in the program costs no memory beyond the pages of it that are touched.
//
// Font files come from outside. Every read is bounds-checked (u8, u16, u32, cut) and answers
// zero beyond the end; nothing here panics on hostile bytes, and no loop runs longer
// than the file.
package font

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// Refusals of a font file.
var (
	ErrNotAFont  = errors.New("font: not a TrueType or OpenType font")
	ErrNoFace    = errors.New("font: no such face in the collection")
	ErrDamaged   = errors.New("font: damaged")
	ErrForbidden = errors.New("font: its licence bits forbid embedding")
)

// A Face is one parsed font. It never changes, so any number of goroutines may use it.
type Face struct {
	Families []string // from the name table, every language: 方正小标宋_GBK, FZXiaoBiaoSong
	CFF      bool     // outlines are CFF; otherwise TrueType
	Upem     int      // units of an em
	Ascent   int      // above the baseline, in units, from hhea
	Descent  int      // below the baseline, positive
	BBox     [4]int   // of all glyphs, in units: left, bottom, right, top

	tables  map[string][]byte
	glyphs  int // number of glyphs
	metrics int // how many of them have an advance of their own
	long    bool
	cmap4   []byte // Unicode, the BMP
	cmap12  []byte // Unicode, all of it; nil where the font has none
	cff     *cff
}

// Faces is how many faces a file holds: more than one in a collection (.ttc, .otc).
func Faces(file []byte) int {
	if string(cut(file, 0, 4)) == "ttcf" {
		return int(min(u32(file, 8), 256))
	}
	return 1
}

// Parse reads face index of a font file; 0 where there is one only. The face keeps
// slices of file: the caller must not change it afterwards.
func Parse(file []byte, index int) (*Face, error) {
	at := 0
	if string(cut(file, 0, 4)) == "ttcf" {
		if index < 0 || index >= Faces(file) {
			return nil, ErrNoFace
		}
		at = int(u32(file, 12+4*index))
	} else if index != 0 {
		return nil, ErrNoFace
	}
	switch string(cut(file, at, 4)) {
	case "\x00\x01\x00\x00", "OTTO", "true":
	default:
		return nil, ErrNotAFont
	}
	f := &Face{tables: map[string][]byte{}}
	for i := range int(u16(file, at+4)) {
		r := at + 12 + 16*i
		tag, table := cut(file, r, 4), cut(file, int(u32(file, r+8)), int(u32(file, r+12)))
		if tag == nil {
			return nil, fmt.Errorf("%w: table directory", ErrDamaged)
		}
		if table != nil {
			f.tables[string(tag)] = table
		}
	}
	return f, f.read()
}

func (f *Face) read() error {
	head, hhea := f.tables["head"], f.tables["hhea"]
	f.Upem = int(u16(head, 18))
	for i := range f.BBox {
		f.BBox[i] = int(i16(head, 36+2*i))
	}
	f.long = u16(head, 50) != 0
	f.glyphs = int(u16(f.tables["maxp"], 4))
	f.metrics = int(u16(hhea, 34))
	f.Ascent, f.Descent = int(i16(hhea, 4)), -int(i16(hhea, 6))
	if f.Upem < 16 || f.Upem > 16384 || f.glyphs == 0 || f.metrics == 0 || f.metrics > f.glyphs || 4*f.metrics > len(f.tables["hmtx"]) {
		return fmt.Errorf("%w: head, maxp or hmtx", ErrDamaged)
	}
	// OS/2 fsType: 2 alone is “restricted licence”; 0x200 allows bitmaps only.
	if t := u16(f.tables["OS/2"], 8); t&0xF == 2 || t&0x200 != 0 {
		return ErrForbidden
	}
	f.Families = families(f.tables["name"])
	f.readCmap()
	if f.cmap4 == nil && f.cmap12 == nil {
		return fmt.Errorf("%w: no Unicode cmap", ErrDamaged)
	}
	if table, ok := f.tables["CFF "]; ok {
		var err error
		f.CFF = true
		if f.cff, err = parseCFF(table); err == nil && f.cff.chars.n < f.glyphs {
			err = fmt.Errorf("%w: CFF has fewer glyphs than maxp", ErrDamaged)
		}
		return err
	}
	if f.tables["glyf"] == nil || f.tables["loca"] == nil {
		return fmt.Errorf("%w: neither glyf nor CFF", ErrDamaged)
	}
	return nil
}

// Advance is the width of a glyph in units.
func (f *Face) Advance(glyph uint16) int {
	return int(u16(f.tables["hmtx"], 4*min(int(glyph), f.metrics-1)))
}

// Subset is a font program whose glyph i is glyphs[i]; glyphs[0] must be 0, .notdef. A
// TrueType program may have further glyphs at the end, which composed ones need.
func (f *Face) Subset(glyphs []uint16) ([]byte, error) {
	for _, g := range glyphs {
		if int(g) >= f.glyphs {
			return nil, fmt.Errorf("font: no glyph %d", g)
		}
	}
	if f.CFF {
		return f.cff.subset(glyphs)
	}
	return f.subsetGlyf(slices.Clone(glyphs))
}

// families are the family names (name ids 1, 4 and 16) of all languages, each once.
func families(name []byte) []string {
	var all []string
	for i := range int(u16(name, 2)) {
		r := 6 + 12*i
		platform, id := u16(name, r), u16(name, r+6)
		raw := cut(name, int(u16(name, 4))+int(u16(name, r+10)), int(u16(name, r+8)))
		if id != 1 && id != 4 && id != 16 || len(raw) == 0 {
			continue
		}
		s := string(raw)
		if platform != 1 { // Unicode and Windows: UTF-16
			u := make([]uint16, len(raw)/2)
			for k := range u {
				u[k] = u16(raw, 2*k)
			}
			s = string(utf16.Decode(u))
		}
		if s = strings.ToValidUTF8(s, ""); s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

func u8(b []byte, at int) int {
	if at < 0 || at >= len(b) {
		return 0
	}
	return int(b[at])
}

func u16(b []byte, at int) uint16 {
	if at < 0 || at+2 > len(b) {
		return 0
	}
	return binary.BigEndian.Uint16(b[at:])
}

func i16(b []byte, at int) int16 { return int16(u16(b, at)) }

func u32(b []byte, at int) uint32 {
	if at < 0 || at+4 > len(b) {
		return 0
	}
	return binary.BigEndian.Uint32(b[at:])
}

// cut is n bytes of b from at, or nil where b ends before.
func cut(b []byte, at, n int) []byte {
	if at < 0 || n < 0 || at > len(b) || n > len(b)-at {
		return nil
	}
	return b[at : at+n : at+n]
}
