package desk

import (
	"context"
	"io"
	"slices"

	"shenbao/internal/application"
	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/file"
	"shenbao/internal/org"
)

// ExpertsTemplate writes an empty table of experts to be filled in: "xlsx" or "csv".
func (d *Desk) ExpertsTemplate(format string, w io.Writer) error {
	return writeTable(format, w, "评审专家", slices.Values([][]string{}))
}

func writeTable(format string, w io.Writer, sheet string, rows func(func([]string) bool)) error {
	if format == "xlsx" {
		return file.WriteXLSX(w, sheet, expert.Columns, rows)
	}
	return file.WriteCSV(w, expert.Columns, rows)
}

// ExportExperts writes those of the pool that a filter chooses, in the form in which they
// can be read again; without kinship.
func (d *Desk) ExportExperts(ctx context.Context, r Request, f expert.Filter, free bool, format string, w io.Writer) error {
	var xs []expert.Expert
	var names places
	err := d.read(ctx, r, func(t *turn) (err error) {
		if err := application.MayList(t.by, application.ListExperts); err != nil {
			return err
		}
		if free {
			f.On = t.day()
		}
		if xs, err = t.tx.Experts(ctx, f, MaxImport); err != nil {
			return err
		}
		names, err = t.places()
		return err
	})
	if err != nil {
		return err
	}
	return writeTable(format, w, "评审专家", func(yield func([]string) bool) {
		for _, x := range xs {
			if !yield(expert.Cells(x, func(code string) string { return code + names[code].Name })) {
				return
			}
		}
	})
}

// PreviewExperts says what becomes of every row of a table, and writes nothing.
func (d *Desk) PreviewExperts(ctx context.Context, r Request, rows [][]string) (m expert.Table, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		m, err = t.expertTable(rows)
		return err
	})
	return m, err
}

func (t *turn) expertTable(rows [][]string) (expert.Table, error) {
	if err := expert.MayKeep(t.by); err != nil {
		return expert.Table{}, err
	}
	if len(rows) > MaxImport || slices.ContainsFunc(rows, func(row []string) bool { return len(row) > maxColumns }) {
		return expert.Table{}, event.Refuse(event.Invalid, "form-too-big", "")
	}
	known, err := t.tx.Pool(t.ctx)
	if err != nil {
		return expert.Table{}, err
	}
	ds, err := t.tx.Divisions(t.ctx)
	if err != nil {
		return expert.Table{}, err
	}
	return expert.ReadTable(rows, known, ds, t.now)
}

// ImportExperts takes the new experts of a table in: all of them, or with one bad row
// none. Those in the pool stay as they are, so the same table twice changes nothing.
func (d *Desk) ImportExperts(ctx context.Context, r Request, rows [][]string) (m expert.Table, err error) {
	_, err = d.act(ctx, r, "expert-import", onExpert(""), rows, func(t *turn) (string, error) {
		if m, err = t.expertTable(rows); err != nil {
			return "", err
		}
		e, err := m.Import(t.by, t.now)
		if err != nil || m.New() == 0 {
			return "", err
		}
		places, err := t.placeCodes()
		if err != nil {
			return "", err
		}
		for _, l := range m.Rows {
			if l.There {
				continue
			}
			_, added, err := t.enrolExpert(org.Person{Name: l.Person.Name, Phone: l.Person.Phone, Email: l.Person.Email}, l.Profile, places)
			if err != nil {
				return "", err
			}
			if err := t.record(added); err != nil {
				return "", err
			}
		}
		return "", t.record(e)
	})
	return m, err
}
