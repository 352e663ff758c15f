package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"shenbao/internal/application"
	"shenbao/internal/desk"
	"shenbao/internal/locale"
	"shenbao/internal/notice"
	"shenbao/internal/review"
	"shenbao/score"
)

func (s *Server) roundRoutes() {
	s.on("GET /calls/{id}/reviews", s.reviewsOverview)
	s.on("POST /calls/{id}/rounds", s.planRound)
	s.on("GET /calls/{id}/sheets", s.sheets)
	s.on("GET /rounds/{id}", s.round)
	s.on("POST /rounds/{id}/plan", s.changeRound)
	s.on("GET /rounds/{id}/sheet", s.sheetForm)
	s.on("POST /rounds/{id}/sheet", s.setSheet)
	s.on("POST /rounds/{id}/opening", s.openRound)
	s.on("POST /rounds/{id}/joining", s.joinRound)
	s.on("POST /rounds/{id}/closing", s.closeRound)
}

func (s *Server) reviewsOverview(q *query) error { return s.showReviews(q, 200, Form{}) }

func (s *Server) showReviews(q *query, status int, f Form) error {
	l, err := s.desk.Reviews(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(status, reviewsOverviewPage(q.view("region.reviews"), f, l))
}

func (s *Server) planRound(q *query) error {
	id, err := s.desk.PlanRound(q.ctx(), q.ask(), q.r.PathValue("id"), q.r.PostFormValue("after"), planOf(q.r.PostForm))
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showReviews(q, 0, f) })
	}
	return q.to("/rounds/"+id, "round-planned")
}

// planOf reads the form of a round. What is no number is out of its range.
func planOf(p url.Values) review.Plan {
	number := func(name string) int {
		n, _ := strconv.Atoi(strings.TrimSpace(p.Get(name)))
		return n
	}
	return review.Plan{Name: strings.TrimSpace(p.Get("name")), Mode: p.Get("mode"), Blind: p.Get("blind") != "", Size: number("size"),
		Floor: number("floor"), Repeat: p.Get("repeat") != "", Due: endOf(p.Get("due")), Reason: strings.TrimSpace(p.Get("reason"))}
}

func (s *Server) round(q *query) error { return s.showRound(q, 200, Form{}) }

