// Package notice (通知) reads a call for applications written as it is published: the
// official text word for word, with a small fenced block of rules under the clause it
// restates. Every rule carries its clause and the words of that clause, so that each
// refusal, page and letter can cite them. What the notice leaves open stands in its
// 解释 block, with a reason; nothing is added silently.
//
// The file arranges and never computes: a closed vocabulary, no expressions, no
// includes. Parse reports every mistake in the file at once, each with its line.
//
// Words: 通知 Notice · 条款 Clause · 依托单位 Hosts · 条件 Condition · 程序 Step ·
// 申报表 Form · 栏 Field · 意见栏 Box · 名额 Quota · 报送 Delivery · 解释 Reading.
package notice

import "strings"

// A Source says where in the notice a rule comes from.
type Source struct {
	Clause string // clause id, unique in the notice: 七（一）
	Quote  string // the words of the clause that the rule restates, as published
	Line   int    // line in the file, 1-based
}

// A Notice is one published call, read and checked. It is a value to be shared: nobody
// changes it after Parse.
type Notice struct {
	File   string // as given to Parse
	SHA256 string // hex, of the whole file: what a case pins
	Number DocNumber
	Issuer string // 发文机关
	Title  string // 标题
	Year   int    // the year the call is for, from the document number
	Issued string // 成文日期 2006-01-02; "" when the text does not give it
	Award  Award

	Basis      []Basis
	Addressees []Addressee // 主送, in the order of the text
	Clauses    []Clause    // in the order of the text

	Hosts       Hosts
	Conditions  []Condition // in the order of the text; all must be met (R24)
	Steps       []Step      // 程序, in order; the fences of one kind are joined
	Hierarchy   Hierarchy
	Recognition Recognition
	Experts     Experts
	Agreement   Agreement
	Activities  Activities
	Evaluation  Evaluation
	Recommend   Recommend
	Quota       Quota
	Delivery    Delivery
	Public      *PublicNotice // 公示; nil: the notice stipulates none (R133)
	Scoring     *Scoring      // 评分; nil: the notice leaves it to the department (T6)
	Form        Form
	Readings    []Reading // 解释

	prose string
}

// A DocNumber is a document number (发文字号): issuer code, year in 〔〕, serial (R2).
type DocNumber struct {
	Text   string // normalised: 内人社办发〔2017〕207号
	Code   string // 内人社办发
	Year   int
	Serial int
}

func (d DocNumber) String() string { return d.Text }

// An Award is what a successful applicant becomes (R1, R9).
type Award struct {
	Name  string // 内蒙古自治区专家服务基地
	Level string // 自治区级
	Batch string // 第二批
}

// A Basis is a higher document that the notice relies on (R7, R8).
type Basis struct {
	Title  string
	Issuer string
	Number DocNumber
}

// An Addressee is one class of bodies the notice is sent to (R3–R5).
type Addressee struct {
	Text  string         // 各盟市人力资源和社会保障局
	Class RecommendClass // which recommending units are meant
}

// A RecommendClass is a class of recommending units.
type RecommendClass string

const (
	Leagues     RecommendClass = "盟市"   // the HR bureau of each league and city (and 满洲里, 二连浩特: T25)
	Departments RecommendClass = "厅局"   // each commission, office, department, bureau of the region
	DirectUnits RecommendClass = "直属单位" // each enterprise or institution directly under the region
)

// A Clause is one numbered item, or one paragraph without a number, of the text.
type Clause struct {
	ID     string   // unique: 三, 三（一）, 六·内容（一）, 七·末段, 附件
	Number string   // as printed: 三, （一）; "" for a paragraph without one
	Title  string   // heading of a section: 申报条件; "" for items
	Text   string   // the text as published, number included, lines joined with \n
	Line   int      // line of its first words in the file, 1-based
	Blocks []string // kinds of the rule blocks under it; none: prose only
}

// Section is the section that the clause stands in: 三 for 三（一）.
func (c Clause) Section() string {
	if i := strings.IndexAny(c.ID, "（·"); i > 0 {
		return c.ID[:i]
	}
	return c.ID
}

// words are the clause's own words, without its number or heading.
func (c Clause) words() string {
	if head, rest, ok := strings.Cut(c.Text, "\n"); ok && c.Title != "" && strings.HasSuffix(head, c.Title) {
		return rest
	}
	return strings.TrimPrefix(c.Text, c.Number)
}

// A Reading (解释) says how something that the notice leaves open is read, and why.
type Reading struct {
	Target string // a word of ReadingTargets
	Take   string // the value taken, where the rule needs one: 当日24时
	Text   string // the reason, shown to people
	Line   int
}

// Clause finds a clause by its id.
func (n *Notice) Clause(id string) (Clause, bool) {
	return find(n.Clauses, func(c Clause) bool { return c.ID == id })
}

// Condition finds a condition by its id: 1a.
func (n *Notice) Condition(id string) (Condition, bool) {
	return find(n.Conditions, func(c Condition) bool { return c.ID == id })
}

// Step finds a step by its name: StepFill.
func (n *Notice) Step(name string) (Step, bool) {
	return find(n.Steps, func(s Step) bool { return s.Name == name })
}

// Reading finds how target is read: n.Reading(ReadDeadline).
func (n *Notice) Reading(target string) (Reading, bool) {
	return find(n.Readings, func(r Reading) bool { return r.Target == target })
}

func find[T any](all []T, is func(T) bool) (T, bool) {
	for _, x := range all {
		if is(x) {
			return x, true
		}
	}
	var none T
	return none, false
}
