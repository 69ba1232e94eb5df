# Two commands do all the set-up: `make reproduce` and `make test`.
# The environment is built in .venv from requirements.lock, and again only when the lock changes.

COHORT ?=
CORES ?= all
PROFILE ?= default
NAME ?=
FROM ?=
LINK ?=
SHAREABLE ?=
SHEET ?=
REPLICATES ?=
DRAWS ?=
PATIENTS ?=
THERAPISTS ?=
EFFECT ?=
TARGET ?= 0.8
VERSION ?=
ORDER ?=
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2])' 2>/dev/null && echo $$p && break; done)

LOCK := $(shell cksum < requirements.lock | tr ' ' '-')
READY := .venv/ready-$(LOCK)
READY_BAYES := .venv-bayes/ready-$(shell cat requirements-bayes.lock 2>/dev/null | cksum | tr ' ' '-')
READY_DOCS := .venv-docs/ready-$(shell cat requirements-docs.lock 2>/dev/null | cksum | tr ' ' '-')
BIN := .venv/bin
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python
SNAKEMAKE = $(BIN)/python -m rupture_repair.one_run --logger lines \
	--workflow-profile workflow/profiles/$(PROFILE) \
	$(if $(filter all,$(CORES)),,--cores $(CORES)) \
	$(if $(strip $(CONFIG)),--config $(CONFIG))
CONFIG = $(if $(COHORT),cohorts="$(COHORT)") \
	$(if $(RESAMPLING),resampling=$(RESAMPLING) resampled_specifications=0) \
	$(if $(POSTERIOR),posterior_draws=$(POSTERIOR))

# dozens of steps import the same packages: compile them once, even where a container forbids it
unexport PYTHONDONTWRITEBYTECODE
# text is UTF-8, whatever the locale says
export PYTHONUTF8 = 1

# paths as they were typed, with blanks, quotation marks and dollars
override FROM := $(value FROM)
override SHEET := $(value SHEET)
override LINK := $(value LINK)
export NAME FROM SHEET LINK

DATA ?=
COHORTS := $(if $(COHORT),--cohorts "$(COHORT)")

.DEFAULT_GOAL := help
.PHONY: help reproduce multiverse bayes submission verify reference cite archive report cohort check explore test test-long test-privacy stress bench recovery level power words lint docs broken-inputs config-docs table-docs data-docs licences lock release clean

help: ## list the targets
	@echo "Targets (COHORT=<name> or COHORT=\"<name> <name>\" chooses cohorts, CORES=<n> limits the cores,"
	@echo "PROFILE=slurm runs on a cluster, set up in workflow/profiles/slurm/config.yaml):"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

reproduce: $(READY) ## set up, run everything, end with the paper in results/<cohort>/manuscript
	@$(SNAKEMAKE)

cohort: $(READY) ## propose config/cohorts/NAME.yaml: make cohort NAME=clinic FROM="patients.csv sessions.csv"
	@test -n "$$NAME" -a -n "$$FROM" || { echo 'Say make cohort NAME=myclinic FROM="patients.csv sessions.csv"'; exit 1; }
	@$(BIN)/python -m rupture_repair new-cohort "$$NAME" --from "$$FROM" --sheets "$$SHEET"

multiverse: RESAMPLING = $(or $(REPLICATES),100)
multiverse: $(READY) ## the same, with joint inference of the multiverse from resampled cohorts: REPLICATES=100
	@$(SNAKEMAKE)

bayes: POSTERIOR = $(or $(DRAWS),1000)
bayes: $(READY) $(READY_BAYES) ## the same, with the posterior of the headline beside REML (docs/bayes.md): DRAWS=1000
	@$(SNAKEMAKE)

submission: $(READY) ## figures as PDF and as TIFF of 600 dpi in results/<cohort>/figures/submission
	@$(SNAKEMAKE) -- submission

verify: reproduce ## compare the results with the committed reference values; the exit status tells
	@$(BIN)/python -m rupture_repair verify $(COHORTS)

reference: reproduce ## make the present results the reference values (look at git diff)
	@$(BIN)/python -m rupture_repair reference $(COHORTS)

