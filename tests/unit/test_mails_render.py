"""Whatever a lead is called and whatever a template tries, the mail is right or is refused, and the worker lives."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from kweek.mails.context import context
from kweek.mails.render import Rendered, Renderer, RenderError
from kweek.mails.template import MailTemplate


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer() as renderer:
        yield renderer


def mail(body: str, subject: str = "Subject", **more: Any) -> MailTemplate:
    return MailTemplate("survey", more.pop("language", "en"), "survey.en.md", subject, body, 5, **more)


def given(name: str = "Sanne", **more: Any) -> dict[str, Any]:
    return context(
        lead={"first_name": name, "name": name}, company={"name": "Q & A"}, today=date(2026, 3, 2),
        sender={"name": "Example", "postal_address": "Street 1"}, survey_url="https://k.example/s/t",
        unsubscribe_url="https://k.example/u/t", **more,
    )  # fmt: skip


class Seen(HTMLParser):
    """Tags, targets and text of a page, as a mail client reads it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.targets: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.targets += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def done(rendered: Rendered) -> tuple[str, Seen]:
    text, page = rendered.finish()
    return text, Seen(page)


NAMES = [
    "<b>bold</b>", "<script>alert(1)</script>", "[x](javascript:alert(1))", "[x](https://evil.example)",
    "![x](https://evil.example/a.png)", "**strong** _em_ `code`", "# heading", "- item", "1. item", "> quote", "---",
    "| a | b |", "&lt;b&gt;", "{{ lead.email }}", "{% for x in 1 %}", "\\[x\\]", '"><img src=x onerror=alert(1)>',
    "<https://evil.example>", "```", "O’Neill & Söhne", "\ue0000\ue001", "\ue0020\ue003",
    "[a]: https://evil.example", "~~x~~",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_text_wherever_it_stands(name: str, renderer: Renderer) -> None:
    body = '{{ lead.name }}\n\nDear {{ lead.name }}, [{{ lead.name }}](https://ours.example/?n={{ lead.name }} "n")\n'
    rendered = renderer.render(mail(body, subject="Hi {{ lead.name }}", kind="service"), given(name))
    text, page = done(rendered)
    shown = name.replace("\ue000", "").replace("\ue001", "").replace("\ue002", "").replace("\ue003", "")
    assert rendered.subject == f"Hi {shown}"
    assert text.startswith(f"{shown}\n")
    assert f"Dear {shown}, {shown}" in page.text
    assert not {"script", "b", "img", "h1", "li", "hr", "em", "del", "blockquote", "code"} & set(page.tags)
    assert len(page.targets) == 1
    assert page.targets[0].startswith("https://ours.example/?n=")


@pytest.mark.parametrize("tail", ["\r\nBcc: evil@example.com", "\n\nsecond", "\x00\x1b[2J", "\u202etxt.exe"])
def test_a_name_cannot_break_a_line(tail: str, renderer: Renderer) -> None:
    rendered = renderer.render(mail("{{ lead.name }}", subject="{{ lead.name }}"), given("Sanne" + tail))
    assert rendered.subject.isprintable()


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//x", ""],
)
def test_a_link_of_the_leads_own_leads_nowhere_bad(target: str, renderer: Renderer) -> None:
    rendered = renderer.render(mail("[site]({{ event.site }})", kind="service"), given(event={"site": target}))
    text, page = done(rendered)
    assert (page.targets, "site" in text) == ([], True)


ESCAPES = [
    "{{ ''.__class__ }}", "{{ lead.__class__ }}", "{{ lead['__class__'] }}", "{{ [].__class__.__mro__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ lead | attr('__class__') }}", "{{ self.__init__ }}",
    "{{ cycler.__init__.__globals__.os }}", "{{ lipsum.__globals__ }}", "{{ namespace() }}", "{{ range(9) }}",
    "{{ config }}", "{% include '/etc/passwd' %}", "{% import 'os' as os %}", "{% extends 'x' %}", "{{ lead.items() }}",
    "{{ lead.items }}", "{{ '{0.__class__}'.format(lead) }}", "{{ '%s' | format(lead) }}", "{{ ['x'] | map('upper') }}",
    "{% macro m() %}{% endmacro %}", "{% block b %}{% endblock %}", "{% set x %}{% endset %}",
    "{% autoescape false %}{% endautoescape %}",
    "{{ joiner }}", "{{ loop }}", "{{ ''|safe }}", "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}", "{{ {}.pop }}",
    "{% set lead.x = 1 %}", "{{ undefined_thing.a.b }}", "{% call x() %}{% endcall %}", "{{ lead.name.upper() }}",
    "{% for x in [1] %}{{ loop._iterator }}{% endfor %}", "{% for x in [1] %}{{ loop.cycle }}{% endfor %}",
]  # fmt: skip


