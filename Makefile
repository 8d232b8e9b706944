# Needs Python 3.11 or newer and make; everything else is fetched at the versions that the lock files name.
.DELETE_ON_ERROR:
.PHONY: setup lock

# The first Python on this machine that is new enough; else python3, which then says what is wrong with it.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; exit; fi; done; echo python3)
BIN := .venv/bin

setup:
	@$(PYTHON) scripts/bootstrap.py requirements-dev.txt

UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--only-binary :all: --no-header

lock: setup
	$(UV_COMPILE) pyproject.toml -o requirements.txt
	$(UV_COMPILE) --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
