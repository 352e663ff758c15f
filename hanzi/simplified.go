package hanzi

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"
)

// simplified.txt holds pairs of a traditional character and its simplified form, without
// separators, 40 pairs a line: kSimplifiedVariant of Unihan 15.0 (Unicode, Inc., Unicode
// License V3), those with one simplified form that is in GB 2312 while the traditional one
// is not. A character that is good simplified Chinese by itself is never changed.
//
//go:embed simplified.txt
var pairs string

var toSimplified = func() map[rune]rune {
	m := make(map[rune]rune, len(pairs)/6)
	for s := strings.ReplaceAll(pairs, "\n", ""); s != ""; {
		t, n := utf8.DecodeRuneInString(s)
		to, k := utf8.DecodeRuneInString(s[n:])
		m[t], s = to, s[n+k:]
	}
	return m
}()

// Simplify writes traditional characters in their simplified form, one for one.
func Simplify(s string) string {
	return strings.Map(func(r rune) rune {
		if to, ok := toSimplified[r]; ok {
			return to
		}
		return r
	}, s)
}

// FoldName is s for asking whether two names are of the same person or body: Fold, with
// traditional characters simplified and without what is neither letter nor digit (dots
// between parts of a name, brackets, hyphens). It is for comparing in memory: Fold stays
// the key that is kept.
func FoldName(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return r
	}, Simplify(Fold(s)))
}
