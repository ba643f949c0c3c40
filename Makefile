# Everything is set up inside .venv; nothing is installed outside the checkout.
PYTHON ?= python3
BIN := .venv/bin
# Processes that run tests at the same time; some of the time they wait for other processes.
WORKERS ?= 3
PYTEST := $(BIN)/python -m pytest
PARALLEL := -n $(WORKERS) --dist worksteal

.PHONY: help demo quick test lint types floors fast unit bench precision recall history picture clean

help:
	@echo "make demo    check the examples: two clean, two with planted faults"
	@echo "make quick   format, lint, types, floors and the fast tests, in about a minute"
	@echo "make test    every test: format, lint, types, floors, all tests with coverage"
	@echo "make bench   the tables of docs/performance.md"
	@echo "make precision CHECKOUTS=folder   the tables of docs/precision.md"
	@echo "make recall CHECKOUTS=folder   how many planted faults are found"
	@echo "make history HISTORIES=folder   how many mistakes that were corrected are found"
	@echo "make picture the README's picture, from the program's own output"
	@echo "make clean   remove .venv and caches"

.venv/installed: pyproject.toml constraints/run.txt constraints/build.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "port-registry needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints/build.txt hatchling editables
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints/run.txt --no-build-isolation -e .
	@touch $@

.venv/tools: .venv/installed constraints/test.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints/run.txt -r constraints/test.txt
	@touch $@

demo: .venv/installed
	@./examples/demo $(BIN)/port-registry

quick: .venv/tools
	$(MAKE) --no-print-directory --jobs=2 fast lint floors types

test: lint floors types unit

lint: .venv/tools
	$(BIN)/ruff format --check
	$(BIN)/ruff check

types: .venv/tools
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python

floors: .venv/tools
	$(BIN)/lint-imports

fast: .venv/tools
	$(PYTEST) $(PARALLEL) -m "not slow and not alone"

unit: .venv/tools
	$(PYTEST) $(PARALLEL) -m "not alone" --cov --cov-report= --cov-fail-under=0
	$(PYTEST) -m alone --cov --cov-append --cov-report= --cov-fail-under=0
	$(BIN)/coverage report

bench: .venv/tools
	$(BIN)/python -m benchmarks

precision: .venv/tools
	$(BIN)/python -m benchmarks.precision --write $(CHECKOUTS)

recall: .venv/tools
	$(BIN)/python -m benchmarks.recall $(CHECKOUTS)

history: .venv/tools
	$(BIN)/python -m benchmarks.history $(HISTORIES)

picture: .venv/tools
	$(BIN)/python docs/picture.py

clean:
	rm -rf .venv .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
