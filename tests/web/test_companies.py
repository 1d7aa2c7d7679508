"""The page of a company: what it is, part of what, who works there, and who decides."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from httpx import Response
from playwright.sync_api import Browser, expect
from sqlalchemy import Row

from kweek.leads import tables
from kweek.leads.database import Database
from kweek.web.house import House
from tests.web.browsing import fits, visit
from tests.web.conftest import NOW, Books, TestClient
from tests.web.pages import form, press

ACME = "/companies/acme"
ASKED = {"sector": "steel", "size": "25", "legal_form": "B.V.", "country": "nl", "parent": "Acme Group"}
MAKES = {"parent": "Group", "makes": "Group"}


@pytest.fixture
def db(database: Database) -> Database:
    return database


@pytest.fixture(autouse=True)
def acme(books: Books) -> None:
    books.add(tables.companies, id="acme", name="Acme", name_key="acme", fields={}, sector="zinc")
    books.lead("l1", name="Ann <i>", company_id="acme", job_title="Buyer")
    books.lead("l2", name="Bob", company_id="acme")
    books.lead("l3", name="Gone", company_id="acme", merged_into="l2")


def company(books: Books, name: str) -> Row[Any]:
    return next(row for row in books.rows(tables.companies) if row.name == name)


def opened(staff: TestClient, by: str = "joris") -> dict[str, str]:
    """What a browser would send of the page as it is now."""
    return sent_back(staff.get(f"{ACME}?as={by}").text)


def sent_back(page: str) -> dict[str, str]:
    form = page.partition('<form method="post">')[2]
    inputs = [dict(re.findall(r'([\w-]+)="([^"]*)"', one)) | {"on": " checked" in one} for one in
              re.findall(r"<input[^>]*>", form)]  # fmt: skip
    sent = [one for one in inputs if one.get("type") != "checkbox" or one["on"]]
    return {str(one["name"]): unescape(str(one["value"])) for one in sent if one["name"] not in ("by", "id")}


def save(staff: TestClient, page: dict[str, str], by: str, **more: str) -> Response:
    return press(staff, ACME, "save", by=by, **page | more)


def parts(books: Books) -> set[tuple[str, str, str]]:
    return {(row.lead_id, row.part, row.source) for row in books.rows(tables.deciders)}


def test_it_says_who_works_there_and_the_lead_says_where(staff: TestClient, books: Books) -> None:
    books.add(tables.bant, lead_id="l1", fact="authority", value="decides", source="x", at=NOW)
    page = staff.get(ACME).text
    assert "Ann &lt;i&gt;" in page
    assert "Gone" not in page
    assert "Says so: decides" in page
    assert 'href="/companies/acme"' in staff.get("/leads/l1").text
    assert staff.get("/companies/none").status_code == 404


def test_facts_are_changed_and_the_parent_is_made_where_that_is_asked_for(staff: TestClient, books: Books) -> None:
    first = press(staff, ACME, "save", **ASKED, **{"was.sector": "zinc"})
    assert first.status_code == 422
    assert "There is no company of that name; write it as it stands here" in first.text
    assert books.count(tables.companies) == 1
    [box] = re.findall(r'<input type="checkbox" name="makes" value="([^"]*)"', first.text)
    assert box == "Acme Group"
    again = sent_back(first.text)
    assert press(staff, ACME, "save", **again, makes="Acme Grouq").status_code == 422, "another one was agreed to"
    assert press(staff, ACME, "save", **again, makes=box).status_code == 303
    [row, parent] = sorted(books.rows(tables.companies), key=lambda row: row.name)
    assert (row.sector, row.size, row.legal_form, row.country, row.parent_id) == ("steel", 25, "bv", "NL", parent.id)
    assert "Acme Group" in staff.get("/leads/l1").text
    assert 'href="/companies/acme"' in staff.get(f"/companies/{parent.id}").text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("size", "many", "Write a whole number"),
        ("legal_form", "guild", "not known here"),
        ("country", "Narnia", "two letters"),
        ("parent", "x" * 201, "This is too long"),
        ("sector", "x" * 201, "This is too long"),
        ("parent", "acme", "part of this one"),
        ("parent", "Acme Works", "part of this one"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(
    staff: TestClient, books: Books, field: str, value: str, words: str
) -> None:
    books.add(tables.companies, id="works", name="Acme Works", name_key="acme works", fields={}, parent_id="acme")
    answer = press(staff, ACME, "save", **{"was.sector": "zinc", "sector": "steel", field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{value}"' in answer.text
    assert company(books, "Acme").sector == "zinc"


def test_a_mistyped_parent_is_told_with_the_one_that_is_near(staff: TestClient, books: Books) -> None:
    books.add(tables.companies, id="group", name="Acme <b> Group", name_key="acme <b> group", fields={})
    wrong = press(staff, ACME, "save", parent="Acme b Grup", **{"was.sector": "zinc", "sector": "zinc"})
    assert (wrong.status_code, books.count(tables.companies)) == (422, 2)
    assert "Is “Acme &lt;b&gt; Group” meant?" in wrong.text
    right = sent_back(wrong.text) | {"parent": "ACME <b> group"}
    assert press(staff, ACME, "save", **right).status_code == 303
    assert company(books, "Acme").parent_id == "group"


def test_of_two_who_change_the_same_the_second_is_told(staff: TestClient, books: Books) -> None:
    press(staff, ACME, "save", sector="steel", **{"was.sector": "zinc"})
    late = press(staff, ACME, "save", sector="lead", **{"was.sector": "zinc"})
    assert late.status_code == 409
    other = press(staff, ACME, "save", size="7", sector="zinc", **{"was.sector": "zinc"})
    assert other.status_code == 303, "another field is nobody's loss"
    assert company(books, "Acme").sector == "steel"


def test_of_two_who_write_at_once_nothing_is_lost_and_the_page_says_what_is_so(staff: TestClient, books: Books) -> None:
    books.add(tables.deciders, company_id="acme", lead_id="l2", part="pays", source="anna", at=NOW)
    page = opened(staff)
    theirs = {key: value for key, value in page.items() if key != "part.l2.pays"}
    assert save(staff, theirs, "els", size="300", country="NL", **{"part.l1.advises": "on"}).status_code == 303
    late = save(staff, page, "joris", size="400", sector="agri", **{"part.l1.decides": "on"})
    assert late.status_code == 409
    assert "it stands beside the field" in late.text
    assert "els changed this meanwhile; now it is: 300. Save again" in late.text
    assert late.text.count("Save again to have it your way") == 1, "what nobody else wrote is not contested"
    assert "Changed meanwhile; now it is: advises (els)." in late.text
    assert "Taken away meanwhile." in late.text
    assert (company(books, "Acme").size, company(books, "Acme").sector) == (300, "zinc"), "nothing of it"
    assert parts(books) == {("l1", "advises", "els")}
    again = sent_back(late.text)
    assert again.items() >= {"size": "400", "was.size": "300", "sector": "agri", "was.sector": "zinc"}.items()
    assert again.items() >= {"country": "NL", "was.country": "NL", "was.part.l1.advises": "on"}.items()
    assert {name for name in again if name.startswith("part.")} == {"part.l1.decides", "part.l1.advises"}
    assert press(staff, ACME, "save", by="joris", **again).status_code == 303
    row = company(books, "Acme")
    assert (row.size, row.sector, row.country) == (400, "agri", "NL")
    assert parts(books) == {("l1", "advises", "els"), ("l1", "decides", "joris")}


def test_what_is_uncontested_is_saved_and_so_is_what_both_wrote(staff: TestClient, books: Books) -> None:
    page = opened(staff)
    assert save(staff, page, "els", size="300", country="NL", **MAKES).status_code == 303
    assert save(staff, page, "joris", sector="agri", **{"part.l1.pays": "on"}).status_code == 303
    assert save(staff, page, "joris", country="nl", size="300", parent="GROUP").status_code == 303
    row = company(books, "Acme")
    assert (row.size, row.sector, row.country) == (300, "agri", "NL")
    assert [one.by for one in books.rows(tables.companies_replaced)] == ["els"] * 3 + ["joris"]


def test_what_is_contested_is_said_whatever_else_is_wrong(staff: TestClient, books: Books) -> None:
    page = opened(staff)
    assert save(staff, page, "els", legal_form="bv", sector="").status_code == 303
    books.add(tables.deciders, company_id="acme", lead_id="l1", part="uses", source="O'B <i>", at=NOW)
    for wrong in (save(staff, page, "", sector="agri"), save(staff, page, "joris", sector="agri", size="many")):
        assert wrong.status_code == 422
        assert "els took this away meanwhile" in wrong.text
        assert "now it is: uses it (O&#39;B &lt;i&gt;)." in wrong.text
        assert sent_back(wrong.text).items() >= {"sector": "agri", "was.sector": "", "legal_form": "bv"}.items()


def test_one_save_keeps_all_that_was_typed_and_a_fault_loses_none(staff: TestClient, books: Books) -> None:
    page = staff.get(f"{ACME}?as=anna").text
    assert page.count('name="by"') == 1, "one form, whichever of its buttons is pressed"
    typed = {"sector": "steel", "was.sector": "zinc", "part.l1.decides": "on"}
    wrong = press(staff, ACME, "save", **typed, size="many")
    assert wrong.status_code == 422
    assert 'name="part.l1.decides" value="on" checked' in wrong.text
    assert 'name="was.sector" value="zinc"' in wrong.text
    assert books.count(tables.deciders) == 0
    company_now = tables.companies.update().values(sector="tin")
    with books.db.write() as tx:
        tx.execute(company_now)
    late = press(staff, ACME, "save", **typed)
    assert late.status_code == 409
    assert 'name="part.l1.decides" value="on" checked' in late.text
    assert press(staff, ACME, "save", **typed | {"was.sector": "tin"}).status_code == 303
    assert (company(books, "Acme").sector, books.count(tables.deciders)) == ("steel", 1)


def test_who_decides_is_kept_by_whoever_said_it_and_only_what_changed(staff: TestClient, books: Books) -> None:
    press(staff, ACME, "save", **{"part.l1.decides": "on", "part.l1.pays": "on", "part.l2.rules": "on"})
    books.lead("l4", name="Else")
    press(staff, ACME, "save", by="els", **{"part.l2.uses": "on", "was.part.l1.pays": "on", "part.l4.pays": "on"})
    assert {(row.lead_id, row.part, row.source) for row in books.rows(tables.deciders)} == {
        ("l1", "decides", "anna"), ("l2", "uses", "els"),
    }  # fmt: skip


def test_a_sender_may_say_of_what_a_company_is_part(api: TestClient, books: Books) -> None:
    def said(id: str, name: str, parent: str) -> int:
        lead = {"email": "l1@example.com", "company": {"name": name, "parent": parent}}
        return api.post("/api/events", json={"id": id, "type": "brochure.requested", "lead": lead}).status_code

    assert said("e1", "Acme", "Group") == 201
    assert company(books, "Acme").parent_id == company(books, "Group").id
    assert said("e2", "Group", "ACME") == 422
    assert books.count(tables.events) == 1
    form(api, email="l9@example.com", company="Group", **{"company.parent": "Acme"})
    assert books.rows(tables.problems)[-1].code == "form differs"


def test_what_it_was_is_told_with_who_changed_it_and_when(staff: TestClient, books: Books) -> None:
    assert press(staff, ACME, "save", sector="steel", **{"was.sector": "zinc"}).status_code == 303
    assert "Sector zinc until 2 Mar 2026" in staff.get(ACME).text
    assert "changed by anna" in staff.get(ACME).text
    assert press(staff, ACME, "save", sector="steel", **MAKES, **{"was.sector": "steel"}).status_code == 303
    assert [(row.name, row.was, row.became) for row in books.rows(tables.companies_replaced)] == [
        ("sector", "zinc", "steel"), ("parent", None, "Group"),
    ]  # fmt: skip


def test_who_said_otherwise_of_it_is_told(api: TestClient, staff: TestClient) -> None:
    lead = {"email": "l1@example.com", "company": {"name": "Acme", "sector": "tin"}}
    assert api.post("/api/events", json={"id": "e1", "type": "brochure.requested", "lead": lead}).status_code == 201
    page = staff.get(ACME).text
    assert "Sector zinc until 2 Mar 2026" in page
    assert '<a href="/leads/l1">a lead or a file said otherwise</a>' in page


@pytest.mark.slow
@pytest.mark.parametrize(("width", "script"), [(1440, True), (390, True), (390, False)])
def test_the_second_of_two_reads_it_and_has_it_his_way(
    browser: Browser, served: House, books: Books, staff: TestClient, width: int, script: bool
) -> None:
    [by, other, *_] = served.rules.people()
    with visit(browser, served, viewport={"width": width, "height": 800}, java_script_enabled=script) as page:
        page.goto(f"{served.settings.base_url}{ACME}?as={by}")
        save(staff, opened(staff), other, size="300", **{"part.l1.advises": "on"}, sector="s" * 200)
        page.get_by_label("People").fill("400")
        page.get_by_label("Sector").fill("agri")
        page.get_by_label("decides").first.check()
        page.get_by_label("Sector").press("Enter")
        expect(page.get_by_text(f"{other} changed this meanwhile; now it is: 300.")).to_be_visible()
        expect(page.get_by_text(f"now it is: {'s' * 200}")).to_be_visible()
        expect(page.get_by_text(f"now it is: advises ({other})")).to_be_visible()
        expect(page.get_by_label("Sector")).to_have_value("agri")
        expect(page.get_by_label("decides").first).to_be_checked()
        expect(page.get_by_label("advises").first).to_be_checked()
        if script:
            assert fits(page)
        page.get_by_label("Sector").press("Enter")
        expect(page.get_by_text("Noted: saved.")).to_be_visible()
    row = company(books, "Acme")
    assert (row.size, row.sector) == (400, "agri")
    assert parts(books) == {("l1", "advises", other), ("l1", "decides", by)}
