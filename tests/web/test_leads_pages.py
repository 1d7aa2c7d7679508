"""The list of leads, the matrix, and each list as a file: what they show, and what they answer to a slip."""

from __future__ import annotations

import csv
import re
from datetime import UTC, timedelta

import pytest

from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.export import everybody, rows
from kweek.leads.listed import Wanted
from tests.web.conftest import NOW, Books, TestClient
from tests.web.scene import DAY, scene, walks

DUTCH = {"accept-language": "nl"}
FLOW = "/flows/brochure-request/leads"
FAIR = "/campaigns/fair/leads"


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


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
        ("q=%00b%00", []),
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
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''leads.csv"
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


@pytest.fixture
def fair(books: Books) -> Books:
    """Two came from it, and one from a part of it, in which formulas were typed."""
    for word, parent in (("fair", None), ("stand", "fair")):
        books.add(tables.campaigns, id=word, title=word.title(), parent_id=parent, created_at=NOW)
    for n, (word, name) in enumerate((("fair", "=1+1"), ("stand", "@SUM(A1)"), ("fair", "Eva"))):
        books.lead(f"f{n}", name=name, campaign=word, campaign_at=NOW - n * DAY, created_at=NOW - 3 * DAY)
    return books


def told(staff: TestClient, path: str) -> list[dict[str, str]]:
    """The rows of a file, as a Dutch Excel reads them."""
    answer = staff.get(path, headers=DUTCH)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8"), answer.text
    assert answer.text.startswith("\ufeffkweek_id;external_id;email;")
    return list(csv.DictReader(answer.text.removeprefix("\ufeff").splitlines(), delimiter=";"))


def linked(staff: TestClient, page: str) -> str:
    """To which file a page leads."""
    [link] = re.findall(r'href="([^"]*leads\.csv[^"]*)" download', staff.get(page).text)
    link = link.replace("&amp;", "&")
    return link if link.startswith("/") else f"{page.partition('?')[0].rpartition('/')[0]}/{link}"


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("/leads?by=points&company=de+vries", ["ann"]),
        ("/leads?by=points&q=f", ["f2", "f1", "f0"]),
        (FAIR, ["f0", "f1", "f2"]),
        (f"{FAIR}?of=leads&from=2026-03-01", ["f0", "f1"]),
        ("/campaigns/stand/leads", ["f1"]),
        ("/campaigns/-/leads", ["carla", "bas", "ann"]),
        (FLOW, ["carla", "bas", "ann"]),
        (f"{FLOW}?at=call/call-brochure", ["bas"]),
        (f"{FLOW}?at=&q=jansen", ["bas"]),
        (f"{FLOW}?at=steps/send-survey+when:3", ["ann"]),
        ("/companies/c1", ["ann"]),
    ],
)
def test_each_list_leads_to_a_file_of_the_same_leads_in_the_same_order(
    staff: TestClient, fair: Books, page: str, found: list[str]
) -> None:
    fair.lead("gone", campaign="fair", campaign_at=NOW, merged_into="f0")
    assert list(dict.fromkeys(re.findall(r'<a href="/leads/(\w+)"', staff.get(page).text))) == found
    rows = told(staff, linked(staff, page))
    assert [row["kweek_id"] for row in rows] == found
    assert ("since" in rows[0]) == page.startswith(("/flows", "/campaigns"))


def test_such_a_file_runs_nothing_and_says_since_when(staff: TestClient, fair: Books) -> None:
    rows = told(staff, f"{FAIR}.csv")
    assert [row["name"] for row in rows] == ["'=1+1", "'@SUM(A1)", "Eva"]
    assert [row["since"] for row in rows] == ["2026-03-02 10:00", "2026-03-01 10:00", "2026-02-28 10:00"]
    assert {row["created_at"] for row in rows} == {"2026-02-27 10:00"}
    assert staff.get(f"{FAIR}.csv").headers["content-disposition"] == "attachment; filename*=UTF-8''fair%20leads.csv"
    assert staff.get(f"{FAIR}.csv?separator=,").text.splitlines()[1].startswith("f0,,f0@example.com,'=1+1,")


def test_a_file_is_the_whole_list_and_not_a_page_of_it(
    staff: TestClient, books: Books, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kweek.leads.export._READ_AT_ONCE", 7)
    monkeypatch.setattr("kweek.leads.export._LISTED_AT_ONCE", 16)
    books.add(tables.campaigns, id="fair", title="Fair", created_at=NOW)
    for n in range(60):
        lead = books.lead(f"m{n}", campaign="fair", campaign_at=NOW - timedelta(minutes=n // 3))
        if n < 20:
            walks(books, lead, published, "steps/send-survey")
    for path, many in ((f"{FAIR}.csv", 60), (f"{FLOW}.csv?at=steps/send-survey", 21), ("/leads.csv?by=points", 64)):
        ids = [row["kweek_id"] for row in told(staff, path)]
        assert (len(ids), len(set(ids))) == (many, many), path


def test_who_rises_in_the_list_while_it_is_read_is_neither_left_out_nor_there_twice(
    books: Books, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kweek.leads.export._READ_AT_ONCE", 1)
    for n in range(3):
        books.lead(f"m{n}", profile="A", engagement=1, points_intent=9 - n)
    lines = rows(db, everybody(Wanted(grade="A1"), "D4", "points"), "D4", [], UTC)
    found = [next(lines)[0]]
    with db.write() as tx:
        tx.execute(tables.leads.update().where(tables.leads.c.id == "m2").values(points_intent=90))
        tx.execute(tables.leads.update().where(tables.leads.c.id == "m0").values(points_intent=0))
    assert [*found, *(line[0] for line in lines)] == ["m0", "m1", "m2"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{FAIR}.csv?from=yesterday", 422),
        (f"{FAIR}.csv?form=2026-03-01", 422),
        (f"{FAIR}.csv?separator=x", 422),
        (f"{FAIR}.csv?of=all", 404),
        ("/campaigns/gone/leads.csv", 404),
        (f"{FLOW}.csv?step=steps/wait-1", 422),
        (f"{FLOW}.csv?at=no-step", 404),
        ("/flows/nowhere/leads.csv", 404),
        ("/leads.csv?by=age", 422),
        ("/leads.csv?after=zz", 422),
        ("/leads.csv?after=2026-03-02T09:00:00%2B00:00~l1", 200),
        ("/leads.csv?by=points&after=2026-03-02T09:00:00%2B00:00~l1", 422),
        ("/campaigns/fair/leads.csv?after=zz", 422),
        (f"{FLOW}.csv?after=zz", 422),
    ],
)
def test_a_slip_makes_no_file_of_others(staff: TestClient, fair: Books, path: str, status: int) -> None:
    assert staff.get(path).status_code == status


@pytest.mark.parametrize("path", ["/leads", "/leads.csv", "/matrix", f"{FLOW}.csv", "/campaigns/-/leads.csv"])
def test_only_colleagues_see_them(web: TestClient, path: str) -> None:
    assert web.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/leads", "/leads.csv"])
def test_a_filter_that_there_is_not_is_said(staff: TestClient, books: Books, path: str) -> None:
    books.lead()
    told = staff.get(f"{path}?stge=<b>customer</b>&grade=A1", headers={"accept-language": "en"})
    assert told.status_code == 422
    assert "stge" in told.text
    assert staff.get(f"{path}?stage=customer").status_code == 200
