"""`kweek export`: which leads are there, as a file? The list of the page of leads, with its filters."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kweek.commands.common import NotUnderstoodError, add_workspace, look_for_folder, settings_of, workspace_of
from kweek.commands.progress import Told, looked, looking, progress

if TYPE_CHECKING:
    from kweek.leads.database import Database
    from kweek.leads.formulas import Cell
    from kweek.leads.listed import Wanted

EXAMPLE = """examples:
  kweek export -o leads.csv                          all leads, for Excel
  kweek export --separator ";" -o leads.csv          the same for an Excel that speaks Dutch
  kweek export --grade A1 --flow long-term           the best of those who walk a flow
  kweek export --json | jq -r .email                 an object a line

The newest first. A text that a spreadsheet would run as a formula has an apostrophe before it (not with --json). A file
begins with the mark by which Excel knows UTF-8; what goes to a pipe does not.

Exit: 0 done, 1 the tables are of another release, 2 not understood, 3 the database is away."""

FILTERS = {
    "grade": "“A1”, or a letter",
    "stage": "suspect, customer, …",
    "campaign": "the first one that they came from",
    "flow": "one that they are in",
    "company": "how its name begins",
    "search": "how a name, an address or a company begins",
}


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "export",
        help="write the list of leads to a file",
        description="Writes the leads that fit all of what is asked, as CSV.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, told in FILTERS.items():
        parser.add_argument(f"--{name}", default="", metavar=name.upper(), help=told)
    parser.add_argument("-o", "--output", metavar="FILE", help="where to (default: stdout)")
    parser.add_argument("--separator", choices=[",", ";"], default=",", help="between cells (default: a comma)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead")
    add_workspace(parser)
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")


def run(args: argparse.Namespace) -> int:
    looking("Looking")
    from kweek.commands.books import opened
    from kweek.leads import listed
    from kweek.leads.export import columns, everybody, rows, undeclared
    from kweek.leads.spreadsheet import as_csv
    from kweek.rules.grades import Grades, Points
    from kweek.rules.wall import zone

    wanted, settings = _wanted(args), settings_of(args)
    if args.output:
        look_for_folder("-o", args.output)
    rules = workspace_of(settings).rules
    fields, fresh = list(rules.settings.fields), (rules.scoring.grades or Grades()).grade_of(Points())
    with ExitStack() as stack:
        database = stack.enter_context(opened(settings))
        _look_for(database, wanted)
        looked()
        everyone = everybody(wanted, fresh)
        own = undeclared(database, everyone, fields)
        head = columns(fields, own=own)
        found: Iterable[list[Cell]] = rows(database, everyone, fresh, [*fields, *own], zone(rules.settings.timezone))
        if args.output:
            told = stack.enter_context(progress("Writing", "leads"))
            with database.read() as read:
                of = listed.count(read, listed.which(read, wanted, fresh), sys.maxsize - 1)
            found = _counted(found, told, of)
        lines = _as_json(head, found) if args.json else as_csv(_headed(head, found), args.separator)
        _write(lines, args.output, marked=not args.json)
    return 0


def _wanted(args: argparse.Namespace) -> Wanted:
    """NotUnderstoodError: there is no such grade or stage."""
    from kweek.flow.lint.names import STAGES
    from kweek.flow.problems import did_you_mean
    from kweek.leads.listed import Wanted
    from kweek.rules.grades import PROFILES
    from kweek.rules.matrix import GRADES

    for name, said, known in (("grade", args.grade, (*GRADES, *PROFILES)), ("stage", args.stage, STAGES)):
        if said and said not in known:
            raise NotUnderstoodError(f"--{name}: there is no {name} “{said}”. {did_you_mean(said, known)}")
    return Wanted(args.grade, args.stage, args.campaign, args.flow, args.company, args.search)


def _look_for(database: Database, wanted: Wanted) -> None:
    """NotUnderstoodError: there is no such flow or campaign."""
    from kweek.flow.problems import did_you_mean
    from kweek.leads.absent import absent

    with database.read() as read:
        there = absent(read, wanted)
    for name, known in there.items():
        said = getattr(wanted, name)
        what = f"no flow “{said}” was ever published" if name == "flow" else f"there is no {name} “{said}”"
        raise NotUnderstoodError(f"--{name}: {what}. {did_you_mean(said, known)}".rstrip())


# --- line by line -----------------------------------------------------------------------------------------


def _headed(head: list[str], found: Iterable[list[Cell]]) -> Iterator[list[Cell]]:
    yield list(head)
    yield from found


def _as_json(head: list[str], found: Iterable[list[Cell]]) -> Iterator[str]:
    for row in found:
        yield json.dumps(dict(zip(head, row, strict=True)), ensure_ascii=False) + "\n"


def _counted(found: Iterable[list[Cell]], told: Told, of: int) -> Iterator[list[Cell]]:
    for done, row in enumerate(found, 1):
        yield row
        if done % 500 == 0:
            told(done, max(of, done))


def _write(lines: Iterable[str], output: str | None, *, marked: bool) -> None:
    if output is None:
        sys.stdout.writelines(lines)
        return
    encoding = "utf-8-sig" if marked else "utf-8"
    with Path(output).open("w", encoding=encoding, newline="") as file:  # the lines end as they are to end
        file.writelines(lines)
