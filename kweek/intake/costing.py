"""How does a file of costs get into the books? In one transaction; each line once, however often the file is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from kweek.intake.cost_file import Line, WrongLine, read_costs, unknown
from kweek.leads.campaigns import all_campaigns, know_campaign
from kweek.leads.costs import spend
from kweek.leads.database import Database


@dataclass
class Entered:
    """fresh: entries that are new, `cents` together; known: those that were here. made: campaigns."""

    currency: str
    fresh: int = 0
    known: int = 0
    cents: int = 0
    made: list[str] = field(default_factory=list[str])
    wrong: list[WrongLine] = field(default_factory=list[WrongLine])


class _DryRun(Exception):
    """Everything was done as it would be; nothing of it is to stay."""


def enter(
    db: Database, raw: bytes, currency: str, by: str, now: datetime, *, make: bool = False, dry: bool = False
) -> Entered:
    """make: campaigns that are not there; otherwise their lines are wrong. dry: nothing is written. NoCostFileError."""
    done = Entered(currency)
    lines = list(read_costs(raw, currency, by))
    try:
        with db.write() as tx:
            _enter(tx, lines, done, now, make=make)
            if dry:
                raise _DryRun
    except _DryRun:
        pass
    return done


def _enter(tx: Connection, lines: list[Line | WrongLine], done: Entered, now: datetime, *, make: bool) -> None:
    there = [row.id for row in all_campaigns(tx)]
    for line in lines:
        match line:
            case WrongLine():
                done.wrong.append(line)
                continue
            case Line(number, entry) if entry.campaign not in there:
                if not make:
                    why = f"{unknown(entry.campaign, there)}; --make makes it"
                    done.wrong.append(WrongLine(number, why))
                    continue
                there.append(entry.campaign)
                done.made.append(entry.campaign)
                know_campaign(tx, entry.campaign, now)
            case Line():
                pass
        if spend(tx, line.entry, now):
            done.fresh, done.cents = done.fresh + 1, done.cents + line.entry.cents
        else:
            done.known += 1
