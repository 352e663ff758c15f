package notice

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// MaxSize is the size of the largest file that Parse reads, in bytes. A call with its
// annex has some 20 kB.
const MaxSize = 1 << 20

// A block is one fence of rules and where it stands.
type block struct {
	kind   string
	clause string
	line   int  // of the opening fence; the body begins on the next
	open   bool // its closing fence is missing, which is noted
	body   []string
}

// parsing is the state of one Parse.
type parsing struct {
	n        *Notice
	lines    []string
	prose    strings.Builder
	blocks   []block
	mistakes Mistakes
	refs     []ref           // references to resolve when all is read
	first    map[string]int  // block kind → line of its first fence
	unread   map[string]bool // block kinds that could not be read: what refers to them is not judged

	titled  bool   // the title has been read
	section string // current section: 三
	group   string // current group of items in it: ·内容, or ""
	number  int    // number of the last section
	item    int    // number of the last item in (section, group)
	cur     int    // index of the current clause; -1 none yet
}

// Parse reads a notice and checks it. The error is Mistakes: all of them, by line.
// file is only for messages. A notice with mistakes is not returned.
func Parse(file string, src []byte) (*Notice, error) {
	sum := sha256.Sum256(src)
	p := &parsing{
		n:     &Notice{File: file, SHA256: hex.EncodeToString(sum[:])},
		first: map[string]int{}, unread: map[string]bool{}, cur: -1,
	}
	if len(src) > MaxSize {
		p.miss(1, "size")
		return nil, p.mistakes
	}
	p.lines = lines(src)
	p.read(p.front())
	p.n.prose = p.prose.String()
	p.decode()
	p.check()
	if len(p.mistakes) > 0 {
		p.sort()
		return nil, p.mistakes
	}
	return p.n, nil
}

// lines are the lines of a file, whichever way an editor ended them.
func lines(src []byte) []string {
	text := strings.TrimPrefix(string(src), "\uFEFF")
	return strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
}

func (p *parsing) sort() {
	slices.SortStableFunc(p.mistakes, func(a, b Mistake) int { return a.Line - b.Line })
}

// miss notes a mistake; args are name, value, name, value…
func (p *parsing) miss(line int, kind string, args ...string) {
	p.guess("", line, kind, args...)
}

// guess is miss with the word that was probably meant.
func (p *parsing) guess(guess string, line int, kind string, args ...string) {
	m := Mistake{File: p.n.File, Line: max(line, 1), Kind: kind, Guess: guess, Args: map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		m.Args[args[i]] = args[i+1]
	}
	p.mistakes = append(p.mistakes, m)
}

const fence = "```"

// front takes the block between the first two lines “---” and returns the index of the
// line after it. Where one of the two is missing, it begins with the file and ends at the
// title, so that the rest is still read and its mistakes are found too.
func (p *parsing) front() int {
	begin := 1
	if strings.TrimRight(p.lines[0], " ") != "---" {
		p.miss(1, "front-missing")
		begin = 0
	}
	end, title := 0, len(p.lines)
	for i := begin; i < len(p.lines) && end == 0; i++ {
		switch l := strings.TrimRight(p.lines[i], " "); {
		case l == "---":
			end = i
		case strings.HasPrefix(l, "## ") || strings.HasPrefix(l, fence):
			i = len(p.lines)
		case strings.HasPrefix(l, "# "):
			title = min(title, i)
		}
	}
	if end > 0 {
		p.blocks = append(p.blocks, block{kind: kindFront, line: begin, body: p.lines[begin:end]})
		return end + 1
	}
	if begin == 0 {
		return 0
	}
	p.miss(1, "front-open")
	p.blocks = append(p.blocks, block{kind: kindFront, line: begin, body: p.lines[begin:title]})
	return title
}

// read goes through the lines from index i on and sorts them into prose and blocks.
func (p *parsing) read(i int) {
	for i < len(p.lines) {
		l := p.lines[i]
		if _, ok := fenceMark(l); ok {
			i = p.fenced(i)
			continue
		}
		p.line(i+1, strings.TrimRight(l, " \t"))
		i++
	}
	if !p.titled {
		p.miss(1, "title-missing")
	}
}

