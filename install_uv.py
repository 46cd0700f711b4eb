"""Installs uv into ``.tools/``, by pip if this Python has it, or else by one fetched for this.

Needs nothing but Python's standard library, and changes nothing outside of ``.tools/``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import Request, urlopen

TOOLS = Path(__file__).resolve().with_name(".tools")
INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/"
INDEX_AS_JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"


def main() -> None:
    """Install uv, and end with pip's exit status."""
    TOOLS.mkdir(exist_ok=True)
    command = [*pip(), "install", "--quiet", "--upgrade", "--target", str(TOOLS), "uv"]
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    sys.exit(subprocess.run(command, check=False, env=environment).returncode)  # noqa: S603


def pip() -> list[str]:
    """Return the command that runs pip."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    return [sys.executable, str(fetch_pip() / "pip")]


def fetch_pip() -> Path:
    """Fetch pip's wheel, out of which pip runs without being installed."""
    page = urljoin(INDEX, "pip/")
    files = json.loads(read(page, INDEX_AS_JSON))["files"]
    address = next(file["url"] for file in files if file["filename"] == PIP_WHEEL)
    content = read(urljoin(page, address))
    if hashlib.sha256(content).hexdigest() != PIP_SHA256:
        sys.exit(f"{address} is not the file that it should be. Try again.")
    wheel = TOOLS / PIP_WHEEL
    wheel.write_bytes(content)
    return wheel


def read(address: str, headers: dict[str, str] | None = None) -> bytes:
    """Read what is at an address."""
    with urlopen(Request(address, headers=headers or {})) as response:  # noqa: S310
        content: bytes = response.read()
    return content


if __name__ == "__main__":
    main()
