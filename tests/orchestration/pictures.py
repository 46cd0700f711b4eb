"""Take the pictures of the documentation: ``python -m tests.orchestration.pictures``.

The sandbox is loaded in two slices, one of which has a wrong key. Needs Chromium.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

import yaml
from PIL import Image

from tests.meltano import REPOSITORY, Project
from tests.orchestration.page import run_dagster, wait_until
from tests.sandbox.studio_openapi import StudioOpenApi, demonstration

IMAGES = REPOSITORY / "docs/images"
LOCATION = "/locations/orchestrator.definitions"
WRONG = "Kiel Nord"
WIDTH, HEIGHT = 1280, 800
VIEWS = {
    "dagster-lineage": (f"{LOCATION}/asset-groups/tap_studio_openapi/lineage", HEIGHT),
    "dagster-slices": (f"{LOCATION}/jobs/studio_openapi_to_duckdb/partitions", 500),
    "dagster-table": ("/assets/tap_studio_openapi/customers?view=partitions&partition=1/2", 560),
    "dagster-failure": ("/runs/{failed}", 636),
}
"""Where the pictures are taken, and how much of them is kept from the top, by their names."""
CHROMIUM = (
    *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}"),
    *("--virtual-time-budget=30000", "--timeout=60000"),
)


def main() -> None:
    """Load the sandbox and take all pictures."""
    tenant = StudioOpenApi()
    demonstration.fill(tenant)
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder, tenant.serve() as url:
        directory = Path(folder, "project")
        directory.mkdir()
        _make_project(directory, url)
        with run_dagster() as page:
            page.load(["1/2", "2/2"])
            wait_until(
                lambda: (
                    sorted(status for _, status, _ in page.read_runs()) == ["FAILURE", "SUCCESS"]
                ),
                "both slices have ended",
                page.read_runs,
            )
            (failed,) = (run for _, status, run in page.read_runs() if status == "FAILURE")
            IMAGES.mkdir(exist_ok=True)
            for name, (path, height) in VIEWS.items():
                file = IMAGES / f"{name}.png"
                _take(page.url + path.format(failed=failed), file, Path(folder, name))
                with Image.open(file) as picture:
                    picture.crop((0, 0, WIDTH, height)).save(file, optimize=True)


def _make_project(directory: Path, url: str) -> None:
    project = Project(directory)
    file = project.directory / "meltano.yml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["jobs"] = [job for job in content["jobs"] if "studio" in job["name"]]
    content["schedules"] = [one for one in content["schedules"] if "studio" in one["name"]]
    for plugin in content["plugins"]["extractors"]:
        if "studio" in plugin["name"]:
            plugin["annotations"] = {"orchestration": {"slices": 2}}
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    keys = {**demonstration.STUDIOS, WRONG: "expired"}
    connections = [{"name": name, "base_url": url, "api_key": key} for name, key in keys.items()]
    os.environ.update(
        {
            "DAGSTER_HOME": str(directory / ".dagster"),
            "MELTANO_PROJECT_ROOT": str(directory),
            "MELTANO_ENVIRONMENT": "dev",
            "TAP_STUDIO_OPENAPI_CONNECTIONS": json.dumps(connections),
        }
    )


def _take(url: str, file: Path, profile: Path) -> None:
    command = (*CHROMIUM, f"--user-data-dir={profile}", f"--screenshot={file}", url)
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
