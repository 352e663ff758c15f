package auth_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"shenbao/internal/auth"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

var now = time.Date(2017, 6, 20, 9, 0, 0, 0, time.UTC)

const right = "草原上的白马跑过十二座山"

// office is a system with one account, security administrator 白雪, who knows the password.
func office(t *testing.T) (*auth.Auth, *store.DB) {
	t.Helper()
	db, err := store.Open(t.Context(), t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	a := auth.New(db)
	units := []org.Unit{{ID: "dept", Name: "厅", Kind: org.DepartmentHR, Ownership: org.Public, State: org.Active}}
	if _, err := a.Install(t.Context(), now, units, nil, "白雪", " BaiXue ", right, "10.0.0.1"); err != nil {
		t.Fatal(err)
	}
	return a, db
}

func kindOf(err error) string {
	var r *event.Refusal
	if errors.As(err, &r) {
		return r.Kind
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// Five failures shut an account for a quarter of an hour, for where they came from alone.
func TestLock(t *testing.T) {
	a, _ := office(t)
	in := func(at time.Time, password, addr string) string {
		_, err := a.SignIn(t.Context(), at, "baixue", password, "zh", addr)
		return kindOf(err)
	}
	for i := range 5 {
		if got := in(now, "wrong", "10.0.0.2"); got != "wrong-password" {
			t.Fatalf("try %d: %q", i, got)
		}
	}
	for _, c := range []struct {
		at   time.Duration
		addr string
		want string
	}{{0, "10.0.0.2", "locked"}, {0, "10.0.0.3", ""}, {14 * time.Minute, "10.0.0.2", "locked"}, {15 * time.Minute, "10.0.0.2", ""}} {
		if got := in(now.Add(c.at), right, c.addr); got != c.want {
			t.Errorf("after %v from %s: %q, want %q", c.at, c.addr, got, c.want)
		}
	}
}

// Who has one address of IPv6 has a network of them, and is counted as one.
func TestLockOfANetwork(t *testing.T) {
	a, _ := office(t)
	for _, addr := range []string{"2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:3::", "2001:db8:1:2::4%eth0", "2001:db8:1:2:ffff::5"} {
		_, _ = a.SignIn(t.Context(), now, "baixue", "wrong", "zh", addr)
	}
	if _, err := a.SignIn(t.Context(), now, "baixue", right, "zh", "2001:db8:1:2::6"); kindOf(err) != "locked" {
		t.Errorf("the same network: %v", err)
	}
	if _, err := a.SignIn(t.Context(), now, "baixue", right, "zh", "2001:db8:1:3::6"); err != nil {
		t.Errorf("another network: %v", err)
	}
}

// A name that no account can have fills no table, and is answered like a wrong password.
func TestNoSuchName(t *testing.T) {
	a, db := office(t)
	for _, login := range []string{strings.Repeat("x", 1<<20), "", "白雪", "a b"} {
		if _, err := a.SignIn(t.Context(), now, login, "wrong", "zh", "10.0.0.2"); kindOf(err) != "wrong-password" {
			t.Errorf("%.10q: %v", login, err)
		}
		err := db.Read(t.Context(), now, func(tx *store.Tx) error {
			tries, err := tx.Tries(t.Context(), org.PlainLogin(login), "10.0.0.2")
			if tries.Failures > 0 {
				t.Errorf("%.10q is kept", login)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.SignIn(t.Context(), now, "nobody", "wrong", "zh", "10.0.0.2"); kindOf(err) != "wrong-password" {
		t.Errorf("no such account: %v", err)
	}
}

// Whoever finds an open session does not find the password by trying: the old one is asked
// for under the same limits as at the sign-in, and so is a fresh sign-in.
func TestTriesWithinASession(t *testing.T) {
	a, _ := office(t)
	token, err := a.SignIn(t.Context(), now, "baixue", right, "zh", "10.0.0.2")
	if err != nil {
		t.Fatal(err)
	}
	s, ok, err := a.Who(t.Context(), now, token, "10.0.0.2")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	for i := range 5 {
		if i%2 == 0 {
			err = a.ChangePassword(t.Context(), now, s, "wrong", "new password of mine")
		} else {
			_, err = a.Refresh(t.Context(), now, s, "wrong")
		}
		if kindOf(err) != "wrong-password" {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	if err := a.ChangePassword(t.Context(), now, s, right, "new password of mine"); kindOf(err) != "locked" {
		t.Errorf("the sixth: %v", err)
	}
	if _, err := a.Refresh(t.Context(), now, s, right); kindOf(err) != "locked" {
		t.Errorf("the sixth: %v", err)
	}
}

// A fresh sign-in is a new session, and the old one is none any more.
func TestRefresh(t *testing.T) {
	a, _ := office(t)
	token, err := a.SignIn(t.Context(), now, "baixue", right, "zh", "10.0.0.2")
	if err != nil {
		t.Fatal(err)
	}
	later := now.Add(20 * time.Minute)
	s, _, err := a.Who(t.Context(), later, token, "10.0.0.2")
	if err != nil || s.Actor.Fresh(later) {
		t.Fatalf("fresh after 20 minutes: %v", err)
	}
	next, err := a.Refresh(t.Context(), later, s, right)
	if err != nil || next == token {
		t.Fatal(err)
	}
	if _, ok, _ := a.Who(t.Context(), later, token, "10.0.0.2"); ok {
		t.Error("the old session goes on")
	}
	fresh, ok, err := a.Who(t.Context(), later, next, "10.0.0.2")
	if err != nil || !ok || !fresh.Actor.Fresh(later) || fresh.Actor.Post != s.Actor.Post {
		t.Errorf("%v %v %+v", ok, err, fresh.Actor)
	}
}
