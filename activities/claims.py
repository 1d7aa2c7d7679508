"""Who may send this mail now, and what came of it? Its row in the ledger: claimed, settled, written down.

One transaction each. Nobody but the activity's own attempt sends while a lease runs; a lapsed one means `unknown`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, select
from temporalio import activity

from activities.correspondence import Correspondent, UnfitError
from activities.failures import failure
from activities.lease import me, surely_dead
from kweek.flow.gate import Blocked, Later, Send
from kweek.leads import effects, ledger
from kweek.leads.database import Database
from kweek.leads.ledger import Draft
from kweek.leads.tables import enrolments
from kweek.smtp import Outcome

# What a process that was killed had handed to the kernel may still be on its way to the relay.
SETTLE: Final = timedelta(seconds=10)
MARGIN: Final = timedelta(seconds=15)
_USUAL: Final = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Claimed:
    """It is ours to hand over. row: of the ledger."""

    row: Row[Any]
    flow: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Whoever had it may have sent it: look."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Compose:
    """It may leave, and nobody has put it together yet."""

    draft: Callable[[], Draft]


class Claims:
    """when_unsure: asked anew for each mail. real: the time by which leases run."""

    def __init__(
        self, database: Database, when_unsure: Callable[[], Literal["resend", "hold"]], real: Callable[[], datetime]
    ) -> None:
        self.database, self.when_unsure, self.real = database, when_unsure, real

    def claim(
        self, key: str, to: Correspondent, draft: Draft | None, now: datetime
    ) -> Claimed | Unsure | Compose | None:
        """What is to be done with it now. None: nothing, or not yet."""
        with self.database.lead_tx(to.lead_id) as tx:
            row = ledger.row_of(tx, key)
            if row is not None:
                if row.status in ledger.FINAL:
                    effects.close(tx, [key], "done")
                    return None
                if row.status == "held":
                    if now >= row.claimed_at + ledger.HOLD:
                        ledger.note(tx, key, status="undelivered", why="nobody knew, and nobody decided")
                        to.ended(tx, "undelivered", "nobody decided", now)
                    return None
                if row.status == "claimed" and row.lease_until_real is not None:
                    self._expect_lapsed(row)
                    ledger.note(tx, key, status="unknown", why="whoever sent it is gone")
                    return Unsure(row.message_id)
                if row.status == "unknown":
                    return Unsure(row.message_id)
            match to.ask(tx, now):
                case None:
                    return None
                case Later(until, why):
                    effects.postpone(tx, key, until, why)
                    return None
                case Blocked(why):
                    to.wrote_off(tx, "blocked", why, now)
                    to.ended(tx, "blocked", why, now)
                    return None
                case Send():
                    pass
            if row is None and draft is None:
                try:
                    return Compose(to.gather(tx, now))
                except UnfitError as error:
                    self._unfit(tx, key, to, error, now)
                    return None
            ledger.claim(tx, key, None if row is not None else draft, me(), self.real() + _lease(), now)
            claimed = ledger.row_of(tx, key)
            assert claimed is not None
            flow = tx.execute(select(enrolments.c.flow).where(enrolments.c.id == claimed.enrolment_id)).scalar()
            return Claimed(claimed, flow or "")

    def _expect_lapsed(self, row: Row[Any]) -> None:
        """Raises while someone may yet be sending it."""
        if row.lease_until_real <= self.real():
            return
        # `claimed_at` is flow time; the lease tells when it was claimed in real time
        claimed = row.lease_until_real - _lease()
        if not (surely_dead(row.lease_owner) and self.real() >= claimed + SETTLE):
            raise failure("leased")

    def write_off(self, key: str, to: Correspondent, error: UnfitError, now: datetime) -> None:
        with self.database.lead_tx(to.lead_id) as tx:
            self._unfit(tx, key, to, error, now)

    def _unfit(self, tx: Connection, key: str, to: Correspondent, error: UnfitError, now: datetime) -> None:
        ledger.problem(tx, to.lead_id, key, error.code, str(error), now)
        to.wrote_off(tx, "undelivered", error.code, now)
        to.ended(tx, "undelivered", error.code, now)

    def settle(self, key: str, to: Correspondent, known: bool | None, now: datetime) -> None:
        """After the look-up: it arrived, it did not, or nobody can know."""
        with self.database.lead_tx(to.lead_id) as tx:
            row = ledger.row_of(tx, key)
            if row is None or row.status != "unknown":  # someone else has settled it
                return
            match known:
                case True:
                    ledger.note(tx, key, status="sent", why="found by look-up", sent_at=row.claimed_at)
                    to.ended(tx, "sent", None, row.claimed_at, now)
                case False:
                    ledger.note(tx, key, status="claimed", why="it had not arrived")
                case None if row.audience == "colleague" or self.when_unsure() == "resend":
                    why = "sent again: nobody knew whether it had arrived"
                    ledger.note(tx, key, status="claimed", why=why, repeats=row.repeats + 1)
                case None:
                    ledger.hold(tx, key, now)
                    ledger.problem(tx, to.lead_id, key, "held", "Nobody knows whether it arrived; decide.", now)

    def write_down(self, key: str, to: Correspondent, row: Row[Any], outcome: Outcome, now: datetime) -> None:
        with self.database.lead_tx(to.lead_id) as tx:
            if not self._still_ours(tx, key, outcome):
                return
            if outcome.kind != "accepted":
                ledger.problem(tx, to.lead_id, key, outcome.code, outcome.words, now)
            match outcome.kind:
                case "accepted":
                    ledger.note(tx, key, status="sent", why=row.why if row.repeats else None, sent_at=now)
                    to.ended(tx, "sent", None, now)
                case "bounced" | "undelivered":
                    ledger.note(tx, key, status=outcome.kind, why=f"{outcome.reason}: {outcome.code}")
                    to.ended(tx, outcome.kind, outcome.reason, now)
                case "temporary":
                    ledger.note(tx, key, status="claimed", why=outcome.code)
                case "unknown":
                    ledger.note(tx, key, status="unknown", why=outcome.code)

    def _still_ours(self, tx: Connection, key: str, outcome: Outcome) -> bool:
        """A process that stood still for longer than its lease (a suspended machine) finds another one has sent it."""
        row = ledger.row_of(tx, key)
        if row is not None and row.lease_owner == me():
            if row.status in ledger.FINAL:  # its bounce was quicker than our own answer
                effects.close(tx, [key], "done")
            return row.status == "claimed"
        if row is not None and outcome.kind in ("accepted", "unknown"):
            ledger.note(
                tx, key, repeats=row.repeats + 1, lease_owner=row.lease_owner, lease_until_real=row.lease_until_real
            )
        return False


def _lease() -> timedelta:
    """Longer than this attempt can take: start-to-close, and a margin for clocks."""
    return (activity.info().start_to_close_timeout or _USUAL) + MARGIN
