package web_test

import (
	"encoding/json"
	"fmt"

	"strings"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/demo"
	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/internal/store"
)

// pooled is a site with the invented pool.
func pooled(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	s.must(demo.Pool(s.ctx(), s.World))
	return s
}

// recorded are all facts of a kind, whatever they are about.
func (s *site) recorded(kind event.Kind) (es []event.Event) {
	s.t.Helper()
	s.must(s.DB.Read(s.ctx(), s.clock(), func(tx *store.Tx) error {
		all, err := tx.FactsFrom(s.ctx(), 1)
		for _, e := range all {
			if e.Kind == kind {
				es = append(es, e)
			}
		}
		return err
	}))
	return es
}

// The list finds experts by what anybody remembers of them, page by page.
func TestExpertList(t *testing.T) {
	s := pooled(t)
	staff, approver := s.as("厅/业务"), s.as("厅/审批")
	staff.renders("/experts")
	p := staff.get("/experts")
	p.says(t, 200, "新增专家", "本页50条", "rel=\"next\"")
	seen := strings.Count(p.body, "/experts/demo-")
	for next := p; ; {
		i := strings.Index(next.body, `href="/experts?after=`)
		if i < 0 {
			break
		}
		href, _, _ := strings.Cut(next.body[i+6:], `"`)
		next = staff.get(strings.ReplaceAll(href, "&amp;", "&"))
		seen += strings.Count(next.body, "/experts/demo-")
	}
	if seen != 205 {
		t.Errorf("%d experts on all pages, want 205", seen)
	}
	one := demo.Members()[0]
	for _, q := range []string{"words=" + one.Person.Name, "words=內蒙古大學", "words=錢學文", "words=植物学+教授", "field=180&place=150105", "free=1&words=钱学文", "place=150100&words=钱", "level=senior&kind=technical&words=钱学文"} {
		want := "钱学文"
		if strings.Contains(q, one.Person.Name) {
			want = one.Person.Name
		}
		staff.get("/experts?"+q).says(t, 200, want)
	}
	for _, q := range []string{"words=钱学文&kind=finance", "words=钱学文+研究员", "field=23020&words=钱学文", "place=150200&words=钱学文", "state=left&words=钱学文", "words=%25"} {
		staff.get("/experts?"+q).hides(t, ">钱学文</a>")
	}
	gone := demo.Members()[33]
	staff.get("/experts?free=1&words="+gone.Person.Name).hides(t, ">"+gone.Person.Name+"<")
	approver.get("/experts").says(t, 200).hides(t, "新增专家")
	approver.get("/experts/new").says(t, 403)
	approver.get("/experts/export").says(t, 403)
	s.as("松山园区/负责人").get("/experts").says(t, 403)
	s.as("专家/钱").get("/experts").says(t, 403)
}

