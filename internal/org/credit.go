package org

import "strings"

// creditDigits are the characters of a unified social credit code in the order of their
// values (GB 32100-2015): no I, O, S, V, Z.
const creditDigits = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// What CheckCredit finds odd. locale has "warning.<word>".
const (
	CreditForm  = "credit-form"  // not 18 characters of the alphabet
	CreditCheck = "credit-check" // the last character is not the computed one
)

// CheckCredit says what is odd about a unified social credit code, or "". It only ever
// warns: codes are in lawful use whose check character is another than the computed one
// (91350100M0001TGQXM). An empty code is not odd, just not given.
func CheckCredit(code string) string {
	code = PlainCredit(code)
	if code == "" {
		return ""
	}
	if len(code) != 18 {
		return CreditForm
	}
	sum, weight := 0, 1 // the weight of position i is 3^i mod 31
	for _, r := range code[:17] {
		v := strings.IndexRune(creditDigits, r)
		if v < 0 {
			return CreditForm
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	switch last := strings.IndexByte(creditDigits, code[17]); {
	case last < 0:
		return CreditForm
	case last != (31-sum%31)%31:
		return CreditCheck
	}
	return ""
}

// PlainCredit is a code as it is kept: capitals, without spaces and hyphens.
func PlainCredit(code string) string {
	return strings.NewReplacer(" ", "", "-", "", "　", "").Replace(strings.ToUpper(strings.TrimSpace(code)))
}

// A Suggestion is what a credit code lets one guess of a unit. It is offered, never
// taken: ownership decides the route and is never guessed (R38).
type Suggestion struct {
	Ownership Ownership // "" can't be told
	HostKind  string    // a kind of host in the words of the call of 2017; "" can't be told
}

// Suggest reads the first characters of a code, registering authority and type. An
// enterprise (91) may be either; so may a social organisation (51).
func Suggest(code string) Suggestion {
	code = PlainCredit(code)
	if len(code) < 2 {
		return Suggestion{}
	}
	switch code[:2] {
	case "11", "12", "13": // bodies, institutions, mass organisations registered by 机构编制
		return Suggestion{Ownership: Public}
	case "51":
		return Suggestion{HostKind: "专业技术协会"}
	case "52", "92": // private non-enterprise units, sole traders
		return Suggestion{Ownership: NonPublic}
	case "93":
		return Suggestion{Ownership: NonPublic, HostKind: "农牧业合作组织"}
	case "N1", "N2", "N3": // rural collectives
		return Suggestion{Ownership: Public}
	}
	return Suggestion{}
}
