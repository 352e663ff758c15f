package file

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// tables is the budget of a workbook that is read into rows.
var tables = budget{entries: 1000, entry: 48 << 20, sum: 64 << 20, ratio: 250, directory: 1 << 20}

// sheetRows reads the first sheet in a child.
func sheetRows(ctx context.Context, b []byte, l Limits) ([][]string, error) {
	z, err := openZip(bytes.NewReader(b), int64(len(b)), tables)
	if err != nil {
		return nil, err
	}
	if err := inflate(ctx, z, tables); err != nil {
		return nil, err
	}
	a, err := inChild(ctx, "xlsx", bytes.NewReader(b), int64(len(b)), l)
	return a.Rows, err
}

// readXLSX runs in the child. UnzipXMLSizeLimit equal to the whole keeps excelize from
// writing sheets to temporary files, which the child can't.
func readXLSX(b []byte, l Limits) answer {
	if no := wellFormed(b); no != nil {
		return answer{Bad: no}
	}
	f, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{
		UnzipSizeLimit:    tables.sum,
		UnzipXMLSizeLimit: tables.sum,
		ShortDatePattern:  "yyyy-mm-dd",
		LongDatePattern:   "yyyy-mm-dd",
	})
	if err != nil {
		return answer{Bad: damaged(brief(err))}
	}
	defer f.Close()
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		return answer{Bad: damaged("no sheet")}
	}
	in, err := f.Rows(sheets[0])
	if err != nil {
		return answer{Bad: damaged(brief(err))}
	}
	g := grid{limits: l}
	for in.Next() {
		cells, err := in.Columns()
		if err != nil {
			return answer{Bad: damaged(brief(err))}
		}
		if no := g.add(cells); no != nil {
			return answer{Bad: no}
		}
	}
	if err := in.Error(); err != nil {
		return answer{Bad: damaged(brief(err))}
	}
	return answer{Rows: g.rows}
}

// wellFormed parses the XML of every sheet to its end. excelize stops at the first mistake
// and calls that the end of the rows: half a table would be taken for the whole.
func wellFormed(b []byte) *Bad {
	z, err := openZip(bytes.NewReader(b), int64(len(b)), tables)
	if err != nil {
		return damaged(brief(err))
	}
	for _, f := range z.File {
		if low := strings.ToLower(f.Name); !strings.HasPrefix(low, "xl/") || !strings.HasSuffix(low, ".xml") {
			continue
		}
		rc, err := f.Open()
		if err != nil {
			return damaged(brief(err))
		}
		for d := xml.NewDecoder(io.LimitReader(rc, tables.entry)); err == nil; {
			_, err = d.Token()
		}
		rc.Close()
		if err != io.EOF {
			return damaged(brief(err))
		}
	}
	return nil
}
