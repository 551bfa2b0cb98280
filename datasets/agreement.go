package datasets

import "cmp"

// RulesCoder is who coded a post where the rules of the codebook did.
const RulesCoder = "rules"

// TopicAgreement says how far two coders agree on a topic.
type TopicAgreement struct {
	Topic         string
	CoderA        string
	CoderB        string
	N             int64
	Both          int64
	OnlyA         int64
	OnlyB         int64
	Neither       int64
	Agreement     Opt[float64]
	Alpha         Opt[float64]
	Precision     Opt[float64]
	PrecisionLow  Opt[float64]
	PrecisionHigh Opt[float64]
	Recall        Opt[float64]
	RecallLow     Opt[float64]
	RecallHigh    Opt[float64]
	Absent        Opt[string]
}

// TopicAgreements is the table of agreement about topics.
var TopicAgreements = Table[TopicAgreement]{
	Name: "topic_agreement",
	Doc:  "One row a topic and pair of coders: how far they agree on which posts have the topic. A coder is one of topics_coded.csv or the rules of the codebook. A coder judges the topics of the codebooks (what stands before the first full stop in a topic) of which the coder gave at least one; a post is one that both coded, with at least one word for the rules to read where they are one of the two.",
	Key:  []string{"topic", "coder_a", "coder_b"},
	Columns: []Column[TopicAgreement]{
		fewCol("topic", "Name of the topic in the codebook.", func(r *TopicAgreement) *string { return &r.Topic }),
		fewCol("coder_a", "The rules of the codebook, written rules, or the first of two coders by name.", func(r *TopicAgreement) *string { return &r.CoderA }),
		fewCol("coder_b", "The other coder, as topics_coded.csv names them.", func(r *TopicAgreement) *string { return &r.CoderB }),
		intCol("n", "posts", "Posts that both coded.", func(r *TopicAgreement) *int64 { return &r.N }),
		intCol("n_both", "posts", "Posts to which both gave the topic.", func(r *TopicAgreement) *int64 { return &r.Both }),
		intCol("n_only_a", "posts", "Posts to which only coder_a gave it.", func(r *TopicAgreement) *int64 { return &r.OnlyA }),
		intCol("n_only_b", "posts", "Posts to which only coder_b gave it.", func(r *TopicAgreement) *int64 { return &r.OnlyB }),
		intCol("n_neither", "posts", "Posts to which neither gave it.", func(r *TopicAgreement) *int64 { return &r.Neither }),
		floatOptCol("agreement", "share", "(n_both + n_neither) / n. High for rare topics whatever the coders do: see alpha. Null where n is 0.", func(r *TopicAgreement) *Opt[float64] { return &r.Agreement }),
		floatOptCol("alpha", "", "Krippendorff's alpha of the topic given or not, nominal: 1 for full agreement, 0 for what chance gives, less for systematic disagreement. Null where it cannot be had; absent says why.", func(r *TopicAgreement) *Opt[float64] { return &r.Alpha }),
		floatOptCol("precision", "share", "n_both / (n_both + n_only_a): how many of the posts to which the rules gave the topic have it by coder_b. Null where coder_a is not the rules, or they gave it to none.", func(r *TopicAgreement) *Opt[float64] { return &r.Precision }),
		floatOptCol("precision_low", "share", "Lower end of the 95 % interval of precision (Wilson), as if the coded posts were drawn by chance and independent. Null where precision is.", func(r *TopicAgreement) *Opt[float64] { return &r.PrecisionLow }),
		floatOptCol("precision_high", "share", "Upper end of that interval. Null where precision is.", func(r *TopicAgreement) *Opt[float64] { return &r.PrecisionHigh }),
		floatOptCol("recall", "share", "n_both / (n_both + n_only_b): how many of the posts that have the topic by coder_b the rules found. Null where coder_a is not the rules, or coder_b gave it to none.", func(r *TopicAgreement) *Opt[float64] { return &r.Recall }),
		floatOptCol("recall_low", "share", "Lower end of the 95 % interval of recall (Wilson), as if the coded posts were drawn by chance and independent. Null where recall is.", func(r *TopicAgreement) *Opt[float64] { return &r.RecallLow }),
		floatOptCol("recall_high", "share", "Upper end of that interval. Null where recall is.", func(r *TopicAgreement) *Opt[float64] { return &r.RecallHigh }),
		fewOptCol("absent", "Why alpha is null. Null where it is known.", func(r *TopicAgreement) *Opt[string] { return &r.Absent }),
	},
	Compare: func(a, b *TopicAgreement) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.CoderA, b.CoderA), cmp.Compare(a.CoderB, b.CoderB))
	},
}
