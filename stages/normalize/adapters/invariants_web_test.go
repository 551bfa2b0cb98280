package adapters

import (
	"fmt"
	"time"

	"diplometrics/datasets"
)

// Cases of the adapters of collectors of X, for the invariants that hold for every
// adapter.

func webFormats() []format {
	return []format{
		{name: "minet_tweets", adapter: adapterNamed("minet_tweets"), file: File{Name: "f", Zone: time.UTC}, quoted: true,
			head: "id,timestamp_utc,user_screen_name,user_id,retweet_count,retweeted_id,collection_time,text\n",
			row: func(n int) string {
				return fmt.Sprintf("%d,%d.0,mfa_one,11,%d,,2024-01-31T10:00:00.5,\"one \"\"%x\"\",\n line 2 Қазақстан\"\n", n, 1_600_000_000+n, noise(n)%1000, noise(n))
			},
			broken: "2,yesterday,mfa_one,11,1,,2024-01-31T10:00:00.5,two\n",
			long:   [2]string{"7,1600000000.0,mfa_one,11,1,,2024-01-31T10:00:00.5,\"", "\"\n"}},
		{name: "minet_users", adapter: adapterNamed("minet_users"), file: File{Name: "f", Observed: datasets.Some(datasets.Micros(1_700_000_000_000_000))}, quoted: true,
			head: "id,screen_name,description,timestamp_utc,tweets,followers,friends,likes\n",
			row: func(n int) string {
				return fmt.Sprintf("%d,mfa_%d,\"about \"\"%x\"\",\n line 2 Қазақстан\",1502908414,5,%d,475,3230\n", n, n, noise(n), noise(n)%1000)
			},
			broken: "2,mfa_one,two,1502908414,5,many,475,3230\n",
			long:   [2]string{"7,mfa_seven,\"", "\",1502908414,5,729,475,3230\n"}},
	}
}

var webTokens = []tokenCase{
	{"minet_tweets", "", "id,timestamp_utc,user_screen_name,user_id,retweet_count,retweeted_id,collection_time,text,url\n" +
		"1,1600000000.0,a,11,1,,2024-01-31T10:00:00,see " + address + "," + address + "\n2,1600000000.0,a,11,\"" + address + "\",,2024-01-31T10:00:00,see " + address + ",\n", 1, 1},
	{"minet_users", "", "id,screen_name,timestamp_utc,tweets,followers,friends,likes,url\n11,a,1,5,5,5,5," + address + "\n12,b,1,5," + address + ",5,5,\n", 1, 1},
}

var webIDs = []idCase{
	{"minet_tweets", "", "id,timestamp_utc,user_screen_name,user_id,retweet_count,retweeted_id,collection_time,text\n\"¤\",1600000000.0,a,11,1,,2024-01-31T10:00:00,one\n", "post_id"},
	{"minet_users", "", "id,screen_name,timestamp_utc,tweets,followers,friends,likes\n\"¤\",a,1,5,5,5,5\n", "account_id"},
}

var webHidden = []hiddenCase{
	{"minet_tweets", "", "id,timestamp_utc,user_screen_name,user_id,retweet_count,retweeted_id,collection_time,text\n1,1600000000.0,a,11,,,2024-01-31T10:00:00,one\n2,1600000000.0,a,11,0.0,,2024-01-31T10:00:00,two\n", shares},
	{"minet_users", "", "id,screen_name,timestamp_utc,tweets,followers,friends,likes\n11,a,1,5,,5,5\n12,b,1,5,0,5,5\n", followersSeen},
}

// adapterNamed is an adapter of the shelf.
func adapterNamed(name string) *Adapter {
	for i := range All {
		if All[i].Name == name {
			return &All[i]
		}
	}
	panic("no adapter " + name)
}

// wordIDs are adapters whose ids are words or are no numbers.
var wordIDs = []string{}
