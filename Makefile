# Two commands matter: `make demo` plays a call into the panel, `make test` runs the suite. Both set up .venv first.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -q
# Workers of the test run; the suite is written for two cores.
JOBS ?= 2
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

.PHONY: help setup demo test check format types imports spell coverage soak fuzz lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.run ## what running needs, in .venv

demo: $(VENV)/.run ## play a bundled call into the agent's panel (as lines where there is no terminal)
	@$(BIN)/sidecar demo

test: $(VENV)/.dev ## the whole suite
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile

check: $(VENV)/.dev ## format, lint, types, import rules, spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

format: $(VENV)/.dev ## rewrite in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

coverage: $(VENV)/.dev ## branch coverage of everything, lines missed
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile --cov --cov-report=term-missing:skip-covered

soak: $(VENV)/.dev ## the long tests: minutes of speech, flat memory, flat latency
	$(BIN)/python -m pytest -q -m soak

fuzz: $(VENV)/.dev ## a million mutated messages for every dialect of a platform
	@$(BIN)/python -m pytest -q -s -m fuzz -n $(JOBS)

lock: ## renew the locked versions (needs uv)
	uv pip compile -q pyproject.toml --universal --extra dev --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade -o .lock/dev.txt
	uv pip compile -q pyproject.toml --universal --extra build --generate-hashes --no-emit-index-url --no-header --no-annotate -c .lock/dev.txt -o .lock/run.txt

clean: ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer with venv found; install one, or name it: make PYTHON=/path/to/python3" >&2; exit 2; }
	@echo "setting up $(VENV) with $(PYTHON)" >&2
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/.run: .lock/run.txt pyproject.toml config.toml | $(BIN)/python
	@echo "installing what the sidecar needs (once)" >&2
	@$(PIP) install --require-hashes -r .lock/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: .lock/dev.txt $(VENV)/.run | $(BIN)/python
	@echo "installing what the tests need (once)" >&2
	@$(PIP) install --require-hashes -r .lock/dev.txt
	@touch $@
