// Package rules is the shelf of audit rules: one file a rule, named as the
// rule. A rule asks whether a published cell or claim can be true together
// with the numbers printed beside it. No rule corrects a number or says which
// one is wrong, and no estimate uses a verdict.
package rules

import (
	"fmt"

	"diplometrics/datasets"
)

// Rule is one check. Exactly the functions that it has a use for are set.
//
// A rule fills of a row what it knows: indicator, value_text, verdict,
// rounding, the implied interval and its unit, n, and the explanation. The
// audit adds source, locator, rule, entry, subject and platform, except for
// Group, whose rows carry their own locator and subject.
type Rule struct {
	Name    string
	Doc     string // definition first, then caveats
	Source  string // citation
	Version int

	// Window judges one counted window by itself; false means that the window
	// holds nothing for the rule.
	Window func(w *datasets.AccountWindow) (datasets.AuditRow, bool)

	// Group judges all that one source prints, taken together.
	Group func(g *Group) []datasets.AuditRow

	// Claim judges a claim for which the study's claims list asks for the rule.
	// An error means that the claim's inputs do not fit the rule.
	Claim func(c *Claim) (datasets.AuditRow, error)

	// Inputs names the inputs of Claim in the order in which Doc explains them.
	// A name ends in "+" for one or more of it, in "*" for any number, in "?"
	// for at most one; else it is given exactly once.
	Inputs []string
}

// Group is what one source prints. The slices belong to the caller.
type Group struct {
	Source    string
	Windows   []datasets.AccountWindow
	Published []datasets.PublishedValue
}

// Claim is one line of a study's claims list, with its inputs looked up.
type Claim struct {
	At        string // file and line, for messages
	Entry     datasets.Opt[int64]
	Source    string
	Locator   string
	Rule      string
	Subject   string
	Platform  datasets.Opt[string]
	Indicator string
	ValueText string
	Inputs    []Input
	Reason    string // why nothing can be computed; "" where a rule computes

	// Published holds all that Source prints, as far as it is transcribed.
	// The audit sets it; rules do not modify it.
	Published []datasets.PublishedValue
}

// Input is one input of a claim: a published value, or a literal.
type Input struct {
	Name    string
	ID      string // id of a published value; "" for a literal
	Literal string
	Number  Number // set by the audit
}

// All returns the numbers that the claim gives for the name, in the order of
// its list.
func (c *Claim) All(name string) []Number {
	var all []Number
	for _, in := range c.Inputs {
		if in.Name == name {
			all = append(all, in.Number)
		}
	}
	return all
}

// several returns the numbers of the name, of which a comparison needs two.
func (c *Claim) several(name string) ([]Number, error) {
	all := c.All(name)
	if len(all) < 2 {
		return nil, fmt.Errorf("inputs: one %s, expected at least two to compare", name)
	}
	return all, nil
}

// One returns the first number of the name, or an empty number where the
// claim gives none.
func (c *Claim) One(name string) Number {
	for _, in := range c.Inputs {
		if in.Name == name {
			return in.Number
		}
	}
	return Number{}
}

// All is the shelf, in the order of their names.
var All = []Rule{
	debit,
	differenceClaim,
	grim,
	grimmer,
	impliedTotal,
	largestPart,
	leadsOnPrinted,
	leadsPerFollower,
	notBefore,
	notComputable,
	observedWindow,
	oneCountry,
	oneMeasure,
	onePeriod,
	partOfTotal,
	precision,
	rate,
	ratioClaim,
	sameOrder,
	sameStatement,
	statcheck,
	sumOfParts,
	unitScale,
	valuesPrinted,
	withinTotal,
	zeroOrHidden,
}

// opt returns s, or absent where it is empty.
func opt(s string) datasets.Opt[string] {
	return datasets.Opt[string]{V: s, OK: s != ""}
}

// verdict returns consistent or inconsistent.
func verdict(ok bool) string {
	if ok {
		return datasets.Consistent
	}
	return datasets.Inconsistent
}

// asPrinted is a text of the source; one that is empty was not printed.
func asPrinted(text string) datasets.Opt[string] {
	if text == "" {
		return datasets.None[string]()
	}
	return datasets.Some(text)
}
