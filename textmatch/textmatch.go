// Package textmatch says how near a text is to what a person wrote: TF-IDF over single
// characters and pairs for Chinese, words and pairs of words for the rest. No dictionary
// and no model: on the public gold standard of reviewer assignment it is on a par with the
// classic systems, and on Chinese abstracts better than a segmenter (BENCHMARKS.md).
//
// It knows nothing of Shenbao: a profile is a few texts, a match is a number from 0 to 1.
package textmatch

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// best is of how many of a profile's texts the match is the mean: one lucky text is too
// few, all of them punish who works in two fields.
const best = 3

// Grams are the terms of a text: every Han character and every pair of neighbours, every
// other word (lower case, stripped of its commonest English endings) and every pair of them.
func Grams(s string) []string {
	var out []string
	var run, words []string
	flush := func(list *[]string, join string) {
		for i, w := range *list {
			out = append(out, w)
			if i > 0 {
				out = append(out, (*list)[i-1]+join+w)
			}
		}
		*list = (*list)[:0]
	}
	var word strings.Builder
	end := func() {
		if w := stem(word.String()); w != "" {
			words = append(words, w)
		}
		word.Reset()
	}
	for _, r := range norm.NFKC.String(s) {
		switch {
		case unicode.Is(unicode.Han, r):
			end()
			flush(&words, " ")
			run = append(run, string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			flush(&run, "")
			word.WriteRune(unicode.ToLower(r))
		default:
			end()
			flush(&run, "")
			if !unicode.IsSpace(r) && r != '-' {
				flush(&words, " ")
			}
		}
	}
	end()
	flush(&run, "")
	flush(&words, " ")
	return out
}

// stem makes one of “matching” and “matches”; what is two letters or a common English
// word is no term.
func stem(w string) string {
	if len(w) < 3 || stop[w] {
		return ""
	}
	for _, e := range []string{"ings", "ing", "ies", "es", "ed", "s"} {
		if t, ok := strings.CutSuffix(w, e); ok && len(t) > 3 {
			return t
		}
	}
	return w
}

var stop = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`the and for are was were been being with that this these those from which their they them has have had not but can
could may might will would shall should than then there here into onto over under our your its his her also such only both each more most other some any all
how what when where who why does did done using used use based via between among within without about above below during while however thus therefore
because since show shows shown propose proposed paper approach method methods results result new`) {
		m[w] = true
	}
	return m
}()

// A Corpus knows how rare each term is. It is built once from all texts that are compared.
type Corpus struct {
	ids   map[string]int32
	rare  []float64 // inverse document frequency by term
	texts float64
}

// NewCorpus weighs the terms of the given texts.
func NewCorpus(texts []string) *Corpus {
	c := &Corpus{ids: map[string]int32{}, texts: float64(len(texts))}
	var in []int
	for _, t := range texts {
		seen := map[int32]bool{}
		for _, g := range Grams(t) {
			id, ok := c.ids[g]
			if !ok {
				id = int32(len(in))
				c.ids[g] = id
				in = append(in, 0)
			}
			if !seen[id] {
				seen[id] = true
				in[id]++
			}
		}
	}
	c.rare = make([]float64, len(in))
	for id, n := range in {
		c.rare[id] = math.Log((c.texts + 1) / (float64(n) + 0.5))
	}
	return c
}

// A Vector is a text as weights of its terms, of length one, ordered by term.
type Vector []weight

type weight struct {
	term int32
	w    float64
}

// Vector turns a text into its weights; terms that the corpus never saw count nothing.
func (c *Corpus) Vector(text string) Vector {
	count := map[int32]float64{}
	for _, g := range Grams(text) {
		if id, ok := c.ids[g]; ok {
			count[id]++
		}
	}
	v := make(Vector, 0, len(count))
	for id, n := range count {
		v = append(v, weight{id, (1 + math.Log(n)) * max(c.rare[id], 0)})
	}
	slices.SortFunc(v, func(a, b weight) int { return cmp.Compare(a.term, b.term) })
	sum := 0.0
	for _, x := range v {
		sum += x.w * x.w
	}
	if sum > 0 {
		for i := range v {
			v[i].w /= math.Sqrt(sum)
		}
	}
	return v
}

// dot is the cosine of two vectors.
func dot(a, b Vector) float64 {
	s, j := 0.0, 0
	for _, x := range a {
		for j < len(b) && b[j].term < x.term {
			j++
		}
		if j < len(b) && b[j].term == x.term {
			s += x.w * b[j].w
		}
	}
	return s
}

// Match is how near text is to a profile, 0 to 1: the mean of the nearest three of the
// profile's texts (of all where there are fewer). A profile without text matches nothing.
func Match(text Vector, profile []Vector) float64 {
	near := make([]float64, 0, len(profile))
	for _, p := range profile {
		near = append(near, dot(text, p))
	}
	slices.SortFunc(near, func(a, b float64) int { return cmp.Compare(b, a) })
	near = near[:min(best, len(near))]
	if len(near) == 0 {
		return 0
	}
	s := 0.0
	for _, x := range near {
		s += x
	}
	return min(s/float64(len(near)), 1)
}
