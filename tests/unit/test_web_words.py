"""The pages' words: each in both languages, none missing, and what the machine keeps is said as people say it."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from kweek.flow.duration import Duration
from kweek.flow.moment import parse_wait
from kweek.flow.plan import AnyStep, Call, Choose, Handover, Send, Task, Wait
from kweek.web.spoken import event_words, outcome_words, step_words, time_words, why_words
from kweek.web.words import WORDS, Tongue, frame, happenings, home, leads, mails, picture, steps, work

PARTS = (frame, happenings, home, leads, mails, picture, steps, work)
WEB = Path(__file__).parents[2] / "kweek" / "web"
ASKING = (*WEB.rglob("*.html"), *WEB.glob("*.py"), *(WEB.parent / "draw").glob("*.py"))
NL, EN = Tongue("nl"), Tongue("en")


def test_no_key_is_written_twice() -> None:
    assert len(WORDS) == sum(len(part.WORDS) for part in PARTS)


def test_both_languages_fill_in_the_same_values() -> None:
    for key, sentences in WORDS.items():
        english, dutch = ({name for _, name, _, _ in Formatter().parse(one) if name} for one in sentences)
        assert english == dutch, key


def test_every_word_that_a_page_or_a_module_asks_for_is_there() -> None:
    found: dict[str, str] = {}
    for file in ASKING:
        keys = re.findall(r"""(?:\b_|\bsay|td|\bfact)\("([a-z_]+\.[a-z0-9_. -]+)\"""", file.read_text())
        found |= dict.fromkeys(keys, file.name)
    assert len(found) > 60
    assert {key: file for key, file in found.items() if key not in WORDS} == {}


def test_no_word_is_left_that_nobody_says() -> None:
    """Those under a prefix are asked for by what the machine keeps."""
    kept = ("event.", "outcome.", "status.", "why.", "time.", "day.", "result.", "problem.", "meant.", "language.",
            "stage.", "fault.", "wrong.", "act.", "past.", "home.sum.", "picture.when.", "picture.end.",
            "picture.prefer.", "picture.axis.")  # fmt: skip
    said = "".join(file.read_text() for file in ASKING)
    assert [key for key in WORDS if not key.startswith(kept) and f'"{key}"' not in said] == []


def step(kind: type[AnyStep], **values: object) -> AnyStep:
    return kind(id="steps/x", path="steps", line=1, next=None, **values)  # type: ignore[arg-type]


WEEK = Duration(7, "day")
SAID = [
    (step(Wait, until=parse_wait("7 days")), "Wait 7 days", "Wacht 7 dagen"),
    (step(Wait, until=parse_wait("1 business hour")), "Wait 1 business hour", "Wacht 1 werkuur"),
    (step(Wait, until=parse_wait("until monday 09:00")), "Wait until Monday 09:00", "Wacht tot maandag 09:00"),
    (
        step(Wait, until=parse_wait("until 3 days before lead.contract_end")),
        "Wait until 3 days before lead.contract_end",
        "Wacht tot 3 dagen vóór lead.contract_end",
    ),
    (
        step(Send, mails=(("survey", 100),), within=WEEK),
        "Send survey, wait 7 days",
        "Verstuur survey, wacht 7 dagen",
    ),
    (step(Send, mails=(("a", 50), (None, 50))), "Send a or nothing", "Verstuur a of niets"),
    (
        step(Call, script="brochure", within=Duration(5, "day", business=True)),
        "Call with brochure, within 5 business days",
        "Bel met brochure, binnen 5 werkdagen",
    ),
    (step(Handover, team="sales"), "Hand over to sales", "Draag over aan sales"),
    (step(Task, title="Send a sample", within=WEEK), "Send a sample", "Send a sample"),
    (step(Choose, branches=()), "Choose", "Kies"),
]


@pytest.mark.parametrize(("step", "english", "dutch"), SAID, ids=[english for _, english, _ in SAID])
def test_a_step_is_said_in_the_readers_language(step: AnyStep, english: str, dutch: str) -> None:
    assert (step_words(EN, step), step_words(NL, step)) == (english, dutch)


@pytest.mark.parametrize("unit", ["minute", "hour", "day", "week"])
@pytest.mark.parametrize("amount", [1, 2])
@pytest.mark.parametrize("business", [True, False])
def test_english_says_a_duration_as_it_is_written(unit: str, amount: int, business: bool) -> None:
    if business and unit in ("minute", "week"):
        return
    assert time_words(EN, Duration(amount, unit, business)) == str(Duration(amount, unit, business))


@pytest.mark.parametrize(
    ("why", "dutch"),
    [
        ("suppressed: unsubscribed", "mag niet gemaild worden: afgemeld"),
        ("mailbox full: 552 5.2.2", "postbus vol: 552 5.2.2"),
        ("released by anna", "vrijgegeven door anna"),
        ("450 4.7.1", "450 4.7.1"),
    ],
)
def test_the_ledgers_reasons_are_said(why: str, dutch: str) -> None:
    assert why_words(NL, why) == dutch


def test_own_words_of_the_workspace_are_said_as_they_are_written() -> None:
    assert (event_words(NL, "replied"), event_words(NL, "quote.requested")) == ("Teruggeschreven", "Quote requested")
    assert (outcome_words(NL, "no answer"), outcome_words(NL, "won"), outcome_words(NL, "wants-sample")) == (
        "Geen gehoor", "Gewonnen", "Wants-sample",
    )  # fmt: skip
