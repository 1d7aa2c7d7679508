"""`kweek rescore`: what do other rules make of all leads? Told before, and then done."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from kweek.commands.common import add_workspace, say, settings_of, workspace_of
from kweek.commands.progress import looking, progress

if TYPE_CHECKING:
    from kweek.config import Settings
    from kweek.intake.rescoring import Preview
    from kweek.workspace import Workspace

EXAMPLE = """examples:
  kweek rescore --preview          what rules/scoring.yaml of this folder would change; nothing is written
  kweek rescore                    have the worker bring all leads to the rules that are in force
  kweek rescore --preview --json | jq .becomes.A1

Rules are in force as soon as their file is saved and sound: what happens from then on is scored by them, and whoever
does something is. This brings all others to them as well. It runs as a workflow: whoever looks on may go, and what is
broken off goes on where it was.

Exit: 0 done, or told, 1 the rules have errors, the tables are of another release, or a rule failed on some leads,
2 not understood, 3 the database or Temporal is away, 130 no longer looked on (it goes on)."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "rescore",
        help="bring all leads to the points that the rules give now",
        description="Reckons the points of every lead anew, by the rules of rules/scoring.yaml.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_workspace(parser)
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")
    parser.add_argument("--preview", action="store_true", help="tell what would change, and change nothing")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, for programs")


def run(args: argparse.Namespace) -> int:
    from kweek.rulebook import broken

    settings = settings_of(args)
    workspace = workspace_of(settings)
    if wrong := broken(workspace):
        say(f"{wrong[0]}")
        say("the rules have errors, so the leads keep the points that they have; kweek lint says all")
        return 1
    return _preview(settings, workspace, as_json=args.json) if args.preview else _rescore(settings, as_json=args.json)


# --- before -----------------------------------------------------------------------------------------------


def _preview(settings: Settings, workspace: Workspace, *, as_json: bool) -> int:
    looking("Looking at the rules")
    from datetime import UTC, datetime

    from kweek.commands.books import opened
    from kweek.intake.rescoring import preview
    from kweek.leads.clock import flow_clock
    from kweek.rulebook import in_force

    with opened(settings) as database, progress("Reckoning every lead", "leads") as told:
        now = flow_clock(database).flow(datetime.now(UTC))
        found = preview(database, in_force(workspace).ears.scores, now, told)
    if as_json:
        print(json.dumps(_as_json(found), ensure_ascii=False))
    else:
        for line in _lines(found):
            print(line)
    return 1 if found.failed else 0


def _as_json(found: Preview) -> dict[str, object]:
    moves = [{"from": old, "to": new, "leads": count} for (old, new), count in sorted(found.grades.items())]
    grades = sorted({grade for move in found.grades for grade in move})
    becomes = {grade: dict(zip(("gained", "lost"), found.becomes(grade), strict=True)) for grade in grades}
    return {
        "leads": found.leads, "points_change": found.points, "grade_changes": sum(found.grades.values()),
        "moves": moves, "becomes": becomes, "flows": dict(sorted(found.flows.items())), "failed": found.failed,
    }  # fmt: skip


def _lines(found: Preview) -> list[str]:
    """`1,240 of 20,000 leads change grade; 31 become A1, 4 are A1 no more.`"""
    gained, lost = found.becomes("A1")
    some = f"; {gained:,} become{'s' if gained == 1 else ''} A1, {lost:,} {'is' if lost == 1 else 'are'} A1 no more"
    moved = sum(found.grades.values())
    lines = [
        f"{moved:,} of {_leads(found.leads)} change{'s' if moved == 1 else ''} grade{some if moved else ''}.",
        f"The points of {_leads(found.points)} change.",
    ]
    for (old, new), count in sorted(found.grades.items(), key=lambda move: (-move[1], move[0])):
        lines.append(f"  {old} → {new}  {count:>8,}")
    for flow, count in sorted(found.flows.items()):
        lines.append(f"The matrix sends {_leads(count)} into “{flow}”, which lets in whom its own lines say.")
    lines += [f"  lead {lead}: {why}" for lead, why in sorted(found.failed.items())[:10]]
    if found.failed:
        lines.append(f"A rule fails on {_leads(len(found.failed))}, which would keep what they have.")
    return lines


def _leads(count: int) -> str:
    return f"{count:,} lead{'' if count == 1 else 's'}"


# --- and then ---------------------------------------------------------------------------------------------


def _rescore(settings: Settings, *, as_json: bool) -> int:
    import asyncio

    from kweek.rescoring import rescored

    with progress("Rescoring", "leads") as told:
        try:
            done = asyncio.run(rescored(settings, told, say))
        except KeyboardInterrupt:
            say("it goes on without you; kweek rescore looks on again")
            return 130
    if as_json:
        print(json.dumps({"leads": done.leads, "changed": done.changed, "failed": done.failed}))
    else:
        say(f"{_leads(done.leads)} rescored: the points or the grade of {done.changed:,} changed.")
        if done.failed:
            say(f"a rule failed on {_leads(done.failed)}, which keep what they have; /matrix/rules lists them")
    return 1 if done.failed else 0
