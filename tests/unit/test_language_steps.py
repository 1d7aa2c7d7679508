"""Mails, waits and what follows from them, sentence by sentence: what an author writes, what happens, the story."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kweek.rules.grades import Points
from tests.lives import OFFICE
from tests.stories import live, story, utc

ENDS = """
paths:
  a:
    - end: won
  b:
    - end: lost
"""


def mail(when: str = "answered: a", otherwise: str = "{ else: b }", above: str = "") -> str:
    """A mail after a day, with seven days to react."""
    return f"""
{above}
steps:
  - wait: 1 day
  - send: m
    within: 7 days
    when: {{ {when} }}
    otherwise: {otherwise}
  - tell: boss
  - end: done
{ENDS}"""


SILENCE = """
steps:
  - send: m
    within: 7 days
  - tell: boss
  - end: done
"""
OPENED = mail("bounced: next", "{ opened: a, unclear: b, else: discard }")

MAILS = {
    "time is up": (mail(), "", "1d sent m | 8d end lost"),
    "it happens: act at once": (mail(), "2d answered", "1d sent m | 2d end won"),
    "next carries on below": (mail("answered: next"), "2d answered", "1d sent m | 2d tell boss | 2d end done"),
    "without otherwise it carries on below": (SILENCE, "", "0d sent m | 7d tell boss | 7d end done"),
    "without within it does not wait":
        (SILENCE.replace("    within: 7 days\n", ""), "", "0d tell boss | 0d sent m | 0d end done"),
    "bounced unnamed: otherwise decides at once": (mail(), "1d1h bounced", "1d sent m | 1d1h end lost"),
    "bounced": (mail("bounced: a"), "1d1h bounced", "1d sent m | 1d1h end won"),
    "else catches closing events": (mail("answered: b, else: a"), "1d1h bounced", "1d sent m | 1d1h end won"),
    "else does not catch the others": (mail("answered: b, else: a"), "1d1h opened", "1d sent m | 8d end lost"),
    "undelivered is a state, never else":
        (mail(), "1d1h undelivered", "1d sent m | 1d1h undelivered m | 8d tell boss | 8d end done"),
    "undelivered may have its own way": (
        mail("answered: next", "{ undelivered: a, else: b }"), "1d1h undelivered",
        "1d sent m | 1d1h undelivered m | 8d end won",
    ),
    "states are read at the deadline": (OPENED, "3d opened", "1d sent m | 8d end won"),
    "who clicked has opened": (OPENED, "3d clicked", "1d sent m | 8d end won"),
    "who answered has clicked": (OPENED, "3d answered", "1d sent m | 8d end won"),
    "only a machine touched it": (OPENED, "3d unclear", "1d sent m | 8d end lost"),
    "nothing at all": (OPENED, "", "1d sent m | 8d end discard (timed out)"),
    "what comes after the deadline comes too late":
        (OPENED, "9d opened", "1d sent m | 8d end discard (timed out)"),
    "a named link": (mail("clicked demo: a, clicked: b"), "2d clicked link=demo", "1d sent m | 2d end won"),
    "any other link": (mail("clicked demo: a, clicked: b"), "2d clicked link=x", "1d sent m | 2d end lost"),
    "a link that nobody named": (mail("clicked demo: a"), "2d clicked link=x", "1d sent m | 8d end lost"),
    "an own event, while it waits": (mail("quote.requested: a"), "2d quote.requested", "1d sent m | 2d end won"),
    "and not before": (mail("quote.requested: a"), "1h quote.requested", "1d sent m | 8d end lost"),
    "who unsubscribes is discarded": (mail(), "2d unsubscribed", "1d sent m | 2d end discard (unsubscribed)"),
    "who complains too, wherever he stands": (mail(), "1h complained", "0d1h end discard (complained)"),
    "ignore takes a default away":
        (mail(above="whenever: { unsubscribed: ignore }"), "2d unsubscribed", "1d sent m | 8d end lost"),
    "but suppression stops mail all the same": (
        mail(above="whenever: { unsubscribed: ignore }"), "2h unsubscribed",
        "1d blocked m (suppressed: unsubscribed) | 1d end lost",
    ),
    "who replies is answered, and nurture rests meanwhile":
        (mail(), "2d replied\n4d done", "1d sent m | 2d task Answer | 10d end lost"),
    "as long as it takes": (mail(), "2d replied", "1d sent m | 2d task Answer"),
    "one answer is owed at a time":
        (mail(), "2d replied\n3d replied\n4d done", "1d sent m | 2d task Answer | 10d end lost"),
    "a reply that is named": (mail("replied: a"), "2d replied", "1d sent m | 2d end won"),
    "when comes before whenever":
        (mail("answered: a", above="whenever: { answered: b }"), "2d answered", "1d sent m | 2d end won"),
    "whenever comes before the goal": (
        mail(above="whenever: { row.changed: b }\ngoal: { if: lead.score.intent > 5, go: a }"), "2d points intent=9",
        "1d sent m | 2d end lost",
    ),
    "the goal is judged when a score changes": (
        mail(above="goal: { if: lead.score.intent > 5, go: a }"), "2d points intent=9", "1d sent m | 2d end won",
    ),
    "and fires once": (
        mail(above="goal: { if: lead.score.intent > 5, go: steps }"), "2d points intent=9\n9d points intent=10",
        "1d sent m | 3d sent m | 10d end lost",
    ),
    "a new visit has its own mail": (
        """
