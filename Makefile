# make serve and make test need Python 3.11 or newer, make, and nothing else.
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-input -c constraints.txt

.PHONY: help serve test torture bench clean

help:
	@echo "make serve   install into $(VENV) what is missing, then run: tidings serve \$$(ARGS)"
	@echo "make test    lint, format check, types, the order of the packages, and tests"
	@echo "make torture count how often promises are broken under faults; 45 minutes"
	@echo "make bench   measure the cost, compared with nginx, a plain Flask view and feedgen; two minutes"
	@echo "make clean   remove $(VENV) and every cache; the store in data/ stays"
	@echo "PYTHON=python3.12 chooses another interpreter, ARGS=\"--port 9000\" another port"

serve: $(VENV)/installed
	@exec $(VENV)/bin/python -m service serve $(ARGS)

test: $(VENV)/installed-test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/python -m pytest $(ARGS)

torture: $(VENV)/installed-test
	@$(VENV)/bin/python -m tests.torture $(ARGS)

bench: $(VENV)/installed-bench
	@$(VENV)/bin/python -m bench

# A stamp file marks a finished installation: the next run skips it, and a changed pin makes pip run again.
$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/python
	@echo "Installing Tidings into $(VENV)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed
	@echo "Installing what the tests need into $(VENV)"
	@$(PIP) --editable ".[test]"
	@touch $@

$(VENV)/installed-bench: $(VENV)/installed
	@echo "Installing what the measurements need into $(VENV)"
	@$(PIP) --editable ".[bench]"
	@touch $@

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Tidings needs Python 3.11 or newer, and $(PYTHON) is: $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name another one: make PYTHON=python3.12 serve" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find . -name __pycache__ -prune -exec rm -rf {} +
