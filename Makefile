# sixbase: `make run` and `make test` are all a new machine needs; both may be run twice.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
HOME_DIR ?= var
PERSONS ?= 20000
SEED ?= 1
ROOT := $(if $(filter 0,$(shell id -u)),,sudo)
# the tests' files go with the tests: in memory where there is room, for else a fifth of the time is waiting for the disk
ROOM := $(shell awk '/^MemAvailable/ && $$2 > 12e6 {print "yes"}' /proc/meminfo 2>/dev/null)
FREE := $(shell df --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 8e6 {print "yes"}')
TESTS_DIR := $(if $(and $(ROOM),$(FREE)),/dev/shm,$(or $(TMPDIR),/tmp))
LOCK_FLAGS := --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

.PHONY: run demo setup test test-long check setup-test debian-python debian-test lock clean

run: demo
	$(BIN)/sixbase serve --home $(HOME_DIR) --with-dagster

demo: setup
	$(BIN)/sixbase demo --home $(HOME_DIR) --persons $(PERSONS) --seed $(SEED)

setup: .venv/.run

.venv/.run: requirements.lock pyproject.toml | debian-python
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

setup-test: .venv/.test debian-test

.venv/.test: requirements-dev.lock .venv/.run
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

test: setup-test check
	TMPDIR=$(TESTS_DIR) $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not long"

test-long: setup-test
	$(BIN)/pytest -m long

check: setup-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Debian keeps venv apart from python3
debian-python:
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ $(ROOT) apt-get update -qq && $(ROOT) apt-get install -y -qq python3 python3-venv; }

# the register's tests run on a real PostgreSQL server, which the tests start themselves, those of the pages in Chromium
debian-test:
	@command -v chromium >/dev/null || \
		{ $(ROOT) apt-get update -qq && $(ROOT) apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; }
	@command -v pg_ctl >/dev/null || ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 || \
		{ $(ROOT) apt-get update -qq && $(ROOT) apt-get install -y -qq --no-install-recommends postgresql; }

# needs uv on the path; writes versions and hashes, no addresses
lock:
	uv pip compile pyproject.toml $(LOCK_FLAGS) --extra build -o requirements.lock
	uv pip compile pyproject.toml $(LOCK_FLAGS) --extra build --extra dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
