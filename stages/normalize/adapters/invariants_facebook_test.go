package adapters

import (
	"fmt"
	"strings"
	"time"

	"diplometrics/datasets"
)

// Cases of the adapters of exports of Facebook, for the invariants that hold for
// every adapter.

func facebookFormats() []format {
	wall := func(n int) string { return time.Unix(1_600_000_000+int64(n), 0).UTC().Format("2006-01-02 15:04:05") }
	post := func(n int, text string) string {
		return fmt.Sprintf(`{"platformId":"11_%d","platform":"Facebook","date":"%s","updated":"2023-11-25 07:30:15","type":"photo","message":"%s","postUrl":"https://www.facebook.com/mfa_one/posts/%d","statistics":{"actual":{"shareCount":%d}},"account":{"platformId":"11","handle":"mfa_one"}}`,
			n, wall(n), text, n, noise(n)%1000)
	}
	text := func(n int) string { return fmt.Sprintf(`Қазақстан \"%x\" \u00e9\n`, noise(n)) }
	long := strings.SplitN(post(7, "¤"), "¤", 2)
	return []format{
		{name: "crowdtangle_api", adapter: &CrowdTangleAPI, file: File{Name: "f"}, row: func(n int) string { return post(n, text(n)) + "\n" },
			broken: strings.Replace(post(2, "two"), `"date":"`, `"date":"no`, 1) + "\n", long: [2]string{long[0], long[1] + "\n"}},
		{name: "crowdtangle_api list", adapter: &CrowdTangleAPI, file: File{Name: "f"}, head: "[", between: ", ", tail: "]",
			row:    func(n int) string { return post(n, text(n)) },
			broken: strings.Replace(post(2, "two"), `"date":"`, `"date":"no`, 1), long: [2]string{long[0], long[1]}},
		{name: "crowdtangle_api pages", adapter: &CrowdTangleAPI, file: File{Name: "f"}, pages: true, head: "[\n", between: ",\n", tail: "\n]\n",
			row: func(n int) string {
				return `{"status":200,"result":{"posts":[` + post(n, text(n)) + `],"pagination":{"nextPage":"https://example.org"}}}`
			},
			broken: `{"status":200,"result":{"posts":[` + strings.Replace(post(2, "two"), `"date":"`, `"date":"no`, 1) + `]}}`,
			long:   [2]string{`{"status":200,"result":{"posts":[` + long[0], long[1] + `]}}`}},
		{name: "crowdtangle_api_csv", adapter: &CrowdTangleAPICSV, file: File{Name: "f"}, quoted: true,
			head: "platformId,platform,date,updated,postUrl,account.handle,statistics.actual.commentCount,message\n",
			row: func(n int) string {
				return fmt.Sprintf("11_%d,Facebook,%s,2023-11-25 07:30:15,https://www.facebook.com/mfa_one/posts/%d,mfa_one,%d.0,\"one \"\"%x\"\",\n line 2 Қазақстан\"\n", n, wall(n), n, noise(n)%1000, noise(n))
			},
			broken: "11_2,Facebook,yesterday,2023-11-25 07:30:15,,mfa_one,1,two\n",
			long:   [2]string{"11_7,Facebook,2023-11-24 07:30:15,2023-11-25 07:30:15,,mfa_one,1,\"", "\"\n"}},
		{name: "crowdtangle_api_csv of Python", adapter: &CrowdTangleAPICSV, file: File{Name: "f"}, quoted: true,
			head: "platformId,platform,date,updated,statistics,account,message\n",
			row: func(n int) string {
				return fmt.Sprintf("11_%d,Facebook,%s,2023-11-25 07:30:15,{'actual': {'shareCount': %d}},{'handle': 'mfa_one'},\"one \"\"%x\"\",\n line 2 Қазақстан\"\n", n, wall(n), noise(n)%1000, noise(n))
			},
			broken: "11_2,Facebook,2023-11-24 07:30:15,2023-11-25 07:30:15,{'actual': ,{},two\n",
			long:   [2]string{"11_7,Facebook,2023-11-24 07:30:15,2023-11-25 07:30:15,{},{'handle': 'mfa_one'},\"", "\"\n"}},
		{name: "meta_business_posts", adapter: &MetaBusinessPosts, file: File{Name: "f", Zone: time.UTC}, quoted: true, head: metaHead,
			row: func(n int) string {
				return fmt.Sprintf("%d,11,\"one \"\"%x\"\",\n line 2 Қазақстан\",%s,https://www.facebook.com/mfa_one/posts/%d,Lifetime,\"%d\",0\n",
					n, noise(n), time.Unix(1_600_000_000+int64(n), 0).UTC().Format("01/02/2006 15:04"), n, noise(n)%1000)
			},
			broken: "2,11,two,yesterday,https://www.facebook.com/mfa_one/posts/2,Lifetime,1,0\n",
			long:   [2]string{"7,11,\"", "\",09/28/2026 18:12,https://www.facebook.com/mfa_one/posts/7,Lifetime,1,0\n"}},
		{name: "facebook_scraper", adapter: &FacebookScraper, file: File{Name: "f"}, head: "[\n", between: ",", tail: "\n]",
			row: func(n int) string {
				return fmt.Sprintf(`{"post_id": "%d", "post_text": "Қазақстан \"%x\" \u00e9\n", "shared_text": "", "timestamp": %d, "likes": %d, "user_id": "11"}`, n, noise(n), 1_600_000_000+n, noise(n)%1000)
			},
			broken: `{"post_id": "two", "post_text": "two", "shared_text": "", "user_id": "11"}`,
			long:   [2]string{`{"post_id": "7", "shared_text": "", "user_id": "11", "post_text": "`, `"}`}},
		{name: "facebook_scraper_csv", adapter: &FacebookScraperCSV, file: File{Name: "f"}, quoted: true, head: scraperHead,
			row: func(n int) string {
				return fmt.Sprintf("%d,%d,%d,11,{'like': %d},,\"one \"\"%x\"\",\n line 2 Қазақстан\"\n", n, 1_600_000_000+n, noise(n)%1000, noise(n)%1000, noise(n))
			},
			broken: "two,1600000000,1,11,,,two\n",
			long:   [2]string{"7,1600000000,1,11,,,\"", "\"\n"}},
		{name: "facepager_posts", adapter: adapterNamed("facepager_posts"), file: File{Name: "f", Zone: time.UTC}, quoted: true, head: facepagerHead,
			row: func(n int) string {
				return fmt.Sprintf("1;data;fetched (200);2024-01-31 09:30:00;11_%d;%s;11;%d;\"one \"\"%x\"\";\n line 2 Қазақстан\"\n", n, wall(n)+"+00:00", noise(n)%1000, noise(n))
			},
			broken: "1;data;fetched (200);2024-01-31 09:30:00;11_2;yesterday;11;1;two\n",
			long:   [2]string{"1;data;fetched (200);2024-01-31 09:30:00;11_7;2024-01-01T10:00:00+0000;11;1;\"", "\"\n"}},
		{name: "facepager_pages", adapter: adapterNamed("facepager_pages"), file: File{Name: "f", Zone: time.UTC}, quoted: true, head: pagesHead,
			row: func(n int) string {
				return fmt.Sprintf("0;seed;fetched (200);2024-01-31 09:30:00;%d;%d;\"one \"\"%x\"\";\n line 2 Қазақстан\"\n", n, noise(n)%1000, noise(n))
			},
			broken: "0;seed;fetched (200);2024-01-31 09:30:00;2;many;two\n",
			long:   [2]string{"0;seed;fetched (200);2024-01-31 09:30:00;7;5;\"", "\"\n"}},
		{name: "meta_content_library_facebook", adapter: adapterNamed("meta_content_library_facebook"), file: File{Name: "f"}, quoted: true, head: libraryHead,
			row: func(n int) string {
				return fmt.Sprintf("%d,%s,11,%d,0,,\"one \"\"%x\"\",\n line 2 Қазақстан\"\n", n, wall(n)+"+00:00", noise(n)%1000, noise(n))
			},
			broken: "2,yesterday,11,1,0,,two\n", long: [2]string{"7,2024-05-01T10:00:00+00:00,11,1,0,,\"", "\"\n"}},
		{name: "meta_content_library_instagram", adapter: adapterNamed("meta_content_library_instagram"), file: File{Name: "f"}, quoted: true, head: libraryInstagramHead,
			row: func(n int) string {
				return fmt.Sprintf("%d,%s,11,%d,0,\"one \"\"%x\"\",\n line 2 Қазақстан\"\n", n, wall(n)+"+00:00", noise(n)%1000, noise(n))
			},
			broken: "2,yesterday,11,1,0,two\n", long: [2]string{"7,2024-05-01T10:00:00+00:00,11,1,0,\"", "\"\n"}},
		{name: "meta_content_library_producers", adapter: adapterNamed("meta_content_library_producers"), quoted: true, head: producersHead,
			file: File{Name: "f", Platform: "facebook", Observed: datasets.Some(datasets.Micros(1_700_000_000_000_000))},
			row: func(n int) string {
				return fmt.Sprintf("%d,%d,5,\"one \"\"%x\"\",\n line 2 Қазақстан\"\n", n, noise(n)%1000, noise(n))
			},
			broken: "2,many,5,two\n", long: [2]string{"7,5,5,\"", "\"\n"}},
	}
}

