// Package pack holds the fonts that come with the program, under the SIL Open Font
// License (OFL.txt): Noto Serif SC and its bold, and Noto Sans SC bold, cut down by
// make.sh. Nothing is unpacked: the bytes are used where they stand in the program, and
// a font is parsed at its first use.
//
// Noto Serif SC has the URO (U+4E00–9FEA), extension A (U+3400–4DB5) and the
// 通用规范汉字表; the bold ones have the 通用规范汉字表.
// There is no free 小标宋 and no free 仿宋 of that extent: the bold serif stands in for the
// one and the serif for the other and for 楷, until an operator puts fonts of their own
// in the font folder (font.Set.With).
package pack

import (
	_ "embed"

	"shenbao/typeset/font"
)

//go:embed serif.otf
var serif []byte

//go:embed serif-bold.otf
var serifBold []byte

//go:embed sans-bold.otf
var sansBold []byte

// Fonts is the set of the fonts here. Make it once and share it: what it has parsed is
// kept in it.
func Fonts() *font.Set {
	load := func(name string, file []byte) *font.Font {
		return font.NewFont(name, 0, func() ([]byte, error) { return file, nil })
	}
	song, title, hei := load("NotoSerifSC", serif), load("NotoSerifSC-Bold", serifBold), load("NotoSansSC-Bold", sansBold)
	return font.NewSet(map[font.Role][]*font.Font{
		font.Song:  {song},
		font.Title: {title, song},
		font.Hei:   {hei, song},
	})
}
