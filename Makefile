# Everything that Kweek needs is fetched here; a machine with Python 3.11 or later and make is enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null || echo .venv-uv/bin/uv)
STAMP := $(VENV)/.installed
# Much of what tests do is wait for servers and clocks: one more process than there are processors, at most four.
PROCESSES := $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 3 ? n + 1 : 4)))

# A company's own certificates are in the system's store; uv brings its own list, and would not know them.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),)
export UV_SYSTEM_CERTS ?= 1
endif

.PHONY: up demo test chaos lint lock clean

up: $(STAMP)  ## the whole house on this machine: server, worker, web, mail catcher
	$(BIN)/kweek up $(ARGS)

demo: $(STAMP)  ## the same with make-believe people: two months in five minutes
	$(BIN)/kweek demo $(ARGS)

test: $(STAMP)  ## everything that can be proven here
	$(BIN)/pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder $(ARGS)

chaos: $(STAMP)  ## what is killed in every test run a little, at full size: half an hour
	KWEEK_FULL_CHAOS=1 $(BIN)/pytest tests/chaos -s $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/kweek lint

.venv-uv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit("Kweek needs Python 3.11 or later; this is " + sys.version) if sys.version_info < (3, 11) else None'
	@if $(PYTHON) -m venv .venv-uv >/dev/null 2>&1; then \
	  .venv-uv/bin/pip install --quiet --disable-pip-version-check uv; \
	elif rm -rf .venv-uv && $(PYTHON) -m pip --version >/dev/null 2>&1; then \
	  $(PYTHON) -m pip install --quiet --disable-pip-version-check --target .venv-uv uv; \
	else \
	  echo "This Python can install nothing: it has neither venv nor pip."; \
	  echo "On Debian and Ubuntu: apt install python3-venv. Or install uv (docs.astral.sh/uv). Then try again."; \
	  exit 1; \
	fi

$(STAMP): requirements.lock pyproject.toml | $(UV)
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

LOCK := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

lock: pyproject.toml | $(UV)  ## renew both locks: every version with its hashes; what runs, without what tests and builds
	$(UV) $(LOCK) --group up --group dev --group build pyproject.toml --output-file requirements.lock
	$(UV) $(LOCK) --constraint requirements.lock pyproject.toml --output-file requirements.runtime.lock

clean:
	rm -rf $(VENV) .venv-uv
