"""Every command of the manual that looks at a workspace works as written, and what the manual shows is current."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from kweek.cli import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/trying-a-flow.md").read_text()
COMMANDS = re.findall(r"^\.venv/bin/kweek (.+)$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    for name in ("flows", "rules", "surveys", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def test_the_page_shows_commands() -> None:
    assert len(COMMANDS) == 8


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page(command: str, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace)
    assert main(shlex.split(command)) == 0


def test_the_picture_in_the_manual_is_that_of_the_flow(workspace: Path, tmp_path: Path) -> None:
    """`kweek draw brochure-request -o docs/brochure-request.svg` makes it anew."""
    drawn = tmp_path / "brochure-request.svg"
    assert main(["draw", "brochure-request", "-o", str(drawn), "--workspace", str(workspace)]) == 0
    assert drawn.read_bytes() == (ROOT / "docs/brochure-request.svg").read_bytes()
