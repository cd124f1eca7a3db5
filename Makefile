# docs/local.md says what each target does; tools/ how it does it.
PYTHON ?= python3

venv := .venv/bin/python
in_a_session := $(venv) -m tools.session $(venv)
with_engine := $(venv) -m tools.with_engine $(venv)

help:
	@echo 'make up      run the gateway of this project on this machine, and test it'
	@echo 'make verify  test it again'
	@echo 'make down    remove it all'
	@echo 'make test    the whole suite            make check   lint, format, types'
	@echo 'make bench   the comparisons of speed   make coverage   branch coverage of the pure rooms'
	@echo 'make packages   .venv/ alone            make set-up     .venv/, and the engine where none is installed'
	@echo 'README.md    everything else            CONTRIBUTING.md   how to change this project'

.NOTPARALLEL:
.PHONY: help up verify down test check bench set-up packages

# BACKEND=PORT or HOST:PORT puts a real application behind the local gateway.
up: set-up
	@$(in_a_session) -m tools.local up $(if $(BACKEND),--backend '$(BACKEND)')

verify: $(if $(wildcard .local),set-up)
	@$(if $(wildcard .local),$(in_a_session) -m tools.local verify,echo "Nothing is up: there is no .local here." && exit 2)

# Where nothing is up no engine is built: there is nothing to destroy.
down: $(if $(wildcard .local),packages)
	@$(if $(wildcard .local),$(in_a_session) -m tools.local down,echo "Nothing is up: there is no .local here.")

# One worker more than cores, because tests wait for engines and gateways; worksteal keeps all busy to the end.
test: set-up
	@$(with_engine) -m pytest -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist worksteal

# Named one by one for mypy: over the whole tree it would find the installed package twice.
check: packages
	@$(venv) -m ruff check
	@$(venv) -m ruff format --check
	@$(venv) -m mypy components/mtls_app_gateway tools tests $(wildcard benchmarks) $(wildcard *.py)

# The own tests of the pure rooms take every branch; pyproject.toml has the minimum.
.PHONY: coverage
coverage: packages
	@$(venv) -m pytest -q tests/certificates tests/document tests/review tests/settings tests/test_problems.py tests/test_escaping.py --cov

bench: set-up
	@for comparison in $(basename $(notdir $(wildcard benchmarks/bench_*.py))); do \
		$(with_engine) -m "benchmarks.$$comparison" || exit 1; done

set-up:
	@$(PYTHON) -m tools.set_up

packages:
	@$(PYTHON) -m tools.set_up packages
