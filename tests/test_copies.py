"""What taps carry word for word stays the same in all of them.

Each tap is a package of its own and depends on no other, so that what they share is copied.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
TAPS = sorted(path.name for path in REPOSITORY.glob("tap-*"))
COPIES = (
    "LICENSE",
    "{package}/addresses.py",
    "{package}/answers.py",
    "{package}/bulk.py",
    "{package}/careful_tap.py",
    "{package}/failures.py",
    "{package}/own_schema.py",
    "{package}/look_ahead.py",
    "{package}/progress.py",
    "{package}/retries.py",
    "{package}/session.py",
    "{package}/settings_schema.py",
    "{package}/storage.py",
    "{package}/streams/children.py",
    "{package}/streams/parted.py",
    "{package}/truthful_state.py",
    "{package}/unknown_fields.py",
)
"""Files by their paths in a tap, ``{package}`` being the name of its package."""


@pytest.mark.parametrize("copy", COPIES)
def test_copies_are_the_same(copy: str) -> None:
    contents = [content(tap, copy) for tap in TAPS if copy in files(tap)]

    assert len(contents) > 1
    assert len(set(contents)) == 1


def test_no_copy_is_left_out() -> None:
    carried = Counter((path, content(tap, path)) for tap in TAPS for path in files(tap))

    assert {path for (path, _), taps in carried.items() if taps > 1} <= set(COPIES)


def files(tap: str) -> set[str]:
    """Give the paths of a tap's licence and modules."""
    package = REPOSITORY / tap / package_of(tap)
    modules = {f"{{package}}/{path.relative_to(package)}" for path in package.rglob("*.py")}
    return {"LICENSE", *modules}


def content(tap: str, path: str) -> str:
    """Give a file of a tap without the tap's own name."""
    file = REPOSITORY / tap / path.format(package=package_of(tap))
    text = file.read_text(encoding="utf-8")
    return text.replace(package_of(tap), "{package}").replace(tap, "{tap}")


def package_of(tap: str) -> str:
    """Give the name of a tap's package."""
    return tap.replace("-", "_")
