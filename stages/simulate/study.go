package simulate

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/study"

	"github.com/gofrs/flock"
)

// Names of what a simulated study has beside raw/ and truth/.
const (
	studyFile    = "study.toml"
	accountsFile = "accounts.csv"
	eventsFile   = "events.csv"
	codedFile    = "topics_coded.csv"
	rawMark      = study.SimulatedFile
	truthFile    = "truth/truth.json"
)

// header is the first line of every simulated study.toml: a folder whose file
// begins so may be written again.
const header = "# SIMULATED: written by `diplometrics simulate`, which replaces it. Nothing in this study was observed."

// files that a simulation puts beside raw/ and truth/.
var beside = []string{studyFile, accountsFile, eventsFile, codedFile}

// mark is what raw/SIMULATED.txt says: the hash of every file that a simulation
// wrote, by its name.
type mark map[string]string

const markHead = "SIMULATED: `diplometrics simulate` wrote the files below, and nothing in them was observed. It replaces them only while they are as it wrote them (SHA-256).\n\n"

// readMark reads the mark of a folder; empty where there is none.
func readMark(dir string) (mark, error) {
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(rawMark)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	m := mark{}
	for line := range strings.Lines(string(text)) {
		if sum, name, ok := strings.Cut(strings.TrimSpace(line), "  "); ok && len(sum) == 64 {
			m[name] = sum
		}
	}
	return m, nil
}

// written returns the hash of every file below folders of dir, by name, the
// mark itself left out.
func written(dir string, folders ...string) (mark, error) {
	m := mark{}
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(dir, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, err := filepath.Rel(dir, path)
			if err != nil {
				return err
			}
			name := filepath.ToSlash(rel)
			if name == rawMark {
				return nil
			}
			m[name], err = hashOf(path)
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return m, nil
}

func hashOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}

// mayWrite tells whether a simulation may write into a folder: one that holds no
// study, or one that a simulation wrote, with nothing in raw/ and truth/ that is
// not as it wrote it.
func mayWrite(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, studyFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		for _, name := range append([]string{"accounts.xlsx", "raw", "truth"}, beside...) {
			if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
				return fmt.Errorf("%s: %s is there, and no simulation wrote it; name another folder", dir, name)
			}
		}
		return nil
	case err != nil:
		return err
	case !strings.HasPrefix(string(text), header):
		return fmt.Errorf("%s: %s is there, and no simulation wrote it; name another folder", dir, studyFile)
	}
	was, err := readMark(dir)
	if err != nil {
		return err
	}
	is, err := written(dir, "raw", "truth")
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(is)) {
		switch was[name] {
		case is[name]:
		case "":
			return fmt.Errorf("%s: %s is there, and no simulation wrote it; move it elsewhere, or name another folder", dir, name)
		default:
			return fmt.Errorf("%s: %s was changed since it was simulated; move it elsewhere, or name another folder", dir, name)
		}
	}
	return nil
}

