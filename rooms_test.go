package shenbao_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A room is a package and what it may touch. A new import is a decision, made here.
type room struct {
	ours  string // packages of this module, by their path below it; internal/ is left out
	std   string // packages of the standard library; "*" any
	third string // modules or packages of others
	timed string // what it may do with the clock: "" nothing, it is given the instant; wait; or now, ask it too
}

// Words that several rooms share.
const (
	wait = "wait"
	now  = "now"

	instruments = "hanzi textmatch workday flow assign draw score typeset typeset/font typeset/font/pack typeset/pdf notices tree"
	deciding    = "org notice event filing expert review application base evaluation"
	// what computes and touches nothing outside the process
	pure = "bytes cmp embed encoding/base32 encoding/base64 encoding/binary encoding/csv encoding/hex encoding/json errors fmt hash " +
		"crypto/sha256 iter maps math math/bits math/big regexp slices sort strconv strings sync time unicode unicode/utf16 unicode/utf8 " +
		"compress/zlib container/heap io io/fs path text/tabwriter"
)

// Values are needed by those who keep or show them, so most rooms above know the types of
// the deciding packages. Who may not know whom, and why:
//   - deciding packages: no SQL, network, files, logging, randomness, clock, so that every
//     rule can be tested with a table; and not each other but where named, so that a
//     determination is turned into a base at the desk, not in application;
//   - store: not desk and web, it can't decide; file: not store;
//   - notify, paper: not store and file, they make values from values;
//   - web: not store, file, job: a page can't write;
//   - job: not web and auth, every change of business state goes through the desk.
var rooms = map[string]room{
	"hanzi":             {std: pure, third: "golang.org/x/text"},
	"textmatch":         {std: pure, third: "golang.org/x/text"},
	"workday":           {std: pure},
	"flow":              {std: pure},
	"flow/flowtest":     {ours: "flow", std: "*"},
	"assign/assigntest": {ours: "assign", std: "*"},
	"assign":            {ours: "flow", std: pure + " crypto/hmac"},
	"draw":              {ours: "flow", std: pure + " crypto/hmac"},
	"score":             {std: pure},
	"typeset":           {ours: "typeset/font", std: pure, third: "rsc.io/qr"},
	"typeset/font":      {std: pure},
	"typeset/font/pack": {ours: "typeset/font", std: pure},
	"typeset/pdf":       {ours: "typeset typeset/font", std: pure},
	"notices":           {std: "embed"},
	"tree":              {std: pure},

	"locale":      {ours: instruments, std: pure},
	"event":       {ours: instruments, std: pure},
	"org":         {ours: "event " + instruments, std: pure},
	"notice":      {ours: "org event " + instruments, std: pure, third: "github.com/goccy/go-yaml"},
	"filing":      {ours: "org notice event " + instruments, std: pure},
	"expert":      {ours: "org notice event " + instruments, std: pure},
	"review":      {ours: "org notice event expert " + instruments, std: pure},
	"application": {ours: "org notice event filing review expert " + instruments, std: pure},
	"base":        {ours: "org notice event filing expert " + instruments, std: pure},
	"evaluation":  {ours: "org notice event filing review base " + instruments, std: pure},

	"store": {ours: deciding + " " + instruments, std: pure + " context crypto/rand database/sql database/sql/driver path/filepath reflect",
		third: "github.com/jackc/pgx/v5 github.com/pressly/goose/v3 modernc.org/sqlite", timed: wait},
	"store/storetest": {ours: "store store/pgtest " + deciding + " " + instruments, std: "*", timed: now},
	"store/pgtest":    {std: "*", third: "github.com/jackc/pgx/v5", timed: now},
	"file": {ours: instruments, std: "*", timed: now, third: "github.com/gabriel-vasile/mimetype github.com/minio/minio-go/v7 github.com/pdfcpu/pdfcpu " +
		"github.com/tus/tusd/v2 github.com/xuri/excelize/v2 golang.org/x/exp golang.org/x/text"},
	"file/filetest": {ours: "file", std: "*", timed: now, third: "github.com/johannesboyne/gofakes3"},

	"notify": {ours: deciding + " locale " + instruments, std: pure},
	"paper":  {ours: deciding + " locale " + instruments, std: pure},

	// net/http is there for the handler of resumed uploads that file hands out.
	"desk": {ours: deciding + " store file " + instruments, std: pure + " context crypto/rand net/http"},
	"auth": {ours: "org event store", std: pure + " context crypto/rand crypto/subtle net/netip runtime", third: "github.com/alexedwards/argon2id golang.org/x/time", timed: now},
	"job": {ours: deciding + " desk store file notify paper locale " + instruments, std: pure + " context log/slog net/mail net/url crypto/tls",
		third: "github.com/wneessen/go-mail", timed: now},
	"web": {ours: deciding + " desk auth locale paper " + instruments, third: "github.com/a-h/templ", timed: now,
		std: pure + " context crypto/rand crypto/subtle log/slog mime mime/multipart net/http net/netip net/url runtime/debug html"},
	// The demo's people act at the desk like everybody else; it fills an empty data directory.
	"demo":         {ours: deciding + " desk auth store file locale " + instruments, std: pure + " context os path/filepath", timed: now},
	"cmd/shenbao":  {ours: "*", std: "*", third: "github.com/alecthomas/kong golang.org/x/sys", timed: now},
	"e2e":          {ours: "*", std: "*", third: "github.com/chromedp", timed: now},
	"scenario":     {ours: "*", std: "*", timed: now},
	"bench":        {ours: "*", std: "*", third: "golang.org/x/sys github.com/jackc/pgx/v5 modernc.org/sqlite", timed: now},
	"bench/assign": {ours: "flow flow/flowtest assign assign/assigntest", std: "*", third: "golang.org/x/sys", timed: now},
	"bench/draw":   {ours: "draw", std: "*", timed: now},
	"bench/match":  {ours: "textmatch", std: "*", timed: now},
	"bench/score":  {ours: "score", std: "*", timed: now},
	"":             {ours: "*", std: "*", timed: now},
}

