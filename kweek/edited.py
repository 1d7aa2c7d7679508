"""How were the calendars before they were edited? Each of today's, with what it was and until when.

A promise that runs when somebody closes the office for a day is reckoned anew from that moment on; for that one has to
know what had been left of it (`Calendar.moved`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from msgspec.structs import replace as with_changed

from kweek.flow.catalogue import Rules
from kweek.flow.load.rules import read_rules
from kweek.rules.calendars import Calendar

FILE: Final = "rules/calendars.yaml"

Past = Sequence[tuple[str, datetime]]
"""The file's text, and until when it was so; the oldest first."""


def calendars_in(source: Mapping[str, str]) -> dict[str, Calendar]:
    """By name. source: path → text, without errors."""
    read = read_rules({FILE: source[FILE].encode()})[0] if FILE in source else Rules()
    return {name: entry.calendar for name, entry in read.calendars.items()}


def with_past(rules: Rules, past: Past) -> Rules:
    """The same rules; their calendars know what they were."""
    if not past:
        return rules
    were = [(calendars_in({FILE: text}), until) for text, until in past]
    known = {
        name: with_changed(entry, calendar=_since(name, entry.calendar, were))
        for name, entry in rules.calendars.items()
    }
    return with_changed(rules, calendars=known)


def _since(name: str, calendar: Calendar, were: Sequence[tuple[Mapping[str, Calendar], datetime]]) -> Calendar:
    """A calendar that was not there for a while goes on as it was before."""
    found = were[0][0].get(name)
    followed = [*(then.get(name) for then, _ in were[1:]), calendar]
    for version, (_, since) in zip(followed, were, strict=True):
        if found is None:
            found = version
        elif version is not None and version != found:
            found = replace(version, was=found, since=since)
    return found or calendar
