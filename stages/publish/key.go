package publish

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// keyBytes is the length of a key, as that of the hash it is used with.
const keyBytes = 32

// KeyFile is where the key of pseudonyms lies: the named file, else that of the
// environment variable DIPLOMETRICS_KEY, else one among the settings of the user.
func KeyFile(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	if env := os.Getenv("DIPLOMETRICS_KEY"); env != "" {
		if !filepath.IsAbs(env) {
			return "", fmt.Errorf("DIPLOMETRICS_KEY is %q; expected a whole path, so that it is one key in every folder", env)
		}
		return env, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no place for the key of pseudonyms: %w; name a file with --key", err)
	}
	return filepath.Join(dir, "diplometrics", "pseudonym.key"), nil
}

// ReadKey reads the key of pseudonyms; nil where the file is not there. A file
// inside the study, which may be shared, or one that others may read is refused.
func ReadKey(path, study string) ([]byte, error) {
	if err := outsideOf(path, study); err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s: the key of pseudonyms can be read by others (mode %04o); expected 0600: chmod 600 the file", path, info.Mode().Perm())
	}
	key, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(key) != keyBytes {
		return nil, fmt.Errorf("%s: the key of pseudonyms has %d bytes; expected %d random ones", path, len(key), keyBytes)
	}
	return key, nil
}

// MakeKey writes a new random key with mode 0600; one that is there stays.
func MakeKey(path, study string) error {
	if err := outsideOf(path, study); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // never fails
	if _, err = f.Write(key); err == nil {
		err = f.Close()
	}
	if err != nil {
		os.Remove(path) // half a key is none
	}
	return err
}

// Fingerprint tells two keys apart without telling either; "" for none.
func Fingerprint(key []byte) string {
	if key == nil {
		return ""
	}
	sum := sha256.Sum256(append([]byte("diplometrics pseudonym key\x00"), key...))
	return hex.EncodeToString(sum[:8])
}

// real is the path without links, of as much of it as there is.
func real(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if whole, err := filepath.EvalSymlinks(path); err == nil {
		return whole, nil
	}
	if dir := filepath.Dir(path); dir != path {
		dir, err := real(dir)
		return filepath.Join(dir, filepath.Base(path)), err
	}
	return path, nil
}

func outsideOf(path, study string) error {
	file, err := real(path)
	if err != nil {
		return err
	}
	dir, err := real(study)
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(dir, file); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return fmt.Errorf("%s: the key of pseudonyms lies inside the study, which may be shared; put it elsewhere, with mode 0600", path)
	}
	return nil
}
