"""What is still to be done in the world? Effects, by their keys: pending, done or cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from kweek.flow.state import Effect, EffectKind
from kweek.leads.tables import effects

IN_THE_WORLD: Final[Mapping[EffectKind, str]] = {
    "send_mail": "send_mail",
    "tell": "tell",
    "call_webhook": "call_webhook",
    # rows of ours whose news also goes to a colleague by mail
    "give_handover": "tell",
    "remind": "tell",
    "escalate": "tell",
    "open_task": "tell",
}
"""Kind → the activity that carries it into the world. All other effects are done when their turn is committed."""

Status = Literal["pending", "done", "cancelled"]

_ISSUE: Final = insert(effects)
_FIND: Final = select(effects).where(effects.c.key == bindparam("key"))
_PENDING: Final = select(effects).where(effects.c.lead_id == bindparam("lead"), effects.c.status == "pending")
_OPEN: Final = update(effects).where(effects.c.key == bindparam("of"), effects.c.status == "pending")
_CLOSE: Final = (
    update(effects)
    .where(effects.c.key.in_(bindparam("of", expanding=True)), effects.c.status == "pending")
    .returning(effects.c.key)
)


def issue(tx: Connection, lead_id: str, issued: Iterable[Effect], at: datetime) -> None:
    """Write them down. A key that is there already is a mistake of ours, and stops the turn (IntegrityError)."""
    rows = [
        {
            "key": effect.key, "lead_id": lead_id, "enrolment_id": effect.enrolment, "kind": effect.kind,
            "step": effect.step, "args": dict(effect.args), "issued_at": at,
            "status": "pending" if effect.kind in IN_THE_WORLD else "done",
        }
        for effect in issued
    ]  # fmt: skip
    if rows:
        tx.execute(_ISSUE, rows)


def pending(tx: Connection, lead_id: str) -> list[Row[Any]]:
    """What this lead still has to come, in the order in which it was issued."""
    rows = tx.execute(_PENDING, {"lead": lead_id})
    return sorted(rows, key=lambda row: (row.issued_at, enrolment_and_number(row.key)))


def find_row(tx: Connection, key: str) -> Row[Any] | None:
    return tx.execute(_FIND, {"key": key}).one_or_none()


def find(tx: Connection, key: str) -> Effect | None:
    row = find_row(tx, key)
    if row is None:
        return None
    return Effect(row.key, cast("EffectKind", row.kind), row.enrolment_id, row.step, row.args)


def close(tx: Connection, keys: Sequence[str], status: Literal["done", "cancelled"]) -> list[str]:
    """Those of `keys` that were still pending: they are closed now. The first to close an effect decides."""
    if not keys:
        return []
    closed = set(tx.execute(_CLOSE, {"of": list(keys), "status": status, "due_at": None, "waits_for": None}).scalars())
    return [key for key in keys if key in closed]


def postpone(tx: Connection, key: str, until: datetime | None, why: str) -> None:
    """The gate said: not now. until: flow time; None: at the next bell."""
    tx.execute(_OPEN, {"of": key, "due_at": until, "waits_for": why})


def let_go(tx: Connection, key: str) -> None:
    """The gate said: now. It is on its way, and what comes behind it waits for it again."""
    tx.execute(_OPEN, {"of": key, "due_at": None, "waits_for": None})


def enrolment_and_number(key: str) -> tuple[str, int]:
    """`<enrolment>/<n>`, as it sorts: the tenth after the ninth."""
    enrolment, _, number = key.rpartition("/")
    return enrolment, int(number)
