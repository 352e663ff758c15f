package file

import (
	"context"
	"errors"
	"io"
	"iter"
)

// Limits of a table that is read. Zero means the default.
type Limits struct {
	Rows int // 10,000, the header included
	Cols int // 100
	Cell int // 4,000 characters in one cell
}

// ReadTable reads a CSV or XLSX file (by the end of its name) into rows of cells, trimmed,
// without empty rows at the end; of a workbook the first sheet.
func ReadTable(ctx context.Context, name string, r io.ReaderAt, size int64, l Limits) ([][]string, error) {
	return nil, errors.ErrUnsupported
}

// WriteCSV writes a table that Excel opens without guessing (UTF-8 with BOM, CRLF) and
// that runs no formula.
func WriteCSV(w io.Writer, header []string, rows iter.Seq[[]string]) error { return errors.ErrUnsupported }

// WriteXLSX writes a workbook of one sheet; every cell is text.
func WriteXLSX(w io.Writer, sheet string, header []string, rows iter.Seq[[]string]) error {
	return errors.ErrUnsupported
}
