package locale_test

import (
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"shenbao/assign"
	"shenbao/draw"
	"shenbao/internal/application"
	"shenbao/internal/base"
	"shenbao/internal/event"
	"shenbao/internal/expert"
	"shenbao/internal/filing"
	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/internal/org"
	"shenbao/internal/review"
	"shenbao/score"
)

func strs[T ~string](all ...T) []string {
	var out []string
	for _, x := range all {
		out = append(out, string(x))
	}
	return out
}

// dynamic are the keys that are put together from a prefix and a value, and the values.
// Whoever writes T("prefix." + value) adds the prefix here.
var dynamic = map[string][]string{
	"state.":      strs(application.States...),
	"call-state.": strs(application.CallDraft, application.CallAsked, application.CallOpen, application.CallDone),
	"unit-state.": strs(org.Pending, org.Active, org.Refused, org.Ended),
	"base-state.": strs(base.States...),
	"role.":       append(strs(org.Roles...), event.System.Role),
	"kind.":       strs(org.Kinds...),
	"ownership.":  strs(org.Public, org.NonPublic),
	"route.":      strs(org.BySubordination, org.ByPlace, org.BySelf),
	"step.":       strs(org.Applies, org.Endorses, org.Recommends, org.Decides),
	"outcome.":    {filing.Agree, filing.Return, filing.Decline, "recognised", "reserve", "not_recognised"},
	"stage.":      {filing.Drafting, filing.Ready, filing.Signed},
	"finding.":    {filing.Met, filing.NotMet, filing.Unclear},
	"self.":       {filing.Met, filing.NotMet},
	"purpose.":    filing.Purposes,
	"check-line.": application.LineKinds,
	"check-auto.": {"complete", "incomplete", "limits-kept", "limits-broken", "sealed", "unsealed", "paper-matches", "paper-none",
		"forms-there", "forms-lacking", "bundle-there", "bundle-lacking", "evidence-there", "evidence-none"}, // of desk.CheckPage.Auto
	"light.":          application.Lights,
	"trait.":          application.TraitKinds,
	"supplement-end.": {filing.EndCancelled, filing.EndLapsed, filing.EndWithdrawn},

	"decision-state.": strs(application.SheetStates...),
	"countersign.":    {application.SignAgree, application.SignDisagree, application.SignReturn},

	"check-result.":  {application.CheckPass, application.CheckSupplement, application.CheckReject},
	"supplement.":    filing.AskKinds,
	"fate.":          {application.FateArchived, application.FateReturned},
	"standing.":      strs(application.Standings...),
	"sheet-from.":    {review.FromNotice, review.FromDefault, review.FromOffice},
	"round-state.":   strs(review.RoundAhead, review.RoundOpen, review.RoundOver),
	"round-mode.":    review.Modes,
	"comments-back.": notice.CommentsBack,
	"round.cut-":     {"above-tag", "below-tag"},
	"tie-break.":     {score.ByExact, score.ByUntrimmed, score.ByVotes, score.ByLeaf},
	"setting.":       settingKeys(),
	"difference.":    {"added", "removed", "limit", "required", "kind", "options", "condition-added", "condition-removed"},
	"warning.":       {org.CreditForm, org.CreditCheck},

	"refusal.syntax-": strs(notice.Phone, notice.Mobile, notice.Account, notice.Money, notice.Year, notice.Number,
		notice.Division, notice.Date, notice.Choice, notice.Choices, notice.Tags, notice.List),
	"mistake.type-":     {"map", "word", "list", "number"},
	"mistake.dangling-": {"field", "form", "step", "clause", "option"},

	"region.": application.Lists(org.Actor{Actor: event.Actor{Role: string(org.Staff)}}),

	"objection-state.": strs(filing.ObjectionStates...),
	"objector.":        filing.Objectors,
	"plain.":           filing.PlainReasons,
	"plaque-state.":    strs(base.PlaqueStates...),
	"plaque-act.":      strs(base.PlaqueToMake, base.PlaqueToHand, base.PlaqueToRecall),
	"grant-state.":     strs(base.GrantStates...),
	"ending.":          base.Endings,
	"base-task.ended-": {base.ToWithdraw, base.ToCorrect},

	"level.sign-":        {filing.Agree, filing.Return, filing.Decline},
	"level.sign-sure-":   {filing.Agree, filing.Return, filing.Decline},
	"progress.reminded-": {application.AboutOpening, application.AboutRecommending},
	"done.check-":        {application.CheckPass, application.CheckSupplement, application.CheckReject},
	"done.declared-":     {"none", "some"},
	"unit-field.": {"clerk-name", "clerk-login", "clerk-phone", "clerk-email",
		"principal-name", "principal-login", "principal-phone", "principal-email"},
	"sheet-state.":   {"invited", "undeclared", "reading", "scored", "recused"},
	"demo.":          {"hour", "day", "week", "month", "material", "review", "decision", "plaque"},
	"messages.mail-": {"digest", "once", "none"},
	"calls.":         {"new-lead", "new-keep", "amend-lead", "amend-keep"}, // of draftTitle
	"tasks.":         {"done", "doing", "empty", "spared"},
	"do.": {application.ActFill, application.ActPrepare, application.ActRecall, application.ActSign, application.ActSeal, application.ActSubmit,
		application.ActWithdraw, application.ActOpine, application.ActOpSign, application.ActOpSeal, application.ActOpRecall,
		application.ActForward, application.ActKeep, application.ActUnforward, application.ActLate, application.ActCheck, application.ActCancelSupp,
		application.ActExtendSupp, application.ActEndSupp, application.ActConfirmReject,
		application.ActAskRecusal, application.ActRecusal,
		application.ActReview, application.ActCloseRev, application.ActDecide, application.ActRelease, application.ActReveal, application.ActPaper, application.ActMove}, // what an applicant's or a level's page offers
	"meeting-state.":   strs(review.MeetingAhead, review.MeetingOpen, review.MeetingOver),
	"choice.":          review.Choices,
	"invite.":          strs(review.InviteOpen, review.Accepts, review.Declines, review.Withdrawn, review.Lapsed, review.NoShow),
	"via.":             {review.ViaDraw, review.ViaMatch, review.ViaManual},
	"rating.":          {"1", "2", "3", "4", "5"},
	"panels.":          {"panels", "panel-invitations"},
	"drawing.":         strs(review.DrawFrozen, review.DrawWitnessed, review.DrawDone, review.DrawVoid),
	"match.":           strs(review.MatchProposed, review.MatchTaken, review.MatchDroppedAs),
	"match-mode.":      strs(assign.Best, assign.Fair, assign.Mixed),
	"quota.":           {"employer-each", "place-each", "kind", "field", "review"},
	"quota.one-":       {"employer", "place"},
	"skip.":            {draw.SkipFull, draw.SkipReserved, draw.SkipLot, draw.SkipNone, draw.SkipOn, draw.SkipOut},
	"bar.":             {"elsewhere"},
	"lack.":            {"assigned", "full", "held", "free", "unlisted", "banned", "withdrawn"},
	"threshold.":       {"two-thirds-present", "two-thirds-entitled", "half-present", "half-entitled"},
	"expert-kind.":     strs(expert.Kinds...),
	"expert-level.":    strs(expert.Levels...),
	"expert-state.":    strs(expert.States...),
	"expert-act.":      {expert.ActPause, expert.ActResume, expert.ActLeave, expert.ActReturn},
	"done.expert-":     {expert.ActPause, expert.ActResume, expert.ActLeave, expert.ActReturn},
	"expert-field.":    {"name", "phone", "email", "kind", "title", "level", "fields", "place", "employers", "kin", "co-work", "qualifications", "texts", "max-load", "away", "away-from", "reason", "targets"},
	"expert-col.":      {"employer", "name", "from", "until", "relation", "unit", "with", "what", "person"},
	"conflict-kind.":   strs(append(slices.Clone(review.ConflictKinds), review.ScoredBefore)...),
	"conflict.":        append(strs(review.ConflictKinds[:10]...), "division-league", "division-county"),
	"conflict-source.": {review.FromProfile, review.FromForm, review.FromRecord, review.FromDeclaration, review.FromApplicant, review.FromStaff},
	"party.":           {review.Itself, review.Above, review.Below},
	"declare.":         strs(review.Declarable...),
	"recusal-place.":   {review.PlaceOff, review.PlaceLeague, review.PlaceCounty},

	"expert-unavailable.": {"free", "paused", "left", "away", "full"},

	"files.for-": {filing.ForProxy, filing.ForBank, filing.ForSeal, filing.ForVisit},
}

