package file

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
)

const (
	zipMagic = "PK\x03\x04"
	zipEnd   = "PK\x05\x06"
	zipTail  = 22 + 65535 // where the end record of an archive can begin, from the end of the file
)

// A budget is how far an archive may grow, counted while it is inflated: what its
// directory says about sizes is not believed.
type budget struct {
	entries    int
	entry, sum int64   // inflated bytes of one entry, of all
	ratio      float64 // inflated to packed, beyond the first megabyte of an entry
	directory  int64   // bytes of the directory, before it is read into memory
}

// An official scan in OFD or DOCX holds pictures, which hardly shrink; text shrinks to a
// tenth. DEFLATE reaches 1,032 with zeros only.
var evidence = budget{entries: 5000, entry: 128 << 20, sum: 256 << 20, ratio: 250, directory: 2 << 20}

// office checks a document that is a ZIP archive with the part main.
func office(ext, main string) func(context.Context, io.ReaderAt, int64) (int, error) {
	return func(ctx context.Context, r io.ReaderAt, size int64) (int, error) {
		z, err := openZip(r, size, evidence)
		if err != nil {
			return 0, err
		}
		if _, err := fs.Stat(z, main); err != nil {
			return 0, bad("file-mismatch", "ext", ext, "found", "ZIP")
		}
		return 0, inflate(ctx, z, evidence)
	}
}

// openZip reads the directory of an archive that is nothing but an archive: begins with an
// entry, ends with its end record, and the directory stands right before that. Two readers
// that look in different places then see the same entries.
func openZip(r io.ReaderAt, size int64, b budget) (*zip.Reader, error) {
	entries, length, err := directory(r, size)
	switch {
	case err != nil:
		return nil, err
	case entries > uint64(b.entries) || length > uint64(b.directory):
		return nil, bad("file-bomb")
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are checked below
		return nil, damaged(err.Error())
	}
	return z, names(z)
}

// directory reads the end record: how many entries there are, and how many bytes about them.
// Some programs (Apache POI) write the 64-bit form of it for small files too; it stands
// between the directory and the short form.
func directory(r io.ReaderAt, size int64) (entries, length uint64, err error) {
	tail, err := part(r, max(0, size-zipTail), min(size, zipTail))
	if err != nil {
		return 0, 0, err
	}
	i := bytes.LastIndex(tail, []byte(zipEnd))
	if i < 0 || len(tail)-i < 22 || len(tail)-i != 22+int(binary.LittleEndian.Uint16(tail[i+20:])) {
		return 0, 0, damaged("ZIP")
	}
	end := tail[i:]
	entries, length = uint64(binary.LittleEndian.Uint16(end[10:])), uint64(binary.LittleEndian.Uint32(end[12:]))
	offset, stop := uint64(binary.LittleEndian.Uint32(end[16:])), uint64(size)-uint64(len(end))
	const long = 56 + 20 // end record of 64 bits and the pointer to it
	if i >= long && string(tail[i-20:i-16]) == "PK\x06\x07" {
		end = tail[i-long:]
		stop -= long
		if string(end[:4]) != "PK\x06\x06" || binary.LittleEndian.Uint64(end[56+8:]) != stop {
			return 0, 0, damaged("ZIP64")
		}
		entries, length, offset = binary.LittleEndian.Uint64(end[32:]), binary.LittleEndian.Uint64(end[40:]), binary.LittleEndian.Uint64(end[48:])
	}
	if length > stop || offset != stop-length {
		return 0, 0, damaged("ZIP")
	}
	return entries, length, nil
}

// names checks what the entries are called and what they are, before any is opened.
func names(z *zip.Reader) error {
	seen := map[string]bool{}
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, "/")
		low := strings.ToLower(name)
		switch {
		case !fs.ValidPath(name) || strings.ContainsAny(name, "\\:\x00") || seen[low]:
			return bad("file-zip-name", "name", CleanName(name))
		case f.Mode()&fs.ModeType != 0 && !f.Mode().IsDir():
			return bad("file-zip-name", "name", CleanName(name))
		case f.Flags&1 != 0:
			return bad("file-locked")
		}
		seen[low] = true
		if what := runs(low); what != "" {
			return bad("file-active", "what", what)
		}
		if strings.HasPrefix(low, "xl/externallinks/") {
			return bad("file-external", "what", path.Base(name))
		}
	}
	return nil
}

