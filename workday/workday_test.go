package workday

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func day(t *testing.T, s string) Date {
	t.Helper()
	d, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Periods of five working days, with and without the first day, counted by hand on each
// year's arrangement.
func TestFiveWorkingDays(t *testing.T) {
	c := Default()
	for _, v := range []struct{ start, counted, not string }{
		{"2025-01-24", "2025-02-06", "2025-02-07"}, // 26 January, a Sunday, is worked
		{"2025-09-26", "2025-10-09", "2025-10-10"}, // 28 September too
		{"2026-02-11", "2026-02-24", "2026-02-25"}, // 14 February too
		{"2026-04-30", "2026-05-09", "2026-05-11"}, // ends on a Saturday that is worked
		{"2026-09-29", "2026-10-10", "2026-10-12"},
		{"2018-12-28", "2019-01-04", "2019-01-07"}, // the paper of 2019 has 29 December 2018 worked, 30 and 31 off
		{"2007-12-28", "2008-01-04", "2008-01-07"}, // that of 2008 likewise
		{"2022-12-30", "2023-01-06", "2023-01-09"}, // 31 December 2022 off by the paper of 2023
		{"2011-12-30", "2012-01-06", "2012-01-09"}, // 31 December 2011 worked, 1–3 January off
		{"2026-05-01", "2026-05-11", "2026-05-11"}, // starts on a holiday: it can't be the first day
	} {
		s := day(t, v.start)
		for _, w := range []struct {
			first bool
			end   string
		}{{true, v.counted}, {false, v.not}} {
			got := c.Add(s, 5, w.first)
			if got.End.String() != w.end || got.Start != s || got.Days != 5 || got.FirstDayCounts != w.first || len(got.Unannounced) != 0 {
				t.Errorf("five days from %s, first day counts %v: %+v, want %s", v.start, w.first, got, w.end)
			}
			if n := c.Between(s, got.End, w.first); n != 5 {
				t.Errorf("%s to %s: %d working days", v.start, got.End, n)
			}
		}
	}
}

func TestListedDays(t *testing.T) {
	c := Default()
	for date, worked := range map[string]bool{
		"2006-12-30": true, "2006-12-31": true, // by the paper of 2007
		"2017-06-28": true, "2017-07-20": true, "2017-10-02": false, "2017-09-30": true, "2017-10-08": false,
		"2015-09-03": false, "2015-09-06": true, // a holiday of that year alone, by its second paper
		"2019-05-02": false, "2019-05-05": true, // likewise
		"2020-01-31": false, "2020-02-01": false, "2020-02-03": true, // lengthened by the second paper
		"2024-02-09": true, "2027-01-01": true, // New Year's Eve 2024 was no holiday; 2027 is not announced
	} {
		if got := c.IsWorkday(day(t, date)); got != worked {
			t.Errorf("%s worked: %v", date, got)
		}
	}
	years := c.Years()
	if len(years) != 20 || years[0].Year != 2007 || years[19].Year != 2026 {
		t.Fatalf("years %v", years)
	}
	for _, y := range years {
		rest := map[Date]bool{}
		for _, l := range y.Days {
			if _, twice := rest[l.Date]; twice {
				t.Errorf("%s twice", l.Date)
			}
			rest[l.Date] = l.Rest
		}
		if err := whole(y, rest); err != nil || len(y.Papers) == 0 {
			t.Error(y.Year, err, y.Papers)
		}
		for d, r := range rest {
			if w := d.Weekday(); !r && w != time.Saturday && w != time.Sunday && d.String() != "2020-02-03" {
				t.Errorf("%s is made up on a %s", d, w)
			}
		}
	}
}

// The law that ties the two counts together, over years with and without papers.
func TestAddAndBetweenAgree(t *testing.T) {
	c := Default()
	for start := Day(2006, 12, 1); start < Day(2028, 2, 1); start += 3 {
		for _, first := range []bool{true, false} {
			for n := 1; n < 40; n += 6 {
				s := c.Add(start, n, first)
				if !c.IsWorkday(s.End) || c.Between(start, s.End, first) != n || c.Between(start, s.End-1, first) != n-1 {
					t.Fatalf("%+v", s)
				}
			}
		}
	}
	if s := c.Add(Day(2026, 5, 1), 0, true); s.End != s.Start || s.Days != 0 {
		t.Errorf("no days: %+v", s)
	}
}

func TestUnannounced(t *testing.T) {
	c := Default()
	for _, v := range []struct {
		start string
		n     int
		want  []int
	}{
		{"2026-12-01", 5, nil},
		{"2026-12-17", 5, nil},         // through 23 December
		{"2026-12-21", 5, []int{2027}}, // through 25 December: the next year's paper may arrange it
		{"2026-12-28", 5, []int{2027}},
		{"2027-03-01", 5, []int{2027}},
		{"2027-12-30", 5, []int{2027, 2028}},
	} {
		if got := c.Add(day(t, v.start), v.n, true).Unannounced; !slices.Equal(got, v.want) {
			t.Errorf("%d days from %s rest on %v, want %v", v.n, v.start, got, v.want)
		}
	}
	var none Calendar
	if none.Announced(2026) || !none.IsWorkday(Day(2026, 10, 1)) || none.IsWorkday(Day(2026, 10, 10)) {
		t.Error("the zero calendar knows Monday to Friday only")
	}
}

// file is a year's file of the public form, made from the year itself.
func file(y Year) []byte {
	type d struct {
		Name, Date string
		IsOffDay   bool
	}
	f := struct {
		Schema string `json:"$schema"`
		Year   int
		Papers []string
		Days   []d
	}{"x", y.Year, y.Papers, nil}
	for _, l := range y.Days {
		f.Days = append(f.Days, d{l.Name, l.Date.String(), l.Rest})
	}
	b, _ := json.Marshal(f)
	return b
}

func TestParseYear(t *testing.T) {
	for _, y := range Default().Years() {
		got, err := ParseYear(file(y))
		if err != nil || got.Year != y.Year || !slices.Equal(got.Papers, y.Papers) || len(got.Days) != len(y.Days) {
			t.Fatal(y.Year, err)
		}
		c := Calendar{}.With(got)
		for _, l := range y.Days {
			if c.IsWorkday(l.Date) == l.Rest {
				t.Errorf("%s read back otherwise", l.Date)
			}
		}
	}
	good := string(file(Default().years[2026]))
	for _, v := range []struct {
		file string
		want error
		says string
	}{
		{"", ErrSyntax, ""},
		{"[]", ErrSyntax, ""},
		{`{"year":"2027"}`, ErrSyntax, "year"},
		{`{"days":[]}`, ErrYear, "0"},
		{`{"year":2027,"papers":[],"days":[]}`, ErrEmpty, "2027"},
		{strings.Replace(good, "2026-05-01", "2026-5-1", 1), ErrDate, "2026-5-1"},
		{strings.Replace(good, "2026-05-01", "2026-02-30", 1), ErrDate, "2026-02-30"},
		{strings.Replace(good, "2026-05-01", "2025-11-30", 1), ErrDate, "2025-11-30"},
		{strings.Replace(good, "2026-05-01", "2027-01-01", 1), ErrDate, "2027-01-01"},
		{strings.Replace(good, "2026-05-02", "2026-05-01", 1), ErrTwice, "2026-05-01"},
		{strings.Replace(good, "2026-10-02", "2026-10-12", 1), ErrMissing, "2026-10-02"},
		{strings.Replace(good, `"IsOffDay":true`, `"IsOff":true`, 1), ErrSyntax, "isOffDay"},
		{`{"year":2027,"papers":["x"],"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}`, ErrMissing, "2027-05-01"},
	} {
		if _, err := ParseYear([]byte(v.file)); !errors.Is(err, v.want) || !strings.Contains(err.Error(), v.says) {
			t.Errorf("%.60s: %v, want %v", v.file, err, v.want)
		}
	}
}

// A year that is imported later moves the ends that rested on the plain week, in December too.
func TestImportedYear(t *testing.T) {
	c := Default()
	before := c.Add(day(t, "2026-12-30"), 3, true)
	y := Default().years[2026]
	next := Year{Year: 2027, Papers: []string{"x"}, Days: []Listed{{Date: Day(2026, 12, 31), Name: "元旦", Rest: true}, {Date: Day(2027, 1, 1), Name: "元旦", Rest: true}}}
	after := c.With(next).Add(day(t, "2026-12-30"), 3, true)
	if before.End.String() != "2027-01-01" || len(before.Unannounced) != 1 || after.End.String() != "2027-01-05" || len(after.Unannounced) != 0 {
		t.Errorf("%+v, then %+v", before, after)
	}
	if c.Announced(2027) || !slices.Equal(c.years[2026].Days, y.Days) {
		t.Error("the calendar that was added to has changed")
	}
}

func TestLocalDays(t *testing.T) {
	c := Default()
	naadam := c.WithLocal(Listed{Date: Day(2026, 8, 13), Name: "那达慕", Rest: true}, Listed{Date: Day(2026, 10, 1), Name: "值班", Rest: false})
	if naadam.IsWorkday(Day(2026, 8, 13)) || !naadam.IsWorkday(Day(2026, 10, 1)) || !c.IsWorkday(Day(2026, 8, 13)) {
		t.Error("local days go before the paper, in their own calendar alone")
	}
	if l, local, ok := naadam.Listed(Day(2026, 8, 13)); !ok || !local || l.Name != "那达慕" {
		t.Errorf("%+v %v %v", l, local, ok)
	}
	if got := naadam.Add(Day(2026, 8, 12), 2, true).End.String(); got != "2026-08-14" {
		t.Error(got)
	}
}

func TestDates(t *testing.T) {
	d := day(t, "2026-02-28")
	shanghai := time.FixedZone("", 8*3600)
	if d+1 != Day(2026, 3, 1) || (d+1).String() != "2026-03-01" || d.Weekday() != time.Saturday || d.In(shanghai).Format(time.RFC3339) != "2026-02-28T00:00:00+08:00" {
		t.Error(d, d.In(shanghai))
	}
	if On(time.Date(2026, 2, 28, 23, 59, 0, 0, shanghai)) != d || On(time.Date(1969, 12, 31, 1, 0, 0, 0, time.UTC)).String() != "1969-12-31" {
		t.Error("the civil day is the one on the wall where the instant is told")
	}
	b, err := json.Marshal(struct{ D Date }{d})
	var back struct{ D Date }
	if err != nil || string(b) != `{"D":"2026-02-28"}` || json.Unmarshal(b, &back) != nil || back.D != d {
		t.Errorf("%s %v", b, err)
	}
	if json.Unmarshal([]byte(`{"D":"28.2.2026"}`), &back) == nil {
		t.Error("no such date")
	}
}

func ExampleCalendar_Add() {
	c := Default()
	s := c.Add(Day(2026, 4, 30), 5, true)
	fmt.Println(s.Start, s.End, s.End.Weekday(), c.IsWorkday(s.End))
	// Output: 2026-04-30 2026-05-09 Saturday true
}
