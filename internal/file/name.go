package file

// CleanName is a file name as it may be kept and shown.
func CleanName(name string) string { return name }

// Disposition is the Content-Disposition header (RFC 6266) under which a file is sent: always
// as an attachment, so that no browser shows it in the name of the site.
func Disposition(name string) string { return "" }
