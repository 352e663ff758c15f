package web

import (
	"cmp"
	"strconv"
	"time"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

func callTag(s application.CallState) string {
	switch s {
	case application.CallOpen:
		return "tag tag-run"
	case application.CallDone:
		return "tag tag-ok"
	}
	return "tag tag-wait"
}

// callState is a call's state in words: past its deadline it is open to those who work on
// what was handed in, no more to those who would apply.
func callState(v View, c *application.Call) string {
	if c.State == application.CallOpen && !v.Now.Before(c.Deadline) {
		return v.T("calls.past-deadline")
	}
	return v.T("call-state." + string(c.State))
}

// revisionNumber and revisionAt say which of the published texts the page shows.
func revisionNumber(c *desk.CallPage) int { return revisionOf(c).N }

func revisionAt(c *desk.CallPage) time.Time { return revisionOf(c).At }

func revisionOf(c *desk.CallPage) application.Revision {
	for _, r := range c.Revisions {
		if r.SHA256 == c.RevisionOf {
			return r
		}
	}
	return application.Revision{}
}

// caseName is how an application is called in a list.
func caseName(v View, x application.Row) string {
	switch {
	case x.BaseName != "":
		return x.BaseName
	case x.Number != "":
		return x.Number
	}
	return v.T("calls.unnamed")
}

// wordsOf are the words of a notice in the reader's language.
func wordsOf(v View, l notice.Labels) func(string) string {
	return func(zh string) string { return l.Of(string(v.Lang), zh) }
}

// settingLines are what holds beside the notice, in words.
func settingLines(v View, s notice.Settings) []Option {
	days := make([]string, len(s.ReminderDays))
	for i, d := range s.ReminderDays {
		days[i] = strconv.Itoa(d)
	}
	n := func(x int) string { return strconv.Itoa(x) }
	return []Option{
		{Text: v.T("setting.opinion-min"), Value: v.T("calls.set-words", "n", n(s.OpinionMin))},
		{Text: v.T("setting.reminder-days"), Value: listed(v, days)},
		{Text: v.T("setting.supplement-days"), Value: n(s.SupplementDays)},
		{Text: v.T("setting.panel-min"), Value: n(s.PanelMin)},
		{Text: v.T("setting.score-max"), Value: n(s.ScoreMax)},
		{Text: v.T("setting.joint"), Value: cmp.Or(s.Joint.Name, v.T("decide.alone"))},
		{Text: v.T("setting.public-notice"), Value: yesNo(v, strconv.FormatBool(s.PublicNotice))},
	}
}

// changeText says what the department set: what, from what, to what, why.
func changeText(v View, x application.Change) string {
	return v.T("calls.change", "what", v.Lang.Say("calls.change-what", map[string]string{"setting": x.What}),
		"old", instantOr(v, x.Old), "new", instantOr(v, x.New), "reason", x.Reason)
}

// instantOr is a value of a change as people read it.
func instantOr(v View, s string) string {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return v.Lang.Until(t)
	}
	if s == "" {
		return v.T("calls.unset")
	}
	return s
}

func draftTitle(d draftForm) string {
	if d.Call != nil {
		return "calls.amend"
	}
	return "calls.new"
}

func draftAction(d draftForm) string {
	if d.Call != nil {
		return "/calls/" + d.Call.ID + "/amendment"
	}
	return "/calls"
}

func unitOptions(us []org.Unit) []Option {
	var out []Option
	for _, u := range us {
		out = append(out, Option{Value: string(u.ID), Text: u.Name})
	}
	return out
}

// differenceText says what two texts ask for differently.
func differenceText(v View, d filing.Difference) string {
	pairs := []string{"kind", v.T("difference." + d.Kind), "field", d.Field, "old", yesNo(v, d.Old), "new", yesNo(v, d.New)}
	switch {
	case d.Old == "":
		return v.T("calls.difference-new", pairs...)
	case d.New == "":
		return v.T("calls.difference-old", pairs...)
	}
	return v.T("calls.difference", pairs...)
}

func yesNo(v View, s string) string {
	switch s {
	case "true":
		return v.T("calls.yes")
	case "false":
		return v.T("calls.no")
	}
	return s
}

// joined makes one list of words.
func listed(v View, words []string) string {
	all := ""
	for i, w := range words {
		if i == 0 {
			all = w
		} else {
			all = v.T("summary.list", "a", all, "b", w)
		}
	}
	return all
}
