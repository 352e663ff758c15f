// Command assign measures package assign: speed and memory by size, optima and times beside
// glpsol on the same problems in the same run, withdrawals, infeasible problems, and fairness
// on the public MIDL data, given by path (iesl/fair-matching, data/midl; it states no licence
// and is no part of the project).
//
//	go run ./bench/assign -glpsol -midl fair-matching/data/midl
//	go run ./bench/assign -golden   # writes the optima that the tests compare with
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"shenbao/assign"
	"shenbao/assign/assigntest"
)

func main() {
	write := flag.Bool("golden", false, "write flow/testdata and assign/testdata by glpsol")
	compare := flag.Bool("glpsol", false, "solve the small and middle problems with glpsol too")
	midl := flag.String("midl", "", "folder with scores.npy, loads.npy, loads-lb.npy, covs.npy")
	only := flag.String("only", "", "one size, by its name")
	flag.Parse()
	log.SetFlags(0)
	runtime.GOMAXPROCS(1) // what it costs on one core; the collector doesn't run beside it for free
	if *write {
		if err := golden(); err != nil {
			log.Fatal(err)
		}
		return
	}
	if err := sizes(*compare, *only); err != nil {
		log.Fatal(err)
	}
	if *only != "" {
		return
	}
	if err := short(); err != nil {
		log.Fatal(err)
	}
	if *midl != "" {
		if err := fairness(*midl); err != nil {
			log.Fatal(err)
		}
	}
}

// cpu is the processor time of the process.
func cpu() time.Duration {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		log.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// peak is the most memory that the process ever held.
func peak() string {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "?"
	}
	for _, l := range strings.Split(string(b), "\n") {
		if v, ok := strings.CutPrefix(l, "VmHWM:"); ok {
			return strings.TrimSpace(v)
		}
	}
	return "?"
}

// timed runs f some times and returns the least processor time of one.
func timed(n int, f func() error) (least time.Duration, err error) {
	for i := range n {
		runtime.GC()
		c := cpu()
		if err := f(); err != nil {
			return 0, err
		}
		if d := cpu() - c; i == 0 || d < least {
			least = d
		}
	}
	return least, nil
}

// A row is a size and how often it is solved.
type row struct {
	name string
	size assigntest.Size
	runs int
	glp  bool
}

var rows = []row{
	{"100 × 60", assigntest.Size{Seed: 1, Dossiers: 100, Experts: 60, K: 5, Load: 10, Top: 60}, 30, true},
	{"100 × 60, employer cap 1", assigntest.Size{Seed: 1, Dossiers: 100, Experts: 60, K: 5, Load: 10, Top: 60, EmployerCap: 1}, 30, true},
	{"1,000 × 500, load 12", assigntest.Size{Seed: 1, Dossiers: 1000, Experts: 500, K: 5, Load: 12, Top: 60}, 7, true},
	{"1,000 × 500, load 10 (tight)", assigntest.Size{Seed: 1, Dossiers: 1000, Experts: 500, K: 5, Load: 10, Top: 60}, 7, true},
	{"1,000 × 500, load 12, employer cap 1", assigntest.Size{Seed: 1, Dossiers: 1000, Experts: 500, K: 5, Load: 12, Top: 60, EmployerCap: 1}, 7, false},
	{"10,000 × 5,000, load 12", assigntest.Size{Seed: 1, Dossiers: 10000, Experts: 5000, K: 5, Load: 12, Top: 60}, 3, false},
	{"10,000 × 5,000, load 10 (tight)", assigntest.Size{Seed: 1, Dossiers: 10000, Experts: 5000, K: 5, Load: 10, Top: 60}, 3, false},
}

