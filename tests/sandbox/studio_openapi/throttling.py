"""Times in which the server refuses with a status 503, as its database is under load."""

from __future__ import annotations

import fnmatch
import math
import time
from dataclasses import dataclass, field
from random import Random


@dataclass
class Throttling:
    """Which requests are refused.

    With the defaults it is all of them; ``share`` takes some, and ``busy`` and ``calm`` make phases
    that begin with the first request.
    """

    share: float = 1.0
    """Of the requests in a busy phase."""
    path: str = "*"
    """Path of the endpoints, with names for variable parts; ``*`` stands for any text."""
    busy: float = math.inf
    """Seconds for which requests are refused, in turn with ``calm``."""
    calm: float = 0.0
    seed: int = 0
    refused: int = 0
    """Requests refused so far."""
    _chance: Random = field(init=False, repr=False)
    _began: float | None = None

    def __post_init__(self) -> None:
        """Makes the choice of requests repeatable."""
        self._chance = Random(self.seed)  # noqa: S311 - nothing secret depends on it

    def hits(self, path: str) -> bool:
        """Whether a request is refused; counts it if so."""
        now = time.monotonic()
        self._began = now if self._began is None else self._began
        passed = now - self._began
        phase = passed if math.isinf(self.busy) else passed % (self.busy + self.calm)
        hit = (
            fnmatch.fnmatchcase(path, self.path)
            and phase < self.busy
            and self._chance.random() < self.share
        )
        self.refused += hit
        return hit
