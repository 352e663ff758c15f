package scenario_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
	"shenbao/internal/store/pgtest"
)

// engines runs f on an office of its own on each database.
func engines(t *testing.T, f func(t *testing.T, o *office)) {
	t.Run("sqlite", func(t *testing.T) { f(t, newOffice(t, t.TempDir())) })
	t.Run("postgres", func(t *testing.T) { f(t, newOffice(t, pgtest.Open(t))) })
}

// together runs all of fs at the same moment and answers what each of them said.
func together(fs ...func() error) []error {
	said := make([]error, len(fs))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, f := range fs {
		wg.Go(func() {
			<-start
			said[i] = f()
		})
	}
	close(start)
	wg.Wait()
	return said
}

// kinds counts the answers: "" is done.
func kinds(said []error) map[string]int {
	m := map[string]int{}
	for _, err := range said {
		var r *event.Refusal
		switch {
		case err == nil:
			m[""]++
		case errors.As(err, &r):
			m[r.Kind]++
		default:
			m[err.Error()]++
		}
	}
	return m
}

func (o *office) sound() {
	o.t.Helper()
	rep, err := o.Fsck(context.WithoutCancel(o.t.Context()), o.now)
	if err != nil || len(rep.Problems) > 0 {
		o.t.Errorf("fsck: %v %v", err, rep.Problems)
	}
}

func (o *office) count(kind event.Kind, id application.ID) (n int) {
	o.t.Helper()
	o.must(o.DB.Read(o.t.Context(), o.now, func(tx *store.Tx) error {
		fs, err := tx.Log(o.t.Context(), store.FactFilter{Kind: string(kind), Subject: event.Subject{Kind: "application", ID: string(id)}}, 100)
		n = len(fs)
		return err
	}))
	return n
}

// sealed is an application of a host of the cast, ready to be handed in.
func (o *office) sealed(host string) application.ID {
	o.t.Helper()
	ctx, clerk := o.t.Context(), host+"/经办"
	id, err := o.Begin(ctx, o.As(clerk), o.Call, org.UnitID(o.As(clerk).By.Unit), "")
	o.must(err)
	o.must(demo.Fill(ctx, o.World, id))
	o.must(o.Prepare(ctx, o.As(clerk), id))
	o.must(o.Sign(ctx, o.As(host+"/负责人"), id))
	o.must(demo.Seal(ctx, o.World, clerk, id))
	return id
}

// Q11: the same submission many times at once is one; without a key all but one are told
// that it is no longer theirs.
func TestRaceSubmitTwice(t *testing.T) {
	engines(t, func(t *testing.T, o *office) {
		for _, key := range []string{"one sending", ""} {
			host := map[string]string{"": "红山高新区", "one sending": "松山园区"}[key]
			id := o.sealed(host)
			var fs []func() error
			for range 8 {
				fs = append(fs, func() error {
					r := o.As(host + "/负责人")
					r.Key = key
					return o.Submit(t.Context(), r, id)
				})
			}
			got := kinds(together(fs...))
			if want := map[string]int{"": 8}; key != "" && fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("with a key: %v", got)
			}
			if key == "" && (got[""] != 1 || got["not-holder"] != 7) {
				t.Errorf("without a key: %v", got)
			}
			if n := o.count(application.Submitted, id); n != 1 {
				t.Errorf("submitted %d times", n)
			}
		}
		o.sound()
	})
}

// firms adds n units below 赤峰市, each with an application that waits at 赤峰市, signed and
// sealed: one place, n candidates.
func (o *office) firms(n int) (ids []application.ID) {
	o.t.Helper()
	ctx := o.t.Context()
	for i := range n {
		key := fmt.Sprintf("推广站%d", i)
		u := org.Unit{ID: org.UnitID("host-" + key), Name: "赤峰市" + key, Short: key, Ownership: org.Public, Superior: "hr-150400", Division: "150404",
			Contact: "某人", Phone: "0476-8430000"}
		o.must(o.Enlist(ctx, key+"/经办", "某甲", u, org.Clerk))
		o.must(o.Enlist(ctx, key+"/负责人", "某乙", u, org.Principal))
		id, err := demo.Submit(ctx, o.World, key)
		o.must(err)
		o.must(demo.SignOpinion(ctx, o.World, id, "赤峰市人社局"))
		o.must(demo.SealOpinion(ctx, o.World, "赤峰市人社局/经办", id))
		ids = append(ids, id)
	}
	return ids
}

// Q01: many candidates of one league recommended at the same instant, one place: one goes
// up, the others are told that the place is taken.
func TestRaceQuota(t *testing.T) {
	engines(t, func(t *testing.T, o *office) {
		ids := o.firms(8)
		var fs []func() error
		for _, id := range ids {
			fs = append(fs, func() error { return o.Forward(t.Context(), o.As("赤峰市人社局/负责人"), id) })
		}
		if got := kinds(together(fs...)); got[""] != 1 || got["quota-full"] != 7 {
			t.Errorf("%v", got)
		}
		o.sound()
	})
}

// Two people in charge sign the same opinion at once: one signature.
func TestRaceSigners(t *testing.T) {
	engines(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		id, err := demo.Submit(ctx, o.World, "松山园区")
		o.must(err)
		o.must(demo.Opine(ctx, o.World, id, "松山区人社局"))
		c, err := o.Case(ctx, o.As("松山区人社局/负责人"), id)
		o.must(err)
		v, _ := c.Current()
		const second = "松山区人社局/第二负责人"
		o.must(o.Enlist(ctx, second, "某丙", org.Unit{ID: "hr-150404"}, org.Principal))
		got := kinds(together(
			func() error { return o.SignOpinion(ctx, o.As("松山区人社局/负责人"), id, v.Hash) },
			func() error { return o.SignOpinion(ctx, o.As(second), id, v.Hash) },
			func() error { return o.SignOpinion(ctx, o.As("松山区人社局/负责人"), id, v.Hash) },
		))
		if got[""] != 1 || got["opinion-not-ready"] != 2 {
			t.Errorf("%v", got)
		}
		if n := o.count(application.OpinionSigned, id); n != 1 {
			t.Errorf("signed %d times", n)
		}
		o.sound()
	})
}

// Q03, W09: the applicant withdraws while the league recommends: one order or the other,
// and the place is held by what lives, or free.
func TestRaceWithdraw(t *testing.T) {
	engines(t, func(t *testing.T, o *office) {
		for i, id := range o.firms(6) {
			got := kinds(together(
				func() error { return o.Forward(t.Context(), o.As("赤峰市人社局/负责人"), id) },
				func() error {
					return o.Withdraw(t.Context(), o.As(fmt.Sprintf("推广站%d/负责人", i)), id, "单位改制。")
				},
			))
			if got[""] != 2 && (got[""] != 1 || got["wrong-state"]+got["not-holder"] != 1) {
				t.Errorf("%v", got)
			}
			if n := o.count(application.WithdrawnByUnit, id); n != 1 {
				t.Errorf("withdrawn %d times", n)
			}
		}
		o.sound()
	})
}
