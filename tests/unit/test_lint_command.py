"""`kweek lint`: file, line, column, what and fix for a person, JSON for a program, and soon."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kweek.cli import main

REPOSITORY = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("cache")


def test_the_command_says_file_line_column_what_and_fix(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = shipped / "flows/brochure-request.yaml"
    flow.write_text(flow.read_text(encoding="utf-8").replace("answered: triage", "answered: traige"), encoding="utf-8")
    assert main(["lint", "--workspace", str(shipped)]) == 1
    out, err = capsys.readouterr()
    first, count = out.splitlines()
    assert first.startswith("flows/brochure-request.yaml:19:17: error: There is no path “traige” in this flow.")
    assert "Did you mean “triage”?" in first
    assert count.endswith(" flows: 1 error, 0 warnings")
    assert err == ""


def test_one_flow_can_be_asked_for_by_name_or_file(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shipped / "flows/long-term.yaml").write_text("nonsense", encoding="utf-8")
    assert main(["lint", "brochure-request", "--workspace", str(shipped)]) == 0
    assert main(["lint", "flows/long-term.yaml", "--workspace", str(shipped)]) == 1
    assert main(["lint", "lang-term", "--workspace", str(shipped)]) == 2
    assert "Did you mean “long-term”?" in capsys.readouterr().err


def test_programs_get_json(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = shipped / "flows/brochure-request.yaml"
    flow.write_text(flow.read_text(encoding="utf-8").replace("unclear: call", "unclear: discard"), encoding="utf-8")
    assert main(["lint", "--json", "--workspace", str(shipped)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["errors"], answer["warnings"]) == (0, 1)
    assert answer["problems"][0]["code"] == "unclear-discarded"
    assert set(answer["problems"][0]) == {"file", "line", "column", "severity", "code", "what", "why", "fix"}


def test_what_is_not_understood_is_2_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["lint", "--jsn"])
    assert left.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "--jsn" in err


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["lint", "--help"])
    assert left.value.code == 0
    assert "kweek lint brochure-request" in capsys.readouterr().out


def test_a_folder_that_is_no_workspace_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--workspace", str(tmp_path / "nothing")]) == 1
    assert "is not a workspace" in capsys.readouterr().out


def test_lint_imports_nothing_heavy() -> None:
    """What takes half a second to import is imported by the commands that need it."""
    code = (
        "import sys; from kweek.cli import main; main(['lint']); "
        "print(sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    heavy = ("sqlalchemy", "temporalio", "fastapi", "pydantic", "jinja2", "holidays", "rich", "markdown_it", "alembic")
    assert [name for name in heavy if f"'{name}'" in ran.stdout] == []
