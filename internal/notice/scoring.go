package notice

import (
	"regexp"
	"strconv"
	"strings"
)

// Scoring (评分) is how experts mark and how an official score is made, where the notice
// stipulates it. A notice without the block leaves it to the department (T6).
type Scoring struct {
	Source
	Aspects    []Aspect // 项目
	Scale      int      // 每项满分; 0: each is marked to its weight
	Step       int      // 分值, in 1/100 point: marks are multiples of it
	CommentMin int      // 评语: its least 字
	Vetoes     []string // 一票否决
	VetoHalf   bool     // 否决: 过半数; else one expert is enough
	Agree      []string // 同意: overall words that count as in favour
	Disagree   []string // 不同意
	Trimmed    bool     // 计分: 去掉最高最低
	TrimFrom   int      // 去分起: from so many valid scores on
	Decimals   int      // 小数, of the official score
	Ties       []string // 同分: TieWords, or an aspect's name
}

// An Aspect is a line of the score sheet, or a group of them.
type Aspect struct {
	Name     string
	Hint     string   // 要点
	Weight   int      // 权, in whole per cent; of a group the sum of its lines
	Comment  bool     // 须写理由
	Children []Aspect // 含
	Line     int
}

// Words of 评分.
const (
	ScoreMean    = "平均"
	ScoreTrimmed = "去掉最高最低"
	VetoOne      = "一位"
	VetoHalf     = "过半数"

	TieExact     = "舍入前分数"
	TieUntrimmed = "全部平均分"
	TieVotes     = "同意票数"
)

// TieWords are what can be compared beside aspects when scores are equal.
var TieWords = []string{TieExact, TieUntrimmed, TieVotes}

var stepShape = regexp.MustCompile(`^(?:(\d{1,2})|0\.(\d{1,2}))$`)

// marked is the step that was meant by 半分 or 0.50分.
func marked(got string) string {
	if got == "半分" {
		return "0.5"
	}
	if n := strings.TrimSuffix(got, "分"); stepShape.MatchString(n) {
		return n
	}
	return ""
}

func (p *parsing) scoring(b block, v value) {
	r := p.reader(b, v, "")
	s := &Scoring{Source: r.source(), Step: 100, CommentMin: 0, TrimFrom: 5, Decimals: 2}
	c, _ := p.n.Clause(b.clause)
	s.Aspects = p.aspects(b, r.each("项目", true), c)
	if sum := weights(s.Aspects); len(s.Aspects) > 0 && sum != 100 && !p.zero(s.Aspects) {
		p.miss(r.line("项目"), "weights", "block", r.where(), "got", itoa(sum))
	}
	s.Scale = r.count("每项满分", false, 1, "points")
	if s.Scale > 100 {
		p.miss(r.line("每项满分"), "points", "block", r.where(), "key", "每项满分", "got", itoa(s.Scale))
	}
	if m := r.match("分值", false, stepShape, "step", marked); m != nil {
		s.Step = hundredths(m)
		if s.Step == 0 {
			p.miss(r.line("分值"), "step", "block", r.where(), "key", "分值", "got", m[0])
		}
	}
	s.CommentMin = r.count("评语", false, 0, "points")
	s.Vetoes = r.strs("一票否决", false)
	for _, x := range s.Vetoes {
		r.stated(x, r.line("一票否决"), c)
	}
	s.VetoHalf = r.one("否决", false, VetoOne, VetoHalf) == VetoHalf
	s.Agree, s.Disagree = r.strs("同意", true), r.strs("不同意", true)
	s.Trimmed = r.one("计分", true, ScoreMean, ScoreTrimmed) == ScoreTrimmed
	if n := r.count("去分起", false, 3, "trim"); n > 0 {
		s.TrimFrom = n
	}
	if n, ok := r.get("小数", false); ok {
		s.Decimals = r.count("小数", false, 0, "points")
		if s.Decimals > 2 {
			p.miss(n.line, "points", "block", r.where(), "key", "小数", "got", n.text)
		}
	}
	known := append([]string{}, TieWords...)
	for _, a := range leaves(s.Aspects) {
		known = append(known, a.Name)
	}
	s.Ties = r.some("同分", false, known...)
	r.done()
	p.n.Scoring = s
}

// aspects reads 项目 or 含: a map by name, in order. Names and weights are the clause's.
func (p *parsing) aspects(b block, entries []pair, c Clause) []Aspect {
	var out []Aspect
	for _, x := range entries {
		r := p.reader(b, x.val, x.key)
		a := Aspect{Name: x.key, Hint: r.str("要点", false), Weight: r.count("权", false, 1, "points"), Line: x.line}
		a.Comment = r.yes("须写理由", false)
		r.stated(a.Name, x.line, c)
		if sub := r.each("含", false); len(sub) > 0 {
			a.Children = p.aspects(b, sub, c)
		}
		_, weighs := r.get("权", false)
		switch {
		case weighs == (len(a.Children) > 0):
			p.miss(x.line, "aspect", "block", r.where())
		case weighs:
			r.counted(a.Weight, "权", c)
		default:
			a.Weight = weights(a.Children)
		}
		r.done()
		out = append(out, a)
	}
	return out
}

func weights(as []Aspect) (sum int) {
	for _, a := range as {
		sum += a.Weight
	}
	return sum
}

// zero reports whether some weight could not be read: that is said already.
func (p *parsing) zero(as []Aspect) bool {
	for _, a := range leaves(as) {
		if a.Weight == 0 {
			return true
		}
	}
	return false
}

func leaves(as []Aspect) (out []Aspect) {
	for _, a := range as {
		if len(a.Children) > 0 {
			out = append(out, leaves(a.Children)...)
		} else {
			out = append(out, a)
		}
	}
	return out
}

// hundredths of a step as stepShape found it.
func hundredths(m []string) int {
	if m[1] != "" {
		n, _ := strconv.Atoi(m[1])
		return 100 * n
	}
	n, _ := strconv.Atoi((m[2] + "0")[:2])
	return n
}

// scores adds the words of 评分 that people are shown.
func (w *wordList) scores(s *Scoring) {
	if s == nil {
		return
	}
	var walk func([]Aspect)
	walk = func(as []Aspect) {
		for _, a := range as {
			w.add(a.Name, a.Hint)
			walk(a.Children)
		}
	}
	walk(s.Aspects)
	w.add(s.Vetoes...)
	w.add(s.Agree...)
	w.add(s.Disagree...)
}

// scoring says how the experts mark.
func (s *summary) scoring() {
	x := s.n.Scoring
	if x == nil {
		return
	}
	s.say("scoring")
	s.from(x.Source)
	for _, a := range leaves(x.Aspects) {
		s.say("scoring-aspect", "name", s.word(a.Name), "weight", itoa(a.Weight))
	}
	if x.Trimmed {
		s.say("scoring-trimmed", "n", itoa(x.TrimFrom), "decimals", itoa(x.Decimals))
	} else {
		s.say("scoring-mean", "decimals", itoa(x.Decimals))
	}
	if len(x.Vetoes) > 0 {
		s.say("scoring-veto", "list", s.words(x.Vetoes...))
	}
}
