package notice

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A reader takes the keys of one map. It remembers which keys it was asked for, so that
// done can tell what is missing and what nobody knows, with the likeliest word.
type reader struct {
	p       *parsing
	block   string // kind of the block, for messages
	clause  string
	v       value
	known   []string
	missing []string
	sub     string // which entry of the block: a step's, a field's name
}

// reader makes a reader of v; what is not a map is a mistake and reads as empty.
func (p *parsing) reader(b block, v value, sub string) *reader {
	r := &reader{p: p, block: b.kind, clause: b.clause, v: v, sub: sub}
	if v.kind != mapping {
		r.wrong(v, "map")
		r.v = value{kind: nothing, line: v.line}
	}
	return r
}

// where is what a message calls the place: 名额, or 程序“填报”.
func (r *reader) where() string {
	if r.sub == "" {
		return r.block
	}
	return r.block + "“" + r.sub + "”"
}

// wrong notes a value of the wrong type; want is a word of locale's mistake.want-….
func (r *reader) wrong(v value, want string) {
	if v.kind == broken {
		return
	}
	r.p.miss(v.line, "type-"+want, "block", r.where(), "got", v.String())
}

// String is the value as a message shows it.
func (v value) String() string {
	switch v.kind {
	case word:
		return v.text
	case list:
		return "[…]"
	case mapping:
		return "{…}"
	}
	return ""
}

// get looks a key up. A key that must be there and is not is noted by done.
func (r *reader) get(key string, must bool) (value, bool) {
	r.known = append(r.known, key)
	for _, p := range r.v.pairs {
		if p.key == key {
			if p.val.kind == broken {
				return p.val, false
			}
			if p.val.kind == nothing {
				r.p.miss(p.line, "empty", "block", r.where(), "key", key)
				return p.val, false
			}
			return p.val, true
		}
	}
	if must {
		r.missing = append(r.missing, key)
	}
	return value{line: r.v.line}, false
}

// done notes keys that nobody asked for and keys that are missing. A missing key whose
// misspelling is there is noted once.
func (r *reader) done() {
	for _, p := range r.v.pairs {
		if slices.Contains(r.known, p.key) {
			continue
		}
		g := nearest(p.key, r.missing)
		if g == "" {
			g = nearest(p.key, r.known)
		}
		r.missing = slices.DeleteFunc(r.missing, func(k string) bool { return k == g })
		r.p.guess(g, p.line, "key-unknown", "block", r.where(), "key", p.key, "known", strings.Join(r.known, "、"))
	}
	if r.v.kind != mapping {
		return // said already
	}
	for _, k := range r.missing {
		r.p.miss(r.v.line, "key-missing", "block", r.where(), "key", k)
	}
}

// str is a word or a sentence.
func (r *reader) str(key string, must bool) string {
	v, ok := r.get(key, must)
	if ok && v.kind != word {
		r.wrong(v, "word")
		return ""
	}
	return v.text
}

// strs is a list of words; a single word is a list of one.
func (r *reader) strs(key string, must bool) []string {
	v, ok := r.get(key, must)
	if !ok {
		return nil
	}
	return r.words(v, nil)
}

// words are the words of a list, each from the closed list known unless that is nil.
// Twice the same word is a mistake.
func (r *reader) words(v value, known []string) []string {
	items := v.items
	switch {
	case v.kind == word:
		items = []value{v}
	case v.kind != list:
		r.wrong(v, "list")
	case len(items) == 0:
		r.p.miss(v.line, "list-empty", "block", r.where())
	}
	var out []string
	for _, i := range items {
		switch {
		case i.kind != word:
			r.wrong(i, "word")
		case slices.Contains(out, i.text):
			r.p.miss(i.line, "word-twice", "block", r.where(), "got", i.text)
		case r.closed(i, known):
			out = append(out, i.text)
		}
	}
	return out
}

// closed notes a word that is not in the closed list known.
func (r *reader) closed(v value, known []string) bool {
	if known == nil || slices.Contains(known, v.text) {
		return true
	}
	guess := nearest(v.text, known)
	if several := strings.FieldsFunc(v.text, func(c rune) bool { return strings.ContainsRune("、，,；; ", c) }); len(several) > 1 &&
		!slices.ContainsFunc(several, func(w string) bool { return !slices.Contains(known, w) }) {
		guess = "[" + strings.Join(several, ", ") + "]" // one word where a list was meant
	}
	r.p.guess(guess, v.line, "word", "block", r.where(), "got", v.text, "known", strings.Join(known, "、"))
	return false
}

