"""What does a language's catalogue say? Read once, by Babel, when somebody first speaks that language."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Catalogue:
    """locale: as the file's header says, `nl_NL`. sentences: the forms of each, one unless it counts. form: which of
    them a number takes."""

    locale: str
    sentences: Mapping[str, tuple[str, ...]]
    form: Callable[[int], int]


def languages(folder: Path = FOLDER) -> tuple[str, ...]:
    """Those that have a catalogue."""
    return tuple(sorted(file.stem for file in folder.glob("*.po")))


@cache
def catalogue(language: str, folder: Path = FOLDER) -> Catalogue:
    from babel.messages.pofile import read_po

    with (folder / f"{language}.po").open("rb") as file:
        read = read_po(file, locale=language)
    sentences: dict[str, tuple[str, ...]] = {}
    for message in read:
        key = message.id if isinstance(message.id, str) else message.id[0]
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if key and all(forms):
            sentences[key] = forms
    # the reading makes a locale of it that knows no territory where the file's name has none
    named = next((value for name, value in read.mime_headers if name == "Language"), language)
    return Catalogue(named, sentences, gettext.c2py(read.plural_expr))
