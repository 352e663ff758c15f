package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// Info is what Inspect found out about a file.
type Info struct {
	Name  string // the name as it may be kept and shown, see CleanName
	Type  string // media type, by the content
	Pages int    // of a PDF; 1 for a picture; 0 where it is not known without laying it out
}

// A form is a kind of file that is taken, by the end of its name.
type form struct {
	mime  string
	magic string // the first bytes, at offset 0 and nowhere else
	check func(ctx context.Context, r io.ReaderAt, size int64) (pages int, err error)
}

var forms = map[string]form{
	".pdf":  {"application/pdf", "%PDF-", checkPDF},
	".jpg":  {"image/jpeg", "\xFF\xD8\xFF", checkJPEG},
	".jpeg": {"image/jpeg", "\xFF\xD8\xFF", checkJPEG},
	".png":  {"image/png", pngMagic, checkPNG},
	".docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", zipMagic, office("docx", "word/document.xml")},
	".xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", zipMagic, office("xlsx", "xl/workbook.xml")},
	".ofd":  {"application/ofd", zipMagic, office("ofd", "OFD.xml")},
}

// old are endings of programs that write a newer form too; the sentence says which.
var old = map[string]string{".doc": "docx", ".wps": "docx", ".rtf": "docx", ".xls": "xlsx", ".et": "xlsx", ".ppt": "pdf", ".pptx": "pdf",
	".dps": "pdf", ".tif": "pdf", ".tiff": "pdf", ".bmp": "jpg", ".gif": "jpg", ".webp": "jpg", ".heic": "jpg"}

// Inspect says what a file is, or in a *Bad why it may not be kept. The end of name says
// what it claims to be, its bytes say what it is, and the two must agree. Anything that
// runs by itself, reaches out, is two things at once or grows without measure is refused;
// what passes is still only ever sent as an attachment (Disposition), with Info.Type.
// Errors that are not a *Bad are ours: the file may be right.
func Inspect(ctx context.Context, r io.ReaderAt, size int64, name string) (Info, error) {
	name = CleanName(name)
	ext := strings.ToLower(path.Ext(name))
	f, ok := forms[ext]
	switch {
	case size == 0:
		return Info{}, bad("file-empty", "name", name)
	case size > MaxSize:
		return Info{}, tooBig()
	case old[ext] != "":
		return Info{}, bad("file-type-old", "ext", ext[1:], "new", old[ext])
	case !ok:
		return Info{}, bad("file-type", "name", name)
	}
	head, err := part(r, 0, min(size, 3072))
	if err != nil {
		return Info{}, err
	}
	if !bytes.HasPrefix(head, []byte(f.magic)) {
		return Info{}, bad("file-mismatch", "ext", ext[1:], "found", mimetype.Detect(head).String())
	}
	if f.magic != zipMagic {
		if err := alone(r, size, head); err != nil {
			return Info{}, err
		}
	}
	pages, err := f.check(ctx, r, size)
	if err != nil {
		return Info{}, err
	}
	return Info{Name: name, Type: f.mime, Pages: pages}, nil
}

func tooBig() *Bad { return bad("file-too-big", "mb", strconv.FormatInt(MaxSize>>20, 10)) }

func damaged(detail string) *Bad { return bad("file-damaged", "detail", detail) }

// alone refuses a file that is also something else: a page for a browser that guesses, or
// a ZIP archive, which is found from its end and does not mind what stands before it.
func alone(r io.ReaderAt, size int64, head []byte) error {
	tail, err := part(r, max(0, size-zipTail), min(size, zipTail))
	if err != nil {
		return err
	}
	if what := markup(head[:min(len(head), 1024)]); what != "" {
		return bad("file-two", "what", what)
	}
	if what := markup(tail[max(0, len(tail)-1024):]); what != "" {
		return bad("file-two", "what", what)
	}
	for at := tail; ; {
		i := bytes.Index(at, []byte(zipEnd))
		if i < 0 {
			return nil
		}
		// disk numbers 0, 0: four random bytes look like the mark once in many files,
		// eight never do
		if at = at[i+4:]; bytes.HasPrefix(at, []byte{0, 0, 0, 0}) {
			return bad("file-two", "what", "ZIP")
		}
	}
}

// markup names what a browser would take b for, or "".
func markup(b []byte) string {
	b = bytes.ToLower(bytes.ReplaceAll(b, []byte{0}, nil)) // UTF-16 too
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<svg", "<object", "<embed",
		"<?xml-stylesheet", "<?php", "<%@", "mime-version:"} {
		if bytes.Contains(b, []byte(tag)) {
			return strings.Trim(strings.ToUpper(tag), "<!?:%@")
		}
	}
	return ""
}

// part reads n bytes at offset off, all of them.
func part(r io.ReaderAt, off, n int64) ([]byte, error) {
	b := make([]byte, n)
	if k, err := r.ReadAt(b, off); int64(k) < n {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("file: read at %d: %w", off, err)
	}
	return b, nil
}
