package base_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"shenbao/internal/base"
	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/notices"
)

var day = time.Date(2017, 10, 20, 9, 0, 0, 0, time.FixedZone("", 8*3600))

func parsed(t testing.TB) *notice.Notice {
	t.Helper()
	b, err := notices.FS.ReadFile(notices.ExpertServiceBase2017)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Parse(notices.ExpertServiceBase2017, b)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func as(person string, r org.Role) org.Actor {
	return org.Actor{SignedIn: day, Actor: event.Actor{Person: person, Name: person, Role: string(r), Unit: "host"}}
}

func why(err error) string {
	var one *event.Refusal
	var more event.Refusals
	if errors.As(err, &more) {
		var kinds []string
		for _, r := range more {
			kinds = append(kinds, r.Kind)
		}
		return strings.Join(kinds, " ")
	}
	if errors.As(err, &one) {
		return one.Kind
	}
	return ""
}

type step struct {
	name string
	do   func() (event.Event, error)
	want string
}

func run(t *testing.T, steps []step) {
	t.Helper()
	for _, s := range steps {
		e, err := s.do()
		if got := why(err); got != s.want {
			t.Errorf("%s: %q, want %q", s.name, got, s.want)
		}
		if (err == nil) != (e.Kind != "") {
			t.Errorf("%s: fact %q with error %v", s.name, e.Kind, err)
		}
	}
}

func recognised() *base.Base {
	return &base.Base{ID: "b", Name: "甲基地", Host: "host", HostName: "园区", State: base.Active, GrantFen: 10_000_000, Plaque: base.Plaque{Number: "001"}}
}

// The plaque is made, handed over, and comes back only when the title ended.
func TestPlaque(t *testing.T) {
	n, b := parsed(t), recognised()
	staff := as("s", org.Staff)
	run(t, []step{
		{"handed before it is made", func() (event.Event, error) { return b.HandPlaque(n, "园区", "2017-10-19", staff, day) }, "plaque-state"},
		{"made by finance", func() (event.Event, error) { return b.MakePlaque(n, "2017-10-10", as("f", org.Finance), day) }, "wrong-role"},
		{"made on no day", func() (event.Event, error) { return b.MakePlaque(n, "2017-13-10", staff, day) }, "date"},
		{"made tomorrow", func() (event.Event, error) { return b.MakePlaque(n, "2017-10-21", staff, day) }, "date-ahead"},
		{"made", func() (event.Event, error) { return b.MakePlaque(n, "2017-10-10", staff, day) }, ""},
		{"handed to nobody", func() (event.Event, error) { return b.HandPlaque(n, " ", "2017-10-19", staff, day) }, "plaque-to"},
		{"handed before it was made", func() (event.Event, error) { return b.HandPlaque(n, "园区", "2017-10-09", staff, day) }, "plaque-before-made"},
		{"handed", func() (event.Event, error) { return b.HandPlaque(n, "园区主任包志强", "2017-10-19", staff, day) }, ""},
		{"recalled from who holds the title", func() (event.Event, error) { return b.RecallPlaque(n, "园区", "2017-10-20", staff, day) }, "plaque-state"},
	})
	if b.PlaqueAt() != base.PlaqueOut {
		t.Errorf("%s", b.PlaqueAt())
	}
	b.State = base.Withdrawn
	run(t, []step{{"recalled", func() (event.Event, error) {
		return b.RecallPlaque(n, "园区主任包志强", "2017-10-20", staff, day)
	}, ""}})
	if b.PlaqueAt() != base.PlaqueBack {
		t.Errorf("%s", b.PlaqueAt())
	}
}

// Start-up money: paid in parts up to the grant, never over it; what the bank sends back is
// paid again; what was paid on false facts comes back.
func TestGrant(t *testing.T) {
	n, b := parsed(t), recognised()
	fin := as("f", org.Finance)
	pay := func(fen int64, voucher string) func() (event.Event, error) {
		return func() (event.Event, error) {
			return b.Pay(n, base.Payment{Fen: fen, Date: "2017-10-18", Voucher: voucher}, fin, day)
		}
	}
	run(t, []step{
		{"by staff", func() (event.Event, error) { return b.Pay(n, base.Payment{}, as("s", org.Staff), day) }, "wrong-role"},
		{"nothing", pay(0, ""), "grant-amount voucher-required"},
		{"too much", pay(10_000_001, "记-1"), "grant-amount"},
		{"a part", pay(4_000_000, "记-1"), ""},
		{"the same voucher", pay(1, "记-1"), "voucher-used"},
		{"more than the rest", pay(6_000_001, "记-2"), "grant-amount"},
		{"the rest", pay(6_000_000, "记-2"), ""},
		{"once more", pay(1, "记-3"), "grant-state"},
		{"sent back without a word", func() (event.Event, error) { return b.Bounce(n, "记-2", " ", fin, day) }, "reason-required"},
		{"sent back", func() (event.Event, error) { return b.Bounce(n, "记-2", "户名不符", fin, day) }, ""},
		{"sent back twice", func() (event.Event, error) { return b.Bounce(n, "记-2", "户名不符", fin, day) }, "not-found"},
		{"paid again", pay(6_000_000, "记-4"), ""},
		{"recovered from who holds the title", func() (event.Event, error) {
			return b.Recover(n, base.Recovery{Fen: 1, Date: "2017-10-19", Voucher: "收-1"}, fin, day)
		}, "grant-state"},
	})
	if b.Paid() != 10_000_000 || b.GrantAt() != base.GrantDone {
		t.Errorf("%d %s", b.Paid(), b.GrantAt())
	}
	b.State = base.Withdrawn
	run(t, []step{
		{"more than was paid", func() (event.Event, error) {
			return b.Recover(n, base.Recovery{Fen: 10_000_001, Date: "2017-10-19", Voucher: "收-1"}, fin, day)
		}, "grant-amount"},
		{"recovered", func() (event.Event, error) {
			return b.Recover(n, base.Recovery{Fen: 10_000_000, Date: "2017-10-19", Voucher: "收-1"}, fin, day)
		}, ""},
	})
	if b.Paid() != 0 || b.GrantAt() != base.GrantBack {
		t.Errorf("%d %s", b.Paid(), b.GrantAt())
	}
}

// A determination is taken up again: the host is heard, another person decides, by a new
// document; what was before stays in the record.
func TestReopen(t *testing.T) {
	n, b := parsed(t), recognised()
	staff, head, approver := as("s", org.Staff), as("h", org.Principal), as("ap", org.Approver)
	due := day.AddDate(0, 0, 5)
	end := base.Ending{How: base.ToCorrect, Reason: "名称有误", Document: "内人社发〔2017〕320号", Date: "2017-10-20", Name: "甲乙基地", Grant: -1}
	ended := func(x base.Ending, by org.Actor) func() (event.Event, error) {
		return func() (event.Event, error) { return b.End(n, x, by, day) }
	}
	nothing := end
	nothing.Name = b.Name
	bare := base.Ending{How: base.ToWithdraw}
	run(t, []step{
		{"ended before", ended(end, approver), "base-not-reopened"},
		{"without grounds", func() (event.Event, error) { return b.Reopen(n, " ", day, staff, day) }, "reason-required due-required"},
		{"by the approver", func() (event.Event, error) { return b.Reopen(n, "x", due, approver, day) }, "wrong-role"},
		{"reopened", func() (event.Event, error) { return b.Reopen(n, "名称与公文不符", due, staff, day) }, ""},
		{"reopened twice", func() (event.Event, error) { return b.Reopen(n, "x", due, staff, day) }, "base-reopened"},
		{"unheard", ended(end, approver), "base-unheard"},
		{"answered by a clerk", func() (event.Event, error) { return b.Answer(n, "确有笔误", as("c", org.Clerk), day) }, "wrong-role"},
		{"answered", func() (event.Event, error) { return b.Answer(n, "确有笔误", head, day) }, ""},
		{"answered twice", func() (event.Event, error) { return b.Answer(n, "x", head, day) }, "base-answered"},
		{"by who took it up", ended(end, as("s", org.Approver)), "two-persons"},
		{"nothing changed", ended(nothing, approver), "correction-empty"},
		{"no document", ended(bare, approver), "reason-required document-number date"},
		{"corrected", ended(end, approver), ""},
	})
	if b.Name != "甲乙基地" || b.State != base.Active || b.Reopened[0].Before["name"] != "甲基地" || b.Open() != nil {
		t.Errorf("%+v", b)
	}
	away := base.Ending{How: base.ToWithdraw, Reason: "所报材料不实", Document: "内人社发〔2017〕330号", Date: "2017-10-20"}
	run(t, []step{{"reopened", func() (event.Event, error) { return b.Reopen(n, "所报活动不实", due, staff, day) }, ""}})
	late := as("ap", org.Approver)
	late.SignedIn = due
	if _, err := b.End(n, away, late, due); err != nil || b.State != base.Withdrawn || b.GrantAt() != base.GrantNone {
		t.Errorf("%v %s %s", err, b.State, b.GrantAt())
	}
}
