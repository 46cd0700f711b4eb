"""What the command line of a tap does with files and errors: a sentence, and no traceback."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from singer_sdk.exceptions import (
    ConfigValidationError,
    MapExpressionError,
    StreamMapConfigError,
)

from singer_tapkit.errors import ExtractionError
from singer_tapkit.failures import LASTING_STATUS, TRANSIENT_STATUS, RunFailedError
from singer_tapkit.state import parse_object

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator

OUTPUT_ERRORS: Final = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def read_config(name: str, logger: logging.Logger) -> dict[str, Any]:
    """Return the settings in a file.

    Args:
        name: The file, which may be a pipe.
        logger: Where errors are logged.

    Raises:
        RunFailedError: There are none.
    """
    try:
        with Path(name).open(encoding="utf-8") as file, report_errors(logger):
            return parse_object(file, "config")
    except OSError as error:
        raise RunFailedError(f"The config file {name}: {error.strerror}.", logger) from None


@contextmanager
def report_errors(logger: logging.Logger) -> Iterator[None]:
    """Let the command line report errors without a traceback.

    Args:
        logger: Where they are logged, before the process ends with a status other than zero.

    Raises:
        RunFailedError: The error, as the command line reports it.
    """
    if sys.stdout is None:
        raise RunFailedError(
            "The standard output is closed, so that nothing can be written.", logger
        )
    try:
        yield
    except ConfigValidationError as error:
        raise RunFailedError("\n".join(error.errors), logger) from None
    except (MapExpressionError, StreamMapConfigError) as error:
        raise RunFailedError(
            f"{error} Check the setting 'stream_maps'; names such as fake need the tap's extra "
            "'faker'.",
            logger,
        ) from None
    except ExtractionError as error:
        status = TRANSIENT_STATUS if error.is_transient else LASTING_STATUS
        raise RunFailedError(str(error), logger, status) from None
    except OSError as error:
        if error.errno not in OUTPUT_ERRORS:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
        raise RunFailedError(
            f"The standard output cannot be written: {error.strerror}. If a target reads it, its "
            "log says why it has ended.",
            logger,
        ) from None
