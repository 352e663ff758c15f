package desk

import (
	"context"

	"shenbao/internal/application"
)

// A Front is what anybody sees first: the open calls with their texts, and the bases that
// were recognised last.
type Front struct {
	Calls []*CallPage
	Bases []BaseLine
}

const frontBases = 5

// Front reads the open calls and the latest bases of the register (R134).
func (d *Desk) Front(ctx context.Context, r Request) (*Front, error) {
	f := &Front{}
	err := d.read(ctx, r, func(t *turn) error {
		calls, err := t.tx.Calls(ctx)
		if err != nil {
			return err
		}
		for _, c := range calls {
			if c.State != application.CallOpen {
				continue
			}
			p, err := t.published(c.Notice)
			if err != nil {
				return err
			}
			f.Calls = append(f.Calls, &CallPage{Call: c, Published: p, RevisionOf: c.Notice})
		}
		return t.latestBases(f)
	})
	return f, err
}

func (t *turn) latestBases(f *Front) error {
	bases, err := t.tx.Bases(t.ctx)
	if err != nil {
		return err
	}
	for _, b := range bases[:min(len(bases), frontBases)] {
		l := BaseLine{Base: b}
		c, err := t.tx.Call(t.ctx, b.Call)
		if err != nil {
			return err
		}
		if l.Published, err = t.published(c.Notice); err != nil {
			return err
		}
		f.Bases = append(f.Bases, l)
	}
	return nil
}
