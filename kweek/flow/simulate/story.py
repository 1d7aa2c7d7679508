"""What happened to a lead in a flow, day by day, in the words of the flow? Told from a journal and the lead's events.

The pure machine and the engine keep the same journal, so their stories can be laid side by side. Told are the things
that someone outside notices: a mail leaves, a call task lies on a desk, sales gets the lead, points are given, the
lead leaves. Steps that only wait or decide are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Final

from msgspec import Struct

from kweek.flow.state import Entry, Event

EFFECTS: Final = {
    "open_call_task": "call",
    "give_handover": "handover",
    "join_handover": "handover",
    "open_task": "task",
    "withdraw": "withdraw",
    "remind": "remind",
    "escalate": "escalate",
    "tell": "tell",
    "call_webhook": "webhook",
    "add_points": "score",
    "add_tags": "tag",
    "remove_tags": "untag",
    "set_fields": "set",
}
MAILS: Final = {"sent": "send", "blocked": "blocked", "undelivered": "undelivered"}
TOLD: Final = tuple(dict.fromkeys((*MAILS.values(), *EFFECTS.values())))
"""The words with which a test may say what it expects."""


class Told(Struct, frozen=True):
    """One thing. day: counted from the start, by the date in the flow's time zone. kind: one of TOLD, `starts`,
    `ends`, or `·` for an event that came from outside. what: the mail, script, team; the result; the event. ref: the
    key of what an event is about."""

    at: datetime
    day: int
    clock: str
    kind: str
    what: str = ""
    step: str | None = None
    ref: str | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.what}".rstrip()


class Story(Struct, frozen=True):
    """All that happened, in order."""

    flow: str
    told: tuple[Told, ...]

    @property
    def end(self) -> Told | None:
        """How it left the flow, if it is not under way again."""
        last = next((one for one in reversed(self.told) if one.kind in ("starts", "ends")), None)
        return last if last and last.kind == "ends" else None

    def until(self, day: int) -> Story:
        """What had happened when this day was over."""
        return Story(self.flow, tuple(one for one in self.told if one.day <= day))

    @property
    def words(self) -> tuple[tuple[int, str], ...]:
        """What can be compared with another run of the same case: day and words, whatever the minute."""
        return tuple((one.day, str(one)) for one in self.told)


def tell(
    flow: str, zone: tzinfo, start: datetime, journal: Iterable[tuple[datetime, Entry]], events: Iterable[Event]
) -> Story:
    """The story of one lead in one flow. `start` is day 0, wherever the lead then was."""
    journal = sorted(journal, key=lambda row: row[0])
    mine = {entry.enrolment for _, entry in journal if entry.kind == "started" and entry.detail.get("flow") == flow}
    mails = {
        str(entry.detail["key"]): str(entry.detail.get("what", ""))
        for _, entry in journal
        if entry.kind == "effect" and entry.detail.get("effect") == "send_mail"
    }
    first = start.astimezone(zone).date()

    def one(at: datetime, kind: str, what: str, step: str | None = None, ref: str | None = None) -> Told:
        local = at.astimezone(zone)
        return Told(at, (local.date() - first).days, f"{local:%H:%M}", kind, what, step, ref)

    told = [one(event.at, *_event(event, mails), ref=event.ref) for event in events if _concerns(event, mine)]
    own = (row for row in journal if row[1].enrolment in mine)
    told += [one(at, kind, what, step) for at, kind, what, step in _journalled(own)]
    return Story(flow, tuple(sorted(told, key=in_order)))


def in_order(told: Told) -> tuple[datetime, int]:
    return told.at, _rank(told)


def _rank(told: Told) -> int:
    """What comes first of one moment: events, then what came of them, then the mail that left at once."""
    match told.kind:
        case "·":
            return 0
        case "starts":
            return 1
        case "blocked" | "undelivered":
            return 2
        case "send":
            return 4
        case _:
            return 3


def _concerns(event: Event, mine: set[str]) -> bool:
    return event.ref is None or event.ref.partition("/")[0] in mine


def _event(event: Event, mails: dict[str, str]) -> tuple[str, str]:
    if event.kind in MAILS and event.ref in mails:
        return MAILS[event.kind], mails[event.ref]
    detail = next((str(event.data[key]) for key in ("link", "reason", "later_on") if event.data.get(key)), "")
    return "·", f"{event.kind} {detail}".rstrip()


def _journalled(rows: Iterable[tuple[datetime, Entry]]) -> Iterator[tuple[datetime, str, str, str | None]]:
    opened: dict[str | None, str] = {}  # step → what was opened there, for its withdrawal
    for at, entry in rows:
        match entry.kind:
            case "started":
                yield at, "starts", str(entry.detail.get("flow", "")), None
            case "ended":
                yield at, "ends", _result(entry), None
            case "effect" if kind := EFFECTS.get(str(entry.detail.get("effect"))):
                what = str(entry.detail.get("what") or "")
                if kind == "withdraw":
                    what = opened.get(entry.step, "")
                elif kind in ("call", "handover", "task"):
                    opened[entry.step] = f"{kind} {what}".rstrip()
                yield at, kind, what, entry.step
            case _:
                pass


def _result(entry: Entry) -> str:
    """`moved` is told as where it went."""
    result, because = str(entry.detail.get("result", "")), entry.detail.get("because")
    return f"flow {because}" if result == "moved" else result
