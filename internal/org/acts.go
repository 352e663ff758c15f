package org

import (
	"strings"

	"shenbao/internal/event"
)

// Facts about units, people and posts.
const (
	UnitRegistered event.Kind = "unit.registered"  // by itself, waits for approval
	UnitApproved   event.Kind = "unit.approved"    // by the HR bureau of its place
	UnitRefused    event.Kind = "unit.refused"     //
	UnitChanged    event.Kind = "unit.changed"     // renamed, moved, reached otherwise
	UnitEnded      event.Kind = "unit.ended"       // with or without a successor
	UnitsImported  event.Kind = "unit.imported"    //
	PersonAdded    event.Kind = "person.added"     //
	PersonDisabled event.Kind = "person.disabled"  //
	PostGranted    event.Kind = "post.granted"     //
	PostEnded      event.Kind = "post.ended"       //
	PostDelegated  event.Kind = "post.delegated"   // 受…委托
	PostHandedOver event.Kind = "post.handed-over" //
)

// Register asks for a new host unit to be admitted (R38, R129). The unit is Pending
// until the HR bureau of its place approves it. id comes from the caller.
func Register(id UnitID, u Unit) (Unit, error) {
	var bad event.Refusals
	need := func(field, v string) {
		if strings.TrimSpace(v) == "" {
			r := event.Refuse(event.Invalid, "required", "")
			r.Field = field
			bad = append(bad, r)
		}
	}
	need("name", u.Name)
	need("division", u.Division)
	need("contact", u.Contact)
	need("phone", u.Phone)
	if u.Ownership != Public && u.Ownership != NonPublic {
		r := event.Refuse(event.Invalid, "no-ownership", "四（一）", "unit", u.Name)
		r.Field = "ownership"
		bad = append(bad, r)
	}
	if u.Ownership == Public {
		need("superior", string(u.Superior))
	}
	if err := bad.Or(); err != nil {
		return u, err
	}
	u.ID, u.Kind, u.State = id, Host, Pending
	if u.Short == "" {
		u.Short = u.Name
	}
	return u, nil
}

// MayAdmit reports whether by admits units of u's place: a clerk or the person in
// charge of the HR bureau there, or the security administrator.
func (t Tree) MayAdmit(by Actor, u Unit) bool {
	b, ok := t.Bureau(u.Division)
	return by.Is(SecAdmin) || (ok && by.In(b.ID))
}

// Admit approves or refuses a registration. A refusal needs its reason.
func (u *Unit) Admit(ok bool, reason string) (event.Kind, error) {
	if u.State != Pending {
		return "", event.Refuse(event.Conflict, "unit-not-pending", "", "unit", u.Name)
	}
	if ok {
		u.State = Active
		return UnitApproved, nil
	}
	if strings.TrimSpace(reason) == "" {
		r := event.Refuse(event.Invalid, "reason-required", "")
		r.Field = "reason"
		return "", r
	}
	u.State = Refused
	return UnitRefused, nil
}