@pytest.mark.parametrize("escape", ESCAPES)
def test_a_template_sees_its_values_and_nothing_else(escape: str, renderer: Renderer) -> None:
    with pytest.raises(RenderError) as refused:
        renderer.render(mail(f"fine\n{escape}\n"), given())
    assert refused.value.code == "template"
    assert refused.value.line == 6


BOMBS = [
    "{{ 'x' * 10**10 }}", "{{ 'x' * 100000000000 }}", "{{ [0] * 10000000000 }}",
    "{% for a in 'x' * 9999 %}{% for b in 'x' * 9999 %}{% for c in 'x' * 9999 %}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in 'x' * 99999 %}{{ 'y' * 99999 }}{% endfor %}",
    "{% set x = [1] %}{% for a in 'x' * 60 %}{% set x = x + x %}{% endfor %}",
    "{% for a in 'x' * 9999999 %}{{ a }}{% endfor %}",
    "(" * 200_000, "{{ " + "(" * 50_000 + "1" + ")" * 50_000 + " }}", "{% if 1 %}" * 5_000,
    "[" * 60_000, "> " * 30_000 + "x",
    "{{ 'a' | replace('', 'b' * 9999999) | replace('', 'c' * 9999) }}", "*a " * 60_000,
    "{{ 9999999999 | round(99999) }}",
]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS, ids=range(len(BOMBS)))
def test_a_bomb_is_stopped_and_the_next_mail_is_rendered(bomb: str, renderer: Renderer) -> None:
    renderer.render(mail("ready"), given())
    began = time.monotonic()
    with contextlib.suppress(RenderError):  # some are cheap for us; then they are only a silly mail
        renderer.render(mail(bomb), given())
    assert time.monotonic() - began < 3
    assert renderer.render(mail("Hello"), given()).text.startswith("Hello")


def test_a_render_process_that_dies_is_replaced() -> None:
    with Renderer() as renderer:
        renderer.render(mail("one"), given())
        child = renderer.processes()[0]
        os.kill(child, signal.SIGKILL)
        assert renderer.render(mail("two"), given()).text.startswith("two")
        assert renderer.processes() != [child]


def test_a_render_process_has_nothing_of_ours_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KWEEK_DATABASE_URL", "postgresql://u:hushhush@h/d")
    with Renderer() as renderer:
        renderer.render(mail("one"), given())
        pid = renderer.processes()[0]
        assert b"KWEEK" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_threads_share_the_pool() -> None:
    with Renderer(processes=2) as renderer:
        texts: list[str] = []

        def one(n: int) -> None:
            texts.append(renderer.render(mail(f"number {n}", kind="service"), given()).text.split("\n")[0])

        threads = [threading.Thread(target=one, args=(n,)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(texts) == sorted(f"number {n}" for n in range(12))
        assert len(renderer.processes()) <= 2


def test_text_and_html_say_the_same(renderer: Renderer) -> None:
    body = (
        '# Hello\n\nA *word* and **[Book](https://ours.example/a%20b "book")**.\n\n'
        "- one\n- two\n\n1. first\n2. second\n\n> said\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    text, page = done(renderer.render(mail(body), given()))
    assert text == (
        "Hello\n\nA word and Book: https://ours.example/a%20b.\n\n- one\n- two\n\n1. first\n2. second\n\n> said\n\n"
        "a | b\n1 | 2\n\n-- \nExample\nStreet 1\n"
        "No longer interested in mail from us? Unsubscribe: https://k.example/u/t\n"
    )
    assert page.targets == ["https://ours.example/a%20b", "https://k.example/u/t"]
    assert "style" not in page.tags  # inlined: many clients drop the head


def test_dates_are_written_as_people_write_them(renderer: Renderer) -> None:
    for language, shown in (("nl", "2 maart 2026"), ("en", "2 March 2026"), ("de", "2 March 2026")):
        assert renderer.render(mail("{{ today }}", language=language), given()).text.startswith(shown)


def test_service_mail_has_no_way_out_and_a_pixel_only_when_asked(renderer: Renderer) -> None:
    rendered = renderer.render(mail("Hello", kind="service"), given())
    assert rendered.links == ()
    assert "<img" not in rendered.finish()[1]
    assert '<img src="https://k.example/o?a=1&amp;b=2"' in rendered.finish(pixel="https://k.example/o?a=1&b=2")[1]


def test_unknown_fields_of_open_places_print_as_nothing(renderer: Renderer) -> None:
    body = "a{{ event.size }}b{{ survey.brochure.budget }}c{{ bant.need }}d{{ lead.job_title }}e"
    assert renderer.render(mail(body), given()).text.startswith("abcde")
