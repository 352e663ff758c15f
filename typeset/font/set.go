package font

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// A Role is what a font is used for on Chinese official paper.
type Role string

const (
	Song  Role = "宋"   // running text where nothing else is asked for, notes, page numbers
	Fang  Role = "仿宋"  // body of official documents (GB/T 9704)
	Kai   Role = "楷"   // second headings, guidance
	Hei   Role = "黑"   // first headings
	Title Role = "小标宋" // titles
)

// Roles are all roles.
func Roles() []Role { return []Role{Song, Fang, Kai, Hei, Title} }

// A Font is a font file that is opened at its first use, once.
type Font struct {
	Name string // for the PDF, ASCII: NotoSerifSC
	face func() (*Face, error)
}

// NewFont is a font whose bytes open returns, face index of them.
func NewFont(name string, index int, open func() ([]byte, error)) *Font {
	return &Font{Name: name, face: sync.OnceValues(func() (*Face, error) {
		file, err := open()
		if err != nil {
			return nil, err
		}
		return Parse(file, index)
	})}
}

// Face is the parsed font.
func (f *Font) Face() (*Face, error) { return f.face() }

// A Set has, for each role, a chain of fonts: a character comes from the first that has
// it. A set never changes, so any number of goroutines may use it.
type Set struct{ chains map[Role][]*Font }

// NewSet makes a set. A role without a chain of its own takes that of Song, which there
// must be.
func NewSet(chains map[Role][]*Font) *Set {
	s := &Set{chains: map[Role][]*Font{}}
	for _, role := range Roles() {
		if s.chains[role] = chains[role]; len(chains[role]) == 0 {
			s.chains[role] = chains[Song]
		}
	}
	return s
}

// wideMarks are shared by Chinese and Latin text and are narrow in fonts that think of
// Latin text: in Chinese text they take a whole square.
const wideMarks = "“”‘’—…"

// Find is the font and glyph of a character in a role, and its advance in ems. Without
// any font that has it ok is false. Fonts that can't be read are passed over: With
// says at the start which ones.
func (s *Set) Find(role Role, r rune) (f *Font, glyph uint16, advance float64, ok bool) {
	wide := strings.ContainsRune(wideMarks, r)
	for _, c := range s.chains[role] {
		face, err := c.Face()
		if err != nil {
			continue
		}
		g := face.Glyph(r)
		if g == 0 {
			continue
		}
		a := float64(face.Advance(g)) / float64(face.Upem)
		if !ok || wide && a > 0.9 {
			f, glyph, advance, ok = c, g, a, true
		}
		if !wide || a > 0.9 {
			break
		}
	}
	return f, glyph, advance, ok
}

// Missing are the characters of a text that no font of the set has, each once, in the
// order of the text: to be told while it can still be changed, because on paper they
// can only be marked.
func (s *Set) Missing(text string) []rune {
	var all []rune
	for _, r := range text {
		if Silent(r) || slices.Contains(all, r) {
			continue
		}
		if _, _, _, ok := s.Find(Song, r); !ok {
			all = append(all, r)
		}
	}
	return all
}

// Silent reports whether a character leaves nothing on paper: controls, zero-width
// characters, marks of direction and of variation.
func Silent(r rune) bool {
	return r < 0x20 || r >= 0x7F && r <= 0x9F || r == 0xAD || r >= 0x200B && r <= 0x200F || r >= 0x2028 && r <= 0x202E ||
		r == 0x2060 || r == 0xFEFF || r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF
}

// words by which a font in a folder gets its role, the longer ones first: 小标宋 and 仿宋
// end in 宋.
func roleOf(name string) Role {
	name = strings.ToLower(name)
	for _, w := range []struct {
		role  Role
		words string
	}{
		{Title, "小标宋 xiaobiaosong xbs"}, {Fang, "仿宋 fangsong fang simfang"}, {Kai, "楷 kai"},
		{Hei, "黑 hei gothic"}, {Song, "宋 song sung simsun ming"},
	} {
		for word := range strings.FieldsSeq(w.words) {
			if strings.Contains(name, word) {
				return w.role
			}
		}
	}
	return ""
}

// With is the set with the fonts of a folder before its own: a font wins the role that
// its file name says, or else its family name (方正小标宋, 仿宋_GB2312, 楷体, 黑体, 宋体).
// A font that says no role is asked last in every role: that is how rare characters are
// added. The first font by file name wins a role, the next ones follow it.
//
// Files that can't be used (damaged, or forbidding to be embedded) are named in the
// error; the set is good without them.
func (s *Set) With(folder fs.FS) (*Set, error) {
	files, err := fs.ReadDir(folder, ".")
	if err != nil {
		return s, err
	}
	front := map[Role][]*Font{}
	var back []*Font
	var refused []error
	for i, e := range files {
		switch strings.ToLower(path.Ext(e.Name())) {
		case ".ttf", ".otf", ".ttc", ".otc":
		default:
			continue
		}
		f, role, err := s.fromFile(folder, e.Name(), i)
		switch {
		case err != nil:
			refused = append(refused, fmt.Errorf("%s: %w", e.Name(), err))
		case role == "":
			back = append(back, f)
		default:
			front[role] = append(front[role], f)
		}
	}
	out := &Set{chains: map[Role][]*Font{}}
	for _, role := range Roles() {
		out.chains[role] = slices.Concat(front[role], s.chains[role], back)
	}
	return out, errors.Join(refused...)
}

// fromFile reads a file once, to know its role and that it can be used, and lets go of
// it again: a document opens it when it needs it.
func (s *Set) fromFile(folder fs.FS, name string, number int) (*Font, Role, error) {
	open := func() ([]byte, error) { return fs.ReadFile(folder, name) }
	file, err := open()
	if err != nil {
		return nil, "", err
	}
	index, face := 0, (*Face)(nil)
	for i := range Faces(file) { // of a collection for several countries, the mainland's
		one, err := Parse(file, i)
		if err != nil {
			return nil, "", err
		}
		if sc := strings.Contains(strings.Join(one.Families, " "), " SC"); face == nil || sc {
			index, face = i, one
			if sc {
				break
			}
		}
	}
	if face == nil {
		return nil, "", ErrNoFace
	}
	role := roleOf(name)
	if role == "" {
		role = roleOf(strings.Join(face.Families, " "))
	}
	return NewFont(fmt.Sprintf("Local%d", number), index, open), role, nil
}
