package application

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/filing"
	"shenbao/internal/notice"
	"shenbao/internal/org"
)

// Blinded stands where a name was that the experts of a blind round don't see.
const Blinded = "■■■"

// Identities are the words of an application that say who applies: the unit, the base, the
// units that recommended it, the persons that the form names. What the unit writes of
// itself in other words, where it lies, and what stands inside its files can't be known,
// and is not hidden: the page says so.
func (a *Application) Identities(n *notice.Notice, c filing.Content) []string {
	out := []string{a.UnitName, a.BaseName, strings.TrimSuffix(a.BaseName, "专家服务基地")}
	for _, s := range a.Route.Steps {
		if s.Role != org.Decides {
			out = append(out, s.Name)
		}
	}
	for _, p := range PeopleIn(n, c.Answers) {
		out = append(out, p.Name)
	}
	out = slices.DeleteFunc(out, func(s string) bool { return len([]rune(s)) < 2 })
	slices.SortFunc(out, func(x, y string) int { return cmp.Or(cmp.Compare(len(y), len(x)), cmp.Compare(x, y)) })
	return slices.Compact(out)
}

// Blind hides names in what experts read. names are the longest first.
func Blind(c filing.Content, names []string) filing.Content {
	c.Answers = maps.Clone(c.Answers)
	for field, text := range c.Answers {
		c.Answers[field] = hide(text, names)
	}
	return c
}

// BlindOpinions hides them in the opinions of the levels.
func BlindOpinions(os []filing.Opinion, names []string) []filing.Opinion {
	os = slices.Clone(os)
	for i := range os {
		os[i].UnitName, os[i].Text = Blinded, hide(os[i].Text, names)
	}
	return os
}

// NeutralName is what the nth file is called in a blind round.
func NeutralName(n int, name string) string {
	return "材料" + strconv.Itoa(n) + strings.ToLower(path.Ext(name))
}

func hide(text string, names []string) string {
	for _, n := range names {
		text = strings.ReplaceAll(text, n, Blinded)
	}
	return text
}
