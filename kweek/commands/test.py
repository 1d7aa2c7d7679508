"""`kweek test`: do the flows do what their tests say?"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from kweek.commands.common import add_workspace, settings_of
from kweek.flow.problems import did_you_mean, errors

if TYPE_CHECKING:
    from kweek.rehearsal import Tested

EXAMPLE = """\
examples:
  kweek test                        every file of flows/tests
  kweek test brochure-request       the tests of one flow
  kweek test --workspace ~/flows --json

A test that fails shows what was expected beside what happened. Nothing is sent and nothing is stored.

Exit: 0 all as expected, 1 something was not, 2 not understood.
"""


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
    parser.add_argument("--json", action="store_true", help="answer as JSON, for a program")


def run(args: argparse.Namespace) -> int:
    from kweek.rehearsal import rehearse
    from kweek.workspace import read_workspace

    workspace = read_workspace(settings_of(args).workspace)
    there = [PurePosixPath(path).stem for path in workspace.tests]
    for flow in args.flows:
        if flow not in there:
            print(f"kweek: there are no tests of “{flow}”. {did_you_mean(flow, there)}", file=sys.stderr)
            return 2
    if not there:
        print("kweek: there is nothing to test: flows/tests has no files. Write one per flow.", file=sys.stderr)
        return 2
    tested = rehearse(workspace, args.flows or there)
    (_as_json if args.json else _as_text)(tested)
    return 0 if tested.holds else 1


def _as_text(tested: Tested) -> None:
    for problem in tested.problems:
        print(problem)
    for result in tested.results:
        if not result.holds:
            case = result.case
            print(f"\n{case.file}:{case.at.line}: {case.flow}: {case.name}")
            print(result.message)
    failed = sum(not result.holds for result in tested.results)
    broken = len(errors(tested.problems))
    print(("\n" if failed or broken else "") + _sum(len(tested.results), failed, broken))


def _sum(all_of_them: int, failed: int, broken: int) -> str:
    words = [f"{all_of_them - failed} of {all_of_them} tests hold"]
    if failed:
        words.append(f"{failed} fail" + ("s" if failed == 1 else ""))
    if broken:
        words.append(f"{broken} mistake{'s' if broken > 1 else ''} in the files")
    return ", ".join(words) + "."


def _as_json(tested: Tested) -> None:
    results = [
        {
            "flow": result.case.flow,
            "test": result.case.name,
            "file": result.case.file,
            "line": result.case.at.line,
            "holds": result.holds,
            "message": result.message,
            "story": [
                {"day": told.day, "clock": told.clock, "kind": told.kind, "what": told.what, "step": told.step}
                for told in result.story.told
            ],
        }
        for result in tested.results
    ]
    answer = {"holds": tested.holds, "tests": results, "problems": [asdict(problem) for problem in tested.problems]}
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=2)
    print()
