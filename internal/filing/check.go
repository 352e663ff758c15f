package filing

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"shenbao/hanzi"
	"shenbao/internal/event"
	"shenbao/internal/notice"
)

// Check is what is binding before a signature: required fields, limits in 字, syntax of
// what was filled in, and a statement on each condition. One refusal per field, in the
// order of the form; the refusals name the clause and never touch the text.
func Check(n *notice.Notice, c Content) event.Refusals {
	var bad event.Refusals
	get := func(f string) string { return c.Answers.Get(f) }
	for _, f := range n.Form.Fields() {
		if auto(f) {
			continue
		}
		v := get(f.Name)
		if v == "" {
			if f.Must(get) {
				bad = append(bad, refuse("required", f.Clause, f.Name, "label", f.Label))
			}
			continue
		}
		if r := CheckField(f, v); r != nil {
			bad = append(bad, r)
		}
	}
	for _, cond := range n.Conditions {
		if f := StatementField(cond.ID); cond.State && get(f) == "" {
			bad = append(bad, refuse("statement-required", cond.Clause, f, "label", cond.Name))
		}
	}
	if strings.TrimSpace(c.Opinion) == "" {
		bad = append(bad, refuse("required", "附件", OpinionField, "label", "申报单位意见"))
	}
	return bad
}

// OpinionField holds the applicant's own opinion, box 1 of the form, while it is drafted.
const OpinionField = "申报单位意见"

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
	switch kind := syntax(f, v); kind {
	case "":
	default:
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
	case notice.Choices:
		for _, w := range Words(v) {
			bad = bad || (len(f.Options) > 0 && !slices.Contains(f.Options, w))
		}
	}
	if bad {
		return "syntax-" + string(f.Kind)
	}
	return ""
}

// A Warning is shown and never stops anything: a soft condition, evidence that is not
// there. locale has "warning.<kind>".
type Warning struct {
	Kind  string
	Field string
	Args  map[string]string
}

// Warnings are what the applicant is told beside what is binding (R34, T5, T16, T22).
func Warnings(n *notice.Notice, c Content) []Warning {
	var out []Warning
	for _, cond := range n.Conditions {
		if !slices.ContainsFunc(c.Evidence, func(e Evidence) bool { return e.Topic == cond.ID }) {
			out = append(out, Warning{"no-evidence", StatementField(cond.ID), map[string]string{"label": cond.Name}})
		}
	}
	for _, f := range n.Form.Extra {
		if !f.Required && f.When == nil && c.Answers.Get(f.Name) == "" {
			out = append(out, Warning{"left-empty", f.Name, map[string]string{"label": f.Label}})
		}
	}
	return out
}

func refuse(kind, clause, field string, args ...string) *event.Refusal {
	r := event.Refuse(event.Invalid, kind, clause, args...)
	r.Field = field
	return r
}
