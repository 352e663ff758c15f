package font

import "errors"

// What a charstring may cost: real glyphs stay far below.
const (
	maxDepth = 10      // nested subroutines, the format's own limit
	maxGlyph = 1 << 16 // bytes of one flattened glyph
	maxStack = 513     // operands
)

var errCharstring = errors.New("font: damaged glyph program")

// A flattener copies a Type 2 charstring with every subroutine in its place. The
// alternative, to keep the subroutines that are used under their old numbers, needs an
// index of tens of thousands of empty entries in each file.
type flattener struct {
	out   []byte
	from  int // where this glyph begins in out
	c     *cff
	f     *cffFont
	stack int // operands waiting
	last  int // value of the last operand
	mark  int // where the last operand begins in out
	hints int // stem hints so far: they size the masks
	done  bool
}

// flatten appends glyph program b, of font f, to out.
func (c *cff) flatten(out, b []byte, f *cffFont) ([]byte, error) {
	w := flattener{out: out, from: len(out), c: c, f: f}
	if err := w.walk(b, 0); err != nil {
		return nil, err
	}
	if !w.done {
		w.out = append(w.out, 14)
	}
	return w.out, nil
}

func (w *flattener) walk(b []byte, depth int) error {
	if depth > maxDepth {
		return errCharstring
	}
	for i := 0; i < len(b) && !w.done; {
		n, err := w.step(b[i:], depth)
		if n <= 0 || err != nil || len(w.out)-w.from > maxGlyph {
			return errors.Join(err, unless(n == -1, errCharstring))
		}
		i += n
	}
	return nil
}

// unless is err, or nil when ok.
func unless(ok bool, err error) error {
	if ok {
		return nil
	}
	return err
}

// step takes one operand or operator off b and answers its length; -1 is a return.
func (w *flattener) step(b []byte, depth int) (int, error) {
	switch v := int(b[0]); {
	case v == 28:
		return w.operand(b, 3, int(i16(b, 1)))
	case v >= 32 && v <= 246:
		return w.operand(b, 1, v-139)
	case v >= 247 && v <= 250:
		return w.operand(b, 2, (v-247)*256+u8(b, 1)+108)
	case v >= 251 && v <= 254:
		return w.operand(b, 2, -(v-251)*256-u8(b, 1)-108)
	case v == 255:
		return w.operand(b, 5, int(i16(b, 1)))
	case v == 1 || v == 3 || v == 18 || v == 23: // stem hints
		w.hints += w.stack / 2
		return w.operator(b, 1)
	case v == 19 || v == 20: // masks, with the vertical stems that went before unsaid
		w.hints += w.stack / 2
		return w.operator(b, 1+(w.hints+7)/8)
	case v == 10:
		return 1, w.call(w.f.subrs, depth)
	case v == 29:
		return 1, w.call(w.c.gsubr, depth)
	case v == 11:
		return -1, nil
	case v == 14:
		if w.stack >= 4 { // seac: an accent composed by standard encoding; no Chinese font has it
			return 0, errCharstring
		}
		w.done = true
		return w.operator(b, 1)
	case v == 12:
		if u8(b, 1) < 34 { // arithmetic: operands would be unknown here
			return 0, errCharstring
		}
		return w.operator(b, 2)
	default:
		return w.operator(b, 1)
	}
}

func (w *flattener) operand(b []byte, n, value int) (int, error) {
	if n > len(b) || w.stack >= maxStack {
		return 0, errCharstring
	}
	w.mark, w.last = len(w.out), value
	w.stack++
	w.out = append(w.out, b[:n]...)
	return n, nil
}

func (w *flattener) operator(b []byte, n int) (int, error) {
	if n > len(b) {
		return 0, errCharstring
	}
	w.stack, w.mark = 0, -1
	w.out = append(w.out, b[:n]...)
	return n, nil
}

// call takes back the operand that names the subroutine and walks it instead.
func (w *flattener) call(x index, depth int) error {
	if w.stack == 0 || w.mark < 0 {
		return errCharstring
	}
	bias := 107
	switch {
	case x.n >= 33900:
		bias = 32768
	case x.n >= 1240:
		bias = 1131
	}
	k := w.last + bias
	if k < 0 || k >= x.n {
		return errCharstring
	}
	w.out = w.out[:w.mark]
	w.stack, w.mark = w.stack-1, -1
	return w.walk(x.get(k), depth+1)
}
