package notice_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/notices"
)

// planted are slips that authors make in the notice of 2017: what is edited (old, new,
// old, new …) and everything that is then said, each line without the file's name. The
// text is exact, so that one slip is one message and not a shower of those that follow.
var planted = []struct {
	name  string
	edits []string
	want  string
}{
	{"head matter missing", []string{"---\n文号", "文号"},
		"1: 文件第一行应为“---”，其下写文号、发文、认定等文头内容，再以“---”结束。"},
	{"head matter not closed", []string{"---\n# 关于", "# 关于"},
		"1: 文头没有结束。请在标题之前单起一行写“---”。"},
	{"serial with zeros", []string{"文号: 内人社办发〔2017〕207号", "文号: 内人社办发〔2017〕第0207号"},
		"2: 发文的文号“内人社办发〔2017〕第0207号”写法不对。请写作“机关代字〔年份〕序号号”，如“内人社办发〔2017〕207号”，不加“第”，不补零。"},
	{"head key misspelt", []string{"发文: 内蒙古自治区人力资源和社会保障厅\n认定", "发文机关: 内蒙古自治区人力资源和社会保障厅\n认定"},
		"3: 发文里没有“发文机关”这一项。可写的有：文号、发文、成文日期、认定、主送、依据。你是不是要写“发文”？"},
	{"head key missing", []string{", 级别: 自治区级", ""},
		"4: 发文“认定”缺少“级别”。请补上。"},
	{"addressee class unknown", []string{"  直属单位: 各直属企事业单位", "  直属企事业: 各直属企事业单位"},
		"8: 发文里不能写“直属企事业”。可选的有：盟市、厅局、直属单位。"},
	{"addressee not as published", []string{"  厅局: 自治区各委、办、厅、局人事（干部）处", "  厅局: 自治区各委、办、厅、局人事处"},
		"7: 发文写的“自治区各委、办、厅、局人事处”在条款“主送”的原文里找不到。请照原文抄录，或把规则块移到对应的条款后面。"},
	{"basis not in the text", []string{"文号: 人社厅发〔2014〕72号", "文号: 人社厅发〔2014〕73号"},
		"11: 发文写的“人社厅发〔2014〕73号”在条款“首段”的原文里找不到。请照原文抄录，或把规则块移到对应的条款后面。"},
	{"title missing", []string{"# 关于开展", "关于开展"},
		"13: 没有标题。请在文头之后写“# 通知标题”。你是不是要写“# 关于开展2017年自治区级专家服务基地申报工作的通知”？"},
	{"section number skips", []string{"## 四、申报程序", "## 五、申报程序"},
		"51: 序号不连续：此处应为“四”，写的是“五”。请核对原文序号。"},
	{"section without number", []string{"## 六、评估与管理", "## 评估与管理"},
		"103: “评估与管理”不是可识别的标题写法。一级标题写作“## 一、标题”，通知标题写作“# 标题”。"},
	{"section mark missing", []string{"## 二、设立的原则", "二、设立的原则"},
		"18: “二、设立的原则”不是可识别的标题写法。一级标题写作“## 一、标题”，通知标题写作“# 标题”。你是不是要写“## 二、设立的原则”？"},
	{"heading too deep", []string{"## 二、设立的原则", "### 二、设立的原则"},
		"18: “二、设立的原则”不是可识别的标题写法。一级标题写作“## 一、标题”，通知标题写作“# 标题”。你是不是要写“## 二、设立的原则”？"},
	{"section numbered twice", []string{"## 七、其他要求", "## 六、其他要求"},
		"136: 序号不连续：此处应为“七”，写的是“六”。请核对原文序号。"},
	{"item number skips", []string{"（二）自治区人力资源和社会保障厅通过审核材料", "（三）自治区人力资源和社会保障厅通过审核材料"},
		"62: 序号不连续：此处应为“（二）”，写的是“（三）”。请核对原文序号。"},
	{"block under no clause", []string{"# 关于开展", "```名额\n每个: [盟市]\n不超过: 1\n```\n# 关于开展"},
		"13: 规则块“名额”不在任何条款之下。请移到它所对应的条款后面。\n" +
			"142: 规则块“名额”在第13行已经写过，只能写一次。请合并到一处。"},
	{"block kind misspelt", []string{"```隶属", "```隶属关系"},
		"58: 没有“隶属关系”这种规则块。可用的有：依托单位、条件、程序、隶属、授予、专家、协议、活动、评估、评估内容、推荐、名额、报送、公示、评分、申报表、补充栏、解释。你是不是要写“隶属”？"},
	{"block kind unknown", []string{"```推荐\n", "```工作要求\n"},
		"149: 没有“工作要求”这种规则块。可用的有：依托单位、条件、程序、隶属、授予、专家、协议、活动、评估、评估内容、推荐、名额、报送、公示、评分、申报表、补充栏、解释。"},
	{"block without a kind", []string{"```授予\n", "```\n"},
		"72: ```后面没有写规则块的种类，也可能是多了一行```。种类有：依托单位、条件、程序、隶属、授予、专家、协议、活动、评估、评估内容、推荐、名额、报送、公示、评分、申报表、补充栏、解释。"},
	{"block twice", []string{"# 附件：", "```名额\n每个: 厅局\n不超过: 1\n```\n# 附件："},
		"153: 规则块“名额”在第138行已经写过，只能写一次。请合并到一处。"},
	{"block missing", []string{"```名额\n每个: [盟市, 厅局, 直属单位]   # 直属企事业单位见解释“名额”\n不超过: 1\n```\n", ""},
		"1: 缺少规则块“名额”。请写在它所对应的条款后面。"},
	{"fence not closed before an item", []string{"非公经济组织: 所在地人社部门\n```", "非公经济组织: 所在地人社部门"},
		"58: 规则块“隶属”没有结束。请在最后一行之后单起一行写```。"},
	{"fence not closed before a fence", []string{"不同意]}\n```", "不同意]}"},
		"53: 规则块“程序”没有结束。请在最后一行之后单起一行写```。"},
	{"fence not closed at the end", []string{"所在旗县外可不填，打印时附在申报表之后。\n```", "所在旗县外可不填，打印时附在申报表之后。"},
		"207: 规则块“解释”没有结束。请在最后一行之后单起一行写```。"},
	{"fence closed with full-width marks", []string{"不超过: 1\n```", "不超过: 1\n···"},
		"141: 规则块的起止要用三个反引号，顶格写，这里写的是“···”。你是不是要写“```”？"},
	{"tab", []string{"  申报单位全称: {填", "\t申报单位全称: {填"},
		"159: 行首用了制表符。请改为空格，每级两个。"},
	{"full-width colon", []string{"不超过: 1", "不超过：1"},
		"140: “不超过：1”里用了全角冒号“：”。请改为半角冒号加空格“: ”；如果是正文内容，请给整句加上英文引号。"},
	{"full-width colon in a map", []string{"份数: {申报表: 5", "份数: {申报表：5"},
		"146: “份数: {申报表：5, 佐证材料”里用了全角冒号“：”。请改为半角冒号加空格“: ”；如果是正文内容，请给整句加上英文引号。"},
	{"full-width comma", []string{"每个: [盟市, 厅局", "每个: [盟市，厅局"},
		"139: “每个: [盟市，厅局, 直属单”里用全角逗号“，”分隔各项。请改为半角逗号“, ”；如果是一项之内的标点，请给这一项加上英文引号。"},
	{"full-width bracket", []string{"可: [表彰, 推荐国家级]", "可: 【表彰, 推荐国家级】"},
		"112: 用了全角括号“【”。请改为半角“[”；如果是正文内容，请加上英文引号。\n" +
			"112: 用了全角括号“】”。请改为半角“]”；如果是正文内容，请加上英文引号。"},
	{"full-width braces", []string{"组织管理及运行机制: {取自: [规章制度, 管理人员, 场所]}", "组织管理及运行机制: ｛取自: [规章制度, 管理人员, 场所]｝"},
		"118: 用了全角括号“｛”。请改为半角“{”；如果是正文内容，请加上英文引号。\n" +
			"118: 用了全角括号“｝”。请改为半角“}”；如果是正文内容，请加上英文引号。"},
	{"bracket not closed", []string{"每个: [盟市, 厅局, 直属单位]", "每个: [盟市, 厅局, 直属单位"},
		"139: 括号“[”没有配对。请在后面补上“]”。"},
	{"no space after the colon", []string{"不超过: 1", "不超过:1"},
		"140: 规则块“名额”从这一行起读不懂。请检查缩进、引号、括号是否成对，冒号后面是否有空格。你是不是要写“不超过: 1”？"},
	{"quote not closed", []string{"印: \"单位全称：\"", "印: \"单位全称："},
		"175: 这一行的英文引号没有成对：“单位全称: {填: 文字, 印: \"单位全称：}”。请在这一行内补上另一个引号。"},
	{"indentation", []string{"  盟市: 各盟市", "   盟市: 各盟市"},
		"7: 规则块“发文”从这一行起读不懂。请检查缩进、引号、括号是否成对，冒号后面是否有空格。"},
	{"anchor", []string{"不超过: 1", "不超过: &一 1"},
		"140: 规则块里不能用“&”这种写法。请直接写出内容。"},
	{"merge", []string{"不超过: 1", "不超过: 1\n<<: {每个: 厅局}"},
		"141: 规则块里不能用“<<”这种写法。请直接写出内容。"},
	{"key twice", []string{"不超过: 1", "不超过: 1\n不超过: 2"},
		"141: “不超过”在第140行已经写过。请删去一处。"},
	{"key misspelt", []string{"不超过: 1", "不超出: 1"},
		"140: 名额里没有“不超出”这一项。可写的有：文、不超过、每个。你是不是要写“不超过”？"},
	{"key misspelt in a step", []string{"用: 申报表, 签: 负责人", "用: 申报表, 签字: 负责人"},
		"54: 程序“填报”里没有“签字”这一项。可写的有：文、由、沿、签、章、可、用。你是不是要写“签”？"},
	{"key misspelt in a condition", []string{"自查: 提醒, 看: [单位简介, 获奖情况]", "自查: 提醒, 查看: [单位简介, 获奖情况]"},
		"32: 条件“具有示范和带动作用”里没有“查看”这一项。可写的有：文、号、自查、看、说明、佐证。你是不是要写“看”？"},
	{"key unknown", []string{"不超过: 1", "不超过: 1\n备注: 每年"},
		"141: 名额里没有“备注”这一项。可写的有：文、不超过、每个。"},
	{"key missing", []string{"受理机构: 自治区留学人员和专家服务中心\n", ""},
		"144: 报送缺少“受理机构”。请补上。"},
	{"key missing in a box", []string{"意见: {步骤: 确定, ", "意见: {"},
		"184: 申报表“自治区人力资源和社会保障厅审批意见”缺少“步骤”。请补上。"},
	{"empty", []string{"标牌: 内蒙古自治区专家服务基地\n", "标牌:\n"},
		"73: 授予的“标牌”没有内容。请填写或删去这一行。"},
	{"word unknown", []string{"由: 申报单位, 用", "由: 申报人, 用"},
		"54: 程序“填报”里不能写“申报人”。可选的有：申报单位、上级、受理机构、发文机关、评审专家。你是不是要写“申报单位”？"},
	{"word unknown, none near", []string{"由: 评审专家", "由: 委员会"},
		"65: 程序“专家评审”里不能写“委员会”。可选的有：申报单位、上级、受理机构、发文机关、评审专家。"},
	{"answer unknown", []string{"可: [同意, 退回补正, 不同意]", "可: [同意, 退回, 不同意]"},
		"56: 程序“逐级推荐”里不能写“退回”。可选的有：同意、退回补正、不同意、齐备、不予受理、评分、确定、不予确定、授牌、给予启动经费。你是不是要写“退回补正”？"},
	{"step unknown", []string{"专家评审: {文", "专家评议: {文"},
		"65: 程序里不能写“专家评议”。可选的有：填报、逐级推荐、审核材料、专家评审、实地考察、确定、公示、授予。你是不是要写“专家评审”？"},
	{"record unknown", []string{"取自: [经费台账]", "取自: [经费台帐]"},
		"126: 评估内容“建设资助经费使用”里不能写“经费台帐”。可选的有：规章制度、管理人员、场所、年度计划、年度总结、基地任务、服务活动、经费台账、专家聘请、人才培养、成果。你是不是要写“经费台账”？"},
	{"class unknown", []string{"每个: [盟市, 厅局, 直属单位]", "每个: [盟市, 厅局, 直属]"},
		"139: 名额里不能写“直属”。可选的有：盟市、厅局、直属单位。你是不是要写“直属单位”？"},
	{"field kind unknown", []string{"  基地名称: 文字", "  基地名称: 文本"},
		"161: 申报表“基地名称”里不能写“文本”。可选的有：文字、长文、电话、手机、日期、年份、数量、金额、账号、文号、单选、多选、标签、区划、列表。你是不是要写“文字”？"},
	{"yes or no", []string{"必填: 是, 款: 三}", "必填: 对, 款: 三}"},
		"187: 补充栏“依托单位类别”里不能写“对”。可选的有：是、否。"},
	{"word twice", []string{"技术培训, 人才培养, 中介服务]", "技术培训, 技术培训, 中介服务]"},
		"98: 活动的列表里“技术培训”写了两次。请删去一处。"},
	{"list empty", []string{"佐证: [政策文件]", "佐证: []"},
		"39: 条件“有配套政策”有一个空列表。请至少写一项，或删去这一行。"},
	{"map wanted", []string{"份数: {申报表: 5, 佐证材料: 1, 电子版: 1}", "份数: 5"},
		"146: 报送“份数”应写成“名称: 内容”的形式，写的是“5”。请逐项写明名称和内容。"},
	{"word wanted", []string{"受理机构: 自治区留学人员和专家服务中心", "受理机构: [自治区留学人员和专家服务中心]"},
		"145: 报送的这一项应是文字，写的是“[…]”。请改为一个词或一句话。"},
	{"list wanted", []string{"约定: [服务时间, 服务方式, 报酬, 其他事项]", "约定: {服务时间: 是}"},
		"91: 协议的这一项应是列表，写的是“{…}”。请写成“[甲, 乙]”。"},
	{"number in Chinese", []string{"不超过: 1", "不超过: 一"},
		"140: 名额的“不超过”应是数字，写的是“一”。请用阿拉伯数字。你是不是要写“1”？"},
	{"number with a unit", []string{"份数: {申报表: 5", "份数: {申报表: 5份"},
		"146: 报送“份数”的“申报表”应是数字，写的是“5份”。请用阿拉伯数字。你是不是要写“5”？"},
	{"quota of none", []string{"不超过: 1", "不超过: 0"},
		"140: 名额的名额“0”不成立。请写1以上的整数。"},
	{"quota other than the text", []string{"不超过: 1", "不超过: 2"},
		"140: 名额的“不超过”写的是2，条款“七（一）”的原文里没有这个数。请照原文书写，或把规则块移到对应的条款后面。"},
	{"limit of none", []string{"单位简介: {填: 长文, 字数: 800", "单位简介: {填: 长文, 字数: 0"},
		"166: 申报表“单位简介”的字数上限“0”不成立。请写1以上的整数，不限字数的删去这一项。"},
	{"copies below none", []string{"申报表: 5, 佐证材料: 1", "申报表: 5, 佐证材料: -1"},
		"146: 报送“份数”的“佐证材料”份数“-1”不成立。请写0以上的整数。"},
	{"copies other than the text", []string{"申报表: 5, ", "申报表: 4, "},
		"146: 报送“份数”的“申报表”写的是4，条款“七（二）”的原文里没有这个数。请照原文书写，或把规则块移到对应的条款后面。"},
	{"period in Chinese", []string{"每: 3年", "每: 三年"},
		"108: 评估的“每”写的“三年”不是周期。请写作“3年”。你是不是要写“3年”？"},
	{"period other than the text", []string{"每: 3年", "每: 2年"},
		"108: 评估的“每”写的是2，条款“六（二）”的原文里没有这个数。请照原文书写，或把规则块移到对应的条款后面。"},
	{"money", []string{"启动经费: 金额另定", "启动经费: 十万"},
		"74: 授予的“启动经费”写的“十万”不是金额。请写作“100000元”“10万元”，未定的写“金额另定”。你是不是要写“10万元”？"},
	{"impossible date", []string{"截止: 2017-07-20", "截止: 2017-07-32"},
		"144: 报送写的日期“2017-07-32”不存在。请核对。"},
	{"date without zeros", []string{"截止: 2017-07-20", "截止: 2017-7-20"},
		"144: 报送的日期“2017-7-20”写法不对。请写作“2017-07-20”，月、日各两位。你是不是要写“2017-07-20”？"},
	{"date in Chinese", []string{"截止: 2017-07-20", "截止: 2017年7月20日"},
		"144: 报送的日期“2017年7月20日”写法不对。请写作“2017-07-20”，月、日各两位。你是不是要写“2017-07-20”？"},
	{"date other than the text", []string{"截止: 2017-07-20", "截止: 2017-07-21"},
		"144: 报送写的“2017年7月21日”在条款“七（二）”的原文里找不到。请照原文抄录，或把规则块移到对应的条款后面。"},
	{"impossible hour", []string{"截止: 2017-07-20", "截止: 2017-07-20 25:30"},
		"144: 报送写的日期“2017-07-20 25:30”不存在。请核对。"},
	{"deadline before the year", []string{"于2017年7月20日前", "于2016年7月20日前", "截止: 2017-07-20", "截止: 2016-07-20"},
		"144: 报送截止日2016-07-20早于通知印发（2017-01-01）。请核对年份。"},
	{"deadline before the notice", []string{"认定: {名称", "成文日期: 2017-08-01\n认定: {名称"},
		"145: 报送截止日2017-07-20早于通知印发（2017-08-01）。请核对年份。"},
	{"deadline left without an hour", []string{"{取: 当日24时, 因: 通知写“7月20日前”，未写时分，也未写是否含当日；", "{因: 通知写“7月20日前”，未写时分，也未写是否含当日；"},
		"144: 截止日2017-07-20没有时分。请在“解释”里写明如何理解，如“- 截止: {取: 当日24时, 因: 理由}”，或在“报送”里写明“2017-07-20 17:30”。"},
	{"closing hour unreadable", []string{"取: 当日24时", "取: 当日下班前"},
		"208: “当日下班前”不是可识别的截止时刻。请写作“当日24时”“当日17时30分”或“前一日24时”。"},
	{"closing hour impossible", []string{"取: 当日24时", "取: 当日25时"},
		"208: “当日25时”不是可识别的截止时刻。请写作“当日24时”“当日17时30分”或“前一日24时”。"},
	{"condition not in the text", []string{"文: 在该区域内具有示范和带动作用", "文: 在该区域内具有示范带动作用"},
		"32: 条件“具有示范和带动作用”写的“在该区域内具有示范带动作用”在条款“三（一）”的原文里找不到。请照原文抄录，或把规则块移到对应的条款后面。"},
	{"kind of host not in the text", []string{"农牧业合作组织, 技术中介服务组织]\n限", "农牧业专业合作社, 技术中介服务组织]\n限"},
		"23: 依托单位写的“农牧业专业合作社”在条款“三”的原文里找不到。请照原文抄录，或把规则块移到对应的条款后面。\n" +
			"25: 依托单位里不能写“农牧业合作组织”。可选的有：高新技术开发区、经济技术开发区、产业园区、创业园区、技术示范基地、产业化示范基地、高新技术企业、基层科研单位、专业技术协会、农牧业专业合作社、技术中介服务组织。你是不是要写“农牧业专业合作社”？"},
	{"plaque not in the text", []string{"标牌: 内蒙古自治区专家服务基地", "标牌: 内蒙古专家服务基地"},
		"73: 授予写的“内蒙古专家服务基地”在条款“四（三）”的原文里找不到。请照原文抄录，或把规则块移到对应的条款后面。"},
	{"receiver not in the text", []string{"受理机构: 自治区留学人员和专家服务中心", "受理机构: 自治区专家服务中心"},
		"145: 报送写的“自治区专家服务中心”在条款“七（二）”的原文里找不到。请照原文抄录，或把规则块移到对应的条款后面。"},
	{"block below another clause", []string{"（二）各地区、各部门于2017年7月20日前", "（二）各地区、各部门于规定日期前"},
		"144: 报送写的“2017年7月20日”在条款“七（二）”的原文里找不到。请照原文抄录，或把规则块移到对应的条款后面。"},
	{"form title not in the annex", []string{"名称: 内蒙古自治区专家服务基地申报表", "名称: 内蒙古自治区专家服务基地申请表"},
		"155: 申报表写的“内蒙古自治区专家服务基地申请表”在条款“附件”的原文里找不到。请照原文抄录，或把规则块移到对应的条款后面。"},
	{"condition sees no such field", []string{"看: [支持措施和保障条件, 配套政策]", "看: [支持措施和保障条件, 配套文件]"},
		"39: 条件“有配套政策”引用的栏目“配套文件”不在申报表中。请改为表中已有的栏目，或在表中补上。你是不是要写“配套政策”？"},
	{"step uses no such form", []string{"用: 申报表,", "用: 申请书,"},
		"54: 程序“填报”引用的表“申请书”不存在。请写“申报表”或表的名称。"},
	{"box of no such step", []string{"{步骤: 逐级推荐,", "{步骤: 推荐,"},
		"183: 申报表“盟市（厅局）意见”引用的程序“推荐”不存在。请改为程序中已有的步骤。你是不是要写“逐级推荐”？"},
	{"clause that is not there", []string{"款: 三（一）,\n  列: {开始日期", "款: 三（四）,\n  列: {开始日期"},
		"194: 补充栏“近年来专家服务活动”引用的条款“三（四）”不存在。请照条款编号书写，如“三（一）”。你是不是要写“三（一）”？"},
	{"option that is not there", []string{"为: 其他基层单位}}\n产业类型", "为: 其他单位}}\n产业类型"},
		"188: 补充栏“需求理由”引用的选项“其他单位”不在栏目“依托单位类别”的选项中。请改为已有的选项。你是不是要写“其他基层单位”？"},
	{"host field that is not there", []string{"须写: [需求理由, 产业类型, 所依托产业]", "须写: [需求理由, 产业类别, 所依托产业]"},
		"26: 依托单位“其他”引用的栏目“产业类别”不在申报表中。请改为表中已有的栏目，或在表中补上。你是不是要写“产业类型”？"},
	{"asked for in no case", []string{"当: {栏: 单位全称, 不同于: 申报单位全称}", "当: {栏: 单位全称}"},
		"205: 补充栏“收款户名不一致的理由”的“当”须写“为”或“不同于”，二者取一。请改正。"},
	{"list without columns", []string{"列表, 款: 三（一）, 列: {获奖年份: 年份, 奖项名称: 文字, 授奖单位: 文字, 奖励等级: 文字}}", "列表, 款: 三（一）}"},
		"196: 补充栏“获奖情况”：列表须用“列”写明各列，其他栏目不能有“列”。请核对“填”和“列”。"},
	{"choice without options", []string{"{填: 单选, 选自: 依托单位, 必填: 是", "{填: 单选, 必填: 是"},
		"187: 补充栏“依托单位类别”：单选、多选须用“选”写明选项，其他栏目不能有“选”。请核对“填”和“选”。"},
	{"limit on a number", []string{"手机: {填: 手机, 前", "手机: {填: 手机, 字数: 11, 前"},
		"180: 申报表“手机”：只有文字和长文可以限制字数。请删去“字数”或改“填”。"},
	{"condition number twice", []string{"{号: 2c,", "{号: 2b,"},
		"40: 条件“2b 有经费投入”的号或名称与第39行的重复。请改用不同的号和名称。"},
	{"step twice", []string{"授予: {由: 发文机关, 可: [授牌", "确定: {由: 发文机关, 可: [授牌"},
		"70: 程序“确定”在第66行已经写过。请删去一处。"},
	{"field twice", []string{"  开户联系人: {填", "  联系人: {填"},
		"178: 栏目“联系人”与第162行的重名。同一张表里栏目名称不得重复，请改名；印在表上的文字可用“印”另写。"},
	{"reading twice", []string{"- 级别: “盟市以下”", "- 名额: “盟市以下”"},
		"213: “名额”在第212行已经解释过。请合并到一处。"},
	{"reading of nothing known", []string{"- 级别: “盟市以下”", "- 等级: “盟市以下”"},
		"213: 解释里不能写“等级”。可选的有：截止、申报表、栏目归属、字数、名额、级别、条件、办理动作、经办、所在地、纸质材料、推荐意见、评审、回避、公示、标牌、启动经费、收款户名、职称、离退休专家、报酬、协议、活动名称、评估内容、评估等次、评估后果、计划和总结、基地任务、填报日期、非通知原文栏。"},
	{"readings no list", []string{"```解释\n- 截止: {取: 当日24时, 因: 通知", "```解释\n截止: {取: 当日24时, 因: 通知"},
		"209: 规则块“解释”从这一行起读不懂。请检查缩进、引号、括号是否成对，冒号后面是否有空格。"},
	{"evaluation without criteria", []string{
		"```评估内容\n组织管理及运行机制: {取自: [规章制度, 管理人员, 场所]}\n```\n", "",
		"```评估内容\n任务和年度计划: {取自: [基地任务, 年度计划, 服务活动, 成果]}\n```\n", "",
		"```评估内容\n建设资助经费使用: {取自: [经费台账]}\n```\n", "",
		"```评估内容\n人才队伍建设和培养: {取自: [专家聘请, 人才培养]}\n```\n", "",
		"```评估内容\n计划和总结上报: {取自: [年度计划, 年度总结]}\n```\n", "",
	},
		"106: 有“评估”而没有“评估内容”，两者须同时写。请补上“评估内容”。"},
	{"criteria without evaluation", []string{"```评估\n文: 自治区", "```评估方法\n文: 自治区"},
		"106: 没有“评估方法”这种规则块。可用的有：依托单位、条件、程序、隶属、授予、专家、协议、活动、评估、评估内容、推荐、名额、报送、公示、评分、申报表、补充栏、解释。你是不是要写“评估”？"},
	{"comma between entries", []string{"由: 申报单位, 用: 申报表", "由: 申报单位，用: 申报表"},
		"54: “由: 申报单位，用: 申报表,”里用全角逗号“，”分隔各项。请改为半角逗号“, ”；如果是一项之内的标点，请给这一项加上英文引号。"},
	{"listing comma for a list", []string{"每个: [盟市, 厅局, 直属单位]", "每个: 盟市、厅局、直属单位"},
		"139: 名额里不能写“盟市、厅局、直属单位”。可选的有：盟市、厅局、直属单位。你是不是要写“[盟市, 厅局, 直属单位]”？"},
	{"Chinese quotes", []string{"印: \"开 户 行：\"", "印: “开 户 行：”"},
		"176: ““开 户 行：””用了中文引号，引号会成为内容的一部分。请改用英文引号，或不加引号。你是不是要写“\"开 户 行：\"”？"},
	{"fence of a Chinese keyboard", []string{"```推荐\n", "···推荐\n"},
		"149: 规则块的起止要用三个反引号，顶格写，这里写的是“···推荐”。你是不是要写“```推荐”？"},
	{"fence indented", []string{"```推荐\n", "  ```推荐\n"},
		"149: 规则块的起止要用三个反引号，顶格写，这里写的是“  ```推荐”。你是不是要写“```推荐”？"},
	{"fence of tildes", []string{"```推荐\n", "~~~推荐\n"},
		"149: 规则块的起止要用三个反引号，顶格写，这里写的是“~~~推荐”。你是不是要写“```推荐”？"},
	{"fence too many", []string{"```推荐\n", "```\n```推荐\n"},
		"149: ```后面没有写规则块的种类，也可能是多了一行```。种类有：依托单位、条件、程序、隶属、授予、专家、协议、活动、评估、评估内容、推荐、名额、报送、公示、评分、申报表、补充栏、解释。"},
	{"list with a bracket too many", []string{"每个: [盟市, 厅局, 直属单位]", "每个: [盟市, 厅局, 直属单位]]"},
		"139: 规则块“名额”从这一行起读不懂。请检查缩进、引号、括号是否成对，冒号后面是否有空格。"},
	{"two sections left out", []string{"## 七、其他要求", "## 九、其他要求"},
		"136: 序号不连续：此处应为“七”，写的是“九”。请核对原文序号。"},
	{"brace not closed", []string{"份数: {申报表: 5, 佐证材料: 1, 电子版: 1}", "份数: {申报表: 5, 佐证材料: 1, 电子版: 1"},
		"146: 括号“{”没有配对。请在后面补上“}”。"},
	{"annex twice", []string{"# 附件：内蒙古自治区专家服务基地申报表\n", "# 附件：内蒙古自治区专家服务基地申报表\n# 附件：内蒙古自治区专家服务基地申报表\n"},
		"154: 条款“附件”在第153行已经出现过。请核对序号。"},
	{"scores that don't sum up", scored("经费: {权: 40}", "经费: {权: 20}"),
		"64: 评分各项目的权合计80，须正好100。请核对原文的权重。"},
	{"a weight that the text has not", scored("经费: {权: 40}", "经费: {权: 30}", "政策: {权: 20}", "政策: {权: 30}"),
		"66: 评分“政策”的“权”写的是30，条款“四（二）”的原文里没有这个数。请照原文书写，或把规则块移到对应的条款后面。\n" +
			"66: 评分“经费”的“权”写的是30，条款“四（二）”的原文里没有这个数。请照原文书写，或把规则块移到对应的条款后面。"},
	{"an aspect that the text has not", scored("  服务成效:", "  服务效果:", "服务成效]", "服务效果]"),
		"65: 评分“服务效果”写的“服务效果”在条款“四（二）”的原文里找不到。请照原文抄录，或把规则块移到对应的条款后面。"},
	{"an aspect with weight and lines", scored("支持保障: {含:", "支持保障: {权: 60, 含:"),
		"66: 评分“支持保障”须写“权”，或者写“含”下级项目，二者只写一个。"},
	{"an aspect with neither", scored("服务成效: {权: 40, 要点: 近年服务, 须写理由: 是}", "服务成效: {要点: 近年服务}"),
		"65: 评分“服务成效”须写“权”，或者写“含”下级项目，二者只写一个。"},
	{"a weight in words", scored("权: 40, 要点", "权: 四十, 要点"),
		"65: 评分“服务成效”的“权”应是数字，写的是“四十”。请用阿拉伯数字。你是不是要写“40”？"},
	{"a weight of nothing", scored("权: 40, 要点", "权: 0, 要点"),
		"65: 评分“服务成效”的“权”写的“0”不成立。权写1到100，每项满分写1到100，评语字数写0以上，小数写0到2的整数。"},
	{"full marks beyond a hundred", scored("每项满分: 100", "每项满分: 150"),
		"67: 评分的“每项满分”写的“150”不成立。权写1到100，每项满分写1到100，评语字数写0以上，小数写0到2的整数。"},
	{"a step in words", scored("分值: 0.5", "分值: 半分"),
		"68: 评分的“分值”写的“半分”不是分值的最小单位。请写作“1”“0.5”或“0.1”。你是不是要写“0.5”？"},
	{"a step of nothing", scored("分值: 0.5", "分值: 0"),
		"68: 评分的“分值”写的“0”不是分值的最小单位。请写作“1”“0.5”或“0.1”。"},
	{"a veto that the text has not", scored("一票否决: 弄虚作假", "一票否决: 弄虚造假"),
		"70: 评分写的“弄虚造假”在条款“四（二）”的原文里找不到。请照原文抄录，或把规则块移到对应的条款后面。"},
	{"a way of scoring unknown", scored("计分: 去掉最高最低", "计分: 去掉最高最底"),
		"74: 评分里不能写“去掉最高最底”。可选的有：平均、去掉最高最低。你是不是要写“去掉最高最低”？"},
	{"nothing is left after dropping", scored("去分起: 5", "去分起: 2"),
		"75: 评分的“去分起”写的“2”太少，去掉最高最低以后就没有分了。请写3以上的整数。"},
	{"three decimals", scored("小数: 2", "小数: 3"),
		"76: 评分的“小数”写的“3”不成立。权写1到100，每项满分写1到100，评语字数写0以上，小数写0到2的整数。"},
	{"a tie broken by nothing known", scored("同分: [舍入前分数, 同意票数, 服务成效]", "同分: [舍入前分数, 同意票数, 服务成绩]"),
		"77: 评分里不能写“服务成绩”。可选的有：舍入前分数、全部平均分、同意票数、服务成效、政策、经费。你是不是要写“服务成效”？"},
	{"nobody can agree", scored("同意: [同意, 基本同意]\n", ""),
		"64: 评分缺少“同意”。请补上。"},
	{"public notice of no days", []string{"```授予\n", "```公示\n工作日: 0\n非通知原文: 是\n```\n```授予\n"},
		"73: 公示的“工作日”天数“0”不成立。请写1以上的整数。"},
	{"public notice not in the text", []string{"```授予\n", "```公示\n工作日: 5\n```\n```授予\n"},
		"73: 公示的“工作日”写的是5，条款“四（三）”的原文里没有这个数。请照原文书写，或把规则块移到对应的条款后面。"},
}

