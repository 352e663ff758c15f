package desk

import (
	"context"
	"strconv"

	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/workday"
)

// regionDivision is the region's own code (GB/T 2260): orders of the region hold everywhere.
const regionDivision = "150000"

// A CalendarPage is the calendar of working days as it stands.
type CalendarPage struct {
	workday.Calendar // of the region: imported years and the region's own orders in it
	Imported         map[int]bool
	Local            []org.LocalDay // of every place
	CanKeep          bool
}

// Calendar reads the calendar of working days. Everybody who works here may.
func (d *Desk) Calendar(ctx context.Context, r Request) (p CalendarPage, err error) {
	p.Imported = map[int]bool{}
	p.CanKeep = org.MayKeepCalendar(r.By) == nil
	err = d.read(ctx, r, func(t *turn) error {
		if p.Calendar, err = t.calendar(); err != nil {
			return err
		}
		ys, err := t.tx.ImportedYears(ctx)
		if err != nil {
			return err
		}
		for _, y := range ys {
			p.Imported[y.Year] = true
		}
		p.Local, err = t.tx.LocalDays(ctx)
		return err
	})
	return p, err
}

// calendar is the region's calendar of working days in this transaction: the papers in the
// program, the imported years over them, the region's own orders over both.
func (t *turn) calendar() (workday.Calendar, error) { return t.calendarIn(regionDivision) }

// calendarIn is the calendar of a division: the orders of the places that it lies in too.
func (t *turn) calendarIn(division string) (workday.Calendar, error) {
	c := workday.Default()
	ys, err := t.tx.ImportedYears(t.ctx)
	if err != nil {
		return c, err
	}
	for _, y := range ys {
		c = c.With(y)
	}
	ls, err := t.tx.LocalDays(t.ctx)
	for _, l := range ls {
		if l.In(division) {
			c = c.WithLocal(l.Listed)
		}
	}
	return c, err
}

func onYear(year int) event.Subject {
	return event.Subject{Kind: "calendar", ID: strconv.Itoa(year)}
}

// ImportCalendar takes a year's file over: what the State Council's papers arrange.
func (d *Desk) ImportCalendar(ctx context.Context, r Request, file []byte, reason string) (year int, err error) {
	answer, err := d.act(ctx, r, "calendar-import", onYear(0), []any{file, reason}, func(t *turn) (string, error) {
		y, e, err := org.ImportYear(file, reason, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.PutYear(ctx, y); err != nil {
			return "", err
		}
		return strconv.Itoa(y.Year), t.record(e)
	})
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(answer)
}

// SetLocalDay keeps a day that a local order arranges.
func (d *Desk) SetLocalDay(ctx context.Context, r Request, l org.LocalDay) error {
	_, err := d.act(ctx, r, "calendar-local", onYear(l.Date.Year()), l, func(t *turn) (string, error) {
		e, err := org.SetLocalDay(l, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.PutLocalDay(ctx, l); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}

// WithdrawLocalDay takes such a day out again.
func (d *Desk) WithdrawLocalDay(ctx context.Context, r Request, division string, day workday.Date, reason string) error {
	_, err := d.act(ctx, r, "calendar-local-withdrawal", onYear(day.Year()), []any{division, day, reason}, func(t *turn) (string, error) {
		if err := org.MayKeepCalendar(t.by); err != nil {
			return "", err
		}
		l, err := t.tx.LocalDay(ctx, division, day)
		if err != nil {
			return "", err
		}
		e, err := org.WithdrawLocalDay(l, reason, t.by, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tx.DropLocalDay(ctx, division, day); err != nil {
			return "", err
		}
		return "", t.record(e)
	})
	return err
}
