// Package score turns marks into scores, ranks and what can honestly be said of them.
//
// Official scores are exact: integers in 1/10,000 of a point, sums of fractions, and one
// rounding (四舍五入) at the very end. No float comes near them:
//
//	rule := score.Rule{Leaves: []score.Leaf{{ID: "team", Weight: 6000, Max: 100 * score.Point}, {ID: "plan", Weight: 4000, Max: 100 * score.Point}},
//		Method: score.Trimmed, Floor: 3, Decimals: 2}
//	mark, err := score.Parse("８６.５", 100*score.Point, 1) // 865000
//	result, err := rule.Panel([]score.Sheet{{Expert: "e1", Marks: []score.Points{mark, mark}}, …})
//	ranks := rule.Rank([]score.Entry{{ID: "a", Result: result}, …})
//
// Calibrated scores, agreement and outliers (Calibrate, Agree) are statistics, made for
// whoever organises the review, and decide nothing (参考). They are floats inside and
// rounded to the same 1/10,000 at the border, where the last bits of a processor's
// arithmetic no longer show; the order of the marks does not matter.
//
// It knows nothing of Shenbao: no clock, no chance, no files.
package score