// sizes measures every size, or only one of them. A large one is measured in a process of its
// own, so that its memory is its own.
func sizes(compare bool, only string) error {
	if only == "" {
		fmt.Println("Solve from the problem to the record (checks, hash, flow, lots, proof), k = 5; CPU, least of the runs")
	}
	for _, x := range rows {
		if only != "" && only != x.name {
			continue
		}
		if only == "" && x.size.Dossiers > 1000 {
			c := exec.Command(os.Args[0], "-only", x.name)
			c.Stdout, c.Stderr = os.Stdout, os.Stderr
			if err := c.Run(); err != nil {
				return err
			}
			continue
		}
		p := assigntest.Make(x.size)
		var r assign.Record
		took, err := timed(x.runs, func() (err error) {
			r, err = assign.Solve(p)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Printf("%-38s %7d pairs  affinity %9d  unmet %d  same employer %d  %8.1f ms  peak %s\n", x.name, len(p.Pairs), r.Affinity, r.Unmet, sameEmployer(r), ms(took), peak())
		if x.size.Dossiers <= 1000 && x.size.EmployerCap == 0 {
			if err := modes(p, r); err != nil {
				return err
			}
		}
		if compare && x.glp {
			want, took, err := glpsol(program(p))
			if err != nil {
				return err
			}
			fmt.Printf("    glpsol: cost %s, ours %d; %.0f ms\n", want, assigntest.Cost(r), ms(took))
			if want != fmt.Sprint(assigntest.Cost(r)) {
				return fmt.Errorf("the optima differ")
			}
		}
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

// sameEmployer counts pairs of one employer on one dossier.
func sameEmployer(r assign.Record) (n int) {
	employer := map[string]string{}
	for _, e := range r.Problem.Experts {
		employer[e.ID] = e.Employer
	}
	seen := map[string]int{}
	for _, l := range r.Lines {
		k := l.Dossier + "|" + employer[l.Expert]
		n += seen[k]
		seen[k]++
	}
	return n
}

// modes measures the other modes, withdrawals and verifying on one problem.
func modes(p assign.Problem, r assign.Record) error {
	for _, mode := range []assign.Mode{assign.Fair, assign.Mixed} {
		q := p
		q.Mode = mode
		var x assign.Record
		took, err := timed(3, func() (err error) {
			x, err = assign.Solve(q)
			return err
		})
		if err != nil {
			return err
		}
		if x.Fair != nil {
			fmt.Printf("    fair: lowest %d, before %d, bound %d, reached %v, affinity %d (%.2f %% of the best), %.1f ms\n", x.Fair.Least, x.Fair.Before, x.Fair.Bound, x.Fair.Reached,
				x.Affinity, 100*float64(x.Affinity)/float64(x.Fair.Optimum), ms(took))
		} else {
			fmt.Printf("    mixed, at most 0.9: %.1f expected (%.1f %% of the best), %.1f ms\n", float64(x.Mixed.Expected)/1000, float64(x.Mixed.Expected)/10/float64(x.Mixed.Optimum), ms(took))
		}
	}
	record := r.JSON()
	took, err := timed(1, func() error { return assign.Verify(record) })
	if err != nil {
		return err
	}
	fmt.Printf("    verify: %.1f ms, record %d bytes\n", ms(took), len(record))
	return withdrawals(r)
}

// withdrawals takes 20 experts out, each of the full assignment, and compares with solving
// anew.
func withdrawals(r assign.Record) error {
	var warm, slowest time.Duration
	lost, moved, unmet, full := 0, 0, 0, 0
	var kept, best int64
	for i := range 20 {
		c := assign.Change{By: "bench", Withdrawn: []assign.Withdrawal{{Expert: r.Loads[i*len(r.Loads)/20].Expert, Reason: "ill"}}}
		var x assign.Record
		took, err := timed(7, func() (err error) {
			x, err = assign.Reassign(r, c)
			return err
		})
		if err != nil {
			return err
		}
		warm += took
		slowest = max(slowest, took)
		for _, g := range x.Changes.Gone {
			if g.Moved {
				moved++
			} else {
				lost++
			}
		}
		unmet += x.Unmet - r.Unmet
		p := x.Problem
		p.Keep = nil
		anew, err := assign.Solve(p)
		if err != nil {
			return err
		}
		had := map[assign.Key]bool{}
		for _, l := range anew.Lines {
			had[l.Key] = true
		}
		for _, l := range r.Lines {
			if !had[l.Key] && l.Expert != c.Withdrawn[0].Expert {
				full++
			}
		}
		kept += x.Affinity
		best += anew.Affinity
	}
	fmt.Printf("    20 withdrawals: %d slots lost, %d other pairs changed (solving anew changes %d), %d slots stay empty, %.3f %% of the affinity of solving anew; %.1f ms each, slowest %.1f ms\n",
		lost, moved, full, unmet, 100*float64(kept)/float64(best), ms(warm)/20, ms(slowest))
	return nil
}

// short solves problems with too little capacity and holds the proofs against the slots.
func short() error {
	problems, slots := 0, 0
	took, err := timed(1, func() error {
		for seed := uint64(0); problems < 1000; seed++ {
			r, err := assign.Solve(assigntest.Small(seed))
			if err != nil {
				return err
			}
			if r.Unmet == 0 || r.Repair != nil {
				continue
			}
			problems++
			slots += r.Unmet
			proved := int64(0)
			for _, b := range r.Blocks {
				proved += b.Shortage
			}
			for _, l := range r.Short {
				if l.Sum() != l.Pool {
					return fmt.Errorf("%d: %s accounts for %d of %d", seed, l.Dossier, l.Sum(), l.Pool)
				}
			}
			if proved != int64(r.Unmet) {
				return fmt.Errorf("%d: %d proved of %d", seed, proved, r.Unmet)
			}
		}
		return nil
	})
	fmt.Printf("%d infeasible problems: %d empty slots, every one proved, every pool accounted for; %.1f s\n", problems, slots, took.Seconds())
	return err
}
