package filing

import "encoding/hex"

// TidyCode is a version code typed or scanned off paper in the form in which it is printed
// and kept; what is not a code comes back as it is.
func TidyCode(typed string) string {
	s := plainCode(typed)
	if len(s) != 12 {
		return typed
	}
	return s[:4] + "-" + s[4:8] + "-" + s[8:]
}

// CodeOf is the short code of a hash, as it is printed: 12 characters in three groups.
func CodeOf(sum string) string {
	raw, err := hex.DecodeString(sum)
	if err != nil || len(raw) < 8 {
		return ""
	}
	s := codes.EncodeToString(raw)
	return s[:4] + "-" + s[4:8] + "-" + s[8:12]
}
