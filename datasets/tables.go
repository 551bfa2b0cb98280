package datasets

import "cmp"

// Account is one account on one platform.
type Account struct {
	Platform         string
	AccountID        string
	Handle           Opt[string]
	Country          Opt[string]
	Organization     string
	OrganizationType Opt[string]
	HostCountry      Opt[string]
	Person           bool
	ValidFrom        Opt[Day]
	ValidTo          Opt[Day]
}

// Accounts is the table of accounts.
var Accounts = Table[Account]{
	Name: "accounts",
	Doc:  "One row an account on a platform, as accounts.csv names it.",
	Key:  []string{"platform", "account_id"},
	Columns: []Column[Account]{
		platformCol(func(r *Account) *string { return &r.Platform }),
		strCol("account_id", "", docAccountID, func(r *Account) *string { return &r.AccountID }),
		strOptCol("handle", "", "Handle as the platform shows it, without @. Null where accounts.csv gives none.", func(r *Account) *Opt[string] { return &r.Handle }),
		fewOptCol("country", "ISO 3166-1 alpha-3 code of the country that the account speaks for. Null for an international body, which is never compared.", func(r *Account) *Opt[string] { return &r.Country }),
		strCol("organization", "", "Institution that runs the account; the same text joins its accounts on several platforms. The handle or id where accounts.csv gives none.", func(r *Account) *string { return &r.Organization }),
		fewOptCol("organization_type", "ministry, embassy, mission, president, government, regulator or international. Null where accounts.csv gives none.", func(r *Account) *Opt[string] { return &r.OrganizationType }),
		fewOptCol("host_country", "ISO 3166-1 alpha-3 code of the country where a mission sits. Null where the organization has no host.", func(r *Account) *Opt[string] { return &r.HostCountry }),
		boolCol("person", "Whether the account belongs to a person rather than an institution.", func(r *Account) *bool { return &r.Person }),
		dayOptCol("valid_from", "First day on which the account speaks for the organization. Null: not limited.", func(r *Account) *Opt[Day] { return &r.ValidFrom }),
		dayOptCol("valid_to", "Last day on which the account speaks for the organization. Null: not limited.", func(r *Account) *Opt[Day] { return &r.ValidTo }),
	},
	Compare: func(a, b *Account) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID))
	},
}

const (
	docPlatform   = "x, facebook, instagram, linkedin, telegram, youtube, vk, ok, mymir, tiktok, threads, flickr, periscope or website."
	docAccountID  = "The platform's id of the account, as text; @ and the handle in lower case where no id is known."
	docTimeSource = "How observed_at is known: field, file name (of the file or its folder) or study.toml. Null where observed_at is."
	docSource     = "Id of the source in the sources table."
	docLocator    = "Where in the source: table, figure, section or paragraph. Null where the source has no parts."
)

// Shown is a count as a page shows it: the number, the text, and the least and
// greatest count that the text allows.
type Shown struct {
	V    Opt[int64]
	Text Opt[string]
	Low  Opt[int64]
	High Opt[int64]
}

// AccountSnapshot is what an account's page or object said at one moment.
type AccountSnapshot struct {
	Platform          string
	AccountID         string
	ObservedAt        Micros
	ObservedPrecision string
	Followers         Shown
	Following         Shown
	PostsTotal        Shown
	LikesTotal        Shown
	TimeSource        string
	Source            string
	Locator           Opt[string]
}

func shownCols[R any](name, what string, f func(*R) *Shown) []Column[R] {
	return []Column[R]{
		intOptCol(name, "count", what+". Null where it was not shown or not collected.", func(r *R) *Opt[int64] { return &f(r).V }),
		strOptCol(name+"_text", "", what+", as shown or printed. Null where the source holds a plain number.", func(r *R) *Opt[string] { return &f(r).Text }),
		intOptCol(name+"_low", "count", "Least "+name+" that the text allows; equal to "+name+" where it is exact. Null where nothing bounds it from below.", func(r *R) *Opt[int64] { return &f(r).Low }),
		intOptCol(name+"_high", "count", "Greatest "+name+" that the text allows. Null where the text gives only a lower bound.", func(r *R) *Opt[int64] { return &f(r).High }),
	}
}

