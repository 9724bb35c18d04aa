# The two commands that matter: `make demo` and `make test`. Both install what they need into .venv first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
SQL := dbt_project infra/supabase

# No telemetry: it is the user's private life. Prefect's and dbt's own switches are set where they are run.
export DO_NOT_TRACK := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test bench lint format schema golden up lock clean

help: ## say what each target does
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

demo: $(READY) ## sync an invented life, build the marts, set the pages of the last 7 days; no account needed
	@$(BIN)/lifetracer demo

test: $(READY) ## run every test against real Postgres, Prefect, dbt and Typst
	@$(BIN)/python -m pytest

bench: $(READY) ## measure on this machine: how fast rows are loaded, what years of history cost; takes a quarter of an hour
	@$(BIN)/python -m tests.benchmarks

lint: $(READY) ## check format, style and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/sqlfluff lint --disable-progress-bar $(SQL)
	@$(BIN)/mypy

format: $(READY) ## put every Python and SQL file into the one format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/sqlfluff format --disable-progress-bar $(SQL)

schema: $(READY) ## renew reports/report.schema.json from the types that write report.json
	@$(BIN)/python -m tasks.report.schema

golden: $(READY) ## draw the pictures that pages are held against anew; look at them before you commit them
	@$(BIN)/python -m tests.reports.golden

up: $(READY) ## run database, Prefect with its UI, and a worker in this terminal; Ctrl-C stops them
	@$(BIN)/lifetracer up

lock: $(READY) ## renew requirements.lock from pyproject.toml
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --upgrade --quiet --output-file requirements.lock

clean: ## remove what was installed and built (your database in .lifetracer and your pages in out stay)
	rm -rf $(VENV) dbt_project/target dbt_project/logs .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("lifetracer needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "Installing into $(VENV); this is done once."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --no-deps --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
