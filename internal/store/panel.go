package store

import (
	"context"

	"shenbao/internal/org"
	"shenbao/internal/review"
)

type (
	askedRow struct {
		Version int                    `db:"version"`
		Doc     doc[review.Invitation] `db:"doc"`
	}
	groupRow struct {
		Version int               `db:"version"`
		Doc     doc[review.Group] `db:"doc"`
	}
)

var (
	invitationByID   = query[askedRow](`SELECT {cols} FROM review_invitation WHERE id = $1`)
	invitationOf     = query[askedRow](`SELECT {cols} FROM review_invitation WHERE call = $1 AND round = $2 AND expert = $3`)
	invitationsIn    = query[askedRow](`SELECT {cols} FROM review_invitation WHERE call = $1 ORDER BY id`)
	invitationsTo    = query[askedRow](`SELECT {cols} FROM review_invitation WHERE expert = $1 ORDER BY id DESC`)
	invitationsAll   = query[askedRow](`SELECT {cols} FROM review_invitation ORDER BY id`)
	insertInvitation = exec(`INSERT INTO review_invitation (id, call, round, expert, version, doc) VALUES ($1, $2, $3, $4, 1, $5)`)
	updateInvitation = exec(`UPDATE review_invitation SET version = version + 1, doc = $1 WHERE id = $2 AND version = $3`)

	groupByID   = query[groupRow](`SELECT {cols} FROM review_group WHERE id = $1`)
	groupsIn    = query[groupRow](`SELECT {cols} FROM review_group WHERE call = $1 ORDER BY id`)
	insertGroup = exec(`INSERT INTO review_group (id, call, round, version, doc) VALUES ($1, $2, $3, 1, $4)`)
	updateGroup = exec(`UPDATE review_group SET version = version + 1, doc = $1 WHERE id = $2 AND version = $3`)
	dropGroup   = exec(`DELETE FROM review_group WHERE id = $1`)
)

func (r askedRow) invitation() review.Invitation {
	v := r.Doc.V
	v.Version = r.Version
	return v
}

func invitations(rs []askedRow, err error) ([]review.Invitation, error) {
	var vs []review.Invitation
	for _, r := range rs {
		vs = append(vs, r.invitation())
	}
	return vs, err
}

// Invitation finds one.
func (tx *Tx) Invitation(ctx context.Context, id string) (review.Invitation, error) {
	r, err := invitationByID.one(ctx, tx, id)
	return r.invitation(), err
}

// InvitationOf is an expert's invitation to a round of a call.
func (tx *Tx) InvitationOf(ctx context.Context, call, round string, p org.PersonID) (review.Invitation, error) {
	r, err := invitationOf.one(ctx, tx, call, round, string(p))
	return r.invitation(), err
}

// Invitations are all of a call, the oldest first.
func (tx *Tx) Invitations(ctx context.Context, call string) ([]review.Invitation, error) {
	return invitations(invitationsIn.all(ctx, tx, call))
}

// InvitationsTo are an expert's own, the newest first.
func (tx *Tx) InvitationsTo(ctx context.Context, p org.PersonID) ([]review.Invitation, error) {
	return invitations(invitationsTo.all(ctx, tx, string(p)))
}

// InvitationsAll are those of all calls, the oldest first.
func (tx *Tx) InvitationsAll(ctx context.Context) ([]review.Invitation, error) {
	return invitations(invitationsAll.all(ctx, tx))
}

// AddInvitation keeps a new one; a second one of the expert in the round is ErrTaken.
func (tx *Tx) AddInvitation(ctx context.Context, v review.Invitation) error {
	return insertInvitation.do(ctx, tx, v.ID, v.Call, v.Round, string(v.Expert), doc[review.Invitation]{v})
}

// SaveInvitation keeps a changed one, if nobody changed it meanwhile.
func (tx *Tx) SaveInvitation(ctx context.Context, v review.Invitation) error {
	return updateInvitation.set(ctx, tx, doc[review.Invitation]{v}, v.ID, v.Version)
}

func (r groupRow) group() review.Group {
	g := r.Doc.V
	g.Version = r.Version
	return g
}

// Group finds one.
func (tx *Tx) Group(ctx context.Context, id string) (review.Group, error) {
	r, err := groupByID.one(ctx, tx, id)
	return r.group(), err
}

// Groups are those of a call, the oldest first.
func (tx *Tx) Groups(ctx context.Context, call string) ([]review.Group, error) {
	rs, err := groupsIn.all(ctx, tx, call)
	var gs []review.Group
	for _, r := range rs {
		gs = append(gs, r.group())
	}
	return gs, err
}

// AddGroup keeps a new one.
func (tx *Tx) AddGroup(ctx context.Context, g review.Group) error {
	return insertGroup.do(ctx, tx, g.ID, g.Call, g.Round, doc[review.Group]{g})
}

// SaveGroup keeps a changed one, if nobody changed it meanwhile.
func (tx *Tx) SaveGroup(ctx context.Context, g review.Group) error {
	return updateGroup.set(ctx, tx, doc[review.Group]{g}, g.ID, g.Version)
}

// DropGroup removes one for which nothing was drawn.
func (tx *Tx) DropGroup(ctx context.Context, id string) error { return dropGroup.do(ctx, tx, id) }
