// Package workday counts working days as the State Council's yearly papers arrange them:
// holidays, and the weekends that are worked to make up for them.
//
// A day that a paper lists is a rest day or a make-up working day as it says; any other day
// is a working day from Monday to Friday. A paper goes by the year in its title: the paper
// of 2019 arranged 29–31 December 2018. The papers of 2007–2026 are in the package, later
// ones are parsed and added, and local rest days (a league's own holiday) lie over both:
//
//	c := workday.Default()
//	span := c.Add(workday.Day(2026, 4, 30), 5, true) // ends on 9 May, a Saturday that is worked
//	span.Unannounced                                 // empty: every day of it is arranged by a paper
//
// Whether the first day counts is the caller's rule: public notices print periods that count
// it, the civil law's periods begin on the day after.
//
// Nothing here knows the clock or a time zone; a day is a day on the wall calendar.
package workday

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Date is a civil day: days since 1 January 1970, so dates compare and subtract.
type Date int32

// Day is the date of a year, month and day; what overflows runs on, as in time.Date.
func Day(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// On is the civil day of an instant in its own location.
func On(t time.Time) Date { return Day(t.Date()) }

// Parse reads 2006-01-02.
func Parse(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is no date like 2006-01-02", s)
	}
	return On(t), nil
}

// In is the instant at which the day begins in a location.
func (d Date) In(loc *time.Location) time.Time {
	y, m, day := d.utc().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, loc)
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Year, Month, MonthDay and Weekday are the date's parts.
func (d Date) Year() int             { return d.utc().Year() }
func (d Date) Month() time.Month     { return d.utc().Month() }
func (d Date) MonthDay() int         { return d.utc().Day() }
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// String is 2006-01-02; so is the date in JSON.
func (d Date) String() string               { return d.utc().Format(time.DateOnly) }
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = Parse(string(b))
	return err
}

// A Listed day is one that a paper or a local order lists.
type Listed struct {
	Date Date   `json:"date"`
	Name string `json:"name"` // of the holiday it is, or makes up for
	Rest bool   `json:"rest"` // false: worked, whatever day of the week it is
}

// A Year is what the papers of one year arrange.
type Year struct {
	Year   int      `json:"year"`   // in the papers' title
	Papers []string `json:"papers"` // their addresses
	Days   []Listed `json:"days"`
}

// A Calendar says which days are worked. It does not change; adding a year gives another
// calendar. The zero Calendar knows no paper: Monday to Friday.
type Calendar struct {
	years map[int]Year
	local map[Date]Listed
}

//go:embed days.txt
var days string

var embedded = sync.OnceValue(func() Calendar {
	c, err := read(days)
	if err != nil {
		panic("workday: days.txt: " + err.Error()) // a test reads it
	}
	return c
})

// Default is the calendar of the papers of 2007–2026.
func Default() Calendar { return embedded() }

// With is the calendar with a year's papers in place of what it knew of that year.
func (c Calendar) With(y Year) Calendar {
	years := maps.Clone(c.years)
	if years == nil {
		years = map[int]Year{}
	}
	years[y.Year] = y
	return Calendar{years: years, local: c.local}
}

// WithLocal is the calendar with days that a local order lists; they go before the papers.
func (c Calendar) WithLocal(days ...Listed) Calendar {
	local := maps.Clone(c.local)
	if local == nil {
		local = map[Date]Listed{}
	}
	for _, d := range days {
		local[d.Date] = d
	}
	return Calendar{years: c.years, local: local}
}

// Announced says whether the calendar holds the papers of a year.
func (c Calendar) Announced(year int) bool {
	_, ok := c.years[year]
	return ok
}

// Years are the years whose papers it holds, in order, each with its papers.
func (c Calendar) Years() []Year {
	return slices.SortedFunc(maps.Values(c.years), func(a, b Year) int { return a.Year - b.Year })
}

