package adapters

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"diplometrics/datasets"
)

func FuzzDecodeInstagramInstaloader(f *testing.F) { fuzzPosts(f, InstagramInstaloader) }
func FuzzDecodeInstagramZeeschuimer(f *testing.F) { fuzzPosts(f, InstagramZeeschuimer) }
func FuzzDecodeLinkedInZeeschuimer(f *testing.F)  { fuzzPosts(f, LinkedInZeeschuimer) }
func FuzzDecodeLinkedInPagePosts(f *testing.F)    { fuzzPosts(f, *adapterNamed("linkedin_page_posts")) }

// one reads a file of one record, as collected in February 2026.
func one(t *testing.T, a Adapter, text string) (*Batch, error) {
	t.Helper()
	return a.Read(context.Background(), strings.NewReader(text), File{Name: "f", Account: Ref{Handle: "mfa_one"}, Observed: datasets.Some(datasets.MicrosOf(time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)))}, 1)
}

// onePost is the post of such a file.
func onePost(t *testing.T, a Adapter, text string) Row[Post] {
	t.Helper()
	b, err := one(t, a, text)
	if err != nil || len(b.Posts) != 1 || b.Records() != 1 {
		t.Fatalf("%s: %v\n%s", text, err, shownBatch(b))
	}
	return b.Posts[0]
}

// A short code is the number of the post in other digits. The first pair is that of
// instagrapi's documentation of media_pk_from_code, the second the largest number.
func TestInstagramCode(t *testing.T) {
	for id, want := range map[string]string{"2110901750722920960": "B1LbfVPlwIA", "18446744073709551615": "P__________", "0": "", "x": "", "": ""} {
		if got := igCode(id); got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
	}
}

// Each way in which Instagram names a post and its account gives the same row.
func TestInstagramNames(t *testing.T) {
	for _, item := range []string{
		`{"code":"B1LbfVPlwIA","user":{"pk":"1001"}}`,
		`{"shortcode":"B1LbfVPlwIA","owner":{"id":1001}}`,
		`{"pk":"2110901750722920960","user":{"pk":1001,"id":"17841444161984820"}}`,
		`{"pk":2110901750722920960,"user":null,"owner":{"id":"1001"}}`,
		`{"id":"2110901750722920960_1001","user":{"id":"1001"}}`,
		`{"id":"POLARIS_2110901750722920960","user":{},"owner":{"pk":"1001"}}`,
	} {
		p := onePost(t, InstagramZeeschuimer, capturedOn("www.instagram.com", item))
		if p.Row.PostID != "B1LbfVPlwIA" || p.Ref.ID != "1001" || p.Ref.Handle != "" {
			t.Errorf("%s: %s by %s", item, p.Row.PostID, p.Ref)
		}
	}
	// The number of Meta's interfaces names no account.
	if b, err := one(t, InstagramZeeschuimer, capturedOn("instagram.com", `{"code":"A1","user":{"id":"17841444161984820"}}`)); err != nil || len(b.Posts) != 1 || b.Posts[0].Ref.Handle != "mfa_one" {
		t.Errorf("%v\n%s", err, shownBatch(b))
	}
}

// The number of a post holds the time of its upload, which is not that of the
// post: without a time of its own it has none.
func TestInstagramTime(t *testing.T) {
	for item, want := range map[string]string{
		`{"code":"A1","taken_at":1770663600,"user":{"pk":"1"}}`:               "2026-02-09T19:00:00Z",
		`{"code":"A1","taken_at":"1770663600","user":{"pk":"1"}}`:             "2026-02-09T19:00:00Z",
		`{"code":"DUjFJZCjsA2","pk":"3828926743789355062","user":{"pk":"1"}}`: "",
	} {
		p := onePost(t, InstagramZeeschuimer, capturedOn("instagram.com", item))
		if got := p.Row.CreatedAt; got.OK != (want != "") || got.OK && got.V.String() != want {
			t.Errorf("%s: %v, want %q", item, got, want)
		}
	}
}

