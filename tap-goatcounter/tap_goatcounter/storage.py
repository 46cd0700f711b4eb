"""Files that nobody else sees, in which large answers wait to be read."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from requests import RequestException
from singer_sdk.exceptions import FatalAPIError

if TYPE_CHECKING:
    from collections.abc import Iterator


class StorageError(FatalAPIError):
    """There is no room for a file."""


def private_file() -> BinaryIO:
    """Open a file without a name in the file system, which is gone when closed."""
    return tempfile.TemporaryFile(prefix="tap-goatcounter-")


@contextmanager
def storing(name: str) -> Iterator[None]:
    """Tell what to do where a file cannot be opened or written.

    Args:
        name: What is stored.

    Raises:
        StorageError: It cannot be.
    """
    try:
        yield
    except RequestException:
        raise
    except OSError as error:
        raise StorageError(
            f"{name} cannot be stored: {error}. Set TMPDIR to a folder with enough space."
        ) from error
