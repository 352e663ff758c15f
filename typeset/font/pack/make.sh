#!/bin/sh
# Makes the three fonts of this folder. Needs the Debian packages fonts-noto-cjk
# (1:20220127+repack1-1), fonttools (4.38) and unicode-data (15.0), and nothing else:
#
#	sh make.sh
#
# What is kept: no layout tables (the layout engine uses none), no hints of the
# rasteriser's liking (paper is printed), only the characters named below.
set -eu
noto=/usr/share/fonts/opentype/noto
tgh=$(mktemp)
trap 'rm -f "$tgh"' EXIT
# 通用规范汉字表 (8,105 characters): field kTGH of the Unihan database.
bzcat /usr/share/unicode/Unihan_OtherMappings.txt.bz2 | awk '$2 == "kTGH" { print $1 }' >"$tgh"

signs=U+20-17F,U+2B0-2FF,U+370-451,U+2010-22FF,U+2460-25FF,U+2605-2606,U+2640,U+2642,U+2713,U+3000-303F,U+3220-32FF,U+3380-33FF,U+FE30-FE4F,U+FF00-FFEF
all=U+4E00-9FFF,U+3400-4DBF

# make FILE.ttc FACE OUT.otf MORE-RANGES
make() {
	pyftsubset "$noto/$1" --font-number="$2" --output-file="$3" \
		--unicodes="$signs${4:+,$4}" --unicodes-file="$tgh" \
		--layout-features= --drop-tables+=GSUB,GPOS,GDEF,BASE,VORG,vhea,vmtx,DSIG \
		--no-hinting --notdef-outline --name-IDs=0,1,2,3,4,5,6,13,14 --name-languages='*' \
		--canonical-order --no-recalc-timestamp
}
make NotoSerifCJK-Regular.ttc 2 serif.otf "$all"
make NotoSerifCJK-Bold.ttc 2 serif-bold.otf ''
make NotoSansCJK-Bold.ttc 2 sans-bold.otf ''
