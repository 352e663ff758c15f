package notice

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kindFront is the front matter: what stands on the head of the paper (发文).
const kindFront = "发文"

// kind is one kind of block: how it is read, whether several fences of it are joined in
// order, and whether a notice can do without it.
type kind struct {
	read  func(*parsing, block, value)
	joins bool
	must  bool
}

// BlockKinds are the kinds of blocks in the order in which a notice usually has them.
var BlockKinds = []string{"依托单位", "条件", "程序", "隶属", "授予", "专家", "协议", "活动", "评估", "评估内容", "推荐", "名额", "报送", "公示", "评分", "申报表", "补充栏", "解释"}

// kindOf finds a kind by the word after the fence.
func kindOf(name string) (kind, bool) {
	switch name {
	case kindFront:
		return kind{read: (*parsing).head, must: true}, true
	case "依托单位":
		return kind{read: (*parsing).hosts, must: true}, true
	case "条件":
		return kind{read: (*parsing).conditions, joins: true, must: true}, true
	case "程序":
		return kind{read: (*parsing).steps, joins: true, must: true}, true
	case "隶属":
		return kind{read: (*parsing).hierarchy, must: true}, true
	case "授予":
		return kind{read: (*parsing).recognition, must: true}, true
	case "专家":
		return kind{read: (*parsing).experts}, true
	case "协议":
		return kind{read: (*parsing).agreement}, true
	case "活动":
		return kind{read: (*parsing).activities}, true
	case "评估":
		return kind{read: (*parsing).evaluation}, true
	case "评估内容":
		return kind{read: (*parsing).criteria, joins: true}, true
	case "推荐":
		return kind{read: (*parsing).recommend}, true
	case "名额":
		return kind{read: (*parsing).quota, must: true}, true
	case "报送":
		return kind{read: (*parsing).delivery, must: true}, true
	case "公示":
		return kind{read: (*parsing).public}, true
	case "评分":
		return kind{read: (*parsing).scoring}, true
	case "申报表":
		return kind{read: (*parsing).form, must: true}, true
	case "补充栏":
		return kind{read: (*parsing).extra, joins: true}, true
	case "解释":
		return kind{read: (*parsing).readings, joins: true}, true
	}
	return kind{}, false
}

// decode reads all blocks: kind by kind, so that a form finds the kinds of hosts wherever
// they stand, and within a kind in the order of the text.
func (p *parsing) decode() {
	for _, b := range p.blocks {
		if _, ok := kindOf(b.kind); !ok || b.kind == kindFront && b.line > 1 {
			g, kind := nearest(b.kind, BlockKinds), "block-unknown"
			if b.kind == "" {
				kind = "block-unnamed"
			}
			p.unread[g] = p.unread[g] || g != "" || b.kind == ""
			p.guess(g, b.line, kind, "block", b.kind, "known", strings.Join(BlockKinds, "、"))
		}
	}
	for _, name := range append([]string{kindFront}, BlockKinds...) {
		k, _ := kindOf(name)
		for _, b := range p.blocks {
			if b.kind == name && (name != kindFront || b.line <= 1) {
				p.decodeOne(b, k)
			}
		}
		if k.must && p.first[name] == 0 && name != kindFront && !p.unread[name] && !p.unread[""] { // else it is noted already
			p.miss(1, "block-missing", "block", name)
		}
	}
}

func (p *parsing) decodeOne(b block, k kind) {
	if old := p.first[b.kind]; old > 0 && !k.joins {
		p.miss(b.line, "block-twice", "block", b.kind, "line", itoa(old))
		return
	}
	if p.first[b.kind] == 0 {
		p.first[b.kind] = b.line
	}
	if v, ok := p.tree(b); ok {
		k.read(p, b, v)
	}
}

// entries are the entries of a block that is a map in which order matters.
func (p *parsing) entries(b block, v value) []pair {
	if v.kind != mapping {
		p.reader(b, v, "")
	}
	return v.pairs
}

