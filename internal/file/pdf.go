package file

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// maxPages is the most pages that one file may have.
const maxPages = 5000

// checkPDF wants the mark that ends a PDF near its end, so that a transfer that stopped
// half-way is noticed: readers repair such a file and show what is left of it.
func checkPDF(ctx context.Context, r io.ReaderAt, size int64) (int, error) {
	tail, err := part(r, max(0, size-zipTail), min(size, zipTail))
	if err != nil {
		return 0, err
	}
	if !bytes.Contains(tail, []byte("%%EOF")) {
		return 0, damaged("%%EOF")
	}
	a, err := inChild(ctx, "pdf", r, size, Limits{})
	return a.Pages, err
}

// readPDF counts the pages and looks at every object of the file, used or not, for what
// acts by itself. Streams of pages and pictures are not decoded.
func readPDF(b []byte) answer {
	api.DisableConfigDir()
	c := model.NewDefaultConfiguration()
	c.Optimize = false
	c.Limits.MaxStreamBytes = MaxSize
	c.Limits.MaxDecodeBytes = MaxSize
	c.Limits.MaxObjectCount = 1_000_000
	c.Limits.MaxXRefEntries = 1_000_000
	doc, err := api.ReadContext(bytes.NewReader(b), c)
	switch {
	case errors.Is(err, pdfcpu.ErrWrongPassword):
		return answer{Bad: bad("file-locked")}
	case err != nil:
		return answer{Bad: damaged(brief(err))}
	}
	switch what, err := acts(b, doc); {
	case err != nil:
		return answer{Bad: damaged(brief(err))}
	case what != "":
		return answer{Bad: bad("file-active", "what", what)}
	}
	root, err := doc.Pages()
	if err != nil || root == nil {
		return answer{Bad: damaged("0 pages")}
	}
	n, err := leaves(doc, *root, map[int]bool{})
	switch {
	case errors.Is(err, errPages):
		return answer{Bad: bad("file-heavy")}
	case err != nil:
		return answer{Bad: damaged(brief(err))}
	case n == 0:
		return answer{Bad: damaged("0 pages")}
	}
	return answer{Pages: n}
}

var errPages = errors.New("too many pages")

// leaves counts the pages below a node of the page tree: the Count written there is only a
// claim. above are the nodes on the way down, so that a tree that bites its tail ends.
func leaves(doc *model.Context, o types.Object, above map[int]bool) (int, error) {
	if ref, ok := o.(types.IndirectRef); ok {
		id := ref.ObjectNumber.Value()
		if above[id] || len(above) > 50 {
			return 0, errors.New("page tree")
		}
		above[id] = true
		defer delete(above, id)
	}
	d, err := doc.DereferenceDict(o)
	if err != nil || d == nil {
		return 0, errors.Join(errors.New("page tree"), err)
	}
	if _, inner := d["Kids"]; !inner {
		return 1, nil
	}
	kids, err := doc.DereferenceArray(d["Kids"])
	if err != nil {
		return 0, err
	}
	sum := 0
	for _, k := range kids {
		n, err := leaves(doc, k, above)
		if err != nil {
			return 0, err
		}
		if sum += n; sum > maxPages {
			return 0, errPages
		}
	}
	return sum, nil
}

// acts names what of the document acts by itself, or "". Objects of compressed streams are
// not parsed before someone asks for them, so they are asked for here. The bytes are
// searched too, for objects that this reader leaves out and another might not.
func acts(b []byte, doc *model.Context) (string, error) {
	found := map[string]bool{}
	for _, e := range doc.Table {
		if e == nil || e.Free {
			continue
		}
		o := e.Object
		if lazy, ok := o.(types.LazyObjectStreamObject); ok {
			var err error
			if o, err = lazy.DecodedObject(context.Background()); err != nil {
				return "", err
			}
		}
		active(o, 0, found)
	}
	for _, mark := range []string{"JavaScript", "Launch", "EmbeddedFile", "RichMedia"} {
		if bytes.Contains(b, []byte("/"+mark)) {
			found[mark] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), ", "), nil
}

// Keys and action types that run something, load something, carry another file, or show
// something else than what was filed. Opening at a page (OpenAction with a destination),
// links to click and signatures are right.
var (
	activeKeys  = []string{"JS", "JavaScript", "EmbeddedFiles", "EF", "XFA", "RichMediaContent", "RichMediaSettings"}
	activeTypes = []string{"JavaScript", "Launch", "SubmitForm", "ImportData", "GoToE", "Rendition", "Movie", "Sound", "RichMedia",
		"RichMediaExecute", "EmbeddedFile", "FileAttachment", "Screen", "3D"}
	typeKeys = []string{"S", "Type", "Subtype"}
)

// plain undoes the hexadecimal spelling of a name (J#53 is JS).
func plain(name string) string {
	if s, err := types.DecodeName(name); err == nil {
		return s
	}
	return name
}

func active(o types.Object, depth int, found map[string]bool) {
	if depth > 100 {
		found["…"] = true // deeper than any document; what is below can't be vouched for
		return
	}
	switch v := o.(type) {
	case types.Name:
		if n := plain(string(v)); depth == 0 && slices.Contains(activeTypes, n) {
			found[n] = true // an action whose type stands in an object of its own
		}
	case types.Dict:
		for key, x := range v {
			key = plain(key)
			if slices.Contains(activeKeys, key) {
				found[key] = true
			}
			if n, ok := x.(types.Name); ok && slices.Contains(typeKeys, key) && slices.Contains(activeTypes, plain(string(n))) {
				found[plain(string(n))] = true
			}
			active(x, depth+1, found)
		}
	case types.Array:
		for _, x := range v {
			active(x, depth+1, found)
		}
	case types.StreamDict:
		active(v.Dict, depth+1, found)
	case *types.StreamDict:
		if v != nil {
			active(v.Dict, depth+1, found)
		}
	case types.ObjectStreamDict:
		active(v.Dict, depth+1, found)
	}
}

// brief is the first line of an error, short enough for a sentence.
func brief(err error) string {
	s, _, _ := strings.Cut(err.Error(), "\n")
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120]) + "…"
	}
	return s
}
