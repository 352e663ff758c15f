package review

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/score"
)

// A Sheet (评分表) is what experts fill in, and how official scores are made of it. It is
// fixed and published when its round opens.
type Sheet struct {
	Aspects    []Aspect         `json:"aspects"`
	Scale      score.Points     `json:"scale"` // every aspect is marked from 0 to it; 0: to its own weight, 30 % being 30 points
	Step       score.Points     `json:"step"`  // marks are multiples of it
	CommentMin int              `json:"comment_min"`
	Vetoes     []Veto           `json:"vetoes,omitempty"`
	VetoHalf   bool             `json:"veto_half,omitempty"` // a veto counts when more than half found it; else one is enough
	Verdicts   []Verdict        `json:"verdicts"`            // stand beside the score
	Method     score.Method     `json:"method"`
	TrimFrom   int              `json:"trim_from,omitempty"` // drops only from so many valid scores on
	Decimals   int              `json:"decimals"`            // of the official score, 0 to 2
	TieBreak   []score.TieBreak `json:"tie_break,omitempty"`
	From       string           `json:"from"`             // FromNotice, FromDefault or FromOffice
	Clause     string           `json:"clause,omitempty"` // of the notice, where it comes from it
}

// Where a sheet comes from. locale has "sheet-from.<word>".
const (
	FromNotice  = "notice"
	FromDefault = "default" // nobody set anything yet
	FromOffice  = "office"  // the department set it, with a reason
)

// An Aspect (评分项) is a line of the sheet, or a group of them.
type Aspect struct {
	ID       string   `json:"id"` // by place: 2.1 is the first of the second
	Name     string   `json:"name"`
	English  string   `json:"english,omitempty"`
	Hint     string   `json:"hint,omitempty"`    // what to look at
	Weight   int      `json:"weight"`            // 1/10,000 of the whole: 2500 is 25 %; of a group, the sum of its lines
	Comment  bool     `json:"comment,omitempty"` // its mark needs a reason
	Clause   string   `json:"clause,omitempty"`  // of the notice, that it rests on
	Children []Aspect `json:"children,omitempty"`
}

// A Veto (一票否决) is a ground that keeps an application out whatever its points.
type Veto struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	English string `json:"english,omitempty"`
	Clause  string `json:"clause,omitempty"`
}

// A Verdict (总体意见) is one of the overall words that an expert chooses from.
type Verdict struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	English string `json:"english,omitempty"`
	Agree   bool   `json:"agree,omitempty"` // counts as 同意
}

// DefaultSheet is proposed where the notice gives none (T6). Its aspects are the
// conditions, the form's guidance points and the principle 依需设立; none of it is from the
// notice, and every page says so.
func DefaultSheet() Sheet {
	s := Sheet{
		Aspects: []Aspect{
			{Name: "专家服务成效", English: "Results of the experts' service", Hint: "近年服务活动是否连续，解决了哪些问题，效果有无数字可查。", Weight: 3000},
			{Name: "地方和依托单位的支持", English: "Support by the place and the host", Hint: "支持措施、保障条件、经费是否落实。", Weight: 2000},
			{Name: "管理制度与运行机制", English: "Rules and ways of working", Hint: "制度是否齐备，专家来了谁来接、怎么用。", Weight: 2000},
			{Name: "建设的必要性、可行性（依需设立）", English: "Need and feasibility (set up where needed)", Hint: "当地产业或事业对专家的需要是否真实，目标是否做得到。", Weight: 2000},
			{Name: "工作计划", English: "Work plan", Hint: "目标、进度是否具体，年底能否检查。", Weight: 1000},
		},
		Step: score.Point, CommentMin: 10, Method: score.Mean, TrimFrom: 5, Decimals: 2, From: FromDefault,
		Verdicts: []Verdict{{"recommend", "建议认定", "Recommend", true}, {"reserve", "保留意见", "With reservations", false}, {"against", "不建议认定", "Against", false}},
		TieBreak: []score.TieBreak{{By: score.ByExact}, {By: score.ByVotes}, {By: score.ByLeaf, Leaf: "1"}},
	}
	s.Number()
	return s
}

// Number gives every aspect and veto its id by place, and every group its weight.
func (s *Sheet) Number() {
	number(s.Aspects, "")
	for i := range s.Vetoes {
		s.Vetoes[i].ID = strconv.Itoa(i + 1)
	}
}

func number(as []Aspect, before string) (sum int) {
	for i := range as {
		a := &as[i]
		a.ID = before + strconv.Itoa(i+1)
		if len(a.Children) > 0 {
			a.Weight, a.Comment = number(a.Children, a.ID+"."), false
		}
		sum += a.Weight
	}
	return sum
}

// Lines are all aspects in the order of the paper, groups before their lines. Depth is 0
// for the outermost.
func (s Sheet) Lines() []Line { return lines(nil, s.Aspects, 0) }

