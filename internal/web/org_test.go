package web_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shenbao/internal/auth"
	"shenbao/internal/desk"
	"shenbao/internal/event"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// form is the registration of a public unit below a banner, with the pairs changed.
func form(pairs ...string) []string {
	f := []string{"name", "赤峰市松山区农牧业科学研究所", "short", "松山农科所", "ownership", "public", "division", "150404", "superior", "hr-150404",
		"credit_code", "12150404460000000X", "address", "松山大街2号", "contact", "李明", "phone", "0476-8430999",
		"clerk-name", "李明", "clerk-login", "li.ming", "clerk-phone", "13900000001", "clerk-email", "li@demo.example",
		"principal-name", "赵强", "principal-login", "zhao.qiang", "principal-phone", "13900000002"}
	for i := 0; i+1 < len(pairs); i += 2 {
		at := slices.Index(f, pairs[i])
		if at < 0 {
			f = append(f, pairs[i], pairs[i+1])
			continue
		}
		f[at+1] = pairs[i+1]
	}
	return f
}

// registered sends a registration and answers with the unit's id.
func (s *site) registered(pairs ...string) org.UnitID {
	s.t.Helper()
	s.as("").post("/units/new", append(form(pairs...), "step", "send")...).says(s.t, 200, "DJ2017-")
	es, err := s.Registrations(s.ctx(), s.As("厅/安全管理员"))
	s.must(err)
	return es[len(es)-1].Unit.ID
}

var invitationLink = regexp.MustCompile(`/invitations/[a-z2-9]+`)

// links are the one-time links that a page shows.
func (p page) links() []string { return invitationLink.FindAllString(p.body, -1) }

func TestRegistration(t *testing.T) {
	s := newSite(t)
	stranger := s.as("")
	stranger.get("/units/new").says(t, 200, "单位全称", "严禁", "四（一）", "赤峰市人力资源和社会保障局")
	empty := stranger.post("/units/new", "step", "check", "name", "")
	empty.says(t, 422, "“单位全称”必须填写", "“经办人姓名”必须填写", "没有填写所有制")
	check := stranger.post("/units/new", append(form(), "step", "check")...)
	check.says(t, 200, "核对后提交", "按照行政隶属关系逐级申报", "赤峰市松山区人力资源和社会保障局", "校验位", "提交登记")
	if es, _ := s.Registrations(t.Context(), s.As("厅/安全管理员")); len(es) != 0 {
		t.Fatal("looking at a registration registered it")
	}
	stranger.post("/units/new", append(form(), "step", "edit")...).says(t, 200, "赤峰市松山区农牧业科学研究所", "li.ming")

	done := stranger.post("/units/new", append(form(), "step", "send", "_key", "k1")...)
	done.says(t, 200, "DJ2017-0001", "娜仁", "接下来")
	stranger.post("/units/new", append(form(), "step", "send", "_key", "k1")...).says(t, 200, "DJ2017-0001") // the same sending
	stranger.post("/units/new", append(form(), "step", "send", "_key", "k2")...).says(t, 409, "已经登记")
	stranger.post("/units/new", append(form("name", "另一个单位"), "step", "send")...).says(t, 409, "已由“赤峰市松山区农牧业科学研究所”登记")
	twin := form("division", "150402", "superior", "hr-150402", "credit_code", "")
	stranger.post("/units/new", append(twin, "step", "check")...).says(t, 422, "请勾选确认", "不是同一个单位")
	stranger.post("/units/new", append(twin, "step", "check", "twin", "1")...).says(t, 200, "提交登记")
}

