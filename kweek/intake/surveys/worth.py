"""What are a lead's answers worth? The points of its last answer to each question, and nothing for those before it.

No row of the ledger is ever changed: what an earlier answer gave is taken back by a row of its own. So the same answer
again is worth no more, whichever invitation, call or merge it came by.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, count
from typing import Any, Final, cast

from sqlalchemy import Connection, Row, bindparam, select

from kweek.flow.surveys import Reason, reason_in
from kweek.leads.points import BACK, SURVEYS, is_back
from kweek.leads.rows import insert_once
from kweek.leads.tables import answers, points
from kweek.rules.grades import Axis

Worth = Mapping[str, Mapping[Axis, int]]
"""Of an answer: what each option that was chosen gives."""

_Due = Mapping[tuple[str, str], int]
"""By option and axis."""

_GIVEN: Final = select(points).where(points.c.lead_id == bindparam("lead"), SURVEYS).order_by(points.c.id)
_ANSWERED: Final = select(answers).where(answers.c.lead_id == bindparam("lead"))


def bring_to(tx: Connection, lead_id: str, survey: str, worth: Mapping[str, Worth], source: str, at: datetime) -> bool:
    """Bring the ledger of this (locked) lead to what its answers to these questions are worth; did it change? The
    columns that follow from it, the caller writes. source: key of the mail or the call task."""
    given = _given(tx, lead_id)
    changed = False
    for question, of in worth.items():
        due = {(option, axis): more for option, each in of.items() for axis, more in each.items() if more}
        changed |= _bring(tx, lead_id, (survey, question), given.get((survey, question), ()), due, source, at)
    return changed


def settle_answers(tx: Connection, leads: Sequence[str], at: datetime) -> None:
    """The same for all that these (locked) leads answered, where two became one, or one became two: what an answer gave
    last, to either of them, stands once. What nobody knows the answer of stays as it is."""
    given = {lead: _given(tx, lead) for lead in leads}
    for lead in leads:
        others = [given[other] for other in leads if other != lead]
        for answer in tx.execute(_ANSWERED, {"lead": lead}).all():
            of, chosen = (answer.survey, answer.question), options_of(answer.value)
            rows = given[lead].get(of, ())
            each = chain(*(other.get(of, ()) for other in others), rows)  # its own rather than another's
            gave = {(one.option, row.axis): row.points for one, row in each if not is_back(row)}
            due = {what: more for what, more in gave.items() if what[0] in chosen}
            _bring(tx, lead, of, rows, due, lead, at)


def options_of(answer: object) -> list[str]:
    return [str(one) for one in cast("list[object]", answer)] if isinstance(answer, list) else [str(answer)]


_Rows = Sequence[tuple[Reason, Row[Any]]]


def _given(tx: Connection, lead_id: str) -> Mapping[tuple[str, str], _Rows]:
    """What its answers gave, and what of that was taken back, by survey and question, in the order of the ledger."""
    found: dict[tuple[str, str], list[tuple[Reason, Row[Any]]]] = {}
    for row in tx.execute(_GIVEN, {"lead": lead_id}):
        if (reason := reason_in(row.because)) is not None:
            found.setdefault((reason.survey, reason.question), []).append((reason, row))
    return found


def _bring(
    tx: Connection, lead_id: str, of: tuple[str, str], rows: _Rows, due: _Due, source: str, at: datetime
) -> bool:
    stands = Counter[tuple[str, str]]()
    for reason, row in rows:
        stands[reason.option, row.axis] += row.points
    missing = list(_missing(stands, due))
    for (option, axis), more, back in missing:
        because = Reason(*of, option)
        row = {"lead_id": lead_id, "axis": axis, "points": more, "because": str(because), "at": at}
        _write(tx, row, f"{source}/answered/{because.question}/{option}{BACK if back else ''}")
    return bool(missing)


def _write(tx: Connection, row: Mapping[str, object], source: str) -> None:
    """Under the first name that is free: in one call an answer may change to and fro."""
    names = chain([source], (f"{source}/{n}" for n in count(1)))
    next(name for name in names if insert_once(tx, points, {**row, "source": name}))


def _missing(stands: Mapping[tuple[str, str], int], due: _Due) -> Iterator[tuple[tuple[str, str], int, bool]]:
    """Whole gifts, taken back whole: so the last gift says what its option is worth. True: it is taken back."""
    for what in dict.fromkeys((*stands, *due)):
        had, wanted = stands.get(what, 0), due.get(what, 0)
        if had == wanted:
            continue
        if had:
            yield what, -had, True
        if wanted:
            yield what, wanted, False
