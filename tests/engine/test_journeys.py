"""Every case of `flows/tests/` gives the same journal on the pure machine and on a real Temporal server.

By the same harness as `kweek test --engine temporal` (see `kweek.dress_rehearsal`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kweek.cli import main
from kweek.dress_rehearsal.compare import differ
from kweek.dress_rehearsal.journey import Journey, journeys
from kweek.dress_rehearsal.play import Played, play
from kweek.flow.cases.case import Case
from kweek.flow.cases.read import read_cases
from kweek.flow.plan import Plan
from kweek.linting import names_in
from kweek.workspace import read_workspace
from kweek.worlds import world_of
from tests.engine.house import ROOT

pytestmark = pytest.mark.slow


def every_case() -> Iterator[tuple[Plan, Case]]:
    workspace = read_workspace(ROOT)
    names = names_in(workspace)
    for flow, plan in world_of(workspace).plans.items():
        path = f"flows/tests/{flow}.yaml"
        cases, problems = read_cases(workspace.texts[path], path, plan, names)
        assert not problems
        yield from ((plan, case) for case in cases)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> list[Played]:
    """What the pure machine lived, and the journal that the engine wrote of it."""
    everybody: list[Journey] = list(journeys(every_case(), world_of(read_workspace(ROOT))))
    return asyncio.run(play(tmp_path_factory.mktemp("journeys"), ROOT, everybody, 900, migrated_sqlite))


def test_every_case_gives_the_same_journal_on_the_pure_machine_and_on_a_real_server(lived: list[Played]) -> None:
    different = {one.journey.name: wrong for one in lived if (wrong := differ(one))}
    told = "\n".join(f"{name}\n  {wrong}" for name, wrong in different.items())
    assert not different, f"{len(different)} of {len(lived)} differ:\n{told}"


def test_the_cases_are_not_empty(lived: list[Played]) -> None:
    assert len(lived) > 100
    assert sum(len(one.journey.journal) for one in lived) > 1_500
    assert all(one.journal for one in lived)


def test_the_command_lives_a_flows_own_cases_on_a_real_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flows/tests").mkdir(parents=True)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/workspace.yaml").write_text("fields: { visit: yes/no, people: number, since: date }\n")
    (tmp_path / "flows/tagged.yaml").write_text(
        "flow: tagged\ntitle: Tagged\nstart: manual\nsteps:\n  - set: { visit: true, people: 40, since: today }\n"
        "  - wait: 2 days\n  - choose:\n"
        "      - if: lead.visit and lead.people > 9 and lead.since < today\n"
        "        go: [{ tag: seen }, { end: done }]\n"
        "      - else: lost\n"
    )
    (tmp_path / "flows/tests/tagged.yaml").write_text(
        "flow: tagged\ntests:\n  - name: it is tagged\n    expect: { day 2: tag seen }\n"
        "  - name: it is won\n    expect: { ends: won }\n"
    )
    assert main(["test", "--workspace", str(tmp_path), "--engine", "temporal", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["engine"] == "temporal"
    assert [(test["holds"], test["engines"]) for test in answer["tests"]] == [
        (True, ["machine", "temporal"]),
        (False, ["machine"]),
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["flows", "rules"]
