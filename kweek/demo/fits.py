"""Who must it be, to walk this way? Who allows what, and whose mailbox refuses, is as the way wants it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from kweek.demo.people import REFUSES, Person
from kweek.demo.ways import Leg, Way
from kweek.flow.plan import Call, Otherwise, Plan, Send, When
from kweek.flow.rows import line_at

_SEEN: Final = ("open tracking", "click tracking")
_AFTER: Final = 1 / 3  # of the time between two mails, consent ends before the second


def fit(person: Person, way: Way, plans: Mapping[str, Plan], service: Collection[str]) -> Person:
    """This one, or one like this one who can walk it. service: mails that need no consent."""
    left: float | None = None  # when a mail left for which consent was needed
    written, since = False, 0.0
    for leg in way:
        step = plans[leg.step[0]].steps[leg.step[1]]
        word = _word(leg, step, plans[leg.step[0]]) if isinstance(step, Send | Call) else ""
        asked_for = isinstance(step, Send) and all(mail in service for mail, _ in step.mails)
        if isinstance(step, Call):
            person = _hides(person, "phone") if word == "blocked" else _with(_shows(person, "phone"), "telephone")
        elif isinstance(step, Send) and word == "blocked":
            if left is not None and not asked_for:
                person = replace(person, for_days=max(1, round(left + (since - left) * _AFTER)))
            elif not asked_for:
                person = _without(person, "email")
            elif not written:
                person = _hides(person, "email")
        elif isinstance(step, Send):
            box = _box(person, refuses=word == "undelivered")
            person = _with(_shows(replace(person, email=box, for_days=None), "email"), "email")
            if word == "unclear":
                person = _without(person, *_SEEN)
            elif word in ("opened", "clicked", "else"):
                person = _with(person, *_SEEN)
            left, written = left if asked_for else since, True
        since = leg.days
    return person


def _word(leg: Leg, step: Send | Call, plan: Plan) -> str:
    """What happens there, in the words of the flow."""
    row = leg.row[1] if leg.row else ""
    if row.startswith("whenever:"):
        return plan.whenever[int(row.partition(":")[2]) - 1].event
    line = line_at(step, row.rpartition(" ")[2]) if row.startswith(f"{step.id} ") else None
    match line:
        case When(event=word) | Otherwise(state=word):
            return word
        case _:
            return ""


def _box(person: Person, *, refuses: bool) -> str:
    name, _, place = person.email.replace(REFUSES, "").partition("@")
    return f"{name}{REFUSES if refuses else ''}@{place}"


def _hides(person: Person, what: str) -> Person:
    return replace(person, hides=tuple({*person.hides, what}))


def _shows(person: Person, what: str) -> Person:
    return replace(person, hides=tuple(one for one in person.hides if one != what))


def _with(person: Person, *channels: str) -> Person:
    return replace(person, channels=(*person.channels, *(one for one in channels if one not in person.channels)))


def _without(person: Person, *channels: str) -> Person:
    return replace(person, channels=tuple(one for one in person.channels if one not in channels))
