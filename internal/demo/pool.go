package demo

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/org"
	"shenbao/internal/store"
)

// poolSize is how many invented experts there are beside the five of the cast.
const poolSize = 200

// A school is where invented experts work: institutes that there are not, of every kind
// and place, with the fields of their people.
type school struct {
	name, place string
	fields      []string
	ranks       [2]string // titles of the two highest levels
}

var schools = []school{
	{"北疆农牧大学农学院", "150105", []string{"21030", "21060", "21050"}, [2]string{"教授", "副教授"}},
	{"北疆农牧大学动物科学学院", "150105", []string{"23020", "23030"}, [2]string{"教授", "副教授"}},
	{"北疆农牧大学食品科学与工程学院", "150105", []string{"55020", "55030"}, [2]string{"教授", "副教授"}},
	{"青城理工大学材料学院", "150102", []string{"43040", "43045", "43055"}, [2]string{"教授", "副教授"}},
	{"青城理工大学化工学院", "150102", []string{"53047", "53054", "53067"}, [2]string{"教授", "副教授"}},
	{"青城理工大学机械学院", "150102", []string{"46020", "46025", "47040"}, [2]string{"教授", "副教授"}},
	{"青城财经大学会计学院", "150103", []string{"79037", "79039", "79071"}, [2]string{"教授", "副教授"}},
	{"青城财经大学公共管理学院", "150103", []string{"63045", "63055", "79059"}, [2]string{"教授", "副教授"}},
	{"鹿城稀土研究院", "150207", []string{"43040", "45040", "44040"}, [2]string{"正高级工程师", "高级工程师"}},
	{"鹿城冶金设计研究院", "150203", []string{"45035", "44035", "44075"}, [2]string{"正高级工程师", "高级工程师"}},
	{"红山农业科学研究所", "150402", []string{"21030", "21040", "21060"}, [2]string{"研究员", "副研究员"}},
	{"松漠林业科学研究院", "150404", []string{"22015", "22030", "22045"}, [2]string{"研究员", "副研究员"}},
	{"哲里木畜牧科学研究院", "150502", []string{"23020", "23030", "18071"}, [2]string{"研究员", "副研究员"}},
	{"哲里木蒙医药大学", "150502", []string{"36020", "36040", "35035"}, [2]string{"主任医师", "副主任医师"}},
	{"鄂尔多草业研究中心", "150602", []string{"21020", "22040", "61030"}, [2]string{"研究员", "副研究员"}},
	{"鄂尔多能源化工技术研究院", "150602", []string{"53047", "48050", "61030"}, [2]string{"正高级工程师", "高级工程师"}},
	{"锡林草原生态研究站", "152502", []string{"18051", "61020", "22040"}, [2]string{"研究员", "副研究员"}},
	{"呼伦农垦科学技术研究所", "150702", []string{"21030", "21070", "23020"}, [2]string{"研究员", "副研究员"}},
	{"巴彦河套农业技术推广总站", "150802", []string{"21050", "21040", "21070"}, [2]string{"推广研究员", "高级农艺师"}},
	{"乌兰马铃薯研究院", "150902", []string{"21030", "18061", "21060"}, [2]string{"研究员", "副研究员"}},
	{"兴安水稻研究所", "152201", []string{"21030", "21050"}, [2]string{"研究员", "副研究员"}},
	{"阿拉善荒漠生态研究所", "152921", []string{"22040", "61020"}, [2]string{"研究员", "副研究员"}},
	{"青城数字技术研究院", "150105", []string{"52020", "52040", "52060"}, [2]string{"正高级工程师", "高级工程师"}},
	{"华北食品药品检验研究院", "", []string{"55020", "53064", "35010"}, [2]string{"主任药师", "副主任药师"}},
	{"首都农林大学园艺学院", "", []string{"21040", "21060"}, [2]string{"教授", "副教授"}},
}

