// Package flow finds cheapest flows through networks, and proves that they are.
//
//	p := flow.Problem{Nodes: 4, Supply: []int64{2, 0, 0, -2}, Arcs: []flow.Arc{
//		{From: 0, To: 1, Cap: 2}, {From: 0, To: 2, Cap: 1, Cost: 3},
//		{From: 1, To: 3, Cap: 1, Cost: 1}, {From: 2, To: 3, Cap: 1}}}
//	s, err := flow.Simplex(p, nil) // s.Flow [1 1 1 1], s.Cost 4
//	err = p.Check(s)               // nil: nobody can find a cheaper one
//
// There are two solvers that share no step, so that each checks the other: the network
// simplex, which can start from a flow that is already good, and cost scaling, which is
// steadier on large and tight problems. Both return prices of the nodes; with them Check
// proves the optimum in one pass over the arcs. A problem without any flow is answered by
// a set of nodes that must send more than its arcs can take (Infeasible).
//
// Everything is in whole numbers. It knows nothing of Shenbao: no clock, no chance, no files.
//
// The algorithms are those of Dantzig (strongly feasible trees after Cunningham, block
// search after Grigoriadis) and of Goldberg and Tarjan; Round is the cycle rounding of
// Gandhi, Khuller, Parthasarathy and Srinivasan on a flow.
package flow
