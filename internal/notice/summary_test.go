package notice_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/notices"
)

var update = flag.Bool("update", false, "write testdata/summary.*.txt anew")

func labels(t testing.TB) notice.Labels {
	t.Helper()
	l, err := notice.ParseLabels(notices.ExpertServiceBase2017English, file(t, notices.ExpertServiceBase2017English), parsed(t))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The report that an author reads, in both languages.
func TestSummary(t *testing.T) {
	n, l := parsed(t), labels(t)
	for _, lang := range locale.Langs {
		got := notice.Summary(n, lang.T, func(zh string) string { return l.Of(string(lang), zh) })
		name := "testdata/summary." + string(lang) + ".txt"
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs (run with -update and read the difference):\n%s", name, got)
		}
		if strings.Contains(got, "⟦") || strings.ContainsAny(got, "{}") {
			t.Errorf("%s has a sentence without its words", name)
		}
	}
}

// Nothing of the notice lacks English words, and where they lack, the Chinese stands.
func TestLabels(t *testing.T) {
	n, l := parsed(t), labels(t)
	for _, s := range l.Lacks(n) {
		t.Errorf("no English for %s", s)
	}
	eq(t, "a word", l.Of("en", "盟市"), "leagues and cities")
	eq(t, "the ruling language", l.Of("zh", "盟市"), "盟市")
	eq(t, "a word of no notice", l.Of("en", "别的词"), "别的词")
	c, _ := n.Clause("七（一）")
	if en := l.Clause("en", c); en == c.Text || en == "" {
		t.Errorf("clause %s in English: %q", c.ID, en)
	}
	eq(t, "clause in Chinese", l.Clause("zh", c), c.Text)
	r, _ := n.Reading(notice.ReadDeadline)
	if en := l.Reading("en", r); en == r.Text || en == "" {
		t.Errorf("reading in English: %q", en)
	}
	var none notice.Labels
	eq(t, "without labels", none.Of("en", "盟市"), "盟市")
}

// After an amendment, labels must not go on translating what is gone.
func TestLabelMistakes(t *testing.T) {
	n := parsed(t)
	for _, x := range []struct{ src, want string }{
		{"语言: en\n词语:\n  基地名: Base name\n", "x.yaml:3: 译文“词语”里的“基地名”在通知中找不到。请照通知书写，或删去这一行。你是不是要写“基地名称”？"},
		{"语言: en\n条款:\n  七（九）: Text\n", "x.yaml:3: 译文“条款”里的“七（九）”在通知中找不到。请照通知书写，或删去这一行。你是不是要写“七（一）”？"},
		{"语言: en\n解释:\n  截止日: Text\n", "x.yaml:3: 译文“解释”里的“截止日”在通知中找不到。请照通知书写，或删去这一行。你是不是要写“截止”？"},
		{"语言: en\n词语:\n  基地名称:\n", "x.yaml:3: 词语的“基地名称”没有内容。请填写或删去这一行。"},
		{"语言: 英文\n", "x.yaml:1: 译文里不能写“英文”。可选的有：en。"},
		{"词语: {基地名称: Base name}\n", "x.yaml:1: 译文缺少“语言”。请补上。"},
		{"语言: en\n词语： {基地名称: Base name}\n", "x.yaml:2: “词语： {基地名称:”里用了全角冒号“：”。请改为半角冒号加空格“: ”；如果是正文内容，请给整句加上英文引号。"},
	} {
		_, err := notice.ParseLabels("x.yaml", []byte(x.src), n)
		if got := say(err, locale.Zh); got != x.want {
			t.Errorf("%q:\n got %s\nwant %s", x.src, got, x.want)
		}
	}
	_, err := notice.ParseLabels("x.yaml", make([]byte, notice.MaxSize+1), n)
	eq(t, "too large", say(err, locale.Zh), "x.yaml:1: 文件超过1 MB，不像一份通知。请只保留通知正文和规则块。")
}
