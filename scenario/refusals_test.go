package scenario_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"shenbao/internal/locale"
)

// What can go wrong on the way, each by the name of its refusal: none of them is without
// a story.
var mustBeTold = strings.Fields(`
	late correction-late inner-deadline
	key-reused one-per-unit wrong-state call-state call-not-open call-not-finished
	not-found not-your-unit not-holder wrong-role two-persons proxy-public proxy-paper unit-cannot-apply
	quota-full already-recommended
	too-long required statement-required field-locked opinion-short condition-unmarked condition-not-met
	version-changed list-changed seal-old-version seal-code seal-missing seal-file opinion-signed opinion-unsigned opinion-not-ready
	file-mismatch file-type file-empty file-active already-quarantined
	check-condition check-unmarked check-document check-note supplement-fields supplement-longer supplement-runs clause-required rejection-waits no-rejection
	setting-same visit-date visit-members visit-done visit-findings no-visit due-required reason-required
	declare-first recused already-declared already-scored expert-conflict mark-range mark-number mark-step mark-missing not-scored
	round-size round-two-persons round-opened round-incomplete no-open-round sheet-weights cut-kind cut-top cut-tied expert-again comments-later
	departure-reason budget-unset budget-reason sheet-state two-persons-named already-countersigned public-notice-missing document-number sign-in-again
	amend-number revision-same paper-code paper-missing-due paper-twice paper-left`)

func TestRefusalsAreTold(t *testing.T) {
	told := map[string]bool{}
	said := regexp.MustCompile(`(?m)^错误 (\S+)`)
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllStringSubmatch(string(b), -1) {
			told[m[1]] = true
		}
	}
	for _, k := range mustBeTold {
		if !told[k] {
			t.Errorf("no story tells of %s", k)
		}
	}
	t.Logf("neither told by a story nor named in a test: %s", strings.Join(untried(t, told), " "))
}

// untried are the refusals of the catalogue that no story and no test names. For
// information: some can only be met by races, or on a damaged disk.
func untried(t *testing.T, told map[string]bool) (out []string) {
	var tests strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "refusals_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		tests.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for k := range locale.Zh.Under("refusal.") {
		if !told[k] && !strings.Contains(tests.String(), `"`+k+`"`) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}
