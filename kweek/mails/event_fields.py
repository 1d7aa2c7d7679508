"""Which fields of an event do mails and flows show? Those that no event which may start it has are misspelt.

Rendering cannot tell: what is known of an event depends on the lead, and what is not there prints as nothing. Read
without Jinja2, which knows no columns and takes longer to import than half of all linting.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from kweek.flow.model import Flow, Task, Tell
from kweek.flow.problems import Problem, did_you_mean
from kweek.mails.template import MailTemplate

_BRACES: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_ASKED: Final = re.compile(r""""[^"]*"|'[^']*'|(?<![\w.])event\s*\.\s*(?P<field>[A-Za-z_]\w*)""")


def check_event_fields(mail: MailTemplate, known: Collection[str]) -> Iterator[Problem]:
    """known: the fields of the events that may start a flow which sends this mail."""
    head = ((mail.lines.get(key, 1), getattr(mail, key)) for key in ("subject", "preview"))
    for line, text in (*head, (mail.body_line, mail.body)):
        for field, offset in event_fields(text):
            if field not in known:
                before = text[:offset]
                column = offset - (before.rfind("\n") + 1) + 1 if text is mail.body else 1
                place = (line + before.count("\n"), column)
                why = "It would print as nothing for every lead."
                yield Problem(mail.file, *place, "error", "unknown-name", *unknown_field(field, known, why))


def check_event_words(flow: Flow, known: Collection[str]) -> Iterator[Problem]:
    """The same of what a flow itself says to colleagues: titles of tasks, texts of `tell`."""
    for step in flow.walk():
        words = step.title if isinstance(step, Task) else step.text if isinstance(step, Tell) else None
        for field, offset in event_fields(words.value) if words else ():
            if field not in known:
                at = words.inside(offset) if words else step.at
                why = "A colleague would read nothing in its place."
                yield Problem(flow.file, *at, "error", "unknown-name", *unknown_field(field, known, why))


def unknown_field(field: str, known: Collection[str], why: str) -> tuple[str, str, str]:
    """What, why and fix."""
    fix = did_you_mean(f"event.{field}", [f"event.{name}" for name in sorted(known)])
    return f"There is no field event.{field}.", why, fix or "Declare it in rules/events.yaml, or ask of lead."


def event_fields(text: str) -> Iterator[tuple[str, int]]:
    """The fields of `event` that are named between braces, each with its offset; what stands in quotes is a text."""
    for braces in _BRACES.finditer(text):
        for asked in _ASKED.finditer(text, braces.start(), braces.end()):
            if asked["field"]:
                yield asked["field"], asked.start()
