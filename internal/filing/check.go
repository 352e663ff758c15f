package filing

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/hanzi"
	"shenbao/internal/event"
	"shenbao/internal/notice"
)

// Answer is the answer to a field as rules compare it: the applicant's name comes from
// the register, not from the form.
func (c Content) Answer(field string) string {
	if field == FieldUnit {
		return strings.TrimSpace(c.UnitName)
	}
	return c.Answers.Get(field)
}

// Check is what is binding before a signature: required fields, limits in 字, syntax of
// what was filled in, the applicant's finding and statement on each condition, and proof
// for a payee other than the applicant. One refusal per field, in the order of the form;
// the refusals name the clause and never touch the text.
func Check(n *notice.Notice, c Content) event.Refusals {
	var bad event.Refusals
	for _, f := range n.Form.Fields() {
		if auto(f) {
			continue
		}
		v := c.Answers.Get(f.Name)
		if empty(f, v) {
			if f.Must(c.Answer) {
				bad = append(bad, refuse("required", f.Clause, f.Name, "label", f.Label))
			}
			continue
		}
		if r := CheckField(f, v); r != nil {
			bad = append(bad, r)
		}
	}
	for _, cond := range n.Conditions {
		bad = append(bad, checkCondition(cond, c)...)
	}
	if r := checkPayee(n, c); r != nil {
		bad = append(bad, r)
	}
	if strings.TrimSpace(c.Opinion) == "" {
		bad = append(bad, refuse("required", "附件", OpinionField, "label", OpinionField))
	}
	return bad
}

// empty reports whether nothing was answered: a list without rows is nothing, whatever
// its text.
func empty(f notice.Field, v string) bool {
	switch f.Kind {
	case notice.List:
		return v == "" || v == "[]" || readable(f, v) && len(Rows(v)) == 0
	case notice.Choices, notice.Tags:
		return v == "" || v == "[]"
	}
	return v == ""
}

// checkCondition: the applicant's own “not met” stops the application, but for the soft
// conditions, where it only warns (解释 条件, R34).
func checkCondition(cond notice.Condition, c Content) event.Refusals {
	var bad event.Refusals
	switch self := SelfField(cond.ID); c.Answers.Get(self) {
	case Met:
	case NotMet:
		if !cond.Soft {
			bad = append(bad, refuse("self-not-met", cond.Clause, self, "label", cond.Name))
		}
	default:
		bad = append(bad, refuse("self-required", cond.Clause, self, "label", cond.Name))
	}
	if f := StatementField(cond.ID); cond.State && c.Answers.Get(f) == "" {
		bad = append(bad, refuse("statement-required", cond.Clause, f, "label", cond.Name))
	}
	return bad
}

// checkPayee: money goes to another name than the applicant's only with proof (T26). The
// reason is a field of the form, asked for by the notice itself.
func checkPayee(n *notice.Notice, c Content) *event.Refusal {
	f, ok := n.Form.Field(FieldPayeeReason)
	if !ok || !f.Asked(c.Answer) || c.Answers.Get(FieldPayeeReason) == "" {
		return nil
	}
	if slices.ContainsFunc(c.Evidence, func(e Evidence) bool { return e.Purpose == ForBank && e.Counts() }) {
		return nil
	}
	return refuse("payee-proof", f.Clause, FieldPayeeReason, "payee", c.Answers.Get(FieldPayee), "unit", c.UnitName)
}

// auto fields are filled by the system: the cover's unit name, issuer and date (R108, R109).
func auto(f notice.Field) bool { return f.Part == notice.PartCover }

// CheckField is the refusal of one answer, or nil. Empty answers are right here; whether
// one is needed is another question.
func CheckField(f notice.Field, v string) *event.Refusal {
	if v = strings.TrimSpace(v); v == "" {
		return nil
	}
	if f.Limit > 0 {
		if c := hanzi.Count(v); c > f.Limit {
			return refuse("too-long", f.Clause, f.Name, "label", f.Label, "limit", strconv.Itoa(f.Limit), "count", strconv.Itoa(c))
		}
	}
	if kind := syntax(f, v); kind != "" {
		return refuse(kind, f.Clause, f.Name, "label", f.Label)
	}
	if f.Kind == notice.List {
		return checkRows(f, Rows(v))
	}
	return nil
}

