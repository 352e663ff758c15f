package workday

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A FileError says why a year's file is refused, and where.
type FileError struct {
	Why  error  // one of those below
	What string // the date, the year, what the decoder says
}

func (e *FileError) Error() string { return e.Why.Error() + ": " + e.What }
func (e *FileError) Unwrap() error { return e.Why }

// Why a year's file is refused.
var (
	ErrSyntax  = errors.New("not a year's file")        // no JSON, or not of this shape
	ErrYear    = errors.New("no year that can be")      // before 2007, or after 2100
	ErrEmpty   = errors.New("the year is not arranged") // no paper or no days: not announced yet
	ErrDate    = errors.New("no date of this year")     // malformed, or neither of the year nor of the December before
	ErrTwice   = errors.New("a day listed twice")
	ErrMissing = errors.New("a holiday is missing") // part of a year only: which day, or how few rest days
)

// statutory are the days that have been holidays in every year's paper (全国年节及纪念日放假办法):
// a file without one of them is not the whole year's.
var statutory = []struct {
	month time.Month
	day   int
}{{time.January, 1}, {time.May, 1}, {time.October, 1}, {time.October, 2}, {time.October, 3}}

// least rest days of a whole year; the fewest that any paper arranged is 22 (2014).
const least = 14

// ParseYear reads the whole of one year's arrangement in the form of the public holiday-cn files,
//
//	{"year": 2027, "papers": ["https://…"], "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}, …]}
//
// and refuses what can't be a whole year with a *FileError. Members it does not know are passed over: those
// files name their schema.
func ParseYear(file []byte) (Year, error) {
	var in struct {
		Year   int
		Papers []string
		Days   []struct {
			Name, Date string
			IsOffDay   *bool
		}
	}
	if err := json.Unmarshal(file, &in); err != nil {
		return Year{}, &FileError{ErrSyntax, err.Error()}
	}
	y := Year{Year: in.Year, Papers: in.Papers}
	if y.Year < 2007 || y.Year > 2100 {
		return y, &FileError{ErrYear, strconv.Itoa(y.Year)}
	}
	if len(in.Papers) == 0 || len(in.Days) == 0 {
		return y, &FileError{ErrEmpty, strconv.Itoa(y.Year)}
	}
	rest := map[Date]bool{}
	for _, l := range in.Days {
		d, err := Parse(l.Date)
		if err != nil || d.Year() != y.Year && (d.Year() != y.Year-1 || d.Month() != time.December) {
			return y, &FileError{ErrDate, l.Date}
		}
		if l.IsOffDay == nil || strings.TrimSpace(l.Name) == "" {
			return y, &FileError{ErrSyntax, l.Date + ": name, isOffDay"}
		}
		if _, ok := rest[d]; ok {
			return y, &FileError{ErrTwice, d.String()}
		}
		rest[d] = *l.IsOffDay
		y.Days = append(y.Days, Listed{Date: d, Name: strings.TrimSpace(l.Name), Rest: *l.IsOffDay})
	}
	return y, whole(y, rest)
}

// whole refuses a file that lacks a holiday of the year, or most of it.
func whole(y Year, rest map[Date]bool) error {
	n := 0
	for _, r := range rest {
		if r {
			n++
		}
	}
	for _, h := range statutory {
		if d := Day(y.Year, h.month, h.day); !rest[d] {
			return &FileError{ErrMissing, d.String()}
		}
	}
	if n < least {
		return &FileError{ErrMissing, strconv.Itoa(n) + " < " + strconv.Itoa(least)}
	}
	slices.SortFunc(y.Days, func(a, b Listed) int { return int(a.Date - b.Date) })
	return nil
}
