# `make demo` is all a visitor needs; `make test` is what CI runs. Nothing here names a package index: pip's own is used.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup prepared demo test check lock format docs screenshots benchmark clean

# Some machines export this; without compiled files dbt takes three seconds longer to start, every time.
unexport PYTHONDONTWRITEBYTECODE

# A python3.11 that runs (version managers leave names behind that do not), else python3, whose version is checked.
PYTHON ?= $(shell python3.11 -c '' 2>/dev/null && echo python3.11 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := flowmeter ingest demo analysis simulation dashboard
# Stamps carry the hash of the lock that they were installed from, so that a changed lock is installed again.
hash = $(shell cat $(1) | sha256sum | cut -c1-12)
INSTALLED := $(VENV)/installed-$(call hash,requirements.lock pyproject.toml)
DEV_INSTALLED := $(VENV)/installed-dev-$(call hash,requirements.lock requirements-dev.lock)
OLD_CLIENT := $(VENV)/old-client-$(call hash,requirements-old-client.lock)
LOCK := uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --no-strip-extras

help:  ## What can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(INSTALLED)  ## Install Flowmeter into .venv

demo: setup  ## Make a demo shop and open it in the app
	@$(BIN)/flowmeter demo

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Flowmeter needs Python 3.11 or later" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): | $(BIN)/python
	@echo "Installing Flowmeter's requirements into $(VENV) (a minute the first time)"
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@$(MAKE) --no-print-directory prepared
	@rm -f $(VENV)/installed-[0-9a-f]* && touch $@

# The simulator's loops are compiled when they are first run, and kept: a page that asked for them would wait for it.
prepared:
	@echo "Preparing the simulator (less than a minute, once)"
	@shop=$$(mktemp -d) && trap "rm -rf $$shop" EXIT && \
		$(BIN)/flowmeter demo --no-serve --tickets 300 --home $$shop/shop >/dev/null 2>&1 && \
		$(BIN)/flowmeter forecast --home $$shop/shop >/dev/null 2>&1

$(DEV_INSTALLED): $(INSTALLED)
	@echo "Installing what the tests need"
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@rm -f $(VENV)/installed-dev-* && touch $@

$(OLD_CLIENT): | $(INSTALLED)
	@rm -rf $(VENV)/old-client*
	$(BIN)/pip install --quiet --require-hashes --target $(VENV)/old-client -r requirements-old-client.lock
	@touch $@

test: $(DEV_INSTALLED) $(OLD_CLIENT)  ## Check and test everything, as CI does
	@BIN=$(BIN) tests/chromium.sh
	@$(MAKE) --no-print-directory check
	$(BIN)/pytest -n 2 --dist loadfile

check: $(DEV_INSTALLED)  ## Style, types, SQL format, and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfmt --check --quiet transforms
	$(BIN)/lint-imports

format: $(DEV_INSTALLED)  ## Put Python and SQL into the house format
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .
	$(BIN)/sqlfmt --quiet transforms

docs: $(INSTALLED)  ## Write the pages of docs/ that are made from the program: commands, exit codes, metrics
	$(BIN)/python -m flowmeter.cli.reference docs
	$(BIN)/flowmeter demo --no-serve
	$(BIN)/python docs/generate_metrics.py data/demo/data/warehouse/current > docs/metrics.md

lock: $(BIN)/python  ## Write the lock files anew from requirements*.in
	@test -x $(VENV)/lock/bin/uv || { $(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install --quiet uv; }
	PATH="$(VENV)/lock/bin:$$PATH" $(LOCK) requirements.in -o requirements.lock
	PATH="$(VENV)/lock/bin:$$PATH" $(LOCK) requirements-dev.in -o requirements-dev.lock
	PATH="$(VENV)/lock/bin:$$PATH" $(LOCK) requirements-old-client.in -o requirements-old-client.lock

screenshots: $(DEV_INSTALLED)  ## Take the pictures of the README from the demo shop
	@BIN=$(BIN) tests/chromium.sh
	$(BIN)/flowmeter demo --no-serve
	$(BIN)/python docs/make_screenshots.py

benchmark: $(INSTALLED)  ## Measure a million tickets and write docs/benchmarks.md (takes long, and 20 GB of disk)
	$(BIN)/python -m benchmarks

clean:  ## Delete caches; never a shop's data
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
