"""The page on which a colleague changes what is known of a lead, or takes it away."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from playwright.sync_api import Browser, expect
from sqlalchemy import Row, select, update

from kweek.flow.state import Event
from kweek.intake.ears import FlowEars
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.web.house import House
from kweek.web.rules import WorkspaceRules
from tests.web.browsing import fits, free_port, serving, visit
from tests.web.conftest import ROOT, Books, TestClient
from tests.web.pages import press

PAGE = "/leads/ann/known"
NL = {"accept-language": "nl"}


@pytest.fixture
def db(database: Database) -> Database:
    return database


@pytest.fixture(autouse=True)
def ann(books: Books) -> Books:
    books.add(tables.companies, id="acme", name="Acme", name_key="acme", fields={})
    known = {"name": "Ann <i>", "phone": "+31201234567", "job_title": "Student", "country": "NL", "company_id": "acme"}
    books.lead("ann", **known, fields={"building": "hall", "contract_end": "2026-12-31"})
    return books


def lead(books: Books, id: str = "ann") -> Row[Any]:
    return next(row for row in books.rows(tables.leads) if row.id == id)


def opened(staff: TestClient) -> dict[str, str]:
    """What a browser would send of the page as it is now."""
    staff.cookies.set("kweek_as", "anna")
    return sent_back(staff.get(PAGE).text)


def sent_back(page: str) -> dict[str, str]:
    found = re.findall(r'<input[^>]* name="((?:known|was)\.[^"]+|id)"[^>]* value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def save(staff: TestClient, page: dict[str, str], **typed: str) -> Response:
    return press(staff, PAGE, "save", **page | {f"known.{name}": text for name, text in typed.items()})


def test_a_colleague_changes_some_and_takes_some_away_and_the_story_says_so(staff: TestClient, books: Books) -> None:
    assert f'href="{PAGE}"' in staff.get("/leads/ann").text
    page = opened(staff)
    assert page["known.phone"] == "+31201234567"
    assert page["known.contract_end"] == "2026-12-31"
    answer = save(staff, page, phone="020 765 4321", job_title="", contract_end="2027-01-31", building="", city="Lisse")
    assert (answer.status_code, answer.headers["location"]) == (303, "/leads/ann#who")
    row = lead(books)
    assert (row.phone, row.job_title, row.name) == ("+31207654321", None, "Ann <i>")
    assert row.fields == {"contract_end": "2027-01-31", "city": "Lisse"}
    [event] = books.rows(tables.events)
    assert (event.kind, event.by) == ("known_changed", "anna")
    assert set(event.data["fields"].split(", ")) == {"phone", "job_title", "contract_end", "building", "city"}
    story = staff.get("/leads/ann", headers=NL).text
    assert "Gewijzigd wat bekend is" in story
    assert "telefoon, functie" in story
    assert "functie: weggehaald, eerder Student" in story
    assert "telefoon: +31207654321, eerder +31201234567" in story
    assert "gebouw: weggehaald, eerder hall" in story


def test_what_nobody_touched_is_not_written_and_nothing_is_no_event(staff: TestClient, books: Books) -> None:
    page = opened(staff)
    with books.db.write() as tx:
        tx.execute(update(tables.leads).values(job_title="Director", fields={"building": 7}))
    assert save(staff, page).status_code == 303
    assert books.count(tables.events) == 0
    assert save(staff, page, city="Lisse").status_code == 303
    assert (lead(books).job_title, lead(books).fields) == ("Director", {"building": 7, "city": "Lisse"})


def test_points_and_grade_follow_at_once(staff: TestClient, books: Books) -> None:
    def total() -> int:
        with books.db.read() as read:
            return read.execute(select(tables.leads.c.points_profile).where(tables.leads.c.id == "ann")).scalar_one()

    assert save(staff, opened(staff), job_title="Directeur").status_code == 303
    director = total()
    assert director > 0
    assert save(staff, opened(staff), job_title="").status_code == 303
    assert total() < director
    assert books.count(tables.outbox) == 0, "it is in no flow that would have to hear of it"


def test_flows_that_look_at_what_is_known_hear_of_what_is_taken_away(
    staff: TestClient, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, bool]] = []

    def rings(ears: FlowEars, tx: Any, lead: Any, event: Event, *, profile_changed: bool) -> bool:
        heard.append((event.kind, profile_changed))
        return profile_changed

    monkeypatch.setattr(FlowEars, "rings", rings)
    for gone in ("phone", "building", "company"):
        assert save(staff, opened(staff), **{gone: ""}).status_code == 303
    assert [changed for kind, changed in heard if kind == "known_changed"] == [True] * 3
    assert books.count(tables.outbox) == 3


WRONG = {
    "phone": ("12", "This is not a telephone number"),
    "email": ("nobody", "This is not an e-mail address"),
    "country": ("Narnia", "This is not a country"),
    "timezone": ("Lisse", "This is not a time zone"),
    "language": ("Dutch!", "This is not a language"),
    "contract_end": ("tomorrow", "This must be a date"),
    "company": ("x" * 201, "This is too long"),
    "name": ("A\u0007", "This holds characters"),
}


@pytest.mark.parametrize("field", WRONG)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    staff: TestClient, books: Books, field: str
) -> None:
    text, words = WRONG[field]
    answer = save(staff, opened(staff), **{"job_title": "Buyer", field: text})
    assert answer.status_code == 422
    beside = answer.text.partition(f'id="known-{field}-fault"')[2].partition("<input")[0]
    assert words in beside
    assert 'name="known.job_title" type="text" maxlength="2000" autocomplete="off" value="Buyer"' in answer.text
    assert (lead(books).job_title, books.count(tables.events)) == ("Student", 0)


def test_all_that_is_wrong_is_said_at_once(staff: TestClient) -> None:
    answer = save(staff, opened(staff), phone="12", country="Narnia")
    assert "This is not a telephone number" in answer.text
    assert "This is not a country" in answer.text


def test_of_two_who_change_the_same_the_second_is_told_and_may_still_have_it_his_way(
    staff: TestClient, books: Books
) -> None:
    page = opened(staff)
    assert save(staff, page, job_title="Buyer").status_code == 303
    late = save(staff, page, job_title="Director", city="Lisse")
    assert late.status_code == 409
    assert "now it is: Buyer" in late.text
    assert 'value="Director"' in late.text
    assert 'value="Lisse"' in late.text
    assert (lead(books).job_title, lead(books).fields.get("city")) == ("Buyer", None), "nothing of it"
    assert press(staff, PAGE, "save", **sent_back(late.text)).status_code == 303
    assert (lead(books).job_title, lead(books).fields.get("city")) == ("Director", "Lisse")


def test_another_field_is_nobodys_loss_and_the_same_form_twice_is_one_deed(staff: TestClient, books: Books) -> None:
    page = opened(staff) | {"id": "once"}
    assert save(staff, page, job_title="Buyer").status_code == 303
    assert save(staff, page, job_title="Buyer").status_code == 303
    assert save(staff, page, city="Lisse").status_code == 303, "other words are another deed"
    assert books.count(tables.events) == 2


def test_another_address_is_taken_and_the_former_one_goes_on_finding_it(
    staff: TestClient, api: TestClient, books: Books
) -> None:
    assert save(staff, opened(staff), email="Ann@New.example").status_code == 303
    assert (lead(books).email, lead(books).email_key) == ("Ann@new.example", "ann@new.example")
    sent = {"id": "e1", "type": "brochure.requested", "lead": {"email": "ann@example.com"}}
    assert api.post("/api/events", json=sent).json()["lead_id"] == "ann"
    assert lead(books).email == "Ann@new.example"
    del api.headers["authorization"]
    assert save(staff, opened(staff), email="ann@example.com").status_code == 303, "and back again"
    assert lead(books).email == "ann@example.com"


def test_an_address_that_is_another_leads_is_refused_with_a_way_to_compare(staff: TestClient, books: Books) -> None:
    books.lead("bob", name="Bob")
    books.lead("cid", name="Cid", merged_into="ann")
    answer = save(staff, opened(staff), email="BOB@example.com", city="Lisse")
    assert answer.status_code == 422
    assert "This is the address of another lead" in answer.text
    assert 'href="/duplicates/find?lead=ann&amp;other=BOB%40example.com"' in answer.text
    assert save(staff, opened(staff), email="cid@example.com").status_code == 422
    assert (lead(books).email, lead(books).fields.get("city")) == ("ann@example.com", None)
    assert staff.get("/leads/cid/known").headers["location"] == PAGE
    assert staff.get("/leads/nobody/known").status_code == 404


def test_the_last_way_to_find_a_lead_is_not_taken_away(staff: TestClient, books: Books) -> None:
    answer = save(staff, opened(staff), email="")
    assert (answer.status_code, "known by its address only" in answer.text) == (422, True)
    with books.db.write() as tx:
        tx.execute(update(tables.leads).values(external_id="crm-7"))
    assert save(staff, opened(staff), email="").status_code == 303
    assert (lead(books).email, lead(books).email_key) == (None, None)


def test_its_company_is_another_one_or_none(staff: TestClient, books: Books) -> None:
    assert save(staff, opened(staff), company="Beta").status_code == 303
    assert {row.name for row in books.rows(tables.companies)} == {"Acme", "Beta"}
    assert save(staff, opened(staff), company="").status_code == 303
    assert lead(books).company_id is None
    kept = [(row.name, row.was, row.became) for row in books.rows(tables.replaced)]
    assert kept == [("company.name", "Acme", "Beta"), ("company.name", "Beta", "")]


# --- own fields of every type -------------------------------------------------------------------------

TYPES = """
  seats: { type: number, title: { en: seats, nl: plaatsen } }
  member: { type: yes/no, title: { en: member, nl: lid } }
  visit: { type: moment, title: { en: visit, nl: bezoek } }
  remark: text
