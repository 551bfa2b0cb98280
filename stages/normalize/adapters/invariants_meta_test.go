package adapters

import (
	"fmt"

	"diplometrics/datasets"
)

// Cases of the adapters of Meta, TikTok and LinkedIn, for the invariants that hold for every
// adapter.

func metaFormats() []format {
	return append(instagramFormats(), linkedinFormats()...)
}

func instagramFormats() []format {
	saved := func(n int) string {
		return fmt.Sprintf(`{"node":{"shortcode":"A%d","taken_at_timestamp":%d,"edge_media_to_caption":{"edges":[{"node":{"text":"Қазақстан \"%x\" \u00e9\n"}}]},"edge_media_preview_like":{"count":%d},"owner":{"id":"11"}},"instaloader":{"version":"4.13","node_type":"Post"}}`,
			n, 1_600_000_000+n, noise(n), noise(n)%1000)
	}
	bare := func(n int) string {
		return fmt.Sprintf("{\n    \"edge_media_preview_like\": {\n        \"count\": %d\n    },\n    \"owner\": {\"id\": \"11\"},\n    \"shortcode\": \"A%d\",\n    \"taken_at_timestamp\": %d,\n    \"title\": \"Қазақстан \\\"%x\\\" \\u00e9\"\n}", noise(n)%1000, n, 1_600_000_000+n, noise(n))
	}
	item := func(n int) string {
		return fmt.Sprintf(`"code":"A%d","taken_at":%d,"media_type":1,"user":{"pk":"11"},"caption":{"text":"Қазақстан \"%x\" \u00e9\n"},"like_count":%d`, n, 1_600_000_000+n, noise(n), noise(n)%1000)
	}
	around := func(n int) string {
		return fmt.Sprintf(`"timestamp_collected":%d,"source_platform":"instagram.com"`, 1_700_000_000_000+n)
	}
	owner := `{"node":{"shortcode":"A7","owner":{"id":"11"},"caption":"`
	return []format{
		{name: "instagram_instaloader", adapter: &InstagramInstaloader, file: File{Name: "f"},
			row:    func(n int) string { return saved(n) + "\n" },
			broken: owner + "two\"}, \"taken_at_timestamp\": }\n", long: [2]string{owner, "\"}}\n"}},
		{name: "instagram_instaloader list", adapter: &InstagramInstaloader, file: File{Name: "f"}, head: "[", between: ", ", tail: "]", row: saved,
			broken: `{"node":{"shortcode":"A2","owner":{}},"instaloader":{"node_type":"Post"}}`, long: [2]string{owner, `"}}`}},
		{name: "instagram_instaloader of version 3, indented", adapter: &InstagramInstaloader, file: File{Name: "f"}, head: "[\n", between: ",\n", tail: "\n]\n", row: bare,
			broken: `{"shortcode":"A2","date":"yesterday","owner":{"id":"11"}}`, long: [2]string{`{"shortcode":"A7","date":1600000000,"owner":{"id":"11"},"caption":"`, `"}`}},
		{name: "instagram_zeeschuimer", adapter: &InstagramZeeschuimer, file: File{Name: "f"},
			row:    func(n int) string { return "{" + around(n) + `,"data":{` + item(n) + "}}\n" },
			broken: "{" + around(2) + `,"data":{"code":"A2","media_type":1}}` + "\n",
			long:   [2]string{"{" + around(7) + `,"data":{"code":"A7","user":{"pk":"11"},"caption":{"text":"`, "\"}}}\n"}},
		{name: "instagram_zeeschuimer after 4CAT", adapter: &InstagramZeeschuimer, file: File{Name: "f"},
			row:    func(n int) string { return "{" + item(n) + `,"__import_meta":{` + around(n) + "}}\n" },
			broken: `{"code":"A2","media_type":1,"__import_meta":{` + around(2) + "}}\n",
			long:   [2]string{`{"__import_meta":{` + around(7) + `},"code":"A7","user":{"pk":"11"},"caption":{"text":"`, "\"}}\n"}},
	}
}

