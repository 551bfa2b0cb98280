package datasets

import "strings"

// Head keeps the first bytes of what is written to it, at most Left: what a
// process that reads tables says before it dies.
type Head struct {
	Left int
	text strings.Builder
}

// Write implements io.Writer and takes everything.
func (h *Head) Write(p []byte) (int, error) {
	n := min(len(p), h.Left)
	h.text.Write(p[:n])
	h.Left -= n
	return len(p), nil
}

// FirstLine is the first line that is not empty, or that there is none.
func (h *Head) FirstLine() string {
	line, _, _ := strings.Cut(strings.TrimSpace(h.text.String()), "\n")
	if line == "" {
		return "it said nothing"
	}
	return line
}
