package score

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Points are 1/10,000 of a point.
type Points int64

// Point is one point; Full is what the best sheet earns.
const (
	Point Points = 10_000
	Full         = 100 * Point
)

// Format writes p with so many decimals (0 to 4), rounded half up (away from zero).
func (p Points) Format(decimals int) string {
	sign := ""
	if p < 0 {
		p, sign = -p, "-"
	}
	p = Exact{int64(p), 1}.Round(decimals)
	s := strconv.FormatInt(int64(p/Point), 10)
	if decimals > 0 {
		s += "." + fmt.Sprintf("%04d", p%Point)[:decimals]
	}
	if strings.Trim(s, "0.") == "" {
		return s
	}
	return sign + s
}

// String is p with as many decimals as it needs: 86.5.
func (p Points) String() string {
	s := p.Format(4)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// Why a typed mark is none. A MarkError says which, with the bounds.
var (
	ErrMissing   = errors.New("score: no mark")
	ErrNumber    = errors.New("score: not a number") // words, NaN, 1e3, 85,5 and whatever else is no plain decimal number
	ErrRange     = errors.New("score: outside the bounds")
	ErrPrecision = errors.New("score: too many decimals")
)

// A MarkError is why a typed mark was refused. errors.Is finds the reason.
type MarkError struct {
	Err      error  // ErrMissing, ErrNumber, ErrRange or ErrPrecision
	Text     string // as typed
	Max      Points // a mark is from 0 to Max
	Decimals int    // and has at most so many decimals
}

func (e *MarkError) Error() string {
	return fmt.Sprintf("%v: %q; 0 to %s, at most %d decimals", e.Err, e.Text, e.Max, e.Decimals)
}

func (e *MarkError) Unwrap() error { return e.Err }

// fold makes what an input method leaves full-width into what was meant.
var fold = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9", "．", ".", "－", "-", "−", "-")

// Parse reads a mark that a person typed: a plain decimal number from 0 to max, full-width
// digits and point among them, with blanks around it. Zeros at the end are no precision:
// 85.50 is 85.5. The error is a *MarkError.
func Parse(text string, max Points, decimals int) (Points, error) {
	refuse := func(err error) (Points, error) { return 0, &MarkError{err, text, max, decimals} }
	s := fold.Replace(strings.TrimSpace(text))
	if s == "" {
		return refuse(ErrMissing)
	}
	s, negative := strings.CutPrefix(s, "-")
	whole, part, point := strings.Cut(s, ".")
	if !digits(whole) || point && !digits(part) {
		return refuse(ErrNumber)
	}
	whole, part = strings.TrimLeft(whole, "0"), strings.TrimRight(part, "0")
	if len(whole) > 10 || negative && whole+part != "" {
		return refuse(ErrRange)
	}
	n, _ := strconv.ParseInt("0"+whole, 10, 64)
	if Points(n)*Point > max || Points(n)*Point == max && part != "" {
		return refuse(ErrRange)
	}
	if len(part) > min(decimals, 4) {
		return refuse(ErrPrecision)
	}
	f, _ := strconv.ParseInt((part + "0000")[:4], 10, 64)
	if p := Points(n)*Point + Points(f); p <= max {
		return p, nil
	}
	return refuse(ErrRange)
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Exact is a fraction of 1/10,000 points, not negative: Num/Den, Den > 0.
type Exact struct {
	Num int64 `json:"num"`
	Den int64 `json:"den"`
}

// Round rounds half up to so many decimals of a point (0 to 4). It is the only rounding
// there is.
func (x Exact) Round(decimals int) Points {
	step := uint64(1)
	for range 4 - min(max(decimals, 0), 4) {
		step *= 10
	}
	// floor(num/(den·step) + 1/2) = floor((2·num + den·step) / (2·den·step)), in 128 bits
	hi, unit := bits.Mul64(uint64(x.Den), step)
	if hi != 0 || unit>>62 != 0 {
		panic("score: a denominator beyond all rules")
	}
	lo, carry := bits.Add64(2*uint64(x.Num), unit, 0)
	q, _ := bits.Div64(carry, lo, 2*unit)
	return Points(q * step)
}

// Cmp is -1, 0 or 1 as x is less than, equal to or greater than y.
func (x Exact) Cmp(y Exact) int {
	xh, xl := bits.Mul64(uint64(x.Num), uint64(y.Den))
	yh, yl := bits.Mul64(uint64(y.Num), uint64(x.Den))
	switch {
	case xh != yh:
		return less(xh < yh)
	case xl != yl:
		return less(xl < yl)
	}
	return 0
}

func less(is bool) int {
	if is {
		return -1
	}
	return 1
}