// A profile: of the staff with a reason, of the expert, of nobody else; kinship is shown to
// the two alone.
func TestExpertProfile(t *testing.T) {
	s := pooled(t)
	var kin demo.Member
	for _, m := range demo.Members() {
		if len(m.Profile.Kin) > 0 && m.State == expert.In {
			kin = m
		}
	}
	page := "/experts/" + string(kin.Person.ID)
	staff, approver := s.as("厅/业务"), s.as("厅/审批")
	staff.renders(page)
	staff.renders(page + "/profile")
	staff.renders("/experts/new")
	staff.get(page).says(t, 200, kin.Profile.Kin[0].Name, "配偶", "暂停", "退出专家库")
	approver.get(page).says(t, 200, kin.Person.Name).hides(t, "配偶", "亲属关系", "退出专家库")
	approver.get(page+"/profile").says(t, 403)
	s.as("专家/钱").get(page).says(t, 404)
	s.as("专家/钱").get(page+"/profile").says(t, 403)

	staff.post(page+"/membership", "act", "pause").says(t, 422, "须写明理由")
	staff.post(page+"/membership", "act", "return", "reason", "理由").says(t, 409, "在库状态")
	staff.post(page+"/membership", "act", "delete", "reason", "理由").says(t, 404)
	staff.post(page+"/membership", "act", "pause", "reason", "出国访学半年").leads(t, page)
	staff.get(page).says(t, 200, "出国访学半年", "恢复")
	approver.post(page+"/membership", "act", "resumption", "reason", "理由").says(t, 403)
	staff.post(page+"/membership", "act", "leaving", "reason", "本人退休").leads(t, page)
	staff.get(page).says(t, 200, "已退出", "重新入库")
	staff.get(page+"/profile").leads(t, page)
	staff.post(page+"/membership", "act", "return", "reason", "返聘").leads(t, page)

	good := []string{"name", "乌兰其木格", "phone", "13947099999", "title", "教授", "kind", "technical", "fields", "23020", "place", "150105", "employers.0.employer", "北疆农牧大学"}
	staff.post("/experts", "name", "某", "phone", "x", "kind", "technical").says(t, 422, "请写明现任工作单位", "请选择1至6个学科", "“职称（职务）”必须填写", "不是可用的电话号码")
	staff.post("/experts", append(good, "employers.1.employer", "某研究所", "employers.1.from", "2010", "employers.1.until", "二〇一五")...).
		says(t, 422, "不是年份或年月", `value="二〇一五"`, `value="某研究所"`)
	approver.post("/experts", good...).says(t, 403)
	staff.post("/experts", good...).leads(t, "/experts/")
	staff.post("/experts", good...).says(t, 422, "号码13947099999已有账户")
}

func TestOwnProfile(t *testing.T) {
	s := pooled(t)
	qian := s.as("专家/钱")
	qian.renders("/profile")
	qian.renders("/profile?edit=1")
	s.as("厅/业务").get("/profile").says(t, 404)
	p := qian.get("/profile?edit=1")
	_, rest, _ := strings.Cut(p.body, `name="version" value="`)
	version, _, _ := strings.Cut(rest, `"`)
	form := []string{"version", version, "title", "教授", "level", "senior", "kind", "technical", "fields", "18051", "fields", "61020", "place", "150105",
		"employers.0.employer", "内蒙古大学", "employers.0.from", "2005", "kin.0.name", "钱小满", "kin.0.relation", "女儿", "kin.0.unit", "松山园区", "max-load", "5"}
	qian.post("/profile", append(form, "max-load", "许多", "kin.1.name", "某")...).says(t, 422, "“亲属关系”必须填写", "钱小满")
	s.later(10 * time.Minute)
	qian.post("/profile", form...).leads(t, "/profile")
	qian.post("/profile", form...).says(t, 409, "别人已经办理或修改过")
	qian.get("/profile").says(t, 200, "钱小满", "请确认专家信息", "有过修改", "亲属关系")
	qian.post("/profile/confirmation").says(t, 422, "请先勾选")
	qian.post("/profile/confirmation", "consent", "1").leads(t, "/profile")
	qian.get("/profile").says(t, 200, "您已于")
	s.as("厅/业务").get("/experts/demo-qianxuewen").says(t, 200, "钱小满", "修改了钱学文的专家信息", "亲属关系")
	qian.post("/profile/membership", "act", "pause").says(t, 422, "须写明理由")
	qian.post("/profile/membership", "act", "pause", "reason", "带学生实习").leads(t, "/profile")
	qian.post("/profile/membership", "act", "return", "reason", "x").says(t, 403)
	id := s.reviewing("内蒙古农业大学")
	s.must(demo.OpenRound(s.ctx(), s.World))
	s.as("厅/业务").post("/applications/"+string(id)+"/review", "expert", "demo-qianxuewen", "due", "2017-07-10", "why", "人工补充").says(t, 409, "在库状态")
	for _, e := range s.recorded(expert.Changed) {
		if b, _ := json.Marshal(e); strings.Contains(string(b), "钱小满") {
			t.Errorf("a fact tells kinship: %s", b)
		}
	}
}

