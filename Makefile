# Every target installs its dependencies into .venv, so a second run starts immediately.
#
#   make demo    send signed deliveries to a receiver on loopback, and print a table of the results (seconds)
#   make test    the tests for daily work (about two minutes on 2 cores)
#   make test-all  all tests, including servers, processes, npm packages and thorough searches (about 8 minutes)
#   make test-versions  make test under each installed Python, 3.11 to 3.15 (3 minutes each); TARGET=test-all runs all tests
#   make test-oldest    make test with the lowest dependencies that pyproject.toml allows (3 minutes)
#   make check   formatting, linters, prose, docstrings and types (about a minute)
#   make coverage  the tests with branch coverage: 100 % of the core, and a minimum for the package (twice as long as test)
#   make mutants   mutation testing of the core: at least 95 % killed, and a reason for each survivor (15 minutes on 2 cores)
#   make check-workflows  check the GitHub workflows with zizmor and actionlint (seconds)
#   make docs    generate pages from the code (seconds)
#   make site    build the documentation site in .site/html (half a minute); make site-serve serves it and follows changes
#   make site-screenshots  take pictures of each page in headless Chromium (5 minutes); ONLY=receive selects pages
#   make pictures   take the picture of the README (seconds)
#   make changelog  print the next section of the changelog; VERSION=0.2.0 writes it
#   make release    build and check a release, without publishing it (3 minutes)
#   make bench   benchmarks: comparison with other libraries, and the most expensive hostile requests (about 10 minutes)
#   make fuzz    2,000,000 hostile deliveries over all providers, and 2,000,000 deliveries whose results are compared with
#                those of another HMAC verifier (about 4 and 3 minutes on 2 cores)
#   make fuzz-coverage  search for new branches in the package with libFuzzer (10 minutes; SECONDS=60). It needs atheris, which is
#                available for CPython 3.11 to 3.14 on Linux x86-64, and is skipped with a message elsewhere
#   make audit   check the installed packages for known advisories (a minute; skipped with a message without a network)
#   make soak    64 senders against each server, with memory measurements (6 minutes)
#   make crash   a worker of each queue engine killed in the middle of a job (5 minutes)
#   make chaos   workers killed and stores restarted under load, and a replay attack (20 minutes)

VENV ?= .venv
BIN := $(VENV)/bin
# The first Python on PATH that is new enough. To choose another: make PYTHON=/path/to/python
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
UV := $(shell command -v uv 2>/dev/null)
INSTALL := $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet)

# The Pythons for make test-versions, by default all that are found: PYTHONS="3.14 /path/to/python3.15"
PYTHONS ?=
# uv, because pip cannot resolve the lowest versions.
OLDEST_UV := $(if $(UV),$(UV),$(BIN)/uv)

# Store bytecode, regardless of the environment. Otherwise each of the hundreds of processes of the tests would compile.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test test-all test-versions test-oldest check check-workflows coverage mutants format docs \
	site site-serve site-screenshots pictures changelog release lock bench fuzz fuzz-coverage audit soak chaos crash clean

demo: $(VENV)/.demo
	$(BIN)/webhook-verify demo

# TESTS=tests/adapters selects tests. `make test-all` runs in a random order and prints its seed.
# `make test-all TESTS=--randomly-seed=7` repeats an order.
PYTEST = $(BIN)/python -m pytest --numprocesses=auto --dist=loadgroup

# The environment of the tests. tools/versions.py selects others.
READY ?= $(VENV)/.dev

test: $(READY)
	$(PYTEST) -p no:randomly -m "not slow and not network" $(TESTS)

test-all: $(READY)
	HYPOTHESIS_PROFILE=thorough $(PYTEST) $(TESTS)

test-versions:
	$(PYTHON) -m tools.versions $(PYTHONS)

test-oldest:
	$(PYTHON) -m tools.versions oldest

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/typos
	$(BIN)/python -m tools.plain_english
	$(BIN)/python -m tools.docstring_sections
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/python -m tools.release --types
	$(BIN)/pytest --quiet tests/test_architecture.py

