"""Which words does Kweek itself put into a mail? Few: the line to unsubscribe, and dates as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """One language. `months`: January first, as they stand in the middle of a sentence."""

    unsubscribe: str
    page: str
    months: tuple[str, ...]

    def date(self, day: date) -> str:
        return f"{day.day} {self.months[day.month - 1]} {day.year}"


_EN: Final = Words(
    "Unsubscribe",
    "No longer interested in mail from us?",
    (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
)  # fmt: skip
_NL: Final = Words(
    "Afmelden",
    "Liever geen mail meer van ons?",
    (
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    ),
)  # fmt: skip
_WORDS: Final = {"en": _EN, "nl": _NL}


def words(language: str) -> Words:
    """The words of a language, or English where there is no catalogue yet."""
    return _WORDS.get(language.split("-")[0], _EN)
