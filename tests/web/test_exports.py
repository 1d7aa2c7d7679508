"""Lists that are not of leads, taken along: what a file says is what its page says, whole, and nothing runs in it."""

from __future__ import annotations

import csv
import re
from datetime import timedelta

import pytest

from kweek.leads import tables
from kweek.leads.spreadsheet import as_csv
from tests.web.conftest import NOW, Books, TestClient
from tests.web.scene import scene

DAY = timedelta(days=1)
DUTCH = {"accept-language": "nl"}
db = pytest.fixture(lambda database: database)  # the same on both

FILES = (
    "/companies.csv", "/campaigns.csv", "/visitors/pages.csv", "/visitors/topics.csv", "/visitors/downloads.csv",
    "/visitors/sources.csv", "/duplicates.csv", "/imports.csv", "/mails.csv", "/waiting/handovers.csv",
    "/waiting/tasks.csv", "/waiting/calls.csv", "/held/leads.csv", "/held/mails.csv", "/problems.csv",
)  # fmt: skip


def told(staff: TestClient, path: str, language: str = "nl") -> list[dict[str, str]]:
    """The rows of a file, as an Excel of that language reads them."""
    answer = staff.get(path, headers={"accept-language": language})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8"), answer.text
    assert answer.text.startswith("\ufeff")
    separator = ";" if language == "nl" else ","
    return list(csv.DictReader(answer.text.removeprefix("\ufeff").splitlines(), delimiter=separator))


@pytest.mark.parametrize("path", FILES)
def test_there_is_one_of_an_empty_list_for_whoever_is_signed_in(web: TestClient, staff: TestClient, path: str) -> None:
    assert told(staff, path) == []
    assert staff.get(f"{path}?separator=x").status_code == 422
    assert staff.get(f"{path}?nosuch=1").status_code == 422
    name = path.rpartition("/")[2]
    sent = staff.get(path).headers["content-disposition"].replace("held%20", "")
    assert sent == f"attachment; filename*=UTF-8''{name}"
    web.cookies.clear()
    assert web.get(path).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/visitors/people.csv",
        "/waiting/mails.csv",
        "/held/tasks.csv",
        "/campaigns/none/costs.csv",
        "/imports/none/kept.csv",
    ],
)
def test_of_what_is_no_list_there_is_none(staff: TestClient, path: str) -> None:
    assert staff.get(path).status_code == 404


