package font

import (
	"fmt"
	"slices"
)

// Keys of a CFF DICT; two-byte ones (12 k) are 1200 + k.
const (
	keyFontBBox    = 5
	keyCharset     = 15
	keyCharStrings = 17
	keyPrivate     = 18
	keySubrs       = 19
	keyMatrix      = 1207
	keyROS         = 1230
	keyCIDCount    = 1234
	keyFDArray     = 1236
	keyFDSelect    = 1237
)

// A cff is a Compact Font Format table, read as far as subsetting needs.
type cff struct {
	top   dict
	gsubr index
	chars index
	fonts []cffFont // one, or those of a CID-keyed font
	sel   []byte    // FDSelect; nil: all glyphs are of the first
}

type cffFont struct {
	dict, private dict
	subrs         index
}

func parseCFF(b []byte) (*cff, error) {
	damaged := func(what string) error { return fmt.Errorf("%w: CFF %s", ErrDamaged, what) }
	_, at := readIndex(b, u8(b, 2))
	tops, at := readIndex(b, at)
	_, at = readIndex(b, at)
	c := &cff{}
	c.gsubr, _ = readIndex(b, at)
	c.top = readDict(tops.get(0))
	if c.chars, _ = readIndex(b, c.top.num(keyCharStrings, 0)); c.chars.n == 0 {
		return nil, damaged("without glyphs")
	}
	if _, cid := c.top.find(keyROS); !cid {
		f := readFont(b, c.top)
		f.dict = nil // its matrix stands in the top DICT
		c.fonts = []cffFont{f}
		return c, nil
	}
	fds, _ := readIndex(b, c.top.num(keyFDArray, 0))
	for i := range fds.n {
		c.fonts = append(c.fonts, readFont(b, readDict(fds.get(i))))
	}
	if at = c.top.num(keyFDSelect, 0); at <= 0 || at >= len(b) || len(c.fonts) == 0 {
		return nil, damaged("FDSelect")
	}
	c.sel = b[at:]
	if c.sel[0] != 0 && c.sel[0] != 3 {
		return nil, damaged("FDSelect format")
	}
	return c, nil
}

func readFont(b []byte, d dict) cffFont {
	f := cffFont{dict: d}
	at := d.num(keyPrivate, 1)
	f.private = readDict(cut(b, at, d.num(keyPrivate, 0)))
	if s := f.private.num(keySubrs, 0); s > 0 {
		f.subrs, _ = readIndex(b, at+s)
	}
	return f
}

// font is the index in c.fonts of glyph g.
func (c *cff) font(g int) int {
	k := 0
	switch {
	case c.sel == nil:
	case c.sel[0] == 0:
		k = u8(c.sel, 1+g)
	default: // ranges of (first glyph, font)
		n := int(u16(c.sel, 1))
		lo, hi := 0, n
		for hi-lo > 1 {
			if m := (lo + hi) / 2; int(u16(c.sel, 3+3*m)) <= g {
				lo = m
			} else {
				hi = m
			}
		}
		k = u8(c.sel, 3+3*lo+2)
	}
	return min(k, len(c.fonts)-1)
}

// subset writes a CID-keyed CFF without subroutines: glyph i has CID i.
func (c *cff) subset(glyphs []uint16) ([]byte, error) {
	if len(glyphs) < 2 {
		glyphs = []uint16{0, 0} // a charset of one glyph has no ranges: not worth a case
	}
	var used []int // fonts in the order they are met
	sel := make([]byte, len(glyphs))
	chars := make([][]byte, len(glyphs))
	flat := make([]byte, 0, 160*len(glyphs))
	for i, g := range glyphs {
		k := c.font(int(g))
		if !slices.Contains(used, k) {
			used = append(used, k)
		}
		sel[i] = byte(slices.Index(used, k))
		from := len(flat)
		var err error
		if flat, err = c.flatten(flat, c.chars.get(int(g)), &c.fonts[k]); err != nil {
			return nil, fmt.Errorf("glyph %d: %w", g, err)
		}
		chars[i] = flat[from:len(flat):len(flat)]
	}
	return c.write(chars, sel, used), nil
}

// write puts the parts together. The top DICT has operands of fixed size and is written
// twice, the second time with the offsets that are then known.
func (c *cff) write(chars [][]byte, sel []byte, used []int) []byte {
	top := func(charset, fdselect, charstrings, fdarray int) []byte {
		d := putOp(putNum(putNum(putNum(nil, 391), 392), 0), keyROS) // Adobe Identity 0
		d = c.top.copy(d, keyFontBBox, keyMatrix)
		d = putOp(putNum(d, len(chars)), keyCIDCount)
		d = putOp(putNum(d, charset), keyCharset)
		d = putOp(putNum(d, fdselect), keyFDSelect)
		d = putOp(putNum(d, charstrings), keyCharStrings)
		return putOp(putNum(d, fdarray), keyFDArray)
	}
	b := []byte{1, 0, 4, 4}
	b = putIndex(b, []byte("SUBSET"))
	topAt := len(b)
	b = putIndex(b, top(0, 0, 0, 0))
	b = putIndex(b, []byte("Adobe"), []byte("Identity"))
	b = putIndex(b) // global subroutines
	charset := len(b)
	b = be.AppendUint16(append(b, 2), 1) // format 2: CIDs from 1 on
	b = be.AppendUint16(b, uint16(len(chars)-2))
	fdselect := len(b)
	b = append(append(b, 0), sel...)
	charstrings := len(b)
	b = putIndex(b, chars...)
	fds := make([][]byte, len(used))
	for i, k := range used {
		f, at := &c.fonts[k], len(b)
		b = f.private.copyBut(b, keySubrs)
		size := len(b) - at
		fds[i] = putOp(putNum(putNum(f.dict.copy(nil, keyMatrix), size), at), keyPrivate)
	}
	fdarray := len(b)
	b = putIndex(b, fds...)
	copy(b[topAt:], putIndex(nil, top(charset, fdselect, charstrings, fdarray)))
	return b
}

