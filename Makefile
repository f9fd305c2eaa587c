# One verb each. `make demo` and `make test` set up everything they need from Python 3.11 or newer.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PLUGINS := plugins/aliexpress plugins/ebay plugins/carriers/chinapost plugins/carriers/dhl plugins/carriers/track17
DISTRIBUTIONS := . $(PLUGINS) sandbox
SOURCES := src $(PLUGINS:%=%/src) sandbox/src
WORKERS ?= auto
PYTEST ?=

.PHONY: help setup demo test test-all test-worlds check format lint types architecture dependencies docs docs-serve generated bench wheels lock clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

setup: $(READY)  ## Make the environment in .venv

$(READY): requirements/dev.txt $(DISTRIBUTIONS:%=%/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which with PYTHON=/path/to/python"; exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(foreach d,$(DISTRIBUTIONS),-e ./$(d))
	@touch $(READY)

demo: $(READY)  ## Run the main job on the sandbox: orders, labels, tracking
	@$(BIN)/xborder demo

test: $(READY)  ## The fast lane of tests
	@$(BIN)/python -m pytest -q -n $(WORKERS) -m "not slow" $(PYTEST)

test-all: $(READY)  ## All tests, the slow ones too
	@$(BIN)/python -m pytest -q -n $(WORKERS)

test-worlds: $(READY)  ## The fast lane in other time zones, without a language, and in another order each time
	@for world in TZ=Asia/Shanghai TZ=America/Los_Angeles "LANG=C LC_ALL=C"; do \
	  echo "== $$world"; env $$world $(BIN)/python -m pytest -q -n $(WORKERS) -m "not slow" || exit 1; done

check: format lint types architecture dependencies docs  ## Everything but the tests

format: $(READY)
	@$(BIN)/ruff format --check .

lint: $(READY)
	@$(BIN)/ruff check .

types: $(READY)
	@$(BIN)/mypy $(SOURCES)

architecture: $(READY)
	@$(BIN)/lint-imports

dependencies: $(READY)
	@for d in $(DISTRIBUTIONS); do (cd $$d && $(CURDIR)/$(BIN)/deptry src) || exit 1; done

generated: $(READY)  ## Write the generated pages of the docs anew
	@$(BIN)/python docs/generate.py

docs: $(READY)  ## Build the docs, strictly
	@$(BIN)/python docs/generate.py --check
	@NO_MKDOCS_2_WARNING=1 DISABLE_MKDOCS_2_WARNING=true $(BIN)/mkdocs build --strict --quiet

docs-serve: $(READY)  ## Read the docs in a browser
	@NO_MKDOCS_2_WARNING=1 DISABLE_MKDOCS_2_WARNING=true $(BIN)/mkdocs serve

bench: $(READY)  ## Measure, each figure a ratio in one run
	@$(BIN)/python benchmarks/run.py

wheels: $(READY)  ## Build the wheels, install them alone elsewhere, run a round trip there
	@$(BIN)/python tests/packaging/wheels.py

lock:  ## Resolve requirements/dev.in anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q requirements/dev.in -o requirements/dev.txt

clean:
	rm -rf .venv .venv-* site dist build out .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