const (
	facepagerHead        = "level;object_type;query_status;query_time;object_id;created_time;from.id;shares.count;message\n"
	pagesHead            = "level;object_type;query_status;query_time;object_id;followers_count;about\n"
	libraryHead          = "id,creation_time,post_owner.id,statistics.reaction_count,statistics.comment_count,shared_post_id,text\n"
	libraryInstagramHead = "id,creation_time,post_owner.id,statistics.like_count,statistics.comment_count,text\n"
	producersHead        = "id,follower_count,like_count,name\n"
)

const scraperHead = "post_id,timestamp,reaction_count,user_id,reactions,shared_text,post_text\n"

const metaHead = "Post ID,Page ID,Title,Publish time,Permalink,Date,Reactions,Comments\n"

const crowdTangleHead = "platformId,platform,date,updated,postUrl,account.platformId,statistics.actual.commentCount,statistics.actual.shareCount,message\n"

var facebookTokens = []tokenCase{
	{"crowdtangle_api", "", `{"status":200,"result":{"posts":[` +
		`{"platformId":"11_1","platform":"Facebook","date":"2023-11-24 07:30:15","updated":"2023-11-25 07:30:15","message":"see ` + address + `","link":"` + address + `","postUrl":"https://www.facebook.com/a/posts/1?access_token=SECRET","statistics":{"actual":{}},"account":{"platformId":"11","url":"` + address + `"}},` +
		`{"platformId":"` + address + `","platform":"Facebook","date":"` + address + `","message":"` + address + `"}],` +
		`"pagination":{"nextPage":"https://api.crowdtangle.com/posts?token=SECRET&offset=1"}}}`, 1, 1},
	{"crowdtangle_api_csv", "", crowdTangleHead + "11_1,Facebook,2023-11-24 07:30:15,2023-11-25 07:30:15,https://www.facebook.com/a/posts/1?access_token=SECRET,11,1,1,see " + address + "\n" +
		"11_2,Facebook," + address + ",2023-11-25 07:30:15,,11,1,1,see " + address + "\n", 1, 1},
	{"meta_business_posts", "", metaHead + "1,11,see " + address + ",09/28/2026 18:12,https://www.facebook.com/a/posts/1?access_token=SECRET,Lifetime,1,0\n2,11,see " + address + "," + address + "," + address + ",Lifetime,1,0\n", 1, 1},
	{"facebook_scraper", "", `[{"post_id":"1","post_text":"see ` + address + `","shared_text":"","timestamp":1600000000,"user_id":"11","user_url":"` + address + `","link":"` + address + `","video":"` + address + `","post_url":"https://facebook.com/a/posts/1?access_token=SECRET"},` +
		`{"post_id":"` + address + `","post_text":"` + address + `","shared_text":"","user_id":"11"}]`, 1, 1},
	{"facebook_scraper_csv", "", "post_url," + scraperHead + "https://facebook.com/a/posts/1?access_token=SECRET,1,1600000000,1,11,,,see " + address + "\n" + address + ",2," + address + ",1,11,,,see " + address + "\n", 1, 1},
	{"facepager_posts", "", "permalink_url;" + facepagerHead + address + ";1;data;fetched (200);2024-01-31 09:30:00;11_1;2024-01-01T10:00:00+0000;11;1;see " + address + "\n" +
		address + ";1;data;fetched (200);2024-01-31 09:30:00;11_2;" + address + ";11;1;see " + address + "\n", 1, 1},
	{"facepager_pages", "", pagesHead + "0;seed;fetched (200);2024-01-31 09:30:00;a;5;" + address + "\n0;seed;fetched (200);2024-01-31 09:30:00;b;" + address + ";\n", 1, 1},
	{"meta_content_library_facebook", "", libraryHead + "1,2024-05-01T10:00:00+00:00,11,1,0,,see " + address + "\n2," + address + ",11,1,0,," + address + "\n", 1, 1},
	{"meta_content_library_instagram", "", libraryInstagramHead + "1,2024-05-01T10:00:00+00:00,11,1,0,see " + address + "\n2," + address + ",11,1,0," + address + "\n", 1, 1},
	{"meta_content_library_producers", "", "username," + producersHead + "\"https://facebook.com/a?access_token=SECRET\",1,5,5," + address + "\nb,2," + address + ",5,two\n", 1, 1},
}

