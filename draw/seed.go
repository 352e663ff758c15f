package draw

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Reveal is what becomes known after the plan was frozen.
type Reveal struct {
	Secret   string    `json:"secret"`
	Public   string    `json:"public"`    // the public value, to the letter
	PublicAt time.Time `json:"public_at"` // when it was known first
	At       time.Time `json:"at"`        // when the secret was revealed: the draw
	Witness  string    `json:"witness"`   // who watched: name and office
}

// seed mixes the frozen plan, the secret and the public value. Whoever made the secret
// could not know the value, who chose the value could not know the secret, and the hash of
// the plan ties both to this draw.
func (f Frozen) seed(r Reveal) []byte {
	s := sha256.Sum256([]byte(Schema + "\n" + f.Hash + "\n" + r.Secret + "\n" + r.Public))
	return s[:]
}

// holds checks that a reveal belongs to the plan and came in time.
func (f Frozen) holds(r Reveal) error {
	list := digest(f.Plan.List())
	if list != f.List {
		return refuse(ErrList, "have", list, "want", f.List)
	}
	if got := f.Plan.hash(list); got != f.Hash {
		return refuse(ErrPlan, "have", got, "want", f.Hash)
	}
	switch {
	case strings.TrimSpace(r.Public) == "":
		return refuse(ErrPublic, "source", f.Plan.Source)
	case r.PublicAt.Before(f.Plan.Frozen):
		return refuse(ErrEarly, "what", "public", "frozen", f.Plan.Frozen.Format(time.RFC3339), "at", r.PublicAt.Format(time.RFC3339))
	case r.At.Before(r.PublicAt):
		return refuse(ErrEarly, "what", "secret", "public", r.PublicAt.Format(time.RFC3339), "at", r.At.Format(time.RFC3339))
	case Commit(r.Secret) != f.Plan.Commitment:
		return refuse(ErrCommitment, "have", Commit(r.Secret), "want", f.Plan.Commitment)
	case len(r.Secret) < 16:
		return refuse(ErrInput, "what", "a secret of less than 16 bytes can be guessed")
	}
	return nil
}

// A ticket and whose it is, as an index into the list.
type ticket struct {
	sum [sha256.Size]byte
	who int
}

// tickets are those of all people, lowest first.
func (p Plan) tickets(seed []byte) []ticket {
	mac := hmac.New(sha256.New, seed)
	head := p.Call + "|" + p.Panel + "|" + strconv.Itoa(p.Number) + "|"
	ts := make([]ticket, len(p.People))
	buf := make([]byte, 0, len(head)+64)
	for i, x := range p.People {
		buf = append(append(buf[:0], head...), x.ID...)
		mac.Reset()
		mac.Write(buf)
		ts[i].who = i
		mac.Sum(ts[i].sum[:0])
	}
	slices.SortFunc(ts, func(a, b ticket) int { return bytes.Compare(a.sum[:], b.sum[:]) })
	return ts
}

func (t ticket) String() string { return hex.EncodeToString(t.sum[:]) }

// A drbg yields numbers that follow from the seed: HMAC-SHA256 of a counter.
type drbg struct {
	mac  hash.Hash
	n    uint64
	left []byte
	buf  [sha256.Size]byte
}

// newDRBG starts a stream; its name keeps it apart from the tickets of the same seed.
func newDRBG(seed []byte, name string) *drbg {
	key := sha256.Sum256(append(append([]byte(nil), seed...), name...))
	return &drbg{mac: hmac.New(sha256.New, key[:])}
}

func (d *drbg) uint64() uint64 {
	if len(d.left) == 0 {
		var c [8]byte
		binary.BigEndian.PutUint64(c[:], d.n)
		d.n++
		d.mac.Reset()
		d.mac.Write(c[:])
		d.left = d.mac.Sum(d.buf[:0])
	}
	v := binary.BigEndian.Uint64(d.left)
	d.left = d.left[8:]
	return v
}

// below is a number from 0 to n-1, each as likely: what lies above the last whole multiple
// of n is thrown away.
func (d *drbg) below(n int64) int64 {
	top := ^uint64(0) - ^uint64(0)%uint64(n)
	for {
		if v := d.uint64(); v < top {
			return int64(v % uint64(n))
		}
	}
}
