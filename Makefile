# Everything happens in .venv, which each target makes and keeps up to date by itself.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PINS := requirements/constraints.txt requirements/django.txt
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check $(PINS:%=--constraint %)

.DEFAULT_GOAL := help
.PHONY: help check demo test e2e screenshots lint types matrix suites bench format clean

help:  ## Show what can be made.
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

.venv/.installed: setup.cfg pyproject.toml Makefile $(PINS)
	$(PYTHON) -m venv .venv
	$(PIP_INSTALL) --upgrade pip
	$(PIP_INSTALL) --editable ".[test,lint]"
	touch $@

check: lint types test  ## Run what a change must pass: lint, types and test.

# make hands STRATEGY on to the site. The default is session.
demo: .venv/.installed  ## Show the promise kept, over real HTTP (STRATEGY=version, =blacklist, =expiry).
	$(BIN)/python testproject/manage.py demo

test: .venv/.installed  ## Run the tests on every database and user model there is.
	$(BIN)/python -m tests

.venv/.e2e: .venv/.installed
	$(PIP_INSTALL) --editable ".[e2e]"
	touch $@

# Uses Debian's browser: apt-get install chromium. CHROMIUM names another one.
e2e: .venv/.e2e  ## Run the end-to-end tests in a real Chromium.
	$(BIN)/python -m pytest --quiet tests/e2e

screenshots: .venv/.e2e  ## Take the pictures in docs/images again.
	SCREENSHOTS=1 $(BIN)/python -m pytest --quiet tests/e2e -k screenshots

lint: .venv/.installed  ## Check style, layout, spelling and the pages of the documentation.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell
	$(BIN)/doc8 --quiet *.rst docs

types: .venv/.installed  ## Check the types of the package and of its public API, strictly.
	$(BIN)/mypy

matrix: .venv/.installed  ## Run the tests on every Python and Django there is.
	$(BIN)/tox run $(if $(TOX_ENV),-e $(TOX_ENV))

suites: .venv/.installed  ## Run the tests of Django, DRF and simplejwt, without the app and with it.
	$(BIN)/python -m suites $(SUITES)

bench: .venv/.installed  ## Measure what the README says.
	$(BIN)/python -m benchmarks

format: .venv/.installed  ## Put the code into shape.
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:  ## Remove what was made.
	rm -rf .venv .tox .suites .coverage* htmlcov build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
