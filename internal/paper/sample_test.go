package paper_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"shenbao/hanzi"
	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/paper"
	"shenbao/notices"
)

// The texts are invented; the names among them have characters beyond the BMP and
// outside the common lists.
const (
	profile = "园区成立于2009年，是经自治区人民政府批准设立的农业科技园区，现有入驻企业46家，其中国家级高新技术企业7家、自治区级农牧业产业化重点龙头企业11家。2016年实现营业收入38.6亿元，同比增长12.4%，上缴税金1.93亿元，带动农牧民1.2万户，户均增收4,300元。先后获得“国家农业科技园区”“全国农村创业创新园区（基地）”“自治区科技进步二等奖”等称号。\n园区共有专业技术人员418人，其中正高级职称23人、副高级职称67人，博士16人、硕士92人；聘有赵砦、陈垚、王喆、刘峣、马骉、包𬭊等外聘专家。近三年承担国家重点研发计划子课题3项（2016YFD0300100等）、自治区科技重大专项5项，推广“科玉505”等优良品种210万亩，玉米秸秆综合利用技术、L-苏氨酸高密度发酵技术、DNA分子标记辅助育种（SSR/SNP）技术达到国内先进水平；与中国农业大学、江南大学等13所院校建立了长期合作关系。"
	basis   = "软硬件条件：建有科研用房6,800平方米，设有玉米生物技术重点实验室、质量检测中心、院士专家工作站，拥有气相色谱—质谱联用仪（GC-MS）、5L～500L发酵罐等仪器设备132台（套），总价值4,260万元；设有专家公寓24套。\n主要产业方向为玉米精深加工、生物发酵、良种繁育，急需微生物代谢工程、酶工程、作物遗传育种、环境保护（“三废”治理）等领域专家。\n必要性：当地产业链条短、附加值低，年均技术难题30余项无法自主解决。可行性：近五年累计接待专家460余人（次），解决关键技术难题58项，培训农牧民2.3万人次。"
	support = "旗委、旗政府出台《关于加强专家服务基层工作的实施意见》（左中党发〔2016〕18号），每年安排专项经费200万元，对进入基地的专家团队给予10～50万元项目配套资助。为专家提供办公室、实验室、公寓、交通和健康体检等保障，为家属就业、子女入学开辟“绿色通道”。制定《基地管理办法》《专家聘任与考核办法》《经费使用管理办法》等8项制度，配备专职管理人员6名、兼职联络员15名，形成“基地＋专家团队＋企业（合作社）＋农牧户”的服务体系。"
	plan    = "总体目标：用三年时间，把基地建成集技术攻关、成果转化、人才培养、决策咨询于一体，在全区具有示范带动作用的专家服务平台。\n第一年：完善运行机制，柔性引进专家30名以上，签订合作协议12项，建立试验田1,000亩，举办培训班20期、培训2,000人次。第二年：实施联合攻关项目8项，转化成果5项，建立示范推广区10万亩，开展巡回义诊、科普宣传等公益活动15场。第三年：形成自主知识产权20件以上（其中发明专利8件），培养硕士、博士研究生40名，新增产值6亿元，争创国家级专家服务基地。\n保障措施：一是加强组织领导，实行目标责任制；二是落实经费，专款专用、单独核算；三是严格考核，每年12月31日前报送工作总结和下年度工作计划。"
)

// upTo repeats a text until it has just under n 字.
func upTo(text string, n int) string {
	out := text
	for hanzi.Count(out) < n {
		out += "\n" + text
	}
	r := []rune(out)
	for hanzi.Count(string(r)) > n-1 {
		r = r[:len(r)-1]
	}
	return string(r) + "。"
}

func call(t testing.TB) *notice.Notice {
	t.Helper()
	b, err := notices.FS.ReadFile(notices.ExpertServiceBase2017)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Parse(notices.ExpertServiceBase2017, b)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, locale.Beijing)
	if err != nil {
		panic(err)
	}
	return t
}

func signed(step, box int, unit, who, text string, when string, v filing.Version) filing.Opinion {
	return filing.Opinion{Step: step, Box: box, Unit: org.UnitID(fmt.Sprint("u", step)), UnitName: unit, Version: v.N, Hash: v.Hash, Outcome: filing.Agree,
		Text: text, Stage: filing.Signed, Signer: &event.Actor{Name: who, UnitName: unit}, SignedAt: at(when)}
}