func linkedinFormats() []format {
	const first = int64(1_700_000_000_000) << 22
	update := func(n int) string {
		return fmt.Sprintf(`"updateMetadata":{"urn":"urn:li:activity:%d"},"actor":{"navigationContext":{"actionTarget":"https://www.linkedin.com/company/mfa-one/"}},"commentary":{"text":{"text":"Қазақстан \"%x\" \u00e9\n"}},"*socialDetail":{"*totalSocialActivityCounts":{"numLikes":%d}}`,
			first+int64(n), noise(n), noise(n)%1000)
	}
	around := func(n int) string {
		return fmt.Sprintf(`"timestamp_collected":%d,"source_platform":"linkedin.com"`, 1_700_000_000_000+n)
	}
	long := fmt.Sprintf(`"updateMetadata":{"urn":"urn:li:activity:%d"},"actor":{"navigationContext":{"actionTarget":"https://www.linkedin.com/company/mfa-one/"}},"commentary":{"text":{"text":"`, first)
	return []format{
		{name: "linkedin_zeeschuimer", adapter: &LinkedInZeeschuimer, file: File{Name: "f"},
			row:    func(n int) string { return "{" + around(n) + `,"data":{` + update(n) + "}}\n" },
			broken: "{" + around(2) + `,"data":{"updateMetadata":{"urn":"urn:li:activity:2"}}}` + "\n",
			long:   [2]string{"{" + around(7) + `,"data":{` + long, "\"}}}}\n"}},
		{name: "linkedin_zeeschuimer after 4CAT", adapter: &LinkedInZeeschuimer, file: File{Name: "f"},
			row:    func(n int) string { return "{" + update(n) + `,"__import_meta":{` + around(n) + "}}\n" },
			broken: `{"actor":null,"__import_meta":{` + around(2) + "}}\n",
			long:   [2]string{`{"__import_meta":{` + around(7) + `},` + long, "\"}}}\n"}},
		{name: "linkedin_page_posts", adapter: adapterNamed("linkedin_page_posts"), file: pageFile, quoted: true,
			head: "\"What each post\ngained\",,,,,,,\n" + pageHeader,
			row: func(n int) string {
				return fmt.Sprintf("\"one \"\"%x\"\",\n line 2 Қазақстан\",https://www.linkedin.com/feed/update/urn:li:activity:%d,Organic,05/10/2024,%d,0,1,2\n", noise(n), first+int64(n), noise(n)%1000)
			},
			broken: "two,https://www.linkedin.com/feed/,Organic,05/10/2024,1,0,1,2\n",
			long:   [2]string{"\"", fmt.Sprintf("\",https://www.linkedin.com/feed/update/urn:li:activity:%d,Organic,05/10/2024,1,0,1,2\n", first)}},
	}
}

const pageHeader = "Post title,Post link,Post type,Created date,Impressions,Likes,Comments,Reposts\n"

// pageFile names the account of a page's export.
var pageFile = File{Name: "f", Account: Ref{Handle: "mfa_one"}}

// linkedinItem is a captured update with an id, a text, and more.
func linkedinItem(id, text, more string) string {
	return capturedOn("linkedin.com", `{"updateMetadata":{"urn":"urn:li:activity:`+id+`"},"actor":{"navigationContext":{"actionTarget":"https://www.linkedin.com/company/mfa-one/?token=SECRET"}},"commentary":{"text":{"text":"`+text+`"}}`+more+`}`)
}

// capturedOn is what Zeeschuimer puts around an item, tokens included.
func capturedOn(site, item string) string {
	return `{"nav_index":"1:1:1","item_id":"1","timestamp_collected":1700000000000,"source_platform":"` + site + `","source_platform_url":"https://www.` + site + `/?token=SECRET","source_url":"` + address + `","user_agent":"SECRET","data":` + item + "}\n"
}

