"""What a mail file says, and what is said to its author."""

from __future__ import annotations

import pytest

from kweek.mails.misnamed import misnamed
from kweek.mails.template import MailTemplate, parse_mail

GOOD = """---
subject: {{ lead.first_name }}: 3 days left #hurry
kind: marketing
purpose: news
survey: brochure
---
Hello, [answer]({{ survey_url }} "survey") or [book](https://example.com/demo "book-a-demo").
"""


def parsed(text: str, file: str = "templates/mails/survey.en.md") -> tuple[MailTemplate | None, list[tuple[int, str]]]:
    mail, problems = parse_mail(file, text)
    return mail, [(problem.line, problem.code) for problem in problems]


def test_front_matter_is_what_it_looks_like() -> None:
    mail, problems = parsed(GOOD)
    assert problems == []
    assert mail is not None
    assert (mail.name, mail.language, mail.survey, mail.purpose) == ("survey", "en", "brochure", "news")
    assert mail.subject == "{{ lead.first_name }}: 3 days left #hurry"
    assert mail.body_line == 7
    assert mail.link_names == ("survey", "book-a-demo")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("subject: ", "subjet: "), [(2, "unknown-key")]),
        (("kind: marketing", "kind: spam"), [(3, "mail-kind")]),
        (("kind: marketing\npurpose: news", "kind: transactional"), [(3, "mail-kind")]),
        (("subject: ", "subject:"), [(2, "mail-front-matter")]),
        (("---\nsubject", "--\nsubject"), [(1, "mail-front-matter")]),
        (("---\nHello", "----\nHello"), [(6, "mail-front-matter")]),
        (("purpose: news\n", ""), [(3, "mail-purpose")]),
        (("survey: brochure", "kind: service"), [(5, "duplicate-key")]),
        (("survey: brochure", "what is this"), [(5, "mail-front-matter")]),
        (("---\nsubject", "subject"), [(1, "mail-front-matter")]),
        (("---\nHello", "Hello"), [(6, "mail-front-matter")]),
        (('"book-a-demo"', '"survey"'), [(7, "mail-link-name")]),
    ],
)
def test_every_mistake_has_its_line(change: tuple[str, str], found: list[tuple[int, str]]) -> None:
    assert sorted(parsed(GOOD.replace(*change, 1))[1]) == found


@pytest.mark.parametrize("file", ["survey.md", "Survey.nl.md", "survey_2.nl.md", "survey.dutch.md"])
def test_a_file_says_which_mail_in_which_language(file: str) -> None:
    assert parsed(GOOD, file) == (None, [(1, "mail-name")])


def test_a_long_file_and_an_empty_one_are_refused() -> None:
    assert parsed(GOOD + "x" * 300_000) == (None, [(1, "mail-size")])
    assert (7, "mail-body") in parsed(GOOD.split("Hello")[0])[1] or (6, "mail-body") in parsed(GOOD.split("Hello")[0])[
        1
    ]


def test_what_is_nearly_front_matter_is_told_how_it_is_written() -> None:
    glued = parse_mail("templates/mails/a.en.md", GOOD.replace("kind: ", "kind:"))[1]
    assert [problem.fix for problem in glued] == ["Put a blank behind it: kind: marketing"]
    short = parse_mail("templates/mails/a.en.md", GOOD.replace("---\nHello", "--\nHello"))[1]
    assert [problem.fix for problem in short] == ["Write: ---"]


LANGUAGES = ("nl", "en")
FILES = ("menu-card.en.md", "menu-card.nl.md", "offer.en.md", "offer.nl.md")


@pytest.mark.parametrize(
    ("file", "called"),
    [
        ("menu-card.nl.md", "menu_card.nl.md"),
        ("menu-card.nl.md", "menu-card_nl.md"),
        ("menu-card.nl.md", "Menu card.NL.md"),
        ("menu-card.nl.md", "menu-card.md"),
        ("menu-card.en.md", "menu-cart.en.md"),
    ],
)
def test_a_mail_whose_file_has_another_name_is_found_all_the_same(file: str, called: str) -> None:
    files = [called if one == file else one for one in FILES]
    assert misnamed(files, LANGUAGES, {"menu-card", "offer"}) == {called: file}


def test_a_mail_of_another_name_is_left_alone() -> None:
    assert misnamed([*FILES, "season.nl.md"], LANGUAGES, {"menu-card", "offer"}) == {}
    assert misnamed(["offer.en.md", "offers.nl.md"], LANGUAGES, {"offer", "offers"}) == {}
    assert misnamed(["offer.en.md", "menu.nl.md"], LANGUAGES, {"offer"}) == {}
