package file_test

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"

	"shenbao/internal/file"
)

// TestCleanName is U03 of the abuse cases.
func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"证书.pdf": "证书.pdf", "../../x.pdf": "x.pdf", `..\..\x.pdf`: "x.pdf", `C:\x.pdf`: "x.pdf", "C:x.pdf": "C_x.pdf",
		"a\x00b.pdf": "ab.pdf", "a\r\nSet-Cookie: x.pdf": "aSet-Cookie_ x.pdf", `a"b.pdf`: "a_b.pdf", "a<b>.pdf": "a_b_.pdf",
		"fdp.\u202Egpj.exe": "fdp.gpj.exe", "a\u200B\uFEFF.pdf": "a.pdf", "CON": "_CON", "con.pdf": "_con.pdf", "LPT1.x.pdf": "_LPT1.x.pdf",
		"COM": "COM", ".htaccess": "htaccess", "...": "file", "": "file", "/": "file", ".pdf": "pdf", "😀.pdf": "😀.pdf",
		"bad\xFF\xFEutf8.pdf": "badutf8.pdf", "cafe\u0301.pdf": "caf\u00E9.pdf", " x.pdf. ": "x.pdf", "ᠮᠣᠩᠭᠤᠯ\u180E\u202Fᠤᠨ.pdf": "ᠮᠣᠩᠭᠤᠯ\u180E\u202Fᠤᠨ.pdf",
		strings.Repeat("长", 300) + ".pdf":      strings.Repeat("长", 116) + ".pdf",
		"x." + strings.Repeat("e", 300):        ("x." + strings.Repeat("e", 300))[:120],
		strings.Repeat("a", 200) + ".pdf ..  ": strings.Repeat("a", 116) + ".pdf",
	} {
		if got := file.CleanName(in); got != want {
			t.Errorf("CleanName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDisposition(t *testing.T) {
	for in, want := range map[string]string{
		"report.pdf":         `attachment; filename="report.pdf"; filename*=UTF-8''report.pdf`,
		"证书 (1).pdf":         `attachment; filename="__ (1).pdf"; filename*=UTF-8''%E8%AF%81%E4%B9%A6%20%281%29.pdf`,
		"a\"; x=\"y\r\n.pdf": `attachment; filename="a__ x=_y.pdf"; filename*=UTF-8''a_%3B%20x%3D_y.pdf`,
		"100%'*.pdf":         `attachment; filename="100_'_.pdf"; filename*=UTF-8''100%25%27_.pdf`,
	} {
		if got := file.Disposition(in); got != want {
			t.Errorf("Disposition(%q) =\n %s, want\n %s", in, got, want)
		}
	}
}

// FuzzName: whatever comes in, what comes out is a name and survives a header.
func FuzzName(f *testing.F) {
	for _, s := range []string{"证书.pdf", "../../x", `C:\x`, "a\r\nb: c", "\u202Egpj.exe", "CON.pdf", "e\u0301", "\xff", "%41*'.pdf", strings.Repeat("长", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		name := file.CleanName(in)
		if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > 120 || strings.ContainsAny(name, "/\\\x00\r\n\"<>:|?*\u202E") || name[0] == '.' {
			t.Fatalf("CleanName(%q) = %q", in, name)
		}
		if again := file.CleanName(name); again != name {
			t.Fatalf("CleanName(%q) = %q, and again %q", in, name, again)
		}
		kind, args, err := mime.ParseMediaType(file.Disposition(in))
		if err != nil || kind != "attachment" || args["filename"] != name {
			t.Fatalf("Disposition(%q): %s, %v, %v; want %q", in, kind, args, err, name)
		}
	})
}