// A Line is an aspect at its depth.
type Line struct {
	Aspect
	Depth int
}

func lines(out []Line, as []Aspect, depth int) []Line {
	for _, a := range as {
		out = append(out, Line{a, depth})
		out = lines(out, a.Children, depth+1)
	}
	return out
}

// Leaves are the aspects that are marked.
func (s Sheet) Leaves() []Aspect {
	var out []Aspect
	for _, l := range s.Lines() {
		if len(l.Children) == 0 {
			out = append(out, l.Aspect)
		}
	}
	return out
}

// Max is the best mark of an aspect.
func (s Sheet) Max(a Aspect) score.Points {
	if s.Scale > 0 {
		return s.Scale
	}
	return score.Points(a.Weight) * 100
}

// StepDecimals is how many decimals a mark may have.
func (s Sheet) StepDecimals() int {
	for d := range 4 {
		if s.Step > 0 && s.Step%(score.Point/[]score.Points{1, 10, 100, 1000}[d]) == 0 {
			return d
		}
	}
	return 4
}

// Rule is the rule of the official score, with the least number of valid scores.
func (s Sheet) Rule(floor int) score.Rule {
	r := score.Rule{Method: s.Method, TrimFrom: s.TrimFrom, Floor: floor, Decimals: s.Decimals, TieBreak: s.TieBreak}
	for _, a := range s.Leaves() {
		r.Leaves = append(r.Leaves, score.Leaf{ID: a.ID, Weight: a.Weight, Max: s.Max(a), Decimals: s.StepDecimals()})
	}
	return r
}

// Hash is what every score records of the sheet that it was given on.
func (s Sheet) Hash() string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // plain data
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// What a sheet may hold at most: more is no sheet that a person fills in.
const (
	maxLeaves  = 40
	maxDepth   = 3
	maxName    = 60
	maxHint    = 300
	maxComment = 500
)

// Check says all that is wrong with a sheet, each with its sentence.
func (s Sheet) Check() error {
	var bad event.Refusals
	add := func(kind, field string, args ...string) { bad = append(bad, refuseField(kind, field, args...)) }
	if len(s.Aspects) == 0 {
		add("sheet-empty", "aspects")
	}
	names := map[string]bool{}
	sum := 0
	for _, l := range s.Lines() {
		name := strings.TrimSpace(l.Name)
		switch {
		case name == "" || len([]rune(name)) > maxName:
			add("sheet-name", "aspects", "id", l.ID, "max", strconv.Itoa(maxName))
		case names[name]:
			add("sheet-name-twice", "aspects", "name", name)
		case len([]rune(l.Hint)) > maxHint:
			add("sheet-hint", "aspects", "name", name, "max", strconv.Itoa(maxHint))
		case l.Depth >= maxDepth:
			add("sheet-deep", "aspects", "name", name, "max", strconv.Itoa(maxDepth))
		}
		names[name] = true
		if len(l.Children) > 0 {
			continue
		}
		sum += l.Weight
		switch {
		case l.Weight < 1 || l.Weight > 10_000:
			add("sheet-weight", "aspects", "name", name)
		case s.Step > 0 && s.Max(l.Aspect)%s.Step != 0:
			add("sheet-step-weight", "step", "name", name, "max", s.Max(l.Aspect).String(), "step", s.Step.String())
		}
	}
	if len(s.Aspects) > 0 && sum != 10_000 {
		add("sheet-weights", "aspects", "sum", Percent(sum))
	}
	if n := len(s.Leaves()); n > maxLeaves {
		add("sheet-long", "aspects", "n", strconv.Itoa(n), "max", strconv.Itoa(maxLeaves))
	}
	bad = append(bad, s.checkRule()...)
	return bad.Or()
}

func (s Sheet) checkRule() (bad event.Refusals) {
	add := func(kind, field string, args ...string) { bad = append(bad, refuseField(kind, field, args...)) }
	if s.Scale < 0 || s.Scale > score.Full || s.Scale%score.Point != 0 {
		add("sheet-scale", "scale")
	}
	if s.Step < 100 || s.Step > 10*score.Point || s.Step%100 != 0 {
		add("sheet-step", "step")
	}
	if s.CommentMin < 0 || s.CommentMin > maxComment {
		add("number-range", "comment_min", "min", "0", "max", strconv.Itoa(maxComment))
	}
	if s.Method != score.Mean && s.Method != score.Trimmed {
		add("sheet-method", "method")
	}
	if s.Method == score.Trimmed && s.TrimFrom < 3 {
		add("sheet-trim", "trim_from")
	}
	if s.Decimals < 0 || s.Decimals > 2 {
		add("number-range", "decimals", "min", "0", "max", "2")
	}
	if !s.verdictsFit() {
		add("sheet-verdicts", "verdicts")
	}
	for _, v := range s.Vetoes {
		if name := strings.TrimSpace(v.Name); name == "" || len([]rune(name)) > maxHint {
			add("sheet-veto", "vetoes", "max", strconv.Itoa(maxHint))
		}
	}
	for _, t := range s.TieBreak {
		if !s.tieBreakFits(t) {
			add("sheet-tie-break", "tie_break", "id", t.Leaf)
		}
	}
	return bad
}

