package org

import (
	"strings"
	"time"
	"unicode/utf8"

	"shenbao/internal/event"
)

// A Newcomer is somebody whom a unit names for a post when it asks to be registered. The
// account's name is a wish: whether it is free is told to the bureau that admits the
// unit, never to a stranger who could try out names (S03).
type Newcomer struct {
	Name  string `json:"name"`
	Login string `json:"login"`
	Phone string `json:"phone"`
	Email string `json:"email"`
}

// A Registration is what a unit sends to be registered: itself, and the two people that
// every unit has, one who drafts and one who signs (R129).
type Registration struct {
	Number    string    `json:"number"` // what the unit quotes when it asks how far things are
	Unit      Unit      `json:"unit"`   // as it was sent; the unit's own entry is the truth
	Clerk     Newcomer  `json:"clerk"`
	Principal Newcomer  `json:"principal"`
	Twin      bool      `json:"twin"`  // said to be another body than the one of this name elsewhere
	Proxy     bool      `json:"proxy"` // it wants no accounts: the HR bureau of its place files for it (R39)
	At        time.Time `json:"at"`
}

// Enrol checks a registration and answers it with the unit made ready (Pending, a host,
// with id). same are the units on record with the same name or credit code. The route
// must be computable: a unit that can't go anywhere is not taken in.
func (t Tree) Enrol(g Registration, id UnitID, same []Unit) (Registration, error) {
	var bad event.Refusals
	u, err := Register(id, g.Unit)
	if rs, ok := err.(event.Refusals); ok {
		bad = rs
	} else if err != nil {
		return g, err
	}
	u.ID, u.Kind, u.State, u.CreditCode = id, Host, Pending, PlainCredit(u.CreditCode)
	for _, x := range []struct{ n, v string }{{"name", u.Name}, {"contact", u.Contact}, {"phone", u.Phone}, {"address", u.Address}} {
		if utf8.RuneCountInString(x.v) > 200 {
			bad = append(bad, refuse("text-long", x.n, "max", "200"))
		}
	}
	if len(bad) == 0 {
		if _, err := t.Compute(u, "四（一）"); err != nil {
			bad = append(bad, placed(err, u))
		}
	}
	switch {
	case !g.Proxy:
		bad = append(bad, g.Distinct()...)
	case u.Ownership == Public:
		bad = append(bad, refuse("proxy-public", "proxy", "unit", u.Name))
	default:
		g.Clerk, g.Principal = Newcomer{}, Newcomer{}
	}
	bad = append(bad, known(u, g.Twin, same)...)
	g.Unit = u
	return g, bad.Or()
}

// Distinct says what is wrong with the two people: both must be named, and be two (R129).
func (g Registration) Distinct() event.Refusals {
	bad := append(g.Clerk.check("clerk"), g.Principal.check("principal")...)
	if g.Clerk.Login != "" && PlainLogin(g.Clerk.Login) == PlainLogin(g.Principal.Login) ||
		g.Clerk.Name != "" && g.Clerk.Name == g.Principal.Name && g.Clerk.Phone == g.Principal.Phone {
		bad = append(bad, refuse("two-newcomers", "principal-login"))
	}
	return bad
}

// Admits refuses whoever admits no units at all: only the HR bureaus of leagues, cities,
// banners and counties do, and the security administrator.
func (t Tree) Admits(by Actor) error {
	if by.Is(SecAdmin) || (by.Is(Clerk, Principal) && (by.Kind == CountyHR || by.Kind == LeagueHR)) {
		return nil
	}
	return event.Refuse(event.Forbidden, "not-a-bureau", "")
}

// placed says at which field a route that can't be computed is mended.
func placed(err error, u Unit) *event.Refusal {
	r, ok := err.(*event.Refusal)
	if !ok {
		return refuse("no-superior", "superior", "unit", u.Name)
	}
	r.Field = "superior"
	if u.Ownership == NonPublic {
		r.Field = "division"
	}
	return r
}

// known refuses the same body twice: the same name in the same place, or the same credit
// code. A name that is also used elsewhere has to be confirmed as another body's.
func known(u Unit, twin bool, same []Unit) (bad event.Refusals) {
	for _, s := range same {
		switch {
		case s.ID == u.ID || (s.State != Active && s.State != Pending):
		case s.Division == u.Division && s.Name == u.Name:
			r := refuse("unit-known", "name", "unit", s.Name)
			r.Class = event.Conflict
			return event.Refusals{r}
		case u.CreditCode != "" && s.CreditCode == u.CreditCode:
			r := refuse("credit-known", "credit_code", "unit", s.Name)
			r.Class = event.Conflict
			return event.Refusals{r}
		case !twin:
			bad = event.Refusals{refuse("unit-same-name", "twin", "unit", s.Name, "division", s.Division)}
		}
	}
	return bad
}

func (n Newcomer) check(who string) (bad event.Refusals) {
	for _, x := range []struct{ field, v string }{{"-name", n.Name}, {"-login", n.Login}, {"-phone", n.Phone}} {
		if strings.TrimSpace(x.v) == "" {
			bad = append(bad, refuse("required", who+x.field))
		}
	}
	if n.Login != "" && !ValidLogin(n.Login) {
		bad = append(bad, refuse("login-form", who+"-login"))
	}
	if !validMail(n.Email) {
		bad = append(bad, refuse("mail-form", who+"-email"))
	}
	if utf8.RuneCountInString(n.Name) > 60 {
		bad = append(bad, refuse("text-long", who+"-name", "max", "60"))
	}
	if utf8.RuneCountInString(n.Phone) > 40 {
		bad = append(bad, refuse("text-long", who+"-phone", "max", "40"))
	}
	return bad
}

// PlainLogin is an account's name as it is kept.
func PlainLogin(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// ValidLogin reports whether s can be an account's name: 3 to 32 letters, digits, dots,
// hyphens and underscores, the first a letter. ASCII alone, so that no two names look
// the same.
func ValidLogin(s string) bool {
	s = PlainLogin(s)
	for i, r := range s {
		letter := r >= 'a' && r <= 'z'
		if !letter && (i == 0 || !(r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_')) {
			return false
		}
	}
	return len(s) >= 3 && len(s) <= 32
}

// validMail reports whether s is empty or may be an address; whether mail arrives there
// only mail can tell. Line ends would be header lines (I03).
func validMail(s string) bool {
	if s == "" {
		return true
	}
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && strings.Contains(domain, ".") && !strings.ContainsAny(s, " \t\r\n<>,;\"") && !strings.Contains(domain, "@") && len(s) <= 254
}

// Year is the year of an instant in Beijing (UTC+8, without daylight saving), in which
// registrations are numbered.
func Year(now time.Time) int { return now.UTC().Add(8 * time.Hour).Year() }