// What Instaloader saved of the same post in two ways agrees; iphone_struct goes
// first.
func TestInstaloaderStruct(t *testing.T) {
	p := onePost(t, InstagramInstaloader, `{"node":{"shortcode":"A1","date":1600000000,"caption":"old","is_video":true,"edge_media_preview_like":{"count":-1},"video_view_count":7,"owner":{"id":"1001"},`+
		`"iphone_struct":{"code":"A1","taken_at":1600000001,"caption":{"text":"new"},"like_count":5,"play_count":70,"media_type":2,"user":{"pk":1001,"username":"mfa_one"}}}}`)
	if c := p.Row.Counts; c.Like.V != 5 || c.View.V != 7 || p.Row.Text.V != "new" || p.Row.CreatedAt.V != 1600000001e6 || p.Ref.Handle != "mfa_one" {
		t.Errorf("%+v", p)
	}
	// The counts of its owner are the account's; those of another account are not noted.
	for owner, want := range map[string]int{`{"id":"1001","edge_followed_by":{"count":9}}`: 1, `{"id":"1001"}`: 0, `{"id":"1002","edge_followed_by":{"count":9}}`: 0} {
		b, err := one(t, InstagramInstaloader, `{"node":{"shortcode":"A1","iphone_struct":{"user":{"pk":"1001"}},"owner":`+owner+`}}`)
		if err != nil || len(b.Accounts) != want || len(b.Posts) != 1 {
			t.Errorf("%s: %v\n%s", owner, err, shownBatch(b))
		}
	}
}

// An id of LinkedIn tells its time. The first pair is of Microsoft's
// documentation (compliance events, entity monitoring: created.time 1506560133675).
func TestLinkedInCreated(t *testing.T) {
	for id, want := range map[string]string{
		"6318971194909560123": "2017-09-28T00:55:33Z", "7194576892723200001": "2024-05-10T06:00:00Z",
		"3966023054712791616": "", "1": "", "": "", "99999999999999999999": "",
	} {
		got := linkedinCreated(id)
		if got.OK != (want != "") || got.OK && got.V.String() != want {
			t.Errorf("%s: %v, want %q", id, got, want)
		}
	}
}

// Pages and members are told apart, whatever address or mention names them.
func TestLinkedInAccounts(t *testing.T) {
	for actor, want := range map[string]Ref{
		`{"navigationContext":{"actionTarget":"https://www.linkedin.com/company/mfa-one/posts?x=1"}}`:                                {Handle: "mfa-one"},
		`{"navigationContext":{"actionTarget":"https://kz.linkedin.com/showcase/mfa-one"},"urn":"urn:li:company:5"}`:                 {Handle: "mfa-one", ID: "5"},
		`{"navigationContext":{"actionTarget":"https://www.linkedin.com/company/5/"}}`:                                               {ID: "5"},
		`{"navigationContext":{"actionTarget":"https://www.linkedin.com/in/jane-doe"},"urn":"urn:li:member:5"}`:                      {Handle: "in/jane-doe"},
		`{"backendUrn":"urn:li:fsd_company:5"}`:                                                                                      {ID: "5"},
		`{"name":{"attributes":[{"type":"COMPANY_NAME","*miniCompany":{"universalName":"mfa-one"}}]}}`:                               {Handle: "mfa-one"},
		`{"name":{"attributesV2":[{"detailData":{"*profileFullName":{"publicIdentifier":"jane-doe"}}}]}}`:                            {Handle: "in/jane-doe"},
		`{"navigationContext":{"actionTarget":"https://www.linkedin.com/feed/"},"urn":"urn:li:member:5","name":{"text":"Jane Doe"}}`: {},
		`{"navigationContext":{"actionTarget":"https://linkedin.com.example.org/company/mfa-one"}}`:                                  {},
	} {
		b, err := one(t, LinkedInZeeschuimer, capturedOn("linkedin.com", `{"updateMetadata":{"urn":"urn:li:activity:7194576892723200001"},"actor":`+actor+`}`))
		if err != nil {
			t.Fatal(err)
		}
		got := Ref{}
		if len(b.Posts) == 1 {
			got = b.Posts[0].Ref
		}
		if got.ID != want.ID || got.Handle != want.Handle {
			t.Errorf("%s: %s, want %s", actor, got, want)
		}
	}
}

// Followers stand below the name of a page, in any language, and below that of a
// member stands anything.
func TestLinkedInFollowers(t *testing.T) {
	page, member := Ref{Platform: "linkedin", Handle: "mfa-one"}, Ref{Platform: "linkedin", Handle: "in/jane-doe"}
	for text, want := range map[string]int64{
		"12,345 followers": 12345, "12 345 отслеживающих": 12345, "12.345 Follower:innen": 12345, "7 followers": 7, "1.2M followers": -1, "Government Administration": -1, "": -1, "193 states": 193,
	} {
		got := linkedinFollowers(page, text)
		if got.V.OK != (want >= 0) || got.V.OK && got.V.V != want {
			t.Errorf("%q: %+v, want %d", text, got, want)
		}
	}
	if got := linkedinFollowers(member, "500 followers"); got.V.OK {
		t.Errorf("a member: %+v", got)
	}
}

