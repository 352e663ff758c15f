package review_test

import (
	"errors"
	"testing"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

var at = time.Date(2017, 8, 1, 9, 0, 0, 0, time.UTC)

func sheetOf(total int) review.Assignment {
	return review.Assignment{Declared: at, Scored: at, Marks: map[string]int{"results": total}}
}

// A review can be closed when enough sheets are in and none is outstanding; who stepped
// back counts on neither side.
func TestComplete(t *testing.T) {
	recused, pending := review.Assignment{Declared: at, Recused: true}, review.Assignment{Declared: at}
	for _, x := range []struct {
		name  string
		panel []review.Assignment
		least int
		want  bool
	}{
		{"nobody", nil, 0, false},
		{"too few", []review.Assignment{sheetOf(80), recused}, 2, false},
		{"enough", []review.Assignment{sheetOf(80), sheetOf(90), recused}, 2, true},
		{"one outstanding", []review.Assignment{sheetOf(80), sheetOf(90), pending}, 2, false},
	} {
		if got := review.Complete(x.panel, x.least); got != x.want {
			t.Errorf("%s: %t", x.name, got)
		}
	}
}

// The official score is exact and half up: 241/3 = 80.333…, 161/2 = 80.5, 1/8 of a point up.
func TestMean(t *testing.T) {
	for _, x := range []struct {
		totals []int
		want   int64
	}{{[]int{80, 80, 81}, 8033}, {[]int{80, 81}, 8050}, {[]int{80, 80, 80, 80, 80, 80, 80, 81}, 8013}, {[]int{81, 81, 80}, 8067}} {
		var panel []review.Assignment
		for _, n := range x.totals {
			panel = append(panel, sheetOf(n))
		}
		if got, n := review.Mean(panel); got != x.want || n != len(x.totals) {
			t.Errorf("%v: %d of %d, want %d", x.totals, got, n, x.want)
		}
	}
}

func TestUnassign(t *testing.T) {
	n := &notice.Notice{}
	var staff, other org.Actor
	staff.Role, other.Role = string(org.Staff), string(org.Approver)
	open, done := review.Assignment{Name: "钱学文"}, sheetOf(80)
	for _, x := range []struct {
		as     *review.Assignment
		by     org.Actor
		reason string
		want   string
	}{{&open, other, "换人", "wrong-role"}, {&done, staff, "换人", "unassign-scored"}, {&open, staff, " ", "reason-required"}} {
		_, err := x.as.Unassign(n, x.by, x.reason, at)
		var r *event.Refusal
		if !errors.As(err, &r) || r.Kind != x.want {
			t.Errorf("want %s, got %v", x.want, err)
		}
	}
	if e, err := open.Unassign(n, staff, "换人", at); err != nil || e.Kind != review.Unassigned || e.Reason != "换人" || e.Detail["expert"] != "钱学文" {
		t.Errorf("%v %+v", err, e)
	}
}
