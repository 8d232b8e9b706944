# Needs Python 3.11 or newer and make; everything else is fetched at the versions that the lock files name.
.DELETE_ON_ERROR:
# Compiled modules are kept: the tests start many programs, and each would compile all of them again.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-slow check faults bench clean setup assets lock

# The first Python on this machine that is new enough; else python3, which then says what is wrong with it.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; exit; fi; done; echo python3)
BIN := .venv/bin
VAR := $(or $(VAR_DIR),var)
APPS := mentoring matching meetings goals feedback concerns pairings programs accounts notifications common
# What is held to `mypy --strict`: the layers that decide, and the pages.
STRICT := $(wildcard $(addsuffix /domain,$(APPS)) $(addsuffix /views,$(filter-out mentoring notifications,$(APPS)))) \
	matching/solver accounts/directory common notifications mentoring

WITH := $(BIN)/python scripts/with_services.py

help:
	@echo "make demo    run Upstream with invented people at http://localhost:8000 (PORT=8001;"
	@echo "             for others to reach it: HOST=0.0.0.0 BASE_URL=http://this-machine:8000)"
	@echo "make test    all tests but the slow ones, on their own Postgres and Valkey (ARGS='-k word'; REQUIRE_BROWSER=1)"
	@echo "make test-fast   those of them that are quick: no browser, no walk through all pages or many examples"
	@echo "make test-slow   the slow ones: the start of the demo, the steps of the image"
	@echo "make check   style, types, layers, migrations, deployment settings, page budget"
	@echo "make faults  killed workers, hung brokers, broken mail servers, clock changes: is any message lost or sent twice?"
	@echo "             (ARGS='--only kill', '--quick', '--self-check'; about four minutes)"
	@echo "make bench   the benchmarks"
	@echo "make clean   remove what was built and the demo's data"
	@echo "make lock    renew the lock files within the ranges of pyproject.toml (UPGRADE=--upgrade)"

setup:
	@$(PYTHON) scripts/bootstrap.py requirements-dev.txt

assets: setup
	@$(BIN)/python scripts/build_assets.py

# `exec`, so that TERM to make reaches the supervisor.
demo: assets
	@exec env DEMO=1 $(BIN)/python manage.py demo

PYTEST := $(BIN)/python -W error::SyntaxWarning -m pytest -n 2 --dist worksteal

test: assets
	@echo "Running the tests ..."
	@$(PYTEST) -m "not slow" $(ARGS)

test-fast: assets
	@echo "Running the quick tests ..."
	@$(PYTEST) -m "not slow and not broad and not browser" $(ARGS)

test-slow: assets
	@echo "Running the slow tests ..."
	@$(PYTEST) -m slow $(ARGS)

check: assets
	@echo "Style (ruff) ..." && $(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .
	@echo "Templates (djlint) ..." && $(BIN)/djlint --quiet --lint templates
	@echo "Layers (import-linter) ..." && $(BIN)/lint-imports --no-cache > build/layers.txt || (cat build/layers.txt; exit 1)
	@echo "Types (mypy) ..." && $(WITH) --secrets -m mypy --no-error-summary $(STRICT)
	@echo "Migrations ..." && $(WITH) -W error manage.py makemigrations --check --dry-run --verbosity 0 || \
		(echo "A model has changed without a migration: run 'manage.py makemigrations'."; exit 1)
	@echo "Deployment settings ..." && $(WITH) --production -W error manage.py check --deploy --fail-level WARNING
	@echo "Page budget ..." && $(BIN)/python scripts/build_assets.py --budget
	@echo "All checks passed."

faults: setup
	@$(BIN)/python scripts/faults.py $(ARGS)

bench: assets
	@for script in $(or $(BENCH),$(wildcard benchmarks/*.py)); do \
		echo "$$script ..."; $(WITH) $$script $(ARGS) || exit 1; done

clean:
	@if [ -e $(VAR)/run/demo.lock ] && command -v flock > /dev/null && ! flock -n $(VAR)/run/demo.lock true; then \
		echo "The demo is running: stop it first."; exit 1; fi
	@if [ -x $(BIN)/python ]; then $(BIN)/python -c 'import sys; from mentoring import embedded as e, supervisor as s; \
		s.stop_leftovers(sys.argv[1]); e.stop_valkey(sys.argv[1]); e.stop_postgres(sys.argv[1])' $(abspath $(VAR)); fi
	@echo "Removing the virtual environment, built files and the demo's data ..."
	@rm -rf .venv node_modules build var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--only-binary :all: --no-header $(UPGRADE)

lock: setup
	$(UV_COMPILE) pyproject.toml -o requirements.txt
	$(UV_COMPILE) --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