var facebookIDs = []idCase{
	{"crowdtangle_api", "", `{"platformId":"¤","platform":"Facebook","date":"2023-11-24 07:30:15","updated":"2023-11-25 07:30:15","statistics":{},"account":{"platformId":"11"}}`, "platformId"},
	{"crowdtangle_api", "", `{"platformId":"11_1","platform":"Facebook","date":"2023-11-24 07:30:15","updated":"2023-11-25 07:30:15","statistics":{},"account":{"platformId":"¤"}}`, "account.platformId"},
	{"crowdtangle_api", "", `{"platformId":1.34709E+18,"platform":"Facebook","date":"2023-11-24 07:30:15","updated":"2023-11-25 07:30:15","statistics":{},"account":{"platformId":"11"}}`, "platformId"},
	{"crowdtangle_api_csv", "", crowdTangleHead + "\"¤\",Facebook,2023-11-24 07:30:15,2023-11-25 07:30:15,,11,1,1,one\n", "platformId"},
	{"crowdtangle_api_csv", "", crowdTangleHead + "11_1,Facebook,2023-11-24 07:30:15,2023-11-25 07:30:15,,\"¤\",1,1,one\n", "account.platformId"},
	{"meta_business_posts", "", metaHead + "\"¤\",11,one,09/28/2026 18:12,https://www.facebook.com/a/posts/1,Lifetime,1,0\n", "Post ID"},
	{"meta_business_posts", "", metaHead + "1,\"¤\",one,09/28/2026 18:12,https://www.facebook.com/a/posts/1,Lifetime,1,0\n", "Page ID"},
	{"facebook_scraper", "", `[{"post_id":1.34709E+18,"post_text":"one","shared_text":"","user_id":"11"}]`, "post_id"},
	{"facebook_scraper_csv", "", scraperHead + "\"¤\",1600000000,1,11,,,one\n", "post_id"},
	{"facebook_scraper_csv", "", scraperHead + "1,1600000000,1,\"¤\",,,one\n", "user_id"},
	{"facepager_posts", "", facepagerHead + "1;data;fetched (200);2024-01-31 09:30:00;\"¤\";2024-01-01T10:00:00+0000;11;1;one\n", "post_id"},
	{"facepager_posts", "", facepagerHead + "1;data;fetched (200);2024-01-31 09:30:00;11_1;2024-01-01T10:00:00+0000;\"¤\";1;one\n", "account_id"},
	{"facepager_pages", "", pagesHead + "0;seed;fetched (200);2024-01-31 09:30:00;\"¤\";5;one\n", "account_id"},
	{"meta_content_library_facebook", "", libraryHead + "\"¤\",2024-05-01T10:00:00+00:00,11,1,0,,one\n", "post_id"},
	{"meta_content_library_facebook", "", libraryHead + "1,2024-05-01T10:00:00+00:00,11,1,0,\"¤\",one\n", "quote_of_id"},
	{"meta_content_library_instagram", "", libraryInstagramHead + "\"¤\",2024-05-01T10:00:00+00:00,11,1,0,one\n", "post_id"},
	{"meta_content_library_producers", "", producersHead + "\"¤\",5,5,one\n", "account_id"},
}