// AccountSnapshots is the table of account snapshots.
var AccountSnapshots = Table[AccountSnapshot]{
	Name: "account_snapshots",
	Doc:  "One row an account, moment and source: the counts that its page or object showed then. Sources that show the same at the same moment are one row, of the first source by its id; where they differ each has its own.",
	Key:  []string{"platform", "account_id", "observed_at", "source"},
	// Its partitions are read together, by the key that none of them is whole in.
	group: 4096,
	Columns: concat(
		[]Column[AccountSnapshot]{
			platformCol(func(r *AccountSnapshot) *string { return &r.Platform }),
			strCol("account_id", "", docAccountID, func(r *AccountSnapshot) *string { return &r.AccountID }),
			timeCol("observed_at", "When it was observed; the start of the day or year where only that is known.", func(r *AccountSnapshot) *Micros { return &r.ObservedAt }),
			fewCol("observed_precision", "How exactly the time is known: second, day, month or year.", func(r *AccountSnapshot) *string { return &r.ObservedPrecision }).among("second", "day", "month", "year"),
		},
		shownCols("followers", "Followers or subscribers", func(r *AccountSnapshot) *Shown { return &r.Followers }),
		shownCols("following", "Accounts that this account follows", func(r *AccountSnapshot) *Shown { return &r.Following }),
		shownCols("posts_total", "Posts that the account shows in total, reposts included where the platform counts them, deleted posts excluded", func(r *AccountSnapshot) *Shown { return &r.PostsTotal }),
		shownCols("likes_total", "Likes that the account shows in total", func(r *AccountSnapshot) *Shown { return &r.LikesTotal }),
		[]Column[AccountSnapshot]{
			fewCol("time_source", "How the time is known: field, file name (of the file or its folder) or study.toml.", func(r *AccountSnapshot) *string { return &r.TimeSource }),
			fewCol("source", docSource, func(r *AccountSnapshot) *string { return &r.Source }),
			strOptCol("locator", "", docLocator, func(r *AccountSnapshot) *Opt[string] { return &r.Locator }),
		}),
	Compare: func(a, b *AccountSnapshot) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID),
			cmp.Compare(a.ObservedAt, b.ObservedAt), cmp.Compare(a.Source, b.Source))
	},
}

func concat[T any](parts ...[]T) []T {
	var all []T
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// AccountWindow is what was counted or published for an account over a window.
type AccountWindow struct {
	Platform          string
	AccountID         string
	WindowFrom        Day
	WindowTo          Day
	RetrievedOn       Opt[Day]
	Posts             Opt[int64]
	MonthsStated      Opt[float64]
	PostsPerMonth     Opt[float64]
	PostsPerMonthText Opt[string]
	Likes             Opt[int64]
	LikesMean         Opt[float64]
	LikesMeanText     Opt[string]
	LikesN            Opt[int64]
	Comments          Opt[int64]
	Shares            Opt[int64]
	Views             Opt[int64]
	CountedBy         string
	Evidence          Opt[string]
	Source            string
	Locator           Opt[string]
}

// AccountWindows is the table of counted windows.
var AccountWindows = Table[AccountWindow]{
	Name: "account_windows",
	Doc:  "One row an account, window and counter: totals counted by hand or published for the account over the window.",
	Key:  []string{"platform", "account_id", "window_from", "window_to", "counted_by", "source"},
	Columns: []Column[AccountWindow]{
		platformCol(func(r *AccountWindow) *string { return &r.Platform }),
		strCol("account_id", "", docAccountID, func(r *AccountWindow) *string { return &r.AccountID }),
		dayCol("window_from", "First day of the window, in the account's own calendar.", func(r *AccountWindow) *Day { return &r.WindowFrom }),
		dayCol("window_to", "Day after the last day of the window as the source states it.", func(r *AccountWindow) *Day { return &r.WindowTo }),
		dayOptCol("retrieved_on", "Day on which the page was read. Where it lies before window_to, the window was observed only until then. Null where not stated.", func(r *AccountWindow) *Opt[Day] { return &r.RetrievedOn }),
		intOptCol("posts", "count", "Posts counted in the window. Null where not counted.", func(r *AccountWindow) *Opt[int64] { return &r.Posts }),
		floatOptCol("months_stated", "months", "Length of the window as the source's own averages use it. Null where not stated.", func(r *AccountWindow) *Opt[float64] { return &r.MonthsStated }).atLeast(0),
		floatOptCol("posts_per_month", "posts/month", "Average that the source prints, never corrected. Null where none is printed.", func(r *AccountWindow) *Opt[float64] { return &r.PostsPerMonth }).atLeast(0),
		strOptCol("posts_per_month_text", "", "That average as printed; its decimals bound the rounding. Null where none is printed.", func(r *AccountWindow) *Opt[string] { return &r.PostsPerMonthText }),
		intOptCol("likes", "count", "Sum of likes or reactions over the posts. Null where not counted.", func(r *AccountWindow) *Opt[int64] { return &r.Likes }),
		floatOptCol("likes_mean", "likes/post", "Mean likes a post that the source prints. Null where none is printed.", func(r *AccountWindow) *Opt[float64] { return &r.LikesMean }).atLeast(0),
		strOptCol("likes_mean_text", "", "That mean as printed; its decimals bound the rounding. Null where none is printed.", func(r *AccountWindow) *Opt[string] { return &r.LikesMeanText }),
		intOptCol("likes_n", "posts", "Number of posts behind likes or likes_mean. Null where not stated.", func(r *AccountWindow) *Opt[int64] { return &r.LikesN }),
		intOptCol("comments", "count", "Sum of comments or replies. Null where not counted.", func(r *AccountWindow) *Opt[int64] { return &r.Comments }),
		intOptCol("shares", "count", "Sum of shares, reposts or forwards. Null where not counted.", func(r *AccountWindow) *Opt[int64] { return &r.Shares }),
		intOptCol("views", "count", "Sum of views. Null where not counted.", func(r *AccountWindow) *Opt[int64] { return &r.Views }),
		fewCol("counted_by", "Who counted: initials, a name of a tool, or the publication.", func(r *AccountWindow) *string { return &r.CountedBy }),
		strOptCol("evidence", "", "What shows the count: a screenshot, an archived page, a citation. Null where there is none.", func(r *AccountWindow) *Opt[string] { return &r.Evidence }),
		fewCol("source", docSource, func(r *AccountWindow) *string { return &r.Source }),
		strOptCol("locator", "", docLocator, func(r *AccountWindow) *Opt[string] { return &r.Locator }),
	},
	Compare: func(a, b *AccountWindow) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID),
			cmp.Compare(a.WindowFrom, b.WindowFrom), cmp.Compare(a.WindowTo, b.WindowTo),
			cmp.Compare(a.CountedBy, b.CountedBy), cmp.Compare(a.Source, b.Source))
	},
}

