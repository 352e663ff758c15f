// Package assign gives files to experts (评审分配): each dossier gets as many experts as it
// needs, nobody gets a dossier that a conflict forbids or more than the agreed load, and of
// all ways to do that it finds the one with the highest sum of affinities, with a proof.
//
//	p, err := assign.Parse(file)   // PROBLEM.json, docs/assign.md
//	r, err := assign.Solve(p)      // r.Lines: who gets what
//	err = assign.Verify(r.JSON())  // anyone, later, elsewhere
//
// What comes first is settled strictly, in this order: every slot filled; the demands of
// dossiers for a kind of expert; after a change, what is already assigned; the minimum
// loads; the affinities, less what an uneven load costs; and lots, drawn from the seed,
// among what is equally good. What can't be had is not an error but part of the Record,
// with the proof that it can't.
//
// A record holds everything that is needed to repeat it. The package knows nothing of
// Shenbao: no clock, no chance but the seed, no files.
package assign
