"""Is it fit to be recorded? What a sender wrote (JSON or a form) becomes an Incoming, or a list of faults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from kweek.intake.check_lead import AHEAD, LeadChecker, Vocabulary
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.sources import OF_SOURCE, read_source
from kweek.intake.values import nearest

ENGINE_EVENTS: Final[Mapping[str, Mapping[str, str]]] = {"enrol": {"flow": "text"}, "unsubscribed": {}}
EVENT_KEYS: Final = ("id", "type", "at", "lead", "data", "source")
EFFECT_ID: Final = re.compile(r"[^/]+-\d+/\d+(/.*)?", re.DOTALL)  # `<enrolment>/<n>…`: ids of our own making


def check(raw: object, words: Vocabulary, now: datetime) -> Incoming:
    """One event as it was sent. BadEventError lists all that is wrong."""
    return EventChecker(words, now).event(raw)


def check_profile(raw: Mapping[str, object], words: Vocabulary, now: datetime) -> LeadIn:
    """Profile fields of a lead who is known already. BadEventError lists all that is wrong."""
    checker = EventChecker(words, now)
    lead = checker.lead(raw, known=True)
    checker.done()
    return lead


class EventChecker(LeadChecker):
    def event(self, raw: object) -> Incoming:
        body = self.object(raw, "", EVENT_KEYS, OF_SOURCE)
        identifier = self.identifier(body.get("id"), required=True)
        kind = self.text(body.get("type"), "type", required=True) or ""
        known = {**self.words.events, **ENGINE_EVENTS}
        if kind and kind not in known:
            self.fault("type", f"no event is called “{kind}”{nearest(kind, known)}; rules/events.yaml lists them")
        at = self.happened_at(body.get("at"))
        lead = self.lead(body.get("lead"))
        data = self.typed(body.get("data"), "data", known[kind]) if kind in known else {}
        if kind == "enrol":
            self.flow(data.get("flow"), "data.flow")
        touch = read_source(self, body.get("source"), "api")
        self.done()
        return Incoming(identifier, kind, at, lead, data, touch=touch)

    def identifier(self, raw: object, *, required: bool = False) -> str:
        """The sender's own; the same one twice is one event."""
        text = self.text(raw, "id", required=required) or ""
        if EFFECT_ID.fullmatch(text):
            self.fault("id", "ids of this shape are Kweek's own; send one of yours, a UUID for instance")
        return text

    def happened_at(self, raw: object) -> datetime:
        at = self.now if raw is None else self.moment(raw, "at")
        if at is not None and at > self.now + AHEAD:
            self.fault("at", f"this moment has yet to come (it is {self.now:%Y-%m-%dT%H:%M:%SZ} here)")
        self.at = at or self.now
        return self.at

    def flow(self, name: object, path: str) -> None:
        """A lead that was to enter a flow that nobody published would be lost in silence."""
        if not isinstance(name, str):
            if all(fault.field != path for fault in self.faults):
                self.fault(path, "say which flow the lead shall enter")
            return
        known = tuple(sorted(self.words.flows()))
        if name not in known:
            there = f"there are {', '.join(known)}" if known else "none is, yet"
            self.fault(path, f"no flow “{name[:60]}” is published{nearest(name, known)}; {there}")


def email_key(address: str) -> str:
    """The same mailbox, the same key: case never tells two people apart in practice."""
    return address.casefold()
