package store

import (
	"context"
	"time"

	"shenbao/internal/org"
)

var (
	personPage = lists[personRow](`SELECT {cols} FROM person`, `ORDER BY name, id`)
	everPosts  = query[postRow](postSelect + `WHERE person = $1 ORDER BY from_at DESC, id`)
	sentTo     = query[int64](`SELECT count(*) FROM credential WHERE person = $1`)
	endLinks   = exec(`UPDATE invitation SET used_at = $1 WHERE person = $2 AND used_at = 0`)
)

// A PersonFilter chooses people for a list; zero values do not filter.
type PersonFilter struct {
	Unit  org.UnitID // with a post there, now or earlier
	Role  org.Role   // held now
	Words string     // in the name or the account's name
	Name  string     // with ID, the last person of the page before
	ID    org.PersonID
}

// People lists people by name, after the cursor.
func (tx *Tx) People(ctx context.Context, f PersonFilter, limit int) (ps []org.Person, err error) {
	var cs []cond
	if f.Unit != "" {
		cs = append(cs, where("id IN (SELECT person FROM post WHERE unit = ?)", string(f.Unit)))
	}
	if f.Role != "" {
		cs = append(cs, where("id IN (SELECT person FROM post WHERE role = ? AND from_at <= ? AND (until_at = 0 OR until_at > ?))",
			string(f.Role), at(tx.Now), at(tx.Now)))
	}
	if f.Words != "" {
		w := "%" + likeSafe(f.Words) + "%"
		cs = append(cs, where(`(name LIKE ? ESCAPE '\' OR login LIKE ? ESCAPE '\')`, w, w))
	}
	if f.ID != "" {
		cs = append(cs, where("(name, id) > (?, ?)", f.Name, string(f.ID)))
	}
	rs, err := personPage.all(ctx, tx, limit, cs...)
	for _, r := range rs {
		ps = append(ps, r.person())
	}
	return ps, err
}

// PostsEver are all posts that a person holds, will hold or held, the newest first.
func (tx *Tx) PostsEver(ctx context.Context, p org.PersonID) (hs []Held, err error) {
	rs, err := everPosts.all(ctx, tx, string(p))
	for _, r := range rs {
		hs = append(hs, r.held())
	}
	return hs, err
}

// HasPassword reports whether a person ever set one.
func (tx *Tx) HasPassword(ctx context.Context, p org.PersonID) (bool, error) {
	n, err := sentTo.one(ctx, tx, string(p))
	return n > 0, err
}

// EndLinks ends the open invitations of a person (C03).
func (tx *Tx) EndLinks(ctx context.Context, p org.PersonID) error {
	return endLinks.do(ctx, tx, at(tx.Now), string(p))
}

// A Link is a one-time link to be kept: the hash of its token, and how long it holds.
type Link struct {
	Hash  string
	Holds time.Duration
}
