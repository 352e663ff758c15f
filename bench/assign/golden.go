package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"shenbao/assign"
	"shenbao/assign/assigntest"
	"shenbao/flow/flowtest"
)

// golden writes the optima that the tests compare with, as glpsol finds them.
func golden() error {
	var flows, problems bytes.Buffer
	head := "# %s; optima by glpsol, written by: go run ./bench/assign -golden\n"
	fmt.Fprintf(&flows, head, "kind seed optimum, of flow/flowtest")
	fmt.Fprintf(&problems, head, "seed optimum, of assign/assigntest.Small")
	for _, k := range []string{"small", "sides"} {
		for seed := range uint64(40) {
			p := flowtest.Small(seed)
			if k == "sides" {
				p = flowtest.Sides(seed)
			}
			x, _, err := glpsol(func(w io.Writer) error { return flowtest.WriteLP(w, p) })
			if err != nil {
				return fmt.Errorf("%s %d: %w", k, seed, err)
			}
			fmt.Fprintf(&flows, "%s %d %s\n", k, seed, x)
		}
	}
	for seed := range uint64(120) {
		x, _, err := glpsol(func(w io.Writer) error { return assigntest.WriteLP(w, assigntest.Small(seed)) })
		if err != nil {
			return fmt.Errorf("assign %d: %w", seed, err)
		}
		fmt.Fprintf(&problems, "%d %s\n", seed, x)
	}
	for file, b := range map[string]*bytes.Buffer{"flow/testdata/optima.txt": &flows, "assign/testdata/optima.txt": &problems} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// glpsol is the optimum of a program in LP format, "none" if there is no solution, and the
// processor time it took.
func glpsol(write func(w io.Writer) error) (string, time.Duration, error) {
	dir, err := os.MkdirTemp("", "glpsol")
	if err != nil {
		return "", 0, err
	}
	defer os.RemoveAll(dir)
	lp, out := filepath.Join(dir, "p.lp"), filepath.Join(dir, "p.sol")
	f, err := os.Create(lp)
	if err != nil {
		return "", 0, err
	}
	if err := write(f); err != nil {
		return "", 0, err
	}
	if err := f.Close(); err != nil {
		return "", 0, err
	}
	c := exec.Command("glpsol", "--lp", lp, "--write", out)
	said, err := c.CombinedOutput()
	if err != nil {
		return "", 0, fmt.Errorf("%w: %s", err, said)
	}
	took := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	if bytes.Contains(said, []byte("NO PRIMAL FEASIBLE")) || bytes.Contains(said, []byte("NO FEASIBLE")) {
		return "none", took, nil
	}
	b, err := os.ReadFile(out)
	if err != nil {
		return "", 0, err
	}
	for _, l := range strings.Split(string(b), "\n") {
		f := strings.Fields(l)
		switch {
		case len(f) == 7 && f[0] == "s" && f[1] == "bas" && f[4] == "f" && f[5] == "f":
			return f[6], took, nil
		case len(f) == 6 && f[0] == "s" && f[1] == "mip" && f[4] == "o":
			return f[5], took, nil
		}
	}
	return "", 0, fmt.Errorf("glpsol says: %s", said)
}

// program is a problem for glpsol.
func program(p assign.Problem) func(w io.Writer) error {
	return func(w io.Writer) error { return assigntest.WriteLP(w, p) }
}
