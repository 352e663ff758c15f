package notice

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var periodShape = regexp.MustCompile(`^([1-9]\d?)年$`)

// yearly is the period that was meant by 三年 or 3.
func yearly(got string) string {
	n := strings.TrimSuffix(got, "年")
	if c := numeral(n); c > 0 {
		n = itoa(c)
	}
	if !periodShape.MatchString(n + "年") {
		return ""
	}
	return n + "年"
}

func (p *parsing) evaluation(b block, v value) {
	r := p.reader(b, v, "")
	criteria := p.n.Evaluation.Criteria
	e := Evaluation{Source: r.source(), By: r.one("由", true, ByIssuer, BySuperior), Criteria: criteria}
	if m := r.match("每", true, periodShape, "period", yearly); m != nil {
		e.Years, _ = strconv.Atoi(m[1])
	}
	c, _ := p.n.Clause(b.clause)
	r.counted(e.Years, "每", c)
	for _, x := range r.each("结果", true) {
		s := p.reader(b, x.val, x.key)
		o := Outcome{Source: s.source(), Grade: x.key, Grounds: s.strs("据", false)}
		o.Line = x.line
		o.May = s.some("可", true, OutCommend, OutUpgrade, OutRectify, OutRevoke)
		s.done()
		r.stated(o.Grade, x.line, c)
		for _, g := range o.Grounds {
			r.stated(g, s.line("据"), c)
		}
		e.Outcomes = append(e.Outcomes, o)
	}
	r.done()
	p.n.Evaluation = e
}

func (p *parsing) criteria(b block, v value) {
	for _, x := range p.entries(b, v) {
		r := p.reader(b, x.val, x.key)
		c := Criterion{Source: r.source(), Name: x.key, From: r.some("取自", true, EvidenceRecords...)}
		c.Line = x.line
		r.done()
		p.n.Evaluation.Criteria = append(p.n.Evaluation.Criteria, c)
	}
}

func (p *parsing) recommend(b block, v value) {
	r := p.reader(b, v, "")
	p.n.Recommend.Source = r.source()
	for _, w := range r.some("须", true, "逐条确认申报条件", "写明推荐理由") {
		if w == "写明推荐理由" {
			p.n.Recommend.GiveReasons = true
		} else {
			p.n.Recommend.ConfirmEach = true
		}
	}
	r.done()
}

func (p *parsing) quota(b block, v value) {
	r := p.reader(b, v, "")
	p.n.Quota = Quota{Source: r.source(), Max: r.count("不超过", true, 1, "quota")}
	for _, w := range r.some("每个", true, string(Leagues), string(Departments), string(DirectUnits)) {
		p.n.Quota.Per = append(p.n.Quota.Per, RecommendClass(w))
	}
	c, _ := p.n.Clause(b.clause)
	r.counted(p.n.Quota.Max, "不超过", c)
	r.done()
}

func (p *parsing) delivery(b block, v value) {
	r := p.reader(b, v, "")
	d := Delivery{Source: r.source(), To: r.str("受理机构", true)}
	c, _ := p.n.Clause(b.clause)
	r.stated(d.To, r.line("受理机构"), c)
	d.Day, d.Deadline = r.instant("截止")
	if d.Day != "" {
		t, _ := time.Parse(time.DateOnly, d.Day)
		if !strings.Contains(squeeze(c.Text), t.Format("2006年1月2日")) {
			r.p.miss(r.line("截止"), "quote", "block", r.where(), "got", t.Format("2006年1月2日"), "clause", c.ID)
		}
	}
	if s := r.in("份数", true); s != nil {
		d.Forms = s.count("申报表", true, 0, "copies")
		d.Evidence = s.count("佐证材料", false, 0, "copies")
		d.Digital = s.count("电子版", false, 0, "copies")
		s.counted(d.Forms, "申报表", c)
		s.done()
	}
	r.done()
	p.n.Delivery = d
}

// zone is the zone of every date in a notice.
var zone = time.FixedZone("Asia/Shanghai", 8*3600)

var minuteShape = regexp.MustCompile(`^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$`)

