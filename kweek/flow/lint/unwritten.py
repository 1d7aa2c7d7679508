"""In which language of the workspace is nothing written yet? That is said once, where the language is named."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from kweek.flow.problems import Problem

_FEW: Final = 10  # up to so many are told one by one
_LACKS: Final = re.compile(r" is not (?:written|there) in “?(?P<language>[a-z]{2,3})”?\.?")
_CODES: Final = ("language", "mail-language")
WORKSPACE: Final = "rules/workspace.yaml"


def said_once(
    problems: Iterable[Problem], languages: Sequence[str], written: Collection[str], source: str
) -> list[Problem]:
    """The problems; those of a language in which there is no mail at all as one. written: the languages in which there
    is one. source: that of the workspace's rules."""
    left = list(problems)
    for language in languages:
        about = [one for one in left if one.code in _CODES and _language(one) == language]
        if language in written or len(about) <= _FEW:
            continue
        left = [one for one in left if one not in about]
        line, column = _place(language, source)
        what = f"Nothing is written in {language} yet: {len(about)} places lack it."
        why = "Leads are spoken to in their own language."
        fix = f"Take {language} away — or write the first mail in {language}; then each place that lacks it is named"
        left.append(Problem(WORKSPACE, line, column, "error", "language", what, why, fix))
    return left


def _language(problem: Problem) -> str | None:
    found = _LACKS.search(problem.what)
    return found["language"] if found and found.end() == len(problem.what) else None


def _place(language: str, source: str) -> tuple[int, int]:
    """Where it stands behind `languages`."""
    inside = False
    for number, line in enumerate(source.splitlines(), 1):
        inside = line.startswith("languages") or (inside and line[:1] in " -")
        if inside and (found := re.search(rf"(?<=[\[, \-\"']){language}\b", line.partition("#")[0])):
            return number, found.start() + 1
    return 1, 1
