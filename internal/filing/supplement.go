package filing

import (
	"slices"
	"strings"
	"time"

	"shenbao/internal/event"
)

// Kinds of what a supplement asks for. locale has "supplement.<kind>".
const (
	Missing  = "missing"  // 缺少
	Wrong    = "wrong"    // 有误
	Outdated = "outdated" // 过期
)

// AskKinds are all kinds, in the order in which pages offer them.
var AskKinds = []string{Missing, Wrong, Outdated}

// An Ask is one thing that a supplement opens, and why. Field is a field of the form, what
// is said of a condition (StatementField, with its finding and evidence), the evidence on
// it alone (EvidenceOf), or one file (FileField): to be taken off, and another one added.
type Ask struct {
	Field  string `json:"field"`
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
	Topic  string `json:"topic,omitempty"` // of one file: its condition
}

const (
	evidencePrefix = "佐证."
	filePrefix     = "附件."
)

// EvidenceOf names the evidence on a condition, apart from what is said of it.
func EvidenceOf(condition string) string { return evidencePrefix + condition }

// FileField names one file.
func FileField(id string) string { return filePrefix + id }

// AsksFile is the file that a field of an Ask names, if it names one.
func AsksFile(field string) (id string, ok bool) { return strings.CutPrefix(field, filePrefix) }

// AsksEvidence is the condition whose evidence a field of an Ask names, if it names some.
func AsksEvidence(field string) (condition string, ok bool) {
	return strings.CutPrefix(field, evidencePrefix)
}

// An Extension gives more time to answer a correction.
type Extension struct {
	From   time.Time   `json:"from"`
	To     time.Time   `json:"to"`
	Reason string      `json:"reason"`
	By     event.Actor `json:"by"`
	At     time.Time   `json:"at"`
}

// Ways in which a correction ends without an answer. locale has "supplement-end.<way>".
const (
	EndCancelled = "cancelled" // taken back by who asked
	EndLapsed    = "lapsed"    // its date passed without an answer
	EndWithdrawn = "withdrawn" // the recommendation was taken back meanwhile
)

// An Ending says that a correction was not answered, and why it is open no longer.
type Ending struct {
	Way    string       `json:"way"`
	Reason string       `json:"reason"`
	By     *event.Actor `json:"by,omitempty"`
	At     time.Time    `json:"at"`
}

// A Correction (退回补正) opens named fields until a date.
type Correction struct {
	Step     int         `json:"step"` // who asked: index on the route
	UnitName string      `json:"unit_name"`
	By       event.Actor `json:"by"`
	At       time.Time   `json:"at"`
	Fields   []string    `json:"fields"`         // empty: all of them
	Asks     []Ask       `json:"asks,omitempty"` // of the department's supplement: one for each field
	Reason   string      `json:"reason"`
	Due      time.Time   `json:"due"`
	Extended []Extension `json:"extended,omitempty"`
	Answered time.Time   `json:"answered"` // or ended, see Ended
	Ended    *Ending     `json:"ended,omitempty"`
}

// Opens reports whether the correction lets a field be edited. What the applicant says of
// a condition opens as one: its own finding, the statement and the evidence. Its opinion
// is always open, because box 1 is signed anew with the version.
func (c Correction) Opens(field string) bool {
	if id, ok := strings.CutPrefix(field, selfPrefix); ok {
		field = StatementField(id)
	}
	return len(c.Fields) == 0 || field == OpinionField || slices.Contains(c.Fields, field)
}

// Takes reports whether a file can be added while the correction is open: with its field,
// with the evidence on its condition, or in the place of one that is to be replaced.
func (c Correction) Takes(f Evidence) bool {
	if f.Field() == "" || c.Opens(f.Field()) {
		return true
	}
	return f.Purpose == ForEvidence && (slices.Contains(c.Fields, EvidenceOf(f.Topic)) ||
		slices.ContainsFunc(c.Asks, func(a Ask) bool { return a.Topic != "" && a.Topic == f.Topic }))
}

// Frees reports whether a file can be taken off while the correction is open: as it can be
// added, but of those that were there before only the named one where one is named.
func (c Correction) Frees(f Evidence) bool {
	if f.Field() == "" || c.Opens(f.Field()) || f.Purpose == ForEvidence && slices.Contains(c.Fields, EvidenceOf(f.Topic)) {
		return true
	}
	return slices.Contains(c.Fields, FileField(f.ID)) || c.Takes(f) && f.At.After(c.At)
}
