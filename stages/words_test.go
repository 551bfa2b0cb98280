package stages

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/study"
)

// What is wrong with the files that describe a study is said once, in one line,
// before any unit runs.
func TestWrongFilesAreSaidOnce(t *testing.T) {
	const coverage = "\n[[source.coverage]]\nplatform = \"x\"\nhandle = \"%\"\ncovered_from = \"2023-12-01\"\n"
	for _, c := range []struct{ file, text, want string }{
		{"events.csv", "id,at,words\ne1,01.03.2024,visa\n", `events.csv:2: at: found "01.03.2024"`},
		{"topics.csv", "topic,language,rule\nvisa,en,*\n", "topics.csv:2: "},
		{"holidays.csv", "country,name,from,words\nKAZ,Nauryz,21.03,nauryz*\n", `holidays.csv:2: from: found "21.03"`},
		{"topics_coded.csv", "platform,account_id,post_id,coder,topics\ntwitter,1,101,A,\n", `topics_coded.csv:2: platform: found "twitter"; expected one of x, `},
		{"topics_coded.csv", "platform,account_id,post_id,coder,topics\nx,1,1.75E+18,A,\n", `topics_coded.csv:2: post_id: found "1.75E+18", an id that a spreadsheet rounded`},
		{"topics_coded.csv", "platform,account_id,post_id,coder,topics\nx,1,101,A,\nx,mfa_1,101,A,\n", "unit measure/topic_agreement: topics_coded.csv:3: post_id: A coded 101 in topics_coded.csv:2 already"},
		{"accounts.csv", "platform,account_id,handle,country,organization,organization_type\nx,1,mfa_1,KAZ,First,minstry\n", `accounts.csv:2: organization_type: found "minstry"; did you mean "ministry"?`},
		{"study.toml", strings.Replace(coverage, "%", "MFA_1", 1), ""},
		{"study.toml", strings.Replace(coverage, "%", "mfa_9", 1), `study.toml:18: source c1: coverage handle: found "mfa_9", expected an account of accounts.csv on x; did you mean "mfa_1"?`},
		{"study.toml", strings.Replace(strings.Replace(coverage, "handle", "account", 1), "%", "3333333", 1), `study.toml:18: source c1: coverage account: found "3333333", expected an account of accounts.csv on x; add the account there`},
	} {
		dir := writePosts(t, []int{0, 1})
		text := c.text
		if c.file == "study.toml" {
			toml, err := os.ReadFile(filepath.Join(dir, c.file))
			if err != nil {
				t.Fatal(err)
			}
			text = string(toml) + text
		}
		putFiles(t, dir, map[string]string{c.file: text})
		_, err := tryStudy(dir, "measure")
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.text, err)
		case c.want == "":
		case err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n"):
			t.Errorf("%s: got %v\nwant %s", c.text, err, c.want)
		}
	}
}

// People name accounts by their handles; an id that looks rounded is said to, and
// others are not. An event of a country that is not compared is noted.
func TestNotesOnWords(t *testing.T) {
	dir := writePosts(t, []int{0, 1})
	putFiles(t, dir, map[string]string{
		"topics.csv":       "topic,language,rule\nmine.post,en,post\n",
		"events.csv":       "id,at,country,words\nfar,2024-01-01,DEU,visa\nnear,2024-01-01,KAZ,visa\n",
		"topics_coded.csv": "platform,account_id,post_id,coder,topics\nx,MFA_1,101,A,mine.post\nx,@mfa_1,102,A,mine.post\nx,1,777,A,\n"})
	notes := func() string {
		var all []string
		for _, s := range runStudy(t, dir, "measure") {
			all = append(all, s.Notes...)
		}
		return strings.Join(all, "\n")
	}
	said := notes()
	if !strings.Contains(said, "topics_coded.csv: 1 of its posts have no text to read or are not among the posts collected") || strings.Contains(said, "spreadsheet") {
		t.Errorf("notes: %s", said)
	}
	if !strings.Contains(said, "events.csv: event far is of DEU, which is none of the countries of study.toml") || strings.Contains(said, "event near") {
		t.Errorf("notes: %s", said)
	}
	agreement := readAll(t, &datasets.TopicAgreements, filepath.Join(dir, "metrics/topic_agreement.parquet"))
	if len(agreement) != 1 || agreement[0].N != 2 || agreement[0].Both != 2 {
		t.Errorf("agreement: %+v", agreement)
	}

	putFiles(t, dir, map[string]string{"topics_coded.csv": "platform,account_id,post_id,coder,topics\nx,1,101,A,\nx,1,1750000000000000000,A,\n"})
	if said := notes(); !strings.Contains(said, "; 1 of their ids end in zeros as those that a spreadsheet rounded do: keep the column post_id as text") {
		t.Errorf("notes: %s", said)
	}

	// Without the coded posts the agreement is stale, and status says so.
	putFiles(t, dir, map[string]string{"topics_coded.csv": ""})
	st, err := study.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	units, err := Plan(st, verifyInChild)
	if err != nil {
		t.Fatal(err)
	}
	e := &pipeline.Engine{Study: st.Dir, Mounts: map[string]string{"figures": FiguresDir(st.Dir)}, Build: pipeline.ReadBuild()}
	states, err := e.Status(context.Background(), units, false)
	if err != nil {
		t.Fatal(err)
	}
	var why string
	for _, s := range states {
		if s.Unit == "measure/topic_agreement" {
			why = strings.Join(s.Reasons, "; ")
		}
	}
	if !strings.Contains(why, "topics_coded.csv is gone") {
		t.Errorf("status: %q", why)
	}
}
