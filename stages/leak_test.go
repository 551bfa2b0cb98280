package stages

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"diplometrics/datasets"
	"diplometrics/stages/publish"
)

// leakyStudy makes a study with secrets in every place where an export can hold
// something of persons: texts, addresses, tokens, handles of others, media, names
// of files, names of accounts that nobody asked for, wrong records, and the
// account of one person.
func leakyStudy(t *testing.T) (dir string, secrets []string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "study")
	secret := func(kind string) string {
		s := "zq" + kind + "9kwx"
		secrets = append(secrets, s)
		return s
	}
	text, link, token, mention, media, name, display, unknown, broken := secret("text"), secret("link"), secret("token"), secret("mention"), secret("media"), secret("file"), secret("display"), secret("unknown"), secret("broken")
	person, personID := secret("person"), "77000000000000777"
	var lines strings.Builder
	line := func(id, author, handle string, day int) {
		fmt.Fprintf(&lines, `{"id":%q,"author_id":%q,"text":"Post %s @%s https://%s.example.org/a?access_token=%s","created_at":"2024-01-%02dT10:00:00.000Z","lang":"en",`+
			`"entities":{"mentions":[{"username":%q,"id":"5"}],"urls":[{"expanded_url":"https://%s.example.org/?t=%s","images":[{"url":"https://%s.example.org/i.png"}]}]},"attachments":{"media_keys":["3_%s"]},`+
			`"public_metrics":{"like_count":%d,"reply_count":1,"retweet_count":1,"quote_count":0},`+
			`"author":{"id":%q,"username":%q,"name":"%s","description":"%s","public_metrics":{"followers_count":%d,"following_count":1,"tweet_count":5}},"__twarc":{"retrieved_at":"2024-02-05T00:00:00Z","version":"2"}}`+"\n",
			id, author, text, mention, link, token, day, mention, link, token, media, media, day, author, handle, display, text, 100+day)
	}
	id := 1000
	for day := 1; day <= 28; day++ {
		for a := range 8 {
			id++
			line(fmt.Sprint(id), fmt.Sprint(a+1), fmt.Sprintf("ministry_%d", a+1), day)
		}
		id++
		line(fmt.Sprintf("%d%s", id, "123456"), personID, person, day)
	}
	line("900", "9", unknown, 3)
	lines.WriteString(`{"id":"` + broken + `","author_id":"1"` + "\n")
	accounts := "platform,account_id,handle,country,organization,organization_type,person\n"
	for a := range 8 {
		accounts += fmt.Sprintf("x,%d,ministry_%d,%s,Ministry %d,ministry,false\n", a+1, a+1, []string{"KAZ", "UZB"}[a%2], a+1)
	}
	accounts += fmt.Sprintf("x,%s,%s,KAZ,%s,president,true\n", personID, person, person)
	toml := "title = \"Posts\"\ncountries = [\"KAZ\", \"UZB\"]\nwindow = [\"2024-01-01\", \"2024-02-01\"]\nmax_reject_share = 0.5\n" +
		fmt.Sprintf("[[source]]\nid = \"c\"\nfile = \"raw/%s.jsonl\"\ntitle = \"Collection\"\ncovered_from = \"2024-01-01\"\ncovered_to = \"2024-02-01\"\ncompleteness = \"all\"\n", name) +
		fmt.Sprintf("[[source.coverage]]\nplatform = \"x\"\nhandle = %q\ncovered_from = \"2024-01-01\"\ncovered_to = \"2024-02-01\"\ncompleteness = \"all\"\n", person)
	for name, content := range map[string]string{"study.toml": toml, "raw/" + name + ".jsonl": lines.String(), "accounts.csv": accounts} {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir, append(secrets, personID)
}

// forms are the ways in which a text can lie in a file.
func forms(s string) map[string][]byte {
	lower := strings.ToLower(s)
	out := map[string][]byte{"UTF-8": []byte(lower), "hex": []byte(hex.EncodeToString([]byte(s))), "percent": []byte(strings.ToLower(url.QueryEscape(s)))}
	var little, big, escaped bytes.Buffer
	for _, u := range utf16.Encode([]rune(lower)) {
		little.Write([]byte{byte(u), byte(u >> 8)})
		big.Write([]byte{byte(u >> 8), byte(u)})
		fmt.Fprintf(&escaped, `\u%04x`, u)
	}
	out["UTF-16LE"], out["UTF-16BE"], out["JSON escapes"] = little.Bytes(), big.Bytes(), escaped.Bytes()
	var percent bytes.Buffer
	for _, b := range []byte(lower) {
		fmt.Fprintf(&percent, "%%%02x", b)
	}
	out["percent of every byte"] = percent.Bytes()
	return out
}

var base64Run = regexp.MustCompile(`[A-Za-z0-9+/_-]{16,}`)

