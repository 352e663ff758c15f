package file

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// formula reports whether a spreadsheet would run s as a formula (CSV injection): it does
// so for = + - @, for the full-width forms that Excel in Chinese and Japanese takes for
// the same, and where a tab or line end hides one.
func formula(s string) bool {
	return s != "" && strings.ContainsRune("=+-@＝＋－＠\t\r\n", []rune(s)[0])
}

// safe marks a would-be formula as text, as a person would: with an apostrophe before it.
// An apostrophe that is there already gets one more where ReadTable would take it off.
func safe(s string) string {
	if formula(s) || strings.HasPrefix(s, "'") && formula(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// WriteCSV writes a table that Excel opens without asking (UTF-8 with BOM, CRLF) and
// that runs nothing: a cell that would be a formula gets an apostrophe before it. Negative
// numbers get one too; ReadTable takes it off.
func WriteCSV(w io.Writer, header []string, rows iter.Seq[[]string]) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	write := func(row []string) error {
		out := make([]string, len(row))
		for i, s := range row {
			out[i] = safe(s)
		}
		return c.Write(out)
	}
	if err := write(header); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	for row := range rows {
		if err := write(row); err != nil {
			return fmt.Errorf("file: %w", err)
		}
	}
	c.Flush()
	return c.Error()
}

// WriteXLSX writes a workbook of one sheet with a header that stays in sight. Every cell is
// text, so nothing runs and no credit code or account number loses its last digits. A cell
// beyond what Excel holds (32,767 UTF-16 units) is an error: text is never cut in silence.
func WriteXLSX(w io.Writer, sheet string, header []string, rows iter.Seq[[]string]) error {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	bold, err := f.NewStyle(&excelize.Style{
		Font:      &excelize.Font{Bold: true},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7EDF5"}},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
	})
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	s, err := f.NewStreamWriter(sheet)
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	for i, h := range header {
		if err := s.SetColWidth(i+1, i+1, float64(min(60, 6+2*len([]rune(h))))); err != nil {
			return fmt.Errorf("file: %w", err)
		}
	}
	n := 1
	if err := textRow(s, n, bold, header); err != nil {
		return err
	}
	for row := range rows {
		n++
		if err := textRow(s, n, 0, row); err != nil {
			return err
		}
	}
	if err := s.Flush(); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	return nil
}

func textRow(s *excelize.StreamWriter, n, style int, row []string) error {
	cells := make([]any, len(row))
	for i, c := range row {
		c = strings.Map(func(r rune) rune {
			if r != '\n' && r != '\t' && unicode.IsControl(r) {
				return -1 // XML has no way to write it
			}
			return r
		}, c)
		if k := len(utf16.Encode([]rune(c))); k > excelize.TotalCellChars {
			return fmt.Errorf("file: row %d, column %d has %d characters, a cell of a workbook holds %d", n, i+1, k, excelize.TotalCellChars)
		}
		cells[i] = excelize.Cell{StyleID: style, Value: c}
	}
	at, err := excelize.CoordinatesToCellName(1, n)
	if err == nil {
		err = s.SetRow(at, cells)
	}
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	return nil
}