coverage: $(VENV)/.dev
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses=auto --dist=loadgroup
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --rcfile=tools/coverage_core.toml
	$(BIN)/coverage report

mutants: $(VENV)/.dev
	$(BIN)/python -m tools.mutants

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev
	$(BIN)/python -m tools.event_pages
	$(BIN)/python -m tools.provider_pages
	$(BIN)/python -m tools.threat_model

check-workflows: $(VENV)/.workflows
	$(BIN)/python -m tools.workflows

site: $(VENV)/.site
	$(BIN)/python -m tools.site

site-serve: $(VENV)/.site
	$(BIN)/python -m tools.site --serve

ONLY ?=

site-screenshots: $(VENV)/.screenshots
	$(BIN)/python -m tools.site
	$(BIN)/python -m tools.site_screenshots $(ONLY)

pictures: $(VENV)/.screenshots
	$(BIN)/python -m tools.pictures

VERSION ?=

changelog: $(VENV)/.dev
	$(BIN)/towncrier build $(if $(VERSION),--version $(VERSION),--draft --version unreleased)

release: $(VENV)/.release
	$(BIN)/python -m tools.release

# uv.lock is for `uv sync` and dependabot. The tests use the newest versions, and the lowest ones.
lock:
	$(or $(UV),uv) lock --upgrade

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

fuzz: $(VENV)/.dev
	$(BIN)/python -m tests.fuzz
	$(BIN)/python -m tests.fuzz --differential

# `make fuzz-coverage KEEP=--keep` adds its findings to the stored corpus.
SECONDS ?= 600
KEEP ?=

fuzz-coverage: $(VENV)/.fuzz
	$(BIN)/python -m tests.fuzz.coverage_guided --seconds $(SECONDS) $(KEEP)

audit: $(VENV)/.audit
	$(BIN)/python -m tools.audit

soak: $(VENV)/.dev
	$(BIN)/python -m tests.soak

chaos: $(VENV)/.dev
	$(BIN)/python -m tests.chaos

crash: $(VENV)/.dev
	$(BIN)/python -m tests.crash

clean:
	rm -rf $(VENV) .venv-* .site dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis .mutants .coverage*

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "webhook_verify needs Python 3.11 or newer on PATH"; exit 1; }
ifeq ($(UV),)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
else
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
endif
	@touch $@

$(VENV)/.demo: $(VENV)/.python pyproject.toml
	$(INSTALL) --editable '.[cli]'
	$(BIN)/python -m compileall -q webhook_verify
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml
	$(INSTALL) --editable '.[all]' --group dev
	$(BIN)/python -m compileall -q webhook_verify
	@touch $@ $(VENV)/.demo

$(VENV)/.fuzz: $(VENV)/.dev
	$(INSTALL) --group fuzz
	@touch $@

$(VENV)/.site: $(VENV)/.dev
	$(INSTALL) --group site
	@touch $@

$(VENV)/.screenshots: $(VENV)/.site
	$(INSTALL) --group screenshots
	@touch $@

$(VENV)/.release: $(VENV)/.dev
	$(INSTALL) --group release
	@touch $@

$(VENV)/.workflows: $(VENV)/.python pyproject.toml
	$(INSTALL) --group workflows
	@touch $@

$(VENV)/.audit: $(VENV)/.dev
	$(INSTALL) --group audit
	@touch $@

$(VENV)/.test: $(VENV)/.python pyproject.toml
	$(INSTALL) --editable '.[all]' --group test --group build
	@touch $@

$(VENV)/.oldest: $(VENV)/.python pyproject.toml
	$(if $(UV),,$(BIN)/python -m pip install --quiet uv)
	$(OLDEST_UV) pip install --quiet --python $(BIN)/python --resolution lowest-direct --editable '.[all]' --group test --group build
	@touch $@
