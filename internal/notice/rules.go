package notice

import (
	"slices"
	"time"
)

// Hosts (依托单位) are the kinds of units that may carry a base (R20–R23).
type Hosts struct {
	Source
	Kinds []HostKind
	Other OtherHost
}

// A HostKind is one kind of the notice's list. The list is open (等): it is data.
type HostKind struct {
	Name  string
	Lower bool // 盟市以下: a unit above that level gets a warning, never a block (T5, T16)
}

// OtherHost is the kind for 其他基层单位确有需要 (R23).
type OtherHost struct {
	Name   string   // 其他基层单位
	Fields []string // form fields that must then be filled: 需求理由, 所依托产业
	Quote  string
}

// Names are all kinds that can be chosen, the other one last.
func (h Hosts) Names() []string {
	var s []string
	for _, k := range h.Kinds {
		s = append(s, k.Name)
	}
	if h.Other.Name != "" {
		s = append(s, h.Other.Name)
	}
	return s
}

// A Condition (条件) is one thing the applicant must have; each is answered with a
// statement and evidence and checked by every level (R24). All hold together.
type Condition struct {
	Source
	ID       string   // 1a: number of the item, letter of the part
	Name     string   // short: 专家服务成效突出
	Soft     bool     // the applicant's own “not met” warns instead of blocking (R34)
	See      []string // names of the form fields that speak to it
	State    bool     // the applicant writes a statement
	Evidence []string // what is usually shown; its absence warns, never blocks (T22)
}

// Steps of the procedure (程序). Their names are a closed list.
const (
	StepFill      = "填报"
	StepRecommend = "逐级推荐"
	StepCheck     = "审核材料"
	StepReview    = "专家评审"
	StepVisit     = "实地考察"
	StepDetermine = "确定"
	StepPublic    = "公示"
	StepAward     = "授予"
)

// Who takes a step (由).
const (
	ByApplicant = "申报单位"
	BySuperior  = "上级"
	ByReceiver  = "受理机构"
	ByIssuer    = "发文机关"
	ByExperts   = "评审专家"
	ByHost      = "依托单位"
)

// What a step may answer (可). Those that the notice does not word are explained under
// 解释 办理动作.
const (
	MayAgree     = "同意"
	MayReturn    = "退回补正"
	MayDisagree  = "不同意"
	MayComplete  = "齐备"
	MayDecline   = "不予受理"
	MayScore     = "评分"
	MayDetermine = "确定"
	MayRefuse    = "不予确定"
	MayPlaque    = "授牌"
	MayGrant     = "给予启动经费"
)

// A Step (程序) is one stage on the way from form to plaque.
type Step struct {
	Source
	Name  string   // StepFill …
	By    string   // ByApplicant …
	Along string   // 行政隶属关系 for the level-by-level part; else ""
	Uses  string   // title or alias of the form it fills; else ""
	Sign  string   // who signs: 负责人; "" nobody
	Seal  string   // whose seal: 单位; "" none
	May   []string // MayAgree …
}

// Can reports whether the step may be answered so.
func (s Step) Can(what string) bool { return slices.Contains(s.May, what) }

// Hierarchy (隶属) says along which line an application goes up (R36, R38).
type Hierarchy struct {
	Source
	Public    string // 公有单位: 行政隶属关系
	NonPublic string // 非公经济组织: 所在地人社部门
}

// Recognition (授予) is what an approved base is given (R44, R45).
type Recognition struct {
	Source
	Plaque string // the plaque's text, word for word
	Grant  Grant
}

// A Grant (启动经费) is start-up money: open, or a fixed sum.
type Grant struct {
	Open bool  // 金额另定: set by an act of the department for each batch
	Fen  int64 // else the sum, in fen
}

// Experts (专家) says who serves a base (R47–R65).
type Experts struct {
	Source
	From       []string // employers they mainly come from
	Categories []string // 重点
	AtLeast    string   // lowest title level of the normal rule: 副高级
	Exception  string   // 说明理由: below it a reason is asked for, no block (T7)
	Needs      []string // 本人工作单位批准 …
	Retired    RetiredExperts
}

// RetiredExperts (离退休) have a rule of their own (R64, R65, T17).
type RetiredExperts struct {
	Needs  []string // 身体健康, 本人自愿
	Exempt []string // 本人工作单位批准
	Quote  string
}

// TitleLevels are the levels of professional titles, highest first.
var TitleLevels = []string{"正高级", "副高级", "中级", "初级"}

// Agreement (协议) between host and expert (R66–R70).
type Agreement struct {
	Source
	By       string   // 依托单位
	Terms    []string // what the two agree on
	Required []string // subjects that make a signed agreement mandatory
}

// Activities (活动) are the kinds of service a base may run (R71–R78).
type Activities struct {
	Source
	Groups []ActivityGroup
	Other  bool // 其他: a new form, described in words, is allowed (R77)
}

// An ActivityGroup is a family of activity kinds.
type ActivityGroup struct {
	Name     string
	Kinds    []string
	Benefit  bool // 公益: public-benefit service (R75)
	Facility bool // 长期: has a life span and members, not one day (R76)
}

// Evaluation (评估) of a base (R83–R95).
type Evaluation struct {
	Source
	Years    int // every so many years
	By       string
	Criteria []Criterion
	Outcomes []Outcome
}

// A Criterion (评估内容) is one of the things that are evaluated.
type Criterion struct {
	Source
	Name string
	From []string // records it is computed from, words of EvidenceRecords
}

// EvidenceRecords are the records of a base's life that a criterion can draw on.
var EvidenceRecords = []string{"规章制度", "管理人员", "场所", "年度计划", "年度总结", "基地任务", "服务活动", "经费台账", "专家聘请", "人才培养", "成果"}

// An Outcome (结果) is a grade that the notice names and what may follow.
type Outcome struct {
	Source
	Grade   string   // 建设较好, 不合格
	Grounds []string // any one of them
	May     []string // OutCommend …
}

// What may follow an evaluation.
const (
	OutCommend = "表彰"
	OutUpgrade = "推荐国家级"
	OutRectify = "限期整改"
	OutRevoke  = "撤销"
)

// Recommend (推荐) is what a recommending unit owes before it recommends (R105, R106).
type Recommend struct {
	Source
	ConfirmEach bool // 逐条确认申报条件
	GiveReasons bool // 写明推荐理由
}

// Quota (名额) limits what each recommending unit may recommend (R96, T4, T25).
type Quota struct {
	Source
	Per []RecommendClass
	Max int
}

// Delivery (报送) is when, where and in how many copies (R98–R103).
type Delivery struct {
	Source
	Deadline time.Time // closing instant, half-open: at it, it is too late (T3)
	Day      string    // the day that the text names: 2017-07-20
	To       string    // 受理机构, not the deciding one (T12)
	Forms    int       // 申报表, paper copies
	Evidence int       // 佐证材料, copies
	Digital  int       // 电子版, copies
}

// PublicNotice (公示) is a public notice period between 确定 and 授予.
type PublicNotice struct {
	Source
	WorkDays int
	FirstDay bool // the first day counts
	Official bool // false: 非通知原文
}
