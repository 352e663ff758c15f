package flow_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"shenbao/flow"
	"shenbao/flow/flowtest"
)

// The optima are those of a solver of linear programs that knows nothing of networks.
func TestOptimaOfLinearPrograms(t *testing.T) {
	f, err := os.Open("testdata/optima.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n, met := 0, 0
	for s := bufio.NewScanner(f); s.Scan(); {
		var kind, want string
		var seed uint64
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		if _, err := fmt.Sscan(s.Text(), &kind, &seed, &want); err != nil {
			t.Fatalf("%q: %v", s.Text(), err)
		}
		p := flowtest.Small(seed)
		if kind == "sides" {
			p = flowtest.Sides(seed)
		}
		n++
		got := "none"
		x, err := flow.Simplex(p, nil)
		var none *flow.Infeasible
		if err == nil {
			met++
			got = fmt.Sprint(x.Cost)
		} else if !errors.As(err, &none) {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s %d: %s, the linear program has %s", kind, seed, got, want)
		}
	}
	if n != 80 || met < 25 {
		t.Errorf("%d optima read, %d with a flow", n, met)
	}
}