def test_companies_with_who_is_above_them(staff: TestClient, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kweek.web.exports._AT_ONCE", 2)
    books.add(tables.companies, id="g", name="=Group", name_key="=group", fields={}, sector="steel", size=1200)
    for n in range(5):
        books.add(tables.companies, id=f"c{n}", name=f"Acme {n}", name_key=f"acme {n}", fields={}, parent_id="g")
    books.lead("l1", company_id="c1")
    books.lead("l2", company_id="c1", merged_into="l1")
    rows = {row["company"]: row for row in told(staff, "/companies.csv")}
    assert len(rows) == 6
    assert rows["'=Group"] | {"sector": "steel", "size": "1200", "leads": "0"} == rows["'=Group"]
    assert (rows["Acme 1"]["parent"], rows["Acme 1"]["leads"]) == ("'=Group", "1")
    assert [row["company"] for row in told(staff, "/companies.csv?q=ACME+3")] == ["Acme 3"]


def test_campaigns_as_they_stand_on_the_page(staff: TestClient, books: Books) -> None:
    for word, parent in (("fair", None), ("stand", "fair"), ("quiet", None)):
        books.add(tables.campaigns, id=word, title=word.title(), parent_id=parent, norm_roi=2.5, created_at=NOW)
    books.add(tables.costs, campaign_id="stand", on=NOW.date(), cents=123456, at=NOW)
    for n in range(3):
        books.lead(f"f{n}", campaign="stand", campaign_at=NOW)
    books.lead("none")
    rows = {row["campaign"]: row for row in told(staff, "/campaigns.csv")}
    assert list(rows) == ["fair", "stand", "quiet", ""]
    for word in ("fair", "stand"):
        said = {"norm_roi": "2,5", "cost": "1234,56", "leads": "3", "conversion": "0,0", "cost_per_lead": "411,52"}
        assert rows[word] | said == rows[word]
    assert (rows["stand"]["parent"], rows[""]["leads"], rows["quiet"]["cost"]) == ("fair", "1", "")
    assert told(staff, "/campaigns.csv", "en")[0]["cost"] == "1234.56"
    assert [row["campaign"] for row in told(staff, "/campaigns.csv?from=2026-04-01")] == []
    assert staff.get("/campaigns.csv?from=yesterday").status_code == 422


def test_what_is_looked_at_beyond_what_a_page_shows(staff: TestClient, books: Books) -> None:
    books.add(tables.visitors, id="v1", consent="Yes", at=NOW)
    for n in range(30):
        seen = {"seconds": n, "depth": 50} if n else {}
        books.add(
            tables.visits, id=f"w{n}", visitor_id="v1", kind="page.viewed", what=f"/page-{n}", at=NOW - DAY,
            title="=1", source={"utm_source": "news"} if n < 2 else {}, **seen,
        )  # fmt: skip
    rows = {row["what"]: row for row in told(staff, "/visitors/pages.csv?days=7")}
    assert len(rows) == 30
    assert (rows["/page-7"]["seconds"], rows["/page-7"]["times"], rows["/page-0"]["seconds"]) == ("7,0", "1", "")
    assert rows["/page-7"]["title"] == "'=1"
    [source] = told(staff, "/visitors/sources.csv")
    assert (source["utm_source"], source["times"], source["visitors"]) == ("news", "2", "1")


def test_pairs_that_may_be_one(staff: TestClient, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kweek.web.exports._AT_ONCE", 1)
    for lead in ("ann", "bob", "cas"):
        books.lead(lead, name=f"@{lead}")
    for one, other in (("ann", "bob"), ("bob", "cas")):
        books.add(tables.duplicates, first_id=one, second_id=other, why="phone", likeness=0.95, at=NOW, status="open")
    rows = told(staff, "/duplicates.csv")
    assert [(row["one_id"], row["two_who"]) for row in rows] == [("ann", "'@bob"), ("bob", "'@cas")]
    assert (rows[0]["likeness"], rows[0]["found_at"]) == ("0,95", "2026-03-02 10:00")


def test_imports_with_what_became_of_their_rows(staff: TestClient, books: Books) -> None:
    for n in range(120):
        books.add(
            tables.imports, id=f"i{n:03}", file="=fair.csv", how={}, status="done", rows=2, by="anna", at=NOW - n * DAY
        )
    for number, status in ((1, "made"), (2, "refused")):
        books.add(tables.import_rows, import_id="i000", number=number, cells=["x"], status=status)
    rows = told(staff, "/imports.csv")
    assert len(rows) == 120
    assert rows[0] | {"file": "'=fair.csv", "made": "1", "refused": "1", "by": "anna"} == rows[0]


def test_mails_that_were_caught(staff: TestClient, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kweek.web.mails._A_PAGE", 3)
    books.lead("ann")
    for n in range(8):
        to = "ann@example.com" if n % 2 else "x@example.com"
        books.add(tables.caught, sender="s@x", recipient=to, subject=f"=S{n}", raw=b"", at=NOW)
    assert [row["subject"] for row in told(staff, "/mails.csv")] == [f"'=S{n}" for n in range(7, -1, -1)]
    assert [row["subject"] for row in told(staff, "/mails.csv?lead=ann")] == ["'=S7", "'=S5", "'=S3", "'=S1"]
    assert staff.get("/mails.csv?lead=nobody").status_code == 404


@pytest.fixture
def waiting(books: Books, published: str) -> Books:
    scene(books, published)
    return books


def test_what_waits_for_somebody(staff: TestClient, waiting: Books) -> None:
    [handover] = told(staff, "/waiting/handovers.csv")
    assert (handover["lead"], handover["owner"]) == ("Ann de Vries", "anna")
    assert handover["follow_up_at"] < "2026-03-02 10:00"
    [call] = told(staff, "/waiting/calls.csv")
    assert (call["lead_id"], call["tried"], call["attempts_allowed"]) == ("bas", "1", "3")
    [task] = told(staff, "/waiting/tasks.csv")
    assert task["lead"] == "Carla Smit"
    assert task["title"]


def test_what_a_campaign_cost_entry_by_entry(staff: TestClient, books: Books) -> None:
    for word in ("fair", "other"):
        books.add(tables.campaigns, id=word, title=word, created_at=NOW)
    for n in range(250):
        more = {"takes_back": 1, "cents": -100} if n == 249 else {"cents": 100 + n}
        books.add(
            tables.costs, campaign_id="fair", on=(NOW - n * DAY).date(), words="=Stand", by="anna", at=NOW,
            **more,
        )  # fmt: skip
    books.add(tables.costs, campaign_id="other", on=NOW.date(), cents=5, at=NOW)
    rows = told(staff, "/campaigns/fair/costs.csv")
    assert len(rows) == 250
    assert rows[0] | {
        "day": "2026-03-02", "cost": "1,0", "words": "'=Stand", "by": "anna", "at": "2026-03-02 10:00",
        "takes_back": "",
    } == rows[0]  # fmt: skip
    assert (rows[-1]["cost"], rows[-1]["takes_back"]) == ("-1,0", rows[0]["entry"])
    assert 'href="/campaigns/fair/costs.csv" download' in staff.get("/campaigns/fair").text
    assert "costs.csv" in staff.get("/campaigns/other").text


def test_rows_that_an_undo_had_to_leave(staff: TestClient, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kweek.web.exports._AT_ONCE", 40)
    how = {"columns": []}
    books.add(tables.imports, id="i1", file="=fair.csv", how=how, status="undone", rows=120, at=NOW, undone_at=NOW)
    why = [{"column": "", "cell": "", "words": "it was changed"}, {"column": "Naam", "cell": "Bo", "words": "it stays"}]
    for n in range(1, 121):
        kept = {"status": "kept", "why": why} if n > 10 else {"status": "undone", "why": None}
        books.add(tables.import_rows, import_id="i1", number=n, cells=[], lead_id=f"l{n}", **kept)
    rows = told(staff, "/imports/i1/kept.csv")
    assert [row["row"] for row in rows] == [str(n) for n in range(11, 121)]
    assert rows[0] == {"row": "11", "lead_id": "l11", "why": "it was changed; Naam “Bo”: it stays"}
    assert 'href="/imports/i1/kept.csv" download' in staff.get("/imports/i1").text


def test_what_stands_still_and_what_went_wrong(
    staff: TestClient, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kweek.web.exports._AT_ONCE", 7)
    for n in range(120):
        books.lead(f"l{n:03}", name=f"=N{n}", held="@broken")
        books.mail(f"l{n:03}-1/1", f"l{n:03}", status="held", why="nobody knows", claimed_at=NOW - n * DAY)
        lead = None if n == 3 else f"l{n:03}"
        books.add(tables.problems, lead_id=lead, code="render", words=f"=W{n}", at=NOW - n // 4 * DAY, times=n + 1)
    leads, mails, wrong = (told(staff, f"/{name}.csv") for name in ("held/leads", "held/mails", "problems"))
    assert (len(leads), leads[0]) == (120, {"lead_id": "l000", "lead": "'=N0", "why": "'@broken"})
    assert len(mails) == 120
    assert mails[-1] | {"lead_id": "l000", "at": "2026-03-02 10:00", "why": "nobody knows"} == mails[-1]
    assert [row["words"] for row in wrong] == [
        f"'=W{n}" for day in range(30) for n in range(day * 4 + 3, day * 4 - 1, -1)
    ]
    assert (wrong[0]["lead"], wrong[1]["lead"], wrong[1]["times"]) == ("", "'=N2", "3")
    page = staff.get("/").text
    for path in ("/held/leads.csv", "/held/mails.csv", "/problems.csv"):
        assert f'href="{path}" download' in page


@pytest.mark.parametrize(
    ("page", "files"),
    [
        ("/", ["/waiting/handovers.csv", "/waiting/tasks.csv", "/waiting/calls.csv"]),
        ("/companies?q=de", ["/companies.csv?q=de"]),
        ("/campaigns?from=2026-01-01", ["/campaigns.csv?from=2026-01-01"]),
        ("/mails?to=leads", []),
    ],
)
def test_each_page_leads_to_its_file(staff: TestClient, waiting: Books, page: str, files: list[str]) -> None:
    assert re.findall(r'href="([^"]+\.csv[^"]*)" download', staff.get(page).text) == files


def test_companies_are_found_by_how_their_names_begin(staff: TestClient, waiting: Books) -> None:
    waiting.add(tables.companies, id="c2", name="Acme <b>", name_key="acme <b>", fields={}, parent_id="c1")
    page = staff.get("/companies").text
    assert page.index("Acme &lt;b&gt;") < page.index('href="/companies/c1"><bdi>De Vries')
    assert 'href="/leads?company=c1">1</a>' in page
    assert "Acme" not in staff.get("/companies?q=DE+vr").text
    assert "No company is called so" in staff.get("/companies?q=nobody").text
    assert staff.get("/companies?q=%00&after=%00").status_code == 200


def test_companies_come_page_by_page(staff: TestClient, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kweek.web.companies_page._A_PAGE", 3)
    for n in range(8):
        books.add(tables.companies, id=f"c{n}", name=f"Acme {n}", name_key=f"acme {n}", fields={})
    seen, at = list[str](), "/companies"
    while at:
        page = staff.get(at).text
        seen += re.findall(r'href="/companies/(c\d)"', page)
        on = re.search(r'href="(/companies\?after=[^"]+)"', page)
        at = on[1] if on else ""
    assert seen == [f"c{n}" for n in range(8)]


def test_a_fraction_is_one_where_the_comma_is() -> None:
    rows = [["a", 12.5, 3, "12.5", -0.25, 12.345, None]]
    assert list(as_csv(rows, ";")) == ["a;12,5;3;12.5;-0,25;12,345;\r\n"]
    assert list(as_csv(rows, ",")) == ["a,12.5,3,12.5,-0.25,12.345,\r\n"]