// scoring is a clause that says how experts mark, with its block.
const scoring = "（二）自治区人力资源和社会保障厅通过审核材料、专家评审等程序，确定自治区级专家服务基地。专家按服务成效40分、支持保障60分（其中政策20分、经费40分）评分，弄虚作假的一票否决。\n" +
	"```评分\n项目:\n  服务成效: {权: 40, 要点: 近年服务, 须写理由: 是}\n  支持保障: {含: {政策: {权: 20}, 经费: {权: 40}}}\n每项满分: 100\n分值: 0.5\n评语: 20\n" +
	"一票否决: 弄虚作假\n否决: 过半数\n同意: [同意, 基本同意]\n不同意: [不同意]\n计分: 去掉最高最低\n去分起: 5\n小数: 2\n同分: [舍入前分数, 同意票数, 服务成效]\n```\n```程序\n审核材料"

// scored puts the clause into the notice, edited.
func scored(edits ...string) []string {
	return append([]string{"（二）自治区人力资源和社会保障厅通过审核材料、专家评审等程序，确定自治区级专家服务基地。\n```程序\n审核材料", scoring}, edits...)
}

// plant is the notice with edits, each in the first place where it applies.
func plant(t testing.TB, edits []string) []byte {
	t.Helper()
	s := string(source(t))
	for i := 0; i+1 < len(edits); i += 2 {
		if !strings.Contains(s, edits[i]) {
			t.Fatalf("the notice has no %q", edits[i])
		}
		s = strings.Replace(s, edits[i], edits[i+1], 1)
	}
	return []byte(s)
}

