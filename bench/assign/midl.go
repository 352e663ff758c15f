package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"shenbao/assign"
)

// fairness solves the MIDL data. Affinities are whole thousandths in package assign and the
// data has more digits, so sums are told in both: as solved, and of the data's own scores.
func fairness(dir string) error {
	scores, shape, err := numbers(filepath.Join(dir, "scores.npy"))
	if err != nil {
		return err
	}
	loads, _, err := numbers(filepath.Join(dir, "loads.npy"))
	if err != nil {
		return err
	}
	lower, _, err := numbers(filepath.Join(dir, "loads-lb.npy"))
	if err != nil {
		return err
	}
	covers, _, err := numbers(filepath.Join(dir, "covs.npy"))
	if err != nil {
		return err
	}
	if len(shape) != 2 || len(loads) != shape[0] || len(lower) != shape[0] || len(covers) != shape[1] {
		return fmt.Errorf("the arrays of %s don't fit", dir)
	}
	for _, minimum := range []bool{false, true} {
		p := assign.Problem{Schema: assign.Schema, Seed: "midl"}
		value := map[assign.Key]float64{}
		for i, l := range loads {
			e := assign.Expert{ID: fmt.Sprintf("r%03d", i), Max: int(l)}
			if minimum {
				e.Min = int(lower[i])
			}
			p.Experts = append(p.Experts, e)
		}
		for j, k := range covers {
			p.Dossiers = append(p.Dossiers, assign.Dossier{ID: fmt.Sprintf("p%03d", j), K: int(k)})
			for i := range loads {
				if s := scores[i*shape[1]+j]; s > 0 {
					key := assign.Key{Dossier: p.Dossiers[j].ID, Expert: p.Experts[i].ID}
					p.Pairs = append(p.Pairs, assign.Pair{Key: key, Affinity: int(math.Round(s * assign.Most))})
					value[key] = s
				}
			}
		}
		for _, p.Mode = range []assign.Mode{assign.Best, assign.Fair, assign.Mixed} {
			if err := tell(p, value, minimum); err != nil {
				return err
			}
		}
	}
	return nil
}

// tell solves the problem and says what the data's own scores make of it.
func tell(p assign.Problem, value map[assign.Key]float64, minimum bool) error {
	var r assign.Record
	took, err := timed(5, func() (err error) {
		r, err = assign.Solve(p)
		return err
	})
	if err != nil {
		return err
	}
	sum, of := 0.0, map[string]float64{}
	for _, l := range r.Lines {
		sum += value[l.Key]
		of[l.Dossier] += value[l.Key]
	}
	least := math.Inf(1)
	for _, x := range of {
		least = min(least, x)
	}
	fmt.Printf("MIDL %-5s minimum loads %-5v total %.4f (as solved %.3f), lowest %.4f, unmet %d, below the minimum %d, %.1f ms", p.Mode, minimum, sum, float64(r.Affinity)/assign.Most, least, r.Unmet, len(r.Lowered), ms(took))
	if f := r.Fair; f != nil {
		fmt.Printf(", bound %d reached %v, %d targets", f.Bound, f.Reached, f.Rounds)
	}
	if m := r.Mixed; m != nil {
		fmt.Printf(", expected %.3f (%.1f %%)", float64(m.Expected)/1e6, float64(m.Expected)/10/float64(m.Optimum))
	}
	fmt.Println()
	return nil
}

var header = regexp.MustCompile(`'descr': '<([fi])8', 'fortran_order': (True|False), 'shape': \((\d+),? ?(\d*)\)`)

// numbers reads an array of NumPy's format 1, doubles or whole numbers, by rows.
func numbers(file string) (out []float64, shape []int, err error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	if len(b) < 10 || string(b[:7]) != "\x93NUMPY\x01" {
		return nil, nil, fmt.Errorf("%s: no NumPy array of format 1", file)
	}
	from := 10 + int(binary.LittleEndian.Uint16(b[8:]))
	m := header.FindSubmatch(b[:min(from, len(b))])
	if m == nil {
		return nil, nil, fmt.Errorf("%s: another kind of array", file)
	}
	n := 1
	for _, s := range m[3:] {
		if len(s) > 0 {
			x, _ := strconv.Atoi(string(s))
			shape = append(shape, x)
			n *= x
		}
	}
	if len(b) != from+8*n {
		return nil, nil, fmt.Errorf("%s: %d bytes for %d numbers", file, len(b)-from, n)
	}
	out = make([]float64, n)
	for i := range out {
		at := i
		if string(m[2]) == "True" && len(shape) == 2 {
			at = i%shape[1]*shape[0] + i/shape[1]
		}
		bits := binary.LittleEndian.Uint64(b[from+8*at:])
		if out[i] = float64(int64(bits)); m[1][0] == 'f' {
			out[i] = math.Float64frombits(bits)
		}
	}
	return out, shape, nil
}
