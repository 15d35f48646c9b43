# demo · test · check · chaos · fuzz · bench · lock. Needs Python >= 3.11, make and a network; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests spend their time waiting for real servers, so three workers suit two cores.
WORKERS ?= 3
STORE ?= sqlite
SCENARIO ?= morning
INPUTS ?= 100000
KILLS ?= 200
BOTS ?= 1
SEED ?= 1

.PHONY: demo test check chaos fuzz bench lint types layers lock clean help

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/'

$(VENV)/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "backfill-bot needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@touch $@

demo: $(VENV)/.installed ## the bot in a local world with a Slack channel in the browser (SCENARIO=evening)
	$(BIN)/python -m sandbox --scenario $(SCENARIO)

# In the order of tests/conftest.py: xdist would begin with the files of the most tests, which are not the longest.
test: $(VENV)/.installed ## all tests; those of whole bots keep their memory in SQLite (STORE=postgresql)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --store $(STORE)

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed
	$(BIN)/mypy

layers: $(VENV)/.installed
	$(BIN)/lint-imports

check: lint types layers test ## everything CI runs

fuzz: $(VENV)/.installed ## what nobody means to type, click or send: 100,000 inputs each, and what became of them (SEED=1)
	$(BIN)/python -m tests.fuzz --inputs $(INPUTS) --seed $(SEED)

chaos: $(VENV)/.installed ## the day of the operations log with 200 kills of the bot, and what went wrong (BOTS=2 STORE=postgresql SEED=1)
	$(BIN)/python -m tests.chaos --kills $(KILLS) --bots $(BOTS) --store $(STORE) --seed $(SEED)

bench: $(VENV)/.installed ## ratios of what the bot takes to the floor under it
	$(BIN)/python -m benchmarks

lock: $(VENV)/.installed ## renew requirements.lock from pyproject.toml
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/python -m piptools compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
		--extra sandbox --extra dev --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
