package notice_test

import (
	"testing"
	"time"

	"shenbao/internal/notice"
	"shenbao/notices"
)

func source(t testing.TB) []byte {
	t.Helper()
	b, err := notices.FS.ReadFile(notices.ExpertServiceBase2017)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parsed(t testing.TB) *notice.Notice {
	t.Helper()
	n, err := notice.Parse(notices.ExpertServiceBase2017, source(t))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// T3: half-open; T12: the receiver is not the issuer.
func TestDelivery(t *testing.T) {
	d := parsed(t).Delivery
	if want := "2017-07-21T00:00:00+08:00"; d.Deadline.Format(time.RFC3339) != want {
		t.Errorf("deadline %v, want %v", d.Deadline, want)
	}
}