// An index is a CFF INDEX: n items of variable size.
type index struct {
	n, size int // items; bytes of an offset
	offsets []byte
	data    []byte
}

// readIndex reads the INDEX at a place in b and answers where it ends. A damaged one is
// empty.
func readIndex(b []byte, at int) (index, int) {
	x := index{n: int(u16(b, at)), size: u8(b, at+2)}
	if x.n == 0 {
		return index{}, at + 2
	}
	x.offsets = cut(b, at+3, (x.n+1)*x.size)
	if x.offsets == nil || x.size < 1 || x.size > 4 {
		return index{}, len(b)
	}
	at += 3 + len(x.offsets)
	x.data = cut(b, at, x.offset(x.n)-1)
	return x, at + len(x.data)
}

func (x index) offset(i int) (v int) {
	for _, c := range x.offsets[i*x.size : (i+1)*x.size] {
		v = v<<8 | int(c)
	}
	return v
}

func (x index) get(i int) []byte {
	if i < 0 || i >= x.n {
		return nil
	}
	a, z := x.offset(i), x.offset(i+1)
	return cut(x.data, a-1, z-a)
}

func putIndex(b []byte, items ...[]byte) []byte {
	b = be.AppendUint16(b, uint16(len(items)))
	if len(items) == 0 {
		return b
	}
	total := 1
	for _, it := range items {
		total += len(it)
	}
	size := 1
	for total>>(8*size) > 0 {
		size++
	}
	b = append(b, byte(size))
	offset := 1
	put := func() {
		for k := size - 1; k >= 0; k-- {
			b = append(b, byte(offset>>(8*k)))
		}
	}
	put()
	for _, it := range items {
		offset += len(it)
		put()
	}
	for _, it := range items {
		b = append(b, it...)
	}
	return b
}

// A dict is a CFF DICT; the operands are kept as they stand, to be copied unchanged.
type dict []entry

type entry struct {
	key  int
	raw  []byte
	nums []int // operands; real ones read as 0
}

func readDict(b []byte) (d dict) {
	e := entry{}
	start := 0
	for i := 0; i < len(b); {
		c := int(b[i])
		i++
		switch {
		case c <= 21:
			e.key, e.raw = c, b[start:i-1]
			if c == 12 {
				e.key = 1200 + u8(b, i)
				i++
			}
			d = append(d, e)
			e, start = entry{}, i
		case c == 28:
			e.nums = append(e.nums, int(i16(b, i)))
			i += 2
		case c == 29:
			e.nums = append(e.nums, int(int32(u32(b, i))))
			i += 4
		case c == 30: // real: nibbles up to 0xF
			for i < len(b) && b[i]&15 != 15 && b[i]>>4 != 15 {
				i++
			}
			i++
			e.nums = append(e.nums, 0)
		case c <= 246:
			e.nums = append(e.nums, c-139)
		case c <= 250:
			e.nums = append(e.nums, (c-247)*256+u8(b, i)+108)
			i++
		default:
			e.nums = append(e.nums, -(c-251)*256-u8(b, i)-108)
			i++
		}
	}
	return d
}

func (d dict) find(key int) (entry, bool) {
	for _, e := range d {
		if e.key == key {
			return e, true
		}
	}
	return entry{}, false
}

// num is operand i of key; 0 where there is none.
func (d dict) num(key, i int) int {
	if e, _ := d.find(key); i < len(e.nums) {
		return e.nums[i]
	}
	return 0
}

func (d dict) copy(b []byte, keys ...int) []byte {
	for _, e := range d {
		if slices.Contains(keys, e.key) {
			b = putOp(append(b, e.raw...), e.key)
		}
	}
	return b
}

func (d dict) copyBut(b []byte, key int) []byte {
	for _, e := range d {
		if e.key != key {
			b = putOp(append(b, e.raw...), e.key)
		}
	}
	return b
}

func putNum(b []byte, v int) []byte { return be.AppendUint32(append(b, 29), uint32(int32(v))) }

func putOp(b []byte, key int) []byte {
	if key >= 1200 {
		return append(b, 12, byte(key-1200))
	}
	return append(b, byte(key))
}
