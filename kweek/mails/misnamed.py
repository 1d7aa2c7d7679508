"""Which mail file has not the name by which its mail is looked for? What it should be called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Final

from kweek.flow.kebab import kebab
from kweek.flow.problems import Problem, nearest
from kweek.mails.template import name_and_language

_LANGUAGE: Final = re.compile(r"(.+?)[._ -]([A-Za-z]{2,3})")


def misnamed(files: Iterable[str], languages: Collection[str], sent: Collection[str]) -> Mapping[str, str]:
    """Its path → the one that was meant. sent: the mails that flows name."""
    files = tuple(files)
    there: dict[str, set[str]] = {}
    for named in filter(None, map(name_and_language, files)):
        there.setdefault(named[0], set()).add(named[1])
    lacking = [
        (name, language) for name in sent & there.keys() for language in languages if language not in there[name]
    ]
    found: dict[str, str] = {}
    for file in files if lacking else ():
        name, language = name_and_language(file) or likely_name(file, languages)
        if name in sent and name_and_language(file):
            continue
        can = sorted({one for one, in_ in lacking if language in (in_, "")})
        meant = name if name in can else nearest(name, can)
        if meant is not None:
            language = language or next(in_ for one, in_ in lacking if one == meant)
            found[file] = str(PurePosixPath(file).with_name(f"{meant}.{language}.md"))
    return found


def likely_name(file: str, languages: Collection[str]) -> tuple[str, str]:
    """`Menu_card.NL.md` → (`menu-card`, `nl`). Without a language: ""."""
    stem = PurePosixPath(file).name.removesuffix(".md")
    match = _LANGUAGE.fullmatch(stem)
    if match and match[2].lower() in languages:
        return kebab(match[1]), match[2].lower()
    return kebab(stem), ""


def rename(file: str, right: str) -> Problem:
    """What is said of it."""
    wanted = PurePosixPath(right).name
    name, language, _ = wanted.split(".")
    what = f"The mail “{name}” is looked for in {wanted}, and this file has another name."
    why = f"A mail is found by its name and the lead's language ({language})."
    return Problem(file, 1, 1, "error", "mail-name", what, why, f"Rename it to {wanted}.")
