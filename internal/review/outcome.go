package review

import (
	"cmp"
	"slices"

	"shenbao/score"
)

// An Outcome is what can be said of the scores of one round beside the official ones. All
// of it is for whoever organises the review (参考): it decides nothing.
type Outcome struct {
	Calibrated *score.Calibration // nil: too few marks to tell dossiers from reviewers, or Flat
	Flat       bool               // the marks tell no application from another
	Agreement  score.Agreement
	One, Panel float64 // reliability of one mark and of the panel's mean, from the model
	Lines      []OutcomeLine
	Odd        []OddMark // marks that are far from what the others say, the farthest first
	Cut        int       // how many the line takes, as drawn or as asked
	Unsure     []string  // applications that the scores can't place on either side of the line
}

// An OutcomeLine is one application, in official order.
type OutcomeLine struct {
	Standing
	Totals     []MarkOf     // of the sheets that count
	Calibrated score.Points // with its interval; zero where there is none
	Low, High  score.Points
	Place      int // by calibrated score; 0: none
	Moved      int // how many places it would gain (+) or lose (−)
}

// A MarkOf is one expert's total.
type MarkOf struct {
	Assignment
	Total score.Points
	Odd   bool
}

// An OddMark is a total that is far from what the others say.
type OddMark struct {
	Application string
	Expert      string // name
	Total       score.Points
	Rest        score.Points // above (+) or below (−) what was to be expected
	Sigmas      score.Points
}

// near is by how much two totals may differ and count as near each other.
const near = 10 * score.Point

// Examine says it all of one round. cut is how many go on, 0 when there is no line.
func (r Round) Examine(all []Assignment, live []string, cut int) Outcome {
	ss := r.Standings(all, live)
	var marks []score.Mark
	out := Outcome{Cut: cut}
	names := map[string]string{}
	for _, s := range ss {
		l := OutcomeLine{Standing: s}
		for _, a := range all {
			if a.Application != s.Application || !a.Counts(r) {
				continue
			}
			total, _ := r.Sheet.Total(a.Marks)
			l.Totals = append(l.Totals, MarkOf{Assignment: a, Total: total})
			marks = append(marks, score.Mark{Dossier: a.Application, Reviewer: string(a.Expert), Score: total})
			names[string(a.Expert)] = a.Name
		}
		out.Lines = append(out.Lines, l)
	}
	out.Agreement = score.Agree(marks, near)
	c, err := score.Calibrate(marks, true)
	if err == nil && c.SD.Dossier == 0 {
		out.Flat = true // all differences are the experts': there is no order to speak of
	} else if err == nil {
		out.Calibrated = c
		out.One, out.Panel = c.Reliability(r.Size)
		out.calibrate(names)
		if cut > 0 {
			out.Unsure = c.Inseparable(cut)
		}
	}
	return out
}

// calibrate puts the calibrated column beside the official one.
func (o *Outcome) calibrate(names map[string]string) {
	ds := slices.Clone(o.Calibrated.Dossiers)
	slices.SortStableFunc(ds, func(a, b score.DossierEffect) int { return cmp.Compare(b.Score, a.Score) })
	for i := range o.Lines {
		l := &o.Lines[i]
		at := slices.IndexFunc(ds, func(d score.DossierEffect) bool { return d.ID == l.Application })
		if at < 0 || !l.Scored {
			continue
		}
		for at > 0 && ds[at-1].Score == ds[at].Score {
			at-- // equal ones share a place
		}
		d := ds[slices.IndexFunc(ds, func(d score.DossierEffect) bool { return d.ID == l.Application })]
		l.Calibrated, l.Low, l.High, l.Place = d.Score, d.Low, d.High, at+1
		l.Moved = l.Rank - l.Place
	}
	for _, m := range o.Calibrated.Residuals {
		if !m.Odd {
			continue
		}
		for i := range o.Lines {
			for j := range o.Lines[i].Totals {
				t := &o.Lines[i].Totals[j]
				if t.Application == m.Dossier && string(t.Expert) == m.Reviewer {
					t.Odd = true
					o.Odd = append(o.Odd, OddMark{m.Dossier, names[m.Reviewer], t.Total, m.Rest, m.Sigmas})
				}
			}
		}
	}
	slices.SortFunc(o.Odd, func(a, b OddMark) int { return cmp.Compare(abs(b.Sigmas), abs(a.Sigmas)) })
}

func abs(p score.Points) score.Points { return max(p, -p) }
