"""`kweek lint`: are the flows sound? Every mistake at once, with its place, the reason and the fix."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from kweek.commands.common import add_workspace, flow_named, settings_of, workspace_of
from kweek.commands.progress import looked, looking
from kweek.flow.problems import Problem, did_you_mean, errors

if TYPE_CHECKING:
    from kweek.workspace import Workspace

EXAMPLE = """example:
  kweek lint                          all flows of this folder
  kweek lint brochure-request         one flow, with the rules, mails and surveys that it stands on
  kweek lint --workspace ../acme --json

  flows/brochure-request.yaml:14:17: error: There is no path “traige” in this flow. Did you mean “triage”?

Exit: 0 no errors (warnings do not count), 1 errors, 2 not understood."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "lint",
        help="prove that the flows are sound",
        description="Reads flows, rules, surveys and mails, and says all that is wrong with them.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("flows", nargs="*", metavar="FLOW", help="name or file of a flow (default: all)")
    add_workspace(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, for programs")


def run(args: argparse.Namespace) -> int:
    looking("Looking at the flows")
    from kweek.mails.remembered import Remembered
    from kweek.mails.render import Renderer

    chosen = settings_of(args)
    folder = chosen.workspace
    remembered = Remembered(folder)
    with Renderer() as renderer:
        if not remembered.any:
            renderer.start()  # its imports take as long as all the rest; so it begins before the rest is imported
        from kweek.linting import belongs_to, flows_in, lint
        from kweek.workspace import read_workspace

        workspace = workspace_of(chosen) if args.flows else read_workspace(folder)
        named = [flow_named(flow, folder, tests=True) for flow in args.flows]
        problems = lint(workspace, renderer, remembered)
    looked()
    for flow in named:
        if flow not in flows_in(workspace):
            fix = did_you_mean(flow, flows_in(workspace)) or f"{folder} has no flows."
            print(f"kweek lint: there is no flow “{flow}”. {fix}", file=sys.stderr)
            return 2
    if named:
        problems = tuple(p for p in problems if any(belongs_to(flow, workspace, p) for flow in named))
    if args.json:
        print(json.dumps(_as_json(problems, workspace), ensure_ascii=False, indent=2))
    else:
        _say(problems, len(named) or len(flows_in(workspace)))
    return 1 if errors(problems) else 0


def _as_json(problems: Sequence[Problem], workspace: Workspace) -> dict[str, Any]:
    wrong = len(errors(problems))
    return {
        "workspace": str(workspace.folder),
        "errors": wrong,
        "warnings": len(problems) - wrong,
        "problems": [asdict(problem) for problem in problems],
    }


def _say(problems: Sequence[Problem], flows: int) -> None:
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for problem in problems:
        line = str(problem)
        if coloured:
            colour = "\x1b[31m" if problem.severity == "error" else "\x1b[33m"
            place, _, words = line.partition(f" {problem.severity}: ")
            line = f"\x1b[1m{place}\x1b[0m {colour}{problem.severity}:\x1b[0m {words}"
        print(line)
    wrong = len(errors(problems))
    counts = ", ".join(_count(number, word) for number, word in ((wrong, "error"), (len(problems) - wrong, "warning")))
    print(f"{_count(flows, 'flow')}: {counts if problems else 'sound'}")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