// A table is previewed row by row, taken in whole or not at all, and changes nothing the
// second time; an export is such a table.
func TestExpertImport(t *testing.T) {
	s := pooled(t)
	staff := s.as("厅/业务")
	staff.renders("/experts/import")
	for _, x := range []string{"xlsx", "csv"} {
		staff.get("/experts/template?format="+x).says(t, 200)
	}
	csv := staff.get("/experts/export?format=csv")
	csv.says(t, 200, "姓名", "钱学文", "18051植物学").hides(t, "配偶")
	staff.upload("/experts/import", "again.csv", []byte(csv.body)).says(t, 200, "表里的专家都已在库")
	xlsx := staff.get("/experts/export?format=xlsx&words=钱学文")
	staff.upload("/experts/import", "again.xlsx", []byte(xlsx.body)).says(t, 200, "表里的专家都已在库", "钱学文")

	head := "姓名,手机,工作单位,职称,专家类别,学科,所在地,职称级别\n"
	bad := head + "斯琴毕力格,13947088801,北疆农牧大学,教授,技术,畜牧学、兽医学,赛罕区,正高级\n毕力格图,13947088802,,教授,领导,风水,月球,\n"
	p := staff.upload("/experts/import", "bad.csv", []byte(bad))
	p.says(t, 200, "有1行有错", "专家类别：", "学科“风水”不在列表中", "请写明现任工作单位", "所在地“月球”").hides(t, "导入1位专家")
	en := *staff
	en.lang = "en"
	en.upload("/experts/import", "bad.csv", []byte(bad)).says(t, 200, "1 rows are bad", "“风水” is no field of the list")
	rows := func(text string) string {
		var out [][]string
		for line := range strings.Lines(text) {
			out = append(out, strings.Split(strings.TrimSpace(line), ","))
		}
		b, err := json.Marshal(out)
		s.must(err)
		return string(b)
	}
	apply := func(text string) page {
		return staff.sendFile("/experts/import/application", "", "rows", rows(text))
	}
	apply(bad).says(t, 422, "有1行有错")
	good := head + "斯琴毕力格,13947088801,北疆农牧大学,教授,技术,畜牧学、兽医学,赛罕区,正高级\n"
	staff.upload("/experts/import", "good.csv", []byte(good)).says(t, 200, "将新增1位专家")
	apply(good).leads(t, "/experts")
	staff.get("/experts?words=斯琴毕力格").says(t, 200, "畜牧学", "兽医学", "北疆农牧大学")
	before := len(s.recorded(expert.Added))
	apply(good).leads(t, "/experts")
	if n := len(s.recorded(expert.Added)); n != before || n != 1 {
		t.Errorf("the same table again: %d experts were added, %d before", n, before)
	}
	s.as("厅/安全管理员").get("/experts/import").says(t, 403)
	s.as("厅/审批").upload("/experts/import", "good.csv", []byte(good)).says(t, 403)
}

