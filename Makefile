# What people type. Every recipe calls the program or the Go tool; there is no
# logic here. STUDY=DIR works for every target, for studies anywhere.

# The studies that make runs where none is named; every other target is about
# the first of them.
ifeq ($(origin STUDY),undefined)
STUDY   := datasets/thesis
STUDIES := datasets/thesis datasets/demo
else
STUDIES := "$(STUDY)"
endif
# The demo is simulated before anything runs it.
raw     := $(if $(filter $(CURDIR)/datasets/demo,$(abspath $(STUDIES)) $(abspath $(STUDY))),datasets/demo/raw/SIMULATED.txt)
BIN     := bin/diplometrics
RUN     := $(BIN) --study "$(STUDY)"
GO      ?= go
PYTHON  ?= python3
ifeq ($(strip $(STUDY)),)
$(error STUDY is empty; name the folder of a study, or leave it out)
endif
# Figures of a study in datasets/ lie in plots/out/<study>/, others in the study.
figures := $(if $(filter $(CURDIR)/datasets/%,$(abspath $(STUDY))),plots/out/$(notdir $(abspath $(STUDY))),$(patsubst %/,%,$(STUDY))/figures)
sources := $(shell find pipeline stages datasets plots -name '*.go' 2>/dev/null) go.mod go.sum
PLATFORMS ?= linux-amd64 linux-arm64 darwin-amd64 darwin-arm64 windows-amd64.exe windows-arm64.exe
binaries := $(addprefix dist/diplometrics-,$(PLATFORMS))
SHA256   = $(if $(shell command -v sha256sum 2>/dev/null),sha256sum,shasum -a 256)

.DEFAULT_GOAL := all
.PHONY: all build test test-long faults race fuzz fuzz-long bench benchmarks calibrate language figures package notebooks status clean dist help FORCE

all: build $(raw) ## build the program, run the studies, say where everything is
	@between=; for s in $(STUDIES); do $$between; $(BIN) --study "$$s" run || exit 1; between=echo; done

# The demo is simulated once, and again when the simulator changes; what is
# beside its raw/ and truth/ is in git.
datasets/demo/raw/SIMULATED.txt: stages/simulate/testdata/demo.txt | build
	@$(BIN) --quiet simulate --out datasets/demo --seed 2 --accounts 90 --months 6

build: $(BIN) ## build the program

$(BIN): $(sources)
	@mkdir -p bin
	$(GO) build -buildvcs=auto -trimpath -o $@ ./pipeline/cmd/diplometrics

test: ## run the tests
	$(GO) vet ./...
	$(GO) test ./...

test-long: ## run the tests that take minutes
	DIPLOMETRICS_LONG=1 $(GO) test -count=1 -timeout 1h -v -run 'Long$$|NothingLeaks' ./stages ./stages/normalize/adapters ./stages/verify ./stages/compare/calibrate ./pipeline/cmd/diplometrics

faults: ## kill 200 runs of a small study and compare what is left (an hour)
	DIPLOMETRICS_KILLS=200 $(GO) test -count=1 -timeout 4h -v -run KilledRuns ./pipeline/cmd/diplometrics

race: ## run the tests with the race detector (needs a C compiler)
	$(GO) test -race ./...

fuzz fuzz-long: ## fuzz everything that reads, 30 s each; fuzz-long: 10 minutes each
	@for p in $$($(GO) list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(if $(filter fuzz-long,$@),10m,30s) -fuzzminimizetime 1x $$p || exit 1; \
		done; \
	done

# DATA= names a folder of inputs; what it lacks is made there, of POSTS= posts.
ROUNDS ?= 3
POSTS  ?= 1000000
bench: build ## time the program and DuckDB in turn on a million posts (ten minutes, 10 GB of disk)
	@$(MAKE) --no-print-directory notebooks/.venv/installed; \
	python=notebooks/.venv/bin/python; [ -e notebooks/.venv/installed ] || python=; \
	$(GO) run ./stages/bench -program $(BIN) -python "$$python" -data "$(DATA)" -posts $(POSTS) -rounds $(ROUNDS)

benchmarks: ## run the Go benchmarks of each package
	$(GO) test -run '^$$' -bench . -benchmem ./...

calibrate: build ## measure intervals and tests on simulated studies (twenty minutes)
	@$(BIN) calibrate --out stages/compare/calibration.csv --proof stages/compare/proof.csv

language: ## fit the model of languages; LABELLED=, OTHERS=, UDHR= and LISTS= name the texts
	$(GO) run ./stages/enrich/language/train -labelled "$(LABELLED)" -others "$(OTHERS)" -udhr "$(UDHR)" -lists "$(LISTS)" -out stages/enrich/language/model/model.bin

figures: build $(raw) ## every figure of the study; SIZE=one-column or slide for others than two-column
	@$(RUN) run $(if $(SIZE),--size $(SIZE)) render

# One figure, for instance: make plots/out/thesis/egdi.svg. Names of targets
# cannot hold spaces; for a study whose path does, the program draws one figure.
ifeq ($(words $(STUDY)),1)
$(figures)/%.svg $(figures)/%.pdf $(figures)/%.png $(figures)/%.csv: build $(raw) FORCE
	@$(RUN) run render/$*
endif

package: build $(raw) ## what can be shared: a folder and a zip
	@$(RUN) publish --zip

# A notebook that is called as a study is about that study alone.
notebooks: all notebooks/.venv/installed ## compute the studies again in Python and R, fail on a difference
	@for s in $(STUDIES); do \
		own="notebooks/$$(basename "$$s").ipynb"; if [ ! -e "$$own" ]; then own=; fi; \
		DIPLOMETRICS_STUDY="$$(cd "$$s" && pwd)" notebooks/.venv/bin/python notebooks/execute.py notebooks/explore.ipynb notebooks/replicate.ipynb $$own || exit 1; \
		if command -v Rscript >/dev/null; then echo "--- replicate.R"; Rscript notebooks/replicate.R "$$s" || exit 1; \
		else echo "skipped: notebooks/replicate.R, since Rscript is not installed"; fi; \
		echo "The notebooks computed the same numbers from $$s."; \
	done

# The notebooks' own Python; installed again only when requirements.txt changes.
notebooks/.venv/installed: notebooks/requirements.txt
	$(PYTHON) -m venv --clear notebooks/.venv
	notebooks/.venv/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

status: build $(raw) ## what is fresh, what is stale, and why
	@$(RUN) status

dist: $(binaries) ## binaries for Linux, macOS and Windows in dist/
	cd dist && $(SHA256) $(notdir $(binaries)) > SHA256SUMS

# For instance dist/diplometrics-windows-arm64.exe, on any machine.
$(binaries): dist/diplometrics-%: $(sources)
	@mkdir -p dist
	CGO_ENABLED=0 GOOS=$(firstword $(subst -, ,$*)) GOARCH=$(basename $(lastword $(subst -, ,$*))) $(GO) build -buildvcs=auto -trimpath -o $@ ./pipeline/cmd/diplometrics

clean: ## remove everything that runs made; never raw/
	@for s in $(STUDIES); do if [ -e "$$s/.diplometrics" ]; then $(MAKE) --no-print-directory build && $(BIN) --study "$$s" clean || exit 1; fi; done
	rm -rf bin dist

help: ## this list
	@awk -F ':.*## ' '/^[a-z -]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  make $(figures)/egdi.svg    one figure (also .pdf .png .csv)"
	@echo "  STUDY=DIR                          another study, anywhere"

FORCE:
