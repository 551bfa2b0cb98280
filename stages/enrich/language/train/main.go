// Command train makes the model by which the language of posts is told, and
// says how well it does on texts that it did not see. SOURCES.md, beside the
// model, names the texts.
package main

import (
	"flag"
	"fmt"
	"os"

	"diplometrics/stages/enrich/language"
)

func main() {
	var (
		labelled = flag.String("labelled", "", "labelled short texts: a table with the columns lang, script, source, chars, text")
		others   = flag.String("others", "", "texts in other languages: a table with the columns lang, source, text")
		udhr     = flag.String("udhr", "", "folder of the Universal Declaration of Human Rights as HTML, one file a language")
		lists    = flag.String("lists", "", "folder of the lists of words of wordfreq")
		phrases  = flag.String("phrases", "stages/simulate/phrases", "folder of the phrases of the simulator")
		out      = flag.String("out", "", "where the model goes; left out, only the measurement is made")
		s        = language.Settings{}
	)
	flag.IntVar(&s.Epochs, "epochs", 40, "times that each text is seen")
	flag.Float64Var(&s.Rate, "rate", 0.15, "step")
	flag.Float64Var(&s.Decay, "decay", 1e-5, "decay of weights")
	flag.Uint64Var(&s.Seed, "seed", 1, "seed of the order")
	flag.Parse()
	if err := run(*labelled, *others, *udhr, *lists, *phrases, *out, s); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(labelled, others, udhr, lists, phrases, out string, s language.Settings) error {
	texts, err := corpora(labelled, others, udhr, lists, phrases)
	if err != nil {
		return err
	}
	var all measured
	for fold := range folds {
		var known, held []text
		for _, t := range texts {
			if t.fold() == fold {
				held = append(held, t)
			} else {
				known = append(known, t)
			}
		}
		m, err := language.Parse(language.Fit(examples(known), s))
		if err != nil {
			return err
		}
		all.add(m, held)
	}
	all.print(os.Stdout)
	if out == "" {
		return nil
	}
	return os.WriteFile(out, language.Fit(examples(texts), s), 0o644)
}
