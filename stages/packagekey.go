package stages

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"diplometrics/datasets"
	"diplometrics/stages/normalize"
	"diplometrics/stages/publish"
	"diplometrics/stages/study"
)

// rememberedOptions are those of the package that lies in the study; those that
// are safe by default where there is none.
func rememberedOptions(dir string) PackageOptions {
	o := PackageOptions{Mode: publish.Aggregates}
	if mode := readPackage(dir).Mode; (PackageOptions{Mode: mode}).Check() == nil {
		o.Mode = mode
	}
	_, err := os.Stat(filepath.Join(dir, "package.zip"))
	o.Zip = err == nil
	return o
}

// packageMade is what a package remembers of how it was made.
type packageMade struct {
	Mode string `json:"mode"`
	Key  string `json:"pseudonym_key_fingerprint"`
}

// readPackage reads it; empty where there is no package.
func readPackage(dir string) (m packageMade) {
	if text, err := os.ReadFile(filepath.Join(dir, "package", "manifest.json")); err == nil {
		_ = json.Unmarshal(text, &m) // of a damaged one nothing is remembered
	}
	return m
}

// key is the key of pseudonyms; empty where no person appears or there is none.
type key struct {
	bytes       []byte
	fingerprint string
	err         error // why it cannot be used
}

// missing says why pseudonyms cannot be made.
func (k key) missing() error {
	if k.err != nil {
		return k.err
	}
	return errors.New("there is no key to make pseudonyms with; name one with diplometrics publish --key FILE, or in DIPLOMETRICS_KEY")
}

// appear tells whether persons among the accounts appear in a package.
func appear(accounts []datasets.Account) bool { return publish.PersonsOf(accounts).Appear() }

// readKey reads the key where persons appear in the package. A package that was
// made with another key stays as it is: its pseudonyms would change without a
// word.
func (f *flow) readKey() {
	accounts, err := normalize.ReadAccounts(filepath.Join(f.st.Dir, f.st.Accounts))
	if err != nil || !appear(accounts) {
		return // what is wrong with the accounts, the unit that needs them says
	}
	path, err := publish.KeyFile(f.options.Key)
	if err == nil {
		f.key.bytes, err = publish.ReadKey(path, f.st.Dir)
	}
	f.key.err, f.key.fingerprint = err, publish.Fingerprint(f.key.bytes)
	was := readPackage(f.st.Dir).Key
	if was != "" && f.key.bytes == nil {
		f.key.fingerprint = was // nothing says that the package is stale
	}
	if was != "" && was != f.key.fingerprint {
		f.key.err = fmt.Errorf("the package was made with the key of pseudonyms %s, and %s holds %s; name that key with --key or in DIPLOMETRICS_KEY, or remove package/ to begin with other pseudonyms", was, path, f.key.fingerprint)
		f.key.bytes, f.key.fingerprint = nil, was
	}
}

// makeKey makes the key where persons appear in the package and there is none.
// What goes wrong, the unit that needs the key says.
func makeKey(st *study.Study, accounts []datasets.Account, o PackageOptions) {
	if !appear(accounts) || readPackage(st.Dir).Key != "" {
		return
	}
	if path, err := publish.KeyFile(o.Key); err == nil {
		_ = publish.MakeKey(path, st.Dir)
	}
}
