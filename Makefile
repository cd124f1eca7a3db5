# What each target does for you is told in README.md; how it does it, in tools/.
PYTHON ?= python3

venv := .venv/bin/python
on_its_own := $(venv) -m tools.session $(venv)
with_engine := $(venv) -m tools.with_engine $(venv)

.PHONY: up down test check bench set-up packages

up: set-up
	@$(on_its_own) -m tools.local up

down: $(if $(wildcard .local),set-up)
	@$(if $(wildcard .local),$(on_its_own) -m tools.local down,echo "Nothing is up: there is no .local here.")

test: set-up
	@$(with_engine) -m pytest -n auto

check: packages
	@$(venv) -m ruff check
	@$(venv) -m ruff format --check
	@$(venv) -m mypy tools

bench: set-up
	@for comparison in benchmarks/bench_*.py; do $(with_engine) $$comparison || exit 1; done

set-up:
	@$(PYTHON) -m tools.set_up

packages:
	@$(PYTHON) -m tools.set_up packages
