package publish

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// persons makes so many accounts of persons in one cell, and one ministry.
func persons(n int) []datasets.Account {
	out := []datasets.Account{{Platform: "x", AccountID: "1", Country: datasets.Some("KAZ"), Organization: "Ministry", OrganizationType: datasets.Some("ministry")}}
	for i := range n {
		out = append(out, datasets.Account{Platform: "x", AccountID: fmt.Sprintf("88%02d", i), Handle: datasets.Some(fmt.Sprintf("someone_%d", i)), Country: datasets.Some("KAZ"),
			Organization: fmt.Sprintf("Someone %d", i), OrganizationType: datasets.Some("president"), HostCountry: datasets.Some("DEU"), Person: true, ValidFrom: datasets.Some(datasets.Day(9))})
	}
	return out
}

// Four persons of one kind are left out, five appear under pseudonyms that the
// key alone makes, with nothing that could tell who they are.
func TestPersons(t *testing.T) {
	four := persons(4)
	p := PersonsOf(four)
	if p.Appear() || !p.Any() {
		t.Error("four persons would appear")
	}
	if got := p.Accounts(slices.Clone(four)); len(got) != 1 || got[0].Organization != "Ministry" {
		t.Errorf("got %+v", got)
	}
	if left := p.Left(); len(left) != 1 || left[0].Reason != tooFewPersons || strings.Contains(left[0].String(), "4") {
		t.Errorf("left %+v", left)
	}

	five := persons(5)
	under := func(key byte) []datasets.Account {
		p := PersonsOf(five)
		if !p.Appear() {
			t.Fatal("five persons do not appear")
		}
		p.Use(bytes.Repeat([]byte{key}, keyBytes))
		return p.Accounts(slices.Clone(five))
	}
	got := under(1)
	if len(got) != 6 || !slices.IsSortedFunc(got, func(a, b datasets.Account) int { return datasets.Accounts.Compare(&a, &b) }) {
		t.Fatalf("got %+v", got)
	}
	text := fmt.Sprintf("%+v", got)
	for _, secret := range []string{"88", "omeone", "DEU"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is left in %s", secret, text)
		}
	}
	for _, a := range got {
		if a.Person && (!strings.HasPrefix(a.AccountID, "person-") || !strings.HasPrefix(a.Organization, "person-") || a.AccountID == a.Organization || a.Handle.OK || a.ValidFrom.OK) {
			t.Errorf("got %+v", a)
		}
	}
	if fmt.Sprint(under(1)) != fmt.Sprint(got) || fmt.Sprint(under(2)) == fmt.Sprint(got) {
		t.Error("pseudonyms are not those of the key")
	}
}

// Of five persons, values that rest on five observations stay, others and tables
// of single counts do not; rows of institutions all stay.
func TestRedact(t *testing.T) {
	accounts := persons(5)
	p := PersonsOf(accounts)
	p.Use(bytes.Repeat([]byte{1}, keyBytes))
	of := func(r *datasets.Value) (*string, *string, int64) { return &r.Platform, &r.AccountID, r.NObserved }
	rows := []datasets.Value{{Metric: "m", Platform: "x", AccountID: "1", NObserved: 1}, {Metric: "m", Platform: "x", AccountID: "8800", NObserved: 5}, {Metric: "m", Platform: "x", AccountID: "8801", NObserved: 4}}
	got := Redact(p, &datasets.Values, slices.Clone(rows), true, of)
	if len(got) != 2 || got[0].AccountID != "1" || !strings.HasPrefix(got[1].AccountID, "person-") {
		t.Errorf("got %+v", got)
	}
	if got := Redact(p, &datasets.Values, slices.Clone(rows), false, of); len(got) != 1 || got[0].AccountID != "1" {
		t.Errorf("single counts: got %+v", got)
	}
	published := []datasets.PublishedValue{{Subject: "Someone 3"}, {Subject: "SOMEONE_2", Platform: datasets.Some("x")}, {Subject: "someone_2", Platform: datasets.Some("vk")}, {Subject: "Ministry"}, {Subject: "Ministry", ValueText: "said @Someone_1 today"}, {Subject: "Ministry", ValueText: "someone_12"}}
	if got := Unnamed(p, &datasets.Published, published, func(r *datasets.PublishedValue) (string, []string) {
		return r.Platform.V, []string{r.Subject, r.ValueText}
	}); len(got) != 3 || got[0].Platform.V != "vk" {
		t.Errorf("published: got %+v", got)
	}
	if got := p.Left(); len(got) != 3 {
		t.Errorf("left out: %v", got)
	}
}

// A key is made once, with mode 0600, outside of the study; one that others can
// read, or of another length, is refused.
func TestKey(t *testing.T) {
	dir := t.TempDir()
	study, path := filepath.Join(dir, "study"), filepath.Join(dir, "keys", "key")
	if key, err := ReadKey(path, study); key != nil || err != nil {
		t.Errorf("no key: got %v, %v", key, err)
	}
	if err := MakeKey(path, study); err != nil {
		t.Fatal(err)
	}
	key, err := ReadKey(path, study)
	if err != nil || len(key) != keyBytes {
		t.Fatalf("got %v, %v", key, err)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := MakeKey(path, study); err != nil {
		t.Fatal(err)
	}
	if again, _ := ReadKey(path, study); !bytes.Equal(again, key) {
		t.Error("a key that was there was written over")
	}
	if f := Fingerprint(key); f == "" || strings.Contains(fmt.Sprintf("%x", key), f) {
		t.Errorf("fingerprint %q", f)
	}
	if err := MakeKey(filepath.Join(study, "key"), study); err == nil {
		t.Error("a key inside the study is made")
	}
	if err := os.WriteFile(path, key[:5], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKey(path, study); err == nil || !strings.Contains(err.Error(), "has 5 bytes; expected 32") {
		t.Errorf("a short key: %v", err)
	}
}

// The ids of posts on X, as bare text: none of persons, none of other platforms,
// none twice, and no order but that of text.
func TestIDs(t *testing.T) {
	posts := func(yield func([]datasets.Post, error) bool) {
		yield([]datasets.Post{{Platform: "x", AccountID: "1", PostID: "9"}, {Platform: "x", AccountID: "1", PostID: "10"}, {Platform: "x", AccountID: "8800", PostID: "11"},
			{Platform: "telegram", AccountID: "1", PostID: "12"}, {Platform: "x", AccountID: "1", PostID: "8"}, {Platform: "x", AccountID: "2", PostID: "9"}}, nil)
	}
	if got, err := idsOf(posts, PersonsOf(persons(1))); err != nil || !slices.Equal(got, []string{"10", "8", "9"}) {
		t.Errorf("got %v, %v", got, err)
	}
}