// The names of package time that ask for the present, and those that wait for it.
var (
	asking  = []string{"Now", "Since", "Until"}
	waiting = []string{"After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Sleep"}
)

func TestRooms(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		files++
		for _, what := range strays(filepath.ToSlash(file), nil) {
			t.Error(what)
		}
		return nil
	})
	if err != nil || files < 50 {
		t.Fatalf("%d files read, %v", files, err)
	}
}

// strays are the imports and calls of a file that its room does not allow. It reads the
// file itself: running go list from a test is cached and misses changes. src is as for
// parser.ParseFile.
func strays(file string, src any) (out []string) {
	f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.SkipObjectResolution)
	if err != nil {
		return []string{err.Error()}
	}
	dir := strings.TrimPrefix(path.Dir(file), "./")
	name := strings.TrimPrefix(strings.TrimPrefix(dir, "."), "internal/")
	r, ok := rooms[name]
	if !ok {
		return []string{file + ": package " + name + " has no room; give it one in rooms_test.go"}
	}
	times := "" // what the file calls package time
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return []string{err.Error()}
		}
		if p == "time" {
			if times = "time"; spec.Name != nil {
				times = spec.Name.Name
			}
		}
		if !r.allows(p) {
			out = append(out, fmt.Sprintf("%s: %s may not touch %s", file, name, p))
		}
	}
	if r.timed == now || times == "" {
		return out
	}
	if times == "." {
		return append(out, file+": package time may not be imported with a dot")
	}
	clock := asking
	if r.timed != wait {
		clock = append(slices.Clone(asking), waiting...)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && x.Name == times && slices.Contains(clock, s.Sel.Name) {
			out = append(out, fmt.Sprintf("%s: %s uses the clock (time.%s); it is given the instant", file, name, s.Sel.Name))
		}
		return true
	})
	return out
}

func (r room) allows(p string) bool {
	if p == "shenbao" || strings.HasPrefix(p, "shenbao/") {
		p = strings.TrimPrefix(strings.TrimPrefix(p, "shenbao/"), "internal/")
		return r.ours == "*" || slices.Contains(strings.Fields(r.ours), p)
	}
	first, _, _ := strings.Cut(p, "/")
	if !strings.Contains(first, ".") {
		return r.std == "*" || slices.Contains(strings.Fields(r.std), p)
	}
	return slices.ContainsFunc(strings.Fields(r.third), func(m string) bool { return p == m || strings.HasPrefix(p, m+"/") })
}

// The test can see what it is for.
func TestRoomsSeesViolations(t *testing.T) {
	for _, c := range []struct{ file, body, want string }{
		{"internal/application/x.go", `import "shenbao/internal/base"`, "may not touch shenbao/internal/base"},
		{"internal/application/x.go", `import "shenbao/internal/store"`, "may not touch shenbao/internal/store"},
		{"internal/application/x_templ.go", `import "net/http"`, "may not touch net/http"},
		{"internal/org/x.go", `import r "math/rand/v2"`, "may not touch math/rand/v2"},
		{"internal/org/x.go", `import "crypto/rand"`, "may not touch crypto/rand"},
		{"internal/filing/x.go", `import "os"`, "may not touch os"},
		{"internal/base/x.go", `import "log/slog"`, "may not touch log/slog"},
		{"internal/review/x.go", `import "database/sql"`, "may not touch database/sql"},
		{"internal/review/x.go", "import clock \"time\"\nvar t = clock.Now()", "uses the clock (time.Now)"},
		{"internal/notify/x.go", "import \"time\"\nfunc f(t time.Time) bool { return time.Since(t) > 0 }", "uses the clock (time.Since)"},
		{"internal/store/x.go", "import \"time\"\nvar t = time.Now()", "uses the clock (time.Now)"},
		{"internal/event/x.go", "import . \"time\"\nvar t = Now()", "with a dot"},
		{"internal/web/x.go", `import "shenbao/internal/store"`, "may not touch shenbao/internal/store"},
		{"internal/web/x.go", `import "shenbao/internal/job"`, "may not touch shenbao/internal/job"},
		{"internal/desk/x.go", `import "shenbao/internal/notify"`, "may not touch shenbao/internal/notify"},
		{"internal/paper/x.go", `import "shenbao/internal/file"`, "may not touch shenbao/internal/file"},
		{"hanzi/x.go", `import "shenbao/internal/org"`, "may not touch shenbao/internal/org"},
		{"internal/org/x.go", `import "github.com/goccy/go-yaml"`, "may not touch github.com/goccy/go-yaml"},
		{"internal/utils/x.go", ``, "has no room"},
		{"internal/application/x.go", "import \"time\"\nvar d = time.Hour", ""},
		{"internal/notice/x.go", `import "github.com/goccy/go-yaml/ast"`, ""},
		{"cmd/shenbao/x.go", "import \"time\"\nvar t = time.Now()", ""},
	} {
		got := strings.Join(strays(c.file, "package x\n"+c.body), "\n")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s %q: %q, want %q", c.file, c.body, got, c.want)
		}
	}
}
