"""`kweek test --suggest`: what is put into a file of tests, below what is there, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from kweek.cli import main
from kweek.rehearsal import rehearse
from kweek.suggesting import suggestion
from kweek.workspace import read_workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("flows", "rules", "surveys", "templates"):
        copytree(ROOT / name, tmp_path / name)
    return tmp_path


UNWALKED: dict[str, list[str]] = {}
"""Rows of flows that ship to which no suggested case leads, by flow."""


def test_every_way_of_the_flows_that_ship_is_walked_by_cases_that_hold(folder: Path) -> None:
    for path in (folder / "flows/tests").glob("*.yaml"):
        path.unlink()
    for flow in read_workspace(folder).flows:
        found = suggestion(read_workspace(folder), flow)
        assert found.cases > 3
        (folder / found.path).write_text(found.added)
    workspace = read_workspace(folder)
    tested = rehearse(workspace, list(workspace.flows))
    assert tested.problems == ()
    assert [result.message for result in tested.results if not result.holds] == []
    assert {flow: list(left) for flow in workspace.flows if (left := tested.unwalked(flow))} == UNWALKED
    for flow in workspace.flows:
        again = suggestion(workspace, flow)
        assert (again.cases, again.added) == (0, ""), flow


def test_what_the_survey_at_hand_does_not_ask_is_known_from_the_start(folder: Path) -> None:
    (folder / "flows/tests/webinar.yaml").unlink()
    added = suggestion(read_workspace(folder), "webinar").added
    assert "lead: { profile: A, bant: { budget: reserved, authority: decides, time: three-months } }" in added
    assert "{ answered: { bant.need: new-building, bant.talk: call } }" in added  # an appointment would end the flow


def test_a_start_may_say_something_else_than_it_did_at_first(folder: Path) -> None:
    (folder / "flows/tests/fair-leads.yaml").unlink()
    assert "start: { fair.visited: { wish: call } }" in suggestion(read_workspace(folder), "fair-leads").added


def test_it_is_put_below_what_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "flows/tests/contact-request.yaml"
    first = "flow: contact-request\ntests:\n- name: won  # by hand\n  events: { day 1: won }\n  expect: { ends: won }\n"
    path.write_text(first)
    assert main(["test", "--workspace", str(folder), "--suggest", "contact-request"]) == 0
    shown = capsys.readouterr().out
    assert main(["test", "--workspace", str(folder), "--suggest", "contact-request", "--write"]) == 0
    assert path.read_text() == f"{first}\n{shown}"
    assert shown.startswith("- name: handover → rejected")
    assert main(["test", "contact-request", "--workspace", str(folder)]) == 0
    assert "Every row is walked" in capsys.readouterr().out
    assert main(["test", "--workspace", str(folder), "--suggest", "contact-request"]) == 0
    assert capsys.readouterr() == ("", "every way that can be found is walked by flows/tests/contact-request.yaml\n")


def test_a_flow_without_tests_gets_a_file(folder: Path) -> None:
    path = folder / "flows/tests/contact-request.yaml"
    path.unlink()
    assert main(["test", "--workspace", str(folder), "--suggest", "contact-request", "--write"]) == 0
    assert path.read_text().startswith("# One case for every way")
    assert main(["test", "contact-request", "--workspace", str(folder)]) == 0


def test_one_is_one_test(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/f.yaml").write_text(
        'flow: f\ntitle: F\nstart: manual\nsteps:\n  - choose:\n      - if: lead.country == "NL"\n        go: won\n'
        "      - else: done\n"
    )
    test = "flow: f\ntests:\n- name: won\n  lead: { country: NL }\n  expect: { ends: won }\n"
    (tmp_path / "flows/tests").mkdir()
    (tmp_path / "flows/tests/f.yaml").write_text(test)
    assert main(["test", "--workspace", str(tmp_path), "--suggest", "f", "--write"]) == 0
    assert capsys.readouterr().err == "flows/tests/f.yaml: 1 test added\n"


def test_what_has_no_case_is_said_in_the_file_and_where_nothing_is_added(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/f.yaml").write_text(
        "flow: f\ntitle: F\nstart: manual\nsteps:\n"
        "  - choose:\n      - if: company.size > 5 and company.size < 5\n        go: won\n      - else: done\n"
    )
    assert main(["test", "--workspace", str(tmp_path), "--suggest", "f", "--write"]) == 0
    says = "steps/choose-1 choose:"
    assert f"  # Not walked: {says}" in (tmp_path / "flows/tests/f.yaml").read_text()
    capsys.readouterr()
    assert main(["test", "--workspace", str(tmp_path), "--suggest", "f"]) == 0
    assert f"Not walked: {says}" in capsys.readouterr().err
    assert "true where a lead comes by" in (tmp_path / "flows/tests/f.yaml").read_text()
    assert main(["test", "--workspace", str(tmp_path), "--write"]) == 2
    assert "--write goes with --suggest" in capsys.readouterr().err


def test_a_draw_is_walked_by_a_hundred_leads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/f.yaml").write_text(
        "flow: f\ntitle: F\nstart: manual\nsteps:\n"
        "  - choose:\n      - share: 50%\n        go: won\n      - else: done\n"
    )
    assert main(["test", "--workspace", str(tmp_path), "--suggest", "f", "--write"]) == 0
    assert "leads: 100" in (tmp_path / "flows/tests/f.yaml").read_text()
    assert main(["test", "--workspace", str(tmp_path)]) == 0
    assert "Every row is walked: 2 of 2" in capsys.readouterr().out


def test_a_flow_without_rows_has_its_one_case_once(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/f.yaml").write_text("flow: f\ntitle: F\nstart: manual\nsteps:\n  - end: done\n")
    for _ in range(2):
        assert main(["test", "--workspace", str(tmp_path), "--suggest", "f", "--write"]) == 0
    assert (tmp_path / "flows/tests/f.yaml").read_text().count("- name:") == 1


def test_what_cannot_be_suggested(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--workspace", str(folder), "--suggest", "contact"]) == 2
    assert "there is no flow “contact”" in capsys.readouterr().err
    (folder / "flows/tests/contact-request.yaml").write_text("flow: contact-request\ntests: x\n")
    assert main(["test", "--workspace", str(folder), "--suggest", "contact-request"]) == 1
    assert "flows/tests/contact-request.yaml:2:" in capsys.readouterr().out
    (folder / "flows/tests/contact-request.yaml").write_text(
        "tests:\n  - name: won\n    expect: { ends: won }\nflow: contact-request\n"
    )
    assert main(["test", "--workspace", str(folder), "--suggest", "contact-request"]) == 1


def test_a_flow_that_cannot_be_read_is_there_and_broken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "acme"
    for part in ("flows", "rules", "surveys", "templates"):
        copytree(Path(__file__).parents[2] / part, folder / part)
    (folder / "flows/brochure-request.yaml").write_text("flow: [\n")
    for words in (["brochure-request"], ["--suggest", "brochure-request"]):
        assert main(["test", *words, "--workspace", str(folder)]) == 1
        said = "".join(capsys.readouterr())
        assert "flows/brochure-request.yaml:" in said
        assert "no flow" not in said
        assert "Did you mean" not in said
