package web

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"shenbao/internal/locale"
	"shenbao/score"
)

// points makes scores of whole and half points.
func points(xs ...float64) (out []score.Points) {
	for _, x := range xs {
		out = append(out, score.Points(x*10_000))
	}
	return out
}

// names of applications as long and as short as real ones.
var chartNames = []string{"呼和浩特市高新技术产业开发区专家服务基地", "包头稀土", "内蒙古自治区农牧业科学院赤峰分院旱作农业专家服务基地", "锡林郭勒盟草原生态",
	"鄂尔多斯市康巴什", "乌海市化工园区", "通辽市玉米产业技术研究院", "兴安盟农牧", "阿拉善荒漠", "巴彦淖尔河套灌区", "满洲里口岸", "赤峰市松山园区"}

// charts are all kinds with much to show, with little, and with nothing.
func charts(v View) map[string]templ.Component {
	cut := score.Points(78.5 * 10_000)
	var hist []score.Points
	for i := range 60 {
		hist = append(hist, score.Points(620_000+i*i*83%330_000))
	}
	var strict []Strict
	var agreed []Agreed
	var progress []Progress
	var amounts []Amount
	var moves []Slope
	for i, name := range chartNames {
		shift := score.Points((i*7919%13 - 6) * 9_000)
		strict = append(strict, Strict{Name: "专家" + string(rune('甲'+i)), Href: "/experts/" + strconv.Itoa(i), Marked: 5 + i, Shift: shift, Low: shift - 21_000, High: shift + 21_000})
		base := 88 - 2*float64(i)
		a := Agreed{Name: name, Href: "/applications/" + strconv.Itoa(i), Official: points(base)[0], Totals: points(base-4, base-1.5, base, base+1, base+3.5)}
		if i == 3 {
			a.Totals[0], a.Odd = points(50)[0], []int{0}
		}
		agreed = append(agreed, a)
		progress = append(progress, Progress{Name: name, Href: a.Href, Note: "截止 7月18日", Due: 5, Signed: (i * 3) % 6, Begun: i % 2, Late: i % 3})
		amounts = append(amounts, Amount{Name: []string{"现代农牧业", "装备制造", "新能源", "生物医药", "新材料", "生态环保"}[i%6], Existing: i * 2, Proposed: i % 4})
		moves = append(moves, Slope{Name: name, Href: a.Href, Rank: i + 1, Calibrated: []int{1, 3, 2, 4, 5, 8, 6, 7, 9, 9, 12, 11}[i]})
	}
	places := []Placed{{"150100", 5, 1}, {"150200", 4, 2}, {"150700", 2, 0}, {"152200", 1, 1}, {"150500", 2, 1}, {"150404", 3, 2}, {"150400", 1, 0}, {"152500", 2, 0},
		{"150900", 1, 0}, {"150600", 6, 2}, {"150800", 1, 1}, {"150300", 1, 0}, {"152900", 0, 1}, {"150781", 1, 0}, {"152501", 0, 1}}
	return map[string]templ.Component{
		"histogram":     scoreHistogram(v, "hist", "正式得分分布", Histogram{hist, &cut}),
		"histogram-one": scoreHistogram(v, "hist1", "正式得分分布", Histogram{Scores: points(81.5)}),
		"histogram-no":  scoreHistogram(v, "hist0", "正式得分分布", Histogram{}),
		"strictness":    strictnessChart(v, "strict", "评审专家宽严", strict),
		"strictness-no": strictnessChart(v, "strict0", "评审专家宽严", nil),
		"agreement":     agreementChart(v, "agree", "各申报评分一致性", agreed),
		"agreement-one": agreementChart(v, "agree1", "各申报评分一致性", []Agreed{{Name: "包头", Official: 800_000}}),
		"progress":      progressChart(v, "round", "评审进度", v.T("chart.application"), progress),
		"progress-no":   progressChart(v, "round0", "评审进度", v.T("chart.reviewer"), nil),
		"amounts":       amountChart(v, "amount", "各产业基地数", "产业", amounts[:6]),
		"slope":         slopeChart(v, "slope", "正式名次与校准名次", moves, 6),
		"slope-no":      slopeChart(v, "slope0", "正式名次与校准名次", nil, 6),
		"map":           leagueMap(v, "map", "各盟市基地数", places),
		"map-elsewhere": leagueMap(v, "map2", "各盟市基地数", []Placed{{"", 2, 1}}),
	}
}

