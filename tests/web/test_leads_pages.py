"""The list of leads, the matrix, and the list as a file: what they show, and what they answer to a slip."""

from __future__ import annotations

import csv
import re

import pytest

from kweek.leads import tables
from tests.web.conftest import NOW, Books, TestClient
from tests.web.scene import DAY, scene

DUTCH = {"accept-language": "nl"}


@pytest.fixture(autouse=True)
def the_scene(books: Books, published: str) -> None:
    scene(books, published)
    books.lead("dirk", name="=cmd|' /C calc'!A0", phone="+31201234567", campaign="fair & more", created_at=NOW - DAY)


def whom(page: str) -> list[str]:
    return re.findall(r'<td data-label="Lead"><a href="/leads/(\w+)"', page)


def test_the_list_shows_everybody_the_newest_first(staff: TestClient) -> None:
    page = staff.get("/leads").text
    assert whom(page) == ["carla", "bas", "ann", "dirk"]
    assert "4 in all" in page
    assert [
        words for words in ("De Vries Orchideeën", "<b>B1</b>", ">58<", "Brochure request") if words not in page
    ] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("by=points", ["ann", "dirk", "carla", "bas"]),
        ("grade=B1", ["ann"]),
        ("grade=C4", ["carla", "bas", "dirk"]),
        ("campaign=fair+%26+more", ["dirk"]),
        ("company=de+vries", ["ann"]),
        ("flow=brochure-request&q=b", ["bas"]),
        ("q=nobody", []),
        ("q=%00b%00", ["bas"]),
    ],
)
def test_a_filter_leaves_those_whom_it_names(staff: TestClient, query: str, found: list[str]) -> None:
    assert whom(staff.get(f"/leads?{query}").text) == found


def test_a_long_list_goes_on_where_it_was_with_its_filters(staff: TestClient, books: Books) -> None:
    for n in range(60):
        books.lead(f"many{n}", created_at=NOW - DAY - DAY, campaign="c&d")
    first = staff.get("/leads?campaign=c%26d").text
    [on] = re.findall(r'href="(/leads\?[^"]*after=[^"]*)"', first)
    second = staff.get(on.replace("&amp;", "&")).text
    assert sorted([*whom(first), *whom(second)]) == sorted(f"many{n}" for n in range(60))
    assert 'href="/leads?campaign=c%26d"' in second  # back to the first page


def test_a_slip_is_said_beside_its_field_and_nothing_is_lost(staff: TestClient) -> None:
    answer = staff.get("/leads?grade=Z9&stage=gone&by=age&q=ann")
    assert answer.status_code == 422
    for words in ("no grade “Z9”", "no stage “gone”", "no order “age”", 'value="ann"', '<option value="Z9" selected>'):
        assert words in answer.text
    assert staff.get("/leads.csv?grade=Z9&separator=x").status_code == 422


@pytest.mark.parametrize(
    ("query", "words", "dutch"),
    [
        (
            "flow=brochure-requst",
            "No flow “brochure-requst” was ever published. Did you mean “brochure-request”?",
            "nooit",
        ),
        ("campaign=fare", "There is no campaign “fare”. Did you mean “fair”?", "Bedoelt u “fair”?"),
        ("campaign=nosuch", "There is no campaign “nosuch”.", "Campagne “nosuch” bestaat niet."),
    ],
)
def test_a_flow_or_a_campaign_that_there_is_not_is_said(
    staff: TestClient, books: Books, query: str, words: str, dutch: str
) -> None:
    books.add(tables.campaigns, id="fair", title="Fair", created_at=NOW)
    answer = staff.get(f"/leads?{query}")
    assert answer.status_code == 422
    assert words in answer.text
    assert dutch in staff.get(f"/leads?{query}", headers=DUTCH).text
    assert staff.get(f"/leads.csv?{query}").status_code == 422
    assert staff.get("/leads?campaign=fair").status_code == 200, "it may have brought nobody yet"


def test_an_empty_list_says_what_to_do(staff: TestClient, books: Books) -> None:
    assert "No lead fits" in staff.get("/leads?q=nobody").text
    with books.db.write() as tx:
        tx.execute(tables.leads.update().values(merged_into="x"))
    assert "There are no leads yet" in staff.get("/leads").text


def test_the_matrix_counts_everybody_and_says_what_follows(staff: TestClient) -> None:
    page = " ".join(staff.get("/matrix", headers=DUTCH).text.split())
    cells = dict(re.findall(r'href="/leads\?grade=(\w\w)"[^>]*><small>\w\w</small> (\d+)', page))
    assert {grade: leads for grade, leads in cells.items() if leads != "0"} == {"B1": "1", "C4": "3"}
    assert "hot-lead: niet gepubliceerd" in page  # only the brochure flow is, here
    assert page.count(">rust<") == 10
    assert "vanaf 40 punten" in page


def test_the_file_is_what_excel_opens(staff: TestClient) -> None:
    answer = staff.get("/leads.csv?q=", headers=DUTCH)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="leads.csv"'
    assert answer.text.startswith("\ufeffkweek_id;external_id;email;")
    lines = answer.text.removeprefix("\ufeff").splitlines()
    rows = {row["kweek_id"]: row for row in csv.DictReader(lines, delimiter=";")}
    assert list(rows) == ["carla", "bas", "ann", "dirk"]
    assert (rows["dirk"]["name"], rows["dirk"]["phone"]) == ("'=cmd|' /C calc'!A0", "+31 20 123 4567")
    ann = rows["ann"]
    assert (ann["company"], ann["grade"], ann["points_intent"]) == ("De Vries Orchideeën", "B1", "30")
    assert (ann["flows"], ann["building"], ann["created_at"]) == ("brochure-request", "greenhouse", "2026-03-02 10:00")


def test_the_file_has_the_leads_of_the_list(staff: TestClient) -> None:
    lines = staff.get("/leads.csv?grade=B1&separator=,").text.splitlines()
    assert [line.split(",")[0] for line in lines] == ["\ufeffkweek_id", "ann"]


@pytest.mark.parametrize("path", ["/leads", "/leads.csv", "/matrix"])
def test_only_colleagues_see_them(web: TestClient, path: str) -> None:
    assert web.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/leads", "/leads.csv"])
def test_a_filter_that_there_is_not_is_said(staff: TestClient, books: Books, path: str) -> None:
    books.lead()
    told = staff.get(f"{path}?stge=<b>customer</b>&grade=A1", headers={"accept-language": "en"})
    assert told.status_code == 422
    assert "stge" in told.text
    assert staff.get(f"{path}?stage=customer").status_code == 200