// coded are prefixes whose values are literals of the code itself, at the places that
// give them: a key counts as used when its value stands there.
var coded = []string{"event.", "refusal.", "mistake.", "summary.", "warning.", "rule.", "progress.", "exception.", "done.", "todo.", "subject.", "unit-field.", "audit."}

// settingKeys are the settings of a call by their names in JSON, as facts have them.
func settingKeys() (keys []string) {
	t := reflect.TypeFor[notice.Settings]()
	for i := range t.NumField() {
		keys = append(keys, strings.ReplaceAll(t.Field(i).Tag.Get("json"), "_", "-"))
	}
	return keys
}

// An entry is one sentence of the catalogue and where it stands.
type entry struct {
	at     string
	zh, en string
}

func catalogue(t *testing.T) map[string]entry {
	t.Helper()
	all := map[string]entry{}
	paths, err := filepath.Glob("catalogue/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no catalogue", err)
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		key := ""
		for i, l := range strings.Split(string(b), "\n") {
			e := all[key]
			switch {
			case l == "" || strings.HasPrefix(l, "#"):
				continue
			case strings.HasPrefix(l, "  zh: "):
				e.zh = l[len("  zh: "):]
			case strings.HasPrefix(l, "  en: "):
				e.en = l[len("  en: "):]
			default:
				key, e = strings.TrimSpace(l), entry{at: p + ":" + strconv.Itoa(i+1)}
				if !locale.Has(key) {
					t.Errorf("%s: %s does not get into the catalogue", e.at, key)
				}
			}
			all[key] = e
		}
	}
	return all
}

