"""How far is it? A line at once, then a bar with its rate and the time left: on stderr, where somebody looks on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

Told = Callable[[int, int], None]
"""So many are done, of so many."""


def looking(what: str) -> None:
    """The first sign, before anything heavy is loaded; whatever is told next takes its place."""
    if sys.stderr.isatty():
        print(f"{what} …", end="\r", file=sys.stderr, flush=True)


def looked() -> None:
    """Takes away what `looking` wrote."""
    if sys.stderr.isatty():
        print("\x1b[2K\r", end="", file=sys.stderr, flush=True)


@contextmanager
def progress(what: str, unit: str) -> Generator[Told]:
    """A bar for as long as it takes; it goes away at the end. unit: of what is counted, as in `12.4 tests/s`."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    looking(what)
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
    )  # fmt: skip
    looked()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, rate="")

        def told(done: int, of: int) -> None:
            speed = bar.tasks[task].speed
            bar.update(task, completed=done, total=of, rate=f"{speed:,.0f} {unit}/s" if speed else "")

        yield told
