"""What does a name of ours look like? kebab-case: small letters, digits and hyphens."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FILE: Final = re.compile(r"(\.[a-z]{2})?\.(md|yaml|yml)$")


def parse_name(text: str) -> str:
    """ValueError says what is wrong and what would be right."""
    if NAME.fullmatch(text):
        return text
    near = kebab(_FILE.sub("", text.rpartition("/")[2]) or text)
    raise ValueError(
        f"“{text}” is not a name; names are small letters, digits and hyphens" + (f": {near}" if near else "")
    )


def kebab(text: str) -> str:
    """The name that a title makes."""
    if not text.isascii():  # é is an e with a mark; the mark goes
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
        text = text.replace("\u200b", "")
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