// say is all mistakes in Chinese, as the command line prints them.
func say(err error, lang locale.Lang) string {
	ms, _ := err.(notice.Mistakes)
	var lines []string
	for _, m := range ms {
		lines = append(lines, m.Say(lang.T))
	}
	return strings.Join(lines, "\n")
}

func TestPlantedMistakes(t *testing.T) {
	const file = notices.ExpertServiceBase2017
	for _, p := range planted {
		t.Run(p.name, func(t *testing.T) {
			n, err := notice.Parse(file, plant(t, p.edits))
			want := file + ":" + strings.ReplaceAll(p.want, "\n", "\n"+file+":")
			if got := say(err, locale.Zh); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if n != nil {
				t.Error("a notice with mistakes was returned")
			}
			if en := say(err, locale.En); strings.Contains(en, "⟦") || strings.Count(en, "\n") != strings.Count(want, "\n") {
				t.Errorf("in English:\n%s", en)
			}
		})
	}
}

// Every mistake that the catalogue knows is planted somewhere, so that none is dead.
func TestEveryMistakeIsPlanted(t *testing.T) {
	seen := map[string]bool{"guess": true} // the second half of a sentence
	note := func(err error) {
		ms, _ := err.(notice.Mistakes)
		for _, m := range ms {
			seen[m.Kind] = true
		}
	}
	for _, p := range planted {
		_, err := notice.Parse("x.md", plant(t, p.edits))
		note(err)
	}
	_, err := notice.Parse("x.md", make([]byte, notice.MaxSize+1))
	note(err)
	_, err = notice.ParseLabels("x.yaml", []byte("语言: en\n词语: {基地名: base}\n"), parsed(t))
	note(err)
	b, err := os.ReadFile("../locale/catalogue/notice.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^mistake\.(\S+)$`).FindAllStringSubmatch(string(b), -1) {
		if !seen[m[1]] {
			t.Errorf("mistake %q is planted nowhere", m[1])
		}
	}
}