func TestRegistrationRefusals(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		pairs []string
		says  string
	}{
		{[]string{"ownership", ""}, "没有填写所有制"},
		{[]string{"superior", ""}, "“上级（主管）单位”必须填写"},
		{[]string{"superior", "hr-150000"}, "没有可以推荐的单位"},
		{[]string{"ownership", "non_public", "superior", "", "division", "999999"}, "没有找到"},
		{[]string{"principal-login", "li.ming"}, "须是两个人"},
		{[]string{"principal-name", "李明", "principal-phone", "13900000001"}, "须是两个人"},
		{[]string{"clerk-login", "李明"}, "写法不对"},
		{[]string{"clerk-email", "x@y\r\nBcc: z"}, "不是可用的邮箱"},
		{[]string{"name", strings.Repeat("长", 201)}, "太长"},
	} {
		s.as("").post("/units/new", append(form(c.pairs...), "step", "check")...).says(t, 422, c.says)
	}
	// A non-public unit goes by its place, whatever department it names (R38).
	s.as("").post("/units/new", append(form("ownership", "non_public", "superior", "dept-nmt", "division", "150105"), "step", "check")...).
		says(t, 200, "所在地人社部门统一组织", "赛罕区")
	// Whether an account's name is taken is nothing for strangers (S03).
	s.as("").post("/units/new", append(form("clerk-login", "gaowa"), "step", "check")...).says(t, 200, "提交登记")
	for i := range 12 {
		p := s.as("").post("/units/new", append(form("name", fmt.Sprintf("单位%d", i), "credit_code", "", "clerk-login", "gaowa"), "step", "send")...)
		if want := map[bool]int{true: 200, false: 429}[i < 10]; p.status != want {
			t.Errorf("registration %d from one address: %d, want %d", i+1, p.status, want)
		}
	}
}

func TestAdmission(t *testing.T) {
	s := newSite(t)
	id := s.registered("clerk-login", "gaowa")
	path := "/registrations/" + string(id)
	for who, want := range map[string]int{"松山园区/经办": 403, "厅/业务": 403, "厅/系统管理员": 403, "厅/审计管理员": 403, "专家/钱": 403} {
		s.as(who).get("/registrations").says(t, want)
		s.as(who).post(path+"/admission", "outcome", "admit").says(t, 404)
	}
	s.as("赛罕区人社局/经办").get("/registrations").says(t, 200, "没有等待确认的登记")
	s.as("赛罕区人社局/经办").get(path).says(t, 404)
	bureau := s.as("松山区人社局/经办")
	bureau.get("/registrations").says(t, 200, "DJ2017-0001", "松山区农牧业科学研究所")
	bureau.get(path).says(t, 200, "已经有人用了", "申报路线", "逐级审核")
	bureau.post(path+"/admission", "clerk-login", "x").says(t, 422, "还没有选择结论")
	bureau.post(path+"/admission", "outcome", "refuse").says(t, 422, "须写明理由")
	bureau.post(path+"/admission", "outcome", "admit", "clerk-login", "gaowa", "principal-login", "zhao.qiang").says(t, 409, "已经有人使用")
	if p, err := s.Unit(t.Context(), s.As("厅/安全管理员"), id); err != nil || p.State != org.Pending || len(p.Posts) != 0 {
		t.Fatalf("a refused admission left something: %+v, %v", p, err)
	}
	done := bureau.post(path+"/admission", "outcome", "admit", "clerk-login", "li.ming", "principal-login", "zhao.qiang")
	done.says(t, 200, "李明", "赵强", "只在这里显示一次")
	if len(done.links()) != 2 {
		t.Fatalf("links: %v", done.links())
	}
	bureau.post(path+"/admission", "outcome", "admit", "clerk-login", "li.ming2", "principal-login", "z.q").says(t, 409, "已经办理过")
	bureau.get(path).says(t, 200, "李明还没有设置密码", "赵强还没有设置密码").hides(t, done.links()...)
	person := regexp.MustCompile(`/people/[0-9a-z]+/invitation`).FindString(bureau.get(path).body)
	again := bureau.post(person)
	again.says(t, 200, "只在这里显示一次")
	s.as("").get(done.links()[0]).says(t, 404)
	s.uses(again.links()[0])
	bureau.post(person).says(t, 403) // who has a password is not the bureau's any more
	s.as("红山区人社局/负责人").post(person).says(t, 404)
	facts, err := s.Unit(t.Context(), s.As("厅/安全管理员"), id)
	s.must(err)
	if len(facts.Posts) != 2 || facts.Facts[len(facts.Facts)-1].Kind != org.UnitApproved {
		t.Errorf("posts %+v facts %+v", facts.Posts, facts.Facts)
	}
}

// uses opens a one-time link and sets a password with it, which works once (Q17).
func (s *site) uses(link string) {
	s.t.Helper()
	s.as("").get(link).says(s.t, 200, "设置密码")
	s.as("").post(link, "password", "短", "again", "短").says(s.t, 422, "密码太短")
	s.as("").post(link, "password", "三个不相关的词：风车 咸菜 罗盘", "again", "三个不相关的词：风车 咸菜 罗盘").leads(s.t, "/home")
	s.as("").get(link).says(s.t, 404, "已经用过或者过期")
	s.as("").post(link, "password", "another long password", "again", "another long password").says(s.t, 404, "已经用过或者过期")
}

