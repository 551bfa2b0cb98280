package stages

import (
	"encoding/json"
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
	var m struct{ Mode string }
	if text, err := os.ReadFile(filepath.Join(dir, "package", "manifest.json")); err == nil && json.Unmarshal(text, &m) == nil && (PackageOptions{Mode: m.Mode}).Check() == nil {
		o.Mode = m.Mode
	}
	_, err := os.Stat(filepath.Join(dir, "package.zip"))
	o.Zip = err == nil
	return o
}

// key is the key of pseudonyms; empty where no person appears.
type key struct {
	bytes       []byte
	fingerprint string
}

// appear tells whether persons among the accounts appear in a package.
func appear(accounts []datasets.Account) bool { return publish.PersonsOf(accounts).Appear() }

// readKey reads the key where persons appear in the package.
func (f *flow) readKey() error {
	accounts, err := normalize.ReadAccounts(filepath.Join(f.st.Dir, f.st.Accounts))
	if err != nil || !appear(accounts) {
		return nil // what is wrong with the accounts, the unit that needs them says
	}
	path, err := publish.KeyFile(f.options.Key)
	if err != nil {
		return err
	}
	f.key.bytes, err = publish.ReadKey(path, f.st.Dir)
	f.key.fingerprint = publish.Fingerprint(f.key.bytes)
	return err
}

// makeKey makes the key where persons appear in the package and there is none.
func makeKey(st *study.Study, accounts []datasets.Account, o PackageOptions) error {
	if !appear(accounts) {
		return nil
	}
	path, err := publish.KeyFile(o.Key)
	if err != nil {
		return err
	}
	return publish.MakeKey(path, st.Dir)
}
