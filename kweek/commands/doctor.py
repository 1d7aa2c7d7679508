"""`kweek doctor`: is every part well? Checks each, says what to do, and rings leads whose time has passed."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kweek.commands.common import add_workspace, say, settings_of

if TYPE_CHECKING:
    from kweek.checkup import Finding

EXAMPLE = """examples:
  kweek doctor            what is well, what is not, and what to do about it
  kweek doctor --ring     ring every lead whose due time has passed (harmless; after a long outage)
  kweek doctor --release  let go on the leads that stand still since a backup was put back

Exit: 0 all is well, 1 something needs attention, 3 a part is away."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "doctor",
        help="check each part, and say what to do",
        description="Checks settings, secret, database, Temporal, mail relay, workspace and leads.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_workspace(parser)
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")
    parser.add_argument("--ring", action="store_true", help="ring every lead whose due time has passed")
    parser.add_argument("--release", action="store_true", help="let held leads go on from where the database is")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, for programs")


def run(args: argparse.Namespace) -> int:
    import asyncio

    from kweek.checkup import check_all, release_held, ring_overdue

    settings = settings_of(args)
    if args.release:
        say(f"{release_held(settings)} leads were let go")
    if args.ring or args.release:
        say(f"{asyncio.run(ring_overdue(settings, say))} leads were rung")
    findings = list(check_all(settings))
    if args.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            print(_line(finding))
    states = {finding.state for finding in findings}
    return 3 if "away" in states else 1 if "attention" in states else 0


def _line(finding: Finding) -> str:
    mark = {"well": "ok  ", "attention": "look", "away": "away"}[finding.state]
    return f"{mark}  {finding.part:<10}  {finding.words}" + (f"\n      → {finding.do}" if finding.do else "")
