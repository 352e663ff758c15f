package org

import (
	"strings"
	"time"

	"shenbao/internal/event"
)

// fact begins the fact of an act on a unit.
func (u Unit) fact(k event.Kind, by Actor, now time.Time, detail ...string) event.Event {
	e := event.Event{Kind: k, On: event.Subject{Kind: "unit", ID: string(u.ID)}, By: by.Actor, At: now,
		Detail: map[string]string{"unit": u.Name}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}

// weighty is what an act of the security administrator that moves routes or rights asks
// for: the post, a reason, a fresh sign-in.
func weighty(by Actor, reason string, now time.Time) error {
	switch {
	case !by.Is(SecAdmin):
		return event.Refuse(event.Forbidden, "wrong-role", "", "role", string(SecAdmin))
	case strings.TrimSpace(reason) == "":
		return refuse("reason-required", "reason")
	case !by.Fresh(now):
		return event.Refuse(event.Forbidden, "sign-in-again", "")
	}
	return nil
}

func refuse(kind, field string, args ...string) *event.Refusal {
	r := event.Refuse(event.Invalid, kind, "", args...)
	r.Field = field
	return r
}

// Change makes u what to says: names, ownership, superior, place, credit code. It is the
// security administrator's act alone, with a reason (M13): the alternative, the approval
// of the old and the new superior, needs two offices that may not be in the system yet.
// The unit itself can only change how it is reached (Reach). Kind, state and id stay;
// applications that are on their way keep their route. The facts of a unit are its
// history.
func (t Tree) Change(u *Unit, to Unit, reason string, by Actor, now time.Time) (event.Event, error) {
	if err := weighty(by, reason, now); err != nil {
		return event.Event{}, err
	}
	to.ID, to.Kind, to.State, to.Version = u.ID, u.Kind, u.State, u.Version
	to.CreditCode = PlainCredit(to.CreditCode)
	if err := t.sound(to).Or(); err != nil {
		return event.Event{}, err
	}
	e := u.fact(UnitChanged, by, now)
	e.Reason, e.Before, e.After = reason, map[string]string{}, map[string]string{}
	for _, f := range []struct{ name, old, new string }{
		{"name", u.Name, to.Name}, {"short", u.Short, to.Short}, {"ownership", string(u.Ownership), string(to.Ownership)},
		{"superior", string(u.Superior), string(to.Superior)}, {"division", u.Division, to.Division}, {"credit_code", u.CreditCode, to.CreditCode},
	} {
		if f.old != f.new {
			e.Before[f.name], e.After[f.name] = f.old, f.new
		}
	}
	if len(e.After) == 0 {
		return event.Event{}, event.Refuse(event.Invalid, "nothing-changed", "")
	}
	u.Name, u.Short, u.Ownership, u.Superior, u.Division, u.CreditCode = to.Name, to.Short, to.Ownership, to.Superior, to.Division, to.CreditCode
	return e, nil
}

// sound is what every unit on record must be: named, owned, placed, and below something
// that exists and does not lead back to it.
func (t Tree) sound(u Unit) event.Refusals {
	var bad event.Refusals
	add := func(kind, field string, args ...string) { bad = append(bad, refuse(kind, field, args...)) }
	if strings.TrimSpace(u.Name) == "" {
		add("required", "name", "label", "单位全称")
	}
	if u.Ownership != Public && u.Ownership != NonPublic {
		add("no-ownership", "ownership", "unit", u.Name)
	}
	if strings.TrimSpace(u.Division) == "" {
		add("required", "division", "label", "区划代码")
	}
	if u.Kind == DepartmentHR || (u.Ownership == NonPublic && u.Superior == "") {
		return bad
	}
	seen := map[UnitID]bool{u.ID: true}
	for s := u.Superior; ; s = t[s].Superior {
		up, ok := t[s]
		switch {
		case !ok:
			add("no-superior", "superior", "unit", u.Name)
			return bad
		case seen[s]:
			add("superior-circle", "superior", "unit", up.Name)
			return bad
		case up.Kind == DepartmentHR:
			return bad
		}
		seen[s] = true
	}
}

// Reach changes how a unit is reached: an act of its own people, or of the HR bureau of
// its place, or of the security administrator.
func (t Tree) Reach(u *Unit, address, contact, phone string, by Actor, now time.Time) (event.Event, error) {
	if !by.In(u.ID) && !t.MayAdmit(by, *u) {
		return event.Event{}, event.Refuse(event.Forbidden, "not-your-unit", "")
	}
	if strings.TrimSpace(contact) == "" {
		return event.Event{}, refuse("required", "contact", "label", "联系人")
	}
	if strings.TrimSpace(phone) == "" {
		return event.Event{}, refuse("required", "phone", "label", "电话")
	}
	e := u.fact(UnitChanged, by, now)
	e.Before = map[string]string{"address": u.Address, "contact": u.Contact, "phone": u.Phone}
	e.After = map[string]string{"address": address, "contact": contact, "phone": phone}
	u.Address, u.Contact, u.Phone = address, contact, phone
	return e, nil
}

// Finish ends a unit on a day: merged or renamed into successor, or dissolved, when
// successor is the zero unit. open counts its applications without a final status, below
// the active units that report to it: with either it can't end (W15). Posts in it are
// ended by the caller.
func (u *Unit) Finish(day string, successor Unit, open, below int, reason string, by Actor, now time.Time) (event.Event, error) {
	if err := weighty(by, reason, now); err != nil {
		return event.Event{}, err
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return event.Event{}, refuse("date", "until")
	}
	switch {
	case u.State != Active:
		return event.Event{}, event.Refuse(event.Conflict, "unit-not-active", "", "unit", u.Name)
	case u.Kind == DepartmentHR:
		return event.Event{}, event.Refuse(event.Forbidden, "unit-needed", "", "unit", u.Name)
	case open > 0 || below > 0:
		return event.Event{}, event.Refuse(event.Conflict, "unit-in-use", "", "unit", u.Name, "open", itoa(open), "below", itoa(below))
	case successor.ID == u.ID || (successor.ID != "" && successor.State != Active):
		return event.Event{}, refuse("unit-successor", "successor")
	}
	u.State, u.Until, u.Successor = Ended, day, successor.ID
	e := u.fact(UnitEnded, by, now, "until", day, "successor", successor.Name)
	e.Reason = reason
	return e, nil
}
