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

// below is the first code point that has no place in the table: behind the
// supplement of the Cyrillic script.
const below = 0x530

// char is what is known of a code point, in one number: of a letter its number
// and its script, and of each its kind and whether it is a capital letter.
type char uint16

const (
	inScript = 7 // bits before the script
	inKind   = 8 // before the kind
	capital  = char(1 << 11)

	numberBits    = char(1<<inScript - 1)
	kindAndScript = char(7<<inKind | 1<<inScript)
)

func charOf(kind, script, number uint8) char {
	return char(kind)<<inKind | char(script)<<inScript | char(number)
}

func (c char) kind() uint8   { return uint8(c>>inKind) & 7 }
func (c char) script() uint8 { return uint8(c>>inScript) & 1 }
func (c char) number() uint8 { return uint8(c & numberBits) }

var (
	chars [below]char
	alike [scripts][128]uint8 // number of the letter of the other script that looks the same; 0: none does
)

func init() {
	for r := rune(0); r < below; r++ {
		switch {
		case unicode.In(r, unicode.Cyrillic) && unicode.IsLetter(r):
			chars[r] = charOf(isLetter, cyrillic, strange)
		case unicode.In(r, unicode.Latin) && unicode.IsLetter(r):
			chars[r] = charOf(isLetter, latin, strange)
		case unicode.IsLetter(r) && !unicode.Is(unicode.Lm, r):
			chars[r] = charOf(isForeign, 0, 0)
		}
	}
	for kind, list := range map[uint8]string{isMark: "'`´ʻʼʹʽˈʿ", isStop: "!?\n\r;/|", isSilent: "\u00ad", isAddress: "@#:."} {
		for _, r := range list {
			chars[r] = charOf(kind, 0, 0)
		}
	}
	for script, list := range letters {
		n := uint8(0)
		for _, r := range list {
			n++
			c := charOf(isLetter, uint8(script), n)
			chars[r], chars[unicode.ToUpper(r)] = c, c
		}
	}
	chars['I'], chars['İ'] = chars['i'], chars['i']
	for r := range rune(below) {
		if unicode.IsUpper(r) {
			chars[r] |= capital
		}
	}
	pairs := []rune(lookalikes)
	for i := 0; i < len(pairs); i += 2 {
		c, l := chars[pairs[i]].number(), chars[pairs[i+1]].number()
		if c != strange {
			alike[latin][l], alike[cyrillic][c] = c, l
		}
	}
}
