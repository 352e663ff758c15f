package expert

import (
	_ "embed"
	"slices"
	"strings"

	"shenbao/hanzi"
)

// disciplines.txt: codes and names of the 62 first-level disciplines of GB/T 13745-2009
// 学科分类与代码, with those of the second level that this kind of base asks for most. Codes
// and names are facts of the national standard; the English names are ours. A code of the
// second level begins with that of its first.
//
//go:embed disciplines.txt
var disciplineText string

// A Field is one discipline.
type Field struct {
	Code    string
	Name    string
	English string
}

var disciplines = func() []Field {
	var fs []Field
	for line := range strings.Lines(disciplineText) {
		code, names, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, english, _ := strings.Cut(names, "|")
		fs = append(fs, Field{code, name, english})
	}
	return fs
}()

// Disciplines are all fields that an expert can name, by their code: each of the first
// level before its own second level.
func Disciplines() []Field { return slices.Clone(disciplines) }

// Discipline is the field of a code.
func Discipline(code string) (Field, bool) {
	i, ok := slices.BinarySearchFunc(disciplines, code, func(f Field, code string) int { return strings.Compare(f.Code, code) })
	if !ok {
		return Field{}, false
	}
	return disciplines[i], true
}

// Top is the code of the first level that a code belongs to.
func Top(code string) string { return code[:min(3, len(code))] }

// Near is how near two fields are, as matching counts it: 1 the same, 0.6 of one
// first-level discipline, else 0.
func Near(a, b string) float64 {
	switch {
	case a == b:
		return 1
	case a != "" && Top(a) == Top(b):
		return 0.6
	}
	return 0
}

// Guess finds the field that words name: a code, a name, or a name that they hold, the
// longest. It helps where a form names fields in free words.
func Guess(words string) (Field, bool) {
	key := hanzi.FoldName(words)
	if f, ok := Discipline(key); ok {
		return f, true
	}
	best := Field{}
	for _, f := range disciplines {
		name := strings.TrimSuffix(hanzi.FoldName(f.Name), "学")
		if len([]rune(name)) >= 2 && strings.Contains(key, name) && len(name) > len(best.Name) {
			best = Field{f.Code, name, f.English}
		}
	}
	if best.Code == "" {
		return Field{}, false
	}
	return Discipline(best.Code)
}
