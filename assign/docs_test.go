package assign_test

import (
	"os"
	"strings"
	"testing"

	"shenbao/assign"
)

// The example of the documentation is solved, and changed as it says.
func TestDocumentedExample(t *testing.T) {
	b, err := os.ReadFile("../docs/assign.md")
	if err != nil {
		t.Fatal(err)
	}
	var examples []string
	for _, part := range strings.Split(string(b), "```json\n")[1:] {
		text, _, _ := strings.Cut(part, "```")
		examples = append(examples, text)
	}
	if len(examples) != 2 {
		t.Fatalf("%d examples", len(examples))
	}
	p, err := assign.Parse([]byte(examples[0]))
	if err != nil {
		t.Fatal(err)
	}
	r := solve(t, p)
	if r.Unmet != 0 || len(r.Lacking) != 0 || assign.Verify(r.JSON()) != nil {
		t.Errorf("%v %+v %v", keys(r), r.Lacking, assign.Verify(r.JSON()))
	}
	c, err := assign.ParseChange([]byte(examples[1]))
	if err != nil {
		t.Fatal(err)
	}
	x, err := assign.Reassign(r, c)
	if err != nil || assign.Verify(x.JSON()) != nil || x.Changes.Kept < 2 {
		t.Errorf("%v %+v", err, x.Changes)
	}
}