var (
	hole     = regexp.MustCompile(`\{[a-z_]+\}`)
	keyShape = regexp.MustCompile(`^[a-z]+(-[a-z]+)*(\.[a-z0-9_]+(-[a-z0-9_]+)*)+$`)
)

func holes(s string) []string {
	return slices.Compact(slices.Sorted(slices.Values(hole.FindAllString(s, -1))))
}

// Every sentence is there in both languages and needs the same words in both.
func TestBothLanguages(t *testing.T) {
	for key, e := range catalogue(t) {
		switch {
		case !keyShape.MatchString(key):
			t.Errorf("%s: %s: a key is lower-case words with dots", e.at, key)
		case e.zh == "" || e.en == "":
			t.Errorf("%s: %s lacks a language", e.at, key)
		case !slices.Equal(holes(e.zh), holes(e.en)):
			t.Errorf("%s: %s: zh needs %v, en %v", e.at, key, holes(e.zh), holes(e.en))
		}
	}
}

// asks are the calls by which code comes to a sentence.
func asks(tr *tree) []call {
	all := tr.calls(map[string]way{"T": {0, "", true}, "Say": {0, "", false}, "TMap": {0, "", false}, "Refuse": {1, "refusal.", true}})
	for _, c := range tr.calls(map[string]way{"t": {0, "", true}, "miss": {1, "mistake.", true}, "guess": {2, "mistake.", true}}) {
		if strings.HasPrefix(tr.at(c), "internal/notice/") {
			all = append(all, c)
		}
	}
	return all
}

// A kind is a kind of facts as the code declares it: its constant and where.
type kind struct{ dir, constant, at string }

// kinds are the kinds of facts by their key.
func kinds(tr *tree) map[string]kind {
	all := map[string]kind{}
	tr.inspect(func(dir string, n ast.Node) {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return
		}
		if s, ok := v.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Kind" && s.X.(*ast.Ident).Name == "event" {
			for i, x := range v.Values {
				if k, ok := text(x); ok {
					all["event."+k] = kind{dir, v.Names[i].Name, tr.at(v)}
				}
			}
		}
	})
	return all
}

