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

func TestUnassign(t *testing.T) {
	n := &notice.Notice{}
	var staff, other org.Actor
	staff.Role, other.Role = string(org.Staff), string(org.Approver)
	open, done := review.Assignment{Name: "钱学文"}, review.Assignment{Name: "钱学文", Declared: at, Scored: at}
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
