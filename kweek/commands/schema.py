"""`kweek schema`: what may stand in each file, for editors. Prints a JSON Schema, or writes all into the workspace."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from kweek.commands.common import add_workspace, say, settings_of

FOLDER = "schemas"
EXAMPLE = """examples:
  kweek schema                     the schema of a flow (draft 2020-12)
  kweek schema survey -o survey.json
  kweek schema --write             all of them, as schemas/<kind>.json in the workspace

An editor that knows YAML (with the YAML language server) completes and checks a file whose first line is
  # yaml-language-server: $schema=../schemas/flow.json

Exit: 0 done, 1 a file cannot be written, 2 not understood."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "schema",
        help="print what may stand in a file, for editors",
        description="JSON Schema of flows, their tests, surveys, rules and the front matter of mails.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", nargs="?", metavar="KIND", help="flow, tests, survey, mail, or a file of rules")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write it (default: stdout)")
    parser.add_argument("--write", action="store_true", help="put all of them in the workspace")
    add_workspace(parser)


def run(args: argparse.Namespace) -> int:
    from kweek.flow.problems import did_you_mean
    from kweek.flow.schema import KINDS

    kind = args.kind or "flow"
    if kind not in KINDS:
        say(f"kweek schema: there is no kind of file “{kind}”. {did_you_mean(kind, KINDS)}")
        return 2
    if args.write:
        if args.kind or args.output:
            say("kweek schema: --write puts all of them in their place: leave out KIND and -o")
            return 2
        return _write(settings_of(args).workspace)
    if args.output:
        Path(args.output).write_text(text_of(kind), "utf-8")
    else:
        sys.stdout.write(text_of(kind))
    return 0


def text_of(kind: str) -> str:
    """As it stands in a file."""
    from kweek.flow.schema import schema_of

    return json.dumps(schema_of(kind), ensure_ascii=False, indent=1) + "\n"


def kind_of(path: str) -> str | None:
    """Which schema a file of a workspace follows; path: within it, with `/`. None: it is none that we read."""
    from kweek.flow.catalogue import RULES

    folder, _, file = path.rpartition("/")
    name = file.removesuffix(".yaml")
    if folder == "rules":
        return name if name in RULES else None
    return {"flows": "flow", "flows/tests": "tests", "surveys": "survey"}.get(folder) if name != file else None


def line_for(path: str) -> str | None:
    """The first line by which an editor finds the schema of this file of a workspace; None: it has none."""
    kind = kind_of(path)
    return f"# yaml-language-server: $schema={'../' * path.count('/')}{FOLDER}/{kind}.json" if kind else None


def _write(folder: Path) -> int:
    from kweek.flow.schema import KINDS
    from kweek.workspace import watched

    (folder / FOLDER).mkdir(exist_ok=True)
    for kind in KINDS:
        (folder / FOLDER / f"{kind}.json").write_text(text_of(kind), "utf-8")
    say(f"{len(KINDS)} schemas in {folder / FOLDER}")
    for file in watched(folder):
        path = file.relative_to(folder).as_posix()
        line = line_for(path)
        if line is not None and line not in file.read_text("utf-8", "replace"):
            say(f"{path}: for editors, write as its first line: {line}")
    return 0