// Who is excluded, and why: by call and by application; the rules are the department's.
func TestRecusals(t *testing.T) {
	s := pooled(t)
	id := s.reviewing("红山高新区")
	list, page := "/calls/"+s.Call+"/recusals", "/applications/"+string(id)+"/recusal"
	staff, approver := s.as("厅/业务"), s.as("厅/审批")
	for _, c := range []*client{staff, approver} {
		c.renders(list)
		c.renders(page)
	}
	staff.get(list).says(t, 200, "通知未规定", "非通知原文", "不因地区回避", "在库专家", "亲属 1", "曾任职 1", "合作 1")
	staff.get(page).says(t, 200, "3年内曾在“赤峰红山高新技术产业开发区管理委员会”任职", "与“赤峰红山高新技术产业开发区管理委员会”有合作", "配偶韩雪梅列在申报材料的“联系人”中", "可由规则放宽", "专家信息")
	approver.get(page).says(t, 200, "亲属").hides(t, "配偶", "韩雪梅列在")
	for _, key := range []string{"红山高新区/负责人", "赤峰市人社局/经办", "专家/钱"} {
		s.as(key).get(list).says(t, 403)
	}
	former := demo.Members()[0]
	for _, m := range demo.Members() {
		for _, e := range m.Profile.Employers {
			if e.Until != "" && strings.HasPrefix(e.Name, "赤峰红山") && m.State == expert.In {
				former = m
			}
		}
	}
	s.must(demo.OpenRound(s.ctx(), s.World))
	staff.post("/applications/"+string(id)+"/review", "expert", string(former.Person.ID), "due", "2017-07-10", "why", "人工补充").says(t, 422, "应当回避：曾任职")

	set := "/calls/" + s.Call + "/recusal-rules"
	staff.post(set, "place", "league", "former", "0", "co-work", "x", "reason", "r").says(t, 422, "0到20")
	staff.post(set, "place", "mars", "former", "0", "co-work", "1", "reason", "r").says(t, 422, "还没有选择结论")
	staff.post(set, "place", "league", "former", "0", "co-work", "0").says(t, 422, "须写明理由")
	s.as("红山高新区/负责人").post(set, "place", "off", "former", "0", "co-work", "0", "reason", "r").says(t, 403)
	staff.post(set, "place", "league", "former", "0", "co-work", "0", "reason", "库中赤峰专家多，同盟市一律回避").leads(t, list)
	staff.get(list).says(t, 200, "同一盟市回避", "同地区").hides(t, "曾任职 1", "合作 1")
	staff.get("/calls/"+s.Call).says(t, 200, "同地区专家是否回避")
	s.must(s.Assign(s.ctx(), s.As("厅/业务"), id, []org.PersonID{former.Person.ID}, s.clock().AddDate(0, 0, 9), "人工补充"))

	bans := "/applications/" + string(id) + "/bans"
	staff.post(bans, "reason", "正在接受调查").says(t, 422, "没有选择专家")
	staff.post(bans, "expert", "demo-linqing").says(t, 422, "须写明理由")
	staff.post(bans, "expert", "demo-gaowa", "reason", "不是专家").says(t, 404)
	approver.post(bans, "expert", "demo-linqing", "reason", "r").says(t, 403)
	staff.post(bans, "expert", "demo-linqing", "reason", "正在接受调查").leads(t, page)
	staff.post(bans, "expert", "demo-linqing", "reason", "再次").says(t, 409, "已被指定回避")
	staff.get(page).says(t, 200, "指定回避", "正在接受调查")
	staff.post("/applications/"+string(id)+"/review", "expert", "demo-linqing", "due", "2017-07-10", "why", "人工补充").says(t, 422, "指定回避")
	p := staff.get(page)
	_, rest, _ := strings.Cut(p.body, `name="ban" value="`)
	ban, _, _ := strings.Cut(rest, `"`)
	lift := "/applications/" + string(id) + "/ban-lifting"
	staff.post(lift, "ban", ban).says(t, 422, "须写明理由")
	staff.post(lift, "ban", "none", "reason", "r").says(t, 404)
	staff.post(lift, "ban", ban, "reason", "查无此事").leads(t, page)
	staff.post(lift, "ban", ban, "reason", "r").says(t, 409, "已经解除")
	staff.post("/applications/"+string(id)+"/review", "expert", "demo-linqing", "due", "2017-07-10", "why", "人工补充").leads(t, "/applications/")
	s.unitLearnsNothing(id, "红山高新区", "正在接受调查", "林清", "查无此事")
}

