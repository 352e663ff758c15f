package score

import (
	"cmp"
	"slices"
)

// An Entry is an application that has an official score.
type Entry struct {
	ID     string
	Result Result
}

// A Place is where an application stands.
type Place struct {
	ID    string `json:"id"`
	Rank  int    `json:"rank"`            // 1-2-2-4: those whom nothing parts share a rank
	Tied  bool   `json:"tied,omitempty"`  // shares its rank
	By    string `json:"by,omitempty"`    // the tie-breaker that put it below the one before it: By of the TieBreak
	Leaf  string `json:"leaf,omitempty"`  // and its criterion
	Equal bool   `json:"equal,omitempty"` // the published score is that of the one before it
}

// Rank puts applications in order: by published score, then by the tie-breakers of the
// rule in turn. Those who share a rank stand in the order of their ids, which is no order
// between them.
//
// Equal are scores that are equal as published, so that everybody can follow the list; who
// wants the unrounded score to count next makes ByExact the first tie-breaker.
func (r Rule) Rank(entries []Entry) []Place {
	es := slices.Clone(entries)
	slices.SortFunc(es, func(a, b Entry) int {
		c, _ := r.part(a, b)
		return cmp.Or(c, cmp.Compare(a.ID, b.ID))
	})
	out := make([]Place, len(es))
	for i, e := range es {
		out[i] = Place{ID: e.ID, Rank: i + 1}
		if i == 0 {
			continue
		}
		c, by := r.part(es[i-1], e)
		out[i].By, out[i].Leaf = by.By, by.Leaf
		out[i].Equal = es[i-1].Result.Score == e.Result.Score
		if c == 0 {
			out[i].Rank, out[i].Tied, out[i-1].Tied = out[i-1].Rank, true, true
		}
	}
	return out
}

// part says which of two stands first (negative: a), and by which tie-breaker; by none
// when the scores differ or nothing parts them.
func (r Rule) part(a, b Entry) (int, TieBreak) {
	if c := cmp.Compare(b.Result.Score, a.Result.Score); c != 0 {
		return c, TieBreak{}
	}
	for _, t := range r.TieBreak {
		c := 0
		switch t.By {
		case ByExact:
			c = b.Result.Exact.Cmp(a.Result.Exact)
		case ByUntrimmed:
			c = b.Result.Untrimmed.Cmp(a.Result.Untrimmed)
		case ByVotes:
			c = cmp.Compare(b.Result.Agree, a.Result.Agree)
		case ByLeaf:
			i := r.leaf(t.Leaf)
			c = b.Result.Leaves[i].Cmp(a.Result.Leaves[i])
		}
		if c != 0 {
			return c, t
		}
	}
	return 0, TieBreak{}
}

// TiedAtCut is the whole group that shares a rank across a cut after the first n places:
// the rule does not say which of them go on, somebody has to, on record. It is nil when
// the cut parts no equals.
func TiedAtCut(places []Place, n int) []string {
	if n < 1 || n >= len(places) || places[n-1].Rank != places[n].Rank {
		return nil
	}
	var out []string
	for _, p := range places {
		if p.Rank == places[n].Rank {
			out = append(out, p.ID)
		}
	}
	return out
}