// runs names the program that a part of a document is, or "".
func runs(low string) string {
	switch {
	case strings.Contains(low, "vbaproject") || strings.Contains(low, "vbadata"):
		return "VBA"
	case strings.Contains(low, "/activex/"):
		return "ActiveX"
	case strings.Contains(low, "/macrosheets/") || strings.Contains(low, "/dialogsheets/"):
		return "Excel 4.0"
	}
	switch path.Ext(low) {
	case ".exe", ".dll", ".com", ".scr", ".msi", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta", ".bat", ".cmd", ".ps1", ".lnk", ".jar",
		".htm", ".html", ".mht", ".mhtml", ".swf":
		return path.Base(low)
	}
	return ""
}

// inflate reads every entry against the budget and looks into the XML among them.
func inflate(ctx context.Context, z *zip.Reader, b budget) error {
	var sum int64
	for _, f := range z.File {
		n, err := inflateEntry(ctx, f, b)
		if err != nil {
			return err
		}
		if sum += n; sum > b.sum {
			return bad("file-bomb")
		}
	}
	return nil
}

func inflateEntry(ctx context.Context, f *zip.File, b budget) (int64, error) {
	rc, err := f.Open()
	if err != nil {
		return 0, damaged(err.Error())
	}
	defer rc.Close()
	most := min(b.entry, int64(b.ratio*float64(f.CompressedSize64))+1<<20)
	in := io.LimitReader(ctxReader{ctx, rc}, most+1)
	var n int64
	switch low := strings.ToLower(f.Name); {
	case strings.HasSuffix(low, ".rels"):
		n, err = relations(in)
	case strings.HasSuffix(low, ".xml") || strings.HasSuffix(low, ".vml"):
		n, err = scanXML(in)
	default:
		n, err = io.Copy(io.Discard, in)
	}
	var no *Bad
	switch {
	case n > most:
		return n, bad("file-bomb")
	case errors.As(err, &no) || ctx.Err() != nil:
		return n, err
	case err != nil:
		return n, damaged(f.Name + ": " + err.Error())
	}
	return n, nil
}

// forbidden in XML: a document type with its entities (XXE, billion laughs), inclusion of
// other files, and the media types of documents with macros, whatever the parts are called.
var forbidden = []struct{ mark, kind, what string }{
	{"<!DOCTYPE", "file-entities", "DOCTYPE"},
	{"<!ENTITY", "file-entities", "ENTITY"},
	{"http://www.w3.org/2001/XInclude", "file-entities", "XInclude"},
	{"macroEnabled", "file-active", "VBA"},
	{"vnd.ms-office.vbaProject", "file-active", "VBA"},
	{"vnd.ms-office.activeX", "file-active", "ActiveX"},
}

// scanXML looks for what is forbidden without parsing; zero bytes are dropped, so that
// UTF-16 hides nothing.
func scanXML(r io.Reader) (n int64, err error) {
	const keep = 64 // longer than any mark
	buf := make([]byte, 0, 64<<10+keep)
	chunk := make([]byte, 64<<10)
	for {
		k, rerr := r.Read(chunk)
		n += int64(k)
		for _, c := range chunk[:k] {
			if c != 0 {
				buf = append(buf, c)
			}
		}
		for _, no := range forbidden {
			if bytes.Contains(buf, []byte(no.mark)) {
				return n, bad(no.kind, "what", no.what)
			}
		}
		if len(buf) > keep {
			buf = append(buf[:0], buf[len(buf)-keep:]...)
		}
		if rerr == io.EOF {
			return n, nil
		}
		if rerr != nil {
			return n, rerr
		}
	}
}

// relations reads a .rels part: what a document loads from elsewhere when it is opened
// (a template, a linked picture or object) is refused; a link that one must click is not.
func relations(r io.Reader) (int64, error) {
	const most = 8 << 20
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return int64(len(b)), err
	}
	if len(b) > most {
		return int64(len(b)), bad("file-bomb")
	}
	if _, err := scanXML(bytes.NewReader(b)); err != nil {
		return int64(len(b)), err
	}
	var rels struct {
		Relationship []struct {
			Type   string `xml:",attr"`
			Target string `xml:",attr"`
			Mode   string `xml:"TargetMode,attr"`
		}
	}
	if err := xml.Unmarshal(b, &rels); err != nil {
		return int64(len(b)), err
	}
	for _, rel := range rels.Relationship {
		kind := path.Base(rel.Type)
		if strings.EqualFold(rel.Mode, "External") && kind != "hyperlink" && !ownDrive(rel.Target) {
			return int64(len(b)), bad("file-external", "what", kind)
		}
	}
	return int64(len(b)), nil
}

// ownDrive reports whether a target lies on a drive of the computer that opens it, as the
// template of many an office does (file:///C:\…\Normal.dotm): nothing is fetched.
func ownDrive(target string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(target), "file:///")
	return ok && len(rest) > 2 && rest[0] >= 'a' && rest[0] <= 'z' && rest[1] == ':' && (rest[2] == '\\' || rest[2] == '/')
}
