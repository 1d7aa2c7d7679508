"""The file of a flow beside what is published of it: broken, changed, new, gone; on its page and on the first."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from kweek.leads import publish
from kweek.leads.database import Database
from kweek.versions import source_of
from kweek.web.app import make_app
from kweek.web.beside import Beside, _files, news_beside
from kweek.web.files import news
from kweek.web.house import House
from kweek.web.rules import WorkspaceRules
from kweek.workspace import read_workspace
from tests.web.conftest import NOW, ROOT, Books, TestClient
from tests.web.pages import numbers_on
from tests.web.scene import scene

FLOW = "/flows/brochure-request"


@pytest.fixture
def own(house: House, tmp_path: Path) -> House:
    """The same house, on files of its own that a test may spoil."""
    folder = tmp_path / "own"
    for name in ("flows", "rules", "surveys", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    settings = replace(house.settings, workspace=folder)
    return replace(house, settings=settings, rules=WorkspaceRules(folder, house.db))


def test_a_file_that_is_broken_leaves_the_last_good_picture_greyed_with_the_problem(
    own: House, staff: TestClient, published: str
) -> None:
    with TestClient(make_app(own), cookies=staff.cookies) as client:
        assert 'class="kweek-picture"' in client.get(FLOW).text
        path = own.settings.workspace / "flows" / "brochure-request.yaml"
        path.write_text(path.read_text() + "\nsteps: [\n")
        page = client.get(FLOW).text
    assert 'class="kweek-picture stale"' in page
    assert "has a mistake" in page
    assert "flows/brochure-request.yaml:" in page


def test_what_the_linter_says_is_told_as_its_own_words(own: House, staff: TestClient, published: str) -> None:
    path = own.settings.workspace / "flows" / "brochure-request.yaml"
    path.write_text(path.read_text() + "\nsteps: [\n")
    with TestClient(make_app(own), cookies=staff.cookies) as client:
        for page in ("/", FLOW):
            said = client.get(page, headers={"accept-language": "nl"}).text
            before, listed, _ = said.partition('<ul lang="en" class="problems">')
            assert before.rstrip().endswith("“kweek lint” zegt, in het Engels:</p>")
            assert listed


def test_a_file_that_differs_and_one_that_nobody_published_are_said(
    own: House, staff: TestClient, published: str
) -> None:
    path = own.settings.workspace / "flows" / "brochure-request.yaml"
    path.write_text(path.read_text().replace("wait: 7 days", "wait: 5 days"))
    with TestClient(make_app(own), cookies=staff.cookies) as client:
        assert "says something else than what is published" in client.get(FLOW).text
        assert "Nobody has published this flow yet" in client.get("/flows/long-term").text


def test_what_the_file_would_change_is_one_picture_and_so_is_an_older_version(
    own: House, staff: TestClient, db: Database, published: str
) -> None:
    folder = own.settings.workspace
    path, mail = folder / "flows" / "brochure-request.yaml", folder / "templates/mails/survey.nl.md"
    with TestClient(make_app(own), cookies=staff.cookies) as client:
        assert "nothing differs" in client.get(f"{FLOW}/changes").text
        path.write_text(path.read_text().replace("wait: 7 days", "wait: 5 days"))
        mail.write_text(mail.read_text() + "\nTot ziens.\n")
        assert f'href="{FLOW}/changes"' in client.get(FLOW).text
        page = client.get(f"{FLOW}/changes").text
        assert 'aria-label="changed: Wait 5 days"' in page
        assert "<li>templates/mails/survey.nl.md</li>" in page
        source = source_of(read_workspace(folder), "brochure-request")
        publish.publish(db, source, "brochure-request", "test", NOW)
        own.board._at = 0.0
        older = client.get(f"{FLOW}?version=1").text
        assert f'href="{FLOW}/changes?version=1"' in older
        assert ("&amp;files=" in older, "&amp;files=" in client.get(FLOW).text) == (False, True)  # it is old on purpose
        page = client.get(f"{FLOW}/changes?version=1", headers={"accept-language": "nl"}).text
        assert 'aria-label="anders: Wacht 5 dagen"' in page
        assert "nothing differs" in client.get(f"{FLOW}/changes").text
        path.unlink()
        page = client.get(f"{FLOW}/changes").text
        assert "The file of this flow is gone" in page
        assert 'class="kweek-picture stale"' in page


@pytest.mark.parametrize("text", ["flow: [\n", "\tflow: brochure-request\n", "- a\n- list\n", "just words", ""])
def test_what_a_broken_file_would_change_is_not_shown_but_the_last_good_picture_greyed_with_the_problem(
    own: House, staff: TestClient, published: str, text: str
) -> None:
    path = own.settings.workspace / "flows" / "brochure-request.yaml"
    path.write_text(text)
    with TestClient(make_app(own), cookies=staff.cookies) as client:
        answer = client.get(f"{FLOW}/changes")
    assert answer.status_code == 200
    assert 'class="kweek-picture stale"' in answer.text
    assert 'aria-label="gone: ' not in answer.text
    assert "has a mistake" in answer.text
    assert "flows/brochure-request.yaml:1:" in answer.text


def test_a_file_that_publishing_would_refuse_says_why_there_and_on_the_first_page(
    own: House, staff: TestClient, published: str
) -> None:
    path = own.settings.workspace / "flows" / "brochure-request.yaml"
    with TestClient(make_app(own), cookies=staff.cookies) as client:
        assert 'id="wrong"' not in client.get("/").text
        path.write_text(path.read_text().replace("go: sales", "go: slaes", 1))
        for address in (FLOW, "/"):
            page = client.get(address).text
            assert "refuses" in page
            assert "slaes" in page
        assert 'class="flow stale"' in page
        (own.settings.workspace / "rules" / "teams.yaml").write_text("teams: [\n")
        assert "rules/teams.yaml:" in client.get("/").text


async def test_an_open_page_is_told_that_a_file_is_broken_and_mended(own: House, published: str) -> None:
    flow = own.settings.workspace / "flows" / "brochure-request.yaml"
    teams, sound = own.settings.workspace / "rules" / "teams.yaml", flow.read_text()

    def pages() -> tuple[str, str]:
        seen = own.files.look()
        return seen.stamp(None, None), seen.stamp("brochure-request", published)

    home, its = pages()
    told = (
        Beside("home", partial(_files, flow=None, shown=home), ""),
        Beside("flow", partial(_files, flow="brochure-request", shown=its), ""),
    )

    async def hear() -> object:
        own.files.look(), own.board.look()
        return await news_beside(own, told)

    assert await hear() == {}
    flow.write_text(sound.replace("go: sales", "go: slaes", 1))
    assert await hear() == {"home": "broken", "flow": "broken"}
    flow.write_text(sound.replace("wait: 7 days", "wait: 5 days"))
    assert await hear() == {"home": "", "flow": "changed"}
    flow.write_text(sound)
    assert await hear() == {"flow": ""}
    teams.write_text("teams: [\n")
    assert await hear() == {"home": "broken", "flow": "broken"}, "it stands on the teams"
    assert await news_beside(own, told) == {}, "once"


def test_what_has_become_of_the_files_is_one_word() -> None:
    assert news("broken.1.v1", "broken.2.v1") == "broken"
    assert news("broken.1.v1", "same.2.v1") == "mended"
    assert news("differs.1.v1", "same.1.v2") == "published"
    assert news("same.1.v1", "differs.2.v1") == "changed"
    assert news("same.1.v1", "same.1.v1") == ""
    assert news("somebody's own", "same.1.v1") == "published"


def test_a_page_is_never_older_than_the_files_when_it_is_asked_for(
    own: House, staff: TestClient, published: str
) -> None:
    path = own.settings.workspace / "flows" / "brochure-request.yaml"
    sound = path.read_text()
    with TestClient(make_app(own), cookies=staff.cookies) as client:
        for _ in range(3):
            path.write_text(sound + "\nsteps: [\n")
            assert ("has a mistake" in client.get(FLOW).text, 'id="wrong"' in client.get("/").text) == (True, True)
            path.write_text(sound)
            assert ("has a mistake" in client.get(FLOW).text, 'id="wrong"' in client.get("/").text) == (False, False)


def test_rows_that_say_the_same_are_counted_over_versions(
    own: House, staff: TestClient, books: Books, db: Database, published: str
) -> None:
    scene(books, published)
    path = own.settings.workspace / "flows" / "brochure-request.yaml"
    path.write_text(path.read_text().replace("wait: 7 days", "wait: 5 days"))
    source = source_of(read_workspace(own.settings.workspace), "brochure-request")
    assert publish.publish(db, source, "brochure-request", "test", NOW).number == 2
    with TestClient(make_app(own), cookies=staff.cookies) as client:
        page = client.get(FLOW).text
        assert "3 leads walk an older version" in page
        shown = numbers_on(page)
        assert (shown["steps/send-survey when:3"], shown["steps/send-survey"]) == (1, 1)
        assert "to the version that leads enter now" in client.get(f"{FLOW}?version=1").text
