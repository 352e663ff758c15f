// Command draw measures package draw on pools given by path, in the form of the public
// example pools of pgoelz/citizensassemblies-replication (GPL-3, not part of the project):
// a folder with categories.csv (category,feature,min,max) and respondents.csv.
//
//	go run ./bench/draw -k 20 -draws 10000 data/example_small_20
package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"shenbao/draw"
)

func main() {
	size := flag.Int("k", 20, "members of the panel")
	draws := flag.Int("draws", 1000, "how many draws")
	flag.Parse()
	log.SetFlags(0)
	for _, dir := range flag.Args() {
		for _, mode := range []string{draw.Tickets, draw.Fair} {
			if err := measure(dir, mode, *size, *draws); err != nil {
				log.Fatal(err)
			}
		}
	}
}

const secret = "a secret for measuring only"

// measure draws often and prints how likely the least likely person was. Every draw is a
// whole one: list and plan hashed again, tickets, panel, record.
func measure(dir, mode string, size, draws int) error {
	p, err := pool(dir)
	if err != nil {
		return err
	}
	p.Mode, p.Size = mode, size
	f, err := draw.Freeze(p)
	if err != nil {
		return err
	}
	began := time.Now()
	drawn := map[string]int{}
	for i := range draws {
		r, err := f.Draw(draw.Reveal{Secret: secret, Public: strconv.Itoa(i), PublicAt: p.Frozen, At: p.Frozen})
		if err != nil {
			return err
		}
		for _, id := range r.Members {
			drawn[id]++
		}
	}
	spent := time.Since(began)
	sorts := map[string][2]int{} // people and seats by what they are in
	least := draws
	for _, x := range f.Plan.People {
		k := fmt.Sprint(x.In)
		sorts[k] = [2]int{sorts[k][0] + 1, sorts[k][1] + drawn[x.ID]}
		least = min(least, drawn[x.ID])
	}
	fmt.Printf("%s %s: %d people, %d members, %v a draw with its record; least likely person %.4f\n", dir, mode, len(f.Plan.People), size,
		(spent / time.Duration(draws)).Round(time.Microsecond), float64(least)/float64(draws))
	for k, n := range sorts {
		fmt.Printf("  %s: %d people, each %.4f\n", k, n[0], float64(n[1])/float64(n[0])/float64(draws))
	}
	return nil
}

// pool reads the two tables of a folder.
func pool(dir string) (draw.Plan, error) {
	p := draw.Plan{Call: "bench", Panel: "p", Number: 1, Max: 1, Commitment: draw.Commit(secret), Source: "counted",
		Frozen: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	rows, err := table(filepath.Join(dir, "categories.csv"))
	if err != nil {
		return p, err
	}
	for _, r := range rows[1:] {
		q := draw.Quota{Family: r[0], Category: r[1]}
		if q.Min, err = strconv.Atoi(r[2]); err != nil {
			return p, err
		}
		if q.Max, err = strconv.Atoi(r[3]); err != nil {
			return p, err
		}
		p.Quotas = append(p.Quotas, q)
	}
	if rows, err = table(filepath.Join(dir, "respondents.csv")); err != nil {
		return p, err
	}
	for i, r := range rows[1:] {
		x := draw.Person{ID: fmt.Sprintf("%05d", i), In: map[string][]string{}}
		for j, family := range rows[0] {
			x.In[family] = []string{r[j]}
		}
		p.People = append(p.People, x)
	}
	return p, nil
}

func table(file string) ([][]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return csv.NewReader(f).ReadAll()
}
