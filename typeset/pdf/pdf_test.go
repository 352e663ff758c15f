package pdf_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"shenbao/typeset"
	"shenbao/typeset/font"
	"shenbao/typeset/font/pack"
	"shenbao/typeset/pdf"
)

// text has what breaks weaker writers: two characters beyond the BMP, quotes, dashes, a
// glyph shared by two characters, Latin inside Chinese.
const text = "专家包𬭊、刘𫖮在“基地”——内蒙古自治区Ω与Ω之间，2017年7月20日前报送4,300份（DNA/SSR）。"

func pages(fonts *font.Set) []*typeset.Page {
	d := typeset.New(fonts, typeset.A4())
	for i, role := range font.Roles() {
		p := typeset.P(typeset.Style{Role: role, Size: 12 + float64(i), Color: typeset.Color{0, 0, uint8(40 * i)}}, text)
		p.Indent = 2
		d.Para(p)
	}
	d.Break()
	cell := typeset.Cell{Text: []typeset.Para{typeset.P(typeset.Style{Role: font.Song, Size: 12}, text)}}
	d.Table([]float64{200, 200}, []typeset.Row{{Cells: []typeset.Cell{cell, cell}}})
	if err := d.Page().QR(100, 400, 60, "7K3M-9QXT-2BHD"); err != nil {
		panic(err)
	}
	return d.Pages
}

var info = pdf.Info{Title: "申报表 <一> & 𬭊", Author: "内蒙古自治区人力资源和社会保障厅", Subject: "试", At: time.Date(2017, 7, 12, 2, 5, 0, 0, time.UTC)}

func write(t testing.TB, fonts *font.Set) []byte {
	t.Helper()
	b, err := pdf.Write(pages(fonts), info)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tool runs a program of poppler-utils or qpdf, which ./check installs.
func tool(t *testing.T, file []byte, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "FILE", path)
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v (Debian packages poppler-utils and qpdf)\n%s", name, err, out)
	}
	return string(out)
}

func squash(s string) string { return strings.Join(strings.Fields(s), "") }

func TestSound(t *testing.T) {
	b := write(t, pack.Fonts())
	if out := tool(t, b, "qpdf", "--check", "FILE"); strings.Contains(out, "WARNING") {
		t.Error(out)
	}
	got := squash(tool(t, b, "pdftotext", "-raw", "FILE", "-"))
	if n := strings.Count(got, squash(text)); n != len(font.Roles())+2 {
		t.Errorf("the text can be copied %d times, want %d:\n%s", n, len(font.Roles())+2, got)
	}
	for _, l := range strings.Split(strings.TrimSpace(tool(t, b, "pdffonts", "FILE")), "\n")[2:] {
		if f := strings.Fields(l); len(f) < 7 || strings.Join(f[len(f)-5:len(f)-2], " ") != "yes yes yes" || f[0][6] != '+' {
			t.Errorf("not an embedded subset with Unicode: %s", l)
		}
	}
	about := tool(t, b, "pdfinfo", "-isodates", "FILE")
	for _, want := range []string{"申报表 <一> & 𬭊", info.Author, "2017-07-12T02:05:00Z", "Pages:           2", "PDF version:     1.7"} {
		if !strings.Contains(about, want) {
			t.Errorf("pdfinfo does not say %q:\n%s", want, about)
		}
	}
	if meta := tool(t, b, "pdfinfo", "-meta", "FILE"); !strings.Contains(meta, "申报表 &lt;一&gt; &amp; 𬭊") {
		t.Errorf("XMP: %s", meta)
	}
}

// The same pages give the same bytes, also when many are made at once.
func TestDeterministic(t *testing.T) {
	fonts := pack.Fonts()
	want := write(t, pack.Fonts())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if b, err := pdf.Write(pages(fonts), info); err != nil || !bytes.Equal(b, want) {
				t.Errorf("other bytes (%v)", err)
			}
		})
	}
	wg.Wait()
}

// A TrueType font is embedded as one, beside the CFF of the pack, and its characters
// beyond the BMP can be copied.
func TestTrueType(t *testing.T) {
	fonts, err := pack.Fonts().With(os.DirFS("../font/testdata"))
	if err != nil {
		t.Fatal(err)
	}
	d := typeset.New(fonts, typeset.A4())
	d.Para(typeset.P(typeset.Style{Role: font.Title, Size: 20}, "A一𬭊国"))
	b, err := pdf.Write(d.Pages, info)
	if err != nil {
		t.Fatal(err)
	}
	tool(t, b, "qpdf", "--check", "FILE")
	if got := squash(tool(t, b, "pdftotext", "FILE", "-")); got != "A一𬭊国" {
		t.Errorf("copied %q", got)
	}
	if got := tool(t, b, "pdffonts", "FILE"); !strings.Contains(got, "+Local0 ") || !strings.Contains(got, "CID TrueType") || !strings.Contains(got, "CID Type 0C") {
		t.Error(got)
	}
	tool(t, b, "pdftoppm", "-r", "30", "FILE", filepath.Join(t.TempDir(), "p")) // the outlines can be drawn
}

func TestNoDate(t *testing.T) {
	b, err := pdf.Write(pages(pack.Fonts()), pdf.Info{Title: "空白表"})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte("CreationDate")) || bytes.Contains(b, []byte("CreateDate")) {
		t.Error("a date was made up")
	}
}

func BenchmarkWrite(b *testing.B) {
	p := pages(pack.Fonts())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pdf.Write(p, info); err != nil {
			b.Fatal(err)
		}
	}
}
