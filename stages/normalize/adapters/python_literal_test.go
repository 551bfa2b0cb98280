package adapters

import (
	"encoding/json"
	"strings"
	"testing"

	"diplometrics/stages/normalize/adapters/jsontape"
)

// What Python 3 prints for a value, and the same in JSON.
func TestPythonJSON(t *testing.T) {
	for in, want := range map[string]string{
		`{'actual': {'likeCount': 3323, 'x': None}, 'ok': True, 'no': False}`: `{"actual":{"likeCount":3323,"x":null},"ok":true,"no":false}`,
		`{'name': "Қазақстан's ministry", 'b': 'say "hi"'}`:                   `{"name":"Қазақстан's ministry","b":"say \"hi\""}`,
		`['a', 1, 2.5, -3e-07, 1e+20, 5.]`:                                    `["a",1,2.5,-3e-07,1e+20,5]`,
		`('a',)`:                                                              `["a"]`,
		`[[], {}, ()]`:                                                        `[[],{},[]]`,
		`{1: 'a', None: 'b'}`:                                                 `{"1":"a","null":"b"}`,
		`'line\n \t \\ \x07 \u0645 \'q\''`:                                    `"line\u000a \u0009 \\ \u0007 ` + "\u0645" + ` 'q'"`,
		`'\ud83d\ude00 \U0001f600'`:                                           `"😀 😀"`,
		`'\ud83d alone'`:                                                      `"� alone"`,
		`{'t': datetime.datetime(2024, 1, 31, 9, 30, tzinfo=datetime.timezone.utc), 'n': nan, 'i': -inf}`: `{"t":null,"n":null,"i":null}`,
		`{"json": [true, false, null], "u": "\u00e9"}`:                                                    `{"json":[true,false,null],"u":"é"}`,
	} {
		if got, err := pythonJSON(in); err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "{'a': 1", "{'a' 1}", "{'a': }", "'open", `'\x1'`, "{[1]: 2}", "nothing", "1 2", "[1,,2]", "'\xff'", "0x10", "f(",
		strings.Repeat("[", maxNesting+2) + strings.Repeat("]", maxNesting+2)} {
		if got, err := pythonJSON(in); err == nil {
			t.Errorf("%q: got %s, want an error", in, got)
		}
	}
}

// What comes out is JSON, whatever went in, and reads as itself.
func FuzzPythonJSON(f *testing.F) {
	for _, s := range []string{`{'a': [1, -2.5e+07, None], "b": 'it\'s \ud83d\ude00', 3: (True,)}`, `{'t': datetime.datetime(2024, 1, 31, tz=None)}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out, err := pythonJSON(in)
		if err != nil {
			return
		}
		if !json.Valid(out) {
			t.Fatalf("%q: no JSON: %s", in, out)
		}
		if _, err := jsontape.Parse(out); err != nil {
			t.Fatalf("%q: %v", in, err)
		}
		if again, err := pythonJSON(string(out)); err != nil || string(again) != string(out) {
			t.Fatalf("%q: %s, then %s, %v", in, out, again, err)
		}
	})
}
