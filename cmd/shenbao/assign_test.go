package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The documented example goes from problem to record, is verified in another directory, is
// changed, and a record that was touched is refused; all in words of both languages.
func TestAssign(t *testing.T) {
	doc, err := os.ReadFile("../../docs/assign.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(doc), "```json\n")
	dir, other := t.TempDir(), t.TempDir()
	write := func(dir, name string, b []byte) string {
		f := filepath.Join(dir, name)
		if err := os.WriteFile(f, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return f
	}
	example := func(i int) []byte { s, _, _ := strings.Cut(parts[i], "```"); return []byte(s) }
	problem, changes := write(dir, "p.json", example(1)), write(dir, "c.json", example(2))
	record, next := filepath.Join(dir, "r.json"), filepath.Join(dir, "n.json")
	ctx := context.Background()
	if err := (&assignRunCmd{Problem: problem, Out: record, Lang: "zh"}).Run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := (&assignReassignCmd{Record: record, Changes: changes, Out: next, Lang: "en"}).Run(ctx); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{record, next} {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := (&assignVerifyCmd{Record: write(other, "copy.json", b), Lang: "zh"}).Run(ctx); err != nil {
			t.Fatal(err)
		}
		touched := bytes.Replace(b, []byte(`"affinity":812`), []byte(`"affinity":813`), 1)
		if bytes.Equal(touched, b) {
			t.Fatal("nothing to touch")
		}
		err = (&assignVerifyCmd{Record: write(other, "touched.json", touched), Lang: "zh"}).Run(ctx)
		if err == nil || !strings.Contains(err.Error(), "记录不成立") {
			t.Errorf("touched: %v", err)
		}
	}
	wrong := write(dir, "w.json", bytes.Replace(example(1), []byte(`"max": 3`), []byte(`"max": -3`), 1))
	for lang, want := range map[string]string{"zh": "输入有误", "en": "The input is wrong: expert e1"} {
		if err := (&assignRunCmd{Problem: wrong, Lang: lang}).Run(ctx); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", lang, err)
		}
	}
}
