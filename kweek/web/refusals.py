"""Why was a row of an import refused, in the reader's language? The books keep it in English, as the file has it."""

from __future__ import annotations

import re
from typing import Final

from kweek.words import Tongue

_FILLED: Final = {
    "too-long": r"this is too long: (?P<has>\d+) characters, at most (?P<most>\d+)",
    "one-line": r"this must be one line of at most (?P<most>\d+) characters",
    "cells": r"the row has (?P<has>\d+) cells, and there are (?P<columns>\d+) columns: a cell .*",
    "legal-form": r"“(?P<said>.*)” is no legal form known here.*; there are (?P<known>.*)",
    "value": r"“(?P<said>.*)” is no value of (?P<fact>[\w-]+).*; there are (?P<known>.*)",
    "parent": r"“(?P<said>.*)” is part of this company, or is it itself",
    "stays": r"the lead stays, for since then: (?P<what>.*)",
}
"""Reasons that say a number or a word of this row."""
_READ: Final = {key: re.compile(pattern, re.DOTALL) for key, pattern in _FILLED.items()}


def refusal_words(say: Tongue, words: str) -> str:
    """words: as they are kept."""
    for key, pattern in _READ.items():
        if found := pattern.fullmatch(words):
            return say(f"refusal.filled.{key}", **found.groupdict())
    return say.maybe(f"refusal.{words}", words)
