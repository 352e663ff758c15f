// Package hanzi counts and compares Chinese text. It knows nothing of Shenbao.
package hanzi

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Count is the number of 字 as Microsoft Word and WPS count them (字数): every East
// Asian character counts one, full-width punctuation included; every run of other
// visible characters counts one, and half-width punctuation belongs to the run it
// touches. White space, soft hyphens and zero-width characters count nothing. The text
// is composed (NFC) first and never made compatible (NFKC), which would turn full-width
// punctuation into half-width and change the count.
func Count(s string) int {
	n, word := 0, false // word: the run we are in has been counted
	for _, r := range norm.NFC.String(s) {
		switch {
		case ignored(r):
		case unicode.IsSpace(r):
			word = false
		case eastAsian(r):
			n++
			word = false
		case !word:
			n++
			word = true
		}
	}
	return n
}

// ignored characters neither count nor end a run: soft hyphen, zero-width characters,
// marks of direction and variation, combining marks that found no base to join.
func ignored(r rune) bool {
	return r == 0xAD || (r >= 0x200B && r <= 0x200F) || (r >= 0x202A && r <= 0x202E) || r == 0x2060 || r == 0xFEFF ||
		unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r)
}

// eastAsian reports whether Word counts r as one character of its own. The quotes,
// dashes and ellipsis that Chinese text shares with Latin are among them, as they are
// when set in a Chinese font.
func eastAsian(r rune) bool {
	switch {
	case r == '“' || r == '”' || r == '‘' || r == '’' || r == '—' || r == '…' || r == '·' || r == '※':
		return true
	case r >= 0x2E80 && r <= 0x9FFF: // radicals, CJK punctuation, kana, ideographs (U+3000 is white space)
		return true
	case r >= 0xAC00 && r <= 0xD7A3, r >= 0xF900 && r <= 0xFAFF, r >= 0xFE30 && r <= 0xFE4F, r >= 0xFF00 && r <= 0xFFEF:
		return true
	case r >= 0x20000 && r <= 0x3FFFF:
		return true
	}
	return false
}

// Fold is s for comparing names: compatible forms made one, lower case, no white space.
func Fold(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), ""))
}