// verdictsFit: at least two, no name twice, and one of them agrees.
func (s Sheet) verdictsFit() bool {
	names := map[string]bool{}
	for _, v := range s.Verdicts {
		names[strings.TrimSpace(v.Name)] = true
	}
	return len(s.Verdicts) >= 2 && len(names) == len(s.Verdicts) && !names[""] &&
		slices.ContainsFunc(s.Verdicts, func(v Verdict) bool { return v.Agree })
}

func (s Sheet) tieBreakFits(t score.TieBreak) bool {
	switch t.By {
	case score.ByExact, score.ByUntrimmed, score.ByVotes:
		return true
	case score.ByLeaf:
		return slices.ContainsFunc(s.Leaves(), func(a Aspect) bool { return a.ID == t.Leaf })
	}
	return false
}

// Percent writes 1/10,000 as per cent: 2550 → 25.5.
func Percent(weight int) string { return (score.Points(weight) * 100).String() }

// Marks are an expert's, by id of the aspect. In JSON they are plain decimal numbers.
type Marks map[string]score.Points

// MarshalJSON writes points as people write them: 26.5.
func (m Marks) MarshalJSON() ([]byte, error) {
	out := make(map[string]json.Number, len(m))
	for k, v := range m {
		out[k] = json.Number(v.String())
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads them.
func (m *Marks) UnmarshalJSON(b []byte) error {
	var in map[string]json.Number
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*m = make(Marks, len(in))
	for k, v := range in {
		p, err := score.Parse(v.String(), 10*score.Full, 4)
		if err != nil {
			return fmt.Errorf("review: mark %s: %w", k, err)
		}
		(*m)[k] = p
	}
	return nil
}

// Total is the sum of a whole sheet of marks, to 1/10,000 point; ok is false while marks
// are missing.
func (s Sheet) Total(m Marks) (p score.Points, ok bool) {
	x, err := s.Rule(1).Sheet(s.points(m))
	if err != nil || len(m) < len(s.Leaves()) {
		return 0, false
	}
	return x.Round(4), true
}

// points are marks in the order of the sheet.
func (s Sheet) points(m Marks) []score.Points {
	var out []score.Points
	for _, a := range s.Leaves() {
		out = append(out, m[a.ID])
	}
	return out
}

// SheetOf is the sheet that the notice stipulates, or the default where it gives none (T6).
func SheetOf(n *notice.Notice) Sheet {
	x := n.Scoring
	if x == nil {
		return DefaultSheet()
	}
	s := Sheet{Aspects: aspectsOf(x.Aspects, x.Clause), Scale: score.Points(x.Scale) * score.Point, Step: score.Points(x.Step) * 100,
		CommentMin: x.CommentMin, VetoHalf: x.VetoHalf, Method: score.Mean, TrimFrom: x.TrimFrom, Decimals: x.Decimals, From: FromNotice, Clause: x.Clause}
	if x.Trimmed {
		s.Method = score.Trimmed
	}
	for _, v := range x.Vetoes {
		s.Vetoes = append(s.Vetoes, Veto{Name: v, Clause: x.Clause})
	}
	for i, words := range [][]string{x.Agree, x.Disagree} {
		for _, w := range words {
			s.Verdicts = append(s.Verdicts, Verdict{ID: strconv.Itoa(len(s.Verdicts) + 1), Name: w, Agree: i == 0})
		}
	}
	s.Number()
	for _, t := range x.Ties {
		s.TieBreak = append(s.TieBreak, s.tie(t))
	}
	return s
}

func aspectsOf(as []notice.Aspect, clause string) []Aspect {
	var out []Aspect
	for _, a := range as {
		out = append(out, Aspect{Name: a.Name, Hint: a.Hint, Weight: a.Weight * 100, Comment: a.Comment, Clause: clause, Children: aspectsOf(a.Children, clause)})
	}
	return out
}

// tie is a tie-breaker by its word in the notice.
func (s Sheet) tie(word string) score.TieBreak {
	switch word {
	case notice.TieExact:
		return score.TieBreak{By: score.ByExact}
	case notice.TieUntrimmed:
		return score.TieBreak{By: score.ByUntrimmed}
	case notice.TieVotes:
		return score.TieBreak{By: score.ByVotes}
	}
	for _, a := range s.Leaves() {
		if a.Name == word {
			return score.TieBreak{By: score.ByLeaf, Leaf: a.ID}
		}
	}
	return score.TieBreak{By: score.ByLeaf, Leaf: word}
}
