"""Is the race's workspace still one that may be published? The race itself is too long for this suite."""

from __future__ import annotations

from pathlib import Path

from bench.course import course_workspace
from kweek.flow.problems import errors
from kweek.linting import lint
from kweek.mails.render import Renderer
from kweek.workspace import read_workspace


def test_the_race_runs_in_a_workspace_that_can_be_published(tmp_path: Path) -> None:
    workspace = read_workspace(course_workspace(tmp_path / "workspace"))
    assert workspace.problems == ()
    with Renderer() as renderer:
        assert errors(lint(workspace, renderer)) == ()
