"""What the linter says of mails: every one renders, in every language, for a lead of whom little is known too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kweek.mails.check import check_mails
from kweek.mails.render import Renderer
from kweek.mails.template import MailTemplate, parse_mail


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer() as renderer:
        yield renderer


def read(body: str, language: str = "nl", front: str = "subject: Hello\nkind: service\n") -> MailTemplate:
    mail, problems = parse_mail(f"templates/mails/survey.{language}.md", f"---\n{front}---\n{body}\n")
    assert mail is not None
    assert problems == []
    return mail


CASES = [
    ("Hello {{ lead.contract_end }} and {{ event.anything }}", []),
    ("one\n\nDear {{ lead.frist_name }}", [(7, 9, "unknown-name", "lead.first_name")]),
    ("{{ survey_link }}", [(5, 4, "unknown-name", "“survey_url”")]),
    ("{{ leed.name }}", [(5, 4, "unknown-name", "lead")]),
    ("{{ company.nam }} {{ lead.contract_begin }}", [
        (5, 4, "unknown-name", "company.name"), (5, 22, "unknown-name", "lead.contract_end")]),
    ("{{ lead.name | uper }}", [(5, 16, "unknown-name", "upper")]),
    ("one\n{% if lead.name %}", [(6, 1, "mail-template", "{% endif %}")]),
    ("{% for x in lead.name %}{{ x }}{{ loop.index }}{% endfor %}{% set y = 1 %}{{ y }}",
     [(5, 1, "mail-template", "iterable")]),
    ("{{ lead.engagement + 1 }}", [(5, 1, "mail-template", "NoneType")]),
    ("[x]({{ survey_url }} \"survey\")", [(5, 8, "mail-survey", "survey:")]),
    ("[x]({ survey_url } \"survey\")", [(5, 5, "mail-braces", "{{ survey_url }}")]),
    ("Dear { lead.name } and {unknown}", [(5, 6, "mail-braces", "{{ lead.name }}")]),
    ("Dear %FIRSTNAME%, 50% of [first name] and *|LNAME|*", [(5, 6, "mail-braces", "{{ lead.first_name }}"),
        (5, 26, "mail-braces", "{{ lead.first_name }}"), (5, 43, "mail-braces", "{{ lead.last_name }}")]),
    ('Dear { lead.name or "you" }}', [(5, 6, "mail-braces", '{{ lead.name or "you" }}')]),
    ("Dear { lead.name }} and [[ lead.email ]]", [
        (5, 6, "mail-braces", "{{ lead.name }}"), (5, 25, "mail-braces", "{{ lead.email }}")]),
    ("{% if lead.name %}a{% endfi %}", [(5, 20, "mail-template", "endif")]),
    ("{% if lead.name %}a{% endfor %}{% endif %}", [(5, 20, "mail-template", "endif")]),
    ('Dear {{ company.name or { "x" }}', [(5, 6, "mail-template", "stands “}”, where “:” should be")]),
    ("Take {{ survey url }}", [(5, 6, "mail-template", "Write {{ survey_url }}.")]),
    ("Dear {{ lead.first name }}", [(5, 6, "mail-template", "Write {{ lead.first_name }}.")]),
    ("Dear {{ lead.name or dear reader }}", [(5, 6, "mail-template", 'Write {{ lead.name or "dear reader" }}.')]),
    ("Dear {{ company.name or you }}", [(5, 25, "unknown-name", 'in quotes: or "you"')]),
    ("Dear {{ first_name }}", [(5, 9, "unknown-name", "Write lead.first_name instead of first_name.")]),
    ("{% if lead.first_name %}{{ first_name }}{% endif %}", [(5, 28, "unknown-name", "Write lead.first_name instead")]),
    ("{{ contact.firstname }}", [(5, 4, "unknown-name", "Write lead.first_name instead of contact.firstname.")]),
    ("{{ customer.first_name }}", [(5, 4, "unknown-name", "Write lead.first_name instead of customer.first_name.")]),
    ("{{ company_name }}", [(5, 4, "unknown-name", "Write company.name instead of company_name.")]),
    ("{{ order_number }}", [(5, 4, "unknown-name", "There are: lead, company")]),
    ('{{ lead.name | default: "you" }}', [(5, 1, "mail-template", 'Write {{ lead.name or "you" }}.')]),
    ("{{ lead.name ?? 'you' }}", [(5, 1, "mail-template", "Write {{ lead.name or 'you' }}.")]),
    ("a {{ }} b", [(5, 3, "mail-template", "Write one name")]),
    ("a {# b", [(5, 3, "mail-template", "#}")]),
    ("[x](www.example.com \"x\")", [(5, 5, "mail-link-target", "https://")]),
    ("[x](javascript:alert(1) \"x\")", [(5, 25, "mail-link-target", "https://")]),
    ("[x](https://example.com/a b \"x\")", [(5, 29, "mail-link-target", "has a blank")]),
    ("{% for a in 'x' * 99999 %}{% for b in 'x' * 99999 %}{% endfor %}{% endfor %}",
     [(1, 1, "mail-too-slow", "longer")]),
    ("word " * 30_000, [(5, 1, "mail-long", "KiB")]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), CASES, ids=range(len(CASES)))
def test_a_mistake_has_its_place_and_its_remedy(
    body: str, expected: list[tuple[int, int, str, str]], renderer: Renderer
) -> None:
    found = check_mails([read(body)], ["nl"], {"contract_end": "date"}, renderer)
    assert [(one.line, one.column, one.code) for one in found] == [case[:3] for case in expected]
    for problem, (*_, words) in zip(found, expected, strict=True):
        assert words in f"{problem.what} {problem.why} {problem.fix}"


def test_braces_are_looked_for_in_the_subject_too(renderer: Renderer) -> None:
    mail = read("Hello", front="subject: { lead.name }} asks\nkind: service\n")
    [found] = check_mails([mail], ["nl"], {}, renderer)
    assert (found.line, found.code, found.fix) == (2, "mail-braces", "Write {{ lead.name }}")


NO_LINKS = [
    ('one\n[tuner] (https://example.com "tuner")', 6, "a blank between ] and ("),
    ("[tuner](https://example.com ”tuner”)", 5, "are not straight"),
    ('[tuner](https://example.com "tuner"', 5, "Its ( is never closed."),
    ("[tuner](https://example.com tuner)", 5, "The name of a link stands in quotes."),
    ("[tuner]({{ survey_url }} tuner)", 5, "The name of a link stands in quotes."),
]


@pytest.mark.parametrize(("body", "line", "words"), NO_LINKS, ids=[case[2] for case in NO_LINKS])
def test_what_only_looks_like_a_link_is_said_and_why(body: str, line: int, words: str) -> None:
    mail, [found] = parse_mail("templates/mails/due.nl.md", f"---\nsubject: a\nkind: service\n---\n{body}\n")
    assert mail is not None
    assert (found.line, found.column, found.code) == (line, 1, "mail-link-target")
    assert words in found.why


def test_two_links_of_one_name_are_named_both() -> None:
    body = '[a](https://example.com/a "x")\n\n[b](https://example.com/b "x")\n'
    _, [found] = parse_mail("templates/mails/due.nl.md", f"---\nsubject: a\nkind: service\n---\n{body}")
    assert (found.line, found.what) == (7, "Two links are called “x”, here and in line 5.")


def test_a_mail_is_there_in_every_language(renderer: Renderer) -> None:
    found = check_mails([read("Hallo")], ["nl", "en"], {}, renderer)
    assert [(one.code, "survey.en.md" in one.fix) for one in found] == [("mail-language", True)]


def test_a_link_to_the_survey_that_is_missed_is_missed_once(renderer: Renderer) -> None:
    front = "subject: a\nkind: service\nsurvey: brochure\n"
    mails = [read("Hallo", front=front), read('[yes]({{ survey_url }} "survey")', "en", front=front)]
    assert [one.code for one in check_mails(mails, ["nl", "en"], {}, renderer)] == ["mail-survey"]


def test_one_mail_is_the_same_in_every_language(renderer: Renderer) -> None:
    nl = read('Hallo [ja](https://example.com "yes")', front="subject: a\npurpose: news\n")
    en = read('Hello [yes](https://example.com "yess")', "en")
    codes = [(one.file[-5:-3], one.code, one.severity) for one in check_mails([nl, en], ["nl", "en"], {}, renderer)]
    assert codes == [("en", "mail-differs", "error")] * 2 + [("en", "mail-differs", "warning")]


def test_a_link_is_called_as_the_flow_has_it_or_as_in_most_languages(renderer: Renderer) -> None:
    [nl, de, en] = [read(f'[a](https://example.com "{name}")', language) for name, language in LINKS]
    languages = ["nl", "de", "en"]
    [found] = check_mails([en, nl, de], languages, {}, renderer)
    assert (found.file[-5:], found.fix) == ("en.md", "Write “visit” in both.")
    [found] = check_mails([en, nl], ["nl", "en"], {}, renderer, {"survey": {"visit"}, "other": {"a-visit"}})
    assert (found.file[-5:], found.severity, found.fix) == ("en.md", "error", "Write “visit”.")
    assert found.why.startswith("A flow waits for “clicked visit”")
    two = check_mails([en, nl, de], languages, {}, renderer, {"survey": {"a-visit"}})
    assert {one.file[-5:] for one in two} == {"nl.md", "de.md"}


LINKS = (("visit", "nl"), ("visit", "de"), ("a-visit", "en"))


def test_a_link_that_has_no_name_in_one_language_is_shown_where_it_stands(renderer: Renderer) -> None:
    nl = read('[a](https://example.com/a "a")\n\n[plan](https://example.com/nl "plan")')
    en = read('[a](https://example.com/a "a")\n\n[plan](https://example.com/en)', "en")
    [found] = check_mails([nl, en], ["nl", "en"], {}, renderer, {"survey": {"plan"}})
    assert (found.file[-5:], found.line, found.column) == ("en.md", 7, 6)
    assert found.what == "This link has no name; in survey.nl.md it is called “plan”."


def test_a_survey_that_one_language_does_not_name_is_missed_once(renderer: Renderer) -> None:
    link = '[yes]({{ survey_url }} "survey")'
    mails = [read(link), read(link, "en", front="subject: a\nkind: service\nsurvey: brochure\n")]
    assert [one.file[-5:] for one in check_mails(mails, ["nl", "en"], {}, renderer)] == ["nl.md"]
    assert [one.file[-5:] for one in check_mails(mails[::-1], ["nl", "en"], {}, renderer)] == ["nl.md"]
