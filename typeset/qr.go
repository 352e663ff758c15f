package typeset

import "rsc.io/qr"

// QR draws text as a QR code of level M, as squares, with a quiet zone of two modules
// inside side.
func (p *Page) QR(x, y, side float64, text string) error {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return err
	}
	const quiet = 2
	m := side / float64(code.Size+2*quiet)
	for row := range code.Size {
		for col := 0; col < code.Size; col++ {
			n := 0
			for col+n < code.Size && code.Black(col+n, row) {
				n++
			}
			if n > 0 {
				p.Boxes = append(p.Boxes, Box{x + float64(quiet+col)*m, y + float64(quiet+row)*m, float64(n) * m, m})
				col += n
			}
		}
	}
	return nil
}
