# Two commands do all: `make run` and `make test`.
PYTHON ?= python3
BIN = .venv/bin

run: .venv/installed
	$(BIN)/jingwen clean raw clean

test: .venv/installed
	$(BIN)/pytest

check: .venv/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Made anew when the dependencies change.
.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable '.[dev,dask]'
	touch $@

.PHONY: run test check
