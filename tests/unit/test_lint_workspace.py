"""`kweek lint` on a whole folder: rules, surveys, mails and tests are proven with the flows; what ships is sound."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kweek.cli import main
from kweek.linting import lint
from kweek.mails.render import Renderer
from kweek.workspace import read_workspace

REPOSITORY = Path(__file__).parents[2]
FOLDERS = ("flows", "rules", "surveys", "templates")


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer(seconds=30) as one:
        yield one


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    for name in FOLDERS:
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    return tmp_path


def test_what_ships_is_sound(renderer: Renderer) -> None:
    assert lint(read_workspace(REPOSITORY), renderer) == ()


BROKEN = [
    (
        "rules/events.yaml",
        "matches(event.path,",
        "matches(event.pth,",
        "rules/events.yaml",
        "Did you mean “event.path”?",
    ),
    ("rules/sales-ready.yaml", '["reserved"', '["reservd"', "rules/sales-ready.yaml", "Did you mean “reserved”?"),
    (
        "surveys/brochure.yaml",
        "fills: lead.job_title",
        "fills: lead.jobtitle",
        "surveys/brochure.yaml",
        "lead.job_title",
    ),
    (
        "surveys/brochure.yaml",
        "quote: quote.requested",
        "quote: quote.asked",
        "surveys/brochure.yaml",
        "quote.requested",
    ),
    (
        "templates/mails/survey.en.md",
        "lead.first_name }}",
        "lead.firstname }}",
        "templates/mails/survey.en.md",
        "first_name",
    ),
    (
        "templates/mails/survey.en.md",
        "survey: brochure",
        "survey: brochur",
        "templates/mails/survey.en.md",
        "“brochure”",
    ),
    ("templates/mails/survey.en.md", "subject:", "subjct:", "templates/mails/survey.en.md", "subject"),
    ("flows/tests/brochure-request.yaml", "answered", "anwsered", "flows/tests/brochure-request.yaml", "“answered”"),
    ("flows/brochure-request.yaml", "send: survey", "send: survy", "flows/brochure-request.yaml", "“survey”"),
]


@pytest.mark.parametrize(("file", "old", "new", "where", "words"), BROKEN, ids=lambda value: str(value)[:40])
def test_every_file_of_a_workspace_is_proven(
    shipped: Path, renderer: Renderer, file: str, old: str, new: str, where: str, words: str
) -> None:
    path = shipped / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = lint(read_workspace(shipped), renderer)
    assert {problem.file for problem in found} == {where}, "\n".join(map(str, found))
    assert words in " ".join(map(str, found))


def test_a_mail_that_is_missing_in_a_language_is_said_where_it_is_sent(shipped: Path, renderer: Renderer) -> None:
    (shipped / "templates/mails/survey.en.md").unlink()
    (problem,) = lint(read_workspace(shipped), renderer)
    assert (problem.file, problem.code) == ("flows/brochure-request.yaml", "mail-language")
    assert "templates/mails/survey.en.md" in problem.fix


def test_a_broken_file_of_rules_is_not_held_against_the_flows(shipped: Path, renderer: Renderer) -> None:
    (shipped / "rules/events.yaml").write_text("contact.requested: {", encoding="utf-8")
    found = lint(read_workspace(shipped), renderer)
    assert found
    assert {problem.file for problem in found} == {"rules/events.yaml"}, "\n".join(map(str, found))


def test_a_test_of_a_flow_that_is_not_there_is_said(shipped: Path, renderer: Renderer) -> None:
    (shipped / "flows/tests/brochure.yaml").write_text("flow: brochure\n", encoding="utf-8")
    (problem,) = lint(read_workspace(shipped), renderer)
    assert "brochure-request" in problem.fix


# --- the command ----------------------------------------------------------------------------------


def test_the_command_says_file_line_column_what_and_fix(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = shipped / "flows/brochure-request.yaml"
    flow.write_text(flow.read_text(encoding="utf-8").replace("answered: triage", "answered: traige"), encoding="utf-8")
    assert main(["lint", "--workspace", str(shipped)]) == 1
    out, err = capsys.readouterr()
    first, count = out.splitlines()
    assert first.startswith("flows/brochure-request.yaml:18:17: error: There is no path “traige” in this flow.")
    assert first.endswith("Did you mean “triage”?")
    assert count == "3 flows: 1 error, 0 warnings"
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
