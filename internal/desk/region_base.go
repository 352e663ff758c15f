package desk

import (
	"context"
	"io"
	"slices"
	"strings"

	"shenbao/hanzi"
	"shenbao/internal/base"
	"shenbao/internal/file"
)

// A BaseLine is one entry of the public register (R134): no person is in it.
type BaseLine struct {
	base.Base
	Published        // the call it comes from, for its words in other languages
	League    string // or the city that reports to the region directly
	Place     string
}

// A BaseFilter chooses entries of the register; zero values do not filter.
type BaseFilter struct {
	Words    string // in the base's, the host's or the plaque's name
	League   string
	Industry string
	Batch    string
}

// A Register is what the public register shows, with what it can be filtered by.
type Register struct {
	Lines                        []BaseLine
	Leagues, Industries, Batches []string
}

// Bases reads the public register of bases.
func (d *Desk) Bases(ctx context.Context, r Request, f BaseFilter) (*Register, error) {
	reg := &Register{}
	err := d.read(ctx, r, func(t *turn) error {
		bases, err := t.tx.Bases(ctx)
		if err != nil {
			return err
		}
		places, err := t.places()
		if err != nil {
			return err
		}
		for _, b := range bases {
			l, err := t.baseLine(b, places)
			if err != nil {
				return err
			}
			reg.Leagues, reg.Batches = once(reg.Leagues, l.League), once(reg.Batches, b.Batch)
			for _, i := range b.Industry {
				reg.Industries = once(reg.Industries, i)
			}
			if f.takes(l) {
				reg.Lines = append(reg.Lines, l)
			}
		}
		return nil
	})
	return reg, err
}

func once(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func (f BaseFilter) takes(l BaseLine) bool {
	words := hanzi.Fold(strings.TrimSpace(f.Words))
	return (f.League == "" || f.League == l.League) && (f.Batch == "" || f.Batch == l.Batch) &&
		(f.Industry == "" || slices.Contains(l.Industry, f.Industry)) &&
		strings.Contains(hanzi.Fold(l.Name+" "+l.HostName+" "+l.Plaque.Number), words)
}

func (t *turn) baseLine(b base.Base, places places) (l BaseLine, err error) {
	l.Base = b
	l.League, l.Place = places.of(b.Division)
	c, err := t.tx.Call(t.ctx, b.Call)
	if err != nil {
		return l, err
	}
	l.Published, err = t.published(c.Notice)
	return l, err
}

// Base reads one entry of the register.
func (d *Desk) Base(ctx context.Context, r Request, id string) (l BaseLine, err error) {
	err = d.read(ctx, r, func(t *turn) error {
		b, err := t.tx.Base(ctx, id)
		if err != nil {
			return err
		}
		places, err := t.places()
		if err != nil {
			return err
		}
		l, err = t.baseLine(b, places)
		return err
	})
	return l, err
}

// ExportBases writes the register as a table that spreadsheets open.
func (d *Desk) ExportBases(ctx context.Context, r Request, f BaseFilter, header []string, w io.Writer) error {
	reg, err := d.Bases(ctx, r, f)
	if err != nil {
		return err
	}
	return file.WriteCSV(w, header, func(yield func([]string) bool) {
		for _, l := range reg.Lines {
			if !yield([]string{l.Plaque.Number, l.Name, l.Title, l.HostName, l.League, l.Place, strings.Join(l.Industry, "、"), l.Batch, l.Level, l.Document, l.Date}) {
				return
			}
		}
	})
}