func drawn(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Every chart, in both languages, stands in a page under the strict policy: no style, no
// script; it has a name and a description, says all its numbers as text, and keeps every
// shape inside. The pages are kept with -artifacts.
func TestCharts(t *testing.T) {
	dir := t.ArtifactDir()
	for _, lang := range locale.Langs {
		v := View{Lang: lang}
		page := `<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>charts</title>` +
			`<link rel="stylesheet" href="tabler.min.css"><link rel="stylesheet" href="app.css"><body class="public"><main class="main">`
		ids := map[string]bool{}
		all := charts(v)
		for _, name := range slices.Sorted(mapKeys(all)) {
			svg := drawn(t, all[name])
			page += svg
			checkChart(t, string(lang)+" "+name, svg, ids)
		}
		if err := os.WriteFile(filepath.Join(dir, string(lang)+".html"), []byte(page+"</main>"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"app.css", "tabler.min.css"} {
		b, err := os.ReadFile("static/" + f)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, f), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

var shares = regexp.MustCompile(`(?:x|x1|x2|cx|width)="(-?[\d.]+)%"`)

func checkChart(t *testing.T, name, svg string, ids map[string]bool) {
	t.Helper()
	for _, bad := range []string{"⟦", "style=", "<script", "NaN", "Inf", "%!"} {
		if strings.Contains(svg, bad) {
			t.Errorf("%s: has %s", name, bad)
		}
	}
	for _, m := range shares.FindAllStringSubmatch(svg, -1) {
		if x, err := strconv.ParseFloat(m[1], 64); err != nil || x < 0 || x > 100 {
			t.Errorf("%s: %s lies outside", name, m[0])
		}
	}
	d := xml.NewDecoder(strings.NewReader(svg))
	d.Strict = true
	var named []string
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: not well-formed: %v", name, err)
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		attr := map[string]string{}
		for _, a := range e.Attr {
			attr[a.Name.Local] = a.Value
		}
		if id := attr["id"]; id != "" {
			if ids[id] {
				t.Errorf("%s: id %s stands twice", name, id)
			}
			ids[id] = true
		}
		named = append(named, strings.Fields(attr["aria-labelledby"]+" "+attr["aria-describedby"])...)
		if e.Name.Local == "svg" && attr["role"] == "img" && attr["aria-labelledby"] == "" {
			t.Errorf("%s: a picture without a name", name)
		}
	}
	for _, id := range named {
		if !ids[id] {
			t.Errorf("%s: nothing has the id %s", name, id)
		}
	}
}

// The numbers that a chart draws are the numbers it was given.
func TestChartNumbers(t *testing.T) {
	v := View{Lang: locale.Zh}
	cut := score.Points(800_000)
	h := Histogram{points(79.99, 80, 80.5, 85, 60), &cut}
	bins, width := h.bins()
	sum, below := 0, 0
	for _, b := range bins {
		sum, below = sum+b.above+b.below, below+b.below
	}
	if sum != 5 || below != 2 || width != 20_000 || bins[0].from != 600_000 {
		t.Errorf("%d scores, %d below, in steps of %s from %s", sum, below, width, bins[0].from)
	}
	if got := h.desc(v); got != "5 份申报：最低 60.00，中位 80.00，最高 85.00；入围线 80.00，达线 3 份。" {
		t.Error(got)
	}
	s := slopesOf([]Slope{{"a", "", 1, 1}, {"b", "", 2, 3}, {"c", "", 3, 2}, {"d", "", 4, 4}}, 2)
	if s.moved != 2 || s.crossed != 2 || s.right[1].Name != "c" || s.left[1].to != 2 || !s.left[1].crosses || s.left[0].crosses {
		t.Errorf("%+v", s)
	}
	all := mapOf([]Placed{{"150404", 1, 2}, {"150400", 1, 0}, {"150781", 1, 0}, {"150700", 0, 5}, {"", 3, 0}})
	got := map[string][2]int{}
	for _, p := range all {
		got[p.key] = [2]int{p.existing, p.proposed}
	}
	if got["chart.chifeng"] != [2]int{2, 2} || got["chart.manzhouli"] != [2]int{1, 0} || got["chart.hulunbuir"] != [2]int{0, 5} || got["chart.elsewhere"] != [2]int{3, 0} || len(all) != 15 {
		t.Errorf("%v", got)
	}
	if tiles[1].existing+tiles[1].proposed != 0 {
		t.Error("one map writes into the next")
	}
	at := map[[2]int]bool{}
	for _, p := range append(slices.Clone(tiles), elsewhere) {
		if at[[2]int{p.x, p.y}] {
			t.Errorf("%s lies on another tile", p.key)
		}
		at[[2]int{p.x, p.y}] = true
	}
	p := drawn(t, progressChart(v, "p", "进度", "申报", []Progress{{Name: "a", Due: 5, Signed: 3, Begun: 1, Late: 9}, {Name: "b", Due: 0}}))
	for _, want := range []string{"应评 5 份，已评 3 份，逾期 9 份；2 行中 1 行已评完。", "3/5", "0/0", `class="chart-done" x="0.00%" y="4" width="60.00%"`, `class="chart-late" x="80.00%" y="4" width="20.00%"`} {
		if !strings.Contains(p, want) {
			t.Errorf("%s is missing in\n%s", want, p)
		}
	}
}