// one is a word of a closed list.
func (r *reader) one(key string, must bool, known ...string) string {
	v, ok := r.get(key, must)
	switch {
	case !ok:
	case v.kind != word:
		r.wrong(v, "word")
	case r.closed(v, known):
		return v.text
	}
	return ""
}

// some are words of a closed list.
func (r *reader) some(key string, must bool, known ...string) []string {
	v, ok := r.get(key, must)
	if !ok {
		return nil
	}
	return r.words(v, known)
}

// yes is 是 or 否.
func (r *reader) yes(key string, otherwise bool) bool {
	switch r.one(key, false, "是", "否") {
	case "是":
		return true
	case "否":
		return false
	}
	return otherwise
}

// count is a whole number from least up; kind is the mistake when it is smaller.
func (r *reader) count(key string, must bool, least int, kind string) int {
	v, ok := r.get(key, must)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(v.text)
	if v.kind != word || err != nil {
		guess := strings.TrimRight(v.text, "个份字天日名项。；") // 5份: the unit goes without saying
		if c := numeral(guess); c > 0 {
			guess = itoa(c)
		}
		if _, err := strconv.Atoi(guess); err != nil {
			guess = ""
		}
		r.p.guess(guess, v.line, "type-number", "block", r.where(), "key", key, "got", v.String())
		return 0
	}
	if n < least || n > maxCount {
		r.p.miss(v.line, kind, "block", r.where(), "key", key, "got", v.text)
		return 0
	}
	return n
}

// maxCount bounds every number of a notice: no quota, limit or number of copies is near.
const maxCount = 100000

// match is a word of a certain shape; kind is the mistake when it is not, meant what was
// probably meant then.
func (r *reader) match(key string, must bool, shape *regexp.Regexp, kind string, meant func(string) string) []string {
	v, ok := r.get(key, must)
	if !ok {
		return nil
	}
	m := shape.FindStringSubmatch(v.text)
	if v.kind != word || m == nil {
		r.p.guess(meant(v.text), v.line, kind, "block", r.where(), "key", key, "got", v.String())
	}
	return m
}

// in makes a reader of the map under key; nil when there is none.
func (r *reader) in(key string, must bool) *reader {
	v, ok := r.get(key, must)
	if !ok {
		return nil
	}
	sub := key
	if r.sub != "" {
		sub = r.sub + "·" + key
	}
	return r.p.reader(block{kind: r.block, clause: r.clause}, v, sub)
}

// each are the entries of the map under key, in order.
func (r *reader) each(key string, must bool) []pair {
	v, ok := r.get(key, must)
	if ok && v.kind != mapping {
		r.wrong(v, "map")
	}
	return v.pairs
}

// line is the line of key, or of the map when it has no such key.
func (r *reader) line(key string) int {
	for _, p := range r.v.pairs {
		if p.key == key {
			return p.line
		}
	}
	return r.v.line
}

// source is where the rule comes from. 文 gives the words it restates, which must stand
// in the clause; without it the rule restates the whole clause, number or heading aside.
func (r *reader) source() Source {
	c, _ := r.p.n.Clause(r.clause)
	s := Source{Clause: r.clause, Quote: c.words(), Line: r.v.line}
	if q := r.str("文", false); q != "" {
		s.Quote = q
		r.stated(q, r.line("文"), c)
	}
	return s
}

// stated notes words that do not stand in clause c: text and rule have drifted apart.
func (r *reader) stated(words string, line int, c Clause) {
	if c.ID != "" && words != "" && !strings.Contains(squeeze(c.Text), squeeze(words)) {
		r.p.miss(line, "quote", "block", r.where(), "got", words, "clause", c.ID)
	}
}

var numbers = regexp.MustCompile(`[0-9]+|[一二三四五六七八九十]+`)

// counted notes a number that does not stand in clause c, in either way of writing it: a
// quota of 2 below “控制在1个” would otherwise be enforced without the text saying so.
func (r *reader) counted(n int, key string, c Clause) {
	if c.ID != "" && n > 0 && !slices.ContainsFunc(numbers.FindAllString(c.words(), -1), func(s string) bool { return s == itoa(n) || numeral(s) == n }) {
		r.p.miss(r.line(key), "number-quote", "block", r.where(), "key", key, "got", itoa(n), "clause", c.ID)
	}
}
