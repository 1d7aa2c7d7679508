"""What the gate promises about every mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kweek.flow.duration import parse_duration
from kweek.flow.gate import Blocked, Later, Mailing, Send, Standing, gate
from kweek.flow.plan import Limit
from tests.lives import DAY, HOUR, MONDAY, OFFICE

MARKETING = Mailing("marketing", "nurture")
SERVICE = Mailing("service")
TWO_A_DAY = Limit(2, parse_duration("1 day"))


def ok(**but: Any) -> Standing:
    return replace(Standing(consent=True), **but)


MARKETING_CASES = {
    "nothing in the way": (ok(), Send()),
    "no consent": (Standing(consent=False), Blocked("no consent")),
    "no address": (ok(no_address=True), Blocked("no address")),
    "unsubscribed": (ok(suppressed="unsubscribed"), Blocked("suppressed: unsubscribed")),
    "paused": (ok(paused=True), Later(None, "paused")),
    "sales holds the lead": (ok(handover_open=True), Later(None, "handover")),
    "an answer is owed": (ok(resting=True), Later(None, "answer")),
    "inside hours": (ok(hours=OFFICE), Send()),
    "one below the limit": (ok(limits=((TWO_A_DAY, (MONDAY - HOUR,)),)), Send()),
    "limit reached": (
        ok(limits=((TWO_A_DAY, (MONDAY - 3 * HOUR, MONDAY - HOUR)),)),
        Later(MONDAY + 21 * HOUR, "limit"),
    ),
    "older mails than the window do not count": (
        ok(limits=((TWO_A_DAY, (MONDAY - 3 * DAY, MONDAY - 2 * DAY, MONDAY - HOUR)),)),
        Send(),
    ),
    "exactly the window ago does not count": (ok(limits=((TWO_A_DAY, (MONDAY - DAY, MONDAY - HOUR)),)), Send()),
    "the stricter of flow and workspace counts": (
        ok(limits=((TWO_A_DAY, (MONDAY - HOUR,)), (Limit(1, parse_duration("2 days")), (MONDAY - HOUR,)))),
        Later(MONDAY + 2 * DAY - HOUR, "limit"),
    ),
    "a mail that was due earlier goes first": (
        ok(limits=((TWO_A_DAY, (MONDAY - HOUR,)),), ahead=1),
        Later(MONDAY + 23 * HOUR, "limit"),
    ),
    "the queue behind it cannot follow up yet": (ok(pace_until=MONDAY + DAY), Later(MONDAY + DAY, "pace")),
    "free of the limit at night, it waits for the morning": (
        ok(hours=OFFICE, limits=((TWO_A_DAY, (MONDAY - 15 * HOUR, MONDAY)),)),
        Later(MONDAY + DAY, "limit"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MARKETING_CASES)
def test_marketing_mail_obeys(case: str) -> None:
    standing, answer = MARKETING_CASES[case]
    assert gate(MARKETING, standing, MONDAY) == answer


SERVICE_CASES = {
    "without consent: it was asked for": (Standing(), Send()),
    "outside hours": (Standing(hours=OFFICE), Send()),
    "over the limit": (Standing(limits=((TWO_A_DAY, (MONDAY, MONDAY)),)), Send()),
    "while sales holds the lead": (Standing(handover_open=True), Send()),
    "while an answer is owed": (Standing(resting=True), Send()),
    "over the pace": (Standing(pace_until=MONDAY + DAY), Send()),
    "but not to a suppressed address": (Standing(suppressed="bounced"), Blocked("suppressed: bounced")),
    "and not while the flow is paused": (Standing(paused=True), Later(None, "paused")),
}


@pytest.mark.parametrize("case", SERVICE_CASES)
def test_service_mail_leaves(case: str) -> None:
    standing, answer = SERVICE_CASES[case]
    assert gate(SERVICE, standing, MONDAY + timedelta(hours=11)) == answer


def test_outside_hours_marketing_waits_for_the_opening() -> None:
    assert gate(MARKETING, ok(hours=OFFICE), MONDAY - HOUR) == Later(MONDAY, "hours")
    assert gate(MARKETING, ok(hours=OFFICE), MONDAY + 8 * HOUR) == Later(MONDAY + DAY, "hours")


def test_what_has_not_left_when_it_expires_never_leaves() -> None:
    mailing = Mailing("marketing", "nurture", expires_at=MONDAY)
    assert gate(mailing, ok(), MONDAY - HOUR) == Send()
    assert gate(mailing, ok(), MONDAY) == Blocked("too late")


def test_what_is_held_is_asked_again_when_it_expires() -> None:
    mailing = Mailing("marketing", "nurture", expires_at=MONDAY + HOUR)
    assert gate(mailing, ok(handover_open=True), MONDAY) == Later(MONDAY + HOUR, "handover")
    assert gate(mailing, ok(pace_until=MONDAY + DAY), MONDAY) == Later(MONDAY + HOUR, "pace")


@given(
    st.lists(st.integers(0, 500), max_size=8),
    st.integers(0, 400),
    st.integers(1, 3),
    st.booleans(),
)
def test_who_comes_back_when_told_may_send_and_no_window_ever_holds_more_than_the_limit(
    gone: list[int], at: int, mails: int, office: bool
) -> None:
    limit = Limit(mails, parse_duration("7 days"))
    sent: list[datetime] = []
    for hours in sorted([*gone, at]):
        now = MONDAY + hours * HOUR
        standing = ok(limits=((limit, tuple(sent)),), hours=OFFICE if office else None)
        match gate(MARKETING, standing, now):
            case Send():
                sent.append(now)
            case Later(until, _):
                assert until is not None
                assert until > now
                assert gate(MARKETING, standing, until) == Send()
            case answer:
                pytest.fail(str(answer))
    for first in sent:
        assert sum(first <= other < first + timedelta(days=7) for other in sent) <= mails
