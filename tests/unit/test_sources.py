"""From where somebody came, as programs, forms and links say it; and what a file of costs says."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kweek.intake.check import check
from kweek.intake.check_lead import Vocabulary
from kweek.intake.cost_file import Line, NoCostFileError, WrongLine, day_of, read_costs
from kweek.intake.forms import event_of_form
from kweek.intake.incoming import BadEventError, TouchIn
from kweek.intake.sources import asked_in, touch_of_link
from kweek.leads.campaigns import campaign_word

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORDS = Vocabulary({"brochure.requested": {"brochure": "text"}}, {"utm_term": "text"})


def api(source: object) -> TouchIn | None:
    event = {"id": "e", "type": "brochure.requested", "lead": {"email": "ann@example.com"}, "source": source}
    return check(event, WORDS, NOW).touch


def form(**fields: str) -> tuple[TouchIn | None, list[str]]:
    given = {name: [value] for name, value in ({"email": "ann@example.com"} | fields).items()}
    event = event_of_form("brochure.requested", given, WORDS, NOW, "proof")
    assert event is not None
    return event.touch, [note.words for note in event.notes]


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("spring-fair", "spring-fair"), (" Spring  FAIR\t", "spring-fair"), ("2026/spring", "2026-spring"),
        ("Caf\u0065\u0301", "café"), ("a\u200bb", "ab"), ("x" * 200, "x" * 100),
        ("..", None), (" ", None), ("\0", None),
    ],
)  # fmt: skip
def test_a_campaign_is_one_word_whoever_writes_it(written: str, word: str | None) -> None:
    assert campaign_word(written) == word
    assert word is None or campaign_word(word) == word


def test_a_program_says_from_where() -> None:
    said = {"campaign": "Spring Fair", "source": "linkedin", "medium": "social", "content": "blue button",
            "referrer": "https://www.linkedin.com/feed/?who=ann#top"}  # fmt: skip
    more = {"content": "blue button", "referrer": "https://www.linkedin.com/feed/"}
    assert api(said) == TouchIn("api", "Spring Fair", "linkedin", "social", more)
    assert [api(nothing) for nothing in (None, {}, {"campaign": ""})] == [None] * 3


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ("spring-fair", "source"),
        ({"campain": "x"}, "source.campain"),
        ({"campaign": "x" * 101}, "source.campaign"),
        ({"campaign": "..."}, "source.campaign"),
        ({"campaign": 3}, "source.campaign"),
        ({"medium": "a\nb"}, "source.medium"),
        ({"term": "x" * 201}, "source.term"),
        ({"referrer": "www"}, "source.referrer"),
        ({"referrer": "https://ann:secret@example.com/"}, "source.referrer"),
    ],
)
def test_what_is_wrong_with_it_is_said_by_field(source: object, field: str) -> None:
    with pytest.raises(BadEventError) as raised:
        api(source)
    assert [fault.field for fault in raised.value.faults] == [field]


def test_the_campaign_is_no_field_of_the_lead() -> None:
    event = {"id": "e", "type": "brochure.requested", "lead": {"email": "ann@example.com", "campaign": "fair"}}
    with pytest.raises(BadEventError, match="no such field"):
        check(event, WORDS, NOW)


def test_a_form_says_from_where_and_no_click_is_kept() -> None:
    touch, notes = form(
        utm_campaign="fair", utm_source="google", gclid="abc", fbclid="x", utm_id="7", _gl="1", li_fat_id="3"
    )
    assert (touch, notes) == (TouchIn("form", "fair", "google"), [])
    assert form() == (None, [])


def test_what_a_form_says_at_too_great_a_length_is_shortened() -> None:
    touch, notes = form(utm_campaign="Spring / Fair " * 9, utm_source="google " * 40)
    assert touch is not None
    assert (touch.campaign, touch.source) == (campaign_word("Spring / Fair " * 9), ("google " * 40)[:200].strip())
    assert notes == []


def test_what_a_form_cannot_say_is_left_out_and_told() -> None:
    touch, notes = form(utm_campaign="fair\x01", utm_source="google")
    assert touch == TouchIn("form", None, "google")
    assert len(notes) == 1
    assert "source.campaign" in notes[0]


def test_a_field_of_the_workspaces_own_gets_it_too() -> None:
    event = event_of_form("brochure.requested", {"email": ["a@b.nl"], "utm_term": ["pump"]}, WORDS, NOW, "proof")
    assert event is not None
    assert event.touch == TouchIn("form", more={"term": "pump"})
    assert event.lead.fields == {"utm_term": "pump"}


def test_an_address_says_what_its_form_does_not() -> None:
    query = [("utm_campaign", "fair"), ("email", "eve@example.com"), ("utm_source", "")]
    assert asked_in(query) == {"utm_campaign": ["fair"]}


@pytest.mark.parametrize(
    ("target", "touch"),
    [
        ("https://x.nl/?utm_campaign=June&utm_medium=email&utm_campaign=July", TouchIn("mail", "June", None, "email")),
        ("https://x.nl/?referrer=https://y.nl", None),
        ("https://x.nl/prices", None),
        ("https://[broken", None),
    ],
)  # fmt: skip
def test_a_link_of_a_mail_belongs_to_a_campaign_if_it_says_so(target: str, touch: TouchIn | None) -> None:
    assert touch_of_link(target) == touch


# --- costs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["2026-03-02", "2-3-2026", "02-03-2026", "02.03.2026", " 2026-03-02 "])
def test_a_day_is_read_as_it_is_meant(written: str) -> None:
    assert day_of(written) == date(2026, 3, 2)


@pytest.mark.parametrize("written", ["", "02/03/2026", "02/13/2026", "30-2-2026", "2-3-26", "1926-03-02", "soon"])
def test_what_may_be_two_days_is_none(written: str) -> None:
    assert day_of(written) is None


def test_a_file_of_costs_is_read_line_by_line() -> None:
    text = (
        "Campagne;Datum;Bedrag;Omschrijving\r\n"
        'Spring Fair;02-03-2026;1.250,00;"stand;\r\n12 m²"\r\n\r\n'
        "news;2026-03-03;95,50;\r\nnews;2026-03-03;95,50;\r\n;x;0\r\n"
    )
    for raw in (text.encode("utf-8-sig"), text.encode("cp1252")):
        fair, news, again, wrong = read_costs(raw, "EUR", "anna")
        assert isinstance(fair, Line)
        entry = fair.entry
        assert (fair.number, entry.campaign, entry.on) == (3, "spring-fair", date(2026, 3, 2))
        assert (entry.cents, entry.words, entry.by) == (125_000, "stand; 12 m²", "anna")
        assert isinstance(news, Line)
        assert isinstance(again, Line)
        assert news.entry.once != again.entry.once, "two alike are two"
        assert isinstance(wrong, WrongLine)
        assert wrong.number == 7
        assert all(word in wrong.why for word in ("no campaign", "“x” is not a day", "“0” is not a sum in EUR"))


def test_a_quote_that_is_not_closed_costs_one_line() -> None:
    text = 'campaign;date;amount;words\nfair;2026-03-02;1;"stand\nfair;2026-03-03;2;x\n'
    text += 'fair;2026-03-04;3;"y\nfair;2026-03-05;4;z\n'
    found = list(read_costs(text.encode(), "EUR", "anna"))
    assert [(one.number, isinstance(one, Line)) for one in found] == [(2, False), (3, True), (4, False), (5, True)]


def test_a_line_of_costs_is_not_guessed_at() -> None:
    text = "campaign,date,amount,words\nlinkedin,2026-03-02,1,250.00,stand\n"
    text += "news,2026-03-03,5,Zoë,,\nnews,2026-03-03,5,Café\n"
    wrong, right, _ = read_costs(text.encode(), "EUR", "anna")
    assert isinstance(wrong, WrongLine)
    assert wrong.why.startswith("it has 5 cells, and there are 4 columns")
    assert isinstance(right, Line)
    _, _, lost = read_costs(text.encode().replace("é".encode(), b"\xe9"), "EUR", "anna")
    assert isinstance(lost, WrongLine)
    [line] = read_costs("campaign\tdate\tamount\nfair\t2026-03-02\t12,5\n".encode("utf-16"), "EUR", "anna")
    assert isinstance(line, Line)
    assert line.entry.cents == 1_250


@pytest.mark.parametrize("raw", [b"", b"campaign,date\nx,y\n", b"PK\x03\x04\0\0", b"a;b;c\n1;2;3\n"])
def test_a_file_that_is_none_is_told_what_it_needs(raw: bytes) -> None:
    with pytest.raises(NoCostFileError, match=r"campaign, date and amount|not a text file"):
        list(read_costs(raw, "EUR", "anna"))