// A non-public unit without people of its own is admitted without accounts, and the bureau
// files for it (R39).
func TestRegistrationWithoutAccounts(t *testing.T) {
	s := newSite(t)
	none := []string{"clerk-name", "", "clerk-login", "", "clerk-phone", "", "principal-name", "", "principal-login", "", "principal-phone", "", "proxy", "1"}
	s.as("").post("/units/new", append(form(none...), "step", "check")...).says(t, 422, "不是非公经济组织")
	id := s.registered(append(none, "ownership", "non_public", "superior", "")...)
	bureau := s.as("松山区人社局/负责人")
	bureau.get("/registrations/"+string(id)).says(t, 200, "不需要账户").hides(t, "经办人姓名")
	bureau.post("/registrations/"+string(id)+"/admission", "outcome", "admit").leads(t, "/units/"+string(id))
	bureau.get("/units/"+string(id)).says(t, 200, "目前没有人担任岗位", "不论其行业主管部门是谁")
	if _, err := s.Begin(t.Context(), s.As("松山区人社局/经办"), s.Call, id, ""); err != nil {
		t.Errorf("the bureau files for it: %v", err)
	}
}

func TestRefusedRegistration(t *testing.T) {
	s := newSite(t)
	id := s.registered()
	s.as("松山区人社局/负责人").post("/registrations/"+string(id)+"/admission", "outcome", "refuse", "reason", "没有这个单位").leads(t, "/registrations/")
	s.as("松山区人社局/负责人").get("/registrations/"+string(id)).says(t, 200, "请电话告知", "没有这个单位", "0476-8430999")
	s.registered() // the same unit may ask again
}

// Who sees which page of this part: everybody else is refused.
func TestWhoSeesOrgPages(t *testing.T) {
	s := newSite(t)
	roles := []string{"厅/安全管理员", "厅/审计管理员", "厅/系统管理员", "松山园区/经办", "松山园区/负责人", "松山区人社局/经办", "厅/业务", "厅/财务", "专家/钱"}
	for _, c := range []struct {
		path string
		want [9]int
	}{
		{"/units", [9]int{200, 200, 403, 200, 200, 200, 200, 403, 403}},
		{"/units/hr-150404", [9]int{200, 200, 403, 200, 200, 200, 200, 403, 403}},
		{"/units/host-songshan", [9]int{200, 200, 403, 200, 200, 200, 200, 403, 403}},
		{"/units/host-muge", [9]int{200, 200, 403, 404, 404, 404, 200, 403, 403}},
		{"/units/nobody", [9]int{404, 404, 403, 404, 404, 404, 404, 403, 403}},
		{"/units/host-songshan/change", [9]int{200, 403, 403, 403, 403, 403, 403, 403, 403}},
		{"/units/host-songshan/ending", [9]int{200, 403, 403, 403, 403, 403, 403, 403, 403}},
		{"/units/import", [9]int{200, 403, 403, 403, 403, 403, 403, 403, 403}},
		{"/units/import/template", [9]int{200, 403, 403, 403, 403, 403, 403, 403, 403}},
		{"/people", [9]int{200, 403, 403, 403, 200, 403, 403, 403, 403}},
		{"/people/new", [9]int{200, 403, 403, 403, 200, 403, 403, 403, 403}},
		{"/people/demo-gaowa", [9]int{200, 404, 404, 404, 200, 404, 404, 404, 404}},
		{"/people/demo-naren", [9]int{200, 404, 404, 404, 404, 404, 404, 404, 404}},
		{"/posts/post-batu", [9]int{200, 404, 404, 404, 200, 404, 404, 404, 404}},
		{"/me", [9]int{200, 200, 200, 200, 200, 200, 200, 200, 200}},
		{"/audit", [9]int{403, 200, 403, 403, 403, 403, 403, 403, 403}},
		{"/audit/export?format=csv", [9]int{403, 200, 403, 403, 403, 403, 403, 403, 403}},
		{"/system", [9]int{403, 403, 200, 403, 403, 403, 403, 403, 403}},
	} {
		for i, who := range roles {
			for _, lang := range []string{"zh", "en"} {
				b := s.as(who)
				b.lang = lang
				if got := b.get(c.path).status; got != c.want[i] {
					t.Errorf("%s as %s: %d, want %d", c.path, who, got, c.want[i])
				}
			}
		}
		s.as("").get(c.path).leads(t, "/sign-in?next=")
	}
}

