package score

import (
	"errors"
	"fmt"
)

// Why a rule, or a sheet under it, is none.
var (
	ErrWeights  = errors.New("score: the weights do not sum to 100 %")
	ErrLeaf     = errors.New("score: a criterion is wrong")
	ErrMethod   = errors.New("score: no such method")
	ErrFloor    = errors.New("score: the least number of scores is wrong")
	ErrDecimals = errors.New("score: decimals are 0 to 4")
	ErrTieBreak = errors.New("score: no such tie-breaker")
	ErrGrades   = errors.New("score: the grades are not in order")
	ErrFine     = errors.New("score: the maximum marks have no common denominator below 10^9")
	ErrSheet    = errors.New("score: a sheet does not fit the rule")
)

// A Method is how the valid scores of an application become one.
type Method string

const (
	Mean    Method = "mean"    // 算术平均
	Trimmed Method = "trimmed" // 去掉一个最高分和一个最低分后平均
)

// A Leaf is a criterion that is marked. Whether marks go to 100 and are weighted, or go to
// the criterion's own points and are added, is one formula: a mark of Max earns Weight.
type Leaf struct {
	ID       string `json:"id"`
	Weight   int    `json:"weight"`   // 1/10,000: 2500 is 25 %
	Max      Points `json:"max"`      // best mark; the worst is 0
	Decimals int    `json:"decimals"` // of a mark
}

// A TieBreak is what is looked at next when published scores are equal. More is better.
type TieBreak struct {
	By   string `json:"by"`             // ByExact, ByUntrimmed, ByVotes or ByLeaf
	Leaf string `json:"leaf,omitempty"` // id of the criterion, for ByLeaf
}

// Tie-breakers.
const (
	ByExact     = "exact"     // the official score before it was rounded
	ByUntrimmed = "untrimmed" // mean of all valid scores
	ByVotes     = "votes"     // how many agree (同意)
	ByLeaf      = "leaf"      // mean mark of one criterion, nothing dropped
)

// A Grade (等次) begins at a score, which belongs to it.
type Grade struct {
	Name string `json:"name"`
	From Points `json:"from"`
}

// A Rule is how official scores are made. It is published before anybody marks; the
// result of a panel is a function of it and the sheets alone.
type Rule struct {
	Leaves   []Leaf     `json:"leaves"`
	Method   Method     `json:"method"`
	TrimFrom int        `json:"trim_from,omitempty"` // Trimmed drops only from so many valid scores on; 0 is 5
	Floor    int        `json:"floor"`               // fewer valid scores are no score but a need for another review
	Decimals int        `json:"decimals"`            // of the official score
	TieBreak []TieBreak `json:"tie_break,omitempty"` // in order
	Grades   []Grade    `json:"grades,omitempty"`    // best first
}

// most is how many sheets a panel may have: 1000 × 10^9 × Full fits an int64.
const most, finest = 1000, 1_000_000_000

// Check refuses a rule that can't be applied, naming what is wrong with it.
func (r Rule) Check() error {
	_, _, err := r.scale()
	if err != nil {
		return err
	}
	switch {
	case r.Method != Mean && r.Method != Trimmed:
		return fmt.Errorf("%w: %q", ErrMethod, r.Method)
	case r.TrimFrom != 0 && r.TrimFrom < 3:
		return fmt.Errorf("%w: dropping two scores of %d leaves none", ErrMethod, r.TrimFrom)
	case r.Floor < 1 || r.Floor > most:
		return fmt.Errorf("%w: %d", ErrFloor, r.Floor)
	case r.Decimals < 0 || r.Decimals > 4:
		return fmt.Errorf("%w, not %d", ErrDecimals, r.Decimals)
	}
	for _, t := range r.TieBreak {
		switch t.By {
		case ByExact, ByUntrimmed, ByVotes:
		case ByLeaf:
			if r.leaf(t.Leaf) < 0 {
				return fmt.Errorf("%w: no criterion %q", ErrTieBreak, t.Leaf)
			}
		default:
			return fmt.Errorf("%w: %q", ErrTieBreak, t.By)
		}
	}
	for i, g := range r.Grades {
		if g.Name == "" || g.From < 0 || g.From > Full || i > 0 && g.From >= r.Grades[i-1].From {
			return fmt.Errorf("%w: %q from %s", ErrGrades, g.Name, g.From)
		}
	}
	return nil
}

func (r Rule) leaf(id string) int {
	for i, l := range r.Leaves {
		if l.ID == id {
			return i
		}
	}
	return -1
}

// scale is by what each mark is multiplied, and the sum divided, to be Points of Full:
// mark × weight × 100 / max, over one denominator.
func (r Rule) scale() (by []int64, den int64, err error) {
	sum := 0
	den = 1
	for i, l := range r.Leaves {
		switch {
		case l.ID == "" || r.leaf(l.ID) != i:
			return nil, 0, fmt.Errorf("%w: id %q is empty or used twice", ErrLeaf, l.ID)
		case l.Weight < 1 || l.Weight > 10_000:
			return nil, 0, fmt.Errorf("%w: %s weighs %d/10000", ErrLeaf, l.ID, l.Weight)
		case l.Max < 1 || l.Max > 1000*Full:
			return nil, 0, fmt.Errorf("%w: %s goes to %s", ErrLeaf, l.ID, l.Max)
		case l.Decimals < 0 || l.Decimals > 4:
			return nil, 0, fmt.Errorf("%w, not %d, for %s", ErrDecimals, l.Decimals, l.ID)
		}
		sum += l.Weight
		b := int64(l.Max) / gcd(int64(l.Max), int64(l.Weight)*100)
		if den = den / gcd(den, b) * b; den > finest {
			return nil, 0, ErrFine
		}
	}
	if sum != 10_000 {
		return nil, 0, fmt.Errorf("%w but to %s %%", ErrWeights, Points(sum)*100)
	}
	for _, l := range r.Leaves {
		g := gcd(int64(l.Max), int64(l.Weight)*100)
		by = append(by, int64(l.Weight)*100/g*(den/(int64(l.Max)/g)))
	}
	return by, den, nil
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
