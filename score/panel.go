package score

import (
	"cmp"
	"fmt"
	"slices"
)

// A Sheet is what one expert says of one application. Recused and voided ones are left out
// by the caller: every sheet given counts.
type Sheet struct {
	Expert string
	Marks  []Points // one per leaf, in the order of the rule
	Agree  bool     // votes for it (同意)
	Vetoes []string // grounds of refusal found (一票否决), by id
}

// A Result is the official score of an application and all that its place depends on.
type Result struct {
	Score     Points  `json:"score"` // rounded: the published one
	Grade     string  `json:"grade,omitempty"`
	Valid     int     `json:"valid"`     // sheets that counted
	Exact     Exact   `json:"exact"`     // Score before it was rounded
	Untrimmed Exact   `json:"untrimmed"` // mean of all sheets
	Leaves    []Exact `json:"leaves"`    // mean mark per criterion, of all sheets
	Agree     int     `json:"agree"`
	Lowest    int     `json:"lowest"`  // index of the sheet dropped as the lowest; -1 when none was
	Highest   int     `json:"highest"` // and as the highest
	// How many sheets found each ground of refusal. A veto changes no points: what it
	// does is the rule of the call.
	Vetoes map[string]int `json:"vetoes,omitempty"`
}

// TooFew says that an application needs another review: there is no score below the floor.
type TooFew struct{ Valid, Floor int }

func (e *TooFew) Error() string {
	return fmt.Sprintf("score: %d valid scores of at least %d: needs another review", e.Valid, e.Floor)
}

// Panel is the official score from the sheets of an application. The error is *TooFew, an
// ErrSheet, or what Check finds.
func (r Rule) Panel(sheets []Sheet) (Result, error) {
	if err := r.Check(); err != nil {
		return Result{}, err
	}
	by, den, _ := r.scale()
	if n := len(sheets); n < r.Floor {
		return Result{}, &TooFew{n, r.Floor}
	} else if n > most {
		return Result{}, fmt.Errorf("%w: %d sheets", ErrSheet, n)
	}
	out := Result{Valid: len(sheets), Lowest: -1, Highest: -1, Leaves: make([]Exact, len(r.Leaves))}
	for i := range out.Leaves {
		out.Leaves[i].Den = int64(len(sheets))
	}
	totals := make([]int64, len(sheets))
	sum := int64(0)
	for n, s := range sheets {
		if err := r.fits(s); err != nil {
			return Result{}, err
		}
		for i, m := range s.Marks {
			totals[n] += int64(m) * by[i]
			out.Leaves[i].Num += int64(m)
		}
		sum += totals[n]
		if s.Agree {
			out.Agree++
		}
		vetoes := slices.Clone(s.Vetoes)
		slices.Sort(vetoes)
		for _, v := range slices.Compact(vetoes) {
			if out.Vetoes == nil {
				out.Vetoes = map[string]int{}
			}
			out.Vetoes[v]++
		}
	}
	out.Untrimmed = Exact{sum, den * int64(len(sheets))}
	out.Exact = out.Untrimmed
	from := cmp.Or(r.TrimFrom, 5)
	if r.Method == Trimmed && len(sheets) >= from {
		out.Lowest, out.Highest = ends(totals)
		out.Exact = Exact{sum - totals[out.Lowest] - totals[out.Highest], den * int64(len(sheets)-2)}
	}
	out.Score = out.Exact.Round(r.Decimals)
	out.Grade = r.grade(out.Score)
	return out, nil
}

// Sheet is the total of one sheet, exactly: what the expert sees below the marks is this,
// rounded.
func (r Rule) Sheet(marks []Points) (Exact, error) {
	by, den, err := r.scale()
	if err != nil {
		return Exact{}, err
	}
	if err := r.fits(Sheet{Marks: marks}); err != nil {
		return Exact{}, err
	}
	x := Exact{0, den}
	for i, m := range marks {
		x.Num += int64(m) * by[i]
	}
	return x, nil
}

func (r Rule) fits(s Sheet) error {
	if len(s.Marks) != len(r.Leaves) {
		return fmt.Errorf("%w: %q has %d marks for %d criteria", ErrSheet, s.Expert, len(s.Marks), len(r.Leaves))
	}
	for i, l := range r.Leaves {
		if m := s.Marks[i]; m < 0 || m > l.Max {
			return fmt.Errorf("%w: %q gives %s for %s, which goes to %s", ErrSheet, s.Expert, m, l.ID, l.Max)
		}
	}
	return nil
}

// ends are the indexes of one lowest and one highest of at least two: if all are equal, the
// first and the last.
func ends(totals []int64) (lowest, highest int) {
	highest = len(totals) - 1
	for i, t := range totals {
		if t < totals[lowest] {
			lowest = i
		}
		if t > totals[highest] {
			highest = i
		}
	}
	return lowest, highest
}

// grade is the best grade that a rounded score reaches; "" when there is none.
func (r Rule) grade(p Points) string {
	for _, g := range r.Grades {
		if p >= g.From {
			return g.Name
		}
	}
	return ""
}
