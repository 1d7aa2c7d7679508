"""Which words does Kweek itself put into a mail or a task? Few: the way out, dates, and what the machine asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from kweek.flow.machine.people import ON_ITS_OWN


@dataclass(frozen=True, slots=True)
class Words:
    """One language. months: January first, as they stand in the middle of a sentence. tasks: the titles of tasks that
    the machine itself gives, by what they are in English (`kweek.flow.machine`)."""

    unsubscribe: str
    page: str
    months: tuple[str, ...]
    tasks: Mapping[str, str] = field(default_factory=dict[str, str])

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
    {
        "Answer": "Beantwoorden",
        "A mail could not be delivered": "Een mail kon niet worden bezorgd",
        "This lead went in circles": "Deze lead liep in een kring",
        "This lead has nowhere to go": "Deze lead kan nergens heen",
        "This lead was moved between flows too often": "Deze lead ging te vaak van flow naar flow",
        ON_ITS_OWN["handover"]: "Na een samenvoeging weer op zichzelf: de overdracht is ingetrokken",
        ON_ITS_OWN["call"]: "Na een samenvoeging weer op zichzelf: de belopdracht is ingetrokken",
        ON_ITS_OWN["task"]: "Na een samenvoeging weer op zichzelf: de taak is ingetrokken",
        ON_ITS_OWN["flow"]: "Na een samenvoeging weer op zichzelf: de flow is beëindigd",
    },
)  # fmt: skip
_WORDS: Final = {"en": _EN, "nl": _NL}


def words(language: str) -> Words:
    """The words of a language, or English where there is no catalogue yet."""
    return _WORDS.get(language.split("-")[0], _EN)


def task_title(title: str, language: str) -> str:
    """One that the machine itself gave, in whichever language it stands in the books, in this one; else as it is."""
    for spoken in _WORDS.values():
        for english, said in spoken.tasks.items():
            if title in (english, said):
                return words(language).tasks.get(english, english)
    return title