cite: $(READY) ## print the citation of the run whose results are there (APA and BibTeX)
	@$(BIN)/python -m rupture_repair cite $(COHORTS)

archive: reproduce ## write a Workflow Run RO-Crate (DATA=yes adds the raw files of patients)
	@$(BIN)/python -m rupture_repair archive $(COHORTS) $(if $(filter yes,$(DATA)),--with-patient-data)

report: reproduce ## write report.html: figures, tables, paper, workflow graph, times (Snakemake's own)
	@$(SNAKEMAKE) --report report.html

check: $(READY) ## read and validate the cohort NAME in seconds, without models
	@test -n "$(NAME)" || { echo 'Say make check NAME=myclinic'; exit 1; }
	@$(BIN)/python -m rupture_repair check $(NAME)

explore: $(READY) ## move the choices of a cohort that was run and see what follows, on a local page
	@test -n "$(COHORT)" || { echo 'Say make explore COHORT=igra2025'; exit 1; }
	@$(BIN)/python -m rupture_repair explore "$(COHORT)" $(if $(filter yes,$(SHAREABLE)),--shareable) \
		--link "$$LINK"

test: $(READY) ## set up and run the quick tests; ORDER=random shows which lean on one another
	@$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile $(if $(ORDER),--order $(ORDER))

test-long: $(READY) ## the tests that need R, Chromium, LibreOffice or more time
	@$(BIN)/python -m pytest -q -m "long or hypothesis" --hypothesis-profile thorough \
		--numprocesses auto --dist loadfile

PRIVACY = tests/disclosure tests/manuscript/test_privacy.py tests/manuscript/test_front_page.py \
	tests/figures/test_disclosure_of_figures.py \
	tests/provenance/test_archive_attacks.py tests/provenance/test_altered_runs.py \
	tests/provenance/test_unpacked_archive.py tests/provenance/test_confidential_terminal.py \
	tests/workflow/test_confidential.py tests/workflow/test_hostile_clinic.py \
	tests/workflow/test_odd_pseudonyms.py tests/explorer/test_window.py tests/explorer/test_guard.py
test-privacy: $(READY) ## all tests of what may be shared, the long ones too
	@$(BIN)/python -m pytest -q -m "long or not long" --hypothesis-profile thorough \
		--numprocesses auto --dist loadfile $(PRIVACY)

stress: $(READY) ## break runs, files, versions and the code itself; writes tests/*/FOUND.md (hours)
	@failed=0; for part in fuzz versions faults mutation; do \
		$(BIN)/python tests/$$part > tests/$$part/found.tmp || failed=1; \
		mv tests/$$part/found.tmp tests/$$part/FOUND.md; cat tests/$$part/FOUND.md; \
	done; exit $$failed

bench: $(READY) ## timings beside statsmodels and, where R is present, lme4
	@$(BIN)/python benchmarks

recovery: $(READY) ## cohorts of known parameters: bias, coverage, false findings: make recovery REPLICATES=100
	@$(BIN)/python -m rupture_repair recovery --cores $(CORES) \
		$(if $(COHORT),--cohort $(COHORT)) $(if $(REPLICATES),--replicates $(REPLICATES))

level: $(READY) ## type-I error and power of the headline test, docs/level.md: make level REPLICATES=400
	@$(BIN)/python -m rupture_repair level --cores $(CORES) \
		$(if $(REPLICATES),--replicates $(REPLICATES))

power: $(READY) ## of a planned cohort: make power PATIENTS=300 THERAPISTS=30 EFFECT=-0.8 TARGET=0.8
	@test -n "$(PATIENTS)" -a -n "$(THERAPISTS)" -a -n "$(EFFECT)" || \
		{ echo "make power PATIENTS=300 THERAPISTS=30 EFFECT=-0.8 (slope per SD of interpersonal problems)"; exit 1; }
	@$(BIN)/python -m rupture_repair power --cores $(CORES) --target $(TARGET) \
		$(if $(COHORT),--cohort $(COHORT)) $(if $(REPLICATES),--replicates $(REPLICATES)) \
		$(PATIENTS) $(THERAPISTS) $(EFFECT)

