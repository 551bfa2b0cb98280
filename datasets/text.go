package datasets

import (
	"strings"
	"unicode/utf8"
)

// FirstInvalidUTF8 returns the number of the first line of text, from 1, that
// is not valid UTF-8, or 0 where all of it is.
func FirstInvalidUTF8(text string) int {
	if utf8.ValidString(text) {
		return 0
	}
	for i, line := range strings.Split(text, "\n") {
		if !utf8.ValidString(line) {
			return i + 1
		}
	}
	return 0
}