func (s *Server) showRound(q *query, status int, f Form) error {
	p, err := s.desk.Round(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(status, roundPage(q.view("round.title"), f, p))
}

// onRound answers an act on a round: back to its page.
func (s *Server) onRound(q *query, err error, done string) error {
	if err != nil {
		return q.refused(err, func(f Form) error { return s.showRound(q, 0, f) })
	}
	return q.to("/rounds/"+q.r.PathValue("id"), done)
}

func (s *Server) changeRound(q *query) error {
	return s.onRound(q, s.desk.ChangeRound(q.ctx(), q.ask(), q.r.PathValue("id"), planOf(q.r.PostForm)), "round-changed")
}

func (s *Server) openRound(q *query) error {
	return s.onRound(q, s.desk.OpenRound(q.ctx(), q.ask(), q.r.PathValue("id")), "round-opened")
}

func (s *Server) joinRound(q *query) error {
	return s.onRound(q, s.desk.JoinRound(q.ctx(), q.ask(), q.r.PathValue("id")), "round-joined")
}

func (s *Server) closeRound(q *query) error {
	p := q.r.PostForm
	var cut *review.CutDraft
	if to := p.Get("to"); to != "all" {
		top, _ := strconv.Atoi(strings.TrimSpace(p.Get("top")))
		least, _ := score.Parse(p.Get("least"), score.Full, 2)
		cut = &review.CutDraft{Top: top, Least: least, Final: to == "line", Chosen: p["chosen"], Reason: strings.TrimSpace(p.Get("reason"))}
	}
	return s.onRound(q, s.desk.CloseRound(q.ctx(), q.ask(), q.r.PathValue("id"), cut), "round-closed")
}

func (s *Server) sheetForm(q *query) error { return s.showSheetForm(q, 200, Form{}) }

func (s *Server) showSheetForm(q *query, status int, f Form) error {
	p, err := s.desk.Round(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(status, sheetEditPage(q.view("sheet.edit"), f, p))
}

func (s *Server) setSheet(q *query) error {
	id := q.r.PathValue("id")
	if err := s.desk.SetSheet(q.ctx(), q.ask(), id, sheetOfForm(q.r.PostForm), strings.TrimSpace(q.r.PostFormValue("reason"))); err != nil {
		return q.refused(err, func(f Form) error { return s.showSheetForm(q, 0, f) })
	}
	return q.to("/rounds/"+id, "sheet-set")
}

// sheets are what everybody may read of how a call is reviewed.
func (s *Server) sheets(q *query) error {
	p, err := s.desk.ScoreSheets(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(200, sheetsPage(q.view("sheet.published"), p))
}

// formRows reads the rows of a list of the sheet's form: FIELD.N.COL, until none is sent.
func formRows(p url.Values, field string, columns ...string) (rows []map[string]string) {
	for i := range 200 {
		row, sent, filled := map[string]string{}, false, false
		for _, c := range columns {
			name := field + "." + strconv.Itoa(i) + "." + c
			sent = sent || p.Has(name)
			row[c] = strings.TrimSpace(p.Get(name))
			filled = filled || row[c] != "" && c != "level" && c != "need"
		}
		if !sent {
			break
		}
		if filled {
			rows = append(rows, row)
		}
	}
	return rows
}

var (
	aspectColumns  = []string{"level", "name", "english", "weight", "need", "hint"}
	verdictColumns = []string{"name", "english", "agree"}
	vetoColumns    = []string{"name", "english"}
)

// sheetOfForm reads the form in which the department sets a sheet.
func sheetOfForm(p url.Values) review.Sheet {
	s := review.Sheet{Method: score.Method(p.Get("method")), VetoHalf: p.Get("veto_half") == "half", Aspects: aspectsOf(formRows(p, "aspect", aspectColumns...))}
	s.Scale, _ = score.Parse(p.Get("scale"), score.Full, 0)
	s.Step, _ = score.Parse(p.Get("step"), 10*score.Point, 2)
	s.CommentMin = numberOr(p.Get("comment_min"), -1)
	s.TrimFrom = numberOr(p.Get("trim_from"), 0)
	s.Decimals = numberOr(p.Get("decimals"), -1)
	for i, r := range formRows(p, "verdict", verdictColumns...) {
		s.Verdicts = append(s.Verdicts, review.Verdict{ID: strconv.Itoa(i + 1), Name: r["name"], English: r["english"], Agree: r["agree"] == "yes"})
	}
	for _, r := range formRows(p, "veto", vetoColumns...) {
		s.Vetoes = append(s.Vetoes, review.Veto{Name: r["name"], English: r["english"]})
	}
	for i := range 4 {
		switch by, leaf, _ := strings.Cut(p.Get("tie."+strconv.Itoa(i)), ":"); by {
		case "":
		default:
			s.TieBreak = append(s.TieBreak, score.TieBreak{By: by, Leaf: leaf})
		}
	}
	return s
}

func numberOr(text string, otherwise int) int {
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
		return n
	}
	return otherwise
}

// aspectsOf builds the tree from its rows, each with its level, 1 for the outermost. A row
// that jumps a level hangs below the last one there is.
func aspectsOf(rows []map[string]string) []review.Aspect {
	root := review.Aspect{}
	for _, r := range rows {
		p, err := score.Parse(strings.TrimSuffix(r["weight"], "%"), score.Full, 2)
		a := review.Aspect{Name: r["name"], English: r["english"], Hint: r["hint"], Comment: r["need"] == "yes", Weight: int(p / 100)}
		if err != nil {
			a.Weight = 0
		}
		at := &root
		for level := numberOr(r["level"], 1); level > 1 && len(at.Children) > 0; level-- {
			at = &at.Children[len(at.Children)-1]
		}
		at.Children = append(at.Children, a)
	}
	return root.Children
}

// named is a word of a sheet in the reader's language: its own English, or that of the
// notice's words.
func named(v View, l notice.Labels, zh, en string) string {
	if v.Lang == locale.En && en != "" {
		return en
	}
	return word(v, l, zh)
}

// sheetWord is a word that a sheet gives in both languages, or in Chinese alone.
func sheetWord(v View, zh, en string) string {
	if v.Lang == locale.En && en != "" {
		return en
	}
	return zh
}

// maxText is the best mark of an aspect, in words.
func maxText(v View, s review.Sheet, a review.Aspect) string {
	return v.T("sheet.max", "max", s.Max(a).String(), "weight", review.Percent(a.Weight))
}

// methodText says how the official score is made.
func methodText(v View, r review.Round) string {
	n := func(i int) string { return strconv.Itoa(i) }
	if r.Sheet.Method == score.Trimmed {
		return v.T("sheet.rule-trimmed", "from", n(r.Sheet.TrimFrom), "floor", n(r.Floor), "decimals", n(r.Sheet.Decimals))
	}
	return v.T("sheet.rule-mean", "floor", n(r.Floor), "decimals", n(r.Sheet.Decimals))
}

// tieText says what is looked at when scores are equal.
func tieText(v View, l notice.Labels, s review.Sheet) string {
	list := ""
	for i, t := range s.TieBreak {
		if list = cmp.Or(list, tieWord(v, l, s, t)); i > 0 {
			list = v.T("sheet.then", "a", list, "b", tieWord(v, l, s, t))
		}
	}
	if list == "" {
		return v.T("sheet.ties-none")
	}
	return v.T("sheet.ties", "list", list)
}

func tieWord(v View, l notice.Labels, s review.Sheet, t score.TieBreak) string {
	name := ""
	for _, a := range s.Leaves() {
		if a.ID == t.Leaf {
			name = named(v, l, a.Name, a.English)
		}
	}
	return v.T("tie-break."+t.By, "name", name)
}

// tieOptions are the tie-breakers that a sheet can have.
func tieOptions(v View, l notice.Labels, s review.Sheet) []Option {
	var out []Option
	for _, by := range []string{score.ByExact, score.ByUntrimmed, score.ByVotes} {
		out = append(out, Option{by, v.T("tie-break." + by)})
	}
	for _, a := range s.Leaves() {
		out = append(out, Option{score.ByLeaf + ":" + a.ID, v.T("tie-break."+score.ByLeaf, "name", named(v, l, a.Name, a.English))})
	}
	return out
}

func tieValue(s review.Sheet, i int) string {
	if i >= len(s.TieBreak) {
		return ""
	}
	if t := s.TieBreak[i]; t.By == score.ByLeaf {
		return t.By + ":" + t.Leaf
	} else {
		return t.By
	}
}

func roundTag(s review.RoundState) string {
	switch s {
	case review.RoundOpen:
		return "tag tag-run"
	case review.RoundOver:
		return "tag tag-ok"
	}
	return "tag tag-wait"
}

// scoreOf is an official score as published, or a dash.
func scoreOf(s review.Sheet, st review.Standing) string {
	if !st.Scored {
		return "—"
	}
	return st.Result.Score.Format(s.Decimals)
}

// modeOptions are the ways in which a round is held.
func modeOptions(v View) []Option {
	var out []Option
	for _, m := range review.Modes {
		out = append(out, Option{m, v.T("round-mode." + m)})
	}
	return out
}

// planValues are the plan of a round as its form shows it; a new one is proposed from what
// the call has set.
func planValues(v View, c *application.Call, r *review.Round, n int) review.Plan {
	if r != nil {
		return review.Plan{Name: r.Name, Mode: r.Mode, Blind: r.Blind, Size: r.Size, Floor: r.Floor, Repeat: r.Repeat, Due: r.Due}
	}
	return review.Plan{Name: v.T("round.name-n", "n", strconv.Itoa(n)), Mode: review.Remote, Size: c.Settings.PanelMin, Floor: c.Settings.PanelMin, Due: v.Now.AddDate(0, 0, 22)}
}

// tiedGroup is the group that the line of a refused closing would have parted.
func tiedGroup(f Form, p *desk.RoundPage) []desk.StandingLine {
	if f.Err("chosen") == "" {
		return nil
	}
	var ss []review.Standing
	for _, l := range p.Lines {
		if !l.Gone && len(l.Standing.Vetoed) == 0 {
			ss = append(ss, l.Standing)
		}
	}
	tied := review.TiedAt(ss, review.CutDraft{Top: numberOr(f.Get("top", ""), 0)})
	return slices.DeleteFunc(slices.Clone(p.Lines), func(l desk.StandingLine) bool { return !slices.Contains(tied, string(l.ID)) })
}

// principles are the clauses of the section that says by what principles bases are set up.
func principles(n *notice.Notice) []notice.Clause {
	section := ""
	var out []notice.Clause
	for _, c := range n.Clauses {
		if strings.Contains(c.Title, "原则") {
			section = c.ID
		}
		if section != "" && c.Section() == section {
			out = append(out, c)
		}
	}
	return out
}

// cutSide says on which side of the line an application came out.
func cutSide(r review.Round, id application.ID) string {
	switch {
	case r.Cut == nil:
		return ""
	case slices.Contains(r.Cut.Above, string(id)):
		return "above"
	}
	return "below"
}

// looked are who set a round up, each once.
func looked(r review.Round) string {
	var out []string
	for _, l := range r.Looks {
		if !slices.Contains(out, l.By.Name) {
			out = append(out, l.By.Name)
		}
	}
	return strings.Join(out, "、")
}

// A rowInput is a column of a list that is filled in.
type rowInput struct {
	Name, Label string
	Options     []Option
	Short       bool
}

func aspectInputs(v View) []rowInput {
	yes := []Option{{"", v.T("sheet.note-free")}, {"yes", v.T("sheet.note-needed")}}
	return []rowInput{
		{Name: "level", Label: v.T("sheet.level"), Options: []Option{{"1", "1"}, {"2", "2"}, {"3", "3"}}},
		{Name: "name", Label: v.T("sheet.aspect")}, {Name: "english", Label: v.T("sheet.english")},
		{Name: "weight", Label: v.T("sheet.weight"), Short: true}, {Name: "need", Label: v.T("sheet.note"), Options: yes}, {Name: "hint", Label: v.T("sheet.hint")},
	}
}

func verdictInputs(v View) []rowInput {
	return []rowInput{{Name: "name", Label: v.T("sheet.verdict")}, {Name: "english", Label: v.T("sheet.english")},
		{Name: "agree", Label: v.T("sheet.agree"), Options: []Option{{"", v.T("sheet.agree-no")}, {"yes", v.T("sheet.agree-yes")}}}}
}

func vetoInputs(v View) []rowInput {
	return []rowInput{{Name: "name", Label: v.T("sheet.veto")}, {Name: "english", Label: v.T("sheet.english")}}
}

// sentRows are the rows as they were sent, or those of the sheet; at least one.
func sentRows(f Form, prefix string, columns []string, of []map[string]string) []map[string]string {
	if f.Sent != nil {
		of = formRows(f.Sent, prefix, columns...)
	}
	if len(of) == 0 {
		of = []map[string]string{{}}
	}
	return of
}

func aspectRows(f Form, s review.Sheet) []map[string]string {
	var rows []map[string]string
	for _, l := range s.Lines() {
		r := map[string]string{"level": strconv.Itoa(l.Depth + 1), "name": l.Name, "english": l.English, "hint": l.Hint}
		if len(l.Children) == 0 {
			r["weight"] = review.Percent(l.Weight)
		}
		if l.Comment {
			r["need"] = "yes"
		}
		rows = append(rows, r)
	}
	return sentRows(f, "aspect", aspectColumns, rows)
}

func verdictRows(f Form, s review.Sheet) []map[string]string {
	var rows []map[string]string
	for _, x := range s.Verdicts {
		r := map[string]string{"name": x.Name, "english": x.English}
		if x.Agree {
			r["agree"] = "yes"
		}
		rows = append(rows, r)
	}
	return sentRows(f, "verdict", verdictColumns, rows)
}

func vetoRows(f Form, s review.Sheet) []map[string]string {
	var rows []map[string]string
	for _, x := range s.Vetoes {
		rows = append(rows, map[string]string{"name": x.Name, "english": x.English})
	}
	return sentRows(f, "veto", vetoColumns, rows)
}

func vetoHalf(s review.Sheet) string {
	if s.VetoHalf {
		return "half"
	}
	return "one"
}

func verdictList(v View, l notice.Labels, s review.Sheet) string {
	var out []string
	for _, x := range s.Verdicts {
		out = append(out, named(v, l, x.Name, x.English))
	}
	return listed(v, out)
}

// waitsAfter reports whether those above the line of a round wait for a further one.
func waitsAfter(l *desk.ReviewList, r review.Round) bool {
	return slices.ContainsFunc(l.Lines, func(x desk.ReviewLine) bool {
		return x.Round.ID == r.ID && r.State == review.RoundOver && review.Awaits(l.Rounds, string(x.ID))
	})
}

// openOf is the first round that takes applications in which come later.
func openOf(rounds []review.Round) *review.Round {
	i := slices.IndexFunc(rounds, func(r review.Round) bool { return r.State != review.RoundOver && r.After == "" })
	if i < 0 {
		return nil
	}
	return &rounds[i]
}
