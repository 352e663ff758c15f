package filing

import "unicode"

// Masked is an account number with all but its last four digits as asterisks (R124).
func Masked(account string) string {
	digits := 0
	for _, r := range account {
		if !unicode.IsSpace(r) {
			digits++
		}
	}
	out := []rune(account)
	for i, r := range out {
		if unicode.IsSpace(r) {
			continue
		}
		if digits--; digits >= 4 {
			out[i] = '*'
		}
	}
	return string(out)
}