// full is the whole form: every long box at its limit, a route with one level in
// between, evidence, lists.
func full(t testing.TB) paper.FormPaper {
	t.Helper()
	n := call(t)
	c := filing.Content{
		Case: "a1", N: 1, Notice: n.SHA256, Form: n.Form.Title, Unit: "u0", UnitName: "科尔沁左翼中旗玉米生物产业技术示范园区管理委员会",
		Opinion: "经集体研究并公示五个工作日无异议，所填内容真实，同意申报。",
		Answers: filing.Answers{
			"基地名称": "内蒙古自治区科尔沁玉米生物产业专家服务基地", "联系人": "包𬭊（乌力吉·毕力格）", "电话": "0475-3210000",
			"通讯地址": "内蒙古自治区通辽市科尔沁左翼中旗保康镇科尔沁大街88号（邮编029300）",
			"单位简介": upTo(profile, 800), "基本情况": upTo(basis, 500), "支持措施和保障条件": upTo(support, 500), "建设目标及未来三年工作打算": upTo(plan, 800),
			"单位全称": "科尔沁左翼中旗玉米生物产业技术示范园区管理委员会", "开户行": "中国农业银行股份有限公司科尔沁左翼中旗支行", "账号": "0512 3456 7890 1234 567",
			"开户联系人": "斯琴高娃", "办公电话": "0475-3210000", "手机": "13800000000",
			"依托单位类别": "农牧业合作组织", "基地所在旗县": "150521", "产业方向": filing.PutWords([]string{"玉米精深加工", "生物发酵"}),
			"近年来专家服务活动": filing.PutRows([]filing.Row{
				{"开始日期": "2015-06-03", "结束日期": "2015-06-09", "活动名称": "玉米秸秆综合利用技术巡回指导", "服务地点": "保康镇、花吐古拉镇", "专家人数": "12", "服务人次": "860", "成效": "建立试验田三处，秸秆利用率提高18%"},
				{"开始日期": "2016-09-12", "结束日期": "2016-09-15", "活动名称": "L-苏氨酸发酵工艺联合攻关", "服务地点": "园区发酵中试车间", "专家人数": "5", "服务人次": "40", "成效": "转化率由46%提高到51%"},
			}),
			"地方经费投入": filing.PutRows([]filing.Row{{"投入年份": "2016", "投入金额": "2000000", "资金来源": "旗本级财政"}}),
			"支持方式":   filing.PutWords([]string{"技术攻关", "成果转化"}),
		},
	}
	for i, cond := range n.Conditions {
		c.Answers[filing.StatementField(cond.ID)] = "我单位" + cond.Name + "，主要依据见佐证材料。" + strings.Repeat("有关情况已在相应栏目写明。", i%3)
		c.Evidence = append(c.Evidence, filing.Evidence{ID: fmt.Sprint("e", i), Purpose: filing.ForEvidence, Topic: cond.ID,
			Name: fmt.Sprintf("%s证明材料（%d）.pdf", cond.Name, i+1), Pages: 3 + i, SHA256: strings.Repeat(fmt.Sprintf("%x", i%16), 64)})
	}
	v := filing.Freeze(c, event.Actor{Name: "特木尔", UnitName: c.UnitName}, at("2017-07-10 16:20"))
	fallen := signed(1, 0, "科尔沁左翼中旗人力资源和社会保障局", "那顺", "此意见已因退回而失效。", "2017-07-11 09:00", v)
	fallen.Fallen = &filing.Fallen{At: at("2017-07-11 15:00"), By: "u2"}
	return paper.FormPaper{
		Notice: n, Content: &c, Version: v, Number: "NMG-ZJJD-2017-0042", Date: at("2017-07-12 10:05"),
		Place: func(code string) string { return "科尔沁左翼中旗（" + code + "）" },
		Opinions: []filing.Opinion{
			signed(0, 1, c.UnitName, "特木尔", c.Opinion, "2017-07-10 16:20", v), fallen,
			signed(1, 0, "科尔沁左翼中旗人力资源和社会保障局", "那顺", "经实地查看，该园区专家服务成效突出，材料属实，逐条符合申报条件，建议推荐。", "2017-07-13 09:30", v),
			signed(2, 2, "通辽市人力资源和社会保障局", "白银仓", "经比较本市三个申报单位，该基地带动作用最强、经费落实，占用本市名额，同意推荐。", "2017-07-17 11:00", v),
		},
	}
}