func checkRows(f notice.Field, rows []Row) *event.Refusal {
	for i, row := range rows {
		for _, col := range f.Columns {
			v := strings.TrimSpace(row[col.Name])
			if v == "" && col.Required {
				return refuse("row-required", f.Clause, f.Name, "label", f.Label, "row", strconv.Itoa(i+1), "column", col.Label)
			}
			if r := CheckField(col, v); r != nil {
				r.Args["label"] = f.Label + " " + strconv.Itoa(i+1) + "：" + col.Label
				r.Field = f.Name
				return r
			}
		}
	}
	return nil
}

var (
	mobile  = regexp.MustCompile(`^1[3-9]\d{9}$`)
	fixed   = regexp.MustCompile(`^0\d{2,3}-?\d{7,8}(-\d{1,6})?$`)
	account = regexp.MustCompile(`^\d{6,32}$`)
	money   = regexp.MustCompile(`^\d{1,12}(\.\d{1,2})?$`)
	year    = regexp.MustCompile(`^(19|20)\d\d$`)
	number  = regexp.MustCompile(`^\d{1,9}$`)
	place   = regexp.MustCompile(`^\d{6}$`)
)

// syntax is the refusal kind for a value of the wrong form (domain §3.3), or "".
func syntax(f notice.Field, v string) string {
	bare := strings.NewReplacer(" ", "", "-", "", "　", "").Replace(v)
	bad := false
	switch f.Kind {
	case notice.Phone:
		bad = !fixed.MatchString(v) && !mobile.MatchString(bare)
	case notice.Mobile:
		bad = !mobile.MatchString(bare)
	case notice.Account:
		bad = !account.MatchString(bare)
	case notice.Money:
		bad = !money.MatchString(strings.ReplaceAll(v, ",", ""))
	case notice.Year:
		bad = !year.MatchString(v)
	case notice.Number:
		bad = !number.MatchString(v)
	case notice.Division:
		bad = !place.MatchString(v)
	case notice.Date:
		_, err := time.Parse(time.DateOnly, v)
		bad = err != nil
	case notice.Choice:
		bad = len(f.Options) > 0 && !slices.Contains(f.Options, v)
	case notice.Choices, notice.Tags, notice.List:
		bad = !readable(f, v)
		for _, w := range Words(v) {
			bad = bad || (len(f.Options) > 0 && !slices.Contains(f.Options, w))
		}
	}
	if bad {
		return "syntax-" + string(f.Kind)
	}
	return ""
}

// readable reports whether the answer of a list is one: what can't be read would be
// frozen and then printed as nothing.
func readable(f notice.Field, v string) bool {
	if f.Kind == notice.List {
		var rows []Row
		return json.Unmarshal([]byte(v), &rows) == nil
	}
	var words []string
	return json.Unmarshal([]byte(v), &words) == nil
}

// A Warning is shown and never stops anything: a soft condition, evidence that is not
// there. locale has "warning.<kind>".
type Warning struct {
	Kind  string
	Field string
	Args  map[string]string
}

// Warnings are what the applicant is told beside what is binding (R34, T5, T16, T22).
// regional says that the applicant stands above the level of leagues and cities.
func Warnings(n *notice.Notice, c Content, regional bool) []Warning {
	var out []Warning
	add := func(kind, field, label string) {
		out = append(out, Warning{kind, field, map[string]string{"label": label}})
	}
	kind := c.Answers.Get(FieldHostKind)
	for _, k := range n.Hosts.Kinds {
		if k.Name == kind && k.Lower && regional {
			add("host-too-high", FieldHostKind, kind)
		}
	}
	for _, cond := range n.Conditions {
		if cond.Soft && c.Answers.Get(SelfField(cond.ID)) == NotMet {
			add("self-not-met", SelfField(cond.ID), cond.Name)
		}
		if !slices.ContainsFunc(c.Evidence, func(e Evidence) bool { return e.Topic == cond.ID && e.Counts() }) {
			add("no-evidence", StatementField(cond.ID), cond.Name)
		}
	}
	for _, f := range n.Form.Extra {
		if !f.Required && f.When == nil && empty(f, c.Answers.Get(f.Name)) {
			add("left-empty", f.Name, f.Label)
		}
	}
	return out
}

func refuse(kind, clause, field string, args ...string) *event.Refusal {
	r := event.Refuse(event.Invalid, kind, clause, args...)
	r.Field = field
	return r
}
