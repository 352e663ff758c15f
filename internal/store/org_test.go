package store

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shenbao/internal/event"
	"shenbao/internal/org"
)

// The sight as SQL and Shows as code say the same of any unit and any viewer, and the
// pages of the list leave nothing out.
func TestSightAgrees(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		places := []string{"150400", "150402", "150404", "150600", "150621", "152501"}
		var all []org.Unit
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			if n < 40 {
				u := org.Unit{ID: org.UnitID(fmt.Sprintf("u%02d", n)), Name: fmt.Sprint("单位", n), Short: "x", Ownership: org.Public, State: org.Active,
					Kind: rapid.SampledFrom(org.Kinds).Draw(rt, "kind"), Division: rapid.SampledFrom(places).Draw(rt, "place"),
					Superior: org.UnitID(fmt.Sprintf("u%02d", rapid.IntRange(0, 40).Draw(rt, "superior")))}
				n++
				if err := db.Save(ctx, began, func(tx *Tx) error { return tx.AddUnit(ctx, u) }); err != nil {
					rt.Fatal(err)
				}
				all = append(all, u)
			}
			home := rapid.SampledFrom(all).Draw(rt, "home")
			by := org.Actor{Kind: home.Kind, Actor: event.Actor{Role: string(rapid.SampledFrom(org.Roles).Draw(rt, "role")), Unit: string(home.ID)}}
			sight := org.SightOf(by, home)
			var want, got []string
			for _, u := range all {
				if sight.Shows(u) {
					want = append(want, string(u.ID))
				}
			}
			var after UnitCursor
			for {
				var page []org.Unit
				err := db.Read(ctx, began, func(tx *Tx) (err error) {
					page, err = tx.UnitPage(ctx, sight, UnitFilter{}, after, 7)
					return err
				})
				if err != nil {
					rt.Fatal(err)
				}
				for _, u := range page {
					got = append(got, string(u.ID))
				}
				if len(page) < 7 {
					break
				}
				after = UnitCursor{page[6].Division, page[6].ID}
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				rt.Fatalf("%s in %+v: the list has %v, Shows says %v", by.Role, home, got, want)
			}
		})
	})
}

// What the pages of people, registrations, the trail and the system ask for.
func TestOrgReads(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		u := org.Unit{ID: "u", Name: "甲单位", Short: "甲", Kind: org.Host, Ownership: org.Public, Division: "150404", CreditCode: "C1", State: org.Pending}
		write(t, db, func(tx *Tx) error {
			if err := tx.AddUnit(ctx, u); err != nil {
				return err
			}
			if err := tx.AddRegistration(ctx, org.Registration{Number: "DJ1", Unit: u, At: tx.Now, Clerk: org.Newcomer{Name: "李"}}); err != nil {
				return err
			}
			for i := range 5 {
				p := org.Person{ID: org.PersonID(fmt.Sprint("p", i)), Name: fmt.Sprint("人", i), Login: fmt.Sprint("login_", i)}
				if err := tx.AddPerson(ctx, p); err != nil {
					return err
				}
				if err := tx.AddPost(ctx, org.Post{ID: org.PostID(fmt.Sprint("q", i)), Person: p.ID, Unit: "u", Role: org.Clerk, From: tx.Now}); err != nil {
					return err
				}
			}
			if err := tx.Invite(ctx, "hash", "p0", tx.Now.Add(time.Hour)); err != nil {
				return err
			}
			if err := tx.EndLinks(ctx, "p0"); err != nil {
				return err
			}
			if _, err := tx.Invited(ctx, "hash"); !IsNotFound(err) {
				t.Errorf("an ended link holds: %v", err)
			}
			_, err := tx.Record(ctx, event.Event{Kind: "x", On: event.Subject{Kind: "unit", ID: "u"}, By: event.Actor{Person: "p0", Unit: "u"}})
			return err
		})
		err := db.Read(ctx, began, func(tx *Tx) error {
			gs, err := tx.OpenRegistrations(ctx)
			if err != nil || len(gs) != 1 || gs[0].Number != "DJ1" || gs[0].Clerk.Name != "李" || !gs[0].At.Equal(began) {
				t.Errorf("registrations %+v, %v", gs, err)
			}
			ps, err := tx.People(ctx, PersonFilter{Unit: "u", Role: org.Clerk, Words: "login_", Name: "人1", ID: "p1"}, 2)
			if err != nil || len(ps) != 2 || ps[0].ID != "p2" {
				t.Errorf("people %+v, %v", ps, err)
			}
			if ps, err := tx.People(ctx, PersonFilter{Words: "%"}, 9); err != nil || len(ps) != 0 {
				t.Errorf("a wildcard finds %v, %v", ps, err) // I07
			}
			us, err := tx.UnitsWithCredit(ctx, "C1")
			if err != nil || len(us) != 1 {
				t.Errorf("by credit code %v, %v", us, err)
			}
			if us, _ := tx.UnitsWithCredit(ctx, ""); len(us) != 0 {
				t.Errorf("no code finds %v", us)
			}
			for _, c := range []struct {
				f    FactFilter
				want int
			}{{FactFilter{Since: began, Until: began.Add(time.Microsecond)}, 1}, {FactFilter{Since: began.Add(time.Second)}, 0}, {FactFilter{Until: began}, 0},
				{FactFilter{Person: "p0", Unit: "u", Kind: "x"}, 1}} {
				if es, err := tx.Log(ctx, c.f, 10); err != nil || len(es) != c.want {
					t.Errorf("%+v: %d facts, %v", c.f, len(es), err)
				}
			}
			n, err := tx.CountOpen(ctx, "u")
			if err != nil || n != 0 {
				t.Errorf("open %d, %v", n, err)
			}
			hs, err := tx.OpenPosts(ctx, "u")
			if err != nil || len(hs) != 5 {
				t.Errorf("posts %d, %v", len(hs), err)
			}
			seq, hash, err := tx.Head(ctx)
			if err != nil || seq != 1 || len(hash) != 64 {
				t.Errorf("head %d %s, %v", seq, hash, err)
			}
			sessions, people, err := tx.InUse(ctx, began)
			if err != nil || sessions+people != 0 {
				t.Errorf("%d sessions of %d, %v", sessions, people, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
