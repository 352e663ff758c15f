package notice

// A TextChange is a clause that reads differently in a further revision; Old or New is
// empty when the clause came or went.
type TextChange struct {
	Clause   string
	Old, New string
}

// TextChanges lists the clauses whose words differ, in the order of the new text, then
// those that went. White space does not count.
func TextChanges(old, new *Notice) []TextChange {
	var out []TextChange
	for _, c := range new.Clauses {
		o, _ := old.Clause(c.ID)
		if squeeze(o.Text) != squeeze(c.Text) {
			out = append(out, TextChange{c.ID, o.Text, c.Text})
		}
	}
	for _, o := range old.Clauses {
		if _, ok := new.Clause(o.ID); !ok {
			out = append(out, TextChange{o.ID, o.Text, ""})
		}
	}
	return out
}
