package font

import (
	"encoding/binary"
	"fmt"
	"slices"
)

var be = binary.BigEndian

// outline is the description of one TrueType glyph; empty for a space.
func (f *Face) outline(g uint16) []byte {
	loca := f.tables["loca"]
	if f.long {
		a, z := int(u32(loca, 4*int(g))), int(u32(loca, 4*int(g)+4))
		return cut(f.tables["glyf"], a, z-a)
	}
	a, z := 2*int(u16(loca, 2*int(g))), 2*int(u16(loca, 2*int(g)+2))
	return cut(f.tables["glyf"], a, z-a)
}

// Flags of a component of a composed glyph.
const (
	argsAreWords = 0x01
	hasScale     = 0x08
	more         = 0x20
	hasXYScale   = 0x40
	hasMatrix    = 0x80
)

// components visits the components of a composed glyph; visit may change the glyph
// index by returning another.
func components(d []byte, visit func(g uint16) uint16) {
	if len(d) < 10 || i16(d, 0) >= 0 {
		return
	}
	for p := 10; p+4 <= len(d); {
		flags := u16(d, p)
		be.PutUint16(d[p+2:], visit(u16(d, p+2)))
		p += 6
		if flags&argsAreWords != 0 {
			p += 2
		}
		switch {
		case flags&hasScale != 0:
			p += 2
		case flags&hasXYScale != 0:
			p += 4
		case flags&hasMatrix != 0:
			p += 8
		}
		if flags&more == 0 {
			return
		}
	}
}

// subsetGlyf writes glyphs, and the components they need after them, as a TrueType
// program with the tables that a PDF reader uses and no others.
func (f *Face) subsetGlyf(glyphs []uint16) ([]byte, error) {
	place := make(map[uint16]uint16, len(glyphs))
	for i, g := range glyphs {
		place[g] = uint16(i)
	}
	var glyf, loca, hmtx []byte
	loca = be.AppendUint32(loca, 0)
	for i := 0; i < len(glyphs); i++ {
		d := slices.Clone(f.outline(glyphs[i]))
		components(d, func(g uint16) uint16 {
			if _, ok := place[g]; !ok && int(g) < f.glyphs {
				place[g] = uint16(len(glyphs))
				glyphs = append(glyphs, g)
			}
			return place[g]
		})
		glyf = append(glyf, d...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		loca = be.AppendUint32(loca, uint32(len(glyf)))
	}
	for _, g := range glyphs {
		bearing := 4*int(g) + 2
		if int(g) >= f.metrics {
			bearing = 4*f.metrics + 2*(int(g)-f.metrics)
		}
		hmtx = be.AppendUint16(hmtx, uint16(f.Advance(g)))
		hmtx = be.AppendUint16(hmtx, u16(f.tables["hmtx"], bearing))
	}
	head, hhea, maxp := slices.Clone(f.tables["head"]), slices.Clone(f.tables["hhea"]), slices.Clone(f.tables["maxp"])
	if len(head) < 54 || len(hhea) < 36 || len(maxp) < 6 {
		return nil, fmt.Errorf("%w: head, hhea or maxp", ErrDamaged)
	}
	be.PutUint32(head[8:], 0)  // checksum, filled in below
	be.PutUint16(head[50:], 1) // long loca
	be.PutUint16(hhea[34:], uint16(len(glyphs)))
	be.PutUint16(maxp[4:], uint16(len(glyphs)))
	out := []table{{"cvt ", f.tables["cvt "]}, {"fpgm", f.tables["fpgm"]}, {"glyf", glyf}, {"head", head}, {"hhea", hhea},
		{"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}, {"prep", f.tables["prep"]}}
	return sfnt(slices.DeleteFunc(out, func(t table) bool { return t.data == nil })), nil
}

type table struct {
	tag  string
	data []byte
}

// sfnt puts tables, sorted by tag, into a font file.
func sfnt(tables []table) []byte {
	n := len(tables)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	b := be.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, 16 * power, log, 16 * (n - power)} {
		b = be.AppendUint16(b, uint16(v))
	}
	var body []byte
	start, head := 12+16*n, 0
	for _, t := range tables {
		if t.tag == "head" {
			head = start + len(body)
		}
		b = append(b, t.tag...)
		b = be.AppendUint32(b, checksum(t.data))
		b = be.AppendUint32(b, uint32(start+len(body)))
		b = be.AppendUint32(b, uint32(len(t.data)))
		body = append(body, t.data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	b = append(b, body...)
	be.PutUint32(b[head+8:], 0xB1B0AFBA-checksum(b))
	return b
}

func checksum(d []byte) (sum uint32) {
	for len(d) >= 4 {
		sum += be.Uint32(d)
		d = d[4:]
	}
	var rest [4]byte
	copy(rest[:], d)
	return sum + be.Uint32(rest[:])
}
