"""What `kweek new` writes is sound from the first moment, and nothing that is there is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kweek.beginnings import SETS
from kweek.beginnings.events import with_event
from kweek.beginnings.flow import event_of, title_of
from kweek.beginnings.workspace import EVENT
from kweek.cli import main
from kweek.errors import KweekError
from kweek.flow.cases.read import read_cases
from kweek.flow.cases.report import Result, try_case
from kweek.flow.simulate.memory import Memory
from kweek.linting import lint, lint_unrendered, names_in
from kweek.mails.render import Renderer
from kweek.workspace import read_workspace
from kweek.worlds import world_of
from tests.lives import MONDAY

ROOT = Path(__file__).parents[2]
FOLDERS = ("flows", "rules", "surveys", "templates")
FLOWS = sorted(file.stem for file in (ROOT / "flows").glob("*.yaml"))


def new(*words: str, workspace: Path | None = None) -> int:
    return main(["new", *words, *(["--workspace", str(workspace)] if workspace else [])])


def sound(folder: Path, renderer: Renderer, *flows: str) -> int:
    """No error and no warning, and all tests of single leads hold; how many those are."""
    workspace, results = read_workspace(folder), list[Result]()
    assert lint(workspace, renderer) == ()
    world, names = world_of(workspace), names_in(workspace)
    for flow in flows:
        path, plan = f"flows/tests/{flow}.yaml", world.plans[flow]
        cases, problems = read_cases(workspace.texts[path], path, plan, names)
        assert not problems
        results += [try_case(plan, case, world) for case in cases if case.leads == 1]
    assert all(result.holds for result in results), [result for result in results if not result.holds]
    return len(results)


def test_a_flow_is_sound_and_its_tests_hold(shipped: Path, renderer: Renderer) -> None:
    before = (shipped / "rules/events.yaml").read_text("utf-8")
    assert new("flow", "trial-pump", workspace=shipped) == 0
    assert sound(shipped, renderer, "trial-pump") == 3
    after = (shipped / "rules/events.yaml").read_text("utf-8")
    assert after == before + "\ntrial_pump.requested:\n  soft: true\n"
    mails = {file.name for file in (shipped / "templates/mails").glob("trial-pump.*")}
    assert mails == {"trial-pump.nl.md", "trial-pump.en.md"}
    assert "purpose: advice" in (shipped / "templates/mails/trial-pump.nl.md").read_text("utf-8")
    assert (shipped / "flows/trial-pump.yaml").read_text("utf-8").startswith("# yaml-language-server: ")


@pytest.mark.parametrize("start", ["fair.visited", "manual"])
def test_a_flow_begins_where_it_is_told_to(shipped: Path, renderer: Renderer, start: str) -> None:
    before = (shipped / "rules/events.yaml").read_bytes()
    assert new("flow", "open-day", "--start", start, workspace=shipped) == 0
    assert f"start: {start}\n" in (shipped / "flows/open-day.yaml").read_text("utf-8")
    assert sound(shipped, renderer, "open-day") == 3
    assert (shipped / "rules/events.yaml").read_bytes() == before


@pytest.mark.parametrize("like", FLOWS)
def test_a_flow_like_another_is_sound_and_no_lead_walks_both(shipped: Path, renderer: Renderer, like: str) -> None:
    assert new("flow", "copy", "--like", like, workspace=shipped) == 0
    workspace = read_workspace(shipped)
    assert not workspace.problems
    begin = {start.event.value for start in workspace.flows["copy"].start if start.event}
    assert begin.isdisjoint({start.event.value for start in workspace.flows[like].start if start.event})
    assert sound(shipped, renderer, "copy") > 0


def test_who_begins_at_the_same_event_is_told(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new("flow", "copy", "--start", "brochure.requested", workspace=shipped) == 0
    assert "“brochure-request” begins at brochure.requested too" in capsys.readouterr().err


@pytest.mark.parametrize("event", ["brochure.requested", "contact.requested", "webinar.registered"])
def test_its_tests_hold_beside_whatever_else_begins_there(shipped: Path, renderer: Renderer, event: str) -> None:
    """Who asks for contact is with sales before our mail could leave; that is what the tests say then."""
    assert new("flow", "beside", "--start", event, workspace=shipped) == 0
    assert sound(shipped, renderer, "beside") > 0


def test_in_a_new_workspace_two_flows_may_begin_at_the_same_event(tmp_path: Path, renderer: Renderer) -> None:
    assert new("workspace", str(tmp_path / "acme")) == 0
    assert new("flow", "open-day", "--start", EVENT, workspace=tmp_path / "acme") == 0
    assert sound(tmp_path / "acme", renderer, "open-day", "welcome") == 6
    assert "who reads on is told of" in (tmp_path / "acme/flows/tests/open-day.yaml").read_text("utf-8")


def test_whoever_is_with_sales_gets_no_mail_yet_and_the_author_is_told(
    shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new("flow", "beside", "--start", "contact.requested", workspace=shipped) == 0
    assert "Beside the flows that are there it goes another way" in capsys.readouterr().err
    tests = (shipped / "flows/tests/beside.yaml").read_text("utf-8")
    assert tests.startswith("# yaml-language-server: ")
    assert "as kweek test --suggest found them" in tests


def test_nothing_is_written_where_something_is_there(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shipped / "templates/mails/trial-pump.nl.md").write_text("mine")
    before = {file: file.read_bytes() for file in shipped.rglob("*") if file.is_file()}
    assert new("flow", "trial-pump", workspace=shipped) == 1
    assert "templates/mails/trial-pump.nl.md is there already" in capsys.readouterr().err
    assert {file: file.read_bytes() for file in shipped.rglob("*") if file.is_file()} == before


def test_a_script_is_told_what_was_written(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new("flow", "trial-pump", "--json", workspace=shipped) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["start"] == "trial_pump.requested"
    assert told["changed"] == ["rules/events.yaml"]
    assert all((shipped / path).is_file() for path in told["written"])


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--name", 'Pumps "R" Us: # 1', "--languages", "nl,en,de", "--timezone", "Europe/Amsterdam"],
        ["--name", "C:\\temp {{ x }}", "--languages", "fr"],
    ],
)
def test_a_workspace_is_sound_and_takes_flows(tmp_path: Path, renderer: Renderer, options: list[str]) -> None:
    folder = tmp_path / "acme-pumps"
    assert new("workspace", str(folder), *options) == 0
    assert sound(folder, renderer, "welcome") == 3
    assert new("flow", "second", workspace=folder) == 0
    assert sound(folder, renderer, "welcome", "second") == 6
    assert (folder / "schemas/flow.json").is_file()
    name = read_workspace(folder).rules.settings.name
    assert name == (options[1] if options else "Acme pumps")


@pytest.mark.parametrize(("profile", "interest", "ready"), [(10, 25, True), (10, 24, False), (0, 40, False)])
def test_a_new_workspace_says_who_is_sales_ready(tmp_path: Path, profile: int, interest: int, ready: bool) -> None:
    """Else `if: lead.sales_ready` would never be true, and nobody would know why."""
    assert new("workspace", str(tmp_path / "acme")) == 0
    memory = Memory(world_of(read_workspace(tmp_path / "acme")))
    memory.add_points({"profile": profile, "interest": interest})
    assert memory.facts(None).field("lead.sales_ready") is ready


def test_in_a_new_workspace_what_a_lead_does_is_worth_points(tmp_path: Path) -> None:
    assert new("workspace", str(tmp_path / "acme")) == 0
    memory = Memory(world_of(read_workspace(tmp_path / "acme")), fields={"lead.job_title": "Buyer"})
    grades = [memory.facts(None).field("lead.grade")]
    for kind in ("clicked", "replied"):
        memory.record(kind, MONDAY)
        grades.append(memory.facts(None).field("lead.grade"))
    assert grades == ["B4", "B4", "B2"]
    assert memory.facts(None).field("lead.sales_ready") is True


@pytest.mark.parametrize("facts", SETS)
def test_a_workspace_may_take_another_set_of_facts(tmp_path: Path, facts: str) -> None:
    assert new("workspace", str(tmp_path / "acme"), "--facts", facts) == 0
    workspace = read_workspace(tmp_path / "acme")
    assert lint_unrendered(workspace) == ()
    known = workspace.rules.sales_ready.facts.values()
    memory = Memory(world_of(workspace), fields={f"bant.{fact.name}": next(iter(fact.values)) for fact in known})
    memory.add_points({"profile": 10})
    assert memory.facts(None).field("lead.sales_ready") is True


def test_a_workspace_without_a_folder_is_not_made_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert new("workspace", "") == 2
    assert "kweek new workspace ../acme" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# --- an event is added ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "# nothing yet\n", "a.b:\n", "a.b:\n  soft: true   # kept", "# c\r\na.b:\r\n  soft: true\r\n"],
)
def test_an_event_is_added_below_and_every_letter_stays(text: str) -> None:
    longer = with_event(text, "x.y", {"seats": "number", "on": "date"})
    assert longer.startswith(text)
    assert longer.endswith("x.y:\n  soft: true\n  data: { seats: number, on: date }\n")


@pytest.mark.parametrize("text", ["{ a.b: }\n", "a.b:\n  soft: tru\nc.d: [\n"])
def test_where_nothing_can_be_put_below_the_author_is_told(text: str) -> None:
    with pytest.raises(KweekError, match=r"declare x\.y in it yourself"):
        with_event(text, "x.y", {})


@pytest.mark.parametrize(
    ("name", "event", "title"),
    [
        ("trial-pump", "trial_pump.requested", "Trial pump"),
        ("brochure-request", "brochure.requested", "Brochure request"),
        ("2026-fair", "flow_2026_fair.requested", "2026 fair"),
    ],
)
def test_a_name_makes_an_event_and_a_title(name: str, event: str, title: str) -> None:
    assert (event_of(name), title_of(name)) == (event, title)
