# Everything that Kweek needs is fetched here; a machine with Python 3.11 or later and make is enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null || echo .venv-uv/bin/uv)
STAMP := $(VENV)/.installed

.PHONY: up test lint lock clean

up: $(STAMP)  ## the whole house on this machine: server, worker, web, mail catcher
	$(BIN)/kweek up $(ARGS)

test: $(STAMP)  ## everything that can be proven here
	$(BIN)/pytest $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/kweek lint

.venv-uv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit("Kweek needs Python 3.11 or later; this is " + sys.version) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv-uv
	.venv-uv/bin/pip install --quiet --disable-pip-version-check uv

$(STAMP): requirements.lock pyproject.toml | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

lock: pyproject.toml | $(UV)  ## renew requirements.lock: every version, with its hashes
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --group up --group dev --group build pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) .venv-uv
