package notice_test

import (
	"slices"
	"testing"
	"time"

	"shenbao/internal/notice"
)

// traps are the ambiguities T1–T27 of the requirements that are settled by a reading, and
// its target. T9, T10, T14 and T21 need none: the structure itself settles them.
var traps = map[string]string{
	"T1": notice.ReadForm, "T2": notice.ReadLayout, "T3": notice.ReadDeadline, "T4": notice.ReadQuota, "T5": notice.ReadLevel,
	"T6": notice.ReadReview, "T7": notice.ReadTitle, "T8": notice.ReadGrades, "T9": notice.ReadCriteria, "T11": notice.ReadPlaque,
	"T12": notice.ReadIntake, "T13": notice.ReadWords, "T15": notice.ReadActivity, "T16": notice.ReadLevel, "T17": notice.ReadRetired,
	"T18": notice.ReadGrades, "T19": notice.ReadPlans, "T20": notice.ReadFailure, "T21": notice.ReadLayout, "T22": notice.ReadPaper,
	"T23": notice.ReadPlace, "T24": notice.ReadPaper, "T25": notice.ReadQuota, "T26": notice.ReadPayee, "T27": notice.ReadPay,
	"T27 agreement": notice.ReadAgreement, "T27 tasks": notice.ReadTasks, "T27 date": notice.ReadFilled,
	"R34": notice.ReadCondition, "R37": notice.ReadActs, "R42": notice.ReadRecusal, "R45": notice.ReadGrant,
	"R106": notice.ReadOpinion, "R133": notice.ReadPublic, "fields beyond the annex": notice.ReadExtra,
}

func TestEveryTrapIsRead(t *testing.T) {
	n := parsed(t)
	used := map[string]bool{}
	for trap, target := range traps {
		used[target] = true
		if r, ok := n.Reading(target); !ok || len([]rune(r.Text)) < 10 {
			t.Errorf("%s: 解释 has no reason for %s: %q", trap, target, r.Text)
		}
	}
	for _, target := range notice.ReadingTargets {
		if !used[target] {
			t.Errorf("%s belongs to no trap", target)
		}
	}
}