// instant is a closing day, 2017-07-20, or a closing minute, 2017-07-20 17:30. For a day
// alone the instant follows from the reading of 截止, see check.
func (r *reader) instant(key string) (day string, at time.Time) {
	s := r.str(key, true)
	if !minuteShape.MatchString(s) {
		return r.day(key, false), time.Time{}
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		r.p.miss(r.line(key), "date", "block", r.where(), "got", s)
		return "", time.Time{}
	}
	return s[:len("2006-01-02")], at
}

// public reads 公示, which stands in a notice only where the text or a later rule has one.
func (p *parsing) public(b block, v value) {
	r := p.reader(b, v, "")
	p.n.Public = &PublicNotice{
		Source:   r.source(),
		WorkDays: r.count("工作日", true, 1, "days"),
		FirstDay: r.yes("首日计入", true),
		Official: !r.yes("非通知原文", false),
	}
	if c, _ := p.n.Clause(b.clause); p.n.Public.Official {
		r.counted(p.n.Public.WorkDays, "工作日", c)
	}
	r.done()
}

// What a 解释 entry can speak to. The list is closed, so that code can look readings up.
const (
	ReadDeadline  = "截止"     // T3: does the day itself count
	ReadForm      = "申报表"    // T1: two names of one form
	ReadLayout    = "栏目归属"   // T2, T21
	ReadWords     = "字数"     // T13: how 字 are counted
	ReadQuota     = "名额"     // T4, T25
	ReadLevel     = "级别"     // T5, T16: 盟市以下
	ReadCondition = "条件"     // R34: what blocks and what warns
	ReadActs      = "办理动作"   // R37: returns and refusals
	ReadIntake    = "经办"     // T12: who receives, who checks
	ReadPlace     = "所在地"    // T23
	ReadPaper     = "纸质材料"   // T22, T24
	ReadOpinion   = "推荐意见"   // R106: how long
	ReadReview    = "评审"     // T6: panel, marks, weights
	ReadRecusal   = "回避"     // R42
	ReadPublic    = "公示"     // R133
	ReadPlaque    = "标牌"     // T11
	ReadGrant     = "启动经费"   // R45
	ReadPayee     = "收款户名"   // T26
	ReadTitle     = "职称"     // T7
	ReadRetired   = "离退休专家"  // T17
	ReadPay       = "报酬"     // R69, T27
	ReadAgreement = "协议"     // R70, T27
	ReadActivity  = "活动名称"   // T15
	ReadCriteria  = "评估内容"   // T9, R90
	ReadGrades    = "评估等次"   // T8, T18
	ReadFailure   = "评估后果"   // T20
	ReadPlans     = "计划和总结"  // T19
	ReadTasks     = "基地任务"   // T27
	ReadFilled    = "填报日期"   // R109, T27
	ReadExtra     = "非通知原文栏" // design §3a
)

// ReadingTargets is the closed list of what a 解释 entry can speak to.
var ReadingTargets = []string{
	ReadDeadline, ReadForm, ReadLayout, ReadWords, ReadQuota, ReadLevel, ReadCondition, ReadActs, ReadIntake,
	ReadPlace, ReadPaper, ReadOpinion, ReadReview, ReadRecusal, ReadPublic, ReadPlaque, ReadGrant, ReadPayee,
	ReadTitle, ReadRetired, ReadPay, ReadAgreement, ReadActivity, ReadCriteria, ReadGrades, ReadFailure,
	ReadPlans, ReadTasks, ReadFilled, ReadExtra,
}

// readings reads 解释: a list of “what: why”, or of “what: {取: value, 因: why}”.
func (p *parsing) readings(b block, v value) {
	if v.kind != list {
		(&reader{p: p, block: b.kind}).wrong(v, "list")
		return
	}
	for _, i := range v.items {
		r := p.reader(b, i, "")
		for _, e := range i.pairs {
			x := Reading{Target: e.key, Text: e.val.text, Line: e.line}
			if !r.closed(value{kind: word, text: e.key, line: e.line}, ReadingTargets) {
				continue
			}
			if e.val.kind == mapping {
				s := p.reader(b, e.val, e.key)
				x.Take, x.Text = s.str("取", false), s.str("因", true)
				s.done()
			} else if e.val.kind != word {
				r.wrong(e.val, "word")
			}
			if old, ok := p.n.Reading(x.Target); ok {
				p.miss(e.line, "reading-twice", "got", x.Target, "line", itoa(old.Line))
			}
			p.n.Readings = append(p.n.Readings, x)
		}
	}
}
