package hanzi

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

type vector struct {
	text string
	want int
}

func vectors(t *testing.T) []vector {
	b, err := os.ReadFile("testdata/count.json")
	if err != nil {
		t.Fatal(err)
	}
	var raw [][2]any
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatal(err)
	}
	var vs []vector
	for _, r := range raw {
		vs = append(vs, vector{r[0].(string), int(r[1].(float64))})
	}
	return vs
}

func TestCount(t *testing.T) {
	for _, v := range vectors(t) {
		if got := Count(v.text); got != v.want {
			t.Errorf("%q: %d 字, want %d", v.text, got, v.want)
		}
	}
}

// The browser's twin counts the same vectors alike.
func TestBrowserCount(t *testing.T) {
	module, err := filepath.Abs("../internal/web/static/count.js")
	if err != nil {
		t.Fatal(err)
	}
	script := `import {count} from "file://` + module + `"; import fs from "node:fs";
for (const [s, n] of JSON.parse(fs.readFileSync("testdata/count.json", "utf8"))) if (count(s) !== n) console.log(JSON.stringify(s), count(s), "want", n)`
	cmd := exec.Command("node", "--input-type=module", "-")
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

func BenchmarkCount(b *testing.B) {
	s := strings.Repeat("内蒙古自治区专家服务基地，2017年。", 50)
	b.SetBytes(int64(len(s)))
	for range b.N {
		Count(s)
	}
}
