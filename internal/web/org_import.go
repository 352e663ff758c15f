package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"shenbao/internal/event"
	"shenbao/internal/locale"
	"shenbao/internal/org"
)

func (s *Server) importRoutes() {
	s.on("GET /units/import", s.importForm)
	s.takes("POST /units/import", s.importPreview)
	s.takes("POST /units/import/application", s.importApply)
	s.on("GET /units/import/template", s.importTemplate)
}

// maxUpload bounds a table of units and the form that brings its rows back.
const maxUpload = 16 << 20

func (s *Server) importForm(q *query) error {
	if err := org.MayImport(q.actor()); err != nil {
		return err
	}
	return q.show(200, importPage(q.view("import.title"), Form{}))
}

// importPreview reads the file and shows what would become of each row. Nothing is kept:
// the rows go into the page, and come back with the button that applies them, to be judged
// anew by what is on record then.
func (s *Server) importPreview(q *query) error {
	if err := org.MayImport(q.actor()); err != nil {
		return err
	}
	rows, err := s.uploadedRows(q)
	var m org.Table
	if err == nil {
		m, err = s.desk.PreviewImport(q.ctx(), q.ask(), rows)
	}
	if err != nil {
		return q.refused(q.labelled(err), func(f Form) error { return q.show(0, importPage(q.view("import.title"), f)) })
	}
	return s.showPreview(q, m, rows)
}

func (s *Server) showPreview(q *query, m org.Table, rows [][]string) error {
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	p, err := s.desk.Places(q.ctx(), q.ask())
	if err != nil {
		return err
	}
	names := placeNames(p)
	for _, l := range m.Rows {
		names[string(l.Unit.ID)] = l.Unit.Name
	}
	return q.show(200, importPreviewPage(q.view("import.preview"), m, string(text), names))
}

// uploadedRows are the rows of the file in the form.
func (s *Server) uploadedRows(q *query) ([][]string, error) {
	if err := q.form(maxUpload, maxUpload); err != nil {
		return nil, err
	}
	f, h, err := q.r.FormFile("file")
	if err != nil {
		r := event.Refuse(event.Invalid, "import-no-file", "")
		r.Field = "file"
		return nil, r
	}
	defer f.Close()
	return s.desk.ReadUnits(q.ctx(), h.Filename, f, h.Size)
}

func (s *Server) importApply(q *query) error {
	if err := org.MayImport(q.actor()); err != nil {
		return err // before anything is read
	}
	if err := q.form(maxUpload, maxUpload); err != nil {
		return err
	}
	var rows [][]string
	if err := json.Unmarshal([]byte(q.r.PostFormValue("rows")), &rows); err != nil {
		return event.Refuse(event.Invalid, "import-no-file", "")
	}
	_, err := s.desk.ImportUnits(q.ctx(), q.ask(), rows)
	if rs, ok := refusals(err); ok && rs[0].Kind == "table-bad" {
		m, err := s.desk.PreviewImport(q.ctx(), q.ask(), rows)
		if err != nil {
			return err
		}
		q.w.Header().Set("Content-Type", "text/html; charset=utf-8")
		q.w.WriteHeader(http.StatusUnprocessableEntity)
		q.started = true
		return s.showPreview(q, m, rows)
	}
	if err != nil {
		return err
	}
	return q.to("/units", "units-imported")
}

func (s *Server) importTemplate(q *query) error {
	if err := org.MayImport(q.actor()); err != nil {
		return err
	}
	format, kind := "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	if q.r.URL.Query().Get("format") == "csv" {
		format, kind = "csv", "text/csv; charset=utf-8"
	}
	q.w.Header().Set("Content-Type", kind)
	q.w.Header().Set("Content-Disposition", `attachment; filename="units.`+format+`"`)
	return s.desk.UnitsTemplate(format, q.w)
}

// rowSays is what is wrong or odd in a row, each as a sentence.
func rowSays(v View, l org.TableRow) (bad, odd []string) {
	for _, r := range l.Refused {
		s := v.Lang.Say("refusal."+r.Kind, r.Args)
		if r.Field != "" && !strings.Contains(s, r.Field) {
			s = r.Field + "：" + s
		}
		bad = append(bad, s)
	}
	for _, w := range l.Warnings {
		if locale.Has("warning." + w) {
			odd = append(odd, v.T("warning."+w))
		}
	}
	return bad, odd
}
