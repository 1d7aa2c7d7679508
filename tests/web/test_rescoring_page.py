"""What do other rules change, and who has all leads rescored? On a page: looked at, asked for, watched, and listed."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import Response
from playwright.sync_api import Browser, expect
from temporalio.testing import ActivityEnvironment

from activities.rescoring import Rescorer
from kweek.flow.conditions import Condition
from kweek.flow.facts import Facts
from kweek.leads import rescorings, tables
from kweek.leads.clock import Clock
from kweek.leads.database import Database
from kweek.leads.sound_rules import keep
from kweek.web import previewing
from kweek.web.house import House
from kweek.web.rules import WorkspaceRules
from tests.web.browsing import fits, visit
from tests.web.conftest import NOW, ORIGIN, ROOT, Books, TestClient
from tests.web.pages import press
from workflows.messages import Rescored

PATH = "/matrix/rules"
SCORING = """
grades:
  profile: { A: 20, B: 10, C: 0 }
  engagement: { 1: 20, 2: 10, 3: 5 }
rules:
  - because: is a grower
    if: lead.job_title == "grower"
    profile: +20
  - because: can be called
    if: known(lead.phone)
    intent: +20
"""


@pytest.fixture
def db(database: Database) -> Database:
    return database


@pytest.fixture
def house(house: House, tmp_path: Path) -> House:
    """With rules of its own, and three leads that were never scored."""
    folder = tmp_path / "workspace"
    shutil.copytree(ROOT / "rules", folder / "rules")
    (folder / "rules" / "scoring.yaml").write_text(SCORING)
    return replace(house, settings=replace(house.settings, workspace=folder), rules=WorkspaceRules(folder, house.db))


@pytest.fixture(autouse=True)
def crowd(books: Books) -> None:
    books.lead("l1", name="Ann <b>", job_title="grower", phone="+31201234567")
    books.lead("l2", name="Bas", job_title="grower")
    books.lead("l3", name="Carla")


def look(staff: TestClient) -> str:
    answer = press(staff, PATH, "look")
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    return " ".join(staff.get(PATH).text.split())


def worked(house: House) -> Rescored:
    """What a worker does about it."""
    with house.db.read() as read:
        job = rescorings.under_way(read)
    assert job is not None
    rescorer = Rescorer(house.db, Clock(), lambda: house.rules.ears)
    return ActivityEnvironment().run(rescorer.rescore_some, Rescored(job=job.id))


def fail_on(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    sound = Condition.test

    def fails(this: Condition, facts: Facts) -> bool | None:
        if facts.field("lead.email") == address:
            raise ZeroDivisionError("by <nothing>")
        return sound(this, facts)

    monkeypatch.setattr(Condition, "test", fails)


def test_the_matrix_leads_there_and_it_says_what_is_in_force(staff: TestClient, house: House) -> None:
    assert f'href="{PATH}"' in staff.get("/matrix").text
    page = staff.get(PATH).text
    assert f"<code>{house.rules.ears.scores.stamp[:8]}</code>" in page
    assert "not all rescored by these rules yet" in page
    assert "Nobody has looked yet" in page
    assert "never rescored here" in page
    assert 'http-equiv="refresh"' not in page
    rules = house.settings.workspace / "rules"
    keep(house.db, {"rules/scoring.yaml": SCORING, "rules/teams.yaml": "a"}, NOW, lambda before: None)
    keep(
        house.db, {"rules/scoring.yaml": SCORING, "rules/teams.yaml": "b"}, NOW + timedelta(days=3), lambda before: None
    )
    page = staff.get(PATH).text
    assert "2 Mar 2026 10:00" in page, "another team is no other rule"
    keep(house.db, {"rules/scoring.yaml": SCORING}, NOW + timedelta(days=3), lambda before: None, "other")
    page = staff.get(PATH).text
    assert "5 Mar 2026 10:00" in page
    assert "The files say what is in force" in page
    (rules / "scoring.yaml").write_text(SCORING.replace("+20", "+21"))
    assert "something else by now" in staff.get(PATH).text


def test_what_would_change_is_told_in_numbers_and_nothing_is_written(staff: TestClient, books: Books) -> None:
    page = look(staff)
    assert "2 leads change grade." in page
    assert "1 becomes A1." in page
    assert "The points of 2 leads change." in page
    assert "<small>A1</small> <span><small>0 →</small> 1</span>" in page
    assert "<small>A4</small> <span><small>0 →</small> 1</span>" in page
    assert "<small>C4</small> <span><small>3 →</small> 1</span>" in page
    assert books.count(tables.points) == 0
    assert "2 leads veranderen van klasse." in staff.get(PATH, headers={"accept-language": "nl"}).text


def test_a_preview_that_takes_long_tells_how_far_it_is_and_one_is_made_at_a_time(
    staff: TestClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.db.write() as tx:
        rescorings.look(tx, "p1", "rules", "anna", NOW, previewing.datetime.now(previewing.UTC))
        rescorings.told(tx, "p1", 20_000, 100_000, previewing.datetime.now(previewing.UTC) + timedelta(seconds=10))
    page = look(staff)
    assert "20,000 of 100,000 leads" in page
    assert 'value="20"' in page
    assert "less than a minute left" in page
    assert 'http-equiv="refresh"' in page
    assert 'value="look"' not in page
    with house.db.read() as read:
        row = rescorings.looked(read)
    assert row is not None
    assert row.id == "p1", "no second one was begun"
    monkeypatch.setattr(previewing, "_SILENT", timedelta(seconds=-20))
    page = staff.get(PATH).text
    assert "was broken off" in page
    assert 'http-equiv="refresh"' not in page
    assert "2 leads change grade" in look(staff)


def test_all_leads_are_rescored_when_a_colleague_says_so(staff: TestClient, house: House, books: Books) -> None:
    assert press(staff, PATH, "begin", by="").status_code == 422
    assert press(staff, PATH, "begin", origin="https://evil.example").status_code == 403
    assert books.count(tables.rescorings) == 0
    look(staff)
    assert press(staff, PATH, "begin").status_code == 303
    assert press(staff, PATH, "begin").status_code == 409, "one at a time"
    page = staff.get(PATH).text
    assert "Asked for; the worker begins" in page
    assert 'http-equiv="refresh"' in page
    done = worked(house)
    assert (done.leads, done.changed, done.done) == (3, 2, True)
    page = staff.get(PATH).text
    assert 'http-equiv="refresh"' not in page
    assert "all rescored by these rules" in page
    assert "look again" in page, "what was looked at before is of before"
    assert '<td class="count" data-label="Changed">2</td>' in page
    assert "<bdi>anna</bdi>" in page
    assert "No lead changes grade." in look(staff)
    assert (
        ActivityEnvironment()
        .run(Rescorer(house.db, Clock(), lambda: house.rules.ears).rescore_some, Rescored(job=done.job))
        .done
    ), "what is done is not begun once more"
    assert [row.status for row in books.rows(tables.rescorings) if row.kind == "rescoring"] == ["done"]


def test_the_same_form_sent_again_begins_nothing_new(staff: TestClient, house: House, books: Books) -> None:
    for _ in range(2):
        assert press(staff, PATH, "begin", id="one").status_code == 303
    assert press(staff, PATH, "begin", id="two").status_code == 409
    worked(house)
    assert press(staff, PATH, "begin", id="one").status_code == 303, "“back”, long after"
    for _ in range(2):
        assert press(staff, PATH, "look", id="one").status_code == 303
    assert sorted((row.kind, row.status) for row in books.rows(tables.rescorings)) == [
        ("preview", "done"), ("rescoring", "done"),
    ]  # fmt: skip
    [id] = set(re.findall(r'name="id" value="([^"]+)"', staff.get(PATH).text))
    assert id


LINT_SAYS = "“kweek lint” zegt, in het Engels:"


def upload(staff: TestClient, text: str | None, origin: str = ORIGIN, *, nl: bool = False, **fields: str) -> Response:
    files = {"file": ("" if text is None else "next <b>.yaml", (text or "").encode(), "application/yaml")}
    return staff.post(
        PATH,
        data={"id": "one"} | fields,
        files=files,
        headers={"origin": origin} | ({"accept-language": "nl"} if nl else {}),
    )


def test_another_text_is_looked_at_before_it_holds(staff: TestClient, house: House, books: Books) -> None:
    look(staff)
    text = SCORING.replace('"grower"', '"baker"')
    assert upload(staff, text, "https://evil.example").status_code == 403
    assert upload(staff, text).status_code == 303
    page = " ".join(staff.get(PATH).text.split())
    assert "<bdi>next &lt;b&gt;.yaml</bdi>: <strong>not in force</strong>" in page
    assert "1 lead changes grade." in page
    assert "<small>C1</small> <span><small>0 →</small> 1</span>" in page
    assert "look again" not in page
    assert books.count(tables.points) == 0
    assert house.rules.ears.scores.stamp[:8] in page, "what is in force stays"
    upload(staff, SCORING.replace("intent: +20", "intent: +10"))
    assert "<small>A2</small> <span><small>0 →</small> 1</span>" in " ".join(staff.get(PATH).text.split()), "other text"
    upload(staff, SCORING)
    assert "in force by now" in staff.get(PATH).text
    assert "<strong>not in force" not in look(staff)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SCORING.replace("profile: +20", "profil: +20"), "rules/scoring.yaml:8:"),
        (SCORING.replace("lead.job_title", "lead.job_titel"), "rules/scoring.yaml:7:"),
        ("", "This file says nothing"),
        ("# x\n" * 100_000, "rules/scoring.yaml:1:1"),
        (None, "Choose"),
    ],
)
def test_another_text_with_mistakes_is_not_reckoned(staff: TestClient, books: Books, text: str, says: str) -> None:
    answer = upload(staff, text)
    assert answer.status_code == 422
    assert says in answer.text
    assert books.count(tables.rescorings) == 0
    dutch = upload(staff, text, nl=True).text
    if text is not None:
        assert f"hierin staan fouten, dus is er niets doorgerekend. {LINT_SAYS}</p>" in dutch
        assert '<ul lang="en" class="problems">' in dutch


def test_a_file_that_is_too_large_is_told_how_large_it_may_be(staff: TestClient, books: Books) -> None:
    for nl, words in ((False, "may be 256 kB at most"), (True, "mag hoogstens 256 kB groot zijn")):
        answer = upload(staff, "# x\n" * 200_000, nl=nl)
        assert (answer.status_code, words in answer.text) == (413, True)
    assert books.count(tables.rescorings) == 0


def test_a_file_that_went_away_is_said(staff: TestClient, house: House, books: Books) -> None:
    path = house.settings.workspace / "rules" / "scoring.yaml"
    keep(house.db, {"rules/scoring.yaml": SCORING}, NOW, lambda before: None)
    path.unlink()
    page = staff.get(PATH).text
    assert "There is no rules/scoring.yaml" in page
    assert "The files say what is in force" not in page
    assert press(staff, PATH, "begin").status_code == 422
    path.write_text("")
    page = staff.get(PATH).text
    assert "This file says nothing" in page
    assert "There is no rules/scoring.yaml" not in page
    assert books.count(tables.rescorings) == 0


def test_where_no_other_rules_were_ever_in_force_nobody_lacks_them(staff: TestClient, house: House) -> None:
    keep(house.db, {"rules/scoring.yaml": SCORING}, NOW - timedelta(days=30), lambda before: None)
    assert "not all rescored" not in staff.get(PATH).text
    keep(house.db, {"rules/scoring.yaml": SCORING + " "}, NOW + timedelta(days=30), lambda before: None, "other")
    assert "not all rescored by these rules yet" in staff.get(PATH).text


def test_it_can_be_stopped(staff: TestClient, house: House, books: Books) -> None:
    press(staff, PATH, "begin")
    with house.db.read() as read:
        row = rescorings.under_way(read)
    assert row is not None
    assert press(staff, PATH, "stop").status_code == 303
    assert press(staff, PATH, "stop").status_code == 409
    rescorer = Rescorer(house.db, Clock(), lambda: house.rules.ears)
    assert ActivityEnvironment().run(rescorer.rescore_some, Rescored(job=row.id)).done
    assert books.count(tables.points) == 0
    assert "Stopped" in staff.get(PATH).text
    assert press(staff, PATH, "begin").status_code == 303
    assert worked(house).changed == 2


def test_leads_on_which_a_rule_failed_are_listed(
    staff: TestClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_on(monkeypatch, "l1@example.com")
    for page in (look(staff), press(staff, PATH, "begin") and worked(house) and staff.get(PATH).text):
        assert '<a href="/leads/l1"><bdi>Ann &lt;b&gt;</bdi></a>' in str(page)
        assert "ZeroDivisionError: by &lt;nothing&gt;" in str(page)
    assert '<section id="failed">' in staff.get(PATH).text
    press(staff, PATH, "begin")
    assert worked(house).failed == 1
    assert "ZeroDivisionError" in staff.get(PATH).text.partition('<section id="failed">')[2], "it fails still"


def test_rules_with_mistakes_are_said_and_nothing_is_rescored(staff: TestClient, house: House, books: Books) -> None:
    staff.get(PATH)
    (house.settings.workspace / "rules" / "scoring.yaml").write_text(SCORING.replace("profile: +20", "profil: +20"))
    page = staff.get(PATH).text
    assert "have mistakes" in page
    assert "rules/scoring.yaml:" in page
    assert 'value="begin"' not in page
    assert press(staff, PATH, "begin").status_code == 422
    assert books.count(tables.rescorings) == 0


def test_only_colleagues_come_here(web: TestClient) -> None:
    assert web.get(PATH).status_code == 401
    assert web.post(PATH, data={"action": "look"}, headers={"origin": ORIGIN}).status_code == 401


@pytest.mark.slow
def test_a_colleague_looks_and_has_it_done(browser: Browser, served: House) -> None:
    with visit(browser, served, viewport={"width": 390, "height": 800}) as page:
        page.goto(f"{served.settings.base_url}{PATH}?as={served.rules.people()[0]}")
        page.get_by_role("button", name="See what changes").click()
        expect(page.locator("#preview")).to_contain_text("2 leads change grade.")
        assert fits(page)
        page.goto(f"{served.settings.base_url}{PATH}?as={served.rules.people()[0]}")
        page.get_by_role("button", name="Rescore all leads").click()
        expect(page.locator("#rescoring")).to_contain_text("Asked for")
        worked(served)
        expect(page.locator("#latest")).to_contain_text("Done")
        expect(page.locator("#force")).to_contain_text("all rescored by these rules")
        assert fits(page)
