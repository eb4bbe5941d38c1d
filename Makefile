# Everything the project needs is installed into .venv from the hashed lock file; Python 3.11+, git and make suffice.

PYTHON ?= python3
CONTAINER ?= docker
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help .venv run test lint format types migrations catalogue check openapi walk bench adversity soak fuzz hostile \
	licenses advisories sbom wheel image lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[.a-z]+:.*## / { printf "%-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv: .venv/.installed ## make the virtual environment

.venv/.locked: requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: .venv ## start a database, migrate, seed and serve
	$(BIN)/outlay serve

test: .venv ## run the whole test suite, a process for each core
	$(BIN)/pytest --numprocesses auto --dist loadfile $(ARGS)

lint: .venv ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: .venv ## put style and format right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: .venv ## check types
	$(BIN)/basedpyright

migrations: .venv ## check that the migrations have one head and lock no table for long
	@test "$$($(BIN)/alembic heads | tee /dev/stderr | wc -l)" = 1
	$(BIN)/squawk migrations/versions/*.sql

catalogue: .venv ## check the catalogue's rules and citations
	$(BIN)/outlay catalogue check

check: lint types migrations catalogue test ## everything a change must pass

openapi: .venv ## write the OpenAPI document anew
	$(BIN)/outlay openapi > docs/openapi.json

walk: .venv ## make the walk with pictures anew
	$(BIN)/python -m tests.browser.walk docs/walk

bench: .venv ## measure
	$(BIN)/python -m bench

adversity: .venv ## cause every fault under load and write what came of it into docs/operations.md (as root: full disks too)
	$(BIN)/python -m tests.adversity $(ARGS)

MINUTES ?= 10

soak: .venv ## put the service under half of its greatest load for MINUTES, and see whether anything grows
	$(BIN)/python -m tests.adversity.soak $(MINUTES)

RUNS ?= 100000

fuzz: .venv ## break what every parser reads, RUNS times each
	set -e; for name in $$($(BIN)/python -m tests.fuzz); do $(BIN)/python -m tests.fuzz $$name -runs=$(RUNS); done

hostile: .venv ## send RUNS hostile requests to a service of two processes, and what its OpenAPI document allows
	OUTLAY_HOSTILE_EXAMPLES=$$(( $(RUNS) / 1000 + 1 )) $(BIN)/pytest tests/hostile/test_document.py
	$(BIN)/python -m tests.hostile.storm $(RUNS)

licenses: .venv ## list the licences of what the image is made of; fails on one that nobody approved
	$(BIN)/python -m supply.licenses

# What is only needed to look at what is shipped has a lock and an environment of its own.
.supply/.installed: requirements-supply.lock
	$(PYTHON) -m venv .supply
	.supply/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-supply.lock
	@touch $@

advisories: .venv $(if $(OUTLAY_ADVISORIES),,.supply/.installed) ## look for known vulnerabilities, in the folder OUTLAY_ADVISORIES or over the network
	$(BIN)/python -m supply.advisories

sbom: .supply/.installed ## write what the image is made of to dist/outlay.cdx.json (CycloneDX), the same every time
	@mkdir -p dist
	env -u SOURCE_DATE_EPOCH PYTHONWARNINGS=ignore .supply/bin/cyclonedx-py requirements --output-reproducible \
		--pyproject pyproject.toml --output-file dist/outlay.cdx.json requirements.lock

wheel: .venv ## build the wheel, the same to the last byte wherever this commit is built
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/hatchling build --target wheel

image: ## build the container image, by docker or by what CONTAINER names
	$(CONTAINER) build --tag outlay .

# Keeps the pinned versions that still fit; `make lock ARGS=--upgrade` takes the newest. The image runs on the first
# file and is built with the second; what is shipped is looked at with the third; a checkout gets the fourth, which agrees
# with the first two.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

lock: ## resolve the dependencies anew
	@test -x $(BIN)/uv || { $(PYTHON) -m venv .venv && $(BIN)/pip install --quiet uv; }
	$(LOCK) $(ARGS) pyproject.toml --extra pdf --extra valkey --output-file requirements.lock
	$(LOCK) $(ARGS) pyproject.toml --extra pdf --extra valkey --extra otel --constraint requirements.lock \
		--output-file requirements-otel.lock
	$(LOCK) $(ARGS) --group build --constraint requirements.lock --output-file requirements-build.lock
	$(LOCK) $(ARGS) --group supply --constraint requirements.lock --output-file requirements-supply.lock
	$(LOCK) $(ARGS) pyproject.toml --all-extras --group dev --constraint requirements.lock \
		--constraint requirements-build.lock --output-file requirements-dev.lock

clean: ## remove the virtual environment and what the tools left; the data in .outlay stays
	rm -rf .venv .supply .pytest_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -prune -exec rm -rf {} +
