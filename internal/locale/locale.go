// Package locale (文字) holds every sentence that people are shown, in Chinese and in
// English. The Chinese text rules; the English one is a click away.
//
// The catalogue is a folder of text files, one per area. An entry is three lines:
//
//	refusal.late
//	  zh: 申报已于{deadline}截止，不能再报送。
//	  en: Applications closed at {deadline}; nothing more can be sent up.
//
// Words in braces are filled from name, value pairs. A test finds entries that nobody
// uses, keys that nobody wrote, and sentences whose two languages need different words.
package locale

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"
)

// Lang is a language of the interface.
type Lang string

const (
	Zh Lang = "zh"
	En Lang = "en"
)

// Langs are all languages, the ruling one first.
var Langs = []Lang{Zh, En}

//go:embed catalogue
var files embed.FS

var catalogue = load()

type entry map[Lang]string

func load() map[string]entry {
	all := map[string]entry{}
	paths, _ := fs.Glob(files, "catalogue/*.txt")
	for _, p := range paths {
		b, err := files.ReadFile(p)
		if err != nil {
			panic(err)
		}
		key := ""
		for i, l := range strings.Split(string(b), "\n") {
			switch t := strings.TrimSpace(l); {
			case t == "" || strings.HasPrefix(t, "#"):
			case !strings.HasPrefix(l, " "):
				if key = t; all[key] != nil {
					panic(fmt.Sprintf("%s:%d: %s is written twice", p, i+1, key))
				}
				all[key] = entry{}
			default:
				lang, text, ok := strings.Cut(t, ": ")
				if !ok || key == "" {
					panic(fmt.Sprintf("%s:%d: neither a key nor “zh: …”", p, i+1))
				}
				all[key][Lang(lang)] = text
			}
		}
	}
	return all
}

// T is the sentence of key with {name} replaced from name, value pairs. A key that the
// catalogue lacks is shown as ⟦key⟧, so that it is seen; a test keeps it from landing.
func (l Lang) T(key string, pairs ...string) string {
	s, ok := catalogue[key][l]
	if !ok {
		return "⟦" + key + "⟧"
	}
	if len(pairs) == 0 {
		return s
	}
	old := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		old = append(old, "{"+pairs[i]+"}", pairs[i+1])
	}
	return strings.NewReplacer(old...).Replace(s)
}

// TMap is T with the words in a map, as refusals carry them.
func (l Lang) TMap(key string, args map[string]string) string {
	pairs := make([]string, 0, 2*len(args))
	for k, v := range args {
		pairs = append(pairs, k, v)
	}
	return l.T(key, pairs...)
}

// Say is the sentence of a fact or a refusal from its particulars, which are kept as
// codes and instants: a role, a state, an outcome become their words, an instant
// (RFC 3339) becomes a time of day said without doubt, and a field without a label
// becomes “this field”.
func (l Lang) Say(key string, args map[string]string) string {
	pairs := []string{"label", l.T("word.this-field")}
	for k, v := range args {
		if k == "label" {
			pairs[1] = v
			continue
		}
		pairs = append(pairs, k, l.word(k, v))
	}
	return l.T(key, pairs...)
}

// word is the value of a particular as people read it.
func (l Lang) word(name, value string) string {
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return l.Until(at)
	}
	prefix := ""
	switch name {
	case "role", "state", "outcome", "purpose", "fate", "plaque-state", "grant-state":
		prefix = name + "."
	case "line":
		prefix = "route."
	case "sheet_state":
		prefix = "decision-state."
	case "sign":
		prefix = "countersign."
	case "meeting", "objection":
		prefix = name + "-state."
	case "tie":
		prefix = "conflict-kind."
	case "draw":
		prefix = "drawing."
	case "invite":
		prefix = "invite."
	case "setting":
		prefix, value = "setting.", strings.ReplaceAll(value, "_", "-")
	}
	if prefix == "" || !Has(prefix+value) {
		return value
	}
	return l.T(prefix + value)
}

// Has reports whether the catalogue has key.
func Has(key string) bool { return catalogue[key] != nil }

// Or is T(key) where the catalogue has it, and text otherwise: for words that come
// from a notice (a kind of host, a box of the form), which need no translation to work.
func (l Lang) Or(key, text string) string {
	if l != Zh && Has(key) {
		return l.T(key)
	}
	return text
}

// Beijing is the zone of every date and time that people see. A fixed offset: China
// has had no daylight saving since 1991, and no zone files are needed at run time.
var Beijing = time.FixedZone("Asia/Shanghai", 8*3600)

// Date is a day as people write it: 2017年7月20日; 20 Jul 2017.
func (l Lang) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if l == En {
		return t.In(Beijing).Format("2 Jan 2006")
	}
	return t.In(Beijing).Format("2006年1月2日")
}

// Time is a moment to the minute: 2017-07-20 17:30.
func (l Lang) Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Beijing).Format("2006-01-02 15:04")
}

// Until is a closing instant said without doubt about its last day: an instant at
// midnight is written as 24时 of the day before (T3: “含7月20日当天，至24时”).
func (l Lang) Until(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	b := t.In(Beijing)
	if b.Hour() == 0 && b.Minute() == 0 && b.Second() == 0 {
		day := b.Add(-time.Second)
		if l == En {
			return day.Format("2 Jan 2006") + ", 24:00 Beijing time (that day included)"
		}
		return day.Format("2006年1月2日") + "24时（北京时间，含当日）"
	}
	if l == En {
		return b.Format("2 Jan 2006, 15:04") + " Beijing time"
	}
	return b.Format("2006年1月2日15时04分") + "（北京时间）"
}

// Due is a closing instant in a narrow column: 2017-07-20 24:00 for the midnight after it.
func (l Lang) Due(t time.Time) string {
	b := t.In(Beijing)
	if t.IsZero() || b.Hour() != 0 || b.Minute() != 0 || b.Second() != 0 {
		return l.Time(t)
	}
	return b.Add(-time.Second).Format(time.DateOnly) + " 24:00"
}

var under sync.Map // lang and prefix → what Under answered: every page asks the same

// Under are all sentences whose key begins with prefix, by the rest of the key. Callers do
// not change the map.
func (l Lang) Under(prefix string) map[string]string {
	if m, ok := under.Load(string(l) + prefix); ok {
		return m.(map[string]string)
	}
	m := map[string]string{}
	for k, e := range catalogue {
		if rest, ok := strings.CutPrefix(k, prefix); ok {
			m[rest] = e[l]
		}
	}
	under.Store(string(l)+prefix, m)
	return m
}
