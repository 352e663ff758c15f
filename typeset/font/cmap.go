package font

import (
	"encoding/binary"
	"sort"
)

// Glyph is the glyph of a character; 0 where the font has none.
func (f *Face) Glyph(r rune) uint16 {
	var g int
	if f.cmap12 != nil {
		g = glyph12(f.cmap12, uint32(r))
	} else if r >= 0 && r <= 0xFFFF {
		g = glyph4(f.cmap4, uint16(r))
	}
	if g < 0 || g >= f.glyphs {
		return 0
	}
	return uint16(g)
}

// readCmap finds the Unicode subtables of format 4 and 12. Others (format 2 of old
// Chinese fonts, 14 for variation sequences) are passed over.
func (f *Face) readCmap() {
	d := f.tables["cmap"]
	for k := range int(u16(d, 2)) {
		platform, encoding, at := u16(d, 4+8*k), u16(d, 6+8*k), int(u32(d, 8+8*k))
		if platform != 0 && (platform != 3 || encoding != 1 && encoding != 10) {
			continue
		}
		switch u16(d, at) {
		case 4:
			// The length field of a large table may have overflowed: to the end, then.
			if at < len(d) && 16+8*int(u16(d, at+6)/2) <= len(d)-at {
				f.cmap4 = d[at:]
			}
		case 12:
			if n := int(u32(d, at+12)); n <= len(d)/12 {
				f.cmap12 = cut(d, at+16, 12*n)
			}
		}
	}
}

// glyph12 looks r up in the groups (first, last, glyph of first).
func glyph12(groups []byte, r uint32) int {
	n := len(groups) / 12
	lo, hi := 0, n
	for lo < hi { // the first group that ends at r or later
		m := int(uint(lo+hi) >> 1)
		if binary.BigEndian.Uint32(groups[12*m+4:]) < r {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo == n || binary.BigEndian.Uint32(groups[12*lo:]) > r {
		return 0
	}
	return int(binary.BigEndian.Uint32(groups[12*lo+8:])) + int(r-binary.BigEndian.Uint32(groups[12*lo:]))
}

// glyph4 looks r up in the segments: four parallel arrays of ends, starts, deltas and
// offsets, the offsets counted from where they themselves stand.
func glyph4(d []byte, r uint16) int {
	n := int(u16(d, 6)) / 2
	i := sort.Search(n, func(i int) bool { return u16(d, 14+2*i) >= r })
	start := u16(d, 16+2*n+2*i)
	if i == n || r < start {
		return 0
	}
	delta, at := u16(d, 16+4*n+2*i), 16+6*n+2*i
	offset := int(u16(d, at))
	if offset == 0 {
		return int(r + delta)
	}
	if g := u16(d, at+offset+2*int(r-start)); g != 0 {
		return int(g + delta)
	}
	return 0
}