// The applicant asks once; what is granted keeps experts off; nobody else learns of it.
func TestRecusalRequest(t *testing.T) {
	s := pooled(t)
	id := s.reviewing("红山高新区")
	path := "/applications/" + string(id) + "/recusal-request"
	head, clerk, staff := s.as("红山高新区/负责人"), s.as("红山高新区/经办"), s.as("厅/业务")
	head.renders(path)
	head.get("/applications/"+string(id)).says(t, 200, `href="`+path+`"`, "申请回避")
	head.get(path).says(t, 200, "评审组名单不公开", "通知未规定").hides(t, "钱学文")
	clerk.get(path).says(t, 200, "须由负责人")
	for _, key := range []string{"松山园区/负责人", "赤峰市人社局/负责人", "厅/业务", "专家/钱"} {
		s.as(key).get(path).says(t, 404)
	}
	ask := []string{"targets.0.person", "錢學文", "targets.0.unit", "内蒙古大学", "targets.1.unit", "鹿城稀土研究院", "reason", "与该院有未决的专利权属纠纷，详见判决书"}
	clerk.post(path, ask...).says(t, 403, "负责人")
	head.post(path, "reason", "不喜欢").says(t, 422, "1至5个", "至少10字", "不喜欢")
	s.as("松山园区/负责人").post(path, ask...).says(t, 404)
	head.post(path, ask...).leads(t, path)
	head.post(path, ask...).says(t, 409, "只能申请一次")
	head.get(path).says(t, 200, "待答复", "鹿城稀土研究院", "每份申报只能申请一次")

	page := "/applications/" + string(id) + "/recusal"
	staff.get("/calls/"+s.Call+"/recusals").says(t, 200, "待答复")
	staff.get(page).says(t, 200, "未决的专利权属纠纷", "准予的人员和单位")
	staff.post(page, "granted", "1").says(t, 422, "须写明理由")
	s.as("厅/审批").post(page, "granted", "1", "answer", "r").says(t, 403)
	head.post(page, "granted", "0", "granted", "1", "answer", "准予").says(t, 403)
	staff.post(page, "granted", "1", "granted", "7", "answer", "专利纠纷属实，该院专家回避；另一项没有依据。").leads(t, page)
	staff.post(page, "granted", "0", "answer", "再答复").says(t, 409, "已经答复")
	head.get(path).says(t, 200, "准予1项，共2项", "专利纠纷属实")
	staff.get(page).says(t, 200, "申报单位申请").hides(t, ">钱学文</a>")
	s.as("赤峰市人社局/负责人").get("/applications/"+string(id)).says(t, 200).hides(t, "专利", "申请回避")
	s.as("专家/钱").get("/reviews/"+string(id)).says(t, 404)
	asked := 0
	for _, e := range s.recorded(application.RecusalAsked) {
		if e.Outcome == event.OK {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("%d requests on record", asked)
	}
}

// A conflict that comes to light after a score: the score is void, what was written stays,
// somebody is proposed, and the expert reads nothing any more.
func TestConflictFoundLater(t *testing.T) {
	s := pooled(t)
	id := s.reviewing("红山高新区")
	s.must(demo.OpenRound(s.ctx(), s.World))
	due := s.clock().AddDate(0, 0, 9)
	s.must(s.Assign(s.ctx(), s.As("厅/业务"), id, []org.PersonID{"demo-qianxuewen", "demo-linqing", "demo-siriguleng"}, due, "人工补充"))
	path := "/reviews/" + string(id)
	qian, lin, staff := s.as("专家/钱"), s.as("专家/林"), s.as("厅/业务")
	for _, who := range []org.PersonID{"demo-qianxuewen", "demo-linqing"} {
		s.must(s.Accept(s.ctx(), who))
	}
	for _, c := range []*client{qian, lin} {
		c.post(path+"/conflict-report", "kinds", "co-work", "conflict", "合作").says(t, 409, "须先作回避声明")
		c.post(path+"/declaration", "tie", "none").leads(t, path)
		c.post(path+"/score", sheet("hand-in")...).leads(t, "/reviews")
	}
	qian.get(path).says(t, 200, "发现应当回避")
	qian.post(path+"/conflict-report").says(t, 422, "请选择利害关系的种类", "须写明理由")
	qian.post(path+"/conflict-report", "kinds", "co-work", "conflict", "才想起三年前签过技术合同").leads(t, path)
	qian.post(path+"/conflict-report", "kinds", "co-work", "conflict", "再次").says(t, 409, "已经作废")
	p := qian.get(path)
	p.says(t, 200, "才想起三年前签过技术合同", "评分作废")
	p.hides(t, firstLine(s.handedIn(id).Get("单位简介")))

	page, void := "/applications/"+string(id)+"/recusal", "/applications/"+string(id)+"/score-voiding"
	staff.get(page).says(t, 200, "钱学文的评分已由钱学文于", "接替")
	staff.post(void, "kinds", "kinship", "conflict", "经查").says(t, 404)
	staff.post(void, "expert", "demo-linqing", "kinds", "kinship").says(t, 422, "须写明理由")
	staff.post(void, "expert", "demo-linqing", "conflict", "群众反映").says(t, 422, "请选择利害关系的种类")
	s.as("厅/审批").post(void, "expert", "demo-linqing", "kinds", "kinship", "conflict", "经查").says(t, 403)
	staff.post(void, "expert", "demo-linqing", "kinds", "kinship", "conflict", "群众反映，经核实为亲属").leads(t, page)
	staff.get(page).says(t, 200, "经核实为亲属", "本人声明")
	lin.get(path).says(t, 200, "经核实为亲属")
	c, err := s.Case(s.ctx(), s.As("厅/业务"), id)
	s.must(err)
	voided := 0
	for _, a := range c.Reviews {
		if a.Voided == nil {
			continue
		}
		voided++
		if a.Scored.IsZero() || len(a.Scoring.Marks) == 0 || a.Voided.Proposed == "" || a.Voided.Proposed == a.Expert {
			t.Errorf("%s: %+v", a.Name, a.Voided)
		}
		if found := c.Reviews; a.Voided.Proposed != "" {
			for _, b := range found {
				if b.Expert == a.Voided.Proposed {
					t.Errorf("%s is proposed, and reviews it already", b.Name)
				}
			}
		}
	}
	es := s.recorded(review.Voided)
	if voided != 2 || len(es) == 0 || es[0].Detail["proposed"] == "" || es[0].Detail["scored"] != "true" || es[0].Reason == "" {
		t.Errorf("%d voided, %+v", voided, es)
	}
	s.unitLearnsNothing(id, "红山高新区", "钱学文", "技术合同", "经核实为亲属")
}

// 40 applications and 205 experts: the page of all conflicts answers well within a second.
func TestRecusalsAreQuick(t *testing.T) {
	s := pooled(t)
	id := s.reviewing("红山高新区")
	s.must(s.DB.Write(s.ctx(), s.clock(), func(tx *store.Tx) error {
		a, err := tx.Application(s.ctx(), id)
		if err != nil {
			return err
		}
		v, _ := a.Current()
		content, err := tx.Frozen(s.ctx(), id, v.N)
		if err != nil {
			return err
		}
		for i := range 39 {
			u := org.Unit{ID: org.UnitID(fmt.Sprint("copy-", i)), Name: fmt.Sprintf("红山第%d产业园区管理委员会", i), Kind: org.Host, Ownership: org.Public,
				Superior: "hr-150402", Division: "150402", State: org.Active}
			if err := tx.AddUnit(s.ctx(), u); err != nil {
				return err
			}
			b := *a
			b.ID, b.Unit, b.UnitName, b.Number, b.BaseName = application.ID(tx.NewID()), u.ID, u.Name, fmt.Sprintf("SB2017-1%03d", i), u.Name+"基地"
			if err := tx.AddApplication(s.ctx(), &b); err != nil {
				return err
			}
			v.Code = fmt.Sprintf("COPY-%04d-0000", i)
			if err := tx.Freeze(s.ctx(), b.ID, v, content); err != nil {
				return err
			}
		}
		return nil
	}))
	staff := s.as("厅/业务")
	began := time.Now()
	staff.get("/calls/"+s.Call+"/recusals").says(t, 200, "40份申报")
	if d := time.Since(began); d > time.Second {
		t.Errorf("40 applications with the pool took %v", d)
	} else {
		t.Logf("%v", d)
	}
}
