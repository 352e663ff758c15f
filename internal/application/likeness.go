package application

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"shenbao/hanzi"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/textmatch"
)

// A Likeness points out that two applications of different units agree in something that
// units rarely share, or that the same passages stand in two applications. It claims
// nothing: somebody looks. It is computed after an application came to the department.
type Likeness struct {
	Application  ID        `json:"application"`
	Other        ID        `json:"other"`
	Version      int       `json:"version"`       // of the application, that was compared
	OtherVersion int       `json:"other_version"` // of the other one
	Traits       []string  `json:"traits,omitempty"`
	Passages     []Passage `json:"passages,omitempty"`
	Letters      int       `json:"letters"` // in all passages
	SameUnit     bool      `json:"same_unit"`
}

// A Passage stands in both: the bytes From to To of one's answer to Field, At to Until of
// the other's to OtherField.
type Passage struct {
	Field      string `json:"field"`
	From       int    `json:"from"`
	To         int    `json:"to"`
	OtherField string `json:"other_field"`
	At         int    `json:"at"`
	Until      int    `json:"until"`
	Letters    int    `json:"letters"`
}

// Flip is the likeness as seen from the other application.
func (l Likeness) Flip() Likeness {
	l.Application, l.Other, l.Version, l.OtherVersion = l.Other, l.Application, l.OtherVersion, l.Version
	l.Passages = slices.Clone(l.Passages)
	for i, p := range l.Passages {
		l.Passages[i] = Passage{Field: p.OtherField, From: p.At, To: p.Until, OtherField: p.Field, At: p.From, Until: p.To, Letters: p.Letters}
	}
	slices.SortFunc(l.Passages, func(a, b Passage) int { return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.From, b.From)) })
	return l
}

// Traits of a unit that are compared. locale has "trait.<kind>".
const (
	TraitCredit  = "credit"  // 统一社会信用代码
	TraitName    = "name"    // folded
	TraitAddress = "address" // folded
	TraitPhone   = "phone"
	TraitContact = "contact" // counts only beside another: people share names
	TraitAccount = "account" // of the bank block
)

// TraitKinds are all kinds, the strongest first.
var TraitKinds = []string{TraitCredit, TraitAccount, TraitName, TraitAddress, TraitPhone, TraitContact}

// A Trait is one value by which units are compared. Value is a hash: two equal ones are
// found without keeping account and telephone numbers a second time.
type Trait struct{ Kind, Value string }

// Traits are those of an applicant, from the register and from the form.
func Traits(n *notice.Notice, u org.Unit, c filing.Content) []Trait {
	var out []Trait
	add := func(kind, value string, least int) {
		if len([]rune(value)) < least {
			return // empty, or too short to say anything
		}
		h := sha256.Sum256([]byte(kind + " " + value))
		if t := (Trait{kind, hex.EncodeToString(h[:12])}); !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	add(TraitCredit, strings.ToUpper(strings.TrimSpace(u.CreditCode)), 8)
	add(TraitName, bare(u.Name), 3)
	add(TraitAddress, bare(u.Address), 6)
	add(TraitPhone, digits(u.Phone), 7)
	add(TraitContact, bare(u.Contact), 2)
	for _, f := range n.Form.Fields() {
		switch v := c.Answers.Get(f.Name); {
		case f.Kind == notice.Phone || f.Kind == notice.Mobile:
			add(TraitPhone, digits(v), 7)
		case f.Kind == notice.Account:
			add(TraitAccount, digits(v), 6)
		}
	}
	return out
}

// bare is a text without case, width, white space and punctuation.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, hanzi.Fold(s))
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, hanzi.Fold(s))
}

// SharedTraits are the kinds that count, the strongest first: a contact's name by itself
// says nothing.
func SharedTraits(kinds []string) []string {
	var out []string
	for _, k := range TraitKinds {
		if slices.Contains(kinds, k) && (k != TraitContact || len(out) > 0) {
			out = append(out, k)
		}
	}
	return out
}

// PassageLeast is how many letters a passage has at least: a long sentence, or two.
const PassageLeast = 30

// Passages end at the end of an answer: these letters, which no form contains, stand
// between answers, one in each text, and never match.
const (
	fenceMine   = "\U00010000"
	fenceTheirs = "\U00010001"
)

// textKinds are the fields in which people write sentences.
var textKinds = []notice.FieldKind{notice.Text, notice.LongText}

// A part is one answer in the text that is compared, and where it begins there.
type part struct {
	field  string
	at, to int
}

// prose is what an applicant wrote, answer after answer.
func prose(n *notice.Notice, c filing.Content, fence string) (string, []part) {
	var b strings.Builder
	var parts []part
	add := func(field string) {
		if v := c.Answers[field]; strings.TrimSpace(v) != "" {
			parts = append(parts, part{field, b.Len(), b.Len() + len(v)})
			b.WriteString(v + fence)
		}
	}
	for _, f := range n.Form.Fields() {
		if slices.Contains(textKinds, f.Kind) {
			add(f.Name)
		}
	}
	for _, x := range n.Conditions {
		add(filing.StatementField(x.ID))
	}
	return b.String(), parts
}

// boilerplate is what many write because the notice or the form says it.
func boilerplate(n *notice.Notice) []string {
	var out []string
	for _, c := range n.Clauses {
		out = append(out, c.Text)
	}
	for _, f := range n.Form.Fields() {
		out = append(out, f.Label+strings.Join(f.Hints, ""))
	}
	return out
}

// Prints are the hashes by which applications with the same passages find each other.
// Those of the notice's own words are left out.
func Prints(n *notice.Notice, c filing.Content) []uint64 {
	text, _ := prose(n, c, fenceMine)
	known := map[uint64]bool{}
	for _, t := range boilerplate(n) {
		for _, h := range textmatch.Print(t, PassageLeast) {
			known[h] = true
		}
	}
	return slices.DeleteFunc(textmatch.Print(text, PassageLeast), func(h uint64) bool { return known[h] })
}

// SharedPassages are the passages that stand in both, in the order of mine.
func SharedPassages(n *notice.Notice, mine filing.Content, m *notice.Notice, theirs filing.Content) (out []Passage, letters int) {
	a, in := prose(n, mine, fenceMine)
	b, there := prose(m, theirs, fenceTheirs)
	for _, p := range textmatch.Shared(a, b, PassageLeast, boilerplate(n)...) {
		x, y := holding(in, p.From), holding(there, p.At)
		out = append(out, Passage{Field: x.field, From: p.From - x.at, To: min(p.To, x.to) - x.at,
			OtherField: y.field, At: p.At - y.at, Until: min(p.Until, y.to) - y.at, Letters: p.Runes})
		letters += p.Runes
	}
	return out, letters
}

func holding(parts []part, at int) part {
	i := slices.IndexFunc(parts, func(p part) bool { return at >= p.at && at < p.to })
	if i < 0 {
		return part{}
	}
	return parts[i]
}

// Alike compares two applications that share traits or prints: nil where nothing is left
// to point out.
func Alike(a *Application, n *notice.Notice, mine filing.Content, o *Application, m *notice.Notice, theirs filing.Content, traits []string) *Likeness {
	l := &Likeness{Application: a.ID, Other: o.ID, Version: mine.N, OtherVersion: theirs.N, SameUnit: a.Unit == o.Unit}
	if !l.SameUnit {
		l.Traits = SharedTraits(traits)
	}
	l.Passages, l.Letters = SharedPassages(n, mine, m, theirs)
	if len(l.Traits) == 0 && len(l.Passages) == 0 {
		return nil
	}
	return l
}
