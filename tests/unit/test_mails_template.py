"""What a mail file says, and what is said to its author."""

from __future__ import annotations

import pytest

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