func eq[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func list(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func names(fields []notice.Field) []string {
	var s []string
	for _, f := range fields {
		s = append(s, f.Name)
	}
	return s
}

// T1: one form, two names; the annex's is official, and the step that fills it in finds it.
func TestT1FormHasOneName(t *testing.T) {
	n := parsed(t)
	eq(t, "title", n.Form.Title, "内蒙古自治区专家服务基地申报表")
	eq(t, "alias", n.Form.Alias, "自治区专家服务基地申请表")
	s, _ := n.Step(notice.StepFill)
	eq(t, "form of the first step", s.Uses, "申报表")
	eq(t, "issuer on the cover", n.Form.Issuer, n.Issuer)
}

// T2: the three hints that stand below the goals in the text belong to the support box.
func TestT2HintsOfTheSupportBox(t *testing.T) {
	n := parsed(t)
	support, _ := n.Form.Field("支持措施和保障条件")
	list(t, "support", support.Points, "支持政策情况", "为服务专家及团队提供的工作、生活等保障措施", "基地建设规章制度、服务体系和管理人员队伍建设情况")
	goals, _ := n.Form.Field("建设目标及未来三年工作打算")
	list(t, "goals", goals.Hints)
	intro, _ := n.Form.Field("单位简介")
	list(t, "introduction (R114)", intro.Points, "单位性质", "创造效益", "获得奖励", "专业技术人员情况", "近年来承担的技术开发和推广项目")
}

// T3: 7月20日前 includes that day; the instant is half-open. Another reading, or an hour in
// the notice itself, gives another instant.
func TestT3ClosingInstant(t *testing.T) {
	for _, x := range []struct {
		edits []string
		want  string
	}{
		{nil, "2017-07-21T00:00:00+08:00"},
		{[]string{"取: 当日24时", "取: 前一日24时"}, "2017-07-20T00:00:00+08:00"},
		{[]string{"取: 当日24时", "取: 当日17时30分"}, "2017-07-20T17:30:00+08:00"},
		{[]string{"截止: 2017-07-20", "截止: 2017-07-20 16:00"}, "2017-07-20T16:00:00+08:00"},
	} {
		n, err := notice.Parse("x.md", plant(t, x.edits))
		if err != nil {
			t.Fatal(err)
		}
		eq(t, "deadline", n.Delivery.Deadline.Format(time.RFC3339), x.want)
		eq(t, "day", n.Delivery.Day, "2017-07-20")
	}
}

// T4, T25: one place for each recommending unit, direct units among them.
func TestT4Quota(t *testing.T) {
	q := parsed(t).Quota
	eq(t, "max", q.Max, 1)
	if want := []notice.RecommendClass{notice.Leagues, notice.Departments, notice.DirectUnits}; !slices.Equal(q.Per, want) {
		t.Errorf("per %v", q.Per)
	}
	eq(t, "clause", q.Clause, "七（一）")
	eq(t, "quote", q.Quote, "各地区、各部门申报基地数量控制在1个。")
}

// T5, T16: 盟市以下 marks four kinds, for a warning; the list is open (R20–R23).
func TestT5Hosts(t *testing.T) {
	h := parsed(t).Hosts
	eq(t, "kinds", len(h.Kinds), 11)
	var lower []string
	for _, k := range h.Kinds {
		if k.Lower {
			lower = append(lower, k.Name)
		}
	}
	list(t, "lower", lower, "基层科研单位", "专业技术协会", "农牧业合作组织", "技术中介服务组织")
	list(t, "fields of the other kind", h.Other.Fields, "需求理由", "产业类型", "所依托产业")
	kind, _ := parsed(t).Form.Field("依托单位类别")
	list(t, "offered", kind.Options, h.Names()...)
	reason, _ := parsed(t).Form.Field("需求理由")
	for _, answer := range []string{"其他基层单位", "产业园区", ""} {
		get := func(string) string { return answer }
		eq(t, "reason for "+answer, reason.Must(get), answer == "其他基层单位")
	}
}

// T6: panel, marks and public notice are settings with defaults, none of them in the text.
func TestT6Defaults(t *testing.T) {
	s := notice.DefaultSettings()
	eq(t, "panel", s.PanelMin, 5)
	eq(t, "marks", s.ScoreMax, 100)
	eq(t, "public notice", s.PublicNotice && s.PublicNoticeDays == 5 && s.FirstDayCounts, true)
	if parsed(t).Public != nil {
		t.Error("this notice stipulates no 公示 (R133)")
	}
}

// T7, T17: below 副高级 a reason is asked for; retired experts need no employer's approval.
func TestT7T17Experts(t *testing.T) {
	x := parsed(t).Experts
	eq(t, "least title", x.AtLeast, "副高级")
	eq(t, "below it", x.Exception, "说明理由")
	eq(t, "categories (R48–R57)", len(x.Categories), 11)
	list(t, "needs", x.Needs, "具有服务基层的良好意愿", "身体健康", "经本人工作单位批准", "不影响本职工作")
	list(t, "retired need", x.Retired.Needs, "身体健康", "本人自愿")
	list(t, "retired are exempt from", x.Retired.Exempt, "经本人工作单位批准", "不影响本职工作")
	eq(t, "setting", notice.DefaultSettings().RetiredApproval, false)
}

// T8, T18, T9, T20: two grades are named, two follow-ups of the good one come together,
// and nothing follows by itself.
func TestT8T18Evaluation(t *testing.T) {
	e := parsed(t).Evaluation
	eq(t, "years", e.Years, 3)
	eq(t, "outcomes", len(e.Outcomes), 2)
	good, bad := e.Outcomes[0], e.Outcomes[1]
	eq(t, "good", good.Grade, "建设较好")
	list(t, "grounds", good.Grounds, "取得重大科研成果", "为本地区、部门发展做出突出成绩")
	list(t, "good may", good.May, notice.OutCommend, notice.OutUpgrade)
	eq(t, "bad", bad.Grade, "不合格")
	list(t, "bad may", bad.May, notice.OutRectify, notice.OutRevoke)
	eq(t, "criteria", len(e.Criteria), 5)
	for i, want := range []string{"六·内容（一）", "六·内容（二）", "六·内容（三）", "六·内容（四）", "六·内容（五）"} {
		eq(t, "clause of a criterion", e.Criteria[i].Clause, want)
	}
}

// T10, T21, T26: the annex is followed: four rows at the head of the table, a second set
// of contact and telephones in the bank block, and a payee of its own.
func TestT10T21T26Form(t *testing.T) {
	f := parsed(t).Form
	list(t, "cover", names(f.Cover), "申报单位全称")
	list(t, "head", names(f.Head), "基地名称", "联系人", "电话", "通讯地址")
	list(t, "body", names(f.Body), "单位简介", "基本情况", "支持措施和保障条件", "建设目标及未来三年工作打算")
	list(t, "bank", names(f.Bank), "单位全称", "开户行", "账号", "开户联系人", "办公电话", "手机")
	office, _ := f.Field("办公电话")
	mobile, _ := f.Field("手机")
	eq(t, "telephones are two kinds (R125)", office.Kind == notice.Phone && mobile.Kind == notice.Mobile, true)
	eq(t, "and share a label", office.Lead == "联系电话：" && mobile.Lead == office.Lead, true)
	why, _ := f.Field("收款户名不一致的理由")
	for payee, want := range map[string]bool{"赤峰高新区": false, "赤峰会计核算中心": true, "": false} {
		get := func(field string) string {
			return map[string]string{"单位全称": payee, "申报单位全称": "赤峰高新区"}[field]
		}
		eq(t, "reason for payee "+payee, why.Must(get), want)
	}
}

// T11: the plaque's text is the notice's; the base's own name is a field of the form.
func TestT11Plaque(t *testing.T) {
	n := parsed(t)
	eq(t, "plaque", n.Recognition.Plaque, "内蒙古自治区专家服务基地")
	eq(t, "grant is open (R45)", n.Recognition.Grant, notice.Grant{Open: true})
	if _, ok := n.Form.Field("基地名称"); !ok {
		t.Error("the base has no name of its own")
	}
}

// T12: who receives is not who determines.
func TestT12Receiver(t *testing.T) {
	n := parsed(t)
	eq(t, "receiver", n.Delivery.To, "自治区留学人员和专家服务中心")
	s, _ := n.Step(notice.StepDetermine)
	eq(t, "determined by", s.By, notice.ByIssuer)
	eq(t, "issuer", n.Issuer, "内蒙古自治区人力资源和社会保障厅")
}

// T13: each limit says by which rule 字 are counted.
func TestT13Limits(t *testing.T) {
	for i, want := range []int{800, 500, 500, 800} {
		f := parsed(t).Form.Body[i]
		eq(t, f.Name, f.Limit, want)
		eq(t, f.Name+" rule", f.Rule, "word")
	}
}

// T14: a stray blank in a document number, and brackets of another kind, go.
func TestT14DocumentNumbers(t *testing.T) {
	n := parsed(t)
	eq(t, "number", n.Number, notice.DocNumber{Text: "内人社办发〔2017〕207号", Code: "内人社办发", Year: 2017, Serial: 207})
	eq(t, "basis", n.Basis[1].Number.Text, "人社厅发〔2014〕72号")
	for s, want := range map[string]string{
		"人社厅发〔2014〕 72号":  "人社厅发〔2014〕72号",
		"人社厅发[2014]72号":   "人社厅发〔2014〕72号",
		"人社厅发（2014）72号":   "人社厅发〔2014〕72号",
		"人社厅发〔2014〕第72号":  "",
		"人社厅发〔2014〕072号":  "",
		"人社厅发〔14〕72号":     "",
		"人社厅发〔2014〕72":    "",
		"〔2014〕72号":       "",
		"人社厅发〔2014〕0号":    "",
		"人社厅发2014年第72号":   "",
		"人社厅发〔2014〕72号之一": "",
	} {
		d, ok := notice.ParseDocNumber(s)
		eq(t, s, d.Text, want)
		eq(t, s, ok, want != "")
	}
}

// T19: the notice gives no day for plans and summaries, and no setting invents one.
func TestT19PlansHaveNoDay(t *testing.T) {
	e := parsed(t).Evaluation
	list(t, "punctuality is computed from", e.Criteria[4].From, "年度计划", "年度总结")
}

// T22, T24: five paper copies of the form, one of the evidence; the online act decides.
func TestT22Copies(t *testing.T) {
	d := parsed(t).Delivery
	eq(t, "forms", d.Forms, 5)
	eq(t, "evidence", d.Evidence, 1)
	eq(t, "electronic", d.Digital, 1)
	for _, c := range parsed(t).Conditions {
		eq(t, c.ID+" has a list of usual evidence", len(c.Evidence) > 0, true)
	}
}

// T23: non-public units enter at the HR bureau of their place (R38).
func TestT23Hierarchy(t *testing.T) {
	h := parsed(t).Hierarchy
	eq(t, "public", h.Public, "行政隶属关系")
	eq(t, "non-public", h.NonPublic, "所在地人社部门")
	eq(t, "clause", h.Clause, "四（一）")
}

// R24–R34: nine conditions under three items, two of them matters of degree.
func TestConditions(t *testing.T) {
	var ids, soft []string
	for _, c := range parsed(t).Conditions {
		ids = append(ids, c.ID+" "+c.Clause)
		if c.Soft {
			soft = append(soft, c.ID)
		}
		eq(t, c.ID+" asks for a statement", c.State, true)
	}
	list(t, "ids", ids, "1a 三（一）", "1b 三（一）", "2a 三（二）", "2b 三（二）", "2c 三（二）",
		"3a 三（三）", "3b 三（三）", "3c 三（三）", "3d 三（三）")
	list(t, "soft", soft, "1b", "2a")
}

// R35–R46, R126–R130: the steps, what each may answer, and the boxes that hold it.
func TestStepsAndBoxes(t *testing.T) {
	n := parsed(t)
	var steps []string
	for _, s := range n.Steps {
		steps = append(steps, s.Name)
	}
	list(t, "steps", steps, notice.StepFill, notice.StepRecommend, notice.StepCheck, notice.StepReview, notice.StepDetermine, notice.StepAward)
	up, _ := n.Step(notice.StepRecommend)
	for _, what := range []string{notice.MayAgree, notice.MayReturn, notice.MayDisagree} {
		eq(t, what, up.Can(what), true)
	}
	eq(t, "a level can't determine", up.Can(notice.MayDetermine), false)
	for i, want := range []notice.Box{
		{Name: "申报单位意见", Step: notice.StepFill, Seal: "单位（盖章）"},
		{Name: "盟市（厅局）意见", Step: notice.StepRecommend, Seal: "单位（盖章）"},
		{Name: "自治区人力资源和社会保障厅审批意见", Step: notice.StepDetermine}, // R128: no seal line
	} {
		b, _ := n.Form.Box(i + 1)
		eq(t, "box", notice.Box{Name: b.Name, Step: b.Step, Seal: b.Seal}, want)
		eq(t, b.Name+" has a signature and a date", b.Sign == "负责人（签字）：" && b.Date, true)
	}
}

// R66–R77: who engages, what needs an agreement, which activities there are.
func TestAgreementAndActivities(t *testing.T) {
	n := parsed(t)
	eq(t, "engaged by", n.Agreement.By, notice.ByHost)
	list(t, "mandatory for", n.Agreement.Required, "技术", "知识产权", "商业秘密")
	var groups []string
	for _, g := range n.Activities.Groups {
		groups = append(groups, g.Name)
		eq(t, g.Name+" is for the public good", g.Benefit, g.Name == "公益服务")
		eq(t, g.Name+" lasts", g.Facility, g.Name == "平台载体")
	}
	list(t, "groups", groups, "成果转化", "技术合作", "智力服务", "公益服务", "平台载体")
	eq(t, "a new form may be described", n.Activities.Other, true)
	eq(t, "each condition confirmed, with reasons (R105, R106)", n.Recommend.ConfirmEach && n.Recommend.GiveReasons, true)
	eq(t, "addressees (R3–R5)", len(n.Addressees), 3)
}
