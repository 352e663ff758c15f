package file

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

func checkPDF(ctx context.Context, r io.ReaderAt, size int64) (int, error) {
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
	found := map[string]bool{}
	for _, e := range doc.Table {
		if e != nil && !e.Free {
			active(e.Object, 0, found)
		}
	}
	if len(found) > 0 {
		var what []string
		for w := range found {
			what = append(what, w)
		}
		slices.Sort(what)
		return answer{Bad: bad("file-active", "what", strings.Join(what, ", "))}
	}
	if err := doc.EnsurePageCount(); err != nil {
		return answer{Bad: damaged(brief(err))}
	}
	if doc.PageCount < 1 {
		return answer{Bad: damaged("0 pages")}
	}
	return answer{Pages: doc.PageCount}
}

// Keys and action types that run something, load something, carry another file, or show
// something else than what was filed. Opening at a page (OpenAction with a destination),
// links to click and signatures are right.
var (
	activeKeys  = []string{"JS", "JavaScript", "EmbeddedFiles", "EF", "XFA", "RichMediaContent", "RichMediaSettings"}
	activeTypes = []string{"JavaScript", "Launch", "SubmitForm", "ImportData", "GoToE", "Rendition", "Movie", "Sound", "RichMedia",
		"RichMediaExecute", "EmbeddedFile", "FileAttachment", "Screen", "3D"}
)

func active(o types.Object, depth int, found map[string]bool) {
	if depth > 100 {
		found["…"] = true // deeper than any document; what is below can't be vouched for
		return
	}
	switch v := o.(type) {
	case types.Dict:
		for key, x := range v {
			if slices.Contains(activeKeys, key) {
				found[key] = true
			}
			if n, ok := x.(types.Name); ok && slices.Contains([]string{"S", "Type", "Subtype"}, key) && slices.Contains(activeTypes, string(n)) {
				found[string(n)] = true
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
