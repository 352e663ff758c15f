package file

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	_ "image/jpeg" // dimensions
	_ "image/png"  // dimensions
	"io"
	"strconv"
)

// Limits of a picture. A3 at 600 dpi has 70 million pixels; a picture of 60,000 × 60,000
// fits into a few kilobytes and takes 14 GB to show.
const (
	maxPixels = 100_000_000
	maxSide   = 30_000
	pngMagic  = "\x89PNG\r\n\x1a\n"
)

// dimensions reads the size from the head, without decoding.
func dimensions(r io.ReaderAt, size int64) error {
	c, _, err := image.DecodeConfig(bufio.NewReader(io.NewSectionReader(r, 0, size)))
	if err != nil {
		return damaged(err.Error())
	}
	if c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels {
		return bad("file-pixels", "width", strconv.Itoa(c.Width), "height", strconv.Itoa(c.Height), "most", strconv.Itoa(maxSide))
	}
	if c.Width == 0 || c.Height == 0 {
		return damaged("0 px")
	}
	return nil
}

// checkPNG walks the chunks with their checksums to the end, where the file must end too.
func checkPNG(ctx context.Context, r io.ReaderAt, size int64) (int, error) {
	if err := dimensions(r, size); err != nil {
		return 0, err
	}
	for at := int64(len(pngMagic)); ; {
		var head [8]byte
		if _, err := r.ReadAt(head[:], at); err != nil {
			return 0, cut(err)
		}
		n, kind := int64(binary.BigEndian.Uint32(head[:4])), string(head[4:])
		if at+12+n > size {
			return 0, damaged("PNG " + strconv.Quote(kind))
		}
		sum := crc32.NewIEEE()
		if _, err := io.Copy(sum, ctxReader{ctx, io.NewSectionReader(r, at+4, 4+n)}); err != nil {
			return 0, err
		}
		var want [4]byte
		if _, err := r.ReadAt(want[:], at+8+n); err != nil && err != io.EOF {
			return 0, err
		}
		if sum.Sum32() != binary.BigEndian.Uint32(want[:]) {
			return 0, damaged("PNG CRC")
		}
		switch at += 12 + n; {
		case kind == "acTL":
			return 0, bad("file-animated")
		case kind == "IEND" && at < size:
			return 0, bad("file-two", "what", "PNG +")
		case kind == "IEND":
			return 1, nil
		}
	}
}

// checkJPEG walks the segments to the end-of-image mark, so that a picture whose transfer
// stopped half-way is noticed. Phones write more pictures after the first one; a page,
// a PDF or an archive there is refused.
func checkJPEG(ctx context.Context, r io.ReaderAt, size int64) (int, error) {
	if err := dimensions(r, size); err != nil {
		return 0, err
	}
	b := bufio.NewReaderSize(ctxReader{ctx, io.NewSectionReader(r, 2, size-2)}, 64<<10)
	scan := false // inside entropy-coded data
	for {
		m, err := marker(b, scan)
		if err != nil {
			return 0, cut(err)
		}
		switch {
		case m == 0xD9:
			return 1, after(b)
		case m == 0 || m == 0x01 || m >= 0xD0 && m <= 0xD7: // a byte of data, restart
			continue
		}
		var n [2]byte
		if _, err := io.ReadFull(b, n[:]); err != nil {
			return 0, cut(err)
		}
		skip := int(binary.BigEndian.Uint16(n[:])) - 2
		if skip < 0 {
			return 0, damaged("JPEG")
		}
		if _, err := b.Discard(skip); err != nil {
			return 0, cut(err)
		}
		scan = m == 0xDA || scan && m == 0xDC // start of scan; number of lines within one
	}
}

// marker reads on to the next marker; outside a scan nothing else may stand there.
func marker(b *bufio.Reader, scan bool) (byte, error) {
	for {
		c, err := b.ReadByte()
		if err != nil {
			return 0, err
		}
		if c != 0xFF {
			if !scan {
				return 0, damaged("JPEG")
			}
			continue
		}
		for c == 0xFF { // fill bytes
			if c, err = b.ReadByte(); err != nil {
				return 0, err
			}
		}
		return c, nil
	}
}

// after looks at what follows the picture.
func after(b *bufio.Reader) error {
	rest, err := io.ReadAll(b)
	if err != nil {
		return err
	}
	if what := markup(rest[:min(len(rest), 4096)]); what != "" {
		return bad("file-two", "what", what)
	}
	for what, mark := range map[string]string{"PDF": "%PDF-", "ZIP": zipMagic} {
		if bytes.Contains(rest, []byte(mark)) {
			return bad("file-two", "what", what)
		}
	}
	return nil
}

// cut makes the end of the bytes where more must follow a damaged file.
func cut(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return damaged(io.ErrUnexpectedEOF.Error())
	}
	return err
}
