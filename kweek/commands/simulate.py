"""`kweek simulate`: what would become of a thousand leads in this flow?"""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kweek.commands.against import other
from kweek.commands.common import (
    NotUnderstoodError,
    add_workspace,
    flow_named,
    look_for_folder,
    own_of,
    settings_of,
    workspace_of,
)
from kweek.commands.progress import looked, looking, progress
from kweek.flow.problems import BrokenSourceError, did_you_mean

if TYPE_CHECKING:
    from kweek.config import Settings
    from kweek.simulating import Version
    from kweek.workspace import Workspace

EXAMPLE: Final = """\
examples:
  kweek simulate brochure-request
  kweek simulate brochure-request --leads 5000 --days 90 --report brochure.html
  kweek simulate brochure-request --mix "opened 45%, bounced 4%, answered 25%, interested 30%"
  kweek simulate brochure-request --against 3               version 3 beside the draft: before and after
  kweek simulate brochure-request --against old.yaml --json

Other flows walk along: a lead that starts here may start there too, on the same event or on what it does. Their mails,
calls and handovers are counted as well, as your people will have them, and named: of this flow, of other flows.

Where the mix says nothing of mails, of own events or of profiles, the usual is taken, and shown. The same seed gives
the same answer, and in two versions of a flow the same lead does the same. Nothing is sent and nothing is stored.

Exit: 0 done, 1 a flow is broken, 2 not understood.
"""
MOST_LEADS: Final = 1_000_000
MOST_DAYS: Final = 1_500


def add(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "simulate",
        help="let a thousand make-believe leads walk through a flow",
        description="Walks make-believe leads through a flow on a make-believe clock, and counts what becomes of them.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("flow", metavar="FLOW", help="name or file of a flow")
    add_workspace(parser)
    parser.add_argument("--leads", metavar="N", default="1000", help="so many leads (default: 1000)")
    parser.add_argument("--days", metavar="N", default="60", help="watched for so many days (default: 60)")
    parser.add_argument("--seed", metavar="N", default="1", help="another number, other leads (default: 1)")
    parser.add_argument("--mix", metavar="SHARES", help='what people do: "opened 45%%, bounced 4%%, interested 30%%"')
    parser.add_argument(
        "--arrive",
        metavar="HOW",
        help='leads come in over "20 days", "20 days in working hours", "at once" (default: over a third of the days)',
    )
    parser.add_argument("--begin", metavar="DATE", help="the first day (default: 2026-03-02, a Monday)")
    parser.add_argument("--against", metavar="VERSION", help="another version of it: its number, or a file")
    parser.add_argument("--json", action="store_true", help="answer as JSON, for a program")
    parser.add_argument("--report", metavar="FILE", help="write a page that needs nothing else: x.html")
    parser.add_argument("--language", choices=("en", "nl"), default="en", help="of the report (default: en)")


def run(args: argparse.Namespace) -> int:
    leads = _number(args.leads, "--leads", MOST_LEADS)
    days = _number(args.days, "--days", MOST_DAYS)
    seed = _number(args.seed, "--seed", 10**9, least=0)
    begin = _date(args.begin)
    if args.report and Path(args.report).suffix.lower() not in (".html", ".htm"):
        raise NotUnderstoodError(f"--report: {args.report}: the report is a page; write it as .html")
    if args.report:
        look_for_folder("--report", args.report)
    looking("Reading the flows")
    from kweek.flow.simulate.arrivals import parse_arrivals, usual_arrivals
    from kweek.flow.simulate.mix import parse_mix, usual
    from kweek.simulating import FIRST_DAY, Crowding, simulate
    from kweek.worlds import world_of

    chosen = settings_of(args)
    workspace = workspace_of(chosen)
    version = _draft(workspace, args.flow)
    against = _other(version, args.against, chosen) if args.against else None
    world = world_of(workspace)
    try:
        mix = parse_mix(args.mix, version.plan, world, workspace.rules.events) if args.mix else usual(version.plan)
        arrive = parse_arrivals(args.arrive) if args.arrive else usual_arrivals(days)
        if arrive.days > days:
            raise ValueError(f"leads arrive over {arrive.days} days, but only {days} are watched; write more --days")
        arrive.moments(_midnight(begin or FIRST_DAY), world.calendar)
    except ValueError as error:
        raise NotUnderstoodError(str(error)) from None
    crowding = Crowding(leads, days, seed, mix, arrive, begin or FIRST_DAY)
    looked()
    with progress("Simulating", "leads") as told:
        simulation = simulate(workspace, world, version.plan, crowding, lambda part: told(round(part * leads), leads))
    before = None
    if against is not None:
        with progress("Simulating the other version", "leads") as told:
            before = simulate(workspace, world, against.plan, crowding, lambda part: told(round(part * leads), leads))
    if args.report:
        from kweek.report.page import page
        from kweek.report.shown import Shown

        old = Shown(before, against.flow, against.label) if before and against else None
        text = page(
            Shown(simulation, version.flow, version.label), old, args.language, own_of(workspace, args.language)
        )
        Path(args.report).write_text(text, "utf-8")
    if args.json:
        from kweek.flow.simulate.result import dump

        print(dump({**simulation.as_json(), "against": before and before.as_json()}))
    else:
        from kweek.draw.plain import plain
        from kweek.report.terminal import lines
        from kweek.words import Tongue

        say = Tongue("en", own_of(workspace, "en"))
        for line in lines(simulation, version.flow, before, say, usual_mix=not args.mix):
            print(plain(line))
    return 0


# --- what was asked for ---------------------------------------------------------------------------------


def _number(text: str, option: str, most: int, least: int = 1) -> int:
    try:
        number = int(text.replace("_", "").replace(",", ""))
    except ValueError:
        raise NotUnderstoodError(f"{option}: “{text}” is no whole number") from None
    if not least <= number <= most:
        raise NotUnderstoodError(f"{option}: write a number from {least} to {most:,}; {text} is none of them")
    return number


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        begin = date.fromisoformat(text)
    except ValueError:
        raise NotUnderstoodError(f"--begin: “{text}” is not a date; write year-month-day: 2026-03-02") from None
    if not 2000 <= begin.year <= 2100:
        raise NotUnderstoodError(f"--begin: {text} is too far away; write a date of this century")
    return begin


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _draft(workspace: Workspace, asked: str) -> Version:
    from kweek.linting import flows_in
    from kweek.simulating import Version
    from kweek.versions import plan_of, source_of

    flow = flow_named(asked, workspace.folder)
    if flow not in flows_in(workspace):
        fix = did_you_mean(flow, flows_in(workspace)) or f"{workspace.folder} has no flows."
        raise NotUnderstoodError(f"there is no flow “{flow}”. {fix}")
    if flow not in workspace.flows:
        raise BrokenSourceError(problem for problem in workspace.problems if problem.file == f"flows/{flow}.yaml")
    return Version("draft", plan_of(source_of(workspace, flow)), workspace.flows[flow])


def _other(version: Version, asked: str, chosen: Settings) -> Version:
    from kweek.simulating import Version
    from kweek.versions import plan_of

    found = other(chosen, version.plan.flow, asked)
    return Version(found.label, plan_of(found.source), found.flow)
