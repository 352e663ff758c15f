package web

import (
	"strings"
	"unicode"
)

// A piece is a stretch of text that two versions share, or that one of them has alone.
type piece struct {
	Text string
	Kind int // pieceSame, pieceOld, pieceNew
}

const (
	pieceSame = iota
	pieceOld
	pieceNew
)

// diffMost bounds the table of differ: two texts of 2,000 字. Longer ones are shown one
// after the other.
const diffMost = 2000 * 2000

// differ is how one text became another: Chinese by the 字, everything else by the word.
// It is the longest common subsequence over what is left between equal ends.
func differ(old, now string) []piece {
	a, b := tokens(old), tokens(now)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out pieces
	out.add(pieceSame, a[:head]...)
	out.middle(a[head:len(a)-tail], b[head:len(b)-tail])
	out.add(pieceSame, a[len(a)-tail:]...)
	return out
}

type pieces []piece

// add appends tokens, joined to the last piece when it is of the same kind.
func (p *pieces) add(kind int, tokens ...string) {
	text := strings.Join(tokens, "")
	if text == "" {
		return
	}
	if n := len(*p); n > 0 && (*p)[n-1].Kind == kind {
		(*p)[n-1].Text += text
		return
	}
	*p = append(*p, piece{text, kind})
}

func (p *pieces) middle(a, b []string) {
	if len(a)*len(b) > diffMost {
		p.add(pieceOld, a...)
		p.add(pieceNew, b...)
		return
	}
	// common[i*w+j] is how many tokens a[i:] and b[j:] have in common
	w := len(b) + 1
	common := make([]uint16, (len(a)+1)*w)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			switch {
			case a[i] == b[j]:
				common[i*w+j] = common[(i+1)*w+j+1] + 1
			default:
				common[i*w+j] = max(common[(i+1)*w+j], common[i*w+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			p.add(pieceSame, a[i])
			i, j = i+1, j+1
		case common[(i+1)*w+j] >= common[i*w+j+1]:
			p.add(pieceOld, a[i])
			i++
		default:
			p.add(pieceNew, b[j])
			j++
		}
	}
	p.add(pieceOld, a[i:]...)
	p.add(pieceNew, b[j:]...)
}

// tokens are the units by which texts are compared: a run of letters or digits, or one
// character of anything else.
func tokens(s string) []string {
	var out []string
	word := false
	for _, r := range s {
		run := r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r))
		if run && word {
			out[len(out)-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		word = run
	}
	return out
}
