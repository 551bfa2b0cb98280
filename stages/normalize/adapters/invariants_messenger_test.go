package adapters

import (
	"fmt"
	"time"

	"diplometrics/datasets"
)

// Cases of the adapters of messengers, video and community platforms, for the invariants that hold for every
// adapter.

// readAt is when the files of these cases were collected.
var readAt = datasets.Some(datasets.Micros(1_700_000_000_000_000))

func messengerFormats() []format {
	at := func(n int) string { return time.Unix(1_600_000_000+int64(n), 0).UTC().Format(time.RFC3339) }
	observed := File{Name: "f", Observed: readAt}
	telethon := func(n int) string {
		return fmt.Sprintf(`{"_":"Message","id":%d,"peer_id":{"_":"PeerChannel","channel_id":11},"date":"%s","message":"Қазақстан \"%x\" \u00e9\n","views":%d}`, n, at(n), noise(n), noise(n)%1000)
	}
	telethonText := [2]string{`{"_":"Message","id":7,"peer_id":{"channel_id":11},"date":"2020-09-13T12:26:40+00:00","message":"`, `"}`}
	telethonBroken := `{"_":"Message","id":"two","peer_id":{"channel_id":11},"date":"2020-09-13T12:26:40+00:00","message":"two"}`
	return []format{
		{name: "telegram_telethon", adapter: &TelegramTelethon, file: observed, row: func(n int) string { return telethon(n) + "\n" },
			broken: telethonBroken + "\n", long: [2]string{telethonText[0], telethonText[1] + "\n"}},
		{name: "telegram_telethon list", adapter: &TelegramTelethon, file: observed, head: "[\n", between: ",\n", tail: "\n]\n", row: telethon, broken: telethonBroken, long: telethonText},
		{name: "telegram_telethon answer", adapter: &TelegramTelethon, file: observed,
			head: `{"_":"ChannelMessages","chats":[{"_":"Channel","id":11,"username":"mfa_one","title":"MFA One"}],"messages":[`, between: ",", tail: `]}`,
			row: telethon, broken: telethonBroken, long: telethonText},
	}
}

var messengerTokens = []tokenCase{
	{"telegram_telethon", "", `{"_":"Message","id":1,"peer_id":{"channel_id":11},"date":"2024-01-31T09:30:00+00:00","message":"see ` + address + `","media":{"_":"MessageMediaWebPage","webpage":{"url":"` + address + `"}}}` + "\n" +
		`{"_":"Message","id":2,"peer_id":{"channel_id":11},"date":"` + address + `","message":"` + address + `"}` + "\n", 1, 1},
}

var messengerIDs = []idCase{
	{"telegram_telethon", "", `{"_":"Message","id":"¤","peer_id":{"channel_id":11},"date":"2024-01-31T09:30:00+00:00","message":"one"}`, "id"},
	{"telegram_telethon", "", `{"_":"Message","id":1,"peer_id":{"channel_id":"¤"},"date":"2024-01-31T09:30:00+00:00","message":"one"}`, "peer_id.channel_id"},
	{"telegram_telethon", "", `{"_":"Message","id":1.34709E+18,"peer_id":{"channel_id":11},"date":"2024-01-31T09:30:00+00:00","message":"one"}`, "id"},
}

var messengerHidden = []hiddenCase{
	{"telegram_telethon", "", telethonCounts(`"views":null`, `"views":0`), views},
	{"telegram_telethon", "", telethonCounts(`"forwards":null`, `"forwards":0`), shares},
	{"telegram_telethon", "", telethonCounts(`"reactions":null`, `"reactions":{"results":[]}`), likes},
	{"telegram_telethon", "", telethonCounts(`"replies":null`, `"replies":{"replies":0}`), comments},
}

// telethonCounts are two messages with a count each.
func telethonCounts(hidden, zero string) string {
	const message = `{"_":"Message","id":%d,"peer_id":{"channel_id":11},"date":"2024-01-31T09:30:00+00:00","message":"text",%s}` + "\n"
	return fmt.Sprintf(message+message, 1, hidden, 2, zero)
}

func comments(b *Batch, i int) datasets.Opt[int64] { return b.Posts[i].Row.Counts.Comment }
