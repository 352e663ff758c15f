package locale_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The tree is read as syntax, generated pages included: what asks the catalogue for a
// sentence is found by the names of a few functions, and by what hands their parameter on.

// A tree is all Go of the module but its tests.
type tree struct {
	set   *token.FileSet
	files map[string][]*ast.File // by directory
}

func readTree(t *testing.T) *tree {
	t.Helper()
	tr := &tree{set: token.NewFileSet(), files: map[string][]*ast.File{}}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && d.Name() != "."):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(tr.set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := filepath.Dir(path)
		tr.files[dir] = append(tr.files[dir], f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// at is where a node stands, for messages.
func (tr *tree) at(n ast.Node) string {
	p := tr.set.Position(n.Pos())
	return strings.TrimPrefix(p.Filename, "../../") + ":" + strconv.Itoa(p.Line)
}

// inspect visits every node, with the directory it stands in.
func (tr *tree) inspect(visit func(dir string, n ast.Node)) {
	for dir, files := range tr.files {
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				if n != nil {
					visit(dir, n)
				}
				return true
			})
		}
	}
}

// text is a string literal's value.
func text(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

// prefix is the literal that a concatenation begins with: "role." of "role." + r.
func prefix(e ast.Expr) (string, bool) {
	b, ok := e.(*ast.BinaryExpr)
	if !ok || b.Op != token.ADD {
		return "", false
	}
	if s, ok := text(b.X); ok {
		return s, true
	}
	return prefix(b.X)
}

// literals are all string literals of the tree.
func (tr *tree) literals() map[string]bool {
	all := map[string]bool{}
	tr.inspect(func(_ string, n ast.Node) {
		if e, ok := n.(ast.Expr); ok {
			if s, ok := text(e); ok {
				all[s] = true
			}
		}
	})
	return all
}

// name is the last part of what is called: Refuse of event.Refuse.
func name(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// A way is how a function comes to a key: from which argument, behind which prefix, and
// whether the words of the sentence are further arguments.
type way struct {
	arg    int
	prefix string
	words  bool
}

// A call is one call that gives a key, or a part of one, in argument way.arg.
type call struct {
	*ast.CallExpr
	way
}

// key is the whole key where the call gives a literal.
func (c call) key() (string, bool) {
	s, ok := text(c.Args[c.arg])
	return c.prefix + s, ok
}

// start is the literal that the key begins with where the call joins it to a value.
func (c call) start() (string, bool) {
	s, ok := prefix(c.Args[c.arg])
	return c.prefix + s, ok
}

// A function is one that is declared, or one kept in a local name of another.
type function struct {
	name   string
	body   ast.Node
	params []string
	in     *ast.FuncDecl // nil: declared
}

type ref struct {
	name string
	in   *ast.FuncDecl
}

// calls finds the calls of the functions in roots, and of every function of the same
// directory that hands a parameter of its own on to them.
func (tr *tree) calls(roots map[string]way) []call {
	var all []call
	passing := map[*ast.CallExpr]bool{} // calls that hand on a parameter
	for _, files := range tr.files {
		var fns []function
		for _, f := range files {
			fns = append(fns, functions(f)...)
		}
		known, local := map[ref]way{}, map[ref]bool{}
		for n, w := range roots {
			known[ref{n, nil}] = w
		}
		for _, f := range fns {
			if f.in != nil {
				local[ref{f.name, f.in}] = true
			}
		}
		resolve := func(name string, in *ast.FuncDecl) (way, bool) {
			if local[ref{name, in}] {
				w, ok := known[ref{name, in}]
				return w, ok
			}
			w, ok := known[ref{name, nil}]
			return w, ok
		}
		for more := true; more; {
			more = false
			for _, f := range fns {
				if _, ok := known[ref{f.name, f.in}]; ok {
					continue
				}
				for c, w := range f.handsOn(resolve) {
					known[ref{f.name, f.in}], more, passing[c] = w, true, true
				}
			}
		}
		for _, f := range files {
			for _, d := range f.Decls {
				in, _ := d.(*ast.FuncDecl)
				ast.Inspect(d, func(n ast.Node) bool {
					if c, ok := n.(*ast.CallExpr); ok {
						if w, ok := resolve(name(c), in); ok && w.arg < len(c.Args) && !passing[c] {
							all = append(all, call{c, w})
						}
					}
					return true
				})
			}
		}
	}
	return all
}

func functions(f *ast.File) []function {
	var all []function
	for _, d := range f.Decls {
		decl, ok := d.(*ast.FuncDecl)
		if !ok || decl.Body == nil {
			continue
		}
		all = append(all, function{decl.Name.Name, decl.Body, params(decl.Type), nil})
		ast.Inspect(decl, func(n ast.Node) bool {
			if a, ok := n.(*ast.AssignStmt); ok {
				for i, r := range a.Rhs {
					l, ok := r.(*ast.FuncLit)
					if id, isName := a.Lhs[min(i, len(a.Lhs)-1)].(*ast.Ident); ok && isName {
						all = append(all, function{id.Name, l.Body, params(l.Type), decl})
					}
				}
			}
			return true
		})
	}
	return all
}

func params(t *ast.FuncType) []string {
	var all []string
	for _, f := range t.Params.List {
		for _, n := range f.Names {
			all = append(all, n.Name)
		}
	}
	return all
}

// handsOn finds the calls by which f hands a parameter on to a known function, whole or
// behind a literal: func (r) say(key string) { r.t("summary."+key) }.
func (f function) handsOn(resolve func(string, *ast.FuncDecl) (way, bool)) map[*ast.CallExpr]way {
	found := map[*ast.CallExpr]way{}
	ast.Inspect(f.body, func(n ast.Node) bool {
		c, isCall := n.(*ast.CallExpr)
		if !isCall {
			return true
		}
		w, known := resolve(name(c), f.in)
		if !known || w.arg >= len(c.Args) {
			return true
		}
		arg, lead := c.Args[w.arg], ""
		if b, isSum := arg.(*ast.BinaryExpr); isSum {
			if s, isText := text(b.X); isText {
				arg, lead = b.Y, s
			}
		}
		if id, isName := arg.(*ast.Ident); isName {
			for i, p := range f.params {
				if p == id.Name {
					found[c] = way{i, w.prefix + lead, w.words && c.Ellipsis.IsValid()}
				}
			}
		}
		return true
	})
	return found
}
