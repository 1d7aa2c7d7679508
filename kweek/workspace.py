"""What is in this folder? Flows, rules, surveys and mails, read at once, with every mistake at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kweek.flow.catalogue import RULES, Rules
from kweek.flow.load.flow import load_flow
from kweek.flow.load.rules import read_rules
from kweek.flow.load.surveys import load_survey
from kweek.flow.model import Flow
from kweek.flow.problems import Problem, did_you_mean, in_order
from kweek.flow.surveys import Survey
from kweek.flow.yaml import MOST_BYTES

_MAIL: Final = re.compile(r"templates/mails/([a-z0-9]+(?:-[a-z0-9]+)*)\.([a-z]{2,3}(?:-[A-Z]{2})?)\.md")
_NO_WORD: Final = re.compile(rb"(\xef\xbb\xbf)?\s*(#.*|---\s*|\.\.\.\s*)?$")
_FOLDERS: Final = (
    ("flows", ".yaml"), ("flows/tests", ".yaml"), ("rules", ".yaml"), ("surveys", ".yaml"), ("templates/mails", ".md"),
)  # fmt: skip


@dataclass(frozen=True)
class Workspace:
    """A folder as it was read. Paths are relative to it, with `/`.

    texts: every file that belongs to it. flows: by name, as far as they could be read (`problems` says how far).
    mails: name → language → path. tests: paths of flows/tests. problems: of loading; the linter finds the others.
    """

    folder: Path
    texts: Mapping[str, str]
    flows: Mapping[str, Flow]
    rules: Rules
    surveys: Mapping[str, Survey]
    mails: Mapping[str, Mapping[str, str]]
    tests: tuple[str, ...]
    problems: tuple[Problem, ...]

    def broken(self, path: str) -> bool:
        """Has loading this file found an error? One whose name ends in .yml has not been read at all."""
        names = (path, f"{path.removesuffix('.yaml')}.yml")
        return any(problem.file in names and problem.severity == "error" for problem in self.problems)


def read_workspace(folder: Path | str, instead: Mapping[str, bytes] | None = None) -> Workspace:
    """Read a folder. An author's mistake is a problem in the answer; nothing is raised for it. instead: texts that are
    read as if these files said so."""
    folder, problems = Path(folder), list[Problem]()
    sources = dict(_files(folder, problems)) | dict(instead or {})
    rules, found = read_rules({path: raw for path, raw in sources.items() if path.startswith("rules/")})
    problems.extend(found)
    problems.extend(_unsaid(sources))
    _look_for_strangers(sources, problems)
    flows: dict[str, Flow] = {}
    surveys: dict[str, Survey] = {}
    mails: dict[str, dict[str, str]] = {}
    tests: list[str] = []
    for path, raw in sources.items():
        if path.startswith("flows/tests/"):
            tests.append(path)
        elif path.startswith("flows/"):
            loaded = load_flow(raw, path, others=sources)
            problems.extend(loaded.problems)
            if loaded.flow is not None:
                flows[Path(path).stem] = loaded.flow
        elif path.startswith("surveys/"):
            survey, found = load_survey(raw, path, rules.settings.languages)
            problems.extend(found)
            if survey is not None:
                surveys[Path(path).stem] = survey
        elif match := _MAIL.fullmatch(path):
            mails.setdefault(match[1], {})[match[2]] = path
    texts = {path: raw.decode("utf-8", "replace").removeprefix("\ufeff") for path, raw in sources.items()}
    return Workspace(folder, texts, flows, rules, surveys, mails, tuple(tests), in_order(problems))


def watched(folder: Path) -> Iterator[Path]:
    """The files that belong to it: whoever keeps what was read looks whether they have changed."""
    for name, suffix in _FOLDERS:
        here = folder / name
        if here.is_dir():
            yield from sorted(file for file in here.iterdir() if file.suffix == suffix)


def _files(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, bytes]]:
    if not any((folder / name).is_dir() for name, _ in _FOLDERS):
        what = f"{folder} is not a workspace: it has no flows, rules, surveys or templates."
        fix = "Name the folder that has them: --workspace DIR, or KWEEK_WORKSPACE."
        problems.append(Problem(".", 1, 1, "error", "no-workspace", what, "", fix))
    for name, suffix in _FOLDERS:
        here = folder / name
        if not here.is_dir():
            continue
        for file in sorted(here.iterdir()):
            path = f"{name}/{file.name}"
            if suffix == ".yaml" and file.suffix == ".yml":
                fix = f"Rename it to {file.stem}.yaml."
                problems.append(Problem(path, 1, 1, "error", "file-name", "Nobody reads a .yml file here.", "", fix))
            if file.suffix != suffix:
                continue
            if not file.is_file():
                what = "This is a folder, not a file." if file.is_dir() else "This link leads to no file."
                problems.append(Problem(path, 1, 1, "error", "unreadable", what, "", "Rename it, or take it away."))
                continue
            try:
                with file.open("rb") as opened:
                    yield path, opened.read(MOST_BYTES + 1)
            except OSError as error:
                what = f"This file cannot be read ({error.strerror})."
                problems.append(Problem(path, 1, 1, "error", "unreadable", what, "", "Look at its permissions."))


def _unsaid(sources: Mapping[str, bytes]) -> Iterator[Problem]:
    """Files of rules that say nothing: an editor that empties a file before it writes it takes nothing from anybody."""
    for path, raw in sources.items():
        if path.startswith("rules/") and all(_NO_WORD.match(line) for line in raw.splitlines()):
            fix = "Write its keys; {} says that there are none, and that it is meant."
            yield Problem(path, 1, 1, "error", "empty", "This file says nothing.", "", fix)


def _look_for_strangers(sources: Mapping[str, bytes], problems: list[Problem]) -> None:
    """Files that nobody would read because of their names; a workspace without a name of its own."""
    known = [f"rules/{name}.yaml" for name in RULES]
    for path in sources:
        if path.startswith("rules/") and path not in known:
            fix = did_you_mean(path, known)
            problems.append(Problem(path, 1, 1, "error", "file-name", "Nobody reads a file of this name.", "", fix))
    misnamed = any(problem.file == "rules/workspace.yml" for problem in problems)
    if sources and "rules/workspace.yaml" not in sources and not misnamed:
        why = "It says who you are, in which languages you speak, and in which time zone you work."
        fix = "Write it, with at least: name, languages, timezone."
        what = "The workspace has no rules/workspace.yaml."
        problems.append(Problem("rules/workspace.yaml", 1, 1, "error", "missing", what, why, fix))
