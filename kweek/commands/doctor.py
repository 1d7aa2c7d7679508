"""`kweek doctor`: is every part well? Checks each, says what to do, and rings leads whose time has passed."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kweek.commands.common import add_workspace, say, settings_of
from kweek.commands.progress import looked, looking

if TYPE_CHECKING:
    from kweek.checkup.finding import Finding
    from kweek.config import Settings

EXAMPLE = """examples:
  kweek doctor             what is well, what is not, and what to do about it
  kweek doctor --ring      ring every lead whose due time has passed (harmless; after a long outage)
  kweek doctor --ring all  ring all that are on their way (harmless; after Temporal lost its database)
  kweek doctor --release   let go on the leads that stand still since a backup was put back
  kweek doctor --json | jq -r '.findings[] | select(.state != "well") | .part'

Exit: 0 all is well, 1 something needs attention, 2 not understood, 3 a part is away."""


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
    parser.add_argument(
        "--ring", nargs="?", choices=("due", "all"), const="due", metavar="all",
        help="ring every lead whose due time has passed, or all on their way",
    )  # fmt: skip
    parser.add_argument("--release", action="store_true", help="let held leads go on from where the database is")
    parser.add_argument(
        "--new-secret", action="store_true",
        help="the secret is lost for good: go on with the one that is there, or a new one. Links in mails that left "
        "are dead then; who unsubscribed, complained or bounced is kept from mail as far as their lead is still here",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, for programs")


def run(args: argparse.Namespace) -> int:
    looking("Looking at each part")
    import asyncio

    from kweek.checkup.parts import check_all
    from kweek.checkup.ring import release_held, ring_leads

    looked()
    settings = settings_of(args)
    if args.new_secret:
        _renew(settings)
    if args.release:
        say(f"{release_held(settings)} leads were let go")
    if args.ring or args.release:
        say(f"{asyncio.run(ring_leads(settings, args.ring or 'due', say))} leads were rung")
    findings: list[Finding] = []
    looking("Looking at each part")
    for finding in check_all(settings):
        findings.append(finding)
        if not args.json:
            looked()
            print(_line(finding), flush=True)
            looking("Looking on")
    looked()
    states = {finding.state for finding in findings}
    worst = "away" if "away" in states else "attention" if "attention" in states else "well"
    if args.json:
        print(json.dumps({"state": worst, "findings": list(map(asdict, findings))}, ensure_ascii=False, indent=2))
    return {"away": 3, "attention": 1, "well": 0}[worst]


def _renew(settings: Settings) -> None:
    from kweek.commands.books import opened
    from kweek.intake.renewal import renew
    from kweek.leads.installation import is_held_to
    from kweek.secret import make_secret

    with opened(settings) as database:
        if is_held_to(database, settings):
            say("the secret is the right one: nothing was done")
            return
        make_secret(settings.secret_file)  # where there is none
        kept = renew(database, settings)
    say(f"the secret in {settings.secret_file} is this installation's from now on; {kept} addresses are kept from mail")
    say("start every part again: none of them knows it yet")


def _line(finding: Finding) -> str:
    mark = {"well": "ok  ", "attention": "look", "away": "away"}[finding.state]
    return f"{mark}  {finding.part:<10}  {finding.words}" + (f"\n      → {finding.do}" if finding.do else "")
