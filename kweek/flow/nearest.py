"""What did the author mean? The nearest of the words that there are."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The most alike word, regardless of capitals, `_` and `-`; None if nothing is near."""
    plain = {_plain(each): each for each in sorted(words)}
    found = get_close_matches(_plain(word), plain, n=1, cutoff=0.6)
    return plain[found[0]] if found else None


def suggest(word: str, words: Iterable[str], show: int = 8) -> str:
    """The fix for a word that does not exist: the nearest one, else those that there are."""
    known = sorted(set(words))
    if near := nearest(word, known):
        return f"did you mean “{near}”?"
    if not known:
        return "there are none yet"
    return "there are " + ", ".join(known[:show]) + (", …" if len(known) > show else "")


def _plain(word: str) -> str:
    return word.lower().replace("_", "-").replace(" ", "-")
