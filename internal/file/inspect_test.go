package file_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"shenbao/internal/file"
)

func inspect(t testing.TB, name string, b []byte) (file.Info, error) {
	t.Helper()
	return file.Inspect(t.Context(), bytes.NewReader(b), int64(len(b)), name)
}

func workbook(t testing.TB, fillIn func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fillIn(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestInspectTakes: what offices send.
func TestInspectTakes(t *testing.T) {
	link := "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://www.gov.cn) >> >>]"
	for _, c := range []struct {
		what, name, mime string
		pages            int
		body             []byte
	}{
		{"one page", "a.pdf", "application/pdf", 1, pages(1, "", "")},
		{"many pages", "扫描件.PDF", "application/pdf", 40, pages(40, "", "")},
		{"opens at a page", "a.pdf", "application/pdf", 1, pages(1, "/OpenAction [3 0 R /Fit]", "")},
		{"a link to click", "a.pdf", "application/pdf", 1, pages(1, "", link)},
		{"may not be printed, can be read", "a.pdf", "application/pdf", 1, locked(t, pages(1, "", ""), "")},
		{"in an object stream", "a.pdf", "application/pdf", 1, packed("<< /Type /Catalog /Pages 2 0 R >>", map[int]string{
			2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", 3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"})},
		{"photo", "证书.jpg", "image/jpeg", 1, jpg()},
		{"photo", "证书.JPEG", "image/jpeg", 1, jpg()},
		{"a phone's two pictures", "a.jpg", "image/jpeg", 1, cat(jpg(), jpg())},
		{"corrupt EXIF, which nobody reads", "a.jpg", "image/jpeg", 1, cat(jpg()[:2], "\xFF\xE1\x00\x10Exif\x00\x00MM\xFF\xFF\xFF\xFF\xFF\xFF", jpg()[2:])},
		{"picture", "a.png", "image/png", 1, pngFile()},
		{"document", "说明.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 0, docx()},
		{"64-bit end record", "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 0, long(docx())},
		{"link to click", "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 0, docx(rel("hyperlink", "https://www.gov.cn", "External"))},
		{"template of the office", "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 0,
			docx(rel("attachedTemplate", `file:///C:\Users\wang\Normal.dotm`, "External"))},
		{"workbook", "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 0,
			workbook(t, func(f *excelize.File) { f.SetCellValue("Sheet1", "A1", "单位") })},
		{"ofd", "发票.ofd", "application/ofd", 0, ofd()},
	} {
		got, err := inspect(t, c.name, c.body)
		if want := (file.Info{Name: c.name, Type: c.mime, Pages: c.pages}); err != nil || got != want {
			t.Errorf("%s (%s): %+v, %v; want %+v", c.what, c.name, got, err, want)
		}
	}
}

// hostile is a file that must be refused, and why.
type hostile struct {
	id, name, kind string
	body           []byte
}

// TestInspectRefuses is the corpus of hostile and unfit files; the ids are those of the
// list of abuse cases.
func TestInspectRefuses(t *testing.T) {
	for _, c := range slices.Concat(wrongKind(), activePDF(t), brokenPDF(), badOffice(), badPicture()) {
		got, err := inspect(t, c.name, c.body)
		var no *file.Bad
		if !errors.As(err, &no) || no.Kind != c.kind {
			t.Errorf("%s %s (%d bytes): %+v, %v; want %s", c.id, c.name, len(c.body), got, err, c.kind)
		}
	}
}

const page = "<html><script>alert(document.cookie)</script></html>"

// wrongKind: U01, U02, U11.
func wrongKind() []hostile {
	html, svg := []byte("<!DOCTYPE html>"+page), []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)
	xslt := []byte(`<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#x"?><x/>`)
	mhtml := []byte("MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n" + page)
	jar := archive(text("META-INF/MANIFEST.MF", "Main-Class: X"), text("X.class", "\xCA\xFE\xBA\xBE"))
	var all []hostile
	for _, ext := range []string{"pdf", "jpg", "png", "docx", "xlsx", "ofd"} {
		for _, b := range [][]byte{html, svg, xslt, mhtml, cat("MZ", make([]byte, 600)), []byte("GIF89a/*\x01\x00\x01\x00*/=1;alert(1)"), []byte("#!/bin/sh\n"), []byte("Rar!\x1A\x07\x00")} {
			all = append(all, hostile{"U01", "x." + ext, "file-mismatch", b})
		}
	}
	return append(all,
		hostile{"U01", "x.html", "file-type", html}, hostile{"U01", "x.svg", "file-type", svg}, hostile{"U01", "x.xml", "file-type", xslt},
		hostile{"U01", "x", "file-type", pages(1, "", "")}, hostile{"U01", "x.exe", "file-type", []byte("MZ")}, hostile{"U01", "x.pdf.exe", "file-type", pages(1, "", "")},
		hostile{"U01", "x.docm", "file-type", docx()}, hostile{"U01", "x.zip", "file-type", docx()},
		hostile{"U11", "x.doc", "file-type-old", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")},
		hostile{"U11", "x.docx", "file-mismatch", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")},
		hostile{"U11", "x.gif", "file-type-old", []byte("GIF89a")},
		hostile{"U11", "x.xlsx", "file-mismatch", docx()}, hostile{"U11", "x.ofd", "file-mismatch", docx()}, hostile{"U11", "x.docx", "file-mismatch", jar},
		hostile{"U11", "x.jpg", "file-mismatch", pngFile()}, hostile{"U11", "x.pdf", "file-empty", nil},
		hostile{"U11", "x.pdf", "file-too-big", make([]byte, file.MaxSize+1)},
		hostile{"U02", "x.pdf", "file-mismatch", cat("MZ", make([]byte, 600), pages(1, "", ""))},
		hostile{"U02", "x.pdf", "file-two", cat("%PDF-1.4\n", page, pages(1, "", ""))},
		hostile{"U02", "x.pdf", "file-two", cat("%PDF-1.4\n", utf16le(page), pages(1, "", ""))},
		hostile{"U02", "x.pdf", "file-two", cat(pages(1, "", ""), docx())},
		hostile{"U02", "x.jpg", "file-two", cat(jpg(), docx())},
		hostile{"U02", "x.jpg", "file-two", cat(jpg(), docx(), make([]byte, 1000))},
		hostile{"U02", "x.jpg", "file-two", cat(jpg(), page)},
		hostile{"U02", "x.jpg", "file-two", cat(jpg(), make([]byte, 50_000), pages(1, "", ""), make([]byte, 50_000))},
		hostile{"U02", "x.jpg", "file-two", cat(jpg()[:2], "\xFF\xFE\x00\x20<script>alert(1)</script>     ", jpg()[2:])},
		hostile{"U02", "x.png", "file-two", cat(pngFile(), docx())}, hostile{"U02", "x.png", "file-two", cat(pngFile(), "x")},
		hostile{"U02", "x.docx", "file-mismatch", cat(jpg(), docx())},
		hostile{"U02", "x.docx", "file-damaged", cat(docx(), jpg())},
		hostile{"U02", "x.docx", "file-damaged", cat(docx(), docx())},
	)
}

func utf16le(s string) []byte {
	b := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func activePDF(t testing.TB) []hostile {
	js := "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
	var all []hostile
	for _, b := range [][]byte{
		pages(1, "/OpenAction "+js, ""),
		pages(1, "/OpenAction 4 0 R", "", js),
		pages(1, "/OpenAction << /S /J#61vaScript /J#53 (x) >>", ""), // the name written in hex
		pages(1, "/Names << /JavaScript << /Names [(a) "+js+"] >> >>", ""),
		pages(1, "", "/AA << /O "+js+" >>"),
		pages(1, "/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next "+js+" >>", ""),
		pages(1, "", "", js), // no one points to it, yet
		pages(1, "/OpenAction << /S 4 0 R /F (cmd.exe) >>", "", "/Lau#6Ech"),
		pages(1, "/OpenAction << /S 4 0 R /F (cmd.exe) >>", "", "/Launch"),
		pages(1, "/OpenAction << /S /Launch /F (cmd.exe) >>", ""),
		pages(1, "", "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /Win << /F (calc.exe) >> >> >>]"),
		pages(1, "", "/AA << /O << /S /SubmitForm /F (http://example.org) >> >>"),
		pages(1, "/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (a.exe) /EF << /F 4 0 R >> >>] >> >>", "", stream("/Type /EmbeddedFile", []byte("MZ"))),
		pages(1, "", "/Annots [<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] >>]"),
		pages(1, "", "/Annots [<< /Type /Annot /Subtype /RichMedia /Rect [0 0 9 9] >>]"),
		pages(1, "/AcroForm << /Fields [] /XFA [] >>", ""),
		packed("<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>", map[int]string{2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>", 4: js}),
		locked(t, pages(1, "/OpenAction "+js, ""), ""),
	} {
		all = append(all, hostile{"U01", "x.pdf", "file-active", b})
	}
	return append(all, hostile{"U01", "x.pdf", "file-locked", locked(t, pages(1, "", ""), "secret")})
}

func brokenPDF() []hostile {
	whole := pages(3, "", "")
	var all []hostile
	for _, b := range [][]byte{
		[]byte("%PDF-1.7\n"), whole[:len(whole)/2], cat("%PDF-1.7\n", bytes.Repeat([]byte{0}, 5000), "%%EOF"), cat("%PDF-1.7\n", "<a> 1 0 obj", "%%EOF"),
		pdf("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), // its own child
		pdf("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"),
		pdf("<< /Type /Catalog >>"),
		pdf("<< /Type /Catalog /Pages 2 0 R >>", strings.Repeat("[", 200_000)+strings.Repeat("]", 200_000)),
	} {
		all = append(all, hostile{"U17", "x.pdf", "file-damaged", b})
	}
	return all
}

// badOffice: U05, U06, U18.
func badOffice() []hostile {
	in := func(id, kind string, m ...member) hostile { return hostile{id, "x.docx", kind, docx(m...)} }
	laughs := `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>`
	xxe := `<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>`
	many := []member{}
	for i := range 5001 {
		many = append(many, text(fmt.Sprintf("word/media/%d", i), ""))
	}
	all := []hostile{
		in("U05", "file-zip-name", text("../evil", "")), in("U05", "file-zip-name", text("word/../../evil", "")),
		in("U05", "file-zip-name", text("/etc/passwd", "")), in("U05", "file-zip-name", text(`word\..\evil`, "")),
		in("U05", "file-zip-name", text(`C:evil`, "")), in("U05", "file-zip-name", text("word/document.xml", "twin")),
		in("U05", "file-zip-name", text("WORD/Document.xml", "twin")), in("U05", "file-zip-name", text("word/a\x00b", "")),
		in("U05", "file-zip-name", member{name: "word/link", body: strings.NewReader("/etc/passwd"), mode: fs.ModeSymlink | 0o777}),
		in("U05", "file-zip-name", member{name: "word/dev", body: strings.NewReader(""), mode: fs.ModeDevice | 0o600}),
		in("U06", "file-locked", member{name: "word/secret.xml", body: strings.NewReader("x"), flag: 1}),
		in("U06", "file-active", text("word/vbaProject.bin", "x")), in("U06", "file-active", text("word/activeX/activeX1.bin", "x")),
		in("U06", "file-active", text("word/embeddings/run.EXE", "MZ")), in("U06", "file-active", text("word/afchunk.mht", "x")),
		{"U06", "x.docx", "file-active", archive(text("[Content_Types].xml", strings.Replace(docxTypes, "openxmlformats-officedocument.wordprocessingml.document.main", "ms-word.document.macroEnabled.main", 1)), text("word/document.xml", docxBody))},
		in("U06", "file-external", rel("attachedTemplate", "http://example.org/t.dotm", "External")),
		in("U06", "file-external", rel("attachedTemplate", `file:///\\example.org\t.dotm`, "External")),
		in("U06", "file-external", rel("image", "http://example.org/a.png", "External")),
		in("U06", "file-external", rel("oleObject", "mhtml:http://example.org!x", "External")),
		{"U06", "x.xlsx", "file-external", archive(text("xl/workbook.xml", "<workbook/>"), text("xl/externalLinks/externalLink1.xml", "<x/>"))},
		{"U06", "x.xlsx", "file-active", archive(text("xl/workbook.xml", "<workbook/>"), text("xl/macrosheets/sheet1.xml", "<x/>"))},
		in("U18", "file-entities", text("word/a.xml", laughs)), in("U18", "file-entities", text("word/a.xml", xxe)),
		in("U18", "file-entities", text("word/_rels/x.rels", xxe)), in("U18", "file-entities", member{name: "word/a.xml", body: bytes.NewReader(utf16le(laughs))}),
		in("U18", "file-entities", text("word/a.xml", strings.Repeat(" ", 65530)+laughs)), // over the edge of a read
		in("U18", "file-entities", text("word/a.xml", `<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></a>`)),
		{"U18", "x.ofd", "file-entities", ofd(text("Doc_0/a.xml", xxe))},
		in("U06", "file-damaged", text("word/_rels/x.rels", "<Relationships><Rel")),
		in("U06", "file-bomb", many...),
		in("U06", "file-bomb", member{name: "word/media/a", body: repeat(0, 40<<20)}),       // ratio
		in("U06", "file-bomb", member{name: "word/a.xml", body: repeat(' ', 40<<20)}),       // ratio, in a part that is read
		in("U06", "file-bomb", member{name: "word/_rels/a.rels", body: repeat(' ', 9<<20)}), // a part that is read whole
		{"U05", "x.docx", "file-damaged", flip(long(docx()), "PK\x06\x06", 48)}, {"U05", "x.docx", "file-damaged", flip(long(docx()), "PK\x06\x07", 8)},
		{"U05", "x.docx", "file-bomb", flip(long(docx()), "PK\x06\x06", 30)},
		{"U06", "x.docx", "file-damaged", docx()[:len(docx())-30]}, {"U06", "x.docx", "file-damaged", []byte("PK\x03\x04")},
		{"U06", "x.docx", "file-damaged", flip(docx(text("word/media/a", strings.Repeat("0123456789", 50))), "word/media/a", 20)},
	}
	return append(all, liar())
}

// flip changes the byte at offset after the first place of mark.
func flip(b []byte, mark string, after int) []byte {
	b = slices.Clone(b)
	b[bytes.Index(b, []byte(mark))+len(mark)+after] ^= 0xFF
	return b
}

// liar is an archive whose directory says that an entry is small.
func liar() hostile {
	b := docx(member{name: "word/media/a", body: repeat(0, 40<<20)})
	big := []byte{0, 0, 0x80, 2} // 40 MB
	for i := bytes.LastIndex(b, []byte("PK\x01\x02")); ; {
		j := bytes.Index(b[i:], big)
		if j < 0 {
			return hostile{"U06", "x.docx", "file-damaged", b}
		}
		copy(b[i+j:], []byte{10, 0, 0, 0})
		i += j
	}
}

// badPicture: U07.
func badPicture() []hostile {
	b := jpg()
	sof := bytes.Index(b, []byte{0xFF, 0xC0}) // height at 5, width at 7
	wide := slices.Clone(b)
	copy(wide[sof+5:], []byte{0xEA, 0x60, 0xEA, 0x60})
	flat := slices.Clone(b)
	copy(flat[sof+5:], []byte{0, 0, 0, 0})
	return []hostile{
		{"U07", "x.png", "file-pixels", pngOf(60_000, 60_000)}, {"U07", "x.png", "file-pixels", pngOf(1, 100_000)},
		{"U07", "x.png", "file-pixels", pngOf(20_000, 20_000)}, {"U07", "x.jpg", "file-pixels", wide},
		{"U07", "x.png", "file-damaged", pngOf(0, 10)}, {"U07", "x.jpg", "file-damaged", flat},
		{"U07", "x.png", "file-animated", pngOf(10, 10, chunk("acTL", []byte{0, 0, 0, 2, 0, 0, 0, 0}))},
		{"U07", "x.png", "file-damaged", pngFile()[:len(pngFile())-20]}, {"U07", "x.png", "file-damaged", pngFile()[:20]},
		{"U07", "x.png", "file-damaged", flip(pngFile(), "IDAT", 10)},
		{"U07", "x.jpg", "file-damaged", b[:len(b)/2]}, {"U07", "x.jpg", "file-damaged", b[:4]}, {"U07", "x.jpg", "file-damaged", b[:sof+30]},
	}
}

// TestInspectHeavyPDF: what grows without measure when it is read ends the process that
// reads it, and nothing else; what no one inflates is as good as any other page.
func TestInspectHeavyPDF(t *testing.T) {
	bomb := deflate(repeat(' ', 1<<28))
	loop := pages(1, "", "")
	xref := bytes.LastIndex(loop, []byte("\nxref")) + 1
	for _, c := range []struct {
		what, kind string
		body       []byte
	}{
		{"256 MB of metadata", "", pages(1, "/Metadata 4 0 R", "", stream("/Type /Metadata /Subtype /XML /Filter /FlateDecode", bomb))},
		{"256 MB on a page", "", pages(1, "", "/Contents 4 0 R", stream("/Filter /FlateDecode", bomb))},
		{"100 MB of objects", "file-damaged or file-heavy", packed("<< /Type /Catalog /Pages 2 0 R >>", map[int]string{
			2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", 3: "<< /Type /Page /Parent 2 0 R >>", 4: strings.Repeat(" ", 100<<20)})},
		{"5,001 pages", "file-heavy", pages(5001, "", "")},
		{"20 million arrays", "file-heavy", pages(1, "", "", "["+strings.Repeat("[]", 20_000_000)+"]")},
		{"a /Prev that loops", "file-damaged", bytes.Replace(loop, []byte("/Root"), fmt.Appendf(nil, "/Prev %d /Root", xref), 1)},
	} {
		start := time.Now()
		got, err := inspect(t, "x.pdf", c.body)
		var no *file.Bad
		if c.kind == "" && (err != nil || got.Pages != 1) || c.kind != "" && (!errors.As(err, &no) || !strings.Contains(c.kind, no.Kind)) {
			t.Errorf("%s (%d bytes): %+v, %v; want %q", c.what, len(c.body), got, err, c.kind)
		}
		t.Logf("%s: %d bytes, %v", c.what, len(c.body), time.Since(start).Round(time.Millisecond))
	}
}

// TestInspectOurFault: an error of reading or the end of the request says nothing about
// the file, so it is no *Bad.
func TestInspectOurFault(t *testing.T) {
	b := pages(1, "", "")
	var no *file.Bad
	if _, err := file.Inspect(t.Context(), bytes.NewReader(b), int64(len(b))+10_000, "x.pdf"); err == nil || errors.As(err, &no) {
		t.Errorf("shorter than said: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []hostile{{name: "x.pdf", body: b}, {name: "x.docx", body: docx()}, {name: "x.png", body: pngFile()}} {
		if _, err := file.Inspect(ctx, bytes.NewReader(c.body), int64(len(c.body)), c.name); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled: %v", c.name, err)
		}
	}
	if _, err := file.Inspect(t.Context(), failingAt{}, 100, "x.pdf"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("unreadable: %v", err)
	}
}

type failingAt struct{}

func (failingAt) ReadAt([]byte, int64) (int, error) { return 0, fs.ErrPermission }

var _ io.ReaderAt = failingAt{}

func FuzzInspect(f *testing.F) {
	for _, c := range slices.Concat(badOffice()[:20], badPicture(), []hostile{{name: "x.jpg", body: jpg()}, {name: "x.docx", body: docx()}, {name: "x.ofd", body: ofd()}}) {
		f.Add(c.name, c.body)
	}
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		if strings.HasSuffix(strings.ToLower(name), ".pdf") {
			return // a process for each would fuzz the operating system; pdfcpu has its own
		}
		info, err := inspect(t, name, b)
		var no *file.Bad
		if err != nil && !errors.As(err, &no) {
			t.Fatalf("not a refusal: %v", err)
		}
		if err == nil && (info.Type == "" || info.Name == "" || len(b) == 0) {
			t.Fatalf("took %+v", info)
		}
	})
}
