package web

import (
	"net/url"

	"shenbao/internal/desk"
	"shenbao/internal/notice"
)

func (s *Server) baseRoutes() {
	s.open("GET /bases", s.bases)
	s.open("GET /bases.csv", s.basesTable)
	s.open("GET /bases/{id}", s.base)
}

func baseFilter(q *query) desk.BaseFilter {
	g := q.r.URL.Query().Get
	return desk.BaseFilter{Words: g("words"), League: g("league"), Industry: g("industry"), Batch: g("batch")}
}

// bases are the public register: open to everybody, without anybody's personal data (R134).
func (s *Server) bases(q *query) error {
	reg, err := s.desk.Bases(q.ctx(), q.ask(), baseFilter(q))
	if err != nil {
		return err
	}
	return q.show(200, basesPage(q.view("bases.title"), reg, baseFilter(q)))
}

func (s *Server) basesTable(q *query) error {
	var header []string
	for _, k := range []string{"bases.plaque", "bases.name", "bases.granted", "bases.host", "bases.league", "bases.place", "bases.industry", "bases.batch",
		"bases.level", "bases.document", "bases.date"} {
		header = append(header, q.T(k))
	}
	q.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	q.w.Header().Set("Content-Disposition", `attachment; filename="bases.csv"`)
	return s.desk.ExportBases(q.ctx(), q.ask(), baseFilter(q), header, q.w)
}

func (s *Server) base(q *query) error {
	b, err := s.desk.Base(q.ctx(), q.ask(), q.r.PathValue("id"))
	if err != nil {
		return err
	}
	return q.show(200, basePage(q.view("bases.one"), b))
}

// sameFilter is the address of the table with what the page shows.
func sameFilter(f desk.BaseFilter) string {
	v := url.Values{}
	for name, value := range map[string]string{"words": f.Words, "league": f.League, "industry": f.Industry, "batch": f.Batch} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return "/bases.csv?" + v.Encode()
}

// labelsOf are the words of the calls that the register comes from, for choices of one.
func labelsOf(reg *desk.Register) notice.Labels {
	if len(reg.Lines) > 0 {
		return reg.Lines[0].Labels
	}
	return notice.Labels{}
}
