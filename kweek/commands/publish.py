"""`kweek publish`: what do leads walk from now on? Proves the flows, and freezes them as versions."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from kweek.commands.common import add_workspace, flow_named, me, say, settings_of, workspace_of
from kweek.commands.progress import looked, looking
from kweek.flow.problems import Problem, did_you_mean, errors

if TYPE_CHECKING:
    from kweek.config import Settings
    from kweek.leads.database import Database
    from kweek.leads.publish import Standing, Version
    from kweek.workspace import Workspace

EXAMPLE = """example:
  kweek publish                       all flows of this folder, or none
  kweek publish brochure-request      one flow, with the mails and surveys that it names
  kweek publish --first               all flows where none was ever published; else says what differs

  brochure-request: version 4, published
    312 leads stay on version 3: 290 at steps/send-survey, 22 at call/call-brochure

Leads that are on their way stay on the version that they entered with.
Exit: 0 published, 1 errors (nothing is published), or tables of another release, 2 not understood, 3 the database is
away."""


@dataclass(frozen=True, slots=True)
class Published:
    """changed: leads that enter now walk another text than before. staying: who is on their way on older versions."""

    flow: str
    version: Version
    changed: bool
    staying: tuple[Standing, ...]


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "publish",
        help="make the flows that are drafts into versions that leads walk",
        description="Proves the flows and makes versions of them: from then on, leads that enter walk these.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("flows", nargs="*", metavar="FLOW", help="name or file of a flow (default: all)")
    add_workspace(parser)
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")
    parser.add_argument("--by", metavar="NAME", default=None, help="who publishes (default: you)")
    parser.add_argument("--first", action="store_true", help="as `kweek up` does at its first start, and only then")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, for programs")


def run(args: argparse.Namespace) -> int:
    if args.first:
        return _first(args)
    looking("Proving the flows")
    chosen = settings_of(args)
    named = [flow_named(flow, chosen.workspace) for flow in args.flows]
    flows = chosen.workspace / "flows"
    if flows.is_dir() and all((flows / f"{flow}.yaml").is_file() for flow in named):  # else that is what is wrong
        _look_for_books(chosen)
    from kweek.linting import belongs_to, lint

    workspace = workspace_of(chosen)
    problems = lint(workspace)
    looked()
    for flow in named:
        if f"flows/{flow}.yaml" not in workspace.texts:
            fix = did_you_mean(flow, workspace.flows) or f"{workspace.folder} has no flows."
            say(f"kweek publish: there is no flow “{flow}”. {fix}")
            return 2
    if named:
        problems = tuple(one for one in problems if any(belongs_to(flow, workspace, one) for flow in named))
    wrong = errors(problems)
    done: list[Published] = []
    if not wrong:
        from kweek.commands.books import opened

        with opened(chosen) as database:
            done = publish_flows(database, workspace, named or sorted(workspace.flows), args.by or me("kweek publish"))
    if args.json:
        print(json.dumps(_as_json(done, problems), ensure_ascii=False, indent=2))
    else:
        _say(done, problems)
    return 1 if wrong else 0


def _look_for_books(chosen: Settings) -> None:
    """NoDatabase, before anything is loaded that takes a second: without its file there is nothing to publish in."""
    from kweek.leads.away import no_file

    scheme, _, path = chosen.database_url.partition(":///")
    if scheme == "sqlite" and path and not (file := Path(path).absolute()).exists():
        raise no_file(file)


def _first(args: argparse.Namespace) -> int:
    """Tables, secret, clock and first versions, as they must be there before a worker starts elsewhere."""
    from kweek.commands.prepare import prepare_database

    if args.flows or args.json:
        say("kweek publish: --first is for all flows, and speaks to people: leave out FLOW and --json")
        return 2
    chosen = settings_of(args)
    for line in prepare_database(chosen, chosen.tempo):
        say(line)
    return 0


def publish_flows(database: Database, workspace: Workspace, flows: Sequence[str], by: str) -> list[Published]:
    """All of them in one transaction, or none. The flows must have been linted."""
    from kweek.leads.clock import flow_clock
    from kweek.leads.publish import publish_in, published, standing
    from kweek.versions import source_of

    at = flow_clock(database).flow(datetime.now(UTC))
    with database.write() as tx:
        before = {row.flow: row.version for row in published(tx)}
        done: list[Published] = []
        for flow in flows:
            version = publish_in(tx, source_of(workspace, flow), flow, by, at)
            staying = tuple(one for one in standing(tx, flow) if not one.current)
            done.append(Published(flow, version, before.get(flow) != version.hash, staying))
        return done


def _say(done: Sequence[Published], problems: Sequence[Problem]) -> None:
    for problem in problems:
        print(problem, file=sys.stderr)
    if wrong := len(errors(problems)):
        print(f"Nothing is published: {wrong} error{'' if wrong == 1 else 's'}.", file=sys.stderr)
    for one in done:
        print(f"{one.flow}: version {one.version.number}, {'published' if one.changed else 'unchanged'}")
        for number in sorted({stay.number for stay in one.staying}, reverse=True):
            here = [stay for stay in one.staying if stay.number == number]
            leads = sum(stay.leads for stay in here)
            steps = ", ".join(f"{stay.leads} at {stay.step}" for stay in here)
            print(f"  {leads} lead{' stays' if leads == 1 else 's stay'} on version {number}: {steps}")


def _as_json(done: Sequence[Published], problems: Sequence[Problem]) -> dict[str, Any]:
    return {
        "published": [
            {
                "flow": one.flow,
                "version": one.version.number,
                "hash": one.version.hash,
                "changed": one.changed,
                "staying": [{"version": stay.number, "step": stay.step, "leads": stay.leads} for stay in one.staying],
            }
            for one in done
        ],
        "errors": len(errors(problems)),
        "problems": [asdict(problem) for problem in problems],
    }
