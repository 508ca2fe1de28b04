# Needs python3 3.11 or later, node 20 or later with npm, and make. Everything else is installed into this folder:
# uv into .tools (where there is none), Python packages into .venv, node packages into node_modules.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# A `uv` on the PATH may be a shim that does not run: so try it.
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .tools/bin/uv)
RUN := .venv/bin/
# Some checks load the settings, or ask the database: a data folder for the time of one line, not the operator's. Not in
# here either: as root the database has a user of its own, who may not be able to reach where this was cloned to.
THROWAWAY := data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && env -u DATABASE_URL -u DATABASE_APP_URL HUEANDCRY_DATA="$$data"
ENVIRONMENT := .venv/.set-up
# Where Python is told to keep nothing compiled, each of hundreds of processes compiles all packages again: 3 s of 5 s.
unexport PYTHONDONTWRITEBYTECODE
SPARK := .venv/.spark
VOTES := .venv/votes/.set-up
NODE_MODULES := node_modules/.set-up
BUNDLE := hueandcry/web/static/dist/.built
SOURCES := package.json hueandcry/web/build.mjs $(shell find hueandcry/web/src -type f)

# Tests run side by side, each worker with a database server of its own (not on a server that was named from outside).
# As many as this is made for has cores: a third browser takes from the others what it gains.
WORKERS ?= 2
# A file's tests share what they make, so they stay together; files in their order, as journeys have to come last.
BY_FILE := --dist=loadfile --no-loadscope-reorder

.PHONY: help setup demo test journeys-browser check format clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10

setup: $(ENVIRONMENT) $(BUNDLE) ## Install what the program needs and bundle what pages load

demo: setup ## Fill the data folder with the demonstration alliance and serve it until Ctrl-C (PORT, HUEANDCRY_DATA)
	$(RUN)hueandcry demo
	@exec $(RUN)hueandcry up

test: setup $(SPARK) $(VOTES) journeys-browser ## Run all tests (in a browser too, where there is one; ARGS="-k word" narrows)
	$(RUN)pytest $(if $(HUEANDCRY_TEST_DATABASE_URL),,--numprocesses=$(WORKERS) $(BY_FILE)) $(ARGS)

check: setup ## Look for faults without running: format, style, types, who imports whom, templates, migrations, the house's rules
	@$(UV) lock --check --offline --quiet 2>/dev/null || $(UV) lock --check
	$(RUN)ruff format --check .
	$(RUN)ruff check .
	$(RUN)lint-imports
	@$(THROWAWAY) $(RUN)mypy
	$(RUN)djlint hueandcry --lint --quiet
	@$(THROWAWAY) $(RUN)hueandcry manage makemigrations --check --dry-run
	$(RUN)pytest tests/house

format: $(ENVIRONMENT) ## Put code into the one format and mend what can be mended by itself
	$(RUN)ruff format .
	$(RUN)ruff check --fix .

clean: ## Remove what `make` made here; your data folder stays
	rm -rf .venv .tools node_modules hueandcry/web/static/dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.tools/bin/uv:
	@echo "Installing uv, which installs the rest, into .tools"
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; python3 is " + sys.version.split()[0])'
	@python3 -m venv .tools || { echo "python3 cannot make a virtual environment: on Debian, apt-get install python3-venv" >&2; exit 1; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.8,<1'
	@touch $@

$(ENVIRONMENT): pyproject.toml uv.lock $(if $(filter .tools/%,$(UV)),$(UV))
	@echo "Installing Python packages into .venv"
	@$(UV) sync --frozen --quiet
	@touch $@

# Only tests want it: 450 MB. Whoever sets up anew (which takes it out again) has it again with the next test.
$(SPARK): $(ENVIRONMENT)
	@echo "Installing PySpark into .venv"
	@$(UV) sync --frozen --quiet --group spark
	@touch $@

# The oracle of votes, in an environment of its own: it asks for another numpy, and for a solver that must not meet HiGHS
# in one process.
$(VOTES): $(ENVIRONMENT)
	@echo "Installing pref_voting, the oracle of votes, into .venv/votes"
	@$(UV) venv --quiet --allow-existing --python .venv/bin/python .venv/votes
	@$(UV) pip install --quiet --python .venv/votes 'pref-voting==1.18.2'
	@touch $@

$(NODE_MODULES): package.json package-lock.json
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "Node.js 20 or later with npm is needed to bundle what pages load: https://nodejs.org (on Debian: apt-get install nodejs npm)" >&2; exit 1; }
	@node -e 'const has = process.versions.node; if (parseInt(has) < 20) { console.error("Node.js 20 or later is needed; node is " + has); process.exit(1) }'
	@echo "Installing node packages into node_modules"
	@npm ci --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(BUNDLE): $(NODE_MODULES) $(SOURCES)
	@echo "Bundling what pages load"
	@npm run --silent build
	@touch $@

journeys-browser: # where the browser lacks and may be installed, install it; else the journeys say that they were skipped
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	    && echo "Installing Chromium for the browser journeys" \
	    && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	  || echo "No Chromium here: the browser journeys will be skipped."
