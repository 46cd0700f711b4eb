"""The definitions that Dagster loads: ``dagster dev -m orchestrator.definitions``."""

from orchestrator.assets import build_definitions
from orchestrator.meltano_file import find_project, read_meltano_file

PROJECT = find_project()

defs = build_definitions(PROJECT, read_meltano_file(PROJECT))