// PublishedValue is one quantity or statement that a document prints.
type PublishedValue struct {
	ID        string
	Source    string
	Locator   string
	Country   Opt[string]
	Subject   string
	Platform  Opt[string]
	Indicator string
	Period    Opt[string]
	ValueText string
	Value     Opt[float64]
	Unit      Opt[string]
	Note      Opt[string]
}

// Published is the table of published values.
var Published = Table[PublishedValue]{
	Name: "published",
	Doc:  "One row a value that a document prints, as printed and parsed. Contradicting values all stay, each with its source; nothing is corrected.",
	Key:  []string{"id"},
	Columns: []Column[PublishedValue]{
		strCol("id", "", "Name of the value: source, a dot, and a slug.", func(r *PublishedValue) *string { return &r.ID }),
		fewCol("source", docSource, func(r *PublishedValue) *string { return &r.Source }),
		strCol("locator", "", "Where in the source: table, figure or section.", func(r *PublishedValue) *string { return &r.Locator }),
		fewOptCol("country", "ISO 3166-1 alpha-3 code of the country that the value is about. Null where it is about no single country.", func(r *PublishedValue) *Opt[string] { return &r.Country }),
		strCol("subject", "", "Whom or what the value is about: country, an organization, the study itself.", func(r *PublishedValue) *string { return &r.Subject }),
		fewOptCol("platform", "Platform that the value is about. Null where it is about none.", func(r *PublishedValue) *Opt[string] { return &r.Platform }),
		fewCol("indicator", "What is measured: egdi, internet_users_percent, posts_per_month and so on.", func(r *PublishedValue) *string { return &r.Indicator }),
		strOptCol("period", "", "Year, month, day or window that the value is about, as the source gives it: 2024, 2024-05, 2024-01/2024-05. Null where it gives none.", func(r *PublishedValue) *Opt[string] { return &r.Period }),
		strCol("value_text", "", "The value exactly as printed.", func(r *PublishedValue) *string { return &r.ValueText }),
		floatOptCol("value", "see unit", "The value as a number in unit. Null where it is text.", func(r *PublishedValue) *Opt[float64] { return &r.Value }),
		fewOptCol("unit", "Unit of value. Null for text.", func(r *PublishedValue) *Opt[string] { return &r.Unit }),
		strOptCol("note", "", "What a reader should know about the value. Null where there is nothing.", func(r *PublishedValue) *Opt[string] { return &r.Note }),
	},
	Compare: func(a, b *PublishedValue) int { return cmp.Compare(a.ID, b.ID) },
}

