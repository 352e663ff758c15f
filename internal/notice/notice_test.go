package notice_test

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"shenbao/internal/notice"
	"shenbao/notices"
)

func source(t testing.TB) []byte { return file(t, notices.ExpertServiceBase2017) }

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := notices.FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parsed(t testing.TB) *notice.Notice { return parse(t, notices.ExpertServiceBase2017) }

func parse(t testing.TB, name string) *notice.Notice {
	t.Helper()
	n, err := notice.Parse(name, file(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// squeeze removes white space: line breaks and blanks of a laid-out page carry no meaning.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// published is the text as it was published, body and annex apart, white space removed.
func published(t *testing.T) (body, annex string) {
	b, err := os.ReadFile("testdata/published.txt")
	if err != nil {
		t.Fatal(err)
	}
	body, annex, ok := strings.Cut(squeeze(string(b)), "附件：")
	if !ok {
		t.Fatal("no annex")
	}
	return body, annex
}

// same reports the first place where two texts part.
func same(t *testing.T, got, want string) {
	t.Helper()
	g, w := []rune(got), []rune(want)
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("character %d: got …%s, want …%s", i, string(g[max(0, min(i, len(g))-10):min(len(g), i+20)]), string(w[max(0, min(i, len(w))-10):min(len(w), i+20)]))
		}
	}
}

// The text is the published one, word for word up to the annex. The document number is
// the one thing that moved: it stands in the head.
func TestProseIsThePublishedText(t *testing.T) {
	n := parsed(t)
	body, _ := published(t)
	if strings.Count(body, n.Number.Text) != 1 || !strings.HasPrefix(body, squeeze(n.Title)+n.Number.Text) {
		t.Errorf("the number %s does not follow the title", n.Number)
	}
	got, _, _ := strings.Cut(squeeze(n.Prose()), "附件：")
	same(t, got, strings.Replace(body, n.Number.Text, "", 1))
	if len([]rune(got)) < 2000 {
		t.Errorf("only %d characters", len([]rune(got)))
	}
}

// The annex is the form block: every printed label, limit, hint and line of the opinion
// boxes, in its order, and nothing else. Two things differ from the flattened text: the
// title stands twice there, and the three hints of the support box stand after the next
// heading (T2), whose box has none.
func TestFormIsThePublishedAnnex(t *testing.T) {
	_, want := published(t)
	const goals = "建设目标及未来三年工作打算（800字）"
	hints := want[strings.Index(want, "1.支持政策情况"):strings.Index(want, "单位全称：开户行")]
	want = strings.Replace(want, goals+hints, hints+goals, 1)

	f := parsed(t).Form
	got := f.Title + f.Title
	lead := ""
	add := func(fields []notice.Field) {
		for _, x := range fields {
			if x.Lead != lead {
				got += x.Lead
			}
			lead = x.Lead
			got += x.Printed() + strings.Join(x.Hints, "")
		}
	}
	add(f.Cover)
	got += f.Issuer + "年月日"
	add(f.Head)
	add(f.Body)
	add(f.Bank)
	for _, b := range f.Boxes {
		got += b.Label + b.Sign + b.Seal
		if b.Date {
			got += "年月日"
		}
	}
	same(t, squeeze(got), want)
}

// rules are the sources of all rules of a notice, found wherever the types hold one.
func rules(n *notice.Notice) map[string][]notice.Source {
	all := map[string][]notice.Source{}
	var walk func(v reflect.Value, path string)
	walk = func(v reflect.Value, path string) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem(), path)
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), path)
			}
		case reflect.Struct:
			if s, ok := v.Interface().(notice.Source); ok {
				all[path] = append(all[path], s)
				return
			}
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.IsExported() && f.Type != reflect.TypeFor[[]notice.Clause]() {
					p := f.Name
					if path != "" {
						p = path + "." + f.Name
					}
					walk(v.Field(i), p)
				}
			}
		}
	}
	walk(reflect.ValueOf(n), "")
	return all
}

// Every rule knows its clause and quotes it, and stands below it in the file.
func TestEveryRuleQuotesItsClause(t *testing.T) {
	for _, name := range []string{notices.ExpertServiceBase2017, notices.DemoFirstBatch2014} {
		n := parse(t, name)
		count := 0
		check := func(path string, s notice.Source) {
			c, ok := n.Clause(s.Clause)
			switch {
			case !ok:
				t.Errorf("%s: %s: no clause %q", name, path, s.Clause)
			case s.Quote == "" || !strings.Contains(squeeze(c.Text), squeeze(s.Quote)):
				t.Errorf("%s: %s: %q is not in %s", name, path, s.Quote, c.ID)
			case s.Line <= c.Line:
				t.Errorf("%s: %s: line %d, its clause is on %d", name, path, s.Line, c.Line)
			}
			count++
		}
		for path, ss := range rules(n) {
			for _, s := range ss {
				if s != (notice.Source{}) { // a block that this notice has not
					check(path, s)
				}
			}
		}
		if o := n.Hosts.Other; o.Name != "" {
			check("Hosts.Other", notice.Source{Clause: n.Hosts.Clause, Quote: o.Quote, Line: n.Hosts.Line})
		}
		if r := n.Experts.Retired; r.Quote != "" {
			check("Experts.Retired", notice.Source{Clause: n.Experts.Clause, Quote: r.Quote, Line: n.Experts.Line})
		}
		if want := map[string]int{notices.ExpertServiceBase2017: 35, notices.DemoFirstBatch2014: 18}[name]; count != want {
			t.Errorf("%s: %d rules, want %d: rules came or went, or the walk misses some", name, count, want)
		}
	}
}

// What a clause says is restated by a block below it, or the clause is listed here as
// prose only: that is the honest answer to what the system enforces.
func TestEveryClauseHasABlockOrIsProseOnly(t *testing.T) {
	n := parsed(t)
	var prose, bare []string
	for _, c := range n.ProseOnly() {
		prose = append(prose, c.ID)
	}
	for _, c := range n.Clauses {
		if len(c.Blocks) == 0 && !slices.Contains(prose, c.ID) {
			bare = append(bare, c.ID)
		}
	}
	if want := []string{"一", "二", "六（一）"}; !slices.Equal(prose, want) {
		t.Errorf("prose only: %v, want %v", prose, want)
	}
	// The head restates the first two; the others are headings and a lead-in alone.
	if want := []string{"主送", "首段", "四", "五", "六", "六·内容", "七"}; !slices.Equal(bare, want) {
		t.Errorf("without words of their own: %v, want %v", bare, want)
	}
}

// T9: the items of 六 begin at （一） twice; ids are unique all the same.
func TestClauseIDs(t *testing.T) {
	var ids []string
	for _, c := range parsed(t).Clauses {
		ids = append(ids, c.ID)
	}
	want := strings.Fields(`主送 首段 一 二 三 三（一） 三（二） 三（三） 四 四（一） 四（二） 四（三） 五 五（一） 五（二） 五（三）
		六 六（一） 六（二） 六·内容 六·内容（一） 六·内容（二） 六·内容（三） 六·内容（四） 六·内容（五） 七 七（一） 七（二） 七·末段 附件`)
	if !slices.Equal(ids, want) {
		t.Errorf("got %v\nwant %v", ids, want)
	}
	if c, _ := parsed(t).Clause("六·内容（三）"); c.Section() != "六" || c.Number != "（三）" || c.Text != "（三）基地建设资助经费使用情况；" {
		t.Errorf("%+v", c)
	}
}
