"""`kweek resume`: how does a paused flow go on? Its leads are let out, all at once or at a rate."""

from __future__ import annotations

import argparse
import json
import re
from typing import Any, Final

from kweek.commands.common import flow_named, say, settings_of
from kweek.commands.progress import looked, looking, progress
from kweek.errors import SettingsError

EXAMPLE = """examples:
  kweek resume brochure-request                           all at once
  kweek resume brochure-request --rate "200 per minute"   so many leads, for the people who will be called or mailed

Each goes on with the time that it had left. Broken off, those that were not let out stand still until it is done
again; who was let out already is not touched by that.

Exit: 0 it goes on, 1 the tables are of another release, 2 not understood, or no such flow was published, 3 the database
is away, 130 broken off."""

_RATE: Final = re.compile(r"(\d{1,6}) per (second|minute|hour)")
_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3_600}


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "resume",
        help="let a paused flow go on",
        description="Lets a paused flow go on: mail may leave again, and the clocks of its leads run.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("flow", metavar="FLOW", help="name of a flow that was published")
    parser.add_argument("--rate", metavar="RATE", help='leads that go on: "200 per minute" (default: all at once)')
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, for programs")


def run(args: argparse.Namespace) -> int:
    looking("Looking")
    rate = _rate(args.rate) if args.rate else None
    from kweek.commands.books import opened
    from kweek.leads.pausing import resume

    chosen = settings_of(args)
    flow = flow_named(args.flow, chosen.workspace)
    with opened(chosen) as database:
        looked()
        try:
            with progress(f"Letting {flow} go on", "leads") as told:
                count = resume(database, flow, rate, told)
        except KeyboardInterrupt:
            say(f"broken off; kweek resume {flow} lets the others go on")
            return 130
    if args.json:
        print(json.dumps({"flow": flow, "paused": False, "leads": count}))
    else:
        say(f"{flow} goes on, with {count} lead{'' if count == 1 else 's'}.")
    return 0


def _rate(text: str) -> float:
    """Leads a second."""
    match = _RATE.fullmatch(" ".join(text.split()))
    if match is None or int(match[1]) == 0:
        raise SettingsError(f"--rate: “{text}” is no rate; write 200 per minute")
    return int(match[1]) / _SECONDS[match[2]]
