# Everything happens in .venv, which each target makes and keeps up to date by itself.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test e2e screenshots lint types matrix bench format clean

help:  ## Say what can be made.
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

.venv/.installed: setup.cfg pyproject.toml Makefile
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,lint]"
	touch $@

# make hands STRATEGY on to the site: session if it is not given.
demo: .venv/.installed  ## Show the promise kept, over real HTTP (STRATEGY=version, =blacklist, =expiry).
	$(BIN)/python testproject/manage.py demo

test: .venv/.installed  ## Run the tests on every database and user model there is.
	$(BIN)/python -m tests

.venv/.e2e: .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[e2e]"
	touch $@

# Debian's: apt-get install chromium. CHROMIUM names another one.
e2e: .venv/.e2e  ## Run the end-to-end tests in a real Chromium.
	$(BIN)/python -m pytest --quiet tests/e2e

screenshots: .venv/.e2e  ## Take the pictures in docs/images again.
	SCREENSHOTS=1 $(BIN)/python -m pytest --quiet tests/e2e -k screenshots

lint: .venv/.installed  ## Check style and layout.
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/.installed  ## Check the types, strictly.
	$(BIN)/mypy

matrix: .venv/.installed  ## Run the tests on every Python and Django there is.
	$(BIN)/tox run $(if $(TOX_ENV),-e $(TOX_ENV))

bench: .venv/.installed  ## Measure what the README says.
	$(BIN)/python -m benchmarks

format: .venv/.installed  ## Put the code into shape.
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:  ## Remove what was made.
	rm -rf .venv .tox .coverage* htmlcov build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
