"""target-postgres, but for when it confirms a state; run by the Python that has it installed.

By itself it writes all rows and confirms the last state when five minutes have passed, when it is
asked to end, and at the end. Here it does so every few records, that is, at places that depend on
nothing but what it has read.
"""

from __future__ import annotations

from target_postgres.target import TargetPostgres  # type: ignore[import-not-found]

RECORDS_AT_ONCE = 150


class EagerPostgres(TargetPostgres):  # type: ignore[misc]
    """The target, which is asked after each record whether it has waited long enough."""

    name = "target-postgres"
    _records = 0

    def _handle_max_record_age(self) -> None:
        self._records += 1
        if self._records % RECORDS_AT_ONCE == 0:
            self.drain_all()


if __name__ == "__main__":
    EagerPostgres.cli()