func (p *parsing) head(b block, v value) {
	r := p.reader(b, v, "")
	p.n.Number = r.docNumber("文号")
	p.n.Year = p.n.Number.Year
	p.n.Issuer = r.str("发文", true)
	p.n.Issued = r.day("成文日期", false)
	if a := r.in("认定", true); a != nil {
		p.n.Award = Award{Name: a.str("名称", true), Level: a.str("级别", true), Batch: a.str("批次", false)}
		a.done()
	}
	to, _ := p.n.Clause(clauseAddressees)
	for _, e := range r.each("主送", true) {
		class := value{kind: word, text: e.key, line: e.line}
		if !r.closed(class, []string{string(Leagues), string(Departments), string(DirectUnits)}) {
			continue
		}
		r.stated(e.val.text, e.line, to)
		p.n.Addressees = append(p.n.Addressees, Addressee{Text: e.val.text, Class: RecommendClass(e.key)})
	}
	basis, _ := r.get("依据", false)
	opening, _ := p.n.Clause(clauseOpening)
	for _, i := range basis.items {
		s := p.reader(b, i, "依据")
		x := Basis{Title: s.str("题", true), Issuer: s.str("发文", true), Number: s.docNumber("文号")}
		s.done()
		r.stated(x.Title, s.line("题"), opening)
		r.stated(x.Number.Text, s.line("文号"), opening)
		p.n.Basis = append(p.n.Basis, x)
	}
	r.done()
}

// docNumber is a document number that must be there.
func (r *reader) docNumber(key string) DocNumber {
	s := r.str(key, true)
	d, ok := ParseDocNumber(s)
	if s != "" && !ok {
		r.p.miss(r.line(key), "document-number", "block", r.where(), "got", s)
	}
	return d
}

