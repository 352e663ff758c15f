package notice

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Mistake is one thing wrong in a notice file. locale has "mistake.<Kind>" in both
// languages, saying what is wrong and what to write instead; Args are its words.
type Mistake struct {
	File  string
	Line  int // 1-based
	Kind  string
	Args  map[string]string
	Guess string // what was probably meant; "" when there is no near word
}

func (m Mistake) Error() string {
	s := fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Kind)
	for _, k := range slices.Sorted(maps.Keys(m.Args)) {
		s += fmt.Sprintf(" %s=%q", k, m.Args[k])
	}
	if m.Guess != "" {
		s += fmt.Sprintf(" (did you mean %q?)", m.Guess)
	}
	return s
}

// Mistakes are all mistakes of one file, by line. It is the error that Parse returns.
type Mistakes []Mistake

func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.Error()
	}
	return strings.Join(lines, "\n")
}

// Say is the mistake in the language of t, as a compiler would print it:
// file:line: what is wrong and what to write instead. t is a sentence of the catalogue.
func (m Mistake) Say(t func(key string, pairs ...string) string) string {
	pairs := make([]string, 0, 2*len(m.Args))
	for k, v := range m.Args {
		pairs = append(pairs, k, v)
	}
	s := fmt.Sprintf("%s:%d: %s", m.File, m.Line, t("mistake."+m.Kind, pairs...))
	if m.Guess != "" {
		s += t("mistake.guess", "guess", m.Guess)
	}
	return s
}
