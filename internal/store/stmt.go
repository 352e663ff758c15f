package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// registered statements, for the test that prepares each on both engines.
var registered []statement

type statement struct {
	sql  string
	cols []string // of the Go type, nil for a single value or none
}

// A rows[T] is a SELECT (or … RETURNING) whose rows are T: a struct with db tags, or a
// single value. {cols} in the text expands to T's columns, so the two can't drift apart.
type rows[T any] struct {
	sql string
	ix  []int
}

func query[T any](text string) rows[T] {
	cols, ix := columns(reflect.TypeFor[T]())
	text = strings.ReplaceAll(text, "{cols}", strings.Join(cols, ", "))
	registered = append(registered, statement{text, cols})
	return rows[T]{text, ix}
}

// A command is a statement that returns no rows.
type command string

func exec(text string) command {
	registered = append(registered, statement{text, nil})
	return command(text)
}

func columns(t reflect.Type) (names []string, ix []int) {
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(reflect.TypeFor[sql.Scanner]()) {
		return nil, nil
	}
	for i := range t.NumField() {
		if n := t.Field(i).Tag.Get("db"); n != "" {
			names, ix = append(names, n), append(ix, i)
		}
	}
	return names, ix
}

func (q rows[T]) all(ctx context.Context, tx *Tx, args ...any) ([]T, error) {
	return scan[T](ctx, tx, q.sql, q.ix, args)
}

func scan[T any](ctx context.Context, tx *Tx, text string, ix []int, args []any) ([]T, error) {
	rs, err := tx.tx.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	var out []T
	dst := make([]any, max(1, len(ix)))
	for rs.Next() {
		var t T
		dst[0] = &t
		for k, i := range ix {
			dst[k] = reflect.ValueOf(&t).Elem().Field(i).Addr().Interface()
		}
		if err := rs.Scan(dst...); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rs.Err()
}

// one is the first row, or ErrNotFound.
func (q rows[T]) one(ctx context.Context, tx *Tx, args ...any) (T, error) {
	l, err := q.all(ctx, tx, args...)
	if err != nil {
		var none T
		return none, err
	}
	if len(l) == 0 {
		var none T
		return none, ErrNotFound
	}
	return l[0], nil
}

// do runs the command; it does not ask how many rows there were.
func (c command) do(ctx context.Context, tx *Tx, args ...any) error {
	_, err := tx.tx.ExecContext(ctx, string(c), args...)
	return translate(err)
}

// set is a compare-and-set: exactly one row must change, or it is a conflict.
func (c command) set(ctx context.Context, tx *Tx, args ...any) error {
	r, err := tx.tx.ExecContext(ctx, string(c), args...)
	if err != nil {
		return translate(err)
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("%w (%d rows)", ErrConflict, n)
	}
	return nil
}

// A list is a SELECT put together from a head, conditions and a tail. Conditions use ?
// for their arguments; they are numbered here.
type list[T any] struct {
	head, tail string
	ix         []int
}

func lists[T any](head, tail string) list[T] {
	cols, ix := columns(reflect.TypeFor[T]())
	head = strings.ReplaceAll(head, "{cols}", strings.Join(cols, ", "))
	registered = append(registered, statement{head + " " + tail, cols})
	return list[T]{head, tail, ix}
}

type cond struct {
	sql  string
	args []any
}

func where(text string, args ...any) cond { return cond{text, args} }

func (l list[T]) all(ctx context.Context, tx *Tx, limit int, conds ...cond) ([]T, error) {
	var b strings.Builder
	var args []any
	b.WriteString(l.head)
	sep := " WHERE "
	for _, c := range conds {
		b.WriteString(sep)
		sep = " AND "
		n := 0
		for _, r := range c.sql {
			if r != '?' {
				b.WriteRune(r)
				continue
			}
			args = append(args, c.args[n])
			n++
			fmt.Fprintf(&b, "$%d", len(args))
		}
	}
	fmt.Fprintf(&b, " %s LIMIT %d", l.tail, limit)
	return scan[T](ctx, tx, b.String(), l.ix, args)
}

// in is "name IN (?, …)"; an empty list matches nothing.
func in[S ~string](name string, vs []S) cond {
	if len(vs) == 0 {
		return cond{sql: "1 = 0"}
	}
	args := make([]any, len(vs))
	for i, v := range vs {
		args[i] = string(v)
	}
	return cond{name + " IN (?" + strings.Repeat(", ?", len(vs)-1) + ")", args}
}

// doc keeps a value as JSON text: a whole aggregate whose Go type is the truth.
type doc[T any] struct{ V T }

func (d doc[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(d.V)
	return string(b), err
}

func (d *doc[T]) Scan(src any) error {
	switch x := src.(type) {
	case string:
		return json.Unmarshal([]byte(x), &d.V)
	case []byte:
		return json.Unmarshal(x, &d.V)
	}
	return fmt.Errorf("a document from %T", src)
}

// instant keeps a time as microseconds UTC; 0 is the zero time.
type instant struct{ time.Time }

func at(t time.Time) instant { return instant{t} }

func (i instant) Value() (driver.Value, error) {
	if i.IsZero() {
		return int64(0), nil
	}
	return i.UnixMicro(), nil
}

func (i *instant) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("an instant from %T", src)
	}
	i.Time = time.Time{}
	if n != 0 {
		i.Time = time.UnixMicro(n).UTC()
	}
	return nil
}