// Source is one document or export that a study is built from.
type Source struct {
	ID       string
	File     string
	Table    string
	Adapter  string
	Title    string
	Cite     Opt[string]
	URL      Opt[string]
	Licence  Opt[string]
	SHA256   string
	Records  Opt[int64]
	Kept     Opt[int64]
	Merged   Opt[int64]
	Filtered Opt[int64]
	Rejected Opt[int64]
}

// Sources is the table of sources.
var Sources = Table[Source]{
	Name: "sources",
	Doc:  "One row a raw file: what it is, and what became of its records. records = kept + merged + filtered + rejected.",
	Key:  []string{"file"},
	Columns: []Column[Source]{
		strCol("source", "", "Id of the source, as study.toml gives it; several files can be one source.", func(r *Source) *string { return &r.ID }),
		strCol("file", "", "Path of the file inside the study; in a package the id of the source, numbered where it has several files.", func(r *Source) *string { return &r.File }),
		fewCol("table", "Table that its rows are: published, account_snapshots, account_windows or posts.", func(r *Source) *string { return &r.Table }),
		fewCol("adapter", "Adapter that read it.", func(r *Source) *string { return &r.Adapter }),
		strCol("title", "", "Title of the document or collection.", func(r *Source) *string { return &r.Title }),
		strOptCol("cite", "", "How captions name it. Null where study.toml gives nothing; captions then take the author and year from the title.", func(r *Source) *Opt[string] { return &r.Cite }),
		strOptCol("url", "", "Where it can be looked up. Null where study.toml gives none.", func(r *Source) *Opt[string] { return &r.URL }),
		strOptCol("licence", "", "Licence of the source. Null where study.toml gives none.", func(r *Source) *Opt[string] { return &r.Licence }),
		strCol("sha256", "", "SHA-256 of the file's bytes, in hex.", func(r *Source) *string { return &r.SHA256 }),
		intOptCol("records", "records", "Records in the file. Null in packages that leave persons out: what is told of others would tell of them.", func(r *Source) *Opt[int64] { return &r.Records }),
		intOptCol("kept", "records", "Records that became a row. Null in packages that leave persons out: what is told of others would tell of them.", func(r *Source) *Opt[int64] { return &r.Kept }),
		intOptCol("merged", "records", "Records that repeat a row of the same key with the same content. Null in packages that leave persons out: what is told of others would tell of them.", func(r *Source) *Opt[int64] { return &r.Merged }),
		intOptCol("filtered", "records", "Records left out on purpose, by a rule of study.toml or of the format. Null in packages that leave persons out: what is told of others would tell of them.", func(r *Source) *Opt[int64] { return &r.Filtered }),
		intOptCol("rejected", "records", "Records that could not be used; each is a row of rejects. Null in packages that leave persons out: what is told of others would tell of them.", func(r *Source) *Opt[int64] { return &r.Rejected }),
	},
	Compare: func(a, b *Source) int { return cmp.Compare(a.File, b.File) },
}

// Reject is a record that could not be used.
type Reject struct {
	File    string
	Record  int64
	Item    int64
	Field   Opt[string]
	Reason  string
	Excerpt Opt[string]
}

// Rejects is the table of rejects.
var Rejects = Table[Reject]{
	Name: "rejects",
	Doc:  "One row a record that could not be used, and why.",
	Key:  []string{"file", "record", "item"},
	Columns: []Column[Reject]{
		fewCol("file", "Path of the file inside the study; in a package the id of the source, numbered where it has several files.", func(r *Reject) *string { return &r.File }),
		intCol("record", "", "Line of the record in a text file, its number from 1 elsewhere.", func(r *Reject) *int64 { return &r.Record }),
		intCol("item", "", "Number of the reject within the record, from 1: a page of posts can hold several.", func(r *Reject) *int64 { return &r.Item }),
		fewOptCol("field", "Field that is wrong. Null where the whole record is.", func(r *Reject) *Opt[string] { return &r.Field }),
		strCol("reason", "", "What is wrong with it.", func(r *Reject) *string { return &r.Reason }),
		strOptCol("excerpt", "", "The first 200 characters of the record. Null where there is nothing to show.", func(r *Reject) *Opt[string] { return &r.Excerpt }),
	},
	Compare: func(a, b *Reject) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Record, b.Record), cmp.Compare(a.Item, b.Item))
	},
}
