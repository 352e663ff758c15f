package file

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	"golang.org/x/exp/slog" // tusd's logger is of this type
)

// Uploads is the staging folder: what people are sending and nobody has accepted yet. It
// is on the local disk even where the Store is a bucket. An upload is three files of its
// random id: the bytes, id.info with what was said about them, and, once the caller has
// taken the bytes (which are then gone), id.done. All of it can be lost without losing
// anything that was acknowledged.
type Uploads struct {
	root *os.Root
	dir  string
	lock *memorylocker.MemoryLocker
}

// What may be staged at once. Beyond it new uploads are refused until others are finished
// or cleaned up, so that nobody fills the disk without ever finishing.
const (
	maxPerOwner = 20       // unfinished uploads of one owner
	maxStaged   = 10 << 30 // bytes announced by all unfinished uploads
)

// An Upload is one file on its way.
type Upload struct {
	ID    string            // use it as the idempotency key of the act in Done; "" in Create
	Owner string            // what Who said when it was begun
	Name  string            // file name as sent; Inspect cleans it
	Size  int64             // bytes
	Meta  map[string]string // what else the page sent with it (the case, the topic)
}

// Hooks are the caller's part. Their errors, and each *Bad that the handler itself finds,
// go to Answer.
type Hooks struct {
	// Who is at the other end: asked on every request, before any of its body is read. An
	// upload is seen and continued only by the owner who began it.
	Who func(r *http.Request) (owner string, err error)
	// Create says whether this upload may begin (which case, which post), before any of
	// its body is read.
	Create func(r *http.Request, u Upload) error
	// Done takes the whole file: inspect, put, commit. It may be called again for the same
	// ID, when the process died before the answer; so the act it does is keyed by the ID.
	Done func(r *http.Request, u Upload, body *io.SectionReader) error
	// Answer is the status and the text for an error. After a status below 500 from Done
	// the upload is forgotten; after another one it can be finished by asking again.
	Answer func(r *http.Request, err error) (status int, text string)
}

// OpenUploads opens the staging folder, which is made when it is not there.
func OpenUploads(dir string) (*Uploads, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	return &Uploads{root: root, dir: dir, lock: memorylocker.New()}, nil
}

// Close lets go of the folder.
func (u *Uploads) Close() error { return u.root.Close() }

// ownerKey is the entry of an upload's metadata that holds its owner; what a client sends
// under this name is overwritten.
const ownerKey = "shenbao-owner"

var uploadID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// errGone is what an id gets that does not exist, or not for this owner: the same.
var errGone = handler.NewError("ERR_UPLOAD_NOT_FOUND", "upload not found", http.StatusNotFound)

// info reads what was said about an upload at its beginning.
func (u *Uploads) info(id string) (Upload, error) {
	b, err := fs.ReadFile(u.root.FS(), id+".info")
	if err != nil {
		return Upload{}, err
	}
	var i handler.FileInfo
	if err := json.Unmarshal(b, &i); err != nil {
		return Upload{}, err
	}
	return staged(i), nil
}

func staged(i handler.FileInfo) Upload {
	up := Upload{ID: i.ID, Owner: i.MetaData[ownerKey], Name: i.MetaData["filename"], Size: i.Size, Meta: maps.Clone(i.MetaData)}
	delete(up.Meta, ownerKey)
	delete(up.Meta, "filename")
	return up
}

// room says whether owner may begin an upload of size bytes.
func (u *Uploads) room(owner string, size int64) error {
	all, err := fs.Glob(u.root.FS(), "*.info")
	if err != nil {
		return err
	}
	mine := 0
	for _, name := range all {
		id := strings.TrimSuffix(name, ".info")
		up, err := u.info(id)
		if err != nil || u.has(id+".done") {
			continue // just removed, or taken: no bytes
		}
		size += up.Size
		if up.Owner == owner {
			mine++
		}
	}
	if mine >= maxPerOwner {
		return bad("file-many", "most", strconv.Itoa(maxPerOwner))
	}
	if size > maxStaged {
		return bad("file-full")
	}
	return nil
}

func (u *Uploads) has(name string) bool {
	_, err := u.root.Stat(name)
	return err == nil
}

