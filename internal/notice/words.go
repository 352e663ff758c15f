package notice

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

const digits = "零一二三四五六七八九"

// numeral reads 一 … 九十九; 0 for anything else.
func numeral(s string) int {
	r := []rune(s)
	digit := func(i int) int { return slices.Index([]rune(digits), r[i]) }
	switch {
	case len(r) == 0 || len(r) > 3:
		return 0
	case len(r) == 1 && r[0] != '十':
		return max(digit(0), 0)
	}
	tens := slices.Index(r, '十')
	n := 10
	switch {
	case tens == 1 && digit(0) > 0:
		n = 10 * digit(0)
	case tens != 0:
		return 0
	}
	switch rest := len(r) - tens - 1; {
	case rest == 0:
		return n
	case rest == 1 && digit(tens+1) > 0:
		return n + digit(tens+1)
	}
	return 0
}

// chinese writes 1 … 99 as numeral reads them.
func chinese(n int) string {
	d := []rune(digits)
	switch {
	case n < 1 || n > 99:
		return strconv.Itoa(n)
	case n < 10:
		return string(d[n])
	}
	s := "十"
	if n >= 20 {
		s = string(d[n/10]) + s
	}
	if n%10 > 0 {
		s += string(d[n%10])
	}
	return s
}

func itoa(n int) string { return strconv.Itoa(n) }

// squeeze removes all white space, the ideographic one included.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

var docNumber = regexp.MustCompile(`^([\p{Han}A-Za-z]+)[〔\[［【(（]((?:19|20)\d\d)[〕\]］】)）]([1-9]\d*)号$`)

// ParseDocNumber reads a document number. White space goes (人社厅发〔2014〕 72号 in the
// text of this notice, T14) and any kind of bracket around the year becomes 〔〕; a serial
// has neither 第 nor leading zeros (GB/T 9704-2012).
func ParseDocNumber(s string) (DocNumber, bool) {
	m := docNumber.FindStringSubmatch(squeeze(s))
	if m == nil {
		return DocNumber{}, false
	}
	year, _ := strconv.Atoi(m[2])
	serial, err := strconv.Atoi(m[3])
	if err != nil {
		return DocNumber{}, false
	}
	return DocNumber{Text: m[1] + "〔" + m[2] + "〕" + m[3] + "号", Code: m[1], Year: year, Serial: serial}, true
}

// nearest is the word of known that got was probably meant to be: at most half of its
// characters differ, and not all of them. "" when none is near.
func nearest(got string, known []string) string {
	best, least := "", 1<<30
	for _, k := range known {
		n := max(len([]rune(got)), len([]rune(k)))
		if d := distance([]rune(got), []rune(k)); d < least && d < n && 2*d <= n {
			best, least = k, d
		}
	}
	return best
}

// distance is the number of characters to insert, remove or replace.
func distance(a, b []rune) int {
	if len(a) > 64 || len(b) > 64 { // no word is that long
		return 1 << 20
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diag := row[0]
		row[0] = i + 1
		for j := range b {
			d := diag
			if a[i] != b[j] {
				d = 1 + min(diag, row[j], row[j+1])
			}
			diag, row[j+1] = row[j+1], d
		}
	}
	return row[len(b)]
}
