package file_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"shenbao/internal/file"
)

// A desk is what a caller does around uploads: people are known by a header, cases by
// metadata, and done files are kept in memory.
type desk struct {
	t      *testing.T
	dir    string
	staged *file.Uploads
	http.Handler
	done map[string]string // name → body
	with file.Upload       // the last one that was done
	fail error             // what Done answers
	runs int
}

var (
	errAnonymous = errors.New("请先登录")
	errForeign   = errors.New("不是您的申报")
	errHostile   = errors.New("文件不能接收")
	errDown      = errors.New("database is down at 10.0.0.7")
)

func newDesk(t *testing.T, dir string) *desk {
	t.Helper()
	u, err := file.OpenUploads(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.Close() })
	d := &desk{t: t, dir: dir, staged: u, done: map[string]string{}}
	d.Handler, err = u.Handler("/uploads/", file.Hooks{
		Who: func(r *http.Request) (string, error) {
			if who := r.Header.Get("X-Person"); who != "" {
				return who, nil
			}
			return "", errAnonymous
		},
		Create: func(_ *http.Request, up file.Upload) error {
			if up.Meta["case"] != "A1" {
				return errForeign
			}
			return nil
		},
		Done: func(r *http.Request, up file.Upload, body *io.SectionReader) error {
			d.runs++
			if d.fail != nil {
				return d.fail
			}
			b, err := io.ReadAll(body)
			d.done[up.Name], d.with = string(b), up
			return err
		},
		Answer: func(_ *http.Request, err error) (int, string) {
			var bad *file.Bad
			switch {
			case errors.Is(err, errAnonymous):
				return 401, err.Error()
			case errors.Is(err, errForeign):
				return 403, err.Error()
			case errors.Is(err, errHostile):
				return 422, err.Error()
			case errors.As(err, &bad):
				return 422, bad.Kind
			}
			return 503, "请稍后再试"
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// watched is a body that knows whether anyone read it.
type watched struct {
	io.Reader
	read bool
}

func (w *watched) Read(p []byte) (int, error) { w.read = true; return w.Reader.Read(p) }

// do sends one request; headers are name, value, name, value…
func (d *desk) do(method, path, person, body string, headers ...string) (*http.Response, string, bool) {
	w := &watched{Reader: strings.NewReader(body)}
	r := httptest.NewRequest(method, path, w)
	r.ContentLength = int64(len(body))
	r.Header.Set("Tus-Resumable", "1.0.0")
	if person != "" {
		r.Header.Set("X-Person", person)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	d.ServeHTTP(rec, r)
	return rec.Result(), rec.Body.String(), w.read
}

func meta(pairs ...string) string {
	var all []string
	for i := 0; i+1 < len(pairs); i += 2 {
		all = append(all, pairs[i]+" "+base64.StdEncoding.EncodeToString([]byte(pairs[i+1])))
	}
	return strings.Join(all, ",")
}

func (d *desk) begin(person string, size int) string {
	d.t.Helper()
	res, body, _ := d.do("POST", "/uploads/", person, "", "Upload-Length", strconv.Itoa(size), "Upload-Metadata", meta("filename", "证书.pdf", "case", "A1"))
	if res.StatusCode != 201 {
		d.t.Fatalf("begin: %d %s", res.StatusCode, body)
	}
	return res.Header.Get("Location")
}

func (d *desk) patch(at, person, offset, body string) (int, string) {
	res, text, _ := d.do("PATCH", at, person, body, "Upload-Offset", offset, "Content-Type", "application/offset+octet-stream")
	return res.StatusCode, text
}

// TestUploadResumes: half, ask, the rest; the caller gets the whole once, and a client that
// lost the last answer learns that all is well, though the staged bytes are gone.
func TestUploadResumes(t *testing.T) {
	d := newDesk(t, t.TempDir())
	at := d.begin("wang", 10)
	if !strings.HasPrefix(at, "/uploads/") {
		t.Errorf("Location %q names a host that a proxy may not have", at)
	}
	if code, text := d.patch(at, "wang", "0", "01234"); code != 204 {
		t.Fatalf("first half: %d %s", code, text)
	}
	res, _, _ := d.do("HEAD", at, "wang", "")
	if res.StatusCode != 200 || res.Header.Get("Upload-Offset") != "5" || d.runs != 0 {
		t.Fatalf("half-way: %d, offset %s, done %d times", res.StatusCode, res.Header.Get("Upload-Offset"), d.runs)
	}
	if code, _ := d.patch(at, "wang", "0", "01234"); code != 409 {
		t.Errorf("the first half again: %d, want 409", code)
	}
	if code, text := d.patch(at, "wang", "5", "56789"); code != 204 {
		t.Fatalf("second half: %d %s", code, text)
	}
	want := file.Upload{ID: strings.TrimPrefix(at, "/uploads/"), Owner: "wang", Name: "证书.pdf", Size: 10}
	if got := d.with; got.ID != want.ID || got.Owner != want.Owner || got.Name != want.Name || got.Size != want.Size || len(got.Meta) != 1 || got.Meta["case"] != "A1" {
		t.Errorf("Done got %+v, want %+v", got, want)
	}
	if d.done["证书.pdf"] != "0123456789" {
		t.Errorf("Done got %q", d.done)
	}
	for range 2 {
		res, _, _ = d.do("HEAD", at, "wang", "")
		if res.StatusCode != 200 || res.Header.Get("Upload-Offset") != "10" || res.Header.Get("Upload-Length") != "10" || d.runs != 1 {
			t.Errorf("after the end: %d, offset %s, done %d times", res.StatusCode, res.Header.Get("Upload-Offset"), d.runs)
		}
	}
	if code, _ := d.patch(at, "wang", "10", ""); code != 404 {
		t.Errorf("more after the end: %d", code)
	}
	if _, err := os.Stat(filepath.Join(d.dir, want.ID)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the bytes are still staged: %v", err)
	}
}

// TestUploadRefusedBeforeBody is U09: who may not send is told before a byte is read.
func TestUploadRefusedBeforeBody(t *testing.T) {
	d := newDesk(t, t.TempDir())
	own := d.begin("wang", 5)
	ours := meta("filename", "x.pdf", "case", "A1")
	post := []string{"Content-Type", "application/offset+octet-stream", "Upload-Length", "5", "Upload-Metadata"}
	patch := []string{"Content-Type", "application/offset+octet-stream", "Upload-Offset", "0"}
	for _, c := range []struct {
		what, method, path, person string
		status                     int
		text                       string
		headers                    []string
	}{
		{"anonymous", "POST", "/uploads/", "", 401, errAnonymous.Error(), append(post, ours)},
		{"anonymous goes on", "PATCH", own, "", 401, errAnonymous.Error(), patch},
		{"anonymous asks", "HEAD", own, "", 401, "", nil},
		{"foreign case", "POST", "/uploads/", "wang", 403, errForeign.Error(), append(post, meta("case", "B1"))},
		{"no case", "POST", "/uploads/", "wang", 403, errForeign.Error(), append(post, "")},
		{"too big", "POST", "/uploads/", "wang", 422, "file-too-big", []string{"Upload-Length", strconv.FormatInt(file.MaxSize+1, 10), "Upload-Metadata", ours}},
		{"another's", "PATCH", own, "li", 404, "ERR_UPLOAD_NOT_FOUND", patch},
		{"another's", "DELETE", own, "li", 404, "ERR_UPLOAD_NOT_FOUND", nil},
		{"another's", "HEAD", own, "li", 404, "", nil},
		{"nobody's", "PATCH", "/uploads/" + strings.Repeat("0", 32), "li", 404, "ERR_UPLOAD_NOT_FOUND", patch},
		{"a path", "PATCH", "/uploads/..%2F..%2Fetc%2Fpasswd", "li", 404, "ERR_UPLOAD_NOT_FOUND", patch},
		{"the info", "HEAD", own + ".info", "wang", 404, "", nil},
		{"overridden", "POST", own, "wang", 405, "", []string{"X-HTTP-Method-Override", "DELETE"}},
		{"download", "GET", own, "wang", 405, "", nil},
		{"unknown length", "POST", "/uploads/", "wang", 501, "", []string{"Upload-Defer-Length", "1", "Upload-Metadata", ours}},
		{"negative", "POST", "/uploads/", "wang", 400, "", []string{"Upload-Length", "-1", "Upload-Metadata", ours}},
	} {
		res, text, read := d.do(c.method, c.path, c.person, "hello", c.headers...)
		if res.StatusCode != c.status || read || !strings.Contains(text, c.text) || (c.method == "HEAD" && text != "" && c.status == 401) {
			t.Errorf("%s: %s %s: %d %q, body read %v; want %d %q", c.what, c.method, c.path, res.StatusCode, text, read, c.status, c.text)
		}
	}
	if code, text := d.patch(own, "wang", "0", "hello"); code != 204 || d.done["证书.pdf"] != "hello" {
		t.Errorf("the owner, after all that: %d %s", code, text)
	}
}

func TestUploadLongerThanSaid(t *testing.T) {
	d := newDesk(t, t.TempDir())
	at := d.begin("wang", 5)
	if code, _ := d.patch(at, "wang", "0", "hello, and more"); code != 413 || d.runs != 0 {
		t.Errorf("%d, done %d times", code, d.runs)
	}
}

// TestUploadOwner: what a client writes into the metadata does not make it somebody else.
func TestUploadOwner(t *testing.T) {
	d := newDesk(t, t.TempDir())
	res, _, _ := d.do("POST", "/uploads/", "li", "", "Upload-Length", "1", "Upload-Metadata", meta("shenbao-owner", "wang", "case", "A1", "filename", "x"))
	at := res.Header.Get("Location")
	if code, _ := d.patch(at, "wang", "0", "x"); code != 404 {
		t.Errorf("wang: %d", code)
	}
	if code, _ := d.patch(at, "li", "0", "x"); code != 204 || d.with.Owner != "li" {
		t.Errorf("li: %d, owner %q", code, d.with.Owner)
	}
}

// TestUploadRefusedAtEnd: a file that may not be kept is forgotten with its sentence.
func TestUploadRefusedAtEnd(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.fail = errHostile
	at := d.begin("wang", 3)
	if code, text := d.patch(at, "wang", "0", "bad"); code != 422 || text != errHostile.Error() {
		t.Errorf("%d %q", code, text)
	}
	if res, _, _ := d.do("HEAD", at, "wang", ""); res.StatusCode != 404 {
		t.Errorf("asked again: %d", res.StatusCode)
	}
	if left, err := os.ReadDir(d.dir); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestUploadFinishedLater: when the act at the end fails for a reason of ours, or the
// process dies before it, nothing need be sent again.
func TestUploadFinishedLater(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.fail = errDown
	at := d.begin("wang", 4)
	if code, text := d.patch(at, "wang", "0", "good"); code != 503 || strings.Contains(text, "10.0.0.7") {
		t.Errorf("%d %q", code, text)
	}
	if res, _, _ := d.do("HEAD", at, "wang", ""); res.StatusCode != 503 {
		t.Errorf("still down: %d, and the client would take 200 for success", res.StatusCode)
	}
	later := newDesk(t, d.dir) // the next process
	res, _, _ := later.do("HEAD", at, "wang", "")
	if res.StatusCode != 200 || res.Header.Get("Upload-Offset") != "4" || later.done["证书.pdf"] != "good" || later.runs != 1 {
		t.Errorf("up again: %d, offset %s, %v", res.StatusCode, res.Header.Get("Upload-Offset"), later.done)
	}
}

func TestUploadCancelled(t *testing.T) {
	d := newDesk(t, t.TempDir())
	at := d.begin("wang", 4)
	if res, _, _ := d.do("DELETE", at, "wang", ""); res.StatusCode != 204 {
		t.Errorf("%d", res.StatusCode)
	}
	if left, err := os.ReadDir(d.dir); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestUploadMany is U10: staging is not a place to keep things.
func TestUploadMany(t *testing.T) {
	d := newDesk(t, t.TempDir())
	var last string
	for range 20 {
		last = d.begin("wang", int(file.MaxSize))
	}
	post := func(who string) (int, string) {
		res, text, _ := d.do("POST", "/uploads/", who, "", "Upload-Length", strconv.FormatInt(file.MaxSize, 10), "Upload-Metadata", meta("case", "A1"))
		return res.StatusCode, text
	}
	if code, text := post("wang"); code != 422 || text != "file-many" {
		t.Errorf("one more: %d %s", code, text)
	}
	if code, text := post("li"); code != 201 {
		t.Errorf("another person: %d %s", code, text)
	}
	if res, _, _ := d.do("DELETE", last, "wang", ""); res.StatusCode != 204 {
		t.Fatal(res.StatusCode)
	}
	if code, text := post("wang"); code != 201 {
		t.Errorf("after one was cancelled: %d %s", code, text)
	}
	for i := 0; ; i++ { // 10 GB announced
		code, text := post(fmt.Sprintf("p%d", i))
		if code == 201 && i < 200 {
			continue
		}
		if code != 422 || text != "file-full" || i != 10*16-21 {
			t.Errorf("upload %d: %d %s", i+21, code, text)
		}
		return
	}
}

// TestUploadsClean: what nobody touched goes, finished or not; the rest stays.
func TestUploadsClean(t *testing.T) {
	d := newDesk(t, t.TempDir())
	stale, finished, fresh := d.begin("wang", 5), d.begin("wang", 2), d.begin("wang", 5)
	d.patch(finished, "wang", "0", "ok")
	then := time.Now().Add(-8 * 24 * time.Hour)
	all, err := os.ReadDir(d.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if !strings.HasPrefix("/uploads/"+e.Name(), fresh) {
			if err := os.Chtimes(filepath.Join(d.dir, e.Name()), then, then); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n, err := d.staged.Clean(time.Now().Add(-7 * 24 * time.Hour)); n != 2 || err != nil {
		t.Errorf("Clean: %d, %v; want 2", n, err)
	}
	for at, want := range map[string]int{stale: 404, finished: 404, fresh: 200} {
		if res, _, _ := d.do("HEAD", at, "wang", ""); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", at, res.StatusCode, want)
		}
	}
	if left, err := os.ReadDir(d.dir); err != nil || len(left) != 2 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestUploadsBroken: when the disk fails, the answer is a sentence and not a path.
func TestUploadsBroken(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "staging"))
	if err := os.RemoveAll(d.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(d.dir, nil, 0o600); err != nil { // not a folder any more
		t.Fatal(err)
	}
	res, text, _ := d.do("POST", "/uploads/", "wang", "", "Upload-Length", "5", "Upload-Metadata", meta("case", "A1"))
	if res.StatusCode != 503 || text != "请稍后再试" {
		t.Errorf("%d %q", res.StatusCode, text)
	}
}

// TestUploadOverHTTP: the same over a connection, with a body that breaks off.
func TestUploadOverHTTP(t *testing.T) {
	d := newDesk(t, t.TempDir())
	srv := httptest.NewServer(d)
	defer srv.Close()
	at := d.begin("wang", 100_000)
	send := func(offset int, body io.Reader, n int64) (*http.Response, error) {
		r, err := http.NewRequestWithContext(t.Context(), "PATCH", srv.URL+at, body)
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = n
		for k, v := range map[string]string{"Tus-Resumable": "1.0.0", "X-Person": "wang", "Upload-Offset": strconv.Itoa(offset), "Content-Type": "application/offset+octet-stream"} {
			r.Header.Set(k, v)
		}
		res, err := http.DefaultClient.Do(r)
		if err == nil {
			res.Body.Close()
		}
		return res, err
	}
	whole := strings.Repeat("0123456789", 10_000)
	broken := errors.New("cable pulled")
	if _, err := send(0, io.MultiReader(strings.NewReader(whole[:40_000]), failing{broken}), 100_000); !errors.Is(err, broken) {
		t.Fatalf("a request that breaks off: %v", err)
	}
	for tries := 1; ; tries++ { // the broken request may still be writing: ask, go on, ask again, as clients do
		res, _, _ := d.do("HEAD", at, "wang", "")
		offset, err := strconv.Atoi(res.Header.Get("Upload-Offset"))
		if err != nil || offset > 40_000 || d.runs != 0 {
			t.Fatalf("offset %q, %v, done %d times", res.Header.Get("Upload-Offset"), err, d.runs)
		}
		res, err = send(offset, strings.NewReader(whole[offset:]), int64(len(whole)-offset))
		if err == nil && res.StatusCode == 204 {
			break
		}
		if err != nil || res.StatusCode != 409 || tries == 5 {
			t.Fatalf("the rest from %d: %v, %v", offset, res, err)
		}
	}
	if d.done["证书.pdf"] != whole {
		t.Errorf("Done got %d bytes", len(d.done["证书.pdf"]))
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
