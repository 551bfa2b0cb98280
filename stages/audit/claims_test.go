package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/audit/rules"
)

const claimHeader = "entry,source,locator,rule,subject,platform,indicator,value_text,inputs,reason\n"

func writeClaims(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "claims.csv")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadClaims(t *testing.T) {
	path := writeClaims(t, "\ufeff"+claimHeader+
		`7,doc,"Table 1, X",rate,,,,,,`+"\n"+
		`,doc,text,ratio_claim,Ministry,x,posts,"3 times, at least",first=doc.a;second=doc.b;claimed=#3,`+"\n")
	claims, err := ReadClaims(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(claims) != 2 {
		t.Fatalf("got %d claims, want 2", len(claims))
	}
	if c := claims[0]; c.Entry != datasets.Some(int64(7)) || c.Locator != "Table 1, X" || c.At != "claims.csv:2" {
		t.Errorf("got %+v", c)
	}
	c := claims[1]
	want := []rules.Input{{Name: "first", ID: "doc.a"}, {Name: "second", ID: "doc.b"}, {Name: "claimed", Literal: "3"}}
	if c.Entry.OK || c.Platform != datasets.Some("x") || len(c.Inputs) != 3 || c.Inputs[0] != want[0] || c.Inputs[1] != want[1] || c.Inputs[2] != want[2] {
		t.Errorf("got %+v", c)
	}
}

func TestReadClaimsErrors(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"empty file", "", ":1: the file is empty, expected the header entry,"},
		{"renamed column", strings.Replace(claimHeader, "locator", "place", 1), `:1: column 3: found "place", expected "locator"`},
		{"missing column", strings.Replace(claimHeader, ",reason", "", 1), ":1: column reason is missing"},
		{"extra column", strings.Replace(claimHeader, "reason", "reason,note", 1), `:1: column 11: found "note", expected no further column`},
		{"short line", claimHeader + "1,doc,text\n", ":2: found 3 fields, expected 10"},
		{"quote", claimHeader + "1,doc,\"text\n", ":2: not CSV: "},
		{"not UTF-8", claimHeader + "1,doc,caf\xe9,rate,,,,,,\n", ":2: not UTF-8"},
		{"entry", claimHeader + "one,doc,text,rate,,,,,,\n", `:2: entry: found "one", expected a number from 1, or nothing`},
		{"entry of a row", claimHeader + ",doc,text,rate,,,,,,\n", ":2: entry: found nothing, expected the entry that rule rate"},
		{"source", claimHeader + "1,,text,rate,,,,,,\n", ":2: source: found nothing"},
		{"rule", claimHeader + "1,doc,text,rat,,,,,,\n", `:2: rule: found "rat", expected the name of a rule; did you mean "rate"?`},
		{"subject", claimHeader + "1,doc,text,same_statement,,,i,v,value=#1;value=#2,\n", ":2: subject: found nothing, expected a value"},
		{"pair", claimHeader + "1,doc,text,same_statement,s,,i,v,value=#1;#2,\n", `:2: inputs: found "#2", expected name=id of a published value, or name=#literal`},
		{"input name", claimHeader + "1,doc,text,same_statement,s,,i,v,value=#1;valeu=#2,\n", `:2: inputs: found "valeu", rule same_statement expects value; did you mean "value"?`},
		{"input missing", claimHeader + "1,doc,text,ratio_claim,s,,i,v,first=#1;second=#2,\n", ":2: inputs: 0 of claimed, rule ratio_claim expects one"},
		{"input twice", claimHeader + "1,doc,text,grim,s,,i,v,mean=#1;n=#2;items=#1;items=#2,\n", ":2: inputs: 2 of items, rule grim expects at most one"},
		{"inputs of a window rule", claimHeader + "1,doc,text,rate,s,,i,v,n=#1,\n", ":2: inputs: found \"n=#1\", expected nothing"},
		{"no reason", claimHeader + "1,doc,text,not_computable,s,,i,v,,\n", ":2: reason: found \"\" for rule not_computable"},
		{"reason", claimHeader + "1,doc,text,rate,,,,,,because\n", ":2: reason: found \"because\" for rule rate"},
		{"line of a later record", claimHeader + "1,doc,\"two\nlines\",rate,,,,,,\n2,doc,text,rat,,,,,,\n", ":4: rule:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := writeClaims(t, c.content)
			_, err := ReadClaims(path)
			if err == nil || !strings.HasPrefix(err.Error(), "claims.csv"+c.want) {
				t.Errorf("got %v\nwant %s", err, "claims.csv"+c.want)
			}
		})
	}
	if _, err := ReadClaims(filepath.Join(t.TempDir(), "none.csv")); err == nil {
		t.Error("a file that is not there: got no error")
	}
}
