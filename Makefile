# Every target sets up what it needs in .venv; a second run starts at once.
#
#   make demo    a receiver on loopback, signed deliveries over HTTP, a table of verdicts (seconds)
#   make test    the tests that matter while one works (about two minutes on 2 cores)
#   make test-all  all tests: servers, processes, packages of npm, thorough searches (about 8 minutes)
#   make test-versions  make test under each Python, 3.11 to 3.15, that is installed (3 minutes each); TARGET=test-all
#   make test-oldest    make test with the lowest dependencies that pyproject.toml allows (3 minutes)
#   make check   format, lint and types (about a minute)
#   make coverage  the tests with branch coverage: 100 % of the core, a floor for the package (twice as long as test)
#   make mutants   mutation testing of the core: at least 95 % killed, no survivor without a reason (15 minutes on 2 cores)
#   make check-workflows  the workflows of GitHub, by zizmor and actionlint (seconds)
#   make docs    the pages that are made out of the code (seconds)
#   make site    the documentation site in .site/html, strict (half a minute); make site-serve shows it while one writes
#   make site-screenshots  a picture of each page in headless Chromium (5 minutes); ONLY=receive for a part
#   make changelog  what the news fragments add to the changelog; VERSION=0.2.0 writes it
#   make release    build and check a release, without publishing it (3 minutes)
#   make bench   side by side with the peers, and the worst hostile requests (about 10 minutes)
#   make fuzz    2,000,000 hostile deliveries to every provider, and 2,000,000 whose verdicts are compared with those of
#                another HMAC verifier (about 4 and 3 minutes on 2 cores)
#   make fuzz-coverage  libFuzzer looks for new branches in the package, by atheris (10 minutes; SECONDS=60); without atheris,
#                which CPython 3.11 to 3.14 on Linux x86-64 have, it says so and ends
#   make audit   the installed packages against the known advisories (a minute; says so where there is no network)
#   make soak    64 senders against each server, watching memory (6 minutes)
#   make chaos   workers killed and stores restarted under load, and a replay attack (8 minutes)

VENV ?= .venv
BIN := $(VENV)/bin
# The first Python on PATH that is new enough; or say make PYTHON=/where/it/is
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
UV := $(shell command -v uv 2>/dev/null)
INSTALL := $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet)

# What make test-versions tests, by default all that is found: PYTHONS="3.14 /where/it/is/python3.15"
PYTHONS ?=
# Resolves the lowest versions, which pip cannot
OLDEST_UV := $(if $(UV),$(UV),$(BIN)/uv)

# Bytecode is kept whatever the environment says: the tests start hundreds of processes, and each would compile.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test test-all test-versions test-oldest check check-workflows coverage mutants format docs \
	site site-serve site-screenshots changelog release lock bench fuzz fuzz-coverage audit soak chaos clean

demo: $(VENV)/.demo
	$(BIN)/webhook-verify demo

# TESTS=tests/adapters runs a part. `make test-all` runs in a random order, whose seed it prints;
# `make test-all TESTS=--randomly-seed=7` repeats one.
PYTEST = $(BIN)/python -m pytest --numprocesses=auto --dist=loadgroup

# The environment that the tests run in; tools/versions.py names others.
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

VERSION ?=

changelog: $(VENV)/.dev
	$(BIN)/towncrier build $(if $(VERSION),--version $(VERSION),--draft --version unreleased)

release: $(VENV)/.release
	$(BIN)/python -m tools.release

# The versions that `uv sync` and dependabot see; the tests run with the newest, and with the lowest.
lock:
	$(or $(UV),uv) lock --upgrade

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

fuzz: $(VENV)/.dev
	$(BIN)/python -m tests.fuzz
	$(BIN)/python -m tests.fuzz --differential

# What was found goes into the kept corpus with `make fuzz-coverage KEEP=--keep`.
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
