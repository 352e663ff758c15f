package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

var ids = regexp.MustCompile(`[0-9a-z]{21}|[0-9a-f]{64}|demo-[a-z0-9-]+|(hr|dept|direct|host)-[a-z0-9]+|centre`)

// pattern is a path with its ids taken out: pages of one kind are one.
func pattern(path string) string {
	path, query, _ := strings.Cut(path, "?")
	var names []string
	for _, p := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(p, "=")
		names = append(names, name)
	}
	return ids.ReplaceAllString(path, "{id}") + "?" + strings.Join(names, "&")
}

// Every page that each role can reach by links renders, says all its sentences in both
// languages, pleases axe and the browser, and fits the width of an office screen. A kind
// of page is looked at closely once; every role walks all of its own.
func TestEveryPageBrowser(t *testing.T) {
	site, _ := startDemo(t)
	v := visit(t, site)
	close := map[string]bool{}
	for _, who := range [][3]string{{"", "", ""}, {"松山区现代农业", "经办", ""}, {"松山区现代农业", "负责人", ""}, {"松山区人力资源", "经办", ""},
		{"赤峰市人力资源", "负责人", ""}, {"农业大学", "经办", ""}, {"人力资源和社会保障厅", "业务", ""}, {"人力资源和社会保障厅", "审批", ""},
		{"服务中心", "受理", ""}, {"", "专家", "钱学文"}, {"", "财务", ""}, {"", "系统管理员", ""}, {"", "安全管理员", ""}, {"", "审计管理员", ""}} {
		if who != [3]string{} {
			v.as(who[0], who[1], who[2])
		} else {
			v.open("/")
		}
		n := v.crawl(close)
		t.Logf("%v: %d kinds of pages", who, n)
	}
	if len(close) < 25 {
		t.Errorf("only %d kinds of pages were found", len(close))
	}
}

func (v *visitor) crawl(close map[string]bool) int {
	seen := map[string]bool{}
	queue := []string{v.path()}
	for len(queue) > 0 && len(seen) < 80 {
		path := queue[0]
		queue = queue[1:]
		kind := pattern(path)
		if seen[kind] {
			continue
		}
		seen[kind] = true
		v.open(path)
		v.clean()
		if code := js[int](v, `performance.getEntriesByType("navigation")[0].responseStatus`); code != 200 {
			v.t.Errorf("a link leads to %s, which answers %d", path, code)
		}
		queue = append(queue, js[[]string](v, `[...document.querySelectorAll("a[href]")].filter(a => a.origin === location.origin && !a.hasAttribute("download") && !/\.(pdf|csv|xlsx|md|jsonl)$|\/files\/|\/export/.test(a.pathname)).map(a => a.pathname + a.search)`)...)
		if close[kind] {
			continue
		}
		close[kind] = true
		v.accessible()
		v.shot(strings.NewReplacer("/", "_", "?", "_", "{", "", "}", "", "&", "_").Replace(kind))
		if w := js[int](v, "document.documentElement.scrollWidth"); w > 1366 {
			v.t.Errorf("%s is %d pixels wide", path, w)
		}
		v.english()
	}
	return len(seen)
}

// english looks at the same page in English and comes back.
func (v *visitor) english() {
	v.t.Helper()
	here := v.path()
	for _, lang := range []string{"en", "zh"} {
		if !js[bool](v, fmt.Sprintf(`(() => { const b = document.querySelector('button[name=lang][value=%s]'); if (!b) return false; window.before = true; b.click(); return true })()`, lang)) {
			v.t.Errorf("%s can't be read in %s", here, lang)
			return
		}
		v.left()
		if lang == "en" {
			v.open(here)
			v.clean()
		}
	}
}
