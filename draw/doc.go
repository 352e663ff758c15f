// Package draw draws people by lot so that anybody can draw again and see the same.
//
// First everything that decides is fixed and its hash made public: the list of those
// eligible, the quotas, the number of the draw, and the hash of a secret. Then a value
// that nobody could know at that time becomes public (a lottery's numbers, words that the
// witness says). The secret and the value together give the seed, the seed gives each
// person a ticket, and the lowest tickets win:
//
//	frozen, err := draw.Freeze(plan)                 // publish frozen.Hash
//	record, err := frozen.Draw(draw.Reveal{Secret: …, Public: …})
//	err = draw.Verify(record)                        // nil, or the first difference
//
// A ticket is HMAC-SHA256(seed, "call|panel|number|id"): it depends on no other person, so
// that a later recusal moves nobody else, as it would in a shuffle (RFC 3797 is the
// precedent for public entropy). Quotas are kept by looking ahead: a person is passed over
// only if the rest of the panel could not be filled with them on it, and the record says
// for whose sake. The panel is thus the first one, in the order of the tickets, that keeps
// all quotas. Quotas that form two nested families are looked ahead by flow, exactly; when
// three or more families cross, by search with backtracking (the record says which).
//
// Tickets under quotas do not give everybody the same chance. Fair plans make the least
// likely person as likely as the quotas allow: a fractional panel, rounded at random.
//
// The package knows no clock, no files and no chance of its own: times and secrets come in.
// How many alternates and how many draws are settings; no rule for them could be confirmed.
package draw
