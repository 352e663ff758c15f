package filing

import (
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/event"
	"shenbao/internal/notice"
)

// Fields of the form that mean something to the system. Everything else on a form is
// only filled in, counted and printed.
const (
	FieldUnit        = "申报单位全称" // cover: from the register of units, frozen (R108)
	FieldBase        = "基地名称"   // the base's own name (T11)
	FieldHostKind    = "依托单位类别" // R20–R23
	FieldDivision    = "基地所在旗县" // the base's place, apart from the unit's seat (R27)
	FieldIndustry    = "产业方向"   // tags, published with the base (R117, R134)
	FieldNeeds       = "急需专家领域" // tags (R117)
	FieldPayee       = "单位全称"   // bank block: may differ from the applicant (T26)
	FieldAccount     = "账号"     // masked but for applicant and finance (R124)
	FieldPayeeReason = "收款户名不一致的理由"
)

// Fields that every filing has beside its form.
const (
	OpinionField    = "申报单位意见" // the applicant's own opinion, box 1, while it is drafted
	EvidenceField   = "佐证材料"   // the files, as Compare names them
	selfPrefix      = "自查."
	statementPrefix = "条件."
)

// Needed are the fields without which an application can't be told apart or placed. A
// form may lack the other ones: what they are for is then not asked.
var Needed = []string{FieldBase, FieldHostKind, FieldDivision}

// StatementField is the field that holds the statement on a condition (R24).
func StatementField(condition string) string { return statementPrefix + condition }

// SelfField is the field that holds the applicant's own finding on a condition, Met or
// NotMet (R34, 解释 条件).
func SelfField(condition string) string { return selfPrefix + condition }

// CheckForm refuses a notice whose form lacks a needed field: a call published from it
// could not be carried to its end.
func CheckForm(n *notice.Notice) error {
	var missing []string
	for _, f := range Needed {
		if _, ok := n.Form.Field(f); !ok {
			missing = append(missing, f)
		}
	}
	if len(missing) > 0 {
		return event.Refuse(event.Invalid, "form-lacks", n.Form.Clause, "fields", strings.Join(missing, "、"))
	}
	return nil
}

// Known reports whether a field can be answered in a filing under n: one of its form that
// the system does not fill itself, or what is said of one of its conditions.
func Known(n *notice.Notice, field string) bool {
	for _, prefix := range []string{selfPrefix, statementPrefix} {
		if id, ok := strings.CutPrefix(field, prefix); ok {
			_, ok := n.Condition(id)
			return ok
		}
	}
	f, ok := n.Form.Field(field)
	return field == OpinionField || (ok && !auto(f))
}

// Copy are the answers with which a new filing under n starts from an earlier one: those
// to fields that its form still has. What was said of the conditions and the opinion are
// given anew (R34).
func (a Answers) Copy(n *notice.Notice) Answers {
	out := Answers{}
	for _, f := range n.Form.Fields() {
		if v := a.Get(f.Name); v != "" && !auto(f) {
			out[f.Name] = v
		}
	}
	return out
}

// A Difference is one thing that two revisions of a notice ask for differently. locale
// has "difference.<kind>".
type Difference struct {
	Kind  string // "added", "removed", "limit", "required", "kind", "options", "condition-added", "condition-removed"
	Field string // name of the field, or id of the condition
	Old   string
	New   string
}

// Differences lists what an application meets when it is moved from one revision to
// another: fields and conditions that came or went, limits and options that changed.
func Differences(old, new *notice.Notice) []Difference {
	var out []Difference
	for _, f := range new.Form.Fields() {
		o, ok := old.Form.Field(f.Name)
		if !ok {
			out = append(out, Difference{"added", f.Name, "", f.Label})
			continue
		}
		out = append(out, fieldDifferences(o, f)...)
	}
	for _, f := range old.Form.Fields() {
		if _, ok := new.Form.Field(f.Name); !ok {
			out = append(out, Difference{"removed", f.Name, f.Label, ""})
		}
	}
	for _, c := range new.Conditions {
		if _, ok := old.Condition(c.ID); !ok {
			out = append(out, Difference{"condition-added", c.ID, "", c.Name})
		}
	}
	for _, c := range old.Conditions {
		if _, ok := new.Condition(c.ID); !ok {
			out = append(out, Difference{"condition-removed", c.ID, c.Name, ""})
		}
	}
	return out
}

func fieldDifferences(o, f notice.Field) []Difference {
	var out []Difference
	if o.Limit != f.Limit {
		out = append(out, Difference{"limit", f.Name, strconv.Itoa(o.Limit), strconv.Itoa(f.Limit)})
	}
	if o.Required != f.Required {
		out = append(out, Difference{"required", f.Name, strconv.FormatBool(o.Required), strconv.FormatBool(f.Required)})
	}
	if o.Kind != f.Kind {
		out = append(out, Difference{"kind", f.Name, string(o.Kind), string(f.Kind)})
	}
	if !slices.Equal(o.Options, f.Options) {
		out = append(out, Difference{"options", f.Name, strings.Join(o.Options, "、"), strings.Join(f.Options, "、")})
	}
	return out
}
