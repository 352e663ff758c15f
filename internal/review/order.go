package review

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"slices"
)

// PresentationOrder is the order in which applications are heard: by the SHA-256 of seed,
// meeting and application. Whoever has the seed, which the record of the meeting shows,
// can draw it again.
func PresentationOrder(seed, meeting string, apps []string) []string {
	ticket := func(app string) []byte {
		h := sha256.Sum256([]byte(seed + "|" + meeting + "|" + app))
		return h[:]
	}
	out := slices.Clone(apps)
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(bytes.Compare(ticket(a), ticket(b)), cmp.Compare(a, b)) })
	return out
}
