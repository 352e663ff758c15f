// Command match measures textmatch on two public sets, given by path; neither is part of
// the project (licences: CSL Apache-2.0; the gold standard's is not stated).
//
//	go run ./bench/match -csl CSL/benchmark -gold goldstandard-reviewer-paper-match
package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/textmatch"
)

func main() {
	csl := flag.String("csl", "", "benchmark folder of ydli-ai/CSL")
	gold := flag.String("gold", "", "folder of niharshah/goldstandard-reviewer-paper-match")
	flag.Parse()
	log.SetFlags(0)
	if *csl != "" {
		if err := chinese(*csl); err != nil {
			log.Fatal(err)
		}
	}
	if *gold != "" {
		if err := english(*gold); err != nil {
			log.Fatal(err)
		}
	}
}

// A record is one article of CSL: its abstract, title and discipline.
type record struct{ abstract, title, discipline string }

func records(dir string) ([]record, error) {
	by := map[string]*record{}
	var order []string
	for _, task := range []string{"ts", "cls_dcp"} {
		for _, part := range []string{"dev", "test"} {
			b, err := os.ReadFile(filepath.Join(dir, task, part+".tsv"))
			if err != nil {
				return nil, err
			}
			for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n") {
				f := strings.Split(l, "\t")
				if len(f) != 3 {
					continue
				}
				r := by[f[1]]
				if r == nil {
					r = &record{abstract: f[1]}
					by[f[1]] = r
					order = append(order, f[1])
				}
				if task == "ts" {
					r.title = f[2]
				} else {
					r.discipline = f[2]
				}
			}
		}
	}
	var out []record
	for _, k := range order {
		if r := by[k]; r.title != "" && r.discipline != "" {
			out = append(out, *r)
		}
	}
	return out, nil
}

// chinese: experts are five articles of one discipline each, dossiers other articles; an
// expert of the dossier's discipline is right. Three shuffles.
func chinese(dir string) error {
	rs, err := records(dir)
	if err != nil {
		return err
	}
	start := time.Now()
	texts := make([]string, len(rs))
	by := map[string][]int{}
	for i, r := range rs {
		texts[i] = r.title + "。" + r.title + "。" + r.abstract
		by[r.discipline] = append(by[r.discipline], i)
	}
	c := textmatch.NewCorpus(texts)
	vs := make([]textmatch.Vector, len(rs))
	for i, t := range texts {
		vs[i] = c.Vector(t)
	}
	names := make([]string, 0, len(by))
	for d := range by {
		names = append(names, d)
	}
	slices.Sort(names)
	var p5, mrr, hit, n float64
	experts, dossiers := 0, 0
	for shuffle := range uint64(3) {
		r := rand.New(rand.NewPCG(shuffle, 3))
		var of []string
		var profiles [][]textmatch.Vector
		var queries []int
		for _, d := range names {
			l := slices.Clone(by[d])
			if len(l) < 30 {
				continue
			}
			r.Shuffle(len(l), func(i, j int) { l[i], l[j] = l[j], l[i] })
			for g := range 5 {
				var p []textmatch.Vector
				for _, i := range l[5*g : 5*g+5] {
					p = append(p, vs[i])
				}
				of, profiles = append(of, d), append(profiles, p)
			}
			queries = append(queries, l[25:]...)
		}
		experts, dossiers = len(of), len(queries)
		for _, q := range queries {
			order := ranked(vs[q], profiles)
			first := 0
			for i, e := range order {
				if of[e] != rs[q].discipline {
					continue
				}
				if i < 5 {
					p5++
				}
				if first == 0 {
					first = i + 1
				}
			}
			n++
			mrr += 1 / float64(first)
			if first == 1 {
				hit++
			}
		}
	}
	fmt.Printf("CSL: %d articles, %d experts, %d dossiers, 3 shuffles: P@5 %.3f, MRR %.3f, hit@1 %.3f (%v)\n",
		len(rs), experts, dossiers, p5/n/5, mrr/n, hit/n, time.Since(start).Round(time.Millisecond))
	return nil
}

func ranked(q textmatch.Vector, profiles [][]textmatch.Vector) []int {
	score := make([]float64, len(profiles))
	order := make([]int, len(profiles))
	for i, p := range profiles {
		score[i], order[i] = textmatch.Match(q, p), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	return order
}

// A paper as the gold standard has it.
type paper struct {
	Content struct{ Title, Abstract string } `json:"content"`
	Title   string
	ID      string `json:"id"`
}

func (p paper) text() string {
	return p.Content.Title + ". " + p.Content.Title + ". " + p.Content.Abstract
}

// english is the gold standard: how well the order of a reviewer's papers by match agrees
// with the expertise that the reviewer stated. Loss: for every pair of a reviewer's papers
// with different stated expertise, its difference counts when the match has them the wrong
// way round, half of it when the match can't tell; divided by all differences. Mean of the
// ten samples of profiles.
func english(dir string) error {
	b, err := os.ReadFile(filepath.Join(dir, "data", "evaluations.csv"))
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")[1:]
	start := time.Now()
	sum := 0.0
	for sample := 1; sample <= 10; sample++ {
		loss, err := sampled(filepath.Join(dir, "evaluation_datasets", "d_20_"+strconv.Itoa(sample)), lines)
		if err != nil {
			return err
		}
		sum += loss
	}
	fmt.Printf("gold standard: loss %.4f over 10 samples of profiles (%v)\n", sum/10, time.Since(start).Round(time.Millisecond))
	return nil
}

func sampled(dir string, lines []string) (float64, error) {
	var submissions map[string]paper
	b, err := os.ReadFile(filepath.Join(dir, "submissions.json"))
	if err == nil {
		err = json.Unmarshal(b, &submissions)
	}
	if err != nil {
		return 0, err
	}
	profiles := map[string][]string{}
	var texts []string
	for _, p := range submissions {
		texts = append(texts, p.text())
	}
	files, err := filepath.Glob(filepath.Join(dir, "archives", "*.jsonl"))
	if err != nil {
		return 0, err
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return 0, err
		}
		who := strings.TrimPrefix(strings.TrimSuffix(filepath.Base(f), ".jsonl"), "~")
		for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n") {
			var p paper
			if err := json.Unmarshal([]byte(l), &p); err != nil {
				return 0, err
			}
			profiles[who] = append(profiles[who], p.text())
			texts = append(texts, p.text())
		}
	}
	slices.Sort(texts)
	c := textmatch.NewCorpus(slices.Compact(texts))
	var wrong, all float64
	for _, l := range lines {
		f := strings.Split(l, "\t")
		var profile []textmatch.Vector
		for _, t := range profiles[f[0]] {
			profile = append(profile, c.Vector(t))
		}
		if len(profile) == 0 {
			return 0, fmt.Errorf("no profile of %s in %s", f[0], dir)
		}
		type judged struct{ said, match float64 }
		var js []judged
		for i := 1; i <= 10; i++ {
			said, err := strconv.ParseFloat(f[10+i], 64)
			p, ok := submissions[f[i]]
			if err == nil && ok {
				js = append(js, judged{said, textmatch.Match(c.Vector(p.text()), profile)})
			}
		}
		for i, a := range js {
			for _, b := range js[i+1:] {
				d := math.Abs(a.said - b.said)
				all += d
				switch way := (a.said - b.said) * (a.match - b.match); {
				case way < 0:
					wrong += d
				case way == 0:
					wrong += d / 2
				}
			}
		}
	}
	return wrong / all, nil
}
