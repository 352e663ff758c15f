package scenario_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
)

// A browser is one person's, with one cookie. It follows no redirect by itself, and it
// sends forms the way browsers do: everything that stands in them, and what was typed.
type browser struct {
	site   http.Handler
	cookie string
}

// A page is what came back.
type page struct {
	path     string
	status   int
	body     string
	location string
	parsed   *parsed
}

func (b *browser) get(path string) (page, error) { return b.send(http.MethodGet, path, "", nil) }

func (b *browser) send(method, path, kind string, body io.Reader) (page, error) {
	r := httptest.NewRequest(method, "http://shenbao.test"+path, body)
	r.RemoteAddr = "127.0.0.1:40000"
	if method == http.MethodPost {
		r.Header.Set("Origin", "http://shenbao.test")
		r.Header.Set("Content-Type", kind)
	}
	if b.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "shenbao", Value: b.cookie})
	}
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Name == "shenbao" {
			b.cookie = c.Value
		}
	}
	p := page{path: path, status: w.Code, body: w.Body.String(), location: w.Header().Get("Location")}
	if i := strings.Index(p.body, "⟦"); i >= 0 {
		return p, fmt.Errorf("%s: a sentence is missing: %s", path, p.body[i:min(len(p.body), i+80)])
	}
	return p, nil
}

// A sending is a form as it goes out; kept, so that it can be sent again.
type sending struct {
	path  string
	form  url.Values
	files map[string]upload // multipart, also without any
	multi bool
}

type upload struct {
	name string
	body []byte
}

func (b *browser) post(s sending) (page, error) {
	if !s.multi {
		return b.send(http.MethodPost, s.path, "application/x-www-form-urlencoded", strings.NewReader(s.form.Encode()))
	}
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	for name, values := range s.form {
		for _, v := range values {
			if err := m.WriteField(name, v); err != nil {
				return page{}, err
			}
		}
	}
	for name, f := range s.files {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, name, f.name))
		h.Set("Content-Type", "application/octet-stream")
		w, err := m.CreatePart(h)
		if err == nil {
			_, err = w.Write(f.body)
		}
		if err != nil {
			return page{}, err
		}
	}
	if err := m.Close(); err != nil {
		return page{}, err
	}
	return b.send(http.MethodPost, s.path, m.FormDataContentType(), &buf)
}

// A form on a page with its controls.
type form struct {
	action, id string
	multi      bool
	controls   []*control
}

type control struct {
	name, kind, value, text string
	on                      bool // a box or a radio that is ticked
	options                 []*control
}

// parsed is a page as people see it: its words, and its forms.
type parsed struct {
	text  string
	forms []*form
	wrong bool // a list of what is wrong stands on top
}

func (p *page) parse() (*parsed, error) {
	if p.parsed != nil {
		return p.parsed, nil
	}
	r := reader{d: xml.NewDecoder(strings.NewReader(p.body)), byID: map[string]*form{}, owned: map[string][]*control{}}
	r.d.Strict, r.d.AutoClose, r.d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	if err := r.read(); err != nil {
		return nil, fmt.Errorf("%s: %w", p.path, err)
	}
	for id, cs := range r.owned {
		if f := r.byID[id]; f != nil {
			f.controls = append(f.controls, cs...)
		}
	}
	r.out.text = strings.Join(strings.Fields(r.text.String()), " ")
	p.parsed = &r.out
	return p.parsed, nil
}

// reader reads one page from start to end.
type reader struct {
	d     *xml.Decoder
	out   parsed
	text  strings.Builder
	form  *form
	byID  map[string]*form
	owned map[string][]*control // by the form that a control names
	sel   *control
	// what was seen since a label, and since a row of a table, began
	label, row         []*control
	labelFrom, rowFrom int
	shut               bool // main is over
}

func (r *reader) read() error {
	var skip, area bool
	var opt *control
	for {
		t, err := r.d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.CharData:
			if skip || r.shut {
				continue
			}
			r.text.Write(t)
			r.text.WriteByte(' ')
			if area && r.sel != nil {
				r.sel.value += string(t)
			}
			if opt != nil {
				opt.text += string(t)
			}
		case xml.StartElement:
			a := attributes(t)
			if strings.Contains(a["class"], "err-sum") {
				r.out.wrong = true
			}
			switch t.Name.Local {
			case "script", "style":
				skip = true
			case "option":
				opt = &control{value: a["value"], on: has(a, "selected")}
				if r.sel != nil {
					r.sel.options = append(r.sel.options, opt)
				}
			case "textarea":
				area = true
			}
			r.start(t.Name.Local, a)
		case xml.EndElement:
			switch t.Name.Local {
			case "script", "style":
				skip = false
			case "option":
				opt = nil
			case "textarea":
				area = false
			}
			r.end(t.Name.Local)
		}
	}
}

func attributes(t xml.StartElement) map[string]string {
	m := map[string]string{}
	for _, a := range t.Attr {
		m[a.Name.Local] = a.Value
	}
	return m
}

func has(m map[string]string, k string) bool { _, ok := m[k]; return ok }