"""
TYPED = {
    "seats": 12.5, "member": False, "visit": "2026-07-01T10:30:00+00:00", "remark": "one\ntwo",
    "contract_end": "2026-12-31", "building": "hall",
}  # fmt: skip


@pytest.fixture
def typed(house: House, tmp_path: Path, books: Books) -> House:
    """The workspace with a field of each type, and a lead that has them all."""
    folder = tmp_path / "workspace"
    shutil.copytree(ROOT / "rules", folder / "rules")
    settings = folder / "rules" / "workspace.yaml"
    settings.write_text(settings.read_text().replace("\n  street:", f"{TYPES}  street:"))
    with books.db.write() as tx:
        tx.execute(update(tables.leads).values(fields=TYPED))
    return replace(house, settings=replace(house.settings, workspace=folder), rules=WorkspaceRules(folder, house.db))


@pytest.fixture
def there(typed: House) -> Iterator[House]:
    with serving(typed, free_port()) as house:
        yield house


@pytest.mark.slow
@pytest.mark.parametrize(("width", "locale", "scheme"), [(1440, "en-GB", "light"), (390, "nl-NL", "dark")])
def test_every_type_is_changed_and_taken_away_without_script(
    browser: Browser, there: House, books: Books, width: int, locale: str, scheme: str
) -> None:
    how = {"viewport": {"width": width, "height": 900}, "locale": locale, "color_scheme": scheme}
    with visit(browser, there, java_script_enabled=False, **how) as page:
        address = f"{there.settings.base_url}{PAGE}"
        page.goto(f"{address}?as=anna")
        assert fits(page)
        page.get_by_role("button", name="Save" if width > 400 else "Opslaan").click()
        assert books.count(tables.events) == 0, "a browser sends back what it was given"
        page.goto(f"{address}?as=anna")
        expect(page.locator("#known-visit")).to_have_value("2026-07-01T12:30")
        page.locator("#known-seats").fill("8")
        page.locator("#known-member").select_option("yes")
        page.locator("#known-visit").fill("2026-12-01T09:00")
        page.locator("#known-remark").fill("one\nthree")
        page.locator("#known-contract_end").fill("")
        page.locator("#known-phone").fill("12")
        page.locator("form[method=post] button").click()
        page.get_by_role("alert").get_by_role("link").click()
        expect(page.locator("#fault-save #known-phone")).to_have_value("12")
        expect(page.locator("#known-remark")).to_have_value("one\nthree")
        assert fits(page)
        assert page.locator("input:visible, select, textarea").evaluate_all(
            "all => all.every(one => one.labels.length)"
        )
        page.locator("#known-phone").fill("")
        page.locator("#known-phone").press("Enter")
        expect(page.locator("#who")).to_be_visible()
    [event] = books.rows(tables.events)
    assert set(event.data["fields"].split(", ")) == {"phone", "seats", "member", "visit", "remark", "contract_end"}
    assert lead(books).phone is None
    assert lead(books).fields == {
        "seats": 8, "member": True, "visit": "2026-12-01T08:00:00+00:00", "remark": "one\nthree", "building": "hall",
    }  # fmt: skip
