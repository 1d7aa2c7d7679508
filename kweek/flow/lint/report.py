"""Where do the linter's findings go? Into one list per file, each a whole message."""

from __future__ import annotations

from msgspec import Struct

from kweek.flow.problems import Position, Problem, Severity


class Report(Struct):
    """The findings on one file. `why` and `fix` may be left empty where the words before say it all."""

    file: str
    problems: list[Problem] = []

    def error(self, at: Position, code: str, what: str, why: str = "", fix: str = "") -> None:
        self._add(at, "error", code, what, why, fix)

    def warning(self, at: Position, code: str, what: str, why: str = "", fix: str = "") -> None:
        self._add(at, "warning", code, what, why, fix)

    def _add(self, at: Position, severity: Severity, code: str, what: str, why: str, fix: str) -> None:
        said = (_sentence(part) for part in (what, why, fix))
        self.problems.append(Problem(self.file, at.line, at.column, severity, code, *said))


def _sentence(words: str) -> str:
    """With a capital (a name keeps its own: `lead.country is a text`) and a full stop."""
    words = words.strip()
    first = words.split(" ", 1)[0]
    if not any(sign in first for sign in "._(“"):
        words = words[:1].upper() + words[1:]
    return words if not words or words[-1] in ".?!…:" else f"{words}."
