"""What just happened? The journal's last lines, as one for each thing that moved a lead: why, and where it is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from kweek.flow.plan import Plan
from kweek.leads import tables
from kweek.web.queries import WHO
from kweek.web.spoken import event_words, step_words
from kweek.words import Tongue

_TAIL: Final = 300  # journal lines: a second of a busy house
_FAR: Final = 20_000  # how far back a quiet flow's own lines are sought
_TOLD: Final = ("started", "entered", "reacted", "timed_out", "ended", "held", "released")


@dataclass(frozen=True, slots=True)
class Line:
    """cause: what moved it, as the journal says (`reacted`, `opened`). step: where it stands now. ended: or how it
    left."""

    id: int
    at: datetime
    lead_id: str
    who: str
    flow: str
    version: str
    cause: tuple[str, str] = ("", "")
    step: str | None = None
    ended: str | None = None
    more: tuple[str, ...] = field(default=())


def last(read: Connection, flow: str | None = None, most: int = 120) -> tuple[Line, ...]:
    """The newest first; of one flow, or of all."""
    j, e = tables.journal.c, tables.enrolments.c
    query = (
        select(j.id, j.at, j.enrolment_id, j.turn, j.kind, j.step, j.detail, j.lead_id, e.flow, e.version, WHO)
        .join_from(tables.journal, tables.enrolments, e.id == j.enrolment_id)
        .join(tables.leads, tables.leads.c.id == j.lead_id)
        .order_by(j.id.desc())
        .limit(_TAIL)
    )
    if flow is not None:
        newest = select(func.coalesce(func.max(j.id), 0)).scalar_subquery()
        query = query.where(e.flow == flow, j.id > newest - _FAR)
    rows = sorted(read.execute(query).all(), key=lambda row: (row.lead_id, row.enrolment_id, row.turn, row.id))
    lines = [line for _, of in groupby(rows, lambda row: (row.enrolment_id, row.turn)) if (line := _line(list(of)))]
    return tuple(sorted(lines, key=lambda line: (line.at, line.id), reverse=True)[:most])


def _line(rows: Sequence[Any]) -> Line | None:
    cause, step, ended = ("", ""), None, None
    for row in rows:
        match row.kind:
            case "started" | "reacted" | "timed_out" | "held" | "released":
                cause = cause if cause[0] else (row.kind, _word(row))
            case "entered":
                step, ended = row.step, None
            case "ended":
                ended = str(row.detail.get("result") or "done")
            case _:
                pass
    end = rows[-1]
    if not cause[0] and step is None and ended is None:
        return None
    return Line(end.id, end.at, end.lead_id, end.who, end.flow, end.version, cause, step, ended)


def _word(row: Row[Any]) -> str:
    key = {"started": "by", "reacted": "event", "timed_out": "state"}.get(row.kind, "")
    return str(row.detail.get(key) or "")


# --- in words -------------------------------------------------------------------------------------


def words(say: Tongue, line: Line, plan: Plan) -> str:
    """`Filled in the survey → Hand over to sales`."""
    return " → ".join(_parts(say, line, plan))


def _parts(say: Tongue, line: Line, plan: Plan) -> Iterable[str]:
    yield from cause_words(say, *line.cause)
    if line.ended is not None:
        yield say("stream.ended", result=say.maybe(f"result.{line.ended}", line.ended))
    elif line.step is not None:
        step = plan.steps.get(line.step)
        yield step_words(say, step) if step is not None else line.step


def cause_words(say: Tongue, kind: str, word: str) -> Iterator[str]:
    """What moved it; nothing where that needs no words."""
    match kind:
        case "started" | "reacted":
            yield event_words(say, word or "manual")
        case "timed_out" if word and word != "else":
            yield say("stream.then", state=event_words(say, word))
        case "timed_out":
            yield say("stream.time")
        case "held" | "released":
            yield say(f"stream.{kind}")
        case _:
            pass
