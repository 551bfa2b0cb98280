package adapters

import (
	"fmt"
	"strings"
	"time"
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
	}
}

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
}

var facebookIDs = []idCase{
	{"crowdtangle_api", "", `{"platformId":"¤","platform":"Facebook","date":"2023-11-24 07:30:15","updated":"2023-11-25 07:30:15","statistics":{},"account":{"platformId":"11"}}`, "platformId"},
	{"crowdtangle_api", "", `{"platformId":"11_1","platform":"Facebook","date":"2023-11-24 07:30:15","updated":"2023-11-25 07:30:15","statistics":{},"account":{"platformId":"¤"}}`, "account.platformId"},
	{"crowdtangle_api", "", `{"platformId":1.34709E+18,"platform":"Facebook","date":"2023-11-24 07:30:15","updated":"2023-11-25 07:30:15","statistics":{},"account":{"platformId":"11"}}`, "platformId"},
	{"crowdtangle_api_csv", "", crowdTangleHead + "\"¤\",Facebook,2023-11-24 07:30:15,2023-11-25 07:30:15,,11,1,1,one\n", "platformId"},
	{"crowdtangle_api_csv", "", crowdTangleHead + "11_1,Facebook,2023-11-24 07:30:15,2023-11-25 07:30:15,,\"¤\",1,1,one\n", "account.platformId"},
	{"meta_business_posts", "", metaHead + "\"¤\",11,one,09/28/2026 18:12,https://www.facebook.com/a/posts/1,Lifetime,1,0\n", "Post ID"},
	{"meta_business_posts", "", metaHead + "1,\"¤\",one,09/28/2026 18:12,https://www.facebook.com/a/posts/1,Lifetime,1,0\n", "Page ID"},
}

var facebookHidden = []hiddenCase{
	{"crowdtangle_api", "", `[{"platformId":"1_1","platform":"Instagram","date":"2023-11-24 07:30:15","updated":"2023-11-25 07:30:15","postUrl":"https://www.instagram.com/p/A1/","statistics":{"actual":{"commentCount":1},"expected":{"favoriteCount":9}},"account":{"handle":"a"}},` +
		`{"platformId":"1_2","platform":"Instagram","date":"2023-11-24 07:30:15","updated":"2023-11-25 07:30:15","postUrl":"https://www.instagram.com/p/A2/","statistics":{"actual":{"favoriteCount":0}},"account":{"handle":"a"}}]`, likes},
	{"crowdtangle_api_csv", "", crowdTangleHead + "11_1,Facebook,2023-11-24 07:30:15,2023-11-25 07:30:15,,11,1,,one\n11_2,Facebook,2023-11-24 07:30:15,2023-11-25 07:30:15,,11,1,0,two\n", shares},
	{"meta_business_posts", "", metaHead + "1,11,one,09/28/2026 18:12,https://www.facebook.com/a/posts/1,Lifetime,,0\n2,11,two,09/28/2026 18:12,https://www.facebook.com/a/posts/2,Lifetime,0,0\n", likes},
}
