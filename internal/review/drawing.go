package review

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	lot "shenbao/draw"
	"shenbao/internal/event"
	"shenbao/internal/org"
)

// Facts of a draw.
const (
	ListFrozen event.Kind = "panel.list-frozen"
	Witnessed  event.Kind = "panel.witnessed"
	Drawn      event.Kind = "panel.drawn"
	DrawVoided event.Kind = "panel.draw-voided"
)

// DrawState is how far a draw is. locale has "drawing.<state>".
type DrawState string

// A draw is frozen, then witnessed by a second person, then drawn; until then it can be
// given up, and counts all the same.
const (
	DrawFrozen    DrawState = "frozen"
	DrawWitnessed DrawState = "witnessed"
	DrawDone      DrawState = "drawn"
	DrawVoid      DrawState = "voided"
)

// DrawTerms are the conditions of a draw as staff set them.
type DrawTerms struct {
	Employer int            `json:"employer"`         // of one employer at most; 0 any number
	Place    int            `json:"place"`            // of one league or city at most; 0 any number
	Kinds    map[string]int `json:"kinds,omitempty"`  // at least so many of a kind of experts
	Fields   map[string]int `json:"fields,omitempty"` // and of a field, by its code
	Strict   bool           `json:"strict"`           // one conflict with an application of the group keeps an expert out; else the expert abstains from it
	Fair     bool           `json:"fair"`             // chances as even as the conditions allow, instead of plain tickets
}

// Quotas are the terms as the draw has them.
func (t DrawTerms) Quotas() []lot.Quota {
	var out []lot.Quota
	if t.Employer > 0 {
		out = append(out, lot.Quota{Family: "employer", Category: "*", Max: t.Employer})
	}
	if t.Place > 0 {
		out = append(out, lot.Quota{Family: "place", Category: "*", Max: t.Place})
	}
	for _, family := range []struct {
		name string
		min  map[string]int
	}{{"kind", t.Kinds}, {"field", t.Fields}} {
		for c, n := range family.min {
			if n > 0 {
				out = append(out, lot.Quota{Family: family.name, Category: c, Min: n})
			}
		}
	}
	slices.SortFunc(out, func(a, b lot.Quota) int {
		return cmp.Or(cmp.Compare(a.Family, b.Family), cmp.Compare(a.Category, b.Category))
	})
	return out
}

// A Drawing (抽取) is one draw of experts for a group, from the frozen list to the record.
type Drawing struct {
	ID        string      `json:"id"`
	Call      string      `json:"call"`
	Round     string      `json:"round"`
	Group     string      `json:"group"`
	GroupName string      `json:"group_name"`
	N         int         `json:"n"` // of the group's draws, counting those given up
	State     DrawState   `json:"state"`
	Terms     DrawTerms   `json:"terms"`
	Frozen    lot.Frozen  `json:"frozen"`
	FrozenBy  event.Actor `json:"frozen_by"`

	Public      string      `json:"public,omitempty"`  // the public value, to the letter
	Witness     string      `json:"witness,omitempty"` // 监督人: name and office
	PublicAt    time.Time   `json:"public_at"`
	WitnessedBy event.Actor `json:"witnessed_by"` // who entered both: not who froze the list

	At     time.Time   `json:"at"` // drawn or given up
	By     event.Actor `json:"by"`
	Record string      `json:"record,omitempty"`
	Reason string      `json:"reason,omitempty"` // of giving it up

	Version int `json:"version"`
}

func (d *Drawing) fact(k event.Kind, by org.Actor, now time.Time, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "group", ID: d.Group}, Call: d.Call, By: by.Actor, At: now, Outcome: event.OK,
		Detail: map[string]string{"group": d.GroupName, "n": strconv.Itoa(d.N)}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

// Going reports whether the draw is under way.
func (d *Drawing) Going() bool { return d.State == DrawFrozen || d.State == DrawWitnessed }

// FreezeDraw fixes everything that decides a draw and publishes its hashes. before are the
// group's draws so far, going the group of the round that is being drawn, if any: one after
// another, as who is drawn for one can't be drawn for the next. plan is what is to be drawn; that the conditions can be met is tried
// at once, with another secret.
func FreezeDraw(d Drawing, g Group, before []Drawing, going string, plan lot.Plan, by org.Actor, now time.Time) (Drawing, event.Event, error) {
	none := event.Event{}
	switch {
	case !by.Is(org.Staff):
		return d, none, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case going != "":
		return d, none, event.Refuse(event.Conflict, "draw-going", "", "group", going)
	case len(before) >= plan.Max:
		return d, none, event.Refuse(event.Closed, "draws-used", "", "group", g.Name, "max", strconv.Itoa(plan.Max))
	case strings.TrimSpace(plan.Source) == "":
		return d, none, refuseField("draw-source", "source")
	case plan.Number > 1 && strings.TrimSpace(plan.Reason) == "":
		return d, none, refuseField("reason-required", "reason")
	}
	f, err := lot.Freeze(plan)
	if err == nil {
		err = feasible(plan)
	}
	if err != nil {
		return d, none, drawRefusal(err, g.Name)
	}
	d.N, d.State, d.Frozen, d.FrozenBy = len(before)+1, DrawFrozen, f, by.Actor
	return d, d.fact(ListFrozen, by, now, "list", f.List, "plan", f.Hash, "commitment", plan.Commitment, "eligible", strconv.Itoa(len(f.Plan.People))), nil
}