var metaTokens = []tokenCase{
	{"instagram_instaloader", "", `{"node":{"shortcode":"A1","taken_at_timestamp":1600000000,"caption":"see ` + address + `","display_url":"` + address + `","owner":{"id":"11"}}}` + "\n" +
		`{"node":{"shortcode":"A2","taken_at_timestamp":"` + address + `","caption":"see ` + address + `","owner":{"id":"11"}}}` + "\n", 1, 1},
	{"instagram_zeeschuimer", "", capturedOn("instagram.com", `{"code":"A1","taken_at":1600000000,"caption":{"text":"see `+address+`"},"link":"`+address+`","user":{"pk":"11","profile_pic_url":"`+address+`"}}`) +
		capturedOn("instagram.com", `{"code":"`+address+`","user":{"pk":"11"}}`), 1, 1},
	{"linkedin_zeeschuimer", "", linkedinItem("7194576892723200001", "see "+address, `,"content":{"navigationContext":{"actionTarget":"`+address+`"}}`) + linkedinItem(address, "see "+address, ""), 1, 1},
	{"linkedin_page_posts", "", pageHeader + "see " + address + ",https://www.linkedin.com/feed/update/urn:li:share:7194576892723200001/?token=SECRET,Organic,05/10/2024,1,0,1,2\n" +
		"see " + address + ",https://www.linkedin.com/feed/?token=SECRET,Organic,05/10/2024,1,0,1,2\n", 1, 1},
}

var metaIDs = []idCase{
	{"instagram_instaloader", "", `{"node":{"shortcode":"A1","owner":{"id":"¤"}}}`, "owner.id"},
	{"instagram_instaloader", "", `{"node":{"id":"¤","code":null,"owner":{"id":"11"}},"instaloader":{"node_type":"Post"}}`, "id"},
	{"instagram_instaloader", "", `{"node":{"id":1.34709E+18,"owner":{"id":"11"}},"instaloader":{"node_type":"Post"}}`, "id"},
	{"instagram_zeeschuimer", "", capturedOn("instagram.com", `{"code":"A1","user":{"pk":"¤"}}`), "user.pk"},
	{"instagram_zeeschuimer", "", capturedOn("instagram.com", `{"pk":"¤","user":{"pk":"11"}}`), "pk"},
	{"linkedin_zeeschuimer", "", linkedinItem("¤", "one", ""), "updateMetadata.urn"},
	{"linkedin_page_posts", "", pageHeader + "one,\"https://www.linkedin.com/feed/update/urn:li:share:¤\",Organic,05/10/2024,1,0,1,2\n", "post_id"},
}

var metaHidden = []hiddenCase{
	{"instagram_instaloader", "", `{"node":{"shortcode":"A1","edge_media_preview_like":{"count":-1},"owner":{"id":"11"}}}` + "\n" + `{"node":{"shortcode":"A2","edge_media_preview_like":{"count":0},"owner":{"id":"11"}}}` + "\n", likes},
	{"instagram_instaloader", "", `{"node":{"shortcode":"A1","is_video":true,"like_and_view_counts_disabled":true,"video_view_count":5,"owner":{"id":"11"}}}` + "\n" + `{"node":{"shortcode":"A2","is_video":true,"video_view_count":0,"video_play_count":0,"owner":{"id":"11"}}}` + "\n", views},
	{"instagram_instaloader", "", `{"node":{"username":"a","edge_follow":{"count":1}},"instaloader":{"node_type":"Profile"}}` + "\n" + `{"node":{"username":"b","edge_followed_by":{"count":0}},"instaloader":{"node_type":"Profile"}}` + "\n", followersSeen},
	{"instagram_zeeschuimer", "", capturedOn("instagram.com", `{"code":"A1","like_count":3,"like_and_view_counts_disabled":true,"user":{"pk":"11"}}`) + capturedOn("instagram.com", `{"code":"A2","like_count":0,"user":{"pk":"11"}}`), likes},
	{"instagram_zeeschuimer", "", capturedOn("instagram.com", `{"code":"A1","comment_count":0,"comments_disabled":true,"user":{"pk":"11"}}`) + capturedOn("instagram.com", `{"code":"A2","comment_count":0,"user":{"pk":"11"}}`),
		func(b *Batch, i int) datasets.Opt[int64] { return b.Posts[i].Row.Counts.Comment }},
	{"linkedin_zeeschuimer", "", linkedinItem("7194576892723200001", "one", `,"*socialDetail":{"*totalSocialActivityCounts":{"numComments":1,"numLikes":null}}`) +
		linkedinItem("7194576892723200002", "two", `,"*socialDetail":{"*totalSocialActivityCounts":{"numLikes":0}}`), likes},
	{"linkedin_page_posts", "", pageHeader + "one,urn:li:share:7194576892723200001,Organic,05/10/2024,1,,1,2\ntwo,urn:li:share:7194576892723200002,Organic,05/10/2024,1,0,1,2\n", likes},
}