// remove forgets an upload. The bytes go first: what is left after a crash is still listed.
func (u *Uploads) remove(id string) error {
	var errs []error
	for _, name := range []string{id, id + ".done", id + ".info"} {
		if err := u.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Clean forgets uploads that nobody touched since before, finished ones included, and
// returns how many.
func (u *Uploads) Clean(before time.Time) (n int, err error) {
	all, err := fs.Glob(u.root.FS(), "*.info")
	if err != nil {
		return 0, fmt.Errorf("file: %w", err)
	}
	for _, name := range all {
		id := strings.TrimSuffix(name, ".info")
		last := time.Time{}
		for _, f := range []string{name, id, id + ".done"} {
			if i, err := u.root.Stat(f); err == nil && i.ModTime().After(last) {
				last = i.ModTime()
			}
		}
		if !last.Before(before) {
			continue
		}
		if err := u.remove(id); err != nil {
			return n, fmt.Errorf("file: %w", err)
		}
		n++
	}
	return n, nil
}

// Handler speaks the tus 1.0.0 protocol (creation, termination) under prefix, such as
// "/uploads/". Nothing that was sent can be fetched from it. Uploads of unknown length,
// joined uploads and overridden methods are refused.
func (u *Uploads) Handler(prefix string, h Hooks) (http.Handler, error) {
	store := filestore.FileStore{Path: u.dir, DirModePerm: 0o700, FileModePerm: 0o600}
	parts := handler.NewStoreComposer()
	parts.UseCore(store)
	parts.UseTerminater(store)
	parts.UseLocker(u.lock)
	s := &staging{Uploads: u, hooks: h, prefix: prefix}
	tus, err := handler.NewHandler(handler.Config{
		StoreComposer:             parts,
		MaxSize:                   MaxSize,
		BasePath:                  prefix,
		DisableDownload:           true,
		DisableConcatenation:      true,
		Cors:                      &handler.CorsConfig{Disable: true},
		Logger:                    slog.New(slog.NewTextHandler(io.Discard, nil)),
		PreUploadCreateCallback:   s.create,
		PreFinishResponseCallback: s.finish,
	})
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	s.tus = tus
	return http.StripPrefix(strings.TrimSuffix(prefix, "/"), s), nil
}

// staging is one mounted handler.
type staging struct {
	*Uploads
	hooks  Hooks
	prefix string
	tus    http.Handler
}

// requestKey holds, in the context that tusd hands to its callbacks, the request and its owner.
type requestKey struct{}

type request struct {
	*http.Request
	owner string
	said  bool // an error text was written by Answer
}

func (s *staging) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	owner, err := s.hooks.Who(r)
	if err == nil && owner == "" {
		err = errors.New("file: an upload without an owner would be everybody's")
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	r.Header.Del("X-HTTP-Method-Override")
	q := &request{Request: r, owner: owner}
	r = r.WithContext(context.WithValue(r.Context(), requestKey{}, q))
	w = &reply{ResponseWriter: w, s: s, q: q}
	id := strings.Trim(r.URL.Path, "/")
	if id == "" {
		if n, err := strconv.ParseInt(r.Header.Get("Upload-Length"), 10, 64); err == nil && n > MaxSize {
			s.refuse(w, r, tooBig())
			return
		}
		s.tus.ServeHTTP(w, r)
		return
	}
	up, err := s.find(id, owner)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		http.Error(w, errGone.Error(), http.StatusNotFound)
	case err != nil:
		s.refuse(w, r, err)
	case r.Method == http.MethodHead:
		s.head(w, r, up)
	default:
		s.tus.ServeHTTP(w, r)
	}
}

// find is the upload of this id and owner.
func (s *staging) find(id, owner string) (Upload, error) {
	if !uploadID.MatchString(id) {
		return Upload{}, fs.ErrNotExist
	}
	up, err := s.info(id)
	if err == nil && up.Owner != owner {
		return Upload{}, fs.ErrNotExist
	}
	return up, err
}

// head answers how far an upload has come. A client that asks and hears “all of it” takes
// that for success, so it must not hear it before Done has succeeded: when all bytes are
// here but the answer to the last request was lost, or the process died, Done is called
// now; and when it had succeeded, the client learns that although the bytes are gone.
func (s *staging) head(w http.ResponseWriter, r *http.Request, up Upload) {
	lock, err := s.lock.NewLock(up.ID)
	if err == nil {
		err = lock.Lock(r.Context(), func() {})
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	i, err := s.root.Stat(up.ID)
	if err == nil && i.Size() == up.Size && !s.has(up.ID+".done") {
		err = s.take(r, up)
	}
	done := s.has(up.ID + ".done")
	if unlock := lock.Unlock(); err == nil {
		err = unlock
	}
	switch {
	case done:
		w.Header().Set("Tus-Resumable", "1.0.0")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Upload-Offset", strconv.FormatInt(up.Size, 10))
		w.Header().Set("Upload-Length", strconv.FormatInt(up.Size, 10))
		w.WriteHeader(http.StatusOK)
	case errors.Is(err, fs.ErrNotExist):
		http.Error(w, errGone.Error(), http.StatusNotFound)
	case err != nil:
		s.refuse(w, r, err)
	default:
		s.tus.ServeHTTP(w, r)
	}
}

// take gives the whole file to the caller, and keeps only a mark when it was accepted.
// The caller of take holds the lock of the upload.
func (s *staging) take(r *http.Request, up Upload) error {
	f, err := s.root.Open(up.ID)
	if err != nil {
		return err
	}
	err = s.hooks.Done(r, up, io.NewSectionReader(f, 0, up.Size))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		if status, _ := s.hooks.Answer(r, err); status < 500 {
			if rm := s.remove(up.ID); rm != nil {
				err = errors.Join(err, rm)
			}
		}
		return err
	}
	mark, err := s.root.Create(up.ID + ".done")
	if err != nil {
		return err
	}
	return errors.Join(mark.Close(), s.root.Remove(up.ID))
}

// create is tusd's callback before an upload begins; no byte of the body has been read.
func (s *staging) create(e handler.HookEvent) (handler.HTTPResponse, handler.FileInfoChanges, error) {
	var changes handler.FileInfoChanges
	q := e.Context.Value(requestKey{}).(*request)
	meta := maps.Clone(e.Upload.MetaData)
	if meta == nil {
		meta = handler.MetaData{}
	}
	meta[ownerKey] = q.owner
	i := e.Upload
	i.MetaData = meta
	err := s.room(q.owner, i.Size)
	if err == nil {
		err = s.hooks.Create(q.Request, staged(i))
	}
	if err != nil {
		return handler.HTTPResponse{}, changes, s.tell(q, err)
	}
	changes.MetaData = meta
	return handler.HTTPResponse{}, changes, nil
}

// finish is tusd's callback when all bytes are here; it holds the lock of the upload.
func (s *staging) finish(e handler.HookEvent) (handler.HTTPResponse, error) {
	q := e.Context.Value(requestKey{}).(*request)
	if err := s.take(q.Request, staged(e.Upload)); err != nil {
		return handler.HTTPResponse{}, s.tell(q, err)
	}
	return handler.HTTPResponse{}, nil
}

// tell makes an error of the hooks one that tusd sends on.
func (s *staging) tell(q *request, err error) error {
	status, text := s.hooks.Answer(q.Request, err)
	q.said = true
	return handler.Error{ErrorCode: "ERR_REFUSED", Message: text, HTTPResponse: handler.HTTPResponse{
		StatusCode: status, Body: text, Header: handler.HTTPHeader{"Content-Type": "text/plain; charset=utf-8"}}}
}

func (s *staging) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, text := s.hooks.Answer(r, err)
	if p, ok := w.(*reply); ok {
		p.q.said = true
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		io.WriteString(w, text) // the client is gone when this fails
	}
}

