package textmatch

import (
	"cmp"
	"slices"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A Passage stands in two texts: the bytes a[From:To] of the one, b[At:Until] of the other.
// Runes is how many letters and digits it has.
type Passage struct {
	From, To  int
	At, Until int
	Runes     int
}

// A mark is a letter or digit of a text, folded, and the bytes that it stands at.
type mark struct {
	r        rune
	from, to int
}

// marks folds a text for comparing: compatible forms are one, case and whatever is no
// letter or digit is left out, so that a comma or a blank hides no copy.
func marks(s string) []mark {
	var out []mark
	for i, r := range s {
		end := i + len(string(r))
		for _, f := range norm.NFKC.String(string(r)) {
			if unicode.IsLetter(f) || unicode.IsDigit(f) {
				out = append(out, mark{unicode.ToLower(f), i, end})
			}
		}
	}
	return out
}

// Shared finds the passages of at least least letters that stand in both texts, in the
// order of a, none overlapping another in a. What is common to all texts, such as the
// words of a form, is given as boilerplate and is no passage.
func Shared(a, b string, least int, boilerplate ...string) []Passage {
	least = max(least, 2)
	ma, mb := marks(a), marks(b)
	seeds := map[uint64][]int{}
	for at, h := range windows(mb, least) {
		if len(seeds[h]) < 8 { // a text that repeats itself is found by its first places
			seeds[h] = append(seeds[h], at)
		}
	}
	known := map[uint64]bool{}
	for _, t := range boilerplate {
		for _, h := range windows(marks(t), least) {
			known[h] = true
		}
	}
	hashes := windows(ma, least)
	var out []Passage
	for i := 0; i < len(hashes); {
		n, at := 0, 0
		if !known[hashes[i]] {
			for _, j := range seeds[hashes[i]] {
				if l := common(ma[i:], mb[j:]); l > n {
					n, at = l, j
				}
			}
		}
		if n < least {
			i++
			continue
		}
		out = append(out, Passage{From: ma[i].from, To: ma[i+n-1].to, At: mb[at].from, Until: mb[at+n-1].to, Runes: n})
		i += n
	}
	return out
}

// common is how many marks two texts have in common from their beginning.
func common(a, b []mark) int {
	n := 0
	for n < len(a) && n < len(b) && a[n].r == b[n].r {
		n++
	}
	return n
}

// windows are the hashes of every window of n marks, in order (Rabin and Karp).
func windows(ms []mark, n int) []uint64 {
	const base = 1_000_003
	if len(ms) < n {
		return nil
	}
	var h, top uint64 = 0, 1
	for range n - 1 {
		top *= base
	}
	out := make([]uint64, 0, len(ms)-n+1)
	for i, m := range ms {
		if i >= n {
			h -= top * uint64(ms[i-n].r)
		}
		h = h*base + uint64(m.r)
		if i >= n-1 {
			out = append(out, h)
		}
	}
	return out
}

// Print is a short list of hashes by which texts that share a passage of at least least
// letters find each other (winnowing: the smallest hash of every stretch): two texts that
// share 2·least letters share one of them for sure. They are ordered, each once.
func Print(text string, least int) []uint64 {
	hs := windows(marks(text), max(least, 2))
	for i, h := range hs {
		hs[i] = mix(h)
	}
	var out []uint64
	for i := 0; i < len(hs); i++ {
		stretch := hs[i:min(i+least, len(hs))]
		if len(stretch) == least || i == 0 {
			out = append(out, slices.Min(stretch))
		}
	}
	slices.SortFunc(out, cmp.Compare)
	return slices.Compact(out)
}

// mix spreads the hashes, so that the smallest is any of them.
func mix(h uint64) uint64 {
	h ^= h >> 31
	h *= 0x9e3779b97f4a7c15
	return h ^ h>>29
}
