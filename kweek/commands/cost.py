"""`kweek cost`: what did campaigns cost? Enters what a file says, line by line; the same file twice is entered once."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kweek.commands.common import NotUnderstoodError, add_workspace, me, say, settings_of
from kweek.commands.progress import looked, looking

if TYPE_CHECKING:
    from kweek.config import Settings
    from kweek.intake.costing import Entered

EXAMPLE = """examples:
  kweek cost advertising.csv --dry-run     say what it would enter, line by line; nothing is written
  kweek cost advertising.csv               enter it
  kweek cost advertising.csv --make        make the campaigns that are not there yet, too
  kweek cost advertising.csv --json | jq .wrong

The file, as a spreadsheet saves it (CSV; comma, semicolon or tab):

  campaign;date;amount;words
  spring-fair;2026-03-02;1.250,00;stand of 12 square metres
  newsletter;02-03-2026;95,50;

Lines that are right are entered, whatever is wrong with others: mend those, and give the whole file again.

Exit: 0 done, 1 some lines are wrong, or the tables are of another release, 2 not understood, 3 the database is away."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "cost",
        help="enter what campaigns cost, from a file",
        description="Enters the lines of a file as costs of campaigns.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="CSV with the columns campaign, date, amount and perhaps words")
    add_workspace(parser)
    parser.add_argument("--data", metavar="DIR", help="where everything is kept (default: .kweek)")
    parser.add_argument("--dry-run", action="store_true", help="tell what would be entered, and enter nothing")
    parser.add_argument("--make", action="store_true", help="make campaigns that are not there yet")
    parser.add_argument("--by", metavar="NAME", help="who enters it (default: you)")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, for programs")


def run(args: argparse.Namespace) -> int:
    file = Path(args.file)
    if not file.is_file():
        raise NotUnderstoodError(f"there is no file {args.file}")
    looking("Reading the costs")
    done = _enter(settings_of(args), file, args)
    looked()
    if args.json:
        print(json.dumps(_as_json(done, dry=args.dry_run), ensure_ascii=False))
    else:
        for line in _lines(done, args.file, dry=args.dry_run):
            say(line)
    return 1 if done.wrong else 0


def _enter(settings: Settings, file: Path, args: argparse.Namespace) -> Entered:
    from datetime import UTC, datetime

    from kweek.commands.books import opened
    from kweek.commands.common import workspace_of
    from kweek.intake.costing import enter
    from kweek.leads.clock import flow_clock

    currency = workspace_of(settings).rules.settings.currency
    by = args.by or me("kweek cost")
    with opened(settings) as database:
        now = flow_clock(database).flow(datetime.now(UTC))
        return enter(database, file.read_bytes(), currency, by, now, make=args.make, dry=args.dry_run)


def _as_json(done: Entered, *, dry: bool) -> dict[str, object]:
    wrong = [{"line": line.number, "why": line.why} for line in done.wrong]
    return {"entered": done.fresh, "known": done.known, "cents": done.cents, "made": done.made, "wrong": wrong,
            "dry_run": dry}  # fmt: skip


def _lines(done: Entered, file: str, *, dry: bool) -> list[str]:
    """`42 entries, 12,345.50 in all; 3 were here already.`"""
    would = "would be entered" if dry else "entered"
    known = f"; {done.known:,} {'was' if done.known == 1 else 'were'} here already" if done.known else ""
    lines = [f"{file}:{line.number}: {line.why}" for line in done.wrong]
    if done.made:
        lines.append(f"New campaigns: {', '.join(done.made)}")
    entries = f"{done.fresh:,} entr{'y' if done.fresh == 1 else 'ies'}"
    return [*lines, f"{entries} {would}, {done.cents / 100:,.2f} {done.currency} in all{known}."]
