package web

import (
	"encoding/json"

	"shenbao/internal/event"
	"shenbao/internal/expert"
)

func (s *Server) expertImportRoutes() {
	s.on("GET /experts/import", s.expertImportForm)
	s.takes("POST /experts/import", s.expertPreview)
	s.takes("POST /experts/import/application", s.expertImport)
	s.on("GET /experts/template", s.expertTemplate)
	s.on("GET /experts/export", s.expertExport)
}

func (s *Server) expertImportForm(q *query) error {
	if err := expert.MayKeep(q.actor()); err != nil {
		return err
	}
	return q.show(200, expertImportPage(q.view("experts.import"), Form{}))
}

// expertPreview reads the file and shows what would become of each row. Nothing is kept:
// the rows come back with the button that applies them, to be judged anew.
func (s *Server) expertPreview(q *query) error {
	if err := expert.MayKeep(q.actor()); err != nil {
		return err
	}
	rows, err := s.uploadedRows(q)
	var m expert.Table
	if err == nil {
		m, err = s.desk.PreviewExperts(q.ctx(), q.ask(), rows)
	}
	if err != nil {
		return q.refused(q.labelled(err), func(f Form) error { return q.show(0, expertImportPage(q.view("experts.import"), f)) })
	}
	return s.showExpertPreview(q, 200, m, rows)
}

func (s *Server) showExpertPreview(q *query, status int, m expert.Table, rows [][]string) error {
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	names, err := s.expertPlaces(q)
	if err != nil {
		return err
	}
	return q.show(status, expertPreviewPage(q.view("import.preview"), m, string(text), names))
}

func (s *Server) expertImport(q *query) error {
	if err := expert.MayKeep(q.actor()); err != nil {
		return err // before anything is read
	}
	if err := q.form(maxUpload, maxUpload); err != nil {
		return err
	}
	var rows [][]string
	if err := json.Unmarshal([]byte(q.r.PostFormValue("rows")), &rows); err != nil {
		return event.Refuse(event.Invalid, "import-no-file", "")
	}
	_, err := s.desk.ImportExperts(q.ctx(), q.ask(), rows)
	if rs, ok := refusals(err); ok && rs[0].Kind == "table-bad" {
		m, err := s.desk.PreviewExperts(q.ctx(), q.ask(), rows)
		if err != nil {
			return err
		}
		return s.showExpertPreview(q, 422, m, rows)
	}
	if err != nil {
		return err
	}
	return q.to("/experts", "experts-imported")
}

// tableAs heads a table that is sent, and says its format.
func (q *query) tableAs(name string) string {
	format, kind := "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	if q.r.URL.Query().Get("format") == "csv" {
		format, kind = "csv", "text/csv; charset=utf-8"
	}
	q.w.Header().Set("Content-Type", kind)
	q.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.`+format+`"`)
	return format
}

func (s *Server) expertTemplate(q *query) error {
	if err := expert.MayKeep(q.actor()); err != nil {
		return err
	}
	return s.desk.ExpertsTemplate(q.tableAs("experts"), q.w)
}

// expertExport sends those of the list as a table, in the form in which it is imported.
func (s *Server) expertExport(q *query) error {
	if err := expert.MayKeep(q.actor()); err != nil {
		return err
	}
	f := expertFilterOf(q.r.URL.Query())
	return s.desk.ExportExperts(q.ctx(), q.ask(), f.Filter, f.Free, q.tableAs("experts"), q.w)
}

// expertRowSays is what is wrong in a row, each as a sentence with its column.
func expertRowSays(v View, l expert.TableRow) (bad []string) {
	for _, r := range l.Refused {
		bad = append(bad, r.Field+"："+v.Lang.Say("refusal."+r.Kind, r.Args))
	}
	return bad
}