// Listed is what the calendar lists for a day: the local order first, then the paper of the
// year after (it may arrange December, and is the newer one), then that of its own year.
func (c Calendar) Listed(d Date) (l Listed, local, ok bool) {
	if l, ok = c.local[d]; ok {
		return l, true, true
	}
	year := d.Year()
	for _, y := range []int{year + 1, year} {
		for _, l := range c.years[y].Days {
			if l.Date == d {
				return l, false, true
			}
		}
	}
	return Listed{}, false, false
}

// IsWorkday says whether a day is worked.
func (c Calendar) IsWorkday(d Date) bool {
	if l, _, ok := c.Listed(d); ok {
		return !l.Rest
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// A Span is a period of working days.
type Span struct {
	Start Date `json:"start"` // as given, worked or not
	End   Date `json:"end"`   // its last day, which is worked
	Days  int  `json:"days"`
	// FirstDayCounts: Start is day one if it is worked. Otherwise counting begins the day after.
	FirstDayCounts bool `json:"first_day_counts"`
	// Unannounced are the years whose papers are not known but would decide; then the end
	// may move when they come.
	Unannounced []int `json:"unannounced,omitempty"`
}

// Add is the period of n working days from start. With n below one it ends where it starts.
func (c Calendar) Add(start Date, n int, firstDayCounts bool) Span {
	s := Span{Start: start, End: start, Days: max(n, 0), FirstDayCounts: firstDayCounts}
	d := start
	if !firstDayCounts {
		d++
	}
	for left := s.Days; left > 0; d++ {
		if c.IsWorkday(d) {
			s.End = d
			left--
		}
	}
	s.Unannounced = c.Unannounced(s.Start, s.End)
	return s
}

// Between is the number of working days of a period through its last day: what Add needs to
// come from its start to its end.
func (c Calendar) Between(start, end Date, firstDayCounts bool) int {
	n := 0
	if !firstDayCounts {
		start++
	}
	for d := start; d <= end; d++ {
		if c.IsWorkday(d) {
			n++
		}
	}
	return n
}

// yearEnd is the first day of December that a paper of the next year may arrange. The
// earliest that one did is the 29th (2007, 2018); a whole week is the careful reading.
const yearEnd = 25

// Unannounced are the years whose papers would decide about the days from a through b and
// are not in the calendar.
func (c Calendar) Unannounced(a, b Date) (years []int) {
	last := b.Year()
	if b.Month() == time.December && b.MonthDay() >= yearEnd {
		last++
	}
	for y := a.Year(); y <= last; y++ {
		if !c.Announced(y) {
			years = append(years, y)
		}
	}
	return years
}

// read reads the package's own table: a line with a year and its papers, then lines with a
// holiday and its days.
func read(text string) (Calendar, error) {
	c := Calendar{years: map[int]Year{}}
	var y Year
	for n, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		if !strings.HasPrefix(line, "\t") {
			y = Year{Papers: f[1:]}
			if _, err := fmt.Sscan(f[0], &y.Year); err != nil {
				return c, fmt.Errorf("line %d: %w", n+1, err)
			}
			continue
		}
		for _, word := range f[1:] {
			days, err := readDays(y.Year, f[0], word)
			if err != nil {
				return c, fmt.Errorf("line %d: %w", n+1, err)
			}
			y.Days = append(y.Days, days...)
		}
		c.years[y.Year] = y
	}
	return c, nil
}

// readDays reads 10-01..10-08, 05-01 or +05-09; a date may have its own year before it.
func readDays(year int, name, word string) (out []Listed, err error) {
	word, worked := strings.CutPrefix(word, "+")
	from, to, ok := strings.Cut(word, "..")
	if !ok {
		to = from
	}
	var ends [2]Date
	for i, s := range []string{from, to} {
		if len(s) == len("01-02") {
			s = fmt.Sprintf("%d-%s", year, s)
		}
		if ends[i], err = Parse(s); err != nil {
			return nil, err
		}
	}
	for d := ends[0]; d <= ends[1]; d++ {
		out = append(out, Listed{Date: d, Name: name, Rest: !worked})
	}
	return out, nil
}
