package main

import "testing"

// The robust column loses at most 0.01 to the plain mean in any design, and wins at least
// 0.03 where reviewers differ and one mark in twenty is bad. Seeds are fixed.
func TestQuality(t *testing.T) {
	for _, d := range designs {
		q := quality(d, 60)
		mean, robust := q[0], q[len(q)-1]
		if robust < mean-.01 {
			t.Errorf("%s: robust %.3f, mean %.3f", d.name, robust, mean)
		}
		if d.strict > 0 && d.bad > 0 && robust < mean+.03 {
			t.Errorf("%s: robust %.3f, mean %.3f: the gain is too small", d.name, robust, mean)
		}
		if mean < .7 || mean > .95 {
			t.Errorf("%s: the mean finds %.3f of the best: the simulation tests nothing", d.name, mean)
		}
	}
}

func TestIntervalsAndOutliers(t *testing.T) {
	for _, d := range designs {
		for _, robust := range []bool{false, true} {
			if c := covered(d, robust, 60); c < .93 || c > .97 {
				t.Errorf("%s, robust=%v: 95 %% intervals hold %.3f of the truth", d.name, robust, c)
			}
		}
		if all, wrong := flagged(d, 30); wrong < .95 || all > .65 {
			t.Errorf("%s: %.2f called inseparable, which hold %.2f of the wrong calls", d.name, all, wrong)
		}
		if d.bad == 0 {
			continue
		}
		usual, ours := outliers(d, 60)
		if ours[0] < .98 || ours[0] <= usual[0] || ours[1] <= usual[1] {
			t.Errorf("%s: outliers: AUC %.3f (by the distance from the mean %.3f), precision %.2f (%.2f)", d.name, ours[0], usual[0], ours[1], usual[1])
		}
	}
}

// The measures measure.
func TestMeasures(t *testing.T) {
	if c := curve([]bool{true, false, true, false}, []float64{4, 3, 2, 1}); c[0] != .75 || c[1] != 2.0/3 {
		t.Errorf("%v", c)
	}
	if f := found([]float64{1, 2, 3, 4}, []float64{4, 1, 2, 3}, 2); f != .5 {
		t.Errorf("%f", f)
	}
	a, b := simulate(designs[7], 3), simulate(designs[7], 3)
	if len(a.marks) != 58*5+2*20 || a.marks[17] != b.marks[17] {
		t.Errorf("%d marks", len(a.marks))
	}
}
