"""Do the manual's own examples work? Each is sent as it stands there."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kweek.intake.costing import enter
from kweek.leads import tables
from kweek.leads.calling import LEGAL_FORMS
from kweek.leads.permission import allowed
from tests.web.conftest import NOW, Books, TestClient

DOCS = Path(__file__).parents[2] / "docs"
CSV = re.compile(r"```csv\n(.*?)```", re.DOTALL)
CURL = re.compile(r"curl[^\n]*?(/api/\w+)[^'\n]*?-d '(\{.*?\})'\n```", re.DOTALL)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("page", ["first-flow.md", "operating.md", "api.md"])
def test_an_event_of_the_manual_is_taken_and_its_lead_may_be_mailed(api: TestClient, books: Books, page: str) -> None:
    examples = CURL.findall((DOCS / page).read_text())
    assert examples
    for path, example in examples:
        answer = api.post(path, json=json.loads(example))
        assert answer.status_code == 201, answer.text
        with books.db.read() as read:
            assert allowed(read, answer.json()["lead_id"], "email", NOW, "advice")


class Form(HTMLParser):
    """The fields of a form, as a browser sends them when somebody fills in what is empty."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.action = (given["action"] or "").removeprefix("https://leads.example.com")
        if tag == "input" and "hidden" not in given:
            self.fields[given["name"] or ""] = given.get("value") or "Ann"


@pytest.mark.usefixtures("published")
def test_the_form_of_the_manual_is_taken_whole(web: TestClient, books: Books) -> None:
    [html] = re.findall(r"```html\n(.*?)```", (DOCS / "forms.md").read_text(), re.DOTALL)
    form = Form()
    form.feed(html)
    assert web.post(form.action, data={**form.fields, "email": "ann@example.com"}).status_code == 200
    assert (books.count(tables.consents), books.count(tables.companies), books.rows(tables.problems)) == (1, 1, [])


def test_the_manual_says_truly_from_where_leads_come(api: TestClient, books: Books) -> None:
    text = (DOCS / "campaigns.md").read_text()
    [html], [(_, event)], [csv] = (
        re.findall(r"```html\n(.*?)```", text, re.DOTALL),
        CURL.findall(text),
        CSV.findall(text),
    )
    form = Form()
    form.feed(html)
    assert api.post(form.action, data=form.fields | {"email": "ann@example.com"}).status_code == 200
    assert api.post("/api/events", json=json.loads(event)).status_code == 201
    done = enter(books.db, csv.encode(), "EUR", "anna", NOW, make=True)
    assert (done.wrong, done.cents, done.made) == ([], 134_550, ["linkedin"])
    touches = [(touch.campaign, touch.source, touch.medium, len(touch.more)) for touch in books.rows(tables.touches)]
    assert touches == [("spring-fair", "linkedin", None, 1), ("spring-fair", "stand 12", "fair", 1)]
    assert books.rows(tables.problems) == []


def test_the_manual_names_every_legal_form() -> None:
    text = (DOCS / "api.md").read_text()
    assert [form for form in LEGAL_FORMS if f"`{form}`" not in text] == []
