"""Loads each tap's data into DuckDB by Meltano, adds new data at the source, and loads again.

Then it asks the questions of ``docs/questions``. Everything is checked: the exit status is 0 only
if each table has the rows that it ought to have, and each question the answer. The database is
kept. ``--pictures`` draws the pictures in ``docs`` anew: what is shown in the end, and the answers.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import tempfile
from dataclasses import astuple, dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from rich import box
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.table import Table

from tests.demo import apparena, goatcounter, gotom, studio_openapi, warehouse
from tests.demo.questions import list_questions
from tests.meltano import REPOSITORY, Project, Run
from tests.pipelines.warehouses import DuckDb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from tests.demo.questions import Answer, Question
    from tests.demo.source import Source
    from tests.demo.warehouse import Difference, Tables

DEMOS: Mapping[str, Callable[[], AbstractContextManager[Source]]] = {
    "tap-goatcounter": goatcounter.serve,
    "tap-gotom": gotom.serve,
    "tap-studio-openapi": studio_openapi.serve,
    "tap-apparena": apparena.serve,
}
TARGET = "target-duckdb"
DATABASE = REPOSITORY / "output" / "demo.duckdb"
PICTURE = REPOSITORY / "docs" / "demo.svg"
PICTURE_FORMAT = re.sub(r" *@font-face {{.*?}}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
"""As rich draws it, but for fonts that would be fetched from another host."""
EXAMPLE = "docs/questions/tap-gotom/revenue_per_customer.sql"
PEEK = "import duckdb; duckdb.connect('{path}').sql('from tap_gotom.campaigns').show()"


class DemoFailedError(Exception):
    """Something is not as it ought to be."""


@dataclass(frozen=True)
class Summary:
    """What a demonstration has shown, in numbers.

    Attributes:
        streams: How many streams were loaded.
        rows: How many rows the first run loaded.
        seconds: How long the first run took, Meltano's own start included.
        sent: How many rows the second run loaded.
        new: How many of these were not there before.
        changed: How many rows have other values than before.
    """

    streams: int
    rows: int
    seconds: float
    sent: int
    new: int
    changed: int


def main() -> None:
    """Run all demonstrations, and end with the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description=__doc__)
    parser.add_argument("--pictures", action="store_true", help="draw those in docs anew")
    draws: bool = parser.parse_args().pictures
    console = Console(highlight=False)
    DATABASE.unlink(missing_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="demo-") as directory:
            summaries = demonstrate(Project(Path(directory)), console, draws=draws)
    except DemoFailedError as error:
        console.print(f"[red]The demonstration failed:[/] {error}")
        sys.exit(1)
    console.rule("All in all")
    conclude(summaries, console)
    tell_how_to_open(console)
    if draws:
        drawn = Console(highlight=False, record=True, width=80, file=io.StringIO())
        conclude(summaries, drawn)
        drawn.print()  # the picture ends within its last line
        drawn.save_svg(str(PICTURE), title="make demo", code_format=PICTURE_FORMAT)


def conclude(summaries: Mapping[str, Summary], console: Console) -> None:
    """Show what all demonstrations have come to."""
    console.print(_build_tap_table(summaries))
    console.print("Every table has the rows it should, and second runs added only what is new.")


def tell_how_to_open(console: Console) -> None:
    """Print where the database is, and by which commands it is opened."""
    path, python = DATABASE.relative_to(REPOSITORY), Path(sys.executable)
    if python.is_relative_to(REPOSITORY):
        python = python.relative_to(REPOSITORY)
    for line in (
        f"The data are kept in {path}. Look into a table, or ask a question with DuckDB itself:",
        f'  {python} -c "{PEEK.format(path=path)}"',
        f"  duckdb -cmd \"set schema = 'tap_gotom'\" {path} < {EXAMPLE}",
        "docs/data describes the tables, and docs/questions shows the answers as charts.",
    ):
        console.print(line, markup=False, soft_wrap=True)


def demonstrate(project: Project, console: Console, *, draws: bool) -> dict[str, Summary]:
    """Run all demonstrations in a project."""
    console.print(
        f"Installing {len(DEMOS)} taps and {TARGET} in a Meltano project of their own. The first "
        "time takes a minute …"
    )
    project.install(*DEMOS, TARGET)
    summaries = {}
    for tap, serve in DEMOS.items():
        with serve() as source:
            demo = Demo(tap, source, project, console)
            summaries[tap] = demo.show()
            answers = demo.ask()
        if draws:
            from tests.demo import charts  # noqa: PLC0415 - matplotlib is only there for pictures

            for question, answer in answers.items():
                charts.draw(question, answer)
    return summaries