// fenced takes the block that opens at index i and returns the index after it. Where the
// closing fence is missing, the block ends before the next heading, item or fence.
func (p *parsing) fenced(i int) int {
	b := block{line: i + 1, open: true}
	b.kind = p.mark(i)
	next := len(p.lines)
	for j := i + 1; j < len(p.lines); j++ {
		kind, mark := fenceMark(p.lines[j])
		if mark && kind == "" {
			p.mark(j)
			next, b.open = j+1, false
			break
		}
		if mark || strings.HasPrefix(p.lines[j], "## ") || itemNumber(p.lines[j]) > 0 {
			next = j
			break
		}
		b.body = append(b.body, p.lines[j])
	}
	if b.open && b.kind != "" { // else a fence too many, noted by decode
		p.miss(b.line, "fence-open", "block", b.kind)
	}
	if p.cur < 0 {
		p.miss(b.line, "block-orphan", "block", b.kind)
	} else {
		c := &p.n.Clauses[p.cur]
		b.clause = c.ID
		c.Blocks = append(c.Blocks, b.kind)
	}
	p.blocks = append(p.blocks, b)
	return next
}

// fenceMark reports whether a line is a fence, and the word after it. The key of the
// backquote gives “·” on a Chinese keyboard: such a line would pass for prose, and its
// rules would silently not hold.
func fenceMark(l string) (kind string, ok bool) {
	l = strings.TrimSpace(l)
	kind = strings.TrimLeft(l, "`·｀~～")
	return strings.TrimSpace(kind), len([]rune(l))-len([]rune(kind)) >= 3
}

// mark is the word after the fence at index i; a fence written otherwise is noted.
func (p *parsing) mark(i int) string {
	kind, _ := fenceMark(p.lines[i])
	if l := strings.TrimRight(p.lines[i], " \t"); l != fence+kind && l != fence+" "+kind {
		p.guess(fence+kind, i+1, "fence-mark", "got", l)
	}
	return kind
}

// line takes one line of prose.
func (p *parsing) line(no int, l string) {
	mark := len(l) - len(strings.TrimLeft(l, "#"))
	text := strings.TrimSpace(l[mark:])
	p.prose.WriteString(text + "\n")
	switch {
	case text == "":
	case mark == 1 && strings.HasPrefix(text, annex):
		p.section, p.group, p.item = annex, "", 0
		p.clause(Clause{ID: annex, Title: text, Text: text, Line: no})
	case !p.titled && mark < 2:
		if p.titled, p.n.Title = true, text; mark == 0 {
			p.guess("# "+text, no, "title-missing")
		}
	case mark == 2:
		p.heading(no, text)
	case mark != 0 || sectionNumber(text) > 0:
		p.guess("## "+text, no, "heading", "text", text)
		p.heading(no, text)
	case p.section == "":
		p.opening(no, text)
	case itemNumber(text) > 0 && p.section != annex:
		p.numbered(no, text)
	default:
		p.paragraph(no, text)
	}
}

const annex = "附件"

// Clauses before the first section.
const (
	clauseAddressees = "主送"
	clauseOpening    = "首段"
)

// opening takes a line between the title and the first section: first the addressees,
// up to a colon, then the opening paragraph.
func (p *parsing) opening(no int, text string) {
	id := clauseOpening
	if p.cur < 0 && strings.HasSuffix(text, "：") {
		id = clauseAddressees
	}
	p.extend(Clause{ID: id, Text: text, Line: no})
}

// heading takes “## 三、申报条件”.
func (p *parsing) heading(no int, text string) {
	num, title, _ := strings.Cut(text, "、")
	n, want := numeral(num), p.number+1
	switch {
	case n == 0:
		p.miss(no, "heading", "text", text)
		n, title = want, text
	case n != want:
		p.miss(no, "clause-order", "got", num, "want", chinese(want))
		n = follow(n, want, p.nextSection(no))
	}
	num = chinese(n)
	p.number, p.item, p.section, p.group = n, 0, num, ""
	p.clause(Clause{ID: num, Number: num, Title: title, Text: text, Line: no})
}

