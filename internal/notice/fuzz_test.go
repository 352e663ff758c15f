package notice_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/notices"
)

// Whatever the file: no panic, every mistake has a line of the file and a sentence in
// both languages, and what has none can be summed up and read again to the same.
func FuzzParse(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("---\n---\n# 标题\n"))
	f.Add([]byte("---\n文号: [\n"))
	f.Add([]byte("```名额\n```\n"))
	f.Add([]byte("# 甲\n## 一、乙\n```名额\n- {a: [}\n\t? x\n```\n### 丙\n（一）丁\n```"))
	f.Add([]byte("···\n```\n~~~解释\n- 截止: {取: 当日99999999999999999999时}\n"))
	f.Add(source(f))
	f.Add(file(f, notices.DemoFirstBatch2014))
	for _, p := range planted {
		f.Add(plant(f, p.edits))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		n, err := notice.Parse("x.md", src)
		if err != nil {
			mistakes(t, src, err)
			return
		}
		if s := notice.Summary(n, locale.Zh.T, nil); strings.Contains(s, "⟦") {
			t.Errorf("summary lacks a sentence:\n%s", s)
		}
		again, err := notice.Parse("x.md", src)
		if err != nil || again.SHA256 != n.SHA256 || again.Prose() != n.Prose() {
			t.Errorf("reads otherwise the second time: %v", err)
		}
	})
}

func mistakes(t *testing.T, src []byte, err error) {
	t.Helper()
	var ms notice.Mistakes
	if !errors.As(err, &ms) || len(ms) == 0 {
		t.Fatalf("not mistakes: %v", err)
	}
	last, lines := 0, 1+strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(src)), "\n")
	for _, m := range ms {
		if m.Line < 1 || m.Line > lines {
			t.Errorf("line %d of %d: %v", m.Line, lines, m)
		}
		if m.Line < last {
			t.Errorf("line %d after line %d", m.Line, last)
		}
		last = m.Line
		for _, lang := range locale.Langs {
			if s := m.Say(lang.T); strings.HasPrefix(s[strings.Index(s, ": ")+2:], "⟦") {
				t.Errorf("%v has no sentence in %s", m, lang)
			}
		}
	}
}

// The labels of a notice are read by the same means.
func FuzzParseLabels(f *testing.F) {
	f.Add([]byte("语言: en\n词语: {基地名称: Base name}\n"))
	f.Add([]byte("\r8"))
	f.Add([]byte("语言：en\n词语:\n\t- x\n条款: [\n"))
	f.Add(file(f, notices.ExpertServiceBase2017English))
	n := parsed(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		if _, err := notice.ParseLabels("x.yaml", src, n); err != nil {
			mistakes(t, src, err)
		}
	})
}

// Reading and checking the notice, beside the bare decoding of its fences by the YAML
// package: what the lines, the checks and the readable mistakes cost. 5 ms is the limit.
func BenchmarkParse(b *testing.B) {
	src := source(b)
	b.Run("checked", func(b *testing.B) {
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			if _, err := notice.Parse("x.md", src); err != nil {
				b.Fatal(err)
			}
		}
	})
	parts := strings.Split(string(src), "```")
	b.Run("bare", func(b *testing.B) {
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			for i := 1; i < len(parts); i += 2 {
				_, body, _ := strings.Cut(parts[i], "\n")
				var v any
				if err := yaml.Unmarshal([]byte(body), &v); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("labels", func(b *testing.B) {
		n, en := parsed(b), file(b, notices.ExpertServiceBase2017English)
		for b.Loop() {
			if _, err := notice.ParseLabels("x.yaml", en, n); err != nil {
				b.Fatal(err)
			}
		}
	})
}
