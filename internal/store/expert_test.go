package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"shenbao/internal/application"
	"shenbao/internal/expert"
	"shenbao/internal/org"
	"shenbao/internal/review"
)

// plantPool keeps five experts: with and without a profile, paused, away, disabled.
func plantPool(t *testing.T, db *DB) {
	ctx := context.Background()
	write(t, db, func(tx *Tx) error {
		for i, name := range []string{"甲", "乙", "丙", "丁", "戊"} {
			p := org.Person{ID: org.PersonID(fmt.Sprint("p", i)), Name: name, Login: fmt.Sprint("login", i), Employer: "内蒙古大学", Title: "教授", Disabled: i == 4}
			if err := tx.AddPerson(ctx, p); err != nil {
				return err
			}
			if err := tx.AddPost(ctx, org.Post{ID: org.PostID(fmt.Sprint("post", i)), Person: p.ID, Unit: "dept", Role: org.Expert, From: began}); err != nil {
				return err
			}
			if i == 1 {
				continue // no profile yet
			}
			x := expert.Of(p)
			x.Kind, x.Level, x.Place, x.Fields = expert.Technical, expert.Senior, fmt.Sprintf("15%02d05", i+1), []string{"23020", "210"}
			x.Employers = []expert.Employer{{Name: "北疆Ａ大学"}}
			x.Kin = []expert.Kin{{Name: "某", Relation: "配偶"}}
			if i == 2 {
				x.State = expert.Pausing
			}
			if i == 3 {
				x.Kind, x.AwayFrom, x.AwayUntil = expert.Finance, "2017-07-01", "2017-07-31"
			}
			if err := tx.SaveExpert(ctx, x); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestExperts(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		plant(t, db, 1, 1)
		plantPool(t, db)
		for name, c := range map[string]struct {
			f    expert.Filter
			want string
		}{
			"all":                      {expert.Filter{}, "丁 丙 乙 甲"},
			"by an employer, folded":   {expert.Filter{Words: "北疆a"}, "丁 丙 甲"},
			"by field name and title":  {expert.Filter{Words: "畜牧學 教授"}, "丁 丙 甲"},
			"without a profile too":    {expert.Filter{Words: "内蒙古大学"}, "乙"},
			"nothing":                  {expert.Filter{Words: "%"}, "丁 丙 乙 甲"},
			"an underscore":            {expert.Filter{Words: "没有_这个"}, ""},
			"kind":                     {expert.Filter{Kind: expert.Finance}, "丁"},
			"level":                    {expert.Filter{Level: expert.Senior}, "丁 丙 甲"},
			"first level finds second": {expert.Filter{Field: "230"}, "丁 丙 甲"},
			"not inside a code":        {expert.Filter{Field: "302"}, ""},
			"league":                   {expert.Filter{Place: "1501"}, "甲"},
			"state":                    {expert.Filter{State: expert.Pausing}, "丙"},
			"free before":              {expert.Filter{On: "2017-06-30"}, "丁 乙 甲"},
			"free meanwhile":           {expert.Filter{On: "2017-07-31"}, "乙 甲"},
		} {
			read(t, db, func(tx *Tx) error {
				xs, err := tx.Experts(ctx, c.f, 10)
				var names []string
				for _, x := range xs {
					names = append(names, x.Name)
				}
				slices.Sort(names)
				want := strings.Fields(c.want)
				slices.Sort(want)
				if !slices.Equal(names, want) {
					t.Errorf("%s: %v, want %v", name, names, want)
				}
				return err
			})
		}
		read(t, db, func(tx *Tx) error { // page by page is the same as at once
			all, err := tx.Experts(ctx, expert.Filter{}, 10)
			var paged []org.PersonID
			f := expert.Filter{}
			for {
				xs, err := tx.Experts(ctx, f, 1)
				if err != nil || len(xs) == 0 {
					break
				}
				paged = append(paged, xs[0].Person)
				f.Name, f.Person = xs[0].Name, xs[0].Person
			}
			if len(paged) != len(all) {
				t.Errorf("%v by pages of %d", paged, len(all))
			}
			x, err2 := tx.Expert(ctx, "p0")
			if err2 != nil || x.Version != 1 || len(x.Kin) != 1 || x.Login != "login0" || x.Fields[0] != "23020" {
				t.Errorf("%v %+v", err2, x)
			}
			if _, err := tx.Expert(ctx, "nobody"); !errors.Is(err, ErrNotFound) {
				t.Errorf("nobody: %v", err)
			}
			return err
		})
		write(t, db, func(tx *Tx) error {
			x, err := tx.Expert(ctx, "p0")
			if err != nil {
				return err
			}
			x.Title = "研究员"
			if err := tx.SaveExpert(ctx, x); err != nil {
				return err
			}
			if err := tx.SaveExpert(ctx, x); !errors.Is(err, ErrConflict) {
				t.Errorf("an old version was kept: %v", err)
			}
			return nil
		})
	})
}

func TestBansAndPleas(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		plant(t, db, 1, 1)
		plantPool(t, db)
		a := app("a1", "h0", "l0", "基地")
		write(t, db, func(tx *Tx) error {
			if err := tx.AddApplication(ctx, a); err != nil {
				return err
			}
			if err := tx.AddBan(ctx, review.Ban{ID: "b1", Application: "a1", Call: "call", Expert: "p0", Reason: "r"}); err != nil {
				return err
			}
			return tx.AddPlea(ctx, review.Plea{Application: "a1", Call: "call", Targets: []review.Target{{Unit: "某校"}}})
		})
		err := db.Write(ctx, began, func(tx *Tx) error { return tx.AddPlea(ctx, review.Plea{Application: "a1", Call: "call"}) })
		if !errors.Is(err, ErrTaken) {
			t.Errorf("a second request: %v", err)
		}
		write(t, db, func(tx *Tx) error {
			b, err := tx.Ban(ctx, "b1")
			if err != nil || b.Version != 1 || b.Expert != "p0" {
				t.Errorf("%v %+v", err, b)
			}
			b.Lifted = &review.Lifting{Reason: "查无此事"}
			if err := tx.SaveBan(ctx, b); err != nil {
				return err
			}
			if err := tx.SaveBan(ctx, b); !errors.Is(err, ErrConflict) {
				t.Errorf("lifted twice: %v", err)
			}
			p, err := tx.Plea(ctx, "a1")
			if err != nil {
				return err
			}
			p.Answer = "准予"
			return tx.SavePlea(ctx, p)
		})
		read(t, db, func(tx *Tx) error {
			bans, err := tx.BansIn(ctx, "call")
			pleas, err2 := tx.PleasIn(ctx, "call")
			as, err3 := tx.ApplicationsIn(ctx, "call", a.State)
			if len(bans) != 1 || bans[0].Lifted == nil || len(pleas) != 1 || pleas[0].Answer != "准予" || len(as) != 1 || as[0].ID != "a1" {
				t.Errorf("%+v %+v %+v", bans, pleas, as)
			}
			if none, err := tx.ApplicationsIn(ctx, "call", application.Withdrawn); err != nil || len(none) != 0 {
				t.Errorf("%v %v", none, err)
			}
			return errors.Join(err, err2, err3)
		})
	})
}