func TestUnitActs(t *testing.T) {
	s := newSite(t)
	sec := s.as("厅/安全管理员")
	const path = "/units/host-songshan"
	// The unit itself says how it is reached, and nothing else (M13).
	s.as("松山园区/经办").post(path+"/contact", "contact", "新联系人", "phone", "0476-1111111", "address", "新街1号").leads(t, path)
	s.as("松山园区/经办").get(path).says(t, 200, "新联系人", "高娃", "单位资料有变更")
	s.as("松山园区/经办").post(path+"/contact", "contact", "", "phone", "1").says(t, 422, "“联系人”必须填写")
	s.as("牧歌乳业/经办").post(path+"/contact", "contact", "x", "phone", "1").says(t, 404)
	change := []string{"version", "2", "name", "赤峰市松山区现代农业科技园区管理委员会", "short", "松山园区", "ownership", "public", "division", "150404", "superior", "dept-nmt"}
	s.as("松山园区/负责人").post(path+"/change", append(change, "reason", "想走厅局")...).says(t, 403, "安全管理员")
	sec.post(path+"/change", change...).says(t, 422, "须写明理由")
	sec.post(path+"/change", append(change, "reason", "内机编发〔2017〕12号")...).leads(t, path)
	sec.get(path).says(t, 200, "内机编发〔2017〕12号", "农牧业厅")
	sec.post(path+"/change", append(change, "reason", "又一次")...).says(t, 409, "别人已经办理或修改过")
	sec.post("/units/hr-150404/ending", "until", "2017-06-20", "reason", "撤并", "successor", "没有的单位").says(t, 422, "没有名为“没有的单位”的单位")
	sec.post("/units/dept-nmt/ending", "until", "2017-06-20", "reason", "撤并").says(t, 409, "下级单位")

	clerk := s.as("松山园区/经办")
	sec.post(path+"/ending", "until", "2017-06-20", "reason", "并入红山", "successor", "赤峰红山高新技术产业开发区管理委员会").leads(t, path)
	sec.get(path).says(t, 200, "已终止", "赤峰红山高新技术产业开发区管理委员会", "没有人担任岗位")
	clerk.get("/home").leads(t, "/sign-in")
	sec.get("/units?kind=host&league=150400").says(t, 200, "红山高新", "已终止")
	sec.get("/units?state=active&words=松山园区").says(t, 200, "没有符合条件的单位")
}