// numbered takes an item: （一）….
func (p *parsing) numbered(no int, text string) {
	n, want := itemNumber(text), p.item+1
	if n != want {
		p.miss(no, "clause-order", "got", "（"+chinese(n)+"）", "want", "（"+chinese(want)+"）")
		n = follow(n, want, p.nextItem(no))
	}
	p.item = n
	num := "（" + chinese(n) + "）"
	p.clause(Clause{ID: p.section + p.group + num, Number: num, Text: text, Line: no})
}

// follow is the number to go on with where n stands and want should: want, when the
// number after it goes on from there or n runs back, so that one slip of the pen does not
// give every later clause another name.
func follow(n, want, next int) int {
	if n < want || next == want+1 {
		return want
	}
	return n
}

// nextSection is the number of the first section heading from index i on; 0 none.
func (p *parsing) nextSection(i int) int {
	for ; i < len(p.lines); i++ {
		if l, ok := strings.CutPrefix(p.lines[i], "## "); ok {
			return sectionNumber(l)
		}
	}
	return 0
}

// paragraph takes one without a number. Before the items of a section it belongs to the
// section; between two items, or when it is a sub-item (1. …), to the item above. After
// the last item it is a clause of its own: a lead-in ending in a colon opens a second row
// of items, which begins at （一） again (T9), and is named after its last word,
// “考核评估的主要内容为：” → 六·内容; anything else is the section's 末段.
func (p *parsing) paragraph(no int, text string) {
	next := p.nextItem(no)
	switch lead, ok := strings.CutSuffix(text, "："); {
	case p.item == 0 || next == p.item+1 || text[0] >= '0' && text[0] <= '9':
		p.extend(Clause{ID: p.n.Clauses[p.cur].ID, Text: text, Line: no})
	case ok && next == 1:
		r := []rune(strings.TrimSuffix(strings.TrimSuffix(lead, "如下"), "为"))
		p.group, p.item = "·"+string(r[max(0, len(r)-2):]), 0
		p.clause(Clause{ID: p.section + p.group, Text: text, Line: no})
	default:
		p.extend(Clause{ID: p.section + "·末段", Text: text, Line: no})
	}
}

// nextItem is the number of the first item from index i on in this section; 0 none.
func (p *parsing) nextItem(i int) int {
	for ; i < len(p.lines); i++ {
		if strings.HasPrefix(p.lines[i], "#") {
			return 0
		}
		if n := itemNumber(p.lines[i]); n > 0 {
			return n
		}
	}
	return 0
}

// extend adds a line to the current clause when it has the same id, else begins one.
func (p *parsing) extend(c Clause) {
	if p.cur >= 0 && p.n.Clauses[p.cur].ID == c.ID {
		p.n.Clauses[p.cur].Text += "\n" + c.Text
		return
	}
	p.clause(c)
}

// clause begins a clause. Ids are unique, whatever the printed numbers do (T9).
func (p *parsing) clause(c Clause) {
	if old, ok := p.n.Clause(c.ID); ok {
		p.miss(c.Line, "clause-twice", "clause", c.ID, "line", itoa(old.Line))
	}
	p.n.Clauses = append(p.n.Clauses, c)
	p.cur = len(p.n.Clauses) - 1
}

// itemNumber is the number of a line that begins with （三） or (三); 0 for others.
func itemNumber(l string) int {
	for _, b := range [][2]string{{"（", "）"}, {"(", ")"}} {
		if rest, ok := strings.CutPrefix(l, b[0]); ok {
			if num, _, ok := strings.Cut(rest, b[1]); ok {
				return numeral(num)
			}
		}
	}
	return 0
}

// sectionNumber is the number of a line that begins with 三、; 0 for others. Without its
// ## such a line would silently join the clause before it.
func sectionNumber(l string) int {
	num, _, ok := strings.Cut(l, "、")
	if !ok {
		return 0
	}
	return numeral(num)
}
