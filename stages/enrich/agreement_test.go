package enrich

import (
	"math"
	"testing"

	"diplometrics/datasets"
)

func TestReadCoded(t *testing.T) {
	book := []string{"a.x", "a.y"}
	got, err := ReadCoded("topics_coded.csv", []byte("platform,account_id,post_id,coder,topics\nx,1,10,first,a.y; a.x;a.y\nx,1,11,first,\n"), book)
	if err != nil || len(got) != 2 || len(got[0].Topics) != 2 || got[0].Topics[0] != "a.x" || got[1].Topics != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	for rows, parts := range map[string][]string{
		"x,1,10,,a.x":                        {"topics_coded.csv:2", "coder: found nothing"},
		"x,1,10,rules,a.x":                   {"topics_coded.csv:2", `coder: found "rules"`},
		"x,1,10,first,a.z":                   {"topics_coded.csv:2", `topics: found "a.z"`, "a.x"},
		"x,1,10,first,a.x\nx,1,10,first,a.y": {"topics_coded.csv:3", "topics_coded.csv:2", "10"},
	} {
		_, err := ReadCoded("topics_coded.csv", []byte("platform,account_id,post_id,coder,topics\n"+rows+"\n"), book)
		wantError(t, rows, err, parts...)
	}
}

// Two coders and the rules on ten posts. The alphas are worked by hand from
// Krippendorff's (2011) form for binary data of two coders, 1 - (N-1) o / (n0 n1)
// with N codes, n0 and n1 of them 0 and 1, and o posts that differ.
func TestAgreement(t *testing.T) {
	book := []string{"a.x", "a.y", "b.z"}
	ids := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
	var coded []Coded
	code := func(coder, id string, topics ...string) {
		coded = append(coded, Coded{Platform: "x", AccountID: "1", PostID: id, Coder: coder, Topics: topics})
	}
	for i, id := range ids {
		switch { // first: a.x for posts 0 to 3, a.y for none; second: a.x for 1 to 4
		case i <= 3:
			code("first", id, "a.x")
		default:
			code("first", id)
		}
		if 1 <= i && i <= 4 {
			code("second", id, "a.x")
		} else if i < 9 {
			code("second", id)
		}
	}
	// The rules: a.x for 0, 1 and 5; post 9 has no words.
	var found []datasets.PostTopic
	for i, id := range ids[:9] {
		topic := NoTopic
		if i == 0 || i == 1 || i == 5 {
			topic = "a.x"
		}
		found = append(found, datasets.PostTopic{Platform: "x", AccountID: "1", PostID: id, Topic: topic})
	}
	found = append(found, datasets.PostTopic{Platform: "x", AccountID: "2", PostID: "0", Topic: "a.x"})
	batches := func(yield func([]datasets.PostTopic, error) bool) {
		_ = yield(found[:4], nil) && yield(found[4:], nil)
	}
	rows, silent, err := Agreement(coded, batches, book)
	if err != nil || len(silent) != 1 || silent[0] != "9" {
		t.Fatalf("silent %q, %v", silent, err)
	}
	if err := datasets.TopicAgreements.Sorted(rows); err != nil {
		t.Error(err)
	}
	// Neither coder gave a topic of b: three pairs of coders, two topics.
	if len(rows) != 6 {
		t.Fatalf("got %d rows, want 6: %+v", len(rows), rows)
	}
	close := func(got datasets.Opt[float64], want float64) bool { return got.OK && math.Abs(got.V-want) < 1e-12 }
	// first and second: 9 posts; both 1 2 3, only first 0, only second 4; 8 of 18 codes are 1.
	r := rows[0]
	if r.CoderA != "first" || r.CoderB != "second" || r.N != 9 || r.Both != 3 || r.OnlyA != 1 || r.OnlyB != 1 || r.Neither != 4 ||
		!close(r.Agreement, 7./9) || !close(r.Alpha, 1-17*2./(8*10)) || r.Precision.OK || r.Recall.OK {
		t.Errorf("got %+v", r)
	}
	// rules and first: 9 posts; both 0 1, only rules 5, only first 2 3; 7 of 18 codes are 1.
	// Wilson interval: R 4.2.2 prop.test(2, 3, correct = FALSE).
	r = rows[1]
	if r.CoderA != "rules" || r.CoderB != "first" || r.N != 9 || r.Both != 2 || r.OnlyA != 1 || r.OnlyB != 2 || r.Neither != 4 ||
		!close(r.Agreement, 6./9) || !close(r.Alpha, 1-17*3./(7*11)) || !close(r.Precision, 2./3) || !close(r.Recall, 0.5) ||
		math.Abs(r.PrecisionLow.V-0.207659600802) > 1e-9 || math.Abs(r.PrecisionHigh.V-0.938508055280) > 1e-9 {
		t.Errorf("got %+v", r)
	}
	// a.y: nobody gave it.
	r = rows[4]
	if r.Topic != "a.y" || r.Alpha.OK || !r.Absent.OK || r.Precision.OK || r.Recall.OK || !close(r.Agreement, 1) {
		t.Errorf("got %+v", r)
	}
}