words: $(READY) ## read every sentence of the paper (reports/words) in all its branches: docs/words.md
	@$(BIN)/python -m rupture_repair words

lint: $(READY) ## style of Python and Snakemake files, types, and which module imports which
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m mypy
	@$(BIN)/python -c 'from importlinter.cli import lint_imports_command as lint; lint()' --no-cache
	@$(BIN)/python -m snakefmt --check Snakefile workflow
	@$(BIN)/python -m snakemake --lint

docs: $(READY) $(READY_DOCS) ## build the documentation as a site that needs no network: site/index.html
	@.venv-docs/bin/sphinx-build --quiet --fail-on-warning --keep-going --conf-dir docs . site
	@echo "The documentation is site/index.html."

broken-inputs: $(READY) ## write config/BROKEN_INPUTS.md: what the workflow says about broken files
	@$(BIN)/python tests/validation/broken_page.py

config-docs: $(READY) ## write config/README.md and INSTRUMENTS.md from the typed configuration
	@$(BIN)/python -m rupture_repair config-docs config/README.md
	@$(BIN)/python -m rupture_repair instrument-docs config/INSTRUMENTS.md

table-docs: $(READY) ## write workflow/TABLES.md: every table of the results, its columns and units
	@$(BIN)/python -m rupture_repair table-docs workflow/TABLES.md

data-docs: $(READY) ## write the data dictionary of each shipped cohort (data/<cohort>/)
	@$(BIN)/python -m rupture_repair data-docs

licences: $(READY) ## write LICENCES.md: under which licence each package of the environment is
	@$(BIN)/python -m rupture_repair licences LICENCES.md

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-index-url
lock: $(READY) ## resolve requirements.lock and those of `make bayes` and `make docs` anew from pyproject.toml
	@$(COMPILE) pyproject.toml --group dev --group build -o requirements.lock
	@$(COMPILE) --group bayes -o requirements-bayes.lock
	@$(COMPILE) --group docs -o requirements-docs.lock

release: $(READY) ## check everything and print the commands for tag and DOI; pushes nothing: VERSION=1.0.0
	@test -n "$(VERSION)" || { echo "Say make release VERSION=1.0.0"; exit 1; }
	@$(BIN)/python -m rupture_repair release "$(VERSION)" --prepare
	@$(MAKE) --no-print-directory lint test verify
	@$(BIN)/python -m rupture_repair release "$(VERSION)"

clean: ## remove results (never data) and Snakemake's records
	rm -rf results .snakemake

$(READY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it or say make PYTHON=/path/to/python3"; exit 1; }
	@echo "Setting up the environment in .venv (once) …"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv || { echo "python3 -m venv failed; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@awk '/^[a-z]/ {keep = /^uv==/} keep' requirements.lock > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
	@$(INSTALL) --require-hashes -r requirements.lock || \
		{ echo "Trying again with the certificates of this machine …"; \
		$(INSTALL) --system-certs --require-hashes -r requirements.lock; }
	@$(INSTALL) --no-deps --no-build-isolation --editable .
# the path of this folder may hold letters that the locale lacks: seen from site-packages it has none
	@for listed in .venv/lib/python*/site-packages/_rupture_repair.pth; do \
		echo ../../../../workflow > "$$listed"; done
	@$(BIN)/python workflow/setup/install_quarto.py
	@touch $@

# environments beside the one of a run: .venv-bayes of requirements-bayes.lock, .venv-docs likewise
$(READY_BAYES) $(READY_DOCS): $(READY)
	@echo "Setting up the environment $(@D) (once) …"
	@rm -rf $(@D)
	@$(BIN)/python -m venv $(@D)
	@$(BIN)/uv pip install --quiet --python $(@D)/bin/python --require-hashes \
		-r $(patsubst .venv-%,requirements-%.lock,$(@D)) || \
		$(BIN)/uv pip install --quiet --python $(@D)/bin/python --system-certs --require-hashes \
		-r $(patsubst .venv-%,requirements-%.lock,$(@D))
	@touch $@