class Demo:
    """The demonstration of one tap."""

    def __init__(self, tap: str, source: Source, project: Project, console: Console) -> None:
        """Prepare to load from a source."""
        self._tap = tap
        self._schema = tap.replace("-", "_")
        self._source = source
        self._project = project
        self._console = console

    def show(self) -> Summary:
        """Load everything, let the source grow, and load what is new."""
        self._console.rule(self._tap)
        first, seconds = self._load()
        before = self._read_tables()
        self._console.print(_build_full_table(first, before))
        self._check_rows(before)

        self._console.print(f"At the source: {self._source.grow()}")
        second, _ = self._load()
        after = self._read_tables()
        differences = {name: warehouse.compare(before[name], after[name]) for name in after}
        self._console.print(_build_change_table(second, differences, after))
        self._check_rows(after)
        self._check_differences(second, differences)
        return Summary(
            streams=len(before),
            rows=sum(rows.total() for rows in before.values()),
            seconds=seconds,
            sent=sum(second.records.values()),
            new=sum(difference.new for difference in differences.values()),
            changed=sum(difference.changed for difference in differences.values()),
        )

    def ask(self) -> dict[Question, Answer]:
        """Ask the questions to the data, and show where each stands and how its answer begins."""
        database = DuckDb(DATABASE)
        database.schema = self._schema
        answers = {one: database.ask(one.sql) for one in list_questions(self._tap)}
        wanted = self._source.answer_questions()
        for question, answer in answers.items():
            if answer.rows != wanted[question.name]:
                raise DemoFailedError(f"{question.name} has another answer than at the source.")
            self._console.print(f"{question.text} [green]{answer.first} …[/]", soft_wrap=True)
            self._console.print(f"  {question.path.relative_to(REPOSITORY)}", soft_wrap=True)
        return answers

    def _load(self) -> tuple[Run, float]:
        command = ["run", self._tap, TARGET]
        self._console.print(f"$ meltano {' '.join(command)}")
        begin = monotonic()
        settings = {**self._source.settings, "TARGET_DUCKDB_PATH": str(DATABASE)}
        run = self._project.meltano(*command, settings=settings)
        if run.status:
            self._console.print(run.story, markup=False)
            raise DemoFailedError(f"Meltano ended with exit status {run.status}.")
        seconds = monotonic() - begin
        self._console.print(f"  {seconds:.1f} seconds, Meltano's own start included")
        return run, seconds

    def _read_tables(self) -> Tables:
        return warehouse.read(DATABASE, self._schema)

    def _check_rows(self, tables: Tables) -> None:
        for stream, rows in self._source.count_rows().items():
            if (found := tables[stream].total()) != rows:
                raise DemoFailedError(f"{stream} has {found} rows, and the source has {rows}.")

    def _check_differences(self, run: Run, differences: Mapping[str, Difference]) -> None:
        for stream, again in self._source.sent_again.items():
            sent, new = run.records[stream], differences[stream].new
            if sent != new + again:
                raise DemoFailedError(f"{sent} {stream} came, and {new} are new.")
        for stream, changed in self._source.changed.items():
            if (found := differences[stream].changed) != changed:
                raise DemoFailedError(f"{found} rows of {stream} have changed, not {changed}.")


def _build_full_table(run: Run, tables: Tables) -> Table:
    """Show each table that has rows."""
    table = _build_table("stream", "rows", "seconds")
    for stream, rows in tables.items():
        if rows:
            table.add_row(stream, f"{rows.total():,}", f"{run.seconds[stream]:.2f}")
    return table


def _build_change_table(run: Run, differences: Mapping[str, Difference], after: Tables) -> Table:
    """Show each table that is not as it was."""
    table = _build_table("stream", "rows sent", "new", "changed", "rows in all")
    for stream, difference in differences.items():
        if difference.new or difference.changed:
            numbers = (
                run.records[stream],
                difference.new,
                difference.changed,
                after[stream].total(),
            )
            table.add_row(stream, *(f"{number:,}" for number in numbers))
    table.caption = f"{len(after) - table.row_count} other tables are as they were."
    return table


def _build_tap_table(summaries: Mapping[str, Summary]) -> Table:
    """Show what both runs of each tap have loaded, and the sums of that."""
    table = _build_table("\ntap", "\nstreams", "first run\nrows", "\nseconds")
    for header, style in (("then\nsent", ""), ("\nnew", "green"), ("\nchanged", "yellow")):
        table.add_column(header, justify="right", style=style)
    for tap, summary in summaries.items():
        table.add_row(f"[bold cyan]{tap}[/]", *_format_numbers(summary))
    table.add_section()
    table.add_row("all", *_format_numbers(_sum(summaries.values())), style="bold")
    return table


def _format_numbers(summary: Summary) -> Iterator[str]:
    for number in astuple(summary):
        yield f"{number:,.1f}" if isinstance(number, float) else f"{number:,}"


def _sum(summaries: Iterable[Summary]) -> Summary:
    return Summary(*map(sum, zip(*map(astuple, summaries), strict=True)))


def _build_table(first: str, *others: str) -> Table:
    table = Table(first, box=box.SIMPLE_HEAD, header_style="bold", caption_justify="left")
    for header in others:
        table.add_column(header, justify="right")
    return table


if __name__ == "__main__":
    main()
