package event_test

import (
	"strings"
	"testing"
	"time"

	"shenbao/internal/event"
)

// chain is n facts, each sealed with the hash of the one before it.
func chain(n int) []event.Event {
	var all []event.Event
	prev := ""
	for i := range n {
		e := event.Event{Seq: int64(i + 1), Kind: "application.submitted", On: event.Subject{Kind: "application", ID: "a"}, Reason: "理由",
			At: time.Date(2017, 7, 1, 9, 0, i, 0, time.UTC), Detail: map[string]string{"b": "2", "a": "1"}, Outcome: event.OK, Prev: prev}
		e.Hash = e.Sum()
		prev = e.Hash
		all = append(all, e)
	}
	return all
}

func TestVerify(t *testing.T) {
	if err := event.Verify("", 1, chain(5)); err != nil {
		t.Error(err)
	}
	if err := event.Verify("", 1, nil); err != nil {
		t.Error(err)
	}
	all := chain(5)
	if err := event.Verify(all[1].Hash, 3, all[2:]); err != nil {
		t.Errorf("from the middle: %v", err)
	}
	reseal := func(e event.Event) event.Event { e.Hash = e.Sum(); return e }
	for name, tamper := range map[string]func([]event.Event) []event.Event{
		"a reason changed":         func(f []event.Event) []event.Event { f[2].Reason = "别的"; return f },
		"an actor changed":         func(f []event.Event) []event.Event { f[2].By.Person = "x"; return f },
		"a detail changed":         func(f []event.Event) []event.Event { f[2].Detail["a"] = "9"; return f },
		"an instant changed":       func(f []event.Event) []event.Event { f[2].At = f[2].At.Add(time.Microsecond); return f },
		"changed and sealed again": func(f []event.Event) []event.Event { f[2].Reason = "别的"; f[2] = reseal(f[2]); return f },
		"one removed":              func(f []event.Event) []event.Event { return append(f[:2], f[3:]...) },
		"one removed and renumbered": func(f []event.Event) []event.Event {
			f = append(f[:2], f[3:]...)
			f[2].Seq = 3
			f[2] = reseal(f[2])
			return f
		},
		"two exchanged":     func(f []event.Event) []event.Event { f[1], f[2] = f[2], f[1]; return f },
		"one added":         func(f []event.Event) []event.Event { return append(f[:2], append([]event.Event{f[1]}, f[2:]...)...) },
		"the first removed": func(f []event.Event) []event.Event { return f[1:] },
	} {
		if err := event.Verify("", 1, tamper(chain(5))); err == nil {
			t.Errorf("%s, and nobody noticed", name)
		}
	}
}

// The hash does not depend on the zone of an instant or on what the database can't keep.
func TestSum(t *testing.T) {
	e := chain(1)[0]
	other := e
	other.At = e.At.In(time.FixedZone("", 8*3600)).Add(999 * time.Nanosecond)
	if e.Sum() != other.Sum() || len(e.Sum()) != 64 {
		t.Errorf("%s and %s", e.Sum(), other.Sum())
	}
}

func TestRefusals(t *testing.T) {
	var none event.Refusals
	if none.Or() != nil {
		t.Error("nothing refused is no error")
	}
	one := event.Refusals{event.Refuse(event.Invalid, "late", "七（二）", "deadline", "x", "odd")}
	if err := one.Or(); err == nil || !strings.Contains(err.Error(), "late") || one[0].Args["deadline"] != "x" || len(one[0].Args) != 1 {
		t.Errorf("%v %v", one.Or(), one[0].Args)
	}
}
