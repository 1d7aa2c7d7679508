"""Who comes? Make-believe people with names, companies and telephone numbers: the same seed, the same people."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from random import Random
from typing import Any, Final

from kweek.flow.kebab import kebab

_MAY_MAIL: Final = 0.92
_NOT_FOR_EVER: Final = 0.15  # of those who may be mailed: for some weeks, and no longer
_MAY_BE_SEEN: Final = 0.85
_MAY_BE_CALLED: Final = 0.85
_FOREIGN: Final = 0.2
REFUSES: Final = "+policy"  # in an address: what the mail catcher takes for such a mailbox
_BOXES_THAT_REFUSE: Final = 0.05  # whose mail server takes nothing from us: our own fault, and not the lead's
_LANDS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {  # language → countries, with numbers that nobody has
    "nl": (("NL", "+3120123{:04}"), ("NL", "+3110123{:04}"), ("BE", "+322123{:04}")),
    "en": (("GB", "+442079460{:03}"), ("IE", "+35315550{:03}")),
}


@dataclass(frozen=True, slots=True)
class Person:
    """number: counted from 1. channels: what this lead allows. hides: what it keeps to itself, of `email` and `phone`.
    for_days: so long it may be mailed (None: until it says otherwise). words: what it writes back to
    a mail. says: what stands as an answer to any question. source: from where it comes."""

    number: int
    first_name: str
    last_name: str
    company: str
    legal_form: str
    job_title: str
    language: str
    country: str
    phone: str
    email: str
    channels: tuple[str, ...]
    hides: tuple[str, ...]
    for_days: int | None
    words: str
    says: str
    source: Mapping[str, str]

    @property
    def id(self) -> str:
        return f"demo-{self.number}"

    def as_lead(self, purposes: Collection[str], at: datetime, **fields: object) -> dict[str, object]:
        """As `POST /api/events` takes it. purposes: what mails ask consent for. at: when it was said."""
        until = {} if self.for_days is None else {"expires_at": (at + timedelta(days=self.for_days)).isoformat()}
        consents = [
            {"channel": channel, "purpose": purpose, "words": "Yes, keep me posted", "source": "demo", **until}
            for channel in self.channels
            for purpose in (sorted(purposes) if channel == "email" else ["advice"])
        ]
        company = {"name": self.company, "country": self.country, "legal_form": self.legal_form}
        told = {
            "external_id": self.id, "email": self.email, "first_name": self.first_name, "last_name": self.last_name,
            "job_title": self.job_title, "language": self.language, "country": self.country, "phone": self.phone,
            "company": company, "consents": consents, **fields,
        }  # fmt: skip
        return {name: value for name, value in told.items() if value is not None and name not in self.hides}


def people(seed: int) -> Iterator[Person]:
    """One after the other, without end."""
    drawn, book, number = Random(f"people {seed}"), _book(), 0
    while True:
        number += 1
        yield _person(drawn, book, number)


def _person(drawn: Random, book: Mapping[str, Any], number: int) -> Person:
    language = "en" if drawn.random() < _FOREIGN else "nl"
    country, phone = drawn.choice(_LANDS[language])
    first, last = (drawn.choice(book["names"][language][which]) for which in ("first", "last"))
    company = f"{drawn.choice(book['companies']['first'])} {drawn.choice(book['companies']['second'])}"
    tag = REFUSES if drawn.random() < _BOXES_THAT_REFUSE else ""
    chances = (("email", _MAY_MAIL), ("telephone", _MAY_BE_CALLED), ("open tracking", _MAY_BE_SEEN))
    channels = [channel for channel, chance in chances if drawn.random() < chance]
    if "open tracking" in channels:
        channels.append("click tracking")
    return Person(
        number=number,
        first_name=first,
        last_name=last,
        company=company,
        legal_form=drawn.choice(book["companies"]["forms"]),
        job_title=drawn.choice(book["work"][language]),
        language=language,
        country=country,
        phone=phone.format(number % 1_000),
        email=f"{kebab(first)}.{kebab(last)}.{number}{tag}@{kebab(company)}.example",
        channels=tuple(channels),
        hides=() if drawn.random() < _MAY_BE_CALLED else ("phone",),
        for_days=drawn.randint(10, 50) if drawn.random() < _NOT_FOR_EVER else None,
        words=drawn.choice(book["words"][language]),
        says=book["answers"][language][number % len(book["answers"][language])],
        source=book["sources"][number % len(book["sources"])],
    )


def _book() -> Mapping[str, Any]:
    return tomllib.loads((files("kweek.demo") / "people.toml").read_text("utf-8"))
