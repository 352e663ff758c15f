package org_test

import (
	"strings"
	"testing"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/workday"
)

const year2027 = `{"year":2027,"papers":["https://example.test/2027"],"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true},
{"name":"春节","date":"2027-02-05","isOffDay":true},{"name":"春节","date":"2027-02-06","isOffDay":true},{"name":"春节","date":"2027-02-07","isOffDay":true},
{"name":"春节","date":"2027-02-08","isOffDay":true},{"name":"春节","date":"2027-02-09","isOffDay":true},{"name":"春节","date":"2027-02-10","isOffDay":true},
{"name":"劳动节","date":"2027-05-01","isOffDay":true},{"name":"劳动节","date":"2027-05-02","isOffDay":true},{"name":"劳动节","date":"2027-05-08","isOffDay":false},
{"name":"国庆节","date":"2027-10-01","isOffDay":true},{"name":"国庆节","date":"2027-10-02","isOffDay":true},{"name":"国庆节","date":"2027-10-03","isOffDay":true},
{"name":"国庆节","date":"2027-10-04","isOffDay":true},{"name":"国庆节","date":"2027-10-05","isOffDay":true}]}`

func TestImportYear(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	staff := org.Actor{Actor: event.Actor{Role: string(org.Staff)}}
	y, e, err := org.ImportYear([]byte(year2027), "国办发明电公布", staff, now)
	if err != nil || y.Year != 2027 || e.Kind != org.CalendarImported || e.Reason == "" || e.Detail["days"] != "15" || !workday.Default().With(y).Announced(2027) {
		t.Fatal(y, e, err)
	}
	for _, c := range []struct {
		role         org.Role
		file, reason string
		kind, field  string
	}{
		{org.Approver, year2027, "x", "wrong-role", ""},
		{org.Clerk, year2027, "x", "wrong-role", ""},
		{org.Staff, year2027, " ", "reason-required", "reason"},
		{org.Staff, "no", "x", "calendar-syntax", "file"},
		{org.Staff, `{"year":1999}`, "x", "calendar-year", "file"},
		{org.Staff, `{"year":2028,"papers":[],"days":[]}`, "x", "calendar-empty", "file"},
		{org.Staff, strings.Replace(year2027, "2027-02-05", "2027-13-05", 1), "x", "calendar-date", "file"},
		{org.Staff, strings.Replace(year2027, "2027-02-05", "2027-02-06", 1), "x", "calendar-twice", "file"},
		{org.Staff, strings.Replace(year2027, "2027-10-01", "2027-10-11", 1), "x", "calendar-missing", "file"},
	} {
		_, e, err := org.ImportYear([]byte(c.file), c.reason, org.Actor{Actor: event.Actor{Role: string(c.role)}}, now)
		if r, ok := err.(*event.Refusal); !ok || r.Kind != c.kind || r.Field != c.field || e.Kind != "" {
			t.Errorf("%s: %v, a fact %q", c.kind, err, e.Kind)
		}
	}
}

func TestLocalDays(t *testing.T) {
	now := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	staff := org.Actor{Actor: event.Actor{Role: string(org.Staff)}}
	l := org.LocalDay{Listed: workday.Listed{Date: workday.Day(2026, 8, 13), Name: "那达慕", Rest: true}, Division: "152500", Source: "锡署办发〔2026〕8号"}
	for division, in := range map[string]bool{"152500": true, "152526": true, "150400": false, "150000": false, "": false} {
		if l.In(division) != in {
			t.Errorf("the order of 152500 in %q: %v", division, !in)
		}
	}
	whole := l
	whole.Division = "150000"
	if !whole.In("152526") || !whole.In("150000") || whole.In("110000") {
		t.Error("the region's order holds in all of it, and nowhere else")
	}
	if e, err := org.SetLocalDay(l, staff, now); err != nil || e.Kind != org.LocalDaySet || e.Detail["date"] != "2026-08-13" {
		t.Error(e, err)
	}
	_, err := org.SetLocalDay(org.LocalDay{Division: "000000"}, staff, now)
	if rs, ok := err.(event.Refusals); !ok || len(rs) != 4 {
		t.Errorf("an empty order: %v", err)
	}
	if _, err := org.SetLocalDay(l, org.Actor{}, now); err == nil {
		t.Error("a stranger set a local day")
	}
	if e, err := org.WithdrawLocalDay(l, "文件废止", staff, now); err != nil || e.Reason != "文件废止" {
		t.Error(e, err)
	}
	if _, err := org.WithdrawLocalDay(l, "", staff, now); err == nil {
		t.Error("withdrawn without a reason")
	}
}
