"""A flow is meant by its name or by its file; a file of elsewhere is refused, never taken for another of its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from kweek.cli import main
from kweek.commands.common import NotUnderstoodError, flow_named
from tests.unit.manual import shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shipped(tmp_path / "own")


def test_a_name_is_a_name_whether_there_is_such_a_flow_or_not(folder: Path) -> None:
    assert [flow_named(name, folder) for name in ("long-term", "long-tern", "")] == ["long-term", "long-tern", ""]


def test_its_file_may_be_named_as_it_is_seen_from_here_or_from_the_workspace(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways = {
        folder.parent: ("own/flows/long-term.yaml", "flows/long-term.yaml", "long-term.yaml", "./long-term.yaml"),
        folder: ("flows/long-term.yaml", "long-term.yaml", "../own/flows/long-term.yaml"),
        folder / "flows": ("long-term.yaml", "./long-term.yaml", "flows/long-term.yaml"),
        folder / "flows/tests": ("../long-term.yaml",),
    }
    for here, words in ways.items():
        monkeypatch.chdir(here)
        assert {flow_named(word, folder) for word in (*words, str(folder / "flows/long-term.yaml"))} == {"long-term"}
    monkeypatch.chdir(folder)
    assert flow_named("flows/gone.yaml", folder) == "gone"  # what was published of it can still be paused
    assert flow_named("flows/tests/long-term.yaml", folder, tests=True) == "long-term"
    monkeypatch.chdir(shipped(folder.parent / "other"))
    assert flow_named("flows/long-term.yaml", folder) == "long-term"  # so the linter's messages name it
    monkeypatch.chdir(folder.parent)
    (folder.parent / "long-term").write_text("notes of somebody")
    assert flow_named("long-term", folder) == "long-term"


def test_a_workspace_may_be_reached_by_a_link(folder: Path) -> None:
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert flow_named(str(link / "flows/long-term.yaml"), folder) == "long-term"
    assert flow_named(str(folder / "flows/long-term.yaml"), link) == "long-term"


REFUSED = {
    "{0}/elsewhere/long-term.yaml": "{0}/elsewhere/long-term.yaml is not of this workspace ({0}/own/flows); copy it",
    "{0}/elsewhere/a-copy.yaml": "{0}/elsewhere/a-copy.yaml is not of this workspace ({0}/own/flows); copy it",
    "elsewhere/a-copy.yaml": "elsewhere/a-copy.yaml is not of this workspace",
    "a-copy.yaml": "a-copy.yaml is not of this workspace",
    "a-copy.bak": "a-copy.bak is not of this workspace",
    "{0}/own/flows/tests/long-term.yaml": "is not of this workspace",
    "{0}/own/flows/long-term.yml": "its name must be long-term.yaml",
    "{0}/elsewhere/nothing.yaml": "there is no file {0}/elsewhere/nothing.yaml; give the name of a flow, or its file",
}


@pytest.mark.parametrize("asked", REFUSED)
def test_a_file_of_elsewhere_is_refused(folder: Path, asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    (folder.parent / "elsewhere").mkdir()
    for copy in ("elsewhere/long-term.yaml", "elsewhere/a-copy.yaml", "a-copy.yaml", "a-copy.bak"):
        (folder.parent / copy).write_text((folder / "flows/long-term.yaml").read_text())
    (folder / "flows/long-term.yml").write_text("")
    with pytest.raises(NotUnderstoodError) as refused:
        flow_named(asked.format(folder.parent), folder)
    assert REFUSED[asked].format(folder.parent) in str(refused.value)


@pytest.mark.parametrize(
    "command", ["draw", "simulate", "lint", "publish", "test", "test --suggest", "pause", "resume", "new flow a --like"]
)
def test_every_command_refuses_it(
    folder: Path, command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KWEEK_WORKSPACE", str(folder))
    monkeypatch.setenv("KWEEK_DATA", str(folder / ".kweek"))
    other = folder.parent / "long-term.yaml"
    other.write_text((folder / "flows/long-term.yaml").read_text())
    if command in ("publish", "pause", "resume"):
        assert main(["migrate"]) == 0
        capsys.readouterr()
    assert main([*command.split(), str(other)]) == 2
    out, err = capsys.readouterr()
    assert (out, f"{other} is not of this workspace ({folder}/flows)" in err) == ("", True)
