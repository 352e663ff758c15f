package filing_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/notices"
)

func parsed(t testing.TB) *notice.Notice {
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

// full is a content without a mistake.
func full(n *notice.Notice) filing.Content {
	c := filing.Content{UnitName: "赤峰高新技术产业开发区管理委员会", Opinion: "情况属实，同意申报。", Answers: filing.Answers{}}
	for _, f := range n.Form.Fields() {
		switch {
		case f.Name == filing.FieldHostKind:
			c.Answers[f.Name] = f.Options[0]
		case f.Name == filing.FieldPayee:
			c.Answers[f.Name] = c.UnitName
		case f.Name == filing.FieldDivision:
			c.Answers[f.Name] = "150404"
		case f.Part == notice.PartExtra || f.Part == notice.PartCover:
		case f.Kind == notice.Phone:
			c.Answers[f.Name] = "0476-8000000"
		case f.Kind == notice.Mobile:
			c.Answers[f.Name] = "13800000000"
		case f.Kind == notice.Account:
			c.Answers[f.Name] = "6222 0000 0000 0000"
		default:
			c.Answers[f.Name] = "内容"
		}
	}
	for _, cond := range n.Conditions {
		c.Answers[filing.SelfField(cond.ID)] = filing.Met
		c.Answers[filing.StatementField(cond.ID)] = "具备，见佐证材料。"
	}
	return c
}

func refused(bad event.Refusals) []string {
	var out []string
	for _, r := range bad {
		out = append(out, r.Kind+"@"+r.Field)
	}
	return out
}

func TestCheck(t *testing.T) {
	n := parsed(t)
	set := func(field, v string) func(*filing.Content) {
		return func(c *filing.Content) { c.Answers[field] = v }
	}
	other := func(c *filing.Content) {
		c.Answers[filing.FieldPayee] = "松山区会计核算中心"
		c.Answers[filing.FieldPayeeReason] = "本单位未单独开户。"
	}
	bank := filing.Evidence{Purpose: filing.ForBank}
	for _, c := range []struct {
		name string
		do   func(*filing.Content)
		want []string
	}{
		{"as it should be", func(*filing.Content) {}, nil},
		{"800 characters", set("单位简介", strings.Repeat("字", 800)), nil},
		{"801 characters", set("单位简介", strings.Repeat("字", 801)), []string{"too-long@单位简介"}},
		{"800 in Word's way: digits and Latin words are one each", set("单位简介", strings.Repeat("字", 798)+"2017年"), nil},
		{"500 and one", set("基本情况", strings.Repeat("字", 501)), []string{"too-long@基本情况"}},
		{"required field empty", set(filing.FieldBase, " 　"), []string{"required@基地名称"}},
		{"kind of host not on the list", set(filing.FieldHostKind, "公司"), []string{"syntax-choice@依托单位类别"}},
		{"other host without its reasons (R23)", set(filing.FieldHostKind, "其他基层单位"), []string{"required@需求理由", "required@产业类型", "required@所依托产业"}},
		{"phone", set("电话", "12345"), []string{"syntax-phone@电话"}},
		{"a mobile number as phone", set("电话", "138 0000 0000"), nil},
		{"mobile", set("手机", "0476-8000000"), []string{"syntax-mobile@手机"}},
		{"account", set(filing.FieldAccount, "12345"), []string{"syntax-account@账号"}},
		{"account with a letter", set(filing.FieldAccount, "6222000A00000000"), []string{"syntax-account@账号"}},
		{"place", set(filing.FieldDivision, "松山区"), []string{"syntax-division@基地所在旗县"}},
		{"tags that are no list", set(filing.FieldIndustry, "马铃薯"), []string{"syntax-tags@产业方向"}},
		{"tags", set(filing.FieldIndustry, filing.PutWords([]string{"马铃薯", "马铃薯", ""})), nil},
		{"several choices, one unknown", set("支持方式", `["技术攻关","唱歌"]`), []string{"syntax-choices@支持方式"}},
		{"a list that can't be read", set("管理人员", "张三"), []string{"syntax-list@管理人员"}},
		{"a list of empty rows", set("管理人员", `[{"姓名":" "}]`), nil},
		{"a date in a list", set("配套政策", `[{"文件名称":"意见","印发日期":"2017-02-30"}]`), []string{"syntax-date@配套政策"}},
		{"money in a list", set("地方经费投入", `[{"投入年份":"2016","投入金额":"1,000.50"}]`), nil},
		{"money with three decimals", set("地方经费投入", `[{"投入年份":"2016","投入金额":"1000.505"}]`), []string{"syntax-money@地方经费投入"}},
		{"negative money", set("地方经费投入", `[{"投入年份":"2016","投入金额":"-1"}]`), []string{"syntax-money@地方经费投入"}},
		{"a year of two digits", set("获奖情况", `[{"获奖年份":"16"}]`), []string{"syntax-year@获奖情况"}},
		{"no finding of one's own", set(filing.SelfField("1a"), ""), []string{"self-required@自查.1a"}},
		{"a finding that is no word", set(filing.SelfField("1a"), "是"), []string{"self-required@自查.1a"}},
		{"a hard condition not met", set(filing.SelfField("2b"), filing.NotMet), []string{"self-not-met@自查.2b"}},
		{"a soft condition not met", set(filing.SelfField("1b"), filing.NotMet), nil},
		{"no statement", set(filing.StatementField("3d"), ""), []string{"statement-required@条件.3d"}},
		{"no opinion", func(c *filing.Content) { c.Opinion = "\n" }, []string{"required@申报单位意见"}},
		{"another payee without a reason (T26)", set(filing.FieldPayee, "松山区会计核算中心"), []string{"required@收款户名不一致的理由"}},
		{"another payee without proof", other, []string{"payee-proof@收款户名不一致的理由"}},
		{"another payee with proof", func(c *filing.Content) { other(c); c.Evidence = []filing.Evidence{bank} }, nil},
		{"proof that was taken off", func(c *filing.Content) {
			other(c)
			c.Evidence = []filing.Evidence{{Purpose: filing.ForBank, Removed: time.Unix(1, 0)}}
		}, []string{"payee-proof@收款户名不一致的理由"}},
		{"evidence is no proof", func(c *filing.Content) {
			other(c)
			c.Evidence = []filing.Evidence{{Purpose: filing.ForEvidence, Topic: "1a"}}
		},
			[]string{"payee-proof@收款户名不一致的理由"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			content := full(n)
			c.do(&content)
			bad := filing.Check(n, content)
			if got := refused(bad); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			for _, r := range bad {
				if r.Class != event.Invalid || r.Clause == "" {
					t.Errorf("%+v names no clause", r)
				}
			}
		})
	}
}

// An empty draft: every refusal once, in the order of the form.
func TestCheckEmpty(t *testing.T) {
	n := parsed(t)
	got := refused(filing.Check(n, filing.Content{}))
	if got[0] != "required@基地名称" || got[len(got)-1] != "required@申报单位意见" {
		t.Errorf("order: %v", got)
	}
	seen := map[string]bool{}
	for _, g := range got {
		if _, field, _ := strings.Cut(g, "@"); seen[field] {
			t.Errorf("%s twice", g)
		} else {
			seen[field] = true
		}
	}
}

func TestWarnings(t *testing.T) {
	n := parsed(t)
	c := full(n)
	for _, cond := range n.Conditions {
		c.Evidence = append(c.Evidence, filing.Evidence{Purpose: filing.ForEvidence, Topic: cond.ID})
	}
	kinds := func(regional bool) []string {
		var out []string
		for _, w := range filing.Warnings(n, c, regional) {
			if w.Kind != "left-empty" {
				out = append(out, w.Kind+"@"+w.Field)
			}
		}
		return out
	}
	if got := kinds(true); got != nil {
		t.Errorf("a park of the region: %v", got)
	}
	c.Answers[filing.FieldHostKind] = "基层科研单位" // 盟市以下: T5, T16
	if got := kinds(true); !slices.Equal(got, []string{"host-too-high@依托单位类别"}) {
		t.Errorf("a research unit of the region: %v", got)
	}
	if got := kinds(false); got != nil {
		t.Errorf("a research unit of a league: %v", got)
	}
	c.Answers[filing.SelfField("2a")] = filing.NotMet
	c.Evidence[0].Quarantined = time.Unix(1, 0)
	if got := kinds(false); !slices.Equal(got, []string{"no-evidence@条件.1a", "self-not-met@自查.2a"}) {
		t.Errorf("%v", got)
	}
}

func TestFreeze(t *testing.T) {
	n := parsed(t)
	c := full(n)
	c.N = 1
	at := time.Date(2017, 7, 1, 0, 0, 0, 0, time.UTC)
	v := filing.Freeze(c, event.Actor{Person: "p"}, at)
	if v.Hash != c.Sum() || len(v.Hash) != 64 || v.N != 1 || !v.At.Equal(at) {
		t.Errorf("%+v", v)
	}
	if again := filing.Freeze(c, event.Actor{Person: "q"}, at.Add(1)); again.Hash != v.Hash || again.Code != v.Code {
		t.Error("the hash is of the content alone")
	}
	c.Evidence = []filing.Evidence{{ID: "e", SHA256: "00", Removed: at, Quarantined: at}}
	withFile := c.Sum()
	c.Evidence[0].Removed, c.Evidence[0].Quarantined = time.Time{}, time.Time{}
	if c.Sum() != withFile || withFile == v.Hash {
		t.Error("what happens to a file later does not touch a version that has it; a file does")
	}
	for name, change := range map[string]func(*filing.Content){
		"an answer": func(c *filing.Content) { c.Answers["单位简介"] += "。" }, "the opinion": func(c *filing.Content) { c.Opinion += "。" },
		"the name": func(c *filing.Content) { c.UnitName += "一" }, "the number": func(c *filing.Content) { c.N++ },
		"the notice": func(c *filing.Content) { c.Notice = "x" }, "a file's bytes": func(c *filing.Content) { c.Evidence[0].SHA256 = "01" },
	} {
		other := full(n)
		other.N, other.Evidence = 1, []filing.Evidence{{ID: "e", SHA256: "00"}}
		if change(&other); other.Sum() == withFile {
			t.Errorf("%s changed, the hash did not", name)
		}
	}
}

func TestSameCode(t *testing.T) {
	const printed = "7K3M-9QXT-20HD"
	for typed, want := range map[string]bool{
		printed: true, "7k3m9qxt20hd": true, " 7K3M 9QXT 20HD ": true, "7K3M－9QXT－2OHD": true, "7K3M—9QXT—20HD": true,
		"7K3M-9QXT-21HD": false, "": false, "7K3M-9QXT": false, "7K3M-9QXT-20HD0": false,
	} {
		if filing.SameCode(typed, printed) != want {
			t.Errorf("%q: %v", typed, !want)
		}
	}
	if !filing.SameCode("1I1L", "1111") {
		t.Error("I and L are read as 1")
	}
	if got := filing.TidyCode("7k3m 9qxt 2ohd"); got != printed {
		t.Errorf("tidy: %q", got)
	}
}

func TestCompare(t *testing.T) {
	n := parsed(t)
	old, new := full(n), full(n)
	if got := filing.Compare(n, old, new); got != nil {
		t.Errorf("the same: %v", got)
	}
	new.Answers["手机"], new.Answers[filing.FieldBase] = "13900000000", "新名"
	new.Answers[filing.StatementField("1a")], new.Answers[filing.SelfField("1b")] = "改", filing.NotMet
	new.Opinion = "改"
	new.Evidence = []filing.Evidence{{Topic: "1a", Name: "总结.pdf"}}
	new.Answers["单位简介"] = old.Answers["单位简介"] + "\n " // white space is no change
	var fields []string
	for _, c := range filing.Compare(n, old, new) {
		fields = append(fields, c.Field)
		if c.Old == c.New {
			t.Errorf("%+v", c)
		}
	}
	if want := []string{"基地名称", "手机", "条件.1a", "自查.1b", "申报单位意见", "佐证材料"}; !slices.Equal(fields, want) {
		t.Errorf("%v, want %v", fields, want)
	}
}

// The form of the published notice has every field that the code knows by name; a form
// that lacks a needed one is refused before a call is drafted from it.
func TestMeaningfulFields(t *testing.T) {
	n := parsed(t)
	for _, f := range []string{filing.FieldUnit, filing.FieldBase, filing.FieldHostKind, filing.FieldDivision, filing.FieldIndustry, filing.FieldNeeds,
		filing.FieldPayee, filing.FieldAccount, filing.FieldPayeeReason} {
		if _, ok := n.Form.Field(f); !ok {
			t.Errorf("the form has no field %s", f)
		}
	}
	if err := filing.CheckForm(n); err != nil {
		t.Error(err)
	}
	b, err := notices.FS.ReadFile(notices.DemoFirstBatch2014)
	if err != nil {
		t.Fatal(err)
	}
	first, err := notice.Parse(notices.DemoFirstBatch2014, b)
	if err != nil {
		t.Fatal(err)
	}
	if err := filing.CheckForm(first); err != nil {
		t.Error(err)
	}
	lacking := *n
	lacking.Form.Extra = nil
	if err := filing.CheckForm(&lacking); err == nil || !strings.Contains(err.(*event.Refusal).Args["fields"], filing.FieldHostKind) {
		t.Errorf("a form without its extra fields: %v", err)
	}
}

func TestKnownAndCopy(t *testing.T) {
	n := parsed(t)
	for field, want := range map[string]bool{"基地名称": true, "自查.1a": true, "条件.3d": true, "申报单位意见": true, "申报单位全称": false,
		"自查.9z": false, "条件.": false, "没有的栏": false, "": false} {
		if filing.Known(n, field) != want {
			t.Errorf("%q: %v", field, !want)
		}
	}
	old := full(n).Answers
	old["没有的栏"], old[filing.OpinionField] = "x", "同意"
	got := old.Copy(n)
	for f := range got {
		if strings.Contains(f, ".") || f == "没有的栏" || f == filing.OpinionField || f == filing.FieldUnit {
			t.Errorf("%s was copied: conditions are answered anew (R34)", f)
		}
	}
	if got[filing.FieldBase] != "内容" || got[filing.FieldAccount] == "" {
		t.Errorf("%v", got)
	}
}

func TestOpens(t *testing.T) {
	some := filing.Correction{Fields: []string{"单位简介", filing.StatementField("1a")}}
	for field, want := range map[string]bool{"单位简介": true, "条件.1a": true, "自查.1a": true, filing.OpinionField: true, "基本情况": false,
		"自查.1b": false, "条件.1b": false} {
		if some.Opens(field) != want {
			t.Errorf("%s: %v", field, !want)
		}
	}
	if !(filing.Correction{}).Opens("基本情况") {
		t.Error("a correction that names nothing opens everything")
	}
	if f := (filing.Evidence{Purpose: filing.ForEvidence, Topic: "1a"}).Field(); !some.Opens(f) {
		t.Error("evidence opens with its condition")
	}
}

func TestDifferences(t *testing.T) {
	old := parsed(t)
	if got := filing.Differences(old, old); got != nil {
		t.Errorf("the same: %v", got)
	}
	next := *old
	next.Form.Body = slices.Clone(old.Form.Body)
	next.Form.Body[0].Limit = 1000
	next.Form.Head = old.Form.Head[1:]
	next.Form.Extra = append(slices.Clone(old.Form.Extra), notice.Field{Name: "网址", Label: "网址", Kind: notice.Text})
	next.Form.Extra[0].Options = []string{"产业园区"}
	next.Conditions = old.Conditions[1:]
	var got []string
	for _, d := range filing.Differences(old, &next) {
		got = append(got, d.Kind+"@"+d.Field)
	}
	if want := []string{"limit@单位简介", "options@依托单位类别", "added@网址", "removed@基地名称", "condition-removed@1a"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestRowsAndWords(t *testing.T) {
	rows := []filing.Row{{"a": " "}, {"a": "1"}, {}}
	if got := filing.PutRows(rows); got != `[{"a":"1"}]` || len(filing.Rows(got)) != 1 {
		t.Errorf("%s", got)
	}
	if filing.PutRows(nil) != "" || filing.Rows("junk") != nil || filing.Words("junk") != nil || filing.PutWords([]string{" "}) != "" {
		t.Error("nothing is nothing")
	}
	for account, want := range map[string]string{"6222000011112222": "************2222", "6222 0000 1111 2222": "**** **** **** 2222", "12": "12", "": ""} {
		if got := filing.Masked(account); got != want {
			t.Errorf("%q: %q", account, got)
		}
	}
}
