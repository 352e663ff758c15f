package notice

import (
	"errors"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// A value is one node of a rule block: a word, a list or a map, with its line in the
// file. Decoding goes over values and not over YAML tags, because every mistake must
// have its line, in ordered maps too, and a missing key must not become a silent zero.
type value struct {
	kind  valueKind
	text  string  // of a word
	pairs []pair  // of a map, in order
	items []value // of a list
	line  int
}

type pair struct {
	key  string
	line int
	val  value
}

type valueKind int

const (
	nothing valueKind = iota
	word
	list
	mapping
	broken // could not be read; noted already
)

// tree reads the YAML of one block. ok is false when it can't be read as YAML at all.
// Slips of a Chinese keyboard are noted and put right first, so that one ： does not
// hide the mistakes after it.
func (p *parsing) tree(b block) (v value, ok bool) {
	defer func() { // a parser of other people's making, fed with anything
		if recover() != nil {
			p.miss(b.line, "yaml", "block", b.kind)
			v, ok = value{}, false
		}
		p.unread[b.kind] = p.unread[b.kind] || !ok
	}()
	slips := len(p.mistakes)
	body := p.straighten(b)
	if line := unwieldy(b.body); line > 0 {
		p.miss(b.line+line, "yaml", "block", b.kind)
		return value{}, false
	}
	f, err := parser.ParseBytes([]byte(body), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		line := b.line
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil && at.GetToken().Position != nil {
			line += at.GetToken().Position.Line
		}
		if len(p.mistakes) == slips && !b.open { // else it most likely follows from the slip
			p.guess(spaced(b, line), line, "yaml", "block", b.kind)
		}
		return value{}, false
	}
	for i, d := range f.Docs {
		if i > 0 {
			p.miss(b.line, "yaml", "block", b.kind)
			return value{}, false
		}
		v = p.value(d.Body, b.line)
	}
	if v.line == 0 {
		v.line = b.line
	}
	return v, true
}

var tight = regexp.MustCompile(`^(\s*[^\s"'#:：]+):([^\s:：].*)$`)

// spaced is a line of the block with the space after its colon put in, if that lacks.
func spaced(b block, line int) string {
	if i := line - b.line - 1; i >= 0 && i < len(b.body) {
		if m := tight.FindStringSubmatch(b.body[i]); m != nil {
			return strings.TrimSpace(m[1]) + ": " + m[2]
		}
	}
	return ""
}

// unwieldy is the first line, from 1, that no author writes and that could exhaust the
// YAML parser: thousands of characters, or brackets dozens deep. 0: none.
func unwieldy(lines []string) int {
	depth := 0
	for i, l := range lines {
		depth += strings.Count(l, "[") + strings.Count(l, "{")
		if depth > 200 || len(l) > 16<<10 || strings.Count(l, "- ")+strings.Count(l, "? ") > 100 {
			return i + 1
		}
		depth -= strings.Count(l, "]") + strings.Count(l, "}")
	}
	return 0
}

// value turns a YAML node into ours. base is added to its line.
func (p *parsing) value(n ast.Node, base int) value {
	if n == nil || n.GetToken() == nil {
		return value{}
	}
	v := value{line: base + n.GetToken().Position.Line}
	switch x := n.(type) {
	case *ast.NullNode:
	case *ast.MappingNode:
		v.kind = mapping
		p.pairs(&v, x.Values, base)
	case *ast.MappingValueNode:
		v.kind = mapping
		p.pairs(&v, []*ast.MappingValueNode{x}, base)
	case *ast.SequenceNode:
		v.kind = list
		for _, e := range x.Values {
			v.items = append(v.items, p.value(e, base))
		}
	case *ast.StringNode:
		v.kind, v.text = word, x.Value
		p.unquote(&v)
	case *ast.LiteralNode:
		v.kind, v.text = word, strings.TrimSpace(x.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		v.kind, v.text = word, n.GetToken().Value
	default: // anchors, aliases, tags, merge keys: the file arranges, it does not compute
		v.kind = broken
		p.miss(v.line, "yaml-feature", "got", n.GetToken().Value)
	}
	return v
}

// unquote takes off the quotation marks of a Chinese keyboard where they stand for the
// straight ones, about a whole word.
func (p *parsing) unquote(v *value) {
	in, ok := strings.CutPrefix(v.text, "“")
	if in, end := strings.CutSuffix(in, "”"); ok && end && !strings.ContainsAny(in, "“”") {
		p.guess(`"`+in+`"`, v.line, "quotes", "got", v.text)
		v.text = in
	}
}

// pairs adds the entries of a map; a key that was there already is a mistake.
func (p *parsing) pairs(v *value, from []*ast.MappingValueNode, base int) {
	seen := map[string]int{}
	for _, e := range from {
		line := base + e.Key.GetToken().Position.Line
		key, ok := e.Key.(*ast.StringNode)
		name := ""
		if ok {
			name = key.Value
		} else if name = e.Key.GetToken().Value; name == "?" || name == "<<" {
			p.miss(line, "yaml-feature", "got", name)
			continue
		}
		if old, ok := seen[name]; ok {
			p.miss(line, "key-twice", "key", name, "line", itoa(old))
			continue
		}
		seen[name] = line
		val := p.value(e.Value, base)
		if val.line == 0 || val.kind == nothing {
			val.line = line
		}
		v.pairs = append(v.pairs, pair{name, line, val})
	}
}

// straighten returns the block's text with the slips of a Chinese keyboard put right,
// each noted as a mistake with its line: ： for “: ”, ， between the words of a list,
// ［］【】｛｝ for brackets, tabs for indentation. Words in quotes are left alone.
func (p *parsing) straighten(b block) string {
	s := straightener{p: p}
	var out strings.Builder
	for i, l := range b.body {
		s.line = b.line + 1 + i
		out.WriteString(s.fix(l))
		out.WriteByte('\n')
	}
	if n := len(s.open); n > 0 && !b.open {
		o := s.open[n-1]
		p.miss(o.line, "bracket-open", "got", string(o.mark), "want", map[rune]string{'[': "]", '{': "}"}[o.mark])
	}
	return out.String()
}

// straightener goes through a block with a stack of open brackets.
type straightener struct {
	p    *parsing
	line int
	open []opened

	start bool // at the beginning of a key, a word or a list
	colon bool // “: ” has been passed since the last comma or bracket
}

// opened is a bracket, [ or {, and the line it stands on.
type opened struct {
	mark rune
	line int
}

// fix puts one line right.
func (s *straightener) fix(l string) string {
	body := strings.TrimLeft(l, " \t")
	indent := l[:len(l)-len(body)]
	if strings.Contains(indent, "\t") {
		s.p.miss(s.line, "tab")
		indent = strings.ReplaceAll(indent, "\t", "  ")
	}
	s.start, s.colon = true, false
	out, r := []rune(indent), []rune(body)
	for i := 0; i < len(r); i++ {
		c := r[i]
		if (c == '"' || c == '\'') && s.start {
			n, ok := quoted(r[i:])
			if !ok {
				s.p.miss(s.line, "quote-open", "text", strings.TrimSpace(l))
				s.open = nil // the brackets that it hides
			}
			out = append(out, r[i:i+n]...)
			i += n - 1
			s.start = false
			continue
		}
		if c == '#' && (i == 0 || r[i-1] == ' ') {
			return string(append(out, r[i:]...))
		}
		half := s.half(r, i)
		out = append(out, half...)
		s.pass(half[0], len(half) > 1 || i+1 == len(r) || r[i+1] == ' ')
	}
	return string(out)
}

// half is what should stand for the character at index i, noted when it is another one.
func (s *straightener) half(r []rune, i int) []rune {
	c := r[i]
	switch {
	case c == '：' && !s.colon && !s.in('['):
		s.p.miss(s.line, "colon", "text", around(r, i))
		return []rune{':', ' '}
	case c == '，' && (s.in('[') || s.in('{') && s.colon && entry(r[i+1:])):
		s.p.miss(s.line, "comma", "text", around(r, i))
		return []rune{',', ' '}
	}
	h, ok := bracket(c)
	if ok && (s.start && (h == '[' || h == '{') || s.in('[') && h == ']' || s.in('{') && h == '}') {
		s.p.miss(s.line, "bracket", "got", string(c), "want", string(h))
		return []rune{h}
	}
	return []rune{c}
}

// pass moves past character c; space: white space or the end of the line follows it.
func (s *straightener) pass(c rune, space bool) {
	switch {
	case (c == '[' || c == '{') && s.start:
		s.open = append(s.open, opened{c, s.line})
		s.colon = false
	case s.in('[') && c == ']' || s.in('{') && c == '}':
		s.open = s.open[:len(s.open)-1]
		s.start, s.colon = false, true
	case c == ',' && len(s.open) > 0:
		s.start, s.colon = true, false
	case c == ':' && space:
		s.start, s.colon = true, true
	case c == '-' && s.start && space, c == ' ':
	default:
		s.start = false
	}
}

// in reports whether the innermost open bracket is b.
func (s *straightener) in(b rune) bool {
	return len(s.open) > 0 && s.open[len(s.open)-1].mark == b
}

// entry reports whether r begins with “key: ” up to the next comma or bracket: then the
// full-width comma before it was to divide two entries and is no part of a sentence.
func entry(r []rune) bool {
	for i, c := range r {
		if c == ':' && i+1 < len(r) && r[i+1] == ' ' {
			return true
		}
		if strings.ContainsRune(",，。；[]{}", c) {
			return false
		}
	}
	return false
}

// quoted is the length of the quoted word that r begins with, both quotes included; ok is
// false when the line ends before it does.
func quoted(r []rune) (n int, ok bool) {
	for i := 1; i < len(r); i++ {
		if r[i] == '\\' && r[0] == '"' {
			i++
		} else if r[i] == r[0] {
			return i + 1, true
		}
	}
	return len(r), false
}

// bracket is the half-width form of a full-width bracket.
func bracket(c rune) (rune, bool) {
	switch c {
	case '［', '【':
		return '[', true
	case '］', '】':
		return ']', true
	case '｛':
		return '{', true
	case '｝':
		return '}', true
	}
	return c, false
}

// around are the few characters about index i, for a message.
func around(r []rune, i int) string {
	return strings.TrimSpace(string(r[max(0, i-8):min(len(r), i+8)]))
}
