package store

import (
	"context"
	"time"

	"shenbao/internal/application"
)

type (
	candidateRow struct {
		Application string `db:"application"`
		Shared      int64  `db:"shared"`
	}
	traitRow struct {
		Application string `db:"application"`
		Kind        string `db:"kind"`
	}
	likenessRow struct {
		Doc doc[application.Likeness] `db:"doc"`
	}
	comparedRow struct {
		N  int     `db:"n"`
		At instant `db:"at"`
	}
)

var (
	dropTraits  = exec(`DELETE FROM trait WHERE application = $1`)
	insertTrait = exec(`INSERT INTO trait (application, kind, value) VALUES ($1, $2, $3)`)
	dropPrints  = exec(`DELETE FROM print WHERE application = $1`)
	insertPrint = exec(`INSERT INTO print (hash, application) VALUES ($1, $2)`)
	// Who shares a trait: of other units, because a unit shares all of them with itself.
	sharing = query[traitRow](`SELECT {cols} FROM (SELECT DISTINCT o.application AS application, o.kind AS kind
		FROM trait m JOIN trait o ON o.kind = m.kind AND o.value = m.value AND o.application <> m.application
		JOIN application a ON a.id = m.application JOIN application b ON b.id = o.application
		WHERE m.application = $1 AND a.unit <> b.unit) AS x ORDER BY application, kind LIMIT 500`)
	// Who shares the most passages, of those that few have: what many wrote alike comes from
	// a common source and says nothing of two.
	printed = query[candidateRow](`SELECT {cols} FROM (SELECT o.application AS application, count(*) AS shared
		FROM print m JOIN print o ON o.hash = m.hash AND o.application <> m.application
		WHERE m.application = $1 AND (SELECT count(*) FROM print x WHERE x.hash = m.hash) <= $2
		GROUP BY o.application) AS x ORDER BY shared DESC, application LIMIT 20`)
	dropLikenesses = exec(`DELETE FROM likeness WHERE application = $1 OR other = $1`)
	insertLikeness = exec(`INSERT INTO likeness (application, other, at, doc) VALUES ($1, $2, $3, $4)`)
	likenessesOf   = query[likenessRow](`SELECT {cols} FROM likeness WHERE application = $1 OR other = $1 ORDER BY at DESC, other LIMIT 100`)
	likenessOf     = query[likenessRow](`SELECT {cols} FROM likeness WHERE (application = $1 AND other = $2) OR (application = $2 AND other = $1)`)
	putCompared    = exec(`INSERT INTO compared (application, n, at) VALUES ($1, $2, $3) ON CONFLICT (application) DO UPDATE SET n = excluded.n, at = excluded.at`)
	comparedOf     = query[comparedRow](`SELECT {cols} FROM compared WHERE application = $1`)
	likenessCounts = query[candidateRow](`SELECT {cols} FROM (SELECT x.id AS application, count(*) AS shared
		FROM application x JOIN likeness l ON l.application = x.id OR l.other = x.id WHERE x.call = $1 GROUP BY x.id) AS y`)
)

// PutTraits keeps by what an application is compared, in place of what was there.
func (tx *Tx) PutTraits(ctx context.Context, id application.ID, traits []application.Trait, prints []uint64) error {
	if err := dropTraits.do(ctx, tx, string(id)); err != nil {
		return err
	}
	if err := dropPrints.do(ctx, tx, string(id)); err != nil {
		return err
	}
	for _, t := range traits {
		if err := insertTrait.do(ctx, tx, string(id), t.Kind, t.Value); err != nil {
			return err
		}
	}
	for _, h := range prints {
		if err := insertPrint.do(ctx, tx, int64(h), string(id)); err != nil {
			return err
		}
	}
	return nil
}

// SharingTraits are the applications of other units that share traits with one, each with
// the kinds that they share.
func (tx *Tx) SharingTraits(ctx context.Context, id application.ID) (map[application.ID][]string, error) {
	rs, err := sharing.all(ctx, tx, string(id))
	m := map[application.ID][]string{}
	for _, r := range rs {
		m[application.ID(r.Application)] = append(m[application.ID(r.Application)], r.Kind)
	}
	return m, err
}

// SharingPrints are the twenty applications that share the most passages with one, of
// those that at most few applications have.
func (tx *Tx) SharingPrints(ctx context.Context, id application.ID, few int) (ids []application.ID, err error) {
	rs, err := printed.all(ctx, tx, string(id), few)
	for _, r := range rs {
		ids = append(ids, application.ID(r.Application))
	}
	return ids, err
}

// PutLikenesses keeps what was found alike to version n of an application, in place of all
// that was known of it.
func (tx *Tx) PutLikenesses(ctx context.Context, id application.ID, n int, ls []application.Likeness) error {
	if err := dropLikenesses.do(ctx, tx, string(id)); err != nil {
		return err
	}
	for _, l := range ls {
		if err := insertLikeness.do(ctx, tx, string(id), string(l.Other), at(tx.Now), doc[application.Likeness]{l}); err != nil {
			return err
		}
	}
	return putCompared.do(ctx, tx, string(id), n, at(tx.Now))
}

// Likenesses are all of an application, from its side.
func (tx *Tx) Likenesses(ctx context.Context, id application.ID) ([]application.Likeness, error) {
	rs, err := likenessesOf.all(ctx, tx, string(id))
	var ls []application.Likeness
	for _, r := range rs {
		ls = append(ls, facing(r, id))
	}
	return ls, err
}

// Likeness is that of two applications, from the side of the first.
func (tx *Tx) Likeness(ctx context.Context, id, other application.ID) (application.Likeness, error) {
	r, err := likenessOf.one(ctx, tx, string(id), string(other))
	return facing(r, id), err
}

func facing(r likenessRow, id application.ID) application.Likeness {
	if r.Doc.V.Application != id {
		return r.Doc.V.Flip()
	}
	return r.Doc.V
}

// Compared is when an application was compared last, and which version; zero: not yet.
func (tx *Tx) Compared(ctx context.Context, id application.ID) (n int, when time.Time, err error) {
	r, err := comparedOf.one(ctx, tx, string(id))
	if IsNotFound(err) {
		return 0, time.Time{}, nil
	}
	return r.N, r.At.Time, err
}

// LikenessCounts says of the applications of a call how many others are like them.
func (tx *Tx) LikenessCounts(ctx context.Context, call string) (map[application.ID]int, error) {
	rs, err := likenessCounts.all(ctx, tx, call)
	m := map[application.ID]int{}
	for _, r := range rs {
		m[application.ID(r.Application)] = int(r.Shared)
	}
	return m, err
}
