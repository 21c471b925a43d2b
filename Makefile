# Everything one does with the project. `make help` prints the lines below that start with two hashes.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXAMPLE := resources/examples/first_backward.py
OFFSCREEN := QT_QPA_PLATFORM=offscreen QT_API=pyside6
# Many tests wait for a process they started; one worker a core, and each takes over what another has not come to.
PARALLEL := --numprocesses auto --maxprocesses 4 --dist worksteal
.DEFAULT_GOAL := help
.PHONY: help run test oldest check lint format types imports bench wheel fuzz shots oracle semantics parity clean

help: ## print this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: $(VENV)/.run ## set up, then open the window on the first example (without a display: run, step and draw it headless)
	@$(BIN)/retrograde $(EXAMPLE)

test: $(VENV)/.test ## set up, then run all tests, headless
	@$(OFFSCREEN) $(BIN)/python -m pytest $(PARALLEL)

oldest: ## run the tests on the oldest versions of the libraries that are allowed, in an environment of its own
	@$(PYTHON) -m venv --clear $(VENV)-oldest
	@$(VENV)-oldest/bin/python -m pip install --quiet --disable-pip-version-check --constraint packaging/oldest.txt --editable '.[test]'
	@$(OFFSCREEN) $(VENV)-oldest/bin/python -m pytest $(PARALLEL)

check: lint types imports test wheel ## what CI runs

lint: $(VENV)/.check ## ruff: lint and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(VENV)/.check ## rewrite the sources in the one format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(VENV)/.check ## mypy, strict
	@$(BIN)/mypy

imports: $(VENV)/.check ## app > ui > engine, one way
	@$(BIN)/lint-imports

wheel: $(VENV)/.check ## build the wheel and check that it only holds the package `retrograde`
	@rm -rf dist
	@$(BIN)/python -m build --wheel --outdir dist . >/dev/null
	@$(BIN)/check-wheel-contents --toplevel retrograde dist/*.whl

bench: $(VENV)/.test ## run the benchmarks and print their tables
	@$(OFFSCREEN) $(BIN)/python -m tests.benchmarks

fuzz: $(VENV)/.test ## open 10,000 damaged session files
	@$(BIN)/python -m tests.app.store.fuzz 10000

shots: $(VENV)/.test ## take pictures of the window in both themes and two sizes, into out/shots
	@$(OFFSCREEN) $(BIN)/python -m tests.shots out/shots

oracle: $(VENV)/.test ## write the stored PyTorch results anew (needs torch in the environment)
	@for script in tests/oracle/make_*.py; do $(BIN)/python -m tests.oracle.$$(basename $$script .py) || exit 1; done

semantics: $(VENV)/.test ## count the cases of autograd's semantics that print what PyTorch prints
	@$(BIN)/python -m tests.engine.semantics

parity: $(VENV)/.test ## run PyTorch's own table of operators through the engine, into out/parity.txt (needs torch in the environment)
	@$(BIN)/python -m tests.parity --second --table out/parity.txt

clean: ## remove what was built (the environment too)
	@rm -rf $(VENV) dist out .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Retrograde needs Python 3.11 or newer; choose one with: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV)

# Each stamp is newer than pyproject.toml once its packages are installed.
$(VENV)/.run: pyproject.toml packaging/debian-packages.txt | $(VENV)/bin/python
	@sh packaging/system_libraries.sh
	@echo "Setting up $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(VENV)/.check: $(VENV)/.test
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,check]'
	@touch $@
