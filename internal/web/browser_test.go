package web_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The scripts' own tests, of what needs no page. What needs one is tried in e2e.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/browser/*.test.mjs")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests of scripts: %v", err)
	}
	out, err := exec.Command("node", append([]string{"--test"}, files...)...).CombinedOutput()
	if err != nil {
		t.Errorf("node --test: %v\n%s", err, out)
	}
}

// What others made is shipped byte for byte as they published it, and is listed.
func TestVendoredFiles(t *testing.T) {
	list, err := os.ReadFile("../../THIRD-PARTY.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)` \\|.*\\| `([0-9a-f]{64})` \\|$").FindAllStringSubmatch(string(list), -1)
	listed := map[string]bool{}
	for _, row := range rows {
		listed[filepath.Base(row[1])] = true
		b, err := os.ReadFile("../../" + row[1])
		if err != nil {
			t.Error(err)
			continue
		}
		if sum := fmt.Sprintf("%x", sha256.Sum256(b)); sum != row[2] {
			t.Errorf("%s: sha256 %s, listed as %s", row[1], sum, row[2])
		}
	}
	files, err := filepath.Glob("static/*.min.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !listed[filepath.Base(f)] {
			t.Errorf("%s is not listed in THIRD-PARTY.md", f)
		}
	}
}

// The strict content policy lets a page fetch nothing from elsewhere; a style sheet that
// tried would only be slow to fail.
func TestStylesFetchNothing(t *testing.T) {
	files, err := filepath.Glob("static/*.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range regexp.MustCompile(`(?:url\(["']?|@import\s*["'])([^"')]*)`).FindAllStringSubmatch(string(b), -1) {
			if !strings.HasPrefix(u[1], "data:") {
				t.Errorf("%s fetches %s", f, u[1])
			}
		}
	}
}

// Every sentence that a script asks for is in the catalogue, in both languages, and no
// other is.
func TestScriptSentences(t *testing.T) {
	catalogue, err := os.ReadFile("../locale/catalogue/browser.txt")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^browser\.(\S+)\n  zh: .+\n  en: .+`).FindAllStringSubmatch(string(catalogue), -1) {
		have[m[1]] = true
	}
	asked := map[string]bool{"autosave.offline-unkept": true, "autosave.signin-unkept": true, "autosave.offline": true, "autosave.signin": true} // made of parts
	files, err := filepath.Glob("static/*.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"((?:autosave|list|upload|confirm|count)\.[a-z-]+)"`).FindAllStringSubmatch(string(b), -1) {
			asked[m[1]] = true
		}
	}
	for k := range asked {
		if !have[k] {
			t.Errorf("browser.%s is asked for and not in the catalogue", k)
		}
	}
	for k := range have {
		if !asked[k] {
			t.Errorf("browser.%s is asked for by no script", k)
		}
	}
}
