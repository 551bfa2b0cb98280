package language

import "unicode"

// Scripts of words. Letters of any other script are foreign: none of the
// languages uses it.
const (
	cyrillic = iota
	latin
	scripts
)

// Letters are numbered within their script from 1, small and capital alike.
// Letters that none of our languages has, such as ß, share the number strange.
const (
	edge    = 0 // stands at both ends of a word
	strange = 126
	mark    = 127 // an apostrophe inside a word
)

// letters that are told apart, in the order of their numbers. oʻ and gʻ of
// Uzbek, whose mark is written in six ways, stand as õ and ğ.
var letters = [scripts]string{
	cyrillic: "абвгдежзийклмнопрстуфхцчшщъыьэюяёәғқңөұүһіўҳїєґҡҙҫҗӣӯҷѓќљњђћџјѕ",
	latin:    "abcdefghijklmnopqrstuvwxyzçğıöşüəýžňäõíóúáéŋǵńñâîûèàêëïôåøæčšćđłąęřůśźěāēīļņģķūőűãțș",
}

// lookalikes are letters that one script has like the other: people mix
// keyboards.
const lookalikes = "аaеeіiоoрpсcуyхxһhјjѕsӓäӧöӱü"

// Kinds of code points.
const (
	isBetween = iota // words end here
	isLetter         // of either script
	isForeign        // a letter of another script
	isMark           // an apostrophe
	isStop           // the end of a sentence or line
	isAddress        // begins or may stand inside what is passed over
	isSilent         // a soft hyphen or another mark that nobody sees, also inside words
)

// below is the first code point that has no place in the tables: behind the
// supplement of the Cyrillic script.
const below = 0x530

var (
	kinds   [below]uint8
	script  [below]uint8 // of letters
	numbers [scripts][below]uint8
	alike   [scripts][128]uint8 // number of the letter of the other script that looks the same; 0: none does
)

func init() {
	for r := rune(0); r < below; r++ {
		switch {
		case unicode.In(r, unicode.Cyrillic) && unicode.IsLetter(r):
			kinds[r], script[r], numbers[cyrillic][r] = isLetter, cyrillic, strange
		case unicode.In(r, unicode.Latin) && unicode.IsLetter(r):
			kinds[r], script[r], numbers[latin][r] = isLetter, latin, strange
		case unicode.IsLetter(r) && !unicode.Is(unicode.Lm, r):
			kinds[r] = isForeign
		}
	}
	for _, r := range "'`´ʻʼʹʽˈʿ" {
		kinds[r] = isMark
	}
	for _, r := range "!?\n\r;/|" {
		kinds[r] = isStop
	}
	kinds['\u00ad'] = isSilent
	for _, r := range "@#:." {
		kinds[r] = isAddress
	}
	for s, list := range letters {
		n := uint8(0)
		for _, r := range list {
			n++
			numbers[s][r], numbers[s][unicode.ToUpper(r)] = n, n
		}
	}
	numbers[latin]['I'], numbers[latin]['İ'] = numbers[latin]['i'], numbers[latin]['i']
	pairs := []rune(lookalikes)
	for i := 0; i < len(pairs); i += 2 {
		c, l := numbers[cyrillic][pairs[i]], numbers[latin][pairs[i+1]]
		if c != strange {
			alike[latin][l], alike[cyrillic][c] = c, l
		}
	}
}
