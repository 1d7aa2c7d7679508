"""May this mail leave now? Asked at every attempt, in the transaction that claims the mail; the simulator asks too.

Mail has a kind. `service` was asked for (a confirmation, a download link): it ignores hours, limits, pace, and that
sales holds the lead or that it is owed an answer. `marketing` obeys them all and needs consent. Suppression and a
pause stop both. Reasons are codes; a page puts them into words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

from kweek.flow.plan import Limit
from kweek.rules.calendars import Calendar

Why = Literal["paused", "handover", "answer", "hours", "limit", "pace"]


class Mailing(Struct, frozen=True):
    """What would leave. purpose: what consent must have been given for. expires_at: not gone by then, never."""

    kind: Literal["marketing", "service"] = "marketing"
    purpose: str | None = None
    expires_at: datetime | None = None


class Standing(Struct, frozen=True):
    """What is known, at this moment, of lead, flow and workspace.

    suppressed: why nothing may be sent to this address (`unsubscribed`, `bounced`, `complained`, …). consent: to mail
    for this purpose. resting: the lead wrote, and someone owes it an answer. hours: when marketing mail may leave
    (None: at any time). limits: the flow's and the workspace's, each with the moments of the mails that count. ahead:
    marketing mails of this lead that were due earlier and may leave now as well (first due, first sent). pace_until:
    the call queue behind this flow can follow up no more before.
    """

    no_address: bool = False
    suppressed: str | None = None
    consent: bool = False
    paused: bool = False
    handover_open: bool = False
    resting: bool = False
    hours: Calendar | None = None
    limits: tuple[tuple[Limit, tuple[datetime, ...]], ...] = ()
    ahead: int = 0
    pace_until: datetime | None = None


class Send(Struct, frozen=True):
    """Now."""


class Later(Struct, frozen=True):
    """Not now. Ask again at `until` (None: at the next bell, when what holds it ends)."""

    until: datetime | None
    why: Why


class Blocked(Struct, frozen=True):
    """Never. `no address`, `suppressed: <reason>`, `no consent`, `too late`."""

    why: str


def gate(mailing: Mailing, standing: Standing, now: datetime) -> Send | Later | Blocked:
    """Send, later or never. Pure."""
    if (why := _never(mailing, standing, now)) is not None:
        return Blocked(why)
    if (held := _held(mailing, standing)) is not None:
        return Later(mailing.expires_at, held)
    if mailing.kind == "service":
        return Send()
    return _in_time(mailing, standing, now)


def _never(mailing: Mailing, standing: Standing, now: datetime) -> str | None:
    if standing.no_address:
        return "no address"
    if standing.suppressed is not None:
        return f"suppressed: {standing.suppressed}"
    if mailing.kind == "marketing" and not standing.consent:
        return "no consent"
    if mailing.expires_at is not None and mailing.expires_at <= now:
        return "too late"
    return None


def _held(mailing: Mailing, standing: Standing) -> Why | None:
    """What ends with a bell, not with time."""
    if standing.paused:
        return "paused"
    if mailing.kind == "service":
        return None
    if standing.handover_open:
        return "handover"
    return "answer" if standing.resting else None


def _in_time(mailing: Mailing, standing: Standing, now: datetime) -> Send | Later:
    """The first moment at which hours, limits and pace all agree; the reason is the first that did not."""
    at, why = now, None
    while (waits := next(_waits(standing, at, now), None)) is not None:
        at, why = waits[0], why or waits[1]
    if why is None:
        return Send()
    return Later(at if mailing.expires_at is None else min(at, mailing.expires_at), why)


def _waits(standing: Standing, at: datetime, now: datetime) -> Iterator[tuple[datetime, Why]]:
    """Whatever says: not at this moment, but then."""
    if standing.pace_until is not None and standing.pace_until > at:
        yield standing.pace_until, "pace"
    for limit, sent in standing.limits:
        free = _free_from(limit, (*sent, *[now] * standing.ahead), standing.hours)
        if free is not None and free > at:
            yield free, "limit"
    if standing.hours is not None and not standing.hours.is_open(at):
        yield standing.hours.next_open(at), "hours"


def _free_from(limit: Limit, sent: tuple[datetime, ...], hours: Calendar | None) -> datetime | None:
    """When one more mail fits into every window of this length; None: at any time."""
    if len(sent) < limit.mails:
        return None
    calendar = hours or Calendar.always()
    return calendar.add(sorted(sent)[-limit.mails], limit.per)
