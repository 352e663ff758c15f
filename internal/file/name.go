package file

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName is the longest name that is kept, in characters, its ending included.
const maxName = 120

// CleanName is a file name as it may be kept, shown, and written into a header: the last
// part of a path in either notation, NFC (so that the same name typed on two systems is
// the same), without control characters and the marks that reverse the direction of text
// (“exe.pdf” shown for “fdp.exe”), without what Windows refuses in a name, and at most
// 120 characters with its ending kept. The bytes are never stored under it.
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || hidden(r):
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.TrimFunc(norm.NFC.String(name), edge)
	if reserved(name) {
		name = "_" + name
	}
	ext := path.Ext(name)
	n := utf8.RuneCountInString(ext)
	if n > 10 {
		ext, n = "", 0
	}
	stem := []rune(strings.TrimSuffix(name, ext))
	if room := maxName - n; len(stem) > room {
		stem = []rune(strings.TrimRightFunc(string(stem[:room]), edge))
	}
	if len(stem) == 0 {
		return "file" + ext
	}
	return string(stem) + ext
}

// edge characters do not stand at the beginning or end of a name: a dot there hides it or
// is dropped by Windows.
func edge(r rune) bool { return r == '.' || unicode.IsSpace(r) }

// hidden characters change how a name looks without being seen. The joiners and vowel
// separators that Mongolian names are written with stay.
func hidden(r rune) bool {
	switch r {
	case 0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF, 0xFFFD:
		return true
	}
	return r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x2069 || r >= 0xE0000 && r <= 0xE007F ||
		r >= 0xFFF9 && r <= 0xFFFB
}

// reserved are the device names that Windows opens instead of a file, whatever the ending.
func reserved(name string) bool {
	s, _, _ := strings.Cut(strings.ToUpper(name), ".")
	switch s = strings.TrimSpace(s); s {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(s) == 4 && (strings.HasPrefix(s, "COM") || strings.HasPrefix(s, "LPT")) && s[3] >= '0' && s[3] <= '9'
}

// Disposition is the Content-Disposition header (RFC 6266, RFC 8187) that a kept file is
// sent with: always as an attachment, so that no browser shows it in the name of the site,
// with the full name and, for old programs, one of ASCII letters.
func Disposition(name string) string {
	name = CleanName(name)
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%;`, r) {
			return '_'
		}
		return r
	}, name)
	// PathEscape leaves these, which RFC 8187 does not allow in a value.
	full := strings.NewReplacer("'", "%27", "(", "%28", ")", "%29", "*", "%2A", "@", "%40",
		"=", "%3D", ":", "%3A", ",", "%2C", ";", "%3B", "/", "%2F").Replace(url.PathEscape(name))
	return `attachment; filename="` + ascii + `"; filename*=UTF-8''` + full
}