steps:
  - send: m
    within: 1 day
    when: { answered: won }
    otherwise: again
paths:
  again:
    - go: steps
      at_most: 2 times
      then: lost
""",
        "1d1h opened", "0d sent m | 1d sent m | 2d sent m | 3d end lost",
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", MAILS)
def test_a_mail(sentence: str) -> None:
    flow, happens, told = MAILS[sentence]
    assert story(live(flow, happens)) == told.split(" | ")


def test_without_consent_it_may_not_leave_and_otherwise_decides() -> None:
    assert story(live(mail(), lead={"consent": False})) == ["1d blocked m (no consent)", "1d end lost"]


def test_who_does_not_allow_to_be_seen_is_unclear_unless_he_answers() -> None:
    unseen: dict[str, Any] = {"lead": {"tracking": False}}
    assert story(live(OPENED, **unseen))[-1] == "8d end lost"
    assert story(live(OPENED, "3d answered", **unseen))[-1] == "8d end won"


def test_the_goal_is_judged_on_entry() -> None:
    flow = mail(above="goal: { if: lead.score.intent > 5, go: a }")
    assert story(live(flow, lead={"points": Points(intent=9)})) == ["0d end won"]


SATURDAY = utc("2026-03-07T09:00")
EXPIRING = """
steps:
  - send: m
    expires: EXPIRES
    within: 3 days
    when: { blocked: lost }
    otherwise: done
"""


@pytest.mark.parametrize(
    ("expires", "service", "told"),
    [
        ("3 days", False, "2d sent m | 5d end done"),
        ("1 day", False, "1d blocked m (too late) | 1d end lost"),
        ("1 day", True, "0d sent m | 3d end done"),
    ],
)
def test_marketing_mail_waits_for_its_hours_and_within_counts_from_when_it_left(
    expires: str, service: bool, told: str
) -> None:
    world: dict[str, Any] = {"send_hours": "office", "calendars": {"office": OFFICE}}
    mails = frozenset({"m"} if service else ())
    assert story(live(EXPIRING.replace("EXPIRES", expires), at=SATURDAY, service=mails, **world)) == told.split(" | ")


@pytest.mark.parametrize(("service", "second"), [((), "7d sent n | 8d end done"), (("m",), "0d sent n | 1d end done")])
def test_only_marketing_mail_counts_towards_the_limit(service: tuple[str, ...], second: str) -> None:
    flow = "limit: 1 mail per 7 days\nsteps:\n  - send: m\n  - send: n\n    within: 1 day\n  - end: done\n"
    assert story(live(flow, service=frozenset(service))) == ["0d sent m", *second.split(" | ")]


def test_an_ab_test_keeps_its_halves_and_nothing_waits_as_long() -> None:
    flow = """
steps:
  - send: { x: 50%, nothing: 50% }
    id: test
    within: 2 days
    when: { answered: won }
    otherwise: lost
