package desk

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"shenbao/internal/event"
	"shenbao/internal/file"
	"shenbao/internal/org"
)

// MaxImport is how many rows are imported at once, the header included.
const MaxImport = 5_000

const maxColumns = 30

// ReadUnits reads a CSV or XLSX file (by the end of its name) into rows of cells.
func (d *Desk) ReadUnits(ctx context.Context, name string, f io.ReaderAt, size int64) ([][]string, error) {
	rows, err := file.ReadTable(ctx, name, f, size, file.Limits{Rows: MaxImport, Cols: maxColumns, Cell: 1000})
	return rows, named(err)
}

// UnitsTemplate writes an empty table to be filled in: "xlsx" or "csv".
func (d *Desk) UnitsTemplate(format string, w io.Writer) error {
	if format == "xlsx" {
		return file.WriteXLSX(w, "单位", org.Columns, slices.Values([][]string{}))
	}
	return file.WriteCSV(w, org.Columns, slices.Values([][]string{}))
}

// PreviewImport says what becomes of every row, and writes nothing.
func (d *Desk) PreviewImport(ctx context.Context, r Request, rows [][]string) (m org.Table, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		if err := org.MayImport(t.by); err != nil {
			return err
		}
		n := 0
		m, err = t.lookAt(rows, func() org.UnitID {
			n++
			return org.UnitID(fmt.Sprintf("row-%d", n))
		})
		return err
	})
	return m, err
}

// lookAt fetches what the rows are judged by and has them judged.
func (t *turn) lookAt(rows [][]string, id func() org.UnitID) (org.Table, error) {
	// The rows come back from a page: what no file could have held is no table of ours.
	if len(rows) > MaxImport || slices.ContainsFunc(rows, func(row []string) bool { return len(row) > maxColumns }) {
		return org.Table{}, event.Refuse(event.Invalid, "form-too-big", "")
	}
	known, err := t.mentioned(rows)
	if err != nil {
		return org.Table{}, err
	}
	tree, err := t.tx.Tree(t.ctx, known...)
	if err != nil {
		return org.Table{}, err
	}
	ds, err := t.tx.Divisions(t.ctx)
	if err != nil {
		return org.Table{}, err
	}
	return tree.ReadTable(rows, ds, id)
}

// mentioned are the units on record that any cell of the table names, in full or by credit
// code: whichever cell holds the name, the deciding package finds it.
func (t *turn) mentioned(rows [][]string) (known []org.Unit, err error) {
	asked, have := map[string]bool{}, map[org.UnitID]bool{}
	for _, row := range rows {
		for _, c := range row {
			if c == "" || asked[c] {
				continue
			}
			asked[c] = true
			us, err := t.alike(org.Unit{Name: c, CreditCode: c})
			if err != nil {
				return nil, err
			}
			for _, u := range us {
				if !have[u.ID] {
					have[u.ID] = true
					known = append(known, u)
				}
			}
		}
	}
	return known, nil
}

// ImportUnits takes the new units of a table in: all of them, or with one bad row none.
// Those on record stay as they are, so the same table twice changes nothing (Q21). Every
// unit has a fact of its own, as the beginning of its history, and the table one.
func (d *Desk) ImportUnits(ctx context.Context, r Request, rows [][]string) (m org.Table, err error) {
	_, err = d.act(ctx, r, "unit-import", event.Subject{Kind: "unit"}, rows, func(t *turn) (string, error) {
		if m, err = t.lookAt(rows, func() org.UnitID { return org.UnitID(t.tx.NewID()) }); err != nil {
			return "", err
		}
		e, err := m.Import(t.by, t.now)
		if err != nil {
			return "", err
		}
		if m.New() == 0 {
			return "", nil
		}
		for _, l := range m.Rows {
			if l.There {
				continue
			}
			if err := t.tx.AddUnit(t.ctx, l.Unit); err != nil {
				return "", err
			}
			if err := t.record(event.Event{Kind: org.UnitTaken, On: event.Subject{Kind: "unit", ID: string(l.Unit.ID)}, By: t.by.Actor,
				Detail: map[string]string{"unit": l.Unit.Name, "row": strconv.Itoa(l.Line)}}); err != nil {
				return "", err
			}
		}
		return "", t.record(e)
	})
	return m, err
}
