// Package filing (填报) is one kind of thing: a form with answers and evidence, drafted
// by a clerk, signed by a person in charge, frozen as a version, and sent up a route
// where each level writes an opinion (意见), returns it for correction (退回补正) or
// declines. An application is a filing; plans, summaries and reports will be.
//
// Words: 填报 filing · 版本 Version · 佐证材料 Evidence · 意见 Opinion · 签字 signature
// · 盖章 Seal · 退回、补正 Return.
//
// The package decides and touches nothing.
package filing

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"shenbao/internal/event"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// Answers are a form's answers by field name. A list is a JSON array of rows (see Rows),
// several choices and tags are a JSON array of strings, money is yuan as typed.
type Answers map[string]string

// Get is the answer to a field with surrounding white space removed.
func (a Answers) Get(field string) string { return strings.TrimSpace(a[field]) }

// A Row is one row of a list field, column name → value.
type Row map[string]string

// Rows reads a list answer; what is not a list of rows reads as none.
func Rows(answer string) []Row {
	var rows []Row
	if json.Unmarshal([]byte(answer), &rows) != nil {
		return nil
	}
	return slices.DeleteFunc(rows, Row.empty)
}

func (r Row) empty() bool {
	for _, v := range r {
		if strings.TrimSpace(v) != "" {
			return false
		}
	}
	return true
}

// PutRows writes rows as a list answer, without those that are empty.
func PutRows(rows []Row) string { return put(slices.DeleteFunc(slices.Clone(rows), Row.empty)) }

// Words reads an answer of several choices or tags.
func Words(answer string) []string {
	var w []string
	if json.Unmarshal([]byte(answer), &w) != nil {
		return nil
	}
	return w
}

// PutWords writes several choices or tags as an answer, each once, without empty ones.
func PutWords(words []string) string {
	var out []string
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return put(out)
}

func put[T any](list []T) string {
	if len(list) == 0 {
		return ""
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic("filing: " + err.Error()) // strings only
	}
	return string(b)
}

// Purposes of a file on a case.
const (
	ForEvidence = "evidence" // 佐证材料, catalogued by condition (R102)
	ForSeal     = "seal"     // the sealed page, scanned (R130)
	ForProxy    = "proxy"    // the unit's signed paper when its bureau files for it (R39)
	ForBank     = "bank"     // proof for a payee other than the applicant (T26)
	ForVisit    = "visit"    // photographs and papers of a site visit, the department's
)

// Purposes are all purposes of a file.
var Purposes = []string{ForEvidence, ForSeal, ForProxy, ForBank, ForVisit}

// Evidence (佐证材料) is one file on a case. Its bytes are found by their hash.
type Evidence struct {
	ID          string    `json:"id"`
	Purpose     string    `json:"purpose"`
	Topic       string    `json:"topic"` // condition id, or the step's number for a seal
	Name        string    `json:"name"`
	Type        string    `json:"type"`
	Size        int64     `json:"size"`
	Pages       int       `json:"pages"`
	SHA256      string    `json:"sha256"`
	At          time.Time `json:"at"`
	Person      string    `json:"person"`
	PersonName  string    `json:"person_name"`
	Unit        string    `json:"unit"`
	Removed     time.Time `json:"-"` // taken off the draft; versions that had it keep it
	Quarantined time.Time `json:"-"` // locked by staff: may hold a state secret
}

// Field is the field of the form that a file belongs to: it can be added and taken off
// while that field can be edited.
func (e Evidence) Field() string {
	switch e.Purpose {
	case ForEvidence:
		return StatementField(e.Topic)
	case ForBank:
		return FieldPayeeReason
	}
	return ""
}

// Counts reports whether a file is on the case now: not taken off, not locked.
func (e Evidence) Counts() bool { return e.Removed.IsZero() && e.Quarantined.IsZero() }

// Content is what a version freezes: nothing of it changes afterwards.
type Content struct {
	Case       string     `json:"case"` // application id
	N          int        `json:"n"`    // version number, from 1
	Notice     string     `json:"notice"`
	Form       string     `json:"form"` // official title (T1)
	Unit       string     `json:"unit"`
	UnitName   string     `json:"unit_name"` // 申报单位全称, frozen (R108)
	CreditCode string     `json:"credit_code"`
	Opinion    string     `json:"opinion"` // 申报单位意见, opinion box 1
	Answers    Answers    `json:"answers"`
	Evidence   []Evidence `json:"evidence"`
}

// A Version is a frozen content with its hash and the short code that is printed on
// every page, so that sealed paper can be tied to it (R100, R131).
type Version struct {
	N    int         `json:"n"`
	Hash string      `json:"hash"` // SHA-256 of the content's canonical JSON, hex
	Code string      `json:"code"` // 12 characters in three groups: 7K3M-9QXT-2BHD
	At   time.Time   `json:"at"`
	By   event.Actor `json:"by"` // who signed
}

