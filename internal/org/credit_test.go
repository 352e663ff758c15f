package org_test

import (
	"testing"

	"shenbao/internal/org"
)

func TestCheckCredit(t *testing.T) {
	for code, want := range map[string]string{
		"": "", "91350100M000100Y43": "", "91330100799655058B": "", "9144030071526726XG": "", "914403001922038216": "", "11330203002939740R": "",
		"9133 0100-799655058b": "",              // as people write it
		"91350100M0001TGQXM":   org.CreditCheck, // lawful all the same: it only warns
		"91350211M0000XUF46":   org.CreditCheck,
		"91350203M0001FUE2P":   org.CreditCheck,
		"91330100799655058":    org.CreditForm, // one short
		"91330100799655058BB":  org.CreditForm,
		"9133O100799655058B":   org.CreditForm, // a letter O
		"91330100799655058Z":   org.CreditForm,
		"统一社会信用代码统一社会信用代码统一": org.CreditForm,
	} {
		if got := org.CheckCredit(code); got != want {
			t.Errorf("%q: %q, want %q", code, got, want)
		}
	}
}

// Every single wrong character is seen: the weights are powers of 3 modulo a prime.
func TestCheckCreditFindsSlips(t *testing.T) {
	const digits, code = "0123456789ABCDEFGHJKLMNPQRTUWXY", "91330100799655058B"
	for i := range code {
		for _, d := range digits {
			slip := code[:i] + string(d) + code[i+1:]
			if odd := org.CheckCredit(slip); (odd == "") != (slip == code) {
				t.Errorf("%s: %q", slip, odd)
			}
		}
	}
}

func TestSuggest(t *testing.T) {
	for code, want := range map[string]org.Suggestion{
		"11330203002939740R": {Ownership: org.Public}, "12": {Ownership: org.Public}, "93x": {Ownership: org.NonPublic, HostKind: "农牧业合作组织"},
		"52": {Ownership: org.NonPublic}, "51": {HostKind: "专业技术协会"}, "91330100799655058B": {}, "": {}, "9": {}, "n2": {Ownership: org.Public},
	} {
		if got := org.Suggest(code); got != want {
			t.Errorf("%q: %+v, want %+v", code, got, want)
		}
	}
}