var facebookHidden = []hiddenCase{
	{"crowdtangle_api", "", `[{"platformId":"1_1","platform":"Instagram","date":"2023-11-24 07:30:15","updated":"2023-11-25 07:30:15","postUrl":"https://www.instagram.com/p/A1/","statistics":{"actual":{"commentCount":1},"expected":{"favoriteCount":9}},"account":{"handle":"a"}},` +
		`{"platformId":"1_2","platform":"Instagram","date":"2023-11-24 07:30:15","updated":"2023-11-25 07:30:15","postUrl":"https://www.instagram.com/p/A2/","statistics":{"actual":{"favoriteCount":0}},"account":{"handle":"a"}}]`, likes},
	{"crowdtangle_api_csv", "", crowdTangleHead + "11_1,Facebook,2023-11-24 07:30:15,2023-11-25 07:30:15,,11,1,,one\n11_2,Facebook,2023-11-24 07:30:15,2023-11-25 07:30:15,,11,1,0,two\n", shares},
	{"meta_business_posts", "", metaHead + "1,11,one,09/28/2026 18:12,https://www.facebook.com/a/posts/1,Lifetime,,0\n2,11,two,09/28/2026 18:12,https://www.facebook.com/a/posts/2,Lifetime,0,0\n", likes},
	{"facebook_scraper", "", `[{"post_id":"1","post_text":"one","shared_text":"","likes":0,"user_id":"11"},{"post_id":"2","post_text":"two","shared_text":"","likes":0,"reaction_count":0,"user_id":"11"}]`, likes},
	{"facepager_posts", "", facepagerHead + "1;data;fetched (200);2024-01-31 09:30:00;11_1;2024-01-01T10:00:00+0000;11;;one\n1;data;fetched (200);2024-01-31 09:30:00;11_2;2024-01-01T10:00:00+0000;11;0;two\n", shares},
	{"facepager_pages", "", pagesHead + "0;seed;fetched (200);2024-01-31 09:30:00;a;;\n0;seed;fetched (200);2024-01-31 09:30:00;b;0;\n", followersSeen},
	{"meta_content_library_facebook", "", libraryHead + "1,2024-05-01T10:00:00+00:00,11,,0,,one\n2,2024-05-01T10:00:00+00:00,11,0,0,,two\n", likes},
	{"meta_content_library_instagram", "", libraryInstagramHead + "1,2024-05-01T10:00:00+00:00,11,,0,one\n2,2024-05-01T10:00:00+00:00,11,0,0,two\n", likes},
	{"meta_content_library_instagram", "", "multimedia,statistics.views," + libraryInstagramHead + `"[{'type': 'video'}]"` + ",,1,2024-05-01T10:00:00+00:00,11,0,0,one\n" + `"[{""type"": ""video""}]"` + ",0,2,2024-05-01T10:00:00+00:00,11,0,0,two\n", views},
	{"meta_content_library_producers", "", producersHead + "1,,5,one\n2,0,5,two\n", followersSeen},
	{"facebook_scraper_csv", "", scraperHead + "1,1600000000,,11,,,one\n2,1600000000,0,11,,,two\n", likes},
}
