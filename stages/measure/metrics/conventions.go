package metrics

// Conventions hold for every metric. They open what "diplometrics list metrics"
// prints, one paragraph an entry.
var Conventions = []string{
	"The unit of analysis is an account on a platform. Its posts are repeated measures of it: within an account a metric describes, and only accounts are compared, so that no account counts more than once because it posts more.",
	"Absent is null, never 0. A platform that has no such count, a count that is hidden and a count of zero are three things. n is the number of observations that a value is about, n_observed the number of those with every count that it needs.",
	"Periods are weeks from Monday, calendar months and the study window, in UTC, cut at the ends of the window. A metric that a week or a month cannot carry is given for longer periods only.",
	"Observed time is what study.toml states for each source and account: covered_from, covered_to and completeness. A complete collection covers its days. A capped one, the last n posts of a timeline, covers the time from its first post, which is then not counted, to its last observation: (n - 1)/(observed_at - first). A sample covers nothing. Rates are of observed time, with months of 30.4375 days; a partial month is so many days. Rates from coverage that was inferred from the posts themselves are flagged, and no primary comparison uses them.",
	"Counts are those of the first observation at least 7 days after posting, else of the latest, flagged: young posts are still gathering. Reposts show somebody else's counts: they have none of their own, and only shares of posts and posting rates count them.",
	"Interactions are I = likes + comments + shares (+ quotes on x and threads), by the counts that the platform has; null unless every one of them is known. Where the exports lack one, study.toml can name the counts that make up interactions, and every value says so. Interactions of different platforms are different things and are never added up.",
	"Followers at posting, Fᵢ, are those that the export gives, or lie on the straight line between the snapshots around the post, or are carried from the nearest one; post_context says which. Followers now are those of the account's last snapshot. A metric by followers is null where they are not known or 0.",
}
