"""Were these very mails rendered before? What the linter found then, kept by their content in the user's cache folder.

Rendering every mail for sample leads is most of the work of `kweek lint`, and mails seldom change while a flow is
written. Whoever cannot write there, or empties the folder, has the same answers, later.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec.structs import astuple

from kweek.flow.problems import Problem

_MOST: Final = 20  # answers that are kept; the oldest go
_RENDER_WITH: Final = ("jinja2", "markdown_it", "css_inline")


class Remembered:
    """For one workspace as it is now."""

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        self._cache = cache or _cache()
        self._file = self._cache / f"{_key(folder)}.json"
        self._mails: list[str] | None = None
        self._problems: tuple[Problem, ...] = ()
        self._words: dict[str, tuple[Problem, ...]] = {}
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            self._problems = _problems(kept["problems"])
            self._words = {words: _problems(said) for words, said in kept["words"].items()}
            self._mails = list(kept["mails"])

    @property
    def any(self) -> bool:
        return self._mails is not None

    def of(self, mails: Sequence[str]) -> tuple[Problem, ...] | None:
        """What was found in these files; None: they were not rendered yet."""
        return self._problems if self._mails == sorted(mails) else None

    def of_words(self) -> dict[str, tuple[Problem, ...]]:
        """What was found in words that flows say themselves, by the words."""
        return dict(self._words)

    def keep(
        self, mails: Sequence[str], problems: Iterable[Problem], words: Mapping[str, Iterable[Problem]] | None = None
    ) -> None:
        """words: as `of_words` gives them."""
        said = {
            "mails": sorted(mails),
            "problems": [astuple(problem) for problem in problems],
            "words": {one: [astuple(problem) for problem in found] for one, found in (words or {}).items()},
        }
        with contextlib.suppress(OSError):
            self._cache.mkdir(parents=True, exist_ok=True)
            written = self._file.with_suffix(f".{os.getpid()}")
            written.write_text(json.dumps(said), encoding="utf-8")
            written.replace(self._file)  # at once: another lint may be reading
            for old in sorted(self._cache.glob("*.json"), key=lambda file: file.stat().st_mtime)[:-_MOST]:
                old.unlink()


def _problems(kept: Iterable[Sequence[Any]]) -> tuple[Problem, ...]:
    return tuple(Problem(*problem) for problem in kept)


def _cache() -> Path:
    given = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(given) if given.startswith("/") else Path("~/.cache").expanduser()) / "kweek" / "mails"


def _key(folder: Path) -> str:
    """The hash of all that the answer depends on: the mails, the settings, and the programs that render."""
    hashed = hashlib.sha256()
    for name, content in (*_texts(folder), *_programs()):
        hashed.update(f"{name}\0{len(content)}\0".encode() + content)
    return hashed.hexdigest()


def _texts(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in (folder / "rules/workspace.yaml", *sorted((folder / "templates/mails").glob("*.md"))):
        with contextlib.suppress(OSError):
            yield file.name, file.read_bytes()


def _programs() -> Iterator[tuple[str, bytes]]:
    """Our own files as they were last changed; of the others, the folder: an upgrade makes it anew."""
    others = (importlib.util.find_spec(name) for name in _RENDER_WITH)
    places = [Path(spec.origin).parent for spec in others if spec and spec.origin]
    for place in (*places, *sorted(Path(__file__).parent.glob("*.py"))):
        yield str(place), str(place.stat().st_mtime_ns).encode()
