package audit

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"diplometrics/datasets"
	"diplometrics/stages/audit/rules"
	"diplometrics/stages/study"
)

// Claim is one line of a claims list.
type Claim = rules.Claim

// The columns of a claims list. entry numbers the doubt that the line answers
// and is empty for a claim that is only checked. inputs holds name=id pairs of
// published values, or name=#literal, joined by semicolons. reason says why
// nothing can be computed, for the rule not_computable and for no other.
var claimColumns = []string{"entry", "source", "locator", "rule", "subject", "platform", "indicator", "value_text", "inputs", "reason"}

// ReadClaims reads a study's claims list: CSV in UTF-8 with the columns entry,
// source, locator, rule, subject, platform, indicator, value_text, inputs and
// reason. Errors name the file, the line, the field, what was found and what
// was expected. Inputs are looked up only by Run.
func ReadClaims(path string) ([]Claim, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	path = filepath.Base(path) // messages name files as the study does
	if !utf8.Valid(data) {
		line := 1
		for _, l := range strings.SplitAfter(string(data), "\n") {
			if !utf8.ValidString(l) {
				break
			}
			line++
		}
		return nil, fmt.Errorf("%s:%d: not UTF-8, expected CSV saved as UTF-8", path, line)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff")))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s:1: the file is empty, expected the header %s", path, strings.Join(claimColumns, ","))
	}
	if err != nil {
		return nil, csvError(path, err)
	}
	if err := checkHeader(header); err != nil {
		return nil, fmt.Errorf("%s:1: %w", path, err)
	}
	var claims []Claim
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return claims, nil
		}
		if err != nil {
			return nil, csvError(path, err)
		}
		line, _ := r.FieldPos(0)
		at := fmt.Sprintf("%s:%d", path, line)
		if len(record) != len(claimColumns) {
			return nil, fmt.Errorf("%s: found %d fields, expected %d", at, len(record), len(claimColumns))
		}
		c, err := claimOf(record)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		c.At = at
		claims = append(claims, c)
	}
}

// csvError names the line on which the broken record begins.
func csvError(path string, err error) error {
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		return fmt.Errorf("%s:%d: not CSV: %w", path, broken.StartLine, broken.Err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

func checkHeader(header []string) error {
	for i, want := range claimColumns {
		if i >= len(header) {
			return fmt.Errorf("column %s is missing, expected the header %s", want, strings.Join(claimColumns, ","))
		}
		if header[i] != want {
			return fmt.Errorf("column %d: found %q, expected %q", i+1, header[i], want)
		}
	}
	if len(header) > len(claimColumns) {
		return fmt.Errorf("column %d: found %q, expected no further column", len(claimColumns)+1, header[len(claimColumns)])
	}
	return nil
}

func claimOf(record []string) (Claim, error) {
	c := Claim{
		Source: record[1], Locator: record[2], Rule: record[3], Subject: record[4],
		Platform:  datasets.Opt[string]{V: record[5], OK: record[5] != ""},
		Indicator: record[6], ValueText: record[7], Reason: record[9],
	}
	if record[0] != "" {
		n, err := strconv.ParseInt(record[0], 10, 64)
		if err != nil || n < 1 {
			return c, fmt.Errorf("entry: found %q, expected a number from 1, or nothing", record[0])
		}
		c.Entry = datasets.Some(n)
	}
	for i, value := range record[1:4] {
		if value == "" {
			return c, fmt.Errorf("%s: found nothing, expected a value", claimColumns[1+i])
		}
	}
	rule := ruleNamed(c.Rule)
	if rule == nil {
		var names []string
		for _, r := range rules.All {
			names = append(names, r.Name)
		}
		return c, fmt.Errorf("rule: found %q, expected the name of a rule%s", c.Rule, suggest(c.Rule, names))
	}
	if (rule.Name == "not_computable") != (c.Reason != "") {
		return c, fmt.Errorf("reason: found %q for rule %s, expected a reason for not_computable and nothing else", c.Reason, c.Rule)
	}
	inputs, err := inputsOf(record[8])
	if err != nil {
		return c, err
	}
	c.Inputs = inputs
	if attaches(&c) {
		if !c.Entry.OK {
			return c, fmt.Errorf("entry: found nothing, expected the entry that rule %s at %q answers", c.Rule, c.Locator)
		}
		return c, nil
	}
	if rule.Claim == nil {
		return c, fmt.Errorf("inputs: found %q, expected nothing: rule %s takes its numbers from the tables", record[8], c.Rule)
	}
	for _, i := range []int{4, 6, 7} {
		if record[i] == "" {
			return c, fmt.Errorf("%s: found nothing, expected a value", claimColumns[i])
		}
	}
	return c, checkInputs(rule, c.Inputs)
}

// inputsOf splits "name=id;name=#literal".
func inputsOf(s string) ([]rules.Input, error) {
	if s == "" {
		return nil, nil
	}
	var inputs []rules.Input
	for _, pair := range strings.Split(s, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || name == "" || value == "" || value == "#" {
			return nil, fmt.Errorf("inputs: found %q, expected name=id of a published value, or name=#literal", pair)
		}
		in := rules.Input{Name: name, ID: value}
		if literal, ok := strings.CutPrefix(value, "#"); ok {
			in.ID, in.Literal = "", literal
		}
		inputs = append(inputs, in)
	}
	return inputs, nil
}

// checkInputs compares the names of the inputs with those the rule declares.
func checkInputs(rule *rules.Rule, inputs []rules.Input) error {
	var names []string
	for _, declared := range rule.Inputs {
		name := strings.TrimRight(declared, "+*?")
		names = append(names, name)
		count := 0
		for _, in := range inputs {
			if in.Name == name {
				count++
			}
		}
		switch {
		case strings.HasSuffix(declared, "*"):
		case strings.HasSuffix(declared, "+") && count == 0:
			return fmt.Errorf("inputs: no %s, rule %s expects at least one", name, rule.Name)
		case strings.HasSuffix(declared, "+"):
		case strings.HasSuffix(declared, "?") && count > 1:
			return fmt.Errorf("inputs: %d of %s, rule %s expects at most one", count, name, rule.Name)
		case strings.HasSuffix(declared, "?"):
		case count != 1:
			return fmt.Errorf("inputs: %d of %s, rule %s expects one", count, name, rule.Name)
		}
	}
	for _, in := range inputs {
		if !slices.Contains(names, in.Name) {
			return fmt.Errorf("inputs: found %q, rule %s expects %s%s", in.Name, rule.Name, strings.Join(names, ", "), suggest(in.Name, names))
		}
	}
	return nil
}

// suggest returns "; did you mean ...?" where a valid name is near the found
// one, or "; expected one of ..." where the valid names are few.
func suggest(found string, valid []string) string {
	hint := study.Nearest(found, valid)
	if len(valid) == 0 || len(valid) > 30 && strings.HasPrefix(hint, "expected") {
		return ""
	}
	return "; " + hint
}
