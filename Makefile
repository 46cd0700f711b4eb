# Each command installs what it needs, below .tools/ and .venv/.

UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
RUN := $(UV) run --locked

.PHONY: demo test lint bench sandbox

demo: $(UV)
	$(RUN) python -m tests.demo

test: lint
	$(RUN) pytest --numprocesses auto --cov

lint: $(UV)
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(RUN) check-jsonschema --builtin-schema vendor.meltano meltano.yml

bench: $(UV)
	$(RUN) python -m tests.benchmarks

sandbox: $(UV)
	$(RUN) python -m tests.sandbox

.tools/bin/uv:
	python3 install_uv.py
