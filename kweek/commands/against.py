"""Which other version of a flow is meant? One of the books by its number, or what a file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from kweek.commands.common import NotUnderstoodError
from kweek.flow.problems import BrokenSourceError

if TYPE_CHECKING:
    from kweek.config import Settings
    from kweek.flow.model import Flow


_SHOWN: Final = 5  # mistakes of a file that cannot be read


@dataclass(frozen=True)
class Other:
    """label: as it is called. source: its texts. flow: as far as it can be read. published: it holds mails and surveys
    too, which no file does."""

    label: str
    source: Mapping[str, str]
    flow: Flow
    published: bool


def other(chosen: Settings, flow: str, asked: str) -> Other:
    """Version 3, or what a file says. NotUnderstoodError; BrokenSourceError: the file cannot be read; what the
    books raise where they are away."""
    path = f"flows/{flow}.yaml"
    if not asked.isdecimal():
        file = Path(asked)
        if not file.is_file():
            raise NotUnderstoodError(f"--against: “{asked}” is neither a version's number nor a file that is there")
        return _of_file(file, path)
    known = _published(chosen, flow)
    source = known.get(int(asked))
    if source is None:
        there = f"There are: {', '.join(map(str, known))}." if known else "None of it was published here."
        raise NotUnderstoodError(f"there never was a version {asked} of “{flow}”. {there}")
    return _read(f"version {asked}", source, path)


def breaks_off(text: str | bytes) -> bool:
    """Is there a place in which YAML cannot read on? What stands behind it may be missing from what was read."""
    from kweek.flow.yaml import lines_of, stumbles

    return stumbles(lines_of(text)) is not None


def _of_file(file: Path, path: str) -> Other:
    """The first mistakes are told at their places in this file: it is no flow of this workspace."""
    from kweek.flow.load.flow import load_flow

    raw = file.read_bytes()
    loaded = load_flow(raw, path)
    if loaded.flow is None or (not loaded.whole and breaks_off(raw)):
        raise BrokenSourceError(replace(problem, file=str(file)) for problem in loaded.problems[:_SHOWN])
    return Other(file.name, {path: raw.decode("utf-8", "replace").removeprefix("\ufeff")}, loaded.flow, published=False)


def _read(label: str, source: Mapping[str, str], path: str) -> Other:
    from kweek.flow.load.flow import load_flow

    loaded = load_flow(source[path], path)
    if loaded.flow is None:
        raise BrokenSourceError(loaded.problems)
    return Other(label, source, loaded.flow, published=True)


def _published(chosen: Settings, flow: str) -> Mapping[int, Mapping[str, str]]:
    """Texts by number; nothing where there are no books yet."""
    from kweek.commands.books import opened
    from kweek.leads.away import NoDatabase
    from kweek.leads.publish import sources

    try:
        with opened(chosen) as database, database.read() as tx:
            return sources(tx, flow)
    except NoDatabase:
        return {}
