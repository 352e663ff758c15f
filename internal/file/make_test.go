package file_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// What follows makes files, right and hostile, so that none need be kept in the repository.

// pdf writes objects 1, 2, 3 … with a cross-reference table; the catalogue is object 1.
func pdf(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return b.Bytes()
}

// pages is a PDF of n empty pages; catalogue is added to the catalogue, more are objects
// from number 4 on, and page is added to every page (object 3).
func pages(n int, catalogue, page string, more ...string) []byte {
	kids := strings.Repeat("3 0 R ", n)
	return pdf(append([]string{
		"<< /Type /Catalog /Pages 2 0 R " + catalogue + " >>",
		fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids, n),
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] " + page + " >>",
	}, more...)...)
}

func stream(dict string, body []byte) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(body), body)
}

func deflate(r io.Reader) []byte {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	if err != nil {
		panic(err)
	}
	if _, err := io.Copy(w, r); err != nil {
		panic(err)
	}
	w.Close()
	return b.Bytes()
}

// repeat is n times the byte c.
func repeat(c byte, n int64) io.Reader { return io.LimitReader(fill(c), n) }

type fill byte

func (f fill) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(f)
	}
	return len(p), nil
}

// packed puts all objects but the catalogue into a compressed object stream, where a
// search for /JavaScript in the bytes finds nothing.
func packed(catalogue string, objects map[int]string) []byte {
	var head, body bytes.Buffer
	var ids []int
	for id := range objects {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		fmt.Fprintf(&head, "%d %d ", id, body.Len())
		body.WriteString(objects[id] + " ")
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	catAt := b.Len()
	fmt.Fprintf(&b, "1 0 obj\n%s\nendobj\n", catalogue)
	objAt, objID := b.Len(), slices.Max(ids)+1
	content := deflate(io.MultiReader(bytes.NewReader(head.Bytes()), bytes.NewReader(body.Bytes())))
	fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", objID, stream(fmt.Sprintf("/Type /ObjStm /N %d /First %d /Filter /FlateDecode", len(ids), head.Len()), content))
	xref := b.Len()
	var table bytes.Buffer
	entry := func(kind, a, c int) { table.Write([]byte{byte(kind), byte(a >> 8), byte(a), byte(c)}) }
	for id := range objID + 2 {
		switch i := slices.Index(ids, id); {
		case id == 0:
			entry(0, 0, 255)
		case id == 1:
			entry(1, catAt, 0)
		case id == objID:
			entry(1, objAt, 0)
		case id == objID+1:
			entry(1, xref, 0)
		case i >= 0:
			entry(2, objID, i)
		default:
			entry(0, 0, 0)
		}
	}
	fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", objID+1,
		stream(fmt.Sprintf("/Type /XRef /Size %d /W [1 2 1] /Root 1 0 R", objID+2), table.Bytes()), xref)
	return b.Bytes()
}

// locked encrypts a PDF; user is the password to open it.
func locked(t testing.TB, b []byte, user string) []byte {
	t.Helper()
	c := model.NewAESConfiguration(user, "owner", 256)
	var out bytes.Buffer
	if err := api.Encrypt(bytes.NewReader(b), &out, c); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A member is one entry of an archive.
type member struct {
	name string
	body io.Reader
	mode fs.FileMode
	flag uint16
}

func text(name, body string) member { return member{name: name, body: strings.NewReader(body)} }

func archive(members ...member) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate, Flags: m.flag}
		if m.mode != 0 {
			h.SetMode(m.mode)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			panic(err)
		}
		if _, err := io.Copy(w, m.body); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// long gives an archive the end record of 64 bits, as some programs do; the short one then
// says nothing.
func long(b []byte) []byte {
	i := bytes.LastIndex(b, []byte("PK\x05\x06"))
	end, n := slices.Clone(b[i:]), binary.LittleEndian.Uint16(b[i+10:])
	length, offset := binary.LittleEndian.Uint32(end[12:]), binary.LittleEndian.Uint32(end[16:])
	copy(end[8:20], bytes.Repeat([]byte{0xFF}, 12))
	le := binary.LittleEndian
	rec := le.AppendUint64([]byte("PK\x06\x06"), 44)
	rec = append(rec, 45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	for _, v := range []uint64{uint64(n), uint64(n), uint64(length), uint64(offset)} {
		rec = le.AppendUint64(rec, v)
	}
	rec = append(le.AppendUint64(append(rec, "PK\x06\x07\x00\x00\x00\x00"...), uint64(i)), 1, 0, 0, 0)
	return slices.Concat(b[:i], rec, end)
}

const (
	docxTypes = `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	docxBody  = `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>佐证材料</w:t></w:r></w:p></w:body></w:document>`
)

// docx is a right document with more entries.
func docx(more ...member) []byte {
	return archive(append([]member{text("[Content_Types].xml", docxTypes), text("word/document.xml", docxBody)}, more...)...)
}

// rel is a relationships part with one relation.
func rel(kind, target, mode string) member {
	return text("word/_rels/document.xml.rels", `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+
		`<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/`+kind+`" Target="`+target+`" TargetMode="`+mode+`"/></Relationships>`)
}

func ofd(more ...member) []byte {
	return archive(append([]member{text("OFD.xml", `<?xml version="1.0"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" DocType="OFD" Version="1.0"/>`),
		text("Doc_0/Document.xml", `<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"/>`)}, more...)...)
}

func picture(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{uint8(r.Uint32()), uint8(x), uint8(y), 255})
		}
	}
	return m
}

func jpg() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(64, 48), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func pngFile() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, picture(64, 48)); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// chunk is one chunk of a PNG.
func chunk(kind string, body []byte) []byte {
	b := binaryBig(uint32(len(body)))
	b = append(append(b, kind...), body...)
	return append(b, binaryBig(crc32.ChecksumIEEE(b[4:]))...)
}

func binaryBig(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

// pngOf is a PNG that claims w × h pixels, with more chunks after its header.
func pngOf(w, h uint32, more ...[]byte) []byte {
	head := append(append(binaryBig(w), binaryBig(h)...), 8, 2, 0, 0, 0)
	return slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head), slices.Concat(more...), chunk("IDAT", deflate(repeat(0, 100))), chunk("IEND", nil))
}

func cat(parts ...any) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		switch p := p.(type) {
		case []byte:
			b.Write(p)
		case string:
			b.WriteString(p)
		}
	}
	return b.Bytes()
}
