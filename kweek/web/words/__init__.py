"""What do the house's own pages say? Their few sentences, in Dutch and English: a module for each kind of page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kweek.web.words import frame, happenings, home, leads, mails, picture, steps, work

LANGUAGES: Final = ("en", "nl")

WORDS: Final[dict[str, tuple[str, str]]] = {
    **frame.WORDS, **leads.WORDS, **home.WORDS, **mails.WORDS, **steps.WORDS, **happenings.WORDS, **work.WORDS,
    **picture.WORDS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tongue:
    """One of LANGUAGES, spoken: `tongue("home.leads")`."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of this key, with its `{values}` filled in. KeyError for a key that is not in the list."""
        sentence = WORDS[key][LANGUAGES.index(self.language)]
        return sentence.format(**values) if values else sentence

    def maybe(self, key: str, other: str) -> str:
        """The same; `other` where nobody has written this key: a word of the workspace's own."""
        return self(key) if key in WORDS else other