func (r *reader) start(tag string, a map[string]string) {
	switch tag {
	case "main":
		r.text.Reset() // what stands around it is the same on every page
	case "form":
		r.form = &form{action: a["action"], id: a["id"], multi: strings.HasPrefix(a["enctype"], "multipart/")}
		if a["method"] == "post" {
			r.out.forms = append(r.out.forms, r.form)
		}
		r.byID[a["id"]] = r.form
	case "label":
		r.label, r.labelFrom = nil, r.text.Len()
	case "tr":
		r.row, r.rowFrom = nil, r.text.Len()
	case "input", "textarea", "select", "button":
		if has(a, "disabled") || a["name"] == "" {
			r.sel = nil
			return
		}
		c := &control{name: a["name"], kind: a["type"], value: a["value"], on: has(a, "checked"), text: a["aria-label"]}
		if tag != "input" {
			c.kind = tag
		} else if c.kind != "hidden" {
			r.text.WriteString(" " + c.value + " ")
		}
		r.sel = c
		r.label, r.row = append(r.label, c), append(r.row, c)
		if id := a["form"]; id != "" {
			r.owned[id] = append(r.owned[id], c)
		} else if r.form != nil {
			r.form.controls = append(r.form.controls, c)
		}
	}
}

func (r *reader) end(tag string) {
	switch tag {
	case "main":
		r.shut = true
	case "form":
		r.form = nil
	case "label":
		name(r.label, r.text.String()[min(r.labelFrom, r.text.Len()):])
	case "tr":
		name(r.row, r.text.String()[min(r.rowFrom, r.text.Len()):])
	case "textarea", "select":
		r.sel = nil
	}
}

func name(cs []*control, text string) {
	for _, c := range cs {
		if c.text == "" {
			c.text = text
		}
	}
}

// find is the form whose action is path, whatever query it carries. where asks for values
// that hidden controls of the form have, and for a button that is called so.
func (p *parsed) find(path string, where url.Values) *form {
	for _, f := range p.forms {
		action, _, _ := strings.Cut(f.action, "?")
		if action == path && f.fits(where) {
			return f
		}
	}
	return nil
}

func (f *form) fits(where url.Values) bool {
	pressed := map[string]bool{}
	for _, c := range f.controls {
		switch {
		case !where.Has(c.name):
		case c.kind == "hidden" && where.Get(c.name) != c.value:
			return false
		case c.kind == "button":
			pressed[c.name] = pressed[c.name] || c.called(where.Get(c.name))
		}
	}
	for _, ok := range pressed {
		if !ok {
			return false
		}
	}
	return true
}

// filled is the form with what was typed: over what stood in it, and only into what is
// there. A choice can be named by its value or by what is written beside it; a name that
// ends in * stands for all controls that begin so.
func (f *form) filled(typed url.Values) (url.Values, error) {
	out, known := url.Values{}, map[string]bool{}
	for _, c := range f.controls {
		vs, given := lookup(typed, c.name)
		if given != "" {
			known[given] = true
		}
		switch c.kind {
		case "button", "submit":
			if given != "" && slices.ContainsFunc(vs, c.called) {
				out.Set(c.name, c.value)
			}
		case "radio", "checkbox":
			if (given == "" && c.on) || (given != "" && slices.ContainsFunc(vs, c.called)) {
				out.Add(c.name, c.value)
			}
		case "select":
			if v, ok := c.chosen(vs, given != ""); ok {
				out.Add(c.name, v)
			} else {
				return nil, fmt.Errorf("nothing in “%s” is called %v", c.name, vs)
			}
		case "file":
		default:
			v := c.value
			if given != "" {
				v = vs[0]
			}
			if vs, ok := typed[c.name+"~"]; ok { // mended, not written anew
				v, known[c.name+"~"] = mend(v, vs[0]), true
			}
			out.Add(c.name, v)
		}
	}
	for n, vs := range typed {
		if !known[n] {
			return nil, fmt.Errorf("the form %s has no “%s”", f.action, n)
		}
		if base := strings.TrimSuffix(n, "*"); base == n && vs[0] != "" && !strings.HasSuffix(n, "~") && out.Get(n) == "" {
			return nil, fmt.Errorf("nothing in “%s” is called %v", n, vs)
		}
	}
	return out, nil
}

// mend replaces what stands in a text: “old⇒new”, several of them between ¦.
func mend(text, how string) string {
	for one := range strings.SplitSeq(how, "¦") {
		if old, new, ok := strings.Cut(one, "⇒"); ok {
			text = strings.ReplaceAll(text, old, new)
		}
	}
	return text
}

func lookup(typed url.Values, name string) ([]string, string) {
	if vs, ok := typed[name]; ok {
		return vs, name
	}
	for n, vs := range typed {
		if p, ok := strings.CutSuffix(n, "*"); ok && strings.HasPrefix(name, p) {
			return vs, n
		}
	}
	return nil, ""
}

func (c *control) called(v string) bool {
	return c.value == v || (v != "" && strings.Contains(strings.Join(strings.Fields(c.text), " "), v))
}

func (c *control) chosen(vs []string, given bool) (string, bool) {
	for _, o := range c.options {
		if given && o.value == vs[0] || !given && o.on {
			return o.value, true
		}
	}
	for _, o := range c.options {
		if given && o.called(vs[0]) {
			return o.value, true
		}
	}
	if given || len(c.options) == 0 {
		return "", !given
	}
	return c.options[0].value, true
}