var (
	surnames = []string{"王", "李", "张", "刘", "陈", "杨", "赵", "吴", "周", "孙", "马", "朱", "郭", "何", "罗", "高", "林", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹", "彭", "曾", "肖"}
	given    = []string{"建平", "晓红", "志刚", "丽华", "海燕", "明远", "春梅", "永强", "秀兰", "文博", "雪莲", "国强", "慧敏", "立军", "亚楠", "振华", "玉洁", "宏伟", "淑芳", "思远", "佳音", "广田", "云霞", "培文", "少波", "瑞雪", "兴旺", "静怡", "庆丰", "若兰"}
	mongol   = []string{"苏日娜", "阿木尔", "乌云其其格", "巴特尔", "萨仁图雅", "斯日古楞图", "朝克图", "娜仁花", "额尔德尼", "呼格吉勒", "塔娜", "毕力格", "乌日汗", "宝音德力格尔", "通拉嘎", "那木拉", "其布日", "阿茹娜", "图门", "哈斯其木格"}
)

// topics are what people of a field work on, for their representative works.
var topics = map[string][]string{
	"21030": {"旱作玉米密植高产栽培", "春小麦抗逆育种", "马铃薯脱毒种薯繁育", "杂粮良种选育与推广"}, "21060": {"草地螟绿色防控", "马铃薯晚疫病预警"}, "21050": {"盐碱地改良", "黑土地保护性耕作"},
	"21040": {"设施蔬菜节水栽培", "寒地果树引种"}, "21070": {"农业机械化深松整地", "节水灌溉装备"}, "21020": {"牧草种子生产", "饲草营养评价"},
	"23020": {"肉羊杂交改良", "奶牛精准饲养", "绒山羊选育"}, "23030": {"布鲁氏菌病净化", "牛羊疫病检测"}, "55020": {"乳制品发酵工艺", "牛羊肉精深加工"}, "55030": {"冷链保鲜包装"},
	"43040": {"稀土储氢合金", "高强铝合金"}, "43045": {"石墨负极材料", "稀土永磁陶瓷"}, "43055": {"风电叶片复合材料"}, "45040": {"稀土湿法冶炼减排"}, "45035": {"钒钛钢冶炼"}, "44035": {"露天煤矿边坡治理"},
	"44040": {"低品位矿石浮选"}, "44075": {"煤矿瓦斯防治"}, "53047": {"煤制烯烃催化剂", "煤焦油加氢"}, "53054": {"农药中间体清洁生产"}, "53067": {"氨基酸发酵代谢工程"}, "53064": {"蒙药制剂工艺"},
	"46020": {"牧草收获机械设计"}, "46025": {"精密铸造工艺"}, "47040": {"风光互补微电网"}, "48050": {"工业余热回收"}, "61030": {"矿区废水处理", "沙化土地修复工程"}, "61020": {"草原碳汇监测"},
	"22015": {"樟子松良种选育"}, "22030": {"林业有害生物监测"}, "22040": {"防风固沙林营造"}, "22045": {"文冠果经济林培育"}, "18051": {"草原植被恢复"}, "18061": {"乳酸菌资源"}, "18071": {"家畜胚胎移植"},
	"36020": {"蒙医传统疗术规范"}, "36040": {"道地药材种植"}, "35035": {"缓释制剂"}, "35010": {"天然产物提取"}, "52020": {"牧区遥感识别"}, "52040": {"农业大数据平台"}, "52060": {"智慧园区系统"},
	"79037": {"政府会计制度实施"}, "79039": {"专项资金绩效审计"}, "79071": {"财政支农资金管理"}, "63045": {"人才政策评估"}, "63055": {"高层次人才柔性引进"}, "79059": {"农牧业产业化经营"},
}

// A Member is one invented expert of the pool.
type Member struct {
	Person  org.Person
	Profile expert.Profile
	State   expert.State
}

// Members are the invented experts of the pool, always the same, in the order of their ids.
// Some of them have worked for or with hosts of the cast, or have relatives there.
func Members() []Member {
	taken := map[string]bool{}
	for _, r := range cast {
		taken[r.name] = true
	}
	for _, h := range hosts {
		taken[h.Contact] = true
	}
	var out []Member
	for k := 0; len(out) < poolSize; k++ {
		name := surnames[k%len(surnames)] + given[(k*7+k/len(surnames))%len(given)]
		if k%9 == 4 {
			name = mongol[k/9%len(mongol)]
		}
		if taken[name] {
			continue
		}
		taken[name] = true
		out = append(out, member(len(out), name))
	}
	return out
}

func member(i int, name string) Member {
	s := schools[i%len(schools)]
	level, title := expert.Senior, s.ranks[0]
	if i%3 == 1 {
		level, title = expert.ViceSenior, s.ranks[1]
	}
	p := expert.Profile{Kind: expert.Technical, Title: title, Level: level, Place: s.place, MaxLoad: 6 + i%4*2}
	p.Fields = []string{s.fields[i/len(schools)%len(s.fields)]}
	if second := s.fields[(i/len(schools)+1)%len(s.fields)]; i%2 == 0 && second != p.Fields[0] {
		p.Fields = append(p.Fields, second)
	}
	switch {
	case s.fields[0] == "79037":
		p.Kind = expert.Finance
	case s.fields[0] == "63045":
		p.Kind = expert.Management
	}
	p.Employers = []expert.Employer{{Name: s.name, From: strconv.Itoa(1998 + i%15)}}
	for n, f := range p.Fields {
		ts := topics[f]
		t := ts[(i+n)%len(ts)]
		p.Texts = append(p.Texts, "《"+t+"技术研究》，主持自治区科技计划项目", t+"在旗县园区的示范推广，培训农牧民和技术人员")
	}
	p.Qualifications = "自治区科技计划项目评审专家"
	tie(i, &p)
	m := Member{Profile: p, State: expert.In}
	switch i % 50 {
	case 17:
		m.State = expert.Pausing
	case 33:
		m.State = expert.Gone
	case 41:
		m.Profile.AwayFrom, m.Profile.AwayUntil = "2017-07-01", "2017-09-30"
	}
	login := fmt.Sprintf("expert%03d", i+1)
	m.Person = org.Person{ID: org.PersonID("demo-" + login), Name: name, Login: login, Phone: fmt.Sprintf("139470%05d", i+1), Email: login + "@demo.example",
		Employer: m.Profile.Employer(), Title: title}
	return m
}

// tie gives some experts what conflicts are found by.
func tie(i int, p *expert.Profile) {
	h := hosts[i%len(hosts)]
	switch {
	case i%19 == 3:
		p.Employers = append(p.Employers, expert.Employer{Name: h.Name, From: "2009", Until: "2015-06"})
	case i%19 == 8:
		p.CoWork = append(p.CoWork, expert.CoWork{Unit: h.Name, What: "产业技术咨询", From: "2015", Until: "2016"})
	case i%29 == 11:
		p.Kin = append(p.Kin, expert.Kin{Name: h.Contact, Relation: "配偶", Unit: h.Name})
	case i%37 == 5:
		p.Employers = append(p.Employers, expert.Employer{Name: h.Name + "技术部", From: "2016"}) // part-time
	}
}

// castProfiles are the profiles of the experts of the cast.
var castProfiles = map[string]expert.Profile{
	"qianxuewen": {Fields: []string{"18051", "61020"}, Place: "150105", Texts: []string{"草原植被恢复技术研究", "典型草原退化机理"}},
	"siriguleng": {Fields: []string{"23020", "21020"}, Place: "150105", Texts: []string{"肉羊杂交改良与繁育", "牧草种子生产技术"}},
	"linqing":    {Fields: []string{"53067", "55020"}, Place: "150102", Texts: []string{"氨基酸发酵代谢工程", "玉米深加工"}},
	"wuhaifeng":  {Fields: []string{"43040", "45040"}, Place: "150203", Texts: []string{"稀土功能材料", "稀土湿法冶炼减排"}},
	"liwenhui":   {Fields: []string{"21030", "21060"}, Place: "150105", Texts: []string{"杂粮良种选育与推广", "马铃薯晚疫病预警"}},
}

// Pool fills the pool with invented experts, and writes profiles for those of the cast; in
// a pool that was filled it does nothing. Nobody of them has a password.
func Pool(ctx context.Context, w *World) error {
	by := w.As("厅/业务").By
	members := Members()
	return w.DB.Write(ctx, w.Now(), func(tx *store.Tx) error {
		if _, err := tx.Person(ctx, members[0].Person.ID); !store.IsNotFound(err) {
			return err
		}
		for i, m := range members {
			if err := tx.AddPerson(ctx, m.Person); err != nil {
				return err
			}
			post := org.Post{ID: org.PostID("post-" + m.Person.Login), Person: m.Person.ID, Unit: org.UnitID(by.Unit), Role: org.Expert, From: tx.Now}
			if err := tx.AddPost(ctx, post); err != nil {
				return err
			}
			x := expert.Of(m.Person)
			x.Profile, x.State = m.Profile, m.State
			if m.State != expert.In {
				x.Reason = "本人申请"
			}
			if err := keepExpert(ctx, tx, x, i%5 != 4); err != nil {
				return err
			}
		}
		for k, r := range cast {
			if r.role != org.Expert {
				continue
			}
			id := org.PersonID("demo-" + r.login)
			person, err := tx.Person(ctx, id)
			if err != nil {
				return err
			}
			person.Phone = fmt.Sprintf("138470%05d", k+1) // the pool knows its experts by their numbers
			if err := tx.SavePerson(ctx, person); err != nil {
				return err
			}
			x, err := tx.Expert(ctx, id)
			if err != nil {
				return err
			}
			p := castProfiles[r.login]
			p.Kind, p.Level, p.Title, p.Employers = expert.Technical, expert.Senior, r.title, []expert.Employer{{Name: r.employer, From: "2005"}}
			x.Profile = p
			if err := keepExpert(ctx, tx, x, true); err != nil {
				return err
			}
		}
		_, err := tx.Record(ctx, event.Event{Kind: expert.Imported, On: event.Subject{Kind: "expert"}, By: by.Actor, At: tx.Now,
			Detail: map[string]string{"count": strconv.Itoa(len(members)), "rows": strconv.Itoa(len(members))}})
		return err
	})
}

func keepExpert(ctx context.Context, tx *store.Tx, x expert.Expert, confirmed bool) error {
	x.Since, x.Written = tx.Now, tx.Now
	if confirmed {
		x.Confirmed = tx.Now
	}
	return tx.SaveExpert(ctx, x)
}

// InCast reports whether an expert is one of the few whom a visitor can be.
func (w *World) InCast(p org.PersonID) bool {
	return slices.ContainsFunc(w.Cast, func(c Persona) bool { return c.Person == p })
}