// Mistakes come together, by line, and the error reads without the catalogue too.
func TestSeveralMistakesAtOnce(t *testing.T) {
	_, err := notice.Parse("x.md", plant(t, []string{
		"不超过: 1", "不超出: 1", "截止: 2017-07-20", "截止: 2017-7-20", "由: 评审专家", "由: 专家", "电子版: 1}", "电子版：1}",
	}))
	want := []string{
		`x.md:65: word block="程序“专家评审”" got="专家" known="申报单位、上级、受理机构、发文机关、评审专家" (did you mean "评审专家"?)`,
		`x.md:140: key-unknown block="名额" key="不超出" known="文、不超过、每个" (did you mean "不超过"?)`,
		`x.md:144: date-shape block="报送" got="2017-7-20" (did you mean "2017-07-20"?)`,
		`x.md:146: colon text=": 1, 电子版：1}"`,
	}
	if got := fmt.Sprint(err); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// What editors and systems do to a file is no mistake: a byte order mark, the line ends
// of Windows, spaces at the end of a line. Another file all the same, with its own hash.
func TestHarmlessForms(t *testing.T) {
	was := parsed(t)
	for _, s := range []string{
		"\uFEFF" + string(source(t)),
		strings.ReplaceAll(string(source(t)), "\n", "\r\n"),
		strings.ReplaceAll(string(source(t)), "\n", "\r"),
		strings.ReplaceAll(string(source(t)), "```\n", "```  \n"),
		strings.Replace(string(source(t)), "内人社办发〔2017〕207号", "内人社办发[2017] 207号", 1),
	} {
		n, err := notice.Parse("x.md", []byte(s))
		if err != nil {
			t.Errorf("%q…: %v", s[:20], err)
			continue
		}
		if n.SHA256 == was.SHA256 {
			t.Error("another file has the same hash")
		}
		if len(n.Clauses) != len(was.Clauses) || n.Number != was.Number || !n.Delivery.Deadline.Equal(was.Delivery.Deadline) {
			t.Errorf("%q…: reads otherwise", s[:20])
		}
	}
}

// A notice may stipulate how experts mark: all of it comes out of the file.
func TestScoring(t *testing.T) {
	n, err := notice.Parse("x.md", plant(t, scored()))
	if err != nil {
		t.Fatal(err)
	}
	s := n.Scoring
	if s == nil || s.Clause != "四（二）" || len(s.Aspects) != 2 || s.Aspects[1].Weight != 60 || s.Aspects[1].Children[1].Weight != 40 || !s.Aspects[0].Comment ||
		s.Scale != 100 || s.Step != 50 || s.CommentMin != 20 || len(s.Vetoes) != 1 || !s.VetoHalf || len(s.Agree) != 2 || !s.Trimmed || s.TrimFrom != 5 || s.Decimals != 2 || len(s.Ties) != 3 {
		t.Errorf("%+v", s)
	}
	if parsed(t).Scoring != nil {
		t.Error("the notice of 2017 says nothing of marks (T6)")
	}
	for _, lang := range locale.Langs {
		if sum := notice.Summary(n, lang.T, nil); strings.Contains(sum, "⟦") || !strings.Contains(sum, "弄虚作假") {
			t.Errorf("%s", sum)
		}
	}
}