var (
	dayShape   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	looseShape = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$`)
)

// day is a date 2006-01-02 that exists.
func (r *reader) day(key string, must bool) string {
	s := r.str(key, must)
	if s == "" {
		return ""
	}
	if !dayShape.MatchString(s) {
		guess := ""
		if m := looseShape.FindStringSubmatch(s); m != nil {
			guess = m[1] + "-" + two(m[2]) + "-" + two(m[3])
		}
		r.p.guess(guess, r.line(key), "date-shape", "block", r.where(), "got", s)
		return ""
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		r.p.miss(r.line(key), "date", "block", r.where(), "got", s)
		return ""
	}
	return s
}

func two(s string) string { return strings.Repeat("0", 2-len(s)) + s }

func (p *parsing) hosts(b block, v value) {
	r := p.reader(b, v, "")
	h := Hosts{Source: r.source()}
	clause, _ := p.n.Clause(b.clause)
	names := r.strs("类别", true)
	lower := r.some("限盟市以下", false, names...)
	for _, name := range names {
		r.stated(name, r.line("类别"), clause)
		h.Kinds = append(h.Kinds, HostKind{Name: name, Lower: slices.Contains(lower, name)})
	}
	if o := r.in("其他", false); o != nil {
		h.Other = OtherHost{Name: o.str("名称", true), Fields: o.strs("须写", false), Quote: o.source().Quote}
		r.stated(h.Other.Name, o.line("名称"), clause)
		p.refFields(h.Other.Fields, o.line("须写"), o.where())
		o.done()
	}
	r.done()
	p.n.Hosts = h
}

func (p *parsing) conditions(b block, v value) {
	for _, e := range p.entries(b, v) {
		r := p.reader(b, e.val, e.key)
		c := Condition{Name: e.key, Source: r.source(), ID: r.str("号", true)}
		c.Line = e.line
		c.Soft = r.one("自查", false, "拦截", "提醒") == "提醒"
		c.See = r.strs("看", true)
		c.State = r.yes("说明", true)
		c.Evidence = r.strs("佐证", false)
		r.done()
		p.refFields(c.See, r.line("看"), r.where())
		for _, old := range p.n.Conditions {
			if c.ID != "" && old.ID == c.ID || old.Name == c.Name {
				p.miss(e.line, "condition-twice", "got", c.ID+" "+c.Name, "line", itoa(old.Line))
			}
		}
		p.n.Conditions = append(p.n.Conditions, c)
	}
}

func (p *parsing) steps(b block, v value) {
	names := []string{StepFill, StepRecommend, StepCheck, StepReview, StepVisit, StepDetermine, StepPublic, StepAward}
	for _, e := range p.entries(b, v) {
		r := p.reader(b, e.val, e.key)
		(&reader{p: p, block: b.kind}).closed(value{kind: word, text: e.key, line: e.line}, names)
		s := Step{Name: e.key, Source: r.source()}
		s.Line = e.line
		s.By = r.one("由", true, ByApplicant, BySuperior, ByReceiver, ByIssuer, ByExperts)
		s.Along = r.one("沿", false, lineSubordination)
		s.Sign = r.one("签", false, "负责人")
		s.Seal = r.one("章", false, "单位")
		s.May = r.some("可", false, MayAgree, MayReturn, MayDisagree, MayComplete, MayDecline, MayScore, MayDetermine, MayRefuse, MayPlaque, MayGrant)
		if s.Uses = r.str("用", false); s.Uses != "" {
			p.refs = append(p.refs, ref{"form", s.Uses, r.line("用"), r.where()})
		}
		r.done()
		if old, ok := p.n.Step(s.Name); ok {
			p.miss(e.line, "step-twice", "got", s.Name, "line", itoa(old.Line))
		}
		p.n.Steps = append(p.n.Steps, s)
	}
}

// Lines along which an application goes up.
const (
	lineSubordination = "行政隶属关系"
	linePlace         = "所在地人社部门"
)

func (p *parsing) hierarchy(b block, v value) {
	r := p.reader(b, v, "")
	p.n.Hierarchy = Hierarchy{
		Source:    r.source(),
		Public:    r.one("公有单位", true, lineSubordination, linePlace),
		NonPublic: r.one("非公经济组织", true, lineSubordination, linePlace),
	}
	r.done()
}

var moneyShape = regexp.MustCompile(`^([1-9]\d{0,9})(万?)元$`)

// sum is the amount that was meant by 十万 or 5万.
func sum(got string) string {
	n, unit := strings.TrimSuffix(got, "元"), "元"
	if s, ok := strings.CutSuffix(n, "万"); ok {
		n, unit = s, "万元"
	}
	if c := numeral(n); c > 0 {
		n = itoa(c)
	}
	if !moneyShape.MatchString(n + unit) {
		return ""
	}
	return n + unit
}

func (p *parsing) recognition(b block, v value) {
	r := p.reader(b, v, "")
	g := Recognition{Source: r.source(), Plaque: r.str("标牌", true)}
	c, _ := p.n.Clause(b.clause)
	r.stated(g.Plaque, r.line("标牌"), c)
	switch s := r.str("启动经费", false); {
	case s == "金额另定":
		g.Grant.Open = true
	case s != "":
		if m := r.match("启动经费", false, moneyShape, "money", sum); m != nil {
			yuan, _ := strconv.ParseInt(m[1], 10, 64)
			if m[2] != "" {
				yuan *= 10000
			}
			g.Grant.Fen = yuan * 100
		}
	}
	r.done()
	p.n.Recognition = g
}

func (p *parsing) experts(b block, v value) {
	r := p.reader(b, v, "")
	x := Experts{Source: r.source(), From: r.strs("来自", false), Categories: r.strs("重点", true), Needs: r.strs("须有", false)}
	c, _ := p.n.Clause(b.clause)
	for _, list := range []struct {
		key   string
		words []string
	}{{"来自", x.From}, {"重点", x.Categories}, {"须有", x.Needs}} {
		for _, w := range list.words {
			r.stated(w, r.line(list.key), c)
		}
	}
	if t := r.in("职称", false); t != nil {
		x.AtLeast = t.one("不低于", true, TitleLevels...)
		x.Exception = t.one("例外", false, "说明理由", "不可")
		t.done()
	}
	if t := r.in("离退休", false); t != nil {
		x.Retired = RetiredExperts{Quote: t.source().Quote, Needs: t.strs("须有", true), Exempt: t.some("免", false, x.Needs...)}
		for _, w := range x.Retired.Needs {
			r.stated(w, t.line("须有"), c)
		}
		t.done()
	}
	r.done()
	p.n.Experts = x
}

func (p *parsing) agreement(b block, v value) {
	r := p.reader(b, v, "")
	p.n.Agreement = Agreement{
		Source:   r.source(),
		By:       r.one("由", true, ByHost),
		Terms:    r.strs("约定", true),
		Required: r.strs("涉及则必签", true),
	}
	c, _ := p.n.Clause(b.clause)
	for _, w := range p.n.Agreement.Required {
		r.stated(w, r.line("涉及则必签"), c)
	}
	r.done()
}

func (p *parsing) activities(b block, v value) {
	r := p.reader(b, v, "")
	a := Activities{Source: r.source(), Other: r.one("其他", false, "说明形式") != ""}
	c, _ := p.n.Clause(b.clause)
	for _, e := range p.entries(b, v) {
		if e.key == "文" || e.key == "其他" {
			continue
		}
		r.known = append(r.known, e.key) // the names of groups are free
		g := ActivityGroup{Name: e.key}
		if e.val.kind == mapping {
			s := p.reader(b, e.val, e.key)
			g.Kinds, g.Benefit, g.Facility = s.strs("形式", true), s.yes("公益", false), s.yes("长期", false)
			s.done()
		} else {
			g.Kinds = r.words(e.val, nil)
		}
		for _, w := range g.Kinds {
			r.stated(w, e.line, c)
		}
		a.Groups = append(a.Groups, g)
	}
	r.done()
	p.n.Activities = a
}
