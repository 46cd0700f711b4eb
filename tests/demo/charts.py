"""Charts of answers, all in one style."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from tests.demo.questions import format_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from tests.demo.questions import Answer, Question

STYLE = Path(__file__).with_suffix(".mplstyle")
PERIOD = re.compile(r"\d{4}-\d\d(-\d\d)?|\d\d?")
"""Days, months and hours, which are read from left to right; names are read downwards."""
MAX_PLACES, MAX_LINES = 16, 6
"""So many are named on an axis."""


def draw(question: Question, answer: Answer) -> None:
    """Draw an answer beside its query.

    The first column says where a bar stands, the last one how long it is, and one between them what
    it is a part of.
    """
    with style.context(STYLE):
        figure = Figure()
        axes = figure.add_subplot()
        axes.set_title(question.text)
        places = list(dict.fromkeys(str(row[0]) for row in answer.rows))
        if all(PERIOD.fullmatch(place) for place in places):
            _draw_columns(axes, places, answer)
        else:
            _draw_bars(axes, places, answer)
        if answer.parts != [()]:
            figure.legend(loc="outside lower center", ncols=len(answer.parts))
        metadata = {"Date": None, "Identifier": question.digest}
        figure.savefig(question.picture, format="svg", metadata=metadata)


def _draw_columns(axes: Axes, places: Sequence[str], answer: Answer) -> None:
    for label, lengths, begins in _stack_bars(places, answer):
        axes.bar(places, lengths, bottom=begins, label=label)
    axes.set(xlabel=format_label(answer.columns[0]), ylabel=format_label(answer.columns[-1]))
    axes.xaxis.grid(visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(MAX_PLACES, integer=True))
    axes.tick_params(axis="x", labelrotation=0 if len(places[0]) <= len("23") else 45)
    axes.yaxis.set_major_locator(MaxNLocator(MAX_LINES, integer=True))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def _draw_bars(axes: Axes, places: Sequence[str], answer: Answer) -> None:
    for label, lengths, begins in _stack_bars(places, answer):
        axes.barh(places, lengths, left=begins, label=label)
    axes.set(xlabel=format_label(answer.columns[-1]), ylabel=format_label(answer.columns[0]))
    axes.yaxis.grid(visible=False)
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(MAX_LINES, integer=True))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def _stack_bars(
    places: Sequence[str], answer: Answer
) -> Iterator[tuple[str | None, list[float], list[float]]]:
    """Yield the parts of all bars: what they are, how long they are, and where they begin."""
    begins = [0.0] * len(places)
    for part in answer.parts:
        sizes = {str(row[0]): float(row[-1]) for row in answer.rows if row[1:-1] == part}
        lengths = [sizes.get(place, 0.0) for place in places]
        yield (str(part[0]) if part else None), lengths, begins
        begins = [begin + length for begin, length in zip(begins, lengths, strict=True)]
