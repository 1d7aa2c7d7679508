"""`kweek test`: do the flows do what their tests say?"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import asdict

from kweek.commands.common import add_workspace, flow_named, look_for_folder, settings_of, workspace_of
from kweek.commands.progress import looked, looking, progress
from kweek.flow.problems import BrokenSourceError, did_you_mean, errors

if TYPE_CHECKING:
    from kweek.flow.cases.report import Result
    from kweek.rehearsal import Tested
    from kweek.workspace import Workspace

EXAMPLE = """\
examples:
  kweek test                        every file of flows/tests
  kweek test brochure-request       the tests of one flow
  kweek test --engine temporal      on a real Temporal server too: do both tell the same story?
  kweek test --suggest long-term    a case for every way that no test walks, as YAML
  kweek test --suggest long-term --write   … put into flows/tests/long-term.yaml
  kweek test --junit report.xml     for a build server
  kweek test --json                 for a program

A test that fails shows what was expected beside what happened, and where the two part. Nothing is sent and nothing is
stored.

Exit: 0 all as expected, 1 something was not, 2 not understood.
"""
_ROWS = 3  # that no test walks, shown by name
_COLOURS: Final = {"=": "32", "✗": "31", "≈": "33", "│": "2", " ": "2"}


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "test",
        help="run the tests of the flows",
        description="Runs flows/tests/<flow>.yaml on make-believe leads and a make-believe clock.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("flows", nargs="*", metavar="FLOW", help="flows to test (default: all that have tests)")
    add_workspace(parser)
    parser.add_argument(
        "--engine", choices=("machine", "temporal"), default="machine",
        help="temporal: live them on a real Temporal server as well, and compare (default: machine)",
    )  # fmt: skip
    parser.add_argument("--suggest", metavar="FLOW", help="write a case for every way through a flow")
    parser.add_argument("--write", action="store_true", help="with --suggest: below what stands in its file of tests")
    parser.add_argument("--json", action="store_true", help="answer as JSON, for a program")
    parser.add_argument("--junit", metavar="FILE", type=Path, help="write what came of it as JUnit's XML as well")


def run(args: argparse.Namespace) -> int:
    if args.junit is not None:
        look_for_folder("--junit", args.junit)
    looking("Reading the flows")
    workspace = workspace_of(settings_of(args))
    looked()
    if args.write and args.suggest is None:
        print("kweek test: --write goes with --suggest FLOW: which flow?", file=sys.stderr)
        return 2
    if args.suggest is not None:
        return _suggest(workspace, flow_named(args.suggest, workspace.folder, tests=True), args.write)
    flows = [flow_named(flow, workspace.folder, tests=True) for flow in args.flows]
    there = [PurePosixPath(path).stem for path in workspace.tests]
    for flow in flows:
        if flow not in there:
            return _no_tests(workspace, flow, there)
    if not there:
        print("kweek test: there is nothing to test: flows/tests has no files. Write one per flow.", file=sys.stderr)
        return 2
    with progress("Testing", "tests") as told:
        from kweek.rehearsal import rehearse

        tested = rehearse(workspace, flows or there, told)
    if args.engine == "temporal":
        with progress("On a Temporal server", "moments") as told:
            from kweek.dress_rehearsal.again import again

            tested = again(workspace, tested, told)
    if args.junit is not None:
        from kweek.junit import junit

        args.junit.write_bytes(junit(tested))
    (_as_json if args.json else _as_text)(tested)
    return 0 if tested.holds else 1


def _no_tests(workspace: Workspace, flow: str, there: Sequence[str]) -> int:
    from kweek.linting import flows_in

    fix = did_you_mean(flow, there) or "There are none of any flow."
    if flow in workspace.flows:
        fix = f"kweek test --suggest {flow} writes some."
    elif flow in flows_in(workspace):
        fix = f"And flows/{flow}.yaml cannot be read: kweek lint {flow} says why."
    print(f"kweek test: there are no tests of “{flow}”. {fix}", file=sys.stderr)
    return 2


def _suggest(workspace: Workspace, flow: str, write: bool) -> int:
    if flow not in workspace.flows:
        from kweek.linting import flows_in

        if flow in flows_in(workspace):
            for problem in workspace.problems:
                if problem.file == f"flows/{flow}.yaml":
                    print(problem)
            return 1
        fix = did_you_mean(flow, flows_in(workspace)) or f"{workspace.folder} has none."
        print(f"kweek test: there is no flow “{flow}”. {fix}", file=sys.stderr)
        return 2
    try:
        with progress("Looking for ways that no test walks", "tests") as told:
            from kweek.suggesting import suggestion

            found = suggestion(workspace, flow, told)
    except BrokenSourceError as error:
        for problem in error.problems:
            print(problem)
        return 1
    path = workspace.folder / found.path
    if not found.cases:
        print(f"every way that can be found is walked by {found.path}", *found.notes, sep="\n", file=sys.stderr)
    elif write:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(found.added)
        print(f"{found.path}: {found.cases} test{'' if found.cases == 1 else 's'} added", file=sys.stderr)
    else:
        print(found.added.lstrip("\n"), end="")
    return 0


# --- for people -------------------------------------------------------------------------------------


def _as_text(tested: Tested) -> None:
    for problem in tested.problems:
        print(problem)
    for result in tested.results:
        if not result.holds:
            _show(result)
    failed = sum(not result.holds for result in tested.results)
    broken = len(errors(tested.problems))
    print(("\n" if failed or broken else "") + _sum(len(tested.results), failed, broken))
    if tested.engine != "machine":
        both = sum(tested.engine in result.engines for result in tested.results)
        print(f"{both} of them were lived on a real Temporal server too.")
    if said := _unwalked(tested):
        print(said)


def _show(result: Result) -> None:
    case, coloured = result.case, sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if coloured else text

    print(f"\n{paint(f'{case.file}:{case.at.line}:', '1')} {case.flow}: {case.name}")
    for sentence in result.says:
        print(f"  {paint(sentence, '31')}")
    print()
    for sign, text in result.drawn(shutil.get_terminal_size((100, 24)).columns):
        print(paint(text, _COLOURS[sign]))


def _sum(all_of_them: int, failed: int, broken: int) -> str:
    words = [f"{all_of_them - failed} of {all_of_them} tests hold"]
    if failed:
        words.append(f"{failed} fail" + ("s" if failed == 1 else ""))
    if broken:
        words.append(f"{broken} mistake{'s' if broken > 1 else ''} in the files")
    return ", ".join(words) + "."


def _unwalked(tested: Tested) -> str:
    """One line on the rows of flows that no test walks."""
    left = {flow: rows for flow in tested.rows if (rows := tested.unwalked(flow))}
    number, total = sum(map(len, left.values())), sum(map(len, tested.rows.values()))
    if not left:
        return f"Every row is walked: {total} of {total}." if total else ""
    named = [f"{flow} {row} ({words})" for flow, rows in left.items() for row, words in rows.items()]
    more = f" and {number - _ROWS} more" if number > _ROWS else ""
    return f"{number} of {total} rows are walked by no test: {', '.join(named[:_ROWS])}{more} (see --suggest)."


# --- for programs -----------------------------------------------------------------------------------


def _as_json(tested: Tested) -> None:
    results = [
        {
            "flow": result.case.flow,
            "test": result.case.name,
            "file": result.case.file,
            "line": result.case.at.line,
            "holds": result.holds,
            "engines": list(result.engines),
            "seconds": round(result.seconds, 6),
            "message": result.message,
            "story": [
                {"day": told.day, "clock": told.clock, "kind": told.kind, "what": told.what, "step": told.step}
                for told in result.story.told
            ],
        }
        for result in tested.results
    ]
    answer = {
        "holds": tested.holds,
        "engine": tested.engine,
        "tests": results,
        "rows": {
            flow: {"all": len(rows), "unwalked": list(tested.unwalked(flow))} for flow, rows in tested.rows.items()
        },
        "problems": [asdict(problem) for problem in tested.problems],
    }
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=2)
    print()
