package file_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"shenbao/internal/file"
)

func read(t testing.TB, name string, b []byte, l file.Limits) ([][]string, error) {
	t.Helper()
	return file.ReadTable(t.Context(), name, bytes.NewReader(b), int64(len(b)), l)
}

func encoded(t testing.TB, s, as string) []byte {
	t.Helper()
	e := map[string]interface{ Bytes([]byte) ([]byte, error) }{
		"GB18030": simplifiedchinese.GB18030.NewEncoder(), "UTF-16LE": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(),
		"UTF-16BE": unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder(),
	}[as]
	b, err := e.Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// units is what an office sends, as text.
const units = "单位名称,统一社会信用代码,备注\r\n赤峰市农牧局,11150400MB1234567X,\"含逗号, 和\n换行\"\r\n\r\n 骉𬭊镇 ,　,\r\n,,\r\n"

var unitRows = [][]string{{"单位名称", "统一社会信用代码", "备注"}, {"赤峰市农牧局", "11150400MB1234567X", "含逗号, 和\n换行"}, nil, {"骉𬭊镇"}}

func TestReadCSV(t *testing.T) {
	for what, b := range map[string][]byte{
		"UTF-8": []byte(units), "UTF-8 with BOM": []byte("\uFEFF" + units), "UTF-16LE": encoded(t, units, "UTF-16LE"),
		"UTF-16BE": encoded(t, units, "UTF-16BE"), "GB18030": encoded(t, units, "GB18030"),
		"semicolons": []byte(strings.NewReplacer("含逗号,", "含逗号\x01", ",", ";", "\x01", ",").Replace(strings.Replace(units, "含逗号,", "含逗号\x01", 1))),
		"tabs":       []byte(strings.NewReplacer("\x01", ",", ",", "\t").Replace(strings.Replace(units, "含逗号,", "含逗号\x01", 1))),
		"LF":         []byte(strings.ReplaceAll(units, "\r\n", "\n")),
	} {
		got, err := read(t, "单位.csv", b, file.Limits{})
		if err != nil || !reflect.DeepEqual(got, unitRows) {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
}

func TestReadXLSX(t *testing.T) {
	b := workbook(t, func(f *excelize.File) {
		day := time.Date(2017, 7, 20, 0, 0, 0, 0, time.UTC)
		for cell, v := range map[string]any{"A1": "姓名", "B1": "电话", "C1": "任职", "D1": "金额", "A3": " 王　五\u200B ", "B3": 13804711234, "C3": day, "D3": 0.1, "A4": "'=A1"} {
			if err := f.SetCellValue("Sheet1", cell, v); err != nil {
				t.Fatal(err)
			}
		}
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14}) // the date format that Excel chooses
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.SetCellStyle("Sheet1", "C3", "C3", style), f.SetCellFormula("Sheet1", "D4", "1+1"), f.SetRowHeight("Sheet1", 50_000, 20)); err != nil {
			t.Fatal(err)
		}
		if _, err := f.NewSheet("说明"); err != nil {
			t.Fatal(err)
		}
	})
	got, err := read(t, "人员.xlsx", b, file.Limits{})
	want := [][]string{{"姓名", "电话", "任职", "金额"}, nil, {"王　五", "13804711234", "2017-07-20", "0.1"}, {"=A1"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

func sheet(rows string, more ...member) []byte {
	return archive(append([]member{
		text("[Content_Types].xml", `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`),
		text("_rels/.rels", `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`),
		text("xl/workbook.xml", `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`),
		text("xl/_rels/workbook.xml.rels", `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`),
		text("xl/worksheets/sheet1.xml", `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`+rows+`</sheetData></worksheet>`),
	}, more...)...)
}

func inline(ref, s string) string {
	return `<c r="` + ref + `" t="inlineStr"><is><t>` + s + `</t></is></c>`
}

// TestReadTableRefuses is U06 and the rest that would be imported by halves.
func TestReadTableRefuses(t *testing.T) {
	good := sheet(`<row r="1">` + inline("A1", "x") + `</row>`)
	if got, err := read(t, "a.xlsx", good, file.Limits{}); err != nil || !reflect.DeepEqual(got, [][]string{{"x"}}) {
		t.Fatalf("the sheet that the others are made from: %q, %v", got, err)
	}
	few := file.Limits{Rows: 3, Cols: 3, Cell: 5}
	for _, c := range []struct {
		name, kind string
		body       []byte
	}{
		{"a.csv", "file-empty", nil}, {"a.csv", "file-empty", []byte("\n , \n")}, {"a.csv", "file-too-big", make([]byte, 17<<20)},
		{"a.pdf", "table-type", []byte("x")}, {"a.csv", "table-type", good}, {"a.xls", "table-type", []byte("\xD0\xCF\x11\xE0")},
		{"a.csv", "table-type", []byte("\xD0\xCF\x11\xE0\xA1")}, {"a.xlsx", "table-type", []byte("a,b")},
		{"a.csv", "table-encoding", []byte("名称,\xFF\xFF\xFF")}, {"a.csv", "table-encoding", []byte("a,\x00b")},
		{"a.csv", "table-encoding", []byte("a,\uFFFD")}, {"a.csv", "table-encoding", []byte("\xFF\xFEa")},
		{"a.csv", "table-quote", []byte("a,b\n\"c,d\ne,f\n")}, {"a.csv", "table-quote", []byte("a,b\"c\n")},
		{"a.csv", "table-rows", []byte("a\nb\nc\nd")}, {"a.csv", "table-cols", []byte("a,b,c,d")}, {"a.csv", "table-cell", []byte("a,一二三四五六")},
		{"a.csv", "table-cols", []byte(strings.Repeat(",", 1<<20) + "a")}, {"a.csv", "table-rows", []byte(strings.Repeat("\n", 1<<20) + "a")},
		{"a.xlsx", "table-rows", sheet(`<row r="1048576">` + inline("A1048576", "x") + `</row>`)},
		{"a.xlsx", "table-cols", sheet(`<row r="1">` + inline("XFD1", "x") + `</row>`)},
		{"a.xlsx", "file-damaged", sheet(`<row r="2147483648">` + inline("A1", "x") + `</row>`)},
		{"a.xlsx", "file-damaged", sheet(`<row r="1">` + inline("XFE1", "x") + `</row>`)},
		{"a.xlsx", "file-damaged", sheet(`<row r="1">` + inline("A1", "x") + `</row><row`)}, // ends half-way: not a table of one row
		{"a.xlsx", "file-damaged", sheet(`<row r="1"></wrong>`)},
		{"a.xlsx", "table-cell", sheet(`<row r="1">` + inline("A1", "一二三四五六") + `</row>`)},
		{"a.xlsx", "file-entities", sheet("", text("xl/x.xml", `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>`))},
		{"a.xlsx", "file-active", sheet("", text("xl/vbaProject.bin", "x"))},
		{"a.xlsx", "file-external", sheet("", text("xl/externalLinks/externalLink1.xml", "<x/>"))},
		{"a.xlsx", "file-zip-name", sheet("", text("../x", ""))},
		{"a.xlsx", "file-bomb", sheet("", member{name: "xl/sharedStrings.xml", body: repeat(' ', 100<<20)})},
		{"a.xlsx", "file-damaged", archive(text("x", "not a workbook"))},
		{"a.xlsx", "file-damaged", good[:len(good)/2]},
	} {
		got, err := read(t, c.name, c.body, few)
		var no *file.Bad
		if !errors.As(err, &no) || no.Kind != c.kind {
			t.Errorf("%s %.60q (%d bytes): %d rows, %v; want %s", c.name, c.body, len(c.body), len(got), err, c.kind)
		}
	}
	if _, err := read(t, "a.csv", []byte("a\n\n\nb,c,,一二三四五六"), few); err == nil || !strings.Contains(err.Error(), "row:4") {
		t.Errorf("the row that people see is the fourth: %v", err)
	}
}

// TestReadHeavyXLSX: many styles, and a sheet of a million rows, are bounded by the process
// that reads them.
func TestReadHeavyXLSX(t *testing.T) {
	styles := `<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs>`
	var xfs strings.Builder
	for i := range 600_000 {
		fmt.Fprintf(&xfs, `<xf numFmtId="%d" fontId="%d"/>`, i, i*7919)
	}
	b := sheet(`<row r="1">`+`<c r="A1" s="1"><v>1</v></c>`+`</row>`, text("xl/styles.xml", styles+xfs.String()+"</cellXfs></styleSheet>"))
	start := time.Now()
	got, err := read(t, "a.xlsx", b, file.Limits{})
	var no *file.Bad
	if err != nil && !errors.As(err, &no) || err == nil && len(got) != 1 {
		t.Errorf("styles: %d rows, %v", len(got), err)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("styles took %v", took)
	}
	t.Log(time.Since(start), len(b), err)
}

var evil = []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0", "'=1", "''=1"}

// TestWriteCSV: no cell that a spreadsheet would run, and all of it comes back.
func TestWriteCSV(t *testing.T) {
	var b bytes.Buffer
	rows := [][]string{evil, {"普通", "a,b", `say "hi"`, "两\n行", "11150400MB1234567X", "'quoted'"}}
	if err := file.WriteCSV(&b, []string{"=head", "二"}, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(b.Bytes(), []byte("\xEF\xBB\xBF'=head,二\r\n")) {
		t.Errorf("begins %q", b.Bytes()[:20])
	}
	got, err := read(t, "a.csv", b.Bytes(), file.Limits{})
	want := [][]string{{"=head", "二"}, nil, rows[1]}
	for _, c := range evil {
		want[1] = append(want[1], strings.TrimSpace(c))
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read back %q, %v; want %q", got, err, want)
	}
	r := csv.NewReader(strings.NewReader(b.String()[3:]))
	r.FieldsPerRecord = -1
	raw, err := r.ReadAll()
	if err != nil || len(raw) != 3 {
		t.Fatalf("%d rows, %v", len(raw), err)
	}
	for _, f := range slices.Concat(raw...) {
		if strings.ContainsRune("=+-@＝＋－＠\t\r\n", []rune(f)[0]) {
			t.Errorf("a spreadsheet would run %q", f)
		}
	}
}

// TestWriteXLSX: all is text, nothing is a formula, and all of it comes back.
func TestWriteXLSX(t *testing.T) {
	var b bytes.Buffer
	rows := [][]string{evil, {"001", "123456789012345678", "<&>", "两\n行", "骉𬭊", "a\x01b"}}
	if err := file.WriteXLSX(&b, "申报", []string{"单位", "代码"}, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for r, row := range rows {
		for c, s := range row {
			at, err := excelize.CoordinatesToCellName(c+1, r+2)
			if err != nil {
				t.Fatal(err)
			}
			formula, ferr := f.GetCellFormula("申报", at)
			kind, kerr := f.GetCellType("申报", at)
			if ferr != nil || kerr != nil || formula != "" || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
				t.Errorf("%s %q: formula %q, type %v, %v %v", at, s, formula, kind, ferr, kerr)
			}
			got, err := f.GetCellValue("申报", at)
			want := strings.NewReplacer("\x01", "", "\r", "").Replace(s)
			if err != nil || got != want {
				t.Errorf("%s: %q, %v; want %q", at, got, err, want)
			}
		}
	}
	if p, err := f.GetPanes("申报"); err != nil || !p.Freeze || p.YSplit != 1 {
		t.Errorf("header: %+v, %v", p, err)
	}
	if _, err := file.Inspect(t.Context(), bytes.NewReader(b.Bytes()), int64(b.Len()), "a.xlsx"); err != nil {
		t.Errorf("our own workbook is refused: %v", err)
	}
	if err := file.WriteXLSX(&b, "x", nil, slices.Values([][]string{{strings.Repeat("字", 32_768)}})); err == nil {
		t.Error("a text longer than a cell was cut in silence")
	}
}

// TestTablesRoundTrip: what is exported can be imported again, in both forms.
func TestTablesRoundTrip(t *testing.T) {
	cellOf := rapid.Custom(func(t *rapid.T) string {
		s := rapid.StringOfN(rapid.SampledFrom([]rune("a字骉𬭊=+-@＝'\",;\n\t 　0<&")), 1, 8, -1).Draw(t, "cell")
		return "x" + s + "y"
	})
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cellOf, 2, 4), 1, 5).Draw(t, "rows")
		for i, prefix := range rapid.SliceOfN(rapid.SampledFrom([]string{"", "=", "'", "'=", "''@", "-", "＋"}), len(rows), len(rows)).Draw(t, "prefix") {
			rows[i][0] = prefix + rows[i][0]
		}
		var b bytes.Buffer
		if err := file.WriteCSV(&b, []string{"甲", "乙", "丙", "丁"}, slices.Values(rows)); err != nil {
			t.Fatal(err)
		}
		got, err := file.ReadTable(t.Context(), "a.csv", bytes.NewReader(b.Bytes()), int64(b.Len()), file.Limits{})
		if err != nil || !reflect.DeepEqual(got[1:], rows) {
			t.Fatalf("%q came back as %q, %v", rows, got, err)
		}
	})
}

func FuzzReadTable(f *testing.F) {
	for _, s := range []string{units, "\uFEFF" + units, "a;b\n1;2", "a\tb", "\"", "a,\"b\n", "'=1", "\xFF\xFEa\x00", "\xB3\xE0\xB7\xE5,1", strings.Repeat(",", 200)} {
		f.Add([]byte(s))
	}
	f.Add(encoded(f, units, "UTF-16BE"))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, err := read(t, "a.csv", b, file.Limits{Rows: 50, Cols: 20, Cell: 100})
		var no *file.Bad
		switch {
		case err != nil && !errors.As(err, &no):
			t.Fatalf("not a refusal: %v", err)
		case err == nil && (len(rows) == 0 || len(rows) > 50 || len(rows[len(rows)-1]) == 0):
			t.Fatalf("%d rows: %q", len(rows), rows)
		}
		for _, r := range rows {
			if len(r) > 20 || len(r) > 0 && r[len(r)-1] == "" {
				t.Fatalf("row %q", r)
			}
		}
	})
}
