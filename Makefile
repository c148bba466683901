# Each command is written once, in scripts/; this names them for people, pre-commit and CI.
.DEFAULT_GOAL := help
.PHONY: help env format check test test-slow docs build clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

env: ## make .venv with everything in it, as uv.lock says
	@bash -c 'set -e; source scripts/env; make_env'

format: ## format the code and repair what is safe to repair
	@scripts/format

check: ## format, ruff, mypy, import rules
	@scripts/check

test: ## everything that must hold before a change is merged
	@scripts/test

test-slow: ## the same, with the tests marked slow
	@scripts/test --slow

docs: env ## the documentation, warnings are errors
	@.venv/bin/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

build: env ## wheel and sdist into dist/
	@bash -c 'set -e; source scripts/env; make_env; "$$uv" build --quiet --out-dir dist'

clean: ## everything that the other targets made, environments included
	rm -rf .venv .venv-* dist build docs/_build .coverage .coverage.* htmlcov .hypothesis
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
