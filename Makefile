# Two commands matter: `make demo` and `make test`. Everything lives in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: demo dev test again test-postgres check bench conformance law fuzz screenshots texts lock clean

demo: $(VENV)/.runtime
	$(BIN)/python main.py demo

dev: $(VENV)/.development
	$(BIN)/python main.py demo --reload

test: $(VENV)/.development
	@$(BIN)/python -m tests.browser_needed
	$(BIN)/python -m pytest -m 'not journey' --numprocesses 2 --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest -m journey --numprocesses 2 --dist worksteal || $(MAKE) --quiet again

# A journey that fails is run once more, by itself: a machine may be too busy for a browser. What
# fails twice has failed; what failed once stands in the output above.
again: $(VENV)/.development
	$(BIN)/python -m pytest -m journey --last-failed --last-failed-no-failures none

# The services on a PostgreSQL server of their own, in a temporary folder.
test-postgres: $(VENV)/.development
	$(BIN)/python -m tests.bench.postgres $(BIN)/python -m pytest tests/services \
	    --numprocesses 2 --dist loadfile

check: $(VENV)/.development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/house

bench: $(VENV)/.development
	$(BIN)/python -m tests.bench

conformance: $(VENV)/.development
	$(BIN)/python -m tests.conformance.dcmtk

law: $(VENV)/.development
	$(BIN)/python -m tests.law --steps 100000

fuzz: $(VENV)/.development
	$(BIN)/python -m tests.fuzz --count 10000
	$(BIN)/python -m tests.fuzz --kills 60

screenshots: $(VENV)/.development
	$(BIN)/python -m tests.journeys.screenshots docs/screenshots

# New texts get a place in every catalogue; the compiled catalogues are committed (decision 13).
texts: $(VENV)/.development
	$(BIN)/python -m tests.house.texts

lock:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
	    --generate-hashes --upgrade pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
	    --generate-hashes --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

$(VENV)/.created:
	$(PYTHON) -m venv $(VENV) || { apt-get install --yes python3-venv && $(PYTHON) -m venv $(VENV); }
	touch $@

$(VENV)/.runtime: $(VENV)/.created requirements.lock
	$(INSTALL) --requirement requirements.lock
	touch $@

$(VENV)/.development: $(VENV)/.created requirements-dev.lock
	$(INSTALL) --requirement requirements-dev.lock
	touch $@

clean:
	rm -rf $(VENV) .demo
