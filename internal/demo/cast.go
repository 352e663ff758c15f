// Package demo (演示) is the invented cast on the real administrative tree, and the way
// through a call that they live through: for visitors of the demo, and for tests, which
// play the same people. It goes through the desk like everybody else.
package demo

import (
	"context"
	"fmt"
	"time"

	"shenbao/internal/auth"
	"shenbao/internal/desk"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// A Persona is one invented person in one post.
type Persona struct {
	Key    string // “松山园区/经办”: how stories call them
	Person org.PersonID
	Post   org.PostID
	Name   string
	Role   org.Role
	Unit   org.UnitID
	Office string // the unit's name
}

// hosts are invented units of every way up: public units below a banner, non-public ones
// that belong to nobody or to a department, and units of a department.
var hosts = []org.Unit{
	{ID: "host-songshan", Name: "赤峰市松山区现代农业科技园区管理委员会", Short: "松山园区", Ownership: org.Public, Superior: "hr-150404", Division: "150404",
		Address: "赤峰市松山区振兴大街18号", Contact: "高娃", Phone: "0476-8430101"},
	{ID: "host-hongshan", Name: "赤峰红山高新技术产业开发区管理委员会", Short: "红山高新区", Ownership: org.Public, Superior: "hr-150402", Division: "150402",
		Address: "赤峰市红山区高新大道1号", Contact: "韩雪梅", Phone: "0476-8820202"},
	{ID: "host-muge", Name: "内蒙古牧歌乳业股份有限公司", Short: "牧歌乳业", Ownership: org.NonPublic, Superior: "dept-nmt", Division: "150105",
		Address: "呼和浩特市赛罕区金桥路66号", Contact: "包文龙", Phone: "0471-5960303"},
	{ID: "host-lvyuan", Name: "呼和浩特市赛罕区绿源农牧业专业合作社", Short: "绿源合作社", Ownership: org.NonPublic, Superior: "hr-150105", Division: "150105",
		Address: "呼和浩特市赛罕区金河镇", Contact: "武喜贵", Phone: "0471-5961313"}, // nobody there has an account: its bureau files for it (R39)
	{ID: "host-xitu", Name: "包头市晟源稀土新材料有限公司", Short: "晟源稀土", Ownership: org.NonPublic, Superior: "hr-150200", Division: "150207",
		Address: "包头市九原区稀土路9号", Contact: "田野", Phone: "0472-6980404"},
	{ID: "host-dalate", Name: "达拉特旗农牧业技术推广中心", Short: "达旗推广中心", Ownership: org.Public, Superior: "hr-150621", Division: "150621",
		Address: "鄂尔多斯市达拉特旗树林召镇", Contact: "赵慧", Phone: "0477-5210505"},
	{ID: "host-erlian", Name: "二连浩特市口岸物流产业园区管理委员会", Short: "二连园区", Ownership: org.Public, Superior: "hr-152501", Division: "152501",
		Address: "二连浩特市欧亚大街3号", Contact: "斯琴", Phone: "0479-7520606"},
	{ID: "host-zhongzi", Name: "内蒙古自治区种子技术推广站", Short: "种子站", Ownership: org.Public, Superior: "dept-nmt", Division: "150102",
		Address: "呼和浩特市新城区兴安路21号", Contact: "周敏", Phone: "0471-6520707"},
	{ID: "host-yiqi", Name: "伊金霍洛旗绒山羊养殖专业合作社", Short: "伊旗合作社", Ownership: org.NonPublic, Superior: "hr-150627", Division: "150627",
		Address: "鄂尔多斯市伊金霍洛旗阿勒腾席热镇", Contact: "巴雅尔", Phone: "0477-8680808"},
	{ID: "host-keerqin", Name: "通辽市科尔沁区蒙中医药研究所", Short: "科尔沁研究所", Ownership: org.Public, Superior: "hr-150502", Division: "150502",
		Address: "通辽市科尔沁区民主路12号", Contact: "白秀兰", Phone: "0475-8230909"},
	{ID: "host-zhalute", Name: "扎鲁特旗黄牛繁育技术协会", Short: "扎旗协会", Ownership: org.Public, Superior: "hr-150526", Division: "150526",
		Address: "通辽市扎鲁特旗鲁北镇", Contact: "包金山", Phone: "0475-7281010"},
	{ID: "host-xilin", Name: "锡林浩特市牧草种子繁育场", Short: "锡市繁育场", Ownership: org.Public, Superior: "hr-152502", Division: "152502",
		Address: "锡林浩特市那达慕街5号", Contact: "那顺", Phone: "0479-8221111"},
	{ID: "host-sunite", Name: "苏尼特右旗苏尼特羊产业园区管理委员会", Short: "苏右园区", Ownership: org.Public, Superior: "hr-152524", Division: "152524",
		Address: "锡林郭勒盟苏尼特右旗赛汉塔拉镇", Contact: "图雅", Phone: "0479-7231212"},
}

type role struct {
	key, name, login string
	unit             org.UnitID
	role             org.Role
	employer, title  string
}

var cast = []role{
	{"松山园区/经办", "高娃", "gaowa", "host-songshan", org.Clerk, "", "科员"},
	{"松山园区/负责人", "巴图", "batu", "host-songshan", org.Principal, "", "主任"},
	{"红山高新区/经办", "韩雪梅", "hanxuemei", "host-hongshan", org.Clerk, "", "科员"},
	{"红山高新区/负责人", "郭永胜", "guoyongsheng", "host-hongshan", org.Principal, "", "副主任"},
	{"牧歌乳业/经办", "包文龙", "baowenlong", "host-muge", org.Clerk, "", "项目经理"},
	{"牧歌乳业/负责人", "乌日娜", "wurina", "host-muge", org.Principal, "", "总经理"},
	{"晟源稀土/经办", "田野", "tianye", "host-xitu", org.Clerk, "", "技术部主管"},
	{"晟源稀土/负责人", "李国栋", "liguodong", "host-xitu", org.Principal, "", "总经理"},
	{"达旗推广中心/经办", "赵慧", "zhaohui", "host-dalate", org.Clerk, "", "农艺师"},
	{"达旗推广中心/负责人", "额尔敦", "eerdun", "host-dalate", org.Principal, "", "主任"},
	{"二连园区/经办", "斯琴", "siqin", "host-erlian", org.Clerk, "", "科员"},
	{"二连园区/负责人", "陈志远", "chenzhiyuan", "host-erlian", org.Principal, "", "主任"},
	{"种子站/经办", "周敏", "zhoumin", "host-zhongzi", org.Clerk, "", "农艺师"},
	{"种子站/负责人", "白建军", "baijianjun", "host-zhongzi", org.Principal, "", "站长"},
	{"伊旗合作社/经办", "巴雅尔", "bayaer", "host-yiqi", org.Clerk, "", "畜牧师"},
	{"伊旗合作社/负责人", "阿拉腾", "alateng", "host-yiqi", org.Principal, "", "理事长"},
	{"科尔沁研究所/经办", "白秀兰", "baixiulan", "host-keerqin", org.Clerk, "", "主治医师"},
	{"科尔沁研究所/负责人", "金宝", "jinbao", "host-keerqin", org.Principal, "", "所长"},
	{"扎旗协会/经办", "包金山", "baojinshan", "host-zhalute", org.Clerk, "", "秘书"},
	{"扎旗协会/负责人", "韩志军", "hanzhijun", "host-zhalute", org.Principal, "", "会长"},
	{"锡市繁育场/经办", "那顺", "nashun", "host-xilin", org.Clerk, "", "农艺师"},
	{"锡市繁育场/负责人", "杨建国", "yangjianguo", "host-xilin", org.Principal, "", "场长"},
	{"苏右园区/经办", "图雅", "tuya", "host-sunite", org.Clerk, "", "科员"},
	{"苏右园区/负责人", "哈斯", "hasi", "host-sunite", org.Principal, "", "主任"},
	{"松山区人社局/经办", "娜仁", "naren", "hr-150404", org.Clerk, "", "科员"},
	{"松山区人社局/负责人", "孙伟", "sunwei", "hr-150404", org.Principal, "", "局长"},
	{"红山区人社局/经办", "马丽", "mali", "hr-150402", org.Clerk, "", "科员"},
	{"红山区人社局/负责人", "特木尔", "temuer", "hr-150402", org.Principal, "", "局长"},
	{"赤峰市人社局/经办", "刘洋", "liuyang", "hr-150400", org.Clerk, "", "专技科科员"},
	{"赤峰市人社局/负责人", "陈国华", "chenguohua", "hr-150400", org.Principal, "", "副局长"},
	{"赛罕区人社局/经办", "丁小宁", "dingxiaoning", "hr-150105", org.Clerk, "", "科员"},
	{"赛罕区人社局/负责人", "宝力道", "baolidao", "hr-150105", org.Principal, "", "局长"},
	{"呼和浩特市人社局/经办", "苏雅", "suya", "hr-150100", org.Clerk, "", "科员"},
	{"呼和浩特市人社局/负责人", "贾立新", "jialixin", "hr-150100", org.Principal, "", "副局长"},
	{"九原区人社局/经办", "王倩", "wangqian", "hr-150207", org.Clerk, "", "科员"},
	{"九原区人社局/负责人", "高飞", "gaofei", "hr-150207", org.Principal, "", "局长"},
	{"包头市人社局/经办", "董洁", "dongjie", "hr-150200", org.Clerk, "", "科员"},
	{"包头市人社局/负责人", "朝鲁", "chaolu", "hr-150200", org.Principal, "", "副局长"},
	{"达拉特旗人社局/经办", "郝瑞", "haorui", "hr-150621", org.Clerk, "", "科员"},
	{"达拉特旗人社局/负责人", "苏和", "suhe", "hr-150621", org.Principal, "", "局长"},
	{"鄂尔多斯市人社局/经办", "云飞", "yunfei", "hr-150600", org.Clerk, "", "科员"},
	{"鄂尔多斯市人社局/负责人", "折海军", "zhehaijun", "hr-150600", org.Principal, "", "副局长"},
	{"伊金霍洛旗人社局/经办", "刘瑞霞", "liuruixia", "hr-150627", org.Clerk, "", "科员"},
	{"伊金霍洛旗人社局/负责人", "道尔吉", "daoerji", "hr-150627", org.Principal, "", "局长"},
	{"科尔沁区人社局/经办", "李娟", "lijuan", "hr-150502", org.Clerk, "", "科员"},
	{"科尔沁区人社局/负责人", "王志刚", "wangzhigang", "hr-150502", org.Principal, "", "局长"},
	{"扎鲁特旗人社局/经办", "萨日娜", "sarina", "hr-150526", org.Clerk, "", "科员"},
	{"扎鲁特旗人社局/负责人", "宝音", "baoyin", "hr-150526", org.Principal, "", "局长"},
	{"通辽市人社局/经办", "于洋", "yuyang", "hr-150500", org.Clerk, "", "科员"},
	{"通辽市人社局/负责人", "白龙", "bailong", "hr-150500", org.Principal, "", "副局长"},
	{"锡林浩特市人社局/经办", "张敏", "zhangmin", "hr-152502", org.Clerk, "", "科员"},
	{"锡林浩特市人社局/负责人", "乌力吉", "wuliji", "hr-152502", org.Principal, "", "局长"},
	{"苏尼特右旗人社局/经办", "其其格", "qiqige", "hr-152524", org.Clerk, "", "科员"},
	{"苏尼特右旗人社局/负责人", "赵永强", "zhaoyongqiang", "hr-152524", org.Principal, "", "局长"},
	{"锡林郭勒盟人社局/经办", "崔岩", "cuiyan", "hr-152500", org.Clerk, "", "科员"},
	{"锡林郭勒盟人社局/负责人", "敖特根", "aotegen", "hr-152500", org.Principal, "", "副局长"},
	{"二连浩特市人社局/经办", "萨仁", "saren", "hr-152501", org.Clerk, "", "科员"},
	{"二连浩特市人社局/负责人", "赵铁柱", "zhaotiezhu", "hr-152501", org.Principal, "", "局长"},
	{"农牧业厅/经办", "胡斌", "hubin", "dept-nmt", org.Clerk, "", "人事处主任科员"},
	{"农牧业厅/负责人", "乌云", "wuyun", "dept-nmt", org.Principal, "", "人事处处长"},
	{"内蒙古农业大学/经办", "何静", "hejing", "direct-imau", org.Clerk, "", "人事处科员"},
	{"内蒙古农业大学/负责人", "王东升", "wangdongsheng", "direct-imau", org.Principal, "", "人事处处长"},
	{"厅/业务", "王丽娜", "wanglina", "hr-150000", org.Staff, "", "专家处一级主任科员"},
	{"厅/业务2", "乌兰", "wulan", "hr-150000", org.Staff, "", "专家处副处长"},
	{"厅/审批", "孟和", "menghe", "hr-150000", org.Approver, "", "副厅长"},
	{"厅/财务", "张建国", "zhangjianguo", "hr-150000", org.Finance, "", "规财处科长"},
	{"厅/系统管理员", "李志强", "lizhiqiang", "hr-150000", org.SysAdmin, "", "信息中心工程师"},
	{"厅/安全管理员", "白雪", "baixue", "hr-150000", org.SecAdmin, "", "信息中心工程师"},
	{"厅/审计管理员", "赵敏", "zhaomin", "hr-150000", org.Auditor, "", "机关纪委干部"},
	{"中心/受理", "其木格", "qimuge", "centre", org.Intake, "", "中心科员"},
	{"专家/钱", "钱学文", "qianxuewen", "hr-150000", org.Expert, "内蒙古大学", "教授"},
	{"专家/斯日古楞", "斯日古楞", "siriguleng", "hr-150000", org.Expert, "内蒙古农牧业科学院", "研究员"},
	{"专家/林", "林清", "linqing", "hr-150000", org.Expert, "内蒙古工业大学", "教授"},
	{"专家/吴", "吴海峰", "wuhaifeng", "hr-150000", org.Expert, "内蒙古科技大学", "教授"},
	{"专家/农大", "李文慧", "liwenhui", "hr-150000", org.Expert, "内蒙古农业大学", "教授"},
}

// A World is the desk with its cast.
type World struct {
	*desk.Desk
	DB    *store.DB
	Cast  []Persona
	byKey map[string]Persona
	Now   func() time.Time
	Call  string // the open call, once it was published
}

// Cast makes the tree, the invented units and people in an empty database, or finds them.
func Cast(ctx context.Context, db *store.DB, d *desk.Desk, now func() time.Time) (*World, error) {
	w := &World{Desk: d, DB: db, byKey: map[string]Persona{}, Now: now}
	err := db.Write(ctx, now(), func(tx *store.Tx) error {
		any, err := tx.AnyPerson(ctx)
		if err != nil || any {
			return err
		}
		units, divisions := Tree()
		reachable(units)
		for _, h := range hosts {
			h.Kind, h.State = org.Host, org.Active
			units = append(units, h)
		}
		if _, err := auth.Plant(ctx, tx, units, divisions); err != nil {
			return err
		}
		for _, r := range cast {
			id := org.PersonID("demo-" + r.login)
			if err := tx.AddPerson(ctx, org.Person{ID: id, Name: r.name, Login: r.login, Phone: "13800000000", Email: r.login + "@demo.example",
				Employer: r.employer, Title: r.title}); err != nil {
				return err
			}
			if err := tx.AddPost(ctx, org.Post{ID: org.PostID("post-" + r.login), Person: id, Unit: r.unit, Role: r.role, From: tx.Now}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return w, w.find(ctx)
}

// reachable gives the offices in which somebody of the cast sits a contact and an invented
// number: every page names who to call.
func reachable(units []org.Unit) {
	for i := range units {
		for n, r := range cast {
			if r.unit == units[i].ID && units[i].Contact == "" {
				units[i].Contact, units[i].Phone = r.name, fmt.Sprintf("0471-55501%02d", n)
			}
		}
	}
}

func (w *World) find(ctx context.Context) error {
	return w.DB.Read(ctx, w.Now(), func(tx *store.Tx) error {
		for _, r := range cast {
			h, err := tx.Post(ctx, org.PostID("post-"+r.login))
			if err != nil {
				return fmt.Errorf("%s: %w", r.key, err)
			}
			p := Persona{Key: r.key, Person: h.Person, Post: h.ID, Name: r.name, Role: r.role, Unit: r.unit, Office: h.UnitName}
			w.Cast = append(w.Cast, p)
			w.byKey[r.key] = p
		}
		return nil
	})
}

// As is a request of a persona now, with a fresh sign-in. An unknown key panics: stories
// are written by programmers.
func (w *World) As(key string) desk.Request {
	p, ok := w.byKey[key]
	if !ok {
		panic("demo: nobody is called " + key)
	}
	now := w.Now()
	var a org.Actor
	a.Person, a.Name, a.Post, a.Role, a.Unit, a.UnitName = string(p.Person), p.Name, string(p.Post), string(p.Role), string(p.Unit), p.Office
	a.Kind, a.SignedIn, a.Addr = kindOf(p), now, "127.0.0.1"
	return desk.Request{By: a, At: now}
}

// Enlist adds one more invented person to the cast, in unit u, which it makes when it is
// not there yet.
func (w *World) Enlist(ctx context.Context, key, name string, u org.Unit, role org.Role) error {
	p := Persona{Key: key, Person: org.PersonID("demo-" + key), Post: org.PostID("post-" + key), Name: name, Role: role, Unit: u.ID, Office: u.Name}
	err := w.DB.Write(ctx, w.Now(), func(tx *store.Tx) error {
		if _, err := tx.Unit(ctx, u.ID); store.IsNotFound(err) {
			u.Kind, u.State = org.Host, org.Active
			if err := tx.AddUnit(ctx, u); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		if err := tx.AddPerson(ctx, org.Person{ID: p.Person, Name: name, Login: key, Phone: "13800000000"}); err != nil {
			return err
		}
		return tx.AddPost(ctx, org.Post{ID: p.Post, Person: p.Person, Unit: u.ID, Role: role, From: tx.Now})
	})
	w.Cast, w.byKey[key] = append(w.Cast, p), p
	return err
}

func kindOf(p Persona) org.Kind {
	units, _ := Tree()
	for _, u := range units {
		if u.ID == p.Unit {
			return u.Kind
		}
	}
	return org.Host
}