// What stands where the time of a post would tells an advertisement.
func TestLinkedInAdvertisement(t *testing.T) {
	for when, want := range map[string]int{"Promoted": 1, "Продвигается": 1, "Promoted by MFA Two": 1, "18h • ": 0, "2 нед. • Изменено": 0, "now • ": 0, "Сейчас": 0, "": 0} {
		b, err := one(t, LinkedInZeeschuimer, capturedOn("linkedin.com", `{"updateMetadata":{"urn":"urn:li:activity:7194576892723200001"},"actor":{"navigationContext":{"actionTarget":"https://www.linkedin.com/company/mfa-one/"},"subDescription":{"text":"`+when+`"}}}`))
		if err != nil || int(b.Filtered[igAd]) != want || b.Records() != 1 {
			t.Errorf("%q: %v\n%s", when, err, shownBatch(b))
		}
	}
}

// Of a workbook the sheet that a format asks for is read, where it is the
// format's; else the first, and always the one that is named.
func TestWantedSheet(t *testing.T) {
	for _, c := range []struct{ title, named, want string }{
		{"Post title", "", "linkedin_page_posts"}, {"Title", "", "Metrics"}, {"Post title", "Metrics", "Metrics"},
	} {
		file := book(t, func(f *excelize.File) {
			f.SetSheetName("Sheet1", "Metrics")
			f.SetCellStr("Metrics", "A1", "Metrics")
			f.NewSheet("All posts")
			f.SetCellStr("All posts", "A1", "What each post\ngained")
			f.SetSheetRow("All posts", "A2", &[]any{c.title, "Post link", "Post type", "Created date", "Impressions", "Likes", "Comments"})
		})
		in, err := Open(file, "", c.named)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.TrimSpace(string(in.Head))
		for _, a := range All() {
			if a.Detect(in.Head, in.Name) {
				got = a.Name
			}
		}
		in.Close()
		if got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// Tables of LinkedIn that are no posts are refused by name, with what to do.
func TestLinkedInNotRead(t *testing.T) {
	for text, want := range map[string]string{
		"Aggregated metrics,,\nDate,Impressions (organic),Impressions (sponsored),Impressions (total)\n05/10/2024,1,0,1\n": "each day (the sheet Metrics)",
		"Date,Sponsored followers,Organic followers,Auto-invited followers,Total followers\n":                              "won each day",
		"Page,Total Followers,New Followers,Total Post Engagements,Total Posts\n":                                          "compares LinkedIn pages",
		"Overall Performance,1/1/2024 - 12/31/2024\nImpressions,5\n":                                                       "tells a person",
		"Maximum of 50 posts,,\n\nPost URL,Post publish date,Engagements,,Post URL,Post publish date,Impressions\n":        "tells a person",
	} {
		for _, a := range All() {
			if a.Detect([]byte(text), "f.csv") {
				t.Errorf("%q is read as %s", text, a.Name)
			}
		}
		if got := Unrecognized([]byte(text)); !strings.Contains(got, want) {
			t.Errorf("%q: %s", text, got)
		}
	}
}

// A file of Instaloader's that is cut does not look whole, though its stream has
// no check sum.
func TestInstaloaderCut(t *testing.T) {
	in, err := Open("testdata/instagram_instaloader/2024-05-10_06-15-00_UTC.json.xz", "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if in.Name != "2024-05-10_06-15-00_UTC.json" || !InstagramInstaloader.Detect(in.Head, in.Name) {
		t.Errorf("%s: %s", in.Name, in.Head)
	}
	for n := range in.Head {
		b, err := one(t, InstagramInstaloader, string(in.Head[:n]))
		if n > 0 && err == nil && len(b.Rejects) == 0 {
			t.Fatal(fmt.Sprintf("cut at %d: ", n), shownBatch(b))
		}
	}
}

// Of several columns that are missing the same one is named each time.
func TestMissingColumnIsTheSame(t *testing.T) {
	want := ""
	for range 20 {
		_, err := one(t, *adapterNamed("linkedin_page_posts"), "a,b\n1,2\n")
		if err == nil || want != "" && err.Error() != want {
			t.Fatalf("got %v, want %s", err, want)
		}
		want = err.Error()
	}
}
