package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"shenbao/draw"
)

// shenbao runs a command line as main does, and answers with what the command refused.
func shenbao(t *testing.T, args ...string) error {
	t.Helper()
	var c cli
	p, err := kong.New(&c, kong.BindTo(t.Context(), (*context.Context)(nil)), kong.Exit(func(int) { t.Error("it wants to leave") }))
	if err != nil {
		t.Fatal(err)
	}
	k, err := p.Parse(args)
	if err != nil {
		return err
	}
	return k.Run()
}

// Freeze, draw, verify, as three people would at three times; then the record is touched.
func TestDrawCommand(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, v any) {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file(name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	when := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	p := draw.Plan{Call: "c", Panel: "农业组", Number: 1, Max: 2, Size: 3, Alternates: 2, Source: "双色球", Frozen: when, Commitment: draw.Commit("0123456789abcdef")}
	for i := range 12 {
		p.People = append(p.People, draw.Person{ID: fmt.Sprintf("e%d", i)})
	}
	write("plan.json", p)
	if err := shenbao(t, "draw", "freeze", file("plan.json"), "-o", file("frozen.json")); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file("frozen.json"))
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]any{"frozen": json.RawMessage(b), "reveal": draw.Reveal{Secret: "0123456789abcdef", PublicAt: when.Add(time.Hour), At: when.Add(2 * time.Hour)}}
	write("early.json", in)
	if err := shenbao(t, "draw", file("early.json")); err == nil || !strings.Contains(err.Error(), "缺少公开值（双色球）") {
		t.Error("without the public value:", err)
	}
	in["reveal"] = draw.Reveal{Secret: "0123456789abcdef", Public: "03 09 14", PublicAt: when.Add(time.Hour), At: when.Add(2 * time.Hour)}
	write("input.json", in)
	if err := shenbao(t, "draw", file("input.json"), "-o", file("record.json")); err != nil {
		t.Fatal(err)
	}
	if err := shenbao(t, "draw", "verify", file("record.json")); err != nil {
		t.Fatal(err)
	}
	b, err = os.ReadFile(file("record.json"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := draw.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	for id, says := range map[string]string{r.Members[0]: "differs", "e4": "e4"} {
		other := strings.Replace(string(b), `"members": [
    "`+r.Members[0]+`"`, `"members": [
    "x`+id+`"`, 1)
		if err := os.WriteFile(file("touched.json"), []byte(other), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := shenbao(t, "draw", "verify", file("touched.json"), "--lang", "en"); err == nil || !strings.Contains(err.Error(), "first at members") || !strings.Contains(err.Error(), says) {
			t.Error("a touched record:", err)
		}
	}
	changed := strings.Replace(string(b), `"id": "e7"`, `"id": "e77"`, 1)
	if err := os.WriteFile(file("touched.json"), []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := shenbao(t, "draw", "verify", file("touched.json")); err == nil || !strings.Contains(err.Error(), "名单与冻结时不同") {
		t.Error("a touched list:", err)
	}
	in["plan"] = p
	write("both.json", in)
	if err := shenbao(t, "draw", file("both.json")); err == nil || !strings.Contains(err.Error(), "frozen或plan") {
		t.Error("both:", err)
	}
	write("strange.json", map[string]any{"plan": p, "reveal": in["reveal"], "winner": "e1"})
	if err := shenbao(t, "draw", file("strange.json")); err == nil || !strings.Contains(err.Error(), "winner") {
		t.Error("an unknown member:", err)
	}
}
