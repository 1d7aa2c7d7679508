"""What the machine keeps is said as people say it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from kweek.draw.say import event_words as within_a_sentence
from kweek.draw.say import title_words
from kweek.flow.duration import Duration
from kweek.flow.gate import Why
from kweek.flow.moment import parse_wait
from kweek.flow.plan import AnyStep, Call, Choose, Handover, Send, Task, Wait
from kweek.flow.words import BUILT_IN, HEARD_OUTSIDE, IMPORT_UNDONE
from kweek.intake.check_lead import LeadChecker, Vocabulary
from kweek.intake.imports.file_row import Refusal
from kweek.web.spoken import (
    event_words,
    field_words,
    label_words,
    outcome_words,
    refusal_words,
    script_words,
    step_words,
    time_words,
    topic_words,
    why_words,
)
from kweek.words import LANGUAGES, Tongue
from kweek.words.catalogue import catalogue
from kweek.words.own import own_words
from kweek.workspace import read_workspace

ROOT = Path(__file__).parents[2]
NL, EN = Tongue("nl"), Tongue("en")


def step(kind: type[AnyStep], **values: object) -> AnyStep:
    return kind(id="steps/x", path="steps", line=1, next=None, **values)  # type: ignore[arg-type]


WEEK = Duration(7, "day")
SAID = [
    (step(Wait, until=parse_wait("7 days")), "Wait 7 days", "Wacht 7 dagen"),
    (step(Wait, until=parse_wait("1 business hour")), "Wait 1 business hour", "Wacht 1 werkuur"),
    (step(Wait, until=parse_wait("until monday 09:00")), "Wait until Monday 09:00", "Wacht tot maandag 09:00"),
    (
        step(Wait, until=parse_wait("until 3 days before lead.contract_end")),
        "Wait until 3 days before “contract end”",
        "Wacht tot 3 dagen vóór “contract end”",
    ),
    (
        step(Wait, until=parse_wait("until handover.later_on")),
        "Wait until the day agreed with sales",
        "Wacht tot de dag die met sales is afgesproken",
    ),
    (
        step(Task, title="Send it to {{ lead.name }} again", within=WEEK),
        "Send it to [lead] again",
        "Send it to [lead] again",
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_of_kweeks_own_has_a_title_in_every_language(language: str) -> None:
    events = dict.fromkeys((*BUILT_IN, *HEARD_OUTSIDE, IMPORT_UNDONE))
    assert [kind for kind in events if f"event.{kind}" not in catalogue(language).sentences] == []
    assert event_words(NL, "grade.changed") == "Klasse veranderd"


def test_a_script_and_a_topic_are_called_by_their_titles() -> None:
    workspace = read_workspace(ROOT)
    assert workspace.surveys["keep-in-touch"].title
    say = Tongue("nl", own_words("nl", workspace.rules, workspace.surveys.values(), {}))
    assert (topic_words(say, "humidity"), topic_words(say, "lamps")) == ("Las over luchtvochtigheid", "lamps")
    title = workspace.surveys["keep-in-touch"].title["nl"]
    assert (script_words(say, "keep-in-touch"), script_words(say, "gone")) == (title, "gone")


def test_what_the_workspace_calls_its_own_is_said_where_it_is_named() -> None:
    own = (("event.quote.requested", "offerte gevraagd"), ("flow.long-term", "Lange adem"))
    say = Tongue("nl", own)
    assert event_words(say, "quote.requested") == "Offerte gevraagd"
    assert within_a_sentence(say, "quote.requested") == "offerte gevraagd"
    assert event_words(say, "flow long-term") == "Kwam uit de flow Lange adem"
    assert event_words(NL, "flow long-term") == "Kwam uit de flow long-term"


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Call {{ company.name or lead.name }}{% if lead.phone %} now{% endif %}", "Bel [bedrijf]"),
        ("Ask about {{lead.contract_end|day}}", "Ask about [contract end]"),
        ("{{ 1 }} of {{", "[…] of {{"),
    ],
)
def test_gaps_of_a_title_are_shown_as_what_fills_them(title: str, said: str) -> None:
    assert title_words(NL, title.replace("Call", "Bel")).removesuffix(" now") == said


def test_a_field_is_called_by_its_title_else_by_its_name_and_never_by_its_path() -> None:
    own = (("field.lead.contract_end", "einddatum contract"), ("field.event.fair.visited.wish", "wens"))
    say = Tongue("nl", own)
    paths = ("lead.contract_end", "contract_end", "event.fair.visited.wish", "event.desk.seen.wish", "own.met_at")
    assert [field_words(say, path) for path in paths] == [
        "einddatum contract", "einddatum contract", "wens", "wish", "met at",
    ]  # fmt: skip
    kweeks = ("company.size", "email", "infix", "own", "today", "data.later_on")
    assert [field_words(say, path) for path in kweeks] == [
        "grootte van het bedrijf", "e-mailadres", "tussenvoegsel", "own", "today", "afgesproken voor",
    ]  # fmt: skip
    assert label_words(say, "lead.contract_end") == "Einddatum contract"


def test_own_words_of_the_workspace_are_said_as_they_are_written() -> None:
    assert (event_words(NL, "replied"), event_words(NL, "quote.requested")) == ("Teruggeschreven", "Quote requested")
    assert (outcome_words(NL, "no answer"), outcome_words(NL, "won"), outcome_words(NL, "wants-sample")) == (
        "Geen gehoor", "Gewonnen", "Wants-sample",
    )  # fmt: skip


REFUSED = [
    ("name", "x" * 9_000, "dit is te lang: 9.000 tekens, hoogstens"),
    ("external_id", "a\nb", "hier staat een regeleinde"),
    ("name", "a\x00b", "hier staan tekens in die geen tekst heeft"),
    ("phone", "12", "dit is geen telefoonnummer"),
    ("email", "me", "dit is geen e-mailadres"),
    ("country", "Nowhere", "dit is geen land"),
    ("company", {"name": "Acme", "legal_form": "quilt"}, "“quilt” is hier geen bekende rechtsvorm; er zijn bv"),
    ("company", {"name": "Acme", "legal_form": "gmbhh"}, "“gmbhh” is hier geen bekende rechtsvorm; bedoelt u “gmbh”?"),
    ("company", {"name": "Acme", "size": 1.5}, "dit moet een heel aantal mensen zijn"),
    ("company", {"size": 3}, "dit ontbreekt"),
]


@pytest.mark.parametrize(("field", "value", "words"), REFUSED)
def test_why_a_row_was_refused_is_said_in_the_readers_language(field: str, value: object, words: str) -> None:
    checker = LeadChecker(Vocabulary(), datetime(2026, 3, 2, tzinfo=UTC))
    checker.lead({"email": "ann@example.com", field: value})
    [fault] = checker.faults
    assert refusal_words(NL, Refusal(field, "", fault.sentence, fault.values)).startswith(words), fault.words


def test_what_keeps_a_lead_after_an_undo_is_said_in_the_readers_language() -> None:
    stays = Refusal("", "", "the lead stays, for since then: {what}", {"what": "clicked, opened"})
    assert refusal_words(NL, Refusal.load(stays.dump())) == "de lead blijft, want sindsdien: clicked, opened"
    assert str(stays) == "the lead stays, for since then: clicked, opened"


@pytest.mark.parametrize("why", [*get_args(Why), "a person"])
def test_what_a_mail_waits_for_is_said_in_words(why: str) -> None:
    assert why not in (why_words(NL, why), why_words(EN, why))