"""
    stories = [story(live(flow, lead={"lead": f"lead-{n}"})) for n in range(100)]
    assert {told[-1] for told in stories} == {"2d end lost"}
    assert 40 <= sum("0d sent x" in told for told in stories) <= 60
    assert stories == [story(live(flow, lead={"lead": f"lead-{n}"})) for n in range(100)]


# --- waits ------------------------------------------------------------------------------------------------------

SPRING, AUTUMN = utc("2026-03-28T10:00"), utc("2026-10-24T10:00")  # the day before, in Amsterdam
DUTCH: dict[str, Any] = {"lead": {"fields": {"lead.country": "NL"}}}

WAITS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a weekday and time": ("until thursday 10:00", "3d1h", {}),
    "later today": ("until monday 10:00", "0d1h", {}),
    "the next time": ("until monday 08:00", "6d23h", {}),
    "business days: the same clock time": ("6 business days", "8d", {"calendar": OFFICE}),
    "business hours": ("10 business hours", "1d2h", {"calendar": OFFICE}),
    "a day is 24 hours, also in the night that has 23": ("1 day", "1d", {"at": SPRING, **DUTCH}),
    "a clock time is one on the wall": ("until sunday 09:00", "0d21h", {"at": SPRING, **DUTCH}),
    "one that is skipped is an hour later": ("until sunday 02:30", "0d15h30m", {"at": SPRING, **DUTCH}),
    "one that comes twice is its first coming": ("until sunday 02:30", "0d14h30m", {"at": AUTUMN, **DUTCH}),
}


@pytest.mark.parametrize("sentence", WAITS)
def test_a_wait_ends(sentence: str) -> None:
    until, ends, where = WAITS[sentence]
    assert story(live(f"steps:\n  - wait: {until}\n  - end: done\n", **where)) == [f"{ends} end done"]


DATES = {
    "a date": ("lead.fair", "", "8d15h"),
    "before it": ("2 days before lead.fair", "", "6d15h"),
    "after it": ("2 days after lead.fair", "", "10d15h"),
    "a past one is now": ("9 days before lead.fair", "", "0d"),
    "one that changes moves the wait": ("lead.fair", "3d learns fair=2026-04-01", "29d15h"),
    "also to before now": ("lead.fair", "3d learns fair=2026-03-03", "3d"),
    "one that is no longer known ends it": ("lead.fair", "3d learns fair=unknown", "3d"),
    "an own event ends it early": ("lead.fair", "3d quote.requested", "3d"),
}


@pytest.mark.parametrize("sentence", DATES)
def test_a_date(sentence: str) -> None:
    until, happens, ends = DATES[sentence]
    flow = f"steps:\n  - wait: until {until}\n    when: {{ quote.requested: next }}\n  - end: done\n"
    assert story(live(flow, happens, lead={"fields": {"lead.fair": date(2026, 3, 11)}})) == [f"{ends} end done"]


def test_an_unknown_date_is_otherwise_at_once() -> None:
    flow = f"steps:\n  - wait: until lead.fair\n    otherwise: b\n  - end: done\n{ENDS}"
    assert story(live(flow)) == ["0d end lost"]


PAUSED = """
steps:
  - wait: 5 days
  - send: m
    within: 5 days
    when: { answered: won }
    otherwise: next
  - call: s
    within: 5 days
    when: { else: lost }
    otherwise: done
"""


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        ("2d pause f\n4d resume f", "7d sent m | 12d call s | 17d withdraw | 17d end done"),
        ("6d pause f\n9d resume f", "5d sent m | 13d call s | 18d withdraw | 18d end done"),
        ("6d pause f\n7d answered\n9d resume f", "5d sent m | 7d end won"),
        ("11d pause f\n12d resume f", "5d sent m | 10d call s | 16d withdraw | 16d end done"),
    ],
)
def test_a_pause_freezes_the_time_that_is_left(happens: str, told: str) -> None:
    assert story(live(PAUSED, happens)) == told.split(" | ")


def test_what_a_step_did_is_seen_by_the_next() -> None:
    flow = f"""
steps:
  - tag: hot
  - score: {{ intent: 10 }}
  - set: {{ seen: today }}
  - choose:
      - if: tagged("hot") and lead.score.intent == 10 and known(lead.seen)
        go: next
      - else: discard
  - untag: hot
  - webhook: crm
  - choose:
      - if: tagged("hot")
        go: b
      - else: a
{ENDS}"""
    told = ["tag hot", "score", "set seen", "untag hot", "webhook crm", "end won"]
    assert story(live(flow)) == [f"0d {line}" for line in told]