var codes = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Freeze makes the version of c, signed by by at now.
func Freeze(c Content, by event.Actor, now time.Time) Version {
	sum := c.Sum()
	return Version{N: c.N, Hash: sum, Code: CodeOf(sum), At: now, By: by}
}

// Sum is the hash of the content, hex.
func (c Content) Sum() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic("filing: " + err.Error()) // strings, numbers and times only
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// SameCode reports whether a code typed off paper is the printed one: capitals, hyphens
// and spaces don't matter, and O, I and L are read as the digits they resemble.
func SameCode(typed, printed string) bool { return plainCode(typed) == plainCode(printed) }

func plainCode(s string) string {
	return strings.NewReplacer("-", "", " ", "", "－", "", "—", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(strings.TrimSpace(s)))
}

// A Change is one field that differs between two versions.
type Change struct {
	Field    string
	Old, New string
}

// Compare lists the fields that differ, in the order of the form, then what is said of
// each condition, then the opinion and the evidence (by topic and name).
func Compare(n *notice.Notice, old, new Content) []Change {
	var out []Change
	add := func(field, a, b string) {
		if a != b {
			out = append(out, Change{field, a, b})
		}
	}
	for _, f := range n.Form.Fields() {
		add(f.Name, old.Answers.Get(f.Name), new.Answers.Get(f.Name))
	}
	for _, c := range n.Conditions {
		for _, f := range []string{SelfField(c.ID), StatementField(c.ID)} {
			add(f, old.Answers.Get(f), new.Answers.Get(f))
		}
	}
	add(OpinionField, old.Opinion, new.Opinion)
	add(EvidenceField, evidenceNames(old.Evidence), evidenceNames(new.Evidence))
	return out
}

func evidenceNames(all []Evidence) string {
	var s []string
	for _, e := range all {
		s = append(s, e.Topic+" "+e.Name)
	}
	return strings.Join(s, "\n")
}

// Outcomes of an opinion.
const (
	Agree   = "agree"   // 同意推荐: goes up
	Return  = "return"  // 退回补正
	Decline = "decline" // 不予推荐
)

// Stages of an opinion: the clerk drafts, the person in charge signs (R129).
const (
	Drafting = "drafting"
	Ready    = "ready" // 待签批
	Signed   = "signed"
)

// Marks a level gives to each condition (R24, R105).
const (
	Met     = "met"
	NotMet  = "not_met"
	Unclear = "unclear"
)

// A Mark is one level's finding on one condition.
type Mark struct {
	Condition string `json:"condition"`
	Finding   string `json:"finding"` // Met, NotMet, Unclear
	Note      string `json:"note,omitempty"`
}

// An Opinion (意见) is what one unit says of one version. It binds to that version's
// hash; a return makes it fall, and it stays visible.
type Opinion struct {
	ID       string       `json:"id"`
	Step     int          `json:"step"` // index on the route
	Unit     org.UnitID   `json:"unit"`
	UnitName string       `json:"unit_name"`
	Box      int          `json:"box"` // opinion box of the form; 0 = annex page
	Version  int          `json:"version"`
	Hash     string       `json:"hash"`
	Outcome  string       `json:"outcome"`
	Text     string       `json:"text"`
	Marks    []Mark       `json:"marks,omitempty"`
	Fields   []string     `json:"fields,omitempty"` // of a return: what to correct
	Due      time.Time    `json:"due"`              // of a return: by when
	Stage    string       `json:"stage"`
	Drafted  *event.Actor `json:"drafted,omitempty"`
	Writers  []string     `json:"writers,omitempty"` // persons who drafted, and those they acted for
	Signer   *event.Actor `json:"signer,omitempty"`
	SignedAt time.Time    `json:"signed_at"`
	Seal     *Seal        `json:"seal,omitempty"`
	SentBack string       `json:"sent_back,omitempty"` // why the person in charge did not sign
	Fallen   *Fallen      `json:"fallen,omitempty"`
	Rule     bool         `json:"rule,omitempty"` // filled by rule: a direct unit recommends itself (R5)
}

// Stands reports whether the opinion is signed and has not fallen.
func (o Opinion) Stands() bool { return o.Stage == Signed && o.Fallen == nil }

// A Seal (盖章) is the sealed page that came back as a scan.
type Seal struct {
	File string      `json:"file"` // evidence id
	Code string      `json:"code"` // as typed off the paper
	By   event.Actor `json:"by"`
	At   time.Time   `json:"at"`
}

// Fallen says why an opinion no longer counts.
type Fallen struct {
	At time.Time `json:"at"`
	By string    `json:"by"` // unit whose return made it fall
}