func TestUnitsGoOnByPages(t *testing.T) {
	s := newSite(t)
	sec := s.as("厅/安全管理员")
	next := regexp.MustCompile(`href="(/units\?[^"]*after=[^"]*)"`)
	seen, path := 0, "/units?kind=county_hr"
	for path != "" {
		p := sec.get(path)
		p.says(t, 200)
		seen += strings.Count(p.body, `href="/units/hr-`)
		path = ""
		if m := next.FindStringSubmatch(p.body); m != nil {
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if seen != 101 {
		t.Errorf("%d county-level bureaus on all pages, want 101", seen)
	}
}

// withPassword gives a person of the cast a password, by the link that the security
// administrator hands over, and signs in with it.
func (s *site) withPassword(login, password string) *client {
	s.t.Helper()
	p := s.as("厅/安全管理员").post("/people/demo-" + login + "/invitation")
	p.says(s.t, 200, "只在这里显示一次")
	s.as("").post(p.links()[0], "password", password, "again", password).leads(s.t, "/home")
	token, err := s.auth.SignIn(s.ctx(), s.clock(), login, password, "zh", "10.0.0.9")
	s.must(err)
	return &client{s: s, cookie: token, lang: "zh"}
}

func TestPasswords(t *testing.T) {
	s := newSite(t)
	const old = "风车 咸菜 罗盘 一二三"
	here, there := s.withPassword("gaowa", old), (*client)(nil)
	token, err := s.auth.SignIn(t.Context(), s.clock(), "gaowa", old, "zh", "10.0.0.8")
	s.must(err)
	there = &client{s: s, cookie: token, lang: "zh"}
	for _, c := range []struct{ next, says string }{
		{strings.Repeat("长", 129), "密码太长"}, {"short", "密码太短"}, {"gaowa gaowa 12", "不能含有账户名"}, {"111111111111", "太容易猜到"},
	} {
		here.post("/me/password", "old", old, "password", c.next, "again", c.next).says(t, 422, c.says)
	}
	here.post("/me/password", "old", "wrong password!", "password", old+"四", "again", old+"四").says(t, 422, "账户或密码不对")
	here.post("/me/password", "old", old, "password", old+"四", "again", "不同").says(t, 422, "两次输入的密码不一样")
	here.post("/me/password", "old", old, "password", strings.Repeat("x", 2<<20), "again", "x").says(t, 422, "太长")
	there.get("/me").says(t, 200)
	long := strings.Repeat("草原的风 ", 24) + "尾"
	here.post("/me/password", "old", old, "password", long, "again", long).leads(t, "/me")
	here.get("/me").says(t, 200)
	there.get("/me").leads(t, "/sign-in") // C06
	if _, err := s.auth.SignIn(t.Context(), s.clock(), "gaowa", strings.TrimSuffix(long, "尾"), "zh", "10.0.0.7"); err == nil {
		t.Error("a password was cut")
	}
	// An unknown account and a wrong password get the same answer (S03).
	one := s.as("").post("/sign-in", "login", "gaowa", "password", "not the password")
	two := s.as("").post("/sign-in", "login", "nobody", "password", "not the password")
	if same := strings.ReplaceAll(one.body, "gaowa", "nobody"); one.status != two.status || same != two.body {
		t.Errorf("%d and %d tell accounts apart", one.status, two.status)
	}
}

func TestSessions(t *testing.T) {
	s := newSite(t)
	one, two := s.as("松山园区/经办"), s.as("松山园区/经办")
	one.get("/me").says(t, 200, "退出其他登录", "127.0.0.1")
	one.post("/me/sessions").leads(t, "/me?done=others-ended")
	two.get("/me").leads(t, "/sign-in")
	one.get("/me").says(t, 200)
	one.post("/me/data", "phone", "13911111111", "email", "bad").says(t, 422, "不是可用的邮箱")
	one.post("/me/data", "phone", "13911111111", "email", "g@demo.example", "title", "科长").leads(t, "/me")
	one.get("/me").says(t, 200, "13911111111", "科长")
}

func TestPeople(t *testing.T) {
	s := newSite(t)
	head, sec := s.as("松山园区/负责人"), s.as("厅/安全管理员")
	head.get("/people").says(t, 200, "高娃").hides(t, "娜仁")
	p := head.post("/people", "name", "新人", "login", "xinren", "phone", "13900000009", "role", "clerk", "unit", "hr-150404")
	p.says(t, 200, "xinren", "只在这里显示一次")
	s.uses(p.links()[0])
	head.get("/people").says(t, 200, "新人", "赤峰市松山区现代农业科技园区管理委员会 经办")
	head.post("/people", "name", "新人", "login", "XINREN", "phone", "1", "role", "clerk").says(t, 409, "已经有人使用")
	head.post("/people", "name", "假领导", "login", "jia", "phone", "1", "role", "principal").says(t, 403, "安全管理员授予")
	head.post("/people", "name", "无岗位", "login", "wugang", "phone", "1").says(t, 403)
	head.post("/people/demo-batu/invitation").says(t, 403)
	head.post("/people/demo-naren/invitation").says(t, 404)
	sec.post("/people", "name", "新专家", "login", "zhuanjia", "phone", "1", "unit", "内蒙古自治区人力资源和社会保障厅", "role", "expert").
		says(t, 422, "“工作单位”必须填写", "“职称（职务）”必须填写")
	sec.post("/people", "name", "新专家", "login", "zhuanjia", "phone", "1", "unit", "内蒙古自治区人力资源和社会保障厅", "role", "expert",
		"employer", "内蒙古医科大学", "title", "教授").says(t, 200, "zhuanjia")
	sec.get("/people?role=expert&words=新专").says(t, 200, "新专家", "评审专家")
	sec.post("/people", "name", "错岗", "login", "cuogang", "phone", "1", "unit", "hr-150404", "role", "approver").says(t, 422, "不能设“审批”岗位")

	// Nobody grants themselves anything, the three administrators are three people, and no
	// administrator has a post that works on cases.
	sec.post("/people/demo-baixue/posts", "unit", "hr-150000", "role", "approver").says(t, 403, "不能给自己授予岗位")
	sec.post("/people/demo-baixue/suspension", "reason", "x").says(t, 403, "不能给自己")
	sec.post("/posts/post-baixue/ending", "reason", "x").says(t, 403, "不能给自己")
	for who, role := range map[string]string{"lizhiqiang": "auditor", "zhaomin": "approver", "gaowa": "secadmin", "wanglina": "approver"} {
		sec.post("/people/demo-"+who+"/posts", "unit", "hr-150000", "role", role).says(t, 403, "不能由同一人担任")
	}
	sec.post("/people/demo-gaowa/posts", "unit", "host-songshan", "role", "clerk").says(t, 409, "不必重复授予")
	s.later(16 * time.Minute)
	sec.post("/people/demo-naren/posts", "unit", "host-songshan", "role", "clerk").says(t, 403, "请再输入一次密码")
}

func TestEndedPosts(t *testing.T) {
	s := newSite(t)
	clerk, head, sec := s.as("松山园区/经办"), s.as("松山园区/负责人"), s.as("厅/安全管理员")
	old := s.As("松山园区/经办")
	head.post("/posts/post-gaowa/ending").says(t, 422, "须写明理由")
	head.post("/posts/post-gaowa/ending", "reason", "调离").leads(t, "/people/demo-gaowa")
	clerk.get("/home").leads(t, "/sign-in")
	if err := s.ReachUnit(t.Context(), old, "host-songshan", "a", "b", "c"); refusalOf(err) != "post-ended" {
		t.Errorf("an act from a post that ended: %v", err) // C01
	}
	head.post("/posts/post-gaowa/ending", "reason", "再来").says(t, 409, "已经结束")

	// A disabled account is out everywhere, its link is dead, and it stays so (C02, C03).
	naren := s.as("松山区人社局/经办")
	link := sec.post("/people/demo-naren/invitation").links()[0]
	sec.post("/people/demo-naren/suspension", "reason", "停职").leads(t, "/people/demo-naren")
	naren.get("/home").leads(t, "/sign-in")
	s.as("").get(link).says(t, 404, "已经用过或者过期")
	sec.post("/people/demo-naren/invitation").says(t, 409, "已停用")
	sec.post("/people/demo-naren/posts", "unit", "hr-150404", "role", "principal").says(t, 409, "已停用")
	sec.post("/people/demo-naren/restoration", "reason", "复职").leads(t, "/people/demo-naren")
	s.as("").get(link).says(t, 404)

	// A post goes on to somebody else with what waits for it.
	batu := s.as("松山园区/负责人")
	sec.post("/posts/post-batu/handover", "to", "nobody").says(t, 422, "没有账户名为“nobody”的在用账户")
	sec.post("/posts/post-batu/handover", "to", "hanxuemei", "note", "退休").leads(t, "/people/demo-batu")
	batu.get("/home").leads(t, "/sign-in")
	sec.get("/people/demo-hanxuemei").says(t, 200, "赤峰市松山区现代农业科技园区管理委员会", "负责人")
	sec.post("/posts/post-qianxuewen/handover", "to", "linqing").says(t, 403, "不能交接")
}

func refusalOf(err error) string {
	var rs event.Refusals
	if r, ok := err.(*event.Refusal); ok {
		return r.Kind
	}
	if x, ok := err.(event.Refusals); ok {
		rs = x
	}
	if len(rs) > 0 {
		return rs[0].Kind
	}
	return ""
}

func TestDelegation(t *testing.T) {
	s := newSite(t)
	head, clerk := s.as("松山园区/负责人"), s.as("松山园区/经办")
	head.get("/me").says(t, 200, "委托岗位", "高娃").hides(t, "娜仁")
	head.post("/me/delegations", "person", "demo-gaowa", "until", "2017-10-01").says(t, 422, "最长90天")
	head.post("/me/delegations", "person", "demo-gaowa", "until", "明天").says(t, 422, "日期写法不对")
	head.post("/me/delegations", "person", "demo-naren", "until", "2017-06-30").says(t, 422, "本单位有岗位的同事")
	head.post("/me/delegations", "person", "demo-batu", "until", "2017-06-30").says(t, 422, "不能委托给自己")
	head.post("/me/delegations", "person", "demo-gaowa", "until", "2017-06-22", "note", "出差").leads(t, "/me")
	head.get("/me").says(t, 200, "委托高娃办理", "6月22日24时")

	var lent desk.Held
	m, err := s.Me(t.Context(), s.As("松山园区/经办"))
	s.must(err)
	for _, h := range m.Posts {
		if h.OfName != "" {
			lent = h
		}
	}
	clerk.get("/me").says(t, 200, "受巴图委托", "切换到此岗位")
	clerk.post("/me/post", "post", string(lent.ID)).leads(t, "/home")
	clerk.get("/me").says(t, 200, "（受巴图委托，负责人）").hides(t, "最长90天")
	clerk.post("/me/delegations", "person", "demo-batu", "until", "2017-06-21").says(t, 403, "不能再转委托")

	// The delegate drafted it: they can't sign it for the lender either (R129).
	id, err := s.Begin(t.Context(), s.As("松山园区/经办"), s.Call, "host-songshan", "")
	s.must(err)
	s.must(fill(s, id))
	s.must(s.Prepare(t.Context(), s.As("松山园区/经办"), id))
	by := s.As("松山园区/经办")
	by.By.Post = string(lent.ID)
	if err := s.Sign(t.Context(), by, id); refusalOf(err) != "two-persons" {
		t.Errorf("a delegate signs what they drafted: %v", err)
	}
	s.must(s.Sign(t.Context(), s.As("松山园区/负责人"), id))

	head.get("/posts/"+string(lent.ID)).says(t, 200, "结束岗位").hides(t, "接任人")
	head.post("/posts/"+string(lent.ID)+"/ending", "reason", "提前回来").leads(t, "/me")
	clerk.get("/me").leads(t, "/sign-in")
	head.post("/me/delegations", "person", "demo-gaowa", "until", "2017-06-20").leads(t, "/me")
	s.later(16 * time.Hour) // C09: the term is over
	m, err = s.Me(t.Context(), s.As("松山园区/经办"))
	s.must(err)
	if len(m.Posts) != 1 {
		t.Errorf("posts after the term: %+v", m.Posts)
	}
}

// The three administrators see no case and act in none (M14).
func TestAdministratorsHaveNoCases(t *testing.T) {
	s := newSite(t)
	id, err := s.Begin(t.Context(), s.As("松山园区/经办"), s.Call, "host-songshan", "")
	s.must(err)
	s.must(fill(s, id))
	for _, who := range []string{"厅/系统管理员", "厅/安全管理员", "厅/审计管理员"} {
		r := s.As(who)
		if _, err := s.Case(t.Context(), r, id); refusalOf(err) != "not-found" {
			t.Errorf("%s reads a case: %v", who, err)
		}
		for name, act := range map[string]func() error{
			"prepare": func() error { return s.Prepare(t.Context(), r, id) },
			"sign":    func() error { return s.Sign(t.Context(), r, id) },
			"begin":   func() error { _, err := s.Begin(t.Context(), r, s.Call, "host-muge", ""); return err },
			"save":    func() error { _, err := s.Save(t.Context(), r, id, "基地名称", "x", 1); return err },
		} {
			if err := act(); refusalOf(err) == "" {
				t.Errorf("%s can %s: %v", who, name, err)
			}
		}
		for _, path := range []string{"/units/host-songshan", "/people/demo-gaowa", "/system", "/me", "/home"} {
			s.as(who).get(path).hides(t, "松山区现代农业专家服务基地", string(id))
		}
	}
}

// What one link is worth when it comes at once from two sides: one password.
func TestLinkRace(t *testing.T) {
	s := newSite(t)
	token, link := auth.NewLink()
	_, err := s.InvitePerson(t.Context(), s.As("厅/安全管理员"), "demo-gaowa", link)
	s.must(err)
	won := make(chan bool)
	for i := range 8 {
		go func() {
			_, err := s.auth.Accept(t.Context(), s.clock(), token, fmt.Sprintf("password number %d", i), "zh", "10.0.0.1")
			won <- err == nil
		}()
	}
	n := 0
	for range 8 {
		if <-won {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d of 8 used the link", n)
	}
	s.must(s.DB.Read(t.Context(), s.clock(), func(tx *store.Tx) error {
		if has, err := tx.HasPassword(t.Context(), "demo-gaowa"); err != nil || !has {
			t.Error("no password was set")
		}
		return nil
	}))
}