// Every key that the code asks for is there: literals at T and its like, through helpers
// too, kinds of refusals and of facts, and all that dynamic puts together.
func TestEveryKeyIsThere(t *testing.T) {
	tr := readTree(t)
	lacks := func(key, at string) {
		if !locale.Has(key) {
			t.Errorf("%s: the catalogue has no %s", at, key)
		}
	}
	asked := 0
	for _, c := range asks(tr) {
		if key, ok := c.key(); ok {
			lacks(key, tr.at(c))
			asked++
		} else if p, ok := c.start(); ok && dynamic[p] == nil && !slices.Contains(coded, p) {
			t.Errorf("%s: keys are put together from %q: declare the prefix and its values under dynamic in locale_test.go", tr.at(c), p)
		}
	}
	for key, k := range kinds(tr) {
		lacks(key, k.at)
		asked++
	}
	for p, values := range dynamic {
		for _, v := range values {
			lacks(p+v, "dynamic["+p+"]")
		}
	}
	if asked < 500 {
		t.Errorf("only %d keys found in the code: the search misses some", asked)
	}
}

// No sentence is left over: each key stands in the code, is put together as dynamic says,
// or is handed to the browser whole, where a test of the scripts looks.
func TestNoKeyIsUnused(t *testing.T) {
	tr := readTree(t)
	used, literals := map[string]bool{}, tr.literals()
	for _, c := range asks(tr) {
		if key, ok := c.key(); ok {
			used[key] = true
		}
	}
	for p, values := range dynamic {
		for _, v := range values {
			used[p+v] = true
		}
	}
	var whole []string
	for _, c := range tr.calls(map[string]way{"Under": {0, "", false}}) {
		if p, ok := c.key(); ok && p != "event." { // the filter of the audit lists kinds, it tells none
			whole = append(whole, p)
		}
	}
	facts := kinds(tr)
	for key, e := range catalogue(t) {
		ok := used[key] || literals[key] || slices.ContainsFunc(whole, func(p string) bool { return strings.HasPrefix(key, p) })
		for _, p := range coded {
			if rest, has := strings.CutPrefix(key, p); has && p != "event." {
				ok = ok || literals[rest]
			}
		}
		if strings.HasPrefix(key, "event.") {
			ok = ok || facts[key].at != ""
		}
		if !ok {
			t.Errorf("%s: nothing asks for %s", e.at, key)
		}
	}
}

// templates are sentences that pages hand to the browser with their holes, for a script
// to fill.
var templates = []string{"form.count"}

// Where a sentence is asked for with its words beside it, all words that it needs are
// given. A label that is not given is “this field”, see Say.
func TestWordsAreGiven(t *testing.T) {
	tr, all := readTree(t), catalogue(t)
	for _, c := range asks(tr) {
		key, ok := c.key()
		if !ok || !c.words || c.Ellipsis.IsValid() || slices.Contains(templates, key) {
			continue
		}
		given := map[string]bool{"{label}": strings.HasPrefix(key, "refusal.")}
		for _, a := range c.Args[c.arg+1:] {
			if s, ok := text(a); ok {
				given["{"+s+"}"] = true
			}
		}
		for _, h := range holes(all[key].zh) {
			if !given[h] {
				t.Errorf("%s: %s needs %s, which is not given here", tr.at(c), key, h)
			}
		}
	}
}

// standing are the words that every fact on a subject has, see the fact methods. An
// application has a number only after it was submitted.
var standing = map[string][]string{
	"application": {"{unit}", "{base}"}, "call": {"{number}"}, "review": {"{expert}"}, "panel": {"{group}", "{match}", "{n}"}, "unit": {"{unit}"},
	"base": {"{base}", "{unit}"}, "meeting": {"{title}"}, "public-notice": {"{title}"}, "objection": {"{number}", "{base}"}, "ballot": {"{ballot}", "{title}"},
	"person": {"{person}", "{login}"}, "round": {"{round}"}, "expert": {"{expert}"}, "post": {"{unit}", "{role}"}, "sheet": {"{n}", "{code}"},
}

// A fact has the words that its sentence needs.
func TestFactsHaveTheirWords(t *testing.T) {
	tr, all := readTree(t), catalogue(t)
	keys := map[[2]string]string{}
	for key, k := range kinds(tr) {
		keys[[2]string{k.dir, k.constant}] = key
	}
	checked := 0
	tr.inspect(func(dir string, n ast.Node) {
		c, ok := n.(*ast.CallExpr)
		if !ok || strings.ToLower(name(c)) != "fact" || len(c.Args) == 0 {
			return
		}
		id, _ := c.Args[0].(*ast.Ident)
		if id == nil || keys[[2]string{dir, id.Name}] == "" {
			return
		}
		key := keys[[2]string{dir, id.Name}]
		given := slices.Clone(standing[strings.Split(key, ".")[1]])
		for _, a := range c.Args[1:] {
			if s, ok := text(a); ok {
				given = append(given, "{"+s+"}")
			}
		}
		for _, h := range holes(all[key].zh) {
			if !slices.Contains(given, h) {
				t.Errorf("%s: %s needs %s, which the fact has not", tr.at(c), key, h)
			}
		}
		checked++
	})
	if checked < 40 {
		t.Errorf("only %d facts found", checked)
	}
}