// layers are a content and what it holds compressed or encoded, in lower case, by
// the way to it.
func layers(t *testing.T, content []byte, depth int) map[string][]byte {
	t.Helper()
	out := map[string][]byte{"": bytes.ToLower(content)}
	if depth == 0 {
		return out
	}
	add := func(way string, plain []byte) {
		for inner, b := range layers(t, plain, depth-1) {
			out[fmt.Sprintf("%s, in %s %d", inner, way, len(out))] = b
		}
	}
	if z, err := zip.NewReader(bytes.NewReader(content), int64(len(content))); err == nil {
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			plain, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			add("a zip", append([]byte(f.Name+"\n"), plain...))
		}
		return out
	}
	if bytes.HasPrefix(content, []byte("%PDF")) {
		for rest := content; ; {
			_, after, ok := bytes.Cut(rest, []byte("stream\n"))
			if !ok {
				return out
			}
			rest = after
			if r, err := zlib.NewReader(bytes.NewReader(rest)); err == nil {
				plain, _ := io.ReadAll(r) // what follows the stream is none of it
				add("a stream", plain)
			}
		}
	}
	var decoded bytes.Buffer
	for _, run := range base64Run.FindAll(content, -1) {
		for skip := range 4 { // where it begins is not known
			part := run[min(skip, len(run)):]
			part = part[:len(part)/4*4]
			for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				if plain, err := enc.DecodeString(string(part)); err == nil {
					decoded.Write(plain)
					break
				}
			}
			decoded.WriteByte('\n')
		}
	}
	out["base64"] = bytes.ToLower(decoded.Bytes())
	return out
}

// finds tells in which form a text lies in the layers, "" where it does not.
func finds(in map[string][]byte, secret string) string {
	for form, b := range forms(secret) {
		for way, content := range in {
			if bytes.Contains(content, b) {
				return form + way
			}
		}
	}
	return ""
}

// The search finds what it is to find.
func TestLeaksAreFound(t *testing.T) {
	const secret = "Жzq text/9&kwx"
	for form, b := range forms(secret) {
		if finds(layers(t, append(append([]byte("before "), b...), " after"...), 2), secret) == "" {
			t.Errorf("%s is not found", form)
		}
	}
	for shift := range 4 {
		text := strings.Repeat("a", shift) + "before " + secret + " and after"
		if finds(layers(t, []byte("data:"+base64.StdEncoding.EncodeToString([]byte(text))), 2), secret) == "" {
			t.Errorf("base64 at %d is not found", shift)
		}
	}
	var zipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	w, err := z.Create(secret)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("x")); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	if finds(layers(t, zipped.Bytes(), 2), secret) == "" {
		t.Error("the name of an entry is not found")
	}
}

// texts are the rows of a Parquet file in words, out of its compressed pages.
func texts(t *testing.T, path string) []byte {
	t.Helper()
	name := strings.TrimSuffix(filepath.Base(path), ".parquet")
	for _, read := range []func() (string, string){
		words(t, &datasets.Accounts, path), words(t, &datasets.AccountSnapshots, path), words(t, &datasets.AccountWindows, path), words(t, &datasets.Published, path),
		words(t, &datasets.Sources, path), words(t, &datasets.Values, path), words(t, &datasets.AccountPeriods, path), words(t, &datasets.Estimates, path),
		words(t, &datasets.Comparisons, path), words(t, &datasets.Sensitivity, path), words(t, &datasets.ShrunkenValues, path), words(t, &datasets.InteractionCounts, path),
		words(t, &datasets.AccountCurves, path), words(t, &datasets.Curves, path), words(t, &datasets.Reconcile, path), words(t, &datasets.CoderAgreements, path),
		words(t, &datasets.TopicAgreements, path), words(t, &datasets.Audit, path),
	} {
		if n, text := read(); n == name {
			return []byte(text)
		}
	}
	t.Fatalf("%s: no table of that name", path)
	return nil
}

func words[R any](t *testing.T, table *datasets.Table[R], path string) func() (name, text string) {
	return func() (string, string) {
		if table.Name != strings.TrimSuffix(filepath.Base(path), ".parquet") {
			return "", ""
		}
		return table.Name, fmt.Sprintf("%+v", readAll(t, table, path))
	}
}

// No secret of a study is in its package, in whatever form and mode; and that
// the search finds what is there, a name that may be shared shows.
func TestNothingLeaks(t *testing.T) {
	t.Setenv("DIPLOMETRICS_KEY", filepath.Join(t.TempDir(), "key"))
	modes := []string{publish.IDs} // which has all that the other has
	if os.Getenv("DIPLOMETRICS_LONG") != "" {
		modes = append(modes, publish.Aggregates)
	}
	for _, mode := range modes {
		dir, secrets := leakyStudy(t)
		packageOf(t, dir, mode, true)
		public, files := 0, 0
		check := func(name string, content []byte) {
			files++
			all := layers(t, content, 2)
			all["its name"] = bytes.ToLower([]byte(name))
			for _, s := range secrets {
				if form := finds(all, s); form != "" {
					t.Errorf("%s: %s holds %s (%s)", mode, name, s, form)
				}
			}
			if finds(all, "Ministry 3") != "" {
				public++
			}
		}
		err := filepath.WalkDir(filepath.Join(dir, "package"), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name := filepath.ToSlash(strings.TrimPrefix(path, dir))
			check(name, content)
			if strings.HasSuffix(name, ".parquet") {
				check(name+" (texts)", texts(t, path))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if public < 5 || files < 60 {
			t.Errorf("%s: a name that may be shared was found in %d of %d files: the search does not see", mode, public, files)
		}
		ids, _ := filepath.Glob(filepath.Join(dir, "package/ids/*"))
		if (len(ids) == 1) != (mode == publish.IDs) {
			t.Errorf("%s: lists of ids: %v", mode, ids)
		}
	}
}