// feasible draws with a secret that has nothing to do with the draw's own: whether the
// conditions can be met does not depend on it.
func feasible(p lot.Plan) error {
	const secret = "feasibility alone is tried"
	p.Commitment = lot.Commit(secret)
	f, err := lot.Freeze(p)
	if err != nil {
		return err
	}
	_, err = f.Draw(lot.Reveal{Secret: secret, Public: "-", PublicAt: p.Frozen, At: p.Frozen, Witness: "-"})
	return err
}

// drawRefusal is a refusal of package draw as people read it.
func drawRefusal(err error, group string) error {
	var x *lot.Error
	if !errors.As(err, &x) {
		return err
	}
	kinds := map[lot.Kind]string{lot.ErrList: "draw-list", lot.ErrQuota: "draw-quota", lot.ErrCrossing: "draw-crossing", lot.ErrSearch: "draw-search",
		lot.ErrEarly: "draw-early", lot.ErrGround: "draw-ground", lot.ErrMax: "draws-used", lot.ErrCommitment: "draw-secret"}
	kind, ok := kinds[x.Kind]
	if !ok {
		return err // our own plan was wrong: nothing that a user can mend
	}
	r := event.Refuse(event.Closed, kind, "", "group", group)
	for k, v := range x.Args {
		r.Args[k] = v
	}
	return r
}

// Attest is the witness's step, by another person than who froze the list: the public value
// to the letter, and who watches.
func (d *Drawing) Attest(by org.Actor, value, witness string, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Staff, org.Approver):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Approver))
	case d.State != DrawFrozen:
		return event.Event{}, event.Refuse(event.Conflict, "draw-state", "", "draw", string(d.State))
	case org.SamePerson(by.Actor, d.FrozenBy):
		return event.Event{}, event.Refuse(event.Forbidden, "draw-two-persons", "")
	}
	var bad event.Refusals
	if strings.TrimSpace(value) == "" {
		bad = append(bad, refuseField("draw-public", "public", "source", d.Frozen.Plan.Source))
	}
	if strings.TrimSpace(witness) == "" {
		bad = append(bad, refuseField("draw-witness", "witness"))
	}
	if err := bad.Or(); err != nil {
		return event.Event{}, err
	}
	d.State, d.Public, d.Witness, d.PublicAt, d.WitnessedBy = DrawWitnessed, value, witness, now, by.Actor
	return d.fact(Witnessed, by, now, "public", value, "witness", witness), nil
}

// Draw reveals the secret and draws. list is who is eligible now: a list that is no longer
// the frozen one is refused, and told how it differs.
func (d *Drawing) Draw(by org.Actor, secret string, list []lot.Person, now time.Time) (lot.Record, event.Event, error) {
	none := event.Event{}
	switch {
	case !by.Is(org.Staff):
		return lot.Record{}, none, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case d.State == DrawFrozen:
		return lot.Record{}, none, event.Refuse(event.Closed, "draw-early", "", "group", d.GroupName)
	case d.State != DrawWitnessed:
		return lot.Record{}, none, event.Refuse(event.Conflict, "draw-state", "", "draw", string(d.State))
	}
	f := d.Frozen
	f.Plan.People = list
	rec, err := f.Draw(lot.Reveal{Secret: secret, Public: d.Public, PublicAt: d.PublicAt, At: now, Witness: d.Witness})
	if err != nil {
		err = drawRefusal(err, d.GroupName)
		var r *event.Refusal
		if errors.As(err, &r) && r.Kind == "draw-list" {
			r.Args["what"] = strings.Join(ListChanges(d.Frozen.Plan.People, list), "；")
		}
		return rec, none, err
	}
	d.State, d.At, d.By = DrawDone, now, by.Actor
	return rec, d.fact(Drawn, by, now, "members", strconv.Itoa(len(rec.Members)), "alternates", strconv.Itoa(len(rec.Alternates)), "sum", rec.Sum()), nil
}

// Void gives a draw up before it is drawn, with a reason. It counts as one all the same: who
// may give up and begin anew without end could wait for a list that suits.
func (d *Drawing) Void(by org.Actor, reason string, now time.Time) (event.Event, error) {
	switch {
	case !by.Is(org.Staff):
		return event.Event{}, event.Refuse(event.Forbidden, "wrong-role", "", "role", string(org.Staff))
	case !d.Going():
		return event.Event{}, event.Refuse(event.Conflict, "draw-state", "", "draw", string(d.State))
	case strings.TrimSpace(reason) == "":
		return event.Event{}, refuseField("reason-required", "reason")
	}
	d.State, d.At, d.By, d.Reason = DrawVoid, now, by.Actor, reason
	e := d.fact(DrawVoided, by, now)
	e.Reason = reason
	return e, nil
}

// ListChanges are the names of those who came to the list (+), went from it (−), or of whom
// it says something else now (≠).
func ListChanges(was, is []lot.Person) (out []string) {
	line := func(x lot.Person) string { return string(lot.Plan{People: []lot.Person{x}}.List()) }
	find := func(xs []lot.Person, id string) (lot.Person, bool) {
		i := slices.IndexFunc(xs, func(x lot.Person) bool { return x.ID == id })
		if i < 0 {
			return lot.Person{}, false
		}
		return xs[i], true
	}
	for _, x := range is {
		switch old, ok := find(was, x.ID); {
		case !ok:
			out = append(out, "+ "+x.Name)
		case line(old) != line(x):
			out = append(out, "≠ "+x.Name)
		}
	}
	for _, x := range was {
		if _, ok := find(is, x.ID); !ok {
			out = append(out, "− "+x.Name)
		}
	}
	return out
}
