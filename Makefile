# `make demo` and `make test` do all the set-up themselves: a virtual environment in .venv, the installation, the work.
# They need python3 (3.11 or newer), make, and a way to fetch packages; nothing else.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ictal-user
STAMP_TEST := $(VENV)/.ictal-test
PYTEST_ARGS ?= -n 2

.DEFAULT_GOAL := help
.PHONY: help demo test lint docs benchmark audit sbom mutants clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

demo: $(STAMP) ## Simulate a recording, analyse it, score it, and say where the report is
	@$(BIN)/ictal demo
	@echo "In each terminal, once: source $(BIN)/activate"

test: $(STAMP_TEST) frontend/node_modules/.ictal ## Run every check and every test
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/ruff format --check . || status=1; \
	$(BIN)/mypy || status=1; \
	$(BIN)/python -m pytest $(PYTEST_ARGS) || status=1; \
	exit $$status

# The browser tests ask axe-core; without npm, or without a way to fetch it, they are skipped.
frontend/node_modules/.ictal: frontend/package-lock.json
	@if command -v npm >/dev/null 2>&1; then \
		(cd frontend && timeout 60 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null 2>&1 && touch node_modules/.ictal) \
			|| echo "npm could not fetch frontend/'s packages: their tests will be skipped."; \
	fi

lint: $(STAMP_TEST) ## Check style and types, and put the style right
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/mypy

docs: $(STAMP_TEST) ## Build the documentation into build/docs (no network; the tutorials run, so minutes)
	@$(BIN)/python -m sphinx -b html -E -a -W --keep-going -n -q docs build/docs
	@echo "Open build/docs/index.html"

benchmark: $(STAMP_TEST) ## Measure accuracy and speed (minutes)
	@$(BIN)/ictal benchmark --jobs 2 --out benchmarks/results/suite --overwrite --leaderboard benchmarks/leaderboard.tsv
	@$(BIN)/python benchmarks/real.py
	@$(BIN)/python benchmarks/speed.py

audit: $(STAMP_TEST) ## Ask whether what is installed has known vulnerabilities (needs the network)
	@$(BIN)/python tools/dependencies.py --pins build/pins.txt
	@$(BIN)/python -m pip_audit --strict --no-deps --disable-pip --progress-spinner off --requirement build/pins.txt
	@if command -v npm >/dev/null 2>&1; then cd frontend && npm audit --omit=dev; fi

sbom: $(STAMP_TEST) ## List what Ictal stands on, with licences (CycloneDX, build/sbom.cdx.json)
	@$(BIN)/python tools/dependencies.py --sbom build/sbom.cdx.json

mutants: $(STAMP_TEST) ## Ask whether the tests would notice a small change of the core
	@$(BIN)/python tools/mutate.py --out build/mutants.tsv

clean: ## Remove the environment, the demo and everything else that was made
	rm -rf $(VENV) demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@sh .ci/environment $(VENV)

$(STAMP): $(VENV)/bin/python pyproject.toml
	@echo "Installing Ictal into $(VENV) (a few minutes, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[all]"
	@touch $@

$(STAMP_TEST): $(VENV)/bin/python pyproject.toml
	@echo "Installing Ictal and its tests into $(VENV) (a few minutes, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@ $(STAMP)
