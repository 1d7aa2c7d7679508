"""`kweek pause`: who stops a flow that goes wrong? No mail of it leaves from now on, and its leads stand still."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from kweek.commands.common import flow_named, say, settings_of
from kweek.commands.progress import looked, looking

EXAMPLE = """examples:
  kweek pause brochure-request    no mail of it leaves any more, service mail included; its leads stand still
  kweek resume brochure-request   it goes on, each lead with the time that it had left

What people hold is theirs to finish: calls and tasks can be done, and the clock of a handover runs on. Events are taken
in, and act. Whoever comes in meanwhile stands still too.

Exit: 0 paused, 1 the tables are of another release, 2 no such flow was published, 3 the database is away."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "pause",
        help="stop a flow: no mail of it leaves, and its leads stand still",
        description="Pauses a published flow, at once. The time that its leads have left is frozen.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("flow", metavar="FLOW", help="name of a flow that was published")
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, for programs")


def run(args: argparse.Namespace) -> int:
    looking("Looking")
    from kweek.commands.books import opened
    from kweek.leads.clock import flow_clock
    from kweek.leads.pausing import pause

    chosen = settings_of(args)
    flow = flow_named(args.flow, chosen.workspace)
    with opened(chosen) as database:
        looked()
        count = pause(database, flow, flow_clock(database).flow(datetime.now(UTC)))
    if args.json:
        print(json.dumps({"flow": flow, "paused": True, "leads": count}))
        return 0
    say(f"{flow} is paused: no mail of it leaves; {count} lead{' stands' if count == 1 else 's stand'} still.")
    say(f"kweek resume {flow} lets them go on.")
    return 0
