"""Is the manual true? What it has the reader write is sound and tested, what it shows is current, its commands work."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, cast

import pytest

from kweek.cli import main, parser_of
from kweek.commands.common import own_of
from kweek.draw import lay_out, svg
from kweek.flow.cases.read import read_cases
from kweek.flow.cases.report import try_case
from kweek.flow.lint import lint_flow
from kweek.flow.lint.names import Names
from kweek.flow.load.flow import KEYS, load_flow
from kweek.flow.load.steps import VERBS
from kweek.flow.problems import errors, in_order
from kweek.linting import lint, names_in
from kweek.mails.context import context
from kweek.mails.marks import Open
from kweek.mails.render import Renderer
from kweek.reference import page as reference
from kweek.rehearsal import rehearse
from kweek.words import Tongue
from kweek.workspace import Workspace, read_workspace
from kweek.worlds import world_of
from tests.unit.manual import DOCS, ROOT, Mistake, Page, language, page, pages, shipped

LANGUAGE: Final = language()
PAGES: Final = pages()
WRITTEN: Final = {**LANGUAGE, "first-flow": page("first-flow.md")}
"""Every page that has the reader write a flow."""

_OWN: Final = ("mails", "surveys", "sales-ready", "scoring", "visitors", "matrix", "personas")
OWN: Final = {name: page(f"{name}.md") for name in _OWN}
"""What a reader writes in a workspace of his own, one page after the other."""

SHIPPED: Final = frozenset(file.stem for file in (ROOT / "flows").glob("*.yaml"))
COMMANDS: Final = [command for one in PAGES.values() for command in one.commands]
LOOKS: Final = ("draw", "lint", "reference", "simulate", "test")
"""Commands that look at the files of a workspace and at nothing else."""

MISTAKES: Final = {f"{name}: {one.right}": (WRITTEN[name], one) for name in WRITTEN for one in WRITTEN[name].mistakes}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace that ships, after all pages were followed."""
    folder = shipped(tmp_path_factory.mktemp("manual"))
    for one in (*WRITTEN.values(), page("trying-a-flow.md")):
        one.written_into(folder)
    return folder


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A new workspace, after its pages were followed."""
    folder = tmp_path_factory.mktemp("own") / "acme"
    assert main(["new", "workspace", str(folder)]) == 0
    for one in OWN.values():
        one.written_into(folder)
    return read_workspace(folder)


@pytest.fixture(scope="module")
def workspace(folder: Path) -> Workspace:
    return read_workspace(folder)


@pytest.fixture(scope="module")
def names(workspace: Workspace) -> Names:
    return names_in(workspace)


# --- a page for every word ------------------------------------------------------------------------


def test_every_verb_has_its_page() -> None:
    titles = [one.text.partition("\n")[0] for one in LANGUAGE.values()]
    told = {word for title in titles for word in title.removeprefix("# ").split(", ")}
    assert set(VERBS) <= told
    assert told <= {*VERBS, *KEYS}


def test_every_page_has_a_flow_that_no_other_has_and_its_tests() -> None:
    flows = [one.flow for one in WRITTEN.values()]
    assert len({*flows, *SHIPPED}) == len(flows) + len(SHIPPED)
    assert [one.flow for one in WRITTEN.values() if f"flows/tests/{one.flow}.yaml" not in one.files] == []


def test_a_page_shows_its_picture_and_a_mistake() -> None:
    assert {name: (len(one.pictures), len(one.mistakes)) for name, one in LANGUAGE.items()} == dict.fromkeys(
        LANGUAGE, (1, 1)
    )


# --- what is written ------------------------------------------------------------------------------


def test_nothing_is_wrong_with_what_the_pages_say(workspace: Workspace) -> None:
    assert [str(problem) for problem in lint(workspace)] == []


@pytest.mark.parametrize("name", WRITTEN)
def test_the_tests_of_a_page_hold(name: str, workspace: Workspace) -> None:
    """Beside the flows that ship, and no other: one page knows nothing of the next."""
    flow = WRITTEN[name].flow
    alone = {other: known for other, known in workspace.flows.items() if other in {*SHIPPED, flow}}
    tested = rehearse(replace(workspace, flows=alone), [flow])
    assert tested.results
    assert [(result.case.name, result.says) for result in tested.results if not result.holds] == []
    assert errors(tested.problems) == ()


@pytest.mark.parametrize("name", LANGUAGE)
def test_the_picture_of_a_page_is_that_of_its_flow(name: str, workspace: Workspace) -> None:
    """`python -m tests.unit.manual` makes it anew, as all that follows."""
    [picture] = LANGUAGE[name].pictures
    assert picture.resolve() == DOCS / f"pictures/{name}.svg"
    tongue = Tongue("en", own_of(workspace, "en"))
    assert picture.read_text("utf-8") == svg(lay_out(workspace.flows[LANGUAGE[name].flow], tongue))


@pytest.mark.parametrize("which", MISTAKES)
def test_a_mistake_is_answered_as_the_page_says(which: str, names: Names) -> None:
    one, mistake = MISTAKES[which]
    assert _answer(one, mistake, names) == mistake.says


def _answer(one: Page, mistake: Mistake, names: Names) -> str:
    file = f"flows/{one.flow}.yaml"
    text = one.files[file]
    assert text.count(mistake.right) == 1
    loaded = load_flow(text.replace(mistake.right, mistake.wrong), file)
    assert loaded.flow is not None
    found = in_order((*loaded.problems, *lint_flow(loaded.flow, names, loaded.problems)))
    return " ".join(map(str, found))


@pytest.mark.parametrize("name", ["surveys", "sales-ready", "scoring", "matrix", "personas"])
def test_the_pages_about_other_files_hold(name: str, own: Workspace) -> None:
    with Renderer(seconds=30) as renderer:
        assert [str(problem) for problem in lint(own, renderer)] == []
    tested = rehearse(own, [OWN[name].flow])
    assert [(result.case.name, result.holds) for result in tested.results if not result.holds] == []
    assert len(tested.results) > 1
    assert errors(tested.problems) == ()


def test_what_a_page_adds_to_a_test_holds(workspace: Workspace, names: Names) -> None:
    path, world = "flows/tests/brochure-request.yaml", world_of(workspace)
    plan = world.plans["brochure-request"]
    cases, problems = read_cases(workspace.texts[path], path, plan, names)
    result = try_case(plan, cases[-1], world)
    assert problems == ()
    assert cases[-1].name in page("trying-a-flow.md").text
    assert result.holds, result.says


def test_what_may_stand_in_a_mail_is_told_whole() -> None:
    known = context(lead={}, company={}, today=date(2026, 3, 2), sender={})
    below = {one: cast("dict[str, object]", value) for one, value in known.items() if isinstance(value, dict)}
    names = {f"{one}.{name}" for one in below for name in below[one] if not isinstance(known[one], Open)}
    names |= known.keys() - below.keys() - {"event", "survey", "bant"}  # of these, what is known of the lead
    table = OWN["mails"].text.partition("## What may be shown")[2].partition("\n\nWhat is not known")[0]
    told = set(re.findall(r"`([a-z_.]+)`", "\n".join(line.split("|")[1] for line in table.split("\n") if "|" in line)))
    assert told == names


# --- what is shown --------------------------------------------------------------------------------


@pytest.mark.parametrize("command", dict.fromkeys(one for one in COMMANDS if one.split()[0] in LOOKS))
def test_a_command_that_looks_at_a_workspace_works(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert main(shlex.split(command)) == 0


@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_a_command_is_understood(command: str) -> None:
    words = shlex.split(command)
    assert parser_of(words[0]).parse_args(words).command == words[0]


def test_the_picture_of_the_large_flow_is_current(workspace: Workspace) -> None:
    drawn = svg(lay_out(workspace.flows["brochure-request"], Tongue("en")))
    assert (DOCS / "brochure-request.svg").read_text("utf-8") == drawn


def test_the_readme_shows_the_first_flow() -> None:
    assert f"```yaml\n{WRITTEN['first-flow'].files['flows/fair-visit.yaml']}```" in PAGES["README.md"].text


def test_the_reference_is_current() -> None:
    assert (DOCS / "reference.md").read_text("utf-8") == reference()


def test_the_reference_tells_one_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reference", "tell"]) == 0
    assert capsys.readouterr().out.startswith("### tell\n")
    assert main(["reference", "at_most"]) == 0
    assert capsys.readouterr().out.startswith("### go\n")  # the only verb that has it
    assert main(["reference", "sned"]) == 2
    assert "Did you mean “send”?" in capsys.readouterr().err


@pytest.mark.parametrize("path", PAGES)
def test_links_lead_somewhere(path: str) -> None:
    one = PAGES[path]
    for link in one.links:
        where, _, anchor = link.partition("#")
        file = (one.path.parent / where).resolve() if where else one.path
        assert file.exists(), link
        if anchor:
            assert anchor in PAGES[file.relative_to(ROOT).as_posix()].anchors, link


def test_every_page_can_be_found_from_the_first() -> None:
    found, left = set[str](), ["README.md"]
    while left:
        path = left.pop()
        if path in PAGES and path not in found:
            found.add(path)
            files = ((PAGES[path].path.parent / link.partition("#")[0]).resolve() for link in PAGES[path].links)
            left += [file.relative_to(ROOT).as_posix() for file in files]
    assert found == PAGES.keys()


def test_the_pace_of_the_demo_is_the_one_that_it_has() -> None:
    from kweek.commands.demo import PACE

    said = " ".join((ROOT / "docs" / "trying-a-flow.md").read_text().split())
    assert (PACE, "A day passes in five seconds." in said) == ("5 seconds a day", True)
