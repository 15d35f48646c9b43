# demo · test · check · chaos · fuzz · pictures · bench · lock. Needs Python 3.11 to 3.14, make and a network; everything else goes into .venv.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?=
# Tests spend much of their time waiting for real servers, so four workers suit two cores.
WORKERS ?= 4
STORE ?= sqlite
SCENARIO ?= morning
PORT ?= 8484
INPUTS ?= 100000
KILLS ?= 200
BOTS ?= 1
SEED ?= 1
ROWS ?=
COMPARE ?=
OUT ?=
# What one process has compiled, the others load: every worker collects every test.
export PYTHONDONTWRITEBYTECODE :=

# What the requirements files have to install on.
PYTHONS := 3.11 3.12 3.13 3.14
PLATFORMS := x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu x86_64-apple-darwin aarch64-apple-darwin
UV := $(BIN)/uv pip
COMPILE := UV_CUSTOM_COMPILE_COMMAND='make lock' $(UV) compile --quiet --upgrade --universal --fork-strategy fewest --python-version 3.11 \
	--generate-hashes --no-emit-index-url --annotation-style line

.PHONY: demo test check chaos fuzz pictures bench lint types layers compiled lock wheels alone clean help installed

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/'

installed:
	@PYTHON="$(PYTHON)" scripts/install

demo: installed ## the bot in a local world with a Slack channel in the browser (SCENARIO=monday|evening|foreign PORT=8484)
	@$(BIN)/python -m sandbox --scenario $(SCENARIO) --slack-port $(PORT)

# In the order of tests/conftest.py: xdist would begin with the files of the most tests, which are not the longest.
test: installed ## all tests but the long stories of kills; whole bots keep their memory in SQLite (STORE=postgresql)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --store $(STORE) -m "not chaos"

lint: installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: installed
	$(BIN)/mypy

layers: installed
	$(BIN)/lint-imports

compiled: installed
	$(BIN)/python -m pytest --collect-only --quiet >/dev/null

check: lint types layers test ## everything CI runs

fuzz: installed ## what nobody means to type, click or send: 100,000 inputs each, and what became of them (SEED=1)
	$(BIN)/python -m tests.fuzz --inputs $(INPUTS) --seed $(SEED)

chaos: installed ## long stories of kills, then the operations log's day with 200 of them (BOTS=2 STORE=postgresql SEED=1)
	$(BIN)/python -m pytest -m chaos --store $(STORE)
	$(BIN)/python -m tests.chaos --kills $(KILLS) --bots $(BOTS) --store $(STORE) --seed $(SEED)

pictures: installed ## the pictures of the README, taken anew from a bot in a browser
	$(BIN)/python -m tests.tour

bench: installed ## what the bot takes beside its targets, for docs/performance.md (ROWS=status,verify COMPARE=figures.json OUT=figures.json)
	@$(BIN)/python -m benchmarks --rows "$(ROWS)" $(if $(COMPARE),--compare $(COMPARE)) $(if $(OUT),--save $(OUT))

lock: installed ## renew requirements.lock (the bot alone) and requirements-dev.lock (with sandbox and tests) from pyproject.toml
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --constraint requirements.lock --extra sandbox --extra dev --output-file requirements-dev.lock pyproject.toml
	$(MAKE) wheels

wheels: installed ## whether all that is pinned is there, built, for each Python and processor
	@set -e; for python in $(PYTHONS); do for platform in $(PLATFORMS); do for lock in requirements.lock requirements-dev.lock; do \
		echo "$$lock, Python $$python, $$platform"; \
		$(UV) install --quiet --dry-run --target $(VENV)/nothing --python-version $$python --python-platform $$platform \
			--only-binary :all: --require-hashes --no-deps -r $$lock; \
	done; done; done

alone: installed ## the bot alone, as a deployment installs it: its own requirements and its wheel, nothing of the sandbox
	scripts/alone $(BIN)/python

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