// mayReplace tells whether the files beside raw/ and truth/ are as a simulation
// wrote them, or as this one does.
func (s *simulation) mayReplace(dir string) error {
	was, err := readMark(dir)
	if err != nil {
		return err
	}
	for _, name := range beside {
		is, err := hashOf(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		now, err := hashOf(filepath.Join(s.dir, name))
		if err != nil {
			return err
		}
		if is != now && is != was[name] {
			return fmt.Errorf("%s: %s was changed since it was simulated; move it elsewhere, or name another folder", dir, name)
		}
	}
	return nil
}

// scratch makes the folder in which the simulation is written, and clears away
// what an earlier one left in it. Only one simulation at a time can have it.
func (s *simulation) scratch(dir string) (release func(), err error) {
	s.dir = filepath.Join(dir, ".simulating")
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(s.dir, "lock"))
	held, err := lock.TryLock()
	if err != nil {
		return nil, err
	}
	if !held {
		return nil, fmt.Errorf("%s: another simulation is writing there; wait for it, or name another folder", dir)
	}
	release = func() {
		lock.Unlock()
		os.RemoveAll(s.dir)
		os.Remove(dir) // only if the simulation made it and put nothing there
	}
	left, err := os.ReadDir(s.dir)
	for _, e := range left {
		if err == nil && e.Name() != "lock" {
			err = os.RemoveAll(filepath.Join(s.dir, e.Name()))
		}
	}
	if err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// place puts what was written in place: raw/ last, so that a folder with the
// mark of raw/ is complete. Files that are as they were stay untouched; what
// somebody put there meanwhile stops it.
func (s *simulation) place(dir string) error {
	if err := mayWrite(dir); err != nil {
		return err
	}
	if err := s.mayReplace(dir); err != nil {
		return err
	}
	for _, name := range beside {
		to, from := filepath.Join(dir, name), filepath.Join(s.dir, name)
		old, err := os.ReadFile(to)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		text, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if bytes.Equal(old, text) {
			continue
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
	}
	for _, name := range []string{"truth", "raw"} {
		to := filepath.Join(dir, name)
		if err := os.Rename(to, filepath.Join(s.dir, "old-"+name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.Rename(filepath.Join(s.dir, name), to); err != nil {
			return err
		}
	}
	return nil
}

// tell completes the truth.
func (s *simulation) tell() *Truth {
	t := &Truth{
		Note:    "SIMULATED: nothing here was observed. Accounts, posts and numbers are invented; see parameters.",
		Version: Version, Seed: s.o.Seed, Window: [2]string{s.from.String(), s.to.String()}, Collected: s.last.String(), Scale: s.scale,
		Parameters: s.p, Accounts: s.accounts, Effects: s.effects(),
	}
	if s.gap[0] < s.gap[1] {
		t.Gap = []string{s.gap[0].String(), s.gap[1].String()}
	}
	for _, a := range s.accounts {
		t.Posts += a.Seen
		t.Never += a.Posts - a.Seen
	}
	for _, f := range s.files {
		f.Merged = f.Records - f.Kept - f.Rejected
		for _, n := range f.Filtered {
			f.Merged -= n
		}
		t.Files = append(t.Files, *f)
	}
	slices.SortFunc(t.Files, func(a, b FileTruth) int { return cmp.Compare(a.File, b.File) })
	return t
}

// describe writes the truth and the files beside raw/.
func (s *simulation) describe(t *Truth) error {
	text, err := json.MarshalIndent(t, "", " ")
	if err != nil {
		return err
	}
	for name, content := range map[string]string{truthFile: string(text) + "\n", studyFile: s.studyTOML(), accountsFile: s.accountsCSV(),
		eventsFile: s.eventsCSV(), codedFile: s.codedCSV()} {
		path := filepath.Join(s.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	m, err := written(s.dir, append([]string{"raw", "truth"}, beside...)...)
	if err != nil {
		return err
	}
	var list strings.Builder
	list.WriteString(markHead)
	for _, name := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&list, "%s  %s\n", m[name], name)
	}
	return os.WriteFile(filepath.Join(s.dir, filepath.FromSlash(rawMark)), []byte(list.String()), 0o644)
}

func (s *simulation) accountsCSV() string {
	b := []byte("platform,account_id,handle,country,organization,organization_type,host_country,person\n")
	for _, a := range s.accounts {
		id, person := a.ID, ""
		if strings.HasPrefix(id, "@") {
			id = ""
		}
		if a.Person {
			person = "true"
		}
		for i, cell := range []string{a.Platform, id, a.Handle, a.Country, a.Organization, a.OrganizationType, a.HostCountry, person} {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCell(b, cell)
		}
		b = append(b, '\n')
	}
	return string(b)
}

func (s *simulation) eventsCSV() string {
	var b strings.Builder
	b.WriteString("id,at,words,country,horizon_hours\n")
	for _, e := range s.events {
		fmt.Fprintf(&b, "%s,%s,%s,%s,%g\n", e.ID, time.Unix(e.from, 0).UTC().Format(time.RFC3339), strings.Join(wordsOf(e.Word), " "), e.Country, e.Hours)
	}
	return b.String()
}

// wordsOf parts a hashtag as the rules of topics do: before capitals.
func wordsOf(tag string) []string {
	var words []string
	for _, r := range tag {
		if upper := r >= 'A' && r <= 'Z'; upper || len(words) == 0 {
			words = append(words, "")
		}
		words[len(words)-1] += strings.ToLower(string(r))
	}
	return words
}

// coded is a post whose topic a coder noted.
type coded struct {
	a           *Account
	post, topic string
}

func (s *simulation) codedCSV() string {
	var b strings.Builder
	b.WriteString("platform,account_id,post_id,coder,topics\n")
	slices.SortStableFunc(s.coded, func(a, b coded) int { return cmp.Compare(a.a.index, b.a.index) })
	for i, c := range s.coded[:min(len(s.coded), s.p.Collection.Coded)] {
		topic := c.topic
		if i%10 == 9 { // a slip
			topic = s.topics[i%len(s.topics)].name
		}
		fmt.Fprintf(&b, "%s,%s,%s,AB,thesis.%s\n", c.a.Platform, c.a.ID, c.post, topic)
	}
	return b.String()
}

func (s *simulation) studyTOML() string {
	var b strings.Builder
	var countries, zones []string
	for _, c := range s.p.Countries {
		countries = append(countries, fmt.Sprintf("%q", c.Code))
		zones = append(zones, fmt.Sprintf("%s = %q\n", c.Code, c.Zone))
	}
	fmt.Fprintf(&b, header+`
#
# It shows the program at work on posts: repeated exports of %d accounts by four
# collectors, a sheet of followers, hand counts, and what goes wrong with them.
# truth/truth.json has the parameters behind it and what every file must come to.

title = "A simulated study of %d accounts"
description = "Invented accounts and posts in the formats of real collectors. Followers, posts and likes of Kazakhstan's accounts are of the size that Amrina, Ozganbay and Bekbauova (2024) print; all else, above all the differences between countries, is invented."
version = "%d.0.0"
authors = [{ name = "diplometrics contributors" }]
licence = "CC0-1.0"

countries = [%s]
window = ["%s", "%s"]
seed = %d

# Every table, figure and package of it says SIMULATED.
simulated = true

[zones]
%s`, len(s.accounts), len(s.accounts), Version, strings.Join(countries, ", "), s.from, s.to, s.o.Seed, strings.Join(zones, ""))
	block := func(id, file, table, title, note string, coverage ...string) {
		fmt.Fprintf(&b, "\n%s[[source]]\nid = %q\nfile = %q\n", note, id, file)
		if table != "" {
			fmt.Fprintf(&b, "table = %q\n", table)
		}
		fmt.Fprintf(&b, "title = %q\ncite = %q\n", "Simulated: "+title, "simulated "+cites[id])
		for _, c := range coverage {
			fmt.Fprintln(&b, c)
		}
	}
	all := func(from, to datasets.Day) []string {
		return []string{fmt.Sprintf("covered_from = %q", from), fmt.Sprintf("covered_to = %q", to), `completeness = "all"`}
	}
	has := func(id string) bool {
		return slices.ContainsFunc(s.accounts, func(a *Account) bool { return a.family() == id })
	}
	if has(fromPages) {
		block(fromPages, "raw/x/timelines/*.jsonl", "", "timelines on X by twarc2, pages", "# Ministries on X: pages of twarc2, collected after each month and once more.\n", all(s.from, s.last)...)
	}
	if has(fromFlat) {
		before, after := s.from, s.last
		note := "# Embassies on X: flattened by twarc2.\n"
		if s.gap[0] < s.gap[1] {
			note = "# Embassies on X: flattened by twarc2. For some days the collection stood still,\n# so it covers the time before and the time after.\n"
			if s.split() {
				block(fromFlat, "raw/x/embassies_1/*.jsonl", "", "embassies on X by twarc2, flattened", note, all(before, s.gap[0])...)
				note = ""
			}
			before = s.gap[1]
		}
		folder := "raw/x/embassies_1/*.jsonl"
		if s.gap[0] < s.gap[1] {
			folder = "raw/x/embassies_2/*.jsonl"
		}
		block(fromFlat, folder, "", "embassies on X by twarc2, flattened", note, all(before, after)...)
	}
	if has(fromCapped) {
		block(fromCapped, "raw/x/last_posts/*.jsonl", "", "last posts of presidents' accounts on X by twarc2, pages",
			fmt.Sprintf("# Presidents on X: the last %d posts of each account only, so that each is\n# observed from its first post in the file on.\n", s.p.Collection.Capped), `completeness = "capped"`)
	}
	if has(fromFacebook) {
		block(fromFacebook, "raw/facebook/*.csv", "", "pages on Facebook, tables of CrowdTangle", "# CrowdTangle's tables, whose names say when they were made.\n", all(s.from, s.last)...)
	}
	if has(fromInsta) {
		block(fromInsta, "raw/instagram/*.csv", "", "accounts on Instagram, tables of CrowdTangle", "", all(s.from, s.last)...)
	}
	if has(fromTelegram) {
		block(fromTelegram, "raw/telegram/*/*/result.json", "", "channels on Telegram, exports of Telegram Desktop", "# One export a channel and time; the folder says of which day.\n", all(s.from, s.last)...)
	}
	block(fromSheet, "raw/sheets/followers.xlsx", "account_snapshots", "followers read off the pages", "# Followers as the pages showed them, week by week.\n")
	block(fromWindows, "raw/sheets/counted.xlsx", "account_windows", "posts counted by hand", "# What two people counted on the pages, to hold against the exports.\n")
	return b.String()
}

// cites are how captions name the sources.
var cites = map[string]string{fromPages: "twarc2 pages", fromFlat: "flattened twarc2 posts", fromCapped: "twarc2 timelines", fromFacebook: "CrowdTangle tables of Facebook",
	fromInsta: "CrowdTangle tables of Instagram", fromTelegram: "exports of Telegram Desktop", fromSheet: "followers sheet", fromWindows: "hand counts"}

// split tells whether embassies were collected on x before the collection stood
// still.
func (s *simulation) split() bool {
	return slices.ContainsFunc(s.families[fromFlat], func(c *collection) bool { return strings.HasPrefix(c.file, "raw/x/embassies_1/") })
}
