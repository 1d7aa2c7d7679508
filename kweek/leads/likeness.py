"""How much do two people look like one? By name with company, telephone or mail domain, as a number up to 1; pure.

Names are compared word by word, in whatever order they stand: without accents, titles and the small words before a
surname; an initial fits whatever begins with it. The weights were chosen on made-up people with known duplicates
(`bench/duplicates.py` prints how many are found, and how many of what is found are right).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import permutations
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from kweek.leads.calling import LEGAL_FORMS

ENOUGH: Final = 0.85
"""Below this nobody is asked: a wrong proposal costs a person's time."""

_SURE: Final = 0.97  # a name so alike that the company's may be written in another way
_COMPANY: Final = 0.82  # how much that must be alike
_WITH_NUMBER: Final = 0.7  # a name where the telephone is the same; many colleagues share a number
_NAMELESS: Final = 0.86  # the same number, and one of them has no name
_INITIAL: Final = 0.92  # an initial and a name that begins with it
_WORD: Final = 0.82  # of one word; below it these are two names: Paul is not Paula
_LEFT_OVER: Final = 0.04  # for each word that only one of them has
_MOST_WORDS: Final = 4
_REMEMBERED: Final = 10_000  # texts: who is compared with many is taken apart once


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SMALL: Final = _words(
    "van de der den ten ter te het t s in op aan bij v d vd von vom zu zum zur di da del della du des la le el al"
)
_TITLES: Final = _words("dhr mevr mw heer mevrouw mr mrs ms herr frau dr drs ir ing prof bsc msc mba phd")
_FORMS: Final = frozenset(form for form in LEGAL_FORMS if len(form) <= len("gmbh")) | _words("holding group groep")
_FREE: Final = _words(
    "gmail googlemail hotmail outlook live msn yahoo ymail icloud me mac aol proton protonmail gmx web t-online "
    "freenet mail ziggo kpnmail kpnplanet planet hetnet xs4all home casema chello upcmail quicknet zonnet tele2 "
    "solcon online telenet skynet scarlet proximus belgacom orange wanadoo free laposte sfr btinternet sky "
    "zoho yandex qq 163"
)
"""Who has an address there works anywhere. The first part of the domain."""


@dataclass(frozen=True)
class Person:
    """What of a lead tells whether it is another one. company: its name."""

    id: str
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    email: str | None = None
    company: str | None = None

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Of its name, the given ones first where they are known to be."""
        parts = f"{self.first_name or ''} {self.last_name or ''}".strip() or self.name or ""
        return name_words(parts)

    @cached_property
    def works_at(self) -> str:
        """The company's name, as it is compared."""
        return company_key(self.company or "")

    @cached_property
    def domain(self) -> str:
        """Of its address; nothing where anybody may have one there."""
        domain = (self.email or "").rpartition("@")[2].casefold()
        return "" if domain.partition(".")[0] in _FREE else domain

    def keys(self) -> list[str]:
        """Two who share none of them are not compared at all. As long as they stay the same, so does what is found."""
        return list(dict.fromkeys(self._keys()))

    def _keys(self) -> Iterator[str]:
        if self.phone:
            yield f"phone:{self.phone}"
        for place in filter(None, (self.works_at, self.domain)):
            for word in self.words:
                yield f"at:{place}:{word[0]}"
        if len(self.words) > 1:
            yield f"name:{' '.join(sorted(self.words))}"


def likeness(one: Person, other: Person) -> tuple[float, str]:
    """How much they look alike, and by what: `telephone`, `name and company`, `name and domain`."""
    names = name_likeness(one.words, other.words)
    return max(_ways(one, other, names), default=(0.0, ""))


def _ways(one: Person, other: Person, names: float) -> Iterator[tuple[float, str]]:
    if one.phone and one.phone == other.phone:
        if not one.words or not other.words:
            yield _NAMELESS, "telephone"
        elif names >= _WITH_NUMBER:
            yield (1 + names) / 2, "telephone"
    if one.works_at and other.works_at:
        companies = company_likeness(one.works_at, other.works_at)
        if companies == 1 or (names >= _SURE and companies >= _COMPANY):
            yield names * companies, "name and company"
    if one.domain and one.domain == other.domain:
        yield names, "name and domain"


def name_likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """The best of all ways to lay the words of the shorter beside those of the longer; 0 where any two differ much."""
    short, long = sorted((one[:_MOST_WORDS], other[:_MOST_WORDS]), key=len)
    if len(short) < 2:  # a surname, or a given name, is no person
        return 0.0
    left_over = _LEFT_OVER * (len(long) - len(short))
    return max(0.0, *(_beside(short, order) for order in permutations(long, len(short)))) - left_over


def _beside(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    alike, letters, full = 0.0, 0, False
    for a, b in zip(one, other, strict=True):
        word = word_likeness(a, b)
        if word < _WORD:
            return 0.0
        length = max(len(a), len(b))
        alike, letters, full = alike + word * length, letters + length, full or min(len(a), len(b)) > 1
    return alike / letters if full else 0.0


def word_likeness(one: str, other: str) -> float:
    """By the letters that would have to be changed, left out, put in or swapped."""
    if one == other:
        return 1.0
    if len(one) == 1 or len(other) == 1:
        return _INITIAL if one[0] == other[0] else 0.0
    alike = OSA.normalized_similarity(one, other)
    return max(alike, _WORD) if _swapped(one, other) else alike


def _swapped(one: str, other: str) -> bool:
    """Are they one word, but for two neighbouring letters behind the first that changed places?"""
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return at > 0 and one[:at] + one[at : at + 2][::-1] + one[at + 2 :] == other


def company_likeness(one: str, other: str) -> float:
    return 1.0 if one == other else fuzz.token_sort_ratio(one, other) / 100


@lru_cache(_REMEMBERED)
def name_words(text: str) -> tuple[str, ...]:
    """`Mw. J. van den Bosch-Müller`: j, bosch, muller."""
    words = re.findall(r"[^\W_]+", _plain(text).replace("'", "").replace("’", ""))
    kept = [
        word for n, word in enumerate(words) if word not in _TITLES and not (word in _SMALL and (n or len(word) > 1))
    ]
    return tuple(kept or words)


@lru_cache(_REMEMBERED)
def company_key(name: str) -> str:
    """`Acmé B.V.`: acme."""
    words = re.findall(r"[^\W_]+", _plain(name).replace(".", ""))
    return " ".join([word for word in words if word not in _FORMS] or words)


def _plain(text: str) -> str:
    """Without case and accents; ij is y."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char)).replace("ij", "y")
