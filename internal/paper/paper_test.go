package paper_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/filing"
	"shenbao/internal/org"
	"shenbao/internal/paper"
	"shenbao/internal/review"
	"shenbao/typeset"
	"shenbao/typeset/font"
	"shenbao/typeset/font/pack"
	"shenbao/typeset/pdf"
)

// read is the text of each page, without white space, after a check that the file is
// sound.
func read(t *testing.T, file []byte) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil || strings.Contains(string(out), "WARNING") {
		t.Fatalf("qpdf: %v (Debian package qpdf)\n%s", err, out)
	}
	out, err := exec.Command("pdftotext", "-raw", path, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext: %v (Debian package poppler-utils)\n%s", err, out)
	}
	pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	for i := range pages {
		pages[i] = strings.Join(strings.Fields(pages[i]), "")
	}
	return pages
}

func form(t testing.TB, f paper.FormPaper) []byte {
	t.Helper()
	b, err := paper.Form(pack.Fonts(), f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// inOrder finds words in a text one after the other.
func inOrder(t *testing.T, text string, words ...string) {
	t.Helper()
	at := 0
	for _, w := range words {
		i := strings.Index(text[at:], w)
		if i < 0 {
			t.Fatalf("%q does not stand after %q", w, text[max(0, at-40):at])
		}
		at += i + len(w)
	}
}

// The labels of the annex, word for word, in its order (T2, T21).
var annex = []string{
	"内蒙古自治区专家服务基地", "申报表", "申报单位全称：", "内蒙古自治区人力资源和社会保障厅", "年", "月", "日",
	"基地名称", "联系人", "电话", "通讯地址",
	"单位简介", "（800字）", "内容包括：单位性质、创造效益、获得奖励、专业技术人员情况、近年来承担的技术开发和推广项目等信息。",
	"基地设立的", "基本情况", "（500字）", "1．开展专家服务基层活动的软硬件条件。", "2.主要产业方向及急需专家领域。", "3.申请设立自治区级专家服务基地的必要性、可行性。",
	"支持措施和", "保障条件", "（500字）", "1.支持政策情况。", "2.为服务专家及团队提供的工作、生活等保障措施。", "3.基地建设规章制度、服务体系和管理人员队伍建设情况。",
	"建设目标及", "未来三年", "工作打算", "（800字）",
	"单位全称：", "开户行：", "账号：", "联系人：", "联系电话：", "（办）", "（手机）",
	"申报单位意见：", "负责人（签字）：", "单位（盖章）", "年", "月", "日",
	"盟市（厅局）意见：", "负责人（签字）：", "单位（盖章）", "年", "月", "日",
	"自治区人力资源和社会保障厅审批意见：", "负责人（签字）：", "年", "月", "日",
}

func TestBlankForm(t *testing.T) {
	f := paper.FormPaper{Notice: call(t)}
	pages := read(t, form(t, f))
	all := strings.Join(pages, "")
	inOrder(t, all, annex...)
	if n := strings.Count(all, "单位（盖章）"); n != 2 { // R128: the third box has no seal line
		t.Errorf("%d seal lines, want 2", n)
	}
	for _, not := range []string{"版本码", "草稿", "系统签批", "佐证材料目录"} {
		if strings.Contains(all, not) {
			t.Errorf("the blank form says %s", not)
		}
	}
	if !strings.Contains(all, "补充栏（非通知原文）") || !strings.Contains(all, "□高新技术开发区") {
		t.Error("the supplementary fields are missing")
	}
	numbered(t, pages)
}

// numbered: each page says which of how many it is.
func numbered(t *testing.T, pages []string) {
	t.Helper()
	for i, p := range pages {
		if want := fmt.Sprintf("第%d页共%d页", i+1, len(pages)); !strings.Contains(p, want) {
			t.Errorf("page %d does not say %s", i+1, want)
		}
	}
}

func TestForm(t *testing.T) {
	f := full(t)
	pages := read(t, form(t, f))
	all := strings.Join(pages, "")
	inOrder(t, pages[0], f.Content.UnitName[:30], "内蒙古自治区人力资源和社会保障厅", "2017年7月12日") // R108, R109
	numbered(t, pages)
	for i, p := range pages { // R100
		if !strings.Contains(p, "版本码"+f.Version.Code) {
			t.Errorf("page %d lacks the version code", i+1)
		}
	}
	if strings.Count(all, "单位简介（续）") != 1 || strings.Contains(all, "（800字）（续）") {
		t.Error("the label of a box that goes on is not repeated as （续）")
	}
	inOrder(t, all, "申报单位意见：", f.Content.Opinion, "2017年7月10日", "系统签批：特木尔，2017年7月10日16时20分",
		"盟市（厅局）意见：", "占用本市名额，同意推荐。", "2017年7月17日", "白银仓", "审批意见：", "负责人（签字）：",
		"附页逐级推荐意见", "科尔沁左翼中旗人力资源和社会保障局意见：", "经实地查看", "2017年7月13日", "那顺", // R127
		"附页补充栏（非通知原文）", "基地所在旗县", "近年来专家服务活动", "2016.9.12", "附页申报条件逐条说明", "附页佐证材料目录") // R102
	for _, not := range []string{"已因退回而失效", "需求理由", "获奖情况", "草稿", "〓"} {
		if strings.Contains(all, not) {
			t.Errorf("the form says %s", not)
		}
	}
}

var (
	foot      = regexp.MustCompile(`第\d+页共\d+页(申报编号[-\w]+)?(版本码[-\w]+)?$`)
	continued = regexp.MustCompile(`^\p{Han}+（续）`)
)

// All that was typed is on the paper, word for word: what a box can't hold runs on over
// the page, and nothing but the foot of the one and the label of the next comes between.
func TestNothingIsLost(t *testing.T) {
	f := full(t)
	f.Account = true
	pages := read(t, form(t, f))
	for i, p := range pages {
		if !foot.MatchString(p) {
			t.Errorf("page %d ends in %s", i+1, p[max(0, len(p)-60):])
		}
		pages[i] = continued.ReplaceAllString(foot.ReplaceAllString(p, ""), "")
	}
	all := strings.Join(pages, "")
	has := func(name, v string) {
		if !strings.Contains(all, strings.Join(strings.Fields(v), "")) {
			t.Errorf("%s is not on the paper as it was typed: %.60s", name, v)
		}
	}
	for name, v := range f.Content.Answers {
		switch {
		case filing.Rows(v) != nil:
			for _, row := range filing.Rows(v) {
				has(name, row["成效"]+row["资金来源"])
			}
		case filing.Words(v) != nil:
			has(name, strings.Join(filing.Words(v), "、"))
		case name == "基地所在旗县":
			has(name, "科尔沁左翼中旗（150521）")
		default:
			has(name, v)
		}
	}
	for _, e := range f.Content.Evidence {
		has("佐证材料", e.Name)
	}
}

// R124: nobody gets the account number by way of the paper who may not have it.
func TestAccount(t *testing.T) {
	f := full(t)
	masked := strings.Join(read(t, form(t, f)), "")
	if strings.Contains(masked, "0512") || !strings.Contains(masked, strings.Repeat("*", 15)+"4567") {
		t.Error("the account number is not masked but for four digits")
	}
	f.Account = true
	if !strings.Contains(strings.Join(read(t, form(t, f)), ""), "0512345678901234567") {
		t.Error("the account number is not printed in full")
	}
	for in, want := range map[string]string{"": "", "123": "123", "1234": "1234", "12345": "*2345", "1234 5678": "**** 5678", "０１２３４５": "**２３４５"} {
		if got := filing.Masked(in); got != want {
			t.Errorf("Masked(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDraftAndOldOpinions(t *testing.T) {
	f := full(t)
	second := f
	c := *f.Content
	c.N = 2
	second.Content, second.Version = &c, filing.Freeze(c, f.Version.By, at("2017-07-15 09:00"))
	all := strings.Join(read(t, form(t, second)), "")
	if !strings.Contains(all, "那顺，2017年7月13日9时30分，对第1版") { // it stands after a return to the level above
		t.Error("an opinion on an earlier version does not say so")
	}
	first := f
	first.Opinions = []filing.Opinion{signed(2, 2, "通辽市人力资源和社会保障局", "白银仓", "对第二版的意见。", "2017-07-17 11:00", second.Version)}
	if strings.Contains(strings.Join(read(t, form(t, first)), ""), "对第二版的意见") {
		t.Error("an opinion on a later version is printed on an earlier one")
	}
	draft := f
	draft.Version, draft.Number, draft.Date, draft.Opinions = filing.Version{}, "", time.Time{}, nil
	for i, p := range read(t, form(t, draft)) {
		if !strings.Contains(p, "草稿：负责人尚未签字定稿") || strings.Contains(p, "版本码") {
			t.Errorf("page %d of a draft does not say that it is one", i+1)
		}
	}
}

// A character that no font has is marked and named, never a box or nothing.
func TestMissingCharacter(t *testing.T) {
	f := full(t)
	f.Content.Answers["联系人"] = "王𪛖"
	all := strings.Join(read(t, form(t, f)), "")
	inOrder(t, all, "王〓", "字库未收", "U+2A6D6")
}

// The same version gives the same bytes, from many goroutines that share the fonts.
func TestDeterministic(t *testing.T) {
	f, fonts := full(t), pack.Fonts()
	want := form(t, f)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if b, err := paper.Form(fonts, f); err != nil || !bytes.Equal(b, want) {
				t.Errorf("other bytes (%v)", err)
			}
		})
	}
	wg.Wait()
	f.Content.Answers["联系人"] = "别人"
	if bytes.Equal(form(t, f), want) {
		t.Error("another content gives the same bytes")
	}
}

func TestSealPage(t *testing.T) {
	f := full(t)
	f.Opinions[2].Stage = filing.Ready // between: not signed in the system yet
	for _, c := range []struct {
		step org.Step
		want []string
		seal bool
	}{
		{org.Step{Unit: "u0", Name: f.Content.UnitName, Role: org.Applies, Box: 1}, []string{"申报单位意见：", f.Content.Opinion, "单位（盖章）", "年月日"}, true},
		{org.Step{Unit: "u1", Name: "科尔沁左翼中旗人力资源和社会保障局", Role: org.Endorses}, []string{"科尔沁左翼中旗人力资源和社会保障局意见：", "经实地查看", "年月日"}, true},
		{org.Step{Unit: "u2", Name: "通辽市人力资源和社会保障局", Role: org.Recommends, Box: 2}, []string{"盟市（厅局）意见：", "占用本市名额", "年月日"}, true},
		{org.Step{Unit: "u3", Name: "自治区人力资源和社会保障厅", Role: org.Decides, Box: 3}, []string{"审批意见：", "负责人（签字）：", "年月日"}, false},
	} {
		b, err := paper.SealPage(pack.Fonts(), paper.SealPaper{FormPaper: f, Step: c.step})
		if err != nil {
			t.Fatal(err)
		}
		pages := read(t, b)
		if len(pages) != 1 {
			t.Errorf("%s: %d pages", c.step.Name, len(pages))
		}
		inOrder(t, pages[0], append([]string{"签章页", "申报单位", "版本码", f.Version.Code}, c.want...)...)
		if strings.Contains(pages[0], "盖章）") != c.seal || strings.Contains(pages[0], "2017年7月13日") {
			t.Errorf("%s: seal line or date: %s", c.step.Name, pages[0])
		}
	}
}

func TestSealPageNeedsVersion(t *testing.T) {
	f := full(t)
	f.Version = filing.Version{}
	for _, f := range []paper.FormPaper{f, {Notice: f.Notice}} {
		if _, err := paper.SealPage(pack.Fonts(), paper.SealPaper{FormPaper: f, Step: org.Step{Box: 1}}); !errors.Is(err, paper.ErrNoVersion) {
			t.Errorf("got %v", err)
		}
	}
}

func TestReceipts(t *testing.T) {
	f := full(t)
	b, err := paper.Receipt(pack.Fonts(), paper.ReceiptPaper{
		Notice: f.Notice, Number: f.Number, Unit: f.Content.UnitName, Base: "科尔沁基地", Contact: "专技科　那顺　0475-3212345",
		Receipt: application.Receipt{Number: "HZ-2017-000042", At: f.Date, From: f.Content.UnitName, To: "科左中旗人社局", Hash: f.Version.Hash, Code: f.Version.Code},
	})
	if err != nil {
		t.Fatal(err)
	}
	pages := read(t, b)
	inOrder(t, pages[0], "申报回执", "HZ-2017-000042", f.Notice.Number.Text, f.Number, "报送单位", "接收单位", "科左中旗人社局",
		"2017年7月12日10时05分（北京时间）", f.Version.Code, f.Version.Hash, "专技科")
	b, err = paper.ParcelReceipt(pack.Fonts(), paper.ParcelPaper{
		Notice: f.Notice, Office: f.Notice.Delivery.To, Parcel: "QS-2017-0007", From: "通辽市人力资源和社会保障局", Sent: at("2017-07-17 00:00"), At: at("2017-07-19 00:00"), Clerk: "娜仁",
		Items: []paper.ParcelItem{
			{Number: f.Number, Unit: f.Content.UnitName, Code: f.Version.Code, Form: 4, Evidence: 1, Missing: "申报表1份", Due: at("2017-07-28 00:00")},
			{Number: "NMG-ZJJD-2017-0043", Unit: "另一单位", Code: "AAAA-BBBB-CCCC", Form: 5},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, read(t, b)[0], "纸质材料签收单", "QS-2017-0007", "2017年7月17日", "2017年7月19日", "自治区留学人员和专家服务中心",
		f.Number, f.Version.Code, "4", "1", "申报表1份（2017年7月28日前）", "另一单位", "5", "齐", "签收人：娜仁")
}

// BenchmarkForm is the whole form at its limits: nine pages, 2,600 字 in the long boxes.
// Beside it what it can't be cheaper than: the least PDF with the same fonts, and the
// setting of the same text without forms or files.
func BenchmarkForm(b *testing.B) {
	f, fonts := full(b), pack.Fonts()
	size := 0
	b.ReportAllocs()
	for b.Loop() {
		p, err := paper.Form(fonts, f)
		if err != nil {
			b.Fatal(err)
		}
		size = len(p)
	}
	b.ReportMetric(float64(size), "bytes/form")
}

func benchmarkLines(b *testing.B, lines int, write bool) {
	f, fonts := full(b), pack.Fonts()
	b.ReportAllocs()
	for b.Loop() {
		d := typeset.New(fonts, typeset.A4())
		for _, x := range f.Notice.Form.Body[:lines] {
			d.Para(typeset.P(typeset.Style{Role: font.Fang, Size: 12}, f.Content.Answers[x.Name]))
		}
		d.Page()
		if !write {
			continue
		}
		if _, err := pdf.Write(d.Pages, pdf.Info{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBareText(b *testing.B) { benchmarkLines(b, 4, false) }
func BenchmarkBarePDF(b *testing.B)  { benchmarkLines(b, 4, true) }
func BenchmarkEmptyPDF(b *testing.B) { benchmarkLines(b, 0, true) }

// The printed score sheet has every aspect with its full marks, the declaration, a line to
// sign, and says that it is not from the notice.
func TestScoreSheet(t *testing.T) {
	f := full(t)
	s := review.DefaultSheet()
	s.Vetoes = []review.Veto{{ID: "1", Name: "材料弄虚作假"}}
	b, err := paper.ScoreSheet(pack.Fonts(), paper.ScorePaper{Notice: f.Notice, Round: review.Round{Name: "第一轮", Sheet: s, Hash: s.Hash()}, Number: "2017-0001",
		Unit: "某园区", Base: "某专家服务基地", Code: "AAAABBBBCCCC", Expert: "钱学文", Due: f.Notice.Delivery.Deadline, At: f.Notice.Delivery.Deadline})
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(read(t, b), "")
	for _, a := range s.Leaves() {
		if !strings.Contains(all, strings.ReplaceAll(a.ID+a.Name, " ", "")) {
			t.Errorf("no %s", a.Name)
		}
	}
	for _, want := range []string{"钱学文", "材料弄虚作假", "回避声明", "评审专家（签字）", "非通知原文", "建议认定", "30", "AAAABBBBCCCC"} {
		if !strings.Contains(all, want) {
			t.Errorf("the sheet has no %s", want)
		}
	}
}
