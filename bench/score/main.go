// Command score measures package score: who finds the truly best applications, in the
// eight simulated designs; whether intervals hold and outliers are found; on real ratings
// given by path, which are no part of the project; and beside lme4, where R has it.
//
//	Rscript -e 'write.csv(lme4::InstEval[c("s","d","y")], "InstEval.csv", row.names=FALSE)'
//	go run ./bench/score -runs 200 -insteval InstEval.csv -lme4
package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"shenbao/score"
)

func main() {
	runs := flag.Int("runs", 200, "simulated rounds per design; 0: none")
	ratings := flag.String("insteval", "", "InstEval as CSV with the columns s, d, y")
	lme4 := flag.Bool("lme4", false, "fit with R's lme4 too")
	flag.Parse()
	log.SetFlags(0)
	if *runs > 0 {
		simulation(*runs)
	}
	if *ratings != "" {
		if err := instEval(*ratings); err != nil {
			log.Fatal(err)
		}
	}
	if err := speed(*lme4); err != nil {
		log.Fatal(err)
	}
}

// simulation prints the share of the truly best third that each method finds, and more.
func simulation(runs int) {
	fmt.Printf("%-36s", "share of the best third found")
	for _, m := range methods {
		fmt.Printf(" %8s", m.name)
	}
	fmt.Println("  covered mixed, robust  inseparable, of wrong calls  AUC usual, ours  precision at recall 0.7")
	for _, d := range designs {
		fmt.Printf("%-36s", d.name)
		for _, x := range quality(d, runs) {
			fmt.Printf(" %8.3f", x)
		}
		all, wrong := flagged(d, runs)
		fmt.Printf("  %.3f %.3f  %.2f %.2f", covered(d, false, runs), covered(d, true, runs), all, wrong)
		if d.bad > 0 {
			usual, ours := outliers(d, runs)
			fmt.Printf("  %.3f %.3f  %.2f %.2f", usual[0], ours[0], usual[1], ours[1])
		}
		fmt.Println()
	}
}

// instEval takes k ratings of every lecturer who has ten more, and asks who finds the best
// third by the mean of the others: ten times.
func instEval(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return err
	}
	all := map[string][]score.Mark{}
	var order []string
	for _, r := range rows[1:] {
		y, err := strconv.Atoi(r[2])
		if err != nil {
			return err
		}
		if all[r[1]] == nil {
			order = append(order, r[1])
		}
		all[r[1]] = append(all[r[1]], score.Mark{Reviewer: r[0], Score: score.Points(y) * score.Point})
	}
	for _, k := range []int{3, 5} {
		sums := make([]float64, len(methods))
		n := 0
		for repeat := range 10 {
			rnd := rand.New(rand.NewPCG(uint64(repeat), 5))
			var r round
			for _, d := range order {
				ms := all[d]
				if len(ms) < k+10 {
					continue
				}
				rest := 0.0
				for i, at := range rnd.Perm(len(ms)) {
					if i < k {
						r.marks = append(r.marks, score.Mark{Dossier: "d" + strconv.Itoa(10_000 + len(r.truth))[1:], Reviewer: ms[at].Reviewer, Score: ms[at].Score})
					} else {
						rest += float64(ms[at].Score)
					}
				}
				r.truth = append(r.truth, rest/float64(len(ms)-k))
			}
			n = len(r.truth)
			for i, m := range methods {
				sums[i] += found(r.truth, m.of(r), n/3) / 10
			}
		}
		fmt.Printf("InstEval, k=%d, %d lecturers:", k, n)
		for i, m := range methods {
			fmt.Printf(" %s %.3f", m.name, sums[i])
		}
		fmt.Println()
	}
	return nil
}

// cpu is the processor time of this process.
func cpu() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// speed prints what a fit costs, and what lme4 makes of the same marks.
func speed(lme4 bool) error {
	for _, size := range []struct{ d, r, k int }{{40, 200, 7}, {60, 30, 5}, {1000, 500, 5}} {
		marks := sized(size.d, size.r, size.k)
		fmt.Printf("%d × %d, %d marks:", size.d, size.r, len(marks))
		for _, robust := range []bool{false, true} {
			start, n := cpu(), 0
			var c *score.Calibration
			for n < 3 || cpu()-start < time.Second {
				var err error
				if c, err = score.Calibrate(marks, robust); err != nil {
					return err
				}
				n++
			}
			each := float64((cpu() - start).Microseconds()) / 1000 / float64(n)
			fmt.Printf(" robust=%v %.1f ms CPU, sd %s %s %s;", robust, each, c.SD.Dossier, c.SD.Reviewer, c.SD.Rest)
		}
		if lme4 {
			out, err := fitR(marks)
			if err != nil {
				return err
			}
			fmt.Print(" lme4 ", out)
		}
		fmt.Println()
	}
	return nil
}

// sized are marks of so many dossiers, k each, one in twenty of them bad.
func sized(d, r, k int) (marks []score.Mark) {
	rnd := rand.New(rand.NewPCG(7, 7))
	strict := make([]float64, r)
	for i := range strict {
		strict[i] = 4 * rnd.NormFloat64()
	}
	for i := range d {
		truth := center + truthSD*rnd.NormFloat64()
		for _, p := range rnd.Perm(r)[:k] {
			y := truth + strict[p] + noiseSD*rnd.NormFloat64()
			if len(marks)%20 == 7 {
				y -= 25
			}
			marks = append(marks, score.Mark{Dossier: strconv.Itoa(10_000 + i), Reviewer: strconv.Itoa(10_000 + p), Score: score.Points(math.Round(y*10) * 1000)})
		}
	}
	return marks
}

// fitR fits with lme4 and says how long that took and the three standard deviations.
func fitR(marks []score.Mark) (string, error) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	var b strings.Builder
	b.WriteString("d,r,y\n")
	for _, m := range marks {
		fmt.Fprintf(&b, "%s,%s,%s\n", m.Dossier, m.Reviewer, m.Score.Format(1))
	}
	file := filepath.Join(dir, "marks.csv")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		return "", err
	}
	out, err := exec.Command("Rscript", "-e", `suppressMessages(library(lme4)); f <- read.csv("`+file+`"); f$d <- factor(f$d); f$r <- factor(f$r)
n <- if (nrow(f) > 2000) 1 else 5
t <- system.time(for (i in 1:n) m <- lmer(y ~ 1 + (1|d) + (1|r), f)); v <- as.data.frame(VarCorr(m))
cat(sprintf("%.1f ms CPU, sd %.4f %.4f %.4f", 1000*(t[[1]]+t[[2]])/n, v$sdcor[v$grp=="d"], v$sdcor[v$grp=="r"], sigma(m)))`).Output()
	return string(out), err
}