func TestSay(t *testing.T) {
	for _, x := range []struct {
		key  string
		args map[string]string
		zh   string
		en   string
	}{
		{"refusal.late", map[string]string{"deadline": "2017-07-20T16:00:00Z"},
			"报送已于2017年7月20日24时（北京时间，含当日）截止，不能再报送；已填写的内容都会保留。确有原因的，请联系发文机关，由其写明理由后准予补报。",
			"Submissions closed at 20 Jul 2017, 24:00 Beijing time (that day included); nothing more can be sent up. What you wrote is kept. If there is good cause, ask the issuing department, which may admit it late with a reason."},
		{"refusal.wrong-role", map[string]string{"role": "approver"},
			"这一步由“审批”岗位办理，您当前不在这个岗位。请切换岗位，或转告有此岗位的同事。",
			"This step belongs to the post “Approver”, and you are not acting in it. Switch posts, or tell a colleague who holds it."},
		{"refusal.required", nil, "“此项”必须填写。请填写后再办理。", "“This field” must be filled in. Fill it in and try again."},
		{"refusal.required", map[string]string{"label": "基地名称"}, "“基地名称”必须填写。请填写后再办理。", "“基地名称” must be filled in. Fill it in and try again."},
		{"event.application.opinion-signed", map[string]string{"outcome": "agree"}, "负责人签署了意见：同意推荐", "The person in charge signed the opinion: In favour"},
		{"event.call.setting-changed", map[string]string{"setting": "opinion_min"}, "更改了通知未规定的事项：推荐意见最少字数",
			"Changed a setting that the notice leaves open: Least length of a recommending opinion, in characters"},
	} {
		if got := locale.Zh.Say(x.key, x.args); got != x.zh {
			t.Errorf("%s: %s", x.key, got)
		}
		if got := locale.En.Say(x.key, x.args); got != x.en {
			t.Errorf("%s: %s", x.key, got)
		}
	}
	if got := locale.Zh.T("no.such-key"); got != "⟦no.such-key⟧" {
		t.Errorf("an unknown key reads %q", got)
	}
	if got := locale.En.Or("no.such-key", "产业园区"); got != "产业园区" {
		t.Errorf("a word of a notice reads %q", got)
	}
	for key := range maps.Keys(locale.Zh.Under("choice.")) {
		if !slices.Contains(review.Choices, key) {
			t.Errorf("Under gives %q", key)
		}
	}
}

// Dates and closing instants, in Beijing whatever the zone of the machine (T3).
func TestDates(t *testing.T) {
	day := time.Date(2017, 7, 20, 16, 0, 0, 0, time.UTC)
	for _, x := range []struct{ got, want string }{
		{locale.Zh.Date(day), "2017年7月21日"},
		{locale.En.Date(day), "21 Jul 2017"},
		{locale.Zh.Time(day), "2017-07-21 00:00"},
		{locale.Zh.Due(day), "2017-07-20 24:00"},
		{locale.En.Due(day.Add(-390 * time.Minute)), "2017-07-20 17:30"},
		{locale.Zh.Until(day), "2017年7月20日24时（北京时间，含当日）"},
		{locale.En.Until(day), "20 Jul 2017, 24:00 Beijing time (that day included)"},
		{locale.Zh.Until(day.Add(-390 * time.Minute)), "2017年7月20日17时30分（北京时间）"},
		{locale.En.Until(day.Add(-390 * time.Minute)), "20 Jul 2017, 17:30 Beijing time"},
		{locale.Zh.Date(time.Time{}) + locale.Zh.Time(time.Time{}) + locale.Zh.Due(time.Time{}) + locale.En.Until(time.Time{}), ""},
	} {
		if x.got != x.want {
			t.Errorf("got %q, want %q", x.got, x.want)
		}
	}
}