// reply makes the Location a path, since behind a proxy the process does not know its own
// scheme and host, and keeps tusd's own failures, which name paths on the disk, from
// being sent: Answer says them.
type reply struct {
	http.ResponseWriter
	s     *staging
	q     *request
	muted bool
}

func (p *reply) Unwrap() http.ResponseWriter { return p.ResponseWriter }

func (p *reply) WriteHeader(status int) {
	h := p.Header()
	if at := h.Get("Location"); at != "" {
		h.Set("Location", p.s.prefix+at[strings.LastIndex(at, "/")+1:])
	}
	if status < 500 || status == http.StatusNotImplemented || p.q.said {
		p.ResponseWriter.WriteHeader(status)
		return
	}
	status, text := p.s.hooks.Answer(p.q.Request, errStaging)
	h.Del("Content-Length")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	p.ResponseWriter.WriteHeader(status)
	p.muted = true
	if p.q.Method != http.MethodHead {
		io.WriteString(p.ResponseWriter, text) // the client is gone when this fails
	}
}

func (p *reply) Write(b []byte) (int, error) {
	if p.muted {
		return len(b), nil
	}
	return p.ResponseWriter.Write(b)
}

// errStaging stands for what went wrong in the staging folder.
var errStaging = errors.New("file: staging failed")
