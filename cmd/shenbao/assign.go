package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"shenbao/assign"
	"shenbao/internal/locale"
)

type assignCmd struct {
	Run      assignRunCmd      `cmd:"" default:"withargs" help:"求最优分配并写出记录。Find the best assignment and write its record."`
	Verify   assignVerifyCmd   `cmd:"" help:"核对记录：规则、最优性证明、逐字节重算。Check a record: rules, proof, and the same bytes again."`
	Reassign assignReassignCmd `cmd:"" help:"专家退出或发现回避后，以最少的变动补足。After a withdrawal or a conflict, fill up with the fewest changes."`
}

type assignRunCmd struct {
	Problem string `arg:"" type:"existingfile" help:"问题文件PROBLEM.json，见docs/assign.md。The problem, see docs/assign.md."`
	Out     string `short:"o" help:"记录写到这个文件，不写则打印。Where the record goes; printed without it."`
	Lang    string `enum:"zh,en" default:"zh" help:"zh 或 en。Language."`
}

type assignVerifyCmd struct {
	Record string `arg:"" type:"existingfile" help:"分配记录JSON文件。The record, JSON."`
	Lang   string `enum:"zh,en" default:"zh" help:"zh 或 en。Language."`
}

type assignReassignCmd struct {
	Record  string `arg:"" type:"existingfile" help:"分配记录JSON文件。The record, JSON."`
	Changes string `arg:"" type:"existingfile" help:"变动CHANGES.json，见docs/assign.md。What happened, see docs/assign.md."`
	Out     string `short:"o" help:"记录写到这个文件，不写则打印。Where the record goes; printed without it."`
	Lang    string `enum:"zh,en" default:"zh" help:"zh 或 en。Language."`
}

// Run solves the problem, writes the record, and says on standard error what it holds and
// what could not be had.
func (c *assignRunCmd) Run(context.Context) error {
	l := locale.Lang(c.Lang)
	b, err := os.ReadFile(c.Problem)
	if err != nil {
		return err
	}
	p, err := assign.Parse(b)
	if err != nil {
		return assignError(l, err)
	}
	r, err := assign.Solve(p)
	if err != nil {
		return assignError(l, err)
	}
	return tellAssignment(l, r, c.Out)
}

// Run checks the record: exit 0 when it holds, 1 with the first thing that does not.
func (c *assignVerifyCmd) Run(context.Context) error {
	l := locale.Lang(c.Lang)
	b, err := os.ReadFile(c.Record)
	if err != nil {
		return err
	}
	if err := assign.Verify(b); err != nil {
		return assignError(l, err)
	}
	r, err := assign.ParseRecord(b)
	if err != nil {
		return assignError(l, err)
	}
	fmt.Println(l.T("assign.true", "n", strconv.Itoa(len(r.Lines)), "affinity", fmt.Sprint(r.Affinity), "hash", r.Input))
	return nil
}

// Run solves what the changes leave of the record.
func (c *assignReassignCmd) Run(context.Context) error {
	l := locale.Lang(c.Lang)
	old, err := os.ReadFile(c.Record)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(c.Changes)
	if err != nil {
		return err
	}
	r, err := assign.ParseRecord(old)
	if err != nil {
		return assignError(l, err)
	}
	change, err := assign.ParseChange(b)
	if err != nil {
		return assignError(l, err)
	}
	if r, err = assign.Reassign(r, change); err != nil {
		return assignError(l, err)
	}
	return tellAssignment(l, r, c.Out)
}

func tellAssignment(l locale.Lang, r assign.Record, out string) error {
	for _, s := range assignmentSays(l, r) {
		fmt.Fprintln(os.Stderr, s)
	}
	if out == "" {
		_, err := os.Stdout.Write(r.JSON())
		return err
	}
	return os.WriteFile(out, r.JSON(), 0o600)
}

// assignmentSays is the record in sentences: the result, then what could not be had.
func assignmentSays(l locale.Lang, r assign.Record) (out []string) {
	say := func(key string, pairs ...any) {
		var s []string
		for _, p := range pairs {
			s = append(s, fmt.Sprint(p))
		}
		out = append(out, l.T(key, s...))
	}
	say("assign.done", "n", len(r.Lines), "affinity", r.Affinity, "unmet", r.Unmet, "hash", r.Input)
	if f := r.Fair; f != nil && f.Reached {
		say("assign.fair", "least", f.Least, "before", f.Before, "optimum", f.Optimum)
	} else if f != nil {
		say("assign.fair-short", "least", f.Least, "before", f.Before, "optimum", f.Optimum, "bound", f.Bound)
	}
	if m := r.Mixed; m != nil {
		say("assign.mixed", "chance", fmt.Sprintf("%.1f", float64(m.Chance)/10), "expected", fmt.Sprintf("%.1f", float64(m.Expected)/1000), "optimum", m.Optimum, "tries", m.Tries)
	}
	if x := r.Repair; x != nil && x.Exact {
		say("assign.settled", "n", len(x.Aside))
	} else if x != nil {
		say("assign.repair", "n", len(x.Aside), "affinity", x.Affinity, "unmet", x.Unmet)
	}
	if c := r.Changes; c != nil {
		say("assign.changes", "kept", c.Kept, "gone", len(c.Gone), "added", len(c.Added))
	}
	for _, x := range r.Lowered {
		say("assign.lowered", "expert", x.Expert, "min", x.Min, "load", x.Load, "candidates", x.Candidates)
	}
	for _, x := range slices.Concat(r.Short, r.Lacking) {
		say("assign.short", "dossier", x.Dossier, "group", x.Group, "missing", x.Missing, "pool", x.Pool, "assigned", x.Assigned, "full", x.Full, "held", x.Held,
			"free", x.Free, "unlisted", x.Unlisted, "banned", x.Banned, "withdrawn", x.Withdrawn, "conflicts", cmp.Or(reasons(x.Conflicts), "0"))
	}
	for _, b := range r.Blocks {
		say("assign.block", "dossiers", strings.Join(b.Dossiers, " "), "need", b.Need, "have", b.Have, "shortage", b.Shortage)
	}
	if m := r.Remedy; m != nil {
		for _, x := range m.Loads {
			say("assign.more", "expert", x.Expert, "more", x.More)
		}
		for _, x := range m.Waived {
			say("assign.waive", "expert", x.Expert, "dossier", x.Dossier, "reason", x.Reason, "rank", x.Rank)
		}
		if m.Left > 0 {
			say("assign.left", "n", m.Left)
		}
	}
	return out
}

// reasons are the conflicts of a pool with their numbers.
func reasons(of map[string]int) string {
	var out []string
	for _, r := range slices.Sorted(maps.Keys(of)) {
		out = append(out, fmt.Sprintf("%s %d", r, of[r]))
	}
	return strings.Join(out, ", ")
}

// assignError says what package assign refuses in words; what it says of the input itself
// is English, as the words of the JSON are.
func assignError(l locale.Lang, err error) error {
	for base, key := range map[error]string{assign.ErrInput: "assign.wrong", assign.ErrRecord: "assign.false", assign.ErrLarge: "assign.large", assign.ErrVersion: "assign.other-version"} {
		if errors.Is(err, base) {
			return errors.New(l.T(key, "what", strings.TrimPrefix(err.Error(), base.Error()+": ")))
		}
	}
	return err
}
