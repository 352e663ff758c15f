package score_test

import (
	"errors"
	"fmt"

	"shenbao/score"
)

func Example() {
	rule := score.Rule{
		Leaves: []score.Leaf{{ID: "team", Weight: 6000, Max: score.Full, Decimals: 1}, {ID: "plan", Weight: 4000, Max: score.Full, Decimals: 1}},
		Method: score.Trimmed, Floor: 3, Decimals: 2,
		TieBreak: []score.TieBreak{{By: score.ByUntrimmed}},
		Grades:   []score.Grade{{Name: "优秀", From: 85 * score.Point}},
	}
	panel := func(typed ...string) (sheets []score.Sheet) {
		for _, s := range typed {
			mark, err := score.Parse(s, score.Full, 1)
			if err != nil {
				fmt.Println(err)
			}
			sheets = append(sheets, score.Sheet{Marks: []score.Points{mark, mark}})
		}
		return sheets
	}
	a, _ := rule.Panel(panel("８６.５", "90", "84.2", "88", "20"))
	b, _ := rule.Panel(panel("85", "86", "88", "88.7", "90"))
	fmt.Println(a.Score.Format(2), a.Grade, b.Score.Format(2), b.Grade)
	for _, p := range rule.Rank([]score.Entry{{ID: "a", Result: a}, {ID: "b", Result: b}}) {
		fmt.Println(p.Rank, p.ID)
	}
	var few *score.TooFew
	_, err := rule.Panel(panel("90", "91"))
	fmt.Println(errors.As(err, &few), err)
	// Output:
	// 86.23 优秀 87.57 优秀
	// 1 b
	// 2 a
	// true score: 2 valid scores of at least 3: needs another review
}
