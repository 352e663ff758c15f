package file

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	textunicode "golang.org/x/text/encoding/unicode"
)

// Limits of a table that is read. Zero means the default.
type Limits struct {
	Rows int // 10,000, the header included
	Cols int // 100
	Cell int // 4,000 characters in one cell
}

func (l Limits) orDefault() Limits {
	def := func(n *int, d int) {
		if *n == 0 {
			*n = d
		}
	}
	def(&l.Rows, 10_000)
	def(&l.Cols, 100)
	def(&l.Cell, 4_000)
	return l
}

// maxTable is the largest table that is read, in bytes.
const maxTable = 16 << 20

// ReadTable reads a CSV or XLSX file (by the end of its name) into rows of cells. Of a
// workbook it is the first sheet, as shown, with dates as 2017-07-20. CSV may be UTF-8,
// UTF-16 or GB18030 (what Excel in China saves), with commas, tabs or semicolons. Cells are
// trimmed and the mark that WriteCSV puts before a would-be formula is taken off again;
// empty rows inside stay, so that row numbers are those that people see; at the end they
// go. Rows may differ in length. What can't be read whole is a *Bad with the row it is in.
func ReadTable(ctx context.Context, name string, r io.ReaderAt, size int64, l Limits) ([][]string, error) {
	l = l.orDefault()
	switch {
	case size == 0:
		return nil, bad("file-empty", "name", CleanName(name))
	case size > maxTable:
		return nil, bad("file-too-big", "mb", strconv.Itoa(maxTable>>20))
	}
	b, err := part(r, 0, size)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	switch ext := strings.ToLower(path.Ext(CleanName(name))); {
	case ext == ".xlsx" && bytes.HasPrefix(b, []byte(zipMagic)):
		rows, err = sheetRows(ctx, b, l)
	case (ext == ".csv" || ext == ".txt" || ext == ".tsv") && !bytes.HasPrefix(b, []byte("PK")) && !bytes.HasPrefix(b, []byte("\xD0\xCF\x11\xE0")):
		rows, err = csvRows(b, l)
	default:
		return nil, bad("table-type", "name", CleanName(name))
	}
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, bad("file-empty", "name", CleanName(name))
	}
	return rows, nil
}

// A grid takes rows as they are read, cleans their cells and holds them to the limits.
type grid struct {
	limits Limits
	rows   [][]string
	n      int // rows seen; those that are empty take no room until another follows
}

func (g *grid) add(cells []string) *Bad {
	g.n++
	row := make([]string, 0, min(len(cells), g.limits.Cols))
	for i, c := range cells {
		if c = cell(c); c == "" {
			continue
		}
		if i >= g.limits.Cols {
			return bad("table-cols", "row", strconv.Itoa(g.n), "most", strconv.Itoa(g.limits.Cols))
		}
		if k := utf8.RuneCountInString(c); k > g.limits.Cell {
			return bad("table-cell", "row", strconv.Itoa(g.n), "col", strconv.Itoa(i+1),
				"count", strconv.Itoa(k), "most", strconv.Itoa(g.limits.Cell))
		}
		for len(row) < i {
			row = append(row, "")
		}
		row = append(row, c)
	}
	if len(row) == 0 {
		return nil
	}
	if g.n > g.limits.Rows {
		return bad("table-rows", "most", strconv.Itoa(g.limits.Rows))
	}
	for len(g.rows) < g.n-1 {
		g.rows = append(g.rows, nil)
	}
	g.rows = append(g.rows, row)
	return nil
}

// cell is what a cell says: without what can't be seen and with one kind of line end.
func cell(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n"), "\r", "\n")
	s = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || hidden(r) {
			return -1
		}
		return r
	}, s)
	if rest, ok := strings.CutPrefix(s, "'"); ok && formula(strings.TrimLeft(rest, "'")) {
		s = rest
	}
	return strings.TrimSpace(s) // full-width spaces too
}

func csvRows(b []byte, l Limits) ([][]string, error) {
	text, err := decode(b)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = separator(text)
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	g := grid{limits: l}
	for {
		for rest := text[r.InputOffset():]; ; g.n++ { // the reader leaves out empty lines, people count them
			line, more, ok := strings.Cut(rest, "\n")
			if !ok || line != "" && line != "\r" {
				break
			}
			rest = more
		}
		rec, err := r.Read()
		if err == io.EOF {
			return g.rows, nil
		}
		var at *csv.ParseError
		if errors.As(err, &at) {
			return nil, bad("table-quote", "row", strconv.Itoa(at.StartLine))
		}
		if err != nil {
			return nil, err
		}
		if no := g.add(rec); no != nil {
			return nil, no
		}
	}
}

// decode reads text by its byte order mark, else as UTF-8 where that is valid, else as
// GB18030. A byte that fits none is Bad: a name that lost a character is worse than none.
func decode(b []byte) (string, error) {
	var e encoding.Encoding = simplifiedchinese.GB18030
	switch {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		b, e = b[3:], nil
	case bytes.HasPrefix(b, []byte("\xFF\xFE")), bytes.HasPrefix(b, []byte("\xFE\xFF")):
		e = textunicode.UTF16(textunicode.LittleEndian, textunicode.ExpectBOM)
	case utf8.Valid(b):
		e = nil
	}
	if e != nil {
		var err error
		if b, err = e.NewDecoder().Bytes(b); err != nil {
			return "", bad("table-encoding")
		}
	}
	if !utf8.Valid(b) || bytes.ContainsRune(b, utf8.RuneError) || bytes.IndexByte(b, 0) >= 0 {
		return "", bad("table-encoding")
	}
	return string(b), nil
}

// separator is the one of , ; and tab that the first line with text has most of, outside quotes.
func separator(text string) rune {
	line := strings.TrimLeft(text, "\r\n")
	count, quoted := map[rune]int{}, false
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted && c == '\n' {
			break
		}
		if !quoted && (c == ',' || c == ';' || c == '\t') {
			count[c]++
		}
	}
	return slices.MaxFunc([]rune{',', '\t', ';'}, func(a, b rune) int { return count[a] - count[b] })
}
